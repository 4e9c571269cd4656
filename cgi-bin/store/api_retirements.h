/*
 * store/api_retirements.h: retirements for the API. They are public. Reads registry.db; all rows
 * live in the arena.
 */
#ifndef STORE_API_RETIREMENTS_H
#define STORE_API_RETIREMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/quantity.h"
#include "store/api_parties.h"
#include "store/page_ask.h"
#include "store/redaction.h"
#include "store/store.h"

extern const struct query_table api_retirements_queries;

struct api_retirement {
    const char *retirement_id;
    int64_t retired_at;
    unsigned purposes;            /* bits as in retirement.purposes */
    struct api_party beneficiary; /* org_id "": a name alone */
    struct api_party owner;
    enum instrument instrument;
    int64_t units;
    const char *notes; /* "" none, or redacted */
    struct redaction note_redacted, beneficiary_redacted;
};

bool api_retirement_find(struct store *registry, struct arena *arena, const char *retirement_id,
                         struct api_retirement *retirement);

/* Which retirements; "" any. */
struct api_retirement_filter {
    const char *owner_org_id;
    const char *beneficiary_org_id;
};
/* The last one first; keys are retired_at. */
struct page_ids api_retirements(struct store *registry, struct arena *arena,
                                const struct api_retirement_filter *filter,
                                const struct page_ask *ask);
int64_t api_retirements_count(struct store *registry, const struct api_retirement_filter *filter);

#endif
