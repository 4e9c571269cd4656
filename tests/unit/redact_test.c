/*
 * unit/redact_test.c: public words of what is no transfer are taken away: once, by an
 * administrator, with a reason; what remains is that there were words, when they went and why. The
 * tables refuse everything else, and a registry of before learns all of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger/tally.h"
#include "ledger/town.h"
#include "ledger/work.h"
#include "unit/older.h"

#define BEFORE 9 /* the last version in which only notes of transfers could go */
#define SECRET "SECRET-WORDS"
#define WHY "It named a person"

static struct answer answer;
static char alder[ID_SIZE], birch[ID_SIZE], pool[ID_SIZE];
static char issuance[ID_SIZE], delivery[ID_SIZE], retirement[ID_SIZE], silent[ID_SIZE];
static char refund[ID_SIZE], cancellation[ID_SIZE];

static void keep(char id[ID_SIZE], const struct command *command)
{
    (void)snprintf(id, ID_SIZE, "%s", town_do(command));
}

static struct command retires(const char *beneficiary, const char *notes)
{
    struct command command = command_of(ACT_RETIRE, town_person('B'), town_key());
    TEXT_COPY(command.retire.org_id, birch);
    TEXT_COPY(command.retire.supplier_org_id, alder);
    TEXT_COPY(command.retire.beneficiary, beneficiary);
    TEXT_COPY(command.retire.notes, notes);
    command.retire.purposes = 1;
    command.retire.units = 100;
    return command;
}

static void trade(const char *project)
{
    char order[ID_SIZE];
    struct command command = command_of(ACT_ISSUE, "", town_key());
    TEXT_COPY(command.issue.project_id, project);
    TEXT_COPY(command.issue.notes, SECRET);
    command.issue.vintage = 2024;
    command.issue.supplier_units = 9000;
    command.issue.buffer_units = 1000;
    keep(issuance, &command);
    command = command_of(ACT_ORDER, "", town_key());
    TEXT_COPY(command.order.supplier_org_id, alder);
    TEXT_COPY(command.order.buyer_org_id, birch);
    command.order.units = 5000;
    keep(order, &command);
    command = command_of(ACT_DELIVER, "", town_key());
    TEXT_COPY(command.deliver.order_id, order);
    TEXT_COPY(command.deliver.notes, SECRET);
    command.deliver.units = 3000;
    keep(delivery, &command);
    command = retires("Åsa " SECRET, SECRET);
    assert_int_equal(town_ask(PROGRAM_ACCOUNT, &command, &answer), STATUS_OK);
    TEXT_COPY(retirement, answer.id);
    command = retires("", "");
    TEXT_COPY(command.retire.beneficiary_org_id, alder);
    assert_int_equal(town_ask(PROGRAM_ACCOUNT, &command, &answer), STATUS_OK);
    TEXT_COPY(silent, answer.id);
    command = command_of(ACT_REFUND, "", town_key());
    TEXT_COPY(command.pool.project_id, project);
    TEXT_COPY(command.pool.notes, SECRET);
    command.pool.units = 200;
    keep(refund, &command);
    command.kind = ACT_CANCEL_UNITS;
    TEXT_COPY(command.key, town_key());
    keep(cancellation, &command);
}

static int set_up(void **state)
{
    (void)state;
    town_found();
    TEXT_COPY(alder, town_org("Alder", true, ORG_PARTICIPANT));
    TEXT_COPY(birch, town_org("Birch", false, ORG_PARTICIPANT));
    TEXT_COPY(pool, town_org("Pool", false, ORG_BUFFER));
    town_member(birch, town_person('B'), ROLE_ALL);
    town_official(town_person('Z'), REGISTRY_ADMINISTRATOR);
    town_official(town_person('Y'), REGISTRY_AUDITOR);
    trade(town_project(alder, "P1", INSTRUMENT_CARBON_REMOVAL));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    town_leave();
    return 0;
}

static enum status redacts(enum act_kind kind, char who, const char *id, const char *reason)
{
    struct command command = town_decide(kind, town_person(who), id, reason);
    return town_ask(PROGRAM_ADMIN, &command, &answer);
}

/* The number that a statement gives for the id with which it ends. */
static int64_t number(const char *sql, const char *id)
{
    char text[512];
    (void)snprintf(text, sizeof text, "%s '%s'", sql, id);
    return town_number(text);
}

/* Is the secret in any table that others than administrators and auditors read? */
static int64_t texts_with_secret(void)
{
    return town_number("SELECT (SELECT count(*) FROM issuance WHERE notes LIKE '%SECRET%')"
                       " + (SELECT count(*) FROM delivery WHERE notes LIKE '%SECRET%')"
                       " + (SELECT count(*) FROM refund WHERE notes LIKE '%SECRET%')"
                       " + (SELECT count(*) FROM cancellation WHERE reason LIKE '%SECRET%')"
                       " + (SELECT count(*) FROM retirement WHERE notes LIKE '%SECRET%')"
                       " + (SELECT count(*) FROM retirement WHERE beneficiary LIKE '%SECRET%')");
}

/* The first text that a statement gives. */
static void text_of(char *to, size_t to_bytes, const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_open(town.path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    (void)snprintf(to, to_bytes, "%s", (const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    sqlite3_close(db);
}

static void log_says(const char *words)
{
    char found[512];
    text_of(found, sizeof found,
            "SELECT command || ' ' || outcome || ' ' || detail || ' ' || event || ' ' ||"
            " is_public FROM act ORDER BY seq DESC LIMIT 1");
    assert_string_equal(found, words);
}

static void redact_everything(void)
{
    static const struct {
        const char *id, *log;
    } notes[] = {
        {issuance, "redact-note ok 10.000 credits of Alder note.redacted 1"},
        {delivery, "redact-note ok 3.000 credits of Alder note.redacted 1"},
        {retirement, "redact-note ok 0.100 credits of Birch note.redacted 1"},
        {refund, "redact-note ok 0.200 credits of Pool note.redacted 1"},
        {cancellation, "redact-note ok 0.200 credits of Pool note.redacted 1"},
    };
    for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++) {
        assert_int_equal(redacts(ACT_REDACT_NOTE, 'Z', notes[i].id, WHY), STATUS_OK);
        assert_string_equal(answer.id, notes[i].id);
        log_says(notes[i].log);
        assert_int_equal(texts_with_secret(), 5 - (int64_t)i);
    }
    assert_int_equal(redacts(ACT_REDACT_BENEFICIARY, 'Z', retirement, WHY), STATUS_OK);
    log_says("redact-beneficiary ok 0.100 credits of Birch note.redacted 1");
    assert_int_equal(texts_with_secret(), 0);
}

static void say(void *context, const char *sentence)
{
    (void)context;
    print_error("%s\n", sentence);
}

static void is_sound(const char *path)
{
    struct store *store = store_open(STORE_REGISTRY, STORE_READ, path, ledger_verify_tables);
    assert_non_null(store);
    struct verify_report report = {.say = say};
    assert_int_equal(ledger_verify(store, &town.arena, &report), STATUS_OK);
    assert_int_equal(report.violations, 0);
    store_close(store);
}

static void the_words_go_and_the_rest_stays(void **state)
{
    (void)state;
    redact_everything();
#define REDACTED_ONE(table, id, words, none)                                                       \
    "SELECT count(*) FROM " table " WHERE " words " = '" none "'"                                  \
    " AND note_redacted_reason = '" WHY "' AND note_redacted_at ="                                 \
    " (SELECT max(at) FROM act WHERE subject_id = " id " AND command = 'redact-note')"             \
    " AND " id " ="
    assert_int_equal(number(REDACTED_ONE("issuance", "issuance_id", "notes", ""), issuance), 1);
    assert_int_equal(number(REDACTED_ONE("delivery", "delivery_id", "notes", ""), delivery), 1);
    assert_int_equal(number(REDACTED_ONE("retirement", "retirement_id", "notes", ""), retirement),
                     1);
    assert_int_equal(number(REDACTED_ONE("refund", "refund_id", "notes", ""), refund), 1);
    assert_int_equal(number(REDACTED_ONE("cancellation", "cancellation_id", "reason", "[redacted]"),
                            cancellation),
                     1);
    assert_int_equal(number("SELECT count(*) FROM retirement WHERE beneficiary = '[redacted]'"
                            " AND name_redacted_reason = '" WHY "' AND retirement_id =",
                            retirement),
                     1);
    /* What was done stays readable to those who look after the registry. */
    assert_int_equal(number("SELECT count(*) FROM act WHERE command = 'retire'"
                            " AND detail LIKE '%SECRET%' AND subject_id =",
                            retirement),
                     1);
    is_sound(town.path);
}

/* Whom it concerns is told, as when it was made. */
static void the_parties_are_told(void **state)
{
    (void)state;
    redact_everything();
    static const struct {
        const char *id, *org, *other;
    } told[] = {{issuance, alder, ""},
                {delivery, alder, birch},
                {refund, pool, alder},
                {cancellation, pool, alder},
                {retirement, birch, ""}};
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        char sql[512], found[512], wanted[512];
        (void)snprintf(sql, sizeof sql,
                       "SELECT org_id || ' ' || other_org_id FROM act"
                       " WHERE subject_id = '%s' AND event = 'note.redacted' LIMIT 1",
                       told[i].id);
        (void)snprintf(wanted, sizeof wanted, "%s %s", told[i].org, told[i].other);
        text_of(found, sizeof found, sql);
        assert_string_equal(found, wanted);
    }
}

static void refusals(void **state)
{
    (void)state;
    assert_int_equal(redacts(ACT_REDACT_NOTE, 'B', retirement, WHY), STATUS_NOT_ALLOWED);
    assert_int_equal(redacts(ACT_REDACT_NOTE, 'Y', retirement, WHY), STATUS_NOT_ALLOWED);
    assert_int_equal(redacts(ACT_REDACT_BENEFICIARY, 'Y', retirement, WHY), STATUS_NOT_ALLOWED);
    assert_int_equal(redacts(ACT_REDACT_NOTE, 'Z', retirement, ""), STATUS_REASON_NEEDED);
    assert_int_equal(redacts(ACT_REDACT_NOTE, 'Z', retirement, "one\ntwo"), STATUS_NOTE_CONTROL);
    assert_int_equal(answer.field, FIELD_REASON);
    assert_int_equal(redacts(ACT_REDACT_NOTE, 'Z', silent, WHY), STATUS_VALUE_REFUSED);
    assert_int_equal(answer.field, FIELD_NOTES);
    /* For an organisation: its name is its own. */
    assert_int_equal(redacts(ACT_REDACT_BENEFICIARY, 'Z', silent, WHY), STATUS_VALUE_REFUSED);
    assert_int_equal(answer.field, FIELD_NOTES);
    static const char *const nothing[] = {"ret_ZZZZZZZZZZZZZZZZ",
                                          "iss_ZZZZZZZZZZZZZZZZ",
                                          "tfr_ZZZZZZZZZZZZZZZZ",
                                          "org_ZZZZZZZZZZZZZZZZ",
                                          "",
                                          "?"};
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++) {
        assert_int_equal(redacts(ACT_REDACT_NOTE, 'Z', nothing[i], WHY), STATUS_NOT_FOUND);
        assert_int_equal(redacts(ACT_REDACT_BENEFICIARY, 'Z', nothing[i], WHY), STATUS_NOT_FOUND);
    }
    assert_int_equal(redacts(ACT_REDACT_BENEFICIARY, 'Z', issuance, WHY), STATUS_NOT_FOUND);
    assert_int_equal(texts_with_secret(), 6);
    struct command command = town_decide(ACT_REDACT_NOTE, town_person('B'), retirement, WHY);
    assert_int_equal(town_ask(PROGRAM_ACCOUNT, &command, &answer), STATUS_NOT_ALLOWED);
    assert_int_equal(town_ask(PROGRAM_API, &command, &answer), STATUS_NOT_ALLOWED);
}

static void once_and_no_more(void **state)
{
    (void)state;
    struct command command = town_decide(ACT_REDACT_NOTE, town_person('Z'), retirement, WHY);
    TEXT_COPY(command.key, "a key");
    assert_int_equal(town_ask(PROGRAM_ADMIN, &command, &answer), STATUS_VALUE_REFUSED);
    TEXT_COPY(command.key, "a-key");
    assert_int_equal(town_ask(PROGRAM_ADMIN, &command, &answer), STATUS_OK);
    int64_t seq = answer.seq;
    assert_int_equal(town_ask(PROGRAM_ADMIN, &command, &answer), STATUS_OK);
    assert_true(answer.repeated);
    assert_int_equal(answer.seq, seq);
    TEXT_COPY(command.decide.subject_id, delivery);
    assert_int_equal(town_ask(PROGRAM_ADMIN, &command, &answer), STATUS_KEY_REUSED);
    assert_int_equal(redacts(ACT_REDACT_NOTE, 'Z', retirement, "Again"), STATUS_VALUE_REFUSED);
    assert_int_equal(answer.field, FIELD_NOTES);
    /* The other text of the same retirement is another. */
    assert_int_equal(redacts(ACT_REDACT_BENEFICIARY, 'Z', retirement, WHY), STATUS_OK);
    assert_int_equal(redacts(ACT_REDACT_BENEFICIARY, 'Z', retirement, WHY), STATUS_VALUE_REFUSED);
    is_sound(town.path);
}

static enum status decided(const struct public_words *words, int64_t at)
{
    struct command_decide body = {.reason = WHY};
    memset(&answer, 0, sizeof answer);
    return decide_redact(words, &body, at, &answer);
}

static void not_before_it_happened(void **state)
{
    (void)state;
    struct public_words words = {.words = "Words", .at = 200, .redacted = {.reason = ""}};
    assert_int_equal(decided(&words, 199), STATUS_TIME_BACKWARDS);
    assert_int_equal(answer.field, FIELD_DATE);
    assert_int_equal(decided(&words, 200), STATUS_OK);
    words.redacted.at = 200;
    assert_int_equal(decided(&words, 200), STATUS_VALUE_REFUSED);
    words = (struct public_words){.words = "", .redacted = {.reason = ""}};
    assert_int_equal(decided(&words, 200), STATUS_VALUE_REFUSED);
}

/* ---- the tables ---- */

static void is_refused(sqlite3 *db, const char *sql)
{
    char *message = NULL;
    int code = sqlite3_exec(db, sql, NULL, NULL, &message);
    if (code == SQLITE_OK || strstr(message, " never changed") == NULL) {
        if (code == SQLITE_OK || strstr(message, "CHECK constraint") == NULL) {
            fail_msg("%s: %s", sql, message == NULL ? "done" : message);
        }
    }
    sqlite3_free(message);
}

#define NOTE_GOES "notes = '', note_redacted_at = 9, note_redacted_reason = 'Why'"
#define NAME_GOES "beneficiary = '[redacted]', name_redacted_at = 9, name_redacted_reason = 'Why'"

static void nothing_else_passes(void **state)
{
    (void)state;
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(town.path, &db), SQLITE_OK);
    static const char *const tables[] = {"issuance", "delivery", "refund", "retirement"};
    static const char *const changes[] = {
        "notes = ''",
        "notes = 'Other words'",
        "units = units",
        "origin = 'x'",
        "notes = '', note_redacted_at = 9",
        "notes = '', note_redacted_reason = 'Why'",
        "notes = 'x', note_redacted_at = 9, note_redacted_reason = 'Why'",
        (NOTE_GOES ", origin = 'x'")};
    char sql[512];
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
            const char *change = t == 0 && i == 2 ? "vintage = vintage" : changes[i];
            (void)snprintf(sql, sizeof sql, "UPDATE %s SET %s", tables[t], change);
            is_refused(db, sql);
        }
    }
    static const char *const others[] = {
        "UPDATE cancellation SET reason = '[redacted]'",
        "UPDATE cancellation SET reason = '', note_redacted_at = 9, note_redacted_reason = 'Why'",
        "UPDATE cancellation SET reason = '[redacted]', note_redacted_at = 9,"
        " note_redacted_reason = 'Why', units = 1",
        "UPDATE retirement SET " NAME_GOES ", notes = ''",
        "UPDATE retirement SET " NAME_GOES ", units = 1",
        "UPDATE retirement SET " NOTE_GOES ", " NAME_GOES,
        "UPDATE retirement SET " NOTE_GOES ", beneficiary = 'Other'",
        "UPDATE retirement SET beneficiary = 'x', name_redacted_at = 9, name_redacted_reason = 'y'",
        "UPDATE act SET detail = ''",
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        is_refused(db, others[i]);
    }
    redact_everything();
    static const char *const backs[] = {
        "UPDATE issuance SET notes = 'Words'",
        "UPDATE delivery SET note_redacted_at = NULL, note_redacted_reason = NULL",
        "UPDATE refund SET note_redacted_reason = 'Another'",
        "UPDATE cancellation SET reason = 'Words', note_redacted_at = NULL,"
        " note_redacted_reason = NULL",
        "UPDATE retirement SET beneficiary = 'Words', name_redacted_at = NULL,"
        " name_redacted_reason = NULL",
        "UPDATE retirement SET note_redacted_at = 10",
        "UPDATE act SET detail = '0.100 credits of Birch for [redacted]' WHERE command = 'retire'",
    };
    for (size_t i = 0; i < sizeof backs / sizeof backs[0]; i++) {
        is_refused(db, backs[i]);
    }
    sqlite3_close(db);
}

/* ---- bringing a registry forward ---- */

static void a_registry_of_before(void **state)
{
    (void)state;
    char older[128], kept[sizeof town.path];
    (void)snprintf(older, sizeof older, "%s/older.db", town.folder);
    store_close(town.ledger.store);
    older_make(older, BEFORE);
    assert_int_equal(store_migrate(STORE_REGISTRY, older, "schema/registry"), STATUS_OK);
    is_sound(older);
    memcpy(kept, town.path, sizeof kept);
    memcpy(town.path, older, sizeof older < sizeof town.path ? sizeof older : sizeof town.path);
    town_open_ledger();
    assert_int_equal(texts_with_secret(), 6);
    redact_everything();
    is_sound(older);
    store_close(town.ledger.store);
    memcpy(town.path, kept, sizeof kept);
    town_open_ledger();
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_words_go_and_the_rest_stays),
        TEST(the_parties_are_told),
        TEST(refusals),
        TEST(once_and_no_more),
        cmocka_unit_test(not_before_it_happened),
        TEST(nothing_else_passes),
        TEST(a_registry_of_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
