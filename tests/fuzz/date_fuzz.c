/*
 * date_fuzz.c: dates and times (base/clock.c, import/value_date.c). Promised: what is taken lies in
 * the years 1900 to 2200, and printed for machines it reads back as the same moment; a date in
 * words reads back as that day; every count of microseconds can be shown.
 */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "fuzz/fuzz.h"
#include "import/value.h"

static void shown(int64_t at)
{
    const char *words = clock_words(&fuzz_arena, at);
    const char *day = clock_date_words(&fuzz_arena, at);
    const char *iso = clock_iso(&fuzz_arena, at);
    const char *iso_day = clock_iso_date(&fuzz_arena, at);
    holds(text_starts(words, day) && text_starts(iso, iso_day) && (at == 0) == (*words == '\0'));
    int year = clock_year(at);
    if (at == 0 || year < 1900 || year > 2200) {
        return;
    }
    int64_t again = 0;
    char date[11] = "";
    const char *why = NULL;
    holds(clock_parse(iso, &again) && again == at);
    holds(clock_parse_date(iso_day, &again) && again <= at && at - again < CLOCK_DAY_US);
    holds(value_parse_date(day, date, &why) && text_is(date, iso_day));
}

static void one(struct fuzz_input *input)
{
    int64_t at = fuzz_int(input);
    const char *text = fuzz_text(input);
    shown(at);
    shown(at / 1000);
    int64_t read = -7;
    if (clock_parse(text, &read)) {
        int64_t floor = -7;
        holds(clock_year(read) >= 1900 && clock_year(read) <= 2200);
        holds(clock_parse_floor(text, &floor) && floor == read);
        shown(read);
    } else {
        holds(read == -7);
        holds(clock_parse_floor(text, &read) || read == -7);
    }
    read = -7;
    if (clock_parse_date(text, &read)) {
        holds(read % CLOCK_DAY_US == 0 &&
              (read == 0 || text_is(clock_iso_date(&fuzz_arena, read), text)));
    }
    char date[11] = "";
    char again[11] = "";
    const char *why = NULL;
    if (value_parse_date(text, date, &why)) {
        holds(strlen(date) == 10 && clock_parse_date(date, &read));
        holds(value_parse_date(date, again, &why) && text_is(date, again));
    } else {
        holds(!text_empty(why));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    fuzz_run(data, size_bytes, one);
    return 0;
}
