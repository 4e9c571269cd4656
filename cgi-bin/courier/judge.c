/* courier/judge.c: see courier/judge.h. */
#include "courier/judge.h"

#include "base/clock.h"
#include "base/limits.h"
#include "courier/retry.h"

#define CODE_GONE 410
#define CODE_TOO_MANY 429
#define CODE_AWAY 503
#define RETRY_AFTER_S_MAX 3600 /* longer than that nobody decides for us */

static bool is_good(const struct sent *sent);
static int64_t asked_us(const struct sent *sent);
static int64_t later(int64_t one, int64_t other);

struct judged judge(const struct webhook *webhook, const struct queued *queued,
                    const struct sent *sent, int64_t now_us, uint32_t chance, int64_t hurry)
{
    if (is_good(sent)) {
        return (struct judged){.is_delivered = true};
    }
    if (queued->seq == 0) { /* tells nothing about what else waits */
        return (struct judged){.is_given_up = true,
                               .rests_until = 0,
                               .failures = webhook->failures,
                               .failing_since = webhook->failing_since};
    }
    struct judged judged = {
        .failures = webhook->failures + 1,
        .failing_since = webhook->failing_since == 0 ? now_us : webhook->failing_since,
    };
    if (sent->is_of_former) {
        judged.next_at = now_us;
        return judged;
    }
    int64_t asked = asked_us(sent);
    int64_t wait = later(retry_wait_us(queued->round_tries + 1, chance), asked) / hurry;
    int64_t rest = later(retry_rest_us(judged.failures, chance), asked) / hurry;
    int64_t ends_at = queued->round_at + WEBHOOK_MESSAGE_S_MAX * CLOCK_SECOND_US / hurry;
    judged.next_at = now_us + wait;
    judged.rests_until = now_us + rest;
    judged.is_given_up = judged.next_at > ends_at;
    judged.is_stopped =
        sent->http_code == CODE_GONE ||
        now_us - judged.failing_since >= WEBHOOK_FAILING_S_MAX * CLOCK_SECOND_US / hurry;
    return judged;
}

static bool is_good(const struct sent *sent)
{
    return sent->http_code >= 200 && sent->http_code <= 299;
}

/* How long the endpoint asks us to wait (Retry-After). */
static int64_t asked_us(const struct sent *sent)
{
    if (sent->http_code != CODE_TOO_MANY && sent->http_code != CODE_AWAY) {
        return 0;
    }
    int64_t seconds =
        sent->retry_after_s > RETRY_AFTER_S_MAX ? RETRY_AFTER_S_MAX : sent->retry_after_s;
    return seconds * CLOCK_SECOND_US;
}

static int64_t later(int64_t one, int64_t other)
{
    return one > other ? one : other;
}
