/* store/query.c: see store/query.h. */
#include "store/query.h"

#include <sqlite3.h>
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "store/inside.h"

static void note(struct query *query, int code);
static void check_bind(struct query *query, int code);

struct query query(struct store *store, const struct query_table *table, int number)
{
    must(number >= 0 && (size_t)number < table->count);
    for (size_t i = 0; i < store->table_count; i++) {
        if (store->tables[i].table == table) {
            size_t at = store->tables[i].first_statement + (size_t)number;
            sqlite3_stmt *statement = store->statements[at];
            if (!store->is_used[at]) {
                store->is_used[at] = true;
                store->used[store->used_count++] = (uint16_t)at;
            }
            /* One query of a statement at a time: a nested use would lose the outer one's place. */
            must(sqlite3_stmt_busy(statement) == 0);
            return (struct query){.store = store, .statement = statement};
        }
    }
    must(!"this table was not among those the store was opened with");
    return (struct query){0};
}

void query_bind_text(struct query *query, int number, const char *text)
{
    if (text == NULL) {
        query_bind_null(query, number);
        return;
    }
    check_bind(query, sqlite3_bind_text(query->statement, number, text, -1, SQLITE_STATIC));
}

void query_bind_int(struct query *query, int number, int64_t value)
{
    check_bind(query, sqlite3_bind_int64(query->statement, number, value));
}

void query_bind_blob(struct query *query, int number, const void *bytes, size_t size_bytes)
{
    check_bind(query, sqlite3_bind_blob64(query->statement, number, bytes,
                                          (sqlite3_uint64)size_bytes, SQLITE_STATIC));
}

void query_bind_null(struct query *query, int number)
{
    check_bind(query, sqlite3_bind_null(query->statement, number));
}

bool query_row(struct query *query)
{
    if (query->store->fault) {
        return false;
    }
    int code = sqlite3_step(query->statement);
    if (code == SQLITE_ROW) {
        return true;
    }
    if (code != SQLITE_DONE) {
        note(query, code);
    }
    return false;
}

bool query_any(struct query *query)
{
    bool has_row = query_row(query);
    query_end(query);
    return has_row;
}

bool query_run(struct query *query)
{
    while (query_row(query)) {
    }
    query_end(query);
    return !query->store->fault;
}

bool query_run_one(struct query *query)
{
    return query_run(query) && query_changes(query) == 1;
}

bool query_run_unique(struct query *query)
{
    if (query->store->fault) {
        query_end(query);
        return false;
    }
    int code = sqlite3_step(query->statement);
    while (code == SQLITE_ROW) {
        code = sqlite3_step(query->statement);
    }
    if (code != SQLITE_DONE && code != SQLITE_CONSTRAINT_UNIQUE &&
        code != SQLITE_CONSTRAINT_PRIMARYKEY && code != SQLITE_CONSTRAINT_ROWID) {
        note(query, code);
    }
    query_end(query);
    return code == SQLITE_DONE;
}

int64_t query_changes(const struct query *query)
{
    return sqlite3_changes64(query->store->db);
}

int64_t query_row_id(const struct query *query)
{
    return sqlite3_last_insert_rowid(query->store->db);
}

const char *query_text(struct query *query, struct arena *arena, int column)
{
    must(column >= 0 && column < sqlite3_data_count(query->statement));
    const char *text = (const char *)sqlite3_column_text(query->statement, column);
    if (text == NULL && sqlite3_column_type(query->statement, column) != SQLITE_NULL) {
        note(query, SQLITE_NOMEM);
    }
    return arena_text(arena, text);
}

void query_text_into(struct query *query, int column, char *to, size_t to_bytes)
{
    must(column >= 0 && column < sqlite3_data_count(query->statement));
    const char *text = (const char *)sqlite3_column_text(query->statement, column);
    if (text == NULL && sqlite3_column_type(query->statement, column) != SQLITE_NULL) {
        note(query, SQLITE_NOMEM);
    }
    /* The schema bounds what is written into fixed arrays; a row that does not fit is not ours. */
    if (!text_copy(to, to_bytes, text == NULL ? "" : text)) {
        note(query, SQLITE_TOOBIG);
    }
}

bool query_is(struct query *query, int column, const char *text)
{
    must(column >= 0 && column < sqlite3_data_count(query->statement));
    return text_is((const char *)sqlite3_column_text(query->statement, column), text);
}

int64_t query_int(struct query *query, int column)
{
    must(column >= 0 && column < sqlite3_data_count(query->statement));
    return sqlite3_column_int64(query->statement, column);
}

void query_ints(struct query *query, int column, int count, int64_t *to)
{
    must(column >= 0 && count >= 0 && column <= sqlite3_data_count(query->statement) - count);
    for (int i = 0; i < count; i++) {
        to[i] = sqlite3_column_int64(query->statement, column + i);
    }
}

bool query_is_null(struct query *query, int column)
{
    must(column >= 0 && column < sqlite3_data_count(query->statement));
    return sqlite3_column_type(query->statement, column) == SQLITE_NULL;
}

const void *query_blob(struct query *query, struct arena *arena, int column, size_t *size_bytes)
{
    must(column >= 0 && column < sqlite3_data_count(query->statement));
    const void *bytes = sqlite3_column_blob(query->statement, column);
    *size_bytes = (size_t)sqlite3_column_bytes(query->statement, column);
    unsigned char *copy = arena_take(arena, *size_bytes + 1, 1);
    if (*size_bytes > 0) {
        must(bytes != NULL);
        memcpy(copy, bytes, *size_bytes);
    }
    return copy;
}

void query_end(struct query *query)
{
    (void)sqlite3_reset(query->statement);
    (void)sqlite3_clear_bindings(query->statement);
    query->statement = NULL;
}

static void note(struct query *query, int code)
{
    store_note_fault(query->store, sqlite3_sql(query->statement), code);
}

/* A wrong number is a bug of the caller; out of memory is a fault. */
static void check_bind(struct query *query, int code)
{
    must(code != SQLITE_RANGE && code != SQLITE_MISUSE);
    if (code != SQLITE_OK) {
        note(query, code);
    }
}
