#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/clock.h"

static atomic_int shown = LOG_LEVEL_INFO;

void log_set_level(enum log_level level)
{
    atomic_store(&shown, level);
}

__attribute__((format(printf, 2, 0))) static void write_line(enum log_level level,
                                                             const char *fmt, va_list ap)
{
    static const char *const names[] = {"error", "warning", "info", "debug"};
    if ((int)level > atomic_load(&shown))
        return;
    char text[1000];
    vsnprintf(text, sizeof text, fmt, ap);
    for (char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = '?';
    char when[CLOCK_TEXT];
    clock_text(clock_now_ms(), when);
    fprintf(stderr, "%s %s %s\n", when, names[level], text);
}

#define DEFINE_LEVEL(function, level)                                                    \
    void function(const char *fmt, ...)                                                  \
    {                                                                                    \
        va_list ap;                                                                      \
        va_start(ap, fmt);                                                               \
        write_line(level, fmt, ap);                                                      \
        va_end(ap);                                                                      \
    }

DEFINE_LEVEL(log_error, LOG_LEVEL_ERROR)
DEFINE_LEVEL(log_warning, LOG_LEVEL_WARNING)
DEFINE_LEVEL(log_info, LOG_LEVEL_INFO)
DEFINE_LEVEL(log_debug, LOG_LEVEL_DEBUG)
