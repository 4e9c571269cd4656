/*
 * pages/signin_view.h: what the sign-in program's templates show. A password is in none of these:
 * nothing typed as one is shown again.
 */
#ifndef PAGES_SIGNIN_VIEW_H
#define PAGES_SIGNIN_VIEW_H

#include <stdbool.h>

#include "base/out.h"
#include "pages/chrome_view.h"

/* templates/signin/sign-in.mustache */
struct sign_in_view {
    struct chrome page;
    bool has_faults;
    struct fault_views faults;
    bool signed_out;         /* one has just signed out */
    const char *wait_words;  /* when to try again; NULL: now */
    const char *email;       /* as typed */
    const char *email_fault; /* NULL: fine */
    const char *password_fault;
    const char *next; /* where to go on to; "" the usual place */
    bool goes_on;     /* next is not empty */
};

/* templates/signin/password-change.mustache */
struct password_change_view {
    struct chrome page;
    bool has_faults;
    struct fault_views faults;
    const char *wait_words;
    const char *email; /* for password managers: whose password this is */
    const char *present_fault;
    const char *password_fault;
    const char *again_fault;
};

/* templates/signin/password-set.mustache */
struct password_set_view {
    struct chrome page;
    bool has_faults;
    struct fault_views faults;
    const char *link; /* the one-time token, goes back with the form */
    const char *name;
    const char *email;
    const char *expires_words; /* "23 November 2026, 14:03 UTC" */
    const char *expires_iso;
    const char *password_fault;
    const char *again_fault;
};

struct session_row_view {
    const char *session_id;
    const char *browser; /* "Firefox on Linux" */
    const char *address;
    const char *began_words, *began_iso;
    const char *seen_words, *seen_iso;
    bool is_this;
};
struct session_row_views {
    const struct session_row_view *at;
    size_t count;
};

/* templates/signin/sessions.mustache */
struct sessions_view {
    struct chrome page;
    const char *email;
    const char *user_id;
    struct session_row_views sessions;
    const char *idle_words;     /* "60 minutes" */
    const char *absolute_words; /* "12 hours" */
};

#endif
