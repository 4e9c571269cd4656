/*
 * pages/public_projects_view.h: projects: the list (templates/public/projects.mustache) and one of
 * them (templates/public/project.mustache).
 */
#ifndef PAGES_PUBLIC_PROJECTS_VIEW_H
#define PAGES_PUBLIC_PROJECTS_VIEW_H

#include "pages/public_view.h"

struct public_project_row {
    struct link_view project;
    const char *short_code;
    struct link_view supplier;
    const char *pathway;
    const char *country;
    const char *all; /* issued and imported */
    const char *active;
    const char *retired;
    const char *unit_here; /* "" when the heading says it */
};
struct public_project_rows {
    const struct public_project_row *at;
    size_t count;
};

struct public_projects_view {
    struct chrome page;
    struct public_list_view list;
    const char *q;
    const char *supplier; /* id, kept while other filters change */
    struct choice_views instruments;
    struct sort_view by_name;
    struct sort_view by_quantity;
    const char *unit;
    struct public_project_rows rows;
};

/* One vintage, and all of them together. */
struct public_vintage_row {
    const char *vintage;
    const char *issued;
    const char *imported;
    const char *active;
    const char *retired;
    const char *exported;
    const char *cancelled;
};
struct public_vintage_rows {
    const struct public_vintage_row *at;
    size_t count;
};

struct public_batch_row {
    const char *serial;
    struct url url;
    const char *quantity;
    struct link_view holder;
    struct state_view state;
};
struct public_batch_rows {
    const struct public_batch_row *at;
    size_t count;
};

/* A document of a project, elsewhere. */
struct public_document_row {
    const char *name;
    struct url url;
    const char *kind;
    const char *dated; /* "20 November 2026"; "" unknown */
};
struct public_document_rows {
    const struct public_document_row *at;
    size_t count;
};

struct public_project_view {
    struct chrome page;
    const char *name;
    struct link_view supplier;
    const char *project_id;
    const char *short_code;
    const char *instrument; /* "Carbon removal credits" */
    const char *pathway;
    const char *protocol;
    const char *place; /* "Hutchinson, United States of America" */
    const char *point; /* on the map; "" unknown */
    bool ccp_approved;
    const char *status;
    const char *validator;
    const char *verifier;
    const char *crediting; /* "1 January 2024 to 31 December 2033" */
    const char *description;
    struct link_view web;
    struct when_view opened;
    bool has_documents;
    struct public_document_rows documents;
    const char *unit;
    const char *buffer; /* what is in the buffer pool, in words; "" nothing ever was */
    bool has_vintages;
    struct public_vintage_rows vintages;
    struct public_vintage_row sum;
    bool has_issuances;
    struct public_issuance_table issuances;
    struct link_view all_issuances;
    bool has_retirements;
    struct public_retirement_table retirements;
    struct public_list_view list; /* its batches */
    struct choice_views states;
    struct choice_views years;
    struct sort_view by_serial;
    struct public_batch_rows batches;
};

/* One issuance (templates/public/issuance.mustache). */
struct public_issuance_view {
    struct chrome page;
    const char *title;
    const char *issuance_id;
    const char *kind;
    struct when_view issued;
    struct link_view project;
    struct link_view supplier;
    const char *vintage;
    const char *quantity;
    const char *weight;
    const char *buffer;    /* "" none */
    const char *reporting; /* "1 January 2024 to 31 March 2024"; "" */
    const char *notes;
    const char *redacted; /* in place of the note; "" */
    const char *unit;
    struct public_list_view list; /* its batches */
    struct choice_views states;
    struct sort_view by_serial;
    struct public_batch_rows batches;
};

/* All issuances (templates/public/issuances.mustache). */
struct public_issuances_view {
    struct chrome page;
    struct public_list_view list;
    const char *q;
    const char *from;
    const char *to;
    const char *project; /* id, kept while other filters change */
    struct choice_views kinds;
    struct sort_view by_time;
    struct sort_view by_quantity;
    struct public_issuance_table table;
};

#endif
