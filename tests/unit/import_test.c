/*
 * import_test.c: `tally import isometric` and `tally demo` on a real ledger: the committed lists
 * exactly, twice, changed, and rough.
 */
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "base/text.h"
#include "import/csv.h"
#include "ledger/daemon.h"
#include "unit/import_room.h"

#define LISTS "schema/demo/isometric"
#define PROJECTS_HEAD                                                                              \
    "id,name,status,short_code,url,pathway,protocol_slug,country_code,validator_name,current_"     \
    "verifier_name,"                                                                               \
    "crediting_period_start,crediting_period_end,location.description,location.country_name,"      \
    "issued_credits_total.credit_kgs,retired_credits_total.credit_kgs,supplier.organisation.id,"   \
    "supplier.id,"                                                                                 \
    "supplier.organisation.name,supplier.organisation.domain,supplier.long_description,supplier."  \
    "location.country_code\n"
#define ISSUANCES_HEAD                                                                             \
    "id,issued_at,project_id,supplier_credit_batch_size_total.credit_kgs,"                         \
    "buffer_pool_credit_batch_size_total.credit_kgs,credit_batch_size_total.credit_kgs,credit_"    \
    "batch_size_total.credits\n"
#define RETIREMENTS_HEAD                                                                           \
    "retirement_id,retired_at,purposes,notes,beneficiary.id,beneficiary.name,beneficiary.domain,"  \
    "owner.id,owner.name,"                                                                         \
    "owner.domain,credit_batch_size_total.credit_kgs,credit_batch_size_total.credits,project_id\n"
#define SUPPLIER                                                                                   \
    ",org_1H31MW3MD1S04HBP,spl_1H31MW3MD1S04HBP,Old Mill,old-mill.example,Makes char.,GBR\n"
#define PROJECT                                                                                    \
    "prj_1HHYZFVGW1S044ZY,Old Mill "                                                               \
    "One,validated,OM1,,biomass_carbon_removal_and_storage,biochar,GBR,,,2025-01-01,,Kent,,"       \
    "9000,1500,org_1H31MW3MD1S04HBP,spl_1H31MW3MD1S04HBP,Old Mill,old-mill.example,Makes "         \
    "char.,GBR\n"
#define BUYER                                                                                      \
    "org_1H31N46E91S06YTY,Bay Buyer,bay.example,org_1H31N46E91S06YTY,Bay Buyer,bay.example"

static void write_lists(const char *projects, const char *issuances, const char *retirements)
{
    char text[20000];

    PRINT_INTO(text, "%s%s", PROJECTS_HEAD, projects);
    room_write("projects.csv", text);
    PRINT_INTO(text, "%s%s", ISSUANCES_HEAD, issuances);
    room_write("issuances.csv", text);
    PRINT_INTO(text, "%s%s", RETIREMENTS_HEAD, retirements);
    room_write("retirements.csv", text);
}

static int import_room(void)
{
    return ROOM_RUN(import_main, "import", "isometric", room_folder);
}

static void assert_said(const char *text, const char *part)
{
    if (strstr(text, part) == NULL) {
        fprintf(stderr, "%s\n", text);
        fail_msg("not said: %s", part);
    }
}

/* What the published lists imply, checked with SQL of the test's own. */
static void published_lists_arrive_exactly(void **state)
{
    (void)state;
    assert_int_equal(ROOM_RUN(import_main, "import", "isometric", LISTS, "--dry-run"), 0);
    assert_said(
        room_out,
        "Issuances          would be made:   100   already there:     0   85,162.160 credits");
    assert_said(room_out, "it would accept them all");
    assert_int_equal(room_number("SELECT count(*) FROM organisation"), 0);
    assert_int_equal(room_number("SELECT count(*) FROM act"), 0);

    assert_int_equal(ROOM_RUN(import_main, "import", "isometric", LISTS), 0);
    assert_int_equal(room_number("SELECT count(*) FROM project"), 50);
    assert_int_equal(room_number("SELECT count(*) FROM organisation WHERE supplier_id IS NOT NULL"),
                     40);
    assert_int_equal(room_number("SELECT count(*) FROM organisation WHERE kind = 'participant'"),
                     84);
    assert_int_equal(room_number("SELECT count(*) FROM issuance WHERE kind = 'issued'"), 100);
    assert_int_equal(room_number("SELECT count(*) FROM retirement"), 100);
    assert_int_equal(room_number("SELECT count(*) FROM retirement WHERE notes <> ''"), 53);
    assert_int_equal(
        room_number("SELECT count(*) FROM retirement WHERE beneficiary_org_id <> org_id"), 50);
    assert_int_equal(
        room_number(
            "SELECT sum(supplier_units + buffer_units) FROM issuance WHERE kind = 'issued'"),
        85162160);
    assert_int_equal(room_number("SELECT sum(units) FROM retirement"), 14366110);
    assert_int_equal(room_number("SELECT sum(issued) FROM conservation"), 85162160);
    assert_int_equal(room_number("SELECT sum(retired) FROM conservation"), 14366110);
    assert_int_equal(room_number("SELECT count(latitude_udeg) FROM project"), 48);
    assert_int_equal(room_number("SELECT count(latitude_udeg) FROM organisation"), 7);
    assert_int_equal(room_number("SELECT count(*) FROM organisation WHERE short_description <> ''"),
                     40);
    assert_int_equal(room_number("SELECT count(*) FROM project WHERE place = 'Rajasthan, India'"
                                 " AND latitude_udeg = 27023800 AND longitude_udeg = 74217900"),
                     1);
    assert_int_equal(/* 29.728229835733384, -95.56960726715872 */
                     room_number("SELECT count(*) FROM organisation WHERE latitude_udeg = 29728230"
                                 " AND longitude_udeg = -95569607 AND country = 'USA'"),
                     1);
    /* to the microsecond and the kilogram */
    assert_int_equal(
        room_number("SELECT issued_at FROM issuance WHERE issuance_id = 'iss_1KP6EDZ8K1S036PY'"),
        INT64_C(1776185441621676));
    assert_int_equal(
        room_number(
            "SELECT supplier_units FROM issuance WHERE issuance_id = 'iss_1KP6EDZ8K1S036PY'"),
        2710062);
    assert_int_equal(
        room_number("SELECT buffer_units FROM issuance WHERE issuance_id = 'iss_1KP6EDZ8K1S036PY'"),
        55308);
    assert_int_equal(
        room_number("SELECT vintage FROM issuance WHERE issuance_id = 'iss_1KP6EDZ8K1S036PY'"),
        2026);
    assert_int_equal(
        room_number(
            "SELECT retired_at FROM retirement WHERE retirement_id = 'ret_1KNSQMD6Z1S0TB50'"),
        INT64_C(1775758882047712));
    assert_int_equal(room_number("SELECT count(*) FROM retirement WHERE purposes = 3"),
                     19); /* two purposes */
    assert_int_equal(
        room_number("SELECT count(*) FROM organisation WHERE domain = 'carboneers.earth'"), 1);
}

/* Nothing is made up in silence. */
static void what_was_made_up_says_so(void **state)
{
    (void)state;
    assert_int_equal(ROOM_RUN(import_main, "import", "isometric", LISTS), 0);
    assert_int_equal(
        room_number("SELECT count(*) FROM delivery d JOIN buyer_order o USING (order_id) WHERE "
                    "d.notes LIKE "
                    "'Reconstructed from the published retirement ret_%; the order and delivery "
                    "themselves are not "
                    "published.' AND o.notes = d.notes AND o.ordered_at < d.delivered_at"),
        100);
    assert_int_equal(room_number("SELECT count(*) FROM issuance WHERE kind = 'imported'"), 1);
    assert_int_equal(
        room_number("SELECT supplier_units FROM issuance WHERE kind = 'imported' AND project_id = "
                    "'prj_1JN6XNWDQ1S0BSN7' AND notes LIKE 'Opening balance: the least amount%'"),
        195551);
    assert_int_equal(room_number("SELECT sum(imported) FROM conservation"), 195551);
    assert_said(
        room_out,
        "note: retirements.csv:83:1: retirement_id: ret_1KCQEGRVG1S04NBQ retires 199.000 credits");
    assert_said(room_out, "The project's own published totals (issued 51.250, retired 3.449 "
                          "credits) do not cover it.");
    assert_said(room_out, "note: retirements.csv:11:50: purposes: The file names no purpose for "
                          "ret_1KMZP3TAK1S0SBJ9");
    assert_said(room_out, "The files name no vintage: the year of issue stands for it.");
    assert_int_equal(room_number("SELECT count(*) FROM retirement WHERE purposes = 16 AND origin "
                                 "LIKE '%no purpose there%'"),
                     1);
    /* nobody holds what the lists do not say: owners retire all that they got */
    assert_int_equal(room_number("SELECT count(*) FROM batch WHERE state = 'active' AND org_id <> "
                                 "supplier_org_id AND org_id NOT IN "
                                 "(SELECT org_id FROM organisation WHERE kind = 'buffer')"),
                     0);
    assert_int_equal(ROOM_RUN(operate_verify, "verify"), 0);
}

static void twice_makes_nothing_twice(void **state)
{
    (void)state;
    assert_int_equal(ROOM_RUN(import_main, "import", "isometric", LISTS), 0);
    int64_t acts = room_number("SELECT count(*) FROM act");
    assert_int_equal(ROOM_RUN(import_main, "import", "isometric", LISTS), 0);
    assert_said(room_out, "Retirements        made:     0   already there:   100");
    assert_said(room_out, "Opening balances   made:     0   already there:     1");
    assert_int_equal(room_number("SELECT count(*) FROM act"), acts);
}

static void changed_rows_are_told_and_left(void **state)
{
    (void)state;
    write_lists(
        PROJECT,
        "iss_1HJB45W9G1S0QTD1,2026-01-02T10:00:00Z,prj_1HHYZFVGW1S044ZY,5000,100,5100,5.1\n",
        "ret_1KBAPHNME1S043BC,2026-01-03T10:00:00Z,['other'],," BUYER
        ",1500,1.5,prj_1HHYZFVGW1S044ZY\n");
    assert_int_equal(import_room(), 0);
    write_lists(
        "prj_1HHYZFVGW1S044ZY,Old Mill "
        "Two,validated,OM1,,biomass_carbon_removal_and_storage,biochar,GBR,,,,,Kent,,"
        "9000,1500,org_1H31MW3MD1S04HBP,spl_1H31MW3MD1S04HBP,New Mill,old-mill.example,Makes "
        "char.,GBR\n",
        "iss_1HJB45W9G1S0QTD1,2026-01-02T10:00:00Z,prj_1HHYZFVGW1S044ZY,5001,100,5101,5.101\n",
        "ret_1KBAPHNME1S043BC,2026-01-03T10:00:00Z,['other'],," BUYER
        ",1501,1.501,prj_1HHYZFVGW1S044ZY\n"
        "ret_1KBB20ZMH1S02H1Z,2026-01-04T10:00:00Z,['other'],," BUYER
        ",2000,2,prj_1HHYZFVGW1S044ZY\n");
    assert_int_equal(import_room(), 0);
    assert_said(room_out, "Rows that differ from what is there (left as they are): 4");
    assert_said(room_out, "projects.csv:2:1: id: prj_1HHYZFVGW1S044ZY is \"Old Mill One\" (OM1, "
                          "validated) in the registry; the file now "
                          "says \"Old Mill Two\"");
    assert_said(room_out,
                "org_1H31MW3MD1S04HBP is \"Old Mill\" (old-mill.example) in the registry");
    assert_said(room_out, "issuances.csv:2:1: id: iss_1HJB45W9G1S0QTD1 is in the registry with "
                          "5000 kg and 100 kg for the buffer pool");
    assert_said(
        room_out,
        "retirements.csv:2:1: retirement_id: ret_1KBAPHNME1S043BC is in the registry with 1500 kg");
    /* the new row of the longer list came through, from what was left */
    assert_int_equal(room_number("SELECT sum(units) FROM retirement"), 3500);
    assert_int_equal(room_number("SELECT sum(imported) FROM conservation"), 0);
    assert_int_equal(ROOM_RUN(operate_verify, "verify"), 0);
}

/* What the registry holds, without an act. */
static void set(const char *sql)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(room_path("registry.db"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

/* A registry that was made from lists without places, or before places were kept, does not get them
 * by importing again: that is told, of suppliers and of projects. Lists that say nothing of it are
 * not other ones. */
static void what_is_said_of_places_is_told_and_left(void **state)
{
    (void)state;
    char text[4000];
    write_lists(PROJECT, "", "");
    assert_int_equal(import_room(), 0);
    size_t head = strlen(PROJECTS_HEAD) - 1;
    PRINT_INTO(text,
               "%.*s,location.latitude,location.longitude,supplier.short_description,"
               "supplier.location.latitude,supplier.location.longitude\n"
               "%.*s,51.2,0.52,Makes char for fields,51.3,-0.5\n",
               (int)head, PROJECTS_HEAD, (int)strlen(PROJECT) - 1, PROJECT);
    room_write("projects.csv", text);
    assert_int_equal(import_room(), 0);
    assert_said(room_out, "Rows that differ from what is there (left as they are): 2");
    assert_said(room_out, "prj_1HHYZFVGW1S044ZY is at no place on the map in the registry; the "
                          "file now says 51.2° N, 0.52° E. Nothing was changed.");
    assert_said(room_out, "org_1H31MW3MD1S04HBP is \"Old Mill\" (old-mill.example) in the "
                          "registry; the file now describes it differently.");
    assert_int_equal(room_number("SELECT count(latitude_udeg) FROM project"), 0);
    set("UPDATE project SET latitude_udeg = 51200000, longitude_udeg = 520000;"
        "UPDATE organisation SET latitude_udeg = 51300000, longitude_udeg = -500000,"
        " short_description = 'Makes char for fields'");
    assert_int_equal(import_room(), 0);
    assert_true(strstr(room_out, "Rows that differ") == NULL);
    set("UPDATE project SET longitude_udeg = -520000");
    assert_int_equal(import_room(), 0);
    assert_said(room_out, "prj_1HHYZFVGW1S044ZY is at 51.2° N, 0.52° W in the registry; the file "
                          "now says 51.2° N, 0.52° E. Nothing was changed.");
    write_lists(PROJECT, "", "");
    assert_int_equal(import_room(), 0);
    assert_true(strstr(room_out, "Rows that differ") == NULL);
}

static void opening_balances_are_the_least(void **state)
{
    (void)state;
    write_lists(PROJECT,
                "iss_1HJB45W9G1S0QTD1,2026-01-10T10:00:00Z,prj_1HHYZFVGW1S044ZY,1000,0,1000,1\n",
                "ret_1KBB20ZMH1S02H1Z,2026-01-20T10:00:00Z,['other'],," BUYER
                ",\"1,700\",\"1.7\",prj_1HHYZFVGW1S044ZY\n"
                "ret_1KBAPHNME1S043BC,2026-01-03T10:00:00Z,['other'],," BUYER
                ",300,0.3,prj_1HHYZFVGW1S044ZY\n");
    assert_int_equal(import_room(), 0);
    assert_int_equal(room_number("SELECT sum(imported) FROM conservation"), 300 + 700);
    assert_int_equal(room_number("SELECT count(*) FROM issuance WHERE kind = 'imported' AND notes "
                                 "= 'Opening balance: the least amount "
                                 "that makes the published retirements possible; earlier issuances "
                                 "are not in the imported file.'"),
                     2);
    assert_int_equal(room_number("SELECT sum(active) FROM conservation"), 0);
    assert_int_equal(ROOM_RUN(operate_verify, "verify"), 0);
}

static void every_bad_cell_is_named(void **state)
{
    (void)state;
    write_lists(
        "prj_1HHYZFVGW1S044Z,Old Mill One,validated,OM1,,marine,,GBR,,,,,,,1,0" SUPPLIER
        "prj_1HHYZFVGW1S044ZY,,validated,om-2,,moonshot,,UK,,,03/04/2026,,,,1,0" SUPPLIER
        "prj_1HCHT9G2H1S05MYP,Old Mill Three,validated,OM3,,marine,,GBR,,,,,,,1.5,-2" SUPPLIER
        "prj_1H502CZZH1S0VMYW,Old Mill Four,validated,OM4,,marine,,GBR,,,,,,,1,0" SUPPLIER
        "prj_1H502CZZH1S0VMYW,Old Mill Five,validated,OM5,,marine,,GBR,,,,,,,1,0" SUPPLIER,
        "iss_1HJB45W9G1S0QTD1,2026-01-10T10:00:00Z,prj_1H502CZZH1S0VMYW,1000,10,1000,1\n"
        "iss_1HJB45W9G1S0JS00,the tenth,prj_1H502CZZH1S0VMYW,1000,0,1000,1.001\n"
        "iss_1HJB45W9G1S0DQJZ,2026-01-10,prj_1JN6XNWDQ1S0BSN7,1000,0,1000,1\n",
        "ret_1KBB20ZMH1S02H1Z,2026-01-20T10:00:00Z,['fun'],," BUYER ",0,0,prj_1H502CZZH1S0VMYW\n"
        "ret_1KBAPHNME1S043BC,2026-01-20T10:00:00Z,['other'],\"two\nlines\"," BUYER
        ",1e3,1,prj_1H502CZZH1S0VMYW\n"
        "ret_1KBDDTZJ01S0TNXC,2026-01-20T10:00:00Z,['other'],,org_1,Bay,bay,org_1H31N46E91S06YTY,"
        "Bay,bay,1,0.001,"
        "prj_1H502CZZH1S0VMYW\n");
    assert_int_equal(import_room(), 1);
    static const char *const said[] = {
        "projects.csv:2:1: id: \"prj_1HHYZFVGW1S044Z\" is not an id.",
        "projects.csv:3:22: name: The cell is empty.",
        "projects.csv:3:33: short_code: \"om-2\" cannot stand in a serial number.",
        "projects.csv:3:39: pathway: Neither the protocol \"\" nor the pathway \"moonshot\" has a "
        "code for serial numbers yet.",
        "projects.csv:3:49: country_code: \"UK\" is not a country.",
        "projects.csv:3:54: crediting_period_start: \"03/04/2026\": day and month could be either "
        "way round.",
        "issued_credits_total.credit_kgs: Only whole numbers are accepted here.",
        "retired_credits_total.credit_kgs: The amount is negative",
        "projects.csv:6:1: id: prj_1H502CZZH1S0VMYW stands on line 5 already.",
        "issuances.csv:2:72: credit_batch_size_total.credit_kgs: The supplier's 1000 kg and the "
        "buffer pool's 10 kg do not add up to 1000 kg.",
        "issuances.csv:3:22: issued_at: \"the tenth\" is not a time.",
        "The kilograms differ from the credits: 1000 kg here, 1001 kg there.",
        "issuances.csv:4:33: project_id: The project \"prj_1JN6XNWDQ1S0BSN7\" is not among the "
        "rows",
        "purposes: \"fun\" is not a purpose.",
        "The amount is zero.",
        "retirements.csv:3:53: notes: The text has control characters or line breaks.",
        "retirements.csv:4:94: credit_batch_size_total.credit_kgs: Write the amount as 1234.567 or "
        "1,234.567",
        "beneficiary.id: \"org_1\" is not an id.",
        "beneficiary.domain: \"bay\" is not a domain.",
        "Nothing was imported.",
    };
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
        assert_said(room_err, said[i]);
    }
    assert_int_equal(room_number("SELECT count(*) FROM organisation"), 0);
}

static void notes_are_bounded_and_mended(void **state)
{
    char row[2000];
    char note[300];

    (void)state;
    memset(note, 'n', 257);
    note[257] = '\0';
    PRINT_INTO(row,
               "ret_1KBAPHNME1S043BC,2026-01-20T10:00:00Z,['other'],%s," BUYER
               ",1,0.001,prj_1HHYZFVGW1S044ZY\n",
               note);
    write_lists(PROJECT, "iss_1HJB45W9G1S0QTD1,2026-01-10,prj_1HHYZFVGW1S044ZY,1000,0,1000,1\n",
                row);
    assert_int_equal(import_room(), 1);
    assert_said(room_err, "notes: The text has 257 characters; at most 256 are kept.");
    write_lists(
        PROJECT, "iss_1HJB45W9G1S0QTD1,10 January 2026,prj_1HHYZFVGW1S044ZY,1000,0,1000,1\n",
        "ret_1KBAPHNME1S043BC,2026-01-20T10:00:00Z,['other'],For a caf\xC3\x83\xC2\xA9," BUYER
        ",1,0.001,prj_1HHYZFVGW1S044ZY\n");
    assert_int_equal(import_room(), 0);
    assert_said(room_out, "note: retirements.csv:2:53: notes: The text had been encoded twice and "
                          "was mended: \"For a caf\xC3\xA9\".");
    assert_int_equal(
        room_number("SELECT count(*) FROM retirement WHERE notes = 'For a caf\xC3\xA9'"), 1);
}

/* What the ledger refuses undoes the whole import. */
static void refused_by_the_ledger(void **state)
{
    (void)state;
    write_lists(PROJECT
                "prj_1HCHT9G2H1S05MYP,Old Mill Two,excellent,OM2,,marine,,GBR,,,,,,,1,0" SUPPLIER,
                "iss_1HJB45W9G1S0QTD1,2026-01-10,prj_1HHYZFVGW1S044ZY,1000,0,1000,1\n", "");
    assert_int_equal(import_room(), 1);
    assert_said(room_err, "projects.csv:3:1: id: The ledger refused to open-project "
                          "(isometric-prj_1HCHT9G2H1S05MYP)");
    assert_int_equal(room_number("SELECT count(*) FROM organisation"), 0);
}

static bool asks(const struct tally *tally, struct command command)
{
    struct answer answer;
    return tally_ask(tally, &command, &answer) == STATUS_OK;
}

/* The buyer gets 500 kg by an order of its own; then the supplier is suspended. */
static int sells_and_is_suspended(int argc, char **argv, const struct tally *tally)
{
    struct command order = command_of(ACT_ORDER, "", "order");
    struct command deliver = command_of(ACT_DELIVER, "", "deliver");
    struct command suspend = command_of(ACT_SET_ORGANISATION_STATE, "", "suspend");
    (void)argc;
    (void)argv;
    TEXT_COPY(order.order.order_id, "ord_1KBB20ZMH1S02H1Z");
    TEXT_COPY(order.order.supplier_org_id, "org_1H31MW3MD1S04HBP");
    TEXT_COPY(order.order.buyer_org_id, "org_1H31N46E91S06YTY");
    order.order.units = 500;
    order.at_us = deliver.at_us = INT64_C(1768600000000000); /* 16 January 2026 */
    TEXT_COPY(deliver.deliver.order_id, order.order.order_id);
    deliver.deliver.units = 500;
    TEXT_COPY(suspend.organisation.org_id, order.order.supplier_org_id);
    suspend.organisation.state = ORG_SUSPENDED;
    TEXT_COPY(suspend.organisation.reason, "Asked to");
    return asks(tally, order) && asks(tally, deliver) && asks(tally, suspend) ? 0 : 1;
}

/* Through the daemon acts are under way many at once: a retirement whose delivery is refused must
 * not take what its owner has besides. */
static void a_retirement_follows_its_delivery(void **state)
{
    (void)state;
    static const char issued[] =
        "iss_1HJB45W9G1S0QTD1,2026-01-10T10:00:00Z,prj_1HHYZFVGW1S044ZY,10000,0,10000,10\n";
#define RETIRED                                                                                    \
    "ret_1KBB20ZMH1S02H1Z,2026-01-15T10:00:00Z,['other'],," BUYER ",100,0.1,prj_"                  \
    "1HHYZFVGW1S044ZY\n"
    write_lists(PROJECT, issued, RETIRED);
    assert_int_equal(import_room(), 0);
    assert_int_equal(ROOM_RUN(sells_and_is_suspended, "sells"), 0);
    write_lists(PROJECT, issued,
                RETIRED "ret_1KBAPHNME1S043BC,2026-01-20T10:00:00Z,['other'],," BUYER
                        ",300,0.3,prj_1HHYZFVGW1S044ZY\n");
    fflush(NULL);
    pid_t daemon = fork();
    if (daemon == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        const struct daemon_setup setup = {.data_dir = room_folder, .run_dir = room_folder};
        _exit(daemon_run(&setup));
    }
    assert_true(daemon > 0);
    while (access(room_path("ledger-tally.sock"), F_OK) != 0 &&
           waitpid(daemon, NULL, WNOHANG) == 0) {
        (void)poll(NULL, 0, 5);
    }
    assert_int_equal(import_room(), 1);
    assert_said(room_err, "retirements.csv:3:1: retirement_id: The ledger refused to");
    assert_int_equal(room_number("SELECT count(*) FROM retirement"), 1);
    kill(daemon, SIGTERM);
    assert_int_equal(waitpid(daemon, NULL, 0), daemon);
}

/* A file that is within the bounds of one and still more than there is memory for. */
static void more_than_memory_holds(void **state)
{
    (void)state;
    const char *path = room_path("wide.tsv");
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    for (int row = 0; row < 40000; row++) {
        for (int column = 1; column <= CSV_COLUMNS_MAX; column++) {
            if (row == 0) {
                fprintf(file, "%d", column);
            }
            fputc(column < CSV_COLUMNS_MAX ? '\t' : '\n', file);
        }
    }
    assert_int_equal(fclose(file), 0);
    assert_int_equal(ROOM_RUN(import_main, "import", "eutl", path), 1);
    assert_said(room_err, "There is more in this than an import has memory for. Import it in parts."
                          " Nothing more was imported.");
    /* what can be imported still can be */
    assert_int_equal(ROOM_RUN(import_main, "import", "isometric", LISTS), 0);
}

static void wrong_words(void **state)
{
    (void)state;
    assert_int_equal(ROOM_RUN(import_main, "import"), 2);
    assert_int_equal(ROOM_RUN(import_main, "import", "excel", "x"), 2);
    assert_int_equal(ROOM_RUN(import_main, "import", "isometric"), 2);
    assert_int_equal(ROOM_RUN(import_main, "import", "isometric", LISTS, "--limit", "3"), 2);
    assert_int_equal(ROOM_RUN(import_main, "import", "isometric", LISTS, "--quietly"), 2);
    assert_int_equal(ROOM_RUN(import_main, "import", "isometric", "/nonexistent"), 1);
    assert_said(room_err, "/nonexistent: The file cannot be read: No such file or directory.");
    assert_int_equal(ROOM_RUN(import_main, "import", "isometric", LISTS "/issuances.csv"), 1);
    assert_said(room_err, "The list of projects (projects.csv) is needed with every import.");
    assert_int_equal(
        ROOM_RUN(import_main, "import", "isometric", LISTS "/projects.csv", LISTS "/projects.csv"),
        1);
    assert_said(room_err, "The same kind of list was given already");
    assert_int_equal(
        ROOM_RUN(import_main, "import", "isometric", room_write("odd.csv", "a,b\n1,2\n")), 1);
    assert_said(room_err, "odd.csv: This is not one of Isometric's lists");
    assert_int_equal(ROOM_RUN(import_main, "import", "--help"), 0);
    assert_int_equal(ROOM_RUN(demo_main, "demo", "--fast"), 2);
}

static void demonstration_has_every_state(void **state)
{
    struct stat about;

    (void)state;
    char links[160];
    PRINT_INTO(links, "%s", room_path("links"));
    assert_int_equal(ROOM_RUN(demo_main, "demo", "--links", links), 0);
    assert_int_equal(room_number("SELECT count(DISTINCT state) FROM transfer"), 7);
    assert_int_equal(room_number("SELECT count(DISTINCT kind) FROM transfer"), 3);
    assert_int_equal(room_number("SELECT count(*) FROM transfer WHERE state = 'awaiting_approval' "
                                 "AND needs_approval = 1"),
                     1);
    assert_int_equal(room_number("SELECT count(*) FROM transfer WHERE state = 'awaiting_approval' "
                                 "AND needs_registry_approval = 1"),
                     1);
    assert_int_equal(
        room_number("SELECT count(*) FROM transfer WHERE state = 'pending' AND kind = 'export'"),
        1);
    assert_int_equal(
        room_number("SELECT count(*) FROM transfer WHERE state = 'pending' AND kind = 'external'"),
        5);
    assert_int_equal(
        room_number(
            "SELECT count(*) FROM transfer WHERE corrects_id IS NOT NULL AND state = 'completed'"),
        1);
    assert_int_equal(
        room_number(
            "SELECT count(*) FROM transfer WHERE note_redacted_at IS NOT NULL AND notes = ''"),
        1);
    assert_int_equal(room_number("SELECT count(*) FROM transfer WHERE state = 'completed' AND "
                                 "instrument = 'renewable_energy'"),
                     1);
    assert_int_equal(room_number("SELECT count(*) FROM transfer WHERE submitted_by = ''"), 0);
    assert_int_equal(room_number("SELECT count(*) FROM organisation WHERE is_demo = 0 OR name NOT "
                                 "LIKE '%(demonstration)'"),
                     0);
    assert_int_equal(room_number("SELECT count(*) FROM (SELECT user_id FROM membership GROUP BY "
                                 "user_id HAVING count(*) = 2)"),
                     1);
    /* what waits is fresh, and waits longer than a week more */
    assert_int_equal(room_number("SELECT count(*) FROM transfer WHERE ended_at IS NULL AND "
                                 "expires_at < (unixepoch() + 7 * 86400) * 1000000"),
                     0);
    assert_int_equal(room_number("SELECT count(*) FROM act WHERE at > recorded_at"), 0);
    assert_int_equal(stat(links, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    room_catch("links", room_out, sizeof room_out);
    int lines = 0;
    for (const char *at = room_out; (at = strchr(at, '\n')) != NULL; at++) {
        lines++;
    }
    assert_int_equal(lines, 8);
    assert_int_equal(strncmp(room_out, "demo-link\tada@fernhill.example\t", 31), 0);

    int64_t acts = room_number("SELECT count(*) FROM act");
    assert_int_equal(ROOM_RUN(demo_main, "demo", "--links", room_path("links-2")), 0);
    assert_said(room_out, "The demonstration is already there; nothing was made.");
    assert_int_equal(room_number("SELECT count(*) FROM act"), acts);
    assert_int_not_equal(stat(room_path("links-2"), &about), 0);
    assert_int_equal(ROOM_RUN(operate_verify, "verify"), 0);
}

int main(void)
{
#define IN_ROOM(test) cmocka_unit_test_setup_teardown(test, room_enter, room_leave)
    const struct CMUnitTest tests[] = {
        IN_ROOM(published_lists_arrive_exactly),
        IN_ROOM(what_was_made_up_says_so),
        IN_ROOM(twice_makes_nothing_twice),
        IN_ROOM(changed_rows_are_told_and_left),
        IN_ROOM(what_is_said_of_places_is_told_and_left),
        IN_ROOM(opening_balances_are_the_least),
        IN_ROOM(every_bad_cell_is_named),
        IN_ROOM(notes_are_bounded_and_mended),
        IN_ROOM(refused_by_the_ledger),
        IN_ROOM(a_retirement_follows_its_delivery),
        IN_ROOM(more_than_memory_holds),
        IN_ROOM(wrong_words),
        IN_ROOM(demonstration_has_every_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
