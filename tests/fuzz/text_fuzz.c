/*
 * text_fuzz.c: base/text.c and the escapers of base/out.c for any bytes without NUL. Promised:
 * UTF-8 is judged as the Unicode standard's table does; trimming twice is trimming once and takes
 * only from the ends; numbers are read exactly or refused; a text that does not fit is refused;
 * HTML and XML never hold a raw < > " ' nor an & that begins no entity, and read back they are the
 * text.
 */
#include <string.h>

#include "base/text.h"
#include "fuzz/fuzz.h"

/* Without what XML 1.0 cannot say. */
static const char *sayable(const char *text)
{
    char *rest = arena_take(&fuzz_arena, strlen(text) + 1, 1);
    size_t used = 0;
    while (*text != '\0') {
        bool is_none = text_starts(text, "\xEF\xBF\xBE") || text_starts(text, "\xEF\xBF\xBF");
        if (is_none) {
            text += 3;
            continue;
        }
        if ((unsigned char)*text >= ' ' || strchr("\t\n\r", *text) != NULL) {
            rest[used++] = *text;
        }
        text++;
    }
    return rest;
}

static const char *unescaped(const char *from)
{
    static const struct {
        const char *entity;
        char byte;
    } entities[] = {{"&amp;", '&'}, {"&lt;", '<'},   {"&gt;", '>'},
                    {"&#34;", '"'}, {"&#39;", '\''}, {"&#13;", '\r'}};
    char *text = arena_take(&fuzz_arena, strlen(from) + 1, 1);
    size_t used = 0;
    while (*from != '\0') {
        size_t bytes = 1;
        text[used] = *from;
        for (size_t i = 0; *from == '&' && i < sizeof entities / sizeof entities[0]; i++) {
            if (text_starts(from, entities[i].entity)) {
                text[used] = entities[i].byte;
                bytes = strlen(entities[i].entity);
            }
        }
        holds(*from != '&' || bytes > 1);
        used++;
        from += bytes;
    }
    return text;
}

static void escaped(const char *text)
{
    struct out html = fuzz_out(8 * strlen(text) + 1);
    struct out xml = fuzz_out(8 * strlen(text) + 1);
    out_html(&html, text);
    out_xml(&xml, text);
    const char *in_html = fuzz_written(&html);
    const char *in_xml = fuzz_written(&xml);
    holds(strpbrk(in_html, "<>\"'") == NULL && strpbrk(in_xml, "<>\"'\r") == NULL);
    holds(text_is(unescaped(in_html), text));
    holds(text_is(unescaped(in_xml), sayable(text)));
}

static void number_read(const char *text)
{
    for (int is_signed = 0; is_signed <= 1; is_signed++) {
        const char *digits = text + (is_signed && *text == '-' ? 1 : 0);
        size_t count = strspn(digits, "0123456789");
        bool is_number = count > 0 && digits[count] == '\0';
        __int128 value = 0;
        for (size_t i = 0; i < count && value <= INT64_MAX; i++) {
            value = value * 10 + (digits[i] - '0');
        }
        value = digits == text ? value : -value;
        is_number = is_number && value >= INT64_MIN && value <= INT64_MAX;
        int64_t number = 42;
        holds(text_parse_int(text, is_signed == 1, &number) == is_number);
        holds(number == (is_number ? (int64_t)value : 42));
    }
}

static void grouped(int64_t number)
{
    const char *text = text_int_grouped(&fuzz_arena, number);
    char plain[32] = "";
    size_t used = 0;
    for (const char *at = text; *at != '\0'; at++) {
        holds(*at != ',' || strspn(at + 1, "0123456789") == 3);
        if (*at != ',') {
            plain[used++] = *at;
        }
    }
    int64_t back = 0;
    holds(text_parse_int(plain, true, &back) && back == number);
}

static void one(struct fuzz_input *input)
{
    int64_t number = fuzz_int(input);
    const char *text = fuzz_text(input);
    const char *other = fuzz_text(input);
    size_t characters = 0;
    bool is_utf8 = fuzz_is_utf8(text, &characters);

    holds(text_utf8_is(text) == is_utf8);
    holds(!is_utf8 || text_characters(text) == characters);
    holds(is_utf8 || text_has_control(text, ""));
    holds(!text_has_control(text, "") || !is_utf8 || text[0] != '\0');
    holds(text_has_control(text, "") || strpbrk(text, "\r\n\t\x1b\x7f") == NULL);
    holds(text_has_control(text, "") || !text_has_control(text, "\n"));

    const char *trimmed = text_trim(&fuzz_arena, text);
    holds(text_is(trimmed, text_trim(&fuzz_arena, trimmed)));
    holds(strstr(text, trimmed) != NULL);
    holds(trimmed[0] == '\0' || strchr(" \t\r\n", trimmed[0]) == NULL);

    const char *lower = text_lower(&fuzz_arena, text);
    holds(strlen(lower) == strlen(text) && strpbrk(lower, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == NULL);
    holds(text_is(lower, text_lower(&fuzz_arena, lower)));

    char *array = arena_take(&fuzz_arena, 16, 1);
    memset(array, 'x', 16);
    bool fits = text_copy(array, 16, text);
    holds(fits == (strlen(text) < 16) && text_is(array, fits ? text : ""));
    holds(!fits || array[15] == '\0');
    holds(text_is(text, other) == (strcmp(text, other) == 0));
    holds(text_starts(text, other) == (strncmp(text, other, strlen(other)) == 0));

    number_read(text);
    grouped(number);
    escaped(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    fuzz_run(data, size_bytes, one);
    return 0;
}
