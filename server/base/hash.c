#include "base/hash.h"

#include <sodium.h>

bool hash_start(void)
{
    return sodium_init() >= 0;
}

void hash_text(const void *bytes, size_t n, char ret[static HASH_TEXT])
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(digest, bytes, n);
    sodium_bin2hex(ret, HASH_TEXT, digest, sizeof digest);
}
