/*
 * bench/fill_rows.h: writes a history into the tables of a registry: straight INSERTs in the order
 * of each table's key, each row once and in its final state.
 */
#ifndef BENCH_FILL_ROWS_H
#define BENCH_FILL_ROWS_H

#include <sqlite3.h>

#include "bench/history.h"

#define TAG "TST"
#define ROWS_PER_COMMIT 100000

/* Everybody and everything that the history names by number. */
struct cast {
    char org_ids[PARTIES][ID_SIZE], account_ids[PARTIES][ID_SIZE], user_ids[PARTIES][ID_SIZE];
    char project_ids[PROJECTS][ID_SIZE];
    char administrator_id[ID_SIZE];
};

struct rows {
    sqlite3 *db;
    const struct history *history;
    const struct cast *cast;
    sqlite3_stmt *statement;
    int64_t since_commit;
    uint32_t next_seq;   /* the next free one of the audit log */
    uint32_t from, past; /* the events whose rows are written now */
};

static inline void rows_sql(const struct rows *rows, const char *sql)
{
    CHECK(sqlite3_exec(rows->db, sql, NULL, NULL, NULL) == SQLITE_OK, "%.200s: %s", sql,
          sqlite3_errmsg(rows->db));
}

static inline void rows_begin(struct rows *rows, const char *sql)
{
    CHECK(sqlite3_prepare_v2(rows->db, sql, -1, &rows->statement, NULL) == SQLITE_OK, "%s: %s", sql,
          sqlite3_errmsg(rows->db));
    rows_sql(rows, "BEGIN");
    rows->since_commit = 0;
}

static inline void rows_end(struct rows *rows)
{
    (void)sqlite3_finalize(rows->statement);
    rows_sql(rows, "COMMIT");
}

static inline void rows_write(struct rows *rows)
{
    CHECK(sqlite3_step(rows->statement) == SQLITE_DONE, "%s", sqlite3_errmsg(rows->db));
    (void)sqlite3_reset(rows->statement);
    if (++rows->since_commit == ROWS_PER_COMMIT) {
        rows->since_commit = 0;
        rows_sql(rows, "COMMIT");
        rows_sql(rows, "BEGIN");
    }
}

/* "" is kept as "", NULL as NULL. The text must live until rows_write. */
static inline void bind_text(struct rows *rows, int number, const char *text)
{
    (void)sqlite3_bind_text(rows->statement, number, text, -1, SQLITE_STATIC);
}

static inline void bind_int(struct rows *rows, int number, int64_t value)
{
    (void)sqlite3_bind_int64(rows->statement, number, value);
}

/* 0 is NULL. */
static inline void bind_time(struct rows *rows, int number, int64_t at_us)
{
    if (at_us == 0) {
        (void)sqlite3_bind_null(rows->statement, number);
    } else {
        bind_int(rows, number, at_us);
    }
}

/* ------------------------------------------------------------------ ids */

static inline void write_digits(char *to, int characters, uint64_t number)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    for (int i = characters - 1; i >= 0; i--) {
        to[i] = alphabet[number % 32];
        number /= 32;
    }
}

/* As base/id.c writes it, with a tail that depends on the event alone. */
static inline const char *event_id(const struct rows *rows, const char *prefix, uint32_t event,
                                   int tail, char id[ID_SIZE])
{
    memcpy(id, prefix, 3);
    id[3] = '_';
    write_digits(id + 4, 9, (uint64_t)event_us(rows->history, event) / 1000);
    memcpy(id + 13, TAG, 3);
    write_digits(id + 16, 4, (uint64_t)event * 7919 % 500000 * 2 + (uint64_t)tail);
    id[ID_SIZE - 1] = '\0';
    return id;
}

static inline const char *transfer_id(const struct rows *rows, uint32_t event, char id[ID_SIZE])
{
    return event == NONE ? NULL : event_id(rows, "tfr", event, 0, id);
}

static inline const char *lot_id(const struct rows *rows, uint32_t lot, char id[ID_SIZE])
{
    if (lot == NONE) {
        return NULL;
    }
    const struct lot *it = &rows->history->lots[lot];
    return event_id(rows, "ctb", it->made, it->tail, id);
}

static inline const char *subject_id(const struct rows *rows, uint32_t event, char id[ID_SIZE])
{
    static const char *const prefixes[] = {
        [EVENT_ISSUE] = "iss", [EVENT_TRANSFER] = "tfr", [EVENT_RETIRE] = "ret"};
    return event_id(rows, prefixes[rows->history->events[event].kind], event, 0, id);
}

static inline const char *instrument_of(const struct history *history, uint32_t lot)
{
    return project_is_energy(history->lots[lot].project) ? "renewable_energy" : "carbon_removal";
}

/* ------------------------------------------------------------------ issuances, batches */

static inline void rows_issuances(struct rows *rows)
{
    const struct history *history = rows->history;
    rows_begin(rows, "INSERT INTO issuance (issuance_id, project_id, vintage, kind, supplier_units,"
                     " buffer_units, notes, issued_at) VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?7)");
    for (uint32_t i = rows->from; i < rows->past; i++) {
        const struct event *event = &history->events[i];
        if (event->kind != EVENT_ISSUE) {
            continue;
        }
        const struct lot *lot = &history->lots[event->lot];
        /* the batch may have been split since: its own size is kept */
        char id[ID_SIZE];
        bind_text(rows, 1, event_id(rows, "iss", i, 0, id));
        bind_text(rows, 2, rows->cast->project_ids[lot->project]);
        bind_int(rows, 3, VINTAGE_FIRST + lot->vintage);
        bind_text(rows, 4, event->to == event->from ? "issued" : "imported");
        bind_int(rows, 5, lot_units(lot));
        bind_text(rows, 6, i % 4 == 0 ? "Verified for the reporting period." : "");
        bind_int(rows, 7, event_us(history, i));
        rows_write(rows);
    }
    rows_end(rows);
}

static inline void rows_conservation(struct rows *rows)
{
    static int64_t sums[PROJECTS][VINTAGES][BATCH_CANCELLED + 1];
    const struct history *history = rows->history;
    for (uint32_t i = 0; i < history->lot_count; i++) {
        const struct lot *lot = &history->lots[i];
        sums[lot->project][lot->vintage][lot->state] += lot_units(lot);
    }
    rows_begin(rows, "INSERT INTO conservation (project_id, vintage, issued, imported, active,"
                     " retired, exported, cancelled, next_serial)"
                     " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8)");
    for (int p = 0; p < PROJECTS; p++) {
        for (int v = 0; v < VINTAGES; v++) {
            int64_t units = history->next_serial[p][v] - 1;
            if (units == 0) {
                continue;
            }
            bind_text(rows, 1, rows->cast->project_ids[p]);
            bind_int(rows, 2, VINTAGE_FIRST + v);
            bind_int(rows, 3, p == PROJECTS - 1 ? 0 : units);
            bind_int(rows, 4, p == PROJECTS - 1 ? units : 0);
            bind_int(rows, 5, sums[p][v][BATCH_ACTIVE]);
            bind_int(rows, 6, sums[p][v][BATCH_RETIRED]);
            bind_int(rows, 7, sums[p][v][BATCH_EXPORTED]);
            bind_int(rows, 8, units + 1);
            rows_write(rows);
        }
    }
    rows_end(rows);
}

/* When the holder got it, and by what. */
static inline int64_t received_us(const struct history *history, uint32_t event)
{
    const struct event *it = &history->events[event];
    bool was_asked = it->kind == EVENT_TRANSFER && it->end == END_ACCEPTED;
    return was_asked ? event_answered_us(history, event, 2) : event_us(history, event);
}

static inline int64_t ended_us(const struct history *history, const struct lot *lot)
{
    return lot->ended == NONE             ? 0
           : lot->state == BATCH_EXPORTED ? event_answered_us(history, lot->ended, 3)
                                          : event_us(history, lot->ended);
}

/* Who holds a batch, for good or, while the indexes are not there yet, before its late transfer. */
static inline void bind_holder(struct rows *rows, int number, uint16_t party)
{
    bind_text(rows, number, rows->cast->org_ids[party]);
    bind_text(rows, number + 1, rows->cast->account_ids[party]);
}

static inline void rows_batches(struct rows *rows)
{
    const struct history *history = rows->history;
    rows_begin(rows, "INSERT INTO batch (batch_id, project_id, issuance_id, supplier_org_id,"
                     " vintage, first, last, org_id, account_id, state, reserved_by, parent_id,"
                     " left_id, right_id, issued_at, received_by, received_at, made_at, ended_by,"
                     " ended_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,"
                     " ?14, ?15, ?16, ?17, ?18, ?19, ?20)");
    for (uint32_t i = 0; i < history->lot_count; i++) {
        const struct lot *lot = &history->lots[i];
        char ids[8][ID_SIZE];
        bool has_left = lot->state == BATCH_RETIRED || lot->state == BATCH_EXPORTED;
        bind_text(rows, 1, lot_id(rows, i, ids[0]));
        bind_text(rows, 2, rows->cast->project_ids[lot->project]);
        bind_text(rows, 3, event_id(rows, "iss", lot->issued, 0, ids[1]));
        bind_text(rows, 4, rows->cast->org_ids[project_party(lot->project)]);
        bind_int(rows, 5, VINTAGE_FIRST + lot->vintage);
        bind_int(rows, 6, lot->first);
        bind_int(rows, 7, lot->last);
        bool moves = lot->received >= rows->past; /* then its holder is written once more */
        bind_holder(rows, 8, moves ? history->events[lot->received].from : lot->party);
        bind_text(rows, 10, batch_state_word((enum batch_state)lot->state));
        bind_text(rows, 11, transfer_id(rows, lot->reserved_by, ids[2]));
        bind_text(rows, 12, lot_id(rows, lot->parent, ids[3]));
        bind_text(rows, 13, lot_id(rows, lot->left, ids[4]));
        bind_text(rows, 14, lot_id(rows, lot->right, ids[5]));
        bind_int(rows, 15, event_us(history, lot->issued));
        bind_text(rows, 16, subject_id(rows, lot->received, ids[6]));
        bind_int(rows, 17, received_us(history, lot->received));
        bind_int(rows, 18, event_us(history, lot->made));
        bind_text(rows, 19, has_left ? subject_id(rows, lot->ended, ids[7]) : NULL);
        bind_time(rows, 20, ended_us(history, lot));
        rows_write(rows);
    }
    rows_end(rows);
}

/* The holders of the batches that moved late. */
static inline void rows_late_holders(struct rows *rows)
{
    const struct history *history = rows->history;
    rows_begin(rows, "UPDATE batch SET org_id = ?2, account_id = ?3 WHERE batch_id = ?1");
    for (uint32_t i = 0; i < history->lot_count; i++) {
        if (history->lots[i].received >= rows->from) {
            char id[ID_SIZE];
            bind_text(rows, 1, lot_id(rows, i, id));
            bind_holder(rows, 2, history->lots[i].party);
            rows_write(rows);
        }
    }
    rows_end(rows);
}

/* ------------------------------------------------------------------ transfers, retirements */

static inline void bind_whereto(struct rows *rows, const struct event *event)
{
    bool is_export = event->end == END_EXPORTED;
    bool has_arrived = event->end == END_AT_ONCE || event->end == END_ACCEPTED;
    bind_text(rows, 2, is_export ? "export" : "external");
    bind_text(rows, 4, rows->cast->org_ids[event->from]);
    bind_text(rows, 5, is_export ? NULL : rows->cast->org_ids[event->to]);
    bind_text(rows, 6, has_arrived ? rows->cast->account_ids[event->to] : NULL);
    bind_text(rows, 7, is_export ? "Another registry" : "");
    bind_text(rows, 8, is_export ? "Their customer 4711" : "");
    bind_int(rows, 13, is_export);
    bind_text(rows, 16, is_export ? rows->cast->administrator_id : NULL);
}

static inline void bind_end(struct rows *rows, uint32_t number, const struct event *event)
{
    static const char *const states[] = {[END_AT_ONCE] = "completed",
                                         [END_ACCEPTED] = "completed",
                                         [END_REJECTED] = "rejected",
                                         [END_PENDING] = "pending",
                                         [END_EXPORTED] = "completed"};
    const struct history *history = rows->history;
    const char *const enders[] = {[END_AT_ONCE] = rows->cast->user_ids[event->from],
                                  [END_ACCEPTED] = rows->cast->user_ids[event->to],
                                  [END_REJECTED] = rows->cast->user_ids[event->to],
                                  [END_PENDING] = NULL,
                                  [END_EXPORTED] = rows->cast->administrator_id};
    static const int quarters[] = {[END_AT_ONCE] = 0,
                                   [END_ACCEPTED] = 2,
                                   [END_REJECTED] = 2,
                                   [END_PENDING] = 0,
                                   [END_EXPORTED] = 3};
    int64_t at_us = event_us(history, number);
    bool is_export = event->end == END_EXPORTED;
    bind_text(rows, 3, states[event->end]);
    bind_int(rows, 15, at_us);
    bind_time(rows, 17, is_export ? event_answered_us(history, number, 1) : 0);
    bind_int(rows, 18, at_us + 14 * CLOCK_DAY_US);
    bind_text(rows, 19, enders[event->end]);
    bind_time(rows, 20,
              event->end == END_PENDING ? 0
                                        : event_answered_us(history, number, quarters[event->end]));
    bind_text(rows, 21, event->end == END_REJECTED ? "Not what we ordered." : NULL);
}

static inline void rows_transfers(struct rows *rows)
{
    const struct history *history = rows->history;
    rows_begin(rows, "INSERT INTO transfer (transfer_id, kind, state, from_org_id, to_org_id,"
                     " to_account_id, to_system, to_system_party, supplier_org_id, instrument,"
                     " units, notes, needs_approval, needs_registry_approval, submitted_by,"
                     " submitted_at, registry_approved_by, registry_approved_at, expires_at,"
                     " ended_by, ended_at, end_reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,"
                     " ?10, ?11, ?12, 0, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)");
    for (uint32_t i = rows->from; i < rows->past; i++) {
        const struct event *event = &history->events[i];
        if (event->kind != EVENT_TRANSFER) {
            continue;
        }
        const struct lot *lot = &history->lots[event->lot];
        char id[ID_SIZE], note[64];
        (void)snprintf(note, sizeof note, "Delivery under contract %u of the year %d", i % 997,
                       2020 + (int)(i % 5));
        bind_text(rows, 1, transfer_id(rows, i, id));
        bind_whereto(rows, event);
        bind_text(rows, 9, rows->cast->org_ids[project_party(lot->project)]);
        bind_text(rows, 10, instrument_of(history, event->lot));
        bind_int(rows, 11, lot_units(lot));
        bind_text(rows, 12, i % 3 == 0 ? note : "");
        bind_text(rows, 14, rows->cast->user_ids[event->from]);
        bind_end(rows, i, event);
        rows_write(rows);
    }
    rows_end(rows);
}

static inline void rows_transfer_lines(struct rows *rows)
{
    const struct history *history = rows->history;
    rows_begin(rows, "INSERT INTO transfer_line (transfer_id, line, batch_id, split_from,"
                     " from_account_id, units) VALUES (?1, 1, ?2, ?3, ?4, ?5)");
    for (uint32_t i = rows->from; i < rows->past; i++) {
        const struct event *event = &history->events[i];
        if (event->kind != EVENT_TRANSFER) {
            continue;
        }
        char ids[3][ID_SIZE];
        bind_text(rows, 1, transfer_id(rows, i, ids[0]));
        bind_text(rows, 2, lot_id(rows, event->lot, ids[1]));
        bind_text(rows, 3, lot_id(rows, event->split_from, ids[2]));
        bind_text(rows, 4, rows->cast->account_ids[event->from]);
        bind_int(rows, 5, lot_units(&history->lots[event->lot]));
        rows_write(rows);
    }
    rows_end(rows);
}

static inline void rows_retirements(struct rows *rows, bool are_lines)
{
    const struct history *history = rows->history;
    rows_begin(rows, are_lines
                         ? "INSERT INTO retirement_line (retirement_id, line, batch_id, units)"
                           " VALUES (?1, 1, ?2, ?3)"
                         : "INSERT INTO retirement (retirement_id, org_id, beneficiary, purposes,"
                           " instrument, units, notes, retired_by, retired_at)"
                           " VALUES (?1, ?2, ?4, ?5, ?6, ?3, ?7, ?8, ?9)");
    for (uint32_t i = rows->from; i < rows->past; i++) {
        const struct event *event = &history->events[i];
        if (event->kind != EVENT_RETIRE) {
            continue;
        }
        char ids[2][ID_SIZE], beneficiary[64];
        bind_text(rows, 1, event_id(rows, "ret", i, 0, ids[0]));
        bind_int(rows, 3, lot_units(&history->lots[event->lot]));
        if (are_lines) {
            bind_text(rows, 2, lot_id(rows, event->lot, ids[1]));
        } else {
            (void)snprintf(beneficiary, sizeof beneficiary, "Beneficiary %u", i % 4001);
            bind_text(rows, 2, rows->cast->org_ids[event->from]);
            bind_text(rows, 4, beneficiary);
            bind_int(rows, 5, 1 + i % 31);
            bind_text(rows, 6, instrument_of(history, event->lot));
            bind_text(rows, 7, i % 2 == 0 ? "Retired for the year's travel." : "");
            bind_text(rows, 8, rows->cast->user_ids[event->from]);
            bind_int(rows, 9, event_us(history, i));
        }
        rows_write(rows);
    }
    rows_end(rows);
}

#endif
