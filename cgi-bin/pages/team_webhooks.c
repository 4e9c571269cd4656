/* pages/team_webhooks.c: the list of endpoints, and what its pages share; see
 * pages/team_webhooks.h.
 */
#include "pages/team_webhooks.h"

#include <string.h>

#include "account_templates.h"
#include "base/clock.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/desk.h"

#define LATE_US (60 * CLOCK_SECOND_US) /* the courier looks once a second */

static struct webhook_row_views rows_of(struct visit *visit, bool *is_late);
static const char *kinds_words_of(struct visit *visit, const struct webhook *webhook);

enum status team_webhooks_get(struct visit *visit, struct response *response)
{
    struct webhooks_view view = {
        .page = chrome_of(visit, PLACE_TEAM, "Webhooks"),
        .org_name = visit->org_name,
    };
    view.rows = rows_of(visit, &view.is_late);
    view.has_rows = view.rows.count > 0;
    view.may_add = view.rows.count < WEBHOOKS_MAX;
    view.most_words = text_int_grouped(visit->arena, WEBHOOKS_MAX);
    view.count_words = desk_count(visit->arena, (int64_t)view.rows.count, "endpoint", "endpoints");
    chrome_trail(visit, &view.page, url_path(visit->arena, "/account/team"), "Team");
    template_account_team_webhooks(&response->body, &view);
    return STATUS_OK;
}

struct url team_webhooks_url(struct visit *visit)
{
    return url_path(visit->arena, "/account/team/webhooks");
}

struct url team_webhook_url(struct visit *visit, const char *webhook_id)
{
    return url_path(visit->arena, "/account/team/webhooks/*", webhook_id);
}

struct url team_webhook_message_url(struct visit *visit, const char *webhook_id,
                                    const char *message_id)
{
    return url_path(visit->arena, "/account/team/webhooks/*/messages/*", webhook_id, message_id);
}

void team_webhook_trail(struct visit *visit, struct chrome *page, const struct webhook *under)
{
    chrome_trail(visit, page, url_path(visit->arena, "/account/team"), "Team");
    chrome_trail(visit, page, team_webhooks_url(visit), "Webhooks");
    if (under != NULL) {
        chrome_trail(visit, page, team_webhook_url(visit, under->webhook_id),
                     team_webhook_name(under));
    }
}

const char *team_webhook_name(const struct webhook *webhook)
{
    return text_empty(webhook->description) ? webhook->url : webhook->description;
}

/* The shapes are those of transfers that are in a like state. */
struct state_view team_webhook_state(const struct webhook *webhook)
{
    if (text_is(webhook->state, "failing")) {
        return (struct state_view){"rejected", "Failing: stopped"};
    }
    if (text_is(webhook->state, "paused")) {
        return (struct state_view){"suspended", "Paused"};
    }
    return (struct state_view){"active", "Active"};
}

struct state_view team_webhook_message_state(const struct webhook_message *message)
{
    if (text_is(message->state, "delivered")) {
        return (struct state_view){"completed", "Delivered"};
    }
    if (text_is(message->state, "given_up")) {
        return (struct state_view){"rejected", "Given up"};
    }
    return (struct state_view){"pending", "Waiting"};
}

const char *team_webhook_waiting_words(struct visit *visit, const char *webhook_id)
{
    int64_t count = webhook_message_count(visit->people, webhook_id, "waiting");
    if (count == 0) {
        return "";
    }
    return arena_printf(visit->arena, "%s %s",
                        desk_count(visit->arena, count, "message", "messages"),
                        count == 1 ? "waits" : "wait");
}

bool team_webhook_is_late(const struct visit *visit, const struct webhook *webhook)
{
    return text_is(webhook->state, "active") && webhook->due_at > 0 &&
           webhook->due_at < visit->now_us - LATE_US;
}

void team_webhook_show_secret(struct visit *visit, struct response *response,
                              const struct webhook *webhook, bool is_new)
{
    struct webhook_secret_view view = {
        .page = chrome_of(visit, PLACE_TEAM, is_new ? "The endpoint is added" : "A new secret"),
        .url_words = webhook->url,
        .secret = webhook_secret_text(visit->arena, webhook),
        .is_new = is_new,
        .old_until = desk_when(visit->arena, is_new ? 0 : webhook->old_until),
        .back = team_webhook_url(visit, webhook->webhook_id),
        .post_test = url_path(visit->arena, "/account/team/webhooks/*/test", webhook->webhook_id),
    };
    team_webhook_trail(visit, &view.page, NULL);
    template_account_team_webhook_secret(&response->body, &view);
}

static struct webhook_row_views rows_of(struct visit *visit, bool *is_late)
{
    struct webhooks webhooks = webhook_list(visit->people, visit->arena, visit->org_id);
    struct webhook_row_view *rows =
        arena_array(visit->arena, struct webhook_row_view, webhooks.count + 1);
    for (size_t i = 0; i < webhooks.count; i++) {
        const struct webhook *webhook = &webhooks.at[i];
        rows[i] = (struct webhook_row_view){
            .url_words = webhook->url,
            .description = webhook->description,
            .page = team_webhook_url(visit, webhook->webhook_id),
            .state = team_webhook_state(webhook),
            .kinds_words = kinds_words_of(visit, webhook),
            .last = desk_when(visit->arena, webhook->last_at),
            .last_words = webhook->last_outcome,
            .waiting_words = team_webhook_waiting_words(visit, webhook->webhook_id),
        };
        *is_late = *is_late || team_webhook_is_late(visit, webhook);
    }
    return (struct webhook_row_views){rows, webhooks.count};
}

static const char *kinds_words_of(struct visit *visit, const struct webhook *webhook)
{
    int64_t count = 0;
    for (const char *at = webhook->kinds; *at != '\0'; at++) {
        count += *at == '\n' ? 1 : 0;
    }
    const char *whose = webhook->takes_all ? ", public ones of everybody too" : "";
    return text_empty(webhook->kinds)
               ? arena_printf(visit->arena, "Every kind%s", whose)
               : arena_printf(visit->arena, "%s%s",
                              desk_count(visit->arena, count + 1, "kind", "kinds"), whose);
}
