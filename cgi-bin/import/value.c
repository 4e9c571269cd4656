/*
 * import/value.c: see import/value.h. Dates are in import/value_date.c.
 */
#include "import/value.h"
#include "model/location.h"

#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/must.h"
#include "base/text.h"
#include "model/quantity.h"

static size_t separator(const char *text, char *kind);
static bool digits_add(int64_t *number, char digit);
static bool read_whole(const char **text, int64_t *number, const char **why);
static bool read_decimals(const char **text, int decimals, int64_t *number, const char **why);
static void refuse(const struct cells *cells, int column, const char *why);

static const char GROUPS[] =
    "Write the amount as 1234.567 or 1,234.567: groups of three figures and a decimal point.";
static const char LARGE[] = "The amount is larger than the registry can hold.";

bool value_units(const struct cells *cells, int column, int decimals, int64_t *units)
{
    const char *why = NULL;

    if (!value_parse_units(csv_text(cells->row, column), decimals, units, &why)) {
        refuse(cells, column, why);
        return false;
    }
    return true;
}

bool value_parse_units(const char *text, int decimals, int64_t *units, const char **why)
{
    int64_t number = 0;

    must(decimals >= 0 && decimals <= 9);
    if (text_empty(text)) {
        *why = "The amount is missing.";
        return false;
    }
    if (text[0] == '-' || strncmp(text, "\xE2\x88\x92", 3) == 0) {
        *why = "The amount is negative; only amounts from 0 up can be imported.";
        return false;
    }
    if (!read_whole(&text, &number, why) || !read_decimals(&text, decimals, &number, why)) {
        return false;
    }
    if (*text != '\0') {
        *why = GROUPS;
        return false;
    }
    if (number > QUANTITY_UNITS_MAX) {
        *why = LARGE;
        return false;
    }
    *units = number;
    return true;
}

/* Figures before the decimal point, in groups of three behind the first separator, all separators
 * alike. */
static bool read_whole(const char **text, int64_t *number, const char **why)
{
    const char *at = *text;
    int figures = 0;
    char used = 0;

    *why = GROUPS;
    for (;;) {
        char kind = 0;
        size_t length = 0;
        if (*at >= '0' && *at <= '9') {
            if (!digits_add(number, *at)) {
                *why = LARGE;
                return false;
            }
            figures++;
            at++;
        } else if ((length = separator(at, &kind)) > 0) {
            bool first = used == 0;
            if ((!first && kind != used) || (first ? figures < 1 || figures > 3 : figures != 3)) {
                return false;
            }
            used = kind;
            figures = 0;
            at += length;
        } else {
            break;
        }
    }
    *text = at;
    return used != 0 ? figures == 3 : figures > 0;
}

static bool read_decimals(const char **text, int decimals, int64_t *number, const char **why)
{
    const char *at = *text;
    int places = 0;

    if (*at == '.') {
        at++;
        if (*at < '0' || *at > '9') {
            *why = GROUPS;
            return false;
        }
        for (; *at >= '0' && *at <= '9'; at++, places++) {
            if (places >= decimals && *at != '0') {
                *why = decimals == 0 ? "Only whole numbers are accepted here."
                                     : "The amount is finer than one thousandth, the smallest that "
                                       "the registry counts.";
                return false;
            }
            if (places < decimals && !digits_add(number, *at)) {
                *why = LARGE;
                return false;
            }
        }
    }
    for (; places < decimals; places++) {
        if (!digits_add(number, '0')) {
            *why = LARGE;
            return false;
        }
    }
    *text = at;
    return true;
}

static bool digits_add(int64_t *number, char digit)
{
    return !__builtin_mul_overflow(*number, 10, number) &&
           !__builtin_add_overflow(*number, digit - '0', number);
}

/* Bytes of a group separator at text, 0: none. */
static size_t separator(const char *text, char *kind)
{
    static const char *const separators[] = {
        ",", " ", "'", "\xC2\xA0", "\xE2\x80\xAF", "\xE2\x80\x89", "\xE2\x80\x99"};

    for (size_t i = 0; i < sizeof separators / sizeof separators[0]; i++) {
        if (text_starts(text, separators[i])) {
            *kind = (char)(i + 1);
            return strlen(separators[i]);
        }
    }
    return 0;
}

bool value_time(const struct cells *cells, int column, int64_t *at)
{
    const char *text = csv_text(cells->row, column);
    char date[11];
    const char *why = NULL;

    if (text_empty(text)) {
        refuse(cells, column, "The time is missing.");
        return false;
    }
    if (!clock_parse(text, at) &&
        (!value_parse_date(text, date, &why) || !clock_parse_date(date, at))) {
        refuse(cells, column,
               arena_printf(cells->arena,
                            "\"%.40s\" is not a time. Write it as 2026-04-14T16:50:41Z.", text));
        return false;
    }
    /* Many programs write their zero so; to the ledger it would say that no time is meant. */
    if (*at < CLOCK_DAY_US) {
        refuse(cells, column,
               arena_printf(cells->arena,
                            "\"%.40s\" is too early. The registry's times begin on 2 January 1970.",
                            text));
        return false;
    }
    return true;
}

bool value_date(const struct cells *cells, int column, char date[11])
{
    const char *text = csv_text(cells->row, column);
    const char *why = NULL;

    date[0] = '\0';
    if (text_empty(text) || value_parse_date(text, date, &why)) {
        return true;
    }
    refuse(cells, column, arena_printf(cells->arena, "\"%.40s\": %s", text, why));
    return false;
}

bool value_id(const struct cells *cells, int column, const char *prefix, char *id)
{
    const char *text = csv_text(cells->row, column);

    if (!id_is(text, prefix) || !text_copy(id, ID_SIZE, text)) {
        refuse(cells, column,
               arena_printf(
                   cells->arena,
                   "\"%.40s\" is not an id. It is written %s_ and 16 of the figures and capital "
                   "letters without I, L, O and U.",
                   text, prefix));
        return false;
    }
    return true;
}

bool value_text(const struct cells *cells, int column, bool needed, bool lines, size_t chars_max,
                char *to, size_t to_bytes)
{
    const char *text = csv_text(cells->row, column);
    size_t chars = text_utf8_is(text) ? text_characters(text) : 0;

    to[0] = '\0';
    if (text_empty(text)) {
        if (needed) {
            refuse(cells, column, "The cell is empty.");
        }
        return !needed;
    }
    if (text_has_control(text, lines ? "\n" : "")) {
        refuse(cells, column,
               lines ? "The text has control characters."
                     : "The text has control characters or line breaks.");
        return false;
    }
    if (chars > chars_max || !text_copy(to, to_bytes, text)) {
        refuse(cells, column,
               arena_printf(cells->arena, "The text has %zu characters; at most %zu are kept.",
                            chars, chars_max));
        return false;
    }
    return true;
}

bool value_domain(const struct cells *cells, int column, char *to, size_t to_bytes)
{
    const char *text = text_lower(cells->arena, csv_text(cells->row, column));
    size_t length = strlen(text);
    bool is_host = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-.") == length &&
                   strchr(text, '.') != NULL && strstr(text, "..") == NULL && text[0] != '.' &&
                   text[0] != '-' && text[length - 1] != '.' && text[length - 1] != '-';

    to[0] = '\0';
    if (length > 0 && (!is_host || !text_copy(to, to_bytes, text))) {
        refuse(cells, column,
               arena_printf(cells->arena, "\"%.40s\" is not a domain. Write it as example.org.",
                            text));
        return false;
    }
    return true;
}

bool value_country(const struct cells *cells, int column, bool needed, char country[4])
{
    const char *text = csv_text(cells->row, column);

    country[0] = '\0';
    if (text_empty(text) && !needed) {
        return true;
    }
    if (strlen(text) != 3 || strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3) {
        refuse(
            cells, column,
            arena_printf(cells->arena,
                         "\"%.40s\" is not a country. Write its three letters of ISO 3166-1: GBR.",
                         text));
        return false;
    }
    memcpy(country, text, 4);
    return true;
}

bool value_degrees(const struct cells *cells, int column, int32_t most_udeg, int32_t *udeg)
{
    const char *text = csv_text(cells->row, column);

    if (!location_degrees(text, most_udeg, udeg)) {
        refuse(cells, column,
               arena_printf(cells->arena,
                            "\"%.40s\" is no place on the map. Write degrees from -%d to %d: "
                            "-71.06.",
                            text, (int)(most_udeg / 1000000), (int)(most_udeg / 1000000)));
        return false;
    }
    return true;
}

static void refuse(const struct cells *cells, int column, const char *why)
{
    report_problem(cells->report, csv_place(cells->table, cells->row, column), "%s", why);
}
