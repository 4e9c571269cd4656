/* gate/webhook_admin.c: see gate/webhook_admin.h. */
#include "gate/webhook_admin.h"

#include <inttypes.h>
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
static bool is_readable(const struct webhook_admin *admin);
static enum status begin(const struct webhook_admin *admin, const struct digest *asked,
                         const char *webhook_id, struct webhook *webhook, const char **made_id);
static bool is_over(const struct webhook_admin *admin, const char *made_id, enum status *status);
static enum status finish(const struct webhook_admin *admin, enum status status, const char *event,
                          const char *webhook_id);
static enum status look_up_key(const struct webhook_admin *admin, const struct digest *asked,
                               const char **made_id);
static void keep_key(const struct webhook_admin *admin, const struct digest *asked,
                     const char *made_id);
static struct digest asked_of(const struct webhook_admin *admin, const char *act, const char *about,
                              const struct webhook_wish *wish);
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
    *words = endpoint_read(wish->url, is_test, &endpoint);
    if (*words != NULL) {
        return "url";
    }
    if (!text_utf8_is(wish->description) || text_has_control(wish->description, "") ||
        text_characters(wish->description) > NAME_CHARS_MAX) {
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
    struct digest asked = asked_of(admin, "make", admin->org_id, wish);
    if (webhook_wish_fault(wish, admin->is_test, &words) != NULL) {
        return STATUS_VALUE_REFUSED;
    }
    if (!is_readable(admin) || !store_begin_write(admin->people)) {
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
    if (webhook_wish_fault(wish, admin->is_test, &words) != NULL) {
        return STATUS_VALUE_REFUSED;
    }
    /* What the body leaves out is as it was then, not as it is when it is sent again. */
    struct digest asked = asked_of(admin, "update", webhook_id, admin->sent == NULL ? wish : NULL);
    const char *made_id = NULL;
    enum status status = begin(admin, &asked, webhook_id, webhook, &made_id);
    if (is_over(admin, made_id, &status)) {
        return status;
    }
    webhook->url = wish->url;
    webhook->description = wish->description;
    webhook->takes_all = wish->takes_all;
    webhook->kinds = wish->kinds;
    webhook_change(admin->people, webhook, admin->now_us);
    keep_key(admin, &asked, webhook_id);
    return finish(admin, STATUS_OK, "webhook-changed", webhook_id);
}

enum status webhook_rotate(const struct webhook_admin *admin, const char *webhook_id,
                           struct webhook *webhook)
{
    struct digest asked = asked_of(admin, "rotate", webhook_id, NULL);
    const char *made_id = NULL;
    enum status status = begin(admin, &asked, webhook_id, webhook, &made_id);
    if (is_over(admin, made_id, &status)) {
        return status;
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
    struct digest asked = asked_of(admin, is_paused ? "pause" : "resume", webhook_id, NULL);
    const char *made_id = NULL;
    enum status status = begin(admin, &asked, webhook_id, webhook, &made_id);
    if (is_over(admin, made_id, &status)) {
        return status;
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

/* Once removed it is there no more, even for a repeat. */
enum status webhook_drop(const struct webhook_admin *admin, const char *webhook_id)
{
    struct digest asked = asked_of(admin, "remove", webhook_id, NULL);
    const char *made_id = NULL;
    struct webhook webhook;
    if (!is_readable(admin) || !store_begin_write(admin->people)) {
        return STATUS_FAULT;
    }
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
    struct digest asked = asked_of(admin, "test", webhook_id, NULL);
    struct webhook webhook;
    const char *made_id = NULL;
    enum status status = begin(admin, &asked, webhook_id, &webhook, &made_id);
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
    struct digest asked = asked_of(admin, "replay", message_id, NULL);
    struct webhook webhook;
    struct webhook_message message;
    const char *made_id = NULL;
    enum status status = begin(admin, &asked, webhook_id, &webhook, &made_id);
    if (is_over(admin, made_id, &status)) {
        return status;
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
    struct digest asked =
        asked_of(admin, "replay since",
                 arena_printf(admin->arena, "%s %" PRId64, webhook_id, since_at), NULL);
    struct webhook webhook;
    const char *made = NULL; /* how many */
    enum status status = begin(admin, &asked, webhook_id, &webhook, &made);
    if (status != STATUS_OK) {
        return status;
    }
    if (made != NULL) {
        must(text_parse_int(made, false, count));
        return finish(admin, STATUS_OK, NULL, webhook_id);
    }
    *count = webhook_message_replay_since(admin->people, webhook_id, since_at, admin->now_us);
    webhook_wake(admin->people, webhook_id, admin->now_us);
    keep_key(admin, &asked, arena_printf(admin->arena, "%" PRId64, *count));
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

/* Could the registry be read? Without it there are no ids, and a new endpoint would be sent
 * everything that ever happened. */
static bool is_readable(const struct webhook_admin *admin)
{
    return id_tag_is(admin->tag);
}

/* Opens the transaction, looks for the key and reads the endpoint; a status other than OK has
 * closed it again. *made_id: as look_up_key tells. */
static enum status begin(const struct webhook_admin *admin, const struct digest *asked,
                         const char *webhook_id, struct webhook *webhook, const char **made_id)
{
    if (!is_readable(admin) || !store_begin_write(admin->people)) {
        return STATUS_FAULT;
    }
    enum status status = look_up_key(admin, asked, made_id);
    if (status == STATUS_OK &&
        !webhook_find(admin->people, admin->arena, admin->org_id, webhook_id, webhook)) {
        status = STATUS_NOT_FOUND;
    }
    return status == STATUS_OK ? STATUS_OK : finish(admin, status, NULL, webhook_id);
}

/* Nothing is left to do: it was refused, or it was done before under the same key; then the
 * transaction is closed here. */
static bool is_over(const struct webhook_admin *admin, const char *made_id, enum status *status)
{
    if (*status == STATUS_OK && made_id != NULL) {
        *status = finish(admin, STATUS_OK, NULL, made_id);
        return true;
    }
    return *status != STATUS_OK;
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

static struct digest asked_of(const struct webhook_admin *admin, const char *act, const char *about,
                              const struct webhook_wish *wish)
{
    struct digest_feed feed;
    digest_begin(&feed);
    digest_add_text(&feed, act);
    digest_add_text(&feed, about);
    if (wish != NULL) {
        digest_add_text(&feed, wish->url);
        digest_add_text(&feed, wish->description);
        digest_add_int(&feed, wish->takes_all ? 1 : 0);
        digest_add_text(&feed, wish->kinds);
    }
    if (admin->sent != NULL) {
        char hex[DIGEST_HEX_SIZE];
        digest_hex(admin->sent, hex);
        digest_add_text(&feed, hex);
    }
    return digest_end(&feed);
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
