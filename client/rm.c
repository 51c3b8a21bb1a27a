/* In: a job. Out: it is in the trash, out of it again, or gone. */
#include <inttypes.h>
#include <stdio.h>

#include "api.h"
#include "changed.h"
#include "dump.h"
#include "field.h"

static const struct opt rm_options[] = {
    VERBS_FLAG("purge", 0, purge, "delete it for good, with all its traces"),
    CHANGED_OPTIONS,
};

static const struct opt restore_options[] = {CHANGED_OPTIONS};

static enum ending erase(struct http *http, int64_t id, const char *query, json_t **ret)
{
    return api_order(http, ret, "DELETE", NULL, "/v1/jobs/%" PRId64 "%s", id, query);
}

/* By way of the trash, unless it is there already. */
static enum ending purge(const struct options *given, struct http *http, int64_t id)
{
    json_t *job, *gone;
    enum ending ending = api_get(http, &job, "/v1/jobs/%" PRId64, id);
    if (ending == ENDING_OK && field_text(job, "trashed", NULL) == NULL) {
        json_decref(job);
        ending = erase(http, id, "", &job);
    }
    if (ending != ENDING_OK)
        return ending;
    json_decref(job);
    ending = erase(http, id, "?purge=1", &gone);
    if (ending != ENDING_OK)
        return ending;
    if (given->json)
        ending = dump_print(gone);
    else if (given->quiet)
        printf("%" PRId64 "\n", id);
    else
        printf("job %" PRId64 " is %s\n", id,
               json_is_true(json_object_get(gone, "deleted"))
                   ? "deleted"
                   : "being deleted; the server goes on with it by itself");
    json_decref(gone);
    return ending;
}

static enum ending run_rm(const struct options *given, const struct opts_words *words,
                          struct http *http)
{
    int64_t id;
    json_t *job;
    enum ending ending = api_read_id(words->word[0], "job", &id);
    if (ending != ENDING_OK)
        return ending;
    if (given->purge)
        return purge(given, http, id);
    ending = erase(http, id, "", &job);
    return ending == ENDING_OK ? changed_print(given, job) : ending;
}

static enum ending run_restore(const struct options *given,
                               const struct opts_words *words, struct http *http)
{
    int64_t id;
    json_t *job, *body = json_object();
    enum ending ending = api_read_id(words->word[0], "job", &id);
    if (ending == ENDING_OK)
        ending = api_order(http, &job, "POST", body, "/v1/jobs/%" PRId64 "/restore", id);
    json_decref(body);
    return ending == ENDING_OK ? changed_print(given, job) : ending;
}

const struct verb verb_rm = {
    .name = "rm",
    .words = "JOB",
    .summary = "Puts a job that has ended into the trash",
    .more = "frugal ls --trash lists what is there, frugal restore takes it out again.\n",
    .words_min = 1,
    .words_max = 1,
    .options = rm_options,
    .rows = sizeof rm_options / sizeof *rm_options,
    .run = run_rm,
};

const struct verb verb_restore = {
    .name = "restore",
    .words = "JOB",
    .summary = "Takes a job out of the trash",
    .words_min = 1,
    .words_max = 1,
    .options = restore_options,
    .rows = sizeof restore_options / sizeof *restore_options,
    .run = run_restore,
};
