/* In: names of folders. Out: the data sets in them, by their names. */
#include "data/folders.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/nearest.h"
#include "data/dataset.h"

/* The next folder of a colon-separated list; NULL at its end. */
static char *next_folder(char **rest)
{
    char *folder;
    do
        folder = strsep(rest, ":");
    while (folder != NULL && *folder == '\0');
    return folder;
}

/* The next one that cannot be read; errno says why. */
static char *next_unreadable(char **rest)
{
    char *folder;
    DIR *dir = NULL;
    while ((folder = next_folder(rest)) != NULL && (dir = opendir(folder)) != NULL)
        closedir(dir);
    return folder;
}

/* Which of the named folders cannot be read. */
static void explain(const struct folders *f, struct buf *why)
{
    char *copy = strdup(f->named), *rest = copy, *folder;
    while (copy != NULL && (folder = next_unreadable(&rest)) != NULL)
        buf_addf(why, "; the folder %s cannot be read: %s", folder, strerror(errno));
    free(copy);
}

static void warn(const struct folders *f)
{
    struct buf why;
    buf_init(&why, 1 << 16);
    explain(f, &why);
    if (why.len > 0)
        log_warning("data sets may be missing%s", why.data);
    buf_release(&why);
}

enum status folders_init(struct folders *f, const char *named, const char *others)
{
    struct buf all;
    buf_init(&all, 1 << 16);
    buf_addf(&all, "%s:%s", named, others);
    f->all = buf_take(&all, NULL);
    f->named = strdup(named);
    buf_release(&all);
    if (f->all == NULL || f->named == NULL)
        return STATUS_NO_MEMORY;
    warn(f);
    return STATUS_OK;
}

void folders_release(struct folders *f)
{
    free(f->all);
    free(f->named);
}

enum status folders_walk(const struct folders *f,
                         bool (*visit)(void *arg, const char *folder, const char *name),
                         void *arg)
{
    char *copy = strdup(f->all), *rest = copy, *folder;
    if (copy == NULL)
        return STATUS_NO_MEMORY;
    bool more = true;
    while (more && (folder = next_folder(&rest)) != NULL) {
        DIR *dir = opendir(folder);
        struct dirent *d;
        while (dir != NULL && more && (d = readdir(dir)) != NULL)
            if (dataset_is_there(folder, d->d_name))
                more = visit(arg, folder, d->d_name);
        if (dir != NULL)
            closedir(dir);
    }
    free(copy);
    return STATUS_OK;
}

struct search {
    struct nearest near;
    char nearest_name[64];
    char *folder; /* [FOLDER_PATH_MAX] */
    bool found;
};

static bool search_visit(void *arg, const char *folder, const char *name)
{
    struct search *s = arg;
    if (strcmp(name, s->near.word) == 0) {
        snprintf(s->folder, FOLDER_PATH_MAX, "%s", folder);
        s->found = true;
        return false;
    }
    size_t before = s->near.distance;
    nearest_consider(&s->near, name);
    if (s->near.distance < before)
        snprintf(s->nearest_name, sizeof s->nearest_name, "%s", name);
    return true;
}

enum status folders_search(const struct folders *f, const char *name,
                           char ret[static FOLDER_PATH_MAX], struct buf *why)
{
    struct search s = {.folder = ret};
    nearest_init(&s.near, name);
    enum status status = folders_walk(f, search_visit, &s);
    if (status != STATUS_OK || s.found)
        return status;
    buf_addf(why, "there is no data set of that name");
    explain(f, why);
    if (s.near.best != NULL)
        buf_addf(why, "; did you mean \"%s\"?", s.nearest_name);
    return STATUS_NOT_FOUND;
}

void folders_add(const struct folders *f, struct buf *b)
{
    char *copy = strdup(f->all), *rest = copy, *folder;
    const char *comma = "";
    while (copy != NULL && (folder = next_folder(&rest)) != NULL) {
        buf_addf(b, "%s%s", comma, folder);
        comma = ", ";
    }
    free(copy);
}
