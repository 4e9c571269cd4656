/* api/transfer_list.c: lists of transfers and exports, one of them, and its batches. See
 * api/transfer.h. */
#include "api/transfer.h"

#include "api/api.h"
#include "api/batch.h"
#include "api/list.h"

/* Order of enum transfer_state. */
static const char *const state_words[] = {"awaiting_approval", "pending", "completed", "rejected",
                                          "withdrawn",         "expired", "cancelled", NULL};
/* Order of enum transfer_kind; an export is a resource of its own. */
static const char *const kind_words[] = {"internal", "external", NULL};

enum { P_FROM, P_TO, P_KIND, P_STATUS, P_SINCE, P_UNTIL, P__COUNT };
static const struct query_row_of transfer_rows[] = {
    [P_FROM] = {.name = "from_organisation_id", .kind = QUERY_ID, .prefix = "org"},
    [P_TO] = {.name = "to_organisation_id", .kind = QUERY_ID, .prefix = "org"},
    [P_KIND] = {.name = "kind", .kind = QUERY_WORD, .words = kind_words},
    [P_STATUS] = {.name = "status", .kind = QUERY_WORDS, .words = state_words},
    [P_SINCE] = {.name = "since", .kind = QUERY_TIME},
    [P_UNTIL] = {.name = "until", .kind = QUERY_TIME},
};
static const struct query_form transfer_form = {
    .list = "transfers", .rows = transfer_rows, .count = P__COUNT, .is_paged = true};

enum { E_FROM, E_STATUS, E_SINCE, E_UNTIL, E__COUNT };
static const struct query_row_of export_rows[] = {
    [E_FROM] = {.name = "from_organisation_id", .kind = QUERY_ID, .prefix = "org"},
    [E_STATUS] = {.name = "status", .kind = QUERY_WORDS, .words = state_words},
    [E_SINCE] = {.name = "since", .kind = QUERY_TIME},
    [E_UNTIL] = {.name = "until", .kind = QUERY_TIME},
};
static const struct query_form export_form = {
    .list = "exports", .rows = export_rows, .count = E__COUNT, .is_paged = true};

/* Completed ones unless others are asked for: what waits is no transfer yet. */
static struct api_transfer_filter filter_of(const struct visit *visit, enum transfer_kind kind,
                                            const struct query_value *status,
                                            const struct query_value *since,
                                            const struct query_value *until)
{
    return (struct api_transfer_filter){
        .viewer_org_id = visit->org_id,
        .kind = kind,
        .states = status->number == 0 ? 1U << TRANSFER_COMPLETED : (unsigned)status->number,
        .from_org_id = "",
        .to_org_id = "",
        .since_at = since->number == 0 ? INT64_MIN : since->number,
        .until_at = until->number == 0 ? INT64_MAX : until->number,
    };
}

static struct page_end end_of(const struct api_transfer *transfer)
{
    return (struct page_end){
        .key = transfer->submitted_at, .text = "", .id = transfer->transfer_id};
}

static enum status write_list(struct visit *visit, struct response *response,
                              const struct query_form *form, const struct query_value *values,
                              const struct page_ask *ask, const struct api_transfer_filter *filter)
{
    struct api_transfers rows = api_transfers_list(visit->registry, visit->arena, filter, ask);
    int64_t total = api_transfers_count(visit->registry, visit->arena, filter);
    struct json json = api_answer(visit, response);
    json_open(&json, NULL);
    json_list(&json, "nodes");
    for (size_t i = 0; i < rows.count; i++) {
        transfer_write(&json, NULL, &rows.at[i]);
    }
    json_close(&json);
    struct page_end ends[2];
    if (rows.count > 0) {
        ends[0] = end_of(&rows.at[0]);
        ends[1] = end_of(&rows.at[rows.count - 1]);
    }
    page_write_info(&json, visit, form, visit->org_id, values, ask, rows.has_more,
                    rows.count > 0 ? &ends[0] : NULL, rows.count > 0 ? &ends[1] : NULL, total);
    json_close(&json);
    return STATUS_OK;
}

enum status transfers_get(struct visit *visit, struct response *response)
{
    struct query_value values[P__COUNT];
    struct page_ask ask;
    enum status status = query_read(visit, &transfer_form, visit->org_id, values, &ask);
    if (status != STATUS_OK) {
        return status;
    }
    enum transfer_kind kind =
        values[P_KIND].number < 0 ? TRANSFER_EXTERNAL : (enum transfer_kind)values[P_KIND].number;
    struct api_transfer_filter filter =
        filter_of(visit, kind, &values[P_STATUS], &values[P_SINCE], &values[P_UNTIL]);
    filter.from_org_id = values[P_FROM].text;
    filter.to_org_id = values[P_TO].text;
    return write_list(visit, response, &transfer_form, values, &ask, &filter);
}

enum status exports_get(struct visit *visit, struct response *response)
{
    struct query_value values[E__COUNT];
    struct page_ask ask;
    enum status status = query_read(visit, &export_form, visit->org_id, values, &ask);
    if (status != STATUS_OK) {
        return status;
    }
    struct api_transfer_filter filter =
        filter_of(visit, TRANSFER_EXPORT, &values[E_STATUS], &values[E_SINCE], &values[E_UNTIL]);
    filter.from_org_id = values[E_FROM].text;
    return write_list(visit, response, &export_form, values, &ask, &filter);
}

/* The one in the address, if it is of this resource and the caller may know of it. */
static enum status find(struct visit *visit, bool is_export, struct api_transfer *transfer)
{
    enum status status = list_no_query(visit);
    if (status != STATUS_OK) {
        return status;
    }
    bool is_found = api_transfer_find(visit->registry, visit->arena, visit->org_id,
                                      visit->arguments[0], transfer) &&
                    (transfer->kind == TRANSFER_EXPORT) == is_export;
    return is_found ? STATUS_OK : STATUS_NOT_FOUND;
}

static enum status get_one(struct visit *visit, struct response *response, bool is_export)
{
    struct api_transfer transfer;
    enum status status = find(visit, is_export, &transfer);
    if (status == STATUS_OK) {
        struct json json = api_answer(visit, response);
        transfer_write(&json, NULL, &transfer);
    }
    return status;
}

enum status transfer_get(struct visit *visit, struct response *response)
{
    return get_one(visit, response, false);
}

enum status export_get(struct visit *visit, struct response *response)
{
    return get_one(visit, response, true);
}

static enum status get_batches(struct visit *visit, struct response *response, bool is_export)
{
    struct api_transfer transfer;
    enum status status = find(visit, is_export, &transfer);
    return status == STATUS_OK
               ? batches_of(visit, response, LINES_OF_TRANSFER, transfer.transfer_id)
               : status;
}

enum status transfer_batches_get(struct visit *visit, struct response *response)
{
    return get_batches(visit, response, false);
}

enum status export_batches_get(struct visit *visit, struct response *response)
{
    return get_batches(visit, response, true);
}
