/* tests/unit/admin_plan_test.c: every query of the administrators' pages walks an index (EXPLAIN
 * QUERY PLAN); what does not is listed here with its reason. */
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
#include "store/admin_acts.h"
#include "store/admin_issue.h"
#include "store/admin_orgs.h"
#include "store/admin_people.h"
#include "store/admin_transfers.h"

static char folder[64];

/* Steps of plans that are as they should be, by the beginning of their words. */
static const struct {
    const struct query_table *table;
    const char *step;
    const char *reason;
} allowed[] = {
    {&admin_transfers_queries, "SCAN t USING INDEX sqlite_autoindex_transfer_1",
     "all transfers in the order of their ids, a page of them"},
    {&admin_transfers_queries, "SCAN t USING INDEX transfer_waiting", "only those that wait"},
    {&admin_transfers_queries, "SCAN t USING COVERING INDEX", "counts them"},
    {&admin_transfers_queries, "SCAN t", "counts those of a state, kind or name"},
    {&admin_transfers_queries, "SCAN k", "the page of ids just found"},
    {&admin_transfers_queries, "USE TEMP B-TREE",
     "what waits is few, and ordered by whom it waits for; one organisation's ids from two sides"},
    {&admin_orgs_queries, "SCAN o USING INDEX organisation_by_name", "by name, a page of them"},
    {&admin_transfers_queries, "SCAN CONSTANT ROW", "no table at all"},
    {&admin_orgs_queries, "SCAN (subquery", "the organisations of one person, just found"},
    {&admin_orgs_queries, "USE TEMP B-TREE",
     "one organisation's accounts and whom it trusts, one person's organisations"},
    {&admin_issue_queries, "SCAN p USING INDEX project_by_name", "by name, a page of them"},
    {&admin_issue_queries, "SCAN o USING INDEX sqlite_autoindex_buyer_order_1",
     "by id, a page of them"},
    {&admin_issue_queries, "SCAN o", "counts the orders"},
    {&admin_issue_queries, "USE TEMP B-TREE",
     "one supplier's projects by name, one order's deliveries"},
    {&admin_acts_queries, "SCAN a", "the log along its own order, a page of it; counts it"},
    {&admin_people_queries, "SCAN person USING INDEX", "by address, a page of them"},
};

static bool is_allowed(const struct query_table *table, const char *step)
{
    for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
        if (allowed[i].table == table && text_starts(step, allowed[i].step)) {
            return true;
        }
    }
    return false;
}

static int look_at(sqlite3 *db, const struct query_table *table, size_t number)
{
    static char sql[20000];
    sqlite3_stmt *statement = NULL;
    int wrong = 0;
    (void)snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s", table->sql[number]);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        const char *step = (const char *)sqlite3_column_text(statement, 3);
        bool is_doubtful = text_starts(step, "SCAN") || strstr(step, "TEMP B-TREE") != NULL ||
                           strstr(step, "AUTOMATIC") != NULL;
        if (is_doubtful && !is_allowed(table, step)) {
            printf("%s query %zu: %s\n", table->name, number, step);
            wrong++;
        }
    }
    sqlite3_finalize(statement);
    return wrong;
}

static int look_at_all(enum store_file file, const char *name,
                       const struct query_table *const *tables)
{
    char path[96], schema[32];
    sqlite3 *db = NULL;
    int wrong = 0;
    (void)snprintf(path, sizeof(path), "%s/%s.db", folder, name);
    (void)snprintf(schema, sizeof(schema), "schema/%s", name);
    assert_int_equal(store_migrate(file, path, schema), STATUS_OK);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    for (; *tables != NULL; tables++) {
        for (size_t number = 0; number < (*tables)->count; number++) {
            wrong += look_at(db, *tables, number);
        }
    }
    sqlite3_close(db);
    return wrong;
}

static void every_query_walks_an_index(void **state)
{
    static const struct query_table *const registry[] = {&admin_transfers_queries,
                                                         &admin_orgs_queries, &admin_issue_queries,
                                                         &admin_acts_queries, NULL};
    static const struct query_table *const people[] = {&admin_people_queries, NULL};
    (void)state;
    assert_int_equal(look_at_all(STORE_REGISTRY, "registry", registry), 0);
    assert_int_equal(look_at_all(STORE_PEOPLE, "people", people), 0);
}

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/tallystick-plan-XXXXXX");
    assert_non_null(mkdtemp(folder));
    return 0;
}

static int tear_down(void **state)
{
    char command[128];
    (void)state;
    (void)snprintf(command, sizeof(command), "rm -rf '%s'", folder);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_query_walks_an_index)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
