/*
 * pages/pool_view.h: the buffer pool (templates/public/buffer-pool.mustache,
 * templates/admin/buffer-pool.mustache), its refunds and cancellations
 * (templates/public/pool-acts.mustache, pool-act.mustache).
 */
#ifndef PAGES_POOL_VIEW_H
#define PAGES_POOL_VIEW_H

#include "pages/public_view.h"

/* All of one instrument, drawn. */
struct pool_part {
    const char *id; /* of the drawing */
    const char *heading;
    const char *unit;
    const char *put;
    const char *held;
    const char *refunded;
    const char *cancelled;
    const char *retired;
    bool has_retired;
    bool is_drawn;          /* there was ever something in it */
    const char *held_width; /* "63.25%", like all of these */
    const char *refunded_x;
    const char *refunded_width;
    const char *cancelled_x;
    const char *cancelled_width;
};
struct pool_parts {
    const struct pool_part *at;
    size_t count;
};

/* One vintage of a project. */
struct pool_row {
    struct link_view project;
    struct link_view supplier;
    const char *vintage;
    const char *put;
    const char *held;
    const char *refunded;
    const char *cancelled;
    const char *unit_here; /* "" when the heading says it */
};
struct pool_rows {
    const struct pool_row *at;
    size_t count;
};

/* One refund or cancellation in a list. */
struct pool_act_row {
    const char *act_id;
    struct url url;
    struct when_view when;
    struct link_view org;
    struct link_view supplier;
    struct link_view project; /* words "" several */
    const char *notes;
    const char *redacted; /* in place of the note; "" */
    const char *quantity;
    const char *unit_here;
};
struct pool_act_rows {
    const struct pool_act_row *at;
    size_t count;
};
struct pool_act_table {
    const char *unit;
    const char *when_label;     /* "Refunded" */
    const char *supplier_label; /* "To supplier" */
    const char *id_label;       /* "Refund" */
    struct sort_view by_time;   /* no address: it does not sort */
    struct pool_act_rows rows;
};

struct buffer_pool_view {
    struct chrome page;
    bool has_orgs;
    struct link_views orgs;
    bool is_empty;
    struct pool_parts parts;
    const char *unit; /* of every row; "" when they differ */
    struct pool_rows rows;
    struct url csv;
    bool has_refunds;
    struct pool_act_table refunds;
    bool has_cancellations;
    struct pool_act_table cancellations;
};

struct pool_acts_view {
    struct chrome page;
    const char *heading;
    const char *lead;
    struct url here; /* where the filters go */
    struct public_list_view list;
    const char *q;
    const char *from;
    const char *to;
    const char *none; /* what stands when there never was one */
    struct pool_act_table table;
};

struct pool_act_view {
    struct chrome page;
    const char *title;
    bool is_cancellation;
    const char *id_label;
    const char *act_id;
    struct when_view when;
    struct link_view org;
    struct link_view supplier;
    struct link_view project; /* words "" several */
    const char *quantity;
    const char *weight;
    const char *note_label;
    const char *notes;
    const char *redacted; /* in place of the note; "" */
    const char *blocks_heading;
    struct public_block_table blocks;
};

/* ---- for administrators ---- */

struct pool_stock_row {
    struct link_view project;
    struct link_view supplier;
    const char *held;
    const char *free;
    const char *unit;
    bool can_act; /* something is free, and the reader may */
    struct url refund_url;
    struct url cancel_url;
};
struct pool_stock_rows {
    const struct pool_stock_row *at;
    size_t count;
};
struct pool_stock_table {
    struct link_view org;
    bool has_rows;
    struct pool_stock_rows rows;
};
struct pool_stock_tables {
    const struct pool_stock_table *at;
    size_t count;
};
struct admin_pool_view {
    struct chrome page;
    bool may_act;
    bool has_pools;
    struct pool_stock_tables pools;
    bool has_refunds;
    struct pool_act_table refunds;
    bool has_cancellations;
    struct pool_act_table cancellations;
};

#endif
