/*
 * quantity_fuzz.c: amounts as people type them (model/quantity.c) and as files have them
 * (import/value.c). Promised: what is taken is between the bounds and exactly what a second
 * arithmetic says; what is printed reads back as the same amount, by both readers; a refusal
 * leaves the number alone and, of a file, has a sentence.
 */
#include <string.h>

#include "base/text.h"
#include "fuzz/fuzz.h"
#include "import/value.h"
#include "model/quantity.h"

/* The number with its decimals filled up to so many, without looking at its form. */
static __int128 exactly(const char *text, size_t decimals)
{
    __int128 number = 0;
    size_t behind = 0;
    bool has_point = false;
    for (; *text != '\0'; text++) {
        has_point = has_point || *text == '.';
        if (*text >= '0' && *text <= '9' && (!has_point || behind < decimals)) {
            number = number * 10 + (*text - '0');
            behind += has_point ? 1 : 0;
        }
    }
    for (; behind < decimals; behind++) {
        number *= 10;
    }
    return number;
}

static const char *without(const char *text, char byte)
{
    char *rest = arena_take(&fuzz_arena, strlen(text) + 1, 1);
    size_t used = 0;
    for (; *text != '\0'; text++) {
        if (*text != byte) {
            rest[used++] = *text;
        }
    }
    return rest;
}

static void typed(const char *text, enum instrument instrument)
{
    size_t decimals = instrument == INSTRUMENT_CARBON_REMOVAL ? 3 : 0;
    int64_t units = -7;
    int64_t again = 0;
    const char *why = NULL;
    enum status status = quantity_parse(text, instrument, &units);
    if (status != STATUS_OK) {
        holds(units == -7);
        return;
    }
    holds(units >= 1 && units <= QUANTITY_UNITS_MAX && exactly(text, decimals) == units);
    const char *plain = quantity_plain(&fuzz_arena, units, instrument);
    holds(quantity_parse(plain, instrument, &again) == STATUS_OK && again == units);
    holds(value_parse_units(plain, (int)decimals, &again, &why) && again == units);
    const char *shown = quantity_show(&fuzz_arena, units, instrument);
    holds(value_parse_units(shown, (int)decimals, &again, &why) && again == units);
    holds(text_is(without(shown, ','), plain));
    holds(text_starts(quantity_words(&fuzz_arena, units, instrument), shown));
}

static void in_a_file(const char *text, int decimals)
{
    int64_t units = -7;
    int64_t again = 0;
    const char *why = NULL;
    if (!value_parse_units(text, decimals, &units, &why)) {
        holds(units == -7 && !text_empty(why));
        return;
    }
    holds(units >= 0 && units <= QUANTITY_UNITS_MAX);
    holds(strchr(text, '-') == NULL && exactly(text, (size_t)decimals) == units);
    if (units > 0 && (decimals == 0 || decimals == 3)) {
        enum instrument instrument =
            decimals == 3 ? INSTRUMENT_CARBON_REMOVAL : INSTRUMENT_RENEWABLE_ENERGY;
        const char *plain = quantity_plain(&fuzz_arena, units, instrument);
        holds(value_parse_units(plain, decimals, &again, &why) && again == units);
    }
}

static void one(struct fuzz_input *input)
{
    int decimals = (int)fuzz_below(input, 10);
    int64_t a = fuzz_int(input);
    int64_t b = fuzz_int(input);
    const char *text = fuzz_text(input);
    int64_t sum = 42;
    __int128 wide = (__int128)a + b;
    bool fits = wide >= INT64_MIN && wide <= INT64_MAX;
    holds(quantity_add(a, b, &sum) == fits && sum == (fits ? (int64_t)wide : 42));
    for (int i = 0; i < INSTRUMENT__COUNT; i++) {
        enum instrument instrument = (enum instrument)i;
        typed(text, instrument);
        const char *plain = quantity_plain(&fuzz_arena, a, instrument);
        const char *shown = quantity_show(&fuzz_arena, a, instrument);
        holds(text_is(without(shown, ','), plain) && (plain[0] == '-') == (a < 0));
        holds(exactly(plain, instrument == INSTRUMENT_CARBON_REMOVAL ? 3 : 0) ==
              (a < 0 ? -(__int128)a : a));
    }
    in_a_file(text, decimals);
    in_a_file(text, 0);
    in_a_file(text, 3);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    fuzz_run(data, size_bytes, one);
    return 0;
}
