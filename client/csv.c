/* In: JSON, and which of its members are wanted. Out: CSV. */
#include "csv.h"

#include <stdio.h>
#include <string.h>

#include "dump.h"
#include "talk.h"
#include "terminal.h"
#include "text.h"

enum { TEXT_MAX_BYTES = 64 * 1024, ROW_MAX_BYTES = 1024 * 1024 };

void csv_add(struct buf *b, const json_t *value)
{
    struct buf text;
    buf_init(&text, TEXT_MAX_BYTES);
    if (json_is_string(value))
        buf_adds(&text, json_string_value(value));
    else if (value != NULL && !json_is_null(value))
        dump_line(&text, value);
    bool quoted = strpbrk(text.data, ",\"\r\n") != NULL;
    buf_adds(b, quoted ? "\"" : "");
    for (const char *c = text.data; *c != '\0'; c++)
        buf_addf(b, *c == '"' ? "\"\"" : "%c", *c);
    buf_adds(b, quoted ? "\"" : "");
    buf_release(&text);
}

static const json_t *find(const json_t *value, const char *path)
{
    while (value != NULL && *path != '\0') {
        size_t n = strcspn(path, ".");
        value = json_object_getn(value, path, n);
        path += n + (path[n] == '.');
    }
    return value;
}

void csv_write(const struct buf *b)
{
    struct buf safe;
    if (!terminal_is(stdout)) {
        fwrite(b->data, 1, b->len, stdout);
        return;
    }
    buf_init(&safe, 3 * b->len + 1); /* a byte may become U+FFFD */
    text_add_page(&safe, b->data, b->len);
    fwrite(safe.data, 1, safe.len, stdout);
    buf_release(&safe);
}

enum ending csv_print(const json_t *list, const struct csv_column *columns, size_t n)
{
    struct buf row;
    bool failed = false;
    buf_init(&row, ROW_MAX_BYTES);
    for (size_t c = 0; c < n; c++)
        printf("%s%s", c > 0 ? "," : "", columns[c].title);
    printf("\n");
    for (size_t i = 0; i < json_array_size(list) && !failed; i++) {
        buf_clear(&row);
        for (size_t c = 0; c < n; c++) {
            buf_adds(&row, c > 0 ? "," : "");
            csv_add(&row, find(json_array_get(list, i), columns[c].path));
        }
        buf_addc(&row, '\n');
        csv_write(&row);
        failed = row.failed;
    }
    buf_release(&row);
    return failed ? say_no_memory() : ENDING_OK;
}
