/* The queue in a real store: random orders, claims, ends and crashes; what the store
 * counts is what there is. */
#include "queues.h"

#include "store/conn.h"
#include "store/doubt.h"
#include "store/verifications.h"

enum { STEPS = 150, SEEDS = 12, PER_OWNER = 3 };

/* How many jobs the scheduler sees otherwise than they are. */
static int64_t wrong_counts(void)
{
    static const char query[] =
        "SELECT count(*) FROM queue WHERE "
        "queued <> (SELECT count(*) FROM run WHERE run.job = queue.job AND "
        "state = 'queued' AND NOT suspect) OR "
        "running <> (SELECT count(*) FROM run WHERE run.job = queue.job AND "
        "state = 'running') + (SELECT count(*) FROM verification WHERE "
        "verification.job = queue.job AND state = 'running')";
    sqlite3_stmt *q;
    assert_int_equal(sqlite3_prepare_v2(store_reader(store)->db, query, -1, &q, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(q), SQLITE_ROW);
    int64_t wrong = sqlite3_column_int64(q, 0);
    sqlite3_finalize(q);
    return wrong;
}

static enum status apply_verify(struct conn *c, void *arg)
{
    const char *unused;
    return store_verification_request(c, *(int64_t *)arg, now++, &unused);
}

static enum status apply_verified(struct conn *c, void *arg)
{
    struct verification_end e = {
        .run = *(int64_t *)arg, .job = FIRST_JOB, .now = now, .state = "same", .seq = -1};
    return store_verification_end(c, &e);
}

/* Some verification is asked for, or ends, if it is at work. */
static void verify_one(struct rng *r, const struct picture *p)
{
    if (p->count == 0)
        return;
    int64_t run = p->id[dice_below(r, (uint32_t)p->count)];
    if (dice_below(r, 3) == 0)
        assert_int_equal(store_write(store, apply_verified, &run), STATUS_OK);
    else
        store_write(store, apply_verify, &run);
}

/* Something that waits for its turn: a run, or the verification of one. */
struct item {
    int owner;
    int64_t priority, job, id;
    bool verifies;
};

static void add_items(const struct picture *p, const char *query, bool verifies,
                      struct item *ret, size_t *ret_count)
{
    sqlite3_stmt *q;
    assert_int_equal(sqlite3_prepare_v2(store_reader(store)->db, query, -1, &q, NULL),
                     SQLITE_OK);
    while (sqlite3_step(q) == SQLITE_ROW)
        for (size_t i = 0; i < p->count; i++)
            if (p->id[i] == sqlite3_column_int64(q, 0))
                ret[(*ret_count)++] = (struct item){
                    .owner = p->owner[i],
                    .priority = p->priority[i] + sqlite3_column_int64(q, 2) * 1000,
                    .job = sqlite3_column_int64(q, 1),
                    .id = p->id[i],
                    .verifies = verifies};
    sqlite3_finalize(q);
}

/* Everything that waits: [2 * RUNS_MAX]. */
static size_t list_items(const struct picture *p, struct item *ret)
{
    size_t count = 0;
    add_items(p, "SELECT id, job, suspect FROM run WHERE state = 'queued'", false, ret,
              &count);
    add_items(p, "SELECT run, behind, 0 FROM verification WHERE state = 'queued'", true,
              ret, &count);
    return count;
}

/* Whether `b` waits before `a`, if both have one owner. */
static bool goes_before(const struct item *b, const struct item *a)
{
    if (b->priority != a->priority)
        return b->priority > a->priority;
    if (b->job != a->job)
        return b->job < a->job;
    return b->verifies != a->verifies ? a->verifies : b->id < a->id;
}

/* The place of a run by counting everything else. */
static void check_place(uint64_t seed, const struct item *run, const struct item *all,
                        size_t count)
{
    struct queue_place got;
    int64_t own = 0, others = 0, most = 0;
    int64_t higher[OWNERS] = {0}, equal[OWNERS] = {0}, before = 0;
    assert_int_equal(store_queue_place(store_reader(store), run->id, now, &got),
                     STATUS_OK);
    for (const struct item *i = all; i < all + count; i++) {
        bool mine = i->owner == run->owner;
        own += mine && goes_before(i, run);
        before += mine && goes_before(i, run) && i->priority == run->priority;
        higher[i->owner] += i->priority > run->priority;
        equal[i->owner] += i->priority == run->priority;
    }
    for (int o = 0; o < OWNERS;
         o++) /* owners take turns; who begins depends on their use */
        if (o != run->owner) {
            others += higher[o] + (before < equal[o] ? before : equal[o]);
            most += higher[o] + (before + 1 < equal[o] ? before + 1 : equal[o]);
        }
    CHECK(seed, got.ahead_own == own);
    CHECK(seed, got.ahead_others >= others && got.ahead_others <= most);
    CHECK(seed, got.place == 1 + got.ahead_own + got.ahead_others);
}

static void check_waiting(uint64_t seed, const struct picture *p)
{
    static struct item items[2 * RUNS_MAX];
    int64_t waiting[OWNERS] = {0}, job[OWNERS] = {0}, got;
    size_t count = list_items(p, items);
    for (size_t i = 0; i < count; i++)
        if (!items[i].verifies)
            check_place(seed, &items[i], items, count);
    for (size_t i = 0; i < p->count; i++) {
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
    for (int o = 0; o < OWNERS; o++)
        CHECK(seed, c.running[o] <= PER_OWNER);
    CHECK(seed, wrong_counts() == 0);
    check_waiting(seed, &after);
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
        uint32_t what = dice_below(&r, 12);
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
        } else if (what == 9 && jobs > 0 && dice_below(&r, 2) == 0) {
            change_priority(&r, jobs);
        } else if (what == 7 && dice_below(&r, 5) == 0) {
            int64_t run = dice_below(&r, 20);
            crash((struct blame){.run = run, .signal = run != 0 ? "SEGV" : NULL});
        } else if (what == 8 && dice_below(&r, 3) == 0) {
            killed();
        } else if (what >= 10) {
            verify_one(&r, &p);
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
        assert_int_equal(crash(b).suspects, 0);
        look(&p);
        assert_int_equal(p.state[0], i < CRASHES_MAX ? RUN_QUEUED : RUN_DEAD);
        assert_int_equal(p.state[1], RUN_QUEUED);
    }
    assert_int_equal(order(n.job, STEP_RETRY), STATUS_OK);
    claim_within(0, NULL);
    crash(b);
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
    assert_int_equal(killed().suspects, 0);
    look(&p);
    assert_int_equal(p.state[0], RUN_CANCELLED);
}

static void verify(int64_t run)
{
    assert_int_equal(store_write(store, apply_verify, &run), STATUS_OK);
}

static int64_t claim_verification(struct schedule_limits limits)
{
    struct claim_try t = take(limits);
    assert_int_equal(t.status, STATUS_OK);
    assert_true(t.claim.verifies);
    return t.claim.run;
}

/* Behind the runs of the jobs that there were, before those of jobs that came later. */
static void verifications_take_their_turn(void **state)
{
    (void)state;
    struct new_job old = add(4, 0, 0, "ada");
    finish(claim());
    finish(claim());
    struct new_job next = add(1, 0, 0, "ada");
    verify(old.first + 1);
    verify(old.first);
    struct new_job late = add(1, 0, 0, "ada"), high = add(1, 1, 0, "ada");
    assert_int_equal(place_of(high.first).place, 1);
    assert_false(place_of(next.first).verifications);
    assert_int_equal(place_of(next.first).place, 4);
    assert_int_equal(place_of(late.first).place, 7);
    assert_true(place_of(late.first).verifications);
    assert_int_equal(claim(), high.first);
    assert_int_equal(claim(), old.first + 2);
    assert_int_equal(claim(), old.first + 3);
    assert_int_equal(claim(), next.first);
    assert_int_equal(claim_verification((struct schedule_limits){0}), old.first + 1);
    struct job_change sink = {.job = old.job, .has_priority = true, .priority = -1};
    assert_int_equal(store_write(store, apply_change, &sink), STATUS_OK);
    assert_int_equal(claim(), late.first);
    assert_int_equal(claim_verification((struct schedule_limits){0}), old.first);
    assert_int_equal(claim(), 0);
}

/* They count as work of the owner, and of the job. */
static void limits_bind_verifications(void **state)
{
    (void)state;
    struct schedule_limits two = {.per_owner = 2};
    struct new_job n = add(3, 0, 2, "ada");
    for (int i = 0; i < 3; i++)
        finish(claim());
    for (int i = 0; i < 3; i++)
        verify(n.first + i);
    int64_t other = add(1, 0, 0, "ada").first, bob = add(1, -9, 0, "bob").first;
    assert_int_equal(claim_verification(two), n.first);
    assert_int_equal(place_of(other).owner_running, 1);
    struct job_change narrow = {.job = n.job, .has_parallel = true, .parallel = 1};
    assert_int_equal(store_write(store, apply_change, &narrow), STATUS_OK);
    assert_int_equal(claim_within(2, NULL), other);
    assert_int_equal(claim_within(2, NULL), bob); /* ada has two at work */
    finish(other);
    assert_int_equal(claim_within(2, NULL), 0); /* the job has one */
    assert_int_equal(store_write(store, apply_verified, &n.first), STATUS_OK);
    assert_int_equal(claim_verification(two), n.first + 1);
}

static bool is_failed(void *arg, const struct run *r)
{
    *(bool *)arg = strcmp(r->verified.state, "failed") == 0;
    return false;
}

static void kills_end_a_verification_at_last(void **state)
{
    (void)state;
    bool failed = false;
    int64_t run = add(1, 0, 0, "ada").first;
    finish(claim());
    verify(run);
    for (int i = 0; i < DOUBTS_MAX; i++) {
        assert_int_equal(claim_verification((struct schedule_limits){0}), run);
        assert_int_equal(killed().suspects, 0);
        store_run_get(store_reader(store), run, is_failed, &failed);
        assert_int_equal(failed, i == DOUBTS_MAX - 1);
    }
    assert_int_equal(claim(), 0);
}

static enum status throw_away(struct conn *c, void *arg)
{
    const char *state;
    enum status status = store_job_trash(c, FIRST_JOB, true, now, &state);
    (void)arg;
    return status == STATUS_OK ? store_purge_begin(c, FIRST_JOB) : status;
}

static enum status apply_different(struct conn *c, void *arg)
{
    return store_verification_end(c, arg);
}

/* What it finds by then is that rows are missing: nobody shall hear of it. */
static void a_purge_ends_a_verification_at_work(void **state)
{
    (void)state;
    struct verification_end e = {.job = FIRST_JOB, .state = "different", .seq = 2};
    int64_t oldest, before, after;
    e.run = add(1, 0, 0, "ada").first;
    assert_int_equal(claim(), e.run);
    finish(e.run);
    verify(e.run);
    assert_int_equal(claim_verification((struct schedule_limits){0}), e.run);
    assert_int_equal(store_write(store, throw_away, NULL), STATUS_OK);
    assert_int_equal(wrong_counts(), 0);
    store_event_bounds(store_reader(store), &oldest, &before);
    assert_int_equal(store_write(store, apply_different, &e), STATUS_OK);
    assert_true(e.gone);
    store_event_bounds(store_reader(store), &oldest, &after);
    assert_int_equal(after, before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_STORE(what_is_counted_is_there),
        IN_A_STORE(owners_take_turns),
        IN_A_STORE(limits_are_kept),
        IN_A_STORE(a_run_that_crashes_three_times_is_dead),
        IN_A_STORE(a_crash_while_cancelling_ends_the_run),
        IN_A_STORE(verifications_take_their_turn),
        IN_A_STORE(limits_bind_verifications),
        IN_A_STORE(kills_end_a_verification_at_last),
        IN_A_STORE(a_purge_ends_a_verification_at_work),
    };
    return cmocka_run_group_tests(tests, NULL, end_of_all);
}
