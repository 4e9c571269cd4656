/* store/api_holdings.c: see store/api_holdings.h. */
#include "store/api_holdings.h"

#include <string.h>

#include "base/id.h"
#include "store/columns.h"
#include "store/rows.h"

/* Where batches come from. FREE and ENDED are asked once for each supplier. */
enum stream {
    STREAM_FREE,     /* active, in no pending transfer */
    STREAM_ENDED,    /* retired, exported or cancelled: ?15 says which */
    STREAM_RESERVED, /* active, in a pending transfer */
    STREAM_SPLIT,
    STREAM_BENEFIT,  /* what others retired on its behalf */
    STREAM_DELIVERY, /* of one act, in any state */
    STREAM_ORDER,
    STREAM_RETIREMENT,
    STREAM__COUNT
};

enum {
    Q_PLACE,
    Q_ISSUANCE,
    Q_PROJECT,
    Q_TOTALS,
    Q_WALK, /* newest first, oldest first, for each stream */
    Q_COUNT = Q_WALK + 2 * STREAM__COUNT,
    Q__COUNT = Q_COUNT + STREAM__COUNT
};

/* ?1 organisation, ?2 supplier, ?3 project, ?4 issuance; ?5 and ?6 issued after and before;
 * ?7 to ?10 the place, ?11 most; ?12 delivery, ?13 order, ?14 retirement; ?15 state or states. NULL
 * filters nothing. */
#define FREE                                                                                       \
    "FROM batch b WHERE b.org_id = ?1 AND b.supplier_org_id = ?2 AND b.state = 'active'"           \
    " AND b.reserved_by IS NULL"
#define ENDED                                                                                      \
    "FROM batch b WHERE b.org_id = ?1 AND b.state = ?15 AND b.supplier_org_id = ?2"                \
    " AND (b.state = 'retired' OR b.state = 'exported' OR b.state = 'cancelled')"
#define RESERVED                                                                                   \
    "FROM transfer t CROSS JOIN batch b ON b.reserved_by = t.transfer_id"                          \
    " WHERE t.from_org_id = ?1 AND t.ended_at IS NULL AND (?2 IS NULL OR b.supplier_org_id = ?2)"
#define SPLIT                                                                                      \
    "FROM batch b WHERE b.org_id = ?1 AND b.state = 'split'"                                       \
    " AND (?2 IS NULL OR b.supplier_org_id = ?2)"
#define BENEFIT                                                                                    \
    "FROM retirement r CROSS JOIN retirement_line l ON l.retirement_id = r.retirement_id"          \
    " CROSS JOIN batch b ON b.batch_id = l.batch_id"                                               \
    " WHERE r.beneficiary_org_id = ?1 AND r.org_id <> ?1"                                          \
    " AND (?2 IS NULL OR b.supplier_org_id = ?2)"
/* What there is to see of an act: the organisation's own, and what was retired on its behalf. */
#define OWN                                                                                        \
    " AND (b.org_id = ?1 OR (b.state = 'retired' AND EXISTS (SELECT 1 FROM retirement r"           \
    "  WHERE r.retirement_id = b.ended_by AND r.beneficiary_org_id = ?1)))"                        \
    " AND (?2 IS NULL OR b.supplier_org_id = ?2)"                                                  \
    " AND (?15 & CASE b.state WHEN 'active' THEN 1 WHEN 'split' THEN 2 WHEN 'retired' THEN 4"      \
    "  WHEN 'exported' THEN 8 ELSE 16 END) <> 0"                                                   \
    " AND (?12 IS NULL OR b.delivery_id = ?12)"                                                    \
    " AND (?13 IS NULL OR (SELECT d.order_id FROM delivery d"                                      \
    "  WHERE d.delivery_id = b.delivery_id) = ?13)"                                                \
    " AND (?14 IS NULL OR (b.state = 'retired' AND b.ended_by = ?14))"
#define DELIVERY "FROM batch b WHERE b.delivery_id = ?12" OWN
#define ORDER                                                                                      \
    "FROM delivery e CROSS JOIN batch b ON b.delivery_id = e.delivery_id WHERE e.order_id = "      \
    "?13" OWN
#define RETIREMENT                                                                                 \
    "FROM retirement_line l CROSS JOIN batch b ON b.batch_id = l.batch_id"                         \
    " WHERE l.retirement_id = ?14" OWN

#define FILTERS " AND (?3 IS NULL OR b.project_id = ?3) AND (?4 IS NULL OR b.issuance_id = ?4)"
#define ROW "SELECT b.batch_id, b.issued_at, b.project_id, b.vintage, b.first "
#define NEWEST(from)                                                                               \
    ROW from FILTERS                                                                               \
        " AND b.issued_at > ?5"                                                                    \
        " AND (b.issued_at, b.project_id, b.vintage, b.first) <= (?7, ?8, ?9, ?10)"                \
        " ORDER BY b.issued_at DESC, b.project_id DESC, b.vintage DESC, b.first DESC LIMIT ?11"
#define OLDEST(from)                                                                               \
    ROW from FILTERS " AND b.issued_at < ?6"                                                       \
                     " AND (b.issued_at, b.project_id, b.vintage, b.first) >= (?7, ?8, ?9, ?10)"   \
                     " ORDER BY b.issued_at, b.project_id, b.vintage, b.first LIMIT ?11"
/* Parts that begin at the same serial are told apart by their ids. */
#define NEWEST_OF_MANY(from)                                                                       \
    ROW from FILTERS                                                                               \
        " AND b.issued_at > ?5 AND (b.issued_at, b.project_id, b.vintage, b.first, b.batch_id)"    \
        " < (?7, ?8, ?9, ?10, ?16)"                                                                \
        " ORDER BY b.issued_at DESC, b.project_id DESC, b.vintage DESC, b.first DESC,"             \
        " b.batch_id DESC LIMIT ?11"
#define OLDEST_OF_MANY(from)                                                                       \
    ROW from FILTERS                                                                               \
        " AND b.issued_at < ?6 AND (b.issued_at, b.project_id, b.vintage, b.first, b.batch_id)"    \
        " > (?7, ?8, ?9, ?10, ?16)"                                                                \
        " ORDER BY b.issued_at, b.project_id, b.vintage, b.first, b.batch_id LIMIT ?11"
#define COUNT(from) "SELECT count(*) " from FILTERS " AND b.issued_at > ?5 AND b.issued_at < ?6"
#define WALKS(stream, newest, oldest, from)                                                        \
    [Q_WALK + 2 * (stream)] = newest(from), [Q_WALK + 2 * (stream) + 1] = oldest(from),            \
                  [Q_COUNT + (stream)] = COUNT(from)

/* clang-format off: one stream, one row */
static const char *const sql[Q__COUNT] = {
    [Q_PLACE] = "SELECT issued_at, project_id, vintage, first FROM batch WHERE batch_id = ?1",
    [Q_ISSUANCE] = "SELECT i.issued_at, i.project_id, p.org_id FROM issuance i"
                   " CROSS JOIN project p ON p.project_id = i.project_id WHERE i.issuance_id = ?1",
    [Q_PROJECT] = "SELECT org_id FROM project WHERE project_id = ?1",
    [Q_TOTALS] = "SELECT supplier_org_id, sum(active_batches), sum(reserved_batches),"
                 " sum(split_batches), sum(retired_batches), sum(exported_batches) FROM holding"
                 " WHERE org_id = ?1 AND (?2 IS NULL OR supplier_org_id = ?2)"
                 " AND (?3 IS NULL OR project_id = ?3) GROUP BY supplier_org_id",
    WALKS(STREAM_FREE, NEWEST, OLDEST, FREE),
    WALKS(STREAM_ENDED, NEWEST, OLDEST, ENDED),
    WALKS(STREAM_RESERVED, NEWEST_OF_MANY, OLDEST_OF_MANY, RESERVED),
    WALKS(STREAM_SPLIT, NEWEST_OF_MANY, OLDEST_OF_MANY, SPLIT),
    WALKS(STREAM_BENEFIT, NEWEST_OF_MANY, OLDEST_OF_MANY, BENEFIT),
    WALKS(STREAM_DELIVERY, NEWEST_OF_MANY, OLDEST_OF_MANY, DELIVERY),
    WALKS(STREAM_ORDER, NEWEST_OF_MANY, OLDEST_OF_MANY, ORDER),
    WALKS(STREAM_RETIREMENT, NEWEST_OF_MANY, OLDEST_OF_MANY, RETIREMENT),
};
/* clang-format on */

const struct query_table api_holdings_queries = {"api_holdings", sql, Q__COUNT};

/* Where a batch stands in the list. */
struct spot {
    int64_t issued_at;
    char project_id[ID_SIZE];
    int64_t vintage;
    int64_t first;
    char batch_id[ID_SIZE];
};

/* One page being put together: the best `most` of what came so far, in the walk's order. */
struct heap {
    struct spot *at; /* room for one more than most */
    size_t count, most;
    bool is_down; /* the newest first */
    bool has_place;
    struct spot place; /* begin strictly behind it */
};

/* One supplier's batches in the organisation's hands. */
struct totals {
    char supplier_org_id[ID_SIZE];
    int64_t active, reserved, split, retired, exported;
};
struct totals_list {
    const struct totals *at;
    size_t count;
};

struct ask {
    struct store *registry;
    struct arena *arena;
    struct api_holding_filter filter; /* narrowed to what can pass */
    struct totals_list totals;
    struct spot start; /* the outermost place of the walk */
    bool is_down;
    int64_t most;
};

static const char high_id[] = "~";

static bool wants(const struct api_holding_filter *filter, enum batch_state state)
{
    return (filter->states & 1u << state) != 0;
}

/* Negative: one comes before the other, oldest first. */
static int compare(const struct spot *one, const struct spot *other)
{
    int order = one->issued_at < other->issued_at   ? -1
                : one->issued_at > other->issued_at ? 1
                                                    : strcmp(one->project_id, other->project_id);
    if (order == 0) {
        order = one->vintage < other->vintage ? -1 : one->vintage > other->vintage ? 1 : 0;
    }
    if (order == 0) {
        order = one->first < other->first ? -1 : one->first > other->first ? 1 : 0;
    }
    return order == 0 ? strcmp(one->batch_id, other->batch_id) : order;
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

static void bind_filters(struct query *q, const struct ask *ask, const char *supplier_org_id)
{
    const struct api_holding_filter *filter = &ask->filter;
    query_bind_text(q, 1, filter->org_id);
    bind_filter(q, 2, supplier_org_id);
    bind_filter(q, 3, filter->project_id);
    bind_filter(q, 4, filter->issuance_id);
    query_bind_int(q, 5, filter->issued_after == 0 ? INT64_MIN : filter->issued_after);
    query_bind_int(q, 6, filter->issued_before == 0 ? INT64_MAX : filter->issued_before);
}

static bool is_of_act(enum stream stream)
{
    return stream >= STREAM_DELIVERY;
}

static void bind_stream(struct query *q, const struct ask *ask, enum stream stream,
                        const char *supplier_org_id, const char *state)
{
    const struct api_holding_filter *filter = &ask->filter;
    bind_filters(q, ask, supplier_org_id);
    if (stream == STREAM_ENDED) {
        query_bind_text(q, 15, state);
    }
    if (is_of_act(stream)) {
        bind_filter(q, 12, filter->delivery_id);
        bind_filter(q, 13, filter->order_id);
        bind_filter(q, 14, filter->retirement_id);
        query_bind_int(q, 15, (int64_t)filter->states);
    }
}

static void walk(const struct ask *ask, struct heap *heap, enum stream stream,
                 const char *supplier_org_id, const char *state)
{
    int number = Q_WALK + 2 * (int)stream + (ask->is_down ? 0 : 1);
    struct query q = query(ask->registry, &api_holdings_queries, number);
    bind_stream(&q, ask, stream, supplier_org_id, state);
    query_bind_int(&q, 7, ask->start.issued_at);
    query_bind_text(&q, 8, ask->start.project_id);
    query_bind_int(&q, 9, ask->start.vintage);
    query_bind_int(&q, 10, ask->start.first);
    query_bind_int(&q, 11, ask->most);
    if (stream != STREAM_FREE && stream != STREAM_ENDED) {
        query_bind_text(&q, 16, ask->start.batch_id);
    }
    while (query_row(&q)) {
        struct spot spot = {
            .issued_at = query_int(&q, 1), .vintage = query_int(&q, 3), .first = query_int(&q, 4)};
        query_text_into(&q, 0, spot.batch_id, ID_SIZE);
        query_text_into(&q, 2, spot.project_id, ID_SIZE);
        offer(heap, &spot);
    }
    query_end(&q);
}

static int64_t count(const struct ask *ask, enum stream stream, const char *supplier_org_id,
                     const char *state)
{
    struct query q = query(ask->registry, &api_holdings_queries, Q_COUNT + (int)stream);
    bind_stream(&q, ask, stream, supplier_org_id, state);
    return column_only(&q);
}

/* Calls each for every stream that can have something to give. */
static void each_stream(const struct ask *ask,
                        void (*each)(const struct ask *ask, enum stream stream,
                                     const char *supplier_org_id, const char *state, void *context),
                        void *context)
{
    const struct api_holding_filter *filter = &ask->filter;
    const char *only = filter->supplier_org_id;
    bool has_reserved = false;
    bool has_split = false;
    for (size_t i = 0; i < ask->totals.count; i++) {
        const struct totals *totals = &ask->totals.at[i];
        const char *supplier = totals->supplier_org_id;
        if (wants(filter, BATCH_ACTIVE) && totals->active > totals->reserved) {
            each(ask, STREAM_FREE, supplier, "active", context);
        }
        if (wants(filter, BATCH_RETIRED) && totals->retired > 0) {
            each(ask, STREAM_ENDED, supplier, "retired", context);
        }
        if (wants(filter, BATCH_EXPORTED) && totals->exported > 0) {
            each(ask, STREAM_ENDED, supplier, "exported", context);
        }
        if (wants(filter, BATCH_CANCELLED)) { /* the totals do not count them */
            each(ask, STREAM_ENDED, supplier, "cancelled", context);
        }
        has_reserved = has_reserved || totals->reserved > 0;
        has_split = has_split || totals->split > 0;
    }
    if (wants(filter, BATCH_ACTIVE) && has_reserved) {
        each(ask, STREAM_RESERVED, only, "active", context);
    }
    if (wants(filter, BATCH_SPLIT) && has_split) {
        each(ask, STREAM_SPLIT, only, "split", context);
    }
    if (wants(filter, BATCH_RETIRED)) {
        each(ask, STREAM_BENEFIT, only, "retired", context);
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

static void walk_stream(const struct ask *ask, enum stream stream, const char *supplier_org_id,
                        const char *state, void *context)
{
    walk(ask, context, stream, supplier_org_id, state);
}

static void count_stream(const struct ask *ask, enum stream stream, const char *supplier_org_id,
                         const char *state, void *context)
{
    int64_t *sum = context;
    *sum += count(ask, stream, supplier_org_id, state);
}

/* What the totals do not tell. */
static void count_uncounted(const struct ask *ask, enum stream stream, const char *supplier_org_id,
                            const char *state, void *context)
{
    if (stream == STREAM_BENEFIT || text_is(state, "cancelled")) {
        count_stream(ask, stream, supplier_org_id, state, context);
    }
}

/* An issuance has one project and one time, a project one supplier. False: nothing can pass. */
static bool narrow(struct ask *ask)
{
    struct api_holding_filter *filter = &ask->filter;
    const char *project_id = filter->project_id;
    if (!text_empty(filter->issuance_id)) {
        struct query q = query(ask->registry, &api_holdings_queries, Q_ISSUANCE);
        query_bind_text(&q, 1, filter->issuance_id);
        bool is_found = query_row(&q);
        int64_t at = is_found ? query_int(&q, 0) : 0;
        project_id = is_found ? query_text(&q, ask->arena, 1) : "";
        query_end(&q);
        if (!is_found || (filter->issued_after != 0 && at <= filter->issued_after) ||
            (filter->issued_before != 0 && at >= filter->issued_before) ||
            (!text_empty(filter->project_id) && !text_is(filter->project_id, project_id))) {
            return false;
        }
        filter->issued_after = at - 1;
        filter->issued_before = at + 1;
        filter->project_id = project_id;
    }
    if (text_empty(project_id)) {
        return true;
    }
    struct query q = query(ask->registry, &api_holdings_queries, Q_PROJECT);
    query_bind_text(&q, 1, project_id);
    const char *supplier = query_row(&q) ? query_text(&q, ask->arena, 0) : "";
    query_end(&q);
    bool is_right = !text_empty(supplier) && (text_empty(filter->supplier_org_id) ||
                                              text_is(filter->supplier_org_id, supplier));
    filter->supplier_org_id = supplier;
    return is_right;
}

static struct totals_list read_totals(struct store *registry, struct arena *arena,
                                      const struct api_holding_filter *filter)
{
    struct totals *rows = NULL;
    size_t count = 0;
    struct query q = query(registry, &api_holdings_queries, Q_TOTALS);
    query_bind_text(&q, 1, filter->org_id);
    bind_filter(&q, 2, filter->supplier_org_id);
    bind_filter(&q, 3, filter->project_id);
    while (query_row(&q)) {
        rows = rows_room(arena, rows, count, sizeof(*rows));
        struct totals *row = &rows[count++];
        query_text_into(&q, 0, row->supplier_org_id, ID_SIZE);
        row->active = query_int(&q, 1);
        row->reserved = query_int(&q, 2);
        row->split = query_int(&q, 3);
        row->retired = query_int(&q, 4);
        row->exported = query_int(&q, 5);
    }
    query_end(&q);
    return (struct totals_list){rows, count};
}

static bool ask_open(struct ask *ask, struct store *registry, struct arena *arena,
                     const struct api_holding_filter *filter)
{
    *ask = (struct ask){.registry = registry, .arena = arena, .filter = *filter};
    if (!narrow(ask)) {
        return false;
    }
    if (!is_of_an_act(&ask->filter)) {
        ask->totals = read_totals(registry, arena, &ask->filter);
    }
    return true;
}

/* The place of the cursor's batch; false when there is no such batch. */
static bool read_place(const struct ask *ask, const char *batch_id, struct spot *place)
{
    struct query q = query(ask->registry, &api_holdings_queries, Q_PLACE);
    query_bind_text(&q, 1, batch_id);
    bool is_found = query_row(&q);
    if (is_found) {
        place->issued_at = query_int(&q, 0);
        query_text_into(&q, 1, place->project_id, ID_SIZE);
        place->vintage = query_int(&q, 2);
        place->first = query_int(&q, 3);
        must(TEXT_COPY(place->batch_id, batch_id));
    }
    query_end(&q);
    return is_found;
}

/* The outermost place: a cursor's, or where the times end. */
static struct spot start_of(const struct ask *ask, const struct heap *heap)
{
    const struct api_holding_filter *filter = &ask->filter;
    struct spot edge = {.issued_at = INT64_MIN};
    if (ask->is_down) {
        edge = (struct spot){.issued_at = INT64_MAX, .vintage = INT64_MAX, .first = INT64_MAX};
        if (filter->issued_before != 0) {
            edge.issued_at = filter->issued_before - 1;
        }
        must(TEXT_COPY(edge.project_id, high_id) && TEXT_COPY(edge.batch_id, high_id));
    } else if (filter->issued_after != 0) {
        edge.issued_at = filter->issued_after + 1;
    }
    return heap->has_place && is_behind(heap, &heap->place, &edge) ? heap->place : edge;
}

struct page_ids api_holdings(struct store *registry, struct arena *arena,
                             const struct api_holding_filter *filter, const struct page_ask *ask)
{
    struct ask walked;
    struct page_ids page = {.count = 0};
    if (!ask_open(&walked, registry, arena, filter)) {
        return page;
    }
    walked.is_down = filter->is_ascending == ask->backward;
    walked.most = (int64_t)ask->most + 2; /* one to tell of more, one that may be the cursor's */
    struct heap heap = {.at = arena_array(arena, struct spot, ask->most + 2),
                        .most = ask->most + 1,
                        .is_down = walked.is_down,
                        .has_place = ask->has_place};
    if (ask->has_place && !read_place(&walked, ask->id, &heap.place)) {
        return page;
    }
    walked.start = start_of(&walked, &heap);
    if (is_of_an_act(filter)) {
        walk(&walked, &heap, act_stream(filter), walked.filter.supplier_org_id, "");
    } else {
        each_stream(&walked, walk_stream, &heap);
    }
    page.has_more = heap.count > ask->most;
    page.count = page.has_more ? ask->most : heap.count;
    const char **ids = arena_array(arena, const char *, page.count + 1);
    for (size_t i = 0; i < page.count; i++) {
        size_t to = ask->backward ? page.count - 1 - i : i;
        ids[to] = arena_text(arena, heap.at[i].batch_id);
    }
    page.at = ids;
    return page;
}

int64_t api_holdings_count(struct store *registry, struct arena *arena,
                           const struct api_holding_filter *filter)
{
    struct ask ask;
    int64_t sum = 0;
    if (!ask_open(&ask, registry, arena, filter)) {
        return 0;
    }
    if (is_of_an_act(filter)) {
        return count(&ask, act_stream(filter), ask.filter.supplier_org_id, "");
    }
    if (ask.filter.issued_after != 0 || ask.filter.issued_before != 0) {
        each_stream(&ask, count_stream, &sum);
        return sum;
    }
    for (size_t i = 0; i < ask.totals.count; i++) {
        const struct totals *totals = &ask.totals.at[i];
        sum += wants(filter, BATCH_ACTIVE) ? totals->active : 0;
        sum += wants(filter, BATCH_SPLIT) ? totals->split : 0;
        sum += wants(filter, BATCH_RETIRED) ? totals->retired : 0;
        sum += wants(filter, BATCH_EXPORTED) ? totals->exported : 0;
    }
    each_stream(&ask, count_uncounted, &sum);
    return sum;
}
