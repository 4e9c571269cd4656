/* api/transfer_write.c: a transfer or export as JSON. See api/transfer.h. */
#include "api/transfer.h"

#include "api/party.h"
#include "base/must.h"

void transfer_write_need(struct json *json, const char *act, const char *organisation_id,
                         int64_t until_at)
{
    json_open(json, NULL);
    json_text(json, "act", act);
    json_text_or_null(json, "organisation_id", organisation_id);
    json_time(json, "until", until_at);
    json_close(json);
}

/* What it waits for now. */
static void write_needs(struct json *json, const struct api_transfer *transfer)
{
    json_list(json, "needs");
    bool awaits = transfer->state == TRANSFER_AWAITING_APPROVAL;
    if (awaits && transfer->needs_approval && !transfer->is_approved) {
        transfer_write_need(json, "approve", transfer->from.org_id, transfer->expires_at);
    }
    if (awaits && transfer->needs_registry_approval && !transfer->is_registry_approved) {
        transfer_write_need(json, "registry_approve", "", transfer->expires_at);
    }
    if (transfer->state == TRANSFER_PENDING) {
        bool is_export = transfer->kind == TRANSFER_EXPORT;
        transfer_write_need(json, is_export ? "confirm" : "accept", transfer->to.org_id,
                            transfer->expires_at);
    }
    json_close(json);
}

static void write_end(struct json *json, const struct api_transfer *transfer)
{
    json_time(json, "expires_at", transfer->expires_at);
    json_time(json, "completed_at", transfer->state == TRANSFER_COMPLETED ? transfer->ended_at : 0);
    json_time(json, "ended_at", transfer->ended_at);
    json_text_or_null(json, "end_reason", transfer->end_reason);
}

void transfer_write(struct json *json, const char *name, const struct api_transfer *transfer)
{
    bool is_export = transfer->kind == TRANSFER_EXPORT;
    json_open(json, name);
    json_text(json, "id", transfer->transfer_id);
    json_time(json, is_export ? "exported_at" : "transferred_at", transfer->submitted_at);
    party_write(json, "from_organisation", &transfer->from);
    if (is_export) {
        json_text(json, "to_system", transfer->to_system);
        json_text(json, "to_system_party", transfer->to_system_party);
    } else {
        party_write(json, "to_organisation", &transfer->to);
    }
    json_quantity(json, "credit_batch_size_total", transfer->instrument, transfer->units);
    json_text_or_null(json, "notes", transfer->notes);
    json_text(json, "status", transfer_state_word(transfer->state));
    if (!is_export) {
        json_text(json, "kind", transfer_kind_word(transfer->kind));
    }
    json_text(json, "instrument", instrument_word(transfer->instrument));
    json_text_or_null(json, "supplier_id", transfer->supplier_id);
    json_text_or_null(json, "corrects_id", transfer->corrects_id);
    write_end(json, transfer);
    write_needs(json, transfer);
    json_text_or_null(json, "private_note", transfer->private_note);
    if (!is_export) {
        json_text_or_null(json, "to_account_id", transfer->to_account_id);
    }
    json_time(json, "note_redacted_at", transfer->note_redacted_at);
    json_text_or_null(json, "note_redacted_reason", transfer->note_redacted_reason);
    json_close(json);
}

struct api_transfer transfer_as_answered(const struct api_transfer *now,
                                         const struct command *command, const struct answer *answer)
{
    struct api_transfer then = *now;
    enum act_kind kind = (enum act_kind)command->kind;
    must(answer->transfer_state >= TRANSFER_AWAITING_APPROVAL &&
         answer->transfer_state <= TRANSFER_CANCELLED);
    then.state = (enum transfer_state)answer->transfer_state;
    bool waits = transfer_state_waits(then.state);
    then.expires_at = waits ? answer->expires_at : 0;
    then.ended_at = waits ? 0 : answer->at;
    then.end_reason =
        kind == ACT_TRANSFER || kind == ACT_APPROVE || waits || then.state == TRANSFER_COMPLETED
            ? ""
            : command->decide.reason;
    if (kind == ACT_TRANSFER) {
        /* What the client wrote is its own to read again, even if the registry took it away. */
        then.is_approved = false;
        then.is_registry_approved = false;
        then.notes = command->transfer.notes;
        then.note_redacted_at = 0;
        then.note_redacted_reason = "";
    } else if (kind == ACT_APPROVE) {
        /* Had the registry approved it by then, it would not have gone on waiting for approval. */
        then.is_approved = true;
        then.is_registry_approved = then.state != TRANSFER_AWAITING_APPROVAL;
    }
    if (then.state != TRANSFER_COMPLETED && then.kind == TRANSFER_EXTERNAL) {
        then.to_account_id = "";
    }
    return then;
}
