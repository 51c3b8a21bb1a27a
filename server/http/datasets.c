/* /v1/datasets: those that there are and those on their way; DELETE. */
#include "app/datasets.h"

#include <stdio.h>
#include <stdlib.h>

#include "data/known.h"
#include "http/reply.h"
#include "http/routes.h"
#include "http/views.h"

enum { WHY_MAX = 1 << 16 };

static json_t *view_files(const struct arrival_info *a)
{
    json_t *files = json_object();
    for (int f = 0; f < DATASET_FILES; f++) {
        const struct arrival_file *file = &a->file[f];
        json_object_set_new(
            files, dataset_file_name((enum dataset_file)f),
            json_pack("{s:I, s:o, s:b}", "bytes", (json_int_t)file->bytes, "of",
                      file->of > 0 ? json_integer((json_int_t)file->of) : json_null(),
                      "complete", (int)file->there));
    }
    return files;
}

static json_t *view_coming(const struct arrival_info *a)
{
    bool failed = a->state == ARRIVAL_FAILED;
    char error[100];
    snprintf(error, sizeof error, "fetch_failed: %s", a->error);
    return json_pack("{s:s, s:s, s:n, s:n, s:n, s:n, s:n, s:n, s:o, s:o, s:o}", "name",
                     a->name, "state", arrival_state_name(a->state), "train", "test",
                     "height", "width", "classes", "sha256", "files", view_files(a),
                     "error", json_text(failed ? error : NULL), "reason",
                     json_text(failed ? a->why : NULL));
}

static json_t *view_there(const struct dataset_info *d)
{
    json_t *sha256 = d->loaded ? json_object() : json_null();
    for (int f = 0; d->loaded && f < DATASET_FILES; f++)
        json_object_set_new(sha256, dataset_file_name((enum dataset_file)f),
                            json_string(d->sha256[f]));
    json_t *classes = d->loaded ? json_integer(d->classes) : json_null();
    return json_pack("{s:s, s:s, s:i, s:i, s:i, s:i, s:o, s:o, s:n, s:n, s:n}", "name",
                     d->name, "state", "ready", "train", (int)d->train, "test",
                     (int)d->test, "height", (int)d->height, "width", (int)d->width,
                     "classes", classes, "sha256", sha256, "files", "error", "reason");
}

static json_t *view_entry(const struct dataset_entry *e)
{
    return e->comes ? view_coming(&e->coming) : view_there(&e->info);
}

static json_t *view_known(void)
{
    json_t *names = json_array();
    for (size_t i = 0; i < known_sets_count; i++)
        json_array_append_new(names, json_string(known_sets[i].name));
    return names;
}

void datasets_list(struct request *r)
{
    struct dataset_entry *entry;
    size_t count;
    enum status status = dataset_read_all(r->app, &entry, &count);
    if (status != STATUS_OK) {
        reply_problem(r, status, NULL, NULL);
        return;
    }
    json_t *items = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(items, view_entry(&entry[i]));
    free(entry);
    reply_json(r, MHD_HTTP_OK,
               json_pack("{s:o, s:o}", "items", items, "known", view_known()));
}

static void reply_none(struct request *r, const char *name)
{
    char detail[120];
    snprintf(detail, sizeof detail, "there is no data set \"%.63s\"", name);
    reply_problem(r, STATUS_NOT_FOUND, detail, NULL);
}

void reply_dataset(struct request *r, unsigned code, const char *name)
{
    struct dataset_entry e;
    enum status status = dataset_read(r->app, name, &e);
    if (status == STATUS_OK)
        reply_json(r, code, view_entry(&e));
    else if (status == STATUS_NOT_FOUND)
        reply_none(r, name);
    else
        reply_problem(r, status, NULL, NULL);
}

void datasets_get(struct request *r)
{
    reply_dataset(r, MHD_HTTP_OK, r->word[0]);
}

/* Removes on a thread of its own, with the files. */
struct removal {
    const struct app *app;
    const char *name;
    struct buf why;
};

static void free_removal(void *own)
{
    buf_release(&((struct removal *)own)->why);
    free(own);
}

static enum status remove_set(void *own)
{
    struct removal *w = own;
    return dataset_remove(w->app, w->name, &w->why);
}

static void removed(struct request *r)
{
    const struct removal *w = r->own;
    if (r->outcome == STATUS_OK)
        reply_json(r, MHD_HTTP_OK,
                   json_pack("{s:s, s:b}", "name", r->word[0], "deleted", 1));
    else if (r->outcome == STATUS_NOT_FOUND)
        reply_none(r, r->word[0]);
    else
        reply_problem(r, r->outcome, w->why.len > 0 ? w->why.data : NULL, NULL);
}

void datasets_delete(struct request *r)
{
    struct removal *w = calloc(1, sizeof *w);
    if (w == NULL) {
        reply_problem(r, STATUS_NO_MEMORY, NULL, NULL);
        return;
    }
    w->app = r->app;
    w->name = r->word[0];
    buf_init(&w->why, WHY_MAX);
    r->own = w;
    r->own_free = free_removal;
    r->labour = remove_set;
    r->resume = removed;
}
