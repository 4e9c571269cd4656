/*
 * store/api_projects.h: projects and issuances for the API. Both are public. Reads registry.db; all
 * rows live in the arena.
 */
#ifndef STORE_API_PROJECTS_H
#define STORE_API_PROJECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/quantity.h"
#include "store/api_parties.h"
#include "store/page_ask.h"
#include "store/redaction.h"
#include "store/store.h"

extern const struct query_table api_projects_queries;

struct api_project {
    const char *project_id;
    const char *name;
    struct api_party supplier;
    const char *status; /* one of the contract's words */
    const char *short_code;
    enum instrument instrument;
    const char *pathway; /* "direct_air_capture", or the fuel */
    const char *pathway_code;
    const char *protocol;  /* "" */
    const char *country;   /* ISO 3166-1 alpha-3 */
    const char *validator; /* "", like the next three */
    const char *verifier;
    const char *crediting_start; /* YYYY-MM-DD */
    const char *crediting_end;
    int64_t issued_units; /* imported ones too */
    int64_t retired_units;
    int64_t issued_buffer_units;
    int64_t retired_buffer_units; /* by buffer pools, of this project */
    const char *place;            /* in words; "" */
    struct location location;
};

bool api_project_find(struct store *registry, struct arena *arena, const char *project_id,
                      struct api_project *project);
/* All, by name. */
struct page_ids api_projects(struct store *registry, struct arena *arena,
                             const struct page_ask *ask);
int64_t api_projects_count(struct store *registry);
/* Of a supplier, the one opened last first; key 0. */
struct page_ids api_projects_of(struct store *registry, struct arena *arena, const char *org_id,
                                const struct page_ask *ask);
int64_t api_projects_of_count(struct store *registry, const char *org_id);

struct api_issuance {
    const char *issuance_id;
    int64_t issued_at;
    struct api_party supplier;
    const char *project_id;
    enum instrument instrument;
    int64_t vintage;
    bool is_imported;
    const char *reporting_start; /* YYYY-MM-DD; "" unknown */
    const char *reporting_end;
    int64_t supplier_units;
    int64_t buffer_units;
    const char *notes; /* "" none, or redacted */
    struct redaction note_redacted;
};

bool api_issuance_find(struct store *registry, struct arena *arena, const char *issuance_id,
                       struct api_issuance *issuance);
/* All, the last one first; keys are issued_at. */
struct page_ids api_issuances(struct store *registry, struct arena *arena,
                              const struct page_ask *ask);
int64_t api_issuances_count(struct store *registry);
/* Of a supplier's projects, the same way. */
struct page_ids api_issuances_of(struct store *registry, struct arena *arena, const char *org_id,
                                 const struct page_ask *ask);
int64_t api_issuances_of_count(struct store *registry, const char *org_id);

#endif
