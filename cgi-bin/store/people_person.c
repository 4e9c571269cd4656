/* store/people_person.c: see store/people_person.h. */
#include "store/people_person.h"

#include "base/must.h"
#include "store/columns.h"

enum { Q_BY_ID, Q_BY_EMAIL, Q_NAME, Q_COUNT, Q_LIST, Q_ADD, Q_SET_STATE, Q__COUNT };

#define COLUMNS "user_id, name, email, state = 'active', made_at"

static const char *const SQL[Q__COUNT] = {
    [Q_BY_ID] = "SELECT " COLUMNS " FROM person WHERE user_id = ?1",
    [Q_BY_EMAIL] = "SELECT " COLUMNS " FROM person WHERE email = ?1",
    [Q_NAME] = "SELECT name FROM person WHERE user_id = ?1"
               " UNION ALL SELECT name || ' (access token)' FROM access_token WHERE user_id = ?1",
    [Q_COUNT] = "SELECT count(*) FROM person",
    [Q_LIST] = "SELECT " COLUMNS " FROM person WHERE email > ?1 ORDER BY email LIMIT ?2",
    [Q_ADD] = "INSERT INTO person (user_id, name, email, state, made_at)"
              " VALUES (?1, ?2, ?3, 'active', ?4)",
    [Q_SET_STATE] = "UPDATE person SET state = iif(?2, 'active', 'deactivated') WHERE user_id = ?1",
};

const struct query_table people_person_queries = {"people_person", SQL, Q__COUNT};

static bool find(struct store *store, int number, const char *key, struct person *person);
static void read_row(struct query *q, struct person *person);

bool people_by_id(struct store *store, const char *user_id, struct person *person)
{
    return find(store, Q_BY_ID, user_id, person);
}

bool people_by_email(struct store *store, const char *email, struct person *person)
{
    return find(store, Q_BY_EMAIL, email, person);
}

const char *people_name(struct store *store, struct arena *arena, const char *user_id)
{
    struct query q = query(store, &people_person_queries, Q_NAME);
    query_bind_text(&q, 1, user_id);
    const char *name = query_row(&q) ? query_text(&q, arena, 0) : "";
    query_end(&q);
    return name;
}

int64_t people_count(struct store *store)
{
    struct query q = query(store, &people_person_queries, Q_COUNT);
    return column_only(&q);
}

size_t people_list(struct store *store, const char *after_email, struct person *persons,
                   size_t rows_max)
{
    size_t count = 0;
    must(rows_max > 0);
    struct query q = query(store, &people_person_queries, Q_LIST);
    query_bind_text(&q, 1, after_email);
    query_bind_int(&q, 2, (int64_t)rows_max);
    while (count < rows_max && query_row(&q)) {
        read_row(&q, &persons[count++]);
    }
    query_end(&q);
    return count;
}

bool people_add(struct store *store, const struct person *person)
{
    must(id_is(person->user_id, "usr"));
    struct query q = query(store, &people_person_queries, Q_ADD);
    query_bind_text(&q, 1, person->user_id);
    query_bind_text(&q, 2, person->name);
    query_bind_text(&q, 3, person->email);
    query_bind_int(&q, 4, person->made_at);
    return query_run_unique(&q);
}

bool people_set_active(struct store *store, const char *user_id, bool is_active)
{
    struct query q = query(store, &people_person_queries, Q_SET_STATE);
    query_bind_text(&q, 1, user_id);
    query_bind_int(&q, 2, is_active);
    return query_run_one(&q);
}

static bool find(struct store *store, int number, const char *key, struct person *person)
{
    *person = (struct person){.user_id = ""};
    struct query q = query(store, &people_person_queries, number);
    query_bind_text(&q, 1, key);
    bool found = query_row(&q);
    if (found) {
        read_row(&q, person);
    }
    query_end(&q);
    return found;
}

static void read_row(struct query *q, struct person *person)
{
    *person = (struct person){.user_id = ""};
    query_text_into(q, 0, person->user_id, sizeof person->user_id);
    query_text_into(q, 1, person->name, sizeof person->name);
    query_text_into(q, 2, person->email, sizeof person->email);
    person->is_active = query_int(q, 3) != 0;
    person->made_at = query_int(q, 4);
}
