/* courier/job.c: one try after the other: claim, find the host, send, write down. See
 * courier/inside.h. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "base/text.h"
#include "courier/inside.h"
#include "courier/judge.h"
#include "courier/sign.h"

/* How much longer than a try may take nobody else is to begin one: the time to write it down. */
#define CLAIM_SPARE_MS 5000

static bool is_busy(const struct courier *courier, const struct webhook *webhook);
static struct job *free_job(struct courier *courier);
static void claim(struct courier *courier, const struct webhook *webhook, int64_t now_us);
static void put_off(struct courier *courier, struct webhook *webhook, int64_t now_us);
static int64_t next_due(struct courier *courier, const struct webhook *webhook,
                        int64_t rests_until);
static void find_host(struct courier *courier, struct job *job);
static void send_found(struct courier *courier, struct job *job, const struct addresses *found);
static size_t allowed(const struct job *job, const struct addresses *found,
                      struct addresses *addresses);
static void end(struct job *job, const struct sent *sent);
static void end_with(struct job *job, const char *outcome);
static void record(struct courier *courier, const struct job *job, int64_t now_us);
static bool is_active(const struct webhook *webhook);
static uint32_t chance(void);

void job_claim_due(struct courier *courier, const struct webhooks *due, int64_t now_us)
{
    for (size_t i = 0; i < due->count; i++) {
        if (!is_busy(courier, &due->at[i])) {
            claim(courier, &due->at[i], now_us);
        }
    }
}

void job_begin_claimed(struct courier *courier)
{
    for (size_t i = 0; i < COURIER_TRANSFERS_MAX; i++) {
        if (courier->jobs[i].state == JOB_CLAIMED) {
            find_host(courier, &courier->jobs[i]);
        }
    }
}

void job_go_on(struct courier *courier)
{
    size_t slot = 0;
    struct sent sent;
    for (size_t i = 0; i < COURIER_TRANSFERS_MAX; i++) {
        struct job *job = &courier->jobs[i];
        struct addresses found;
        if (job->state != JOB_RESOLVES) {
            continue;
        }
        if (resolve_read(&job->resolve, &found)) {
            if (found.count > 0) {
                resolve_keep(job->endpoint.host, job->endpoint.port, &found);
            }
            send_found(courier, job, &found);
        } else if (clock_steady_us() - job->began_us > WEBHOOK_RESOLVE_MS_MAX * INT64_C(1000)) {
            resolve_stop(&job->resolve);
            end_with(job, "Its name server does not answer");
        }
    }
    while (send_ended(&courier->sender, &courier->arena, &slot, &sent)) {
        must(courier->jobs[slot].state == JOB_SENDS);
        if (sent.http_code == 0) {
            const struct endpoint *endpoint = &courier->jobs[slot].endpoint;
            resolve_forget(endpoint->host, endpoint->port);
        }
        end(&courier->jobs[slot], &sent);
    }
}

void job_record_ended(struct courier *courier, int64_t now_us)
{
    for (size_t i = 0; i < COURIER_TRANSFERS_MAX; i++) {
        if (courier->jobs[i].state == JOB_ENDED) {
            record(courier, &courier->jobs[i], now_us);
        }
    }
}

void job_free_ended(struct courier *courier)
{
    for (size_t i = 0; i < COURIER_TRANSFERS_MAX; i++) {
        if (courier->jobs[i].state == JOB_ENDED) {
            courier->jobs[i] = (struct job){.state = JOB_FREE};
        }
    }
}

size_t job_count(const struct courier *courier, enum job_state state)
{
    size_t count = 0;
    for (size_t i = 0; i < COURIER_TRANSFERS_MAX; i++) {
        count += courier->jobs[i].state == state ? 1 : 0;
    }
    return count;
}

void job_stop_all(struct courier *courier)
{
    for (size_t i = 0; i < COURIER_TRANSFERS_MAX; i++) {
        if (courier->jobs[i].state == JOB_RESOLVES) {
            resolve_stop(&courier->jobs[i].resolve);
        }
        courier->jobs[i] = (struct job){.state = JOB_FREE};
    }
}

/* One message of an endpoint at a time, and not too many of one organisation. What has ended has
 * been written down in this very transaction. */
static bool is_busy(const struct courier *courier, const struct webhook *webhook)
{
    size_t of_org = 0;
    for (size_t i = 0; i < COURIER_TRANSFERS_MAX; i++) {
        const struct job *job = &courier->jobs[i];
        bool is_taken = job->state != JOB_FREE && job->state != JOB_ENDED;
        if (is_taken && text_is(job->webhook_id, webhook->webhook_id)) {
            return true;
        }
        of_org += is_taken && text_is(job->org_id, webhook->org_id) ? 1 : 0;
    }
    return of_org >= COURIER_ORG_TRANSFERS_MAX;
}

static struct job *free_job(struct courier *courier)
{
    for (size_t i = 0; i < COURIER_TRANSFERS_MAX; i++) {
        if (courier->jobs[i].state == JOB_FREE) {
            return &courier->jobs[i];
        }
    }
    return NULL;
}

static void claim(struct courier *courier, const struct webhook *webhook, int64_t now_us)
{
    struct queued queued;
    struct webhook changed = *webhook;
    if (webhook->rests_until > now_us ||
        !queued_due(courier->people, &courier->arena, webhook->webhook_id, now_us,
                    !is_active(webhook), &queued)) {
        put_off(courier, &changed, now_us);
        return;
    }
    struct job *job = free_job(courier);
    if (job == NULL) {
        return; /* it stays due */
    }
    *job = (struct job){.state = JOB_CLAIMED, .resolve = {.fd = -1}, .began_at = now_us};
    must(TEXT_COPY(job->webhook_id, webhook->webhook_id) &&
         TEXT_COPY(job->org_id, webhook->org_id) && TEXT_COPY(job->message_id, queued.message_id) &&
         TEXT_COPY(job->url, webhook->url));
    webhook_claim(courier->people, webhook->webhook_id,
                  now_us + (courier->setup.answer_ms_max + CLAIM_SPARE_MS / courier->setup.hurry) *
                               INT64_C(1000));
}

/* It was looked at too early, or nothing waits: when it is due instead. */
static void put_off(struct courier *courier, struct webhook *webhook, int64_t now_us)
{
    int64_t rests_until = webhook->rests_until > now_us ? webhook->rests_until : 0;
    webhook->due_at = next_due(courier, webhook, rests_until);
    webhook_settle(courier->people, webhook);
}

/* When one of its messages is to be tried; 0: none waits. */
static int64_t next_due(struct courier *courier, const struct webhook *webhook, int64_t rests_until)
{
    int64_t next_at = queued_next(courier->people, webhook->webhook_id, !is_active(webhook));
    return next_at == 0 || next_at > rests_until ? next_at : rests_until;
}

static void find_host(struct courier *courier, struct job *job)
{
    job->began_us = clock_steady_us();
    const char *words = endpoint_read(job->url, courier->setup.is_test, &job->endpoint);
    if (words != NULL) {
        end_with(job, "Its address is not one that can be sent to");
        return;
    }
    struct addresses found;
    if (resolve_known(job->endpoint.host, job->endpoint.port, &found)) {
        send_found(courier, job, &found);
    } else if (resolve_begin(&job->resolve, job->endpoint.host, job->endpoint.port)) {
        job->state = JOB_RESOLVES;
    } else {
        end_with(job, "This registry could not begin to send");
    }
}

static void send_found(struct courier *courier, struct job *job, const struct addresses *found)
{
    struct webhook webhook;
    struct queued queued;
    struct addresses addresses;
    if (found->count == 0 || allowed(job, found, &addresses) == 0) {
        end_with(job, found->count == 0 ? "The host name is not known"
                                        : "Its address is not on the public internet");
        return;
    }
    struct arena *arena = &courier->arena;
    if (!webhook_get(courier->people, arena, job->webhook_id, &webhook) ||
        !queued_get(courier->people, arena, job->message_id, &queued)) {
        end_with(job, "This registry could not begin to send");
        return;
    }
    bool is_wanted = queued.is_waiting && (is_active(&webhook) || queued.seq == 0) &&
                     text_is(webhook.url, job->url);
    if (!is_wanted) {
        *job =
            (struct job){.state = JOB_FREE}; /* changed meanwhile; the claim runs out by itself */
        return;
    }
    int64_t now_us = clock_now_us();
    int64_t now_s = now_us / CLOCK_SECOND_US;
    bool signs_old = webhook.old_secret != NULL && webhook.old_until > now_us;
    const struct parcel parcel = {
        .url = job->url,
        .endpoint = &job->endpoint,
        .addresses = &addresses,
        .message_id = job->message_id,
        .timestamp_s = now_s,
        .signature = sign_message(arena, webhook.secret, WEBHOOK_SECRET_BYTES,
                                  signs_old ? webhook.old_secret : NULL, WEBHOOK_SECRET_BYTES,
                                  job->message_id, now_s, queued.body),
        .agent = courier->agent,
        .body = queued.body,
        .ms_max = courier->setup.answer_ms_max,
    };
    if (send_begin(&courier->sender, (size_t)(job - courier->jobs), &parcel)) {
        job->state = JOB_SENDS;
    } else {
        end_with(job, "This registry could not begin to send");
    }
}

/* Those of the addresses that may be sent to. */
static size_t allowed(const struct job *job, const struct addresses *found,
                      struct addresses *addresses)
{
    *addresses = (struct addresses){.count = 0};
    for (size_t i = 0; i < found->count; i++) {
        const struct sockaddr *address = &found->at[i].any;
        const char *what = address_refusal(address);
        if (what == NULL || (job->endpoint.is_loopback && address_is_loopback(address))) {
            addresses->at[addresses->count++] = found->at[i];
        } else {
            char text[ADDRESS_TEXT_SIZE];
            address_text(address, text);
            log_event("warning", "address-refused", "webhook", job->webhook_id, "host",
                      job->endpoint.host, "address", text, "what", what, NULL);
        }
    }
    return addresses->count;
}

static void end(struct job *job, const struct sent *sent)
{
    (void)snprintf(job->outcome, sizeof job->outcome, "%s", sent->outcome);
    job->sent = *sent;
    job->sent.outcome = job->outcome;
    job->state = JOB_ENDED;
}

static void end_with(struct job *job, const char *outcome)
{
    struct sent sent = {.http_code = 0, .outcome = outcome};
    end(job, &sent);
}

/* Endpoint and message may have been changed while the try was under way: what follows is decided
 * from what they are now. */
static void record(struct courier *courier, const struct job *job, int64_t now_us)
{
    struct webhook webhook;
    struct queued queued;
    if (!webhook_get(courier->people, &courier->arena, job->webhook_id, &webhook) ||
        !queued_get(courier->people, &courier->arena, job->message_id, &queued)) {
        return; /* a fault of the store: the turn is not committed */
    }
    struct sent sent = job->sent;
    sent.is_of_former = !text_is(webhook.url, job->url);
    struct judged judged = judge(&webhook, &queued, &sent, now_us, chance(), courier->setup.hurry);
    struct tried tried = {.at = job->began_at,
                          .took_us = clock_steady_us() - job->began_us,
                          .http_code = sent.http_code,
                          .outcome = sent.outcome};
    queued_tried(courier->people, &queued, &tried);
    if (judged.is_delivered || judged.is_given_up || !queued.is_waiting) {
        queued_end(courier->people, &queued, judged.is_delivered, now_us);
    } else {
        queued_wait(courier->people, &queued, judged.next_at);
    }
    if (judged.is_stopped && is_active(&webhook)) {
        webhook_stop(courier->people, webhook.webhook_id, now_us);
        webhook.state = "failing";
        log_event("warning", "webhook-failing", "webhook", webhook.webhook_id, "organisation",
                  webhook.org_id, "outcome", sent.outcome, NULL);
    }
    webhook.rests_until = judged.rests_until;
    webhook.failures = judged.failures;
    webhook.failing_since = judged.failing_since;
    webhook.last_at = job->began_at;
    webhook.last_code = sent.http_code;
    webhook.last_outcome = sent.outcome;
    webhook.due_at = next_due(courier, &webhook, judged.rests_until);
    webhook_settle(courier->people, &webhook);
    log_event("info", "tried", "webhook", webhook.webhook_id, "message", job->message_id, "outcome",
              sent.outcome, "took_us", log_int(tried.took_us), NULL);
}

static bool is_active(const struct webhook *webhook)
{
    return text_is(webhook->state, "active");
}

static uint32_t chance(void)
{
    uint32_t number = 0;
    random_bytes(&number, sizeof number);
    return number;
}
