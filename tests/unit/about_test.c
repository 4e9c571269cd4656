/* about_test.c: what is said of suppliers and projects: places on the map, countries, addresses of
 * documents, and a registry of version 7 with data that is brought forward. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger/town.h"
#include "ledger/work.h"
#include "model/country.h"
#include "model/location.h"
#include "unit/older.h"

static void degrees(void **state)
{
    (void)state;
    static const struct {
        const char *typed;
        int32_t udeg;
        const char *number;
    } good[] = {
        {"0", 0, "0"},
        {"-0", 0, "0"},
        {"+6.9668", 6966800, "6.9668"},
        {"29.728229835733384", 29728230, "29.72823"},
        {"-95.56960726715872", -95569607, "-95.569607"},
        {"0.0000005", 1, "0.000001"},
        {"-0.00000049", 0, "0"},
        {"180", 180000000, "180"},
        {"-180.0000004", -180000000, "-180"},
        {"100", 100000000, "100"},
    };
    static const char *const bad[] = {
        "",    ".5",   "5.",  "1e2", "1,5",   "--1", "180.1", "1 ",
        "0x1", "0001", "NaN", "181", "1.1.1", "+-1", "58° N", "1.123456789012345678901"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        char number[LOCATION_NUMBER_SIZE];
        int32_t udeg = 7;
        assert_true(location_degrees(good[i].typed, LONGITUDE_UDEG_MAX, &udeg));
        assert_int_equal(udeg, good[i].udeg);
        assert_string_equal(location_number(udeg, number), good[i].number);
        int32_t again = 7;
        assert_true(location_degrees(number, LONGITUDE_UDEG_MAX, &again));
        assert_int_equal(again, udeg);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int32_t udeg = 7;
        assert_false(location_degrees(bad[i], LONGITUDE_UDEG_MAX, &udeg));
        assert_int_equal(udeg, 7);
    }
    char number[LOCATION_NUMBER_SIZE];
    assert_string_equal(location_number(INT32_MIN, number), "-2147.483648");
}

static void countries(void **state)
{
    (void)state;
    static const char *const published[][2] = {
        {"BRA", "Brazil"},
        {"CAN", "Canada"},
        {"CHL", "Chile"},
        {"COD", "Democratic Republic of the Congo"},
        {"COG", "Congo"},
        {"CRI", "Costa Rica"},
        {"CZE", "Czechia"},
        {"DEU", "Germany"},
        {"GEO", "Georgia"},
        {"GHA", "Ghana"},
        {"IND", "India"},
        {"MEX", "Mexico"},
        {"NLD", "Netherlands"},
        {"NOR", "Norway"},
        {"TZA", "United Republic of Tanzania"},
        {"USA", "United States of America"},
        {"ZAF", "South Africa"},
    };
    for (size_t i = 0; i < sizeof published / sizeof published[0]; i++) {
        assert_string_equal(country_name(published[i][0]), published[i][1]);
    }
    assert_string_equal(country_name("AFG"), "Afghanistan"); /* the first and the last */
    assert_string_equal(country_name("ABW"), "Aruba");
    assert_string_equal(country_name("ZWE"), "Zimbabwe");
    assert_string_equal(country_name("EUE"), "");
    assert_string_equal(country_name(""), "");
}

/* A country is named once, whether the place ends in its name or in its letters. */
static void places_in_words(void **state)
{
    (void)state;
    static const char *const rows[][3] = {
        {"Hutchinson, Kansas", "USA", "Hutchinson, Kansas, United States of America"},
        {"Virginia, USA", "USA", "Virginia, USA"},
        {"Rajasthan, India", "IND", "Rajasthan, India"},
        {"Rajasthan, INDIA", "IND", "Rajasthan, INDIA"},
        {"Norway", "NOR", "Norway"},
        {"Somali", "MLI", "Somali, Mali"}, /* a part of a word names nothing */
        {"ÅMali", "MLI", "ÅMali, Mali"},
        {"Lausa", "USA", "Lausa, United States of America"},
        {"Terra Mar", "MAR", "Terra Mar, Morocco"}, /* nor does a word in small letters */
        {"Kvinesdal", "", "Kvinesdal"},
        {"Everywhere", "EUE", "Everywhere, EUE"},
        {"", "NOR", "Norway"},
        {"", "", ""},
    };
    static unsigned char memory[4096];
    struct arena arena;
    arena_init(&arena, memory, sizeof memory);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_string_equal(location_words(&arena, rows[i][0], rows[i][1]), rows[i][2]);
    }
}

static void document_urls(void **state)
{
    (void)state;
    static const char *const good[] = {"https://example.org", "https://a.example.org/x/y.pdf?z=%20",
                                       "https://example.org:8443/"};
    static const char *const bad[] = {"",
                                      "http://example.org/",
                                      "https://",
                                      "https://example",
                                      "https://a@example.org/",
                                      "https://127.0.0.1/",
                                      "https://example.org/a b",
                                      "https://example.org/\n",
                                      "https://example.org/'",
                                      "https://example.org/#x",
                                      "//example.org/",
                                      "HTTPS:/example.org",
                                      "https://exämple.org"};
    char longest[DOCUMENT_URL_CHARS_MAX + 2] = "https://example.org/";
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(check_document_url(good[i]));
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(check_document_url(bad[i]));
    }
    memset(longest + strlen(longest), 'a', DOCUMENT_URL_CHARS_MAX - strlen(longest));
    assert_true(check_document_url(longest));
    longest[DOCUMENT_URL_CHARS_MAX] = 'a';
    assert_false(check_document_url(longest));
}

/* Fingerprints that were kept before there was anything to say stay what they were. */
static void fingerprints(void **state)
{
    (void)state;
    struct command command = command_of(ACT_EDIT_PROJECT, "", "");
    struct digest plain = command_fingerprint(&command);
    command.project.location = (struct location){true, 0, 0};
    struct digest placed = command_fingerprint(&command);
    assert_false(digest_equal(&plain, &placed));
    command.project.ccp_approved = true;
    struct digest labelled = command_fingerprint(&command);
    assert_false(digest_equal(&placed, &labelled));
}

static int64_t number_of(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return number;
}

static void say(void *context, const char *sentence)
{
    (void)context;
    fprintf(stderr, "%s\n", sentence);
}

static void from_version_7(void **state)
{
    (void)state;
    char older[128];
    town_found();
    const char *supplier = town_org("Supplier", true, ORG_PARTICIPANT);
    const char *project = town_project(supplier, "F5X7", INSTRUMENT_CARBON_REMOVAL);
    town_issue(project, 2024, 1000, 0);
    struct command add = command_of(ACT_ADD_DOCUMENT, "", town_key());
    TEXT_COPY(add.document.project_id, project);
    TEXT_COPY(add.document.name, "Design");
    TEXT_COPY(add.document.url, "https://example.org/design.pdf");
    town_do(&add);
    store_close(town.ledger.store);
    (void)snprintf(older, sizeof older, "%s/older.db", town.folder);
    older_make(older, 7);

    static const struct query_table *const none[] = {NULL};
    assert_null(store_open(STORE_REGISTRY, STORE_WRITE, older, none));
    assert_int_equal(store_migrate(STORE_REGISTRY, older, "schema/registry"), STATUS_OK);
    assert_int_equal(number_of(older, "SELECT count(*) FROM project WHERE latitude_udeg IS NULL"
                                      " AND longitude_udeg IS NULL AND ccp_approved = 0"),
                     1);
    assert_int_equal(number_of(older, "SELECT count(*) FROM organisation"
                                      " WHERE short_description = '' AND place = ''"),
                     number_of(town.path, "SELECT count(*) FROM organisation"));
    assert_int_equal(number_of(older, "SELECT count(*) FROM project_document"), 0);
    struct store *store = store_open(STORE_REGISTRY, STORE_READ, older, ledger_verify_tables);
    assert_non_null(store);
    struct verify_report report = {.say = say};
    assert_int_equal(ledger_verify(store, &town.arena, &report), STATUS_OK);
    assert_int_equal(report.violations, 0);
    store_close(store);

    /* The schema refuses absolutely. */
    static const char *const refused[] = {
        "UPDATE project SET latitude_udeg = 1",
        "UPDATE project SET latitude_udeg = 90000001, longitude_udeg = 0",
        "UPDATE project SET instrument = 'renewable_energy', ccp_approved = 1",
        "UPDATE project_document SET name = 'Other'",
        "DELETE FROM project_document",
    };
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(town.path, &db), SQLITE_OK);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        assert_int_equal(sqlite3_exec(db, refused[i], NULL, NULL, NULL), SQLITE_CONSTRAINT);
    }
    sqlite3_close(db);
    town_open_ledger();
    town_leave();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(degrees),         cmocka_unit_test(countries),
        cmocka_unit_test(places_in_words), cmocka_unit_test(document_urls),
        cmocka_unit_test(fingerprints),    cmocka_unit_test(from_version_7),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
