/*
 * model/quantity.h: quantities are int64_t counts of units, never floating point (domain.md
 * section 2.1). carbon_removal: 1 unit = 1 kg CO2e, 1 credit = 1000 units, shown with 3 decimals.
 * renewable_energy: 1 unit = 1 certificate = 1 MWh, whole numbers.
 */
#ifndef MODEL_QUANTITY_H
#define MODEL_QUANTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/status.h"

enum instrument { INSTRUMENT_CARBON_REMOVAL, INSTRUMENT_RENEWABLE_ENERGY, INSTRUMENT__COUNT };

/* 10^15 units: sums of 9,000 of them still fit an int64. */
#define QUANTITY_UNITS_MAX INT64_C(1000000000000000)

/* "carbon_removal"; the same word in SQL, JSON and CSV. */
const char *instrument_word(enum instrument instrument);
bool instrument_from_word(const char *word, enum instrument *instrument);
/* Units in one credit: 1000 or 1. */
int64_t instrument_units_per_credit(enum instrument instrument);
/* "credits" / "certificates"; "credit"/"certificate" for exactly one. */
const char *instrument_noun(enum instrument instrument, int64_t units);

/* Reads what a person typed ("84.21", "1200") exactly. White space around it is allowed; signs,
 * exponents, group commas, spaces inside and too many decimals are not: STATUS_QUANTITY_NEGATIVE
 * for "-…", QUANTITY_FRACTION for too many decimals, QUANTITY_ZERO for zero, QUANTITY_TOO_LARGE
 * over QUANTITY_UNITS_MAX, LINES_EMPTY for nothing, VALUE_REFUSED for the rest. */
enum status quantity_parse(const char *text, enum instrument instrument, int64_t *units);

/* For people: 1234567 units -> "1,234.567"; certificates "1,234". Negative numbers keep a sign. */
const char *quantity_show(struct arena *arena, int64_t units, enum instrument instrument);
/* For machines: "1234.567" / "1234". Always the full decimals. */
const char *quantity_plain(struct arena *arena, int64_t units, enum instrument instrument);
/* "1,234.567 credits". */
const char *quantity_words(struct arena *arena, int64_t units, enum instrument instrument);

/* sum = a + b; false (and sum untouched) on overflow. */
bool quantity_add(int64_t a, int64_t b, int64_t *sum);

#endif
