/*
 * crash/time_jump_test.c: a clock that jumps (safety.md section 4, row 11): the daemon (release
 * build) under libfaketime, its wall clock set back and forth by seconds to years while it runs and
 * while it is killed and started again.
 *
 * The rule: the ledger's time is the clock's, and stands still while the clock is behind it. So
 * order, times of record and ids never go back; a transfer ends at the moment it was told, at the
 * very microsecond, by the ledger's time. A clock that was ahead ends by that time what was due by
 * it and nothing else: a transfer that was submitted before such a jump may end early by as much as
 * the clock was ahead; one that is submitted afterwards never ends early. Sessions live no longer
 * than their limits and an hour, and wrong passwords never make anybody wait longer than twice a
 * quarter of an hour by a clock that runs.
 * time_jump_test [--steps N] [--seed N]; default 60.
 */
#include "crash/time_jump_people.h"

#include <sqlite3.h>

#define ROUND 16 /* transfers that end close to each other */
/* Before an end, with time to start a daemon however slow the machine is; test_boundary goes closer
 * to it. */
#define SHORTLY_US (60 * CLOCK_SECOND_US)

static void set_up(const char *name)
{
    world = world_open(name, "release");
    memset(&now, 0, sizeof now);
    if (words.size_bytes == 0) {
        arena_map(&words, 1048576);
    }
    jump_to_offset(0);
    begin_daemon();
    static char operator_path[WORLD_PATH_SIZE];
    (void)snprintf(operator_path, sizeof operator_path, "%.200s/ledger-tally.sock", world->run_dir);
    ledger_client_init(&ledger, world->account_socket);
    ledger_client_init(&operator_ledger, operator_path);
}

static int64_t number_in(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    CHECK(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
              sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK &&
              sqlite3_step(statement) == SQLITE_ROW,
          "%s", sqlite3_errmsg(db));
    int64_t number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return number;
}

/* What the daemon measured by its steady clock: no jump is in it. */
static void check_durations(void)
{
    FILE *log = fopen(world->log_path, "r");
    CHECK(log != NULL, "no log");
    static char line[65536];
    int64_t count = 0;
    while (fgets(line, sizeof line, log) != NULL) {
        const char *at = strstr(line, "took_us=");
        if (at != NULL) {
            long long took_us = strtoll(at + strlen("took_us="), NULL, 10);
            CHECK(took_us >= 0 && took_us < 60 * CLOCK_SECOND_US, "something took %lld us",
                  took_us);
            count++;
        }
    }
    (void)fclose(log);
    CHECK(count > 10, "the log tells of no durations");
}

/* What must hold in the file whatever the clock did. */
static void tear_down(void)
{
    static const struct {
        const char *what, *sql;
    } rules[] = {
        {"acts recorded before the act before them",
         "SELECT count(*) FROM act a JOIN act b ON b.seq = a.seq + 1"
         " WHERE b.recorded_at < a.recorded_at OR (b.program <> 'tally' AND b.at < b.recorded_at)"},
        {"transfers whose ids sort otherwise than their acts",
         "SELECT count(*) FROM (SELECT subject_id, lag(subject_id) OVER (ORDER BY seq) AS before"
         " FROM act WHERE command = 'transfer' AND outcome = 'ok' AND program <> 'tally')"
         " WHERE subject_id < before"},
        {"batches whose ids sort otherwise than they were made",
         "SELECT count(*) FROM (SELECT made_at, lag(made_at) OVER (ORDER BY batch_id) AS before"
         " FROM batch WHERE parent_id IS NOT NULL) WHERE made_at < before"},
        {"transfers that expired at another time than they were told",
         "SELECT count(*) FROM transfer WHERE state = 'expired' AND ended_at <> expires_at"},
        {"transfers that ended at their time, or later, and not by it",
         "SELECT count(*) FROM transfer WHERE state <> 'expired' AND ended_at >= expires_at"},
        {"transfers that expired before the ledger's time had come",
         "SELECT count(*) FROM transfer t JOIN act a ON a.subject_id = t.transfer_id"
         " WHERE a.command = 'expire' AND a.recorded_at < t.expires_at"},
    };
    ledger_client_close(&ledger);
    ledger_client_close(&operator_ledger);
    CHECK(world_stop_daemon(world) == 0, "the daemon did not end in good order; its log is %s",
          world->log_path);
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        int64_t count = number_in(world->registry_path, rules[i].sql);
        CHECK(count == 0, "%" PRId64 " %s", count, rules[i].what);
    }
    check_durations();
    world_verify(world);
    world_close();
    passed++;
}

/* ------------------------------------------------------------------ any jump */

static void act_some(struct chance *chance, struct answer *waiting)
{
    for (int i = 0; i < 8; i++) {
        size_t from = (size_t)chance_below(chance, WORLD_ORGS / 2);
        size_t to = from + WORLD_ORGS / 2;
        if (chance_below(chance, 6) == 0) {
            retire(from, 1 + chance_below(chance, 100));
        } else if (waiting[from].id[0] != '\0' && chance_below(chance, 3) != 0) {
            (void)accept_by_rule(to, &waiting[from]);
            waiting[from].id[0] = '\0';
        } else {
            waiting[from] = submit(from, to, 1 + chance_below(chance, 1000));
        }
    }
}

static void test_any_jump(uint64_t seed, int64_t steps)
{
    set_up("jump");
    struct chance chance = chance_from(seed, 1);
    struct answer waiting[WORLD_ORGS] = {0};
    for (int64_t step = 0; step < steps; step++) {
        int64_t jump_us = pick_jump(&chance);
        jump_to_offset(chance_below(&chance, 4) == 0 ? 0 : now.offset_us + jump_us);
        if (chance_below(&chance, 3) == 0) {
            begin_again();
        }
        act_some(&chance, waiting);
    }
    printf("any jump: %" PRId64 " acts under %" PRId64 " jumps and %" PRId64 " starts; %" PRId64
           " while the ledger's time stood still; nothing went back\n",
           now.acts, now.jumps, now.starts, now.stood_still);
    tear_down();
}

/* ------------------------------------------------------------------ the boundary */

static void dated_accept(const struct answer *transfer, int64_t at_us, enum status expected)
{
    char key[KEY_SIZE];
    fresh_key(key);
    struct command command = command_of(ACT_ACCEPT, "", key);
    TEXT_COPY(command.decide.transfer_id, transfer->id);
    command.at_us = at_us;
    struct answer answer = ask(&operator_ledger, &command);
    CHECK(answer.status == (int32_t)expected, "accepted %" PRId64 " us before its end: %s",
          transfer->expires_at - at_us, status_row((enum status)answer.status)->slug);
}

static void test_boundary(uint64_t seed)
{
    set_up("boundary");
    struct chance chance = chance_from(seed, 2);
    int in_time = 0;
    int late = 0;
    for (int round = 0; round < 12; round++) {
        struct answer transfers[ROUND];
        for (int i = 0; i < ROUND; i++) {
            transfers[i] = submit(0, 1, 1);
        }
        /* Shortly before the end of one of them; once at it and once long before, so that both
         * sides are met however slow the machine is. */
        int64_t before_us = round == 0   ? 0
                            : round == 1 ? 10 * CLOCK_SECOND_US
                                         : chance_below(&chance, 20000);
        jump_to(transfers[chance_below(&chance, ROUND)].expires_at - before_us);
        for (int i = 0; i < ROUND; i++) {
            bool accepted = accept_by_rule(1, &transfers[i]);
            in_time += accepted;
            late += !accepted;
        }
        begin_again();
    }
    struct answer first = submit(0, 1, 1);
    struct answer second = submit(0, 1, 1);
    jump_to(second.expires_at + CLOCK_SECOND_US);
    dated_accept(&first, first.expires_at - 1, STATUS_OK);
    dated_accept(&second, second.expires_at, STATUS_TRANSFER_ENDED);
    CHECK(in_time > 0 && late > 0, "one side of the boundary was never met");
    printf("boundary: %d accepted up to their last millisecond, %d refused from their end on, and "
           "one each at the very microsecond before and at it\n",
           in_time, late);
    tear_down();
}

/* ------------------------------------------------------------------ forth and back */

static int state_of(const char *transfer_id)
{
    char sql[192];
    (void)snprintf(sql, sizeof sql,
                   "SELECT CASE state WHEN 'pending' THEN 1 WHEN 'expired' THEN 5 ELSE 0 END"
                   " FROM transfer WHERE transfer_id = '%s'",
                   transfer_id);
    return (int)number_in(world->registry_path, sql);
}

static void test_forth_and_back(void)
{
    set_up("forth");
    /* Ahead by less than a transfer waits: nothing ends. */
    struct answer early = submit(0, 1, 1);
    struct answer kept = submit(0, 1, 1);
    jump_to_offset(13 * CLOCK_DAY_US);
    begin_again();
    struct answer ahead = submit(0, 1, 1);
    jump_to_offset(0);
    begin_again();
    CHECK(state_of(early.id) == TRANSFER_PENDING, "a jump of thirteen days ended a transfer");
    CHECK(accept_by_rule(1, &early), "it was not in time");
    /* Submitted while the ledger's time stands still: it waits fourteen days from there. */
    struct answer still = submit(0, 1, 1);
    CHECK(still.at == ahead.at && still.expires_at == ahead.at + 14 * CLOCK_DAY_US,
          "the ledger's time did not stand still");
    /* Early by no more than the clock was ahead: kept had a day left by the ledger's time. */
    jump_to(kept.expires_at - SHORTLY_US);
    begin_again();
    CHECK(state_of(kept.id) == TRANSFER_PENDING && accept_by_rule(1, &kept), "ended early");
    jump_to(still.expires_at - SHORTLY_US);
    begin_again();
    CHECK(state_of(still.id) == TRANSFER_PENDING && accept_by_rule(1, &still), "ended early");
    /* Ahead by more: what was due by then has ended, for good. */
    struct answer due = submit(0, 1, 1);
    jump_to(due.expires_at + CLOCK_DAY_US);
    begin_again();
    CHECK(!accept_by_rule(1, &due) && state_of(due.id) == TRANSFER_EXPIRED, "it has not ended");
    jump_to_offset(0);
    begin_again();
    CHECK(!accept_by_rule(1, &due) && state_of(due.id) == TRANSFER_EXPIRED, "it lives again");
    struct answer after = submit(0, 1, 1);
    CHECK(after.at > due.expires_at, "the ledger's time went back");
    printf("forth and back: by thirteen days nothing ended, by fifteen what was due, at its time, "
           "and for good\n");
    tear_down();
}

/* ------------------------------------------------------------------ great dates */

static void cross(const char *before, const char *date_before, const char *date_after)
{
    int64_t at_us = 0;
    CHECK(clock_parse(before, &at_us), "no time");
    jump_to(at_us - HOUR_US);
    begin_again();
    struct answer first = submit(0, 1, 1);
    CHECK(first.at < at_us, "%s has passed: %s", before, clock_iso(&words, first.at));
    struct answer answer = first;
    jump_to(at_us - CLOCK_SECOND_US / 2);
    /* A slow machine may take none of these half a second before. */
    for (int i = 0; i < 2000 && answer.at < at_us; i++) {
        CHECK(text_is(clock_iso_date(&words, answer.at), date_before), "%s",
              clock_iso(&words, answer.at));
        answer = submit(0, 1, 1);
        poll(NULL, 0, 1);
    }
    CHECK(answer.at >= at_us && text_is(clock_iso_date(&words, answer.at), date_after),
          "%s is not passed: %s", before, clock_iso(&words, answer.at));
    CHECK(id_time_us(answer.id) / 1000 == answer.at / 1000, "the id %s is of another time",
          answer.id);
    CHECK(accept_by_rule(1, &first), "it was not in time");
    begin_again();
    CHECK(accept_by_rule(1, &answer), "it was not in time");
}

/* The times of the public list of transfers, newest first: none may be later than the one above. */
static void check_page(void)
{
    char command[PATH_MAX + 1024];
    char program[PATH_MAX];
    world_program("release", "public", program);
    (void)snprintf(command, sizeof command,
                   "TALLYSTICK_DATA='%.200s' TALLYSTICK_RUN='%.200s' REQUEST_METHOD=GET"
                   " REQUEST_URI=/registry/transfers REMOTE_ADDR=127.0.0.1"
                   " TALLYSTICK_SITE_URL=http://localhost %.3000s 2>>'%.200s' </dev/null",
                   world->data_dir, world->run_dir, program, world->log_path);
    static char page[4 * 1024 * 1024];
    FILE *pipe = popen(command, "r");
    CHECK(pipe != NULL, "no page");
    size_t size_bytes = fread(page, 1, sizeof page - 1, pipe);
    CHECK(pclose(pipe) == 0, "the program failed");
    page[size_bytes] = '\0';
    int64_t above = INT64_MAX;
    int count = 0;
    for (const char *at = strstr(page, "datetime=\""); at != NULL; at = strstr(at, "datetime=\"")) {
        char text[CLOCK_ISO_SIZE];
        int64_t shown = 0;
        at += strlen("datetime=\"");
        (void)snprintf(text, sizeof text, "%.*s", (int)strcspn(at, "\""), at);
        CHECK(clock_parse(text, &shown) && shown <= above, "the list shows %s below an earlier one",
              text);
        above = shown;
        count++;
    }
    CHECK(count >= 8 && strstr(page, "2100") != NULL && strstr(page, "2038") != NULL,
          "the list shows %d times", count);
}

static void test_great_dates(void)
{
    set_up("dates");
    cross("2027-01-01", "2026-12-31", "2027-01-01");
    cross("2028-02-29", "2028-02-28", "2028-02-29");
    cross("2038-01-19T03:14:08Z", "2038-01-19", "2038-01-19"); /* 2^31 seconds */
    cross("2100-03-01", "2100-02-28", "2100-03-01");           /* no leap year */
    check_page();
    printf("great dates: New Year, 29 February 2028, 2038, 2100: times, ids and the public list in "
           "order\n");
    tear_down();
}

int main(int argc, char **argv)
{
    uint64_t seed = world_seed(argc, argv);
    int64_t steps = world_option(argc, argv, "--steps", 60);
    int64_t began_us = clock_steady_us();
    test_any_jump(seed, steps);
    int64_t acts = now.acts;
    test_boundary(seed);
    test_forth_and_back();
    test_great_dates();
    test_throttle(seed);
    test_sessions(seed);
    printf("result: clock jumps: %" PRId64 " steps of any size with %" PRId64
           " acts, the boundary of expiry, forth and back, 2038 and 2100, sessions and throttles; "
           "0 violations in %" PRId64 " s\n",
           steps, acts, (clock_steady_us() - began_us) / CLOCK_SECOND_US);
    printf("%d passed, 0 failed\n", passed);
    return 0;
}
