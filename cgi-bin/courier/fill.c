/* courier/fill.c: events become messages of the endpoints that are told of them. See
 * courier/inside.h. */
#include "api/event.h"
#include "base/log.h"
#include "base/out.h"
#include "base/text.h"
#include "courier/inside.h"
#include "store/events.h"

/* Endpoints for which one turn queues something; the others come in the next one. */
#define FILLS_MAX 16
/* Without a message for it an endpoint's place is moved on only after so many acts: one that is
 * told of little must not cause a write at each act of others. */
#define SEEN_STEP 512
#define BODY_BYTES_MAX 1024 /* ids, a time and a kind: under 400 */

static bool read_one(struct courier *courier, const struct webhook *webhook, int64_t now_us,
                     struct fill *fill);
static const char *body_of(struct courier *courier, const struct events_row *event);
static void write_one(struct courier *courier, const struct fill *fill, int64_t now_us);

struct fills fill_read(struct courier *courier, int64_t now_us)
{
    struct fill *fills = arena_array(&courier->arena, struct fill, FILLS_MAX);
    size_t count = 0;
    int64_t last_seq = events_last_seq(courier->registry);
    struct webhooks behind = webhook_behind(courier->people, &courier->arena, last_seq);
    courier->is_behind = false;
    for (size_t i = 0; i < behind.count; i++) {
        if (count == FILLS_MAX) {
            courier->is_behind = true;
            break;
        }
        size_t mark_bytes = courier->arena.used_bytes;
        if (read_one(courier, &behind.at[i], now_us, &fills[count])) {
            count++;
        } else {
            arena_reset(&courier->arena, mark_bytes); /* hundreds of endpoints come by here */
        }
    }
    return (struct fills){fills, count};
}

void fill_write(struct courier *courier, const struct fills *fills, int64_t now_us)
{
    for (size_t i = 0; i < fills->count; i++) {
        write_one(courier, &fills->at[i], now_us);
    }
}

/* True: there is something to be written for this endpoint. */
static bool read_one(struct courier *courier, const struct webhook *webhook, int64_t now_us,
                     struct fill *fill)
{
    struct arena *arena = &courier->arena;
    if (webhook_waiting(courier->people, webhook->webhook_id) >= WEBHOOK_WAITING_MAX) {
        return false; /* its events wait in the ledger */
    }
    struct events events = webhook->takes_all
                               ? events_after(courier->registry, arena, webhook->org_id,
                                              webhook->after_seq, COURIER_WINDOW_EVENTS)
                               : events_concerning(courier->registry, arena, webhook->org_id,
                                                   webhook->after_seq, COURIER_WINDOW_EVENTS);
    struct queued *messages = arena_array(arena, struct queued, events.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < events.count; i++) {
        const struct events_row *event = &events.rows[i];
        const char *kind = event_kind_word(event->kind);
        if (webhook_takes_kind(webhook, kind)) {
            char id[ID_SIZE];
            id_make(&courier->ids, "msg", now_us, id);
            messages[count++] = (struct queued){
                .message_id = arena_text(arena, id),
                .webhook_id = webhook->webhook_id,
                .seq = event->seq,
                .kind = kind,
                .body = body_of(courier, event),
            };
        }
    }
    bool is_full = events.count == COURIER_WINDOW_EVENTS;
    courier->is_behind = courier->is_behind || is_full;
    *fill = (struct fill){
        .webhook = *webhook, .messages = messages, .count = count, .seen_seq = events.next_after};
    return count > 0 || is_full || events.next_after - webhook->after_seq >= SEEN_STEP;
}

static const char *body_of(struct courier *courier, const struct events_row *event)
{
    struct out out;
    out_init(&out, &courier->arena, BODY_BYTES_MAX);
    struct json json = json_begin(&out);
    event_write(&json, NULL, event);
    bool ends_line = out.size_bytes > 0 && out.bytes[out.size_bytes - 1] == '\n';
    return arena_text_sized(&courier->arena, out.bytes, out.size_bytes - (ends_line ? 1 : 0));
}

static void write_one(struct courier *courier, const struct fill *fill, int64_t now_us)
{
    struct webhook now;
    if (!webhook_get(courier->people, &courier->arena, fill->webhook.webhook_id, &now) ||
        !text_is(now.state, "active") || now.after_seq != fill->webhook.after_seq ||
        now.takes_all != fill->webhook.takes_all || !text_is(now.kinds, fill->webhook.kinds)) {
        return; /* changed since it was read: the next turn reads it anew */
    }
    for (size_t i = 0; i < fill->count; i++) {
        queued_add(courier->people, &fill->messages[i], now_us);
    }
    int64_t due_at = now.rests_until > now_us ? now.rests_until : now_us;
    webhook_seen(courier->people, now.webhook_id, fill->seen_seq, fill->count > 0 ? due_at : 0);
    if (fill->count > 0) {
        log_event("info", "queued", "webhook", now.webhook_id, "messages",
                  log_int((int64_t)fill->count), "seq", log_int(fill->seen_seq), NULL);
    }
}
