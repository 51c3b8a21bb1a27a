/* In: dates, times and ages. Out: milliseconds since 1970. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/filter_words.h"

/* "-2d": before now. */
static bool read_age(const char *word, int64_t now, double *ret)
{
    static const char units[] = "smhdw";
    static const double seconds[] = {1, 60, 3600, 86400, 7 * 86400};
    size_t n = strspn(word + 1, "0123456789.");
    const char *unit = word[1 + n] != '\0' ? strchr(units, word[1 + n]) : NULL;
    char *end;
    if (word[0] != '-' || n == 0 || n > 15 || unit == NULL || word[2 + n] != '\0')
        return false;
    double count = strtod(word + 1, &end);
    *ret = (double)now - 1000 * count * seconds[unit - units];
    return end == word + 1 + n;
}

/* Exactly so many digits; NULL: they are not there. */
static const char *digits(const char *s, int n, int *ret)
{
    *ret = 0;
    for (int i = 0; i < n; i++) {
        if (!isdigit((unsigned char)s[i]))
            return NULL;
        *ret = 10 * *ret + s[i] - '0';
    }
    return s + n;
}

/* "T17", "T17:00", "T17:00:05", "T17:00:05.123"; a Z may follow. */
static bool read_clock(const char *s, struct tm *tm, double *ret_ms)
{
    int *const part[] = {&tm->tm_hour, &tm->tm_min, &tm->tm_sec};
    for (int i = 0; i < 3 && s != NULL && *s == (i == 0 ? 'T' : ':'); i++)
        s = digits(s + 1, 2, part[i]);
    if (s != NULL && *s == '.') {
        int ms;
        s = digits(s + 1, 3, &ms);
        *ret_ms = ms;
    }
    return s != NULL && strcmp(s + (*s == 'Z'), "") == 0;
}

static bool read_date(const char *s, double *ret)
{
    struct tm tm = {.tm_mday = 0}, again;
    double ms = 0;
    s = digits(s, 4, &tm.tm_year);
    s = s != NULL && *s == '-' ? digits(s + 1, 2, &tm.tm_mon) : NULL;
    s = s != NULL && *s == '-' ? digits(s + 1, 2, &tm.tm_mday) : NULL;
    if (s == NULL || !read_clock(s, &tm, &ms))
        return false;
    tm.tm_year -= 1900;
    tm.tm_mon--;
    again = tm;
    *ret = (double)timegm(&again) * 1000 + ms;
    return again.tm_mon == tm.tm_mon && again.tm_mday == tm.tm_mday &&
           again.tm_hour == tm.tm_hour && again.tm_min == tm.tm_min &&
           again.tm_sec == tm.tm_sec; /* no 31st of February */
}

bool filter_time(const char *word, int64_t now, double *ret)
{
    if (strcmp(word, "now") == 0) {
        *ret = (double)now;
        return true;
    }
    return read_age(word, now, ret) || read_date(word, ret);
}
