/* frugald: options, open everything from the ground floor up, wait for a signal, stop in
 * the opposite order. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/app.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/opts.h"
#include "http/http.h"
#include "store/backup.h"
#include "store/events.h"
#include "version.h"
#include "work/keeper.h"

enum { /* of sysexits.h */
       EXIT_USAGE = 64,
       EXIT_DATA = 65,
       EXIT_UNAVAILABLE = 69,
       EXIT_SOFTWARE = 70,
       EXIT_CANNOT_CREATE = 73,
       EXIT_TEMPORARY = 75,
       EXIT_CONFIGURATION = 78,
};

struct options {
    const char *listen, *data_dir, *datasets;
    const char *fetch_allow, *fetch_ports, *fetch_mirror;
    const char *restore; /* the backup to restore; NULL: serve */
    long workers, per_owner, waiting_per_owner, checkpoint_seconds, dataset_megabytes;
    bool verbose, help, version;
};

static const struct opt table[] = {
    {"listen", 0, OPT_TEXT, offsetof(struct options, listen), "ADDRESS:PORT",
     "FRUGAL_LISTEN", 0, 0,
     "Where to answer; port 0 takes a free one. Default: 127.0.0.1:8750"},
    {"data-dir", 0, OPT_TEXT, offsetof(struct options, data_dir), "DIR",
     "FRUGAL_DATA_DIR", 0, 0,
     "Where jobs and traces are kept; made if missing. Default: frugal-data"},
    {"datasets", 0, OPT_TEXT, offsetof(struct options, datasets), "DIR",
     "FRUGAL_DATASETS", 0, 0,
     "Folder with one folder per data set, or several with colons between; searched "
     "before "
     "DATA_DIR/datasets and /usr/share/datasets"},
    {"workers", 0, OPT_COUNT, offsetof(struct options, workers), "N", "FRUGAL_WORKERS", 0,
     1024,
     "Runs to train at the same time; with 0 none begins until frugal admin workers says "
     "so. Default: the number of processors"},
    {"per-owner", 0, OPT_COUNT, offsetof(struct options, per_owner), "N",
     "FRUGAL_PER_OWNER", 0, 1024,
     "Runs of one owner at the same time; 0: any number. Default: 0"},
    {"waiting-per-owner", 0, OPT_COUNT, offsetof(struct options, waiting_per_owner), "N",
     "FRUGAL_WAITING_PER_OWNER", 0, 100000000,
     "Runs of one owner that may wait, held ones included; a job that would make more is "
     "refused with 429. 0: any number. Default: 0"},
    {"checkpoint-seconds", 0, OPT_COUNT, offsetof(struct options, checkpoint_seconds),
     "N", "FRUGAL_CHECKPOINT_SECONDS", 0, 300,
     "Computing that a crash may cost a run, in seconds, though more if a network is "
     "very "
     "large; 0: as little as possible. Default: 10"},
    {"dataset-megabytes", 0, OPT_COUNT, offsetof(struct options, dataset_megabytes), "N",
     "FRUGAL_DATASET_MEGABYTES", 1, 2047,
     "Largest data set that is fetched or uploaded, compressed as it comes; what it "
     "inflates "
     "to may be twice as much. Default: 2047"},
    {"fetch-allow", 0, OPT_TEXT, offsetof(struct options, fetch_allow), "RANGES",
     "FRUGAL_FETCH_ALLOW", 0, 0,
     "Addresses from which data sets may be fetched besides public ones, with commas "
     "between: "
     "10.1.0.0/16,fd00::/8. Default: none"},
    {"fetch-ports", 0, OPT_TEXT, offsetof(struct options, fetch_ports), "PORTS",
     "FRUGAL_FETCH_PORTS", 0, 0,
     "Ports from which they may be fetched besides 80, 443, 8080 and 8443"},
    {"fetch-mirror", 0, OPT_TEXT, offsetof(struct options, fetch_mirror), "URL",
     "FRUGAL_FETCH_MIRROR", 0, 0,
     "Where known data sets are looked for before their public mirrors: as "
     "URL/mnist/train-images-idx3-ubyte.gz"},
    {"verbose", 'v', OPT_FLAG, offsetof(struct options, verbose), NULL, NULL, 0, 0,
     "Log more"},
    {"help", 'h', OPT_FLAG, offsetof(struct options, help), NULL, NULL, 0, 0,
     "Print this help"},
    {"version", 0, OPT_FLAG, offsetof(struct options, version), NULL, NULL, 0, 0,
     "Print the version"},
};

enum { OPTIONS = sizeof table / sizeof table[0] };

static void print_help(void)
{
    printf("frugald - experiment service for the energy of learning\n\n"
           "usage: frugald [OPTION...]\n"
           "       frugald restore BACKUP [OPTION...]\n\n");
    opts_help(table, OPTIONS, stdout);
    printf(
        "\nThe first line on standard output is the address, once it answers. SIGTERM or "
        "Ctrl-C\nstops: runs at work go back into the queue and go on later.\n\n"
        "restore puts a backup, made by frugal admin backup, in the place of the "
        "database "
        "in\nDATA_DIR, with its weights files, BACKUP.weights for BACKUP.db, if they are "
        "there, and\nkeeps what was there.\n");
}

/* "restore FILE" is all that may stand beside options. */
static bool read_words(const struct opts_words *rest, struct options *o,
                       struct buf *error)
{
    bool restores = rest->count > 0 && strcmp(rest->word[0], "restore") == 0;
    if (restores && rest->count == 2)
        o->restore = rest->word[1];
    else if (restores)
        buf_adds(error, "restore takes the name of one backup");
    else if (rest->count > 0)
        buf_addf(error, "unexpected \"%s\"", rest->word[0]);
    return error->len == 0;
}

/* Returns the exit status, or -1 to go on. */
static int read_options(int argc, char **argv, struct options *o)
{
    struct opts_words rest;
    struct buf error;
    buf_init(&error, 1000);
    bool ok = opts_parse(table, OPTIONS, argc, argv, o, &rest, &error) &&
              read_words(&rest, o, &error);
    if (!ok)
        fprintf(stderr, "frugald: %s; see frugald --help\n", error.data);
    buf_release(&error);
    if (!ok)
        return EXIT_USAGE;
    if (o->help)
        print_help();
    if (o->version)
        printf("frugald %s\n", FRUGAL_VERSION);
    return o->help || o->version ? 0 : -1;
}

static int exit_code(enum status status)
{
    switch (status) {
    case STATUS_CONFLICT:
        return EXIT_TEMPORARY;
    case STATUS_CORRUPT:
        return EXIT_DATA;
    case STATUS_FOREIGN:
        return EXIT_CONFIGURATION;
    case STATUS_IO:
    case STATUS_NO_SPACE:
        return EXIT_CANNOT_CREATE;
    default:
        return EXIT_SOFTWARE;
    }
}

static void publish(void *arg, int64_t seq)
{
    hub_publish(arg, seq);
}

static void exit_at_once(int signal)
{
    _exit(128 + signal); /* the store is safe at any moment */
}

/* Waits for SIGTERM or SIGINT; from then on another one ends the process at once. */
static void wait_for_signal(const sigset_t *signals)
{
    int signal;
    struct sigaction at_once = {.sa_handler = exit_at_once};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    do
        sigwait(signals, &signal);
    while (signal == SIGHUP);
    workers_stopping();
    log_info("stopping on signal %d", signal);
    sigaction(SIGHUP, &ignore, NULL); /* a terminal that closes is no reason to hurry */
    sigaction(SIGTERM, &at_once, NULL);
    sigaction(SIGINT, &at_once, NULL);
    pthread_sigmask(SIG_UNBLOCK, signals, NULL);
}

/* From the first request to the signal that ends the server. */
static int answer(struct app *app, struct http *http, const struct options *o,
                  const sigset_t *signals, struct buf *why)
{
    if (http_start(http, app, why) != STATUS_OK)
        return EXIT_UNAVAILABLE;
    printf("%s\n", http_address(http));
    fflush(stdout);
    log_info("frugald %s answers on %s, %ld workers%s", FRUGAL_VERSION, http_address(http),
             o->workers, o->workers == 0 ? ": no run begins" : "");
    wait_for_signal(signals);
    http_stop(http);
    return 0;
}

static int serve(struct app *app, struct http *http, const struct options *o,
                 const sigset_t *signals, struct buf *why)
{
    struct workers_options workers = {.count = (unsigned)o->workers,
                                      .limits = app->limits,
                                      .build = {FRUGAL_VERSION, FRUGAL_CORE},
                                      .checkpoint_seconds = (double)o->checkpoint_seconds,
                                      .folder = o->data_dir};
    struct keeper *keeper = NULL;
    enum status status =
        workers_start(app->store, app->catalogue, &workers, &app->workers, why);
    if (status != STATUS_OK)
        return exit_code(status);
    status = keeper_start(app->store, app->workers, app->catalogue, &keeper, why);
    int code = exit_code(status);
    if (status == STATUS_OK)
        code = answer(app, http, o, signals, why);
    if (keeper != NULL)
        keeper_stop(keeper);
    workers_stop(app->workers);
    return code;
}

/* The folders of data sets, and what is on its way into the last but one. */
static enum status open_data(struct app *app, const struct options *o,
                             struct arrivals_options *arrivals, struct buf *why)
{
    struct buf folders, own;
    buf_init(&folders, 1 << 16);
    buf_init(&own, 1 << 13);
    buf_addf(&own, "%s/datasets", o->data_dir);
    buf_addf(&folders, "%s:/usr/share/datasets", own.data);
    arrivals->folder = own.data;
    arrivals->bytes_max = (uint64_t)o->dataset_megabytes << 20;
    arrivals->mirror = o->fetch_mirror;
    enum status status = catalogue_open(o->datasets, folders.data, &app->catalogue);
    if (status == STATUS_OK)
        status = arrivals_open(arrivals, &app->arrivals, why);
    buf_release(&folders);
    buf_release(&own);
    return status;
}

/* Opens what the workers and the HTTP server stand on. */
static int open_house(struct http *http, const struct options *o, const sigset_t *signals,
                      struct buf *why)
{
    struct app app = {.version = FRUGAL_VERSION,
                      .limits = {.per_owner = o->per_owner},
                      .waiting_per_owner = o->waiting_per_owner};
    struct arrivals_options arrivals;
    int64_t oldest, newest = 0;
    int code = EXIT_USAGE;
    if (!guard_read(o->fetch_allow, o->fetch_ports, &arrivals.guard, why))
        return code;
    enum status status = store_open(o->data_dir, &app.store, why);
    if (status != STATUS_OK)
        return exit_code(status);
    struct conn *reader = store_reader(app.store);
    if (reader != NULL && store_event_bounds(reader, &oldest, &newest) == STATUS_OK)
        app.hub = hub_open(newest);
    status = open_data(&app, o, &arrivals, why);
    if (status == STATUS_OK)
        status = app_catch_up(&app);
    code = exit_code(status);
    if (app.hub != NULL && status == STATUS_OK) {
        store_on_commit(app.store, publish, app.hub);
        code = serve(&app, http, o, signals, why);
    }
    arrivals_close(app.arrivals);
    store_close(app.store);
    catalogue_close(app.catalogue);
    hub_close(app.hub);
    return code;
}

static int restore(const struct options *o, struct buf *why)
{
    struct buf kept;
    buf_init(&kept, 8000);
    enum status status = store_restore(o->data_dir, o->restore, &kept, why);
    if (status == STATUS_OK)
        printf("restored %s%s%s\n", o->restore,
               kept.len > 0 ? "; what was there is now " : "", kept.data);
    buf_release(&kept);
    return status == STATUS_OK ? 0 : exit_code(status);
}

/* The port comes first: if it is taken, nothing has been touched. */
static int run(const struct options *o, const sigset_t *signals, struct buf *why)
{
    struct http *http;
    enum status status = http_open(o->listen, &http, why);
    if (status != STATUS_OK)
        return status == STATUS_BAD_REQUEST ? EXIT_USAGE : EXIT_UNAVAILABLE;
    if (!http_is_local(http))
        log_warning(
            "listening on %s: everybody who can reach it can use it; there are no "
            "accounts yet",
            http_address(http));
    int code = open_house(http, o, signals, why);
    http_close(http);
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

int main(int argc, char **argv)
{
    struct options o = {.listen = "127.0.0.1:8750",
                        .data_dir = "frugal-data",
                        .datasets = "",
                        .workers = sysconf(_SC_NPROCESSORS_ONLN),
                        .fetch_allow = "",
                        .fetch_ports = "",
                        .fetch_mirror = "",
                        .checkpoint_seconds = 10,
                        .dataset_megabytes = 2047};
    int code = read_options(argc, argv, &o);
    if (code >= 0)
        return code;
    if (o.verbose)
        log_set_level(LOG_LEVEL_DEBUG);
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    if (o.restore == NULL)                          /* which may be ended at any moment */
        pthread_sigmask(SIG_BLOCK, &signals, NULL); /* before there are threads */
    signal(SIGPIPE, SIG_IGN);
    umask(077);
    raise_file_limit();
    struct buf why;
    buf_init(&why, 2000);
    if (!hash_start()) {
        fprintf(stderr, "frugald: libsodium could not be started\n");
        return EXIT_SOFTWARE;
    }
    code = o.restore != NULL ? restore(&o, &why) : run(&o, &signals, &why);
    if (code != 0)
        fprintf(stderr, "frugald: %s\n",
                why.len > 0 ? why.data : "out of memory or file handles");
    buf_release(&why);
    return code;
}
