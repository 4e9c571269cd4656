/* base/text.c: see base/text.h. */
#include "base/text.h"

#include <string.h>

#include "base/must.h"

/* A text without the white space at its ends; NULLs when it is nothing else. */
struct core {
    const char *start, *end;
};

static size_t utf8_read(const char *text, uint32_t *point);
static bool is_control(uint32_t point, const char *allowed);
static bool is_space(uint32_t point);
static struct core core_of(const char *text);

bool text_is(const char *one, const char *other)
{
    if (one == NULL || other == NULL) {
        return one == other;
    }
    return strcmp(one, other) == 0;
}

bool text_empty(const char *text)
{
    return text == NULL || *text == '\0';
}

bool text_starts(const char *text, const char *prefix)
{
    return text != NULL && strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_copy(char *to, size_t to_bytes, const char *from)
{
    must(to_bytes > 0);
    size_t size_bytes = from == NULL ? 0 : strnlen(from, to_bytes);
    if (size_bytes == to_bytes) {
        to[0] = '\0';
        return false;
    }
    /* The rest is zeroed: such arrays travel whole in commands, and equal texts must be equal
     * bytes. */
    memset(to, 0, to_bytes);
    if (size_bytes > 0) {
        memcpy(to, from, size_bytes);
    }
    return true;
}

bool text_utf8_is(const char *text)
{
    uint32_t point = 0;
    while (*text != '\0') {
        size_t size_bytes = utf8_read(text, &point);
        if (size_bytes == 0) {
            return false;
        }
        text += size_bytes;
    }
    return true;
}

size_t text_characters(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++) {
        /* Bytes 10xxxxxx go on with a character, all others begin one. */
        if (((unsigned char)*text & 0xC0) != 0x80) {
            count++;
        }
    }
    return count;
}

bool text_has_control(const char *text, const char *allowed)
{
    uint32_t point = 0;
    while (*text != '\0') {
        size_t size_bytes = utf8_read(text, &point);
        if (size_bytes == 0 || is_control(point, allowed)) {
            return true;
        }
        text += size_bytes;
    }
    return false;
}

const char *text_trim(struct arena *arena, const char *text)
{
    struct core core = core_of(text);
    return core.start == NULL
               ? ""
               : arena_text_sized(arena, core.start, (size_t)(core.end - core.start));
}

bool text_is_trim(const char *text)
{
    struct core core = core_of(text);
    return text_empty(text) || (core.start == text && *core.end == '\0');
}

bool text_blank(const char *text)
{
    return core_of(text).start == NULL;
}

const char *text_lower(struct arena *arena, const char *text)
{
    size_t size_bytes = text == NULL ? 0 : strlen(text);
    char *lower = arena_take(arena, size_bytes + 1, 1);
    for (size_t i = 0; i < size_bytes; i++) {
        char byte = text[i];
        lower[i] = (char)(byte >= 'A' && byte <= 'Z' ? byte - 'A' + 'a' : byte);
    }
    return lower;
}

bool text_parse_int(const char *text, bool signed_ok, int64_t *number)
{
    if (text == NULL) {
        return false;
    }
    bool is_negative = signed_ok && *text == '-';
    text += is_negative ? 1 : 0;
    if (*text == '\0') {
        return false;
    }
    int64_t value = 0;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9') {
            return false;
        }
        int digit = *text - '0';
        /* A negative number is counted downwards, so that INT64_MIN can be reached. */
        if (__builtin_mul_overflow(value, (int64_t)10, &value) ||
            __builtin_add_overflow(value, is_negative ? -digit : digit, &value)) {
            return false;
        }
    }
    *number = value;
    return true;
}

const char *text_int_grouped(struct arena *arena, int64_t number)
{
    char digits[27]; /* 19 digits, 6 commas, a sign, NUL */
    size_t at = sizeof(digits) - 1;
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
    int count = 0;
    digits[at] = '\0';
    do {
        if (count > 0 && count % 3 == 0) {
            digits[--at] = ',';
        }
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
        count++;
    } while (rest > 0);
    if (number < 0) {
        digits[--at] = '-';
    }
    return arena_text(arena, digits + at);
}

/* Reads one code point; returns its bytes, 0 when it is not well-formed (RFC 3629). */
static size_t utf8_read(const char *text, uint32_t *point)
{
    const unsigned char *bytes = (const unsigned char *)text;
    if (bytes[0] < 0x80) {
        *point = bytes[0];
        return 1;
    }
    size_t size_bytes = bytes[0] >= 0xF0 ? 4 : bytes[0] >= 0xE0 ? 3 : 2;
    if (bytes[0] < 0xC2 || bytes[0] > 0xF4) {
        return 0;
    }
    uint32_t value = bytes[0] & (0xFFu >> (size_bytes + 1));
    for (size_t i = 1; i < size_bytes; i++) {
        if ((bytes[i] & 0xC0) != 0x80) { /* NUL as well: the end is never passed */
            return 0;
        }
        value = value << 6 | (bytes[i] & 0x3Fu);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (value < least[size_bytes] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) {
        return 0;
    }
    *point = value;
    return size_bytes;
}

static bool is_control(uint32_t point, const char *allowed)
{
    if (point < 0x20) {
        return allowed == NULL || strchr(allowed, (int)point) == NULL;
    }
    return (point >= 0x7F && point <= 0x9F) || point == 0x2028 || point == 0x2029 ||
           (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
}

/* Unicode's White_Space and the byte order mark, which pasted text brings along. */
static bool is_space(uint32_t point)
{
    return (point >= 0x09 && point <= 0x0D) || point == ' ' || point == 0x85 || point == 0xA0 ||
           point == 0x1680 || (point >= 0x2000 && point <= 0x200A) || point == 0x2028 ||
           point == 0x2029 || point == 0x202F || point == 0x205F || point == 0x3000 ||
           point == 0xFEFF;
}

/* From the first character that is no white space to behind the last. */
static struct core core_of(const char *text)
{
    struct core core = {NULL, NULL};
    while (text != NULL && *text != '\0') {
        uint32_t point = 0;
        size_t size_bytes = utf8_read(text, &point);
        bool is_blank = size_bytes > 0 && is_space(point);
        const char *next = text + (size_bytes > 0 ? size_bytes : 1);
        if (!is_blank) {
            core.start = core.start == NULL ? text : core.start;
            core.end = next;
        }
        text = next;
    }
    return core;
}
