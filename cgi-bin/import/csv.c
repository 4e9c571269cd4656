/*
 * import/csv.c: see import/csv.h. Bytes are fed to libcsv one at a time, so that the place where
 * each cell begins is known.
 */
#include "import/csv.h"

#include <csv.h>
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "import/mojibake.h"

struct reading {
    struct arena *arena;
    struct report *report;
    struct csv_table *table;
    struct csv_row *rows;
    size_t rows_max;
    struct csv_parser parser;
    uint32_t line, column;           /* of the byte being fed */
    uint32_t cell_line, cell_column; /* where the present cell begins */
    uint32_t row_line;               /* where the present row begins */
    bool cell_begun;                 /* a byte of the present cell has been fed */
    size_t cell_count; /* cells of the present row so far, also those that are too many */
    struct csv_cell cells[CSV_COLUMNS_MAX];
};

static const char *without_marks(const char *bytes, size_t size_bytes);
static const char *without_nul(struct reading *reading, const char *bytes, size_t size_bytes);
static void parser_begin(struct reading *reading, unsigned char delimiter);
static void feed_all(struct reading *reading, const char *bytes, size_t size_bytes);
static size_t feed_byte(struct reading *reading, const char *bytes, size_t at, size_t size_bytes);
static size_t skip_line(struct reading *reading, const char *bytes, size_t at, size_t size_bytes);
static void parse_fault(struct reading *reading);
static void cell_ended(void *bytes, size_t size_bytes, void *context);
static void row_ended(int byte, void *context);
static const char *cell_text(struct reading *reading, const char *bytes, size_t size_bytes);
static void header_ended(struct reading *reading);
static void *cell_room(void *memory, size_t size_bytes);
static void cell_room_left(void *memory);
static struct place place_here(const struct reading *reading);

/* libcsv's work memory for one cell; one file is read at a time. */
static unsigned char cell_memory[CSV_CELL_BYTES_MAX];

bool csv_read_bytes(struct arena *arena, struct report *report, const char *name, const char *bytes,
                    size_t size_bytes, char delimiter, struct csv_table *table)
{
    size_t problems_before = report->problems;
    struct reading *reading = arena_one(arena, struct reading);

    *table = (struct csv_table){.name = name};
    *reading =
        (struct reading){.arena = arena, .report = report, .table = table, .line = 1, .column = 1};
    if (size_bytes >= 2 &&
        (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0)) {
        report_problem(report, place_of(name), "The file is UTF-16. Save it as UTF-8.");
        return false;
    }
    const char *begin = without_marks(bytes, size_bytes);
    size_bytes -= (size_t)(begin - bytes);
    bytes = begin;
    reading->rows_max = 1;
    for (size_t i = 0; i < size_bytes; i++) {
        bool ends_crlf = bytes[i] == '\n' && i > 0 && bytes[i - 1] == '\r';
        reading->rows_max += (bytes[i] == '\n' && !ends_crlf) || bytes[i] == '\r' ? 1 : 0;
    }
    if (reading->rows_max > CSV_ROWS_MAX) {
        report_problem(report, place_of(name),
                       "The file has more than %d lines. Import it in parts.", CSV_ROWS_MAX);
        return false;
    }
    reading->rows = arena_array(arena, struct csv_row, reading->rows_max);
    table->rows = reading->rows;
    bytes = without_nul(reading, bytes, size_bytes);
    parser_begin(reading, (unsigned char)delimiter);
    feed_all(reading, bytes, size_bytes);
    csv_free(&reading->parser);
    if (table->columns == 0 && report->problems == problems_before) {
        report_problem(report, place_of(name),
                       "The file is empty: its first line must name the columns.");
    }
    return report->problems == problems_before;
}

int csv_column(struct report *report, const struct csv_table *table, const char *name, bool needed)
{
    for (size_t i = 0; i < table->columns; i++) {
        if (strcmp(table->header[i], name) == 0) {
            return (int)i;
        }
    }
    if (needed && table->columns > 0) {
        struct place place = {.file = table->name, .line = 1, .column = 1, .field = name};
        report_problem(report, place, "The column is missing from the first line.");
    }
    return -1;
}

const char *csv_text(const struct csv_row *row, int column)
{
    return column < 0 ? "" : row->cells[column].text;
}

struct place csv_place(const struct csv_table *table, const struct csv_row *row, int column)
{
    if (column < 0) {
        return (struct place){.file = table->name, .line = row->line, .column = 1, .field = ""};
    }
    return (struct place){.file = table->name,
                          .line = row->cells[column].line,
                          .column = row->cells[column].column,
                          .field = table->header[column]};
}

/* Behind the marks that say UTF-8. A file that was exported twice may begin with two, and one whose
 * first lines are empty may have them before the first column's name, which none belongs to. */
static const char *without_marks(const char *bytes, size_t size_bytes)
{
    for (; size_bytes >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0; size_bytes -= 3) {
        bytes += 3;
    }
    return bytes;
}

/* NUL bytes are problems; spaces stand in for them so that the rest of the file can still be looked
 * at. */
static const char *without_nul(struct reading *reading, const char *bytes, size_t size_bytes)
{
    if (size_bytes == 0 || memchr(bytes, 0, size_bytes) == NULL) {
        return bytes;
    }
    char *copy = arena_take(reading->arena, size_bytes, 1);
    struct place place = place_of(reading->table->name);
    uint32_t line = 1;
    uint32_t column = 1;
    for (size_t i = 0; i < size_bytes; i++) {
        copy[i] = bytes[i] == '\0' ? ' ' : bytes[i];
        if (bytes[i] == '\0' && place.line != line) { /* one for a line is enough */
            place.line = line;
            place.column = column;
            report_problem(reading->report, place,
                           "There is a NUL byte here. Save the file as plain UTF-8 text.");
        }
        column = bytes[i] == '\n' ? 1 : column + 1;
        line += bytes[i] == '\n' ? 1 : 0;
    }
    return copy;
}

static void parser_begin(struct reading *reading, unsigned char delimiter)
{
    must(csv_init(&reading->parser, CSV_STRICT | CSV_STRICT_FINI) == 0);
    csv_set_delim(&reading->parser, delimiter);
    csv_set_realloc_func(&reading->parser, cell_room);
    csv_set_free_func(&reading->parser, cell_room_left);
}

static void feed_all(struct reading *reading, const char *bytes, size_t size_bytes)
{
    size_t at = 0;

    while (at < size_bytes) {
        at = feed_byte(reading, bytes, at, size_bytes);
    }
    if (csv_fini(&reading->parser, cell_ended, row_ended, reading) != 0) {
        struct place place = {.file = reading->table->name,
                              .line = reading->cell_line,
                              .column = reading->cell_column,
                              .field = ""};
        report_problem(reading->report, place,
                       "The quote that opens this cell is never closed; the rest of the file could "
                       "not be read.");
    }
}

/* Feeds the byte at `at`; returns where to go on. */
static size_t feed_byte(struct reading *reading, const char *bytes, size_t at, size_t size_bytes)
{
    char byte = bytes[at];
    bool blank = byte == ' ' || byte == '\n' || byte == '\r' ||
                 (byte == '\t' && csv_get_delim(&reading->parser) != CSV_TAB);

    if (!reading->cell_begun && (!blank || (reading->cell_count > 0 && byte != '\n'))) {
        reading->cell_begun = true;
        reading->cell_line = reading->line;
        reading->cell_column = reading->column;
        if (reading->cell_count == 0) {
            reading->row_line = reading->line;
        }
    }
    if (csv_parse(&reading->parser, &bytes[at], 1, cell_ended, row_ended, reading) != 1) {
        parse_fault(reading);
        return skip_line(reading, bytes, at, size_bytes);
    }
    if (byte == '\n' || (byte == '\r' && (at + 1 == size_bytes || bytes[at + 1] != '\n'))) {
        reading->line++;
        reading->column = 1;
    } else if (((unsigned char)byte & 0xC0) != 0x80) { /* characters, not bytes */
        reading->column++;
    }
    return at + 1;
}

static void parse_fault(struct reading *reading)
{
    struct place place = place_here(reading);

    if (csv_error(&reading->parser) == CSV_EPARSE) {
        report_problem(reading->report, place,
                       "There is a stray quote in this row. Put quotes around the whole cell and "
                       "write each quote inside it twice.");
    } else {
        report_problem(reading->report, place,
                       "A cell is longer than %d bytes; is a quote missing before it?",
                       CSV_CELL_BYTES_MAX);
    }
}

/* After a fault: the parser starts anew with the next line. */
static size_t skip_line(struct reading *reading, const char *bytes, size_t at, size_t size_bytes)
{
    while (at < size_bytes && bytes[at] != '\n') {
        at++;
    }
    unsigned char delimiter = csv_get_delim(&reading->parser);
    csv_free(&reading->parser);
    parser_begin(reading, delimiter);
    reading->cell_count = 0;
    reading->cell_begun = false;
    reading->line++;
    reading->column = 1;
    return at < size_bytes ? at + 1 : at;
}

static void cell_ended(void *bytes, size_t size_bytes, void *context)
{
    struct reading *reading = context;

    if (!reading->cell_begun) { /* an empty last cell: it begins where the row ends */
        reading->cell_line = reading->line;
        reading->cell_column = reading->column;
    }
    if (reading->cell_count < CSV_COLUMNS_MAX) {
        reading->cells[reading->cell_count] =
            (struct csv_cell){.text = cell_text(reading, bytes == NULL ? "" : bytes, size_bytes),
                              .line = reading->cell_line,
                              .column = reading->cell_column};
    }
    reading->cell_count++;
    reading->cell_begun = false;
}

/* The cell as clean UTF-8: line breaks as LF, what was encoded twice mended. */
static const char *cell_text(struct reading *reading, const char *bytes, size_t size_bytes)
{
    char *text = arena_take(reading->arena, size_bytes + 1, 1);
    size_t size = 0;
    struct place place = {.file = reading->table->name,
                          .line = reading->cell_line,
                          .column = reading->cell_column,
                          .field = ""};
    const char *mended = NULL;

    if (reading->table->columns > 0 && reading->cell_count < reading->table->columns) {
        place.field = reading->table->header[reading->cell_count];
    }
    for (size_t i = 0; i < size_bytes; i++) {
        if (bytes[i] != '\r') {
            text[size++] = bytes[i];
        } else if (i + 1 == size_bytes || bytes[i + 1] != '\n') {
            text[size++] = '\n';
        }
    }
    if (!text_utf8_is(text)) {
        report_problem(reading->report, place, "The cell is not UTF-8. Save the file as UTF-8.");
        for (size_t i = 0; i < size; i++) {
            text[i] = (unsigned char)text[i] < 0x80 ? text[i] : '?';
        }
    } else if (mojibake_mend(reading->arena, text, &mended)) {
        report_note(reading->report, place,
                    "The text had been encoded twice and was mended: \"%.80s\".", mended);
        return mended;
    }
    return text;
}

static void row_ended(int byte, void *context)
{
    struct reading *reading = context;
    struct csv_table *table = reading->table;
    size_t count = reading->cell_count;

    (void)byte;
    reading->cell_count = 0;
    if (table->columns == 0) {
        reading->cell_count = count;
        header_ended(reading);
        reading->cell_count = 0;
        return;
    }
    if (count != table->columns) {
        struct place place = {
            .file = table->name, .line = reading->row_line, .column = 1, .field = ""};
        report_problem(reading->report, place, "The row has %zu %s; the first line names %zu.",
                       count, count == 1 ? "cell" : "cells", table->columns);
        return;
    }
    struct csv_cell *cells = arena_array(reading->arena, struct csv_cell, count);
    memcpy(cells, reading->cells, count * sizeof *cells);
    must(table->count < reading->rows_max);
    reading->rows[table->count++] = (struct csv_row){.cells = cells, .line = reading->row_line};
}

static void header_ended(struct reading *reading)
{
    size_t count = reading->cell_count < CSV_COLUMNS_MAX ? reading->cell_count : CSV_COLUMNS_MAX;
    const char **header = arena_array(reading->arena, const char *, count);

    if (reading->cell_count > CSV_COLUMNS_MAX) {
        report_problem(reading->report, place_here(reading),
                       "The first line names more than %d columns.", CSV_COLUMNS_MAX);
    }
    for (size_t i = 0; i < count; i++) {
        struct place place = {.file = reading->table->name,
                              .line = reading->cells[i].line,
                              .column = reading->cells[i].column,
                              .field = reading->cells[i].text};
        const char *name = reading->cells[i].text;
        header[i] = i > 0 ? name : without_marks(name, strlen(name));
        for (size_t j = 0; j < i; j++) {
            if (text_is(header[j], header[i])) {
                report_problem(reading->report, place, "The column is named twice.");
            }
        }
    }
    reading->table->header = header;
    reading->table->columns = count;
}

/* libcsv asks for room in steps; there is one room. */
static void *cell_room(void *memory, size_t size_bytes)
{
    (void)memory;
    return size_bytes <= sizeof cell_memory ? cell_memory : NULL;
}

static void cell_room_left(void *memory)
{
    (void)memory;
}

static struct place place_here(const struct reading *reading)
{
    return (struct place){.file = reading->table->name,
                          .line = reading->line,
                          .column = reading->column,
                          .field = ""};
}
