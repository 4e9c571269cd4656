/*
 * plant/ledger-order-swapped.c: a planted bug, for the negative controls (see
 * ledger-commit-lost.c): now and then two acts that were done one after the other stand in the
 * order the other way round. The clock goes by whole seconds, so that no time of record gives it
 * away.
 *
 * wraps: ledger_act_add clock_now_us
 */
#include "base/clock.h"
#include "store/inside.h"
#include "store/ledger_records.h"

#define ONE_OF 40 /* acts */

bool __real_ledger_act_add(struct store *store, const struct ledger_act *act, int64_t *seq);
bool __wrap_ledger_act_add(struct store *store, const struct ledger_act *act, int64_t *seq);
int64_t __real_clock_now_us(void);
int64_t __wrap_clock_now_us(void);

int64_t __wrap_clock_now_us(void)
{
    return __real_clock_now_us() / CLOCK_SECOND_US * CLOCK_SECOND_US;
}

static int64_t newest(struct store *store)
{
    sqlite3_stmt *statement = NULL;
    int64_t seq = 0;
    if (sqlite3_prepare_v2(store->db, "SELECT max(seq) FROM act", -1, &statement, NULL) ==
            SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW) {
        seq = sqlite3_column_int64(statement, 0);
    }
    sqlite3_finalize(statement);
    return seq;
}

static bool add_at(struct store *store, const struct ledger_act *act, int64_t seq)
{
    char *sql = sqlite3_mprintf("INSERT INTO act (seq, recorded_at, at, program, user_id, org_id, "
                                "command, subject_id, outcome, detail) VALUES (%lld, %lld, %lld, "
                                "%Q, %Q, %Q, %Q, %Q, %Q, %Q)",
                                (long long)seq, (long long)act->recorded_at, (long long)act->at,
                                act->program, act->user_id, act->org_id, act->command,
                                act->subject_id, act->outcome, act->detail);
    bool good = sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK;
    sqlite3_free(sql);
    return good;
}

bool __wrap_ledger_act_add(struct store *store, const struct ledger_act *act, int64_t *seq)
{
    static unsigned acts;
    static int64_t hole;
    if (hole != 0) {
        *seq = hole;
        hole = 0;
        return add_at(store, act, *seq);
    }
    if (++acts % ONE_OF != 0) {
        return __real_ledger_act_add(store, act, seq);
    }
    hole = newest(store) + 1;
    *seq = hole + 1;
    return add_at(store, act, *seq);
}
