/*
 * ledger_fuzz.c: the daemon's socket: any messages, by any program, against a real registry with
 * parties, units and transfers in every state. An input is up to eight commands: each begins as a
 * sensible one of its kind and then has members and bytes changed. Promised: the daemon neither
 * crashes nor breaks a promise of its own (must), the store is never at fault, what wire_command_is
 * refuses is refused, an answer says what the call returned; after one input in thirty-two the
 * whole registry is verified, and it is sound. Everything is rolled back: each input finds the same
 * registry.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fuzz/fuzz.h"
/* Its world is what is wanted; not everything that is refused in it. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include "ledger/refusals.h"
#pragma GCC diagnostic pop
#include "ledger/wire.h"

#define COMMANDS_MAX 8
#define IDS_MAX 256
#define VERIFY_ONE_OF 32

static char ids[IDS_MAX][ID_SIZE]; /* of everything in the registry, and a few of nothing */
static size_t id_count;
static struct ledger ledger;
static struct answer answers[COMMANDS_MAX];
static size_t answer_count;

static void load_ids(void)
{
    static const char sql[] =
        "SELECT org_id FROM organisation UNION ALL SELECT account_id FROM account UNION ALL "
        "SELECT project_id FROM project UNION ALL SELECT transfer_id FROM transfer UNION ALL "
        "SELECT order_id FROM buyer_order UNION ALL SELECT batch_id FROM batch UNION ALL "
        "SELECT issuance_id FROM issuance UNION ALL SELECT beneficiary_id FROM beneficiary"
        " UNION ALL SELECT document_id FROM project_document"
        " UNION ALL SELECT 'org_00000000000000ZZ'";
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    must(sqlite3_open(town.path, &db) == SQLITE_OK);
    must(sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW && id_count < IDS_MAX) {
        must(TEXT_COPY(ids[id_count], (const char *)sqlite3_column_text(statement, 0)));
        id_count++;
    }
    sqlite3_finalize(statement);
    sqlite3_close(db);
}

/* What the world of the refusals has not: a buffer pool with units, a program, somebody named, a
 * document. */
static void add_to_world(void)
{
    (void)town_org("Pool", false, ORG_BUFFER);
    (void)town_issue(world.biochar, 2020, 10, 500);
    struct command command = command_of(ACT_SET_PERSON, "", "");
    must(TEXT_COPY(command.person.user_id, town_person('Y')));
    must(TEXT_COPY(command.person.org_id, world.orgs[ALPHA]));
    command.person.is_program = true;
    (void)town_do(&command);
    command.kind = ACT_SET_MEMBER;
    command.person.roles = ROLE_ALL;
    (void)town_do(&command);
    command = command_of(ACT_OPEN_BENEFICIARY, "", town_key());
    must(TEXT_COPY(command.beneficiary.org_id, world.orgs[ALPHA]));
    must(TEXT_COPY(command.beneficiary.name, "A customer"));
    must(TEXT_COPY(command.beneficiary.domain, "customer.example.org"));
    (void)town_do(&command);
    command = command_of(ACT_ADD_DOCUMENT, "", town_key());
    must(TEXT_COPY(command.document.project_id, world.biochar));
    must(TEXT_COPY(command.document.name, "A report"));
    must(TEXT_COPY(command.document.url, "https://reports.example.org/one.pdf"));
    (void)town_do(&command);
}

/* The folder goes as soon as its files are open: nothing is left lying about, whatever happens. */
static void open_registry(void)
{
    static const struct query_table *tables[16]; /* the ledger's, one of verify, the end */
    size_t count = 0;
    for (size_t i = 0; ledger_tables[i] != NULL; i++) {
        tables[count++] = ledger_tables[i];
        must(count + 2 <= sizeof tables / sizeof tables[0]);
    }
    tables[count++] = ledger_verify_tables[0];
    must(build_world(NULL) == 0);
    add_to_world();
    load_ids();
    ledger.arena = &fuzz_arena;
    ledger.store = store_open(STORE_REGISTRY, STORE_WRITE, town.path, tables);
    must(ledger.store != NULL && store_begin_write(ledger.store));
    store_rollback(ledger.store);
    store_settle(ledger.store);
    (void)leave_world(NULL);
}

/* ---- sensible commands ---- */

/* 0: none; then those of the prefix in order; now and then what was just made, or of another kind.
 */
static void take_id(struct fuzz_input *input, char id[ID_SIZE], const char *prefix)
{
    unsigned which = fuzz_byte(input);
    id[0] = '\0';
    if (which >= 240 && answer_count > 0) {
        must(text_copy(id, ID_SIZE, answers[which % answer_count].id));
    } else if (which >= 220) {
        must(text_copy(id, ID_SIZE, ids[which % id_count]));
    }
    for (size_t at = 0, left = which; which < 220 && left > 0; at = (at + 1) % id_count) {
        if (text_starts(ids[at], prefix) && --left == 0) {
            must(text_copy(id, ID_SIZE, ids[at]));
        }
    }
}

static int64_t take_units(struct fuzz_input *input)
{
    unsigned which = fuzz_byte(input);
    return which < 200   ? (int64_t)which
           : which < 240 ? 100 * (int64_t)(which - 199)
                         : fuzz_int(input);
}

#define TAKE_TEXT(input, array)                                                                    \
    do {                                                                                           \
        (void)TEXT_COPY(array, fuzz_text(input));                                                  \
    } while (0)

static uint32_t take_lines(struct fuzz_input *input, struct command_line *lines)
{
    uint32_t count = fuzz_below(input, 5);
    for (uint32_t i = 0; i < count; i++) {
        take_id(input, lines[i].batch_id, "ctb");
        lines[i].units = take_units(input);
    }
    return count;
}

static void fill_party(struct fuzz_input *input, struct command *command)
{
    switch (command->kind) {
    case ACT_OPEN_ORGANISATION:
    case ACT_EDIT_ORGANISATION:
    case ACT_SET_ORGANISATION_STATE:
        take_id(input, command->organisation.org_id, "org");
        command->organisation.location.is_known = fuzz_below(input, 2) == 1;
        command->organisation.location.latitude_udeg = (int32_t)fuzz_int(input);
        TAKE_TEXT(input, command->organisation.short_description);
        TAKE_TEXT(input, command->organisation.place);
        command->organisation.state = (uint8_t)fuzz_below(input, 4);
        command->organisation.kind = (uint8_t)fuzz_below(input, 4);
        command->organisation.is_supplier = fuzz_below(input, 2) == 1;
        TAKE_TEXT(input, command->organisation.name);
        TAKE_TEXT(input, command->organisation.domain);
        TAKE_TEXT(input, command->organisation.country);
        TAKE_TEXT(input, command->organisation.reason);
        break;
    case ACT_SET_PERSON:
    case ACT_SET_REGISTRY_ROLES:
    case ACT_SET_MEMBER:
        (void)TEXT_COPY(command->person.user_id, town_person((char)('A' + fuzz_below(input, 26))));
        take_id(input, command->person.org_id, "org");
        command->person.roles = (uint8_t)fuzz_byte(input);
        command->person.deactivated = fuzz_below(input, 2) == 1;
        command->person.is_program = fuzz_below(input, 4) == 1;
        break;
    case ACT_OPEN_ACCOUNT:
    case ACT_CLOSE_ACCOUNT:
        take_id(input, command->account.account_id, "acc");
        take_id(input, command->account.org_id, "org");
        TAKE_TEXT(input, command->account.name);
        command->account.kind = (uint8_t)fuzz_below(input, 4);
        break;
    case ACT_SET_POLICY:
        take_id(input, command->policy.org_id, "org");
        command->policy.incoming = (uint8_t)fuzz_below(input, 4);
        command->policy.two_person = (uint8_t)fuzz_below(input, 4);
        command->policy.two_person_above_units = take_units(input);
        break;
    case ACT_TRUST:
        take_id(input, command->trust.org_id, "org");
        take_id(input, command->trust.sender_org_id, "org");
        command->trust.remove = fuzz_below(input, 2) == 1;
        break;
    default:
        command->setting.frozen = fuzz_below(input, 2) == 1;
        command->setting.expiry_days = take_units(input);
        command->setting.registry_approval_units = take_units(input);
        TAKE_TEXT(input, command->setting.text);
        TAKE_TEXT(input, command->setting.site_name);
        TAKE_TEXT(input, command->setting.site_url);
        break;
    }
}

static void fill_supply(struct fuzz_input *input, struct command *command)
{
    switch (command->kind) {
    case ACT_OPEN_PROJECT:
    case ACT_EDIT_PROJECT: {
        *command = town_project_command("", "F", (enum instrument)fuzz_below(input, 2));
        take_id(input, command->project.project_id, "prj");
        take_id(input, command->project.org_id, "org");
        TAKE_TEXT(input, command->project.short_code);
        TAKE_TEXT(input, command->project.name);
        TAKE_TEXT(input, command->project.web);
        TAKE_TEXT(input, command->project.crediting_start);
        command->project.location.is_known = fuzz_below(input, 2) == 1;
        command->project.location.longitude_udeg = (int32_t)fuzz_int(input);
        command->project.ccp_approved = fuzz_below(input, 2) == 1;
        break;
    }
    case ACT_ISSUE:
        take_id(input, command->issue.project_id, "prj");
        take_id(input, command->issue.to_org_id, "org");
        command->issue.vintage = 2000 + (int32_t)fuzz_byte(input);
        command->issue.imported = fuzz_below(input, 2) == 1;
        command->issue.supplier_units = take_units(input);
        command->issue.buffer_units = take_units(input);
        TAKE_TEXT(input, command->issue.reporting_start);
        break;
    case ACT_ADD_DOCUMENT:
    case ACT_REMOVE_DOCUMENT:
        take_id(input, command->document.document_id, "pjd");
        take_id(input, command->document.project_id, "prj");
        TAKE_TEXT(input, command->document.name);
        (void)snprintf(command->document.url, sizeof command->document.url, "https://%s",
                       fuzz_text(input));
        TAKE_TEXT(input, command->document.dated);
        command->document.kind = (uint8_t)fuzz_byte(input);
        break;
    case ACT_ORDER:
        take_id(input, command->order.supplier_org_id, "org");
        take_id(input, command->order.buyer_org_id, "org");
        command->order.units = take_units(input);
        command->order.instrument = (uint8_t)fuzz_below(input, INSTRUMENT__COUNT + 1);
        TAKE_TEXT(input, command->order.contract_date);
        break;
    default:
        take_id(input, command->deliver.order_id, "ord");
        take_id(input, command->deliver.project_id, "prj");
        command->deliver.units = take_units(input);
        command->deliver.line_count = take_lines(input, command->deliver.lines);
        command->deliver.has_plan = fuzz_below(input, 16) == 1;
        break;
    }
}

static void fill_transfer(struct fuzz_input *input, struct command *command)
{
    command->transfer.kind = (uint8_t)fuzz_below(input, 4);
    command->transfer.instrument = (uint8_t)fuzz_below(input, 3);
    take_id(input, command->transfer.from_org_id, "org");
    take_id(input, command->transfer.to_org_id, "org");
    take_id(input, command->transfer.to_account_id, "acc");
    take_id(input, command->transfer.supplier_org_id, "org");
    take_id(input, command->transfer.from_account_id, "acc");
    take_id(input, command->transfer.corrects_id, "tfr");
    TAKE_TEXT(input, command->transfer.to_system);
    TAKE_TEXT(input, command->transfer.to_system_party);
    TAKE_TEXT(input, command->transfer.notes);
    command->transfer.units = take_units(input);
    command->transfer.has_plan = fuzz_below(input, 16) == 1;
    command->transfer.line_count = take_lines(input, command->transfer.lines);
}

static void fill(struct fuzz_input *input, struct command *command)
{
    switch (command->kind) {
    case ACT_TRANSFER:
        fill_transfer(input, command);
        break;
    case ACT_RETIRE:
        take_id(input, command->retire.org_id, "org");
        take_id(input, command->retire.beneficiary_org_id, "org");
        take_id(input, command->retire.supplier_org_id, "org");
        take_id(input, command->retire.project_id, "prj");
        TAKE_TEXT(input, command->retire.beneficiary);
        command->retire.purposes = (uint8_t)fuzz_byte(input);
        command->retire.units = take_units(input);
        command->retire.line_count = take_lines(input, command->retire.lines);
        command->retire.vintage = fuzz_below(input, 4) == 1 ? 2000 + (int32_t)fuzz_byte(input) : 0;
        take_id(input, command->retire.order_id, "ord");
        command->retire.has_plan = fuzz_below(input, 16) == 1;
        break;
    case ACT_OPEN_BENEFICIARY:
        take_id(input, command->beneficiary.org_id, "org");
        take_id(input, command->beneficiary.beneficiary_id, "org");
        TAKE_TEXT(input, command->beneficiary.name);
        TAKE_TEXT(input, command->beneficiary.domain);
        command->beneficiary.is_individual = fuzz_below(input, 2) == 1;
        break;
    case ACT_REFUND:
    case ACT_CANCEL_UNITS:
        take_id(input, command->pool.org_id, "org");
        take_id(input, command->pool.project_id, "prj");
        TAKE_TEXT(input, command->pool.notes);
        command->pool.units = take_units(input);
        command->pool.line_count = take_lines(input, command->pool.lines);
        command->pool.has_plan = fuzz_below(input, 16) == 1;
        break;
    case ACT_OPEN_PROJECT:
    case ACT_EDIT_PROJECT:
    case ACT_ISSUE:
    case ACT_ORDER:
    case ACT_DELIVER:
    case ACT_ADD_DOCUMENT:
    case ACT_REMOVE_DOCUMENT:
        fill_supply(input, command);
        break;
    case ACT_OPEN_ORGANISATION:
    case ACT_EDIT_ORGANISATION:
    case ACT_SET_ORGANISATION_STATE:
    case ACT_SET_PERSON:
    case ACT_SET_REGISTRY_ROLES:
    case ACT_SET_MEMBER:
    case ACT_OPEN_ACCOUNT:
    case ACT_CLOSE_ACCOUNT:
    case ACT_SET_POLICY:
    case ACT_TRUST:
    case ACT_FREEZE:
    case ACT_SET_SETTINGS:
        fill_party(input, command);
        break;
    default:
        take_id(input, command->decide.transfer_id, "tfr");
        take_id(input, command->decide.account_id, "acc");
        TAKE_TEXT(input, command->decide.reason);
        break;
    }
}

/* ---- what no program of ours would send ---- */

#define MEMBER(member)                                                                             \
    {                                                                                              \
        offsetof(struct command, member), sizeof(((struct command *)0)->member)                    \
    }
/* Where the daemon looks first; any other byte is changed too, but rarely hit. */
static const struct {
    size_t at_bytes, size_bytes;
} members[] = {
    MEMBER(version),
    MEMBER(kind),
    MEMBER(key),
    MEMBER(user_id),
    MEMBER(at_us),
    MEMBER(organisation.name),
    MEMBER(organisation.country),
    MEMBER(organisation.is_supplier),
    MEMBER(organisation.is_demo),
    MEMBER(organisation.reason),
    MEMBER(person.org_id),
    MEMBER(person.deactivated),
    MEMBER(account.name),
    MEMBER(project.short_code),
    MEMBER(project.description),
    MEMBER(project.crediting_start),
    MEMBER(project.origin),
    MEMBER(issue.vintage),
    MEMBER(issue.imported),
    MEMBER(issue.notes),
    MEMBER(order.notes),
    MEMBER(deliver.line_count),
    MEMBER(deliver.lines),
    MEMBER(transfer.has_plan),
    MEMBER(transfer.notes),
    MEMBER(transfer.private_note),
    MEMBER(transfer.line_count),
    MEMBER(transfer.lines),
    MEMBER(decide.reason),
    MEMBER(retire.beneficiary),
    MEMBER(retire.line_count),
    MEMBER(retire.lines),
    MEMBER(retire.order_id),
    MEMBER(retire.has_plan),
    MEMBER(person.is_program),
    MEMBER(beneficiary.name),
    MEMBER(beneficiary.domain),
    MEMBER(beneficiary.is_individual),
    MEMBER(pool.notes),
    MEMBER(pool.has_plan),
    MEMBER(pool.line_count),
    MEMBER(pool.lines),
    MEMBER(trust.remove),
    MEMBER(setting.frozen),
    MEMBER(setting.site_url),
    MEMBER(organisation.short_description),
    MEMBER(organisation.location.is_known),
    MEMBER(project.location.is_known),
    MEMBER(project.ccp_approved),
    MEMBER(document.name),
    MEMBER(document.url),
    MEMBER(document.dated),
};
#define MEMBERS (sizeof members / sizeof members[0])

/* One member filled without an end, or a few bytes at its beginning; or one byte anywhere. */
static void change(struct fuzz_input *input, struct command *command)
{
    unsigned char *bytes = (unsigned char *)command;
    unsigned which = fuzz_byte(input);
    unsigned how = fuzz_byte(input);
    if (which % 64 >= MEMBERS) {
        size_t at = (size_t)(how << 8 | fuzz_byte(input)) % sizeof *command;
        bytes[at] = (unsigned char)fuzz_byte(input);
        return;
    }
    size_t at_bytes = members[which % 64].at_bytes;
    size_t size_bytes = members[which % 64].size_bytes;
    if (size_bytes == sizeof(uint32_t) && (how & 2) != 0) {
        static const uint32_t counts[] = {0, 1, 255, 256, 257, 300, 512, UINT32_MAX};
        memcpy(bytes + at_bytes, &counts[fuzz_below(input, 8)], sizeof counts[0]);
        return;
    }
    size_t count = (how & 1) != 0 || size_bytes < how % 8 ? size_bytes : how % 8;
    unsigned filler = fuzz_byte(input);
    for (size_t i = 0; i < count; i++) {
        bytes[at_bytes + i] = (unsigned char)((how & 1) != 0 ? filler | 1u : fuzz_byte(input));
    }
}

/* ---- sending them ---- */

static void send(struct fuzz_input *input)
{
    struct command *command = arena_one(&fuzz_arena, struct command);
    enum asker program = (enum asker)fuzz_below(input, PROGRAM__COUNT);
    unsigned kind = fuzz_below(input, ACT__COUNT + 1);
    unsigned who = fuzz_byte(input);
    unsigned key = fuzz_byte(input);
    /* They come first, so that short inputs have them too. */
    size_t changes_bytes = 6 * (size_t)fuzz_below(input, 5);
    changes_bytes = changes_bytes < input->left_bytes ? changes_bytes : input->left_bytes;
    struct fuzz_input changes = {.at = input->at, .left_bytes = changes_bytes};
    input->at += changes_bytes;
    input->left_bytes -= changes_bytes;
    *command = command_of(ACT_NONE, "", "");
    command->kind = kind;
    fill(input, command);
    command->kind = kind;
    if (who < 26 * 8) {
        must(TEXT_COPY(command->user_id, town_person((char)('A' + who % 26))));
    }
    if (key > 0) {
        (void)snprintf(command->key, sizeof command->key, "fuzz-%u", key);
    }
    command->at_us = program == PROGRAM_TALLY && key > 200 ? fuzz_int(input) : 0;
    while (changes.left_bytes > 0) {
        change(&changes, command);
    }
    bool is_command = wire_command_is(command, sizeof *command);
    holds(!wire_command_is(command, sizeof *command - 1) && !wire_command_is(command, 0));
    struct answer *answer = &answers[answer_count++];
    enum status status = ledger_apply(&ledger, program, command, town.now_us, answer);
    holds(status != STATUS_FAULT && !store_fault(ledger.store));
    holds(is_command || status == STATUS_BAD_REQUEST);
    holds(answer->status == (int32_t)status && answer->version == COMMAND_VERSION);
    holds(status == STATUS_OK || !answer->repeated);
    holds(status != STATUS_OK || answer->seq > 0 || command->kind == ACT_EXPIRE);
}

static void say(void *context, const char *sentence)
{
    (void)context;
    fprintf(stderr, "violation: %s\n", sentence);
}

static void one(struct fuzz_input *input)
{
    unsigned verify = fuzz_below(input, VERIFY_ONE_OF);
    ledger.ids = (struct id_source){.tag = "TST"};
    must(store_begin_write(ledger.store));
    while (input->left_bytes > 0 && answer_count < COMMANDS_MAX) {
        send(input);
    }
    if (verify == 7) {
        /* Inside the transaction, as it would be kept. */
        struct verify_report report = {.say = say};
        holds(ledger_verify(ledger.store, &fuzz_arena, &report) == STATUS_OK);
        holds(report.violations == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    if (ledger.store == NULL) {
        open_registry();
    }
    answer_count = 0;
    fuzz_run(data, size_bytes, one);
    store_rollback(ledger.store);
    store_settle(ledger.store);
    return 0;
}
