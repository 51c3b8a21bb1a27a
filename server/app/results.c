/* In: a run and its trace. Out: numbers for statistics. It knows nothing of other runs.
 */
#include "app/results.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    const char *column; /* of the trace; NULL: made from others */
    bool is_cost;
} metrics[METRICS] = {
    [METRIC_SAMPLES] = {"samples", "samples", true},
    [METRIC_EPOCHS] = {"epochs", "epoch", true},
    [METRIC_TEST_ACCURACY] = {"test_accuracy", "test_accuracy", false},
    [METRIC_M0] = {"m0", "m0", true},
    [METRIC_M1] = {"m1", "m1", true},
    [METRIC_M0_DIRECT] = {"m0_direct", "m0_direct", false},
    [METRIC_M1_DIRECT] = {"m1_direct", "m1_direct", false},
    [METRIC_INEFFICIENCY_M0] = {"inefficiency_m0", NULL, false},
    [METRIC_INEFFICIENCY_M1] = {"inefficiency_m1", NULL, false},
    [METRIC_MAINTENANCE] = {"maintenance", "maintenance", true},
    [METRIC_SECONDS] = {"seconds", NULL, true},
};

const char *metric_name(enum metric m)
{
    return metrics[m].name;
}

bool metric_is_cost(enum metric m)
{
    return metrics[m].is_cost;
}

bool goal_read(const char *text, struct goal *ret, struct buf *why)
{
    const char *name = text;
    size_t n = strcspn(text, "<>");
    const char *bound = text + n;
    if (n == strlen("accuracy") && memcmp(text, "accuracy", n) == 0) {
        name = "test_accuracy";
        n = strlen(name);
    }
    char *end = NULL;
    bool has_sign = bound[0] != '\0' && bound[1] == '=';
    double value = has_sign ? strtod(bound + 2, &end) : NAN;
    if (n == 0 || n >= sizeof ret->column || !has_sign || end == bound + 2 ||
        *end != '\0' || !isfinite(value)) {
        buf_addf(why,
                 "\"%.60s\" is no goal: it must be a column of the trace, >= or <=, "
                 "and a number, such as test_accuracy>=0.95",
                 text);
        return false;
    }
    *ret = (struct goal){.at_most = bound[0] == '<', .bound = value};
    memcpy(ret->column, name, n);
    return true;
}

static double ratio(double a, double b)
{
    return b > 0 ? a / b : (double)NAN;
}

static void add_ratios(double *value)
{
    value[METRIC_INEFFICIENCY_M0] = ratio(value[METRIC_M0], value[METRIC_M0_DIRECT]);
    value[METRIC_INEFFICIENCY_M1] = ratio(value[METRIC_M1], value[METRIC_M1_DIRECT]);
}

static void take_end(const struct run *r, double *value)
{
    bool known = r->last >= 0;
    const double of_end[METRICS] = {
        [METRIC_SAMPLES] = (double)r->samples,
        [METRIC_EPOCHS] = r->epochs,
        [METRIC_TEST_ACCURACY] = r->test_accuracy,
        [METRIC_M0] = r->m0,
        [METRIC_M1] = r->m1,
        [METRIC_M0_DIRECT] = r->m0_direct,
        [METRIC_M1_DIRECT] = r->m1_direct,
        [METRIC_MAINTENANCE] = r->maintenance,
        [METRIC_SECONDS] = r->seconds,
    };
    for (int m = 0; m < METRICS; m++)
        value[m] = known ? of_end[m] : (double)NAN;
    add_ratios(value);
}

/* The way through a trace to the goal. */
struct search {
    const struct goal *goal;
    int goal_place, place[METRICS];
    struct result *result;
};

static bool look_at_row(void *arg, const struct trace_stored *row)
{
    const struct search *s = arg;
    double x = store_trace_value(row, s->goal_place);
    if (s->goal->at_most ? !(x <= s->goal->bound) : !(x >= s->goal->bound))
        return true;
    s->result->kind = RESULT_REACHED;
    for (int m = 0; m < METRICS; m++)
        s->result->value[m] = store_trace_value(row, s->place[m]);
    s->result->value[METRIC_SECONDS] = row->seconds;
    add_ratios(s->result->value);
    return false;
}

static bool has_diverged(const struct run *r)
{
    return r->state == RUN_FAILED && r->outcome != NULL &&
           strcmp(r->outcome, "diverged") == 0;
}

/* A run that was broken off, by a person or a fault, might have reached it. */
static bool ended_by_itself(const struct run *r)
{
    return r->state == RUN_SUCCEEDED || r->state == RUN_TIMED_OUT || has_diverged(r);
}

static enum status search_trace(struct conn *reader, const struct run *r,
                                const struct goal *goal, struct result *ret)
{
    struct search s = {.goal = goal,
                       .goal_place = store_trace_place(r->columns, goal->column),
                       .result = ret};
    if (s.goal_place < 0)
        return r->last < 0 ? STATUS_OK : STATUS_NOT_FOUND;
    for (int m = 0; m < METRICS; m++)
        s.place[m] = metrics[m].column != NULL
                         ? store_trace_place(r->columns, metrics[m].column)
                         : -1;
    enum status status = store_trace_list(reader, r->id, -1, look_at_row, &s);
    if (ret->kind == RESULT_OPEN && ended_by_itself(r))
        ret->kind = RESULT_MISSED;
    for (int m = 0; ret->kind == RESULT_MISSED && has_diverged(r) && m < METRICS; m++)
        ret->value[m] = NAN;
    return status;
}

enum status result_of(struct conn *reader, const struct run *run, const struct goal *goal,
                      struct result *ret)
{
    *ret = (struct result){.seed = run->seed, .kind = RESULT_OPEN};
    take_end(run, ret->value);
    if (goal != NULL)
        return search_trace(reader, run, goal, ret);
    if (run->state == RUN_SUCCEEDED)
        ret->kind = RESULT_REACHED;
    return STATUS_OK;
}
