/*
 * crash/overload_test.c: overload at ten times capacity (safety.md section 4, row 12).
 *   - What the programs serve in a second is measured: forms of the inbox that accept a transfer,
 *     through nginx and four account processes, by a few persons who wait for their answers.
 *   - Then ten times as many are sent in the same time, each over a connection of its own, and many
 *     of them again, as people do who are not answered. Every one is answered with a success or a
 *     clear refusal (429, 502, 503, 504); what was acknowledged is there once; what was refused for
 *     good reason did not happen; what is in doubt is settled by the same form, for good.
 *   - Afterwards the same is served as before, within seconds; no program grew beyond its bound or
 *     keeps a descriptor.
 *   - The same straight at the daemon: more clients than LEDGER_CLIENTS_MAX. Those who are let in
 *     are answered, the others wait or are told at once that there is no room; when they leave,
 *     everything is as before.
 * overload_test [--rounds N] [--seed N]; a round is all of this; default 1, about 6 s.
 */
#include "crash/overload_door.h"
#include "crash/proc.h"
#include "crash/web.h"

#include <sys/epoll.h>

#include "store/query.h"

#define TIMES 10         /* the overload */
#define PERSONS 8        /* who wait for their answers while the capacity is measured */
#define MEASURED_MAX 400 /* forms of one measurement */
#define ASKED_MAX 600    /* transfers that the overload asks about, again and again */
#define MEASURES_MAX 8
#define ACTS_MAX 4096
#define NORMAL_PART 3 /* a third of what was served before */
#define OTHERS_PART 10
#define SHOTS_MAX 4000 /* on their way at once */
#define SHOT_BYTES 6144
#define SHOT_S_MAX 40
#define BACK_S_MAX 5 /* until service is as before */
#define SETTLE_S_MAX 15
#define WATCHES 6 /* nginx, ledger, four accounts */
#define GROUP 64  /* transfers made at once */
#define NGINX_KB_MAX                                                                               \
    (INT64_C(300) * 1024) /* connections × (64 kB of buffers and its form), with room */
#define ACCOUNT_KB_MAX                                                                             \
    (INT64_C(64) * 1024) /* ARENA_BYTES, RESPONSE_BYTES_MAX and the caches of SQLite */
#define LEDGER_KB_MAX (INT64_C(128) * 1024) /* LEDGER_ARENA_BYTES and the caches */

/* One transfer that waits to be accepted. */
struct act {
    int64_t seq; /* told */
    size_t org;  /* who accepts */
    int found;   /* in the audit log */
    bool is_asked, is_in_doubt;
    char transfer_id[ID_SIZE], once[TOKEN_SIZE];
};

/* One request on its way. */
struct shot {
    int fd; /* -1: free */
    size_t act, got_bytes, sent_bytes, request_bytes;
    int64_t end_us;
    char request[1024], bytes[SHOT_BYTES];
};

struct counts {
    int sent, done, refused, away, gateway, unsure, undone;
};

/* Of all rounds. */
static struct {
    struct counts web;
    int let_in, waited, turned_away, settled;
    int64_t back_us, kb[WATCHES];
} totals;

static struct world *world;
static struct web *web;
static struct web_person persons[WORLD_ORGS];
static char account_ids[WORLD_ORGS][ID_SIZE];
static struct act acts[ACTS_MAX];
static size_t act_count, act_next;
static struct shot shots[SHOTS_MAX];
static struct web_reply reply;
static int doubts_done; /* that had happened although nobody was told */

/* ------------------------------------------------------------------ preparing */

/* Many transfers that wait, sent to the daemon in groups. */
static void make_transfers(size_t count)
{
    struct ledger_client clients[GROUP];
    for (int i = 0; i < GROUP; i++) {
        ledger_client_init(&clients[i], world->account_socket);
        clients[i].fd = connect_until(world->account_socket, clock_steady_us() + CLOCK_SECOND_US);
        CHECK(clients[i].fd >= 0, "the daemon lets nobody in");
    }
    while (act_count < count) {
        for (size_t i = 0; i < GROUP; i++) {
            char key[KEY_SIZE];
            size_t from = (act_count + i) % WORLD_ORGS;
            (void)snprintf(key, sizeof key, "made-%zu", act_count + i);
            struct command command = world_transfer(world, from, (from + 1) % WORLD_ORGS, 1, key);
            CHECK(send(clients[i].fd, &command, sizeof command, 0) == (ssize_t)sizeof command,
                  "the daemon takes no command");
        }
        for (size_t i = 0; i < GROUP; i++) {
            struct answer answer;
            struct act *act = &acts[act_count + i];
            CHECK(connect_wait(clients[i].fd, POLLIN, clock_steady_us() + 10 * CLOCK_SECOND_US) &&
                      recv(clients[i].fd, &answer, sizeof answer, 0) == (ssize_t)sizeof answer &&
                      answer.status == STATUS_OK,
                  "a transfer cannot be prepared");
            *act = (struct act){.org = ((act_count + i) % WORLD_ORGS + 1) % WORLD_ORGS};
            TEXT_COPY(act->transfer_id, answer.id);
            token_make(act->once);
        }
        act_count += GROUP;
    }
    for (int i = 0; i < GROUP; i++) {
        ledger_client_close(&clients[i]);
    }
}

/* ------------------------------------------------------------------ requests */

static size_t write_request(const struct act *act, char *to, size_t room_bytes)
{
    const struct web_person *who = &persons[act->org];
    char form[512];
    int form_bytes = snprintf(form, sizeof form,
                              "token=%s&tab=incoming&once=%s&account=%s&act=accept&reason="
                              "&transfer=%s",
                              who->form_token, act->once, account_ids[act->org], act->transfer_id);
    int length = snprintf(to, room_bytes,
                          "POST /account/inbox HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
                          "Connection: close\r\nSec-Fetch-Site: same-origin\r\n"
                          "Content-Type: application/x-www-form-urlencoded\r\n"
                          "Content-Length: %d\r\nCookie: __Host-session=%s\r\n\r\n%s",
                          web->port, form_bytes, who->cookie, form);
    CHECK(length > 0 && (size_t)length < room_bytes, "the request is too long");
    return (size_t)length;
}

/* Sends the form; it goes into the socket whole when there is a connection. */
static void shoot(struct shot *shot, size_t act, int epoll_fd, struct counts *counts)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)web->port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    shot->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    CHECK(shot->fd >= 0, "no socket: %s", strerror(errno));
    int result = connect(shot->fd, (const struct sockaddr *)&address, sizeof address);
    CHECK(result == 0 || errno == EINPROGRESS, "nginx does not listen: %s", strerror(errno));
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.u32 = (uint32_t)(shot - shots)};
    CHECK(epoll_ctl(epoll_fd, EPOLL_CTL_ADD, shot->fd, &event) == 0, "epoll refuses");
    shot->act = act;
    shot->got_bytes = shot->sent_bytes = 0;
    shot->request_bytes = write_request(&acts[act], shot->request, sizeof shot->request);
    shot->end_us = clock_steady_us() + SHOT_S_MAX * CLOCK_SECOND_US;
    acts[act].is_asked = true;
    counts->sent++;
}

/* What a success says of the one act: its place in the ledger's order, or why it has none. */
static void judge_success(struct act *act, const char *head, struct counts *counts)
{
    const char *location = strcasestr(head, "\r\nLocation: ");
    const char *seq = location == NULL ? NULL : strstr(location, "seq=");
    CHECK(location != NULL, "a success without an address: %.300s", head);
    if (seq != NULL) {
        int64_t told = strtoll(seq + strlen("seq="), NULL, 10);
        CHECK(act->seq == 0 || act->seq == told,
              "%s was acknowledged as act %" PRId64 " and as act %" PRId64, act->transfer_id,
              act->seq, told);
        act->seq = told;
        counts->done++;
    } else if (strstr(location, "unsure=") != NULL) {
        act->is_in_doubt = true;
        counts->unsure++;
    } else {
        CHECK(strstr(location, "undone=") != NULL, "a success that says nothing: %.300s", head);
        counts->undone++;
    }
}

/* One form by itself; it is to be done. */
static void send_form(struct act *act)
{
    struct counts counts = {0};
    char form[512];
    (void)snprintf(form, sizeof form,
                   "tab=incoming&once=%s&account=%s&act=accept&reason=&transfer=%s", act->once,
                   account_ids[act->org], act->transfer_id);
    act->is_asked = true;
    web_receive(web_send(web, &persons[act->org], "/account/inbox", form), &reply);
    CHECK(reply.code == 303, "%s cannot be settled: %d", act->transfer_id, reply.code);
    judge_success(act, reply.bytes, &counts);
    CHECK(act->seq > 0, "%s cannot be settled", act->transfer_id);
}

static void judge(struct act *act, const char *bytes, const char *how, struct counts *counts)
{
    int code = 0;
    (void)sscanf(bytes, "HTTP/1.1 %d", &code);
    CHECK(code != 0, "a request of the overload was closed without an answer: %s (%s)", how,
          act->transfer_id);
    switch (code) {
    case 303:
        judge_success(act, bytes, counts);
        break;
    case 429:
        counts->refused++;
        break;
    case 502: /* nginx: no place in the queue, or the connection broke */
    case 504:
        counts->gateway++;
        act->is_in_doubt = true;
        break;
    case 503:
        counts->away++;
        act->is_in_doubt = act->is_in_doubt || strstr(bytes, "may or may not") != NULL;
        break;
    default:
        CHECK(false, "under overload: %.600s", bytes);
    }
}

static void finish(struct shot *shot, const char *how, struct counts *counts)
{
    shot->bytes[shot->got_bytes] = '\0';
    close(shot->fd);
    shot->fd = -1;
    judge(&acts[shot->act], shot->bytes, how, counts);
}

/* Goes on with one request; true: it is over. */
static bool advance(struct shot *shot, uint32_t events, int epoll_fd, struct counts *counts)
{
    if (shot->sent_bytes < shot->request_bytes && (events & EPOLLOUT) != 0) {
        ssize_t sent = send(shot->fd, shot->request, shot->request_bytes, MSG_NOSIGNAL);
        CHECK(sent == (ssize_t)shot->request_bytes, "nginx takes no request: %s", strerror(errno));
        shot->sent_bytes = (size_t)sent;
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)(shot - shots)};
        CHECK(epoll_ctl(epoll_fd, EPOLL_CTL_MOD, shot->fd, &event) == 0, "epoll refuses");
    }
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0) {
        return false;
    }
    size_t room_bytes = SHOT_BYTES - 1 - shot->got_bytes;
    static char rest[65536];
    ssize_t got = recv(shot->fd, room_bytes > 0 ? shot->bytes + shot->got_bytes : rest,
                       room_bytes > 0 ? room_bytes : sizeof rest, 0);
    if (got > 0) {
        shot->got_bytes += room_bytes > 0 ? (size_t)got : 0;
        return false;
    }
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return false;
    }
    finish(shot, got == 0 ? "closed" : strerror(errno), counts);
    return true;
}

/* What each account process serves first: pages, and a form that takes it to the daemon. */
static void serve_first(void)
{
    web_await(web, &persons[0]);
    for (size_t i = 0; i < WORLD_ORGS; i++) {
        web_receive(web_send(web, &persons[i], "/account/inbox", NULL), &reply);
        web_value(&reply, "account", account_ids[i], ID_SIZE);
        CHECK(reply.code == 200 && id_is(account_ids[i], NULL), "no account in the inbox of %zu",
              i);
    }
    send_form(&acts[act_next++]);
}

static void begin(size_t count, struct chance *chance)
{
    world = world_open("overload", "release");
    web = web_open(world, chance);
    struct store *people = web_open_people(web, NULL);
    for (size_t i = 0; i < WORLD_ORGS; i++) {
        web_sign_in(people, world, i, (int)i, &persons[i]);
    }
    store_close(people);
    world_start_daemon(world);
    world_await_daemon(world);
    make_transfers(count);
    web_start_nginx(web);
    web_start_accounts(web, serve_first);
}

/* Sends `total` requests evenly over duration_us, at most `most` on their way at once, and takes
 * every answer. fresh: how many acts they are for; when those are used up, the same forms are sent
 * again, and some of them before. Returns how long it took until the last answer. */
static int64_t fire(int total, int64_t duration_us, int most, size_t fresh, struct chance *chance,
                    struct counts *counts)
{
    int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    int64_t began_us = clock_steady_us();
    size_t first = act_next;
    int under_way = 0;
    CHECK(epoll_fd >= 0 && most <= SHOTS_MAX, "no epoll");
    for (int i = 0; i < SHOTS_MAX; i++) {
        shots[i].fd = -1;
    }
    while (counts->sent < total || under_way > 0) {
        int64_t passed_us = clock_steady_us() - began_us;
        bool is_over = passed_us >= duration_us;
        int due = is_over ? total : (int)(total * passed_us / duration_us) + 1;
        for (int i = 0; i < most && counts->sent < due && under_way < most; i++) {
            if (shots[i].fd >= 0) {
                continue;
            }
            size_t used = act_next - first;
            bool is_repeat =
                used > 0 && (used >= fresh || (most == SHOTS_MAX && chance_below(chance, 4) == 0));
            CHECK(is_repeat || act_next < act_count, "too few transfers were prepared");
            size_t act =
                is_repeat ? first + (size_t)chance_below(chance, (int64_t)used) : act_next++;
            shoot(&shots[i], act, epoll_fd, counts);
            under_way++;
        }
        struct epoll_event events[256];
        int ready = epoll_wait(epoll_fd, events, 256, 1);
        for (int i = 0; i < ready; i++) {
            under_way -=
                advance(&shots[events[i].data.u32], events[i].events, epoll_fd, counts) ? 1 : 0;
        }
        for (int i = 0; i < most && ready == 0; i++) {
            CHECK(shots[i].fd < 0 || clock_steady_us() < shots[i].end_us,
                  "a request of the overload got no answer for %d s", SHOT_S_MAX);
        }
    }
    close(epoll_fd);
    return clock_steady_us() - began_us;
}

/* What the processors have done that was not for this test. */
static int64_t others_us(void)
{
    int64_t ours_us = proc_time(getpid()).ran_us + proc_time(proc_child(web->nginx)).ran_us +
                      proc_time(world->daemon).ran_us;
    for (int i = 0; i < WEB_ACCOUNTS; i++) {
        ours_us += proc_time(web->accounts[i]).ran_us;
    }
    return proc_busy_us() - ours_us;
}

/* How many forms are served in a second when a few persons wait for their answers. */
struct pace {
    int64_t per_s;     /* by the clock */
    int64_t own_per_s; /* without the time in which the machine had other work */
};

static struct pace measure(struct chance *chance)
{
    struct counts counts = {0};
    int64_t others_before_us = others_us();
    int64_t took_us = fire(MEASURED_MAX, 1, PERSONS, MEASURED_MAX, chance, &counts);
    int64_t lost_us = (others_us() - others_before_us) / sysconf(_SC_NPROCESSORS_ONLN);
    CHECK(counts.done == counts.sent, "of %d requests of a quiet hour %d were served", counts.sent,
          counts.done);
    int64_t least_us = took_us / OTHERS_PART; /* both clocks are coarse */
    int64_t own_us = took_us - lost_us > least_us ? took_us - lost_us : least_us;
    return (struct pace){.per_s = counts.done * CLOCK_SECOND_US / took_us,
                         .own_per_s = counts.done * CLOCK_SECOND_US / own_us};
}

/* ------------------------------------------------------------------ checking */

enum { Q_ACCEPTED, Q_STATES };
static const char *const sql[] = {
    [Q_ACCEPTED] = "SELECT subject_id, seq FROM act WHERE command = 'accept' AND outcome = 'ok'",
    [Q_STATES] = "SELECT count(*) FROM transfer WHERE state = 'completed'",
};
static const struct query_table overload_queries = {"overload", sql, 2};
static const struct query_table *const overload_tables[] = {&overload_queries, NULL};

static int compare_acts(const void *one, const void *other)
{
    return strcmp(((const struct act *)one)->transfer_id, ((const struct act *)other)->transfer_id);
}

/* Sorts the acts; what was told is there once, and nothing that nobody asked for. */
static int check_acts(void)
{
    int done = 0;
    struct store *store =
        store_open(STORE_REGISTRY, STORE_READ, world->registry_path, overload_tables);
    CHECK(store != NULL, "the registry cannot be read");
    qsort(acts, act_count, sizeof acts[0], compare_acts);
    for (size_t i = 0; i < act_count; i++) {
        acts[i].found = 0;
    }
    store_begin_read(store);
    struct query q = query(store, &overload_queries, Q_ACCEPTED);
    while (query_row(&q)) {
        struct act key;
        query_text_into(&q, 0, key.transfer_id, ID_SIZE);
        struct act *act = bsearch(&key, acts, act_count, sizeof acts[0], compare_acts);
        CHECK(act != NULL && act->is_asked, "%s was accepted by nobody", key.transfer_id);
        CHECK(act->seq == 0 || act->seq == query_int(&q, 1),
              "%s was acknowledged as act %" PRId64 ", it is act %" PRId64, key.transfer_id,
              act->seq, query_int(&q, 1));
        act->found++;
    }
    query_end(&q);
    q = query(store, &overload_queries, Q_STATES);
    CHECK(query_row(&q), "the transfers cannot be counted");
    int64_t completed = query_int(&q, 0);
    query_end(&q);
    CHECK(!store_fault(store), "the registry was not read to its end");
    store_close(store);
    for (size_t i = 0; i < act_count; i++) {
        const struct act *act = &acts[i];
        CHECK(act->found <= 1, "%s was accepted %d times", act->transfer_id, act->found);
        CHECK(act->seq == 0 || act->found == 1, "%s was acknowledged and is lost",
              act->transfer_id);
        CHECK(act->found == 0 || act->seq > 0 || act->is_in_doubt,
              "%s was accepted although each answer said that it was not", act->transfer_id);
        done += act->found;
    }
    CHECK(done == completed, "%d were accepted, %" PRId64 " are completed", done, completed);
    return done;
}

/* The same form again, for everything that was not told to be done. */
static int settle(void)
{
    int settled = 0;
    for (size_t i = 0; i < act_count; i++) {
        struct act *act = &acts[i];
        if (act->is_asked && act->seq == 0) {
            send_form(act);
            doubts_done += act->found;
            settled++;
        }
    }
    return settled;
}

/* ------------------------------------------------------------------ at the daemon's door */

static void check_door(void)
{
    struct door_counts door = crowd_the_door();
    struct ledger_client client;
    ledger_client_init(&client, world->account_socket);
    struct command command = world_transfer(world, 0, 1, 1, "after-the-crowd");
    struct answer answer;
    int64_t began_us = clock_steady_us();
    enum status status = ledger_ask(&client, &command, &answer);
    CHECK(status == STATUS_OK, "after the crowd: %s", status_row(status)->slug);
    ledger_client_close(&client);
    CHECK(door.let_in + WEB_ACCOUNTS >= LEDGER_CLIENTS_MAX && door.turned_away > 0,
          "%d were let in and %d turned away: the door was not full", door.let_in,
          door.turned_away);
    totals.let_in += door.let_in;
    totals.waited += door.waited;
    totals.turned_away += door.turned_away;
    printf("%d clients at the daemon: %d let in and answered, %d waited and were answered, %d told "
           "at once that there is no room; then served again in %" PRId64 " ms\n",
           CROWDERS, door.let_in, door.waited, door.turned_away,
           (clock_steady_us() - began_us) / 1000);
}

/* ------------------------------------------------------------------ the whole */

/* Until a few persons are served as before; how long that took. */
static int64_t await_service(const struct pace *before, struct pace *after, struct chance *chance)
{
    int64_t began_us = clock_steady_us();
    int64_t until_us = began_us + BACK_S_MAX * CLOCK_SECOND_US;
    do {
        int64_t turn_us = clock_steady_us() - began_us;
        *after = measure(chance);
        if (after->own_per_s * NORMAL_PART >= before->own_per_s) {
            return turn_us;
        }
        poll(NULL, 0, BACK_S_MAX * 1000 / MEASURES_MAX);
    } while (clock_steady_us() < until_us && act_next + MEASURED_MAX <= act_count);
    CHECK(false, "%" PRId64 " requests a second are served after the overload, %" PRId64 " before",
          after->own_per_s, before->own_per_s);
    return 0;
}

static void take_totals(const struct counts *counts, int settled, int64_t back_us,
                        const int64_t *kb)
{
    totals.web.sent += counts->sent;
    totals.web.done += counts->done;
    totals.web.refused += counts->refused;
    totals.web.gateway += counts->gateway;
    totals.web.away += counts->away;
    totals.settled += settled;
    totals.back_us = back_us > totals.back_us ? back_us : totals.back_us;
    for (size_t i = 0; i < WATCHES; i++) {
        totals.kb[i] = kb[i] > totals.kb[i] ? kb[i] : totals.kb[i];
    }
}

/* One round in a registry of its own. */
static void run_round(struct chance *chance)
{
    act_count = act_next = 0;
    doubts_done = 0;
    begin(ACTS_MAX - GROUP, chance);
    struct pace before = measure(chance);
    struct proc_watch watches[WATCHES] = {
        proc_watch("nginx", proc_child(web->nginx), NGINX_KB_MAX),
        proc_watch("ledger", world->daemon, LEDGER_KB_MAX),
        proc_watch("account", web->accounts[0], ACCOUNT_KB_MAX),
        proc_watch("account", web->accounts[1], ACCOUNT_KB_MAX),
        proc_watch("account", web->accounts[2], ACCOUNT_KB_MAX),
        proc_watch("account", web->accounts[3], ACCOUNT_KB_MAX),
    };
    struct counts counts = {0};
    int64_t took_us =
        fire((int)before.per_s * TIMES, CLOCK_SECOND_US, SHOTS_MAX, ASKED_MAX, chance, &counts);
    struct pace after;
    int64_t back_us = await_service(&before, &after, chance);
    int done = check_acts();
    int settled = settle();
    check_door();
    int64_t kb[WATCHES];
    for (size_t i = 0; i < WATCHES; i++) {
        kb[i] = proc_check(&watches[i], SETTLE_S_MAX);
    }
    web_stop(web);
    CHECK(world_stop_daemon(world) == 0, "the daemon did not end in good order");
    int all = check_acts();
    CHECK(all == done + settled - doubts_done, "%d were accepted, %d told", all,
          done + settled - doubts_done);
    world_verify(world);
    web_close();
    world_close();
    take_totals(&counts, settled, back_us, kb);
    printf("capacity %" PRId64 " forms a second; %d offered in 1 s, answered in %" PRId64
           " ms: %d done; normal again after %" PRId64 " ms with %" PRId64 " a second\n",
           before.per_s, counts.sent, took_us / 1000, counts.done, back_us / 1000, after.per_s);
}

int main(int argc, char **argv)
{
    uint64_t seed = world_seed(argc, argv);
    int64_t rounds = world_option(argc, argv, "--rounds", 1);
    struct chance chance = chance_from(seed, 0);
    (void)proc_allow_descriptors();
    for (int64_t i = 0; i < rounds; i++) {
        run_round(&chance);
    }
    printf("result: %" PRId64 " rounds of ten times the capacity: %d forms: %d done, %d refused by "
           "rate, %d by nginx, %d by the program; %d settled afterwards, each once; normal again "
           "after %" PRId64 " ms at most; %d clients at the daemon: %d answered, %d after waiting, "
           "%d told that there is no room; highest memory: nginx %" PRId64 " kB, account %" PRId64
           " kB, ledger %" PRId64 " kB\n",
           rounds, totals.web.sent, totals.web.done, totals.web.refused, totals.web.gateway,
           totals.web.away, totals.settled, totals.back_us / 1000, CROWDERS * (int)rounds,
           totals.let_in, totals.waited, totals.turned_away, totals.kb[0], totals.kb[2],
           totals.kb[1]);
    printf("%" PRId64 " passed, 0 failed\n", rounds);
    return 0;
}
