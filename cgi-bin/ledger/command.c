/* ledger/command.c: see ledger/command.h. Words, which program may send what, the fingerprint. */
#include "ledger/command.h"

#include <string.h>

#include "base/must.h"
#include "base/text.h"

#define BIT(program) (1U << (program))
#define BY_ADMIN (BIT(PROGRAM_ADMIN) | BIT(PROGRAM_TALLY))
#define BY_ACCOUNT (BIT(PROGRAM_ACCOUNT) | BIT(PROGRAM_TALLY))
#define BY_PARTY (BY_ACCOUNT | BIT(PROGRAM_API))

/* One row an act: its word and the programs that may send it. */
struct act_row {
    const char *word;
    unsigned programs;
};

static const struct act_row acts[ACT__COUNT] = {
    [ACT_NONE] = {"none", 0},
    [ACT_OPEN_ORGANISATION] = {"open-organisation", BY_ADMIN},
    [ACT_EDIT_ORGANISATION] = {"edit-organisation", BY_ADMIN},
    [ACT_SET_ORGANISATION_STATE] = {"set-organisation-state", BY_ADMIN},
    /* a manager makes a colleague known before giving roles; everything else about persons is the
       administrator's */
    [ACT_SET_PERSON] = {"set-person", BY_ADMIN | BY_ACCOUNT},
    [ACT_SET_REGISTRY_ROLES] = {"set-registry-roles", BY_ADMIN},
    [ACT_OPEN_PROJECT] = {"open-project", BY_ADMIN},
    [ACT_EDIT_PROJECT] = {"edit-project", BY_ADMIN},
    [ACT_ISSUE] = {"issue", BY_ADMIN},
    [ACT_ORDER] = {"order", BY_ADMIN | BY_ACCOUNT},
    [ACT_DELIVER] = {"deliver", BY_ADMIN | BY_PARTY},
    [ACT_REGISTRY_APPROVE] = {"registry-approve", BY_ADMIN},
    [ACT_REGISTRY_REFUSE] = {"registry-refuse", BY_ADMIN},
    [ACT_CANCEL] = {"cancel", BY_ADMIN},
    [ACT_COMPLETE_EXPORT] = {"complete-export", BY_ADMIN},
    [ACT_REJECT_EXPORT] = {"reject-export", BY_ADMIN},
    [ACT_REDACT_NOTE] = {"redact-note", BY_ADMIN},
    [ACT_FREEZE] = {"freeze", BY_ADMIN},
    [ACT_SET_SETTINGS] = {"set-settings", BY_ADMIN},
    [ACT_EXPIRE] = {"expire", BIT(PROGRAM_LEDGER) | BIT(PROGRAM_TALLY)},
    [ACT_TRANSFER] = {"transfer", BY_PARTY},
    [ACT_APPROVE] = {"approve", BY_PARTY},
    [ACT_REFUSE] = {"refuse", BY_PARTY},
    [ACT_ACCEPT] = {"accept", BY_PARTY},
    [ACT_REJECT] = {"reject", BY_PARTY},
    [ACT_WITHDRAW] = {"withdraw", BY_PARTY},
    [ACT_RETIRE] = {"retire", BY_PARTY},
    [ACT_SET_POLICY] = {"set-policy", BY_ACCOUNT},
    [ACT_TRUST] = {"trust", BY_ACCOUNT},
    [ACT_OPEN_ACCOUNT] = {"open-account", BY_ACCOUNT},
    [ACT_CLOSE_ACCOUNT] = {"close-account", BY_ACCOUNT},
    [ACT_SET_MEMBER] = {"set-member", BY_ADMIN | BY_ACCOUNT},
    [ACT_OPEN_BENEFICIARY] = {"open-beneficiary", BY_PARTY},
    [ACT_REFUND] = {"refund", BY_ADMIN | BY_ACCOUNT},
    [ACT_CANCEL_UNITS] = {"cancel-units", BY_ADMIN},
    [ACT_ADD_DOCUMENT] = {"add-document", BY_ADMIN},
    [ACT_REMOVE_DOCUMENT] = {"remove-document", BY_ADMIN},
    [ACT_REDACT_BENEFICIARY] = {"redact-beneficiary", BY_ADMIN},
};

static const char *const program_words[PROGRAM__COUNT] = {
    [PROGRAM_NONE] = "none",       [PROGRAM_PUBLIC] = "public", [PROGRAM_SIGNIN] = "signin",
    [PROGRAM_ACCOUNT] = "account", [PROGRAM_ADMIN] = "admin",   [PROGRAM_API] = "api",
    [PROGRAM_TALLY] = "tally",     [PROGRAM_LEDGER] = "ledger",
};

static void add_body(struct digest_feed *feed, const struct command *command);
static void add_small_body(struct digest_feed *feed, const struct command *command);
static void add_organisation(struct digest_feed *feed, const struct command_organisation *body);
static void add_person(struct digest_feed *feed, const struct command_person *body);
static void add_project(struct digest_feed *feed, const struct command_project *body);
static void add_document(struct digest_feed *feed, const struct command_document *body);
static void add_location(struct digest_feed *feed, const struct location *location);
static void add_issue(struct digest_feed *feed, const struct command_issue *body);
static void add_order(struct digest_feed *feed, const struct command_order *body);
static void add_deliver(struct digest_feed *feed, const struct command_deliver *body);
static void add_transfer(struct digest_feed *feed, const struct command_transfer *body);
static void add_decide(struct digest_feed *feed, const struct command_decide *body);
static void add_retire(struct digest_feed *feed, const struct command_retire *body);
static void add_beneficiary(struct digest_feed *feed, const struct command_beneficiary *body);
static void add_pool(struct digest_feed *feed, const struct command_pool *body);
static void add_account(struct digest_feed *feed, const struct command_account *body);
static void add_policy(struct digest_feed *feed, const struct command_policy *body);
static void add_trust(struct digest_feed *feed, const struct command_trust *body);
static void add_setting(struct digest_feed *feed, const struct command_setting *body);
static void add_lines(struct digest_feed *feed, const struct command_line *lines, uint32_t count);

const char *act_word(enum act_kind kind)
{
    must(kind < ACT__COUNT && acts[kind].word != NULL);
    return acts[kind].word;
}

const char *program_word(enum asker program)
{
    must(program < PROGRAM__COUNT && program_words[program] != NULL);
    return program_words[program];
}

bool program_may(enum asker program, enum act_kind kind)
{
    if (program >= PROGRAM__COUNT || kind >= ACT__COUNT) {
        return false;
    }
    return (acts[kind].programs & BIT(program)) != 0;
}

struct command command_of(enum act_kind kind, const char *user_id, const char *key)
{
    struct command command;
    memset(&command, 0, sizeof(command));
    command.version = COMMAND_VERSION;
    command.kind = kind;
    must(TEXT_COPY(command.user_id, user_id));
    must(TEXT_COPY(command.key, key));
    return command;
}

struct digest command_fingerprint(const struct command *command)
{
    must(command->kind < ACT__COUNT);
    struct digest_feed feed;
    digest_begin(&feed);
    digest_add_int(&feed, command->kind);
    digest_add_text(&feed, command->user_id);
    add_body(&feed, command);
    return digest_end(&feed);
}

static void add_body(struct digest_feed *feed, const struct command *command)
{
    switch ((enum act_kind)command->kind) {
    case ACT_OPEN_ORGANISATION:
    case ACT_EDIT_ORGANISATION:
    case ACT_SET_ORGANISATION_STATE:
        add_organisation(feed, &command->organisation);
        break;
    case ACT_SET_PERSON:
    case ACT_SET_REGISTRY_ROLES:
    case ACT_SET_MEMBER:
        add_person(feed, &command->person);
        break;
    case ACT_OPEN_PROJECT:
    case ACT_EDIT_PROJECT:
        add_project(feed, &command->project);
        break;
    case ACT_ISSUE:
        add_issue(feed, &command->issue);
        break;
    case ACT_ORDER:
        add_order(feed, &command->order);
        break;
    case ACT_DELIVER:
        add_deliver(feed, &command->deliver);
        break;
    case ACT_TRANSFER:
        add_transfer(feed, &command->transfer);
        break;
    case ACT_REGISTRY_APPROVE:
    case ACT_REGISTRY_REFUSE:
    case ACT_CANCEL:
    case ACT_COMPLETE_EXPORT:
    case ACT_REJECT_EXPORT:
    case ACT_REDACT_NOTE:
    case ACT_REDACT_BENEFICIARY:
    case ACT_APPROVE:
    case ACT_REFUSE:
    case ACT_ACCEPT:
    case ACT_REJECT:
    case ACT_WITHDRAW:
        add_decide(feed, &command->decide);
        break;
    case ACT_RETIRE:
        add_retire(feed, &command->retire);
        break;
    case ACT_OPEN_BENEFICIARY:
        add_beneficiary(feed, &command->beneficiary);
        break;
    case ACT_REFUND:
    case ACT_CANCEL_UNITS:
        add_pool(feed, &command->pool);
        break;
    case ACT_SET_POLICY:
    case ACT_TRUST:
    case ACT_OPEN_ACCOUNT:
    case ACT_CLOSE_ACCOUNT:
    case ACT_FREEZE:
    case ACT_SET_SETTINGS:
    case ACT_ADD_DOCUMENT:
    case ACT_REMOVE_DOCUMENT:
        add_small_body(feed, command);
        break;
    case ACT_EXPIRE:
    case ACT_NONE:
    case ACT__COUNT:
        break;
    }
}

/* The acts on what has no units. */
static void add_small_body(struct digest_feed *feed, const struct command *command)
{
    enum act_kind kind = (enum act_kind)command->kind;
    if (kind == ACT_SET_POLICY) {
        add_policy(feed, &command->policy);
    } else if (kind == ACT_TRUST) {
        add_trust(feed, &command->trust);
    } else if (kind == ACT_OPEN_ACCOUNT || kind == ACT_CLOSE_ACCOUNT) {
        add_account(feed, &command->account);
    } else if (kind == ACT_ADD_DOCUMENT || kind == ACT_REMOVE_DOCUMENT) {
        add_document(feed, &command->document);
    } else {
        must(kind == ACT_FREEZE || kind == ACT_SET_SETTINGS);
        add_setting(feed, &command->setting);
    }
}

static void add_organisation(struct digest_feed *feed, const struct command_organisation *body)
{
    digest_add_text(feed, body->org_id);
    digest_add_text(feed, body->supplier_id);
    digest_add_text(feed, body->name);
    digest_add_text(feed, body->domain);
    digest_add_text(feed, body->country);
    digest_add_text(feed, body->description);
    digest_add_text(feed, body->origin);
    digest_add_int(feed, body->is_supplier);
    digest_add_int(feed, body->is_demo);
    digest_add_int(feed, body->kind);
    digest_add_int(feed, body->state);
    digest_add_text(feed, body->reason);
    /* What version 2 did not have is only fed where it says something: kept fingerprints go on. */
    if (body->short_description[0] != '\0' || body->place[0] != '\0') {
        digest_add_text(feed, body->short_description);
        digest_add_text(feed, body->place);
    }
    add_location(feed, &body->location);
}

static void add_person(struct digest_feed *feed, const struct command_person *body)
{
    digest_add_text(feed, body->user_id);
    digest_add_text(feed, body->org_id);
    digest_add_int(feed, body->roles);
    digest_add_int(feed, body->deactivated);
    /* What version 1 did not have is only fed where it says something: kept fingerprints go on. */
    if (body->is_program) {
        digest_add_int(feed, body->is_program);
    }
}

static void add_account(struct digest_feed *feed, const struct command_account *body)
{
    digest_add_text(feed, body->account_id);
    digest_add_text(feed, body->org_id);
    digest_add_text(feed, body->name);
    digest_add_int(feed, body->kind);
}

static void add_project(struct digest_feed *feed, const struct command_project *body)
{
    digest_add_text(feed, body->project_id);
    digest_add_text(feed, body->org_id);
    digest_add_text(feed, body->name);
    digest_add_text(feed, body->short_code);
    digest_add_int(feed, body->instrument);
    digest_add_text(feed, body->pathway);
    digest_add_text(feed, body->pathway_code);
    digest_add_text(feed, body->protocol);
    digest_add_text(feed, body->country);
    digest_add_text(feed, body->place);
    digest_add_text(feed, body->status);
    digest_add_text(feed, body->validator);
    digest_add_text(feed, body->verifier);
    digest_add_text(feed, body->crediting_start);
    digest_add_text(feed, body->crediting_end);
    digest_add_text(feed, body->description);
    digest_add_text(feed, body->web);
    digest_add_text(feed, body->origin);
    add_location(feed, &body->location);
    if (body->ccp_approved) {
        digest_add_int(feed, body->ccp_approved);
    }
}

static void add_location(struct digest_feed *feed, const struct location *location)
{
    if (location->is_known) {
        digest_add_int(feed, location->latitude_udeg);
        digest_add_int(feed, location->longitude_udeg);
    }
}

static void add_document(struct digest_feed *feed, const struct command_document *body)
{
    digest_add_text(feed, body->document_id);
    digest_add_text(feed, body->project_id);
    digest_add_text(feed, body->name);
    digest_add_text(feed, body->url);
    digest_add_int(feed, body->kind);
    digest_add_text(feed, body->dated);
}

static void add_issue(struct digest_feed *feed, const struct command_issue *body)
{
    digest_add_text(feed, body->issuance_id);
    digest_add_text(feed, body->project_id);
    digest_add_int(feed, body->vintage);
    digest_add_int(feed, body->imported);
    digest_add_int(feed, body->supplier_units);
    digest_add_int(feed, body->buffer_units);
    digest_add_text(feed, body->to_org_id);
    digest_add_text(feed, body->reporting_start);
    digest_add_text(feed, body->reporting_end);
    digest_add_text(feed, body->notes);
    digest_add_text(feed, body->origin);
}

static void add_order(struct digest_feed *feed, const struct command_order *body)
{
    digest_add_text(feed, body->order_id);
    digest_add_text(feed, body->supplier_org_id);
    digest_add_text(feed, body->buyer_org_id);
    digest_add_int(feed, body->units);
    digest_add_text(feed, body->contract_date);
    digest_add_text(feed, body->notes);
    digest_add_text(feed, body->origin);
    /* Version 2 had none: what it kept for orders of credits goes on. */
    if (body->instrument != INSTRUMENT_CARBON_REMOVAL) {
        digest_add_int(feed, body->instrument);
    }
}

static void add_deliver(struct digest_feed *feed, const struct command_deliver *body)
{
    digest_add_text(feed, body->delivery_id);
    digest_add_text(feed, body->order_id);
    digest_add_text(feed, body->project_id);
    digest_add_int(feed, body->units);
    digest_add_text(feed, body->notes);
    digest_add_text(feed, body->origin);
    add_lines(feed, body->lines, body->line_count);
}

static void add_transfer(struct digest_feed *feed, const struct command_transfer *body)
{
    digest_add_text(feed, body->transfer_id);
    digest_add_int(feed, body->kind);
    digest_add_text(feed, body->from_org_id);
    digest_add_text(feed, body->to_org_id);
    digest_add_text(feed, body->to_account_id);
    digest_add_text(feed, body->to_system);
    digest_add_text(feed, body->to_system_party);
    digest_add_text(feed, body->supplier_org_id);
    digest_add_int(feed, body->instrument);
    digest_add_int(feed, body->units);
    digest_add_text(feed, body->from_account_id);
    digest_add_text(feed, body->notes);
    digest_add_text(feed, body->private_note);
    digest_add_text(feed, body->corrects_id);
    digest_add_text(feed, body->origin);
    add_lines(feed, body->lines, body->line_count);
}

static void add_decide(struct digest_feed *feed, const struct command_decide *body)
{
    digest_add_text(feed, body->transfer_id);
    digest_add_text(feed, body->account_id);
    digest_add_text(feed, body->reason);
}

static void add_retire(struct digest_feed *feed, const struct command_retire *body)
{
    digest_add_text(feed, body->retirement_id);
    digest_add_text(feed, body->org_id);
    digest_add_text(feed, body->beneficiary_org_id);
    digest_add_text(feed, body->beneficiary);
    digest_add_int(feed, body->purposes);
    digest_add_text(feed, body->supplier_org_id);
    digest_add_text(feed, body->project_id);
    digest_add_int(feed, body->units);
    digest_add_text(feed, body->notes);
    digest_add_text(feed, body->origin);
    add_lines(feed, body->lines, body->line_count);
    if (body->vintage != 0 || body->order_id[0] != '\0') {
        digest_add_int(feed, body->vintage);
        digest_add_text(feed, body->order_id);
    }
    if (body->has_instrument) {
        digest_add_int(feed, body->instrument);
    }
}

static void add_beneficiary(struct digest_feed *feed, const struct command_beneficiary *body)
{
    /* The wish for an individual is the same before and after somebody of that address is known. */
    digest_add_text(feed, body->is_individual ? "" : body->beneficiary_id);
    digest_add_text(feed, body->org_id);
    digest_add_text(feed, body->name);
    digest_add_text(feed, body->domain);
    digest_add_int(feed, body->is_individual);
}

static void add_pool(struct digest_feed *feed, const struct command_pool *body)
{
    digest_add_text(feed, body->pool_id);
    digest_add_text(feed, body->org_id);
    digest_add_text(feed, body->project_id);
    digest_add_int(feed, body->units);
    digest_add_text(feed, body->notes);
    digest_add_text(feed, body->origin);
    add_lines(feed, body->lines, body->line_count);
}

static void add_policy(struct digest_feed *feed, const struct command_policy *body)
{
    digest_add_text(feed, body->org_id);
    digest_add_int(feed, body->incoming);
    digest_add_int(feed, body->two_person);
    digest_add_int(feed, body->two_person_above_units);
}

static void add_trust(struct digest_feed *feed, const struct command_trust *body)
{
    digest_add_text(feed, body->org_id);
    digest_add_text(feed, body->sender_org_id);
    digest_add_int(feed, body->remove);
}

static void add_setting(struct digest_feed *feed, const struct command_setting *body)
{
    digest_add_int(feed, body->frozen);
    digest_add_text(feed, body->text);
    digest_add_text(feed, body->site_name);
    digest_add_text(feed, body->site_url);
    digest_add_int(feed, body->expiry_days);
    digest_add_int(feed, body->registry_approval_units);
}

static void add_lines(struct digest_feed *feed, const struct command_line *lines, uint32_t count)
{
    must(count <= COMMAND_LINES_MAX);
    digest_add_int(feed, count);
    for (uint32_t i = 0; i < count; i++) {
        digest_add_text(feed, lines[i].batch_id);
        digest_add_int(feed, lines[i].units);
    }
}
