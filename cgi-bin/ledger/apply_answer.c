/* ledger/apply_answer.c: approving, accepting, rejecting, withdrawing … of a waiting transfer, and
 * its expiry. See ledger/work.h. */
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "ledger/work.h"
#include "store/ledger_changes.h"

/* transfers ended by one act: bounds the work of one act; the timer comes again */
#define EXPIRE_MAX 256
/* and their blocks: two seconds of work, for others wait meanwhile */
#define EXPIRE_LINES_MAX 65536

static struct answer_facts read_facts(struct work *work);
static void read_roots(struct work *work, struct answer_facts *facts);
static void root_of(struct work *work, const char *user_id, char root[ID_SIZE]);
static bool acts_for_recipient(enum act_kind kind);
static const char *in_words(struct work *work, const struct answer_facts *facts);
static bool write_outcome(struct work *work, const struct answer_outcome *outcome);
static bool settle_units(struct work *work, const struct answer_outcome *outcome);
static struct ledger_place place_of(const struct answer_outcome *outcome);
static bool look_again(struct work *work, const struct answer_outcome *outcome);
static bool expire_one(struct work *work, const char *transfer_id);

enum status apply_answer(struct work *work)
{
    const struct command_decide *body = &work->command->decide;
    enum act_kind kind = (enum act_kind)work->command->kind;
    struct answer_facts facts = read_facts(work);
    enum status status = decide_answer_right(work, &facts);
    if (status != STATUS_OK) {
        return status;
    }
    must(TEXT_COPY(work->answer->id, facts.transfer.transfer_id));
    work_for(work,
             acts_for_recipient(kind) ? facts.transfer.to_org_id : facts.transfer.from_org_id);
    work->detail = in_words(work, &facts);
    struct answer_outcome outcome;
    status =
        decide_answer(&facts, kind, body, work->command->user_id, work->at, &outcome, work->answer);
    if (status != STATUS_OK) {
        return status;
    }
    work_tell_transfer(work, kind, &outcome.after);
    if (kind == ACT_REDACT_NOTE) {
        return ledger_transfer_redact(work->store, facts.transfer.transfer_id, work->at,
                                      body->reason)
                   ? STATUS_OK
                   : STATUS_FAULT;
    }
    return write_outcome(work, &outcome) ? STATUS_OK : STATUS_FAULT;
}

enum status apply_expire(struct work *work)
{
    const char **ids = NULL;
    size_t count = ledger_due_read(work->store, work->arena, work->at, EXPIRE_MAX, &ids);
    /* Each gives back what it took: many large ones that are due together must not fill the arena,
     * or none of them would ever end. */
    size_t mark_bytes = work->arena->used_bytes;
    size_t done = 0;
    int64_t lines = 0;
    while (done < count && lines < EXPIRE_LINES_MAX) {
        if (!expire_one(work, ids[done])) {
            return STATUS_FAULT;
        }
        lines += work->answer->count;
        arena_reset(work->arena, mark_bytes);
        done++;
    }
    work->answer->count = (int64_t)done;
    return STATUS_OK;
}

static struct answer_facts read_facts(struct work *work)
{
    const struct command_decide *body = &work->command->decide;
    const char *user_id = work->command->user_id;
    struct answer_facts facts = {.setting = work->setting};
    facts.transfer = ledger_transfer_read(work->store, work->arena, body->transfer_id);
    if (!facts.transfer.found) {
        return facts;
    }
    const char *from_org_id = facts.transfer.from_org_id;
    const char *to_org_id = facts.transfer.to_org_id;
    facts.sender = ledger_org_read(work->store, work->arena, from_org_id);
    facts.sender_roles = ledger_roles_read(work->store, from_org_id, user_id);
    if (facts.transfer.kind != TRANSFER_EXPORT) {
        facts.recipient = ledger_org_read(work->store, work->arena, to_org_id);
        facts.recipient_roles = ledger_roles_read(work->store, to_org_id, user_id);
        facts.recipient_trusts = ledger_trusts(work->store, to_org_id, from_org_id);
        bool is_named = work->command->kind == ACT_ACCEPT && !text_empty(body->account_id);
        facts.account = is_named ? ledger_account_read(work->store, work->arena, body->account_id)
                                 : ledger_main_account_read(work->store, work->arena, to_org_id);
    }
    if (work->command->kind == ACT_APPROVE || work->command->kind == ACT_REGISTRY_APPROVE) {
        read_roots(work, &facts);
    }
    return facts;
}

/* Who stands behind the persons that a second one is asked about. */
static void read_roots(struct work *work, struct answer_facts *facts)
{
    root_of(work, work->command->user_id, facts->asker_root);
    root_of(work, facts->transfer.submitted_by, facts->submitter_root);
    root_of(work, facts->transfer.approved_by, facts->approver_root);
    root_of(work, facts->transfer.registry_approved_by, facts->registry_approver_root);
}

static void root_of(struct work *work, const char *user_id, char root[ID_SIZE])
{
    struct ledger_person person = {0};
    if (!text_empty(user_id)) {
        person = ledger_person_read(work->store, user_id);
    }
    bool has_maker = person.is_program && !text_empty(person.made_by);
    must(text_copy(root, ID_SIZE, has_maker ? person.made_by : user_id));
}

static bool acts_for_recipient(enum act_kind kind)
{
    return kind == ACT_ACCEPT || kind == ACT_REJECT;
}

static const char *in_words(struct work *work, const struct answer_facts *facts)
{
    const char *quantity =
        quantity_words(work->arena, facts->transfer.units, facts->transfer.instrument);
    const char *to = facts->transfer.kind == TRANSFER_EXPORT     ? "another system"
                     : facts->transfer.kind == TRANSFER_INTERNAL ? "itself"
                                                                 : facts->recipient.name;
    return arena_printf(work->arena, "%s from %s to %s", quantity, facts->sender.name, to);
}

static bool write_outcome(struct work *work, const struct answer_outcome *outcome)
{
    if (!ledger_transfer_write(work->store, &outcome->after)) {
        return false;
    }
    return outcome->fate == UNITS_STAY ||
           (settle_units(work, outcome) && look_again(work, outcome));
}

/* Each block of the transfer goes on to its place. */
static bool settle_units(struct work *work, const struct answer_outcome *outcome)
{
    const char *transfer_id = outcome->after.transfer_id;
    const struct ledger_line *lines = NULL;
    size_t count = ledger_lines_read(work->store, work->arena, transfer_id, &lines);
    struct ledger_place place = place_of(outcome);
    for (size_t i = 0; i < count; i++) {
        if (!ledger_batch_move(work->store, lines[i].batch_id, transfer_id, &place)) {
            return false;
        }
        if (outcome->fate == UNITS_LEAVE &&
            !ledger_conservation_end(work->store, lines[i].project_id, lines[i].vintage,
                                     BATCH_EXPORTED, lines[i].units)) {
            return false;
        }
    }
    work->answer->count = (int64_t)count;
    return true; /* that there were any is seen by look_again */
}

/* Reserved batches never left the sender's accounts, so to give them back is to reserve them no
 * longer. */
static struct ledger_place place_of(const struct answer_outcome *outcome)
{
    const struct ledger_transfer *after = &outcome->after;
    if (outcome->fate == UNITS_ARRIVE) {
        return (struct ledger_place){.org_id = after->to_org_id,
                                     .account_id = after->to_account_id,
                                     .state = BATCH_ACTIVE,
                                     .received_by = after->transfer_id,
                                     .received_at = after->ended_at};
    }
    if (outcome->fate == UNITS_LEAVE) {
        return (struct ledger_place){
            .state = BATCH_EXPORTED, .ended_by = after->transfer_id, .ended_at = after->ended_at};
    }
    must(outcome->fate == UNITS_RETURN);
    return (struct ledger_place){.state = BATCH_ACTIVE};
}

/* Before anything is kept: is what was written what was decided? */
static bool look_again(struct work *work, const struct answer_outcome *outcome)
{
    const struct ledger_transfer *after = &outcome->after;
    const char *org_id = outcome->fate == UNITS_ARRIVE ? after->to_org_id : after->from_org_id;
    enum batch_state state = outcome->fate == UNITS_LEAVE ? BATCH_EXPORTED : BATCH_ACTIVE;
    struct ledger_touched touched =
        ledger_transfer_touched(work->store, after->transfer_id, state, org_id, NULL, false);
    return touched.wrong == 0 && touched.lines > 0 && touched.line_units == after->units &&
           touched.batch_units == after->units &&
           ledger_reserved_units(work->store, after->transfer_id) == 0;
}

/* Ends one transfer at the moment its time was up; with an audit row of its own, so that its
 * history can be read. */
static bool expire_one(struct work *work, const char *transfer_id)
{
    struct ledger_transfer row = ledger_transfer_read(work->store, work->arena, transfer_id);
    if (!row.found || row.has_ended) {
        return false;
    }
    struct answer_outcome outcome = {.after = transfer_at(&row, work->at), .fate = UNITS_RETURN};
    must(outcome.after.state == TRANSFER_EXPIRED);
    const char *detail = arena_printf(work->arena, "%s given back, nobody acted in time",
                                      quantity_words(work->arena, row.units, row.instrument));
    work_for(work, row.from_org_id);
    work_tell_transfer(work, ACT_EXPIRE, &outcome.after);
    return write_outcome(work, &outcome) &&
           work_record(work, STATUS_OK, row.from_org_id, transfer_id, detail);
}
