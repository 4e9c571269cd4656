/*
 * store/public_batches.h: credit batches as everybody may see them. That a pending transfer
 * reserves a batch is not public: such a batch is simply active. Cuts are public whoever made them.
 * Reads registry.db; all rows live in the arena.
 */
#ifndef STORE_PUBLIC_BATCHES_H
#define STORE_PUBLIC_BATCHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/quantity.h"
#include "model/serial.h"
#include "store/store.h"
#include "store/window.h"

extern const struct query_table public_batches_queries;

struct public_batch {
    const char *batch_id;
    struct serial serial;
    const char *project_id;
    const char *project_name;
    enum instrument instrument;
    const char *supplier_org_id;
    const char *supplier_name;
    const char *issuance_id;
    int64_t issued_at;
    bool is_imported;   /* the issuance brought in what existed elsewhere */
    const char *org_id; /* the holder; the last one when it is not active */
    const char *org_name;
    const char *state;       /* "active", "split", "retired", "exported", "cancelled" */
    const char *parent_id;   /* "" */
    const char *delivery_id; /* "" */
    int64_t delivered_at;
    const char *ended_by;  /* retirement or export; "" */
    int64_t ended_at;      /* 0 */
    const char *to_system; /* exported there; "" */
    int64_t units;
};
struct public_batches {
    const struct public_batch *at;
    size_t count;
};

bool public_batch_find(struct store *registry, struct arena *arena, const char *batch_id,
                       struct public_batch *batch);

/* Batches that were not split, by serial. Empty text and vintage 0 filter nothing; project or
 * issuance is needed. */
struct public_batch_filter {
    const char *project_id;
    const char *issuance_id;
    const char *state;
    int64_t vintage;
};
struct public_batches public_batches_list(struct store *registry, struct arena *arena,
                                          const struct public_batch_filter *filter,
                                          const struct window *window);
int64_t public_batches_count(struct store *registry, const struct public_batch_filter *filter);

/* The batch of exactly these serials, whatever its state; "" when there never was one. */
const char *public_batch_of_serial(struct store *registry, struct arena *arena,
                                   const struct serial *serial);
/* The batches that hold these units now, by serial, at most `most`. */
struct ids public_batches_holding(struct store *registry, struct arena *arena,
                                  const struct serial *serial, size_t most);

/* ---- lineage ---- */

/* descendants that are counted, as lists are (LIST_COUNT_MAX): past it there are "or over"; even,
 * for each cut makes two */
#define PUBLIC_LINEAGE_MAX 1000

/* What a drawing says of a batch; project, vintage and the words of its serial number are those of
 * its whole family. */
struct public_kin {
    const char *batch_id;
    int64_t first;
    int64_t last;
    const char *org_id; /* the holder; the last one when it is not active */
    const char *state;
    const char *left_id;  /* split into this … */
    const char *right_id; /* … and this; "" */
    const char *ended_by; /* retirement or export; "" */
};
bool public_kin_find(struct store *registry, struct arena *arena, const char *batch_id,
                     struct public_kin *kin);
/* The two children of a batch that was split. */
bool public_kin_children(struct store *registry, struct arena *arena,
                         const struct public_kin *parent, struct public_kin *left,
                         struct public_kin *right);
/* Their names; "" when there is none. */
const char *public_holder_name(struct store *registry, struct arena *arena, const char *org_id);
const char *public_export_system(struct store *registry, struct arena *arena,
                                 const char *transfer_id);
/* How many batches came of the batch of these serials, up to PUBLIC_LINEAGE_MAX. */
int64_t public_batch_descendants(struct store *registry, const char *project_id, int vintage,
                                 int64_t first, int64_t last);

/* ---- the blocks of an act ---- */

struct public_block {
    const char *line; /* its number as text: the cursor of a list of blocks */
    const char *batch_id;
    struct serial serial;
    const char *project_id;
    const char *project_name;
    const char *supplier_org_id;
    const char *supplier_name;
    enum instrument instrument;
    const char *state; /* of the batch now */
    int64_t units;
    const char *split_from_id; /* "" moved whole */
    struct serial split_from;
};
struct public_blocks {
    const struct public_block *at;
    size_t count;
};
enum public_blocks_of {
    PUBLIC_BLOCKS_OF_TRANSFER,
    PUBLIC_BLOCKS_OF_DELIVERY,
    PUBLIC_BLOCKS_OF_RETIREMENT,
    PUBLIC_BLOCKS_OF_REFUND,
    PUBLIC_BLOCKS_OF_CANCELLATION,
    PUBLIC_BLOCKS__COUNT
};

/* In the order of their lines, behind a line ("" from the first one). The caller has made sure that
 * the act is public. */
struct public_blocks public_blocks(struct store *registry, struct arena *arena,
                                   enum public_blocks_of which, const char *id, const char *behind,
                                   size_t most);
/* How many there are. */
int64_t public_blocks_count(struct store *registry, enum public_blocks_of which, const char *id);

#endif
