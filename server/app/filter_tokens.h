/* The words, quoted texts and signs of a filter, one after the other. Private to the
 * floor. */
#ifndef FRUGAL_APP_FILTER_TOKENS_H
#define FRUGAL_APP_FILTER_TOKENS_H

#include <stdbool.h>
#include <stddef.h>

#include "app/filter_words.h"

enum token { TOKEN_END, TOKEN_WORD, TOKEN_TEXT, TOKEN_SIGN };

struct tokens {
    const char *start, *at, *end; /* of the source */
    char *text;                   /* room for the words, each with a NUL */
    size_t used;
    enum status status; /* the first failure, of whoever reads on */
    struct filter_error *error;
    /* the present one: */
    enum token token;
    const char *begin; /* in the source */
    const char *word;  /* its text; of a sign, the sign */
};

/* The next one. */
void tokens_advance(struct tokens *t);

/* Whether this is the present one, and nothing has failed; if so, goes on behind it. */
bool tokens_are_at(const struct tokens *t, enum token token, const char *word);
bool tokens_accept(struct tokens *t, enum token token, const char *word);

/* The first failure, of what is at that place; t->error says the rest. Returns false. */
bool tokens_stop(struct tokens *t, const char *at, enum status status);

/* Likewise, of the present token. */
#define TOKENS_FAIL(t, code, ...)                                                        \
    ((t)->status == STATUS_OK                                                            \
         ? tokens_stop(t, (t)->begin, filter_fail((t)->error, code, NULL, __VA_ARGS__))  \
         : false)

#endif
