/*
 * store/pool.h: the buffer pool: units that were set aside at issuance, what became of them, and
 * the acts that took some out: refunds (back to their supplier) and cancellations (after a
 * reversal). All of it is public. Reads registry.db.
 */
#ifndef STORE_POOL_H
#define STORE_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/quantity.h"
#include "store/redaction.h"
#include "store/store.h"
#include "store/window.h"

extern const struct query_table pool_queries;

/* An organisation that holds the pool; there is usually one. */
struct pool_org {
    const char *org_id;
    const char *name;
};
struct pool_orgs {
    const struct pool_org *at;
    size_t count;
};
/* By name. */
struct pool_orgs pool_orgs(struct store *registry, struct arena *arena);

/* What became of the units set aside. Units that came to the pool's organisations in other ways,
 * and left them so, are in no member but held_units. */
struct pool_sums {
    int64_t put_units;       /* set aside at issuance */
    int64_t held_units;      /* active now, reserved ones too */
    int64_t free_units;      /* of these: in a Reserve account and not reserved */
    int64_t refunded_units;  /* went back to the supplier */
    int64_t cancelled_units; /* cancelled after a reversal */
    int64_t retired_units;
};

/* One vintage of a project. */
struct pool_share {
    const char *project_id;
    const char *project;
    const char *supplier_org_id;
    const char *supplier;
    enum instrument instrument;
    int64_t vintage;
    struct pool_sums sums;
};
struct pool_shares {
    const struct pool_share *at;
    size_t count;
};
/* Of all pools together, by project and vintage; of one project ("" all). */
struct pool_shares pool_shares(struct store *registry, struct arena *arena, const char *project_id);
/* b added to *a; must fit. */
void pool_add(struct pool_sums *a, const struct pool_sums *b);

/* What one organisation's Reserve accounts hold of a project. */
struct pool_stock {
    const char *project_id;
    const char *project;
    const char *supplier_org_id;
    const char *supplier;
    enum instrument instrument;
    int64_t held_units;
    int64_t free_units; /* of these: not reserved */
};
struct pool_stocks {
    const struct pool_stock *at;
    size_t count;
};
/* By project. */
struct pool_stocks pool_stocks(struct store *registry, struct arena *arena, const char *org_id);

enum pool_act_kind { POOL_REFUND, POOL_CANCELLATION, POOL_ACT__COUNT };

struct pool_act {
    const char *act_id; /* bpr_ or cnl_; first: the row's id in lists */
    const char *org_id; /* the pool's organisation */
    const char *org;
    const char *supplier_org_id;
    const char *supplier;
    const char *project_id; /* "" several */
    const char *project;
    enum instrument instrument;
    int64_t units;
    const char *notes; /* of a cancellation: its reason, REDACTED_WORDS when redacted; "" */
    struct redaction note_redacted;
    int64_t at;
    int64_t block_count;
};
struct pool_acts {
    const struct pool_act *at;
    size_t count;
};
struct pool_filter {
    enum pool_act_kind kind;
    const char *q;    /* words in the names, the project, the note or the id */
    int64_t from_at;  /* INT64_MIN: no bound */
    int64_t until_at; /* before then; 0: no bound */
};
/* One window by time. */
struct pool_acts pool_acts_list(struct store *registry, struct arena *arena,
                                const struct pool_filter *filter, const struct window *window);
int64_t pool_acts_count(struct store *registry, struct arena *arena,
                        const struct pool_filter *filter);
bool pool_act_find(struct store *registry, struct arena *arena, enum pool_act_kind kind,
                   const char *act_id, struct pool_act *act);

#endif
