/* pages/retire_name.c: naming a beneficiary that is new: an organisation by its domain, or an
 * individual by an e-mail address, which people.db keeps and nobody sees. */
#include "pages/retire.h"

#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "gate/person_admin.h"
#include "ledger/client.h"
#include "pages/desk.h"
#include "store/people_beneficiary.h"

static const char domain_words[] =
    "Enter the domain alone, such as example.org, without https:// and without a path.";

/* What is to be said beside the fields before the ledger is asked. */
static bool is_whole(struct visit *visit, bool is_individual, const char *name,
                     const char *identifier)
{
    if (text_empty(name) && chrome_fault(visit, "name") == NULL) {
        field_fault(&visit->fields, "name", "Enter the name as it is to stand on the certificate.");
    }
    if (is_individual && !person_admin_email_is(identifier)) {
        field_fault(&visit->fields, "email", "Enter an e-mail address such as ada@example.org.");
    }
    if (!is_individual && text_empty(identifier)) {
        field_fault(&visit->fields, "domain",
                    "Enter the domain of the organisation’s website, such as example.org.");
    }
    /* A domain has a byte a character; other letters may be too many for it. */
    if (!is_individual && strlen(identifier) >= DOMAIN_SIZE) {
        field_fault(&visit->fields, "domain", domain_words);
    }
    return visit->fields.error_count == 0;
}

static struct command *command_of_form(struct visit *visit, const char *draft_id, const char *by,
                                       const char *name, const char *identifier)
{
    bool is_individual = text_is(by, "individual");
    struct command *command = arena_one(visit->arena, struct command);
    *command = command_of(ACT_OPEN_BENEFICIARY, visit->user_id, "");
    bool fits = TEXT_COPY(command->beneficiary.org_id, visit->org_id) &&
                TEXT_COPY(command->beneficiary.name, name) &&
                (is_individual || TEXT_COPY(command->beneficiary.domain, identifier));
    must(fits); /* the form's bounds are the ledger's */
    command->beneficiary.is_individual = is_individual;
    /* A second click names nobody twice; another spelling is another beneficiary. */
    desk_key(visit, draft_id, "name-beneficiary",
             arena_printf(visit->arena, "%s\n%s\n%s", by, name, identifier), command->key);
    return command;
}

static void settle(struct visit *visit, struct response *response, const struct answer *answer,
                   struct retire_named *named)
{
    const char *words = refusal_words(visit, answer, INSTRUMENT_CARBON_REMOVAL, "");
    if (answer->status == STATUS_VALUE_REFUSED && answer->field == FIELD_DOMAIN) {
        field_fault(&visit->fields, "domain", domain_words);
    } else if (answer->status == STATUS_VALUE_REFUSED && answer->field == FIELD_NAME) {
        field_fault(&visit->fields, "name", "Enter the name in letters, at most 256 of them.");
    } else if (!retire_away(response, named->status, &named->alarm)) {
        named->alarm = (struct retire_alarm){"This beneficiary cannot be named now", words};
    }
}

struct retire_named retire_name(struct visit *visit, struct response *response,
                                const char *draft_id, const char *by)
{
    bool is_individual = text_is(by, "individual");
    const char *name = text_trim(visit->arena, field_text(&visit->fields, "name"));
    const char *identifier =
        text_lower(visit->arena, field_text(&visit->fields, is_individual ? "email" : "domain"));
    struct retire_named named = {.beneficiary_id = "", .name = name, .status = STATUS_FORM_FAULTS};
    if (!is_whole(visit, is_individual, name, identifier)) {
        return named;
    }
    const char *known =
        is_individual ? beneficiary_by_email(visit->people, visit->arena, visit->org_id, identifier)
                      : "";
    struct answer answer = {.line = -1};
    if (!text_empty(known)) {
        named.beneficiary_id = known;
        named.is_found = true;
        named.status = STATUS_OK;
    } else {
        const struct command *command = command_of_form(visit, draft_id, by, name, identifier);
        named.status = ledger_ask(visit->ledger, command, &answer);
        if (named.status != STATUS_OK) {
            settle(visit, response, &answer, &named);
            return named;
        }
        named.beneficiary_id = arena_text(visit->arena, answer.id);
        named.is_found = answer.count == 0;
    }
    struct my_beneficiary found;
    if (my_beneficiary_find(visit->registry, visit->arena, visit->org_id, named.beneficiary_id,
                            &found)) {
        named.name = found.name;
    }
    if (is_individual && text_empty(known)) {
        (void)(store_begin_write(visit->people) &&
               beneficiary_add_email(visit->people, named.beneficiary_id, identifier, visit->org_id,
                                     visit->now_us) &&
               store_commit(visit->people));
        store_rollback(visit->people);
    }
    return named;
}
