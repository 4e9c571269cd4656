/* tests/unit/courier_parts_test.c: the pure parts of the courier: addresses that may be sent to,
 * signatures, waits, and what follows from a try. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <string.h>

#include "base/base64.h"
#include "base/clock.h"
#include "courier/address.h"
#include "courier/judge.h"
#include "courier/retry.h"
#include "courier/sign.h"

#define S CLOCK_SECOND_US
#define HOUR (3600 * S)
#define NOW (INT64_C(1795000000) * S)

static unsigned char memory[65536];
static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, memory, sizeof memory);
    return 0;
}

/* ---------------------------------------------------------------- addresses */

static union address address_of(const char *text)
{
    union address address = {.any = {.sa_family = AF_INET}};
    if (strchr(text, ':') != NULL) {
        address.sixth.sin6_family = AF_INET6;
        assert_int_equal(inet_pton(AF_INET6, text, &address.sixth.sin6_addr), 1);
    } else {
        assert_int_equal(inet_pton(AF_INET, text, &address.fourth.sin_addr), 1);
    }
    return address;
}

/* First and last address of each range that is refused, and the neighbours that are not. */
static void ranges_to_their_ends(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255",
        "100.100.100.200", "127.0.0.0", "127.0.0.1", "127.255.255.255", "168.63.129.16",
        "169.254.0.0", "169.254.169.254", "169.254.255.255", "172.16.0.0", "172.31.255.255",
        "192.0.0.0", "192.0.0.192", "192.0.0.255", "192.0.2.0", "192.0.2.255", "192.88.99.0",
        "192.88.99.255", "192.168.0.0", "192.168.255.255", "198.18.0.0", "198.19.255.255",
        "198.51.100.0", "198.51.100.255", "203.0.113.0", "203.0.113.255", "224.0.0.0",
        "239.255.255.255", "240.0.0.0", "255.255.255.255",
        /* IPv6: outside 2000::/3 */
        "::", "::1", "::ffff:8.8.8.8", "::ffff:127.0.0.1", "::8.8.8.8", "64:ff9b::8.8.8.8",
        "64:ff9b:1::1", "100::1", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "4000::", "5f00::1",
        "fc00::", "fd00:ec2::254", "fdff:ffff::1", "fe80::1", "fec0::1", "ff00::", "ff02::1",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        /* and within it */
        "2001::", "2001:0:1::1", "2001:2::1", "2001:20::1",
        "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
        "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
        "2002::", "2002:7f00:1::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"};
    static const char *const taken[] = {"1.0.0.0",
                                        "9.255.255.255",
                                        "11.0.0.0",
                                        "100.63.255.255",
                                        "100.128.0.0",
                                        "126.255.255.255",
                                        "128.0.0.0",
                                        "168.63.129.15",
                                        "168.63.129.17",
                                        "169.253.255.255",
                                        "169.255.0.0",
                                        "172.15.255.255",
                                        "172.32.0.0",
                                        "191.255.255.255",
                                        "192.0.1.0",
                                        "192.0.1.255",
                                        "192.0.3.0",
                                        "192.88.98.255",
                                        "192.88.100.0",
                                        "192.167.255.255",
                                        "192.169.0.0",
                                        "198.17.255.255",
                                        "198.20.0.0",
                                        "198.51.99.255",
                                        "198.51.101.0",
                                        "203.0.112.255",
                                        "203.0.114.0",
                                        "223.255.255.255",
                                        "8.8.8.8",
                                        "2000::",
                                        "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
                                        "2001:200::",
                                        "2001:4860:4860::8888",
                                        "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff",
                                        "2001:db9::",
                                        "2003::",
                                        "2606:4700::1111",
                                        "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
                                        "3fff:1000::"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        union address address = address_of(refused[i]);
        if (address_refusal(&address.any) == NULL) {
            fail_msg("%s may be sent to", refused[i]);
        }
    }
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        union address address = address_of(taken[i]);
        const char *what = address_refusal(&address.any);
        if (what != NULL) {
            fail_msg("%s is refused: %s", taken[i], what);
        }
        char text[ADDRESS_TEXT_SIZE];
        address_text(&address.any, text);
        assert_string_equal(text, taken[i]);
    }
    union address local = {.any = {.sa_family = AF_UNIX}};
    assert_non_null(address_refusal(&local.any));
}

static void loopback_and_equality(void **state)
{
    (void)state;
    union address fourth = address_of("127.0.0.1");
    union address far = address_of("127.255.0.9");
    union address sixth = address_of("::1");
    union address mapped = address_of("::ffff:127.0.0.1");
    union address other = address_of("128.0.0.1");
    assert_true(address_is_loopback(&fourth.any) && address_is_loopback(&far.any) &&
                address_is_loopback(&sixth.any));
    assert_false(address_is_loopback(&mapped.any) || address_is_loopback(&other.any));
    union address with_port = fourth;
    with_port.fourth.sin_port = htons(8080);
    assert_true(address_equal(&fourth.any, &with_port.any));
    assert_false(address_equal(&fourth.any, &far.any) || address_equal(&fourth.any, &sixth.any) ||
                 address_equal(&fourth.any, &mapped.any));
    union address local = {.any = {.sa_family = AF_UNIX}};
    assert_false(address_equal(&local.any, &local.any));
}

/* ---------------------------------------------------------------- signature */

/* The example that the Standard Webhooks libraries test themselves with, secret
 * whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw. */
static void signature_of_the_published_example(void **state)
{
    (void)state;
    static const uint8_t secret[] = {0x31, 0xf2, 0x90, 0xf6, 0xbf, 0x06, 0x29, 0x8a,
                                     0xab, 0x4f, 0x08, 0xd4, 0x3c, 0x3f, 0x08, 0x2c,
                                     0xf6, 0x48, 0xa3, 0x62, 0xda, 0x2d, 0xa4, 0xb0};
    assert_string_equal(base64_write_padded(&arena, secret, sizeof secret),
                        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    assert_string_equal(sign_message(&arena, secret, sizeof secret, NULL, 0,
                                     "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
                                     "{\"test\": 2432232314}"),
                        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    /* While an old secret still counts, it signs behind the new one. */
    static const uint8_t other[32] = {1};
    const char *both =
        sign_message(&arena, other, sizeof other, secret, sizeof secret,
                     "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}");
    const char *second = strchr(both, ' ');
    assert_non_null(second);
    assert_string_equal(second + 1, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    assert_memory_equal(both, "v1,", 3);
}

static void padded_base64(void **state)
{
    (void)state;
    /* RFC 4648 section 10, and the two digits that differ from base64url */
    assert_string_equal(base64_write_padded(&arena, "", 0), "");
    assert_string_equal(base64_write_padded(&arena, "f", 1), "Zg==");
    assert_string_equal(base64_write_padded(&arena, "fo", 2), "Zm8=");
    assert_string_equal(base64_write_padded(&arena, "foo", 3), "Zm9v");
    assert_string_equal(base64_write_padded(&arena, "foob", 4), "Zm9vYg==");
    assert_string_equal(base64_write_padded(&arena, "\xfb\xff", 2), "+/8=");
}

/* -------------------------------------------------------------------- waits */

static void waits(void **state)
{
    (void)state;
    static const int64_t shortest[] = {5 * S,    30 * S,   120 * S,  600 * S, HOUR,
                                       3 * HOUR, 8 * HOUR, 8 * HOUR, 8 * HOUR};
    for (int64_t i = 1; i <= 9; i++) {
        int64_t rest = i < 4 ? shortest[i - 1] : 600 * S;
        assert_int_equal(retry_wait_us(i, 0), shortest[i - 1]);
        assert_int_equal(retry_rest_us(i, 0), rest);
        int64_t longest = 0;
        for (uint32_t chance = 0; chance < 5000; chance += 7) {
            int64_t wait = retry_wait_us(i, chance);
            assert_true(wait >= shortest[i - 1] && wait <= shortest[i - 1] * 5 / 4);
            longest = wait > longest ? wait : longest;
        }
        assert_true(longest > shortest[i - 1] * 6 / 5); /* chance counts */
        assert_true(retry_wait_us(i, UINT32_MAX) <= shortest[i - 1] * 5 / 4);
    }
    assert_int_equal(retry_wait_us(INT64_MAX, 0), 8 * HOUR);
}

/* ------------------------------------------------------------------- judging */

static struct webhook webhook;
static struct queued queued;

static struct judged judge_code(int http_code, int64_t retry_after_s)
{
    struct sent sent = {.http_code = http_code, .outcome = "", .retry_after_s = retry_after_s};
    return judge(&webhook, &queued, &sent, NOW, 0, 1);
}

static int set_up_judging(void **state)
{
    webhook = (struct webhook){.state = "active"};
    queued = (struct queued){.seq = 7, .is_waiting = true, .round_at = NOW};
    return set_up(state);
}

static void any_2xx_is_delivered(void **state)
{
    (void)state;
    webhook.failures = 9;
    webhook.failing_since = NOW - 6 * CLOCK_DAY_US;
    for (int code = 200; code <= 299; code++) {
        struct judged judged = judge_code(code, 0);
        assert_true(judged.is_delivered && !judged.is_given_up && !judged.is_stopped);
        assert_int_equal(judged.failures, 0);
        assert_int_equal(judged.failing_since, 0);
        assert_int_equal(judged.rests_until, 0);
    }
    static const int others[] = {0, 100, 199, 300, 301, 302, 307, 400, 401, 404, 500, 502, 599};
    webhook = (struct webhook){.state = "active"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct judged judged = judge_code(others[i], 0);
        assert_false(judged.is_delivered || judged.is_given_up || judged.is_stopped);
        assert_int_equal(judged.next_at, NOW + 5 * S);
        assert_int_equal(judged.rests_until, NOW + 5 * S);
        assert_int_equal(judged.failures, 1);
        assert_int_equal(judged.failing_since, NOW);
    }
}

/* The order of events is kept while the waits are short; then the others go on. */
static void a_message_steps_aside_after_a_while(void **state)
{
    (void)state;
    static const int64_t wait[] = {5 * S, 30 * S, 120 * S, 600 * S, HOUR};
    for (int64_t i = 0; i < 5; i++) {
        queued.round_tries = i;
        webhook.failures = i;
        struct judged judged = judge_code(500, 0);
        assert_int_equal(judged.next_at, NOW + wait[i]);
        assert_int_equal(judged.rests_until, NOW + (i < 4 ? wait[i] : 600 * S));
    }
}

static void given_up_after_three_days(void **state)
{
    (void)state;
    queued.round_tries = 12;
    queued.round_at = NOW - 64 * HOUR;
    assert_false(judge_code(500, 0).is_given_up); /* 64 + 8 hours: still within */
    queued.round_at -= S;
    assert_true(judge_code(500, 0).is_given_up);
    /* One that the endpoint never got to, for it was away: one try, then given up. */
    queued.round_tries = 0;
    queued.round_at = NOW - 4 * CLOCK_DAY_US;
    assert_true(judge_code(0, 0).is_given_up);
    assert_true(judge_code(200, 0).is_delivered);
}

static void a_test_is_tried_once_and_counts_for_nothing(void **state)
{
    (void)state;
    queued.seq = 0;
    webhook.failures = 3;
    webhook.failing_since = NOW - 6 * CLOCK_DAY_US;
    struct judged judged = judge_code(410, 0);
    assert_true(judged.is_given_up && !judged.is_stopped && !judged.is_delivered);
    assert_int_equal(judged.failures, 3);
    assert_int_equal(judged.failing_since, webhook.failing_since);
    assert_int_equal(judged.rests_until, 0);
    assert_true(judge_code(204, 0).is_delivered);
}

static void stopped_after_five_days_or_when_gone(void **state)
{
    (void)state;
    webhook.failing_since = NOW - 5 * CLOCK_DAY_US + 1;
    assert_false(judge_code(500, 0).is_stopped);
    webhook.failing_since -= 1;
    assert_true(judge_code(500, 0).is_stopped);
    assert_false(judge_code(200, 0).is_stopped);
    webhook.failing_since = 0;
    assert_true(judge_code(410, 0).is_stopped);
    assert_false(judge_code(404, 0).is_stopped);
}

static void retry_after_is_heard_within_reason(void **state)
{
    (void)state;
    struct judged judged = judge_code(429, 90);
    assert_int_equal(judged.next_at, NOW + 90 * S);
    assert_int_equal(judged.rests_until, NOW + 90 * S);
    assert_int_equal(judge_code(503, 2).next_at, NOW + 5 * S); /* never earlier than we would */
    assert_int_equal(judge_code(503, INT64_MAX).next_at, NOW + HOUR);
    assert_int_equal(judge_code(500, 90).next_at, NOW + 5 * S);
}

/* Its address was changed while a try was under way: what the former one said is not its fault. */
static void a_former_address_stops_nothing(void **state)
{
    (void)state;
    struct sent sent = {.http_code = 410, .outcome = "", .is_of_former = true};
    webhook.failing_since = NOW - 6 * CLOCK_DAY_US;
    webhook.failures = 9;
    queued.round_tries = 9;
    queued.round_at = NOW - 4 * CLOCK_DAY_US;
    struct judged judged = judge(&webhook, &queued, &sent, NOW, 0, 1);
    assert_false(judged.is_stopped || judged.is_given_up || judged.is_delivered);
    assert_int_equal(judged.next_at, NOW);
    assert_int_equal(judged.rests_until, 0);
    assert_int_equal(judged.failures, 10); /* as its round: the order of events is kept */
    assert_int_equal(judged.failing_since, webhook.failing_since);
    sent = (struct sent){.http_code = 503, .retry_after_s = 90, .is_of_former = true};
    assert_int_equal(judge(&webhook, &queued, &sent, NOW, 0, 1).next_at, NOW);
    sent.http_code = 200;
    assert_true(judge(&webhook, &queued, &sent, NOW, 0, 1).is_delivered);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(ranges_to_their_ends, set_up),
        cmocka_unit_test_setup(loopback_and_equality, set_up),
        cmocka_unit_test_setup(signature_of_the_published_example, set_up),
        cmocka_unit_test_setup(padded_base64, set_up),
        cmocka_unit_test_setup(waits, set_up),
        cmocka_unit_test_setup(any_2xx_is_delivered, set_up_judging),
        cmocka_unit_test_setup(a_message_steps_aside_after_a_while, set_up_judging),
        cmocka_unit_test_setup(given_up_after_three_days, set_up_judging),
        cmocka_unit_test_setup(a_test_is_tried_once_and_counts_for_nothing, set_up_judging),
        cmocka_unit_test_setup(stopped_after_five_days_or_when_gone, set_up_judging),
        cmocka_unit_test_setup(retry_after_is_heard_within_reason, set_up_judging),
        cmocka_unit_test_setup(a_former_address_stops_nothing, set_up_judging),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
