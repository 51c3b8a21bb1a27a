/* In: a job, and what it shall say of itself. Out: it does. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "changed.h"
#include "talk.h"

static const struct opt edit_options[] = {
    {"name", 0, OPT_TEXT, offsetof(struct options, name), "TEXT", NULL, 0, 0,
     "what the job is called"},
    {"note", 0, OPT_TEXT, offsetof(struct options, note), "TEXT", NULL, 0, 0,
     "what there is to say about it; \"\" for nothing"},
    {"tags", 0, OPT_TEXT, offsetof(struct options, tags), "A,B,...", NULL, 0, 0,
     "all of its tags; \"\" for none"},
    {"priority", 0, OPT_TEXT, offsetof(struct options, priority), "N", NULL, 0, 0,
     "runs of a higher priority go first; -1000 to 1000"},
    {"parallel", 0, OPT_TEXT, offsetof(struct options, parallel), "N|any", NULL, 0, 0,
     "at most so many of its runs are at work at the same time"},
    CHANGED_OPTIONS,
};

static const struct opt tag_options[] = {
    VERBS_FLAG("remove", 0, remove, "take the tags off instead"),
    CHANGED_OPTIONS,
};

/* The words between the commas; NULL on lack of memory. */
static json_t *read_tags(const char *text)
{
    json_t *tags = json_array();
    while (*text != '\0') {
        size_t n = strcspn(text, ",");
        json_array_append_new(tags, json_stringn(text, n));
        text += n + (text[n] == ',');
    }
    return tags;
}

/* The range is for the server to know. */
static enum ending set_number(json_t *change, const char *key, const char *text)
{
    char *end;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0) {
        say("--%s takes a whole number, not \"%s\"", key, text);
        return ENDING_USAGE;
    }
    json_object_set_new(change, key, json_integer(n));
    return ENDING_OK;
}

static enum ending read_change(const struct options *given, json_t *change)
{
    enum ending ending = ENDING_OK;
    if (given->name != NULL)
        json_object_set_new(change, "name", json_string(given->name));
    if (given->note != NULL)
        json_object_set_new(change, "note", json_string(given->note));
    if (given->tags != NULL)
        json_object_set_new(change, "tags", read_tags(given->tags));
    if (given->parallel != NULL && strcmp(given->parallel, "any") == 0)
        json_object_set_new(change, "parallel", json_null());
    else if (given->parallel != NULL)
        ending = set_number(change, "parallel", given->parallel);
    if (ending == ENDING_OK && given->priority != NULL)
        ending = set_number(change, "priority", given->priority);
    if (ending == ENDING_OK && json_object_size(change) == 0) {
        say("--name, --note, --tags, --priority or --parallel must say what to change");
        ending = ENDING_USAGE;
    }
    return ending;
}

static enum ending send_change(const struct options *given, struct http *http, int64_t id,
                               const json_t *change)
{
    json_t *job;
    enum ending ending = api_order(http, &job, "PATCH", change, "/v1/jobs/%" PRId64, id);
    return ending == ENDING_OK ? changed_print(given, job) : ending;
}

static enum ending run_edit(const struct options *given, const struct opts_words *words,
                            struct http *http)
{
    int64_t id;
    json_t *change = json_object();
    enum ending ending = api_read_id(words->word[0], "job", &id);
    if (ending == ENDING_OK)
        ending = read_change(given, change);
    if (ending == ENDING_OK)
        ending = send_change(given, http, id, change);
    json_decref(change);
    return ending;
}

/* Its place in the list; its size where it is not there. */
static size_t find_tag(const json_t *tags, const char *tag)
{
    size_t i = 0, n = json_array_size(tags);
    while (i < n && strcmp(json_string_value(json_array_get(tags, i)), tag) != 0)
        i++;
    return i;
}

static void change_tags(json_t *tags, const struct opts_words *words, bool remove)
{
    for (size_t i = 1; i < words->count; i++) {
        size_t at = find_tag(tags, words->word[i]);
        bool there = at < json_array_size(tags);
        if (there && remove)
            json_array_remove(tags, at);
        else if (!there && !remove)
            json_array_append_new(tags, json_string(words->word[i]));
    }
}

static enum ending run_tag(const struct options *given, const struct opts_words *words,
                           struct http *http)
{
    int64_t id;
    json_t *job;
    enum ending ending = api_read_id(words->word[0], "job", &id);
    if (ending == ENDING_OK)
        ending = api_get(http, &job, "/v1/jobs/%" PRId64, id);
    if (ending != ENDING_OK)
        return ending;
    json_t *change = json_pack("{s:O}", "tags", json_object_get(job, "tags"));
    change_tags(json_object_get(change, "tags"), words, given->remove);
    ending = change != NULL ? send_change(given, http, id, change) : say_no_memory();
    json_decref(change);
    json_decref(job);
    return ending;
}

const struct verb verb_edit = {
    .name = "edit",
    .words = "JOB",
    .summary = "Changes what a job says of itself, and its place in the queue",
    .more = "Whatever its state; its spec stays as it is.\n",
    .words_min = 1,
    .words_max = 1,
    .options = edit_options,
    .rows = sizeof edit_options / sizeof *edit_options,
    .run = run_edit,
};

const struct verb verb_tag = {
    .name = "tag",
    .words = "JOB TAG...",
    .summary = "Adds tags to a job, or takes them off",
    .words_min = 2,
    .words_max = OPTS_WORDS_MAX,
    .options = tag_options,
    .rows = sizeof tag_options / sizeof *tag_options,
    .run = run_tag,
};
