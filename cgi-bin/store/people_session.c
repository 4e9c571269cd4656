/* store/people_session.c: see store/people_session.h. */
#include "store/people_session.h"

#include <string.h>

#include "base/must.h"
#include "store/query.h"

enum { Q_FIND, Q_LIST, Q_ADD, Q_TOUCH, Q_NOTICE, Q_ORG, Q_END, Q_END_OTHERS, Q_FORGET, Q__COUNT };

#define COLUMNS                                                                                    \
    "s.session_id, s.user_id, s.org_id, s.form_token, s.made_at, s.seen_at, s.ends_at, s.address," \
    " s.agent, s.notice, p.name, p.email, p.state = 'active'"

static const char *const SQL[Q__COUNT] = {
    [Q_FIND] = "SELECT " COLUMNS " FROM session s JOIN person p ON p.user_id = s.user_id"
               " WHERE s.token_hash = ?1",
    [Q_LIST] = "SELECT " COLUMNS " FROM session s JOIN person p ON p.user_id = s.user_id"
               " WHERE s.user_id = ?1 ORDER BY s.made_at DESC LIMIT ?2",
    [Q_ADD] = "INSERT INTO session (token_hash, session_id, user_id, org_id, form_token, made_at,"
              " seen_at, ends_at, address, agent, notice)"
              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    [Q_TOUCH] = "UPDATE session SET seen_at = ?2 WHERE token_hash = ?1 AND seen_at < ?2",
    [Q_NOTICE] = "UPDATE session SET notice = ?2 WHERE token_hash = ?1",
    [Q_ORG] = "UPDATE session SET org_id = ?2 WHERE token_hash = ?1",
    [Q_END] = "DELETE FROM session WHERE user_id = ?1 AND session_id = ?2",
    [Q_END_OTHERS] = "DELETE FROM session WHERE user_id = ?1 AND session_id <> ?2",
    [Q_FORGET] = "DELETE FROM session WHERE user_id = ?1 AND (ends_at <= ?2 OR seen_at <= ?3)",
};

const struct query_table people_session_queries = {"people_session", SQL, Q__COUNT};

static void read_row(struct query *q, struct session *session);
static void set_text(struct store *store, int number, const struct digest *token_hash,
                     const char *text);

bool session_find(struct store *store, const struct digest *token_hash, struct session *session)
{
    *session = (struct session){.session_id = ""};
    struct query q = query(store, &people_session_queries, Q_FIND);
    query_bind_blob(&q, 1, token_hash->bytes, sizeof token_hash->bytes);
    bool found = query_row(&q);
    if (found) {
        read_row(&q, session);
        session->token_hash = *token_hash;
    }
    query_end(&q);
    return found;
}

size_t session_list(struct store *store, const char *user_id, struct session *sessions,
                    size_t rows_max)
{
    size_t count = 0;
    struct query q = query(store, &people_session_queries, Q_LIST);
    query_bind_text(&q, 1, user_id);
    query_bind_int(&q, 2, (int64_t)rows_max);
    while (count < rows_max && query_row(&q)) {
        read_row(&q, &sessions[count++]);
    }
    query_end(&q);
    return count;
}

bool session_add(struct store *store, const struct session *session)
{
    must(session->form_token[0] != '\0' && id_is(session->session_id, "ses"));
    must(session->made_at < session->ends_at);
    struct query q = query(store, &people_session_queries, Q_ADD);
    query_bind_blob(&q, 1, session->token_hash.bytes, sizeof session->token_hash.bytes);
    query_bind_text(&q, 2, session->session_id);
    query_bind_text(&q, 3, session->user_id);
    query_bind_text(&q, 4, session->org_id);
    query_bind_text(&q, 5, session->form_token);
    query_bind_int(&q, 6, session->made_at);
    query_bind_int(&q, 7, session->seen_at);
    query_bind_int(&q, 8, session->ends_at);
    query_bind_text(&q, 9, session->address);
    query_bind_text(&q, 10, session->agent);
    query_bind_text(&q, 11, session->notice);
    return query_run(&q);
}

void session_touch(struct store *store, const struct digest *token_hash, int64_t seen_at)
{
    struct query q = query(store, &people_session_queries, Q_TOUCH);
    query_bind_blob(&q, 1, token_hash->bytes, sizeof token_hash->bytes);
    query_bind_int(&q, 2, seen_at);
    query_run(&q);
}

void session_set_notice(struct store *store, const struct digest *token_hash, const char *notice)
{
    set_text(store, Q_NOTICE, token_hash, notice);
}

void session_set_org(struct store *store, const struct digest *token_hash, const char *org_id)
{
    set_text(store, Q_ORG, token_hash, org_id);
}

bool session_end(struct store *store, const char *user_id, const char *session_id)
{
    struct query q = query(store, &people_session_queries, Q_END);
    query_bind_text(&q, 1, user_id);
    query_bind_text(&q, 2, session_id);
    return query_run_one(&q);
}

int64_t session_end_others(struct store *store, const char *user_id, const char *keep_session_id)
{
    struct query q = query(store, &people_session_queries, Q_END_OTHERS);
    query_bind_text(&q, 1, user_id);
    query_bind_text(&q, 2, keep_session_id);
    return query_run(&q) ? query_changes(&q) : 0;
}

void session_forget(struct store *store, const char *user_id, int64_t now_us, int64_t idle_us)
{
    must(idle_us <= now_us);
    struct query q = query(store, &people_session_queries, Q_FORGET);
    query_bind_text(&q, 1, user_id);
    query_bind_int(&q, 2, now_us);
    query_bind_int(&q, 3, idle_us);
    query_run(&q);
}

static void read_row(struct query *q, struct session *session)
{
    *session = (struct session){.session_id = ""};
    query_text_into(q, 0, session->session_id, sizeof session->session_id);
    query_text_into(q, 1, session->user_id, sizeof session->user_id);
    query_text_into(q, 2, session->org_id, sizeof session->org_id);
    query_text_into(q, 3, session->form_token, sizeof session->form_token);
    session->made_at = query_int(q, 4);
    session->seen_at = query_int(q, 5);
    session->ends_at = query_int(q, 6);
    query_text_into(q, 7, session->address, sizeof session->address);
    query_text_into(q, 8, session->agent, sizeof session->agent);
    query_text_into(q, 9, session->notice, sizeof session->notice);
    query_text_into(q, 10, session->user_name, sizeof session->user_name);
    query_text_into(q, 11, session->user_email, sizeof session->user_email);
    session->person_is_active = query_int(q, 12) != 0;
}

static void set_text(struct store *store, int number, const struct digest *token_hash,
                     const char *text)
{
    struct query q = query(store, &people_session_queries, number);
    query_bind_blob(&q, 1, token_hash->bytes, sizeof token_hash->bytes);
    query_bind_text(&q, 2, text);
    query_run(&q);
}
