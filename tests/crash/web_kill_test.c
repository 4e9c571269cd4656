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
#include "crash/web_client.h"

#include <sys/mman.h>

#include "store/query.h"

#define KILLS_PER_REGISTRY 400 /* then it is checked and a new one begun */
#define SEQ_MAX 400000
#define OWN_ENDS_MAX 100 /* account processes that end by themselves: more than that is no life */
#define PROGRESS_MS_MAX                                                                            \
    3000 /* how long a kill waits for the load to go on after the one before                       \
          */
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
static pid_t clients[CLIENTS];
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

static void kill_clients(void)
{
    for (int i = 0; i < CLIENTS && the_world.owner == getpid(); i++) {
        if (clients[i] > 0) {
            kill(clients[i], SIGKILL);
            waitpid(clients[i], NULL, 0);
            clients[i] = 0;
        }
    }
}

static void start_client(int number, uint64_t seed, int64_t life)
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
    for (int i = 0; i < CLIENTS; i++) {
        if (clients[i] > 0 && waitpid(clients[i], &end, WNOHANG) == clients[i]) {
            clients[i] = 0;
            CHECK(WIFEXITED(end) && WEXITSTATUS(end) == 0, "client %d ended badly: see above", i);
        }
    }
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
    int64_t until_us = clock_steady_us() + PROGRESS_MS_MAX * 1000;
    while (atomic_load(&shared->told) < enough && clock_steady_us() < until_us) {
        wait_ms(5);
    }
}

/* Clients finish what they are at; the programs go on. */
static void end_clients(void)
{
    int64_t until_us = clock_steady_us() + CLIENT_END_S_MAX * CLOCK_SECOND_US;
    atomic_store(&shared->stop, 1);
    for (bool is_any = true; is_any;) {
        CHECK(clock_steady_us() < until_us, "a client does not end");
        wait_ms(10);
        is_any = false;
        for (int i = 0; i < CLIENTS; i++) {
            is_any = is_any || clients[i] > 0;
        }
    }
}

/* ------------------------------------------------------------------ reading */

enum { Q_TRANSFERS, Q_KEYS, Q_ACTS, Q_BALANCES };
static const char *const registry_sql[] = {
    [Q_TRANSFERS] = "SELECT transfer_id, notes, from_org_id, to_org_id, units, state, submitted_by,"
                    " coalesce(ended_by, '') FROM transfer ORDER BY transfer_id",
    [Q_KEYS] = "SELECT key, scope, seq FROM idempotency WHERE key GLOB 'drf_*'",
    [Q_ACTS] = "SELECT seq, command, subject_id, user_id, outcome FROM act",
    /* what is held against what the completed transfers say */
    [Q_BALANCES] = "SELECT o.org_id, (SELECT coalesce(sum(last - first + 1), 0) FROM batch b WHERE "
                   "b.org_id = o.org_id AND b.state = 'active'),"
                   " ?1 + (SELECT coalesce(sum(units), 0) FROM transfer WHERE to_org_id = o.org_id "
                   "AND state = 'completed')"
                   " - (SELECT coalesce(sum(units), 0) FROM transfer WHERE from_org_id = o.org_id "
                   "AND state = 'completed')"
                   " FROM organisation o WHERE o.supplier_id IS NULL",
};
static const struct query_table registry_queries = {"web_kill", registry_sql, 4};
static const struct query_table *const registry_tables[] = {&registry_queries, NULL};

enum { Q_DRAFTS, Q_SOUND, Q_FOREIGN };
static const char *const people_sql[] = {
    [Q_DRAFTS] = "SELECT draft_id, user_id, org_id, to_org_id, units, transfer_id FROM draft"
                 " ORDER BY draft_id",
    [Q_SOUND] = "PRAGMA integrity_check",
    [Q_FOREIGN] = "PRAGMA foreign_key_check",
};
static const struct query_table people_queries = {"web_kill_people", people_sql, 3};

struct known_draft {
    const char *draft_id;
    int client;
    struct draft_record *draft;
};
struct seen_transfer {
    char transfer_id[ID_SIZE], state[16], ended_by[ID_SIZE];
    int done, in_doubt; /* what clients were told of its end */
};
struct seen_act {
    char command[16], subject_id[ID_SIZE], user_id[ID_SIZE];
    bool is_there, is_ok;
};

static struct known_draft known[CLIENTS * DRAFTS_MAX];
static size_t known_count;
static struct seen_transfer seen[CLIENTS * DRAFTS_MAX];
static size_t seen_count;
static struct seen_act acts[SEQ_MAX];

/* Both begin with a pointer to, or the bytes of, an id. */
static int compare_known(const void *one, const void *other)
{
    return strcmp(((const struct known_draft *)one)->draft_id,
                  ((const struct known_draft *)other)->draft_id);
}

static int compare_seen(const void *one, const void *other)
{
    return strcmp(((const struct seen_transfer *)one)->transfer_id,
                  ((const struct seen_transfer *)other)->transfer_id);
}

static void gather_drafts(void)
{
    known_count = 0;
    for (int i = 0; i < CLIENTS; i++) {
        for (int j = 0; j < atomic_load(&shared->clients[i].draft_count); j++) {
            struct draft_record *draft = &shared->clients[i].drafts[j];
            draft->transfers_found = draft->keys_found = 0;
            known[known_count++] =
                (struct known_draft){.draft_id = draft->draft_id, .client = i, .draft = draft};
        }
    }
    qsort(known, known_count, sizeof known[0], compare_known);
    for (size_t i = 1; i < known_count; i++) {
        CHECK(!text_is(known[i - 1].draft_id, known[i].draft_id), "draft %s was given twice",
              known[i].draft_id);
    }
}

static struct known_draft *find_draft(const char *draft_id)
{
    struct known_draft key = {.draft_id = draft_id};
    return bsearch(&key, known, known_count, sizeof known[0], compare_known);
}

static void read_transfers(struct store *store)
{
    struct query q = query(store, &registry_queries, Q_TRANSFERS);
    seen_count = 0;
    while (query_row(&q)) {
        arena_reset(&world->arena, 0);
        CHECK(seen_count < sizeof seen / sizeof seen[0], "more transfers than drafts");
        struct seen_transfer *transfer = &seen[seen_count++];
        *transfer = (struct seen_transfer){.done = 0};
        query_text_into(&q, 0, transfer->transfer_id, sizeof transfer->transfer_id);
        query_text_into(&q, 5, transfer->state, sizeof transfer->state);
        query_text_into(&q, 7, transfer->ended_by, sizeof transfer->ended_by);
        struct known_draft *of = find_draft(query_text(&q, &world->arena, 1));
        CHECK(of != NULL, "transfer %s is of no draft that anybody confirmed",
              transfer->transfer_id);
        const struct web_person *who = &shared->clients[of->client].who;
        TEXT_COPY(of->draft->id_found, transfer->transfer_id);
        of->draft->transfers_found++;
        CHECK(text_is(query_text(&q, &world->arena, 2), who->org_id) &&
                  text_is(query_text(&q, &world->arena, 3), world->org_ids[of->draft->to]) &&
                  query_int(&q, 4) == of->draft->units &&
                  text_is(query_text(&q, &world->arena, 6), who->user_id),
              "transfer %s is not what draft %s says", transfer->transfer_id, of->draft_id);
    }
    query_end(&q);
}

static void read_acts(struct store *store)
{
    struct query q = query(store, &registry_queries, Q_ACTS);
    memset(acts, 0, sizeof acts);
    while (query_row(&q)) {
        arena_reset(&world->arena, 0);
        int64_t seq = query_int(&q, 0);
        CHECK(seq > 0 && seq < SEQ_MAX, "act %" PRId64 " is beyond this test", seq);
        (void)text_copy(acts[seq].command, sizeof acts[seq].command,
                        query_text(&q, &world->arena, 1));
        query_text_into(&q, 2, acts[seq].subject_id, ID_SIZE);
        query_text_into(&q, 3, acts[seq].user_id, ID_SIZE);
        acts[seq].is_ok = text_is(query_text(&q, &world->arena, 4), "ok");
        acts[seq].is_there = true;
    }
    query_end(&q);
}

static void read_keys(struct store *store)
{
    struct query q = query(store, &registry_queries, Q_KEYS);
    while (query_row(&q)) {
        arena_reset(&world->arena, 0);
        const char *key = query_text(&q, &world->arena, 0);
        struct known_draft *of = find_draft(key);
        CHECK(of != NULL && text_is(query_text(&q, &world->arena, 1),
                                    shared->clients[of->client].who.user_id),
              "key %s is nobody's", key);
        const struct seen_act *act = &acts[query_int(&q, 2)];
        CHECK(act->is_ok && text_is(act->command, "transfer") &&
                  text_is(act->subject_id, of->draft->id_found),
              "key %s is of act %" PRId64 ", not of transfer %s", key, query_int(&q, 2),
              of->draft->id_found);
        of->draft->keys_found++;
    }
    query_end(&q);
}

static void read_balances(struct store *store)
{
    struct query q = query(store, &registry_queries, Q_BALANCES);
    query_bind_int(&q, 1, WORLD_UNITS);
    int orgs = 0;
    while (query_row(&q)) {
        arena_reset(&world->arena, 0);
        CHECK(query_int(&q, 1) == query_int(&q, 2),
              "%s holds %" PRId64 " units, its transfers say %" PRId64,
              query_text(&q, &world->arena, 0), query_int(&q, 1), query_int(&q, 2));
        orgs++;
    }
    query_end(&q);
    CHECK(orgs == WORLD_ORGS, "%d organisations", orgs);
}

static void read_registry(void)
{
    struct store *store =
        store_open(STORE_REGISTRY, STORE_READ, world->registry_path, registry_tables);
    CHECK(store != NULL, "the registry cannot be read");
    gather_drafts();
    store_begin_read(store);
    read_acts(store);
    read_transfers(store);
    read_keys(store);
    read_balances(store);
    CHECK(!store_fault(store), "the registry was not read to its end");
    store_close(store);
}

/* ------------------------------------------------------------------ checking */

struct sums {
    int transfers, drafts, unfinished, doubts, doubts_done, decided, refused, acts_doubted,
        begun_untold, untold_found, asked_again, unnoted;
};

static void check_draft(const struct known_draft *of, bool is_final, struct sums *sums)
{
    const struct draft_record *draft = of->draft;
    int found = draft->transfers_found;
    CHECK(found <= 1 && draft->keys_found == found, "draft %s became %d transfers with %d keys",
          draft->draft_id, found, draft->keys_found);
    if (draft->transfer_id[0] != '\0') {
        CHECK(found == 1 && text_is(draft->transfer_id, draft->id_found),
              "draft %s: %s was acknowledged and is lost", draft->draft_id, draft->transfer_id);
        sums->transfers++;
    } else if (draft->asked && draft->in_doubt) {
        CHECK(!is_final, "draft %s was not settled", draft->draft_id);
        sums->doubts++;
        sums->doubts_done += found;
    } else {
        CHECK(found == 0, "draft %s became %s although %s", draft->draft_id, draft->id_found,
              draft->asked ? "each answer said that nothing happened" : "nobody confirmed it");
        sums->unfinished++;
    }
}

/* What a client was told of one transfer's end. */
static void check_tick(int client, const struct act_record *act, int i, struct sums *sums)
{
    struct seen_transfer key;
    TEXT_COPY(key.transfer_id, act->ticks[i].transfer_id);
    struct seen_transfer *transfer = bsearch(&key, seen, seen_count, sizeof seen[0], compare_seen);
    CHECK(transfer != NULL, "transfer %s is gone", key.transfer_id);
    if (act->ticks[i].state == TICK_DOUBT) {
        transfer->in_doubt++;
        sums->acts_doubted++;
    }
    if (act->ticks[i].state != TICK_DECIDED) {
        return;
    }
    int64_t seq = act->ticks[i].seq;
    const struct seen_act *row = &acts[seq > 0 && seq < SEQ_MAX ? seq : 0];
    CHECK(row->is_there && text_is(row->command, act->act) &&
              text_is(row->subject_id, transfer->transfer_id) &&
              text_is(row->user_id, shared->clients[client].who.user_id),
          "%s of %s was acknowledged as act %" PRId64 " and is lost", act->act,
          transfer->transfer_id, seq);
    if (!row->is_ok) {
        sums->refused++;
        return;
    }
    const char *state = text_is(act->act, "accept")   ? "completed"
                        : text_is(act->act, "reject") ? "rejected"
                                                      : "withdrawn";
    CHECK(text_is(transfer->state, state) && text_is(transfer->ended_by, row->user_id),
          "%s is %s by %s, but %s was acknowledged to %s", transfer->transfer_id, transfer->state,
          transfer->ended_by, act->act, row->user_id);
    transfer->done++;
    sums->decided++;
}

static void check_registry(bool is_final, struct sums *sums)
{
    read_registry();
    for (size_t i = 0; i < known_count; i++) {
        check_draft(&known[i], is_final, sums);
    }
    for (int i = 0; i < CLIENTS; i++) {
        for (int j = 0; j < atomic_load(&shared->clients[i].act_count); j++) {
            const struct act_record *act = &shared->clients[i].acts[j];
            for (int k = 0; k < act->count; k++) {
                check_tick(i, act, k, sums);
            }
        }
    }
    for (size_t i = 0; i < seen_count; i++) {
        bool is_over = !text_is(seen[i].state, "pending");
        CHECK(seen[i].done <= 1, "%s was ended %d times", seen[i].transfer_id, seen[i].done);
        CHECK(is_over ? seen[i].done + seen[i].in_doubt > 0 : seen[i].done == 0,
              "%s is %s, but its end was told %d times and is in doubt %d times",
              seen[i].transfer_id, seen[i].state, seen[i].done, seen[i].in_doubt);
    }
    CHECK(!is_final || sums->acts_doubted == 0, "%d decisions were not settled",
          sums->acts_doubted);
}

/* Every draft that somebody was told of, with the answers that were acknowledged. */
static void check_drafts_kept(struct store *people, struct sums *sums)
{
    struct query q = query(people, &people_queries, Q_DRAFTS);
    while (query_row(&q)) {
        arena_reset(&world->arena, 0);
        struct known_draft *of = find_draft(query_text(&q, &world->arena, 0));
        if (of == NULL) {
            sums->untold_found++; /* made, but nobody was told */
            continue;
        }
        const struct draft_record *draft = of->draft;
        const struct web_person *who = &shared->clients[of->client].who;
        CHECK(!draft->discard_told, "draft %s was discarded and is there", draft->draft_id);
        CHECK(text_is(query_text(&q, &world->arena, 1), who->user_id) &&
                  text_is(query_text(&q, &world->arena, 2), who->org_id) &&
                  (!draft->recipient_kept ||
                   text_is(query_text(&q, &world->arena, 3), world->org_ids[draft->to])) &&
                  (!draft->amount_kept || query_int(&q, 4) == draft->units),
              "draft %s has lost an answer", draft->draft_id);
        const char *transfer_id = query_text(&q, &world->arena, 5);
        CHECK(text_empty(transfer_id) || text_is(transfer_id, draft->id_found),
              "draft %s says it became %s, not %s", draft->draft_id, transfer_id, draft->id_found);
        sums->unnoted += text_empty(transfer_id) && draft->transfers_found == 1 ? 1 : 0;
        sums->drafts++;
    }
    query_end(&q);
}

static void check_people(struct sums *sums)
{
    int expected = 0, maybe = 0;
    struct sums now = {0};
    struct store *people = web_open_people(web, &people_queries);
    struct query q = query(people, &people_queries, Q_SOUND);
    CHECK(query_row(&q) && text_is(query_text(&q, &world->arena, 0), "ok"),
          "people.db is damaged: %s", query_text(&q, &world->arena, 0));
    query_end(&q);
    q = query(people, &people_queries, Q_FOREIGN);
    CHECK(!query_row(&q), "people.db breaks a reference");
    query_end(&q);
    check_drafts_kept(people, &now);
    CHECK(!store_fault(people), "people.db was not read to its end");
    store_close(people);
    for (int i = 0; i < CLIENTS; i++) {
        now.begun_untold += shared->clients[i].begun_untold;
        for (int j = 0; j < atomic_load(&shared->clients[i].draft_count); j++) {
            const struct draft_record *draft = &shared->clients[i].drafts[j];
            expected += draft->discard_asked ? 0 : 1;
            maybe += draft->discard_asked && !draft->discard_told ? 1 : 0;
        }
    }
    CHECK(now.drafts >= expected && now.drafts <= expected + maybe,
          "%d drafts are there, %d were acknowledged", now.drafts, expected);
    CHECK(now.untold_found <= now.begun_untold, "%d drafts that nobody began",
          now.untold_found - now.begun_untold);
    sums->drafts += now.drafts;
    sums->unnoted += now.unnoted;
    sums->begun_untold += now.begun_untold;
    sums->untold_found += now.untold_found;
}

/* ------------------------------------------------------------------ settling */

static void settle_draft(struct known_draft *of, struct chance *chance, struct sums *sums)
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

static void settle_act(int client, struct act_record *act, struct chance *chance, struct sums *sums)
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
static void settle(struct chance *chance, struct sums *sums)
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

/* ------------------------------------------------------------------ the whole */

static void begin(uint64_t seed, int64_t life, struct chance *chance)
{
    CHECK(madvise(shared, sizeof *shared, MADV_REMOVE) == 0, "the shared memory is not emptied");
    world = world_open("web", "release");
    web = web_open(world, chance);
    struct store *people = web_open_people(web, NULL);
    for (int i = 0; i < CLIENTS; i++) {
        web_sign_in(people, world, org_of(i), i, &shared->clients[i].who);
    }
    store_close(people);
    start_missing();
    world_await_daemon(world);
    web_await(web, &shared->clients[0].who);
    static bool is_registered;
    if (!is_registered) {
        is_registered = true;
        atexit(kill_clients);
    }
    for (int i = 0; i < CLIENTS; i++) {
        start_client(i, seed, life);
    }
}

static void print_sums(const struct sums *sums, int64_t seconds)
{
    int requests = 0, broken = 0, gateway = 0, away = 0, faults = 0, twice = 0, kills = 0;
    for (int i = 0; i < CLIENTS; i++) {
        const struct client_record *client = &shared->clients[i];
        requests += client->requests;
        broken += client->broken;
        gateway += client->gateway;
        away += client->away;
        faults += client->faults;
        twice += client->pressed_twice;
    }
    for (int i = 0; i < VICTIM__COUNT; i++) {
        printf("%s%d of %s", i == 0 ? "kills: " : ", ", kills_of[i], victim_words[i]);
        kills += kills_of[i];
    }
    printf(": %d in %" PRId64 " s; account ended by itself %d times, did not start %d times\n",
           kills, seconds, own_ends, own_fails);
    printf("last registry: %d requests; answers: %d broke off, %d from nginx alone, %d times the "
           "ledger was away, %d faults; pressed twice at once %d times\n",
           requests, broken, gateway, away, faults, twice);
    printf("%d transfers acknowledged: each there once; %d drafts without: none became one; %d in "
           "doubt: %d had happened, once\n",
           sums->transfers, sums->unfinished, sums->doubts, sums->doubts_done);
    printf("%d decisions acknowledged: each there once; %d refused; %d in doubt\n", sums->decided,
           sums->refused, sums->acts_doubted);
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
