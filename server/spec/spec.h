/* What somebody asks for: the spec of one run, and the plan of runs that a job makes of it.
 * JSON ends on this floor: below it there are only these structs. */
#ifndef FRUGAL_SPEC_SPEC_H
#define FRUGAL_SPEC_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "learn/train.h"
#include "spec/problems.h"

enum {
    SPEC_HIDDEN_MAX = NET_LAYERS_MAX - 1,
    SPEC_NAME_MAX = 200, /* characters; a character may take 4 bytes */
    SPEC_NOTE_MAX = 10000,
    SPEC_TAG_MAX = 64,
    SPEC_TAGS_MAX = 32,
    SPEC_DATASET_SIZE = 4 * SPEC_TAG_MAX + 1, /* bytes, the NUL included */
    SPEC_RUNS_MAX = 10000, /* of one job */
    REDRAW_CYCLE_MAX = 1000,
};

/* A list with one number per layer; one number stands for every layer. */
struct spec_numbers {
    uint32_t count;
    bool one_for_all; /* written as one number, which is value[0] */
    double value[NET_LAYERS_MAX];
};

struct spec_tags {
    uint32_t count;
    char tag[SPEC_TAGS_MAX][4 * SPEC_TAG_MAX + 1];
};

/* Sections of the spec that are off unless one of their fields says otherwise. */
enum spec_section { SECTION_COMPETE, SECTION_SUBNET, SECTION_MASK, SECTION_CACHE, SECTIONS };

struct spec_gate {
    enum gate kind;
    double error; /* GATE_ERROR */
};

struct spec_redraw {
    enum mask_redraw kind;
    uint32_t cycle; /* REDRAW_CYCLE */
};

struct spec {
    char name[4 * SPEC_NAME_MAX + 1];
    char note[4 * SPEC_NOTE_MAX + 1];
    struct spec_tags tags;
    char dataset[SPEC_DATASET_SIZE];
    int64_t priority;
    int64_t parallel; /* runs at the same time; 0: any number */
    bool reuse;
    struct spec_numbers hidden; /* units per hidden layer */
    int64_t activation;         /* enum activation */
    int64_t loss;               /* enum loss */
    bool bias;
    struct spec_numbers init_std;
    struct spec_numbers learning_rate;
    double l2;
    int64_t order; /* enum sample_order */
    bool centre;
    bool given[SECTIONS]; /* written down, if only as {} */
    int64_t compete_by;   /* enum compete_by, less COMPETE_NONE */
    int64_t compete_scope, compete_keep;
    struct spec_numbers compete_fraction, compete_count; /* empty: not set */
    struct spec_numbers subnet_units, subnet_fraction;   /* empty: not set */
    int64_t mask_of; /* enum mask_of, less MASK_NONE */
    struct spec_numbers mask_fraction; /* empty: no mask */
    struct spec_redraw mask_redraw;
    struct spec_gate gate;
    double cache_threshold; /* 0: no cache */
    double cache_decay;
    int64_t cache_consolidate;
    struct exponents exponents; /* of further energies */
    bool record_changes, record_weights;
    int64_t evaluate_every; /* samples */
    /* 0: not set */
    double stop_accuracy, stop_epochs, stop_m0, stop_m1, stop_seconds;
    int64_t stop_samples;
};

/* A checked job spec: seeds, sweep, and the spec that they vary. One thread at a time. */
struct plan;

/* Parses and checks everything that can be checked without a data set. BAD_JSON and
 * INVALID_SPEC come with problems, all at once; NO_MEMORY. */
enum status plan_parse(const char *json, size_t length, struct plan **ret,
                       struct problems *problems);
void plan_free(struct plan *p);

/* The data set that a job spec names, though plan_parse may refuse the rest of it. False:
 * it names none, or one for each cell. */
bool plan_dataset(const char *json, size_t length, char ret[static SPEC_DATASET_SIZE]);

/* The spec as it was meant, defaults filled in; plan_parse of it gives the same plan. The
 * caller frees the text. NULL without memory. */
char *plan_json(const struct plan *p);

const struct spec *plan_base(const struct plan *p);

/* A cell is one choice of values from the sweep; cells times seeds are the runs. */
size_t plan_cells(const struct plan *p);
size_t plan_seeds(const struct plan *p);
uint64_t plan_seed(const struct plan *p, size_t i);

/* {"/network/hidden/0": 100}: what cell number `cell` sets. The caller frees the text.
 * NULL without memory. */
char *plan_cell_params(const struct plan *p, size_t cell);

/* Says of each problem from number `from` on that it is one of that cell; nothing where
 * there is no sweep. */
void plan_name_cell(const struct plan *p, size_t cell, size_t from,
                    struct problems *problems);

/* The spec of a cell, lists written out per layer. */
void plan_cell_spec(const struct plan *p, size_t cell, struct spec *ret);

/* Layers of synapses of the network: one more than hidden layers. */
uint32_t spec_layers(const struct spec *s);

/* The tags as a JSON list. The caller frees the text. NULL without memory. */
char *spec_tags_json(const struct spec *s);

/* The spec of one run from what the store keeps: the text of plan_json, and the params of
 * the run's cell. BAD_JSON or INVALID_SPEC: damaged, or from another version. */
enum status spec_of_run(const char *plan_json, const char *params, struct spec *ret);

/* The same for many cells of one job, whose text, which may be long, is read once. */
struct job_spec;
enum status job_spec_open(const char *plan_json, struct job_spec **ret);
void job_spec_close(struct job_spec *j); /* NULL is allowed */
enum status job_spec_of_cell(const struct job_spec *j, const char *params,
                             struct spec *ret);

/* Which members of a job's spec a change names. */
struct spec_change {
    bool name, tags, note, priority, parallel;
};

/* Reads an object with some of those fields, which do not change what a run computes, into
 * *ret. BAD_JSON and INVALID_SPEC come with problems; NO_MEMORY. */
enum status spec_change_parse(const char *json, size_t length, struct spec *ret,
                              struct spec_change *ret_given, struct problems *problems);

/* The plan of a job with more seeds, {"seeds": [4, 5]} or how many, or more values of axes
 * that it sweeps already, {"sweep": {"/network/hidden/0": [800]}}; what is there already
 * counts once. Failures as plan_parse. */
enum status plan_extend(const char *plan_json, const char *more, size_t length,
                        struct plan **ret, struct problems *problems);

/* What the bits of a run follow from, in one canonical text: the spec without names and
 * notes, and the seed. The caller frees it. NULL without memory. */
char *spec_canonical(const struct spec *s, uint64_t seed);

/* Checks what depends on the size of the images: counts above what a layer has, or what
 * the subnet leaves of it. */
void spec_check_layers(const struct spec *s, uint32_t features, uint32_t classes,
                       struct problems *problems);

/* The core's view of a spec for images of `features` pixels in `classes` classes, of which
 * there are `training` to learn from. */
void spec_train(const struct spec *s, uint64_t seed, uint32_t features, uint32_t classes,
                uint32_t training, struct train_spec *ret);

/* {"fields": [...]}: the table that drives all of this, for forms and help. The caller frees
 * the text. NULL without memory. */
char *spec_describe(void);

/* The JSON Schema (2020-12) of a job spec, from the same table. The caller frees the text. NULL
 * without memory. */
char *spec_schema(void);

#endif
