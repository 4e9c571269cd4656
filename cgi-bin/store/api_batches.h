/*
 * store/api_batches.h: credit batches for the API, one by one and as the lines of an act. Reads
 * registry.db; all rows live in the arena.
 */
#ifndef STORE_API_BATCHES_H
#define STORE_API_BATCHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/quantity.h"
#include "model/serial.h"
#include "model/term.h"
#include "store/api_parties.h"
#include "store/page_ask.h"
#include "store/store.h"

extern const struct query_table api_batches_queries;

struct api_batch {
    const char *batch_id;
    struct serial serial;
    enum instrument instrument;
    enum batch_state state;
    int64_t units;
    int64_t issued_at;
    int64_t ended_at;          /* 0 while active */
    const char *reporting_end; /* of the issuance, YYYY-MM-DD; "" unknown */
    const char *project_id;
    const char *supplier_id;
    const char *issuance_id;
    const char *parent_id; /* "", like the next two */
    const char *left_id;
    const char *right_id;
    const char *delivery_id;      /* "" */
    int64_t delivered_at;         /* 0 */
    const char *reserved_by;      /* the waiting transfer: for the holder's eyes alone; "" */
    struct api_party owner;       /* who holds it, or held it last */
    const char *retirement_id;    /* "" */
    struct api_party beneficiary; /* of a retired one; org_id "": a name alone */
    bool ccp_approved;            /* its project is */
};

bool api_batch_find(struct store *registry, struct arena *arena, const char *batch_id,
                    struct api_batch *batch);

/* The batches of an act, in the order of its lines. They may have been split since. */
enum api_lines_of {
    LINES_OF_DELIVERY,
    LINES_OF_TRANSFER,
    LINES_OF_RETIREMENT,
    LINES_OF_REFUND,
    LINES_OF__COUNT
};
/* At most `most` ids behind a line's number (0: from the first). */
struct page_ids api_lines(struct store *registry, struct arena *arena, enum api_lines_of of,
                          const char *id, int64_t behind_line, size_t most);
int64_t api_lines_count(struct store *registry, enum api_lines_of of, const char *id);

/* The batches as they were issued: the supplier's, and the buffer pool's ("" when there was
 * none). */
struct api_issued {
    const char *supplier_batch_id;
    const char *buffer_batch_id;
};
struct api_issued api_issued_batches(struct store *registry, struct arena *arena,
                                     const char *issuance_id);

#endif
