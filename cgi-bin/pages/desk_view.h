/*
 * pages/desk_view.h: small views that the account's pages share.
 */
#ifndef PAGES_DESK_VIEW_H
#define PAGES_DESK_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/out.h"

/* A time: <time datetime="{{iso}}">{{words}}</time>. All "" for none. */
struct when_view {
    const char *iso;
    const char *words; /* "20 November 2026, 14:03 UTC" */
    const char *day;   /* "20 November 2026" */
    const char *hour;  /* "14:03 UTC" */
};

/* A state: <span class="state" data-state="{{slug}}">{{words}}</span>. */
struct state_view {
    const char *slug;
    const char *words;
};

/* One option of a select, or one radio card. */
struct choice_view {
    const char *id; /* the element's */
    const char *value;
    const char *words;
    const char *hint;   /* "" none */
    const char *finds;  /* what typing may find it by, for the script: with and without accents */
    const char *figure; /* "84.210", "" none */
    const char *unit;
    bool is_chosen;
    bool is_off; /* shown, but cannot be chosen */
};
struct choice_views {
    const struct choice_view *at;
    size_t count;
};

/* part/accept: the account that credits are accepted into. */
struct accept_view {
    bool has_accounts; /* several to choose from */
    struct choice_views accounts;
    const char *account_id; /* the only one */
    const char *account_error;
};

/* One block of serial numbers: where it comes from and what is left there. */
struct block_view {
    const char *serial;
    struct url url; /* of the batch's public page; none before it exists */
    const char *project;
    struct url project_url;
    const char *vintage;
    const char *quantity;
    const char *account;    /* the sender's own account it lies in; "" not to be told */
    const char *split_from; /* serial of the whole batch; "" moved whole */
    const char *rest;       /* what stays, "" nothing */
    struct state_view state;
};
struct block_views {
    const struct block_view *at;
    size_t count;
};

/* A column heading that sorts. */
struct sort_view {
    struct url url;
    const char *direction; /* "ascending", "descending"; "" not sorted by this */
};

#endif
