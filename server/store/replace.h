/* A database and its weights files take the places of others, which are kept. Killed at
 * any moment, all of the old or all of the new is there, once replace_settle has run. The
 * folder is locked and nothing in it open. Private to the floor. */
#ifndef FRUGAL_STORE_REPLACE_H
#define FRUGAL_STORE_REPLACE_H

#include <limits.h>

#include "base/buf.h"
#include "base/status.h"

enum { REPLACE_ROOM = PATH_MAX + 32 };

struct replace {
    const char *folder;
    char backups[REPLACE_ROOM];
    char database[REPLACE_ROOM], weights[REPLACE_ROOM]; /* that are there */
    /* What is to come: the database; its weights files, if it has any; if not, those that
     * are there once more, to be kept with the old one. */
    char new_database[REPLACE_ROOM], new_weights[REPLACE_ROOM], old_weights[REPLACE_ROOM];
    char note[REPLACE_ROOM], new_note[REPLACE_ROOM];
};

/* IO: the path is too long. */
enum status replace_init(struct replace *r, const char *folder, struct buf *why);

/* Finishes what was decided, and `kept` gets the name of the old database, if there was
 * one; or deletes what had only begun. IO: the next call goes on. CORRUPT. */
enum status replace_settle(const struct replace *r, struct buf *kept, struct buf *why);

/* What is to come is there, and on the disk: settle it. The old database will be called
 * `aside`, in backups. IO: it is as if nobody had asked. */
enum status replace_decide(const struct replace *r, const char *aside, struct buf *why);

#endif
