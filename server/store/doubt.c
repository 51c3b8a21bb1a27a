#include "store/doubt.h"

int64_t doubts_after(int64_t doubts, bool alone)
{
    return alone || !doubts_leave_one_chance(doubts) ? doubts + 1 : doubts;
}

bool doubts_leave_one_chance(int64_t doubts)
{
    return doubts >= DOUBTS_MAX - 1;
}
