/* In: numbers. Out: eight heights. */
#include "spark.h"

#include <math.h>

enum { HEIGHTS = 8 };

static const char *const bars[HEIGHTS] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

static double number_at(const json_t *list, size_t i)
{
    const json_t *value = json_array_get(list, i);
    return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

void spark_add(struct buf *b, const json_t *list, size_t columns)
{
    size_t n = json_array_size(list), shown = n < columns ? n : columns;
    double least = (double)NAN, greatest = (double)NAN;
    for (size_t i = 0; i < n; i++) {
        least = fmin(least, number_at(list, i)); /* these pass over NaN */
        greatest = fmax(greatest, number_at(list, i));
    }
    for (size_t c = 0; c < shown; c++) {
        double x = number_at(list, shown > 1 ? c * (n - 1) / (shown - 1) : n - 1);
        double height = greatest > least ? (x - least) / (greatest - least) : 0;
        buf_adds(b, isnan(x) ? " " : bars[(int)(height * (HEIGHTS - 1) + 0.5)]);
    }
}
