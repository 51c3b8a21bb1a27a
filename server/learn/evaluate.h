/* How well a network does on a whole set of samples. */
#ifndef FRUGAL_LEARN_EVALUATE_H
#define FRUGAL_LEARN_EVALUATE_H

#include "learn/net.h"

struct evaluation {
    double accuracy; /* share of samples classified correctly */
    double loss;     /* mean over samples */
};

/* Gives the same activities, bit for bit, as net_forward. `go_on` is asked every few
 * milliseconds; when it says no, the evaluation ends with STATUS_STOPPED. NO_MEMORY. */
enum status evaluate(const struct net *n, const struct samples *s,
                     bool (*go_on)(void *arg), void *arg, struct evaluation *ret);

#endif
