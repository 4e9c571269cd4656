/*
 * import/report.c: see import/report.h.
 */
#include "import/report.h"

#include <stdarg.h>
#include <string.h>

#include "base/must.h"
#include "base/text.h"

static void add(struct report *report, struct place place, bool is_problem, const char *sentence);
static const char *one_line(struct arena *arena, const char *text);

void report_init(struct report *report, struct arena *arena)
{
    *report = (struct report){.arena = arena};
}

void report_problem(struct report *report, struct place place, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    add(report, place, true, arena_vprintf(report->arena, format, arguments));
    va_end(arguments);
}

void report_note(struct report *report, struct place place, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    add(report, place, false, arena_vprintf(report->arena, format, arguments));
    va_end(arguments);
}

const char *report_text(struct arena *arena, const struct report_line *line)
{
    const struct place *place = &line->place;
    const char *text = text_empty(place->file) ? "" : arena_printf(arena, "%s:", place->file);

    if (place->line > 0) {
        text = arena_printf(arena, "%s%u:", text, (unsigned)place->line);
    }
    if (place->line > 0 && place->column > 0) {
        text = arena_printf(arena, "%s%u:", text, (unsigned)place->column);
    }
    if (!text_empty(place->field)) {
        text = arena_printf(arena, "%s%s%s:", text, text_empty(text) ? "" : " ", place->field);
    }
    text = arena_printf(arena, "%s%s%s", text, text_empty(text) ? "" : " ", line->sentence);
    return one_line(arena, text);
}

void report_print(const struct report *report, FILE *to, bool problems, size_t most)
{
    size_t shown = 0;
    size_t all = problems ? report->problems : report->notes;
    size_t mark = report->arena->used_bytes;

    for (const struct report_line *line = report->first; line != NULL && shown < most;
         line = line->next) {
        if (line->is_problem == problems) {
            fprintf(to, "%s%s\n", problems ? "" : "note: ", report_text(report->arena, line));
            arena_reset(report->arena, mark);
            shown++;
        }
    }
    if (all > shown) {
        fprintf(to, "… and %zu more.\n", all - shown);
    }
}

struct place place_of(const char *file)
{
    return (struct place){.file = file, .field = ""};
}

/* Sentences quote cells, and these come from elsewhere: a line break would look like another line
 * of the report, and a terminal obeys control characters. */
static const char *one_line(struct arena *arena, const char *text)
{
    size_t size_bytes = strlen(text);
    char *line = arena_take(arena, size_bytes + 1, 1);

    for (size_t i = 0; i < size_bytes; i++) {
        unsigned char byte = (unsigned char)text[i];
        unsigned char next = (unsigned char)text[i + 1];
        bool is_pair = byte == 0xC2 && next >= 0x80 && next <= 0x9F; /* U+0080 to U+009F */
        line[i] = byte < ' ' || byte == 0x7F || is_pair ? ' ' : text[i];
        if (is_pair) {
            line[++i] = ' ';
        }
    }
    return line;
}

static void add(struct report *report, struct place place, bool is_problem, const char *sentence)
{
    struct report_line *line = arena_one(report->arena, struct report_line);

    must(sentence != NULL);
    line->place = place;
    line->is_problem = is_problem;
    line->sentence = sentence;
    if (report->last == NULL) {
        report->first = line;
    } else {
        report->last->next = line;
    }
    report->last = line;
    report->problems += is_problem ? 1 : 0;
    report->notes += is_problem ? 0 : 1;
}
