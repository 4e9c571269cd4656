/*
 * gate/webhook_admin.h: making, changing, testing and removing webhooks: what the team pages and
 * the API share. Everything happens in people.db, in one transaction an act; sending is the
 * courier's business alone (courier/courier.h), which finds by itself what has become due.
 *
 * Acts are named by state: pausing what is paused and resuming what is active changes nothing and
 * is OK. An endpoint that is removed, or of another organisation, is NOT_FOUND. When the registry
 * cannot be read nothing is done: FAULT.
 *
 * With a key (webhook_admin.key) each act is done once. The first answer is kept with the key, in
 * the transaction of the act and for as long as people.db lasts; a repeat changes nothing, is OK
 * and is told the same bytes, whatever became of the endpoint since: the key is looked up before
 * it. KEY_REUSED: the key belongs to another act, on webhooks or of the ledger. It is known to
 * webhook_admin.user_id alone, which is one access token's: another token's same key is another
 * key, and so no other token can ask for an answer that shows a secret. That answer is sealed
 * (gate/seal.h) under the token, of which people.db has nothing but the hash. Of keys of before
 * answers were kept (people.db, version 2) a repeat is told how what it made is now; NOT_FOUND when
 * it is gone.
 *
 * The ledger's keys are in registry.db, and no transaction spans both files: an act on webhooks and
 * one of the ledger that come under one key at the same moment may both be done, each once, and
 * each is repeated with its own answer; a repeat that comes at that same moment may be refused, and
 * has its answer when it comes again. Whichever comes after the other was answered is refused.
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
#define WEBHOOK_KINDS_MAX 29
extern const char *const webhook_kinds[WEBHOOK_KINDS_MAX + 1];

/* What was done, for whoever tells of it. */
struct webhook_done {
    const struct webhook
        *webhook;      /* made or changed, or found so; NULL: it is about something else */
    bool shows_secret; /* its secret is new, and told now and never again */
    const struct webhook_message *message; /* the test; NULL the same */
    int64_t count;                         /* messages that are sent again */
};

/* How a program is told. */
struct webhook_teller {
    const char *token;      /* its access token, as it came: seals answers that show a secret */
    struct store *registry; /* asked whether the ledger knows the key (store/api_keys.h) */
    struct out *out;        /* the answer, of an act that is OK; empty before */
    /* Writes it there; called inside the act's transaction, and not at all for a repeat. */
    void (*write)(void *context, const struct webhook_done *done);
    void *context;
};

struct webhook_admin {
    struct arena *arena;
    struct store *people;
    const char *org_id;
    const char *user_id;                 /* who asks */
    const char *key;                     /* Idempotency-Key of a program; "" none */
    const struct webhook_teller *teller; /* NULL: whoever asks looks at what the functions give */
    int64_t last_seq; /* the registry's last act: what comes after it is sent to a new endpoint */
    char tag[ID_TAG_SIZE];
    bool is_test; /* endpoints on this machine are taken (model/endpoint.h) */
    int64_t now_us;
};
/* On behalf of a visitor (POST, in a program that opens both files), without a teller. key: as it
 * came, checked. */
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

/* What these acts give (*webhook, *message, *count) is not set when a repeat was told the first
 * answer: who sets a teller looks at nothing else. */

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
