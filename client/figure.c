/* In: points, one by one. Out: lines in order. It knows neither JSON nor SVG. */
#include "figure.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double log_factor_min = 4;

void figure_init(struct figure *f)
{
    *f = (struct figure){.y_from_zero = true};
    buf_init(&f->title, FIGURE_TEXT_MAX);
    buf_init(&f->x_label, FIGURE_TEXT_MAX);
    buf_init(&f->y_label, FIGURE_TEXT_MAX);
}

void figure_release(struct figure *f)
{
    for (size_t i = 0; i < f->lines; i++) {
        buf_release(&f->line[i].label);
        free(f->line[i].point);
    }
    for (size_t i = 0; i < f->categories; i++)
        buf_release(&f->category[i]);
    free(f->line);
    free(f->category);
    buf_release(&f->title);
    buf_release(&f->x_label);
    buf_release(&f->y_label);
}

struct line *figure_line(struct figure *f, const char *label)
{
    for (size_t i = 0; i < f->lines; i++)
        if (strcmp(f->line[i].label.data, label) == 0)
            return &f->line[i];
    if (f->lines == f->room) {
        size_t room = f->room == 0 ? 8 : 2 * f->room;
        struct line *lines = reallocarray(f->line, room, sizeof *lines);
        if (lines == NULL) {
            f->failed = true;
            return NULL;
        }
        f->line = lines;
        f->room = room;
    }
    struct line *line = &f->line[f->lines++];
    *line = (struct line){.points = 0};
    buf_init(&line->label, FIGURE_TEXT_MAX);
    buf_adds(&line->label, label);
    return line;
}

void figure_add(struct figure *f, struct line *line, struct point p)
{
    if (line == NULL || !isfinite(p.x) || !isfinite(p.y))
        return;
    if (line->points == line->room) {
        size_t room = line->room == 0 ? 16 : 2 * line->room;
        struct point *points = reallocarray(line->point, room, sizeof *points);
        if (points == NULL) {
            f->failed = true;
            return;
        }
        line->point = points;
        line->room = room;
    }
    line->point[line->points++] = p;
}

double figure_category(struct figure *f, const char *name)
{
    for (size_t i = 0; i < f->categories; i++)
        if (strcmp(f->category[i].data, name) == 0)
            return (double)i;
    struct buf *all = reallocarray(f->category, f->categories + 1, sizeof *all);
    if (all == NULL) {
        f->failed = true;
        return NAN;
    }
    f->category = all;
    buf_init(&all[f->categories], FIGURE_TEXT_MAX);
    buf_adds(&all[f->categories], name);
    return (double)f->categories++;
}

static int compare(const void *a, const void *b)
{
    const struct point *p = a, *q = b;
    return (p->x > q->x) - (p->x < q->x);
}

static int64_t most_seeds(const struct line *line)
{
    int64_t most = 0;
    for (size_t p = 0; p < line->points; p++)
        most = line->point[p].n > most ? line->point[p].n : most;
    return most;
}

/* Where seeds have ended, the mean jumps to those that are left. */
static void thin_out(struct line *line)
{
    int64_t most = most_seeds(line);
    for (size_t p = 0; p < line->points; p++) {
        struct point *point = &line->point[p];
        point->is_thin = point->n < most;
        if (point->is_thin)
            point->sem = NAN;
    }
}

bool figure_close(struct figure *f)
{
    double x_least = INFINITY, least = INFINITY, most = 0;
    size_t points = 0;
    for (size_t i = 0; i < f->lines; i++) {
        struct line *line = &f->line[i];
        if (line->points > 0)
            qsort(line->point, line->points, sizeof *line->point, compare);
        if (f->is_curve)
            thin_out(line);
        for (size_t p = 0; p < line->points; p++) {
            x_least = fmin(x_least, line->point[p].x);
            least = fmin(least, line->point[p].y);
            most = fmax(most, line->point[p].y);
        }
        points += line->points;
    }
    if (!(x_least > 0))
        f->x_log = false;
    if (!(least > 0) || most < log_factor_min * least)
        f->y_log = false;
    return points > 0 && !f->failed;
}

void figure_add_n(const struct figure *f, const struct line *line, struct buf *b)
{
    int64_t least = INT64_MAX, most = most_seeds(line);
    for (size_t p = 0; p < line->points; p++)
        least = line->point[p].n < least ? line->point[p].n : least;
    if (line->points == 0)
        buf_adds(b, "no values");
    else if (least == most)
        buf_addf(b, "n = %" PRId64, most);
    else if (f->is_curve)
        buf_addf(b, "n = %" PRId64 ", thin where fewer", most);
    else
        buf_addf(b, "n = %" PRId64 " to %" PRId64, least, most);
}

bool figure_has_bounds(const struct figure *f)
{
    for (size_t i = 0; i < f->lines; i++)
        for (size_t p = 0; p < f->line[i].points; p++)
            if (f->line[i].point[p].is_bound)
                return true;
    return false;
}
