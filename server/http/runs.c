/* /v1/runs: the list. */
#include "http/lists.h"
#include "http/reply.h"
#include "http/routes.h"
#include "http/views.h"

struct item {
    const struct app *app;
    json_t *json;
};

static bool visit_item(void *arg, const struct run *run)
{
    struct item *i = arg;
    i->json = view_run(i->app, run, 0);
    return false;
}

static enum status view_item(struct request *r, struct conn *c, int64_t id, json_t **ret)
{
    struct item i = {.app = r->app};
    enum status status = store_run_get(c, id, visit_item, &i);
    *ret = i.json;
    return status;
}

/* ?state=; false: unknown, and the request has been answered. */
static bool read_state(struct request *r, enum run_state *ret)
{
    struct buf room;
    bool bad = false;
    buf_init(&room, 32);
    const char *name = request_argument(r, "state", &room, &bad);
    *ret = name != NULL ? run_state_of(name) : RUN_STATES;
    if (name != NULL && *ret == RUN_STATES) {
        reply_problem(r, STATUS_BAD_REQUEST,
                      "state must be queued, held, running, succeeded, failed, "
                      "cancelled, timed_out or dead",
                      NULL);
        bad = true;
    }
    buf_release(&room);
    return !bad;
}

void runs_list(struct request *r)
{
    struct listing_question asked = {.of = QUERY_RUNS};
    if (read_state(r, &asked.state) &&
        request_number(r, "job", 1, INT64_MAX, &asked.job))
        list_reply(r, &asked, view_item);
}
