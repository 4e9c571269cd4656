/*
 * unit/checkpoint_test.c: when pages are moved out of the WAL (ledger/checkpoint.h), at each bound
 * and one beside it. That the daemon does so is seen by unit/daemon_test.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger/checkpoint.h"

#define HUGE_PAGES (4 * WAL_PAGES_MAX)

struct row {
    struct checkpoint_facts facts;
    enum checkpoint_kind due;
};

static void look(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        enum checkpoint_kind due = checkpoint_due(&rows[i].facts);
        if (due != rows[i].due) {
            fail_msg("row %zu: %d is due, expected %d", i, (int)due, (int)rows[i].due);
        }
    }
}
#define LOOK(rows) look(rows, sizeof(rows) / sizeof((rows)[0]))

static void idle_the_wal_is_emptied(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {{LOAD_IDLE, true, 0, 0, 0, 0}, CHECKPOINT_TRUNCATE},
        {{LOAD_IDLE, true, 1, 1, 0, 0}, CHECKPOINT_TRUNCATE},
        {{LOAD_IDLE, true, 1, 1, 5, 9}, CHECKPOINT_TRUNCATE}, /* no pause */
        {{LOAD_IDLE, true, HUGE_PAGES, 999, 5, 9}, CHECKPOINT_TRUNCATE},
        {{LOAD_IDLE, false, 0, 0, 0, 0}, CHECKPOINT_NONE},
        {{LOAD_IDLE, false, HUGE_PAGES, 999, 9, 5}, CHECKPOINT_NONE}, /* it has been emptied */
    };
    LOOK(rows);
}

static void a_free_moment_is_used(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {{LOAD_FREE, true, WAL_PAGES_EASY, 50, 7, 7}, CHECKPOINT_PASSIVE},
        {{LOAD_FREE, true, WAL_PAGES_EASY, 50, 8, 7}, CHECKPOINT_PASSIVE},
        {{LOAD_FREE, true, WAL_PAGES_EASY, 50, 6, 7}, CHECKPOINT_NONE}, /* the pause */
        {{LOAD_FREE, true, WAL_PAGES_EASY, 49, 7, 7}, CHECKPOINT_NONE},
        {{LOAD_FREE, true, WAL_PAGES_EASY - 1, 50, 7, 7}, CHECKPOINT_NONE},
        {{LOAD_FREE, true, WAL_PAGES_EASY + 1, 51, 7, 0}, CHECKPOINT_PASSIVE},
        {{LOAD_FREE, true, 0, 999, 7, 0}, CHECKPOINT_NONE},
        {{LOAD_FREE, true, HUGE_PAGES - 1, 50, 7, 7}, CHECKPOINT_PASSIVE},
        {{LOAD_FREE, true, HUGE_PAGES, 50, 7, 7}, CHECKPOINT_TRUNCATE},
        {{LOAD_FREE, true, HUGE_PAGES, 50, 6, 7}, CHECKPOINT_NONE},
        /* What is done when somebody waits is done then, too. */
        {{LOAD_FREE, true, WAL_PAGES_MAX, 200, 6, 7}, CHECKPOINT_PASSIVE},
        {{LOAD_FREE, true, WAL_PAGES_MAX, 199, 6, 7}, CHECKPOINT_NONE},
        {{LOAD_FREE, true, WAL_PAGES_MAX - 1, 200, 6, 7}, CHECKPOINT_NONE},
        /* The file being in use is asked of an idle one alone. */
        {{LOAD_FREE, false, WAL_PAGES_EASY, 50, 7, 7}, CHECKPOINT_PASSIVE},
    };
    LOOK(rows);
}

static void who_waits_is_left_alone_until_the_wal_is_full(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {{LOAD_BUSY, true, WAL_PAGES_EASY, 999, 7, 0}, CHECKPOINT_NONE},
        {{LOAD_BUSY, true, WAL_PAGES_MAX - 1, 999, 7, 0}, CHECKPOINT_NONE},
        {{LOAD_BUSY, true, WAL_PAGES_MAX, 199, 7, 0}, CHECKPOINT_NONE},
        {{LOAD_BUSY, true, WAL_PAGES_MAX, 200, 7, 0}, CHECKPOINT_PASSIVE},
        {{LOAD_BUSY, true, WAL_PAGES_MAX, 200, 6, 7}, CHECKPOINT_PASSIVE}, /* no pause */
        {{LOAD_BUSY, true, WAL_PAGES_MAX + 1, 201, 7, 0}, CHECKPOINT_PASSIVE},
        {{LOAD_BUSY, true, HUGE_PAGES - 1, 200, 7, 0}, CHECKPOINT_PASSIVE},
        {{LOAD_BUSY, true, HUGE_PAGES, 200, 7, 0}, CHECKPOINT_TRUNCATE},
        {{LOAD_BUSY, true, HUGE_PAGES + 1, 200, 7, 0}, CHECKPOINT_TRUNCATE},
        {{LOAD_BUSY, true, HUGE_PAGES, 199, 7, 0}, CHECKPOINT_NONE},
    };
    LOOK(rows);
}

/* Checkpoints get less than a quarter of the time: one, then a pause of three times as long. */
static void the_pause_is_three_times_the_work(void **state)
{
    (void)state;
    assert_int_equal(checkpoint_pause_until(1000, 1000), 1000);
    assert_int_equal(checkpoint_pause_until(1000, 1001), 1004);
    assert_int_equal(checkpoint_pause_until(0, 20000), 80000);
    assert_int_equal(checkpoint_pause_until(5000000, 5040000), 5160000);
    /* The same once more as the daemon sees it. */
    struct checkpoint_facts facts = {.load = LOAD_FREE,
                                     .wal_in_use = true,
                                     .wal_pages = WAL_PAGES_EASY,
                                     .acts_unmoved = 50,
                                     .pause_until_us = checkpoint_pause_until(1000, 3000)};
    facts.now_us = 8999;
    assert_int_equal(checkpoint_due(&facts), CHECKPOINT_NONE);
    facts.now_us = 9000;
    assert_int_equal(checkpoint_due(&facts), CHECKPOINT_PASSIVE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(idle_the_wal_is_emptied),
        cmocka_unit_test(a_free_moment_is_used),
        cmocka_unit_test(who_waits_is_left_alone_until_the_wal_is_full),
        cmocka_unit_test(the_pause_is_three_times_the_work),
    };
    return cmocka_run_group_tests_name("when the WAL is moved", tests, NULL, NULL);
}
