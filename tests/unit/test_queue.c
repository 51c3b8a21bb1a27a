/* The queue in a real store: random orders, claims, ends and crashes; what the store
 * counts is what there is. */
#include "stores.h"

enum { OWNERS = 3, STEPS = 150, SEEDS = 12, RUNS_MAX = 400, PER_OWNER = 3 };

/* Jobs are counted in blocks of 512: a few fall into one, the rest into the next. */
enum { FIRST_JOB = 507 };

static const char *const owners[OWNERS] = {"ada", "bob", "cyd"};

static char top[FOLDER_PATH];
static struct store *store;
static int64_t now = 5000;

static int start(void **state)
{
    (void)state;
    static int number;
    char folder[FILE_PATH];
    log_set_level(LOG_LEVEL_ERROR);
    if (number == 0)
        folder_make(top);
    snprintf(folder, sizeof folder, "%s/%d", top, number++);
    store_close(store_at(folder));
    sql(folder, "INSERT INTO sqlite_sequence (name, seq) VALUES ('job', 506)");
    store = store_at(folder);
    return 0;
}

static int end(void **state)
{
    (void)state;
    store_close(store);
    return 0;
}

static int end_of_all(void **state)
{
    (void)state;
    folder_remove(top);
    return 0;
}

static struct new_job add(int64_t runs, int64_t priority, int64_t parallel,
                          const char *owner)
{
    struct new_job n = {
        .runs = runs, .priority = priority, .parallel = parallel, .owner = owner};
    assert_int_equal(store_write(store, add_job, &n), STATUS_OK);
    return n;
}

struct claim_try {
    struct schedule_limits limits;
    struct claim claim;
};

static enum status apply_claim(struct conn *c, void *arg)
{
    struct claim_try *t = arg;
    return store_run_claim(c, &t->limits, now, &t->claim);
}

/* The run that was claimed; 0: none. */
static int64_t claim_within(int64_t per_owner, int64_t *ret_job)
{
    struct claim_try t = {.limits = {per_owner}};
    enum status status = store_write(store, apply_claim, &t);
    if (status == STATUS_NOT_FOUND)
        return 0;
    assert_int_equal(status, STATUS_OK);
    claim_free(&t.claim);
    if (ret_job != NULL)
        *ret_job = t.claim.job;
    return t.claim.run;
}

static enum status apply_step(struct conn *c, void *arg)
{
    struct step_result result;
    return store_job_step(c, arg, &result);
}

static enum status order(int64_t job, enum run_step step)
{
    struct step_order o = {.job = job, .step = step, .now = now};
    return store_write(store, apply_step, &o);
}

static enum status apply_finish(struct conn *c, void *arg)
{
    return store_run_finish(c, arg);
}

static enum status apply_recover(struct conn *c, void *arg)
{
    return store_run_recover(c, arg, now);
}

static enum status apply_change(struct conn *c, void *arg)
{
    return store_job_change(c, arg);
}

/* Every run as it is. */
struct picture {
    size_t count;
    int64_t job[RUNS_MAX], id[RUNS_MAX], priority[RUNS_MAX];
    int owner[RUNS_MAX];
    enum run_state state[RUNS_MAX];
};

/* What a run has of its job. */
static bool take_job(void *arg, const struct job *j)
{
    struct picture *p = arg;
    for (size_t i = 0; i < p->count; i++)
        for (int o = 0; o < OWNERS && p->job[i] == j->id; o++)
            if (strcmp(j->owner, owners[o]) == 0) {
                p->owner[i] = o;
                p->priority[i] = j->priority;
            }
    return true;
}

static bool take(void *arg, const struct run *r)
{
    struct picture *p = arg;
    p->job[p->count] = r->job;
    p->id[p->count] = r->id;
    p->state[p->count++] = r->state;
    return p->count < RUNS_MAX;
}

static void look(struct picture *p)
{
    p->count = 0;
    assert_int_equal(list_runs(store, 0, RUN_STATES, take, p), STATUS_OK);
    assert_int_equal(list_jobs(store, take_job, p), STATUS_OK);
}

/* Whether run b waits before run a, if both have one owner. */
static bool goes_before(const struct picture *p, size_t b, size_t a)
{
    if (p->priority[b] != p->priority[a])
        return p->priority[b] > p->priority[a];
    return p->job[b] != p->job[a] ? p->job[b] < p->job[a] : p->id[b] < p->id[a];
}

/* The place of a run by counting all the others. */
static void check_place(uint64_t seed, const struct picture *p, size_t run)
{
    struct queue_place got;
    int64_t own = 0, others = 0, most = 0;
    int64_t higher[OWNERS] = {0}, equal[OWNERS] = {0}, before = 0;
    assert_int_equal(store_queue_place(store_reader(store), p->id[run], now, &got),
                     STATUS_OK);
    for (size_t i = 0; i < p->count; i++) {
        if (p->state[i] != RUN_QUEUED)
            continue;
        bool mine = p->owner[i] == p->owner[run];
        own += mine && goes_before(p, i, run);
        before += mine && goes_before(p, i, run) && p->priority[i] == p->priority[run];
        higher[p->owner[i]] += p->priority[i] > p->priority[run];
        equal[p->owner[i]] += p->priority[i] == p->priority[run];
    }
    for (int o = 0; o < OWNERS;
         o++) /* owners take turns; who begins depends on their use */
        if (o != p->owner[run]) {
            others += higher[o] + (before < equal[o] ? before : equal[o]);
            most += higher[o] + (before + 1 < equal[o] ? before + 1 : equal[o]);
        }
    CHECK(seed, got.ahead_own == own);
    CHECK(seed, got.ahead_others >= others && got.ahead_others <= most);
    CHECK(seed, got.place == 1 + got.ahead_own + got.ahead_others);
}

static void check_waiting(uint64_t seed, const struct picture *p)
{
    int64_t waiting[OWNERS] = {0}, job[OWNERS] = {0}, got;
    for (size_t i = 0; i < p->count; i++) {
        if (p->state[i] == RUN_QUEUED)
            check_place(seed, p, i);
        waiting[p->owner[i]] += p->state[i] == RUN_QUEUED || p->state[i] == RUN_HELD;
        job[p->owner[i]] = p->job[i];
    }
    for (int o = 0; o < OWNERS; o++) {
        if (job[o] == 0)
            continue;
        assert_int_equal(store_owner_waiting(store_reader(store), job[o], &got),
                         STATUS_OK);
        CHECK(seed, got == waiting[o]);
    }
}

struct checked {
    uint64_t seed;
    const struct picture *picture;
    int64_t running[OWNERS];
};

static bool check_job(void *arg, const struct job *j)
{
    struct checked *c = arg;
    long long runs[RUN_STATES] = {0};
    for (size_t i = 0; i < c->picture->count; i++)
        if (c->picture->job[i] == j->id)
            runs[c->picture->state[i]]++;
    CHECK(c->seed, memcmp(runs, j->runs, sizeof runs) == 0);
    CHECK(c->seed, j->parallel == 0 || runs[RUN_RUNNING] <= j->parallel);
    bool open = runs[RUN_QUEUED] + runs[RUN_HELD] + runs[RUN_RUNNING] > 0;
    CHECK(c->seed, open == (j->finished == 0));
    for (int o = 0; o < OWNERS; o++)
        c->running[o] += strcmp(j->owner, owners[o]) == 0 ? runs[RUN_RUNNING] : 0;
    return true;
}

/* Counts of the jobs, places, limits, and that no end became anything else but by a
 * retry. */
static void check_store(uint64_t seed, const struct picture *before, bool retried)
{
    static struct picture after;
    look(&after);
    struct checked c = {.seed = seed, .picture = &after};
    assert_int_equal(list_jobs(store, check_job, &c), STATUS_OK);
    check_waiting(seed, &after);
    for (int o = 0; o < OWNERS; o++)
        CHECK(seed, c.running[o] <= PER_OWNER);
    for (size_t i = 0; i < before->count && !retried; i++)
        CHECK(seed, !run_state_is_final(before->state[i]) ||
                        before->state[i] == after.state[i]);
}

static void finish_one(struct rng *r, const struct picture *p)
{
    static const enum run_state ends[] = {RUN_SUCCEEDED, RUN_FAILED, RUN_TIMED_OUT,
                                          RUN_CANCELLED};
    size_t i = dice_below(r, (uint32_t)p->count + 1);
    if (i == p->count)
        return;
    struct run_end e = {.run = p->id[i], .job = p->job[i], .outcome = "o", .now = now};
    e.state = ends[dice_below(r, 4)];
    e.seconds = 10;
    enum status want = p->state[i] == RUN_RUNNING ? STATUS_OK : STATUS_CONFLICT;
    assert_int_equal(store_write(store, apply_finish, &e), want);
}

/* One of the jobs so far, the newest of which is `last`. */
static int64_t any_job(struct rng *r, int64_t last)
{
    return FIRST_JOB + dice_below(r, (uint32_t)(last - FIRST_JOB + 1));
}

static void change_priority(struct rng *r, int64_t last)
{
    struct job_change change = {.job = any_job(r, last), .has_priority = true};
    change.priority = (int64_t)dice_below(r, 3) - 1;
    assert_int_equal(store_write(store, apply_change, &change), STATUS_OK);
}

static void simulate(uint64_t seed)
{
    static const enum run_step verbs[] = {STEP_HOLD, STEP_RELEASE, STEP_CANCEL,
                                          STEP_RETRY};
    static struct picture p;
    struct rng r = dice(seed);
    int64_t jobs = 0;
    for (int i = 0; i < STEPS; i++) {
        bool retried = false;
        look(&p);
        now += dice_below(&r, 100);
        uint32_t what = dice_below(&r, 10);
        if (what == 0 && p.count + 6 < RUNS_MAX) {
            int64_t priority = (int64_t)dice_below(&r, 3) - 1, most = dice_below(&r, 3);
            jobs =
                add(1 + dice_below(&r, 5), priority, most, owners[dice_below(&r, 3)]).job;
        } else if (what < 5) {
            claim_within(PER_OWNER, NULL);
        } else if (what < 7 && jobs > 0) {
            enum run_step verb = verbs[dice_below(&r, 4)];
            enum status status = order(any_job(&r, jobs), verb);
            CHECK(seed, status == STATUS_OK || status == STATUS_CONFLICT);
            retried = verb == STEP_RETRY;
        } else if (what == 8 && jobs > 0) {
            change_priority(&r, jobs);
        } else if (what == 7 && dice_below(&r, 5) == 0) {
            struct blame b = {.run = 1 + dice_below(&r, 20), .signal = "SEGV"};
            assert_int_equal(store_write(store, apply_recover, &b), STATUS_OK);
        } else {
            finish_one(&r, &p);
        }
        check_store(seed, &p, retried);
    }
}

static void what_is_counted_is_there(void **state)
{
    const char *given = getenv("FRUGAL_SEED");
    uint64_t first = given != NULL ? strtoull(given, NULL, 10) : 1;
    for (uint64_t seed = first; seed < first + SEEDS; seed++) {
        simulate(seed);
        end(state);
        start(state);
    }
}

static void owners_take_turns(void **state)
{
    (void)state;
    int64_t job = 0;
    struct new_job a = add(10, 0, 0, "ada"), b = add(3, 0, 0, "bob");
    int64_t by_ada = 0, by_bob = 0;
    for (int i = 0; i < 6; i++) {
        assert_int_not_equal(claim_within(0, &job), 0);
        by_ada += job == a.job;
        by_bob += job == b.job;
    }
    assert_int_equal(by_ada, 3);
    assert_int_equal(by_bob, 3);
    struct new_job c = add(1, 1, 0, "ada");
    claim_within(0, &job);
    assert_int_equal(job, c.job); /* priority goes first */
}

static void limits_are_kept(void **state)
{
    (void)state;
    int64_t job = 0;
    struct new_job narrow = add(5, 3, 2, "ada"), wide = add(5, 0, 0, "ada");
    for (int i = 0; i < 2; i++) {
        claim_within(4, &job);
        assert_int_equal(job, narrow.job);
    }
    for (int i = 0; i < 2; i++) {
        claim_within(4, &job);
        assert_int_equal(job, wide.job);
    }
    assert_int_equal(claim_within(4, NULL), 0);
    struct new_job other = add(1, -5, 0, "bob");
    claim_within(4, &job);
    assert_int_equal(job, other.job);
}

static void a_run_that_crashes_three_times_is_dead(void **state)
{
    (void)state;
    struct new_job n = add(2, 0, 0, "ada");
    struct blame b = {.run = n.first, .signal = "SEGV"};
    static struct picture p;
    for (int i = 1; i <= CRASHES_MAX; i++) {
        claim_within(0, NULL);
        claim_within(0, NULL);
        assert_int_equal(store_write(store, apply_recover, &b), STATUS_OK);
        look(&p);
        assert_int_equal(p.state[0], i < CRASHES_MAX ? RUN_QUEUED : RUN_DEAD);
        assert_int_equal(p.state[1], RUN_QUEUED);
    }
    assert_int_equal(order(n.job, STEP_RETRY), STATUS_OK);
    claim_within(0, NULL);
    assert_int_equal(store_write(store, apply_recover, &b), STATUS_OK);
    look(&p);
    assert_int_equal(p.state[0], RUN_QUEUED); /* counted anew */
}

static void a_crash_while_cancelling_ends_the_run(void **state)
{
    (void)state;
    static struct picture p;
    struct new_job n = add(1, 0, 0, "ada");
    claim_within(0, NULL);
    assert_int_equal(order(n.job, STEP_CANCEL), STATUS_OK);
    assert_int_equal(store_write(store, apply_recover, &(struct blame){0}), STATUS_OK);
    look(&p);
    assert_int_equal(p.state[0], RUN_CANCELLED);
}

int main(void)
{
#define IN_A_STORE(test) cmocka_unit_test_setup_teardown(test, start, end)
    const struct CMUnitTest tests[] = {
        IN_A_STORE(what_is_counted_is_there),
        IN_A_STORE(owners_take_turns),
        IN_A_STORE(limits_are_kept),
        IN_A_STORE(a_run_that_crashes_three_times_is_dead),
        IN_A_STORE(a_crash_while_cancelling_ends_the_run),
    };
    return cmocka_run_group_tests(tests, NULL, end_of_all);
}
