/* ledger/apply_units.c: issuing, ordering, delivering, retiring. See ledger/work.h. */
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "ledger/work.h"
#include "store/ledger_changes.h"

static struct issue_facts read_issue(struct work *work);
static bool write_issue(struct work *work, const struct issue_facts *facts,
                        const char *issuance_id);
static bool add_batch(struct work *work, const struct issue_facts *facts, const char *issuance_id,
                      const struct ledger_account *account, int64_t first, int64_t units);
static const char *order_words(struct arena *arena, const struct command_order *body);
static enum status right_to_order(struct work *work, unsigned buyer_roles);
static void read_deliver(struct work *work, struct deliver_facts *facts);
static bool write_deliver(struct work *work, const struct deliver_facts *facts,
                          const struct plan *plan, const char *delivery_id);
static void read_retire(struct work *work, struct retire_facts *facts);
static bool write_retire(struct work *work, const struct retire_facts *facts,
                         const struct plan *plan, const char *retirement_id);

enum status apply_issue(struct work *work)
{
    const struct command_issue *body = &work->command->issue;
    enum status status = right_in_registry(work);
    if (status != STATUS_OK) {
        return status;
    }
    struct issue_facts facts = read_issue(work);
    work_for(work, facts.project.org_id);
    int64_t units = body->supplier_units;
    if (facts.project.found && body->supplier_units > 0 && body->buffer_units >= 0 &&
        quantity_add(body->supplier_units, body->buffer_units, &units)) {
        work->detail = arena_printf(work->arena, "%s of %s, vintage %d%s",
                                    quantity_words(work->arena, units, facts.project.instrument),
                                    facts.project.name, (int)body->vintage,
                                    body->imported ? ", imported" : "");
    }
    status = decide_issue(&facts, body, work->answer);
    if (status != STATUS_OK) {
        return status;
    }
    char issuance_id[ID_SIZE];
    if (!check_given_id(work, body->issuance_id, "iss")) {
        return refuse(work->answer, STATUS_VALUE_REFUSED, FIELD_NONE);
    }
    if (!work_id_given(work, body->issuance_id, "iss", issuance_id)) {
        return refuse(work->answer, STATUS_EXISTS, FIELD_NONE);
    }
    must(TEXT_COPY(work->answer->id, issuance_id));
    return write_issue(work, &facts, issuance_id) ? STATUS_OK : STATUS_FAULT;
}

enum status apply_order(struct work *work)
{
    const struct command_order *body = &work->command->order;
    work_for(work, body->supplier_org_id);
    const char *user_id = work->command->user_id;
    unsigned buyer_roles =
        work->is_operator ? 0 : ledger_roles_read(work->store, body->buyer_org_id, user_id);
    enum status status = right_to_order(work, buyer_roles);
    if (status != STATUS_OK) {
        return status;
    }
    struct order_facts facts = {
        .supplier = ledger_org_read(work->store, work->arena, body->supplier_org_id),
        .buyer = ledger_org_read(work->store, work->arena, body->buyer_org_id)};
    if (facts.supplier.found && facts.buyer.found) {
        work->detail = arena_printf(work->arena, "%s by %s from %s", order_words(work->arena, body),
                                    facts.buyer.name, facts.supplier.name);
    }
    status = decide_order(&facts, body, work->answer);
    if (status != STATUS_OK) {
        return status;
    }
    struct ledger_new_order order = {
        .supplier_org_id = body->supplier_org_id,
        .buyer_org_id = body->buyer_org_id,
        .instrument = (enum instrument)body->instrument,
        .units = body->units,
        .contract_date = body->contract_date,
        .notes = body->notes,
        .ordered_by = user_id,
        .origin = body->origin,
        .buyer_agreed = acts_for_registry(work) || (buyer_roles & ROLE_INITIATOR) != 0,
        .at = work->at,
    };
    if (!check_given_id(work, body->order_id, "ord")) {
        return refuse(work->answer, STATUS_VALUE_REFUSED, FIELD_NONE);
    }
    if (!work_id_given(work, body->order_id, "ord", work->answer->id)) {
        return refuse(work->answer, STATUS_EXISTS, FIELD_NONE);
    }
    order.order_id = work->answer->id;
    bool is_suppliers = text_is(work->org_id, body->supplier_org_id);
    work_tell_also(work, is_suppliers ? body->buyer_org_id : body->supplier_org_id);
    return ledger_order_add(work->store, &order) ? STATUS_OK : STATUS_FAULT;
}

/* What is asked for, which may be nonsense. */
static const char *order_words(struct arena *arena, const struct command_order *body)
{
    return body->instrument < INSTRUMENT__COUNT
               ? quantity_words(arena, body->units, (enum instrument)body->instrument)
               : arena_printf(arena, "%lld units", (long long)body->units);
}

/* Whoever may for either side. The buyer's own word is the buyer's act. */
static enum status right_to_order(struct work *work, unsigned buyer_roles)
{
    const struct command_order *body = &work->command->order;
    enum status status = right_for_org(work, body->supplier_org_id, ROLE_INITIATOR, true);
    if (status != STATUS_OK &&
        right_in_org(work, buyer_roles, ROLE_INITIATOR, false) == STATUS_OK) {
        work_for(work, body->buyer_org_id);
        return STATUS_OK;
    }
    return status;
}

enum status judge_deliver(struct work *work, struct deliver_facts *facts, struct plan *plan)
{
    const struct command_deliver *body = &work->command->deliver;
    memset(facts, 0, sizeof(*facts));
    facts->order = ledger_order_read(work->store, body->order_id);
    work_for(work, facts->order.supplier_org_id);
    enum status status = right_for_org(work, facts->order.supplier_org_id, ROLE_INITIATOR, true);
    if (status != STATUS_OK) {
        return status;
    }
    read_deliver(work, facts);
    return decide_deliver(work->arena, facts, body, work->at, plan, work->answer);
}

enum status apply_deliver(struct work *work)
{
    const struct command_deliver *body = &work->command->deliver;
    struct deliver_facts facts;
    struct plan plan = {0};
    enum status status = judge_deliver(work, &facts, &plan);
    if (status != STATUS_OK) {
        return status;
    }
    if (!check_given_id(work, body->delivery_id, "dlv")) {
        return refuse(work->answer, STATUS_VALUE_REFUSED, FIELD_NONE);
    }
    if (!work_id_given(work, body->delivery_id, "dlv", work->answer->id)) {
        return refuse(work->answer, STATUS_EXISTS, FIELD_NONE);
    }
    work->answer->count = (int64_t)plan.move_count;
    work_tell_also(work, facts.order.buyer_org_id);
    work->detail =
        arena_printf(work->arena, "%s from %s to %s",
                     quantity_words(work->arena, plan.units, facts.wish.batches[0].instrument),
                     facts.supplier.name, facts.buyer.name);
    return write_deliver(work, &facts, &plan, work->answer->id) ? STATUS_OK : STATUS_FAULT;
}

enum status judge_retire(struct work *work, struct retire_facts *facts, struct plan *plan)
{
    const struct command_retire *body = &work->command->retire;
    memset(facts, 0, sizeof(*facts));
    work_for(work, body->org_id);
    enum status status = right_for_org(work, body->org_id, ROLE_INITIATOR, false);
    if (status != STATUS_OK) {
        return status;
    }
    if (body->instrument >= INSTRUMENT__COUNT) {
        return refuse(work->answer, STATUS_VALUE_REFUSED, FIELD_NONE);
    }
    read_retire(work, facts);
    return decide_retire(work->arena, facts, body, work->at, plan, work->answer);
}

enum status apply_retire(struct work *work)
{
    const struct command_retire *body = &work->command->retire;
    struct retire_facts facts;
    struct plan plan = {0};
    enum status status = judge_retire(work, &facts, &plan);
    if (status != STATUS_OK) {
        return status;
    }
    if (!check_given_id(work, body->retirement_id, "ret")) {
        return refuse(work->answer, STATUS_VALUE_REFUSED, FIELD_NONE);
    }
    if (!work_id_given(work, body->retirement_id, "ret", work->answer->id)) {
        return refuse(work->answer, STATUS_EXISTS, FIELD_NONE);
    }
    must(facts.wish.batches != NULL); /* what was judged OK takes from a batch */
    work->answer->count = (int64_t)plan.move_count;
    work_tell_also(work, facts.beneficiary.org_id);
    work->detail =
        arena_printf(work->arena, "%s of %s for %s",
                     quantity_words(work->arena, plan.units, facts.wish.batches[0].instrument),
                     facts.owner.name, retire_beneficiary(&facts, body));
    return write_retire(work, &facts, &plan, work->answer->id) ? STATUS_OK : STATUS_FAULT;
}

static struct issue_facts read_issue(struct work *work)
{
    const struct command_issue *body = &work->command->issue;
    struct issue_facts facts = {.may_choose_receiver = work->program == PROGRAM_TALLY};
    facts.project = ledger_project_read(work->store, work->arena, body->project_id);
    const char *receiver_id = text_empty(body->to_org_id) ? facts.project.org_id : body->to_org_id;
    facts.receiver = ledger_org_read(work->store, work->arena, receiver_id);
    facts.main = ledger_main_account_read(work->store, work->arena, receiver_id);
    facts.conservation = ledger_conservation_read(work->store, body->project_id, body->vintage);
    if (body->buffer_units > 0) {
        facts.buffer = ledger_buffer_org_read(work->store, work->arena);
        facts.reserve =
            ledger_account_of_kind(work->store, work->arena, facts.buffer.org_id, ACCOUNT_RESERVE);
    }
    return facts;
}

static bool write_issue(struct work *work, const struct issue_facts *facts, const char *issuance_id)
{
    const struct command_issue *body = &work->command->issue;
    int64_t units = body->supplier_units + body->buffer_units;
    struct ledger_new_issuance issuance = {.issuance_id = issuance_id,
                                           .project_id = body->project_id,
                                           .vintage = body->vintage,
                                           .imported = body->imported,
                                           .supplier_units = body->supplier_units,
                                           .buffer_units = body->buffer_units,
                                           .reporting_start = body->reporting_start,
                                           .reporting_end = body->reporting_end,
                                           .notes = body->notes,
                                           .origin = body->origin,
                                           .at = work->at};
    int64_t first = facts->conservation.next_serial;
    if (!ledger_conservation_add(work->store, body->project_id, body->vintage,
                                 body->imported ? 0 : units, body->imported ? units : 0) ||
        !ledger_issuance_add(work->store, &issuance) ||
        !add_batch(work, facts, issuance_id, &facts->main, first, body->supplier_units)) {
        return false;
    }
    work->answer->count = 1;
    if (body->buffer_units > 0) {
        work->answer->count = 2;
        if (!add_batch(work, facts, issuance_id, &facts->reserve, first + body->supplier_units,
                       body->buffer_units)) {
            return false;
        }
    }
    struct ledger_conservation after =
        ledger_conservation_read(work->store, body->project_id, body->vintage);
    return after.next_serial == first + units && after.active == facts->conservation.active + units;
}

static bool add_batch(struct work *work, const struct issue_facts *facts, const char *issuance_id,
                      const struct ledger_account *account, int64_t first, int64_t units)
{
    must(account->found && units > 0);
    char batch_id[ID_SIZE];
    work_id(work, "ctb", batch_id);
    struct ledger_new_batch batch = {.batch_id = batch_id,
                                     .project_id = facts->project.project_id,
                                     .issuance_id = issuance_id,
                                     .supplier_org_id = facts->project.org_id,
                                     .org_id = account->org_id,
                                     .account_id = account->account_id,
                                     .vintage = work->command->issue.vintage,
                                     .first = first,
                                     .last = first + units - 1,
                                     .at = work->at};
    return ledger_batch_add(work->store, &batch);
}

static void read_deliver(struct work *work, struct deliver_facts *facts)
{
    const struct command_deliver *body = &work->command->deliver;
    facts->setting = work->setting;
    facts->supplier = ledger_org_read(work->store, work->arena, facts->order.supplier_org_id);
    facts->buyer = ledger_org_read(work->store, work->arena, facts->order.buyer_org_id);
    facts->to = ledger_main_account_read(work->store, work->arena, facts->order.buyer_org_id);
    facts->buyer_trusts =
        ledger_trusts(work->store, facts->order.buyer_org_id, facts->order.supplier_org_id);
    facts->is_registry = acts_for_registry(work);
    if (!text_empty(body->project_id)) {
        struct ledger_project project =
            ledger_project_read(work->store, work->arena, body->project_id);
        facts->project_is_other = project.found && project.instrument != facts->order.instrument;
    }
    facts->wish = (struct plan_wish){.org_id = facts->order.supplier_org_id,
                                     .supplier_org_id = facts->order.supplier_org_id,
                                     .project_id = body->project_id,
                                     .has_instrument = true,
                                     .instrument = facts->order.instrument,
                                     .from_account_id = "",
                                     .to_account_id = "",
                                     .units = body->units,
                                     .lines = body->lines,
                                     .line_count = body->line_count};
    plan_read(work->store, work->arena, &facts->wish);
}

static bool write_deliver(struct work *work, const struct deliver_facts *facts,
                          const struct plan *plan, const char *delivery_id)
{
    const struct command_deliver *body = &work->command->deliver;
    struct ledger_new_delivery delivery = {.delivery_id = delivery_id,
                                           .order_id = facts->order.order_id,
                                           .supplier_org_id = facts->order.supplier_org_id,
                                           .buyer_org_id = facts->order.buyer_org_id,
                                           .units = plan->units,
                                           .notes = body->notes,
                                           .origin = body->origin,
                                           .at = work->at};
    struct ledger_place place = {.org_id = facts->order.buyer_org_id,
                                 .account_id = facts->to.account_id,
                                 .state = BATCH_ACTIVE,
                                 .delivery_id = delivery_id,
                                 .received_by = delivery_id,
                                 .received_at = work->at};
    if (!ledger_delivery_add(work->store, &delivery)) {
        return false;
    }
    const struct moved *moved = units_move(work, plan, &place);
    if (moved == NULL) {
        return false;
    }
    for (size_t i = 0; i < plan->move_count; i++) {
        const struct plan_move *move = &plan->moves[i];
        if (!ledger_delivery_line_add(work->store, delivery_id, (int64_t)i + 1, moved[i].batch_id,
                                      moved[i].split_from, move->account_id, facts->to.account_id,
                                      move->last - move->first + 1)) {
            return false;
        }
    }
    struct ledger_touched touched =
        ledger_delivery_touched(work->store, delivery_id, facts->order.buyer_org_id);
    return units_are_whole(&touched, plan);
}

static void read_retire(struct work *work, struct retire_facts *facts)
{
    const struct command_retire *body = &work->command->retire;
    facts->setting = work->setting;
    facts->owner = ledger_org_read(work->store, work->arena, body->org_id);
    if (!text_empty(body->beneficiary_org_id)) {
        facts->beneficiary = ledger_org_read(work->store, work->arena, body->beneficiary_org_id);
        facts->named = ledger_beneficiary_read(work->store, work->arena, body->beneficiary_org_id);
    }
    if (!text_empty(body->order_id)) {
        struct ledger_order order = ledger_order_read(work->store, body->order_id);
        facts->order_is_known = order.found && (text_is(order.buyer_org_id, body->org_id) ||
                                                text_is(order.supplier_org_id, body->org_id));
    }
    facts->is_operator = work->is_operator;
    const char *supplier_org_id = body->supplier_org_id;
    if (text_empty(supplier_org_id) && !text_empty(body->project_id)) {
        struct ledger_project project =
            ledger_project_read(work->store, work->arena, body->project_id);
        supplier_org_id = arena_text(work->arena, project.org_id);
    }
    facts->wish = (struct plan_wish){.org_id = body->org_id,
                                     .supplier_org_id = supplier_org_id,
                                     .project_id = body->project_id,
                                     .from_account_id = "",
                                     .to_account_id = "",
                                     .reserve_too = true,
                                     .has_instrument = body->has_instrument,
                                     .instrument = (enum instrument)body->instrument,
                                     .vintage = body->vintage,
                                     .order_id = body->order_id,
                                     .units = body->units,
                                     .lines = body->lines,
                                     .line_count = body->line_count};
    plan_read(work->store, work->arena, &facts->wish);
}

/* The batches stay in the account they were retired from: that says where they came from. */
static bool write_retire(struct work *work, const struct retire_facts *facts,
                         const struct plan *plan, const char *retirement_id)
{
    const struct command_retire *body = &work->command->retire;
    struct ledger_new_retirement retirement = {
        .retirement_id = retirement_id,
        .org_id = body->org_id,
        .beneficiary_org_id = facts->beneficiary.org_id,
        .named_beneficiary_id = facts->named.beneficiary_id,
        .beneficiary = retire_beneficiary(facts, body),
        .purposes = body->purposes,
        .instrument = facts->wish.batches[0].instrument,
        .units = plan->units,
        .notes = body->notes,
        .retired_by = work->command->user_id,
        .origin = body->origin,
        .at = work->at,
    };
    struct ledger_place place = {
        .state = BATCH_RETIRED, .ended_by = retirement_id, .ended_at = work->at};
    if (!ledger_retirement_add(work->store, &retirement)) {
        return false;
    }
    const struct moved *moved = units_move(work, plan, &place);
    if (moved == NULL || !units_end(work, plan, BATCH_RETIRED)) {
        return false;
    }
    for (size_t i = 0; i < plan->move_count; i++) {
        const struct plan_move *move = &plan->moves[i];
        if (!ledger_retirement_line_add(work->store, retirement_id, (int64_t)i + 1,
                                        moved[i].batch_id, moved[i].split_from,
                                        move->last - move->first + 1)) {
            return false;
        }
    }
    struct ledger_touched touched =
        ledger_retirement_touched(work->store, retirement_id, body->org_id);
    return units_are_whole(&touched, plan);
}
