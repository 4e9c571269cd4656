/* store/people_webhook.c: see store/people_webhook.h. */
#include "store/people_webhook.h"

#include <string.h>

#include "base/limits.h"
#include "base/must.h"
#include "base/text.h"
#include "store/columns.h"
#include "store/page_take.h"
#include "store/people_webhook_row.h"
#include "store/query.h"

enum {
    Q_LIST,
    Q_PAGE, /* 2: upward and downward */
    Q_COUNT = Q_PAGE + 2,
    Q_FIND,
    Q_COUNT_FAILING,
    Q_ADD,
    Q_CHANGE,
    Q_SECRET,
    Q_PAUSE,
    Q_RESUME,
    Q_RESUME_MESSAGES,
    Q_REMOVE,
    Q_REMOVE_MESSAGES,
    Q_WAKE,
    Q_KEY_FIND,
    Q_KEY_KNOWN,
    Q_KEY_ADD,
    Q__COUNT
};

#define PAGE(sign, direction)                                                                      \
    "SELECT webhook_id FROM webhook WHERE org_id = ?4 AND state <> 'removed'"                      \
    " AND (made_at, webhook_id) " sign " (?1, ?2)"                                                 \
    " ORDER BY made_at " direction ", webhook_id " direction " LIMIT ?3"

static const char *const sql[Q__COUNT] = {
    [Q_LIST] = "SELECT " WEBHOOK_COLUMNS " FROM webhook w"
               " WHERE w.org_id = ?1 AND w.state <> 'removed'"
               " ORDER BY w.made_at, w.webhook_id LIMIT ?2",
    [Q_PAGE] = PAGE(">", "ASC"),
    [Q_PAGE + 1] = PAGE("<", "DESC"),
    [Q_COUNT] = "SELECT count(*) FROM webhook WHERE org_id = ?1 AND state <> 'removed'",
    [Q_FIND] = "SELECT " WEBHOOK_COLUMNS " FROM webhook w"
               " WHERE w.webhook_id = ?1 AND w.org_id = ?2 AND w.state <> 'removed'",
    [Q_COUNT_FAILING] = "SELECT count(*) FROM webhook w"
                        " WHERE w.org_id = ?1 AND w.state <> 'removed' AND w.state = 'failing'",
    [Q_ADD] = "INSERT INTO webhook (webhook_id, org_id, url, description, scope, kinds, secret,"
              " state, state_at, state_by, after_seq, made_by, made_at)"
              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'active', ?10, ?9, ?8, ?9, ?10)",
    [Q_CHANGE] = "UPDATE webhook SET url = ?2, description = ?3, scope = ?4, kinds = ?5,"
                 " rests_until = 0, due_at = ?6 WHERE webhook_id = ?1",
    [Q_SECRET] = "UPDATE webhook SET old_secret = secret, old_until = ?3, secret = ?2"
                 " WHERE webhook_id = ?1",
    [Q_PAUSE] = "UPDATE webhook SET state = 'paused', state_by = ?2, state_at = ?3"
                " WHERE webhook_id = ?1",
    [Q_RESUME] = "UPDATE webhook SET state = 'active', state_by = ?2, state_at = ?3, failures = 0,"
                 " failing_since = 0, rests_until = 0, due_at = ?3 WHERE webhook_id = ?1",
    [Q_RESUME_MESSAGES] = "UPDATE webhook_message SET next_at = ?2, round_at = ?2, round_tries = 0"
                          " WHERE webhook_id = ?1 AND state = 'waiting'",
    [Q_REMOVE] = "UPDATE webhook SET state = 'removed', state_by = ?2, state_at = ?3,"
                 " secret = zeroblob(32), old_secret = NULL, due_at = 0 WHERE webhook_id = ?1",
    [Q_REMOVE_MESSAGES] = "UPDATE webhook_message SET state = 'given_up', ended_at = ?2"
                          " WHERE webhook_id = ?1 AND state = 'waiting'",
    [Q_WAKE] = "UPDATE webhook SET rests_until = 0, due_at = ?2 WHERE webhook_id = ?1",
    [Q_KEY_FIND] = "SELECT fingerprint, made_id, answer, is_sealed FROM webhook_key"
                   " WHERE user_id = ?1 AND key = ?2",
    [Q_KEY_KNOWN] = "SELECT 1 FROM webhook_key WHERE user_id = ?1 AND key = ?2",
    [Q_KEY_ADD] = "INSERT INTO webhook_key"
                  " (user_id, key, fingerprint, made_id, made_at, answer, is_sealed)"
                  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
};

const struct query_table people_webhook_queries = {"people_webhook", sql, Q__COUNT};

static void set_state(struct store *people, int number, const char *webhook_id, const char *user_id,
                      int64_t now_us);
static void set_messages(struct store *people, int number, const char *webhook_id, int64_t now_us);
static const char *scope_of(const struct webhook *webhook);

struct webhooks webhook_list(struct store *people, struct arena *arena, const char *org_id)
{
    struct webhook *rows = arena_array(arena, struct webhook, WEBHOOKS_MAX);
    size_t count = 0;
    struct query q = query(people, &people_webhook_queries, Q_LIST);
    query_bind_text(&q, 1, org_id);
    query_bind_int(&q, 2, WEBHOOKS_MAX);
    while (count < WEBHOOKS_MAX && query_row(&q)) {
        rows[count++] = webhook_read_row(&q, arena);
    }
    query_end(&q);
    return (struct webhooks){rows, count};
}

struct page_ids webhook_page(struct store *people, struct arena *arena, const char *org_id,
                             const struct page_ask *ask)
{
    bool walks_down = page_walks_down(ask, true);
    struct query q = query(people, &people_webhook_queries, Q_PAGE + (walks_down ? 1 : 0));
    page_bind(&q, ask, walks_down, false);
    query_bind_text(&q, 4, org_id);
    return page_take(&q, arena, ask);
}

int64_t webhook_count(struct store *people, const char *org_id)
{
    struct query q = query(people, &people_webhook_queries, Q_COUNT);
    query_bind_text(&q, 1, org_id);
    return column_only(&q);
}

bool webhook_find(struct store *people, struct arena *arena, const char *org_id,
                  const char *webhook_id, struct webhook *webhook)
{
    struct query q = query(people, &people_webhook_queries, Q_FIND);
    query_bind_text(&q, 1, webhook_id);
    query_bind_text(&q, 2, org_id);
    bool is_found = query_row(&q);
    if (is_found) {
        *webhook = webhook_read_row(&q, arena);
    }
    query_end(&q);
    return is_found;
}

bool webhook_takes_kind(const struct webhook *webhook, const char *kind)
{
    size_t length = strlen(kind);
    const char *at = webhook->kinds;
    if (text_empty(at)) {
        return true;
    }
    while (*at != '\0') {
        size_t line = strcspn(at, "\n");
        if (line == length && memcmp(at, kind, length) == 0) {
            return true;
        }
        at += line + (at[line] == '\n' ? 1 : 0);
    }
    return false;
}

int64_t webhook_count_failing(struct store *people, const char *org_id)
{
    struct query q = query(people, &people_webhook_queries, Q_COUNT_FAILING);
    query_bind_text(&q, 1, org_id);
    return column_only(&q);
}

void webhook_add(struct store *people, const struct webhook *webhook)
{
    struct query q = query(people, &people_webhook_queries, Q_ADD);
    query_bind_text(&q, 1, webhook->webhook_id);
    query_bind_text(&q, 2, webhook->org_id);
    query_bind_text(&q, 3, webhook->url);
    query_bind_text(&q, 4, webhook->description);
    query_bind_text(&q, 5, scope_of(webhook));
    query_bind_text(&q, 6, webhook->kinds);
    query_bind_blob(&q, 7, webhook->secret, WEBHOOK_SECRET_BYTES);
    query_bind_int(&q, 8, webhook->after_seq);
    query_bind_text(&q, 9, webhook->made_by);
    query_bind_int(&q, 10, webhook->made_at);
    query_run(&q);
}

void webhook_change(struct store *people, const struct webhook *webhook, int64_t now_us)
{
    struct query q = query(people, &people_webhook_queries, Q_CHANGE);
    query_bind_text(&q, 1, webhook->webhook_id);
    query_bind_text(&q, 2, webhook->url);
    query_bind_text(&q, 3, webhook->description);
    query_bind_text(&q, 4, scope_of(webhook));
    query_bind_text(&q, 5, webhook->kinds);
    query_bind_int(&q, 6, now_us);
    query_run(&q);
}

void webhook_set_secret(struct store *people, const char *webhook_id, const uint8_t *secret,
                        int64_t old_until)
{
    struct query q = query(people, &people_webhook_queries, Q_SECRET);
    query_bind_text(&q, 1, webhook_id);
    query_bind_blob(&q, 2, secret, WEBHOOK_SECRET_BYTES);
    query_bind_int(&q, 3, old_until);
    query_run(&q);
}

void webhook_pause(struct store *people, const char *webhook_id, const char *user_id,
                   int64_t now_us)
{
    set_state(people, Q_PAUSE, webhook_id, user_id, now_us);
}

void webhook_resume(struct store *people, const char *webhook_id, const char *user_id,
                    int64_t now_us)
{
    set_state(people, Q_RESUME, webhook_id, user_id, now_us);
    set_messages(people, Q_RESUME_MESSAGES, webhook_id, now_us);
}

void webhook_remove(struct store *people, const char *webhook_id, const char *user_id,
                    int64_t now_us)
{
    set_state(people, Q_REMOVE, webhook_id, user_id, now_us);
    set_messages(people, Q_REMOVE_MESSAGES, webhook_id, now_us);
}

void webhook_wake(struct store *people, const char *webhook_id, int64_t now_us)
{
    set_messages(people, Q_WAKE, webhook_id, now_us);
}

static void set_state(struct store *people, int number, const char *webhook_id, const char *user_id,
                      int64_t now_us)
{
    struct query q = query(people, &people_webhook_queries, number);
    query_bind_text(&q, 1, webhook_id);
    query_bind_text(&q, 2, user_id);
    query_bind_int(&q, 3, now_us);
    query_run(&q);
}

static void set_messages(struct store *people, int number, const char *webhook_id, int64_t now_us)
{
    struct query q = query(people, &people_webhook_queries, number);
    query_bind_text(&q, 1, webhook_id);
    query_bind_int(&q, 2, now_us);
    query_run(&q);
}

bool webhook_key_find(struct store *people, struct arena *arena, const char *user_id,
                      const char *key, struct webhook_first *first)
{
    struct query q = query(people, &people_webhook_queries, Q_KEY_FIND);
    query_bind_text(&q, 1, user_id);
    query_bind_text(&q, 2, key);
    bool is_found = query_row(&q);
    if (is_found) {
        size_t size_bytes = 0;
        const void *bytes = query_blob(&q, arena, 0, &size_bytes);
        *first = (struct webhook_first){.made_id = query_text(&q, arena, 1),
                                        .is_sealed = query_int(&q, 3) != 0};
        must(size_bytes == sizeof first->fingerprint.bytes);
        memcpy(first->fingerprint.bytes, bytes, size_bytes);
        if (!query_is_null(&q, 2)) {
            first->answer = query_blob(&q, arena, 2, &first->answer_bytes);
        }
    }
    query_end(&q);
    return is_found;
}

bool webhook_key_is_known(struct store *people, const char *user_id, const char *key)
{
    struct query q = query(people, &people_webhook_queries, Q_KEY_KNOWN);
    query_bind_text(&q, 1, user_id);
    query_bind_text(&q, 2, key);
    return query_any(&q);
}

void webhook_key_add(struct store *people, const char *user_id, const char *key,
                     const struct webhook_first *first, int64_t now_us)
{
    struct query q = query(people, &people_webhook_queries, Q_KEY_ADD);
    query_bind_text(&q, 1, user_id);
    query_bind_text(&q, 2, key);
    query_bind_blob(&q, 3, first->fingerprint.bytes, sizeof first->fingerprint.bytes);
    query_bind_text(&q, 4, first->made_id);
    query_bind_int(&q, 5, now_us);
    if (first->answer != NULL) {
        query_bind_blob(&q, 6, first->answer, first->answer_bytes);
    }
    query_bind_int(&q, 7, first->is_sealed ? 1 : 0);
    query_run(&q);
}

static const char *scope_of(const struct webhook *webhook)
{
    return webhook->takes_all ? "all" : "own";
}
