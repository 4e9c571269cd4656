/* store/people_beneficiary.c: see store/people_beneficiary.h. */
#include "store/people_beneficiary.h"

#include "store/query.h"

enum { Q_BY_EMAIL, Q_EMAIL, Q_ADD, Q__COUNT };

static const char *const sql[Q__COUNT] = {
    [Q_BY_EMAIL] = "SELECT org_id FROM beneficiary_contact WHERE told_by = ?1 AND email = ?2",
    [Q_EMAIL] = "SELECT email FROM beneficiary_contact WHERE org_id = ?1",
    [Q_ADD] = "INSERT INTO beneficiary_contact (org_id, email, told_by, made_at)"
              " VALUES (?1, ?2, ?3, ?4)",
};
const struct query_table people_beneficiary_queries = {"people_beneficiary", sql, Q__COUNT};

static const char *text_only(struct query *q, struct arena *arena)
{
    const char *text = query_row(q) ? query_text(q, arena, 0) : "";
    query_end(q);
    return text;
}

const char *beneficiary_by_email(struct store *people, struct arena *arena, const char *told_by,
                                 const char *email)
{
    struct query q = query(people, &people_beneficiary_queries, Q_BY_EMAIL);
    query_bind_text(&q, 1, told_by);
    query_bind_text(&q, 2, email);
    return text_only(&q, arena);
}

const char *beneficiary_email(struct store *people, struct arena *arena, const char *org_id)
{
    struct query q = query(people, &people_beneficiary_queries, Q_EMAIL);
    query_bind_text(&q, 1, org_id);
    return text_only(&q, arena);
}

bool beneficiary_add_email(struct store *people, const char *org_id, const char *email,
                           const char *told_by, int64_t at)
{
    struct query q = query(people, &people_beneficiary_queries, Q_ADD);
    query_bind_text(&q, 1, org_id);
    query_bind_text(&q, 2, email);
    query_bind_text(&q, 3, told_by);
    query_bind_int(&q, 4, at);
    return query_run_unique(&q);
}
