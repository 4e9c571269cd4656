/*
 * import/report.h: what an import has to say about a file: problems (the file is refused) and notes
 * (it is not), each with its place. They are kept in the order they were found and printed
 * together.
 */
#ifndef IMPORT_REPORT_H
#define IMPORT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"

/* Where in which file. line and column count from 1, column in characters; 0: unknown. */
struct place {
    const char *file;
    uint32_t line;
    uint32_t column;
    const char *field; /* the column's name in the header, "" none */
};

struct report_line {
    struct place place;
    bool is_problem;
    const char *sentence;
    struct report_line *next;
};

struct report {
    struct arena *arena;
    struct report_line *first, *last;
    size_t problems;
    size_t notes;
};

void report_init(struct report *report, struct arena *arena);

/* Something that must be mended before the file can be imported: "projects.csv:12:57: country_code:
 * …". */
void report_problem(struct report *report, struct place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Something the reader should know and need not mend. */
void report_note(struct report *report, struct place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* "projects.csv:12:57: country_code: sentence"; parts that are unknown are left out. One line:
 * control characters of what it quotes are spaces. */
const char *report_text(struct arena *arena, const struct report_line *line);

/* Prints problems (or notes, led by "note: ") one a line, at most `most` of them and then how many
 * more there are. */
void report_print(const struct report *report, FILE *to, bool problems, size_t most);

/* A place that names the file alone. */
struct place place_of(const char *file);

#endif
