/* api/event_list.c: the change feed, GET /events. See api/event.h. */
#include "api/event.h"

#include "api/api.h"
#include "api/page.h"
#include "base/limits.h"

#define EVENTS_DEFAULT 50

_Static_assert(EVENT__COUNT <= 32, "kinds are asked for as bits");

enum { P_AFTER, P_LIMIT, P_SCOPE, P_KIND, P__COUNT };

static const char *const scope_words[] = {"all", "own", NULL};
enum { FEED_ALL, FEED_OWN };

/* The feed while it is written. */
struct feed {
    struct json json;
    size_t written, most;
    int64_t next_after; /* up to here everything has been looked at */
};

/* The words of every kind, from the one table of them; kind K is bit K - 1. */
static const char *const *kind_words(void)
{
    static const char *words[EVENT__COUNT];
    if (words[0] == NULL) {
        for (int kind = EVENT_NONE + 1; kind < EVENT__COUNT; kind++) {
            words[kind - 1] = event_kind_word((enum event_kind)kind);
        }
    }
    return words;
}

/* Writes those of one window that are asked for; false: there are enough of them. */
static bool write_window(struct feed *feed, const struct events *events, int64_t kinds)
{
    for (size_t i = 0; i < events->count; i++) {
        const struct events_row *event = &events->rows[i];
        if (kinds != 0 && (kinds & (INT64_C(1) << (event->kind - 1))) == 0) {
            continue;
        }
        event_write(&feed->json, NULL, event);
        feed->written++;
        if (feed->written == feed->most) {
            feed->next_after = event->seq;
            return false;
        }
    }
    feed->next_after = events->next_after;
    return true;
}

/* What comes next in the feed: of its own, or of all that the organisation may learn. */
static struct events next_events(struct visit *visit, const struct feed *feed, bool is_own,
                                 size_t most)
{
    if (is_own) {
        return events_concerning(visit->registry, visit->arena, visit->org_id, feed->next_after,
                                 most);
    }
    return events_after(visit->registry, visit->arena, visit->org_id, feed->next_after, most);
}

static void write_feed(struct visit *visit, struct feed *feed, bool is_own, int64_t kinds)
{
    size_t looked = 0;
    bool wants_more = true;
    while (wants_more && looked < API_EVENTS_LOOKED_MAX) {
        size_t mark_bytes = visit->arena->used_bytes;
        size_t window = kinds == 0 ? feed->most : FEED_ROWS_MAX;
        struct events events = next_events(visit, feed, is_own, window);
        wants_more = write_window(feed, &events, kinds) && events.count == window;
        looked += events.count;
        arena_reset(visit->arena, mark_bytes);
    }
}

enum status events_get(struct visit *visit, struct response *response)
{
    const struct query_row_of rows[P__COUNT] = {
        [P_AFTER] = {.name = "after", .kind = QUERY_INT, .least = 0, .most = INT64_MAX},
        [P_LIMIT] = {.name = "limit", .kind = QUERY_INT, .least = 1, .most = API_EVENTS_MAX},
        [P_SCOPE] = {.name = "scope", .kind = QUERY_WORD, .words = scope_words},
        [P_KIND] = {.name = "kind", .kind = QUERY_WORDS, .words = kind_words()},
    };
    const struct query_form form = {.list = "events", .rows = rows, .count = P__COUNT};
    struct query_value values[P__COUNT];
    enum status status = query_read(visit, &form, visit->org_id, values, NULL);
    if (status != STATUS_OK) {
        return status;
    }
    int64_t limit = values[P_LIMIT].number == 0 ? EVENTS_DEFAULT : values[P_LIMIT].number;
    struct feed feed = {.json = api_answer(visit, response),
                        .most = (size_t)limit,
                        .next_after = values[P_AFTER].number};
    json_open(&feed.json, NULL);
    json_list(&feed.json, "nodes");
    write_feed(visit, &feed, values[P_SCOPE].number == FEED_OWN, values[P_KIND].number);
    json_close(&feed.json);
    json_int(&feed.json, "next_after", feed.next_after);
    json_bool(&feed.json, "has_more", feed.next_after < events_last_seq(visit->registry));
    json_close(&feed.json);
    return STATUS_OK;
}
