/* How often each synapse of a layer changed: the events that M0 counts, one by one.
 * Mostly whole rows times whole columns change, so the count of synapse (i, j) is kept as
 * a sum,
 *
 *     n[i][j] = every + row[i] + column[j] + single[i][j]
 *
 * over what the subnet, and a mask if there is one, leave plastic; `single`, a matrix,
 * exists only once some rows have changed in some columns. A synapse changes at most once
 * per sample, so counts are right for up to UINT32_MAX samples. One thread at a time. */
#ifndef FRUGAL_LEARN_CHANGES_H
#define FRUGAL_LEARN_CHANGES_H

#include "learn/net.h"

enum { CHANGES_SAMPLES = 64 };

struct changes {
    uint32_t sources; /* of the layer, without the bias; plastic are: */
    uint32_t plastic_sources, plastic_targets;
    size_t rows, stride;  /* of the layer */
    const uint16_t *mask; /* [rows][stride / LANES] bits: only these synapses count in the
                             first three; NULL: all */
    uint16_t *own_mask;   /* where it is kept, if it is not borrowed */
    uint32_t every;
    uint32_t *row;    /* [rows] */
    uint32_t *column; /* [stride] */
    uint32_t *single; /* [rows][stride] */
    /* Not yet in `single`: the changes of a few samples, so that each row is visited once
     * for all of them. */
    const struct kernels *kernels;
    uint32_t samples;
    float *size;        /* [CHANGES_SAMPLES][stride] */
    struct line *line;  /* [lines] in which columns a row changed on which sample, */
    uint32_t *line_row; /* [lines] and which row */
    size_t lines;
    struct line *sorted; /* [lines] by row; scratch */
    size_t *row_end;     /* [rows] where the lines of each row end; scratch */
    bool failed;     /* there was no memory for `single`: the counts are useless */
};

/* No change yet; the first sources and targets are plastic, and the bias. NULL without
 * memory. */
struct changes *changes_new(const struct layer *layer, uint32_t plastic_sources,
                            uint32_t plastic_targets, const struct kernels *k);
void changes_free(struct changes *c);

/* Rows that can change. */
uint64_t changes_rows(const struct changes *c);

/* All plastic rows changed where change[j] is not 0; change [stride]. */
void changes_of_columns(struct changes *c, const float *change);

/* Row i changed where change[j] is not 0, NULL: in all plastic columns. */
void changes_of_row(struct changes *c, size_t i, const float *change);

/* From the start on, only the synapses of a mask count in products; it is copied from
 * bytes, [rows][targets], or, where it changes through changes_join and changes_leave,
 * borrowed. */
void changes_copy_mask(struct changes *c, const uint8_t *mask, size_t targets);
void changes_borrow_mask(struct changes *c, const uint16_t *mask);

/* All plastic synapses with x[i] * change[j] != 0 changed; x [rows, padded with zeros to
 * a multiple of LANES], change [stride]. */
void changes_of_products(struct changes *c, const float *x, const float *change);

/* Synapse (i, j) gets into the mask, or is taken out of it. */
void changes_join(struct changes *c, size_t i, size_t j);
void changes_leave(struct changes *c, size_t i, size_t j);

/* On one sample, rows change where size[j] >= least: changes_begin tells the sizes,
 * [stride]. changes_above, once for a row, counts what reaches `least`, less what reaches
 * `less`, where changes_above_everywhere has counted too much. */
void changes_begin(struct changes *c, const float *size);
void changes_above(struct changes *c, size_t i, float least, float less);
void changes_above_everywhere(struct changes *c, float least);

/* Synapse (i, j) changed. */
void changes_of_synapse(struct changes *c, size_t i, size_t j);

/* The counts of row i; ret [targets]. */
void changes_get(struct changes *c, size_t i, size_t targets, uint32_t *ret);

/* Bins of a histogram of counts: 0, 1, 2, 3 to 4, 5 to 8 ... */
enum { CHANGE_BINS = 34 };

/* How the changes are spread over synapses. */
struct change_tally {
    uint64_t synapses[CHANGE_BINS]; /* how many have a count in the bin */
    uint64_t sum;                   /* of the counts */
    double squares;                 /* sum of their squares */
};

/* The largest count of a bin. */
uint64_t change_bin_most(int bin);

void change_tally_add(struct change_tally *t, const uint32_t *n, size_t synapses);
void change_tally_join(struct change_tally *t, const struct change_tally *other);

/* The Simpson index, sum of (n / sum)^2: the chance that two changes drawn at random were
 * of the same synapse. Its inverse is the effective number of plastic synapses. NaN:
 * nothing changed. */
double change_tally_simpson(const struct change_tally *t);

#endif
