/* store/events.c: see store/events.h. */
#include "store/events.h"

#include "base/limits.h"
#include "base/must.h"
#include "store/columns.h"

/* ?1 after, ?2 up to, ?3 most; ?4 the organisation. Each takes its own path: by the public ones, by
 * the one party, by the other; merged they are in order. */
#define FROM_ACT                                                                                   \
    "SELECT seq, at, event, subject_id, org_id, other_org_id, is_public FROM act"                  \
    " WHERE seq > ?1 AND seq <= ?2 AND "
#define PUBLIC FROM_ACT "is_public = 1"
#define OWN FROM_ACT "org_id = ?4 AND event <> '' AND is_public = 0"
#define OWN_ALL FROM_ACT "org_id = ?4 AND event <> ''"
#define OTHER_ALL FROM_ACT "other_org_id = ?4 AND other_org_id <> ''"
#define OTHER FROM_ACT "other_org_id = ?4 AND other_org_id <> '' AND is_public = 0"

enum { Q_LAST, Q_PUBLIC, Q_OF_ORG, Q_CONCERNING, Q__COUNT };

static const char *const sql[Q__COUNT] = {
    [Q_LAST] = "SELECT seq FROM act ORDER BY seq DESC LIMIT 1",
    [Q_PUBLIC] = PUBLIC " ORDER BY seq LIMIT ?3",
    [Q_OF_ORG] = PUBLIC " UNION ALL " OWN " UNION ALL " OTHER " ORDER BY seq LIMIT ?3",
    [Q_CONCERNING] = OWN_ALL " UNION ALL " OTHER_ALL " ORDER BY seq LIMIT ?3",
};
const struct query_table events_queries = {"events", sql, Q__COUNT};

static struct events read_rows(struct store *store, struct arena *arena, int number,
                               const char *org_id, int64_t after_seq, size_t most);
static void read_row(struct query *q, struct arena *arena, struct events_row *row);

struct events events_after(struct store *store, struct arena *arena, const char *org_id,
                           int64_t after_seq, size_t most)
{
    return read_rows(store, arena, org_id[0] == '\0' ? Q_PUBLIC : Q_OF_ORG, org_id, after_seq,
                     most);
}

struct events events_concerning(struct store *store, struct arena *arena, const char *org_id,
                                int64_t after_seq, size_t most)
{
    must(org_id[0] != '\0');
    return read_rows(store, arena, Q_CONCERNING, org_id, after_seq, most);
}

static struct events read_rows(struct store *store, struct arena *arena, int number,
                               const char *org_id, int64_t after_seq, size_t most)
{
    must(most >= 1 && most <= FEED_ROWS_MAX && after_seq >= 0);
    struct events events = {.next_after = after_seq};
    /* First how far: what is committed meanwhile is for the next time. */
    int64_t last_seq = events_last_seq(store);
    struct events_row *rows = arena_array(arena, struct events_row, most);
    struct query q = query(store, &events_queries, number);
    query_bind_int(&q, 1, after_seq);
    query_bind_int(&q, 2, last_seq);
    query_bind_int(&q, 3, (int64_t)most);
    if (number != Q_PUBLIC) {
        query_bind_text(&q, 4, org_id);
    }
    while (events.count < most && query_row(&q)) {
        read_row(&q, arena, &rows[events.count]);
        events.next_after = rows[events.count].seq;
        events.count++;
    }
    query_end(&q);
    if (events.count < most && last_seq > events.next_after && !store_fault(store)) {
        events.next_after = last_seq;
    }
    events.rows = rows;
    return events;
}

int64_t events_last_seq(struct store *store)
{
    struct query q = query(store, &events_queries, Q_LAST);
    return column_only(&q);
}

static void read_row(struct query *q, struct arena *arena, struct events_row *row)
{
    row->seq = query_int(q, 0);
    row->at = query_int(q, 1);
    must(event_kind_from_word(query_text(q, arena, 2), &row->kind));
    row->subject_id = query_text(q, arena, 3);
    row->org_id = query_text(q, arena, 4);
    row->other_org_id = query_text(q, arena, 5);
    row->is_public = query_int(q, 6) != 0;
}
