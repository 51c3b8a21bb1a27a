#include "base/buf.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char empty[1] = "";

void buf_init(struct buf *b, size_t cap)
{
    *b = (struct buf){.data = empty, .cap = cap};
}

void buf_release(struct buf *b)
{
    if (b->room > 0)
        free(b->data);
    buf_init(b, b->cap);
}

void buf_clear(struct buf *b)
{
    b->len = 0;
    b->failed = false;
    if (b->room > 0)
        b->data[0] = '\0';
}

static bool make_room(struct buf *b, size_t more)
{
    if (b->failed || more > b->cap - b->len) {
        b->failed = true;
        return false;
    }
    size_t need = b->len + more + 1;
    if (need <= b->room)
        return true;
    size_t room = b->room < 64 ? 64 : b->room;
    while (room < need)
        room = room > SIZE_MAX / 2 ? need : room * 2;
    char *data = realloc(b->room > 0 ? b->data : NULL, room);
    if (data == NULL) {
        b->failed = true;
        return false;
    }
    b->data = data;
    b->room = room;
    return true;
}

bool buf_add(struct buf *b, const void *bytes, size_t n)
{
    if (!make_room(b, n))
        return false;
    if (n > 0)
        memcpy(b->data + b->len, bytes, n);
    b->len += n;
    b->data[b->len] = '\0';
    return true;
}

bool buf_adds(struct buf *b, const char *s)
{
    return buf_add(b, s, strlen(s));
}

bool buf_addc(struct buf *b, char c)
{
    return buf_add(b, &c, 1);
}

bool buf_vaddf(struct buf *b, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    bool ok = n >= 0 && make_room(b, (size_t)n);
    if (ok) {
        vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
        b->len += (size_t)n;
    } else {
        b->failed = true;
    }
    va_end(again);
    return ok;
}

bool buf_addf(struct buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    bool ok = buf_vaddf(b, fmt, ap);
    va_end(ap);
    return ok;
}

/* Whole numbers, which are most of a trace, need no search for their shortest form. */
static bool add_whole(struct buf *b, int64_t n)
{
    char text[24];
    char *at = text + sizeof text;
    uint64_t rest = n < 0 ? -(uint64_t)n : (uint64_t)n;
    do
        *--at = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (n < 0)
        *--at = '-';
    return buf_add(b, at, (size_t)(text + sizeof text - at));
}

bool buf_add_double(struct buf *b, double x)
{
    if (!isfinite(x))
        return buf_adds(b, isnan(x) ? "nan" : x > 0 ? "inf" : "-inf");
    if (fabs(x) < 1e15 && x == (double)(int64_t)x && !(x == 0 && signbit(x)))
        return add_whole(b, (int64_t)x);
    char text[32];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, x);
        if (strtod(text, NULL) == x)
            break;
    }
    return buf_adds(b, text);
}

char *buf_take(struct buf *b, size_t *ret_len)
{
    if (b->failed || !make_room(b, 0)) {
        buf_release(b);
        return NULL;
    }
    char *data = b->data;
    data[b->len] = '\0';
    if (ret_len != NULL)
        *ret_len = b->len;
    buf_init(b, b->cap);
    return data;
}
