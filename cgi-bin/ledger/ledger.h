/*
 * ledger/ledger.h: the ledger room: what an act means. Inside it: decisions are pure functions over
 * facts, changes are written by the store, verified, and only then kept. The daemon (ledger.c) and
 * `tally` when the daemon is stopped are its only writers; the web programs use ledger_plan() on
 * their read-only store to show what an act would do.
 */
#ifndef LEDGER_LEDGER_H
#define LEDGER_LEDGER_H

#include "base/arena.h"
#include "base/id.h"
#include "ledger/command.h"
#include "store/store.h"

/* ------------------------------------------------------------- looking ahead */

/* One block that an act moves. */
struct plan_move {
    char batch_id[ID_SIZE];   /* the batch it is taken from, as it is now */
    char account_id[ID_SIZE]; /* where that lies now */
    char project_id[ID_SIZE];
    char supplier_org_id[ID_SIZE];
    char delivery_id[ID_SIZE]; /* "" none */
    int32_t vintage;
    int64_t first, last; /* what moves: the lowest serials of the batch */
    /* when split: the rest is last+1..rest_last and stays; 0: moved whole */
    int64_t rest_last;
    int64_t issued_at;
};

struct plan {
    const struct plan_move *moves; /* in the arena */
    size_t move_count;
    int64_t units;
    bool needs_approval; /* a second person of the sender */
    bool needs_registry_approval;
    bool accepted_at_once; /* internal, or the recipient's policy accepts */
    int64_t expiry_days;
    struct digest digest; /* of everything above and of whereto: the confirm carries it */
};

/* What would happen if this TRANSFER, RETIRE, DELIVER, REFUND or CANCEL_UNITS were sent now by that
 * program: the same checks in the same order as the real act, but for the key. On refusal *answer
 * says why (status, field, line, available units) and the plan is empty. store: any open registry
 * store whose tables include ledger_plan_tables. now_us: the asker's clock; judged is by the
 * ledger's time, which is at least that of the last act (answer->at). Only a TRANSFER waits for
 * anybody: of the other plans needs_…, accepted_at_once and expiry_days are false and 0.
 */
enum status ledger_plan(struct store *store, struct arena *arena, enum asker program,
                        const struct command *command, int64_t now_us, struct plan *plan,
                        struct answer *answer);
/* NULL-ended: query tables a reader needs for ledger_plan. */
extern const struct query_table *const ledger_plan_tables[];
/* Puts them behind a program's own, which end with NULL and leave room for them and a NULL. */
void ledger_plan_tables_add(const struct query_table **tables);

/* ------------------------------------------------------------------- acting */

struct ledger {
    struct store *store; /* registry.db opened STORE_WRITE with ledger_tables */
    struct arena *arena; /* work memory, reset per command by the caller */
    struct id_source ids;
};

extern const struct query_table *const ledger_tables[]; /* NULL-ended: what a writer prepares */

/* Opens the ledger's writing side (ids tag from settings). NULL-safe: returns false and logs. */
bool ledger_open(struct ledger *ledger, struct arena *arena, const char *registry_path);

/* Decides and writes one command inside the caller's open transaction, with its audit row and, when
 * it has a key and came through, its first answer. recorded_us is the daemon's clock; the ledger's
 * never goes back. A refusal changes nothing but the audit log (the changes that SQLite counts
 * prove it). While transfers are frozen nothing that moves units towards others is done: TRANSFER,
 * APPROVE, REGISTRY_APPROVE, ACCEPT, COMPLETE_EXPORT, DELIVER, RETIRE, REFUND; what gives back
 * goes on, and so does CANCEL_UNITS.
 * Returns answer->status. STATUS_FAULT: the store is at fault; the caller must roll back everything
 * and stop. */
enum status ledger_apply(struct ledger *ledger, enum asker program, const struct command *command,
                         int64_t recorded_us, struct answer *answer);

/* ------------------------------------------------------------------ checking */

/* Called per violation found, with a sentence: "Batches of project prj_… vintage 2024 leave a gap
 * from 1200 to 1300." */
struct verify_report {
    void (*say)(void *context, const char *sentence);
    void *context;
    int64_t batches, transfers, acts, units; /* what was looked at */
    int64_t violations;
};

/* The whole registry, at one moment while acts go on: SQLite integrity and foreign keys,
 * conservation per project and vintage, tiling without gap or overlap, lineage (parents and
 * children point at each other and tile), holders, reservations and transfer states, order sums,
 * retirements, audit log (seq without gaps, every state has its act), settings, protecting
 * triggers. Reads only. STATUS_FAULT: it could not be read to the end, which is said as a violation
 * too. (SQLite looks at the schema's CHECKs only in a store opened STORE_WRITE; what they guard is
 * asked here besides.) */
enum status ledger_verify(struct store *store, struct arena *arena, struct verify_report *report);
extern const struct query_table *const ledger_verify_tables[];

#endif
