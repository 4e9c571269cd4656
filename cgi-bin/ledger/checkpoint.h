/*
 * ledger/checkpoint.h: when the daemon moves pages from the WAL into registry.db. Pure functions:
 * what is known goes in, what is to be done comes out; ledger/daemon.c does it, between two commits
 * and never inside one. (Nobody else ever checkpoints: safety.md, the WAL-reset race.)
 */
#ifndef LEDGER_CHECKPOINT_H
#define LEDGER_CHECKPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"

/* Acts between two checkpoints, at least: a reader may keep the WAL from shrinking, and what is
 * above the bound once stays there. */
#define CHECKPOINT_ACTS_BUSY 200
#define CHECKPOINT_ACTS_FREE 50
/* A free moment is used only if checkpoints have had less than a quarter of the time since the last
 * one: on a slow disk, with a large file, they would be all that is done. */
#define CHECKPOINT_PAUSE 1
/* times WAL_PAGES_MAX: then the file is emptied as well, as soon as no reader is in the way */
#define CHECKPOINT_TOO_LARGE 4

/* Pages that the last step may leave to the disk: a few milliseconds. */
#define CHECKPOINT_PAGES_LAST 250
/* Moves at most before that: a disk that is slower than the acts would never come to an end. */
#define CHECKPOINT_MOVES 5

/* LOAD_BUSY: somebody waits for an answer. LOAD_FREE: nobody at this moment. LOAD_IDLE: nobody for
 * a while. */
enum checkpoint_load { LOAD_BUSY, LOAD_FREE, LOAD_IDLE };

struct checkpoint_facts {
    enum checkpoint_load load;
    bool wal_in_use;        /* the WAL file may hold something */
    bool is_pinned;         /* and nothing was moved since */
    int moves;              /* since the file was last synced */
    bool is_flushed;        /* what they moved has been written (ledger/flusher.h) */
    int wal_pages;          /* that it holds after the last commit */
    int pages_behind;       /* how many of them came after the pin was last set */
    size_t acts_unmoved;    /* committed since the last checkpoint */
    int64_t now_us;         /* steady clock */
    int64_t pause_until_us; /* the same clock: checkpoint_pause_until of the last one; 0 at first */
};

/* A checkpoint is made in steps, so that nobody waits while thousands of pages go to their places
 * on the disk:
 * PIN: the pin is set at the end of the WAL (store/pin.h).
 * MOVE: pages before the pin are moved, as far as readers allow, without a sync, and the flusher is
 * asked to have them written. Then PIN and MOVE again for what came meanwhile: fewer each time.
 * FINISH: without the pin the last few are moved and the file is synced, which has little left to
 * write; the WAL begins anew with the next commit.
 * EMPTY: all at once, and the WAL file is emptied. None waits for a reader (store_checkpoint). */
enum checkpoint_kind {
    CHECKPOINT_NONE,
    CHECKPOINT_PIN,
    CHECKPOINT_MOVE,
    CHECKPOINT_FINISH,
    CHECKPOINT_EMPTY,
};

/* What is due now.
 * Idle: EMPTY as soon as anything is in the WAL, whatever the rest says.
 * Pinned: MOVE once something was committed behind the pin: before that it would reach the end.
 * Moved: nothing until the pages are flushed, then FINISH, or PIN while more than
 * CHECKPOINT_PAGES_LAST came since and CHECKPOINT_MOVES are not reached.
 * Free: PIN from WAL_PAGES_EASY pages and CHECKPOINT_ACTS_FREE acts on, once the pause is over.
 * Busy, and free too: from WAL_PAGES_MAX pages and CHECKPOINT_ACTS_BUSY acts on, without a pause;
 * EMPTY instead of PIN from CHECKPOINT_TOO_LARGE times as many pages on, and FINISH instead of any
 * step that was begun. */
enum checkpoint_kind checkpoint_due(const struct checkpoint_facts *facts);

/* Until when the next free moment is left alone, after a checkpoint that took from began_us to
 * ended_us (steady clock): CHECKPOINT_PAUSE times as long as it took, from its end on. */
int64_t checkpoint_pause_until(int64_t began_us, int64_t ended_us);

#endif
