/* Everything that is wrong with a spec, gathered so that all of it is reported at once. */
#ifndef FRUGAL_SPEC_PROBLEMS_H
#define FRUGAL_SPEC_PROBLEMS_H

#include <stddef.h>

enum { PROBLEMS_MAX = 100 };

struct problem {
    char *pointer;    /* JSON pointer into the body, "" for the whole of it */
    const char *code; /* static: "unknown_key", "wrong_type", "out_of_range" ... */
    char *detail;     /* a sentence */
    char *suggestion; /* what was probably meant, or NULL */
    const char *parameter; /* static: the query argument, instead of the body; or NULL */
    size_t column;         /* in it, in characters from 1; 0: not at one place */
};

struct problems {
    size_t count;
    size_t unlisted; /* found after PROBLEMS_MAX; only counted */
    struct problem item[PROBLEMS_MAX];
};

void problems_init(struct problems *p);
void problems_release(struct problems *p);

/* Copies all but `code`. suggestion may be NULL. */
__attribute__((format(printf, 5, 6))) void problems_add(struct problems *p,
                                                        const char *pointer,
                                                        const char *code,
                                                        const char *suggestion,
                                                        const char *detail, ...);

/* Appends to the sentence of problem i. */
void problems_append(struct problems *p, size_t i, const char *text);

/* Puts `to` in place of `from` at the start of the pointer of problem i. */
void problems_move(struct problems *p, size_t i, const char *from, const char *to);

#endif
