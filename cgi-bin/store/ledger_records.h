/*
 * store/ledger_records.h: what the ledger writes besides units: organisations, accounts, people,
 * projects, settings, its audit log and the first answers of keys. For the ledger's writing side
 * alone, inside its transaction. false: a fault, or not exactly the row meant was changed.
 */
#ifndef STORE_LEDGER_RECORDS_H
#define STORE_LEDGER_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/id.h"
#include "model/location.h"
#include "model/term.h"
#include "store/store.h"

extern const struct query_table ledger_records_queries;

struct ledger_org_words {
    const char *org_id;
    const char *supplier_id; /* "" none; editing: "" as before */
    const char *name, *domain, *country, *description, *origin;
    enum org_kind kind;
    bool is_demo;
    const char *short_description, *place;
    struct location location;
};
bool ledger_org_add(struct store *store, const struct ledger_org_words *words, int64_t at);
/* name, domain, country, descriptions, place, location, supplier_id */
bool ledger_org_edit(struct store *store, const struct ledger_org_words *words);
bool ledger_org_set_state(struct store *store, const char *org_id, enum org_state state);
bool ledger_org_set_policy(struct store *store, const char *org_id, enum incoming_policy incoming,
                           enum two_person two_person, int64_t above_units);
/* Adding what is there and removing what is not there changes nothing, and is fine. */
bool ledger_trust_add(struct store *store, const char *org_id, const char *sender_org_id,
                      int64_t at);
bool ledger_trust_remove(struct store *store, const char *org_id, const char *sender_org_id);

bool ledger_account_add(struct store *store, const char *account_id, const char *org_id,
                        const char *name, enum account_kind kind, bool is_main, int64_t at);
bool ledger_account_close(struct store *store, const char *account_id);

/* Adds the person or changes the state. made_by and program_org_id ("" a human being) are of the
 * one who is added. */
bool ledger_person_set(struct store *store, const char *user_id, bool active, const char *made_by,
                       const char *program_org_id, int64_t at);
bool ledger_registry_roles_set(struct store *store, const char *user_id, unsigned roles);
bool ledger_member_set(struct store *store, const char *org_id, const char *user_id, unsigned roles,
                       int64_t at);

struct ledger_new_beneficiary {
    const char *beneficiary_id, *org_id, *name, *domain, *named_by;
    bool is_individual;
    int64_t at;
};
bool ledger_beneficiary_add(struct store *store, const struct ledger_new_beneficiary *beneficiary);

struct ledger_project_words {
    const char *project_id, *org_id, *name, *short_code, *instrument, *pathway, *pathway_code,
        *protocol, *country, *place, *status, *validator, *verifier, *crediting_start,
        *crediting_end, *description, *web, *origin;
    struct location location;
    bool ccp_approved;
};
bool ledger_project_add(struct store *store, const struct ledger_project_words *words, int64_t at);
/* all but origin */
bool ledger_project_edit(struct store *store, const struct ledger_project_words *words);

bool ledger_freeze_set(struct store *store, bool frozen, const char *reason, int64_t at);
bool ledger_settings_set(struct store *store, const char *site_name, const char *site_url,
                         int64_t expiry_days, int64_t registry_approval_units);

struct ledger_act {
    int64_t recorded_at, at;
    const char *program, *user_id, *org_id, *command, *subject_id, *outcome, *detail;
    enum event_kind event; /* what it tells, to org_id and other_org_id ("" none) … */
    const char *other_org_id;
    bool is_public; /* … or to everybody */
};
/* Writes the audit row; *seq is its place in the ledger's order. */
bool ledger_act_add(struct store *store, const struct ledger_act *act, int64_t *seq);

/* The first answer given to a key. */
struct ledger_first_answer {
    bool found;
    struct digest fingerprint;
    int64_t seq;
    const void *answer; /* in the arena */
    size_t answer_bytes;
    /* of its act, with its time: enough when the answer was stored by another version */
    const char *subject_id;
    int64_t at;
};
struct ledger_first_answer ledger_first_answer_read(struct store *store, struct arena *arena,
                                                    const char *scope, const char *key);
bool ledger_first_answer_add(struct store *store, const char *scope, const char *key,
                             const struct digest *fingerprint, int64_t seq, const void *answer,
                             size_t answer_bytes);

/* Is there a thing with this id already? Its prefix must be one of the registry's. */
bool ledger_id_taken(struct store *store, const char *id);
/* The highest id of this id's kind, millisecond and tag; "" when there is none. */
void ledger_id_highest(struct store *store, const char *id, char highest[ID_SIZE]);

#endif
