/* store/public_past.c: see store/public_past.h. */
#include "store/public_past.h"

#include <string.h>

#include "base/id.h"
#include "base/must.h"
#include "base/text.h"
#include "store/query.h"

/* An act has few lines, or there are few cuts since: its first lines are looked through, then the
 * nearest cuts, and only then all that it has. */
#define LINES_FIRST 16
#define CLIMB_MAX 64
/* lines of acts that are looked through for one answer, some 10 ms; the last act of them may be
 * over that (SPLIT_BATCHES_MAX) */
#define LINES_LOOKED_MAX 4096

/* What moves units and lets them be moved again, and so is in batch.received_by; an export is none
 * of the acts that are searched for, since its batch is never cut. */
enum mover { MOVER_TRANSFER, MOVER_DELIVERY, MOVER_REFUND, MOVER__COUNT };

enum {
    Q_UP,
    Q_ROOT,
    Q_PARENT,
    Q_IS_TOLD,
    Q_CANCELLATION,
    Q_EVENTS,                          /* one for each enum mover */
    Q_CLIMB = Q_EVENTS + MOVER__COUNT, /* the same */
    Q_LINES = Q_CLIMB + MOVER__COUNT,  /* the same */
    Q__COUNT = Q_LINES + MOVER__COUNT
};

/* ?1 batch, ?2 an id that is behind those wanted, ?3 most. A batch is in one act at a time, and ids
 * sort by time. */
#define EVENTS(id) " WHERE l.batch_id = ?1 AND l." id " < ?2 ORDER BY l." id " DESC LIMIT ?3"
/* ?1 batch, ?2 act, ?3 most steps: the batch that the act moved, itself or one it was cut from. */
#define CLIMB(line, id)                                                                            \
    "WITH RECURSIVE up (id, parent, step) AS ("                                                    \
    "SELECT batch_id, parent_id, 0 FROM batch WHERE batch_id = ?1"                                 \
    " UNION ALL SELECT b.batch_id, b.parent_id, up.step + 1 FROM up"                               \
    " CROSS JOIN batch b ON b.batch_id = up.parent WHERE up.step < ?3)"                            \
    " SELECT up.id, up.step FROM up WHERE EXISTS (SELECT 1 FROM " line " l"                        \
    " WHERE l.batch_id = up.id AND l." id " = ?2) LIMIT 1"
/* ?1 batch, ?2 act, ?3 its last line to be looked at: the same batch, by its block. Those of one
 * act do not overlap. */
#define LINES(line, id)                                                                            \
    "SELECT l.batch_id, l.line FROM batch o CROSS JOIN " line " l ON l." id " = ?2"                \
    " CROSS JOIN batch b ON b.batch_id = l.batch_id AND b.project_id = o.project_id"               \
    " AND b.vintage = o.vintage AND b.first <= o.first AND b.last >= o.last"                       \
    " WHERE o.batch_id = ?1 AND l.line <= ?3 ORDER BY l.line LIMIT 1"
#define BY_LINE(mover, line, id)                                                                   \
    [Q_CLIMB + (mover)] = CLIMB(line, id), [Q_LINES + (mover)] = LINES(line, id)

static const char *const sql[Q__COUNT] = {
    [Q_UP] = "SELECT parent_id FROM batch WHERE batch_id = ?1 AND parent_id IS NOT NULL",
    /* The issued block that begins last before it is the one that holds it. */
    [Q_ROOT] = "SELECT r.batch_id FROM batch b CROSS JOIN batch r ON r.issuance_id = b.issuance_id"
               " AND r.parent_id IS NULL AND r.first <= b.first"
               " WHERE b.batch_id = ?1 ORDER BY r.first DESC LIMIT 1",
    [Q_PARENT] = "SELECT p.batch_id, p.received_by FROM batch b"
                 " CROSS JOIN batch p ON p.batch_id = b.parent_id WHERE b.batch_id = ?1",
    [Q_IS_TOLD] = "SELECT 1 FROM transfer WHERE transfer_id = ?1 AND state = 'completed'",
    [Q_CANCELLATION] =
        "SELECT c.cancellation_id, 'cancellation', c.cancelled_at, c.org_id, f.name, '', '', ''"
        " FROM cancellation_line l"
        " CROSS JOIN cancellation c ON c.cancellation_id = l.cancellation_id"
        " CROSS JOIN organisation f ON f.org_id = c.org_id WHERE l.batch_id = ?1",
    [Q_EVENTS + MOVER_TRANSFER] =
        "SELECT t.transfer_id, t.kind, t.ended_at, t.from_org_id, f.name, t.to_org_id, r.name,"
        " t.to_system FROM transfer_line l"
        " CROSS JOIN transfer t ON t.transfer_id = l.transfer_id AND t.state = 'completed'"
        " CROSS JOIN organisation f ON f.org_id = t.from_org_id"
        " LEFT JOIN organisation r ON r.org_id = t.to_org_id" EVENTS("transfer_id"),
    [Q_EVENTS + MOVER_DELIVERY] =
        "SELECT d.delivery_id, 'delivery', d.delivered_at, d.supplier_org_id, f.name,"
        " d.buyer_org_id, r.name, '' FROM delivery_line l"
        " CROSS JOIN delivery d ON d.delivery_id = l.delivery_id"
        " CROSS JOIN organisation f ON f.org_id = d.supplier_org_id"
        " CROSS JOIN organisation r ON r.org_id = d.buyer_org_id" EVENTS("delivery_id"),
    [Q_EVENTS + MOVER_REFUND] =
        "SELECT m.refund_id, 'refund', m.refunded_at, m.from_org_id, f.name, m.to_org_id,"
        " r.name, '' FROM refund_line l CROSS JOIN refund m ON m.refund_id = l.refund_id"
        " CROSS JOIN organisation f ON f.org_id = m.from_org_id"
        " CROSS JOIN organisation r ON r.org_id = m.to_org_id" EVENTS("refund_id"),
    BY_LINE(MOVER_TRANSFER, "transfer_line", "transfer_id"),
    BY_LINE(MOVER_DELIVERY, "delivery_line", "delivery_id"),
    BY_LINE(MOVER_REFUND, "refund_line", "refund_id"),
};

const struct query_table public_past_queries = {"public_past", sql, Q__COUNT};

static const char *const prefixes[MOVER__COUNT] = {"tfr_", "dlv_", "bpr_"};

/* The act that is asked for, and how far it has been looked for. */
struct past {
    struct store *registry;
    struct arena *arena;
    struct public_event *events; /* room for most + 1 */
    size_t count, room;
    char batch_id[ID_SIZE]; /* whose events come next */
    int64_t lines_looked;
};

struct public_ancestors public_batch_ancestors(struct store *registry, struct arena *arena,
                                               const char *batch_id, size_t most)
{
    const char **ids = arena_array(arena, const char *, most + 1);
    size_t count = 0;
    struct query q;
    bool is_cut = true;
    while (is_cut && count <= most) {
        q = query(registry, &public_past_queries, Q_UP);
        query_bind_text(&q, 1, count == 0 ? batch_id : ids[count - 1]);
        is_cut = query_row(&q);
        if (is_cut) {
            ids[count++] = query_text(&q, arena, 0);
        }
        query_end(&q);
    }
    struct public_ancestors ancestors = {.has_more = count > most, .root_id = ""};
    ancestors.nearest = (struct ids){ids, ancestors.has_more ? most : count};
    if (!ancestors.has_more) {
        ancestors.root_id = count == 0 ? "" : ids[count - 1];
        return ancestors;
    }
    q = query(registry, &public_past_queries, Q_ROOT);
    query_bind_text(&q, 1, batch_id);
    if (query_row(&q)) {
        ancestors.root_id = query_text(&q, arena, 0);
    }
    query_end(&q);
    return ancestors;
}

/* False for an issuance: it moved nothing. */
static bool mover_of(const char *act_id, enum mover *mover)
{
    for (*mover = MOVER_TRANSFER; *mover < MOVER__COUNT; (*mover)++) {
        if (text_starts(act_id, prefixes[*mover])) {
            return true;
        }
    }
    return false;
}

/* One of the ways to find it; *line: the number of lines looked through, when it is by them. */
static bool find_by(struct past *past, int number, const char *batch_id, const char *act_id,
                    int64_t most, int64_t *line)
{
    struct query q = query(past->registry, &public_past_queries, number);
    query_bind_text(&q, 1, batch_id);
    query_bind_text(&q, 2, act_id);
    query_bind_int(&q, 3, most);
    bool is_found = query_row(&q);
    if (is_found) {
        query_text_into(&q, 0, past->batch_id, ID_SIZE);
        *line = query_int(&q, 1);
    }
    query_end(&q);
    return is_found;
}

/* Which batch did this act move, that one or one that it was cut from? Becomes past->batch_id. */
static bool find_moved(struct past *past, const char *batch_id, const char *act_id)
{
    enum mover mover;
    int64_t line = 0;
    if (!mover_of(act_id, &mover)) {
        return false;
    }
    int lines = Q_LINES + (int)mover;
    if (find_by(past, lines, batch_id, act_id, LINES_FIRST, &line) ||
        find_by(past, Q_CLIMB + (int)mover, batch_id, act_id, CLIMB_MAX, &line)) {
        return true;
    }
    bool is_found = find_by(past, lines, batch_id, act_id, INT64_MAX, &line);
    past->lines_looked += line;
    return is_found;
}

/* From a batch whose events are told to the one in which something happened before: what it was cut
 * from says by which act its holder had got it. */
static bool step_back(struct past *past)
{
    char parent_id[ID_SIZE], received_by[ID_SIZE];
    struct query q = query(past->registry, &public_past_queries, Q_PARENT);
    query_bind_text(&q, 1, past->batch_id);
    bool is_cut = query_row(&q);
    if (is_cut) {
        query_text_into(&q, 0, parent_id, ID_SIZE);
        query_text_into(&q, 1, received_by, ID_SIZE);
    }
    query_end(&q);
    return is_cut && find_moved(past, parent_id, received_by);
}

/* Puts an event among those from `begin` on, which are in order, as long as there is room. */
static void keep_event(struct past *past, size_t begin, struct public_event event)
{
    size_t at = past->count;
    while (at > begin && strcmp(past->events[at - 1].id + 4, event.id + 4) < 0) {
        at--;
    }
    if (at == past->room) {
        return;
    }
    size_t kept = past->count < past->room ? past->count : past->room - 1;
    memmove(&past->events[at + 1], &past->events[at], (kept - at) * sizeof(event));
    past->events[at] = event;
    past->count = kept + 1;
}

static void read_events(struct past *past, struct query *q, size_t begin)
{
    struct arena *arena = past->arena;
    while (query_row(q)) {
        keep_event(past, begin,
                   (struct public_event){
                       .id = query_text(q, arena, 0),
                       .kind = query_text(q, arena, 1),
                       .at = query_int(q, 2),
                       .from_org_id = query_text(q, arena, 3),
                       .from_name = query_text(q, arena, 4),
                       .to_org_id = query_text(q, arena, 5),
                       .to_name = query_text(q, arena, 6),
                       .to_system = query_text(q, arena, 7),
                   });
    }
    query_end(q);
}

/* What happened in past->batch_id itself, before the act whose id ends like this. */
static void tell_batch(struct past *past, const char *behind)
{
    size_t begin = past->count;
    for (enum mover mover = MOVER_TRANSFER; mover < MOVER__COUNT; mover++) {
        const char *id = arena_printf(past->arena, "%s%s", prefixes[mover], behind);
        struct query q = query(past->registry, &public_past_queries, Q_EVENTS + (int)mover);
        query_bind_text(&q, 1, past->batch_id);
        query_bind_text(&q, 2, id);
        query_bind_int(&q, 3, (int64_t)(past->room - begin));
        read_events(past, &q, begin);
    }
}

/* That a transfer waits, or came to nothing, is not told by what its id does as a place either. */
static bool is_told(struct store *registry, const char *act_id)
{
    if (!id_is(act_id, NULL)) {
        return false;
    }
    if (!text_starts(act_id, prefixes[MOVER_TRANSFER])) {
        return true;
    }
    struct query q = query(registry, &public_past_queries, Q_IS_TOLD);
    query_bind_text(&q, 1, act_id);
    return query_any(&q);
}

struct public_events public_batch_events(struct store *registry, struct arena *arena,
                                         const char *batch_id, const char *behind, size_t most)
{
    must(most > 0);
    struct past past = {.registry = registry,
                        .arena = arena,
                        .events = arena_array(arena, struct public_event, most + 1),
                        .room = most + 1};
    static const char newest[] = "~"; /* sorts behind every id */
    if (text_empty(behind)) {
        must(TEXT_COPY(past.batch_id, batch_id));
        struct query q = query(registry, &public_past_queries, Q_CANCELLATION);
        query_bind_text(&q, 1, batch_id);
        read_events(&past, &q, 0);
        tell_batch(&past, newest);
    } else if (is_told(registry, behind) && find_moved(&past, batch_id, behind)) {
        tell_batch(&past, behind + 4);
    } else {
        return (struct public_events){.count = 0};
    }
    past.lines_looked = 0;
    while (past.count <= most && step_back(&past)) {
        if (past.count > 0 && past.lines_looked > LINES_LOOKED_MAX) {
            return (struct public_events){past.events, past.count, true};
        }
        tell_batch(&past, newest);
    }
    bool has_more = past.count > most;
    return (struct public_events){past.events, has_more ? most : past.count, has_more};
}

const char *public_batch_cancellation(struct store *registry, struct arena *arena,
                                      const char *batch_id)
{
    struct query q = query(registry, &public_past_queries, Q_CANCELLATION);
    query_bind_text(&q, 1, batch_id);
    const char *id = query_row(&q) ? query_text(&q, arena, 0) : "";
    query_end(&q);
    return id;
}
