/* events_test.c: what acts tell, whom, and in which order; and that a registry of the schema before
 * the feed is brought forward to the very feed that the ledger would have kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger/town.h"
#include "store/events.h"
#include "unit/older.h"

#define TOLD_MAX 400

static const struct query_table *const tables[] = {&events_queries, NULL};
static char alder[ID_SIZE], birch[ID_SIZE], cedar[ID_SIZE], pool[ID_SIZE];
static char project[ID_SIZE], last_id[ID_SIZE];
static int64_t marked_seq;

/* ---- asking ---- */

static enum status ask(struct command command, const char *user_id)
{
    struct answer answer;
    enum asker program = town_program((enum act_kind)command.kind, user_id);
    must(TEXT_COPY(command.user_id, user_id));
    enum status status = town_ask(program, &command, &answer);
    must(TEXT_COPY(last_id, answer.id));
    return status;
}

static const char *ok(struct command command, const char *user_id)
{
    enum status status = ask(command, user_id);
    if (status != STATUS_OK) {
        fail_msg("%s: %s", act_word((enum act_kind)command.kind), status_row(status)->slug);
    }
    return last_id;
}

static void decide(enum act_kind kind, const char *user_id, const char *transfer_id)
{
    char id[ID_SIZE];
    must(TEXT_COPY(id, transfer_id));
    ok(town_decide(kind, "", id, kind == ACT_APPROVE || kind == ACT_ACCEPT ? "" : "Because"),
       user_id);
}

static struct command sends(const char *to_org_id, int64_t units)
{
    return town_transfer("", alder, to_org_id, alder, units);
}

/* ---- what was told ---- */

/* As one text: kind, "*" when everybody is told, org, other org, subject's prefix. */
static void told(const char *org_id, int64_t after_seq, char *to, size_t to_bytes)
{
    struct store *store = store_open(STORE_REGISTRY, STORE_READ, town.path, tables);
    assert_non_null(store);
    arena_reset(&town.arena, 0);
    struct events events = events_after(store, &town.arena, org_id, after_seq, TOLD_MAX);
    size_t used = 0;
    to[0] = '\0';
    for (size_t i = 0; i < events.count; i++) {
        const struct events_row *row = &events.rows[i];
        const char *names[2] = {"-", "-"};
        const char *ids[2] = {row->org_id, row->other_org_id};
        for (int k = 0; k < 2; k++) {
            names[k] = text_is(ids[k], alder)   ? "alder"
                       : text_is(ids[k], birch) ? "birch"
                       : text_is(ids[k], cedar) ? "cedar"
                       : text_is(ids[k], pool)  ? "pool"
                                                : names[k];
        }
        int size =
            snprintf(to + used, to_bytes - used, "%s%s %s %s %.3s\n", event_kind_word(row->kind),
                     row->is_public ? "*" : "", names[0], names[1], row->subject_id);
        assert_true(size > 0 && (size_t)size < to_bytes - used);
        used += (size_t)size;
        assert_true(row->seq > after_seq && row->seq <= events.next_after);
        assert_true(i == 0 || row->seq > events.rows[i - 1].seq);
    }
    assert_int_equal(events.next_after, events_last_seq(store));
    store_close(store);
}

static void mark(void)
{
    marked_seq = town_number("SELECT coalesce(max(seq), 0) FROM act");
}

/* Since the mark that organisation is told exactly this; then a new mark. */
static void expect_told(const char *org_id, const char *words)
{
    char text[16384];
    told(org_id, marked_seq, text, sizeof(text));
    assert_string_equal(text, words);
}

/* ---- a registry in which everything happens that can be told ---- */

static int build(void **state)
{
    (void)state;
    town_found();
    must(TEXT_COPY(alder, town_org("Alder", true, ORG_PARTICIPANT)));
    must(TEXT_COPY(birch, town_org("Birch", false, ORG_PARTICIPANT)));
    must(TEXT_COPY(cedar, town_org("Cedar", false, ORG_PARTICIPANT)));
    must(TEXT_COPY(pool, town_org("Pool", false, ORG_BUFFER)));
    town_member(alder, town_person('A'), ROLE_ALL);
    town_member(alder, town_person('D'), ROLE_ALL);
    town_member(birch, town_person('B'), ROLE_ALL);
    town_member(cedar, town_person('C'), ROLE_ALL);
    town_official(town_person('Z'), REGISTRY_ADMINISTRATOR);
    must(TEXT_COPY(project, town_project(alder, "P1", INSTRUMENT_CARBON_REMOVAL)));
    town_issue(project, 2024, 90000, 10000);
    mark();
    return 0;
}

static int demolish(void **state)
{
    (void)state;
    town_leave();
    return 0;
}

static void the_beginning_is_public(void **state)
{
    (void)state;
    marked_seq = 0;
    expect_told("", "organisation.opened* alder - org\norganisation.opened* birch - org\n"
                    "organisation.opened* cedar - org\norganisation.opened* pool - org\n"
                    "project.opened* alder - prj\nissuance.made* alder - iss\n");
    expect_told(birch, "organisation.opened* alder - org\norganisation.opened* birch - org\n"
                       "organisation.opened* cedar - org\norganisation.opened* pool - org\n"
                       "member.changed birch - usr\n"
                       "project.opened* alder - prj\nissuance.made* alder - iss\n");
}

static void a_transfer_is_told_as_it_becomes_known(void **state)
{
    (void)state;
    /* pending, and accepted in the same moment */
    decide(ACT_ACCEPT, town_person('B'), ok(sends(birch, 10), town_person('A')));
    expect_told(alder, "transfer.pending alder birch tfr\ntransfer.completed* birch alder tfr\n");
    expect_told(birch, "transfer.pending alder birch tfr\ntransfer.completed* birch alder tfr\n");
    expect_told(cedar, "transfer.completed* birch alder tfr\n");
    expect_told("", "transfer.completed* birch alder tfr\n");
    mark();
    /* what is refused is told nobody */
    assert_int_equal(ask(sends(birch, 10000000), town_person('A')), STATUS_NOT_ENOUGH);
    expect_told(alder, "");
    /* at once */
    town_policy(birch, INCOMING_ALL, TWO_PERSON_NEVER, 0);
    ok(sends(birch, 10), town_person('A'));
    expect_told("", "transfer.completed* alder birch tfr\n");
    expect_told(birch, "policy.changed birch - org\ntransfer.completed* alder birch tfr\n");
    expect_told(alder, "transfer.completed* alder birch tfr\n");
}

static void before_the_last_approval_the_sender_alone_knows(void **state)
{
    (void)state;
    town_policy(alder, INCOMING_ASK, TWO_PERSON_ALWAYS, 0);
    mark();
    ok(sends(birch, 10), town_person('A'));
    decide(ACT_WITHDRAW, town_person('A'), last_id);
    ok(sends(birch, 10), town_person('A'));
    decide(ACT_CANCEL, town_person('Z'), last_id);
    ok(sends(birch, 10), town_person('A'));
    decide(ACT_REFUSE, town_person('D'), last_id);
    expect_told(birch, "");
    expect_told(alder, "transfer.awaiting_approval alder - tfr\ntransfer.withdrawn alder - tfr\n"
                       "transfer.awaiting_approval alder - tfr\ntransfer.cancelled alder - tfr\n"
                       "transfer.awaiting_approval alder - tfr\ntransfer.rejected alder - tfr\n");
    mark();
    ok(sends(birch, 10), town_person('A'));
    decide(ACT_APPROVE, town_person('D'), last_id);
    decide(ACT_REJECT, town_person('B'), last_id);
    expect_told(birch, "transfer.pending alder birch tfr\ntransfer.rejected birch alder tfr\n");
    mark();
    /* two approvals, then at once */
    struct command command = command_of(ACT_SET_SETTINGS, "", "");
    TEXT_COPY(command.setting.site_name, "Town");
    command.setting.expiry_days = 14;
    command.setting.registry_approval_units = 100;
    town_do(&command);
    ok(sends(birch, 200), town_person('A'));
    decide(ACT_REGISTRY_APPROVE, town_person('Z'), last_id);
    decide(ACT_APPROVE, town_person('D'), last_id);
    expect_told(birch, "registry.changed* - - \ntransfer.pending alder birch tfr\n");
    expect_told(alder, "registry.changed* - - \ntransfer.awaiting_approval alder - tfr\n"
                       "transfer.approved alder - tfr\ntransfer.pending alder birch tfr\n");
    mark();
    decide(ACT_CANCEL, town_person('Z'), last_id);
    expect_told(birch, "transfer.cancelled alder birch tfr\n");
    expect_told(cedar, "");
    town_policy(birch, INCOMING_ALL, TWO_PERSON_NEVER, 0);
    mark();
    ok(sends(birch, 200), town_person('A'));
    decide(ACT_APPROVE, town_person('D'), last_id);
    decide(ACT_REGISTRY_APPROVE, town_person('Z'), last_id);
    expect_told(cedar, "transfer.completed* alder birch tfr\n");
    expect_told(alder, "transfer.awaiting_approval alder - tfr\ntransfer.approved alder - tfr\n"
                       "transfer.completed* alder birch tfr\n");
}

static void other_ends_of_a_transfer(void **state)
{
    (void)state;
    /* time, withdrawal, a note redacted; of a completed one everybody is told */
    ok(sends(birch, 10), town_person('A'));
    char id[ID_SIZE];
    must(TEXT_COPY(id, last_id));
    struct command command = sends(birch, 11);
    TEXT_COPY(command.transfer.notes, "Somebody's name");
    ok(command, town_person('A'));
    decide(ACT_REDACT_NOTE, town_person('Z'), last_id);
    command = sends(birch, 12);
    TEXT_COPY(command.transfer.notes, "Somebody else's name");
    ok(command, town_person('A'));
    decide(ACT_ACCEPT, town_person('B'), last_id);
    decide(ACT_REDACT_NOTE, town_person('Z'), last_id);
    decide(ACT_WITHDRAW, town_person('A'), id);
    town.now_us += 15 * CLOCK_DAY_US;
    struct command expire = command_of(ACT_EXPIRE, "", "");
    town_do(&expire);
    expect_told("",
                "transfer.completed* birch alder tfr\ntransfer.note_redacted* alder birch tfr\n");
    expect_told(birch, "transfer.pending alder birch tfr\ntransfer.pending alder birch tfr\n"
                       "transfer.note_redacted alder birch tfr\ntransfer.pending alder birch tfr\n"
                       "transfer.completed* birch alder tfr\n"
                       "transfer.note_redacted* alder birch tfr\n"
                       "transfer.withdrawn alder birch tfr\ntransfer.expired alder birch tfr\n");
    mark();
    /* out of the registry there is no recipient to tell; within one's own house neither */
    for (int i = 0; i < 2; i++) {
        command = town_transfer("", alder, "", alder, 13);
        command.transfer.kind = TRANSFER_EXPORT;
        TEXT_COPY(command.transfer.to_system, "Elsewhere");
        TEXT_COPY(command.transfer.to_system_party, "Somebody");
        ok(command, town_person('A'));
        decide(ACT_REGISTRY_APPROVE, town_person('Z'), last_id);
        decide(i == 0 ? ACT_COMPLETE_EXPORT : ACT_REJECT_EXPORT, town_person('Z'), last_id);
    }
    expect_told(alder, "transfer.awaiting_approval alder - tfr\ntransfer.pending alder - tfr\n"
                       "transfer.completed* alder - tfr\ntransfer.awaiting_approval alder - tfr\n"
                       "transfer.pending alder - tfr\ntransfer.rejected alder - tfr\n");
    expect_told("", "transfer.completed* alder - tfr\n");
    mark();
    command = command_of(ACT_OPEN_ACCOUNT, "", "");
    TEXT_COPY(command.account.org_id, alder);
    TEXT_COPY(command.account.name, "Second");
    ok(command, town_person('A'));
    char account_id[ID_SIZE];
    must(TEXT_COPY(account_id, last_id));
    command = town_transfer("", alder, "", alder, 14);
    command.transfer.kind = TRANSFER_INTERNAL;
    TEXT_COPY(command.transfer.to_account_id, account_id);
    ok(command, town_person('A'));
    expect_told(alder, "account.opened alder - acc\ntransfer.completed* alder - tfr\n");
    expect_told("", "transfer.completed* alder - tfr\n");
}

/* An order, its delivery, and a retirement for somebody else. */
static void trade(void)
{
    struct command command = command_of(ACT_ORDER, "", town_key());
    TEXT_COPY(command.order.supplier_org_id, alder);
    TEXT_COPY(command.order.buyer_org_id, birch);
    command.order.units = 50;
    ok(command, town_person('B'));
    char order_id[ID_SIZE];
    must(TEXT_COPY(order_id, last_id));
    command = command_of(ACT_DELIVER, "", town_key());
    TEXT_COPY(command.deliver.order_id, order_id);
    command.deliver.units = 50;
    ok(command, town_person('A'));
    command = command_of(ACT_RETIRE, "", town_key());
    TEXT_COPY(command.retire.org_id, birch);
    TEXT_COPY(command.retire.beneficiary_org_id, cedar);
    TEXT_COPY(command.retire.supplier_org_id, alder);
    command.retire.purposes = 1;
    command.retire.units = 5;
    ok(command, town_person('B'));
    TEXT_COPY(command.key, town_key());
    TEXT_COPY(command.retire.beneficiary_org_id, birch);
    ok(command, town_person('B'));
}

static void orders_deliveries_retirements(void **state)
{
    (void)state;
    trade();
    expect_told(cedar, "delivery.made* alder birch dlv\nretirement.made* birch cedar ret\n"
                       "retirement.made* birch - ret\n");
    expect_told(alder, "order.recorded birch alder ord\ndelivery.made* alder birch dlv\n"
                       "retirement.made* birch cedar ret\nretirement.made* birch - ret\n");
    mark();
    /* by the supplier: the act is the supplier's */
    struct command command = command_of(ACT_ORDER, "", town_key());
    TEXT_COPY(command.order.supplier_org_id, alder);
    TEXT_COPY(command.order.buyer_org_id, birch);
    command.order.units = 50;
    ok(command, town_person('A'));
    expect_told(birch, "order.recorded alder birch ord\n");
}

static void the_house(void **state)
{
    (void)state;
    struct command command = command_of(ACT_TRUST, "", "");
    TEXT_COPY(command.trust.org_id, alder);
    TEXT_COPY(command.trust.sender_org_id, birch);
    ok(command, town_person('A'));
    command = command_of(ACT_OPEN_ACCOUNT, "", "");
    TEXT_COPY(command.account.org_id, alder);
    TEXT_COPY(command.account.name, "Third");
    ok(command, town_person('A'));
    command.kind = ACT_CLOSE_ACCOUNT;
    TEXT_COPY(command.account.account_id, last_id);
    ok(command, town_person('A'));
    command = town_project_command(alder, "P1", INSTRUMENT_CARBON_REMOVAL);
    command.kind = ACT_EDIT_PROJECT;
    TEXT_COPY(command.project.project_id, project);
    ok(command, town_person('Z'));
    command = command_of(ACT_EDIT_ORGANISATION, "", "");
    TEXT_COPY(command.organisation.org_id, cedar);
    TEXT_COPY(command.organisation.name, "Cedar and Sons");
    ok(command, town_person('Z'));
    command.kind = ACT_SET_ORGANISATION_STATE;
    command.organisation.state = ORG_SUSPENDED;
    TEXT_COPY(command.organisation.reason, "Because");
    ok(command, town_person('Z'));
    for (int i = 0; i < 2; i++) {
        command = command_of(ACT_FREEZE, "", "");
        command.setting.frozen = i == 0;
        TEXT_COPY(command.setting.text, "Because");
        ok(command, town_person('Z'));
    }
    command = command_of(ACT_SET_REGISTRY_ROLES, "", "");
    TEXT_COPY(command.person.user_id, town_person('C'));
    command.person.roles = REGISTRY_AUDITOR;
    ok(command, town_person('Z'));
    expect_told("", "project.changed* alder - prj\norganisation.changed* cedar - org\n"
                    "organisation.changed* cedar - org\nregistry.frozen* - - \n"
                    "registry.thawed* - - \n");
    expect_told(alder, "trust.changed alder - org\naccount.opened alder - acc\n"
                       "account.closed alder - acc\nproject.changed* alder - prj\n"
                       "organisation.changed* cedar - org\norganisation.changed* cedar - org\n"
                       "registry.frozen* - - \nregistry.thawed* - - \n");
}

static void the_pool_and_who_is_named(void **state)
{
    (void)state;
    struct command command = command_of(ACT_REFUND, "", town_key());
    TEXT_COPY(command.pool.project_id, project);
    command.pool.units = 100;
    ok(command, town_person('Z'));
    command.kind = ACT_CANCEL_UNITS;
    TEXT_COPY(command.key, town_key());
    TEXT_COPY(command.pool.notes, "A fire");
    ok(command, town_person('Z'));
    command = command_of(ACT_OPEN_BENEFICIARY, "", town_key());
    TEXT_COPY(command.beneficiary.org_id, birch);
    TEXT_COPY(command.beneficiary.name, "A customer");
    TEXT_COPY(command.beneficiary.domain, "customer.example.org");
    ok(command, town_person('B'));
    TEXT_COPY(command.key, town_key());
    ok(command, town_person('B')); /* found: nothing is changed, nobody is told */
    expect_told(birch, "refund.made* pool alder bpr\ncancellation.made* pool alder cnl\n"
                       "beneficiary.named birch - org\n");
    expect_told("", "refund.made* pool alder bpr\ncancellation.made* pool alder cnl\n");
}

/* Page by page, however small the pages are, it is the same. */
static void pages_leave_nothing_out(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        ok(sends(i % 2 == 0 ? birch : cedar, 1 + i), town_person('A'));
        if (i % 3 == 0) {
            decide(ACT_ACCEPT, i % 2 == 0 ? town_person('B') : town_person('C'), last_id);
        }
    }
    const char *const orgs[] = {"", alder, birch, cedar};
    struct store *store = store_open(STORE_REGISTRY, STORE_READ, town.path, tables);
    assert_non_null(store);
    for (size_t o = 0; o < sizeof(orgs) / sizeof(orgs[0]); o++) {
        arena_reset(&town.arena, 0);
        struct events whole = events_after(store, &town.arena, orgs[o], 0, TOLD_MAX);
        for (size_t most = 1; most < 8; most++) {
            int64_t after = 0;
            size_t seen = 0;
            for (;;) {
                struct events page = events_after(store, &town.arena, orgs[o], after, most);
                assert_true(page.count <= most);
                for (size_t i = 0; i < page.count; i++) {
                    assert_int_equal(page.rows[i].seq, whole.rows[seen + i].seq);
                }
                seen += page.count;
                after = page.next_after;
                if (page.count == 0) {
                    break;
                }
            }
            assert_int_equal(seen, whole.count);
            assert_int_equal(after, events_last_seq(store));
        }
    }
    store_close(store);
}

/* ---- an older registry ---- */

static void say(void *context, const char *sentence)
{
    (void)context;
    print_error("%s\n", sentence);
}

/* Acts that tell something else in the other file; each is said. */
static int differences(const char *other_path)
{
    char *texts[TOLD_MAX];
    char attach[200];
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(town.path, &db), SQLITE_OK);
    (void)snprintf(attach, sizeof(attach), "ATTACH '%s' AS other", other_path);
    older_run(db, attach);
    int count = older_texts(
        db,
        "SELECT a.seq || ' ' || a.command || ': ' || a.event || ' ' || a.other_org_id || ' '"
        " || a.is_public || ' is now ' || coalesce(b.event || ' ' || b.other_org_id || ' '"
        " || b.is_public, 'not there') FROM main.act a LEFT JOIN other.act b ON b.seq = a.seq"
        " WHERE (a.event, a.other_org_id, a.is_public)"
        " IS NOT (b.event, b.other_org_id, b.is_public)",
        texts, TOLD_MAX);
    for (int i = 0; i < count; i++) {
        print_error("%s\n", texts[i]);
        free(texts[i]);
    }
    sqlite3_close(db);
    return count;
}

static void an_older_registry_is_told_the_same(void **state)
{
    a_transfer_is_told_as_it_becomes_known(state);
    town_policy(birch, INCOMING_ASK, TWO_PERSON_NEVER, 0);
    mark();
    before_the_last_approval_the_sender_alone_knows(state);
    town_policy(alder, INCOMING_ASK, TWO_PERSON_NEVER, 0);
    town_policy(birch, INCOMING_ASK, TWO_PERSON_NEVER, 0);
    mark();
    other_ends_of_a_transfer(state);
    trade();
    mark();
    the_house(state);

    char older[128];
    (void)snprintf(older, sizeof(older), "%s/older.db", town.folder);
    older_make(older, 3);
    assert_int_equal(store_migrate(STORE_REGISTRY, older, "schema/registry"), STATUS_OK);
    assert_int_equal(differences(older), 0);
    struct store *store = store_open(STORE_REGISTRY, STORE_READ, older, ledger_verify_tables);
    assert_non_null(store);
    struct verify_report report = {.say = say};
    assert_int_equal(ledger_verify(store, &town.arena, &report), STATUS_OK);
    assert_int_equal(report.violations, 0);
    store_close(store);
}

#define TOLD(test) cmocka_unit_test_setup_teardown(test, build, demolish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TOLD(the_beginning_is_public),
        TOLD(a_transfer_is_told_as_it_becomes_known),
        TOLD(before_the_last_approval_the_sender_alone_knows),
        TOLD(other_ends_of_a_transfer),
        TOLD(orders_deliveries_retirements),
        TOLD(the_house),
        TOLD(the_pool_and_who_is_named),
        TOLD(pages_leave_nothing_out),
        TOLD(an_older_registry_is_told_the_same),
    };
    return cmocka_run_group_tests_name("events", tests, NULL, NULL);
}
