/*
 * store/events.h: what the ledger's acts told, in the ledger's order: the change feed. Reads only.
 *
 * An event is an act that came through and changed something that somebody may see. It was
 * classified in the transaction of the act (ledger/tell.c; schema: act.event, other_org_id,
 * is_public), so it is never told later than it can be seen, and what it says of whom it concerns
 * stays true: what a transfer has become since is told by its later events.
 *
 *   kind                        subject  org_id / other_org_id              told
 *   organisation.opened …       org_     the organisation                   everybody
 *   project.opened, …changed    prj_     the supplier                       everybody
 *   issuance.made               iss_     the supplier                       everybody
 *   order.recorded              ord_     who recorded it / the other party  both
 *   delivery.made               dlv_     the supplier / the buyer           everybody
 *   transfer.awaiting_approval  tfr_     the sender                         the sender
 *   transfer.approved           tfr_     the sender; it still waits         the sender
 *   transfer.pending            tfr_     the sender / the recipient         both
 *   transfer.completed          tfr_     who acted / the other party        everybody
 *   transfer.rejected, withdrawn, expired, cancelled
 *                               tfr_     who acted / the other party; before the last approval
 *                                        the sender alone                   these
 *   transfer.note_redacted      tfr_     as above; of a completed one       everybody
 *   retirement.made             ret_     the owner / the beneficiary when it is another
 *                                        organisation                       everybody
 *   refund.made                 bpr_     the buffer organisation / the supplier
 *                                                                           everybody
 *   cancellation.made           cnl_     the buffer organisation / the supplier
 *                                                                           everybody
 *   note.redacted               iss_, dlv_, ret_, bpr_, cnl_
 *                                        as when it was made                everybody
 *   beneficiary.named           org_     who named it                       it alone
 *   policy.changed, trust.changed, account.opened, account.closed, member.changed
 *                               org_, org_ (the sender), acc_, acc_, usr_   the organisation alone
 *   registry.frozen, thawed, changed   ""   nobody                          everybody
 *
 * Gap-free: acts are numbered without gaps by one writer and seen when they are committed, all of a
 * commit at once. Whoever goes on behind events.next_after misses nothing and sees nothing twice.
 */
#ifndef STORE_EVENTS_H
#define STORE_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/term.h"
#include "store/store.h"

extern const struct query_table events_queries;

struct events_row {
    int64_t seq;              /* its place; not every number is an event */
    int64_t at;               /* when it happened; an import may date it back */
    enum event_kind kind;     /* its word: event_kind_word */
    const char *subject_id;   /* "" the registry */
    const char *org_id;       /* "" the registry */
    const char *other_org_id; /* "" none */
    bool is_public;
};

struct events {
    const struct events_row *rows; /* in the arena, in the ledger's order */
    size_t count;
    /* Go on behind this: the last row's place; when there are fewer than asked for, that of the
     * last act of all, which was looked at too. */
    int64_t next_after;
};

/* The events behind after_seq (0: from the beginning), at most `most` (1 to FEED_ROWS_MAX): the
 * public ones and those that org_id is told ("": the public ones alone). */
struct events events_after(struct store *store, struct arena *arena, const char *org_id,
                           int64_t after_seq, size_t most);
/* The same, without what does not concern org_id: its own acts and those it is the other party of,
 * public or not. */
struct events events_concerning(struct store *store, struct arena *arena, const char *org_id,
                                int64_t after_seq, size_t most);
/* The place of the last act of all: a feed that begins now begins behind it. */
int64_t events_last_seq(struct store *store);

#endif
