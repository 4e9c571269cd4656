/* pages/team_webhooks_message.c: one message and its tries, and sending again; see
 * pages/team_webhooks.h. */
#include "account_templates.h"
#include "base/clock.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/desk.h"
#include "pages/team_webhooks.h"

/* After so long an answer that is not there yet is no longer a moment away. */
#define FRESH_US (30 * CLOCK_SECOND_US)
#define SINCE_DAYS 7 /* what the question begins with */

static const struct field_row since_rows[] = {
    {.name = "since",
     .kind = VALUE_DATE,
     .label = "Since",
     .needed_words = "Enter a day as in 2026-11-20."},
};
const struct form team_webhook_replay_query = {since_rows, 1};
static const struct field_row replay_rows[] = {
    {.name = "since",
     .kind = VALUE_DATE,
     .needed = true,
     .label = "Since",
     .needed_words = "Enter a day as in 2026-11-20."},
};
const struct form team_webhook_replay_form = {replay_rows, 1};

static struct webhook_try_rows tries_of(struct visit *visit, const struct webhook_message *message,
                                        const char **more_words);
static enum status show_replay(struct visit *visit, struct response *response,
                               const struct webhook *webhook);

enum status team_webhook_message_get(struct visit *visit, struct response *response)
{
    struct webhook webhook;
    struct webhook_message message;
    struct arena *arena = visit->arena;
    if (!webhook_find(visit->people, arena, visit->org_id, visit->arguments[0], &webhook) ||
        !webhook_message_find(visit->people, arena, webhook.webhook_id, visit->arguments[1],
                              &message)) {
        return STATUS_NOT_FOUND;
    }
    bool is_waiting = text_is(message.state, "waiting");
    bool is_test = message.seq == 0;
    bool is_stopped = is_waiting && !is_test && !text_is(webhook.state, "active");
    struct webhook_message_view view = {
        .page = chrome_of(visit, PLACE_TEAM, message.kind),
        .kind = message.kind,
        .is_test = is_test,
        .is_fresh_wait = is_waiting && message.next_at <= visit->now_us &&
                         message.next_at > visit->now_us - FRESH_US &&
                         (is_test || text_is(webhook.state, "active")),
        .message_id = message.message_id,
        .url_words = webhook.url,
        .seq_words = is_test ? "" : text_int_grouped(arena, message.seq),
        .state = team_webhook_message_state(&message),
        .made = desk_when(arena, message.made_at),
        .next =
            desk_when(arena, is_waiting && message.tries > 0 && !is_stopped ? message.next_at : 0),
        .ended = desk_when(arena, message.ended_at),
        .body = message.body,
        .endpoint = team_webhook_url(visit, webhook.webhook_id),
        .here = team_webhook_message_url(visit, webhook.webhook_id, message.message_id),
        .post_replay = url_path(arena, "/account/team/webhooks/*/messages/*/replay",
                                webhook.webhook_id, message.message_id),
        .post_test = url_path(visit->arena, "/account/team/webhooks/*/test", webhook.webhook_id),
        .is_stopped = is_stopped,
    };
    view.tries = tries_of(visit, &message, &view.more_words);
    view.has_tries = view.tries.count > 0;
    team_webhook_trail(visit, &view.page, &webhook);
    template_account_team_webhook_message(&response->body, &view);
    return STATUS_OK;
}

enum status team_webhook_again_post(struct visit *visit, struct response *response)
{
    struct webhook_admin admin = webhook_admin_of(visit, "");
    enum status status = webhook_replay(&admin, visit->arguments[0], visit->arguments[1]);
    if (status != STATUS_OK) {
        return status;
    }
    gate_notice(visit, "webhook-replay");
    return desk_go(visit, response,
                   team_webhook_message_url(visit, visit->arguments[0], visit->arguments[1]));
}

enum status team_webhook_replay_get(struct visit *visit, struct response *response)
{
    struct webhook webhook;
    if (!webhook_find(visit->people, visit->arena, visit->org_id, visit->arguments[0], &webhook)) {
        return STATUS_NOT_FOUND;
    }
    return show_replay(visit, response, &webhook);
}

enum status team_webhook_replay_post(struct visit *visit, struct response *response)
{
    struct webhook webhook;
    int64_t since_at = 0;
    int64_t count = 0;
    if (!webhook_find(visit->people, visit->arena, visit->org_id, visit->arguments[0], &webhook)) {
        return STATUS_NOT_FOUND;
    }
    if (visit->fields.error_count > 0 ||
        !clock_parse_date(field_text(&visit->fields, "since"), &since_at)) {
        field_fault(&visit->fields, "since", "Enter a day as in 2026-11-20.");
        desk_mend(response, STATUS_FORM_FAULTS);
        return show_replay(visit, response, &webhook);
    }
    struct webhook_admin admin = webhook_admin_of(visit, "");
    enum status status = webhook_replay_failed(&admin, webhook.webhook_id, since_at, &count);
    if (status != STATUS_OK) {
        return status;
    }
    gate_notice(visit, "webhook-replay");
    return desk_go(visit, response,
                   url_with(visit->arena, team_webhook_url(visit, webhook.webhook_id), "state",
                            count > 0 ? "waiting" : ""));
}

static struct webhook_try_rows tries_of(struct visit *visit, const struct webhook_message *message,
                                        const char **more_words)
{
    struct webhook_tries tries = webhook_try_list(visit->people, visit->arena, message->message_id);
    struct webhook_try_row *rows =
        arena_array(visit->arena, struct webhook_try_row, tries.count + 1);
    for (size_t i = 0; i < tries.count; i++) {
        rows[i] = (struct webhook_try_row){
            .number = tries.at[i].number,
            .at = desk_when(visit->arena, tries.at[i].at),
            .took =
                arena_printf(visit->arena, "%s ms",
                             text_int_grouped(visit->arena, (tries.at[i].took_us + 999) / 1000)),
            .words = tries.at[i].outcome,
        };
    }
    *more_words = message->tries > (int64_t)tries.count
                      ? arena_printf(visit->arena, "The last %zu of %s tries are shown.",
                                     tries.count, text_int_grouped(visit->arena, message->tries))
                      : "";
    return (struct webhook_try_rows){rows, tries.count};
}

/* First the day, then how many that are, then the button that says so. */
static enum status show_replay(struct visit *visit, struct response *response,
                               const struct webhook *webhook)
{
    struct arena *arena = visit->arena;
    const char *since = field_text(&visit->fields, "since");
    int64_t since_at = 0;
    bool is_day = visit->fields.error_count == 0 && clock_parse_date(since, &since_at);
    int64_t failed =
        is_day ? webhook_message_failed_since(visit->people, webhook->webhook_id, since_at) : 0;
    struct webhook_replay_view view = {
        .page = chrome_of(visit, PLACE_TEAM, chrome_fault_title(visit, "Send again what failed")),
        .faults = chrome_faults(visit),
        .url_words = webhook->url,
        .since = text_empty(since)
                     ? clock_iso_date(arena, visit->now_us - SINCE_DAYS * CLOCK_DAY_US)
                     : since,
        .since_fault = chrome_fault(visit, "since"),
        .here = url_path(visit->arena, "/account/team/webhooks/*/replay", webhook->webhook_id),
        .post = url_path(visit->arena, "/account/team/webhooks/*/replay", webhook->webhook_id),
        .back = team_webhook_url(visit, webhook->webhook_id),
        .has_count = is_day,
        .since_words = is_day ? clock_date_words(arena, since_at) : "",
        .has_failed = failed > 0,
        .count_words = desk_count(arena, failed, "message", "messages"),
    };
    view.has_faults = view.faults.count > 0;
    team_webhook_trail(visit, &view.page, webhook);
    template_account_team_webhook_replay(&response->body, &view);
    return STATUS_OK;
}
