/*
 * store/documents.h: documents of a project: links to what lies elsewhere. Everything about them is
 * public; what was removed is not there. Reads registry.db; all rows live in the arena.
 */
#ifndef STORE_DOCUMENTS_H
#define STORE_DOCUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/term.h"
#include "store/page_ask.h"
#include "store/store.h"

extern const struct query_table documents_queries;

struct document {
    const char *document_id;
    const char *project_id;
    const char *name;
    const char *url; /* https:// */
    enum document_kind kind;
    const char *dated; /* YYYY-MM-DD; "" unknown */
    int64_t added_at;
};
struct documents {
    const struct document *at; /* by name */
    size_t count;
};

bool document_find(struct store *registry, struct arena *arena, const char *document_id,
                   struct document *document);
/* All of a project: at most DOCUMENTS_MAX. */
struct documents documents_of(struct store *registry, struct arena *arena, const char *project_id);
/* A page of them by name; ids of documents. */
struct page_ids documents_page(struct store *registry, struct arena *arena, const char *project_id,
                               const struct page_ask *ask);
int64_t documents_count(struct store *registry, const char *project_id);

#endif
