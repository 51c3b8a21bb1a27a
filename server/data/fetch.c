/* In: sets that wait to be fetched. Out: their files on the shelf, or one word about what
 * went wrong; nothing of an answer is told to anybody but as the files of a set. */
#include <string.h>

#include "base/log.h"
#include "data/arrival.h"
#include "data/download.h"

/* One file on its way. */
struct fetch {
    struct arrival *arrival;
    enum dataset_file which;
    struct shelf_file file;
    enum status status; /* of writing it */
};

static enum status take(void *arg, const void *bytes, size_t n, uint64_t of)
{
    struct fetch *t = arg;
    struct arrivals *a = t->arrival->all;
    struct arrival_file *info = &t->arrival->info.file[t->which];
    t->status = shelf_write(&t->file, bytes, n);
    pthread_mutex_lock(&a->lock);
    info->bytes = t->file.bytes;
    info->of = of;
    pthread_mutex_unlock(&a->lock);
    return t->status;
}

/* Returns NULL, or the word for what went wrong. */
static const char *fetch_from(struct fetch *t, const char *url, struct buf *why)
{
    struct arrival *e = t->arrival;
    struct arrivals *a = e->all;
    t->status = shelf_create(&a->shelf, e->place, &t->file);
    if (t->status != STATUS_OK)
        return arrival_error(t->status);
    pthread_mutex_lock(&a->lock);
    struct guard guard = a->options.guard;
    pthread_mutex_unlock(&a->lock);
    struct download wanted = {.url = url,
                              .guard = &guard,
                              .most = a->options.bytes_max,
                              .stop = &e->stop,
                              .take = take,
                              .arg = t};
    enum download_end end = download(&wanted);
    if (end == DOWNLOAD_DONE) {
        t->status = arrival_keep(e, t->which, &t->file, e->sha256[t->which], why);
        return t->status == STATUS_OK ? NULL : arrival_error(t->status);
    }
    shelf_drop(&t->file);
    return end == DOWNLOAD_NOT_TAKEN ? arrival_error(t->status) : download_end_name(end);
}

/* From the first mirror that has it. */
static const char *fetch_file(struct arrival *e, enum dataset_file f, struct buf *why)
{
    struct fetch t = {.arrival = e, .which = f};
    const char *error = NULL;
    for (int i = 0; i < ARRIVAL_URLS && e->url[f][i] != NULL; i++) {
        buf_clear(why);
        error = fetch_from(&t, e->url[f][i], why);
        if (error == NULL || atomic_load(&e->stop) || t.status == STATUS_NO_SPACE)
            break;
        log_warning("data set %s: %s from mirror %d: %s", e->info.name,
                    dataset_file_name(f), i + 1, error);
    }
    return error;
}

static void describe(struct buf *text, enum dataset_file f, const struct buf *why)
{
    const char *name = dataset_file_name(f);
    bool named = strncmp(why->data, name, strlen(name)) == 0;
    if (why->len == 0)
        buf_addf(text, "%s could not be fetched", name);
    else
        buf_addf(text, "%s%s%s", named ? "" : name, named ? "" : ": ", why->data);
}

static void fetch_set(struct arrival *e)
{
    struct arrivals *a = e->all;
    const char *error = NULL;
    struct buf why, text;
    buf_init(&why, 1000);
    buf_init(&text, 1000);
    for (int f = 0; f < DATASET_FILES && error == NULL; f++) {
        error = fetch_file(e, (enum dataset_file)f, &why);
        if (error != NULL)
            describe(&text, (enum dataset_file)f, &why);
    }
    buf_clear(&why);
    pthread_mutex_lock(&a->lock);
    if (error != NULL)
        arrival_fail(e, error, text.data);
    else
        arrival_complete(e, &why);
    pthread_mutex_unlock(&a->lock);
    buf_release(&why);
    buf_release(&text);
}

/* The one that has waited longest. */
static struct arrival *next_waiting(const struct arrivals *a)
{
    struct arrival *best = NULL;
    for (struct arrival *e = a->first; e != NULL; e = e->next)
        if (e->info.state == ARRIVAL_WAITING && (best == NULL || e->place < best->place))
            best = e;
    return best;
}

void *fetch_main(void *arg)
{
    struct arrivals *a = arg;
    pthread_mutex_lock(&a->lock);
    while (!a->stopping) {
        struct arrival *e = next_waiting(a);
        if (e == NULL) {
            pthread_cond_wait(&a->news, &a->lock);
            continue;
        }
        e->info.state = ARRIVAL_FETCHING;
        e->users++;
        pthread_mutex_unlock(&a->lock);
        fetch_set(e);
        pthread_mutex_lock(&a->lock);
        arrival_release(e);
    }
    pthread_mutex_unlock(&a->lock);
    return NULL;
}
