/* serial_test.c: serial numbers are read strictly and written one way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/serial.h"
#include "unit/dies.h"

static unsigned char memory[4096];
static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, memory, sizeof(memory));
    return 0;
}

static void what_is_read_is_written(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "TLY-1-BSTORE-GBR-F5X7-2024-78177-81177",
        "TLY-1-WIND-DEU-1-1900-1-1",
        "TLY-1-A-ZZZ-0-2100-1-9223372036854775807",
        "TLY-1-ABCDEFGHIJKLMNOP-USA-0123456789ABCDEF-2026-9223372036854775807-9223372036854775807",
        "TLY-1-1234-USA-2024-2024-2024-2024",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct serial serial;
        assert_true(serial_parse(texts[i], &serial));
        assert_string_equal(serial_text(&arena, &serial), texts[i]);
    }
}

static void parts(void **state)
{
    (void)state;
    struct serial serial;
    assert_true(serial_parse("TLY-1-BSTORE-GBR-F5X7-2024-78177-81177", &serial));
    assert_string_equal(serial.pathway, "BSTORE");
    assert_string_equal(serial.country, "GBR");
    assert_string_equal(serial.project_code, "F5X7");
    assert_int_equal(serial.vintage, 2024);
    assert_int_equal(serial.first, 78177);
    assert_int_equal(serial.last, 81177);
    assert_int_equal(serial_units(&serial), 3001);
    assert_true(serial_parse("TLY-1-BSTORE-GBR-F5X7-2024-78177", &serial));
    assert_int_equal(serial.last, 78177);
    assert_int_equal(serial_units(&serial), 1);
    serial.last = INT64_MAX;
    serial.first = 1;
    assert_int_equal(serial_units(&serial), INT64_MAX);
}

static void everything_else_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "TLY-1-",
        "TLY-1-BSTORE",
        "TLY-1-BSTORE-GBR",
        "TLY-1-BSTORE-GBR-F5X7",
        "TLY-1-BSTORE-GBR-F5X7-2024",
        "TLY-1-BSTORE-GBR-F5X7-2024-",
        "TLY-1-BSTORE-GBR-F5X7-2024-1-",
        "TLY-1-BSTORE-GBR-F5X7-2024-1-2-",
        "TLY-1-BSTORE-GBR-F5X7-2024-1-2-3",
        "TLY-2-BSTORE-GBR-F5X7-2024-1-2",
        "tly-1-BSTORE-GBR-F5X7-2024-1-2",
        " TLY-1-BSTORE-GBR-F5X7-2024-1-2",
        "TLY-1-BSTORE-GBR-F5X7-2024-1-2 ",
        "TLY-1--GBR-F5X7-2024-1-2",
        "TLY-1-BSTORE--F5X7-2024-1-2",
        "TLY-1-BSTORE-GBR--2024-1-2",
        "TLY-1-bstore-GBR-F5X7-2024-1-2",
        "TLY-1-BSTORE-gbr-F5X7-2024-1-2",
        "TLY-1-BSTORE-GB-F5X7-2024-1-2",
        "TLY-1-BSTORE-GBRR-F5X7-2024-1-2",
        "TLY-1-BSTORE-G1R-F5X7-2024-1-2",
        "TLY-1-BSTORE-GBR-F_X7-2024-1-2",
        "TLY-1-ABCDEFGHIJKLMNOPQ-GBR-F5X7-2024-1-2",
        "TLY-1-BSTORE-GBR-ABCDEFGHIJKLMNOPQ-2024-1-2",
        "TLY-1-BSTORE-GBR-F5X7-1899-1-2",
        "TLY-1-BSTORE-GBR-F5X7-2101-1-2",
        "TLY-1-BSTORE-GBR-F5X7-02024-1-2",
        "TLY-1-BSTORE-GBR-F5X7-2024-0-2",
        "TLY-1-BSTORE-GBR-F5X7-2024-0",
        "TLY-1-BSTORE-GBR-F5X7-2024-01-2",
        "TLY-1-BSTORE-GBR-F5X7-2024-1-02",
        "TLY-1-BSTORE-GBR-F5X7-2024-2-1",
        "TLY-1-BSTORE-GBR-F5X7-2024-+1-2",
        "TLY-1-BSTORE-GBR-F5X7-2024-1--2",
        "TLY-1-BSTORE-GBR-F5X7-2024-1-9223372036854775808",
        "TLY-1-BSTORE-GBR-F5X7-2024-1-99999999999999999999",
        "TLY-1-BSTORE-GBR-F5X7-2024-1.0-2",
        "TLY-1-BSTORE-GBR-F5X7-2024-1-2\n",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct serial serial = {.vintage = 4711};
        if (serial_parse(texts[i], &serial)) {
            fail_msg("accepted: %s", texts[i]);
        }
        assert_int_equal(serial.vintage, 4711);
    }
    struct serial serial;
    assert_false(serial_parse(NULL, &serial));
}

/* Each byte of a good serial replaced by each other byte: what is accepted is written back as it
 * was. */
static void one_byte_changed(void **state)
{
    (void)state;
    static const char good[] = "TLY-1-WIND-GBR-F5X7-2024-78177-81177";
    for (size_t i = 0; i < sizeof(good) - 1; i++) {
        for (int byte = 0; byte < 256; byte++) {
            char text[sizeof(good)];
            struct serial serial;
            memcpy(text, good, sizeof(good));
            text[i] = (char)byte;
            arena_reset(&arena, 0);
            if (serial_parse(text, &serial) && serial.first != serial.last) {
                assert_string_equal(serial_text(&arena, &serial), text);
            }
        }
    }
}

static void words(void **state)
{
    (void)state;
    assert_true(serial_word_is("A"));
    assert_true(serial_word_is("0123456789ABCDEF"));
    assert_false(serial_word_is("0123456789ABCDEFG"));
    assert_false(serial_word_is(""));
    assert_false(serial_word_is(NULL));
    for (int byte = 1; byte < 256; byte++) {
        const char text[] = {'A', (char)byte, '\0'};
        assert_int_equal(serial_word_is(text),
                         (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9'));
    }
}

static void count_backwards(void)
{
    struct serial serial = {.first = 2, .last = 1};
    (void)serial_units(&serial);
}

static void write_empty(void)
{
    struct serial serial = {.first = 1, .last = 1};
    (void)serial_text(&arena, &serial);
}

static void bugs_end_the_process(void **state)
{
    (void)state;
    assert_true(dies(count_backwards));
    assert_true(dies(write_empty));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_is_read_is_written, set_up),
        cmocka_unit_test(parts),
        cmocka_unit_test(everything_else_is_refused),
        cmocka_unit_test_setup(one_byte_changed, set_up),
        cmocka_unit_test(words),
        cmocka_unit_test_setup(bugs_end_the_process, set_up),
    };
    return cmocka_run_group_tests_name("serial", tests, NULL, NULL);
}
