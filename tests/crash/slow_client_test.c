/*
 * crash/slow_client_test.c: slow and silent clients (safety.md section 4, row 12). A process of its
 * own holds, at nginx, connections that send their header a byte at a time, that send half a form
 * and stop, and that ask for many pages and never read; and at the daemon, clients that say
 * nothing, that send what is no command, and that never read their answers. Meanwhile ordinary
 * people and clients must be served as quickly as ever. Afterwards
 *   - no program had more memory than its bound, and none keeps a descriptor;
 *   - the daemon has sent those away who do not read, and what they asked happened once, as the
 *     same key shows;
 *   - when it lasts longer than nginx's patience (--seconds 45), nginx has closed all of them.
 * slow_client_test [--seconds N] [--bound MS] [--seed N]; default 3, about 5 s.
 */
#include "crash/crowd.h"
#include "crash/proc.h"
#include "crash/web.h"

#include <stdatomic.h>

#define EACH 150        /* slow connections of one kind at nginx */
#define DOOR_EACH 100   /* silent, and malformed clients at the daemon */
#define DEAF 20         /* clients at the daemon that never read */
#define DEAF_COMMANDS 8 /* of each, real ones; then nonsense for as long as it is taken */
#define DRIP_MS 250
#define PAGES_ASKED 200      /* by one that never reads */
#define PATIENCE_S 42        /* header 10 s, form 10 s, sending 30 s, with room */
#define DESCRIPTORS_S_MAX 15 /* what leaks stays for ever */
#define AWAY_S_MAX 120
#define ACT_EVERY_MS 10
#define NGINX_KB_MAX                                                                               \
    (INT64_C(160) * 1024) /* EACH × 256 kB of half a form, buffers of pages, with room */
#define ACCOUNT_KB_MAX                                                                             \
    (INT64_C(64) * 1024) /* ARENA_BYTES, RESPONSE_BYTES_MAX and the caches of SQLite */
#define LEDGER_KB_MAX (INT64_C(128) * 1024) /* LEDGER_ARENA_BYTES and the caches */

enum slow_kind { SLOW_HEADER, SLOW_FORM, SLOW_READER, SLOW_KINDS };

/* Who was served beside them: somebody at nginx, and a client of the daemon. */
struct served {
    int times;
    int64_t slowest_us; /* without what the machine's other work held it up */
};

struct shared {
    struct crowd crowd;
    struct served at_web, at_daemon;
    _Atomic int is_over;
    _Atomic int is_ready;
    int opened[SLOW_KINDS];
    _Atomic int closed[SLOW_KINDS]; /* by nginx */
    _Atomic int sent_away;          /* deaf clients, by the daemon */
    int64_t nonsense;               /* messages that the daemon took and answered */
};

static struct world *world;
static struct web *web;
static struct web_person person;
static struct shared *shared;
static struct web_reply reply;
static int64_t bound_ms; /* of an ordinary request: the machine has other work, too */

/* ------------------------------------------------------------------ at nginx */

static int connect_web(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)web->port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int room_bytes = 4096; /* what is not read piles up at the other end */
    CHECK(fd >= 0, "no socket: %s", strerror(errno));
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room_bytes, sizeof room_bytes);
    CHECK(connect(fd, (const struct sockaddr *)&address, sizeof address) == 0,
          "nginx takes no connection: %s", strerror(errno));
    return fd;
}

static void say(int fd, const char *words, size_t size_bytes)
{
    (void)!send(fd, words, size_bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* What each sends at first. */
static int open_slow(enum slow_kind kind)
{
    static char words[PAGES_ASKED * 256];
    int fd = connect_web();
    int length = 0;
    if (kind == SLOW_FORM) {
        length = snprintf(words, sizeof words,
                          "POST /account/inbox HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
                          "Cookie: __Host-session=%s\r\nSec-Fetch-Site: same-origin\r\n"
                          "Content-Type: application/x-www-form-urlencoded\r\n"
                          "Content-Length: 262144\r\n\r\ntoken=%s&half=",
                          web->port, person.cookie, person.form_token);
    }
    for (int i = 0; kind == SLOW_READER && i < PAGES_ASKED; i++) {
        length += snprintf(words + length, sizeof words - (size_t)length,
                           "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
                           "Cookie: __Host-session=%s\r\n\r\n",
                           i % 200 != 0 ? "/static/tallystick.css" : "/account/inbox", web->port,
                           person.cookie);
    }
    say(fd, words, (size_t)length);
    return fd;
}

static void drip(int fd, size_t number)
{
    static const char header[] = "GET /account/inbox HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ";
    say(fd, number < sizeof header - 1 ? header + number : "x", 1);
}

/* Closed by the other end; what it said at last is read. */
static bool is_closed(int fd)
{
    char bytes[1024];
    struct pollfd one = {.fd = fd, .events = POLLIN};
    return poll(&one, 1, 0) == 1 && recv(fd, bytes, sizeof bytes, MSG_DONTWAIT) <= 0;
}

/* ------------------------------------------------------------------ at the daemon */

static void key_of(int client, int number, char key[KEY_SIZE])
{
    (void)snprintf(key, KEY_SIZE, "deaf-%d-%d", client, number);
}

static int connect_door(void)
{
    int fd = connect_until(world->account_socket, clock_steady_us() + 5 * CLOCK_SECOND_US);
    CHECK(fd >= 0, "the daemon lets nobody in");
    return fd;
}

static int open_deaf(int client)
{
    int fd = connect_door();
    for (int i = 0; i < DEAF_COMMANDS; i++) {
        char key[KEY_SIZE];
        key_of(client, i, key);
        struct command command = world_transfer(world, 2, 3, 1, key);
        CHECK(connect_wait(fd, POLLOUT, clock_steady_us() + 5 * CLOCK_SECOND_US) &&
                  send(fd, &command, sizeof command, MSG_NOSIGNAL) == (ssize_t)sizeof command,
              "a command is not taken");
    }
    return fd;
}

/* As much nonsense as is taken; -1: sent away. */
static int64_t babble(int fd)
{
    int64_t taken = 0;
    for (int i = 0; i < 200; i++) {
        if (send(fd, "?", 1, MSG_NOSIGNAL | MSG_DONTWAIT) == 1) {
            taken++;
        } else {
            return errno == EAGAIN ? taken : -1;
        }
    }
    return taken;
}

/* Everybody slow, in one process, until it is killed. */
static void be_slow(void)
{
    static int fds[SLOW_KINDS][EACH], deaf[DEAF], door[DOOR_EACH];
    for (int kind = 0; kind < SLOW_KINDS; kind++) {
        for (int i = 0; i < EACH; i++) {
            fds[kind][i] = open_slow((enum slow_kind)kind);
            shared->opened[kind]++;
        }
    }
    for (int i = 0; i < DEAF; i++) {
        deaf[i] = open_deaf(i);
    }
    for (int i = 0; i < DOOR_EACH; i++) {
        door[i] = connect_door();
        if (i % 2 == 0) {
            (void)send(door[i], "no command", 10, MSG_NOSIGNAL);
        }
    }
    for (size_t turn = 0;; turn++) {
        for (int kind = 0; kind < SLOW_KINDS; kind++) {
            for (int i = 0; i < EACH; i++) {
                if (kind != SLOW_READER && fds[kind][i] >= 0 && is_closed(fds[kind][i])) {
                    close(fds[kind][i]);
                    fds[kind][i] = -1;
                    atomic_fetch_add(&shared->closed[kind], 1);
                } else if (fds[kind][i] >= 0 && kind == SLOW_HEADER) {
                    drip(fds[kind][i], turn);
                }
            }
        }
        for (int i = 0; i < DEAF; i++) {
            int64_t taken = deaf[i] < 0 ? 0 : babble(deaf[i]);
            if (taken < 0) {
                close(deaf[i]);
                deaf[i] = -1;
                atomic_fetch_add(&shared->sent_away, 1);
            } else {
                shared->nonsense += taken;
            }
        }
        atomic_store(&shared->is_ready, 1);
        poll(NULL, 0, atomic_load(&shared->sent_away) < DEAF ? 10 : DRIP_MS);
    }
}

/* ------------------------------------------------------------------ ordinary people */

/* Whom a request goes to: nginx and an account, or the daemon. */
enum way { WAY_WEB, WAY_DAEMON };

/* When a request began, and how long each who has to do with it had waited for a processor. */
struct beginning {
    enum way way;
    int64_t at_us, here_us, first_us, account_us[WEB_ACCOUNTS];
};

static struct beginning begin_request(enum way way)
{
    static pid_t worker;
    worker = worker == 0 ? proc_child(web->nginx) : worker;
    struct beginning now = {
        .way = way,
        .here_us = proc_waited_us(getpid()),
        .first_us = proc_waited_us(way == WAY_WEB ? worker : world->daemon),
    };
    for (int i = 0; i < WEB_ACCOUNTS && way == WAY_WEB; i++) {
        now.account_us[i] = proc_waited_us(web->accounts[i]);
    }
    now.at_us = clock_steady_us();
    return now;
}

/* How long it took, without what the machine's other work held it up; one account has served it. */
static int64_t request_us(const struct beginning *before)
{
    int64_t us = clock_steady_us() - before->at_us;
    int64_t account_us = 0;
    struct beginning now = begin_request(before->way);
    for (int i = 0; i < WEB_ACCOUNTS; i++) {
        int64_t waited_us = now.account_us[i] - before->account_us[i];
        account_us = waited_us > account_us ? waited_us : account_us;
    }
    us -= now.here_us - before->here_us + now.first_us - before->first_us + account_us;
    return us > 0 ? us : 0;
}

static void note(struct served *served, const struct beginning *before, const char *what)
{
    int64_t us = request_us(before);
    served->slowest_us = us > served->slowest_us ? us : served->slowest_us;
    CHECK(us < bound_ms * 1000, "%s took %" PRId64 " ms beside slow clients", what, us / 1000);
    served->times++;
}

/* A page through nginx and a form; each within its time. */
static void ask_web(void)
{
    struct beginning before = begin_request(WAY_WEB);
    web_receive(web_send(web, &person, "/account/inbox", NULL), &reply);
    note(&shared->at_web, &before, "a page");
    CHECK(reply.code == 200 && reply.is_whole, "beside slow clients a page is %d", reply.code);
    before = begin_request(WAY_WEB);
    web_receive(web_send(web, &person, "/account/transfers/new", "kind=external"), &reply);
    note(&shared->at_web, &before, "a form");
    CHECK(reply.code == 303, "beside slow clients a form is answered with %d", reply.code);
}

/* Acts of the daemon, one after another in a process of their own, so that none of its pauses is
 * missed while a page is waited for. */
static void ask_daemon(void)
{
    struct ledger_client ledger;
    ledger_client_init(&ledger, world->account_socket);
    for (int number = 0; atomic_load(&shared->is_over) == 0; number++) {
        char key[KEY_SIZE];
        (void)snprintf(key, sizeof key, "ordinary-%d", number);
        struct command command = world_transfer(world, 0, 1, 1, key);
        struct answer answer;
        struct beginning before = begin_request(WAY_DAEMON);
        enum status status = ledger_ask(&ledger, &command, &answer);
        note(&shared->at_daemon, &before, "an act");
        CHECK(status == STATUS_OK && !answer.repeated, "beside slow clients an act is %s",
              status_row(status)->slug);
        poll(NULL, 0, ACT_EVERY_MS);
    }
    ledger_client_close(&ledger);
}

/* What the deaf asked happened: the same key gets the first answer. */
static void check_deaf(void)
{
    struct ledger_client ledger;
    ledger_client_init(&ledger, world->account_socket);
    for (int i = 0; i < DEAF; i++) {
        for (int j = 0; j < DEAF_COMMANDS; j++) {
            char key[KEY_SIZE];
            key_of(i, j, key);
            struct command command = world_transfer(world, 2, 3, 1, key);
            struct answer answer;
            enum status status = ledger_ask(&ledger, &command, &answer);
            CHECK(status == STATUS_OK && answer.repeated,
                  "what a client asked that does not read is %s%s", status_row(status)->slug,
                  answer.repeated ? "" : ", and new");
        }
    }
    ledger_client_close(&ledger);
}

static void serve_page(void)
{
    web_await(web, &person);
}

static void begin(struct chance *chance)
{
    world = world_open("slow", "release");
    web = web_open(world, chance);
    struct store *people = web_open_people(web, NULL);
    web_sign_in(people, world, 0, 0, &person);
    store_close(people);
    world_start_daemon(world);
    world_await_daemon(world);
    web_start_nginx(web);
    web_start_accounts(web, serve_page);
}

enum { SLOW, ASKING, PROCESSES };

static void live(int number, void *context)
{
    (void)context;
    if (number == SLOW) {
        be_slow();
    } else {
        ask_daemon();
    }
}

/* The slow ones come, ordinary people are served beside them, the slow ones go. */
static void serve_beside(int64_t seconds, const struct proc_watch *at_nginx)
{
    int end = 0;
    crowd_start(&shared->crowd, PROCESSES, live, NULL);
    const pid_t *pids = shared->crowd.pids;
    int64_t until_us = clock_steady_us() + seconds * CLOCK_SECOND_US;
    /* Also until everybody slow is there and the deaf are sent away, as long as it takes. */
    int64_t end_us = until_us + AWAY_S_MAX * CLOCK_SECOND_US;
    while (clock_steady_us() < until_us || atomic_load(&shared->sent_away) < DEAF) {
        CHECK(waitpid(pids[SLOW], NULL, WNOHANG) == 0, "the slow clients ended: see above");
        CHECK(waitpid(pids[ASKING], NULL, WNOHANG) == 0, "the ordinary client ended: see above");
        CHECK(clock_steady_us() < end_us,
              "of %d clients that never read their answers %d were sent away", DEAF,
              atomic_load(&shared->sent_away));
        ask_web();
    }
    if (seconds > PATIENCE_S) { /* seen at nginx: who never reads does not see an end either */
        (void)proc_check(at_nginx, DESCRIPTORS_S_MAX);
    }
    atomic_store(&shared->is_over, 1);
    CHECK(waitpid(pids[ASKING], &end, 0) == pids[ASKING] && WIFEXITED(end) && WEXITSTATUS(end) == 0,
          "the ordinary client ended badly: see above");
    CHECK(shared->at_web.times > 0 && shared->at_daemon.times > 0, "nobody was served");
    kill(pids[SLOW], SIGKILL);
    waitpid(pids[SLOW], NULL, 0);
}

int main(int argc, char **argv)
{
    uint64_t seed = world_seed(argc, argv);
    int64_t seconds = world_option(argc, argv, "--seconds", 3);
    bound_ms = world_option(argc, argv, "--bound", 5000);
    struct chance chance = chance_from(seed, 0);
    (void)proc_allow_descriptors();
    shared = crowd_memory(sizeof *shared);
    begin(&chance);
    struct proc_watch watches[] = {
        proc_watch("nginx", proc_child(web->nginx), NGINX_KB_MAX),
        proc_watch("ledger", world->daemon, LEDGER_KB_MAX),
        proc_watch("account", web->accounts[0], ACCOUNT_KB_MAX),
        proc_watch("account", web->accounts[1], ACCOUNT_KB_MAX),
        proc_watch("account", web->accounts[2], ACCOUNT_KB_MAX),
        proc_watch("account", web->accounts[3], ACCOUNT_KB_MAX),
    };
    int64_t kb[sizeof watches / sizeof watches[0]];
    serve_beside(seconds, &watches[0]);
    check_deaf();
    for (size_t i = 0; i < sizeof watches / sizeof watches[0]; i++) {
        kb[i] = proc_check(&watches[i], DESCRIPTORS_S_MAX);
    }
    web_stop(web);
    CHECK(world_stop_daemon(world) == 0, "the daemon did not end in good order");
    world_verify(world);
    int64_t slowest_us = shared->at_web.slowest_us > shared->at_daemon.slowest_us
                             ? shared->at_web.slowest_us
                             : shared->at_daemon.slowest_us;
    printf("result: beside %d headers a byte at a time, %d half forms, %d who never read at nginx "
           "(%d and %d closed by it) and %d silent, %d malformed and %d deaf clients at the daemon "
           "(all deaf ones sent away, after %" PRId64
           " messages): %d pages and forms and %d acts served, the "
           "slowest in %" PRId64 " ms; highest memory: nginx %" PRId64 " kB, account %" PRId64
           " kB, ledger %" PRId64 " kB; every descriptor given back\n",
           shared->opened[SLOW_HEADER], shared->opened[SLOW_FORM], shared->opened[SLOW_READER],
           shared->closed[SLOW_HEADER], shared->closed[SLOW_FORM], DOOR_EACH / 2, DOOR_EACH / 2,
           DEAF, shared->nonsense, shared->at_web.times, shared->at_daemon.times, slowest_us / 1000,
           kb[0], kb[2], kb[1]);
    printf("1 passed, 0 failed\n");
    return 0;
}
