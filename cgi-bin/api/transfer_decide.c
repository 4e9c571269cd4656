/* api/transfer_decide.c: accepting, rejecting, withdrawing, approving and refusing what waits. See
 * api/transfer.h. */
#include "api/transfer.h"

#include "api/api.h"
#include "base/must.h"
#include "base/text.h"

enum { M_REASON, M_ACCOUNT };
#define REASON                                                                                     \
    {                                                                                              \
        .name = "reason", .kind = MEMBER_TEXT, .optional = true, .nullable = true,                 \
        .chars_max = REASON_CHARS_MAX                                                              \
    }
#define ACCOUNT                                                                                    \
    {                                                                                              \
        .name = "account_id", .kind = MEMBER_ID, .optional = true, .nullable = true                \
    }
static const struct member account_members[] = {ACCOUNT};
static const struct member reason_members[] = {REASON};
static const struct members account_table = {account_members, 1};
static const struct members reason_table = {reason_members, 1};

/* Accept names an account, every other act may give a reason; whether one is needed the ledger
 * knows. */
static enum status read_body(struct visit *visit, struct command *command)
{
    struct row row;
    bool is_accept = command->kind == ACT_ACCEPT;
    enum status status =
        body_read_optional(visit, is_accept ? &account_table : &reason_table, &row);
    if (status == STATUS_OK && row.values[0].is_given) {
        struct command_decide *decide = &command->decide;
        must(is_accept ? TEXT_COPY(decide->account_id, row.values[0].text)
                       : TEXT_COPY(decide->reason, row.values[0].text));
    }
    return status == STATUS_OK && visit->faults->count > 0 ? STATUS_FORM_FAULTS : status;
}

static enum status decide(struct visit *visit, struct response *response, enum act_kind kind,
                          bool is_export)
{
    struct fault_places places = {
        .member = {[FIELD_REASON] = "reason", [FIELD_ACCOUNT] = "account_id"}};
    struct api_transfer now;
    struct answer answer;
    struct command *command = act_command(visit, kind);
    const char *transfer_id = visit->arguments[0];
    enum status status = read_body(visit, command);
    if (status != STATUS_OK) {
        return status;
    }
    /* What the caller may not know of is not there, whatever the ledger would say of it. */
    if (!api_transfer_find(visit->registry, visit->arena, visit->org_id, transfer_id, &now) ||
        (now.kind == TRANSFER_EXPORT) != is_export) {
        return STATUS_NOT_FOUND;
    }
    must(TEXT_COPY(command->decide.transfer_id, transfer_id));
    status = act_ask(visit, &places, command, &answer);
    if (status != STATUS_OK) {
        return status;
    }
    if (kind == ACT_ACCEPT &&
        !api_transfer_find(visit->registry, visit->arena, visit->org_id, transfer_id, &now)) {
        return STATUS_FAULT; /* into which account it came is there: the registry cannot be read */
    }
    struct api_transfer then = transfer_as_answered(&now, command, &answer);
    struct json json = api_answer(visit, response);
    transfer_write(&json, NULL, &then);
    return STATUS_OK;
}

enum status transfer_accept_post(struct visit *visit, struct response *response)
{
    return decide(visit, response, ACT_ACCEPT, false);
}

enum status transfer_reject_post(struct visit *visit, struct response *response)
{
    return decide(visit, response, ACT_REJECT, false);
}

enum status transfer_withdraw_post(struct visit *visit, struct response *response)
{
    return decide(visit, response, ACT_WITHDRAW, false);
}

enum status transfer_approve_post(struct visit *visit, struct response *response)
{
    return decide(visit, response, ACT_APPROVE, false);
}

enum status transfer_refuse_post(struct visit *visit, struct response *response)
{
    return decide(visit, response, ACT_REFUSE, false);
}

enum status export_withdraw_post(struct visit *visit, struct response *response)
{
    return decide(visit, response, ACT_WITHDRAW, true);
}

enum status export_approve_post(struct visit *visit, struct response *response)
{
    return decide(visit, response, ACT_APPROVE, true);
}

enum status export_refuse_post(struct visit *visit, struct response *response)
{
    return decide(visit, response, ACT_REFUSE, true);
}
