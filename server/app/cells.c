#include "app/cells.h"

enum { RUNS_AT_ONCE = 500 };

struct page {
    run_visit *visit;
    void *arg;
    int64_t cell, seed; /* of the last run */
    int rows;
    bool ended;
};

static bool visit_one(void *arg, const struct run *r)
{
    struct page *p = arg;
    p->cell = r->cell;
    p->seed = r->seed;
    p->rows++;
    p->ended = !p->visit(p->arg, r);
    return !p->ended;
}

enum status visit_cells(struct conn *reader, int64_t job, int64_t cell, run_visit *visit,
                        void *arg)
{
    struct page p = {.visit = visit, .arg = arg, .cell = cell - 1, .seed = INT64_MAX};
    enum status status;
    do {
        p.rows = 0;
        status = store_run_list_cells(reader, job, p.cell, p.seed, RUNS_AT_ONCE,
                                      visit_one, &p);
    } while (status == STATUS_OK && !p.ended && p.rows == RUNS_AT_ONCE);
    return status;
}
