/* In: what people want to have here. Out: what is on its way. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "data/arrival.h"
#include "data/download.h"

const char *arrival_state_name(enum arrival_state s)
{
    static const char *const names[] = {"waiting", "fetching", "incomplete", "checking",
                                        "failed"};
    return names[s];
}

bool arrivals_is_name(const char *name)
{
    static const char characters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
        "0123456789._-";
    return isalnum((unsigned char)name[0]) && strspn(name, characters) == strlen(name) &&
           dataset_is_name(name);
}

static enum status start_threads(struct arrivals *a)
{
    while (a->threads < FETCH_THREADS) {
        if (pthread_create(&a->thread[a->threads], NULL, fetch_main, a) != 0)
            return STATUS_NO_MEMORY;
        a->threads++;
    }
    return STATUS_OK;
}

void arrivals_allow(struct arrivals *a, const struct guard *guard)
{
    pthread_mutex_lock(&a->lock);
    a->options.guard = *guard;
    pthread_mutex_unlock(&a->lock);
}

enum status arrivals_open(const struct arrivals_options *o, struct arrivals **ret,
                          struct buf *why)
{
    struct arrivals *a = calloc(1, sizeof *a);
    if (a == NULL || !download_start()) {
        free(a);
        return STATUS_NO_MEMORY;
    }
    a->options = *o;
    a->options.folder = NULL; /* the shelf knows it */
    if (!shelf_open(&a->shelf, o->folder)) {
        buf_addf(why, "%s: the path is too long", o->folder);
        free(a);
        return STATUS_IO;
    }
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->news, NULL);
    enum status status = start_threads(a);
    if (status == STATUS_OK)
        *ret = a;
    else
        arrivals_close(a);
    return status;
}

void arrivals_close(struct arrivals *a)
{
    if (a == NULL)
        return;
    pthread_mutex_lock(&a->lock);
    a->stopping = true;
    while (a->first != NULL)
        arrival_unlist(a->first);
    pthread_cond_broadcast(&a->news);
    pthread_mutex_unlock(&a->lock);
    while (a->threads > 0)
        pthread_join(a->thread[--a->threads], NULL);
    pthread_mutex_destroy(&a->lock);
    pthread_cond_destroy(&a->news);
    shelf_close(&a->shelf);
    free(a);
}

bool arrivals_get(struct arrivals *a, const char *name, struct arrival_info *ret)
{
    pthread_mutex_lock(&a->lock);
    const struct arrival *e = arrival_find(a, name);
    if (e != NULL)
        *ret = e->info;
    pthread_mutex_unlock(&a->lock);
    return e != NULL;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct arrival_info *)a)->name,
                  ((const struct arrival_info *)b)->name);
}

enum status arrivals_list(struct arrivals *a, struct arrival_info **ret,
                          size_t *ret_count)
{
    struct arrival_info *infos = calloc(ARRIVALS_MAX, sizeof *infos);
    size_t n = 0;
    if (infos == NULL)
        return STATUS_NO_MEMORY;
    pthread_mutex_lock(&a->lock);
    for (const struct arrival *e = a->first; e != NULL && n < ARRIVALS_MAX; e = e->next)
        infos[n++] = e->info;
    pthread_mutex_unlock(&a->lock);
    qsort(infos, n, sizeof *infos, by_name);
    *ret = infos;
    *ret_count = n;
    return STATUS_OK;
}

const char *arrivals_refuse_url(const char *url)
{
    return download_refuses(url);
}

static char *join(const char *folder, const char *name, const char *file)
{
    char *url = NULL;
    bool ends = *folder == '\0' || folder[strlen(folder) - 1] == '/';
    int n = asprintf(&url, "%s%s%s%s%s", folder, ends ? "" : "/", name,
                     *name != '\0' ? "/" : "", file);
    return n >= 0 ? url : NULL;
}

/* False without memory. */
static bool set_known(struct arrival *e, const struct known *k, enum dataset_file f)
{
    const char *own = e->all->options.mirror;
    int urls = 0;
    bool ok = true;
    if (*own != '\0')
        ok = (e->url[f][urls++] = join(own, k->name, k->file[f])) != NULL;
    for (int i = 0; i < KNOWN_MIRRORS_MAX && k->mirror[i] != NULL && ok; i++)
        ok = (e->url[f][urls++] = join(k->mirror[i], "", k->file[f])) != NULL;
    snprintf(e->sha256[f], HASH_TEXT, "%s", k->sha256[f]);
    return ok;
}

static bool set_source(struct arrival *e, const struct arrival_source *s,
                       enum dataset_file f)
{
    snprintf(e->sha256[f], HASH_TEXT, "%s", s->sha256);
    e->url[f][0] = strdup(s->url);
    return e->url[f][0] != NULL;
}

/* A repeated request is the same one. */
static bool is_same(const struct arrival *e, const struct known *k,
                    const struct arrival_source *source)
{
    bool fetched = e->info.state == ARRIVAL_WAITING || e->info.state == ARRIVAL_FETCHING;
    for (int f = 0; f < DATASET_FILES && fetched; f++)
        fetched =
            strcmp(e->sha256[f], source != NULL ? source[f].sha256 : k->sha256[f]) == 0;
    return fetched;
}

static enum status add_fetch(struct arrivals *a, const char *name, const struct known *k,
                             const struct arrival_source *source, struct buf *why)
{
    struct arrival *e = arrival_find(a, name);
    if (e != NULL && is_same(e, k, source))
        return STATUS_OK;
    enum status status = arrival_add(a, name, ARRIVAL_WAITING, &e, why);
    if (status != STATUS_OK)
        return status;
    bool ok = true;
    for (int f = 0; f < DATASET_FILES && ok; f++)
        ok = source != NULL ? set_source(e, &source[f], (enum dataset_file)f)
                            : set_known(e, k, (enum dataset_file)f);
    if (!ok) {
        arrival_unlist(e);
        return STATUS_NO_MEMORY;
    }
    log_info("data set %s is fetched", name);
    pthread_cond_signal(&a->news);
    return STATUS_OK;
}

enum status arrivals_fetch(struct arrivals *a, const char *name,
                           const struct arrival_source source[DATASET_FILES],
                           struct buf *why)
{
    const struct known *k = known_find(name);
    if (source == NULL && k == NULL)
        return STATUS_NOT_FOUND;
    pthread_mutex_lock(&a->lock);
    enum status status = add_fetch(a, name, k, source, why);
    pthread_mutex_unlock(&a->lock);
    return status;
}

enum status arrivals_cancel(struct arrivals *a, const char *name)
{
    pthread_mutex_lock(&a->lock);
    struct arrival *e = arrival_find(a, name);
    if (e != NULL)
        arrival_unlist(e);
    pthread_mutex_unlock(&a->lock);
    return e != NULL ? STATUS_OK : STATUS_NOT_FOUND;
}

enum status arrivals_remove(struct arrivals *a, const char *name)
{
    return shelf_remove(&a->shelf, name);
}
