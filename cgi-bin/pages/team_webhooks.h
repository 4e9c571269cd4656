/*
 * pages/team_webhooks.h: an organisation's webhooks: endpoints that are told of events, what was
 * sent to them, and tests. Managers only: an address may hold what is not for everybody. Every act
 * is gate/webhook_admin.h's; sending is the courier's. Routes for the account program:
 *
 *     GET  /account/team/webhooks                          webhooks_get
 *     GET  /account/team/webhooks/add                      webhook_add_get
 *     POST /account/team/webhooks/add                      webhook_edit_form     webhook_add_post
 *     GET  /account/team/webhooks/:id                      webhook_query         webhook_get_page
 *     GET  /account/team/webhooks/:id/change               webhook_change_get
 *     POST /account/team/webhooks/:id/change               webhook_edit_form webhook_change_post
 *     POST /account/team/webhooks/:id/test                 webhook_test_post
 *     POST /account/team/webhooks/:id/pause                webhook_pause_post
 *     POST /account/team/webhooks/:id/resume               webhook_resume_post
 *     GET  /account/team/webhooks/:id/rotate               webhook_rotate_get
 *     POST /account/team/webhooks/:id/rotate               webhook_rotate_post
 *     GET  /account/team/webhooks/:id/remove               webhook_remove_get
 *     POST /account/team/webhooks/:id/remove               webhook_remove_post
 *     GET  /account/team/webhooks/:id/replay               webhook_replay_query  webhook_replay_get
 *     POST /account/team/webhooks/:id/replay               webhook_replay_form webhook_replay_post
 *     GET  /account/team/webhooks/:id/messages/:id         webhook_message_get
 *     POST /account/team/webhooks/:id/messages/:id/replay  webhook_again_post
 *
 * Tables: webhook_admin_tables on people; site_queries, rights_queries on the registry.
 */
#ifndef PAGES_TEAM_WEBHOOKS_H
#define PAGES_TEAM_WEBHOOKS_H

#include "gate/gate.h"
#include "gate/webhook_admin.h"
#include "pages/chrome.h"
#include "pages/team_webhooks_view.h"

extern const struct form webhook_edit_form, webhook_query, webhook_replay_query,
    webhook_replay_form;

enum status webhooks_get(struct visit *visit, struct response *response);
enum status webhook_add_get(struct visit *visit, struct response *response);
enum status webhook_add_post(struct visit *visit, struct response *response);
enum status webhook_get_page(struct visit *visit, struct response *response);
enum status webhook_change_get(struct visit *visit, struct response *response);
enum status webhook_change_post(struct visit *visit, struct response *response);
enum status webhook_test_post(struct visit *visit, struct response *response);
enum status webhook_pause_post(struct visit *visit, struct response *response);
enum status webhook_resume_post(struct visit *visit, struct response *response);
enum status webhook_rotate_get(struct visit *visit, struct response *response);
enum status webhook_rotate_post(struct visit *visit, struct response *response);
enum status webhook_remove_get(struct visit *visit, struct response *response);
enum status webhook_remove_post(struct visit *visit, struct response *response);
enum status webhook_replay_get(struct visit *visit, struct response *response);
enum status webhook_replay_post(struct visit *visit, struct response *response);
enum status webhook_message_get(struct visit *visit, struct response *response);
enum status webhook_again_post(struct visit *visit, struct response *response);

/* For the files of webhooks only. */
/* "/account/team/webhooks" and what is under one endpoint ("" its own page). */
struct url webhooks_url(struct visit *visit);
struct url webhook_url(struct visit *visit, const char *webhook_id, const char *part);
struct url webhook_message_url(struct visit *visit, const char *webhook_id, const char *message_id);
/* The way up: Team / Webhooks / and, for a page under an endpoint, that. */
void webhook_trail(struct visit *visit, struct chrome *page, const struct webhook *under);
/* What an endpoint is called: its description, else its address. */
const char *webhook_name(const struct webhook *webhook);
struct state_view webhook_state(const struct webhook *webhook);
struct state_view webhook_message_state(const struct webhook_message *message);
/* "12 messages wait"; "" none does. */
const char *webhook_waiting_words(struct visit *visit, const char *webhook_id);
/* Is a message long due and nobody sends it? */
bool webhook_is_late(const struct visit *visit, const struct webhook *webhook);
/* A new secret, on the page that answers: this once. */
void webhook_show_secret(struct visit *visit, struct response *response,
                         const struct webhook *webhook, bool is_new);

#endif
