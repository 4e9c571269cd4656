/* base/base64.c: see base/base64.h. */
#include "base/base64.h"

#include <stdint.h>
#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static int value_of(char digit);

const char *base64_write(struct arena *arena, const void *bytes, size_t size_bytes)
{
    const uint8_t *from = bytes;
    char *text = arena_take(arena, BASE64_CHARS(size_bytes) + 1, 1);
    size_t chars = 0;
    uint32_t bits = 0;
    unsigned waiting = 0; /* bits not yet written */
    for (size_t i = 0; i < size_bytes; i++) {
        bits = bits << 8 | from[i];
        for (waiting += 8; waiting >= 6; waiting -= 6) {
            text[chars++] = digits[bits >> (waiting - 6) & 63];
        }
    }
    if (waiting > 0) {
        text[chars++] = digits[bits << (6 - waiting) & 63];
    }
    text[chars] = '\0';
    return text;
}

const char *base64_write_padded(struct arena *arena, const void *bytes, size_t size_bytes)
{
    const char *from = base64_write(arena, bytes, size_bytes);
    char *text = arena_take(arena, (size_bytes + 2) / 3 * 4 + 1, 1);
    size_t chars = 0;
    for (; from[chars] != '\0'; chars++) {
        text[chars] = from[chars] == '-' ? '+' : from[chars] == '_' ? '/' : from[chars];
    }
    while (chars % 4 != 0) {
        text[chars++] = '=';
    }
    text[chars] = '\0';
    return text;
}

bool base64_read(const char *text, size_t text_chars, void *to, size_t *size_bytes)
{
    uint8_t *bytes = to;
    uint32_t bits = 0;
    unsigned waiting = 0; /* bits not yet written */
    *size_bytes = 0;
    if (text_chars % 4 == 1) {
        return false;
    }
    for (size_t i = 0; i < text_chars; i++) {
        int value = value_of(text[i]);
        if (value < 0) {
            return false;
        }
        bits = bits << 6 | (uint32_t)value;
        waiting += 6;
        if (waiting >= 8) {
            waiting -= 8;
            bytes[(*size_bytes)++] = (uint8_t)(bits >> waiting);
        }
    }
    return (bits & ((1U << waiting) - 1)) == 0;
}

static int value_of(char digit)
{
    const char *at = digit == '\0' ? NULL : strchr(digits, digit);
    return at == NULL ? -1 : (int)(at - digits);
}
