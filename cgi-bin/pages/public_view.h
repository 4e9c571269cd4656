/*
 * pages/public_view.h: small views that the public pages share.
 */
#ifndef PAGES_PUBLIC_VIEW_H
#define PAGES_PUBLIC_VIEW_H

#include "pages/chrome_view.h"
#include "pages/desk_view.h"

/* Around a list: what is filtered, how it is sorted, where its other pages are. */
struct public_list_view {
    bool has_faults; /* a filter was typed that cannot be read; it is not in force */
    struct fault_views faults;
    const char *sort; /* as in the address; "" the usual */
    bool has_chips;
    struct chip_views chips;
    struct url all_url;    /* without filters */
    const char *all_words; /* "all 1,284 transfers" */
    bool has_any;          /* there is something in the list without filters */
    bool has_rows;         /* there is something with them */
    bool has_pager;
    struct pager_view pager;
};

/* A link with its words; none: words only. */
struct link_view {
    const char *words;
    struct url url;
};
struct link_views {
    const struct link_view *at;
    size_t count;
};

/* One completed transfer in a list. */
struct public_transfer_row {
    const char *transfer_id;
    struct url url;
    struct when_view completed;
    struct link_view from;
    struct link_view to;
    const char *to_more; /* who receives an export there; "" */
    struct link_view project;
    bool has_more_projects;
    const char *notes;    /* "" */
    const char *redacted; /* in place of the note; "" */
    const char *quantity;
    const char *unit_here; /* "" when the heading says it */
};
struct public_transfer_rows {
    const struct public_transfer_row *at;
    size_t count;
};
struct public_transfer_table {
    const char *unit; /* of every row; "" when they differ */
    struct public_transfer_rows rows;
};

/* One retirement in a list. */
struct public_retirement_row {
    const char *retirement_id;
    struct url url;
    struct when_view retired;
    struct link_view beneficiary;
    struct link_view owner;
    struct link_view project;
    bool has_more_projects;
    const char *notes;
    const char *redacted; /* in place of the note; "" */
    const char *quantity;
    const char *unit_here;
};
struct public_retirement_rows {
    const struct public_retirement_row *at;
    size_t count;
};
struct public_retirement_table {
    const char *unit;
    struct public_retirement_rows rows;
};

/* One issuance in a list. */
struct public_issuance_row {
    const char *issuance_id;
    struct url url;
    struct when_view issued;
    const char *kind; /* "Imported"; "" issued here, as the column says */
    struct link_view project;
    struct link_view supplier;
    const char *vintage;
    const char *quantity;
    const char *buffer; /* part of it that went to the buffer pool; "–" */
    const char *unit_here;
};
struct public_issuance_rows {
    const struct public_issuance_row *at;
    size_t count;
};
struct public_issuance_table {
    const char *unit;
    struct public_issuance_rows rows;
};

/* The blocks of a transfer, delivery or retirement. */
struct public_block_row {
    const char *serial;
    struct url url;
    struct link_view project;
    struct link_view supplier;
    const char *vintage;
    const char *quantity;
    const char *unit_here;
    /* the batch it was cut from, by serial; words "" when it moved whole */
    struct link_view split_from;
    struct state_view state; /* of the batch now */
};
struct public_block_rows {
    const struct public_block_row *at;
    size_t count;
};
struct public_block_table {
    const char *unit;
    struct public_block_rows rows;
    const char *count_words; /* "3 blocks" */
    const char *left_words;  /* "The first 500 of 4,096 blocks are shown." or "" */
    const char *sum;         /* of all; "" when they cannot be added */
    struct url csv;
};

/* Two halves that match: everything of one instrument. */
struct public_bar {
    const char *x; /* "63.25%" like all places */
    const char *width;
    const char *state;
};
struct public_bars {
    const struct public_bar *at;
    size_t count;
};
struct public_notch {
    const char *x;
};
struct public_notches {
    const struct public_notch *at;
    size_t count;
};
struct public_tag {
    const char *x;
    const char *words;
    const char *quantity;
};
struct public_tags {
    const struct public_tag *at;
    size_t count;
};
struct public_tally {
    const char *id;      /* of the drawing: unique on the page */
    bool is_first;       /* carries the definitions */
    const char *heading; /* "Carbon removal credits" */
    const char *unit;
    const char *all; /* issued and imported */
    const char *issued;
    const char *imported;
    const char *active;
    const char *retired;
    const char *exported;
    const char *cancelled;
    const char *all_more; /* "41 projects" and so on, below the figures */
    const char *retired_more;
    bool has_cancelled;
    bool is_drawn; /* something was issued */
    struct public_bars bars;
    struct public_notches notches;
    struct public_tags tags;
};
struct public_tallies {
    const struct public_tally *at;
    size_t count;
};

#endif
