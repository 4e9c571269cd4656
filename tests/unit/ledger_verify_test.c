/*
 * tests/unit/ledger_verify_test.c: a sound registry has no violations; every kind of damage is
 * found. The damage is done with plain SQL on a copy, after the triggers that would have refused it
 * are dropped.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger/town.h"
#include "store/query.h"
#include "store/verify.h"

#define SENTENCES_MAX 400

static char alder[ID_SIZE], birch[ID_SIZE], buffer[ID_SIZE], project[ID_SIZE];
static char sentences[SENTENCES_MAX][600];
static size_t sentence_count;

static void say(void *context, const char *sentence)
{
    (void)context;
    if (sentence_count < SENTENCES_MAX) {
        (void)snprintf(sentences[sentence_count++], sizeof(sentences[0]), "%s", sentence);
    }
}

static int64_t verify(const char *path)
{
    struct verify_report report = {.say = say};
    sentence_count = 0;
    struct store *store = store_open(STORE_REGISTRY, STORE_READ, path, ledger_verify_tables);
    must(store != NULL);
    enum status status = ledger_verify(store, &town.arena, &report);
    store_close(store);
    assert_true(status == STATUS_OK || report.violations > 0);
    return report.violations;
}

static const char *ask(struct command command, const char *user_id)
{
    struct answer answer;
    enum asker program = town_program((enum act_kind)command.kind, user_id);
    TEXT_COPY(command.user_id, user_id);
    town.now_us += CLOCK_SECOND_US;
    enum status status = town_ask(program, &command, &answer);
    if (status != STATUS_OK) {
        fprintf(stderr, "%s: %s\n", act_word((enum act_kind)command.kind),
                status_row(status)->slug);
        abort();
    }
    return town_keep(&answer);
}

static void redact(enum act_kind kind, const char *subject_id)
{
    ask(town_decide(kind, "", subject_id, "They break the rules"), town_person('Z'));
}

static void trade(void)
{
    /* an order delivered in part, a retirement */
    struct command command = command_of(ACT_ORDER, "", town_key());
    TEXT_COPY(command.order.supplier_org_id, alder);
    TEXT_COPY(command.order.buyer_org_id, birch);
    command.order.units = 5000;
    const char *order_id = ask(command, "");
    command = command_of(ACT_DELIVER, "", town_key());
    TEXT_COPY(command.deliver.order_id, order_id);
    command.deliver.units = 3000;
    TEXT_COPY(command.deliver.notes, "Words that break the rules");
    redact(ACT_REDACT_NOTE, ask(command, ""));
    command = command_of(ACT_RETIRE, "", town_key());
    TEXT_COPY(command.retire.org_id, birch);
    TEXT_COPY(command.retire.project_id, project);
    TEXT_COPY(command.retire.beneficiary, "A name that breaks the rules");
    TEXT_COPY(command.retire.notes, "Words that do");
    command.retire.purposes = 1;
    command.retire.units = 700;
    char id[ID_SIZE];
    memcpy(id, ask(command, town_person('B')), ID_SIZE);
    redact(ACT_REDACT_NOTE, id);
    redact(ACT_REDACT_BENEFICIARY, id);
}

static void transfer(void)
{
    /* one each: completed, pending, approved by a second person, awaiting approval, rejected,
     * exported */
    struct command command;
    const char *id = ask(town_transfer("", alder, birch, alder, 1000), town_person('A'));
    ask(town_decide(ACT_ACCEPT, "", id, ""), town_person('B'));
    ask(town_transfer("", alder, birch, alder, 111), town_person('A'));
    town_policy(alder, INCOMING_ASK, TWO_PERSON_ALWAYS, 0);
    command = town_transfer("", alder, birch, alder, 222);
    TEXT_COPY(command.transfer.corrects_id, id);
    TEXT_COPY(command.transfer.notes, "Words that break the rules");
    id = ask(command, town_person('A'));
    ask(town_decide(ACT_REDACT_NOTE, "", id, "They break the rules"), town_person('Z'));
    ask(town_decide(ACT_APPROVE, "", id, ""), town_person('C'));
    ask(town_transfer("", alder, birch, alder, 333), town_person('A'));
    id = ask(town_transfer("", alder, birch, alder, 444), town_person('A'));
    ask(town_decide(ACT_REFUSE, "", id, "No"), town_person('C'));
    town_policy(alder, INCOMING_ASK, TWO_PERSON_NEVER, 0);
    command = town_transfer("", alder, "", alder, 555);
    command.transfer.kind = TRANSFER_EXPORT;
    TEXT_COPY(command.transfer.to_system, "M-RETS");
    TEXT_COPY(command.transfer.to_system_party, "Somebody");
    id = ask(command, town_person('A'));
    ask(town_decide(ACT_REGISTRY_APPROVE, "", id, ""), town_person('Z'));
    ask(town_decide(ACT_COMPLETE_EXPORT, "", id, ""), town_person('Z'));
}

/* The buffer pool gives back and cancels, an organisation retires for one that it has named, and a
 * program of A's sells what B's human being approves. */
static void pool(void)
{
    struct command command = command_of(ACT_REFUND, town_person('Z'), town_key());
    TEXT_COPY(command.pool.project_id, project);
    command.pool.units = 400;
    TEXT_COPY(command.pool.notes, "Words that break the rules");
    redact(ACT_REDACT_NOTE, ask(command, town_person('Z')));
    command = command_of(ACT_CANCEL_UNITS, town_person('Z'), town_key());
    TEXT_COPY(command.pool.project_id, project);
    TEXT_COPY(command.pool.notes, "A field was ploughed");
    command.pool.units = 9600;
    redact(ACT_REDACT_NOTE, ask(command, town_person('Z')));
    command = command_of(ACT_OPEN_BENEFICIARY, town_person('B'), town_key());
    TEXT_COPY(command.beneficiary.org_id, birch);
    TEXT_COPY(command.beneficiary.name, "A customer");
    TEXT_COPY(command.beneficiary.domain, "customer.example.org");
    const char *named = ask(command, town_person('B'));
    command = command_of(ACT_RETIRE, town_person('B'), town_key());
    TEXT_COPY(command.retire.org_id, birch);
    TEXT_COPY(command.retire.beneficiary_org_id, named);
    TEXT_COPY(command.retire.project_id, project);
    command.retire.purposes = 2;
    command.retire.units = 11;
    ask(command, town_person('B'));
    TEXT_COPY(command.key, town_key());
    TEXT_COPY(command.retire.beneficiary_org_id, alder);
    command.retire.units = 5;
    ask(command, town_person('B'));
    command = command_of(ACT_SET_PERSON, town_person('B'), "");
    TEXT_COPY(command.person.user_id, town_person('P'));
    TEXT_COPY(command.person.org_id, birch);
    command.person.is_program = true;
    ask(command, town_person('B'));
    command.kind = ACT_SET_MEMBER;
    command.person.roles = ROLE_VIEWER;
    ask(command, town_person('B'));
    struct answer answer; /* and one that is refused */
    TEXT_COPY(command.user_id, town_person('C'));
    assert_int_equal(town_ask(PROGRAM_ACCOUNT, &command, &answer), STATUS_NOT_FOUND);
}

static int build(void **state)
{
    (void)state;
    town_found();
    memcpy(alder, town_org("Alder", true, ORG_PARTICIPANT), ID_SIZE);
    memcpy(birch, town_org("Birch", false, ORG_PARTICIPANT), ID_SIZE);
    memcpy(buffer, town_org("Buffer", false, ORG_BUFFER), ID_SIZE);
    town_member(alder, town_person('A'), ROLE_ALL);
    town_member(birch, town_person('B'), ROLE_ALL);
    town_member(alder, town_person('C'), ROLE_APPROVER);
    town_official(town_person('Z'), REGISTRY_ADMINISTRATOR);
    memcpy(project, town_project(alder, "P1", INSTRUMENT_CARBON_REMOVAL), ID_SIZE);
    town_issue(project, 2024, 90000, 10000);
    struct command issue = command_of(ACT_ISSUE, "", town_key());
    TEXT_COPY(issue.issue.project_id, project);
    TEXT_COPY(issue.issue.notes, "Words that break the rules");
    issue.issue.vintage = 2025;
    issue.issue.supplier_units = 40000;
    redact(ACT_REDACT_NOTE, ask(issue, ""));
    trade();
    transfer();
    pool();
    assert_int_equal(store_checkpoint(town.ledger.store, true), 0);
    return 0;
}

static int demolish(void **state)
{
    (void)state;
    town_leave();
    return 0;
}

static void what_is_sound_is_sound(void **state)
{
    (void)state;
    int64_t violations = verify(town.path);
    for (size_t i = 0; i < sentence_count; i++) {
        fprintf(stderr, "%s\n", sentences[i]);
    }
    assert_int_equal(violations, 0);
}

static const char *const drop_triggers =
    "PRAGMA ignore_check_constraints = ON;"
    "DROP TRIGGER act_no_update; DROP TRIGGER act_no_delete; DROP TRIGGER issuance_no_update; DROP "
    "TRIGGER transfer_line_no_update;"
    "DROP TRIGGER retirement_line_no_delete; DROP TRIGGER batch_no_delete; DROP TRIGGER "
    "batch_fixed; DROP TRIGGER batch_dead;"
    "DROP TRIGGER person_fixed; DROP TRIGGER membership_program; DROP TRIGGER refund_no_update;"
    "DROP TRIGGER refund_line_no_update; DROP TRIGGER cancellation_no_update; DROP TRIGGER "
    "cancellation_line_no_update; DROP TRIGGER cancellation_line_no_delete; DROP TRIGGER "
    "beneficiary_no_update; DROP TRIGGER retirement_no_update;"
    "DROP TRIGGER batch_no_overlap; DROP TRIGGER batch_child; DROP TRIGGER buyer_order_fixed; DROP "
    "TRIGGER transfer_final; DROP "
    "TRIGGER transfer_fixed;";

/* Damage, and the words by which it must be reported. */
static const struct {
    enum verify_check check;
    const char *sql;
    const char *words;
} damages[] = {
    {VERIFY_INTEGRITY, "SELECT 1",
     "The database file is damaged: "}, /* and bytes of an index: see break_index */
    {VERIFY_FOREIGN_KEYS, "UPDATE membership SET user_id = 'usr_00000000000000XX' WHERE roles = 4",
     "of membership refers to a row of person"},
    {VERIFY_TRIGGERS, "SELECT 1", "The trigger batch_no_overlap"},
    {VERIFY_SETTINGS, "DELETE FROM setting", "0 rows of settings"},
    {VERIFY_SUM_STATES,
     "UPDATE conservation SET active = active - 1, retired = retired + 1 WHERE vintage = 2024",
     "the batches hold"},
    {VERIFY_SUM_ISSUED,
     "UPDATE conservation SET issued = issued - 1, imported = imported + 1 WHERE vintage = 2024",
     "the issuances say"},
    {VERIFY_SUM_EQUATION, "UPDATE conservation SET issued = issued + 1 WHERE vintage = 2025",
     "issued and imported units are not those"},
    {VERIFY_GAP, "UPDATE batch SET first = 11 WHERE vintage = 2025 AND first = 1",
     "vintage 2025 leave a gap from 1 to 10."},
    {VERIFY_GAP, "DELETE FROM batch WHERE state = 'retired'", "leave a gap from"},
    {VERIFY_OVERLAP, "UPDATE batch SET last = last + 7 WHERE state = 'retired'", "overlap from"},
    {VERIFY_OVERLAP,
     "INSERT INTO batch (batch_id, project_id, issuance_id, supplier_org_id, vintage, first, last, "
     "org_id, account_id, state, issued_at,"
     " received_by, received_at, made_at) SELECT 'ctb_00000000000000XX', project_id, issuance_id, "
     "supplier_org_id, vintage, first, last,"
     " org_id, account_id, state, issued_at, received_by, received_at, made_at FROM batch WHERE "
     "vintage = 2025 AND state = 'active'",
     "vintage 2025 overlap from 1 to 40000."},
    {VERIFY_END, "UPDATE batch SET last = 40001 WHERE vintage = 2025",
     "vintage 2025 end at 40001 instead of 40000."},
    {VERIFY_ISSUANCE, "UPDATE issuance SET supplier_units = 40001 WHERE vintage = 2025",
     "is of 40001 units, but the batches made by it hold 40000."},
    {VERIFY_BATCH_OF, "UPDATE batch SET issued_at = issued_at - 1 WHERE vintage = 2025",
     "differs from its issuance or project"},
    {VERIFY_BATCH_OF, "UPDATE batch SET made_at = made_at - 1 WHERE vintage = 2025",
     "differs from its issuance or project"},
    {VERIFY_SPLIT, "UPDATE batch SET left_id = right_id, right_id = left_id WHERE state = 'split'",
     "do not make up the whole"},
    {VERIFY_CHILD,
     "UPDATE batch SET parent_id = (SELECT batch_id FROM batch WHERE vintage = 2025) WHERE state = "
     "'retired'",
     "which does not know it"},
    {VERIFY_HOLDER,
     "UPDATE batch SET (org_id, account_id) = (SELECT org_id, account_id FROM account JOIN "
     "organisation USING (org_id)"
     " WHERE is_main AND organisation.name = 'Birch') WHERE vintage = 2025",
     "which did not receive it by"},
    {VERIFY_HOLDER, "UPDATE batch SET received_at = 1 WHERE received_by LIKE 'tfr%'",
     "which did not receive it by tfr_"},
    {VERIFY_HOLDER, "UPDATE batch SET received_at = 1 WHERE received_by LIKE 'dlv%'",
     "which did not receive it by dlv_"},
    {VERIFY_HOLDER, "UPDATE batch SET received_at = 1 WHERE received_by LIKE 'bpr%'",
     "which did not receive it by bpr_"},
    {VERIFY_HOLDER, "UPDATE batch SET received_at = 1 WHERE vintage = 2025",
     "which did not receive it by iss_"},
    {VERIFY_HOLDER,
     "UPDATE transfer SET to_account_id = (SELECT account_id FROM account a WHERE a.org_id ="
     " transfer.to_org_id AND kind = 'retirement') WHERE state = 'completed' AND kind = 'external'",
     "which did not receive it by tfr_"},
    {VERIFY_DELIVERY_OF,
     "UPDATE batch SET delivery_id = (SELECT delivery_id FROM delivery) WHERE vintage = 2025",
     "says that it came with delivery dlv_"},
    {VERIFY_DELIVERY_OF, "UPDATE batch SET delivery_id = NULL WHERE state = 'split'",
     "says that it came with delivery "},
    {VERIFY_RECEIVED,
     "UPDATE batch SET received_by = (SELECT received_by FROM batch WHERE received_by LIKE 'dlv%')"
     " WHERE received_by LIKE 'tfr%'",
     "which did not move it"},
    {VERIFY_RECEIVED, "UPDATE transfer_line SET batch_id = split_from WHERE split_from IS NOT NULL",
     "was received by tfr_"},
    {VERIFY_ACCOUNT,
     "UPDATE batch SET account_id = (SELECT account_id FROM account JOIN organisation USING "
     "(org_id) WHERE is_main AND"
     " organisation.name = 'Birch') WHERE vintage = 2025",
     "which is not an open account of"},
    {VERIFY_RESERVED,
     "UPDATE batch SET reserved_by = (SELECT transfer_id FROM transfer WHERE state = 'completed') "
     "WHERE vintage = 2025",
     "which does not wait for it"},
    {VERIFY_WAITING, "UPDATE batch SET reserved_by = NULL WHERE reserved_by IS NOT NULL",
     "is not reserved for it"},
    {VERIFY_WAITING,
     "UPDATE transfer SET state = 'pending', ended_at = NULL WHERE state = 'rejected'",
     "is not reserved for it"},
    {VERIFY_LINE, "UPDATE transfer_line SET units = units + 1", "or came from another batch"},
    {VERIFY_LINE_SUM, "UPDATE transfer SET units = units + 1 WHERE state = 'pending'",
     "units, but its lines hold"},
    {VERIFY_COMPLETED, "UPDATE transfer SET to_account_id = NULL WHERE state = 'completed'",
     "without an approval or an account"},
    {VERIFY_COMPLETED, "UPDATE transfer SET registry_approved_at = NULL WHERE kind = 'export'",
     "without an approval or an account"},
    {VERIFY_SAME_PERSON,
     "UPDATE transfer SET approved_by = submitted_by WHERE approved_by IS NOT NULL",
     "by one person where two were needed"},
    {VERIFY_PENDING, "UPDATE transfer SET state = 'pending' WHERE state = 'awaiting_approval'",
     "waits for something, or until a time, that it cannot wait for"},
    {VERIFY_EXPORTED, "UPDATE batch SET ended_by = 'tfr_00000000000000XX' WHERE state = 'exported'",
     "and the export"},
    {VERIFY_EXPORTED,
     "UPDATE batch SET state = 'active', ended_at = NULL, ended_by = NULL WHERE state = 'exported'",
     "and the export"},
    {VERIFY_RETIRED, "DELETE FROM retirement_line", "and the retirement"},
    {VERIFY_RETIRED,
     "UPDATE batch SET state = 'active', ended_at = NULL, ended_by = NULL WHERE state = 'retired'",
     "and the retirement"},
    {VERIFY_SAME_PERSON,
     "UPDATE transfer SET approved_by = 'usr_000000000000000P' WHERE approved_by IS NOT NULL;"
     "UPDATE person SET made_by = (SELECT submitted_by FROM transfer WHERE approved_by IS NOT NULL)"
     " WHERE is_program = 1",
     "by one person where two were needed"},
    {VERIFY_CANCELLED, "DELETE FROM cancellation_line", "and the cancellation "},
    {VERIFY_CANCELLED,
     "UPDATE batch SET state = 'active', ended_at = NULL WHERE state = 'cancelled'",
     "and the cancellation cnl_"},
    {VERIFY_CANCELLED, "UPDATE cancellation SET supplier_org_id = org_id",
     "and the cancellation cnl_"},
    {VERIFY_CANCELLED, "UPDATE cancellation SET org_id = supplier_org_id",
     "and the cancellation cnl_"},
    {VERIFY_CANCELLED, "UPDATE cancellation SET cancelled_at = 1", "and the cancellation cnl_"},
    {VERIFY_HOLDER, "UPDATE refund SET to_org_id = from_org_id",
     "which did not receive it by bpr_"},
    {VERIFY_LINE, "UPDATE refund_line SET units = units + 1", "A line of bpr_"},
    {VERIFY_LINE, "UPDATE cancellation_line SET units = units + 1", "A line of cnl_"},
    {VERIFY_LINE_SUM, "UPDATE refund SET units = 401", "is of 401 units, but its lines hold 400."},
    {VERIFY_LINE_SUM, "UPDATE cancellation SET units = 1",
     "is of 1 units, but its lines hold 9600."},
    {VERIFY_LINE_OF, "UPDATE transfer SET instrument = 'renewable_energy' WHERE kind = 'export'",
     "is of another instrument, supplier, project or account than"},
    {VERIFY_LINE_OF, "UPDATE transfer SET supplier_org_id = to_org_id WHERE state = 'pending'",
     "is of another instrument, supplier, project or account than"},
    {VERIFY_LINE_OF,
     "UPDATE transfer_line SET from_account_id = (SELECT to_account_id FROM transfer WHERE"
     " state = 'completed' AND kind = 'external') WHERE transfer_id IN"
     " (SELECT transfer_id FROM transfer WHERE kind = 'export')",
     "is of another instrument, supplier, project or account than"},
    {VERIFY_LINE_OF, "UPDATE retirement SET instrument = 'renewable_energy' WHERE units = 11",
     "is of another instrument, supplier, project or account than"},
    {VERIFY_LINE_OF, "UPDATE refund SET instrument = 'renewable_energy'",
     "is of another instrument, supplier, project or account than"},
    {VERIFY_LINE_OF, "UPDATE refund SET from_org_id = (SELECT buyer_org_id FROM delivery)",
     "is of another instrument, supplier, project or account than"},
    {VERIFY_LINE_OF, "UPDATE cancellation SET instrument = 'renewable_energy'",
     "is of another instrument, supplier, project or account than"},
    {VERIFY_LINE_OF,
     "DROP TRIGGER delivery_line_no_update;"
     "UPDATE delivery_line SET from_account_id = to_account_id",
     "is of another instrument, supplier, project or account than"},
    {VERIFY_PARTIES,
     "DROP TRIGGER delivery_no_update; UPDATE delivery SET supplier_org_id ="
     " (SELECT org_id FROM organisation WHERE kind = 'buffer')",
     "is between others than its order ord_"},
    {VERIFY_PARTIES,
     "UPDATE buyer_order SET buyer_org_id = (SELECT org_id FROM organisation WHERE kind = "
     "'buffer')",
     "is between others than its order ord_"},
    {VERIFY_TOLD_WHOM,
     "UPDATE transfer SET to_org_id = (SELECT org_id FROM organisation WHERE kind = 'buffer')"
     " WHERE state = 'pending' AND units = 111",
     "is told to somebody who is no party to it"},
    {VERIFY_TOLD_WHOM,
     "UPDATE act SET org_id = (SELECT org_id FROM organisation WHERE kind = 'buffer')"
     " WHERE command = 'refuse'",
     "is told to somebody who is no party to it"},
    {VERIFY_REDACTED,
     "UPDATE transfer SET notes = 'The words again' WHERE note_redacted_at IS NOT NULL",
     "was redacted, but"},
    {VERIFY_REDACTED, "UPDATE transfer SET note_redacted_at = NULL", "was redacted, but"},
    {VERIFY_REDACTED, "UPDATE issuance SET notes = 'x' WHERE note_redacted_at IS NOT NULL",
     "A text of iss_"},
    {VERIFY_REDACTED, "UPDATE issuance SET note_redacted_at = NULL", "A text of iss_"},
    {VERIFY_REDACTED, "UPDATE issuance SET note_redacted_at = 1 WHERE note_redacted_at > 0",
     "A text of iss_"},
    {VERIFY_REDACTED, "DROP TRIGGER delivery_no_update; UPDATE delivery SET notes = 'x'",
     "A text of dlv_"},
    {VERIFY_REDACTED, "UPDATE refund SET notes = 'x'", "A text of bpr_"},
    {VERIFY_REDACTED, "UPDATE cancellation SET reason = 'x'", "A text of cnl_"},
    {VERIFY_REDACTED, "UPDATE retirement SET notes = 'x' WHERE units = 700", "A text of ret_"},
    {VERIFY_REDACTED, "UPDATE retirement SET beneficiary = 'x' WHERE units = 700",
     "A text of ret_"},
    {VERIFY_REDACTED, "UPDATE retirement SET name_redacted_at = NULL WHERE units = 700",
     "A text of ret_"},
    {VERIFY_CORRECTS,
     "UPDATE transfer SET corrects_id = (SELECT transfer_id FROM transfer WHERE kind = 'export')"
     " WHERE corrects_id IS NOT NULL",
     "mends transfer tfr_"},
    {VERIFY_CORRECTS,
     "UPDATE transfer SET corrects_id = (SELECT transfer_id FROM transfer WHERE state = 'rejected')"
     " WHERE corrects_id IS NOT NULL",
     "mends transfer tfr_"},
    {VERIFY_KEY,
     "DROP TRIGGER idempotency_no_update; UPDATE idempotency SET seq = (SELECT min(seq) FROM act"
     " WHERE outcome <> 'ok') WHERE seq = (SELECT max(seq) FROM idempotency)",
     "keeps the answer of act "},
    {VERIFY_KEY,
     "DROP TRIGGER idempotency_no_update; UPDATE idempotency SET seq = 1 WHERE scope LIKE 'usr%'",
     "keeps the answer of act 1,"},
    {VERIFY_PENDING, "UPDATE transfer SET expires_at = submitted_at WHERE ended_at IS NULL",
     "waits for something, or until a time, that"},
    {VERIFY_PENDING,
     "UPDATE transfer SET expires_at = submitted_at + 366 * 86400000000 WHERE ended_at IS NULL",
     "waits for something, or until a time, that"},
    {VERIFY_CLOSED_WAITING, "UPDATE organisation SET state = 'closed' WHERE name = 'Birch'",
     "is closed, but transfer tfr_"},
    {VERIFY_BENEFICIARY,
     "UPDATE beneficiary SET org_id = (SELECT org_id FROM organisation WHERE name = 'Alder')",
     "is for a beneficiary that it cannot be for"},
    {VERIFY_BENEFICIARY,
     "UPDATE retirement SET beneficiary_org_id = org_id WHERE named_beneficiary_id IS NOT NULL",
     "is for a beneficiary that it cannot be for"},
    {VERIFY_SAME_ID,
     "UPDATE beneficiary SET beneficiary_id = (SELECT org_id FROM organisation WHERE name = "
     "'Alder')",
     "is an organisation's and a beneficiary's"},
    {VERIFY_PROGRAM, "UPDATE person SET registry_roles = 2 WHERE is_program = 1",
     "that no program of its organisation can have"},
    {VERIFY_PROGRAM,
     "UPDATE membership SET org_id = (SELECT org_id FROM organisation WHERE name = 'Alder')"
     " WHERE user_id = 'usr_000000000000000P'",
     "Program usr_000000000000000P has rights"},
    {VERIFY_EVENT, "UPDATE act SET event = 'retirement.made' WHERE outcome <> 'ok'",
     "tells what did not happen"},
    {VERIFY_EVENT, "UPDATE act SET event = '' WHERE event = 'transfer.completed'",
     "tells what did not happen"},
    {VERIFY_EVENT, "UPDATE act SET event = '', is_public = 0 WHERE event = 'transfer.completed'",
     "tells what did not happen"},
    {VERIFY_TOLD, "UPDATE act SET is_public = 0 WHERE event = 'transfer.completed'",
     "is told 0 times"},
    {VERIFY_TOLD,
     "UPDATE act SET event = 'transfer.completed', is_public = 1 WHERE event = 'transfer.pending'",
     "is told 2 times"},
    {VERIFY_ACT_MISSING, "UPDATE act SET command = 'order' WHERE command = 'refund'",
     "has no act for the present state of bpr_"},
    {VERIFY_ACT_MISSING, "UPDATE act SET command = 'order' WHERE command = 'cancel-units'",
     "has no act for the present state of cnl_"},
    {VERIFY_ACT_MISSING, "UPDATE act SET command = 'order' WHERE command = 'open-beneficiary'",
     "has no act for the present state of org_"},
    {VERIFY_ORDER, "UPDATE buyer_order SET delivered_units = 2999",
     "says 2999 units were delivered, its deliveries say 3000."},
    {VERIFY_ORDERED, "UPDATE buyer_order SET instrument = 'renewable_energy'",
     "counts renewable_energy, but delivery dlv_"},
    {VERIFY_CLOSED, "UPDATE organisation SET state = 'closed' WHERE name = 'Birch'",
     "is closed but holds"},
    {VERIFY_MAIN, "UPDATE account SET is_main = 0 WHERE kind = 'active'",
     "has no open Main account"},
    {VERIFY_ACT_GAP, "DELETE FROM act WHERE seq = 5", "from act 4 to act 6."},
    {VERIFY_ACT_TIME, "UPDATE act SET recorded_at = 1 WHERE seq = 6", "Act 6 was recorded before"},
    {VERIFY_ACT_TIME, "UPDATE act SET at = recorded_at + 1 WHERE seq = 6",
     "Act 6 was recorded before"},
    {VERIFY_ACT_MISSING, "UPDATE act SET subject_id = '' WHERE command = 'retire'",
     "has no act for the present state of ret_"},
    {VERIFY_ACT_MISSING, "UPDATE act SET outcome = 'not-allowed' WHERE command = 'refuse'",
     "has no act for the present state of tfr_"},
    {VERIFY_ACT_MISSING, "UPDATE transfer SET submitted_by = 'usr_000000000000000C'",
     "has no act for the present state of tfr_"},
    {VERIFY_ACT_MISSING, "UPDATE transfer SET approved_at = approved_at + 1",
     "has no act for the present state of tfr_"},
    {VERIFY_ACT_MISSING, "UPDATE transfer SET registry_approved_by = 'usr_000000000000000A'",
     "has no act for the present state of tfr_"},
    {VERIFY_ACT_MISSING, "UPDATE transfer SET ended_by = '' WHERE state = 'rejected'",
     "has no act for the present state of tfr_"},
    {VERIFY_ACT_MISSING, "UPDATE transfer SET ended_at = ended_at + 1 WHERE kind = 'export'",
     "has no act for the present state of tfr_"},
    {VERIFY_ACT_MISSING, "UPDATE retirement SET retired_by = 'usr_000000000000000A'",
     "has no act for the present state of ret_"},
    {VERIFY_ACT_MISSING, "UPDATE refund SET refunded_at = refunded_at + 1",
     "has no act for the present state of bpr_"},
    {VERIFY_ACT_MISSING, "UPDATE buyer_order SET ordered_at = ordered_at + 1",
     "has no act for the present state of ord_"},
    {VERIFY_RETIRED, "UPDATE batch SET ended_at = 1 WHERE state = 'retired'",
     "and the retirement ret_"},
    {VERIFY_EXPORTED, "UPDATE batch SET ended_at = 1 WHERE state = 'exported'",
     "and the export tfr_"},
    {VERIFY_HOLDING,
     "UPDATE holding SET active = active + 1 WHERE vintage = 2025 AND active_batches > 0",
     ", vintage 2025, in account acc_"},
    {VERIFY_HOLDING, "UPDATE holding SET split_batches = split_batches + 1 WHERE split_batches > 0",
     "The running total of what "},
    {VERIFY_HOLDING, "DELETE FROM holding WHERE retired_batches > 0", "The running total of what "},
    {VERIFY_DELIVERED, "UPDATE delivery_holding SET active = active + 1", " of delivery dlv_"},
    {VERIFY_DELIVERED, "UPDATE delivery_holding SET active = active + 1, reserved = reserved + 1",
     "The running total of what org_"},
    {VERIFY_DELIVERED, "DELETE FROM delivery_holding", " of delivery dlv_"},
    {VERIFY_TRANSFER_TOTAL, "UPDATE transfer_total SET transfers = 7 WHERE kind = 'export'",
     "of kind export is 7; there are "},
    {VERIFY_TRANSFER_TOTAL, "DELETE FROM transfer_total WHERE kind = 'external'",
     "of kind external is 0; there are "},
    {VERIFY_PAIR_TOTAL,
     "UPDATE transfer_pair_total SET transfers = transfers + 1 WHERE state = 'completed'",
     "The running total of completed transfers from org_"},
    {VERIFY_PAIR_TOTAL, "DELETE FROM transfer_pair_total WHERE state = 'rejected'",
     "is 0; there are "},
    {VERIFY_PAIR_TOTAL, "UPDATE transfer_pair_total SET reached = 0 WHERE state = 'completed'",
     "The running total of completed transfers from org_"},
    {VERIFY_INSTRUMENT_TOTAL, "UPDATE instrument_total SET projects = projects + 1",
     "of carbon_removal over all projects is not"},
    {VERIFY_INSTRUMENT_TOTAL,
     "UPDATE instrument_total SET active = active - 1, retired = retired + 1",
     "of carbon_removal over all projects is not"},
    {VERIFY_BENEFIT, "DELETE FROM benefit", "What was retired on behalf of org_"},
    {VERIFY_BENEFIT, "UPDATE benefit SET first = first + 1",
     "is not what is listed so: batch ctb_"},
    {VERIFY_BENEFIT, "UPDATE retirement SET beneficiary_org_id = org_id",
     "What was retired on behalf of org_"},
    {VERIFY_BENEFIT_TOTAL, "UPDATE benefit_total SET batches = batches + 1", "is 2; there are 1."},
    {VERIFY_BENEFIT_TOTAL, "DELETE FROM benefit_total", "is 0; there are 1."},
    {VERIFY_YEAR_TOTAL, "UPDATE year_total SET retirements = retirements + 1",
     "The running total of carbon_removal for the year"},
    {VERIFY_YEAR_TOTAL, "UPDATE year_total SET issued = issued + 1",
     "The running total of carbon_removal for the year"},
};

/* Overwrites part of an index that no check reads. */
static void break_index(const char *path)
{
    int64_t page = town_number("SELECT rootpage FROM sqlite_schema WHERE name = 'project_by_name'");
    FILE *file = fopen(path, "r+");
    must(file != NULL);
    must(fseek(file, (long)(page * 4096 - 40), SEEK_SET) == 0);
    must(fwrite("damage damage damage damage damage", 1, 34, file) == 34);
    must(fclose(file) == 0);
}

static bool was_said(const char *words)
{
    for (size_t i = 0; i < sentence_count; i++) {
        if (strstr(sentences[i], words) != NULL) {
            return true;
        }
    }
    return false;
}

static void every_damage_is_found(void **state)
{
    (void)state;
    bool is_covered[VERIFY__COUNT] = {false};
    char path[128];
    char command[700];
    char kept[sizeof(town.path)];
    (void)snprintf(path, sizeof(path), "%s/damaged.db", town.folder);
    for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
        (void)snprintf(command, sizeof(command), "rm -f %s %s-wal %s-shm; cp %s %s", path, path,
                       path, town.path, path);
        assert_int_equal(system(command), 0);
        memcpy(kept, town.path, sizeof(kept));
        (void)snprintf(town.path, sizeof(town.path), "%.90s", path);
        char sql[4000];
        (void)snprintf(sql, sizeof(sql), "PRAGMA wal_autocheckpoint = 0; %s %s", drop_triggers,
                       damages[i].sql);
        town_sql(sql);
        if (damages[i].check == VERIFY_INTEGRITY) {
            break_index(path);
        }
        /* A reader needs the WAL's files, which the last to close takes away. */
        struct store *writer =
            store_open(STORE_REGISTRY, STORE_WRITE, town.path, ledger_verify_tables);
        must(writer != NULL);
        assert_true(verify(path) > 0);
        if (!was_said(damages[i].words)) {
            memcpy(town.path, kept, sizeof(kept));
            for (size_t j = 0; j < sentence_count; j++) {
                fprintf(stderr, "  %s\n", sentences[j]);
            }
            fail_msg("not said after %s: %s", damages[i].sql, damages[i].words);
        }
        is_covered[damages[i].check] = true;
        store_close(writer);
        memcpy(town.path, kept, sizeof(kept));
    }
    for (int i = 0; i < VERIFY__COUNT; i++) {
        if (!is_covered[i]) {
            fail_msg("no damage for check %d", i);
        }
    }
}

static void verification_goes_on_beside_the_writer(void **state)
{
    (void)state;
    must(store_begin_write(town.ledger.store));
    struct command command = town_transfer(town_person('A'), alder, birch, alder, 5);
    struct answer answer;
    assert_int_equal(ledger_apply(&town.ledger, PROGRAM_ACCOUNT, &command, town.now_us, &answer),
                     STATUS_OK);
    assert_int_equal(verify(town.path), 0);
    must(store_commit(town.ledger.store));
    store_settle(town.ledger.store);
    assert_int_equal(verify(town.path), 0);
}

/* Each trigger of the schema protects something, so each one that is missing is said. */
static void every_missing_trigger_is_said(void **state)
{
    (void)state;
    static char names[SENTENCES_MAX][64];
    char kept[sizeof(town.path)];
    char path[120];
    char text[700];
    size_t count = 0;
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    memcpy(kept, town.path, sizeof(kept));
    (void)snprintf(path, sizeof(path), "%s/bare.db", town.folder);
    (void)snprintf(text, sizeof(text), "cp %s %s", town.path, path);
    assert_int_equal(system(text), 0);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT name FROM sqlite_schema WHERE type = 'trigger'",
                                        -1, &statement, NULL),
                     SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        assert_true(count < SENTENCES_MAX);
        (void)snprintf(names[count++], sizeof(names[0]), "%s",
                       (const char *)sqlite3_column_text(statement, 0));
    }
    sqlite3_finalize(statement);
    sqlite3_close(db);
    assert_true(count > 40);
    (void)snprintf(town.path, sizeof(town.path), "%.90s", path);
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(text, sizeof(text), "PRAGMA wal_autocheckpoint = 0; DROP TRIGGER %s",
                       names[i]);
        town_sql(text);
    }
    struct store *writer = store_open(STORE_REGISTRY, STORE_WRITE, town.path, ledger_verify_tables);
    must(writer != NULL);
    assert_int_equal(verify(path), count);
    store_close(writer);
    memcpy(town.path, kept, sizeof(kept));
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(text, sizeof(text), "The trigger %s,", names[i]);
        assert_true(was_said(text));
    }
}

/* A person's or an organisation's acts are as many as there are: whoever looks for an act of a
 * thing finds it by the thing, or it takes as long as the square of them. */
static void no_check_walks_all_acts_of_somebody(void **state)
{
    (void)state;
    sqlite3 *db = NULL;
    int steps = 0;
    assert_int_equal(sqlite3_open_v2(town.path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    for (size_t i = 0; i < verify_queries.count; i++) {
        static char sql[8000];
        sqlite3_stmt *statement = NULL;
        (void)snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s", verify_queries.sql[i]);
        assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
        while (sqlite3_step(statement) == SQLITE_ROW) {
            const char *step = (const char *)sqlite3_column_text(statement, 3);
            steps++;
            if (strstr(step, "act_by_person") != NULL || strstr(step, "act_by_org") != NULL) {
                fail_msg("%s: %s", step, verify_queries.sql[i]);
            }
        }
        sqlite3_finalize(statement);
    }
    sqlite3_close(db);
    assert_true(steps > 100);
}

/* A name of any length may stand in a damaged file: what does not fit into a sentence is cut, and
 * what is said is never longer than 511 bytes. */
static void a_sentence_that_is_too_long_is_cut(void **state)
{
    (void)state;
    static const size_t lengths[] = {100, 440, 464, 465, 466, 500, 501, 502, 503, 504, 515, 560};
    char kept[sizeof(town.path)];
    char path[120];
    char command[600];
    memcpy(kept, town.path, sizeof(kept));
    (void)snprintf(path, sizeof(path), "%s/long.db", town.folder);
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        char name[600] = "";
        char sql[2400];
        char wanted[1300];
        (void)snprintf(command, sizeof(command), "rm -f %s %s-wal %s-shm; cp %s %s", path, path,
                       path, kept, path);
        assert_int_equal(system(command), 0);
        (void)snprintf(town.path, sizeof(town.path), "%.90s", path);
        memset(name, 'n', lengths[i]);
        (void)snprintf(sql, sizeof(sql),
                       "PRAGMA wal_autocheckpoint = 0; CREATE TABLE %s (a REFERENCES organisation);"
                       "INSERT INTO %s VALUES ('org_nobody')",
                       name, name);
        town_sql(sql);
        struct store *writer =
            store_open(STORE_REGISTRY, STORE_WRITE, town.path, ledger_verify_tables);
        must(writer != NULL);
        assert_int_equal(verify(path), 1);
        store_close(writer);
        (void)snprintf(wanted, sizeof(wanted),
                       "Row 1 of %s refers to a row of organisation that is not there.", name);
        wanted[511] = '\0';
        assert_string_equal(sentences[0], wanted);
    }
    memcpy(town.path, kept, sizeof(kept));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sound_is_sound),
        cmocka_unit_test(every_damage_is_found),
        cmocka_unit_test(every_missing_trigger_is_said),
        cmocka_unit_test(no_check_walks_all_acts_of_somebody),
        cmocka_unit_test(a_sentence_that_is_too_long_is_cut),
        cmocka_unit_test(verification_goes_on_beside_the_writer),
    };
    return cmocka_run_group_tests_name("ledger verification", tests, build, demolish);
}
