#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/utf8.h"

enum { LINE_MAX_BYTES = 4000, MESSAGE_MAX = 1000 };

static atomic_int shown = LOG_LEVEL_INFO, shape = LOG_FORMAT_KEYS;
static _Thread_local const char *request;

void log_set_level(enum log_level level)
{
    atomic_store(&shown, level);
}

void log_set_format(enum log_format format)
{
    atomic_store(&shape, format);
}

void log_set_request(const char *name)
{
    request = name;
}

static bool is_plain(const char *value)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                "0123456789_.:+-/%@{},[]";
    return *value != '\0' && value[strspn(value, plain)] == '\0';
}

/* To a terminal, also one that takes U+0080 to U+009F for commands. */
static bool is_control(const char *c)
{
    unsigned char first = (unsigned char)c[0];
    return first < ' ' || first == 0x7f || (first == 0xc2 && (unsigned char)c[1] < 0xa0);
}

static void add_value(struct buf *line, const char *value)
{
    if (is_plain(value)) {
        buf_adds(line, value);
        return;
    }
    buf_addc(line, '"');
    for (const char *c = value; *c != '\0';) {
        size_t n = utf8_length(c);
        if (*c == '"' || *c == '\\')
            buf_addc(line, '\\');
        if (n == 0 || is_control(c))
            buf_addc(line, '?');
        else
            buf_add(line, c, n);
        c += n > 0 ? n : 1;
    }
    buf_addc(line, '"');
}

static void add_field(struct buf *line, const char *key, const char *value)
{
    if (value == NULL)
        return;
    buf_addf(line, " %s=", key);
    add_value(line, value);
}

static void begin_line(struct buf *line, enum log_level level)
{
    static const char *const names[] = {"error", "warning", "info", "debug"};
    static const int priorities[] = {3, 4, 6, 7}; /* of syslog */
    char when[CLOCK_TEXT];
    if (atomic_load(&shape) == LOG_FORMAT_JOURNAL) {
        buf_addf(line, "<%d>", priorities[level]);
    } else {
        clock_text(clock_now_ms(), when);
        buf_addf(line, "time=%s ", when);
    }
    buf_addf(line, "level=%s", names[level]);
}

void log_event(enum log_level level, const char *message, const struct log_field *fields,
               size_t count)
{
    struct buf line;
    if ((int)level > atomic_load(&shown))
        return;
    buf_init(&line, LINE_MAX_BYTES);
    begin_line(&line, level);
    add_field(&line, "msg", message);
    for (size_t i = 0; i < count; i++)
        add_field(&line, fields[i].key, fields[i].value);
    add_field(&line, "request", request);
    fprintf(stderr, "%s\n", line.data);
    buf_release(&line);
}

__attribute__((format(printf, 2, 0))) static void write_line(enum log_level level,
                                                             const char *fmt, va_list ap)
{
    char text[MESSAGE_MAX];
    if ((int)level > atomic_load(&shown))
        return;
    vsnprintf(text, sizeof text, fmt, ap);
    log_event(level, text, NULL, 0);
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
