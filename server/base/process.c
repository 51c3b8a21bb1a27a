/* In: /proc/self, see proc(5). Out: numbers. */
#include "base/process.h"

#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

static int64_t count_open_files(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int64_t n = -3; /* . and .. and the folder itself */
    if (folder == NULL)
        return 0;
    while (readdir(folder) != NULL)
        n++;
    closedir(folder);
    return n > 0 ? n : 0;
}

/* Fields 20, 22, 23 and 24: threads, ticks from the start of the machine to that of the
 * process, bytes, pages. */
static bool read_stat(struct process_usage *u, double *ret_after_boot)
{
    char text[1000];
    long long threads, ticks, bytes, pages;
    FILE *f = fopen("/proc/self/stat", "re");
    if (f == NULL)
        return false;
    size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = '\0';
    const char *rest = strrchr(text, ')'); /* the name may have spaces and brackets */
    if (rest == NULL ||
        sscanf(rest + 1,
               " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d "
               "%lld %*d %lld %lld %lld",
               &threads, &ticks, &bytes, &pages) != 4)
        return false;
    u->threads = threads;
    u->virtual_bytes = bytes;
    u->resident_bytes = pages * sysconf(_SC_PAGESIZE);
    *ret_after_boot = (double)ticks / (double)sysconf(_SC_CLK_TCK);
    return true;
}

static double seconds_of(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

/* Seconds from 1970 to the start of the machine. Read once: the clock is corrected now
 * and then, and the start of a process must not move. */
static double boot;

static void read_boot(void)
{
    struct timespec up;
    clock_gettime(CLOCK_BOOTTIME, &up);
    boot = (double)clock_now_ms() / 1e3 - (double)up.tv_sec - (double)up.tv_nsec / 1e9;
}

bool process_look(struct process_usage *ret)
{
    struct process_usage u = {.threads = 0};
    struct rusage used;
    struct rlimit files;
    double after_boot;
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    if (!read_stat(&u, &after_boot) || getrusage(RUSAGE_SELF, &used) != 0 ||
        getrlimit(RLIMIT_NOFILE, &files) != 0 || pthread_once(&once, read_boot) != 0)
        return false;
    u.cpu_seconds = seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
    u.started = boot + after_boot;
    u.open_files = count_open_files();
    u.open_files_max = (int64_t)files.rlim_cur;
    *ret = u;
    return true;
}
