/*
 * store/page_ask.h: asking for one page of a list in a fixed order, forward or backward (api/page.h
 * reads it from a request; readers of the store room answer it).
 */
#ifndef STORE_PAGE_ASK_H
#define STORE_PAGE_ASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a walk begins and which way it goes. */
struct page_ask {
    bool backward;    /* from the end, or from before the place */
    size_t most;      /* 1..50 rows; readers look for one more to know whether there are more */
    bool has_place;   /* begin beyond the row of a cursor, which is … */
    int64_t key;      /* … its sort key, */
    const char *text; /* … as text in lists sorted by a text, */
    const char *id;   /* … and its id */
};

/* What a reader found for an ask: in the list's order even when read backward. */
struct page_ids {
    const char *const *at;
    size_t count;
    bool has_more; /* beyond these, in the direction of the walk */
};

#endif
