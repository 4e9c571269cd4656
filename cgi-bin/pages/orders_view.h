/*
 * pages/orders_view.h: orders and deliveries: rows of lists (templates/part/orders.mustache,
 * deliveries.mustache), one order (part/order.mustache) and one delivery, for their parties, for
 * administrators and for everybody.
 */
#ifndef PAGES_ORDERS_VIEW_H
#define PAGES_ORDERS_VIEW_H

#include "pages/my_transfer_view.h"
#include "pages/picker_view.h"
#include "pages/plan_view.h"
#include "pages/public_view.h"

/* ---- orders ---- */

struct order_row {
    const char *order_id;
    struct url url;
    struct when_view recorded;
    const char *contract; /* "1 March 2026"; "" unknown */
    struct link_view supplier;
    struct link_view buyer;
    const char *ordered;
    const char *delivered;
    const char *open;      /* "–" nothing */
    const char *unit_here; /* "" when the heading says it */
    struct state_view state;
    bool is_open;
    struct url deliver_url;
};
struct order_rows {
    const struct order_row *at;
    size_t count;
};
struct order_table {
    const char *unit; /* of every row; "" when they differ */
    bool shows_supplier;
    bool shows_buyer;
    bool may_deliver;
    struct sort_view by_time; /* of the first column; no address: it does not sort */
    struct order_rows rows;
};

/* One tab above the lists of orders and deliveries. */
struct order_tab {
    const char *words;
    struct url url;
    bool is_here;
};
struct order_tabs {
    const struct order_tab *at;
    size_t count;
};

/* The account's list (templates/account/orders.mustache). */
struct orders_view {
    struct chrome page;
    bool is_supplier; /* what it owes; otherwise what it is owed */
    struct order_tabs tabs;
    bool may_record;
    struct url new_url;
    const char *new_words;
    struct public_list_view list;
    const char *side; /* kept while filters change */
    const char *other;
    const char *q;
    struct choice_views states;
    struct order_table table;
};

/* ---- deliveries ---- */

struct delivery_row {
    const char *delivery_id;
    struct url url;
    struct when_view delivered;
    struct link_view supplier;
    struct link_view buyer;
    struct link_view project;
    bool has_more_projects;
    const char *notes;
    const char *redacted; /* in place of the note; "" */
    struct link_view order;
    const char *quantity;
    const char *unit_here;
};
struct delivery_rows {
    const struct delivery_row *at;
    size_t count;
};
struct delivery_table {
    const char *unit;
    bool shows_supplier;
    bool shows_buyer;
    bool shows_order;
    struct sort_view by_time;
    struct delivery_rows rows;
};

/* The account's list (templates/account/deliveries.mustache) and everybody's
 * (templates/public/deliveries.mustache). */
struct deliveries_view {
    struct chrome page;
    bool is_supplier;
    struct order_tabs tabs;
    struct public_list_view list;
    const char *side;
    const char *order_id; /* of this order only; "" */
    const char *q;
    const char *from;
    const char *to;
    struct delivery_table table;
};

/* ---- one order ---- */

struct order_view {
    struct chrome page;
    const char *title; /* "1,200.000 credits for Northwind Carbon" */
    struct state_view state;
    const char *next; /* what follows the word of its state */
    bool may_deliver;
    struct url deliver_url;
    const char *deliver_words;
    const char *hindrance; /* why there is nothing to press; "" */
    struct url way_out;    /* what helps then; none */
    const char *way_out_words;
    const char *order_id;
    struct link_view supplier;
    struct link_view buyer;
    const char *ordered;
    const char *weight;
    const char *delivered;
    const char *open; /* "" nothing */
    const char *delivered_percent;
    const char *open_percent;
    const char *delivered_show;
    const char *open_show;
    const char *contract; /* "" unknown */
    struct when_view recorded;
    const char *recorded_by; /* "" not told */
    const char *notes;
    bool has_deliveries;
    struct delivery_table deliveries;
    struct link_view all_deliveries; /* words "": all are shown */
};

/* ---- one delivery, for its parties (templates/account/delivery.mustache) ---- */

struct delivery_view {
    struct chrome page;
    const char *title;
    const char *lead;
    struct when_view delivered;
    const char *delivery_id;
    struct link_view supplier;
    struct link_view buyer;
    struct link_view order;
    const char *quantity;
    const char *weight;
    const char *notes;
    const char *redacted; /* in place of the note; "" */
    struct url public_url;
    struct public_block_table blocks;
    struct story_views story;
};

/* ---- recording an order ---- */

/* With whom (templates/account/order-party.mustache). */
struct order_party_view {
    struct chrome page;
    bool has_faults;
    struct fault_views faults;
    const char *title;
    const char *lead;
    const char *side;
    struct picker_view picker;
    struct url leave;
};

/* What, and the check (templates/account/order-terms.mustache, order-check.mustache). */
struct order_terms_view {
    struct chrome page;
    bool has_faults;
    struct fault_views faults;
    const char *alarm; /* NULL: none */
    const char *title;
    const char *side;
    bool is_supplier;
    const char *party_id;
    struct link_view party;
    struct url party_url;  /* to choose another one */
    struct url change_url; /* from the check back to the terms */
    const char *once;
    bool asks_instrument; /* credits or certificates? */
    const char *instrument_error;
    bool is_credits;
    bool is_certificates;
    const char *instrument; /* its word; "" not chosen yet */
    const char *noun;       /* behind the quantity; "" when it is chosen above it */
    const char *amount;
    const char *amount_error;
    const char *contract_date;
    const char *contract_date_error;
    const char *notes;
    const char *notes_error;
    struct url leave;
    /* the check */
    const char *quantity;
    const char *weight;
    const char *contract; /* "" none */
    struct sentence_views next;
    const char *button;
};

/* The receipt of a delivery (templates/account/deliver-done.mustache). */
struct deliver_done_view {
    struct chrome page;
    const char *title;
    const char *delivery_id;
    struct state_view state; /* of the order now */
    const char *next;
    struct url delivery_url;
    struct url order_url;
    struct url public_url;
    bool is_open; /* more can be delivered */
    struct url deliver_url;
};

#endif
