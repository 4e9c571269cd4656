/* model/serial.c: see model/serial.h. */
#include "model/serial.h"

#include <string.h>

#include "base/must.h"
#include "base/text.h"

#define FRONT "TLY-1-"
#define VINTAGE_MIN 1900
#define VINTAGE_MAX 2100

static bool country_is(const char *text);
static bool is_capital(char byte);
static bool is_figure(char byte);
static bool read_part(const char **text, char *part, size_t part_bytes);
static bool read_number(const char **text, int64_t *number);

const char *serial_text(struct arena *arena, const struct serial *serial)
{
    must(serial_word_is(serial->pathway) && serial_word_is(serial->project_code));
    must(country_is(serial->country));
    must(serial_units(serial) > 0);
    return arena_printf(arena, FRONT "%s-%s-%s-%d-%lld-%lld", serial->pathway, serial->country,
                        serial->project_code, serial->vintage, (long long)serial->first,
                        (long long)serial->last);
}

bool serial_parse(const char *text, struct serial *serial)
{
    struct serial read = {.vintage = 0};
    int64_t vintage = 0;
    if (!text_starts(text, FRONT)) {
        return false;
    }
    text += strlen(FRONT);
    if (!read_part(&text, read.pathway, sizeof(read.pathway)) ||
        !read_part(&text, read.country, sizeof(read.country)) ||
        !read_part(&text, read.project_code, sizeof(read.project_code)) ||
        !read_number(&text, &vintage) || !read_number(&text, &read.first)) {
        return false;
    }
    read.last = read.first;
    if (text != NULL && !read_number(&text, &read.last)) {
        return false;
    }
    if (text != NULL || !serial_word_is(read.pathway) || !country_is(read.country) ||
        !serial_word_is(read.project_code) || vintage < VINTAGE_MIN || vintage > VINTAGE_MAX ||
        read.last < read.first) {
        return false;
    }
    read.vintage = (int)vintage;
    *serial = read;
    return true;
}

int64_t serial_units(const struct serial *serial)
{
    must(serial->first >= 1 && serial->last >= serial->first);
    return serial->last - serial->first + 1;
}

bool serial_word_is(const char *text)
{
    if (text == NULL) {
        return false;
    }
    size_t size_bytes = 0;
    while (is_capital(text[size_bytes]) || is_figure(text[size_bytes])) {
        size_bytes++;
    }
    return text[size_bytes] == '\0' && size_bytes >= 1 && size_bytes < SERIAL_WORD_SIZE;
}

static bool country_is(const char *text)
{
    return is_capital(text[0]) && is_capital(text[1]) && is_capital(text[2]) && text[3] == '\0';
}

static bool is_capital(char byte)
{
    return byte >= 'A' && byte <= 'Z';
}

static bool is_figure(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* Copies what stands before the next hyphen, or the end, and moves text behind the hyphen: NULL
 * after the last part. */
static bool read_part(const char **text, char *part, size_t part_bytes)
{
    if (*text == NULL) {
        return false;
    }
    size_t size_bytes = strcspn(*text, "-");
    if (size_bytes == 0 || size_bytes >= part_bytes) {
        return false;
    }
    memcpy(part, *text, size_bytes);
    part[size_bytes] = '\0';
    *text = (*text)[size_bytes] == '-' ? *text + size_bytes + 1 : NULL;
    return true;
}

/* At least 1, without leading zeros, so that each block has one serial text only. */
static bool read_number(const char **text, int64_t *number)
{
    char digits[20]; /* an int64 has at most 19 */
    return read_part(text, digits, sizeof(digits)) && digits[0] != '0' &&
           text_parse_int(digits, false, number);
}
