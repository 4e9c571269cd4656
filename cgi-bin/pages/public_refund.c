/* pages/public_refund.c: what went back out of the buffer pool, and what was cancelled in it: the
 * lists, and one. */
#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/chrome.h"
#include "pages/desk.h"
#include "pages/pool.h"
#include "pages/public.h"
#include "pages/public_list.h"
#include "public_templates.h"

static const char *const sort_words[] = {"time", "-time", NULL};
static const struct field_row rows[] = {
    {.name = "q", .kind = VALUE_LINE, .chars_max = 100, .label = "Supplier, project, id or note"},
    DESK_DAYS_FIELDS,
    {.name = "sort", .kind = VALUE_WORD, .words = sort_words},
    DESK_PAGE_FIELDS,
};
const struct form public_pool_acts_form = {rows, sizeof(rows) / sizeof(rows[0])};

struct url pool_act_url(struct arena *arena, enum pool_act_kind kind, const char *act_id)
{
    must(kind < POOL_ACT__COUNT);
    return kind == POOL_REFUND ? url_path(arena, "/registry/refunds/*", act_id)
                               : url_path(arena, "/registry/cancellations/*", act_id);
}

/* A reason that was redacted is words that say so: the sentence says more. */
static const char *words_of(enum pool_act_kind kind, const struct pool_act *act)
{
    return kind == POOL_CANCELLATION && act->note_redacted.at != 0 ? "" : act->notes;
}

static const char *redacted_of(struct arena *arena, enum pool_act_kind kind,
                               const struct pool_act *act)
{
    return desk_redacted(arena, kind == POOL_REFUND ? "The note" : "The reason",
                         act->note_redacted);
}

/* ---- rows ---- */

struct pool_act_table pool_act_table(struct visit *visit, enum pool_act_kind kind,
                                     struct pool_acts acts)
{
    struct arena *arena = visit->arena;
    struct pool_act_row *views = arena_array(arena, struct pool_act_row, acts.count + 1);
    bool is_one = acts.count > 0;
    for (size_t i = 1; i < acts.count; i++) {
        is_one = is_one && acts.at[i].instrument == acts.at[0].instrument;
    }
    for (size_t i = 0; i < acts.count; i++) {
        const struct pool_act *one = &acts.at[i];
        views[i] = (struct pool_act_row){
            .act_id = one->act_id,
            .url = pool_act_url(arena, kind, one->act_id),
            .when = desk_when(arena, one->at),
            .org = public_org_link(arena, one->org_id, one->org),
            .supplier = public_org_link(arena, one->supplier_org_id, one->supplier),
            .project = public_project_link(arena, one->project_id, one->project),
            .notes = words_of(kind, one),
            .redacted = redacted_of(arena, kind, one),
            .quantity = quantity_show(arena, one->units, one->instrument),
            .unit_here = is_one ? "" : desk_unit(one->instrument),
        };
    }
    return (struct pool_act_table){
        .unit = is_one ? desk_unit(acts.at[0].instrument) : "",
        .when_label = kind == POOL_REFUND ? "Refunded" : "Cancelled",
        .supplier_label = kind == POOL_REFUND ? "Back to supplier" : "Supplier",
        .id_label = kind == POOL_REFUND ? "Refund" : "Cancellation",
        .by_time = {{NULL}, ""},
        .rows = {views, acts.count},
    };
}

struct pool_act_table pool_latest(struct visit *visit, enum pool_act_kind kind, size_t most)
{
    const struct pool_filter filter = {.kind = kind, .from_at = INT64_MIN};
    const struct window window = {.descending = true, .behind = "", .most = most};
    return pool_act_table(visit, kind,
                          pool_acts_list(visit->registry, visit->arena, &filter, &window));
}

/* ---- the lists ---- */

static struct list_rows read_list(const struct list *list, const struct window *window)
{
    struct pool_acts found =
        pool_acts_list(list->visit->registry, list->visit->arena, list->filter, window);
    return (struct list_rows){found.at, found.count};
}

static int64_t count_list(const struct list *list, const void *filter)
{
    return pool_acts_count(list->visit->registry, list->visit->arena, filter);
}

static const char *const refund_columns[] = {
    "refund_id",  "refunded_at",      "from_id",    "from",     "to_supplier_id", "to_supplier",
    "project_id", "project",          "instrument", "quantity", "units",          "blocks",
    "note",       "note_redacted_at", NULL};
static const char *const cancellation_columns[] = {
    "cancellation_id", "cancelled_at",       "pool_id",    "pool",
    "supplier_id",     "supplier",           "project_id", "project",
    "instrument",      "quantity",           "units",      "blocks",
    "reason",          "reason_redacted_at", NULL};

static void write_cells(const struct list *list, const void *row, const char **cells)
{
    struct arena *arena = list->visit->arena;
    const struct pool_act *one = row;
    const char *const values[] = {
        one->act_id,
        clock_iso(arena, one->at),
        one->org_id,
        one->org,
        one->supplier_org_id,
        one->supplier,
        one->project_id,
        text_empty(one->project_id) ? "several" : one->project,
        instrument_word(one->instrument),
        quantity_plain(arena, one->units, one->instrument),
        arena_printf(arena, "%lld", (long long)one->units),
        arena_printf(arena, "%lld", (long long)one->block_count),
        one->notes,
        clock_iso(arena, one->note_redacted.at),
    };
    _Static_assert(sizeof(refund_columns) == sizeof(cancellation_columns), "one row for both");
    LIST_CELLS(cells, values, refund_columns);
}

static const struct list_kind kinds[POOL_ACT__COUNT] = {
    [POOL_REFUND] = {.path = "/registry/refunds",
                     .file_name = "refunds.csv",
                     .one = "refund",
                     .many = "refunds",
                     .sort_usual = "-time",
                     .time_key = "time",
                     .row_bytes = sizeof(struct pool_act),
                     .columns = refund_columns,
                     .read = read_list,
                     .count = count_list,
                     .cells = write_cells},
    [POOL_CANCELLATION] = {.path = "/registry/cancellations",
                           .file_name = "cancellations.csv",
                           .one = "cancellation",
                           .many = "cancellations",
                           .sort_usual = "-time",
                           .time_key = "time",
                           .row_bytes = sizeof(struct pool_act),
                           .columns = cancellation_columns,
                           .read = read_list,
                           .count = count_list,
                           .cells = write_cells},
};

static void add_trail(struct visit *visit, struct chrome *page)
{
    chrome_trail(visit, page, url_path(visit->arena, "/registry/buffer-pool"), "Buffer pool");
}

static enum status show_list(struct visit *visit, struct response *response,
                             enum pool_act_kind kind)
{
    const struct fields *fields = &visit->fields;
    bool is_refund = kind == POOL_REFUND;
    const char *heading = is_refund ? "Refunds" : "Cancellations";
    struct pool_filter *filter = arena_array(visit->arena, struct pool_filter, 2);
    filter[1] = (struct pool_filter){.kind = kind, .from_at = INT64_MIN};
    filter[0] = filter[1];
    filter[0].q = list_q(visit);
    filter[0].from_at = list_from_at(visit);
    filter[0].until_at = list_until_at(visit);
    struct list list = list_begin(visit, &kinds[kind], "", &filter[0], &filter[1]);
    list_filter_q(&list);
    list_filter_days(&list);
    if (!text_empty(field_text(fields, "format"))) {
        return list_csv(&list, response);
    }
    struct pool_acts_view view = {
        .page = chrome_of(visit, PLACE_REGISTRY, chrome_fault_title(visit, heading)),
        .heading = heading,
        .lead =
            is_refund
                ? "What went back from the buffer pool to the supplier for whom it was set aside."
                : "What was cancelled in the buffer pool after a reversal: it can never be used "
                  "again.",
        .here = url_path(visit->arena, kinds[kind].path),
        .q = field_text(fields, "q"),
        .from = field_text(fields, "from"),
        .to = field_text(fields, "to"),
        .none = is_refund ? "Nothing has gone back out of the buffer pool yet"
                          : "Nothing has been cancelled in the buffer pool yet",
    };
    struct list_rows found = list_page(&list, &view.list);
    view.table = pool_act_table(visit, kind, (struct pool_acts){found.at, found.count});
    view.table.by_time = list_sort(&list, "-time");
    add_trail(visit, &view.page);
    template_public_pool_acts(&response->body, &view);
    return public_show_list(visit, response);
}

enum status public_refunds_get(struct visit *visit, struct response *response)
{
    return show_list(visit, response, POOL_REFUND);
}

enum status public_cancellations_get(struct visit *visit, struct response *response)
{
    return show_list(visit, response, POOL_CANCELLATION);
}

/* ---- one ---- */

static enum status show_one(struct visit *visit, struct response *response, enum pool_act_kind kind)
{
    struct arena *arena = visit->arena;
    bool is_refund = kind == POOL_REFUND;
    enum public_blocks_of which =
        is_refund ? PUBLIC_BLOCKS_OF_REFUND : PUBLIC_BLOCKS_OF_CANCELLATION;
    struct pool_act row;
    if (!pool_act_find(visit->registry, arena, kind, visit->arguments[0], &row)) {
        return STATUS_NOT_FOUND;
    }
    if (!text_empty(field_text(&visit->fields, "format"))) {
        return public_blocks_csv(visit, response, which, row.act_id);
    }
    const char *quantity = quantity_words(arena, row.units, row.instrument);
    struct url csv = url_with(arena, pool_act_url(arena, kind, row.act_id), "format", "csv");
    struct pool_act_view view = {
        .page = chrome_of(
            visit, PLACE_REGISTRY,
            arena_printf(arena, "%s %s", is_refund ? "Refund" : "Cancellation", row.act_id)),
        .title = is_refund ? arena_printf(arena, "%s went back to %s", quantity, row.supplier)
                           : arena_printf(arena, "%s of %s cancelled", quantity, row.supplier),
        .is_cancellation = !is_refund,
        .id_label = is_refund ? "Refund" : "Cancellation",
        .act_id = row.act_id,
        .when = desk_when(arena, row.at),
        .org = public_org_link(arena, row.org_id, row.org),
        .supplier = public_org_link(arena, row.supplier_org_id, row.supplier),
        .project = public_project_link(arena, row.project_id, row.project),
        .quantity = quantity,
        .weight = desk_weight(arena, row.units, row.instrument),
        .note_label = is_refund ? "Public note" : "Reason",
        .notes = words_of(kind, &row),
        .redacted = redacted_of(arena, kind, &row),
        .blocks_heading = is_refund ? "Blocks that went back" : "Blocks that were cancelled",
        .blocks = public_block_table(visit, which, row.act_id, csv),
    };
    add_trail(visit, &view.page);
    chrome_trail(visit, &view.page, url_path(arena, kinds[kind].path),
                 is_refund ? "Refunds" : "Cancellations");
    template_public_pool_act(&response->body, &view);
    return public_show(visit, response);
}

enum status public_refund_get(struct visit *visit, struct response *response)
{
    return show_one(visit, response, POOL_REFUND);
}

enum status public_cancellation_get(struct visit *visit, struct response *response)
{
    return show_one(visit, response, POOL_CANCELLATION);
}
