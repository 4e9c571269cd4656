/* gate/person_admin.c: see gate/person_admin.h. */
#include "gate/person_admin.h"

#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/must.h"
#include "base/text.h"
#include "store/people_link.h"
#include "store/people_session.h"
#include "store/rights.h"

const struct query_table *const person_admin_tables[] = {
    &people_person_queries, &people_session_queries, &people_link_queries, NULL};

static enum status ask_ledger(void *context, const struct command *command, struct answer *answer);
static enum status keep(const struct person_admin *admin, const struct person *person);

static const struct {
    const char *word;
    unsigned role;
} role_words[] = {{"viewer", ROLE_VIEWER},
                  {"initiator", ROLE_INITIATOR},
                  {"approver", ROLE_APPROVER},
                  {"manager", ROLE_MANAGER}};
#define ROLE_WORDS (sizeof role_words / sizeof role_words[0])

struct person_admin person_admin_of(struct visit *visit)
{
    must(visit->people != NULL && visit->registry != NULL && visit->ledger != NULL);
    struct person_admin admin = {.arena = visit->arena,
                                 .people = visit->people,
                                 .ask = ask_ledger,
                                 .context = visit->ledger,
                                 .user_id = visit->user_id,
                                 .now_us = visit->now_us};
    rights_tag(visit->registry, admin.tag);
    return admin;
}

const char *person_admin_fault(const char *name, const char *email, const char **words)
{
    if (text_empty(name) || !text_utf8_is(name) || text_has_control(name, "") ||
        text_characters(name) > NAME_CHARS_MAX) {
        *words = "Enter the person's name, at most 120 characters.";
        return "name";
    }
    if (!person_admin_email_is(email)) {
        *words = "Enter an e-mail address such as ada@example.org.";
        return "email";
    }
    *words = "";
    return NULL;
}

enum status person_admin_make(const struct person_admin *admin, const char *name, const char *email,
                              struct person *made)
{
    const char *words = NULL;
    *made = (struct person){.made_at = admin->now_us, .is_active = true};
    if (person_admin_fault(name, email, &words) != NULL) {
        return STATUS_VALUE_REFUSED;
    }
    struct id_source ids = {.random_tail = true};
    if (!id_tag_is(admin->tag)) {
        return STATUS_FAULT; /* the registry could not be read */
    }
    must(TEXT_COPY(ids.tag, admin->tag));
    id_make(&ids, "usr", admin->now_us, made->user_id);
    must(TEXT_COPY(made->name, name) && TEXT_COPY(made->email, email));

    if (!store_begin_write(admin->people)) {
        return STATUS_FAULT;
    }
    struct person other;
    if (people_by_email(admin->people, email, &other)) {
        store_rollback(admin->people);
        *made = other;
        return STATUS_EXISTS;
    }
    enum status status = keep(admin, made);
    if (status != STATUS_OK) {
        store_rollback(admin->people);
        return status;
    }
    if (!store_commit(admin->people)) {
        return STATUS_FAULT;
    }
    log_event("info", "person-made", "user", made->user_id, "by", admin->user_id, NULL);
    return STATUS_OK;
}

enum status person_admin_set_roles(const struct person_admin *admin, const char *org_id,
                                   const char *user_id, unsigned roles, struct answer *answer)
{
    must(roles <= ROLE_ALL);
    struct command command = command_of(ACT_SET_MEMBER, admin->user_id, "");
    if (!TEXT_COPY(command.person.org_id, org_id) || !TEXT_COPY(command.person.user_id, user_id)) {
        return STATUS_PERSON_UNKNOWN;
    }
    command.person.roles = (uint8_t)roles;
    return admin->ask(admin->context, &command, answer);
}

enum status person_admin_set_registry_roles(const struct person_admin *admin, const char *user_id,
                                            unsigned roles, struct answer *answer)
{
    must(roles <= (REGISTRY_ADMINISTRATOR | REGISTRY_AUDITOR));
    struct command command = command_of(ACT_SET_REGISTRY_ROLES, admin->user_id, "");
    if (!TEXT_COPY(command.person.user_id, user_id)) {
        return STATUS_PERSON_UNKNOWN;
    }
    command.person.roles = (uint8_t)roles;
    enum status status = admin->ask(admin->context, &command, answer);
    if (status == STATUS_OK && roles != 0) {
        /* Whoever was shown a link (a manager, when there were no such roles) must not become an
         * administrator with it. */
        link_end_all(admin->people, user_id, admin->now_us);
    }
    return status == STATUS_OK && store_fault(admin->people) ? STATUS_FAULT : status;
}

enum status person_admin_set_active(const struct person_admin *admin, const char *user_id,
                                    bool is_active, struct answer *answer)
{
    struct command command = command_of(ACT_SET_PERSON, admin->user_id, "");
    if (!TEXT_COPY(command.person.user_id, user_id)) {
        return STATUS_PERSON_UNKNOWN;
    }
    command.person.deactivated = !is_active;
    enum status status = admin->ask(admin->context, &command, answer);
    if (status != STATUS_OK) {
        return status;
    }
    /* The registry's word counts from now on, whatever becomes of the rest: gate/session.c asks it
     * at each request. */
    if (!store_begin_write(admin->people)) {
        return STATUS_FAULT;
    }
    people_set_active(admin->people, user_id, is_active);
    if (!is_active) {
        session_end_others(admin->people, user_id, "");
        link_end_all(admin->people, user_id, admin->now_us);
    }
    if (!store_commit(admin->people)) {
        return STATUS_FAULT;
    }
    log_event("info", is_active ? "person-reactivated" : "person-deactivated", "user", user_id,
              "by", admin->user_id, NULL);
    return STATUS_OK;
}

enum status person_admin_link(const struct person_admin *admin, const char *user_id,
                              struct url *link, int64_t *expires_at)
{
    struct person person;
    char token[TOKEN_SIZE];
    token_make(token);
    struct digest token_hash = digest_of(token, strlen(token));
    struct link row = {.made_at = admin->now_us,
                       .expires_at = admin->now_us + LINK_S_MAX * CLOCK_SECOND_US};
    if (!store_begin_write(admin->people)) {
        return STATUS_FAULT;
    }
    if (!people_by_id(admin->people, user_id, &person) || !person.is_active) {
        store_rollback(admin->people);
        return store_fault(admin->people) ? STATUS_FAULT : STATUS_PERSON_UNKNOWN;
    }
    must(TEXT_COPY(row.user_id, user_id));
    link_end_all(admin->people, user_id, admin->now_us);
    link_add(admin->people, &token_hash, &row);
    if (!store_commit(admin->people)) {
        return STATUS_FAULT;
    }
    *link = url_with(admin->arena, url_path(admin->arena, "/password/set"), "link", token);
    *expires_at = row.expires_at;
    log_event("info", "link-made", "user", user_id, "by", admin->user_id, NULL);
    return STATUS_OK;
}

bool person_admin_roles_from_words(const char *words, unsigned *roles)
{
    unsigned found = 0;
    if (text_is(words, "none")) {
        *roles = 0;
        return true;
    }
    while (*words != '\0') {
        size_t bytes = strcspn(words, ",");
        size_t i = 0;
        while (i < ROLE_WORDS && (strlen(role_words[i].word) != bytes ||
                                  strncmp(role_words[i].word, words, bytes) != 0)) {
            i++;
        }
        if (i == ROLE_WORDS) {
            return false;
        }
        found |= role_words[i].role;
        words += bytes;
        words += *words == ',' ? 1 : 0;
    }
    *roles = found;
    return found != 0;
}

const char *person_admin_roles_words(struct arena *arena, unsigned roles)
{
    const char *words = "";
    for (size_t i = 0; i < ROLE_WORDS; i++) {
        if ((roles & role_words[i].role) != 0) {
            words = arena_printf(arena, "%s%s%s", words, words[0] == '\0' ? "" : ", ",
                                 role_words[i].word);
        }
    }
    return words[0] == '\0' ? "none" : words;
}

static enum status ask_ledger(void *context, const struct command *command, struct answer *answer)
{
    return ledger_ask(context, command, answer);
}

bool person_admin_email_is(const char *email)
{
    if (text_empty(email) || strlen(email) > EMAIL_SIZE - 2 || !text_utf8_is(email) ||
        text_has_control(email, "") || strpbrk(email, " <>()[],;:\\\"") != NULL) {
        return false;
    }
    const char *at = strchr(email, '@');
    return at != NULL && at > email && at[1] != '\0' && strchr(at + 1, '@') == NULL;
}

/* Into people.db and to the ledger, in the open transaction. */
static enum status keep(const struct person_admin *admin, const struct person *person)
{
    if (!people_add(admin->people, person)) {
        return store_fault(admin->people) ? STATUS_FAULT : STATUS_EXISTS;
    }
    struct command command = command_of(ACT_SET_PERSON, admin->user_id, "");
    must(TEXT_COPY(command.person.user_id, person->user_id));
    struct answer answer;
    return admin->ask(admin->context, &command, &answer);
}
