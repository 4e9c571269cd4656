/*
 * import/apply.h: asking the ledger for many acts. While the daemon is stopped it is all or
 * nothing; while it runs, the acts are pipelined, each with a key that comes from the file, so that
 * a broken import is finished by running it again.
 */
#ifndef IMPORT_APPLY_H
#define IMPORT_APPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "import/progress.h"
#include "import/report.h"
#include "ledger/tally.h"

struct apply {
    const struct tally *tally;
    struct report *report;
    /* Judges an act that came through: NULL when it is what was meant, otherwise a sentence. NULL:
     * whatever came through is well. */
    const char *(*judge)(const struct command *command, const struct answer *answer);
    bool is_direct; /* one transaction; otherwise through the daemon */
    bool is_dry;    /* undo everything at the end; only when is_direct */
    int64_t sent, done, repeated, refused;
    enum status fault; /* the way to the ledger broke */
    struct progress progress;
};

/* Begins. dry_run through a running daemon asks nothing of the ledger (apply_act does nothing).
 * False: no way to the ledger; why has been said. */
bool apply_begin(struct apply *apply, const struct tally *tally, struct report *report,
                 bool dry_run, const char *what, int64_t total);

/* Asks for one act. place: where in which file it comes from. A refusal becomes a problem in the
 * report there. False when it makes no sense to go on. */
bool apply_act(struct apply *apply, const struct command *command, struct place place);

/* Waits for the answers to all that was asked for: before an act that would do harm if one before
 * it was refused. False when it makes no sense to go on. */
bool apply_await(struct apply *apply);

/* Waits for all answers; keeps or undoes. True when all acts came through (and, unless dry, are
 * kept). elapsed_us may be NULL. */
bool apply_end(struct apply *apply, int64_t *elapsed_us);

#endif
