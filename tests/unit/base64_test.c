/* tests/unit/base64_test.c: one text for each byte string, and no other is read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/base64.h"
#include "base/id.h"

static unsigned char memory[65536];
static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, memory, sizeof memory);
    return 0;
}

/* RFC 4648 section 10, without padding; and the two digits that are base64url's own. */
static void test_known(void **state)
{
    static const struct {
        const char *bytes, *text;
    } rows[] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff", "-_8"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t size_bytes = strlen(rows[i].bytes);
        assert_string_equal(base64_write(&arena, rows[i].bytes, size_bytes), rows[i].text);
        assert_int_equal(BASE64_CHARS(size_bytes), strlen(rows[i].text));
        char back[16];
        size_t back_bytes = 99;
        assert_true(base64_read(rows[i].text, strlen(rows[i].text), back, &back_bytes));
        assert_int_equal(back_bytes, size_bytes);
        assert_memory_equal(back, rows[i].bytes, size_bytes);
    }
}

static void test_refused(void **state)
{
    static const char *const texts[] = {
        "Z",     "Zm9vY", "Zg==", "Zg=", "Zm8=", "Zm9v\n", " Zm9v", "Zm 9v",  "Zm+v",    "Zm/v",
        "Zm9v.", "Zh",    "Zi",   "Zv",  "Zm9",  "Zm-",    "Z\xc3", "Zm9vYh", "Zm9vYmF",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char back[16];
        size_t back_bytes = 0;
        if (base64_read(texts[i], strlen(texts[i]), back, &back_bytes)) {
            fail_msg("\"%s\" was read", texts[i]);
        }
    }
    char back[16];
    size_t back_bytes = 0;
    assert_false(base64_read("Zg\0", 3, back, &back_bytes)); /* a NUL is no digit */
}

static void test_there_and_back(void **state)
{
    (void)state;
    for (size_t size_bytes = 0; size_bytes < 100; size_bytes++) {
        uint8_t bytes[100];
        uint8_t back[100];
        size_t back_bytes = 0;
        random_bytes(bytes, sizeof bytes);
        const char *text = base64_write(&arena, bytes, size_bytes);
        assert_true(base64_read(text, strlen(text), back, &back_bytes));
        assert_int_equal(back_bytes, size_bytes);
        assert_memory_equal(back, bytes, size_bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_there_and_back),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
