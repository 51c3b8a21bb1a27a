/* How the rows of a query are found. Private to the floor. */
#ifndef FRUGAL_STORE_QUERY_PLAN_H
#define FRUGAL_STORE_QUERY_PLAN_H

#include "store/query_sql.h"

/* Either the few rows that fulfil one test are found, and sorted; or rows are taken in
 * the order that is wanted, until enough of them fulfil all. */
struct query_plan {
    const char *index;               /* "INDEXED BY ...", of all rows in order */
    const struct query_test *search; /* the one test; NULL: in order */
    struct query_test job;           /* that a run is of query.job */
    struct value job_value;
};

/* Counts what its tests would find, as far as that is few. IO, NO_MEMORY. */
enum status query_plan(struct conn *c, const struct query *q, struct query_plan *ret);

#endif
