/*
 * crash/restart_test.c: reload and restart under load (safety.md section 4, row 12). Everything is
 * served as tools/serve.sh does it; twelve persons make and decide transfers, and neighbours use
 * public, signin and admin, while
 *   - nginx reloads its configuration,
 *   - one process of public, signin, account or admin is told to end and its supervisor starts
 *     another,
 *   - the daemon is told to end and comes again, at once or after its service was stopped (an
 *     upgrade):
 * of these no request may fail: people see nothing but delay (but for who is told that the daemon
 * is away when it stays away for longer than anybody waits who was not connected). And
 *   - the whole service of public, signin, account or admin is stopped and started: what fails is
 *     counted, and every act of it settled.
 * Afterwards every acknowledged act is there once, and all files are sound.
 * restart_test [--rounds N] [--seed N]; default 10 rounds, about 10 s.
 */
#include "crash/neighbours.h"
#include "crash/units.h"
#include "crash/web_settle.h"

#define ROUNDS_PER_REGISTRY 100
#define PROGRESS_S_MAX 30
#define END_S_MAX 60
#define QUEUE 200 /* requests that wait while a process is told to end */
#define PASSES 3
/* A restart of the daemon is to stay far below what people take for a fault. */
#define DELAY_MS_MAX 10000

enum kind { RELOAD, END_ONE, END_LEDGER, UPGRADE_LEDGER, STOP_SERVICE, KINDS };
static const char *const kind_words[KINDS] = {
    "reloads of nginx", "processes that were told to end", "restarts of the daemon",
    "stops and starts of the daemon's service", "stops and starts of another service"};
static const enum unit web_units[] = {UNIT_ACCOUNT, UNIT_PUBLIC, UNIT_SIGNIN, UNIT_ADMIN};

static struct world *world;
static struct web *web;
static int rounds_of[KINDS];
static int fails_of[KINDS];
static int64_t slowest_us;
static int requests;

/* ------------------------------------------------------------------ the load */

/* Requests without a good answer so far, of everybody. */
static int fails_now(void)
{
    int fails = 0;
    for (int i = 0; i < CLIENTS; i++) {
        const struct client_record *client = &shared->clients[i];
        fails +=
            client->not_sent + client->broken + client->gateway + client->away + client->faults;
    }
    for (int i = 0; i < NEIGHBOURS; i++) {
        fails += atomic_load(&neighbourhood->of[i].failed);
    }
    return fails;
}

/* Those of them that were told that the daemon is away. */
static int away_now(void)
{
    int away = 0;
    for (int i = 0; i < CLIENTS; i++) {
        away += shared->clients[i].away;
    }
    for (int i = 0; i < NEIGHBOURS; i++) {
        away += atomic_load(&neighbourhood->of[i].away);
    }
    return away;
}

static void look_after(void)
{
    units_expect(web);
    CHECK(clients_left() == CLIENTS && neighbours_left() == NEIGHBOURS, "a client ended by itself");
}

/* Until everybody has asked and been answered twice more: what was on its way then is over. */
static void await_progress(void)
{
    int before[CLIENTS + NEIGHBOURS];
    int64_t until_us = clock_steady_us() + PROGRESS_S_MAX * CLOCK_SECOND_US;
    for (int i = 0; i < CLIENTS + NEIGHBOURS; i++) {
        before[i] = i < CLIENTS ? shared->clients[i].requests
                                : atomic_load(&neighbourhood->of[i - CLIENTS].requests);
    }
    for (int i = 0; i < CLIENTS + NEIGHBOURS;) {
        int now = i < CLIENTS ? shared->clients[i].requests
                              : atomic_load(&neighbourhood->of[i - CLIENTS].requests);
        if (now >= before[i] + 2) {
            i++;
            continue;
        }
        CHECK(clock_steady_us() < until_us, "client %d is not served any more", i);
        look_after();
        poll(NULL, 0, 5);
    }
}

/* ------------------------------------------------------------------ a round */

/* nginx has taken the new configuration when another worker runs. */
static pid_t nginx_worker(void)
{
    char path[64];
    int worker = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/task/%d/children", web->nginx, web->nginx);
    FILE *file = fopen(path, "r");
    while (file != NULL && fscanf(file, "%d", &worker) == 1) {
    }
    if (file != NULL) {
        fclose(file);
    }
    return worker;
}

static void reload(void)
{
    pid_t before = nginx_worker();
    int64_t until_us = clock_steady_us() + UNIT_UP_S_MAX * CLOCK_SECOND_US;
    CHECK(kill(web->nginx, SIGHUP) == 0, "nginx is not there");
    while (nginx_worker() == before) {
        CHECK(clock_steady_us() < until_us, "nginx does not reload; its log is %s", web->nginx_log);
        poll(NULL, 0, 2);
    }
}

static void do_round(enum kind kind, enum unit unit, struct chance *chance)
{
    switch (kind) {
    case RELOAD:
        reload();
        break;
    case END_ONE:
    case END_LEDGER:
        unit = kind == END_LEDGER ? UNIT_LEDGER : unit;
        unit_await_other(unit, unit_signal_one(unit, chance, SIGTERM));
        break;
    case UPGRADE_LEDGER:
        unit_stop(UNIT_LEDGER);
        poll(NULL, 0, (int)chance_below(chance, 300));
        unit_start(web, UNIT_LEDGER);
        break;
    case STOP_SERVICE:
        unit_stop(unit);
        poll(NULL, 0, (int)chance_below(chance, 100));
        unit_start(web, unit);
        break;
    case KINDS:
        break;
    }
    world_await_daemon(world);
}

static void run_round(int64_t number, struct chance *chance)
{
    enum kind kind = number < KINDS ? (enum kind)number : (enum kind)chance_below(chance, KINDS);
    int before = fails_now();
    int away_before = away_now();
    enum unit unit = web_units[number < KINDS ? 0 : chance_below(chance, 4)];
    int64_t began_us = clock_steady_us();
    do_round(kind, unit, chance);
    /* A program that comes to the daemon for the first time waits for so long and says so: on a
     * busy machine a restart can take longer. */
    bool is_long = (kind == END_LEDGER || kind == UPGRADE_LEDGER) &&
                   clock_steady_us() - began_us >= LEDGER_ABSENT_MS_MAX * INT64_C(1000);
    await_progress();
    int fails = fails_now() - before;
    int away = is_long ? away_now() - away_before : 0;
    CHECK(kind == STOP_SERVICE || fails == away,
          "%d requests failed during %s (round %" PRId64 "); the logs are in %s", fails,
          kind_words[kind], number, world->folder);
    rounds_of[kind]++;
    fails_of[kind] += fails;
}

/* ------------------------------------------------------------------ told to end with a queue */

static int count_answered(const int waiting[QUEUE])
{
    int answered = 0;
    for (int i = 0; i < QUEUE; i++) {
        struct pollfd one = {.fd = waiting[i], .events = POLLIN};
        answered += poll(&one, 1, 0) == 1 ? 1 : 0;
    }
    return answered;
}

/* Returns when nginx has passed on what came to it before: its one worker takes what comes in
 * order, and what takes it a few turns is done before as many pages have gone by. */
static void pass_on(void)
{
    for (int i = 0; i < PASSES; i++) {
        web_receive(web_send(web, &shared->clients[0].who, "/static/tallystick.css", NULL),
                    &reply_two);
        CHECK(reply_two.code == 200, "nginx does not serve: %d", reply_two.code);
    }
}

/* A process that is told to end while others wait ends after the request it is at, and not only
 * when nobody waits any more; who waits is served by the next. */
static void end_before_a_queue(struct chance *chance)
{
    int waiting[QUEUE];
    int state = 0;
    struct store *people;
    world = world_open("queue", "release");
    web = web_open(world, chance);
    people = web_open_people(web, NULL);
    web_sign_in(people, world, 0, 0, &shared->clients[0].who);
    store_close(people);
    world_start_daemon(world);
    world_await_daemon(world);
    web_start_account(web, 0);
    web_start_nginx(web);
    web_await(web, &shared->clients[0].who);
    CHECK(kill(web->accounts[0], SIGSTOP) == 0, "account is not there");
    for (int i = 0; i < QUEUE; i++) {
        waiting[i] = web_send(web, &shared->clients[0].who, "/account/inbox", NULL);
        CHECK(waiting[i] >= 0, "a request is not taken");
    }
    pass_on();
    (void)kill(web->accounts[0], SIGCONT);
    while (count_answered(waiting) == 0) {
        CHECK(waitpid(web->accounts[0], NULL, WNOHANG) == 0, "account ended by itself");
    }
    /* in the middle of a request, most likely */
    CHECK(kill(web->accounts[0], SIGSTOP) == 0 &&
              waitpid(web->accounts[0], &state, WUNTRACED) == web->accounts[0] && WIFSTOPPED(state),
          "account ended by itself");
    pass_on();
    int before = count_answered(waiting);
    CHECK(kill(web->accounts[0], SIGTERM) == 0 && kill(web->accounts[0], SIGCONT) == 0,
          "account is not there");
    CHECK(web_await_end(web->accounts[0], "account") == 0, "account ended badly");
    web->accounts[0] = 0;
    pass_on();
    int after = count_answered(waiting);
    CHECK(after <= before + 1, "told to end, account answered %d more requests first",
          after - before);
    web_start_account(web, 0);
    for (int i = 0; i < QUEUE; i++) {
        web_receive(waiting[i], &reply_one);
        CHECK(reply_one.code == 200 && reply_one.is_whole, "who waited for account was told %d",
              reply_one.code);
    }
    web_close();
    world_close();
}

/* ------------------------------------------------------------------ the whole */

static void begin(uint64_t seed, int64_t life, struct chance *chance)
{
    CHECK(madvise(shared, sizeof *shared, MADV_REMOVE) == 0, "the shared memory is not emptied");
    world = world_open("restart", "release");
    web = web_open(world, chance);
    neighbours_open(world);
    sign_in_clients();
    units_start(web);
    web_await(web, &shared->clients[0].who);
    start_clients(seed, life);
    neighbours_start(seed, life);
    await_progress();
}

static void end_everybody(void)
{
    int64_t until_us = clock_steady_us() + END_S_MAX * CLOCK_SECOND_US;
    atomic_store(&shared->stop, 1);
    atomic_store(&neighbourhood->stop, 1);
    while (clients_left() + neighbours_left() > 0) {
        CHECK(clock_steady_us() < until_us, "a client does not end");
        poll(NULL, 0, 5);
    }
    for (int i = 0; i < CLIENTS; i++) {
        const struct client_record *client = &shared->clients[i];
        slowest_us = client->slowest_us > slowest_us ? client->slowest_us : slowest_us;
        requests += client->requests;
    }
    atomic_store(&shared->stop, 0);
}

static void run_life(uint64_t seed, int64_t life, int64_t rounds, struct chance *chance,
                     struct sums *sums, struct neighbour_sums *neighbour_sums)
{
    begin(seed, life, chance);
    for (int64_t i = 0; i < rounds; i++) {
        run_round(life + i, chance);
    }
    end_everybody();
    check_registry(false, sums);
    settle(chance, sums);
    neighbours_check(neighbour_sums);
    units_stop(web);
    struct sums again = {0}; /* counted above */
    check_registry(true, &again);
    check_people(sums);
    world_verify(world);
    int faults = units_said(web, "level=fault");
    CHECK(faults == 0, "%d faults stand in the logs in %s", faults, world->folder);
}

int main(int argc, char **argv)
{
    uint64_t seed = world_seed(argc, argv);
    int64_t rounds = world_option(argc, argv, "--rounds", 10);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CHECK(shared != MAP_FAILED, "no shared memory");
    struct chance chance = chance_from(seed, 0);
    struct sums sums = {0};
    struct neighbour_sums neighbour_sums = {0};
    end_before_a_queue(&chance);
    for (int64_t done = 0; done < rounds; done += ROUNDS_PER_REGISTRY) {
        int64_t now = rounds - done < ROUNDS_PER_REGISTRY ? rounds - done : ROUNDS_PER_REGISTRY;
        run_life(seed, done, now, &chance, &sums, &neighbour_sums);
        web_close();
        world_close();
    }
    printf("result: ");
    for (int i = 0; i < KINDS; i++) {
        printf("%d %s: %d requests failed; ", rounds_of[i], kind_words[i], fails_of[i]);
    }
    printf("%d requests, the slowest of a transfer %" PRId64 " ms; %d transfers, %d decisions, %d "
           "sign-ins and %d issuances acknowledged: each there once; %d in doubt and settled\n",
           requests + neighbour_sums.requests, slowest_us / 1000, sums.transfers, sums.decided,
           neighbour_sums.signed_in, neighbour_sums.issued, sums.doubts + neighbour_sums.in_doubt);
    CHECK(slowest_us < DELAY_MS_MAX * INT64_C(1000), "a request took %" PRId64 " ms",
          slowest_us / 1000);
    CHECK(rounds <= 0 || (sums.transfers > 0 && sums.decided > 0), "there was no load");
    printf("1 passed, 0 failed\n");
    return 0;
}
