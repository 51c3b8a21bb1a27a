/* In: the catalogue, and what is on its way into it. Out: one view of both. */
#include "app/datasets.h"

#include <stdlib.h>
#include <string.h>

#include "store/absent.h"

enum { FOLDER_MAX = 1 << 16 };

static struct dataset_entry entry_of(const struct arrival_info *coming)
{
    struct dataset_entry e = {.comes = true, .coming = *coming};
    memcpy(e.info.name, coming->name, sizeof e.info.name);
    return e;
}

enum status dataset_read(const struct app *app, const char *name,
                         struct dataset_entry *ret)
{
    struct arrival_info coming;
    if (arrivals_get(app->arrivals, name, &coming)) {
        *ret = entry_of(&coming);
        return STATUS_OK;
    }
    struct buf why;
    buf_init(&why, 1000);
    *ret = (struct dataset_entry){.comes = false};
    enum status status = catalogue_info(app->catalogue, name, &ret->info, &why);
    buf_release(&why);
    return status == STATUS_BAD_DATASET ? STATUS_NOT_FOUND : status;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct dataset_entry *)a)->info.name,
                  ((const struct dataset_entry *)b)->info.name);
}

/* What has arrived between two looks is both; it is there. */
static size_t drop_doubles(struct dataset_entry *e, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        bool same = kept > 0 && strcmp(e[kept - 1].info.name, e[i].info.name) == 0;
        if (!same)
            e[kept++] = e[i];
        else if (!e[i].comes)
            e[kept - 1] = e[i];
    }
    return kept;
}

enum status dataset_read_all(const struct app *app, struct dataset_entry **ret,
                             size_t *ret_count)
{
    struct arrival_info *coming = NULL;
    struct dataset_info *there = NULL;
    struct dataset_entry *all = NULL;
    size_t n_coming = 0, n_there = 0;
    enum status status = arrivals_list(app->arrivals, &coming, &n_coming);
    if (status == STATUS_OK)
        status = catalogue_list(app->catalogue, &there, &n_there);
    if (status == STATUS_OK &&
        (all = calloc(n_coming + n_there + 1, sizeof *all)) == NULL)
        status = STATUS_NO_MEMORY;
    if (status == STATUS_OK) {
        for (size_t i = 0; i < n_coming; i++)
            all[i] = entry_of(&coming[i]);
        for (size_t i = 0; i < n_there; i++)
            all[n_coming + i].info = there[i];
        qsort(all, n_coming + n_there, sizeof *all, by_name);
        *ret_count = drop_doubles(all, n_coming + n_there);
        *ret = all;
    }
    free(coming);
    free(there);
    return status;
}

enum status dataset_may_come(const struct app *app, const char *name, struct buf *why)
{
    struct buf folder;
    buf_init(&folder, FOLDER_MAX);
    enum status status = catalogue_find(app->catalogue, name, &folder);
    if (status == STATUS_OK) {
        buf_addf(why, "there is a data set \"%s\" already, in %s", name, folder.data);
        status = STATUS_CONFLICT;
    } else if (status == STATUS_NOT_FOUND) {
        status = workers_state(app->workers).starved ? STATUS_NO_SPACE : STATUS_OK;
    }
    buf_release(&folder);
    return status;
}

static enum status check_unused(const struct app *app, const char *name, struct buf *why)
{
    int64_t runs = 0;
    struct conn *c = store_reader(app->store);
    if (c == NULL)
        return STATUS_NO_MEMORY;
    enum status status = store_dataset_runs(c, name, &runs);
    if (status != STATUS_OK || runs == 0)
        return status;
    buf_addf(why, "%lld run%s that %s not ended for data set \"%s\": cancel %s first",
             (long long)runs, runs == 1 ? "" : "s", runs == 1 ? "has" : "have", name,
             runs == 1 ? "it" : "them");
    return STATUS_CONFLICT;
}

enum status dataset_remove(const struct app *app, const char *name, struct buf *why)
{
    struct buf folder;
    enum status status = arrivals_cancel(app->arrivals, name);
    if (status != STATUS_NOT_FOUND)
        return status;
    buf_init(&folder, FOLDER_MAX);
    status = catalogue_find(app->catalogue, name, &folder);
    if (status == STATUS_OK)
        status = check_unused(app, name, why);
    if (status == STATUS_OK) {
        status = arrivals_remove(app->arrivals, name);
        if (status == STATUS_OK) {
            catalogue_forget(app->catalogue, name);
        } else if (status == STATUS_NOT_FOUND) {
            buf_addf(why, "data set \"%s\" is in %s, where the server changes nothing",
                     name, folder.data);
            status = STATUS_CONFLICT;
        }
    }
    buf_release(&folder);
    return status;
}
