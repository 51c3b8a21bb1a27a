/* IDX files, the format of MNIST and its kin (LeCun, Cortes & Burges), plain or gzip. */
#ifndef FRUGAL_DATA_IDX_H
#define FRUGAL_DATA_IDX_H

#include <stdbool.h>
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
    uint8_t most;                /* the largest of the bytes */
    bool zipped;                 /* the file is gzip */
};

/* Reads a whole file of unsigned bytes. The file must be exactly as long as its header
 * says; nothing larger than that is ever allocated. On failure `why` gets one sentence
 * with the path. Any thread. BAD_DATASET, NOT_FOUND, NO_MEMORY. */
enum status idx_read(const char *path, struct idx *ret, struct buf *why);
void idx_release(struct idx *x);

/* The same for a file from elsewhere, without keeping its bytes: ret->bytes is NULL, and
 * no memory is needed for them. A gzip file must be one member, and may not inflate to
 * more than 200 times its size once a MiB is there; TOO_LARGE: it does, or its header
 * promises more than `most`. `why` gets a sentence that calls the file `name`. */
enum status idx_scan(const char *path, const char *name, uint64_t most, struct idx *ret,
                     struct buf *why);

/* Reads dims and size only; leaves bytes NULL. */
enum status idx_peek(const char *path, struct idx *ret, struct buf *why);

#endif
