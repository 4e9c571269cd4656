/*
 * tests/unit/upgrade_test.c: a registry of an older version, with all that 300 acts left in it, is
 * brought to the present one: it has the very schema of a new registry, no row was lost or changed,
 * it verifies clean, and acts go on in it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger/town.h"
#include "unit/upgrade_rows.h"

#define SQL_BYTES_MAX (512 * 1024)

static char sql_text[SQL_BYTES_MAX];

static const char *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t size_bytes = fread(sql_text, 1, sizeof sql_text - 1, file);
    assert_true(size_bytes > 0 && size_bytes < sizeof sql_text - 1);
    fclose(file);
    sql_text[size_bytes] = '\0';
    return sql_text;
}

static void run(sqlite3 *db, const char *sql)
{
    char *why = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK) {
        fail_msg("%s", why);
    }
}

/* Makes the file as version 1 made it, and fills it. */
static void make_version_1(const char *path)
{
    char folder[96], command[256];
    (void)snprintf(folder, sizeof folder, "%s/schema", town.folder);
    (void)snprintf(command, sizeof command, "mkdir %s && cp schema/registry/001_registry.sql %s",
                   folder, folder);
    assert_int_equal(system(command), 0);
    assert_int_equal(store_migrate(STORE_REGISTRY, path, folder), STATUS_OK);
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    run(db, "DROP TRIGGER batch_child; DROP TRIGGER batch_no_overlap; BEGIN");
    run(db, read_file("tests/unit/upgrade/version_1.sql"));
    run(db, "COMMIT");
    /* The rows came in the order of a dump; the triggers are put back as they were. */
    const char *script = read_file("schema/registry/001_registry.sql");
    const char *overlap = strstr(script, "CREATE TRIGGER batch_no_overlap");
    assert_non_null(overlap);
    const char *end = strstr(overlap, "-- A final transfer");
    assert_non_null(end);
    sql_text[end - sql_text] = '\0';
    run(db, overlap);
    sqlite3_close(db);
}

static void say(void *context, const char *sentence)
{
    (void)context;
    print_error("%s\n", sentence);
}

static void test_from_version_1(void **state)
{
    (void)state;
    char old_path[96];
    (void)snprintf(old_path, sizeof old_path, "%s/old.db", town.folder);
    make_version_1(old_path);
    static const char *const tables[] = {"SELECT * FROM batch ORDER BY batch_id",
                                         "SELECT * FROM transfer ORDER BY transfer_id",
                                         "SELECT * FROM transfer_line ORDER BY transfer_id, line",
                                         ("SELECT seq, recorded_at, at, program, user_id, org_id,"
                                          " command, subject_id, outcome, detail FROM act"
                                          " ORDER BY seq"),
                                         "SELECT * FROM idempotency ORDER BY scope, key",
                                         ("SELECT org_id, supplier_id, name, domain, country,"
                                          " description, kind, is_demo, state, incoming_policy,"
                                          " two_person, two_person_above_units, opened_at, origin"
                                          " FROM organisation ORDER BY org_id"),
                                         "SELECT * FROM conservation ORDER BY 1, 2"};
    enum { TABLES = sizeof tables / sizeof tables[0] };
    struct digest before[TABLES];
    int rows[TABLES];
    for (size_t i = 0; i < TABLES; i++) {
        before[i] = digest_of_rows(old_path, tables[i], &rows[i]);
        assert_true(rows[i] > 0);
    }

    assert_int_equal(store_migrate(STORE_REGISTRY, old_path, "schema/registry"), STATUS_OK);

    for (size_t i = 0; i < TABLES; i++) {
        int rows_after = 0;
        struct digest after = digest_of_rows(old_path, tables[i], &rows_after);
        assert_int_equal(rows_after, rows[i]);
        assert_true(digest_equal(&after, &before[i]));
    }
    int things_old = 0;
    int things_new = 0;
    struct digest old_schema = digest_of_rows(old_path, SCHEMA, &things_old);
    struct digest new_schema = digest_of_rows(town.path, SCHEMA, &things_new);
    assert_int_equal(things_old, things_new);
    assert_true(digest_equal(&old_schema, &new_schema));

    struct store *store = store_open(STORE_REGISTRY, STORE_READ, old_path, ledger_verify_tables);
    assert_non_null(store);
    struct verify_report report = {.say = say};
    store_begin_read(store);
    assert_int_equal(ledger_verify(store, &town.arena, &report), STATUS_OK);
    assert_int_equal(report.violations, 0);
    store_close(store);

    /* And it goes on. */
    struct ledger ledger;
    struct answer answer;
    arena_reset(&town.arena, 0);
    assert_true(ledger_open(&ledger, &town.arena, old_path));
    assert_true(store_begin_write(ledger.store));
    struct command open = command_of(ACT_OPEN_ORGANISATION, "", "");
    TEXT_COPY(open.organisation.name, "After the upgrade");
    assert_int_equal(ledger_apply(&ledger, PROGRAM_TALLY, &open, clock_now_us(), &answer),
                     STATUS_OK);
    assert_true(store_commit(ledger.store));
    store_close(ledger.store);
}

static int set_up(void **state)
{
    (void)state;
    town_found();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    town_leave();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_from_version_1, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
