/*
 * store/verify.h: what may not be so in registry.db. Each check is one query that finds violations;
 * it decides nothing and words nothing. Reads only.
 */
#ifndef STORE_VERIFY_H
#define STORE_VERIFY_H

#include <stdint.h>

#include "base/arena.h"
#include "store/store.h"

#define VERIFY_CELLS 6

extern const struct query_table verify_queries;

/* Cells of a row in brackets. */
enum verify_check {
    /* [words] SQLite finds the file damaged; one row "ok" when it is not */
    VERIFY_INTEGRITY,
    VERIFY_FOREIGN_KEYS, /* [table, row, parent table] a reference to nothing */
    VERIFY_TRIGGERS,     /* [name] a protecting trigger is missing */
    VERIFY_SETTINGS,     /* [rows] not exactly one row of settings */
    /* [project, vintage, word, conserved, found] a sum differs from that of the batches */
    VERIFY_SUM_STATES,
    /* [project, vintage, word, conserved, found] … from that of the issuances */
    VERIFY_SUM_ISSUED,
    /* [project, vintage] issued + imported is not active + retired + exported + cancelled */
    VERIFY_SUM_EQUATION,
    VERIFY_GAP,     /* [project, vintage, from, to] serials in no live batch */
    VERIFY_OVERLAP, /* [project, vintage, from, to] serials in two */
    /* [project, vintage, last, conserved last] the last batch ends elsewhere */
    VERIFY_END,
    /* [issuance, units, found] its first batches hold another number of units */
    VERIFY_ISSUANCE,
    /* [batch] supplier, project, vintage or time differ from its issuance's */
    VERIFY_BATCH_OF,
    VERIFY_SPLIT, /* [batch] its two parts do not make up the whole */
    VERIFY_CHILD, /* [batch, parent] its parent does not know it */
    /* [batch, organisation, received by] the holder did not get it so, or not then, or elsewhere */
    VERIFY_HOLDER,
    /* [batch, received by] … nor did what it was cut from, and no line of that act names it */
    VERIFY_RECEIVED,
    VERIFY_DELIVERY_OF, /* [batch, delivery] … or which did not bring it; "" though one did */
    /* [batch, account, organisation] it lies in an account of somebody else, or a closed one */
    VERIFY_ACCOUNT,
    /* [batch, transfer] reserved by a transfer that does not wait for it */
    VERIFY_RESERVED,
    /* [transfer, batch] a waiting transfer's batch is not reserved for it */
    VERIFY_WAITING,
    /* [thing, batch, line units, batch units] a line differs from its batch */
    VERIFY_LINE,
    VERIFY_LINE_SUM, /* [thing, units, found] the lines do not make up the whole */
    /* [thing, batch] of another instrument, supplier, project or account than what it moved */
    VERIFY_LINE_OF,
    VERIFY_COMPLETED,   /* [transfer] completed without its approvals or its account */
    VERIFY_SAME_PERSON, /* [transfer] one person where two were needed; a program is its maker */
    /* [transfer] waits for the recipient without its approvals, or has none to wait for, or waits
     * no time or too long */
    VERIFY_PENDING,
    /* [transfer, retirement …] public words of it are there, or not since when they are not */
    VERIFY_REDACTED,
    VERIFY_CORRECTS, /* [transfer, transfer] the other was none between the two that it could mend
                      */
    /* [batch, ended by] exported by no completed export that names it, or named and not exported */
    VERIFY_EXPORTED,
    VERIFY_RETIRED, /* [batch, ended by] the same of retirements */
    /* [batch, cancellation] cancelled by no line, or named and not cancelled by that buffer */
    VERIFY_CANCELLED,
    /* [retirement] for a beneficiary that somebody else named, or for two */
    VERIFY_BENEFICIARY,
    VERIFY_SAME_ID, /* [organisation] a beneficiary has its id, too */
    /* [person] a program with rights that it cannot have: elsewhere, or in the registry */
    VERIFY_PROGRAM,
    /* [order, delivered, found] deliveries do not make up what was delivered */
    VERIFY_ORDER,
    /* [order, instrument, delivery, its instrument] units of another kind than was ordered */
    VERIFY_ORDERED,
    VERIFY_PARTIES,        /* [delivery, order] of other parties than its order */
    VERIFY_CLOSED,         /* [organisation, units] closed, but holds units */
    VERIFY_CLOSED_WAITING, /* [organisation, transfer] closed, but party of what waits */
    VERIFY_MAIN,           /* [organisation] has no open Main account */
    VERIFY_ACT_GAP,        /* [before, after] the audit log misses acts */
    VERIFY_ACT_TIME,       /* [seq] recorded before the act before it */
    VERIFY_ACT_MISSING,    /* [thing] no act made, approved or ended it, by whom and when it says */
    VERIFY_EVENT,          /* [seq] what did not happen is told, or something to nobody */
    /* [transfer, found] it is completed, and that was not told exactly once and to everybody */
    VERIFY_TOLD,
    VERIFY_TOLD_WHOM, /* [seq, transfer] an act on it is of somebody, or told, who is no party */
    VERIFY_KEY,       /* [scope, seq] a key keeps the answer of a refused act or somebody else's */
    /* [organisation, account, project, vintage] the running total differs from the batches */
    VERIFY_HOLDING,
    /* [organisation, account, project, delivery] … of what came with a delivery */
    VERIFY_DELIVERED,
    VERIFY_TRANSFER_TOTAL, /* [kind, total, found] … from the completed transfers */
    /* [sender, recipient, state, total, found] … from the transfers that ended so */
    VERIFY_PAIR_TOTAL,
    /* [instrument, year] … from the issuances or retirements */
    VERIFY_YEAR_TOTAL,
    VERIFY_INSTRUMENT_TOTAL, /* [instrument] … from the projects */
    /* [organisation, batch] retired on its behalf and not listed so, or listed and not retired so
     */
    VERIFY_BENEFIT,
    VERIFY_BENEFIT_TOTAL, /* [organisation, project, total, found] … from what is listed */
    VERIFY__COUNT
};

struct verify_row {
    const char *cells[VERIFY_CELLS]; /* "" for SQL NULL and for what the check has not */
};

/* Calls each for every row; cells live until it returns. */
void verify_each(struct store *store, struct arena *arena, enum verify_check check,
                 void (*each)(void *context, const struct verify_row *row), void *context);

/* What there is to look at. */
struct verify_count {
    int64_t batches, transfers, acts, units; /* units: alive */
};
struct verify_count verify_count_read(struct store *store);

#endif
