/* tests/unit/public_plan_test.c: every query of the public pages walks an index (EXPLAIN QUERY
 * PLAN); what does not is listed here with its reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/public_batches.h"
#include "store/public_issuances.h"
#include "store/public_orgs.h"
#include "store/public_projects.h"
#include "store/public_retirements.h"
#include "store/public_transfers.h"
#include "store/store.h"

static char folder[64];
static sqlite3 *db;

/* Steps of plans that are as they should be. A table is named by its alias in the SQL. */
static const struct {
    const char *table; /* of queries; "" any */
    const char *step;  /* begins so */
    const char *reason;
} ALLOWED[] = {
    {"", "SCAN CONSTANT ROW", "no table at all"},
    {"public_batches", "SCAN up", "the ancestors just found, a row each"},
    {"public_batches", "SCAN down", "the descendants just found, bounded by LIMIT"},
    {"public_batches", "USE TEMP B-TREE FOR ORDER BY", "what happened to one batch, by time"},
    {"public_issuances", "SCAN issuance USING COVERING INDEX issuance_by_time",
     "the first row of an index"},
    {"public_retirements", "SCAN retirement USING COVERING INDEX retirement_by_time",
     "the first row of an index"},
    {"public_projects", "SCAN p",
     "all projects: totals of the registry, and their order by a sum; hundreds of rows"},
    {"public_projects", "USE TEMP B-TREE", "the same"},
};

static bool is_allowed(const char *table, const char *step)
{
    for (size_t i = 0; i < sizeof(ALLOWED) / sizeof(ALLOWED[0]); i++) {
        if ((ALLOWED[i].table[0] == '\0' || text_is(ALLOWED[i].table, table)) &&
            text_starts(step, ALLOWED[i].step)) {
            return true;
        }
    }
    return false;
}

/* Complains of every step that reads a whole table or sorts. */
static int look_at(const struct query_table *table, size_t number)
{
    static char sql[70000];
    sqlite3_stmt *statement = NULL;
    int wrong = 0;
    (void)snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s", table->sql[number]);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        const char *step = (const char *)sqlite3_column_text(statement, 3);
        bool is_doubtful = text_starts(step, "SCAN") || strstr(step, "TEMP B-TREE") != NULL ||
                           strstr(step, "AUTOMATIC") != NULL;
        if (is_doubtful && !is_allowed(table->name, step)) {
            printf("%s query %zu: %s\n  %s\n", table->name, number, step, table->sql[number]);
            wrong++;
        }
    }
    sqlite3_finalize(statement);
    return wrong;
}

static void every_query_walks_an_index(void **state)
{
    (void)state;
    static const struct query_table *const tables[] = {
        &public_transfers_queries, &public_batches_queries,   &public_orgs_queries,
        &public_projects_queries,  &public_issuances_queries, &public_retirements_queries};
    int wrong = 0;
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        for (size_t number = 0; number < tables[i]->count; number++) {
            wrong += look_at(tables[i], number);
        }
    }
    assert_int_equal(wrong, 0);
}

static int set_up(void **state)
{
    (void)state;
    char path[96];
    strcpy(folder, "/tmp/tallystick-plan-XXXXXX");
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof(path), "%s/registry.db", folder);
    assert_int_equal(store_migrate(STORE_REGISTRY, path, "schema/registry"), STATUS_OK);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    char command[128];
    sqlite3_close(db);
    (void)snprintf(command, sizeof(command), "rm -rf '%s'", folder);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_query_walks_an_index)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
