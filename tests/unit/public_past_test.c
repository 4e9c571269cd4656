/* tests/unit/public_past_test.c: what store/public_past.h tells of a batch's past is what its lines
 * say when one goes up from cut to cut, in histories with forks of every kind; and it costs what is
 * asked for, not what the history is long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger/town.h"
#include "store/inside.h"
#include "store/public_past.h"

#define IDS_MAX 4096

static char alder[ID_SIZE], birch[ID_SIZE], cedar[ID_SIZE], pool[ID_SIZE], project[ID_SIZE];
static struct store *store;
static sqlite3 *look;
static struct arena arena;
static uint64_t seed;

/* ---- a town ---- */

static void found_town(void)
{
    static const struct query_table *const tables[] = {&public_past_queries, NULL};
    town_found();
    must(TEXT_COPY(alder, town_org("Alder", true, ORG_PARTICIPANT)));
    must(TEXT_COPY(birch, town_org("Birch", false, ORG_PARTICIPANT)));
    must(TEXT_COPY(cedar, town_org("Cedar", false, ORG_PARTICIPANT)));
    must(TEXT_COPY(pool, town_org("Pool", false, ORG_BUFFER)));
    must(TEXT_COPY(project, town_project(alder, "P1", INSTRUMENT_CARBON_REMOVAL)));
    town_policy(alder, INCOMING_ALL, TWO_PERSON_NEVER, 0);
    town_policy(birch, INCOMING_ALL, TWO_PERSON_NEVER, 0);
    store = store_open(STORE_REGISTRY, STORE_READ, town.path, tables);
    must(store != NULL);
    must(sqlite3_open(town.path, &look) == SQLITE_OK);
}

static void leave_town(void)
{
    store_close(store);
    sqlite3_close(look);
    town_leave();
}

/* The first column of every row, for the batch ?1. */
static size_t ids_of(const char *sql, const char *batch_id, char ids[][ID_SIZE])
{
    sqlite3_stmt *statement = NULL;
    size_t count = 0;
    assert_int_equal(sqlite3_prepare_v2(look, sql, -1, &statement, NULL), SQLITE_OK);
    (void)sqlite3_bind_text(statement, 1, batch_id, -1, SQLITE_STATIC);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        must(count < IDS_MAX);
        must(text_copy(ids[count++], ID_SIZE, (const char *)sqlite3_column_text(statement, 0)));
    }
    (void)sqlite3_finalize(statement);
    return count;
}

static const char *one_id(const char *sql, const char *batch_id)
{
    static char ids[4][1][ID_SIZE];
    static unsigned next;
    char(*id)[ID_SIZE] = ids[next++ % 4];
    id[0][0] = '\0';
    must(ids_of(sql, batch_id, id) <= 1);
    return id[0];
}

/* ---- acts ---- */

static void pass_time(void)
{
    town.now_us += CLOCK_SECOND_US;
}

static const char *holder_of(const char *batch_id)
{
    return one_id("SELECT org_id FROM batch WHERE batch_id = ?1", batch_id);
}

/* A transfer of some units of one batch. */
static struct command sends(const char *batch_id, const char *to, int64_t units)
{
    pass_time();
    struct command command = town_transfer("", holder_of(batch_id), to, "", 0);
    command.transfer.line_count = 1;
    must(TEXT_COPY(command.transfer.lines[0].batch_id, batch_id));
    command.transfer.lines[0].units = units;
    return command;
}

/* Its right part, when some of it has been taken; itself when all was. */
static const char *rest_of(const char *batch_id)
{
    return one_id("SELECT coalesce(right_id, batch_id) FROM batch WHERE batch_id = ?1", batch_id);
}

static const char *sent(const char *batch_id, const char *to, int64_t units)
{
    struct command command = sends(batch_id, to, units);
    return town_do(&command);
}

static void ends(enum act_kind kind, const char *transfer_id)
{
    pass_time();
    struct command command = town_decide(kind, "", transfer_id, kind == ACT_ACCEPT ? "" : "No");
    town_do(&command);
}

static void exported(const char *batch_id, int64_t units)
{
    struct command command = sends(batch_id, "", units);
    command.transfer.kind = TRANSFER_EXPORT;
    TEXT_COPY(command.transfer.to_system, "Elsewhere");
    TEXT_COPY(command.transfer.to_system_party, "Somebody");
    const char *id = town_do(&command);
    struct command step = town_decide(ACT_REGISTRY_APPROVE, "", id, "");
    town_do(&step);
    ends(ACT_COMPLETE_EXPORT, id);
}

static void moved_within(const char *batch_id, int64_t units)
{
    const char *org_id = holder_of(batch_id);
    struct command command = sends(batch_id, "", units);
    const char *other = one_id(
        "SELECT a.account_id FROM account a JOIN batch b ON b.org_id = a.org_id"
        " AND b.account_id <> a.account_id WHERE b.batch_id = ?1 AND a.kind = 'active' LIMIT 1",
        batch_id);
    if (text_empty(other)) {
        struct command account = command_of(ACT_OPEN_ACCOUNT, "", town_key());
        TEXT_COPY(account.account.org_id, org_id);
        TEXT_COPY(account.account.name, "Second");
        account.account.kind = ACCOUNT_ACTIVE;
        other = town_do(&account);
    }
    command.transfer.kind = TRANSFER_INTERNAL;
    TEXT_COPY(command.transfer.to_account_id, other);
    town_do(&command);
}

static void retired(const char *batch_id, int64_t units)
{
    pass_time();
    struct command command = command_of(ACT_RETIRE, "", town_key());
    TEXT_COPY(command.retire.org_id, holder_of(batch_id));
    TEXT_COPY(command.retire.beneficiary, "Travellers");
    command.retire.purposes = 2;
    command.retire.line_count = 1;
    must(TEXT_COPY(command.retire.lines[0].batch_id, batch_id));
    command.retire.lines[0].units = units;
    town_do(&command);
}

static void delivered(const char *batch_id, const char *buyer, int64_t units)
{
    pass_time();
    struct command command = command_of(ACT_ORDER, "", town_key());
    TEXT_COPY(command.order.supplier_org_id, alder);
    TEXT_COPY(command.order.buyer_org_id, buyer);
    command.order.units = units;
    const char *order_id = town_do(&command);
    command = command_of(ACT_DELIVER, "", town_key());
    TEXT_COPY(command.deliver.order_id, order_id);
    command.deliver.line_count = 1;
    must(TEXT_COPY(command.deliver.lines[0].batch_id, batch_id));
    command.deliver.lines[0].units = units;
    town_do(&command);
}

static void left_pool(enum act_kind kind, const char *batch_id, int64_t units)
{
    pass_time();
    struct command command = command_of(kind, "", town_key());
    TEXT_COPY(command.pool.project_id, project);
    TEXT_COPY(command.pool.notes, "Monitoring says so");
    command.pool.line_count = 1;
    must(TEXT_COPY(command.pool.lines[0].batch_id, batch_id));
    command.pool.lines[0].units = units;
    town_do(&command);
}

static int64_t drawn(int64_t below)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int64_t)((seed >> 33) % (uint64_t)below);
}

#define FREE "SELECT batch_id FROM batch WHERE state = 'active' AND reserved_by IS NULL "
/* Something happens to some free batch. */
static void happens(void)
{
    static char ids[IDS_MAX][ID_SIZE];
    size_t count = ids_of(drawn(8) == 0 ? FREE "AND org_id IN (SELECT org_id FROM organisation"
                                               " WHERE kind = 'buffer') ORDER BY batch_id"
                                        : FREE "ORDER BY batch_id",
                          "", ids);
    if (count == 0) {
        return;
    }
    const char *id = ids[drawn((int64_t)count)];
    const char *org_id = holder_of(id);
    int64_t units = town_number(
        arena_printf(&arena, "SELECT last - first + 1 FROM batch WHERE batch_id = '%s'", id));
    units = drawn(3) == 0 ? units : 1 + drawn(units);
    int64_t act = drawn(16);
    if (text_is(org_id, pool)) { /* a little, or there is soon nothing left in it */
        units = units > 40 ? 1 + drawn(40) : units;
        left_pool(act < 8 ? ACT_CANCEL_UNITS : ACT_REFUND, id, units);
    } else if (act < 6) {
        (void)sent(id, text_is(org_id, alder) ? birch : alder, units);
    } else if (act < 10 && !text_is(org_id, cedar)) { /* asks each time */
        ends(act < 8 ? ACT_ACCEPT : act == 8 ? ACT_REJECT : ACT_WITHDRAW, sent(id, cedar, units));
    } else if (act < 12) {
        moved_within(id, units);
    } else if (act == 12 && text_is(org_id, alder)) {
        delivered(id, birch, units);
    } else if (act == 13) {
        retired(id, units > 5 ? 5 : units);
    } else if (act == 14) {
        exported(id, units > 5 ? 5 : units);
    } else {
        (void)sent(id, text_is(org_id, birch) ? alder : birch, units);
    }
}

/* ---- what the past is, found from cut to cut ---- */

#define UP                                                                                         \
    "WITH RECURSIVE up (id, step) AS (SELECT ?1, 0 UNION ALL SELECT b.parent_id, up.step + 1"      \
    " FROM up JOIN batch b ON b.batch_id = up.id WHERE b.parent_id IS NOT NULL) "
static const char ancestors_sql[] = UP "SELECT id FROM up WHERE step > 0 ORDER BY step";
static const char events_sql[] = UP
    "SELECT e.id FROM up JOIN (SELECT batch_id, transfer_id AS id, ended_at AS at"
    " FROM transfer_line JOIN transfer USING (transfer_id) WHERE state = 'completed'"
    " UNION ALL SELECT batch_id, delivery_id, delivered_at FROM delivery_line"
    " JOIN delivery USING (delivery_id)"
    " UNION ALL SELECT batch_id, refund_id, refunded_at FROM refund_line JOIN refund USING"
    " (refund_id) UNION ALL SELECT batch_id, cancellation_id, cancelled_at FROM cancellation_line"
    " JOIN cancellation USING (cancellation_id)) e ON e.batch_id = up.id ORDER BY e.at DESC";

static void compare_events(const char *batch_id, size_t most)
{
    static char ids[IDS_MAX][ID_SIZE];
    size_t count = ids_of(events_sql, batch_id, ids);
    size_t told = 0;
    char behind[ID_SIZE] = "";
    bool has_more = true;
    while (has_more) {
        arena_reset(&arena, 0);
        struct public_events events = public_batch_events(store, &arena, batch_id, behind, most);
        assert_true(events.count <= most && told + events.count <= count);
        for (size_t i = 0; i < events.count; i++) {
            assert_string_equal(events.at[i].id, ids[told + i]);
        }
        told += events.count;
        has_more = events.has_more;
        assert_true(!has_more || events.count > 0);
        if (events.count > 0) {
            must(TEXT_COPY(behind, events.at[events.count - 1].id));
        }
        store_settle(store);
    }
    assert_int_equal(told, count);
}

static void compare_ancestors(const char *batch_id, size_t most)
{
    static char ids[IDS_MAX][ID_SIZE];
    size_t count = ids_of(ancestors_sql, batch_id, ids);
    arena_reset(&arena, 0);
    struct public_ancestors found = public_batch_ancestors(store, &arena, batch_id, most);
    assert_int_equal(found.nearest.count, count < most ? count : most);
    for (size_t i = 0; i < found.nearest.count; i++) {
        assert_string_equal(found.nearest.at[i], ids[i]);
    }
    assert_int_equal(found.has_more, count > most);
    assert_string_equal(found.root_id, count == 0 ? "" : ids[count - 1]);
    store_settle(store);
}

static void the_past_is_what_the_lines_say(void **state)
{
    static char all[IDS_MAX][ID_SIZE];
    (void)state;
    seed = 20261129;
    found_town();
    town_issue(project, 2024, 100000, 20000);
    town_issue(project, 2024, 50000, 1000); /* a block beside the first */
    town_issue(project, 2025, 70000, 0);
    for (int i = 0; i < 400; i++) {
        happens();
    }
    size_t count = ids_of("SELECT batch_id FROM batch", "", all);
    assert_true(count > 400);
    for (size_t i = 0; i < count; i++) {
        compare_events(all[i], 1 + i % 3);
        compare_events(all[i], 50);
        compare_ancestors(all[i], i % 4);
        compare_ancestors(all[i], 20);
    }
    /* All kinds were among it. */
    static const char *const kinds[] = {
        "delivery WHERE true",
        "refund WHERE true",
        "cancellation WHERE true",
        "retirement WHERE true",
        "transfer WHERE kind = 'internal'",
        "transfer WHERE state = 'rejected'",
        "transfer WHERE state = 'withdrawn'",
        "transfer WHERE kind = 'export' AND state = 'completed'",
        "transfer_line WHERE split_from IS NULL",
    };
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        int64_t seen = town_number(arena_printf(&arena, "SELECT count(*) FROM %s", kinds[i]));
        if (seen < 3) {
            fail_msg("%lld of %s", (long long)seen, kinds[i]);
        }
    }
    leave_town();
}

/* ---- places ---- */

static void only_what_is_told_is_a_place(void **state)
{
    (void)state;
    found_town();
    town_issue(project, 2024, 1000, 0);
    char whole[ID_SIZE], rest[ID_SIZE], first[ID_SIZE], waits[ID_SIZE], other[ID_SIZE];
    must(TEXT_COPY(whole, one_id("SELECT batch_id FROM batch", "")));
    must(TEXT_COPY(other, sent(whole, birch, 100)));
    must(TEXT_COPY(rest, rest_of(whole)));
    must(TEXT_COPY(first, sent(rest, birch, 900)));
    must(TEXT_COPY(waits, sent(rest, cedar, 900)));
    struct public_events events = public_batch_events(store, &arena, rest, "", 10);
    assert_int_equal(events.count, 1);
    assert_string_equal(events.at[0].id, first);
    assert_string_equal(events.at[0].kind, "external");
    assert_string_equal(events.at[0].from_name, "Alder");
    assert_string_equal(events.at[0].to_org_id, birch);
    static const char *const unknown[] = {"tfr_0000000000000000",
                                          "dlv_0000000000000000",
                                          "cnl_0000000000000000",
                                          "iss_0000000000000000",
                                          "tfr_",
                                          "x",
                                          "tfr_000000000000000000000000"};
    for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        assert_int_equal(public_batch_events(store, &arena, rest, unknown[i], 10).count, 0);
    }
    /* Of two places that have the same before them, a transfer that waits is as one that never was,
     * and so is one that moved another part of the block. */
    const char *again =
        sent(one_id("SELECT left_id FROM batch WHERE batch_id = ?1", whole), alder, 100);
    const char *left = one_id("SELECT batch_id FROM transfer_line WHERE transfer_id = ?1", again);
    events = public_batch_events(store, &arena, left, again, 10);
    assert_int_equal(events.count, 1);
    assert_string_equal(events.at[0].id, other);
    assert_int_equal(public_batch_events(store, &arena, left, first, 10).count, 0);
    ends(ACT_WITHDRAW, waits);
    assert_int_equal(public_batch_events(store, &arena, rest, waits, 10).count, 0);
    const char *later = sent(rest, alder, 900);
    events = public_batch_events(store, &arena, rest, later, 10);
    assert_int_equal(events.count, 1);
    assert_string_equal(events.at[0].id, first);
    leave_town();
}

/* ---- work ---- */

/* Steps of SQLite's machine since the last time. */
static int64_t steps_taken(void)
{
    int64_t steps = 0;
    for (size_t i = 0; i < store->statement_count; i++) {
        steps += sqlite3_stmt_status(store->statements[i], SQLITE_STMTSTATUS_VM_STEP, 1);
    }
    return steps;
}

static int64_t work_of(const char *batch_id)
{
    (void)steps_taken();
    arena_reset(&arena, 0);
    struct public_events events = public_batch_events(store, &arena, batch_id, "", 50);
    struct public_ancestors ancestors = public_batch_ancestors(store, &arena, batch_id, 20);
    assert_true(events.count > 0 && ancestors.has_more && !text_empty(ancestors.root_id));
    store_settle(store);
    return steps_taken();
}

/* What remains of a block that was received, when one unit at a time is taken from it. */
static const char *cut(const char *batch_id, int times)
{
    static char rest[ID_SIZE];
    if (batch_id != rest) {
        must(TEXT_COPY(rest, batch_id));
    }
    for (int i = 0; i < times; i++) {
        (void)sent(rest, text_is(holder_of(rest), birch) ? alder : birch, 1);
        must(TEXT_COPY(rest, rest_of(rest)));
    }
    return rest;
}

static void ten_times_the_cuts_are_no_more_work(void **state)
{
    (void)state;
    found_town();
    town_issue(project, 2024, 100000, 0);
    char whole[ID_SIZE];
    must(TEXT_COPY(whole, one_id("SELECT batch_id FROM batch", "")));
    delivered(whole, birch, 90000);
    const char *rest = one_id("SELECT left_id FROM batch WHERE batch_id = ?1", whole);
    rest = cut(rest, 150);
    int64_t few = work_of(rest);
    rest = cut(rest, 1350);
    int64_t many = work_of(rest);
    assert_int_equal(many, few);
    compare_events(rest, 50);
    compare_ancestors(rest, 20);
    leave_town();
}

/* A part that goes on from hand to hand, cut each time: all of it is its past. */
static void a_page_of_a_long_story_costs_a_page(void **state)
{
    (void)state;
    static char part[ID_SIZE];
    found_town();
    town_issue(project, 2024, 100000, 0);
    must(TEXT_COPY(part, one_id("SELECT batch_id FROM batch", "")));
    int64_t work[2] = {0, 0};
    for (int i = 0; i < 600; i++) {
        if (i == 120) {
            work[0] = work_of(part);
        }
        const char *id = sent(part, text_is(holder_of(part), birch) ? alder : birch, 50000 - i);
        must(TEXT_COPY(part,
                       one_id("SELECT batch_id FROM transfer_line WHERE transfer_id = ?1", id)));
    }
    work[1] = work_of(part);
    assert_int_equal(work[1], work[0]);
    compare_events(part, 50);
    compare_ancestors(part, 20);
    leave_town();
}

/* Acts of a thousand lines, and many cuts between them: a page ends when it has looked through
 * enough, and the next goes on. */
static void large_acts_are_looked_through_a_few_at_a_time(void **state)
{
    (void)state;
    static char last[ID_SIZE];
    found_town();
    town_issue(project, 2024, 100000, 0);
    must(TEXT_COPY(last, one_id("SELECT batch_id FROM batch", "")));
    must(TEXT_COPY(last, cut(last, 1000)));
    for (int round = 0; round < 8; round++) {
        const char *from = round % 2 == 0 ? birch : alder;
        if (round == 0) {
            (void)sent(last, birch, 90000);
            last[0] = '\0';
        }
        int64_t units = town_number(
            arena_printf(&arena, "SELECT active FROM holding WHERE org_id = '%s'", from));
        pass_time();
        struct command command =
            town_transfer("", from, round % 2 == 0 ? alder : birch, "", units - 10);
        const char *id = town_do(&command);
        must(TEXT_COPY(last, one_id("SELECT batch_id FROM transfer_line WHERE transfer_id = ?1"
                                    " ORDER BY line DESC LIMIT 1",
                                    id)));
        must(TEXT_COPY(last, cut(last, 70)));
    }
    arena_reset(&arena, 0);
    struct public_events events = public_batch_events(store, &arena, last, "", 50);
    assert_true(events.has_more && events.count > 2 && events.count < 8);
    store_settle(store);
    compare_events(last, 50);
    compare_events(last, 1);
    leave_town();
}

int main(void)
{
    arena_map(&arena, 16UL * 1024 * 1024);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_past_is_what_the_lines_say),
        cmocka_unit_test(only_what_is_told_is_a_place),
        cmocka_unit_test(ten_times_the_cuts_are_no_more_work),
        cmocka_unit_test(a_page_of_a_long_story_costs_a_page),
        cmocka_unit_test(large_acts_are_looked_through_a_few_at_a_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
