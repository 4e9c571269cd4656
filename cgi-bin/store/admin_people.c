/* store/admin_people.c: see store/admin_people.h. */
#include "store/admin_people.h"

#include <string.h>

#include "base/text.h"
#include "store/columns.h"
#include "store/fold.h"

enum { Q_FORTH, Q_BACK, Q_SEEN, Q__COUNT };

/* Along the addresses. ?1 cursor, ?2 state; NULL filters nothing. */
#define LIST(sign, direction)                                                                      \
    "SELECT user_id, name, email, state = 'active', made_at FROM person"                           \
    " WHERE (?1 IS NULL OR email " sign " ?1) AND (?2 IS NULL OR state = ?2)"                      \
    " ORDER BY email " direction

static const char *const sql[Q__COUNT] = {
    [Q_FORTH] = LIST(">", "ASC"),
    [Q_BACK] = LIST("<", "DESC"),
    [Q_SEEN] = "SELECT coalesce(max(seen_at), 0) FROM session WHERE user_id = ?1",
};

const struct query_table admin_people_queries = {"admin_people", sql, Q__COUNT};

static struct query list_query(struct store *people, const struct admin_people_filter *filter,
                               bool backwards, const char *after)
{
    struct query q = query(people, &admin_people_queries, backwards ? Q_BACK : Q_FORTH);
    bind_filter(&q, 1, after);
    bind_filter(&q, 2, filter->state);
    return q;
}

/* The next person that the words are found in. */
static bool next_person(struct query *q, const struct fold_words *words, struct person *person)
{
    char folded[2 * (NAME_SIZE + EMAIL_SIZE) + ID_SIZE + 3];
    while (query_row(q)) {
        *person = (struct person){.user_id = ""};
        query_text_into(q, 0, person->user_id, sizeof(person->user_id));
        query_text_into(q, 1, person->name, sizeof(person->name));
        query_text_into(q, 2, person->email, sizeof(person->email));
        person->is_active = query_int(q, 3) == 1;
        person->made_at = query_int(q, 4);
        const char *const parts[] = {person->name, person->email, person->user_id};
        size_t used = 0;
        for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
            fold_text(folded + used, sizeof(folded) - used - 1, parts[i]);
            used += strlen(folded + used);
            folded[used++] = ' ';
            folded[used] = '\0';
        }
        if (fold_holds(folded, words)) {
            return true;
        }
    }
    return false;
}

size_t admin_people_list(struct store *people, struct arena *arena,
                         const struct admin_people_filter *filter, bool backwards,
                         const char *after, struct person *persons, size_t most)
{
    struct fold_words words = fold_words(arena, filter->typed == NULL ? "" : filter->typed);
    struct query q = list_query(people, filter, backwards, after);
    size_t count = 0;
    while (count < most && next_person(&q, &words, &persons[count])) {
        count++;
    }
    query_end(&q);
    return count;
}

int64_t admin_people_count(struct store *people, struct arena *arena,
                           const struct admin_people_filter *filter)
{
    struct fold_words words = fold_words(arena, filter->typed == NULL ? "" : filter->typed);
    struct query q = list_query(people, filter, false, "");
    struct person person;
    int64_t count = 0;
    while (next_person(&q, &words, &person)) {
        count++;
    }
    query_end(&q);
    return count;
}

int64_t admin_person_seen(struct store *people, const char *user_id)
{
    struct query q = query(people, &admin_people_queries, Q_SEEN);
    query_bind_text(&q, 1, user_id);
    return column_only(&q);
}
