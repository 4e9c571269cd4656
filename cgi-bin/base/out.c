/* base/out.c: see base/out.h. */
#include "base/out.h"

#include <string.h>

#include "base/must.h"

static const char *html_entity(char byte);
static bool csv_is_number(const char *text);
static bool csv_is_formula(const char *text);
static size_t xml_forbidden_bytes(const char *text);

void out_init(struct out *out, struct arena *arena, size_t capacity_bytes)
{
    *out = (struct out){
        .arena = arena,
        .bytes = arena_take(arena, capacity_bytes, 1),
        .capacity_bytes = capacity_bytes,
    };
}

void out_bytes(struct out *out, const char *bytes, size_t size_bytes)
{
    must(out->size_bytes <= out->capacity_bytes);
    if (size_bytes > out->capacity_bytes - out->size_bytes) {
        arena_full(out->arena);
    }
    if (size_bytes > 0) {
        memcpy(out->bytes + out->size_bytes, bytes, size_bytes);
        out->size_bytes += size_bytes;
    }
}

void out_text(struct out *out, const char *text)
{
    if (text != NULL) {
        out_bytes(out, text, strlen(text));
    }
}

void out_html(struct out *out, const char *text)
{
    if (text == NULL) {
        return;
    }
    for (;;) {
        size_t plain_bytes = strcspn(text, "&<>\"'");
        out_bytes(out, text, plain_bytes);
        text += plain_bytes;
        if (*text == '\0') {
            return;
        }
        out_text(out, html_entity(*text));
        text++;
    }
}

void out_html_url(struct out *out, struct url url)
{
    out_html(out, url.text);
}

void out_html_markup(struct out *out, struct markup markup)
{
    out_text(out, markup.html);
}

void out_int(struct out *out, int64_t number)
{
    char digits[20]; /* 19 digits and a sign */
    size_t at = sizeof(digits);
    /* The magnitude is taken as unsigned, because INT64_MIN has no positive twin. */
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (number < 0) {
        digits[--at] = '-';
    }
    out_bytes(out, digits + at, sizeof(digits) - at);
}

void out_csv_cell(struct out *out, const char *text)
{
    if (text == NULL || *text == '\0') {
        return;
    }
    bool is_formula = csv_is_formula(text);
    size_t last = strlen(text) - 1;
    bool quoted = is_formula || strpbrk(text, ",\"\r\n") != NULL || text[0] == ' ' ||
                  text[0] == '\t' || text[last] == ' ' || text[last] == '\t';
    if (!quoted) {
        out_text(out, text);
        return;
    }
    out_text(out, is_formula ? "\"'" : "\"");
    for (; *text != '\0'; text++) {
        out_bytes(out, text, 1);
        if (*text == '"') {
            out_bytes(out, text, 1);
        }
    }
    out_text(out, "\"");
}

void out_csv_next(struct out *out)
{
    out_text(out, ",");
}

void out_csv_end(struct out *out)
{
    out_text(out, "\r\n");
}

void out_xml(struct out *out, const char *text)
{
    if (text == NULL) {
        return;
    }
    /* all that needs a look: the quotes and brackets, CR, what XML forbids or that begins so */
    static const char looked_at[] =
        "&<>\"'\r\x01\x02\x03\x04\x05\x06\x07\x08\x0b\x0c\x0e\x0f\x10\x11\x12"
        "\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\xef";
    for (;;) {
        size_t plain_bytes = strcspn(text, looked_at);
        out_bytes(out, text, plain_bytes);
        text += plain_bytes;
        if (*text == '\0') {
            return;
        }
        size_t dropped_bytes = xml_forbidden_bytes(text);
        if (dropped_bytes > 0) {
            text += dropped_bytes;
            continue;
        }
        /* A bare CR would be read back as a line feed. */
        const char *entity = *text == '\r' ? "&#13;" : html_entity(*text);
        if (entity != NULL) {
            out_text(out, entity);
        } else {
            out_bytes(out, text, 1);
        }
        text++;
    }
}

/* Numeric entities for the quotes: they are the same in HTML and in XML. */
static const char *html_entity(char byte)
{
    switch (byte) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&#34;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

/* A sign alone does not make a formula: "-12.5" is a number to a spreadsheet too. */
static bool csv_is_number(const char *text)
{
    if (*text == '-' || *text == '+') {
        text++;
    }
    size_t whole = strspn(text, "0123456789");
    if (whole == 0) {
        return false;
    }
    text += whole;
    if (*text == '.') {
        size_t decimals = strspn(text + 1, "0123456789");
        return decimals > 0 && text[1 + decimals] == '\0';
    }
    return *text == '\0';
}

static bool csv_is_formula(const char *text)
{
    return strchr("=+-@\t\r", *text) != NULL && !csv_is_number(text);
}

/* How many bytes at the start of text XML 1.0 forbids even as a character reference: C0 controls,
 * U+FFFE, U+FFFF. */
static size_t xml_forbidden_bytes(const char *text)
{
    unsigned char byte = (unsigned char)*text;
    if (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') {
        return 1;
    }
    if (strncmp(text, "\xEF\xBF\xBE", 3) == 0 || strncmp(text, "\xEF\xBF\xBF", 3) == 0) {
        return 3;
    }
    return 0;
}
