/* store/admin_orgs.c: see store/admin_orgs.h. */
#include "store/admin_orgs.h"

#include <string.h>

#include "base/id.h"
#include "base/limits.h"
#include "base/text.h"
#include "store/columns.h"
#include "store/fold.h"
#include "store/rows.h"

enum { Q_FORTH, Q_BACK, Q_ONE, Q_ACCOUNTS, Q_TRUSTED, Q_PERSON, Q_BUFFER, Q__COUNT };

#define COLUMNS                                                                                    \
    "SELECT o.org_id, coalesce(o.supplier_id, ''), o.name, o.domain, o.country, o.description,"    \
    " o.kind, o.state, o.incoming_policy, o.two_person, o.two_person_above_units,"                 \
    " o.opened_at, o.origin, o.short_description, o.place, o.latitude_udeg, o.longitude_udeg"      \
    " FROM organisation o"

/* By name along organisation_by_name; ?1 cursor, ?2 state, ?3 kind; NULL filters nothing. The typed
 * words are looked for in C: they are folded. */
#define LIST(sign, direction)                                                                      \
    COLUMNS " WHERE (?1 IS NULL OR (o.name COLLATE NOCASE, o.org_id) " sign                        \
            " (SELECT c.name COLLATE NOCASE, c.org_id FROM organisation c WHERE c.org_id = ?1))"   \
            " AND (?2 IS NULL OR o.state = ?2) AND (?3 IS NULL OR o.kind = ?3"                     \
            "  OR (?3 = 'supplier' AND o.supplier_id IS NOT NULL))"                                \
            " ORDER BY o.name COLLATE NOCASE " direction ", o.org_id " direction

static const char *const sql[Q__COUNT] = {
    [Q_FORTH] = LIST(">", "ASC"),
    [Q_BACK] = LIST("<", "DESC"),
    [Q_ONE] = COLUMNS " WHERE o.org_id = ?1",
    [Q_ACCOUNTS] = "SELECT a.account_id, a.name, a.kind, a.state = 'open', a.is_main, a.opened_at,"
                   " (SELECT coalesce(sum(h.active_batches), 0) FROM holding h"
                   "  WHERE h.org_id = a.org_id AND h.account_id = a.account_id)"
                   " FROM account a WHERE a.org_id = ?1"
                   " ORDER BY a.is_main DESC, a.state DESC, a.name COLLATE NOCASE",
    [Q_TRUSTED] = COLUMNS " JOIN trusted_sender s ON s.sender_org_id = o.org_id"
                          " WHERE s.org_id = ?1 ORDER BY o.name COLLATE NOCASE",
    [Q_PERSON] = "SELECT o.name, count(*) OVER () FROM membership m"
                 " JOIN organisation o ON o.org_id = m.org_id"
                 " WHERE m.user_id = ?1 AND m.roles <> 0 ORDER BY o.name COLLATE NOCASE LIMIT ?2",
    [Q_BUFFER] = "SELECT o.name FROM organisation o WHERE o.kind = 'buffer' AND o.state = 'active'"
                 " ORDER BY o.opened_at, o.org_id LIMIT 1",
};

const struct query_table admin_orgs_queries = {"admin_orgs", sql, Q__COUNT};

static struct admin_org read_org(struct query *q, struct arena *arena)
{
    return (struct admin_org){
        .org_id = query_text(q, arena, 0),
        .supplier_id = query_text(q, arena, 1),
        .name = query_text(q, arena, 2),
        .domain = query_text(q, arena, 3),
        .country = query_text(q, arena, 4),
        .description = query_text(q, arena, 5),
        .kind = query_text(q, arena, 6),
        .state = query_text(q, arena, 7),
        .incoming_policy = query_text(q, arena, 8),
        .two_person = query_text(q, arena, 9),
        .two_person_above_units = query_int(q, 10),
        .opened_at = query_int(q, 11),
        .origin = query_text(q, arena, 12),
        .short_description = query_text(q, arena, 13),
        .place = query_text(q, arena, 14),
        .location = column_location(q, 15),
    };
}

/* Do name, domain and id of the present row hold all words? Thousands of rows pass by: nothing is
 * kept. */
static bool row_holds(struct query *q, const struct fold_words *words)
{
    char name[NAME_SIZE];
    char domain[DOMAIN_SIZE];
    char ids[2 * ID_SIZE];
    char folded[2 * (NAME_SIZE + DOMAIN_SIZE) + 2 * ID_SIZE + 3];
    if (words->count == 0) {
        return true;
    }
    query_text_into(q, 0, ids, ID_SIZE);
    query_text_into(q, 1, ids + ID_SIZE, ID_SIZE);
    query_text_into(q, 2, name, sizeof(name));
    query_text_into(q, 3, domain, sizeof(domain));
    const char *const parts[] = {name, domain, ids, ids + ID_SIZE};
    size_t used = 0;
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        fold_text(folded + used, sizeof(folded) - used, parts[i]);
        used += strlen(folded + used);
        if (used + 1 < sizeof(folded)) {
            folded[used++] = ' ';
            folded[used] = '\0';
        }
    }
    return fold_holds(folded, words);
}

static struct query list_query(struct store *registry, const struct admin_org_filter *filter,
                               int number, const char *after_id)
{
    struct query q = query(registry, &admin_orgs_queries, number);
    bind_filter(&q, 1, after_id);
    bind_filter(&q, 2, filter->state);
    bind_filter(&q, 3, filter->kind);
    return q;
}

struct admin_orgs admin_orgs_list(struct store *registry, struct arena *arena,
                                  const struct admin_org_filter *filter, bool backwards,
                                  const char *after_id, size_t most)
{
    struct fold_words words = fold_words(arena, filter->typed == NULL ? "" : filter->typed);
    struct query q = list_query(registry, filter, backwards ? Q_BACK : Q_FORTH, after_id);
    struct admin_org *rows = NULL;
    size_t count = 0;
    while (count < most && query_row(&q)) {
        if (row_holds(&q, &words)) {
            rows = rows_room(arena, rows, count, sizeof(*rows));
            rows[count++] = read_org(&q, arena);
        }
    }
    query_end(&q);
    return (struct admin_orgs){rows, count};
}

int64_t admin_orgs_count(struct store *registry, struct arena *arena,
                         const struct admin_org_filter *filter)
{
    struct fold_words words = fold_words(arena, filter->typed == NULL ? "" : filter->typed);
    struct query q = list_query(registry, filter, Q_FORTH, "");
    int64_t count = 0;
    while (query_row(&q)) {
        count += row_holds(&q, &words) ? 1 : 0;
    }
    query_end(&q);
    return count;
}

bool admin_org_find(struct store *registry, struct arena *arena, const char *org_id,
                    struct admin_org *org)
{
    struct query q = query(registry, &admin_orgs_queries, Q_ONE);
    query_bind_text(&q, 1, org_id);
    bool is_found = query_row(&q);
    if (is_found) {
        *org = read_org(&q, arena);
    }
    query_end(&q);
    return is_found;
}

struct admin_accounts admin_org_accounts(struct store *registry, struct arena *arena,
                                         const char *org_id)
{
    struct query q = query(registry, &admin_orgs_queries, Q_ACCOUNTS);
    query_bind_text(&q, 1, org_id);
    struct admin_account *rows = NULL;
    size_t count = 0;
    while (query_row(&q)) {
        rows = rows_room(arena, rows, count, sizeof(*rows));
        rows[count++] = (struct admin_account){
            .account_id = query_text(&q, arena, 0),
            .name = query_text(&q, arena, 1),
            .kind = query_text(&q, arena, 2),
            .is_open = query_int(&q, 3) == 1,
            .is_main = query_int(&q, 4) == 1,
            .opened_at = query_int(&q, 5),
            .batch_count = query_int(&q, 6),
        };
    }
    query_end(&q);
    return (struct admin_accounts){rows, count};
}

struct admin_orgs admin_org_trusted(struct store *registry, struct arena *arena, const char *org_id)
{
    struct query q = query(registry, &admin_orgs_queries, Q_TRUSTED);
    query_bind_text(&q, 1, org_id);
    struct admin_org *rows = NULL;
    size_t count = 0;
    while (query_row(&q)) {
        rows = rows_room(arena, rows, count, sizeof(*rows));
        rows[count++] = read_org(&q, arena);
    }
    query_end(&q);
    return (struct admin_orgs){rows, count};
}

const char *admin_person_orgs(struct store *registry, struct arena *arena, const char *user_id,
                              size_t most, int64_t *count)
{
    struct query q = query(registry, &admin_orgs_queries, Q_PERSON);
    query_bind_text(&q, 1, user_id);
    query_bind_int(&q, 2, (int64_t)most);
    const char *names = "";
    *count = 0;
    while (query_row(&q)) {
        names = arena_printf(arena, "%s%s%s", names, names[0] == '\0' ? "" : ", ",
                             query_text(&q, arena, 0));
        *count = query_int(&q, 1);
    }
    query_end(&q);
    return names;
}

const char *admin_buffer_org(struct store *registry, struct arena *arena)
{
    struct query q = query(registry, &admin_orgs_queries, Q_BUFFER);
    const char *name = query_row(&q) ? query_text(&q, arena, 0) : "";
    query_end(&q);
    return name;
}
