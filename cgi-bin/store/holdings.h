/*
 * store/holdings.h: what one organisation holds: its balances, its batches, its accounts. Reads
 * registry.db.
 *
 * "Available" is what can be transferred now: active batches in accounts of kind `active` that no
 * pending transfer reserves. All rows live in the arena. A fault of the store gives empty answers
 * and stays in store_fault().
 */
#ifndef STORE_HOLDINGS_H
#define STORE_HOLDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/quantity.h"
#include "model/serial.h"
#include "store/store.h"

extern const struct query_table holdings_queries;
extern const struct query_table holding_batches_queries;

/* One project of one supplier: units by state. */
struct holding_balance {
    const char *supplier_org_id;
    const char *supplier_name;
    const char *project_id;
    const char *project_name;
    enum instrument instrument;
    int64_t active_units; /* reserved is part of it */
    int64_t reserved_units;
    int64_t available_units;
    int64_t retired_units;
    int64_t exported_units;
    struct serial
        serial; /* what serial numbers of the project have in common; no vintage or block */
};

struct holding_balances {
    const struct holding_balance *at;
    size_t count;
    int64_t batch_count;     /* as a list without filters has them: but for split ones */
    const int64_t *vintages; /* of these batches, newest first */
    size_t vintage_count;
};

/* Per supplier and project, by their names: what is active, retired or exported. Units in
 * except_account_id ("" none) do not count as available: what is there already cannot be moved
 * there. Reads the organisation's running totals once, however many batches it has. */
struct holding_balances holdings_balances(struct store *registry, struct arena *arena,
                                          const char *org_id, const char *except_account_id);

/* The same added up per supplier and instrument (project members empty, no counts), in the same
 * order. */
struct holding_balances holdings_by_supplier(struct arena *arena, struct holding_balances balances);

/* One vintage of one supplier's balance. */
struct holding_vintage {
    int64_t vintage;
    int64_t available_units; /* more than 0 */
};
struct holding_vintages {
    const struct holding_vintage *at;
    size_t count;
};
/* Those of which something is available, newest first. */
struct holding_vintages holdings_vintages(struct store *registry, struct arena *arena,
                                          const char *org_id, const char *supplier_org_id,
                                          enum instrument instrument);

struct holding_account {
    const char *account_id;
    const char *name;
    const char *kind; /* "active", "retirement", "reserve" */
    bool is_main;
};
struct holding_accounts {
    const struct holding_account *at;
    size_t count;
};

/* The open accounts, Main first, then by name; only those of kind active when only_active. */
struct holding_accounts holdings_accounts(struct store *registry, struct arena *arena,
                                          const char *org_id, bool only_active);

/* One batch that the organisation holds or held last. */
struct holding_batch {
    const char *batch_id;
    struct serial serial;
    const char *project_id;
    const char *project_name;
    enum instrument instrument;
    const char *supplier_org_id;
    const char *supplier_name;
    const char *account_id;
    const char *account_name;
    const char *state;       /* "active", "reserved", "split", "retired", "exported", "cancelled" */
    const char *reserved_by; /* transfer; "" */
    const char *ended_by;    /* retirement, or transfer out of the registry; "" */
    const char *parent_id;   /* "" */
    const char *left_id;     /* split into this … */
    const char *right_id;    /* … and this; "" */
    const char *delivery_id; /* "" */
    const char *received_by; /* iss_, dlv_, tfr_ or bpr_ */
    int64_t received_at;
    int64_t issued_at;
    int64_t units;
};
struct holding_batches {
    const struct holding_batch *at;
    size_t count;
};

/* By size, serial and issued-at a page costs a look at each of the organisation's batches; by
 * received-at only at those shown. */
enum holding_sort {
    HOLDING_BY_RECEIVED,
    HOLDING_BY_ISSUED,
    HOLDING_BY_SIZE,
    HOLDING_BY_SERIAL,
    HOLDING_SORT__COUNT
};

/* What to list. Empty text and vintage 0 filter nothing, but batches that were split are listed
 * only with state "split". */
struct holding_filter {
    const char *org_id;
    const char *supplier_org_id;
    const char *project_id;
    int64_t vintage;
    const char *account_id;
    const char *state; /* as in holding_batch.state; "active" is active and not reserved */
};

/* What the page has read of the organisation already: rows are named from it. */
struct holding_names {
    struct holding_balances balances;
    struct holding_accounts accounts;
};

/* At most `most` rows in order, beginning behind the batch `after_id` ("" at the start). */
struct holding_batches holdings_batches(struct store *registry, struct arena *arena,
                                        const struct holding_names *names,
                                        const struct holding_filter *filter, enum holding_sort sort,
                                        bool descending, const char *after_id, size_t most);
/* How many a list has, from the organisation's running totals; without filters it is the
 * batch_count of its balances. */
int64_t holdings_count(struct store *registry, const struct holding_filter *filter);

/* The same, for reading a list of any length piece by piece: by state and then as received, from
 * behind *after (NULL: the start). */
struct holding_batches holdings_all(struct store *registry, struct arena *arena,
                                    const struct holding_filter *filter,
                                    const struct holding_batch *after, size_t most);

/* Batches of one supplier's balance that can be transferred, by arrival (oldest first) and within
 * it oldest issued first. */
struct holding_batches holdings_available(struct store *registry, struct arena *arena,
                                          const char *org_id, const char *supplier_org_id,
                                          enum instrument instrument, const char *except_account_id,
                                          size_t most);

/* One batch of anyone by its id, for naming its serials; false when there is none. */
bool holdings_batch(struct store *registry, struct arena *arena, const char *batch_id,
                    struct holding_batch *batch);

#endif
