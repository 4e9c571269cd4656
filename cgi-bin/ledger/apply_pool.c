/* ledger/apply_pool.c: refunds and cancellations of a buffer pool's units. See ledger/work.h. */
#include <string.h>

#include "base/text.h"
#include "ledger/work.h"
#include "store/ledger_pool.h"

static void read_facts(struct work *work, struct pool_facts *facts);
static const char *supplier_of(struct work *work, const struct pool_facts *facts,
                               const struct ledger_project *project);
static const char *project_of(const struct plan *plan);
static bool write_refund(struct work *work, const struct pool_facts *facts, const struct plan *plan,
                         const struct ledger_new_pool *row);
static bool write_cancellation(struct work *work, const struct plan *plan,
                               const struct ledger_new_pool *row);

enum status judge_pool(struct work *work, struct pool_facts *facts, struct plan *plan)
{
    const struct command_pool *body = &work->command->pool;
    enum act_kind kind = (enum act_kind)work->command->kind;
    memset(facts, 0, sizeof(*facts));
    facts->buffer = text_empty(body->org_id)
                        ? ledger_buffer_org_read(work->store, work->arena)
                        : ledger_org_read(work->store, work->arena, body->org_id);
    work_for(work, facts->buffer.org_id);
    enum status status = kind == ACT_REFUND
                             ? right_for_org(work, facts->buffer.org_id, ROLE_INITIATOR, true)
                             : right_in_registry(work);
    if (status != STATUS_OK) {
        return status;
    }
    read_facts(work, facts);
    return decide_pool(work->arena, facts, kind, body, work->at, plan, work->answer);
}

enum status apply_pool(struct work *work)
{
    const struct command_pool *body = &work->command->pool;
    bool is_refund = work->command->kind == ACT_REFUND;
    const char *prefix = is_refund ? "bpr" : "cnl";
    struct pool_facts facts;
    struct plan plan = {0};
    enum status status = judge_pool(work, &facts, &plan);
    if (status != STATUS_OK) {
        return status;
    }
    if (!check_given_id(work, body->pool_id, prefix)) {
        return refuse(work->answer, STATUS_VALUE_REFUSED, FIELD_NONE);
    }
    if (!work_id_given(work, body->pool_id, prefix, work->answer->id)) {
        return refuse(work->answer, STATUS_EXISTS, FIELD_NONE);
    }
    enum instrument instrument = facts.wish.batches[0].instrument;
    work->answer->count = (int64_t)plan.move_count;
    work_tell_also(work, facts.supplier.org_id);
    work->detail = arena_printf(
        work->arena, "%s of %s, %s of %s", quantity_words(work->arena, plan.units, instrument),
        facts.supplier.name, is_refund ? "back out of the pool" : "cancelled in the pool",
        facts.buffer.name);
    struct ledger_new_pool row = {.pool_id = work->answer->id,
                                  .org_id = facts.buffer.org_id,
                                  .supplier_org_id = facts.supplier.org_id,
                                  .project_id = project_of(&plan),
                                  .instrument = instrument,
                                  .units = plan.units,
                                  .notes = body->notes,
                                  .by = work->command->user_id,
                                  .origin = body->origin,
                                  .at = work->at};
    bool good =
        is_refund ? write_refund(work, &facts, &plan, &row) : write_cancellation(work, &plan, &row);
    return good ? STATUS_OK : STATUS_FAULT;
}

static void read_facts(struct work *work, struct pool_facts *facts)
{
    const struct command_pool *body = &work->command->pool;
    struct ledger_project project = {0};
    facts->setting = work->setting;
    facts->is_registry = acts_for_registry(work);
    if (!text_empty(body->project_id)) {
        project = ledger_project_read(work->store, work->arena, body->project_id);
        facts->project_is_known = project.found;
    }
    const char *supplier_org_id = supplier_of(work, facts, &project);
    if (!text_empty(supplier_org_id)) {
        facts->supplier = ledger_org_read(work->store, work->arena, supplier_org_id);
        facts->to = ledger_main_account_read(work->store, work->arena, supplier_org_id);
    }
    facts->wish = (struct plan_wish){.org_id = facts->buffer.org_id,
                                     .supplier_org_id = supplier_org_id,
                                     .project_id = body->project_id,
                                     .from_account_id = "",
                                     .to_account_id = "",
                                     .reserve_only = true,
                                     .units = body->units,
                                     .lines = body->lines,
                                     .line_count = body->line_count};
    plan_read(work->store, work->arena, &facts->wish);
}

/* Whose units they are: the project's, or those of the first batch that is named and in the pool.
 */
static const char *supplier_of(struct work *work, const struct pool_facts *facts,
                               const struct ledger_project *project)
{
    const struct command_pool *body = &work->command->pool;
    if (project->found) {
        return arena_text(work->arena, project->org_id);
    }
    if (body->line_count == 0) {
        return "";
    }
    struct ledger_batch batch = ledger_batch_read(work->store, body->lines[0].batch_id);
    bool is_known = batch.found && text_is(batch.org_id, facts->buffer.org_id);
    return is_known ? arena_text(work->arena, batch.supplier_org_id) : "";
}

/* The project of all moves; "" when there are several. */
static const char *project_of(const struct plan *plan)
{
    for (size_t i = 1; i < plan->move_count; i++) {
        if (!text_is(plan->moves[i].project_id, plan->moves[0].project_id)) {
            return "";
        }
    }
    return plan->moves[0].project_id;
}

static bool write_refund(struct work *work, const struct pool_facts *facts, const struct plan *plan,
                         const struct ledger_new_pool *row)
{
    struct ledger_place place = {.org_id = facts->supplier.org_id,
                                 .account_id = facts->to.account_id,
                                 .state = BATCH_ACTIVE,
                                 .received_by = row->pool_id,
                                 .received_at = work->at};
    if (!ledger_refund_add(work->store, row)) {
        return false;
    }
    const struct moved *moved = units_move(work, plan, &place);
    for (size_t i = 0; moved != NULL && i < plan->move_count; i++) {
        const struct plan_move *move = &plan->moves[i];
        if (!ledger_refund_line_add(work->store, row->pool_id, (int64_t)i + 1, moved[i].batch_id,
                                    moved[i].split_from, move->account_id, facts->to.account_id,
                                    move->last - move->first + 1)) {
            return false;
        }
    }
    struct ledger_touched touched =
        ledger_refund_touched(work->store, row->pool_id, facts->supplier.org_id);
    return moved != NULL && units_are_whole(&touched, plan);
}

/* The batches stay in the account where they were: that says where they came from. */
static bool write_cancellation(struct work *work, const struct plan *plan,
                               const struct ledger_new_pool *row)
{
    struct ledger_place place = {.state = BATCH_CANCELLED, .ended_at = work->at};
    if (!ledger_cancellation_add(work->store, row)) {
        return false;
    }
    const struct moved *moved = units_move(work, plan, &place);
    if (moved == NULL || !units_end(work, plan, BATCH_CANCELLED)) {
        return false;
    }
    for (size_t i = 0; i < plan->move_count; i++) {
        const struct plan_move *move = &plan->moves[i];
        if (!ledger_cancellation_line_add(work->store, row->pool_id, (int64_t)i + 1,
                                          moved[i].batch_id, moved[i].split_from,
                                          move->last - move->first + 1)) {
            return false;
        }
    }
    struct ledger_touched touched =
        ledger_cancellation_touched(work->store, row->pool_id, row->org_id);
    return units_are_whole(&touched, plan);
}
