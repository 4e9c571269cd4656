/*
 * store/admin_transfers.h: transfers of the whole registry, in every state, with what only
 * administrators may see. Reads registry.db.
 */
#ifndef STORE_ADMIN_TRANSFERS_H
#define STORE_ADMIN_TRANSFERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "store/my_transfers.h"
#include "store/store.h"

extern const struct query_table admin_transfers_queries;

/* Whom a waiting transfer waits for, in the order of the list of what waits. */
enum admin_part { ADMIN_APPROVAL = 1, ADMIN_EXPORT, ADMIN_OTHERS, ADMIN_PART__COUNT };

struct admin_transfer {
    /* everything, as its sender sees it; both sides' names and the recipient's account too */
    struct my_transfer it;
    enum admin_part part; /* of what waits; ADMIN_OTHERS for what has ended */
};
struct admin_transfers {
    const struct admin_transfer *at;
    size_t count;
};

/* What to list. Empty text filters nothing. */
struct admin_transfer_filter {
    const char *state;
    const char *kind;
    const char *org; /* an id, or part of a party's name or of the other registry's */
};

/* What waits: by part, and within a part by when its time is up (the soonest first) or by quantity;
 * turned: the latest or largest first. A row's place in that order: */
enum admin_waiting_sort { ADMIN_BY_EXPIRY, ADMIN_BY_UNITS, ADMIN_WAITING_SORT__COUNT };
struct admin_place {
    int64_t part; /* 0: from the start */
    int64_t key;
    const char *transfer_id;
};
struct admin_place admin_waiting_place(const struct admin_transfer *row,
                                       enum admin_waiting_sort sort, bool turned);
struct admin_transfers admin_waiting_list(struct store *registry, struct arena *arena,
                                          const struct admin_transfer_filter *filter,
                                          enum admin_waiting_sort sort, bool turned, bool backwards,
                                          struct admin_place after, size_t most);
/* How many of each part wait. */
void admin_waiting_count(struct store *registry, struct arena *arena,
                         const struct admin_transfer_filter *filter,
                         int64_t counts[ADMIN_PART__COUNT]);

/* All there ever were, by their ids (the order they were submitted in). */
struct admin_transfers admin_transfers_list(struct store *registry, struct arena *arena,
                                            const struct admin_transfer_filter *filter,
                                            bool descending, const char *after_id, size_t most);
int64_t admin_transfers_count(struct store *registry, struct arena *arena,
                              const struct admin_transfer_filter *filter);

bool admin_transfer_find(struct store *registry, struct arena *arena, const char *transfer_id,
                         struct admin_transfer *transfer);

#endif
