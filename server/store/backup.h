/* Copies of a store: made while it is in use, and put back while it is not. */
#ifndef FRUGAL_STORE_BACKUP_H
#define FRUGAL_STORE_BACKUP_H

#include "store/halt.h"
#include "store/store.h"

/* A whole and verified copy, as of one moment, in the folder "backups" of the data
 * directory; `path` gets the name of the database, *ret_bytes its size; the weights files
 * are in a folder beside it, "X.weights" to "X.db". Takes its time; any thread but the
 * writer, which goes on meanwhile. On failure `why` gets a sentence, and nothing is left.
 * IO, NO_SPACE, NO_MEMORY, CORRUPT; STOPPED: `halt` was asked for. */
enum status store_backup(struct store *s, struct halt *halt, struct buf *path,
                         int64_t *ret_bytes, struct buf *why);

/* Puts a copy in the place of the database in `folder`, which becomes private to this
 * user, and its weights files in the place of those there, unless it has none beside it;
 * what was there is kept in "backups", and `kept` gets its name, if there was anything.
 * decided(folder) is called once there is no way back, while no server can start there.
 * On failure nothing has changed, and `why` gets a sentence; if the process is killed,
 * nothing or all has, as soon as a store is opened or restored there. As store_open. */
enum status store_restore(const char *folder, const char *copy,
                          void (*decided)(const char *folder), struct buf *kept,
                          struct buf *why);

#endif
