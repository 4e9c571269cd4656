/*
 * store/public_projects.h: projects, and what became of their units (the conservation table of
 * domain.md 2.5). Everything about them is public. Reads registry.db; all rows live in the arena.
 */
#ifndef STORE_PUBLIC_PROJECTS_H
#define STORE_PUBLIC_PROJECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/location.h"
#include "model/quantity.h"
#include "model/serial.h"
#include "store/store.h"
#include "store/window.h"

extern const struct query_table public_projects_queries;

/* issued + imported = active + retired + exported + cancelled */
struct public_sums {
    int64_t issued_units;
    int64_t imported_units;
    int64_t active_units;
    int64_t retired_units;
    int64_t exported_units;
    int64_t cancelled_units;
};

/* Everything of one instrument. */
struct public_total {
    enum instrument instrument;
    struct public_sums sums;
    int64_t projects;
};
struct public_totals {
    struct public_total at[INSTRUMENT__COUNT];
    size_t count; /* instruments that have a project */
};
struct public_totals public_totals(struct store *registry);

/* What a calendar year (UTC) brought of one instrument. */
struct public_year {
    enum instrument instrument;
    int year;
    int64_t issued_units; /* imported ones too */
    int64_t retired_units;
    int64_t retirements;
};
struct public_years {
    const struct public_year *at; /* oldest first */
    size_t count;
};
/* Every year in which something was issued or retired. */
struct public_years public_years(struct store *registry, struct arena *arena);

struct public_project {
    const char *project_id;
    const char *name;
    const char *short_code;
    enum instrument instrument;
    const char *pathway;
    const char *protocol;
    const char *country;
    const char *place;
    const char *status;
    const char *validator;
    const char *verifier;
    const char *crediting_start; /* YYYY-MM-DD, "" */
    const char *crediting_end;
    const char *description;
    const char *web;
    int64_t opened_at;
    const char *org_id; /* the supplier */
    const char *org_name;
    struct public_sums sums;
    struct location location;
    bool ccp_approved;
};
struct public_projects {
    const struct public_project *at;
    size_t count;
};

/* What to list. Empty text filters nothing. */
struct public_project_filter {
    const char *q;      /* words in name, short code, place, country or the supplier's name */
    const char *org_id; /* the supplier */
    const char *instrument;
};
enum public_project_sort {
    PUBLIC_PROJECT_BY_NAME,
    PUBLIC_PROJECT_BY_UNITS,
    PUBLIC_PROJECT_SORT__COUNT
};

struct public_projects public_projects_list(struct store *registry, struct arena *arena,
                                            const struct public_project_filter *filter,
                                            enum public_project_sort sort,
                                            const struct window *window);
int64_t public_projects_count(struct store *registry, struct arena *arena,
                              const struct public_project_filter *filter);
bool public_project_find(struct store *registry, struct arena *arena, const char *project_id,
                         struct public_project *project);
/* The id of the project with this short code (upper case); "" when there is none. */
const char *public_project_of_code(struct store *registry, struct arena *arena,
                                   const char *short_code);

/* One vintage of a project. */
struct public_vintage {
    int64_t vintage;
    struct public_sums sums;
};
struct public_vintages {
    const struct public_vintage *at; /* oldest first */
    size_t count;
};
struct public_vintages public_project_vintages(struct store *registry, struct arena *arena,
                                               const char *project_id);

#endif
