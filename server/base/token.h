/* Tokens: frg_, 8 hexadecimal digits that name it, _, and a secret of 32 random bytes in
 * base64url. What is kept of the secret is its SHA-256, which is enough for one of that
 * length. Any thread, after hash_start. */
#ifndef FRUGAL_BASE_TOKEN_H
#define FRUGAL_BASE_TOKEN_H

#include "base/hash.h"

#define TOKEN_TEXT 57 /* with the NUL */
#define TOKEN_ID   9

struct token_parts {
    char id[TOKEN_ID];
    char digest[HASH_TEXT]; /* of the secret */
};

/* A new one. */
void token_make(char ret[static TOKEN_TEXT]);

/* False: the text has not the form of a token. */
bool token_split(const char *text, struct token_parts *ret);

/* Whether two digests are the same, in a time that does not tell how much of them is. */
bool token_matches(const char *digest, const char *other);

#endif
