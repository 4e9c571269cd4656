/*
 * tests/unit/wire_test.c: what the daemon takes for a command: the whole struct or exactly the part
 * of it that is used, and nothing between, below or above.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "ledger/wire.h"

static void test_exact_sizes(void **state)
{
    (void)state;
    for (int kind = ACT_NONE + 1; kind < ACT__COUNT; kind++) {
        struct command command = command_of((enum act_kind)kind, "", "key");
        size_t used_bytes = wire_command_bytes(&command);
        assert_true(used_bytes >= offsetof(struct command, organisation));
        assert_true(used_bytes <= sizeof command);
        for (size_t size_bytes = 0; size_bytes <= sizeof command + 8; size_bytes++) {
            bool is_whole = size_bytes == used_bytes || size_bytes == sizeof command;
            assert_int_equal(wire_command_is(&command, size_bytes), is_whole);
        }
    }
}

static void test_lines_count(void **state)
{
    (void)state;
    struct command command = command_of(ACT_TRANSFER, "", "key");
    size_t without_bytes = wire_command_bytes(&command);
    assert_int_equal(without_bytes, offsetof(struct command, transfer.lines));
    command.transfer.line_count = 2;
    assert_int_equal(wire_command_bytes(&command), without_bytes + 2 * sizeof(struct command_line));
    /* The lines that are promised must be there: one too few, and an act by lines would become
     * another. */
    assert_false(wire_command_is(&command, without_bytes));
    assert_false(wire_command_is(&command, without_bytes + sizeof(struct command_line)));
    assert_true(wire_command_is(&command, without_bytes + 2 * sizeof(struct command_line)));
    command.transfer.line_count = COMMAND_LINES_MAX;
    assert_true(wire_command_is(&command, wire_command_bytes(&command)));
    command.transfer.line_count = COMMAND_LINES_MAX + 1;
    assert_false(wire_command_is(&command, sizeof command));
}

static void test_texts_end(void **state)
{
    (void)state;
    struct command command = command_of(ACT_TRANSFER, "", "key");
    command.transfer.line_count = 1;
    memset(command.transfer.lines[0].batch_id, 'A', ID_SIZE);
    assert_false(wire_command_is(&command, wire_command_bytes(&command)));
    command.transfer.line_count = 0; /* what is not used is not looked at */
    assert_true(wire_command_is(&command, wire_command_bytes(&command)));
    memset(command.key, 'k', sizeof command.key);
    assert_false(wire_command_is(&command, wire_command_bytes(&command)));
    command = command_of(ACT_EXPIRE, "", "");
    assert_int_equal(wire_command_bytes(&command), offsetof(struct command, organisation));
    memset(command.user_id, 'u', sizeof command.user_id);
    assert_false(wire_command_is(&command, wire_command_bytes(&command)));
}

static void test_kinds(void **state)
{
    (void)state;
    struct command command = command_of(ACT_TRANSFER, "", "key");
    command.kind = ACT_NONE;
    assert_false(wire_command_is(&command, sizeof command));
    command.kind = ACT__COUNT;
    assert_false(wire_command_is(&command, sizeof command));
    command.kind = ACT_TRANSFER;
    command.version++;
    assert_false(wire_command_is(&command, sizeof command));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact_sizes), cmocka_unit_test(test_lines_count),
        cmocka_unit_test(test_texts_end), cmocka_unit_test(test_kinds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
