/*
 * csv_test.c: rough files, and what a person is told about each: CSV form, encodings, amounts,
 * dates.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "import/csv.h"
#include "import/mojibake.h"
#include "import/value.h"

static struct arena arena;
static struct report report;

static int set_up(void **state)
{
    (void)state;
    if (arena.bytes == NULL) {
        arena_map(&arena, (size_t)64 * 1024 * 1024);
    }
    arena_reset(&arena, 0);
    report_init(&report, &arena);
    return 0;
}

static struct csv_table read_sized(const char *bytes, size_t size_bytes)
{
    struct csv_table table;

    csv_read_bytes(&arena, &report, "rough.csv", bytes, size_bytes, ',', &table);
    return table;
}

static struct csv_table read_text(const char *text)
{
    return read_sized(text, strlen(text));
}

/* The problems (or notes) so far, joined by '\n'. */
static const char *said(bool problems)
{
    const char *all = "";

    for (const struct report_line *line = report.first; line != NULL; line = line->next) {
        if (line->is_problem == problems) {
            all = arena_printf(&arena, "%s%s%s", all, *all == '\0' ? "" : "\n",
                               report_text(&arena, line));
        }
    }
    return all;
}

static void rows_know_their_places(void **state)
{
    (void)state;
    struct csv_table table = read_text("\xEF\xBB\xBFid,words,more\r\n"
                                       "1,\"two\r\nlines, \"\"quoted\"\"\",a\r\n"
                                       "\r\n"
                                       "  2 , plain , \r\n"
                                       "3,,\"last\"");

    assert_string_equal(said(true), "");
    assert_int_equal(table.columns, 3);
    assert_string_equal(table.header[0], "id");
    assert_int_equal(table.count, 3);
    assert_string_equal(table.rows[0].cells[1].text, "two\nlines, \"quoted\"");
    assert_int_equal(table.rows[0].line, 2);
    assert_int_equal(table.rows[0].cells[1].column, 3);
    assert_int_equal(table.rows[0].cells[2].line, 3); /* behind the quoted line break */
    assert_int_equal(table.rows[0].cells[2].column, 20);
    assert_int_equal(table.rows[1].line, 5);
    assert_string_equal(table.rows[1].cells[0].text, "2");
    assert_string_equal(table.rows[1].cells[1].text, "plain");
    assert_string_equal(table.rows[1].cells[2].text, "");
    assert_int_equal(table.rows[2].line, 6);
    assert_string_equal(table.rows[2].cells[1].text, "");
    assert_string_equal(table.rows[2].cells[2].text, "last");
    assert_int_equal(table.rows[2].cells[2].column, 4);
}

static void marks_before_the_first_column(void **state)
{
    (void)state;
    struct csv_table table = read_text("\xEF\xBB\xBF\xEF\xBB\xBF"
                                       "a,b\n1,\xEF\xBB\xBFx\n");

    assert_string_equal(said(true), "");
    assert_string_equal(table.header[0], "a");
    assert_string_equal(table.rows[0].cells[1].text, "\xEF\xBB\xBFx");
    table = read_text("\r\n\xEF\xBB\xBF"
                      "a,b\n1,2\n");
    assert_string_equal(said(true), "");
    assert_string_equal(table.header[0], "a");
}

static void columns_count_characters(void **state)
{
    (void)state;
    struct csv_table table = read_text("a,b\n\xC3\xA9\xC3\xA9,x\n");

    assert_int_equal(table.rows[0].cells[1].column, 4);
}

static void old_macs_and_tabs(void **state)
{
    struct csv_table table = read_text("a,b\r1,2\r3,4\r");

    (void)state;
    assert_int_equal(table.count, 2);
    assert_int_equal(table.rows[1].line, 3);
    csv_read_bytes(&arena, &report, "t.tsv", "a\tb\tc\n1\t\t3\n", 11, '\t', &table);
    assert_int_equal(table.count, 1);
    assert_string_equal(table.rows[0].cells[1].text, "");
    assert_string_equal(table.rows[0].cells[2].text, "3");
    assert_string_equal(said(true), "");
}

static void every_bad_row_is_named(void **state)
{
    (void)state;
    struct csv_table table = read_text("a,b,c\n1,2\n1,2,3\n1,2,3,4\nx\n4,5,6\n");

    assert_int_equal(table.count, 2);
    assert_string_equal(said(true), "rough.csv:2:1: The row has 2 cells; the first line names 3.\n"
                                    "rough.csv:4:1: The row has 4 cells; the first line names 3.\n"
                                    "rough.csv:5:1: The row has 1 cell; the first line names 3.");
}

/* A CR with the LF behind it ends one row, not two; a cell of plain text takes no memory but its
 * own. */
static void as_many_rows_as_may_be(void **state)
{
    (void)state;
    static const char head[] = {'n', '\r', '\n'}, row[] = {'7', '\r', '\n'};
    size_t size_bytes = sizeof(row) * (size_t)(CSV_ROWS_MAX / 10 * 6);
    char *bytes = arena_take(&arena, size_bytes, 1);
    for (size_t i = 0; i < size_bytes; i += sizeof(row)) {
        memcpy(bytes + i, i == 0 ? head : row, sizeof(row));
    }
    struct csv_table table = read_sized(bytes, size_bytes);
    assert_string_equal(said(true), "");
    assert_int_equal(table.count, size_bytes / 3 - 1);
    assert_int_equal(table.rows[table.count - 1].line, size_bytes / 3);
    assert_true(arena.used_bytes < size_bytes + (table.count + 9) * 64);
}

static void stray_quotes(void **state)
{
    (void)state;
    struct csv_table table = read_text("a,b\n1,in\"side\n2,\"closed\"early\n3,well\n");

    assert_int_equal(table.count, 1);
    assert_string_equal(table.rows[0].cells[1].text, "well");
    assert_int_equal(table.rows[0].line, 4);
    assert_string_equal(said(true),
                        "rough.csv:2:5: There is a stray quote in this row. Put quotes "
                        "around the whole cell and write each quote inside it twice.\n"
                        "rough.csv:3:11: There is a stray quote in this row. Put "
                        "quotes around the whole cell and write each quote inside it twice.");
}

static void quote_never_closed(void **state)
{
    (void)state;
    read_text("a,b\n1,2\n2,\"open\n3,4\n");
    assert_string_equal(said(true), "rough.csv:3:3: The quote that opens this cell is never "
                                    "closed; the rest of the file could not be read.");
}

static void cell_too_long(void **state)
{
    char *bytes = arena_take(&arena, CSV_CELL_BYTES_MAX + 100, 1);

    (void)state;
    memset(bytes, 'x', CSV_CELL_BYTES_MAX + 90);
    const char *text = arena_printf(&arena, "a,b\n1,%s\n1,2\n", bytes);
    struct csv_table table = read_text(text);
    assert_int_equal(table.count, 1);
    assert_non_null(
        strstr(said(true), "A cell is longer than 65536 bytes; is a quote missing before it?"));
}

static void nul_bytes(void **state)
{
    static const char bytes[] = "a,b\n1,x\0y\n2,z\n";

    (void)state;
    struct csv_table table = read_sized(bytes, sizeof bytes - 1);
    assert_int_equal(table.count, 2);
    assert_string_equal(
        said(true), "rough.csv:2:4: There is a NUL byte here. Save the file as plain UTF-8 text.");
}

static void not_utf8(void **state)
{
    (void)state;
    read_text("a,b\n1,caf\xE9\n2,\xC0\xAF\n");
    assert_string_equal(said(true),
                        "rough.csv:2:3: b: The cell is not UTF-8. Save the file as UTF-8.\n"
                        "rough.csv:3:3: b: The cell is not UTF-8. Save the file as UTF-8.");
}

static void utf16(void **state)
{
    (void)state;
    read_sized("\xFF\xFE"
               "a\0,\0",
               6);
    assert_string_equal(said(true), "rough.csv: The file is UTF-16. Save it as UTF-8.");
}

static void empty_and_headers(void **state)
{
    struct csv_table table = read_text("");

    (void)state;
    assert_string_equal(said(true),
                        "rough.csv: The file is empty: its first line must name the columns.");
    report_init(&report, &arena);
    table = read_text("a,b,a\n1,2,3\n");
    assert_string_equal(said(true), "rough.csv:1:5: a: The column is named twice.");
    report_init(&report, &arena);
    table = read_text("a,b\n");
    assert_int_equal(csv_column(&report, &table, "b", true), 1);
    assert_int_equal(csv_column(&report, &table, "c", false), -1);
    assert_int_equal(csv_column(&report, &table, "c", true), -1);
    assert_string_equal(said(true), "rough.csv:1:1: c: The column is missing from the first line.");
}

static void missing_file(void **state)
{
    struct csv_table table;

    (void)state;
    assert_false(csv_read(&arena, &report, "/nonexistent/list.csv", ',', &table));
    assert_string_equal(
        said(true), "/nonexistent/list.csv: The file cannot be read: No such file or directory.");
    assert_false(csv_read(&arena, &report, "/", ',', &table));
    assert_non_null(strstr(said(true), "it is not a regular file"));
}

static void encoded_twice(void **state)
{
    const char *mended = NULL;

    (void)state;
    assert_true(mojibake_mend(&arena, "\xC3\x83\xC2\xA9t\xC3\x83\xC2\xA9", &mended)); /* Ã©tÃ© */
    assert_string_equal(mended, "\xC3\xA9t\xC3\xA9");
    assert_true(mojibake_mend(&arena, "\xC3\xA2\xE2\x82\xAC\xC5\x93Hi\xC3\xA2\xE2\x82\xAC\xC2\x9D",
                              &mended)); /* â€œHiâ€\x9d */
    assert_string_equal(mended, "\xE2\x80\x9CHi\xE2\x80\x9D");
    assert_true(
        mojibake_mend(&arena, "\xC3\x83\xC6\x92\xC3\x82\xC2\xA9", &mended)); /* three times */
    assert_string_equal(mended, "\xC3\xA9");
    /* not in part, and not what is well */
    assert_false(mojibake_mend(&arena, "plain", &mended));
    assert_false(mojibake_mend(&arena, "caf\xC3\xA9", &mended));
    assert_false(mojibake_mend(&arena, "\xC3\x83\xC2\xA9 and caf\xC3\xA9", &mended));
    assert_false(mojibake_mend(&arena, "CO\xE2\x82\x82 \xC3\x83\xC2\xA9", &mended));
    struct csv_table table = read_text("a,b\n1,Caf\xC3\x83\xC2\xA9\n");
    assert_string_equal(table.rows[0].cells[1].text, "Caf\xC3\xA9");
    assert_int_equal(report.problems, 0);
    assert_string_equal(
        said(false),
        "rough.csv:2:3: b: The text had been encoded twice and was mended: \"Caf\xC3\xA9\".");
}

static void amounts(void **state)
{
    static const struct {
        const char *text;
        int decimals;
        int64_t units; /* -1: refused */
    } rows[] = {
        {"0", 3, 0},
        {"1", 3, 1000},
        {"1.5", 3, 1500},
        {"1234.567", 3, 1234567},
        {"1,234.567", 3, 1234567},
        {"12,345,678", 0, 12345678},
        {"1 234 567", 0, 1234567},
        {"1\xC2\xA0"
         "234",
         0, 1234},
        {"1\xE2\x80\xAF"
         "234.5",
         3, 1234500},
        {"1'234", 0, 1234},
        {"531.0", 3, 531000},
        {"55.3080", 3, 55308},
        {"7.000", 0, 7},
        {"1000000000000", 3, 1000000000000000},
        {"1000000000000.001", 3, -1},
        {"99999999999999999999", 0, -1},
        {"", 3, -1},
        {"-1", 3, -1},
        {"\xE2\x88\x92"
         "1",
         3, -1},
        {"+1", 3, -1},
        {"1e3", 3, -1},
        {"12,34", 3, -1},
        {"1,2345", 3, -1},
        {",123", 3, -1},
        {"1,234 567", 3, -1},
        {"1.", 3, -1},
        {".5", 3, -1},
        {"1.2345", 3, -1},
        {"1.5", 0, -1},
        {"1.234,567", 3, -1},
        {"12 tonnes", 3, -1},
        {"0x10", 3, -1},
        {"1,,234", 3, -1},
        {"1,234,", 3, -1},
        {"1234,567", 0, -1},
        {"NaN", 3, -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t units = -1;
        const char *why = NULL;
        bool well = value_parse_units(rows[i].text, rows[i].decimals, &units, &why);
        if (well != (rows[i].units >= 0) || units != rows[i].units || (!well && why == NULL)) {
            fail_msg("\"%s\": %lld", rows[i].text, (long long)units);
        }
    }
}

static void dates(void **state)
{
    static const char *const rows[][2] = {
        {"2026-04-14", "2026-04-14"},
        {"2026/04/14", "2026-04-14"},
        {"2026-4-1", "2026-04-01"},
        {"14.04.2026", "2026-04-14"},
        {"3.4.2026", "2026-04-03"},
        {"14 April 2026", "2026-04-14"},
        {"14 Apr 2026", "2026-04-14"},
        {"April 14, 2026", "2026-04-14"},
        {"14-Apr-2026", "2026-04-14"},
        {"14/04/2026", "2026-04-14"},
        {"04/14/2026", "2026-04-14"},
        {"04/04/2026", "2026-04-04"},
        {"29 February 2024", "2024-02-29"},
        {"03/04/2026", NULL},
        {"29/02/2025", NULL},
        {"31.04.2026", NULL},
        {"14/04/26", NULL},
        {"2026-13-01", NULL},
        {"April 2026", NULL},
        {"14 Foo 2026", NULL},
        {"soon", NULL},
        {"45000", NULL},
        {"2026-04-14x", NULL},
        {"", NULL},
        {"20260414", NULL},
        {"1066-10-14", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char date[11] = "";
        const char *why = NULL;
        bool well = value_parse_date(rows[i][0], date, &why);
        if (well != (rows[i][1] != NULL) || (well && strcmp(date, rows[i][1]) != 0) ||
            (!well && why == NULL)) {
            fail_msg("\"%s\": %s", rows[i][0], date);
        }
    }
}

static void cells_say_what_is_accepted(void **state)
{
    struct csv_table table =
        read_text("id,at,kg,country,words\n"
                  "prj_1KESD32TS1S0ZHG,yesterday,1e3,uk,\"a\nb\"\n"
                  "prj_1KESD32TS1S0ZHGV,2026-04-14 16:50:41.5,\"1,000\",GBR,fine\n");
    char id[21];
    char country[4];
    char words[8];
    int64_t at = 0;
    int64_t units = 0;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct cells cells = {
            .arena = &arena, .report = &report, .table = &table, .row = &table.rows[i]};
        assert_int_equal(value_id(&cells, 0, "prj", id), i == 1);
        assert_int_equal(value_time(&cells, 1, &at), i == 1);
        assert_int_equal(value_units(&cells, 2, 0, &units), i == 1);
        assert_int_equal(value_country(&cells, 3, true, country), i == 1);
        assert_int_equal(value_text(&cells, 4, true, false, 7, words, sizeof words), i == 1);
    }
    assert_int_equal(at, INT64_C(1776185441500000));
    assert_int_equal(units, 1000);
    assert_string_equal(
        said(true),
        "rough.csv:2:1: id: \"prj_1KESD32TS1S0ZHG\" is not an id. It is written prj_ and 16 of the "
        "figures and capital letters "
        "without I, L, O and U.\n"
        "rough.csv:2:21: at: \"yesterday\" is not a time. Write it as 2026-04-14T16:50:41Z.\n"
        "rough.csv:2:31: kg: Write the amount as 1234.567 or 1,234.567: groups of three figures "
        "and a decimal point.\n"
        "rough.csv:2:35: country: \"uk\" is not a country. Write its three letters of ISO 3166-1: "
        "GBR.\n"
        "rough.csv:2:38: words: The text has control characters or line breaks.");
}

/* What a cell says stays in its line of the report, and moves no terminal. */
static void what_is_quoted_is_one_line(void **state)
{
    (void)state;
    struct csv_table table =
        read_text("\"a\x1b]0;t\"\n\"x\nlist.csv:1:1: \x7f\xC2\x9B\xC3\x9B\"\n");
    struct cells cells = {
        .arena = &arena, .report = &report, .table = &table, .row = &table.rows[0]};
    int64_t at = 0;
    assert_false(value_time(&cells, 0, &at));
    assert_string_equal(said(true), "rough.csv:2:1: a ]0;t: \"x list.csv:1:1:    \xC3\x9B\" is not "
                                    "a time. Write it as 2026-04-14T16:50:41Z.");
}

/* The zero of many programs is no time, and what comes before it none that the ledger takes. */
static void times_begin_in_1970(void **state)
{
    static const char *const early[] = {"1970-01-01T00:00:00Z",        "1970-01-01", "01.01.1970",
                                        "1970-01-01T23:59:59.999999Z", "1969-12-31", "1900-01-01"};
    (void)state;
    for (size_t i = 0; i <= sizeof early / sizeof early[0]; i++) {
        bool is_early = i < sizeof early / sizeof early[0];
        struct csv_table table =
            read_text(arena_printf(&arena, "at\n%s\n", is_early ? early[i] : "1970-01-02"));
        struct cells cells = {
            .arena = &arena, .report = &report, .table = &table, .row = &table.rows[0]};
        int64_t at = 0;
        assert_int_equal(value_time(&cells, 0, &at), !is_early);
        assert_int_equal(report.problems, is_early ? i + 1 : i);
    }
    assert_non_null(strstr(said(true), "rough.csv:2:1: at: \"01.01.1970\" is too early. The "
                                       "registry's times begin on 2 January 1970."));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(rows_know_their_places, set_up),
        cmocka_unit_test_setup(marks_before_the_first_column, set_up),
        cmocka_unit_test_setup(columns_count_characters, set_up),
        cmocka_unit_test_setup(old_macs_and_tabs, set_up),
        cmocka_unit_test_setup(every_bad_row_is_named, set_up),
        cmocka_unit_test_setup(as_many_rows_as_may_be, set_up),
        cmocka_unit_test_setup(stray_quotes, set_up),
        cmocka_unit_test_setup(quote_never_closed, set_up),
        cmocka_unit_test_setup(cell_too_long, set_up),
        cmocka_unit_test_setup(nul_bytes, set_up),
        cmocka_unit_test_setup(not_utf8, set_up),
        cmocka_unit_test_setup(utf16, set_up),
        cmocka_unit_test_setup(empty_and_headers, set_up),
        cmocka_unit_test_setup(missing_file, set_up),
        cmocka_unit_test_setup(encoded_twice, set_up),
        cmocka_unit_test_setup(amounts, set_up),
        cmocka_unit_test_setup(dates, set_up),
        cmocka_unit_test_setup(cells_say_what_is_accepted, set_up),
        cmocka_unit_test_setup(what_is_quoted_is_one_line, set_up),
        cmocka_unit_test_setup(times_begin_in_1970, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
