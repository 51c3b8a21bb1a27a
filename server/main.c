/* frugald: open everything from the ground floor up, wait for a signal, stop in the
 * opposite order. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "app/app.h"
#include "base/hash.h"
#include "base/log.h"
#include "host.h"
#include "http/http.h"
#include "options.h"
#include "store/backup.h"
#include "store/events.h"
#include "version.h"
#include "work/keeper.h"

/* What main holds while the server runs. */
struct house {
    int argc;
    char *const *argv;
    struct options options;
    sigset_t signals;
    struct app app;
    struct http *http;
};

static int exit_code(enum status status)
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
    log_set_level(o->verbose ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);
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

/* What can change while the server runs. A file that makes no sense changes nothing. */
static void reread(struct house *house)
{
    struct options fresh;
    struct buf error;
    buf_init(&error, 2000);
    if (options_read(house->argc, house->argv, &fresh, &error) == 0) {
        apply_live(house, &fresh);
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
    workers_stopping();
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

/* Opens the two ways in: from this machine, and over HTTP. */
static int open_doors(struct house *house, struct buf *why)
{
    struct host *host = host_open(house->options.data_dir, house->app.store, why);
    if (host == NULL)
        return EX_CANTCREAT;
    enum status status = http_start(house->http, &house->app, why);
    if (status == STATUS_OK)
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
                                      .folder = o->data_dir};
    struct keeper *keeper = NULL;
    enum status status =
        workers_start(app->store, app->catalogue, &workers, &app->workers, why);
    if (status != STATUS_OK)
        return exit_code(status);
    status = keeper_start(app->store, app->workers, &keeper, why);
    int code = exit_code(status);
    if (status == STATUS_OK)
        code = open_doors(house, why);
    if (keeper != NULL)
        keeper_stop(keeper);
    workers_stop(app->workers);
    return code;
}

/* Opens what the workers and the HTTP server stand on. */
static int open_house(struct house *house, struct buf *why)
{
    struct app *app = &house->app;
    const struct options *o = &house->options;
    struct buf folders;
    int64_t oldest, newest = 0;
    int code = EX_SOFTWARE;
    enum status status = store_open(o->data_dir, &app->store, why);
    if (status != STATUS_OK)
        return exit_code(status);
    buf_init(&folders, 1 << 16);
    buf_addf(&folders, "%s/datasets:/usr/share/datasets", o->data_dir);
    struct conn *reader = store_reader(app->store);
    if (reader != NULL && store_event_bounds(reader, &oldest, &newest) == STATUS_OK)
        app->hub = hub_open(newest);
    status = catalogue_open(o->datasets, folders.data, &app->catalogue);
    if (status == STATUS_OK)
        status = app_catch_up(app);
    if (app->hub != NULL && status == STATUS_OK) {
        store_on_commit(app->store, publish, app->hub);
        code = serve(house, why);
    }
    store_close(app->store);
    catalogue_close(app->catalogue);
    hub_close(app->hub);
    buf_release(&folders);
    return code;
}

static int restore(const struct options *o, struct buf *why)
{
    struct buf kept;
    buf_init(&kept, 8000);
    const char *backup = o->words.word[1];
    enum status status = store_restore(o->data_dir, backup, &kept, why);
    if (status == STATUS_OK)
        printf("restored %s%s%s\n", backup,
               kept.len > 0 ? "; what was there is now " : "", kept.data);
    buf_release(&kept);
    return status == STATUS_OK ? 0 : exit_code(status);
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

/* The port comes first: if it is taken, nothing has been touched. */
static int run(struct house *house, struct buf *why)
{
    const struct options *o = &house->options;
    struct http_options http = {.listen = o->listen,
                                .allowed_hosts = o->allowed_hosts,
                                .trusted_proxy = o->trusted_proxy,
                                .require_tokens = o->require_tokens};
    pthread_sigmask(SIG_BLOCK, &house->signals, NULL); /* before there are threads */
    enum status status = http_open(&http, &house->http, why);
    if (status != STATUS_OK)
        return status == STATUS_BAD_REQUEST ? EX_USAGE : EX_UNAVAILABLE;
    int code = 0;
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

static void raise_file_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max < 4096 ? limit.rlim_max : 4096;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* How every command runs: files private. What serves blocks the signals. */
static void prepare_process(sigset_t *signals)
{
    sigemptyset(signals);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGINT);
    sigaddset(signals, SIGHUP);
    signal(SIGPIPE, SIG_IGN);
    umask(077);
    raise_file_limit();
}

/* What stands beside the options says what to do. */
static int command(struct house *house, struct buf *why)
{
    const struct opts_words *words = &house->options.words;
    const char *verb = words->count > 0 ? words->word[0] : "";
    if (strcmp(verb, "restore") == 0 && words->count == 2)
        return restore(&house->options, why);
    if (strcmp(verb, "token") == 0)
        return host_command(&house->options, why);
    if (words->count == 0)
        return run(house, why);
    if (strcmp(verb, "restore") == 0)
        buf_adds(why, "restore takes the name of one backup");
    else
        buf_addf(why, "unexpected \"%s\"", verb);
    buf_adds(why, "; see frugald --help");
    return EX_USAGE;
}

static int start(struct house *house, struct buf *why)
{
    const struct options *o = &house->options;
    if (o->help)
        options_help();
    else if (o->version)
        printf("frugald %s\n", FRUGAL_VERSION);
    else if (o->print_config)
        options_print_config();
    if (o->help || o->version || o->print_config)
        return 0;
    if (!hash_start()) {
        buf_adds(why, "libsodium could not be started");
        return EX_SOFTWARE;
    }
    prepare_process(&house->signals);
    apply_live(house, o);
    return command(house, why);
}

int main(int argc, char **argv)
{
    struct house house = {.argc = argc, .argv = argv, .app.version = FRUGAL_VERSION};
    struct buf why;
    buf_init(&why, 4000);
    int code = options_read(argc, argv, &house.options, &why);
    if (code == EX_USAGE)
        buf_adds(&why, "; see frugald --help");
    if (code == 0)
        code = start(&house, &why);
    if (code != 0)
        fprintf(stderr, "frugald: %s\n",
                why.len > 0 ? why.data : "out of memory or file handles");
    buf_release(&why);
    options_release(&house.options);
    return code;
}
