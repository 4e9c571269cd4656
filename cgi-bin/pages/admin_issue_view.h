/*
 * pages/admin_issue_view.h: issuing and delivering (templates/admin/projects.mustache,
 * orders.mustache, order.mustache).
 */
#ifndef PAGES_ADMIN_ISSUE_VIEW_H
#define PAGES_ADMIN_ISSUE_VIEW_H

#include "pages/admin_form_view.h"

struct admin_project_row {
    const char *name;
    struct url url; /* its public page */
    const char *short_code;
    const char *supplier;
    struct url supplier_url;
    const char *country;
    const char *issued;
    const char *unit;
    struct url issue_url;
    struct url edit_url;
};
struct admin_project_rows {
    const struct admin_project_row *at;
    size_t count;
};
struct admin_projects_view {
    struct chrome page;
    bool may_act;
    struct admin_list_view list;
    bool has_rows;
    struct admin_project_rows rows;
};

struct admin_order_row {
    const char *order_id;
    struct url url;
    struct when_view ordered;
    const char *supplier;
    struct url supplier_url;
    const char *buyer;
    struct url buyer_url;
    const char *ordered_quantity;
    const char *delivered_quantity;
    const char *unit;
    bool is_open;
    struct url deliver_url;
};
struct admin_order_rows {
    const struct admin_order_row *at;
    size_t count;
};
struct admin_orders_view {
    struct chrome page;
    bool may_act;
    struct admin_list_view list;
    bool has_rows;
    struct admin_order_rows rows;
};

struct admin_delivery_row {
    const char *delivery_id;
    struct url url;
    struct when_view when;
    const char *quantity;
    const char *notes;
};
struct admin_delivery_rows {
    const struct admin_delivery_row *at;
    size_t count;
};
struct admin_order_view {
    struct chrome page;
    bool may_act;
    const char *title;
    const char *state_words;
    struct admin_facts facts;
    bool is_open;
    struct url deliver_url;
    const char *deliver_words;
    const char *unit;
    bool has_deliveries;
    struct admin_delivery_rows deliveries;
};

/* Choosing what is delivered: an amount, or quantities of batches
 * (templates/admin/deliver.mustache). */
struct admin_deliver_line {
    const char *name; /* of the input: "qty.ctb_…" */
    const char *serial;
    struct url url;
    const char *project;
    const char *available;
    const char *typed;
    const char *error; /* NULL: fine */
    const char *label;
};
struct admin_deliver_lines {
    const struct admin_deliver_line *at;
    size_t count;
};
struct admin_deliver_view {
    struct chrome page;
    bool has_faults;
    struct fault_views faults;
    const char *alarm_title; /* NULL: none */
    const char *alarm;
    const char *heading;
    struct admin_facts facts;
    struct url post;
    struct url leave;
    const char *once;
    struct admin_fields fields;
    const char *unit;
    int64_t scale; /* decimals */
    bool has_lines;
    struct admin_deliver_lines lines;
    const char *lines_words; /* which batches are shown */
};

#endif
