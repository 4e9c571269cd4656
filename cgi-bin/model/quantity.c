/* model/quantity.c: see model/quantity.h. */
#include "model/quantity.h"

#include <string.h>

#include "base/must.h"
#include "base/text.h"

#define BLANKS " \t\r\n\v\f"
#define DIGITS "0123456789"
#define QUANTITY_SHOWN_SIZE 32 /* 19 digits, 5 commas, a point, a sign, NUL */

struct instrument_row {
    const char *word;
    int64_t units_per_credit;
    int decimals; /* units_per_credit = 10^decimals */
    const char *one;
    const char *many;
};

static const struct instrument_row rows[INSTRUMENT__COUNT] = {
    [INSTRUMENT_CARBON_REMOVAL] = {"carbon_removal", 1000, 3, "credit", "credits"},
    [INSTRUMENT_RENEWABLE_ENERGY] = {"renewable_energy", 1, 0, "certificate", "certificates"},
};

static const struct instrument_row *row_of(enum instrument instrument);
static bool count_units(const char *whole, size_t whole_digits, const char *decimals,
                        size_t decimals_count, size_t decimals_max, int64_t *units);
static bool add_digit(int64_t *units, char digit);

const char *instrument_word(enum instrument instrument)
{
    return row_of(instrument)->word;
}

bool instrument_from_word(const char *word, enum instrument *instrument)
{
    for (int i = 0; i < INSTRUMENT__COUNT; i++) {
        if (text_is(rows[i].word, word)) {
            *instrument = (enum instrument)i;
            return true;
        }
    }
    return false;
}

int64_t instrument_units_per_credit(enum instrument instrument)
{
    return row_of(instrument)->units_per_credit;
}

const char *instrument_noun(enum instrument instrument, int64_t units)
{
    const struct instrument_row *row = row_of(instrument);
    return units == row->units_per_credit ? row->one : row->many;
}

enum status quantity_parse(const char *text, enum instrument instrument, int64_t *units)
{
    const char *whole = text == NULL ? "" : text + strspn(text, BLANKS);
    if (*whole == '\0') {
        return STATUS_LINES_EMPTY;
    }
    if (*whole == '-') {
        return STATUS_QUANTITY_NEGATIVE;
    }
    size_t whole_digits = strspn(whole, DIGITS);
    const char *decimals = whole + whole_digits;
    size_t decimals_count = 0;
    bool has_point = *decimals == '.';
    if (has_point) {
        decimals++;
        decimals_count = strspn(decimals, DIGITS);
    }
    const char *end = decimals + decimals_count;
    if (whole_digits == 0 || (has_point && decimals_count == 0) ||
        end[strspn(end, BLANKS)] != '\0') {
        return STATUS_VALUE_REFUSED;
    }
    /* From here on it is a number; the first refusal in the order of enum status is the answer. */
    if (strspn(whole, "0") == whole_digits && strspn(decimals, "0") >= decimals_count) {
        return STATUS_QUANTITY_ZERO;
    }
    size_t decimals_max = (size_t)row_of(instrument)->decimals;
    if (decimals_count > decimals_max) {
        return STATUS_QUANTITY_FRACTION;
    }
    if (!count_units(whole, whole_digits, decimals, decimals_count, decimals_max, units)) {
        return STATUS_QUANTITY_TOO_LARGE;
    }
    return STATUS_OK;
}

const char *quantity_show(struct arena *arena, int64_t units, enum instrument instrument)
{
    const struct instrument_row *row = row_of(instrument);
    if (row->decimals == 0) {
        return text_int_grouped(arena, units);
    }
    /* Whole and rest are shown without sign: -500 units are "-0.500". A page shows hundreds, so
     * they are written digit by digit, from the last one. */
    char text[QUANTITY_SHOWN_SIZE];
    size_t at = sizeof(text) - 1;
    uint64_t rest = units < 0 ? -(uint64_t)units : (uint64_t)units;
    text[at] = '\0';
    for (int i = 0; i < row->decimals; i++) {
        text[--at] = (char)('0' + rest % 10);
        rest /= 10;
    }
    text[--at] = '.';
    for (int i = 0; i == 0 || rest > 0; i++) {
        if (i > 0 && i % 3 == 0) {
            text[--at] = ',';
        }
        text[--at] = (char)('0' + rest % 10);
        rest /= 10;
    }
    if (units < 0) {
        text[--at] = '-';
    }
    return arena_text_sized(arena, text + at, sizeof(text) - 1 - at);
}

const char *quantity_plain(struct arena *arena, int64_t units, enum instrument instrument)
{
    const struct instrument_row *row = row_of(instrument);
    if (row->decimals == 0) {
        return arena_printf(arena, "%lld", (long long)units);
    }
    int64_t whole = units / row->units_per_credit;
    int64_t rest = units % row->units_per_credit;
    return arena_printf(arena, "%s%lld.%0*lld", units < 0 ? "-" : "",
                        (long long)(whole < 0 ? -whole : whole), row->decimals,
                        (long long)(rest < 0 ? -rest : rest));
}

const char *quantity_words(struct arena *arena, int64_t units, enum instrument instrument)
{
    return arena_printf(arena, "%s %s", quantity_show(arena, units, instrument),
                        instrument_noun(instrument, units));
}

bool quantity_add(int64_t a, int64_t b, int64_t *sum)
{
    int64_t result = 0;
    if (__builtin_add_overflow(a, b, &result)) {
        return false;
    }
    *sum = result;
    return true;
}

static const struct instrument_row *row_of(enum instrument instrument)
{
    must(instrument == INSTRUMENT_CARBON_REMOVAL || instrument == INSTRUMENT_RENEWABLE_ENERGY);
    return &rows[instrument];
}

/* Digits before and after the point as units; decimals that were not typed are zeros. False when
 * over the limit. */
static bool count_units(const char *whole, size_t whole_digits, const char *decimals,
                        size_t decimals_count, size_t decimals_max, int64_t *units)
{
    int64_t sum = 0;
    for (size_t i = 0; i < whole_digits; i++) {
        if (!add_digit(&sum, whole[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < decimals_max; i++) {
        if (!add_digit(&sum, i < decimals_count ? decimals[i] : '0')) {
            return false;
        }
    }
    *units = sum;
    return true;
}

static bool add_digit(int64_t *units, char digit)
{
    must(*units >= 0 && *units <= QUANTITY_UNITS_MAX); /* so that times ten fits */
    *units = *units * 10 + (digit - '0');
    return *units <= QUANTITY_UNITS_MAX;
}
