/*
 * store/api_holdings.h: the batches of one organisation for the API: those it holds or held last,
 * and those that others retired on its behalf. Reads registry.db; all rows live in the arena.
 *
 * The order is (issued_at, project, vintage, first serial, row), which no act ever changes; a batch
 * enters and leaves the list when it changes hands or state. However many there are, a page costs
 * a look at one page for each supplier whose units the organisation has: each such stream comes
 * along an index in this order, and the page is what they have first between them. Only the batches
 * of one act are looked through and sorted.
 */
#ifndef STORE_API_HOLDINGS_H
#define STORE_API_HOLDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/term.h"
#include "store/page_ask.h"
#include "store/store.h"

extern const struct query_table api_holdings_queries;

/* Which batches; "" and 0 filter nothing. What is given must all apply. */
struct api_holding_filter {
    const char *org_id;
    unsigned states; /* bits 1 << enum batch_state; none: nothing */
    const char *supplier_org_id;
    const char *project_id;
    const char *issuance_id;
    const char *delivery_id;
    const char *order_id;
    const char *retirement_id;
    int64_t issued_after;  /* microseconds, exclusive */
    int64_t issued_before; /* the same */
    bool is_ascending;     /* the oldest first; otherwise the newest */
};

/* ask->id names the batch behind which the page begins; its key is not asked for. *total_count: how
 * many the whole list has, exactly. It is read from running totals, unless one of the filters is an
 * issuance, a time or an act: then each batch that passes is looked at. */
struct page_ids api_holdings(struct store *registry, struct arena *arena,
                             const struct api_holding_filter *filter, const struct page_ask *ask,
                             int64_t *total_count);

#endif
