/*
 * tests/unit/orders_upgrade_test.c: orders of a registry of before orders said what they count.
 * Each gets an instrument by the first rule that tells (schema/registry/009_orders.sql), the
 * registry verifies clean, and the tables refuse what the ledger would.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <unistd.h>

#include "ledger/operate.h"
#include "ledger/tally.h"
#include "ledger/town.h"
#include "store/care.h"
#include "unit/older.h"

#define BEFORE 8 /* the last version whose orders say nothing */

static char path[128];
static char guessed[8][128];
static int guessed_count;

static void say(void *context, const char *sentence)
{
    (void)context;
    print_error("%s\n", sentence);
}

static void note(const struct care_order *order)
{
    assert_true(guessed_count < 8);
    (void)snprintf(guessed[guessed_count++], sizeof(guessed[0]), "%s %s %s", order->order_id,
                   order->instrument, order->by);
}

/* An order of this many units; its id is the caller's. */
static void place(const char *supplier, const char *buyer, enum instrument instrument,
                  char id[ID_SIZE])
{
    struct command order = command_of(ACT_ORDER, "", town_key());
    TEXT_COPY(order.order.supplier_org_id, supplier);
    TEXT_COPY(order.order.buyer_org_id, buyer);
    order.order.instrument = (uint8_t)instrument;
    order.order.units = 100;
    (void)snprintf(id, ID_SIZE, "%s", town_do(&order));
}

static const char *deliver(const char *order_id)
{
    struct command deliver = command_of(ACT_DELIVER, "", town_key());
    TEXT_COPY(deliver.deliver.order_id, order_id);
    deliver.deliver.units = 10;
    return town_do(&deliver);
}

static void is_counted(sqlite3 *db, const char *order_id, const char *wanted)
{
    char sql[256];
    char *found = NULL;
    (void)snprintf(sql, sizeof(sql),
                   "SELECT instrument || ' ' || instrument_by FROM buyer_order"
                   " WHERE order_id = '%s'",
                   order_id);
    assert_int_equal(older_texts(db, sql, &found, 1), 1);
    assert_string_equal(found, wanted);
    free(found);
}

static void is_refused(sqlite3 *db, const char *wanted, const char *sql)
{
    char *message = NULL;
    assert_int_not_equal(sqlite3_exec(db, sql, NULL, NULL, &message), SQLITE_OK);
    assert_string_equal(message, wanted);
    sqlite3_free(message);
}

static void the_tables_refuse(sqlite3 *db, const char *order_id)
{
    char sql[512];
    is_refused(db, "what was ordered is never changed",
               "UPDATE buyer_order SET instrument = 'renewable_energy'");
    is_refused(db, "what was ordered is never changed", "UPDATE buyer_order SET units = units + 1");
    is_refused(
        db, "an order says what it counts",
        "INSERT INTO buyer_order (order_id, supplier_org_id, buyer_org_id, units, ordered_at)"
        " SELECT 'ord_ZZZZZZZZZZZZZZZZ', supplier_org_id, buyer_org_id, 1, 1"
        " FROM buyer_order LIMIT 1");
    /* A line of the other kind, for a delivery of this order. */
    (void)snprintf(sql, sizeof(sql),
                   "INSERT INTO delivery_line (delivery_id, line, batch_id, from_account_id,"
                   " to_account_id, units) SELECT d.delivery_id, 9, b.batch_id, b.account_id,"
                   " b.account_id, 1 FROM delivery d JOIN buyer_order o ON o.order_id = d.order_id"
                   " JOIN batch b JOIN project p ON p.project_id = b.project_id"
                   " WHERE d.order_id = '%s' AND p.instrument <> o.instrument LIMIT 1",
                   order_id);
    is_refused(db, "a delivery is of what was ordered", sql);
}

/* `tally migrate` on a copy of the same file of before. */
static void the_operator_is_told(const char *entered, const char *both, const char *other)
{
    char command[768], folder[128], registry[160], people[160], out[160], wanted[256];
    static char said[4096];
    (void)snprintf(folder, sizeof(folder), "%s/again", town.folder);
    (void)snprintf(registry, sizeof(registry), "%s/registry.db", folder);
    (void)snprintf(people, sizeof(people), "%s/people.db", folder);
    (void)snprintf(out, sizeof(out), "%s/out", folder);
    (void)snprintf(command, sizeof(command), "mkdir '%s' && cp '%s.before' '%s' && touch '%s'",
                   folder, path, registry, people);
    assert_int_equal(system(command), 0);
    struct tally tally = {.arena = &town.arena,
                          .data_dir = folder,
                          .run_dir = folder,
                          .schema_dir = "schema",
                          .registry_path = registry,
                          .people_path = people};
    char word[] = "migrate";
    char *words[] = {word, NULL};
    fflush(stdout);
    int kept = dup(STDOUT_FILENO);
    int fd = open(out, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_true(kept >= 0 && fd >= 0 && dup2(fd, STDOUT_FILENO) == STDOUT_FILENO);
    int code = operate_migrate(1, words, &tally);
    fflush(stdout);
    assert_int_equal(dup2(kept, STDOUT_FILENO), STDOUT_FILENO);
    close(kept);
    assert_int_equal(code, 0);
    assert_true(pread(fd, said, sizeof(said) - 1, 0) > 0);
    close(fd);
    (void)snprintf(wanted, sizeof(wanted),
                   "Look at order %s: what was delivered for it is of another kind than what its"
                   " quantity was entered and shown in. It counts renewable_energy, as was"
                   " delivered.\n",
                   entered);
    assert_non_null(strstr(said, wanted));
    (void)snprintf(wanted, sizeof(wanted),
                   "Look at order %s: credits and certificates were delivered for it. It counts"
                   " renewable_energy, as its first delivery did.\n",
                   both);
    assert_non_null(strstr(said, wanted));
    (void)snprintf(wanted, sizeof(wanted),
                   "Look at order %s: whether credits or certificates were ordered was not"
                   " recorded, and nothing was delivered. It counts carbon_removal,",
                   other);
    assert_non_null(strstr(said, wanted));
    assert_non_null(strstr(said, "Both databases are of the newest schema.\n"));
}

static void orders_learn_what_they_count(void **state)
{
    (void)state;
    char mixed[ID_SIZE], windy[ID_SIZE], bare[ID_SIZE], buyer[ID_SIZE];
    char all[ID_SIZE], part[ID_SIZE], both[ID_SIZE], other[ID_SIZE], none[ID_SIZE], one[ID_SIZE];
    char nothing[ID_SIZE], sql[512], wanted[128];
    TEXT_COPY(mixed, town_org("Mixed", true, ORG_PARTICIPANT));
    TEXT_COPY(windy, town_org("Windy", true, ORG_PARTICIPANT));
    TEXT_COPY(bare, town_org("Bare", true, ORG_PARTICIPANT));
    TEXT_COPY(buyer, town_org("Buyer", false, ORG_PARTICIPANT));
    const char *chars = town_project(mixed, "CHAR", INSTRUMENT_CARBON_REMOVAL);
    const char *winds = town_project(mixed, "WIND", INSTRUMENT_RENEWABLE_ENERGY);
    (void)town_project(windy, "WND2", INSTRUMENT_RENEWABLE_ENERGY);
    town_issue(chars, 2024, 1000, 0);
    town_issue(winds, 2024, 1000, 0);
    place(mixed, buyer, INSTRUMENT_RENEWABLE_ENERGY, all);
    deliver(all);
    deliver(all);
    place(mixed, buyer, INSTRUMENT_CARBON_REMOVAL, part);
    deliver(part);
    place(mixed, buyer, INSTRUMENT_RENEWABLE_ENERGY, both);
    deliver(both);
    place(mixed, buyer, INSTRUMENT_CARBON_REMOVAL, other);
    const char *moved = deliver(other);
    place(mixed, buyer, INSTRUMENT_RENEWABLE_ENERGY, none);
    place(windy, buyer, INSTRUMENT_RENEWABLE_ENERGY, one);
    place(bare, buyer, INSTRUMENT_CARBON_REMOVAL, nothing);
    store_close(town.ledger.store);
    older_make(path, BEFORE);

    /* What could be done before: credits delivered for the order that had got certificates. */
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    older_run(db, "DROP TRIGGER delivery_no_update");
    (void)snprintf(sql, sizeof(sql), "UPDATE delivery SET order_id = '%s' WHERE delivery_id = '%s'",
                   both, moved);
    older_run(db, sql);
    (void)snprintf(sql, sizeof(sql),
                   "UPDATE buyer_order SET delivered_units = 20 WHERE order_id = '%s'", both);
    older_run(db, sql);
    (void)snprintf(sql, sizeof(sql),
                   "UPDATE buyer_order SET delivered_units = 0 WHERE order_id = '%s'", other);
    older_run(db, sql);
    older_run(db, "CREATE TRIGGER delivery_no_update BEFORE UPDATE ON delivery"
                  " BEGIN SELECT RAISE(ABORT, 'deliveries are never changed'); END");
    sqlite3_close(db);

    (void)snprintf(sql, sizeof(sql), "cp '%s' '%s.before'", path, path);
    assert_int_equal(system(sql), 0);
    assert_int_equal(store_migrate(STORE_REGISTRY, path, "schema/registry"), STATUS_OK);

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    is_counted(db, all, "renewable_energy other_deliveries");
    is_counted(db, part, "carbon_removal deliveries");
    is_counted(db, both, "renewable_energy unclear");
    is_counted(db, other, "carbon_removal first_project");
    is_counted(db, none, "carbon_removal first_project");
    is_counted(db, one, "renewable_energy projects");
    is_counted(db, nothing, "carbon_removal first_project");
    the_tables_refuse(db, all);
    sqlite3_close(db);

    struct store *store = store_open(STORE_REGISTRY, STORE_READ, path, ledger_verify_tables);
    assert_non_null(store);
    struct verify_report report = {.say = say};
    assert_int_equal(ledger_verify(store, &town.arena, &report), STATUS_OK);
    assert_int_equal(report.violations, 0);
    store_close(store);

    /* Who brings it forward is told where it was not sure. */
    static const struct query_table *const care[] = {&care_queries, NULL};
    store = store_open(STORE_REGISTRY, STORE_READ, path, care);
    assert_non_null(store);
    care_orders_guessed(store, &town.arena, note);
    store_close(store);
    assert_int_equal(guessed_count, 5);
    (void)snprintf(wanted, sizeof(wanted), "%s renewable_energy other_deliveries", all);
    assert_string_equal(guessed[0], wanted);
    (void)snprintf(wanted, sizeof(wanted), "%s renewable_energy unclear", both);
    assert_string_equal(guessed[1], wanted);
    (void)snprintf(wanted, sizeof(wanted), "%s carbon_removal first_project", other);
    assert_string_equal(guessed[2], wanted);
    the_operator_is_told(all, both, other);
    town_open_ledger();
}

static int set_up(void **state)
{
    (void)state;
    town_found();
    (void)snprintf(path, sizeof(path), "%s/older.db", town.folder);
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
        cmocka_unit_test_setup_teardown(orders_learn_what_they_count, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
