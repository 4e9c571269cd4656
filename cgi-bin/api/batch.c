/* api/batch.c: see api/batch.h. */
#include "api/batch.h"

#include "api/api.h"
#include "api/list.h"
#include "api/party.h"
#include "base/clock.h"
#include "base/text.h"

static const char *status_word(enum batch_state state);
static const char *sequestered_on(struct arena *arena, const struct api_batch *batch);
static void write_ends(struct json *json, const struct visit *visit, const struct api_batch *batch);

void batch_write(struct json *json, const char *name, const struct visit *visit,
                 const struct api_batch *batch)
{
    struct arena *arena = visit->arena;
    bool is_retired = batch->state == BATCH_RETIRED;
    json_open(json, name);
    json_text(json, "id", batch->batch_id);
    json_text(json, "serial_number", serial_text(arena, &batch->serial));
    json_text(json, "status", status_word(batch->state));
    json_quantity(json, "size", batch->instrument, batch->units);
    json_time(json, "issued_at", batch->issued_at);
    json_time(json, "retired_at", is_retired ? batch->ended_at : 0);
    json_time(json, "delivered_at", batch->delivered_at);
    json_text(json, "sequestered_on", sequestered_on(arena, batch));
    json_text(json, "country_of_issue", batch->serial.country);
    json_text(json, "supplier_id", batch->supplier_id);
    json_text_or_null(json, "parent_id", batch->parent_id);
    json_text_or_null(json, "left_child_id", batch->left_id);
    json_text_or_null(json, "right_child_id", batch->right_id);
    json_text(json, "issuance_id", batch->issuance_id);
    json_text_or_null(json, "delivery_id", batch->delivery_id);
    write_ends(json, visit, batch);
    json_text(json, "removal_id", batch->issuance_id);
    party_write(json, "owner", &batch->owner);
    json_text(json, "project_id", batch->project_id);
    json_none(json, "carbon_removal_data");
    json_bool(json, "ccp_approved", batch->ccp_approved);
    json_text(json, "state", batch_state_word(batch->state));
    json_text(json, "instrument", instrument_word(batch->instrument));
    json_int(json, "vintage", batch->serial.vintage);
    json_close(json);
}

bool batch_write_found(struct json *json, const char *name, const struct visit *visit,
                       const char *batch_id)
{
    struct api_batch batch;
    if (!api_batch_find(visit->registry, visit->arena, batch_id, &batch)) {
        return false;
    }
    batch_write(json, name, visit, &batch);
    return true;
}

void batch_write_beneficiary(struct json *json, const char *name,
                             const struct api_party *beneficiary, const char *retirement_id)
{
    struct api_party shown = *beneficiary;
    if (text_empty(shown.org_id)) {
        shown.org_id = retirement_id;
    }
    party_write(json, name, &shown);
}

enum status batch_get(struct visit *visit, struct response *response)
{
    struct api_batch batch;
    enum status status = list_no_query(visit);
    if (status != STATUS_OK) {
        return status;
    }
    if (!api_batch_find(visit->registry, visit->arena, visit->arguments[0], &batch)) {
        return STATUS_NOT_FOUND;
    }
    struct json json = api_answer(visit, response);
    batch_write(&json, NULL, visit, &batch);
    return STATUS_OK;
}

static void write_ends(struct json *json, const struct visit *visit, const struct api_batch *batch)
{
    bool is_retired = !text_empty(batch->retirement_id);
    bool is_holders = text_is(visit->org_id, batch->owner.org_id);
    if (is_retired) {
        batch_write_beneficiary(json, "beneficiary", &batch->beneficiary, batch->retirement_id);
    } else {
        json_none(json, "beneficiary");
    }
    json_text_or_null(json, "retirement_id", batch->retirement_id);
    json_text_or_null(json, "pending_transfer_id", is_holders ? batch->reserved_by : "");
}

static const char *status_word(enum batch_state state)
{
    switch (state) {
    case BATCH_ACTIVE:
        return "active";
    case BATCH_SPLIT:
        return "split";
    case BATCH_RETIRED:
    case BATCH_EXPORTED:
    case BATCH_CANCELLED:
        break;
    }
    return "retired";
}

static const char *sequestered_on(struct arena *arena, const struct api_batch *batch)
{
    if (!text_empty(batch->reporting_end)) {
        return batch->reporting_end;
    }
    return clock_year(batch->issued_at) <= batch->serial.vintage
               ? clock_iso_date(arena, batch->issued_at)
               : arena_printf(arena, "%04d-12-31", batch->serial.vintage);
}
