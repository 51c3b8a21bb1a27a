/* In: files that have come in whole. Out: sets on the shelf, checked. */
#include "data/arrival.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

struct arrival *arrival_find(const struct arrivals *a, const char *name)
{
    struct arrival *e = a->first;
    while (e != NULL && strcmp(e->info.name, name) != 0)
        e = e->next;
    return e;
}

static size_t count(const struct arrivals *a)
{
    size_t n = 0;
    for (const struct arrival *e = a->first; e != NULL; e = e->next)
        n++;
    return n;
}

enum status arrival_add(struct arrivals *a, const char *name, enum arrival_state state,
                        struct arrival **ret, struct buf *why)
{
    struct arrival *old = arrival_find(a, name);
    if (old != NULL && old->info.state != ARRIVAL_FAILED) {
        buf_addf(why, "data set \"%s\" is on its way already: %s", name,
                 arrival_state_name(old->info.state));
        return STATUS_CONFLICT;
    }
    if (count(a) >= ARRIVALS_MAX) {
        buf_addf(why, "%d data sets are on their way already; remove some", ARRIVALS_MAX);
        return STATUS_CONFLICT;
    }
    struct arrival *e = calloc(1, sizeof *e);
    if (e == NULL)
        return STATUS_NO_MEMORY;
    e->all = a;
    e->place = ++a->places;
    e->info.state = state;
    snprintf(e->info.name, sizeof e->info.name, "%s", name);
    enum status status = shelf_begin(&a->shelf, e->place);
    if (status != STATUS_OK) {
        free(e);
        return status;
    }
    if (old != NULL)
        arrival_unlist(old);
    e->listed = true;
    e->next = a->first;
    a->first = e;
    *ret = e;
    return STATUS_OK;
}

static void free_arrival(struct arrival *e)
{
    if (!e->finished)
        shelf_abandon(&e->all->shelf, e->place);
    for (int f = 0; f < DATASET_FILES; f++)
        for (int i = 0; i < ARRIVAL_URLS; i++)
            free(e->url[f][i]);
    free(e);
}

void arrival_unlist(struct arrival *e)
{
    struct arrival **at = &e->all->first;
    while (*at != NULL && *at != e)
        at = &(*at)->next;
    if (*at == e)
        *at = e->next;
    e->listed = false;
    atomic_store(&e->stop, true);
    if (e->users == 0)
        free_arrival(e);
}

/* A set of which nobody has uploaded anything in the end is none. */
static bool is_empty(const struct arrival *e)
{
    bool empty = e->info.state == ARRIVAL_INCOMPLETE;
    for (int f = 0; f < DATASET_FILES; f++)
        empty = empty && !e->info.file[f].there;
    return empty;
}

void arrival_release(struct arrival *e)
{
    if (--e->users > 0)
        return;
    if (!e->listed)
        free_arrival(e);
    else if (is_empty(e))
        arrival_unlist(e);
}

void arrival_fail(struct arrival *e, const char *error, const char *why)
{
    log_warning("data set %s: %s%s%s", e->info.name, error, *why != '\0' ? ": " : "",
                why);
    e->info.state = ARRIVAL_FAILED;
    snprintf(e->info.error, sizeof e->info.error, "%s", error);
    snprintf(e->info.why, sizeof e->info.why, "%s", why);
    for (int f = 0; f < DATASET_FILES; f++)
        e->info.file[f].there = false;
    shelf_abandon(&e->all->shelf, e->place);
    e->finished = true;
}

const char *arrival_error(enum status status)
{
    switch (status) {
    case STATUS_CONFLICT:
        return "checksum";
    case STATUS_BAD_DATASET:
        return "bad_dataset";
    case STATUS_TOO_LARGE:
        return "too_large";
    case STATUS_NO_SPACE:
        return "no_space";
    default:
        return "io";
    }
}

/* Whether the file is the one that was asked for: as it came, or in what it holds. A file
 * that is another one says nothing about itself. */
static enum status compare(enum status scanned, const char *came, const struct idx *x,
                           const char *wanted, struct buf *why)
{
    bool same = strcmp(came, wanted) == 0 ||
                (scanned == STATUS_OK && strcmp(x->sha256, wanted) == 0);
    if (same || scanned == STATUS_TOO_LARGE || scanned == STATUS_NO_MEMORY)
        return scanned;
    buf_clear(why);
    buf_adds(why, "its SHA-256 is not the one that was asked for");
    return STATUS_CONFLICT;
}

/* Both the files that came and what is in them are bounded. */
static bool fits(const struct arrival *e, enum dataset_file but, uint64_t bytes,
                 uint64_t inflated)
{
    for (int f = 0; f < DATASET_FILES; f++)
        if (f != (int)but && e->info.file[f].there) {
            bytes += e->info.file[f].bytes;
            inflated += e->content[f].count;
        }
    uint64_t most = e->all->options.bytes_max;
    return bytes <= most && inflated <= 2 * most;
}

static enum status note_file(struct arrival *e, enum dataset_file f,
                             struct shelf_file *file, const struct idx *x,
                             struct buf *why)
{
    struct arrival_file *info = &e->info.file[f];
    bool open = e->listed && (e->info.state == ARRIVAL_FETCHING ||
                              e->info.state == ARRIVAL_INCOMPLETE);
    if (!open) {
        buf_adds(why, "the data set is complete, or was given up, in the meantime");
        return STATUS_CONFLICT;
    }
    if (!fits(e, f, file->bytes, x->count))
        return STATUS_TOO_LARGE;
    enum status status = shelf_keep(file, f, x->zipped);
    if (status == STATUS_OK) {
        *info =
            (struct arrival_file){.bytes = file->bytes, .of = file->bytes, .there = true};
        e->content[f] = *x;
    }
    return status;
}

enum status arrival_keep(struct arrival *e, enum dataset_file f, struct shelf_file *file,
                         const char *sha256, struct buf *why)
{
    char path[PATH_MAX], came[HASH_TEXT];
    struct idx x = {.bytes = NULL};
    shelf_file_path(file, path);
    shelf_file_hash(file, came);
    enum status status =
        idx_scan(path, dataset_file_name(f), 2 * e->all->options.bytes_max, &x, why);
    if (sha256 != NULL)
        status = compare(status, came, &x, sha256, why);
    if (status == STATUS_OK)
        status = shelf_sync(file);
    if (status == STATUS_OK) {
        pthread_mutex_lock(&e->all->lock);
        status = note_file(e, f, file, &x, why);
        pthread_mutex_unlock(&e->all->lock);
    }
    shelf_drop(file);
    return status;
}

static bool is_complete(const struct arrival *e)
{
    bool complete = e->listed && (e->info.state == ARRIVAL_FETCHING ||
                                  e->info.state == ARRIVAL_INCOMPLETE);
    for (int f = 0; f < DATASET_FILES; f++)
        complete = complete && e->info.file[f].there;
    return complete;
}

enum status arrival_complete(struct arrival *e, struct buf *why)
{
    struct arrivals *a = e->all;
    if (!is_complete(e))
        return STATUS_OK;
    e->info.state = ARRIVAL_CHECKING;
    enum status status = dataset_check(e->info.name, e->content, why);
    if (status == STATUS_OK) {
        pthread_mutex_unlock(&a->lock);
        status = shelf_finish(&a->shelf, e->place, e->info.name);
        pthread_mutex_lock(&a->lock);
    }
    if (status == STATUS_OK) {
        log_info("data set %s has arrived", e->info.name);
        e->finished = true;
        if (e->listed)
            arrival_unlist(e);
    } else {
        arrival_fail(e, status == STATUS_CONFLICT ? "exists" : arrival_error(status),
                     why->data);
    }
    return status;
}
