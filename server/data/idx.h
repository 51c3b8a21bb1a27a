/* IDX files, the format of MNIST and its kin (LeCun, Cortes & Burges), plain or gzip. */
#ifndef FRUGAL_DATA_IDX_H
#define FRUGAL_DATA_IDX_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/status.h"

enum { IDX_DIMS_MAX = 4 };

struct idx {
    uint32_t dims;
    uint32_t size[IDX_DIMS_MAX]; /* outermost first */
    uint8_t *bytes;              /* [product of sizes]; owned */
    size_t count;                /* the product */
    char sha256[HASH_TEXT];      /* of the decompressed file, header included */
};

/* Reads a whole file of unsigned bytes. The file must be exactly as long as its header
 * says; nothing larger than that is ever allocated. On failure `why` gets one sentence with
 * the path. Any thread. BAD_DATASET, NOT_FOUND, NO_MEMORY. */
enum status idx_read(const char *path, struct idx *ret, struct buf *why);
void idx_release(struct idx *x);

/* Reads dims and size only; leaves bytes NULL. */
enum status idx_peek(const char *path, struct idx *ret, struct buf *why);

#endif
