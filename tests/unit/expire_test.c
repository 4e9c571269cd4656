/*
 * tests/unit/expire_test.c: many transfers of many blocks that are due at once: the sweep that ends
 * them gives back the memory of each, so it ends them all.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger/town.h"

#define TRANSFERS 24
#define BLOCKS 200
/* enough for one of them (the daemon has LEDGER_ARENA_BYTES and 256 at a time), not for all */
#define SMALL_BYTES ((size_t)128 * 1024)

static void apply(const struct command *command)
{
    struct answer answer;
    arena_reset(&town.arena, 0);
    assert_int_equal(ledger_apply(&town.ledger, PROGRAM_TALLY, command, town.now_us, &answer),
                     STATUS_OK);
}

static void test_many_large_ones(void **state)
{
    (void)state;
    const char *supplier = town_org("Alpha", true, ORG_PARTICIPANT);
    const char *buyer = town_org("Beta", false, ORG_PARTICIPANT);
    const char *project = town_project(supplier, "AAAA", INSTRUMENT_CARBON_REMOVAL);
    assert_true(store_begin_write(town.ledger.store));
    for (int i = 0; i < TRANSFERS * BLOCKS; i++) {
        struct command issue = command_of(ACT_ISSUE, "", town_key());
        TEXT_COPY(issue.issue.project_id, project);
        issue.issue.vintage = 2024;
        issue.issue.supplier_units = 1;
        apply(&issue);
    }
    for (int i = 0; i < TRANSFERS; i++) {
        struct command transfer = town_transfer("", supplier, buyer, supplier, BLOCKS);
        apply(&transfer);
    }
    assert_true(store_commit(town.ledger.store));
    assert_int_equal(town_number("SELECT count(*) FROM batch WHERE reserved_by IS NOT NULL"),
                     TRANSFERS * BLOCKS);

    struct arena small;
    struct answer answer;
    struct command expire = command_of(ACT_EXPIRE, "", "");
    jmp_buf full;
    town.now_us += 15 * CLOCK_DAY_US;
    arena_map(&small, SMALL_BYTES);
    town.ledger.arena = &small;
    if (setjmp(full) != 0) {
        fail_msg("%s", "the sweep ran out of room");
    }
    small.guard = &full;
    assert_int_equal(town_ask(PROGRAM_LEDGER, &expire, &answer), STATUS_OK);
    town.ledger.arena = &town.arena;
    assert_int_equal(answer.count, TRANSFERS);
    assert_int_equal(town_number("SELECT count(*) FROM batch WHERE reserved_by IS NOT NULL"), 0);
    assert_int_equal(town_number("SELECT count(*) FROM transfer WHERE state = 'expired'"),
                     TRANSFERS);
}

static int open_town(void **state)
{
    (void)state;
    town_found();
    return 0;
}

static int leave_town(void **state)
{
    (void)state;
    town_leave();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_many_large_ones)};
    return cmocka_run_group_tests_name("expire", tests, open_town, leave_town);
}
