/* In: ISO 8601, UTC. Out: how long ago that is by the clock of this computer. */
#include "age.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

void age_text(char text[static NUMBER_TEXT], const char *when)
{
    struct tm tm = {0};
    if (sscanf(when, "%4d-%2d-%2dT%2d:%2d:%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
               &tm.tm_hour, &tm.tm_min, &tm.tm_sec) != 6) {
        strcpy(text, "-");
        return;
    }
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    number_duration(text, (double)clock_now_ms() / 1000 - (double)timegm(&tm));
}
