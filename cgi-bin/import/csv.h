/*
 * import/csv.h: reading a table from a CSV or TSV file by Debian's libcsv; import/csv.c is the only
 * file that includes its header.
 *
 * The whole file is read into the arena. Every row and cell knows the place in the file where it
 * begins, also behind quoted line breaks. A byte order mark is skipped; CRLF, LF and CR end a row,
 * and inside quotes become LF; blank lines are skipped; spaces around an unquoted cell are dropped.
 * A cell that was encoded twice is repaired (import/mojibake.h) and noted.
 */
#ifndef IMPORT_CSV_H
#define IMPORT_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "import/report.h"

#define CSV_FILE_MIB_MAX 64      /* the largest public registry list is under 50 MB */
#define CSV_CELL_BYTES_MAX 65536 /* one cell; a long description is 4 kB */
#define CSV_COLUMNS_MAX 256
#define CSV_ROWS_MAX 1000000

struct csv_cell {
    const char *text; /* UTF-8, never NULL */
    uint32_t line, column;
};

struct csv_row {
    const struct csv_cell *cells; /* as many as the header has */
    uint32_t line;
};

struct csv_table {
    const char *name; /* the file's name without its folders: for messages */
    const char *const *header;
    size_t columns;
    const struct csv_row *rows; /* only rows with the right number of cells */
    size_t count;
};

/* Reads a file. Everything wrong with its form is a problem in the report: cannot be opened, too
 * large, NUL bytes, not UTF-8, stray or unclosed quotes, rows too short or too long, no header, a
 * column named twice. Returns whether there was none; table holds what could be read either way, so
 * that the caller can go on looking for more. */
bool csv_read(struct arena *arena, struct report *report, const char *path, char delimiter,
              struct csv_table *table);

/* The same from memory: bytes must outlive the table. */
bool csv_read_bytes(struct arena *arena, struct report *report, const char *name, const char *bytes,
                    size_t size_bytes, char delimiter, struct csv_table *table);

/* The number of a column, or -1 and, when needed, a problem that names the column and the line of
 * the header. */
int csv_column(struct report *report, const struct csv_table *table, const char *name, bool needed);

/* The cell's text; "" for column -1. */
const char *csv_text(const struct csv_row *row, int column);
/* Where a cell begins, for messages. column -1: the row. */
struct place csv_place(const struct csv_table *table, const struct csv_row *row, int column);

#endif
