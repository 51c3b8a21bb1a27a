/* Aligned columns under a header line. Fill it row by row, the header first:
 *
 *     struct table t;
 *     table_init(&t, 2);
 *     table_header(&t, TABLE_LEFT, "name");
 *     table_header(&t, TABLE_RIGHT, "runs");
 *     table_cell(&t, PLAIN, name);
 *     table_cell(&t, PLAIN, runs);
 *     ...
 *     enum ending ending = table_print(&t, stdout);
 *     table_release(&t);
 *
 * Texts are copied and made safe. Failure of memory is sticky and shows at the end. */
#ifndef FRUGAL_CLIENT_TABLE_H
#define FRUGAL_CLIENT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "ending.h"
#include "terminal.h"

enum table_side { TABLE_LEFT, TABLE_RIGHT, TABLE_ELASTIC /* left; clipped to fit */ };

struct table_cell {
    char *text; /* owned */
    enum colour colour;
    enum table_side side; /* of the column; set in the header row only */
};

struct table {
    struct table_cell *cells; /* rows x columns; row 0 is the header */
    size_t count, room, columns;
    bool failed;
};

void table_init(struct table *t, size_t columns);
void table_release(struct table *t);
void table_header(struct table *t, enum table_side side, const char *title);
void table_cell(struct table *t, enum colour colour, const char *text);

/* Writes the table; on a terminal an elastic column is clipped, and columns are left out
 * from the right, so that lines fit. */
enum ending table_print(const struct table *t, FILE *out);

#endif
