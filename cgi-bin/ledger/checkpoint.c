/* ledger/checkpoint.c: see ledger/checkpoint.h. */
#include "ledger/checkpoint.h"

enum checkpoint_kind checkpoint_due(const struct checkpoint_facts *facts)
{
    if (facts->load == LOAD_IDLE) {
        return facts->wal_in_use ? CHECKPOINT_TRUNCATE : CHECKPOINT_NONE;
    }
    bool is_easy = facts->load == LOAD_FREE && facts->wal_pages >= WAL_PAGES_EASY &&
                   facts->acts_unmoved >= CHECKPOINT_ACTS_FREE &&
                   facts->now_us >= facts->pause_until_us;
    bool is_full = facts->wal_pages >= WAL_PAGES_MAX && facts->acts_unmoved >= CHECKPOINT_ACTS_BUSY;
    if (!is_easy && !is_full) {
        return CHECKPOINT_NONE;
    }
    bool is_too_large = facts->wal_pages >= WAL_PAGES_MAX * CHECKPOINT_TOO_LARGE;
    return is_too_large ? CHECKPOINT_TRUNCATE : CHECKPOINT_PASSIVE;
}

int64_t checkpoint_pause_until(int64_t began_us, int64_t ended_us)
{
    return ended_us + CHECKPOINT_PAUSE * (ended_us - began_us);
}
