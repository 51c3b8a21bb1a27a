/* One process per data directory. Private to the floor. */
#ifndef FRUGAL_STORE_LOCK_H
#define FRUGAL_STORE_LOCK_H

#include <stddef.h>

#include "base/buf.h"
#include "base/status.h"

/* Makes the folder this user's own and locks it as long as *ret_file stays open; `path`
 * gets the name of the database in it. CONFLICT: another process has it; IO. */
enum status lock_folder(const char *folder, char *path, size_t room, int *ret_file,
                        struct buf *why);

#endif
