/*
 * store/api_party_row.h: the columns of an organisation in statements of the API that show it as a
 * supplier or as a party. For store/api_*.c alone.
 */
#ifndef STORE_API_PARTY_ROW_H
#define STORE_API_PARTY_ROW_H

#include "store/api_parties.h"
#include "store/columns.h"

/* of: "s", the organisation's name in the statement. */
#define API_PARTY_COLUMNS(of)                                                                      \
    of ".org_id, " of ".supplier_id, " of ".name, " of ".domain, " of ".description, " of          \
       ".short_description, " of ".place, " of ".country, " of ".latitude_udeg, " of               \
       ".longitude_udeg"
#define API_PARTY_COLUMN_COUNT 10

/* They, from a column on. */
static inline struct api_party api_party_row(struct query *q, struct arena *arena, int column)
{
    return (struct api_party){.org_id = query_text(q, arena, column),
                              .supplier_id = query_text(q, arena, column + 1),
                              .name = query_text(q, arena, column + 2),
                              .domain = query_text(q, arena, column + 3),
                              .description = query_text(q, arena, column + 4),
                              .short_description = query_text(q, arena, column + 5),
                              .place = query_text(q, arena, column + 6),
                              .country = query_text(q, arena, column + 7),
                              .location = column_location(q, column + 8)};
}

/* One that is shown as a party only: its id, name and domain, from a column on. */
static inline struct api_party api_party_row_short(struct query *q, struct arena *arena, int column)
{
    return (struct api_party){.org_id = query_text(q, arena, column),
                              .supplier_id = "",
                              .name = query_text(q, arena, column + 1),
                              .domain = query_text(q, arena, column + 2),
                              .description = ""};
}

#endif
