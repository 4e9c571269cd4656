/* store/people_webhook_log.c: see store/people_webhook_log.h. */
#include "store/people_webhook_log.h"

#include "base/text.h"
#include "store/columns.h"
#include "store/page_take.h"
#include "store/query.h"

enum {
    Q_LIST,               /* 4: any state or one, each upward and downward */
    Q_COUNT = Q_LIST + 4, /* 2: any state or one */
    Q_TOTAL = Q_COUNT + 2,
    Q_TOTAL_STATE,
    Q_FIND,
    Q_TRIES,
    Q_ADD,
    Q_TEST_WAITS,
    Q_REPLAY,
    Q_REPLAY_GIVEN_UP,
    Q_REPLAY_WAITING,
    Q_FAILED_GIVEN_UP,
    Q_FAILED_WAITING,
    Q__COUNT
};

#define COLUMNS                                                                                    \
    "m.message_id, m.webhook_id, m.seq, m.kind, m.state, m.tries, m.next_at, m.made_at,"           \
    " m.ended_at, coalesce(t.outcome, '')"
#define TABLES                                                                                     \
    " FROM webhook_message m LEFT JOIN webhook_try t"                                              \
    " ON t.message_id = m.message_id AND t.number = m.tries"
#define LIST(narrow, sign, direction)                                                              \
    "SELECT message_id FROM webhook_message WHERE webhook_id = ?4" narrow                          \
    " AND (made_at, message_id) " sign " (?1, ?2)"                                                 \
    " ORDER BY made_at " direction ", message_id " direction " LIMIT ?3"
#define IN_STATE " AND state = ?5"

/* A round begins anew: the first wait after a failure is short, and three days are left. */
#define NEW_ROUND "state = 'waiting', ended_at = 0, round_tries = 0"

static const char *const sql[Q__COUNT] = {
    [Q_LIST] = LIST("", ">", "ASC"),
    [Q_LIST + 1] = LIST("", "<", "DESC"),
    [Q_LIST + 2] = LIST(IN_STATE, ">", "ASC"),
    [Q_LIST + 3] = LIST(IN_STATE, "<", "DESC"),
    [Q_COUNT] = COUNT_OF("SELECT 1 FROM webhook_message WHERE webhook_id = ?1"),
    [Q_COUNT + 1] = COUNT_OF("SELECT 1 FROM webhook_message WHERE webhook_id = ?1 AND state = ?2"),
    [Q_TOTAL] = "SELECT count(*) FROM webhook_message WHERE webhook_id = ?1",
    [Q_TOTAL_STATE] = "SELECT count(*) FROM webhook_message WHERE webhook_id = ?1 AND state = ?2",
    [Q_FIND] = "SELECT " COLUMNS ", m.body" TABLES " WHERE m.message_id = ?1 AND m.webhook_id = ?2",
    [Q_TRIES] = "SELECT number, at, took_us, http_code, outcome FROM webhook_try"
                " WHERE message_id = ?1 ORDER BY number DESC LIMIT ?2",
    [Q_ADD] = "INSERT INTO webhook_message (message_id, webhook_id, seq, kind, body, state,"
              " round_at, next_at, made_at) VALUES (?1, ?2, 0, ?3, ?4, 'waiting', ?5, ?5, ?5)",
    [Q_TEST_WAITS] = "SELECT message_id FROM webhook_message"
                     " WHERE webhook_id = ?1 AND state = 'waiting' AND seq = 0"
                     " ORDER BY message_id LIMIT 1",
    [Q_REPLAY] = "UPDATE webhook_message SET " NEW_ROUND ", round_at = ?2, next_at = ?2"
                 " WHERE message_id = ?1",
    [Q_REPLAY_GIVEN_UP] = "UPDATE webhook_message SET " NEW_ROUND ", round_at = ?3, next_at = ?3"
                          " WHERE webhook_id = ?1 AND state = 'given_up' AND made_at >= ?2"
                          " AND seq > 0",
    [Q_REPLAY_WAITING] = "UPDATE webhook_message SET " NEW_ROUND ", round_at = ?3, next_at = ?3"
                         " WHERE webhook_id = ?1 AND state = 'waiting' AND made_at >= ?2"
                         " AND seq > 0 AND round_tries > 0",
    [Q_FAILED_GIVEN_UP] = "SELECT count(*) FROM webhook_message WHERE webhook_id = ?1"
                          " AND state = 'given_up' AND made_at >= ?2 AND seq > 0",
    [Q_FAILED_WAITING] = "SELECT count(*) FROM webhook_message WHERE webhook_id = ?1"
                         " AND state = 'waiting' AND made_at >= ?2 AND seq > 0"
                         " AND round_tries > 0",
};

const struct query_table people_webhook_log_queries = {"people_webhook_log", sql, Q__COUNT};

static struct query count_query(struct store *people, int number, const char *webhook_id,
                                const char *state);
static int64_t replay(struct store *people, int number, const char *webhook_id, int64_t since_at,
                      int64_t now_us);
static int64_t failed(struct store *people, int number, const char *webhook_id, int64_t since_at);

struct page_ids webhook_message_page(struct store *people, struct arena *arena,
                                     const char *webhook_id, const char *state,
                                     const struct page_ask *ask)
{
    bool walks_down = page_walks_down(ask, true);
    int number = Q_LIST + (text_empty(state) ? 0 : 2) + (walks_down ? 1 : 0);
    struct query q = query(people, &people_webhook_log_queries, number);
    page_bind(&q, ask, walks_down, false);
    query_bind_text(&q, 4, webhook_id);
    if (!text_empty(state)) {
        query_bind_text(&q, 5, state);
    }
    return page_take(&q, arena, ask);
}

int64_t webhook_message_count(struct store *people, const char *webhook_id, const char *state)
{
    struct query q = count_query(people, Q_COUNT, webhook_id, state);
    return column_counted(&q);
}

int64_t webhook_message_total(struct store *people, const char *webhook_id, const char *state)
{
    struct query q = count_query(people, Q_TOTAL, webhook_id, state);
    return column_only(&q);
}

static struct query count_query(struct store *people, int number, const char *webhook_id,
                                const char *state)
{
    struct query q =
        query(people, &people_webhook_log_queries, number + (text_empty(state) ? 0 : 1));
    query_bind_text(&q, 1, webhook_id);
    if (!text_empty(state)) {
        query_bind_text(&q, 2, state);
    }
    return q;
}

bool webhook_message_find(struct store *people, struct arena *arena, const char *webhook_id,
                          const char *message_id, struct webhook_message *message)
{
    struct query q = query(people, &people_webhook_log_queries, Q_FIND);
    query_bind_text(&q, 1, message_id);
    query_bind_text(&q, 2, webhook_id);
    bool is_found = query_row(&q);
    if (is_found) {
        *message = (struct webhook_message){
            .message_id = query_text(&q, arena, 0),
            .webhook_id = query_text(&q, arena, 1),
            .seq = query_int(&q, 2),
            .kind = query_text(&q, arena, 3),
            .state = query_text(&q, arena, 4),
            .tries = query_int(&q, 5),
            .next_at = query_int(&q, 6),
            .made_at = query_int(&q, 7),
            .ended_at = query_int(&q, 8),
            .last_outcome = query_text(&q, arena, 9),
            .body = query_text(&q, arena, 10),
        };
    }
    query_end(&q);
    return is_found;
}

struct webhook_tries webhook_try_list(struct store *people, struct arena *arena,
                                      const char *message_id)
{
    struct webhook_try *rows = arena_array(arena, struct webhook_try, WEBHOOK_TRIES_SHOWN_MAX);
    size_t free_rows = WEBHOOK_TRIES_SHOWN_MAX; /* filled from behind: they come last one first */
    struct query q = query(people, &people_webhook_log_queries, Q_TRIES);
    query_bind_text(&q, 1, message_id);
    query_bind_int(&q, 2, WEBHOOK_TRIES_SHOWN_MAX);
    while (free_rows > 0 && query_row(&q)) {
        rows[--free_rows] = (struct webhook_try){
            .number = query_int(&q, 0),
            .at = query_int(&q, 1),
            .took_us = query_int(&q, 2),
            .http_code = (int)query_int(&q, 3),
            .outcome = query_text(&q, arena, 4),
        };
    }
    query_end(&q);
    return (struct webhook_tries){rows + free_rows, WEBHOOK_TRIES_SHOWN_MAX - free_rows};
}

void webhook_message_add_test(struct store *people, const struct webhook_message *message)
{
    struct query q = query(people, &people_webhook_log_queries, Q_ADD);
    query_bind_text(&q, 1, message->message_id);
    query_bind_text(&q, 2, message->webhook_id);
    query_bind_text(&q, 3, message->kind);
    query_bind_text(&q, 4, message->body);
    query_bind_int(&q, 5, message->made_at);
    query_run(&q);
}

bool webhook_message_test_waits(struct store *people, struct arena *arena, const char *webhook_id,
                                const char **message_id)
{
    struct query q = query(people, &people_webhook_log_queries, Q_TEST_WAITS);
    query_bind_text(&q, 1, webhook_id);
    bool is_found = query_row(&q);
    if (is_found) {
        *message_id = query_text(&q, arena, 0);
    }
    query_end(&q);
    return is_found;
}

void webhook_message_replay(struct store *people, const char *message_id, int64_t now_us)
{
    struct query q = query(people, &people_webhook_log_queries, Q_REPLAY);
    query_bind_text(&q, 1, message_id);
    query_bind_int(&q, 2, now_us);
    query_run(&q);
}

int64_t webhook_message_replay_since(struct store *people, const char *webhook_id, int64_t since_at,
                                     int64_t now_us)
{
    /* In this order: what the second one makes wait has not failed in its round. */
    return replay(people, Q_REPLAY_WAITING, webhook_id, since_at, now_us) +
           replay(people, Q_REPLAY_GIVEN_UP, webhook_id, since_at, now_us);
}

int64_t webhook_message_failed_since(struct store *people, const char *webhook_id, int64_t since_at)
{
    return failed(people, Q_FAILED_WAITING, webhook_id, since_at) +
           failed(people, Q_FAILED_GIVEN_UP, webhook_id, since_at);
}

static int64_t replay(struct store *people, int number, const char *webhook_id, int64_t since_at,
                      int64_t now_us)
{
    struct query q = query(people, &people_webhook_log_queries, number);
    query_bind_text(&q, 1, webhook_id);
    query_bind_int(&q, 2, since_at);
    query_bind_int(&q, 3, now_us);
    return query_run(&q) ? query_changes(&q) : 0;
}

static int64_t failed(struct store *people, int number, const char *webhook_id, int64_t since_at)
{
    struct query q = query(people, &people_webhook_log_queries, number);
    query_bind_text(&q, 1, webhook_id);
    query_bind_int(&q, 2, since_at);
    return column_only(&q);
}
