/*
 * gate/csrf.h: is this POST from a page of ours? Two proofs, both needed where a session exists:
 * the browser's word that the form stood on this site (Sec-Fetch-Site, or Origin from older
 * browsers), and the session's own form token.
 *
 * A POST that anyone may send (signing in, a one-time link) has no session to bind a token to:
 * there the browser's word alone is asked, and what the form can do hangs on the password or the
 * link typed into it. No cookie is set before someone has signed in.
 */
#ifndef GATE_CSRF_H
#define GATE_CSRF_H

#include <stdbool.h>

#include "base/arena.h"
#include "http/http.h"

#define CSRF_FIELD "token"

/* Sec-Fetch-Site is "same-origin"; or it is absent and Origin is site_url ("https://host[:port]", a
 * slash at its end is ignored). Neither: no. An empty site_url equals nothing. */
bool csrf_same_origin(const struct request *request, const char *site_url);

/* Takes the token out of a form: *rest is the form without it, *token its value ("" when absent).
 * False: it stands there twice. */
bool csrf_take_token(struct arena *arena, const struct pairs *form, struct pairs *rest,
                     const char **token);

/* Equal and not empty, compared in a time that does not tell how much of it is right. */
bool csrf_token_right(const char *session_token, const char *form_token);

#endif
