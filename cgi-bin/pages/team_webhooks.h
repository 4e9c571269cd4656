/*
 * pages/team_webhooks.h: an organisation's webhooks: endpoints that are told of events, what was
 * sent to them, and tests. Managers only: an address may hold what is not for everybody. Every act
 * is gate/webhook_admin.h's; sending is the courier's. Routes for the account program, all for
 * MANAGER, under /account/team/webhooks; the forms are team_webhook_edit_form (add, change),
 * team_webhook_query (one endpoint) and team_webhook_replay_query and _form:
 *
 *     GET       /                          team_webhooks_get
 *     GET POST  /add                       team_webhook_add_get, _post
 *     GET       /:id                       team_webhook_get
 *     GET POST  /:id/change                team_webhook_change_get, _post
 *     POST      /:id/test                  team_webhook_test_post
 *     POST      /:id/pause                 team_webhook_pause_post
 *     POST      /:id/resume                team_webhook_resume_post
 *     GET POST  /:id/rotate                team_webhook_rotate_get, _post
 *     GET POST  /:id/remove                team_webhook_remove_get, _post
 *     GET POST  /:id/replay                team_webhook_replay_get, _post
 *     GET       /:id/messages/:id          team_webhook_message_get
 *     POST      /:id/messages/:id/replay   team_webhook_again_post
 *
 * Tables: webhook_admin_tables on people; site_queries, rights_queries on the registry.
 */
#ifndef PAGES_TEAM_WEBHOOKS_H
#define PAGES_TEAM_WEBHOOKS_H

#include "gate/gate.h"
#include "gate/webhook_admin.h"
#include "pages/chrome.h"
#include "pages/team_webhooks_view.h"

extern const struct form team_webhook_edit_form, team_webhook_query, team_webhook_replay_query,
    team_webhook_replay_form;

enum status team_webhooks_get(struct visit *visit, struct response *response);
enum status team_webhook_add_get(struct visit *visit, struct response *response);
enum status team_webhook_add_post(struct visit *visit, struct response *response);
enum status team_webhook_get(struct visit *visit, struct response *response);
enum status team_webhook_change_get(struct visit *visit, struct response *response);
enum status team_webhook_change_post(struct visit *visit, struct response *response);
enum status team_webhook_test_post(struct visit *visit, struct response *response);
enum status team_webhook_pause_post(struct visit *visit, struct response *response);
enum status team_webhook_resume_post(struct visit *visit, struct response *response);
enum status team_webhook_rotate_get(struct visit *visit, struct response *response);
enum status team_webhook_rotate_post(struct visit *visit, struct response *response);
enum status team_webhook_remove_get(struct visit *visit, struct response *response);
enum status team_webhook_remove_post(struct visit *visit, struct response *response);
enum status team_webhook_replay_get(struct visit *visit, struct response *response);
enum status team_webhook_replay_post(struct visit *visit, struct response *response);
enum status team_webhook_message_get(struct visit *visit, struct response *response);
enum status team_webhook_again_post(struct visit *visit, struct response *response);

/* For the files of webhooks only. */
/* The list, one endpoint, one message. */
struct url team_webhooks_url(struct visit *visit);
struct url team_webhook_url(struct visit *visit, const char *webhook_id);
struct url team_webhook_message_url(struct visit *visit, const char *webhook_id,
                                    const char *message_id);
/* The way up: Team / Webhooks / and, for a page under an endpoint, that. */
void team_webhook_trail(struct visit *visit, struct chrome *page, const struct webhook *under);
/* What an endpoint is called: its description, else its address. */
const char *team_webhook_name(const struct webhook *webhook);
struct state_view team_webhook_state(const struct webhook *webhook);
struct state_view team_webhook_message_state(const struct webhook_message *message);
/* "12 messages wait"; "" none does. */
const char *team_webhook_waiting_words(struct visit *visit, const char *webhook_id);
/* Is a message long due and nobody sends it? */
bool team_webhook_is_late(const struct visit *visit, const struct webhook *webhook);
/* A new secret, on the page that answers: this once. */
void team_webhook_show_secret(struct visit *visit, struct response *response,
                              const struct webhook *webhook, bool is_new);

#endif
