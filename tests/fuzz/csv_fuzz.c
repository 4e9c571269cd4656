/*
 * csv_fuzz.c: tables from files (import/csv.c) for any bytes. Promised: every row has the header's
 * cells, all of them UTF-8 without CR and with a place; what is wrong is said; a table that was
 * read without a note, written by our own CSV writer, reads back as it was.
 */
#include <string.h>

#include "base/text.h"
#include "fuzz/fuzz.h"
#include "import/csv.h"

static void look(const struct report *report, const struct csv_table *table)
{
    size_t problems = 0;
    size_t characters = 0;
    for (const struct report_line *line = report->first; line != NULL; line = line->next) {
        problems += line->is_problem ? 1 : 0;
        holds(!text_empty(line->sentence) && !text_empty(report_text(&fuzz_arena, line)));
    }
    holds(problems == report->problems);
    for (size_t i = 0; i < table->columns; i++) {
        holds(fuzz_is_utf8(table->header[i], &characters) &&
              strchr(table->header[i], '\r') == NULL);
    }
    for (size_t i = 0; i < table->count; i++) {
        for (size_t column = 0; column < table->columns; column++) {
            const char *text = csv_text(&table->rows[i], (int)column);
            struct place place = csv_place(table, &table->rows[i], (int)column);
            holds(fuzz_is_utf8(text, &characters) && strchr(text, '\r') == NULL);
            holds(place.line >= table->rows[i].line && place.column >= 1);
        }
    }
}

/* A cell that a spreadsheet would run comes back with its apostrophe. */
static bool is_same(const char *cell, const char *again)
{
    return text_is(cell, again) || (again[0] == '\'' && text_is(cell, again + 1));
}

/* Two columns whose names differ only in the apostrophe that a cell gets: written, they are one
 * name twice, which no reader takes. */
static bool names_meet(const struct csv_table *table)
{
    for (size_t i = 0; i < table->columns; i++) {
        for (size_t j = 0; j < table->columns; j++) {
            if (table->header[i][0] == '\'' && text_is(table->header[i] + 1, table->header[j])) {
                return true;
            }
        }
    }
    return false;
}

static void write_row(struct out *out, const struct csv_table *table, const struct csv_row *row)
{
    for (size_t column = 0; column < table->columns; column++) {
        out_csv_cell(out, row == NULL ? table->header[column] : csv_text(row, (int)column));
        (column + 1 < table->columns ? out_csv_next : out_csv_end)(out);
    }
}

static void round_trip(const struct csv_table *table, size_t size_bytes)
{
    struct report report;
    struct csv_table again;
    struct out out = fuzz_out(4 * size_bytes + 16 * (table->count + 1) * (table->columns + 1));
    write_row(&out, table, NULL);
    for (size_t i = 0; i < table->count; i++) {
        write_row(&out, table, &table->rows[i]);
    }
    report_init(&report, &fuzz_arena);
    bool is_read =
        csv_read_bytes(&fuzz_arena, &report, "again.csv", out.bytes, out.size_bytes, ',', &again);
    if (report.notes > 0) {
        return; /* an apostrophe less and it would have been mended the first time */
    }
    holds(is_read && again.columns == table->columns && again.count == table->count);
    for (size_t i = 0; i < table->count; i++) {
        for (int column = 0; column < (int)table->columns; column++) {
            holds(is_same(csv_text(&table->rows[i], column), csv_text(&again.rows[i], column)));
        }
    }
}

/* A row whose only cell is empty is an empty line, which no reader takes for a row. */
static bool is_writable(const struct csv_table *table)
{
    return table->columns > 1 && !names_meet(table);
}

static void one(struct fuzz_input *input)
{
    char delimiter = fuzz_below(input, 2) == 0 ? ',' : '\t';
    struct report report;
    struct csv_table table;
    size_t size_bytes = 0;
    const char *bytes = fuzz_rest(input, &size_bytes);
    report_init(&report, &fuzz_arena);
    bool is_read =
        csv_read_bytes(&fuzz_arena, &report, "fuzz.csv", bytes, size_bytes, delimiter, &table);
    holds(is_read == (report.problems == 0));
    look(&report, &table);
    for (int column = 0; is_read && column < (int)table.columns; column++) {
        holds(csv_column(&report, &table, table.header[column], true) == column);
    }
    if (is_read && report.notes == 0 && is_writable(&table)) {
        round_trip(&table, size_bytes);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    fuzz_run(data, size_bytes, one);
    return 0;
}
