/*
 * store/ledger_facts.h: the facts that the ledger decides by: settings, people, organisations,
 * accounts, projects, orders, batches, transfers, as rows of registry.db at this moment. Reads
 * only: a web program may prepare these too (ledger_plan).
 *
 * Every reading function returns a row whose `found` says whether it is there; on a fault it is
 * not, and the fault sticks. Texts of unknown length live in the arena.
 */
#ifndef STORE_LEDGER_FACTS_H
#define STORE_LEDGER_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/id.h"
#include "model/quantity.h"
#include "model/serial.h"
#include "model/term.h"
#include "store/store.h"

extern const struct query_table ledger_facts_queries; /* parties and projects: ledger_facts.c */
/* batches, transfers, orders: ledger_units.c */
extern const struct query_table ledger_units_queries;

struct ledger_setting {
    bool found;
    char tag[ID_TAG_SIZE];
    int64_t expiry_days;
    int64_t registry_approval_units; /* 0: no amount needs it */
    bool frozen;
};

struct ledger_person {
    bool found;
    bool active;
    unsigned registry_roles; /* REGISTRY_… bits */
    bool is_program;
    char made_by[ID_SIZE];        /* "" the operator */
    char program_org_id[ID_SIZE]; /* a program's only organisation; "" for a human being */
};

struct ledger_org {
    bool found;
    char org_id[ID_SIZE];
    bool is_supplier;
    const char *name;
    enum org_kind kind;
    enum org_state state;
    enum incoming_policy incoming;
    enum two_person two_person;
    int64_t two_person_above_units;
};

struct ledger_account {
    bool found;
    char account_id[ID_SIZE];
    char org_id[ID_SIZE];
    const char *name;
    enum account_kind kind;
    bool is_open;
    bool is_main;
};

struct ledger_project {
    bool found;
    char project_id[ID_SIZE];
    char org_id[ID_SIZE]; /* the supplier */
    const char *name;
    const char *short_code;
    const char *pathway_code;
    const char *country;
    enum instrument instrument;
    bool has_units;
    bool ccp_approved;
};

struct ledger_conservation {
    int64_t active;
    int64_t next_serial; /* 1 when there is no row yet */
};

struct ledger_order {
    bool found;
    char order_id[ID_SIZE];
    char supplier_org_id[ID_SIZE];
    char buyer_org_id[ID_SIZE];
    enum instrument instrument; /* what its units count */
    int64_t units, delivered_units;
    int64_t ordered_at;
    bool buyer_agreed; /* recorded by the buyer or the registry */
};

/* A beneficiary that is only named, by org_id. */
struct ledger_beneficiary {
    bool found;
    char beneficiary_id[ID_SIZE];
    char org_id[ID_SIZE];
    const char *name;
};

struct ledger_batch {
    bool found;
    char batch_id[ID_SIZE];
    char project_id[ID_SIZE];
    char supplier_org_id[ID_SIZE];
    char org_id[ID_SIZE];
    char account_id[ID_SIZE];
    char delivery_id[ID_SIZE]; /* "" none */
    enum instrument instrument;
    enum account_kind account_kind;
    enum batch_state state;
    bool is_reserved;
    int32_t vintage;
    int64_t first, last;
    int64_t issued_at, received_at, made_at;
};

struct ledger_transfer {
    bool found;
    char transfer_id[ID_SIZE];
    enum transfer_kind kind;
    enum transfer_state state;
    char from_org_id[ID_SIZE];
    char to_org_id[ID_SIZE];     /* "" for an export */
    char to_account_id[ID_SIZE]; /* "" not known yet */
    enum instrument instrument;
    int64_t units;
    bool needs_approval, needs_registry_approval;
    char submitted_by[ID_SIZE]; /* "" the operator */
    int64_t submitted_at;
    bool is_approved; /* the sender's second person has */
    char approved_by[ID_SIZE];
    int64_t approved_at;
    const char *approval_comment;
    bool is_registry_approved;
    char registry_approved_by[ID_SIZE];
    int64_t registry_approved_at;
    const char *registry_comment;
    int64_t expires_at;
    bool has_ended;
    char ended_by[ID_SIZE];
    int64_t ended_at;
    const char *end_reason;
    bool has_note, note_is_redacted;
};

/* One block of a transfer, with where its batch is now. */
struct ledger_line {
    char batch_id[ID_SIZE];
    char project_id[ID_SIZE];
    int32_t vintage;
    int64_t units;
};

struct ledger_setting ledger_setting_read(struct store *store);
/* When the last act was recorded; 0: none yet. */
int64_t ledger_act_last_at(struct store *store);
struct ledger_person ledger_person_read(struct store *store, const char *user_id);
/* ROLE_… bits of the person in the organisation; 0: none. */
unsigned ledger_roles_read(struct store *store, const char *org_id, const char *user_id);
/* Does any active human being but this one (NULL: any at all) manage the organisation / administer
 * the registry? */
bool ledger_other_manager_is(struct store *store, const char *org_id, const char *but_user_id);
bool ledger_other_administrator_is(struct store *store, const char *but_user_id);
/* Is the person a manager of any organisation? */
bool ledger_manager_somewhere_is(struct store *store, const char *user_id);

struct ledger_org ledger_org_read(struct store *store, struct arena *arena, const char *org_id);
/* The organisation that holds the buffer pool: the first active one of that kind. */
struct ledger_org ledger_buffer_org_read(struct store *store, struct arena *arena);
/* Another organisation with that name or domain (any case; a domain "" is nobody's)? */
bool ledger_org_name_taken(struct store *store, const char *name, const char *but_org_id);
bool ledger_org_domain_taken(struct store *store, const char *domain, const char *but_org_id);
bool ledger_trusts(struct store *store, const char *org_id, const char *sender_org_id);
/* What an organisation still has: units alive, transfers waiting from or to it. */
void ledger_org_left(struct store *store, const char *org_id, int64_t *units, int64_t *waiting);

/* The organisation that has this domain (any case). */
struct ledger_org ledger_org_of_domain(struct store *store, struct arena *arena,
                                       const char *domain);

struct ledger_beneficiary ledger_beneficiary_read(struct store *store, struct arena *arena,
                                                  const char *beneficiary_id);
/* The one that this organisation has named with this domain (any case). */
struct ledger_beneficiary ledger_beneficiary_of_domain(struct store *store, struct arena *arena,
                                                       const char *org_id, const char *domain);

struct ledger_account ledger_account_read(struct store *store, struct arena *arena,
                                          const char *account_id);
struct ledger_account ledger_main_account_read(struct store *store, struct arena *arena,
                                               const char *org_id);
/* The organisation's first open account of that kind. */
struct ledger_account ledger_account_of_kind(struct store *store, struct arena *arena,
                                             const char *org_id, enum account_kind kind);
bool ledger_account_name_taken(struct store *store, const char *org_id, const char *name);
int64_t ledger_account_units(struct store *store, const char *account_id);

struct ledger_project ledger_project_read(struct store *store, struct arena *arena,
                                          const char *project_id);
bool ledger_short_code_taken(struct store *store, const char *short_code,
                             const char *but_project_id);
struct ledger_conservation ledger_conservation_read(struct store *store, const char *project_id,
                                                    int32_t vintage);

struct ledger_order ledger_order_read(struct store *store, const char *order_id);
struct ledger_batch ledger_batch_read(struct store *store, const char *batch_id);
struct ledger_transfer ledger_transfer_read(struct store *store, struct arena *arena,
                                            const char *transfer_id);
/* The blocks of a transfer; those of a waiting one are the batches that it reserves. */
size_t ledger_lines_read(struct store *store, struct arena *arena, const char *transfer_id,
                         const struct ledger_line **lines);
/* The waiting transfers whose time is up, the oldest first; at most max. */
size_t ledger_due_read(struct store *store, struct arena *arena, int64_t at, size_t max,
                       const char ***transfer_ids);

/* Which free batches count: active, not reserved, in an open account of this kind. NULL or "": any.
 */
struct ledger_free_filter {
    const char *org_id; /* the holder; needed */
    const char *supplier_org_id;
    const char *project_id;
    const char *account_id;     /* only from this account */
    const char *but_account_id; /* never from this one */
    const char *instrument;     /* its word */
    enum account_kind account_kind;
    int32_t vintage;      /* 0 any */
    const char *order_id; /* came with a delivery of this order */
};

struct ledger_free {
    const struct ledger_batch *batches; /* oldest first: issued_at, project, vintage, first */
    size_t count;
    int64_t units; /* their sum; the last one may reach over what was wanted */
    bool is_cut;   /* there were more batches than max, and still not enough */
};

/* The oldest free batches that together hold units_wanted, or all there are. */
struct ledger_free ledger_free_read(struct store *store, struct arena *arena,
                                    const struct ledger_free_filter *filter, int64_t units_wanted,
                                    size_t max);

#endif
