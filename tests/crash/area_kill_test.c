/*
 * crash/area_kill_test.c: kill -9 of public, signin, admin, the daemon and nginx's worker under
 * load (safety.md section 4, row 1), each under its own supervisor as serve.sh starts them;
 * web_kill_test.c does it to account. Readers read, somebody signs in and out, an administrator
 * issues units. Afterwards:
 *   - every session that was acknowledged is there, every one that was ended is gone;
 *   - every issuance that was acknowledged is there once; one without an answer once or never, and
 *     the same form settles it;
 *   - every page that came whole was a page, and all come again when the killing stops;
 *   - ledger_verify finds nothing, people.db is sound.
 * area_kill_test [--kills N] [--seed N]; default 40, about 8 s.
 */
#include "crash/neighbours.h"
#include "crash/units.h"

#define KILLS_PER_REGISTRY 200
#define PROGRESS_US_MAX (3 * CLOCK_SECOND_US)
#define END_S_MAX 60

enum victim { VICTIM_PUBLIC, VICTIM_SIGNIN, VICTIM_ADMIN, VICTIM_LEDGER, VICTIM_WORKER, VICTIMS };
static const enum unit victim_units[VICTIMS] = {
    [VICTIM_PUBLIC] = UNIT_PUBLIC,
    [VICTIM_SIGNIN] = UNIT_SIGNIN,
    [VICTIM_ADMIN] = UNIT_ADMIN,
    [VICTIM_LEDGER] = UNIT_LEDGER,
};
static int kills_of[VICTIMS];

static struct world *world;
static struct web *web;

/* Has everybody asked something since? */
static bool is_loaded_since(const int before[NEIGHBOURS])
{
    bool is_loaded = true;
    for (int i = 0; i < NEIGHBOURS; i++) {
        is_loaded = is_loaded && atomic_load(&neighbourhood->of[i].requests) > before[i];
    }
    return is_loaded;
}

static void kill_one(struct chance *chance)
{
    enum victim victim = (enum victim)chance_below(chance, VICTIMS);
    bool is_killed = victim == VICTIM_WORKER
                         ? web_kill_nginx_worker(web)
                         : unit_signal_one(victim_units[victim], chance, SIGKILL) > 0;
    kills_of[victim] += is_killed ? 1 : 0;
}

static int kills_done(void)
{
    int kills = 0;
    for (int i = 0; i < VICTIMS; i++) {
        kills += kills_of[i];
    }
    return kills;
}

/* Kills at random moments, but not into a load that the one before has stopped. */
static void kill_under_load(struct chance *chance)
{
    int before[NEIGHBOURS];
    for (int i = 0; i < NEIGHBOURS; i++) {
        before[i] = atomic_load(&neighbourhood->of[i].requests);
    }
    kill_one(chance);
    int64_t until_us = clock_steady_us() + PROGRESS_US_MAX;
    do {
        units_expect(web);
        CHECK(neighbours_left() == NEIGHBOURS, "a neighbour ended by itself");
        poll(NULL, 0, (int)chance_below(chance, 60));
    } while (!is_loaded_since(before) && clock_steady_us() < until_us);
}

static void await_pages(void)
{
    static const char *const pages[] = {"/", "/sign-in", "/admin"};
    int64_t until_us = clock_steady_us() + UNIT_UP_S_MAX * CLOCK_SECOND_US;
    const struct web_person *who = &neighbourhood->of[NEIGHBOUR_ISSUER].who;
    for (size_t i = 0; i < sizeof pages / sizeof pages[0];) {
        web_receive(web_send(web, who, pages[i], NULL), &neighbour_reply);
        bool is_up = neighbour_reply.code == 200 || neighbour_reply.code == 303;
        CHECK(is_up || clock_steady_us() < until_us, "%s does not come up: %d %.300s", pages[i],
              neighbour_reply.code, neighbour_reply.body);
        i += is_up ? 1 : 0;
        poll(NULL, 0, is_up ? 0 : 10);
    }
}

static void run_life(uint64_t seed, int64_t kills, int64_t life, struct chance *chance,
                     struct neighbour_sums *sums)
{
    world = world_open("area", "release");
    web = web_open(world, chance);
    neighbours_open(world);
    units_start(web);
    await_pages();
    neighbours_start(seed, life);
    for (int64_t goal = kills_done() + kills; kills_done() < goal;) {
        kill_under_load(chance);
    }
    world_await_daemon(world);
    await_pages();
    atomic_store(&neighbourhood->stop, 1);
    int64_t until_us = clock_steady_us() + END_S_MAX * CLOCK_SECOND_US;
    while (neighbours_left() > 0) {
        CHECK(clock_steady_us() < until_us, "a neighbour does not end");
        poll(NULL, 0, 5);
    }
    neighbours_check(sums);
    units_stop(web);
    world_verify(world);
    web_close();
    world_close();
}

int main(int argc, char **argv)
{
    uint64_t seed = world_seed(argc, argv);
    int64_t kills = world_option(argc, argv, "--kills", 40);
    struct chance chance = chance_from(seed, 0);
    struct neighbour_sums sums = {0};
    int64_t began_us = clock_steady_us();
    for (int64_t done = 0; done < kills; done += KILLS_PER_REGISTRY) {
        int64_t now = kills - done < KILLS_PER_REGISTRY ? kills - done : KILLS_PER_REGISTRY;
        run_life(seed, now, done, &chance, &sums);
    }
    printf(
        "result: kills: %d of public, %d of signin, %d of admin, %d of the daemon, %d of nginx's "
        "worker: %d in %" PRId64 " s; %d requests, %d without a good answer; %d sign-ins and %d "
        "sign-outs acknowledged: each as told; %d issuances acknowledged: each there once; %d "
        "unanswered: %d happened, once\n",
        kills_of[VICTIM_PUBLIC], kills_of[VICTIM_SIGNIN], kills_of[VICTIM_ADMIN],
        kills_of[VICTIM_LEDGER], kills_of[VICTIM_WORKER], kills_done(),
        (clock_steady_us() - began_us) / CLOCK_SECOND_US, sums.requests, sums.failed,
        sums.signed_in, sums.signed_out, sums.issued, sums.in_doubt, sums.in_doubt_done);
    CHECK(kills <= 0 || (sums.signed_in > 0 && sums.issued > 0), "there was no load");
    printf("1 passed, 0 failed\n");
    return 0;
}
