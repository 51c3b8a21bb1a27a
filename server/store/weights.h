/* The weights files of runs: weights/ID.npz in the data directory. A file is there as a
 * whole or not at all, and once the run has ended it stays as it is. Any thread, but one
 * at a time writes or removes that of a run. */
#ifndef FRUGAL_STORE_WEIGHTS_H
#define FRUGAL_STORE_WEIGHTS_H

#include "learn/final.h"
#include "store/store.h"

/* Durable when it returns. An older file of the run is replaced. NO_SPACE, NO_MEMORY, IO.
 */
enum status store_weights_write(struct store *s, int64_t run, const struct final *left,
                                int64_t *ret_bytes);

/* `run` gets the file of another one, durably. NOT_FOUND: that cannot be had. */
enum status store_weights_link(const struct store *s, int64_t from, int64_t run);

/* Of a run that begins, has none in the end, or is deleted. */
void store_weights_remove(const struct store *s, int64_t run);

/* A file that comes from a worker elsewhere is of his lease until the end of the run
 * adopts it, in whose write that happens. The caller writes to *ret_fd, makes that
 * durable and closes it. IO, NO_SPACE. */
enum status store_weights_receive(const struct store *s, int64_t run, int64_t lease,
                                  int *ret_fd);
enum status store_weights_adopt(const struct store *s, int64_t run, int64_t lease,
                                int64_t *ret_bytes); /* NOT_FOUND: it has not come */
void store_weights_drop(const struct store *s, int64_t run, int64_t lease);

/* For reading; the caller closes *ret_fd. NOT_FOUND, IO. */
enum status store_weights_open(const struct store *s, int64_t run, int *ret_fd,
                               uint64_t *ret_bytes);

#endif
