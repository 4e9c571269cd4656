/* api/retirement.c: see api/retirement.h. */
#include "api/retirement.h"

#include "api/api.h"
#include "api/batch.h"
#include "api/list.h"
#include "api/party.h"

enum { BY_BENEFICIARY, BY_OWNER, BY__COUNT };
static const struct query_row_of filters[BY__COUNT] = {
    [BY_BENEFICIARY] = {.name = "beneficiary_org_id", .kind = QUERY_ID, .prefix = "org"},
    [BY_OWNER] = {.name = "owner_org_id", .kind = QUERY_ID, .prefix = "org"},
};
static const struct query_form retirements_query = {
    .list = "retirements", .rows = filters, .count = BY__COUNT, .is_paged = true};

const char *const retirement_purposes[] = {"corporate_targets",
                                           "public_environmental_claims",
                                           "insetting",
                                           "regulatory_requirement",
                                           "other",
                                           NULL};

static bool write_row(struct json *json, struct visit *visit, const char *id, struct page_end *end);

void retirement_write(struct json *json, const char *name, struct visit *visit,
                      const struct api_retirement *retirement)
{
    const char *id = retirement->retirement_id;
    json_open(json, name);
    json_text(json, "id", id);
    json_time(json, "retired_at", retirement->retired_at);
    json_list(json, "purposes");
    for (int i = 0; retirement_purposes[i] != NULL; i++) {
        if ((retirement->purposes & 1u << i) != 0) {
            json_text(json, NULL, retirement_purposes[i]);
        }
    }
    json_close(json);
    batch_write_beneficiary(json, "beneficiary", &retirement->beneficiary, id);
    party_write(json, "owner", &retirement->owner);
    json_quantity(json, "credit_batch_size_total", retirement->instrument, retirement->units);
    json_text(json, "url", api_page_url(visit, "/registry/retirements/*", id));
    json_text_or_null(json, "notes", retirement->notes);
    json_text(json, "instrument", instrument_word(retirement->instrument));
    redaction_write(json, "note_redacted_at", "note_redacted_reason", retirement->note_redacted);
    redaction_write(json, "beneficiary_redacted_at", "beneficiary_redacted_reason",
                    retirement->beneficiary_redacted);
    json_close(json);
}

enum status retirement_get(struct visit *visit, struct response *response)
{
    struct api_retirement retirement;
    enum status status = list_no_query(visit);
    if (status != STATUS_OK) {
        return status;
    }
    if (!api_retirement_find(visit->registry, visit->arena, visit->arguments[0], &retirement)) {
        return STATUS_NOT_FOUND;
    }
    struct json json = api_answer(visit, response);
    retirement_write(&json, NULL, visit, &retirement);
    return STATUS_OK;
}

enum status retirement_batches_get(struct visit *visit, struct response *response)
{
    struct api_retirement retirement;
    if (!api_retirement_find(visit->registry, visit->arena, visit->arguments[0], &retirement)) {
        return STATUS_NOT_FOUND;
    }
    return batches_of(visit, response, LINES_OF_RETIREMENT, retirement.retirement_id);
}

enum status retirements_get(struct visit *visit, struct response *response)
{
    struct query_value values[BY__COUNT];
    struct list list = {
        .form = &retirements_query, .subject = "", .values = values, .write = write_row};
    enum status status = query_read(visit, list.form, list.subject, values, &list.ask);
    if (status == STATUS_OK) {
        const struct api_retirement_filter filter = {
            .owner_org_id = values[BY_OWNER].text,
            .beneficiary_org_id = values[BY_BENEFICIARY].text,
        };
        list.page = api_retirements(visit->registry, visit->arena, &filter, &list.ask);
        list.total_count = api_retirements_count(visit->registry, &filter);
        list_write(visit, response, &list);
    }
    return status;
}

static bool write_row(struct json *json, struct visit *visit, const char *id, struct page_end *end)
{
    struct api_retirement retirement;
    bool is_found = api_retirement_find(visit->registry, visit->arena, id, &retirement);
    if (is_found) {
        retirement_write(json, NULL, visit, &retirement);
        end->key = retirement.retired_at;
    }
    return is_found;
}
