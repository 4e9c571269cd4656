/*
 * pages/public_retirements_view.h: retirements: the list (templates/public/retirements.mustache),
 * and one (templates/public/retirement.mustache).
 */
#ifndef PAGES_PUBLIC_RETIREMENTS_VIEW_H
#define PAGES_PUBLIC_RETIREMENTS_VIEW_H

#include "pages/certificate_view.h"

struct public_retirements_view {
    struct chrome page;
    struct public_list_view list;
    const char *q;
    const char *from;
    const char *to;
    const char *organisation; /* id, kept while other filters change */
    struct sort_view by_time;
    struct sort_view by_quantity;
    struct public_retirement_table table;
};

struct public_retirement_view {
    struct chrome page;
    const char *title;
    const char *retirement_id;
    struct when_view retired;
    struct link_view beneficiary;
    struct link_view owner;
    bool is_own; /* the owner is the beneficiary */
    const char *quantity;
    const char *weight;
    struct purpose_views purposes;
    const char *notes;
    const char *redacted;      /* in place of the note; "" */
    const char *name_redacted; /* why the beneficiary has no name; "" */
    struct url certificate_url;
    struct url pdf_url;
    struct public_block_table blocks;
};

#endif
