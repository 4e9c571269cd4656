/*
 * model/term.h: the closed sets of the domain as enums, with the words that stand for them in SQL,
 * JSON and CSV.
 */
#ifndef MODEL_TERM_H
#define MODEL_TERM_H

#include <stdbool.h>

/* Roles as bits, as in SQL. */
enum { ROLE_VIEWER = 1, ROLE_INITIATOR = 2, ROLE_APPROVER = 4, ROLE_MANAGER = 8, ROLE_ALL = 15 };
enum { REGISTRY_ADMINISTRATOR = 1, REGISTRY_AUDITOR = 2 };

enum transfer_kind { TRANSFER_INTERNAL, TRANSFER_EXTERNAL, TRANSFER_EXPORT };
enum transfer_state {
    TRANSFER_AWAITING_APPROVAL,
    TRANSFER_PENDING,
    TRANSFER_COMPLETED,
    TRANSFER_REJECTED,
    TRANSFER_WITHDRAWN,
    TRANSFER_EXPIRED,
    TRANSFER_CANCELLED
};
enum org_kind { ORG_PARTICIPANT, ORG_BUFFER, ORG_REGISTRY };
enum org_state { ORG_ACTIVE, ORG_SUSPENDED, ORG_CLOSED };
enum incoming_policy { INCOMING_ASK, INCOMING_TRUSTED, INCOMING_ALL };
enum two_person { TWO_PERSON_NEVER, TWO_PERSON_ABOVE, TWO_PERSON_ALWAYS };
enum account_kind { ACCOUNT_ACTIVE, ACCOUNT_RETIREMENT, ACCOUNT_RESERVE };
enum batch_state { BATCH_ACTIVE, BATCH_SPLIT, BATCH_RETIRED, BATCH_EXPORTED, BATCH_CANCELLED };
enum document_kind {
    DOCUMENT_PROJECT_DESIGN,
    DOCUMENT_VALIDATION_REPORT,
    DOCUMENT_MONITORING_REPORT,
    DOCUMENT_VERIFICATION_REPORT,
    DOCUMENT_PROTOCOL,
    DOCUMENT_OTHER,
    DOCUMENT__COUNT
};
/* What an act tells (the change feed): its word is "transfer.completed" and the like. */
enum event_kind {
    EVENT_NONE, /* "" nobody is told */
    EVENT_ORGANISATION_OPENED,
    EVENT_ORGANISATION_CHANGED,
    EVENT_PROJECT_OPENED,
    EVENT_PROJECT_CHANGED,
    EVENT_ISSUANCE_MADE,
    EVENT_ORDER_RECORDED,
    EVENT_DELIVERY_MADE,
    EVENT_TRANSFER_AWAITING_APPROVAL,
    EVENT_TRANSFER_APPROVED, /* by one, and waits for another approval */
    EVENT_TRANSFER_PENDING,
    EVENT_TRANSFER_COMPLETED,
    EVENT_TRANSFER_REJECTED,
    EVENT_TRANSFER_WITHDRAWN,
    EVENT_TRANSFER_EXPIRED,
    EVENT_TRANSFER_CANCELLED,
    EVENT_TRANSFER_NOTE_REDACTED,
    EVENT_RETIREMENT_MADE,
    EVENT_REFUND_MADE,
    EVENT_CANCELLATION_MADE,
    EVENT_NOTE_REDACTED, /* words of what is no transfer */
    EVENT_BENEFICIARY_NAMED,
    EVENT_POLICY_CHANGED,
    EVENT_TRUST_CHANGED,
    EVENT_ACCOUNT_OPENED,
    EVENT_ACCOUNT_CLOSED,
    EVENT_MEMBER_CHANGED,
    EVENT_REGISTRY_FROZEN,
    EVENT_REGISTRY_THAWED,
    EVENT_REGISTRY_CHANGED,
    EVENT__COUNT
};

/* The words as in SQL: "awaiting_approval". The number must be of the enum. */
const char *transfer_kind_word(enum transfer_kind kind);
const char *transfer_state_word(enum transfer_state state);
const char *org_kind_word(enum org_kind kind);
const char *org_state_word(enum org_state state);
const char *incoming_policy_word(enum incoming_policy policy);
const char *two_person_word(enum two_person two_person);
const char *account_kind_word(enum account_kind kind);
const char *batch_state_word(enum batch_state state);
const char *document_kind_word(enum document_kind kind);
const char *event_kind_word(enum event_kind kind);

/* And back: false, and nothing written, for any other word. */
bool transfer_kind_from_word(const char *word, enum transfer_kind *kind);
bool transfer_state_from_word(const char *word, enum transfer_state *state);
bool org_kind_from_word(const char *word, enum org_kind *kind);
bool org_state_from_word(const char *word, enum org_state *state);
bool incoming_policy_from_word(const char *word, enum incoming_policy *policy);
bool two_person_from_word(const char *word, enum two_person *two_person);
bool account_kind_from_word(const char *word, enum account_kind *kind);
bool batch_state_from_word(const char *word, enum batch_state *state);
bool document_kind_from_word(const char *word, enum document_kind *kind);
bool event_kind_from_word(const char *word, enum event_kind *kind);

/* Waits for somebody: awaiting approval or pending; not yet final. */
bool transfer_state_waits(enum transfer_state state);

#endif
