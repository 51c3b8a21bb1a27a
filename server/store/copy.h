/* Whole copies of a database in one file, and of the weights files in a folder beside it.
 * Private to the floor. */
#ifndef FRUGAL_STORE_COPY_H
#define FRUGAL_STORE_COPY_H

#include <sqlite3.h>

#include "base/buf.h"
#include "base/status.h"
#include "store/halt.h"

/* Copies what the connection sees, as of one moment, into a new file, checks every page
 * of it, and puts it on the disk. On failure `why` gets a sentence and nothing is left.
 * IO, NO_SPACE, NO_MEMORY, CORRUPT; STOPPED: `halt`, which may be NULL, was asked for. */
enum status copy_database(sqlite3 *from, const char *path, struct halt *halt,
                          struct buf *why);

/* Deletes such a file, and what SQLite had beside it when its process was killed. */
void remove_copy(const char *path);

/* A file or folder has another name, in a folder that is on the disk with it. IO. */
enum status give_name(const char *path, const char *name, struct buf *why);

/* Every weights file of a folder is in another one, which is made if missing, as a link
 * where that is possible, and on the disk; on failure perhaps not all. IO, NO_SPACE;
 * STOPPED as above. */
enum status copy_weights(const char *from, const char *to, struct halt *halt,
                         struct buf *why);

/* Deletes such a folder, if there is one. */
void remove_weights(const char *folder);

/* The folder that belongs to a copy: "X.weights" to "X.db". IO: too long. */
enum status name_weights(const char *database, char *ret, size_t room, struct buf *why);

/* The folder of a path is on the disk as it is now. IO. */
enum status sync_folder_of(const char *path, struct buf *why);

/* "FOLDER/backups/PREFIX-20261124-170503.123.db", and that folder. IO. */
enum status name_backup(const char *folder, const char *prefix, char *ret, size_t room,
                        struct buf *why);

#endif
