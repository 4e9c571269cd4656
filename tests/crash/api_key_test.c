/*
 * crash/api_key_test.c: one key is one act, through nginx and several `api` processes (release
 * build):
 *   - 64 programs repeat one request under one Idempotency-Key at once: one transfer, and every
 *     answer is the first one, byte for byte; and again after the transfer went on;
 *   - 64 send two different bodies under one key: one body wins and is one transfer, the others are
 *     told at the header;
 *   - 64 accept one transfer, each under a key of its own or none: one 200, the others 409;
 *   - the same repeats while the daemon or an api process is killed with SIGKILL: who is told
 *     nothing asks again with the same key, and there is one transfer in the end.
 * In the rounds without kills no answer is 5xx. api_key_test [--rounds N] [--kills N] [--seed N]
 */
#include "crash/api.h"
#include "crash/crowd.h"

#define CLIENTS 64
#define SENDER 0
#define RECIPIENT 1

enum round { ROUND_SAME, ROUND_TWO, ROUND_ACCEPT, ROUND_KILLED };

struct shared {
    struct crowd crowd;
    enum round round;
    int number; /* of the round */
    char transfer_id[ID_SIZE];
    int codes[CLIENTS];
    struct digest bodies[CLIENTS]; /* of the answers */
    char ids[CLIENTS][ID_SIZE];
    int tries;
};

static struct world *world;
static struct web *web;
static struct api *api;
static struct shared *shared;
static struct web_reply reply;
static int passed;

/* ------------------------------------------------------------------ asking */

static const char *body_of(int number, int client)
{
    static char body[1024];
    int units = 1 + number % 50;
    if (shared->round == ROUND_TWO && client % 2 == 1) {
        units += 1000;
    }
    (void)snprintf(body, sizeof body,
                   "{\"from_organisation_id\":\"%s\",\"to_organisation_id\":\"%s\","
                   "\"supplier_id\":\"%s\",\"credit_quantity_kg\":%d,\"notes\":\"round %d\"}",
                   world->org_ids[SENDER], world->org_ids[RECIPIENT], api->supplier_id, units,
                   number);
    return body;
}

static void keep(int client)
{
    shared->codes[client] = reply.code;
    shared->bodies[client] = digest_of(reply.body, strlen(reply.body));
    api_text(&reply, "id", shared->ids[client], ID_SIZE);
}

static void act(int client, void *context)
{
    char key[KEY_SIZE], target[128];
    (void)context;
    (void)snprintf(key, sizeof key, "round-%d", shared->number);
    crowd_meet(&shared->crowd);
    if (shared->round == ROUND_KILLED) {
        poll(NULL, 0, client % 20); /* some before the kill, some after */
        api_ask_until_told(api, SENDER, "/transfers/from_oldest_credits",
                           body_of(shared->number, client), key, &reply, &shared->tries);
    } else if (shared->round == ROUND_ACCEPT) {
        (void)snprintf(key, sizeof key, "accept-%d-%d", shared->number, client);
        (void)snprintf(target, sizeof target, "/transfers/%s/accept", shared->transfer_id);
        api_ask(api, RECIPIENT, target, "{}", client % 2 == 0 ? key : NULL, &reply);
    } else {
        api_ask(api, SENDER, "/transfers/from_oldest_credits", body_of(shared->number, client), key,
                &reply);
    }
    CHECK(reply.is_whole, "client %d got no whole answer", client);
    keep(client);
}

static void run_round(enum round round)
{
    shared->round = round;
    shared->number++;
    crowd_start(&shared->crowd, CLIENTS, act, NULL);
}

/* ------------------------------------------------------------------ judging */

static int64_t count_transfers(void)
{
    static const char *const sql[] = {"SELECT count(*) FROM transfer"};
    static const struct query_table queries = {"api_key", sql, 1};
    static const struct query_table *const tables[] = {&queries, NULL};
    struct store *store = store_open(STORE_REGISTRY, STORE_READ, world->registry_path, tables);
    CHECK(store != NULL, "the registry cannot be read");
    struct query q = query(store, &queries, 0);
    CHECK(query_row(&q), "no count");
    int64_t count = query_int(&q, 0);
    query_end(&q);
    store_close(store);
    return count;
}

/* Every 200 is the same answer; returns how many there are. */
static int judge(int64_t before, int64_t transfers_made)
{
    int first = -1;
    int good = 0;
    for (int i = 0; i < CLIENTS; i++) {
        CHECK(shared->codes[i] < 500 || shared->codes[i] > 599, "client %d was answered %d", i,
              shared->codes[i]);
        if (shared->codes[i] != 200) {
            continue;
        }
        first = first < 0 ? i : first;
        good++;
        CHECK(digest_equal(&shared->bodies[first], &shared->bodies[i]),
              "round %d: clients %d and %d were told %s and %s, or the same in other words",
              shared->number, first, i, shared->ids[first], shared->ids[i]);
    }
    CHECK(good > 0, "round %d: nobody was answered 200; the first got %d", shared->number,
          shared->codes[0]);
    CHECK(count_transfers() == before + transfers_made, "round %d made %" PRId64 " transfers",
          shared->number, count_transfers() - before);
    TEXT_COPY(shared->transfer_id, shared->ids[first]);
    return good;
}

static void test_same(int64_t rounds)
{
    for (int64_t i = 0; i < rounds; i++) {
        int64_t before = count_transfers();
        run_round(ROUND_SAME);
        crowd_end(&shared->crowd);
        int good = judge(before, 1);
        CHECK(good == CLIENTS, "round %d: only %d were answered 200", shared->number, good);

        /* What it is now does not change what it was then. */
        struct digest first = shared->bodies[0];
        char key[KEY_SIZE], target[128];
        (void)snprintf(key, sizeof key, "round-%d", shared->number);
        (void)snprintf(target, sizeof target, "/transfers/%s/withdraw", shared->transfer_id);
        api_ask(api, SENDER, target, "", NULL, &reply);
        CHECK(reply.code == 200, "withdrawing was answered %d: %.300s", reply.code, reply.body);
        api_ask(api, SENDER, "/transfers/from_oldest_credits", body_of(shared->number, 0), key,
                &reply);
        struct digest again = digest_of(reply.body, strlen(reply.body));
        CHECK(reply.code == 200 && digest_equal(&first, &again),
              "the repeat after the end differs: %d %.800s", reply.code, reply.body);
    }
    printf("%" PRId64 " rounds of 64 repeats of one key: one transfer and one answer each\n",
           rounds);
    passed++;
}

static void test_two_bodies(int64_t rounds)
{
    for (int64_t i = 0; i < rounds; i++) {
        int64_t before = count_transfers();
        run_round(ROUND_TWO);
        crowd_end(&shared->crowd);
        CHECK(judge(before, 1) == CLIENTS / 2, "round %d: not one body won", shared->number);
        for (int k = 0; k < CLIENTS; k++) {
            CHECK(shared->codes[k] == 200 || shared->codes[k] == 422, "client %d was answered %d",
                  k, shared->codes[k]);
        }
    }
    printf("%" PRId64 " rounds of two bodies under one key: one won, the other was told\n", rounds);
    passed++;
}

static void test_accept(int64_t rounds)
{
    for (int64_t i = 0; i < rounds; i++) {
        shared->round = ROUND_SAME;
        api_ask(api, SENDER, "/transfers/from_oldest_credits", body_of(1000 + (int)i, 0), NULL,
                &reply);
        CHECK(reply.code == 200, "answered %d: %.300s", reply.code, reply.body);
        api_text(&reply, "id", shared->transfer_id, ID_SIZE);
        run_round(ROUND_ACCEPT);
        crowd_end(&shared->crowd);
        int good = 0;
        for (int k = 0; k < CLIENTS; k++) {
            CHECK(shared->codes[k] == 200 || shared->codes[k] == 409, "client %d was answered %d",
                  k, shared->codes[k]);
            good += shared->codes[k] == 200 ? 1 : 0;
        }
        CHECK(good == 1, "round %d: %d accepted the same transfer", shared->number, good);
    }
    printf("%" PRId64 " rounds of 64 accepting one transfer: one 200, 63 times 409\n", rounds);
    passed++;
}

/* ------------------------------------------------------------------ kills */

static void test_killed(struct chance *chance, int64_t kills)
{
    for (int64_t i = 0; i < kills; i++) {
        int64_t before = count_transfers();
        run_round(ROUND_KILLED);
        poll(NULL, 0, (int)chance_below(chance, 25));
        if (chance_below(chance, 2) == 0) {
            world_kill_daemon(world);
            world_start_daemon(world);
        } else {
            for (int k = 0; k < API_PROCESSES; k++) {
                api_kill(api, k);
                api_start(api, k);
            }
        }
        crowd_end(&shared->crowd);
        world_await_daemon(world);
        int good = judge(before, 1);
        CHECK(good == CLIENTS, "round %d: only %d were answered 200", shared->number, good);
    }
    printf("%" PRId64 " rounds with a kill: one transfer and one answer each; %d answers were lost"
           " and asked for again\n",
           kills, shared->tries);
    passed++;
}

int main(int argc, char **argv)
{
    struct chance chance = chance_from(world_seed(argc, argv), 1);
    int64_t rounds = world_option(argc, argv, "--rounds", 2);
    int64_t kills = world_option(argc, argv, "--kills", 4);
    shared = crowd_memory(sizeof *shared);
    world = world_open("api-key", "release");
    web = web_open(world, &chance);
    api = api_open(web, world);
    api_start_all(api, world);

    test_same(rounds);
    test_two_bodies(rounds);
    test_accept(rounds);
    test_killed(&chance, kills);

    int64_t acts = api_stop_all(api, world);
    printf("result: 64 programs under one key, %" PRId64 " rounds of each kind and %" PRId64
           " kills: one act each; %" PRId64 " acts in the log\n",
           rounds, kills, acts);
    printf("%d passed, 0 failed\n", passed);
    return 0;
}
