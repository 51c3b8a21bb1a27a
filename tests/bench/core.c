/* In: a job spec on stdin, a data set, a limit. Out: one line of JSON with times, energies
 * and memory. The core does a run as in work/execute.c, with nobody storing the rows.
 *   core FOLDERS MOST_SAMPLES ABOUT_SECONDS < spec.json */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "data/catalogue.h"
#include "spec/spec.h"

struct bench {
    uint64_t samples, every, most;
    double seconds; /* wanted, from the first row on */
    double begin, since, mark, deadline;
    double first_row, learning, evaluating;
    uint64_t evaluations;
    enum train_wish wish;
    struct trace_row last;
};

/* Coarse, so that looking at it costs next to nothing on each sample. */
static double coarse_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static enum train_wish poll_run(void *arg, uint64_t samples)
{
    struct bench *b = arg;
    if (samples == b->samples) /* within an evaluation */
        return b->wish;
    b->samples = samples;
    if (samples >= b->most || (samples >= 5 && coarse_seconds() > b->deadline))
        b->wish = WISH_END;
    if (b->wish == WISH_END || samples % b->every == 0) {
        b->mark = clock_thread_seconds();
        b->learning += b->mark - b->since;
    }
    return b->wish;
}

static enum status take_row(void *arg, const struct trace_row *row)
{
    struct bench *b = arg;
    b->since = clock_thread_seconds();
    b->last = *row;
    if (row->samples == 0) {
        b->first_row = b->since - b->begin;
        b->deadline = coarse_seconds() + b->seconds;
        return STATUS_OK;
    }
    b->evaluating += b->since - b->mark;
    b->evaluations++;
    return STATUS_OK;
}

static long peak_kb(void)
{
    FILE *f = fopen("/proc/self/status", "re");
    char line[256];
    long kb = 0;
    while (f != NULL && fgets(line, sizeof line, f) != NULL)
        if (sscanf(line, "VmHWM: %ld", &kb) == 1)
            break;
    if (f != NULL)
        fclose(f);
    return kb;
}

static struct plan *read_plan(void)
{
    static char text[1 << 16];
    size_t length = fread(text, 1, sizeof text, stdin);
    struct problems problems;
    problems_init(&problems);
    struct plan *plan = NULL;
    enum status status = plan_parse(text, length, &plan, &problems);
    if (status == STATUS_OK)
        return plan;
    fprintf(stderr, "core: spec: %s\n", status_text(status));
    for (size_t i = 0; i < problems.count; i++)
        fprintf(stderr, "  %s: %s\n", problems.item[i].pointer, problems.item[i].detail);
    exit(1);
}

static int run(const char *folders, struct bench *b)
{
    static struct spec spec;
    static struct train_spec train;
    struct buf why;
    buf_init(&why, 1000);
    struct plan *plan = read_plan();
    plan_cell_spec(plan, 0, &spec);
    struct catalogue *catalogue;
    const struct dataset *set;
    enum status status = catalogue_open(folders, "", &catalogue);
    if (status == STATUS_OK)
        status = catalogue_get(catalogue, spec.dataset, &set, &why);
    if (status != STATUS_OK) {
        fprintf(stderr, "core: %s: %s\n", spec.dataset,
                why.len > 0 ? why.data : status_text(status));
        return 1;
    }
    const struct samples *s = set->train[spec.centre];
    spec_train(&spec, plan_seed(plan, 0), s->features, s->classes, s->count, &train);
    struct train_observer observer = {.poll = poll_run, .row = take_row, .arg = b};
    enum train_outcome outcome;
    b->every = train.evaluate_every;
    b->begin = clock_thread_seconds();
    status = train_run(&train, s, set->test[spec.centre], kernels_for(NULL), &observer,
                       &outcome);
    catalogue_close(catalogue);
    plan_free(plan);
    buf_release(&why);
    if (status == STATUS_OK && outcome != OUTCOME_DIVERGED)
        return 0;
    fprintf(stderr, "core: the run failed\n");
    return 1;
}

int main(int argc, char **argv)
{
    static struct bench b;
    if (argc != 4)
        return fprintf(stderr, "usage: core FOLDERS SAMPLES SECONDS < spec.json\n"), 2;
    b.most = strtoull(argv[2], NULL, 10);
    b.seconds = atof(argv[3]);
    if (run(argv[1], &b) != 0)
        return 1;
    printf("{\"samples\": %llu, \"learning\": %.6f, \"evaluations\": %llu, "
           "\"evaluating\": %.6f, \"first_row\": %.6f, \"m0\": %llu, \"m1\": %.6g, "
           "\"m1_direct\": %.6g, \"accuracy\": %.4f, \"peak_kb\": %ld, \"kernels\": "
           "\"%s\"}\n",
           (unsigned long long)b.samples, b.learning, (unsigned long long)b.evaluations,
           b.evaluating, b.first_row, (unsigned long long)b.last.total.spent.m0,
           b.last.total.spent.m1, b.last.total.direct.m1, b.last.test_accuracy, peak_kb(),
           kernels_for(NULL)->name);
    return 0;
}
