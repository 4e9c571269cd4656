/*
 * crash/history_replay.h: a history replayed in the ledger's order through a fresh ledger: the same
 * commands at the same times must give the same answers, byte for byte, and the same registry, row
 * for row. See crash/history.h.
 */
#ifndef CRASH_HISTORY_REPLAY_H
#define CRASH_HISTORY_REPLAY_H

#include "crash/history_order.h"

#define REPLAY_GROUP 512 /* acts in one transaction: nobody waits for an answer */

static void differ(const struct row *row, const char *what, int64_t told, int64_t replayed)
{
    CHECK(told == replayed,
          "act %" PRId64 ", %s by client %d: the answer's %s is %" PRId64 ", the replay's %" PRId64,
          seq_of(row), row->word, row->client, what, told, replayed);
}

static void compare_answers(const struct row *row, const struct answer *replayed)
{
    struct answer told = row->told->answer;
    told.repeated = false;
    /* Both were zeroed before they were filled, and came as bytes: their padding is equal too.
     * NOLINTNEXTLINE(bugprone-suspicious-memory-comparison,cert-exp42-c,cert-flp37-c) */
    if (memcmp(&told, replayed, sizeof told) == 0) {
        return;
    }
    differ(row, "status", told.status, replayed->status);
    differ(row, "field", told.field, replayed->field);
    differ(row, "line", told.line, replayed->line);
    differ(row, "available units", told.available_units, replayed->available_units);
    differ(row, "transfer state", told.transfer_state, replayed->transfer_state);
    differ(row, "end", told.ended_at, replayed->ended_at);
    differ(row, "expiry", told.expires_at, replayed->expires_at);
    differ(row, "count", told.count, replayed->count);
    differ(row, "time", told.at, replayed->at);
    CHECK(false, "act %" PRId64 ", %s by client %d: the answer names %s, the replay %s",
          seq_of(row), row->word, row->client, told.id, replayed->id);
}

/* One EXPIRE writes an act for each transfer that ran out. Returns how many. */
static int64_t replay_expire(struct ledger *ledger, const struct row *row)
{
    struct command command = command_of(ACT_EXPIRE, "", "");
    struct answer answer;
    enum status status = ledger_apply(ledger, row->is_clock ? PROGRAM_LEDGER : PROGRAM_TALLY,
                                      &command, row->recorded_at, &answer);
    CHECK(status == STATUS_OK && answer.count > 0 &&
              seq_of(row) + answer.count - 1 <= shared->start_seq + order.count,
          "act %" PRId64 " ends transfers, the replay none", seq_of(row));
    for (int64_t i = 0; i < answer.count; i++) {
        CHECK(row[i].is_expire && row[i].recorded_at == row->recorded_at,
              "act %" PRId64 " should have ended a transfer that had run out", seq_of(&row[i]));
    }
    return answer.count;
}

static void replay_act(struct ledger *ledger, const struct row *row)
{
    struct command command = command_of_operation(row->client, row->owner);
    struct answer answer;
    enum status status =
        ledger_apply(ledger, program_of(row->client), &command, row->recorded_at, &answer);
    CHECK((int)status == row->status && answer.seq == seq_of(row) && !answer.repeated,
          "act %" PRId64 ", %s by client %d: %s, the replay %s%s", seq_of(row), row->word,
          row->client, status_row((enum status)row->status)->slug, status_row(status)->slug,
          answer.repeated ? " again" : "");
    if (row->told != NULL) {
        compare_answers(row, &answer);
    }
}

/* A daemon that was started again has a fresh source of ids. */
static void replay_start(struct ledger *ledger, int64_t seq)
{
    static int next;
    for (; next < shared->start_count && shared->starts[next] < seq; next++) {
        ledger->ids.last_ms = 0;
        ledger->ids.last_tail = 0;
    }
}

static void replay_rows(struct ledger *ledger)
{
    int64_t i = 0;
    while (i < order.count) {
        CHECK(store_begin_write(ledger->store), "the replay cannot write");
        for (int64_t end = i + REPLAY_GROUP; i < end && i < order.count;) {
            arena_reset(ledger->arena, 0);
            const struct row *row = &order.rows[i];
            replay_start(ledger, seq_of(row));
            if (row->is_expire) {
                i += replay_expire(ledger, row);
            } else {
                replay_act(ledger, row);
                i++;
            }
        }
        CHECK(store_commit(ledger->store), "the replay was not kept");
        store_settle(ledger->store);
        if (store_wal_pages(ledger->store) > WAL_PAGES_MAX) {
            (void)store_checkpoint(ledger->store, false);
            store_settle(ledger->store);
        }
    }
}

/* ------------------------------------------------------------------ row for row */

static void compare_table(sqlite3 *db, const char *table)
{
    static const char *const sides[2][2] = {{"main", "replay"}, {"replay", "main"}};
    for (int side = 0; side < 2; side++) {
        char sql[256];
        (void)snprintf(sql, sizeof sql, "SELECT * FROM %s.\"%s\" EXCEPT SELECT * FROM %s.\"%s\"",
                       sides[side][0], table, sides[side][1], table);
        sqlite3_stmt *statement = history_sql(db, sql);
        int stepped = sqlite3_step(statement);
        CHECK(stepped == SQLITE_DONE, "at the end table %s %s a row more than the replay's: %s, %s",
              table, side == 0 ? "has" : "lacks", (const char *)sqlite3_column_text(statement, 0),
              (const char *)sqlite3_column_text(statement, 1));
        sqlite3_finalize(statement);
    }
}

static void compare_registries(void)
{
    sqlite3 *db = history_open(world->registry_path);
    char attach[WORLD_PATH_SIZE + 64];
    (void)snprintf(attach, sizeof attach, "ATTACH '%s' AS replay", replay_path());
    CHECK(sqlite3_exec(db, attach, NULL, NULL, NULL) == SQLITE_OK, "%s", sqlite3_errmsg(db));
    sqlite3_stmt *tables = history_sql(db, "SELECT name FROM sqlite_schema WHERE type = 'table'"
                                           " AND name NOT LIKE 'sqlite_%'");
    int count = 0;
    for (; sqlite3_step(tables) == SQLITE_ROW; count++) {
        compare_table(db, (const char *)sqlite3_column_text(tables, 0));
    }
    CHECK(count > 12, "%d tables", count);
    sqlite3_finalize(tables);
    sqlite3_close(db);
}

static void replay_ledger(void)
{
    struct arena *arena = &world->arena;
    struct ledger ledger;
    arena_reset(arena, 0);
    CHECK(ledger_open(&ledger, arena, replay_path()), "no ledger to replay in");
    replay_rows(&ledger);
    store_close(ledger.store);
    compare_registries();
}

#endif
