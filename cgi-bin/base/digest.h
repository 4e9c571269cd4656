/*
 * base/digest.h: SHA-256 (FIPS 180-4) by Debian's libmd; base/digest.c is the only file that
 * includes its header.
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIGEST_SIZE 32
#define DIGEST_HEX_SIZE 65 /* 64 hex digits and NUL */

struct digest {
    uint8_t bytes[DIGEST_SIZE];
};

/* One-shot digest of bytes. */
struct digest digest_of(const void *bytes, size_t size_bytes);
/* Lower-case hex. */
void digest_hex(const struct digest *digest, char hex[DIGEST_HEX_SIZE]);
/* HMAC-SHA-256 (RFC 2104). */
struct digest digest_hmac(const void *key, size_t key_bytes, const void *bytes, size_t size_bytes);
/* Compares in time that does not depend on where the difference is. */
bool digest_equal(const struct digest *one, const struct digest *other);

/* A digest fed piece by piece. Fields are fed with their length so that ("ab","c") differs from
 * ("a","bc"). */
struct digest_feed {
    _Alignas(8) unsigned char state[256]; /* libmd's context, kept opaque here */
};
void digest_begin(struct digest_feed *feed);
void digest_add_text(struct digest_feed *feed,
                     const char *text);                        /* length, then bytes; NULL as "" */
void digest_add_int(struct digest_feed *feed, int64_t number); /* 8 bytes, big-endian */
/* The bytes alone, without their length: a file read piece by piece has the digest that sha256sum
 * prints. Never for fields. */
void digest_add_bytes(struct digest_feed *feed, const void *bytes, size_t size_bytes);
struct digest digest_end(struct digest_feed *feed);

/* URL-safe text of random bytes: 43 characters for 32 bytes (base64url without padding). */
#define TOKEN_SIZE 44
void token_make(char token[TOKEN_SIZE]);

#endif
