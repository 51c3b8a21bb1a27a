/* What the cells of a preset say about the statement of the paper: sentences that are
 * computed, each with a verdict. The rules and their criteria stand in findings.c. */
#ifndef FRUGAL_CLIENT_FINDING_H
#define FRUGAL_CLIENT_FINDING_H

#include "base/buf.h"
#include "rows.h"

enum verdict { VERDICT_AGREES, VERDICT_DIFFERS, VERDICT_OPEN, VERDICT_NOTE, VERDICTS };

enum { FINDINGS_MAX = 32, FINDING_BYTES = 4096 };

struct finding {
    enum verdict verdict;
    struct buf text;
};

struct findings {
    struct finding finding[FINDINGS_MAX];
    size_t count;
};

/* "agrees", "differs", "cannot be told", "noted" (there is nothing to agree with). */
const char *verdict_word(enum verdict v);

void findings_init(struct findings *f);
void findings_release(struct findings *f);

/* Judges the rows of the preset of that name. */
void findings_of(struct findings *f, const char *preset, const struct rows *r);

/* The criterion that they were judged by, in words; NULL: there is no such preset. */
const char *findings_criterion(const char *preset);

/* For the rules. */
__attribute__((format(printf, 3, 4))) void
findings_add(struct findings *f, enum verdict v, const char *fmt, ...);

#endif
