/* store/ledger_documents.c: see store/ledger_documents.h. */
#include "store/ledger_documents.h"

#include "store/columns.h"

enum { D_ONE, D_COUNT, D_URL_TAKEN, D_ADD, D_REMOVE, D__COUNT };

static const char *const documents_sql[D__COUNT] = {
    [D_ONE] = "SELECT project_id, name, url FROM project_document"
              " WHERE document_id = ?1 AND removed_at IS NULL",
    [D_COUNT] =
        "SELECT count(*) FROM project_document WHERE project_id = ?1 AND removed_at IS NULL",
    [D_URL_TAKEN] = "SELECT 1 FROM project_document"
                    " WHERE project_id = ?1 AND url = ?2 AND removed_at IS NULL",
    [D_ADD] = "INSERT INTO project_document (document_id, project_id, name, url, kind, dated,"
              " added_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [D_REMOVE] = "UPDATE project_document SET removed_at = max(added_at, ?2)"
                 " WHERE document_id = ?1 AND removed_at IS NULL",
};
const struct query_table ledger_documents_queries = {"ledger_documents", documents_sql, D__COUNT};

struct ledger_document ledger_document_read(struct store *store, struct arena *arena,
                                            const char *document_id)
{
    struct ledger_document document = {.name = "", .url = ""};
    struct query q = query(store, &ledger_documents_queries, D_ONE);
    query_bind_text(&q, 1, document_id);
    if (query_row(&q)) {
        document.found = true;
        query_text_into(&q, 0, document.project_id, sizeof(document.project_id));
        document.name = query_text(&q, arena, 1);
        document.url = query_text(&q, arena, 2);
    }
    query_end(&q);
    return document;
}

int64_t ledger_documents_count(struct store *store, const char *project_id)
{
    struct query q = query(store, &ledger_documents_queries, D_COUNT);
    query_bind_text(&q, 1, project_id);
    return column_only(&q);
}

bool ledger_document_url_taken(struct store *store, const char *project_id, const char *url)
{
    struct query q = query(store, &ledger_documents_queries, D_URL_TAKEN);
    query_bind_text(&q, 1, project_id);
    query_bind_text(&q, 2, url);
    return query_any(&q);
}

bool ledger_document_add(struct store *store, const struct ledger_new_document *document)
{
    struct query q = query(store, &ledger_documents_queries, D_ADD);
    query_bind_text(&q, 1, document->document_id);
    query_bind_text(&q, 2, document->project_id);
    query_bind_text(&q, 3, document->name);
    query_bind_text(&q, 4, document->url);
    query_bind_text(&q, 5, document->kind);
    query_bind_text(&q, 6, document->dated);
    query_bind_int(&q, 7, document->at);
    return query_run_one(&q);
}

bool ledger_document_remove(struct store *store, const char *document_id, int64_t at)
{
    struct query q = query(store, &ledger_documents_queries, D_REMOVE);
    query_bind_text(&q, 1, document_id);
    query_bind_int(&q, 2, at);
    return query_run_one(&q);
}
