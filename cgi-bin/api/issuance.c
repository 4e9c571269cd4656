/* api/issuance.c: issuances. See api/project.h. */
#include "api/api.h"
#include "api/batch.h"
#include "api/list.h"
#include "api/party.h"
#include "api/project.h"
#include "base/clock.h"
#include "base/text.h"

static const struct query_form issuances_query = {.list = "issuances", .is_paged = true};
static const struct query_form supplier_query = {.list = "supplier-issuances", .is_paged = true};

static const char *period_start(struct arena *arena, const struct api_issuance *issuance);
static const char *period_end(struct arena *arena, const struct api_issuance *issuance);
static void write_total(struct json *json, const char *name, const struct api_issuance *issuance);
static void write_issued(struct json *json, const char *name, const struct visit *visit,
                         const char *batch_id);
static bool write_row(struct json *json, struct visit *visit, const char *id, struct page_end *end);

void issuance_write(struct json *json, const char *name, struct visit *visit,
                    const struct api_issuance *issuance)
{
    struct arena *arena = visit->arena;
    enum instrument instrument = issuance->instrument;
    json_open(json, name);
    json_text(json, "id", issuance->issuance_id);
    json_time(json, "issued_at", issuance->issued_at);
    supplier_write(json, "supplier", &issuance->supplier);
    json_text(json, "project_id", issuance->project_id);
    json_text(json, "reporting_period_start_at", period_start(arena, issuance));
    json_text(json, "reporting_period_end_at", period_end(arena, issuance));
    json_quantity(json, "supplier_credit_batch_size_total", instrument, issuance->supplier_units);
    json_quantity(json, "buffer_pool_credit_batch_size_total", instrument, issuance->buffer_units);
    write_total(json, "credit_batch_size_total", issuance);
    json_text(json, "instrument", instrument_word(instrument));
    json_int(json, "vintage", issuance->vintage);
    json_text(json, "kind", issuance->is_imported ? "imported" : "issued");
    json_text_or_null(json, "notes", issuance->notes);
    redaction_write(json, "note_redacted_at", "note_redacted_reason", issuance->note_redacted);
    json_close(json);
}

enum status issuance_get(struct visit *visit, struct response *response)
{
    struct api_issuance issuance;
    enum status status = list_no_query(visit);
    if (status != STATUS_OK) {
        return status;
    }
    if (!api_issuance_find(visit->registry, visit->arena, visit->arguments[0], &issuance)) {
        return STATUS_NOT_FOUND;
    }
    struct json json = api_answer(visit, response);
    issuance_write(&json, NULL, visit, &issuance);
    return STATUS_OK;
}

enum status issuances_get(struct visit *visit, struct response *response)
{
    struct list list = {.form = &issuances_query, .subject = "", .write = write_row};
    enum status status = query_read(visit, list.form, list.subject, NULL, &list.ask);
    if (status == STATUS_OK) {
        list.page = api_issuances(visit->registry, visit->arena, &list.ask);
        list.total_count = api_issuances_count(visit->registry);
        list_write(visit, response, &list);
    }
    return status;
}

/* The batches as they came into being; what became of them is in their own state and children. */
enum status issuance_batches_get(struct visit *visit, struct response *response)
{
    struct api_issuance issuance;
    enum status status = list_no_query(visit);
    if (status != STATUS_OK) {
        return status;
    }
    if (!api_issuance_find(visit->registry, visit->arena, visit->arguments[0], &issuance)) {
        return STATUS_NOT_FOUND;
    }
    struct api_issued issued =
        api_issued_batches(visit->registry, visit->arena, issuance.issuance_id);
    struct json json = api_answer(visit, response);
    json_open(&json, NULL);
    json_text(&json, "issuance_id", issuance.issuance_id);
    write_issued(&json, "supplier_credit_batches", visit, issued.supplier_batch_id);
    json_quantity(&json, "supplier_credit_batch_size_total", issuance.instrument,
                  issuance.supplier_units);
    write_issued(&json, "buffer_pool_credit_batches", visit, issued.buffer_batch_id);
    json_quantity(&json, "buffer_pool_credit_batch_size_total", issuance.instrument,
                  issuance.buffer_units);
    write_total(&json, "credit_batch_size_total", &issuance);
    json_close(&json);
    return STATUS_OK;
}

enum status supplier_issuances_get(struct visit *visit, struct response *response)
{
    struct api_party supplier;
    struct list list = {
        .form = &supplier_query, .subject = visit->arguments[0], .write = write_row};
    enum status status = query_read(visit, list.form, list.subject, NULL, &list.ask);
    if (status != STATUS_OK) {
        return status;
    }
    if (!api_supplier_find(visit->registry, visit->arena, list.subject, &supplier)) {
        return STATUS_NOT_FOUND;
    }
    list.page = api_issuances_of(visit->registry, visit->arena, supplier.org_id, &list.ask);
    list.total_count = api_issuances_of_count(visit->registry, supplier.org_id);
    list_write(visit, response, &list);
    return STATUS_OK;
}

static const char *period_start(struct arena *arena, const struct api_issuance *issuance)
{
    return text_empty(issuance->reporting_start)
               ? arena_printf(arena, "%04d-01-01", (int)issuance->vintage)
               : issuance->reporting_start;
}

static const char *period_end(struct arena *arena, const struct api_issuance *issuance)
{
    if (!text_empty(issuance->reporting_end)) {
        return issuance->reporting_end;
    }
    return clock_year(issuance->issued_at) == issuance->vintage
               ? clock_iso_date(arena, issuance->issued_at)
               : arena_printf(arena, "%04d-12-31", (int)issuance->vintage);
}

static void write_total(struct json *json, const char *name, const struct api_issuance *issuance)
{
    /* The ledger issued them together, so their sum fits. */
    json_quantity(json, name, issuance->instrument,
                  issuance->supplier_units + issuance->buffer_units);
}

static void write_issued(struct json *json, const char *name, const struct visit *visit,
                         const char *batch_id)
{
    json_list(json, name);
    if (!text_empty(batch_id)) {
        (void)batch_write_found(json, NULL, visit, batch_id);
    }
    json_close(json);
}

static bool write_row(struct json *json, struct visit *visit, const char *id, struct page_end *end)
{
    struct api_issuance issuance;
    bool is_found = api_issuance_find(visit->registry, visit->arena, id, &issuance);
    if (is_found) {
        issuance_write(json, NULL, visit, &issuance);
        end->key = issuance.issued_at;
    }
    return is_found;
}
