/* /metrics: what is counted, in the text format of Prometheus, version 0.0.4. Names and
 * units are as its conventions have them; times are in seconds. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/process.h"
#include "http/http_internal.h"
#include "http/reply.h"
#include "http/routes.h"
#include "store/reserve.h"
#include "store/totals.h"

enum { TEXT_MAX = 4 << 20, RUNS_SECONDS = 5 /* that a count of all runs is good for */ };

static void begin(struct buf *b, const char *name, const char *type, const char *help)
{
    buf_addf(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void add_value(struct buf *b, double value)
{
    buf_addc(b, ' ');
    buf_add_double(b, value);
    buf_addc(b, '\n');
}

/* One that has no labels. */
static void add_one(struct buf *b, const char *name, const char *type, const char *help,
                    double value)
{
    begin(b, name, type, help);
    buf_adds(b, name);
    add_value(b, value);
}

static unsigned long long read_count(const atomic_ullong *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

/* `labels` with a comma behind them, or "". */
static void add_histogram(struct buf *b, const char *name, const char *labels,
                          const struct histogram *h)
{
    unsigned long long sum = 0;
    for (size_t i = 0; i <= METRICS_BOUNDS; i++) {
        sum += read_count(&h->count[i]);
        buf_addf(b, "%s_bucket{%sle=\"", name, labels);
        if (i < METRICS_BOUNDS)
            buf_add_double(b, metrics_bounds[i]);
        else
            buf_adds(b, "+Inf");
        buf_addf(b, "\"} %llu\n", sum);
    }
    int own = (int)strlen(labels) - (*labels != '\0'); /* without the comma */
    buf_addf(b, *labels != '\0' ? "%s_sum{%.*s}" : "%s_sum%.*s", name, own, labels);
    add_value(b, (double)read_count(&h->nanoseconds) / 1e9);
    buf_addf(b, *labels != '\0' ? "%s_count{%.*s} %llu\n" : "%s_count%.*s %llu\n", name,
             own, labels, sum);
}

/* The labels of a row of the route table, or of what matches none. */
static void label(char *labels, size_t room, size_t i)
{
    const struct route *route = i < routes_count ? &routes[i] : NULL;
    snprintf(labels, room, "method=\"%s\",route=\"%s\",",
             route != NULL ? route->method : "other",
             route != NULL ? route->pattern : "none");
}

static bool has_requests(const struct route_metrics *m)
{
    for (size_t code = 0; code < METRICS_CODES; code++)
        if (read_count(&m->requests[code]) > 0)
            return true;
    return false;
}

static void add_requests(struct buf *b, const struct metrics *m)
{
    char labels[200];
    begin(b, "frugal_http_requests_total", "counter",
          "Requests by route and status; HEAD counts as GET.");
    for (size_t i = 0; i <= routes_count; i++) {
        label(labels, sizeof labels, i);
        for (size_t code = 0; code < METRICS_CODES; code++) {
            unsigned long long n = read_count(&m->routes[i].requests[code]);
            if (n > 0)
                buf_addf(b, "frugal_http_requests_total{%sstatus=\"%zu\"} %llu\n", labels,
                         code, n);
        }
    }
    begin(b, "frugal_http_request_duration_seconds", "histogram",
          "From the request line to the end of the reply, without event streams.");
    for (size_t i = 0; i <= routes_count; i++) {
        label(labels, sizeof labels, i);
        if (has_requests(&m->routes[i]))
            add_histogram(b, "frugal_http_request_duration_seconds", labels,
                          &m->routes[i].duration);
    }
}

static void add_traffic(struct buf *b, struct http *h)
{
    unsigned long long bytes = 0;
    int connections = 0;
    for (size_t i = 0; i <= routes_count; i++)
        bytes += read_count(&h->metrics.routes[i].bytes);
    pthread_mutex_lock(&h->lock);
    for (const struct peer *p = h->peers; p != NULL; p = p->next)
        connections++;
    int active = h->active;
    pthread_mutex_unlock(&h->lock);
    add_one(b, "frugal_http_reply_bytes_total", "counter",
            "Bytes of the bodies of replies.", (double)bytes);
    add_one(b, "frugal_http_connections", "gauge", "Connections that are open.",
            connections);
    add_one(b, "frugal_http_connections_total", "counter", "Connections there ever were.",
            (double)read_count(&h->metrics.connections));
    add_one(b, "frugal_http_connections_reaped_total", "counter",
            "Connections that were ended because they took too long.",
            (double)read_count(&h->metrics.reaped));
    add_one(b, "frugal_http_requests_in_progress", "gauge",
            "Requests being served, event streams included.", active);
    add_one(b, "frugal_event_streams", "gauge", "Event streams that are open.",
            atomic_load(&h->streams));
    begin(b, "frugal_write_duration_seconds", "histogram",
          "What a request waits for until its change is durable.");
    add_histogram(b, "frugal_write_duration_seconds", "", &h->metrics.writes);
}

static void add_runs(struct buf *b, struct metrics *m)
{
    begin(b, "frugal_runs", "gauge", "Runs by state; those queued and held wait.");
    pthread_mutex_lock(&m->lock);
    for (enum run_state s = 0; s < RUN_STATES && m->counted > 0; s++)
        buf_addf(b, "frugal_runs{state=\"%s\"} %lld\n", run_state_name(s),
                 (long long)m->runs[s]);
    pthread_mutex_unlock(&m->lock);
}

static void add_work(struct buf *b, const struct app *app)
{
    struct workers_state w = workers_state(app->workers);
    add_one(b, "frugal_workers", "gauge", "Runs that may be at work.", w.count);
    add_one(b, "frugal_workers_busy", "gauge", "Runs and verifications at work.", w.busy);
    add_one(b, "frugal_workers_draining", "gauge", "1: an admin wants no run to begin.",
            w.draining);
    add_one(b, "frugal_samples_total", "counter", "Samples that were learned from.",
            (double)w.samples);
    add_one(b, "frugal_disk_full", "gauge", "1: no job is taken, no run begins.",
            w.starved);
    add_one(b, "frugal_disk_free_bytes", "gauge",
            "Free on the disk of the data directory, beside the reserve.",
            (double)store_space_left(app->store));
    add_one(b, "frugal_disk_reserve_bytes", "gauge", "What the reserve holds back.",
            (double)store_reserve_left(app->store));
}

static void add_process(struct buf *b)
{
    struct process_usage u;
    if (!process_look(&u))
        return;
    add_one(b, "process_cpu_seconds_total", "counter", "Processor time, all threads.",
            u.cpu_seconds);
    add_one(b, "process_resident_memory_bytes", "gauge", "Memory in use.",
            (double)u.resident_bytes);
    add_one(b, "process_virtual_memory_bytes", "gauge", "Addresses in use.",
            (double)u.virtual_bytes);
    add_one(b, "process_threads", "gauge", "Threads.", (double)u.threads);
    add_one(b, "process_open_fds", "gauge", "Open file descriptors.",
            (double)u.open_files);
    add_one(b, "process_max_fds", "gauge", "As many as there may be.",
            (double)u.open_files_max);
    add_one(b, "process_start_time_seconds", "gauge", "Start, in seconds since 1970.",
            u.started);
}

static void reply_metrics(struct request *r)
{
    struct buf b;
    size_t length = 0;
    buf_init(&b, TEXT_MAX);
    begin(&b, "frugal_build_info", "gauge", "What this program is.");
    buf_addf(&b, "frugal_build_info{version=\"%s\"} 1\n", r->app->version);
    add_requests(&b, &r->http->metrics);
    add_traffic(&b, r->http);
    add_runs(&b, &r->http->metrics);
    add_work(&b, r->app);
    add_process(&b);
    char *text = buf_take(&b, &length);
    buf_release(&b);
    reply_text(r, MHD_HTTP_OK, "text/plain; version=0.0.4; charset=utf-8", text, length);
}

/* The labour of a request, for it reads something of every job. */
static enum status count_runs(void *own)
{
    struct request *r = own;
    struct metrics *m = &r->http->metrics;
    struct conn *c = store_reader(r->app->store);
    int64_t runs[RUN_STATES];
    enum status status = c != NULL ? store_run_totals(c, runs) : STATUS_NO_MEMORY;
    store_reader_close(r->app->store);
    if (status != STATUS_OK)
        return status;
    pthread_mutex_lock(&m->lock);
    memcpy(m->runs, runs, sizeof m->runs);
    m->counted = clock_monotonic();
    pthread_mutex_unlock(&m->lock);
    return STATUS_OK;
}

void metrics_get(struct request *r)
{
    struct metrics *m = &r->http->metrics;
    pthread_mutex_lock(&m->lock);
    bool fresh = m->counted > 0 && clock_monotonic() - m->counted < RUNS_SECONDS;
    pthread_mutex_unlock(&m->lock);
    if (fresh) {
        reply_metrics(r);
        return;
    }
    r->own = r;
    r->labour = count_runs;
    r->resume = reply_metrics;
}
