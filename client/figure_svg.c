/* In: a figure. Out: SVG that stands alone, in a paper or within a page. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "figure_draw.h"
#include "table_export.h"
#include "text.h"

/* In pixels of the view box. */
static const double left = 84, top = 42, width = 460, height = 300, below = 62,
                    legend_gap = 22, legend_sample = 34, legend_row = 19, letter = 6.4,
                    size = 4, slant = 0.36;

enum { COLOURS = 8, SHAPES = 5, DASHES = 4, TILTED_FROM = 9 /* letters of a category */ };

/* Okabe and Ito's, the yellow last but one as it is faint on white. */
static const char *const colours[COLOURS] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                             "#56b4e9", "#e69f00", "#b8a800", "#000000"};
static const char *const dashes[DASHES] = {"", "7 3", "2 3", "9 3 2 3"};

struct frame {
    const struct figure *f;
    struct axis x, y;
    struct buf *b;
};

static double px(const struct frame *d, double x)
{
    return left + width * axis_place(&d->x, x);
}

static double py(const struct frame *d, double y)
{
    double place = axis_place(&d->y, y);
    return top + height * (1 - fmin(1, fmax(0, isfinite(place) ? place : 0)));
}

static void add_text(struct frame *d, double x, double y, const char *attributes,
                     const char *text)
{
    buf_addf(d->b, "<text x=\"%.1f\" y=\"%.1f\" %s>", x, y, attributes);
    table_add_escaped(d->b, text);
    buf_adds(d->b, "</text>\n");
}

static void add_stroke(struct frame *d, double x1, double y1, double x2, double y2,
                       const char *colour)
{
    buf_addf(d->b, "<path d=\"M%.1f %.1fL%.1f %.1f\" stroke=\"%s\" fill=\"none\"/>\n", x1,
             y1, x2, y2, colour);
}

static void draw_ticks(struct frame *d)
{
    double floor_y = top + height;
    for (size_t i = 0; d->f->categories == 0 && i < d->x.ticks; i++) {
        const struct tick *t = &d->x.tick[i];
        bool main = t->label[0] != '\0';
        add_stroke(d, px(d, t->value), floor_y, px(d, t->value), floor_y + (main ? 6 : 3),
                   "#333");
        if (main)
            add_text(d, px(d, t->value), floor_y + 20, "text-anchor=\"middle\"",
                     t->label);
    }
    for (size_t i = 0; i < d->y.ticks; i++) {
        const struct tick *t = &d->y.tick[i];
        bool main = t->label[0] != '\0';
        add_stroke(d, left, py(d, t->value), left - (main ? 6 : 3), py(d, t->value),
                   "#333");
        if (!main)
            continue;
        add_stroke(d, left, py(d, t->value), left + width, py(d, t->value), "#e4e4e4");
        add_text(d, left - 9, py(d, t->value) + 4, "text-anchor=\"end\"", t->label);
    }
}

static size_t longest_category(const struct figure *f)
{
    size_t longest = 0;
    for (size_t i = 0; i < f->categories; i++) {
        size_t n = text_width(f->category[i].data);
        longest = n > longest ? n : longest;
    }
    return longest;
}

/* Room for categories that do not fit side by side. */
static double tilted_room(const struct figure *f)
{
    size_t longest = longest_category(f);
    return longest < TILTED_FROM ? 0 : (double)longest * letter * slant;
}

static void draw_categories(struct frame *d)
{
    char attributes[120];
    bool tilted = tilted_room(d->f) > 0;
    for (size_t i = 0; i < d->f->categories; i++) {
        double x = px(d, (double)i), y = top + height + 18;
        add_stroke(d, x, y - 18, x, y - 12, "#333");
        snprintf(attributes, sizeof attributes, "text-anchor=\"%s\"%s",
                 tilted ? "end" : "middle", "");
        if (tilted)
            snprintf(attributes, sizeof attributes,
                     "text-anchor=\"end\" transform=\"rotate(-20 %.1f %.1f)\"", x, y);
        add_text(d, x, y, attributes, d->f->category[i].data);
    }
}

static void draw_frame(struct frame *d)
{
    char turned[100];
    double middle = top + height / 2;
    draw_ticks(d);
    draw_categories(d);
    buf_addf(d->b, "<path d=\"M%.1f %.1fv%.1fh%.1f\" stroke=\"#333\" fill=\"none\"/>\n",
             left, top, height, width);
    add_text(d, left, top - 18, "font-weight=\"600\"", d->f->title.data);
    add_text(d, left + width / 2, top + height + 42 + tilted_room(d->f),
             "text-anchor=\"middle\"", d->f->x_label.data);
    snprintf(turned, sizeof turned,
             "text-anchor=\"middle\" transform=\"rotate(-90 20 %.1f)\"", middle);
    add_text(d, 20, middle, turned, d->f->y_label.data);
}

/* A marker of line i around (x, y). */
static void add_marker(struct frame *d, size_t i, double x, double y, bool open)
{
    const char *colour = colours[i % COLOURS];
    const double s = size;
    buf_adds(d->b, "<path d=\"");
    switch (i % SHAPES) {
    case 0:
        buf_addf(d->b, "M%.1f %.1fa%g %g 0 1 0 %g 0a%g %g 0 1 0 %g 0z", x - s, y, s, s,
                 2 * s, s, s, -2 * s);
        break;
    case 1:
        buf_addf(d->b, "M%.1f %.1fh%gv%gh%gz", x - s, y - s, 2 * s, 2 * s, -2 * s);
        break;
    case 2:
        buf_addf(d->b, "M%.1f %.1fl%g %gh%gz", x, y - 1.2 * s, 1.2 * s, 2.1 * s,
                 -2.4 * s);
        break;
    case 3:
        buf_addf(d->b, "M%.1f %.1fl%g %gl%g %gl%g %gz", x, y - 1.4 * s, 1.4 * s, 1.4 * s,
                 -1.4 * s, 1.4 * s, -1.4 * s, -1.4 * s);
        break;
    default:
        buf_addf(d->b, "M%.1f %.1fl%g %gh%gz", x, y + 1.2 * s, 1.2 * s, -2.1 * s,
                 -2.4 * s);
        break;
    }
    buf_addf(d->b, "\" fill=\"%s\" stroke=\"%s\" stroke-width=\"1.5\"/>",
             open ? "#fff" : colour, colour);
}

static void add_numbers(struct frame *d, const struct point *p)
{
    buf_addf(d->b, "<g class=\"point\" data-x=\"%.17g\" data-y=\"%.17g\"", p->x, p->y);
    if (!isnan(p->sem))
        buf_addf(d->b, " data-sem=\"%.17g\"", p->sem);
    buf_addf(d->b, " data-n=\"%" PRId64 "\"%s>", p->n,
             p->is_bound ? " data-bound=\"1\"" : "");
}

/* x_sem: NaN for none. */
static void draw_point(struct frame *d, size_t i, const struct point *p, double x_sem)
{
    const char *colour = colours[i % COLOURS];
    double x = px(d, p->x), y = py(d, p->y);
    add_numbers(d, p);
    if (!isnan(p->sem)) {
        double low = py(d, p->y - p->sem), high = py(d, p->y + p->sem);
        buf_addf(d->b,
                 "<path d=\"M%.1f %.1fV%.1fm-3 0h6M%.1f %.1fh6\" stroke=\"%s\" "
                 "fill=\"none\"/>",
                 x, low, high, x - 3, low, colour);
    }
    if (!isnan(x_sem)) {
        double least = d->x.is_log ? fmax(p->x - x_sem, d->x.low) : p->x - x_sem;
        buf_addf(d->b, "<path d=\"M%.1f %.1fH%.1f\" stroke=\"%s\" fill=\"none\"/>",
                 px(d, least), y, px(d, p->x + x_sem), colour);
    }
    if (p->is_bound)
        buf_addf(d->b,
                 "<path d=\"M%.1f %.1fv-20m-4 6l4 -6l4 6\" stroke=\"%s\" fill=\"none\"/>",
                 x, y - size, colour);
    add_marker(d, i, x, y, p->is_bound);
    buf_adds(d->b, "</g>\n");
}

static void draw_band(struct frame *d, size_t i, const struct line *line)
{
    size_t from = 0, to;
    for (; from < line->points; from = to + 1) {
        for (to = from; to < line->points && !isnan(line->point[to].sem); to++)
            ;
        if (to < from + 2)
            continue;
        buf_addf(d->b, "<path fill=\"%s\" fill-opacity=\"0.2\" d=\"",
                 colours[i % COLOURS]);
        for (size_t p = from; p < to; p++)
            buf_addf(d->b, "%c%.1f %.1f", p == from ? 'M' : 'L', px(d, line->point[p].x),
                     py(d, line->point[p].y + line->point[p].sem));
        for (size_t p = to; p-- > from;)
            buf_addf(d->b, "L%.1f %.1f", px(d, line->point[p].x),
                     py(d, line->point[p].y - line->point[p].sem));
        buf_adds(d->b, "z\"/>\n");
    }
}

/* Does the line from the point before it to this one belong to the thin part? */
static bool is_thin(const struct line *line, size_t p)
{
    return line->point[p - 1].is_thin || line->point[p].is_thin;
}

static bool has_part(const struct line *line, bool thin)
{
    for (size_t p = 1; p < line->points; p++)
        if (is_thin(line, p) == thin)
            return true;
    return false;
}

static void draw_path(struct frame *d, size_t i, const struct line *line, bool thin)
{
    if (!has_part(line, thin))
        return;
    bool down = false; /* the pen */
    buf_addf(d->b, "<path%s d=\"", thin ? " class=\"fewer\" stroke-opacity=\"0.5\"" : "");
    for (size_t p = 1; p < line->points; p++) {
        const struct point *from = &line->point[p - 1], *to = &line->point[p];
        if (is_thin(line, p) == thin && !down)
            buf_addf(d->b, "M%.1f %.1f", px(d, from->x), py(d, from->y));
        down = is_thin(line, p) == thin;
        if (down)
            buf_addf(d->b, "L%.1f %.1f", px(d, to->x), py(d, to->y));
    }
    buf_addf(d->b,
             "\" stroke=\"%s\" stroke-width=\"%s\" stroke-dasharray=\"%s\" "
             "fill=\"none\"/>\n",
             colours[i % COLOURS], thin ? "0.7" : "1.6", dashes[i % DASHES]);
}

static void draw_line(struct frame *d, size_t i)
{
    const struct line *line = &d->f->line[i];
    if (d->f->is_curve)
        draw_band(d, i, line);
    if (d->f->categories == 0) { /* these have no order */
        draw_path(d, i, line, false);
        draw_path(d, i, line, true);
    }
    for (size_t p = 0; p < line->points && !d->f->is_curve; p++)
        draw_point(d, i, &line->point[p], NAN);
    if (line->end.n > 0)
        draw_point(d, i, &line->end, line->end_x_sem);
}

static void legend_text(const struct figure *f, const struct line *line, struct buf *b)
{
    if (line->label.len > 0)
        buf_addf(b, "%s, ", line->label.data);
    figure_add_n(f, line, b);
}

static void draw_legend(struct frame *d, size_t i)
{
    struct buf text;
    double x = left + width + legend_gap, y = top + 8 + legend_row * (double)i;
    buf_init(&text, FIGURE_TEXT_MAX);
    legend_text(d->f, &d->f->line[i], &text);
    if (d->f->categories == 0)
        buf_addf(d->b,
                 "<path d=\"M%.1f %.1fh26\" stroke=\"%s\" stroke-width=\"1.6\" "
                 "stroke-dasharray=\"%s\" fill=\"none\"/>",
                 x, y, colours[i % COLOURS], dashes[i % DASHES]);
    if (!d->f->is_curve || d->f->line[i].end.n > 0)
        add_marker(d, i, x + 13, y, false);
    add_text(d, x + legend_sample, y + 4, "", text.data);
    buf_release(&text);
}

static double legend_width(const struct figure *f)
{
    size_t longest = 0;
    for (size_t i = 0; i < f->lines; i++) {
        struct buf text;
        buf_init(&text, FIGURE_TEXT_MAX);
        legend_text(f, &f->line[i], &text);
        size_t n = text_width(text.data);
        longest = n > longest ? n : longest;
        buf_release(&text);
    }
    return legend_gap + legend_sample + letter * (double)longest + 10;
}

static bool has_ends(const struct figure *f)
{
    for (size_t i = 0; i < f->lines; i++)
        if (f->line[i].end.n > 0)
            return true;
    return false;
}

static void draw_note(struct frame *d, double y)
{
    struct buf note;
    buf_init(&note, FIGURE_TEXT_MAX);
    buf_adds(&note, d->f->is_curve ? "lines: mean, bands: s.e.m. over n seeds"
                                   : "mean ± s.e.m. over n seeds");
    if (has_ends(d->f))
        buf_adds(&note, "; points: where the runs that succeeded ended");
    if (figure_has_bounds(d->f))
        buf_adds(&note, "; open with arrow: a lower bound, some seeds never got there");
    add_text(d, left, y, "font-size=\"10.5\" fill=\"#555\"", note.data);
    buf_release(&note);
}

void figure_svg(const struct figure *f, struct buf *b)
{
    struct frame d = {.f = f, .b = b};
    figure_axes(f, &d.x, &d.y);
    double bottom = top + height + below + tilted_room(f);
    double legend = top + 16 + legend_row * (double)f->lines;
    double total_width = left + width + legend_width(f),
           total_height = (bottom > legend ? bottom : legend) + 12;
    buf_addf(b,
             "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" "
             "width=\"%.0f\" height=\"%.0f\" font-family=\"Helvetica, Arial, "
             "sans-serif\" font-size=\"12\" fill=\"#111\" role=\"img\">\n<title>",
             total_width, total_height, total_width, total_height);
    table_add_escaped(b, f->title.data);
    buf_adds(b, "</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
    draw_frame(&d);
    for (size_t i = 0; i < f->lines; i++)
        draw_line(&d, i);
    for (size_t i = 0; i < f->lines; i++)
        draw_legend(&d, i);
    draw_note(&d, total_height - 8);
    buf_adds(b, "</svg>\n");
}
