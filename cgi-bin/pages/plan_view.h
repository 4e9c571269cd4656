/*
 * pages/plan_view.h: what an act would do to which blocks, as the page before it shows it
 * (templates/part/plan.mustache).
 */
#ifndef PAGES_PLAN_VIEW_H
#define PAGES_PLAN_VIEW_H

#include "pages/desk_view.h"

/* One batch that is split, drawn. */
struct split_view {
    const char *title_id;
    bool is_first; /* carries the definitions of the drawing */
    const char *serial;
    const char *moves;
    const char *rests;
    const char *moves_percent;
    const char *rests_percent;
    const char *noun;
};
struct split_views {
    const struct split_view *at;
    size_t count;
};
struct sentence_view {
    const char *words;
};
struct sentence_views {
    const struct sentence_view *at;
    size_t count;
};

/* The blocks of a plan, those that are split drawn. */
struct plan_view {
    const char *digest;      /* in hex: a hidden field of the form brings it back */
    const char *block_label; /* "Block that moves" */
    const char *column;      /* "Moves" */
    const char *drawn;       /* "moves": behind a quantity */
    const char *drawn_many;  /* "move": behind "300.500 credits" */
    const char *unit;
    struct block_views blocks;
    const char *block_words; /* "2 blocks, 1 split" */
    const char *moves;
    const char *rests; /* "" nothing is split */
    struct split_views splits;
};

#endif
