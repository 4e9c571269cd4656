/* ledger/look.c: looking ahead: what an act would do if it were sent now. See ledger/ledger.h. */
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "ledger/work.h"

static enum status judge(struct work *work, struct plan *plan);

const struct query_table *const ledger_plan_tables[] = {
    &ledger_facts_queries,
    &ledger_units_queries,
    NULL,
};

void ledger_plan_tables_add(const struct query_table **tables)
{
    while (*tables != NULL) {
        tables++;
    }
    for (size_t i = 0; ledger_plan_tables[i] != NULL; i++) {
        *tables++ = ledger_plan_tables[i];
    }
}

enum status ledger_plan(struct store *store, struct arena *arena, enum asker program,
                        const struct command *command, int64_t now_us, struct plan *plan,
                        struct answer *answer)
{
    memset(answer, 0, sizeof(*answer));
    memset(plan, 0, sizeof(*plan));
    answer->version = COMMAND_VERSION;
    answer->line = -1;
    int64_t last_at = ledger_act_last_at(store);
    int64_t at = now_us > last_at ? now_us : last_at;
    struct work work = {.store = store,
                        .arena = arena,
                        .program = program,
                        .command = command,
                        .recorded_at = at,
                        .at = at,
                        .is_operator = command->user_id[0] == '\0',
                        .answer = answer,
                        .org_id = "",
                        .detail = ""};
    work.setting = ledger_setting_read(store);
    enum status status = STATUS_OK;
    if (!program_may(program, (enum act_kind)command->kind) ||
        (work.is_operator && program != PROGRAM_TALLY)) {
        status = STATUS_NOT_ALLOWED;
    } else if (!work.is_operator) {
        work.person = ledger_person_read(store, command->user_id);
        bool may_act =
            work.person.found && work.person.active && may_act_through(&work.person, program);
        status = may_act ? STATUS_OK : STATUS_NOT_ALLOWED;
    }
    if (status == STATUS_OK) {
        status = judge(&work, plan);
    }
    if (store_fault(store)) {
        status = STATUS_FAULT;
    }
    if (status != STATUS_OK) {
        memset(plan, 0, sizeof(*plan));
    }
    answer->status = (int32_t)status;
    answer->at = at;
    return status;
}

/* Judges, and gives the plan its digest. */
static enum status judge(struct work *work, struct plan *plan)
{
    const struct command *command = work->command;
    enum status status = STATUS_OK;
    if (command->kind == ACT_TRANSFER) {
        struct transfer_facts facts;
        status = judge_transfer(work, &facts, plan);
        plan->digest = plan_digest(plan, &command->transfer);
    } else if (command->kind == ACT_RETIRE) {
        struct retire_facts facts;
        status = judge_retire(work, &facts, plan);
    } else if (command->kind == ACT_DELIVER) {
        struct deliver_facts facts;
        status = judge_deliver(work, &facts, plan);
    } else {
        must(command->kind == ACT_REFUND || command->kind == ACT_CANCEL_UNITS);
        struct pool_facts facts;
        status = judge_pool(work, &facts, plan);
    }
    return status;
}
