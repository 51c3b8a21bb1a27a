/* The grid of a sweep. Private to the floor. */
#ifndef FRUGAL_SPEC_SWEEP_H
#define FRUGAL_SPEC_SWEEP_H

#include "spec/parse.h"

enum { AXES_MAX = 16 };

struct axis {
    char pointer[POINTER_MAX]; /* as written: "/network/hidden/0" */
    const struct field *field; /* NULL: a whole section, "/plasticity" */
    bool is_entry; /* of a list: */
    size_t entry;
    json_t *values; /* a list; owned */
};

struct plan {
    struct spec base;
    uint64_t *seeds;
    size_t seed_count;
    struct axis axis[AXES_MAX];
    size_t axis_count;
    size_t cells;
};

/* Reads one axis, or the whole sweep (NULL: none), which also counts the cells. */
void sweep_read_axis(struct plan *p, const char *key, json_t *values,
                     struct problems *problems);
void sweep_read(struct plan *p, json_t *sweep, struct problems *problems);

/* The values of each axis one by one, then each cell as a whole. */
void sweep_check(const struct plan *p, struct problems *problems);

/* Writes lists out per layer and checks what fields must have in common. */
void spec_finish(struct spec *s, struct problems *problems);

#endif
