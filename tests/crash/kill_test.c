/*
 * crash/kill_test.c: kill -9 under load (safety.md section 4, row 1). Twelve client processes
 * start, accept, reject and withdraw transfers with a key each; the daemon (release build) and the
 * clients are killed at random moments and started again. What a client asked and was told stands
 * in memory shared with this process, so it outlives the client. Afterwards:
 *   - every acknowledged act is there exactly once, by reading and by asking again with its key;
 *   - every act without an answer happened once or never, and asking again settles it for good;
 *   - what was refused left nothing; no transfer was both accepted and withdrawn;
 *   - every organisation holds what its completed transfers say, and ledger_verify finds nothing.
 * kill_test [--kills N] [--seed N]; after each KILLS_PER_REGISTRY kills the registry is checked and
 * a new one begun.
 */
#include "crash/world.h"

#include <sched.h>
#include <stdatomic.h>
#include <sys/mman.h>

#include "store/query.h"

#define CLIENTS 12
#define RECORDS_MAX 30000 /* acts of one client in one registry */
#define KILLS_PER_REGISTRY 250
#define UNITS_MAX 1000
#define LOOK_BACK 300 /* how far back a client looks for a transfer to decide */
#define LIFE_ACTS 300 /* at least 25 groups, for a group has one act of each client at most */
#define LIFE_S_MAX 60

enum record_state { RECORD_EMPTY, RECORD_ASKING, RECORD_ANSWERED };

struct record {
    _Atomic int state;
    bool is_asked_again; /* by the next life of its client, which never knew of the first time */
    enum act_kind kind;
    int other; /* transfer: the recipient */
    int64_t units;
    char transfer_id[ID_SIZE]; /* decisions */
    struct answer answer;
    /* found by reading */
    int transfers_found, keys_found;
    int64_t seq_found;
    char id_found[ID_SIZE];
};

struct shared {
    _Atomic int stop;
    _Atomic int count[CLIENTS]; /* records begun */
    struct record records[CLIENTS][RECORDS_MAX];
};

/* What can be killed here; web_kill_test.c kills the web programs. */
struct victim {
    const char *name;
    void (*start)(struct victim *victim);
    int number;
    pid_t pid;
    int kills;
};

static struct world *world;
static struct shared *shared;
static struct victim victims[CLIENTS + 1];
static uint64_t seed;
static int life; /* counts starts, so that a client begun again chooses anew */

static size_t org_of(int client)
{
    return (size_t)client % WORLD_ORGS;
}

static void key_of(int client, int number, char key[KEY_SIZE])
{
    (void)snprintf(key, KEY_SIZE, "k%d-%d", client, number);
}

static struct command command_of_record(int client, int number)
{
    const struct record *record = &shared->records[client][number];
    char key[KEY_SIZE];
    key_of(client, number, key);
    if (record->kind == ACT_TRANSFER) {
        return world_transfer(world, org_of(client), (size_t)record->other, record->units, key);
    }
    return world_decide(world, record->kind, org_of(client), record->transfer_id, key);
}

/* ------------------------------------------------------------------ a client */

/* A pending transfer that this client may decide, from what anybody was told lately. */
static bool choose_transfer(struct chance *chance, int client, enum act_kind kind, char id[ID_SIZE])
{
    int giver = kind == ACT_WITHDRAW ? client : (int)chance_below(chance, CLIENTS);
    int count = atomic_load(&shared->count[giver]);
    for (int attempt = 0; attempt < 20 && count > 0; attempt++) {
        int back = (int)chance_below(chance, count < LOOK_BACK ? count : LOOK_BACK);
        const struct record *record = &shared->records[giver][count - 1 - back];
        if (atomic_load(&record->state) == RECORD_ANSWERED && record->kind == ACT_TRANSFER &&
            record->answer.status == STATUS_OK &&
            (kind == ACT_WITHDRAW || record->other == (int)org_of(client))) {
            return TEXT_COPY(*(char(*)[ID_SIZE])id, record->answer.id);
        }
    }
    return false;
}

static void choose_act(struct chance *chance, int client, struct record *record)
{
    int64_t dice = chance_below(chance, 100);
    enum act_kind kind = dice < 50   ? ACT_TRANSFER
                         : dice < 75 ? ACT_ACCEPT
                         : dice < 90 ? ACT_WITHDRAW
                                     : ACT_REJECT;
    record->kind = kind;
    if (kind == ACT_TRANSFER || !choose_transfer(chance, client, kind, record->transfer_id)) {
        record->kind = ACT_TRANSFER;
        record->other =
            (int)((org_of(client) + 1 + (size_t)chance_below(chance, WORLD_ORGS - 1)) % WORLD_ORGS);
        record->units = 1 + chance_below(chance, UNITS_MAX);
    }
}

static void ask_record(struct ledger_client *ledger, int client, int number)
{
    struct record *record = &shared->records[client][number];
    struct command command = command_of_record(client, number);
    struct answer answer;
    (void)ledger_ask(ledger, &command, &answer);
    record->answer = answer;
    atomic_store(&record->state, RECORD_ANSWERED);
}

static void run_client(int client, struct chance chance)
{
    struct ledger_client ledger;
    ledger_client_init(&ledger, world->account_socket);
    int number = atomic_load(&shared->count[client]);
    /* Its former life may have been killed while asking: half of them ask again, half never know.
     */
    if (number > 0 && atomic_load(&shared->records[client][number - 1].state) == RECORD_ASKING &&
        chance_below(&chance, 2) == 0) {
        shared->records[client][number - 1].is_asked_again = true;
        ask_record(&ledger, client, number - 1);
    }
    for (; number < RECORDS_MAX && atomic_load(&shared->stop) == 0; number++) {
        struct record *record = &shared->records[client][number];
        choose_act(&chance, client, record);
        atomic_store(&record->state, RECORD_ASKING);
        atomic_store(&shared->count[client], number + 1);
        ask_record(&ledger, client, number);
        poll(NULL, 0, (int)chance_below(&chance, 3));
    }
    ledger_client_close(&ledger);
    _exit(0);
}

static void start_client(struct victim *victim)
{
    fflush(stdout);
    struct chance chance = chance_from(seed, 1000 * (uint64_t)++life + (uint64_t)victim->number);
    victim->pid = fork();
    CHECK(victim->pid >= 0, "no process for a client");
    if (victim->pid == 0) {
        int log = open(world->log_path, O_WRONLY | O_CREAT | O_APPEND, 0640);
        dup2(log, STDERR_FILENO);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        run_client(victim->number, chance);
    }
}

static void start_ledger(struct victim *victim)
{
    world->daemon = 0;
    world_start_daemon(world);
    victim->pid = world->daemon;
}

/* ------------------------------------------------------------------ killing */

/* A victim that ends by itself is a fault of its own: only this test kills. */
static void expect_alive(const struct victim *victim)
{
    int end = 0;
    if (waitpid(victim->pid, &end, WNOHANG) == victim->pid) {
        CHECK(WIFEXITED(end) && WEXITSTATUS(end) == 0 && victim->number >= 0,
              "%s ended by itself: %s %d; its log is %s", victim->name,
              WIFEXITED(end) ? "exit" : "signal", WIFEXITED(end) ? WEXITSTATUS(end) : WTERMSIG(end),
              world->log_path);
    }
}

static void kill_one(struct chance *chance)
{
    struct victim *victim =
        &victims[chance_below(chance, 10) < 7 ? 0 : 1 + chance_below(chance, CLIENTS)];
    expect_alive(victim);
    kill(victim->pid, SIGKILL);
    waitpid(victim->pid, NULL, 0);
    victim->kills++;
    if (chance_below(chance, 4) == 0) {
        poll(NULL, 0, (int)chance_below(chance, 100)); /* sometimes it stays away for a while */
    }
    victim->start(victim);
    if (chance_below(chance, 10) != 0) {
        world_await_daemon(world); /* one in ten may be killed while it starts */
        poll(NULL, 0, (int)chance_below(chance, 80));
    }
}

static void start_all(void)
{
    victims[0] = (struct victim){
        .name = "ledger", .start = start_ledger, .number = -1, .kills = victims[0].kills};
    start_ledger(&victims[0]);
    world_await_daemon(world);
    for (int i = 0; i < CLIENTS; i++) {
        victims[i + 1] = (struct victim){
            .name = "client", .start = start_client, .number = i, .kills = victims[i + 1].kills};
        start_client(&victims[i + 1]);
    }
}

static int64_t acts_begun(void)
{
    int64_t begun = 0;
    for (int i = 0; i < CLIENTS; i++) {
        begun += atomic_load(&shared->count[i]);
    }
    return begun;
}

/* However slow the machine is, one daemon lives for so many acts. */
static void let_work(void)
{
    int64_t goal = acts_begun() + LIFE_ACTS;
    int64_t until_us = clock_steady_us() + LIFE_S_MAX * CLOCK_SECOND_US;
    while (acts_begun() < goal && clock_steady_us() < until_us) {
        expect_alive(&victims[0]);
        poll(NULL, 0, 5);
    }
}

/* The clients finish what they are asking; the daemon goes on. */
static void end_clients(void)
{
    atomic_store(&shared->stop, 1);
    for (int i = 1; i <= CLIENTS; i++) {
        int end = 0;
        waitpid(victims[i].pid, &end, 0);
        CHECK(WIFEXITED(end) && WEXITSTATUS(end) == 0, "a client ended by itself");
    }
    expect_alive(&victims[0]);
}

/* ------------------------------------------------------------------ checking */

enum { Q_TRANSFERS, Q_KEYS, Q_BALANCES };
static const char *const sql[] = {
    [Q_TRANSFERS] = "SELECT notes, transfer_id FROM transfer",
    [Q_KEYS] = "SELECT key, seq FROM idempotency WHERE scope <> 'tally'",
    /* what is held against what the completed transfers say */
    [Q_BALANCES] = "SELECT o.org_id, (SELECT coalesce(sum(last - first + 1), 0) FROM batch b WHERE "
                   "b.org_id = o.org_id AND b.state = 'active'),"
                   " ?1 + (SELECT coalesce(sum(units), 0) FROM transfer WHERE to_org_id = o.org_id "
                   "AND state = 'completed')"
                   " - (SELECT coalesce(sum(units), 0) FROM transfer WHERE from_org_id = o.org_id "
                   "AND state = 'completed')"
                   " FROM organisation o WHERE o.supplier_id IS NULL",
};
static const struct query_table kill_queries = {"kill", sql, 3};
static const struct query_table *const kill_tables[] = {&kill_queries, NULL};

static struct record *record_of_key(const char *key)
{
    int client = -1;
    int number = -1;
    CHECK(sscanf(key, "k%d-%d", &client, &number) == 2 && client >= 0 && client < CLIENTS &&
              number >= 0 && number < atomic_load(&shared->count[client]),
          "nobody asked for \"%s\"", key);
    return &shared->records[client][number];
}

static void read_registry(void)
{
    struct store *store = store_open(STORE_REGISTRY, STORE_READ, world->registry_path, kill_tables);
    CHECK(store != NULL, "the registry cannot be read");
    store_begin_read(store);
    struct query q = query(store, &kill_queries, Q_TRANSFERS);
    while (query_row(&q)) {
        arena_reset(&world->arena, 0);
        struct record *record = record_of_key(query_text(&q, &world->arena, 0));
        record->transfers_found++;
        query_text_into(&q, 1, record->id_found, sizeof record->id_found);
    }
    query_end(&q);
    q = query(store, &kill_queries, Q_KEYS);
    while (query_row(&q)) {
        arena_reset(&world->arena, 0);
        struct record *record = record_of_key(query_text(&q, &world->arena, 0));
        record->keys_found++;
        record->seq_found = query_int(&q, 1);
    }
    query_end(&q);
    q = query(store, &kill_queries, Q_BALANCES);
    query_bind_int(&q, 1, WORLD_UNITS);
    int orgs = 0;
    while (query_row(&q)) {
        CHECK(query_int(&q, 1) == query_int(&q, 2),
              "%s holds %" PRId64 " units, its transfers say %" PRId64,
              query_text(&q, &world->arena, 0), query_int(&q, 1), query_int(&q, 2));
        orgs++;
    }
    query_end(&q);
    CHECK(!store_fault(store) && orgs == WORLD_ORGS, "the registry was not read to its end");
    store_close(store);
}

struct tally_of_acts {
    int acknowledged, refused, in_doubt, in_doubt_done, asked_again;
};

/* A daemon that was away the second time may have been there the first. */
static bool is_in_doubt(const struct record *record)
{
    int status = record->answer.status;
    return record->state != RECORD_ANSWERED || status == STATUS_ANSWER_LOST ||
           status == STATUS_FAULT || status == STATUS_BUSY ||
           (status == STATUS_LEDGER_AWAY && record->is_asked_again);
}

static void check_by_reading(int client, int number, struct tally_of_acts *acts)
{
    const struct record *record = &shared->records[client][number];
    const struct answer *answer = &record->answer;
    int transfers = record->kind == ACT_TRANSFER ? record->keys_found : 0;
    CHECK(record->keys_found <= 1 && record->transfers_found == transfers,
          "act k%d-%d: %d keys and %d transfers found", client, number, record->keys_found,
          record->transfers_found);
    if (is_in_doubt(record)) {
        acts->in_doubt++;
        acts->in_doubt_done += record->keys_found;
    } else if (answer->status == STATUS_OK) {
        acts->acknowledged++;
        CHECK(record->keys_found == 1 && record->seq_found == answer->seq,
              "acknowledged act k%d-%d is lost", client, number);
        CHECK(record->kind != ACT_TRANSFER || text_is(record->id_found, answer->id),
              "k%d-%d was told %s, there is %s", client, number, answer->id, record->id_found);
    } else {
        acts->refused++;
        CHECK(record->keys_found == 0, "act k%d-%d was refused (%s) but happened", client, number,
              status_row((enum status)answer->status)->slug);
    }
}

/* The same key again: an act that happened gives its first answer, one that did not happens now or
 * is refused, for good. */
static void check_by_asking(struct ledger_client *ledger, int client, int number)
{
    struct record *record = &shared->records[client][number];
    struct command command = command_of_record(client, number);
    struct answer again;
    enum status status = ledger_ask(ledger, &command, &again);
    if (record->keys_found == 1) {
        CHECK(status == STATUS_OK && again.repeated && again.seq == record->seq_found,
              "k%d-%d asked again: %s, seq %" PRId64 " instead of %" PRId64, client, number,
              status_row(status)->slug, again.seq, record->seq_found);
        CHECK(is_in_doubt(record) ||
                  (text_is(again.id, record->answer.id) && again.at == record->answer.at),
              "k%d-%d asked again answers differently", client, number);
        return;
    }
    CHECK(!again.repeated && status_row(status)->blame != BLAME_OPERATOR, "k%d-%d asked late: %s",
          client, number, status_row(status)->slug);
    struct answer third;
    (void)ledger_ask(ledger, &command, &third);
    CHECK(status != STATUS_OK || (third.repeated && third.seq == again.seq),
          "k%d-%d happened twice", client, number);
}

/* Nobody was told that one transfer ended twice. */
static int compare_ids(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

static void check_decisions(void)
{
    static const char *ids[CLIENTS * RECORDS_MAX];
    size_t count = 0;
    for (int client = 0; client < CLIENTS; client++) {
        for (int number = 0; number < atomic_load(&shared->count[client]); number++) {
            const struct record *record = &shared->records[client][number];
            if (record->kind != ACT_TRANSFER && record->keys_found == 1) {
                ids[count++] = record->transfer_id;
            }
        }
    }
    qsort(ids, count, sizeof ids[0], compare_ids);
    for (size_t i = 1; i < count; i++) {
        CHECK(strcmp(ids[i - 1], ids[i]) != 0, "transfer %s was decided twice", ids[i]);
    }
}

static struct tally_of_acts check_registry(void)
{
    struct tally_of_acts acts = {0};
    read_registry();
    for (int client = 0; client < CLIENTS; client++) {
        for (int number = 0; number < atomic_load(&shared->count[client]); number++) {
            check_by_reading(client, number, &acts);
        }
    }
    check_decisions();
    world_verify(world);
    struct ledger_client ledger;
    ledger_client_init(&ledger, world->account_socket);
    for (int client = 0; client < CLIENTS; client++) {
        for (int number = 0; number < atomic_load(&shared->count[client]); number++) {
            const struct record *record = &shared->records[client][number];
            if (record->keys_found == 1 || is_in_doubt(record)) {
                check_by_asking(&ledger, client, number);
                acts.asked_again++;
            }
        }
    }
    ledger_client_close(&ledger);
    CHECK(world_stop_daemon(world) == 0, "the daemon did not end in good order");
    world_verify(world);
    return acts;
}

int main(int argc, char **argv)
{
    seed = world_seed(argc, argv);
    int64_t kills = world_option(argc, argv, "--kills", 100);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CHECK(shared != MAP_FAILED, "no shared memory");
    struct chance chance = chance_from(seed, 0);
    struct tally_of_acts all = {0};
    int64_t began_us = clock_steady_us();
    for (int64_t done = 0; done < kills;) {
        CHECK(madvise(shared, sizeof *shared, MADV_REMOVE) == 0,
              "the shared memory is not emptied");
        world = world_open("kill", "release");
        start_all();
        for (int i = 0; i < KILLS_PER_REGISTRY && done < kills; i++, done++) {
            kill_one(&chance);
        }
        world_await_daemon(world);
        let_work();
        end_clients();
        struct tally_of_acts acts = check_registry();
        all.acknowledged += acts.acknowledged;
        all.refused += acts.refused;
        all.in_doubt += acts.in_doubt;
        all.in_doubt_done += acts.in_doubt_done;
        all.asked_again += acts.asked_again;
        world_close();
    }
    int client_kills = 0;
    for (int i = 1; i <= CLIENTS; i++) {
        client_kills += victims[i].kills;
    }
    printf("result: %d kills of the daemon and %d of clients in %" PRId64
           " s; %d acts acknowledged: each there once; %d refused: none there; %d unanswered: %d "
           "happened once, the others never\n",
           victims[0].kills, client_kills, (clock_steady_us() - began_us) / CLOCK_SECOND_US,
           all.acknowledged, all.refused, all.in_doubt, all.in_doubt_done);
    printf("%d asked again by key: the same answer, or settled for good; every registry verified\n",
           all.asked_again);
    printf("1 passed, 0 failed\n");
    return 0;
}
