/* In: a jansson value. Out: its text. */
#include "dump.h"

#include <stdio.h>

#include "talk.h"
#include "text.h"

enum { ONE_LINE = -1, STEP = 2 };

static const size_t page_max_bytes = (size_t)1 << 30;

static void add_text(struct buf *b, const char *s)
{
    buf_addc(b, '"');
    while (*s != '\0') {
        const char *from = s;
        uint32_t c = text_next(&s);
        if (c == '"' || c == '\\')
            buf_addf(b, "\\%c", (char)c);
        else if (c == '\n')
            buf_adds(b, "\\n");
        else if (text_is_unsafe(c))
            buf_addf(b, "\\u%04x", c);
        else
            buf_add(b, from, (size_t)(s - from));
    }
    buf_addc(b, '"');
}

static void add_plain(struct buf *b, const json_t *value)
{
    if (json_is_string(value))
        add_text(b, json_string_value(value));
    else if (json_is_integer(value))
        buf_addf(b, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_real(value))
        buf_add_double(b, json_real_value(value));
    else
        buf_adds(b, json_is_null(value)   ? "null"
                    : json_is_true(value) ? "true"
                                          : "false");
}

static bool holds_others(const json_t *value)
{
    return json_is_object(value) || json_is_array(value);
}

static bool is_plain_list(const json_t *value)
{
    if (!json_is_array(value))
        return false;
    for (size_t i = 0; i < json_array_size(value); i++)
        if (holds_others(json_array_get(value, i)))
            return false;
    return true;
}

/* Begins the next element: a comma unless it is the first, then a new line or a space. */
static void begin_next(struct buf *b, bool first, int indent)
{
    if (!first)
        buf_addc(b, ',');
    if (indent != ONE_LINE)
        buf_addf(b, "\n%*s", indent, "");
    else if (!first)
        buf_addc(b, ' ');
}

static void add(struct buf *b, const json_t *value, int indent);

static void add_list(struct buf *b, const json_t *list, int inside)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        begin_next(b, i == 0, inside);
        add(b, json_array_get(list, i), inside);
    }
}

static void add_members(struct buf *b, json_t *object, int inside)
{
    const char *key;
    json_t *member;
    bool first = true;
    json_object_foreach(object, key, member)
    {
        begin_next(b, first, inside);
        add_text(b, key);
        buf_adds(b, ": ");
        add(b, member, inside);
        first = false;
    }
}

static void add(struct buf *b, const json_t *value, int indent)
{
    if (!holds_others(value)) {
        add_plain(b, value);
        return;
    }
    bool list = json_is_array(value);
    bool empty = list ? json_array_size(value) == 0 : json_object_size(value) == 0;
    int inside = indent == ONE_LINE || is_plain_list(value) ? ONE_LINE : indent + STEP;
    buf_addc(b, list ? '[' : '{');
    if (list)
        add_list(b, value, inside);
    else
        add_members(b, (json_t *)(uintptr_t)value, inside); /* iterators take no const */
    if (inside != ONE_LINE && !empty)
        buf_addf(b, "\n%*s", indent, "");
    buf_addc(b, list ? ']' : '}');
}

void dump_line(struct buf *b, const json_t *value)
{
    add(b, value, ONE_LINE);
}

void dump_page(struct buf *b, const json_t *value)
{
    add(b, value, 0);
}

enum ending dump_print(const json_t *value)
{
    struct buf page;
    buf_init(&page, page_max_bytes);
    dump_page(&page, value);
    buf_addc(&page, '\n');
    bool ok = !page.failed;
    if (ok)
        fwrite(page.data, 1, page.len, stdout);
    buf_release(&page);
    return ok ? ENDING_OK : say_no_memory();
}
