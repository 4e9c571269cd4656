/* ledger/decide_pool.c: may units of a buffer pool go back to their supplier, or be cancelled?
 * Pure. See ledger/work.h. */
#include "base/must.h"
#include "base/text.h"
#include "ledger/work.h"

static enum status decide_parties(const struct pool_facts *facts, enum act_kind kind,
                                  struct answer *answer);

enum status decide_pool(struct arena *arena, const struct pool_facts *facts, enum act_kind kind,
                        const struct command_pool *body, int64_t at, struct plan *plan,
                        struct answer *answer)
{
    must(kind == ACT_REFUND || kind == ACT_CANCEL_UNITS);
    bool is_refund = kind == ACT_REFUND;
    if (is_refund && facts->setting.frozen) {
        return refuse(answer, STATUS_FROZEN, FIELD_NONE);
    }
    if (!text_empty(body->project_id) && !facts->project_is_known) {
        return refuse(answer, STATUS_PROJECT_UNKNOWN, FIELD_PROJECT);
    }
    enum status status = decide_parties(facts, kind, answer);
    if (status == STATUS_OK) {
        status = check_note(body->notes, FIELD_NOTES, answer);
    }
    if (status == STATUS_OK && body->line_count == 0 && text_empty(body->project_id)) {
        status = refuse(answer, STATUS_LINES_EMPTY, FIELD_PROJECT);
    }
    int64_t latest_at = 0;
    if (status == STATUS_OK) {
        status = plan_select(arena, &facts->wish, plan, &latest_at, answer);
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (is_refund && !facts->is_registry && second_person_is_needed(&facts->buffer, plan->units)) {
        return refuse(answer, STATUS_SECOND_PERSON_NEEDED, FIELD_NONE);
    }
    plan->digest = plan_digest_at_once(plan, kind, facts->buffer.org_id, facts->to.account_id);
    if (body->has_plan && !digest_equal(&body->plan, &plan->digest)) {
        return refuse(answer, STATUS_PLAN_CHANGED, FIELD_NONE);
    }
    if (!is_refund && text_blank(body->notes)) {
        return refuse(answer, STATUS_REASON_NEEDED, FIELD_NOTES);
    }
    if (!check_prose(body->origin)) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_NONE);
    }
    if (at < latest_at) {
        return refuse(answer, STATUS_TIME_BACKWARDS, FIELD_DATE);
    }
    return STATUS_OK;
}

/* Only a buffer organisation has a pool. The supplier is asked when units go to it, and known by
 * then: nobody can say whose units those are that nobody has. */
static enum status decide_parties(const struct pool_facts *facts, enum act_kind kind,
                                  struct answer *answer)
{
    enum status status = check_sender(&facts->buffer, FIELD_NONE, answer);
    if (status != STATUS_OK) {
        return status;
    }
    if (facts->buffer.kind != ORG_BUFFER) {
        return refuse(answer, STATUS_SENDER_UNKNOWN, FIELD_NONE);
    }
    if (kind != ACT_REFUND || !facts->supplier.found) {
        return STATUS_OK;
    }
    status = check_recipient(&facts->supplier, FIELD_SUPPLIER, answer);
    if (status == STATUS_OK) {
        status = check_account(&facts->to, facts->supplier.org_id, answer);
    }
    if (status == STATUS_OK && text_is(facts->supplier.org_id, facts->buffer.org_id)) {
        status = refuse(answer, STATUS_SAME_ACCOUNT, FIELD_SUPPLIER);
    }
    return status;
}
