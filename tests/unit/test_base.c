#include "helpers.h"

#include <errno.h>
#include <float.h>
#include <time.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/nearest.h"
#include "base/status.h"

static void buf_keeps_its_cap(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 5);
    assert_string_equal(b.data, "");
    assert_true(buf_adds(&b, "abc"));
    assert_true(buf_add(&b, "\0d", 2));
    assert_int_equal(b.len, 5);
    assert_memory_equal(b.data, "abc\0d", 6);
    assert_false(b.failed);
    assert_false(buf_addc(&b, 'e'));
    assert_int_equal(b.len, 5);
    buf_release(&b);
    assert_string_equal(b.data, "");
    assert_int_equal(b.cap, 5);
}

static void buf_failure_is_sticky(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 5);
    assert_true(buf_adds(&b, "abc"));
    assert_false(buf_addf(&b, "%d", 1234));
    assert_true(b.failed);
    assert_false(buf_addc(&b, 'd'));
    assert_false(buf_adds(&b, ""));
    assert_string_equal(b.data, "abc");
    assert_null(buf_take(&b, NULL));
    assert_false(b.failed);
    assert_true(buf_addf(&b, "%s%d", "ab", 123));
    assert_string_equal(b.data, "ab123");
    assert_false(buf_addc(&b, 'x'));
    buf_clear(&b);
    assert_false(b.failed);
    assert_string_equal(b.data, "");
    assert_true(buf_addc(&b, 'x'));
    buf_release(&b);
}

static void buf_takes_what_was_added(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 1 << 20);
    for (int i = 0; i < 20000; i++)
        assert_true(buf_addf(&b, "%05d,", i));
    size_t length = 0;
    char *text = buf_take(&b, &length);
    assert_int_equal(length, 120000);
    assert_int_equal(strlen(text), length);
    for (int i = 0; i < 20000; i++)
        assert_int_equal(atoi(text + (ptrdiff_t)6 * i), i);
    free(text);
    assert_int_equal(b.len, 0);
    assert_string_equal(b.data, "");
    text = buf_take(&b, &length);
    assert_string_equal(text, "");
    assert_int_equal(length, 0);
    free(text);
}

static size_t significant_digits(const char *text)
{
    size_t n = 0, zeros = 0;
    for (; *text != '\0' && *text != 'e'; text++) {
        if (*text >= '1' && *text <= '9') {
            n += zeros + 1;
            zeros = 0;
        } else if (*text == '0' && n > 0) {
            zeros++;
        }
    }
    return n;
}

/* Reads back as the same bits, and not with one digit less. */
static void check_double(uint64_t seed, double x)
{
    struct buf b;
    buf_init(&b, 40);
    CHECK(seed, buf_add_double(&b, x));
    double again = strtod(b.data, NULL);
    CHECK(seed, memcmp(&again, &x, sizeof x) == 0);
    size_t digits = significant_digits(b.data);
    char shorter[40];
    snprintf(shorter, sizeof shorter, "%.*g", digits > 1 ? (int)digits - 1 : 1, x);
    if (digits > 1 && fabs(x) >= DBL_MIN)
        CHECK(seed, strtod(shorter, NULL) != x);
    buf_release(&b);
}

static void buf_doubles_round_trip(void **state)
{
    (void)state;
    static const struct {
        double x;
        const char *text;
    } known[] = {{0.1, "0.1"},
                 {-2.5, "-2.5"},
                 {1e22, "1e+22"},
                 {0, "0"},
                 {-0.0, "-0"},
                 {0.1 + 0.2, "0.30000000000000004"},
                 {NAN, "nan"},
                 {INFINITY, "inf"},
                 {-INFINITY, "-inf"},
                 {123456, "123456"},
                 {1.0 / 3, "0.3333333333333333"}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct buf b;
        buf_init(&b, 40);
        buf_add_double(&b, known[i].x);
        assert_string_equal(b.data, known[i].text);
        buf_release(&b);
    }
    check_double(0, DBL_MAX);
    check_double(0, DBL_MIN);
    check_double(0, 5e-324);
    check_double(0, nextafter(1, 2));
    struct rng r = dice(1);
    for (uint64_t i = 0; i < 20000; i++) {
        uint64_t bits = rng_next(&r);
        double x;
        memcpy(&x, &bits, sizeof x);
        if (isfinite(x))
            check_double(i, x);
        check_double(i, rng_normal(&r));
        check_double(i, (double)dice_below(&r, 1000000) / 1000);
    }
}

static const char *best_of(const char *word, size_t n, const char *const *candidates)
{
    struct nearest near;
    nearest_init(&near, word);
    for (size_t i = 0; i < n; i++)
        nearest_consider(&near, candidates[i]);
    return near.best;
}

static void nearest_finds_what_was_meant(void **state)
{
    (void)state;
    static const char *const keys[] = {"hidden", "learning_rate", "activation",
                                       "loss",   "boss",          "accuracy"};
    assert_string_equal(best_of("learnign_rate", 6, keys), "learning_rate");
    assert_string_equal(best_of("acuracy", 6, keys), "accuracy");
    assert_string_equal(best_of("hiddenn", 6, keys), "hidden");
    assert_string_equal(best_of("boss", 6, keys), "boss");
    assert_string_equal(best_of("moss", 6, keys), "loss");
    assert_null(best_of("weights", 6, keys));
    assert_null(best_of("", 6, keys));
    assert_null(best_of("hidden", 0, keys));
    static const char *const three[] = {"abc"};
    assert_string_equal(best_of("acb", 1, three), "abc");
    assert_string_equal(best_of("abx", 1, three), "abc");
    assert_null(best_of("axy", 1, three));
    static const char *const four[] = {"abcd"};
    assert_null(best_of("abxy", 1, four));
    char longer[101] = "";
    memset(longer, 'a', 100);
    const char *const long_one[] = {longer};
    assert_null(best_of(longer, 1, long_one));
}

static void clock_tells_the_time(void **state)
{
    (void)state;
    char text[CLOCK_TEXT];
    clock_text(0, text);
    assert_string_equal(text, "1970-01-01T00:00:00.000Z");
    clock_text(INT64_C(1795453200123), text);
    assert_string_equal(text, "2026-11-23T17:00:00.123Z");
    clock_text(INT64_C(951782399999), text);
    assert_string_equal(text, "2000-02-28T23:59:59.999Z");
    assert_in_range(clock_now_ms() / 1000, time(NULL) - 2, time(NULL) + 2);
    double before = clock_monotonic(), computing = clock_thread_seconds();
    usleep(20000);
    double waited = clock_monotonic() - before,
           worked = clock_thread_seconds() - computing;
    assert_true(waited >= 0.02 && waited < 10);
    assert_true(worked >= 0 && worked < waited);
}

static void a_wait_ends_by_the_clock_that_never_jumps(void **state)
{
    (void)state;
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t never;
    clock_condition(&never);
    double began = clock_monotonic();
    struct timespec until = clock_deadline(1100); /* carries into the seconds */
    int code = 0;
    pthread_mutex_lock(&lock);
    while (code == 0)
        code = pthread_cond_timedwait(&never, &lock, &until);
    pthread_mutex_unlock(&lock);
    assert_int_equal(code, ETIMEDOUT);
    assert_true(clock_monotonic() - began >= 1.1);
    pthread_cond_destroy(&never);
}

static void log_has_no_commands_for_a_terminal(void **state)
{
    (void)state;
    const struct log_field field = {"value",
                                    "a\x1b \"\xc3\xa4\" \x9b[1m \xc2\x9b \xe2\x82"};
    char line[1000] = "";
    FILE *f = tmpfile();
    int shown = dup(STDERR_FILENO);
    assert_true(f != NULL && shown >= 0);
    dup2(fileno(f), STDERR_FILENO);
    log_event(LOG_LEVEL_ERROR, "x", &field, 1);
    dup2(shown, STDERR_FILENO);
    close(shown);
    rewind(f);
    assert_non_null(fgets(line, sizeof line, f));
    fclose(f);
    assert_non_null(strstr(line, " msg=x value=\"a? \\\"\xc3\xa4\\\" ?[1m ? ??\"\n"));
}

static void hash_is_sha256(void **state)
{
    (void)state;
    char text[HASH_TEXT];
    assert_true(hash_start());
    hash_text("abc", 3, text);
    assert_string_equal(
        text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void status_has_name_and_code(void **state)
{
    (void)state;
    assert_string_equal(status_name(STATUS_NOT_FOUND), "NOT_FOUND");
    assert_int_equal(status_http(STATUS_INVALID_SPEC), 422);
    assert_string_equal(status_text(STATUS_OK), "ok");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buf_keeps_its_cap),
        cmocka_unit_test(buf_failure_is_sticky),
        cmocka_unit_test(buf_takes_what_was_added),
        cmocka_unit_test(buf_doubles_round_trip),
        cmocka_unit_test(nearest_finds_what_was_meant),
        cmocka_unit_test(clock_tells_the_time),
        cmocka_unit_test(a_wait_ends_by_the_clock_that_never_jumps),
        cmocka_unit_test(log_has_no_commands_for_a_terminal),
        cmocka_unit_test(hash_is_sha256),
        cmocka_unit_test(status_has_name_and_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
