/* A growing byte buffer with a cap given at birth. Always NUL-terminated, so that
 * buf.data can be used as a string; len does not count the NUL. Failure is sticky: after
 * the first refused append, buf.failed is set and later appends change nothing, so a
 * writer may check once at its end. One buffer belongs to one thread at a time. */
#ifndef FRUGAL_BASE_BUF_H
#define FRUGAL_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct buf {
    char *data; /* never NULL between init and release */
    size_t len;
    size_t room; /* bytes allocated, the NUL included; 0: nothing allocated yet */
    size_t cap;  /* len never exceeds this */
    bool failed; /* an append was refused: cap reached or no memory */
};

void buf_init(struct buf *b, size_t cap);
void buf_release(struct buf *b);

/* Empties the buffer and forgets a failure; memory stays. */
void buf_clear(struct buf *b);

/* Each returns false, and sets failed, when the cap or memory does not allow it. */
bool buf_add(struct buf *b, const void *bytes, size_t n);
bool buf_adds(struct buf *b, const char *s);
bool buf_addc(struct buf *b, char c);
__attribute__((format(printf, 2, 3))) bool buf_addf(struct buf *b, const char *fmt, ...);
__attribute__((format(printf, 2, 0))) bool buf_vaddf(struct buf *b, const char *fmt,
                                                     va_list ap);

/* Appends the shortest decimal form that reads back as exactly x ("nan" and "inf" for
 * what is not finite). */
bool buf_add_double(struct buf *b, double x);

/* Takes the bytes out; the caller frees them. NULL when the buffer had failed. The
 * buffer is empty afterwards and can be used again. */
char *buf_take(struct buf *b, size_t *ret_len);

#endif
