/* What a process that ended without notice left at work. */
#ifndef FRUGAL_STORE_RECOVER_H
#define FRUGAL_STORE_RECOVER_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

/* How the process ended, as far as that is known. */
struct blame {
    int64_t run; /* that crashed it; 0: nobody is to blame */
    const char *signal;
    bool stopping; /* it had been asked to end: no run is to be suspected */
};

enum { CRASHES_MAX = 3 }; /* by a run that is to blame: then it is dead */

struct recovery {
    int64_t suspects; /* runs that came under suspicion */
    int64_t dead;     /* the run that was set aside; 0: none */
};

/* Part of a write, at the start: whatever was at work goes back into the queue, under
 * suspicion where nobody is to blame (store/doubt.h), but for the run that crashed the
 * process too often, and for runs that were to be cancelled. So do verifications: one
 * that is to blame fails, and so does one that was at work in DOUBTS_MAX crashes. */
enum status store_recover(struct conn *c, const struct blame *b, int64_t now,
                          struct recovery *ret);

#endif
