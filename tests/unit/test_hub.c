#include "helpers.h"

#include <pthread.h>
#include <stdatomic.h>

#include "work/hub.h"

struct ear {
    struct hub_listener listener;
    int sleeps, wakes;
};

static void count_sleep(void *arg)
{
    ((struct ear *)arg)->sleeps++;
}

static void count_wake(void *arg)
{
    ((struct ear *)arg)->wakes++;
}

static void ear_init(struct ear *e)
{
    *e = (struct ear){.listener = {.sleep = count_sleep, .wake = count_wake, .arg = e}};
}

static void sleeps_only_without_news(void **state)
{
    (void)state;
    struct hub *h = hub_open(10);
    struct ear e;
    ear_init(&e);
    hub_add(h, &e.listener);
    assert_false(hub_sleep(h, &e.listener, 9));
    assert_int_equal(e.sleeps, 0);
    assert_true(hub_sleep(h, &e.listener, 10));
    assert_int_equal(e.sleeps, 1);
    hub_publish(h, 11);
    assert_int_equal(e.wakes, 1);
    hub_publish(h, 12);
    assert_int_equal(e.wakes, 1); /* awake already */
    assert_false(hub_sleep(h, &e.listener, 11));
    assert_true(hub_sleep(h, &e.listener, 12));
    hub_wake_all(h);
    assert_int_equal(e.wakes, 2);
    assert_true(hub_sleep(h, &e.listener, 12));
    hub_remove(h, &e.listener);
    hub_publish(h, 13);
    assert_int_equal(e.wakes, 2);
    hub_close(h);
    hub_close(NULL);
}

static void wakes_all_that_stay(void **state)
{
    (void)state;
    enum { EARS = 5 };
    struct ear e[EARS];
    for (int gone = 0; gone < EARS; gone++) {
        struct hub *h = hub_open(0);
        for (int i = 0; i < EARS; i++) {
            ear_init(&e[i]);
            hub_add(h, &e[i].listener);
            assert_true(hub_sleep(h, &e[i].listener, 0));
        }
        hub_remove(h, &e[gone].listener);
        hub_publish(h, 1);
        for (int i = 0; i < EARS; i++)
            assert_int_equal(e[i].wakes, i != gone);
        for (int i = 0; i < EARS; i++)
            if (i != gone)
                hub_remove(h, &e[i].listener);
        hub_publish(h, 2);
        hub_close(h);
    }
}

static void nobody_sleeps_past_the_end(void **state)
{
    (void)state;
    struct hub *h = hub_open(0);
    struct ear e;
    ear_init(&e);
    hub_add(h, &e.listener);
    assert_true(hub_sleep(h, &e.listener, 0));
    assert_false(hub_has_ended(h));
    hub_end(h);
    assert_true(hub_has_ended(h));
    assert_int_equal(e.wakes, 1);
    assert_false(hub_sleep(h, &e.listener, 100));
    assert_int_equal(e.sleeps, 1);
    hub_remove(h, &e.listener);
    hub_close(h);
}

/* A listener on a thread of its own, which follows events until the end. */
struct follower {
    struct hub *hub;
    struct hub_listener listener;
    atomic_int_fast64_t *published;
    pthread_mutex_t lock;
    pthread_cond_t woken;
    bool asleep; /* protected by lock */
    int64_t seen;
};

static void fall_asleep(void *arg)
{
    struct follower *f = arg;
    pthread_mutex_lock(&f->lock);
    f->asleep = true;
    pthread_mutex_unlock(&f->lock);
}

static void wake_up(void *arg)
{
    struct follower *f = arg;
    pthread_mutex_lock(&f->lock);
    f->asleep = false;
    pthread_cond_signal(&f->woken);
    pthread_mutex_unlock(&f->lock);
}

static void *follow(void *arg)
{
    struct follower *f = arg;
    hub_add(f->hub, &f->listener);
    while (!hub_has_ended(f->hub)) {
        f->seen = atomic_load(f->published);
        if (!hub_sleep(f->hub, &f->listener, f->seen))
            continue;
        pthread_mutex_lock(&f->lock);
        while (f->asleep)
            pthread_cond_wait(&f->woken, &f->lock);
        pthread_mutex_unlock(&f->lock);
    }
    f->seen = atomic_load(f->published);
    hub_remove(f->hub, &f->listener);
    return NULL;
}

static void no_news_is_missed(void **state)
{
    (void)state;
    enum { FOLLOWERS = 4, EVENTS = 20000 };
    struct hub *h = hub_open(0);
    atomic_int_fast64_t published = 0;
    struct follower f[FOLLOWERS];
    pthread_t thread[FOLLOWERS];
    for (int i = 0; i < FOLLOWERS; i++) {
        f[i] = (struct follower){
            .hub = h,
            .published = &published,
            .listener = {.sleep = fall_asleep, .wake = wake_up, .arg = &f[i]}};
        pthread_mutex_init(&f[i].lock, NULL);
        pthread_cond_init(&f[i].woken, NULL);
        assert_int_equal(pthread_create(&thread[i], NULL, follow, &f[i]), 0);
    }
    for (int64_t seq = 1; seq <= EVENTS; seq++) {
        atomic_store(&published, seq);
        hub_publish(h, seq);
    }
    hub_end(h);
    for (int i = 0; i < FOLLOWERS; i++) { /* hangs if a wake-up was lost */
        pthread_join(thread[i], NULL);
        assert_int_equal(f[i].seen, EVENTS);
        pthread_mutex_destroy(&f[i].lock);
        pthread_cond_destroy(&f[i].woken);
    }
    hub_close(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sleeps_only_without_news),
        cmocka_unit_test(wakes_all_that_stay),
        cmocka_unit_test(nobody_sleeps_past_the_end),
        cmocka_unit_test(no_news_is_missed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
