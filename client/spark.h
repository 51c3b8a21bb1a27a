/* A row of numbers as a row of small bars. */
#ifndef FRUGAL_CLIENT_SPARK_H
#define FRUGAL_CLIENT_SPARK_H

#include <jansson.h>
#include <stddef.h>

#include "base/buf.h"

/* Appends at most `columns` bars for the numbers of a list, from its least to its
 * greatest; where there are more numbers, as many at equal distances, the first and
 * the last among them. What is no number is a space. */
void spark_add(struct buf *b, const json_t *list, size_t columns);

#endif
