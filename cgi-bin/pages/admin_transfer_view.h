/*
 * pages/admin_transfer_view.h: transfers for administrators: what waits
 * (templates/admin/pending.mustache), all of them (transfers.mustache), one with its whole story
 * (transfer.mustache), what came of several acts (done.mustache).
 */
#ifndef PAGES_ADMIN_TRANSFER_VIEW_H
#define PAGES_ADMIN_TRANSFER_VIEW_H

#include "pages/admin_form_view.h"
#include "pages/my_transfer_view.h"

struct admin_transfer_row {
    const char *transfer_id;
    struct url url;
    struct when_view submitted;
    const char *from;
    struct url from_url;
    const char *to;
    struct url to_url; /* none: not an organisation */
    const char *kind;
    const char *why; /* what it waits for */
    const char *note;
    const char *quantity;
    const char *unit;
    const char *label; /* of its tick box */
    struct state_view state;
    struct when_view until; /* while it waits */
    bool is_soon;
    struct act_links acts;
};
struct admin_transfer_rows {
    const struct admin_transfer_row *at;
    size_t count;
};

/* One button of a group: an act on everything ticked. */
struct admin_button {
    const char *act;
    const char *words;
};
struct admin_buttons {
    const struct admin_button *at;
    size_t count;
};

/* Transfers that wait for the same. */
struct admin_group {
    const char *id;
    const char *heading;
    const char *hint;
    struct admin_transfer_rows rows;
    struct admin_buttons buttons;
};
struct admin_groups {
    const struct admin_group *at;
    size_t count;
};

struct admin_pending_view {
    struct chrome page;
    bool may_act;
    struct admin_list_view list;
    struct sort_view by_expiry;
    struct sort_view by_size;
    bool has_any; /* anything waits at all */
    bool has_rows;
    struct admin_groups groups;
};

struct admin_transfers_view {
    struct chrome page;
    struct admin_list_view list;
    struct sort_view by_time;
    bool has_rows;
    struct admin_transfer_rows rows;
};

struct admin_transfer_view {
    struct chrome page;
    const char *title;
    struct state_view state;
    const char *next; /* the rest of the sentence that begins with its state */
    bool has_acts;
    struct act_links acts;
    struct admin_facts facts;
    const char *notes;
    bool has_notes;
    const char *redacted; /* "" */
    const char *private_note;
    bool has_private_note;
    const char *unit;
    struct block_views blocks;
    const char *block_words;
    struct story_views story;
    const char *waits_for; /* "" nobody */
    struct when_view waits_until;
    struct url audit_url;
    bool is_public;
    struct url public_url;
};

struct admin_done_row {
    const char *transfer_id;
    struct url url;
    const char *title;
    bool is_done;
    const char *words;
};
struct admin_done_rows {
    const struct admin_done_row *at;
    size_t count;
};
struct admin_done_view {
    struct chrome page;
    const char *heading;
    const char *left; /* what was not asked for the ledger was away; "" */
    struct admin_done_rows rows;
};

#endif
