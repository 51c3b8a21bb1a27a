/* Numbers, times and texts as the values of JSON replies. */
#include <math.h>

#include "base/clock.h"
#include "http/reply.h"

json_t *json_measure(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

json_t *json_count(double x)
{
    if (!isfinite(x) || fabs(x) >= 0x1p53)
        return json_measure(x);
    return json_integer((json_int_t)x);
}

json_t *json_time(int64_t ms)
{
    char text[CLOCK_TEXT];
    if (ms == 0)
        return json_null();
    clock_text(ms, text);
    return json_string(text);
}

json_t *json_day(int64_t day)
{
    enum { DAY_MS = 24 * 60 * 60 * 1000, DATE = 10 };
    char text[CLOCK_TEXT];
    clock_text(day * DAY_MS, text);
    return json_stringn(text, DATE);
}

json_t *json_text(const char *text)
{
    return text != NULL ? json_string(text) : json_null();
}

json_t *json_stored(const char *text)
{
    json_t *j = text != NULL ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
    return j != NULL ? j : json_null();
}
