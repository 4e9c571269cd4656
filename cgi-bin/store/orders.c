/* store/orders.c: see store/orders.h. */
#include "store/orders.h"

#include "store/columns.h"
#include "store/walk.h"

enum {
    Q_PARTY,
    Q_INSTRUMENTS,
    Q_ORDER,
    Q_ORDER_OF,
    Q_DELIVERY,
    Q_ORDER_PLACE, /* one for each side … */
    Q_ORDER_COUNT = Q_ORDER_PLACE + ORDER_SIDE__COUNT,
    Q_ORDER_WALK = Q_ORDER_COUNT + ORDER_SIDE__COUNT, /* … and 2: ascending, descending */
    Q_DELIVERY_PLACE = Q_ORDER_WALK + 2 * ORDER_SIDE__COUNT,
    Q_DELIVERY_COUNT,
    Q_DELIVERY_WALK = Q_DELIVERY_COUNT + ORDER_SIDE__COUNT + 1, /* the last: of one order */
    Q__COUNT = Q_DELIVERY_WALK + 2 * (ORDER_SIDE__COUNT + 1)
};
#define OF_ORDER ORDER_SIDE__COUNT /* the walk along one order's deliveries */

#define ORDER_TEXTS 4
#define DELIVERY_TEXTS 4

/* ---- orders ---- */

#define STATE                                                                                      \
    "CASE WHEN o.delivered_units = 0 THEN 'placed' WHEN o.delivered_units < o.units"               \
    " THEN 'in_progress' ELSE 'completed' END"
#define HAS_PROJECT(instrument)                                                                    \
    " EXISTS (SELECT 1 FROM project WHERE org_id = ?1 AND instrument = '" instrument "')"
#define ORDER                                                                                      \
    "SELECT o.order_id, o.supplier_org_id, s.name, o.buyer_org_id, b.name, o.instrument,"          \
    " o.units, o.delivered_units, o.contract_date, o.notes, o.ordered_at,"                         \
    " (SELECT max(d.delivered_at) FROM delivery d WHERE d.order_id = o.order_id), o.buyer_agreed"  \
    " FROM buyer_order o CROSS JOIN organisation s ON s.org_id = o.supplier_org_id"                \
    " CROSS JOIN organisation b ON b.org_id = o.buyer_org_id WHERE o.order_id = "
/* ?2 state; NULL filters nothing. */
#define ORDER_MATCHES                                                                              \
    " AND (?2 IS NULL OR ?2 = " STATE " OR (?2 = 'open' AND o.delivered_units < o.units))"
#define SUPPLIERS "o.supplier_org_id = ?1"
#define BUYERS "o.buyer_org_id = ?1"
#define ANY "1 = 1"
/* Where words are looked for: the other party's name and id, or both. */
#define BUYER_TEXTS "b.name, o.buyer_org_id"
#define SUPPLIER_TEXTS "s.name, o.supplier_org_id"
#define BOTH_TEXTS "s.name || ' ' || b.name, o.supplier_org_id || ' ' || o.buyer_org_id"
#define ORDER_ROWS(where, texts)                                                                   \
    "SELECT o.order_id, " texts ", o.notes, o.order_id FROM buyer_order o"                         \
    " CROSS JOIN organisation s ON s.org_id = o.supplier_org_id"                                   \
    " CROSS JOIN organisation b ON b.org_id = o.buyer_org_id WHERE " where ORDER_MATCHES
/* ?6 and ?7: the place behind which the walk begins. */
#define ORDER_WALK(where, texts, sign, direction)                                                  \
    ORDER_ROWS(where, texts)                                                                       \
    " AND (o.ordered_at, o.order_id) " sign " (?6, ?7)"                                            \
    " ORDER BY o.ordered_at " direction ", o.order_id " direction
#define ORDER_COUNT(where) COUNT_OF("SELECT 1 FROM buyer_order o WHERE " where ORDER_MATCHES)
#define ORDER_PLACE "SELECT o.ordered_at FROM buyer_order o WHERE o.order_id = ?2 AND "

/* ---- deliveries ---- */

/* ?3 and ?4: delivered from then until before then. */
#define OF_TIME " AND d.delivered_at >= ?3 AND d.delivered_at < ?4"
#define DELIVERY_ROWS(where, ids)                                                                  \
    "SELECT d.delivery_id, s.name || ' ' || b.name, d.notes, " ids ","                             \
    " d.supplier_org_id || ' ' || d.buyer_org_id FROM delivery d"                                  \
    " CROSS JOIN organisation s ON s.org_id = d.supplier_org_id"                                   \
    " CROSS JOIN organisation b ON b.org_id = d.buyer_org_id WHERE " where OF_TIME
/* Which order it was is for its parties to know. */
#define OWN_IDS "d.delivery_id || ' ' || d.order_id"
#define DELIVERY_WALK(where, ids, sign, direction)                                                 \
    DELIVERY_ROWS(where, ids)                                                                      \
    " AND (d.delivered_at, d.delivery_id) " sign " (?6, ?7)"                                       \
    " ORDER BY d.delivered_at " direction ", d.delivery_id " direction
#define DELIVERY_COUNT(where) COUNT_OF("SELECT 1 FROM delivery d WHERE " where OF_TIME)
#define DELIVERED_BY "d.supplier_org_id = ?1"
#define DELIVERED_TO "d.buyer_org_id = ?1"
/* ?2 order, for one of its parties or for all (NULL). */
#define DELIVERED_FOR                                                                              \
    "d.order_id = ?2 AND (?1 IS NULL OR d.supplier_org_id = ?1 OR d.buyer_org_id = ?1)"

static const char *const sql[Q__COUNT] = {
    [Q_PARTY] = "SELECT o.supplier_id IS NOT NULL,"
                " EXISTS (SELECT 1 FROM buyer_order b WHERE b.buyer_org_id = ?1)"
                " FROM organisation o WHERE o.org_id = ?1",
    /* In the order of enum instrument. */
    [Q_INSTRUMENTS] = "SELECT " HAS_PROJECT("carbon_removal") "," HAS_PROJECT("renewable_energy"),
    [Q_ORDER] = ORDER "?1",
    [Q_ORDER_OF] = ORDER "?2 AND (" SUPPLIERS " OR " BUYERS ")",
    [Q_DELIVERY] =
        "SELECT d.delivery_id, d.order_id, d.supplier_org_id, s.name, d.buyer_org_id, b.name,"
        " coalesce(p.instrument, 'carbon_removal'), d.units, d.notes, d.delivered_at,"
        " p.project_id, p.name,"
        " EXISTS (SELECT 1 FROM delivery_line n CROSS JOIN batch m ON m.batch_id = n.batch_id"
        "  WHERE n.delivery_id = d.delivery_id AND m.project_id <> t.project_id),"
        " d.note_redacted_at, d.note_redacted_reason"
        " FROM delivery d CROSS JOIN organisation s ON s.org_id = d.supplier_org_id"
        " CROSS JOIN organisation b ON b.org_id = d.buyer_org_id"
        " LEFT JOIN delivery_line l ON l.delivery_id = d.delivery_id AND l.line = 1"
        " LEFT JOIN batch t ON t.batch_id = l.batch_id"
        " LEFT JOIN project p ON p.project_id = t.project_id WHERE d.delivery_id = ?1",
    /* A cursor is one of the party's own: another's tells as little as one that never was. */
    [Q_ORDER_PLACE + ORDER_OF_SUPPLIER] = ORDER_PLACE SUPPLIERS,
    [Q_ORDER_PLACE + ORDER_OF_BUYER] = ORDER_PLACE BUYERS,
    [Q_ORDER_PLACE + ORDER_OF_ALL] = ORDER_PLACE ANY,
    [Q_ORDER_COUNT + ORDER_OF_SUPPLIER] = ORDER_COUNT(SUPPLIERS),
    [Q_ORDER_COUNT + ORDER_OF_BUYER] = ORDER_COUNT(BUYERS),
    [Q_ORDER_COUNT + ORDER_OF_ALL] = ORDER_COUNT(ANY),
    [Q_ORDER_WALK + 2 * ORDER_OF_SUPPLIER] = ORDER_WALK(SUPPLIERS, BUYER_TEXTS, ">", "ASC"),
    [Q_ORDER_WALK + 2 * ORDER_OF_SUPPLIER + 1] = ORDER_WALK(SUPPLIERS, BUYER_TEXTS, "<", "DESC"),
    [Q_ORDER_WALK + 2 * ORDER_OF_BUYER] = ORDER_WALK(BUYERS, SUPPLIER_TEXTS, ">", "ASC"),
    [Q_ORDER_WALK + 2 * ORDER_OF_BUYER + 1] = ORDER_WALK(BUYERS, SUPPLIER_TEXTS, "<", "DESC"),
    [Q_ORDER_WALK + 2 * ORDER_OF_ALL] = ORDER_WALK(ANY, BOTH_TEXTS, ">", "ASC"),
    [Q_ORDER_WALK + 2 * ORDER_OF_ALL + 1] = ORDER_WALK(ANY, BOTH_TEXTS, "<", "DESC"),
    [Q_DELIVERY_PLACE] = "SELECT delivered_at FROM delivery WHERE delivery_id = ?1",
    [Q_DELIVERY_COUNT + ORDER_OF_SUPPLIER] = DELIVERY_COUNT(DELIVERED_BY),
    [Q_DELIVERY_COUNT + ORDER_OF_BUYER] = DELIVERY_COUNT(DELIVERED_TO),
    [Q_DELIVERY_COUNT + ORDER_OF_ALL] = DELIVERY_COUNT(ANY),
    [Q_DELIVERY_COUNT + OF_ORDER] = DELIVERY_COUNT(DELIVERED_FOR),
    [Q_DELIVERY_WALK + 2 * ORDER_OF_SUPPLIER] = DELIVERY_WALK(DELIVERED_BY, OWN_IDS, ">", "ASC"),
    [Q_DELIVERY_WALK + 2 * ORDER_OF_SUPPLIER + 1] =
        DELIVERY_WALK(DELIVERED_BY, OWN_IDS, "<", "DESC"),
    [Q_DELIVERY_WALK + 2 * ORDER_OF_BUYER] = DELIVERY_WALK(DELIVERED_TO, OWN_IDS, ">", "ASC"),
    [Q_DELIVERY_WALK + 2 * ORDER_OF_BUYER + 1] = DELIVERY_WALK(DELIVERED_TO, OWN_IDS, "<", "DESC"),
    [Q_DELIVERY_WALK + 2 * ORDER_OF_ALL] = DELIVERY_WALK(ANY, "d.delivery_id", ">", "ASC"),
    [Q_DELIVERY_WALK + 2 * ORDER_OF_ALL + 1] = DELIVERY_WALK(ANY, "d.delivery_id", "<", "DESC"),
    [Q_DELIVERY_WALK + 2 * OF_ORDER] = DELIVERY_WALK(DELIVERED_FOR, OWN_IDS, ">", "ASC"),
    [Q_DELIVERY_WALK + 2 * OF_ORDER + 1] = DELIVERY_WALK(DELIVERED_FOR, OWN_IDS, "<", "DESC"),
};

const struct query_table orders_queries = {"orders", sql, Q__COUNT};

const char *order_state_word(enum order_state state)
{
    static const char *const words[] = {"placed", "in_progress", "completed"};
    must(state < sizeof(words) / sizeof(words[0]));
    return words[state];
}

static enum order_state state_of(int64_t units, int64_t delivered_units)
{
    if (delivered_units == 0) {
        return ORDER_PLACED;
    }
    return delivered_units < units ? ORDER_IN_PROGRESS : ORDER_COMPLETED;
}

struct order_party orders_party(struct store *registry, const char *org_id)
{
    struct order_party party = {false, false};
    struct query q = query(registry, &orders_queries, Q_PARTY);
    query_bind_text(&q, 1, org_id);
    if (query_row(&q)) {
        party = (struct order_party){query_int(&q, 0) != 0, query_int(&q, 1) != 0};
    }
    query_end(&q);
    return party;
}

struct order_instruments orders_instruments(struct store *registry, const char *supplier_org_id)
{
    struct order_instruments instruments = {{false}};
    struct query q = query(registry, &orders_queries, Q_INSTRUMENTS);
    query_bind_text(&q, 1, supplier_org_id);
    bool is_read = query_row(&q);
    for (int i = 0; is_read && i < INSTRUMENT__COUNT; i++) {
        instruments.has[i] = query_int(&q, i) != 0;
    }
    query_end(&q);
    return instruments;
}

/* Reads the one row of ORDER and ends the query. */
static bool read_order(struct query *q, struct arena *arena, struct order *order)
{
    bool is_found = query_row(q);
    if (is_found) {
        *order = (struct order){
            .order_id = query_text(q, arena, 0),
            .supplier_org_id = query_text(q, arena, 1),
            .supplier = query_text(q, arena, 2),
            .buyer_org_id = query_text(q, arena, 3),
            .buyer = query_text(q, arena, 4),
            .instrument = column_instrument(q, 5),
            .units = query_int(q, 6),
            .delivered_units = query_int(q, 7),
            .contract_date = query_text(q, arena, 8),
            .notes = query_text(q, arena, 9),
            .ordered_at = query_int(q, 10),
            .delivered_at = query_int(q, 11),
            .buyer_agreed = query_int(q, 12) != 0,
        };
        order->state = state_of(order->units, order->delivered_units);
    }
    query_end(q);
    return is_found;
}

bool order_find(struct store *registry, struct arena *arena, const char *order_id,
                struct order *order)
{
    struct query q = query(registry, &orders_queries, Q_ORDER);
    query_bind_text(&q, 1, order_id);
    return read_order(&q, arena, order);
}

bool order_find_of(struct store *registry, struct arena *arena, const char *org_id,
                   const char *order_id, struct order *order)
{
    struct query q = query(registry, &orders_queries, Q_ORDER_OF);
    query_bind_text(&q, 1, org_id);
    query_bind_text(&q, 2, order_id);
    return read_order(&q, arena, order);
}

static void bind_order_filter(struct query *q, const struct order_filter *filter)
{
    bind_filter(q, 1, filter->side == ORDER_OF_ALL ? "" : filter->org_id);
    bind_filter(q, 2, filter->state);
}

static struct query order_walk(struct store *registry, const struct order_filter *filter,
                               bool descending, const struct place *place)
{
    struct query q = query(registry, &orders_queries,
                           Q_ORDER_WALK + 2 * (int)filter->side + (descending ? 1 : 0));
    bind_order_filter(&q, filter);
    walk_bind(&q, place, false);
    return q;
}

struct orders orders_list(struct store *registry, struct arena *arena,
                          const struct order_filter *filter, const struct window *window)
{
    must(filter->side < ORDER_SIDE__COUNT);
    struct query at = query(registry, &orders_queries, Q_ORDER_PLACE + (int)filter->side);
    bind_filter(&at, 1, filter->org_id);
    query_bind_text(&at, 2, window->behind);
    struct place place = walk_place(&at, arena, window);

    struct fold_words words = walk_words(arena, filter->q);
    struct query q = order_walk(registry, filter, window->descending, &place);
    struct ids ids = walk_take(&q, arena, &words, ORDER_TEXTS, window->most);
    struct order *rows = arena_array(arena, struct order, ids.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < ids.count; i++) {
        count += order_find(registry, arena, ids.at[i], &rows[count]) ? 1 : 0;
    }
    return (struct orders){rows, count};
}

int64_t orders_count(struct store *registry, struct arena *arena, const struct order_filter *filter)
{
    must(filter->side < ORDER_SIDE__COUNT);
    struct fold_words words = walk_words(arena, filter->q);
    if (words.count > 0) {
        struct place start = walk_start(true);
        struct query q = order_walk(registry, filter, true, &start);
        return walk_count(&q, arena, &words, ORDER_TEXTS);
    }
    struct query q = query(registry, &orders_queries, Q_ORDER_COUNT + (int)filter->side);
    bind_order_filter(&q, filter);
    return column_counted(&q);
}

/* ---- deliveries ---- */

bool delivery_find(struct store *registry, struct arena *arena, const char *delivery_id,
                   struct delivery *delivery)
{
    struct query q = query(registry, &orders_queries, Q_DELIVERY);
    query_bind_text(&q, 1, delivery_id);
    bool is_found = query_row(&q);
    if (is_found) {
        *delivery = (struct delivery){
            .delivery_id = query_text(&q, arena, 0),
            .order_id = query_text(&q, arena, 1),
            .supplier_org_id = query_text(&q, arena, 2),
            .supplier = query_text(&q, arena, 3),
            .buyer_org_id = query_text(&q, arena, 4),
            .buyer = query_text(&q, arena, 5),
            .instrument = column_instrument(&q, 6),
            .units = query_int(&q, 7),
            .notes = query_text(&q, arena, 8),
            .delivered_at = query_int(&q, 9),
            .project_id = query_text(&q, arena, 10),
            .project = query_text(&q, arena, 11),
            .has_more_projects = query_int(&q, 12) != 0,
            .note_redacted = column_redaction(&q, arena, 13),
        };
    }
    query_end(&q);
    return is_found;
}

static int way_of(const struct delivery_filter *filter)
{
    must(filter->side < ORDER_SIDE__COUNT);
    return text_empty(filter->order_id) ? (int)filter->side : (int)OF_ORDER;
}

static void bind_delivery_filter(struct query *q, const struct delivery_filter *filter)
{
    bind_filter(q, 1, filter->side == ORDER_OF_ALL ? "" : filter->org_id);
    bind_filter(q, 2, filter->order_id);
    query_bind_int(q, 3, filter->from_at);
    query_bind_int(q, 4, filter->until_at == 0 ? INT64_MAX : filter->until_at);
}

static struct query delivery_walk(struct store *registry, const struct delivery_filter *filter,
                                  bool descending, const struct place *place)
{
    struct query q = query(registry, &orders_queries,
                           Q_DELIVERY_WALK + 2 * way_of(filter) + (descending ? 1 : 0));
    bind_delivery_filter(&q, filter);
    walk_bind(&q, place, false);
    return q;
}

struct deliveries deliveries_list(struct store *registry, struct arena *arena,
                                  const struct delivery_filter *filter, const struct window *window)
{
    struct query at = query(registry, &orders_queries, Q_DELIVERY_PLACE);
    query_bind_text(&at, 1, window->behind);
    struct place place = walk_place(&at, arena, window);

    struct fold_words words = walk_words(arena, filter->q);
    struct query q = delivery_walk(registry, filter, window->descending, &place);
    struct ids ids = walk_take(&q, arena, &words, DELIVERY_TEXTS, window->most);
    struct delivery *rows = arena_array(arena, struct delivery, ids.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < ids.count; i++) {
        count += delivery_find(registry, arena, ids.at[i], &rows[count]) ? 1 : 0;
    }
    return (struct deliveries){rows, count};
}

int64_t deliveries_count(struct store *registry, struct arena *arena,
                         const struct delivery_filter *filter)
{
    struct fold_words words = walk_words(arena, filter->q);
    if (words.count > 0) {
        struct place start = walk_start(true);
        struct query q = delivery_walk(registry, filter, true, &start);
        return walk_count(&q, arena, &words, DELIVERY_TEXTS);
    }
    struct query q = query(registry, &orders_queries, Q_DELIVERY_COUNT + way_of(filter));
    bind_delivery_filter(&q, filter);
    return column_counted(&q);
}
