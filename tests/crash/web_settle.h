/*
 * crash/web_settle.h: the persons of crash/web_client.h as processes, and what is asked again when
 * everything is up once more: the same forms give answers then, and the same ones as before.
 */
#ifndef CRASH_WEB_SETTLE_H
#define CRASH_WEB_SETTLE_H

#include "crash/web_check.h"

static pid_t clients[CLIENTS]; /* 0: not running */

static inline void kill_clients(void)
{
    for (int i = 0; i < CLIENTS && the_world.owner == getpid(); i++) {
        if (clients[i] > 0) {
            kill(clients[i], SIGKILL);
            waitpid(clients[i], NULL, 0);
            clients[i] = 0;
        }
    }
}

static inline void start_client(int number, uint64_t seed, int64_t life)
{
    struct chance chance = chance_from(seed, 1000 * (uint64_t)(life + 1) + (uint64_t)number);
    pid_t test = getpid();
    fflush(stdout);
    pid_t pid = fork();
    CHECK(pid >= 0, "no process for a client");
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != test) {
            _exit(127);
        }
        signal(SIGTERM, SIG_DFL);
        signal(SIGINT, SIG_DFL);
        run_client(number, chance);
    }
    clients[number] = pid;
}

static inline void sign_in_clients(void)
{
    struct store *people = web_open_people(&the_web, NULL);
    for (int i = 0; i < CLIENTS; i++) {
        web_sign_in(people, &the_world, org_of(i), i, &shared->clients[i].who);
    }
    store_close(people);
}

static inline void start_clients(uint64_t seed, int64_t life)
{
    static bool is_registered;
    if (!is_registered) {
        is_registered = true;
        atexit(kill_clients);
    }
    for (int i = 0; i < CLIENTS; i++) {
        start_client(i, seed, life);
    }
}

/* How many still run; one that ended badly has said why. */
static inline int clients_left(void)
{
    int left = 0;
    for (int i = 0; i < CLIENTS; i++) {
        int end = 0;
        if (clients[i] > 0 && waitpid(clients[i], &end, WNOHANG) == clients[i]) {
            clients[i] = 0;
            CHECK(WIFEXITED(end) && WEXITSTATUS(end) == 0, "client %d ended badly: see above", i);
        }
        left += clients[i] > 0 ? 1 : 0;
    }
    return left;
}

/* ------------------------------------------------------------------ settling */

static inline void settle_draft(struct known_draft *of, struct chance *chance, struct sums *sums)
{
    struct draft_record *draft = of->draft;
    bool was_told = draft->transfer_id[0] != '\0';
    if (was_told && chance_below(chance, 20) == 0) {
        char target[128], body[64];
        draft_target(draft, "review", target);
        (void)snprintf(body, sizeof body, "notes=%s", draft->draft_id);
        enum said said = ask(of->client, target, body);
        CHECK(said == SAID_WAY, "draft %s pressed again: no redirect", draft->draft_id);
        take_told(draft, said, &reply_one); /* compares */
        sums->asked_again++;
    } else if (!was_told && draft->asked && draft->in_doubt) {
        draft->in_doubt = false; /* nothing is killed now: no reason to give up */
        press(of->client, chance, draft, TRIES);
        CHECK(draft->transfer_id[0] != '\0', "draft %s cannot be settled: %d %.1500s",
              draft->draft_id, reply_one.code, web_words(&reply_one));
        sums->asked_again++;
    }
}

static inline void settle_act(int client, struct act_record *act, struct chance *chance,
                              struct sums *sums)
{
    bool is_doubted = false;
    for (int i = 0; i < act->count; i++) {
        is_doubted = is_doubted || act->ticks[i].state == TICK_DOUBT;
    }
    if (is_doubted || chance_below(chance, 20) == 0) {
        CHECK(post_act(client, act), "a decision cannot be settled: %d %.1500s", reply_one.code,
              web_words(&reply_one));
        sums->asked_again++;
    }
}

/* Everything is up again: the same forms give answers now, and the same ones as before. */
static inline void settle(struct chance *chance, struct sums *sums)
{
    for (size_t i = 0; i < known_count; i++) {
        settle_draft(&known[i], chance, sums);
    }
    for (int i = 0; i < CLIENTS; i++) {
        for (int j = 0; j < atomic_load(&shared->clients[i].act_count); j++) {
            settle_act(i, &shared->clients[i].acts[j], chance, sums);
        }
    }
}

#endif
