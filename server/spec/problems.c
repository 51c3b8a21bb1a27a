#include "spec/problems.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"

enum { DETAIL_MAX = 500 };

void problems_init(struct problems *p)
{
    p->count = p->unlisted = 0;
}

void problems_release(struct problems *p)
{
    for (size_t i = 0; i < p->count; i++) {
        free(p->item[i].pointer);
        free(p->item[i].detail);
        free(p->item[i].suggestion);
    }
    problems_init(p);
}

void problems_add(struct problems *p, const char *pointer, const char *code,
                  const char *suggestion, const char *detail, ...)
{
    if (p->count == PROBLEMS_MAX) {
        p->unlisted++;
        return;
    }
    char text[DETAIL_MAX];
    va_list ap;
    va_start(ap, detail);
    vsnprintf(text, sizeof text, detail, ap);
    va_end(ap);
    utf8_trim(text);
    p->item[p->count++] = (struct problem){
        .pointer = strdup(pointer),
        .code = code,
        .detail = strdup(text),
        .suggestion = suggestion != NULL ? strdup(suggestion) : NULL,
    };
}

void problems_append(struct problems *p, size_t i, const char *text)
{
    struct buf whole;
    buf_init(&whole, 2 * DETAIL_MAX);
    buf_addf(&whole, "%s%s", p->item[i].detail, text);
    char *detail = buf_take(&whole, NULL);
    if (detail != NULL) {
        free(p->item[i].detail);
        p->item[i].detail = detail;
    }
}

void problems_move(struct problems *p, size_t i, const char *from, const char *to)
{
    char **pointer = &p->item[i].pointer;
    size_t n = strlen(from);
    if (*pointer == NULL || strncmp(*pointer, from, n) != 0)
        return;
    struct buf moved;
    buf_init(&moved, DETAIL_MAX);
    buf_addf(&moved, "%s%s", to, *pointer + n);
    char *text = buf_take(&moved, NULL);
    if (text != NULL) {
        free(*pointer);
        *pointer = text;
    }
}
