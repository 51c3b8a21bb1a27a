/* What this process takes of the machine. Any thread. */
#ifndef FRUGAL_BASE_PROCESS_H
#define FRUGAL_BASE_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

struct process_usage {
    double cpu_seconds;
    double started; /* seconds since 1970 */
    int64_t resident_bytes, virtual_bytes;
    int64_t threads;
    int64_t open_files, open_files_max;
};

/* False: it cannot be told here. */
bool process_look(struct process_usage *ret);

#endif
