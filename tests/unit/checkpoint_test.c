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
/* Nothing of a checkpoint is begun. */
#define AT(at_load, in_use, pages, acts, now, until)                                               \
    {                                                                                              \
        .load = (at_load), .wal_in_use = (in_use), .wal_pages = (pages), .acts_unmoved = (acts),   \
        .now_us = (now), .pause_until_us = (until)                                                 \
    }
/* One is: no act, no pause and no load but idleness is asked for. */
#define BEGUN(at_load, pinned, moved, flushed, pages, behind)                                      \
    {                                                                                              \
        .load = (at_load), .wal_in_use = true, .is_pinned = (pinned), .moves = (moved),            \
        .is_flushed = (flushed), .wal_pages = (pages), .pages_behind = (behind), .now_us = 6,      \
        .pause_until_us = 7                                                                        \
    }

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
        {AT(LOAD_IDLE, true, 0, 0, 0, 0), CHECKPOINT_EMPTY},
        {AT(LOAD_IDLE, true, 1, 1, 0, 0), CHECKPOINT_EMPTY},
        {AT(LOAD_IDLE, true, 1, 1, 5, 9), CHECKPOINT_EMPTY}, /* no pause */
        {AT(LOAD_IDLE, true, HUGE_PAGES, 999, 5, 9), CHECKPOINT_EMPTY},
        {AT(LOAD_IDLE, false, 0, 0, 0, 0), CHECKPOINT_NONE},
        {AT(LOAD_IDLE, false, HUGE_PAGES, 999, 9, 5), CHECKPOINT_NONE}, /* it has been emptied */
    };
    LOOK(rows);
}

static void a_free_moment_is_used(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {AT(LOAD_FREE, true, WAL_PAGES_EASY, 50, 7, 7), CHECKPOINT_PIN},
        {AT(LOAD_FREE, true, WAL_PAGES_EASY, 50, 8, 7), CHECKPOINT_PIN},
        {AT(LOAD_FREE, true, WAL_PAGES_EASY, 50, 6, 7), CHECKPOINT_NONE}, /* the pause */
        {AT(LOAD_FREE, true, WAL_PAGES_EASY, 49, 7, 7), CHECKPOINT_NONE},
        {AT(LOAD_FREE, true, WAL_PAGES_EASY - 1, 50, 7, 7), CHECKPOINT_NONE},
        {AT(LOAD_FREE, true, WAL_PAGES_EASY + 1, 51, 7, 0), CHECKPOINT_PIN},
        {AT(LOAD_FREE, true, 0, 999, 7, 0), CHECKPOINT_NONE},
        {AT(LOAD_FREE, true, HUGE_PAGES - 1, 50, 7, 7), CHECKPOINT_PIN},
        {AT(LOAD_FREE, true, HUGE_PAGES, 50, 7, 7), CHECKPOINT_EMPTY},
        {AT(LOAD_FREE, true, HUGE_PAGES, 50, 6, 7), CHECKPOINT_NONE},
        /* What is done when somebody waits is done then, too. */
        {AT(LOAD_FREE, true, WAL_PAGES_MAX, 200, 6, 7), CHECKPOINT_PIN},
        {AT(LOAD_FREE, true, WAL_PAGES_MAX, 199, 6, 7), CHECKPOINT_NONE},
        {AT(LOAD_FREE, true, WAL_PAGES_MAX - 1, 200, 6, 7), CHECKPOINT_NONE},
        /* The file being in use is asked of an idle one alone. */
        {AT(LOAD_FREE, false, WAL_PAGES_EASY, 50, 7, 7), CHECKPOINT_PIN},
    };
    LOOK(rows);
}

static void who_waits_is_left_alone_until_the_wal_is_full(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {AT(LOAD_BUSY, true, WAL_PAGES_EASY, 999, 7, 0), CHECKPOINT_NONE},
        {AT(LOAD_BUSY, true, WAL_PAGES_MAX - 1, 999, 7, 0), CHECKPOINT_NONE},
        {AT(LOAD_BUSY, true, WAL_PAGES_MAX, 199, 7, 0), CHECKPOINT_NONE},
        {AT(LOAD_BUSY, true, WAL_PAGES_MAX, 200, 7, 0), CHECKPOINT_PIN},
        {AT(LOAD_BUSY, true, WAL_PAGES_MAX, 200, 6, 7), CHECKPOINT_PIN}, /* no pause */
        {AT(LOAD_BUSY, true, WAL_PAGES_MAX + 1, 201, 7, 0), CHECKPOINT_PIN},
        {AT(LOAD_BUSY, true, HUGE_PAGES - 1, 200, 7, 0), CHECKPOINT_PIN},
        {AT(LOAD_BUSY, true, HUGE_PAGES, 200, 7, 0), CHECKPOINT_EMPTY},
        {AT(LOAD_BUSY, true, HUGE_PAGES + 1, 200, 7, 0), CHECKPOINT_EMPTY},
        {AT(LOAD_BUSY, true, HUGE_PAGES, 199, 7, 0), CHECKPOINT_NONE},
    };
    LOOK(rows);
}

static void a_checkpoint_that_was_begun_goes_on(void **state)
{
    (void)state;
    static const struct row rows[] = {
        /* Only what lies before something can be moved without a sync. */
        {BEGUN(LOAD_BUSY, true, 0, true, 1000, 0), CHECKPOINT_NONE},
        {BEGUN(LOAD_BUSY, true, 0, true, 1001, 1), CHECKPOINT_MOVE},
        {BEGUN(LOAD_FREE, true, 0, true, 1001, 1), CHECKPOINT_MOVE},
        {BEGUN(LOAD_FREE, true, 3, true, 1900, 0), CHECKPOINT_NONE},
        {BEGUN(LOAD_FREE, true, 3, true, 1900, 900), CHECKPOINT_MOVE},
        /* The disk is waited for … */
        {BEGUN(LOAD_BUSY, false, 1, false, 1100, 1), CHECKPOINT_NONE},
        {BEGUN(LOAD_FREE, false, 1, false, 1900, 900), CHECKPOINT_NONE},
        {BEGUN(LOAD_FREE, false, CHECKPOINT_MOVES, false, 1900, 1), CHECKPOINT_NONE},
        /* … and until little is left. */
        {BEGUN(LOAD_BUSY, false, 1, true, 1900, CHECKPOINT_PAGES_LAST + 1), CHECKPOINT_PIN},
        {BEGUN(LOAD_BUSY, false, 1, true, 1900, CHECKPOINT_PAGES_LAST), CHECKPOINT_FINISH},
        {BEGUN(LOAD_FREE, false, 1, true, 1900, 0), CHECKPOINT_FINISH},
        {BEGUN(LOAD_FREE, false, CHECKPOINT_MOVES - 1, true, 9000, 900), CHECKPOINT_PIN},
        {BEGUN(LOAD_FREE, false, CHECKPOINT_MOVES, true, 9000, 900), CHECKPOINT_FINISH},
        /* A WAL that is too large waits for nothing. */
        {BEGUN(LOAD_BUSY, false, 1, false, HUGE_PAGES - 1, 900), CHECKPOINT_NONE},
        {BEGUN(LOAD_BUSY, false, 1, false, HUGE_PAGES, 900), CHECKPOINT_FINISH},
        {BEGUN(LOAD_BUSY, true, 0, true, HUGE_PAGES, 0), CHECKPOINT_FINISH},
        {BEGUN(LOAD_FREE, true, 1, false, HUGE_PAGES, 900), CHECKPOINT_FINISH},
        /* Idle: all at once. */
        {BEGUN(LOAD_IDLE, true, 0, true, 1000, 0), CHECKPOINT_EMPTY},
        {BEGUN(LOAD_IDLE, false, 1, false, 1900, 900), CHECKPOINT_EMPTY},
    };
    LOOK(rows);
}

/* Checkpoints get half of the time at most: one, then a pause as long. */
static void the_pause_is_as_long_as_the_work(void **state)
{
    (void)state;
    assert_int_equal(checkpoint_pause_until(1000, 1000), 1000);
    assert_int_equal(checkpoint_pause_until(1000, 1001), 1002);
    assert_int_equal(checkpoint_pause_until(0, 20000), 40000);
    assert_int_equal(checkpoint_pause_until(5000000, 5040000), 5080000);
    /* The same once more as the daemon sees it. */
    struct checkpoint_facts facts =
        AT(LOAD_FREE, true, WAL_PAGES_EASY, 50, 4999, checkpoint_pause_until(1000, 3000));
    assert_int_equal(checkpoint_due(&facts), CHECKPOINT_NONE);
    facts.now_us = 5000;
    assert_int_equal(checkpoint_due(&facts), CHECKPOINT_PIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(idle_the_wal_is_emptied),
        cmocka_unit_test(a_free_moment_is_used),
        cmocka_unit_test(who_waits_is_left_alone_until_the_wal_is_full),
        cmocka_unit_test(a_checkpoint_that_was_begun_goes_on),
        cmocka_unit_test(the_pause_is_as_long_as_the_work),
    };
    return cmocka_run_group_tests_name("when the WAL is moved", tests, NULL, NULL);
}
