/*
 * ledger/work.h: what the files of the ledger room share while one command is decided. For the
 * ledger room only.
 *
 * The way of a command: act.c opens it (person, key), apply_*.c read the facts, decide_*.c decide
 * (pure functions), apply_*.c write the changes and look once more at what they wrote, act.c writes
 * the audit row and the first answer.
 */
#ifndef LEDGER_WORK_H
#define LEDGER_WORK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/id.h"
#include "ledger/command.h"
#include "ledger/ledger.h"
#include "store/ledger_documents.h"
#include "store/ledger_facts.h"
#include "store/public_words.h"

struct work {
    struct store *store;
    struct arena *arena;
    struct id_source *ids; /* NULL: looking ahead only, nothing may be made */
    enum asker program;
    const struct command *command;
    int64_t recorded_at; /* the clock */
    int64_t at;          /* the act's time */
    bool is_operator;    /* rights are not asked */
    struct ledger_person person;
    struct ledger_setting setting;
    struct answer *answer;
    char org_id[ID_SIZE]; /* for the audit row: on whose behalf; "" the registry */
    const char *detail;   /* for the audit row: in words */
    /* what the act tells when it is done, besides what its kind says: EVENT_NONE */
    enum event_kind event;
    bool is_public;             /* with event: everybody is told */
    bool is_silent;             /* nothing was changed: nobody is told */
    char other_org_id[ID_SIZE]; /* told besides org_id; "" nobody */
};

/* On whose behalf the act is, for its audit row. */
void work_for(struct work *work, const char *org_id);
/* Whom else it concerns: one that is the same organisation, or "", is nobody else. */
void work_tell_also(struct work *work, const char *other_org_id);
/* An act on a transfer tells what it has become: the sender; the recipient too once all approvals
 * are given; everybody when it is completed. Call it behind work_for. */
void work_tell_transfer(struct work *work, enum act_kind kind, const struct ledger_transfer *after);
/* Sets field and status of a refusal; returns the status. */
enum status refuse(struct answer *answer, enum status status, enum command_field field);

/* ---- rights.c: pure ---- */

/* Rights in an organisation, by the person's roles there. needed: any one of these ROLE_ bits is
 * enough. Someone without any role, there or in the registry, gets NOT_FOUND, as if it did not
 * exist; an auditor never writes. */
enum status right_in_org(const struct work *work, unsigned roles, unsigned needed,
                         bool administrator_may);
/* Rights of registry administrators. */
enum status right_in_registry(const struct work *work);
/* Does the registry itself act: the operator, or an administrator not through a program of the
 * organisations? */
bool acts_for_registry(const struct work *work);
/* A program acts through the api program alone, and that for programs alone. */
bool may_act_through(const struct ledger_person *person, enum asker program);
/* Reads the roles and asks right_in_org. */
enum status right_for_org(const struct work *work, const char *org_id, unsigned needed,
                          bool administrator_may);

/* ---- check.c: pure ---- */

/* At most NOTE_CHARS_MAX characters of UTF-8 without control characters. */
enum status check_note(const char *text, enum command_field field, struct answer *answer);
/* min to max characters, no control characters, no white space at its ends: NAME and the like. */
bool check_words(const char *text, size_t min_characters, size_t max_characters);
/* Longer text that may have line breaks. */
bool check_prose(const char *text);
bool check_domain(const char *text);  /* "" or a host name in lower case with a dot */
bool check_country(const char *text); /* three capital letters */
bool check_date(const char *text);    /* "" or YYYY-MM-DD */
bool check_web(const char *text);     /* "" or http(s)://… without blanks */
/* A public address of a document: https, a host by its name, the characters of RFC 3986 without
 * ', at most DOCUMENT_URL_CHARS_MAX; no user name, and a port as for webhooks (model/endpoint.h).
 */
bool check_document_url(const char *text);
/* An id given by the command: "" or (tally alone) a well-formed one of that prefix. */
bool check_given_id(const struct work *work, const char *id, const char *prefix);

/* ---- plan.c: which units ---- */

/* What is wished: lines, or so many units oldest first; and the facts it is answered from. */
struct plan_wish {
    const char *org_id;          /* the holder */
    const char *supplier_org_id; /* "" any */
    const char *project_id;      /* "" any */
    const char *from_account_id; /* oldest first: "" any active account */
    const char *to_account_id;   /* what lies there already cannot be moved there; "" */
    bool reserve_too;            /* by lines: a batch in a reserve account is fine */
    bool reserve_only;           /* only what lies in reserve accounts */
    int32_t vintage;             /* oldest first: 0 any */
    const char *order_id;        /* oldest first: came with a delivery of it; NULL or "" any */
    bool has_instrument;         /* false: that of the first batch */
    enum instrument instrument;
    int64_t units;
    const struct command_line *lines;
    uint32_t line_count;
    const struct ledger_batch *batches; /* one a line (found or not), or the oldest free ones */
    size_t batch_count;
    int64_t free_units;
    bool is_cut;
};

/* Reads the wish's facts. A wish that is refused anyway may be left without. */
void plan_read(struct store *store, struct arena *arena, struct plan_wish *wish);
/* Pure: selects and splits. Fills moves, move_count, units; *latest_at: when the youngest of the
 * batches came to lie where it is. On refusal: LINES_EMPTY to NOT_ENOUGH in answer. */
enum status plan_select(struct arena *arena, const struct plan_wish *wish, struct plan *plan,
                        int64_t *latest_at, struct answer *answer);
/* Pure: the digest of a plan and of whom it is for. */
struct digest plan_digest(const struct plan *plan, const struct command_transfer *body);
/* The same for the acts that move units at once; two texts say whom it is for. */
struct digest plan_digest_at_once(const struct plan *plan, enum act_kind kind, const char *whom,
                                  const char *whereto);
/* The supplier of all moves; "" when there are several. */
const char *plan_supplier(const struct plan *plan);

/* ---- decide_transfer.c: pure ---- */

struct transfer_facts {
    struct ledger_setting setting;
    struct ledger_org sender, recipient;
    struct ledger_account from; /* when the command names one */
    struct ledger_account to;   /* internal: where to; external: the recipient's Main */
    bool recipient_trusts;
    struct plan_wish wish;
    struct ledger_transfer corrects;
};

/* Everything between the rights and the writing of a TRANSFER. */
enum status decide_transfer(struct arena *arena, const struct transfer_facts *facts,
                            const struct command_transfer *body, int64_t at, struct plan *plan,
                            struct answer *answer);
/* Does the sender's policy ask for a second person for so many units? */
bool second_person_is_needed(const struct ledger_org *sender, int64_t units);
/* Does this recipient accept that sender's transfers at once? */
bool recipient_accepts(const struct ledger_org *recipient, bool trusts);
/* The transfer's row as it begins. */
struct ledger_transfer transfer_begun(const struct transfer_facts *facts,
                                      const struct command *command, const struct plan *plan,
                                      int64_t at);
enum status check_sender(const struct ledger_org *sender, enum command_field field,
                         struct answer *answer);
enum status check_recipient(const struct ledger_org *recipient, enum command_field field,
                            struct answer *answer);
/* Is it an open account of that organisation, of kind active? */
enum status check_account(const struct ledger_account *account, const char *org_id,
                          struct answer *answer);

/* ---- decide_answer.c: pure ---- */

enum units_fate { UNITS_STAY, UNITS_RETURN, UNITS_ARRIVE, UNITS_LEAVE };

struct answer_facts {
    struct ledger_setting setting;
    struct ledger_transfer transfer;
    struct ledger_org sender, recipient;
    /* accept: the one named, or Main; approvals: the recipient's Main */
    struct ledger_account account;
    bool recipient_trusts;
    unsigned sender_roles, recipient_roles; /* of the person */
    /* Who stands behind whom: a program's maker, otherwise the person itself. "" nobody. */
    char asker_root[ID_SIZE], submitter_root[ID_SIZE];
    char approver_root[ID_SIZE], registry_approver_root[ID_SIZE];
};

struct answer_outcome {
    struct ledger_transfer after;
    enum units_fate fate;
};

/* May this person do this to this transfer at all? */
enum status decide_answer_right(const struct work *work, const struct answer_facts *facts);
/* Everything between the rights and the writing of APPROVE … WITHDRAW, REDACT_NOTE. */
enum status decide_answer(const struct answer_facts *facts, enum act_kind kind,
                          const struct command_decide *body, const char *user_id, int64_t at,
                          struct answer_outcome *outcome, struct answer *answer);
/* The same of REDACT_NOTE and REDACT_BENEFICIARY of what is no transfer: decide_redact.c. */
enum status decide_redact(const struct public_words *words, const struct command_decide *body,
                          int64_t at, struct answer *answer);
/* Has everybody on the sender's side agreed? Until then the recipient does not know of it. */
bool transfer_has_reached(const struct ledger_transfer *transfer);
/* The transfer as it is at that time: one whose time is up has expired, swept or not. */
struct ledger_transfer transfer_at(const struct ledger_transfer *transfer, int64_t at);

/* ---- decide_units.c: pure ---- */

struct issue_facts {
    struct ledger_project project;
    struct ledger_org receiver; /* the supplier, or to_org_id */
    struct ledger_account main; /* the receiver's */
    struct ledger_org buffer;
    struct ledger_account reserve; /* the buffer organisation's */
    struct ledger_conservation conservation;
    bool may_choose_receiver; /* tally */
};
enum status decide_issue(const struct issue_facts *facts, const struct command_issue *body,
                         struct answer *answer);

struct order_facts {
    struct ledger_org supplier, buyer;
};
enum status decide_order(const struct order_facts *facts, const struct command_order *body,
                         struct answer *answer);

struct deliver_facts {
    struct ledger_setting setting;
    struct ledger_order order;
    struct ledger_org supplier, buyer;
    struct ledger_account to; /* the buyer's Main */
    bool buyer_trusts;        /* this supplier */
    bool is_registry;         /* the registry itself delivers */
    bool project_is_other;    /* one is named, of another instrument than the order's */
    struct plan_wish wish;
};
enum status decide_deliver(struct arena *arena, const struct deliver_facts *facts,
                           const struct command_deliver *body, int64_t at, struct plan *plan,
                           struct answer *answer);

struct retire_facts {
    struct ledger_setting setting;
    struct ledger_org owner, beneficiary;
    struct ledger_beneficiary named; /* when no organisation has the id */
    bool is_operator;
    bool order_is_known; /* when one is named: and it is one of the owner's */
    struct plan_wish wish;
};
/* The name that the public reads: as typed, or that of the beneficiary; "" there is none. */
const char *retire_beneficiary(const struct retire_facts *facts, const struct command_retire *body);
enum status decide_retire(struct arena *arena, const struct retire_facts *facts,
                          const struct command_retire *body, int64_t at, struct plan *plan,
                          struct answer *answer);
enum status check_units(int64_t units, enum command_field field, struct answer *answer);

/* ---- decide_pool.c: pure ---- */

struct pool_facts {
    struct ledger_setting setting;
    struct ledger_org buffer, supplier;
    struct ledger_account to; /* REFUND: the supplier's Main */
    bool project_is_known;    /* when one is named */
    bool is_registry;
    struct plan_wish wish;
};
enum status decide_pool(struct arena *arena, const struct pool_facts *facts, enum act_kind kind,
                        const struct command_pool *body, int64_t at, struct plan *plan,
                        struct answer *answer);

/* ---- decide_party.c: pure ---- */

struct organisation_facts {
    struct ledger_org org; /* when it is edited */
    bool is_new, name_taken, domain_taken;
    int64_t left_units, left_waiting; /* when it is closed */
};
enum status decide_organisation(const struct organisation_facts *facts,
                                const struct command_organisation *body, struct answer *answer);
enum status decide_organisation_state(const struct organisation_facts *facts,
                                      const struct command_organisation *body,
                                      struct answer *answer);

struct project_facts {
    struct ledger_project project; /* when it is edited */
    struct ledger_org supplier;
    bool is_new, code_taken;
};
enum status decide_project(const struct project_facts *facts, const struct command_project *body,
                           struct answer *answer);

struct document_facts {
    struct ledger_project project;
    int64_t count;                   /* ADD_DOCUMENT: documents that are there, of the project */
    bool url_taken;                  /* ADD_DOCUMENT: by one of these */
    struct ledger_document document; /* REMOVE_DOCUMENT */
};
enum status decide_document(const struct document_facts *facts, enum act_kind kind,
                            const struct command_document *body, struct answer *answer);

struct person_facts {
    struct ledger_person person; /* the one it is about */
    struct ledger_org org;       /* SET_MEMBER; SET_PERSON of a new program */
    unsigned old_roles;          /* in that organisation */
    /* nobody else manages the organisation / administers the registry */
    bool is_last;
    bool is_above; /* the operator or an administrator asks */
};
enum status decide_person(const struct person_facts *facts, const struct command_person *body,
                          struct answer *answer);
enum status decide_registry_roles(const struct person_facts *facts,
                                  const struct command_person *body, struct answer *answer);
enum status decide_member(const struct person_facts *facts, const struct command_person *body,
                          struct answer *answer);

struct beneficiary_facts {
    struct ledger_org org;           /* who names it */
    struct ledger_org known;         /* has the domain */
    struct ledger_beneficiary named; /* has been named with it */
};
enum status decide_beneficiary(const struct beneficiary_facts *facts,
                               const struct command_beneficiary *body, struct answer *answer);

struct account_facts {
    struct ledger_org org;
    struct ledger_account account; /* when it is closed */
    bool name_taken;
    int64_t units;
};
enum status decide_open_account(const struct account_facts *facts,
                                const struct command_account *body, struct answer *answer);
enum status decide_close_account(const struct account_facts *facts,
                                 const struct command_account *body, struct answer *answer);

enum status decide_policy(const struct ledger_org *org, const struct command_policy *body,
                          struct answer *answer);
enum status decide_trust(const struct ledger_org *org, const struct ledger_org *sender,
                         struct answer *answer);
enum status decide_freeze(const struct command_setting *body, struct answer *answer);
enum status decide_settings(const struct command_setting *body, struct answer *answer);

/* ---- apply_*.c: facts, decision, writing; each returns the status of its act ---- */

enum status apply_transfer(struct work *work);
enum status apply_answer(struct work *work);
enum status apply_redact(struct work *work);
enum status apply_expire(struct work *work);
enum status apply_issue(struct work *work);
enum status apply_order(struct work *work);
enum status apply_deliver(struct work *work);
enum status apply_retire(struct work *work);
enum status apply_pool(struct work *work);
enum status apply_beneficiary(struct work *work);
enum status apply_organisation(struct work *work);
enum status apply_organisation_state(struct work *work);
enum status apply_person(struct work *work);
enum status apply_registry_roles(struct work *work);
enum status apply_member(struct work *work);
enum status apply_project(struct work *work);
enum status apply_document(struct work *work);
enum status apply_policy(struct work *work);
enum status apply_trust(struct work *work);
enum status apply_open_account(struct work *work);
enum status apply_close_account(struct work *work);
enum status apply_freeze(struct work *work);
enum status apply_settings(struct work *work);

/* The facts and the decision of an act, rights included: what the act and ledger_plan share. */
enum status judge_transfer(struct work *work, struct transfer_facts *facts, struct plan *plan);
enum status judge_deliver(struct work *work, struct deliver_facts *facts, struct plan *plan);
enum status judge_retire(struct work *work, struct retire_facts *facts, struct plan *plan);
enum status judge_pool(struct work *work, struct pool_facts *facts, struct plan *plan);

/* ---- units.c: writing moves ---- */

struct ledger_place;
struct moved {
    char batch_id[ID_SIZE]; /* the batch that moved */
    const char *split_from; /* NULL: whole */
};
/* Moves what the plan says; one `moved` a move, in the arena; NULL on a fault. */
const struct moved *units_move(struct work *work, const struct plan *plan,
                               const struct ledger_place *place);
/* Takes the plan's units out of circulation in this state. */
bool units_end(struct work *work, const struct plan *plan, enum batch_state state);
/* Before anything is kept: is what was written what was decided? */
struct ledger_touched;
bool units_are_whole(const struct ledger_touched *touched, const struct plan *plan);

/* ---- act.c ---- */

/* Makes an id of the act's time that nothing has yet. */
void work_id(struct work *work, const char *prefix, char id[ID_SIZE]);
/* The given id, or a new one when it is "". False: the given one is taken. */
bool work_id_given(struct work *work, const char *given, const char *prefix, char id[ID_SIZE]);
/* Writes an audit row of this act; its seq goes into the answer. */
bool work_record(struct work *work, enum status status, const char *org_id, const char *subject_id,
                 const char *detail);

#endif
