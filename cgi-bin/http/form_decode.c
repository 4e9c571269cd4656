/* http/form_decode.c: see http/http.h. Queries and application/x-www-form-urlencoded bodies,
 * strictly. */
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "http/exchange.h"

static size_t count_pairs(const char *text, size_t size_bytes);
static bool read_pair(struct arena *arena, const char *text, size_t size_bytes, struct pair *pair);
static bool read_part(struct arena *arena, const char *text, size_t size_bytes, char **part);
static void join_line_ends(char *text);
static bool hex_digit(char byte, unsigned *value);

const char *pairs_find(const struct pairs *pairs, const char *name)
{
    for (size_t i = 0; i < pairs->count; i++) {
        if (text_is(pairs->at[i].name, name)) {
            return pairs->at[i].value;
        }
    }
    return NULL;
}

size_t pairs_count(const struct pairs *pairs, const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < pairs->count; i++) {
        count += text_is(pairs->at[i].name, name) ? 1 : 0;
    }
    return count;
}

enum status form_decode(struct arena *arena, const char *text, size_t size_bytes,
                        struct pairs *pairs)
{
    *pairs = (struct pairs){.at = NULL};
    if (size_bytes == 0) {
        return STATUS_OK;
    }
    size_t count = count_pairs(text, size_bytes);
    if (count > REQUEST_FIELDS_MAX) {
        return STATUS_BAD_REQUEST;
    }
    struct pair *at = arena_array(arena, struct pair, count);
    for (size_t i = 0; i < count; i++) {
        const char *end = memchr(text, '&', size_bytes);
        size_t pair_bytes = end == NULL ? size_bytes : (size_t)(end - text);
        if (!read_pair(arena, text, pair_bytes, &at[i])) {
            return STATUS_BAD_REQUEST;
        }
        if (end != NULL) {
            text = end + 1;
            size_bytes -= pair_bytes + 1;
        }
    }
    *pairs = (struct pairs){.at = at, .count = count};
    return STATUS_OK;
}

bool percent_decode(const char *text, size_t size_bytes, bool plus_is_space, char *to,
                    size_t *decoded_bytes)
{
    size_t written = 0;
    for (size_t i = 0; i < size_bytes; i++) {
        char byte = text[i];
        if (byte == '%') {
            unsigned high = 0;
            unsigned low = 0;
            if (size_bytes - i < 3 || !hex_digit(text[i + 1], &high) ||
                !hex_digit(text[i + 2], &low) || (high == 0 && low == 0)) {
                return false;
            }
            byte = (char)(high << 4 | low);
            i += 2;
        } else if (byte == '+' && plus_is_space) {
            byte = ' ';
        } else if ((unsigned char)byte <= ' ' || byte == 0x7f) {
            return false;
        }
        to[written++] = byte;
    }
    *decoded_bytes = written;
    return true;
}

static size_t count_pairs(const char *text, size_t size_bytes)
{
    size_t count = 1;
    for (size_t i = 0; i < size_bytes; i++) {
        count += text[i] == '&' ? 1 : 0;
    }
    return count;
}

/* "name=value", or "name" alone for an empty value. A pair without a name is nothing that a browser
 * sends. */
static bool read_pair(struct arena *arena, const char *text, size_t size_bytes, struct pair *pair)
{
    char *name = NULL;
    char *value = NULL;
    const char *equals = memchr(text, '=', size_bytes);
    size_t name_bytes = equals == NULL ? size_bytes : (size_t)(equals - text);
    size_t value_at = equals == NULL ? size_bytes : name_bytes + 1;
    if (name_bytes == 0 || !read_part(arena, text, name_bytes, &name) ||
        !read_part(arena, text + value_at, size_bytes - value_at, &value)) {
        return false;
    }
    join_line_ends(value);
    *pair = (struct pair){.name = name, .value = value};
    return true;
}

static bool read_part(struct arena *arena, const char *text, size_t size_bytes, char **part)
{
    size_t decoded_bytes = 0;
    char *decoded = arena_take(arena, size_bytes + 1, 1);
    if (!percent_decode(text, size_bytes, true, decoded, &decoded_bytes)) {
        return false;
    }
    decoded[decoded_bytes] = '\0';
    *part = decoded;
    return text_utf8_is(decoded);
}

/* Browsers send CR LF for each line end that was typed. */
static void join_line_ends(char *text)
{
    char *to = text;
    for (const char *from = text; *from != '\0'; from++) {
        if (from[0] == '\r' && from[1] == '\n') {
            continue;
        }
        *to++ = *from;
    }
    *to = '\0';
}

static bool hex_digit(char byte, unsigned *value)
{
    if (byte >= '0' && byte <= '9') {
        *value = (unsigned)(byte - '0');
        return true;
    }
    char lower = (char)(byte | 0x20);
    if (lower < 'a' || lower > 'f') {
        return false;
    }
    *value = (unsigned)(lower - 'a' + 10);
    return true;
}
