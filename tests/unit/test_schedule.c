/* The policy of the queue and the table of states under a seeded simulation: no store, no
 * clock but the simulation's own. */
#include "helpers.h"

#include "store/schedule.h"
#include "store/states.h"

enum { OWNERS = 4, JOBS_MAX = 60, RUNS_OF_JOB = 6, STEPS = 500, SEEDS = 200 };

/* Of a run that has ended. */
struct sim_verification {
    bool waits, at_work;
    int behind;  /* the newest job when it was asked for */
    int request; /* number of it */
    double began;
};

struct sim_run {
    enum run_state state;
    bool cancelling;
    int crashes;
    double began;
    struct sim_verification verification;
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
    int jobs, requests;
    struct sim_job job[JOBS_MAX];
    double used[OWNERS], used_at[OWNERS];
    struct contender
        share[OWNERS]; /* what all turns of an owner have in common, for a claim */
};

/* Runs in a state; RUN_STATES: verifications at work. Negative: of all jobs, or owners.
 */
static int count(const struct sim *s, int job, int owner, enum run_state state)
{
    int n = 0;
    for (int j = 0; j < s->jobs; j++)
        for (int r = 0; r < s->job[j].runs; r++)
            n += (job < 0 || j == job) && (owner < 0 || s->job[j].owner == owner) &&
                 (state == RUN_STATES ? s->job[j].run[r].verification.at_work
                                      : s->job[j].run[r].state == state);
    return n;
}

static int at_work(const struct sim *s, int job, int owner)
{
    return count(s, job, owner, RUN_RUNNING) + count(s, job, owner, RUN_STATES);
}

static double used_by(const struct sim *s, int owner)
{
    double used = schedule_decay(s->used[owner], s->now - s->used_at[owner]);
    for (int j = 0; j < s->jobs; j++)
        for (int r = 0; r < s->job[j].runs && s->job[j].owner == owner; r++) {
            const struct sim_run *run = &s->job[j].run[r];
            used += run->state == RUN_RUNNING ? s->now - run->began : 0;
            used += run->verification.at_work ? s->now - run->verification.began : 0;
        }
    return used;
}

/* What may come next: a waiting run of job `job`, or the verification of one. */
struct turn {
    int job;
    struct sim_verification *verification; /* NULL: a run */
};

static struct contender contend(const struct sim *s, struct turn t)
{
    struct contender c = s->share[s->job[t.job].owner];
    c.priority = s->job[t.job].priority;
    c.job = t.verification != NULL ? t.verification->behind : t.job + 1;
    c.verifies = t.verification != NULL;
    return c;
}

static bool is_open(const struct sim *s, int j)
{
    return s->job[j].parallel == 0 || at_work(s, j, -1) < s->job[j].parallel;
}

static bool has_place(const struct sim *s, int j)
{
    return count(s, j, -1, RUN_QUEUED) > 0 && is_open(s, j);
}

static void step_to(struct sim *s, struct sim_run *r, enum run_step step)
{
    enum run_state to = run_state_after(r->state, step);
    CHECK(s->seed, to != RUN_STATES);
    CHECK(s->seed, !run_state_is_final(r->state) || step == STEP_RETRY);
    if (step == STEP_RETRY)
        r->verification.waits = r->verification.at_work = false;
    r->state = to;
}

/* The first job of an owner, as the store finds it. */
static bool head_of(struct sim *s, int owner, struct turn *ret)
{
    *ret = (struct turn){.job = -1};
    for (int j = 0; j < s->jobs; j++)
        if (s->job[j].owner == owner && has_place(s, j) &&
            (ret->job < 0 || s->job[j].priority > s->job[ret->job].priority))
            ret->job = j;
    return ret->job >= 0;
}

/* Likewise, the first verification. */
static bool verification_of(struct sim *s, int owner, struct turn *ret)
{
    *ret = (struct turn){.job = -1};
    for (int j = 0; j < s->jobs; j++)
        for (int r = 0; r < s->job[j].runs && s->job[j].owner == owner && is_open(s, j);
             r++) {
            struct sim_verification *v = &s->job[j].run[r].verification;
            if (v->waits &&
                (ret->job < 0 || s->job[j].priority > s->job[ret->job].priority ||
                 (s->job[j].priority == s->job[ret->job].priority &&
                  v->request < ret->verification->request)))
                *ret = (struct turn){j, v};
        }
    return ret->job >= 0;
}

/* As the store does it: the heads of each owner contend, the best of them wins. */
static struct turn pick(struct sim *s)
{
    struct turn best = {.job = -1}, one;
    struct contender champion = {.job = 0};
    for (int owner = 0; owner < OWNERS; owner++)
        for (int kind = 0; kind < 2; kind++) {
            if (!(kind == 0 ? head_of(s, owner, &one) : verification_of(s, owner, &one)))
                continue;
            struct contender c = contend(s, one);
            if (schedule_may_run(&c, &s->limits) &&
                (best.job < 0 || schedule_goes_before(&c, &champion))) {
                best = one;
                champion = c;
            }
        }
    return best;
}

/* The choice against something that could have been chosen, by the words of the design.
 */
static void check_against(const struct sim *s, struct turn chosen, struct turn t)
{
    struct contender c = contend(s, chosen), other = contend(s, t);
    if (!is_open(s, t.job) ||
        (s->limits.per_owner > 0 && other.running >= s->limits.per_owner))
        return;
    CHECK(s->seed, other.priority <= c.priority);
    if (other.priority < c.priority)
        return;
    bool older =
        other.job < c.job || (other.job == c.job && !other.verifies && c.verifies);
    if (s->job[t.job].owner == s->job[chosen.job].owner) {
        CHECK(s->seed, !older);
        return;
    }
    bool same = other.used == c.used && other.running == c.running;
    CHECK(s->seed, other.used >= c.used || other.running > c.running);
    CHECK(s->seed, other.running >= c.running || other.used > c.used);
    CHECK(s->seed, !same || !older);
}

static void check_choice(struct sim *s, struct turn chosen)
{
    for (int j = 0; j < s->jobs; j++) {
        if (count(s, j, -1, RUN_QUEUED) > 0)
            check_against(s, chosen, (struct turn){.job = j});
        for (int r = 0; r < s->job[j].runs; r++)
            if (s->job[j].run[r].verification.waits)
                check_against(s, chosen,
                              (struct turn){j, &s->job[j].run[r].verification});
    }
}

static void begin(struct sim *s, struct turn t)
{
    if (t.verification != NULL) {
        t.verification->waits = false;
        t.verification->at_work = true;
        t.verification->began = s->now;
        return;
    }
    struct sim_run *r = s->job[t.job].run;
    while (r->state != RUN_QUEUED)
        r++;
    step_to(s, r, STEP_CLAIM);
    r->began = s->now;
}

static bool claim(struct sim *s)
{
    if (at_work(s, -1, -1) >= s->workers)
        return false;
    for (int o = 0; o < OWNERS; o++)
        s->share[o] =
            (struct contender){.used = used_by(s, o), .running = at_work(s, -1, o)};
    struct turn t = pick(s);
    for (int k = 0; k < s->jobs && t.job < 0; k++) {
        struct contender c = contend(s, (struct turn){.job = k});
        CHECK(s->seed, !has_place(s, k) || !schedule_may_run(&c, &s->limits));
    }
    if (t.job < 0)
        return false;
    check_choice(s, t);
    begin(s, t);
    return true;
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

static void end_verification(struct sim *s, const struct sim_job *job, struct sim_run *r)
{
    charge(s, job->owner, s->now - r->verification.began);
    r->verification.at_work = false;
}

static void ask_for_verification(struct sim *s)
{
    if (s->jobs == 0)
        return;
    struct sim_job *job = &s->job[dice_below(&s->dice, (uint32_t)s->jobs)];
    struct sim_run *r = &job->run[dice_below(&s->dice, (uint32_t)job->runs)];
    if (r->state != RUN_SUCCEEDED || r->verification.waits || r->verification.at_work)
        return;
    r->verification = (struct sim_verification){
        .waits = true, .behind = s->jobs, .request = s->requests++};
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
            if (run->verification.at_work) {
                end_verification(s, &s->job[j], run);
                run->verification.waits = true;
            }
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
    if (r->verification.at_work)
        end_verification(s, job, r);
    else if (r->state == RUN_RUNNING && verb == STEP_CANCEL)
        r->cancelling = true;
    else if (r->state == RUN_RUNNING)
        end_run(s, job, r, ends[dice_below(&s->dice, 3)]);
    else if (run_state_after(r->state, verb) != RUN_STATES)
        step_to(s, r, verb);
}

static void check_all(const struct sim *s)
{
    CHECK(s->seed, at_work(s, -1, -1) <= s->workers);
    for (int j = 0; j < s->jobs; j++)
        CHECK(s->seed,
              s->job[j].parallel == 0 || at_work(s, j, -1) <= s->job[j].parallel);
    for (int o = 0; o < OWNERS; o++)
        CHECK(s->seed,
              s->limits.per_owner == 0 || at_work(s, -1, o) <= s->limits.per_owner);
}

/* Everything at work comes to its end. Returns whether anything was. */
static bool end_all(struct sim *s)
{
    bool any = false;
    for (int j = 0; j < s->jobs; j++)
        for (int r = 0; r < s->job[j].runs; r++) {
            struct sim_run *run = &s->job[j].run[r];
            any = any || run->state == RUN_RUNNING || run->verification.at_work;
            if (run->verification.at_work)
                end_verification(s, &s->job[j], run);
            if (run->state == RUN_RUNNING)
                end_run(s, &s->job[j], run, STEP_SUCCEED);
        }
    return any;
}

static bool something_waits(const struct sim *s)
{
    for (int j = 0; j < s->jobs; j++)
        for (int r = 0; r < s->job[j].runs; r++)
            if (s->job[j].run[r].state == RUN_QUEUED ||
                s->job[j].run[r].verification.waits)
                return true;
    return false;
}

/* Nobody submits any more: everything that waits gets its turn. */
static void drain(struct sim *s)
{
    end_all(s);
    for (int rounds = 0; something_waits(s); rounds++) {
        CHECK(s->seed, rounds <= 2 * JOBS_MAX * RUNS_OF_JOB);
        s->now += 10;
        while (claim(s))
            check_all(s);
        CHECK(s->seed, end_all(s));
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
        switch (dice_below(&s.dice, 14)) {
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
        case 7:
        case 8:
            ask_for_verification(&s);
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

/* One owner asks for a verification after each job that he submits; there is no end to
 * either. Both kinds get their turns in the order in which they were asked for, and
 * another owner gets half of them. */
static void verifications_and_runs_wait_alike(void **state)
{
    (void)state;
    enum { TURNS = 900 };
    struct contender first = {.job = 1}, then = {.job = 1, .verifies = true};
    assert_true(schedule_goes_before(&first, &then));
    assert_false(schedule_goes_before(&then, &first));
    int64_t job = 1, behind = 1, other = 0;
    double used = 0, used_by_other = 0;
    for (int i = 0; i < TURNS; i++) {
        int64_t newest = 2 + i;
        struct contender run = {.job = job, .used = used};
        struct contender verification = {.job = behind, .verifies = true, .used = used};
        struct contender his = {.job = newest, .used = used_by_other};
        bool verifies = schedule_goes_before(&verification, &run);
        if (schedule_goes_before(&his, verifies ? &verification : &run)) {
            other++;
            used_by_other += 10;
            continue;
        }
        used += 10;
        behind += verifies;
        job += !verifies;
        assert_true(job - behind == 0 || job - behind == 1);
    }
    assert_true(other >= TURNS / 2 - 1 && other <= TURNS / 2);
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
        cmocka_unit_test(verifications_and_runs_wait_alike),
        cmocka_unit_test(use_is_forgotten),
        cmocka_unit_test(owners_take_turns_in_the_forecast),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
