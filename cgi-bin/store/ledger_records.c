/* store/ledger_records.c: see store/ledger_records.h. */
#include "store/ledger_records.h"

#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "store/columns.h"

/* Everything before the last four characters: prefix, millisecond, tag. */
#define ID_STEM_CHARS 16
/* An organisation and a beneficiary never have the same id. */
#define HIGHEST_OF_TWO(one, column, other, other_column)                                           \
    "SELECT max(id) FROM (SELECT max(" column ") AS id FROM " one " WHERE " column                 \
    " BETWEEN ?1 AND ?2 UNION ALL SELECT max(" other_column ") FROM " other " WHERE " other_column \
    " BETWEEN ?1 AND ?2)"
#define HIGHEST(table, column)                                                                     \
    "SELECT max(" column ") FROM " table " WHERE " column " BETWEEN ?1 AND ?2"

enum {
    R_ORG,
    R_ORG_EDIT,
    R_ORG_STATE,
    R_ORG_POLICY,
    R_TRUST,
    R_TRUST_REMOVE,
    R_ACCOUNT,
    R_ACCOUNT_CLOSE,
    R_PERSON,
    R_ROLES,
    R_MEMBER,
    R_BENEFICIARY,
    R_PROJECT,
    R_PROJECT_EDIT,
    R_FREEZE,
    R_SETTINGS,
    R_ACT,
    R_ANSWER,
    R_ANSWER_ADD,
    R_HIGHEST_ORG,
    R_HIGHEST_SUPPLIER,
    R_HIGHEST_ACCOUNT,
    R_HIGHEST_PROJECT,
    R_HIGHEST_ISSUANCE,
    R_HIGHEST_BATCH,
    R_HIGHEST_ORDER,
    R_HIGHEST_DELIVERY,
    R_HIGHEST_TRANSFER,
    R_HIGHEST_RETIREMENT,
    R_HIGHEST_REFUND,
    R_HIGHEST_CANCELLATION,
    R_HIGHEST_DOCUMENT,
    R__COUNT
};

static const char *const records_sql[R__COUNT] = {
    [R_ORG] = "INSERT INTO organisation (org_id, supplier_id, name, domain, country, description,"
              " kind, is_demo, state, opened_at, origin, short_description, place, latitude_udeg,"
              " longitude_udeg)"
              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?11, ?12, 'active', ?13, ?14, ?7, ?8, ?9, ?10)",
    [R_ORG_EDIT] =
        "UPDATE organisation"
        " SET supplier_id = coalesce(supplier_id, ?2), name = ?3, domain = ?4, country = ?5,"
        " description = ?6, short_description = ?7, place = ?8, latitude_udeg = ?9,"
        " longitude_udeg = ?10 WHERE org_id = ?1",
    [R_ORG_STATE] = "UPDATE organisation SET state = ?2 WHERE org_id = ?1",
    [R_ORG_POLICY] =
        "UPDATE organisation SET incoming_policy = ?2, two_person = ?3, two_person_above_units = ?4"
        " WHERE org_id = ?1",
    [R_TRUST] = "INSERT INTO trusted_sender (org_id, sender_org_id, since_at) VALUES (?1, ?2, ?3)"
                " ON CONFLICT (org_id, sender_org_id) DO NOTHING",
    [R_TRUST_REMOVE] = "DELETE FROM trusted_sender WHERE org_id = ?1 AND sender_org_id = ?2",
    [R_ACCOUNT] = "INSERT INTO account (account_id, org_id, name, kind, state, is_main, opened_at)"
                  " VALUES (?1, ?2, ?3, ?4, 'open', ?5, ?6)",
    [R_ACCOUNT_CLOSE] = "UPDATE account SET state = 'closed'"
                        " WHERE account_id = ?1 AND state = 'open' AND is_main = 0",
    [R_PERSON] =
        "INSERT INTO person (user_id, state, registry_roles, since_at, is_program, made_by,"
        " program_org_id) VALUES (?1, ?2, 0, ?3, ?5 IS NOT NULL, ?4, ?5)"
        " ON CONFLICT (user_id) DO UPDATE SET state = ?2",
    [R_ROLES] = "UPDATE person SET registry_roles = ?2 WHERE user_id = ?1",
    [R_MEMBER] = "INSERT INTO membership (org_id, user_id, roles, since_at) VALUES (?1, ?2, ?3, ?4)"
                 " ON CONFLICT (org_id, user_id) DO UPDATE SET roles = ?3, since_at = ?4",
    [R_BENEFICIARY] =
        "INSERT INTO beneficiary (beneficiary_id, org_id, name, domain, is_individual, named_by,"
        " named_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [R_PROJECT] =
        "INSERT INTO project (project_id, org_id, name, short_code, instrument, pathway,"
        " pathway_code, protocol, country, place, status, validator, verifier,"
        " crediting_start, crediting_end, description, web, latitude_udeg, longitude_udeg,"
        " ccp_approved, origin, opened_at)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,"
        " ?18, ?19, ?20, ?21, ?22)",
    [R_PROJECT_EDIT] =
        "UPDATE project"
        " SET org_id = ?2, name = ?3, short_code = ?4, instrument = ?5, pathway = ?6,"
        " pathway_code = ?7, protocol = ?8, country = ?9, place = ?10, status = ?11,"
        " validator = ?12, verifier = ?13, crediting_start = ?14, crediting_end = ?15,"
        " description = ?16, web = ?17, latitude_udeg = ?18, longitude_udeg = ?19,"
        " ccp_approved = ?20 WHERE project_id = ?1",
    [R_FREEZE] = "UPDATE setting SET frozen = ?1, frozen_reason = ?2, frozen_at = ?3 WHERE one = 1",
    [R_SETTINGS] =
        "UPDATE setting"
        " SET site_name = ?1, site_url = ?2, expiry_days = ?3, registry_approval_units = ?4"
        " WHERE one = 1",
    [R_ACT] = "INSERT INTO act (recorded_at, at, program, user_id, org_id, command, subject_id,"
              " outcome, detail, event, other_org_id, is_public)"
              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    [R_ANSWER] = "SELECT i.fingerprint, i.seq, i.answer, a.subject_id, a.at FROM idempotency i"
                 " JOIN act a ON a.seq = i.seq WHERE i.scope = ?1 AND i.key = ?2",
    [R_ANSWER_ADD] = "INSERT INTO idempotency (scope, key, fingerprint, seq, answer)"
                     " VALUES (?1, ?2, ?3, ?4, ?5)",
    [R_HIGHEST_ORG] = HIGHEST_OF_TWO("organisation", "org_id", "beneficiary", "beneficiary_id"),
    [R_HIGHEST_SUPPLIER] = HIGHEST("organisation", "supplier_id"),
    [R_HIGHEST_ACCOUNT] = HIGHEST("account", "account_id"),
    [R_HIGHEST_PROJECT] = HIGHEST("project", "project_id"),
    [R_HIGHEST_ISSUANCE] = HIGHEST("issuance", "issuance_id"),
    [R_HIGHEST_BATCH] = HIGHEST("batch", "batch_id"),
    [R_HIGHEST_ORDER] = HIGHEST("buyer_order", "order_id"),
    [R_HIGHEST_DELIVERY] = HIGHEST("delivery", "delivery_id"),
    [R_HIGHEST_TRANSFER] = HIGHEST("transfer", "transfer_id"),
    [R_HIGHEST_RETIREMENT] = HIGHEST("retirement", "retirement_id"),
    [R_HIGHEST_REFUND] = HIGHEST("refund", "refund_id"),
    [R_HIGHEST_CANCELLATION] = HIGHEST("cancellation", "cancellation_id"),
    [R_HIGHEST_DOCUMENT] = HIGHEST("project_document", "document_id"),
};
const struct query_table ledger_records_queries = {"ledger_records", records_sql, R__COUNT};

static void bind_org(struct query *query, const struct ledger_org_words *words);
static void bind_location(struct query *query, int number, const struct location *location);
static void bind_project(struct query *query, const struct ledger_project_words *words);
static int highest_query(const char *id);
static void read_highest(struct store *store, const char *id, const char *from, const char *to,
                         char highest[ID_SIZE]);

bool ledger_org_add(struct store *store, const struct ledger_org_words *words, int64_t at)
{
    struct query q = query(store, &ledger_records_queries, R_ORG);
    bind_org(&q, words);
    query_bind_text(&q, 11, org_kind_word(words->kind));
    query_bind_int(&q, 12, words->is_demo);
    query_bind_int(&q, 13, at);
    query_bind_text(&q, 14, words->origin);
    return query_run_one(&q);
}

bool ledger_org_edit(struct store *store, const struct ledger_org_words *words)
{
    struct query q = query(store, &ledger_records_queries, R_ORG_EDIT);
    bind_org(&q, words);
    return query_run_one(&q);
}

bool ledger_org_set_state(struct store *store, const char *org_id, enum org_state state)
{
    struct query q = query(store, &ledger_records_queries, R_ORG_STATE);
    query_bind_text(&q, 1, org_id);
    query_bind_text(&q, 2, org_state_word(state));
    return query_run_one(&q);
}

bool ledger_org_set_policy(struct store *store, const char *org_id, enum incoming_policy incoming,
                           enum two_person two_person, int64_t above_units)
{
    struct query q = query(store, &ledger_records_queries, R_ORG_POLICY);
    query_bind_text(&q, 1, org_id);
    query_bind_text(&q, 2, incoming_policy_word(incoming));
    query_bind_text(&q, 3, two_person_word(two_person));
    query_bind_int(&q, 4, above_units);
    return query_run_one(&q);
}

bool ledger_trust_add(struct store *store, const char *org_id, const char *sender_org_id,
                      int64_t at)
{
    struct query q = query(store, &ledger_records_queries, R_TRUST);
    query_bind_text(&q, 1, org_id);
    query_bind_text(&q, 2, sender_org_id);
    query_bind_int(&q, 3, at);
    return query_run(&q); /* there may be nothing to change */
}

bool ledger_trust_remove(struct store *store, const char *org_id, const char *sender_org_id)
{
    struct query q = query(store, &ledger_records_queries, R_TRUST_REMOVE);
    query_bind_text(&q, 1, org_id);
    query_bind_text(&q, 2, sender_org_id);
    return query_run(&q); /* there may be nothing to change */
}

bool ledger_account_add(struct store *store, const char *account_id, const char *org_id,
                        const char *name, enum account_kind kind, bool is_main, int64_t at)
{
    struct query q = query(store, &ledger_records_queries, R_ACCOUNT);
    query_bind_text(&q, 1, account_id);
    query_bind_text(&q, 2, org_id);
    query_bind_text(&q, 3, name);
    query_bind_text(&q, 4, account_kind_word(kind));
    query_bind_int(&q, 5, is_main);
    query_bind_int(&q, 6, at);
    return query_run_one(&q);
}

bool ledger_account_close(struct store *store, const char *account_id)
{
    struct query q = query(store, &ledger_records_queries, R_ACCOUNT_CLOSE);
    query_bind_text(&q, 1, account_id);
    return query_run_one(&q);
}

bool ledger_person_set(struct store *store, const char *user_id, bool active, const char *made_by,
                       const char *program_org_id, int64_t at)
{
    struct query q = query(store, &ledger_records_queries, R_PERSON);
    query_bind_text(&q, 1, user_id);
    query_bind_text(&q, 2, active ? "active" : "deactivated");
    query_bind_int(&q, 3, at);
    query_bind_text(&q, 4, made_by);
    query_bind_text(&q, 5, or_null(program_org_id));
    return query_run_one(&q);
}

bool ledger_registry_roles_set(struct store *store, const char *user_id, unsigned roles)
{
    struct query q = query(store, &ledger_records_queries, R_ROLES);
    query_bind_text(&q, 1, user_id);
    query_bind_int(&q, 2, roles);
    return query_run_one(&q);
}

bool ledger_member_set(struct store *store, const char *org_id, const char *user_id, unsigned roles,
                       int64_t at)
{
    struct query q = query(store, &ledger_records_queries, R_MEMBER);
    query_bind_text(&q, 1, org_id);
    query_bind_text(&q, 2, user_id);
    query_bind_int(&q, 3, roles);
    query_bind_int(&q, 4, at);
    return query_run_one(&q);
}

bool ledger_beneficiary_add(struct store *store, const struct ledger_new_beneficiary *beneficiary)
{
    struct query q = query(store, &ledger_records_queries, R_BENEFICIARY);
    query_bind_text(&q, 1, beneficiary->beneficiary_id);
    query_bind_text(&q, 2, beneficiary->org_id);
    query_bind_text(&q, 3, beneficiary->name);
    query_bind_text(&q, 4, beneficiary->domain);
    query_bind_int(&q, 5, beneficiary->is_individual);
    query_bind_text(&q, 6, beneficiary->named_by);
    query_bind_int(&q, 7, beneficiary->at);
    return query_run_one(&q);
}

bool ledger_project_add(struct store *store, const struct ledger_project_words *words, int64_t at)
{
    struct query q = query(store, &ledger_records_queries, R_PROJECT);
    bind_project(&q, words);
    query_bind_text(&q, 21, words->origin);
    query_bind_int(&q, 22, at);
    return query_run_one(&q);
}

bool ledger_project_edit(struct store *store, const struct ledger_project_words *words)
{
    struct query q = query(store, &ledger_records_queries, R_PROJECT_EDIT);
    bind_project(&q, words);
    return query_run_one(&q);
}

static void bind_project(struct query *query, const struct ledger_project_words *words)
{
    const char *const columns[] = {
        words->project_id, words->org_id,          words->name,          words->short_code,
        words->instrument, words->pathway,         words->pathway_code,  words->protocol,
        words->country,    words->place,           words->status,        words->validator,
        words->verifier,   words->crediting_start, words->crediting_end, words->description,
        words->web,
    };
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
        query_bind_text(query, (int)i + 1, columns[i]);
    }
    bind_location(query, 18, &words->location);
    query_bind_int(query, 20, words->ccp_approved);
}

static void bind_org(struct query *query, const struct ledger_org_words *words)
{
    query_bind_text(query, 1, words->org_id);
    query_bind_text(query, 2, or_null(words->supplier_id));
    query_bind_text(query, 3, words->name);
    query_bind_text(query, 4, words->domain);
    query_bind_text(query, 5, words->country);
    query_bind_text(query, 6, words->description);
    query_bind_text(query, 7, words->short_description);
    query_bind_text(query, 8, words->place);
    bind_location(query, 9, &words->location);
}

/* Two columns; not bound they are NULL. */
static void bind_location(struct query *query, int number, const struct location *location)
{
    if (location->is_known) {
        query_bind_int(query, number, location->latitude_udeg);
        query_bind_int(query, number + 1, location->longitude_udeg);
    }
}

bool ledger_freeze_set(struct store *store, bool frozen, const char *reason, int64_t at)
{
    struct query q = query(store, &ledger_records_queries, R_FREEZE);
    query_bind_int(&q, 1, frozen);
    query_bind_text(&q, 2, frozen ? reason : "");
    query_bind_int(&q, 3, frozen ? at : 0);
    return query_run_one(&q);
}

bool ledger_settings_set(struct store *store, const char *site_name, const char *site_url,
                         int64_t expiry_days, int64_t registry_approval_units)
{
    struct query q = query(store, &ledger_records_queries, R_SETTINGS);
    query_bind_text(&q, 1, site_name);
    query_bind_text(&q, 2, site_url);
    query_bind_int(&q, 3, expiry_days);
    query_bind_int(&q, 4, registry_approval_units);
    return query_run_one(&q);
}

bool ledger_act_add(struct store *store, const struct ledger_act *act, int64_t *seq)
{
    struct query q = query(store, &ledger_records_queries, R_ACT);
    query_bind_int(&q, 1, act->recorded_at);
    query_bind_int(&q, 2, act->at);
    query_bind_text(&q, 3, act->program);
    query_bind_text(&q, 4, act->user_id);
    query_bind_text(&q, 5, act->org_id);
    query_bind_text(&q, 6, act->command);
    query_bind_text(&q, 7, act->subject_id);
    query_bind_text(&q, 8, act->outcome);
    query_bind_text(&q, 9, act->detail);
    query_bind_text(&q, 10, event_kind_word(act->event));
    query_bind_text(&q, 11, act->other_org_id);
    query_bind_int(&q, 12, act->is_public);
    bool good = query_run(&q);
    *seq = query_row_id(&q);
    return good;
}

struct ledger_first_answer ledger_first_answer_read(struct store *store, struct arena *arena,
                                                    const char *scope, const char *key)
{
    struct ledger_first_answer first = {.subject_id = ""};
    struct query q = query(store, &ledger_records_queries, R_ANSWER);
    query_bind_text(&q, 1, scope);
    query_bind_text(&q, 2, key);
    if (query_row(&q)) {
        first.found = true;
        size_t size_bytes = 0;
        const void *bytes = query_blob(&q, arena, 0, &size_bytes);
        must(size_bytes == sizeof(first.fingerprint.bytes));
        memcpy(first.fingerprint.bytes, bytes, size_bytes);
        first.seq = query_int(&q, 1);
        first.answer = query_blob(&q, arena, 2, &first.answer_bytes);
        first.subject_id = query_text(&q, arena, 3);
        first.at = query_int(&q, 4);
    }
    query_end(&q);
    return first;
}

bool ledger_first_answer_add(struct store *store, const char *scope, const char *key,
                             const struct digest *fingerprint, int64_t seq, const void *answer,
                             size_t answer_bytes)
{
    struct query q = query(store, &ledger_records_queries, R_ANSWER_ADD);
    query_bind_text(&q, 1, scope);
    query_bind_text(&q, 2, key);
    query_bind_blob(&q, 3, fingerprint->bytes, sizeof(fingerprint->bytes));
    query_bind_int(&q, 4, seq);
    query_bind_blob(&q, 5, answer, answer_bytes);
    return query_run_one(&q);
}

bool ledger_id_taken(struct store *store, const char *id)
{
    char highest[ID_SIZE];
    read_highest(store, id, id, id, highest);
    return highest[0] != '\0';
}

void ledger_id_highest(struct store *store, const char *id, char highest[ID_SIZE])
{
    char from[ID_SIZE];
    char to[ID_SIZE];
    must(TEXT_COPY(from, id) && TEXT_COPY(to, id));
    memset(from + ID_STEM_CHARS, '0', ID_SIZE - 1 - ID_STEM_CHARS);
    memset(to + ID_STEM_CHARS, 'Z', ID_SIZE - 1 - ID_STEM_CHARS);
    read_highest(store, id, from, to, highest);
}

static void read_highest(struct store *store, const char *id, const char *from, const char *to,
                         char highest[ID_SIZE])
{
    memset(highest, 0, ID_SIZE);
    struct query q = query(store, &ledger_records_queries, highest_query(id));
    query_bind_text(&q, 1, from);
    query_bind_text(&q, 2, to);
    if (query_row(&q)) {
        query_text_into(&q, 0, highest, ID_SIZE);
    }
    query_end(&q);
}

static int highest_query(const char *id)
{
    static const struct {
        const char *prefix;
        int number;
    } rows[] = {
        {"ctb_", R_HIGHEST_BATCH},      {"tfr_", R_HIGHEST_TRANSFER},
        {"ret_", R_HIGHEST_RETIREMENT}, {"dlv_", R_HIGHEST_DELIVERY},
        {"ord_", R_HIGHEST_ORDER},      {"iss_", R_HIGHEST_ISSUANCE},
        {"org_", R_HIGHEST_ORG},        {"spl_", R_HIGHEST_SUPPLIER},
        {"acc_", R_HIGHEST_ACCOUNT},    {"prj_", R_HIGHEST_PROJECT},
        {"bpr_", R_HIGHEST_REFUND},     {"cnl_", R_HIGHEST_CANCELLATION},
        {"pjd_", R_HIGHEST_DOCUMENT},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (text_starts(id, rows[i].prefix)) {
            return rows[i].number;
        }
    }
    must(!"an id of the registry");
    return -1;
}
