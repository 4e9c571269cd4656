/*
 * bench/transfer_bench.c: durable transfers a second on a filled registry, in one run on one
 * machine: through the daemon with 1, 16 and 64 client processes that each wait for their answer,
 * and in a plain loop of 64 a commit (bench/plain.h), by turns, medians of the rounds. Then the
 * latency of a transfer with 64 clients at half of the rate that was found, counted from the moment
 * at which it should have been sent.
 *
 *   transfer_bench --folder FOLDER [--size N] [--figures FILE] [--seconds 3] [--rounds 3]
 *                  [--parts ad | a] [--beside COMMAND]: in the same rounds, `COMMAND CLIENTS
 * SECONDS` says how many another database makes (postgres.sh) transfer_bench --folder FOLDER
 * --compare N   after N transfers each, both have left as many rows in every table; then the
 * registry is verified
 */
#include "bench/turns.h"

#define TIMES_MAX 200000 /* of one client */

struct shared {
    struct crowd crowd;
    int64_t begin_us, end_us, interval_us; /* interval 0: as fast as answers come */
    int64_t most;                          /* transfers of one client; 0: until the end */
    int64_t acts[CROWD_MAX];
    uint32_t times_us[CROWD_MAX][TIMES_MAX];
};

static struct shared *shared;

/* ------------------------------------------------------------------ through the daemon */

static void run_client(int number, void *context)
{
    (void)context;
    struct ledger_client client;
    const struct stage_party *from = &stage.parties[number];
    ledger_client_init(&client, the_world.account_socket);
    crowd_meet(&shared->crowd);
    for (int64_t i = 0; shared->most == 0 || i < shared->most; i++) {
        char key[KEY_SIZE];
        make_key(key, number, i);
        struct command command = command_of(ACT_TRANSFER, from->user_id, key);
        command.transfer.kind = TRANSFER_EXTERNAL;
        TEXT_COPY(command.transfer.from_org_id, from->org_id);
        TEXT_COPY(command.transfer.to_org_id, buyer_of(number, i)->org_id);
        TEXT_COPY(command.transfer.supplier_org_id, stage.supplier_org_id);
        TEXT_COPY(command.transfer.notes, key);
        command.transfer.units = STAGE_UNITS;
        int64_t due_us = clock_steady_us();
        if (shared->interval_us > 0) {
            due_us = shared->begin_us + shared->interval_us * i +
                     shared->interval_us * number / shared->crowd.count;
            sleep_until(due_us);
        }
        if (shared->end_us != 0 && due_us >= shared->end_us) {
            break;
        }
        struct answer answer;
        enum status status = ledger_ask(&client, &command, &answer);
        CHECK(status == STATUS_OK && answer.count == 1, "a transfer was refused: %s",
              status_row(status)->slug);
        if (i < TIMES_MAX) {
            shared->times_us[number][i] = (uint32_t)(clock_steady_us() - due_us);
        }
        shared->acts[number]++;
    }
    ledger_client_close(&client);
}

/* Returns transfers a second. */
static int64_t run_daemon(int clients, int64_t interval_us, int64_t for_us, int64_t most)
{
    run_number++;
    memset(shared->acts, 0, sizeof shared->acts);
    int64_t began_us = clock_steady_us();
    shared->interval_us = interval_us;
    shared->most = most;
    shared->begin_us = began_us + 100000; /* by then all are there */
    shared->end_us = for_us == 0 ? 0 : began_us + for_us;
    crowd_start(&shared->crowd, clients, run_client, NULL);
    crowd_end(&shared->crowd);
    int64_t took_us = clock_steady_us() - began_us;
    int64_t acts = 0;
    for (int i = 0; i < clients; i++) {
        acts += shared->acts[i];
    }
    return acts * CLOCK_SECOND_US / took_us;
}

/* ------------------------------------------------------------------ by turns */

static int64_t turn_daemon(int clients)
{
    if (stage_renew() || the_world.daemon == 0) {
        (void)stage_start_daemon();
        stage_end_inspector();
    }
    return run_daemon(clients, 0, seconds * CLOCK_SECOND_US, 0);
}

static void say_beside(const int crowds[3], int64_t rates[3][ROUNDS_MAX], const int64_t ours[3])
{
    for (size_t i = 0; i < 3; i++) {
        char name[64];
        int64_t rate = stage_median(rates[i], rounds);
        (void)snprintf(name, sizeof name, "PostgreSQL %d clients", crowds[i]);
        stage_figure("g", name, (double)rate, "transfers/s");
        (void)snprintf(name, sizeof name, "ratio %d clients", crowds[i]);
        stage_figure("g", name, (double)ours[i] / (double)rate, "times PostgreSQL");
    }
}

static int64_t measure_rates(void)
{
    static const int crowds[] = {1, 16, 64};
    static int64_t daemon_rates[3][ROUNDS_MAX], plain_rates[3][ROUNDS_MAX];
    static int64_t other_rates[3][ROUNDS_MAX];
    for (size_t round = 0; round < rounds; round++) {
        for (size_t i = 0; i < 3; i++) {
            daemon_rates[i][round] = turn_daemon(crowds[i]);
            plain_rates[i][round] = turn_plain();
            other_rates[i][round] = beside == NULL ? 0 : turn_beside(crowds[i]);
            printf("round %zu: %d clients %" PRId64 "/s, plain loop %" PRId64 "/s, beside %" PRId64
                   "/s\n",
                   round + 1, crowds[i], daemon_rates[i][round], plain_rates[i][round],
                   other_rates[i][round]);
            fflush(stdout);
        }
    }
    int64_t all[3 * ROUNDS_MAX];
    int64_t ours[3];
    for (size_t i = 0; i < 3; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "daemon %d clients", crowds[i]);
        memcpy(&all[i * rounds], plain_rates[i], rounds * sizeof all[0]);
        int64_t plain = stage_median(plain_rates[i], rounds);
        ours[i] = stage_median(daemon_rates[i], rounds);
        stage_figure("a", name, (double)ours[i], "transfers/s");
        (void)snprintf(name, sizeof name, "ratio %d clients", crowds[i]);
        stage_figure("a", name, (double)ours[i] / (double)plain, "of the plain loop");
    }
    stage_figure("a", "plain loop", (double)stage_median(all, 3 * rounds), "transfers/s");
    if (beside != NULL) {
        say_beside(crowds, other_rates, ours);
    }
    return ours[2];
}

static void measure_latency(int64_t rate)
{
    if (stage_renew() || the_world.daemon == 0) {
        (void)stage_start_daemon();
        stage_end_inspector();
    }
    int64_t interval_us = CROWD_MAX * CLOCK_SECOND_US * 2 / rate;
    int64_t for_us = seconds * (int64_t)rounds * CLOCK_SECOND_US;
    int64_t found = run_daemon(CROWD_MAX, interval_us, for_us, 0);
    int64_t *all = calloc(CROWD_MAX * (size_t)TIMES_MAX, sizeof *all);
    CHECK(all != NULL, "no memory");
    size_t count = 0;
    for (int i = 0; i < CROWD_MAX; i++) {
        for (int64_t k = 0; k < shared->acts[i] && k < TIMES_MAX; k++) {
            all[count++] = shared->times_us[i][k];
        }
    }
    stage_figure("d", "daemon half load", (double)found, "transfers/s");
    stage_latency("d", "daemon", all, count);
    free(all);
}

/* ------------------------------------------------------------------ the same rows */

#define TABLES_MAX 40

static size_t count_rows(int64_t counts[TABLES_MAX], char names[TABLES_MAX][64])
{
    sqlite3 *db = NULL;
    sqlite3_stmt *tables = NULL;
    size_t found = 0;
    CHECK(sqlite3_open_v2(the_world.registry_path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
              sqlite3_prepare_v2(db,
                                 "SELECT name FROM sqlite_schema WHERE type = 'table' AND name"
                                 " NOT LIKE 'sqlite%' ORDER BY name",
                                 -1, &tables, NULL) == SQLITE_OK,
          "the registry cannot be read");
    for (; found < TABLES_MAX && sqlite3_step(tables) == SQLITE_ROW; found++) {
        char sql[128];
        sqlite3_stmt *count = NULL;
        (void)snprintf(names[found], 64, "%s", (const char *)sqlite3_column_text(tables, 0));
        (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", names[found]);
        CHECK(sqlite3_prepare_v2(db, sql, -1, &count, NULL) == SQLITE_OK &&
                  sqlite3_step(count) == SQLITE_ROW,
              "%s: %s", sql, sqlite3_errmsg(db));
        counts[found] = sqlite3_column_int64(count, 0);
        (void)sqlite3_finalize(count);
    }
    (void)sqlite3_finalize(tables);
    (void)sqlite3_close(db);
    return found;
}

static int compare_rows(int64_t transfers)
{
    static int64_t counts[3][TABLES_MAX]; /* before, after the daemon, after the loop */
    static char names[TABLES_MAX][64];
    transfers = (transfers + PLAIN_GROUP - 1) / PLAIN_GROUP * PLAIN_GROUP;
    CHECK(stage_renew(), "only a small registry, with a copy beside it, is compared");
    size_t tables = count_rows(counts[0], names);
    (void)stage_start_daemon();
    (void)run_daemon(STAGE_SELLERS, 0, 0, transfers / STAGE_SELLERS);
    stage_end_daemon();
    (void)count_rows(counts[1], names);
    (void)world_verify(&the_world);
    (void)stage_renew();
    (void)run_plain(0, transfers);
    (void)count_rows(counts[2], names);
    (void)world_verify(&the_world);
    int failed = 0;
    for (size_t i = 0; i < tables; i++) {
        int64_t by_daemon = counts[1][i] - counts[0][i];
        int64_t by_loop = counts[2][i] - counts[0][i];
        if (by_daemon != by_loop) {
            printf("violation: %s got %" PRId64 " rows from the daemon, %" PRId64
                   " from the plain loop\n",
                   names[i], by_daemon, by_loop);
            failed++;
        }
    }
    (void)stage_renew();
    printf("result: %" PRId64 " transfers each, %zu tables compared\n", transfers, tables);
    printf("%zu passed, %d failed\n", tables - (size_t)failed, failed);
    return failed == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    stage_open(argc, argv);
    shared = crowd_memory(sizeof *shared);
    seconds = world_option(argc, argv, "--seconds", 3);
    rounds = (size_t)world_option(argc, argv, "--rounds", 3);
    CHECK(seconds > 0 && rounds > 0 && rounds <= ROUNDS_MAX, "--rounds is 1 to %d", ROUNDS_MAX);
    beside = stage_option(argc, argv, "--beside", NULL);
    int64_t transfers = world_option(argc, argv, "--compare", 0);
    if (transfers > 0) {
        return compare_rows(transfers);
    }
    int64_t rate = measure_rates();
    if (strchr(stage_option(argc, argv, "--parts", "ad"), 'd') != NULL) {
        measure_latency(rate);
    }
    stage_end_daemon();
    (void)stage_renew();
    return 0;
}
