/*
 * store/my_transfers.h: the transfers that one organisation is a party of, whatever their state.
 * Reads registry.db.
 *
 * What a party may see is decided here: a sender sees all of its own; a recipient sees a transfer
 * from the moment it was approved on, never while the sender still makes up its mind. Anything else
 * "is not there". What a recipient gets leaves out the sender's persons and inner comments (they
 * are "" then): persons are named to their own organisation only.
 */
#ifndef STORE_MY_TRANSFERS_H
#define STORE_MY_TRANSFERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/quantity.h"
#include "model/serial.h"
#include "store/store.h"

extern const struct query_table my_transfers_queries;

struct my_transfer {
    const char *transfer_id;
    const char *kind;  /* "internal", "external", "export" */
    const char *state; /* as in SQL */
    bool is_out;       /* the organisation is the sender */
    const char *from_org_id;
    const char *from_name;
    const char *to_org_id; /* "" for an export */
    const char *to_name;
    const char *to_account_name;
    const char *to_system; /* export */
    const char *to_system_party;
    const char *supplier_org_id; /* "" several */
    const char *supplier_name;
    enum instrument instrument;
    int64_t units;
    const char *notes; /* "" when redacted */
    const char *private_note;
    const char *corrects_id;
    bool needs_approval;
    bool needs_registry_approval;
    const char *submitted_by; /* person; "" */
    /* who stands behind that one, and so is no second person: a program's maker, otherwise the same
     */
    const char *submitted_root;
    int64_t submitted_at;
    int64_t approved_at; /* 0 */
    const char *approval_comment;
    int64_t registry_approved_at;
    const char *registry_comment;
    int64_t expires_at;
    int64_t ended_at; /* 0 */
    const char *end_reason;
    int64_t note_redacted_at;
    const char *note_redacted_reason;
    int64_t block_count;
    struct serial first_block;
    const char *first_batch_id; /* "" should there be no block */
};
struct my_transfers {
    const struct my_transfer *at;
    size_t count;
};

enum my_direction { MY_BOTH, MY_OUT, MY_IN };
enum my_sort { MY_BY_TIME, MY_BY_QUANTITY, MY_SORT__COUNT };

/* What to list. Empty text filters nothing. */
struct my_filter {
    const char *org_id;
    enum my_direction direction;
    const char *state;
    const char *kind;
    const char *other; /* part of the other party's name, or its whole id */
};

/* At most `most` rows in order of submission or quantity, beginning behind the transfer after_id
 * ("" at the start). */
struct my_transfers my_transfers_list(struct store *registry, struct arena *arena,
                                      const struct my_filter *filter, enum my_sort sort,
                                      bool descending, const char *after_id, size_t most);
int64_t my_transfers_count(struct store *registry, struct arena *arena,
                           const struct my_filter *filter);

/* What waits, oldest first, behind after_id: the three parts of the inbox. Its rows leave out ids
 * of parties, comments, and what comes with an end: NULL and 0. */
enum my_waiting {
    MY_INCOMING,  /* pending, to us: accept or reject */
    MY_APPROVALS, /* ours, waiting for our second person */
    MY_OUTGOING,  /* ours to others, not ended: can be withdrawn */
    MY_WAITING__COUNT
};
struct my_transfers my_transfers_waiting(struct store *registry, struct arena *arena,
                                         enum my_waiting which, const char *org_id,
                                         const char *after_id, size_t most);

/* How many wait, as my_transfers_waiting lists them. */
struct my_waiting_counts {
    int64_t incoming;
    int64_t approvals;
    int64_t approvals_of_others; /* not submitted by this person, who may not approve their own */
    int64_t outgoing;
};
struct my_waiting_counts my_waiting_counts(struct store *registry, const char *org_id,
                                           const char *user_id);

/* One transfer as the organisation may see it; false when it is none of its business. */
bool my_transfer_find(struct store *registry, struct arena *arena, const char *org_id,
                      const char *transfer_id, struct my_transfer *transfer);

/* One block that moved or is to move. */
struct my_block {
    const char *batch_id;
    struct serial serial;
    const char *project_id;
    const char *project_name;
    enum instrument instrument;
    const char *from_account;  /* name; for the sender only, "" otherwise */
    const char *state;         /* of the batch now; "reserved" too */
    const char *split_from_id; /* "" moved whole */
    struct serial split_from;  /* when split_from_id */
    int64_t units;
};
struct my_blocks {
    const struct my_block *at;
    size_t count;
};
struct my_blocks my_transfer_blocks(struct store *registry, struct arena *arena, const char *org_id,
                                    const char *transfer_id);

/* The acts that came through on one transfer, in the ledger's order. */
struct my_act {
    int64_t at;
    const char *user_id; /* "" the clock or the operator */
    const char *org_id;  /* "" for the registry */
    const char *command; /* "transfer", "approve", … */
    const char *subject_id;
    const char *outcome; /* slug of the status */
};
struct my_acts {
    const struct my_act *at;
    size_t count;
};
struct my_acts my_transfer_acts(struct store *registry, struct arena *arena,
                                const char *transfer_id);

/* One act that this person asked for, by its place in the audit log; false when there is none or it
 * is another's. */
bool my_act_find(struct store *registry, struct arena *arena, const char *user_id, int64_t seq,
                 struct my_act *act);

/* What came of this person's idempotency key, whatever the act; "" when nothing did. */
const char *my_subject_of_key(struct store *registry, struct arena *arena, const char *user_id,
                              const char *key);
/* The transfer that did. */
const char *my_transfer_of_key(struct store *registry, struct arena *arena, const char *user_id,
                               const char *key);

#endif
