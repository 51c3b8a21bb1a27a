/* In: a job. Out: it is in the trash, out of it again, or gone. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "api.h"
#include "changed.h"
#include "dump.h"
#include "field.h"
#include "number.h"
#include "talk.h"
#include "terminal.h"

enum { ANSWER_MAX = 16, SENTENCE_MAX = 80 };

static const struct opt rm_options[] = {
    VERBS_FLAG("purge", 0, purge,
               "delete it for good, with all its traces; a job that is not in the trash "
               "only after a question"),
    VERBS_FLAG("yes", 'y', yes, "do not ask"),
    CHANGED_OPTIONS,
};

static const struct opt restore_options[] = {CHANGED_OPTIONS};

static enum ending erase(struct http *http, int64_t id, const char *query, json_t **ret)
{
    return api_order(http, ret, "DELETE", NULL, "/v1/jobs/%" PRId64 "%s", id, query);
}

/* Takes the job, and prints it as the options say, or else the line. */
static enum ending report(const struct options *given, int64_t id, json_t *job,
                          const char *line)
{
    enum ending ending = ENDING_OK;
    if (given->json)
        ending = dump_print(job);
    else if (given->quiet)
        tell("%" PRId64, id);
    else
        tell("job %" PRId64 " is %s", id, line);
    json_decref(job);
    return ending;
}

/* Nobody has had second thoughts about a job that is not in the trash. */
static enum ending agree(const struct options *given, int64_t id, const json_t *job)
{
    char answer[ANSWER_MAX] = "";
    int64_t runs = field_count(json_object_get(job, "runs"), "total");
    if (given->yes || field_text(job, "trashed", NULL) != NULL)
        return ENDING_OK;
    say("job %" PRId64 ", %s, is not in the trash; --purge deletes it for good, with "
        "%" PRId64 " run%s and all traces",
        id, field_text(job, "name", "without a name"), runs, number_plural(runs));
    if (!terminal_is(stdin) || !terminal_is(stderr)) {
        say_more("give --yes if that is what you want");
        return ENDING_USAGE;
    }
    fprintf(stderr, "  Type yes to delete it: ");
    if (fgets(answer, sizeof answer, stdin) != NULL && strcmp(answer, "yes\n") == 0)
        return ENDING_OK;
    say("nothing was deleted");
    return ENDING_USAGE;
}

/* By way of the trash, unless it is there already. */
static enum ending purge(const struct options *given, struct http *http, int64_t id)
{
    json_t *job, *gone;
    enum ending ending = api_get(http, &job, "/v1/jobs/%" PRId64, id);
    if (ending != ENDING_OK)
        return ending;
    ending = agree(given, id, job);
    bool is_in_trash = field_text(job, "trashed", NULL) != NULL;
    json_decref(job);
    if (ending == ENDING_OK && !is_in_trash) {
        ending = erase(http, id, "", &job);
        if (ending == ENDING_OK)
            json_decref(job);
    }
    if (ending == ENDING_OK)
        ending = erase(http, id, "?purge=1", &gone);
    if (ending != ENDING_OK)
        return ending;
    return report(given, id, gone,
                  json_is_true(json_object_get(gone, "deleted"))
                      ? "deleted"
                      : "being deleted; the server goes on with it by itself");
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
    char line[SENTENCE_MAX];
    snprintf(line, sizeof line, "in the trash; frugal restore %" PRId64 " takes it out",
             id);
    ending = erase(http, id, "", &job);
    return ending == ENDING_OK ? report(given, id, job, line) : ending;
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
    return ending == ENDING_OK ? report(given, id, job, "out of the trash again")
                               : ending;
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
