/* Time of day for people, monotonic time for durations. Any thread. */
#ifndef FRUGAL_BASE_CLOCK_H
#define FRUGAL_BASE_CLOCK_H

#include <pthread.h>
#include <stdint.h>
#include <time.h>

#define CLOCK_TEXT 32 /* bytes that clock_text needs */

/* Milliseconds since 1970, UTC. */
int64_t clock_now_ms(void);

/* Seconds from an arbitrary start that never jump. */
double clock_monotonic(void);

/* A condition whose waits end at a clock_deadline(), whatever becomes of the time of day.
 */
void clock_condition(pthread_cond_t *ret);

/* So many milliseconds from now, for pthread_cond_timedwait() on such a condition. */
struct timespec clock_deadline(long ms);

/* Seconds of processor time that the calling thread has used. */
double clock_thread_seconds(void);

/* "2026-11-23T17:00:00.123Z" for milliseconds since 1970. */
void clock_text(int64_t ms, char text[static CLOCK_TEXT]);

#endif
