/* api_json_test.c: what is written is the JSON that was meant, and numbers are exact. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/json.h"
#include "unit/api_room.h"
#include "unit/dies.h"

static struct out out;

static struct json begin(void)
{
    (void)room_begin(METHOD_GET);
    out_init(&out, &room_arena, 65536);
    return json_begin(&out);
}

static void members_stand_in_order(void **state)
{
    (void)state;
    struct json json = begin();
    json_open(&json, NULL);
    json_text(&json, "id", "tfr_1");
    json_int(&json, "least", INT64_MIN);
    json_int(&json, "most", INT64_MAX);
    json_bool(&json, "yes", true);
    json_bool(&json, "no", false);
    json_none(&json, "none");
    json_list(&json, "empty");
    json_close(&json);
    json_list(&json, "list");
    json_text(&json, NULL, "a");
    json_open(&json, NULL);
    json_close(&json);
    json_int(&json, NULL, 0);
    json_close(&json);
    json_close(&json);
    assert_string_equal(
        room_written(&out),
        "{\"id\":\"tfr_1\",\"least\":-9223372036854775808,\"most\":9223372036854775807,"
        "\"yes\":true,\"no\":false,\"none\":null,\"empty\":[],\"list\":[\"a\",{},0]}\n");
}

static const char *quoted(const char *text)
{
    struct json json = begin();
    json_list(&json, NULL);
    json_text(&json, NULL, text);
    json_close(&json);
    return room_written(&out);
}

static void text_is_escaped(void **state)
{
    (void)state;
    assert_string_equal(quoted(""), "[\"\"]\n");
    assert_string_equal(quoted(NULL), "[\"\"]\n");
    assert_string_equal(quoted("say \"no\" \\ / <b>"), "[\"say \\\"no\\\" \\\\ / <b>\"]\n");
    assert_string_equal(quoted("a\nb\tc\rd"), "[\"a\\nb\\tc\\rd\"]\n");
    assert_string_equal(quoted("\x01\x1f\x7f"), "[\"\\u0001\\u001f\\u007f\"]\n");
    assert_string_equal(quoted("Ärger \xE2\x82\xAC \xF0\x9F\x8C\xB2"),
                        "[\"Ärger \xE2\x82\xAC \xF0\x9F\x8C\xB2\"]\n");
}

static const char *quantity(enum instrument instrument, int64_t units)
{
    struct json json = begin();
    json_quantity(&json, NULL, instrument, units);
    return room_written(&out);
}

static void quantities_are_exact(void **state)
{
    (void)state;
    const enum instrument carbon = INSTRUMENT_CARBON_REMOVAL;
    const enum instrument energy = INSTRUMENT_RENEWABLE_ENERGY;
    assert_string_equal(quantity(carbon, 0), "{\"credits\":0,\"credit_kgs\":0}\n");
    assert_string_equal(quantity(carbon, 1), "{\"credits\":0.001,\"credit_kgs\":1}\n");
    assert_string_equal(quantity(carbon, 1000), "{\"credits\":1,\"credit_kgs\":1000}\n");
    assert_string_equal(quantity(carbon, 1500), "{\"credits\":1.5,\"credit_kgs\":1500}\n");
    assert_string_equal(quantity(carbon, 125632), "{\"credits\":125.632,\"credit_kgs\":125632}\n");
    assert_string_equal(quantity(carbon, 10010), "{\"credits\":10.01,\"credit_kgs\":10010}\n");
    assert_string_equal(quantity(carbon, -1500), "{\"credits\":-1.5,\"credit_kgs\":-1500}\n");
    assert_string_equal(quantity(carbon, INT64_MAX),
                        "{\"credits\":9223372036854775.807,\"credit_kgs\":9223372036854775807}\n");
    assert_string_equal(quantity(energy, 0), "{\"credits\":0,\"credit_kgs\":0}\n");
    assert_string_equal(quantity(energy, 12), "{\"credits\":12,\"credit_kgs\":12000}\n");
    /* beyond what an int64 holds in kilograms */
    assert_string_equal(quantity(energy, INT64_MAX), "{\"credits\":9223372036854775807,"
                                                     "\"credit_kgs\":9223372036854775807000}\n");
}

static void times_and_nothing(void **state)
{
    (void)state;
    struct json json = begin();
    json_list(&json, NULL);
    json_time(&json, NULL, 0);
    json_time(&json, NULL, INT64_C(1705924608520641));
    json_time(&json, NULL, 1);
    json_text_or_null(&json, NULL, "");
    json_text_or_null(&json, NULL, NULL);
    json_text_or_null(&json, NULL, "x");
    json_number(&json, NULL, "-71.06");
    json_written(&json, NULL, "{\"a\":1}");
    json_close(&json);
    assert_string_equal(room_written(&out),
                        "[null,\"2024-01-22T11:56:48.520641Z\",\"1970-01-01T00:00:00.000001Z\","
                        "null,null,\"x\",-71.06,{\"a\":1}]\n");
}

static void what_is_quoted_is_cut_between_characters(void **state)
{
    (void)state;
    (void)room_begin(METHOD_GET);
    assert_string_equal(json_quote(&room_arena, "", 5), "\"\"");
    assert_string_equal(json_quote(&room_arena, "\"\x01", 5), "\"\\\"\\u0001\"");
    assert_string_equal(json_quote(&room_arena, "12345", 5), "\"12345\"");
    assert_string_equal(json_quote(&room_arena, "123456", 5), "\"12345\xE2\x80\xA6\"");
    assert_string_equal(json_quote(&room_arena, "\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC", 2),
                        "\"\xE2\x82\xAC\xE2\x82\xAC\xE2\x80\xA6\"");
}

static void close_too_often(void)
{
    struct json json = begin();
    json_close(&json);
}

static void name_in_a_list(void)
{
    struct json json = begin();
    json_list(&json, NULL);
    json_int(&json, "name", 1);
}

static void no_name_in_an_object(void)
{
    struct json json = begin();
    json_open(&json, NULL);
    json_int(&json, NULL, 1);
}

static void too_deep(void)
{
    struct json json = begin();
    for (int i = 0; i <= JSON_DEPTH_MAX; i++) {
        json_list(&json, NULL);
    }
}

static void no_digits(void)
{
    struct json json = begin();
    json_number(&json, NULL, "NaN");
}

static void misuse_ends_the_process(void **state)
{
    (void)state;
    assert_true(dies(close_too_often));
    assert_true(dies(name_in_a_list));
    assert_true(dies(no_name_in_an_object));
    assert_true(dies(too_deep));
    assert_true(dies(no_digits));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_stand_in_order),
        cmocka_unit_test(text_is_escaped),
        cmocka_unit_test(quantities_are_exact),
        cmocka_unit_test(times_and_nothing),
        cmocka_unit_test(what_is_quoted_is_cut_between_characters),
        cmocka_unit_test(misuse_ends_the_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
