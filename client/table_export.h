/* A table (table.h) as text for other programs. */
#ifndef FRUGAL_CLIENT_TABLE_EXPORT_H
#define FRUGAL_CLIENT_TABLE_EXPORT_H

#include "base/buf.h"
#include "table.h"

/* Appends a tabular for LaTeX with the package booktabs. "3.28e9 ± 0.14e9" becomes a
 * formula; everything else is escaped. `comment` is a line above it. */
void table_latex(const struct table *t, const char *comment, struct buf *b);

/* Appends a <table>. */
void table_html(const struct table *t, struct buf *b);

/* Appends text as it may stand in HTML and XML, attributes included. */
void table_add_escaped(struct buf *b, const char *text);

#endif
