/* The folder in which the workers of a machine keep the data sets of a server, each under
 * the hash of its files. Several processes may use it: a set is fetched by one of them,
 * while the others wait, and appears as a whole. What is read is checked against the
 * server's hashes each time. One thread. */
#ifndef FRUGAL_REMOTE_CACHE_H
#define FRUGAL_REMOTE_CACHE_H

#include <limits.h>

#include "data/catalogue.h"
#include "remote/line.h"

enum { CACHE_PATH_MAX = PATH_MAX };

struct cache;

/* `owner` tells this process from all others that use the folder. NO_MEMORY, IO, with a
 * sentence. */
enum status cache_open(const char *folder, const char *owner, struct cache **ret,
                       struct buf *why);
void cache_close(struct cache *c); /* NULL: nothing */

/* The set that the server has under that name, fetched over the line if need be; to be
 * put back. NOT_FOUND: the server has none; IO; or what line_send says. `why` gets a
 * sentence. */
enum status cache_get(struct cache *c, struct line *l, const _Atomic double *until,
                      const char *name, const struct dataset **ret, struct buf *why);
void cache_put(struct cache *c, const struct dataset *d); /* NULL: nothing */

/* The path of a file of this process. */
void cache_name_file(const struct cache *c, const char *end,
                     char ret[static CACHE_PATH_MAX]);

#endif
