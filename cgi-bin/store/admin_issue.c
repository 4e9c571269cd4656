/* store/admin_issue.c: see store/admin_issue.h. */
#include "store/admin_issue.h"

#include <string.h>

#include "base/text.h"
#include "store/columns.h"
#include "store/fold.h"
#include "store/rows.h"

enum { Q_PROJECTS_FORTH, Q_PROJECTS_BACK, Q_PROJECT, Q_NEXT_SERIAL, Q_KEY, Q__COUNT };

#define PROJECT                                                                                    \
    "SELECT p.project_id, p.org_id, s.name, p.name, p.short_code, p.instrument, p.pathway,"        \
    " p.pathway_code, p.protocol, p.country, p.place, p.status, p.validator, p.verifier,"          \
    " p.crediting_start, p.crediting_end, p.description, p.web,"                                   \
    " coalesce((SELECT sum(c.issued + c.imported) FROM conservation c"                             \
    "  WHERE c.project_id = p.project_id), 0), p.latitude_udeg, p.longitude_udeg, p.ccp_approved"  \
    " FROM project p CROSS JOIN organisation s ON s.org_id = p.org_id"
/* Along project_by_name. ?1 cursor. The typed words are looked for in C: they are folded. */
#define PROJECTS(sign, direction)                                                                  \
    PROJECT                                                                                        \
    " WHERE (?1 IS NULL OR (p.name COLLATE NOCASE, p.project_id) " sign                            \
    " (SELECT c.name COLLATE NOCASE, c.project_id FROM project c WHERE c.project_id = ?1))"        \
    " ORDER BY p.name COLLATE NOCASE " direction ", p.project_id " direction

static const char *const sql[Q__COUNT] = {
    [Q_PROJECTS_FORTH] = PROJECTS(">", "ASC"),
    [Q_PROJECTS_BACK] = PROJECTS("<", "DESC"),
    [Q_PROJECT] = PROJECT " WHERE p.project_id = ?1",
    [Q_NEXT_SERIAL] = "SELECT next_serial FROM conservation WHERE project_id = ?1 AND vintage = ?2",
    [Q_KEY] = "SELECT seq FROM idempotency WHERE scope = ?1 AND key = ?2",
};

const struct query_table admin_issue_queries = {"admin_issue", sql, Q__COUNT};

/* ---- projects ---- */

static struct admin_project read_project(struct query *q, struct arena *arena)
{
    return (struct admin_project){
        .project_id = query_text(q, arena, 0),
        .org_id = query_text(q, arena, 1),
        .supplier = query_text(q, arena, 2),
        .name = query_text(q, arena, 3),
        .short_code = query_text(q, arena, 4),
        .instrument = column_instrument(q, 5),
        .pathway = query_text(q, arena, 6),
        .pathway_code = query_text(q, arena, 7),
        .protocol = query_text(q, arena, 8),
        .country = query_text(q, arena, 9),
        .place = query_text(q, arena, 10),
        .status = query_text(q, arena, 11),
        .validator = query_text(q, arena, 12),
        .verifier = query_text(q, arena, 13),
        .crediting_start = query_text(q, arena, 14),
        .crediting_end = query_text(q, arena, 15),
        .description = query_text(q, arena, 16),
        .web = query_text(q, arena, 17),
        .issued_units = query_int(q, 18),
        .location = column_location(q, 19),
        .ccp_approved = query_int(q, 21) == 1,
    };
}

/* Do id, supplier, name and short code of the present row hold all words? */
static bool project_holds(struct query *q, struct arena *arena, const struct fold_words *words)
{
    if (words->count == 0) {
        return true;
    }
    size_t mark_bytes = arena->used_bytes;
    const char *text =
        arena_printf(arena, "%s %s %s %s", query_text(q, arena, 0), query_text(q, arena, 2),
                     query_text(q, arena, 3), query_text(q, arena, 4));
    size_t folded_bytes = 2 * strlen(text) + 1;
    char *folded = arena_array(arena, char, folded_bytes);
    fold_text(folded, folded_bytes, text);
    bool holds = fold_holds(folded, words);
    arena_reset(arena, mark_bytes); /* thousands of rows pass by */
    return holds;
}

struct admin_projects admin_projects_list(struct store *registry, struct arena *arena,
                                          const char *typed, bool backwards, const char *after_id,
                                          size_t most)
{
    struct fold_words words = fold_words(arena, typed);
    struct query q =
        query(registry, &admin_issue_queries, backwards ? Q_PROJECTS_BACK : Q_PROJECTS_FORTH);
    bind_filter(&q, 1, after_id);
    struct admin_project *rows = NULL;
    size_t count = 0;
    while (count < most && query_row(&q)) {
        if (project_holds(&q, arena, &words)) {
            rows = rows_room(arena, rows, count, sizeof(*rows));
            rows[count++] = read_project(&q, arena);
        }
    }
    query_end(&q);
    return (struct admin_projects){rows, count};
}

int64_t admin_projects_count(struct store *registry, struct arena *arena, const char *typed)
{
    struct fold_words words = fold_words(arena, typed);
    struct query q = query(registry, &admin_issue_queries, Q_PROJECTS_FORTH);
    int64_t count = 0;
    while (query_row(&q)) {
        count += project_holds(&q, arena, &words) ? 1 : 0;
    }
    query_end(&q);
    return count;
}

bool admin_project_find(struct store *registry, struct arena *arena, const char *project_id,
                        struct admin_project *project)
{
    struct query q = query(registry, &admin_issue_queries, Q_PROJECT);
    query_bind_text(&q, 1, project_id);
    bool is_found = query_row(&q);
    if (is_found) {
        *project = read_project(&q, arena);
    }
    query_end(&q);
    return is_found;
}

int64_t admin_next_serial(struct store *registry, const char *project_id, int64_t vintage)
{
    struct query q = query(registry, &admin_issue_queries, Q_NEXT_SERIAL);
    query_bind_text(&q, 1, project_id);
    query_bind_int(&q, 2, vintage);
    int64_t next = query_row(&q) ? query_int(&q, 0) : 1;
    query_end(&q);
    return next;
}

bool admin_key_is_used(struct store *registry, const char *user_id, const char *key)
{
    struct query q = query(registry, &admin_issue_queries, Q_KEY);
    query_bind_text(&q, 1, user_id);
    query_bind_text(&q, 2, key);
    return query_any(&q);
}
