/*
 * store/api_transfers.h: transfers and exports as the API shows them to one organisation, the
 * viewer: completed ones to everybody; those that wait or came to nothing to the sender, and to the
 * recipient from the moment the sender's side had agreed (as store/my_transfers.h). What belongs to
 * the parties is "" for others. Reads registry.db; all rows live in the arena.
 *
 * Lists stand in the order of "transferred": when the units left the sender's available balance,
 * newest first, then by id. That moment never changes, so a place in the list stays where it is.
 */
#ifndef STORE_API_TRANSFERS_H
#define STORE_API_TRANSFERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/quantity.h"
#include "model/serial.h"
#include "model/term.h"
#include "store/api_parties.h"
#include "store/page_ask.h"
#include "store/store.h"

extern const struct query_table api_transfers_queries;

struct api_transfer {
    const char *transfer_id;
    enum transfer_kind kind;
    enum transfer_state state;
    struct api_party from, to; /* supplier_id and description are "" here; an export has no `to` */
    const char *to_account_id; /* for the recipient alone; "" */
    const char *to_system;     /* export: the other tracking system … */
    const char *to_system_party; /* … and who receives it there */
    const char *supplier_id;     /* "" several */
    enum instrument instrument;
    int64_t units;
    const char *notes;                /* public once completed; "" when redacted */
    const char *private_note;         /* for the parties alone; "" */
    const char *corrects_id;          /* "" */
    bool needs_approval, is_approved; /* a second person of the sender */
    bool needs_registry_approval, is_registry_approved; /* a registry administrator */
    int64_t submitted_at;
    int64_t expires_at;     /* 0 when it has ended */
    int64_t ended_at;       /* 0 */
    const char *end_reason; /* for the parties alone; "" */
    int64_t note_redacted_at;
    const char *note_redacted_reason;
};
struct api_transfers {
    const struct api_transfer *at;
    size_t count;
    bool has_more; /* behind the last one, in the direction of reading */
};

/* Which transfers. */
struct api_transfer_filter {
    const char *viewer_org_id;
    enum transfer_kind kind;
    unsigned states;         /* bits 1 << enum transfer_state, at least one */
    const char *from_org_id; /* "" any */
    const char *to_org_id;   /* "" any */
    int64_t since_at;        /* transferred then or later; INT64_MIN any */
    int64_t until_at;        /* transferred before; INT64_MAX any */
};

/* One page; keys are submitted_at. */
struct api_transfers api_transfers_list(struct store *registry, struct arena *arena,
                                        const struct api_transfer_filter *filter,
                                        const struct page_ask *ask);
/* How many the whole list has, exactly. Without times it is read from running totals; with times it
 * costs a look at each row between them. */
int64_t api_transfers_count(struct store *registry, struct arena *arena,
                            const struct api_transfer_filter *filter);

/* One that the viewer may know of; false when there is none, or it is none of its business. */
bool api_transfer_find(struct store *registry, struct arena *arena, const char *viewer_org_id,
                       const char *transfer_id, struct api_transfer *transfer);

/* What a body names. */

/* What a supplier's units are counted in when nobody says: kilograms of carbon dioxide, as in the
 * contract, unless all that was ever issued to it are certificates; false when nothing was. */
bool api_supplier_instrument(struct store *registry, const char *supplier_org_id,
                             enum instrument *instrument);
/* What a batch is counted in, whoever holds it; false when there is no such batch. */
bool api_batch_instrument(struct store *registry, const char *batch_id,
                          enum instrument *instrument);
/* Its serial number; false when there is no such batch. */
bool api_batch_serial(struct store *registry, const char *batch_id, struct serial *serial);

#endif
