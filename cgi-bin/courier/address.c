/* courier/address.c: see courier/address.h. */
#include "courier/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

#include "base/must.h"

struct range {
    uint8_t bytes[16]; /* the first `bits` of them count */
    unsigned bits;
    const char *what;
};

static const struct range fourth[] = {
    {{0}, 8, "this network"},     /* RFC 791 */
    {{10}, 8, "private network"}, /* RFC 1918 */
    {{100, 64},
     10,
     "shared network of a provider"}, /* RFC 6598; also 100.100.100.200, a hoster's metadata */
    {{127}, 8, "this machine"},       /* RFC 1122 */
    {{168, 63, 129, 16},
     32,
     "a hoster's inside"}, /* public by number, but answered by the host below a virtual machine */
    {{169, 254}, 16, "link-local"},     /* RFC 3927; also 169.254.169.254, the hosters' metadata */
    {{172, 16}, 12, "private network"}, /* RFC 1918 */
    {{192, 0, 0}, 24, "protocol assignments"}, /* RFC 6890; also 192.0.0.192, a hoster's metadata */
    {{192, 0, 2}, 24, "documentation"},        /* RFC 5737 */
    {{192, 88, 99}, 24, "relay anycast"},      /* RFC 7526 */
    {{192, 168}, 16, "private network"},       /* RFC 1918 */
    {{198, 18}, 15, "benchmarks"},             /* RFC 2544 */
    {{198, 51, 100}, 24, "documentation"},     /* RFC 5737 */
    {{203, 0, 113}, 24, "documentation"},      /* RFC 5737 */
    {{224}, 4, "multicast"},                   /* RFC 5771 */
    {{240}, 4, "reserved"},                    /* RFC 1112; also 255.255.255.255 */
};
/* Within 2000::/3. */
static const struct range sixth[] = {
    {{0x20, 0x01, 0x00}, 23, "protocol assignments"}, /* RFC 2928: Teredo, benchmarks, ORCHID */
    {{0x20, 0x01, 0x0d, 0xb8}, 32, "documentation"},  /* RFC 3849 */
    {{0x20, 0x02}, 16, "an IPv4 address inside"},     /* RFC 3056 (6to4) */
    {{0x3f, 0xff, 0x00}, 20, "documentation"},        /* RFC 9637 */
};
static const struct range public_sixth = {{0x20}, 3, "public"};

static bool is_in(const struct range *range, const uint8_t *bytes);
static const char *find(const struct range *ranges, size_t count, const uint8_t *bytes);
static const uint8_t *bytes_of(const struct sockaddr *address, size_t *count);

const char *address_refusal(const struct sockaddr *address)
{
    size_t count = 0;
    const uint8_t *bytes = bytes_of(address, &count);
    if (bytes == NULL) {
        return "not an internet address";
    }
    if (count == 4) {
        return find(fourth, sizeof fourth / sizeof fourth[0], bytes);
    }
    if (!is_in(&public_sixth, bytes)) {
        return "not given out to the public";
    }
    return find(sixth, sizeof sixth / sizeof sixth[0], bytes);
}

bool address_is_loopback(const struct sockaddr *address)
{
    static const uint8_t one[16] = {[15] = 1};
    size_t count = 0;
    const uint8_t *bytes = bytes_of(address, &count);
    return bytes != NULL && (count == 4 ? bytes[0] == 127 : memcmp(bytes, one, sizeof one) == 0);
}

bool address_equal(const struct sockaddr *one, const struct sockaddr *other)
{
    size_t count = 0;
    size_t other_count = 0;
    const uint8_t *bytes = bytes_of(one, &count);
    const uint8_t *other_bytes = bytes_of(other, &other_count);
    return bytes != NULL && other_bytes != NULL && count == other_count &&
           memcmp(bytes, other_bytes, count) == 0;
}

void address_text(const struct sockaddr *address, char text[ADDRESS_TEXT_SIZE])
{
    size_t count = 0;
    const uint8_t *bytes = bytes_of(address, &count);
    text[0] = '\0';
    if (bytes != NULL) {
        must(inet_ntop(address->sa_family, bytes, text, ADDRESS_TEXT_SIZE) != NULL);
    }
}

static bool is_in(const struct range *range, const uint8_t *bytes)
{
    unsigned whole = range->bits / 8;
    unsigned rest = range->bits % 8;
    if (memcmp(range->bytes, bytes, whole) != 0) {
        return false;
    }
    uint8_t mask = (uint8_t)(0xff << (8 - rest));
    return rest == 0 || ((range->bytes[whole] ^ bytes[whole]) & mask) == 0;
}

static const char *find(const struct range *ranges, size_t count, const uint8_t *bytes)
{
    for (size_t i = 0; i < count; i++) {
        if (is_in(&ranges[i], bytes)) {
            return ranges[i].what;
        }
    }
    return NULL;
}

/* In network order: 4 or 16 of them; NULL for another family. */
static const uint8_t *bytes_of(const struct sockaddr *address, size_t *count)
{
    if (address->sa_family == AF_INET) {
        *count = 4;
        return (const uint8_t *)&((const struct sockaddr_in *)(const void *)address)->sin_addr;
    }
    if (address->sa_family == AF_INET6) {
        *count = 16;
        return ((const struct sockaddr_in6 *)(const void *)address)->sin6_addr.s6_addr;
    }
    *count = 0;
    return NULL;
}
