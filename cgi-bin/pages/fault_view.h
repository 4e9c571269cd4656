/*
 * pages/fault_view.h: the page for what cannot be answered: unknown address, wrong method, fault of
 * the installation.
 */
#ifndef PAGES_FAULT_VIEW_H
#define PAGES_FAULT_VIEW_H

#include "pages/chrome_view.h"

struct fault_page {
    struct chrome page;
    const char *heading;
    const char *words;    /* what is so, and what to do */
    const char *happened; /* whether anything was changed; "" when nothing could have been */
    int code;
    const char *at;         /* time in words */
    const char *request_id; /* for the log */
    bool is_missing;        /* 404: a search is offered */
    struct url again;       /* a page to go on from; none: only the registry */
    const char *again_words;
};

#endif
