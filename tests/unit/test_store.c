/* The store as a file and as a queue of writes. */
#include "stores.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/wait.h>

static char top[FOLDER_PATH], folder[FILE_PATH];
static struct buf why;

static int start(void **state)
{
    (void)state;
    log_set_level(LOG_LEVEL_ERROR);
    folder_make(top);
    buf_init(&why, 2000);
    return 0;
}

static int end(void **state)
{
    (void)state;
    log_set_level(LOG_LEVEL_ERROR);
    buf_release(&why);
    folder_remove(top);
    return 0;
}

/* `folder` becomes a name that nobody has used yet. */
static void fresh_folder(void)
{
    static int number;
    snprintf(folder, sizeof folder, "%s/%d", top, number++);
    buf_clear(&why);
}

/* A second process holds the store until it is told to die. */
static void one_server_per_folder(void **state)
{
    (void)state;
    fresh_folder();
    int ready[2], die[2], code = -1;
    char c = 0;
    assert_int_equal(pipe(ready) | pipe(die), 0);
    pid_t child = fork();
    if (child == 0) {
        struct store *s = store_at(folder);
        struct new_job job = {.runs = 1};
        if (store_write(s, add_job, &job) != STATUS_OK)
            _exit(1);
        close(die[1]);
        if (write(ready[1], "x", 1) != 1 || read(die[0], &c, 1) < 0)
            _exit(2);
        _exit(0); /* as if killed: nothing is closed */
    }
    struct store *s = NULL;
    assert_int_equal(read(ready[0], &c, 1), 1);
    assert_int_equal(store_open(folder, &s, &why), STATUS_CONFLICT);
    assert_null(s);
    assert_non_null(strstr(why.data, folder));
    close(die[1]);
    assert_int_equal(waitpid(child, &code, 0), child);
    assert_int_equal(code, 0);
    close(ready[0]);
    close(ready[1]);
    close(die[0]);
    s = store_at(folder);
    struct claim claim;
    assert_int_equal(store_write(s, claim_run, &claim), STATUS_OK);
    claim_free(&claim);
    struct store *second = NULL;
    assert_int_equal(store_open(folder, &second, &why), STATUS_CONFLICT);
    store_close(s);
    store_close(store_at(folder));
}

static void the_folder_is_private(void **state)
{
    (void)state;
    static const char *const files[] = {"", "/frugal.db", "/lock"};
    fresh_folder();
    mode_t mask = umask(0);
    struct store *s = store_at(folder);
    for (int i = 0; i < 3; i++) {
        char path[FILE_PATH + 20];
        struct stat st;
        snprintf(path, sizeof path, "%s%s", folder, files[i]);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 077, 0);
    }
    assert_int_equal(umask(mask), 0);
    store_close(s);
}

static void an_open_folder_becomes_private(void **state)
{
    (void)state;
    struct stat st;
    fresh_folder();
    assert_int_equal(mkdir(folder, 0700) | chmod(folder, 0755), 0);
    store_close(store_at(folder));
    assert_int_equal(stat(folder, &st), 0);
    assert_int_equal(st.st_mode & 077, 0);
}

static bool count_job(void *arg, const struct job *j)
{
    (void)j;
    ++*(int *)arg;
    return true;
}

static void migrations_run_once(void **state)
{
    (void)state;
    fresh_folder();
    for (int i = 0; i < 3; i++) {
        struct store *s = store_at(folder);
        struct new_job job = {.runs = 1};
        int jobs = 0;
        assert_int_equal(store_write(s, add_job, &job), STATUS_OK);
        assert_int_equal(
            list_jobs(s, count_job, &jobs), STATUS_OK);
        assert_int_equal(jobs, i + 1);
        store_close(s);
    }
}

static char *file_bytes(size_t *ret_size)
{
    char path[FILE_PATH + 20];
    snprintf(path, sizeof path, "%s/frugal.db", folder);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    char *bytes = malloc(1 << 20);
    *ret_size = fread(bytes, 1, 1 << 20, f);
    fclose(f);
    return bytes;
}

/* Opening fails with that status, twice, and the file stays as it is. */
static void check_refused(enum status status, const char *words)
{
    size_t before_size, size;
    char *before = file_bytes(&before_size);
    for (int i = 0; i < 2; i++) {
        struct store *s = NULL;
        buf_clear(&why);
        enum status got = store_open(folder, &s, &why);
        if (got != status || s != NULL || strstr(why.data, words) == NULL)
            fail_msg("%s: %s", status_name(got), why.data);
        char *after = file_bytes(&size);
        assert_int_equal(size, before_size);
        assert_memory_equal(after, before, size);
        free(after);
    }
    free(before);
}

static void newer_versions_are_left_alone(void **state)
{
    (void)state;
    fresh_folder();
    store_close(store_at(folder));
    sql(folder, "PRAGMA user_version = 99");
    check_refused(STATUS_FOREIGN, "newer");
}

static void other_programs_files_are_left_alone(void **state)
{
    (void)state;
    fresh_folder();
    assert_int_equal(mkdir(folder, 0700), 0);
    sql(folder, "CREATE TABLE recipe (name TEXT); INSERT INTO recipe VALUES ('soup')");
    check_refused(STATUS_FOREIGN, "another program");
}

static void damaged_files_are_refused(void **state)
{
    (void)state;
    char path[FILE_PATH + 20];
    fresh_folder();
    assert_int_equal(mkdir(folder, 0700), 0);
    snprintf(path, sizeof path, "%s/frugal.db", folder);
    FILE *f = fopen(path, "wb");
    fchmod(fileno(f), 0600);
    for (int i = 0; i < 5000; i++)
        fputs("garbage ", f);
    fclose(f);
    check_refused(STATUS_CORRUPT, "");
    fresh_folder();
    struct store *s = NULL;
    snprintf(path, sizeof path, "%s/no/such/folder", folder);
    assert_int_equal(store_open(path, &s, &why), STATUS_IO);
    assert_non_null(strstr(why.data, path));
}

/* A failed attempt leaves nothing behind, however often it is repeated. */
static void failed_attempts_leave_nothing(void **state)
{
    (void)state;
    fresh_folder();
    struct store *s = store_at(folder), *other = NULL;
    for (int i = 0; i < 1100; i++) {
        buf_clear(&why);
        assert_int_equal(store_open(folder, &other, &why), STATUS_CONFLICT);
    }
    pthread_key_t key;
    assert_int_equal(pthread_key_create(&key, NULL), 0);
    pthread_key_delete(key);
    store_close(s);
}

/* Adds a job and refuses it afterwards, or not. */
struct doubtful {
    struct new_job job;
    enum status verdict, outcome;
    atomic_int *done;
};

static enum status doubtful_apply(struct conn *c, void *arg)
{
    struct doubtful *d = arg;
    enum status status = add_job(c, &d->job);
    return status == STATUS_OK ? d->verdict : status;
}

static void doubtful_done(void *arg, enum status outcome)
{
    struct doubtful *d = arg;
    d->outcome = outcome;
    atomic_fetch_add(d->done, 1);
}

static void wait_for(const atomic_int *count, int n)
{
    for (int i = 0; atomic_load(count) < n && i < 10000; i++)
        usleep(1000);
    assert_int_equal(atomic_load(count), n);
}

static void a_refused_write_undoes_only_itself(void **state)
{
    (void)state;
    enum { WRITES = 1200 };
    static struct doubtful d[WRITES];
    static struct write w[WRITES];
    atomic_int done = 0;
    int jobs = 0;
    fresh_folder();
    struct store *s = store_at(folder);
    for (int i = 0; i < WRITES; i++) {
        d[i] = (struct doubtful){.job = {.runs = 2}, .done = &done};
        d[i].verdict = i % 3 == 1 ? STATUS_CONFLICT : STATUS_OK;
        w[i] = (struct write){.apply = doubtful_apply,
                              .done = doubtful_done,
                              .arg = &d[i],
                              .patient = true};
        store_post(s, &w[i]);
    }
    wait_for(&done, WRITES);
    for (int i = 0; i < WRITES; i++)
        CHECK(i, d[i].outcome == d[i].verdict);
    list_jobs(s, count_job, &jobs);
    assert_int_equal(jobs, WRITES / 3 * 2);
    store_close(s);
}

/* What the store says after commits: the newest event, and how often. */
struct news {
    atomic_int_fast64_t seq;
    atomic_int times;
};

static void hear(void *arg, int64_t seq)
{
    struct news *n = arg;
    atomic_store(&n->seq, seq);
    atomic_fetch_add(&n->times, 1);
}

static enum status refuse_after_event(struct conn *c, void *arg)
{
    enum status status = store_event_add(c, arg);
    return status == STATUS_OK ? STATUS_CONFLICT : status;
}

/* Nobody hears of events that were undone, and everybody of those that come after. */
static void only_durable_events_are_news(void **state)
{
    (void)state;
    fresh_folder();
    struct store *s = store_at(folder);
    struct news news = {.seq = 0};
    struct event e = {.kind = "job", .job = 1, .state = "queued"};
    int64_t oldest, newest;
    store_on_commit(s, hear, &news);
    assert_int_equal(store_write(s, add_event, &e), STATUS_OK);
    assert_int_equal(store_write(s, refuse_after_event, &e), STATUS_CONFLICT);
    assert_int_equal(store_write(s, refuse_after_event, &e), STATUS_CONFLICT);
    store_event_bounds(store_reader(s), &oldest, &newest);
    assert_int_equal(newest, 1);
    store_close(s);
    assert_int_equal(news.seq, 1);
    assert_int_equal(news.times, 1);
    news = (struct news){.seq = 0};
    s = store_at(folder);
    store_on_commit(s, hear, &news);
    assert_int_equal(store_write(s, refuse_after_event, &e), STATUS_CONFLICT);
    assert_int_equal(store_write(s, add_event, &e), STATUS_OK);
    store_close(s);
    assert_int_equal(news.seq, 2);
    assert_int_equal(news.times, 1);
}

struct poster {
    struct store *store;
    pthread_t thread;
    int number;
    atomic_int *done;
    int urgent_failed;
    struct doubtful d[300];
    struct write w[300];
};

static void *post_many(void *arg)
{
    struct poster *p = arg;
    for (int i = 0; i < 300; i++) {
        if ((i + p->number) % 10 == 0) {
            struct new_job job = {.runs = 1};
            p->urgent_failed += store_write(p->store, add_job, &job) != STATUS_OK;
            int jobs = 0;
            store_job_get(store_reader(p->store), job.job, count_job, &jobs);
            p->urgent_failed += jobs != 1; /* durable, so every reader sees it */
            atomic_fetch_add(p->done, 1);
            continue;
        }
        p->d[i] = (struct doubtful){.job = {.runs = 1}, .done = p->done};
        p->w[i] = (struct write){.apply = doubtful_apply,
                                 .done = doubtful_done,
                                 .arg = &p->d[i],
                                 .patient = i % 3 != 0};
        store_post(p->store, &p->w[i]);
    }
    return NULL;
}

static void many_threads_write(void **state)
{
    (void)state;
    enum { THREADS = 8 };
    static struct poster p[THREADS];
    atomic_int done = 0;
    int jobs = 0;
    fresh_folder();
    struct store *s = store_at(folder);
    for (int i = 0; i < THREADS; i++) {
        p[i] = (struct poster){.store = s, .number = i, .done = &done};
        assert_int_equal(pthread_create(&p[i].thread, NULL, post_many, &p[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(p[i].thread, NULL);
    store_close(s); /* finishes what is queued */
    assert_int_equal(atomic_load(&done), THREADS * 300);
    s = store_at(folder);
    list_jobs(s, count_job, &jobs);
    assert_int_equal(jobs, THREADS * 300);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(p[i].urgent_failed, 0);
    store_close(s);
}

static void closing_finishes_what_is_queued(void **state)
{
    (void)state;
    struct doubtful d[5];
    struct write w[5];
    atomic_int done = 0;
    int jobs = 0;
    fresh_folder();
    struct store *s = store_at(folder);
    for (int i = 0; i < 5; i++) {
        d[i] = (struct doubtful){.job = {.runs = 1}, .done = &done};
        w[i] = (struct write){.apply = doubtful_apply,
                              .done = doubtful_done,
                              .arg = &d[i],
                              .patient = true};
        store_post(s, &w[i]);
    }
    store_close(s);
    assert_int_equal(atomic_load(&done), 5);
    s = store_at(folder);
    list_jobs(s, count_job, &jobs);
    assert_int_equal(jobs, 5);
    store_close(s);
}

static void readers_cannot_write(void **state)
{
    (void)state;
    fresh_folder();
    struct store *s = store_at(folder);
    struct new_job job = {.runs = 1};
    assert_ptr_equal(store_reader(s), store_reader(s));
    log_set_level((enum log_level) - 1); /* the refusal is logged as an error */
    assert_int_not_equal(add_job(store_reader(s), &job), STATUS_OK);
    log_set_level(LOG_LEVEL_ERROR);
    store_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_server_per_folder), /* forks: before there are threads */
        cmocka_unit_test(the_folder_is_private),
        cmocka_unit_test(an_open_folder_becomes_private),
        cmocka_unit_test(migrations_run_once),
        cmocka_unit_test(newer_versions_are_left_alone),
        cmocka_unit_test(other_programs_files_are_left_alone),
        cmocka_unit_test(damaged_files_are_refused),
        cmocka_unit_test(a_refused_write_undoes_only_itself),
        cmocka_unit_test(only_durable_events_are_news),
        cmocka_unit_test(many_threads_write),
        cmocka_unit_test(closing_finishes_what_is_queued),
        cmocka_unit_test(readers_cannot_write),
        cmocka_unit_test(failed_attempts_leave_nothing), /* spoils others if it fails */
    };
    return cmocka_run_group_tests(tests, start, end);
}
