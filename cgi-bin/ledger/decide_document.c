/* ledger/decide_document.c: documents of a project. Pure. See ledger/work.h. */
#include "base/text.h"
#include "ledger/work.h"

static enum status decide_new(const struct document_facts *facts,
                              const struct command_document *body, struct answer *answer);

enum status decide_document(const struct document_facts *facts, enum act_kind kind,
                            const struct command_document *body, struct answer *answer)
{
    if (!facts->project.found) {
        return refuse(answer, STATUS_PROJECT_UNKNOWN, FIELD_PROJECT);
    }
    if (kind == ACT_ADD_DOCUMENT) {
        return decide_new(facts, body, answer);
    }
    bool is_there =
        facts->document.found && text_is(facts->document.project_id, facts->project.project_id);
    return is_there ? STATUS_OK : refuse(answer, STATUS_NOT_FOUND, FIELD_NONE);
}

static enum status decide_new(const struct document_facts *facts,
                              const struct command_document *body, struct answer *answer)
{
    if (!check_words(body->name, 1, NOTE_CHARS_MAX)) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_NAME);
    }
    if (!check_document_url(body->url)) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_SYSTEM);
    }
    if (body->kind >= DOCUMENT__COUNT) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_SETTING);
    }
    if (!check_date(body->dated)) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_DATE);
    }
    if (facts->url_taken) {
        return refuse(answer, STATUS_EXISTS, FIELD_SYSTEM);
    }
    if (facts->count >= DOCUMENTS_MAX) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_AMOUNT);
    }
    return STATUS_OK;
}
