/*
 * import/value.h: cells as values: amounts, whole numbers, times, dates, ids, words. Each reader
 * takes a cell of a table; what it cannot read is a problem in the report that names the cell and
 * says what is accepted, and the reader returns false.
 */
#ifndef IMPORT_VALUE_H
#define IMPORT_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "import/csv.h"
#include "import/report.h"

/* The cells of one row and where complaints go. */
struct cells {
    struct arena *arena;
    struct report *report;
    const struct csv_table *table;
    const struct csv_row *row;
};

/* A count with `decimals` places, exactly, as a whole number of the smallest place: "1,234.5" with
 * 3 -> 1234500. Groups of three may be parted by commas, spaces (also thin and no-break ones) or
 * apostrophes; zeros beyond the last place are dropped. Signs, exponents, "12,34" and finer amounts
 * are refused. Nothing floats. */
bool value_units(const struct cells *cells, int column, int decimals, int64_t *units);

/* The same on plain text; on refusal *why is a sentence for people. */
bool value_parse_units(const char *text, int decimals, int64_t *units, const char **why);

/* A time: ISO 8601 ("2026-04-14T16:50:41.621676Z", a space for the T, no zone: UTC), or a date in
 * any form of value_date; from 2 January 1970 on, for a command's time 0 is none. */
bool value_time(const struct cells *cells, int column, int64_t *at);

/* A date as "YYYY-MM-DD" (11 bytes); an empty cell gives "". */
bool value_date(const struct cells *cells, int column, char date[11]);

/* The same on plain text: "2026-04-14", "2026/04/14", "14.04.2026", "14 April 2026", "14 Apr 2026",
 * "April 14, 2026", and "14/04/2026" or "04/14/2026" where only one reading is a date. On refusal
 * *why is a sentence for people. */
bool value_parse_date(const char *text, char date[11], const char **why);

/* A public id of that prefix, into 21 bytes. */
bool value_id(const struct cells *cells, int column, const char *prefix, char *id);

/* Text of 1 (or 0 when !needed) to chars_max characters, no control characters but line breaks when
 * lines is set; fits to_bytes. */
bool value_text(const struct cells *cells, int column, bool needed, bool lines, size_t chars_max,
                char *to, size_t to_bytes);

/* A host name such as "example.org", in lower case; an empty cell gives "". */
bool value_domain(const struct cells *cells, int column, char *to, size_t to_bytes);

/* Three capital letters, or "" when !needed. */
bool value_country(const struct cells *cells, int column, bool needed, char country[4]);

/* Degrees on the map, in millionths, to ±most_udeg: model/location.h. */
bool value_degrees(const struct cells *cells, int column, int32_t most_udeg, int32_t *udeg);

#endif
