/* ledger/apply_transfer.c: submitting a transfer. See ledger/work.h. */
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "ledger/work.h"
#include "store/ledger_changes.h"

static void read_facts(struct work *work, struct transfer_facts *facts);
static const char *in_words(struct work *work, const struct transfer_facts *facts, int64_t units);
static bool write_transfer(struct work *work, const struct transfer_facts *facts,
                           const struct plan *plan, struct ledger_transfer *row);
static bool look_again(struct work *work, const struct plan *plan,
                       const struct ledger_transfer *row);

enum status judge_transfer(struct work *work, struct transfer_facts *facts, struct plan *plan)
{
    const struct command_transfer *body = &work->command->transfer;
    memset(facts, 0, sizeof(*facts));
    work_for(work, body->from_org_id);
    enum status status = right_for_org(work, body->from_org_id, ROLE_INITIATOR, false);
    if (status != STATUS_OK) {
        return status;
    }
    if (body->kind > TRANSFER_EXPORT || body->instrument >= INSTRUMENT__COUNT ||
        !check_given_id(work, body->transfer_id, "tfr")) {
        return refuse(work->answer, STATUS_VALUE_REFUSED, FIELD_NONE);
    }
    read_facts(work, facts);
    work->detail = in_words(work, facts, body->units);
    status = decide_transfer(work->arena, facts, body, work->at, plan, work->answer);
    if (status == STATUS_OK) {
        work->detail = in_words(work, facts, plan->units);
    }
    return status;
}

enum status apply_transfer(struct work *work)
{
    struct transfer_facts facts;
    struct plan plan = {0};
    enum status status = judge_transfer(work, &facts, &plan);
    if (status != STATUS_OK) {
        return status;
    }
    struct ledger_transfer row = transfer_begun(&facts, work->command, &plan, work->at);
    if (!work_id_given(work, work->command->transfer.transfer_id, "tfr", row.transfer_id)) {
        return refuse(work->answer, STATUS_EXISTS, FIELD_NONE);
    }
    if (!write_transfer(work, &facts, &plan, &row) || !look_again(work, &plan, &row)) {
        return STATUS_FAULT;
    }
    must(TEXT_COPY(work->answer->id, row.transfer_id));
    work_tell_transfer(work, ACT_TRANSFER, &row);
    work->answer->transfer_state = (int32_t)row.state;
    work->answer->expires_at = row.has_ended ? 0 : row.expires_at;
    work->answer->count = (int64_t)plan.move_count;
    return STATUS_OK;
}

static void read_facts(struct work *work, struct transfer_facts *facts)
{
    const struct command_transfer *body = &work->command->transfer;
    struct store *store = work->store;
    facts->setting = work->setting;
    facts->sender = ledger_org_read(store, work->arena, body->from_org_id);
    if (body->kind == TRANSFER_EXTERNAL) {
        facts->recipient = ledger_org_read(store, work->arena, body->to_org_id);
        facts->to = ledger_main_account_read(store, work->arena, body->to_org_id);
        facts->recipient_trusts = facts->recipient.incoming == INCOMING_TRUSTED &&
                                  ledger_trusts(store, body->to_org_id, body->from_org_id);
    } else if (body->kind == TRANSFER_INTERNAL) {
        facts->recipient = facts->sender;
        facts->to = ledger_account_read(store, work->arena, body->to_account_id);
    }
    if (!text_empty(body->from_account_id)) {
        facts->from = ledger_account_read(store, work->arena, body->from_account_id);
    }
    if (!text_empty(body->corrects_id)) {
        facts->corrects = ledger_transfer_read(store, work->arena, body->corrects_id);
    }
    facts->wish = (struct plan_wish){.org_id = body->from_org_id,
                                     .supplier_org_id = body->supplier_org_id,
                                     .project_id = "",
                                     .from_account_id = body->from_account_id,
                                     .to_account_id =
                                         body->kind == TRANSFER_INTERNAL ? body->to_account_id : "",
                                     .has_instrument = true,
                                     .instrument = (enum instrument)body->instrument,
                                     .units = body->units,
                                     .lines = body->lines,
                                     .line_count = body->line_count};
    plan_read(store, work->arena, &facts->wish);
}

static const char *in_words(struct work *work, const struct transfer_facts *facts, int64_t units)
{
    const struct command_transfer *body = &work->command->transfer;
    const char *quantity =
        units > 0 ? quantity_words(work->arena, units, (enum instrument)body->instrument)
                  : arena_printf(work->arena, "%u batches", (unsigned)body->line_count);
    const char *from = facts->sender.found ? facts->sender.name : "an unknown organisation";
    if (body->kind == TRANSFER_EXTERNAL) {
        const struct ledger_org *recipient = &facts->recipient;
        const char *to = recipient->found ? recipient->name : "an unknown organisation";
        return arena_printf(work->arena, "%s from %s to %s", quantity, from, to);
    }
    if (body->kind == TRANSFER_INTERNAL) {
        return arena_printf(work->arena, "%s within %s", quantity, from);
    }
    /* Words that the checks have not passed yet do not go into the log. */
    bool is_clean = check_words(body->to_system, 1, NAME_CHARS_MAX);
    return arena_printf(work->arena, "%s from %s out of the registry to %s", quantity, from,
                        is_clean ? body->to_system : "another system");
}

static bool write_transfer(struct work *work, const struct transfer_facts *facts,
                           const struct plan *plan, struct ledger_transfer *row)
{
    const struct command_transfer *body = &work->command->transfer;
    struct ledger_new_transfer more = {
        .to_system = row->kind == TRANSFER_EXPORT ? body->to_system : "",
        .to_system_party = row->kind == TRANSFER_EXPORT ? body->to_system_party : "",
        .supplier_org_id = plan_supplier(plan),
        .notes = body->notes,
        .private_note = body->private_note,
        .corrects_id = body->corrects_id,
        .origin = body->origin};
    if (row->kind == TRANSFER_INTERNAL) {
        must(TEXT_COPY(row->to_account_id, body->to_account_id));
    }
    struct ledger_place place = {.state = BATCH_ACTIVE, .reserved_by = row->transfer_id};
    if (row->state == TRANSFER_COMPLETED) {
        place = (struct ledger_place){.org_id = row->to_org_id,
                                      .account_id = facts->to.account_id,
                                      .state = BATCH_ACTIVE,
                                      .received_by = row->transfer_id,
                                      .received_at = work->at};
    }
    if (!ledger_transfer_add(work->store, row, &more)) {
        return false;
    }
    const struct moved *moved = units_move(work, plan, &place);
    for (size_t i = 0; moved != NULL && i < plan->move_count; i++) {
        const struct plan_move *move = &plan->moves[i];
        if (!ledger_transfer_line_add(work->store, row->transfer_id, (int64_t)i + 1,
                                      moved[i].batch_id, moved[i].split_from, move->account_id,
                                      move->last - move->first + 1)) {
            return false;
        }
    }
    return moved != NULL;
}

/* Before anything is kept: is what was written what was decided? */
static bool look_again(struct work *work, const struct plan *plan,
                       const struct ledger_transfer *row)
{
    bool has_arrived = row->state == TRANSFER_COMPLETED;
    struct ledger_touched touched =
        ledger_transfer_touched(work->store, row->transfer_id, BATCH_ACTIVE,
                                has_arrived ? row->to_org_id : row->from_org_id,
                                has_arrived ? NULL : row->transfer_id, true);
    return touched.wrong == 0 && touched.lines == (int64_t)plan->move_count &&
           touched.line_units == row->units && touched.batch_units == row->units;
}
