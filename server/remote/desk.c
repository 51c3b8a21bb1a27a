#include "remote/desk.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "learn/trace.h"
#include "remote/cache.h"
#include "remote/remote_inner.h"
#include "remote/wire.h"
#include "store/npz.h"
#include "work/ending.h"
#include "work/resume.h"

enum {
    ANSWER_MAX = STATE_MAX + 1024,
    ROWS_MAX = 512 * 1024, /* bytes of rows that wait for the courier */
};

static struct remote_desk *own(struct desk *d)
{
    return (struct remote_desk *)d;
}

void remote_path(const struct remote_desk *d, const char *what, char *ret, size_t room)
{
    snprintf(ret, room, "/v1/work/leases/%lld%s", (long long)d->lease, what);
}

enum status remote_judge(enum status status)
{
    switch (status) {
    case STATUS_UNAVAILABLE: /* for as long as the lease was */
    case STATUS_UNAUTHORIZED:
    case STATUS_NOT_ALLOWED:
        return STATUS_LEASE_LOST;
    case STATUS_PRECONDITION_FAILED: /* the server has not what it had: give it back */
        return STATUS_STOPPED;
    case STATUS_INTERNAL: /* its own mistake, which another attempt may not meet */
        return STATUS_IO;
    case STATUS_BAD_REQUEST:
    case STATUS_INVALID_SPEC:
    case STATUS_TOO_LARGE:
        return STATUS_INTERNAL;
    default:
        return status;
    }
}

static enum status send_call(struct remote_desk *d, struct line_call *call)
{
    double sent = 0;
    call->until = &d->until;
    enum status status = line_send(d->line, call, &d->answer, &sent);
    if (status == STATUS_OK)
        courier_renew(d, sent);
    else
        log_warning("lease %lld: %s", (long long)d->lease, d->answer.data);
    return remote_judge(status);
}

enum status remote_ask(struct remote_desk *d, const char *method, const char *what,
                       const json_t *body)
{
    char path[200];
    remote_path(d, what, path, sizeof path);
    char *text = json_dumps(body, JSON_COMPACT | JSON_REAL_PRECISION(17));
    if (body != NULL && text == NULL)
        return STATUS_NO_MEMORY;
    struct line_call call = {.method = method,
                             .path = path,
                             .type = text != NULL ? "application/json" : NULL,
                             .body = text,
                             .length = text != NULL ? strlen(text) : 0};
    enum status status = send_call(d, &call);
    free(text);
    return status;
}

static json_t *introduce(const struct remote_desk *d)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "worker", d->who.worker, "host",
                     d->who.host, "slurm", d->who.slurm, "cpu", d->cpu, "version",
                     d->version, "core", d->core);
}

/* Asks once; the caller knows how long to go on with that. */
static enum status ask_for_work(struct remote_desk *d, json_t *body)
{
    char *text = json_dumps(body, JSON_COMPACT);
    if (text == NULL)
        return STATUS_NO_MEMORY;
    struct line_call call = {.method = "POST",
                             .path = "/v1/work/claims",
                             .type = "application/json",
                             .body = text,
                             .length = strlen(text)};
    enum status status = line_send(d->line, &call, &d->answer, NULL);
    free(text);
    return status;
}

static enum status read_claim(struct remote_desk *d, double sent, struct claim *ret)
{
    json_t *j = json_loadb(d->answer.data, d->answer.len, 0, NULL);
    json_int_t lease = json_integer_value(json_object_get(j, "lease"));
    enum status status = STATUS_NOT_FOUND;
    d->again = json_number_value(json_object_get(j, "again"));
    if (lease > 0 && wire_read_claim(json_object_get(j, "claim"), ret)) {
        status = STATUS_OK;
        d->lease = lease;
        d->lease_seconds = json_number_value(json_object_get(j, "lease_seconds"));
        d->heartbeat = json_number_value(json_object_get(j, "heartbeat"));
        d->checkpoint_seconds =
            json_number_value(json_object_get(j, "checkpoint_seconds"));
        courier_renew(d, sent);
    } else if (!json_is_null(json_object_get(j, "lease"))) {
        buf_clear(&d->answer);
        buf_adds(&d->answer, "the answer of the server makes no sense");
        status = STATUS_INTERNAL;
    }
    json_decref(j);
    return status;
}

static enum status claim(struct desk *desk, struct claim *ret)
{
    struct remote_desk *d = own(desk);
    json_t *body = introduce(d);
    double sent = clock_monotonic();
    enum status status = ask_for_work(d, body);
    json_decref(body);
    return status == STATUS_OK ? read_claim(d, sent, ret) : status;
}

static enum status data(struct desk *desk, const char *name, const struct dataset **ret,
                        struct buf *why)
{
    struct remote_desk *d = own(desk);
    return remote_judge(cache_get(d->cache, d->line, &d->until, name, ret, why));
}

static void data_back(struct desk *desk, const struct dataset *data)
{
    cache_put(own(desk)->cache, data);
}

static enum status start(struct desk *desk, const struct execution *e,
                         const struct run_start *s, bool *ret_reused)
{
    struct remote_desk *d = own(desk);
    (void)e;
    json_t *body = wire_start(s);
    enum status status = remote_ask(d, "POST", "/start", body);
    json_decref(body);
    if (status != STATUS_OK)
        return status;
    json_t *j = json_loadb(d->answer.data, d->answer.len, 0, NULL);
    *ret_reused = json_is_true(json_object_get(j, "reused"));
    d->continues = json_is_true(json_object_get(j, "checkpoint"));
    json_decref(j);
    return STATUS_OK;
}

/* Waits while the courier has as much as he can carry. */
static enum status row(struct desk *desk, struct execution *e,
                       const struct trace_entry *row)
{
    struct remote_desk *d = own(desk);
    pthread_mutex_lock(&d->lock);
    while (d->rows.len >= ROWS_MAX && atomic_load(&e->row_status) == STATUS_OK) {
        d->urgent = true;
        pthread_cond_broadcast(&d->news);
        pthread_cond_wait(&d->news, &d->lock);
        d->urgent = false;
    }
    bool first = d->rows.len == 0;
    if (first)
        d->rows_since = clock_monotonic();
    bool ok = wire_add_row(&d->rows, row);
    if (first) /* the courier may be resting for longer */
        pthread_cond_broadcast(&d->news);
    pthread_mutex_unlock(&d->lock);
    return ok ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum status compare(struct desk *desk, const struct execution *e,
                           const struct trace_entry *row)
{
    struct remote_desk *d = own(desk);
    struct buf bytes;
    char path[200];
    (void)e;
    remote_path(d, "/rows?soon=1", path, sizeof path);
    buf_init(&bytes, ROWS_MAX);
    wire_add_row(&bytes, row);
    struct line_call call = {.method = "PUT",
                             .path = path,
                             .type = "application/octet-stream",
                             .body = bytes.data,
                             .length = bytes.len};
    enum status status = bytes.failed ? STATUS_NO_MEMORY : send_call(d, &call);
    buf_release(&bytes);
    return status;
}

/* A newer one takes the place of one that has not been brought. */
static enum status checkpoint(struct desk *desk, struct execution *e,
                              const struct checkpoint *p)
{
    struct remote_desk *d = own(desk);
    (void)e;
    char *bytes = malloc(WIRE_CHECKPOINT_HEAD + p->size);
    if (bytes == NULL)
        return STATUS_NO_MEMORY;
    wire_write_checkpoint(p, bytes);
    memcpy(bytes + WIRE_CHECKPOINT_HEAD, p->state, p->size);
    pthread_mutex_lock(&d->lock);
    free(d->state);
    d->state = bytes;
    d->state_size = WIRE_CHECKPOINT_HEAD + p->size;
    pthread_cond_broadcast(&d->news);
    pthread_mutex_unlock(&d->lock);
    return STATUS_OK;
}

static enum status checkpoint_get(struct desk *desk, const struct execution *e,
                                  struct checkpoint *ret)
{
    struct remote_desk *d = own(desk);
    struct checkpoint p;
    size_t size = 0;
    if (!d->continues)
        return STATUS_NOT_FOUND;
    enum status status = remote_ask(d, "GET", "/checkpoint", NULL);
    if (status != STATUS_OK)
        return status;
    char *bytes = buf_take(&d->answer, &size);
    if (bytes == NULL || !wire_read_checkpoint(bytes, size, &p)) {
        free(bytes);
        return STATUS_INTERNAL;
    }
    memmove(bytes, p.state, p.size);
    *ret = (struct checkpoint){.run = e->claim->run,
                               .seq = p.seq,
                               .state = bytes,
                               .size = p.size,
                               .seconds = p.seconds};
    return STATUS_OK;
}

static enum status begin_again(struct desk *desk, const struct execution *e)
{
    return remote_ask(own(desk), "DELETE",
                      e->stop_seconds > 0 ? "/checkpoint?timed=1" : "/checkpoint", NULL);
}

static enum status send_file(struct remote_desk *d, const char *path, int64_t *ret_bytes)
{
    char where[200];
    FILE *f = fopen(path, "rbe");
    if (f == NULL)
        return STATUS_IO;
    remote_path(d, "/weights", where, sizeof where);
    struct line_call call = {
        .method = "PUT", .path = where, .type = "application/octet-stream", .from = f};
    enum status status = send_call(d, &call);
    fseek(f, 0, SEEK_END);
    *ret_bytes = ftell(f);
    fclose(f);
    return status;
}

static enum status weights(struct desk *desk, const struct execution *e,
                           const struct final *left, int64_t *ret_bytes)
{
    struct remote_desk *d = own(desk);
    char path[CACHE_PATH_MAX];
    int64_t bytes = 0;
    (void)e;
    cache_name_file(d->cache, ".npz", path);
    enum status status = npz_write(path, left);
    if (status == STATUS_OK)
        status = send_file(d, path, &bytes);
    unlink(path);
    if (status == STATUS_OK)
        *ret_bytes = bytes;
    return status;
}

/* An end that was sent twice and found no lease the second time has come through the
 * first time, or the run is somebody else's: either way it is in good hands. */
static enum status send_end(struct remote_desk *d, const struct wire_end *end)
{
    json_t *body = wire_end(end);
    if (body == NULL)
        return STATUS_NO_MEMORY;
    enum status status = remote_ask(d, "POST", "/end", body);
    json_decref(body);
    if (status == STATUS_LEASE_LOST && line_repeated(d->line)) {
        log_info(
            "lease %lld is over: the server has the end already, or has given the run "
            "to another worker",
            (long long)d->lease);
        status = STATUS_OK;
    }
    if (status == STATUS_OK)
        d->lease = 0;
    return status;
}

static enum status finish_run(struct desk *desk, const struct execution *e,
                              const struct run_end *end, bool is_failure)
{
    struct remote_desk *d = own(desk);
    struct wire_end w = {.kind = WIRE_FINISH, .run = *end};
    enum status rows = courier_flush(d);
    (void)e;
    if (rows == STATUS_LEASE_LOST)
        return rows;
    if (!is_failure && rows != STATUS_OK)
        return may_pass(rows) ? STATUS_STOPPED : rows;
    return send_end(d, &w);
}

static enum status requeue_run(struct desk *desk, const struct execution *e,
                               const struct run_end *end)
{
    struct wire_end w = {.kind = WIRE_REQUEUE, .run = *end};
    (void)e;
    enum status rows = courier_flush(own(desk));
    return rows == STATUS_LEASE_LOST ? rows : send_end(own(desk), &w);
}

static enum status wait_for(struct desk *desk, const struct execution *e,
                            const struct run_end *end, const char *dataset)
{
    struct wire_end w = {.kind = WIRE_WAIT, .run = *end, .dataset = dataset};
    (void)e;
    log_warning("run %lld waits for data set \"%s\", which the server does not have",
                (long long)end->run, dataset);
    return send_end(own(desk), &w);
}

static enum status verified(struct desk *desk, const struct execution *e,
                            struct verification_end *end)
{
    struct wire_end w = {.kind = WIRE_VERIFIED, .verification = *end};
    (void)e;
    return send_end(own(desk), &w);
}

static const struct desk calls = {.claim = claim,
                                  .data = data,
                                  .data_back = data_back,
                                  .start = start,
                                  .row = row,
                                  .compare = compare,
                                  .checkpoint = checkpoint,
                                  .checkpoint_get = checkpoint_get,
                                  .begin_again = begin_again,
                                  .weights = weights,
                                  .finish = finish_run,
                                  .requeue = requeue_run,
                                  .wait_for = wait_for,
                                  .verified = verified};

static const double FOREVER = 1e18;

enum status remote_desk_open(const struct remote_options *o, struct remote_desk **ret,
                             struct buf *why)
{
    struct remote_desk *d = calloc(1, sizeof *d);
    if (d == NULL)
        return STATUS_NO_MEMORY;
    d->desk = calls;
    d->who = o->who;
    d->cpu = strdup(o->cpu);
    d->version = strdup(o->version);
    d->core = strdup(o->core);
    d->line = line_open(&o->line);
    d->courier_line = line_open(&o->line);
    d->stop_until = FOREVER;
    d->heartbeat = 1;
    d->checkpoint_seconds = 10;
    buf_init(&d->answer, ANSWER_MAX);
    buf_init(&d->rows, 2 * ROWS_MAX);
    pthread_mutex_init(&d->lock, NULL);
    pthread_cond_init(&d->news, NULL);
    enum status status = d->cpu != NULL && d->version != NULL && d->core != NULL &&
                                 d->line != NULL && d->courier_line != NULL
                             ? cache_open(o->cache, d->who.worker, &d->cache, why)
                             : STATUS_NO_MEMORY;
    if (status == STATUS_OK) {
        d->has_courier = pthread_create(&d->courier, NULL, courier_main, d) == 0;
        status = d->has_courier ? STATUS_OK : STATUS_NO_MEMORY;
    }
    if (status == STATUS_OK)
        *ret = d;
    else
        remote_desk_close(d);
    return status;
}

static void say_farewell(struct remote_desk *d)
{
    json_t *body = introduce(d);
    json_object_set_new(body, "leaves", json_true());
    ask_for_work(d, body);
    json_decref(body);
}

void remote_desk_close(struct remote_desk *d)
{
    if (d->has_courier) {
        say_farewell(d);
        pthread_mutex_lock(&d->lock);
        d->closing = true;
        pthread_cond_broadcast(&d->news);
        pthread_mutex_unlock(&d->lock);
        pthread_join(d->courier, NULL);
    }
    line_close(d->line);
    line_close(d->courier_line);
    cache_close(d->cache);
    buf_release(&d->answer);
    buf_release(&d->rows);
    pthread_mutex_destroy(&d->lock);
    pthread_cond_destroy(&d->news);
    free(d->state);
    free(d->cpu);
    free(d->version);
    free(d->core);
    free(d);
}

struct desk *remote_desk_of(struct remote_desk *d)
{
    return &d->desk;
}

const char *remote_desk_why(const struct remote_desk *d)
{
    return d->answer.data;
}

double remote_desk_again(const struct remote_desk *d)
{
    return d->again;
}

double remote_desk_checkpoint_seconds(const struct remote_desk *d)
{
    return d->checkpoint_seconds;
}

void remote_desk_watch(struct remote_desk *d, struct execution *e)
{
    pthread_mutex_lock(&d->lock);
    d->execution = e;
    if (e != NULL && d->stop_until < FOREVER)
        atomic_store(&e->stop, true);
    if (e == NULL) { /* nothing of it is of use to the next one */
        buf_clear(&d->rows);
        free(d->state);
        d->state = NULL;
        while (d->busy)
            pthread_cond_wait(&d->news, &d->lock);
        d->lease = 0;
    }
    pthread_cond_broadcast(&d->news);
    pthread_mutex_unlock(&d->lock);
}

void remote_desk_stop(struct remote_desk *d, double seconds)
{
    pthread_mutex_lock(&d->lock);
    d->stop_until = clock_monotonic() + seconds;
    if (d->until > d->stop_until)
        d->until = d->stop_until;
    if (d->execution != NULL)
        atomic_store(&d->execution->stop, true);
    pthread_mutex_unlock(&d->lock);
}
