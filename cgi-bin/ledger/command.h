/*
 * ledger/command.h: what can be asked of the ledger, and what it answers. One fixed-size struct
 * each way, one SOCK_SEQPACKET message each (a command without its unused tail: wire.h). All text
 * is NUL-terminated UTF-8; a command whose arrays are not terminated is refused.
 */
#ifndef LEDGER_COMMAND_H
#define LEDGER_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/id.h"
#include "base/limits.h"
#include "model/location.h"
#include "model/quantity.h"
#include "model/serial.h"
#include "model/status.h"
#include "model/term.h"

#define COMMAND_VERSION 3

enum act_kind {
    ACT_NONE,
    /* registry administrators (admin program) and the operator (tally) */
    /* organisation: opens it with its Main account (active), a Retirement account and, for a
     * buffer pool, Reserve */
    ACT_OPEN_ORGANISATION,
    /* organisation: name, domain, country, descriptions, where it sits; makes it a supplier when
     * is_supplier */
    ACT_EDIT_ORGANISATION,
    /* organisation.state: suspend, reactivate, close (only when it holds nothing live and
     * nothing waits) */
    ACT_SET_ORGANISATION_STATE,
    /* person: makes known, deactivates, reactivates: administrators. A manager of any organisation
     * may make a person known; a manager of org_id may also make, stop and start its programs */
    ACT_SET_PERSON,
    ACT_SET_REGISTRY_ROLES, /* person.roles: 1 administrator, 2 auditor */
    ACT_OPEN_PROJECT,       /* project */
    /* project: all but instrument, short code and supplier once units exist */
    ACT_EDIT_PROJECT,
    ACT_ISSUE,            /* issue */
    ACT_ORDER,            /* order: initiator of the supplier or of the buyer, administrator */
    ACT_DELIVER,          /* deliver: initiator of the supplier, administrator */
    ACT_REGISTRY_APPROVE, /* decide */
    ACT_REGISTRY_REFUSE,  /* decide, reason needed: transfer becomes rejected */
    ACT_CANCEL,           /* decide, reason needed: awaiting or pending becomes cancelled */
    ACT_COMPLETE_EXPORT,  /* decide: the other system has received it: batches become exported */
    ACT_REJECT_EXPORT,    /* decide, reason needed: the other system refused */
    /* decide.subject_id, reason needed: the public note of a transfer, issuance, delivery,
     * retirement, refund, or the reason of a cancellation; VALUE_REFUSED, FIELD_NOTES when it has
     * none or none any more */
    ACT_REDACT_NOTE,
    ACT_FREEZE,       /* setting: frozen, text = reason */
    ACT_SET_SETTINGS, /* setting: expiry_days, registry_approval_units, site name … */
    /* no body: ends every waiting transfer whose time is up (the daemon's timer, tally) */
    ACT_EXPIRE,
    /* organisations (account program) */
    ACT_TRANSFER, /* transfer: initiator */
    ACT_APPROVE,  /* decide: approver of the sender, not the submitter */
    /* decide, reason needed: approver of the sender; transfer becomes rejected */
    ACT_REFUSE,
    ACT_ACCEPT,        /* decide: approver of the recipient, into account_id ("" = Main) */
    ACT_REJECT,        /* decide, reason needed: approver of the recipient */
    ACT_WITHDRAW,      /* decide: initiator of the sender, reason optional */
    ACT_RETIRE,        /* retire: initiator */
    ACT_SET_POLICY,    /* policy: manager */
    ACT_TRUST,         /* trust: manager */
    ACT_OPEN_ACCOUNT,  /* account: manager */
    ACT_CLOSE_ACCOUNT, /* account.account_id, empty and not Main: manager */
    /* person.org_id, roles (0 leaves): manager of it or administrator. A program only in the
     * organisation that it was made for */
    ACT_SET_MEMBER,
    /* New acts come last: the number is part of the fingerprints that are kept. */
    /* beneficiary: initiator of org_id names somebody to retire for */
    ACT_OPEN_BENEFICIARY,
    /* pool: units of a buffer organisation's Reserve accounts go back into their supplier's Main
     * account: initiator of the buffer organisation, administrator */
    ACT_REFUND,
    /* pool, notes needed (which reversal): such units are cancelled for good: administrator */
    ACT_CANCEL_UNITS,
    /* document: a link to a document is added to a project, or taken away: administrators. What is
     * acted on is the project */
    ACT_ADD_DOCUMENT,
    ACT_REMOVE_DOCUMENT,
    /* decide.subject_id (a retirement), reason needed: its beneficiary's name as it was typed, in
     * the manner of REDACT_NOTE; what is an organisation's own name is none */
    ACT_REDACT_BENEFICIARY,
    ACT__COUNT
};

/*
 * Acts that move units at once (RETIRE, DELIVER, REFUND, CANCEL_UNITS; an ordinary transfer waits
 * instead):
 *
 * 1. Two persons. When the organisation that gives the units asks for a second person for that
 *    many (its policy, as for transfers), the act is refused with SECOND_PERSON_NEEDED: there is
 *    nothing that waits, so one person alone may not do it.
 * 2. The buyer's consent. DELIVER is done when the order is the buyer's own word: recorded by an
 *    initiator of the buyer, by a registry administrator or by the operator. What the supplier
 *    recorded alone is not; then the buyer's policy must accept at once what comes from this
 *    supplier (all; or trusted, and the supplier is), or it is refused with BUYER_NOT_AGREED.
 *
 * Neither is asked of the registry itself: the operator, and an administrator through the admin
 * program. (RETIRE has no such way in: only the holder retires.)
 *
 * Programs: an access token is a person of its own (person.is_program). A program acts through the
 * api program alone, and the api program for programs alone; anything else is NOT_ALLOWED. It has
 * roles like anybody but is never the last manager and never has registry roles, and it is the same
 * person as its maker: where two persons are needed neither the maker and a program of his nor two
 * programs of one maker are two. (One that the operator made stands for itself: whom it is given to
 * is the operator's care.)
 */

/* "transfer", "open-organisation" …: audit log, log lines, messages. */
const char *act_word(enum act_kind kind);

/* Which program asks. */
enum asker {
    PROGRAM_NONE,
    PROGRAM_PUBLIC,
    PROGRAM_SIGNIN,
    PROGRAM_ACCOUNT,
    PROGRAM_ADMIN,
    PROGRAM_API,
    PROGRAM_TALLY,
    PROGRAM_LEDGER, /* the daemon's own timer */
    PROGRAM__COUNT
};
const char *program_word(enum asker program);
/* May this program send this act at all? */
bool program_may(enum asker program, enum act_kind kind);

/* Part of a batch, or all of it. */
struct command_line {
    char batch_id[ID_SIZE];
    int64_t units;
};

struct command_organisation {
    char org_id[ID_SIZE]; /* open: "" = made here; tally may name it */
    char supplier_id[ID_SIZE];
    char name[NAME_SIZE];
    char domain[DOMAIN_SIZE];
    char country[4];
    char description[2048];
    char origin[256];
    bool is_supplier;
    bool is_demo;
    uint8_t kind;           /* 0 participant, 1 buffer, 2 registry */
    uint8_t state;          /* enum org_state */
    char reason[NOTE_SIZE]; /* suspend, close */
    /* public: one line */
    char short_description[SHORT_DESCRIPTION_SIZE];
    char place[NAME_SIZE];    /* public: where it sits, in words */
    struct location location; /* the same on the map; needs a country that has a name */
};

struct command_person {
    char user_id[ID_SIZE];
    char org_id[ID_SIZE]; /* SET_MEMBER; SET_PERSON of a new program: the one it is made for */
    uint8_t roles;
    bool deactivated; /* SET_PERSON */
    /* SET_PERSON: the one made known is a program. Who is known already stays what it is: true for
     * a human being is refused, false for a program says nothing */
    bool is_program;
};

struct command_account {
    char account_id[ID_SIZE];
    char org_id[ID_SIZE];
    char name[NAME_SIZE];
    uint8_t kind; /* enum account_kind */
};

struct command_project {
    char project_id[ID_SIZE];
    char org_id[ID_SIZE]; /* supplier */
    char name[1604];
    char short_code[SERIAL_WORD_SIZE];
    uint8_t instrument;
    char pathway[64];
    char pathway_code[SERIAL_WORD_SIZE];
    char protocol[64];
    char country[4];
    char place[NAME_SIZE];
    char status[24];
    char validator[NAME_SIZE];
    char verifier[NAME_SIZE];
    char crediting_start[11];
    char crediting_end[11];
    char description[4096];
    char web[512];
    char origin[256];
    struct location location; /* on the map; needs a country that has a name */
    /* its credits carry the label of the Core Carbon Principles; carbon removal alone */
    bool ccp_approved;
};

struct command_document {
    char document_id[ID_SIZE]; /* add: "" = made here; remove: which */
    char project_id[ID_SIZE];
    /* add: 1 to NOTE_CHARS_MAX characters; an address that check_document_url takes, once a
     * project */
    char name[NOTE_SIZE];
    char url[DOCUMENT_URL_SIZE];
    uint8_t kind;   /* enum document_kind */
    char dated[11]; /* the day that it bears; "" unknown */
};

struct command_issue {
    char issuance_id[ID_SIZE];
    char project_id[ID_SIZE];
    int32_t vintage;
    /* opening balance or units from another system: counts as imported */
    bool imported;
    int64_t supplier_units;
    /* to the buffer pool's Reserve account; needs an organisation of kind buffer */
    int64_t buffer_units;
    /* tally only, with imported: whose Main account receives (opening balances); "" = the
     * supplier */
    char to_org_id[ID_SIZE];
    char reporting_start[11];
    char reporting_end[11];
    char notes[NOTE_SIZE];
    char origin[256];
};

struct command_order {
    char order_id[ID_SIZE];
    char supplier_org_id[ID_SIZE];
    char buyer_org_id[ID_SIZE];
    uint8_t instrument; /* enum instrument: what units count, and what may be delivered */
    int64_t units;
    char contract_date[11];
    char notes[NOTE_SIZE];
    char origin[256];
};

struct command_deliver {
    char delivery_id[ID_SIZE];
    char order_id[ID_SIZE];
    /* oldest first from this project of the supplier ("" = any of the supplier's) when
     * line_count is 0 */
    char project_id[ID_SIZE];
    int64_t units; /* with line_count 0 */
    char notes[NOTE_SIZE];
    char origin[256];
    /* true: refuse with PLAN_CHANGED unless the plan made now has this digest */
    bool has_plan;
    struct digest plan;
    uint32_t line_count;
    struct command_line lines[COMMAND_LINES_MAX];
};

struct command_transfer {
    char transfer_id[ID_SIZE]; /* "" = made by the ledger */
    uint8_t kind;              /* enum transfer_kind */
    char from_org_id[ID_SIZE];
    char to_org_id[ID_SIZE];         /* external */
    char to_account_id[ID_SIZE];     /* internal */
    char to_system[NAME_SIZE];       /* export */
    char to_system_party[NAME_SIZE]; /* export */
    /* "" = any (dashboard); otherwise every unit must be this supplier's */
    char supplier_org_id[ID_SIZE];
    uint8_t instrument; /* of all units */
    int64_t units;      /* oldest first when line_count is 0 */
    /* oldest first: only from this account; "" = any active account */
    char from_account_id[ID_SIZE];
    char notes[NOTE_SIZE];
    char private_note[NOTE_SIZE];
    char corrects_id[ID_SIZE];
    char origin[256]; /* tally */
    /* true: refuse with PLAN_CHANGED unless the plan made now has this digest */
    bool has_plan;
    struct digest plan;
    uint32_t line_count;
    struct command_line lines[COMMAND_LINES_MAX];
};

struct command_decide { /* approve, accept, reject, withdraw, cancel, redact … */
    union {
        char transfer_id[ID_SIZE];
        char subject_id[ID_SIZE]; /* redact: whatever has the words */
    };
    char account_id[ID_SIZE]; /* accept */
    char reason[NOTE_SIZE];   /* or comment */
};

struct command_retire {
    char retirement_id[ID_SIZE];
    char org_id[ID_SIZE];
    /* an organisation, or a beneficiary that org_id named itself (anybody else's is
     * RECIPIENT_UNKNOWN); "" = beneficiary is a name alone */
    char beneficiary_org_id[ID_SIZE];
    char beneficiary[NOTE_SIZE]; /* public; "" = the name of beneficiary_org_id */
    uint8_t purposes;
    /* every unit must be this supplier's, with lines too (WRONG_SUPPLIER); "" = named by project or
     * lines */
    char supplier_org_id[ID_SIZE];
    char project_id[ID_SIZE]; /* the same: of this project; "" = any of the supplier */
    /* oldest first only; with lines VALUE_REFUSED: */
    int32_t vintage; /* 0 = any */
    /* units that came with deliveries of this order; it is one of org_id's, as buyer or supplier,
     * else ORDER_UNKNOWN; "" = any */
    char order_id[ID_SIZE];
    int64_t units; /* oldest first when line_count is 0 */
    /* oldest first: units of this instrument alone; false: of that which the oldest batch is of */
    bool has_instrument;
    uint8_t instrument;
    char notes[NOTE_SIZE];
    char origin[256];
    /* true: refuse with PLAN_CHANGED unless the plan made now has this digest */
    bool has_plan;
    struct digest plan;
    uint32_t line_count;
    struct command_line lines[COMMAND_LINES_MAX];
};

/* A beneficiary that is only named. An organisation with this domain that is on the registry, or
 * one that org_id has named already, is found instead: then answer.id is that one, answer.count 0
 * (1: made now), and nothing is changed. Two individuals of one name are two. Addresses of people
 * never come here: who keeps them tells by beneficiary_id which individual is found. */
struct command_beneficiary {
    /* "" = made here; tally may name it; of other programs the individual whom org_id named by this
     * very name before (VALUE_REFUSED when there is none), and no part of the fingerprint */
    char beneficiary_id[ID_SIZE];
    char org_id[ID_SIZE];     /* who names it */
    char name[NOTE_SIZE];     /* 1 to NOTE_CHARS_MAX characters */
    char domain[DOMAIN_SIZE]; /* needed, and "" for an individual */
    bool is_individual;
};

/* REFUND and CANCEL_UNITS. All units are of one supplier; they are free and lie in a Reserve
 * account of the buffer organisation. */
struct command_pool {
    char pool_id[ID_SIZE]; /* "bpr_…" or "cnl_…"; "" = made here; tally may name it */
    char org_id[ID_SIZE];  /* the buffer organisation; "" = the registry's */
    /* oldest first of this project when line_count is 0; with lines all must be of it; "" only with
     * lines */
    char project_id[ID_SIZE];
    int64_t units;         /* with line_count 0 */
    char notes[NOTE_SIZE]; /* public; CANCEL_UNITS: the reason, needed */
    char origin[256];
    /* true: refuse with PLAN_CHANGED unless the plan made now has this digest */
    bool has_plan;
    struct digest plan;
    uint32_t line_count;
    struct command_line lines[COMMAND_LINES_MAX];
};

struct command_policy {
    char org_id[ID_SIZE];
    uint8_t incoming;   /* enum incoming_policy */
    uint8_t two_person; /* enum two_person */
    int64_t two_person_above_units;
};

struct command_trust {
    char org_id[ID_SIZE];
    char sender_org_id[ID_SIZE];
    bool remove;
};

struct command_setting {
    bool frozen;               /* FREEZE */
    char text[NOTE_SIZE];      /* FREEZE: reason */
    char site_name[NAME_SIZE]; /* SET_SETTINGS from here on */
    char site_url[256];
    int64_t expiry_days;
    int64_t registry_approval_units;
};

struct command {
    uint32_t version; /* COMMAND_VERSION */
    uint32_t kind;    /* enum act_kind */
    /* idempotency; "" = none (administrative edits only; TRANSFER, RETIRE, ISSUE, DELIVER, ORDER,
     * OPEN_BENEFICIARY, REFUND, CANCEL_UNITS, ADD_DOCUMENT need one) */
    char key[KEY_SIZE];
    /* who asks; "" = the operator, from tally alone: rights are not asked, every other rule is */
    char user_id[ID_SIZE];
    /* the clock it carries; 0 = the daemon's. Only tally may set it */
    int64_t at_us;
    union {
        struct command_organisation organisation;
        struct command_person person;
        struct command_account account;
        struct command_project project;
        struct command_document document;
        struct command_issue issue;
        struct command_order order;
        struct command_deliver deliver;
        struct command_transfer transfer;
        struct command_decide decide;
        struct command_retire retire;
        struct command_beneficiary beneficiary;
        struct command_pool pool;
        struct command_policy policy;
        struct command_trust trust;
        struct command_setting setting;
    };
};

/* Which field a refusal is about, for the message beside it. */
enum command_field {
    FIELD_NONE,
    FIELD_RECIPIENT,
    FIELD_ACCOUNT,
    FIELD_SUPPLIER,
    FIELD_AMOUNT,
    FIELD_LINES,
    FIELD_NOTES,
    FIELD_PRIVATE_NOTE,
    FIELD_REASON,
    FIELD_NAME,
    FIELD_DOMAIN,
    FIELD_COUNTRY,
    FIELD_CODE,
    FIELD_VINTAGE,
    FIELD_PURPOSES,
    FIELD_BENEFICIARY,
    FIELD_DATE,
    FIELD_ROLES,
    FIELD_PERSON,
    FIELD_SYSTEM,
    FIELD_SETTING,
    FIELD_CORRECTS,
    FIELD_PROJECT,
    FIELD_ORDER,
    FIELD_KEY,
    FIELD_INSTRUMENT,
    FIELD_SUMMARY, /* the short description */
    FIELD_PLACE,
    FIELD_LOCATION,
    FIELD_LABEL, /* CCP */
    FIELD__COUNT
};

struct answer {
    uint32_t version;
    int32_t status;          /* enum status */
    int32_t field;           /* enum command_field */
    int32_t line;            /* index from 0 of the offending line; -1: none */
    char id[ID_SIZE];        /* what was made or acted on: org_, tfr_, iss_, … */
    char batch_id[ID_SIZE];  /* the offending batch */
    int64_t available_units; /* NOT_ENOUGH, BATCH_…: what there is */
    /* enum transfer_state after the act, or how it had ended (TRANSFER_ENDED) */
    int32_t transfer_state;
    int64_t ended_at;       /* TRANSFER_ENDED: when */
    char ended_by[ID_SIZE]; /* TRANSFER_ENDED: by whom; "" the clock or the operator */
    int64_t expires_at;     /* what is pending: until when */
    int64_t count; /* EXPIRE: how many; OPEN_BENEFICIARY: 1 made, 0 found; others: lines written */
    int64_t seq;   /* the ledger's order: act.seq; 0 for what was not recorded */
    int64_t at;    /* the act's time */
    /* the key had been used for this same act: this is the first answer again */
    bool repeated;
};

/* The fingerprint of a command: everything but version, time and plan, so that a repeat can be told
 * from a different act. */
struct digest command_fingerprint(const struct command *command);

/* A zeroed command of a kind. */
struct command command_of(enum act_kind kind, const char *user_id, const char *key);

#endif
