/* base/url.c: see base/url.h. */
#include "base/url.h"

#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/must.h"
#include "base/text.h"

static size_t escapes_of(const char *text);
static char *encode(char *to, const char *text, bool has_escapes);
static bool is_unreserved(char byte);
static bool is_dots(const char *text);

struct url url_path(struct arena *arena, const char *pattern, ...)
{
    must(pattern[0] == '/' && pattern[1] != '/');
    va_list parts;
    va_start(parts, pattern);
    size_t size_bytes = strlen(pattern) + 1;
    size_t escapes = 0;
    bool is_walkable = true;
    for (const char *at = strchr(pattern, '*'); at != NULL; at = strchr(at + 1, '*')) {
        const char *part = va_arg(parts, const char *);
        must(part != NULL);
        is_walkable = is_walkable && !is_dots(part);
        size_bytes += strlen(part);
        escapes += escapes_of(part);
    }
    va_end(parts);
    if (!is_walkable) {
        return (struct url){NULL};
    }

    char *text = arena_take(arena, size_bytes + 2 * escapes, 1);
    char *to = text;
    va_start(parts, pattern);
    while (*pattern != '\0') {
        size_t front_bytes = (size_t)(strchrnul(pattern, '*') - pattern);
        memcpy(to, pattern, front_bytes);
        to += front_bytes;
        pattern += front_bytes;
        if (*pattern == '*') {
            to = encode(to, va_arg(parts, const char *), escapes > 0);
            pattern++;
        }
    }
    va_end(parts);
    return (struct url){text};
}

struct url url_with(struct arena *arena, struct url url, const char *name, const char *value)
{
    if (url.text == NULL || text_empty(value)) {
        return url;
    }
    /* A fragment stays last. */
    size_t front_bytes = strcspn(url.text, "#");
    bool is_first = memchr(url.text, '?', front_bytes) == NULL;
    size_t escapes = escapes_of(name) + escapes_of(value);
    size_t size_bytes = strlen(url.text) + strlen(name) + strlen(value) + 2 * escapes + 3;
    char *text = arena_take(arena, size_bytes, 1);
    memcpy(text, url.text, front_bytes);
    char *to = text + front_bytes;
    *to++ = is_first ? '?' : '&';
    to = encode(to, name, escapes > 0);
    *to++ = '=';
    to = encode(to, value, escapes > 0);
    memcpy(to, url.text + front_bytes, strlen(url.text + front_bytes));
    return (struct url){text};
}

struct url url_web(struct arena *arena, const char *text)
{
    struct url none = {NULL};
    if (text == NULL) {
        return none;
    }
    bool is_https = strncasecmp(text, "https://", 8) == 0;
    bool is_http = strncasecmp(text, "http://", 7) == 0;
    size_t scheme_bytes = is_https ? 8 : is_http ? 7 : 0;
    if (scheme_bytes == 0 || strchr("/?#@:", text[scheme_bytes]) != NULL) {
        return none;
    }
    if (strpbrk(text, " \"'`<>\\") != NULL || text_has_control(text, "")) {
        return none;
    }
    return (struct url){arena_text(arena, text)};
}

struct url url_absolute(struct arena *arena, const char *site, struct url url)
{
    if (url.text == NULL) {
        return url;
    }
    must(url.text[0] == '/');
    size_t site_bytes = strlen(site);
    while (site_bytes > 0 && site[site_bytes - 1] == '/') {
        site_bytes--;
    }
    const char *front = arena_text_sized(arena, site, site_bytes);
    return (struct url){arena_printf(arena, "%s%s", front, url.text)};
}

/* How many of its bytes become three. */
static size_t escapes_of(const char *text)
{
    size_t escapes = 0;
    for (; *text != '\0'; text++) {
        escapes += is_unreserved(*text) ? 0 : 1;
    }
    return escapes;
}

/* Writes text percent-encoded at to and returns the place behind it. */
static char *encode(char *to, const char *text, bool has_escapes)
{
    static const char digits[] = "0123456789ABCDEF";
    if (!has_escapes) { /* ids are as they are */
        return mempcpy(to, text, strlen(text));
    }
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        if (is_unreserved(*text)) {
            *to++ = *text;
        } else {
            *to++ = '%';
            *to++ = digits[byte >> 4];
            *to++ = digits[byte & 15];
        }
    }
    return to;
}

/* Letters, digits and "-._~" as a set of bits, 32 a word: a page has hundreds of addresses. */
static bool is_unreserved(char byte)
{
    static const uint32_t set[8] = {0, 0x03FF6000, 0x87FFFFFE, 0x47FFFFFE};
    unsigned char place = (unsigned char)byte;
    return (set[place / 32] >> place % 32 & 1) != 0;
}

/* Browsers walk up at ".." and at "%2E%2E" alike: such a part can name nothing here. */
static bool is_dots(const char *text)
{
    return text[0] == '\0' || (text[0] == '.' && (text_is(text, ".") || text_is(text, "..")));
}
