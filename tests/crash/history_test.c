/*
 * crash/history_test.c: the history check (safety.md section 4, row 2). 64 client processes ask the
 * real daemon (release build) and read the registry, all at once, about the same few organisations;
 * half of the operations while the daemon is killed (kill -9) at random moments and started again.
 * Everybody writes down when he called, when he was answered and the whole answer. Then, with the
 * order that the ledger itself gave (act.seq):
 *   - replayed in that order through an independent model and through a fresh ledger, every act
 *     gives the answer that was given, and at the end there is the same registry, row for row;
 *   - what was answered before something else was called comes before it in the order;
 *   - every read saw the replayed state after the act that was the newest for it, and that is not
 *     older than what anybody had been told before the call, nor newer than what was asked until
 *     its return;
 *   - each acknowledged act is in the order once, an unanswered one once or never, and asked again
 *     by its key it gives the same answer;
 *   - times of record never go back, and ledger_verify finds nothing.
 * history_test [--operations N] [--kills N] [--history N] [--seed N]; default 100,000 and 20. After
 * each 50,000 operations (--history) all is checked and a new registry begun: every second one is
 * the one with kills. So a million take twenty times as long as fifty thousand.
 */
#include "crash/history_client.h"
#include "crash/history_model.h"
#include "crash/history_replay.h"

static struct {
    int64_t operations, acts, done, transfers, refused, repeated, expired, lost, given_up, reads;
    int64_t kills;
} total;

/* ------------------------------------------------------------------ while it happens */

static void kill_daemon(struct chance *chance)
{
    CHECK(waitpid(world->daemon, NULL, WNOHANG) == 0, "the daemon ended by itself; its log is %s",
          world->log_path);
    world_kill_daemon(world);
    struct store *store = history_reader();
    CHECK(shared->start_count < STARTS_MAX, "too many kills for one history");
    shared->starts[shared->start_count++] = see_newest(store);
    store_close(store);
    if (chance_below(chance, 4) == 0) {
        poll(NULL, 0, (int)chance_below(chance, 100)); /* sometimes it stays away for a while */
    }
    world_start_daemon(world);
    total.kills++;
}

/* Kills spread over the operations; ends when the clients have ended. */
static void watch(int64_t kills)
{
    struct chance chance = chance_from(seed, UINT64_C(4242) + (uint64_t)kills);
    int64_t all = CLIENTS * shared->operations_each;
    for (int64_t killed = 0; killed < kills; killed++) {
        int64_t after = all * killed / kills + chance_below(&chance, all / kills);
        int64_t until_us = clock_steady_us() + 300 * CLOCK_SECOND_US;
        while (atomic_load(&shared->done) < after) {
            CHECK(clock_steady_us() < until_us, "the history stands still");
            poll(NULL, 0, 1 + (int)chance_below(&chance, 5));
        }
        kill_daemon(&chance);
    }
}

static void happen(int64_t count, int64_t kills)
{
    shared = crowd_memory(sizeof *shared);
    shared->operations_each = (count + CLIENTS - 1) / CLIENTS;
    shared->room_each = shared->operations_each + HISTORY_SETTLE;
    operations = crowd_memory((size_t)(CLIENTS * shared->room_each) * sizeof operations[0]);
    history_found();
    shared->start_us = clock_steady_us();
    world_start_daemon(world);
    world_await_daemon(world);
    crowd_start(&shared->crowd, CLIENTS, run_client, NULL);
    watch(kills);
    crowd_end(&shared->crowd);
    CHECK(waitpid(world->daemon, NULL, WNOHANG) == 0 && world_stop_daemon(world) == 0,
          "the daemon did not end in good order; its log is %s", world->log_path);
}

/* ------------------------------------------------------------------ afterwards */

static void add_up(void)
{
    for (int client = 0; client < CLIENTS; client++) {
        for (int i = 0; i < shared->count[client]; i++) {
            total.operations++;
            total.acts += operation_at(client, i)->what == OPERATION_ASK;
        }
    }
    total.reads = reads_checked;
    total.done += order.done;
    total.transfers += order.transfers;
    total.refused += order.refused;
    total.repeated += order.repeated;
    total.expired += order.expired;
    total.lost += order.lost;
    total.given_up += shared->given_up;
}

/* The replay through a fresh ledger goes on in a process of its own beside the model's. */
static void check_history(void)
{
    sqlite3 *db = history_open(world->registry_path);
    check_order(db);
    learn_registry();
    fflush(stdout);
    pid_t child = fork();
    CHECK(child >= 0, "no process for the replay");
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        replay_ledger();
        _exit(0);
    }
    replay_model(db);
    int end = 0;
    CHECK(waitpid(child, &end, 0) == child, "the replay was not there to wait for");
    CHECK(WIFEXITED(end) && WEXITSTATUS(end) == 0, "the replay through a fresh ledger failed");
    sqlite3_close(db);
    CHECK(world_verify(world) == order.count + shared->start_seq, "acts are missing");
    add_up();
    free(order.rows);
}

static void one_history(int64_t count, int64_t kills)
{
    int64_t began_us = clock_steady_us();
    happen(count, kills);
    int64_t happened_us = clock_steady_us();
    check_history();
    printf("%" PRId64 " operations%s: %" PRId64 " ms to happen, %" PRId64 " ms to check\n", count,
           kills > 0 ? " with kills" : "", (happened_us - began_us) / 1000,
           (clock_steady_us() - happened_us) / 1000);
    fflush(stdout);
    world_close();
    munmap(world->arena.bytes, world->arena.size_bytes);
    munmap(operations, (size_t)(CLIENTS * shared->room_each) * sizeof operations[0]);
    munmap(shared, sizeof *shared);
}

int main(int argc, char **argv)
{
    uint64_t first_seed = world_seed(argc, argv);
    int64_t began_us = clock_steady_us();
    int64_t count = world_option(argc, argv, "--operations", 100000);
    int64_t kills = world_option(argc, argv, "--kills", 20);
    int64_t each = world_option(argc, argv, "--history", 50000);
    int64_t histories = (count + each - 1) / each;
    int64_t disturbed = kills > 0 ? (histories > 1 ? histories / 2 : 1) : 0;
    int64_t kills_each = disturbed > 0 ? kills / disturbed : 0;
    for (int64_t i = 0; i < histories; i++) {
        seed = first_seed + (uint64_t)i;
        bool is_disturbed = disturbed > 0 && i % 2 == (histories > 1 ? 1 : 0);
        bool is_last = i == histories - 1 || (is_disturbed && i + 2 >= histories);
        int64_t share = is_last ? kills - total.kills : kills_each;
        one_history(i == histories - 1 ? count - i * each : each, is_disturbed ? share : 0);
    }
    printf("result: %" PRId64 " operations by %d clients, %" PRId64 " asked: %" PRId64
           " done (%" PRId64 " transfers), %" PRId64 " refused, %" PRId64 " repeats, %" PRId64
           " expired; %" PRId64 " answers lost, %" PRId64 " given up and settled by key; %" PRId64
           " reads checked, %" PRId64 " kills, 0 violations in %" PRId64 " s\n",
           total.operations, CLIENTS, total.acts, total.done, total.transfers, total.refused,
           total.repeated, total.expired, total.lost, total.given_up, total.reads, total.kills,
           (clock_steady_us() - began_us) / CLOCK_SECOND_US);
    printf("1 passed, 0 failed\n");
    return 0;
}
