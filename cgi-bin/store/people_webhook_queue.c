/* store/people_webhook_queue.c: see store/people_webhook_queue.h. */
#include "store/people_webhook_queue.h"

#include "base/text.h"
#include "store/columns.h"
#include "store/people_webhook_row.h"
#include "store/query.h"
#include "store/rows.h"

enum {
    Q_BEHIND,
    Q_DUE,
    Q_DUE_NEXT,
    Q_GET,
    Q_WAITING,
    Q_FIRST,
    Q_FIRST_TEST,
    Q_NEXT,
    Q_NEXT_TEST,
    Q_MESSAGE,
    Q_ADD,
    Q_SEEN,
    Q_CLAIM,
    Q_TRY,
    Q_END,
    Q_WAIT,
    Q_SETTLE,
    Q_STOP,
    Q_CLOCK_MESSAGES,
    Q_CLOCK,
    Q_FORGET_TRIES,
    Q_FORGET,
    Q__COUNT
};

#define MESSAGE                                                                                    \
    "SELECT message_id, webhook_id, seq, kind, body, state = 'waiting', tries, round_tries,"       \
    " round_at FROM webhook_message"
#define WAITS " WHERE webhook_id = ?1 AND state = 'waiting'"
#define FAR " WHERE due_at > 0 AND due_at > ?2"
#define OLD                                                                                        \
    "(SELECT message_id FROM webhook_message WHERE ended_at > 0 AND ended_at < ?1"                 \
    " ORDER BY ended_at LIMIT ?2)"

static const char *const sql[Q__COUNT] = {
    [Q_BEHIND] = "SELECT " WEBHOOK_COLUMNS " FROM webhook w"
                 " WHERE w.state = 'active' AND w.after_seq < ?1",
    [Q_DUE] = "SELECT " WEBHOOK_COLUMNS " FROM webhook w"
              " WHERE w.due_at > 0 AND w.due_at <= ?1 ORDER BY w.due_at LIMIT ?2",
    [Q_DUE_NEXT] = "SELECT due_at FROM webhook WHERE due_at > 0 ORDER BY due_at LIMIT 1",
    [Q_GET] = "SELECT " WEBHOOK_COLUMNS " FROM webhook w WHERE w.webhook_id = ?1",
    [Q_WAITING] = "SELECT count(*) FROM webhook_message" WAITS,
    [Q_FIRST] = MESSAGE WAITS " AND +next_at <= ?2 ORDER BY seq, message_id LIMIT 1",
    [Q_FIRST_TEST] = MESSAGE WAITS " AND +next_at <= ?2 AND seq = 0 ORDER BY message_id LIMIT 1",
    [Q_NEXT] = "SELECT next_at FROM webhook_message" WAITS " ORDER BY next_at LIMIT 1",
    [Q_NEXT_TEST] =
        "SELECT next_at FROM webhook_message" WAITS " AND seq = 0 ORDER BY message_id LIMIT 1",
    [Q_MESSAGE] = MESSAGE " WHERE message_id = ?1",
    [Q_ADD] = "INSERT INTO webhook_message (message_id, webhook_id, seq, kind, body, state,"
              " round_at, next_at, made_at) VALUES (?1, ?2, ?3, ?4, ?5, 'waiting', ?6, ?6, ?6)",
    [Q_SEEN] = "UPDATE webhook SET after_seq = ?2, due_at ="
               " CASE WHEN ?3 = 0 OR (due_at > 0 AND due_at < ?3) THEN due_at ELSE ?3 END"
               " WHERE webhook_id = ?1",
    [Q_CLAIM] = "UPDATE webhook SET rests_until = ?2, due_at = ?2 WHERE webhook_id = ?1",
    [Q_TRY] = "INSERT INTO webhook_try (message_id, number, at, took_us, http_code, outcome)"
              " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [Q_END] = "UPDATE webhook_message SET tries = tries + 1, state = ?2, ended_at = ?3"
              " WHERE message_id = ?1",
    [Q_WAIT] = "UPDATE webhook_message SET tries = tries + 1, round_tries = round_tries + 1,"
               " next_at = ?2 WHERE message_id = ?1",
    [Q_SETTLE] = "UPDATE webhook SET rests_until = ?2, failures = ?3, failing_since = ?4,"
                 " last_at = ?5, last_code = ?6, last_outcome = ?7, due_at = ?8"
                 " WHERE webhook_id = ?1",
    [Q_STOP] = "UPDATE webhook SET state = 'failing', state_at = ?2, state_by = ''"
               " WHERE webhook_id = ?1 AND state = 'active'",
    [Q_CLOCK_MESSAGES] = "UPDATE webhook_message SET next_at = ?1, round_at = min(round_at, ?1)"
                         " WHERE webhook_id IN (SELECT webhook_id FROM webhook" FAR ")"
                         " AND state = 'waiting' AND next_at > ?2",
    [Q_CLOCK] = "UPDATE webhook SET rests_until = 0, due_at = ?1,"
                " failing_since = min(failing_since, ?1)" FAR,
    [Q_FORGET_TRIES] = "DELETE FROM webhook_try WHERE message_id IN " OLD,
    [Q_FORGET] = "DELETE FROM webhook_message WHERE message_id IN " OLD,
};

const struct query_table people_webhook_queue_queries = {"people_webhook_queue", sql, Q__COUNT};

static struct webhooks read_webhooks(struct query *q, struct arena *arena);
static bool read_queued(struct query *q, struct arena *arena, struct queued *queued);
static int64_t forget(struct store *people, int number, int64_t ended_before, size_t most);

struct webhooks webhook_behind(struct store *people, struct arena *arena, int64_t last_seq)
{
    struct query q = query(people, &people_webhook_queue_queries, Q_BEHIND);
    query_bind_int(&q, 1, last_seq);
    return read_webhooks(&q, arena);
}

struct webhooks webhook_due(struct store *people, struct arena *arena, int64_t now_us, size_t most)
{
    struct query q = query(people, &people_webhook_queue_queries, Q_DUE);
    query_bind_int(&q, 1, now_us);
    query_bind_int(&q, 2, (int64_t)most);
    return read_webhooks(&q, arena);
}

int64_t webhook_due_next(struct store *people)
{
    struct query q = query(people, &people_webhook_queue_queries, Q_DUE_NEXT);
    return column_only(&q);
}

bool webhook_get(struct store *people, struct arena *arena, const char *webhook_id,
                 struct webhook *webhook)
{
    struct query q = query(people, &people_webhook_queue_queries, Q_GET);
    query_bind_text(&q, 1, webhook_id);
    bool is_found = query_row(&q);
    if (is_found) {
        *webhook = webhook_read_row(&q, arena);
    }
    query_end(&q);
    return is_found;
}

int64_t webhook_waiting(struct store *people, const char *webhook_id)
{
    struct query q = query(people, &people_webhook_queue_queries, Q_WAITING);
    query_bind_text(&q, 1, webhook_id);
    return column_only(&q);
}

bool queued_due(struct store *people, struct arena *arena, const char *webhook_id, int64_t now_us,
                bool tests_only, struct queued *queued)
{
    struct query q =
        query(people, &people_webhook_queue_queries, tests_only ? Q_FIRST_TEST : Q_FIRST);
    query_bind_text(&q, 1, webhook_id);
    query_bind_int(&q, 2, now_us);
    return read_queued(&q, arena, queued);
}

int64_t queued_next(struct store *people, const char *webhook_id, bool tests_only)
{
    struct query q =
        query(people, &people_webhook_queue_queries, tests_only ? Q_NEXT_TEST : Q_NEXT);
    query_bind_text(&q, 1, webhook_id);
    return column_only(&q);
}

bool queued_get(struct store *people, struct arena *arena, const char *message_id,
                struct queued *queued)
{
    struct query q = query(people, &people_webhook_queue_queries, Q_MESSAGE);
    query_bind_text(&q, 1, message_id);
    return read_queued(&q, arena, queued);
}

void queued_add(struct store *people, const struct queued *queued, int64_t at)
{
    struct query q = query(people, &people_webhook_queue_queries, Q_ADD);
    query_bind_text(&q, 1, queued->message_id);
    query_bind_text(&q, 2, queued->webhook_id);
    query_bind_int(&q, 3, queued->seq);
    query_bind_text(&q, 4, queued->kind);
    query_bind_text(&q, 5, queued->body);
    query_bind_int(&q, 6, at);
    query_run(&q);
}

void webhook_seen(struct store *people, const char *webhook_id, int64_t after_seq, int64_t due_at)
{
    struct query q = query(people, &people_webhook_queue_queries, Q_SEEN);
    query_bind_text(&q, 1, webhook_id);
    query_bind_int(&q, 2, after_seq);
    query_bind_int(&q, 3, due_at);
    query_run(&q);
}

void webhook_claim(struct store *people, const char *webhook_id, int64_t until_at)
{
    struct query q = query(people, &people_webhook_queue_queries, Q_CLAIM);
    query_bind_text(&q, 1, webhook_id);
    query_bind_int(&q, 2, until_at);
    query_run(&q);
}

void queued_tried(struct store *people, const struct queued *queued, const struct tried *tried)
{
    struct query q = query(people, &people_webhook_queue_queries, Q_TRY);
    query_bind_text(&q, 1, queued->message_id);
    query_bind_int(&q, 2, queued->tries + 1);
    query_bind_int(&q, 3, tried->at);
    query_bind_int(&q, 4, tried->took_us);
    query_bind_int(&q, 5, tried->http_code);
    query_bind_text(&q, 6, tried->outcome);
    query_run(&q);
}

void queued_end(struct store *people, const struct queued *queued, bool is_delivered,
                int64_t ended_at)
{
    struct query q = query(people, &people_webhook_queue_queries, Q_END);
    query_bind_text(&q, 1, queued->message_id);
    query_bind_text(&q, 2, is_delivered ? "delivered" : "given_up");
    query_bind_int(&q, 3, ended_at);
    query_run(&q);
}

void queued_wait(struct store *people, const struct queued *queued, int64_t next_at)
{
    struct query q = query(people, &people_webhook_queue_queries, Q_WAIT);
    query_bind_text(&q, 1, queued->message_id);
    query_bind_int(&q, 2, next_at);
    query_run(&q);
}

void webhook_settle(struct store *people, const struct webhook *webhook)
{
    struct query q = query(people, &people_webhook_queue_queries, Q_SETTLE);
    query_bind_text(&q, 1, webhook->webhook_id);
    query_bind_int(&q, 2, webhook->rests_until);
    query_bind_int(&q, 3, webhook->failures);
    query_bind_int(&q, 4, webhook->failing_since);
    query_bind_int(&q, 5, webhook->last_at);
    query_bind_int(&q, 6, webhook->last_code);
    query_bind_text(&q, 7, webhook->last_outcome);
    query_bind_int(&q, 8, webhook->due_at);
    query_run(&q);
}

void webhook_stop(struct store *people, const char *webhook_id, int64_t at)
{
    struct query q = query(people, &people_webhook_queue_queries, Q_STOP);
    query_bind_text(&q, 1, webhook_id);
    query_bind_int(&q, 2, at);
    query_run(&q);
}

void webhook_set_clock(struct store *people, int64_t now_us, int64_t latest_at)
{
    static const int numbers[] = {Q_CLOCK_MESSAGES, Q_CLOCK};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct query q = query(people, &people_webhook_queue_queries, numbers[i]);
        query_bind_int(&q, 1, now_us);
        query_bind_int(&q, 2, latest_at);
        query_run(&q);
    }
}

int64_t webhook_forget(struct store *people, int64_t ended_before, size_t most)
{
    (void)forget(people, Q_FORGET_TRIES, ended_before, most);
    return forget(people, Q_FORGET, ended_before, most);
}

static int64_t forget(struct store *people, int number, int64_t ended_before, size_t most)
{
    struct query q = query(people, &people_webhook_queue_queries, number);
    query_bind_int(&q, 1, ended_before);
    query_bind_int(&q, 2, (int64_t)most);
    return query_run(&q) ? query_changes(&q) : 0;
}

static struct webhooks read_webhooks(struct query *q, struct arena *arena)
{
    struct webhook *rows = NULL;
    size_t count = 0;
    while (query_row(q)) {
        rows = rows_room(arena, rows, count, sizeof(*rows));
        rows[count++] = webhook_read_row(q, arena);
    }
    query_end(q);
    return (struct webhooks){rows, count};
}

static bool read_queued(struct query *q, struct arena *arena, struct queued *queued)
{
    bool is_found = query_row(q);
    if (is_found) {
        *queued = (struct queued){
            .message_id = query_text(q, arena, 0),
            .webhook_id = query_text(q, arena, 1),
            .seq = query_int(q, 2),
            .kind = query_text(q, arena, 3),
            .body = query_text(q, arena, 4),
            .is_waiting = query_int(q, 5) != 0,
            .tries = query_int(q, 6),
            .round_tries = query_int(q, 7),
            .round_at = query_int(q, 8),
        };
    }
    query_end(q);
    return is_found;
}
