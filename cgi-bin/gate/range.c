/* gate/range.c: see gate/range.h. */
#include "gate/range.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>

#include "base/limits.h"
#include "base/must.h"
#include "base/text.h"

#define RANGE_CHARS_MAX (INET6_ADDRSTRLEN + 4) /* an address and "/128" */
#define MAPPED_BITS 96                         /* ::ffff:0:0/96 holds all of IPv4 */

/* All in IPv6; IPv4 as ::ffff:a.b.c.d. */
struct range {
    uint8_t bytes[16];
    unsigned bits; /* of 128 */
};

static bool read_address(const char *text, uint8_t bytes[16], bool *is_four);
static bool read_range(const char *text, struct range *range, bool *is_four);
static void clear_below(struct range *range);
static const char *write_range(struct arena *arena, const struct range *range);
static const char *fault_of(struct arena *arena, const char *line, size_t number,
                            struct range *range);
static bool holds(const struct range *range, const uint8_t address[16]);

bool ranges_read(struct arena *arena, const char *typed, const char **ranges, const char **words)
{
    size_t number = 0;
    size_t count = 0;
    *ranges = "";
    *words = "";
    for (const char *line = typed; *line != '\0';) {
        size_t chars = strcspn(line, "\n");
        const char *text = text_trim(arena, arena_text_sized(arena, line, chars));
        line += chars + (line[chars] == '\n' ? 1 : 0);
        number++;
        if (text_empty(text)) {
            continue;
        }
        struct range range;
        *words = fault_of(arena, text, number, &range);
        if (!text_empty(*words)) {
            return false;
        }
        if (++count > RANGES_MAX) {
            *words = arena_printf(arena, "Enter at most %d ranges.", RANGES_MAX);
            return false;
        }
        *ranges = arena_printf(arena, "%s%s%s", *ranges, count > 1 ? "\n" : "",
                               write_range(arena, &range));
    }
    return true;
}

bool ranges_hold(const char *ranges, const char *address)
{
    uint8_t bytes[16];
    bool is_four = false;
    if (text_empty(ranges)) {
        return true;
    }
    if (!read_address(address, bytes, &is_four)) {
        return false;
    }
    while (*ranges != '\0') {
        char text[RANGE_CHARS_MAX + 1] = "";
        size_t chars = strcspn(ranges, "\n");
        struct range range;
        if (chars <= RANGE_CHARS_MAX) {
            memcpy(text, ranges, chars);
        }
        if (read_range(text, &range, &is_four) && holds(&range, bytes)) {
            return true;
        }
        ranges += chars + (ranges[chars] == '\n' ? 1 : 0);
    }
    return false;
}

static bool read_address(const char *text, uint8_t bytes[16], bool *is_four)
{
    memset(bytes, 0, 16);
    *is_four = inet_pton(AF_INET, text, bytes + 12) == 1;
    if (*is_four) {
        memset(bytes + 10, 0xff, 2);
        return true;
    }
    return inet_pton(AF_INET6, text, bytes) == 1;
}

static bool read_range(const char *text, struct range *range, bool *is_four)
{
    char address[RANGE_CHARS_MAX + 1];
    int64_t bits = 0;
    const char *slash = strchr(text, '/');
    size_t chars = slash == NULL ? strlen(text) : (size_t)(slash - text);
    if (chars > RANGE_CHARS_MAX) {
        return false;
    }
    memcpy(address, text, chars);
    address[chars] = '\0';
    if (!read_address(address, range->bytes, is_four)) {
        return false;
    }
    int64_t most = *is_four ? 32 : 128;
    bits = most;
    /* "/08" is nobody's way to write it. */
    if (slash != NULL && (!text_parse_int(slash + 1, false, &bits) || bits > most ||
                          (slash[1] == '0' && slash[2] != '\0'))) {
        return false;
    }
    range->bits = (unsigned)bits + (*is_four ? MAPPED_BITS : 0);
    return true;
}

/* What stands behind the prefix. */
static void clear_below(struct range *range)
{
    for (unsigned bit = range->bits; bit < 128; bit++) {
        range->bytes[bit / 8] &= (uint8_t) ~(0x80U >> bit % 8);
    }
}

static const char *write_range(struct arena *arena, const struct range *range)
{
    char text[INET6_ADDRSTRLEN];
    struct in6_addr six;
    memcpy(&six, range->bytes, sizeof six);
    if (range->bits >= MAPPED_BITS && IN6_IS_ADDR_V4MAPPED(&six)) {
        must(inet_ntop(AF_INET, range->bytes + 12, text, sizeof text) != NULL);
        return arena_printf(arena, "%s/%u", text, range->bits - MAPPED_BITS);
    }
    must(inet_ntop(AF_INET6, &six, text, sizeof text) != NULL);
    return arena_printf(arena, "%s/%u", text, range->bits);
}

/* "" when the line is a range. */
static const char *fault_of(struct arena *arena, const char *line, size_t number,
                            struct range *range)
{
    bool is_four = false;
    if (!read_range(line, range, &is_four)) {
        return arena_printf(arena,
                            "Line %zu: enter an address such as 192.0.2.10, or a range such as "
                            "192.0.2.0/24 or 2001:db8::/32.",
                            number);
    }
    struct range whole = *range;
    clear_below(&whole);
    if (memcmp(whole.bytes, range->bytes, sizeof whole.bytes) != 0) {
        return arena_printf(arena, "Line %zu: the range that %s is in begins at %s. Enter that.",
                            number, line, write_range(arena, &whole));
    }
    return "";
}

static bool holds(const struct range *range, const uint8_t address[16])
{
    unsigned whole = range->bits / 8;
    unsigned rest = range->bits % 8;
    uint8_t mask = (uint8_t)(0xff00U >> rest);
    return memcmp(range->bytes, address, whole) == 0 &&
           (rest == 0 || (range->bytes[whole] & mask) == (address[whole] & mask));
}
