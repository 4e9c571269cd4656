/*
 * pages/team_programs.h: what programs act for an organisation with: access tokens and client
 * secrets (gate/credential.h). A manager makes, reads and revokes them. Routes for the account
 * program, all for a manager:
 *
 *     GET  /account/team/programs                       NULL                team_programs_get
 *     GET  /account/team/programs/tokens                team_programs_query team_tokens_get
 *     GET  /account/team/programs/tokens/new            NULL                team_token_new_get
 *     POST /account/team/programs/tokens/new            team_token_form     team_token_new_post
 *     GET  /account/team/programs/tokens/:id            NULL                team_token_get
 *     GET  /account/team/programs/tokens/:id/revoke     NULL                team_token_revoke_get
 *     POST /account/team/programs/tokens/:id/revoke     NULL                team_token_revoke_post
 *     GET  /account/team/programs/clients …             the same            team_client…
 *
 * A secret is on the page that answers the form which made it, and nowhere else. The form carries
 * the id of what it makes: sent again (a reload, a double click) it makes nothing and leads to what
 * it made before.
 *
 * Tables: rights_queries and site_queries on the registry; credential_tables and
 * people_person_queries on people.
 */
#ifndef PAGES_TEAM_PROGRAMS_H
#define PAGES_TEAM_PROGRAMS_H

#include "gate/gate.h"
#include "pages/team_programs_view.h"
#include "store/people_credential.h"

extern const struct form team_programs_query, team_token_form, team_client_form;

enum status team_programs_get(struct visit *visit, struct response *response);
enum status team_tokens_get(struct visit *visit, struct response *response);
enum status team_clients_get(struct visit *visit, struct response *response);
enum status team_token_new_get(struct visit *visit, struct response *response);
enum status team_token_new_post(struct visit *visit, struct response *response);
enum status team_client_new_get(struct visit *visit, struct response *response);
enum status team_client_new_post(struct visit *visit, struct response *response);
enum status team_token_get(struct visit *visit, struct response *response);
enum status team_token_revoke_get(struct visit *visit, struct response *response);
enum status team_token_revoke_post(struct visit *visit, struct response *response);
enum status team_client_get(struct visit *visit, struct response *response);
enum status team_client_revoke_get(struct visit *visit, struct response *response);
enum status team_client_revoke_post(struct visit *visit, struct response *response);

/* For the files of these pages only. */
struct state_view team_client_state(const struct client_secret *client);
struct url team_token_url(struct arena *arena, const char *token_id);
struct url team_client_url(struct arena *arena, const char *client_id);
/* By which program a token was last used: the name of the organisation's own client secret, or that
 * it is another's; "" for "". */
const char *team_client_words(struct visit *visit, const char *client_id);
/* The way up: Team, Programs. */
void team_programs_trail(struct visit *visit, struct chrome *page);

#endif
