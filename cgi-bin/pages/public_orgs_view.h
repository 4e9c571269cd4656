/*
 * pages/public_orgs_view.h: organisations: the list (templates/public/organisations.mustache) and
 * one of them (templates/public/organisation.mustache).
 */
#ifndef PAGES_PUBLIC_ORGS_VIEW_H
#define PAGES_PUBLIC_ORGS_VIEW_H

#include "pages/public_view.h"

struct public_org_row {
    struct link_view org;
    const char *role; /* "Supplier" */
    const char *country;
    const char *domain;
    struct state_view state;
    struct when_view opened;
    const char *org_id;
};
struct public_org_rows {
    const struct public_org_row *at;
    size_t count;
};

struct public_orgs_view {
    struct chrome page;
    struct public_list_view list;
    const char *q;
    struct choice_views roles;
    struct sort_view by_name;
    struct sort_view by_time;
    struct public_org_rows rows;
};

/* What it holds of one project. */
struct public_holding_row {
    struct link_view project;
    struct link_view supplier;
    const char *active;
    const char *retired;
    const char *exported;
    const char *unit_here; /* "" when the heading says it */
};
struct public_holding_rows {
    const struct public_holding_row *at;
    size_t count;
};

struct public_org_view {
    struct chrome page;
    bool is_buffer; /* it holds a buffer pool */
    const char *name;
    const char *role;
    bool is_demo;
    struct state_view state;
    const char *org_id;
    const char *supplier_id; /* "" */
    const char *country;     /* its name, or the code of one that has none; "" */
    const char *domain;
    const char *short_description; /* "" none, or the whole is no longer */
    const char *description;
    const char *place; /* "Amsterdam, Netherlands (52.37° N, 4.89° E)"; "" */
    struct when_view opened;
    bool has_holdings;
    const char *unit;
    struct public_holding_rows holdings;
    bool has_projects;
    struct link_view projects; /* "3 projects" as a supplier */
    bool has_transfers;
    struct public_transfer_table transfers;
    struct link_view all_transfers;
    bool has_retirements;
    struct public_retirement_table retirements;
    struct link_view all_retirements;
};

#endif
