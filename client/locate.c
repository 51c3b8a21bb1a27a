/* In: a text that was parsed already, and a pointer. Out: an offset. jansson reads every
 * key and value here too; this file only steps over the punctuation between them. */
#include "locate.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { TOKEN_MAX = 1024 };

/* Takes the next token off a pointer; NULL: there is none. */
static const char *next_token(const char *pointer, char token[static TOKEN_MAX])
{
    size_t n = 0;
    if (*pointer != '/')
        return NULL;
    for (pointer++; *pointer != '\0' && *pointer != '/'; pointer++) {
        char c = *pointer;
        if (c == '~' && (pointer[1] == '0' || pointer[1] == '1'))
            c = *++pointer == '0' ? '~' : '/';
        if (n + 1 < TOKEN_MAX)
            token[n++] = c;
    }
    token[n] = '\0';
    return pointer;
}

/* The item of a list that the token names; past every list: none. */
static size_t item_of(const char *token)
{
    char *end;
    unsigned long i = strtoul(token, &end, 10);
    return token[0] >= '0' && token[0] <= '9' && *end == '\0' ? i : SIZE_MAX;
}

json_t *locate_in(json_t *value, const char *pointer)
{
    char token[TOKEN_MAX];
    while (value != NULL && (pointer = next_token(pointer, token)) != NULL) {
        value = json_is_array(value) ? json_array_get(value, item_of(token))
                                     : json_object_get(value, token);
        if (*pointer == '\0')
            return value;
    }
    return value;
}

static size_t skip_blanks(const struct buf *text, size_t at)
{
    return at + strspn(text->data + at, " \t\r\n");
}

/* The value there, and where it ends. */
static json_t *read_value(const struct buf *text, size_t start, size_t *ret_end)
{
    json_error_t where;
    json_t *value =
        json_loadb(text->data + start, text->len - start,
                   JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK | JSON_ALLOW_NUL, &where);
    *ret_end = value != NULL ? start + (size_t)where.position : text->len;
    return value;
}

json_t *locate_value(const struct buf *text, size_t start)
{
    size_t end;
    return read_value(text, start, &end);
}

static size_t skip_value(const struct buf *text, size_t at)
{
    size_t end;
    json_decref(read_value(text, at, &end));
    return end;
}

/* Behind the comma; or the end of the list or object. */
static size_t skip_comma(const struct buf *text, size_t at)
{
    at = skip_blanks(text, at);
    return text->data[at] == ',' ? skip_blanks(text, at + 1) : at;
}

static bool find_member(const struct buf *text, size_t at, const char *name,
                        struct location *ret)
{
    at = skip_blanks(text, at + 1);
    while (at < text->len && text->data[at] == '"') {
        size_t end;
        json_t *key = read_value(text, at, &end);
        bool same = key != NULL && strcmp(json_string_value(key), name) == 0;
        json_decref(key);
        size_t value = skip_blanks(text, skip_blanks(text, end) + 1);
        if (same) {
            *ret = (struct location){.start = at, .value = value};
            return true;
        }
        at = skip_comma(text, skip_value(text, value));
    }
    return false;
}

static bool find_item(const struct buf *text, size_t at, const char *token,
                      struct location *ret)
{
    size_t wanted = item_of(token);
    at = skip_blanks(text, at + 1);
    for (size_t i = 0; at < text->len && text->data[at] != ']'; i++) {
        if (i == wanted) {
            *ret = (struct location){.start = at, .value = at};
            return true;
        }
        at = skip_comma(text, skip_value(text, at));
    }
    return false;
}

bool locate(const struct buf *text, const char *pointer, struct location *ret)
{
    char token[TOKEN_MAX];
    size_t start = skip_blanks(text, 0);
    *ret = (struct location){.start = start, .value = start};
    while (*pointer != '\0') {
        char first = ret->value < text->len ? text->data[ret->value] : '\0';
        pointer = next_token(pointer, token);
        bool found = false;
        if (pointer != NULL && first == '{')
            found = find_member(text, ret->value, token, ret);
        else if (pointer != NULL && first == '[')
            found = find_item(text, ret->value, token, ret);
        if (!found)
            return false;
    }
    return true;
}

void locate_line(const struct buf *text, size_t at, int *ret_line, int *ret_column)
{
    *ret_line = *ret_column = 1;
    for (size_t i = 0; i < at && i < text->len; i++) {
        if (text->data[i] == '\n') {
            ++*ret_line;
            *ret_column = 1;
        } else if (((unsigned char)text->data[i] & 0xc0) != 0x80) {
            ++*ret_column;
        }
    }
}
