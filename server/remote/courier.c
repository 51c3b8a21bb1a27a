/* In: rows and checkpoints that the run has handed over. Out: requests, in that order,
 * and a sign of life when there is nothing to bring. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "remote/remote_inner.h"

/* How long a row waits for company, unless the end of the run waits for it. */
static const double PATIENCE = 0.2;

static const char OCTETS[] = "application/octet-stream";

void courier_renew(struct remote_desk *d, double sent)
{
    double until = sent + d->lease_seconds, stop = d->stop_until;
    d->until = until < stop ? until : stop;
}

/* The first failure ends the run; of its rows none after that are brought. */
static void note(struct remote_desk *d, enum status status)
{
    pthread_mutex_lock(&d->lock);
    if (d->execution != NULL)
        execution_note(d->execution, status);
    pthread_mutex_unlock(&d->lock);
}

/* What the server wishes. */
static void heed(struct remote_desk *d, const struct buf *answer)
{
    json_t *j = json_loadb(answer->data, answer->len, 0, NULL);
    double heartbeat = json_number_value(json_object_get(j, "heartbeat"));
    if (heartbeat > 0)
        d->heartbeat = heartbeat;
    pthread_mutex_lock(&d->lock);
    if (json_is_true(json_object_get(j, "unwanted")) && d->execution != NULL)
        atomic_store(&d->execution->cancel, true);
    pthread_mutex_unlock(&d->lock);
    json_decref(j);
}

static enum status bring(struct remote_desk *d, const char *method, const char *what,
                         const char *type, const void *body, size_t length)
{
    char path[200];
    double sent = 0;
    struct buf answer;
    remote_path(d, what, path, sizeof path);
    struct line_call call = {.method = method,
                             .path = path,
                             .type = type,
                             .body = body,
                             .length = length,
                             .until = &d->until};
    buf_init(&answer, 1 << 16);
    enum status status = line_send(d->courier_line, &call, &answer, &sent);
    if (status == STATUS_OK) {
        courier_renew(d, sent);
        heed(d, &answer);
    } else {
        log_warning("lease %lld: %s", (long long)d->lease, answer.data);
        note(d, remote_judge(status));
    }
    buf_release(&answer);
    return status;
}

static void bring_sign(struct remote_desk *d)
{
    char body[120];
    uint64_t samples = 0, before = 0;
    double seconds = 0;
    pthread_mutex_lock(&d->lock);
    if (d->execution != NULL) {
        samples = atomic_load(&d->execution->samples);
        before = atomic_load(&d->execution->samples_before);
        seconds = clock_monotonic() - d->execution->started;
    }
    pthread_mutex_unlock(&d->lock);
    double rate =
        seconds > 0 && samples > before ? (double)(samples - before) / seconds : 0;
    int length = snprintf(body, sizeof body, "{\"samples\":%llu,\"per_second\":%.17g}",
                          (unsigned long long)samples, rate);
    bring(d, "POST", "", "application/json", body, (size_t)length);
}

/* What there is to bring, taken from under the lock. */
struct load {
    struct buf rows;
    char *state;
    size_t state_size;
    bool soon;
};

static bool has_load(const struct remote_desk *d)
{
    return d->rows.len > 0 || d->state != NULL;
}

static void take_load(struct remote_desk *d, struct load *ret)
{
    *ret = (struct load){.rows = d->rows,
                         .state = d->state,
                         .state_size = d->state_size,
                         .soon = d->urgent};
    buf_init(&d->rows, ret->rows.cap);
    d->state = NULL;
    d->busy = true;
}

/* Nothing of a run that has failed; its lease may be another one's by now. */
static void bring_load(struct remote_desk *d, struct load *l)
{
    enum status status = STATUS_OK;
    double began = clock_monotonic();
    if (l->rows.len > 0)
        status = bring(d, "PUT", l->soon ? "/rows?soon=1" : "/rows", OCTETS, l->rows.data,
                       l->rows.len);
    if (status == STATUS_OK && l->state != NULL)
        status = bring(d, "PUT", "/checkpoint", OCTETS, l->state, l->state_size);
    pthread_mutex_lock(&d->lock);
    if (l->state != NULL && d->execution != NULL)
        atomic_store(&d->execution->writing_costs, clock_monotonic() - began);
    pthread_mutex_unlock(&d->lock);
    buf_release(&l->rows);
    free(l->state);
}

/* With the lock: until there is something to do, or a time has come. */
static void rest_until(struct remote_desk *d, double monotonic)
{
    struct timespec until;
    double seconds = monotonic - clock_monotonic();
    if (seconds <= 0)
        return;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += (time_t)seconds;
    until.tv_nsec += (long)((seconds - (double)(time_t)seconds) * 1e9);
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_cond_timedwait(&d->news, &d->lock, &until);
}

static bool is_at_work(const struct remote_desk *d)
{
    return d->execution != NULL && atomic_load(&d->execution->row_status) == STATUS_OK;
}

void *courier_main(void *desk)
{
    struct remote_desk *d = desk;
    double heard = clock_monotonic();
    pthread_mutex_lock(&d->lock);
    while (!d->closing) {
        double now = clock_monotonic(), due = heard + d->heartbeat;
        bool ripe = d->urgent || now >= d->rows_since + PATIENCE || d->state != NULL;
        if (has_load(d) && ripe) {
            struct load l;
            take_load(d, &l);
            bool failed = d->execution == NULL || !is_at_work(d);
            pthread_mutex_unlock(&d->lock);
            if (failed) {
                buf_release(&l.rows);
                free(l.state);
            } else {
                bring_load(d, &l);
            }
            pthread_mutex_lock(&d->lock);
            d->busy = false;
            pthread_cond_broadcast(&d->news);
        } else if (is_at_work(d) && now >= due) {
            heard = now;
            d->busy = true;
            pthread_mutex_unlock(&d->lock);
            bring_sign(d);
            pthread_mutex_lock(&d->lock);
            d->busy = false;
            pthread_cond_broadcast(&d->news);
        } else {
            double ripe_at = d->rows_since + PATIENCE;
            rest_until(d, has_load(d) && ripe_at < due ? ripe_at
                          : is_at_work(d)              ? due
                                                       : now + 60);
        }
    }
    pthread_mutex_unlock(&d->lock);
    return NULL;
}

enum status courier_flush(struct remote_desk *d)
{
    enum status status = STATUS_OK;
    pthread_mutex_lock(&d->lock);
    d->urgent = true;
    pthread_cond_broadcast(&d->news);
    while (has_load(d) || d->busy)
        pthread_cond_wait(&d->news, &d->lock);
    d->urgent = false;
    if (d->execution != NULL)
        status = (enum status)atomic_load(&d->execution->row_status);
    pthread_mutex_unlock(&d->lock);
    return status;
}
