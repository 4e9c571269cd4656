/*
 * store/page_take.h: reading one page of ids along an index, for files of the store room only.
 *
 * A list has two statements, one along its index upward and one downward, that take a place and a
 * number of rows and give ids in column 0:
 *
 *     … WHERE … (key, id) > (?1, ?2) ORDER BY key, id LIMIT ?3
 *     … WHERE … (key, id) < (?1, ?2) ORDER BY key DESC, id DESC LIMIT ?3
 */
#ifndef STORE_PAGE_TAKE_H
#define STORE_PAGE_TAKE_H

#include "base/arena.h"
#include "store/page_ask.h"
#include "store/query.h"

/* Does this ask walk downward along the index? descending: the list shows the highest key first. */
bool page_walks_down(const struct page_ask *ask, bool descending);

/* Binds ?1 (the key, or the text of a list by text), ?2 (id) and ?3 (how many). */
void page_bind(struct query *q, const struct page_ask *ask, bool walks_down, bool is_by_text);

/* Takes the page and ends q. */
struct page_ids page_take(struct query *q, struct arena *arena, const struct page_ask *ask);

#endif
