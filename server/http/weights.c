/* /v1/runs/{id}/weights: the network that a run has left, as a file. */
#include <stdio.h>
#include <unistd.h>

#include "http/reply.h"
#include "http/routes.h"
#include "store/jobs.h"
#include "store/weights.h"

/* What of a run tells whether it has a file. */
struct wanted {
    bool ended;
    int64_t weights; /* bytes of its file; 0: none */
    int64_t finished;
};

static bool visit(void *arg, const struct run *run)
{
    struct wanted *w = arg;
    w->ended = run_state_is_final(run->state);
    w->weights = w->ended ? run->weights : 0;
    w->finished = run->finished;
    return false;
}

static void reply_none(struct request *r, const struct wanted *w)
{
    char detail[120];
    snprintf(detail, sizeof detail, "run %lld %s", (long long)r->id,
             w->ended ? "has no weights file: it failed, was cancelled, or its "
                        "record.weights is false"
                      : "has not ended yet; its weights come with its end");
    reply_problem(r, STATUS_NOT_FOUND, detail, NULL);
}

void weights_get(struct request *r)
{
    struct wanted w = {.ended = false};
    char name[40], etag[60];
    uint64_t length;
    int fd;
    struct conn *c = request_reader(r);
    if (c == NULL)
        return;
    enum status status = store_run_get(c, r->id, visit, &w);
    if (status != STATUS_OK) {
        reply_no_run(r, status);
        return;
    }
    if (w.weights == 0) {
        reply_none(r, &w);
        return;
    }
    status = store_weights_open(r->app->store, r->id, &fd, &length);
    if (status == STATUS_OK && length != (uint64_t)w.weights) { /* another run's, or cut */
        close(fd);
        status = STATUS_CORRUPT;
    }
    if (status != STATUS_OK) {
        reply_problem(r, status == STATUS_NOT_FOUND ? STATUS_CORRUPT : status,
                      "the weights file of this run cannot be read", NULL);
        return;
    }
    snprintf(name, sizeof name, "run-%lld.npz", (long long)r->id);
    snprintf(etag, sizeof etag, "\"%lld-%lld\"", (long long)r->id, (long long)w.finished);
    reply_file(r, "application/zip", fd, length, name, etag);
}
