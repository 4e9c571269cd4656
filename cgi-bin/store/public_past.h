/*
 * store/public_past.h: where a batch comes from, as everybody may see it: the batches that it was
 * cut from, and what happened to its units while they were in them. Reads registry.db; all rows
 * live in the arena.
 *
 * A block may have been cut ten thousand times before it came to this batch, and only few of those
 * cuts moved its units. So nothing here goes up from cut to cut: a batch says which act its holder
 * got it by (batch.received_by, handed on to both parts of a cut), that act says in its lines which
 * batch it moved, and what was cut before that is told by that batch's parent. The past is read an
 * act at a time, and costs what is asked for.
 */
#ifndef STORE_PUBLIC_PAST_H
#define STORE_PUBLIC_PAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "store/store.h"
#include "store/window.h"

extern const struct query_table public_past_queries;

/* The batches that a batch was cut from. */
struct public_ancestors {
    struct ids nearest;  /* the parent, its parent …: at most as many as asked for */
    bool has_more;       /* these were cut from others */
    const char *root_id; /* the batch as it was issued; "" when the batch itself is it */
};
struct public_ancestors public_batch_ancestors(struct store *registry, struct arena *arena,
                                               const char *batch_id, size_t most);

/* Something that happened to units: they were delivered, or a transfer of them was completed. */
struct public_event {
    const char *id; /* delivery, refund, cancellation or completed transfer */
    /* "delivery", "refund", "cancellation", "internal", "external", "export" */
    const char *kind;
    int64_t at;
    const char *from_org_id;
    const char *from_name;
    const char *to_org_id; /* "" for an export and a cancellation */
    const char *to_name;
    const char *to_system;
};
struct public_events {
    const struct public_event *at; /* newest first */
    size_t count;
    bool has_more; /* something happened before the last of them */
};

/* What happened to the units of a batch, in it and in those it was cut from. behind: the id of an
 * event of theirs, only what happened before that; "" from the newest on. Anything else as `behind`
 * has nothing before it. most: at least 1. There may be fewer than `most` and yet more behind them,
 * when acts of thousands of lines have to be looked through; there is always one. */
struct public_events public_batch_events(struct store *registry, struct arena *arena,
                                         const char *batch_id, const char *behind, size_t most);

/* The act that cancelled the batch; "" when none did. */
const char *public_batch_cancellation(struct store *registry, struct arena *arena,
                                      const char *batch_id);

#endif
