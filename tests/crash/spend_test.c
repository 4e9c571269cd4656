/*
 * crash/spend_test.c: concurrent spending (safety.md section 4, row 3), through the daemon of this
 * test's own build (sanitizers):
 *   - 64 clients spend the units of one batch at once, oldest first: what succeeds is exactly what
 * was there;
 *   - 64 clients name one whole batch: exactly one gets it;
 *   - 1,000 rounds of a double click: the same key twice at once is one act with one answer;
 *   - 1,000 rounds of accept against withdraw: exactly one wins, the other is told how it ended.
 * spend_test [--rounds N] [--seed N]
 */
#include "crash/crowd.h"

#include "store/query.h"

#define CLIENTS 64
#define SPENT_ORG 0

struct shared {
    struct crowd crowd;
    int64_t spent[CLIENTS];
    int winners;
    char whole_batch[ID_SIZE];
    struct answer answers[2];
    char transfer_id[ID_SIZE];
    int64_t rounds;
};

static struct world *world;
static struct shared *shared;
static uint64_t seed;
static int passed;

static void quiet_log(void)
{
    int log = open(world->log_path, O_WRONLY | O_CREAT | O_APPEND, 0640);
    dup2(log, STDERR_FILENO);
}

static struct ledger_client connect_client(void)
{
    struct ledger_client client;
    ledger_client_init(&client, world->account_socket);
    return client;
}

/* ------------------------------------------------------------------ one purse */

/* Spends until nothing is left. */
static void spend(int number, void *context)
{
    (void)context;
    quiet_log();
    struct ledger_client client = connect_client();
    struct chance chance = chance_from(seed, (uint64_t)number);
    crowd_meet(&shared->crowd);
    int64_t wanted = 0;
    for (int i = 0;; i++) {
        wanted = wanted == 0 ? 1 + chance_below(&chance, WORLD_UNITS / 500) : wanted;
        char key[KEY_SIZE];
        (void)snprintf(key, sizeof key, "spend-%d-%d", number, i);
        struct command command =
            world_transfer(world, SPENT_ORG, 1 + (size_t)number % (WORLD_ORGS - 1), wanted, key);
        struct answer answer;
        enum status status = ledger_ask(&client, &command, &answer);
        if (status == STATUS_OK) {
            shared->spent[number] += wanted;
            wanted = 0;
            continue;
        }
        CHECK(status == STATUS_NOT_ENOUGH, "spending answers %s", status_row(status)->slug);
        CHECK(answer.available_units < wanted,
              "refused %" PRId64 " units although %" PRId64 " are there", wanted,
              answer.available_units);
        if (answer.available_units == 0) {
            break;
        }
        wanted = answer.available_units; /* all that is left: most of them try it */
    }
    ledger_client_close(&client);
}

static void test_one_purse(void)
{
    crowd_start(&shared->crowd, CLIENTS, spend, NULL);
    crowd_end(&shared->crowd);
    int64_t spent = 0;
    int64_t acts = world_verify(world);
    for (int i = 0; i < CLIENTS; i++) {
        spent += shared->spent[i];
    }
    CHECK(spent == WORLD_UNITS, "%" PRId64 " units of %" PRId64 " were spent", spent, WORLD_UNITS);
    printf("64 clients spent exactly the %" PRId64 " units that were there (%" PRId64
           " acts in the log)\n",
           spent, acts);
    passed++;
}

/* ------------------------------------------------------------------ one batch */

static void take_whole(int number, void *context)
{
    (void)context;
    quiet_log();
    struct ledger_client client = connect_client();
    char key[KEY_SIZE];
    (void)snprintf(key, sizeof key, "whole-%d", number);
    struct command command =
        world_transfer(world, 1, 2 + (size_t)number % (WORLD_ORGS - 2), 0, key);
    command.transfer.line_count = 1;
    command.transfer.lines[0].units = WORLD_UNITS;
    TEXT_COPY(command.transfer.lines[0].batch_id, shared->whole_batch);
    crowd_meet(&shared->crowd);
    struct answer answer;
    enum status status = ledger_ask(&client, &command, &answer);
    CHECK(status == STATUS_OK || status == STATUS_BATCH_RESERVED,
          "taking the whole batch answers %s", status_row(status)->slug);
    if (status == STATUS_OK) {
        __atomic_add_fetch(&shared->winners, 1, __ATOMIC_SEQ_CST);
    }
    ledger_client_close(&client);
}

static const char *const sql[] = {"SELECT batch_id FROM batch WHERE org_id = ?1 AND state = "
                                  "'active' AND last - first + 1 = ?2 AND reserved_by IS NULL"};
static const struct query_table spend_queries = {"spend", sql, 1};
static const struct query_table *const spend_tables[] = {&spend_queries, NULL};

static void test_one_batch(void)
{
    struct store *store =
        store_open(STORE_REGISTRY, STORE_READ, world->registry_path, spend_tables);
    struct query q = query(store, &spend_queries, 0);
    query_bind_text(&q, 1, world->org_ids[1]);
    query_bind_int(&q, 2, WORLD_UNITS);
    CHECK(query_row(&q), "the untouched batch is not there");
    query_text_into(&q, 0, shared->whole_batch, ID_SIZE);
    query_end(&q);
    store_close(store);
    shared->winners = 0;
    crowd_start(&shared->crowd, CLIENTS, take_whole, NULL);
    crowd_end(&shared->crowd);
    CHECK(shared->winners == 1, "%d clients got the same batch", shared->winners);
    printf("64 clients named one whole batch: exactly one got it\n");
    passed++;
}

/* ------------------------------------------------------------------ two at once */

/* Both send the very same command at the same moment, again and again; number 0 compares. */
static void click_twice(int number, void *context)
{
    (void)context;
    quiet_log();
    struct ledger_client client = connect_client();
    for (int64_t round = 0; round < shared->rounds; round++) {
        char key[KEY_SIZE];
        (void)snprintf(key, sizeof key, "click-%" PRId64, round);
        struct command command = world_transfer(world, 2, 3, 1 + round % 7, key);
        crowd_meet(&shared->crowd);
        (void)ledger_ask(&client, &command, &shared->answers[number]);
        crowd_meet(&shared->crowd);
        if (number == 0) {
            const struct answer *one = &shared->answers[0];
            const struct answer *other = &shared->answers[1];
            CHECK(one->status == STATUS_OK && other->status == STATUS_OK,
                  "round %" PRId64 ": %s and %s", round, status_row((enum status)one->status)->slug,
                  status_row((enum status)other->status)->slug);
            CHECK(one->repeated != other->repeated, "round %" PRId64 ": both are the %s", round,
                  one->repeated ? "repeat" : "first");
            CHECK(text_is(one->id, other->id) && one->seq == other->seq && one->at == other->at &&
                      one->expires_at == other->expires_at &&
                      one->transfer_state == other->transfer_state,
                  "round %" PRId64 ": the answers differ", round);
        }
    }
    ledger_client_close(&client);
}

/* 0 makes a transfer; then 0 withdraws and 1 accepts at the same moment. */
static void accept_or_withdraw(int number, void *context)
{
    int *withdrawn = context;
    struct chance chance = chance_from(seed, UINT64_C(1000) + (uint64_t)number);
    quiet_log();
    struct ledger_client client = connect_client();
    for (int64_t round = 0; round < shared->rounds; round++) {
        char key[KEY_SIZE];
        if (number == 0) {
            (void)snprintf(key, sizeof key, "made-%" PRId64, round);
            struct command command = world_transfer(world, 3, 4, 1 + round % 5, key);
            struct answer answer;
            enum status made = ledger_ask(&client, &command, &answer);
            CHECK(made == STATUS_OK, "round %" PRId64 ": %s", round, status_row(made)->slug);
            TEXT_COPY(shared->transfer_id, answer.id);
        }
        crowd_meet(&shared->crowd);
        int64_t start_us =
            clock_steady_us() + chance_below(&chance, 400); /* neither is always the first */
        (void)snprintf(key, sizeof key, "end-%d-%" PRId64, number, round);
        struct command command =
            number == 0 ? world_decide(world, ACT_WITHDRAW, 3, shared->transfer_id, key)
                        : world_decide(world, ACT_ACCEPT, 4, shared->transfer_id, key);
        while (clock_steady_us() < start_us) {
        }
        (void)ledger_ask(&client, &command, &shared->answers[number]);
        crowd_meet(&shared->crowd);
        if (number == 0) {
            bool first_won = shared->answers[0].status == STATUS_OK;
            const struct answer *won = &shared->answers[first_won ? 0 : 1];
            const struct answer *lost = &shared->answers[first_won ? 1 : 0];
            CHECK(won->status == STATUS_OK && lost->status == STATUS_TRANSFER_ENDED,
                  "round %" PRId64 ": withdraw %s, accept %s", round,
                  status_row((enum status)shared->answers[0].status)->slug,
                  status_row((enum status)shared->answers[1].status)->slug);
            CHECK(lost->transfer_state == (first_won ? TRANSFER_WITHDRAWN : TRANSFER_COMPLETED) &&
                      lost->ended_at == won->at &&
                      text_is(lost->ended_by, world->user_ids[first_won ? 3 : 4]),
                  "round %" PRId64 ": the loser is not told how it ended", round);
            *withdrawn += first_won ? 1 : 0;
        }
    }
    ledger_client_close(&client);
}

int main(int argc, char **argv)
{
    seed = world_seed(argc, argv);
    shared = crowd_memory(sizeof *shared);
    shared->rounds = world_option(argc, argv, "--rounds", 1000);
    world = world_open("spend", "test");
    world_start_daemon(world);
    world_await_daemon(world);

    test_one_batch();
    test_one_purse();

    crowd_start(&shared->crowd, 2, click_twice, NULL);
    crowd_end(&shared->crowd);
    printf("%" PRId64 " double clicks: one act and one answer each\n", shared->rounds);
    passed++;

    int *withdrawn = crowd_memory(sizeof *withdrawn);
    crowd_start(&shared->crowd, 2, accept_or_withdraw, withdrawn);
    crowd_end(&shared->crowd);
    printf("%" PRId64
           " rounds of accept against withdraw: exactly one won each (%d times the withdrawal)\n",
           shared->rounds, *withdrawn);
    passed++;

    CHECK(world_stop_daemon(world) == 0, "the daemon did not end in good order");
    int64_t acts = world_verify(world);
    printf("result: 64 clients spent one batch, 64 wanted the whole of another; %" PRId64
           " double clicks, %" PRId64 " times accept against withdraw: one success each; %" PRId64
           " acts\n",
           shared->rounds, shared->rounds, acts);
    printf("%d passed, 0 failed\n", passed);
    return 0;
}
