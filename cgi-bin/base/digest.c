/* base/digest.c: see base/digest.h. The only file that includes libmd's header. */
#include "base/digest.h"

#include <sha2.h>
#include <string.h>

#include "base/id.h"
#include "base/must.h"

#define BLOCK_SIZE SHA256_BLOCK_LENGTH

_Static_assert(sizeof(SHA2_CTX) <= sizeof(((struct digest_feed *)0)->state), "libmd's state fits");
_Static_assert(SHA256_DIGEST_LENGTH == DIGEST_SIZE, "one size of digest");

static SHA2_CTX *context_of(struct digest_feed *feed);
static void feed_bytes(struct digest_feed *feed, const void *bytes, size_t size_bytes);
static void feed_length(struct digest_feed *feed, uint64_t number);

struct digest digest_of(const void *bytes, size_t size_bytes)
{
    struct digest_feed feed;
    digest_begin(&feed);
    feed_bytes(&feed, bytes, size_bytes);
    return digest_end(&feed);
}

void digest_hex(const struct digest *digest, char hex[DIGEST_HEX_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < DIGEST_SIZE; i++) {
        hex[2 * i] = digits[digest->bytes[i] >> 4];
        hex[2 * i + 1] = digits[digest->bytes[i] & 15];
    }
    hex[DIGEST_HEX_SIZE - 1] = '\0';
}

struct digest digest_hmac(const void *key, size_t key_bytes, const void *bytes, size_t size_bytes)
{
    uint8_t padded[BLOCK_SIZE] = {0};
    struct digest shortened;
    if (key_bytes > sizeof(padded)) {
        shortened = digest_of(key, key_bytes);
        key = shortened.bytes;
        key_bytes = sizeof(shortened.bytes);
    }
    if (key_bytes > 0) {
        memcpy(padded, key, key_bytes);
    }
    for (size_t i = 0; i < sizeof(padded); i++) {
        padded[i] ^= 0x36;
    }
    struct digest_feed feed;
    digest_begin(&feed);
    feed_bytes(&feed, padded, sizeof(padded));
    feed_bytes(&feed, bytes, size_bytes);
    struct digest inner = digest_end(&feed);
    for (size_t i = 0; i < sizeof(padded); i++) {
        padded[i] ^= 0x36 ^ 0x5c;
    }
    digest_begin(&feed);
    feed_bytes(&feed, padded, sizeof(padded));
    feed_bytes(&feed, inner.bytes, sizeof(inner.bytes));
    explicit_bzero(padded, sizeof(padded));
    explicit_bzero(&inner, sizeof(inner));
    return digest_end(&feed);
}

bool digest_equal(const struct digest *one, const struct digest *other)
{
    /* volatile: the compiler may not stop at the first difference. */
    volatile uint8_t difference = 0;
    for (size_t i = 0; i < DIGEST_SIZE; i++) {
        difference = (uint8_t)(difference | (one->bytes[i] ^ other->bytes[i]));
    }
    return difference == 0;
}

void digest_begin(struct digest_feed *feed)
{
    memset(feed, 0, sizeof(*feed));
    SHA256Init(context_of(feed));
}

void digest_add_text(struct digest_feed *feed, const char *text)
{
    size_t size_bytes = text == NULL ? 0 : strlen(text);
    feed_length(feed, size_bytes);
    feed_bytes(feed, text, size_bytes);
}

void digest_add_int(struct digest_feed *feed, int64_t number)
{
    feed_length(feed, (uint64_t)number);
}

void digest_add_bytes(struct digest_feed *feed, const void *bytes, size_t size_bytes)
{
    feed_bytes(feed, bytes, size_bytes);
}

struct digest digest_end(struct digest_feed *feed)
{
    struct digest digest;
    SHA256Final(digest.bytes, context_of(feed));
    explicit_bzero(feed, sizeof(*feed));
    return digest;
}

void token_make(char token[TOKEN_SIZE])
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint8_t bytes[33] = {
        0}; /* 32 random bytes, and a zero so that the last group of six bits is whole */
    random_bytes(bytes, 32);
    for (size_t i = 0; i < TOKEN_SIZE - 1; i++) {
        size_t bit = i * 6;
        unsigned pair = (unsigned)bytes[bit / 8] << 8 | bytes[bit / 8 + 1];
        token[i] = digits[pair >> (10 - bit % 8) & 63];
    }
    token[TOKEN_SIZE - 1] = '\0';
    explicit_bzero(bytes, sizeof(bytes));
}

static SHA2_CTX *context_of(struct digest_feed *feed)
{
    return (SHA2_CTX *)(void *)feed->state;
}

static void feed_bytes(struct digest_feed *feed, const void *bytes, size_t size_bytes)
{
    must(bytes != NULL || size_bytes == 0);
    if (size_bytes > 0) {
        SHA256Update(context_of(feed), bytes, size_bytes);
    }
}

static void feed_length(struct digest_feed *feed, uint64_t number)
{
    uint8_t bytes[8];
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (uint8_t)(number >> (56 - 8 * i));
    }
    feed_bytes(feed, bytes, sizeof(bytes));
}
