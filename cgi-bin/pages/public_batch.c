/* pages/public_batch.c: one credit batch: what it is, what happened to its units, and its lineage
 * as a drawing and as a table. */
#include "pages/public_batch_view.h"

#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/chrome.h"
#include "pages/desk.h"
#include "pages/pool.h"
#include "pages/public.h"
#include "pages/public_draw.h"
#include "pages/public_lineage.h"
#include "public_templates.h"
#include "store/public_past.h"

static const struct field_row fields[] = {
    {.name = "before", .kind = VALUE_CURSOR},
};
const struct form public_batch_form = {fields, sizeof(fields) / sizeof(fields[0])};

/* The tree, and beside each of its bars the batch. What they have in common is that of the batch
 * that the page is about. */
struct family {
    const struct public_batch *of;
    struct lineage tree;
    struct public_kin batches[LINEAGE_BARS_MAX];
    const char *holders[LINEAGE_BARS_MAX]; /* names; NULL not looked up yet */
};

/* ---- which batches are drawn ---- */

/* Reads the two children of a split batch into the tree; false when they cannot be read. */
static bool cut_bar(struct visit *visit, struct family *family, int bar)
{
    const struct public_kin *parent = &family->batches[bar];
    struct public_kin left, right;
    if (!public_kin_children(visit->registry, visit->arena, parent, &left, &right)) {
        return false; /* the store has a fault: the page becomes an error page */
    }
    lineage_cut(&family->tree, bar, right.first);
    family->batches[family->tree.at[bar].left] = left;
    family->batches[family->tree.at[bar].right] = right;
    return true;
}

static bool is_uncut(const struct family *family, int bar)
{
    return text_is(family->batches[bar].state, "split") &&
           family->tree.at[bar].left == LINEAGE_NONE;
}

/* Cuts everything below a bar, level by level, as long as there is room. */
static void cut_below(struct visit *visit, struct family *family, int top)
{
    int waiting[LINEAGE_BARS_MAX];
    int begin = 0;
    int end = 0;
    waiting[end++] = top;
    while (begin < end && lineage_has_room(&family->tree)) {
        int bar = waiting[begin++];
        if (is_uncut(family, bar) && !cut_bar(visit, family, bar)) {
            return;
        }
        const struct lineage_bar *one = &family->tree.at[bar];
        if (one->left != LINEAGE_NONE && end + 2 <= LINEAGE_BARS_MAX) {
            waiting[end++] = one->left;
            waiting[end++] = one->right;
        }
    }
}

/* First the way from the oldest drawn ancestor down to the batch, then what came of the batch, then
 * what came of its nearest relations. */
static bool draw_family(struct visit *visit, const struct public_batch *batch, struct ids ancestors,
                        struct family *family)
{
    struct public_kin *root = &family->batches[0];
    const char *root_id = ancestors.count > 0 ? ancestors.at[ancestors.count - 1] : batch->batch_id;
    family->of = batch;
    if (!public_kin_find(visit->registry, visit->arena, root_id, root)) {
        return false;
    }
    lineage_begin(&family->tree, root->first, root->last);
    int here = 0;
    for (size_t up = ancestors.count; up > 0; up--) {
        const char *next = up > 1 ? ancestors.at[up - 2] : batch->batch_id;
        if (!cut_bar(visit, family, here)) {
            return false;
        }
        const struct lineage_bar *parent = &family->tree.at[here];
        here = text_is(family->batches[parent->left].batch_id, next) ? parent->left : parent->right;
        /* parent and children point at each other */
        must(text_is(family->batches[here].batch_id, next));
    }
    family->tree.at[here].is_here = true;
    cut_below(visit, family, here);
    for (int up = here; up != LINEAGE_NONE; up = family->tree.at[up].parent) {
        cut_below(visit, family, up);
    }
    lineage_order(&family->tree);
    return true;
}

/* ---- the drawing and the table ---- */

static const char *serial_of(struct arena *arena, const struct public_batch *batch, int64_t first,
                             int64_t last)
{
    struct serial serial = batch->serial;
    serial.first = first;
    serial.last = last;
    return serial_text(arena, &serial);
}

static const char *size_of(struct arena *arena, const struct family *family, int bar)
{
    const struct public_kin *batch = &family->batches[bar];
    return quantity_show(arena, batch->last - batch->first + 1, family->of->instrument);
}

static const char *label_words(struct arena *arena, const struct family *family, int bar)
{
    const struct lineage_bar *one = &family->tree.at[bar];
    const struct public_kin *batch = &family->batches[bar];
    switch (lineage_label_of(&family->tree, bar)) {
    case LABEL_NONE:
        return "";
    case LABEL_NUMBER:
        return arena_printf(arena, "%d", one->number);
    case LABEL_QUANTITY:
        return arena_printf(arena, "%d · %s", one->number, size_of(arena, family, bar));
    case LABEL_STATE:
        return arena_printf(arena, "%d · %s · %s", one->number, size_of(arena, family, bar),
                            one->is_here ? "this batch" : batch->state);
    }
    return "";
}

/* "4 and 5", or how many batches came of it that are not drawn. */
static const char *cut_into(struct visit *visit, const struct family *family, int bar)
{
    const struct lineage_bar *one = &family->tree.at[bar];
    if (one->left != LINEAGE_NONE) {
        return arena_printf(visit->arena, "%d and %d", family->tree.at[one->left].number,
                            family->tree.at[one->right].number);
    }
    if (!text_is(family->batches[bar].state, "split")) {
        return "";
    }
    int64_t more = public_batch_descendants(visit->registry, family->of->project_id,
                                            family->of->serial.vintage, one->first, one->last);
    return arena_printf(visit->arena, "%s%s",
                        desk_count(visit->arena, more, "more batch", "more batches"),
                        more >= PUBLIC_LINEAGE_MAX ? " or over" : "");
}

/* Families stay in few hands: each name is read once. */
static const char *holder_of(struct visit *visit, struct family *family, int bar)
{
    const char *org_id = family->batches[bar].org_id;
    if (text_is(org_id, family->of->org_id)) {
        return family->of->org_name;
    }
    for (int i = 0; i < family->tree.count; i++) {
        if (family->holders[i] != NULL && text_is(family->batches[i].org_id, org_id)) {
            return family->holders[i];
        }
    }
    family->holders[bar] = public_holder_name(visit->registry, visit->arena, org_id);
    return family->holders[bar];
}

static struct link_view held_by(struct visit *visit, struct family *family, int bar)
{
    const struct public_kin *batch = &family->batches[bar];
    if (text_is(batch->state, "exported")) {
        return (struct link_view){
            public_export_system(visit->registry, visit->arena, batch->ended_by), {NULL}};
    }
    return public_org_link(visit->arena, batch->org_id, holder_of(visit, family, bar));
}

static struct lineage_row_view row_of(struct visit *visit, struct family *family, int bar)
{
    struct arena *arena = visit->arena;
    const struct public_kin *batch = &family->batches[bar];
    return (struct lineage_row_view){
        .number = family->tree.at[bar].number,
        .is_here = family->tree.at[bar].is_here,
        .serial = serial_of(arena, family->of, batch->first, batch->last),
        .url = desk_batch_url(arena, batch->batch_id),
        .quantity = size_of(arena, family, bar),
        .state = desk_state(batch->state),
        .holder = held_by(visit, family, bar),
        .is_split = text_is(batch->state, "split"),
        .cut_into = cut_into(visit, family, bar),
    };
}

static struct lineage_view view_of(struct visit *visit, struct family *family)
{
    struct arena *arena = visit->arena;
    const struct lineage *tree = &family->tree;
    size_t count = (size_t)tree->count;
    struct lineage_bar_view *bars = arena_array(arena, struct lineage_bar_view, count);
    struct lineage_cut_view *cuts = arena_array(arena, struct lineage_cut_view, count);
    struct lineage_label_view *labels = arena_array(arena, struct lineage_label_view, count);
    struct lineage_row_view *rows = arena_array(arena, struct lineage_row_view, count);
    struct lineage_view view = {
        .first = tree->at[0].first,
        .last = tree->at[0].last,
        .height = lineage_height(tree),
        .bars = {bars, count},
        .cuts = {cuts, 0},
        .labels = {labels, 0},
        .rows = {rows, count},
    };
    for (size_t i = 0; i < count; i++) {
        int bar = tree->order[i];
        const struct lineage_bar *one = &tree->at[bar];
        const struct public_kin *batch = &family->batches[bar];
        struct lineage_place place = lineage_place_of(tree, bar);
        bars[i] = (struct lineage_bar_view){
            .url = desk_batch_url(arena, batch->batch_id),
            .state = batch->state,
            .x = draw_percent(arena, place.x),
            .width = draw_percent(arena, place.width),
            .y = place.y,
            .title = arena_printf(arena, "%d: %lld to %lld, %s", one->number, (long long)one->first,
                                  (long long)one->last, batch->state),
            .is_here = one->is_here,
        };
        if (one->left != LINEAGE_NONE) {
            cuts[view.cuts.count++] = (struct lineage_cut_view){
                .x = draw_percent(arena, lineage_x(tree, tree->at[one->right].first)),
                .y = place.y,
                .below = lineage_place_of(tree, one->right).y,
            };
        }
        const char *words = label_words(arena, family, bar);
        if (!text_empty(words)) {
            labels[view.labels.count++] =
                (struct lineage_label_view){bars[i].x, place.y + 40, words, one->is_here};
        }
        rows[i] = row_of(visit, family, bar);
    }
    return view;
}

/* One of the batches that it was cut from; words "" when it cannot be read. */
static struct link_view link_of(struct visit *visit, const struct public_batch *batch,
                                const char *ancestor_id)
{
    struct public_kin kin;
    if (!public_kin_find(visit->registry, visit->arena, ancestor_id, &kin)) {
        return (struct link_view){"", {NULL}};
    }
    return (struct link_view){serial_of(visit->arena, batch, kin.first, kin.last),
                              desk_batch_url(visit->arena, kin.batch_id)};
}

static void fill_lineage(struct visit *visit, const struct public_batch *batch,
                         struct public_batch_view *view)
{
    struct arena *arena = visit->arena;
    view->is_whole = text_empty(batch->parent_id) && !text_is(batch->state, "split");
    if (view->is_whole) {
        return;
    }
    struct public_ancestors ancestors =
        public_batch_ancestors(visit->registry, arena, batch->batch_id, LINEAGE_LEVELS_UP);
    struct family *family = arena_one(arena, struct family);
    if (!draw_family(visit, batch, ancestors.nearest, family)) {
        view->is_whole = true; /* nothing is shown: the fault becomes an error page */
        return;
    }
    view->lineage = view_of(visit, family);
    if (ancestors.has_more) {
        view->lineage_words = arena_printf(
            arena, "The drawing begins %d cuts above this batch. Earlier cuts lead back to",
            LINEAGE_LEVELS_UP);
        view->root = link_of(visit, batch, ancestors.root_id);
    }
}

/* ---- history ---- */

static struct history_view event_view(struct arena *arena, const struct public_event *event)
{
    bool is_delivery = text_is(event->kind, "delivery");
    bool is_refund = text_is(event->kind, "refund");
    struct history_view view = {
        .who = public_org_link(arena, event->from_org_id, event->from_name),
        .what = is_delivery ? "delivered it to"
                : is_refund ? "gave it back out of the buffer pool, to"
                            : "transferred it to",
        .whom = public_org_link(arena, event->to_org_id, event->to_name),
        .act = {event->id, is_delivery ? public_delivery_url(arena, event->id)
                           : is_refund ? pool_act_url(arena, POOL_REFUND, event->id)
                                       : public_transfer_url(arena, event->id)},
        .when = desk_when(arena, event->at),
    };
    if (text_is(event->kind, "internal")) {
        view.what = "moved it between its own accounts";
        view.whom = (struct link_view){"", {NULL}};
    } else if (text_is(event->kind, "export")) {
        view.what = "sent it out of the registry, to";
        view.whom = (struct link_view){event->to_system, {NULL}};
    } else if (text_is(event->kind, "cancellation")) {
        view.what = "had it cancelled after a reversal";
        view.whom = (struct link_view){"", {NULL}};
        view.act.url = pool_act_url(arena, POOL_CANCELLATION, event->id);
    }
    return view;
}

/* How the units came into being: the end of the story, which is told from the newest on. */
static struct history_view issued_view(const struct public_batch *batch,
                                       const struct public_batch_view *view)
{
    return (struct history_view){
        .who = {"", {NULL}},
        .what = batch->is_imported ? "Brought in as part of an opening balance of units of"
                                   : "Issued by the registry as part of a block, to",
        .whom = view->supplier,
        .act = view->issuance,
        .when = view->issued,
    };
}

static struct history_view retired_view(const struct public_batch_view *view)
{
    return (struct history_view){
        .who = view->holder,
        .what = "retired it for good",
        .whom = {"", {NULL}},
        .act = view->end,
        .when = view->ended,
    };
}

/* A page of the story. Its way on is an event of the block, the way back the page without one: what
 * came after an event is not found without going down from cut to cut. */
static void fill_history(struct visit *visit, const struct public_batch *batch,
                         struct public_batch_view *view)
{
    struct arena *arena = visit->arena;
    const char *before = field_text(&visit->fields, "before");
    const struct public_events events =
        public_batch_events(visit->registry, arena, batch->batch_id, before, PAGE_ROWS);
    bool is_all = !events.has_more;
    struct history_view *story = arena_array(arena, struct history_view, events.count + 2);
    size_t count = 0;
    if (text_empty(before) && text_is(batch->state, "retired")) {
        story[count++] = retired_view(view);
    }
    for (size_t i = 0; i < events.count; i++) {
        story[count++] = event_view(arena, &events.at[i]);
    }
    if (is_all) {
        story[count++] = issued_view(batch, view);
    }
    view->history = (struct history_views){story, count};
    struct url here = desk_batch_url(arena, batch->batch_id);
    if (!text_empty(before)) {
        view->newest = here;
    }
    if (!is_all) {
        view->older = url_with(arena, here, "before", events.at[events.count - 1].id);
    }
    view->has_pager = !text_empty(before) || !is_all;
}

/* ---- the page ---- */

static void fill_end(struct visit *visit, const struct public_batch *batch,
                     struct public_batch_view *view)
{
    struct arena *arena = visit->arena;
    view->end = (struct link_view){"", {NULL}};
    view->held = "held by";
    if (text_is(batch->state, "split")) {
        view->held = "held until then by";
    } else if (!text_is(batch->state, "active")) {
        view->held = "last held by";
    }
    if (text_is(batch->state, "retired")) {
        view->end_words = "Retired";
        view->end =
            (struct link_view){batch->ended_by, public_retirement_url(arena, batch->ended_by)};
        view->ended = desk_when(arena, batch->ended_at);
    } else if (text_is(batch->state, "exported")) {
        view->end_words = "Exported";
        view->end =
            (struct link_view){batch->ended_by, public_transfer_url(arena, batch->ended_by)};
        view->ended = desk_when(arena, batch->ended_at);
    } else if (text_is(batch->state, "cancelled")) {
        const char *id = public_batch_cancellation(visit->registry, arena, batch->batch_id);
        view->end_words = "Cancelled";
        view->end = (struct link_view){id, pool_act_url(arena, POOL_CANCELLATION, id)};
        view->ended = desk_when(arena, batch->ended_at);
    }
}

enum status public_batch_get(struct visit *visit, struct response *response)
{
    struct arena *arena = visit->arena;
    struct public_batch batch;
    if (!public_batch_find(visit->registry, arena, visit->arguments[0], &batch)) {
        return STATUS_NOT_FOUND;
    }
    const char *serial = serial_text(arena, &batch.serial);
    struct public_batch_view view = {
        .page = chrome_of(visit, PLACE_PROJECTS, arena_printf(arena, "Batch %s", serial)),
        .title = arena_printf(arena, "%s, vintage %d",
                              quantity_words(arena, batch.units, batch.instrument),
                              batch.serial.vintage),
        .state = desk_state(batch.state),
        .holder = public_org_link(arena, batch.org_id, batch.org_name),
        .serial = serial,
        .batch_id = batch.batch_id,
        .quantity = quantity_words(arena, batch.units, batch.instrument),
        .weight = desk_weight(arena, batch.units, batch.instrument),
        .project = public_project_link(arena, batch.project_id, batch.project_name),
        .supplier = public_org_link(arena, batch.supplier_org_id, batch.supplier_name),
        .vintage = arena_printf(arena, "%d", batch.serial.vintage),
        .issuance = {batch.issuance_id, public_issuance_url(arena, batch.issuance_id)},
        .issued_how = batch.is_imported ? "imported" : "issued",
        .issued = desk_when(arena, batch.issued_at),
        .delivery = {batch.delivery_id, public_delivery_url(arena, batch.delivery_id)},
        .delivered = desk_when(arena, batch.delivered_at),
        .to_system = batch.to_system,
        .unit = desk_unit(batch.instrument),
    };
    if (!text_empty(batch.parent_id)) {
        view.parent = link_of(visit, &batch, batch.parent_id);
    }
    fill_end(visit, &batch, &view);
    fill_history(visit, &batch, &view);
    fill_lineage(visit, &batch, &view);
    chrome_trail(visit, &view.page, view.project.url, batch.project_name);
    template_public_batch(&response->body, &view);
    return public_show(visit, response);
}
