/* The port comes first, then the store, the workers, HTTP; a signal; and back. */
#include "house.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <unistd.h>

#include "app/cluster.h"
#include "base/log.h"
#include "host.h"
#include "store/events.h"
#include "version.h"
#include "work/keeper.h"

int house_exit_code(enum status status)
{
    switch (status) {
    case STATUS_CONFLICT:
        return EX_TEMPFAIL;
    case STATUS_CORRUPT:
        return EX_DATAERR;
    case STATUS_FOREIGN:
        return EX_CONFIG;
    case STATUS_IO:
    case STATUS_NO_SPACE:
        return EX_CANTCREAT;
    default:
        return EX_SOFTWARE;
    }
}

static void publish(void *arg, int64_t seq)
{
    hub_publish(arg, seq);
}

static void apply_live(struct house *house, const struct options *o)
{
    options_apply_log(o);
    house->app.per_owner = o->per_owner;
    house->app.waiting_per_owner = o->waiting_per_owner;
    if (house->app.workers != NULL)
        workers_limit(house->app.workers, o->per_owner);
}

static void exit_at_once(int signal)
{
    _exit(128 + signal); /* the store is safe at any moment */
}

/* A certificate that was renewed has the same name, or another. */
static void renew_certificate(struct http *http, const struct options *o)
{
    struct buf why;
    buf_init(&why, 2000);
    if (http_speaks_tls(http) && !http_use_tls(http, o->tls_cert, o->tls_key, &why))
        log_error("the certificate stays as it is: %s", why.data);
    buf_release(&why);
}

/* Which addresses may be fetched from. 0; or the exit status, with a sentence. */
static int read_guard(const struct options *o, struct guard *ret, struct buf *why)
{
    if (!guard_read(o->fetch_allow, "", ret, why))
        return options_mistake(o, o->fetch_allow, why);
    return guard_read(o->fetch_allow, o->fetch_ports, ret, why)
               ? 0
               : options_mistake(o, o->fetch_ports, why);
}

/* What can change while the server runs. A file that makes no sense changes nothing. */
static void reread(struct house *house)
{
    struct options fresh;
    struct guard guard;
    struct buf error;
    buf_init(&error, 2000);
    if (options_read(house->argc, house->argv, &fresh, &error) == 0 &&
        read_guard(&fresh, &guard, &error) == 0) {
        apply_live(house, &fresh);
        arrivals_allow(house->app.arrivals, &guard);
        renew_certificate(house->http, &fresh);
        log_info("the settings were read again");
    } else {
        log_error("the settings stay as they are: %s", error.data);
    }
    options_release(&fresh);
    buf_release(&error);
}

/* Waits for SIGTERM or SIGINT; from then on another one ends the process at once. */
static void wait_for_signal(struct house *house)
{
    int signal;
    struct sigaction at_once = {.sa_handler = exit_at_once};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    while (sigwait(&house->signals, &signal) == 0 && signal == SIGHUP)
        reread(house);
    workers_stopping(house->app.workers);
    log_info("stopping on signal %d", signal);
    sigaction(SIGHUP, &ignore, NULL); /* a terminal that closes is no reason to hurry */
    sigaction(SIGTERM, &at_once, NULL);
    sigaction(SIGINT, &at_once, NULL);
    pthread_sigmask(SIG_UNBLOCK, &house->signals, NULL);
}

/* From the first request to the signal that ends the server. */
static void answer(struct house *house)
{
    long workers = house->options.workers;
    printf("%s\n", http_address(house->http));
    fflush(stdout);
    log_info("frugald %s answers on %s, %ld workers%s", FRUGAL_VERSION,
             http_address(house->http), workers, workers == 0 ? ": no run begins" : "");
    wait_for_signal(house);
    http_stop(house->http);
}

/* The path of this program. */
static bool find_program(char ret[static PATH_MAX])
{
    ssize_t n = readlink("/proc/self/exe", ret, PATH_MAX - 1);
    ret[n > 0 ? n : 0] = '\0';
    return n > 0;
}

/* With workers on a cluster; until the server stops. */
static enum status answer_with_slurm(struct house *house, struct buf *why)
{
    const struct options *o = &house->options;
    char program[PATH_MAX] = "", folder[PATH_MAX], token[PATH_MAX + 20];
    if (realpath(o->data_dir, folder) == NULL || !find_program(program)) {
        buf_addf(why, "%s: %s", o->data_dir, strerror(errno));
        return STATUS_IO;
    }
    snprintf(token, sizeof token, "%s/slurm-token", folder);
    struct slurm_options slurm = {
        .partition = o->slurm_partition,
        .account = o->slurm_account,
        .time = o->slurm_time,
        .memory = o->slurm_memory,
        .extra = o->slurm_options,
        .program = *o->slurm_program != '\0' ? o->slurm_program : program,
        .url = *o->slurm_url != '\0' ? o->slurm_url : http_address(house->http),
        .token_file = token,
        .cache = o->slurm_cache,
        .cacert = o->slurm_cacert,
        .folder = folder,
        .processes = (unsigned)o->slurm_processes};
    struct app *app = &house->app;
    struct slurm *cluster = NULL;
    enum status status = cluster_token(app, token, why);
    if (status == STATUS_OK)
        status = slurm_start(app->store, app->workers, &slurm, &cluster, why);
    if (status == STATUS_OK) {
        app->slurm = cluster;
        answer(house);
        slurm_stop(cluster);
    }
    return status;
}

/* Opens the two ways in: from this machine, and over HTTP. */
static int open_doors(struct house *house, struct buf *why)
{
    struct host *host = host_open(house->options.data_dir, house->app.store, why);
    if (host == NULL)
        return EX_CANTCREAT;
    enum status status = http_start(house->http, &house->app, why);
    if (status == STATUS_OK && house->options.executor == EXECUTOR_SLURM)
        status = answer_with_slurm(house, why);
    else if (status == STATUS_OK)
        answer(house);
    host_close(host);
    return status == STATUS_OK ? 0 : EX_UNAVAILABLE;
}

static int serve(struct house *house, struct buf *why)
{
    struct app *app = &house->app;
    const struct options *o = &house->options;
    struct workers_options workers = {.count = (unsigned)o->workers,
                                      .per_owner = o->per_owner,
                                      .build = {FRUGAL_VERSION, FRUGAL_CORE},
                                      .checkpoint_seconds = (double)o->checkpoint_seconds,
                                      .nice = (int)o->nice,
                                      .lease_seconds = (double)o->lease_seconds,
                                      .folder = o->data_dir};
    struct keeper *keeper = NULL;
    enum status status =
        workers_start(app->store, app->catalogue, &workers, &app->workers, why);
    if (status != STATUS_OK)
        return house_exit_code(status);
    status = keeper_start(app->store, app->workers, app->catalogue, &keeper, why);
    int code = house_exit_code(status);
    if (status == STATUS_OK)
        code = open_doors(house, why);
    if (keeper != NULL)
        keeper_stop(keeper);
    workers_stop(app->workers);
    return code;
}

/* Reading goes on where the disk is full. */
static enum status catch_up(const struct app *app)
{
    enum status status = app_catch_up(app);
    if (status != STATUS_NO_SPACE)
        return status;
    log_warning("the disk is full: some specs cannot be searched before the next start");
    return STATUS_OK;
}

/* The folders of data sets, and what is on its way into the last but one. */
static enum status open_data(struct app *app, const struct options *o,
                             const struct guard *guard, struct buf *why)
{
    struct buf folders, own;
    buf_init(&folders, 1 << 16);
    buf_init(&own, 1 << 13);
    buf_addf(&own, "%s/datasets", o->data_dir);
    buf_addf(&folders, "%s:/usr/share/datasets", own.data);
    struct arrivals_options arrivals = {.folder = own.data,
                                        .bytes_max = (uint64_t)o->dataset_megabytes << 20,
                                        .mirror = o->fetch_mirror,
                                        .guard = *guard};
    enum status status = catalogue_open(o->datasets, folders.data, &app->catalogue);
    if (status == STATUS_OK)
        status = arrivals_open(&arrivals, &app->arrivals, why);
    buf_release(&folders);
    buf_release(&own);
    return status;
}

/* Opens what the workers and the HTTP server stand on. */
static int open_house(struct house *house, struct buf *why)
{
    struct app *app = &house->app;
    const struct options *o = &house->options;
    struct guard guard;
    int64_t oldest, newest = 0;
    int code = read_guard(o, &guard, why);
    if (code != 0)
        return code;
    enum status status = store_open(o->data_dir, &app->store, why);
    if (status != STATUS_OK)
        return house_exit_code(status);
    struct conn *reader = store_reader(app->store);
    if (reader != NULL && store_event_bounds(reader, &oldest, &newest) == STATUS_OK)
        app->hub = hub_open(newest);
    status = open_data(app, o, &guard, why);
    if (status == STATUS_OK)
        status = catch_up(app);
    code = house_exit_code(status);
    if (status != STATUS_OK && why->len == 0)
        buf_adds(why, status_text(status));
    if (app->hub != NULL && status == STATUS_OK) {
        store_on_commit(app->store, publish, app->hub);
        code = serve(house, why);
    }
    arrivals_close(app->arrivals);
    store_close(app->store);
    catalogue_close(app->catalogue);
    hub_close(app->hub);
    return code;
}

/* Beyond this machine nobody listens in, or somebody has said that it does not matter. */
static int check_exposure(const struct house *house, struct buf *why)
{
    const struct options *o = &house->options;
    const char *address = http_address(house->http);
    if (http_is_local(house->http) || http_speaks_tls(house->http))
        return 0;
    if (!o->plain_on_lan) {
        buf_addf(
            why,
            "%s is not only for this machine, and whoever is on the way could read "
            "tokens and results: give --tls-cert and --tls-key; or listen on 127.0.0.1, "
            "behind a proxy that speaks TLS; or give --plain-on-lan",
            address);
        return EX_CONFIG;
    }
    log_warning("listening on %s without TLS: whoever is on the way can read tokens and "
                "results",
                address);
    return 0;
}

/* Streams stay open as long as their clients want, and others must get in beside them. */
static int check_streams(const struct options *o, struct buf *why)
{
    const struct http_limits *limits = &o->limits;
    if (limits->event_streams < limits->connections)
        return 0;
    buf_addf(
        why,
        "%ld event streams could take all %ld connections: lower --event-streams, or "
        "raise --connections",
        limits->event_streams, limits->connections);
    return EX_CONFIG;
}

enum {
    OWN_FILES = 64, /* that the server has open beside its connections, at most, and */
    FILES_PER_WORKER = 2, /* of its reader: the database and its log */
};

/* With fewer it would take connections, and have nothing to serve them with. */
static int check_files(const struct options *o, struct buf *why)
{
    struct rlimit limit;
    long wanted = o->limits.connections + OWN_FILES + FILES_PER_WORKER * o->workers;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 0;
    if (limit.rlim_cur < (rlim_t)wanted && limit.rlim_max >= (rlim_t)wanted) {
        limit.rlim_cur = (rlim_t)wanted;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (limit.rlim_cur >= (rlim_t)wanted)
        return 0;
    buf_addf(
        why,
        "at most %llu files may be open here, but %ld connections, %ld workers and "
        "the server itself want %ld: raise that limit (ulimit -n, LimitNOFILE), or lower "
        "--connections",
        (unsigned long long)limit.rlim_cur, o->limits.connections, o->workers, wanted);
    return EX_CONFIG;
}

/* The port comes first: if it is taken, nothing has been touched. */
int house_run(struct house *house, struct buf *why)
{
    const struct options *o = &house->options;
    struct http_options http = {.listen = o->listen,
                                .allowed_hosts = o->allowed_hosts,
                                .trusted_proxy = o->trusted_proxy,
                                .limits = o->limits,
                                .require_tokens = o->require_tokens};
    int code = check_streams(o, why);
    if (code == 0)
        code = check_files(o, why);
    if (code != 0)
        return code;
    pthread_sigmask(SIG_BLOCK, &house->signals, NULL); /* before there are threads */
    enum status status = http_open(&http, &house->http, why);
    if (status != STATUS_OK)
        return status == STATUS_BAD_REQUEST ? options_mistake(o, o->listen, why)
                                            : EX_UNAVAILABLE;
    apply_live(house, o);
    if ((*o->tls_cert != '\0' || *o->tls_key != '\0') &&
        !http_use_tls(house->http, o->tls_cert, o->tls_key, why))
        code = EX_CONFIG;
    if (code == 0)
        code = check_exposure(house, why);
    if (code == 0)
        code = open_house(house, why);
    http_close(house->http);
    return code;
}
