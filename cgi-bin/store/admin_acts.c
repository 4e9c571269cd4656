/* store/admin_acts.c: see store/admin_acts.h. */
#include "store/admin_acts.h"

#include "base/text.h"
#include "store/columns.h"
#include "store/rows.h"

/* Which index is walked: that of the narrowest filter asked for; each holds seq as well, so the
 * order costs nothing. */
enum { BY_SEQ, BY_SUBJECT, BY_PERSON, BY_ORG, BY_COMMAND, BY__COUNT };
enum {
    Q_LIST,                           /* 2 for each of the above: ascending, descending */
    Q_COUNT = Q_LIST + 2 * BY__COUNT, /* one for each */
    Q_ONE = Q_COUNT + BY__COUNT,
    Q_LAST,
    Q_RECORDED,
    Q__COUNT
};

#define COLUMNS                                                                                    \
    "SELECT a.seq, a.recorded_at, a.at, a.program, a.user_id, a.org_id,"                           \
    " coalesce(o.name, ''), a.command, a.subject_id, a.outcome, a.detail"
#define JOIN " LEFT JOIN organisation o ON o.org_id = a.org_id"

/* ?1 person, ?2 organisation, ?3 command, ?4 subject, ?5 outcome, ?6 and ?7 the ends. */
#define MATCHES                                                                                    \
    " (?1 IS NULL OR a.user_id = ?1) AND (?2 IS NULL OR a.org_id = ?2)"                            \
    " AND (?3 IS NULL OR a.command = ?3) AND (?4 IS NULL OR a.subject_id = ?4)"                    \
    " AND (?5 IS NULL OR a.outcome = ?5 OR (?5 = 'refused' AND a.outcome <> 'ok'))"                \
    " AND a.seq BETWEEN ?6 AND ?7"
#define LIST(walk, narrow, sign, direction)                                                        \
    COLUMNS " FROM act a" walk JOIN " WHERE" narrow MATCHES " AND (?8 = 0 OR a.seq " sign " ?8)"   \
            " ORDER BY a.seq " direction " LIMIT ?9"
#define COUNT(walk, narrow) "SELECT count(*) FROM act a" walk " WHERE" narrow MATCHES
#define PAIR(by, walk, narrow)                                                                     \
    [Q_LIST + 2 * (by)] = LIST(walk, narrow, ">", "ASC"),                                          \
                  [Q_LIST + 2 * (by) + 1] = LIST(walk, narrow, "<", "DESC"),                       \
                  [Q_COUNT + (by)] = COUNT(walk, narrow)

static const char *const sql[Q__COUNT] = {
    PAIR(BY_SEQ, "", ""),
    PAIR(BY_SUBJECT, " INDEXED BY act_by_subject", " a.subject_id = ?4 AND"),
    PAIR(BY_PERSON, " INDEXED BY act_by_person", " a.user_id = ?1 AND"),
    PAIR(BY_ORG, " INDEXED BY act_by_org", " a.org_id = ?2 AND"),
    PAIR(BY_COMMAND, " INDEXED BY act_by_command", " a.command = ?3 AND"),
    [Q_ONE] = COLUMNS " FROM act a" JOIN " WHERE a.seq = ?1",
    [Q_LAST] = "SELECT coalesce(max(seq), 0) FROM act",
    [Q_RECORDED] = "SELECT seq, recorded_at FROM act WHERE seq >= ?1 ORDER BY seq LIMIT 1",
};

const struct query_table admin_acts_queries = {"admin_acts", sql, Q__COUNT};

static struct admin_act read_act(struct query *q, struct arena *arena)
{
    return (struct admin_act){
        .seq = query_int(q, 0),
        .recorded_at = query_int(q, 1),
        .at = query_int(q, 2),
        .program = query_text(q, arena, 3),
        .user_id = query_text(q, arena, 4),
        .org_id = query_text(q, arena, 5),
        .org_name = query_text(q, arena, 6),
        .command = query_text(q, arena, 7),
        .subject_id = query_text(q, arena, 8),
        .outcome = query_text(q, arena, 9),
        .detail = query_text(q, arena, 10),
    };
}

static int walk_of(const struct admin_act_filter *filter)
{
    if (!text_empty(filter->subject_id)) {
        return BY_SUBJECT;
    }
    if (!text_empty(filter->user_id)) {
        return BY_PERSON;
    }
    if (!text_empty(filter->org_id)) {
        return BY_ORG;
    }
    return text_empty(filter->command) ? BY_SEQ : BY_COMMAND;
}

static void bind_matches(struct query *q, const struct admin_act_filter *filter)
{
    bind_filter(q, 1, filter->user_id);
    bind_filter(q, 2, filter->org_id);
    bind_filter(q, 3, filter->command);
    bind_filter(q, 4, filter->subject_id);
    bind_filter(q, 5, filter->outcome);
    query_bind_int(q, 6, filter->from_seq);
    query_bind_int(q, 7, filter->to_seq == 0 ? INT64_MAX : filter->to_seq);
}

struct admin_acts admin_acts_list(struct store *registry, struct arena *arena,
                                  const struct admin_act_filter *filter, bool descending,
                                  int64_t after, size_t most)
{
    struct query q =
        query(registry, &admin_acts_queries, Q_LIST + 2 * walk_of(filter) + (descending ? 1 : 0));
    bind_matches(&q, filter);
    query_bind_int(&q, 8, after);
    query_bind_int(&q, 9, (int64_t)most);
    struct admin_act *rows = NULL;
    size_t count = 0;
    while (query_row(&q)) {
        rows = rows_room(arena, rows, count, sizeof(*rows));
        rows[count++] = read_act(&q, arena);
    }
    query_end(&q);
    return (struct admin_acts){rows, count};
}

int64_t admin_acts_count(struct store *registry, const struct admin_act_filter *filter)
{
    struct query q = query(registry, &admin_acts_queries, Q_COUNT + walk_of(filter));
    bind_matches(&q, filter);
    return column_only(&q);
}

int64_t admin_acts_last(struct store *registry)
{
    struct query q = query(registry, &admin_acts_queries, Q_LAST);
    return column_only(&q);
}

/* When the first row from seq on was recorded; INT64_MAX behind the end. */
static int64_t recorded_from(struct store *registry, int64_t seq)
{
    struct query q = query(registry, &admin_acts_queries, Q_RECORDED);
    query_bind_int(&q, 1, seq);
    int64_t at = query_row(&q) ? query_int(&q, 1) : INT64_MAX;
    query_end(&q);
    return at;
}

/* The ledger's clock never goes back (act.c keeps it so), so the times of the log are found by
 * halving. */
int64_t admin_acts_seq_at(struct store *registry, int64_t at)
{
    int64_t low = 1;
    int64_t high = admin_acts_last(registry) + 1;
    while (low < high && !store_fault(registry)) {
        int64_t middle = low + (high - low) / 2;
        if (recorded_from(registry, middle) >= at) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

bool admin_act_find(struct store *registry, struct arena *arena, int64_t seq, struct admin_act *act)
{
    struct query q = query(registry, &admin_acts_queries, Q_ONE);
    query_bind_int(&q, 1, seq);
    bool is_found = query_row(&q);
    if (is_found) {
        *act = read_act(&q, arena);
    }
    query_end(&q);
    return is_found;
}
