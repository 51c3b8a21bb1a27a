/* Which build this is. */
#ifndef FRUGAL_CLIENT_ABOUT_H
#define FRUGAL_CLIENT_ABOUT_H

extern const char about_version[];

#endif
