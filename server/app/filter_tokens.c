/* In: the text of a filter. Out: its words and signs; or the column of a character that
 * is neither. */
#include "app/filter_tokens.h"

#include <string.h>

/* Characters, not bytes. */
static size_t column_of(const struct tokens *t, const char *at)
{
    size_t column = 1;
    for (const char *c = t->start; c < at; c++)
        column += ((unsigned char)*c & 0xc0) != 0x80;
    return column;
}

bool tokens_stop(struct tokens *t, const char *at, enum status status)
{
    if (t->status == STATUS_OK) {
        t->status = status;
        t->error->column = column_of(t, at);
    }
    return false;
}

static bool is_word_byte(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           ((unsigned char)c & 0x80) != 0 || (c != '\0' && strchr("_.:+-/%@", c) != NULL);
}

/* Where the next word is put together. */
static void put(struct tokens *t, char c)
{
    t->text[t->used++] = c;
}

static void read_quoted(struct tokens *t)
{
    char quote = *t->at++;
    while (t->at < t->end && *t->at != quote) {
        if (*t->at == '\\' && t->at + 1 < t->end)
            t->at++;
        put(t, *t->at++);
    }
    if (t->at == t->end)
        TOKENS_FAIL(t, "syntax", "this quote has no end");
    else
        t->at++;
    t->token = TOKEN_TEXT;
}

static void read_sign(struct tokens *t)
{
    char c = *t->at++;
    bool may_have_equal = c != '\0' && strchr("<>!", c) != NULL;
    put(t, c);
    if (may_have_equal && t->at < t->end && *t->at == '=')
        put(t, *t->at++);
    t->token = TOKEN_SIGN;
    if (c == '\0' || strchr("()<>=~,!", c) == NULL || strcmp(t->word, "!") == 0)
        TOKENS_FAIL(
            t, "syntax",
            "this character has no meaning here; texts with other characters than "
            "letters, "
            "digits and _.:+-/%%@ stand in quotes");
}

void tokens_advance(struct tokens *t)
{
    while (t->at < t->end && strchr(" \t\r\n", *t->at) != NULL && *t->at != '\0')
        t->at++;
    t->begin = t->at;
    t->word = t->text + t->used;
    t->token = TOKEN_END;
    if (t->at == t->end) {
        put(t, '\0');
        return;
    }
    if (*t->at == '"' || *t->at == '\'') {
        read_quoted(t);
    } else if (is_word_byte(*t->at)) {
        while (t->at < t->end && is_word_byte(*t->at))
            put(t, *t->at++);
        t->token = TOKEN_WORD;
    } else {
        read_sign(t);
    }
    put(t, '\0');
}

bool tokens_are_at(const struct tokens *t, enum token token, const char *word)
{
    return t->status == STATUS_OK && t->token == token && strcmp(t->word, word) == 0;
}

bool tokens_accept(struct tokens *t, enum token token, const char *word)
{
    bool there = tokens_are_at(t, token, word);
    if (there)
        tokens_advance(t);
    return there;
}
