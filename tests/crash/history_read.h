/*
 * crash/history_read.h: the reads of the history check, each in one read transaction together with
 * the newest act. See crash/history.h.
 */
#ifndef CRASH_HISTORY_READ_H
#define CRASH_HISTORY_READ_H

#include "crash/history.h"
#include "store/query.h"

#define BATCH_COLUMNS                                                                              \
    " batch_id, vintage, first, last, project_id, org_id, account_id, coalesce(reserved_by, ''),"  \
    " state FROM batch "
#define TRANSFER_COLUMNS                                                                           \
    " transfer_id, units, submitted_at, expires_at, coalesce(ended_at, 0), state, submitted_by,"   \
    " coalesce(approved_by, ''), coalesce(registry_approved_by, ''), coalesce(ended_by, '')"       \
    " FROM transfer "

enum {
    H_SEQ,
    H_BALANCE,
    H_BATCH,
    H_BATCH_OF,
    H_TRANSFER,
    H_TO_ORG,
    H_FROM_ORG,
    H_WAITING,
    H_SUMS,
    H_ABOUT,
    H_DOCUMENT,
    H__COUNT
};

static const char *const history_sqls[] = {
    [H_SEQ] = "SELECT max(seq) FROM act",
    [H_BALANCE] = "SELECT count(*), coalesce(sum(last - first + 1), 0),"
                  " coalesce(sum(iif(reserved_by IS NULL, 0, last - first + 1)), 0)"
                  " FROM batch WHERE org_id = ?1 AND state = 'active'",
    [H_BATCH] = "SELECT" BATCH_COLUMNS "WHERE batch_id = ?1",
    [H_BATCH_OF] =
        "SELECT" BATCH_COLUMNS "WHERE org_id = ?1 AND state = 'active' LIMIT 1 OFFSET ?2",
    [H_TRANSFER] = "SELECT" TRANSFER_COLUMNS "WHERE transfer_id = ?1",
    [H_TO_ORG] = "SELECT" TRANSFER_COLUMNS "WHERE to_org_id = ?1 AND ended_at IS NULL"
                 " AND state = 'pending' LIMIT 1 OFFSET ?2",
    [H_FROM_ORG] =
        "SELECT" TRANSFER_COLUMNS "WHERE from_org_id = ?1 AND ended_at IS NULL LIMIT 1 OFFSET ?2",
    [H_WAITING] = "SELECT" TRANSFER_COLUMNS "WHERE ended_at IS NULL AND needs_registry_approval = 1"
                  " LIMIT 1 OFFSET ?2",
    [H_SUMS] = "SELECT active, retired, exported, next_serial FROM conservation"
               " WHERE project_id = ?1 AND vintage = ?2",
    [H_ABOUT] = "SELECT short_description FROM organisation WHERE org_id = ?1",
    [H_DOCUMENT] = "SELECT document_id, CAST(substr(url, 26) AS INTEGER), (SELECT count(*) FROM"
                   " project_document WHERE project_id = ?1 AND removed_at IS NULL), kind"
                   " FROM project_document WHERE project_id = ?1 AND removed_at IS NULL"
                   " LIMIT 1 OFFSET ?2",
};
static const struct query_table history_queries = {"history", history_sqls, H__COUNT};
static const struct query_table *const history_tables[] = {&history_queries, NULL};

static struct store *history_reader(void)
{
    struct store *store =
        store_open(STORE_REGISTRY, STORE_READ, world->registry_path, history_tables);
    CHECK(store != NULL, "the registry cannot be read");
    return store;
}

static void see_row(struct query *q, struct operation *operation)
{
    struct seen *seen = &operation->seen;
    if (operation->kind == READ_BALANCE || operation->kind == READ_SUMS) {
        int columns = operation->kind == READ_BALANCE ? 3 : 4;
        for (int i = 0; i < columns; i++) {
            seen->numbers[i] = query_int(q, i);
        }
        return;
    }
    if (operation->kind == READ_ABOUT) {
        query_text_into(q, 0, seen->words[0], ID_SIZE);
        return;
    }
    if (operation->kind == READ_DOCUMENT) {
        query_text_into(q, 0, operation->id, ID_SIZE);
        seen->numbers[0] = query_int(q, 1);
        seen->numbers[1] = query_int(q, 2);
        query_text_into(q, 3, seen->words[0], ID_SIZE);
        return;
    }
    int numbers = operation->kind == READ_BATCH ? 3 : 4;
    query_text_into(q, 0, operation->id, ID_SIZE);
    for (int i = 0; i < numbers; i++) {
        seen->numbers[i] = query_int(q, 1 + i);
    }
    for (int i = 0; i < 5; i++) {
        query_text_into(q, 1 + numbers + i, seen->words[i], ID_SIZE);
    }
}

/* One question, its answer and the newest act of the same moment. False: there is no such row, and
 * the operation is about nothing. */
static bool see(struct store *store, int number, struct operation *operation, int64_t offset)
{
    memset(&operation->seen, 0, sizeof operation->seen);
    store_begin_read(store);
    struct query q = query(store, &history_queries, H_SEQ);
    CHECK(query_row(&q), "no newest act");
    operation->seen.seq = query_int(&q, 0);
    query_end(&q);
    q = query(store, &history_queries, number);
    const char *about = operation->project != NONE ? shared->project_ids[operation->project]
                        : operation->org != NONE   ? org_word(operation->org)
                                                   : operation->id;
    if (number != H_WAITING) {
        query_bind_text(&q, 1, about);
    }
    if (number == H_SUMS) {
        query_bind_int(&q, 2, FIRST_VINTAGE + operation->vintage);
    } else if (number == H_BATCH_OF || number == H_TO_ORG || number == H_FROM_ORG ||
               number == H_WAITING || number == H_DOCUMENT) {
        query_bind_int(&q, 2, offset);
    }
    bool found = query_row(&q);
    if (found) {
        see_row(&q, operation);
    }
    query_end(&q);
    CHECK(!store_fault(store), "a reader met a fault");
    store_settle(store);
    return found;
}

static int64_t see_newest(struct store *store)
{
    store_begin_read(store);
    struct query q = query(store, &history_queries, H_SEQ);
    CHECK(query_row(&q), "no newest act");
    int64_t seq = query_int(&q, 0);
    query_end(&q);
    store_settle(store);
    return seq;
}

#endif
