/* In: signals that end the process. Out: a record of fixed size in the file "crash",
 * written with calls that are safe in a handler, for the next start. */
#include "work/blame.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

enum { STACK_BYTES = 16 * 1024 };

static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
enum { SIGNALS = sizeof signals / sizeof signals[0] };

struct record {
    int64_t run; /* 0: the process has been asked to end */
    int64_t signal;
};

static int file = -1;
static _Thread_local int64_t run_of_thread;
static _Thread_local char stack[STACK_BYTES];

static bool write_record(int64_t run, int number)
{
    struct record r = {.run = run, .signal = number};
    return pwrite(file, &r, sizeof r, 0) == (ssize_t)sizeof r && fsync(file) == 0;
}

static void on_crash(int number)
{
    if (run_of_thread != 0)
        write_record(run_of_thread, number);
    raise(number); /* the handler was reset: this ends the process as it would have */
}

static void read_record(struct blame *ret)
{
    struct record r;
    *ret = (struct blame){.signal = "unknown signal"};
    if (pread(file, &r, sizeof r, 0) != (ssize_t)sizeof r)
        return;
    ret->run = r.run;
    ret->stopping = r.run == 0;
    for (int i = 0; i < SIGNALS; i++)
        if (r.signal == signals[i])
            ret->signal = sigabbrev_np(signals[i]);
}

static enum status open_file(const char *folder, struct buf *why)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/crash", folder); /* shorter than that of the store */
    file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file >= 0)
        return STATUS_OK;
    buf_addf(why, "%s: %s", path, strerror(errno));
    return errno == ENOSPC || errno == EDQUOT ? STATUS_NO_SPACE : STATUS_IO;
}

enum status blame_open(const char *folder, struct blame *ret, struct buf *why)
{
    enum status status = open_file(folder, why);
    if (status != STATUS_OK)
        return status;
    read_record(ret);
    struct sigaction action = {.sa_handler = on_crash,
                               .sa_flags = (int)(SA_ONSTACK | SA_RESETHAND | SA_NODEFER)};
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < SIGNALS; i++)
        sigaction(signals[i], &action, NULL);
    return STATUS_OK;
}

void blame_stopping(void)
{
    if (!write_record(0, SIGTERM))
        log_warning("the record of an orderly end could not be kept: %s",
                    strerror(errno));
}

void blame_nobody(const char *folder)
{
    struct buf why;
    buf_init(&why, PATH_MAX + 100);
    if (open_file(folder, &why) == STATUS_OK) {
        blame_stopping();
        close(file);
        file = -1;
    } else {
        log_warning("%s", why.data);
    }
    buf_release(&why);
}

void blame_forget(void)
{
    if (ftruncate(file, 0) != 0 || fsync(file) != 0)
        log_warning("the record of a crash could not be removed: %s", strerror(errno));
}

void blame_watch_thread(void)
{
    stack_t own = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&own, NULL);
}

void blame_unwatch_thread(void)
{
    sigaltstack(&(stack_t){.ss_flags = SS_DISABLE}, NULL);
}

void blame_begin(int64_t run)
{
    char name[16];
    snprintf(name, sizeof name, "run %lld", (long long)run);
    pthread_setname_np(pthread_self(), name);
    run_of_thread = run;
}

void blame_end(void)
{
    run_of_thread = 0;
    pthread_setname_np(pthread_self(), "worker");
}
