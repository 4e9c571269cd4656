/* tests/unit/store_test.c: the store core: opening, refusing, migrating, transactions, readers
 * beside a writer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/must.h"
#include "base/text.h"
#include "store/inside.h"
#include "store/pin.h"
#include "store/query.h"
#include "store/store.h"
#include "store/wal_index.h"

enum { T_FREEZE, T_FROZEN, T_ADD, T_TEXT };
static const char *const sql[] = {
    [T_FREEZE] = "UPDATE setting SET frozen = ?1, frozen_at = ?1",
    [T_FROZEN] = "SELECT frozen, site_name, NULL FROM setting",
    [T_ADD] = "INSERT INTO person (user_id, state, registry_roles, since_at) VALUES (?1, 'active', "
              "?2, 1)",
    [T_TEXT] = "SELECT ?1, ?2, ?3",
};
static const struct query_table test_queries = {"test", sql, 4};
static const struct query_table *const tables[] = {&test_queries, &test_queries, NULL};
static const struct query_table *const no_tables[] = {NULL};

static struct arena arena;
static char folder[64];
static char path[128];

static const char *in_folder(const char *name)
{
    return arena_printf(&arena, "%s/%s", folder, name);
}

static void run_plainly(const char *file, const char *script)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    if (sqlite3_exec(db, script, NULL, NULL, NULL) != SQLITE_OK) {
        fail_msg("%s: %s", script, sqlite3_errmsg(db));
    }
    sqlite3_close(db);
}

static void write_file(const char *file, const char *text)
{
    FILE *to = fopen(file, "w");
    assert_non_null(to);
    fputs(text, to);
    fclose(to);
}

static int set_up(void **state)
{
    (void)state;
    arena_reset(&arena, 0);
    strcpy(folder, "/tmp/tallystick-store-XXXXXX");
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof(path), "%s/registry.db", folder);
    assert_int_equal(store_migrate(STORE_REGISTRY, path, "schema/registry"), STATUS_OK);
    run_plainly(path, "INSERT INTO setting (one, site_name, site_url, tag, is_demo, expiry_days, "
                      "registry_approval_units)"
                      " VALUES (1, 'Test', '', 'TST', 1, 14, 0)");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    char command[128];
    (void)snprintf(command, sizeof(command), "rm -rf '%s'", folder);
    return system(command);
}

static void versions_agree_with_the_schema_folders(void **state)
{
    (void)state;
    struct store *store = store_open(STORE_REGISTRY, STORE_READ, path, no_tables);
    assert_non_null(store);
    store_close(store);
    const char *people = in_folder("people.db");
    assert_int_equal(store_migrate(STORE_PEOPLE, people, "schema/people"), STATUS_OK);
    store = store_open(STORE_PEOPLE, STORE_WRITE, people, no_tables);
    assert_non_null(store);
    store_close(store);
    /* Again: nothing to do, nothing lost. */
    assert_int_equal(store_migrate(STORE_REGISTRY, path, "schema/registry"), STATUS_OK);
}

static void what_is_not_ours_is_refused(void **state)
{
    (void)state;
    assert_null(store_open(STORE_REGISTRY, STORE_READ, in_folder("absent.db"), no_tables));
    assert_null(store_open(STORE_REGISTRY, STORE_WRITE, in_folder("absent.db"), no_tables));
    assert_null(store_open(STORE_PEOPLE, STORE_WRITE, path, no_tables));
    write_file(in_folder("garbage.db"),
               "This is no database, however long it may be. It is a text of a few words only.\n");
    assert_null(store_open(STORE_REGISTRY, STORE_READ, in_folder("garbage.db"), no_tables));
    assert_int_not_equal(store_migrate(STORE_REGISTRY, in_folder("garbage.db"), "schema/registry"),
                         STATUS_OK);
    run_plainly(in_folder("other.db"), "CREATE TABLE theirs (x)");
    assert_null(store_open(STORE_REGISTRY, STORE_WRITE, in_folder("other.db"), no_tables));
    assert_int_not_equal(store_migrate(STORE_REGISTRY, in_folder("other.db"), "schema/registry"),
                         STATUS_OK);
    /* Left alone: its header says still that it has a rollback journal. */
    char header[20] = "";
    FILE *other = fopen(in_folder("other.db"), "re");
    assert_non_null(other);
    assert_int_equal(fread(header, 1, sizeof header, other), sizeof header);
    (void)fclose(other);
    assert_int_equal(header[18], 1);
    assert_int_equal(header[19], 1);
}

static void another_version_is_refused(void **state)
{
    (void)state;
    run_plainly(path, "PRAGMA user_version = 999");
    assert_null(store_open(STORE_REGISTRY, STORE_READ, path, no_tables));
    assert_int_not_equal(store_migrate(STORE_REGISTRY, path, "schema/registry"), STATUS_OK);
    run_plainly(path, "PRAGMA user_version = 0");
    assert_null(store_open(STORE_REGISTRY, STORE_READ, path, no_tables));
}

static void a_registry_out_of_wal_mode_is_refused(void **state)
{
    (void)state;
    run_plainly(path, "PRAGMA journal_mode = DELETE");
    assert_null(store_open(STORE_REGISTRY, STORE_WRITE, path, no_tables));
}

static void wrong_sql_fails_at_start(void **state)
{
    (void)state;
    static const char *const wrong[] = {"SELECT nothing FROM setting"};
    static const struct query_table wrong_queries = {"wrong", wrong, 1};
    static const struct query_table *const wrong_tables[] = {&wrong_queries, NULL};
    assert_null(store_open(STORE_REGISTRY, STORE_READ, path, wrong_tables));
    static const char *const two[] = {"SELECT 1; SELECT 2"};
    static const struct query_table two_queries = {"two", two, 1};
    static const struct query_table *const two_tables[] = {&two_queries, NULL};
    assert_null(store_open(STORE_REGISTRY, STORE_READ, path, two_tables));
}

static void settings_of_the_connection(void **state)
{
    (void)state;
    struct store *store = store_open(STORE_REGISTRY, STORE_WRITE, path, tables);
    assert_non_null(store);
    static const struct {
        const char *pragma;
        int64_t wanted;
    } rows[] = {
        {"PRAGMA foreign_keys", 1},       {"PRAGMA synchronous", 2},
        {"PRAGMA wal_autocheckpoint", 0}, {"PRAGMA trusted_schema", 0},
        {"PRAGMA cell_size_check", 1},    {"PRAGMA busy_timeout", 5000},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int64_t number = -1;
        assert_true(store_pragma(store->db, rows[i].pragma, &number));
        assert_int_equal(number, rows[i].wanted);
    }
    int on = 0;
    assert_int_equal(sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, -1, &on),
                     SQLITE_OK);
    assert_int_equal(on, 1);
    assert_int_equal(sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, -1, &on), SQLITE_OK);
    assert_int_equal(on, 1);
    assert_int_equal(sqlite3_limit(store->db, SQLITE_LIMIT_ATTACHED, -1), 0);
    assert_int_not_equal(sqlite3_exec(store->db,
                                      "PRAGMA writable_schema = 1; DELETE FROM sqlite_schema", NULL,
                                      NULL, NULL),
                         SQLITE_OK);
    store_close(store);
    /* -wal and -shm stay behind for readers who may not make them. */
    assert_int_equal(access(in_folder("registry.db-wal"), F_OK), 0);
    assert_int_equal(access(in_folder("registry.db-shm"), F_OK), 0);
}

static int64_t frozen(struct store *store)
{
    struct query q = query(store, &test_queries, T_FROZEN);
    int64_t number = query_row(&q) ? query_int(&q, 0) : -1;
    query_end(&q);
    return number;
}

static bool freeze(struct store *store, int64_t number)
{
    struct query q = query(store, &test_queries, T_FREEZE);
    query_bind_int(&q, 1, number);
    return query_run(&q);
}

static void a_reader_cannot_write(void **state)
{
    (void)state;
    struct store *store = store_open(STORE_REGISTRY, STORE_READ, path, tables);
    assert_non_null(store);
    assert_false(freeze(store, 1));
    assert_true(store_fault(store));
    assert_int_equal(frozen(store), -1); /* sticky */
    store_settle(store);
    assert_false(store_fault(store));
    assert_int_equal(frozen(store), 0);
    store_close(store);
}

static void a_reader_sees_one_moment(void **state)
{
    (void)state;
    struct store *writer = store_open(STORE_REGISTRY, STORE_WRITE, path, tables);
    struct store *reader = store_open(STORE_REGISTRY, STORE_READ, path, tables);
    assert_non_null(writer);
    assert_non_null(reader);
    store_begin_read(reader);
    assert_int_equal(frozen(reader), 0);
    assert_true(store_begin_write(writer));
    assert_true(freeze(writer, 1));
    assert_int_equal(frozen(reader), 0);
    assert_true(store_commit(writer));
    assert_int_equal(frozen(reader), 0);
    assert_true(store_checkpoint(writer, false) > 0);
    store_settle(reader);
    assert_int_equal(frozen(reader), 1);
    store_settle(reader);
    assert_int_equal(store_checkpoint(writer, true), 0);
    store_close(writer);
    assert_int_equal(frozen(reader), 1);
    store_close(reader);
}

static int freeze_committed(struct store *writer, int is_frozen)
{
    assert_true(store_begin_write(writer));
    assert_true(freeze(writer, is_frozen));
    assert_true(store_commit(writer));
    return store_wal_pages(writer);
}

/* What was moved while it was set can be read, and the WAL goes on behind it; without it the WAL
 * begins anew. */
static void a_pin_keeps_the_wal(void **state)
{
    (void)state;
    struct store *writer = store_open(STORE_REGISTRY, STORE_WRITE, path, tables);
    struct store *pin = pin_open(path);
    assert_non_null(pin);
    pin_clear(pin); /* it is not set */
    int first = freeze_committed(writer, 1);
    assert_true(first > 0);
    for (int i = 0; i < 3; i++) {
        assert_true(pin_set(pin));
        int behind = freeze_committed(writer, 0);
        assert_true(behind > first);
        assert_int_equal(store_checkpoint(writer, false), behind);
        int later = freeze_committed(writer, 1);
        assert_true(later > behind);
        assert_true(store_checkpoint(writer, true) != 0); /* nor can it be emptied */
        first = later;
    }
    pin_clear(pin);
    assert_int_equal(store_checkpoint(writer, false), first);
    assert_true(freeze_committed(writer, 0) < first);
    assert_int_equal(store_checkpoint(writer, true), 0);
    assert_int_equal(frozen(writer), 0);
    store_settle(writer);
    assert_true(pin_set(pin));
    store_close(pin);
    store_close(writer);
    pin_clear(NULL);
    assert_false(pin_set(NULL));
    assert_null(pin_open(in_folder("nowhere.db")));
}

static bool add_person(struct store *store, const char *user_id, int64_t roles)
{
    struct query q = query(store, &test_queries, T_ADD);
    query_bind_text(&q, 1, user_id);
    query_bind_int(&q, 2, roles);
    return query_run_unique(&q);
}

/* ---- a disk that loses what it was given, after it has said so ---- */

static char before[4 << 20];
static size_t before_bytes;

static int in_a_process(void (*act)(void))
{
    int end = 0;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        act();
        _exit(0);
    }
    assert_true(waitpid(pid, &end, 0) == pid && WIFEXITED(end));
    return WEXITSTATUS(end);
}

/* As after two steps of a checkpoint (ledger/checkpoint.h); it ends without closing anything. */
static void moves_pages(void)
{
    struct store *writer = store_open(STORE_REGISTRY, STORE_WRITE, path, tables);
    struct store *pin = pin_open(path);
    FILE *file = fopen(path, "r");
    must(store_checkpoint(writer, true) == 0 && file != NULL);
    before_bytes = fread(before, 1, sizeof before, file);
    must(before_bytes > 0 && before_bytes < sizeof before);
    (void)freeze_committed(writer, 1);
    must(pin_set(pin) && store_begin_write(writer) &&
         add_person(writer, "usr_0000000000000001", 0) && store_commit(writer) &&
         store_checkpoint(writer, false) > 0);
    file = fopen(path, "r+");
    must(file != NULL && fwrite(before, 1, before_bytes, file) == before_bytes &&
         fflush(file) == 0);
    _exit(0);
}

/* The daemon to which the sync told it. */
static void forgets(void)
{
    must(wal_index_forget(path));
}

static void finishes(void)
{
    struct store *writer = store_open(STORE_REGISTRY, STORE_WRITE, path, tables);
    must(store_checkpoint(writer, true) == 0);
    store_close(writer);
}

/* What the disk has not got is in the WAL still, and is moved again: though another program has
 * the file open, and with it the index by which everything was moved. */
static void pages_that_were_lost_are_moved_again(void **state)
{
    (void)state;
    int ready[2];
    char word = 0;
    assert_int_equal(pipe(ready), 0);
    fflush(stdout);
    pid_t reader = fork();
    if (reader == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        struct store *store = store_open(STORE_REGISTRY, STORE_READ, path, tables);
        (void)frozen(store);
        store_settle(store);
        must(write(ready[1], "r", 1) == 1);
        (void)pause();
    }
    assert_int_equal(read(ready[0], &word, 1), 1);
    assert_int_equal(in_a_process(moves_pages), 0);
    assert_int_equal(in_a_process(forgets), 0);
    assert_int_equal(in_a_process(finishes), 0);
    assert_int_equal(kill(reader, SIGKILL), 0);
    assert_true(waitpid(reader, NULL, 0) == reader);
    close(ready[0]);
    close(ready[1]);
    struct store *store = store_open(STORE_REGISTRY, STORE_READ, path, tables);
    assert_int_equal(frozen(store), 1);
    store_close(store);
}

static void rollback(void **state)
{
    (void)state;
    struct store *store = store_open(STORE_REGISTRY, STORE_WRITE, path, tables);
    assert_true(store_begin_write(store));
    assert_true(freeze(store, 1));
    assert_int_equal(frozen(store), 1);
    store_rollback(store);
    assert_int_equal(frozen(store), 0);
    store_rollback(store); /* nothing open: nothing happens */
    assert_true(store_begin_write(store));
    assert_true(freeze(store, 1));
    store_settle(store); /* what nobody committed is not kept */
    assert_int_equal(frozen(store), 0);
    assert_true(store_begin_write(store));
    assert_false(freeze(store, 7)); /* CHECK */
    assert_true(store_fault(store));
    assert_false(store_commit(store));
    store_settle(store);
    assert_int_equal(frozen(store), 0);
    store_close(store);
}

static void uniqueness_is_no_fault(void **state)
{
    (void)state;
    struct store *store = store_open(STORE_REGISTRY, STORE_WRITE, path, tables);
    assert_true(store_begin_write(store));
    assert_true(add_person(store, "usr_0000000000000001", 0));
    assert_false(add_person(store, "usr_0000000000000001", 0));
    assert_false(store_fault(store));
    assert_false(add_person(store, "usr_0000000000000002", 9)); /* CHECK: a fault */
    assert_true(store_fault(store));
    store_rollback(store);
    store_close(store);
}

static void columns_and_bindings(void **state)
{
    (void)state;
    struct store *store = store_open(STORE_REGISTRY, STORE_READ, path, tables);
    struct query q = query(store, &test_queries, T_TEXT);
    query_bind_text(&q, 1, NULL);
    query_bind_int(&q, 2, INT64_MIN);
    query_bind_blob(&q, 3, "a\0b", 3);
    assert_true(query_row(&q));
    assert_true(query_is_null(&q, 0));
    assert_string_equal(query_text(&q, &arena, 0), "");
    assert_true(query_int(&q, 1) == INT64_MIN);
    size_t size_bytes = 0;
    assert_memory_equal(query_blob(&q, &arena, 2, &size_bytes), "a\0b", 3);
    assert_int_equal(size_bytes, 3);
    query_end(&q);
    q = query(store, &test_queries, T_TEXT); /* bindings are gone */
    query_bind_text(&q, 1, "four");
    assert_true(query_row(&q));
    assert_true(query_is_null(&q, 1));
    char small[4];
    query_text_into(&q, 0, small, sizeof(small));
    assert_true(store_fault(store));
    query_end(&q);
    store_settle(store);
    q = query(store, &test_queries, T_FROZEN);
    assert_true(query_row(&q));
    assert_string_equal(query_text(&q, &arena, 1), "Test");
    assert_true(query_is(&q, 1, "Test"));
    assert_false(query_is(&q, 1, "Tes"));
    assert_false(query_is(&q, 1, "Test "));
    assert_false(query_is(&q, 1, ""));
    query_end(&q);
    store_close(store);
}

/* A request that runs out of memory leaves its queries where they are: nothing of them comes into
 * the next request. */
static void what_was_left_open_is_forgotten(void **state)
{
    (void)state;
    struct store *store = store_open(STORE_REGISTRY, STORE_READ, path, tables);
    struct query q = query(store, &test_queries, T_TEXT);
    query_bind_int(&q, 1, 2024);
    query_bind_text(&q, 2, "of somebody else");
    assert_true(query_row(&q));
    store_settle(store);
    q = query(store, &test_queries, T_TEXT);
    query_bind_text(&q, 3, "mine");
    assert_true(query_row(&q));
    assert_true(query_is_null(&q, 0));
    assert_true(query_is_null(&q, 1));
    query_end(&q);
    store_close(store);
}

static void migration_goes_forward_one_file_at_a_time(void **state)
{
    (void)state;
    const char *schema = in_folder("schema");
    assert_int_equal(mkdir(schema, 0700), 0);
    const char *file = in_folder("new.db");
    assert_int_not_equal(store_migrate(STORE_PEOPLE, file, schema), STATUS_OK); /* no file at all */
    write_file(in_folder("schema/001_one.sql"), "CREATE TABLE one (x) STRICT;");
    assert_int_not_equal(store_migrate(STORE_PEOPLE, file, schema),
                         STATUS_OK); /* STRICT wants types */
    write_file(in_folder("schema/001_one.sql"), "CREATE TABLE one (x INTEGER) STRICT;");
    write_file(in_folder("schema/README"), "not SQL");
    assert_int_equal(store_migrate(STORE_PEOPLE, file, schema), STATUS_OK);
    write_file(in_folder("schema/003_three.sql"), "CREATE TABLE three (x INTEGER) STRICT;");
    assert_int_not_equal(store_migrate(STORE_PEOPLE, file, schema), STATUS_OK); /* a gap */
    write_file(in_folder("schema/002_two.sql"), "INSERT INTO one VALUES (2); SELECT oops;");
    assert_int_not_equal(store_migrate(STORE_PEOPLE, file, schema), STATUS_OK);
    write_file(in_folder("schema/002_two.sql"), "INSERT INTO one VALUES (2);");
    assert_int_equal(store_migrate(STORE_PEOPLE, file, schema), STATUS_OK);
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    int64_t number = 0;
    assert_true(store_pragma(db, "PRAGMA user_version", &number));
    assert_int_equal(number, 3);
    assert_true(
        store_pragma(db, "SELECT count(*) FROM one", &number)); /* the failed try left nothing */
    assert_int_equal(number, 1);
    sqlite3_close(db);
    write_file(in_folder("schema/003_again.sql"), "SELECT 1;");
    assert_int_not_equal(store_migrate(STORE_PEOPLE, file, schema), STATUS_OK); /* a double */
}

int main(void)
{
    arena_map(&arena, 1024UL * 1024);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(versions_agree_with_the_schema_folders, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_ours_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_version_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_registry_out_of_wal_mode_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wrong_sql_fails_at_start, set_up, tear_down),
        cmocka_unit_test_setup_teardown(settings_of_the_connection, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_reader_cannot_write, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_reader_sees_one_moment, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_pin_keeps_the_wal, set_up, tear_down),
        cmocka_unit_test_setup_teardown(pages_that_were_lost_are_moved_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rollback, set_up, tear_down),
        cmocka_unit_test_setup_teardown(uniqueness_is_no_fault, set_up, tear_down),
        cmocka_unit_test_setup_teardown(columns_and_bindings, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_left_open_is_forgotten, set_up, tear_down),
        cmocka_unit_test_setup_teardown(migration_goes_forward_one_file_at_a_time, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
