/*
 * bench/transfer_bench.c: transfers a second, in one run on one machine (release build):
 *   - through the daemon with 64 client processes that each wait for their answer;
 *   - the same acts in a plain loop without sockets, one commit each, 32 and 128 a commit.
 * The folder is on the disk that TMPDIR names: put it where the registry will be.
 * transfer_bench [--seconds N] [--clients N]
 */
#include "crash/crowd.h"

struct shared {
    struct crowd crowd;
    int64_t end_us;
    int64_t acts[CROWD_MAX];
    int64_t slowest_us[CROWD_MAX];
    int64_t total_us[CROWD_MAX];
};

static struct world *world;
static struct shared *shared;
static int64_t seconds;

/* A transfer of 1,000 units to the neighbour, oldest first; every third is accepted. */
static struct command next_act(size_t from, int number, int i, char pending_id[ID_SIZE],
                               size_t *pending_to)
{
    char key[KEY_SIZE];
    (void)snprintf(key, sizeof key, "b%d-%d", number, i);
    if (pending_id[0] != '\0') {
        struct command command = world_decide(world, ACT_ACCEPT, *pending_to, pending_id, key);
        pending_id[0] = '\0';
        return command;
    }
    *pending_to = (from + 1) % WORLD_ORGS;
    return world_transfer(world, from, *pending_to, 1000, key);
}

static void note_answer(const struct command *command, const struct answer *answer, int i,
                        char pending_id[ID_SIZE])
{
    CHECK(answer->status == STATUS_OK, "%s was refused: %s", act_word((enum act_kind)command->kind),
          status_row((enum status)answer->status)->slug);
    if (command->kind == ACT_TRANSFER && i % 3 == 0) {
        memcpy(pending_id, answer->id, ID_SIZE);
    }
}

static void run_client(int number, void *context)
{
    (void)context;
    struct ledger_client client;
    ledger_client_init(&client, world->account_socket);
    char pending_id[ID_SIZE] = "";
    size_t pending_to = 0;
    crowd_meet(&shared->crowd);
    for (int i = 0; clock_steady_us() < shared->end_us; i++) {
        struct command command =
            next_act((size_t)number % WORLD_ORGS, number, i, pending_id, &pending_to);
        struct answer answer;
        int64_t began_us = clock_steady_us();
        (void)ledger_ask(&client, &command, &answer);
        int64_t took_us = clock_steady_us() - began_us;
        note_answer(&command, &answer, i, pending_id);
        shared->acts[number]++;
        shared->total_us[number] += took_us;
        if (took_us > shared->slowest_us[number]) {
            shared->slowest_us[number] = took_us;
        }
    }
    ledger_client_close(&client);
}

static int64_t run_daemon(int clients)
{
    world = world_open("bench", "release");
    world_start_daemon(world);
    world_await_daemon(world);
    memset(shared, 0, sizeof *shared);
    int64_t began_us = clock_steady_us();
    shared->end_us = began_us + seconds * CLOCK_SECOND_US;
    crowd_start(&shared->crowd, clients, run_client, NULL);
    crowd_end(&shared->crowd);
    int64_t took_us = clock_steady_us() - began_us;
    CHECK(world_stop_daemon(world) == 0, "the daemon did not end in good order");
    int64_t acts = 0;
    int64_t waited_us = 0;
    int64_t slowest_us = 0;
    for (int i = 0; i < clients; i++) {
        acts += shared->acts[i];
        waited_us += shared->total_us[i];
        slowest_us = shared->slowest_us[i] > slowest_us ? shared->slowest_us[i] : slowest_us;
    }
    int64_t rate = acts * CLOCK_SECOND_US / took_us;
    printf("daemon, %2d clients          %7" PRId64 " acts/s   answer after %" PRId64
           " us on average, %" PRId64 " us at worst\n",
           clients, rate, waited_us / acts, slowest_us);
    world_verify(world);
    world_close();
    return rate;
}

/* The daemon's work without its door. */
static int64_t run_loop(int acts_per_commit)
{
    world = world_open("bench", "release");
    struct arena arena;
    arena_map(&arena, LEDGER_ARENA_BYTES);
    struct ledger ledger;
    CHECK(ledger_open(&ledger, &arena, world->registry_path), "the registry does not open");
    static char pending_ids[WORLD_ORGS][ID_SIZE];
    static size_t pending_tos[WORLD_ORGS];
    static int counts[WORLD_ORGS];
    memset(pending_ids, 0, sizeof pending_ids);
    memset(counts, 0, sizeof counts);
    int64_t acts = 0;
    int64_t began_us = clock_steady_us();
    while (clock_steady_us() - began_us < seconds * CLOCK_SECOND_US) {
        CHECK(store_begin_write(ledger.store), "no transaction");
        for (int i = 0; i < acts_per_commit; i++, acts++) {
            size_t from = (size_t)acts % WORLD_ORGS;
            struct command command =
                next_act(from, (int)from, counts[from], pending_ids[from], &pending_tos[from]);
            struct answer answer;
            arena_reset(&arena, 0);
            (void)ledger_apply(&ledger, PROGRAM_ACCOUNT, &command, clock_now_us(), &answer);
            note_answer(&command, &answer, counts[from], pending_ids[from]);
            counts[from]++;
        }
        CHECK(store_commit(ledger.store), "the commit failed");
        if (acts % 512 < acts_per_commit) {
            (void)store_checkpoint(ledger.store, false);
        }
    }
    int64_t took_us = clock_steady_us() - began_us;
    store_close(ledger.store);
    int64_t rate = acts * CLOCK_SECOND_US / took_us;
    printf("plain loop, %3d a commit    %7" PRId64 " acts/s\n", acts_per_commit, rate);
    world_close();
    return rate;
}

int main(int argc, char **argv)
{
    seconds = world_option(argc, argv, "--seconds", 5);
    int clients = (int)world_option(argc, argv, "--clients", CROWD_MAX);
    CHECK(clients >= 1 && clients <= CROWD_MAX, "--clients is 1 to %d", CROWD_MAX);
    shared = crowd_memory(sizeof *shared);
    int64_t single = run_loop(1);
    int64_t group_32 = run_loop(32);
    int64_t group_128 = run_loop(128);
    int64_t one_client = run_daemon(1);
    int64_t daemon = run_daemon(clients);
    CHECK(single > 0 && one_client > 0, "nothing was measured");
    printf("group commit against one commit each: %" PRId64 ".%02" PRId64 " times (32), %" PRId64
           ".%02" PRId64 " times (128)\n",
           group_32 / single, group_32 * 100 / single % 100, group_128 / single,
           group_128 * 100 / single % 100);
    printf("daemon with %d clients against one client: %" PRId64 ".%02" PRId64
           " times; against the plain loop of one commit each: %" PRId64 ".%02" PRId64 " times\n",
           clients, daemon / one_client, daemon * 100 / one_client % 100, daemon / single,
           daemon * 100 / single % 100);
    return 0;
}
