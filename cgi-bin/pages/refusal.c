/*
 * pages/refusal.c: the ledger's refusals as sentences for people, with their figures. A sentence
 * says how to mend it.
 */
#include "pages/chrome.h"

#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"

/* How a transfer ended, as the end of a sentence. */
static const char *ended_how(enum transfer_state state)
{
    switch (state) {
    case TRANSFER_COMPLETED:
        return "completed";
    case TRANSFER_REJECTED:
        return "rejected";
    case TRANSFER_WITHDRAWN:
        return "withdrawn";
    case TRANSFER_EXPIRED:
        return "expired";
    case TRANSFER_CANCELLED:
        return "cancelled";
    case TRANSFER_AWAITING_APPROVAL:
    case TRANSFER_PENDING:
        break;
    }
    return "not ended";
}

static const char *ended_words(struct visit *visit, const struct answer *answer,
                               const char *by_name)
{
    enum transfer_state state = (enum transfer_state)answer->transfer_state;
    const char *at = clock_words(visit->arena, answer->ended_at);

    if (state == TRANSFER_EXPIRED || text_empty(answer->ended_by)) {
        return arena_printf(visit->arena,
                            "This transfer has ended: it was %s on %s. Nothing was changed now.",
                            ended_how(state), at);
    }
    const char *nameless = state == TRANSFER_CANCELLED ? "the registry" : "someone";
    return arena_printf(visit->arena,
                        "This transfer has ended: it was %s by %s on %s. Nothing was changed now.",
                        ended_how(state), text_empty(by_name) ? nameless : by_name, at);
}

/* Where it is the organisation that does not fit, and not the units of which the table speaks. */
static const char *party_words(const struct answer *answer)
{
    if (answer->status == STATUS_WRONG_SUPPLIER && answer->field == FIELD_SUPPLIER) {
        return "This organisation is no supplier. Choose one that is.";
    }
    if (answer->status == STATUS_SAME_ACCOUNT && answer->field == FIELD_RECIPIENT) {
        return "This is the same organisation. Choose another one.";
    }
    return NULL;
}

const char *refusal_words(struct visit *visit, const struct answer *answer,
                          enum instrument instrument, const char *ended_by_name)
{
    enum status status = (enum status)answer->status;
    struct arena *arena = visit->arena;
    must(answer->status >= 0 && answer->status < STATUS__COUNT);

    if (party_words(answer) != NULL) {
        return party_words(answer);
    }
    switch ((int)status) { /* the rest say what the table says */
    case STATUS_NOT_ENOUGH:
        if (answer->available_units == 0) {
            return text_empty(answer->batch_id)
                       ? "Nothing is available in this balance now: choose another one."
                       : arena_printf(arena, "Nothing of batch %s is available now.",
                                      answer->batch_id);
        }
        if (text_empty(answer->batch_id)) {
            return arena_printf(arena, "Enter at most %s: that is what is available.",
                                quantity_words(arena, answer->available_units, instrument));
        }
        return arena_printf(arena, "Enter at most %s for batch %s: that is its size.",
                            quantity_words(arena, answer->available_units, instrument),
                            answer->batch_id);
    case STATUS_BATCH_UNKNOWN:
    case STATUS_BATCH_NOT_ACTIVE:
    case STATUS_BATCH_RESERVED:
    case STATUS_BATCH_TWICE:
    case STATUS_WRONG_SUPPLIER:
    case STATUS_WRONG_INSTRUMENT:
        if (text_empty(answer->batch_id)) {
            break;
        }
        return arena_printf(arena, "Batch %s: %s", answer->batch_id, status_row(status)->sentence);
    case STATUS_LINES_TOO_MANY: /* oldest first there is a quantity that fits; by name none */
        if (answer->available_units == 0) {
            break;
        }
        return arena_printf(arena,
                            "Enter at most %s: more would be too many batches at once. Do the rest "
                            "in a further step.",
                            quantity_words(arena, answer->available_units, instrument));
    case STATUS_ORDER_EXCEEDED:
        return arena_printf(arena, "Deliver at most %s: that is what is left of the order.",
                            quantity_words(arena, answer->available_units, instrument));
    case STATUS_TRANSFER_ENDED:
        return ended_words(visit, answer, ended_by_name);
    case STATUS_QUANTITY_FRACTION:
        return instrument == INSTRUMENT_CARBON_REMOVAL
                   ? "Enter credits with at most 3 decimals, like 84.210."
                   : "Enter whole certificates, like 84.";
    default:
        break;
    }
    return status_row(status)->sentence;
}

const char *refusal_amount(struct visit *visit, enum status status, enum instrument instrument)
{
    if (status == STATUS_VALUE_REFUSED) {
        return instrument == INSTRUMENT_CARBON_REMOVAL
                   ? "Enter credits in digits, with a point before at most 3 decimals, like 84.210."
                   : "Enter certificates in digits, like 84.";
    }
    struct answer answer = {.status = (int32_t)status};
    return refusal_words(visit, &answer, instrument, "");
}
