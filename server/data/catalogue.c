/* In: folders. Out: data sets by name, each loaded once. */
#include "data/catalogue.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/nearest.h"
#include "data/dataset.h"

enum { PATH_CAP = 4096, SETS_MAX = 1000 };

struct catalogue {
    char *folders; /* all of them */
    char *named;   /* those that should be there */
    pthread_mutex_t lock;
    /* protected by lock: */
    struct loaded *loaded;
};

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
static void explain_folders(const struct catalogue *c, struct buf *why)
{
    char *copy = strdup(c->named), *rest = copy, *folder;
    while (copy != NULL && (folder = next_unreadable(&rest)) != NULL)
        buf_addf(why, "; the folder %s cannot be read: %s", folder, strerror(errno));
    free(copy);
}

static void warn_of_folders(const struct catalogue *c)
{
    struct buf why;
    buf_init(&why, 1 << 16);
    explain_folders(c, &why);
    if (why.len > 0)
        log_warning("data sets may be missing%s", why.data);
    buf_release(&why);
}

enum status catalogue_open(const char *named, const char *others, struct catalogue **ret)
{
    struct catalogue *c = calloc(1, sizeof *c);
    struct buf folders;
    buf_init(&folders, 1 << 16);
    buf_addf(&folders, "%s:%s", named, others);
    if (c != NULL) {
        c->folders = buf_take(&folders, NULL);
        c->named = strdup(named);
        pthread_mutex_init(&c->lock, NULL);
    }
    buf_release(&folders);
    if (c == NULL || c->folders == NULL || c->named == NULL) {
        catalogue_close(c);
        return STATUS_NO_MEMORY;
    }
    warn_of_folders(c);
    *ret = c;
    return STATUS_OK;
}

void catalogue_close(struct catalogue *c)
{
    if (c == NULL)
        return;
    while (c->loaded != NULL) {
        struct loaded *e = c->loaded;
        c->loaded = e->next;
        dataset_free(e);
    }
    pthread_mutex_destroy(&c->lock);
    free(c->folders);
    free(c->named);
    free(c);
}

static struct loaded *find_loaded(struct catalogue *c, const char *name)
{
    struct loaded *e = c->loaded;
    while (e != NULL && strcmp(e->set.info.name, name) != 0)
        e = e->next;
    return e;
}

/* Calls `visit` for each name in each folder until it returns false. NO_MEMORY. */
static enum status walk(const struct catalogue *c,
                        bool (*visit)(void *arg, const char *folder, const char *name),
                        void *arg)
{
    char *copy = strdup(c->folders), *rest = copy, *folder;
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
    char folder[PATH_CAP];
    bool found;
};

static bool search_visit(void *arg, const char *folder, const char *name)
{
    struct search *s = arg;
    if (strcmp(name, s->near.word) == 0) {
        snprintf(s->folder, sizeof s->folder, "%s", folder);
        s->found = true;
        return false;
    }
    size_t before = s->near.distance;
    nearest_consider(&s->near, name);
    if (s->near.distance < before)
        snprintf(s->nearest_name, sizeof s->nearest_name, "%s", name);
    return true;
}

static enum status get_locked(struct catalogue *c, const char *name,
                              const struct dataset **ret, struct buf *why)
{
    struct loaded *e = find_loaded(c, name);
    if (e == NULL) {
        struct search s = {.found = false};
        nearest_init(&s.near, name);
        enum status status = walk(c, search_visit, &s);
        if (status != STATUS_OK)
            return status;
        if (!s.found) {
            buf_addf(why, "there is no data set of that name");
            explain_folders(c, why);
            if (s.near.best != NULL)
                buf_addf(why, "; did you mean \"%s\"?", s.nearest_name);
            return STATUS_NOT_FOUND;
        }
        status = dataset_load(s.folder, name, &e, why);
        if (status != STATUS_OK)
            return status;
        e->next = c->loaded;
        c->loaded = e;
        log_info("data set %s loaded from %s", name, s.folder);
    }
    *ret = &e->set;
    return STATUS_OK;
}

enum status catalogue_get(struct catalogue *c, const char *name,
                          const struct dataset **ret, struct buf *why)
{
    pthread_mutex_lock(&c->lock);
    enum status status = get_locked(c, name, ret, why);
    pthread_mutex_unlock(&c->lock);
    return status;
}

struct listing {
    struct catalogue *catalogue;
    struct dataset_info *infos;
    size_t count;
};

static bool listing_visit(void *arg, const char *folder, const char *name)
{
    struct listing *l = arg;
    for (size_t i = 0; i < l->count; i++)
        if (strcmp(l->infos[i].name, name) == 0)
            return true;
    struct dataset_info *info = &l->infos[l->count];
    const struct loaded *e = find_loaded(l->catalogue, name);
    struct buf why;
    buf_init(&why, 1000);
    if (e != NULL)
        *info = e->set.info;
    else if (dataset_peek(folder, name, info, &why) != STATUS_OK)
        log_warning("data set left out of the list: %s", why.data);
    l->count += info->train > 0;
    buf_release(&why);
    return l->count < SETS_MAX;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct dataset_info *)a)->name,
                  ((const struct dataset_info *)b)->name);
}

enum status catalogue_list(struct catalogue *c, struct dataset_info **ret,
                           size_t *ret_count)
{
    struct listing l = {.catalogue = c};
    l.infos = calloc(SETS_MAX, sizeof *l.infos);
    if (l.infos == NULL)
        return STATUS_NO_MEMORY;
    pthread_mutex_lock(&c->lock);
    enum status status = walk(c, listing_visit, &l);
    pthread_mutex_unlock(&c->lock);
    if (status != STATUS_OK) {
        free(l.infos);
        return status;
    }
    qsort(l.infos, l.count, sizeof *l.infos, by_name);
    *ret = l.infos;
    *ret_count = l.count;
    return STATUS_OK;
}
