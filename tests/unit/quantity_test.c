/* quantity_test.c: what a person types, exactly; exhaustive near the limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include "model/quantity.h"
#include "unit/dies.h"

#define CARBON INSTRUMENT_CARBON_REMOVAL
#define ENERGY INSTRUMENT_RENEWABLE_ENERGY

static unsigned char memory[4096];
static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, memory, sizeof(memory));
    return 0;
}

struct parse_case {
    const char *text;
    enum instrument instrument;
    enum status status;
    int64_t units;
};

static void assert_parse(const struct parse_case *expected)
{
    int64_t units = -4711;
    enum status status = quantity_parse(expected->text, expected->instrument, &units);
    int64_t wanted = expected->status == STATUS_OK ? expected->units : -4711;
    if (status != expected->status || units != wanted) {
        fail_msg("\"%s\": status %d, units %lld", expected->text, (int)status, (long long)units);
    }
}

static void typed_quantities(void **state)
{
    (void)state;
    static const struct parse_case cases[] = {
        {"84.21", CARBON, STATUS_OK, 84210},
        {"1200", CARBON, STATUS_OK, 1200000},
        {"0.001", CARBON, STATUS_OK, 1},
        {"0.1", CARBON, STATUS_OK, 100},
        {"1.999", CARBON, STATUS_OK, 1999},
        {" 1.5\t\r\n", CARBON, STATUS_OK, 1500},
        {"007", CARBON, STATUS_OK, 7000},
        {"1200", ENERGY, STATUS_OK, 1200},
        {"1", ENERGY, STATUS_OK, 1},
        {"00000000000000000000000000001", ENERGY, STATUS_OK, 1},
        {"", CARBON, STATUS_LINES_EMPTY, 0},
        {NULL, CARBON, STATUS_LINES_EMPTY, 0},
        {" \t ", CARBON, STATUS_LINES_EMPTY, 0},
        {"0", CARBON, STATUS_QUANTITY_ZERO, 0},
        {"0.000", CARBON, STATUS_QUANTITY_ZERO, 0},
        {"0.0000", CARBON, STATUS_QUANTITY_ZERO, 0},
        {"0", ENERGY, STATUS_QUANTITY_ZERO, 0},
        {"0.0", ENERGY, STATUS_QUANTITY_ZERO, 0},
        {"-1", CARBON, STATUS_QUANTITY_NEGATIVE, 0},
        {" -1", CARBON, STATUS_QUANTITY_NEGATIVE, 0},
        {"-0", CARBON, STATUS_QUANTITY_NEGATIVE, 0},
        {"-", CARBON, STATUS_QUANTITY_NEGATIVE, 0},
        {"-x", CARBON, STATUS_QUANTITY_NEGATIVE, 0},
        {"1.0000", CARBON, STATUS_QUANTITY_FRACTION, 0},
        {"1.2345", CARBON, STATUS_QUANTITY_FRACTION, 0},
        {"0.0001", CARBON, STATUS_QUANTITY_FRACTION, 0},
        {"1.0", ENERGY, STATUS_QUANTITY_FRACTION, 0},
        {"9999999999999999999999.0001", CARBON, STATUS_QUANTITY_FRACTION, 0},
        {"+1", CARBON, STATUS_VALUE_REFUSED, 0},
        {"1e3", CARBON, STATUS_VALUE_REFUSED, 0},
        {"1,200", CARBON, STATUS_VALUE_REFUSED, 0},
        {"1 200", CARBON, STATUS_VALUE_REFUSED, 0},
        {"1.5.2", CARBON, STATUS_VALUE_REFUSED, 0},
        {"1.", CARBON, STATUS_VALUE_REFUSED, 0},
        {".5", CARBON, STATUS_VALUE_REFUSED, 0},
        {".", CARBON, STATUS_VALUE_REFUSED, 0},
        {"1,5", CARBON, STATUS_VALUE_REFUSED, 0},
        {"0x10", CARBON, STATUS_VALUE_REFUSED, 0},
        {"1.5 t", CARBON, STATUS_VALUE_REFUSED, 0},
        {"nan", CARBON, STATUS_VALUE_REFUSED, 0},
        {"inf", CARBON, STATUS_VALUE_REFUSED, 0},
        {"1.-5", CARBON, STATUS_VALUE_REFUSED, 0},
        {"\xd9\xa1", CARBON, STATUS_VALUE_REFUSED, 0},
        {"1\xc2\xa0", CARBON, STATUS_VALUE_REFUSED, 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_parse(&cases[i]);
    }
}

static void the_upper_limit(void **state)
{
    (void)state;
    static const struct parse_case cases[] = {
        {"1000000000000", CARBON, STATUS_OK, QUANTITY_UNITS_MAX},
        {"1000000000000.000", CARBON, STATUS_OK, QUANTITY_UNITS_MAX},
        {"1000000000000.001", CARBON, STATUS_QUANTITY_TOO_LARGE, 0},
        {"999999999999.999", CARBON, STATUS_OK, QUANTITY_UNITS_MAX - 1},
        {"1000000000001", CARBON, STATUS_QUANTITY_TOO_LARGE, 0},
        {"1000000000000000", ENERGY, STATUS_OK, QUANTITY_UNITS_MAX},
        {"999999999999999", ENERGY, STATUS_OK, QUANTITY_UNITS_MAX - 1},
        {"1000000000000001", ENERGY, STATUS_QUANTITY_TOO_LARGE, 0},
        {"9223372036854775807", ENERGY, STATUS_QUANTITY_TOO_LARGE, 0},
        {"9223372036854775808", ENERGY, STATUS_QUANTITY_TOO_LARGE, 0},
        {"18446744073709551617", ENERGY, STATUS_QUANTITY_TOO_LARGE, 0},
        {"99999999999999999999999999999999999999", CARBON, STATUS_QUANTITY_TOO_LARGE, 0},
        {"9223372036854775.808", CARBON, STATUS_QUANTITY_TOO_LARGE, 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_parse(&cases[i]);
    }
}

/* What is shown for machines is what is read; near zero, around powers of ten and at the limit. */
static void plain_text_is_read_again(void **state)
{
    (void)state;
    for (int64_t power = 1; power <= QUANTITY_UNITS_MAX; power *= 10) {
        for (int64_t offset = -2000; offset <= 2000; offset++) {
            for (int i = 0; i < INSTRUMENT__COUNT; i++) {
                enum instrument instrument = (enum instrument)i;
                int64_t units = power + offset;
                if (units <= 0) {
                    continue;
                }
                arena_reset(&arena, 0);
                struct parse_case expected = {
                    .text = quantity_plain(&arena, units, instrument),
                    .instrument = instrument,
                    .status = units > QUANTITY_UNITS_MAX ? STATUS_QUANTITY_TOO_LARGE : STATUS_OK,
                    .units = units,
                };
                assert_parse(&expected);
            }
        }
    }
}

/* All texts of up to five signs: the status follows from the text alone, by the rules in the
 * header. */
static enum status expected_status(const char *text, int decimals_max)
{
    while (*text == ' ') {
        text++;
    }
    if (*text == '\0') {
        return STATUS_LINES_EMPTY;
    }
    if (*text == '-') {
        return STATUS_QUANTITY_NEGATIVE;
    }
    int whole = 0;
    int decimals = -1;
    bool is_zero = true;
    for (; *text != '\0' && *text != ' '; text++) {
        if (*text == '.' && decimals < 0) {
            decimals = 0;
        } else if (*text == '0' || *text == '7') {
            is_zero = is_zero && *text == '0';
            whole += decimals < 0 ? 1 : 0;
            decimals += decimals >= 0 ? 1 : 0;
        } else {
            return STATUS_VALUE_REFUSED;
        }
    }
    if (text[strspn(text, " ")] != '\0' || whole == 0 || decimals == 0) {
        return STATUS_VALUE_REFUSED;
    }
    if (is_zero) {
        return STATUS_QUANTITY_ZERO;
    }
    return decimals > decimals_max ? STATUS_QUANTITY_FRACTION : STATUS_OK;
}

static void all_short_texts(void **state)
{
    (void)state;
    static const char signs[] = "07.- ,e+";
    const size_t count = sizeof(signs) - 1;
    for (size_t length = 0; length <= 6; length++) {
        size_t total = 1;
        for (size_t i = 0; i < length; i++) {
            total *= count;
        }
        for (size_t number = 0; number < total; number++) {
            char text[7] = "";
            size_t rest = number;
            for (size_t i = 0; i < length; i++) {
                text[i] = signs[rest % count];
                rest /= count;
            }
            int64_t units = 0;
            if (quantity_parse(text, CARBON, &units) != expected_status(text, 3) ||
                quantity_parse(text, ENERGY, &units) != expected_status(text, 0)) {
                fail_msg("\"%s\"", text);
            }
        }
    }
}

static void shown_to_people(void **state)
{
    (void)state;
    assert_string_equal(quantity_show(&arena, 1234567, CARBON), "1,234.567");
    assert_string_equal(quantity_show(&arena, 1234, ENERGY), "1,234");
    assert_string_equal(quantity_show(&arena, 0, CARBON), "0.000");
    assert_string_equal(quantity_show(&arena, 1, CARBON), "0.001");
    assert_string_equal(quantity_show(&arena, -1, CARBON), "-0.001");
    assert_string_equal(quantity_show(&arena, -1234567, CARBON), "-1,234.567");
    assert_string_equal(quantity_show(&arena, INT64_MAX, CARBON), "9,223,372,036,854,775.807");
    assert_string_equal(quantity_show(&arena, INT64_MIN, CARBON), "-9,223,372,036,854,775.808");
    assert_string_equal(quantity_show(&arena, INT64_MIN, ENERGY), "-9,223,372,036,854,775,808");
    assert_string_equal(quantity_plain(&arena, 1234567, CARBON), "1234.567");
    assert_string_equal(quantity_plain(&arena, 1234, ENERGY), "1234");
    assert_string_equal(quantity_plain(&arena, INT64_MIN, CARBON), "-9223372036854775.808");
    assert_string_equal(quantity_words(&arena, 1234567, CARBON), "1,234.567 credits");
    assert_string_equal(quantity_words(&arena, 1000, CARBON), "1.000 credit");
    assert_string_equal(quantity_words(&arena, 1, CARBON), "0.001 credits");
    assert_string_equal(quantity_words(&arena, 1, ENERGY), "1 certificate");
    assert_string_equal(quantity_words(&arena, 0, ENERGY), "0 certificates");
}

static void instruments(void **state)
{
    (void)state;
    for (int i = 0; i < INSTRUMENT__COUNT; i++) {
        enum instrument found = INSTRUMENT__COUNT;
        assert_true(instrument_from_word(instrument_word((enum instrument)i), &found));
        assert_int_equal(found, i);
    }
    enum instrument found = INSTRUMENT__COUNT;
    assert_false(instrument_from_word("carbon", &found));
    assert_false(instrument_from_word("", &found));
    assert_false(instrument_from_word(NULL, &found));
    assert_int_equal(found, INSTRUMENT__COUNT);
    assert_int_equal(instrument_units_per_credit(CARBON), 1000);
    assert_int_equal(instrument_units_per_credit(ENERGY), 1);
}

static void sums(void **state)
{
    (void)state;
    int64_t sum = 7;
    assert_true(quantity_add(INT64_MAX - 1, 1, &sum));
    assert_int_equal(sum, INT64_MAX);
    assert_false(quantity_add(INT64_MAX, 1, &sum));
    assert_false(quantity_add(INT64_MIN, -1, &sum));
    assert_int_equal(sum, INT64_MAX);
    assert_true(quantity_add(INT64_MIN, INT64_MAX, &sum));
    assert_int_equal(sum, -1);
    sum = 0;
    for (int i = 0; i < 9000; i++) {
        assert_true(quantity_add(sum, QUANTITY_UNITS_MAX, &sum));
    }
}

static void unknown_instrument(void)
{
    (void)instrument_word(INSTRUMENT__COUNT);
}

static void bugs_end_the_process(void **state)
{
    (void)state;
    assert_true(dies(unknown_instrument));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(typed_quantities),
        cmocka_unit_test(the_upper_limit),
        cmocka_unit_test_setup(plain_text_is_read_again, set_up),
        cmocka_unit_test(all_short_texts),
        cmocka_unit_test_setup(shown_to_people, set_up),
        cmocka_unit_test(instruments),
        cmocka_unit_test(sums),
        cmocka_unit_test(bugs_end_the_process),
    };
    return cmocka_run_group_tests_name("quantity", tests, NULL, NULL);
}
