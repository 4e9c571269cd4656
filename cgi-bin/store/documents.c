/* store/documents.c: see store/documents.h. */
#include "store/documents.h"

#include "base/limits.h"
#include "base/must.h"
#include "store/columns.h"
#include "store/page_take.h"

enum {
    Q_ONE,
    Q_OF,
    Q_PAGE, /* upward, downward */
    Q_COUNT = Q_PAGE + 2,
    Q__COUNT
};

#define COLUMNS                                                                                    \
    "SELECT document_id, project_id, name, url, kind, dated, added_at FROM project_document"
#define NAME "name COLLATE NOCASE"
/* ?1 place's name, ?2 its id, ?3 most, ?4 project: along project_document_by_name. */
#define PAGE(sign, direction)                                                                      \
    "SELECT document_id FROM project_document WHERE project_id = ?4 AND removed_at IS NULL"        \
    " AND " NAME " " sign "= ?1 AND (" NAME ", document_id) " sign " (?1, ?2)"                     \
    " ORDER BY " NAME " " direction ", document_id " direction " LIMIT ?3"

static const char *const sql[Q__COUNT] = {
    [Q_ONE] = COLUMNS " WHERE document_id = ?1 AND removed_at IS NULL",
    [Q_OF] = COLUMNS " WHERE project_id = ?1 AND removed_at IS NULL ORDER BY " NAME
                     ", document_id LIMIT ?2",
    [Q_PAGE] = PAGE(">", "ASC"),
    [Q_PAGE + 1] = PAGE("<", "DESC"),
    [Q_COUNT] =
        "SELECT count(*) FROM project_document WHERE project_id = ?1 AND removed_at IS NULL",
};

const struct query_table documents_queries = {"documents", sql, Q__COUNT};

static struct document read_document(struct query *q, struct arena *arena)
{
    struct document document = {
        .document_id = query_text(q, arena, 0),
        .project_id = query_text(q, arena, 1),
        .name = query_text(q, arena, 2),
        .url = query_text(q, arena, 3),
        .dated = query_text(q, arena, 5),
        .added_at = query_int(q, 6),
    };
    must(document_kind_from_word(query_text(q, arena, 4), &document.kind));
    return document;
}

bool document_find(struct store *registry, struct arena *arena, const char *document_id,
                   struct document *document)
{
    struct query q = query(registry, &documents_queries, Q_ONE);
    query_bind_text(&q, 1, document_id);
    bool is_found = query_row(&q);
    if (is_found) {
        *document = read_document(&q, arena);
    }
    query_end(&q);
    return is_found;
}

struct documents documents_of(struct store *registry, struct arena *arena, const char *project_id)
{
    struct document *rows = arena_array(arena, struct document, DOCUMENTS_MAX);
    size_t count = 0;
    struct query q = query(registry, &documents_queries, Q_OF);
    query_bind_text(&q, 1, project_id);
    query_bind_int(&q, 2, DOCUMENTS_MAX);
    while (query_row(&q)) {
        rows[count++] = read_document(&q, arena);
    }
    query_end(&q);
    return (struct documents){rows, count};
}

struct page_ids documents_page(struct store *registry, struct arena *arena, const char *project_id,
                               const struct page_ask *ask)
{
    bool down = page_walks_down(ask, false);
    struct query q = query(registry, &documents_queries, Q_PAGE + (down ? 1 : 0));
    page_bind(&q, ask, down, true);
    query_bind_text(&q, 4, project_id);
    return page_take(&q, arena, ask);
}

int64_t documents_count(struct store *registry, const char *project_id)
{
    struct query q = query(registry, &documents_queries, Q_COUNT);
    query_bind_text(&q, 1, project_id);
    return column_only(&q);
}
