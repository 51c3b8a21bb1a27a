/* In: rows, and ranges of rows that the store keeps. Out: points. A range is never cut:
 * it counts to the stretch in which it begins, and says with the least and the greatest x
 * how far it goes. */
#include "http/trace_points.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RANGES_AT_ONCE = 512 };

bool trace_points_init(struct trace_points *p, const struct trace_columns *c,
                       const char *x, size_t wanted)
{
    *p = (struct trace_points){.wanted = wanted, .stretch = -1};
    for (size_t i = 0; i < c->count; i++) {
        p->x = i;
        if (strcmp(c->name[i], x) == 0)
            return c->place[i] != PLACE_OF_SECONDS;
    }
    return false;
}

void trace_points_release(struct trace_points *p)
{
    free(p->value);
    p->value = NULL;
}

/* The stretch of a place on the axis, never one before the present one. */
static int64_t stretch_of(const struct trace_points *p, double x)
{
    double inner = (double)p->wanted - 2;
    double share = (x - p->from) / (p->to - p->from);
    double s = isfinite(share) ? fmin(fmax(floor(share * inner), 0), inner - 1) : 0;
    return (int64_t)s > p->stretch ? (int64_t)s : p->stretch;
}

/* A range, or a row as a range of its own, enters the point of its stretch. */
static void add_range(struct trace_points *p, const struct trace_columns *c,
                      const double *least, const double *greatest, int64_t stretch)
{
    bool begins = p->count == 0 || stretch != p->stretch;
    double *point = p->value + 2 * c->count * (p->count - !begins);
    for (size_t i = 0; i < c->count; i++) {
        point[2 * i] = begins ? least[i] : fmin(point[2 * i], least[i]);
        point[2 * i + 1] = begins ? greatest[i] : fmax(point[2 * i + 1], greatest[i]);
    }
    p->count += begins;
    p->stretch = stretch;
}

struct addition {
    struct trace_feed *feed;
    int64_t next; /* the row that must come next */
    size_t ranges;
};

/* Ranges that follow without a gap, and not into the last row. */
static bool take_range(void *arg, const struct trace_range *range)
{
    struct addition *a = arg;
    struct trace_feed *t = a->feed;
    struct trace_points *p = &t->points;
    double least[TRACE_COLUMNS_MAX + 1], greatest[TRACE_COLUMNS_MAX + 1];
    if (range->first != a->next || range->last >= t->source.end)
        return false;
    for (size_t i = 0; i < t->columns.count; i++) {
        size_t place = t->columns.place[i];
        bool known = place < range->count;
        least[i] = known ? range->least[place] : (double)NAN;
        greatest[i] = known ? range->greatest[place] : (double)NAN;
    }
    add_range(p, &t->columns, least, greatest, stretch_of(p, least[p->x]));
    p->at = range->last;
    a->next = range->last + 1;
    return ++a->ranges < RANGES_AT_ONCE;
}

/* How many rows a range may have so that there are enough of them for all points. */
static int64_t range_size(const struct trace_feed *t)
{
    int64_t per_point = (t->source.end - t->after) / (int64_t)t->points.wanted;
    bool has_seconds = false; /* which ranges do not have */
    for (size_t i = 0; i < t->columns.count; i++)
        has_seconds = has_seconds || t->columns.place[i] == PLACE_OF_SECONDS;
    return has_seconds                     ? 1
           : per_point >= TRACE_PART_LARGE ? TRACE_PART_LARGE
           : per_point >= TRACE_PART_SMALL ? TRACE_PART_SMALL
                                           : 1;
}

/* Those that begin right behind p->at; *ret is how many. */
static bool take_ranges(struct trace_feed *t, int64_t size, size_t *ret)
{
    int64_t attempts = 0, next = t->points.at + 1;
    struct addition a = {.feed = t, .next = next};
    struct conn *c = store_reader(t->source.app->store);
    *ret = 0;
    if (size == 1 || next % size != 0)
        return true;
    if (c == NULL || store_read_begin(c) != STATUS_OK)
        return false;
    enum status status = store_run_attempts(c, t->source.run, &attempts);
    if (status == STATUS_OK)
        status = store_trace_part_list(c, t->source.run, size, next / size,
                                       t->source.end / size + 1, take_range, &a);
    store_read_end(c);
    *ret = a.ranges;
    if (status == STATUS_OK && attempts != t->source.attempts)
        status = STATUS_CONFLICT;
    t->feed.why = status;
    return status == STATUS_OK;
}

static bool read_block(struct trace_feed *t, int64_t after)
{
    t->feed.why = trace_block_read(&t->block, &t->source, &t->columns, after);
    return t->feed.why == STATUS_OK;
}

/* Rows behind p->at, up to where a range of that size may begin. */
static bool take_rows(struct trace_feed *t, int64_t size)
{
    struct trace_points *p = &t->points;
    if (!read_block(t, p->at))
        return false;
    const double *value = t->block.value;
    for (size_t i = 0; i < t->block.rows; i++, value += t->columns.count) {
        int64_t seq = t->block.after + 1 + (int64_t)i;
        if (size > 1 && i > 0 && seq % size == 0)
            break;
        bool is_last = seq == t->source.end;
        int64_t stretch = is_last ? (int64_t)p->wanted : stretch_of(p, value[p->x]);
        add_range(p, &t->columns, value, value, stretch);
        p->at = seq;
    }
    return true;
}

/* The first row, which is a point of its own, and the ends of the axis. */
static bool begin(struct trace_feed *t)
{
    struct trace_points *p = &t->points;
    p->value = calloc(p->wanted * (t->columns.count + 1), 2 * sizeof *p->value);
    if (p->value == NULL || !read_block(t, t->source.end - 1))
        return false;
    p->to = t->block.value[p->x];
    if (!read_block(t, t->after))
        return false;
    p->from = t->block.value[p->x];
    add_range(p, &t->columns, t->block.value, t->block.value, -1);
    p->stretch = -1;
    p->at = t->after + 1;
    return true;
}

bool trace_points_go_on(struct trace_points *p, struct trace_feed *t)
{
    int64_t size = range_size(t);
    size_t ranges = 0;
    if (p->value == NULL)
        return begin(t);
    bool may_begin =
        (p->at + 1) % size == 0; /* and if none does, there are no more soon */
    if (!take_ranges(t, size, &ranges))
        return false;
    if (ranges == 0 && !take_rows(t, may_begin ? 1 : size))
        return false;
    p->is_done = p->at >= t->source.end;
    return true;
}
