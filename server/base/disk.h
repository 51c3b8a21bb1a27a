/* The space of a disk, and how much of it the store wants for the day on which there is
 * no more, see store/reserve.h. Any thread. */
#ifndef FRUGAL_BASE_DISK_H
#define FRUGAL_BASE_DISK_H

#include <stdbool.h>
#include <stdint.h>

enum { DISK_RESERVE_MAX = 64 << 20 }; /* bytes; less on a small disk */

/* Of the disk that a descriptor is on: bytes that are free, and the reserve that there
 * should be. False: it cannot be told. */
bool disk_look(int fd, int64_t *ret_free, int64_t *ret_reserve);

#endif
