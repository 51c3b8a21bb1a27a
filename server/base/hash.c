#include "base/hash.h"

#include <sodium.h>
#include <string.h>

bool hash_start(void)
{
    return sodium_init() >= 0;
}

_Static_assert(sizeof(crypto_hash_sha256_state) <= sizeof((struct hash *)0)->state,
               "libsodium's state does not fit");

static crypto_hash_sha256_state *state_of(struct hash *h)
{
    return (crypto_hash_sha256_state *)h->state;
}

void hash_begin(struct hash *h)
{
    crypto_hash_sha256_init(state_of(h));
}

void hash_add(struct hash *h, const void *bytes, size_t n)
{
    crypto_hash_sha256_update(state_of(h), bytes, n);
}

void hash_end(struct hash *h, char ret[static HASH_TEXT])
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_final(state_of(h), digest);
    sodium_bin2hex(ret, HASH_TEXT, digest, sizeof digest);
}

void hash_text(const void *bytes, size_t n, char ret[static HASH_TEXT])
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(digest, bytes, n);
    sodium_bin2hex(ret, HASH_TEXT, digest, sizeof digest);
}

int64_t hash_short(int64_t place, const void *bytes, size_t n)
{
    unsigned char key[crypto_shorthash_KEYBYTES] = {0}, digest[crypto_shorthash_BYTES];
    int64_t hash;
    memcpy(key, &place, sizeof place);
    crypto_shorthash(digest, bytes, n, key);
    memcpy(&hash, digest, sizeof hash);
    return hash;
}

void hash_version(const void *bytes, size_t n, char ret[static HASH_VERSION])
{
    unsigned char digest[crypto_generichash_BYTES_MIN];
    crypto_generichash(digest, sizeof digest, bytes, n, NULL, 0);
    sodium_bin2hex(ret, HASH_VERSION, digest, sizeof digest);
}
