/* In: texts, row by row. Out: lines in which every column is as wide as its content. */
#include "table.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "number.h"
#include "talk.h"
#include "text.h"

enum { GAP = 2, ELASTIC_MIN = 8, TABLE_MAX_BYTES = 256 * 1024 * 1024 };

void table_init(struct table *t, size_t columns)
{
    *t = (struct table){.columns = columns};
}

void table_release(struct table *t)
{
    for (size_t i = 0; i < t->count; i++)
        free(t->cells[i].text);
    free(t->cells);
    table_init(t, t->columns);
}

static bool make_room(struct table *t)
{
    if (t->count < t->room)
        return true;
    size_t room = t->room == 0 ? 64 : t->room * 2;
    struct table_cell *cells = reallocarray(t->cells, room, sizeof *cells);
    if (cells == NULL)
        return false;
    t->cells = cells;
    t->room = room;
    return true;
}

static void add(struct table *t, enum table_side side, enum colour colour,
                const char *text)
{
    struct buf b;
    buf_init(&b, TABLE_MAX_BYTES);
    text_add_line(&b, text);
    char *copy = buf_take(&b, NULL);
    if (t->failed || copy == NULL || !make_room(t)) {
        t->failed = true;
        free(copy);
        return;
    }
    t->cells[t->count++] =
        (struct table_cell){.text = copy, .colour = colour, .side = side};
}

void table_header(struct table *t, enum table_side side, const char *title)
{
    add(t, side, BOLD, title);
}

void table_cell(struct table *t, enum colour colour, const char *text)
{
    add(t, TABLE_LEFT, colour, text);
}

static void measure(const struct table *t, size_t *widths)
{
    for (size_t i = 0; i < t->count; i++) {
        size_t width = text_width(t->cells[i].text), *widest = &widths[i % t->columns];
        if (width > *widest)
            *widest = width;
    }
}

static size_t line_width(const size_t *widths, size_t shown)
{
    size_t total = GAP * (shown - 1);
    for (size_t c = 0; c < shown; c++)
        total += widths[c];
    return total;
}

/* Takes from the elastic column what the lines are too wide for the terminal; where that
 * is not enough, columns are left out from the right. How many are shown. */
static size_t fit(const struct table *t, size_t *widths, size_t columns)
{
    size_t shown = t->columns, total = line_width(widths, shown);
    for (size_t c = 0; c < shown && total > columns; c++) {
        size_t spare = widths[c] > ELASTIC_MIN ? widths[c] - ELASTIC_MIN : 0;
        if (t->cells[c].side == TABLE_ELASTIC)
            widths[c] -= total - columns < spare ? total - columns : spare;
        total = line_width(widths, shown);
    }
    while (shown > 1 && line_width(widths, shown) > columns)
        shown--;
    if (line_width(widths, shown) > columns)
        widths[0] = columns;
    return shown;
}

static void add_row(const struct table *t, size_t row, const size_t *widths, size_t shown,
                    bool colours, struct buf *line)
{
    size_t owed = 0; /* spaces before the next text; none behind the last one */
    for (size_t c = 0; c < shown; c++) {
        const struct table_cell *cell = &t->cells[row * t->columns + c];
        struct buf text;
        buf_init(&text, TABLE_MAX_BYTES);
        text_add_clipped(&text, cell->text, widths[c]);
        size_t pad = widths[c] - text_width(text.data);
        if (t->cells[c].side == TABLE_RIGHT)
            owed += pad;
        if (text.len > 0) {
            buf_addf(line, "%*s", (int)owed, "");
            owed = 0;
        }
        terminal_paint(line, colours, cell->colour, text.data);
        owed += GAP + (t->cells[c].side == TABLE_RIGHT ? 0 : pad);
        buf_release(&text);
    }
    buf_addc(line, '\n');
}

enum ending table_print(const struct table *t, FILE *out)
{
    size_t *widths = calloc(t->columns, sizeof *widths);
    if (t->failed || widths == NULL) {
        free(widths);
        return say_no_memory();
    }
    measure(t, widths);
    size_t shown = t->columns;
    if (terminal_is(out))
        shown = fit(t, widths, terminal_size(out).columns);
    struct buf lines;
    buf_init(&lines, TABLE_MAX_BYTES);
    for (size_t row = 0; row < t->count / t->columns; row++)
        add_row(t, row, widths, shown, terminal_colours(out), &lines);
    bool ok = !lines.failed;
    fwrite(lines.data, 1, lines.len, out);
    buf_release(&lines);
    free(widths);
    if (shown < t->columns)
        say("no room in this terminal for %zu more column%s", t->columns - shown,
            number_plural((int64_t)(t->columns - shown)));
    return ok ? ENDING_OK : say_no_memory();
}
