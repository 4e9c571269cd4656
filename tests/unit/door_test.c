/*
 * unit/door_test.c: the daemon's door and its group commit in one process with their clients, while
 * the system or the store refuses: whoever asked is told the truth, nobody is let in halfway, and
 * the door goes on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "ledger/connect.h"
#include "ledger/door.h"
#include "ledger/group.h"
#include "ledger/town.h"
#include "ledger/wire.h"
#include "unit/refuse_call.h"
#include "unit/step_fault.h"

/* ---- between the door and the system ---- */

/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): the system names them so. */
BETWEEN(int, epoll_create1, (int flags), (flags))
BETWEEN(int, epoll_ctl, (int on, int operation, int fd, struct epoll_event *event),
        (on, operation, fd, event))
BETWEEN(int, socket, (int domain, int type, int protocol), (domain, type, protocol))
BETWEEN(int, bind, (int fd, const struct sockaddr *address, socklen_t size_bytes),
        (fd, address, size_bytes))
BETWEEN(int, connect, (int fd, const struct sockaddr *address, socklen_t size_bytes),
        (fd, address, size_bytes))
BETWEEN(int, listen, (int fd, int backlog), (fd, backlog))
BETWEEN(int, rename, (const char *from, const char *to), (from, to))
BETWEEN(int, accept4, (int fd, struct sockaddr *address, socklen_t *size_bytes, int flags),
        (fd, address, size_bytes, flags))
BETWEEN(int, getsockopt, (int fd, int level, int option, void *value, socklen_t *size_bytes),
        (fd, level, option, value, size_bytes))
BETWEEN(ssize_t, recv, (int fd, void *bytes, size_t size_bytes, int flags),
        (fd, bytes, size_bytes, flags))
BETWEEN(ssize_t, send, (int fd, const void *bytes, size_t size_bytes, int flags),
        (fd, bytes, size_bytes, flags))
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */

/* ---- a door, and clients before it ---- */

static struct door door;
static struct group group;
static uid_t uids[PROGRAM__COUNT];
static char alder[ID_SIZE], birch[ID_SIZE];

static int found(void **state)
{
    (void)state;
    town_found();
    memcpy(alder, town_org("Alder", true, ORG_PARTICIPANT), ID_SIZE);
    memcpy(birch, town_org("Birch", false, ORG_PARTICIPANT), ID_SIZE);
    town_member(alder, town_person('A'), ROLE_ALL);
    const char *project = town_project(alder, "P1", INSTRUMENT_CARBON_REMOVAL);
    town_issue(project, 2024, 1000, 0);
    for (size_t i = 0; i < PROGRAM__COUNT; i++) {
        uids[i] = geteuid();
    }
    return 0;
}

static int leave(void **state)
{
    (void)state;
    town_leave();
    return 0;
}

static int open_up(void **state)
{
    int result = found(state);
    assert_int_equal(door_open(&door, town.folder, uids, -1), STATUS_OK);
    return result;
}

static int shut(void **state)
{
    refuse_call(NULL, 0, 0);
    door_close(&door);
    return leave(state);
}

static int client_of(enum asker program)
{
    char path[sizeof((struct sockaddr_un *)0)->sun_path];
    assert_true(door_path(town.folder, program, path));
    int fd = connect_until(path, 0);
    assert_true(fd >= 0);
    return fd;
}

static size_t waits(void)
{
    bool extra = false;
    (void)door_wait(&door, 0, &extra);
    assert_false(extra);
    return door.client_count;
}

static void sends(int fd, const struct command *command)
{
    assert_int_equal(send(fd, command, sizeof *command, 0), sizeof *command);
}

/* The status that came back; -1: none yet; -2: the connection was closed. */
static int heard(int fd)
{
    struct answer answer;
    ssize_t size_bytes = recv(fd, &answer, sizeof answer, MSG_DONTWAIT);
    return size_bytes == sizeof answer              ? answer.status
           : size_bytes == 0 || errno == ECONNRESET ? -2
                                                    : -1;
}

static struct command trusts(void)
{
    struct command command = command_of(ACT_TRUST, town_person('A'), town_key());
    TEXT_COPY(command.trust.org_id, alder);
    TEXT_COPY(command.trust.sender_org_id, birch);
    return command;
}

static struct command transfers(int64_t units)
{
    return town_transfer(town_person('A'), alder, birch, alder, units);
}

/* ---- the door ---- */

static void a_door_that_cannot_be_made(void **state)
{
    (void)state;
    static const struct {
        const char *call;
        int skip;
    } calls[] = {{"epoll_create1", 0}, {"epoll_ctl", 0}, {"epoll_ctl", 2}, {"socket", 1},
                 {"bind", 1},          {"listen", 0},    {"rename", 3}};
    int extra[2];
    assert_int_equal(pipe(extra), 0);
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        refuse_call(calls[i].call, ENOSPC, calls[i].skip);
        assert_int_equal(door_open(&door, town.folder, uids, extra[0]), STATUS_FAULT);
        assert_null(refusal.call);
        door_close(&door);
        char command[200];
        (void)snprintf(command, sizeof command, "test -z \"$(ls %s | grep sock)\"", town.folder);
        assert_int_equal(system(command), 0); /* nothing is left lying */
    }
    /* Without a socket to ask with nobody can be found to listen; then the making fails too. */
    refuse_call("socket", EMFILE, 0);
    assert_int_equal(door_open(&door, town.folder, uids, extra[0]), STATUS_OK);
    door_close(&door);
    refuse_call("connect", EAGAIN, 0); /* somebody who is so busy that he keeps us waiting */
    assert_int_equal(door_open(&door, town.folder, uids, -1), STATUS_FAULT);
    door_close(&door);
    assert_int_equal(door_open(&door, town.folder, uids, extra[0]), STATUS_OK);
    /* Somebody listens there. */
    struct door second;
    assert_int_equal(door_open(&second, town.folder, uids, -1), STATUS_FAULT);
    assert_int_equal(second.sockets[0].fd, -1);
    door_close(&second);
    (void)client_of(PROGRAM_ACCOUNT);
    bool is_extra = false;
    assert_int_equal(write(extra[1], "x", 1), 1);
    (void)door_wait(&door, 0, &is_extra);
    assert_true(is_extra);
    door_close(&door);
    char folder[200];
    memset(folder, 'r', sizeof folder);
    folder[0] = '/';
    folder[199] = '\0';
    assert_int_equal(door_open(&door, folder, uids, -1), STATUS_FAULT);
    door_close(&door);
    /* "/ledger-account.sock" has 20 characters; 107 are a path, one more is needed to make it. */
    folder[87] = '\0';
    char path[sizeof((struct sockaddr_un *)0)->sun_path];
    assert_true(door_path(folder, PROGRAM_ACCOUNT, path));
    assert_int_equal(door_open(&door, folder, uids, -1), STATUS_FAULT);
    door_close(&door);
    folder[87] = 'r';
    folder[88] = '\0';
    assert_false(door_path(folder, PROGRAM_ACCOUNT, path));
    close(extra[0]);
    close(extra[1]);
}

static void whom_the_system_refuses(void **state)
{
    (void)state;
    int first = client_of(PROGRAM_ACCOUNT);
    assert_int_equal(waits(), 1);
    static const int errors[] = {EMFILE, ENFILE, ENOMEM, ENOBUFS};
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        int second = client_of(PROGRAM_ADMIN);
        refuse_call("accept4", errors[i], 0);
        assert_int_equal(waits(), 1);
        assert_true(door.is_full);
        assert_int_equal(waits(), 1); /* and does not turn in circles */
        door_sweep(&door);            /* there is room */
        assert_false(door.is_full);
        assert_int_equal(waits(), 2);
        close(second);
        (void)waits();
        struct command message;
        size_t size_bytes = 0;
        size_t client = 0;
        assert_false(door_take(&door, &message, &size_bytes, &client));
        door_sweep(&door);
        assert_int_equal(door.client_count, 1);
    }
    int gone = client_of(PROGRAM_API);
    refuse_call("accept4", ECONNABORTED, 0);
    assert_int_equal(waits(), 1);
    assert_false(door.is_full);
    assert_int_equal(waits(), 2);
    close(gone);
    int unknown = client_of(PROGRAM_TALLY);
    refuse_call("getsockopt", EBADF, 0);
    (void)waits();
    assert_int_equal(heard(unknown), -2);
    int unwatched = client_of(PROGRAM_TALLY);
    refuse_call("epoll_ctl", ENOSPC, 0);
    (void)waits();
    assert_int_equal(heard(unwatched), -2);
    close(unknown);
    close(unwatched);
    close(first);
}

static void messages_that_cannot_be_read(void **state)
{
    (void)state;
    struct command message;
    size_t size_bytes = 0;
    size_t client = 0;
    int fd = client_of(PROGRAM_ACCOUNT);
    (void)waits();
    struct command command = trusts();
    sends(fd, &command);
    (void)waits();
    refuse_call("recv", EINTR, 0);
    assert_false(door_take(&door, &message, &size_bytes, &client));
    assert_true(door_take(&door, &message, &size_bytes, &client)); /* it was only a signal */
    assert_int_equal(size_bytes, sizeof message);
    assert_memory_equal(&message, &command, sizeof message);
    assert_false(door_take(&door, &message, &size_bytes, &client)); /* there is no more */
    assert_false(door.clients[client].is_over);
    sends(fd, &command);
    (void)waits();
    refuse_call("recv", ECONNRESET, 0);
    assert_false(door_take(&door, &message, &size_bytes, &client));
    assert_true(door.clients[0].is_over);
    (void)waits(); /* who is over is not heard any more */
    assert_false(door_take(&door, &message, &size_bytes, &client));
    door_sweep(&door);
    assert_int_equal(door.client_count, 0);
    assert_int_equal(heard(fd), -2);
    close(fd);
}

static void answers_that_cannot_be_sent(void **state)
{
    (void)state;
    static const int errors[] = {EAGAIN, ENOBUFS, EPIPE};
    struct answer answer = wire_answer(STATUS_OK);
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        int fd = client_of(PROGRAM_ACCOUNT);
        assert_int_equal(waits(), 1);
        door_answer(&door, 0, &answer);
        assert_int_equal(heard(fd), STATUS_OK);
        refuse_call("send", errors[i], 0);
        door_answer(&door, 0, &answer);
        assert_int_equal(door.client_count, 0);
        door_answer(&door, 0, &answer); /* nobody is there any more */
        assert_int_equal(heard(fd), -2);
        close(fd);
    }
}

/* Everybody who may come is there: the next waits until one leaves. */
static void a_full_house(void **state)
{
    (void)state;
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max < 4096 ? limit.rlim_max : 4096;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    static int fds[LEDGER_CLIENTS_MAX + 2];
    for (size_t i = 0; i < LEDGER_CLIENTS_MAX - 1; i++) {
        fds[i] = client_of(PROGRAM_ACCOUNT);
        assert_int_equal(waits(), i + 1);
    }
    /* Three more at once, for one place, through two sockets. */
    fds[LEDGER_CLIENTS_MAX - 1] = client_of(PROGRAM_ADMIN);
    fds[LEDGER_CLIENTS_MAX] = client_of(PROGRAM_TALLY);
    fds[LEDGER_CLIENTS_MAX + 1] = client_of(PROGRAM_TALLY);
    assert_int_equal(waits(), LEDGER_CLIENTS_MAX);
    assert_true(door.is_full);
    assert_int_equal(waits(), LEDGER_CLIENTS_MAX);
    door_sweep(&door);
    assert_true(door.is_full);
    struct command message;
    size_t size_bytes = 0;
    size_t client = 0;
    for (size_t i = 0; i < 2; i++) {
        close(fds[i]);
    }
    (void)waits();
    assert_false(door_take(&door, &message, &size_bytes, &client));
    door_sweep(&door);
    assert_int_equal(door.client_count, LEDGER_CLIENTS_MAX - 2);
    assert_false(door.is_full);
    assert_int_equal(waits(), LEDGER_CLIENTS_MAX);
    for (size_t i = 2; i < LEDGER_CLIENTS_MAX + 2; i++) {
        close(fds[i]);
    }
}

static bool zero_is_closed(void)
{
    return fcntl(STDIN_FILENO, F_GETFD) < 0;
}

/* A daemon may be started without standard input: then whatever it opens may be descriptor 0. */
static void zero_is_a_descriptor_like_another(void **state)
{
    (void)state;
    int extra[2];
    close(STDIN_FILENO);
    assert_int_equal(door_open(&door, town.folder, uids, -1), STATUS_OK);
    assert_int_equal(door.epoll_fd, 0);
    int fd = client_of(PROGRAM_ACCOUNT);
    assert_int_equal(waits(), 1);
    close(fd);
    door_close(&door);
    assert_true(zero_is_closed());
    assert_int_equal(pipe(extra), 0);
    assert_int_equal(extra[0], 0);
    assert_int_equal(door_open(&door, town.folder, uids, extra[0]), STATUS_OK);
    bool is_extra = false;
    assert_int_equal(write(extra[1], "x", 1), 1);
    (void)door_wait(&door, 0, &is_extra);
    assert_true(is_extra);
    door_close(&door);
    /* A socket of the door's own. */
    int other = dup(extra[0]);
    frees_zero = "epoll_ctl";
    assert_int_equal(door_open(&door, town.folder, uids, other), STATUS_OK);
    assert_int_equal(door.sockets[0].fd, 0);
    fd = client_of(PROGRAM_ACCOUNT);
    close(fd);
    door_close(&door);
    assert_true(zero_is_closed());
    assert_int_not_equal(access(door.sockets[0].path, F_OK), 0);
    close(other);
    close(extra[1]);
    assert_int_equal(open("/dev/null", O_RDONLY | O_CLOEXEC), 0);
}

static void a_client_that_is_zero(void **state)
{
    (void)state;
    struct command command = trusts();
    struct command message;
    struct answer answer = wire_answer(STATUS_OK);
    size_t size_bytes = 0;
    size_t client = 0;
    int first = client_of(PROGRAM_ACCOUNT);
    close(STDIN_FILENO);
    assert_int_equal(waits(), 1);
    assert_int_equal(door.clients[0].fd, 0);
    int second = client_of(PROGRAM_ADMIN);
    assert_int_equal(waits(), 2); /* and has a place of its own */
    assert_true(door.clients[1].fd > 0);
    sends(first, &command);
    (void)waits();
    assert_true(door_take(&door, &message, &size_bytes, &client));
    assert_int_equal(client, 0);
    door_answer(&door, client, &answer);
    assert_int_equal(heard(first), STATUS_OK);
    close(first);
    (void)waits();
    assert_false(door_take(&door, &message, &size_bytes, &client));
    door_sweep(&door);
    assert_int_equal(door.client_count, 1);
    assert_true(zero_is_closed());
    first = client_of(PROGRAM_ACCOUNT); /* this side is 0 now */
    int moved = dup(first);
    close(first);
    assert_int_equal(waits(), 2);
    assert_int_equal(door.clients[0].fd, 0);
    door_close(&door);
    assert_true(zero_is_closed());
    close(moved);
    close(second);
    assert_int_equal(open("/dev/null", O_RDONLY | O_CLOEXEC), 0);
}

/* Nobody waits behind a busy neighbour. */
static void everybody_has_a_turn(void **state)
{
    (void)state;
    struct command message;
    size_t size_bytes = 0;
    size_t order[6];
    int fds[3];
    struct command command = trusts();
    for (size_t i = 0; i < 3; i++) {
        fds[i] = client_of(PROGRAM_ACCOUNT);
        assert_int_equal(waits(), i + 1);
    }
    for (size_t i = 0; i < 6; i++) {
        sends(fds[i % 3], &command);
    }
    for (size_t i = 0; i < 6; i++) {
        (void)waits();
        assert_true(door_take(&door, &message, &size_bytes, &order[i]));
        assert_int_equal(order[i], i % 3);
    }
    for (size_t i = 0; i < 3; i++) {
        close(fds[i]);
    }
}

/* ---- the group ---- */

static enum status run(bool with_timer, size_t *acts)
{
    bool extra = false;
    (void)door_wait(&door, 0, &extra); /* whoever came is let in, whoever wrote is ready */
    (void)door_wait(&door, 0, &extra);
    return group_run(&group, &town.ledger, &door, with_timer, acts);
}

static void a_group_is_kept_or_not(void **state)
{
    (void)state;
    int fds[3];
    size_t acts = 0;
    for (size_t i = 0; i < 3; i++) {
        fds[i] = client_of(PROGRAM_ACCOUNT);
    }
    struct command trust = trusts();
    struct command transfer = transfers(10);
    static const struct {
        const char *failing;
        enum status told;
    } ways[] = {{"INSERT INTO act", STATUS_FAULT},
                {"BEGIN IMMEDIATE", STATUS_FAULT},
                {"COMMIT", STATUS_ANSWER_LOST}};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        int64_t before = town_number("SELECT count(*) FROM act");
        sends(fds[0], &trust);
        assert_int_equal(send(fds[1], "rubbish", 7, 0), 7);
        sends(fds[2], &transfer);
        step_failing = ways[i].failing;
        enum status status = run(false, &acts);
        step_failing = NULL;
        assert_int_equal(status, STATUS_FAULT);
        assert_int_equal(acts, 0);
        store_settle(town.ledger.store);
        assert_int_equal(town_number("SELECT count(*) FROM act"), before);
        assert_int_equal(heard(fds[0]), ways[i].told);
        if (i == 2) { /* this far came the whole group */
            assert_int_equal(heard(fds[1]), STATUS_BAD_REQUEST);
            assert_int_equal(heard(fds[2]), ways[i].told);
        } else {
            assert_int_equal(heard(fds[2]), -1);
            assert_int_equal(run(false, &acts), STATUS_OK); /* what was not begun is still there */
            assert_int_equal(heard(fds[1]), STATUS_BAD_REQUEST);
            assert_int_equal(heard(fds[2]), STATUS_OK);
            assert_int_equal(acts, 1);
            transfer = transfers(10);
        }
    }
    /* Rubbish alone is answered without the store. */
    assert_int_equal(send(fds[1], "rubbish", 7, 0), 7);
    step_failing = "BEGIN IMMEDIATE";
    assert_int_equal(run(false, &acts), STATUS_OK);
    step_failing = NULL;
    assert_int_equal(heard(fds[1]), STATUS_BAD_REQUEST);
    assert_int_equal(acts, 0);
    for (size_t i = 0; i < 3; i++) {
        close(fds[i]);
    }
}

static void the_clock_asks_first(void **state)
{
    (void)state;
    size_t acts = 0;
    assert_int_equal(run(true, &acts), STATUS_OK);
    assert_int_equal(acts, 1);
    struct command transfer = transfers(10);
    transfer.user_id[0] = '\0';
    town_do(&transfer);
    town_sql("UPDATE transfer SET expires_at = 1 + submitted_at");
    step_failing = "UPDATE OR ROLLBACK transfer";
    assert_int_equal(run(true, &acts), STATUS_FAULT);
    step_failing = NULL;
    store_settle(town.ledger.store);
    assert_int_equal(town_number("SELECT count(*) FROM transfer WHERE state = 'pending'"), 1);
    assert_int_equal(run(true, &acts), STATUS_OK);
    assert_int_equal(town_number("SELECT count(*) FROM transfer WHERE state = 'expired'"), 1);
    assert_int_equal(run(false, &acts), STATUS_OK); /* nobody asks anything */
    assert_int_equal(acts, 0);
}

/* An act that needs more memory than there is undoes its group; the others may ask again. */
static void an_act_too_large_for_the_memory(void **state)
{
    (void)state;
    static unsigned char memory[1024];
    static struct arena small;
    arena_init(&small, memory, sizeof memory);
    struct arena *large = town.ledger.arena;
    size_t acts = 0;
    int fds[3];
    for (size_t i = 0; i < 3; i++) {
        fds[i] = client_of(PROGRAM_ACCOUNT);
    }
    struct command trust = trusts();
    struct command transfer = transfers(10);
    int64_t before = town_number("SELECT count(*) FROM act");
    sends(fds[0], &trust);
    sends(fds[1], &transfer);
    assert_int_equal(send(fds[2], "rubbish", 7, 0), 7);
    town.ledger.arena = &small;
    assert_int_equal(run(false, &acts), STATUS_OK);
    assert_null(small.guard);
    assert_int_equal(acts, 0);
    assert_int_equal(town_number("SELECT count(*) FROM act"), before);
    assert_int_equal(heard(fds[0]), STATUS_BUSY);
    assert_int_equal(heard(fds[1]), STATUS_OUT_OF_ROOM);
    town.ledger.arena = large;
    sends(fds[0], &trust);
    sends(fds[1], &transfer);
    assert_int_equal(run(false, &acts), STATUS_OK);
    assert_int_equal(acts, 2);
    assert_int_equal(heard(fds[0]), STATUS_OK);
    assert_int_equal(heard(fds[1]), STATUS_OK);
    assert_int_equal(heard(fds[2]), STATUS_BAD_REQUEST);
    for (size_t i = 0; i < 3; i++) {
        close(fds[i]);
    }
}

/* One group has an end, however many commands are there; the rest is the next. */
static void a_group_has_an_end(void **state)
{
    (void)state;
    int fds[40];
    size_t acts = 0;
    size_t sent = 0;
    struct command trust = trusts();
    trust.key[0] = '\0';
    for (size_t i = 0; i < 40; i++) {
        fds[i] = client_of(PROGRAM_ACCOUNT);
        while (sent / 4 == i && send(fds[i], &trust, sizeof trust, MSG_DONTWAIT) > 0) {
            sent++;
        }
    }
    assert_int_equal(sent, 160);
    assert_int_equal(run(false, &acts), STATUS_OK);
    assert_int_equal(acts, GROUP_COMMIT_MAX);
    assert_int_equal(run(false, &acts), STATUS_OK);
    assert_int_equal(acts, 160 - GROUP_COMMIT_MAX);
    for (size_t i = 0; i < 40; i++) {
        for (size_t answers = 0; answers < 4; answers++) {
            assert_int_equal(heard(fds[i]), STATUS_OK);
        }
        assert_int_equal(heard(fds[i]), -1);
        close(fds[i]);
    }
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, open_up, shut)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_door_that_cannot_be_made, found, leave),
        cmocka_unit_test_setup_teardown(zero_is_a_descriptor_like_another, found, leave),
        TEST(a_client_that_is_zero),
        TEST(everybody_has_a_turn),
        TEST(whom_the_system_refuses),
        TEST(messages_that_cannot_be_read),
        TEST(answers_that_cannot_be_sent),
        TEST(a_full_house),
        TEST(a_group_is_kept_or_not),
        TEST(the_clock_asks_first),
        TEST(an_act_too_large_for_the_memory),
        TEST(a_group_has_an_end),
    };
    return cmocka_run_group_tests_name("the door", tests, NULL, NULL);
}
