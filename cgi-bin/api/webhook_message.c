/* api/webhook_message.c: what was sent to an endpoint, and sending it again; see api/webhook.h. */
#include "api/act.h"
#include "api/api.h"
#include "api/body.h"
#include "api/list.h"
#include "api/webhook.h"
#include "base/text.h"

static const char *const state_words[] = {"waiting", "delivered", "given_up", NULL};
static const struct query_row_of message_rows[] = {
    {.name = "state", .kind = QUERY_WORD, .words = state_words},
};
static const struct query_form messages_query = {
    .list = "webhook_messages", .rows = message_rows, .count = 1, .is_paged = true};

enum { M_MESSAGE, M_SINCE };
static const struct member replay_at[] = {
    [M_MESSAGE] = {.name = "message_id", .kind = MEMBER_ID, .optional = true},
    [M_SINCE] = {.name = "since", .kind = MEMBER_TIME, .optional = true},
};
static const struct members replay_members = {replay_at, 2};

static bool write_row(struct json *json, struct visit *visit, const char *id, struct page_end *end);
static void write_tries(struct json *json, struct visit *visit, const char *message_id);
static void tell_replayed(void *context, const struct webhook_done *done);

enum status webhook_messages_get(struct visit *visit, struct response *response)
{
    struct webhook webhook;
    struct query_value values[1];
    if (!webhook_find(visit->people, visit->arena, visit->org_id, visit->arguments[0], &webhook)) {
        return STATUS_NOT_FOUND;
    }
    struct list list = {.form = &messages_query,
                        .subject = webhook.webhook_id,
                        .values = values,
                        .write = write_row};
    enum status status = query_read(visit, &messages_query, list.subject, values, &list.ask);
    if (status == STATUS_OK) {
        const char *state = values[0].number < 0 ? "" : state_words[values[0].number];
        list.page =
            webhook_message_page(visit->people, visit->arena, webhook.webhook_id, state, &list.ask);
        list.total_count = webhook_message_total(visit->people, webhook.webhook_id, state);
        list_write(visit, response, &list);
    }
    return status;
}

enum status webhook_message_get(struct visit *visit, struct response *response)
{
    struct webhook webhook;
    struct webhook_message message;
    enum status status = list_no_query(visit);
    if (status != STATUS_OK) {
        return status;
    }
    if (!webhook_find(visit->people, visit->arena, visit->org_id, visit->arguments[0], &webhook) ||
        !webhook_message_find(visit->people, visit->arena, webhook.webhook_id, visit->arguments[1],
                              &message)) {
        return STATUS_NOT_FOUND;
    }
    struct json json = api_answer(visit, response);
    webhook_message_write(&json, NULL, visit, &message, true);
    return STATUS_OK;
}

/* Either one message, or all that failed since a time. */
enum status webhook_replay_post(struct visit *visit, struct response *response)
{
    struct row row;
    (void)list_no_query(visit);
    enum status status = body_read(visit, &replay_members, &row);
    const char *key = act_key(visit);
    if (status != STATUS_OK) {
        return status;
    }
    const struct value *message = &row.values[M_MESSAGE];
    const struct value *since = &row.values[M_SINCE];
    if (visit->faults->count > 0) {
        return STATUS_FORM_FAULTS;
    }
    if (message->is_given == since->is_given) {
        struct loc body = loc_of("body");
        fault_add(visit->faults, &body, status_row(STATUS_VALUE_REFUSED)->slug,
                  "Name either message_id, or since for all that failed from then on.", NULL);
        return STATUS_FORM_FAULTS;
    }
    struct webhook_asking asking;
    int64_t count = 0;
    webhook_ask(&asking, visit, response, key, tell_replayed);
    if (message->is_given) {
        status = webhook_replay(&asking.admin, visit->arguments[0], message->text);
    } else {
        status = webhook_replay_failed(&asking.admin, visit->arguments[0], since->number, &count);
    }
    return webhook_refused(visit, status);
}

static void tell_replayed(void *context, const struct webhook_done *done)
{
    struct webhook_asking *asking = context;
    json_open(&asking->json, NULL);
    json_int(&asking->json, "replayed", done->count);
    json_close(&asking->json);
}

void webhook_message_write(struct json *json, const char *name, struct visit *visit,
                           const struct webhook_message *message, bool is_whole)
{
    bool is_waiting = text_is(message->state, "waiting");
    json_open(json, name);
    json_text(json, "id", message->message_id);
    json_text(json, "webhook_id", message->webhook_id);
    json_text(json, "kind", message->kind);
    if (message->seq == 0) {
        json_none(json, "seq"); /* a test */
    } else {
        json_int(json, "seq", message->seq);
    }
    json_text(json, "state", message->state);
    json_int(json, "tries_count", message->tries);
    json_time(json, "next_try_at", is_waiting ? message->next_at : 0);
    json_time(json, "created_at", message->made_at);
    json_time(json, "ended_at", message->ended_at);
    if (is_whole) {
        json_text(json, "body", message->body);
        write_tries(json, visit, message->message_id);
    }
    json_close(json);
}

static bool write_row(struct json *json, struct visit *visit, const char *id, struct page_end *end)
{
    struct webhook_message message;
    if (!webhook_message_find(visit->people, visit->arena, visit->arguments[0], id, &message)) {
        return false;
    }
    webhook_message_write(json, NULL, visit, &message, false);
    end->key = message.made_at;
    return true;
}

static void write_tries(struct json *json, struct visit *visit, const char *message_id)
{
    struct webhook_tries tries = webhook_try_list(visit->people, visit->arena, message_id);
    json_list(json, "tries");
    for (size_t i = 0; i < tries.count; i++) {
        json_open(json, NULL);
        json_int(json, "number", tries.at[i].number);
        json_time(json, "at", tries.at[i].at);
        json_int(json, "took_ms", (tries.at[i].took_us + 999) / 1000);
        if (tries.at[i].http_code == 0) {
            json_none(json, "http_status");
        } else {
            json_int(json, "http_status", tries.at[i].http_code);
        }
        json_text(json, "outcome", tries.at[i].outcome);
        json_close(json);
    }
    json_close(json);
}
