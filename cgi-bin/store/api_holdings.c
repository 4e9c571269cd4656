/* store/api_holdings.c: see store/api_holdings.h. */
#include "store/api_holdings.h"

#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "store/api_holdings_stream.h"

/* One page being put together: the first `most` of what came so far, in the walk's order. */
struct heap {
    struct spot *at; /* room for one more than most */
    size_t count, most;
    bool is_down; /* the newest first */
    bool has_place;
    struct spot place; /* begin strictly behind it */
};

struct ask {
    struct stream_ask stream;
    struct arena *arena;
    struct api_holding_filter filter; /* narrowed to what can pass */
    struct stream_totals_list totals, benefits;
};

static const char high_id[] = "~"; /* sorts behind every id */

static bool wants(const struct api_holding_filter *filter, enum batch_state state)
{
    return (filter->states & 1u << state) != 0;
}

static int order_of(int64_t one, int64_t other)
{
    return one < other ? -1 : one > other ? 1 : 0;
}

/* Negative: one comes before the other, oldest first. */
static int compare(const struct spot *one, const struct spot *other)
{
    int order = order_of(one->issued_at, other->issued_at);
    order = order == 0 ? strcmp(one->project_id, other->project_id) : order;
    order = order == 0 ? order_of(one->vintage, other->vintage) : order;
    order = order == 0 ? order_of(one->first, other->first) : order;
    return order == 0 ? order_of(one->row, other->row) : order;
}

static bool is_behind(const struct heap *heap, const struct spot *one, const struct spot *other)
{
    int order = compare(one, other);
    return heap->is_down ? order < 0 : order > 0;
}

/* Keeps a batch if it is among the first `most`. */
static void offer(struct heap *heap, const struct spot *spot)
{
    if (heap->has_place && !is_behind(heap, spot, &heap->place)) {
        return;
    }
    size_t at = heap->count;
    while (at > 0 && is_behind(heap, &heap->at[at - 1], spot)) {
        at--;
    }
    if (at == heap->most) {
        return;
    }
    size_t kept = heap->count < heap->most ? heap->count : heap->most - 1;
    memmove(&heap->at[at + 1], &heap->at[at], (kept - at) * sizeof(*heap->at));
    heap->at[at] = *spot;
    heap->count = kept + 1;
}

static void walk_stream(struct ask *ask, enum stream stream, void *context)
{
    struct heap *heap = context;
    struct query q = stream_walk(&ask->stream, stream);
    while (query_row(&q)) {
        struct spot spot = stream_spot(&q);
        if (heap->count == heap->most && !is_behind(heap, &heap->at[heap->count - 1], &spot)) {
            break; /* the page is full with what comes before this and all that follows */
        }
        offer(heap, &spot);
    }
    query_end(&q);
}

static void count_stream(struct ask *ask, enum stream stream, void *context)
{
    int64_t *sum = context;
    *sum += stream_count(&ask->stream, stream);
}

/* What the running totals do not tell. */
static void count_uncounted(struct ask *ask, enum stream stream, void *context)
{
    if (stream == STREAM_CANCELLED || stream == STREAM_CANCELLED_OF) {
        count_stream(ask, stream, context);
    }
}

/* The streams of one supplier that can have something to give. */
static void each_of_supplier(struct ask *ask, const struct stream_totals *totals,
                             void (*each)(struct ask *ask, enum stream stream, void *context),
                             void *context)
{
    const struct api_holding_filter *filter = &ask->filter;
    int of = text_empty(filter->issuance_id) ? 0 : STREAM_FREE_OF - STREAM_FREE;
    ask->stream.supplier_org_id = totals->supplier_org_id;
    if (wants(filter, BATCH_ACTIVE) && totals->active > totals->reserved) {
        each(ask, (enum stream)(STREAM_FREE + of), context);
    }
    if (wants(filter, BATCH_ACTIVE) && totals->reserved > 0) {
        each(ask, (enum stream)(STREAM_RESERVED + of), context);
    }
    if (wants(filter, BATCH_RETIRED) && totals->retired > 0) {
        each(ask, (enum stream)(STREAM_RETIRED + of), context);
    }
    if (wants(filter, BATCH_EXPORTED) && totals->exported > 0) {
        each(ask, (enum stream)(STREAM_EXPORTED + of), context);
    }
    if (wants(filter, BATCH_CANCELLED)) { /* the totals do not count them */
        each(ask, (enum stream)(STREAM_CANCELLED + of), context);
    }
    if (wants(filter, BATCH_SPLIT) && totals->split > 0) {
        each(ask, (enum stream)(STREAM_SPLIT + of), context);
    }
}

/* Every stream that can have something to give. */
static void each_stream(struct ask *ask,
                        void (*each)(struct ask *ask, enum stream stream, void *context),
                        void *context)
{
    const struct api_holding_filter *filter = &ask->filter;
    for (size_t i = 0; i < ask->totals.count; i++) {
        each_of_supplier(ask, &ask->totals.at[i], each, context);
    }
    bool is_of = !text_empty(filter->issuance_id);
    for (size_t i = 0; wants(filter, BATCH_RETIRED) && i < ask->benefits.count; i++) {
        ask->stream.supplier_org_id = ask->benefits.at[i].supplier_org_id;
        each(ask, is_of ? STREAM_BENEFIT_OF : STREAM_BENEFIT, context);
    }
}

static bool is_of_an_act(const struct api_holding_filter *filter)
{
    return !text_empty(filter->delivery_id) || !text_empty(filter->order_id) ||
           !text_empty(filter->retirement_id);
}

/* The act that most probably has the fewest batches; the others then filter. */
static enum stream act_stream(const struct api_holding_filter *filter)
{
    return !text_empty(filter->retirement_id) ? STREAM_RETIREMENT
           : !text_empty(filter->delivery_id) ? STREAM_DELIVERY
                                              : STREAM_ORDER;
}

/* An issuance has one project and one time. False: nothing can pass. */
static bool narrow_by_issuance(struct ask *ask)
{
    struct api_holding_filter *filter = &ask->filter;
    const char *project_id = "";
    int64_t at = 0;
    if (!stream_issuance(ask->stream.registry, ask->arena, filter->issuance_id, &at, &project_id) ||
        (filter->issued_after != 0 && at <= filter->issued_after) ||
        (filter->issued_before != 0 && at >= filter->issued_before) ||
        (!text_empty(filter->project_id) && !text_is(filter->project_id, project_id))) {
        return false;
    }
    filter->issued_after = at - 1;
    filter->issued_before = at + 1;
    filter->project_id = project_id;
    return true;
}

/* And a project has one supplier. */
static bool narrow(struct ask *ask)
{
    struct api_holding_filter *filter = &ask->filter;
    if (!text_empty(filter->issuance_id) && !narrow_by_issuance(ask)) {
        return false;
    }
    if (text_empty(filter->project_id)) {
        return true;
    }
    const char *supplier = stream_supplier(ask->stream.registry, ask->arena, filter->project_id);
    bool is_right = !text_empty(supplier) && (text_empty(filter->supplier_org_id) ||
                                              text_is(filter->supplier_org_id, supplier));
    filter->supplier_org_id = supplier;
    return is_right;
}

static bool ask_open(struct ask *ask, struct store *registry, struct arena *arena,
                     const struct api_holding_filter *filter)
{
    *ask = (struct ask){.arena = arena, .filter = *filter};
    ask->stream = (struct stream_ask){.registry = registry, .filter = &ask->filter};
    if (!narrow(ask)) {
        return false;
    }
    ask->stream.supplier_org_id = ask->filter.supplier_org_id;
    if (!is_of_an_act(&ask->filter)) {
        ask->totals = stream_totals(registry, arena, &ask->filter);
        ask->benefits = stream_benefits(registry, arena, &ask->filter);
    }
    return true;
}

/* The outermost place: a cursor's, or where the times end. */
static struct spot start_of(const struct api_holding_filter *filter, const struct heap *heap)
{
    struct spot edge = {.issued_at = INT64_MIN, .row = INT64_MIN};
    if (heap->is_down) {
        edge = (struct spot){
            .issued_at = INT64_MAX, .vintage = INT64_MAX, .first = INT64_MAX, .row = INT64_MAX};
        must(TEXT_COPY(edge.project_id, high_id));
        if (filter->issued_before != 0) {
            edge.issued_at = filter->issued_before - 1;
        }
    } else if (filter->issued_after != 0) {
        edge.issued_at = filter->issued_after + 1;
    }
    return heap->has_place && is_behind(heap, &heap->place, &edge) ? heap->place : edge;
}

static struct page_ids page_of(const struct ask *ask, const struct heap *heap,
                               const struct page_ask *asked)
{
    struct page_ids page = {.has_more = heap->count > asked->most};
    page.count = page.has_more ? asked->most : heap->count;
    const char **ids = arena_array(ask->arena, const char *, page.count + 1);
    for (size_t i = 0; i < page.count; i++) {
        size_t to = asked->backward ? page.count - 1 - i : i;
        ids[to] = stream_batch_id(ask->stream.registry, ask->arena, heap->at[i].row);
    }
    page.at = ids;
    return page;
}

static struct page_ids page_from(struct ask *walked, const struct page_ask *ask)
{
    const struct api_holding_filter *filter = &walked->filter;
    struct heap heap = {.at = arena_array(walked->arena, struct spot, ask->most + 2),
                        .most = ask->most + 1,
                        .is_down = filter->is_ascending == ask->backward,
                        .has_place = ask->has_place};
    if (ask->has_place && !stream_place(walked->stream.registry, ask->id, &heap.place)) {
        return (struct page_ids){.count = 0};
    }
    walked->stream.is_down = heap.is_down;
    walked->stream.start = start_of(filter, &heap);
    walked->stream.most = (int64_t)ask->most + 2; /* one tells of more, one may be the cursor's */
    if (is_of_an_act(filter)) {
        walk_stream(walked, act_stream(filter), &heap);
    } else {
        each_stream(walked, walk_stream, &heap);
    }
    return page_of(walked, &heap, ask);
}

static int64_t count_all(struct ask *ask)
{
    const struct api_holding_filter *filter = &ask->filter;
    int64_t sum = 0;
    if (is_of_an_act(filter)) {
        return stream_count(&ask->stream, act_stream(filter));
    }
    if (filter->issued_after != 0 || filter->issued_before != 0) {
        each_stream(ask, count_stream, &sum);
        return sum;
    }
    for (size_t i = 0; i < ask->totals.count; i++) {
        const struct stream_totals *totals = &ask->totals.at[i];
        sum += wants(filter, BATCH_ACTIVE) ? totals->active : 0;
        sum += wants(filter, BATCH_SPLIT) ? totals->split : 0;
        sum += wants(filter, BATCH_RETIRED) ? totals->retired : 0;
        sum += wants(filter, BATCH_EXPORTED) ? totals->exported : 0;
    }
    for (size_t i = 0; wants(filter, BATCH_RETIRED) && i < ask->benefits.count; i++) {
        sum += ask->benefits.at[i].benefits;
    }
    each_stream(ask, count_uncounted, &sum);
    return sum;
}

struct page_ids api_holdings(struct store *registry, struct arena *arena,
                             const struct api_holding_filter *filter, const struct page_ask *ask,
                             int64_t *total_count)
{
    struct ask walked;
    *total_count = 0;
    if (!ask_open(&walked, registry, arena, filter)) {
        return (struct page_ids){.count = 0};
    }
    *total_count = count_all(&walked);
    return page_from(&walked, ask);
}
