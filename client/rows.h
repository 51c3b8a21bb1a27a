/* Cells of one or several jobs as rows: the cells of the server's summaries, each with
 * the members "job" and "name" (of the job) besides. */
#ifndef FRUGAL_CLIENT_ROWS_H
#define FRUGAL_CLIENT_ROWS_H

#include "answer.h"
#include "metric.h"
#include "table.h"

struct rows {
    json_t *cells;        /* list; owned */
    char at[ANSWER_GOAL]; /* the goal they are at; "": the ends of the runs */
    bool several;         /* of more than one job */
    bool savings;         /* there is a baseline */
};

void rows_init(struct rows *r);
void rows_release(struct rows *r);

/* Adds a job, or one cell of it: "7" or "7:2". at: NULL for the goal that the job itself
 * stops at; all words must then have the same one. */
enum ending rows_add(struct rows *r, struct http *http, const char *word, const char *at,
                     const char *baseline);

/* Adds the cells of all runs that a filter finds; at NULL: at their ends. */
enum ending rows_add_runs(struct rows *r, struct http *http, const char *filter,
                          const char *at, const char *baseline);

/* A table of mean ± s.e.m. and, with a baseline, the saving factors; release it.
 * metrics ends with NULL. */
enum ending rows_table(const struct rows *r, const struct metric *const *metrics,
                       struct table *ret);

/* Appends every statistic of these metrics as CSV, numbers in full. */
void rows_csv(const struct rows *r, const struct metric *const *metrics, struct buf *b);

/* What the numbers are: "mean ± s.e.m. over the seeds at test_accuracy>=0.95". */
void rows_caption(const struct rows *r, struct buf *b);

#endif
