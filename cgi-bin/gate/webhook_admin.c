/* gate/webhook_admin.c: see gate/webhook_admin.h. */
#include "gate/webhook_admin.h"

#include <string.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "base/text.h"
#include "gate/webhook_once.h"
#include "model/endpoint.h"
#include "store/rights.h"
#include "store/site.h"

const struct query_table *const webhook_admin_tables[] = {
    &people_webhook_queries,
    &people_webhook_log_queries,
    NULL,
};

const char *const webhook_kinds[WEBHOOK_KINDS_MAX + 1] = {
    "organisation.opened", "organisation.changed",
    "project.opened",      "project.changed",
    "issuance.made",       "order.recorded",
    "delivery.made",       "transfer.awaiting_approval",
    "transfer.approved",   "transfer.pending",
    "transfer.completed",  "transfer.rejected",
    "transfer.withdrawn",  "transfer.expired",
    "transfer.cancelled",  "transfer.note_redacted",
    "retirement.made",     "refund.made",
    "cancellation.made",   "note.redacted",
    "beneficiary.named",   "policy.changed",
    "trust.changed",       "account.opened",
    "account.closed",      "member.changed",
    "registry.frozen",     "registry.thawed",
    "registry.changed",    NULL,
};

static enum status keep(const struct webhook_admin *admin, const struct webhook_wish *wish,
                        struct webhook *webhook);
static void take_wish(struct webhook *webhook, const struct webhook_wish *wish);
static bool is_readable(const struct webhook_admin *admin);
static enum status begin(const struct webhook_admin *admin, struct webhook_once *once);
static bool is_over(const struct webhook_admin *admin, const char *webhook_id,
                    struct webhook_once *once, const struct webhook_done *done,
                    struct webhook *webhook, enum status *status);
static enum status done_before(const struct webhook_admin *admin, const char *webhook_id,
                               const struct webhook_done *done);
static enum status finish(const struct webhook_admin *admin, enum status status, const char *event,
                          const char *webhook_id);
static const uint8_t *new_secret(struct arena *arena);
static const char *new_id(const struct webhook_admin *admin, const char *prefix);
static void add_test(const struct webhook_admin *admin, const struct webhook *webhook,
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
    struct webhook_once once = webhook_once_of("make", admin->org_id, wish);
    struct webhook_done done = {.webhook = webhook, .shows_secret = true};
    *webhook = (struct webhook){.webhook_id = ""};
    if (webhook_wish_fault(wish, admin->is_test, &words) != NULL) {
        return STATUS_VALUE_REFUSED;
    }
    enum status status = begin(admin, &once);
    if (status != STATUS_OK || once.is_told) {
        return finish(admin, status, NULL, "");
    }
    if (once.made_id != NULL) {
        bool is_there =
            webhook_find(admin->people, admin->arena, admin->org_id, once.made_id, webhook);
        return is_there ? done_before(admin, once.made_id, &done)
                        : finish(admin, STATUS_NOT_FOUND, NULL, once.made_id);
    }
    status = keep(admin, wish, webhook);
    if (status == STATUS_OK) {
        webhook_once_keep(admin, &once, webhook->webhook_id, &done);
    }
    return finish(admin, status, "webhook-made", webhook->webhook_id);
}

enum status webhook_update(const struct webhook_admin *admin, const char *webhook_id,
                           const struct webhook_wish *wish, struct webhook *webhook)
{
    const char *words = NULL;
    struct webhook_once once = webhook_once_of("update", webhook_id, wish);
    struct webhook_done done = {.webhook = webhook};
    if (webhook_wish_fault(wish, admin->is_test, &words) != NULL) {
        return STATUS_VALUE_REFUSED;
    }
    enum status status = STATUS_OK;
    if (is_over(admin, webhook_id, &once, &done, webhook, &status)) {
        return status;
    }
    take_wish(webhook, wish);
    webhook_change(admin->people, webhook, admin->now_us);
    webhook_once_keep(admin, &once, webhook_id, &done);
    return finish(admin, STATUS_OK, "webhook-changed", webhook_id);
}

enum status webhook_rotate(const struct webhook_admin *admin, const char *webhook_id,
                           struct webhook *webhook)
{
    struct webhook_once once = webhook_once_of("rotate", webhook_id, NULL);
    struct webhook_done done = {.webhook = webhook, .shows_secret = true};
    enum status status = STATUS_OK;
    if (is_over(admin, webhook_id, &once, &done, webhook, &status)) {
        return status;
    }
    webhook->old_secret = webhook->secret;
    webhook->old_until = admin->now_us + WEBHOOK_OVERLAP_S * CLOCK_SECOND_US;
    webhook->secret = new_secret(admin->arena);
    webhook_set_secret(admin->people, webhook_id, webhook->secret, webhook->old_until);
    webhook_once_keep(admin, &once, webhook_id, &done);
    return finish(admin, STATUS_OK, "webhook-secret-rotated", webhook_id);
}

enum status webhook_set_paused(const struct webhook_admin *admin, const char *webhook_id,
                               bool is_paused, struct webhook *webhook)
{
    struct webhook_once once = webhook_once_of(is_paused ? "pause" : "resume", webhook_id, NULL);
    struct webhook_done done = {.webhook = webhook};
    enum status status = STATUS_OK;
    if (is_over(admin, webhook_id, &once, &done, webhook, &status)) {
        return status;
    }
    if (text_is(webhook->state, is_paused ? "paused" : "active")) {
        webhook_once_keep(admin, &once, webhook_id, &done);
        return finish(admin, STATUS_OK, NULL, webhook_id);
    }
    if (is_paused) {
        webhook_pause(admin->people, webhook_id, admin->user_id, admin->now_us);
    } else {
        webhook_resume(admin->people, webhook_id, admin->user_id, admin->now_us);
    }
    (void)webhook_find(admin->people, admin->arena, admin->org_id, webhook_id, webhook);
    webhook_once_keep(admin, &once, webhook_id, &done);
    return finish(admin, STATUS_OK, is_paused ? "webhook-paused" : "webhook-resumed", webhook_id);
}

enum status webhook_drop(const struct webhook_admin *admin, const char *webhook_id)
{
    struct webhook_once once = webhook_once_of("remove", webhook_id, NULL);
    struct webhook_done done = {.webhook = NULL};
    struct webhook webhook;
    enum status status = begin(admin, &once);
    if (status != STATUS_OK || once.is_told) {
        return finish(admin, status, NULL, webhook_id);
    }
    if (once.made_id != NULL) {
        return done_before(admin, webhook_id, &done);
    }
    if (!webhook_find(admin->people, admin->arena, admin->org_id, webhook_id, &webhook)) {
        return finish(admin, STATUS_NOT_FOUND, NULL, webhook_id);
    }
    webhook_remove(admin->people, webhook_id, admin->user_id, admin->now_us);
    webhook_once_keep(admin, &once, webhook_id, &done);
    return finish(admin, STATUS_OK, "webhook-removed", webhook_id);
}

enum status webhook_test(const struct webhook_admin *admin, const char *webhook_id,
                         struct webhook_message *message)
{
    struct webhook_once once = webhook_once_of("test", webhook_id, NULL);
    struct webhook_done done = {.message = message};
    struct webhook webhook;
    enum status status = STATUS_OK;
    if (is_over(admin, webhook_id, &once, NULL, &webhook, &status)) {
        return status;
    }
    if (once.made_id != NULL) {
        bool is_there =
            webhook_message_find(admin->people, admin->arena, webhook_id, once.made_id, message);
        return is_there ? done_before(admin, webhook_id, &done)
                        : finish(admin, STATUS_NOT_FOUND, NULL, webhook_id);
    }
    const char *waiting_id = NULL;
    if (webhook_message_test_waits(admin->people, admin->arena, webhook_id, &waiting_id) &&
        webhook_message_find(admin->people, admin->arena, webhook_id, waiting_id, message)) {
        webhook_once_keep(admin, &once, waiting_id, &done);
        return finish(admin, STATUS_OK, NULL, webhook_id);
    }
    add_test(admin, &webhook, message);
    webhook_once_keep(admin, &once, message->message_id, &done);
    return finish(admin, STATUS_OK, "webhook-test", webhook_id);
}

enum status webhook_replay(const struct webhook_admin *admin, const char *webhook_id,
                           const char *message_id)
{
    const char *act = arena_printf(admin->arena, "replay %s", message_id);
    struct webhook_once once = webhook_once_of(act, webhook_id, NULL);
    struct webhook_done done = {.count = 1};
    struct webhook webhook;
    struct webhook_message message;
    enum status status = STATUS_OK;
    if (is_over(admin, webhook_id, &once, &done, &webhook, &status)) {
        return status;
    }
    if (!webhook_message_find(admin->people, admin->arena, webhook_id, message_id, &message)) {
        return finish(admin, STATUS_NOT_FOUND, NULL, webhook_id);
    }
    webhook_message_replay(admin->people, message_id, admin->now_us);
    webhook_wake(admin->people, webhook_id, admin->now_us);
    webhook_once_keep(admin, &once, message_id, &done);
    return finish(admin, STATUS_OK, "webhook-replay", webhook_id);
}

enum status webhook_replay_failed(const struct webhook_admin *admin, const char *webhook_id,
                                  int64_t since_at, int64_t *count)
{
    const char *act = arena_printf(admin->arena, "replay since %lld", (long long)since_at);
    struct webhook_once once = webhook_once_of(act, webhook_id, NULL);
    struct webhook_done done = {.count = 0};
    struct webhook webhook;
    enum status status = STATUS_OK;
    if (is_over(admin, webhook_id, &once, NULL, &webhook, &status)) {
        return status;
    }
    if (once.made_id != NULL) { /* of this act: how many there were */
        must(text_parse_int(once.made_id, false, count));
        done.count = *count;
        return done_before(admin, webhook_id, &done);
    }
    *count = webhook_message_replay_since(admin->people, webhook_id, since_at, admin->now_us);
    done.count = *count;
    webhook_wake(admin->people, webhook_id, admin->now_us);
    webhook_once_keep(admin, &once, arena_printf(admin->arena, "%lld", (long long)*count), &done);
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

/* Could the registry be read? Without it there are no ids, and a new endpoint would be sent
 * everything that ever happened. */
static bool is_readable(const struct webhook_admin *admin)
{
    return id_tag_is(admin->tag);
}

/* Opens the transaction and looks the key up. Whatever comes of it, the act ends in finish(). */
static enum status begin(const struct webhook_admin *admin, struct webhook_once *once)
{
    if (!is_readable(admin) || !store_begin_write(admin->people)) {
        return STATUS_FAULT;
    }
    return webhook_once_find(admin, once);
}

/* The same for an act on an endpoint that is there (a repeat may come when it is not any more), and
 * asks whether anything is left to do. True: no, this is the act's status, and the transaction is
 * closed again. done: how a repeat is told that was done before answers were kept; NULL: the act
 * looks at made_id itself. */
static bool is_over(const struct webhook_admin *admin, const char *webhook_id,
                    struct webhook_once *once, const struct webhook_done *done,
                    struct webhook *webhook, enum status *status)
{
    *status = begin(admin, once);
    if (*status == STATUS_OK && !once->is_told &&
        !webhook_find(admin->people, admin->arena, admin->org_id, webhook_id, webhook)) {
        *status = STATUS_NOT_FOUND;
    }
    if (*status != STATUS_OK || once->is_told) {
        *status = finish(admin, *status, NULL, webhook_id);
        return true;
    }
    if (once->made_id != NULL && done != NULL) {
        *status = done_before(admin, webhook_id, done);
        return true;
    }
    return false;
}

/* A repeat of what was done before answers were kept: it is told how it is now. */
static enum status done_before(const struct webhook_admin *admin, const char *webhook_id,
                               const struct webhook_done *done)
{
    webhook_once_tell(admin, done);
    return finish(admin, STATUS_OK, NULL, webhook_id);
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

static void add_test(const struct webhook_admin *admin, const struct webhook *webhook,
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
}
