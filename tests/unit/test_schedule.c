/* The policy of the queue and the table of states under a seeded simulation: no store, no
 * clock but the simulation's own. */
#include "helpers.h"

#include "store/schedule.h"
#include "store/states.h"

enum { OWNERS = 4, JOBS_MAX = 60, RUNS_OF_JOB = 6, STEPS = 500, SEEDS = 200 };

struct sim_run {
    enum run_state state;
    bool cancelling;
    int crashes;
    double began;
};

struct sim_job {
    int owner;
    int64_t priority, parallel;
    int runs;
    struct sim_run run[RUNS_OF_JOB];
};

struct sim {
    struct rng dice;
    uint64_t seed;
    double now;
    int workers;
    struct schedule_limits limits;
    int jobs;
    struct sim_job job[JOBS_MAX];
    double used[OWNERS], used_at[OWNERS];
};

static int count(const struct sim *s, int job, int owner, enum run_state state)
{
    int n = 0;
    for (int j = 0; j < s->jobs; j++)
        for (int r = 0; r < s->job[j].runs; r++)
            n += (job < 0 || j == job) && (owner < 0 || s->job[j].owner == owner) &&
                 s->job[j].run[r].state == state;
    return n;
}

static double used_by(const struct sim *s, int owner)
{
    double used = schedule_decay(s->used[owner], s->now - s->used_at[owner]);
    for (int j = 0; j < s->jobs; j++)
        for (int r = 0; r < s->job[j].runs; r++)
            if (s->job[j].owner == owner && s->job[j].run[r].state == RUN_RUNNING)
                used += s->now - s->job[j].run[r].began;
    return used;
}

static struct contender contend(const struct sim *s, int j)
{
    int owner = s->job[j].owner;
    return (struct contender){.priority = s->job[j].priority,
                              .job = j + 1,
                              .used = used_by(s, owner),
                              .running = count(s, -1, owner, RUN_RUNNING)};
}

static bool has_place(const struct sim *s, int j)
{
    const struct sim_job *job = &s->job[j];
    return count(s, j, -1, RUN_QUEUED) > 0 &&
           (job->parallel == 0 || count(s, j, -1, RUN_RUNNING) < job->parallel);
}

static void step_to(struct sim *s, struct sim_run *r, enum run_step step)
{
    enum run_state to = run_state_after(r->state, step);
    CHECK(s->seed, to != RUN_STATES);
    CHECK(s->seed, !run_state_is_final(r->state) || step == STEP_RETRY);
    r->state = to;
}

/* As the store does it: the first job of each owner contends, the best of them wins. */
static int pick(const struct sim *s)
{
    int best = -1;
    struct contender champion = {.job = 0};
    for (int owner = 0; owner < OWNERS; owner++) {
        int head = -1;
        for (int j = 0; j < s->jobs; j++)
            if (s->job[j].owner == owner && has_place(s, j) &&
                (head < 0 || s->job[j].priority > s->job[head].priority))
                head = j;
        if (head < 0)
            continue;
        struct contender c = contend(s, head);
        if (schedule_may_run(&c, &s->limits) &&
            (best < 0 || schedule_goes_before(&c, &champion))) {
            best = head;
            champion = c;
        }
    }
    return best;
}

/* The choice against every run that waits, by the words of the design. */
static void check_choice(const struct sim *s, int chosen)
{
    struct contender c = contend(s, chosen);
    for (int j = 0; j < s->jobs; j++) {
        struct contender other = contend(s, j);
        if (j == chosen || !has_place(s, j) ||
            (s->limits.per_owner > 0 && other.running >= s->limits.per_owner))
            continue;
        CHECK(s->seed, other.priority <= c.priority);
        if (other.priority < c.priority)
            continue;
        if (s->job[j].owner == s->job[chosen].owner) {
            CHECK(s->seed, chosen < j);
            continue;
        }
        bool same = other.used == c.used && other.running == c.running;
        CHECK(s->seed, other.used >= c.used || other.running > c.running);
        CHECK(s->seed, other.running >= c.running || other.used > c.used);
        CHECK(s->seed, !same || chosen < j);
    }
}

static bool claim(struct sim *s)
{
    if (count(s, -1, -1, RUN_RUNNING) >= s->workers)
        return false;
    int j = pick(s);
    if (j < 0) {
        for (int k = 0; k < s->jobs; k++) {
            struct contender c = contend(s, k);
            CHECK(s->seed, !has_place(s, k) || !schedule_may_run(&c, &s->limits));
        }
        return false;
    }
    check_choice(s, j);
    for (int r = 0; r < s->job[j].runs; r++)
        if (s->job[j].run[r].state == RUN_QUEUED) {
            step_to(s, &s->job[j].run[r], STEP_CLAIM);
            s->job[j].run[r].began = s->now;
            return true;
        }
    fail();
    return false;
}

static void charge(struct sim *s, int owner, double seconds)
{
    s->used[owner] = schedule_decay(s->used[owner], s->now - s->used_at[owner]) + seconds;
    s->used_at[owner] = s->now;
}

static void end_run(struct sim *s, struct sim_job *job, struct sim_run *r,
                    enum run_step step)
{
    charge(s, job->owner, s->now - r->began);
    step_to(s, r, r->cancelling ? STEP_CANCEL : step);
    r->cancelling = false;
}

static void submit(struct sim *s)
{
    if (s->jobs == JOBS_MAX)
        return;
    struct sim_job *job = &s->job[s->jobs++];
    *job = (struct sim_job){.owner = (int)dice_below(&s->dice, OWNERS),
                            .priority = (int64_t)dice_below(&s->dice, 3) - 1,
                            .parallel = dice_below(&s->dice, 4),
                            .runs = 1 + (int)dice_below(&s->dice, RUNS_OF_JOB)};
}

/* The process ends: runs at work go back, are cancelled, or die as the one to blame. */
static void crash(struct sim *s)
{
    bool blamed = dice_below(&s->dice, 2) == 0;
    for (int j = 0; j < s->jobs; j++)
        for (int r = 0; r < s->job[j].runs; r++) {
            struct sim_run *run = &s->job[j].run[r];
            if (run->state != RUN_RUNNING)
                continue;
            bool dies = blamed && ++run->crashes >= 3;
            blamed = false;
            end_run(s, &s->job[j], run, dies ? STEP_DIE : STEP_GIVE_BACK);
        }
}

/* Something happens to some run; what its state does not allow is not done. */
static void meddle(struct sim *s)
{
    static const enum run_step verbs[] = {STEP_HOLD, STEP_RELEASE, STEP_CANCEL,
                                          STEP_RETRY};
    static const enum run_step ends[] = {STEP_SUCCEED, STEP_FAIL, STEP_TIME_OUT};
    if (s->jobs == 0)
        return;
    struct sim_job *job = &s->job[dice_below(&s->dice, (uint32_t)s->jobs)];
    struct sim_run *r = &job->run[dice_below(&s->dice, (uint32_t)job->runs)];
    enum run_step verb = verbs[dice_below(&s->dice, 4)];
    if (r->state == RUN_RUNNING && verb == STEP_CANCEL)
        r->cancelling = true;
    else if (r->state == RUN_RUNNING)
        end_run(s, job, r, ends[dice_below(&s->dice, 3)]);
    else if (run_state_after(r->state, verb) != RUN_STATES)
        step_to(s, r, verb);
}

static void check_all(const struct sim *s)
{
    CHECK(s->seed, count(s, -1, -1, RUN_RUNNING) <= s->workers);
    for (int j = 0; j < s->jobs; j++)
        CHECK(s->seed, s->job[j].parallel == 0 ||
                           count(s, j, -1, RUN_RUNNING) <= s->job[j].parallel);
    for (int o = 0; o < OWNERS; o++)
        CHECK(s->seed, s->limits.per_owner == 0 ||
                           count(s, -1, o, RUN_RUNNING) <= s->limits.per_owner);
}

/* Nobody submits any more: everything that waits gets its turn. */
static void drain(struct sim *s)
{
    for (int rounds = 0; count(s, -1, -1, RUN_QUEUED) + count(s, -1, -1, RUN_RUNNING) > 0;
         rounds++) {
        CHECK(s->seed, rounds <= JOBS_MAX * RUNS_OF_JOB);
        s->now += 10;
        while (claim(s))
            check_all(s);
        CHECK(s->seed, count(s, -1, -1, RUN_RUNNING) > 0);
        for (int j = 0; j < s->jobs; j++)
            for (int r = 0; r < s->job[j].runs; r++)
                if (s->job[j].run[r].state == RUN_RUNNING)
                    end_run(s, &s->job[j], &s->job[j].run[r], STEP_SUCCEED);
    }
}

static void simulate(uint64_t seed)
{
    static struct sim s;
    s = (struct sim){.dice = dice(seed), .seed = seed};
    s.workers = 1 + (int)dice_below(&s.dice, 6);
    s.limits.per_owner = dice_below(&s.dice, 4);
    for (int i = 0; i < STEPS; i++) {
        s.now += dice_below(&s.dice, 1000) / 10.0;
        switch (dice_below(&s.dice, 12)) {
        case 0:
        case 1:
            submit(&s);
            break;
        case 2:
            if (dice_below(&s.dice, 4) == 0)
                crash(&s);
            break;
        case 3:
        case 4:
        case 5:
        case 6:
            claim(&s);
            break;
        default:
            meddle(&s);
        }
        check_all(&s);
    }
    drain(&s);
}

static void random_histories_keep_the_rules(void **state)
{
    (void)state;
    const char *given = getenv("FRUGAL_SEED");
    uint64_t first = given != NULL ? strtoull(given, NULL, 10) : 1;
    for (uint64_t seed = first; seed < first + SEEDS; seed++)
        simulate(seed);
}

/* One owner submits a thousand runs, then another one three: these do not wait for those.
 */
static void a_late_owner_gets_his_share(void **state)
{
    (void)state;
    double used[2] = {0, 0};
    int started[2] = {0, 0};
    for (int i = 0; i < 1000; i++) {
        struct contender a = {.job = 1, .used = used[0]}, b = {.job = 2, .used = used[1]};
        bool late = i >= 100;
        int who = late && schedule_goes_before(&b, &a);
        started[who]++;
        used[who] += 10;
        if (i == 102)
            assert_int_equal(started[1], 3);
    }
    assert_int_equal(started[0], 500); /* who came late catches up, then they alternate */
}

static void use_is_forgotten(void **state)
{
    (void)state;
    assert_true(schedule_decay(100, 0) == 100);
    assert_true(is_close(schedule_decay(100, 86400), 50, 1e-12));
    assert_true(is_close(schedule_decay(100, 86400 * 3), 12.5, 1e-12));
    assert_true(schedule_decay(100, -5) == 100); /* a clock that was set back */
}

static void owners_take_turns_in_the_forecast(void **state)
{
    (void)state;
    struct waiting mine = {.mine = true, .used = 5, .higher = 2, .before = 4, .equal = 9};
    struct waiting less = {.used = 1, .higher = 1, .equal = 100};
    struct waiting more = {.used = 9, .equal = 100}, few = {.used = 1, .equal = 3};
    assert_int_equal(schedule_ahead(&mine, &mine), 6);
    assert_int_equal(schedule_ahead(&less, &mine), 6);
    assert_int_equal(schedule_ahead(&more, &mine), 4);
    assert_int_equal(schedule_ahead(&few, &mine), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_histories_keep_the_rules),
        cmocka_unit_test(a_late_owner_gets_his_share),
        cmocka_unit_test(use_is_forgotten),
        cmocka_unit_test(owners_take_turns_in_the_forecast),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
