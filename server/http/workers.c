/* /v1/workers: how many runs may be at work, whether new ones begin, and who is at what;
 * /v1/disk: whether there is space for them. */
#include <stdlib.h>
#include <string.h>

#include "work/crew.h"
#include "work/workers.h"
#include "http/body.h"
#include "http/limits.h"
#include "http/reply.h"
#include "http/routes.h"
#include "store/reserve.h"

static bool add_worker(void *list, const struct crew_member *m)
{
    bool is_thread = m->who.worker[0] == '\0';
    json_t *j = json_pack(
        "{s:o, s:s, s:o, s:s, s:o, s:b, s:o, s:o, s:o, s:o}", "worker",
        json_text(is_thread ? NULL : m->who.worker), "host", m->who.host, "slurm",
        json_text(m->who.slurm[0] != '\0' ? m->who.slurm : NULL), "cpu", m->cpu, "run",
        m->run != 0 ? json_integer(m->run) : json_null(), "verifies", (int)m->verifies,
        "samples", m->run != 0 ? json_count((double)m->samples) : json_null(),
        "per_second", m->per_second > 0 ? json_measure(m->per_second) : json_null(),
        "since", json_time(m->since), "heard", json_time(m->heard));
    return json_array_append_new(list, j) == 0;
}

static json_t *view_state(const struct request *r)
{
    struct workers_state s = workers_state(r->app->workers);
    json_t *items = json_array();
    workers_list(r->app->workers, add_worker, items);
    return json_pack("{s:i, s:i, s:i, s:i, s:b, s:b, s:o}", "count", (int)s.count, "busy",
                     (int)s.busy, "remote", (int)s.remote, "remote_busy",
                     (int)s.remote_busy, "draining", (int)s.draining, "disk_full",
                     (int)s.starved, "items", items);
}

static void reply_state(struct request *r)
{
    reply_json(r, MHD_HTTP_OK, view_state(r));
}

/* Whether the state is still what the client has seen, if it says what. */
static bool is_matched(const struct request *r)
{
    char etag[ETAG_TEXT] = "";
    const char *match = request_header(r, "If-Match");
    if (match == NULL)
        return true;
    json_t *state = view_state(r);
    char *text = reply_json_text(state);
    json_decref(state);
    if (text != NULL)
        etag_of(text, strlen(text), etag);
    free(text);
    return etag_is_listed_strongly(match, etag);
}

void workers_get(struct request *r)
{
    reply_state(r);
}

void disk_get(struct request *r)
{
    reply_json(r, MHD_HTTP_OK,
               json_pack("{s:I, s:I, s:b}", "free",
                         (json_int_t)store_space_left(r->app->store), "reserve",
                         (json_int_t)store_reserve_left(r->app->store), "full",
                         (int)workers_state(r->app->workers).starved));
}

void workers_patch(struct request *r)
{
    json_t *body = body_object(r, " count draining ");
    if (body == NULL)
        return;
    const json_t *count = json_object_get(body, "count");
    const json_t *draining = json_object_get(body, "draining");
    json_int_t n = json_integer_value(count);
    enum status status = STATUS_OK;
    if (count != NULL && (n < 1 || n > LIMIT_WORKERS)) {
        body_refuse(r, "/count", "out_of_range", "must be a number from 1 to 1024");
    } else if (draining != NULL && !json_is_boolean(draining)) {
        body_refuse(r, "/draining", "wrong_type", "must be true or false");
    } else if (!is_matched(r)) {
        reply_problem(r, STATUS_PRECONDITION_FAILED, NULL, NULL);
    } else {
        if (draining != NULL)
            workers_drain(r->app->workers, json_is_true(draining));
        if (count != NULL)
            status = workers_resize(r->app->workers, (unsigned)n);
        if (status == STATUS_OK)
            reply_state(r);
        else
            reply_problem(r, status, NULL, NULL);
    }
    json_decref(body);
}
