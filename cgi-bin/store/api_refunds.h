/*
 * store/api_refunds.h: units that went back from the buffer pool to their supplier, for the API.
 * They are public. Reads registry.db; all rows live in the arena.
 */
#ifndef STORE_API_REFUNDS_H
#define STORE_API_REFUNDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/quantity.h"
#include "store/api_parties.h"
#include "store/redaction.h"
#include "store/store.h"

extern const struct query_table api_refunds_queries;

struct api_refund {
    const char *refund_id;
    int64_t refunded_at;
    struct api_party buffer; /* whose Reserve account they lay in */
    struct api_party supplier;
    const char *project_id; /* "" several */
    enum instrument instrument;
    int64_t units;
    const char *notes; /* "" none, or redacted */
    struct redaction note_redacted;
};

bool api_refund_find(struct store *registry, struct arena *arena, const char *refund_id,
                     struct api_refund *refund);

#endif
