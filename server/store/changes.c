#include "store/changes.h"

#include <inttypes.h>
#include <math.h>

#include "store/conn.h"

enum { HISTOGRAM_MAX = 21 * CHANGE_BINS };

static void add_histogram(struct buf *b, const struct change_tally *t)
{
    int bins = CHANGE_BINS;
    while (bins > 1 && t->synapses[bins - 1] == 0)
        bins--;
    for (int bin = 0; bin < bins; bin++)
        buf_addf(b, "%s%" PRIu64, bin > 0 ? " " : "", t->synapses[bin]);
}

static enum status add_layer(struct conn *c, int64_t run, uint32_t layer,
                             const struct change_tally *t)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_CHANGES_INSERT);
    if (q == NULL)
        return conn_status(c);
    struct buf histogram;
    buf_init(&histogram, HISTOGRAM_MAX);
    add_histogram(&histogram, t);
    sqlite3_bind_int64(q, 1, run);
    sqlite3_bind_int64(q, 2, layer);
    sqlite3_bind_double(q, 3, change_tally_simpson(t)); /* NaN becomes NULL */
    bind_text(q, 4, histogram.data);
    enum status status = histogram.failed ? STATUS_NO_MEMORY : conn_run(c, q);
    buf_release(&histogram);
    return status;
}

enum status store_changes_add(struct conn *c, int64_t run,
                              const struct run_changes *changes)
{
    enum status status = STATUS_OK;
    for (uint32_t l = 0; status == STATUS_OK && l <= changes->layers; l++)
        status = add_layer(c, run, l, &changes->tally[l]);
    return status;
}

enum status store_changes_list(struct conn *c, int64_t run, changes_visit *visit,
                               void *arg)
{
    sqlite3_stmt *q = conn_prepare(c, STATEMENT_CHANGES_LIST);
    if (q == NULL)
        return conn_status(c);
    sqlite3_bind_int64(q, 1, run);
    bool more = true;
    int code = SQLITE_DONE;
    while (more && (code = sqlite3_step(q)) == SQLITE_ROW) {
        struct changes_stored layer = {.layer = sqlite3_column_int64(q, 0),
                                       .simpson = column_number(q, 1),
                                       .histogram = column_text(q, 2)};
        more = visit(arg, &layer);
    }
    enum status status =
        code == SQLITE_ROW || code == SQLITE_DONE ? STATUS_OK : conn_status(c);
    sqlite3_reset(q);
    return status;
}
