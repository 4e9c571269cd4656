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
/* ledger/apply_answer.c */
#define LINES_OF_ONE_ACT 65536

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

/* As many blocks as the sweep ends in one act, in one transfer: no act makes so many that quickly,
 * so they are copied from one that was made. */
static void grow(const char *transfer_id, int blocks)
{
    char sql[2048];
    (void)snprintf(
        sql, sizeof sql,
        "BEGIN; DROP TRIGGER transfer_fixed;"
        "CREATE TEMP TABLE number AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM "
        "n WHERE i < %1$d - 1) SELECT i FROM n;"
        "INSERT INTO batch SELECT printf('ctb_%%016d', i), project_id, issuance_id, "
        "supplier_org_id, vintage, 1000000 + i, 1000000 + i, org_id, account_id, state, "
        "reserved_by, parent_id, left_id, right_id, issued_at, delivery_id, received_by, "
        "received_at, made_at, ended_by, ended_at FROM batch JOIN number "
        "WHERE reserved_by = '%2$s';"
        "INSERT INTO transfer_line SELECT transfer_id, 1 + i, printf('ctb_%%016d', i), split_from, "
        "from_account_id, units FROM transfer_line JOIN number WHERE transfer_id = '%2$s';"
        "UPDATE transfer SET units = %1$d WHERE transfer_id = '%2$s';"
        "UPDATE holding SET active = active + %1$d, active_batches = active_batches + %1$d, "
        "reserved = reserved + %1$d, reserved_batches = reserved_batches + %1$d "
        "WHERE reserved > 0;"
        "COMMIT;",
        blocks, transfer_id);
    town_sql(sql);
}

static void expire_says(int64_t count)
{
    struct answer answer;
    struct command expire = command_of(ACT_EXPIRE, "", "");
    assert_int_equal(town_ask(PROGRAM_LEDGER, &expire, &answer), STATUS_OK);
    assert_int_equal(answer.count, count);
}

/* Others wait while it works: after so many blocks it comes again. */
static void test_one_that_is_enough_for_one_act(void **state)
{
    (void)state;
    struct answer answer;
    const char *supplier = town_org("Gamma", true, ORG_PARTICIPANT);
    const char *buyer = town_org("Delta", false, ORG_PARTICIPANT);
    const char *project = town_project(supplier, "CCCC", INSTRUMENT_CARBON_REMOVAL);
    char first[ID_SIZE] = "";
    for (int i = 0; i < 3; i++) {
        (void)town_issue(project, 2024, 1, 0);
        struct command transfer = town_transfer("", supplier, buyer, supplier, 1);
        assert_int_equal(town_ask(PROGRAM_TALLY, &transfer, &answer), STATUS_OK);
        if (i == 0) {
            TEXT_COPY(first, answer.id);
        }
        town.now_us += 1000;
    }
    grow(first, LINES_OF_ONE_ACT);
    town.now_us += 15 * CLOCK_DAY_US;
    expire_says(1);
    assert_int_equal(town_number("SELECT count(*) FROM batch WHERE reserved_by IS NOT NULL"), 2);
    expire_says(2);
    assert_int_equal(town_number("SELECT count(*) FROM batch WHERE reserved_by IS NOT NULL"), 0);
    expire_says(0);
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
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many_large_ones),
        cmocka_unit_test(test_one_that_is_enough_for_one_act),
    };
    return cmocka_run_group_tests_name("expire", tests, open_town, leave_town);
}
