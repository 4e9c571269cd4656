/* pages/take_lines.c: quantities by hand as text. Pure functions. */
#include "pages/take.h"

#include <string.h>

#include "base/must.h"
#include "base/text.h"

size_t take_lines_read(const char *text, struct command_line *lines, size_t lines_max)
{
    size_t count = 0;
    while (*text != '\0') {
        size_t line_bytes = strcspn(text, "\n");
        size_t id_bytes = strcspn(text, " \n");
        char id[ID_SIZE];
        char units[24];
        size_t units_bytes = line_bytes > id_bytes ? line_bytes - id_bytes - 1 : 0;
        if (count == lines_max || id_bytes + 1 != sizeof(id) || units_bytes == 0 ||
            units_bytes >= sizeof(units)) {
            return 0;
        }
        memcpy(id, text, id_bytes);
        id[id_bytes] = '\0';
        memcpy(units, text + id_bytes + 1, units_bytes);
        units[units_bytes] = '\0';
        struct command_line *line = &lines[count++];
        if (!id_is(id, "ctb") || !text_parse_int(units, false, &line->units) || line->units == 0) {
            return 0;
        }
        memcpy(line->batch_id, id, sizeof(id));
        text += line_bytes + (text[line_bytes] == '\n' ? 1 : 0);
    }
    return count;
}

const char *take_lines_write(struct arena *arena, const struct command_line *lines, size_t count)
{
    enum { LINE_BYTES = ID_SIZE + 21 }; /* id, space, 19 digits, line end */
    char *text = arena_array(arena, char, count *LINE_BYTES + 1);
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        const char *line =
            arena_printf(arena, "%s %lld\n", lines[i].batch_id, (long long)lines[i].units);
        size_t line_bytes = strlen(line);
        must(line_bytes <= LINE_BYTES);
        memcpy(text + used, line, line_bytes + 1);
        used += line_bytes;
    }
    return text;
}

int64_t take_lines_sum(const struct command_line *lines, size_t count)
{
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        if (!quantity_add(sum, lines[i].units, &sum)) {
            return INT64_MAX; /* more than anything that is there */
        }
    }
    return sum;
}
