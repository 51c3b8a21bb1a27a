/* Brings the schema of a database up to date. Private to the floor. */
#ifndef FRUGAL_STORE_MIGRATE_H
#define FRUGAL_STORE_MIGRATE_H

#include "store/conn.h"

/* Whether the file is frugal's and not from a newer version; reads only. FOREIGN,
 * CORRUPT, NO_SPACE. */
enum status migrate_check(struct conn *c, struct buf *why);

/* Applies the migrations that the file lacks, each in a transaction of its own; before
 * the first one, a database with jobs is copied into the folder's "backups". */
enum status migrate(struct conn *writer, const char *folder, struct buf *why);

#endif
