/*
 * eutl_replay_test.c: the committed rows of the EU Transaction Log, replayed as transfers, end with
 * exactly the sums that the file implies. The test reads the file and does the sums by itself.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "unit/import_room.h"

#define SAMPLE "schema/demo/eutl_sample.tsv"
#define HEAD                                                                                       \
    "tx_id\tdate\tmain_type\tsupp_type\tfrom_account\tto_account\tunit_type\tproject_id\tamount\n"
#define ACCOUNTS_MAX 50000

struct sums {
    int64_t opening, in, out, present; /* tonnes */
};

static struct sums sums[ACCOUNTS_MAX];
static int64_t rows, tonnes;

/* Opening balances are the least that never let an account fall below zero. */
static void sum_up(const char *path)
{
    char line[512];
    FILE *file = fopen(path, "r");

    memset(sums, 0, sizeof sums);
    rows = tonnes = 0;
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    while (fgets(line, sizeof line, file) != NULL) {
        int main_type = 0;
        int supp_type = 0;
        int from = 0;
        int to = 0;
        long long amount = 0;
        char type[32];
        assert_int_equal(sscanf(line, "%*[^\t]\t%*[^\t]\t%d\t%d\t%d\t%d\t%31[^\t]", &main_type,
                                &supp_type, &from, &to, type),
                         5);
        assert_int_equal(sscanf(strrchr(line, '\t'), "%lld", &amount), 1);
        if (main_type == 10 && supp_type == 0) {
            assert_string_equal(type, "EUA2005");
            assert_true(from < ACCOUNTS_MAX && to < ACCOUNTS_MAX && from != to && amount > 0);
            if (sums[from].present < amount) {
                sums[from].opening += amount - sums[from].present;
                sums[from].present = amount;
            }
            sums[from].present -= amount;
            sums[to].present += amount;
            sums[from].out += amount;
            sums[to].in += amount;
            rows++;
            tonnes += amount;
        }
    }
    fclose(file);
}

static int64_t number_of(const char *format, int account)
{
    char sql[600];
    char name[40];

    PRINT_INTO(name, "EUTL account %d", account);
    PRINT_INTO(
        sql,
        "SELECT coalesce(sum(x), 0) FROM (%s) WHERE org_id = (SELECT org_id FROM organisation "
        "WHERE name = '%s')",
        format, name);
    return room_number(sql);
}

static void assert_said(const char *text, const char *part)
{
    if (strstr(text, part) == NULL) {
        fprintf(stderr, "%s\n", text);
        fail_msg("not said: %s", part);
    }
}

static void sums_are_exact(void **state)
{
    (void)state;
    sum_up(SAMPLE);
    assert_int_equal(rows, 752);
    assert_int_equal(tonnes, 4318736);
    assert_true(tonnes * 1000 > UINT32_MAX); /* a 32-bit sum would not do */

    assert_int_equal(ROOM_RUN(import_main, "import", "eutl", SAMPLE, "--dry-run"), 0);
    assert_said(room_out, "752 transfers would be made.");
    assert_int_equal(room_number("SELECT count(*) FROM act"), 0);
    assert_int_equal(ROOM_RUN(import_main, "import", "eutl", SAMPLE, "--accounts"), 0);
    assert_said(room_out,
                "EUA2005: opening balances 1307266 t, moved 4318736 t, held at the end 1307266 t");
    assert_said(room_out, "All 53 balances in the ledger are what the file implies");
    assert_said(room_out, "account    308 EUA2005          92951 +      1428499 -      1425450 =   "
                          "     96000 t; in the ledger 96000 t");

    assert_int_equal(room_number("SELECT count(*) FROM transfer WHERE state = 'completed'"), rows);
    assert_int_equal(room_number("SELECT sum(units) FROM transfer"), tonnes * 1000);
    int64_t opening = 0;
    for (int account = 0; account < ACCOUNTS_MAX; account++) {
        const struct sums *sum = &sums[account];
        if (sum->in == 0 && sum->out == 0) {
            continue;
        }
        assert_int_equal(
            number_of("SELECT org_id, last - first + 1 AS x FROM batch WHERE state = 'active'",
                      account),
            sum->present * 1000);
        assert_int_equal(
            number_of("SELECT from_org_id AS org_id, units AS x FROM transfer", account),
            sum->out * 1000);
        assert_int_equal(number_of("SELECT to_org_id AS org_id, units AS x FROM transfer", account),
                         sum->in * 1000);
        opening += sum->opening;
    }
    assert_int_equal(opening, 1307266);
    assert_int_equal(room_number("SELECT sum(imported) FROM conservation"), opening * 1000);
    assert_int_equal(room_number("SELECT sum(issued) FROM conservation"), 0);
    assert_int_equal(room_number("SELECT count(*) FROM issuance WHERE kind <> 'imported' OR notes "
                                 "NOT LIKE 'Opening balance of EUTL %'"),
                     0);
    /* 2005-06-24 11:08:27.825, to the millisecond */
    assert_int_equal(room_number("SELECT min(ended_at) FROM transfer"), INT64_C(1119611307825000));
    assert_int_equal(ROOM_RUN(operate_verify, "verify"), 0);
}

/* Twice, and a longer list after a shorter one. */
static void again_and_longer(void **state)
{
    (void)state;
    assert_int_equal(ROOM_RUN(import_main, "import", "eutl", SAMPLE, "--limit", "120"), 0);
    assert_int_equal(room_number("SELECT count(*) FROM transfer"), 120);
    /* what is there is not among what would be made */
    assert_int_equal(ROOM_RUN(import_main, "import", "eutl", SAMPLE, "--limit", "122", "--dry-run"),
                     0);
    assert_said(room_out, "2 transfers would be made. The first ones:\n  2005");
    assert_null(strstr(room_out, "2005-06-24T11:08:27.825000Z"));
    assert_int_equal(ROOM_RUN(import_main, "import", "eutl", SAMPLE, "--limit", "120", "--dry-run"),
                     0);
    assert_said(room_out, "0 transfers would be made.\n");
    assert_int_equal(ROOM_RUN(import_main, "import", "eutl", SAMPLE, "--limit", "300"), 0);
    assert_said(room_out, "300 plain transfers (main type 10, supplementary type 0) between 16 "
                          "accounts, 120 of them already there");
    assert_said(room_out, "All 16 balances in the ledger are what the file implies");
    int64_t acts = room_number("SELECT count(*) FROM act");
    assert_int_equal(ROOM_RUN(import_main, "import", "eutl", SAMPLE, "--limit", "300"), 0);
    assert_said(room_out, "300 of them already there");
    assert_int_equal(room_number("SELECT count(*) FROM act"), acts);
    assert_int_equal(room_number("SELECT count(*) FROM transfer"), 300);
    assert_int_equal(room_number("SELECT sum(units) FROM transfer"), INT64_C(664979000));
    assert_int_equal(ROOM_RUN(operate_verify, "verify"), 0);
}

static void rough_rows(void **state)
{
    (void)state;
    const char *path =
        room_write("rough.tsv", HEAD "T1\t2005-06-24 11:08:27.825\t10\t0\t0\t337\tEUA2005\t\t1\n"
                                     "T2\tnoon\t10\t0\t208\tx\tEUA\t\t-1\n"
                                     "T3\t2005-06-24\t10\t0\t208\t337\tEUA2005\t\t2000000000000\n"
                                     "T4\t2005-06-24\t10\t0\t208\t337\tEUA2005\t1\n"
                                     "T 5\t2005-06-24\t10\t0\t208\t337\tEUA2005\t\t1.5\n"
                                     "T6\t2005-06-24\t10\t0\t208\t337\tEUA-2005\t\t1\n");
    assert_int_equal(ROOM_RUN(import_main, "import", "eutl", path), 1);
    static const char *const said[] = {
        "rough.tsv:2:33: from_account: \"0\" is not an account. It is a number from 1 to 1048575.",
        "rough.tsv:3:4: date: \"noon\" is not a time.",
        "rough.tsv:3:18: to_account: \"x\" is not an account.",
        "rough.tsv:3:20: unit_type: \"EUA\" is not a unit type. It is written like EUA2005 or "
        "EUA_2008.",
        "rough.tsv:3:25: amount: The amount is negative",
        "rough.tsv:4:37: amount: The amount is larger than the registry can hold.",
        "rough.tsv:5:1: The row has 8 cells; the first line names 9.",
        "rough.tsv:6:1: tx_id: A transaction's id has 1 to 40 letters, figures and signs, no "
        "spaces.",
        "rough.tsv:6:38: amount: Only whole numbers are accepted here.",
        "rough.tsv:7:28: unit_type: The unit types EUA-2005 and EUA2005 cannot be told apart in "
        "serial numbers.",
        "10 problems to mend. Nothing was imported.",
    };
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
        assert_said(room_err, said[i]);
    }
    assert_int_equal(room_number("SELECT count(*) FROM organisation"), 0);
    assert_int_equal(ROOM_RUN(import_main, "import", "eutl",
                              room_write("none.tsv", HEAD "T\t2005-06-24\t5\t1\t1\t2\tAAU\t\t1\n")),
                     1);
    assert_said(room_err, "There is no plain transfer in the file");
}

/* Rows that move nothing are left out and told; rows out of order are sorted; two types never mix;
 * an allowance moved twice in a transaction is two transfers. */
static void odd_rows(void **state)
{
    (void)state;
    const char *path =
        room_write("odd.tsv", HEAD "T2\t2005-06-25 00:00:00.001\t10\t0\t2\t3\tEUA2005\t\t5\n"
                                   "T1\t2005-06-24 00:00:00.001\t10\t0\t1\t2\tEUA2005\t\t5\n"
                                   "T1\t2005-06-24 00:00:00.001\t10\t0\t1\t2\tEUA2005\t\t5\n"
                                   "T3\t2005-06-26 00:00:00.001\t10\t0\t3\t3\tEUA2005\t\t5\n"
                                   "T4\t2005-06-26 00:00:00.001\t10\t0\t3\t1\tEUA2005\t\t0\n"
                                   "T5\t2005-06-26 00:00:00.001\t10\t0\t3\t1\tEUA_2008\t\t4\n");
    assert_int_equal(ROOM_RUN(import_main, "import", "eutl", path), 0);
    assert_said(
        room_out,
        "odd.tsv:3:1: tx_id: The rows are not in order of time from here on; they are sorted.");
    assert_said(
        room_out,
        "odd.tsv:5:1: tx_id: T3 moves nothing (from an account to itself) and is left out.");
    assert_said(room_out,
                "odd.tsv:6:1: tx_id: T4 moves nothing (the amount is zero) and is left out.");
    assert_said(room_out, "EUA2005: opening balances 10 t, moved 15 t, held at the end 10 t");
    assert_said(room_out, "EUA_2008: opening balances 4 t, moved 4 t, held at the end 4 t");
    assert_int_equal(room_number("SELECT count(*) FROM transfer"), 4);
    assert_int_equal(room_number("SELECT count(*) FROM project"), 2);
    /* the same transaction with another amount is not the same row */
    path = room_write("odd.tsv", HEAD "T1\t2005-06-24 00:00:00.001\t10\t0\t1\t2\tEUA2005\t\t6\n");
    assert_int_equal(ROOM_RUN(import_main, "import", "eutl", path), 1);
    assert_said(room_err, "odd.tsv:2:1: tx_id: The ledger refused to transfer (eutl-T1-1)");
    assert_int_equal(room_number("SELECT count(*) FROM transfer"), 4);
}

int main(void)
{
#define IN_ROOM(test) cmocka_unit_test_setup_teardown(test, room_enter, room_leave)
    const struct CMUnitTest tests[] = {
        IN_ROOM(sums_are_exact),
        IN_ROOM(again_and_longer),
        IN_ROOM(rough_rows),
        IN_ROOM(odd_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
