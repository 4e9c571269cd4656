/*
 * pages/public_transfers_view.h: completed transfers: the list
 * (templates/public/transfers.mustache) and one of them (templates/public/transfer.mustache).
 */
#ifndef PAGES_PUBLIC_TRANSFERS_VIEW_H
#define PAGES_PUBLIC_TRANSFERS_VIEW_H

#include "pages/public_view.h"

struct public_transfers_view {
    struct chrome page;
    struct public_list_view list;
    const char *q; /* as typed, like the dates */
    const char *from;
    const char *to;
    const char *organisation; /* ids, kept while other filters change */
    const char *supplier;
    struct choice_views kinds;
    struct sort_view by_time;
    struct sort_view by_quantity;
    struct public_transfer_table table;
    const char *page_sum; /* of the rows shown; "" when they cannot be added */
};

struct public_transfer_view {
    struct chrome page;
    const char *title;
    struct when_view completed;
    struct when_view submitted;
    const char *transfer_id;
    const char *kind;
    struct link_view from;
    struct link_view to;
    const char *to_more;       /* who receives an export there; "" */
    struct link_view supplier; /* words "" when there are several: the blocks name them */
    const char *quantity;
    const char *weight; /* "" */
    const char *notes;
    const char *redacted;
    struct link_view corrects; /* words "" none */
    struct link_views corrected_by;
    struct public_block_table blocks;
};

#endif
