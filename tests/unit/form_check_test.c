/* tests/unit/form_check_test.c: what may come in by a form, and what is said about what a person
 * can mend. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "gate/form.h"
#include "unit/dies.h"

#define TFR "tfr_1KNSQMD6Z1S0TB50"
#define CTB "ctb_1KNSQMD6Z1S0TB51"
#define CTB2 "ctb_1KNSQMD6Z1S0TB52"

static struct arena arena;
static const char *const kinds[] = {"external", "internal", NULL};
static const struct field_row rows[] = {
    {.name = "name",
     .kind = VALUE_LINE,
     .needed = true,
     .chars_max = 10,
     .label = "Name",
     .needed_words = "Enter a name."},
    {.name = "note", .kind = VALUE_TEXT, .chars_max = 12, .label = "Note"},
    {.name = "secret", .kind = VALUE_SECRET, .chars_max = 20, .label = "Secret"},
    {.name = "id", .kind = VALUE_ID},
    {.name = "days", .kind = VALUE_INT, .label = "Days"},
    {.name = "amount", .kind = VALUE_AMOUNT, .label = "Amount"},
    {.name = "from", .kind = VALUE_DATE, .label = "From"},
    {.name = "kind", .kind = VALUE_WORD, .words = kinds},
    {.name = "tick", .kind = VALUE_TICK},
    {.name = "after", .kind = VALUE_CURSOR},
    {.name = "row", .kind = VALUE_ID, .repeats = true},
    {.name = "qty.", .kind = VALUE_AMOUNT, .label = "Quantity"},
    {.name = "must", .kind = VALUE_LINE, .needed = true, .label = "Must"},
};
static const struct form form = {rows, sizeof rows / sizeof rows[0]};
static struct fields fields;

#define CHECK(...)                                                                                 \
    check((const struct pair[]){__VA_ARGS__},                                                      \
          sizeof((const struct pair[]){__VA_ARGS__}) / sizeof(struct pair))

static enum status check(const struct pair *at, size_t count)
{
    arena_reset(&arena, 0);
    struct pairs *pairs = arena_one(&arena, struct pairs);
    struct pair *copy = arena_array(&arena, struct pair, count + 1);
    memcpy(copy, at, count * sizeof *copy);
    *pairs = (struct pairs){copy, count};
    return form_check(&arena, &form, pairs, &fields);
}

static const char *fault(const char *name)
{
    for (size_t i = 0; i < fields.error_count; i++) {
        if (strcmp(fields.errors[i].name, name) == 0) {
            return fields.errors[i].words;
        }
    }
    return NULL;
}

static void unknown_names_are_bad_requests(void **state)
{
    (void)state;
    assert_int_equal(CHECK({"nam", "x"}), STATUS_BAD_REQUEST);
    assert_int_equal(CHECK({"", "x"}), STATUS_BAD_REQUEST);
    assert_int_equal(CHECK({"token", "x"}), STATUS_BAD_REQUEST);
    assert_int_equal(CHECK({"name.", "x"}), STATUS_BAD_REQUEST);
    assert_int_equal(CHECK({"qty.", "x"}), STATUS_BAD_REQUEST);
    assert_int_equal(CHECK({"qty.nothing", "x"}), STATUS_BAD_REQUEST);
    assert_int_equal(CHECK({"row.1", "x"}), STATUS_BAD_REQUEST);
}

static void a_name_stands_once_unless_it_may_repeat(void **state)
{
    (void)state;
    assert_int_equal(CHECK({"name", "a"}, {"name", "a"}), STATUS_BAD_REQUEST);
    assert_int_equal(CHECK({"tick", "1"}, {"tick", "1"}), STATUS_BAD_REQUEST);
    assert_int_equal(CHECK({"qty." CTB, "1"}, {"qty." CTB, "1"}), STATUS_BAD_REQUEST);
    assert_int_equal(CHECK({"row", TFR}, {"row", TFR}), STATUS_OK);
    assert_int_equal(CHECK({"qty." CTB, "1"}, {"qty." CTB2, "1"}), STATUS_OK);
}

static void no_form_takes_nothing(void **state)
{
    (void)state;
    struct pair pair = {"a", "b"};
    struct pairs none = {NULL, 0};
    struct pairs one = {&pair, 1};
    assert_int_equal(form_check(&arena, NULL, &none, &fields), STATUS_OK);
    assert_int_equal(form_check(&arena, NULL, &one, &fields), STATUS_BAD_REQUEST);
}

static void too_many_pairs(void **state)
{
    (void)state;
    struct pair *many = calloc(REQUEST_FIELDS_MAX + 1, sizeof *many);
    assert_non_null(many);
    for (size_t i = 0; i <= REQUEST_FIELDS_MAX; i++) {
        many[i] = (struct pair){"row", TFR};
    }
    assert_int_equal(check(many, REQUEST_FIELDS_MAX), STATUS_OK);
    assert_int_equal(check(many, REQUEST_FIELDS_MAX + 1), STATUS_BAD_REQUEST);
    free(many);
}

static void words_must_be_listed(void **state)
{
    (void)state;
    assert_int_equal(CHECK({"kind", "external"}), STATUS_OK);
    assert_string_equal(field_text(&fields, "kind"), "external");
    assert_int_equal(CHECK({"kind", ""}), STATUS_OK);
    assert_int_equal(CHECK({"kind", "External"}), STATUS_BAD_REQUEST);
    assert_int_equal(CHECK({"kind", "x"}), STATUS_BAD_REQUEST);
}

static void needed_fields(void **state)
{
    (void)state;
    assert_int_equal(CHECK({"note", "x"}), STATUS_OK);
    assert_int_equal(fields.error_count, 2);
    assert_string_equal(fields.errors[0].name, "name");
    assert_string_equal(fields.errors[0].words, "Enter a name.");
    assert_string_equal(fields.errors[1].words, "Fill in: Must.");
    assert_int_equal(CHECK({"name", "   "}, {"must", "y"}), STATUS_OK);
    assert_string_equal(fault("name"), "Enter a name.");
    assert_int_equal(CHECK({"name", "x"}, {"must", "y"}), STATUS_OK);
    assert_int_equal(fields.error_count, 0);
}

static void lines_and_texts(void **state)
{
    (void)state;
    assert_int_equal(CHECK({"name", "  ab c \t"}, {"note", " a\nb "}, {"secret", " s s "}),
                     STATUS_OK);
    assert_string_equal(field_text(&fields, "name"), "ab c");
    assert_string_equal(field_text(&fields, "note"), " a\nb ");
    assert_string_equal(field_text(&fields, "secret"), " s s ");
    assert_int_equal(CHECK({"name", "a\nb"}), STATUS_OK);
    assert_non_null(fault("name"));
    assert_string_equal(field_text(&fields, "name"), "a\nb"); /* typed values are kept */
    assert_int_equal(CHECK({"note", "a\x07"}), STATUS_OK);
    assert_non_null(fault("note"));
    /* Characters are counted, not bytes. */
    assert_int_equal(CHECK({"name", "ääääääääää"}), STATUS_OK);
    assert_null(fault("name"));
    assert_int_equal(CHECK({"name", "äääääääääää"}), STATUS_OK);
    assert_string_equal(fault("name"),
                        "Name may have at most 10 characters; this has 11. Shorten it.");
    assert_int_equal(CHECK({"secret", "123456789012345678901"}), STATUS_OK);
    assert_non_null(fault("secret"));
}

static void ids_and_numbers(void **state)
{
    int64_t number = 7;
    (void)state;
    assert_int_equal(CHECK({"id", TFR}), STATUS_OK);
    assert_string_equal(field_text(&fields, "id"), TFR);
    /* What is no id is as good as an unknown one, and never as none: "" would mean "not chosen". */
    assert_int_equal(CHECK({"id", "' OR 1=1"}), STATUS_OK);
    assert_string_equal(field_text(&fields, "id"), "unknown");
    assert_int_equal(CHECK({"days", "14"}), STATUS_OK);
    assert_true(field_int(&fields, "days", &number));
    assert_int_equal(number, 14);
    static const char *const bad[] = {"-1", "1.5", "1e3", "abc", "99999999999999999999", "1 4"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(CHECK({"days", bad[i]}), STATUS_OK);
        assert_non_null(fault("days"));
        assert_false(field_int(&fields, "days", &number));
    }
    assert_int_equal(CHECK({"from", "2026-11-20"}), STATUS_OK);
    assert_null(fault("from"));
    assert_int_equal(CHECK({"from", "20.11.2026"}), STATUS_OK);
    assert_non_null(fault("from"));
    assert_int_equal(CHECK({"amount", " 1,5 "}), STATUS_OK);
    assert_string_equal(field_text(&fields, "amount"), "1,5");
}

static void ticks_and_cursors(void **state)
{
    char longest[600];
    (void)state;
    assert_int_equal(CHECK({"tick", ""}), STATUS_OK);
    assert_true(field_tick(&fields, "tick"));
    assert_int_equal(CHECK({"name", "x"}), STATUS_OK);
    assert_false(field_tick(&fields, "tick"));
    assert_int_equal(CHECK({"tick", "a\x01"}), STATUS_BAD_REQUEST);
    assert_int_equal(CHECK({"after", "a~b"}), STATUS_OK);
    assert_int_equal(CHECK({"after", "a\nb"}), STATUS_BAD_REQUEST);
    memset(longest, 'a', sizeof longest);
    longest[513] = '\0';
    assert_int_equal(CHECK({"after", longest}), STATUS_BAD_REQUEST);
    longest[512] = '\0';
    assert_int_equal(CHECK({"after", longest}), STATUS_OK);
}

static void each_value_of_a_name(void **state)
{
    size_t next = 0;
    (void)state;
    assert_int_equal(
        CHECK({"row", TFR}, {"qty." CTB, " 5 "}, {"row", ""}, {"row", CTB}, {"qty." CTB2, "6"}),
        STATUS_OK);
    assert_string_equal(field_each(&fields, "row", &next)->value, TFR);
    assert_string_equal(field_each(&fields, "row", &next)->value, CTB);
    assert_null(field_each(&fields, "row", &next));
    next = 0;
    const struct pair *pair = field_each(&fields, "qty.", &next);
    assert_string_equal(pair->name, CTB);
    assert_string_equal(pair->value, "5");
    assert_string_equal(field_each(&fields, "qty.", &next)->name, CTB2);
    assert_null(field_each(&fields, "qty.", &next));
    assert_string_equal(field_text(&fields, "qty." CTB2), "6");
}

static void faults_stand_in_form_order_and_once(void **state)
{
    (void)state;
    assert_int_equal(CHECK({"name", "x"}, {"must", "y"}), STATUS_OK);
    field_fault(&fields, "must", "third");
    field_fault(&fields, "name", "first");
    field_fault(&fields, "days", "second");
    field_fault(&fields, "name", "again");
    field_fault(&fields, "elsewhere", "last");
    assert_int_equal(fields.error_count, 4);
    assert_string_equal(fields.errors[0].words, "first");
    assert_string_equal(fields.errors[1].words, "second");
    assert_string_equal(fields.errors[2].words, "third");
    assert_string_equal(fields.errors[3].words, "last");
    for (int i = 0; i < 200; i++) {
        field_fault(&fields, arena_printf(&arena, "e%d", i), "x");
    }
    assert_int_equal(fields.error_count, 64);
}

static void read_unknown(void)
{
    (void)field_text(&fields, "nobody");
}

static void reading_an_unknown_field_is_a_bug(void **state)
{
    (void)state;
    assert_int_equal(CHECK({"name", "x"}), STATUS_OK);
    assert_true(dies(read_unknown));
}

int main(void)
{
    arena_map(&arena, 1024UL * 1024);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_names_are_bad_requests),
        cmocka_unit_test(a_name_stands_once_unless_it_may_repeat),
        cmocka_unit_test(no_form_takes_nothing),
        cmocka_unit_test(too_many_pairs),
        cmocka_unit_test(words_must_be_listed),
        cmocka_unit_test(needed_fields),
        cmocka_unit_test(lines_and_texts),
        cmocka_unit_test(ids_and_numbers),
        cmocka_unit_test(ticks_and_cursors),
        cmocka_unit_test(each_value_of_a_name),
        cmocka_unit_test(faults_stand_in_form_order_and_once),
        cmocka_unit_test(reading_an_unknown_field_is_a_bug),
    };
    return cmocka_run_group_tests_name("form check", tests, NULL, NULL);
}
