/* model/term.c: see model/term.h. */
#include "model/term.h"

#include <stddef.h>

#include "base/must.h"
#include "base/text.h"

#define COUNT(words) (sizeof(words) / sizeof((words)[0]))

static const char *const transfer_kind_words[] = {
    [TRANSFER_INTERNAL] = "internal",
    [TRANSFER_EXTERNAL] = "external",
    [TRANSFER_EXPORT] = "export",
};
static const char *const transfer_state_words[] = {
    [TRANSFER_AWAITING_APPROVAL] = "awaiting_approval",
    [TRANSFER_PENDING] = "pending",
    [TRANSFER_COMPLETED] = "completed",
    [TRANSFER_REJECTED] = "rejected",
    [TRANSFER_WITHDRAWN] = "withdrawn",
    [TRANSFER_EXPIRED] = "expired",
    [TRANSFER_CANCELLED] = "cancelled",
};
static const char *const org_kind_words[] = {
    [ORG_PARTICIPANT] = "participant",
    [ORG_BUFFER] = "buffer",
    [ORG_REGISTRY] = "registry",
};
static const char *const org_state_words[] = {
    [ORG_ACTIVE] = "active",
    [ORG_SUSPENDED] = "suspended",
    [ORG_CLOSED] = "closed",
};
static const char *const incoming_policy_words[] = {
    [INCOMING_ASK] = "ask",
    [INCOMING_TRUSTED] = "trusted",
    [INCOMING_ALL] = "all",
};
static const char *const two_person_words[] = {
    [TWO_PERSON_NEVER] = "never",
    [TWO_PERSON_ABOVE] = "above",
    [TWO_PERSON_ALWAYS] = "always",
};
static const char *const account_kind_words[] = {
    [ACCOUNT_ACTIVE] = "active",
    [ACCOUNT_RETIREMENT] = "retirement",
    [ACCOUNT_RESERVE] = "reserve",
};
static const char *const batch_state_words[] = {
    [BATCH_ACTIVE] = "active",     [BATCH_SPLIT] = "split",         [BATCH_RETIRED] = "retired",
    [BATCH_EXPORTED] = "exported", [BATCH_CANCELLED] = "cancelled",
};
static const char *const document_kind_words[] = {
    [DOCUMENT_PROJECT_DESIGN] = "project_design",
    [DOCUMENT_VALIDATION_REPORT] = "validation_report",
    [DOCUMENT_MONITORING_REPORT] = "monitoring_report",
    [DOCUMENT_VERIFICATION_REPORT] = "verification_report",
    [DOCUMENT_PROTOCOL] = "protocol",
    [DOCUMENT_OTHER] = "other",
};
_Static_assert(COUNT(document_kind_words) == DOCUMENT__COUNT, "every kind has its word");
static const char *const event_kind_words[] = {
    [EVENT_NONE] = "",
    [EVENT_ORGANISATION_OPENED] = "organisation.opened",
    [EVENT_ORGANISATION_CHANGED] = "organisation.changed",
    [EVENT_PROJECT_OPENED] = "project.opened",
    [EVENT_PROJECT_CHANGED] = "project.changed",
    [EVENT_ISSUANCE_MADE] = "issuance.made",
    [EVENT_ORDER_RECORDED] = "order.recorded",
    [EVENT_DELIVERY_MADE] = "delivery.made",
    [EVENT_TRANSFER_AWAITING_APPROVAL] = "transfer.awaiting_approval",
    [EVENT_TRANSFER_APPROVED] = "transfer.approved",
    [EVENT_TRANSFER_PENDING] = "transfer.pending",
    [EVENT_TRANSFER_COMPLETED] = "transfer.completed",
    [EVENT_TRANSFER_REJECTED] = "transfer.rejected",
    [EVENT_TRANSFER_WITHDRAWN] = "transfer.withdrawn",
    [EVENT_TRANSFER_EXPIRED] = "transfer.expired",
    [EVENT_TRANSFER_CANCELLED] = "transfer.cancelled",
    [EVENT_TRANSFER_NOTE_REDACTED] = "transfer.note_redacted",
    [EVENT_RETIREMENT_MADE] = "retirement.made",
    [EVENT_REFUND_MADE] = "refund.made",
    [EVENT_CANCELLATION_MADE] = "cancellation.made",
    [EVENT_NOTE_REDACTED] = "note.redacted",
    [EVENT_BENEFICIARY_NAMED] = "beneficiary.named",
    [EVENT_POLICY_CHANGED] = "policy.changed",
    [EVENT_TRUST_CHANGED] = "trust.changed",
    [EVENT_ACCOUNT_OPENED] = "account.opened",
    [EVENT_ACCOUNT_CLOSED] = "account.closed",
    [EVENT_MEMBER_CHANGED] = "member.changed",
    [EVENT_REGISTRY_FROZEN] = "registry.frozen",
    [EVENT_REGISTRY_THAWED] = "registry.thawed",
    [EVENT_REGISTRY_CHANGED] = "registry.changed",
};
_Static_assert(COUNT(event_kind_words) == EVENT__COUNT, "every event has its word");

static const char *word_of(const char *const *words, size_t count, unsigned number);
static bool find_word(const char *const *words, size_t count, const char *word, unsigned *number);

const char *transfer_kind_word(enum transfer_kind kind)
{
    return word_of(transfer_kind_words, COUNT(transfer_kind_words), (unsigned)kind);
}

const char *transfer_state_word(enum transfer_state state)
{
    return word_of(transfer_state_words, COUNT(transfer_state_words), (unsigned)state);
}

const char *org_kind_word(enum org_kind kind)
{
    return word_of(org_kind_words, COUNT(org_kind_words), (unsigned)kind);
}

const char *org_state_word(enum org_state state)
{
    return word_of(org_state_words, COUNT(org_state_words), (unsigned)state);
}

const char *incoming_policy_word(enum incoming_policy policy)
{
    return word_of(incoming_policy_words, COUNT(incoming_policy_words), (unsigned)policy);
}

const char *two_person_word(enum two_person two_person)
{
    return word_of(two_person_words, COUNT(two_person_words), (unsigned)two_person);
}

const char *account_kind_word(enum account_kind kind)
{
    return word_of(account_kind_words, COUNT(account_kind_words), (unsigned)kind);
}

const char *batch_state_word(enum batch_state state)
{
    return word_of(batch_state_words, COUNT(batch_state_words), (unsigned)state);
}

bool transfer_kind_from_word(const char *word, enum transfer_kind *kind)
{
    unsigned number = 0;
    if (!find_word(transfer_kind_words, COUNT(transfer_kind_words), word, &number)) {
        return false;
    }
    *kind = (enum transfer_kind)number;
    return true;
}

bool transfer_state_from_word(const char *word, enum transfer_state *state)
{
    unsigned number = 0;
    if (!find_word(transfer_state_words, COUNT(transfer_state_words), word, &number)) {
        return false;
    }
    *state = (enum transfer_state)number;
    return true;
}

bool org_kind_from_word(const char *word, enum org_kind *kind)
{
    unsigned number = 0;
    if (!find_word(org_kind_words, COUNT(org_kind_words), word, &number)) {
        return false;
    }
    *kind = (enum org_kind)number;
    return true;
}

bool org_state_from_word(const char *word, enum org_state *state)
{
    unsigned number = 0;
    if (!find_word(org_state_words, COUNT(org_state_words), word, &number)) {
        return false;
    }
    *state = (enum org_state)number;
    return true;
}

bool incoming_policy_from_word(const char *word, enum incoming_policy *policy)
{
    unsigned number = 0;
    if (!find_word(incoming_policy_words, COUNT(incoming_policy_words), word, &number)) {
        return false;
    }
    *policy = (enum incoming_policy)number;
    return true;
}

bool two_person_from_word(const char *word, enum two_person *two_person)
{
    unsigned number = 0;
    if (!find_word(two_person_words, COUNT(two_person_words), word, &number)) {
        return false;
    }
    *two_person = (enum two_person)number;
    return true;
}

bool account_kind_from_word(const char *word, enum account_kind *kind)
{
    unsigned number = 0;
    if (!find_word(account_kind_words, COUNT(account_kind_words), word, &number)) {
        return false;
    }
    *kind = (enum account_kind)number;
    return true;
}

bool batch_state_from_word(const char *word, enum batch_state *state)
{
    unsigned number = 0;
    if (!find_word(batch_state_words, COUNT(batch_state_words), word, &number)) {
        return false;
    }
    *state = (enum batch_state)number;
    return true;
}

const char *document_kind_word(enum document_kind kind)
{
    return word_of(document_kind_words, COUNT(document_kind_words), (unsigned)kind);
}

const char *event_kind_word(enum event_kind kind)
{
    return word_of(event_kind_words, COUNT(event_kind_words), (unsigned)kind);
}

bool document_kind_from_word(const char *word, enum document_kind *kind)
{
    unsigned number = 0;
    if (!find_word(document_kind_words, COUNT(document_kind_words), word, &number)) {
        return false;
    }
    *kind = (enum document_kind)number;
    return true;
}

bool event_kind_from_word(const char *word, enum event_kind *kind)
{
    unsigned number = 0;
    if (!find_word(event_kind_words, COUNT(event_kind_words), word, &number)) {
        return false;
    }
    *kind = (enum event_kind)number;
    return true;
}

bool transfer_state_waits(enum transfer_state state)
{
    return state == TRANSFER_AWAITING_APPROVAL || state == TRANSFER_PENDING;
}

static const char *word_of(const char *const *words, size_t count, unsigned number)
{
    must(number < count);
    return words[number];
}

static bool find_word(const char *const *words, size_t count, const char *word, unsigned *number)
{
    for (unsigned i = 0; i < count; i++) {
        if (text_is(words[i], word)) {
            *number = i;
            return true;
        }
    }
    return false;
}
