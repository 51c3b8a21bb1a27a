/* The verbs of the command line. Each stands in a file of its own with its options and
 * its help; the list of them is in verbs.c. */
#ifndef FRUGAL_CLIENT_VERBS_H
#define FRUGAL_CLIENT_VERBS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/opts.h"
#include "ending.h"
#include "http.h"

/* All that can be said with options; a verb reads what its own table names. */
struct options {
    const char *server, *cacert;
    bool help, version;
    bool json, quiet;
    bool dry_run, follow, wait, runs, failed, purge, trash, force, remove, ndjson,
        no_wait, yes;
    long limit;
    const char *seeds, *columns, *output, *sort;
    const char *name, *note, *tags, *priority, *parallel, *role;
    const char *at, *baseline, *metric, *x, *y, *filter, *preset, *dataset;
    bool csv, latex, quick, full, summary;
    long expires;
    struct opts_words set, sweep, url, sha256;
};

struct verb {
    const char *name;
    const char *words; /* what follows the name: "JOB" */
    const char *summary;
    const char *more;    /* lines of the help below the options */
    const char *choices; /* what the first word can be, with spaces between; or NULL */
    size_t words_min, words_max;
    bool without_token; /* it does not need the one that is kept */
    const struct opt *options;
    size_t rows;
    enum ending (*run)(const struct options *given, const struct opts_words *words,
                       struct http *http);
};

/* In the order of the help; the list ends with NULL. */
extern const struct verb *const verbs[];

/* Options that every verb takes. */
extern const struct opt verbs_options[];
extern const size_t verbs_options_rows;

/* The verb of that name; says what was meant and returns NULL when there is none. */
const struct verb *verbs_find(const char *name);

/* Says what the verb takes, and which of its choices the word may have been; fails. */
enum ending verbs_refuse(const struct verb *verb, const char *word, const char *takes);

extern const struct verb verb_submit, verb_ls, verb_show, verb_trace, verb_export,
    verb_get, verb_why, verb_verify, verb_watch, verb_wait, verb_cancel, verb_hold,
    verb_release, verb_retry, verb_extend, verb_edit, verb_tag, verb_compare, verb_plot,
    verb_reproduce, verb_presets, verb_rm, verb_restore, verb_datasets, verb_login,
    verb_token, verb_user, verb_admin, verb_init, verb_validate, verb_ping,
    verb_completion, verb_help;

/* Rows that several verbs have in their tables. */
#define VERBS_FLAG(name, letter, member, help)                                           \
    {                                                                                    \
        name, letter, OPT_FLAG, offsetof(struct options, member), NULL, NULL, 0, 0, help \
    }
#define VERBS_JSON        VERBS_FLAG("json", 0, json, "print JSON instead of a table")
#define VERBS_QUIET(help) VERBS_FLAG("quiet", 'q', quiet, help)
#define VERBS_CSV         VERBS_FLAG("csv", 0, csv, "print CSV, with numbers in full")
#define VERBS_ROLE(help)                                                                 \
    {                                                                                    \
        "role", 0, OPT_TEXT, offsetof(struct options, role), "ROLE", NULL, 0, 0, help    \
    }
#define VERBS_SORT(help)                                                                 \
    {                                                                                    \
        "sort", 's', OPT_TEXT, offsetof(struct options, sort), "KEYS", NULL, 0, 0, help  \
    }

/* What every verb with a filter says of it. */
#define VERBS_FILTER_HELP                                                                \
    "\nA filter compares fields with = != < <= > >= ~ (contains), in (A, B), between A " \
    "and "                                                                               \
    "B,\njoined by and, or, not and parentheses:\n"                                      \
    "  state in (failed, dead) and created > -2d\n"                                      \
    "  spec.network.hidden.0 >= 100 and not name ~ 'first try'\n"                        \
    "Fields are job, id, name, owner, tag, state, created, started, finished, any "      \
    "spec.PATH,\n"                                                                       \
    "and of runs also cell, seed, outcome, attempts, samples, epochs, test_accuracy, "   \
    "m0, m1,\n"                                                                          \
    "inefficiency_m0, inefficiency_m1, maintenance, seconds. Words with other "          \
    "characters\n"                                                                       \
    "than letters, digits and _.:+-/%@ stand in quotes; FIELD = null finds what has "    \
    "none.\n"

#endif
