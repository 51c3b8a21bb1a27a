/* A long trace reduced to so many points: the least and the greatest value of each column
 * in each of as many stretches along x. Never sampled, and the first and the last row are
 * exact. */
#ifndef FRUGAL_HTTP_TRACE_POINTS_H
#define FRUGAL_HTTP_TRACE_POINTS_H

#include "http/trace_rows.h"
#include "store/jobs.h"

enum { POINTS_MIN = 3 };

struct trace_points {
    size_t wanted, x; /* how many at most; which of the columns is the axis */
    double *value;    /* [count][2 * columns]: least and greatest, by turns; owned */
    size_t count;
    bool is_done;
    int64_t at;      /* seq of the last row that is in */
    double from, to; /* x of the first and of the last row */
    int64_t stretch; /* that the last point is of; -1: the first row itself */
};

/* A trace that is being sent. */
struct trace_feed {
    struct feed feed; /* first */
    enum format format;
    struct trace_source source;
    struct trace_columns columns;
    struct buf
        version;     /* what makes this trace another one than an earlier or later one */
    char *all_names; /* columns of the run; NULL before its first attempt; owned */
    struct trace_block block;
    int64_t after; /* of the request */
    int64_t at;    /* seq of the last row sent, of this column; or the next point */
    size_t column;
    bool has_head;
    bool is_reduced;
    struct trace_points points;
};

/* False: no column has the name of the axis. */
bool trace_points_init(struct trace_points *p, const struct trace_columns *c,
                       const char *x, size_t wanted);

/* Takes in some more rows. False: they cannot be had. */
bool trace_points_go_on(struct trace_points *p, struct trace_feed *t);
void trace_points_release(struct trace_points *p);

#endif
