/* steps_test: quantities by hand as text, percentages, the command a draft asks for, and no draft
 * without the registry. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "ledger/town.h"
#include "pages/plan.h"
#include "pages/steps.h"
#include "store/rights.h"
#include "unit/step_fault.h"

#define ONE "ctb_1KNS0Q2D6SBX0A01"
#define TWO "ctb_1KNS0Q2D6SBX0A02"

static unsigned char memory[1024 * 1024];
static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, memory, sizeof(memory));
    return 0;
}

static void test_lines(void **state)
{
    static struct command_line lines[COMMAND_LINES_MAX];
    (void)state;
    assert_int_equal(
        take_lines_read(ONE " 5\n" TWO " 9000000000000000\n", lines, COMMAND_LINES_MAX), 2);
    assert_string_equal(lines[1].batch_id, TWO);
    assert_int_equal(lines[0].units, 5);
    assert_int_equal(take_lines_sum(lines, 2), 9000000000000005);
    assert_string_equal(take_lines_write(&arena, lines, 2), ONE " 5\n" TWO " 9000000000000000\n");
    assert_string_equal(take_lines_write(&arena, lines, 0), "");
    assert_int_equal(take_lines_read("", lines, COMMAND_LINES_MAX), 0);
    static const char *const strange[] = {ONE,
                                          ONE " ",
                                          ONE " 0\n",
                                          ONE " -1\n",
                                          ONE " x\n",
                                          ONE "  5\n",
                                          "tfr_1KNS0Q2D6SBX0A01 5\n",
                                          " 5\n",
                                          ONE " 5\nx\n",
                                          ONE " 99999999999999999999999\n",
                                          "\n"};
    for (size_t i = 0; i < sizeof(strange) / sizeof(strange[0]); i++) {
        assert_int_equal(take_lines_read(strange[i], lines, COMMAND_LINES_MAX), 0);
    }
    assert_int_equal(take_lines_read(ONE " 5\n" TWO " 6\n", lines, 1), 0);
    lines[0].units = lines[1].units = INT64_MAX;
    assert_int_equal(take_lines_sum(lines, 2), INT64_MAX);
    for (size_t i = 0; i < COMMAND_LINES_MAX; i++) {
        TEXT_COPY(lines[i].batch_id, ONE);
        lines[i].units = INT64_MAX;
    }
    const char *text = take_lines_write(&arena, lines, COMMAND_LINES_MAX);
    assert_int_equal(take_lines_read(text, lines, COMMAND_LINES_MAX), COMMAND_LINES_MAX);
}

static void test_percent(void **state)
{
    (void)state;
    assert_string_equal(plan_percent(&arena, 300500, 384000), "78.25%");
    assert_string_equal(plan_percent(&arena, 0, 1), "0.00%");
    assert_string_equal(plan_percent(&arena, 1, 1), "100.00%");
    assert_string_equal(plan_percent(&arena, 1, 3000), "0.03%");
    assert_string_equal(plan_percent(&arena, INT64_MAX / 2, INT64_MAX), "49.99%");
}

static struct draft empty_draft(void)
{
    return (struct draft){.draft_id = "drf_1KNS0Q2D6SBX0A01",
                          .user_id = "usr_1KNS0Q2D6SBX0A01",
                          .org_id = "org_1KNS0Q2D6SBX0A01",
                          .kind = "external",
                          .to_org_id = "",
                          .to_account_id = "",
                          .to_system = "",
                          .to_system_party = "",
                          .take = DRAFT_TAKE_NOTHING,
                          .notes = "",
                          .private_note = "",
                          .corrects_id = "",
                          .transfer_id = ""};
}

static void test_next(void **state)
{
    (void)state;
    struct draft draft = empty_draft();
    assert_string_equal(steps_next(&draft), "recipient");
    draft.to_org_id = "org_1KNS0Q2D6SBX0A02";
    assert_string_equal(steps_next(&draft), "balance");
    draft.take.supplier_org_id = "org_1KNS0Q2D6SBX0A03";
    draft.take.instrument = "carbon_removal";
    assert_string_equal(steps_next(&draft), "amount");
    draft.take.mode = "oldest";
    assert_string_equal(steps_next(&draft), "amount");
    draft.take.units = 1;
    assert_string_equal(steps_next(&draft), "review");
    draft.take.mode = "manual";
    assert_string_equal(steps_next(&draft), "amount");
    draft.take.lines = ONE " 5\n";
    assert_string_equal(steps_next(&draft), "review");
    draft.kind = "export";
    assert_string_equal(steps_next(&draft), "recipient");
    draft.to_system = "Puro";
    assert_string_equal(steps_next(&draft), "recipient");
    draft.to_system_party = "Aster";
    assert_string_equal(steps_next(&draft), "review");
    draft.kind = "internal";
    assert_string_equal(steps_next(&draft), "recipient");
    draft.to_account_id = "acc_1KNS0Q2D6SBX0A01";
    assert_string_equal(steps_next(&draft), "review");
}

static void test_command(void **state)
{
    (void)state;
    struct draft draft = empty_draft();
    draft.to_org_id = "org_1KNS0Q2D6SBX0A02";
    draft.take.supplier_org_id = "org_1KNS0Q2D6SBX0A03";
    draft.take.instrument = "renewable_energy";
    draft.take.mode = "manual";
    draft.take.lines = ONE " 5\n" TWO " 6\n";
    draft.notes = "Order 7";
    struct command *command = steps_command(&arena, &draft);
    assert_int_equal(command->kind, ACT_TRANSFER);
    assert_string_equal(command->key, draft.draft_id);
    assert_int_equal(command->transfer.kind, TRANSFER_EXTERNAL);
    assert_int_equal(command->transfer.instrument, INSTRUMENT_RENEWABLE_ENERGY);
    assert_int_equal(command->transfer.line_count, 2);
    assert_int_equal(command->transfer.units, 11);
    assert_string_equal(command->transfer.notes, "Order 7");
    assert_false(command->transfer.has_plan);
    draft.take.mode = "oldest";
    draft.take.units = 42;
    draft.kind = "export";
    command = steps_command(&arena, &draft);
    assert_int_equal(command->transfer.kind, TRANSFER_EXPORT);
    assert_int_equal(command->transfer.line_count, 0);
    assert_int_equal(command->transfer.units, 42);
}

static void test_balance_word(void **state)
{
    const char *supplier = "untouched";
    enum instrument instrument = INSTRUMENT_RENEWABLE_ENERGY;
    (void)state;
    assert_true(take_parse(&arena, "org_1KNS0Q2D6SBX0A03.carbon_removal", &supplier, &instrument));
    assert_string_equal(supplier, "org_1KNS0Q2D6SBX0A03");
    assert_int_equal(instrument, INSTRUMENT_CARBON_REMOVAL);
    assert_string_equal(take_word(&arena, supplier, instrument),
                        "org_1KNS0Q2D6SBX0A03.carbon_removal");
    static const char *const strange[] = {"",
                                          ".",
                                          "org_1KNS0Q2D6SBX0A03",
                                          "org_1KNS0Q2D6SBX0A03.",
                                          "spl_1KNS0Q2D6SBX0A03.carbon_removal",
                                          "org_1KNS0Q2D6SBX0A03.carbon",
                                          "x.carbon_removal"};
    supplier = "untouched";
    for (size_t i = 0; i < sizeof(strange) / sizeof(strange[0]); i++) {
        assert_false(take_parse(&arena, strange[i], &supplier, &instrument));
        assert_string_equal(supplier, "untouched");
    }
}

static int drafts_made;

static bool make_draft(struct visit *visit, void *draft)
{
    (void)visit;
    (void)draft;
    drafts_made++;
    return true;
}

/* Ids carry the installation's tag: when it cannot be read there is no draft, and no crash. */
static void test_no_draft_without_the_registry(void **state)
{
    static const struct query_table *const tables[] = {&rights_queries, NULL};
    const char *draft_id = "";
    (void)state;
    town_found();
    struct store *registry = store_open(STORE_REGISTRY, STORE_READ, town.path, tables);
    assert_non_null(registry);
    struct visit visit = {.arena = &arena, .registry = registry, .now_us = TOWN_START_US};
    assert_true(steps_make(&visit, &draft_id, make_draft, NULL));
    assert_true(id_is(draft_id, "drf"));
    assert_int_equal(drafts_made, 1);
    step_failing = "SELECT tag ";
    step_quiet(true);
    assert_false(steps_make(&visit, &draft_id, make_draft, NULL));
    step_quiet(false);
    step_failing = NULL;
    assert_true(has_failed);
    assert_int_equal(drafts_made, 1);
    store_close(registry);
    town_leave();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),        cmocka_unit_test(test_percent),
        cmocka_unit_test(test_next),         cmocka_unit_test(test_command),
        cmocka_unit_test(test_balance_word), cmocka_unit_test(test_no_draft_without_the_registry),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
