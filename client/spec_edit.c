/* In: a spec, and words of the command line. Out: the changed spec. */
#include "spec_edit.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "talk.h"

enum { PATH_MAX_BYTES = 1024, PATH_MAX_TOKENS = 32 };

struct path {
    size_t count;
    char *token[PATH_MAX_TOKENS]; /* into text */
    char text[PATH_MAX_BYTES];
};

/* "~1" is a slash and "~0" a tilde in a JSON pointer. */
static bool decode_pointer(char *token)
{
    char *to = token;
    for (const char *from = token; *from != '\0'; from++) {
        if (*from != '~') {
            *to++ = *from;
            continue;
        }
        from++;
        if (*from != '0' && *from != '1')
            return false;
        *to++ = *from == '0' ? '~' : '/';
    }
    *to = '\0';
    return true;
}

static bool read_path(struct path *ret, const char *text, size_t n)
{
    if (n == 0 || n >= sizeof ret->text)
        return false;
    memcpy(ret->text, text, n);
    ret->text[n] = '\0';
    ret->count = 0;
    bool pointer = text[0] == '/';
    for (char *rest = ret->text + pointer; rest != NULL;) {
        if (ret->count == PATH_MAX_TOKENS)
            return false;
        char *token = strsep(&rest, pointer ? "/" : ".");
        if (pointer ? !decode_pointer(token) : *token == '\0')
            return false;
        ret->token[ret->count++] = token;
    }
    return true;
}

/* The index that the token is in a list; its size where it is none. */
static size_t index_in(const json_t *list, const char *token)
{
    size_t size = json_array_size(list);
    char *end;
    errno = 0;
    unsigned long i = strtoul(token, &end, 10);
    bool digits = token[0] >= '0' && token[0] <= '9' && *end == '\0' && errno == 0;
    return digits && i < size ? i : size;
}

static bool appends(const json_t *list, const char *token)
{
    char next[32];
    snprintf(next, sizeof next, "%zu", json_array_size(list));
    return strcmp(token, "-") == 0 || strcmp(token, next) == 0;
}

/* What is there now, borrowed; NULL for nothing, and for null. */
static json_t *get(const json_t *node, const char *token)
{
    json_t *child = json_is_array(node) ? json_array_get(node, index_in(node, token))
                                        : json_object_get(node, token);
    return json_is_null(child) ? NULL : child;
}

/* Takes the value, also when it fails. */
static bool put_take(json_t *node, const char *token, json_t *value)
{
    if (json_is_object(node))
        return json_object_set_new(node, token, value) == 0;
    if (json_is_array(node) && index_in(node, token) < json_array_size(node))
        return json_array_set_new(node, index_in(node, token), value) == 0;
    if (json_is_array(node) && appends(node, token))
        return json_array_append_new(node, value) == 0;
    json_decref(value);
    return false;
}

/* Goes to the node that holds the last token, making what is missing; NULL when something
 * else is in the way. *ret_at is the token at which it ended. */
static json_t *descend(json_t *spec, const struct path *path, size_t *ret_at)
{
    json_t *node = spec;
    for (*ret_at = 0; *ret_at + 1 < path->count; (*ret_at)++) {
        const char *token = path->token[*ret_at], *after = path->token[*ret_at + 1];
        json_t *child = get(node, token);
        if (child == NULL) {
            bool list = strcmp(after, "0") == 0 || strcmp(after, "-") == 0;
            child = list ? json_array() : json_object();
            if (!put_take(node, token, child))
                return NULL;
        }
        node = child;
    }
    return node;
}

/* JSON; and a text without quotation marks, but not what begins like JSON and is none. */
static json_t *read_value(const char *text)
{
    json_error_t why;
    json_t *value = json_loads(text, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &why);
    bool is_text = *text == '\0' || strchr("[{\"", *text) == NULL;
    if (value == NULL && is_text)
        value = json_string(text); /* NULL for what is no UTF-8 */
    if (value == NULL)
        say("\"%s\" is no JSON value: %s", text, is_text ? "it is not UTF-8" : why.text);
    return value;
}

/* 10,20 or a,b: JSON wants brackets around a list. */
static bool is_bare_list(const json_t *value)
{
    const char *text = json_string_value(value);
    return text != NULL && strchr(text, ',') != NULL;
}

/* [10,20] or ["a","b"] */
static void add_as_list(struct buf *b, const char *text)
{
    for (const char *word = text;; word++) {
        size_t n = strcspn(word, ",");
        json_t *value = json_loadb(word, n, JSON_DECODE_ANY, NULL);
        const char *mark = value != NULL ? "" : "\"";
        buf_addf(b, "%c%s%.*s%s", word == text ? '[' : ',', mark, (int)n, word, mark);
        json_decref(value);
        word += n;
        if (*word == '\0')
            break;
    }
    buf_addc(b, ']');
}

static enum ending refuse_bare_list(const char *assignment, const char *text)
{
    struct buf list;
    buf_init(&list, 4 * PATH_MAX_BYTES);
    add_as_list(&list, text);
    say("--sweep %s: a list stands in brackets: '%.*s=%s'", assignment,
        (int)strcspn(assignment, "="), assignment, list.data);
    buf_release(&list);
    return ENDING_USAGE;
}

/* PATH=VALUE. What is wrong has been said; else the caller owns *ret_value. */
static enum ending read_assignment(const char *option, const char *example,
                                   const char *assignment, struct path *ret_path,
                                   json_t **ret_value)
{
    const char *equals = strchr(assignment, '=');
    if (equals == NULL ||
        !read_path(ret_path, assignment, (size_t)(equals - assignment))) {
        say("--%s takes %s, not \"%s\"", option, example, assignment);
        return ENDING_USAGE;
    }
    *ret_value = read_value(equals + 1);
    return *ret_value != NULL ? ENDING_OK : ENDING_USAGE;
}

enum ending spec_edit_set(json_t *spec, const char *assignment)
{
    struct path path;
    json_t *value;
    enum ending ending = read_assignment(
        "set", "PATH=VALUE, for example network.hidden=[100]", assignment, &path, &value);
    if (ending != ENDING_OK)
        return ending;
    size_t at;
    json_t *node = descend(spec, &path, &at);
    if (node == NULL)
        json_decref(value);
    if (node == NULL || !put_take(node, path.token[at], value)) {
        say("--set %s: there is no place for \"%s\" in the spec", assignment,
            path.token[at]);
        return ENDING_USAGE;
    }
    return ENDING_OK;
}

/* One whole number; what follows it goes to *ret_end. NULL for anything else. */
static json_t *read_seed(const char *text, const char **ret_end)
{
    char *end;
    errno = 0;
    long long seed = strtoll(text, &end, 10);
    if (*text < '0' || *text > '9' || errno != 0 || (*end != '\0' && *end != ','))
        return NULL;
    *ret_end = end;
    return json_integer(seed);
}

static json_t *read_seeds(const char *text)
{
    const char *end;
    json_t *first = read_seed(text, &end);
    if (first == NULL || *end == '\0')
        return first;
    json_t *list = json_array();
    json_t *seed = first;
    while (json_array_append_new(list, seed) == 0 && *end == ',')
        seed = read_seed(end + 1, &end);
    if (seed != NULL)
        return list;
    json_decref(list);
    return NULL;
}

enum ending spec_edit_seeds(json_t *spec, const char *seeds)
{
    json_t *value = read_seeds(seeds);
    if (value == NULL) {
        say("--seeds takes a count or a list such as 1,2,3, not \"%s\"", seeds);
        return ENDING_USAGE;
    }
    return json_object_set_new(spec, "seeds", value) == 0 ? ENDING_OK : say_no_memory();
}

/* The path as a JSON pointer. */
static void add_pointer(struct buf *b, const struct path *path)
{
    for (size_t i = 0; i < path->count; i++) {
        buf_addc(b, '/');
        for (const char *c = path->token[i]; *c != '\0'; c++)
            if (*c == '~' || *c == '/')
                buf_adds(b, *c == '~' ? "~0" : "~1");
            else
                buf_addc(b, *c);
    }
}

static bool add_axis(json_t *spec, const struct path *path, json_t *values)
{
    struct buf pointer;
    buf_init(&pointer, 2 * PATH_MAX_BYTES);
    add_pointer(&pointer, path);
    json_t *sweep = json_object_get(spec, "sweep");
    if (sweep == NULL) {
        sweep = json_object();
        json_object_set_new(spec, "sweep", sweep);
    }
    bool ok = !pointer.failed && json_object_set(sweep, pointer.data, values) == 0;
    buf_release(&pointer);
    return ok;
}

enum ending spec_edit_sweep(json_t *spec, const char *assignment)
{
    struct path path;
    json_t *value;
    enum ending ending =
        read_assignment("sweep", "PATH=VALUES, for example network.hidden.0=[100,200]",
                        assignment, &path, &value);
    if (ending != ENDING_OK)
        return ending;
    if (is_bare_list(value)) {
        ending = refuse_bare_list(assignment, json_string_value(value));
        json_decref(value);
        return ending;
    }
    json_t *values = json_is_array(value) ? json_incref(value) : json_pack("[O]", value);
    bool ok = values != NULL && add_axis(spec, &path, values);
    json_decref(values);
    json_decref(value);
    return ok ? ENDING_OK : say_no_memory();
}
