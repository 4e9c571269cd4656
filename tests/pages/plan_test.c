/*
 * tests/pages/plan_test.c: how SQLite would answer every query of the store room, by EXPLAIN QUERY
 * PLAN over an empty database of the present schema: nothing that grows with the registry is read
 * from end to end, or sorted, without a reason that stands here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "store/admin_acts.h"
#include "store/admin_issue.h"
#include "store/admin_orgs.h"
#include "store/admin_people.h"
#include "store/admin_transfers.h"
#include "store/api_balances.h"
#include "store/api_batches.h"
#include "store/api_beneficiaries.h"
#include "store/api_holdings.h"
#include "store/api_keys.h"
#include "store/api_orders.h"
#include "store/api_parties.h"
#include "store/api_projects.h"
#include "store/api_refunds.h"
#include "store/api_retirements.h"
#include "store/api_transfers.h"
#include "store/care.h"
#include "store/documents.h"
#include "store/drafts.h"
#include "store/events.h"
#include "store/holdings.h"
#include "store/import.h"
#include "store/ledger_changes.h"
#include "store/ledger_documents.h"
#include "store/ledger_facts.h"
#include "store/ledger_pool.h"
#include "store/ledger_records.h"
#include "store/ledger_redact.h"
#include "store/ledger_totals.h"
#include "store/my_retirements.h"
#include "store/my_transfers.h"
#include "store/orders.h"
#include "store/people_beneficiary.h"
#include "store/people_credential.h"
#include "store/people_link.h"
#include "store/people_password.h"
#include "store/people_person.h"
#include "store/people_session.h"
#include "store/people_throttle.h"
#include "store/people_webhook.h"
#include "store/people_webhook_log.h"
#include "store/people_webhook_queue.h"
#include "store/pool.h"
#include "store/public_batches.h"
#include "store/public_issuances.h"
#include "store/public_orgs.h"
#include "store/public_past.h"
#include "store/public_projects.h"
#include "store/public_retirements.h"
#include "store/public_transfers.h"
#include "store/public_words.h"
#include "store/recipients.h"
#include "store/retirement_drafts.h"
#include "store/rights.h"
#include "store/site.h"
#include "store/store.h"
#include "store/team.h"
#include "store/verify.h"

/* tests/house.sh sees to it that every table of the room stands here. */
static const struct query_table *const registry_tables[] = {
    &admin_acts_queries,
    &admin_issue_queries,
    &admin_orgs_queries,
    &admin_transfers_queries,
    &api_batches_queries,
    &api_balances_queries,
    &api_beneficiaries_queries,
    &api_holdings_queries,
    &api_keys_queries,
    &api_orders_queries,
    &api_parties_queries,
    &api_projects_queries,
    &api_refunds_queries,
    &api_retirements_queries,
    &api_transfers_queries,
    &care_queries,
    &documents_queries,
    &events_queries,
    &holdings_queries,
    &holding_batches_queries,
    &import_queries,
    &ledger_changes_queries,
    &ledger_documents_queries,
    &ledger_totals_queries,
    &ledger_facts_queries,
    &ledger_pool_queries,
    &ledger_records_queries,
    &ledger_redact_queries,
    &ledger_units_queries,
    &my_retirements_queries,
    &my_transfers_queries,
    &orders_queries,
    &pool_queries,
    &public_batches_queries,
    &public_issuances_queries,
    &public_orgs_queries,
    &public_past_queries,
    &public_projects_queries,
    &public_retirements_queries,
    &public_transfers_queries,
    &public_words_queries,
    &recipients_queries,
    &rights_queries,
    &site_queries,
    &team_queries,
    &verify_queries,
    NULL,
};
static const struct query_table *const people_tables[] = {
    &admin_people_queries,       &care_people_queries,          &drafts_queries,
    &people_beneficiary_queries, &people_credential_queries,    &people_link_queries,
    &people_password_queries,    &people_person_queries,        &people_session_queries,
    &people_throttle_queries,    &retirement_drafts_queries,    &people_webhook_queries,
    &people_webhook_log_queries, &people_webhook_queue_queries, NULL,
};

/* What may be read from end to end, or sorted, and why that stays small. step: as the plan says it;
 * NULL: whatever the table does. */
static const struct permission {
    const char *table;
    const char *step;
    const char *why;
} permissions[] = {
    {"verify", NULL, "tally verify reads everything: that is its work"},
    {"care", NULL, "tally status counts everything, when the operator asks"},

    {"site", "SCAN transfer USING INDEX transfer_waiting", "only what waits is in that index"},
    {"site", "SCAN act", "from the newest row, which is the first and last that is read"},
    {"admin_transfers", "SCAN t USING INDEX transfer_waiting", "only what waits"},
    {"admin_transfers", "USE TEMP B-TREE FOR GROUP BY", "three groups of what waits"},
    {"admin_transfers", "USE TEMP B-TREE FOR ORDER BY", "what waits, or one page of one party"},
    {"admin_transfers", "SCAN k", "one page that its subquery found"},
    {"admin_transfers", "SCAN t", "an administrator's count with a filter by any word"},
    {"admin_orgs", "USE TEMP B-TREE FOR ORDER BY",
     "one organisation's accounts and trust, one person's organisations, the buffer pools"},

    {"events", "SCAN act", "from the newest row, which is the first and last that is read"},

    {"holdings", "USE TEMP B-TREE FOR GROUP BY", "vintages of one supplier's balance"},
    {"holdings", "USE TEMP B-TREE FOR ORDER BY", "one organisation's accounts"},
    {"holding_batches", "SCAN k", "one page that its subquery found"},
    {"holding_batches", "USE TEMP B-TREE FOR ORDER BY",
     "one organisation's batches, by what has no index (size, vintage)"},
    {"holding_batches", "USE TEMP B-TREE FOR RIGHT PART OF ORDER BY",
     "batches received at one moment"},
    {"my_transfers", "SCAN k", "one page that its subquery found"},
    {"my_transfers", "USE TEMP B-TREE FOR ORDER BY", "one organisation's transfers, out and in"},
    {"api_transfers", "SCAN k", "one page that its subquery found"},
    {"api_transfers", "USE TEMP B-TREE FOR ORDER BY", "one page that its subquery found"},
    {"orders", "SCAN o", "an administrator's count of orders in a state"},
    {"orders", "USE TEMP B-TREE FOR RIGHT PART OF ORDER BY", "deliveries of one moment"},
    {"pool", "SCAN i USING COVERING INDEX issuance_to_buffer",
     "what was ever set aside, summed up"},
    {"pool", "SCAN l", "refunds and cancellations: acts of an administrator, some a year"},
    {"pool", "SCAN l USING INDEX refund_line_by_batch", "the same"},
    {"pool", "SCAN organisation USING INDEX organisation_buffer", "the buffer pools"},
    {"pool", "SCAN k", "one row for what each issuance set aside, and for what became of it"},
    {"pool", "USE TEMP B-TREE FOR GROUP BY", "the same"},
    {"pool", "USE TEMP B-TREE FOR ORDER BY", "one row per project and vintage"},
    {"rights", "USE TEMP B-TREE FOR ORDER BY", "the organisations of one person"},
    {"team", "USE TEMP B-TREE FOR ORDER BY", "one organisation's accounts and trust"},

    {"ledger_facts", "SCAN person", "is there another administrator: people, at a rare act"},
    {"ledger_facts", "USE TEMP B-TREE FOR ORDER BY", "buffer pools; accounts of one organisation"},
    {"ledger_facts", "SCAN act", "from the newest row, which is the first and last that is read"},
    {"ledger_units", "USE TEMP B-TREE FOR ORDER BY",
     "oldest first over all suppliers of one organisation; those of one supplier come by index"},
    {"import", "USE TEMP B-TREE FOR ORDER BY", "buffer pools"},

    {"api_balances", "USE TEMP B-TREE FOR GROUP BY",
     "what came with one order's deliveries, by project and account"},
    {"api_holdings", "USE TEMP B-TREE FOR ORDER BY",
     "what waits, was split or retired for one organisation, or the batches of one act"},
    {"api_orders", "USE TEMP B-TREE FOR RIGHT PART OF ORDER BY", "deliveries of one moment"},
    {"api_orders", "SCAN delivery USING COVERING INDEX sqlite_autoindex_delivery_1",
     "the count of all deliveries: thousands, where batches are hundreds of thousands"},
    {"api_projects", "SCAN b USING INDEX organisation_buffer", "the buffer pools"},
    {"api_projects", "SCAN instrument_total", "two instruments"},
    {"api_projects", "SCAN issuance USING COVERING INDEX sqlite_autoindex_issuance_1",
     "the count of all issuances: thousands, where batches are hundreds of thousands"},
    {"api_projects", "USE TEMP B-TREE FOR ORDER BY", "the issuances of one supplier"},
    {"api_retirements", "SCAN year_total", "one row per year and instrument"},
    {"public_transfers", "SCAN transfer_total", "three kinds"},
    {"public_transfers", "SCAN k", "one page that its subquery found"},
    {"public_transfers", "USE TEMP B-TREE FOR ORDER BY", "one page that its subquery found"},
    {"public_retirements", "SCAN year_total", "one row per year and instrument"},
    {"public_projects", "SCAN instrument_total", "two instruments"},
    {"public_projects", "SCAN year_total", "one row per year and instrument"},
    {"public_batches", "SCAN up", "from a part up to the whole that begins like it"},
    {"public_past", "SCAN up", "the nearest parents of one batch, of bounded number"},
    {"public_projects", "SCAN p", "projects: hundreds, where batches are hundreds of thousands"},
    {"public_projects", "USE TEMP B-TREE FOR ORDER BY", "projects by what they issued"},

    {"people_credential", "SCAN signing_key", "a handful of keys: one, and those before it"},
    {"people_credential", "USE TEMP B-TREE FOR ORDER BY", "the same handful"},
    {"people_link", "SCAN password_link", "people's links, when a new one is made"},
    {"people_person", "SCAN person USING COVERING INDEX sqlite_autoindex_person_2",
     "the count of people on the administrator's page"},
};
enum { PERMISSIONS = sizeof permissions / sizeof permissions[0] };
static bool is_used[PERMISSIONS];

static struct arena arena;
static char folder[64];
static int faults, steps_seen;

static bool is_permitted(const char *table, const char *step)
{
    for (size_t i = 0; i < PERMISSIONS; i++) {
        if (text_is(permissions[i].table, table) &&
            (permissions[i].step == NULL || text_is(permissions[i].step, step))) {
            is_used[i] = true;
            return true;
        }
    }
    return false;
}

/* A list that comes in the order of an index is read a page at a time, and no further. */
static bool is_walk(const char *step, const char *sql, bool sorts)
{
    return text_starts(step, "SCAN ") && strstr(step, " USING ") != NULL && !sorts &&
           strstr(sql, "ORDER BY") != NULL;
}

static bool is_harmless(const char *step)
{
    bool reads_all = text_starts(step, "SCAN ") && !text_starts(step, "SCAN CONSTANT ROW") &&
                     !text_starts(step, "SCAN (subquery-");
    return !reads_all && strstr(step, "TEMP B-TREE") == NULL && strstr(step, "AUTOMATIC") == NULL;
}

static void judge(const struct query_table *table, size_t number, const char *step, bool sorts)
{
    const char *sql = table->sql[number];
    steps_seen++;
    if (is_harmless(step) || is_walk(step, sql, sorts) || is_permitted(table->name, step)) {
        return;
    }
    faults++;
    print_error("%s, query %zu: %s\n    %s\n", table->name, number, step, sql);
}

/* The steps of one query, in words. */
static size_t plan_of(sqlite3 *db, const char *sql, const char *steps[], size_t steps_max)
{
    sqlite3_stmt *statement = NULL;
    const char *explain = arena_printf(&arena, "EXPLAIN QUERY PLAN %s", sql);
    if (sqlite3_prepare_v2(db, explain, -1, &statement, NULL) != SQLITE_OK) {
        fail_msg("%s: %s", sqlite3_errmsg(db), sql);
    }
    size_t count = 0;
    while (sqlite3_step(statement) == SQLITE_ROW) {
        assert_true(count < steps_max);
        steps[count++] = arena_text(&arena, (const char *)sqlite3_column_text(statement, 3));
    }
    (void)sqlite3_finalize(statement);
    return count;
}

static void look_at(sqlite3 *db, const struct query_table *table)
{
    for (size_t number = 0; number < table->count; number++) {
        const char *steps[128];
        bool sorts = false;
        arena_reset(&arena, 0);
        size_t count = plan_of(db, table->sql[number], steps, sizeof steps / sizeof steps[0]);
        for (size_t i = 0; i < count; i++) {
            sorts = sorts || text_is(steps[i], "USE TEMP B-TREE FOR ORDER BY");
        }
        for (size_t i = 0; i < count; i++) {
            judge(table, number, steps[i], sorts);
        }
    }
}

static void look_at_all(enum store_file file, const char *schema,
                        const struct query_table *const *tables)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/%s.db", folder, file == STORE_REGISTRY ? "r" : "p");
    assert_int_equal(store_migrate(file, path, schema), STATUS_OK);
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    steps_seen = 0;
    for (size_t i = 0; tables[i] != NULL; i++) {
        look_at(db, tables[i]);
    }
    (void)sqlite3_close(db);
    assert_true(steps_seen > 20);
}

static void registry_queries_use_indexes(void **state)
{
    (void)state;
    faults = 0;
    look_at_all(STORE_REGISTRY, "schema/registry", registry_tables);
    assert_int_equal(faults, 0);
}

static void people_queries_use_indexes(void **state)
{
    (void)state;
    faults = 0;
    look_at_all(STORE_PEOPLE, "schema/people", people_tables);
    assert_int_equal(faults, 0);
}

/* A permission that nothing needs would hide the next fault. */
static void every_permission_is_needed(void **state)
{
    (void)state;
    for (size_t i = 0; i < PERMISSIONS; i++) {
        if (!is_used[i]) {
            fail_msg("nothing in %s does %s any more (\"%s\")", permissions[i].table,
                     permissions[i].step, permissions[i].why);
        }
    }
}

static int set_up(void **state)
{
    (void)state;
    arena_map(&arena, 1024UL * 1024);
    (void)snprintf(folder, sizeof folder, "/tmp/tallystick-plan-XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registry_queries_use_indexes),
        cmocka_unit_test(people_queries_use_indexes),
        cmocka_unit_test(every_permission_is_needed),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
