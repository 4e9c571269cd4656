/* ledger/apply_house.c: projects, accounts, policies, settings. See ledger/work.h. */
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "ledger/work.h"
#include "store/ledger_documents.h"
#include "store/ledger_records.h"

static struct ledger_project_words project_words(const struct command_project *body,
                                                 const char *project_id);

enum status apply_project(struct work *work)
{
    const struct command_project *body = &work->command->project;
    enum status status = right_in_registry(work);
    if (status != STATUS_OK) {
        return status;
    }
    bool is_new = work->command->kind == ACT_OPEN_PROJECT;
    struct project_facts facts = {
        .supplier = ledger_org_read(work->store, work->arena, body->org_id),
        .is_new = is_new,
        .code_taken = ledger_short_code_taken(work->store, body->short_code,
                                              is_new ? NULL : body->project_id)};
    if (!is_new) {
        facts.project = ledger_project_read(work->store, work->arena, body->project_id);
    }
    work_for(work, facts.supplier.found ? body->org_id : "");
    status = decide_project(&facts, body, work->answer);
    if (status != STATUS_OK) {
        return status;
    }
    char project_id[ID_SIZE];
    if (is_new && !check_given_id(work, body->project_id, "prj")) {
        return refuse(work->answer, STATUS_VALUE_REFUSED, FIELD_NONE);
    }
    if (is_new && !work_id_given(work, body->project_id, "prj", project_id)) {
        return refuse(work->answer, STATUS_EXISTS, FIELD_NONE);
    }
    must(TEXT_COPY(work->answer->id, is_new ? project_id : body->project_id));
    bool is_same = body->ccp_approved == facts.project.ccp_approved;
    const char *label =
        body->ccp_approved ? ", CCP-approved from now on" : ", no longer CCP-approved";
    work->detail = arena_printf(work->arena, "%s (%s)%s; %s", body->name, body->short_code,
                                is_same ? "" : label, body->status);
    struct ledger_project_words words = project_words(body, work->answer->id);
    bool good = is_new ? ledger_project_add(work->store, &words, work->at)
                       : ledger_project_edit(work->store, &words);
    return good ? STATUS_OK : STATUS_FAULT;
}

/* What is told of is the project: whoever follows it looks at its documents again. */
enum status apply_document(struct work *work)
{
    const struct command_document *body = &work->command->document;
    enum act_kind kind = (enum act_kind)work->command->kind;
    enum status status = right_in_registry(work);
    if (status != STATUS_OK) {
        return status;
    }
    struct document_facts facts = {
        .project = ledger_project_read(work->store, work->arena, body->project_id)};
    if (kind == ACT_ADD_DOCUMENT) {
        facts.count = ledger_documents_count(work->store, body->project_id);
        facts.url_taken = ledger_document_url_taken(work->store, body->project_id, body->url);
    } else {
        facts.document = ledger_document_read(work->store, work->arena, body->document_id);
    }
    work_for(work, facts.project.found ? facts.project.org_id : "");
    status = decide_document(&facts, kind, body, work->answer);
    if (status != STATUS_OK) {
        return status;
    }
    must(TEXT_COPY(work->answer->id, body->project_id));
    if (kind == ACT_REMOVE_DOCUMENT) {
        work->detail = arena_printf(work->arena, "%s: %s (%s)", facts.project.name,
                                    facts.document.name, facts.document.url);
        bool is_removed = ledger_document_remove(work->store, body->document_id, work->at);
        return is_removed ? STATUS_OK : STATUS_FAULT;
    }
    char document_id[ID_SIZE];
    if (!check_given_id(work, body->document_id, "pjd")) {
        return refuse(work->answer, STATUS_VALUE_REFUSED, FIELD_NONE);
    }
    if (!work_id_given(work, body->document_id, "pjd", document_id)) {
        return refuse(work->answer, STATUS_EXISTS, FIELD_NONE);
    }
    work->detail =
        arena_printf(work->arena, "%s: %s (%s)", facts.project.name, body->name, body->url);
    struct ledger_new_document document = {.document_id = document_id,
                                           .project_id = body->project_id,
                                           .name = body->name,
                                           .url = body->url,
                                           .kind =
                                               document_kind_word((enum document_kind)body->kind),
                                           .dated = body->dated,
                                           .at = work->at};
    return ledger_document_add(work->store, &document) ? STATUS_OK : STATUS_FAULT;
}

enum status apply_policy(struct work *work)
{
    const struct command_policy *body = &work->command->policy;
    work_for(work, body->org_id);
    enum status status = right_for_org(work, body->org_id, ROLE_MANAGER, false);
    if (status != STATUS_OK) {
        return status;
    }
    struct ledger_org org = ledger_org_read(work->store, work->arena, body->org_id);
    status = decide_policy(&org, body, work->answer);
    if (status != STATUS_OK) {
        return status;
    }
    enum incoming_policy incoming = (enum incoming_policy)body->incoming;
    enum two_person two_person = (enum two_person)body->two_person;
    must(TEXT_COPY(work->answer->id, body->org_id));
    work->detail = arena_printf(
        work->arena, "incoming: %s; two persons: %s%s", incoming_policy_word(incoming),
        two_person_word(two_person),
        two_person == TWO_PERSON_ABOVE
            ? arena_printf(work->arena, " %lld units", (long long)body->two_person_above_units)
            : "");
    return ledger_org_set_policy(work->store, body->org_id, incoming, two_person,
                                 body->two_person_above_units)
               ? STATUS_OK
               : STATUS_FAULT;
}

enum status apply_trust(struct work *work)
{
    const struct command_trust *body = &work->command->trust;
    work_for(work, body->org_id);
    enum status status = right_for_org(work, body->org_id, ROLE_MANAGER, false);
    if (status != STATUS_OK) {
        return status;
    }
    struct ledger_org org = ledger_org_read(work->store, work->arena, body->org_id);
    struct ledger_org sender = ledger_org_read(work->store, work->arena, body->sender_org_id);
    status = decide_trust(&org, &sender, work->answer);
    if (status != STATUS_OK) {
        return status;
    }
    must(TEXT_COPY(work->answer->id, body->sender_org_id));
    work->detail =
        arena_printf(work->arena, "%s %s", body->remove ? "no longer" : "from now on", sender.name);
    bool good = body->remove
                    ? ledger_trust_remove(work->store, body->org_id, body->sender_org_id)
                    : ledger_trust_add(work->store, body->org_id, body->sender_org_id, work->at);
    return good ? STATUS_OK : STATUS_FAULT;
}

enum status apply_open_account(struct work *work)
{
    const struct command_account *body = &work->command->account;
    work_for(work, body->org_id);
    enum status status = right_for_org(work, body->org_id, ROLE_MANAGER, false);
    if (status != STATUS_OK) {
        return status;
    }
    struct account_facts facts = {
        .org = ledger_org_read(work->store, work->arena, body->org_id),
        .name_taken = ledger_account_name_taken(work->store, body->org_id, body->name)};
    status = decide_open_account(&facts, body, work->answer);
    if (status != STATUS_OK) {
        return status;
    }
    if (!check_given_id(work, body->account_id, "acc")) {
        return refuse(work->answer, STATUS_VALUE_REFUSED, FIELD_NONE);
    }
    if (!work_id_given(work, body->account_id, "acc", work->answer->id)) {
        return refuse(work->answer, STATUS_EXISTS, FIELD_NONE);
    }
    work->detail = account_kind_word((enum account_kind)body->kind);
    return ledger_account_add(work->store, work->answer->id, body->org_id, body->name,
                              (enum account_kind)body->kind, false, work->at)
               ? STATUS_OK
               : STATUS_FAULT;
}

enum status apply_close_account(struct work *work)
{
    const struct command_account *body = &work->command->account;
    struct account_facts facts = {
        .account = ledger_account_read(work->store, work->arena, body->account_id)};
    work_for(work, facts.account.org_id);
    enum status status = right_for_org(work, facts.account.org_id, ROLE_MANAGER, false);
    if (status != STATUS_OK) {
        return status;
    }
    facts.units = ledger_account_units(work->store, body->account_id);
    status = decide_close_account(&facts, body, work->answer);
    if (status != STATUS_OK) {
        return status;
    }
    must(TEXT_COPY(work->answer->id, body->account_id));
    return ledger_account_close(work->store, body->account_id) ? STATUS_OK : STATUS_FAULT;
}

enum status apply_freeze(struct work *work)
{
    const struct command_setting *body = &work->command->setting;
    enum status status = right_in_registry(work);
    if (status == STATUS_OK) {
        status = decide_freeze(body, work->answer);
    }
    if (status != STATUS_OK) {
        return status;
    }
    work->event = body->frozen ? EVENT_REGISTRY_FROZEN : EVENT_REGISTRY_THAWED;
    work->is_public = true;
    work->detail =
        body->frozen ? arena_printf(work->arena, "frozen: %s", body->text) : "no longer frozen";
    bool is_set = ledger_freeze_set(work->store, body->frozen, body->text, work->at);
    return is_set ? STATUS_OK : STATUS_FAULT;
}

enum status apply_settings(struct work *work)
{
    const struct command_setting *body = &work->command->setting;
    enum status status = right_in_registry(work);
    if (status == STATUS_OK) {
        status = decide_settings(body, work->answer);
    }
    if (status != STATUS_OK) {
        return status;
    }
    work->detail = arena_printf(
        work->arena, "%s at %s; transfers wait %lld days; the registry approves above %lld units",
        body->site_name, text_empty(body->site_url) ? "no address" : body->site_url,
        (long long)body->expiry_days, (long long)body->registry_approval_units);
    return ledger_settings_set(work->store, body->site_name, body->site_url, body->expiry_days,
                               body->registry_approval_units)
               ? STATUS_OK
               : STATUS_FAULT;
}

static struct ledger_project_words project_words(const struct command_project *body,
                                                 const char *project_id)
{
    return (struct ledger_project_words){.project_id = project_id,
                                         .org_id = body->org_id,
                                         .name = body->name,
                                         .short_code = body->short_code,
                                         .instrument =
                                             instrument_word((enum instrument)body->instrument),
                                         .pathway = body->pathway,
                                         .pathway_code = body->pathway_code,
                                         .protocol = body->protocol,
                                         .country = body->country,
                                         .place = body->place,
                                         .status = body->status,
                                         .validator = body->validator,
                                         .verifier = body->verifier,
                                         .crediting_start = body->crediting_start,
                                         .crediting_end = body->crediting_end,
                                         .description = body->description,
                                         .web = body->web,
                                         .origin = body->origin,
                                         .location = body->location,
                                         .ccp_approved = body->ccp_approved};
}
