/*
 * gate/webhook_admin.h: making, changing, testing and removing webhooks: what the team pages and
 * the API share. Everything happens in people.db, in one transaction an act; sending is the
 * courier's business alone (courier/courier.h), which finds by itself what has become due.
 *
 * Acts are named by state: pausing what is paused and resuming what is active changes nothing and
 * is OK. An endpoint that is removed, or of another organisation, is NOT_FOUND.
 *
 * With a key (webhook_admin.key) each act is done once: a repeat changes nothing, is OK and finds
 * what the first one made or changed, as it is now. KEY_REUSED: the key belongs to another act.
 */
#ifndef GATE_WEBHOOK_ADMIN_H
#define GATE_WEBHOOK_ADMIN_H

#include <stdbool.h>
#include <stdint.h>

#include "gate/gate.h"
#include "store/people_webhook.h"
#include "store/people_webhook_log.h"

/* NULL-ended: what `people` must be opened with. */
extern const struct query_table *const webhook_admin_tables[];

/* Every kind of event that can be chosen, in the order of the ledger's table (model/term.h);
 * NULL-ended. */
#define WEBHOOK_KINDS_MAX 28
extern const char *const webhook_kinds[WEBHOOK_KINDS_MAX + 1];

struct webhook_admin {
    struct arena *arena;
    struct store *people;
    const char *org_id;
    const char *user_id; /* who asks */
    const char *key;     /* Idempotency-Key of a program; "" none */
    int64_t last_seq; /* the registry's last act: what comes after it is sent to a new endpoint */
    char tag[ID_TAG_SIZE];
    bool is_test; /* endpoints on this machine are taken (model/endpoint.h) */
    int64_t now_us;
};
/* On behalf of a visitor (POST, in a program that opens both files). key: as it came, checked. */
struct webhook_admin webhook_admin_of(struct visit *visit, const char *key);

/* An endpoint as somebody wants it. For webhook_update a text that is NULL, and the scope when
 * keeps_scope, stay as they are. */
struct webhook_wish {
    const char *url;
    const char *description; /* at most NAME_CHARS_MAX characters */
    bool takes_all;
    bool keeps_scope;  /* takes_all is not looked at */
    const char *kinds; /* words of webhook_kinds, one a line; "" all */
};

/* The field that cannot be used ("url", "description"), and what to say about it; NULL: all can. */
const char *webhook_wish_fault(const struct webhook_wish *wish, bool is_test, const char **words);

/* A new endpoint, active; its secret is shown to whoever asked. VALUE_REFUSED: webhook_wish_fault.
 * LINES_TOO_MANY: the organisation has WEBHOOKS_MAX. */
enum status webhook_make(const struct webhook_admin *admin, const struct webhook_wish *wish,
                         struct webhook *webhook);
enum status webhook_update(const struct webhook_admin *admin, const char *webhook_id,
                           const struct webhook_wish *wish, struct webhook *webhook);
/* A new secret; the old one signs along for WEBHOOK_OVERLAP_S. */
enum status webhook_rotate(const struct webhook_admin *admin, const char *webhook_id,
                           struct webhook *webhook);
enum status webhook_set_paused(const struct webhook_admin *admin, const char *webhook_id,
                               bool is_paused, struct webhook *webhook);
enum status webhook_drop(const struct webhook_admin *admin, const char *webhook_id);
/* A test event, sent at once and once. One at a time: while one waits, it is that one. */
enum status webhook_test(const struct webhook_admin *admin, const char *webhook_id,
                         struct webhook_message *message);
/* One message again, whatever came of it. */
enum status webhook_replay(const struct webhook_admin *admin, const char *webhook_id,
                           const char *message_id);
/* All that failed since then; how many there were. */
enum status webhook_replay_failed(const struct webhook_admin *admin, const char *webhook_id,
                                  int64_t since_at, int64_t *count);

/* "whsec_" and base64: what the receiver checks signatures with. */
const char *webhook_secret_text(struct arena *arena, const struct webhook *webhook);

#endif
