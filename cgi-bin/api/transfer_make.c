/* api/transfer_make.c: making transfers and exports, and what they would do. See api/transfer.h. */
#include "api/transfer.h"

#include "api/api.h"

/* The transfer as the body says it and the ledger will have it, if it does: what it is made of
 * never changes, so nothing of it has to be read again afterwards. */
static struct api_transfer wished(struct visit *visit, const struct transfer_wish *wish)
{
    const struct command_transfer *body = &wish->command->transfer;
    struct api_transfer transfer = {
        .kind = (enum transfer_kind)body->kind,
        .from = {.org_id = visit->org_id, .name = "", .domain = ""},
        .to = {.org_id = "", .name = "", .domain = ""},
        .to_account_id = body->to_account_id,
        .to_system = body->to_system,
        .to_system_party = body->to_system_party,
        .supplier_id = wish->supplier_id,
        .instrument = (enum instrument)body->instrument,
        .units = body->units,
        .private_note = body->private_note,
        .corrects_id = body->corrects_id,
        .end_reason = "",
        .note_redacted_reason = "",
    };
    for (uint32_t i = 0; i < body->line_count; i++) {
        /* 256 of at most 10^18 kilograms: a sum that does not fit is refused by the ledger. */
        (void)quantity_add(transfer.units, body->lines[i].units, &transfer.units);
    }
    (void)api_party_find(visit->registry, visit->arena, visit->org_id, &transfer.from);
    if (transfer.kind == TRANSFER_INTERNAL) {
        transfer.to = transfer.from;
    } else if (transfer.kind == TRANSFER_EXTERNAL) {
        (void)api_party_find(visit->registry, visit->arena, body->to_org_id, &transfer.to);
    }
    return transfer;
}

/* What came of the act, as it was then. */
static enum status write_answer(struct visit *visit, struct response *response,
                                const struct command *command, const struct answer *answer,
                                struct api_transfer *transfer)
{
    if (answer->transfer_state == TRANSFER_AWAITING_APPROVAL &&
        !api_transfer_find(visit->registry, visit->arena, visit->org_id, answer->id, transfer)) {
        return STATUS_FAULT; /* whose approvals it needs is there: the registry cannot be read */
    }
    transfer->transfer_id = answer->id;
    transfer->submitted_at = answer->at;
    struct api_transfer then = transfer_as_answered(transfer, command, answer);
    struct json json = api_answer(visit, response);
    transfer_write(&json, NULL, &then);
    return STATUS_OK;
}

static enum status make(struct visit *visit, struct response *response, enum transfer_choice choice,
                        bool is_export)
{
    struct answer answer;
    struct api_transfer transfer;
    struct transfer_wish wish = {.command = act_command(visit, ACT_TRANSFER)};
    enum status status = transfer_read_body(visit, choice, is_export, &wish);
    if (status == STATUS_OK) {
        transfer = wished(visit, &wish);
        status = act_ask(visit, &wish.places, wish.command, &answer);
    }
    return status == STATUS_OK ? write_answer(visit, response, wish.command, &answer, &transfer)
                               : status;
}

enum status transfers_post(struct visit *visit, struct response *response)
{
    return make(visit, response, CHOICE_BATCHES, false);
}

enum status transfers_oldest_post(struct visit *visit, struct response *response)
{
    return make(visit, response, CHOICE_OLDEST, false);
}

enum status exports_post(struct visit *visit, struct response *response)
{
    return make(visit, response, CHOICE_EITHER, true);
}
