/*
 * crash/reader_test.c: the daemon (this test's own build) under load beside readers and `tally
 * verify` (safety.md section 1): each read is one moment in which every unit is accounted for; time
 * and the ledger's order never go back; readers never make an act fail; the WAL is emptied although
 * they read; at the end the file is sound and every acknowledged act is in it. reader_test
 * [--seconds N] [--seed N]
 */
#include "crash/crowd.h"

#include "store/query.h"

#define WRITERS 8
#define READERS 4
#define PROCESSES (WRITERS + READERS + 1)
#define ACTS_MAX 200000
/* Of one writer: checking the whole registry again and again is the slow part. */
#define ACTS_PER_S 300

struct shared {
    struct crowd crowd;
    int64_t end_us;
    int64_t acts[WRITERS]; /* acknowledged */
    int64_t highest_seq;   /* acknowledged, of all writers */
    int64_t reads[READERS];
    int64_t verifies;
};

static struct world *world;
static struct shared *shared;
static uint64_t seed;

enum { Q_SUM, Q_LAST };
static const char *const sql[] = {
    [Q_SUM] =
        "SELECT (SELECT sum(issued + imported) FROM conservation),"
        " (SELECT sum(active + retired + exported + cancelled) FROM conservation),"
        " (SELECT sum(last - first + 1) FROM batch WHERE state <> 'split'),"
        " (SELECT coalesce(sum(last - first + 1), 0) FROM batch WHERE reserved_by IS NOT NULL),"
        " (SELECT coalesce(sum(units), 0) FROM transfer WHERE ended_at IS NULL)",
    [Q_LAST] = "SELECT coalesce(max(seq), 0), count(*), coalesce(max(recorded_at), 0) FROM act",
};
static const struct query_table reader_queries = {"reader", sql, 2};
static const struct query_table *const reader_tables[] = {&reader_queries, NULL};

static void note_seq(int64_t seq)
{
    int64_t seen = __atomic_load_n(&shared->highest_seq, __ATOMIC_SEQ_CST);
    while (seen < seq && !__atomic_compare_exchange_n(&shared->highest_seq, &seen, seq, false,
                                                      __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
    }
}

/* Transfers that are accepted, withdrawn or left waiting. */
static void write_acts(int number)
{
    struct ledger_client client;
    ledger_client_init(&client, world->account_socket);
    struct chance chance = chance_from(seed, (uint64_t)number);
    size_t from = (size_t)number % WORLD_ORGS;
    for (int i = 0; i == 0 || (clock_steady_us() < shared->end_us && i < ACTS_MAX); i++) {
        char key[KEY_SIZE];
        (void)snprintf(key, sizeof key, "w%d-%d", number, i);
        size_t to = (from + 1 + (size_t)chance_below(&chance, WORLD_ORGS - 1)) % WORLD_ORGS;
        struct command command =
            world_transfer(world, from, to, 1 + chance_below(&chance, 5000), key);
        struct answer answer;
        enum status status = ledger_ask(&client, &command, &answer);
        CHECK(status == STATUS_OK, "a transfer beside readers: %s", status_row(status)->slug);
        shared->acts[number]++;
        note_seq(answer.seq);
        int64_t dice = chance_below(&chance, 10);
        if (dice < 9) {
            (void)snprintf(key, sizeof key, "d%d-%d", number, i);
            command = dice < 5 ? world_decide(world, ACT_ACCEPT, to, answer.id, key)
                               : world_decide(world, ACT_WITHDRAW, from, answer.id, key);
            status = ledger_ask(&client, &command, &answer);
            CHECK(status == STATUS_OK, "a decision beside readers: %s", status_row(status)->slug);
            shared->acts[number]++;
            note_seq(answer.seq);
        }
        poll(NULL, 0, 2000 / ACTS_PER_S);
    }
    ledger_client_close(&client);
}

static void read_moments(int number)
{
    struct store *store =
        store_open(STORE_REGISTRY, STORE_READ, world->registry_path, reader_tables);
    CHECK(store != NULL, "a reader cannot open the registry");
    int64_t last_seq = 0;
    int64_t last_at = 0;
    do {
        int64_t told_seq = __atomic_load_n(&shared->highest_seq, __ATOMIC_SEQ_CST);
        store_begin_read(store);
        struct query q = query(store, &reader_queries, Q_LAST);
        CHECK(query_row(&q), "a reader finds no act");
        int64_t seq = query_int(&q, 0);
        CHECK(seq == query_int(&q, 1), "the order has gaps: %" PRId64 " of %" PRId64,
              query_int(&q, 1), seq);
        CHECK(seq >= last_seq && query_int(&q, 2) >= last_at, "time went back for a reader");
        CHECK(seq >= told_seq, "act %" PRId64 " was acknowledged, a later read ends at %" PRId64,
              told_seq, seq);
        last_seq = seq;
        last_at = query_int(&q, 2);
        query_end(&q);
        q = query(store, &reader_queries, Q_SUM);
        CHECK(query_row(&q), "a reader finds no sums");
        CHECK(query_int(&q, 0) == WORLD_ORGS * WORLD_UNITS &&
                  query_int(&q, 0) == query_int(&q, 1) && query_int(&q, 0) == query_int(&q, 2),
              "a moment in which units are not accounted for: %" PRId64 ", %" PRId64 ", %" PRId64,
              query_int(&q, 0), query_int(&q, 1), query_int(&q, 2));
        CHECK(query_int(&q, 3) == query_int(&q, 4),
              "reserved %" PRId64 " units, waiting transfers say %" PRId64, query_int(&q, 3),
              query_int(&q, 4));
        query_end(&q);
        CHECK(!store_fault(store), "a reader met a fault");
        store_settle(store);
        shared->reads[number]++;
    } while (clock_steady_us() < shared->end_us);
    store_close(store);
}

/* Everybody does what they do once at least, however late the machine lets them begin. */
static void act(int number, void *context)
{
    (void)context;
    int log = open(world->log_path, O_WRONLY | O_CREAT | O_APPEND, 0640);
    dup2(log, STDERR_FILENO);
    crowd_meet(&shared->crowd);
    if (number < WRITERS) {
        write_acts(number);
    } else if (number < WRITERS + READERS) {
        read_moments(number - WRITERS);
    } else {
        do {
            (void)world_verify(world);
            shared->verifies++;
        } while (clock_steady_us() < shared->end_us);
    }
}

int main(int argc, char **argv)
{
    seed = world_seed(argc, argv);
    int64_t seconds = world_option(argc, argv, "--seconds", 10);
    shared = crowd_memory(sizeof *shared);
    world = world_open("reader", "test");
    world_start_daemon(world);
    world_await_daemon(world);
    shared->end_us = clock_steady_us() + seconds * CLOCK_SECOND_US;
    crowd_start(&shared->crowd, PROCESSES, act, NULL);
    crowd_end(&shared->crowd);
    CHECK(world_stop_daemon(world) == 0, "the daemon did not end in good order; its log is %s",
          world->log_path);

    int64_t acts = 0;
    int64_t reads = 0;
    for (int i = 0; i < WRITERS; i++) {
        acts += shared->acts[i];
    }
    for (int i = 0; i < READERS; i++) {
        reads += shared->reads[i];
        CHECK(shared->reads[i] > 0, "reader %d read nothing", i);
    }
    CHECK(acts > 0 && shared->verifies > 0, "nothing was measured");
    int64_t recorded = world_verify(world);
    CHECK(recorded >= acts && recorded >= shared->highest_seq,
          "%" PRId64 " acts were acknowledged, %" PRId64 " are there", acts, recorded);
    char wal[WORLD_PATH_SIZE + 8];
    struct stat file = {.st_size = 0};
    (void)snprintf(wal, sizeof wal, "%s-wal", world->registry_path);
    CHECK(stat(wal, &file) != 0 || file.st_size == 0,
          "the WAL still has %lld bytes after a good end", (long long)file.st_size);
    printf("result: %" PRId64 " s: %" PRId64 " acts acknowledged beside %" PRId64
           " reads and %" PRId64 " whole verifications; every moment conserved, none went back\n",
           seconds, acts, reads, shared->verifies);
    printf("1 passed, 0 failed\n");
    return 0;
}
