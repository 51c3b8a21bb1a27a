/* /v1/events: what has changed, as server-sent events. A stream has no queue of its own:
 * it reads the store behind its cursor, and sleeps when it is at the end, so a slow
 * reader costs its socket and nothing else, and nothing is sent before it is durable. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "http/http_internal.h"
#include "http/limits.h"
#include "http/reply.h"
#include "http/routes.h"
#include "store/events.h"

enum { EVENTS_AT_ONCE = 100, EVENT_TEXT_MAX = 256 };

struct stream {
    struct http *http;
    struct MHD_Connection *connection;
    const struct peer *peer; /* NULL: not known */
    struct hub_listener listener;
    struct identity who; /* who listens */
    int64_t cursor;      /* seq of the last event seen */
    int64_t job;         /* 0: events of all jobs */
    struct buf text;     /* to be sent */
    size_t sent;         /* of it */
    double last_sent;    /* monotonic */
};

static void fall_asleep(void *arg)
{
    MHD_suspend_connection(((struct stream *)arg)->connection);
}

static void wake_up(void *arg)
{
    MHD_resume_connection(((struct stream *)arg)->connection);
}

/* The data of an event, without what it does not have. */
static json_t *event_json(const struct event *e)
{
    json_t *j = json_object();
    if (e->run != 0)
        json_object_set_new(j, "run", json_integer(e->run));
    json_object_set_new(j, "job", json_integer(e->job));
    if (e->state != NULL)
        json_object_set_new(j, "state", json_string(e->state));
    else
        json_object_set_new(j, "last", json_integer(e->last));
    return j;
}

static bool add_event(void *arg, const struct event *e)
{
    struct stream *s = arg;
    s->cursor = e->seq;
    if (s->job != 0 && s->job != e->job)
        return true;
    json_t *j = event_json(e);
    char *data = json_dumps(j, JSON_COMPACT);
    json_decref(j);
    if (data != NULL)
        buf_addf(&s->text, "id: %lld\nevent: %s\ndata: %s\n\n", (long long)e->seq,
                 e->kind, data);
    free(data);
    return data != NULL;
}

/* Fills s->text; false when the stream has to end. */
static bool next_text(struct stream *s)
{
    struct conn *c = store_reader(s->http->app->store);
    int64_t before = s->cursor;
    buf_clear(&s->text);
    s->sent = 0;
    if (c == NULL || !account_is_current(c, &s->who, clock_now_ms()) ||
        store_event_list(c, before, EVENTS_AT_ONCE, add_event, s) != STATUS_OK)
        return false;
    if (s->text.len == 0 && s->cursor == before &&
        clock_monotonic() - s->last_sent >= SECONDS_HEARTBEAT - 1)
        buf_adds(&s->text, ": heartbeat\n\n");
    return !s->text.failed;
}

static ssize_t read_stream(void *arg, uint64_t position, char *out, size_t room)
{
    struct stream *s = arg;
    (void)position;
    while (s->sent == s->text.len) {
        bool gone = s->peer != NULL && atomic_load(&s->peer->gone);
        if (gone || hub_has_ended(s->http->app->hub) || !next_text(s))
            return MHD_CONTENT_READER_END_OF_STREAM;
        if (s->text.len == 0 && hub_sleep(s->http->app->hub, &s->listener, s->cursor))
            return 0;
    }
    size_t n = s->text.len - s->sent;
    n = n < room ? n : room;
    memcpy(out, s->text.data + s->sent, n);
    s->sent += n;
    s->last_sent = clock_monotonic();
    return (ssize_t)n;
}

static void close_stream(void *arg)
{
    struct stream *s = arg;
    hub_remove(s->http->app->hub, &s->listener);
    atomic_fetch_sub(&s->http->streams, 1);
    buf_release(&s->text);
    free(s);
}

/* Where to begin: behind ?after= or Last-Event-ID, else now. What is no longer kept, or
 * was never there, is answered with a reset: the reader must look at everything anew. */
static enum status begin_at(struct request *r, struct stream *s, int64_t after)
{
    int64_t oldest = 0, newest = 0;
    struct conn *c = store_reader(r->app->store);
    if (c == NULL)
        return STATUS_NO_MEMORY;
    enum status status = store_event_bounds(c, &oldest, &newest);
    s->cursor = after < 0 ? newest : after;
    buf_adds(&s->text, "retry: 3000\n\n");
    if (after > newest || (after >= 0 && after < newest && after + 1 < oldest)) {
        s->cursor = newest;
        buf_addf(&s->text, "id: %lld\nevent: reset\ndata: {}\n\n", (long long)newest);
    }
    return status;
}

/* Last-Event-ID; what is not a number counts as unknown, which leads to a reset. */
static int64_t last_event_id(struct request *r)
{
    const char *text = request_header(r, "Last-Event-ID");
    char *end;
    if (text == NULL || *text == '\0')
        return -1;
    int64_t id = strtoll(text, &end, 10);
    return *end != '\0' || id < 0 ? INT64_MAX : id;
}

/* One of the streams that may be open; false: the request has been answered. */
static bool take_place(struct request *r, struct peer **ret)
{
    if (!peers_stream(r->http, r->connection, &r->who, ret)) {
        reply_problem(r, STATUS_OVER_QUOTA,
                      "too many event streams of this user are open", NULL);
        return false;
    }
    if (atomic_fetch_add(&r->http->streams, 1) < r->http->options.limits.event_streams)
        return true;
    atomic_fetch_sub(&r->http->streams, 1);
    reply_problem(r, STATUS_UNAVAILABLE, "too many event streams are open", NULL);
    return false;
}

void events_stream(struct request *r)
{
    int64_t after = last_event_id(r), job = 0;
    struct peer *peer;
    if (!request_number(r, "after", 0, INT64_MAX, &after) ||
        !request_number(r, "job", 1, INT64_MAX, &job))
        return;
    if (r->is_head) {
        reply_head(r, "text/event-stream");
        return;
    }
    if (!take_place(r, &peer))
        return;
    struct stream *s = calloc(1, sizeof *s);
    if (s == NULL) {
        atomic_fetch_sub(&r->http->streams, 1);
        reply_problem(r, STATUS_NO_MEMORY, NULL, NULL);
        return;
    }
    *s = (struct stream){.http = r->http,
                         .connection = r->connection,
                         .peer = peer,
                         .who = r->who,
                         .job = job,
                         .last_sent = clock_monotonic()};
    s->listener = (struct hub_listener){.sleep = fall_asleep, .wake = wake_up, .arg = s};
    buf_init(&s->text, (size_t)EVENTS_AT_ONCE * EVENT_TEXT_MAX);
    hub_add(r->app->hub, &s->listener);
    enum status status = begin_at(r, s, after);
    if (status == STATUS_OK) {
        reply_stream(r, "text/event-stream", read_stream, s, close_stream);
    } else {
        close_stream(s);
        reply_problem(r, status, NULL, NULL);
    }
}
