/*
 * store/ledger_documents.h: what the ledger reads and writes about documents of a project. For the
 * ledger's writing side alone, inside its transaction; a write returns false on a fault or when not
 * exactly the row meant was changed. Documents that were removed are not there.
 */
#ifndef STORE_LEDGER_DOCUMENTS_H
#define STORE_LEDGER_DOCUMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/id.h"
#include "store/store.h"

extern const struct query_table ledger_documents_queries;

struct ledger_document {
    bool found;
    char project_id[ID_SIZE];
    const char *name; /* in the arena, like the next */
    const char *url;
};
struct ledger_document ledger_document_read(struct store *store, struct arena *arena,
                                            const char *document_id);
int64_t ledger_documents_count(struct store *store, const char *project_id);
bool ledger_document_url_taken(struct store *store, const char *project_id, const char *url);

struct ledger_new_document {
    const char *document_id, *project_id, *name, *url;
    const char *kind;  /* document_kind_word */
    const char *dated; /* "" unknown */
    int64_t at;
};
bool ledger_document_add(struct store *store, const struct ledger_new_document *document);
/* at: an act of the past removes it at the time of its adding at the earliest. */
bool ledger_document_remove(struct store *store, const char *document_id, int64_t at);

#endif
