/* Hashes, from libsodium. */
#ifndef FRUGAL_BASE_HASH_H
#define FRUGAL_BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HASH_TEXT    65 /* 64 digits and the NUL */
#define HASH_VERSION 33

/* To be called once, before other threads hash. False: the library is unusable. */
bool hash_start(void);

/* SHA-256 as 64 hexadecimal digits. Any thread. */
void hash_text(const void *bytes, size_t n, char ret[static HASH_TEXT]);

/* SipHash-2-4 of bytes that belong to a place, against accidents only. Any thread. */
int64_t hash_short(int64_t place, const void *bytes, size_t n);

/* 16 bytes of BLAKE2b as 32 hexadecimal digits: tells versions of a text apart. Any
 * thread. */
void hash_version(const void *bytes, size_t n, char ret[static HASH_VERSION]);

/* The same in pieces. Each hash belongs to one thread at a time. */
struct hash {
    _Alignas(16) unsigned char state[128]; /* libsodium's */
};

void hash_begin(struct hash *h);
void hash_add(struct hash *h, const void *bytes, size_t n);
void hash_end(struct hash *h, char ret[static HASH_TEXT]);

#endif
