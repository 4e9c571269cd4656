/*
 * bench/plain.h: what the daemon is measured against: the same transfers in a plain C loop, without
 * a daemon, sockets, decisions or a second look. It does what a careful small program has to:
 * prepared statements, the daemon's own PRAGMAs (store_set_safe) and the real schema with all its
 * indexes, triggers and foreign keys; 64 transfers a commit; a passive checkpoint when the WAL is
 * as long as where the daemon does one. A transfer reads whether the person may act and where the
 * units go, finds the sender's oldest free batch of the supplier, splits it, and writes the two
 * parts, the transfer, its line, the act and the first answer: exactly the rows that the daemon's
 * TRANSFER leaves behind (transfer_bench --compare shows it).
 */
#ifndef BENCH_PLAIN_H
#define BENCH_PLAIN_H

#include <sqlite3.h>

#include "bench/stage.h"
#include "ledger/checkpoint.h"
#include "store/inside.h"

enum {
    PLAIN_WHO,
    PLAIN_FIND,
    PLAIN_SPLIT,
    PLAIN_PART,
    PLAIN_TRANSFER,
    PLAIN_LINE,
    PLAIN_ACT,
    PLAIN_ANSWER,
    PLAIN_TOTALS, /* from here on: when the schema has running totals */
    PLAIN_TAKEN = PLAIN_TOTALS,
    PLAIN_GIVEN,
    PLAIN_COUNTED,
    PLAIN_PAIR,
    PLAIN__COUNT
};

static const char *const plain_sql[PLAIN__COUNT] = {
    [PLAIN_WHO] = "SELECT a.account_id FROM membership m JOIN person p ON p.user_id = m.user_id"
                  " JOIN organisation s ON s.org_id = m.org_id JOIN organisation r ON r.org_id = ?3"
                  " JOIN account a ON a.org_id = r.org_id AND a.is_main = 1"
                  " WHERE m.org_id = ?1 AND m.user_id = ?2 AND m.roles & 2 AND p.state = 'active'"
                  " AND s.state = 'active' AND r.state = 'active' AND r.incoming_policy = 'all'",
    [PLAIN_FIND] = "SELECT batch_id, project_id, issuance_id, vintage, first, last, account_id,"
                   " issued_at, received_by, received_at FROM batch WHERE org_id = ?1"
                   " AND supplier_org_id = ?2 AND state = 'active' AND reserved_by IS NULL"
                   " ORDER BY issued_at, project_id, vintage, first LIMIT 1",
    [PLAIN_SPLIT] = "UPDATE batch SET state = 'split', left_id = ?2, right_id = ?3, ended_at = ?4"
                    " WHERE batch_id = ?1 AND state = 'active' AND reserved_by IS NULL",
    [PLAIN_PART] = "INSERT INTO batch (batch_id, project_id, issuance_id, supplier_org_id, vintage,"
                   " first, last, org_id, account_id, state, parent_id, issued_at, received_by,"
                   " received_at, made_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'active',"
                   " ?10, ?11, ?12, ?13, ?14)",
    [PLAIN_TRANSFER] =
        "INSERT INTO transfer (transfer_id, kind, state, from_org_id, to_org_id, to_account_id,"
        " supplier_org_id, instrument, units, notes, needs_approval, needs_registry_approval,"
        " submitted_by, submitted_at, expires_at, ended_by, ended_at)"
        " VALUES (?1, 'external', 'completed', ?2, ?3, ?4, ?5, 'carbon_removal', ?6, ?7, 0, 0, ?8,"
        " ?9, ?10, ?8, ?9)",
    [PLAIN_LINE] = "INSERT INTO transfer_line (transfer_id, line, batch_id, split_from,"
                   " from_account_id, units) VALUES (?1, 1, ?2, ?3, ?4, ?5)",
    [PLAIN_ACT] = "INSERT INTO act (recorded_at, at, program, user_id, org_id, command, subject_id,"
                  " outcome, detail, event, other_org_id, is_public) VALUES (?1, ?1, 'account', ?2,"
                  " ?3, 'transfer', ?4, 'ok', ?5, 'transfer.completed', ?6, 1)",
    [PLAIN_ANSWER] = "INSERT INTO idempotency (scope, key, fingerprint, seq, answer)"
                     " VALUES (?1, ?2, ?3, ?4, ?5)",
    [PLAIN_TAKEN] = "UPDATE holding SET active = active - ?6, split_batches = split_batches + 1"
                    " WHERE org_id = ?1 AND supplier_org_id = ?2 AND project_id = ?3"
                    " AND vintage = ?4 AND account_id = ?5",
    [PLAIN_GIVEN] =
        "INSERT INTO holding (org_id, supplier_org_id, project_id, vintage, account_id, active,"
        " reserved, retired, exported, active_batches, reserved_batches, retired_batches,"
        " exported_batches, split_batches) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, 0, 0, 1, 0, 0, 0, 0)"
        " ON CONFLICT (org_id, supplier_org_id, project_id, vintage, account_id)"
        " DO UPDATE SET active = active + ?6, active_batches = active_batches + 1",
    [PLAIN_COUNTED] = "INSERT INTO transfer_total (kind, transfers) VALUES ('external', 1)"
                      " ON CONFLICT (kind) DO UPDATE SET transfers = transfers + 1",
    [PLAIN_PAIR] =
        "INSERT INTO transfer_pair_total (from_org_id, kind, state, to_org_id, reached, transfers)"
        " VALUES (?1, 'external', 'completed', ?2, 1, 1)"
        " ON CONFLICT (from_org_id, kind, state, to_org_id, reached)"
        " DO UPDATE SET transfers = transfers + 1",
};

struct plain {
    sqlite3 *db;
    sqlite3_stmt *statements[PLAIN__COUNT];
    int count; /* of statements: not all when the schema has no running totals */
    int wal_pages;
    int acts_unmoved;
    struct id_source ids;
};

/* The batch that is split. */
struct whole {
    char batch_id[ID_SIZE], project_id[ID_SIZE], issuance_id[ID_SIZE], account_id[ID_SIZE];
    char received_by[ID_SIZE];
    int64_t vintage, first, last, issued_at, received_at;
};

static inline int note_plain_wal(void *context, sqlite3 *db, const char *name, int pages)
{
    (void)db;
    (void)name;
    ((struct plain *)context)->wal_pages = pages;
    return SQLITE_OK;
}

static inline void plain_sql_run(const struct plain *plain, const char *sql)
{
    CHECK(sqlite3_exec(plain->db, sql, NULL, NULL, NULL) == SQLITE_OK, "%s: %s", sql,
          sqlite3_errmsg(plain->db));
}

static inline void plain_open(struct plain *plain)
{
    memset(plain, 0, sizeof *plain);
    plain->ids = (struct id_source){.tag = "TST", .random_tail = true};
    store_set_up_library();
    CHECK(sqlite3_open_v2(the_world.registry_path, &plain->db,
                          SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK &&
              store_set_safe(plain->db, STORE_REGISTRY),
          "the registry does not open");
    (void)sqlite3_wal_hook(plain->db, note_plain_wal, plain);
    int64_t has_totals = 0;
    CHECK(store_pragma(plain->db, "SELECT count(*) FROM sqlite_schema WHERE name = 'holding'",
                       &has_totals),
          "the registry cannot be read");
    plain->count = has_totals == 0 ? PLAIN_TOTALS : PLAIN__COUNT;
    for (int i = 0; i < plain->count; i++) {
        CHECK(sqlite3_prepare_v3(plain->db, plain_sql[i], -1, SQLITE_PREPARE_PERSISTENT,
                                 &plain->statements[i], NULL) == SQLITE_OK,
              "%s: %s", plain_sql[i], sqlite3_errmsg(plain->db));
    }
}

static inline void plain_close(struct plain *plain)
{
    for (int i = 0; i < plain->count; i++) {
        (void)sqlite3_finalize(plain->statements[i]);
    }
    (void)sqlite3_wal_checkpoint_v2(plain->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    CHECK(sqlite3_close(plain->db) == SQLITE_OK, "the registry does not close");
}

static inline void put(const struct plain *plain, int statement, int number, const char *text)
{
    (void)sqlite3_bind_text(plain->statements[statement], number, text, -1, SQLITE_STATIC);
}

static inline void put_int(const struct plain *plain, int statement, int number, int64_t value)
{
    (void)sqlite3_bind_int64(plain->statements[statement], number, value);
}

static inline void plain_write(const struct plain *plain, int statement)
{
    CHECK(sqlite3_step(plain->statements[statement]) == SQLITE_DONE, "%s: %s", plain_sql[statement],
          sqlite3_errmsg(plain->db));
    (void)sqlite3_reset(plain->statements[statement]);
}

static inline void take(sqlite3_stmt *statement, int column, char id[ID_SIZE])
{
    (void)snprintf(id, ID_SIZE, "%s", (const char *)sqlite3_column_text(statement, column));
}

static inline void plain_find(const struct plain *plain, const struct stage_party *from,
                              struct whole *whole)
{
    sqlite3_stmt *find = plain->statements[PLAIN_FIND];
    put(plain, PLAIN_FIND, 1, from->org_id);
    put(plain, PLAIN_FIND, 2, stage.supplier_org_id);
    CHECK(sqlite3_step(find) == SQLITE_ROW, "%s has nothing left", from->org_id);
    take(find, 0, whole->batch_id);
    take(find, 1, whole->project_id);
    take(find, 2, whole->issuance_id);
    whole->vintage = sqlite3_column_int64(find, 3);
    whole->first = sqlite3_column_int64(find, 4);
    whole->last = sqlite3_column_int64(find, 5);
    take(find, 6, whole->account_id);
    whole->issued_at = sqlite3_column_int64(find, 7);
    take(find, 8, whole->received_by);
    whole->received_at = sqlite3_column_int64(find, 9);
    (void)sqlite3_reset(find);
    CHECK(whole->last - whole->first + 1 > STAGE_UNITS, "the batch of %s is too small",
          from->org_id);
}

/* What is the same of both parts; the rest is bound by the caller. */
static inline void put_part(const struct plain *plain, const struct whole *whole, const char *id,
                            int64_t first, int64_t last, int64_t at_us)
{
    put(plain, PLAIN_PART, 1, id);
    put(plain, PLAIN_PART, 2, whole->project_id);
    put(plain, PLAIN_PART, 3, whole->issuance_id);
    put(plain, PLAIN_PART, 4, stage.supplier_org_id);
    put_int(plain, PLAIN_PART, 5, whole->vintage);
    put_int(plain, PLAIN_PART, 6, first);
    put_int(plain, PLAIN_PART, 7, last);
    put(plain, PLAIN_PART, 10, whole->batch_id);
    put_int(plain, PLAIN_PART, 11, whole->issued_at);
    put_int(plain, PLAIN_PART, 14, at_us);
}

static inline void plain_split(const struct plain *plain, const struct stage_party *from,
                               const struct stage_party *to, const char *to_account_id,
                               const struct whole *whole, const char *transfer_id,
                               char ids[2][ID_SIZE], int64_t at_us)
{
    put(plain, PLAIN_SPLIT, 1, whole->batch_id);
    put(plain, PLAIN_SPLIT, 2, ids[0]);
    put(plain, PLAIN_SPLIT, 3, ids[1]);
    put_int(plain, PLAIN_SPLIT, 4, at_us);
    plain_write(plain, PLAIN_SPLIT);
    CHECK(sqlite3_changes(plain->db) == 1, "%s was taken meanwhile", whole->batch_id);
    put_part(plain, whole, ids[0], whole->first, whole->first + STAGE_UNITS - 1, at_us);
    put(plain, PLAIN_PART, 8, to->org_id);
    put(plain, PLAIN_PART, 9, to_account_id);
    put(plain, PLAIN_PART, 12, transfer_id);
    put_int(plain, PLAIN_PART, 13, at_us);
    plain_write(plain, PLAIN_PART);
    put_part(plain, whole, ids[1], whole->first + STAGE_UNITS, whole->last, at_us);
    put(plain, PLAIN_PART, 8, from->org_id);
    put(plain, PLAIN_PART, 9, whole->account_id);
    put(plain, PLAIN_PART, 12, whole->received_by);
    put_int(plain, PLAIN_PART, 13, whole->received_at);
    plain_write(plain, PLAIN_PART);
}

static inline void plain_record(const struct plain *plain, const struct stage_party *from,
                                const struct stage_party *to, const char *transfer_id,
                                const char *key, int64_t at_us)
{
    char detail[128];
    struct answer answer;
    struct digest fingerprint = {{0}};
    (void)snprintf(detail, sizeof detail, "%d.%03d credits from %s to %s", STAGE_UNITS / 1000,
                   STAGE_UNITS % 1000, from->org_id, to->org_id);
    put_int(plain, PLAIN_ACT, 1, at_us);
    put(plain, PLAIN_ACT, 2, from->user_id);
    put(plain, PLAIN_ACT, 3, from->org_id);
    put(plain, PLAIN_ACT, 4, transfer_id);
    put(plain, PLAIN_ACT, 5, detail);
    put(plain, PLAIN_ACT, 6, to->org_id);
    plain_write(plain, PLAIN_ACT);
    memset(&answer, 0, sizeof answer);
    answer.version = COMMAND_VERSION;
    answer.line = -1;
    answer.count = 1;
    answer.transfer_state = TRANSFER_COMPLETED;
    answer.seq = sqlite3_last_insert_rowid(plain->db);
    answer.at = at_us;
    TEXT_COPY(answer.id, transfer_id);
    put(plain, PLAIN_ANSWER, 1, from->user_id);
    put(plain, PLAIN_ANSWER, 2, key);
    (void)sqlite3_bind_blob(plain->statements[PLAIN_ANSWER], 3, &fingerprint, sizeof fingerprint,
                            SQLITE_STATIC);
    put_int(plain, PLAIN_ANSWER, 4, answer.seq);
    (void)sqlite3_bind_blob(plain->statements[PLAIN_ANSWER], 5, &answer, sizeof answer,
                            SQLITE_STATIC);
    plain_write(plain, PLAIN_ANSWER);
}

static inline void put_holding(const struct plain *plain, int statement, const char *org_id,
                               const char *account_id, const struct whole *whole)
{
    put(plain, statement, 1, org_id);
    put(plain, statement, 2, stage.supplier_org_id);
    put(plain, statement, 3, whole->project_id);
    put_int(plain, statement, 4, whole->vintage);
    put(plain, statement, 5, account_id);
    put_int(plain, statement, 6, STAGE_UNITS);
    plain_write(plain, statement);
}

static inline void plain_transfer(struct plain *plain, const struct stage_party *from,
                                  const struct stage_party *to, const char *key)
{
    int64_t at_us = clock_now_us();
    char transfer_id[ID_SIZE], ids[2][ID_SIZE], account_id[ID_SIZE];
    struct whole whole;
    sqlite3_stmt *who = plain->statements[PLAIN_WHO];
    put(plain, PLAIN_WHO, 1, from->org_id);
    put(plain, PLAIN_WHO, 2, from->user_id);
    put(plain, PLAIN_WHO, 3, to->org_id);
    CHECK(sqlite3_step(who) == SQLITE_ROW, "%s may not", from->user_id);
    take(who, 0, account_id);
    (void)sqlite3_reset(who);
    plain_find(plain, from, &whole);
    id_make(&plain->ids, "tfr", at_us, transfer_id);
    id_make(&plain->ids, "ctb", at_us, ids[0]);
    id_make(&plain->ids, "ctb", at_us, ids[1]);
    put(plain, PLAIN_TRANSFER, 1, transfer_id);
    put(plain, PLAIN_TRANSFER, 2, from->org_id);
    put(plain, PLAIN_TRANSFER, 3, to->org_id);
    put(plain, PLAIN_TRANSFER, 4, account_id);
    put(plain, PLAIN_TRANSFER, 5, stage.supplier_org_id);
    put_int(plain, PLAIN_TRANSFER, 6, STAGE_UNITS);
    put(plain, PLAIN_TRANSFER, 7, key);
    put(plain, PLAIN_TRANSFER, 8, from->user_id);
    put_int(plain, PLAIN_TRANSFER, 9, at_us);
    put_int(plain, PLAIN_TRANSFER, 10, at_us + 14 * CLOCK_DAY_US);
    plain_write(plain, PLAIN_TRANSFER);
    plain_split(plain, from, to, account_id, &whole, transfer_id, ids, at_us);
    put(plain, PLAIN_LINE, 1, transfer_id);
    put(plain, PLAIN_LINE, 2, ids[0]);
    put(plain, PLAIN_LINE, 3, whole.batch_id);
    put(plain, PLAIN_LINE, 4, whole.account_id);
    put_int(plain, PLAIN_LINE, 5, STAGE_UNITS);
    plain_write(plain, PLAIN_LINE);
    plain_record(plain, from, to, transfer_id, key, at_us);
    if (plain->count > PLAIN_TOTALS) {
        put_holding(plain, PLAIN_TAKEN, from->org_id, whole.account_id, &whole);
        put_holding(plain, PLAIN_GIVEN, to->org_id, account_id, &whole);
        plain_write(plain, PLAIN_COUNTED);
        put(plain, PLAIN_PAIR, 1, from->org_id);
        put(plain, PLAIN_PAIR, 2, to->org_id);
        plain_write(plain, PLAIN_PAIR);
    }
}

static inline void plain_commit(struct plain *plain, int acts)
{
    plain_sql_run(plain, "COMMIT");
    plain->acts_unmoved += acts;
    if (plain->wal_pages >= WAL_PAGES_MAX && plain->acts_unmoved >= CHECKPOINT_ACTS_BUSY) {
        CHECK(sqlite3_wal_checkpoint_v2(plain->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL) ==
                  SQLITE_OK,
              "%s", sqlite3_errmsg(plain->db));
        plain->acts_unmoved = 0;
    }
}

#endif
