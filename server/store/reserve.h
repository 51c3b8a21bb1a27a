/* The reserve: the file "reserve" of the data directory, which holds space back for the
 * day on which the disk is full. All there is to know of it and of the free space:
 *
 * It wants to have 64 MiB, or 5 % of the disk if that is less. The disk has space enough
 * while the reserve is whole and as much again is free beside it. With less, no work is
 * taken and no run begins, but runs at work go on.
 *
 * A write that finds no space at all makes the reserve smaller by a sixteenth and is
 * tried again, as often as it takes: states, ends, checkpoints and deletions come to the
 * disk. From then on runs at work are to go back into the queue. The last quarter is
 * there for the next start, and for writes that make space. Folding the log, which may
 * take some of it as well, leaves half.
 *
 * It is made whole as soon as the disk has space enough afterwards. */
#ifndef FRUGAL_STORE_RESERVE_H
#define FRUGAL_STORE_RESERVE_H

#include <stddef.h>

#include "store/store.h"

/* Makes the reserve whole, if it is not and can be. NO_SPACE: the disk has not space
 * enough; IO: it has, but the reserve cannot be had. *ret_free: bytes free beside it. Any
 * thread. */
enum status store_reserve_keep(struct store *s, int64_t *ret_free);

/* Bytes that the reserve has. Any thread. */
int64_t store_reserve_left(struct store *s);

/* Bytes that are free beside it; 0: nobody knows. Any thread. */
int64_t store_space_left(const struct store *s);

/* Whether a checkpoint of so many bytes may be written. A state is written twice, into
 * the log and into the database: one for which there is no room would fill the disk. On a
 * full one, none must take what is there for the ends of all runs. Any thread. */
bool store_has_room_for_state(struct store *s, size_t size, bool is_full);

/* Calls full(arg) on the writer thread when a write has found no space, before it is
 * tried again. NULL: nobody any more. Any thread. */
void store_on_full(struct store *s, void (*full)(void *arg), void *arg);

#endif
