/*
 * pages/admin_party_view.h: organisations and people for administrators
 * (templates/admin/organisations.mustache, organisation.mustache, people.mustache,
 * person.mustache).
 */
#ifndef PAGES_ADMIN_PARTY_VIEW_H
#define PAGES_ADMIN_PARTY_VIEW_H

#include "pages/admin_form_view.h"

struct admin_org_row {
    const char *org_id;
    struct url url;
    const char *name;
    const char *what; /* "Supplier", "Buffer pool" … */
    const char *domain;
    const char *country;
    struct state_view state;
    struct when_view opened;
};
struct admin_org_rows {
    const struct admin_org_row *at;
    size_t count;
};
struct admin_orgs_view {
    struct chrome page;
    bool may_act;
    struct admin_list_view list;
    bool has_rows;
    struct admin_org_rows rows;
};

struct admin_account_row {
    const char *account_id;
    const char *name;
    const char *kind;
    const char *what;    /* "Main, open" */
    const char *batches; /* "3 batches" */
    struct when_view opened;
};
struct admin_account_rows {
    const struct admin_account_row *at;
    size_t count;
};

struct admin_member_row {
    const char *name;
    const char *email;
    struct url url;
    const char *roles;
    bool is_active;
    struct when_view since;
    struct url roles_url; /* none: read only */
};
struct admin_member_rows {
    const struct admin_member_row *at;
    size_t count;
};

struct admin_balance_row {
    const char *supplier;
    const char *project;
    struct url project_url;
    const char *active;
    const char *reserved;
    const char *retired;
    const char *exported;
    const char *unit;
};
struct admin_balance_rows {
    const struct admin_balance_row *at;
    size_t count;
};

struct admin_org_view {
    struct chrome page;
    bool may_act;
    const char *name;
    struct state_view state;
    const char *state_words;
    struct admin_facts facts;
    const char *description;
    struct url edit_url;
    bool is_active;
    bool is_suspended;
    bool is_closed;
    struct url suspend_url;
    struct url reactivate_url;
    struct url close_url;
    struct url add_person_url;
    struct url audit_url;
    struct url transfers_url;
    struct admin_account_rows accounts;
    bool has_members;
    struct admin_member_rows members;
    struct admin_facts policies;
    bool has_balances;
    struct admin_balance_rows balances;
};

struct admin_person_row {
    struct url url;
    const char *name;
    const char *email;
    const char *orgs;
    const char *roles; /* registry roles; "" none */
    bool is_active;
};
struct admin_person_rows {
    const struct admin_person_row *at;
    size_t count;
};
struct admin_people_view {
    struct chrome page;
    bool may_act;
    struct admin_list_view list;
    bool has_rows;
    struct admin_person_rows rows;
};

struct admin_membership_row {
    const char *name;
    struct url url;
    const char *roles;
    struct when_view since;
    struct url roles_url;
};
struct admin_membership_rows {
    const struct admin_membership_row *at;
    size_t count;
};
struct admin_person_view {
    struct chrome page;
    bool may_act;
    const char *name;
    bool is_active;
    struct admin_facts facts;
    bool has_memberships;
    struct admin_membership_rows memberships;
    struct url link_url;
    struct url roles_url;
    struct url deactivate_url;
    struct url reactivate_url;
    struct url join_url;
    struct url audit_url;
};

/* templates/admin/program.mustache: an access token, where a person's page would be */
struct admin_program_view {
    struct chrome page;
    const char *name;
    const char *org_name;
    struct url org_url;
    struct state_view state;
    struct admin_facts facts;
    const char *revoke; /* the command that ends it; "" it has ended */
    struct url audit_url;
};

#endif
