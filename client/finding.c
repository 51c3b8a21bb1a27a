/* In: sentences with verdicts. Out: the list of them. */
#include "finding.h"

#include <stdarg.h>

const char *verdict_word(enum verdict v)
{
    static const char *const words[VERDICTS] = {"agrees", "differs", "cannot be told",
                                                "noted"};
    return words[v];
}

void findings_init(struct findings *f)
{
    *f = (struct findings){.count = 0};
}

void findings_release(struct findings *f)
{
    for (size_t i = 0; i < f->count; i++)
        buf_release(&f->finding[i].text);
}

void findings_add(struct findings *f, enum verdict v, const char *fmt, ...)
{
    if (f->count == FINDINGS_MAX)
        return;
    struct finding *new = &f->finding[f->count++];
    va_list ap;
    va_start(ap, fmt);
    new->verdict = v;
    buf_init(&new->text, FINDING_BYTES);
    buf_vaddf(&new->text, fmt, ap);
    va_end(ap);
}
