/* How well a network does on a whole set of samples. */
#ifndef FRUGAL_LEARN_EVALUATE_H
#define FRUGAL_LEARN_EVALUATE_H

#include "learn/net.h"

struct evaluator;

struct evaluation {
    double accuracy; /* share of samples classified correctly */
    double loss;     /* mean over samples */
};

/* What evaluations of `n` on `s` need, both borrowed; the shape of the network and its
 * fixed units must stay. Free with evaluator_free. One thread at a time. NO_MEMORY. */
enum status evaluator_new(const struct net *n, const struct samples *s,
                          struct evaluator **ret);
void evaluator_free(struct evaluator *e);

/* Gives the same activities, bit for bit, as net_forward. `go_on` is asked every few
 * milliseconds; when it says no, the evaluation ends with STATUS_STOPPED. */
enum status evaluate(struct evaluator *e, bool (*go_on)(void *arg), void *arg,
                     struct evaluation *ret);

#endif
