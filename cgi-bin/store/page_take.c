/* store/page_take.c: see store/page_take.h. */
#include "store/page_take.h"

#define ID_LAST "~"                  /* sorts behind every id … */
#define TEXT_LAST "\xf4\x8f\xbf\xbf" /* … and this, U+10FFFF, behind every name */

bool page_walks_down(const struct page_ask *ask, bool descending)
{
    return descending != ask->backward;
}

void page_bind(struct query *q, const struct page_ask *ask, bool walks_down, bool is_by_text)
{
    if (is_by_text) {
        query_bind_text(q, 1, ask->has_place ? ask->text : walks_down ? TEXT_LAST : "");
    } else {
        query_bind_int(q, 1, ask->has_place ? ask->key : walks_down ? INT64_MAX : INT64_MIN);
    }
    query_bind_text(q, 2, ask->has_place ? ask->id : walks_down ? ID_LAST : "");
    query_bind_int(q, 3, (int64_t)ask->most + 1);
}

struct page_ids page_take(struct query *q, struct arena *arena, const struct page_ask *ask)
{
    const char **ids = arena_array(arena, const char *, ask->most + 1);
    struct page_ids page = {.at = ids};
    while (query_row(q)) {
        if (page.count == ask->most) {
            page.has_more = true;
            break;
        }
        ids[page.count++] = query_text(q, arena, 0);
    }
    query_end(q);
    for (size_t i = 0; ask->backward && i < page.count / 2; i++) {
        const char *id = ids[i];
        ids[i] = ids[page.count - 1 - i];
        ids[page.count - 1 - i] = id;
    }
    return page;
}
