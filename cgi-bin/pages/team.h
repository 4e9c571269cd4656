/*
 * pages/team.h: an organisation's people, policies and accounts. Everybody in it reads; a manager
 * changes. Every change but a person's name and link is an act of the ledger, which decides. Routes
 * for the account program:
 *
 *     GET  /account/team                        READER   NULL                 team_get
 *     GET  /account/team/add                    MANAGER  NULL                 team_add_get
 *     POST /account/team/add                    MANAGER  team_add_form        team_add_post
 *     GET  /account/team/people/:id             MANAGER  NULL                 team_person_get
 *     POST /account/team/people/:id             MANAGER  team_roles_form      team_person_post
 *     POST /account/team/people/:id/remove      MANAGER  NULL                 team_remove_post
 *     POST /account/team/people/:id/link        MANAGER  NULL                 team_link_post
 *     GET  /account/team/policies               READER   team_policies_query  team_policies_get
 *     POST /account/team/policies               MANAGER  team_policies_form   team_policies_post
 *     POST /account/team/trust                  MANAGER  team_trust_form      team_trust_post
 *     POST /account/team/untrust                MANAGER  team_trust_form      team_untrust_post
 *     GET  /account/team/accounts               READER   NULL                 team_accounts_get
 *     POST /account/team/accounts               MANAGER  team_account_form    team_accounts_post
 *     GET  /account/team/accounts/:id/close     MANAGER  NULL                 team_close_get
 *     POST /account/team/accounts/:id/close     MANAGER  NULL                 team_close_post
 *
 * Tables: team_queries, rights_queries, recipients_queries, site_queries on the registry;
 * person_admin_tables on people.
 *
 * A one-time link lets its holder act as the person. So a manager makes one only for somebody who
 * belongs to no other organisation and has no registry role; and links still open end when a person
 * is added to a second organisation. For the same reason a manager adds somebody who is known
 * already only with the number (user id) that this person sees under "Your sessions": whoever knows
 * an address could have invited it first and kept the link.
 */
#ifndef PAGES_TEAM_H
#define PAGES_TEAM_H

#include "gate/gate.h"
#include "pages/team_view.h"

extern const struct form team_add_form, team_roles_form, team_policies_query, team_policies_form,
    team_trust_form, team_account_form;

enum status team_get(struct visit *visit, struct response *response);
enum status team_add_get(struct visit *visit, struct response *response);
enum status team_add_post(struct visit *visit, struct response *response);
enum status team_person_get(struct visit *visit, struct response *response);
enum status team_person_post(struct visit *visit, struct response *response);
enum status team_remove_post(struct visit *visit, struct response *response);
enum status team_link_post(struct visit *visit, struct response *response);
enum status team_policies_get(struct visit *visit, struct response *response);
enum status team_policies_post(struct visit *visit, struct response *response);
enum status team_trust_post(struct visit *visit, struct response *response);
enum status team_untrust_post(struct visit *visit, struct response *response);
enum status team_accounts_get(struct visit *visit, struct response *response);
enum status team_accounts_post(struct visit *visit, struct response *response);
enum status team_close_get(struct visit *visit, struct response *response);
enum status team_close_post(struct visit *visit, struct response *response);

/* For the team's files only. */
/* The four role ticks as they stand: from the form when it was sent, else from roles. */
struct team_role_views team_roles(struct visit *visit, bool was_sent, unsigned roles);
unsigned team_roles_sent(const struct visit *visit);
/* True: the refusal is one to be shown beside a field (it has been noted, response's code is set).
 * False: return the status. */
bool team_can_mend(struct visit *visit, const struct answer *answer, const char *field,
                   struct response *response);
/* Asks the ledger on behalf of the visitor. */
enum status team_ask(struct visit *visit, struct command *command, struct answer *answer);

#endif
