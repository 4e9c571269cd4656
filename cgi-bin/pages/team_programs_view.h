/*
 * pages/team_programs_view.h: what the templates of a team's programs show: client secrets and
 * access tokens.
 */
#ifndef PAGES_TEAM_PROGRAMS_VIEW_H
#define PAGES_TEAM_PROGRAMS_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/out.h"
#include "pages/chrome_view.h"
#include "pages/desk_view.h"
#include "pages/team_view.h"

/* One access token or client secret in a list. */
struct program_row_view {
    const char *name;
    struct url url;
    struct state_view state;
    const char *scopes; /* "reading, transfers"; tokens */
    const char *roles;  /* "initiator, approver"; tokens */
    struct when_view made;
    struct when_view expires; /* tokens */
    struct when_view used;    /* iso "" never */
    const char *used_client;  /* by which program; "" of client secrets */
};
struct program_row_views {
    const struct program_row_view *at;
    size_t count;
};

/* templates/account/team-programs.mustache: what is active */
struct team_programs_view {
    struct chrome page;
    const char *org_name;
    struct program_row_views tokens;
    struct program_row_views clients;
    bool has_tokens, has_clients;
    bool has_neither;      /* not even ended ones */
    bool has_ended_tokens; /* the list of all has more */
    bool has_ended_clients;
};

/* templates/account/team-programs-all.mustache: of one kind, of every state, newest first */
struct team_programs_all_view {
    struct chrome page;
    const char *heading; /* "All access tokens" */
    const char *org_name;
    bool is_token;
    bool has_rows;
    struct program_row_views rows;
    bool has_pager;
    struct pager_view pager;
};

/* One thing that can be ticked. */
struct program_scope_view {
    const char *name;  /* the field */
    const char *words; /* "Transfers" */
    const char *hint;
    bool is_on;
};
struct program_scope_views {
    const struct program_scope_view *at;
    size_t count;
};

/* templates/account/team-token-new.mustache */
struct team_token_new_view {
    struct chrome page;
    bool has_faults;
    struct fault_views faults;
    const char *org_name;
    const char *id; /* of the token that this form makes: a reload does not make another */
    const char *name, *name_fault;
    const char *roles_fault;
    struct team_role_views roles;
    const char *scopes_fault;
    struct program_scope_views scopes;
    struct choice_views days;
    const char *ranges, *ranges_fault;
    const char *ranges_most; /* "32" */
};

/* templates/account/team-client-new.mustache */
struct team_client_new_view {
    struct chrome page;
    bool has_faults;
    struct fault_views faults;
    const char *org_name;
    const char *id;
    const char *name, *name_fault;
};

/* templates/account/team-program-made.mustache: the one page that shows the secret */
struct team_program_made_view {
    struct chrome page;
    const char *name;
    const char *org_name;
    bool is_token;
    const char *secret;
    struct when_view expires; /* tokens */
    const char *example;      /* a command to try it with */
    struct url url;           /* its own page */
};

/* templates/account/team-program.mustache: one of either kind */
struct team_program_view {
    struct chrome page;
    const char *name;
    const char *id;
    bool is_token;
    struct state_view state;
    const char *state_more; /* what the state means, or since when and by whom; "" nothing */
    const char *made_by;
    struct when_view made;
    struct when_view expires; /* tokens */
    const char *roles;        /* tokens, as they are now */
    const char *scopes;       /* tokens */
    bool is_anywhere;         /* tokens without ranges */
    const char *ranges;       /* "192.0.2.0/24, 2001:db8::/32" */
    struct when_view used;    /* iso "": never */
    const char *used_address;
    const char *used_client; /* tokens: name of the client secret it came with */
    struct url revoke;       /* none: it has ended */
};

/* templates/account/team-program-revoke.mustache */
struct team_program_revoke_view {
    struct chrome page;
    const char *name;
    bool is_token;
    struct when_view used;
    struct url post, back;
};

#endif
