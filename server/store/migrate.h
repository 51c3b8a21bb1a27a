/* Brings the schema of a database up to date. Private to the floor. */
#ifndef FRUGAL_STORE_MIGRATE_H
#define FRUGAL_STORE_MIGRATE_H

#include "store/conn.h"

/* Applies the migrations that the file lacks, each in a transaction of its own. FOREIGN:
 * the file is not frugal's, or from a newer version; it is left untouched. */
enum status migrate(struct conn *writer, struct buf *why);

#endif
