/* pages/steps_lines.c: quantities by hand as text, and the command a draft asks for. Pure
 * functions. */
#include "pages/steps.h"

#include <string.h>

#include "base/must.h"
#include "base/text.h"

size_t steps_lines_read(const char *text, struct command_line *lines, size_t lines_max)
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

const char *steps_lines_write(struct arena *arena, const struct command_line *lines, size_t count)
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

int64_t steps_lines_sum(const struct command_line *lines, size_t count)
{
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        if (!quantity_add(sum, lines[i].units, &sum)) {
            return INT64_MAX; /* more than anything that is there */
        }
    }
    return sum;
}

static enum transfer_kind kind_of(const char *word)
{
    if (text_is(word, transfer_kind_word(TRANSFER_INTERNAL))) {
        return TRANSFER_INTERNAL;
    }
    return text_is(word, transfer_kind_word(TRANSFER_EXPORT)) ? TRANSFER_EXPORT : TRANSFER_EXTERNAL;
}

/* Texts were bounded by the forms they came through; what does not fit all the same is not sent. */
static void copy(char *to, size_t to_bytes, const char *from)
{
    bool fits = text_copy(to, to_bytes, from);
    must(fits);
}
#define COPY(array, from) copy((array), sizeof(array), (from))

struct command *steps_command(struct arena *arena, const struct draft *draft)
{
    struct command *command = arena_one(arena, struct command);
    *command = command_of(ACT_TRANSFER, draft->user_id, draft->draft_id);
    struct command_transfer *transfer = &command->transfer;
    enum instrument instrument = INSTRUMENT_CARBON_REMOVAL;
    (void)instrument_from_word(draft->instrument, &instrument);
    transfer->kind = (uint8_t)kind_of(draft->kind);
    transfer->instrument = (uint8_t)instrument;
    COPY(transfer->from_org_id, draft->org_id);
    COPY(transfer->to_org_id, draft->to_org_id);
    COPY(transfer->to_account_id, draft->to_account_id);
    COPY(transfer->to_system, draft->to_system);
    COPY(transfer->to_system_party, draft->to_system_party);
    COPY(transfer->supplier_org_id, draft->supplier_org_id);
    COPY(transfer->notes, draft->notes);
    COPY(transfer->private_note, draft->private_note);
    COPY(transfer->corrects_id, draft->corrects_id);
    if (text_is(draft->mode, "manual")) {
        transfer->line_count =
            (uint32_t)steps_lines_read(draft->lines, transfer->lines, COMMAND_LINES_MAX);
        transfer->units = steps_lines_sum(transfer->lines, transfer->line_count);
    } else {
        transfer->units = draft->units;
    }
    return command;
}
