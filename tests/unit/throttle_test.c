/* tests/unit/throttle_test.c: how long wrong passwords make one wait, and whom they do not hold up.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "gate/throttle.h"
#include "unit/people_room.h"

#define S CLOCK_SECOND_US
#define NOW (INT64_C(1795000000) * S)
#define TOKEN "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq"

static struct arena arena;
static struct store *store;
static const struct query_table *const tables[] = {&people_throttle_queries, NULL};

static int set_up(void **state)
{
    (void)state;
    room_open();
    store = store_open(STORE_PEOPLE, STORE_WRITE, room_people, tables);
    assert_non_null(store);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    store_close(store);
    room_close();
    return 0;
}

/* One wrong password at `at`; how many seconds the next must wait, 0: it was let through. */
static int64_t wrong(const char *email, const char *address, const char *device, int64_t at)
{
    struct throttle throttle = throttle_of(email, address, device);
    int64_t free_at = 0;
    return throttle_try(store, &throttle, at, &free_at) ? 0 : (free_at - at) / S;
}

static void good(const char *email, const char *address, const char *device, int64_t at)
{
    struct throttle throttle = throttle_of(email, address, device);
    int64_t free_at = 0;
    assert_true(throttle_try(store, &throttle, at, &free_at));
    throttle_good(store, &throttle, at);
}

static void growth(void **state)
{
    static const int64_t waits[] = {0, 0, 0, 0, 0, 15, 30, 60, 120, 240, 480, 900, 900};
    (void)state;
    for (size_t failures = 0; failures < sizeof waits / sizeof waits[0]; failures++) {
        assert_int_equal(throttle_wait_s(THROTTLE_ACCOUNT, (int64_t)failures), waits[failures]);
        assert_int_equal(throttle_wait_s(THROTTLE_DEVICE, (int64_t)failures), waits[failures]);
        assert_int_equal(throttle_wait_s(THROTTLE_ADDRESS, (int64_t)failures + 15),
                         waits[failures]);
    }
    assert_int_equal(throttle_wait_s(THROTTLE_ADDRESS, 14), 0);
    assert_int_equal(throttle_wait_s(THROTTLE_ACCOUNT, INT64_MAX), THROTTLE_S_MAX);
}

static void an_account_waits_longer_each_time(void **state)
{
    static const int64_t waits[] = {15, 30, 60, 120, 240, 480, 900, 900, 900};
    int64_t at = NOW;
    (void)state;
    for (int i = 0; i < 4; i++) {
        assert_int_equal(wrong("ada@example.org", "192.0.2.1", NULL, at), 0);
    }
    for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++) {
        char address[32];
        (void)snprintf(address, sizeof address, "192.0.2.%zu", i + 2); /* from ever new places */
        assert_int_equal(wrong("ada@example.org", address, NULL, at), 0);
        assert_int_equal(wrong("ada@example.org", "198.51.100.1", NULL, at), waits[i]);
        /* Knocking while it is shut neither lengthens the wait nor opens. */
        assert_int_equal(wrong("ada@example.org", address, NULL, at + waits[i] * S - S), 1);
        at += waits[i] * S;
    }
    assert_int_equal(wrong("bob@example.org", "198.51.100.1", NULL, at),
                     0); /* others are not held up */
}

static void an_address_waits_whoever_it_tries(void **state)
{
    char email[32];
    (void)state;
    for (int i = 0; i < 20; i++) {
        (void)snprintf(email, sizeof email, "p%d@example.org", i);
        assert_int_equal(wrong(email, "192.0.2.1", NULL, NOW), 0);
    }
    assert_int_equal(wrong("x@example.org", "192.0.2.1", NULL, NOW), 15);
    assert_int_equal(wrong("x@example.org", "192.0.2.2", NULL, NOW), 0);
}

static void a_right_password_wipes_the_account_but_not_the_address(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        assert_int_equal(wrong("ada@example.org", "192.0.2.1", NULL, NOW), 0);
    }
    good("ada@example.org", "192.0.2.1", NULL, NOW);
    assert_int_equal(
        room_number(room_people, "SELECT count(*) FROM sign_in_throttle WHERE subject LIKE 'e:%'"),
        0);
    assert_int_equal(
        room_number(room_people, "SELECT failures FROM sign_in_throttle WHERE subject LIKE 'a:%'"),
        4);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(wrong("ada@example.org", "192.0.2.1", NULL, NOW), 0);
    }
    assert_int_equal(wrong("ada@example.org", "192.0.2.1", NULL, NOW), 15);
}

/* Somebody with a password of their own guesses others' while it is being looked at. */
static void a_right_password_takes_back_its_own_attempt_alone(void **state)
{
    int64_t free_at = 0;
    char email[32];
    (void)state;
    struct throttle one = throttle_of("ada@example.org", "192.0.2.1", NULL);
    assert_true(throttle_try(store, &one, NOW, &free_at));
    for (int i = 0; i < 19; i++) {
        (void)snprintf(email, sizeof email, "p%d@example.org", i);
        assert_int_equal(wrong(email, "192.0.2.1", NULL, NOW), 0);
    }
    throttle_good(store, &one, NOW);
    assert_int_equal(
        room_number(room_people, "SELECT failures FROM sign_in_throttle WHERE subject LIKE 'a:%'"),
        19);
    assert_int_equal(wrong("x@example.org", "192.0.2.1", NULL, NOW), 15);
    /* Of two that are right at once nothing stays. */
    struct throttle two[2];
    for (int i = 0; i < 2; i++) {
        two[i] = throttle_of("ada@example.org", "192.0.2.2", NULL);
        assert_true(throttle_try(store, &two[i], NOW, &free_at));
    }
    for (int i = 0; i < 2; i++) {
        throttle_good(store, &two[i], NOW);
    }
    assert_int_equal(
        room_number(room_people, "SELECT count(*) FROM sign_in_throttle WHERE subject LIKE 'a:%'"),
        1);
}

static void a_stranger_cannot_keep_the_owner_out(void **state)
{
    int64_t at = NOW;
    (void)state;
    good("ada@example.org", "192.0.2.1", TOKEN, at);
    for (int i = 0; i < 100; i++) { /* guesses as soon as it may, for more than half a day */
        int64_t wait = wrong("ada@example.org", "203.0.113.7", NULL, at);
        at += wait * S;
    }
    assert_int_equal(wrong("ada@example.org", "203.0.113.7", NULL, at), 0);
    assert_int_equal(wrong("ada@example.org", "203.0.113.7", NULL, at), 900);
    good("ada@example.org", "192.0.2.9", TOKEN, at);
    good("ada@example.org", "203.0.113.7", TOKEN, at); /* even from the stranger's own address */
    /* The device counts for this account alone, and its own wrong guesses for itself. */
    assert_int_equal(wrong("ada@example.org", "192.0.2.9", "another-token", at), 900);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(wrong("ada@example.org", "192.0.2.9", TOKEN, at), 0);
    }
    assert_int_equal(wrong("ada@example.org", "192.0.2.9", TOKEN, at), 15);
}

static void a_day_of_quiet_wipes_the_slate(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++) {
        assert_int_equal(wrong("ada@example.org", "192.0.2.1", NULL, NOW), 0);
    }
    int64_t later = NOW + THROTTLE_FORGET_S * S;
    assert_int_equal(wrong("ada@example.org", "192.0.2.1", NULL, later), 0);
    assert_int_equal(
        room_number(room_people, "SELECT failures FROM sign_in_throttle WHERE subject LIKE 'e:%'"),
        1);
}

static void a_clock_that_went_back_locks_nobody_out(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++) {
        assert_int_equal(wrong("ada@example.org", "192.0.2.1", NULL, NOW), 0);
    }
    assert_int_equal(wrong("ada@example.org", "192.0.2.1", NULL, NOW - 100000 * S), 0);
}

static void ipv6_counts_by_network(void **state)
{
    (void)state;
    struct throttle one = throttle_of("a", "2001:db8:1:2:3:4:5:6", NULL);
    struct throttle other = throttle_of("a", "2001:DB8:1:2:ffff::1", NULL);
    struct throttle elsewhere = throttle_of("a", "2001:db8:1:3::1", NULL);
    assert_string_equal(one.address, other.address);
    assert_string_not_equal(one.address, elsewhere.address);
    assert_string_equal(throttle_of("a", "::ffff:192.0.2.1", NULL).address,
                        throttle_of("a", "192.0.2.1", NULL).address);
    assert_string_equal(throttle_of("a", "unix:", NULL).address,
                        throttle_of("a", "", NULL).address);
}

static void old_rows_are_swept(void **state)
{
    char email[32];
    (void)state;
    good("ada@example.org", "192.0.2.1", TOKEN, NOW);
    for (int i = 0; i < 300; i++) {
        (void)snprintf(email, sizeof email, "p%d@example.org", i);
        char address[32];
        (void)snprintf(address, sizeof address, "198.51.%d.%d", i / 200, i % 200);
        (void)wrong(email, address, NULL, NOW);
    }
    int64_t later = NOW + INT64_C(2) * THROTTLE_FORGET_S * S;
    for (int i = 300; i < 500; i++) {
        (void)snprintf(email, sizeof email, "p%d@example.org", i);
        char address[32];
        (void)snprintf(address, sizeof address, "203.0.113.%d", i % 250);
        (void)wrong(email, address, NULL, later);
    }
    char sql[128];
    (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM sign_in_throttle WHERE last_at < %lld",
                   (long long)later - 1);
    assert_true(room_number(room_people, sql) < 60);
    assert_int_equal(
        room_number(room_people, "SELECT count(*) FROM sign_in_throttle WHERE subject LIKE 'd:%'"),
        1);
}

int main(void)
{
    arena_map(&arena, 1024UL * 1024);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(growth),
        cmocka_unit_test_setup_teardown(an_account_waits_longer_each_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_address_waits_whoever_it_tries, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_right_password_wipes_the_account_but_not_the_address,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_right_password_takes_back_its_own_attempt_alone, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_stranger_cannot_keep_the_owner_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_day_of_quiet_wipes_the_slate, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_clock_that_went_back_locks_nobody_out, set_up, tear_down),
        cmocka_unit_test(ipv6_counts_by_network),
        cmocka_unit_test_setup_teardown(old_rows_are_swept, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("throttle", tests, NULL, NULL);
}
