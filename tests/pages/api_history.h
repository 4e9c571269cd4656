/*
 * tests/pages/api_history.h: a registry with a random history, and more acts on it whenever a test
 * wants some: the same with every run. Include once, after cmocka's headers.
 */
#ifndef TESTS_PAGES_API_HISTORY_H
#define TESTS_PAGES_API_HISTORY_H

#include "pages/api_inside.h"

#define SUPPLIERS 3
#define BUYERS 3
#define ORGS (SUPPLIERS + BUYERS)
#define HISTORY 700

static char orgs[ORGS][ID_SIZE], suppliers[SUPPLIERS][ID_SIZE], projects[SUPPLIERS * 2][ID_SIZE];
static char buffer[ID_SIZE];
static uint64_t seed = 20261128;
static int done, refused;

static unsigned below(unsigned limit)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)(seed % limit);
}

static const char *any_of(const char *sql)
{
    static struct inside_list list;
    static char ids[4][ID_SIZE];
    static unsigned next;
    char *id = ids[next++ % 4];
    inside_sql(sql, &list);
    (void)snprintf(id, ID_SIZE, "%s", list.count == 0 ? "" : list.ids[below((unsigned)list.count)]);
    return id;
}

static const char *words(const char *format, ...) __attribute__((format(printf, 1, 2)));
static const char *words(const char *format, ...)
{
    static char texts[4][2048];
    static unsigned next;
    char *text = texts[next++ % 4];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof texts[0], format, arguments);
    va_end(arguments);
    return text;
}

/* Several share a commit while nobody reads between them. */
static void act_by(enum asker program, const struct command *command)
{
    struct answer answer;
    arena_reset(&town.arena, 0);
    enum status status = ledger_apply(&town.ledger, program, command, town.now_us, &answer);
    assert_int_not_equal(status, STATUS_FAULT);
    done += status == STATUS_OK;
    refused += status != STATUS_OK;
}

static void act(const struct command *command)
{
    act_by(PROGRAM_TALLY, command);
}

static void act_issue(void)
{
    struct command command = command_of(ACT_ISSUE, "", town_key());
    TEXT_COPY(command.issue.project_id, projects[below(SUPPLIERS * 2)]);
    command.issue.vintage = 2020 + (int32_t)below(4);
    command.issue.supplier_units = 1 + below(100000);
    command.issue.buffer_units = below(2) == 0 ? 0 : 1 + below(1000);
    act(&command);
}

static void act_deliver(void)
{
    unsigned supplier = below(SUPPLIERS);
    const char *order_id = any_of(words("SELECT order_id FROM buyer_order WHERE supplier_org_id = "
                                        "'%s' AND delivered_units < units",
                                        orgs[supplier]));
    struct command command = command_of(ACT_ORDER, "", town_key());
    if (order_id[0] == '\0' || below(3) == 0) {
        TEXT_COPY(command.order.supplier_org_id, orgs[supplier]);
        TEXT_COPY(command.order.buyer_org_id, orgs[SUPPLIERS + below(BUYERS)]);
        command.order.units = 1 + below(20000);
    } else {
        command = command_of(ACT_DELIVER, "", town_key());
        TEXT_COPY(command.deliver.order_id, order_id);
        command.deliver.units = 1 + below(5000);
    }
    act(&command);
}

static void act_transfer(void)
{
    unsigned from = below(ORGS);
    struct command command =
        town_transfer("", orgs[from], orgs[below(ORGS)], orgs[below(SUPPLIERS)], 1 + below(4000));
    if (below(8) == 0) {
        command.transfer.kind = TRANSFER_EXPORT;
        command.transfer.to_org_id[0] = '\0';
        TEXT_COPY(command.transfer.to_system, "M-RETS");
        TEXT_COPY(command.transfer.to_system_party, "Somebody");
    }
    act(&command);
}

static void act_decide(void)
{
    static const enum act_kind kinds[] = {ACT_ACCEPT, ACT_ACCEPT, ACT_WITHDRAW, ACT_REJECT};
    const char *transfer_id = any_of("SELECT transfer_id FROM transfer WHERE ended_at IS NULL");
    struct command command =
        town_decide(kinds[below(sizeof kinds / sizeof kinds[0])], "", transfer_id, "Because.");
    if (town_number(words("SELECT count(*) FROM transfer WHERE transfer_id = '%s'"
                          " AND kind = 'export'",
                          transfer_id)) > 0) {
        command = town_decide(ACT_REGISTRY_APPROVE, "", transfer_id, "");
        act(&command);
        command = town_decide(ACT_COMPLETE_EXPORT, "", transfer_id, "");
    }
    act(&command);
}

static void act_retire(void)
{
    unsigned owner = below(ORGS);
    struct command command = command_of(ACT_RETIRE, "", town_key());
    TEXT_COPY(command.retire.org_id, orgs[owner]);
    TEXT_COPY(command.retire.supplier_org_id, orgs[below(SUPPLIERS)]);
    command.retire.units = 1 + below(2000);
    command.retire.purposes = (uint8_t)(1 + below(31));
    TEXT_COPY(command.retire.beneficiary, "A name alone");
    if (below(4) == 0) { /* somebody that the owner named */
        const char *named = any_of(
            words("SELECT beneficiary_id FROM beneficiary WHERE org_id = '%s'", orgs[owner]));
        TEXT_COPY(command.retire.beneficiary_org_id, named);
    } else if (below(4) > 0) {
        TEXT_COPY(command.retire.beneficiary_org_id, orgs[below(ORGS)]);
    }
    act(&command);
}

/* The buffer pool's units go back, or are cancelled. */
static void act_pool(void)
{
    enum act_kind kind = below(2) == 0 ? ACT_REFUND : ACT_CANCEL_UNITS;
    struct command command = command_of(kind, town_person('R'), town_key());
    TEXT_COPY(command.pool.org_id, buffer);
    TEXT_COPY(command.pool.project_id, projects[below(SUPPLIERS * 2)]);
    TEXT_COPY(command.pool.notes, "A reversal.");
    command.pool.units = 1 + below(300);
    act_by(PROGRAM_ADMIN, &command);
}

static void act_open(void)
{
    static int number;
    struct command command = command_of(ACT_OPEN_ORGANISATION, "", "");
    (void)snprintf(command.organisation.name, sizeof command.organisation.name, "%c%u new %d",
                   "aBcDeF"[below(6)], below(10), ++number);
    command.organisation.is_supplier = below(2) == 0;
    act(&command);
}

static void act_name(void)
{
    static int number;
    struct command command = command_of(ACT_OPEN_BENEFICIARY, "", town_key());
    TEXT_COPY(command.beneficiary.org_id, orgs[below(ORGS)]);
    (void)snprintf(command.beneficiary.name, sizeof command.beneficiary.name, "%c named",
                   "aBcDeF"[below(6)]);
    (void)snprintf(command.beneficiary.domain, sizeof command.beneficiary.domain, "n%d.example",
                   ++number);
    act(&command);
}

/* Its name says where in the list by name it comes. */
static void act_project(void)
{
    static int number;
    struct command command =
        town_project_command(orgs[below(SUPPLIERS)], "", INSTRUMENT_CARBON_REMOVAL);
    (void)snprintf(command.project.short_code, sizeof command.project.short_code, "N%d", ++number);
    (void)snprintf(command.project.name, sizeof command.project.name, "%c%u project",
                   "aBcDeF"[below(6)], below(10));
    act(&command);
}

static void act_document(void)
{
    static int number;
    const char *project_id = projects[below(2)];
    const char *document_id =
        any_of(words("SELECT document_id FROM project_document WHERE project_id = '%s'"
                     " AND removed_at IS NULL",
                     project_id));
    struct command command = command_of(ACT_ADD_DOCUMENT, "", town_key());
    TEXT_COPY(command.document.project_id, project_id);
    if (document_id[0] != '\0' && below(4) == 0) {
        command = command_of(ACT_REMOVE_DOCUMENT, "", "");
        TEXT_COPY(command.document.document_id, document_id);
    } else {
        (void)snprintf(command.document.name, sizeof command.document.name, "%c%u report",
                       "aBcDeF"[below(6)], below(10));
        (void)snprintf(command.document.url, sizeof command.document.url,
                       "https://example.org/%d.pdf", ++number);
    }
    act(&command);
}

static void act_any(void)
{
    static void (*const acts[])(void) = {
        act_issue,    act_deliver,  act_deliver,  act_deliver,  act_transfer,
        act_transfer, act_transfer, act_transfer, act_transfer, act_decide,
        act_retire,   act_retire,   act_pool,
    };
    if (below(3) > 0) { /* otherwise within the same moment */
        town.now_us += 1 + below(1000000000);
    }
    acts[below(sizeof acts / sizeof acts[0])]();
}

static void act_some(int count)
{
    must(store_begin_write(town.ledger.store));
    for (int i = 0; i < count; i++) {
        act_any();
        if (below(9) == 0) {
            act_open();
        }
        if (below(9) == 0) {
            act_name();
        }
        if (below(20) == 0) {
            act_project();
        }
        if (below(9) == 0) {
            act_document();
        }
    }
    must(store_commit(town.ledger.store));
    store_settle(town.ledger.store);
}

/* Founds the registry, lives through its history, and opens it for reading. */
INSIDE_UNUSED static void history_found(void)
{
    town_found();
    (void)snprintf(buffer, ID_SIZE, "%s", town_org("Buffer", false, ORG_BUFFER));
    for (int i = 0; i < ORGS; i++) {
        bool is_supplier = i < SUPPLIERS;
        (void)snprintf(orgs[i], ID_SIZE, "%s",
                       town_org(words("%s %d", is_supplier ? "Supplier" : "buyer", i), is_supplier,
                                ORG_PARTICIPANT));
        if (i % 2 == 0) {
            town_policy(orgs[i], INCOMING_ALL, TWO_PERSON_NEVER, 0);
        }
    }
    for (int i = 0; i < SUPPLIERS * 2; i++) {
        (void)snprintf(projects[i], ID_SIZE, "%s",
                       town_project(orgs[i / 2], words("P%d", i), INSTRUMENT_CARBON_REMOVAL));
    }
    for (int i = 0; i < SUPPLIERS; i++) {
        (void)snprintf(
            suppliers[i], ID_SIZE, "%s",
            any_of(words("SELECT supplier_id FROM organisation WHERE org_id = '%s'", orgs[i])));
    }
    town_official(town_person('R'), REGISTRY_ADMINISTRATOR);
    for (int i = 0; i < HISTORY; i += 10) {
        act_some(10);
    }
    static const char *const present[] = {"state = 'split'", "state = 'retired'",
                                          "state = 'exported'", "state = 'cancelled'",
                                          "reserved_by IS NOT NULL"};
    for (size_t i = 0; i < sizeof present / sizeof present[0]; i++) {
        if (town_number(words("SELECT count(*) FROM batch WHERE %s", present[i])) == 0) {
            fail_msg("this history has no batch where %s", present[i]);
        }
    }
    print_message("seed 20261128: %d acts done, %d refused\n", done, refused);
    assert_true(done > HISTORY / 2);
    inside_open();
}

INSIDE_UNUSED static void history_leave(void)
{
    inside_close();
    town_leave();
}

#endif
