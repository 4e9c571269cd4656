/* ledger/decide_answer.c: what approvers, recipients, senders and administrators do to a transfer
 * that waits. Pure. See ledger/work.h. */
#include <string.h>

#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "ledger/work.h"

static bool moves_on(enum act_kind kind);
static bool is_registry_act(enum act_kind kind);
static bool needs_reason(enum act_kind kind);
static enum status decide_parties(const struct answer_facts *facts, struct answer *answer);
static enum status decide_state(const struct ledger_transfer *transfer, enum act_kind kind,
                                struct answer *answer);
static bool is_waiting_for(const struct ledger_transfer *transfer, enum act_kind kind);
static bool is_same_person(const struct answer_facts *facts, enum act_kind kind);
static int64_t latest_at(const struct ledger_transfer *transfer);
static int64_t later(int64_t at, bool has_happened, int64_t happened_at);
static void carry_out(const struct answer_facts *facts, enum act_kind kind,
                      const struct command_decide *body, const char *user_id, int64_t at,
                      struct answer_outcome *outcome);
static void approve(const struct answer_facts *facts, enum act_kind kind, const char *comment,
                    const char *user_id, int64_t at, struct answer_outcome *outcome);
static void end(struct answer_outcome *outcome, enum transfer_state state, enum units_fate fate,
                const char *user_id, int64_t at);

enum status decide_answer_right(const struct work *work, const struct answer_facts *facts)
{
    if (!facts->transfer.found) {
        return STATUS_NOT_FOUND;
    }
    enum act_kind kind = (enum act_kind)work->command->kind;
    /* The recipient learns of it when everybody on the sender's side has agreed. */
    unsigned recipient_roles = transfer_has_reached(&facts->transfer) ? facts->recipient_roles : 0;
    unsigned known = facts->sender_roles | recipient_roles;
    if (is_registry_act(kind)) {
        return right_in_org(work, known, 0, true);
    }
    bool is_recipients = kind == ACT_ACCEPT || kind == ACT_REJECT;
    unsigned roles = is_recipients ? recipient_roles : facts->sender_roles;
    unsigned needed = kind == ACT_WITHDRAW ? ROLE_INITIATOR : ROLE_APPROVER;
    enum status status = right_in_org(work, roles, needed, false);
    /* Whoever belongs to the other party knows that the transfer exists. */
    return status == STATUS_NOT_FOUND && known != 0 ? STATUS_NOT_ALLOWED : status;
}

enum status decide_answer(const struct answer_facts *facts, enum act_kind kind,
                          const struct command_decide *body, const char *user_id, int64_t at,
                          struct answer_outcome *outcome, struct answer *answer)
{
    must(facts->transfer.found);
    struct ledger_transfer transfer = transfer_at(&facts->transfer, at);
    answer->transfer_state = (int32_t)transfer.state;
    answer->expires_at = transfer.has_ended ? 0 : transfer.expires_at;
    enum status status = STATUS_OK;
    if (moves_on(kind) && facts->setting.frozen) {
        return refuse(answer, STATUS_FROZEN, FIELD_NONE);
    }
    if (moves_on(kind)) {
        status = decide_parties(facts, answer);
    }
    if (status == STATUS_OK && kind == ACT_ACCEPT) {
        status = check_account(&facts->account, facts->transfer.to_org_id, answer);
    }
    if (status == STATUS_OK) {
        status = check_note(body->reason, FIELD_REASON, answer);
    }
    if (status == STATUS_OK && kind != ACT_REDACT_NOTE) {
        status = decide_state(&transfer, kind, answer);
    }
    if (status == STATUS_OK && is_same_person(facts, kind)) {
        status = refuse(answer, STATUS_SAME_PERSON, FIELD_NONE);
    }
    if (status == STATUS_OK && ((kind == ACT_APPROVE && transfer.is_approved) ||
                                (kind == ACT_REGISTRY_APPROVE && transfer.is_registry_approved))) {
        status = refuse(answer, STATUS_ALREADY_APPROVED, FIELD_NONE);
    }
    if (status == STATUS_OK && needs_reason(kind) && text_blank(body->reason)) {
        status = refuse(answer, STATUS_REASON_NEEDED, FIELD_REASON);
    }
    if (status == STATUS_OK && kind == ACT_REDACT_NOTE &&
        (!transfer.has_note || transfer.note_is_redacted)) {
        status = refuse(answer, STATUS_VALUE_REFUSED, FIELD_NOTES);
    }
    if (status == STATUS_OK && at < latest_at(&facts->transfer)) {
        status = refuse(answer, STATUS_TIME_BACKWARDS, FIELD_DATE);
    }
    if (status != STATUS_OK) {
        return status;
    }
    *outcome = (struct answer_outcome){.after = transfer, .fate = UNITS_STAY};
    carry_out(facts, kind, body, user_id, at, outcome);
    answer->transfer_state = (int32_t)outcome->after.state;
    answer->expires_at = outcome->after.has_ended ? 0 : outcome->after.expires_at;
    return STATUS_OK;
}

bool transfer_has_reached(const struct ledger_transfer *transfer)
{
    return (!transfer->needs_approval || transfer->is_approved) &&
           (!transfer->needs_registry_approval || transfer->is_registry_approved);
}

struct ledger_transfer transfer_at(const struct ledger_transfer *transfer, int64_t at)
{
    struct ledger_transfer now = *transfer;
    if (!now.has_ended && at >= now.expires_at) {
        now.state = TRANSFER_EXPIRED;
        now.has_ended = true;
        now.ended_at = now.expires_at;
        memset(now.ended_by, 0, sizeof(now.ended_by));
    }
    return now;
}

/* The acts that bring units nearer to someone else: a freeze or a suspended party stops these. What
 * gives back goes on. */
static bool moves_on(enum act_kind kind)
{
    return kind == ACT_APPROVE || kind == ACT_REGISTRY_APPROVE || kind == ACT_ACCEPT ||
           kind == ACT_COMPLETE_EXPORT;
}

static bool is_registry_act(enum act_kind kind)
{
    return kind == ACT_REGISTRY_APPROVE || kind == ACT_REGISTRY_REFUSE || kind == ACT_CANCEL ||
           kind == ACT_COMPLETE_EXPORT || kind == ACT_REJECT_EXPORT || kind == ACT_REDACT_NOTE;
}

static bool needs_reason(enum act_kind kind)
{
    return kind == ACT_REFUSE || kind == ACT_REGISTRY_REFUSE || kind == ACT_CANCEL ||
           kind == ACT_REJECT || kind == ACT_REJECT_EXPORT || kind == ACT_REDACT_NOTE;
}

static enum status decide_parties(const struct answer_facts *facts, struct answer *answer)
{
    enum status status = check_sender(&facts->sender, FIELD_NONE, answer);
    if (status == STATUS_OK && facts->transfer.kind != TRANSFER_EXPORT) {
        status = check_recipient(&facts->recipient, FIELD_RECIPIENT, answer);
    }
    return status;
}

static enum status decide_state(const struct ledger_transfer *transfer, enum act_kind kind,
                                struct answer *answer)
{
    if (transfer->has_ended) {
        answer->ended_at = transfer->ended_at;
        must(TEXT_COPY(answer->ended_by, transfer->ended_by));
        return refuse(answer, STATUS_TRANSFER_ENDED, FIELD_NONE);
    }
    if (!is_waiting_for(transfer, kind)) {
        return refuse(answer, STATUS_TRANSFER_NOT_PENDING, FIELD_NONE);
    }
    return STATUS_OK;
}

/* Is this what a waiting transfer waits for? (An approval that was given already passes here and is
 * refused as such.) */
static bool is_waiting_for(const struct ledger_transfer *transfer, enum act_kind kind)
{
    bool awaits = transfer->state == TRANSFER_AWAITING_APPROVAL;
    bool is_pending = transfer->state == TRANSFER_PENDING;
    if (kind == ACT_APPROVE) {
        return transfer->needs_approval;
    }
    if (kind == ACT_REGISTRY_APPROVE) {
        return transfer->needs_registry_approval;
    }
    if (kind == ACT_REFUSE) {
        return awaits && transfer->needs_approval && !transfer->is_approved;
    }
    if (kind == ACT_REGISTRY_REFUSE) {
        return awaits && transfer->needs_registry_approval && !transfer->is_registry_approved;
    }
    if (kind == ACT_ACCEPT || kind == ACT_REJECT) {
        return is_pending && transfer->kind == TRANSFER_EXTERNAL;
    }
    if (kind == ACT_COMPLETE_EXPORT || kind == ACT_REJECT_EXPORT) {
        return is_pending && transfer->kind == TRANSFER_EXPORT;
    }
    must(kind == ACT_WITHDRAW || kind == ACT_CANCEL);
    return true;
}

/* Submitting and the two approvals are three persons' work; a program is its maker. The operator is
 * nobody. */
static bool is_same_person(const struct answer_facts *facts, enum act_kind kind)
{
    const char *root = facts->asker_root;
    if ((kind != ACT_APPROVE && kind != ACT_REGISTRY_APPROVE) || text_empty(root)) {
        return false;
    }
    if (text_is(root, facts->submitter_root)) {
        return true;
    }
    return kind == ACT_APPROVE ? facts->transfer.is_registry_approved &&
                                     text_is(root, facts->registry_approver_root)
                               : facts->transfer.is_approved && text_is(root, facts->approver_root);
}

/* The last thing that happened to the transfer. */
static int64_t latest_at(const struct ledger_transfer *transfer)
{
    int64_t at = transfer->submitted_at;
    at = later(at, transfer->is_approved, transfer->approved_at);
    at = later(at, transfer->is_registry_approved, transfer->registry_approved_at);
    return later(at, transfer->has_ended, transfer->ended_at);
}

static int64_t later(int64_t at, bool has_happened, int64_t happened_at)
{
    return has_happened && happened_at > at ? happened_at : at;
}

static void carry_out(const struct answer_facts *facts, enum act_kind kind,
                      const struct command_decide *body, const char *user_id, int64_t at,
                      struct answer_outcome *outcome)
{
    if (kind == ACT_APPROVE || kind == ACT_REGISTRY_APPROVE) {
        approve(facts, kind, body->reason, user_id, at, outcome);
        return;
    }
    if (kind == ACT_ACCEPT) {
        end(outcome, TRANSFER_COMPLETED, UNITS_ARRIVE, user_id, at);
        must(TEXT_COPY(outcome->after.to_account_id, facts->account.account_id));
        return;
    }
    if (kind == ACT_COMPLETE_EXPORT) {
        end(outcome, TRANSFER_COMPLETED, UNITS_LEAVE, user_id, at);
        return;
    }
    if (kind == ACT_REDACT_NOTE) {
        return;
    }
    enum transfer_state state = kind == ACT_WITHDRAW ? TRANSFER_WITHDRAWN
                                : kind == ACT_CANCEL ? TRANSFER_CANCELLED
                                                     : TRANSFER_REJECTED;
    end(outcome, state, UNITS_RETURN, user_id, at);
    outcome->after.end_reason = body->reason;
}

/* With the last approval the waiting for the recipient begins, or is over when the recipient
 * accepts at once. */
static void approve(const struct answer_facts *facts, enum act_kind kind, const char *comment,
                    const char *user_id, int64_t at, struct answer_outcome *outcome)
{
    struct ledger_transfer *after = &outcome->after;
    if (kind == ACT_APPROVE) {
        after->is_approved = true;
        after->approved_at = at;
        after->approval_comment = comment;
        must(TEXT_COPY(after->approved_by, user_id));
    } else {
        after->is_registry_approved = true;
        after->registry_approved_at = at;
        after->registry_comment = comment;
        must(TEXT_COPY(after->registry_approved_by, user_id));
    }
    if (!transfer_has_reached(after)) {
        return;
    }
    if (after->kind == TRANSFER_EXTERNAL &&
        recipient_accepts(&facts->recipient, facts->recipient_trusts)) {
        end(outcome, TRANSFER_COMPLETED, UNITS_ARRIVE, user_id, at);
        must(TEXT_COPY(after->to_account_id, facts->account.account_id));
        return;
    }
    after->state = TRANSFER_PENDING;
    after->expires_at = at + facts->setting.expiry_days * CLOCK_DAY_US;
}

static void end(struct answer_outcome *outcome, enum transfer_state state, enum units_fate fate,
                const char *user_id, int64_t at)
{
    outcome->after.state = state;
    outcome->after.has_ended = true;
    outcome->after.ended_at = at;
    must(TEXT_COPY(outcome->after.ended_by, user_id));
    outcome->fate = fate;
}
