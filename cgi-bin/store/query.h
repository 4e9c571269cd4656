/*
 * store/query.h: running one prepared statement. For files of the store room only.
 *
 *     struct query q = query(store, &batch_queries, Q_BATCH);
 *     query_bind_text(&q, 1, batch_id);
 *     if (query_row(&q)) { row->first = query_int(&q, 0); row->state = query_text(&q, arena, 1); }
 *     query_end(&q);
 */
#ifndef STORE_QUERY_H
#define STORE_QUERY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "store/store.h"

struct sqlite3_stmt;

struct query {
    struct store *store;
    struct sqlite3_stmt *statement; /* reset, with no bindings (all NULL) */
};

struct query query(struct store *store, const struct query_table *table, int number);
/* Numbered from 1 (?1, ?2 …). NULL text binds SQL NULL. The text must live until query_end. */
void query_bind_text(struct query *query, int number, const char *text);
void query_bind_int(struct query *query, int number, int64_t value);
void query_bind_blob(struct query *query, int number, const void *bytes, size_t size_bytes);
void query_bind_null(struct query *query, int number);
/* Steps: true with a row. False at the end or on a fault (then sticky in the store). */
bool query_row(struct query *query);
/* Has it a row? Ends the query. */
bool query_any(struct query *query);
/* For writes: steps to the end, and ends the query; false on a fault or a refused constraint (then
 * *the store's fault* is set). */
bool query_run(struct query *query);
/* The same for a write that must concern exactly one row: false when it did not. */
bool query_run_one(struct query *query);
/* The same for writes that may meet a UNIQUE constraint: false and no fault when it did. */
bool query_run_unique(struct query *query);
/* Rows that the last write changed. */
int64_t query_changes(const struct query *query);
/* The rowid (of act: seq) of the last row that an INSERT made. */
int64_t query_row_id(const struct query *query);
/* Columns of the present row, from 0. Text is copied into the arena; SQL NULL gives ""
 * (query_is_null tells them apart). */
const char *query_text(struct query *query, struct arena *arena, int column);
void query_text_into(struct query *query, int column, char *to, size_t to_bytes);
/* Is it this text, byte by byte? SQL NULL is none. Copies nothing. */
bool query_is(struct query *query, int column, const char *text);
int64_t query_int(struct query *query, int column);
/* The numbers of `count` columns from one on. */
void query_ints(struct query *query, int column, int count, int64_t *to);
bool query_is_null(struct query *query, int column);
const void *query_blob(struct query *query, struct arena *arena, int column, size_t *size_bytes);
/* Resets. Always call it after query_row: an open statement holds the read transaction. */
void query_end(struct query *query);

#endif
