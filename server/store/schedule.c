#include "store/schedule.h"

#include <math.h>

static const double HALF_LIFE = 86400; /* seconds */
static const double CHARGE = 10;       /* seconds that a run counts for from its start */

double schedule_decay(double used, double seconds_ago)
{
    return seconds_ago > 0 ? used * exp2(-seconds_ago / HALF_LIFE) : used;
}

bool schedule_may_run(const struct contender *c, const struct schedule_limits *l)
{
    return l->per_owner == 0 || c->running < l->per_owner;
}

static double share_of(const struct contender *c)
{
    return c->used + CHARGE * (double)c->running;
}

bool schedule_goes_before(const struct contender *a, const struct contender *b)
{
    if (a->priority != b->priority)
        return a->priority > b->priority;
    if (share_of(a) < share_of(b))
        return true;
    if (share_of(a) > share_of(b))
        return false;
    return a->job != b->job ? a->job < b->job : b->verifies && !a->verifies;
}

int64_t schedule_ahead(const struct waiting *w, const struct waiting *mine)
{
    int64_t turns = w->mine ? w->before : mine->before + (w->used < mine->used);
    return w->higher + (turns < w->equal ? turns : w->equal);
}
