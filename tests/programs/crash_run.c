/* Preloaded into frugald by a test: the thread that works at the run that
 * FRUGAL_TEST_CRASH names ("run 3") ends the process by a signal, SIGSEGV or the number
 * in FRUGAL_TEST_SIGNAL, when it looks at its clock for the fourth time, or that of
 * FRUGAL_TEST_LOOKS. Before that it rests, so that the server has answered its first
 * requests, and rows on their way are on the disk. Nothing of this is in the
 * program itself. */
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { NAME_MAX_BYTES = 16, LOOKS = 4, REST_NS = 300000000 };

static int number(const char *name, int otherwise)
{
    const char *text = getenv(name);
    return text != NULL ? atoi(text) : otherwise;
}

int clock_gettime(clockid_t clock, struct timespec *t)
{
    static int (*real)(clockid_t, struct timespec *);
    static _Thread_local int looks;
    char name[NAME_MAX_BYTES];
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
    const char *victim = getenv("FRUGAL_TEST_CRASH");
    if (clock == CLOCK_THREAD_CPUTIME_ID && victim != NULL &&
        pthread_getname_np(pthread_self(), name, sizeof name) == 0 &&
        strcmp(name, victim) == 0 && ++looks == number("FRUGAL_TEST_LOOKS", LOOKS)) {
        nanosleep(&(struct timespec){.tv_nsec = REST_NS}, NULL);
        raise(number("FRUGAL_TEST_SIGNAL", SIGSEGV));
    }
    return real(clock, t);
}
