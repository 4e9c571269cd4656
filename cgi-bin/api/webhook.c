/* api/webhook.c: endpoints; see api/webhook.h. */
#include "api/webhook.h"

#include <string.h>

#include "api/act.h"
#include "api/api.h"
#include "api/body.h"
#include "api/list.h"
#include "base/must.h"
#include "base/text.h"
#include "gate/token.h"
#include "model/endpoint.h"

static const char *const scope_words[] = {"own", "all", NULL};
enum { M_URL, M_DESCRIPTION, M_SCOPE, M_KINDS };

#define WISH_MEMBERS(is_url_optional)                                                              \
    {                                                                                              \
        [M_URL] = {.name = "url",                                                                  \
                   .kind = MEMBER_TEXT,                                                            \
                   .optional = (is_url_optional),                                                  \
                   .chars_max = WEBHOOK_URL_CHARS_MAX},                                            \
        [M_DESCRIPTION] = {.name = "description",                                                  \
                           .kind = MEMBER_TEXT,                                                    \
                           .optional = true,                                                       \
                           .nullable = true,                                                       \
                           .chars_max = NAME_CHARS_MAX},                                           \
        [M_SCOPE] = {.name = "scope",                                                              \
                     .kind = MEMBER_WORD,                                                          \
                     .optional = true,                                                             \
                     .words = scope_words},                                                        \
        [M_KINDS] = {.name = "kinds",                                                              \
                     .kind = MEMBER_WORDS,                                                         \
                     .optional = true,                                                             \
                     .nullable = true,                                                             \
                     .most = WEBHOOK_KINDS_MAX,                                                    \
                     .words = webhook_kinds},                                                      \
    }
static const struct member make_at[] = WISH_MEMBERS(false);
static const struct members make_members = {make_at, sizeof make_at / sizeof make_at[0]};
static const struct member update_at[] = WISH_MEMBERS(true);
static const struct members update_members = {update_at, sizeof update_at / sizeof update_at[0]};
static const struct members no_members = {NULL, 0};
static const struct query_form webhooks_query = {.list = "webhooks", .is_paged = true};

static bool write_row(struct json *json, struct visit *visit, const char *id, struct page_end *end);
static void write_webhook(struct json *json, const struct visit *visit,
                          const struct webhook *webhook, const char *secret);
static void write_kinds(struct json *json, const char *kinds);
static void tell_webhook(void *context, const struct webhook_done *done);
static void tell_removed(void *context, const struct webhook_done *done);
static void tell_message(void *context, const struct webhook_done *done);
static void read_wish(struct visit *visit, const struct row *row, struct webhook_wish *wish);
static const char *kinds_of(struct visit *visit, const struct value *value);
static bool can_be_used(struct visit *visit, const struct webhook_wish *wish);
static enum status begin(struct webhook_asking *asking, struct visit *visit,
                         struct response *response,
                         void (*write)(void *context, const struct webhook_done *done));
static enum status set_paused(struct visit *visit, struct response *response, bool is_paused);

enum status webhooks_get(struct visit *visit, struct response *response)
{
    struct list list = {.form = &webhooks_query, .subject = visit->org_id, .write = write_row};
    enum status status = query_read(visit, &webhooks_query, list.subject, NULL, &list.ask);
    if (status == STATUS_OK) {
        list.page = webhook_page(visit->people, visit->arena, visit->org_id, &list.ask);
        list.total_count = webhook_count(visit->people, visit->org_id);
        list_write(visit, response, &list);
    }
    return status;
}

enum status webhook_post(struct visit *visit, struct response *response)
{
    struct row row;
    struct webhook webhook;
    struct webhook_asking asking;
    struct webhook_wish wish = {.url = "", .description = "", .kinds = ""};
    (void)list_no_query(visit);
    enum status status = body_read(visit, &make_members, &row);
    const char *key = act_key(visit);
    if (status != STATUS_OK) {
        return status;
    }
    read_wish(visit, &row, &wish);
    if (!can_be_used(visit, &wish) || visit->faults->count > 0) {
        return STATUS_FORM_FAULTS;
    }
    webhook_ask(&asking, visit, response, key, tell_webhook);
    return webhook_refused(visit, webhook_make(&asking.admin, &wish, &webhook));
}

enum status webhook_one_get(struct visit *visit, struct response *response)
{
    struct webhook webhook;
    enum status status = list_no_query(visit);
    if (status == STATUS_OK &&
        !webhook_find(visit->people, visit->arena, visit->org_id, visit->arguments[0], &webhook)) {
        status = STATUS_NOT_FOUND;
    }
    if (status != STATUS_OK) {
        return status;
    }
    struct json json = api_answer(visit, response);
    write_webhook(&json, visit, &webhook, NULL);
    return STATUS_OK;
}

/* What is not named, or null, stays as it is. */
enum status webhook_update_post(struct visit *visit, struct response *response)
{
    struct row row;
    struct webhook webhook;
    struct webhook_asking asking;
    struct webhook_wish wish = {.keeps_scope = true};
    (void)list_no_query(visit);
    enum status status = body_read(visit, &update_members, &row);
    const char *key = act_key(visit);
    if (status != STATUS_OK) {
        return status;
    }
    read_wish(visit, &row, &wish);
    if (!can_be_used(visit, &wish) || visit->faults->count > 0) {
        return STATUS_FORM_FAULTS;
    }
    webhook_ask(&asking, visit, response, key, tell_webhook);
    status = webhook_update(&asking.admin, visit->arguments[0], &wish, &webhook);
    return webhook_refused(visit, status);
}

enum status webhook_rotate_post(struct visit *visit, struct response *response)
{
    struct webhook_asking asking;
    struct webhook webhook;
    enum status status = begin(&asking, visit, response, tell_webhook);
    if (status == STATUS_OK) {
        status = webhook_rotate(&asking.admin, visit->arguments[0], &webhook);
    }
    return webhook_refused(visit, status);
}

enum status webhook_pause_post(struct visit *visit, struct response *response)
{
    return set_paused(visit, response, true);
}

enum status webhook_resume_post(struct visit *visit, struct response *response)
{
    return set_paused(visit, response, false);
}

enum status webhook_remove_post(struct visit *visit, struct response *response)
{
    struct webhook_asking asking;
    enum status status = begin(&asking, visit, response, tell_removed);
    if (status == STATUS_OK) {
        status = webhook_drop(&asking.admin, visit->arguments[0]);
    }
    return webhook_refused(visit, status);
}

enum status webhook_test_post(struct visit *visit, struct response *response)
{
    struct webhook_asking asking;
    struct webhook_message message;
    enum status status = begin(&asking, visit, response, tell_message);
    if (status == STATUS_OK) {
        status = webhook_test(&asking.admin, visit->arguments[0], &message);
    }
    return webhook_refused(visit, status);
}

static bool write_row(struct json *json, struct visit *visit, const char *id, struct page_end *end)
{
    struct webhook webhook;
    if (!webhook_find(visit->people, visit->arena, visit->org_id, id, &webhook)) {
        return false;
    }
    write_webhook(json, visit, &webhook, NULL);
    end->key = webhook.made_at;
    return true;
}

/* secret: NULL but where it was made just now. */
static void write_webhook(struct json *json, const struct visit *visit,
                          const struct webhook *webhook, const char *secret)
{
    json_open(json, NULL);
    json_text(json, "id", webhook->webhook_id);
    json_text(json, "url", webhook->url);
    json_text_or_null(json, "description", webhook->description);
    json_text(json, "scope", webhook->takes_all ? "all" : "own");
    write_kinds(json, webhook->kinds);
    json_text(json, "state", webhook->state);
    json_time(json, "state_since", webhook->state_at);
    json_time(json, "failing_since", webhook->failing_since);
    if (webhook->last_at == 0) {
        json_none(json, "last_try");
    } else {
        json_open(json, "last_try");
        json_time(json, "at", webhook->last_at);
        if (webhook->last_code == 0) {
            json_none(json, "http_status"); /* no answer came */
        } else {
            json_int(json, "http_status", webhook->last_code);
        }
        json_text(json, "outcome", webhook->last_outcome);
        json_close(json);
    }
    bool signs_old = webhook->old_secret != NULL && webhook->old_until > visit->now_us;
    json_time(json, "previous_secret_until", signs_old ? webhook->old_until : 0);
    json_time(json, "created_at", webhook->made_at);
    if (secret != NULL) {
        json_text(json, "secret", secret);
    }
    json_close(json);
}

/* null: every kind, also those that are added later. */
static void write_kinds(struct json *json, const char *kinds)
{
    if (text_empty(kinds)) {
        json_none(json, "kinds");
        return;
    }
    const struct webhook webhook = {.kinds = kinds};
    json_list(json, "kinds");
    for (size_t i = 0; webhook_kinds[i] != NULL; i++) {
        if (webhook_takes_kind(&webhook, webhook_kinds[i])) {
            json_text(json, NULL, webhook_kinds[i]);
        }
    }
    json_close(json);
}

static void tell_webhook(void *context, const struct webhook_done *done)
{
    struct webhook_asking *asking = context;
    write_webhook(&asking->json, asking->visit, done->webhook,
                  done->shows_secret ? webhook_secret_text(asking->visit->arena, done->webhook)
                                     : NULL);
}

static void tell_removed(void *context, const struct webhook_done *done)
{
    struct webhook_asking *asking = context;
    (void)done;
    json_open(&asking->json, NULL);
    json_text(&asking->json, "id", asking->visit->arguments[0]);
    json_text(&asking->json, "state", "removed");
    json_close(&asking->json);
}

static void tell_message(void *context, const struct webhook_done *done)
{
    struct webhook_asking *asking = context;
    webhook_message_write(&asking->json, NULL, asking->visit, done->message, true);
}

void webhook_ask(struct webhook_asking *asking, struct visit *visit, struct response *response,
                 const char *key, void (*write)(void *context, const struct webhook_done *done))
{
    const char *token = token_of_header(visit->request->authorization);
    must(token != NULL); /* it has opened the door */
    *asking = (struct webhook_asking){
        .admin = webhook_admin_of(visit, key),
        .teller = {.token = token,
                   .registry = visit->registry,
                   .out = &response->body,
                   .write = write,
                   .context = asking},
        .visit = visit,
        .json = api_answer(visit, response),
    };
    asking->admin.teller = &asking->teller;
}

enum status webhook_refused(struct visit *visit, enum status status)
{
    struct loc body = loc_of("body");
    if (status == STATUS_LINES_TOO_MANY) {
        fault_add(visit->faults, &body, "too-many",
                  arena_printf(visit->arena,
                               "An organisation can have %d endpoints. Remove one first.",
                               WEBHOOKS_MAX),
                  NULL);
        return STATUS_FORM_FAULTS;
    }
    return status == STATUS_KEY_REUSED ? fault_of_key(visit) : status;
}

/* What the body names takes the place of what stands in the wish. */
static void read_wish(struct visit *visit, const struct row *row, struct webhook_wish *wish)
{
    const struct value *values = row->values;
    if (values[M_URL].is_given) {
        wish->url = values[M_URL].text;
    }
    if (values[M_DESCRIPTION].is_given) {
        wish->description = values[M_DESCRIPTION].text;
    }
    if (values[M_SCOPE].is_given) {
        wish->takes_all = text_is(scope_words[values[M_SCOPE].number], "all");
        wish->keeps_scope = false;
    }
    if (values[M_KINDS].is_given) {
        wish->kinds = kinds_of(visit, &values[M_KINDS]);
    }
}

/* One a line, in the order of the table: the same kinds are the same text. An empty list is every
 * kind. */
static const char *kinds_of(struct visit *visit, const struct value *value)
{
    const char *kinds = "";
    for (int kind = 0; webhook_kinds[kind] != NULL; kind++) {
        for (size_t i = 0; i < value->count; i++) {
            if (value->words[i] == kind) {
                kinds = arena_printf(visit->arena, "%s%s%s", kinds, kinds[0] == '\0' ? "" : "\n",
                                     webhook_kinds[kind]);
            }
        }
    }
    return kinds;
}

/* Notes what cannot be used. */
static bool can_be_used(struct visit *visit, const struct webhook_wish *wish)
{
    const char *words = NULL;
    const char *member = webhook_wish_fault(wish, endpoint_is_test(), &words);
    if (member == NULL) {
        return true;
    }
    struct loc body = loc_of("body");
    struct loc loc = loc_member(&body, member);
    fault_add(visit->faults, &loc, status_row(STATUS_VALUE_REFUSED)->slug, words, NULL);
    return false;
}

/* An act without members: nothing but {} or no body at all, and perhaps a key. */
static enum status begin(struct webhook_asking *asking, struct visit *visit,
                         struct response *response,
                         void (*write)(void *context, const struct webhook_done *done))
{
    struct row row;
    (void)list_no_query(visit);
    enum status status = body_read_optional(visit, &no_members, &row);
    const char *key = act_key(visit);
    if (status == STATUS_OK && visit->faults->count > 0) {
        status = STATUS_FORM_FAULTS;
    }
    if (status == STATUS_OK) {
        webhook_ask(asking, visit, response, key, write);
    }
    return status;
}

static enum status set_paused(struct visit *visit, struct response *response, bool is_paused)
{
    struct webhook_asking asking;
    struct webhook webhook;
    enum status status = begin(&asking, visit, response, tell_webhook);
    if (status == STATUS_OK) {
        status = webhook_set_paused(&asking.admin, visit->arguments[0], is_paused, &webhook);
    }
    return webhook_refused(visit, status);
}
