/* store/api_projects.c: see store/api_projects.h. */
#include "store/api_projects.h"

#include "store/api_party_row.h"
#include "store/page_take.h"

enum {
    Q_ONE,
    Q_BY_NAME, /* upward, downward */
    Q_COUNT = Q_BY_NAME + 2,
    Q_OF, /* upward, downward */
    Q_OF_COUNT = Q_OF + 2,
    Q_ISSUANCE,
    Q_ISSUANCES, /* upward, downward */
    Q_ISSUANCES_COUNT = Q_ISSUANCES + 2,
    Q_ISSUANCES_OF, /* upward, downward */
    Q_ISSUANCES_OF_COUNT = Q_ISSUANCES_OF + 2,
    Q__COUNT
};

#define SUPPLIER API_PARTY_COLUMNS("s")
#define SUM(column)                                                                                \
    "coalesce((SELECT sum(" column ") FROM conservation c WHERE c.project_id = p.project_id), 0)"
/* Of the buffer pools: what they were given of a project, and what they retired of it. */
#define SET_ASIDE                                                                                  \
    "coalesce((SELECT sum(i.buffer_units) FROM issuance i"                                         \
    " WHERE i.project_id = p.project_id AND i.buffer_units > 0), 0)"
#define POOL_RETIRED                                                                               \
    "coalesce((SELECT sum(h.retired) FROM organisation b CROSS JOIN holding h"                     \
    " ON h.org_id = b.org_id AND h.supplier_org_id = p.org_id AND h.project_id = p.project_id"     \
    " WHERE b.kind = 'buffer'), 0)"
#define MADE SUM("c.issued + c.imported")
#define RETIRED SUM("c.retired")
#define PROJECT                                                                                    \
    "SELECT p.project_id, p.name, " SUPPLIER ", p.status, p.short_code, p.instrument, p.pathway,"  \
    " p.pathway_code, p.protocol, p.country, p.validator, p.verifier, p.crediting_start,"          \
    " p.crediting_end, " MADE ", " RETIRED ", " SET_ASIDE ", " POOL_RETIRED ", p.place,"           \
    " p.latitude_udeg, p.longitude_udeg FROM project p"                                            \
    " CROSS JOIN organisation s ON s.org_id = p.org_id WHERE p.project_id = ?1"
/* ?1 place's key, ?2 its id, ?3 most, ?4 the supplier. */
#define BY_NAME(sign, direction)                                                                   \
    "SELECT project_id FROM project WHERE name COLLATE NOCASE " sign "= ?1"                        \
    " AND (name COLLATE NOCASE, project_id) " sign " (?1, ?2)"                                     \
    " ORDER BY name COLLATE NOCASE " direction ", project_id " direction " LIMIT ?3"
#define OF(sign, direction)                                                                        \
    "SELECT project_id FROM project WHERE org_id = ?4 AND project_id " sign " ?2"                  \
    " AND ?1 = ?1 ORDER BY project_id " direction " LIMIT ?3"
#define ISSUANCES(sign, direction)                                                                 \
    "SELECT issuance_id FROM issuance WHERE (issued_at, issuance_id) " sign " (?1, ?2)"            \
    " ORDER BY issued_at " direction ", issuance_id " direction " LIMIT ?3"
#define ISSUANCES_OF(sign, direction)                                                              \
    "SELECT i.issuance_id FROM project p CROSS JOIN issuance i ON i.project_id = p.project_id"     \
    " WHERE p.org_id = ?4 AND (i.issued_at, i.issuance_id) " sign " (?1, ?2)"                      \
    " ORDER BY i.issued_at " direction ", i.issuance_id " direction " LIMIT ?3"

static const char *const sql[Q__COUNT] = {
    [Q_ONE] = PROJECT,
    [Q_BY_NAME] = BY_NAME(">", "ASC"),
    [Q_BY_NAME + 1] = BY_NAME("<", "DESC"),
    [Q_COUNT] = "SELECT coalesce(sum(projects), 0) FROM instrument_total",
    [Q_OF] = OF(">", "ASC"),
    [Q_OF + 1] = OF("<", "DESC"),
    [Q_OF_COUNT] = "SELECT count(*) FROM project WHERE org_id = ?1",
    [Q_ISSUANCE] =
        "SELECT i.issuance_id, i.issued_at, " SUPPLIER ", i.project_id, p.instrument, i.vintage,"
        " i.kind = 'imported', i.reporting_start, i.reporting_end, i.supplier_units,"
        " i.buffer_units, i.notes, i.note_redacted_at, i.note_redacted_reason"
        " FROM issuance i CROSS JOIN project p ON p.project_id = i.project_id"
        " CROSS JOIN organisation s ON s.org_id = p.org_id WHERE i.issuance_id = ?1",
    [Q_ISSUANCES] = ISSUANCES(">", "ASC"),
    [Q_ISSUANCES + 1] = ISSUANCES("<", "DESC"),
    [Q_ISSUANCES_COUNT] = "SELECT count(*) FROM issuance",
    [Q_ISSUANCES_OF] = ISSUANCES_OF(">", "ASC"),
    [Q_ISSUANCES_OF + 1] = ISSUANCES_OF("<", "DESC"),
    [Q_ISSUANCES_OF_COUNT] = "SELECT count(*) FROM project p"
                             " CROSS JOIN issuance i ON i.project_id = p.project_id"
                             " WHERE p.org_id = ?1",
};

const struct query_table api_projects_queries = {"api_projects", sql, Q__COUNT};

static int64_t count(struct store *registry, int number, const char *org_id)
{
    struct query q = query(registry, &api_projects_queries, number);
    if (org_id != NULL) {
        query_bind_text(&q, 1, org_id);
    }
    return column_only(&q);
}

static struct page_ids take(struct store *registry, struct arena *arena, int number,
                            bool descending, const char *org_id, const struct page_ask *ask)
{
    bool down = page_walks_down(ask, descending);
    struct query q = query(registry, &api_projects_queries, number + (down ? 1 : 0));
    page_bind(&q, ask, down, number == Q_BY_NAME);
    if (org_id != NULL) {
        query_bind_text(&q, 4, org_id);
    }
    return page_take(&q, arena, ask);
}

bool api_project_find(struct store *registry, struct arena *arena, const char *project_id,
                      struct api_project *project)
{
    struct query q = query(registry, &api_projects_queries, Q_ONE);
    query_bind_text(&q, 1, project_id);
    bool is_found = query_row(&q);
    int c = 2 + API_PARTY_COLUMN_COUNT;
    if (is_found) {
        *project = (struct api_project){
            .project_id = query_text(&q, arena, 0),
            .name = query_text(&q, arena, 1),
            .supplier = api_party_row(&q, arena, 2),
            .status = query_text(&q, arena, c),
            .short_code = query_text(&q, arena, c + 1),
            .instrument = column_instrument(&q, c + 2),
            .pathway = query_text(&q, arena, c + 3),
            .pathway_code = query_text(&q, arena, c + 4),
            .protocol = query_text(&q, arena, c + 5),
            .country = query_text(&q, arena, c + 6),
            .validator = query_text(&q, arena, c + 7),
            .verifier = query_text(&q, arena, c + 8),
            .crediting_start = query_text(&q, arena, c + 9),
            .crediting_end = query_text(&q, arena, c + 10),
            .issued_units = query_int(&q, c + 11),
            .retired_units = query_int(&q, c + 12),
            .issued_buffer_units = query_int(&q, c + 13),
            .retired_buffer_units = query_int(&q, c + 14),
            .place = query_text(&q, arena, c + 15),
            .location = column_location(&q, c + 16),
        };
    }
    query_end(&q);
    return is_found;
}

struct page_ids api_projects(struct store *registry, struct arena *arena,
                             const struct page_ask *ask)
{
    return take(registry, arena, Q_BY_NAME, false, NULL, ask);
}

int64_t api_projects_count(struct store *registry)
{
    return count(registry, Q_COUNT, NULL);
}

struct page_ids api_projects_of(struct store *registry, struct arena *arena, const char *org_id,
                                const struct page_ask *ask)
{
    return take(registry, arena, Q_OF, true, org_id, ask);
}

int64_t api_projects_of_count(struct store *registry, const char *org_id)
{
    return count(registry, Q_OF_COUNT, org_id);
}

bool api_issuance_find(struct store *registry, struct arena *arena, const char *issuance_id,
                       struct api_issuance *issuance)
{
    struct query q = query(registry, &api_projects_queries, Q_ISSUANCE);
    query_bind_text(&q, 1, issuance_id);
    bool is_found = query_row(&q);
    int c = 2 + API_PARTY_COLUMN_COUNT;
    if (is_found) {
        *issuance = (struct api_issuance){
            .issuance_id = query_text(&q, arena, 0),
            .issued_at = query_int(&q, 1),
            .supplier = api_party_row(&q, arena, 2),
            .project_id = query_text(&q, arena, c),
            .instrument = column_instrument(&q, c + 1),
            .vintage = query_int(&q, c + 2),
            .is_imported = query_int(&q, c + 3) == 1,
            .reporting_start = query_text(&q, arena, c + 4),
            .reporting_end = query_text(&q, arena, c + 5),
            .supplier_units = query_int(&q, c + 6),
            .buffer_units = query_int(&q, c + 7),
            .notes = query_text(&q, arena, c + 8),
            .note_redacted = column_redaction(&q, arena, c + 9),
        };
    }
    query_end(&q);
    return is_found;
}

struct page_ids api_issuances(struct store *registry, struct arena *arena,
                              const struct page_ask *ask)
{
    return take(registry, arena, Q_ISSUANCES, true, NULL, ask);
}

int64_t api_issuances_count(struct store *registry)
{
    return count(registry, Q_ISSUANCES_COUNT, NULL);
}

struct page_ids api_issuances_of(struct store *registry, struct arena *arena, const char *org_id,
                                 const struct page_ask *ask)
{
    return take(registry, arena, Q_ISSUANCES_OF, true, org_id, ask);
}

int64_t api_issuances_of_count(struct store *registry, const char *org_id)
{
    return count(registry, Q_ISSUANCES_OF_COUNT, org_id);
}
