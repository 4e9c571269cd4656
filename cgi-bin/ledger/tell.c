/* ledger/tell.c: what an act tells, and whom (the change feed). See ledger/work.h. */
#include "base/must.h"
#include "base/text.h"
#include "ledger/work.h"

void work_tell_also(struct work *work, const char *other_org_id)
{
    bool is_other = !text_is(other_org_id, work->org_id);
    must(TEXT_COPY(work->other_org_id, is_other ? other_org_id : ""));
}

void work_tell_transfer(struct work *work, enum act_kind kind, const struct ledger_transfer *after)
{
    static const enum event_kind events[] = {
        [TRANSFER_AWAITING_APPROVAL] = EVENT_TRANSFER_AWAITING_APPROVAL,
        [TRANSFER_PENDING] = EVENT_TRANSFER_PENDING,
        [TRANSFER_COMPLETED] = EVENT_TRANSFER_COMPLETED,
        [TRANSFER_REJECTED] = EVENT_TRANSFER_REJECTED,
        [TRANSFER_WITHDRAWN] = EVENT_TRANSFER_WITHDRAWN,
        [TRANSFER_EXPIRED] = EVENT_TRANSFER_EXPIRED,
        [TRANSFER_CANCELLED] = EVENT_TRANSFER_CANCELLED,
    };
    bool is_approval = kind == ACT_APPROVE || kind == ACT_REGISTRY_APPROVE;
    work->event = events[after->state];
    if (kind == ACT_REDACT_NOTE) {
        work->event = EVENT_TRANSFER_NOTE_REDACTED;
    } else if (is_approval && after->state == TRANSFER_AWAITING_APPROVAL) {
        work->event = EVENT_TRANSFER_APPROVED;
    }
    work->is_public = after->state == TRANSFER_COMPLETED;
    bool is_senders = text_is(work->org_id, after->from_org_id);
    const char *other_org_id = is_senders ? after->to_org_id : after->from_org_id;
    work_tell_also(work, transfer_has_reached(after) ? other_org_id : "");
}
