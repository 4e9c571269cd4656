/* ledger/decide_redact.c: taking away what everybody reads on a retirement, an issuance … Pure. See
 * ledger/work.h. */
#include "base/text.h"
#include "ledger/work.h"

enum status decide_redact(const struct public_words *words, const struct command_decide *body,
                          int64_t at, struct answer *answer)
{
    enum status status = check_note(body->reason, FIELD_REASON, answer);
    if (status == STATUS_OK && text_blank(body->reason)) {
        status = refuse(answer, STATUS_REASON_NEEDED, FIELD_REASON);
    }
    if (status == STATUS_OK && (text_empty(words->words) || words->redacted.at != 0)) {
        status = refuse(answer, STATUS_VALUE_REFUSED, FIELD_NOTES);
    }
    if (status == STATUS_OK && at < words->at) {
        status = refuse(answer, STATUS_TIME_BACKWARDS, FIELD_DATE);
    }
    return status;
}
