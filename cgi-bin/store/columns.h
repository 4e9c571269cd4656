/*
 * store/columns.h: columns that many queries have in common, read the same way everywhere. For
 * files of the store room only.
 */
#ifndef STORE_COLUMNS_H
#define STORE_COLUMNS_H

#include "base/limits.h"
#include "base/must.h"
#include "base/text.h"
#include "model/location.h"
#include "model/quantity.h"
#include "model/serial.h"
#include "store/query.h"
#include "store/redaction.h"
#include "store/window.h"

/* A batch's serial number, for column_serial: a batch b, its project p. */
#define SERIAL_COLUMNS "p.pathway_code, p.country, p.short_code, b.vintage, b.first, b.last"
#define SERIAL_COLUMN_COUNT 6

static inline enum instrument column_instrument(struct query *q, int column)
{
    char word[32];
    enum instrument instrument = INSTRUMENT_CARBON_REMOVAL;
    query_text_into(q, column, word, sizeof(word));
    must(instrument_from_word(word, &instrument)); /* the schema's CHECK allows no other */
    return instrument;
}

/* SERIAL_COLUMNS from a column on. */
static inline struct serial column_serial(struct query *q, int column)
{
    struct serial serial = {.vintage = (int)query_int(q, column + 3),
                            .first = query_int(q, column + 4),
                            .last = query_int(q, column + 5)};
    query_text_into(q, column, serial.pathway, sizeof(serial.pathway));
    query_text_into(q, column + 1, serial.country, sizeof(serial.country));
    query_text_into(q, column + 2, serial.project_code, sizeof(serial.project_code));
    return serial;
}

/* latitude_udeg and longitude_udeg from a column on. */
static inline struct location column_location(struct query *q, int column)
{
    bool is_known = !query_is_null(q, column);
    return (struct location){.is_known = is_known,
                             .latitude_udeg = is_known ? (int32_t)query_int(q, column) : 0,
                             .longitude_udeg = is_known ? (int32_t)query_int(q, column + 1) : 0};
}

/* note_redacted_at and note_redacted_reason from a column on. */
static inline struct redaction column_redaction(struct query *q, struct arena *arena, int column)
{
    return (struct redaction){.at = query_int(q, column),
                              .reason = query_text(q, arena, column + 1)};
}

/* Empty text is SQL NULL. */
static inline const char *or_null(const char *text)
{
    return text_empty(text) ? NULL : text;
}

/* Empty text is no filter. */
static inline void bind_filter(struct query *q, int number, const char *text)
{
    query_bind_text(q, number, or_null(text));
}

/* The one number of a statement whose parameters are bound; 0 when it has no row. */
static inline int64_t column_only(struct query *q)
{
    int64_t number = query_row(q) ? query_int(q, 0) : 0;
    query_end(q);
    return number;
}

/* Counts what the inner SELECT gives, but not for ever. */
#define COUNT_OF(inner) "SELECT count(*) FROM (" inner " LIMIT 1001)"
_Static_assert(LIST_COUNT_MAX == 1000, "one row more tells that there are more");

/* The number of such a statement. */
static inline int64_t column_counted(struct query *q)
{
    int64_t count = column_only(q);
    return count > LIST_COUNT_MAX ? COUNT_MORE : count;
}

#endif
