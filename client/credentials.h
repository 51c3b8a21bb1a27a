/* The token of the person: from FRUGAL_TOKEN, or the file frugal/token in
 * XDG_CONFIG_HOME, which is ~/.config. It never stands on a command line, where others
 * could read it. */
#ifndef FRUGAL_CLIENT_CREDENTIALS_H
#define FRUGAL_CLIENT_CREDENTIALS_H

#include "base/buf.h"
#include "ending.h"

enum { CREDENTIALS_MAX = 200 };

/* Appends the token; nothing if there is none. Says why and fails where others can read
 * the file, or it has no token. */
enum ending credentials_find(struct buf *token);

/* Appends the name of a file of the person's, "/token", or with "" that of their folder;
 * false: there is no home. */
bool credentials_add_path(struct buf *b, const char *name);

/* Whether it may be part of a header. */
bool credentials_are_sound(const char *token);

/* Puts it into the file, whose name `path` gets. */
enum ending credentials_keep(const char *token, struct buf *path);

#endif
