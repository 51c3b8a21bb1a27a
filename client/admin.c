/* In: a word of the one who runs the server. Out: what it did, or how its workers are. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "dump.h"
#include "field.h"
#include "talk.h"
#include "text.h"
#include "verbs.h"

enum { PATH_MAX_BYTES = 8192, LINE_MAX_BYTES = 2000 };

static const struct opt options[] = {VERBS_JSON};

/* A line for each worker that is at work or elsewhere. */
static void print_worker(const json_t *w)
{
    struct buf line;
    buf_init(&line, LINE_MAX_BYTES);
    text_add_line(&line, field_text(w, "worker", "thread"));
    buf_adds(&line, "  ");
    text_add_line(&line, field_text(w, "host", "?"));
    if (json_is_string(json_object_get(w, "slurm"))) {
        buf_adds(&line, "  Slurm ");
        text_add_line(&line, field_text(w, "slurm", "?"));
    }
    if (json_is_integer(json_object_get(w, "run")))
        buf_addf(&line, "  %srun %" PRId64,
                 json_is_true(json_object_get(w, "verifies")) ? "verifies " : "",
                 field_count(w, "run"));
    else
        buf_adds(&line, "  idle");
    if (json_is_number(json_object_get(w, "per_second")))
        buf_addf(&line, "  %.0f samples/s",
                 json_number_value(json_object_get(w, "per_second")));
    buf_adds(&line, "  heard ");
    text_add_line(&line, field_text(w, "heard", "?"));
    printf("%s\n", line.data);
    buf_release(&line);
}

static enum ending print_workers(const struct options *given, json_t *workers)
{
    enum ending ending = ENDING_OK;
    char elsewhere[60] = "";
    size_t i;
    const json_t *item;
    if (field_count(workers, "remote") > 0)
        snprintf(elsewhere, sizeof elsewhere, ", elsewhere %" PRId64 " of %" PRId64,
                 field_count(workers, "remote_busy"), field_count(workers, "remote"));
    if (given->json)
        ending = dump_print(workers);
    else
        printf("%" PRId64 " of %" PRId64 " workers at work%s%s%s\n",
               field_count(workers, "busy"), field_count(workers, "count"),
               json_is_true(json_object_get(workers, "draining")) ? ", draining" : "",
               json_is_true(json_object_get(workers, "disk_full")) ? ", disk full" : "",
               elsewhere);
    json_array_foreach(json_object_get(workers, "items"), i, item)
    {
        if (!given->json)
            print_worker(item);
    }
    json_decref(workers);
    return ending;
}

/* What `member` of the workers becomes; NULL: only looks. */
static enum ending change_workers(const struct options *given, struct http *http,
                                  const char *member, json_t *value)
{
    json_t *workers, *body = json_object();
    enum ending ending;
    if (member == NULL) {
        ending = api_get(http, &workers, "/v1/workers");
    } else {
        json_object_set_new(body, member, value);
        ending = api_order(http, &workers, "PATCH", body, "/v1/workers");
    }
    json_decref(body);
    return ending == ENDING_OK ? print_workers(given, workers) : ending;
}

static enum ending set_workers(const struct options *given, struct http *http,
                               const char *word)
{
    char *end;
    errno = 0;
    long n = strtol(word, &end, 10);
    if (errno != 0 || *end != '\0' || end == word) {
        say("\"%s\" is not a number of workers", word);
        return ENDING_USAGE;
    }
    return change_workers(given, http, "count", json_integer(n));
}

static enum ending back_up(const struct options *given, struct http *http)
{
    json_t *backup, *body = json_object();
    enum ending ending = api_order(http, &backup, "POST", body, "/v1/backups");
    json_decref(body);
    if (ending != ENDING_OK)
        return ending;
    struct buf path;
    buf_init(&path, PATH_MAX_BYTES);
    text_add_line(&path, field_text(backup, "path", "?"));
    if (given->json)
        ending = dump_print(backup);
    else
        printf("%s\n", path.data);
    buf_release(&path);
    json_decref(backup);
    return ending;
}

static enum ending run(const struct options *given, const struct opts_words *words,
                       struct http *http)
{
    const char *what = words->word[0];
    bool more = words->count > 1;
    if (strcmp(what, "workers") == 0)
        return more ? set_workers(given, http, words->word[1])
                    : change_workers(given, http, NULL, NULL);
    if (strcmp(what, "drain") == 0 && !more)
        return change_workers(given, http, "draining", json_true());
    if (strcmp(what, "resume") == 0 && !more)
        return change_workers(given, http, "draining", json_false());
    if (strcmp(what, "backup") == 0 && !more)
        return back_up(given, http);
    return verbs_refuse(&verb_admin, what, "workers [N], drain, resume or backup");
}

const struct verb verb_admin = {
    .name = "admin",
    .words = "workers|drain|resume|backup [N]",
    .choices = "workers drain resume backup",
    .summary = "Looks after the server: workers [N], drain, resume, backup",
    .more = "admin workers      how many runs may be at work, how many are, and who is "
            "at which\n"
            "admin workers N    changes that, until the server starts again\n"
            "admin drain        no run begins any more; those at work go on\n"
            "admin resume       ends that\n"
            "admin backup       makes a whole copy of the database on the server's disk, "
            "X.db,\n"
            "                   with the weights files in X.weights beside it, and "
            "prints its\n"
            "                   name there, for frugald restore\n",
    .words_min = 1,
    .words_max = 2,
    .options = options,
    .rows = sizeof options / sizeof *options,
    .run = run,
};
