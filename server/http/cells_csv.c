#include "http/cells_csv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void cells_csv_init(struct cells_csv *c)
{
    c->pointers = json_object();
}

void cells_csv_release(struct cells_csv *c)
{
    json_decref(c->pointers);
}

void cells_csv_know(struct cells_csv *c, const char *params)
{
    json_t *own = json_loads(params, 0, NULL);
    if (json_is_object(own))
        json_object_update_missing(c->pointers, own);
    json_decref(own);
}

/* RFC 4180: in quotes where it must be, quotes doubled. */
static void add_field(struct buf *text, const char *field)
{
    if (strpbrk(field, ",\"\r\n") == NULL) {
        buf_adds(text, field);
        return;
    }
    buf_addc(text, '"');
    for (const char *c = field; *c != '\0'; c++) {
        if (*c == '"')
            buf_addc(text, '"');
        buf_addc(text, *c);
    }
    buf_addc(text, '"');
}

void cells_csv_header(const struct cells_csv *c, struct buf *text)
{
    const char *pointer;
    json_t *value;
    buf_adds(text, "cell");
    json_object_foreach(c->pointers, pointer, value)
    {
        buf_addc(text, ',');
        add_field(text, pointer);
    }
}

static void add_value(struct buf *text, const json_t *value)
{
    if (json_is_string(value)) {
        add_field(text, json_string_value(value));
    } else if (json_is_real(value)) {
        buf_add_double(text, json_real_value(value));
    } else if (value != NULL) {
        char *dumped =
            json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
        add_field(text, dumped != NULL ? dumped : "");
        free(dumped);
    }
}

void cells_csv_begin(const struct cells_csv *c, int64_t cell, const char *params,
                     struct buf *text)
{
    const char *pointer;
    json_t *value, *own = json_loads(params, 0, NULL);
    buf_addf(text, "%lld", (long long)cell);
    json_object_foreach(c->pointers, pointer, value)
    {
        buf_addc(text, ',');
        add_value(text, json_object_get(own, pointer));
    }
    json_decref(own);
}

void csv_number(struct buf *text, double x)
{
    buf_addc(text, ',');
    if (isfinite(x))
        buf_add_double(text, x);
}

void csv_count(struct buf *text, size_t n)
{
    buf_addf(text, ",%zu", n);
}
