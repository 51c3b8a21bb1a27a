/* In: folders. Out: data sets by name, each loaded once. Nothing is read from the disk
 * with the lock held but what a list says, so that nobody waits for a set that he does
 * not want. */
#include "data/catalogue.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "data/dataset.h"
#include "data/folders.h"

enum { SETS_MAX = 1000 };

struct catalogue {
    struct folders folders;
    pthread_mutex_t lock;
    pthread_cond_t news; /* a set is not being loaded any more */
    /* protected by lock: */
    struct loaded *loaded;
    struct loaded *forgotten; /* still in use */
    struct loading *in_progress;
};

/* A set that some thread is loading; others who want it wait. */
struct loading {
    const char *name;
    struct loading *next;
};

enum status catalogue_open(const char *named, const char *others, struct catalogue **ret)
{
    struct catalogue *c = calloc(1, sizeof *c);
    if (c == NULL)
        return STATUS_NO_MEMORY;
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->news, NULL);
    enum status status = folders_init(&c->folders, named, others);
    if (status == STATUS_OK)
        *ret = c;
    else
        catalogue_close(c);
    return status;
}

static void free_all(struct loaded *e)
{
    while (e != NULL) {
        struct loaded *next = e->next;
        dataset_free(e);
        e = next;
    }
}

void catalogue_close(struct catalogue *c)
{
    if (c == NULL)
        return;
    free_all(c->loaded);
    free_all(c->forgotten);
    pthread_mutex_destroy(&c->lock);
    pthread_cond_destroy(&c->news);
    folders_release(&c->folders);
    free(c);
}

static struct loaded *find_loaded(struct catalogue *c, const char *name)
{
    struct loaded *e = c->loaded;
    while (e != NULL && strcmp(e->set.info.name, name) != 0)
        e = e->next;
    return e;
}

static enum status load(const struct catalogue *c, const char *name, struct loaded **ret,
                        struct buf *why)
{
    char folder[FOLDER_PATH_MAX];
    enum status status = folders_search(&c->folders, name, folder, why);
    if (status == STATUS_OK)
        status = dataset_load(folder, name, ret, why);
    if (status == STATUS_OK)
        log_info("data set %s loaded from %s", name, folder);
    return status;
}

/* The set, unless nobody has loaded it and nobody is about to. Called with the lock. */
static struct loaded *await(struct catalogue *c, const char *name)
{
    for (;;) {
        const struct loading *l = c->in_progress;
        struct loaded *e = find_loaded(c, name);
        while (l != NULL && strcmp(l->name, name) != 0)
            l = l->next;
        if (e != NULL || l == NULL)
            return e;
        pthread_cond_wait(&c->news, &c->lock);
    }
}

static void end_loading(struct catalogue *c, const struct loading *l)
{
    struct loading **at = &c->in_progress;
    while (*at != l)
        at = &(*at)->next;
    *at = l->next;
    pthread_cond_broadcast(&c->news);
}

enum status catalogue_get(struct catalogue *c, const char *name,
                          const struct dataset **ret, struct buf *why)
{
    enum status status = STATUS_OK;
    pthread_mutex_lock(&c->lock);
    struct loaded *e = await(c, name);
    if (e == NULL) {
        struct loading l = {.name = name, .next = c->in_progress};
        c->in_progress = &l;
        pthread_mutex_unlock(&c->lock);
        status = load(c, name, &e, why);
        pthread_mutex_lock(&c->lock);
        end_loading(c, &l);
        if (status == STATUS_OK) {
            e->next = c->loaded;
            c->loaded = e;
        }
    }
    if (status == STATUS_OK) {
        e->users++;
        *ret = &e->set;
    }
    pthread_mutex_unlock(&c->lock);
    return status;
}

/* Takes a set out of a list; false: it is not in it. */
static bool take_out(struct loaded **list, const struct loaded *e)
{
    while (*list != NULL && *list != e)
        list = &(*list)->next;
    if (*list == NULL)
        return false;
    *list = e->next;
    return true;
}

void catalogue_put(struct catalogue *c, const struct dataset *d)
{
    struct loaded *e = (struct loaded *)(uintptr_t)d; /* its first member */
    if (e == NULL)
        return;
    pthread_mutex_lock(&c->lock);
    if (--e->users == 0 && take_out(&c->forgotten, e))
        dataset_free(e);
    pthread_mutex_unlock(&c->lock);
}

void catalogue_forget(struct catalogue *c, const char *name)
{
    pthread_mutex_lock(&c->lock);
    struct loaded *e = await(c, name);
    if (e != NULL) {
        take_out(&c->loaded, e);
        if (e->users > 0) {
            e->next = c->forgotten;
            c->forgotten = e;
        } else {
            dataset_free(e);
        }
    }
    pthread_mutex_unlock(&c->lock);
}

bool catalogue_is_loaded(struct catalogue *c, const char *name)
{
    pthread_mutex_lock(&c->lock);
    bool loaded = find_loaded(c, name) != NULL;
    pthread_mutex_unlock(&c->lock);
    return loaded;
}

enum status catalogue_find(struct catalogue *c, const char *name, struct buf *ret)
{
    char folder[FOLDER_PATH_MAX];
    struct buf why;
    buf_init(&why, FOLDER_PATH_MAX);
    enum status status = folders_search(&c->folders, name, folder, &why);
    if (status == STATUS_OK && !buf_adds(ret, folder))
        status = STATUS_NO_MEMORY;
    buf_release(&why);
    return status;
}

enum status catalogue_open_file(struct catalogue *c, const char *name,
                                enum dataset_file f, int *ret_fd)
{
    struct buf folder;
    buf_init(&folder, FOLDER_PATH_MAX);
    enum status status = catalogue_find(c, name, &folder);
    if (status == STATUS_OK)
        status = dataset_open(folder.data, name, f, ret_fd);
    buf_release(&folder);
    return status;
}

enum status catalogue_info(struct catalogue *c, const char *name,
                           struct dataset_info *ret, struct buf *why)
{
    char folder[FOLDER_PATH_MAX];
    pthread_mutex_lock(&c->lock);
    const struct loaded *e = find_loaded(c, name);
    if (e != NULL)
        *ret = e->set.info;
    pthread_mutex_unlock(&c->lock);
    if (e != NULL)
        return STATUS_OK;
    enum status status = folders_search(&c->folders, name, folder, why);
    return status == STATUS_OK ? dataset_peek(folder, name, ret, why) : status;
}

void catalogue_add_folders(const struct catalogue *c, struct buf *b)
{
    folders_add(&c->folders, b);
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
    enum status status = folders_walk(&c->folders, listing_visit, &l);
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
