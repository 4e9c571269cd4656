/*
 * store/walk.h: walking a list in its order, for files of the store room only.
 *
 * A list's walk is a statement that goes along an index from a place (the keyset cursor: the row's sort key and id, bound by the
 * caller) and gives an id and the texts in which typed words are looked for. What is typed is compared here and not in SQL, so
 * that small letters and accents make no difference on any engine. Only ids are kept; the caller reads the few rows it shows.
 *
 *     column 0            the row's id
 *     columns 1 … texts   where words are looked for
 */
#ifndef STORE_WALK_H
#define STORE_WALK_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "store/fold.h"
#include "store/query.h"

/* One window of a list, as pages ask for it. */
struct window {
    bool descending;
    const char *behind; /* id of the row before the first one wanted; "" at the start */
    size_t most;
};

/* Where a walk begins: the key of the cursor's row, and its id. */
struct place {
    int64_t key;
    const char *id;
};

struct walk_ids {
    const char *const *at;
    size_t count;
};

/* The place before the first row of all, in either direction. */
struct place walk_start(bool descending);

/* The place of the row named by window->behind: q is bound to find its key; the walk's start when behind is "". A row that is not there
 * (any more, or to see) leaves nothing: the place past the last row. Ends q. */
struct place walk_place(struct query *q, const struct window *window);

/* At most `most` ids whose texts hold every word. Ends q. */
struct walk_ids walk_take(struct query *q, struct arena *arena, const struct fold_words *words, int texts, size_t most);

/* How many there are. Ends q. */
int64_t walk_count(struct query *q, struct arena *arena, const struct fold_words *words, int texts);

#endif
