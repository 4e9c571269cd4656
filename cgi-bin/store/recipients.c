/* store/recipients.c: see store/recipients.h. */
#include "store/recipients.h"

#include "base/id.h"
#include "base/limits.h"
#include "base/text.h"
#include "store/fold.h"
#include "store/query.h"
#include "store/rows.h"

enum { Q_ALL, Q_SUPPLIERS, Q_RECENT, Q_ONE, Q__COUNT };

/* Looked through for recent recipients: a page's worth of work. */
#define RECENT_TRANSFERS_MAX 200

static const char *const sql[Q__COUNT] = {
    /* organisation_by_state holds all these columns: the table itself is not read. */
    [Q_ALL] = "SELECT org_id, name, domain FROM organisation"
              " WHERE state = 'active' AND org_id <> ?1 ORDER BY name COLLATE NOCASE, org_id",
    [Q_SUPPLIERS] = "SELECT org_id, name, domain FROM organisation WHERE state = 'active'"
                    " AND org_id <> ?1 AND supplier_id IS NOT NULL"
                    " ORDER BY name COLLATE NOCASE, org_id",
    [Q_RECENT] = "SELECT to_org_id FROM transfer WHERE from_org_id = ?1"
                 " ORDER BY submitted_at DESC, transfer_id DESC LIMIT ?2",
    [Q_ONE] = "SELECT org_id, name, domain, state FROM organisation WHERE org_id = ?1",
};

const struct query_table recipients_queries = {"recipients", sql, Q__COUNT};

static struct recipients find(struct store *registry, struct arena *arena, int number,
                              const char *own_org_id, const char *typed, size_t most)
{
    struct fold_words words = fold_words(arena, typed);
    struct recipient *rows = NULL;
    struct recipients found = {.count = 0};
    /* Thousands of rows pass by, so each is looked at in these and only what is shown is kept. */
    char org_id[ID_SIZE];
    char name[NAME_SIZE];
    char domain[DOMAIN_SIZE];
    char folded[2 * (NAME_SIZE + DOMAIN_SIZE) + ID_SIZE];

    struct query q = query(registry, &recipients_queries, number);
    query_bind_text(&q, 1, own_org_id);
    while (query_row(&q)) {
        query_text_into(&q, 0, org_id, sizeof(org_id));
        query_text_into(&q, 1, name, sizeof(name));
        query_text_into(&q, 2, domain, sizeof(domain));
        if (words.count > 0) {
            fold_text(folded, sizeof(folded), name);
            size_t used = strlen(folded);
            folded[used++] = ' ';
            fold_text(folded + used, sizeof(folded) - used, domain);
            used += strlen(folded + used);
            folded[used++] = ' ';
            fold_text(folded + used, sizeof(folded) - used, org_id);
            if (!fold_holds(folded, &words)) {
                continue;
            }
        }
        found.matching++;
        if (found.count < most) {
            rows = rows_room(arena, rows, found.count, sizeof(*rows));
            rows[found.count++] = (struct recipient){
                .org_id = arena_text(arena, org_id),
                .name = arena_text(arena, name),
                .domain = arena_text(arena, domain),
                .state = "active",
            };
        }
    }
    query_end(&q);
    found.at = rows;
    return found;
}

struct recipients recipients_find(struct store *registry, struct arena *arena,
                                  const char *own_org_id, const char *typed, size_t most)
{
    return find(registry, arena, Q_ALL, own_org_id, typed, most);
}

struct recipients recipients_suppliers(struct store *registry, struct arena *arena,
                                       const char *own_org_id, const char *typed, size_t most)
{
    return find(registry, arena, Q_SUPPLIERS, own_org_id, typed, most);
}

static bool is_among(const struct recipient *rows, size_t count, const char *org_id)
{
    for (size_t i = 0; i < count; i++) {
        if (text_is(rows[i].org_id, org_id)) {
            return true;
        }
    }
    return false;
}

struct recipients recipients_recent(struct store *registry, struct arena *arena,
                                    const char *own_org_id, size_t most)
{
    struct recipient *rows = arena_array(arena, struct recipient, most + 1);
    size_t count = 0;
    struct query q = query(registry, &recipients_queries, Q_RECENT);
    query_bind_text(&q, 1, own_org_id);
    query_bind_int(&q, 2, RECENT_TRANSFERS_MAX);
    while (count < most && query_row(&q)) {
        char org_id[ID_SIZE];
        query_text_into(&q, 0, org_id, sizeof(org_id));
        if (org_id[0] == '\0' || text_is(org_id, own_org_id) || is_among(rows, count, org_id)) {
            continue;
        }
        if (recipient_find(registry, arena, org_id, &rows[count]) &&
            text_is(rows[count].state, "active")) {
            count++;
        }
    }
    query_end(&q);
    return (struct recipients){.at = rows, .count = count, .matching = (int64_t)count};
}

bool recipient_find(struct store *registry, struct arena *arena, const char *org_id,
                    struct recipient *recipient)
{
    struct query q = query(registry, &recipients_queries, Q_ONE);
    query_bind_text(&q, 1, org_id);
    bool is_found = query_row(&q);
    if (is_found) {
        *recipient = (struct recipient){
            .org_id = query_text(&q, arena, 0),
            .name = query_text(&q, arena, 1),
            .domain = query_text(&q, arena, 2),
            .state = query_text(&q, arena, 3),
        };
    }
    query_end(&q);
    return is_found;
}
