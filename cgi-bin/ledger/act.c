/* ledger/act.c: one command from asking to answer: person, key, decision, audit row, first answer.
 * See ledger/ledger.h. */
#include <string.h>

#include "base/log.h"
#include "base/must.h"
#include "base/text.h"
#include "ledger/wire.h"
#include "ledger/work.h"
#include "store/ledger_changes.h"
#include "store/ledger_documents.h"
#include "store/ledger_pool.h"
#include "store/ledger_records.h"
#include "store/ledger_redact.h"
#include "store/ledger_totals.h"

#define TAIL_CHARS 4
#define OPERATOR_SCOPE "tally"

const struct query_table *const ledger_tables[] = {
    &ledger_facts_queries,     &ledger_units_queries,
    &ledger_changes_queries,   &ledger_totals_queries,
    &ledger_records_queries,   &ledger_pool_queries,
    &ledger_documents_queries, &ledger_redact_queries,
    &public_words_queries,     NULL};

/* What does each act. */
static enum status (*const appliers[ACT__COUNT])(struct work *work) = {
    [ACT_OPEN_ORGANISATION] = apply_organisation,
    [ACT_EDIT_ORGANISATION] = apply_organisation,
    [ACT_SET_ORGANISATION_STATE] = apply_organisation_state,
    [ACT_SET_PERSON] = apply_person,
    [ACT_SET_REGISTRY_ROLES] = apply_registry_roles,
    [ACT_OPEN_PROJECT] = apply_project,
    [ACT_EDIT_PROJECT] = apply_project,
    [ACT_ISSUE] = apply_issue,
    [ACT_ORDER] = apply_order,
    [ACT_DELIVER] = apply_deliver,
    [ACT_REGISTRY_APPROVE] = apply_answer,
    [ACT_REGISTRY_REFUSE] = apply_answer,
    [ACT_CANCEL] = apply_answer,
    [ACT_COMPLETE_EXPORT] = apply_answer,
    [ACT_REJECT_EXPORT] = apply_answer,
    [ACT_REDACT_NOTE] = apply_redact,
    [ACT_FREEZE] = apply_freeze,
    [ACT_SET_SETTINGS] = apply_settings,
    [ACT_EXPIRE] = apply_expire,
    [ACT_TRANSFER] = apply_transfer,
    [ACT_APPROVE] = apply_answer,
    [ACT_REFUSE] = apply_answer,
    [ACT_ACCEPT] = apply_answer,
    [ACT_REJECT] = apply_answer,
    [ACT_WITHDRAW] = apply_answer,
    [ACT_RETIRE] = apply_retire,
    [ACT_SET_POLICY] = apply_policy,
    [ACT_TRUST] = apply_trust,
    [ACT_OPEN_ACCOUNT] = apply_open_account,
    [ACT_CLOSE_ACCOUNT] = apply_close_account,
    [ACT_SET_MEMBER] = apply_member,
    [ACT_OPEN_BENEFICIARY] = apply_beneficiary,
    [ACT_REFUND] = apply_pool,
    [ACT_CANCEL_UNITS] = apply_pool,
    [ACT_ADD_DOCUMENT] = apply_document,
    [ACT_REMOVE_DOCUMENT] = apply_document,
    [ACT_REDACT_BENEFICIARY] = apply_redact,
};

/* What each act tells when it is done; acts on transfers say it themselves (tell.c). */
static const struct {
    enum event_kind event;
    bool is_public;
} tells[ACT__COUNT] = {
    [ACT_OPEN_ORGANISATION] = {EVENT_ORGANISATION_OPENED, true},
    [ACT_EDIT_ORGANISATION] = {EVENT_ORGANISATION_CHANGED, true},
    [ACT_SET_ORGANISATION_STATE] = {EVENT_ORGANISATION_CHANGED, true},
    [ACT_OPEN_PROJECT] = {EVENT_PROJECT_OPENED, true},
    [ACT_EDIT_PROJECT] = {EVENT_PROJECT_CHANGED, true},
    [ACT_ISSUE] = {EVENT_ISSUANCE_MADE, true},
    [ACT_ORDER] = {EVENT_ORDER_RECORDED, false},
    [ACT_DELIVER] = {EVENT_DELIVERY_MADE, true},
    [ACT_SET_SETTINGS] = {EVENT_REGISTRY_CHANGED, true},
    [ACT_RETIRE] = {EVENT_RETIREMENT_MADE, true},
    [ACT_SET_POLICY] = {EVENT_POLICY_CHANGED, false},
    [ACT_TRUST] = {EVENT_TRUST_CHANGED, false},
    [ACT_OPEN_ACCOUNT] = {EVENT_ACCOUNT_OPENED, false},
    [ACT_CLOSE_ACCOUNT] = {EVENT_ACCOUNT_CLOSED, false},
    [ACT_SET_MEMBER] = {EVENT_MEMBER_CHANGED, false},
    [ACT_OPEN_BENEFICIARY] = {EVENT_BENEFICIARY_NAMED, false},
    [ACT_REFUND] = {EVENT_REFUND_MADE, true},
    [ACT_CANCEL_UNITS] = {EVENT_CANCELLATION_MADE, true},
    [ACT_ADD_DOCUMENT] = {EVENT_PROJECT_CHANGED, true},
    [ACT_REMOVE_DOCUMENT] = {EVENT_PROJECT_CHANGED, true},
};

static enum status check_asker(enum asker program, const struct command *command);
static enum status decide_and_write(struct work *work);
static enum status check_person(struct work *work);
static enum status check_key(const struct work *work);
static bool key_is_needed(enum act_kind kind);
static enum status answer_again(struct work *work, const struct ledger_first_answer *first);
static enum status keep(struct work *work);
static enum status keep_refusal(struct work *work, enum status status);
static const char *scope_of(const struct work *work);
static const char *subject_of(const struct work *work);
static uint32_t tail_of(const char *id);

bool ledger_open(struct ledger *ledger, struct arena *arena, const char *registry_path)
{
    if (ledger == NULL || arena == NULL || registry_path == NULL) {
        return false;
    }
    *ledger = (struct ledger){.arena = arena};
    ledger->store = store_open(STORE_REGISTRY, STORE_WRITE, registry_path, ledger_tables);
    if (ledger->store == NULL) {
        return false;
    }
    struct ledger_setting setting = ledger_setting_read(ledger->store);
    if (!setting.found || !id_tag_is(setting.tag)) {
        log_event("error", "ledger-open", "path", registry_path, "message",
                  "the registry has no settings: make it with `tally init`", NULL);
        store_close(ledger->store);
        ledger->store = NULL;
        return false;
    }
    must(TEXT_COPY(ledger->ids.tag, setting.tag));
    return true;
}

enum status ledger_apply(struct ledger *ledger, enum asker program, const struct command *command,
                         int64_t recorded_us, struct answer *answer)
{
    memset(answer, 0, sizeof(*answer)); /* padding too: it is kept and sent as bytes */
    answer->version = COMMAND_VERSION;
    answer->line = -1;
    enum status status = check_asker(program, command);
    if (status != STATUS_OK) {
        answer->status = (int32_t)status;
        return status;
    }
    int64_t last_at = ledger_act_last_at(ledger->store);
    int64_t recorded_at = recorded_us > last_at ? recorded_us : last_at;
    bool is_dated = program == PROGRAM_TALLY && command->at_us != 0;
    struct work work = {.store = ledger->store,
                        .arena = ledger->arena,
                        .ids = &ledger->ids,
                        .program = program,
                        .command = command,
                        .recorded_at = recorded_at,
                        .at = is_dated ? command->at_us : recorded_at,
                        .is_operator = command->user_id[0] == '\0',
                        .setting = ledger_setting_read(ledger->store),
                        .answer = answer,
                        .org_id = "",
                        .detail = ""};
    answer->at = work.at;
    must(work.setting.found || store_fault(ledger->store));
    int64_t changes = store_changes(ledger->store);
    status = decide_and_write(&work);
    if (status != STATUS_FAULT && status != STATUS_OK) {
        /* Decisions come before writing, so there is nothing to undo, and SQLite's own count proves
         * it. Once writing has begun only a fault can stop an act, and that undoes the whole
         * transaction. */
        must(store_changes(ledger->store) == changes);
        status = keep_refusal(&work, status);
    }
    if (store_fault(ledger->store)) {
        status = STATUS_FAULT;
    }
    if (status == STATUS_FAULT) {
        log_event("fault", "act-failed", "command", act_word((enum act_kind)command->kind), "user",
                  command->user_id, NULL);
        memset(answer, 0, sizeof(*answer));
        answer->version = COMMAND_VERSION;
        answer->line = -1;
    }
    answer->status = (int32_t)status;
    return status;
}

void work_for(struct work *work, const char *org_id)
{
    must(TEXT_COPY(work->org_id, org_id));
}

enum status refuse(struct answer *answer, enum status status, enum command_field field)
{
    must(status != STATUS_OK);
    answer->field = (int32_t)field;
    return status;
}

/* What is refused here comes from nobody in particular and leaves no audit row. */
static enum status check_asker(enum asker program, const struct command *command)
{
    if (!wire_command_is(command, sizeof(*command)) || command->at_us < 0) {
        return STATUS_BAD_REQUEST;
    }
    enum act_kind kind = (enum act_kind)command->kind;
    bool is_nobody = command->user_id[0] == '\0';
    if (!is_nobody && !id_is(command->user_id, "usr")) {
        return STATUS_BAD_REQUEST;
    }
    /* the operator, and the daemon's own clock */
    bool may_be_nobody = program == PROGRAM_TALLY || program == PROGRAM_LEDGER;
    if (!program_may(program, kind) || (is_nobody && !may_be_nobody)) {
        log_event("warning", "program-may-not", "program", program_word(program), "command",
                  act_word(kind), NULL);
        return STATUS_NOT_ALLOWED;
    }
    return STATUS_OK;
}

static enum status decide_and_write(struct work *work)
{
    enum status status = check_person(work);
    if (status == STATUS_OK) {
        status = check_key(work);
    }
    if (status != STATUS_OK) {
        return status;
    }
    const struct command *command = work->command;
    if (command->key[0] != '\0') {
        struct ledger_first_answer first =
            ledger_first_answer_read(work->store, work->arena, scope_of(work), command->key);
        if (first.found) {
            return answer_again(work, &first);
        }
    }
    if (work->at > work->recorded_at) {
        return refuse(work->answer, STATUS_VALUE_REFUSED, FIELD_DATE);
    }
    must(appliers[command->kind] != NULL);
    status = appliers[command->kind](work);
    /* A fault while reading gives rows that are not there; nothing may be concluded from them. */
    if (store_fault(work->store)) {
        return STATUS_FAULT;
    }
    return status == STATUS_OK ? keep(work) : status;
}

static enum status check_person(struct work *work)
{
    if (work->is_operator) {
        return STATUS_OK;
    }
    work->person = ledger_person_read(work->store, work->command->user_id);
    if (!work->person.found || !work->person.active ||
        !may_act_through(&work->person, work->program)) {
        return STATUS_NOT_ALLOWED;
    }
    return STATUS_OK;
}

static enum status check_key(const struct work *work)
{
    const char *key = work->command->key;
    if (key[0] == '\0') {
        return key_is_needed((enum act_kind)work->command->kind)
                   ? refuse(work->answer, STATUS_VALUE_REFUSED, FIELD_KEY)
                   : STATUS_OK;
    }
    for (const char *at = key; *at != '\0'; at++) {
        if (*at <= ' ' || *at > '~') {
            return refuse(work->answer, STATUS_VALUE_REFUSED, FIELD_KEY);
        }
    }
    return STATUS_OK;
}

/* To do these twice would be harm. */
static bool key_is_needed(enum act_kind kind)
{
    return kind == ACT_TRANSFER || kind == ACT_RETIRE || kind == ACT_ISSUE || kind == ACT_DELIVER ||
           kind == ACT_ORDER || kind == ACT_OPEN_BENEFICIARY || kind == ACT_REFUND ||
           kind == ACT_CANCEL_UNITS || kind == ACT_ADD_DOCUMENT;
}

static enum status answer_again(struct work *work, const struct ledger_first_answer *first)
{
    struct digest fingerprint = command_fingerprint(work->command);
    if (!digest_equal(&fingerprint, &first->fingerprint)) {
        return refuse(work->answer, STATUS_KEY_REUSED, FIELD_KEY);
    }
    struct answer *answer = work->answer;
    if (first->answer_bytes == sizeof(*answer)) {
        memcpy(answer, first->answer, sizeof(*answer));
        answer->version = COMMAND_VERSION; /* the struct is the same since version 1 */
    } else {
        /* Kept by a program of another version: the heart of it is in the audit row. */
        must(TEXT_COPY(answer->id, first->subject_id));
        answer->seq = first->seq;
        answer->at = first->at;
    }
    must(answer->status == STATUS_OK);
    answer->repeated = true;
    return STATUS_OK;
}

/* The audit row, and the answer for whoever asks again. */
static enum status keep(struct work *work)
{
    struct answer *answer = work->answer;
    /* EXPIRE writes a row for each transfer that it ended, and none when there was none. */
    if (work->command->kind != ACT_EXPIRE &&
        !work_record(work, STATUS_OK, work->org_id, answer->id, work->detail)) {
        return STATUS_FAULT;
    }
    if (work->command->key[0] == '\0' || answer->seq == 0) {
        return STATUS_OK;
    }
    answer->status = STATUS_OK;
    struct digest fingerprint = command_fingerprint(work->command);
    bool is_kept = ledger_first_answer_add(work->store, scope_of(work), work->command->key,
                                           &fingerprint, answer->seq, answer, sizeof(*answer));
    return is_kept ? STATUS_OK : STATUS_FAULT;
}

/* Refusals of persons that the registry knows are kept; others are only logged. */
static enum status keep_refusal(struct work *work, enum status status)
{
    if (!work->is_operator && !work->person.found) {
        log_event("warning", "unknown-person", "user", work->command->user_id, "command",
                  act_word((enum act_kind)work->command->kind), NULL);
        return status;
    }
    const char *org_id = id_is(work->org_id, "org") ? work->org_id : "";
    bool is_kept = work_record(work, status, org_id, subject_of(work), work->detail);
    return is_kept ? status : STATUS_FAULT;
}

static const char *scope_of(const struct work *work)
{
    return work->is_operator ? OPERATOR_SCOPE : work->command->user_id;
}

/* What a refused command was about; "" when it names nothing well-formed. */
static const char *subject_of(const struct work *work)
{
    const struct command *command = work->command;
    const char *subject = work->answer->id;
    enum act_kind kind = (enum act_kind)command->kind;
    if (appliers[kind] == apply_answer || appliers[kind] == apply_redact) {
        subject = command->decide.subject_id;
    } else if (kind == ACT_EDIT_ORGANISATION || kind == ACT_SET_ORGANISATION_STATE) {
        subject = command->organisation.org_id;
    } else if (kind == ACT_SET_PERSON || kind == ACT_SET_REGISTRY_ROLES || kind == ACT_SET_MEMBER) {
        subject = command->person.user_id;
    } else if (kind == ACT_EDIT_PROJECT) {
        subject = command->project.project_id;
    } else if (kind == ACT_ADD_DOCUMENT || kind == ACT_REMOVE_DOCUMENT) {
        subject = command->document.project_id;
    } else if (kind == ACT_DELIVER) {
        subject = command->deliver.order_id;
    } else if (kind == ACT_CLOSE_ACCOUNT) {
        subject = command->account.account_id;
    }
    return id_is(subject, NULL) ? subject : "";
}

void work_id(struct work *work, const char *prefix, char id[ID_SIZE])
{
    must(work->ids != NULL);
    struct id_source *ids = work->ids;
    if (work->at / 1000 < ids->last_ms) {
        /* An act from the past: its ids are of its own time. */
        ids->last_ms = 0;
        ids->last_tail = 0;
    }
    id_make(ids, prefix, work->at, id);
    /* The source knows nothing of what was made before it: by a daemon that ended in this very
     * millisecond, or while the clock, put back, lets the ledger's time stand still. */
    for (;;) {
        char highest[ID_SIZE];
        ledger_id_highest(work->store, id, highest);
        if (store_fault(work->store) || strcmp(highest, id) < 0) {
            return;
        }
        ids->last_tail = tail_of(highest);
        id_make(ids, prefix, work->at, id);
    }
}

bool work_id_given(struct work *work, const char *given, const char *prefix, char id[ID_SIZE])
{
    if (text_empty(given)) {
        work_id(work, prefix, id);
        return true;
    }
    must(id_is(given, prefix));
    must(text_copy(id, ID_SIZE, given));
    return !ledger_id_taken(work->store, id);
}

bool work_record(struct work *work, enum status status, const char *org_id, const char *subject_id,
                 const char *detail)
{
    struct ledger_act act = {.recorded_at = work->recorded_at,
                             /* what is refused for a date of tomorrow happened today */
                             .at = work->at < work->recorded_at ? work->at : work->recorded_at,
                             .program = program_word(work->program),
                             .user_id = work->command->user_id,
                             .org_id = org_id,
                             .command = act_word((enum act_kind)work->command->kind),
                             .subject_id = subject_id,
                             .outcome = status_row(status)->slug,
                             .detail = detail,
                             .event = EVENT_NONE,
                             .other_org_id = ""};
    if (status == STATUS_OK && !work->is_silent) {
        bool is_told = work->event != EVENT_NONE;
        act.event = is_told ? work->event : tells[work->command->kind].event;
        act.is_public = is_told ? work->is_public : tells[work->command->kind].is_public;
        act.other_org_id = work->other_org_id;
    }
    return ledger_act_add(work->store, &act, &work->answer->seq);
}

/* The last four characters of an id as a number. */
static uint32_t tail_of(const char *id)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    must(id_is(id, NULL));
    uint32_t tail = 0;
    for (size_t i = ID_SIZE - 1 - TAIL_CHARS; i < ID_SIZE - 1; i++) {
        tail = tail * 32 + (uint32_t)(strchr(alphabet, id[i]) - alphabet);
    }
    return tail;
}
