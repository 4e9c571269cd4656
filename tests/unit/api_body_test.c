/* api_body_test.c: a JSON body against a table of members: what is right comes through whole, what
 * is wrong is named at its exact place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/body.h"
#include "base/limits.h"
#include "unit/api_room.h"

#define TYPE "application/json"
#define BATCH "ctb_1DRBTYA8Q1S07CBY"
#define ORG "org_1GB56M1ST1S0GVNA"

static const struct member line_table[] = {
    {.name = "batch", .kind = MEMBER_ID},
    {.name = "kg", .kind = MEMBER_INT, .least = 1, .most = INT64_C(1000000000000000)},
};
static const struct members line_members = {line_table, 2};
static const char *const colours[] = {"red", "green", "blue", NULL};
enum { TO, LINES, NOTE, COLOUR, COLOURS, SURE, UNTIL, LONG, MEMBERS };
static const struct member table[] = {
    [TO] = {.name = "to", .kind = MEMBER_ID},
    [LINES] = {.name = "lines", .kind = MEMBER_ROWS, .least = 1, .most = 3, .inner = &line_members},
    [NOTE] = {.name = "note", .kind = MEMBER_TEXT, .chars_max = 8, .nullable = true},
    [COLOUR] = {.name = "colour", .kind = MEMBER_WORD, .words = colours, .optional = true},
    [COLOURS] = {.name = "colours",
                 .kind = MEMBER_WORDS,
                 .words = colours,
                 .least = 1,
                 .most = 3,
                 .optional = true},
    [SURE] = {.name = "sure", .kind = MEMBER_BOOL, .optional = true},
    [UNTIL] = {.name = "until", .kind = MEMBER_TIME, .optional = true, .nullable = true},
    [LONG] = {.name = "long",
              .kind = MEMBER_TEXT,
              .least = 1,
              .chars_max = 300,
              .allows_lines = true,
              .optional = true},
};
static const struct members members = {table, MEMBERS};
static struct row row;

static enum status read_bytes(const char *body, size_t size_bytes)
{
    return body_read(room_post(TYPE, body, size_bytes), &members, &row);
}

static enum status read_body(const char *body)
{
    return read_bytes(body, strlen(body));
}

#define GOOD_LINES "\"lines\":[{\"batch\":\"" BATCH "\",\"kg\":5}]"
#define GOOD "\"to\":\"" ORG "\"," GOOD_LINES ",\"note\":null"
/* A whole body with one more member. */
#define WITH(member) "{" GOOD "," member "}"
#define LINES_OF(lines) "{\"to\":\"" ORG "\",\"note\":null,\"lines\":" lines "}"

static void refused(const char *body, const char *place, const char *type)
{
    assert_int_equal(read_body(body), STATUS_FORM_FAULTS);
    room_only_fault(place, type);
}

static void everything_comes_through(void **state)
{
    (void)state;
    assert_int_equal(
        read_body(" {\n\"until\": \"2026-01-31T12:00:00+01:00\", \"sure\":true,\t\"colours\":"
                  "[\"blue\",\"red\"],\"colour\":\"green\", \"note\": \"h\\u00e4ll\\u00f6 "
                  "\\uD83C\\uDF32\","
                  "\"long\":\"a\\nb\",\"lines\":[{\"kg\":1000000000000000,\"batch\":\"" BATCH
                  "\"},{\"batch\":\"" BATCH "\",\"kg\":1}],\"to\":\"" ORG "\"}\r\n"),
        STATUS_OK);
    const struct value *v = row.values;
    assert_int_equal(room_faults.count, 0);
    assert_true(v[TO].is_given && v[NOTE].is_given && v[UNTIL].is_given && v[SURE].is_given);
    assert_string_equal(v[TO].text, ORG);
    assert_string_equal(v[NOTE].text, "h\xC3\xA4ll\xC3\xB6 \xF0\x9F\x8C\xB2");
    assert_string_equal(v[LONG].text, "a\nb");
    assert_int_equal(v[COLOUR].number, 1);
    assert_int_equal(v[COLOURS].count, 2);
    assert_int_equal(v[COLOURS].words[0], 2);
    assert_int_equal(v[COLOURS].words[1], 0);
    assert_int_equal(v[SURE].number, 1);
    assert_int_equal(v[UNTIL].number, INT64_C(1769857200000000));
    assert_int_equal(v[LINES].count, 2);
    assert_int_equal(v[LINES].rows[0].values[1].number, INT64_C(1000000000000000));
    assert_string_equal(v[LINES].rows[1].values[0].text, BATCH);
}

static void absent_is_as_null(void **state)
{
    (void)state;
    assert_int_equal(read_body("{" GOOD "}"), STATUS_OK);
    for (int i = NOTE; i < MEMBERS; i++) {
        assert_false(row.values[i].is_given);
    }
    assert_int_equal(read_body(WITH("\"until\":null")), STATUS_OK);
    assert_false(row.values[UNTIL].is_given);
    assert_int_equal(read_body("{\"to\":\"" ORG "\"," GOOD_LINES ",\"note\":\"\"}"), STATUS_OK);
    assert_true(row.values[NOTE].is_given);
    assert_string_equal(row.values[NOTE].text, "");
}

static void missing_members(void **state)
{
    (void)state;
    refused("{" GOOD_LINES ",\"note\":null}", "body.to", "missing");
    refused("{\"to\":\"" ORG "\"," GOOD_LINES "}", "body.note", "missing");
    refused(LINES_OF("[{\"batch\":\"" BATCH "\",\"kg\":1},{\"kg\":1}]"), "body.lines.1.batch",
            "missing");
    assert_int_equal(read_body("{}"), STATUS_FORM_FAULTS);
    assert_int_equal(room_faults.count, 3);
    refused("", "body", "missing");
}

static void wrong_types(void **state)
{
    (void)state;
    refused("[]", "body", "model_attributes_type");
    refused("null", "body", "model_attributes_type");
    refused("17", "body", "model_attributes_type");
    refused("\"text\"", "body", "model_attributes_type");
    refused(LINES_OF("{}"), "body.lines", "list_type");
    refused(LINES_OF("null"), "body.lines", "list_type");
    refused(LINES_OF("[[]]"), "body.lines.0", "model_attributes_type");
    refused(LINES_OF("[{\"batch\":\"" BATCH "\",\"kg\":\"5\"}]"), "body.lines.0.kg", "int_type");
    refused(LINES_OF("[{\"batch\":\"" BATCH "\",\"kg\":true}]"), "body.lines.0.kg", "int_type");
    refused(LINES_OF("[{\"batch\":\"" BATCH "\",\"kg\":null}]"), "body.lines.0.kg", "int_type");
    refused(LINES_OF("[{\"batch\":5,\"kg\":5}]"), "body.lines.0.batch", "string_type");
    refused(WITH("\"sure\":1"), "body.sure", "bool_type");
    refused(WITH("\"sure\":null"), "body.sure", "bool_type");
    refused(WITH("\"colour\":null"), "body.colour", "string_type");
    refused(WITH("\"colours\":\"red\""), "body.colours", "list_type");
    refused(WITH("\"colours\":[1]"), "body.colours.0", "string_type");
    refused(WITH("\"until\":5"), "body.until", "string_type");
    assert_string_equal(room_faults.at[0].input, "5");
}

static void numbers(void **state)
{
    (void)state;
#define KG(number) LINES_OF("[{\"batch\":\"" BATCH "\",\"kg\":" number "}]")
    refused(KG("0"), "body.lines.0.kg", "greater_than_equal");
    refused(KG("-0"), "body.lines.0.kg", "greater_than_equal");
    refused(KG("-5"), "body.lines.0.kg", "greater_than_equal");
    refused(KG("1000000000000001"), "body.lines.0.kg", "less_than_equal");
    refused(KG("9223372036854775807"), "body.lines.0.kg", "less_than_equal");
    refused(KG("9223372036854775808"), "body.lines.0.kg", "int_parsing_size");
    refused(KG("-9223372036854775809"), "body.lines.0.kg", "int_parsing_size");
    refused(KG("99999999999999999999999999"), "body.lines.0.kg", "int_parsing_size");
    refused(KG("1.5"), "body.lines.0.kg", "int_from_float");
    refused(KG("1.0"), "body.lines.0.kg", "int_from_float");
    refused(KG("1e3"), "body.lines.0.kg", "int_from_float");
    refused(KG("1e999"), "body.lines.0.kg", "int_parsing_size");
    assert_int_equal(read_body(KG("01")), STATUS_FORM_FAULTS);
    assert_string_equal(room_faults.at[0].type, "json_invalid");
    assert_int_equal(read_body(KG("NaN")), STATUS_FORM_FAULTS);
    assert_string_equal(room_faults.at[0].type, "json_invalid");
}

static void unknown_and_duplicate_members(void **state)
{
    (void)state;
    refused(WITH("\"extra\":{\"a\":[1,2]}"), "body.extra", "extra_forbidden");
    assert_string_equal(room_faults.at[0].input, "{\"a\":[1,2]}");
    refused(WITH("\"\":1"), "body.", "extra_forbidden");
    refused(LINES_OF("[{\"batch\":\"" BATCH "\",\"kg\":1,\"kgs\":1}]"), "body.lines.0.kgs",
            "extra_forbidden");
    refused(WITH("\"to\":\"" ORG "\""), "body.to", "duplicate");
    refused(WITH("\"t\\u006f\":\"" ORG "\""), "body.t\\u006f", "duplicate");
    refused(LINES_OF("[{\"batch\":\"" BATCH "\",\"kg\":1},{\"batch\":\"" BATCH
                     "\",\"kg\":1,\"kg\":1}]"),
            "body.lines.1.kg", "duplicate");
    refused(WITH("\"colours\":[\"red\",\"blue\",\"red\"]"), "body.colours.2", "duplicate");
}

static void no_json(void **state)
{
    (void)state;
    static const char *const bodies[] = {"{",
                                         "}",
                                         "{\"to\"}",
                                         "{\"to\":}",
                                         "{\"to\":1,}",
                                         "[1,]",
                                         "{'to':1}",
                                         "{to:1}",
                                         "{} {}",
                                         "{},",
                                         "{}x",
                                         "tru",
                                         "\"open",
                                         "\\",
                                         "//c\n{}",
                                         "\xEF\xBB\xBF{}",
                                         "{\"a\":\"\x01\"}",
                                         "{\"a\":\"\n\"}",
                                         "{\"a\":\"\\x\"}"};
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        assert_int_equal(read_body(bodies[i]), STATUS_FORM_FAULTS);
        assert_int_equal(room_faults.count, 1);
        assert_string_equal(room_faults.at[0].type, "json_invalid");
        assert_int_equal(room_faults.at[0].loc.count, 2);
        assert_null(room_faults.at[0].loc.steps[1].name);
        assert_in_range(room_faults.at[0].loc.steps[1].index, 0, strlen(bodies[i]));
    }
    /* the byte is told */
    assert_int_equal(read_body("{\"to\": nil}"), STATUS_FORM_FAULTS);
    assert_in_range(room_faults.at[0].loc.steps[1].index, 7, 10);
}

static void characters(void **state)
{
    (void)state;
    refused(WITH("\"long\":\"a\\u0000b\""), "body.long", "null_character");
    refused(WITH("\"long\":\"\xFF\""), "body.long", "invalid_utf8");
    refused(WITH("\"long\":\"\xC0\x80\""), "body.long", "invalid_utf8");
    refused(WITH("\"long\":\"\xED\xA0\x80\""), "body.long", "invalid_utf8");
    refused(WITH("\"long\":\"a\\tb\""), "body.long", "string_control");
    refused(WITH("\"long\":\"a\\rb\""), "body.long", "string_control");
    refused(WITH("\"long\":\"a\\u202eb\""), "body.long", "string_control");
    refused("{\"to\":\"" ORG "\"," GOOD_LINES ",\"note\":\"a\\nb\"}", "body.note",
            "string_control");
    assert_int_equal(read_body(WITH("\"long\":\"\\ud800\"")), STATUS_FORM_FAULTS);
    /* a raw NUL ends nothing: what is behind it is seen */
    static const char raw[] = "{" GOOD "}\0{}";
    assert_int_equal(read_bytes(raw, sizeof raw - 1), STATUS_FORM_FAULTS);
    assert_string_equal(room_faults.at[0].type, "json_invalid");
}

static void lengths_in_characters(void **state)
{
    (void)state;
#define NOTE_OF(text) "{\"to\":\"" ORG "\"," GOOD_LINES ",\"note\":\"" text "\"}"
    assert_int_equal(read_body(NOTE_OF("12345678")), STATUS_OK);
    assert_int_equal(
        read_body(NOTE_OF("\xF0\x9F\x8C\xB2\xF0\x9F\x8C\xB2\xF0\x9F\x8C\xB2\xF0\x9F\x8C\xB2"
                          "\xF0\x9F\x8C\xB2\xF0\x9F\x8C\xB2\xF0\x9F\x8C\xB2\xF0\x9F\x8C\xB2")),
        STATUS_OK);
    refused(NOTE_OF("123456789"), "body.note", "string_too_long");
    assert_string_equal(room_faults.at[0].input, "\"123456789\"");
    refused(WITH("\"long\":\"\""), "body.long", "string_too_short");
    refused(LINES_OF("[]"), "body.lines", "too_short");
    refused(LINES_OF("[1,2,3,4]"), "body.lines", "too_long");
}

static void ids_and_words(void **state)
{
    (void)state;
#define TO_OF(text) "{\"to\":\"" text "\"," GOOD_LINES ",\"note\":null}"
    refused(TO_OF(""), "body.to", "id_malformed");
    refused(TO_OF("org_"), "body.to", "id_malformed");
    refused(TO_OF("org_1GB56M1ST1S0GVNAX"), "body.to", "id_malformed");
    refused(TO_OF("org_1gb56m1st1s0gvna"), "body.to", "id_malformed");
    refused(TO_OF("org_1GB56M1ST1S0GVNU"), "body.to", "id_malformed");
    refused(WITH("\"colour\":\"Red\""), "body.colour", "enum");
    refused(WITH("\"colours\":[\"red\",\"\"]"), "body.colours.1", "enum");
    refused(WITH("\"until\":\"yesterday\""), "body.until", "datetime_parsing");
    assert_int_equal(read_body(WITH("\"until\":\"2026-04-14T16:50:41.621676999Z\"")), STATUS_OK);
    assert_int_equal(row.values[UNTIL].number, INT64_C(1776185441621676));
}

/* Puts text at a place of a body, without its NUL. */
static void put(char *to, const char *text)
{
    for (; *text != '\0'; text++) {
        *to++ = *text;
    }
}

static void bombs(void **state)
{
    (void)state;
    static char body[REQUEST_BODY_BYTES_MAX + 1];
    memset(body, '[', sizeof body - 1);
    assert_int_equal(read_bytes(body, sizeof body - 1), STATUS_FORM_FAULTS);
    room_only_fault("body.0.0.0.0.0.0.0.0", "too_deep");
    for (size_t i = 0; i + 5 < sizeof body; i += 5) {
        put(body + i, "{\"a\":");
    }
    assert_int_equal(read_bytes(body, sizeof body - 1), STATUS_FORM_FAULTS);
    room_only_fault("body.a.a.a.a.a.a.a.a", "too_deep");
    /* as many values as fit */
    memset(body, ',', sizeof body - 1);
    put(body, "[1");
    for (size_t i = 3; i < sizeof body - 2; i += 2) {
        body[i] = '1';
    }
    body[sizeof body - 2] = ']';
    assert_int_equal(read_bytes(body, sizeof body - 1), STATUS_FORM_FAULTS);
    assert_int_equal(room_faults.count, 1);
    assert_string_equal(room_faults.at[0].type, "too_many_values");
    /* one long text */
    memset(body, 'a', sizeof body - 1);
    put(body, "{\"note\":\"");
    put(body + sizeof body - 3, "\"}");
    assert_int_equal(read_bytes(body, sizeof body - 1), STATUS_FORM_FAULTS);
    assert_true(room_faults.count > 1);
    for (size_t i = 0; i < room_faults.count; i++) {
        assert_true(room_faults.at[i].input == NULL || strlen(room_faults.at[i].input) < 100);
    }
    /* one long name */
    put(body, "{\"aaaaaaaa");
    put(body + sizeof body - 5, "\":1}");
    assert_int_equal(read_bytes(body, sizeof body - 1), STATUS_FORM_FAULTS);
    assert_true(room_faults.count > 1);
    assert_true(strlen(room_place(&room_faults.at[room_faults.count - 1].loc)) < 100);
}

static void faults_are_counted_up_to_a_bound(void **state)
{
    (void)state;
    char body[4096] = "{" GOOD;
    for (int i = 0; i < 2 * FAULTS_MAX; i++) {
        (void)snprintf(body + strlen(body), 64, ",\"x%d\":%d", i, i);
    }
    put(body + strlen(body), "}");
    assert_int_equal(read_body(body), STATUS_FORM_FAULTS);
    assert_int_equal(room_faults.count, FAULTS_MAX);
    assert_string_equal(room_place(&room_faults.at[3].loc), "body.x3");
}

static enum status read_as(const char *type)
{
    static const char body[] = "{" GOOD "}";
    return body_read(room_post(type, body, sizeof body - 1), &members, &row);
}

static void other_types_of_bodies(void **state)
{
    (void)state;
    static const char *const good[] = {
        "application/json", "Application/JSON", "application/json;charset=UTF-8",
        "application/json; charset=\"utf-8\"", "application/json ; charset=utf-8; x=y"};
    static const char *const bad[] = {"",
                                      "text/plain",
                                      "application/x-www-form-urlencoded",
                                      "application/jsonp",
                                      "application/json; charset=iso-8859-1",
                                      "application/json; charset=utf-80",
                                      "multipart/form-data; boundary=application/json"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_int_equal(read_as(good[i]), STATUS_OK);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(read_as(bad[i]), STATUS_MEDIA_TYPE);
        assert_int_equal(room_faults.count, 0);
    }
}

static void a_body_that_may_be_empty(void **state)
{
    (void)state;
    static const struct member all_optional[] = {
        {.name = "note", .kind = MEMBER_TEXT, .chars_max = 8, .optional = true}};
    const struct members one = {all_optional, 1};
    assert_int_equal(body_read_optional(room_post("", "", 0), &one, &row), STATUS_OK);
    assert_false(row.values[0].is_given);
    assert_int_equal(body_read_optional(room_post(TYPE, "{}", 2), &one, &row), STATUS_OK);
    assert_false(row.values[0].is_given);
    assert_int_equal(body_read_optional(room_post("", "{}", 2), &one, &row), STATUS_MEDIA_TYPE);
    static const char body[] = "{\"note\":\"hm\"}";
    assert_int_equal(body_read_optional(room_post(TYPE, body, sizeof body - 1), &one, &row),
                     STATUS_OK);
    assert_string_equal(row.values[0].text, "hm");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_comes_through),
        cmocka_unit_test(absent_is_as_null),
        cmocka_unit_test(missing_members),
        cmocka_unit_test(wrong_types),
        cmocka_unit_test(numbers),
        cmocka_unit_test(unknown_and_duplicate_members),
        cmocka_unit_test(no_json),
        cmocka_unit_test(characters),
        cmocka_unit_test(lengths_in_characters),
        cmocka_unit_test(ids_and_words),
        cmocka_unit_test(bombs),
        cmocka_unit_test(faults_are_counted_up_to_a_bound),
        cmocka_unit_test(other_types_of_bodies),
        cmocka_unit_test(a_body_that_may_be_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
