/*
 * pages/credits_view.h: the Credits page (templates/account/credits.mustache).
 */
#ifndef PAGES_CREDITS_VIEW_H
#define PAGES_CREDITS_VIEW_H

#include "pages/chrome_view.h"
#include "pages/desk_view.h"

/* One project of one supplier. */
struct credits_balance {
    const char *supplier;
    struct url supplier_url;
    const char *project;
    struct url project_url;
    const char *active;
    const char *reserved; /* "–" for nothing, like the rest */
    const char *available;
    const char *retired;
    struct url transfer_url; /* none: not for this person, or nothing available */
    struct url retire_url;   /* the same */
    const char *nothing;     /* why there is no link; "" */
};
struct credits_balances {
    const struct credits_balance *at;
    size_t count;
};

/* Everything of one instrument: tonnes and megawatt hours are never added. */
struct credits_instrument {
    const char *heading; /* "Carbon removal credits" */
    const char *unit;
    const char *available;
    const char *reserved;
    const char *active;
    const char *retired;
    const char *weight; /* of what is active; "" */
    struct credits_balances rows;
};
struct credits_instruments {
    const struct credits_instrument *at;
    size_t count;
};

struct credits_batch {
    const char *serial;
    struct url url;
    const char *project;
    struct url project_url;
    const char *supplier;
    const char *vintage;
    const char *account;
    const char *quantity;
    const char *unit_here; /* "" when the heading says it */
    struct state_view state;
    const char *reserved_by; /* "" */
    struct url reserved_url;
    struct url retired_url; /* of the certificate; none: not retired */
    struct when_view received;
    const char *received_how; /* "by delivery", "by transfer", "by issuance" */
    struct url received_url;
    struct when_view issued;
    const char *parent_id; /* cut from this batch; "" */
    struct url parent_url;
    bool is_split;
    struct url left_url;
    struct url right_url;
};
struct credits_batches {
    const struct credits_batch *at;
    size_t count;
};

struct credits_draft {
    const char *words; /* "700.500 credits to Fjord Foods", "Retirement of 2.000 credits for …" */
    struct when_view changed;
    struct url resume_url;
    struct url discard_url;
};
struct credits_drafts {
    const struct credits_draft *at;
    size_t count;
};

struct credits_view {
    struct chrome page;
    bool may_transfer;
    bool may_not_transfer; /* says which role is needed */
    bool has_anything;     /* holds or ever held a batch */
    bool has_drafts;
    struct credits_drafts drafts;
    struct credits_instruments instruments;

    struct choice_views suppliers; /* of the filters */
    struct choice_views projects;
    struct choice_views vintages;
    struct choice_views accounts;
    struct choice_views states;
    const char *sort; /* as in the address; "" the usual */
    bool has_chips;
    struct chip_views chips;
    struct url all_url;
    bool has_batches;
    const char *unit; /* of every row; "" when they differ */
    struct sort_view by_serial;
    struct sort_view by_size;
    struct sort_view by_received;
    struct sort_view by_issued;
    struct credits_batches batches;
    bool has_pager;
    struct pager_view pager;
};

#endif
