/* IDX files for tests: headers, and whole files, plain or gzip. */
#ifndef FRUGAL_TESTS_IDX_FILES_H
#define FRUGAL_TESTS_IDX_FILES_H

#include "helpers.h"

#include <zlib.h>

#include "base/buf.h"

/* A header of unsigned bytes, one argument per dimension. */
static inline void idx_header(struct buf *b, uint32_t dims, const uint32_t *size)
{
    buf_add(b, "\0\0\x08", 3);
    buf_addc(b, (char)dims);
    for (uint32_t d = 0; d < dims; d++)
        for (int shift = 24; shift >= 0; shift -= 8)
            buf_addc(b, (char)(unsigned char)(size[d] >> shift));
}

/* Bytes 0, 1, 2 ... modulo `most` + 1 behind a header. */
static inline void idx_file(struct buf *b, uint32_t dims, const uint32_t *size, int most)
{
    size_t count = 1;
    idx_header(b, dims, size);
    for (uint32_t d = 0; d < dims; d++)
        count *= size[d];
    for (size_t i = 0; i < count; i++)
        buf_addc(b, (char)(unsigned char)(i % ((size_t)most + 1)));
}

static inline void file_write(const char *path, const void *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    if (f == NULL || fwrite(bytes, 1, n, f) != n || fclose(f) != 0)
        abort();
}

/* Appends bytes as one gzip member. */
static inline void gzip_add(struct buf *out, const void *bytes, size_t n)
{
    z_stream z = {.next_in = (unsigned char *)(uintptr_t)bytes, .avail_in = (unsigned)n};
    unsigned char piece[4096];
    int code;
    if (deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
    do {
        z.next_out = piece;
        z.avail_out = sizeof piece;
        code = deflate(&z, Z_FINISH);
        buf_add(out, piece, sizeof piece - z.avail_out);
    } while (code == Z_OK);
    deflateEnd(&z);
}

#endif
