/* pages/retire_command.c: the command a draft asks for. Pure. */
#include "pages/retire.h"

#include "base/must.h"
#include "base/text.h"

/* Texts were bounded by the forms they came through; what does not fit all the same is not sent. */
static void copy(char *to, size_t to_bytes, const char *from)
{
    bool fits = text_copy(to, to_bytes, from);
    must(fits);
}
#define COPY(array, from) copy((array), sizeof(array), (from))

struct command *retire_command(struct arena *arena, const struct retirement_draft *draft)
{
    struct command *command = arena_one(arena, struct command);
    *command = command_of(ACT_RETIRE, draft->user_id, draft->draft_id);
    struct command_retire *retire = &command->retire;
    COPY(retire->org_id, draft->org_id);
    COPY(retire->beneficiary_org_id, draft->beneficiary_org_id); /* its name is the ledger's */
    COPY(retire->supplier_org_id, draft->take.supplier_org_id);
    COPY(retire->notes, draft->notes);
    retire->purposes = (uint8_t)draft->purposes;
    if (text_is(draft->take.mode, "manual")) {
        retire->line_count =
            (uint32_t)take_lines_read(draft->take.lines, retire->lines, COMMAND_LINES_MAX);
        retire->units = take_lines_sum(retire->lines, retire->line_count);
    } else {
        retire->has_instrument = true;
        retire->instrument = (uint8_t)take_instrument(&draft->take);
        retire->units = draft->take.units;
        retire->vintage = (int32_t)draft->take.vintage;
    }
    return command;
}
