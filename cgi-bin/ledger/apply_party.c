/* ledger/apply_party.c: organisations, people and their roles. See ledger/work.h. */
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "ledger/work.h"
#include "store/ledger_records.h"

static bool open_accounts(struct work *work, const char *org_id, enum org_kind kind);
static bool is_above(const struct work *work);
static enum status right_for_person(struct work *work, const struct ledger_person *person,
                                    const char *program_org_id);

enum status apply_organisation(struct work *work)
{
    const struct command_organisation *body = &work->command->organisation;
    enum status status = right_in_registry(work);
    if (status != STATUS_OK) {
        return status;
    }
    bool is_new = work->command->kind == ACT_OPEN_ORGANISATION;
    const char *but = is_new ? NULL : body->org_id;
    struct organisation_facts facts = {
        .is_new = is_new,
        .name_taken = ledger_org_name_taken(work->store, body->name, but),
        .domain_taken = ledger_org_domain_taken(work->store, body->domain, but)};
    if (!is_new) {
        facts.org = ledger_org_read(work->store, work->arena, body->org_id);
    }
    status = decide_organisation(&facts, body, work->answer);
    if (status != STATUS_OK) {
        return status;
    }
    char org_id[ID_SIZE] = "";
    char supplier_id[ID_SIZE] = "";
    bool needs_supplier_id = body->is_supplier && !facts.org.is_supplier;
    if ((is_new && !check_given_id(work, body->org_id, "org")) ||
        (needs_supplier_id && !check_given_id(work, body->supplier_id, "spl"))) {
        return refuse(work->answer, STATUS_VALUE_REFUSED, FIELD_NONE);
    }
    if ((is_new && !work_id_given(work, body->org_id, "org", org_id)) ||
        (needs_supplier_id && !work_id_given(work, body->supplier_id, "spl", supplier_id))) {
        return refuse(work->answer, STATUS_EXISTS, FIELD_NONE);
    }
    must(TEXT_COPY(work->answer->id, is_new ? org_id : body->org_id));
    work_for(work, work->answer->id);
    work->detail =
        arena_printf(work->arena, text_empty(body->domain) ? "%s%s%s" : "%s (%s)%s", body->name,
                     body->domain, needs_supplier_id ? ", a supplier from now on" : "");
    struct ledger_org_words words = {.org_id = work->answer->id,
                                     .supplier_id = supplier_id,
                                     .name = body->name,
                                     .domain = body->domain,
                                     .country = body->country,
                                     .description = body->description,
                                     .origin = body->origin,
                                     .kind = is_new ? (enum org_kind)body->kind : facts.org.kind,
                                     .is_demo = body->is_demo,
                                     .short_description = body->short_description,
                                     .place = body->place,
                                     .location = body->location};
    bool good = is_new ? ledger_org_add(work->store, &words, work->at) &&
                             open_accounts(work, words.org_id, words.kind)
                       : ledger_org_edit(work->store, &words);
    return good ? STATUS_OK : STATUS_FAULT;
}

enum status apply_organisation_state(struct work *work)
{
    const struct command_organisation *body = &work->command->organisation;
    work_for(work, body->org_id);
    enum status status = right_in_registry(work);
    if (status != STATUS_OK) {
        return status;
    }
    struct organisation_facts facts = {.org =
                                           ledger_org_read(work->store, work->arena, body->org_id)};
    if (body->state == ORG_CLOSED) {
        ledger_org_left(work->store, body->org_id, &facts.left_units, &facts.left_waiting);
    }
    status = decide_organisation_state(&facts, body, work->answer);
    if (status != STATUS_OK) {
        return status;
    }
    must(TEXT_COPY(work->answer->id, body->org_id));
    const char *state = org_state_word((enum org_state)body->state);
    work->detail =
        text_empty(body->reason)
            ? arena_printf(work->arena, "%s is %s", facts.org.name, state)
            : arena_printf(work->arena, "%s is %s: %s", facts.org.name, state, body->reason);
    return ledger_org_set_state(work->store, body->org_id, (enum org_state)body->state)
               ? STATUS_OK
               : STATUS_FAULT;
}

/* Making a colleague known gives no rights, so the manager of any organisation may; programs are
 * their organisation's own; the rest is the administrator's. */
enum status apply_person(struct work *work)
{
    const struct command_person *body = &work->command->person;
    struct person_facts facts = {.person = ledger_person_read(work->store, body->user_id)};
    bool is_new_program = !facts.person.found && body->is_program;
    const char *program_org_id = is_new_program ? body->org_id : facts.person.program_org_id;
    enum status status = right_for_person(work, &facts.person, program_org_id);
    if (status != STATUS_OK) {
        return status;
    }
    if (is_new_program) {
        facts.org = ledger_org_read(work->store, work->arena, program_org_id);
    }
    facts.is_last = !ledger_other_administrator_is(work->store, body->user_id);
    status = decide_person(&facts, body, work->answer);
    if (status != STATUS_OK) {
        return status;
    }
    must(TEXT_COPY(work->answer->id, body->user_id));
    work->detail = body->deactivated    ? "deactivated"
                   : facts.person.found ? "active"
                   : is_new_program     ? "a program, made known"
                                        : "made known";
    return ledger_person_set(work->store, body->user_id, !body->deactivated, work->command->user_id,
                             is_new_program ? program_org_id : "", work->at)
               ? STATUS_OK
               : STATUS_FAULT;
}

enum status apply_registry_roles(struct work *work)
{
    const struct command_person *body = &work->command->person;
    enum status status = right_in_registry(work);
    if (status != STATUS_OK) {
        return status;
    }
    struct person_facts facts = {
        .person = ledger_person_read(work->store, body->user_id),
        .is_last = !ledger_other_administrator_is(work->store, body->user_id),
    };
    status = decide_registry_roles(&facts, body, work->answer);
    if (status != STATUS_OK) {
        return status;
    }
    must(TEXT_COPY(work->answer->id, body->user_id));
    static const char *const words[] = {"no role", "administrator", "auditor",
                                        "administrator and auditor"};
    work->detail = words[body->roles];
    bool is_set = ledger_registry_roles_set(work->store, body->user_id, body->roles);
    return is_set ? STATUS_OK : STATUS_FAULT;
}

enum status apply_member(struct work *work)
{
    const struct command_person *body = &work->command->person;
    work_for(work, body->org_id);
    enum status status = right_for_org(work, body->org_id, ROLE_MANAGER, true);
    if (status != STATUS_OK) {
        return status;
    }
    struct person_facts facts = {
        .person = ledger_person_read(work->store, body->user_id),
        .org = ledger_org_read(work->store, work->arena, body->org_id),
        .old_roles = ledger_roles_read(work->store, body->org_id, body->user_id),
        .is_last = !ledger_other_manager_is(work->store, body->org_id, body->user_id),
        .is_above = is_above(work)};
    status = decide_member(&facts, body, work->answer);
    if (status != STATUS_OK) {
        return status;
    }
    must(TEXT_COPY(work->answer->id, body->user_id));
    work->detail = arena_printf(work->arena, "in %s:%s%s%s%s%s", facts.org.name,
                                body->roles == 0 ? " no role" : "",
                                (body->roles & ROLE_VIEWER) != 0 ? " viewer" : "",
                                (body->roles & ROLE_INITIATOR) != 0 ? " initiator" : "",
                                (body->roles & ROLE_APPROVER) != 0 ? " approver" : "",
                                (body->roles & ROLE_MANAGER) != 0 ? " manager" : "");
    return ledger_member_set(work->store, body->org_id, body->user_id, body->roles, work->at)
               ? STATUS_OK
               : STATUS_FAULT;
}

static bool is_named(const struct ledger_beneficiary *named, const struct command_beneficiary *body)
{
    return named->found && text_is(named->org_id, body->org_id) && text_is(named->name, body->name);
}

enum status apply_beneficiary(struct work *work)
{
    const struct command_beneficiary *body = &work->command->beneficiary;
    work_for(work, body->org_id);
    enum status status = right_for_org(work, body->org_id, ROLE_INITIATOR, false);
    if (status != STATUS_OK) {
        return status;
    }
    struct beneficiary_facts facts = {.org =
                                          ledger_org_read(work->store, work->arena, body->org_id)};
    if (!text_empty(body->domain)) {
        facts.known = ledger_org_of_domain(work->store, work->arena, body->domain);
        facts.named =
            ledger_beneficiary_of_domain(work->store, work->arena, body->org_id, body->domain);
    }
    bool is_known =
        work->program != PROGRAM_TALLY && body->is_individual && !text_empty(body->beneficiary_id);
    if (is_known) {
        facts.named = ledger_beneficiary_read(work->store, work->arena, body->beneficiary_id);
    }
    status = decide_beneficiary(&facts, body, work->answer);
    if (status != STATUS_OK) {
        return status;
    }
    if (is_known ? !is_named(&facts.named, body)
                 : !check_given_id(work, body->beneficiary_id, "org")) {
        return refuse(work->answer, STATUS_VALUE_REFUSED, FIELD_NONE);
    }
    if (facts.known.found || facts.named.found) {
        must(TEXT_COPY(work->answer->id,
                       facts.known.found ? facts.known.org_id : facts.named.beneficiary_id));
        work->is_silent = true;
        work->detail = arena_printf(work->arena, "%s, known as %s", body->name,
                                    facts.known.found ? facts.known.name : facts.named.name);
        return STATUS_OK;
    }
    if (!work_id_given(work, body->beneficiary_id, "org", work->answer->id)) {
        return refuse(work->answer, STATUS_EXISTS, FIELD_NONE);
    }
    work->answer->count = 1;
    work->detail = arena_text(work->arena, body->name);
    struct ledger_new_beneficiary beneficiary = {
        .beneficiary_id = work->answer->id,
        .org_id = body->org_id,
        .name = body->name,
        .domain = body->domain,
        .named_by = work->command->user_id,
        .is_individual = body->is_individual,
        .at = work->at,
    };
    return ledger_beneficiary_add(work->store, &beneficiary) ? STATUS_OK : STATUS_FAULT;
}

static enum status right_for_person(struct work *work, const struct ledger_person *person,
                                    const char *program_org_id)
{
    const struct command_person *body = &work->command->person;
    if (right_in_registry(work) == STATUS_OK) {
        work_for(work, program_org_id);
        return STATUS_OK;
    }
    if (!text_empty(program_org_id)) {
        work_for(work, program_org_id);
        return right_for_org(work, program_org_id, ROLE_MANAGER, false);
    }
    bool makes_known = !person->found && !body->deactivated;
    bool is_auditor = (work->person.registry_roles & REGISTRY_AUDITOR) != 0;
    bool may = makes_known && !is_auditor &&
               ledger_manager_somewhere_is(work->store, work->command->user_id);
    return may ? STATUS_OK : STATUS_NOT_ALLOWED;
}

static bool open_accounts(struct work *work, const char *org_id, enum org_kind kind)
{
    static const struct {
        const char *name;
        enum account_kind kind;
    } accounts[] = {
        {"Main", ACCOUNT_ACTIVE}, {"Retirement", ACCOUNT_RETIREMENT}, {"Reserve", ACCOUNT_RESERVE}};
    size_t count = kind == ORG_BUFFER ? 3 : 2;
    for (size_t i = 0; i < count; i++) {
        char account_id[ID_SIZE];
        work_id(work, "acc", account_id);
        if (!ledger_account_add(work->store, account_id, org_id, accounts[i].name, accounts[i].kind,
                                i == 0, work->at)) {
            return false;
        }
    }
    return true;
}

static bool is_above(const struct work *work)
{
    return work->is_operator || (work->person.registry_roles & REGISTRY_ADMINISTRATOR) != 0;
}
