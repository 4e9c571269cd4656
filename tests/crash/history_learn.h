/*
 * crash/history_learn.h: the model of tests/ledger/model.h brought to the state of a registry, and
 * compared with one: what organisations, people and accounts there are, which units lie where,
 * which transfers wait. See crash/history.h.
 */
#ifndef CRASH_HISTORY_LEARN_H
#define CRASH_HISTORY_LEARN_H

#include "crash/history_map.h"
#include "crash/history_order.h"

/* A batch's block of serials, which never changes, and who held it last. */
struct block {
    int project, vintage, last_org;
    int64_t first, last;
};

/* A document that was added, in the ledger's order; it may have been taken away since. */
struct added {
    char id[ID_SIZE];
    int project;
    int64_t number; /* in its address */
};

static struct added *added;
static int64_t added_count, added_used;
static struct map transfers_by_id, blocks_by_id;
static struct block *blocks;
static int64_t block_count;

static int index_of(const char *id, const char *ids, int count)
{
    for (int i = 0; i < count; i++) {
        if (text_is(ids + (ptrdiff_t)i * ID_SIZE, id)) {
            return i;
        }
    }
    return NONE;
}

static int org_of_id(const char *id)
{
    return index_of(id, shared->org_ids[0], HISTORY_ORGS);
}

static int account_of_id(const char *id)
{
    return index_of(id, shared->account_ids[0], HISTORY_ORGS * HISTORY_ACCOUNTS);
}

static int project_of_id(const char *id)
{
    return index_of(id, shared->project_ids[0], HISTORY_PROJECTS);
}

/* ------------------------------------------------------------------ the beginning */

static void learn_orgs(sqlite3 *db)
{
    sqlite3_stmt *statement =
        history_sql(db, "SELECT incoming_policy, two_person, two_person_above_units"
                        " FROM organisation WHERE org_id = ?1");
    sqlite3_stmt *trusts = history_sql(
        db, "SELECT count(*) FROM trusted_sender WHERE org_id = ?1 AND sender_org_id = ?2");
    for (int i = 0; i < HISTORY_ORGS; i++) {
        struct m_org *org = &m.orgs[i];
        memcpy(org->id, shared->org_ids[i], ID_SIZE);
        org->main = i * HISTORY_ACCOUNTS;
        sqlite3_bind_text(statement, 1, org->id, -1, SQLITE_STATIC);
        CHECK(sqlite3_step(statement) == SQLITE_ROW, "no organisation %s", org->id);
        enum incoming_policy incoming = INCOMING_ASK;
        enum two_person two_person = TWO_PERSON_NEVER;
        CHECK(
            incoming_policy_from_word((const char *)sqlite3_column_text(statement, 0), &incoming) &&
                two_person_from_word((const char *)sqlite3_column_text(statement, 1), &two_person),
            "unknown words");
        org->incoming = (int)incoming;
        org->two_person = (int)two_person;
        org->above = sqlite3_column_int64(statement, 2);
        sqlite3_reset(statement);
        for (int from = 0; from < HISTORY_ORGS; from++) {
            sqlite3_bind_text(trusts, 1, org->id, -1, SQLITE_STATIC);
            sqlite3_bind_text(trusts, 2, shared->org_ids[from], -1, SQLITE_STATIC);
            CHECK(sqlite3_step(trusts) == SQLITE_ROW, "no count");
            org->trusts[from] = sqlite3_column_int(trusts, 0) > 0;
            sqlite3_reset(trusts);
        }
    }
    sqlite3_finalize(statement);
    sqlite3_finalize(trusts);
}

static void learn_pieces(sqlite3 *db)
{
    sqlite3_stmt *statement =
        history_sql(db, "SELECT project_id, vintage, first, last, org_id, account_id, issued_at,"
                        " max(received_at, made_at) FROM batch WHERE state = 'active'");
    while (sqlite3_step(statement) == SQLITE_ROW) {
        struct m_piece *piece = &m.pieces[m.piece_count++];
        piece->project = project_of_id((const char *)sqlite3_column_text(statement, 0));
        piece->vintage = sqlite3_column_int(statement, 1) - FIRST_VINTAGE;
        piece->first = sqlite3_column_int64(statement, 2);
        piece->last = sqlite3_column_int64(statement, 3);
        piece->org = org_of_id((const char *)sqlite3_column_text(statement, 4));
        piece->account = account_of_id((const char *)sqlite3_column_text(statement, 5));
        piece->issued_at = sqlite3_column_int64(statement, 6);
        piece->since_at = sqlite3_column_int64(statement, 7);
        piece->reserved = NONE;
        int64_t *next = &m.projects[piece->project].next[piece->vintage];
        *next = piece->last + 1 > *next ? piece->last + 1 : *next;
    }
    sqlite3_finalize(statement);
}

/* The model as the registry is before the history. */
static void learn_registry(void)
{
    memset(&m, 0, sizeof m);
    sqlite3 *db = history_open(replay_path());
    m.expiry_days = 14;
    m.registry_units = 200000000;
    learn_orgs(db);
    for (int client = 0; client < CLIENTS; client++) {
        struct m_person *person = &m.people[client];
        memcpy(person->id, shared->user_ids[client], ID_SIZE);
        person->active = true;
        person->registry = is_official(client) ? 1 : 0;
        if (home_of(client) != NONE) {
            person->roles[home_of(client)] = roles_of(client);
        }
    }
    m.account_count = HISTORY_ORGS * HISTORY_ACCOUNTS;
    for (int i = 0; i < m.account_count; i++) {
        bool is_retirement = i % HISTORY_ACCOUNTS == 2;
        m.accounts[i] = (struct m_account){
            .org = i / HISTORY_ACCOUNTS,
            .kind = is_retirement ? ACCOUNT_RETIREMENT : ACCOUNT_ACTIVE,
            .open = shared->account_ids[i][0] != '\0',
        };
        memcpy(m.accounts[i].id, shared->account_ids[i], ID_SIZE);
    }
    for (int i = 0; i < HISTORY_PROJECTS; i++) {
        memcpy(m.projects[i].id, shared->project_ids[i], ID_SIZE);
        m.projects[i].org = shared->supplier_of[i];
        m.projects[i].instrument = INSTRUMENT_CARBON_REMOVAL;
        for (int v = 0; v < VINTAGES; v++) {
            m.projects[i].next[v] = 1;
        }
    }
    learn_pieces(db);
    sqlite3_close(db);
}

/* The blocks of all batches that there ever were: what a line that names one meant. */
static void learn_blocks(sqlite3 *db)
{
    sqlite3_stmt *statement = history_sql(db, "SELECT count(*) FROM batch");
    CHECK(sqlite3_step(statement) == SQLITE_ROW, "no count");
    blocks = calloc((size_t)sqlite3_column_int64(statement, 0), sizeof blocks[0]);
    CHECK(blocks != NULL, "no memory");
    sqlite3_finalize(statement);
    statement =
        history_sql(db, "SELECT batch_id, project_id, vintage, first, last, org_id FROM batch");
    block_count = 0;
    while (sqlite3_step(statement) == SQLITE_ROW) {
        struct block *block = &blocks[block_count];
        block->project = project_of_id((const char *)sqlite3_column_text(statement, 1));
        block->vintage = sqlite3_column_int(statement, 2) - FIRST_VINTAGE;
        block->first = sqlite3_column_int64(statement, 3);
        block->last = sqlite3_column_int64(statement, 4);
        block->last_org = org_of_id((const char *)sqlite3_column_text(statement, 5));
        map_add(&blocks_by_id, (const char *)sqlite3_column_text(statement, 0), block_count++);
    }
    sqlite3_finalize(statement);
}

/* The ids of all documents that were ever added, for the answers do not name them. */
static void learn_documents(sqlite3 *db)
{
    sqlite3_stmt *statement =
        history_sql(db, "SELECT document_id, project_id, CAST(substr(url, 26) AS INTEGER),"
                        " count(*) OVER () FROM project_document ORDER BY rowid");
    added_count = added_used = 0;
    while (sqlite3_step(statement) == SQLITE_ROW) {
        added = added != NULL ? added
                              : calloc((size_t)sqlite3_column_int64(statement, 3), sizeof *added);
        CHECK(added != NULL, "no memory");
        history_text(statement, 0, added[added_count].id);
        added[added_count].project = project_of_id((const char *)sqlite3_column_text(statement, 1));
        added[added_count++].number = sqlite3_column_int64(statement, 2);
    }
    sqlite3_finalize(statement);
}

/* ------------------------------------------------------------------ the end */

static int by_serial(const void *one, const void *other)
{
    const struct m_piece *a = one;
    const struct m_piece *b = other;
    return a->project != b->project   ? a->project - b->project
           : a->vintage != b->vintage ? a->vintage - b->vintage
           : a->first < b->first      ? -1
                                      : a->first > b->first;
}

static void compare_pieces(sqlite3 *db)
{
    qsort(m.pieces, (size_t)m.piece_count, sizeof m.pieces[0], by_serial);
    sqlite3_stmt *statement =
        history_sql(db, "SELECT first, last, org_id, account_id, coalesce(reserved_by, '')"
                        " FROM batch WHERE state = 'active' AND project_id = ?1 AND vintage = ?2"
                        " ORDER BY first");
    int next = 0;
    for (int i = 0; i < HISTORY_PROJECTS * VINTAGES; i++) {
        int project = i / VINTAGES;
        int vintage = i % VINTAGES;
        sqlite3_bind_text(statement, 1, shared->project_ids[project], -1, SQLITE_STATIC);
        sqlite3_bind_int(statement, 2, FIRST_VINTAGE + vintage);
        while (sqlite3_step(statement) == SQLITE_ROW) {
            const struct m_piece *piece = &m.pieces[next];
            const char *reserved = piece->reserved == NONE ? "" : m.transfers[piece->reserved].id;
            CHECK(next < m.piece_count && piece->project == project && piece->vintage == vintage &&
                      piece->first == sqlite3_column_int64(statement, 0) &&
                      piece->last == sqlite3_column_int64(statement, 1) &&
                      piece->org == org_of_id((const char *)sqlite3_column_text(statement, 2)) &&
                      piece->account ==
                          account_of_id((const char *)sqlite3_column_text(statement, 3)) &&
                      text_is(reserved, (const char *)sqlite3_column_text(statement, 4)),
                  "at the end units %lld to %lld of vintage %d are not where the replay has them",
                  sqlite3_column_int64(statement, 0), sqlite3_column_int64(statement, 1),
                  FIRST_VINTAGE + vintage);
            next++;
        }
        sqlite3_reset(statement);
    }
    sqlite3_finalize(statement);
    CHECK(next == m.piece_count, "at the end %d blocks are missing", m.piece_count - next);
}

/* Every document that is there, and every line about an organisation. */
static void compare_about(sqlite3 *db)
{
    CHECK(added_used == added_count, "nobody asked for document %s", added[added_used].id);
    sqlite3_stmt *statement =
        history_sql(db, "SELECT count(*) FROM project_document WHERE document_id = ?1"
                        " AND removed_at IS NULL");
    for (int i = 0; i < m.document_count; i++) {
        sqlite3_bind_text(statement, 1, m.documents[i].id, -1, SQLITE_STATIC);
        CHECK(sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_int(statement, 0) == 1,
              "at the end document %s is not there", m.documents[i].id);
        sqlite3_reset(statement);
    }
    sqlite3_finalize(statement);
    statement = history_sql(db, "SELECT count(*) FROM project_document WHERE removed_at IS NULL");
    CHECK(sqlite3_step(statement) == SQLITE_ROW &&
              sqlite3_column_int(statement, 0) == m.document_count,
          "at the end there are %d documents, the replay has %d", sqlite3_column_int(statement, 0),
          m.document_count);
    sqlite3_finalize(statement);
    statement = history_sql(db, "SELECT short_description FROM organisation WHERE org_id = ?1");
    for (int i = 0; i < HISTORY_ORGS; i++) {
        sqlite3_bind_text(statement, 1, m.orgs[i].id, -1, SQLITE_STATIC);
        CHECK(sqlite3_step(statement) == SQLITE_ROW &&
                  text_is((const char *)sqlite3_column_text(statement, 0), m.orgs[i].said.summary),
              "at the end organisation %s says \"%s\", the replay \"%s\"", m.orgs[i].id,
              (const char *)sqlite3_column_text(statement, 0), m.orgs[i].said.summary);
        sqlite3_reset(statement);
    }
    sqlite3_finalize(statement);
}

static void compare_transfers(sqlite3 *db)
{
    sqlite3_stmt *statement =
        history_sql(db, "SELECT transfer_id, state, units, coalesce(ended_at, 0) FROM transfer");
    int count = 0;
    while (sqlite3_step(statement) == SQLITE_ROW) {
        const char *id = (const char *)sqlite3_column_text(statement, 0);
        int64_t number = map_find(&transfers_by_id, id);
        CHECK(number != NONE, "nobody asked for transfer %s", id);
        const struct m_transfer *transfer = &m.transfers[number];
        CHECK(text_is(transfer_state_word((enum transfer_state)transfer->state),
                      (const char *)sqlite3_column_text(statement, 1)) &&
                  transfer->units == sqlite3_column_int64(statement, 2) &&
                  transfer->ended_at == sqlite3_column_int64(statement, 3),
              "at the end transfer %s is %s, the replay says %s", id,
              (const char *)sqlite3_column_text(statement, 1),
              transfer_state_word((enum transfer_state)transfer->state));
        count++;
    }
    sqlite3_finalize(statement);
    CHECK(count == m.transfer_count, "at the end %d transfers are missing",
          m.transfer_count - count);
}

#endif
