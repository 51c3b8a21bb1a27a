/* Runs that were at work when the process was killed: one at a time, and dead at last. */
#include "queues.h"

#include "store/checkpoints.h"
#include "store/doubt.h"

static enum status apply_checkpoint(struct conn *c, void *arg)
{
    return store_checkpoint_put(c, arg);
}

/* What was at work goes first, one at a time, and each until it is further than before.
 */
static void after_a_kill_runs_go_on_one_at_a_time(void **state)
{
    (void)state;
    int64_t a = add(4, 0, 0, "ada").first;
    add(1, 5, 0, "bob");
    for (int i = 0; i < 3; i++)
        claim();
    add_row(a, 0);
    add_row(a, 1);
    int64_t at_work = a + 4; /* bob's, and the first two of ada's */
    assert_int_equal(killed().suspects, 3);
    int64_t urgent = add(1, 9, 0, "cyd").first;
    assert_int_equal(place_of(at_work).place, 1); /* by priority */
    assert_int_equal(place_of(a + 1).place, 3);
    assert_int_equal(place_of(urgent).place, 4);
    assert_int_equal(place_of(a + 2).place, 5);
    assert_int_equal(claim(), at_work);
    assert_int_equal(take((struct schedule_limits){0}).status, STATUS_CONFLICT);
    assert_int_equal(place_of(urgent).suspect, at_work);
    finish(at_work);
    assert_int_equal(claim(), a);
    add_row(a, 0);
    add_row(a, 1); /* these are not news */
    assert_int_equal(claim(), 0);
    add_row(a, 2);
    assert_int_equal(claim(), a + 1);
    assert_int_equal(claim(), 0);
    struct checkpoint p = {.run = a + 1, .seq = -1, .state = "s", .size = 1};
    assert_int_equal(store_write(store, apply_checkpoint, &p), STATUS_OK);
    assert_int_equal(claim(), urgent);
    assert_int_equal(claim(), a + 2);
}

static void a_slow_suspect_holds_up_nobody_for_ever(void **state)
{
    (void)state;
    int64_t a = add(2, 0, 0, "ada").first;
    claim();
    killed();
    assert_int_equal(claim(), a);
    assert_int_equal(claim(), 0);
    now += DOUBT_TRIAL_MS;
    assert_int_equal(claim(), a + 1);
}

static void limits_bind_suspects(void **state)
{
    (void)state;
    struct new_job n = add(2, 0, 0, "ada");
    claim();
    claim();
    killed();
    int64_t other = add(1, 0, 0, "bob").first;
    struct job_change narrow = {.job = n.job, .has_parallel = true, .parallel = 1};
    assert_int_equal(store_write(store, apply_change, &narrow), STATUS_OK);
    assert_int_equal(claim(), n.first);
    add_row(n.first, 0);
    assert_int_equal(claim(), other); /* the second suspect has to wait for the first */
    assert_int_equal(claim(), 0);
    finish(n.first);
    assert_int_equal(claim(), n.first + 1);
}

/* Five kills in a row; the last one counts only where it is beyond doubt. */
static void a_run_that_is_killed_five_times_is_dead(void **state)
{
    (void)state;
    static struct picture p;
    struct new_job n = add(2, 0, 0, "ada");
    struct schedule_limits settling = {.settling = true};
    claim();
    claim();
    assert_int_equal(killed().suspects, 2);
    for (int i = 2; i < DOUBTS_MAX; i++) {
        assert_int_equal(take(settling).claim.run, n.first);
        assert_int_equal(killed().dead, 0);
    }
    assert_int_equal(take(settling).claim.run, n.first + 1); /* the other one waits */
    add_row(n.first + 1, 0);
    assert_int_equal(take(settling).status, STATUS_CONFLICT);
    assert_int_equal(claim(), n.first);
    struct recovery found = killed();
    assert_int_equal(found.dead, n.first);
    assert_int_equal(found.suspects, 1);
    look(&p);
    assert_int_equal(p.state[0], RUN_DEAD);
    assert_int_equal(p.state[1], RUN_QUEUED);
    assert_int_equal(order(n.job, STEP_RETRY), STATUS_OK); /* it begins anew */
    assert_int_equal(claim(), n.first + 1);
    finish(n.first + 1);
    assert_int_equal(claim(), n.first);
    assert_int_equal(killed().dead, 0);
}

/* As long as anything else may have been the cause, a run is left with its last chance.
 */
static void the_last_doubt_is_beyond_doubt(void **state)
{
    (void)state;
    int64_t a = add(2, 0, 0, "ada").first;
    claim();
    claim();
    for (int i = 0; i < 2 * DOUBTS_MAX; i++) { /* both take long */
        assert_int_equal(killed().suspects, 2);
        assert_int_equal(claim(), a);
        now += DOUBT_TRIAL_MS;
        assert_int_equal(claim(), a + 1);
    }
    crash((struct blame){.stopping = true});
    for (int i = 0; i < 2; i++)
        assert_int_equal(claim(), a + i);
    assert_int_equal(killed().suspects, 2); /* neither was suspect */
    assert_int_equal(claim(), a);
    assert_int_equal(killed().dead, a);
}

static enum status apply_cut(struct conn *c, void *arg)
{
    return store_trace_cut(c, *(int64_t *)arg, 1);
}

/* Rows of a timed run are computed anew. */
static void rows_that_come_again_are_no_progress(void **state)
{
    (void)state;
    int64_t run = add(2, 0, 0, "ada").first;
    claim();
    for (int seq = 0; seq < 4; seq++)
        add_row(run, seq);
    killed();
    claim();
    assert_int_equal(store_write(store, apply_cut, &run), STATUS_OK);
    add_row(run, 2);
    add_row(run, 3);
    assert_int_equal(claim(), 0);
    add_row(run, 4);
    assert_int_equal(claim(), run + 1);
}

static void who_gets_further_survives(void **state)
{
    (void)state;
    int64_t run = add(1, 0, 0, "ada").first;
    for (int i = 0; i < 4 * DOUBTS_MAX; i++) {
        assert_int_equal(claim(), run);
        add_row(run, i / 3);
        assert_int_equal(killed().dead, 0);
    }
    for (int i = 0; i < 4 * DOUBTS_MAX; i++) { /* and who is stopped in order */
        assert_int_equal(claim(), run);
        assert_int_equal(crash((struct blame){.stopping = true}).suspects, 0);
    }
}

static bool copy_attempt(void *arg, const struct attempt *a)
{
    *(int64_t *)arg = a->finished;
    return true;
}

static void an_attempt_ends_with_its_last_sign(void **state)
{
    (void)state;
    int64_t run = add(1, 0, 0, "ada").first, finished = 0, began = now;
    claim();
    now += 5000;
    killed();
    store_attempt_list(store_reader(store), run, 0, 100, copy_attempt, &finished);
    assert_int_equal(finished, began);
    claim();
    now += 70;
    add_row(run, 0);
    now += 5000;
    killed();
    store_attempt_list(store_reader(store), run, 0, 100, copy_attempt, &finished);
    assert_int_equal(finished, now - 5000);
}

enum { RUNS = 12, LENGTH = 6, WORKERS = 3, LIVES_MAX = 600 };

/* A machine on which one run takes too much memory, and somebody who kills the server on
 * top of that. */
struct machine {
    struct rng dice;
    int64_t first, guilty;
    int64_t rows[RUNS];
    int64_t at_work[WORKERS];
};

/* A worker's next moment: a claim, a row, or the end of a run. False: of the process. */
static bool work(struct machine *m, int64_t *at_work, struct schedule_limits limits)
{
    if (*at_work == 0)
        *at_work = take(limits).claim.run;
    if (*at_work == 0 || dice_below(&m->dice, 3) > 0)
        return true;
    if (*at_work == m->guilty)
        return false;
    int64_t *rows = &m->rows[*at_work - m->first];
    add_row(*at_work, (*rows)++);
    if (*rows == LENGTH) {
        finish(*at_work);
        *at_work = 0;
    }
    return true;
}

/* From the start of the process to its end, which may be near. */
static void live(struct machine *m)
{
    uint32_t moments = dice_below(&m->dice, 2) == 0 ? 3 : 60;
    bool lives = true;
    memset(m->at_work, 0, sizeof m->at_work);
    for (int tick = 0; lives; tick++) {
        lives = dice_below(&m->dice, moments) > 0;
        for (int w = 0; w < WORKERS && lives; w++)
            lives =
                work(m, &m->at_work[w], (struct schedule_limits){.settling = tick < 5});
    }
}

/* The one run dies, everybody else gets to the end. */
static void only_the_guilty_dies(void **state)
{
    static struct picture p;
    for (uint64_t seed = 1; seed <= 6; seed++, end(state), start(state)) {
        struct machine m = {.dice = dice(seed), .first = add(RUNS, 0, 0, "ada").first};
        m.guilty = m.first + dice_below(&m.dice, RUNS);
        size_t open = RUNS;
        for (int lives = 0; open > 0; lives++) {
            CHECK(seed, lives < LIVES_MAX);
            live(&m);
            int64_t dead = killed().dead;
            CHECK(seed, dead == 0 || dead == m.guilty);
            look(&p);
            open = 0;
            for (size_t i = 0; i < p.count; i++)
                open += !run_state_is_final(p.state[i]);
        }
        for (size_t i = 0; i < p.count; i++)
            CHECK(seed, p.state[i] == (p.id[i] == m.guilty ? RUN_DEAD : RUN_SUCCEEDED));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_STORE(after_a_kill_runs_go_on_one_at_a_time),
        IN_A_STORE(a_slow_suspect_holds_up_nobody_for_ever),
        IN_A_STORE(limits_bind_suspects),
        IN_A_STORE(a_run_that_is_killed_five_times_is_dead),
        IN_A_STORE(the_last_doubt_is_beyond_doubt),
        IN_A_STORE(rows_that_come_again_are_no_progress),
        IN_A_STORE(who_gets_further_survives),
        IN_A_STORE(an_attempt_ends_with_its_last_sign),
        IN_A_STORE(only_the_guilty_dies),
    };
    return cmocka_run_group_tests(tests, NULL, end_of_all);
}
