/* In: words of the server. Out: what they mean for somebody who waits. */
#include "state.h"

#include <inttypes.h>
#include <string.h>

#include "field.h"

bool state_is_waiting(const char *state)
{
    return strcmp(state, "queued") == 0 || strcmp(state, "held") == 0;
}

bool state_is_running(const char *state)
{
    return strcmp(state, "running") == 0;
}

bool state_is_final(const char *state)
{
    return !state_is_waiting(state) && !state_is_running(state);
}

bool state_is_success(const char *state)
{
    return strcmp(state, "succeeded") == 0;
}

enum colour state_colour(const char *state)
{
    if (state_is_waiting(state))
        return YELLOW;
    if (state_is_running(state))
        return CYAN;
    return state_is_success(state) ? GREEN : RED;
}

int64_t state_runs_done(const json_t *runs)
{
    static const char *const open[] = {"queued", "held", "running"};
    int64_t done = field_count(runs, "total");
    for (size_t i = 0; i < sizeof open / sizeof *open; i++) {
        int64_t n = field_count(runs, open[i]);
        done -= n > 0 ? n : 0;
    }
    return done > 0 ? done : 0;
}

void state_add_counts(struct buf *b, json_t *counts)
{
    const char *state, *lead = "";
    json_t *value;
    json_object_foreach(counts, state, value)
    {
        int64_t n = field_count(counts, state);
        if (n <= 0 || strcmp(state, "total") == 0)
            continue;
        buf_addf(b, "%s%" PRId64 " %s", lead, n, state);
        lead = ", ";
    }
}
