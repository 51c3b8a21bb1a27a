/* In: a figure. Out: the same lines in characters of braille, eight dots each. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "figure_draw.h"
#include "terminal.h"
#include "text.h"

enum {
    ROWS = 18,
    LABEL_COLUMNS = 9,
    COLUMNS_MIN = 30,
    DOTS_X = 2,
    DOTS_Y = 4,
    INKS = 5,
    THIN = 3 /* a thin line has one dot of so many */
};

static const enum colour inks[INKS] = {CYAN, YELLOW, GREEN, RED, PLAIN};

struct canvas {
    size_t columns;
    unsigned char *dots, *ink; /* [ROWS x columns] */
};

static void set_dot(struct canvas *c, long x, long y, size_t line)
{
    static const unsigned char bit[DOTS_Y][DOTS_X] = {
        {0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    if (x < 0 || y < 0 || x >= (long)c->columns * DOTS_X || y >= ROWS * DOTS_Y)
        return;
    size_t at = (size_t)(y / DOTS_Y) * c->columns + (size_t)(x / DOTS_X);
    c->dots[at] |= bit[y % DOTS_Y][x % DOTS_X];
    c->ink[at] = (unsigned char)(line % INKS);
}

struct place {
    double x, y;
};

static struct place place_of(const struct canvas *c, const struct axis *x,
                             const struct axis *y, const struct point *p)
{
    return (struct place){axis_place(x, p->x) * ((double)c->columns * DOTS_X - 1),
                          (1 - fmin(1, fmax(0, axis_place(y, p->y)))) *
                              (ROWS * DOTS_Y - 1)};
}

static void stroke(struct canvas *c, struct place from, struct place to, size_t line,
                   bool thin)
{
    double steps = fmax(1, fmax(fabs(to.x - from.x), fabs(to.y - from.y)));
    for (double s = 0; s <= steps; s++) {
        long x = lround(from.x + (to.x - from.x) * s / steps);
        if (!thin || x % THIN == 0)
            set_dot(c, x, lround(from.y + (to.y - from.y) * s / steps), line);
    }
}

/* A dot alone would hardly be seen. */
static void mark(struct canvas *c, struct place at, size_t line)
{
    for (int i = -1; i <= 1; i++) {
        set_dot(c, lround(at.x) + i, lround(at.y), line);
        set_dot(c, lround(at.x), lround(at.y) + i, line);
    }
}

static void draw(struct canvas *c, const struct figure *f, const struct axis *x,
                 const struct axis *y)
{
    for (size_t i = 0; i < f->lines; i++) {
        const struct point *points = f->line[i].point;
        for (size_t p = 0; p < f->line[i].points; p++) {
            struct place here = place_of(c, x, y, &points[p]);
            struct place last = p > 0 ? place_of(c, x, y, &points[p - 1]) : here;
            bool thin = points[p].is_thin || (p > 0 && points[p - 1].is_thin);
            if (f->categories > 0)
                mark(c, here, i);
            else
                stroke(c, last, here, i, thin);
        }
        if (f->line[i].end.n > 0)
            mark(c, place_of(c, x, y, &f->line[i].end), i);
    }
}

static void add_char(struct buf *b, bool colours, unsigned char dots, unsigned char ink)
{
    const char text[] = {(char)0xe2, (char)(0xa0 + (dots >> 6)),
                         (char)(0x80 + (dots & 63)), '\0'};
    if (dots == 0)
        buf_addc(b, ' ');
    else
        terminal_paint(b, colours, inks[ink], text);
}

/* The label of the tick that falls into this row. */
static const char *label_of(const struct axis *y, size_t row)
{
    for (size_t i = 0; i < y->ticks; i++) {
        double at = (1 - axis_place(y, y->tick[i].value)) * (ROWS - 1);
        if (y->tick[i].label[0] != '\0' && (size_t)lround(at) == row)
            return y->tick[i].label;
    }
    return "";
}

static void add_rows(const struct canvas *c, const struct axis *y, bool colours,
                     struct buf *b)
{
    for (size_t row = 0; row < ROWS; row++) {
        const char *label = label_of(y, row);
        size_t wide = text_width(label);
        buf_addf(b, "%*s%s%s", wide < LABEL_COLUMNS ? (int)(LABEL_COLUMNS - wide) : 0, "",
                 label, label[0] != '\0' ? " ┤" : " │");
        for (size_t i = 0; i < c->columns; i++)
            add_char(b, colours, c->dots[row * c->columns + i],
                     c->ink[row * c->columns + i]);
        buf_addc(b, '\n');
    }
}

static void add_x_axis(const struct canvas *c, const struct figure *f,
                       const struct axis *x, struct buf *b)
{
    size_t at = 0;
    buf_addf(b, "%*s └", LABEL_COLUMNS, "");
    for (size_t i = 0; i < c->columns; i++)
        buf_adds(b, "─");
    buf_addf(b, "\n%*s", LABEL_COLUMNS + 2, "");
    for (size_t i = 0; f->categories == 0 && i < x->ticks; i++) {
        const char *label = x->tick[i].label;
        size_t wide = text_width(label);
        double place = axis_place(x, x->tick[i].value) * (double)(c->columns - 1);
        size_t start = place > (double)wide / 2 ? (size_t)place - wide / 2 : 0;
        if (wide == 0 || (at > 0 && start < at + 1) || start + wide > c->columns + 1)
            continue;
        buf_addf(b, "%*s%s", (int)(start - at), "", label);
        at = start + wide;
    }
    for (size_t i = 0; i < f->categories; i++)
        buf_addf(b, "%s%zu %s", i > 0 ? ", " : "", i + 1, f->category[i].data);
    buf_addf(b, "\n%*s%s\n", LABEL_COLUMNS + 2, "", f->x_label.data);
}

static void add_legend(const struct figure *f, bool colours, struct buf *b)
{
    for (size_t i = 0; i < f->lines; i++) {
        buf_adds(b, "  ");
        terminal_paint(b, colours, inks[i % INKS], "⠒⠒");
        buf_addc(b, ' ');
        text_add_line(b, f->line[i].label.data);
        buf_adds(b, f->line[i].label.len > 0 ? ", " : "");
        figure_add_n(f, &f->line[i], b);
        buf_addc(b, '\n');
    }
}

void figure_text(const struct figure *f, size_t columns, bool colours, struct buf *b)
{
    struct axis x, y;
    struct canvas c = {.columns = columns > COLUMNS_MIN ? columns - LABEL_COLUMNS - 3
                                                        : COLUMNS_MIN};
    c.dots = calloc(2 * ROWS, c.columns);
    if (c.dots == NULL) {
        b->failed = true;
        return;
    }
    c.ink = c.dots + ROWS * c.columns;
    figure_axes(f, &x, &y);
    draw(&c, f, &x, &y);
    text_add_line(b, f->y_label.data);
    buf_addc(b, '\n');
    add_rows(&c, &y, colours, b);
    add_x_axis(&c, f, &x, b);
    add_legend(f, colours, b);
    if (figure_has_bounds(f))
        buf_adds(b, "  some points are lower bounds: some seeds never got there\n");
    free(c.dots);
}
