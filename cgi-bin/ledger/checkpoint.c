/* ledger/checkpoint.c: see ledger/checkpoint.h. */
#include "ledger/checkpoint.h"

static enum checkpoint_kind next_step(const struct checkpoint_facts *facts);

enum checkpoint_kind checkpoint_due(const struct checkpoint_facts *facts)
{
    if (facts->load == LOAD_IDLE) {
        return facts->wal_in_use ? CHECKPOINT_EMPTY : CHECKPOINT_NONE;
    }
    bool is_too_large = facts->wal_pages >= WAL_PAGES_MAX * CHECKPOINT_TOO_LARGE;
    if (facts->is_pinned || facts->moves > 0) {
        return is_too_large ? CHECKPOINT_FINISH : next_step(facts);
    }
    bool is_easy = facts->load == LOAD_FREE && facts->wal_pages >= WAL_PAGES_EASY &&
                   facts->acts_unmoved >= CHECKPOINT_ACTS_FREE &&
                   facts->now_us >= facts->pause_until_us;
    bool is_full = facts->wal_pages >= WAL_PAGES_MAX && facts->acts_unmoved >= CHECKPOINT_ACTS_BUSY;
    if (!is_easy && !is_full) {
        return CHECKPOINT_NONE;
    }
    return is_too_large ? CHECKPOINT_EMPTY : CHECKPOINT_PIN;
}

static enum checkpoint_kind next_step(const struct checkpoint_facts *facts)
{
    if (facts->is_pinned) {
        return facts->pages_behind > 0 ? CHECKPOINT_MOVE : CHECKPOINT_NONE;
    }
    if (!facts->is_flushed) {
        return CHECKPOINT_NONE;
    }
    bool is_last = facts->pages_behind <= CHECKPOINT_PAGES_LAST || facts->moves >= CHECKPOINT_MOVES;
    return is_last ? CHECKPOINT_FINISH : CHECKPOINT_PIN;
}

int64_t checkpoint_pause_until(int64_t began_us, int64_t ended_us)
{
    return ended_us + CHECKPOINT_PAUSE * (ended_us - began_us);
}
