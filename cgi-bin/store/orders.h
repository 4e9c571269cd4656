/*
 * store/orders.h: what buyers ordered from suppliers, and what was delivered against it. Reads
 * registry.db.
 *
 * Orders are the two parties' own business and the registry's: whoever asks for a party names it,
 * and what is neither its order nor its delivery "is not there". Deliveries are public.
 */
#ifndef STORE_ORDERS_H
#define STORE_ORDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/quantity.h"
#include "store/redaction.h"
#include "store/store.h"
#include "store/window.h"

extern const struct query_table orders_queries;

/* Whose orders or deliveries: one organisation's as their supplier or as their buyer, or all. */
enum order_side { ORDER_OF_SUPPLIER, ORDER_OF_BUYER, ORDER_OF_ALL, ORDER_SIDE__COUNT };

/* What an organisation is in orders. */
struct order_party {
    bool is_supplier;
    bool has_ordered; /* ever, from anybody */
};
struct order_party orders_party(struct store *registry, const char *org_id);

/* What a supplier's projects count in: what can be ordered from it. */
struct order_instruments {
    bool has[INSTRUMENT__COUNT]; /* none: it has no project yet */
};
struct order_instruments orders_instruments(struct store *registry, const char *supplier_org_id);

/* How far it has come: nothing, something, everything is delivered. */
enum order_state { ORDER_PLACED, ORDER_IN_PROGRESS, ORDER_COMPLETED };
/* "placed", "in_progress", "completed". */
const char *order_state_word(enum order_state state);

struct order {
    const char *order_id; /* first: the row's id in lists */
    const char *supplier_org_id;
    const char *supplier;
    const char *buyer_org_id;
    const char *buyer;
    enum instrument instrument; /* what it counts, and what may be delivered */
    int64_t units;
    int64_t delivered_units;
    enum order_state state;
    const char *contract_date; /* YYYY-MM-DD; "" unknown */
    const char *notes;
    int64_t ordered_at;
    bool buyer_agreed;    /* recorded by the buyer or the registry; false: by the supplier alone */
    int64_t delivered_at; /* the last delivery; 0 none */
};
struct orders {
    const struct order *at;
    size_t count;
};

/* What to list. Empty text filters nothing. */
struct order_filter {
    enum order_side side;
    const char *org_id; /* the party; of all: nobody's */
    /* a word of enum order_state, or "open": not wholly delivered */
    const char *state;
    /* words in the name of the other party (of all: of either), its id, the order's or the note */
    const char *q;
};

/* One window, by the time of recording. */
struct orders orders_list(struct store *registry, struct arena *arena,
                          const struct order_filter *filter, const struct window *window);
/* How many; COUNT_MORE past LIST_COUNT_MAX. */
int64_t orders_count(struct store *registry, struct arena *arena,
                     const struct order_filter *filter);
bool order_find(struct store *registry, struct arena *arena, const char *order_id,
                struct order *order);
/* The same for a party of it; false for anybody else. */
bool order_find_of(struct store *registry, struct arena *arena, const char *org_id,
                   const char *order_id, struct order *order);

struct delivery {
    const char *delivery_id; /* first: the row's id in lists */
    const char *order_id;
    const char *supplier_org_id;
    const char *supplier;
    const char *buyer_org_id;
    const char *buyer;
    enum instrument instrument; /* that of its blocks, and since version 9 of its order */
    int64_t units;
    const char *notes; /* public; "" when redacted */
    struct redaction note_redacted;
    int64_t delivered_at;
    const char *project_id; /* of the first block */
    const char *project;
    bool has_more_projects;
};
struct deliveries {
    const struct delivery *at;
    size_t count;
};

struct delivery_filter {
    enum order_side side;
    const char *org_id;   /* as in order_filter */
    const char *order_id; /* of this order only; "" of any */
    const char *q;        /* words in the names of the parties, the note, the ids */
    int64_t from_at;      /* INT64_MIN: no bound */
    int64_t until_at;     /* before then; 0: no bound */
};

/* One window, by the time of delivery. */
struct deliveries deliveries_list(struct store *registry, struct arena *arena,
                                  const struct delivery_filter *filter,
                                  const struct window *window);
int64_t deliveries_count(struct store *registry, struct arena *arena,
                         const struct delivery_filter *filter);
bool delivery_find(struct store *registry, struct arena *arena, const char *delivery_id,
                   struct delivery *delivery);

#endif
