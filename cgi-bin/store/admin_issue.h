/*
 * store/admin_issue.h: projects as administrators need them for issuing and delivering. Orders and
 * deliveries are in store/orders.h. Reads registry.db.
 */
#ifndef STORE_ADMIN_ISSUE_H
#define STORE_ADMIN_ISSUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/location.h"
#include "model/quantity.h"
#include "store/store.h"

extern const struct query_table admin_issue_queries;

struct admin_project {
    const char *project_id;
    const char *org_id; /* the supplier */
    const char *supplier;
    const char *name;
    const char *short_code;
    enum instrument instrument;
    const char *pathway;
    const char *pathway_code;
    const char *protocol;
    const char *country;
    const char *place;
    const char *status;
    const char *validator;
    const char *verifier;
    const char *crediting_start; /* "" unknown */
    const char *crediting_end;
    const char *description;
    const char *web;
    int64_t issued_units; /* issued and imported, all vintages */
    struct location location;
    bool ccp_approved;
};
struct admin_projects {
    const struct admin_project *at;
    size_t count;
};

/* At most `most` by name, behind (backwards: before) the project after_id ("" at the start), whose
 * name, short code, supplier or id hold all words typed. */
struct admin_projects admin_projects_list(struct store *registry, struct arena *arena,
                                          const char *typed, bool backwards, const char *after_id,
                                          size_t most);
int64_t admin_projects_count(struct store *registry, struct arena *arena, const char *typed);
bool admin_project_find(struct store *registry, struct arena *arena, const char *project_id,
                        struct admin_project *project);
/* The first free serial number of a vintage. */
int64_t admin_next_serial(struct store *registry, const char *project_id, int64_t vintage);
/* Has this person's idempotency key been used by an act that came through? */
bool admin_key_is_used(struct store *registry, const char *user_id, const char *key);

#endif
