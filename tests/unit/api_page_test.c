/* api_page_test.c: query parameters and cursors: what is read, what is refused where, and that a
 * cursor is good for its own list only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/cursor.h"
#include "api/list.h"
#include "api/page.h"
#include "unit/api_room.h"

#define ORG "org_1GB56M1ST1S0GVNA"
#define THING "tfr_1FJGWSY271S0QSMR"

static const char *const colours[] = {"red", "green", "blue", NULL};
enum { FROM, SINCE, COLOUR, COLOURS, DAYS, VALUES };
static const struct query_row_of rows[] = {
    [FROM] = {.name = "from", .kind = QUERY_ID, .prefix = "org"},
    [SINCE] = {.name = "since", .kind = QUERY_TIME},
    [COLOUR] = {.name = "colour", .kind = QUERY_WORD, .words = colours},
    [COLOURS] = {.name = "colours", .kind = QUERY_WORDS, .words = colours},
    [DAYS] = {.name = "days", .kind = QUERY_INT, .least = 2, .most = 30},
};
static const struct query_form form = {
    .list = "things", .rows = rows, .count = VALUES, .is_paged = true};
static struct query_value values[VALUES];
static struct page_ask ask;

#define QUERY(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NO_QUERY ((const char *const[]){NULL})

static enum status read_query(const char *const *query)
{
    return query_read(room_get(query), &form, "subject", values, &ask);
}

static void refused(const char *const *query, const char *place, const char *type)
{
    assert_int_equal(read_query(query), STATUS_FORM_FAULTS);
    room_only_fault(place, type);
}

static void nothing_is_asked(void **state)
{
    (void)state;
    assert_int_equal(read_query(NO_QUERY), STATUS_OK);
    assert_string_equal(values[FROM].text, "");
    assert_int_equal(values[SINCE].number, 0);
    assert_int_equal(values[COLOUR].number, -1);
    assert_int_equal(values[COLOURS].number, 0);
    assert_int_equal(values[DAYS].number, 0);
    assert_false(ask.backward || ask.has_place);
    assert_int_equal(ask.most, 10);
}

static void everything_is_asked(void **state)
{
    (void)state;
    assert_int_equal(
        read_query(QUERY("from", ORG, "since", "2024-01-22T11:56:48.520641Z", "colour", "blue",
                         "colours", "red,blue", "colours", "green", "days", "30", "first", "50")),
        STATUS_OK);
    assert_string_equal(values[FROM].text, ORG);
    assert_int_equal(values[SINCE].number, INT64_C(1705924608520641));
    assert_int_equal(values[COLOUR].number, 2);
    assert_int_equal(values[COLOURS].number, 7);
    assert_int_equal(values[DAYS].number, 30);
    assert_int_equal(ask.most, 50);
    /* the first moment of all is a moment */
    assert_int_equal(read_query(QUERY("since", "1970-01-01T00:00:00Z")), STATUS_OK);
    assert_int_equal(values[SINCE].number, 1);
    /* as .NET writes times: with seven digits */
    assert_int_equal(read_query(QUERY("since", "2026-04-14T16:50:41.6216769+00:00")), STATUS_OK);
    assert_int_equal(values[SINCE].number, INT64_C(1776185441621676));
}

static void what_is_refused_has_its_place(void **state)
{
    (void)state;
    refused(QUERY("from", ""), "query.from", "id_malformed");
    refused(QUERY("from", "spl_1CC712KFS1S0YKPS"), "query.from", "id_malformed");
    assert_string_equal(room_faults.at[0].input, "\"spl_1CC712KFS1S0YKPS\"");
    refused(QUERY("from", ORG, "from", ORG), "query.from", "duplicate");
    refused(QUERY("first", "5", "first", "5"), "query.first", "duplicate");
    refused(QUERY("since", "yesterday"), "query.since", "datetime_parsing");
    refused(QUERY("colour", "RED"), "query.colour", "enum");
    refused(QUERY("colour", "red,green"), "query.colour", "enum");
    refused(QUERY("colours", "red,,green"), "query.colours", "enum");
    refused(QUERY("colours", "red,"), "query.colours", "enum");
    refused(QUERY("colours", ""), "query.colours", "enum");
    refused(QUERY("days", "1"), "query.days", "int_parsing");
    refused(QUERY("days", "31"), "query.days", "int_parsing");
    refused(QUERY("days", "+5"), "query.days", "int_parsing");
    refused(QUERY("days", "99999999999999999999"), "query.days", "int_parsing");
    refused(QUERY("unknown", "x"), "query.unknown", "extra_forbidden");
    refused(QUERY("First", "5"), "query.First", "extra_forbidden");
    static const char *const counts[] = {"0", "51", "-1", "", "ten", "1.5", "5 "};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        refused(QUERY("first", counts[i]), "query.first", "int_parsing");
        refused(QUERY("last", counts[i]), "query.last", "int_parsing");
    }
    assert_int_equal(read_query(QUERY("from", "x", "days", "x")), STATUS_FORM_FAULTS);
    assert_int_equal(room_faults.count, 2);
    /* a list without pages has no such parameters */
    const struct query_form whole = {.list = "whole"};
    assert_int_equal(query_read(room_get(QUERY("first", "5")), &whole, "", NULL, NULL),
                     STATUS_FORM_FAULTS);
    room_only_fault("query.first", "extra_forbidden");
}

/* The cursor of a place in this list with these values. */
static const char *cursor_of(const char *list, const char *subject, int64_t key, const char *text,
                             const char *id)
{
    static char kept[4096];
    struct query_form other = form;
    other.list = list;
    struct digest scope = cursor_scope(&other, subject, values);
    const struct page_end end = {.key = key, .text = text, .id = id};
    (void)snprintf(kept, sizeof kept, "%s", cursor_write(&room_arena, &scope, &end));
    return kept;
}

static const char *own_cursor(int64_t key, const char *text)
{
    assert_int_equal(read_query(QUERY("colour", "red")), STATUS_OK);
    return cursor_of("things", "subject", key, text, THING);
}

static void a_cursor_comes_back_whole(void **state)
{
    (void)state;
    static const int64_t keys[] = {0, 1, -1, INT64_MAX, INT64_MIN, 1705924608520641};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const char *cursor = own_cursor(keys[i], NULL);
        assert_int_equal(strspn(cursor, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                        "0123456789-_"),
                         strlen(cursor));
        assert_int_equal(read_query(QUERY("colour", "red", "after", cursor)), STATUS_OK);
        assert_true(ask.has_place && !ask.backward);
        assert_int_equal(ask.key, keys[i]);
        assert_string_equal(ask.id, THING);
        assert_string_equal(ask.text, "");
    }
    static char name[1601];
    memset(name, 'x', sizeof name - 1);
    const char *cursor = own_cursor(0, name);
    assert_int_equal(read_query(QUERY("before", cursor, "colour", "red")), STATUS_OK);
    assert_true(ask.has_place && ask.backward);
    assert_string_equal(ask.text, name);
}

static void a_cursor_of_elsewhere_is_refused(void **state)
{
    (void)state;
    const char *cursor = own_cursor(5, NULL);
    refused(QUERY("colour", "green", "after", cursor), "query.after", "cursor");
    refused(QUERY("after", cursor), "query.after", "cursor");
    refused(QUERY("colour", "red", "from", ORG, "after", cursor), "query.after", "cursor");
    refused(QUERY("colour", "red", "from", ORG, "before", cursor), "query.before", "cursor");
    (void)own_cursor(5, NULL);
    cursor = cursor_of("others", "subject", 5, NULL, THING);
    refused(QUERY("colour", "red", "after", cursor), "query.after", "cursor");
    (void)own_cursor(5, NULL);
    cursor = cursor_of("things", "another", 5, NULL, THING);
    refused(QUERY("colour", "red", "after", cursor), "query.after", "cursor");
    refused(QUERY("after", ""), "query.after", "cursor");
    refused(QUERY("after", "AAAA"), "query.after", "cursor");
    refused(QUERY("after", "not base64!"), "query.after", "cursor");
    static char longest[4001];
    memset(longest, 'A', sizeof longest - 1);
    refused(QUERY("after", longest), "query.after", "cursor");
    assert_true(strlen(room_faults.at[0].input) < 100);
}

/* Not one of its characters can be another. */
static void a_changed_cursor_is_refused(void **state)
{
    (void)state;
    char cursor[256];
    (void)snprintf(cursor, sizeof cursor, "%s", own_cursor(1705924608520641, "Name"));
    for (size_t i = 0; cursor[i] != '\0'; i++) {
        char kept = cursor[i];
        cursor[i] = kept == 'A' ? 'B' : 'A';
        refused(QUERY("colour", "red", "after", cursor), "query.after", "cursor");
        cursor[i] = kept;
    }
    cursor[strlen(cursor) - 1] = '\0';
    refused(QUERY("colour", "red", "after", cursor), "query.after", "cursor");
}

static void which_way(void **state)
{
    (void)state;
    char cursor[256];
    (void)snprintf(cursor, sizeof cursor, "%s", own_cursor(5, NULL));
    assert_int_equal(read_query(QUERY("last", "7")), STATUS_OK);
    assert_true(ask.backward && !ask.has_place);
    assert_int_equal(ask.most, 7);
    /* clients made from the contract send both defaults */
    assert_int_equal(read_query(QUERY("first", "10", "last", "10")), STATUS_OK);
    assert_false(ask.backward);
    assert_int_equal(
        read_query(QUERY("first", "3", "last", "10", "colour", "red", "after", cursor)), STATUS_OK);
    assert_false(ask.backward);
    assert_int_equal(ask.most, 3);
    assert_int_equal(
        read_query(QUERY("first", "10", "last", "4", "colour", "red", "before", cursor)),
        STATUS_OK);
    assert_true(ask.backward);
    assert_int_equal(ask.most, 4);
    refused(QUERY("colour", "red", "after", cursor, "before", cursor), "query.before", "conflict");
    refused(QUERY("colour", "red", "last", "5", "after", cursor), "query.last", "conflict");
    refused(QUERY("colour", "red", "first", "5", "before", cursor), "query.first", "conflict");
}

/* ---- page_write_info and list_write ---- */

static const char *info(bool backward, bool has_place, bool has_more, bool is_empty)
{
    struct visit *visit = room_get(NO_QUERY);
    struct out out;
    out_init(&out, &room_arena, 4096);
    struct json json = json_begin(&out);
    const struct page_ask asked = {.backward = backward, .most = 2, .has_place = has_place};
    const struct page_end first = {.key = 9, .id = THING};
    const struct page_end last = {.key = 8, .id = ORG};
    const struct query_form whole = {.list = "things", .is_paged = true};
    json_open(&json, NULL);
    page_write_info(&json, visit, &whole, "", NULL, &asked, has_more, is_empty ? NULL : &first,
                    is_empty ? NULL : &last, 1000000);
    json_close(&json);
    return room_written(&out);
}

static void pages_tell_where_they_stand(void **state)
{
    (void)state;
#define EDGES(previous, next)                                                                      \
    (strstr(text, "\"has_previous_page\":" previous) != NULL &&                                    \
     strstr(text, "\"has_next_page\":" next) != NULL)
    const char *text = info(false, false, false, false);
    assert_true(EDGES("false", "false"));
    assert_non_null(strstr(text, "\"total_count\":1000000"));
    assert_non_null(strstr(text, "\"start_cursor\":\""));
    assert_non_null(strstr(text, "\"end_cursor\":\""));
    text = info(false, false, true, false);
    assert_true(EDGES("false", "true"));
    text = info(false, true, false, false);
    assert_true(EDGES("true", "false"));
    text = info(true, false, true, false);
    assert_true(EDGES("true", "false"));
    text = info(true, true, false, false);
    assert_true(EDGES("false", "true"));
    text = info(false, true, false, true);
    assert_non_null(strstr(text, "\"start_cursor\":null"));
    assert_non_null(strstr(text, "\"end_cursor\":null"));
}

static bool write_all_but_one(struct json *json, struct visit *visit, const char *id,
                              struct page_end *end)
{
    (void)visit;
    if (text_is(id, THING)) {
        return false;
    }
    json_text(json, NULL, id);
    end->key = 5;
    return true;
}

static void a_row_that_is_gone_is_left_out(void **state)
{
    (void)state;
    static const char *const ids[] = {THING, ORG, THING};
    struct visit *visit = room_get(NO_QUERY);
    struct response response = room_response(&room_arena);
    const struct query_form whole = {.list = "things", .is_paged = true};
    const struct list list = {.form = &whole,
                              .subject = "",
                              .page = {ids, 3, false},
                              .total_count = 3,
                              .write = write_all_but_one};
    list_write(visit, &response, &list);
    assert_string_equal(response.content_type, "application/json");
    const char *text = room_written(&response.body);
    assert_non_null(strstr(text, "{\"nodes\":[\"" ORG "\"],\"total_count\":3,"));
    const char *start = strstr(text, "\"start_cursor\":\"") + strlen("\"start_cursor\":\"");
    const char *end = strstr(text, "\"end_cursor\":\"") + strlen("\"end_cursor\":\"");
    assert_memory_equal(start, end, strcspn(start, "\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_asked),
        cmocka_unit_test(everything_is_asked),
        cmocka_unit_test(what_is_refused_has_its_place),
        cmocka_unit_test(a_cursor_comes_back_whole),
        cmocka_unit_test(a_cursor_of_elsewhere_is_refused),
        cmocka_unit_test(a_changed_cursor_is_refused),
        cmocka_unit_test(which_way),
        cmocka_unit_test(pages_tell_where_they_stand),
        cmocka_unit_test(a_row_that_is_gone_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
