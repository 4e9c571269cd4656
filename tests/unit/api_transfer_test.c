/* api_transfer_test.c: a transfer as it was when an act on it was first answered, whatever happened
 * to it since: a request that is repeated gets the first answer again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/transfer.h"
#include "unit/api_room.h"

#define SUBMITTED INT64_C(1000)
#define FIRST INT64_C(2000)   /* the act that is asked about */
#define LATER INT64_C(9000)   /* what happened since */
#define EXPIRES INT64_C(5000) /* as the first answer said */

static struct command command;
static struct answer answer;

/* It was accepted in the end, by both persons and the registry, and its note taken away. */
static struct api_transfer completed(void)
{
    return (struct api_transfer){.transfer_id = "tfr_1",
                                 .kind = TRANSFER_EXTERNAL,
                                 .state = TRANSFER_COMPLETED,
                                 .to_account_id = "acc_1",
                                 .units = 7,
                                 .notes = "",
                                 .private_note = "mine",
                                 .corrects_id = "",
                                 .needs_approval = true,
                                 .is_approved = true,
                                 .needs_registry_approval = true,
                                 .is_registry_approved = true,
                                 .submitted_at = SUBMITTED,
                                 .ended_at = LATER,
                                 .end_reason = "",
                                 .note_redacted_at = LATER,
                                 .note_redacted_reason = "a name"};
}

/* It came to nothing in the end. */
static struct api_transfer ended(enum transfer_state state)
{
    struct api_transfer transfer = completed();
    transfer.state = state;
    transfer.to_account_id = "";
    transfer.end_reason = "since";
    return transfer;
}

static struct api_transfer answered(struct api_transfer now, enum act_kind kind,
                                    enum transfer_state state)
{
    command = command_of(kind, "usr_1", "key");
    if (kind == ACT_TRANSFER) {
        assert_true(TEXT_COPY(command.transfer.notes, "as written"));
    } else if (kind != ACT_APPROVE) {
        assert_true(TEXT_COPY(command.decide.reason, "said then"));
    }
    answer = (struct answer){.at = kind == ACT_TRANSFER ? SUBMITTED : FIRST,
                             .transfer_state = (int32_t)state,
                             .expires_at = EXPIRES};
    struct api_transfer then = transfer_as_answered(&now, &command, &answer);
    assert_int_equal(then.state, state);
    assert_int_equal(then.units, 7);
    assert_string_equal(then.private_note, "mine");
    assert_int_equal(then.submitted_at, SUBMITTED);
    return then;
}

static void waits(const struct api_transfer *then)
{
    assert_int_equal(then->expires_at, EXPIRES);
    assert_int_equal(then->ended_at, 0);
    assert_string_equal(then->end_reason, "");
    assert_string_equal(then->to_account_id, "");
}

static void made_and_accepted_since(void **state)
{
    (void)state;
    struct api_transfer then = answered(completed(), ACT_TRANSFER, TRANSFER_AWAITING_APPROVAL);
    waits(&then);
    assert_false(then.is_approved || then.is_registry_approved);
    assert_string_equal(then.notes, "as written");
    assert_int_equal(then.note_redacted_at, 0);
    assert_string_equal(then.note_redacted_reason, "");
    then = answered(completed(), ACT_TRANSFER, TRANSFER_PENDING);
    waits(&then);
}

static void made_and_ended_since(void **state)
{
    (void)state;
    for (unsigned now = TRANSFER_REJECTED; now <= TRANSFER_CANCELLED; now++) {
        struct api_transfer then =
            answered(ended((enum transfer_state)now), ACT_TRANSFER, TRANSFER_PENDING);
        waits(&then);
    }
}

static void made_and_completed_at_once(void **state)
{
    (void)state;
    struct api_transfer now = completed();
    now.ended_at = SUBMITTED;
    struct api_transfer then = answered(now, ACT_TRANSFER, TRANSFER_COMPLETED);
    assert_int_equal(then.expires_at, 0);
    assert_int_equal(then.ended_at, SUBMITTED);
    assert_string_equal(then.to_account_id, "acc_1");
}

/* One's own account is named from the beginning. */
static void internal_ones_keep_their_account(void **state)
{
    (void)state;
    struct api_transfer now = completed();
    now.kind = TRANSFER_INTERNAL;
    struct api_transfer then = answered(now, ACT_TRANSFER, TRANSFER_AWAITING_APPROVAL);
    assert_string_equal(then.to_account_id, "acc_1");
}

static void approved_and_accepted_since(void **state)
{
    (void)state;
    struct api_transfer then = answered(completed(), ACT_APPROVE, TRANSFER_PENDING);
    waits(&then);
    assert_true(then.is_approved && then.is_registry_approved);
    /* the registry's approval came afterwards */
    then = answered(completed(), ACT_APPROVE, TRANSFER_AWAITING_APPROVAL);
    waits(&then);
    assert_true(then.is_approved);
    assert_false(then.is_registry_approved);
}

static void accepted(void **state)
{
    (void)state;
    struct api_transfer then = answered(completed(), ACT_ACCEPT, TRANSFER_COMPLETED);
    assert_int_equal(then.ended_at, FIRST);
    assert_int_equal(then.expires_at, 0);
    assert_string_equal(then.to_account_id, "acc_1");
    assert_string_equal(then.end_reason, "");
    /* a note that the registry took away stays away from others than its writer */
    assert_string_equal(then.notes, "");
    assert_int_equal(then.note_redacted_at, LATER);
}

static void ended_by_the_act_itself(void **state)
{
    (void)state;
    static const struct {
        enum act_kind kind;
        enum transfer_state state;
    } acts[] = {{ACT_REJECT, TRANSFER_REJECTED},
                {ACT_WITHDRAW, TRANSFER_WITHDRAWN},
                {ACT_REFUSE, TRANSFER_REJECTED}};
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        struct api_transfer then = answered(ended(acts[i].state), acts[i].kind, acts[i].state);
        assert_int_equal(then.ended_at, FIRST);
        assert_int_equal(then.expires_at, 0);
        assert_string_equal(then.end_reason, "said then");
        assert_string_equal(then.to_account_id, "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(made_and_accepted_since),
        cmocka_unit_test(made_and_ended_since),
        cmocka_unit_test(made_and_completed_at_once),
        cmocka_unit_test(internal_ones_keep_their_account),
        cmocka_unit_test(approved_and_accepted_since),
        cmocka_unit_test(accepted),
        cmocka_unit_test(ended_by_the_act_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
