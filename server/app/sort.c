/* In: the text of ?sort=. Out: keys, or what is wrong with them. */
#include <stdio.h>
#include <string.h>

#include "app/filter_words.h"
#include "base/utf8.h"

static bool is_same(const struct query_term *a, const struct query_term *b)
{
    return a->field == b->field &&
           (a->field != QUERY_SPEC || strcmp(a->path, b->path) == 0);
}

static enum status read_key(enum query_of of, const char *word, struct sort *s,
                            struct filter_error *error)
{
    if (s->keys == QUERY_KEYS_MAX)
        return filter_fail(error, "too_long", NULL, "at most %d keys", QUERY_KEYS_MAX);
    struct query_key *key = &s->key[s->keys];
    key->descending = word[0] == '-';
    enum status status =
        filter_term(of, word + key->descending, true, &s->path[s->keys], &key->of, error);
    for (size_t i = 0; i < s->keys && status == STATUS_OK; i++)
        if (is_same(&s->key[i].of, &key->of))
            status = filter_fail(error, "duplicate", NULL, "%s is there twice", word);
    s->keys += status == STATUS_OK;
    return status;
}

enum status sort_parse(enum query_of of, const char *text, struct sort *ret,
                       struct filter_error *error)
{
    const char *at = text;
    *error = (struct filter_error){.parameter = "sort"};
    *ret = (struct sort){.keys = 0};
    if (!utf8_is_valid(text, strlen(text)))
        return filter_fail(error, "syntax", NULL, "the keys must be UTF-8");
    while (*at != '\0' || at > text) {
        char word[SPEC_PATH_MAX + 8];
        size_t n = strcspn(at, ",");
        snprintf(word, sizeof word, "%.*s", n < sizeof word ? (int)n : 0, at);
        enum status status = read_key(of, word, ret, error);
        if (status != STATUS_OK) {
            error->column = (size_t)(at - text) + 1;
            return status;
        }
        if (at[n] == '\0')
            break;
        at += n + 1;
    }
    return STATUS_OK;
}
