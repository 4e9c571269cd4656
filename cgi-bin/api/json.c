/* api/json.c: see api/json.h. */
#include "api/json.h"

#include <string.h>

#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"

#define KG_PER_CREDIT 1000
#define ELLIPSIS "\xE2\x80\xA6"

static void begin_value(struct json *json, const char *name);
static void open_level(struct json *json, const char *name, char opening, char closing);
static void write_string(struct out *out, const char *text, size_t size_bytes);
static void write_escape(struct out *out, unsigned char byte);
static void write_credits(struct out *out, int64_t kilograms);
static size_t prefix_bytes(const char *text, size_t chars_max);

struct json json_begin(struct out *out)
{
    return (struct json){.out = out};
}

void json_open(struct json *json, const char *name)
{
    open_level(json, name, '{', '}');
}

void json_list(struct json *json, const char *name)
{
    open_level(json, name, '[', ']');
}

void json_close(struct json *json)
{
    must(json->depth > 0);
    json->depth--;
    out_bytes(json->out, &json->closing[json->depth], 1);
    if (json->depth == 0) {
        out_text(json->out, "\n"); /* the whole document is there */
    }
}

void json_text(struct json *json, const char *name, const char *text)
{
    begin_value(json, name);
    write_string(json->out, text == NULL ? "" : text, text == NULL ? 0 : strlen(text));
}

void json_text_or_null(struct json *json, const char *name, const char *text)
{
    if (text_empty(text)) {
        json_none(json, name);
    } else {
        json_text(json, name, text);
    }
}

void json_int(struct json *json, const char *name, int64_t number)
{
    begin_value(json, name);
    out_int(json->out, number);
}

void json_bool(struct json *json, const char *name, bool value)
{
    begin_value(json, name);
    out_text(json->out, value ? "true" : "false");
}

void json_none(struct json *json, const char *name)
{
    begin_value(json, name);
    out_text(json->out, "null");
}

void json_time(struct json *json, const char *name, int64_t at)
{
    char text[CLOCK_ISO_SIZE];
    if (at == 0) {
        json_none(json, name);
        return;
    }
    clock_iso_write(at, text);
    json_text(json, name, text);
}

void json_quantity(struct json *json, const char *name, enum instrument instrument, int64_t units)
{
    json_open(json, name);
    begin_value(json, "credits");
    if (instrument == INSTRUMENT_CARBON_REMOVAL) {
        write_credits(json->out, units);
    } else {
        out_int(json->out, units);
    }
    begin_value(json, "credit_kgs");
    out_int(json->out, units);
    /* Written behind the units and not multiplied: sums of certificates need not fit an int64 then.
     */
    if (instrument != INSTRUMENT_CARBON_REMOVAL && units != 0) {
        out_text(json->out, "000");
    }
    json_close(json);
}

void json_number(struct json *json, const char *name, const char *digits)
{
    must(!text_empty(digits) && digits[strspn(digits, "-.0123456789")] == '\0');
    begin_value(json, name);
    out_text(json->out, digits);
}

void json_written(struct json *json, const char *name, const char *written)
{
    must(!text_empty(written));
    begin_value(json, name);
    out_text(json->out, written);
}

const char *json_quote(struct arena *arena, const char *text, size_t chars_max)
{
    size_t bytes = prefix_bytes(text, chars_max);
    struct out out;
    out_init(&out, arena, bytes * 6 + sizeof(ELLIPSIS) + 2); /* \u00XX is the longest */
    const char *cut = arena_text_sized(arena, text, bytes);
    if (text[bytes] != '\0') {
        cut = arena_printf(arena, "%s" ELLIPSIS, cut);
    }
    write_string(&out, cut, strlen(cut));
    return arena_text_sized(arena, out.bytes, out.size_bytes);
}

/* The comma before a value that is not the level's first, and its name. */
static void begin_value(struct json *json, const char *name)
{
    if (json->depth > 0) {
        bool *has_one = &json->has_one[json->depth - 1];
        if (*has_one) {
            out_text(json->out, ",");
        }
        *has_one = true;
        must((name != NULL) == (json->closing[json->depth - 1] == '}'));
    } else {
        must(name == NULL);
    }
    if (name != NULL) {
        write_string(json->out, name, strlen(name));
        out_text(json->out, ":");
    }
}

static void open_level(struct json *json, const char *name, char opening, char closing)
{
    begin_value(json, name);
    must(json->depth < JSON_DEPTH_MAX);
    json->closing[json->depth] = closing;
    json->has_one[json->depth] = false;
    json->depth++;
    out_bytes(json->out, &opening, 1);
}

static void write_string(struct out *out, const char *text, size_t size_bytes)
{
    out_text(out, "\"");
    size_t from = 0;
    for (size_t i = 0; i < size_bytes; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte >= ' ' && byte != '"' && byte != '\\' && byte != 0x7f) {
            continue;
        }
        out_bytes(out, text + from, i - from);
        write_escape(out, byte);
        from = i + 1;
    }
    out_bytes(out, text + from, size_bytes - from);
    out_text(out, "\"");
}

static void write_escape(struct out *out, unsigned char byte)
{
    static const char hex[] = "0123456789abcdef";
    switch (byte) {
    case '"':
        out_text(out, "\\\"");
        return;
    case '\\':
        out_text(out, "\\\\");
        return;
    case '\n':
        out_text(out, "\\n");
        return;
    case '\t':
        out_text(out, "\\t");
        return;
    case '\r':
        out_text(out, "\\r");
        return;
    default: {
        char code[] = {'\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15], '\0'};
        out_text(out, code);
        return;
    }
    }
}

/* "1.234", "1.5", "2": exact, without zeros at the end. */
static void write_credits(struct out *out, int64_t kilograms)
{
    uint64_t rest = kilograms < 0 ? -(uint64_t)kilograms : (uint64_t)kilograms;
    uint64_t whole = rest / KG_PER_CREDIT;
    char decimals[] = {'.', '0', '0', '0', '\0'};
    rest %= KG_PER_CREDIT;
    for (int i = 3; i >= 1; i--) {
        decimals[i] = (char)('0' + rest % 10);
        rest /= 10;
    }
    int last = 3;
    while (last > 0 && decimals[last] == '0') {
        last--;
    }
    decimals[last == 0 ? 0 : last + 1] = '\0';
    if (kilograms < 0) {
        out_text(out, "-");
    }
    out_int(out, (int64_t)whole);
    out_text(out, decimals);
}

/* Bytes of the first chars_max code points. */
static size_t prefix_bytes(const char *text, size_t chars_max)
{
    size_t at = 0;
    for (size_t count = 0; text[at] != '\0' && count < chars_max; count++) {
        at++;
        while (((unsigned char)text[at] & 0xC0) == 0x80) {
            at++;
        }
    }
    return at;
}
