/* api_problem_test.c: every refusal and fault as JSON, and what becomes of the ledger's refusals.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/api.h"
#include "api/fault.h"
#include "ledger/town.h"
#include "store/rights.h"
#include "unit/api_room.h"

static struct response response;

static const char *page(struct visit *visit, enum status status)
{
    response = room_response(&room_arena);
    api_error_page(visit, status, &response);
    return room_written(&response.body);
}

static void every_status_has_a_body(void **state)
{
    (void)state;
    for (int i = 1; i < STATUS__COUNT; i++) {
        enum status status = (enum status)i;
        const struct status_row *row = status_row(status);
        for (int problem = 0; problem < 2; problem++) {
            struct visit *visit = room_begin(METHOD_GET);
            room_asked.accept = problem ? "text/html, application/problem+json;q=0.9" : "*/*";
            const char *text = page(visit, status);
            assert_int_equal(response.http_code, row->http_code);
            assert_string_equal(response.content_type,
                                problem ? "application/problem+json" : "application/json");
            assert_non_null(strstr(text, "\"request_id\":\"r\"}\n"));
            assert_true(status == STATUS_FORM_FAULTS || strstr(text, row->slug) != NULL);
            assert_int_equal(response.challenge != NULL, row->http_code == 401);
            assert_int_equal(response.retry_after_s > 0,
                             row->http_code == 429 || row->http_code == 503);
            /* nobody is told to press a button */
            assert_null(strstr(text, "button"));
        }
    }
}

static void a_problem_in_full(void **state)
{
    (void)state;
    const char *text = page(room_begin(METHOD_GET), STATUS_NOT_FOUND);
    assert_string_equal(text, "{\"type\":\"/registry/api#not-found\",\"title\":\"Not found\","
                              "\"status\":404,\"detail\":\"There is nothing at this address, or it "
                              "is not yours to see.\",\"request_id\":\"r\"}\n");
    struct visit *visit = room_begin(METHOD_GET);
    room_asked.accept = "application/problem+jsonx";
    (void)page(visit, STATUS_NOT_FOUND);
    assert_string_equal(response.content_type, "application/json");
}

static void challenges(void **state)
{
    (void)state;
    struct visit *visit = room_begin(METHOD_GET);
    (void)page(visit, STATUS_KEY_NEEDED);
    assert_string_equal(response.challenge, "Bearer realm=\"registry\"");
    room_asked.authorization = "Bearer x";
    (void)page(visit, STATUS_KEY_NEEDED);
    assert_string_equal(response.challenge, "Bearer realm=\"registry\", error=\"invalid_token\"");
}

static void the_gate_may_know_how_long(void **state)
{
    (void)state;
    struct visit *visit = room_begin(METHOD_GET);
    response = room_response(&room_arena);
    response.retry_after_s = 7;
    api_error_page(visit, STATUS_THROTTLED, &response);
    assert_int_equal(response.retry_after_s, 7);
}

static void faults_with_their_places(void **state)
{
    (void)state;
    struct visit *visit = room_begin(METHOD_POST);
    struct loc body = loc_of("body");
    struct loc lines = loc_member(&body, "lines");
    struct loc line = loc_index(&lines, 3);
    struct loc kg = loc_member(&line, "kg");
    fault_add(&room_faults, &kg, "int_type", "Send a whole number.", "\"five\"");
    fault_add(&room_faults, &body, "missing", "Say \"it\".", NULL);
    static const char rows[] =
        "[{\"loc\":[\"body\",\"lines\",3,\"kg\"],\"msg\":\"Send a whole number.\","
        "\"type\":\"int_type\",\"input\":\"five\"},"
        "{\"loc\":[\"body\"],\"msg\":\"Say \\\"it\\\".\",\"type\":\"missing\"}]";
    const char *text = page(visit, STATUS_FORM_FAULTS);
    assert_string_equal(text,
                        arena_printf(&room_arena, "{\"detail\":%s,\"request_id\":\"r\"}\n", rows));
    room_asked.accept = "application/problem+json";
    text = page(visit, STATUS_FORM_FAULTS);
    assert_non_null(strstr(text, "\"title\":\"Form faults\",\"status\":422,\"detail\":\"Nothing "));
    assert_non_null(strstr(text, arena_printf(&room_arena, "\"errors\":%s,\"request_id\"", rows)));
}

/* ---- the ledger's refusals ---- */

static const struct fault_places places = {
    .member = {[FIELD_RECIPIENT] = "to_organisation_id",
               [FIELD_NOTES] = "notes",
               [FIELD_AMOUNT] = "credit_quantity_kg"},
    .lines = "lines",
    .batch = "batch",
    .quantity = "kg",
};

static enum status answered(enum status status, enum command_field field, int line,
                            int64_t available_units, enum instrument instrument)
{
    struct visit *visit = room_begin(METHOD_POST);
    struct fault_places of = places;
    of.instrument = instrument;
    const struct answer answer = {.status = (int32_t)status,
                                  .field = (int32_t)field,
                                  .line = line,
                                  .available_units = available_units};
    return fault_of_answer(visit, &of, &answer);
}

static void refusals_stand_at_their_places(void **state)
{
    (void)state;
    static const struct {
        enum status status;
        enum command_field field;
        int line;
        const char *place;
    } rows[] = {
        {STATUS_RECIPIENT_UNKNOWN, FIELD_RECIPIENT, -1, "body.to_organisation_id"},
        {STATUS_NOTE_TOO_LONG, FIELD_NOTES, -1, "body.notes"},
        {STATUS_LINES_EMPTY, FIELD_LINES, -1, "body.lines"},
        {STATUS_NOT_ENOUGH, FIELD_AMOUNT, -1, "body.credit_quantity_kg"},
        {STATUS_BATCH_UNKNOWN, FIELD_LINES, 0, "body.lines.0.batch"},
        {STATUS_BATCH_TWICE, FIELD_LINES, 7, "body.lines.7.batch"},
        {STATUS_WRONG_SUPPLIER, FIELD_LINES, 2, "body.lines.2.batch"},
        {STATUS_QUANTITY_ZERO, FIELD_LINES, 1, "body.lines.1.kg"},
        {STATUS_NOT_ENOUGH, FIELD_LINES, 1, "body.lines.1.kg"},
        {STATUS_SENDER_SUSPENDED, FIELD_NONE, -1, "body"},
        {STATUS_VALUE_REFUSED, FIELD_DATE, -1, "body"}, /* no member of this body */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(
            answered(rows[i].status, rows[i].field, rows[i].line, 5, INSTRUMENT_CARBON_REMOVAL),
            STATUS_FORM_FAULTS);
        room_only_fault(rows[i].place, status_row(rows[i].status)->slug);
    }
}

static void how_much_there_is_is_told(void **state)
{
    (void)state;
    (void)answered(STATUS_NOT_ENOUGH, FIELD_LINES, 1, 1500, INSTRUMENT_CARBON_REMOVAL);
    assert_non_null(strstr(room_faults.at[0].msg, "Available: 1.500 credits (1500 kg)."));
    (void)answered(STATUS_NOT_ENOUGH, FIELD_LINES, 1, 12, INSTRUMENT_RENEWABLE_ENERGY);
    assert_non_null(strstr(room_faults.at[0].msg, "Available: 12 certificates (12000 kg)."));
    (void)answered(STATUS_NOT_ENOUGH, FIELD_LINES, 1, 0, INSTRUMENT_RENEWABLE_ENERGY);
    assert_non_null(strstr(room_faults.at[0].msg, "(0 kg)."));
}

static void what_is_no_fault_of_the_body_stays(void **state)
{
    (void)state;
    static const enum status statuses[] = {
        STATUS_OK,          STATUS_FROZEN,      STATUS_PLAN_CHANGED, STATUS_NOT_FOUND,
        STATUS_LEDGER_AWAY, STATUS_ANSWER_LOST, STATUS_NOT_ALLOWED,  STATUS_TRANSFER_ENDED};
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        assert_int_equal(answered(statuses[i], FIELD_NONE, -1, 0, INSTRUMENT_CARBON_REMOVAL),
                         statuses[i]);
        assert_int_equal(room_faults.count, 0);
    }
}

static void a_reused_key_stands_at_its_header(void **state)
{
    (void)state;
    struct visit *visit = room_begin(METHOD_POST);
    room_asked.idempotency_key = "key-1";
    const struct answer answer = {.status = STATUS_KEY_REUSED, .line = -1};
    assert_int_equal(fault_of_answer(visit, &places, &answer), STATUS_FORM_FAULTS);
    room_only_fault("header.Idempotency-Key", "key-reused");
    assert_string_equal(room_faults.at[0].input, "\"key-1\"");
}

static void addresses(void **state)
{
    (void)state;
    struct visit *visit = room_begin(METHOD_GET);
    assert_string_equal(api_page_url(visit, "/registry/transfers/*", "tfr_1FJGWSY271S0QSMR"),
                        "https://registry.example/registry/transfers/tfr_1FJGWSY271S0QSMR");
    visit->site_url = "";
    assert_string_equal(api_page_url(visit, "/registry/transfers/*", "tfr_1FJGWSY271S0QSMR"),
                        "/registry/transfers/tfr_1FJGWSY271S0QSMR");
}

/* The same words as the page's, and nothing is taken from the arena. */
static void last_words_need_no_room(void **state)
{
    (void)state;
    struct visit *visit = room_begin(METHOD_GET);
    room_asked.accept = "*/*";
    static char whole[2048];
    (void)snprintf(whole, sizeof whole, "%s", page(visit, STATUS_OUT_OF_ROOM));
    response = room_response(&room_arena);
    size_t used_bytes = room_arena.used_bytes;
    api_last_words(visit->request, STATUS_OUT_OF_ROOM, &response);
    assert_int_equal(room_arena.used_bytes, used_bytes);
    assert_string_equal(response.content_type, "application/json");
    assert_true(response.retry_after_s > 0);
    assert_string_equal(room_written(&response.body), whole);
    room_asked.accept = "application/json;q=0.5, application/problem+json";
    response = room_response(&room_arena);
    used_bytes = room_arena.used_bytes;
    api_last_words(visit->request, STATUS_OUT_OF_ROOM, &response);
    assert_int_equal(room_arena.used_bytes, used_bytes);
    assert_string_equal(response.content_type, "application/problem+json");
    assert_string_equal(room_written(&response.body), whole);
    assert_false(response.is_sandbox); /* of no registry is anything known */
}

/* Read when the program starts, so that even what it says without a visit can say it. */
static void last_words_of_a_sandbox_say_so(void **state)
{
    (void)state;
    static const struct query_table *const tables[] = {&rights_queries, NULL};
    struct visit *visit = room_begin(METHOD_GET);
    town_found(); /* its tag is TST */
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(town.path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db, "UPDATE setting SET tag = '" SANDBOX_TAG "'", NULL, NULL, NULL),
        SQLITE_OK);
    sqlite3_close(db);
    struct store *store = store_open(STORE_REGISTRY, STORE_READ, town.path, tables);
    assert_non_null(store);
    api_opened(NULL); /* a registry that cannot be opened now is asked again */
    assert_false(api_in_sandbox());
    api_opened(store);
    store_close(store);
    response = room_response(&room_arena);
    api_last_words(visit->request, STATUS_OUT_OF_ROOM, &response);
    assert_true(response.is_sandbox);
    town_leave();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(last_words_need_no_room),
        cmocka_unit_test(every_status_has_a_body),
        cmocka_unit_test(a_problem_in_full),
        cmocka_unit_test(challenges),
        cmocka_unit_test(the_gate_may_know_how_long),
        cmocka_unit_test(faults_with_their_places),
        cmocka_unit_test(refusals_stand_at_their_places),
        cmocka_unit_test(how_much_there_is_is_told),
        cmocka_unit_test(what_is_no_fault_of_the_body_stays),
        cmocka_unit_test(a_reused_key_stands_at_its_header),
        cmocka_unit_test(addresses),
        cmocka_unit_test(last_words_of_a_sandbox_say_so), /* last: it is a sandbox from here on */
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
