/* Whom to suspect when the process was ended without a word: by SIGKILL, the kernel's OOM
 * killer, a power cut. Pure: no clock, no store.
 *
 * Such an end says only which runs were at work. All of them come under suspicion, and go
 * on one at a time, before anything else: while one is at work, nothing begins beside it,
 * until it has got further than ever (a new trace row or checkpoint is on the disk) or
 * has ended. What has got so far is free of suspicion and goes on beside the next one. So
 * the run that brings the process down is soon the only one under suspicion when it does;
 * what falls with it has progressed by at least a row.
 *
 * Each such end is one more doubt about every run that was at work, and DOUBTS_MAX doubts
 * in a row, without getting further, end a run as dead. But somebody may just be killing
 * the server as fast as it starts. So the last doubt must be beyond doubt: the run was
 * the only one under suspicion, and it had not begun before the server had lived for a
 * while without it. Whatever else happens, a run is left with its last chance. */
#ifndef FRUGAL_STORE_DOUBT_H
#define FRUGAL_STORE_DOUBT_H

#include <stdbool.h>
#include <stdint.h>

enum {
    DOUBTS_MAX = 5,
    DOUBT_SETTLE_SECONDS = 5,    /* so long the server lives before a last chance */
    DOUBT_TRIAL_MS = 10 * 60000, /* longer than that, no suspect holds up others */
};

/* After one more crash; `alone`: it was under suspicion already, and no other run at work
 * was. DOUBTS_MAX: the run is dead. */
int64_t doubts_after(int64_t doubts, bool alone);

/* The next crash may be its end. */
bool doubts_leave_one_chance(int64_t doubts);

#endif
