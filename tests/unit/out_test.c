/* out_test.c: each escaper for every byte, and the buffer's last byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/out.h"

static unsigned char memory[65536];
static struct arena arena;
static struct out out;
static size_t mark_bytes; /* behind the buffer */
static jmp_buf guard;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, memory, sizeof(memory));
    out_init(&out, &arena, 4096);
    mark_bytes = arena.used_bytes;
    return 0;
}

/* What was written since the last call, as text. */
static const char *written(void)
{
    const char *text = arena_text_sized(&arena, out.bytes, out.size_bytes);
    out.size_bytes = 0;
    return text;
}

static const char *html_of(const char *text)
{
    out_html(&out, text);
    return written();
}

static const char *cell_of(const char *text)
{
    out_csv_cell(&out, text);
    return written();
}

static const char *xml_of(const char *text)
{
    out_xml(&out, text);
    return written();
}

static void html_for_every_byte(void **state)
{
    (void)state;
    for (int byte = 1; byte < 256; byte++) {
        const char text[] = {'a', (char)byte, 'b', '\0'};
        const char *expected = byte == '&'    ? "a&amp;b"
                               : byte == '<'  ? "a&lt;b"
                               : byte == '>'  ? "a&gt;b"
                               : byte == '"'  ? "a&#34;b"
                               : byte == '\'' ? "a&#39;b"
                                              : text;
        assert_string_equal(html_of(text), expected);
        out_html_url(&out, (struct url){text});
        assert_string_equal(written(), expected);
        out_html_markup(&out, (struct markup){text});
        assert_string_equal(written(), text);
        arena_reset(&arena, mark_bytes);
    }
}

static void html_of_nothing_and_much(void **state)
{
    (void)state;
    assert_string_equal(html_of(NULL), "");
    assert_string_equal(html_of(""), "");
    out_html_url(&out, (struct url){NULL});
    out_html_markup(&out, (struct markup){NULL});
    assert_string_equal(written(), "");
    assert_string_equal(html_of("<a href=\"x\">&amp;"), "&lt;a href=&#34;x&#34;&gt;&amp;amp;");
}

static void the_type_chooses(void **state)
{
    (void)state;
    char changeable[] = "<";
    const char *text = "<";
    out_value(&out, text);
    out_value(&out, (char *)changeable);
    out_value(&out, ((struct url){"/?a&b"}));
    out_value(&out, ((struct markup){"<b>"}));
    out_value(&out, 7);
    out_value(&out, INT64_C(-8));
    assert_string_equal(written(), "&lt;&lt;/?a&amp;b<b>7-8");
}

static void integers(void **state)
{
    (void)state;
    out_int(&out, 0);
    assert_string_equal(written(), "0");
    out_int(&out, INT64_MAX);
    assert_string_equal(written(), "9223372036854775807");
    out_int(&out, INT64_MIN);
    assert_string_equal(written(), "-9223372036854775808");
    out_int(&out, -10);
    assert_string_equal(written(), "-10");
}

static void csv_for_every_first_byte(void **state)
{
    (void)state;
    for (int byte = 1; byte < 256; byte++) {
        const char text[] = {(char)byte, 'b', '\0'};
        const char *cell = cell_of(text);
        if (strchr("=+-@\t\r", byte) != NULL) {
            assert_memory_equal(cell, "\"'", 2);
        } else if (strchr(",\"\n ", byte) != NULL) {
            assert_int_equal(cell[0], '"');
            assert_int_equal(cell[strlen(cell) - 1], '"');
        } else {
            assert_string_equal(cell, text);
        }
        arena_reset(&arena, mark_bytes);
    }
}

static void csv_cells(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", ""},
        {"plain", "plain"},
        {"a b", "a b"},
        {"a,b", "\"a,b\""},
        {"a\"b", "\"a\"\"b\""},
        {"a\nb", "\"a\nb\""},
        {"a\r\nb", "\"a\r\nb\""},
        {" a", "\" a\""},
        {"a ", "\"a \""},
        {"a\t", "\"a\t\""},
        {"=1+1", "\"'=1+1\""},
        {"@SUM(A1)", "\"'@SUM(A1)\""},
        {"+1", "+1"},
        {"-1", "-1"},
        {"-12.500", "-12.500"},
        {"-1.", "\"'-1.\""},
        {"-.5", "\"'-.5\""},
        {"-", "\"'-\""},
        {"--1", "\"'--1\""},
        {"-1+1", "\"'-1+1\""},
        {"+1-cmd|' /C calc'!A0", "\"'+1-cmd|' /C calc'!A0\""},
        {"-1.5.2", "\"'-1.5.2\""},
        {"=\"x\"", "\"'=\"\"x\"\"\""},
        {"\t=1", "\"'\t=1\""},
        {"a=1", "a=1"},
        {"Z\xc3\xbcrich", "Z\xc3\xbcrich"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_string_equal(cell_of(cases[i][0]), cases[i][1]);
    }
    assert_string_equal(cell_of(NULL), "");
    out_csv_cell(&out, "a");
    out_csv_next(&out);
    out_csv_cell(&out, "-5");
    out_csv_end(&out);
    assert_string_equal(written(), "a,-5\r\n");
}

static void xml_for_every_byte(void **state)
{
    (void)state;
    for (int byte = 1; byte < 256; byte++) {
        const char text[] = {'a', (char)byte, 'b', '\0'};
        const char *expected = byte == '&'                                   ? "a&amp;b"
                               : byte == '<'                                 ? "a&lt;b"
                               : byte == '>'                                 ? "a&gt;b"
                               : byte == '"'                                 ? "a&#34;b"
                               : byte == '\''                                ? "a&#39;b"
                               : byte == '\r'                                ? "a&#13;b"
                               : byte < 0x20 && byte != '\t' && byte != '\n' ? "ab"
                                                                             : text;
        assert_string_equal(xml_of(text), expected);
        arena_reset(&arena, mark_bytes);
    }
    assert_string_equal(xml_of("a\xef\xbf\xbe\xef\xbf\xbf\xef\xbf\xbd"), "a\xef\xbf\xbd");
    assert_string_equal(xml_of("\xef\xbf"), "\xef\xbf");
    assert_string_equal(xml_of(NULL), "");
}

static bool overflows(size_t size_bytes)
{
    static const char bytes[8192];
    arena.guard = &guard;
    bool is_full = false;
    if (setjmp(guard) == 0) {
        out_bytes(&out, bytes, size_bytes);
    } else {
        is_full = true;
    }
    arena.guard = NULL;
    return is_full;
}

static void the_last_byte_fits(void **state)
{
    (void)state;
    assert_true(overflows(4097));
    assert_int_equal(out.size_bytes, 0);
    assert_false(overflows(4095));
    assert_true(overflows(2));
    assert_false(overflows(1));
    assert_false(overflows(0));
    assert_true(overflows(1));
    assert_true(overflows(SIZE_MAX));
    assert_int_equal(out.size_bytes, 4096);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(html_for_every_byte, set_up),
        cmocka_unit_test_setup(html_of_nothing_and_much, set_up),
        cmocka_unit_test_setup(the_type_chooses, set_up),
        cmocka_unit_test_setup(integers, set_up),
        cmocka_unit_test_setup(csv_for_every_first_byte, set_up),
        cmocka_unit_test_setup(csv_cells, set_up),
        cmocka_unit_test_setup(xml_for_every_byte, set_up),
        cmocka_unit_test_setup(the_last_byte_fits, set_up),
    };
    return cmocka_run_group_tests_name("out", tests, NULL, NULL);
}
