/* The table of spec fields. Each key of the spec stands here once; its row parses, checks,
 * dumps and describes it. */
#ifndef FRUGAL_SPEC_FIELDS_H
#define FRUGAL_SPEC_FIELDS_H

#include <jansson.h>
#include <stddef.h>

#include "spec/problems.h"
#include "spec/spec.h"

enum field_type {
    FIELD_TEXT,    /* char[4 * max + 1] */
    FIELD_TAGS,    /* struct spec_tags */
    FIELD_FLAG,    /* bool */
    FIELD_CHOICE,  /* int64_t: index into choices */
    FIELD_INTEGER, /* int64_t */
    FIELD_NUMBER,  /* double */
    FIELD_UNITS,            /* struct spec_numbers: always a list, which makes the layers */
    FIELD_LIST_OF_INTEGERS, /* struct spec_numbers */
    FIELD_LIST_OF_NUMBERS,  /* struct spec_numbers */
    FIELD_EXPONENTS, /* struct exponents: always a list, of its own length */
    FIELD_GATE,    /* struct spec_gate: "wrong", a number, or null */
    FIELD_REDRAW,  /* struct spec_redraw: a word, or {"cycle": n} */
    FIELD_SEEDS,   /* lives in the plan, not in struct spec */
    FIELD_SWEEP,   /* likewise */
};

struct field {
    const char *pointer; /* JSON pointer */
    enum field_type type;
    size_t offset; /* in struct spec */
    double min, max; /* of the value, of each entry, or of the number of characters */
    bool above_min;  /* min itself is not allowed */
    bool nullable;   /* null means: not set, stored as 0 or as an empty list */
    bool activates;  /* its section counts only when this is set */
    bool in_canonical; /* the bits of a run depend on it */
    const char *const *choices; /* NULL-terminated */
    const char *standard; /* default as JSON; NULL: must be given */
    const char *per;      /* what a list has one entry of */
    const char *unit;
    const char *help;
};

extern const struct field fields[];
extern const size_t fields_count;

/* The row of a pointer, or NULL. */
const struct field *field_find(const char *pointer);

/* Whether some row lies below this pointer: "/network". */
bool field_is_section(const char *pointer);

/* Whether the row lies below the section. */
bool field_is_below(const struct field *f, const char *section);

/* Whether it has rows, at any depth, that must be set to activate a section. */
bool section_is_optional(const char *section);

/* Whether one of the section's own rows activates it, or it needs none that does. */
bool section_is_active(const char *section, const struct spec *s);

/* Whether the optional section of the row is switched off: the row has no value then. */
bool field_is_off(const struct field *f, const struct spec *s);

/* Checks a value and stores it. Problems are reported at `pointer`. */
void field_set(const struct field *f, const json_t *value, const char *pointer,
               struct spec *into, struct problems *problems);

/* The same for one entry of a list. A number that stands for every layer is written out
 * first; `layers` is how many there are. */
void field_set_entry(const struct field *f, size_t entry, uint32_t layers,
                     const json_t *value, const char *pointer, struct spec *into,
                     struct problems *problems);

/* Whether the numbers of the row are whole ones. */
bool field_is_integral(const struct field *f);

/* "never", "sample", "class"; not for REDRAW_CYCLE, which is an object. */
const char *redraw_name(enum mask_redraw kind);

/* Whether the row stands for a list of numbers; and that list. */
bool field_has_list(const struct field *f);
struct spec_numbers *field_list(const struct field *f, struct spec *in);

/* How many entries the list may have in the largest network. */
size_t field_list_max(const struct field *f);

/* Turns one number for every layer into a list of `layers` numbers; lists stay. */
void numbers_write_out(struct spec_numbers *list, uint32_t layers);

/* The value as JSON; a new reference. Not for seeds and sweep. */
json_t *field_get(const struct field *f, const struct spec *from);

/* A spec as a document with a key for each row, or only for those in_canonical; a new
 * reference. */
json_t *spec_document(const struct spec *s, bool canonical);

#endif
