/* pages/steps_command.c: the command a draft asks for. Pure. */
#include "pages/steps.h"

#include "base/must.h"
#include "base/text.h"

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
    (void)instrument_from_word(draft->take.instrument, &instrument);
    transfer->kind = (uint8_t)kind_of(draft->kind);
    transfer->instrument = (uint8_t)instrument;
    COPY(transfer->from_org_id, draft->org_id);
    COPY(transfer->to_org_id, draft->to_org_id);
    COPY(transfer->to_account_id, draft->to_account_id);
    COPY(transfer->to_system, draft->to_system);
    COPY(transfer->to_system_party, draft->to_system_party);
    COPY(transfer->supplier_org_id, draft->take.supplier_org_id);
    COPY(transfer->notes, draft->notes);
    COPY(transfer->private_note, draft->private_note);
    COPY(transfer->corrects_id, draft->corrects_id);
    if (text_is(draft->take.mode, "manual")) {
        transfer->line_count =
            (uint32_t)take_lines_read(draft->take.lines, transfer->lines, COMMAND_LINES_MAX);
        transfer->units = take_lines_sum(transfer->lines, transfer->line_count);
    } else {
        transfer->units = draft->take.units;
    }
    return command;
}
