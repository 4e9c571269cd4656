/*
 * crash/web_kill_test.c: kill -9 of the web programs under load (safety.md section 4, row 1).
 * Twelve signed-in persons make transfers step by step, accept, reject and withdraw, through nginx
 * and several `account` processes (release build) on one socket; account processes, the ledger
 * daemon, nginx and its worker are killed at random moments, one by one and now and then all at
 * once, and started again. Afterwards:
 *   - every act acknowledged by a redirect is there exactly once, as it was told;
 *   - every draft became at most one transfer; one that was never confirmed, or of whose every
 *     attempt the person was told that nothing happened, became none;
 *   - every draft that was acknowledged is there with the answers that were acknowledged;
 *   - what was left in doubt is settled by sending the same form again;
 *   - every organisation holds what its completed transfers say, ledger_verify finds nothing, and
 *     people.db is sound.
 * web_kill_test [--kills N] [--seed N]; TEST_KEEP=1 keeps the folder with the logs.
 */
#include "crash/web_settle.h"

#include <sys/mman.h>

#define KILLS_PER_REGISTRY 400 /* then it is checked and a new one begun */
/* account processes that end by themselves: with more than that there was no load */
#define OWN_ENDS_MAX 100
/* how long a kill waits for the load to go on after the one before */
#define PROGRESS_US_MAX (3 * CLOCK_SECOND_US)
#define CLIENT_END_S_MAX 120

enum victim {
    VICTIM_ACCOUNT,
    VICTIM_LEDGER,
    VICTIM_NGINX,
    VICTIM_WORKER,
    VICTIM_ALL,
    VICTIM__COUNT
};
static const char *const victim_words[VICTIM__COUNT] = {"account processes", "the daemon", "nginx",
                                                        "nginx's worker", "all at once"};

static struct world *world;
static struct web *web;
static int kills_of[VICTIM__COUNT];
static int own_ends;  /* account processes that ended by themselves, in good order */
static int own_fails; /* … with a fault at start */
static volatile sig_atomic_t is_told_to_end;

/* ------------------------------------------------------------------ processes */

static void on_end(int signal_number)
{
    (void)signal_number;
    is_told_to_end = 1;
}

/* What ended by itself: account may, in good order, after a fault of a file; nothing else may. */
static void supervise(void)
{
    int end = 0;
    CHECK(!is_told_to_end, "told to end");
    for (int i = 0; i < WEB_ACCOUNTS; i++) {
        if (web->accounts[i] > 0 && waitpid(web->accounts[i], &end, WNOHANG) == web->accounts[i]) {
            CHECK(WIFEXITED(end), "account ended by signal %d; its log is %s", WTERMSIG(end),
                  web->account_log);
            own_ends += WEXITSTATUS(end) == 0 ? 1 : 0;
            own_fails += WEXITSTATUS(end) == 0 ? 0 : 1;
            CHECK(own_ends + own_fails < OWN_ENDS_MAX, "account ends again and again; see %s",
                  web->account_log);
            web->accounts[i] = 0;
            web_start_account(web, i);
        }
    }
    CHECK(waitpid(world->daemon, &end, WNOHANG) == 0, "the daemon ended by itself; its log is %s",
          world->log_path);
    CHECK(waitpid(web->nginx, &end, WNOHANG) == 0, "nginx ended by itself; its log is %s",
          web->nginx_log);
    (void)clients_left();
}

/* Looks after the processes for so long. */
static void wait_ms(int64_t ms)
{
    int64_t until_us = clock_steady_us() + ms * 1000;
    do {
        supervise();
        poll(NULL, 0, ms < 10 ? (int)ms : 10);
    } while (clock_steady_us() < until_us);
}

static void start_missing(void)
{
    for (int i = 0; i < WEB_ACCOUNTS; i++) {
        if (web->accounts[i] == 0) {
            web_start_account(web, i);
        }
    }
    if (world->daemon == 0) {
        world_start_daemon(world);
    }
    if (web->nginx == 0) {
        web_start_nginx(web);
    }
}

static enum victim choose_victim(struct chance *chance)
{
    int64_t dice = chance_below(chance, 100);
    return dice < 50   ? VICTIM_ACCOUNT
           : dice < 75 ? VICTIM_LEDGER
           : dice < 86 ? VICTIM_NGINX
           : dice < 96 ? VICTIM_WORKER
                       : VICTIM_ALL;
}

/* One kill; who it was. */
static enum victim kill_one(struct chance *chance)
{
    enum victim victim = choose_victim(chance);
    if (victim == VICTIM_WORKER && !web_kill_nginx_worker(web)) {
        victim = VICTIM_NGINX;
    }
    if (victim == VICTIM_ACCOUNT) {
        web_kill_account(web, (int)chance_below(chance, WEB_ACCOUNTS));
    }
    for (int i = 0; victim == VICTIM_ALL && i < WEB_ACCOUNTS; i++) {
        kill(web->accounts[i], SIGKILL); /* together, before the first is waited for */
    }
    if (victim == VICTIM_LEDGER || victim == VICTIM_ALL) {
        world_kill_daemon(world);
    }
    if (victim == VICTIM_NGINX || victim == VICTIM_ALL) {
        web_kill_nginx(web);
    }
    for (int i = 0; victim == VICTIM_ALL && i < WEB_ACCOUNTS; i++) {
        web_kill_account(web, i);
    }
    return victim;
}

/* Kills come at random moments, but not into a load that the one before has stopped. */
static void kill_under_load(struct chance *chance)
{
    int enough = atomic_load(&shared->told) + CLIENTS;
    kills_of[kill_one(chance)]++;
    if (chance_below(chance, 4) == 0) {
        poll(NULL, 0, (int)chance_below(chance, 100)); /* sometimes it stays away for a while */
    }
    start_missing();
    if (chance_below(chance, 8) == 0) {
        return; /* the next one comes while this one is starting */
    }
    wait_ms(chance_below(chance, 500));
    int64_t until_us = clock_steady_us() + PROGRESS_US_MAX;
    while (atomic_load(&shared->told) < enough && clock_steady_us() < until_us) {
        wait_ms(5);
    }
}

/* Clients finish what they are at; the programs go on. */
static void end_clients(void)
{
    int64_t until_us = clock_steady_us() + CLIENT_END_S_MAX * CLOCK_SECOND_US;
    atomic_store(&shared->stop, 1);
    while (clients_left() > 0) {
        CHECK(clock_steady_us() < until_us, "a client does not end");
        wait_ms(10);
    }
}

/* ------------------------------------------------------------------ the whole */

static void begin(uint64_t seed, int64_t life, struct chance *chance)
{
    CHECK(madvise(shared, sizeof *shared, MADV_REMOVE) == 0, "the shared memory is not emptied");
    world = world_open("web", "release");
    web = web_open(world, chance);
    sign_in_clients();
    start_missing();
    world_await_daemon(world);
    web_await(web, &shared->clients[0].who);
    start_clients(seed, life);
}

static void print_sums(const struct sums *sums, int64_t seconds)
{
    int requests = 0, not_sent = 0, broken = 0, gateway = 0, away = 0, faults = 0, twice = 0,
        kills = 0;
    for (int i = 0; i < CLIENTS; i++) {
        const struct client_record *client = &shared->clients[i];
        requests += client->requests;
        not_sent += client->not_sent;
        broken += client->broken;
        gateway += client->gateway;
        away += client->away;
        faults += client->faults;
        twice += client->pressed_twice;
    }
    printf("result: ");
    for (int i = 0; i < VICTIM__COUNT; i++) {
        printf("%s%d of %s", i == 0 ? "kills: " : ", ", kills_of[i], victim_words[i]);
        kills += kills_of[i];
    }
    printf(": %d in %" PRId64 " s; %d transfers acknowledged: each there once; %d in doubt: %d had "
           "happened, once; %d decisions acknowledged: each there once\n",
           kills, seconds, sums->transfers, sums->doubts, sums->doubts_done, sums->decided);
    printf("account ended by itself %d times, did not start %d times\n", own_ends, own_fails);
    printf("last registry: %d requests: %d found nobody listening, %d broke off, %d were answered "
           "by nginx alone, %d with the ledger away, %d with a fault; %d forms were sent twice at "
           "once\n",
           requests, not_sent, broken, gateway, away, faults, twice);
    printf("%d drafts without a transfer: none became one; %d decisions refused; %d in doubt\n",
           sums->unfinished, sums->refused, sums->acts_doubted);
    printf("%d drafts kept with their answers; %d beginnings unanswered: %d drafts of them; %d "
           "transfers that their draft finds by its key\n",
           sums->drafts, sums->begun_untold, sums->untold_found, sums->unnoted);
    printf("%d forms sent again at the end: the same answer, or settled for good; ledger verified, "
           "people.db sound\n",
           sums->asked_again);
}

/* Kills, then checks everything; the programs are stopped and the folder is gone. */
static void run_life(uint64_t seed, int64_t life, int64_t kills, struct chance *chance,
                     struct sums *sums)
{
    begin(seed, life, chance);
    for (int64_t i = 0; i < kills; i++) {
        kill_under_load(chance);
    }
    world_await_daemon(world);
    web_await(web, &shared->clients[0].who);
    end_clients();
    check_registry(false, sums);
    atomic_store(&shared->stop, 0);
    settle(chance, sums);
    supervise();
    web_stop(web);
    CHECK(world_stop_daemon(world) == 0, "the daemon did not end in good order");
    struct sums again = {0}; /* counted above */
    check_registry(true, &again);
    check_people(sums);
    world_verify(world);
}

int main(int argc, char **argv)
{
    uint64_t seed = world_seed(argc, argv);
    int64_t kills = world_option(argc, argv, "--kills", 100);
    struct sigaction end = {.sa_handler = on_end};
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CHECK(shared != MAP_FAILED, "no shared memory");
    CHECK(sigaction(SIGTERM, &end, NULL) == 0 && sigaction(SIGINT, &end, NULL) == 0,
          "signals are refused");
    struct chance chance = chance_from(seed, 0);
    struct sums sums = {0};
    int64_t began_us = clock_steady_us();
    for (int64_t done = 0; done < kills; done += KILLS_PER_REGISTRY) {
        int64_t now = kills - done < KILLS_PER_REGISTRY ? kills - done : KILLS_PER_REGISTRY;
        run_life(seed, done, now, &chance, &sums);
        web_close();
        world_close();
    }
    print_sums(&sums, (clock_steady_us() - began_us) / CLOCK_SECOND_US);
    CHECK(kills <= 0 || (sums.transfers > 0 && sums.decided > 0), "there was no load");
    printf("1 passed, 0 failed\n");
    return 0;
}
