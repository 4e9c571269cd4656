/*
 * tests/unit/ledger_edge_test.c: edges of the pure decisions about transfers that no act of the
 * other tests stands on exactly: sums at the largest number, limits met to the unit, moments that
 * are equal; and descriptor 0, which is one like another.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "ledger/client.h"
#include "ledger/connect.h"
#include "ledger/flow.h"
#include "ledger/lock.h"
#include "ledger/work.h"

static struct arena arena;
static struct answer answer;
static struct plan plan;
static int64_t latest_at;
static struct ledger_batch batches[COMMAND_LINES_MAX];
static struct command_line lines[COMMAND_LINES_MAX];

static int set_up(void **state)
{
    (void)state;
    if (arena.size_bytes == 0) {
        arena_map(&arena, 1 << 20);
    }
    arena_reset(&arena, 0);
    memset(&answer, 0, sizeof answer);
    answer.line = -1;
    for (size_t i = 0; i < COMMAND_LINES_MAX; i++) {
        batches[i] = (struct ledger_batch){.found = true,
                                           .account_kind = ACCOUNT_ACTIVE,
                                           .state = BATCH_ACTIVE,
                                           .first = 1,
                                           .last = QUANTITY_UNITS_MAX,
                                           .received_at = 500,
                                           .made_at = 400};
        (void)snprintf(batches[i].batch_id, ID_SIZE, "ctb_%zu", i);
        TEXT_COPY(batches[i].org_id, "org_1");
        TEXT_COPY(batches[i].supplier_org_id, "org_s");
        memcpy(lines[i].batch_id, batches[i].batch_id, ID_SIZE);
        lines[i].units = 1;
    }
    return 0;
}

static struct plan_wish wish_of(int64_t units, uint32_t line_count)
{
    return (struct plan_wish){.org_id = "org_1",
                              .supplier_org_id = "",
                              .project_id = "",
                              .from_account_id = "",
                              .to_account_id = "",
                              .has_instrument = true,
                              .units = units,
                              .lines = lines,
                              .line_count = line_count,
                              .batches = batches,
                              .batch_count = line_count == 0 ? 1 : line_count,
                              .free_units = QUANTITY_UNITS_MAX};
}

static enum status selects(struct plan_wish wish)
{
    return plan_select(&arena, &wish, &plan, &latest_at, &answer);
}

/* ---- plans ---- */

static void as_many_units_as_there_can_be(void **state)
{
    (void)state;
    assert_int_equal(selects(wish_of(QUANTITY_UNITS_MAX, 0)), STATUS_OK);
    assert_true(plan.units == QUANTITY_UNITS_MAX);
    lines[0].units = QUANTITY_UNITS_MAX;
    assert_int_equal(selects(wish_of(0, 1)), STATUS_OK);
    lines[0].units = QUANTITY_UNITS_MAX - 1;
    assert_int_equal(selects(wish_of(0, 2)), STATUS_OK);
    assert_true(plan.units == QUANTITY_UNITS_MAX);
    lines[1].units = 2;
    assert_int_equal(selects(wish_of(0, 2)), STATUS_QUANTITY_TOO_LARGE);
    assert_int_equal(answer.field, FIELD_LINES);
    lines[0].units = 1;
    lines[1].units = 1;
    assert_int_equal(selects(wish_of(0, COMMAND_LINES_MAX)), STATUS_OK);
    assert_int_equal(plan.move_count, COMMAND_LINES_MAX);
    assert_int_equal(latest_at, 500);
    batches[COMMAND_LINES_MAX - 1].made_at = 501;
    assert_int_equal(selects(wish_of(0, COMMAND_LINES_MAX)), STATUS_OK);
    assert_int_equal(latest_at, 501);
}

static void of_two_like_faults_the_first_line_counts(void **state)
{
    (void)state;
    lines[1].units = 0;
    lines[2].units = 0;
    assert_int_equal(selects(wish_of(0, 3)), STATUS_QUANTITY_ZERO);
    assert_int_equal(answer.line, 1);
}

static void what_lies_in_reserve_moves_when_that_is_wished(void **state)
{
    (void)state;
    struct plan_wish wish = wish_of(0, 1);
    batches[0].account_kind = ACCOUNT_RESERVE;
    assert_int_equal(selects(wish), STATUS_ACCOUNT_NOT_ACTIVE_KIND);
    wish.reserve_too = true;
    assert_int_equal(selects(wish), STATUS_OK);
    batches[0].account_kind = ACCOUNT_RETIREMENT;
    assert_int_equal(selects(wish), STATUS_ACCOUNT_NOT_ACTIVE_KIND);
}

/* ---- how a transfer begins ---- */

static struct transfer_facts facts_of(int64_t units)
{
    struct transfer_facts facts = {
        .setting = {.found = true, .expiry_days = 14},
        .sender = {.found = true, .org_id = "org_1", .name = "One", .state = ORG_ACTIVE},
        .recipient = {.found = true, .org_id = "org_2", .name = "Two", .state = ORG_ACTIVE},
        .to = {.found = true, .org_id = "org_1", .is_open = true, .kind = ACCOUNT_ACTIVE},
        .wish = wish_of(units, 0)};
    return facts;
}

static struct command_transfer body_of(enum transfer_kind kind)
{
    struct command_transfer body = {.kind = (uint8_t)kind, .from_org_id = "org_1"};
    if (kind == TRANSFER_EXTERNAL) {
        TEXT_COPY(body.to_org_id, "org_2");
    } else if (kind == TRANSFER_INTERNAL) {
        TEXT_COPY(body.to_account_id, "acc_2");
    } else {
        TEXT_COPY(body.to_system, "Elsewhere");
        TEXT_COPY(body.to_system_party, "Somebody");
    }
    return body;
}

static enum status decides(const struct transfer_facts *facts, const struct command_transfer *body,
                           int64_t at)
{
    memset(&answer, 0, sizeof answer);
    return decide_transfer(&arena, facts, body, at, &plan, &answer);
}

static void limits_are_met_to_the_unit(void **state)
{
    (void)state;
    struct command_transfer body = body_of(TRANSFER_EXTERNAL);
    struct transfer_facts facts = facts_of(100);
    assert_int_equal(decides(&facts, &body, 500), STATUS_OK);
    assert_false(plan.needs_registry_approval || plan.needs_approval || plan.accepted_at_once);
    facts.setting.registry_approval_units = 100;
    assert_int_equal(decides(&facts, &body, 500), STATUS_OK);
    assert_false(plan.needs_registry_approval);
    facts.setting.registry_approval_units = 99;
    assert_int_equal(decides(&facts, &body, 500), STATUS_OK);
    assert_true(plan.needs_registry_approval);
    facts.setting.registry_approval_units = 0;
    facts.sender.two_person = TWO_PERSON_ABOVE;
    facts.sender.two_person_above_units = 100;
    assert_int_equal(decides(&facts, &body, 500), STATUS_OK);
    assert_false(plan.needs_approval);
    facts.sender.two_person_above_units = 99;
    assert_int_equal(decides(&facts, &body, 500), STATUS_OK);
    assert_true(plan.needs_approval);
    /* Within one's own house neither is asked; leaving the registry is always looked at. */
    facts.sender.two_person = TWO_PERSON_ALWAYS;
    facts.setting.registry_approval_units = 1;
    body = body_of(TRANSFER_INTERNAL);
    assert_int_equal(decides(&facts, &body, 500), STATUS_OK);
    assert_true(plan.accepted_at_once && !plan.needs_approval && !plan.needs_registry_approval);
    facts.setting.registry_approval_units = 0;
    facts.recipient.incoming = INCOMING_ALL;
    body = body_of(TRANSFER_EXPORT);
    assert_int_equal(decides(&facts, &body, 500), STATUS_OK);
    assert_true(plan.needs_registry_approval && plan.needs_approval && !plan.accepted_at_once);
    assert_int_equal(decides(&facts, &body, 499), STATUS_TIME_BACKWARDS);
}

static void words_of_a_transfer(void **state)
{
    (void)state;
    struct transfer_facts facts = facts_of(100);
    struct command_transfer body = body_of(TRANSFER_EXPORT);
    memset(body.to_system, 's', NAME_CHARS_MAX);
    memset(body.to_system_party, 'p', NAME_CHARS_MAX);
    assert_int_equal(decides(&facts, &body, 500), STATUS_OK);
    body.to_system_party[NAME_CHARS_MAX] = 'p';
    assert_int_equal(decides(&facts, &body, 500), STATUS_VALUE_REFUSED);
    assert_int_equal(answer.field, FIELD_SYSTEM);
    memset(body.to_system_party, 0, sizeof body.to_system_party);
    assert_int_equal(decides(&facts, &body, 500), STATUS_VALUE_REFUSED);
    body.to_system_party[0] = 'p';
    body.to_system[1] = '\0';
    assert_int_equal(decides(&facts, &body, 500), STATUS_OK);
    TEXT_COPY(body.origin, "\a");
    assert_int_equal(decides(&facts, &body, 500), STATUS_VALUE_REFUSED);
    assert_int_equal(answer.field, FIELD_NONE);
}

/* Of two accounts at fault the one whose status comes first is told. */
static void two_accounts_at_fault(void **state)
{
    (void)state;
    struct transfer_facts facts = facts_of(100);
    struct command_transfer body = body_of(TRANSFER_INTERNAL);
    TEXT_COPY(body.from_account_id, "acc_1");
    facts.from = facts.to;
    facts.from.is_open = false;
    facts.to.found = false;
    assert_int_equal(decides(&facts, &body, 500), STATUS_ACCOUNT_UNKNOWN);
    facts.from.found = false;
    facts.to.found = true;
    facts.to.is_open = false;
    assert_int_equal(decides(&facts, &body, 500), STATUS_ACCOUNT_UNKNOWN);
    facts.from.found = true;
    facts.from.is_open = true;
    assert_int_equal(decides(&facts, &body, 500), STATUS_ACCOUNT_CLOSED);
    assert_int_equal(answer.field, FIELD_ACCOUNT);
    facts.to.is_open = true;
    assert_int_equal(decides(&facts, &body, 500), STATUS_OK);
}

static void what_a_transfer_corrects(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
        enum transfer_kind kind;
        bool is_right;
    } rows[] = {
        {"org_1", "org_2", TRANSFER_EXTERNAL, true},  {"org_2", "org_1", TRANSFER_EXTERNAL, true},
        {"org_1", "org_1", TRANSFER_EXTERNAL, false}, {"org_1", "", TRANSFER_EXTERNAL, false},
        {"org_3", "org_2", TRANSFER_EXTERNAL, false}, {"org_1", "org_1", TRANSFER_INTERNAL, true},
        {"org_1", "org_2", TRANSFER_INTERNAL, false}, {"org_1", "", TRANSFER_EXPORT, true},
        {"org_1", "org_1", TRANSFER_EXPORT, false},   {"org_2", "", TRANSFER_EXPORT, false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct transfer_facts facts = facts_of(100);
        struct command_transfer body = body_of(rows[i].kind);
        TEXT_COPY(body.corrects_id, "tfr_old");
        facts.corrects.found = true;
        facts.corrects.state = TRANSFER_COMPLETED;
        TEXT_COPY(facts.corrects.from_org_id, rows[i].from);
        TEXT_COPY(facts.corrects.to_org_id, rows[i].to);
        enum status wanted = rows[i].is_right ? STATUS_OK : STATUS_CORRECTS_UNKNOWN;
        assert_int_equal(decides(&facts, &body, 500), wanted);
        facts.corrects.state = TRANSFER_PENDING;
        assert_int_equal(decides(&facts, &body, 500), STATUS_CORRECTS_UNKNOWN);
        facts.corrects.state = TRANSFER_COMPLETED;
        facts.corrects.found = false;
        assert_int_equal(decides(&facts, &body, 500), STATUS_CORRECTS_UNKNOWN);
    }
}

/* ---- what happens to one that waits ---- */

static enum status withdraws(struct ledger_transfer transfer, int64_t at)
{
    struct answer_facts facts = {.setting = {.found = true, .expiry_days = 14},
                                 .transfer = transfer};
    struct command_decide body = {.reason = ""};
    struct answer_outcome outcome;
    memset(&answer, 0, sizeof answer);
    return decide_answer(&facts, ACT_WITHDRAW, &body, "", at, &outcome, &answer);
}

static void nothing_happens_before_what_happened(void **state)
{
    (void)state;
    struct ledger_transfer transfer = {
        .found = true, .state = TRANSFER_PENDING, .submitted_at = 100, .expires_at = 1000};
    assert_int_equal(withdraws(transfer, 99), STATUS_TIME_BACKWARDS);
    assert_int_equal(withdraws(transfer, 100), STATUS_OK);
    transfer.approved_at = 200;
    assert_int_equal(withdraws(transfer, 100), STATUS_OK); /* not approved: that time is none */
    transfer.is_approved = true;
    assert_int_equal(withdraws(transfer, 199), STATUS_TIME_BACKWARDS);
    assert_int_equal(withdraws(transfer, 200), STATUS_OK);
    transfer.registry_approved_at = 300;
    assert_int_equal(withdraws(transfer, 200), STATUS_OK);
    transfer.is_registry_approved = true;
    assert_int_equal(withdraws(transfer, 299), STATUS_TIME_BACKWARDS);
    assert_int_equal(withdraws(transfer, 300), STATUS_OK);
    assert_int_equal(withdraws(transfer, 999), STATUS_OK);
    assert_int_equal(withdraws(transfer, 1000), STATUS_TRANSFER_ENDED);
    assert_true(answer.ended_at == 1000);
}

static enum status by_administrator(enum act_kind kind, struct ledger_transfer transfer)
{
    struct answer_facts facts = {.setting = {.found = true, .expiry_days = 14},
                                 .transfer = transfer};
    struct command_decide body = {.reason = "Because"};
    struct answer_outcome outcome;
    memset(&answer, 0, sizeof answer);
    return decide_answer(&facts, kind, &body, "", 200, &outcome, &answer);
}

/* What has ended is history, but its note can still be taken away: not before it ended. */
static void a_note_is_not_taken_away_before_the_end(void **state)
{
    (void)state;
    struct ledger_transfer transfer = {.found = true,
                                       .state = TRANSFER_COMPLETED,
                                       .submitted_at = 100,
                                       .expires_at = 1000,
                                       .has_ended = true,
                                       .ended_at = 201,
                                       .has_note = true};
    assert_int_equal(by_administrator(ACT_REDACT_NOTE, transfer), STATUS_TIME_BACKWARDS);
    transfer.ended_at = 200;
    assert_int_equal(by_administrator(ACT_REDACT_NOTE, transfer), STATUS_OK);
}

static void a_note_is_taken_away_once(void **state)
{
    (void)state;
    struct ledger_transfer transfer = {
        .found = true, .state = TRANSFER_PENDING, .submitted_at = 100, .expires_at = 1000};
    assert_int_equal(by_administrator(ACT_REDACT_NOTE, transfer), STATUS_VALUE_REFUSED);
    transfer.has_note = true;
    assert_int_equal(by_administrator(ACT_REDACT_NOTE, transfer), STATUS_OK);
    transfer.note_is_redacted = true;
    assert_int_equal(by_administrator(ACT_REDACT_NOTE, transfer), STATUS_VALUE_REFUSED);
    assert_int_equal(answer.field, FIELD_NOTES);
    /* Nobody but the other system accepts or rejects what leaves. */
    transfer.kind = TRANSFER_EXPORT;
    assert_int_equal(by_administrator(ACT_REJECT, transfer), STATUS_TRANSFER_NOT_PENDING);
    assert_int_equal(by_administrator(ACT_REJECT_EXPORT, transfer), STATUS_OK);
    transfer.kind = TRANSFER_EXTERNAL;
    assert_int_equal(by_administrator(ACT_REJECT, transfer), STATUS_OK);
    assert_int_equal(by_administrator(ACT_REJECT_EXPORT, transfer), STATUS_TRANSFER_NOT_PENDING);
}

/* Each line is part of it, not only the first: another batch or amount is another wish. */
static void every_line_is_in_the_fingerprint(void **state)
{
    (void)state;
    struct command command = command_of(ACT_RETIRE, "usr_000000000000000A", "k");
    command.retire.line_count = 3;
    for (unsigned i = 0; i < 3; i++) {
        TEXT_COPY(command.retire.lines[i].batch_id, "ctb_0000000000000001");
        command.retire.lines[i].units = 5;
    }
    struct digest digest = command_fingerprint(&command);
    for (unsigned i = 0; i < 3; i++) {
        struct command changed = command;
        changed.retire.lines[i].units = 6;
        struct digest other = command_fingerprint(&changed);
        assert_false(digest_equal(&digest, &other));
        changed = command;
        changed.retire.lines[i].batch_id[19] = '2';
        other = command_fingerprint(&changed);
        assert_false(digest_equal(&digest, &other));
    }
    command.retire.lines[3].units = 6; /* what lies behind the last is not */
    struct digest other = command_fingerprint(&command);
    assert_true(digest_equal(&digest, &other));
}

static void programs_and_acts_have_an_end(void **state)
{
    (void)state;
    assert_true(program_may(PROGRAM_TALLY, ACT_FREEZE));
    assert_false(program_may(PROGRAM__COUNT, ACT_FREEZE));
    assert_false(program_may(PROGRAM_TALLY, ACT__COUNT));
    assert_false(program_may(PROGRAM_TALLY, ACT_NONE));
}

/* ---- descriptor 0 ---- */

static bool is_closed(int fd)
{
    return fcntl(fd, F_GETFD) < 0;
}

static void plan_tables_come_behind_the_others(void **state)
{
    (void)state;
    static const struct query_table other = {.name = "other"};
    /* With room on both sides, which stays as it is. */
    const struct query_table *room[] = {NULL, NULL, &other, NULL, NULL, NULL, NULL, NULL};
    ledger_plan_tables_add(room + 2);
    assert_null(room[0]);
    assert_null(room[1]);
    assert_ptr_equal(room[2], &other);
    size_t count = 0;
    for (; ledger_plan_tables[count] != NULL; count++) {
        assert_ptr_equal(room[3 + count], ledger_plan_tables[count]);
    }
    assert_true(count > 1);
    assert_null(room[3 + count]);
}

/* A program may be started without standard input: what it opens first is then 0. */
static void zero_is_a_descriptor(void **state)
{
    (void)state;
    char folder[] = "/tmp/tallystick-zero-XXXXXX";
    assert_non_null(mkdtemp(folder));
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s/socket", folder);
    int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 5), 0);
    close(STDIN_FILENO);
    int64_t holder = 0;
    int lock_fd = -1;
    assert_int_equal(lock_take(folder, &lock_fd, &holder), STATUS_OK);
    assert_int_equal(lock_fd, 0);
    lock_release(lock_fd);
    assert_true(is_closed(0));
    assert_int_equal(connect_until(address.sun_path, 0), 0);
    assert_false(is_closed(0));
    struct ledger_client client;
    ledger_client_init(&client, address.sun_path);
    client.fd = 0;
    ledger_client_close(&client);
    assert_true(is_closed(0) && client.fd == -1);
    static struct flow flow;
    flow_init(&flow);
    assert_true(flow_connect(&flow, address.sun_path, 0));
    assert_int_equal(flow.fd, 0);
    flow_close(&flow);
    assert_true(is_closed(0));
    assert_int_equal(open("/dev/null", O_RDONLY | O_CLOEXEC), 0);
    /* An address with no room for its end is none: the one that listens at the cut name is not it.
     */
    char path[sizeof address.sun_path + 1];
    memset(path, 'p', sizeof path);
    path[sizeof path - 1] = '\0';
    assert_int_equal(connect_until(path, 0), -1);
    close(listener);
    char command[64];
    (void)snprintf(command, sizeof command, "rm -r '%s'", folder);
    assert_int_equal(system(command), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(as_many_units_as_there_can_be, set_up),
        cmocka_unit_test_setup(of_two_like_faults_the_first_line_counts, set_up),
        cmocka_unit_test_setup(what_lies_in_reserve_moves_when_that_is_wished, set_up),
        cmocka_unit_test_setup(limits_are_met_to_the_unit, set_up),
        cmocka_unit_test_setup(words_of_a_transfer, set_up),
        cmocka_unit_test_setup(two_accounts_at_fault, set_up),
        cmocka_unit_test_setup(what_a_transfer_corrects, set_up),
        cmocka_unit_test_setup(nothing_happens_before_what_happened, set_up),
        cmocka_unit_test_setup(a_note_is_not_taken_away_before_the_end, set_up),
        cmocka_unit_test_setup(a_note_is_taken_away_once, set_up),
        cmocka_unit_test_setup(every_line_is_in_the_fingerprint, set_up),
        cmocka_unit_test_setup(programs_and_acts_have_an_end, set_up),
        cmocka_unit_test_setup(plan_tables_come_behind_the_others, set_up),
        cmocka_unit_test_setup(zero_is_a_descriptor, set_up),
    };
    return cmocka_run_group_tests_name("edges", tests, NULL, NULL);
}
