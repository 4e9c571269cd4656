/* api/holding.c: the credit batches of an organisation. See api/holding.h. */
#include "api/holding.h"

#include "api/batch.h"
#include "api/list.h"
#include "base/text.h"
#include "store/api_holdings.h"
#include "store/api_parties.h"

enum {
    BY_SUPPLIER,
    BY_PROJECT,
    BY_ISSUANCE,
    BY_DELIVERY,
    BY_ORDER,
    BY_RETIREMENT,
    BY_STATUS,
    BY_STATE,
    BY_AFTER,
    BY_BEFORE,
    SORT_FIELD,
    SORT_DIRECTION,
    QUERY__COUNT
};

/* The contract's words, as they are shown (api/batch.h); and ours, in the order of enum
 * batch_state.
 */
enum { STATUS_SHOWN_ACTIVE, STATUS_SHOWN_SPLIT, STATUS_SHOWN_RETIRED, STATUS_SHOWN__COUNT };
static const char *const statuses[] = {[STATUS_SHOWN_ACTIVE] = "active",
                                       [STATUS_SHOWN_SPLIT] = "split",
                                       [STATUS_SHOWN_RETIRED] = "retired",
                                       [STATUS_SHOWN__COUNT] = NULL};
/* Of which states a batch is shown so. */
static const unsigned states_of[STATUS_SHOWN__COUNT] = {
    [STATUS_SHOWN_ACTIVE] = 1u << BATCH_ACTIVE,
    [STATUS_SHOWN_SPLIT] = 1u << BATCH_SPLIT,
    [STATUS_SHOWN_RETIRED] = 1u << BATCH_RETIRED | 1u << BATCH_EXPORTED | 1u << BATCH_CANCELLED,
};
static const char *const states[] = {"active", "split", "retired", "exported", "cancelled", NULL};
static const char *const sort_fields[] = {"issued_at", NULL};
enum { ASCENDING };
static const char *const sort_directions[] = {[ASCENDING] = "asc", "desc", NULL};

static const struct query_row_of rows[QUERY__COUNT] = {
    [BY_SUPPLIER] = {.name = "supplier_id", .kind = QUERY_ID, .prefix = "spl"},
    [BY_PROJECT] = {.name = "project_id", .kind = QUERY_ID, .prefix = "prj"},
    [BY_ISSUANCE] = {.name = "issuance_id", .kind = QUERY_ID, .prefix = "iss"},
    [BY_DELIVERY] = {.name = "delivery_id", .kind = QUERY_ID, .prefix = "dlv"},
    [BY_ORDER] = {.name = "order_id", .kind = QUERY_ID, .prefix = "ord"},
    [BY_RETIREMENT] = {.name = "retirement_id", .kind = QUERY_ID, .prefix = "ret"},
    [BY_STATUS] = {.name = "status", .kind = QUERY_WORDS, .words = statuses},
    [BY_STATE] = {.name = "state", .kind = QUERY_WORDS, .words = states},
    [BY_AFTER] = {.name = "issued_after", .kind = QUERY_TIME},
    [BY_BEFORE] = {.name = "issued_before", .kind = QUERY_TIME},
    [SORT_FIELD] = {.name = "sort_field", .kind = QUERY_WORD, .words = sort_fields},
    [SORT_DIRECTION] = {.name = "sort_direction", .kind = QUERY_WORD, .words = sort_directions},
};
static const struct query_form query_form = {
    .list = "organisation-credit-batches", .rows = rows, .count = QUERY__COUNT, .is_paged = true};

static struct api_holding_filter filter_of(struct visit *visit, const struct query_value *values);
static bool write_row(struct json *json, struct visit *visit, const char *id, struct page_end *end);

enum status organisation_batches_get(struct visit *visit, struct response *response)
{
    struct query_value values[QUERY__COUNT];
    struct list list = {
        .form = &query_form, .subject = visit->arguments[0], .values = values, .write = write_row};
    enum status status = query_read(visit, list.form, list.subject, values, &list.ask);
    if (status != STATUS_OK) {
        return status;
    }
    if (!text_is(list.subject, visit->org_id)) {
        return STATUS_NOT_FOUND;
    }
    struct api_holding_filter filter = filter_of(visit, values);
    list.page = api_holdings(visit->registry, visit->arena, &filter, &list.ask, &list.total_count);
    list_write(visit, response, &list);
    return STATUS_OK;
}

/* What neither names is not there; what is listed when nobody asks is all that is not split. */
static unsigned wanted_states(unsigned shown, unsigned named)
{
    unsigned wanted = 0;
    if (shown == 0 && named == 0) {
        shown = 1u << STATUS_SHOWN_ACTIVE | 1u << STATUS_SHOWN_RETIRED;
    }
    for (unsigned i = 0; i < STATUS_SHOWN__COUNT; i++) {
        wanted |= (shown & 1u << i) != 0 ? states_of[i] : 0;
    }
    return shown == 0 ? named : named == 0 ? wanted : wanted & named;
}

static struct api_holding_filter filter_of(struct visit *visit, const struct query_value *values)
{
    struct api_party supplier = {.org_id = ""};
    const char *supplier_id = values[BY_SUPPLIER].text;
    if (!text_empty(supplier_id) &&
        !api_supplier_find(visit->registry, visit->arena, supplier_id, &supplier)) {
        supplier.org_id = supplier_id; /* no organisation's id: nothing is of it */
    }
    return (struct api_holding_filter){
        .org_id = visit->org_id,
        .states =
            wanted_states((unsigned)values[BY_STATUS].number, (unsigned)values[BY_STATE].number),
        .supplier_org_id = supplier.org_id,
        .project_id = values[BY_PROJECT].text,
        .issuance_id = values[BY_ISSUANCE].text,
        .delivery_id = values[BY_DELIVERY].text,
        .order_id = values[BY_ORDER].text,
        .retirement_id = values[BY_RETIREMENT].text,
        .issued_after = values[BY_AFTER].number,
        .issued_before = values[BY_BEFORE].number,
        .is_ascending = values[SORT_DIRECTION].number == ASCENDING,
    };
}

static bool write_row(struct json *json, struct visit *visit, const char *id, struct page_end *end)
{
    struct api_batch batch;
    bool is_found = api_batch_find(visit->registry, visit->arena, id, &batch);
    if (is_found) {
        batch_write(json, NULL, visit, &batch);
        end->key = batch.issued_at;
    }
    return is_found;
}
