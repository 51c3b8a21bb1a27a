#include "base/token.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { ID_BYTES = 4, SECRET_BYTES = 32, SECRET_AT = 13 };

static const char lead[] = "frg_";
static const char hexadecimal[] = "0123456789abcdef";
static const char base64url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                "0123456789-_";

void token_make(char ret[static TOKEN_TEXT])
{
    unsigned char id[ID_BYTES], secret[SECRET_BYTES];
    randombytes_buf(id, sizeof id);
    randombytes_buf(secret, sizeof secret);
    memcpy(ret, lead, strlen(lead));
    sodium_bin2hex(ret + strlen(lead), TOKEN_ID, id, sizeof id);
    ret[SECRET_AT - 1] = '_';
    sodium_bin2base64(ret + SECRET_AT, TOKEN_TEXT - SECRET_AT, secret, sizeof secret,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(secret, sizeof secret);
}

bool token_split(const char *text, struct token_parts *ret)
{
    const char *id = text + strlen(lead), *secret = text + SECRET_AT;
    if (strlen(text) != TOKEN_TEXT - 1 || strncmp(text, lead, strlen(lead)) != 0 ||
        strspn(id, hexadecimal) != TOKEN_ID - 1 || secret[-1] != '_' ||
        strspn(secret, base64url) != strlen(secret))
        return false;
    memcpy(ret->id, id, TOKEN_ID - 1);
    ret->id[TOKEN_ID - 1] = '\0';
    hash_text(secret, strlen(secret), ret->digest);
    return true;
}

bool token_matches(const char *digest, const char *other)
{
    return sodium_memcmp(digest, other, HASH_TEXT) == 0;
}
