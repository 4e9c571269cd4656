/*
 * crash/api_keys_test.c: one key is one act, for everything but transfers (crash/api_key_test.c),
 * through nginx and several `api` processes (release build): naming beneficiaries, retiring,
 * delivering, and every act on webhooks.
 *   - Many programs repeat each act under its Idempotency-Key at once: every answer is the first
 *     one, byte for byte, and the act was done once, as the registry, people.db and the log of api
 *     tell. In the end, when the endpoint was changed and removed, every repeat is told the first
 *     answer still and does nothing.
 *   - The same while the daemon or the api processes are killed with SIGKILL: who is told nothing
 *     asks again with the same key.
 *   - Two bodies under one key: one wins, the others are told at the header.
 *   - An act of the ledger and one on webhooks under one key at once: each is done once or refused
 *     at the header, at least one is done, and a repeat is told as the first was.
 * No secret of an answer that was kept can be read in people.db. In the rounds without kills no
 * answer is 5xx. api_keys_test [--rounds N] [--kills N] [--seed N]
 */
#include "crash/api.h"
#include "crash/crowd.h"

#include <semaphore.h>

#include "store/people_webhook_queue.h"

#define CLIENTS 24
#define OWNER 0       /* its program asks, but for deliveries */
#define BENEFICIARY 1 /* what is retired is for it */
#define FAILED 3      /* messages that are sent again in one act */
#define PLAN_SIZE 1024

/* In this order: the endpoint is made, and removed in the end. */
enum act {
    ACT_PERSON, /* an individual, by an address that the ledger does not know */
    ACT_COMPANY,
    ACT_RETIREMENT,
    ACT_DELIVERY,
    HOOK_MAKE,
    HOOK_UPDATE,
    HOOK_TEST,
    HOOK_ROTATE,
    HOOK_PAUSE,
    HOOK_RESUME,
    HOOK_REPLAY,
    HOOK_REPLAY_FAILED,
    HOOK_REMOVE,
    ACTS
};
static const char *const act_names[ACTS] = {
    "an individual", "a company",   "a retirement", "a delivery", "an endpoint",
    "a change",      "a test",      "a new secret", "a pause",    "a resumption",
    "a replay",      "what failed", "a removal",
};

/* What is asked under one key. */
struct wish {
    size_t org;
    char target[128], body[PLAN_SIZE], key[KEY_SIZE];
};

enum round { ROUND_SAME, ROUND_KILLED };

/* The clients live for all rounds. */
struct shared {
    struct crowd crowd;
    sem_t go[CLIENTS], done;
    bool is_over;
    enum round round;
    struct wish wishes[2]; /* of clients with even numbers, and of the others */
    int codes[CLIENTS];
    struct digest bodies[CLIENTS]; /* of the answers */
    char ids[CLIENTS][ID_SIZE];
    char refusals[CLIENTS][512];
    int tries;
};

/* What can be counted from outside. */
struct effects {
    int64_t beneficiaries, retirements, deliveries, endpoints, messages, waiting, keys;
};

static struct world *world;
static struct web *web;
static struct api *api;
static struct shared *shared;
static struct web_reply reply;
static int passed, number;
static char order_id[ID_SIZE], hook_id[ID_SIZE], message_id[ID_SIZE];

/* ------------------------------------------------------------------ asking */

static void act(int client)
{
    const struct wish *wish = &shared->wishes[client % 2];
    crowd_meet(&shared->crowd);
    if (shared->round == ROUND_KILLED) {
        poll(NULL, 0, client % 20); /* some before the kill, some after */
        api_ask_until_told(api, wish->org, wish->target, wish->body, wish->key, &reply,
                           &shared->tries);
    } else {
        api_ask(api, wish->org, wish->target, wish->body, wish->key, &reply);
    }
    CHECK(reply.is_whole, "client %d got no whole answer", client);
    shared->codes[client] = reply.code;
    shared->bodies[client] = digest_of(reply.body, strlen(reply.body));
    api_text(&reply, "id", shared->ids[client], ID_SIZE);
    (void)snprintf(shared->refusals[client], sizeof shared->refusals[client], "%.500s", reply.body);
}

static void live(int client, void *context)
{
    (void)context;
    for (;;) {
        while (sem_wait(&shared->go[client]) != 0) {
        }
        if (shared->is_over) {
            return;
        }
        act(client);
        sem_post(&shared->done);
    }
}

static void open_crowd(void)
{
    CHECK(sem_init(&shared->done, 1, 0) == 0, "no semaphore");
    for (int i = 0; i < CLIENTS; i++) {
        CHECK(sem_init(&shared->go[i], 1, 0) == 0, "no semaphore");
    }
    crowd_start(&shared->crowd, CLIENTS, live, NULL);
}

static void start(enum round round, const struct wish *even, const struct wish *odd)
{
    shared->round = round;
    shared->wishes[0] = *even;
    shared->wishes[1] = *odd;
    for (int i = 0; i < CLIENTS; i++) {
        sem_post(&shared->go[i]);
    }
}

/* Waits for everybody. One who has found a violation has ended. */
static void finish(void)
{
    for (int i = 0; i < CLIENTS;) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += 1;
        if (sem_timedwait(&shared->done, &until) == 0) {
            i++;
            continue;
        }
        for (int k = 0; k < CLIENTS; k++) {
            CHECK(waitpid(shared->crowd.pids[k], NULL, WNOHANG) == 0, "client %d ended", k);
        }
    }
}

static void close_crowd(void)
{
    shared->is_over = true;
    for (int i = 0; i < CLIENTS; i++) {
        sem_post(&shared->go[i]);
    }
    crowd_end(&shared->crowd);
}

/* One request, answered 200; its body's digest. */
static struct digest ask_once(const struct wish *wish, const char *what)
{
    api_ask(api, wish->org, wish->target, wish->body, wish->key, &reply);
    CHECK(reply.code == 200, "%s was answered %d: %.800s", what, reply.code, reply.body);
    return digest_of(reply.body, strlen(reply.body));
}

/* ------------------------------------------------------------------ what is asked */

static void wish_for(struct wish *wish, const char *target, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void wish_for(struct wish *wish, const char *target, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(wish->body, sizeof wish->body, format, arguments);
    va_end(arguments);
    CHECK(length >= 0 && (size_t)length < sizeof wish->body, "a body that is too long");
    bool is_of_endpoint = target[0] != '/';
    (void)snprintf(wish->target, sizeof wish->target, "%s%s%s%s",
                   is_of_endpoint ? "/webhooks/" : "", is_of_endpoint ? hook_id : "",
                   is_of_endpoint ? "/" : "", target);
}

/* The first text that a query of a file gives. */
static void read_text(enum store_file file, const char *sql_text, const char *about, char *text,
                      size_t text_size)
{
    const char *const sql[] = {sql_text};
    const struct query_table queries = {"api_keys_text", sql, 1};
    const struct query_table *const tables[] = {&queries, NULL};
    struct store *store = store_open(
        file, STORE_READ, file == STORE_REGISTRY ? world->registry_path : web->people_path, tables);
    CHECK(store != NULL, "a file cannot be read");
    struct query q = query(store, &queries, 0);
    query_bind_text(&q, 1, about);
    CHECK(query_row(&q), "nothing is found by %s", sql_text);
    query_text_into(&q, 0, text, text_size);
    query_end(&q);
    store_close(store);
}

static void wish_of_ledger(enum act what, struct wish *wish)
{
    char batch_id[ID_SIZE];
    if (what == ACT_PERSON) {
        wish_for(wish, "/beneficiary",
                 "{\"beneficiary_name\":\"Person %d\",\"beneficiary_email\":\"p%d@example.org\"}",
                 number, number);
    } else if (what == ACT_COMPANY) {
        wish_for(wish, "/beneficiary",
                 "{\"beneficiary_name\":\"Company %d\",\"beneficiary_domain\":\"c%d.example\"}",
                 number, number);
    } else if (what == ACT_RETIREMENT) {
        wish_for(wish, "/retirements/from_oldest_credits",
                 "{\"owner_organisation_id\":\"%s\",\"beneficiary_organisation_id\":\"%s\","
                 "\"supplier_id\":\"%s\",\"retirement_purposes\":[\"other\"],\"notes\":\"round "
                 "%d\",\"credit_quantity_kg\":%d}",
                 world->org_ids[OWNER], world->org_ids[BENEFICIARY], api->supplier_id, number,
                 1 + number % 50);
    } else {
        wish->org = API_SUPPLIER;
        read_text(STORE_REGISTRY,
                  "SELECT batch_id FROM batch WHERE org_id = ?1 AND state = 'active'"
                  " AND reserved_by IS NULL ORDER BY last - first DESC LIMIT 1",
                  world->supplier_org_id, batch_id, sizeof batch_id);
        wish_for(wish, "/deliveries",
                 "{\"order_id\":\"%s\",\"notes\":\"round %d\",\"credit_batch_quantities\":["
                 "{\"credit_batch_id\":\"%s\",\"credit_quantity_kg\":%d}]}",
                 order_id, number, batch_id, 1 + number % 50);
    }
}

static struct wish wish_of(enum act what)
{
    struct wish wish = {.org = OWNER};
    (void)snprintf(wish.key, sizeof wish.key, "round-%d-%d", number, (int)what);
    switch (what) {
    case HOOK_MAKE:
        wish_for(&wish, "/webhooks", "{\"url\":\"https://hooks.example.org/%d\"}", number);
        break;
    case HOOK_UPDATE:
        wish_for(&wish, "update", "{\"description\":\"Round %d\"}", number);
        break;
    case HOOK_TEST:
        wish_for(&wish, "test", "{}");
        break;
    case HOOK_ROTATE:
        wish_for(&wish, "rotate_secret", "{}");
        break;
    case HOOK_PAUSE:
        wish_for(&wish, "pause", "{}");
        break;
    case HOOK_RESUME:
        wish_for(&wish, "resume", "{}");
        break;
    case HOOK_REPLAY:
        wish_for(&wish, "replay", "{\"message_id\":\"%s\"}", message_id);
        break;
    case HOOK_REPLAY_FAILED:
        wish_for(&wish, "replay", "{\"since\":\"2020-01-01T00:00:00Z\"}");
        break;
    case HOOK_REMOVE:
        wish_for(&wish, "remove", "{}");
        break;
    case ACT_PERSON:
    case ACT_COMPANY:
    case ACT_RETIREMENT:
    case ACT_DELIVERY:
    case ACTS:
        wish_of_ledger(what, &wish);
        break;
    }
    return wish;
}

/* ------------------------------------------------------------------ what is seen */

/* The numbers that one query of a file gives. */
static void count_all(enum store_file file, const char *sql_text, int count, int64_t *to)
{
    const char *const sql[] = {sql_text};
    const struct query_table queries = {"api_keys_counts", sql, 1};
    const struct query_table *const tables[] = {&queries, NULL};
    const char *path = file == STORE_REGISTRY ? world->registry_path : web->people_path;
    struct store *store = store_open(file, STORE_READ, path, tables);
    CHECK(store != NULL, "%s cannot be read", path);
    struct query q = query(store, &queries, 0);
    CHECK(query_row(&q), "%s cannot be counted", path);
    query_ints(&q, 0, count, to);
    query_end(&q);
    store_close(store);
}

#define COUNT(what) "(SELECT count(*) FROM " what ")"

static struct effects see(void)
{
    int64_t registry[4], people[4];
    count_all(STORE_REGISTRY,
              "SELECT " COUNT("beneficiary") ", " COUNT("retirement") ", " COUNT(
                  "delivery") ", " COUNT("idempotency"),
              4, registry);
    count_all(STORE_PEOPLE,
              "SELECT " COUNT("webhook") ", " COUNT("webhook_message") ", " COUNT(
                  "webhook_message WHERE state = 'waiting'") ", " COUNT("webhook_key"),
              4, people);
    return (struct effects){.beneficiaries = registry[0],
                            .retirements = registry[1],
                            .deliveries = registry[2],
                            .endpoints = people[0],
                            .messages = people[1],
                            .waiting = people[2],
                            .keys = registry[3] + people[3]};
}

/* Acts on webhooks that api has written down since the last time; it does so when they are
 * committed, so that one killed in between is missing. */
static int64_t hear(void)
{
    static long read_bytes;
    static char line[4096];
    int64_t count = 0;
    FILE *file = fopen(api->log_path, "rb");
    CHECK(file != NULL && fseek(file, read_bytes, SEEK_SET) == 0, "api has no log");
    while (fgets(line, sizeof line, file) != NULL && strchr(line, '\n') != NULL) {
        count += strstr(line, " event=webhook-") != NULL ? 1 : 0;
        read_bytes = ftell(file);
    }
    fclose(file);
    return count;
}

static void expect(enum act what, const struct effects *before, bool is_killed)
{
    struct effects now = see();
    int64_t heard = hear();
    bool names = what == ACT_PERSON || what == ACT_COMPANY;
    bool is_of_hooks = what >= HOOK_MAKE;
    CHECK(now.keys == before->keys + 1, "%s: %" PRId64 " keys were kept", act_names[what],
          now.keys - before->keys);
    CHECK(now.beneficiaries == before->beneficiaries + (names ? 1 : 0) &&
              now.retirements == before->retirements + (what == ACT_RETIREMENT ? 1 : 0) &&
              now.deliveries == before->deliveries + (what == ACT_DELIVERY ? 1 : 0) &&
              now.endpoints == before->endpoints + (what == HOOK_MAKE ? 1 : 0) &&
              now.messages == before->messages + (what == HOOK_TEST ? 1 : 0),
          "%s was not done once: %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64,
          act_names[what], now.beneficiaries - before->beneficiaries,
          now.retirements - before->retirements, now.deliveries - before->deliveries,
          now.endpoints - before->endpoints, now.messages - before->messages);
    CHECK(heard <= (is_of_hooks ? 1 : 0) && (is_killed || heard == (is_of_hooks ? 1 : 0)),
          "%s was done %" PRId64 " times, as api says", act_names[what], heard);
}

/* The endpoint is as the act leaves it. */
static void look_at_endpoint(enum act what, const char *old_secret)
{
    char text[160], wanted[64];
    read_text(STORE_PEOPLE,
              "SELECT state || ' ' || description || ' ' || coalesce(hex(old_secret), '')"
              " FROM webhook WHERE webhook_id = ?1",
              hook_id, text, sizeof text);
    (void)snprintf(wanted, sizeof wanted, "%s %s",
                   what == HOOK_PAUSE    ? "paused"
                   : what == HOOK_REMOVE ? "removed"
                                         : "active",
                   "Round ");
    if (what == HOOK_UPDATE || what == HOOK_PAUSE || what == HOOK_REMOVE) {
        CHECK(text_starts(text, wanted), "after %s it is %s", act_names[what], text);
    }
    if (what == HOOK_ROTATE) {
        CHECK(strstr(text, old_secret) != NULL, "the secret was changed more than once");
    }
}

/* ------------------------------------------------------------------ judging */

static bool is_refused_at_the_header(int client)
{
    return shared->codes[client] == 422 &&
           strstr(shared->refusals[client], "\"loc\":[\"header\",\"Idempotency-Key\"]") != NULL &&
           strstr(shared->refusals[client], "key-reused") != NULL;
}

/* Of the clients with even (0) or odd (1) numbers, or all (-1): all were told the same 200, or all
 * were refused at the header. Returns the number of one who was told 200; -1: none. is_mixed, not
 * NULL: some may have been refused although others were not, and were if it is set. */
static int judge(int half, bool *is_mixed)
{
    int first = -1, refused = -1;
    for (int i = 0; i < CLIENTS; i++) {
        if (half >= 0 && i % 2 != half) {
            continue;
        }
        CHECK(shared->codes[i] == 200 || is_refused_at_the_header(i),
              "client %d was answered %d: %s", i, shared->codes[i], shared->refusals[i]);
        if (shared->codes[i] != 200) {
            refused = i;
            continue;
        }
        first = first < 0 ? i : first;
        CHECK(digest_equal(&shared->bodies[first], &shared->bodies[i]),
              "under %s clients %d and %d were told %s and %s", shared->wishes[i % 2].key, first, i,
              shared->refusals[first], shared->refusals[i]);
    }
    if (is_mixed != NULL) {
        *is_mixed = first >= 0 && refused >= 0;
        return first;
    }
    CHECK(first < 0 || refused < 0, "client %d was told 200, client %d that the key was used",
          first, refused);
    return first;
}

/* ------------------------------------------------------------------ the courier's part */

static struct store *open_people(void)
{
    static const struct query_table *const tables[] = {
        &people_webhook_queries,
        &people_webhook_queue_queries,
        NULL,
    };
    struct store *people = store_open(STORE_PEOPLE, STORE_WRITE, web->people_path, tables);
    CHECK(people != NULL && store_begin_write(people), "people.db cannot be written");
    return people;
}

static void close_people(struct store *people)
{
    CHECK(store_commit(people), "people.db cannot be written");
    store_close(people);
}

/* The test is given up; and so are some events. */
static void fail_test(void)
{
    struct queued queued;
    struct store *people = open_people();
    arena_reset(&world->arena, 0);
    CHECK(queued_get(people, &world->arena, message_id, &queued), "there is no test");
    queued_end(people, &queued, false, clock_now_us());
    close_people(people);
}

static void fail_events(void)
{
    static int64_t seq = 1000000;
    struct store *people = open_people();
    for (int i = 0; i < FAILED; i++) {
        char id[ID_SIZE];
        id_make(&world->ids, "msg", clock_now_us(), id);
        struct queued event = {.message_id = id,
                               .webhook_id = hook_id,
                               .seq = ++seq,
                               .kind = "transfer.pending",
                               .body = "{}"};
        queued_add(people, &event, clock_now_us());
        queued_end(people, &event, false, clock_now_us());
    }
    close_people(people);
}

/* ------------------------------------------------------------------ rounds */

static void kill_something(struct chance *chance, enum act what)
{
    poll(NULL, 0, (int)chance_below(chance, 25));
    if (what < HOOK_MAKE && chance_below(chance, 2) == 0) {
        world_kill_daemon(world);
        world_start_daemon(world);
        return;
    }
    for (int i = 0; i < API_PROCESSES; i++) {
        api_kill(api, i);
        api_start(api, i);
    }
}

/* Each act once, by everybody; with a kill in each while there are kills left. */
static void go_round(struct chance *chance, int64_t *kills)
{
    struct wish wishes[ACTS];
    struct digest answers[ACTS];
    char old_secret[80] = "";
    number++;
    for (enum act what = 0; what < ACTS; what++) {
        bool is_killed = *kills > 0;
        wishes[what] = wish_of(what);
        if (what == HOOK_REPLAY) {
            fail_test();
        } else if (what == HOOK_REPLAY_FAILED) {
            fail_events();
        } else if (what == HOOK_ROTATE) {
            read_text(STORE_PEOPLE, "SELECT hex(secret) FROM webhook WHERE webhook_id = ?1",
                      hook_id, old_secret, sizeof old_secret);
        }
        struct effects before = see();
        (void)hear();
        start(is_killed ? ROUND_KILLED : ROUND_SAME, &wishes[what], &wishes[what]);
        if (is_killed) {
            (*kills)--;
            kill_something(chance, what);
        }
        finish();
        world_await_daemon(world);
        int first = judge(-1, NULL);
        CHECK(first >= 0, "%s was refused: %s", act_names[what], shared->refusals[0]);
        answers[what] = shared->bodies[first];
        if (what == HOOK_MAKE) {
            TEXT_COPY(hook_id, shared->ids[first]);
        } else if (what == HOOK_TEST) {
            TEXT_COPY(message_id, shared->ids[first]);
        } else if (what == HOOK_REPLAY_FAILED) {
            CHECK(strstr(shared->refusals[first], "\"replayed\":3") != NULL, "not %d: %s", FAILED,
                  shared->refusals[first]);
        }
        expect(what, &before, is_killed);
        if (what > HOOK_MAKE) {
            look_at_endpoint(what, old_secret);
        }
    }
    /* What has become of it does not change what was told, and nothing happens any more. */
    struct effects before = see();
    for (enum act what = 0; what < ACTS; what++) {
        struct digest again = ask_once(&wishes[what], act_names[what]);
        CHECK(digest_equal(&again, &answers[what]), "the late repeat of %s differs: %.800s",
              act_names[what], reply.body);
    }
    struct effects after = see();
    CHECK(memcmp(&before, &after, sizeof before) == 0 && hear() == 0,
          "a late repeat did something");
    look_at_endpoint(HOOK_REMOVE, "");
}

static void test_acts(struct chance *chance, int64_t rounds, int64_t kills)
{
    int64_t all_kills = kills;
    int64_t none = 0;
    for (int64_t i = 0; i < rounds; i++) {
        go_round(chance, &none);
    }
    printf("%" PRId64 " rounds of %d acts, %d repeats of each at once: one act and one answer\n",
           rounds, ACTS, CLIENTS);
    passed++;
    while (kills > 0) {
        go_round(chance, &kills);
    }
    printf("%" PRId64 " kills meanwhile: one act and one answer; %d answers were lost and asked for"
           " again\n",
           all_kills, shared->tries);
    passed++;
}

static void test_two_bodies(int64_t rounds)
{
    for (int64_t i = 0; i < rounds; i++) {
        number++;
        struct wish one = wish_of(HOOK_MAKE);
        struct wish other = one;
        struct effects before = see();
        (void)hear();
        (void)snprintf(other.body, sizeof other.body, "{\"url\":\"https://other.example.org/\"}");
        start(ROUND_SAME, &one, &other);
        finish();
        int even = judge(0, NULL), odd = judge(1, NULL);
        CHECK((even >= 0) != (odd >= 0), "round %d: not one body won", number);
        expect(HOOK_MAKE, &before, false);
        TEXT_COPY(hook_id, shared->ids[even >= 0 ? even : odd]);
        struct wish removal = wish_of(HOOK_REMOVE);
        (void)ask_once(&removal, "removing");
    }
    printf("%" PRId64 " rounds of two bodies under one key: one won, the other was told\n", rounds);
    passed++;
}

/* Two files, and no transaction over both: a race may let both through, each once. Then some of
 * those who ask for one of them at that moment may see the other alone, and be refused for it. */
static void test_two_files(int64_t rounds)
{
    int both = 0;
    for (int64_t i = 0; i < rounds; i++) {
        number++;
        struct wish hook = wish_of(HOOK_MAKE);
        struct wish company = wish_of(ACT_COMPANY);
        TEXT_COPY(company.key, hook.key);
        struct effects before = see();
        start(ROUND_SAME, &hook, &company);
        finish();
        bool is_mixed[2];
        int even = judge(0, &is_mixed[0]), odd = judge(1, &is_mixed[1]);
        struct effects after = see();
        CHECK(even >= 0 || odd >= 0, "round %d: nobody was told anything", number);
        CHECK((!is_mixed[0] || odd >= 0) && (!is_mixed[1] || even >= 0),
              "round %d: somebody was told that the key was used, and it was not", number);
        CHECK(after.endpoints == before.endpoints + (even >= 0 ? 1 : 0) &&
                  after.beneficiaries == before.beneficiaries + (odd >= 0 ? 1 : 0),
              "round %d: not what was told", number);
        both += even >= 0 && odd >= 0 ? 1 : 0;
        for (int half = 0; half < 2; half++) {
            int first = half == 0 ? even : odd;
            struct wish *wish = half == 0 ? &hook : &company;
            api_ask(api, wish->org, wish->target, wish->body, wish->key, &reply);
            struct digest again = digest_of(reply.body, strlen(reply.body));
            CHECK(first < 0 ? reply.code == 422 : digest_equal(&again, &shared->bodies[first]),
                  "round %d: the repeat differs: %d %.500s", number, reply.code, reply.body);
        }
        if (even >= 0) {
            TEXT_COPY(hook_id, shared->ids[even]);
            struct wish removal = wish_of(HOOK_REMOVE);
            (void)ask_once(&removal, "removing");
        }
    }
    printf("%" PRId64 " rounds of two acts in two files under one key: each once or refused; both"
           " were done %d times\n",
           rounds, both);
    passed++;
}

/* As it lies on the disk. */
static void test_sealed(void)
{
    static char bytes[65536 + 16];
    size_t kept_bytes = 0, got_bytes;
    FILE *file = fopen(web->people_path, "rb");
    CHECK(file != NULL, "people.db cannot be read");
    while ((got_bytes = fread(bytes + kept_bytes, 1, 65536, file)) > 0) {
        CHECK(memmem(bytes, kept_bytes + got_bytes, "whsec_", 6) == NULL,
              "a secret can be read in people.db");
        kept_bytes += got_bytes;
        size_t rest_bytes = kept_bytes < 8 ? kept_bytes : 8;
        memmove(bytes, bytes + kept_bytes - rest_bytes, rest_bytes);
        kept_bytes = rest_bytes;
    }
    fclose(file);
    int64_t kept[2];
    count_all(STORE_PEOPLE,
              "SELECT " COUNT("webhook_key WHERE answer IS NULL") ", " COUNT(
                  "webhook_key WHERE is_sealed = 1"),
              2, kept);
    CHECK(kept[0] == 0 && kept[1] > 0, "answers were not kept");
    printf("no secret can be read in people.db\n");
    passed++;
}

/* ------------------------------------------------------------------ set-up */

/* What the supplier can deliver, and for whom. Written before the daemon runs. */
static void place_order(void)
{
    struct tally tally = world_tally(world);
    struct answer answer;
    struct command order = command_of(ACT_ORDER, "", "the-order");
    world_issue(world, &tally, world->supplier_org_id, 2024, WORLD_UNITS);
    TEXT_COPY(order.order.supplier_org_id, world->supplier_org_id);
    TEXT_COPY(order.order.buyer_org_id, world->org_ids[OWNER]);
    order.order.units = WORLD_UNITS;
    CHECK(tally_ask(&tally, &order, &answer) == STATUS_OK, "no order");
    TEXT_COPY(order_id, answer.id);
    way_close(tally.way);
}

int main(int argc, char **argv)
{
    struct chance chance = chance_from(world_seed(argc, argv), 1);
    int64_t rounds = world_option(argc, argv, "--rounds", 1);
    int64_t kills = world_option(argc, argv, "--kills", ACTS);
    shared = crowd_memory(sizeof *shared);
    world = world_open("api-keys", "release");
    place_order();
    web = web_open(world, &chance);
    api = api_open(web, world);
    api_start_all(api, world);
    open_crowd();

    test_acts(&chance, rounds, kills);
    test_two_bodies(rounds);
    test_two_files(rounds);
    test_sealed();

    close_crowd();
    int64_t acts = api_stop_all(api, world);
    printf("result: %d programs under one key, %d acts in %" PRId64 " rounds and %" PRId64
           " kills: one each; %" PRId64 " acts in the log\n",
           CLIENTS, ACTS, rounds, kills, acts);
    printf("%d passed, 0 failed\n", passed);
    return 0;
}
