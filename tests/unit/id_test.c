/* id_test.c: public ids are well-formed, unique, in order and repeatable. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/id.h"
#include "unit/dies.h"

#define AT INT64_C(1776185441621676)

static void an_id_has_its_parts(void **state)
{
    (void)state;
    struct id_source source = {.tag = "SBX"};
    char id[ID_SIZE];
    id_make(&source, "tfr", AT, id);
    assert_int_equal(strlen(id), 20);
    assert_memory_equal(id, "tfr_", 4);
    assert_memory_equal(id + 13, "SBX", 3);
    assert_true(id_is(id, "tfr"));
    assert_true(id_is(id, NULL));
    assert_false(id_is(id, "org"));
    assert_int_equal(id_time_us(id), AT / 1000 * 1000);
}

static void equal_inputs_give_equal_ids(void **state)
{
    (void)state;
    struct id_source one = {.tag = "SBX"};
    struct id_source other = {.tag = "SBX"};
    for (int i = 0; i < 1000; i++) {
        char id[ID_SIZE];
        char same[ID_SIZE];
        id_make(&one, "ctb", AT + i * INT64_C(100), id);
        id_make(&other, "ctb", AT + i * INT64_C(100), same);
        assert_string_equal(id, same);
    }
}

/* More than one millisecond holds: the ids go on upwards into the next. */
static void ids_only_ever_rise(void **state)
{
    (void)state;
    for (int is_random = 0; is_random < 2; is_random++) {
        struct id_source source = {.tag = "SBX", .random_tail = is_random == 1};
        char last[ID_SIZE] = "ctb_";
        for (int i = 0; i < 3000000; i++) {
            char id[ID_SIZE];
            /* Now and then the clock goes back. */
            id_make(&source, "ctb", i % 1000 == 999 ? AT - 5000000 : AT, id);
            if (strcmp(last, id) >= 0) {
                fail_msg("%s is not after %s", id, last);
            }
            memcpy(last, id, sizeof(last));
        }
        assert_true(id_time_us(last) - AT < 7000);
    }
}

static void half_a_million_fit_in_a_millisecond(void **state)
{
    (void)state;
    for (int64_t ms = 0; ms < 1000; ms += 7) {
        struct id_source source = {.tag = "SBX"};
        char id[ID_SIZE];
        id_make(&source, "ctb", AT + ms * 1000, id);
        assert_in_range(source.last_tail, 1, 1 << 19);
    }
}

static void the_ends_of_time(void **state)
{
    (void)state;
    struct id_source source = {.tag = "000"};
    char id[ID_SIZE];
    id_make(&source, "org", 0, id);
    assert_memory_equal(id, "org_000000000000", 16);
    assert_int_equal(id_time_us(id), 0);
    source = (struct id_source){.tag = "ZZZ"};
    int64_t year_2200 = clock_days_from_civil(2200, 12, 31) * CLOCK_DAY_US;
    id_make(&source, "org", year_2200, id);
    assert_int_equal(id_time_us(id), year_2200);
}

static void form_is_checked_byte_by_byte(void **state)
{
    (void)state;
    static const char good[] = "tfr_01KP6ZCR0NSBX1A2";
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    assert_true(id_is(good, "tfr"));
    for (size_t i = 0; i < sizeof(good) - 1; i++) {
        for (int byte = 0; byte < 256; byte++) {
            char text[sizeof(good)];
            memcpy(text, good, sizeof(good));
            text[i] = (char)byte;
            bool expected = i < 3    ? byte >= 'a' && byte <= 'z'
                            : i == 3 ? byte == '_'
                                     : byte != 0 && strchr(alphabet, byte) != NULL;
            assert_int_equal(id_is(text, NULL), expected);
        }
    }
    assert_false(id_is(NULL, NULL));
    assert_false(id_is("", NULL));
    assert_false(id_is("tfr_", "tfr"));
    assert_false(id_is("tfr_01KP6ZCR0NSBX1A", "tfr"));
    assert_false(id_is("tfr_01KP6ZCR0NSBX1A22", "tfr"));
    assert_false(id_is("tfr_01KP6ZCR0NSBX1A2 ", "tfr"));
}

static void tags(void **state)
{
    (void)state;
    assert_true(id_tag_is("SBX"));
    assert_true(id_tag_is("007"));
    assert_false(id_tag_is(NULL));
    assert_false(id_tag_is(""));
    assert_false(id_tag_is("SB"));
    assert_false(id_tag_is("SBXX"));
    assert_false(id_tag_is("sbx"));
    assert_false(id_tag_is("SBI"));
    assert_false(id_tag_is("SBU"));
}

static void make_with_bad_prefix(void)
{
    struct id_source source = {.tag = "SBX"};
    char id[ID_SIZE];
    id_make(&source, "TFR", AT, id);
}

static void make_with_long_prefix(void)
{
    struct id_source source = {.tag = "SBX"};
    char id[ID_SIZE];
    id_make(&source, "tfrs", AT, id);
}

static void make_without_tag(void)
{
    struct id_source source = {.tag = ""};
    char id[ID_SIZE];
    id_make(&source, "tfr", AT, id);
}

static void make_before_time(void)
{
    struct id_source source = {.tag = "SBX"};
    char id[ID_SIZE];
    id_make(&source, "tfr", -1, id);
}

static void time_of_nothing(void)
{
    (void)id_time_us("tfr_");
}

static void bugs_end_the_process(void **state)
{
    (void)state;
    assert_true(dies(make_with_bad_prefix));
    assert_true(dies(make_with_long_prefix));
    assert_true(dies(make_without_tag));
    assert_true(dies(make_before_time));
    assert_true(dies(time_of_nothing));
}

static void randomness_differs(void **state)
{
    (void)state;
    unsigned char one[64] = {0};
    unsigned char other[64] = {0};
    random_bytes(one, sizeof(one));
    random_bytes(other, sizeof(other));
    assert_memory_not_equal(one, other, sizeof(one));
    random_bytes(one, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_id_has_its_parts),
        cmocka_unit_test(equal_inputs_give_equal_ids),
        cmocka_unit_test(ids_only_ever_rise),
        cmocka_unit_test(half_a_million_fit_in_a_millisecond),
        cmocka_unit_test(the_ends_of_time),
        cmocka_unit_test(form_is_checked_byte_by_byte),
        cmocka_unit_test(tags),
        cmocka_unit_test(bugs_end_the_process),
        cmocka_unit_test(randomness_differs),
    };
    return cmocka_run_group_tests_name("id", tests, NULL, NULL);
}
