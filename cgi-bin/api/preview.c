/* api/preview.c: what a transfer or an export would do if it were sent now: exactly which units
 * move and which stay, and who has to do something first. Nothing is written, so an Idempotency-Key
 * is not looked at, not even whether it is well-formed: a client may send the act's own along. See
 * api/transfer.h. */
#include "api/transfer.h"

#include "api/api.h"
#include "api/list.h"
#include "api/party.h"
#include "base/clock.h"
#include "ledger/ledger.h"

/* Everything that would be asked of somebody before the units are where they go, in that order. */
static void write_needs(struct json *json, const struct command_transfer *body,
                        const struct plan *plan, int64_t until_at)
{
    json_list(json, "needs");
    if (plan->needs_approval) {
        transfer_write_need(json, "approve", body->from_org_id, until_at);
    }
    if (plan->needs_registry_approval) {
        transfer_write_need(json, "registry_approve", "", until_at);
    }
    if (!plan->accepted_at_once) {
        bool is_export = body->kind == TRANSFER_EXPORT;
        transfer_write_need(json, is_export ? "confirm" : "accept",
                            is_export ? "" : body->to_org_id, until_at);
    }
    json_close(json);
}

static void write_block(struct visit *visit, struct json *json, struct serial serial, int64_t first,
                        int64_t last, enum instrument instrument)
{
    serial.first = first;
    serial.last = last;
    json_text(json, "serial_number", serial_text(visit->arena, &serial));
    json_quantity(json, "size", instrument, serial_units(&serial));
}

/* One batch: the serials that move, and those of the rest that stays. */
static void write_move(struct visit *visit, struct json *json, const struct plan_move *move,
                       enum instrument instrument)
{
    struct serial serial = {.first = 1, .last = 1};
    if (!api_batch_serial(visit->registry, move->batch_id, &serial)) {
        return; /* the registry cannot be read: the gate answers with an error */
    }
    json_open(json, NULL);
    json_text(json, "credit_batch_id", move->batch_id);
    json_text(json, "project_id", move->project_id);
    json_text_or_null(json, "delivery_id", move->delivery_id);
    json_int(json, "vintage", move->vintage);
    json_time(json, "issued_at", move->issued_at);
    write_block(visit, json, serial, move->first, move->last, instrument);
    if (move->rest_last == 0) {
        json_none(json, "remainder");
    } else {
        json_open(json, "remainder");
        write_block(visit, json, serial, move->last + 1, move->rest_last, instrument);
        json_close(json);
    }
    json_close(json);
}

static void write_party(struct visit *visit, struct json *json, const char *name,
                        const char *org_id)
{
    struct api_party party = {.org_id = org_id, .name = "", .domain = ""};
    (void)api_party_find(visit->registry, visit->arena, org_id,
                         &party); /* the plan says it is there */
    party_write(json, name, &party);
}

static void write_whereto(struct visit *visit, struct json *json,
                          const struct command_transfer *body)
{
    bool is_internal = body->kind == TRANSFER_INTERNAL;
    write_party(visit, json, "from_organisation", body->from_org_id);
    if (body->kind == TRANSFER_EXPORT) {
        json_text(json, "to_system", body->to_system);
        json_text(json, "to_system_party", body->to_system_party);
        return;
    }
    write_party(visit, json, "to_organisation", is_internal ? body->from_org_id : body->to_org_id);
    json_text_or_null(json, "to_account_id", body->to_account_id);
    json_text(json, "kind", transfer_kind_word((enum transfer_kind)body->kind));
}

static void write_plan(struct visit *visit, struct response *response,
                       const struct command_transfer *body, const struct plan *plan)
{
    char hash[DIGEST_HEX_SIZE];
    enum instrument instrument = (enum instrument)body->instrument;
    bool awaits = plan->needs_approval || plan->needs_registry_approval;
    enum transfer_state state = awaits                   ? TRANSFER_AWAITING_APPROVAL
                                : plan->accepted_at_once ? TRANSFER_COMPLETED
                                                         : TRANSFER_PENDING;
    int64_t until_at =
        state == TRANSFER_COMPLETED ? 0 : visit->now_us + plan->expiry_days * CLOCK_DAY_US;
    digest_hex(&plan->digest, hash);
    struct json json = api_answer(visit, response);
    json_open(&json, NULL);
    json_text(&json, "plan_hash", hash);
    write_whereto(visit, &json, body);
    json_quantity(&json, "credit_batch_size_total", instrument, plan->units);
    json_text(&json, "instrument", instrument_word(instrument));
    json_text(&json, "status", transfer_state_word(state));
    json_time(&json, "expires_at", until_at);
    write_needs(&json, body, plan, until_at);
    json_list(&json, "moves");
    for (size_t i = 0; i < plan->move_count; i++) {
        write_move(visit, &json, &plan->moves[i], instrument);
    }
    json_close(&json);
    json_close(&json);
}

static enum status preview(struct visit *visit, struct response *response, bool is_export)
{
    struct answer answer;
    struct plan plan;
    struct command *command = arena_one(visit->arena, struct command);
    struct transfer_wish wish = {.command = command};
    *command = command_of(ACT_TRANSFER, visit->user_id, "");
    (void)list_no_query(visit); /* acts take no parameters: faults are noted */
    enum status status = transfer_read_body(visit, CHOICE_EITHER, is_export, &wish);
    if (status == STATUS_OK) {
        (void)ledger_plan(visit->registry, visit->arena, PROGRAM_API, wish.command, visit->now_us,
                          &plan, &answer);
        status = fault_of_answer(visit, &wish.places, &answer);
    }
    if (status == STATUS_OK) {
        write_plan(visit, response, &wish.command->transfer, &plan);
    }
    return status;
}

enum status transfers_preview_post(struct visit *visit, struct response *response)
{
    return preview(visit, response, false);
}

enum status exports_preview_post(struct visit *visit, struct response *response)
{
    return preview(visit, response, true);
}
