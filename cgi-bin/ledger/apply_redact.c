/* ledger/apply_redact.c: words that everybody reads are taken away. See ledger/work.h. */
#include "base/must.h"
#include "base/text.h"
#include "ledger/work.h"
#include "store/ledger_redact.h"

static enum public_words_of words_of(const struct command *command);

enum status apply_redact(struct work *work)
{
    const struct command_decide *body = &work->command->decide;
    enum public_words_of of = words_of(work->command);
    if (work->command->kind == ACT_REDACT_NOTE && of == WORDS__COUNT) {
        return apply_answer(work); /* of a transfer, which has not ended perhaps */
    }
    struct public_words words = {.words = ""};
    enum status status = right_in_registry(work);
    if (status == STATUS_OK &&
        (of == WORDS__COUNT ||
         !public_words_find(work->store, work->arena, of, body->subject_id, &words))) {
        status = STATUS_NOT_FOUND;
    }
    if (status != STATUS_OK) {
        return status;
    }
    must(TEXT_COPY(work->answer->id, words.subject_id));
    work_for(work, words.org_id);
    work->detail =
        arena_printf(work->arena, "%s of %s",
                     quantity_words(work->arena, words.units, words.instrument), words.org_name);
    status = decide_redact(&words, body, work->at, work->answer);
    if (status != STATUS_OK) {
        return status;
    }
    work_tell_also(work, words.other_org_id);
    work->event = EVENT_NOTE_REDACTED;
    work->is_public = true;
    return ledger_words_redact(work->store, of, &words, work->at, body->reason) ? STATUS_OK
                                                                                : STATUS_FAULT;
}

/* WORDS__COUNT: nothing of that id has such words. */
static enum public_words_of words_of(const struct command *command)
{
    const char *subject_id = command->decide.subject_id;
    if (command->kind == ACT_REDACT_BENEFICIARY) {
        return id_is(subject_id, "ret") ? WORDS_BENEFICIARY : WORDS__COUNT;
    }
    return public_words_note_of(subject_id);
}
