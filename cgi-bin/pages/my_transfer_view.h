/*
 * pages/my_transfer_view.h: one's own transfers: the list (templates/account/transfers.mustache),
 * one with its whole story (transfer.mustache), and the page before an act on it (act.mustache).
 */
#ifndef PAGES_MY_TRANSFER_VIEW_H
#define PAGES_MY_TRANSFER_VIEW_H

#include "pages/chrome_view.h"
#include "pages/desk_view.h"

struct my_transfer_row {
    const char *transfer_id;
    struct url url;
    struct when_view submitted;
    const char *direction; /* "Out", "In", "Inside" */
    const char *other;
    struct url other_url; /* none: not an organisation */
    const char *supplier;
    const char *note;
    const char *quantity;
    const char *unit;
    struct state_view state;
    struct when_view until; /* while it waits */
};
struct my_transfer_rows {
    const struct my_transfer_row *at;
    size_t count;
};

struct my_transfers_view {
    struct chrome page;
    bool has_any; /* ever sent or got one */
    bool may_transfer;
    struct choice_views states;
    struct choice_views directions;
    struct choice_views kinds;
    const char *other; /* typed */
    const char *sort;
    bool has_chips;
    struct chip_views chips;
    struct url all_url;
    struct sort_view by_time;
    struct sort_view by_quantity;
    bool has_rows;
    struct my_transfer_rows rows;
    bool has_pager;
    struct pager_view pager;
};

/* One thing that happened. */
struct story_view {
    const char *who;
    const char *what;
    struct when_view when;
    const char *quote; /* a comment or reason; "" none */
};
struct story_views {
    const struct story_view *at;
    size_t count;
};

/* One thing that this person may do now. */
struct act_link {
    const char *words; /* "Withdraw this transfer of 700.500 credits" */
    struct url url;    /* its page */
    bool is_primary;
};
struct act_links {
    const struct act_link *at;
    size_t count;
};

struct my_transfer_view {
    struct chrome page;
    const char *from_draft; /* "" or why the reader was brought here */
    const char *title;
    struct state_view state;
    const char *next;
    bool has_acts;
    struct act_links acts;
    const char *no_act; /* why there is nothing to press; "" */
    const char *transfer_id;
    const char *kind;
    const char *from;
    struct url from_url;
    const char *to_label; /* "To", "To account", "To registry" */
    const char *to;
    struct url to_url;
    const char *to_more;
    const char *into; /* own account it arrived on; "" */
    const char *supplier;
    struct url supplier_url;
    const char *quantity;
    const char *weight;
    bool has_note;
    const char *notes;
    const char *redacted; /* why the public note is gone; "" */
    bool has_private_note;
    const char *note_readers; /* "the two parties" */
    const char *private_note;
    const char *corrects_id;
    struct url corrects_url;
    const char *unit;
    struct block_views blocks;
    const char *block_words;
    bool shows_accounts;
    struct story_views story;
    const char *waits_for; /* "" nobody */
    struct when_view waits_until;
    struct url csv_url;
    bool is_public;
    struct url public_url;
};

/* The page before an act: what will happen, a reason where one is needed, one button. */
struct act_view {
    struct chrome page;
    bool has_faults;
    struct fault_views faults;
    bool has_alarm;
    const char *alarm;
    bool is_over; /* it has ended: nothing is left to press */
    struct url post;
    struct url transfer_url;
    const char *heading; /* "Reject 84.210 credits from Vaulted Deep?" */
    const char *what;    /* what will happen */
    const char *once;
    struct accept_view into; /* accept */
    bool has_reason;
    bool is_reason_needed;
    const char *reason_label;
    const char *reason_hint;
    const char *reason;
    const char *reason_error;
    const char *button;
    bool is_danger;
};

#endif
