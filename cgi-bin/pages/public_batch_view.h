/*
 * pages/public_batch_view.h: one credit batch with its history and lineage
 * (templates/public/batch.mustache).
 */
#ifndef PAGES_PUBLIC_BATCH_VIEW_H
#define PAGES_PUBLIC_BATCH_VIEW_H

#include "pages/public_view.h"

/* A bar: one block of serial numbers. Places are written as in public_draw.h. */
struct lineage_bar_view {
    struct url url;
    const char *state;
    const char *x;
    const char *width;
    int64_t y;
    const char *title; /* "4: 78177 to 81177, active" */
    bool is_here;      /* the batch that the page is about */
};
struct lineage_bar_views {
    const struct lineage_bar_view *at;
    size_t count;
};
/* Where a bar is cut: a nick in the parent, a gap between its children. */
struct lineage_cut_view {
    const char *x;
    int64_t y;
    int64_t below;
};
struct lineage_cut_views {
    const struct lineage_cut_view *at;
    size_t count;
};
struct lineage_label_view {
    const char *x;
    int64_t y;
    const char *words;
    bool is_here;
};
struct lineage_label_views {
    const struct lineage_label_view *at;
    size_t count;
};
/* The same as a row of the table. */
struct lineage_row_view {
    int number;
    bool is_here;
    const char *serial;
    struct url url;
    const char *quantity;
    struct state_view state;
    struct link_view holder;
    bool is_split;
    const char *cut_into; /* "4 and 5", "212 more batches" or "" */
};
struct lineage_row_views {
    const struct lineage_row_view *at;
    size_t count;
};
struct lineage_view {
    int64_t first;
    int64_t last;
    int64_t height;
    struct lineage_bar_views bars;
    struct lineage_cut_views cuts;
    struct lineage_label_views labels;
    struct lineage_row_views rows;
};

/* One thing that happened to the block. */
struct history_view {
    struct link_view who; /* words "" the registry itself */
    const char *what;
    struct link_view whom; /* words "" nobody */
    struct link_view act;  /* its id */
    struct when_view when;
};
struct history_views {
    const struct history_view *at;
    size_t count;
};

struct public_batch_view {
    struct chrome page;
    const char *title;
    struct state_view state;
    struct link_view holder;
    const char *held; /* what stands before the holder: "held by", "last held by" */
    const char *serial;
    const char *batch_id;
    const char *quantity;
    const char *weight;
    struct link_view project;
    struct link_view supplier;
    const char *vintage;
    struct link_view issuance;
    const char *issued_how; /* "issued", "imported" */
    struct when_view issued;
    struct link_view delivery; /* words "" none */
    struct when_view delivered;
    struct link_view end;  /* its retirement, export or cancellation; words "" none */
    const char *end_words; /* "Retired", "Exported", "Cancelled" */
    const char *to_system; /* "" */
    struct when_view ended;
    const char *unit;
    struct link_view parent;      /* cut from this batch, by serial; words "" issued as it is */
    struct history_views history; /* newest first */
    bool has_pager;
    struct url newest;         /* the story from its newest event on; none on that page */
    struct url older;          /* what happened before; none: it ends with the issuance */
    bool is_whole;             /* nothing was ever cut: no drawing */
    const char *lineage_words; /* what is left out; "" */
    struct link_view root;     /* the block as issued, when the drawing begins below it */
    struct lineage_view lineage;
};

#endif
