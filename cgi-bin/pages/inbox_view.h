/*
 * pages/inbox_view.h: the inbox (templates/account/inbox.mustache) and what came of acting on
 * several rows at once (inbox-done.mustache).
 */
#ifndef PAGES_INBOX_VIEW_H
#define PAGES_INBOX_VIEW_H

#include "pages/chrome_view.h"
#include "pages/desk_view.h"

struct inbox_row {
    const char *transfer_id;
    struct url url;
    const char *input_id; /* of its tick */
    bool shows_tick;      /* some row of the list can be ticked, so each has the cell */
    bool can_act;         /* its box can be ticked */
    bool is_ticked;
    const char *why_not; /* "" */
    const char *label;   /* of the tick: "84.210 credits from Vaulted Deep" */
    int64_t units;
    const char *other;
    const char *supplier;
    const char *serial;      /* of its first block */
    const char *more_blocks; /* "and 2 more blocks"; "" */
    const char *note;
    const char *private_note;
    const char *by; /* approvals and outgoing: who sent it */
    const char *quantity;
    const char *unit;
    struct state_view state;
    struct when_view until;
    bool is_soon;
};
struct inbox_rows {
    const struct inbox_row *at;
    size_t count;
};

struct inbox_view {
    struct chrome page;
    bool has_faults;
    struct fault_views faults;
    bool is_incoming;
    bool is_approvals;
    bool is_outgoing;
    const char *tab;
    const char *after; /* the page that this is; "" the first */
    int64_t incoming_count;
    int64_t approvals_count;
    int64_t outgoing_count;
    bool has_rows;
    bool can_act;           /* the role, and a row it can be used on */
    const char *role_words; /* why one cannot act; "" */
    const char *once;
    const char *transfer_error;
    struct inbox_rows rows;
    bool is_one_unit; /* the ticked quantities can be added up */
    int64_t scale;
    const char *unit;
    struct accept_view into;
    const char *reason;
    const char *reason_error;
    bool has_pager;
    struct pager_view pager;
};

struct inbox_result {
    const char *transfer_id;
    struct url url;
    const char *what; /* "84.210 credits from Vaulted Deep" */
    bool is_done;
    const char *outcome; /* "Accepted", or why not */
    struct state_view state;
    const char *next; /* the rest of the sentence that begins with the state */
};
struct inbox_results {
    const struct inbox_result *at;
    size_t count;
};
struct inbox_done_view {
    struct chrome page;
    const char *heading; /* "3 of 4 transfers accepted" */
    bool all_done;
    struct inbox_results rows;
    bool has_unsure; /* the answer to some did not come */
};

#endif
