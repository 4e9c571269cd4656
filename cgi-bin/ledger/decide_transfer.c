/* ledger/decide_transfer.c: may this transfer be, and how does it begin? Pure. See ledger/work.h.
 */
#include <string.h>

#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "ledger/work.h"

static enum status decide_parties(const struct transfer_facts *facts,
                                  const struct command_transfer *body, struct answer *answer);
static enum status decide_accounts(const struct transfer_facts *facts,
                                   const struct command_transfer *body, struct answer *answer);
static enum status decide_words(const struct transfer_facts *facts,
                                const struct command_transfer *body, struct answer *answer);
static bool corrects_is_right(const struct transfer_facts *facts,
                              const struct command_transfer *body);
static void fill_plan(const struct transfer_facts *facts, enum transfer_kind kind,
                      struct plan *plan);

enum status decide_transfer(struct arena *arena, const struct transfer_facts *facts,
                            const struct command_transfer *body, int64_t at, struct plan *plan,
                            struct answer *answer)
{
    must(body->kind <= TRANSFER_EXPORT && body->instrument < INSTRUMENT__COUNT);
    if (facts->setting.frozen) {
        return refuse(answer, STATUS_FROZEN, FIELD_NONE);
    }
    enum status status = decide_parties(facts, body, answer);
    if (status == STATUS_OK) {
        status = decide_accounts(facts, body, answer);
    }
    if (status == STATUS_OK) {
        status = check_note(body->notes, FIELD_NOTES, answer);
    }
    if (status == STATUS_OK) {
        status = check_note(body->private_note, FIELD_PRIVATE_NOTE, answer);
    }
    int64_t latest_at = 0;
    if (status == STATUS_OK) {
        status = plan_select(arena, &facts->wish, plan, &latest_at, answer);
    }
    if (status != STATUS_OK) {
        return status;
    }
    fill_plan(facts, (enum transfer_kind)body->kind, plan);
    if (body->has_plan) {
        struct digest digest = plan_digest(plan, body);
        if (!digest_equal(&body->plan, &digest)) {
            return refuse(answer, STATUS_PLAN_CHANGED, FIELD_NONE);
        }
    }
    status = decide_words(facts, body, answer);
    if (status == STATUS_OK && latest_at > at) {
        status = refuse(answer, STATUS_TIME_BACKWARDS, FIELD_DATE);
    }
    return status;
}

struct ledger_transfer transfer_begun(const struct transfer_facts *facts,
                                      const struct command *command, const struct plan *plan,
                                      int64_t at)
{
    const struct command_transfer *body = &command->transfer;
    struct ledger_transfer row = {.found = true,
                                  .kind = (enum transfer_kind)body->kind,
                                  .state = TRANSFER_PENDING,
                                  .instrument = (enum instrument)body->instrument,
                                  .units = plan->units,
                                  .needs_approval = plan->needs_approval,
                                  .needs_registry_approval = plan->needs_registry_approval,
                                  .submitted_at = at,
                                  .approval_comment = "",
                                  .registry_comment = "",
                                  .expires_at = at + plan->expiry_days * CLOCK_DAY_US,
                                  .end_reason = ""};
    must(TEXT_COPY(row.from_org_id, body->from_org_id));
    must(TEXT_COPY(row.submitted_by, command->user_id));
    if (row.kind != TRANSFER_EXPORT) {
        must(TEXT_COPY(row.to_org_id, facts->recipient.org_id));
    }
    if (plan->needs_approval || plan->needs_registry_approval) {
        row.state = TRANSFER_AWAITING_APPROVAL;
    } else if (plan->accepted_at_once) {
        row.state = TRANSFER_COMPLETED;
        row.has_ended = true;
        row.ended_at = at;
        must(TEXT_COPY(row.ended_by, command->user_id));
        must(TEXT_COPY(row.to_account_id, facts->to.account_id));
    }
    return row;
}

bool second_person_is_needed(const struct ledger_org *sender, int64_t units)
{
    return sender->two_person == TWO_PERSON_ALWAYS ||
           (sender->two_person == TWO_PERSON_ABOVE && units > sender->two_person_above_units);
}

bool recipient_accepts(const struct ledger_org *recipient, bool trusts)
{
    return recipient->incoming == INCOMING_ALL ||
           (recipient->incoming == INCOMING_TRUSTED && trusts);
}

enum status check_sender(const struct ledger_org *sender, enum command_field field,
                         struct answer *answer)
{
    if (!sender->found) {
        return refuse(answer, STATUS_SENDER_UNKNOWN, field);
    }
    if (sender->state == ORG_SUSPENDED) {
        return refuse(answer, STATUS_SENDER_SUSPENDED, field);
    }
    if (sender->state == ORG_CLOSED) {
        return refuse(answer, STATUS_SENDER_CLOSED, field);
    }
    return STATUS_OK;
}

enum status check_recipient(const struct ledger_org *recipient, enum command_field field,
                            struct answer *answer)
{
    if (!recipient->found) {
        return refuse(answer, STATUS_RECIPIENT_UNKNOWN, field);
    }
    if (recipient->state == ORG_SUSPENDED) {
        return refuse(answer, STATUS_RECIPIENT_SUSPENDED, field);
    }
    if (recipient->state == ORG_CLOSED) {
        return refuse(answer, STATUS_RECIPIENT_CLOSED, field);
    }
    return STATUS_OK;
}

enum status check_account(const struct ledger_account *account, const char *org_id,
                          struct answer *answer)
{
    if (!account->found || !text_is(account->org_id, org_id)) {
        return refuse(answer, STATUS_ACCOUNT_UNKNOWN, FIELD_ACCOUNT);
    }
    if (!account->is_open) {
        return refuse(answer, STATUS_ACCOUNT_CLOSED, FIELD_ACCOUNT);
    }
    if (account->kind != ACCOUNT_ACTIVE) {
        return refuse(answer, STATUS_ACCOUNT_NOT_ACTIVE_KIND, FIELD_ACCOUNT);
    }
    return STATUS_OK;
}

static enum status decide_parties(const struct transfer_facts *facts,
                                  const struct command_transfer *body, struct answer *answer)
{
    enum status status = check_sender(&facts->sender, FIELD_NONE, answer);
    if (status == STATUS_OK && body->kind == TRANSFER_EXTERNAL) {
        status = check_recipient(&facts->recipient, FIELD_RECIPIENT, answer);
    }
    return status;
}

/* Of several faulty accounts the one with the first status counts; then nothing may go where it is.
 */
static enum status decide_accounts(const struct transfer_facts *facts,
                                   const struct command_transfer *body, struct answer *answer)
{
    enum status status = STATUS_OK;
    if (!text_empty(body->from_account_id)) {
        status = check_account(&facts->from, body->from_org_id, answer);
    }
    if (body->kind == TRANSFER_INTERNAL) {
        enum status to = check_account(&facts->to, body->from_org_id, answer);
        status = status == STATUS_OK || (to != STATUS_OK && to < status) ? to : status;
    }
    if (status != STATUS_OK) {
        return refuse(answer, status, FIELD_ACCOUNT);
    }
    if (body->kind == TRANSFER_EXTERNAL && text_is(body->to_org_id, body->from_org_id)) {
        return refuse(answer, STATUS_SAME_ACCOUNT, FIELD_RECIPIENT);
    }
    if (body->kind == TRANSFER_INTERNAL && text_is(body->to_account_id, body->from_account_id)) {
        return refuse(answer, STATUS_SAME_ACCOUNT, FIELD_ACCOUNT);
    }
    return STATUS_OK;
}

static enum status decide_words(const struct transfer_facts *facts,
                                const struct command_transfer *body, struct answer *answer)
{
    if (!text_empty(body->corrects_id) && !corrects_is_right(facts, body)) {
        return refuse(answer, STATUS_CORRECTS_UNKNOWN, FIELD_CORRECTS);
    }
    if (body->kind == TRANSFER_EXPORT && (!check_words(body->to_system, 1, NAME_CHARS_MAX) ||
                                          !check_words(body->to_system_party, 1, NAME_CHARS_MAX))) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_SYSTEM);
    }
    if (!check_prose(body->origin)) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_NONE);
    }
    return STATUS_OK;
}

/* A completed transfer between the same two parties, in either direction. */
static bool corrects_is_right(const struct transfer_facts *facts,
                              const struct command_transfer *body)
{
    const struct ledger_transfer *old = &facts->corrects;
    if (!old->found || old->state != TRANSFER_COMPLETED) {
        return false;
    }
    const char *to_org_id = body->kind == TRANSFER_EXTERNAL   ? body->to_org_id
                            : body->kind == TRANSFER_INTERNAL ? body->from_org_id
                                                              : "";
    bool same_way =
        text_is(old->from_org_id, body->from_org_id) && text_is(old->to_org_id, to_org_id);
    bool other_way =
        text_is(old->from_org_id, to_org_id) && text_is(old->to_org_id, body->from_org_id);
    return same_way || other_way;
}

/* Moving within one's own house needs nobody's leave. */
static void fill_plan(const struct transfer_facts *facts, enum transfer_kind kind,
                      struct plan *plan)
{
    int64_t limit_units = facts->setting.registry_approval_units;
    plan->needs_approval =
        kind != TRANSFER_INTERNAL && second_person_is_needed(&facts->sender, plan->units);
    plan->needs_registry_approval =
        kind == TRANSFER_EXPORT ||
        (kind == TRANSFER_EXTERNAL && limit_units > 0 && plan->units > limit_units);
    plan->accepted_at_once = kind == TRANSFER_INTERNAL ||
                             (kind == TRANSFER_EXTERNAL &&
                              recipient_accepts(&facts->recipient, facts->recipient_trusts));
    plan->expiry_days = facts->setting.expiry_days;
}
