/* Whole copies of a database in one file. Private to the floor. */
#ifndef FRUGAL_STORE_COPY_H
#define FRUGAL_STORE_COPY_H

#include <sqlite3.h>

#include "base/buf.h"
#include "base/status.h"

/* Copies what the connection sees, as of one moment, into a new file, checks every page
 * of it, and gives it its name only when it is on the disk. On failure `why` gets a
 * sentence and nothing is left. IO, NO_SPACE, NO_MEMORY, CORRUPT. */
enum status copy_database(sqlite3 *from, const char *path, struct buf *why);

/* Whether the database is sound, page by page and index by index. CORRUPT. */
enum status check_integrity(sqlite3 *db, struct buf *why);

/* The folder of a path is on the disk as it is now. IO. */
enum status sync_folder_of(const char *path, struct buf *why);

/* "FOLDER/backups/PREFIX-20261124-170503.123.db", and that folder. IO. */
enum status name_backup(const char *folder, const char *prefix, char *ret, size_t room,
                        struct buf *why);

#endif
