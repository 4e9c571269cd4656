/* pages/public_buffer.c: the buffer pool: who holds it, what was set aside and what became of it.
 */
#include "base/text.h"
#include "base/url.h"
#include "pages/chrome.h"
#include "pages/desk.h"
#include "pages/plan.h"
#include "pages/pool.h"
#include "pages/public.h"
#include "public_templates.h"

#define LATEST_ROWS 8

static const struct field_row rows[] = {
    DESK_FORMAT_FIELD,
};
const struct form public_buffer_form = {rows, sizeof(rows) / sizeof(rows[0])};

/* ---- drawn ---- */

/* The whole bar is what is accounted for: held, gone back, cancelled, retired. */
static struct pool_part part_of(struct arena *arena, const struct pool_sums *sums,
                                enum instrument instrument)
{
    int64_t gone = public_add(sums->refunded_units, sums->cancelled_units);
    int64_t all = public_add(public_add(sums->held_units, sums->retired_units), gone);
    struct pool_part part = {
        .id = arena_printf(arena, "pool-%d", (int)instrument + 1),
        .heading = desk_instrument(instrument),
        .unit = desk_unit(instrument),
        .put = quantity_show(arena, sums->put_units, instrument),
        .held = quantity_show(arena, sums->held_units, instrument),
        .refunded = quantity_show(arena, sums->refunded_units, instrument),
        .cancelled = quantity_show(arena, sums->cancelled_units, instrument),
        .retired = quantity_show(arena, sums->retired_units, instrument),
        .has_retired = sums->retired_units > 0,
        .is_drawn = all > 0,
    };
    if (all > 0) {
        part.held_width = plan_percent(arena, sums->held_units, all);
        part.refunded_x = part.held_width;
        part.refunded_width = plan_percent(arena, sums->refunded_units, all);
        part.cancelled_x =
            plan_percent(arena, public_add(sums->held_units, sums->refunded_units), all);
        part.cancelled_width = plan_percent(arena, sums->cancelled_units, all);
    }
    return part;
}

static struct pool_parts parts_of(struct visit *visit, struct pool_shares shares)
{
    struct pool_part *parts = arena_array(visit->arena, struct pool_part, INSTRUMENT__COUNT);
    size_t count = 0;
    for (int i = 0; i < INSTRUMENT__COUNT; i++) {
        struct pool_sums sums = {0};
        bool is_there = false;
        for (size_t j = 0; j < shares.count; j++) {
            if (shares.at[j].instrument == (enum instrument)i) {
                pool_add(&sums, &shares.at[j].sums);
                is_there = true;
            }
        }
        if (is_there) {
            parts[count++] = part_of(visit->arena, &sums, (enum instrument)i);
        }
    }
    return (struct pool_parts){parts, count};
}

/* ---- the table ---- */

static void fill_rows(struct visit *visit, struct pool_shares shares, struct buffer_pool_view *view)
{
    struct arena *arena = visit->arena;
    struct pool_row *views = arena_array(arena, struct pool_row, shares.count + 1);
    bool is_one = shares.count > 0;
    for (size_t i = 1; i < shares.count; i++) {
        is_one = is_one && shares.at[i].instrument == shares.at[0].instrument;
    }
    for (size_t i = 0; i < shares.count; i++) {
        const struct pool_share *one = &shares.at[i];
        views[i] = (struct pool_row){
            .project = public_project_link(arena, one->project_id, one->project),
            .supplier = public_org_link(arena, one->supplier_org_id, one->supplier),
            .vintage = arena_printf(arena, "%lld", (long long)one->vintage),
            .put = public_figure(arena, one->sums.put_units, one->instrument),
            .held = public_figure(arena, one->sums.held_units, one->instrument),
            .refunded = public_figure(arena, one->sums.refunded_units, one->instrument),
            .cancelled = public_figure(arena, one->sums.cancelled_units, one->instrument),
            .unit_here = is_one ? "" : desk_unit(one->instrument),
        };
    }
    view->unit = is_one ? desk_unit(shares.at[0].instrument) : "";
    view->rows = (struct pool_rows){views, shares.count};
    view->is_empty = shares.count == 0;
}

static enum status send_csv(struct visit *visit, struct response *response,
                            struct pool_shares shares)
{
    static const char *const head[] = {
        "project_id", "project",         "supplier_id", "supplier",       "vintage",
        "instrument", "set_aside",       "held",        "refunded",       "cancelled",
        "retired",    "set_aside_units", "held_units",  "refunded_units", "cancelled_units"};
    enum { COLUMNS = sizeof(head) / sizeof(head[0]) };
    struct arena *arena = visit->arena;
    desk_csv(response, arena, "buffer-pool.csv");
    desk_csv_line(&response->body, head, COLUMNS);
    for (size_t i = 0; i < shares.count; i++) {
        const struct pool_share *one = &shares.at[i];
        const struct pool_sums *sums = &one->sums;
        const char *cells[COLUMNS] = {
            one->project_id,
            one->project,
            one->supplier_org_id,
            one->supplier,
            arena_printf(arena, "%lld", (long long)one->vintage),
            instrument_word(one->instrument),
            quantity_plain(arena, sums->put_units, one->instrument),
            quantity_plain(arena, sums->held_units, one->instrument),
            quantity_plain(arena, sums->refunded_units, one->instrument),
            quantity_plain(arena, sums->cancelled_units, one->instrument),
            quantity_plain(arena, sums->retired_units, one->instrument),
            arena_printf(arena, "%lld", (long long)sums->put_units),
            arena_printf(arena, "%lld", (long long)sums->held_units),
            arena_printf(arena, "%lld", (long long)sums->refunded_units),
            arena_printf(arena, "%lld", (long long)sums->cancelled_units),
        };
        desk_csv_line(&response->body, cells, COLUMNS);
    }
    return public_show(visit, response);
}

static struct link_views orgs_of(struct visit *visit)
{
    struct pool_orgs orgs = pool_orgs(visit->registry, visit->arena);
    struct link_view *links = arena_array(visit->arena, struct link_view, orgs.count + 1);
    for (size_t i = 0; i < orgs.count; i++) {
        links[i] = public_org_link(visit->arena, orgs.at[i].org_id, orgs.at[i].name);
    }
    return (struct link_views){links, orgs.count};
}

enum status public_buffer_get(struct visit *visit, struct response *response)
{
    struct arena *arena = visit->arena;
    struct pool_shares shares = pool_shares(visit->registry, arena, "");
    if (!text_empty(field_text(&visit->fields, "format"))) {
        return send_csv(visit, response, shares);
    }
    struct buffer_pool_view view = {
        .page = chrome_of(visit, PLACE_REGISTRY, "Buffer pool"),
        .orgs = orgs_of(visit),
        .parts = parts_of(visit, shares),
        .csv = url_with(arena, url_path(arena, "/registry/buffer-pool"), "format", "csv"),
        .refunds = pool_latest(visit, POOL_REFUND, LATEST_ROWS),
        .cancellations = pool_latest(visit, POOL_CANCELLATION, LATEST_ROWS),
    };
    view.has_orgs = view.orgs.count > 0;
    view.has_refunds = view.refunds.rows.count > 0;
    view.has_cancellations = view.cancellations.rows.count > 0;
    fill_rows(visit, shares, &view);
    chrome_trail(visit, &view.page, url_path(arena, "/registry"), "Registry");
    template_public_buffer_pool(&response->body, &view);
    return public_show(visit, response);
}
