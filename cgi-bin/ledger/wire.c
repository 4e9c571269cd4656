/* ledger/wire.c: see ledger/wire.h. */
#include "ledger/wire.h"

#include <string.h>

#include "base/must.h"

enum part_kind { PART_TEXT, PART_BOOL };

/* One member to look at. */
struct part {
    enum part_kind kind;
    size_t at_bytes; /* from the start of the command */
    size_t size_bytes;
};

/* Where the members of one body are, and its lines if it has any. */
struct shape {
    const struct part *parts;
    size_t part_count;
    size_t end_bytes;     /* where the body ends: with lines, where they begin */
    size_t line_count_at; /* 0: no lines */
    size_t lines_at;
};

/* What comes before the body. */
#define HEAD_BYTES offsetof(struct command, organisation)
#define MEMBER_SIZE(member) sizeof(((struct command *)0)->member)
#define TEXT(member)                                                                               \
    {                                                                                              \
        PART_TEXT, offsetof(struct command, member), MEMBER_SIZE(member)                           \
    }
#define BOOL(member)                                                                               \
    {                                                                                              \
        PART_BOOL, offsetof(struct command, member), MEMBER_SIZE(member)                           \
    }
#define SHAPE(array, body)                                                                         \
    {                                                                                              \
        array, sizeof(array) / sizeof((array)[0]),                                                 \
            offsetof(struct command, body) + MEMBER_SIZE(body), 0, 0                               \
    }
/* NOLINTBEGIN(bugprone-macro-parentheses): members of a body cannot stand in parentheses. */
#define SHAPE_LINES(array, body)                                                                   \
    {                                                                                              \
        array, sizeof(array) / sizeof((array)[0]), offsetof(struct command, body.lines),           \
            offsetof(struct command, body.line_count), offsetof(struct command, body.lines)        \
    }
/* NOLINTEND(bugprone-macro-parentheses) */

static const struct part head_parts[] = {TEXT(key), TEXT(user_id)};
static const struct part organisation_parts[] = {
    TEXT(organisation.org_id),
    TEXT(organisation.supplier_id),
    TEXT(organisation.name),
    TEXT(organisation.domain),
    TEXT(organisation.country),
    TEXT(organisation.description),
    TEXT(organisation.origin),
    TEXT(organisation.reason),
    BOOL(organisation.is_supplier),
    BOOL(organisation.is_demo),
    TEXT(organisation.short_description),
    TEXT(organisation.place),
    BOOL(organisation.location.is_known),
};
static const struct part person_parts[] = {TEXT(person.user_id), TEXT(person.org_id),
                                           BOOL(person.deactivated), BOOL(person.is_program)};
static const struct part account_parts[] = {TEXT(account.account_id), TEXT(account.org_id),
                                            TEXT(account.name)};
static const struct part project_parts[] = {
    TEXT(project.project_id),   TEXT(project.org_id),          TEXT(project.name),
    TEXT(project.short_code),   TEXT(project.pathway),         TEXT(project.pathway_code),
    TEXT(project.protocol),     TEXT(project.country),         TEXT(project.place),
    TEXT(project.status),       TEXT(project.validator),       TEXT(project.verifier),
    TEXT(project.description),  TEXT(project.crediting_start), TEXT(project.crediting_end),
    TEXT(project.web),          TEXT(project.origin),          BOOL(project.location.is_known),
    BOOL(project.ccp_approved),
};
static const struct part document_parts[] = {
    TEXT(document.document_id), TEXT(document.project_id), TEXT(document.name),
    TEXT(document.url),         TEXT(document.dated),
};
static const struct part issue_parts[] = {
    TEXT(issue.issuance_id), TEXT(issue.project_id),      BOOL(issue.imported),
    TEXT(issue.to_org_id),   TEXT(issue.reporting_start), TEXT(issue.reporting_end),
    TEXT(issue.notes),       TEXT(issue.origin),
};
static const struct part order_parts[] = {
    TEXT(order.order_id),      TEXT(order.supplier_org_id), TEXT(order.buyer_org_id),
    TEXT(order.contract_date), TEXT(order.notes),           TEXT(order.origin),
};
static const struct part deliver_parts[] = {
    TEXT(deliver.delivery_id), TEXT(deliver.order_id), TEXT(deliver.project_id),
    TEXT(deliver.notes),       TEXT(deliver.origin),   BOOL(deliver.has_plan),
};
static const struct part transfer_parts[] = {
    TEXT(transfer.transfer_id),     TEXT(transfer.from_org_id),     TEXT(transfer.to_org_id),
    TEXT(transfer.to_account_id),   TEXT(transfer.to_system),       TEXT(transfer.to_system_party),
    TEXT(transfer.supplier_org_id), TEXT(transfer.from_account_id), TEXT(transfer.notes),
    TEXT(transfer.private_note),    TEXT(transfer.corrects_id),     TEXT(transfer.origin),
    BOOL(transfer.has_plan),
};
static const struct part decide_parts[] = {TEXT(decide.transfer_id), TEXT(decide.account_id),
                                           TEXT(decide.reason)};
static const struct part retire_parts[] = {
    TEXT(retire.retirement_id), TEXT(retire.org_id),          TEXT(retire.beneficiary_org_id),
    TEXT(retire.beneficiary),   TEXT(retire.supplier_org_id), TEXT(retire.project_id),
    TEXT(retire.order_id),      TEXT(retire.notes),           TEXT(retire.origin),
    BOOL(retire.has_plan),      BOOL(retire.has_instrument),
};
static const struct part beneficiary_parts[] = {
    TEXT(beneficiary.beneficiary_id), TEXT(beneficiary.org_id), TEXT(beneficiary.name),
    TEXT(beneficiary.domain), BOOL(beneficiary.is_individual)};
static const struct part pool_parts[] = {TEXT(pool.pool_id),    TEXT(pool.org_id),
                                         TEXT(pool.project_id), TEXT(pool.notes),
                                         TEXT(pool.origin),     BOOL(pool.has_plan)};
static const struct part policy_parts[] = {TEXT(policy.org_id)};
static const struct part trust_parts[] = {TEXT(trust.org_id), TEXT(trust.sender_org_id),
                                          BOOL(trust.remove)};
static const struct part setting_parts[] = {BOOL(setting.frozen), TEXT(setting.text),
                                            TEXT(setting.site_name), TEXT(setting.site_url)};

static const struct shape head_shape = {head_parts, sizeof head_parts / sizeof head_parts[0],
                                        HEAD_BYTES, 0, 0};
static const struct shape decide_shape = SHAPE(decide_parts, decide);

static const struct shape shapes[ACT__COUNT] = {
    [ACT_OPEN_ORGANISATION] = SHAPE(organisation_parts, organisation),
    [ACT_EDIT_ORGANISATION] = SHAPE(organisation_parts, organisation),
    [ACT_SET_ORGANISATION_STATE] = SHAPE(organisation_parts, organisation),
    [ACT_SET_PERSON] = SHAPE(person_parts, person),
    [ACT_SET_REGISTRY_ROLES] = SHAPE(person_parts, person),
    [ACT_OPEN_PROJECT] = SHAPE(project_parts, project),
    [ACT_EDIT_PROJECT] = SHAPE(project_parts, project),
    [ACT_ADD_DOCUMENT] = SHAPE(document_parts, document),
    [ACT_REMOVE_DOCUMENT] = SHAPE(document_parts, document),
    [ACT_ISSUE] = SHAPE(issue_parts, issue),
    [ACT_ORDER] = SHAPE(order_parts, order),
    [ACT_DELIVER] = SHAPE_LINES(deliver_parts, deliver),
    [ACT_FREEZE] = SHAPE(setting_parts, setting),
    [ACT_SET_SETTINGS] = SHAPE(setting_parts, setting),
    [ACT_TRANSFER] = SHAPE_LINES(transfer_parts, transfer),
    [ACT_RETIRE] = SHAPE_LINES(retire_parts, retire),
    [ACT_SET_POLICY] = SHAPE(policy_parts, policy),
    [ACT_TRUST] = SHAPE(trust_parts, trust),
    [ACT_OPEN_ACCOUNT] = SHAPE(account_parts, account),
    [ACT_CLOSE_ACCOUNT] = SHAPE(account_parts, account),
    [ACT_SET_MEMBER] = SHAPE(person_parts, person),
    [ACT_OPEN_BENEFICIARY] = SHAPE(beneficiary_parts, beneficiary),
    [ACT_REFUND] = SHAPE_LINES(pool_parts, pool),
    [ACT_CANCEL_UNITS] = SHAPE_LINES(pool_parts, pool),
};

static const struct shape *shape_of(uint32_t kind);
static uint32_t line_count_of(const unsigned char *bytes, const struct shape *shape);
static bool shape_fits(const unsigned char *bytes, const struct shape *shape);
static bool lines_fit(const unsigned char *bytes, const struct shape *shape);

bool wire_command_is(const struct command *message, size_t size_bytes)
{
    if (size_bytes < HEAD_BYTES || message->version != COMMAND_VERSION ||
        message->kind <= ACT_NONE || message->kind >= ACT__COUNT) {
        return false;
    }
    const unsigned char *bytes = (const unsigned char *)message;
    const struct shape *shape = shape_of(message->kind);
    if (size_bytes < shape->end_bytes || !shape_fits(bytes, &head_shape) ||
        (shape != &head_shape && !shape_fits(bytes, shape))) {
        return false;
    }
    return size_bytes == sizeof *message || size_bytes == wire_command_bytes(message);
}

size_t wire_command_bytes(const struct command *command)
{
    const struct shape *shape = shape_of(command->kind);
    if (shape->lines_at == 0) {
        return shape->end_bytes;
    }
    uint32_t line_count = line_count_of((const unsigned char *)command, shape);
    must(line_count <= COMMAND_LINES_MAX);
    return shape->end_bytes + line_count * sizeof(struct command_line);
}

struct answer wire_answer(enum status status)
{
    struct answer answer;
    memset(&answer, 0, sizeof answer); /* padding too: it goes over the wire */
    answer.version = COMMAND_VERSION;
    answer.status = (int32_t)status;
    answer.line = -1;
    return answer;
}

static const struct shape *shape_of(uint32_t kind)
{
    if (kind == ACT_EXPIRE) {
        return &head_shape; /* the one act without a body */
    }
    must(kind < ACT__COUNT);
    return shapes[kind].part_count == 0 ? &decide_shape : &shapes[kind];
}

static uint32_t line_count_of(const unsigned char *bytes, const struct shape *shape)
{
    uint32_t line_count = 0;
    memcpy(&line_count, bytes + shape->line_count_at, sizeof line_count);
    return line_count;
}

static bool shape_fits(const unsigned char *bytes, const struct shape *shape)
{
    for (size_t i = 0; i < shape->part_count; i++) {
        const struct part *part = &shape->parts[i];
        bool fits = part->kind == PART_TEXT
                        ? memchr(bytes + part->at_bytes, '\0', part->size_bytes) != NULL
                        : bytes[part->at_bytes] <= 1;
        if (!fits) {
            return false;
        }
    }
    return shape->lines_at == 0 || lines_fit(bytes, shape);
}

static bool lines_fit(const unsigned char *bytes, const struct shape *shape)
{
    uint32_t line_count = line_count_of(bytes, shape);
    if (line_count > COMMAND_LINES_MAX) {
        return false;
    }
    for (size_t i = 0; i < line_count; i++) {
        const unsigned char *line = bytes + shape->lines_at + i * sizeof(struct command_line);
        if (memchr(line + offsetof(struct command_line, batch_id), '\0', ID_SIZE) == NULL) {
            return false;
        }
    }
    return true;
}
