/*
 * store/api_holdings_stream.h: where the batches of one organisation come from, each source in the
 * order of the list. For store/api_holdings.c only.
 */
#ifndef STORE_API_HOLDINGS_STREAM_H
#define STORE_API_HOLDINGS_STREAM_H

#include "base/id.h"
#include "store/api_holdings.h"
#include "store/query.h"

/* The first seven are asked once for each supplier, and come along an index that holds all they
 * tell; with an issuance in the filter their twins are asked, which look at each row. The others
 * are looked through and sorted. */
enum stream {
    STREAM_FREE,     /* active, in no pending transfer */
    STREAM_RESERVED, /* active, in a pending transfer */
    STREAM_RETIRED,
    STREAM_EXPORTED,
    STREAM_CANCELLED,
    STREAM_SPLIT,
    STREAM_BENEFIT, /* what others retired on its behalf */
    STREAM_FREE_OF, /* the same of one issuance … */
    STREAM_RESERVED_OF,
    STREAM_RETIRED_OF,
    STREAM_EXPORTED_OF,
    STREAM_CANCELLED_OF,
    STREAM_SPLIT_OF,
    STREAM_BENEFIT_OF,
    STREAM_DELIVERY, /* of one act, in any state */
    STREAM_ORDER,
    STREAM_RETIREMENT,
    STREAM__COUNT
};

/* Where a batch stands in the list. The row's number tells parts apart that begin at one serial;
 * numbers of rows keep their order, whatever SQLite does to the file. */
struct spot {
    int64_t issued_at;
    char project_id[ID_SIZE];
    int64_t vintage;
    int64_t first;
    int64_t row;
};

/* One question: whose, which, from where, which way. */
struct stream_ask {
    struct store *registry;
    const struct api_holding_filter *filter;
    const char *supplier_org_id; /* "" any: then not of the streams by supplier */
    struct spot start;           /* the outermost place, inclusive */
    bool is_down;                /* the newest first */
    int64_t most;
};

/* The statement, bound; its columns are those of a spot. */
struct query stream_walk(const struct stream_ask *ask, enum stream stream);
/* Reads the row that the statement is at. */
struct spot stream_spot(struct query *q);
int64_t stream_count(const struct stream_ask *ask, enum stream stream);

/* What the organisation has of one supplier: how many batches. */
struct stream_totals {
    char supplier_org_id[ID_SIZE];
    int64_t active, reserved, split, retired, exported; /* reserved ones are among the active */
    int64_t benefits; /* of stream_benefits alone: retired on its behalf by others */
};
struct stream_totals_list {
    const struct stream_totals *at;
    size_t count;
};
/* By supplier, from the running totals; the filter's supplier and project apply. */
struct stream_totals_list stream_totals(struct store *registry, struct arena *arena,
                                        const struct api_holding_filter *filter);
struct stream_totals_list stream_benefits(struct store *registry, struct arena *arena,
                                          const struct api_holding_filter *filter);

/* When an issuance was and of which project; false when there is none. */
bool stream_issuance(struct store *registry, struct arena *arena, const char *issuance_id,
                     int64_t *issued_at, const char **project_id);
/* A project's supplier (organisation); "" when there is no such project. */
const char *stream_supplier(struct store *registry, struct arena *arena, const char *project_id);

/* The place of a batch; false when there is no such batch. */
bool stream_place(struct store *registry, const char *batch_id, struct spot *place);
const char *stream_batch_id(struct store *registry, struct arena *arena, int64_t row);

#endif
