/* What the program says to the person: one line per call, on standard
 * error but for tell. Words of the
 * server or of files may be passed as they are; what a terminal could obey is taken out
 * here. */
#ifndef FRUGAL_CLIENT_TALK_H
#define FRUGAL_CLIENT_TALK_H

#include "ending.h"

/* "frugal: " and the text. */
__attribute__((format(printf, 1, 2))) void say(const char *fmt, ...);

/* The text as one line on standard output: what was done. */
__attribute__((format(printf, 1, 2))) void tell(const char *fmt, ...);

/* Two spaces and the text: details of what was said last. */
__attribute__((format(printf, 1, 2))) void say_more(const char *fmt, ...);

/* Says that memory is short; returns ENDING_LOCAL. */
enum ending say_no_memory(void);

#endif
