/* In: filter, keys and cursor as texts. Out: a query for the store; and cursors.
 *
 * A cursor is a place in an order: the hash of the question, the time that ages are
 * counted from, the id of a row and its keys, in hexadecimal. Nothing in it is trusted.
 */
#include "app/listing.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/utf8.h"

enum { CURSOR_MAX = 7000, QUESTION_DIGITS = 16 };

struct listing {
    struct query query;
    struct filter *filter;
    struct sort sort;
    int64_t now;
    char question[HASH_TEXT];
    struct value state;
    struct query_node state_node, both_node; /* where ?state= is asked for too */
    struct query_place after;                /* texts are owned */
};

static bool hash_question(const struct listing_question *a, char ret[static HASH_TEXT])
{
    struct buf text;
    buf_init(&text, 1 << 16);
    buf_addf(&text, "%d %" PRId64 " %d %d\n%s\n%s", (int)a->of, a->job, (int)a->state,
             a->trashed, a->filter != NULL ? a->filter : "",
             a->sort != NULL ? a->sort : "");
    hash_text(text.data, text.len, ret);
    ret[QUESTION_DIGITS] = '\0';
    bool ok = !text.failed;
    buf_release(&text);
    return ok;
}

static void add_key(struct buf *b, const struct value *v)
{
    uint64_t bits;
    if (v->kind == VALUE_NUMBER) {
        memcpy(&bits, &v->number, sizeof bits);
        buf_addf(b, ".n%" PRIx64, bits);
    } else if (v->kind == VALUE_TEXT) {
        buf_adds(b, ".t");
        for (const char *c = v->text; *c != '\0'; c++)
            buf_addf(b, "%02x", (unsigned)(unsigned char)*c);
    } else {
        buf_adds(b, ".m");
    }
}

char *listing_cursor(const struct listing *l, const struct query_found *found)
{
    struct buf text;
    buf_init(&text, CURSOR_MAX);
    buf_addf(&text, "%s.%" PRIx64 ".%" PRIx64, l->question, (uint64_t)l->now,
             (uint64_t)found->last.id);
    for (size_t i = 0; i < l->query.keys; i++)
        add_key(&text, &found->last.key[i]);
    return buf_take(&text, NULL);
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c != '\0' ? strchr(digits, c) : NULL;
    return at != NULL ? (int)(at - digits) : -1;
}

/* All of a word. */
static bool read_hex(const char *word, uint64_t *ret)
{
    size_t n = 0;
    *ret = 0;
    for (; word[n] != '\0'; n++) {
        int digit = hex_digit(word[n]);
        if (digit < 0 || n == 16)
            return false;
        *ret = *ret << 4 | (uint64_t)digit;
    }
    return n > 0;
}

/* In place. */
static bool read_hex_text(char *word)
{
    char *to = word;
    for (const char *c = word; *c != '\0'; c += 2) {
        int high = hex_digit(c[0]), low = high < 0 ? -1 : hex_digit(c[1]);
        if (low < 0 || (high == 0 && low == 0))
            return false;
        *to++ = (char)(high << 4 | low);
    }
    *to = '\0';
    return utf8_is_valid(word, (size_t)(to - word));
}

static bool read_key(char *word, struct value *ret)
{
    uint64_t bits;
    char *text = NULL;
    if (word == NULL)
        return false;
    switch (word[0]) {
    case 'm':
        return word[1] == '\0';
    case 'n':
        ret->kind = VALUE_NUMBER;
        if (!read_hex(word + 1, &bits))
            return false;
        memcpy(&ret->number, &bits, sizeof bits);
        return ret->number == ret->number;
    case 't':
        if (read_hex_text(word + 1))
            text = strdup(word + 1);
        if (text != NULL)
            *ret = VALUE_OF_TEXT(text);
        return text != NULL;
    default:
        return false;
    }
}

/* False: it is none of this question. */
static bool read_cursor(struct listing *l, const char *cursor)
{
    uint64_t now, id;
    char *copy = strdup(cursor), *rest = copy;
    char *question = strsep(&rest, "."), *time = strsep(&rest, "."),
         *at = strsep(&rest, ".");
    bool ok = at != NULL && strcmp(question, l->question) == 0 && read_hex(time, &now) &&
              read_hex(at, &id) && now < INT64_MAX && id < INT64_MAX;
    for (size_t i = 0; i < l->query.keys && ok; i++)
        ok = read_key(strsep(&rest, "."), &l->after.key[i]);
    ok = ok && rest == NULL;
    if (ok) {
        l->now = (int64_t)now;
        l->after.id = (int64_t)id;
        l->query.after = &l->after;
    }
    free(copy);
    return ok;
}

static void set_where(struct listing *l, enum run_state state)
{
    const struct query_node *tree = filter_tree(l->filter);
    l->query.where = tree;
    if (state == RUN_STATES)
        return;
    l->state = VALUE_OF_TEXT(run_state_name(state));
    l->state_node.test = (struct query_test){
        .of = {.field = QUERY_STATE}, .value = &l->state, .values = 1};
    l->both_node = (struct query_node){
        .kind = QUERY_NODE_AND, .left = &l->state_node, .right = tree};
    l->query.where = tree != NULL ? &l->both_node : &l->state_node;
}

static enum status read_question(struct listing *l, const struct listing_question *a,
                                 struct filter_error *error)
{
    const char *filter = a->filter != NULL ? a->filter : "";
    enum status status =
        sort_parse(a->of, a->sort != NULL ? a->sort : "", &l->sort, error);
    if (status != STATUS_OK)
        return status;
    l->query.keys = l->sort.keys;
    memcpy(l->query.key, l->sort.key, sizeof l->query.key);
    if (a->cursor != NULL && !read_cursor(l, a->cursor)) {
        *error = (struct filter_error){
            .parameter = "cursor",
            .code = "foreign_cursor",
            .detail = "this cursor is not from a list with the same filter and order"};
        return STATUS_BAD_REQUEST;
    }
    return filter_parse(a->of, filter, strlen(filter), l->now, &l->filter, error);
}

enum status listing_open(const struct listing_question *asked, struct listing **ret,
                         struct filter_error *error)
{
    struct listing *l = calloc(1, sizeof *l);
    if (l == NULL || !hash_question(asked, l->question)) {
        free(l);
        return STATUS_NO_MEMORY;
    }
    l->now = clock_now_ms();
    l->query = (struct query){.of = asked->of,
                              .newest_first = asked->of == QUERY_JOBS,
                              .trashed = asked->trashed,
                              .job = asked->job,
                              .limit = asked->limit};
    enum status status = read_question(l, asked, error);
    if (status != STATUS_OK) {
        listing_close(l);
        return status;
    }
    set_where(l, asked->state);
    *ret = l;
    return STATUS_OK;
}

void listing_close(struct listing *l)
{
    query_place_release(&l->after);
    if (l->filter != NULL)
        filter_free(l->filter);
    free(l);
}

const struct query *listing_query(const struct listing *l)
{
    return &l->query;
}

void listing_go_on(struct listing *l, struct query_found *found)
{
    query_place_release(&l->after);
    l->after = found->last;
    found->last = (struct query_place){.id = 0};
    l->query.after = &l->after;
}

void listing_rewind(struct listing *l)
{
    query_place_release(&l->after);
    l->query.after = NULL;
}
