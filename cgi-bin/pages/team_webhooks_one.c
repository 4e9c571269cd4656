/* pages/team_webhooks_one.c: one endpoint with its log, and what can be done with it; see
 * pages/team_webhooks.h. */
#include <string.h>

#include "account_templates.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/desk.h"
#include "pages/team_view.h"
#include "pages/team_webhooks.h"

static const char *const state_words[] = {"waiting", "delivered", "given_up", NULL};
static const struct field_row query_rows[] = {
    {.name = "state", .kind = VALUE_WORD, .words = state_words},
    {.name = "before", .kind = VALUE_ID},
    {.name = "after", .kind = VALUE_ID},
};
const struct form team_webhook_query = {query_rows, 3};

static void show_facts(struct visit *visit, const struct webhook *webhook,
                       struct webhook_view *view);
static void show_log(struct visit *visit, const struct webhook *webhook, struct webhook_view *view);
static void show_pager(struct visit *visit, struct url here, const struct page_ask *ask,
                       const struct page_ids *page, struct webhook_view *view);
static struct page_ask ask_of(struct visit *visit, const char *webhook_id);
static struct webhook_message_row row_of(struct visit *visit, const struct webhook *webhook,
                                         const struct webhook_message *message);
static struct url log_url(struct visit *visit, const char *webhook_id, const char *state);
static const char *lines_as_words(struct visit *visit, const char *lines);
static enum status set_paused(struct visit *visit, struct response *response, bool is_paused);
static enum status ask_first(struct visit *visit, struct response *response,
                             const struct team_sure_view *question, const char *title,
                             const struct webhook *webhook);

enum status team_webhook_get(struct visit *visit, struct response *response)
{
    struct webhook webhook;
    if (!webhook_find(visit->people, visit->arena, visit->org_id, visit->arguments[0], &webhook)) {
        return STATUS_NOT_FOUND;
    }
    struct webhook_view view = {
        .page = chrome_of(visit, PLACE_TEAM, team_webhook_name(&webhook)),
        .heading = team_webhook_name(&webhook),
        .url_words = webhook.url,
    };
    show_facts(visit, &webhook, &view);
    show_log(visit, &webhook, &view);
    team_webhook_trail(visit, &view.page, NULL);
    template_account_team_webhook(&response->body, &view);
    return STATUS_OK;
}

enum status team_webhook_test_post(struct visit *visit, struct response *response)
{
    struct webhook_message message;
    struct webhook_admin admin = webhook_admin_of(visit, "");
    enum status status = webhook_test(&admin, visit->arguments[0], &message);
    if (status != STATUS_OK) {
        return status;
    }
    return desk_go(visit, response,
                   team_webhook_message_url(visit, visit->arguments[0], message.message_id));
}

enum status team_webhook_pause_post(struct visit *visit, struct response *response)
{
    return set_paused(visit, response, true);
}

enum status team_webhook_resume_post(struct visit *visit, struct response *response)
{
    return set_paused(visit, response, false);
}

enum status team_webhook_rotate_get(struct visit *visit, struct response *response)
{
    struct webhook webhook;
    if (!webhook_find(visit->people, visit->arena, visit->org_id, visit->arguments[0], &webhook)) {
        return STATUS_NOT_FOUND;
    }
    const struct team_sure_view question = {
        .heading = "Rotate the secret?",
        .what = "A new secret is made and shown once. For a day every message is signed with "
                "both, so that nothing is refused while you change the receiver; after that the "
                "old one counts no more.",
        .button = "Make a new secret",
        .post = url_path(visit->arena, "/account/team/webhooks/*/rotate", webhook.webhook_id),
    };
    return ask_first(visit, response, &question, "Rotate the secret", &webhook);
}

/* The answer shows the secret: this once. */
enum status team_webhook_rotate_post(struct visit *visit, struct response *response)
{
    struct webhook webhook;
    struct webhook_admin admin = webhook_admin_of(visit, "");
    enum status status = webhook_rotate(&admin, visit->arguments[0], &webhook);
    if (status == STATUS_OK) {
        team_webhook_show_secret(visit, response, &webhook, false);
    }
    return status;
}

enum status team_webhook_remove_get(struct visit *visit, struct response *response)
{
    struct webhook webhook;
    if (!webhook_find(visit->people, visit->arena, visit->org_id, visit->arguments[0], &webhook)) {
        return STATUS_NOT_FOUND;
    }
    const char *waiting = team_webhook_waiting_words(visit, webhook.webhook_id);
    const struct team_sure_view question = {
        .heading = "Remove this endpoint?",
        .what = arena_printf(visit->arena,
                             "Nothing more is sent to %s. %s%sIts secret and its log are gone for "
                             "you; it cannot be brought back, only added anew.",
                             webhook.url, waiting,
                             text_empty(waiting) ? "" : " for it and will not be sent. "),
        .button = "Remove the endpoint",
        .is_danger = true,
        .post = url_path(visit->arena, "/account/team/webhooks/*/remove", webhook.webhook_id),
    };
    return ask_first(visit, response, &question, "Remove the endpoint", &webhook);
}

enum status team_webhook_remove_post(struct visit *visit, struct response *response)
{
    struct webhook_admin admin = webhook_admin_of(visit, "");
    enum status status = webhook_drop(&admin, visit->arguments[0]);
    if (status != STATUS_OK) {
        return status;
    }
    gate_notice(visit, "webhook-removed");
    return desk_go(visit, response, team_webhooks_url(visit));
}

static enum status set_paused(struct visit *visit, struct response *response, bool is_paused)
{
    struct webhook webhook;
    struct webhook_admin admin = webhook_admin_of(visit, "");
    enum status status = webhook_set_paused(&admin, visit->arguments[0], is_paused, &webhook);
    if (status != STATUS_OK) {
        return status;
    }
    gate_notice(visit, is_paused ? "webhook-paused" : "webhook-resumed");
    return desk_go(visit, response, team_webhook_url(visit, webhook.webhook_id));
}

static enum status ask_first(struct visit *visit, struct response *response,
                             const struct team_sure_view *question, const char *title,
                             const struct webhook *webhook)
{
    struct team_sure_view view = *question;
    view.page = chrome_of(visit, PLACE_TEAM, title);
    view.back = team_webhook_url(visit, webhook->webhook_id);
    team_webhook_trail(visit, &view.page, webhook);
    template_account_team_sure(&response->body, &view);
    return STATUS_OK;
}

static void show_facts(struct visit *visit, const struct webhook *webhook,
                       struct webhook_view *view)
{
    struct arena *arena = visit->arena;
    const char *id = webhook->webhook_id;
    bool is_changed = webhook->state_at != webhook->made_at;
    view->state = team_webhook_state(webhook);
    view->since = desk_when(arena, is_changed ? webhook->state_at : 0);
    view->since_by = text_empty(webhook->state_by) ? "" : desk_person(visit, webhook->state_by);
    view->is_active = text_is(webhook->state, "active");
    view->is_paused = text_is(webhook->state, "paused");
    view->is_failing = text_is(webhook->state, "failing");
    view->is_late = team_webhook_is_late(visit, webhook);
    view->scope_words = webhook->takes_all
                            ? "What concerns the organisation, and every public event"
                            : "What concerns the organisation";
    view->kinds_words =
        text_empty(webhook->kinds) ? "Every kind of event" : lines_as_words(visit, webhook->kinds);
    view->made = desk_when(arena, webhook->made_at);
    view->made_by = desk_person(visit, webhook->made_by);
    view->last = desk_when(arena, webhook->last_at);
    view->last_words = webhook->last_outcome;
    bool is_resting = webhook->failures > 0 && webhook->rests_until > visit->now_us;
    view->resting = desk_when(arena, is_resting && view->is_active ? webhook->rests_until : 0);
    view->waiting_words = team_webhook_waiting_words(visit, id);
    view->old_until = desk_when(arena, webhook->old_until > visit->now_us ? webhook->old_until : 0);
    view->change = url_path(visit->arena, "/account/team/webhooks/*/change", id);
    view->rotate = url_path(visit->arena, "/account/team/webhooks/*/rotate", id);
    view->remove = url_path(visit->arena, "/account/team/webhooks/*/remove", id);
    view->replay = url_path(visit->arena, "/account/team/webhooks/*/replay", id);
    view->post_test = url_path(visit->arena, "/account/team/webhooks/*/test", id);
    view->post_pause = url_path(visit->arena, "/account/team/webhooks/*/pause", id);
    view->post_resume = url_path(visit->arena, "/account/team/webhooks/*/resume", id);
}

static void show_log(struct visit *visit, const struct webhook *webhook, struct webhook_view *view)
{
    const char *id = webhook->webhook_id;
    const char *state = field_text(&visit->fields, "state");
    struct page_ask ask = ask_of(visit, id);
    struct page_ids page = webhook_message_page(visit->people, visit->arena, id, state, &ask);
    struct webhook_message_row *rows =
        arena_array(visit->arena, struct webhook_message_row, page.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < page.count; i++) {
        struct webhook_message message;
        if (webhook_message_find(visit->people, visit->arena, id, page.at[i], &message)) {
            rows[count++] = row_of(visit, webhook, &message);
        }
    }
    view->rows = (struct webhook_message_rows){rows, count};
    view->has_rows = count > 0;
    view->tab_all = log_url(visit, id, "");
    view->tab_waiting = log_url(visit, id, "waiting");
    view->tab_delivered = log_url(visit, id, "delivered");
    view->tab_given_up = log_url(visit, id, "given_up");
    view->at_all = text_empty(state);
    view->at_waiting = text_is(state, "waiting");
    view->at_delivered = text_is(state, "delivered");
    view->at_given_up = text_is(state, "given_up");
    view->pager.count_words = desk_count(
        visit->arena, webhook_message_count(visit->people, id, state), "message", "messages");
    if (page.count > 0) {
        show_pager(visit, log_url(visit, id, state), &ask, &page, view);
    }
}

/* page: not empty. */
static void show_pager(struct visit *visit, struct url here, const struct page_ask *ask,
                       const struct page_ids *page, struct webhook_view *view)
{
    if (ask->backward ? page->has_more : ask->has_place) {
        view->pager.newer = url_with(visit->arena, here, "after", page->at[0]);
    }
    if (ask->backward || page->has_more) {
        view->pager.older = url_with(visit->arena, here, "before", page->at[page->count - 1]);
    }
    view->has_pager = desk_pager(&view->pager, true, true);
}

/* Where the page begins: behind the message of an address that our own links made. One that is
 * forgotten since is as good as none. */
static struct page_ask ask_of(struct visit *visit, const char *webhook_id)
{
    struct page_ask ask = {.most = PAGE_ROWS};
    struct webhook_message message;
    const char *after = field_text(&visit->fields, "after");
    const char *place = text_empty(after) ? field_text(&visit->fields, "before") : after;
    if (!text_empty(place) &&
        webhook_message_find(visit->people, visit->arena, webhook_id, place, &message)) {
        ask.backward = !text_empty(after);
        ask.has_place = true;
        ask.key = message.made_at;
        ask.id = message.message_id;
    }
    return ask;
}

static struct webhook_message_row row_of(struct visit *visit, const struct webhook *webhook,
                                         const struct webhook_message *message)
{
    bool waits_again = text_is(message->state, "waiting") && message->tries > 0 &&
                       (message->seq == 0 || text_is(webhook->state, "active"));
    return (struct webhook_message_row){
        .made = desk_when(visit->arena, message->made_at),
        .kind = message->kind,
        .url = team_webhook_message_url(visit, message->webhook_id, message->message_id),
        .message_id = message->message_id,
        .state = team_webhook_message_state(message),
        .tries_words =
            message->tries == 0 ? "" : desk_count(visit->arena, message->tries, "try", "tries"),
        .last_words = message->last_outcome,
        .next = desk_when(visit->arena, waits_again ? message->next_at : 0),
    };
}

static struct url log_url(struct visit *visit, const char *webhook_id, const char *state)
{
    return url_with(visit->arena, team_webhook_url(visit, webhook_id), "state", state);
}

/* "a\nb" as "a, b". */
static const char *lines_as_words(struct visit *visit, const char *lines)
{
    const char *words = "";
    while (*lines != '\0') {
        size_t length = strcspn(lines, "\n");
        words = arena_printf(visit->arena, "%s%s%.*s", words, words[0] == '\0' ? "" : ", ",
                             (int)length, lines);
        lines += length + (lines[length] == '\n' ? 1 : 0);
    }
    return words;
}
