/* totals_upgrade_test.c: a registry of the schema before the running totals is brought forward: the
 * totals filled in are those that the ledger would have kept, and everything still agrees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger/town.h"
#include "unit/older.h"

static char dumps[2][65536];

static void say(void *context, const char *sentence)
{
    (void)context;
    fprintf(stderr, "%s\n", sentence);
}

/* Every row of a statement as one text. */
static void dump(const char *path, const char *sql, char *to, size_t to_bytes)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    size_t used = 0;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    to[0] = '\0';
    while (sqlite3_step(statement) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(statement); i++) {
            const char *cell = (const char *)sqlite3_column_text(statement, i);
            int size = snprintf(to + used, to_bytes - used, "%s|", cell == NULL ? "" : cell);
            assert_true(size > 0 && (size_t)size < to_bytes - used);
            used += (size_t)size;
        }
        to[used - 1] = '\n';
    }
    sqlite3_finalize(statement);
    sqlite3_close(db);
}

static const char totals_sql[] =
    "SELECT 'holding', org_id, supplier_org_id, project_id, vintage, account_id, active, reserved,"
    " retired, exported, active_batches, reserved_batches, retired_batches, exported_batches,"
    " split_batches FROM holding WHERE active_batches + retired_batches + exported_batches"
    " + split_batches > 0 UNION ALL"
    " SELECT 'transfers', kind, transfers, '', '', '', '', '', '', '', '', '', '', '', ''"
    " FROM transfer_total UNION ALL SELECT 'year', instrument, year, issued, retired, retirements,"
    " '', '', '', '', '', '', '', '', '' FROM year_total UNION ALL SELECT 'instrument', instrument,"
    " projects, issued, imported, active, retired, exported, cancelled, '', '', '', '', '', ''"
    " FROM instrument_total UNION ALL SELECT 'delivered', org_id, delivery_id, project_id, "
    "account_id,"
    " active, reserved, retired, '', '', '', '', '', '', '' FROM delivery_holding"
    " WHERE active + retired > 0 UNION ALL"
    " SELECT 'benefit', org_id, supplier_org_id, issued_at, project_id, vintage, first, batch_id,"
    " '', '', '', '', '', '', '' FROM benefit UNION ALL"
    " SELECT 'benefits', org_id, supplier_org_id, project_id, batches, '', '', '', '', '', '', '',"
    " '', '', '' FROM benefit_total ORDER BY 1, 2, 3, 4, 5, 6";
static const char schema_sql[] = "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name";

/* ---- a registry in which everything has happened ---- */

static void one_of_everything(void)
{
    const char *supplier = town_org("Supplier", true, ORG_PARTICIPANT);
    const char *buyer = town_org("Buyer", false, ORG_PARTICIPANT);
    const char *project = town_project(supplier, "F5X7", INSTRUMENT_CARBON_REMOVAL);
    const char *wind = town_project(supplier, "WND1", INSTRUMENT_RENEWABLE_ENERGY);
    town_issue(project, 2024, 100000, 0);
    const char *changed = town_project(supplier, "CHG1", INSTRUMENT_CARBON_REMOVAL);
    struct command edit = town_project_command(supplier, "CHG1", INSTRUMENT_RENEWABLE_ENERGY);
    edit.kind = ACT_EDIT_PROJECT;
    TEXT_COPY(edit.project.project_id, changed);
    town_do(&edit);
    town.now_us += 400 * CLOCK_DAY_US; /* another year */
    town_issue(project, 2025, 5000, 0);
    town_issue(wind, 2025, 70, 0);
    struct command moves = town_transfer("", supplier, buyer, supplier, 3000);
    struct command accept = town_decide(ACT_ACCEPT, "", town_do(&moves), "");
    town_do(&accept);
    moves = town_transfer("", supplier, buyer, supplier, 111);
    struct command reject = town_decide(ACT_REJECT, "", town_do(&moves), "No");
    town_do(&reject);
    moves = town_transfer("", supplier, buyer, supplier, 222);
    town_do(&moves); /* waits */
    struct command away = town_transfer("", buyer, "", supplier, 400);
    away.transfer.kind = TRANSFER_EXPORT;
    TEXT_COPY(away.transfer.to_system, "Elsewhere");
    TEXT_COPY(away.transfer.to_system_party, "Somebody");
    const char *id = town_do(&away);
    struct command step = town_decide(ACT_REGISTRY_APPROVE, "", id, "");
    town_do(&step);
    step = town_decide(ACT_COMPLETE_EXPORT, "", id, "");
    town_do(&step);
    struct command retire = command_of(ACT_RETIRE, "", town_key());
    TEXT_COPY(retire.retire.org_id, buyer);
    TEXT_COPY(retire.retire.beneficiary, "Travellers");
    TEXT_COPY(retire.retire.supplier_org_id, supplier);
    retire.retire.purposes = 2;
    retire.retire.units = 7;
    town_do(&retire);
    TEXT_COPY(retire.key, town_key());
    TEXT_COPY(retire.retire.beneficiary_org_id, supplier); /* on another's behalf */
    town_do(&retire);
    struct command order = command_of(ACT_ORDER, "", town_key());
    TEXT_COPY(order.order.supplier_org_id, supplier);
    TEXT_COPY(order.order.buyer_org_id, buyer);
    order.order.units = 5000;
    struct command deliver = command_of(ACT_DELIVER, "", town_key());
    TEXT_COPY(deliver.deliver.order_id, town_do(&order));
    TEXT_COPY(deliver.deliver.project_id, project);
    deliver.deliver.units = 5000;
    town_do(&deliver);
    moves =
        town_transfer("", buyer, supplier, supplier, 2700); /* what was there first, and of it */
    town_do(&moves);                                        /* waits */
}

static void a_registry_without_totals_is_brought_forward(void **state)
{
    (void)state;
    char older[128];
    town_found();
    one_of_everything();
    dump(town.path, totals_sql, dumps[0], sizeof(dumps[0]));
    assert_non_null(strstr(dumps[0], "transfers|external|1"));
    assert_non_null(strstr(dumps[0], "transfers|export|1"));
    assert_non_null(strstr(dumps[0], "holding|"));
    assert_non_null(strstr(dumps[0], "delivered|"));
    assert_non_null(strstr(dumps[0], "benefit|"));
    assert_non_null(strstr(dumps[0], "benefits|"));
    store_close(town.ledger.store);

    (void)snprintf(older, sizeof(older), "%s/older.db", town.folder);
    older_make(older, 2);

    /* This program does not take it as it is; `tally migrate` brings it forward. */
    static const struct query_table *const none[] = {NULL};
    assert_null(store_open(STORE_REGISTRY, STORE_WRITE, older, none));
    assert_int_equal(store_migrate(STORE_REGISTRY, older, "schema/registry"), STATUS_OK);
    dump(older, totals_sql, dumps[1], sizeof(dumps[1]));
    assert_string_equal(dumps[1], dumps[0]);
    dump(older, schema_sql, dumps[0], sizeof(dumps[0]));
    dump(town.path, schema_sql, dumps[1], sizeof(dumps[1]));
    assert_string_equal(dumps[1], dumps[0]);

    struct store *store = store_open(STORE_REGISTRY, STORE_READ, older, ledger_verify_tables);
    assert_non_null(store);
    struct verify_report report = {.say = say};
    assert_int_equal(ledger_verify(store, &town.arena, &report), STATUS_OK);
    assert_int_equal(report.violations, 0);
    store_close(store);
    town_open_ledger();
    town_leave();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_registry_without_totals_is_brought_forward),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
