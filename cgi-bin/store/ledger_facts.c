/* store/ledger_facts.c: see store/ledger_facts.h. Settings, people, organisations, accounts,
 * projects. */
#include "store/ledger_facts.h"

#include "base/must.h"
#include "base/text.h"
#include "store/columns.h"

#define ORG_COLUMNS                                                                                \
    "SELECT org_id, supplier_id IS NOT NULL, name, kind, state, incoming_policy, two_person,"      \
    " two_person_above_units FROM organisation "
#define ACCOUNT_COLUMNS                                                                            \
    "SELECT account_id, org_id, name, kind, state = 'open', is_main FROM account "

enum {
    F_SETTING,
    F_ACT_LAST_AT,
    F_PERSON,
    F_ROLES,
    F_OTHER_MANAGER,
    F_OTHER_ADMINISTRATOR,
    F_MANAGER_SOMEWHERE,
    F_ORG,
    F_ORG_OF_DOMAIN,
    F_BENEFICIARY,
    F_BENEFICIARY_OF_DOMAIN,
    F_BUFFER_ORG,
    F_NAME_TAKEN,
    F_DOMAIN_TAKEN,
    F_TRUSTS,
    F_LEFT_UNITS,
    F_LEFT_SENT,
    F_LEFT_COMING,
    F_ACCOUNT,
    F_MAIN_ACCOUNT,
    F_ACCOUNT_OF_KIND,
    F_ACCOUNT_NAME_TAKEN,
    F_ACCOUNT_UNITS,
    F_PROJECT,
    F_SHORT_CODE_TAKEN,
    F_CONSERVATION,
    F__COUNT
};

static const char *const facts_sql[F__COUNT] = {
    [F_SETTING] =
        "SELECT tag, expiry_days, registry_approval_units, frozen FROM setting WHERE one = 1",
    [F_ACT_LAST_AT] = "SELECT recorded_at FROM act ORDER BY seq DESC LIMIT 1",
    [F_PERSON] = "SELECT state = 'active', registry_roles, is_program, made_by, program_org_id"
                 " FROM person WHERE user_id = ?1",
    [F_ROLES] = "SELECT roles FROM membership WHERE org_id = ?1 AND user_id = ?2",
    [F_OTHER_MANAGER] =
        "SELECT 1 FROM membership m JOIN person p ON p.user_id = m.user_id"
        " WHERE m.org_id = ?1 AND m.roles & 8 AND p.state = 'active' AND p.is_program = 0"
        " AND m.user_id IS NOT ?2 LIMIT 1",
    [F_OTHER_ADMINISTRATOR] = "SELECT 1 FROM person WHERE registry_roles & 1 AND state = 'active'"
                              " AND user_id IS NOT ?1 LIMIT 1",
    [F_MANAGER_SOMEWHERE] = "SELECT 1 FROM membership WHERE user_id = ?1 AND roles & 8 LIMIT 1",
    [F_ORG] = ORG_COLUMNS "WHERE org_id = ?1",
    [F_ORG_OF_DOMAIN] = ORG_COLUMNS "WHERE domain = ?1 COLLATE NOCASE AND domain <> ''",
    [F_BENEFICIARY] =
        "SELECT beneficiary_id, org_id, name FROM beneficiary WHERE beneficiary_id = ?1",
    [F_BENEFICIARY_OF_DOMAIN] =
        "SELECT beneficiary_id, org_id, name FROM beneficiary"
        " WHERE org_id = ?1 AND domain = ?2 COLLATE NOCASE AND domain <> ''",
    [F_BUFFER_ORG] =
        ORG_COLUMNS "WHERE state = 'active' AND kind = 'buffer' ORDER BY opened_at, org_id LIMIT 1",
    [F_NAME_TAKEN] =
        "SELECT 1 FROM organisation WHERE name = ?1 COLLATE NOCASE AND org_id IS NOT ?2 LIMIT 1",
    [F_DOMAIN_TAKEN] =
        "SELECT 1 FROM organisation WHERE domain = ?1 COLLATE NOCASE AND domain <> ''"
        " AND org_id IS NOT ?2 LIMIT 1",
    [F_TRUSTS] = "SELECT 1 FROM trusted_sender WHERE org_id = ?1 AND sender_org_id = ?2",
    [F_LEFT_UNITS] = "SELECT coalesce(sum(last - first + 1), 0) FROM batch"
                     " WHERE org_id = ?1 AND state = 'active'",
    [F_LEFT_SENT] = "SELECT count(*) FROM transfer WHERE from_org_id = ?1 AND ended_at IS NULL",
    [F_LEFT_COMING] = "SELECT count(*) FROM transfer WHERE to_org_id = ?1 AND ended_at IS NULL",
    [F_ACCOUNT] = ACCOUNT_COLUMNS "WHERE account_id = ?1",
    [F_MAIN_ACCOUNT] = ACCOUNT_COLUMNS "WHERE org_id = ?1 AND is_main = 1",
    [F_ACCOUNT_OF_KIND] = ACCOUNT_COLUMNS "WHERE org_id = ?1 AND kind = ?2 AND state = 'open'"
                                          " ORDER BY is_main DESC, opened_at, account_id LIMIT 1",
    [F_ACCOUNT_NAME_TAKEN] = "SELECT 1 FROM account WHERE org_id = ?1 AND name = ?2 COLLATE NOCASE",
    [F_ACCOUNT_UNITS] = "SELECT coalesce(sum(h.active), 0) FROM account a CROSS JOIN holding h"
                        " ON h.org_id = a.org_id AND h.account_id = a.account_id"
                        " WHERE a.account_id = ?1",
    [F_PROJECT] = "SELECT project_id, org_id, name, short_code, pathway_code, country, instrument,"
                  " EXISTS (SELECT 1 FROM conservation c WHERE c.project_id = p.project_id),"
                  " ccp_approved FROM project p WHERE project_id = ?1",
    [F_SHORT_CODE_TAKEN] = "SELECT 1 FROM project WHERE short_code = ?1 AND project_id IS NOT ?2",
    [F_CONSERVATION] =
        "SELECT active, next_serial FROM conservation WHERE project_id = ?1 AND vintage = ?2",
};
const struct query_table ledger_facts_queries = {"ledger_facts", facts_sql, F__COUNT};

static bool exists(struct store *store, int number, const char *one, const char *two);
static int64_t number_of(struct store *store, int number, const char *one);
static struct ledger_org org_of(struct query *query, struct arena *arena);
static struct ledger_account account_of(struct query *query, struct arena *arena);
static struct ledger_beneficiary beneficiary_of(struct query *query, struct arena *arena);

struct ledger_setting ledger_setting_read(struct store *store)
{
    struct ledger_setting setting = {0};
    struct query q = query(store, &ledger_facts_queries, F_SETTING);
    if (query_row(&q)) {
        setting.found = true;
        query_text_into(&q, 0, setting.tag, sizeof(setting.tag));
        setting.expiry_days = query_int(&q, 1);
        setting.registry_approval_units = query_int(&q, 2);
        setting.frozen = query_int(&q, 3) != 0;
    }
    query_end(&q);
    return setting;
}

int64_t ledger_act_last_at(struct store *store)
{
    struct query q = query(store, &ledger_facts_queries, F_ACT_LAST_AT);
    return column_only(&q);
}

struct ledger_person ledger_person_read(struct store *store, const char *user_id)
{
    struct ledger_person person = {0};
    struct query q = query(store, &ledger_facts_queries, F_PERSON);
    query_bind_text(&q, 1, user_id);
    if (query_row(&q)) {
        person.found = true;
        person.active = query_int(&q, 0) != 0;
        person.registry_roles = (unsigned)query_int(&q, 1);
        person.is_program = query_int(&q, 2) != 0;
        query_text_into(&q, 3, person.made_by, sizeof(person.made_by));
        query_text_into(&q, 4, person.program_org_id, sizeof(person.program_org_id));
    }
    query_end(&q);
    return person;
}

unsigned ledger_roles_read(struct store *store, const char *org_id, const char *user_id)
{
    unsigned roles = 0;
    struct query q = query(store, &ledger_facts_queries, F_ROLES);
    query_bind_text(&q, 1, org_id);
    query_bind_text(&q, 2, user_id);
    if (query_row(&q)) {
        roles = (unsigned)query_int(&q, 0);
    }
    query_end(&q);
    return roles;
}

bool ledger_other_manager_is(struct store *store, const char *org_id, const char *but_user_id)
{
    return exists(store, F_OTHER_MANAGER, org_id, but_user_id);
}

bool ledger_other_administrator_is(struct store *store, const char *but_user_id)
{
    return exists(store, F_OTHER_ADMINISTRATOR, but_user_id, NULL);
}

bool ledger_manager_somewhere_is(struct store *store, const char *user_id)
{
    return exists(store, F_MANAGER_SOMEWHERE, user_id, NULL);
}

struct ledger_org ledger_org_read(struct store *store, struct arena *arena, const char *org_id)
{
    struct query q = query(store, &ledger_facts_queries, F_ORG);
    query_bind_text(&q, 1, org_id);
    struct ledger_org org = org_of(&q, arena);
    query_end(&q);
    return org;
}

struct ledger_org ledger_buffer_org_read(struct store *store, struct arena *arena)
{
    struct query q = query(store, &ledger_facts_queries, F_BUFFER_ORG);
    struct ledger_org org = org_of(&q, arena);
    query_end(&q);
    return org;
}

struct ledger_org ledger_org_of_domain(struct store *store, struct arena *arena, const char *domain)
{
    struct query q = query(store, &ledger_facts_queries, F_ORG_OF_DOMAIN);
    query_bind_text(&q, 1, domain);
    struct ledger_org org = org_of(&q, arena);
    query_end(&q);
    return org;
}

struct ledger_beneficiary ledger_beneficiary_read(struct store *store, struct arena *arena,
                                                  const char *beneficiary_id)
{
    struct query q = query(store, &ledger_facts_queries, F_BENEFICIARY);
    query_bind_text(&q, 1, beneficiary_id);
    struct ledger_beneficiary beneficiary = beneficiary_of(&q, arena);
    query_end(&q);
    return beneficiary;
}

struct ledger_beneficiary ledger_beneficiary_of_domain(struct store *store, struct arena *arena,
                                                       const char *org_id, const char *domain)
{
    struct query q = query(store, &ledger_facts_queries, F_BENEFICIARY_OF_DOMAIN);
    query_bind_text(&q, 1, org_id);
    query_bind_text(&q, 2, domain);
    struct ledger_beneficiary beneficiary = beneficiary_of(&q, arena);
    query_end(&q);
    return beneficiary;
}

bool ledger_org_name_taken(struct store *store, const char *name, const char *but_org_id)
{
    return exists(store, F_NAME_TAKEN, name, but_org_id);
}

bool ledger_org_domain_taken(struct store *store, const char *domain, const char *but_org_id)
{
    return exists(store, F_DOMAIN_TAKEN, domain, but_org_id);
}

bool ledger_trusts(struct store *store, const char *org_id, const char *sender_org_id)
{
    return exists(store, F_TRUSTS, org_id, sender_org_id);
}

void ledger_org_left(struct store *store, const char *org_id, int64_t *units, int64_t *waiting)
{
    *units = number_of(store, F_LEFT_UNITS, org_id);
    *waiting = number_of(store, F_LEFT_SENT, org_id) + number_of(store, F_LEFT_COMING, org_id);
}

struct ledger_account ledger_account_read(struct store *store, struct arena *arena,
                                          const char *account_id)
{
    struct query q = query(store, &ledger_facts_queries, F_ACCOUNT);
    query_bind_text(&q, 1, account_id);
    struct ledger_account account = account_of(&q, arena);
    query_end(&q);
    return account;
}

struct ledger_account ledger_main_account_read(struct store *store, struct arena *arena,
                                               const char *org_id)
{
    struct query q = query(store, &ledger_facts_queries, F_MAIN_ACCOUNT);
    query_bind_text(&q, 1, org_id);
    struct ledger_account account = account_of(&q, arena);
    query_end(&q);
    return account;
}

struct ledger_account ledger_account_of_kind(struct store *store, struct arena *arena,
                                             const char *org_id, enum account_kind kind)
{
    struct query q = query(store, &ledger_facts_queries, F_ACCOUNT_OF_KIND);
    query_bind_text(&q, 1, org_id);
    query_bind_text(&q, 2, account_kind_word(kind));
    struct ledger_account account = account_of(&q, arena);
    query_end(&q);
    return account;
}

bool ledger_account_name_taken(struct store *store, const char *org_id, const char *name)
{
    return exists(store, F_ACCOUNT_NAME_TAKEN, org_id, name);
}

int64_t ledger_account_units(struct store *store, const char *account_id)
{
    return number_of(store, F_ACCOUNT_UNITS, account_id);
}

struct ledger_project ledger_project_read(struct store *store, struct arena *arena,
                                          const char *project_id)
{
    struct ledger_project project = {
        .name = "", .short_code = "", .pathway_code = "", .country = ""};
    struct query q = query(store, &ledger_facts_queries, F_PROJECT);
    query_bind_text(&q, 1, project_id);
    if (query_row(&q)) {
        project.found = true;
        query_text_into(&q, 0, project.project_id, sizeof(project.project_id));
        query_text_into(&q, 1, project.org_id, sizeof(project.org_id));
        project.name = query_text(&q, arena, 2);
        project.short_code = query_text(&q, arena, 3);
        project.pathway_code = query_text(&q, arena, 4);
        project.country = query_text(&q, arena, 5);
        must(instrument_from_word(query_text(&q, arena, 6), &project.instrument));
        project.has_units = query_int(&q, 7) != 0;
        project.ccp_approved = query_int(&q, 8) != 0;
    }
    query_end(&q);
    return project;
}

bool ledger_short_code_taken(struct store *store, const char *short_code,
                             const char *but_project_id)
{
    return exists(store, F_SHORT_CODE_TAKEN, short_code, but_project_id);
}

struct ledger_conservation ledger_conservation_read(struct store *store, const char *project_id,
                                                    int32_t vintage)
{
    struct ledger_conservation row = {.next_serial = 1};
    struct query q = query(store, &ledger_facts_queries, F_CONSERVATION);
    query_bind_text(&q, 1, project_id);
    query_bind_int(&q, 2, vintage);
    if (query_row(&q)) {
        row.active = query_int(&q, 0);
        row.next_serial = query_int(&q, 1);
    }
    query_end(&q);
    return row;
}

/* Does the query, which has one or two text parameters, give a row? */
static bool exists(struct store *store, int number, const char *one, const char *two)
{
    struct query q = query(store, &ledger_facts_queries, number);
    query_bind_text(&q, 1, one);
    if (two != NULL) {
        query_bind_text(&q, 2, two);
    }
    return query_any(&q);
}

static int64_t number_of(struct store *store, int number, const char *one)
{
    struct query q = query(store, &ledger_facts_queries, number);
    query_bind_text(&q, 1, one);
    return column_only(&q);
}

/* The schema's CHECKs allow no other word, so a strange one is damage: must(). */
static struct ledger_org org_of(struct query *query, struct arena *arena)
{
    struct ledger_org org = {.name = ""};
    if (query_row(query)) {
        org.found = true;
        query_text_into(query, 0, org.org_id, sizeof(org.org_id));
        org.is_supplier = query_int(query, 1) != 0;
        org.name = query_text(query, arena, 2);
        must(org_kind_from_word(query_text(query, arena, 3), &org.kind));
        must(org_state_from_word(query_text(query, arena, 4), &org.state));
        must(incoming_policy_from_word(query_text(query, arena, 5), &org.incoming));
        must(two_person_from_word(query_text(query, arena, 6), &org.two_person));
        org.two_person_above_units = query_int(query, 7);
    }
    return org;
}

static struct ledger_account account_of(struct query *query, struct arena *arena)
{
    struct ledger_account account = {.name = ""};
    if (query_row(query)) {
        account.found = true;
        query_text_into(query, 0, account.account_id, sizeof(account.account_id));
        query_text_into(query, 1, account.org_id, sizeof(account.org_id));
        account.name = query_text(query, arena, 2);
        must(account_kind_from_word(query_text(query, arena, 3), &account.kind));
        account.is_open = query_int(query, 4) != 0;
        account.is_main = query_int(query, 5) != 0;
    }
    return account;
}

static struct ledger_beneficiary beneficiary_of(struct query *query, struct arena *arena)
{
    struct ledger_beneficiary beneficiary = {.name = ""};
    if (query_row(query)) {
        beneficiary.found = true;
        query_text_into(query, 0, beneficiary.beneficiary_id, sizeof(beneficiary.beneficiary_id));
        query_text_into(query, 1, beneficiary.org_id, sizeof(beneficiary.org_id));
        beneficiary.name = query_text(query, arena, 2);
    }
    return beneficiary;
}
