/* Preloaded into frugald by a test: of the threads that the process makes, the one with
 * the number in FRUGAL_TEST_THREAD cannot be made. */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                   void *(*routine)(void *), void *arg)
{
    static int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    static atomic_int made;
    const char *missing = getenv("FRUGAL_TEST_THREAD");
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "pthread_create");
    if (missing != NULL && ++made == atoi(missing))
        return EAGAIN;
    return real(thread, attributes, routine, arg);
}
