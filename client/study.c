/* In: names of presets. Out: their jobs on the server, at their end. */
#include "study.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "about.h"
#include "api.h"
#include "base/hash.h"
#include "dump.h"
#include "field.h"
#include "number.h"
#include "preset.h"
#include "state.h"
#include "talk.h"
#include "terminal.h"

enum { BODY_MAX_BYTES = 1024 * 1024, KEY_HASH = 48 };

static const double poll_seconds = 1, goal_min = 0.5;

/* Another data set: on it alone, and at accuracies that it allows. */
static void change_data_set(struct study *s, const char *data_set)
{
    json_t *stop = json_deep_copy(json_object_get(s->spec, "stop"));
    json_t *sweep = json_deep_copy(json_object_get(s->spec, "sweep"));
    double goal = field_number(stop, "accuracy");
    bool is_that_of_another = json_object_get(sweep, "/dataset") != NULL;
    json_object_set_new(s->spec, "dataset", json_string(data_set));
    json_object_del(sweep, "/dataset");
    if (goal - STUDY_EASIER > goal_min && !is_that_of_another) {
        char text[32];
        snprintf(text, sizeof text, "%.6g", goal - STUDY_EASIER);
        json_object_set_new(stop, "accuracy", json_loads(text, JSON_DECODE_ANY, NULL));
        s->goals_from -= STUDY_EASIER;
        s->goals_to -= STUDY_EASIER;
    }
    json_object_set_new(s->spec, "sweep", sweep);
    json_object_set_new(s->spec, "stop", stop);
}

static void add(struct studies *s, const json_t *entry, bool quick, const char *data_set)
{
    struct study *new = &s->study[s->count++];
    const json_t *figure = json_array_get(json_object_get(entry, "figures"), 0);
    *new = (struct study){
        .entry = entry,
        .spec = preset_spec(entry, quick),
        .seconds =
            field_number(json_object_get(entry, "seconds"), quick ? "quick" : "full"),
        .goals_from = field_number(figure, "from"),
        .goals_to = field_number(figure, "to"),
    };
    json_object_set_new(new->spec, "reuse", json_true());
    if (data_set != NULL && strcmp(data_set, field_text(new->spec, "dataset", "")) != 0)
        change_data_set(new, data_set);
}

enum ending studies_choose(struct studies *s, const char *const *names, size_t count,
                           bool quick, const char *data_set)
{
    *s = (struct studies){.count = 0};
    enum ending ending = preset_index(&s->index);
    if (ending != ENDING_OK)
        return ending;
    for (size_t i = 0; count == 0 && i < json_array_size(s->index); i++)
        add(s, json_array_get(s->index, i), quick, data_set);
    for (size_t i = 0; i < count && i < STUDIES_MAX; i++) {
        const json_t *entry = preset_find(s->index, names[i]);
        if (entry == NULL)
            return ENDING_NOT_FOUND;
        add(s, entry, quick, data_set);
    }
    return ENDING_OK;
}

void studies_release(struct studies *s)
{
    for (size_t i = 0; i < s->count; i++)
        json_decref(s->study[i].spec);
    json_decref(s->index);
}

static enum ending take_counts(struct study *s, const json_t *job)
{
    const json_t *runs = json_object_get(job, "runs");
    s->job = field_count(job, "id");
    s->runs = field_count(runs, "total");
    s->done = state_runs_done(runs);
    if (s->job > 0 && s->runs > 0)
        return ENDING_OK;
    say("the server did not say which job this is");
    return ENDING_UNREACHABLE;
}

/* The key is made from the spec and this version: what is the same is one job. */
static enum ending submit(struct study *s, struct http *http)
{
    struct buf body;
    char hash[HASH_TEXT], key[KEY_HASH + 16];
    json_t *job;
    buf_init(&body, BODY_MAX_BYTES);
    buf_addf(&body, "%s ", about_version);
    dump_line(&body, s->spec);
    hash_text(body.data, body.len, hash);
    snprintf(key, sizeof key, "reproduce-%.*s", KEY_HASH, hash);
    buf_clear(&body);
    dump_line(&body, s->spec);
    struct http_request request = {.path = "/v1/jobs", .body = &body, .key = key};
    enum ending ending = body.failed ? say_no_memory() : api_json(http, &request, &job);
    buf_release(&body);
    if (ending != ENDING_OK) {
        say_more("that was the preset %s", field_text(s->entry, "name", "?"));
        return ending;
    }
    ending = take_counts(s, job);
    json_decref(job);
    return ending;
}

enum ending studies_submit(struct studies *s, struct http *http)
{
    enum ending ending = ENDING_OK;
    if (!hash_start()) {
        say("libsodium cannot be used");
        return ENDING_LOCAL;
    }
    for (size_t i = 0; i < s->count && ending == ENDING_OK; i++)
        ending = submit(&s->study[i], http);
    return ending;
}

double studies_seconds_left(const struct studies *s)
{
    double seconds = 0;
    for (size_t i = 0; i < s->count; i++) {
        const struct study *one = &s->study[i];
        double share = one->runs > 0 ? (double)one->done / (double)one->runs : 0;
        seconds += one->seconds * (1 - share);
    }
    return seconds;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* What is left in seconds of waiting: at the pace so far, once there is one. */
static double wait_left(double left, double at_start, double elapsed, long workers)
{
    double computed = at_start - left;
    if (computed > 0.05 * at_start && elapsed > 0)
        return left * elapsed / computed;
    return left / (double)(workers > 0 ? workers : 1);
}

static void show(const struct studies *s, double seconds, bool redraws)
{
    int64_t runs = 0, done = 0;
    char left[NUMBER_TEXT];
    if (!redraws)
        return;
    for (size_t i = 0; i < s->count; i++) {
        runs += s->study[i].runs;
        done += s->study[i].done;
    }
    number_duration(left, seconds);
    fprintf(stderr, "\r%" PRId64 " of %" PRId64 " runs, about %s left\033[K", done, runs,
            left);
    fflush(stderr);
}

static enum ending look(struct study *s, struct http *http, bool redraws)
{
    json_t *job;
    if (s->done == s->runs)
        return ENDING_OK;
    enum ending ending = api_get(http, &job, "/v1/jobs/%" PRId64, s->job);
    if (ending != ENDING_OK)
        return ending;
    ending = take_counts(s, job);
    json_decref(job);
    if (ending == ENDING_OK && s->done == s->runs) {
        fprintf(stderr, "%s", redraws ? "\r\033[K" : "");
        say("%s: job %" PRId64 " has ended", field_text(s->entry, "name", "?"), s->job);
    }
    return ending;
}

static bool all_done(const struct studies *s)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->study[i].done < s->study[i].runs)
            return false;
    return true;
}

enum ending studies_wait(struct studies *s, struct http *http, long workers)
{
    const struct http_patience patience = {.seconds = 30};
    bool redraws = terminal_redraws(stderr);
    double began = now(), at_start = studies_seconds_left(s);
    enum ending ending = ENDING_OK;
    http_be_patient(http, &patience);
    while (ending == ENDING_OK && !all_done(s)) {
        for (size_t i = 0; i < s->count && ending == ENDING_OK; i++)
            ending = look(&s->study[i], http, redraws);
        if (ending != ENDING_OK || all_done(s))
            break;
        show(s, wait_left(studies_seconds_left(s), at_start, now() - began, workers),
             redraws);
        http_pause(http, poll_seconds);
    }
    http_be_patient(http, NULL);
    return ending;
}
