/* One line per event on standard error, as KEY=VALUE with a space between: time, level,
 * msg, whatever else the event has, and the request that it belongs to. Values with other
 * characters than letters, digits and a few signs stand in quotes. Any thread. */
#ifndef FRUGAL_BASE_LOG_H
#define FRUGAL_BASE_LOG_H

#include <stddef.h>

/* Names of both enums, in their order, as settings have them. */
#define LOG_LEVELS  "error|warning|info|debug"
#define LOG_FORMATS "keys|journal"

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

enum log_format {
    LOG_FORMAT_KEYS,
    LOG_FORMAT_JOURNAL, /* without the time, and the level also as systemd reads it: <4>
                         */
};

/* Lines above this level are dropped. The default is LOG_LEVEL_INFO. */
void log_set_level(enum log_level level);

/* The default is LOG_FORMAT_KEYS. */
void log_set_format(enum log_format format);

/* The request that the calling thread serves from now on; NULL: none. Borrowed. */
void log_set_request(const char *name);

/* Control characters in the text are written as '?', so that one event stays one line. */
__attribute__((format(printf, 1, 2))) void log_error(const char *fmt, ...);
__attribute__((format(printf, 1, 2))) void log_warning(const char *fmt, ...);
__attribute__((format(printf, 1, 2))) void log_info(const char *fmt, ...);
__attribute__((format(printf, 1, 2))) void log_debug(const char *fmt, ...);

/* More of an event, borrowed. */
struct log_field {
    const char *key, *value; /* value NULL: it does not have this one */
};

void log_event(enum log_level level, const char *message, const struct log_field *fields,
               size_t count);

#endif
