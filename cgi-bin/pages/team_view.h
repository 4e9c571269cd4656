/*
 * pages/team_view.h: what the team templates show: people, policies, accounts of one organisation.
 */
#ifndef PAGES_TEAM_VIEW_H
#define PAGES_TEAM_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/out.h"
#include "pages/chrome_view.h"

struct team_person_view {
    const char *name;
    const char *email;
    const char *roles; /* "initiator, approver" */
    bool is_active;
    bool is_me;
    const char *since_words; /* "20 November 2026" */
    const char *since_iso;
    struct url change; /* none: may not change */
};
struct team_person_views {
    const struct team_person_view *at;
    size_t count;
};

/* templates/account/team.mustache */
struct team_view {
    struct chrome page;
    const char *org_name;
    bool may_change;         /* a manager */
    const char *count_words; /* "4 people" */
    struct team_person_views people;
    const char *failing_words; /* for managers: "1 endpoint is failing"; "" none is */
};

struct team_role_view {
    const char *name;  /* the field: "viewer" */
    const char *words; /* "Viewer" */
    const char *hint;  /* what it lets one do */
    bool is_on;
};
struct team_role_views {
    const struct team_role_view *at;
    size_t count;
};

/* templates/account/team-add.mustache */
struct team_add_view {
    struct chrome page;
    bool has_faults;
    struct fault_views faults;
    const char *org_name;
    const char *name, *name_fault;
    const char *email, *email_fault;
    const char *number, *number_fault;
    const char *roles_fault;
    struct team_role_views roles;
};

/* templates/account/team-link.mustache: shown once, right after the link was made */
struct team_link_view {
    struct chrome page;
    const char *name, *email, *org_name;
    const char *link; /* absolute, to be copied */
    const char *expires_words, *expires_iso;
    bool is_new; /* the person was made known just now */
};

/* templates/account/team-person.mustache */
struct team_member_view {
    struct chrome page;
    bool has_faults;
    struct fault_views faults;
    const char *name, *email, *org_name;
    bool is_me;
    bool is_active;
    const char *roles_fault;
    struct team_role_views roles;
    struct url save, remove, make_link;
    bool may_link; /* belongs to this organisation alone */
};

struct team_trusted_view {
    const char *org_id, *name;
    const char *state; /* "" active, else a word */
    const char *since_words, *since_iso;
};
struct team_trusted_views {
    const struct team_trusted_view *at;
    size_t count;
};

struct team_found_view {
    const char *org_id, *name;
    const char *domain; /* "" unknown */
    bool is_trusted;    /* already */
};
struct team_found_views {
    const struct team_found_view *at;
    size_t count;
};

/* templates/account/team-policies.mustache */
struct team_policies_view {
    struct chrome page;
    bool has_faults;
    struct fault_views faults;
    const char *org_name;
    bool may_change;
    bool incoming_ask, incoming_trusted, incoming_all;
    bool two_never, two_above, two_always;
    const char *above;       /* as typed, or digits */
    const char *above_words; /* "1,200,000 units" */
    const char *above_fault;
    struct team_trusted_views trusted;
    bool has_trusted;
    const char *trust_fault;
    const char *find; /* what was looked for */
    bool has_looked;
    struct team_found_views found;
    bool has_found;
    const char *more_words; /* "The first 20 of 64 are shown." or "" */
};

struct team_account_view {
    const char *account_id, *name;
    const char *kind_words;  /* "Active", "Retirement", "Reserve" */
    const char *state_words; /* "Open", "Closed" */
    bool is_main;
    const char *opened_words, *opened_iso;
    struct url close;    /* none: it cannot be closed */
    const char *why_not; /* why an open one cannot */
    const char *fault;
};
struct team_account_views {
    const struct team_account_view *at;
    size_t count;
};

/* templates/account/team-accounts.mustache */
struct team_accounts_view {
    struct chrome page;
    bool has_faults;
    struct fault_views faults;
    const char *org_name;
    bool may_change;
    struct team_account_views accounts;
    const char *name, *name_fault;
    bool kind_active, kind_retirement;
};

/* templates/account/team-sure.mustache: the question before something that cannot be taken back */
struct team_sure_view {
    struct chrome page;
    const char *heading;
    const char *what;
    const char *button;
    bool is_danger;
    struct url post;
    struct url back;
};

#endif
