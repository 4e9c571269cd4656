/* api/refund.c: see api/refund.h. */
#include "api/refund.h"

#include "api/api.h"
#include "api/batch.h"
#include "api/list.h"
#include "api/party.h"
#include "store/api_refunds.h"

enum status refund_get(struct visit *visit, struct response *response)
{
    struct api_refund refund;
    enum status status = list_no_query(visit);
    if (status != STATUS_OK) {
        return status;
    }
    if (!api_refund_find(visit->registry, visit->arena, visit->arguments[0], &refund)) {
        return STATUS_NOT_FOUND;
    }
    struct json json = api_answer(visit, response);
    json_open(&json, NULL);
    json_text(&json, "id", refund.refund_id);
    json_time(&json, "refunded_at", refund.refunded_at);
    party_write(&json, "from_buffer_pool_organisation", &refund.buffer);
    party_write(&json, "to_organisation", &refund.supplier);
    json_quantity(&json, "credit_batch_size_total", refund.instrument, refund.units);
    json_text(&json, "notes", refund.notes);
    json_text(&json, "instrument", instrument_word(refund.instrument));
    json_text_or_null(&json, "project_id", refund.project_id);
    redaction_write(&json, "note_redacted_at", "note_redacted_reason", refund.note_redacted);
    json_close(&json);
    return STATUS_OK;
}

enum status refund_batches_get(struct visit *visit, struct response *response)
{
    struct api_refund refund;
    if (!api_refund_find(visit->registry, visit->arena, visit->arguments[0], &refund)) {
        return STATUS_NOT_FOUND;
    }
    return batches_of(visit, response, LINES_OF_REFUND, refund.refund_id);
}
