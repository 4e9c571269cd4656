/* ledger/decide_units.c: may units be issued, ordered, delivered, retired? Pure. See ledger/work.h.
 */
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "ledger/work.h"

#define VINTAGE_MIN 1900
#define VINTAGE_MAX 2100
#define PURPOSES_ALL 31

static enum status decide_issue_units(const struct issue_facts *facts,
                                      const struct command_issue *body, struct answer *answer);
static bool dates_are_right(const char *start, const char *end);
static enum status decide_filters(const struct retire_facts *facts,
                                  const struct command_retire *body, struct answer *answer);
static enum status decide_consent(const struct deliver_facts *facts, int64_t units,
                                  struct answer *answer);

enum status decide_issue(const struct issue_facts *facts, const struct command_issue *body,
                         struct answer *answer)
{
    enum status status = STATUS_OK;
    if (facts->project.found) {
        status = check_recipient(&facts->receiver, FIELD_RECIPIENT, answer);
    }
    if (status == STATUS_OK && body->buffer_units > 0) {
        status = check_recipient(&facts->buffer, FIELD_RECIPIENT, answer);
    }
    if (status == STATUS_OK && body->buffer_units > 0 && !facts->reserve.found) {
        status = refuse(answer, STATUS_ACCOUNT_UNKNOWN, FIELD_RECIPIENT);
    }
    if (status == STATUS_OK) {
        status = check_note(body->notes, FIELD_NOTES, answer);
    }
    if (status == STATUS_OK) {
        status = decide_issue_units(facts, body, answer);
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (!facts->project.found) {
        return refuse(answer, STATUS_PROJECT_UNKNOWN, FIELD_PROJECT);
    }
    if (body->vintage < VINTAGE_MIN || body->vintage > VINTAGE_MAX) {
        return refuse(answer, STATUS_VINTAGE, FIELD_VINTAGE);
    }
    if (!dates_are_right(body->reporting_start, body->reporting_end)) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_DATE);
    }
    if (!text_empty(body->to_org_id) && !(facts->may_choose_receiver && body->imported)) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_RECIPIENT);
    }
    if (!check_prose(body->origin)) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_NONE);
    }
    return STATUS_OK;
}

enum status decide_order(const struct order_facts *facts, const struct command_order *body,
                         struct answer *answer)
{
    enum status status = check_sender(&facts->supplier, FIELD_SUPPLIER, answer);
    if (status == STATUS_OK) {
        status = check_recipient(&facts->buyer, FIELD_RECIPIENT, answer);
    }
    if (status == STATUS_OK && text_is(body->supplier_org_id, body->buyer_org_id)) {
        status = refuse(answer, STATUS_SAME_ACCOUNT, FIELD_RECIPIENT);
    }
    if (status == STATUS_OK) {
        status = check_note(body->notes, FIELD_NOTES, answer);
    }
    if (status == STATUS_OK) {
        status = check_units(body->units, FIELD_AMOUNT, answer);
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (!facts->supplier.is_supplier) {
        return refuse(answer, STATUS_WRONG_SUPPLIER, FIELD_SUPPLIER);
    }
    if (body->instrument >= INSTRUMENT__COUNT) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_INSTRUMENT);
    }
    if (!check_date(body->contract_date)) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_DATE);
    }
    if (!check_prose(body->origin)) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_NONE);
    }
    return STATUS_OK;
}

enum status decide_deliver(struct arena *arena, const struct deliver_facts *facts,
                           const struct command_deliver *body, int64_t at, struct plan *plan,
                           struct answer *answer)
{
    if (facts->setting.frozen) {
        return refuse(answer, STATUS_FROZEN, FIELD_NONE);
    }
    if (!facts->order.found) {
        return refuse(answer, STATUS_ORDER_UNKNOWN, FIELD_ORDER);
    }
    enum status status = check_sender(&facts->supplier, FIELD_SUPPLIER, answer);
    if (status == STATUS_OK) {
        status = check_recipient(&facts->buyer, FIELD_RECIPIENT, answer);
    }
    if (status == STATUS_OK) {
        status = check_account(&facts->to, facts->order.buyer_org_id, answer);
    }
    if (status == STATUS_OK) {
        status = check_note(body->notes, FIELD_NOTES, answer);
    }
    int64_t latest_at = 0;
    if (status == STATUS_OK) {
        status = plan_select(arena, &facts->wish, plan, &latest_at, answer);
    }
    if (status == STATUS_NOT_ENOUGH && facts->project_is_other) {
        /* Nothing of it can be there, and no smaller quantity helps. */
        status = refuse(answer, STATUS_WRONG_INSTRUMENT, FIELD_PROJECT);
    }
    if (status == STATUS_OK) {
        status = decide_consent(facts, plan->units, answer);
    }
    if (status != STATUS_OK) {
        return status;
    }
    plan->digest =
        plan_digest_at_once(plan, ACT_DELIVER, facts->order.order_id, facts->to.account_id);
    if (body->has_plan && !digest_equal(&body->plan, &plan->digest)) {
        return refuse(answer, STATUS_PLAN_CHANGED, FIELD_NONE);
    }
    int64_t open_units = facts->order.units - facts->order.delivered_units;
    if (plan->units > open_units) {
        answer->available_units = open_units;
        return refuse(answer, STATUS_ORDER_EXCEEDED, FIELD_AMOUNT);
    }
    if (!check_prose(body->origin)) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_NONE);
    }
    if (at < latest_at || at < facts->order.ordered_at) {
        return refuse(answer, STATUS_TIME_BACKWARDS, FIELD_DATE);
    }
    return STATUS_OK;
}

const char *retire_beneficiary(const struct retire_facts *facts, const struct command_retire *body)
{
    if (!text_empty(body->beneficiary)) {
        return body->beneficiary;
    }
    if (facts->beneficiary.found) {
        return facts->beneficiary.name;
    }
    return facts->named.found ? facts->named.name : "";
}

enum status decide_retire(struct arena *arena, const struct retire_facts *facts,
                          const struct command_retire *body, int64_t at, struct plan *plan,
                          struct answer *answer)
{
    if (facts->setting.frozen) {
        return refuse(answer, STATUS_FROZEN, FIELD_NONE);
    }
    enum status status = check_sender(&facts->owner, FIELD_NONE, answer);
    bool is_own = facts->named.found && text_is(facts->named.org_id, body->org_id);
    if (status == STATUS_OK && !text_empty(body->beneficiary_org_id) && !facts->beneficiary.found &&
        !is_own) {
        status = refuse(answer, STATUS_RECIPIENT_UNKNOWN, FIELD_BENEFICIARY);
    }
    if (status == STATUS_OK) {
        status = check_note(body->beneficiary, FIELD_BENEFICIARY, answer);
    }
    if (status == STATUS_OK) {
        status = check_note(body->notes, FIELD_NOTES, answer);
    }
    if (status == STATUS_OK && body->line_count == 0 && text_empty(facts->wish.supplier_org_id)) {
        status = refuse(answer, STATUS_LINES_EMPTY, FIELD_SUPPLIER);
    }
    if (status == STATUS_OK) {
        status = decide_filters(facts, body, answer);
    }
    int64_t latest_at = 0;
    if (status == STATUS_OK) {
        status = plan_select(arena, &facts->wish, plan, &latest_at, answer);
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (!facts->is_operator && second_person_is_needed(&facts->owner, plan->units)) {
        return refuse(answer, STATUS_SECOND_PERSON_NEEDED, FIELD_NONE);
    }
    plan->digest = plan_digest_at_once(plan, ACT_RETIRE, body->beneficiary_org_id,
                                       retire_beneficiary(facts, body));
    if (body->has_plan && !digest_equal(&body->plan, &plan->digest)) {
        return refuse(answer, STATUS_PLAN_CHANGED, FIELD_NONE);
    }
    if (body->purposes == 0) {
        return refuse(answer, STATUS_PURPOSE_NEEDED, FIELD_PURPOSES);
    }
    if (text_blank(retire_beneficiary(facts, body))) {
        return refuse(answer, STATUS_BENEFICIARY_NEEDED, FIELD_BENEFICIARY);
    }
    if (body->purposes > PURPOSES_ALL) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_PURPOSES);
    }
    if (!check_prose(body->origin)) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_NONE);
    }
    if (at < latest_at) {
        return refuse(answer, STATUS_TIME_BACKWARDS, FIELD_DATE);
    }
    return STATUS_OK;
}

/* What narrows the choice of the oldest: an order that is not theirs would be a wish that nothing
 * can fulfil. */
static enum status decide_filters(const struct retire_facts *facts,
                                  const struct command_retire *body, struct answer *answer)
{
    if (!text_empty(body->order_id) && !facts->order_is_known) {
        return refuse(answer, STATUS_ORDER_UNKNOWN, FIELD_ORDER);
    }
    if (body->vintage != 0 && (body->vintage < VINTAGE_MIN || body->vintage > VINTAGE_MAX)) {
        return refuse(answer, STATUS_VINTAGE, FIELD_VINTAGE);
    }
    if (body->line_count > 0 && body->vintage != 0) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_VINTAGE);
    }
    if (body->line_count > 0 && !text_empty(body->order_id)) {
        return refuse(answer, STATUS_VALUE_REFUSED, FIELD_ORDER);
    }
    return STATUS_OK;
}

/* See command.h: two persons, and the buyer's consent. */
static enum status decide_consent(const struct deliver_facts *facts, int64_t units,
                                  struct answer *answer)
{
    if (facts->is_registry) {
        return STATUS_OK;
    }
    if (second_person_is_needed(&facts->supplier, units)) {
        return refuse(answer, STATUS_SECOND_PERSON_NEEDED, FIELD_NONE);
    }
    if (!facts->order.buyer_agreed && !recipient_accepts(&facts->buyer, facts->buyer_trusts)) {
        return refuse(answer, STATUS_BUYER_NOT_AGREED, FIELD_ORDER);
    }
    return STATUS_OK;
}

enum status check_units(int64_t units, enum command_field field, struct answer *answer)
{
    if (units == 0) {
        return refuse(answer, STATUS_QUANTITY_ZERO, field);
    }
    if (units < 0) {
        return refuse(answer, STATUS_QUANTITY_NEGATIVE, field);
    }
    if (units > QUANTITY_UNITS_MAX) {
        return refuse(answer, STATUS_QUANTITY_TOO_LARGE, field);
    }
    return STATUS_OK;
}

/* Serials of one project and vintage end at QUANTITY_UNITS_MAX, so their sums never overflow. */
static enum status decide_issue_units(const struct issue_facts *facts,
                                      const struct command_issue *body, struct answer *answer)
{
    enum status status = check_units(body->supplier_units, FIELD_AMOUNT, answer);
    if (status != STATUS_OK) {
        return status;
    }
    if (body->buffer_units < 0) {
        return refuse(answer, STATUS_QUANTITY_NEGATIVE, FIELD_AMOUNT);
    }
    int64_t used_units = facts->conservation.next_serial - 1;
    must(used_units >= 0 && used_units <= QUANTITY_UNITS_MAX);
    if (body->buffer_units > QUANTITY_UNITS_MAX ||
        used_units + body->supplier_units + body->buffer_units > QUANTITY_UNITS_MAX) {
        answer->available_units = QUANTITY_UNITS_MAX - used_units;
        return refuse(answer, STATUS_QUANTITY_TOO_LARGE, FIELD_AMOUNT);
    }
    return STATUS_OK;
}

/* Dates in this form sort as text. */
static bool dates_are_right(const char *start, const char *end)
{
    if (!check_date(start) || !check_date(end)) {
        return false;
    }
    return text_empty(start) || text_empty(end) || strcmp(start, end) <= 0;
}
