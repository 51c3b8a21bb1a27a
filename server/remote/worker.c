/* In: a server. Out: its runs, one after the other. */
#include "remote/worker.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/token.h"
#include "remote/desk.h"
#include "work/execute.h"

/* Slurm kills what has not ended 30 s after SIGTERM. */
static const double STOP_SECONDS = 20;

static const double LONGEST_PAUSE = 2;

struct worker {
    const struct worker_options *options;
    struct remote_desk *desk;
    struct execution_place place;
    sigset_t signals;
    pthread_t watch;
    atomic_bool stopping;
};

/* The first line of the file. False, with a sentence. */
static bool read_token(const char *path, char ret[static TOKEN_TEXT], struct buf *why)
{
    struct token_parts parts;
    ret[0] = '\0';
    if (path[0] == '\0')
        return true;
    FILE *f = fopen(path, "re");
    bool ok = f != NULL && fgets(ret, TOKEN_TEXT, f) != NULL;
    if (!ok)
        buf_addf(why, "--token-file %s: %s", path,
                 f == NULL ? strerror(errno) : "the file is empty");
    if (f != NULL)
        fclose(f);
    ret[strcspn(ret, "\r\n")] = '\0';
    if (ok && !token_split(ret, &parts)) {
        buf_addf(why, "--token-file %s: this is no token of frugal", path);
        ok = false;
    }
    return ok;
}

/* Names it as nobody else: "node7-4711-0f3a". */
static void name_worker(struct worker_name *ret)
{
    char token[TOKEN_TEXT];
    struct token_parts parts;
    const char *array = getenv("SLURM_ARRAY_JOB_ID"),
               *task = getenv("SLURM_ARRAY_TASK_ID"), *job = getenv("SLURM_JOB_ID");
    *ret = (struct worker_name){.host = "unknown"};
    token_make(token);
    token_split(token, &parts);
    gethostname(ret->host, sizeof ret->host - 1);
    snprintf(ret->worker, sizeof ret->worker, "%.40s-%d-%.4s", ret->host, (int)getpid(),
             parts.id);
    if (array != NULL && task != NULL)
        snprintf(ret->slurm, sizeof ret->slurm, "%.20s_%.20s", array, task);
    else if (job != NULL)
        snprintf(ret->slurm, sizeof ret->slurm, "%.20s", job);
}

static void exit_at_once(int signal)
{
    _exit(128 + signal);
}

/* The first signal asks it to end; another one ends it at once. */
static void *watch_signals(void *arg)
{
    struct worker *w = arg;
    int number;
    struct sigaction at_once = {.sa_handler = exit_at_once};
    if (sigwait(&w->signals, &number) != 0)
        return NULL;
    log_info("stopping on signal %d", number);
    atomic_store(&w->stopping, true);
    remote_desk_stop(w->desk, STOP_SECONDS);
    sigaction(SIGTERM, &at_once, NULL);
    sigaction(SIGINT, &at_once, NULL);
    pthread_sigmask(SIG_UNBLOCK, &w->signals, NULL);
    for (;;)
        pause();
}

static void usual_cache(struct buf *ret)
{
    const char *folder = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (folder != NULL && folder[0] == '/')
        buf_addf(ret, "%s/frugal", folder);
    else if (home != NULL && home[0] == '/')
        buf_addf(ret, "%s/.cache/frugal", home);
    else
        buf_addf(ret, "/tmp/frugal-%u", (unsigned)getuid());
}

/* One run, from its claim to its end; what the claim came to. */
static enum status work_once(struct worker *w)
{
    struct desk *d = remote_desk_of(w->desk);
    struct claim claim;
    enum status status = d->claim(d, &claim);
    if (status != STATUS_OK)
        return status;
    log_info("%s %lld of job %lld", claim.verifies ? "verifying run" : "run",
             (long long)claim.run, (long long)claim.job);
    w->place.checkpoint_seconds = remote_desk_checkpoint_seconds(w->desk);
    struct execution e = {
        .claim = &claim, .place = &w->place, .started = clock_monotonic()};
    remote_desk_watch(w->desk, &e);
    if (claim.verifies)
        verify(&e);
    else
        execute(&e);
    remote_desk_watch(w->desk, NULL);
    claim_release(&claim);
    return STATUS_OK;
}

static void rest(const struct worker *w, double seconds)
{
    double until = clock_monotonic() + seconds;
    struct timespec t = {.tv_nsec = 20000000};
    while (!atomic_load(&w->stopping) && clock_monotonic() < until)
        nanosleep(&t, NULL);
}

/* What no time will mend. */
static int refuse(const struct worker *w, enum status status, struct buf *why)
{
    buf_addf(why, "%s refuses this worker: %s", w->options->server,
             remote_desk_why(w->desk));
    return status == STATUS_CONFLICT ? EX_CONFIG : EX_NOPERM;
}

static bool is_final(enum status status)
{
    return status == STATUS_UNAUTHORIZED || status == STATUS_NOT_ALLOWED ||
           status == STATUS_CONFLICT || status == STATUS_INVALID_SPEC ||
           status == STATUS_BAD_REQUEST;
}

/* Asks for runs until it is told to end, has been idle for so long, or has had enough. */
static int go_on(struct worker *w, struct buf *why)
{
    double idle_since = clock_monotonic(), pause = 0.05;
    enum status status = STATUS_NOT_FOUND;
    for (long runs = 0; !atomic_load(&w->stopping) &&
                        (w->options->runs == 0 || runs < w->options->runs);) {
        status = work_once(w);
        if (is_final(status))
            return refuse(w, status, why);
        double now = clock_monotonic();
        if (status == STATUS_OK) {
            runs++;
            idle_since = clock_monotonic();
            pause = 0.05;
            continue;
        }
        if (now - idle_since >= w->options->idle)
            break;
        double most = remote_desk_again(w->desk) > 0 && status == STATUS_NOT_FOUND
                          ? remote_desk_again(w->desk)
                          : LONGEST_PAUSE;
        double left = w->options->idle - (now - idle_since);
        rest(w, pause < left ? pause : left);
        pause = pause * 2 < most ? pause * 2 : most;
    }
    if (status == STATUS_OK || status == STATUS_NOT_FOUND || atomic_load(&w->stopping))
        return 0;
    buf_adds(why, remote_desk_why(w->desk));
    return EX_UNAVAILABLE;
}

static int work(struct worker *w, struct buf *why)
{
    (void)!nice(w->options->nice);
    if (pthread_create(&w->watch, NULL, watch_signals, w) != 0) {
        buf_adds(why, "a thread could not be started");
        return EX_OSERR;
    }
    int code = go_on(w, why);
    pthread_cancel(w->watch);
    pthread_join(w->watch, NULL);
    return code;
}

int worker_run(const struct worker_options *o, struct buf *why)
{
    char token[TOKEN_TEXT];
    struct buf cache;
    struct worker w = {.options = o};
    if (!read_token(o->token_file, token, why))
        return EX_NOINPUT;
    sigemptyset(&w.signals);
    sigaddset(&w.signals, SIGTERM);
    sigaddset(&w.signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &w.signals, NULL);
    execution_place_init(&w.place, NULL, &o->build, 0);
    w.place.stop_reason = "the worker was asked to stop";
    struct remote_options remote = {
        .line = {.server = o->server, .token = token, .cacert = o->cacert},
        .cpu = w.place.cpu,
        .version = o->build.version,
        .core = w.place.core};
    name_worker(&remote.who);
    buf_init(&cache, PATH_MAX);
    if (o->cache[0] != '\0')
        buf_adds(&cache, o->cache);
    else
        usual_cache(&cache);
    remote.cache = cache.data;
    enum status status = remote_desk_open(&remote, &w.desk, why);
    buf_release(&cache);
    if (status != STATUS_OK)
        return status == STATUS_IO ? EX_CANTCREAT : EX_SOFTWARE;
    w.place.desk = remote_desk_of(w.desk);
    log_info("worker %s of %s", remote.who.worker, o->server);
    int code = work(&w, why);
    remote_desk_close(w.desk);
    return code;
}
