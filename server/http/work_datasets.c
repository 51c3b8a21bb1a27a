/* /v1/work/dataset: how workers get the data sets of their runs, file by file; whether
 * they have the right ones, their hashes say. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http/reply.h"
#include "http/routes.h"

enum { WHY_MAX = 1 << 16, NAME_BYTES = 256 };

/* A set that may have to be loaded first. */
struct wanted {
    struct catalogue *catalogue;
    struct buf name;
    struct dataset_info info;
    struct buf why;
};

static void free_wanted(void *own)
{
    struct wanted *w = own;
    buf_release(&w->name);
    buf_release(&w->why);
    free(w);
}

static enum status load(void *own)
{
    struct wanted *w = own;
    const struct dataset *d;
    enum status status = catalogue_get(w->catalogue, w->name.data, &d, &w->why);
    if (status == STATUS_OK) {
        w->info = d->info;
        catalogue_put(w->catalogue, d);
    }
    return status;
}

static void loaded(struct request *r)
{
    const struct wanted *w = r->own;
    if (r->outcome != STATUS_OK) {
        reply_problem(r, r->outcome, w->why.len > 0 ? w->why.data : NULL, NULL);
        return;
    }
    json_t *files = json_object();
    for (int f = 0; f < DATASET_FILES; f++)
        json_object_set_new(files, dataset_file_name((enum dataset_file)f),
                            json_string(w->info.sha256[f]));
    reply_json(r, MHD_HTTP_OK,
               json_pack("{s:s, s:o}", "name", w->name.data, "sha256", files));
}

/* Any name that a folder may have. False: the request has been answered. */
static bool read_name(struct request *r, struct buf *ret)
{
    bool bad = false;
    if (request_argument(r, "name", ret, &bad) != NULL)
        return true;
    if (!bad)
        reply_problem(r, STATUS_BAD_REQUEST, "name is missing: that of a data set", NULL);
    return false;
}

void work_dataset(struct request *r)
{
    struct wanted *w = calloc(1, sizeof *w);
    if (w == NULL) {
        reply_problem(r, STATUS_NO_MEMORY, NULL, NULL);
        return;
    }
    w->catalogue = r->app->catalogue;
    buf_init(&w->name, NAME_BYTES);
    buf_init(&w->why, WHY_MAX);
    r->own = w;
    r->own_free = free_wanted;
    if (!read_name(r, &w->name))
        return;
    r->labour = load;
    r->resume = loaded;
}

/* As it is on the disk, zipped or not. */
void work_dataset_file(struct request *r)
{
    struct stat st;
    struct buf name;
    int f = 0, fd = -1;
    buf_init(&name, NAME_BYTES);
    if (!read_name(r, &name)) {
        buf_release(&name);
        return;
    }
    while (f < DATASET_FILES &&
           strcmp(dataset_file_name((enum dataset_file)f), r->word[0]) != 0)
        f++;
    enum status status =
        f < DATASET_FILES
            ? catalogue_open_file(r->app->catalogue, name.data, (enum dataset_file)f, &fd)
            : STATUS_NOT_FOUND;
    buf_release(&name);
    if (status == STATUS_OK && fstat(fd, &st) == 0) {
        char etag[ETAG_TEXT];
        etag_of((const char *)&st.st_mtim, sizeof st.st_mtim, etag);
        reply_file(r, "application/octet-stream", fd, (uint64_t)st.st_size, r->word[0],
                   etag);
    } else {
        if (fd >= 0)
            close(fd);
        reply_problem(r, status != STATUS_OK ? status : STATUS_IO, NULL, NULL);
    }
}
