/*
 * tests/ledger/refusals_test.c: every refusal of domain.md 3.10 and of the other acts, provoked
 * through ledger_apply; each must leave the database as it was but for one row of the audit log.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger/refusals.h"
#include "ledger/refusals_units.h"
#include "model/quantity.h"

#define CHARS_256                                                                                  \
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"                             \
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"                             \
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"                             \
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* ---- a transfer ---- */

static void test_parties(void **state)
{
    (void)state;
    struct command command = town_transfer("", NOBODYS_ORG, world.orgs[BETA], "", 10);
    REFUSED_BY("no such sender", PROGRAM_TALLY, command, STATUS_SENDER_UNKNOWN, FIELD_NONE, -1, 0);
    command = town_transfer(town_person('S'), world.orgs[SLOW], world.orgs[BETA], "", 10);
    REFUSED("suspended sender", command, STATUS_SENDER_SUSPENDED, FIELD_NONE, -1, 0);
    command = town_transfer(town_person('T'), world.orgs[SHUT], world.orgs[BETA], "", 10);
    REFUSED("closed sender", command, STATUS_SENDER_CLOSED, FIELD_NONE, -1, 0);
    command = alpha_sends(10);
    must(TEXT_COPY(command.transfer.to_org_id, NOBODYS_ORG));
    REFUSED("no such recipient", command, STATUS_RECIPIENT_UNKNOWN, FIELD_RECIPIENT, -1, 0);
    must(TEXT_COPY(command.transfer.to_org_id, world.orgs[SLOW]));
    REFUSED("suspended recipient", command, STATUS_RECIPIENT_SUSPENDED, FIELD_RECIPIENT, -1, 0);
    must(TEXT_COPY(command.transfer.to_org_id, world.orgs[SHUT]));
    REFUSED("closed recipient", command, STATUS_RECIPIENT_CLOSED, FIELD_RECIPIENT, -1, 0);
    must(TEXT_COPY(command.transfer.to_org_id, world.orgs[ALPHA]));
    REFUSED("to itself", command, STATUS_SAME_ACCOUNT, FIELD_RECIPIENT, -1, 0);
}

static void test_accounts(void **state)
{
    (void)state;
    struct command command = alpha_moves(world.main, "acc_00000000000000ZZ");
    REFUSED("no such account", command, STATUS_ACCOUNT_UNKNOWN, FIELD_ACCOUNT, -1, 0);
    command = alpha_moves(world.main, world.beta_main);
    REFUSED("another's account", command, STATUS_ACCOUNT_UNKNOWN, FIELD_ACCOUNT, -1, 0);
    command = alpha_moves(world.beta_main, world.vault);
    REFUSED("from another's account", command, STATUS_ACCOUNT_UNKNOWN, FIELD_ACCOUNT, -1, 0);
    command = alpha_moves(world.main, world.old);
    REFUSED("closed account", command, STATUS_ACCOUNT_CLOSED, FIELD_ACCOUNT, -1, 0);
    command = alpha_moves(world.main, world.retirement);
    REFUSED("retirement account", command, STATUS_ACCOUNT_NOT_ACTIVE_KIND, FIELD_ACCOUNT, -1, 0);
    command = alpha_moves(world.main, world.main);
    REFUSED("same account", command, STATUS_SAME_ACCOUNT, FIELD_ACCOUNT, -1, 0);
    command = alpha_moves("", world.main);
    add_line(&command, world.first, 10);
    REFUSED("lies there already", command, STATUS_SAME_ACCOUNT, FIELD_LINES, 0, 1000);
    command = town_decide(ACT_ACCEPT, town_person('C'), world.pending, "");
    must(TEXT_COPY(command.decide.account_id, world.main));
    REFUSED("accept into another's", command, STATUS_ACCOUNT_UNKNOWN, FIELD_ACCOUNT, -1, 0);
}

static void test_notes(void **state)
{
    (void)state;
    struct command command = alpha_sends(10);
    must(TEXT_COPY(command.transfer.notes, CHARS_256 "x"));
    REFUSED("note of 257", command, STATUS_NOTE_TOO_LONG, FIELD_NOTES, -1, 0);
    must(TEXT_COPY(command.transfer.notes, "bell\a"));
    REFUSED("bell in a note", command, STATUS_NOTE_CONTROL, FIELD_NOTES, -1, 0);
    must(TEXT_COPY(command.transfer.notes, "\xff"));
    REFUSED("not UTF-8", command, STATUS_NOTE_CONTROL, FIELD_NOTES, -1, 0);
    /* Characters are counted, not bytes. */
    must(TEXT_COPY(command.transfer.notes, CHARS_256));
    memcpy(command.transfer.notes, "\xc3\xa9", 2); /* é for two of the 256: one less */
    must(TEXT_COPY(command.transfer.private_note, CHARS_256 "x"));
    REFUSED("private note of 257", command, STATUS_NOTE_TOO_LONG, FIELD_PRIVATE_NOTE, -1, 0);
    must(TEXT_COPY(command.transfer.private_note, "line\nline"));
    REFUSED("line break", command, STATUS_NOTE_CONTROL, FIELD_PRIVATE_NOTE, -1, 0);
    command = town_decide(ACT_REJECT, town_person('C'), world.pending, CHARS_256 "x");
    REFUSED("reason of 257", command, STATUS_NOTE_TOO_LONG, FIELD_REASON, -1, 0);
}

static void test_oldest_first(void **state)
{
    (void)state;
    struct command command = alpha_sends(0);
    REFUSED("nothing", command, STATUS_LINES_EMPTY, FIELD_AMOUNT, -1, 0);
    command = alpha_sends(-1);
    REFUSED("negative", command, STATUS_QUANTITY_NEGATIVE, FIELD_AMOUNT, -1, 0);
    command = alpha_sends(QUANTITY_UNITS_MAX + 1);
    REFUSED("huge", command, STATUS_QUANTITY_TOO_LARGE, FIELD_AMOUNT, -1, 0);
    command = alpha_sends(INT64_MAX);
    REFUSED("most huge", command, STATUS_QUANTITY_TOO_LARGE, FIELD_AMOUNT, -1, 0);
    command = alpha_sends(free_units() + 1);
    REFUSED("one too many", command, STATUS_NOT_ENOUGH, FIELD_AMOUNT, -1, free_units());
    command = alpha_sends(1);
    must(TEXT_COPY(command.transfer.supplier_org_id, world.orgs[BETA]));
    REFUSED("nothing of that supplier", command, STATUS_NOT_ENOUGH, FIELD_AMOUNT, -1, 0);
    command = alpha_sends(1);
    must(TEXT_COPY(command.transfer.from_account_id, world.vault));
    REFUSED("empty account", command, STATUS_NOT_ENOUGH, FIELD_AMOUNT, -1, 0);
    /* Finer than the unit: refused where it is typed, the ledger counts whole units. */
    int64_t units = 0;
    assert_int_equal(quantity_parse("0.0001", INSTRUMENT_CARBON_REMOVAL, &units),
                     STATUS_QUANTITY_FRACTION);
    assert_int_equal(quantity_parse("0.5", INSTRUMENT_RENEWABLE_ENERGY, &units),
                     STATUS_QUANTITY_FRACTION);
    assert_true(strlen(status_row(STATUS_QUANTITY_FRACTION)->sentence) > 20);
    provoked[STATUS_QUANTITY_FRACTION] = true;
}

static void test_lines(void **state)
{
    (void)state;
    struct command command = alpha_sends_of(world.first, 10);
    add_line(&command, world.second, 10);
    add_line(&command, world.first, 10);
    struct answer answer = REFUSED("twice", command, STATUS_BATCH_TWICE, FIELD_LINES, 2, 0);
    assert_string_equal(answer.batch_id, world.first);
    command = alpha_sends_of(world.first, 10);
    add_line(&command, world.second, 0);
    answer = REFUSED("zero", command, STATUS_QUANTITY_ZERO, FIELD_LINES, 1, 0);
    assert_string_equal(answer.batch_id, world.second);
    command.transfer.lines[1].units = -5;
    REFUSED("negative line", command, STATUS_QUANTITY_NEGATIVE, FIELD_LINES, 1, 0);
    command.transfer.lines[1].units = INT64_MAX;
    REFUSED("huge line", command, STATUS_QUANTITY_TOO_LARGE, FIELD_LINES, 1, 0);
    command.transfer.lines[1].units = 501;
    answer = REFUSED("more than it is", command, STATUS_NOT_ENOUGH, FIELD_LINES, 1, 500);
    assert_string_equal(answer.batch_id, world.second);
    command = alpha_sends_of(world.windy, 1);
    REFUSED("another instrument", command, STATUS_WRONG_INSTRUMENT, FIELD_LINES, 0, 50);
}

static void test_batches(void **state)
{
    (void)state;
    struct command command = alpha_sends_of(NOBODYS_BATCH, 1);
    struct answer unknown =
        REFUSED("no such batch", command, STATUS_BATCH_UNKNOWN, FIELD_LINES, 0, 0);
    command = alpha_sends_of(world.betas, 1);
    struct answer betas =
        REFUSED("another's batch", command, STATUS_BATCH_UNKNOWN, FIELD_LINES, 0, 0);
    memset(unknown.batch_id, 0, sizeof unknown.batch_id); /* as each was asked */
    memset(betas.batch_id, 0, sizeof betas.batch_id);
    unknown.seq = betas.seq = 0;
    assert_memory_equal(&unknown, &betas, sizeof unknown); /* what others hold is not told */
    command = alpha_sends_of(world.split, 1);
    REFUSED("split", command, STATUS_BATCH_NOT_ACTIVE, FIELD_LINES, 0, 0);
    command = alpha_sends_of(world.retired, 1);
    REFUSED("retired", command, STATUS_BATCH_NOT_ACTIVE, FIELD_LINES, 0, 0);
    command = alpha_sends_of(world.reserved, 1);
    REFUSED("reserved", command, STATUS_BATCH_RESERVED, FIELD_LINES, 0, 0);
    command = alpha_sends_of(world.first, 1);
    add_line(&command, world.other, 1);
    REFUSED("another supplier's", command, STATUS_WRONG_SUPPLIER, FIELD_LINES, 1, 300);
}

static void test_plan_and_correction(void **state)
{
    (void)state;
    struct command command = alpha_sends(10);
    command.transfer.has_plan = true;
    command.transfer.plan = digest_of("another plan", 12);
    REFUSED("another plan", command, STATUS_PLAN_CHANGED, FIELD_NONE, -1, 0);
    command = alpha_sends(10);
    must(TEXT_COPY(command.transfer.corrects_id, NOBODYS_TRANSFER));
    REFUSED("corrects nothing", command, STATUS_CORRECTS_UNKNOWN, FIELD_CORRECTS, -1, 0);
    must(TEXT_COPY(command.transfer.corrects_id, world.pending));
    REFUSED("corrects a pending one", command, STATUS_CORRECTS_UNKNOWN, FIELD_CORRECTS, -1, 0);
    must(TEXT_COPY(command.transfer.corrects_id, world.exported));
    REFUSED("corrects other parties'", command, STATUS_CORRECTS_UNKNOWN, FIELD_CORRECTS, -1, 0);
    command = alpha_exports(10);
    command.transfer.to_system[0] = '\0';
    REFUSED("no other system", command, STATUS_VALUE_REFUSED, FIELD_SYSTEM, -1, 0);
    command = town_transfer("", world.orgs[ALPHA], world.orgs[BETA], world.orgs[NORD], 10);
    command.at_us = TOWN_START_US - CLOCK_DAY_US;
    REFUSED_BY("before they were issued", PROGRAM_TALLY, command, STATUS_TIME_BACKWARDS, FIELD_DATE,
               -1, 0);
    command.at_us = town.now_us + CLOCK_DAY_US;
    REFUSED_BY("tomorrow", PROGRAM_TALLY, command, STATUS_VALUE_REFUSED, FIELD_DATE, -1, 0);
    command.at_us = 0;
    must(TEXT_COPY(command.transfer.transfer_id, world.completed));
    REFUSED_BY("an id that is taken", PROGRAM_TALLY, command, STATUS_EXISTS, FIELD_NONE, -1, 0);
}

/* Of two faults the one that stands first in model/status.h is told. */
static void test_precedence(void **state)
{
    (void)state;
    struct command command = alpha_sends_of(world.betas, 0);
    must(TEXT_COPY(command.transfer.notes, "\a"));
    must(TEXT_COPY(command.transfer.to_org_id, NOBODYS_ORG));
    REFUSED("all at once", command, STATUS_RECIPIENT_UNKNOWN, FIELD_RECIPIENT, -1, 0);
    must(TEXT_COPY(command.transfer.to_org_id, world.orgs[BETA]));
    REFUSED("all but the recipient", command, STATUS_NOTE_CONTROL, FIELD_NOTES, -1, 0);
    must(TEXT_COPY(command.transfer.notes, ""));
    REFUSED("quantity and batch", command, STATUS_QUANTITY_ZERO, FIELD_LINES, 0, 0);
    /* Across lines too: the worst counts, not the first line. */
    command = alpha_sends_of(world.first, 5000);
    add_line(&command, world.reserved, 1);
    REFUSED("two lines", command, STATUS_BATCH_RESERVED, FIELD_LINES, 1, 0);
}

static void test_frozen(void **state)
{
    (void)state;
    freeze(true);
    struct command command = alpha_sends(-1);
    REFUSED("transfer", command, STATUS_FROZEN, FIELD_NONE, -1, 0);
    command = alpha_retires(10);
    REFUSED("retire", command, STATUS_FROZEN, FIELD_NONE, -1, 0);
    command = town_decide(ACT_ACCEPT, town_person('C'), world.pending, "");
    REFUSED("accept", command, STATUS_FROZEN, FIELD_NONE, -1, 0);
    command = town_decide(ACT_APPROVE, town_person('B'), world.awaiting, "");
    REFUSED("approve", command, STATUS_FROZEN, FIELD_NONE, -1, 0);
    command = town_decide(ACT_REGISTRY_APPROVE, town_person('N'), world.awaiting, "");
    REFUSED_BY("registry approves", PROGRAM_ADMIN, command, STATUS_FROZEN, FIELD_NONE, -1, 0);
    command = command_of(ACT_DELIVER, "", town_key());
    must(TEXT_COPY(command.deliver.order_id, world.order));
    command.deliver.units = 1;
    REFUSED_BY("deliver", PROGRAM_TALLY, command, STATUS_FROZEN, FIELD_NONE, -1, 0);
    freeze(false);
}

/* ---- acts on a transfer ---- */

/* How, when and by whom it ended goes with the answer. */
static void test_ended(void **state)
{
    (void)state;
    const struct {
        const char *transfer_id;
        enum transfer_state state;
        char by;
    } ends[] = {
        {world.completed, TRANSFER_COMPLETED, 'C'}, {world.withdrawn, TRANSFER_WITHDRAWN, 'A'},
        {world.rejected, TRANSFER_REJECTED, 'C'},   {world.cancelled, TRANSFER_CANCELLED, 'N'},
        {world.expired, TRANSFER_EXPIRED, '\0'},    {world.exported, TRANSFER_COMPLETED, 'N'}};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct command command =
            town_decide(ACT_WITHDRAW, town_person('A'), ends[i].transfer_id, "");
        struct answer answer =
            REFUSED("withdraw", command, STATUS_TRANSFER_ENDED, FIELD_NONE, -1, 0);
        assert_int_equal(answer.transfer_state, ends[i].state);
        assert_true(answer.ended_at > 0 && answer.ended_at <= town.now_us);
        assert_string_equal(answer.ended_by, ends[i].by == '\0' ? "" : town_person(ends[i].by));
    }
    struct command command = town_decide(ACT_ACCEPT, town_person('C'), world.expired, "");
    REFUSED("accept", command, STATUS_TRANSFER_ENDED, FIELD_NONE, -1, 0);
    command = town_decide(ACT_CANCEL, town_person('N'), world.completed, "Why");
    REFUSED_BY("cancel", PROGRAM_ADMIN, command, STATUS_TRANSFER_ENDED, FIELD_NONE, -1, 0);
    command = town_decide(ACT_REJECT_EXPORT, town_person('N'), world.exported, "Why");
    REFUSED_BY("reject export", PROGRAM_ADMIN, command, STATUS_TRANSFER_ENDED, FIELD_NONE, -1, 0);
}

static void test_waiting(void **state)
{
    (void)state;
    struct command command = town_decide(ACT_COMPLETE_EXPORT, town_person('N'), world.awaiting, "");
    REFUSED_BY("complete unapproved", PROGRAM_ADMIN, command, STATUS_TRANSFER_NOT_PENDING,
               FIELD_NONE, -1, 0);
    command = town_decide(ACT_APPROVE, town_person('B'), world.pending, "");
    REFUSED("approve what needs none", command, STATUS_TRANSFER_NOT_PENDING, FIELD_NONE, -1, 0);
    command = town_decide(ACT_APPROVE, town_person('A'), world.awaiting, "");
    REFUSED("approve one's own", command, STATUS_SAME_PERSON, FIELD_NONE, -1, 0);
    /* Everything that gives back needs to say why. */
    command = town_decide(ACT_REFUSE, town_person('B'), world.awaiting, "");
    REFUSED("refuse", command, STATUS_REASON_NEEDED, FIELD_REASON, -1, 0);
    command = town_decide(ACT_REGISTRY_REFUSE, town_person('N'), world.awaiting, "");
    REFUSED_BY("registry refuses", PROGRAM_ADMIN, command, STATUS_REASON_NEEDED, FIELD_REASON, -1,
               0);
    command = town_decide(ACT_REJECT, town_person('C'), world.pending, "");
    REFUSED("reject", command, STATUS_REASON_NEEDED, FIELD_REASON, -1, 0);
    command = town_decide(ACT_CANCEL, town_person('N'), world.pending, "");
    REFUSED_BY("cancel", PROGRAM_ADMIN, command, STATUS_REASON_NEEDED, FIELD_REASON, -1, 0);
    command = town_decide(ACT_REDACT_NOTE, town_person('N'), world.completed, "Why");
    REFUSED_BY("redact no note", PROGRAM_ADMIN, command, STATUS_VALUE_REFUSED, FIELD_NOTES, -1, 0);
    /* The second of two approvals is wanted, the first is given again. */
    decided(ACT_APPROVE, PROGRAM_ACCOUNT, town_person('B'), world.awaiting);
    command = town_decide(ACT_APPROVE, town_person('D'), world.awaiting, "");
    REFUSED("approve again", command, STATUS_ALREADY_APPROVED, FIELD_NONE, -1, 0);
}

/* Suspended after it was sent: nothing arrives, but it can be given back. */
static void test_suspended_between(void **state)
{
    (void)state;
    struct command accept = town_decide(ACT_ACCEPT, town_person('C'), world.pending, "");
    set_state(ALPHA, ORG_SUSPENDED);
    REFUSED("accept from suspended", accept, STATUS_SENDER_SUSPENDED, FIELD_NONE, -1, 0);
    set_state(ALPHA, ORG_ACTIVE);
    set_state(BETA, ORG_SUSPENDED);
    REFUSED("accept as suspended", accept, STATUS_RECIPIENT_SUSPENDED, FIELD_RECIPIENT, -1, 0);
    set_state(BETA, ORG_ACTIVE);
}

/* ---- rights ---- */

/* The same answer as for what never was. */
static void same_as_nothing(const char *what, struct command real, struct command nothing,
                            enum status status)
{
    struct answer one =
        refused(what, PROGRAM_ACCOUNT, &real, (struct expected){status, FIELD_NONE, -1, 0});
    struct answer other =
        refused(what, PROGRAM_ACCOUNT, &nothing, (struct expected){status, FIELD_NONE, -1, 0});
    one.seq = other.seq = 0;
    assert_memory_equal(&one, &other, sizeof one);
}

static void test_rights(void **state)
{
    (void)state;
    char stranger[ID_SIZE];
    keep(stranger, town_person('X'));
    same_as_nothing("a stranger's transfer",
                    town_transfer(stranger, world.orgs[ALPHA], world.orgs[BETA], "", 1),
                    town_transfer(stranger, NOBODYS_ORG, world.orgs[BETA], "", 1),
                    STATUS_NOT_FOUND);
    static const enum act_kind kinds[] = {ACT_APPROVE, ACT_REFUSE, ACT_ACCEPT, ACT_REJECT,
                                          ACT_WITHDRAW};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        same_as_nothing("a stranger's act", town_decide(kinds[i], stranger, world.pending, "Why"),
                        town_decide(kinds[i], stranger, NOBODYS_TRANSFER, "Why"), STATUS_NOT_FOUND);
        struct command command = town_decide(kinds[i], town_person('V'), world.pending, "Why");
        REFUSED("a viewer's act", command, STATUS_NOT_ALLOWED, FIELD_NONE, -1, 0);
        command = town_decide(kinds[i], town_person('K'), world.pending, "Why");
        REFUSED("an auditor's act", command, STATUS_NOT_ALLOWED, FIELD_NONE, -1, 0);
    }
    struct command command =
        town_transfer(town_person('V'), world.orgs[ALPHA], world.orgs[BETA], "", 1);
    REFUSED("a viewer's transfer", command, STATUS_NOT_ALLOWED, FIELD_NONE, -1, 0);
    command = town_decide(ACT_ACCEPT, town_person('B'), world.pending, "");
    REFUSED("the sender accepts", command, STATUS_NOT_ALLOWED, FIELD_NONE, -1, 0);
    command = town_decide(ACT_WITHDRAW, town_person('C'), world.pending, "");
    REFUSED("the recipient withdraws", command, STATUS_NOT_ALLOWED, FIELD_NONE, -1, 0);
    command = command_of(ACT_FREEZE, town_person('K'), "");
    command.setting.frozen = true;
    must(TEXT_COPY(command.setting.text, "Why"));
    REFUSED_BY("an auditor freezes", PROGRAM_ADMIN, command, STATUS_NOT_ALLOWED, FIELD_NONE, -1, 0);
}

/* What comes from nobody in particular leaves no row. */
static void test_askers(void **state)
{
    (void)state;
    struct command command = alpha_sends(10);
    (void)ask_refused("the public asks", PROGRAM_PUBLIC, &command, STATUS_NOT_ALLOWED, 0);
    command = command_of(ACT_FREEZE, town_person('N'), "");
    (void)ask_refused("freeze by account", PROGRAM_ACCOUNT, &command, STATUS_NOT_ALLOWED, 0);
    command = alpha_sends(10);
    command.user_id[0] = '\0';
    (void)ask_refused("nobody asks", PROGRAM_ACCOUNT, &command, STATUS_NOT_ALLOWED, 0);
    must(TEXT_COPY(command.user_id, "usr_00000000000000ZZ"));
    (void)ask_refused("an unknown person", PROGRAM_ACCOUNT, &command, STATUS_NOT_ALLOWED, 0);
    command = alpha_sends(10);
    command.version++;
    (void)ask_refused("another version", PROGRAM_ACCOUNT, &command, STATUS_BAD_REQUEST, 0);
    command = alpha_sends(10);
    memset(command.transfer.notes, 'x', sizeof command.transfer.notes);
    (void)ask_refused("no end of text", PROGRAM_ACCOUNT, &command, STATUS_BAD_REQUEST, 0);
    command = alpha_sends(10);
    command.transfer.line_count = COMMAND_LINES_MAX + 1;
    (void)ask_refused("more lines than there are", PROGRAM_ACCOUNT, &command, STATUS_BAD_REQUEST,
                      0);
}

static void test_keys(void **state)
{
    (void)state;
    struct command command = alpha_sends_of(world.second, 1);
    command.key[0] = '\0';
    REFUSED("no key", command, STATUS_VALUE_REFUSED, FIELD_KEY, -1, 0);
    must(TEXT_COPY(command.key, "with blank"));
    REFUSED("blank in a key", command, STATUS_VALUE_REFUSED, FIELD_KEY, -1, 0);
    must(TEXT_COPY(command.key, "once"));
    done(PROGRAM_ACCOUNT, &command, NULL);
    command.transfer.lines[0].units = 2;
    REFUSED("the key of another act", command, STATUS_KEY_REUSED, FIELD_KEY, -1, 0);
    struct command retire = alpha_retires(1);
    must(TEXT_COPY(retire.key, "once"));
    REFUSED("the key of another kind", retire, STATUS_KEY_REUSED, FIELD_KEY, -1, 0);
    /* The same again is no refusal: the first answer, and nothing happens twice. */
    command.transfer.lines[0].units = 1;
    struct digest before = town_dump();
    struct answer answer;
    assert_int_equal(town_ask(PROGRAM_ACCOUNT, &command, &answer), STATUS_OK);
    struct digest after = town_dump();
    assert_true(answer.repeated && digest_equal(&before, &after));
}

/* ---- the other acts ---- */

static void test_units(void **state)
{
    (void)state;
    struct command command = alpha_retires(10);
    command.retire.purposes = 0;
    REFUSED("no purpose", command, STATUS_PURPOSE_NEEDED, FIELD_PURPOSES, -1, 0);
    command = alpha_retires(10);
    command.retire.beneficiary[0] = '\0';
    REFUSED("no beneficiary", command, STATUS_BENEFICIARY_NEEDED, FIELD_BENEFICIARY, -1, 0);
    command = alpha_retires(1000000);
    REFUSED("retire too much", command, STATUS_NOT_ENOUGH, FIELD_AMOUNT, -1, free_units());
    command = command_of(ACT_ISSUE, "", town_key());
    must(TEXT_COPY(command.issue.project_id, "prj_00000000000000ZZ"));
    command.issue.supplier_units = 1;
    command.issue.vintage = 2024;
    REFUSED_BY("no such project", PROGRAM_TALLY, command, STATUS_PROJECT_UNKNOWN, FIELD_PROJECT, -1,
               0);
    must(TEXT_COPY(command.issue.project_id, world.biochar));
    command.issue.vintage = 1899;
    REFUSED_BY("vintage", PROGRAM_TALLY, command, STATUS_VINTAGE, FIELD_VINTAGE, -1, 0);
    command.issue.vintage = 2020;
    command.issue.supplier_units = QUANTITY_UNITS_MAX;
    REFUSED_BY("serials run out", PROGRAM_TALLY, command, STATUS_QUANTITY_TOO_LARGE, FIELD_AMOUNT,
               -1, QUANTITY_UNITS_MAX - 1000);
    command = command_of(ACT_DELIVER, "", town_key());
    must(TEXT_COPY(command.deliver.order_id, "ord_00000000000000ZZ"));
    command.deliver.units = 1;
    REFUSED_BY("no such order", PROGRAM_TALLY, command, STATUS_ORDER_UNKNOWN, FIELD_ORDER, -1, 0);
    must(TEXT_COPY(command.deliver.order_id, world.order));
    command.deliver.units = 401;
    REFUSED_BY("over the order", PROGRAM_TALLY, command, STATUS_ORDER_EXCEEDED, FIELD_AMOUNT, -1,
               400);
    command = command_of(ACT_ORDER, "", town_key());
    must(TEXT_COPY(command.order.supplier_org_id, world.orgs[ALPHA]));
    must(TEXT_COPY(command.order.buyer_org_id, world.orgs[BETA]));
    command.order.units = 1;
    REFUSED_BY("no supplier", PROGRAM_TALLY, command, STATUS_WRONG_SUPPLIER, FIELD_SUPPLIER, -1, 0);
    must(TEXT_COPY(command.order.supplier_org_id, world.orgs[NORD]));
    command.order.instrument = INSTRUMENT__COUNT;
    REFUSED_BY("no instrument", PROGRAM_TALLY, command, STATUS_VALUE_REFUSED, FIELD_INSTRUMENT, -1,
               0);
}

/* Of an order of certificates nothing is delivered in credits, whichever way they are chosen. */
static void test_ordered(void **state)
{
    (void)state;
    char order_id[ID_SIZE], credits[ID_SIZE];
    given(NORD, world.biochar, 2018, 10, credits);
    struct command command = command_of(ACT_ORDER, "", town_key());
    must(TEXT_COPY(command.order.supplier_org_id, world.orgs[NORD]));
    must(TEXT_COPY(command.order.buyer_org_id, world.orgs[BETA]));
    command.order.instrument = INSTRUMENT_RENEWABLE_ENERGY;
    command.order.units = 5;
    done(PROGRAM_TALLY, &command, order_id);
    command = command_of(ACT_DELIVER, "", town_key());
    must(TEXT_COPY(command.deliver.order_id, order_id));
    command.deliver.units = 5;
    REFUSED_BY("none of what was ordered", PROGRAM_TALLY, command, STATUS_NOT_ENOUGH, FIELD_AMOUNT,
               -1, 0);
    must(TEXT_COPY(command.deliver.project_id, world.biochar));
    REFUSED_BY("of another kind", PROGRAM_TALLY, command, STATUS_WRONG_INSTRUMENT, FIELD_PROJECT,
               -1, 0);
    must(TEXT_COPY(command.deliver.project_id, ""));
    command.deliver.units = 0;
    command.deliver.line_count = 1;
    command.deliver.lines[0].units = 5;
    must(TEXT_COPY(command.deliver.lines[0].batch_id, credits));
    struct answer answer = REFUSED_BY("batches of another kind", PROGRAM_TALLY, command,
                                      STATUS_WRONG_INSTRUMENT, FIELD_LINES, 0, 10);
    assert_string_equal(answer.batch_id, credits);
}

static void test_parties_acts(void **state)
{
    (void)state;
    struct command command = command_of(ACT_OPEN_ORGANISATION, town_person('N'), "");
    must(TEXT_COPY(command.organisation.name, "Alpha"));
    REFUSED_BY("name taken", PROGRAM_ADMIN, command, STATUS_EXISTS, FIELD_NAME, -1, 0);
    must(TEXT_COPY(command.organisation.name, " blank before"));
    REFUSED_BY("blank name", PROGRAM_ADMIN, command, STATUS_VALUE_REFUSED, FIELD_NAME, -1, 0);
    must(TEXT_COPY(command.organisation.name, "Fresh"));
    must(TEXT_COPY(command.organisation.country, "se"));
    REFUSED_BY("country", PROGRAM_ADMIN, command, STATUS_VALUE_REFUSED, FIELD_COUNTRY, -1, 0);
    command = command_of(ACT_SET_ORGANISATION_STATE, town_person('N'), "");
    must(TEXT_COPY(command.organisation.org_id, world.orgs[BETA]));
    command.organisation.state = ORG_CLOSED;
    REFUSED_BY("close without reason", PROGRAM_ADMIN, command, STATUS_REASON_NEEDED, FIELD_REASON,
               -1, 0);
    command = command_of(ACT_SET_MEMBER, town_person('M'), "");
    must(TEXT_COPY(command.person.org_id, world.orgs[ALPHA]));
    must(TEXT_COPY(command.person.user_id, "usr_00000000000000ZZ"));
    command.person.roles = ROLE_VIEWER;
    REFUSED("an unknown colleague", command, STATUS_PERSON_UNKNOWN, FIELD_PERSON, -1, 0);
    must(TEXT_COPY(command.person.user_id, town_person('M')));
    REFUSED("the last manager", command, STATUS_LAST_MANAGER, FIELD_ROLES, -1, 0);
    command.person.roles = 200;
    must(TEXT_COPY(command.person.user_id, town_person('V')));
    REFUSED("no such role", command, STATUS_VALUE_REFUSED, FIELD_ROLES, -1, 0);
    command = command_of(ACT_CLOSE_ACCOUNT, town_person('M'), "");
    must(TEXT_COPY(command.account.account_id, world.old));
    must(TEXT_COPY(command.account.org_id, world.orgs[ALPHA]));
    REFUSED("close it twice", command, STATUS_ACCOUNT_CLOSED, FIELD_ACCOUNT, -1, 0);
    must(TEXT_COPY(command.account.account_id, world.main));
    REFUSED("close Main", command, STATUS_VALUE_REFUSED, FIELD_ACCOUNT, -1, 0);
    command = command_of(ACT_OPEN_ACCOUNT, town_person('M'), "");
    must(TEXT_COPY(command.account.org_id, world.orgs[ALPHA]));
    must(TEXT_COPY(command.account.name, "Vault"));
    REFUSED("a second Vault", command, STATUS_EXISTS, FIELD_NAME, -1, 0);
}

/* More blocks than one act may touch: said before it is begun. */
static void test_too_many_batches(void **state)
{
    (void)state;
    struct command command = command_of(ACT_ISSUE, "", "");
    must(TEXT_COPY(command.issue.project_id, world.steam));
    must(TEXT_COPY(command.issue.to_org_id, world.orgs[ALPHA]));
    command.issue.vintage = 2024;
    command.issue.imported = true;
    command.issue.supplier_units = 1;
    must(store_begin_write(town.ledger.store));
    for (int i = 0; i < SPLIT_BATCHES_MAX; i++) {
        struct answer answer;
        arena_reset(&town.arena, 0);
        must(TEXT_COPY(command.key, town_key()));
        assert_int_equal(ledger_apply(&town.ledger, PROGRAM_TALLY, &command, town.now_us, &answer),
                         STATUS_OK);
    }
    must(store_commit(town.ledger.store));
    store_settle(town.ledger.store);
    struct command transfer = alpha_sends(300 + SPLIT_BATCHES_MAX);
    must(TEXT_COPY(transfer.transfer.supplier_org_id, world.orgs[STEAM]));
    struct answer answer =
        ask_refused("4,097 batches", PROGRAM_ACCOUNT, &transfer, STATUS_LINES_TOO_MANY, 1);
    assert_int_equal(answer.field, FIELD_AMOUNT);
    assert_int_equal(answer.available_units, 300 + SPLIT_BATCHES_MAX - 1); /* that many at once */
}

/* Every refusal of the ledger has been made to happen above. */
static void test_all_provoked(void **state)
{
    (void)state;
    for (int status = STATUS_KEY_REUSED; status <= STATUS_TIME_BACKWARDS; status++) {
        if (!provoked[status]) {
            fail_msg("%s is provoked by nothing here", status_row((enum status)status)->slug);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parties),
        cmocka_unit_test(test_accounts),
        cmocka_unit_test(test_notes),
        cmocka_unit_test(test_oldest_first),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_batches),
        cmocka_unit_test(test_plan_and_correction),
        cmocka_unit_test(test_precedence),
        cmocka_unit_test(test_frozen),
        cmocka_unit_test(test_ended),
        cmocka_unit_test(test_waiting),
        cmocka_unit_test(test_suspended_between),
        cmocka_unit_test(test_rights),
        cmocka_unit_test(test_askers),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_units),
        cmocka_unit_test(test_ordered),
        cmocka_unit_test(test_at_once),
        cmocka_unit_test(test_pool),
        cmocka_unit_test(test_parties_acts),
        cmocka_unit_test(test_too_many_batches),
        cmocka_unit_test(test_all_provoked),
    };
    return cmocka_run_group_tests(tests, build_world, leave_world);
}
