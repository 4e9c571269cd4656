/*
 * crash/courier_test.c: webhooks while the courier is killed. A registry with a daemon, endpoints
 * on this machine that answer well, badly, late, never, with a redirect or without end
 * (crash/hooks.h), and the courier (release build), which is killed at random moments and started
 * again while acts go on. Afterwards, for every endpoint that answers at all:
 *   - every event that it is to be told of was answered well exactly once, under one id, and no
 *     other event was; what was heard again had the same id, and was heard again at most as often
 *     as the courier was killed or an answer came too late for it (the endpoint that answers badly:
 *     as it answered badly, too);
 *   - the first answers came in the ledger's order (the one that answers badly: but for messages
 *     that failed five times and more, which may step aside);
 *   - every request was signed, as OpenSSL finds it, and the log in people.db has the same tries.
 * The endpoint that never answers holds up nobody; the redirect's aim is never asked.
 * courier_test [--kills N] [--seed N]
 */
#include "crash/hooks.h"

#include "store/people_webhook.h"
#include "store/query.h"

#define HURRY "40"      /* waits of 125 ms instead of 5 s, answers within 375 ms */
#define ACT_EVERY_MS 25 /* one transfer or decision after so long */
#define RUN_MS_MAX 350  /* the courier lives for up to so long */
#define CALM_ACTS 40    /* without kills: how late are messages? */
#define DRAIN_S_MAX 240 /* on a busy machine a good answer, too, may come too late: more waits */
#define LOST_S 30       /* nothing waits, and the last event was not told: it never will be */
#define LOOK_MS 250
#define ASIDE_TRIES 5

enum { GOOD, FLAKY, SILENT, REDIRECT, ENDLESS, SOME, EVERYBODY, TRAP, HOOKS };
/* Whose endpoint each is; the acts are between organisations 0 to 3. */
static const size_t org_of[HOOKS] = {0, 1, 2, 3, 0, 0, 5, 6};

static struct world *world;
static struct hooks *hooks;
static pid_t hooks_pid, courier;
static char courier_path[PATH_MAX], people_path[PATH_MAX], log_path[PATH_MAX];
static char webhook_ids[HOOKS][ID_SIZE];
static struct ledger_client ledger;
static char pending[4096][ID_SIZE]; /* transfers from organisation 0 to 1 */
static int pending_count, acts;

/* ------------------------------------------------------------------ set-up */

static void make_people(void)
{
    const char *schema = getenv("TALLYSTICK_SCHEMA");
    char folder[PATH_MAX];
    (void)snprintf(folder, sizeof folder, "%.3000s/people", text_empty(schema) ? "schema" : schema);
    (void)snprintf(people_path, sizeof people_path, "%.200s/people.db", world->data_dir);
    CHECK(store_migrate(STORE_PEOPLE, people_path, folder) == STATUS_OK, "no people.db");
}

static void make_hooks(uint64_t seed)
{
    static const enum hook_manner manners[HOOKS] = {
        [GOOD] = HOOK_GOOD,         [FLAKY] = HOOK_FLAKY,     [SILENT] = HOOK_SILENT,
        [REDIRECT] = HOOK_REDIRECT, [ENDLESS] = HOOK_ENDLESS, [SOME] = HOOK_GOOD,
        [EVERYBODY] = HOOK_GOOD,    [TRAP] = HOOK_TRAP};
    static const struct query_table *const tables[] = {&people_webhook_queries, NULL};
    struct store *people = store_open(STORE_PEOPLE, STORE_WRITE, people_path, tables);
    hooks = crowd_memory(sizeof *hooks);
    CHECK(people != NULL && store_begin_write(people), "people.db cannot be written");
    for (int i = 0; i < HOOKS; i++) {
        char url[64];
        hook_add(hooks, manners[i]);
        (void)snprintf(url, sizeof url, "http://127.0.0.1:%d/hook", hooks->at[i].port);
        id_make(&world->ids, "whk", clock_now_us(), webhook_ids[i]);
        struct webhook webhook = {.webhook_id = webhook_ids[i],
                                  .org_id = world->org_ids[org_of[i]],
                                  .url = url,
                                  .description = "",
                                  .takes_all = i == EVERYBODY,
                                  .kinds = i == SOME ? "transfer.rejected\ntransfer.completed" : "",
                                  .secret = hooks->at[i].secret,
                                  .made_by = "",
                                  .made_at = clock_now_us()};
        if (i != TRAP) {
            webhook_add(people, &webhook);
        }
    }
    CHECK(store_commit(people), "no endpoints");
    store_close(people);
    hooks_pid = hooks_start(hooks, seed);
}

static void start_courier(void)
{
    courier = world_fork("the courier");
    if (courier == 0) {
        int log = open(log_path, O_WRONLY | O_CREAT | O_APPEND, 0640);
        dup2(log, STDERR_FILENO);
        setenv("TALLYSTICK_DATA", world->data_dir, 1);
        setenv("TALLYSTICK_WEBHOOK_TEST", "1", 1);
        setenv("TALLYSTICK_WEBHOOK_HURRY", HURRY, 1);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execl(courier_path, "courier", (char *)NULL);
        _exit(127);
    }
}

static void kill_courier(void)
{
    int end = 0;
    kill(courier, SIGKILL);
    CHECK(waitpid(courier, &end, 0) == courier && WIFSIGNALED(end),
          "the courier had ended by itself; its log is %s", log_path);
    courier = 0;
}

/* -------------------------------------------------------------------- acts */

/* A transfer, or a decision about one that waits. */
static void act(struct chance *chance)
{
    char key[KEY_SIZE];
    struct answer answer;
    struct command command;
    bool decides = pending_count > 0 && chance_below(chance, 2) == 0;
    (void)snprintf(key, sizeof key, "a%d", acts++);
    if (decides) {
        static const enum act_kind kinds[] = {ACT_ACCEPT, ACT_REJECT, ACT_WITHDRAW};
        enum act_kind kind = kinds[chance_below(chance, 3)];
        command =
            world_decide(world, kind, kind == ACT_WITHDRAW ? 0 : 1, pending[--pending_count], key);
    } else {
        size_t to = 1 + (size_t)chance_below(chance, 3);
        command = world_transfer(world, 0, to, 1 + chance_below(chance, 500), key);
        if (to == 1 && pending_count < 4096) {
            CHECK(ledger_ask(&ledger, &command, &answer) == STATUS_OK, "a transfer was refused");
            (void)TEXT_COPY(pending[pending_count], answer.id);
            pending_count++;
            return;
        }
    }
    CHECK(ledger_ask(&ledger, &command, &answer) == STATUS_OK, "an act was refused: %s",
          status_row((enum status)answer.status)->slug);
}

/* Beside the one that runs there is no room for another. */
static void check_second(void)
{
    int end = 0;
    pid_t first = courier;
    start_courier();
    CHECK(waitpid(courier, &end, 0) == courier && WIFEXITED(end) && WEXITSTATUS(end) == 1,
          "a second courier was not refused; the log of both is %s", log_path);
    courier = first;
}

static void kill_under_load(int kills, struct chance *chance)
{
    for (int i = 0; i < kills; i++) {
        int64_t until_us = clock_steady_us() + chance_below(chance, RUN_MS_MAX * INT64_C(1000));
        start_courier();
        while (clock_steady_us() < until_us) {
            act(chance);
            poll(NULL, 0, ACT_EVERY_MS);
        }
        kill_courier();
    }
}

/* ----------------------------------------------------------------- reading */

static struct query reading(struct store *store, const struct query_table *table)
{
    return query(store, table, 0);
}

/* One number from people.db. */
static int64_t people_number(const char *text)
{
    const char *const sql[] = {text};
    const struct query_table table = {"test", sql, 1};
    const struct query_table *const tables[] = {&table, NULL};
    struct store *store = world_open_store(STORE_PEOPLE, STORE_READ, people_path, tables);
    CHECK(store != NULL, "people.db cannot be read");
    struct query q = reading(store, &table);
    int64_t number = query_row(&q) ? query_int(&q, 0) : -1;
    query_end(&q);
    store_close(store);
    return number;
}

/* An event that all those are told of who answer at all; which one. */
static int64_t mark_end(void)
{
    char key[KEY_SIZE];
    struct answer answer;
    (void)snprintf(key, sizeof key, "a%d", acts++);
    struct command command = world_transfer(world, 0, 1, 1, key);
    CHECK(ledger_ask(&ledger, &command, &answer) == STATUS_OK, "a transfer was refused");
    (void)snprintf(key, sizeof key, "a%d", acts++);
    command = world_decide(world, ACT_ACCEPT, 1, answer.id, key);
    CHECK(ledger_ask(&ledger, &command, &answer) == STATUS_OK, "a decision was refused");
    return answer.seq;
}

/* Who was told of an event was told of all before it: nothing more will be queued. */
static bool is_told(int64_t seq)
{
    bool is_heard[HOOKS] = {false};
    for (int i = 0; i < atomic_load(&hooks->hit_count); i++) {
        is_heard[hooks->hits[i].hook] |= hooks->hits[i].seq == seq;
    }
    return is_heard[GOOD] && is_heard[FLAKY] && is_heard[ENDLESS] && is_heard[SOME] &&
           is_heard[EVERYBODY];
}

/* Until nothing waits any more for those that answer, and nothing more is queued for them. */
static void await_empty(int kills)
{
    char sql[512];
    int64_t end_seq = mark_end();
    int64_t until_us = clock_steady_us() + (DRAIN_S_MAX + kills) * CLOCK_SECOND_US;
    (void)snprintf(sql, sizeof sql,
                   "SELECT (SELECT count(*) FROM webhook_message m JOIN webhook w USING"
                   " (webhook_id) WHERE m.state = 'waiting' AND w.webhook_id NOT IN ('%s', '%s'))",
                   webhook_ids[SILENT], webhook_ids[REDIRECT]);
    int64_t empty = 0;
    bool is_end_told = false;
    /* When it is not told for long it is lost, and the checks will say so. */
    while (empty == 0 || (!is_end_told && empty < LOST_S * 1000 / LOOK_MS)) {
        CHECK(clock_steady_us() < until_us, "messages still wait; the courier's log is %s",
              log_path);
        poll(NULL, 0, LOOK_MS);
        is_end_told = is_told(end_seq);
        empty = people_number(sql) == 0 ? empty + 1 : 0;
    }
}

/* ------------------------------------------------------------------ checks */

/* Answers that came so late that the courier had given up the try, as its log has it: it tries
 * again then. Failed tries of an endpoint, but for those that it answered badly. */
static int64_t count_late(int hook)
{
    char sql[256];
    (void)snprintf(sql, sizeof sql,
                   "SELECT count(*) FROM webhook_try t JOIN webhook_message m USING (message_id)"
                   " WHERE m.webhook_id = '%s' AND t.http_code NOT BETWEEN 200 AND 299",
                   webhook_ids[hook]);
    int64_t late = people_number(sql);
    for (int i = 0; i < atomic_load(&hooks->hit_count); i++) {
        bool is_good = hooks->hits[i].code >= 200 && hooks->hits[i].code <= 299;
        late -= hooks->hits[i].hook == hook && !is_good ? 1 : 0;
    }
    return late > 0 ? late : 0;
}

/* What was heard and answered of one event. */
struct heard {
    int times, good; /* requests, and those that were answered well */
    int first_good;  /* number of the hit */
    char message_id[ID_SIZE];
};
static struct heard heard[HOOKS][HOOK_HITS_MAX]; /* by seq */

static void check_hits(void)
{
    int count = atomic_load(&hooks->hit_count);
    for (int i = 0; i < count; i++) {
        const struct hit *hit = &hooks->hits[i];
        struct heard *event = &heard[hit->hook][hit->seq];
        CHECK(hit->seq > 0 && hit->seq < HOOK_HITS_MAX, "a message without an event");
        CHECK(hit->is_signed, "a request to endpoint %d is not signed well", hit->hook);
        CHECK(event->times == 0 || text_is(event->message_id, hit->message_id),
              "event %" PRId64 " came under two ids: %s and %s", hit->seq, event->message_id,
              hit->message_id);
        (void)TEXT_COPY(event->message_id, hit->message_id);
        event->times++;
        if (hit->code >= 200 && hit->code <= 299 && event->good++ == 0) {
            event->first_good = i;
        }
    }
}

/* The events that an endpoint is told of, found by a query of this test's own. */
static void check_events(int hook, int kills)
{
    static char text[1024];
    const char *org_id = world->org_ids[org_of[hook]];
    (void)snprintf(text, sizeof text,
                   "SELECT seq FROM act WHERE event <> '' AND (org_id = '%s' OR other_org_id = '%s'"
                   " OR (is_public = 1 AND %d)) AND (%d OR event IN ('transfer.rejected',"
                   " 'transfer.completed')) ORDER BY seq",
                   org_id, org_id, hook == EVERYBODY, hook != SOME);
    const char *const sql[] = {text};
    const struct query_table table = {"test", sql, 1};
    const struct query_table *const tables[] = {&table, NULL};
    struct store *store = store_open(STORE_REGISTRY, STORE_READ, world->registry_path, tables);
    CHECK(store != NULL, "the registry cannot be read");
    struct query q = reading(store, &table);
    int64_t last_seq = 0;
    int events = 0, again = 0, last_first = -1;
    while (query_row(&q)) {
        int64_t seq = query_int(&q, 0);
        const struct heard *event = &heard[hook][seq];
        events++;
        CHECK(event->good >= 1, "endpoint %d never heard of event %" PRId64 " (behind %" PRId64 ")",
              hook, seq, last_seq);
        again += event->good - 1;
        bool may_step_aside = hook == FLAKY && event->times >= ASIDE_TRIES;
        CHECK(may_step_aside || event->first_good > last_first,
              "endpoint %d heard event %" PRId64 " out of order", hook, seq);
        last_first =
            event->first_good > last_first && !may_step_aside ? event->first_good : last_first;
        last_seq = seq;
    }
    query_end(&q);
    store_close(store);
    int told = 0;
    for (int seq = 0; seq < HOOK_HITS_MAX; seq++) {
        told += heard[hook][seq].times > 0 ? 1 : 0;
    }
    CHECK(told == events, "endpoint %d was told of %d events instead of %d", hook, told, events);
    int64_t late = count_late(hook);
    CHECK(again <= kills + late,
          "endpoint %d answered %d messages twice after %d kills and %" PRId64 " late answers",
          hook, again, kills, late);
    printf("endpoint %d: %d events, each once; %d answered again after %d kills and %" PRId64
           " late answers\n",
           hook, events, again, kills, late);
}

/* The log agrees with what was heard: no try without its request, no gap. */
static void check_log(void)
{
    CHECK(people_number("SELECT count(*) FROM webhook_message m WHERE m.tries <> (SELECT count(*)"
                        " FROM webhook_try t WHERE t.message_id = m.message_id)") == 0,
          "the log has gaps");
    CHECK(people_number("SELECT count(*) FROM webhook_message WHERE state = 'delivered' AND NOT"
                        " EXISTS (SELECT 1 FROM webhook_try t WHERE t.message_id ="
                        " webhook_message.message_id AND t.http_code BETWEEN 200 AND 299)") == 0,
          "something counts as delivered that nobody answered");
    CHECK(people_number("SELECT count(*) FROM webhook_try WHERE http_code = 302 AND outcome ="
                        " 'Answered 302; redirects are not followed'") > 0,
          "no redirect was seen");
    CHECK(people_number("SELECT count(*) FROM webhook_try WHERE outcome = 'No answer in time'") > 0,
          "nobody kept silent");
    CHECK(people_number(
              "SELECT count(*) FROM webhook_message m JOIN webhook w USING (webhook_id)"
              " WHERE w.state = 'active' AND m.state = 'delivered' AND w.last_code = 302") == 0,
          "a redirect counts as delivered");
    CHECK(atomic_load(&hooks->connections[TRAP]) == 0, "somebody followed the redirect");
    char sql[256];
    (void)snprintf(sql, sizeof sql,
                   "SELECT count(*) FROM webhook_message WHERE state = 'delivered'"
                   " AND webhook_id IN ('%s', '%s')",
                   webhook_ids[SILENT], webhook_ids[REDIRECT]);
    CHECK(people_number(sql) == 0, "what nobody answered counts as delivered");
}

/* Without kills, and with a silent endpoint beside it: how late does the good one hear? Were the
 * silent one waited for, it would be tried once for each message of the good one. */
static void check_lateness(struct chance *chance)
{
    int before = atomic_load(&hooks->hit_count);
    int64_t began_us = clock_steady_us();
    for (int i = 0; i < CALM_ACTS; i++) {
        act(chance);
    }
    int64_t wanted = 0;
    int64_t ended_us = began_us;
    while (wanted < CALM_ACTS) {
        int count = atomic_load(&hooks->hit_count);
        int silent = 0;
        wanted = 0;
        for (int i = before; i < count && wanted < CALM_ACTS; i++) {
            wanted += hooks->hits[i].hook == GOOD ? 1 : 0;
            silent += hooks->hits[i].hook == SILENT ? 1 : 0;
            ended_us = hooks->hits[i].hook == GOOD ? hooks->hits[i].at_us : ended_us;
        }
        CHECK(silent < CALM_ACTS / 2,
              "the silent endpoint holds up the good one: it was tried %d times while %" PRId64
              " messages came there; the courier's log is %s",
              silent, wanted, log_path);
        CHECK(clock_steady_us() - began_us < DRAIN_S_MAX * CLOCK_SECOND_US,
              "messages are lost: %" PRId64 " of %d heard; the courier's log is %s", wanted,
              CALM_ACTS, log_path);
        poll(NULL, 0, 5);
    }
    int64_t ms = (ended_us - began_us) / 1000;
    printf("%d events were heard within %" PRId64 " ms beside a silent endpoint\n", CALM_ACTS, ms);
}

static void stop_in_good_order(void)
{
    int end = 0;
    kill(courier, SIGTERM);
    CHECK(waitpid(courier, &end, 0) == courier && WIFEXITED(end) && WEXITSTATUS(end) == 0,
          "the courier ended badly; its log is %s", log_path);
    CHECK(people_number("PRAGMA integrity_check") == 0, "people.db is damaged");
    atomic_store(&hooks->stop, 1);
    waitpid(hooks_pid, &end, 0);
}

int main(int argc, char **argv)
{
    int kills = (int)world_option(argc, argv, "--kills", 25);
    uint64_t seed = world_seed(argc, argv);
    struct chance chance = chance_from(seed, 1);
    world = world_open("courier", "release");
    world_program("release", "courier", courier_path);
    (void)snprintf(log_path, sizeof log_path, "%.200s/courier.log", world->folder);
    make_people();
    world_start_daemon(world);
    world_await_daemon(world);
    ledger_client_init(&ledger, world->account_socket);
    make_hooks(seed);

    kill_under_load(kills, &chance);
    start_courier();
    await_empty(kills);
    check_second();
    check_lateness(&chance);
    await_empty(kills);
    stop_in_good_order();
    check_hits();
    static const int told[] = {GOOD, FLAKY, ENDLESS, SOME, EVERYBODY};
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        check_events(told[i], kills);
    }
    check_log();
    (void)world_stop_daemon(world);
    (void)world_verify(world);
    printf("result: %d acts, %d requests, %d kills: every endpoint heard each event once\n1 "
           "passed, 0 failed\n",
           acts, atomic_load(&hooks->hit_count), kills);
    return 0;
}
