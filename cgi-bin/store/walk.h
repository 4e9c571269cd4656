/*
 * store/walk.h: walking a list in its order, for files of the store room only.
 *
 * A list's walk is a statement that goes along an index from a place (the keyset cursor: the row's
 * sort key and id, bound by the caller) and gives an id and the texts in which typed words are
 * looked for. What is typed is compared here and not in SQL, so that small letters and accents make
 * no difference on any engine. Only ids are kept; the caller reads the few rows it shows.
 *
 *     column 0            the row's id
 *     columns 1 … texts   where words are looked for; a country's three letters count as its name,
 * too
 */
#ifndef STORE_WALK_H
#define STORE_WALK_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "store/fold.h"
#include "store/query.h"
#include "store/window.h"

/* Where a walk begins: the key of the cursor's row, and its id. */
struct place {
    int64_t key;
    const char *text; /* instead of key, in a list by name */
    const char *id;
};

/* The place before the first row of all, in either direction, by number and by text. */
struct place walk_start(bool descending);

/* The place of the row named by window->behind: q is bound to find its key; the walk's start when
 * behind is "". A row that is not there (any more, or to see) leaves nothing: the place past the
 * last row. Ends q. */
struct place walk_place(struct query *q, struct arena *arena, const struct window *window);

/* Binds the place as ?6 (its key), or ?6 (its text) in a list by name, and ?7 (its id). */
void walk_bind(struct query *q, const struct place *place, bool is_by_text);

/* Typed words; NULL and "" are none. */
struct fold_words walk_words(struct arena *arena, const char *typed);

/* At most `most` ids whose texts hold every word. Ends q. */
struct ids walk_take(struct query *q, struct arena *arena, const struct fold_words *words,
                     int texts, size_t most);

/* How many there are; COUNT_MORE past LIST_COUNT_MAX. Ends q. */
int64_t walk_count(struct query *q, struct arena *arena, const struct fold_words *words, int texts);

#endif
