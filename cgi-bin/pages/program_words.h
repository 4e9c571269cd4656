/*
 * pages/program_words.h: words about access tokens that the account's and the administrators' pages
 * share.
 */
#ifndef PAGES_PROGRAM_WORDS_H
#define PAGES_PROGRAM_WORDS_H

#include "base/arena.h"
#include "pages/desk_view.h"
#include "store/people_credential.h"

/* "reading, transfers". */
const char *program_scopes(struct arena *arena, unsigned scopes);
/* roles: those that its person has in the ledger now. */
struct state_view program_token_state(const struct access_token *token, unsigned roles,
                                      int64_t now_us);

#endif
