/* api/beneficiary.c: see api/beneficiary.h. */
#include "api/beneficiary.h"

#include "api/act.h"
#include "api/api.h"
#include "api/body.h"
#include "api/list.h"
#include "api/party.h"
#include "base/must.h"
#include "base/text.h"
#include "gate/person_admin.h"
#include "store/api_beneficiaries.h"
#include "store/people_beneficiary.h"

#define DOMAIN "beneficiary_domain"
#define EMAIL "beneficiary_email"

static const char *const type_words[] = {"CreateOrganizationBeneficiary",
                                         "CreateIndividualBeneficiary", NULL};
enum { TYPE_ORGANISATION, TYPE_INDIVIDUAL };

enum { M_TYPE, M_NAME, M_DOMAIN, M_EMAIL };
static const struct member members[] = {
    [M_TYPE] = {.name = "__typename", .kind = MEMBER_WORD, .optional = true, .words = type_words},
    [M_NAME] = {.name = "beneficiary_name",
                .kind = MEMBER_TEXT,
                .least = 1,
                .chars_max = NOTE_CHARS_MAX},
    [M_DOMAIN] = {.name = DOMAIN,
                  .kind = MEMBER_TEXT,
                  .optional = true,
                  .least = 1,
                  .chars_max = DOMAIN_SIZE - 1},
    [M_EMAIL] = {.name = EMAIL,
                 .kind = MEMBER_TEXT,
                 .optional = true,
                 .least = 1,
                 .chars_max = EMAIL_SIZE - 2},
};
static const struct members table = {members, sizeof(members) / sizeof(members[0])};

static const struct fault_places places = {
    .member = {[FIELD_NAME] = "beneficiary_name", [FIELD_DOMAIN] = DOMAIN}};

static void fault_at(struct visit *visit, const char *member, const char *type, const char *msg)
{
    struct loc body = loc_of("body");
    struct loc loc = member == NULL ? body : loc_member(&body, member);
    fault_add(visit->faults, &loc, type, msg, NULL);
}

/* One of the two bodies of the contract, told apart by what they hold. */
static enum status read_body(struct visit *visit, struct command_beneficiary *body,
                             const char **email)
{
    struct row row;
    enum status status = body_read(visit, &table, &row);
    if (status != STATUS_OK) {
        return status;
    }
    const struct value *values = row.values;
    if (values[M_DOMAIN].is_given == values[M_EMAIL].is_given) {
        fault_at(visit, NULL, "one-of", "Send either " DOMAIN " or " EMAIL ", and not both.");
        return STATUS_FORM_FAULTS;
    }
    body->is_individual = values[M_EMAIL].is_given;
    if (values[M_TYPE].is_given &&
        (values[M_TYPE].number == TYPE_INDIVIDUAL) != body->is_individual) {
        fault_at(visit, "__typename", "one-of", "This is the name of the other kind of body.");
    }
    must(TEXT_COPY(body->name, values[M_NAME].text));
    if (body->is_individual) {
        *email = text_lower(visit->arena, values[M_EMAIL].text);
    } else if (!TEXT_COPY(body->domain, text_lower(visit->arena, values[M_DOMAIN].text))) {
        act_fault(visit, DOMAIN, STATUS_VALUE_REFUSED); /* fits by its characters, not its bytes */
    }
    if (body->is_individual && !person_admin_email_is(*email)) {
        fault_at(visit, EMAIL, "email", "Send an e-mail address such as ada@example.org.");
    }
    return visit->faults->count > 0 ? STATUS_FORM_FAULTS : STATUS_OK;
}

/* Whoever the address belongs to already; OK with *org_id "" when it is nobody's. */
static enum status find_known(struct visit *visit, const struct command_beneficiary *body,
                              const char *email, const char **org_id)
{
    struct api_party known;
    *org_id = beneficiary_by_email(visit->people, visit->arena, visit->org_id, email);
    if (!text_empty(*org_id) &&
        (!api_beneficiary_find(visit->registry, visit->arena, visit->org_id, *org_id, &known) ||
         !text_is(known.name, body->name))) {
        fault_at(visit, EMAIL, status_row(STATUS_EXISTS)->slug,
                 "This address belongs to a beneficiary of another name.");
        return STATUS_FORM_FAULTS;
    }
    return STATUS_OK;
}

/* The key belongs to the whole body, of which the ledger does not know the address: whoever it gave
 * must be kept with this one. *is_kept: false when no address is kept. */
static enum status check_email(struct visit *visit, struct answer *answer, const char *email,
                               bool *is_kept)
{
    const char *kept = beneficiary_email(visit->people, visit->arena, answer->id);
    *is_kept = !text_empty(kept);
    if (*is_kept && !text_is(kept, email)) {
        answer->status = STATUS_KEY_REUSED;
        return fault_of_answer(visit, &places, answer);
    }
    return STATUS_OK;
}

/* A used key is asked first: the ledger tells whether it belongs to this name, and whoever it gave,
 * whether it belongs to this address. *org_id "": the request goes on as a new one, because the key
 * is new, or because the first answer was lost before the address was kept. */
static enum status find_by_key(struct visit *visit, const struct command *command,
                               const char *email, const char **org_id)
{
    struct answer answer;
    bool is_kept = false;
    *org_id = "";
    if (!act_key_is_used(visit)) {
        return STATUS_OK;
    }
    enum status status = act_ask(visit, &places, command, &answer);
    if (status == STATUS_OK) {
        status = check_email(visit, &answer, email, &is_kept);
    }
    if (status == STATUS_OK && is_kept) {
        *org_id = arena_text(visit->arena, answer.id);
    }
    return status;
}

/* Whoever is known is found by an act nevertheless, which keeps the key and refuses a used one.
 * Without a key there is nothing to keep. */
static enum status find_again(struct visit *visit, struct command *command, const char *email,
                              const char *known_id)
{
    struct answer answer;
    if (text_empty(visit->request->idempotency_key)) {
        return STATUS_OK;
    }
    must(TEXT_COPY(command->beneficiary.beneficiary_id, known_id));
    enum status status = act_ask(visit, &places, command, &answer);
    if (status == STATUS_OK) {
        /* An answer without an address was lost, and its repeat overtaken under another key. */
        bool is_kept;
        status = check_email(visit, &answer, email, &is_kept);
    }
    return status;
}

/* Keeps the address of a beneficiary that was just named, or asked for again. */
static enum status keep_email(struct visit *visit, struct answer *answer, const char *email)
{
    bool is_kept;
    enum status status = check_email(visit, answer, email, &is_kept);
    if (status == STATUS_OK && !is_kept &&
        !beneficiary_add_email(visit->people, answer->id, email, visit->org_id, visit->now_us)) {
        status = STATUS_FAULT;
    }
    return status;
}

/* The act and the address in one transaction of people.db, so that an address names one beneficiary
 * even when it is sent twice at once. */
static enum status name_individual(struct visit *visit, struct command *command, const char *email,
                                   const char **org_id)
{
    struct answer answer;
    if (!store_begin_write(visit->people)) {
        return STATUS_BUSY;
    }
    /* Who had the lock may have named this very one: what was seen before is over. */
    store_rollback(visit->registry);
    enum status status = find_by_key(visit, command, email, org_id);
    if (status != STATUS_OK || !text_empty(*org_id)) {
        store_rollback(visit->people);
        return status;
    }
    status = find_known(visit, &command->beneficiary, email, org_id);
    if (status != STATUS_OK || !text_empty(*org_id)) {
        if (status == STATUS_OK) {
            status = find_again(visit, command, email, *org_id);
        }
        store_rollback(visit->people);
        return status;
    }
    status = act_ask(visit, &places, command, &answer);
    if (status == STATUS_OK) {
        status = keep_email(visit, &answer, email);
    }
    if (status == STATUS_OK && !store_commit(visit->people)) {
        status = STATUS_ANSWER_LOST; /* named, but its address is not kept: a repeat mends it */
    }
    *org_id = status == STATUS_OK ? arena_text(visit->arena, answer.id) : "";
    return status;
}

static enum status name_organisation(struct visit *visit, const struct command *command,
                                     const char **org_id)
{
    struct answer answer;
    enum status status = act_ask(visit, &places, command, &answer);
    *org_id = status == STATUS_OK ? arena_text(visit->arena, answer.id) : "";
    return status;
}

enum status beneficiary_post(struct visit *visit, struct response *response)
{
    const char *email = "";
    const char *org_id = "";
    struct command *command = act_command(visit, ACT_OPEN_BENEFICIARY);
    must(TEXT_COPY(command->beneficiary.org_id, visit->org_id));
    enum status status = read_body(visit, &command->beneficiary, &email);
    if (status == STATUS_OK) {
        status = command->beneficiary.is_individual
                     ? name_individual(visit, command, email, &org_id)
                     : name_organisation(visit, command, &org_id);
    }
    struct api_party party;
    if (status == STATUS_OK &&
        !api_beneficiary_find(visit->registry, visit->arena, visit->org_id, org_id, &party)) {
        status = STATUS_FAULT; /* it is there: the registry cannot be read */
    }
    if (status == STATUS_OK) {
        struct json json = api_answer(visit, response);
        party_write(&json, NULL, &party);
    }
    return status;
}

static bool write_row(struct json *json, struct visit *visit, const char *id, struct page_end *end)
{
    struct api_party party;
    bool is_found = api_beneficiary_find(visit->registry, visit->arena, visit->org_id, id, &party);
    if (is_found) {
        party_write(json, NULL, &party);
        end->text = party.name;
    }
    return is_found;
}

enum status beneficiaries_get(struct visit *visit, struct response *response)
{
    static const struct query_form form = {.list = "beneficiaries", .is_paged = true};
    struct list list = {.form = &form, .subject = visit->org_id, .write = write_row};
    enum status status = query_read(visit, list.form, list.subject, NULL, &list.ask);
    if (status == STATUS_OK) {
        list.page = api_beneficiaries(visit->registry, visit->arena, visit->org_id, &list.ask);
        list.total_count = api_beneficiaries_count(visit->registry, visit->org_id);
        list_write(visit, response, &list);
    }
    return status;
}
