/* gate/webhook_admin.c: see gate/webhook_admin.h. */
#include "gate/webhook_admin.h"

#include <string.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/must.h"
#include "base/text.h"
#include "model/endpoint.h"
#include "store/rights.h"
#include "store/site.h"

const struct query_table *const webhook_admin_tables[] = {&people_webhook_queries,
                                                          &people_webhook_log_queries, NULL};

const char *const webhook_kinds[WEBHOOK_KINDS_MAX + 1] = {
    "organisation.opened",
    "organisation.changed",
    "project.opened",
    "project.changed",
    "issuance.made",
    "order.recorded",
    "delivery.made",
    "transfer.awaiting_approval",
    "transfer.approved",
    "transfer.pending",
    "transfer.completed",
    "transfer.rejected",
    "transfer.withdrawn",
    "transfer.expired",
    "transfer.cancelled",
    "transfer.note_redacted",
    "retirement.made",
    "refund.made",
    "cancellation.made",
    "beneficiary.named",
    "policy.changed",
    "trust.changed",
    "account.opened",
    "account.closed",
    "member.changed",
    "registry.frozen",
    "registry.thawed",
    "registry.changed",
    NULL,
};

static enum status keep(const struct webhook_admin *admin, const struct webhook_wish *wish,
                        struct webhook *webhook);
static void take_wish(struct webhook *webhook, const struct webhook_wish *wish);
static enum status begin(const struct webhook_admin *admin, const char *webhook_id,
                         struct webhook *webhook);
static enum status begin_once(const struct webhook_admin *admin, const struct digest *asked,
                              const char *webhook_id, struct webhook *webhook,
                              const char **made_id);
static enum status finish(const struct webhook_admin *admin, enum status status, const char *event,
                          const char *webhook_id);
static enum status look_up_key(const struct webhook_admin *admin, const struct digest *asked,
                               const char **made_id);
static void keep_key(const struct webhook_admin *admin, const struct digest *asked,
                     const char *made_id);
static struct digest asked_of(const char *act, const char *webhook_id,
                              const struct webhook_wish *wish);
static void add_named(struct digest_feed *feed, const char *text);
static const uint8_t *new_secret(struct arena *arena);
static const char *new_id(const struct webhook_admin *admin, const char *prefix);
static enum status add_test(const struct webhook_admin *admin, const struct webhook *webhook,
                            struct webhook_message *message);

struct webhook_admin webhook_admin_of(struct visit *visit, const char *key)
{
    must(visit->people != NULL && visit->registry != NULL);
    struct webhook_admin admin = {.arena = visit->arena,
                                  .people = visit->people,
                                  .org_id = visit->org_id,
                                  .user_id = visit->user_id,
                                  .key = key,
                                  .last_seq = site_moment(visit->registry, visit->arena).seq,
                                  .is_test = endpoint_is_test(),
                                  .now_us = visit->now_us};
    rights_tag(visit->registry, admin.tag);
    return admin;
}

const char *webhook_wish_fault(const struct webhook_wish *wish, bool is_test, const char **words)
{
    struct endpoint endpoint;
    *words = wish->url == NULL ? NULL : endpoint_read(wish->url, is_test, &endpoint);
    if (*words != NULL) {
        return "url";
    }
    if (wish->description != NULL &&
        (!text_utf8_is(wish->description) || text_has_control(wish->description, "") ||
         text_characters(wish->description) > NAME_CHARS_MAX)) {
        *words = "Describe the endpoint in one line of at most 120 characters.";
        return "description";
    }
    return NULL;
}

enum status webhook_make(const struct webhook_admin *admin, const struct webhook_wish *wish,
                         struct webhook *webhook)
{
    const char *words = NULL;
    const char *made_id = NULL;
    struct digest asked = asked_of("make", admin->org_id, wish);
    *webhook = (struct webhook){.webhook_id = ""};
    if (webhook_wish_fault(wish, admin->is_test, &words) != NULL) {
        return STATUS_VALUE_REFUSED;
    }
    if (!store_begin_write(admin->people)) {
        return STATUS_FAULT;
    }
    enum status status = look_up_key(admin, &asked, &made_id);
    if (status == STATUS_OK && made_id != NULL) {
        bool is_there = webhook_find(admin->people, admin->arena, admin->org_id, made_id, webhook);
        return finish(admin, is_there ? STATUS_OK : STATUS_NOT_FOUND, NULL, made_id);
    }
    if (status == STATUS_OK) {
        status = keep(admin, wish, webhook);
    }
    if (status == STATUS_OK) {
        keep_key(admin, &asked, webhook->webhook_id);
    }
    return finish(admin, status, "webhook-made", webhook->webhook_id);
}

enum status webhook_update(const struct webhook_admin *admin, const char *webhook_id,
                           const struct webhook_wish *wish, struct webhook *webhook)
{
    const char *words = NULL;
    const char *made_id = NULL;
    struct digest asked = asked_of("update", webhook_id, wish);
    if (webhook_wish_fault(wish, admin->is_test, &words) != NULL) {
        return STATUS_VALUE_REFUSED;
    }
    enum status status = begin_once(admin, &asked, webhook_id, webhook, &made_id);
    if (status != STATUS_OK || made_id != NULL) {
        return finish(admin, status, NULL, webhook_id);
    }
    take_wish(webhook, wish);
    webhook_change(admin->people, webhook, admin->now_us);
    keep_key(admin, &asked, webhook_id);
    return finish(admin, STATUS_OK, "webhook-changed", webhook_id);
}

enum status webhook_rotate(const struct webhook_admin *admin, const char *webhook_id,
                           struct webhook *webhook)
{
    struct digest asked = asked_of("rotate", webhook_id, NULL);
    const char *made_id = NULL;
    enum status status = begin_once(admin, &asked, webhook_id, webhook, &made_id);
    if (status != STATUS_OK || made_id != NULL) {
        return finish(admin, status, NULL, webhook_id);
    }
    webhook->old_secret = webhook->secret;
    webhook->old_until = admin->now_us + WEBHOOK_OVERLAP_S * CLOCK_SECOND_US;
    webhook->secret = new_secret(admin->arena);
    webhook_set_secret(admin->people, webhook_id, webhook->secret, webhook->old_until);
    keep_key(admin, &asked, webhook_id);
    return finish(admin, STATUS_OK, "webhook-secret-rotated", webhook_id);
}

enum status webhook_set_paused(const struct webhook_admin *admin, const char *webhook_id,
                               bool is_paused, struct webhook *webhook)
{
    struct digest asked = asked_of(is_paused ? "pause" : "resume", webhook_id, NULL);
    const char *made_id = NULL;
    enum status status = begin_once(admin, &asked, webhook_id, webhook, &made_id);
    if (status != STATUS_OK || made_id != NULL) {
        return finish(admin, status, NULL, webhook_id);
    }
    keep_key(admin, &asked, webhook_id);
    if (text_is(webhook->state, is_paused ? "paused" : "active")) {
        return finish(admin, STATUS_OK, NULL, webhook_id);
    }
    if (is_paused) {
        webhook_pause(admin->people, webhook_id, admin->user_id, admin->now_us);
    } else {
        webhook_resume(admin->people, webhook_id, admin->user_id, admin->now_us);
    }
    (void)webhook_find(admin->people, admin->arena, admin->org_id, webhook_id, webhook);
    return finish(admin, STATUS_OK, is_paused ? "webhook-paused" : "webhook-resumed", webhook_id);
}

enum status webhook_drop(const struct webhook_admin *admin, const char *webhook_id)
{
    struct digest asked = asked_of("remove", webhook_id, NULL);
    struct webhook webhook;
    const char *made_id = NULL;
    if (!store_begin_write(admin->people)) {
        return STATUS_FAULT;
    }
    /* The key first: what a repeat is about is not there any more. */
    enum status status = look_up_key(admin, &asked, &made_id);
    if (status != STATUS_OK || made_id != NULL) {
        return finish(admin, status, NULL, webhook_id);
    }
    if (!webhook_find(admin->people, admin->arena, admin->org_id, webhook_id, &webhook)) {
        return finish(admin, STATUS_NOT_FOUND, NULL, webhook_id);
    }
    webhook_remove(admin->people, webhook_id, admin->user_id, admin->now_us);
    keep_key(admin, &asked, webhook_id);
    return finish(admin, STATUS_OK, "webhook-removed", webhook_id);
}

enum status webhook_test(const struct webhook_admin *admin, const char *webhook_id,
                         struct webhook_message *message)
{
    struct digest asked = asked_of("test", webhook_id, NULL);
    struct webhook webhook;
    const char *made_id = NULL;
    enum status status = begin_once(admin, &asked, webhook_id, &webhook, &made_id);
    if (status != STATUS_OK) {
        return status;
    }
    if (made_id == NULL &&
        webhook_message_test_waits(admin->people, admin->arena, webhook_id, &made_id)) {
        keep_key(admin, &asked, made_id);
    }
    if (made_id != NULL) {
        bool is_there =
            webhook_message_find(admin->people, admin->arena, webhook_id, made_id, message);
        return finish(admin, is_there ? STATUS_OK : STATUS_NOT_FOUND, NULL, webhook_id);
    }
    status = add_test(admin, &webhook, message);
    if (status == STATUS_OK) {
        keep_key(admin, &asked, message->message_id);
    }
    return finish(admin, status, "webhook-test", webhook_id);
}

enum status webhook_replay(const struct webhook_admin *admin, const char *webhook_id,
                           const char *message_id)
{
    struct digest asked =
        asked_of(arena_printf(admin->arena, "replay %s", message_id), webhook_id, NULL);
    struct webhook webhook;
    struct webhook_message message;
    const char *made_id = NULL;
    enum status status = begin_once(admin, &asked, webhook_id, &webhook, &made_id);
    if (status != STATUS_OK || made_id != NULL) {
        return finish(admin, status, NULL, webhook_id);
    }
    if (!webhook_message_find(admin->people, admin->arena, webhook_id, message_id, &message)) {
        return finish(admin, STATUS_NOT_FOUND, NULL, webhook_id);
    }
    webhook_message_replay(admin->people, message_id, admin->now_us);
    webhook_wake(admin->people, webhook_id, admin->now_us);
    keep_key(admin, &asked, message_id);
    return finish(admin, STATUS_OK, "webhook-replay", webhook_id);
}

enum status webhook_replay_failed(const struct webhook_admin *admin, const char *webhook_id,
                                  int64_t since_at, int64_t *count)
{
    const char *act = arena_printf(admin->arena, "replay since %lld", (long long)since_at);
    struct digest asked = asked_of(act, webhook_id, NULL);
    struct webhook webhook;
    const char *made_id = NULL; /* of this act: how many there were */
    enum status status = begin_once(admin, &asked, webhook_id, &webhook, &made_id);
    if (status != STATUS_OK || made_id != NULL) {
        must(status != STATUS_OK || text_parse_int(made_id, false, count));
        return finish(admin, status, NULL, webhook_id);
    }
    *count = webhook_message_replay_since(admin->people, webhook_id, since_at, admin->now_us);
    webhook_wake(admin->people, webhook_id, admin->now_us);
    keep_key(admin, &asked, arena_printf(admin->arena, "%lld", (long long)*count));
    return finish(admin, STATUS_OK, "webhook-replay", webhook_id);
}

const char *webhook_secret_text(struct arena *arena, const struct webhook *webhook)
{
    return arena_printf(arena, "whsec_%s",
                        base64_write_padded(arena, webhook->secret, WEBHOOK_SECRET_BYTES));
}

static enum status keep(const struct webhook_admin *admin, const struct webhook_wish *wish,
                        struct webhook *webhook)
{
    struct webhooks present = webhook_list(admin->people, admin->arena, admin->org_id);
    if (present.count >= WEBHOOKS_MAX) {
        return STATUS_LINES_TOO_MANY;
    }
    *webhook = (struct webhook){.webhook_id = new_id(admin, "whk"),
                                .org_id = admin->org_id,
                                .url = wish->url,
                                .description = wish->description,
                                .takes_all = wish->takes_all,
                                .kinds = wish->kinds,
                                .secret = new_secret(admin->arena),
                                .state = "active",
                                .state_at = admin->now_us,
                                .state_by = admin->user_id,
                                .after_seq = admin->last_seq,
                                .last_outcome = "",
                                .made_by = admin->user_id,
                                .made_at = admin->now_us};
    webhook_add(admin->people, webhook);
    return STATUS_OK;
}

/* What the wish names. */
static void take_wish(struct webhook *webhook, const struct webhook_wish *wish)
{
    webhook->url = wish->url == NULL ? webhook->url : wish->url;
    webhook->description = wish->description == NULL ? webhook->description : wish->description;
    webhook->takes_all = wish->keeps_scope ? webhook->takes_all : wish->takes_all;
    webhook->kinds = wish->kinds == NULL ? webhook->kinds : wish->kinds;
}

/* Opens the transaction and reads the endpoint; a status other than OK has closed it again. */
static enum status begin(const struct webhook_admin *admin, const char *webhook_id,
                         struct webhook *webhook)
{
    if (!store_begin_write(admin->people)) {
        return STATUS_FAULT;
    }
    bool is_there = webhook_find(admin->people, admin->arena, admin->org_id, webhook_id, webhook);
    return is_there ? STATUS_OK : finish(admin, STATUS_NOT_FOUND, NULL, webhook_id);
}

/* The same, and the key is looked up. Whatever comes of it, the act can end in finish(), which does
 * nothing to a transaction that is closed already. */
static enum status begin_once(const struct webhook_admin *admin, const struct digest *asked,
                              const char *webhook_id, struct webhook *webhook, const char **made_id)
{
    enum status status = begin(admin, webhook_id, webhook);
    if (status == STATUS_OK) {
        status = look_up_key(admin, asked, made_id);
    }
    return status == STATUS_OK ? STATUS_OK : finish(admin, status, NULL, webhook_id);
}

/* Closes it: kept when the status is OK and the store agrees. event: for the log; NULL: nothing was
 * changed. */
static enum status finish(const struct webhook_admin *admin, enum status status, const char *event,
                          const char *webhook_id)
{
    if (status != STATUS_OK) {
        bool has_fault = store_fault(admin->people);
        store_rollback(admin->people);
        return has_fault ? STATUS_FAULT : status;
    }
    if (!store_commit(admin->people)) {
        return STATUS_FAULT;
    }
    if (event != NULL) {
        log_event("info", event, "webhook", webhook_id, "organisation", admin->org_id, "by",
                  admin->user_id, NULL);
    }
    return STATUS_OK;
}

/* *made_id: what the key's first request made; NULL: it is the first, or there is no key. */
static enum status look_up_key(const struct webhook_admin *admin, const struct digest *asked,
                               const char **made_id)
{
    struct digest first;
    if (text_empty(admin->key) || !webhook_key_find(admin->people, admin->arena, admin->user_id,
                                                    admin->key, &first, made_id)) {
        return STATUS_OK;
    }
    return digest_equal(&first, asked) ? STATUS_OK : STATUS_KEY_REUSED;
}

static void keep_key(const struct webhook_admin *admin, const struct digest *asked,
                     const char *made_id)
{
    if (!text_empty(admin->key)) {
        webhook_key_add(admin->people, admin->user_id, admin->key, asked, made_id, admin->now_us);
    }
}

static struct digest asked_of(const char *act, const char *webhook_id,
                              const struct webhook_wish *wish)
{
    struct digest_feed feed;
    digest_begin(&feed);
    digest_add_text(&feed, act);
    digest_add_text(&feed, webhook_id);
    if (wish != NULL) {
        add_named(&feed, wish->url);
        add_named(&feed, wish->description);
        digest_add_int(&feed, wish->keeps_scope ? 2 : wish->takes_all ? 1 : 0);
        add_named(&feed, wish->kinds);
    }
    return digest_end(&feed);
}

/* What is not named is not like any text that can be. */
static void add_named(struct digest_feed *feed, const char *text)
{
    digest_add_text(feed, text == NULL ? "\x01" : text);
}

static const uint8_t *new_secret(struct arena *arena)
{
    uint8_t *secret = arena_take(arena, 1, WEBHOOK_SECRET_BYTES);
    random_bytes(secret, WEBHOOK_SECRET_BYTES);
    return secret;
}

static const char *new_id(const struct webhook_admin *admin, const char *prefix)
{
    struct id_source ids = {.random_tail = true};
    char id[ID_SIZE];
    must(TEXT_COPY(ids.tag, admin->tag));
    id_make(&ids, prefix, admin->now_us, id);
    return arena_text(admin->arena, id);
}

static enum status add_test(const struct webhook_admin *admin, const struct webhook *webhook,
                            struct webhook_message *message)
{
    *message = (struct webhook_message){
        .message_id = new_id(admin, "msg"),
        .webhook_id = webhook->webhook_id,
        .kind = WEBHOOK_TEST_KIND,
        .body = arena_printf(admin->arena,
                             "{\"type\":\"" WEBHOOK_TEST_KIND "\",\"timestamp\":\"%s\","
                             "\"data\":{\"webhook_id\":\"%s\"}}",
                             clock_iso(admin->arena, admin->now_us), webhook->webhook_id),
        .state = "waiting",
        .next_at = admin->now_us,
        .made_at = admin->now_us,
        .last_outcome = "",
    };
    webhook_message_add_test(admin->people, message);
    webhook_wake(admin->people, webhook->webhook_id, admin->now_us);
    return STATUS_OK;
}
