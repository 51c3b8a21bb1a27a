/* In: a printf format. Out: a clean line. */
#include "talk.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/buf.h"
#include "text.h"

enum { LINE_MAX_BYTES = 64 * 1024 };

__attribute__((format(printf, 3, 0))) static void write_line(FILE *out, const char *lead,
                                                             const char *fmt, va_list ap)
{
    struct buf raw, line;
    buf_init(&raw, LINE_MAX_BYTES);
    buf_init(&line, 4 * LINE_MAX_BYTES);
    buf_vaddf(&raw, fmt, ap);
    text_add_line(&line, raw.failed ? fmt : raw.data);
    fflush(stdout); /* where both go to one place, they stay in order */
    fprintf(out, "%s%s\n", lead, line.data);
    buf_release(&line);
    buf_release(&raw);
}

void say(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    write_line(stderr, "frugal: ", fmt, ap);
    va_end(ap);
}

void tell(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    write_line(stdout, "", fmt, ap);
    va_end(ap);
}

void say_more(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    write_line(stderr, "  ", fmt, ap);
    va_end(ap);
}

enum ending say_no_memory(void)
{
    say("there is not enough memory");
    return ENDING_LOCAL;
}
