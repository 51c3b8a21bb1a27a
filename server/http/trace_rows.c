#include "http/trace_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char SECONDS[] = "seconds";

/* Whether `name` is one of the words of a list separated by commas. */
static bool is_listed(const char *list, const char *name)
{
    size_t n = strlen(name);
    for (; list != NULL; list = strchr(list, ',')) {
        list += *list == ',';
        if (strncmp(list, name, n) == 0 && (list[n] == ',' || list[n] == '\0'))
            return true;
    }
    return false;
}

void trace_columns_choose(const char *names, const char *wanted,
                          struct trace_columns *ret)
{
    *ret = (struct trace_columns){.names = strdup(names != NULL ? names : "")};
    char *rest = ret->names, *name;
    for (size_t i = 0; (name = strsep(&rest, " ")) != NULL && i < TRACE_COLUMNS_MAX;
         i++) {
        if (*name == '\0' || (wanted != NULL && !is_listed(wanted, name)))
            continue;
        ret->name[ret->count] = name;
        ret->place[ret->count++] = i;
    }
    if (wanted != NULL && is_listed(wanted, SECONDS)) {
        ret->name[ret->count] = SECONDS;
        ret->place[ret->count++] = PLACE_OF_SECONDS;
    }
}

void trace_columns_release(struct trace_columns *c)
{
    free(c->names);
    c->names = NULL;
}

double trace_value_at(const struct trace_stored *row, size_t place)
{
    if (place == PLACE_OF_SECONDS)
        return row->seconds;
    return place < row->count ? row->value[place] : (double)NAN;
}

void trace_add_csv(struct buf *b, double x)
{
    if (isfinite(x))
        buf_add_double(b, x);
}

void trace_add_json(struct buf *b, double x)
{
    if (isfinite(x))
        buf_add_double(b, x);
    else
        buf_adds(b, "null");
}

struct reading {
    struct trace_block *block;
    const struct trace_columns *columns;
    int64_t end;
};

static bool take_row(void *arg, const struct trace_stored *row)
{
    struct reading *r = arg;
    struct trace_block *b = r->block;
    if (row->seq > r->end)
        return false;
    double *value = b->value + b->rows++ * r->columns->count;
    for (size_t i = 0; i < r->columns->count; i++)
        value[i] = trace_value_at(row, r->columns->place[i]);
    b->last = row->seq;
    return b->rows < BLOCK_ROWS && row->seq < r->end;
}

static enum status read_block(struct conn *c, struct reading *r,
                              const struct trace_source *s)
{
    int64_t attempts = 0;
    struct trace_block *b = r->block;
    enum status status = store_run_attempts(c, s->run, &attempts);
    if (status == STATUS_OK && b->after < s->end)
        status = store_trace_list(c, s->run, b->after, take_row, r);
    bool same = attempts == s->attempts && (b->rows > 0 || b->after >= s->end);
    return status == STATUS_OK && !same ? STATUS_CONFLICT : status;
}

enum status trace_block_read(struct trace_block *b, const struct trace_source *s,
                             const struct trace_columns *c, int64_t after)
{
    if (b->is_read && b->after == after)
        return STATUS_OK;
    if (b->value == NULL)
        b->value = calloc(BLOCK_ROWS * (c->count + 1), sizeof *b->value);
    struct conn *reader = store_reader(s->app->store);
    if (reader == NULL || b->value == NULL)
        return STATUS_NO_MEMORY;
    enum status status = store_read_begin(reader);
    if (status != STATUS_OK)
        return status;
    struct reading r = {b, c, s->end};
    b->rows = 0;
    b->after = b->last = after;
    status = read_block(reader, &r, s);
    store_read_end(reader);
    b->is_read = status == STATUS_OK;
    return status;
}

void trace_block_release(struct trace_block *b)
{
    free(b->value);
    *b = (struct trace_block){.rows = 0};
}
