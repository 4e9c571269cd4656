/*
 * api/webhook.h: webhooks for programs: endpoints of the caller's organisation and what was sent to
 * them. The acts are gate/webhook_admin.h's, the same as of the team pages; each needs a manager's
 * token that may manage. The secret is in the answers that make one, and in no other. A repeat
 * under the same Idempotency-Key is answered with the bytes of the first answer.
 *
 *     GET  /webhooks                        webhooks_get
 *     POST /webhooks                        webhook_post
 *     GET  /webhooks/:id                    webhook_one_get
 *     POST /webhooks/:id/update             webhook_update_post
 *     POST /webhooks/:id/rotate_secret      webhook_rotate_post
 *     POST /webhooks/:id/pause              webhook_pause_post
 *     POST /webhooks/:id/resume             webhook_resume_post
 *     POST /webhooks/:id/remove             webhook_remove_post
 *     POST /webhooks/:id/test               webhook_test_post
 *     POST /webhooks/:id/replay             webhook_replay_post
 *     GET  /webhooks/:id/messages           webhook_messages_get
 *     GET  /webhooks/:id/messages/:id       webhook_message_get
 *
 * Tables: webhook_admin_tables on people.
 */
#ifndef API_WEBHOOK_H
#define API_WEBHOOK_H

#include "api/json.h"
#include "gate/gate.h"
#include "gate/webhook_admin.h"

enum status webhooks_get(struct visit *visit, struct response *response);
enum status webhook_post(struct visit *visit, struct response *response);
enum status webhook_one_get(struct visit *visit, struct response *response);
enum status webhook_update_post(struct visit *visit, struct response *response);
enum status webhook_rotate_post(struct visit *visit, struct response *response);
enum status webhook_pause_post(struct visit *visit, struct response *response);
enum status webhook_resume_post(struct visit *visit, struct response *response);
enum status webhook_remove_post(struct visit *visit, struct response *response);
enum status webhook_test_post(struct visit *visit, struct response *response);
enum status webhook_replay_post(struct visit *visit, struct response *response);
enum status webhook_messages_get(struct visit *visit, struct response *response);
enum status webhook_message_get(struct visit *visit, struct response *response);

/* An act under way: the answer is written while its transaction is open, and kept with its key. */
struct webhook_asking {
    struct webhook_admin admin;
    struct webhook_teller teller;
    struct visit *visit;
    struct json json;
};
/* Begins the answer, which write makes from what was done; its context is the struct
 * webhook_asking. key: act_key(). */
void webhook_ask(struct webhook_asking *asking, struct visit *visit, struct response *response,
                 const char *key, void (*write)(void *context, const struct webhook_done *done));

/* What came of an act, as the program is told: with its fault noted where the row of the status
 * says 422. */
enum status webhook_refused(struct visit *visit, enum status status);

/* One message as JSON; is_whole: with its body and tries. */
void webhook_message_write(struct json *json, const char *name, struct visit *visit,
                           const struct webhook_message *message, bool is_whole);

#endif
