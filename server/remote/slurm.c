/* In: how many runs wait, and what squeue says. Out: sbatch and scancel. */
#include "remote/slurm.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "remote/slurm_jobs.h"
#include "remote/spawn.h"
#include "store/queue.h"
#include "work/crew.h"

enum {
    LOOK_SECONDS = 2,
    PROGRAM_SECONDS = 30, /* that a program of Slurm may take */
    SLURM_BYTES = 64 << 20,
    WORDS_MAX = 64,
    CANCEL_MAX = 100, /* with one scancel */
    KNOWN_FAILURES = 1024,
};

/* Between two tries to submit, while they fail; and between two looks at Slurm, which
 * serves others, too. */
static const double FIRST_DELAY = 5, LONGEST_DELAY = 300, SQUEUE_SECONDS = 5;

struct slurm {
    struct store *store;
    struct workers *workers;
    struct slurm_options options;
    char name[40]; /* of all jobs of this server, and no others */
    char *script;
    pthread_t thread;
    struct slurm_jobs jobs;
    bool refused;                  /* the last sbatch failed */
    bool is_known;                 /* jobs is what squeue said, */
    double looked;                 /* then; monotonic */
    double delay, until;           /* nothing is submitted before */
    int64_t known[KNOWN_FAILURES]; /* failures that have been seen, as numbers */
    size_t seen;

    pthread_mutex_t lock;
    pthread_cond_t ending;
    /* protected by lock: */
    bool stopping;
    char trouble[300]; /* why nothing is submitted; "": it is */
    double retry;      /* monotonic: when it is tried again */
    size_t pending, running;
    char reason[SLURM_REASON_TEXT];
};

/* As one word of the shell that runs the script on the node. */
static void add_quoted(struct buf *b, const char *word)
{
    buf_addc(b, '\'');
    for (; *word != '\0'; word++) {
        if (*word == '\'')
            buf_adds(b, "'\\''");
        else
            buf_addc(b, *word);
    }
    buf_addc(b, '\'');
}

static void add_option(struct buf *b, const char *name, const char *value)
{
    if (value[0] == '\0')
        return;
    buf_addf(b, " --%s ", name);
    add_quoted(b, value);
}

static char *make_script(const struct slurm_options *o)
{
    struct buf b;
    buf_init(&b, 64 * 1024);
    buf_adds(&b, "#!/bin/sh\nexec ");
    add_quoted(&b, o->program);
    buf_adds(&b, " work");
    add_option(&b, "server", o->url);
    add_option(&b, "token-file", o->token_file);
    add_option(&b, "cache", o->cache);
    add_option(&b, "cacert", o->cacert);
    buf_adds(&b, " --idle 30s --nice 0\n");
    return buf_take(&b, NULL);
}

/* From the data directory, so that a server that starts again knows its jobs. */
static void make_name(const char *folder, char ret[static 40])
{
    char path[PATH_MAX], hash[HASH_TEXT];
    if (realpath(folder, path) == NULL)
        snprintf(path, sizeof path, "%s", folder);
    hash_text(path, strlen(path), hash);
    snprintf(ret, 40, "frugal-%.8s", hash);
}

/* The first line of what a program said, without the name that it begins with. */
static void keep_line(const struct buf *text, char *ret, size_t room)
{
    const char *line = text->data, *error = strstr(line, "error: ");
    if (error != NULL)
        line = error + strlen("error: ");
    snprintf(ret, room, "%.*s", (int)strcspn(line, "\n"), line);
}

/* Nothing is submitted for a while, each time for longer. */
static void hold_off(struct slurm *s, const char *what, const char *said)
{
    s->delay = s->delay > 0 ? s->delay * 2 : FIRST_DELAY;
    if (s->delay > LONGEST_DELAY)
        s->delay = LONGEST_DELAY;
    s->until = clock_monotonic() + s->delay;
    log_warning("Slurm: %s: %s; no worker is submitted for %.0f s", what, said, s->delay);
    pthread_mutex_lock(&s->lock);
    snprintf(s->trouble, sizeof s->trouble, "%.40s: %.200s", what, said);
    s->retry = s->until;
    pthread_mutex_unlock(&s->lock);
}

/* What was wrong is over; `fully`: so that the next trouble is a new one. */
static void be_well(struct slurm *s, bool fully)
{
    if (fully)
        s->delay = 0;
    pthread_mutex_lock(&s->lock);
    s->trouble[0] = '\0';
    pthread_mutex_unlock(&s->lock);
}

static enum status ask_squeue(struct slurm *s)
{
    static const char *const argv[] = {"squeue", "--json", NULL};
    struct buf out, err;
    char line[200];
    buf_init(&out, SLURM_BYTES);
    buf_init(&err, 4096);
    enum status status = spawn_run(argv, "", PROGRAM_SECONDS, &out, &err);
    s->is_known =
        status == STATUS_OK && slurm_jobs_read(out.data, out.len, s->name, &s->jobs);
    s->looked = clock_monotonic();
    if (status != STATUS_OK)
        keep_line(&err, line, sizeof line);
    else
        snprintf(line, sizeof line, "its answer makes no sense");
    if (!s->is_known)
        hold_off(s, "squeue", line);
    buf_release(&out);
    buf_release(&err);
    return s->is_known ? STATUS_OK : STATUS_IO;
}

static bool is_new_failure(struct slurm *s, const struct slurm_task *t)
{
    int64_t number = t->job * 100000 + t->task;
    size_t n = s->seen < KNOWN_FAILURES ? s->seen : KNOWN_FAILURES;
    for (size_t i = 0; i < n; i++)
        if (s->known[i] == number)
            return false;
    s->known[s->seen++ % KNOWN_FAILURES] = number;
    return true;
}

/* Workers that failed, and none that is at work: more of them would fail, too. Those that
 * an earlier server has left are noted only. */
static void look_for_failures(struct slurm *s, bool at_start, unsigned busy)
{
    size_t fresh = 0;
    char what[200], name[SLURM_ID_TEXT] = "";
    for (size_t i = 0; i < s->jobs.failed; i++)
        if (is_new_failure(s, &s->jobs.failure[i])) {
            slurm_task_name(&s->jobs.failure[i], name);
            fresh++;
        }
    if (fresh == 0 || at_start)
        return;
    snprintf(what, sizeof what,
             "%.40s, exit status %lld; slurm.log in the data directory may tell more",
             s->jobs.state, (long long)s->jobs.exit_code);
    log_warning("Slurm: %zu worker%s failed, the last one is job %s: %s", fresh,
                fresh == 1 ? "" : "s", name, what);
    if (busy == 0)
        hold_off(s, "workers fail", what);
}

static void add_word(const char *words[], size_t *n, char room[static PATH_MAX],
                     const char *name, const char *value)
{
    if (value[0] == '\0')
        return;
    snprintf(room, PATH_MAX, "--%s=%s", name, value);
    words[(*n)++] = room;
}

/* The further options, split at spaces in place. */
static void add_extra(const char *words[], size_t *n, char *extra)
{
    for (char *at = strtok_r(extra, " \t", &extra); at != NULL && *n < WORDS_MAX - 1;
         at = strtok_r(NULL, " \t", &extra))
        words[(*n)++] = at;
}

static void submit(struct slurm *s, size_t count)
{
    const struct slurm_options *o = &s->options;
    static _Thread_local char room[8][PATH_MAX];
    const char *words[WORDS_MAX] = {"sbatch", "--parsable", "--signal=B:TERM@60",
                                    "--open-mode=append"};
    size_t n = 4;
    char array[40], log[PATH_MAX - 20], line[200], *extra = strdup(o->extra), *end;
    struct buf out, err;
    snprintf(array, sizeof array, "1-%zu", count);
    snprintf(log, sizeof log, "%.*s/slurm.log", PATH_MAX - 40, o->folder);
    add_word(words, &n, room[0], "job-name", s->name);
    add_word(words, &n, room[1], "array", array);
    add_word(words, &n, room[2], "output", log);
    add_word(words, &n, room[3], "partition", o->partition);
    add_word(words, &n, room[4], "account", o->account);
    add_word(words, &n, room[5], "time", o->time);
    add_word(words, &n, room[6], "mem", o->memory);
    if (extra != NULL)
        add_extra(words, &n, extra);
    buf_init(&out, 4096);
    buf_init(&err, 4096);
    enum status status = spawn_run(words, s->script, PROGRAM_SECONDS, &out, &err);
    long job = strtol(out.data, &end, 10);
    if (status != STATUS_OK) {
        keep_line(&err, line, sizeof line);
        hold_off(s, "sbatch", line);
    } else if (job <= 0 || (*end != '\n' && *end != ';' && *end != '\0')) {
        hold_off(s, "sbatch", "its answer makes no sense");
    } else {
        log_info("Slurm: job %ld: %zu worker%s submitted", job, count,
                 count == 1 ? "" : "s");
        be_well(s, s->refused);
    }
    s->refused = job <= 0 || status != STATUS_OK;
    s->is_known = false;
    buf_release(&out);
    buf_release(&err);
    free(extra);
}

/* Some of those that wait, beginning with the first, which are the delayed ones. */
static void cancel(struct slurm *s, size_t count)
{
    static _Thread_local char id[CANCEL_MAX][SLURM_ID_TEXT];
    const char *words[CANCEL_MAX + 3] = {"scancel", "--state=PENDING"};
    struct buf out, err;
    size_t waits = s->jobs.pending < SLURM_TASKS_MAX ? s->jobs.pending : SLURM_TASKS_MAX;
    count = count < CANCEL_MAX ? count : CANCEL_MAX;
    count = count < waits ? count : waits;
    for (size_t i = 0; i < count; i++) {
        slurm_task_name(&s->jobs.waits[i], id[i]);
        words[2 + i] = id[i];
    }
    buf_init(&out, 4096);
    buf_init(&err, 4096);
    if (spawn_run(words, "", PROGRAM_SECONDS, &out, &err) == STATUS_OK)
        log_info("Slurm: %zu worker%s that waited cancelled", count,
                 count == 1 ? "" : "s");
    else
        log_warning("Slurm: scancel: %s", err.data);
    s->is_known = false;
    buf_release(&out);
    buf_release(&err);
}

/* How many workers of Slurm the queue can use. */
static size_t count_wanted(struct slurm *s, unsigned busy)
{
    int64_t ready = 0;
    struct workers_state w = workers_state(s->workers);
    struct conn *c = store_reader(s->store);
    if (c == NULL || store_queue_ready(c, &ready) != STATUS_OK || w.draining || w.starved)
        ready = 0;
    int64_t idle = (int64_t)w.count - w.busy; /* threads will take some of it */
    ready -= idle > 0 ? idle : 0;
    int64_t wanted = (ready > 0 ? ready : 0) + busy;
    return wanted < s->options.processes ? (size_t)wanted : s->options.processes;
}

static bool count_busy(void *arg, const struct crew_member *m)
{
    *(unsigned *)arg += m->lease != 0 && m->who.slurm[0] != '\0';
    return true;
}

static void publish(struct slurm *s)
{
    pthread_mutex_lock(&s->lock);
    s->pending = s->jobs.pending;
    s->running = s->jobs.running;
    snprintf(s->reason, sizeof s->reason, "%s", s->jobs.reason);
    pthread_mutex_unlock(&s->lock);
}

/* One look; Slurm is asked only if there is something to decide. */
static void look(struct slurm *s)
{
    unsigned busy = 0;
    crew_list(workers_crew(s->workers), count_busy, &busy);
    size_t wanted = count_wanted(s, busy);
    double now = clock_monotonic();
    bool at_start = s->looked == 0;
    bool rests = s->is_known && wanted == 0 && s->jobs.pending + s->jobs.running == 0;
    if (rests || now < s->until || (!at_start && now < s->looked + SQUEUE_SECONDS))
        return;
    if (ask_squeue(s) != STATUS_OK)
        return;
    publish(s);
    look_for_failures(s, at_start, busy);
    if (busy > 0 && !s->refused) /* those that are there can work */
        be_well(s, true);
    size_t delayed = s->jobs.delayed; /* others are there sooner */
    size_t there = s->jobs.pending - delayed + s->jobs.running;
    size_t surplus = there > wanted ? there - wanted : 0;
    if (surplus > s->jobs.pending - delayed)
        surplus = s->jobs.pending - delayed;
    if (delayed + surplus > 0)
        cancel(s, delayed + surplus);
    if (wanted > there && clock_monotonic() >= s->until)
        submit(s, wanted - there);
}

static bool sleep_a_little(struct slurm *s)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += LOOK_SECONDS;
    pthread_mutex_lock(&s->lock);
    while (!s->stopping && pthread_cond_timedwait(&s->ending, &s->lock, &until) == 0)
        ;
    bool goes_on = !s->stopping;
    pthread_mutex_unlock(&s->lock);
    return goes_on;
}

static void *slurm_main(void *arg)
{
    do
        look(arg);
    while (sleep_a_little(arg));
    store_reader_close(((struct slurm *)arg)->store);
    return NULL;
}

enum status slurm_start(struct store *store, struct workers *workers,
                        const struct slurm_options *o, struct slurm **ret,
                        struct buf *why)
{
    struct slurm *s = calloc(1, sizeof *s);
    if (s == NULL)
        return STATUS_NO_MEMORY;
    s->store = store;
    s->workers = workers;
    s->options = *o;
    s->script = make_script(o);
    make_name(o->folder, s->name);
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->ending, NULL);
    if (s->script != NULL && pthread_create(&s->thread, NULL, slurm_main, s) == 0) {
        log_info("Slurm: up to %u workers, as jobs of the name %s", o->processes,
                 s->name);
        *ret = s;
        return STATUS_OK;
    }
    buf_adds(why, "a thread could not be started");
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->ending);
    free(s->script);
    free(s);
    return STATUS_NO_MEMORY;
}

void slurm_stop(struct slurm *s)
{
    pthread_mutex_lock(&s->lock);
    s->stopping = true;
    pthread_cond_signal(&s->ending);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->ending);
    free(s->script);
    free(s);
}

void slurm_say(struct slurm *s, char *ret, size_t room)
{
    ret[0] = '\0';
    if (s == NULL)
        return;
    pthread_mutex_lock(&s->lock);
    double left = s->retry - clock_monotonic();
    if (s->trouble[0] != '\0')
        snprintf(ret, room, "%s; tried again in %.0f s", s->trouble, left > 0 ? left : 0);
    else if (s->pending > 0)
        snprintf(ret, room, "%zu worker%s wait%s in Slurm (%s)", s->pending,
                 s->pending == 1 ? "" : "s", s->pending == 1 ? "s" : "", s->reason);
    else
        snprintf(ret, room, "%zu worker%s in Slurm", s->running,
                 s->running == 1 ? "" : "s");
    pthread_mutex_unlock(&s->lock);
}
