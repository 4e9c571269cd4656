/* pages/admin.c: asking the ledger, addresses and names; see pages/admin.h. */
#include "pages/admin.h"

#include "admin_templates.h"
#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/desk.h"
#include "pages/fault.h"
#include "store/admin_orgs.h"
#include "store/rights.h"

#define ORGS_NAMED_MAX 5 /* how many of several matches a message names */

bool admin_may(const struct visit *visit)
{
    return (visit->registry_roles & REGISTRY_ADMINISTRATOR) != 0;
}

void admin_show_fault(struct visit *visit, enum status status, bool only_reads,
                      struct response *response)
{
    /* Who has no role in the registry learns nothing of what is administered and what waits. */
    enum place place = visit->registry_roles == 0 ? PLACE_SIGN_IN : PLACE_ADMIN;
    struct fault_page view =
        fault_page_of(visit, only_reads ? STATUS_NOT_ALLOWED : status, place, response);
    if (only_reads) {
        view.words =
            "Auditors read everything here and change nothing. An administrator can do this.";
    }
    template_admin_fault(&response->body, &view);
}

struct url admin_org_url(struct arena *arena, const char *org_id)
{
    return url_path(arena, "/admin/organisations/*", org_id);
}

struct url admin_person_url(struct arena *arena, const char *user_id)
{
    return url_path(arena, "/admin/people/*", user_id);
}

struct url admin_transfer_url(struct arena *arena, const char *transfer_id)
{
    return url_path(arena, "/admin/transfers/*", transfer_id);
}

struct url admin_order_url(struct arena *arena, const char *order_id)
{
    return url_path(arena, "/admin/issue/orders/*", order_id);
}

struct url admin_thing_url(struct arena *arena, const char *id)
{
    static const struct {
        const char *prefix;
        const char *pattern;
    } pages[] = {
        {"tfr", "/admin/transfers/*"},
        {"org", "/admin/organisations/*"},
        {"usr", "/admin/people/*"},
        {"ord", "/admin/issue/orders/*"},
        {"prj", "/registry/projects/*"},
        {"iss", "/registry/issuances/*"},
        {"dlv", "/registry/deliveries/*"},
        {"ret", "/registry/retirements/*"},
        {"bpr", "/registry/refunds/*"},
        {"cnl", "/registry/cancellations/*"},
        {"ctb", "/registry/credit-batches/*"},
    };
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        if (id_is(id, pages[i].prefix)) {
            return url_path(arena, pages[i].pattern, id);
        }
    }
    return (struct url){NULL};
}

const char *admin_org_or_words(struct visit *visit, const char *typed)
{
    struct admin_org_filter filter = {.typed = typed};
    if (text_empty(typed) || id_is(typed, "org")) {
        return typed;
    }
    struct admin_orgs found = admin_orgs_list(visit->registry, visit->arena, &filter, false, "", 2);
    return found.count == 1 ? found.at[0].org_id : typed;
}

const char *admin_org_name(struct visit *visit, const char *org_id)
{
    struct admin_org org;
    if (text_empty(org_id)) {
        return "The registry";
    }
    return admin_org_find(visit->registry, visit->arena, org_id, &org) ? org.name : org_id;
}

const char *admin_person(struct visit *visit, const char *user_id)
{
    if (text_empty(user_id)) {
        return "The registry";
    }
    const char *name = people_name(visit->people, visit->arena, user_id);
    return text_empty(name) ? user_id : name;
}

const char *admin_registry_roles_words(unsigned roles)
{
    static const char *const words[] = {"", "Administrator", "Auditor", "Administrator, auditor"};
    must(roles < sizeof(words) / sizeof(words[0]));
    return words[roles];
}

bool admin_find_org(struct visit *visit, const char *typed, const char **org_id, const char **name,
                    const char **words)
{
    struct arena *arena = visit->arena;
    struct admin_org_filter filter = {.typed = typed};
    struct admin_orgs found = {.count = 0};
    struct admin_org one;
    if (id_is(typed, "org") && admin_org_find(visit->registry, arena, typed, &one)) {
        *org_id = one.org_id;
        *name = one.name;
        return true;
    }
    if (!text_empty(typed)) {
        found = admin_orgs_list(visit->registry, arena, &filter, false, "", ORGS_NAMED_MAX + 1);
    }
    for (size_t i = 0; i < found.count; i++) {
        bool is_it = text_is(text_lower(arena, found.at[i].name), text_lower(arena, typed));
        if (is_it || found.count == 1) {
            *org_id = found.at[i].org_id;
            *name = found.at[i].name;
            return true;
        }
    }
    if (found.count == 0) {
        *words = text_empty(typed)
                     ? "Enter the organisation’s name or id."
                     : arena_printf(arena,
                                    "No organisation is called “%s”. Check the spelling, or "
                                    "enter its id.",
                                    typed);
        return false;
    }
    const char *names = "";
    for (size_t i = 0; i < found.count && i < ORGS_NAMED_MAX; i++) {
        names = arena_printf(arena, "%s%s%s (%s)", names, i == 0 ? "" : ", ", found.at[i].name,
                             found.at[i].org_id);
    }
    *words = arena_printf(arena, "Several organisations fit “%s”: %s%s. Enter the id of one.",
                          typed, names, found.count > ORGS_NAMED_MAX ? " and more" : "");
    return false;
}

void admin_refused(struct visit *visit, const struct answer *answer, enum instrument instrument,
                   const struct admin_field_name *names, struct admin_alarm *alarm)
{
    enum status status = (enum status)answer->status;
    if (status == STATUS_LEDGER_AWAY || status == STATUS_BUSY) {
        *alarm = (struct admin_alarm){
            "The ledger is not answering",
            "Nothing was changed. What you typed is kept: press the button again in a minute."};
        return;
    }
    if (status == STATUS_ANSWER_LOST) {
        *alarm = (struct admin_alarm){
            "The ledger’s answer did not arrive",
            "It may have happened or not. Press the button again to find out: sending this form "
            "again never does it twice."};
        return;
    }
    if (status == STATUS_KEY_REUSED) {
        *alarm = (struct admin_alarm){
            "This page was sent before",
            "What it asked for then has been done, and nothing more now. Look at that first; to do "
            "what stands here as well, begin again."};
        return;
    }
    const char *by = text_empty(answer->ended_by) ? "" : admin_person(visit, answer->ended_by);
    const char *words = refusal_words(visit, answer, instrument, by);
    size_t i = 0;
    while (names[i].field != FIELD_NONE && (int32_t)names[i].field != answer->field) {
        i++;
    }
    if (status == STATUS_VALUE_REFUSED && names[i].value_words != NULL) {
        words = names[i].value_words;
    }
    if (names[i].name == NULL) {
        *alarm = (struct admin_alarm){"This was not done", words};
        return;
    }
    field_fault(&visit->fields, names[i].name, words);
}

enum status admin_ask(struct visit *visit, const struct command *command,
                      enum instrument instrument, const struct admin_field_name *names,
                      struct answer *answer, struct admin_alarm *alarm)
{
    *answer = (struct answer){.line = -1};
    *alarm = (struct admin_alarm){NULL, NULL};
    enum status status = ledger_ask(visit->ledger, command, answer);
    answer->status = (int32_t)status;
    if (status != STATUS_OK && !admin_is_page(status)) {
        admin_refused(visit, answer, instrument, names, alarm);
    }
    return status;
}

bool admin_is_page(enum status status)
{
    return status == STATUS_NOT_FOUND || status == STATUS_NOT_ALLOWED || status == STATUS_FAULT ||
           status == STATUS_BAD_REQUEST;
}

enum status admin_done(struct visit *visit, struct response *response, const char *notice,
                       struct url to)
{
    gate_notice(visit, notice);
    return desk_go(visit, response, to);
}

static enum status ask_ledger(void *context, const struct command *command, struct answer *answer)
{
    struct visit *visit = context;
    return ledger_ask(visit->ledger, command, answer);
}

struct person_admin admin_person_admin(struct visit *visit)
{
    struct person_admin admin = {
        .arena = visit->arena,
        .people = visit->people,
        .ask = ask_ledger,
        .context = visit,
        .user_id = visit->user_id,
        .now_us = visit->now_us,
    };
    rights_tag(visit->registry, admin.tag);
    return admin;
}
