/* In: the four IDX files of a data set, gzipped or not. Out: bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include "dense.h"

static _Noreturn void fail(const char *what, const char *name)
{
    fprintf(stderr, "dense: %s: %s\n", name, what);
    exit(1);
}

void *room(size_t bytes)
{
    void *p = calloc((bytes + 63) / 64 + 1, 64);
    if (p == NULL)
        fail("no memory", "calloc");
    return p;
}

static uint32_t read_number(gzFile f, const char *name)
{
    uint8_t b[4];
    if (gzread(f, b, 4) != 4)
        fail("too short", name);
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static uint8_t *read_idx(const char *folder, const char *part, const char *kind,
                         uint32_t dimensions, uint32_t *count, uint32_t *size)
{
    char name[4096];
    snprintf(name, sizeof name, "%s/%s-%s-idx%u-ubyte.gz", folder, part, kind, dimensions);
    gzFile f = gzopen(name, "rb");
    if (f == NULL) {
        snprintf(name, sizeof name, "%s/%s-%s-idx%u-ubyte", folder, part, kind, dimensions);
        f = gzopen(name, "rb");
    }
    if (f == NULL || read_number(f, name) != 0x800 + dimensions)
        fail("no IDX file", name);
    *count = read_number(f, name);
    *size = 1;
    for (uint32_t d = 1; d < dimensions; d++)
        *size *= read_number(f, name);
    uint32_t bytes = *count * *size;
    uint8_t *data = room(bytes);
    if (gzread(f, data, bytes) != (int)bytes)
        fail("too short", name);
    gzclose(f);
    return data;
}

struct images images_read(const char *folder, const char *part)
{
    struct images s;
    uint32_t labels, one;
    s.pixel = read_idx(folder, part, "images", 3, &s.count, &s.features);
    s.label = read_idx(folder, part, "labels", 1, &labels, &one);
    if (labels != s.count)
        fail("images and labels differ in number", folder);
    return s;
}

float images_mean(const struct images *s)
{
    uint64_t sum = 0;
    size_t size = (size_t)s->count * s->features;
    for (size_t i = 0; i < size; i++)
        sum += s->pixel[i];
    return (float)((double)sum / 255 / (double)size);
}
