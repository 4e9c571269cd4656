/*
 * pages/public_landing_view.h: the first page (templates/public/landing.mustache) and the overview
 * (templates/public/overview.mustache).
 */
#ifndef PAGES_PUBLIC_LANDING_VIEW_H
#define PAGES_PUBLIC_LANDING_VIEW_H

#include "pages/public_view.h"

struct public_landing_view {
    struct chrome page;
    bool is_empty; /* nothing was ever issued */
    struct public_tallies tallies;
    bool has_transfers;
    struct public_transfer_table transfers;
    const char *all_transfers; /* "All 1,284 transfers" */
};

/* One year of a plot: two columns. */
struct plot_year {
    const char *year;
    const char *issued_x;
    const char *retired_x;
    const char *width;
    int64_t issued_y;
    int64_t issued_height;
    int64_t retired_y;
    int64_t retired_height;
    const char *label_x;
    const char *issued; /* "18,000.000" */
    const char *retired;
};
struct plot_years {
    const struct plot_year *at;
    size_t count;
};
struct plot_view {
    const char *id;      /* unique on the page */
    const char *heading; /* "Carbon removal credits issued and retired, by year" */
    const char *unit;
    const char *most;         /* what the top line stands for */
    const char *before_words; /* what lies before the years drawn; "" */
    struct plot_years years;
};
struct plot_views {
    const struct plot_view *at;
    size_t count;
};

/* A project with a bar to scale. */
struct largest_row {
    struct link_view project;
    struct link_view supplier;
    const char *width;
    const char *quantity;
};
struct largest_rows {
    const struct largest_row *at;
    size_t count;
};
struct largest_view {
    const char *heading;
    const char *unit;
    struct largest_rows rows;
};
struct largest_views {
    const struct largest_view *at;
    size_t count;
};

struct public_overview_view {
    struct chrome page;
    bool is_empty;
    struct public_tallies tallies;
    bool has_plots;
    struct plot_views plots;
    struct largest_views largest;
    bool has_transfers;
    struct public_transfer_table transfers;
    const char *all_transfers;
    bool has_retirements;
    struct public_retirement_table retirements;
    const char *all_retirements;
    const char *deliveries; /* "107 deliveries" … */
    const char *refunds;
    const char *cancellations;
};

#endif
