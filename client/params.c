/* In: the params objects of cells. Out: texts. It does not know what they mean. */
#include "params.h"

#include <string.h>

#include "dump.h"

enum { VALUE_MAX_BYTES = 64 * 1024 };

json_t *params_collect(const json_t *cells)
{
    json_t *all = json_object();
    for (size_t i = 0; i < json_array_size(cells); i++) {
        json_t *params = json_object_get(json_array_get(cells, i), "params");
        if (json_is_object(params) && json_object_update(all, params) != 0) {
            json_decref(all);
            return NULL;
        }
    }
    return all;
}

void params_add_name(struct buf *b, const char *pointer)
{
    const char *start = strrchr(pointer, '/');
    while (start != NULL && start > pointer && *--start != '/')
        ;
    for (const char *c = start != NULL ? start + (*start == '/') : pointer; *c != '\0';
         c++)
        buf_addc(b, *c == '/' ? '.' : *c);
}

void params_add_names(struct buf *b, json_t *all)
{
    const char *pointer, *separator = "";
    json_t *unused;
    json_object_foreach(all, pointer, unused)
    {
        buf_adds(b, separator);
        params_add_name(b, pointer);
        separator = ", ";
    }
}

static void add_list(struct buf *b, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        buf_adds(b, i > 0 ? ", " : "");
        params_add_words(b, json_array_get(list, i));
    }
}

static void add_members(struct buf *b, json_t *object)
{
    const char *key, *separator = "";
    json_t *member;
    json_object_foreach(object, key, member)
    {
        buf_addf(b, "%s%s ", separator, key);
        params_add_words(b, member);
        separator = ", ";
    }
}

void params_add_words(struct buf *b, const json_t *value)
{
    if (json_is_string(value))
        buf_adds(b, json_string_value(value));
    else if (json_is_array(value))
        add_list(b, value);
    else if (json_is_object(value) && json_object_size(value) == 0)
        buf_adds(b, "plain");
    else if (json_is_object(value))
        add_members(b, (json_t *)value);
    else if (value == NULL || json_is_null(value))
        buf_adds(b, "none");
    else
        dump_line(b, value);
}

void params_headers(struct table *t, json_t *all)
{
    const char *pointer;
    json_t *unused;
    json_object_foreach(all, pointer, unused)
    {
        struct buf title;
        buf_init(&title, VALUE_MAX_BYTES);
        params_add_name(&title, pointer);
        table_header(t, TABLE_LEFT, title.data);
        buf_release(&title);
    }
}

void params_value(struct table *t, const json_t *value)
{
    struct buf text;
    buf_init(&text, VALUE_MAX_BYTES);
    if (value != NULL)
        params_add_words(&text, value);
    table_cell(t, PLAIN, text.failed ? "..." : text.data);
    buf_release(&text);
}

void params_row(struct table *t, json_t *all, const json_t *cell)
{
    const char *pointer;
    json_t *unused;
    json_object_foreach(all, pointer, unused)
    {
        params_value(t, json_object_get(json_object_get(cell, "params"), pointer));
    }
}
