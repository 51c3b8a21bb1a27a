/* In: a path. Out: the bytes behind a checked header, or only what is to be said of them.
 * Refuses files that are longer or shorter than they say, element types other than
 * unsigned byte, damaged gzip. */
#include "data/idx.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

enum {
    TYPE_UNSIGNED_BYTE = 0x08,
    HEADER_MAX = 4 + 4 * IDX_DIMS_MAX,
    SIZE_LIMIT = 1 << 24, /* of one dimension */
    INPUT_CHUNK = 1 << 16,
    RATIO_MAX = 200, /* of inflated bytes to gzip, in a file from elsewhere */
    RATIO_FROM = 1 << 20,
};

static const size_t BYTES_LIMIT = (size_t)4 << 30;

/* A file that is read through zlib if it starts like gzip, else as it is. */
struct source {
    FILE *file;
    const char *name; /* in sentences */
    struct buf *why;
    bool zipped, member_open;
    bool strict; /* of idx_scan */
    uint64_t consumed, inflated;
    z_stream stream;
    unsigned char input[INPUT_CHUNK];
};

static enum status refuse(struct source *s, const char *reason)
{
    buf_addf(s->why, "%s: %s", s->name, reason);
    return STATUS_BAD_DATASET;
}

static enum status refuse_size(struct source *s, const char *reason)
{
    refuse(s, reason);
    return STATUS_TOO_LARGE;
}

static enum status source_open(struct source *s, const char *path)
{
    s->file = fopen(path, "rbe");
    if (s->file == NULL) {
        refuse(s, strerror(errno));
        return STATUS_NOT_FOUND;
    }
    unsigned char magic[2] = {0};
    size_t n = fread(magic, 1, 2, s->file);
    rewind(s->file);
    s->zipped = n == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
    if (!s->zipped)
        return STATUS_OK;
    if (inflateInit2(&s->stream, 16 + MAX_WBITS) != Z_OK) {
        fclose(s->file);
        return STATUS_NO_MEMORY;
    }
    s->member_open = true;
    return STATUS_OK;
}

static void source_close(struct source *s)
{
    if (s->zipped)
        inflateEnd(&s->stream);
    fclose(s->file);
}

/* Makes at least one byte of compressed input available, if there is one. */
static bool refill(struct source *s)
{
    if (s->stream.avail_in == 0) {
        s->stream.next_in = s->input;
        s->stream.avail_in = (unsigned)fread(s->input, 1, sizeof s->input, s->file);
    }
    return s->stream.avail_in > 0;
}

/* One step of inflating, of at most `room` bytes. */
static enum status inflate_step(struct source *s, unsigned char *out, size_t room,
                                size_t *ret_got)
{
    if (!s->member_open) { /* another member follows: gzip allows that */
        if (s->strict)
            return refuse(s, "something follows the gzip data");
        inflateReset(&s->stream);
        s->member_open = true;
    }
    unsigned had = s->stream.avail_in;
    s->stream.next_out = out;
    s->stream.avail_out = (unsigned)room;
    int code = inflate(&s->stream, Z_NO_FLUSH);
    *ret_got = room - s->stream.avail_out;
    s->inflated += *ret_got;
    s->consumed += had - s->stream.avail_in;
    if (code == Z_STREAM_END)
        s->member_open = false;
    else if (code == Z_MEM_ERROR)
        return STATUS_NO_MEMORY;
    else if (code != Z_OK && code != Z_BUF_ERROR)
        return refuse(s, "the gzip data is damaged");
    if (s->strict && s->inflated > RATIO_FROM && s->inflated / RATIO_MAX > s->consumed)
        return refuse_size(s, "it inflates to more than 200 times its size");
    return STATUS_OK;
}

/* Inflates until n bytes are there or the last gzip member ends. */
static enum status inflate_some(struct source *s, unsigned char *out, size_t n,
                                size_t *ret_got)
{
    size_t got = 0, step = 0;
    enum status status = STATUS_OK;
    while (got < n && status == STATUS_OK && refill(s)) {
        size_t room = n - got < INPUT_CHUNK * 16 ? n - got : INPUT_CHUNK * 16;
        status = inflate_step(s, out + got, room, &step);
        got += step;
        step = 0;
    }
    *ret_got = got;
    return status;
}

static enum status read_some(struct source *s, void *out, size_t n, size_t *ret_got)
{
    if (s->zipped)
        return inflate_some(s, out, n, ret_got);
    *ret_got = fread(out, 1, n, s->file);
    return STATUS_OK;
}

static enum status read_exactly(struct source *s, void *out, size_t n)
{
    size_t got = 0;
    enum status status = read_some(s, out, n, &got);
    if (status == STATUS_OK && got < n)
        return refuse(s, "the file ends too early");
    return status;
}

/* The file must end here, and so must its last gzip member, checksum included. */
static enum status read_end(struct source *s)
{
    unsigned char more;
    size_t got = 0;
    enum status status = read_some(s, &more, 1, &got);
    if (status != STATUS_OK)
        return status;
    if (got > 0)
        return refuse(s, "the file is longer than its header says");
    if (s->zipped && s->member_open)
        return refuse(s, "the gzip data ends too early");
    return STATUS_OK;
}

/* Reads the header into both its bytes and its meaning; ret_length is 4 + 4 * dims. */
static enum status read_header(struct source *s, unsigned char header[HEADER_MAX],
                               struct idx *ret, size_t *ret_length)
{
    enum status status = read_exactly(s, header, 4);
    if (status != STATUS_OK)
        return status;
    if (header[0] != 0 || header[1] != 0 || header[3] == 0)
        return refuse(s, "this is not an IDX file");
    if (header[2] != TYPE_UNSIGNED_BYTE)
        return refuse(s, "the elements are not unsigned bytes");
    if (header[3] > IDX_DIMS_MAX)
        return refuse(s, "more than 4 dimensions");
    *ret = (struct idx){.dims = header[3], .count = 1, .zipped = s->zipped};
    status = read_exactly(s, header + 4, 4 * (size_t)ret->dims);
    if (status != STATUS_OK)
        return status;
    for (uint32_t d = 0; d < ret->dims; d++) {
        const unsigned char *b = header + 4 + 4 * d;
        uint32_t size =
            (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
        if (size == 0 || size > SIZE_LIMIT)
            return refuse(s, "a dimension is 0 or above 2^24");
        ret->size[d] = size;
        if (__builtin_mul_overflow(ret->count, (size_t)size, &ret->count) ||
            ret->count > BYTES_LIMIT)
            return refuse(s, "the header promises more than 4 GiB");
    }
    *ret_length = 4 + 4 * (size_t)ret->dims;
    return STATUS_OK;
}

static void note_most(struct idx *x, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x->most = bytes[i] > x->most ? bytes[i] : x->most;
}

/* Reads in pieces that grow with what really arrives, so that a header that lies about a
 * small file costs little. */
static enum status read_body(struct source *s, const unsigned char *header,
                             size_t header_length, struct idx *x)
{
    size_t total = header_length + x->count, have = header_length, room = 0;
    uint8_t *all = NULL;
    enum status status = STATUS_OK;
    while (have < total && status == STATUS_OK) {
        room = room == 0 ? INPUT_CHUNK * 16 : room * 4;
        room = room < total ? room : total;
        uint8_t *larger = realloc(all, room);
        if (larger == NULL) {
            status = STATUS_NO_MEMORY;
            break;
        }
        all = larger;
        status = read_exactly(s, all + have, room - have);
        have = room;
    }
    if (status == STATUS_OK)
        status = read_end(s);
    if (status != STATUS_OK) {
        free(all);
        return status;
    }
    memcpy(all, header, header_length);
    hash_text(all, total, x->sha256);
    note_most(x, all + header_length, x->count);
    memmove(all, all + header_length, x->count);
    x->bytes = all;
    return STATUS_OK;
}

/* Looks at each piece and forgets it. */
static enum status scan_body(struct source *s, const unsigned char *header,
                             size_t header_length, struct idx *x)
{
    struct hash hash;
    uint8_t piece[INPUT_CHUNK / 4];
    enum status status = STATUS_OK;
    hash_begin(&hash);
    hash_add(&hash, header, header_length);
    for (size_t left = x->count, n; left > 0 && status == STATUS_OK; left -= n) {
        n = left < sizeof piece ? left : sizeof piece;
        status = read_exactly(s, piece, n);
        if (status == STATUS_OK) {
            hash_add(&hash, piece, n);
            note_most(x, piece, n);
        }
    }
    hash_end(&hash, x->sha256);
    return status == STATUS_OK ? read_end(s) : status;
}

struct wish {
    const char *path, *name; /* the latter for sentences */
    bool strict;
    uint64_t most; /* bytes */
    /* What is wanted besides the header; NULL: nothing. */
    enum status (*rest)(struct source *s, const unsigned char *header,
                        size_t header_length, struct idx *x);
};

static enum status read_file(const struct wish *w, struct idx *ret, struct buf *why)
{
    struct source *s = calloc(1, sizeof *s);
    if (s == NULL)
        return STATUS_NO_MEMORY;
    s->name = w->name;
    s->strict = w->strict;
    s->why = why;
    enum status status = source_open(s, w->path);
    if (status == STATUS_OK) {
        unsigned char header[HEADER_MAX];
        size_t length;
        status = read_header(s, header, ret, &length);
        if (status == STATUS_OK && ret->count > w->most)
            status = refuse_size(s, "its header promises too much");
        if (status == STATUS_OK && w->rest != NULL)
            status = w->rest(s, header, length, ret);
        source_close(s);
    }
    free(s);
    return status;
}

enum status idx_read(const char *path, struct idx *ret, struct buf *why)
{
    const struct wish w = {
        .path = path, .name = path, .most = UINT64_MAX, .rest = read_body};
    return read_file(&w, ret, why);
}

enum status idx_scan(const char *path, const char *name, uint64_t most, struct idx *ret,
                     struct buf *why)
{
    const struct wish w = {
        .path = path, .name = name, .strict = true, .most = most, .rest = scan_body};
    return read_file(&w, ret, why);
}

enum status idx_peek(const char *path, struct idx *ret, struct buf *why)
{
    const struct wish w = {.path = path, .name = path, .most = UINT64_MAX};
    return read_file(&w, ret, why);
}

void idx_release(struct idx *x)
{
    free(x->bytes);
    *x = (struct idx){.bytes = NULL};
}
