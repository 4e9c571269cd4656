/*
 * pages/public_search_view.h: what a search found, by kind (templates/public/search.mustache).
 */
#ifndef PAGES_PUBLIC_SEARCH_VIEW_H
#define PAGES_PUBLIC_SEARCH_VIEW_H

#include "pages/public_projects_view.h"
#include "pages/public_view.h"

struct search_hit {
    struct link_view link;
    const char *more; /* "Supplier, NOR" */
};
struct search_hits {
    const struct search_hit *at;
    size_t count;
};
struct search_group {
    const char *heading;      /* "3 organisations" */
    const char *more_heading; /* of the hits' second column */
    struct search_hits hits;
    struct link_view all; /* the whole list; words "" all are shown */
};
struct search_groups {
    const struct search_group *at;
    size_t count;
};

struct public_search_view {
    struct chrome page;
    bool has_faults;
    struct fault_views faults;
    const char *q;
    bool is_asked; /* something was typed */
    bool has_hits;
    bool has_batches; /* a serial number was typed, and these hold its units */
    const char *serial;
    const char *unit;
    struct public_batch_rows batches;
    const char *batches_words; /* "More than 50 batches hold them; these are the first."; "" */
    struct search_groups groups;
    const char *missing;    /* why a well-formed id or serial leads nowhere; "" */
    struct link_view notes; /* the transfers whose notes hold the words; words "" none */
};

#endif
