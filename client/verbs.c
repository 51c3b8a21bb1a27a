/* The one list of verbs, and the options that all of them share. */
#include "verbs.h"

#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "talk.h"

enum { CHOICES_MAX = 200 };

const struct verb *const verbs[] = {
    &verb_submit,   &verb_init,       &verb_validate, &verb_presets, &verb_reproduce,
    &verb_watch,    &verb_wait,       &verb_ls,       &verb_show,    &verb_compare,
    &verb_plot,     &verb_trace,      &verb_export,   &verb_get,     &verb_why,
    &verb_cancel,   &verb_hold,       &verb_release,  &verb_retry,   &verb_extend,
    &verb_edit,     &verb_tag,        &verb_verify,   &verb_rm,      &verb_restore,
    &verb_datasets, &verb_login,      &verb_token,    &verb_user,    &verb_admin,
    &verb_ping,     &verb_completion, &verb_help,     NULL,
};

const struct opt verbs_options[] = {
    {"server", 0, OPT_TEXT, offsetof(struct options, server), "URL", "FRUGAL_SERVER", 0,
     0, "where frugald answers"},
    {"cacert", 0, OPT_TEXT, offsetof(struct options, cacert), "FILE", "FRUGAL_CACERT", 0,
     0, "the certificates that it may be signed with, in PEM, instead of the system's"},
    VERBS_FLAG("help", 'h', help, "print this help"),
    VERBS_FLAG("version", 0, version, "print the version"),
};

const size_t verbs_options_rows = sizeof verbs_options / sizeof *verbs_options;

const struct verb *verbs_find(const char *name)
{
    struct nearest near;
    nearest_init(&near, name);
    for (size_t i = 0; verbs[i] != NULL; i++) {
        if (strcmp(verbs[i]->name, name) == 0)
            return verbs[i];
        nearest_consider(&near, verbs[i]->name);
    }
    say("there is no verb \"%s\"%s%s%s", name, near.best ? "; did you mean \"" : "",
        near.best ? near.best : "", near.best ? "\"?" : "");
    return NULL;
}

/* The choice that was meant, in room that the caller gives; "": none. */
static void find_meant(const char *choices, const char *word, char *meant, size_t room)
{
    struct nearest near;
    char list[CHOICES_MAX], *rest = list;
    snprintf(list, sizeof list, "%s", choices);
    nearest_init(&near, word);
    for (char *one; (one = strsep(&rest, " ")) != NULL;)
        nearest_consider(&near, one);
    bool is_one = near.best != NULL && strcmp(near.best, word) == 0;
    snprintf(meant, room, "%s", near.best != NULL && !is_one ? near.best : "");
}

enum ending verbs_refuse(const struct verb *verb, const char *word, const char *takes)
{
    char meant[CHOICES_MAX];
    find_meant(verb->choices, word, meant, sizeof meant);
    bool known = *meant != '\0';
    say("%s takes %s%s%s%s", verb->name, takes, known ? "; did you mean \"" : "", meant,
        known ? "\"?" : "");
    return ENDING_USAGE;
}
