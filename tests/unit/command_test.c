/*
 * unit/command_test.c: the daemon's door, against a running daemon of this test's own build:
 * messages that are no commands, acts of the wrong program, clients that do not read, too many
 * clients, strangers, a second daemon. command_test [--seed N]
 */
#include "crash/world.h"

#include <grp.h>
#include <sys/socket.h>

#define FUZZ_MESSAGES 6000
#define PATIENCE_US (60 * CLOCK_SECOND_US) /* longer than any machine needs for one command */
#define NOBODY 65534

static struct world *world;
static struct chance chance;
static int passed;
static char program_id[ID_SIZE]; /* a token of the first organisation, with every role */

static void socket_of(enum asker program, char path[108])
{
    CHECK(door_path(world->run_dir, program, path), "the path of a socket is too long");
}

static int connect_to(enum asker program)
{
    char path[108];
    socket_of(program, path);
    int fd = connect_until(path, clock_steady_us() + PATIENCE_US);
    CHECK(fd >= 0, "nobody listens for %s", program_word(program));
    return fd;
}

/* -1: the daemon closed the connection. */
static int take_status(int fd)
{
    struct answer answer;
    CHECK(connect_wait(fd, POLLIN, clock_steady_us() + PATIENCE_US), "no answer");
    ssize_t size_bytes = recv(fd, &answer, sizeof answer, MSG_TRUNC);
    CHECK(size_bytes <= 0 || size_bytes == (ssize_t)sizeof answer, "an answer of %zd bytes",
          size_bytes);
    return size_bytes <= 0 ? -1 : answer.status;
}

static void expect(int fd, const void *message, size_t size_bytes, int status, const char *what)
{
    CHECK(send(fd, message, size_bytes, MSG_NOSIGNAL) == (ssize_t)size_bytes, "%s: not sent", what);
    int got = take_status(fd);
    CHECK(got == status, "%s: answered %s", what,
          got < 0 ? "nothing" : status_row((enum status)got)->slug);
}

static void expect_act(const struct command *command, const char *what)
{
    int fd = connect_to(PROGRAM_TALLY);
    expect(fd, command, sizeof *command, STATUS_OK, what);
    close(fd);
}

/* What asks through api is a program. */
static void make_program(void)
{
    TEXT_COPY(program_id, "usr_PR0GRAM000000000");
    struct command command = command_of(ACT_SET_PERSON, "", "");
    TEXT_COPY(command.person.user_id, program_id);
    TEXT_COPY(command.person.org_id, world->org_ids[0]);
    command.person.is_program = true;
    expect_act(&command, "a program is made known");
    command.kind = ACT_SET_MEMBER;
    command.person.roles = ROLE_ALL;
    expect_act(&command, "a program becomes a member");
}

static void test_no_commands(void)
{
    static struct command two[2];
    int fd = connect_to(PROGRAM_ACCOUNT);
    struct command good = world_small_transfer(world);
    expect(fd, &good, 1, STATUS_BAD_REQUEST, "one byte");
    expect(fd, &good, sizeof good - 1, STATUS_BAD_REQUEST, "a byte too few");
    two[0] = good;
    expect(fd, two, sizeof good + 1, STATUS_BAD_REQUEST, "a byte too many");
    expect(fd, two, sizeof two, STATUS_BAD_REQUEST, "two commands in one message");
    struct command bad = good;
    bad.version = COMMAND_VERSION + 1;
    expect(fd, &bad, sizeof bad, STATUS_BAD_REQUEST, "another version");
    static const uint32_t kinds[] = {ACT_NONE, ACT__COUNT, UINT32_MAX};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        bad = good;
        bad.kind = kinds[i];
        expect(fd, &bad, sizeof bad, STATUS_BAD_REQUEST, "no such kind");
    }
    memset(&bad, 0xff, sizeof bad);
    expect(fd, &bad, sizeof bad, STATUS_BAD_REQUEST, "all ones");
    memset(&bad, 0, sizeof bad);
    expect(fd, &bad, sizeof bad, STATUS_BAD_REQUEST, "all zeros");
    bad = good;
    memset(bad.key, 'k', sizeof bad.key);
    expect(fd, &bad, sizeof bad, STATUS_BAD_REQUEST, "a key without end");
    bad = good;
    memset(bad.user_id, 'u', sizeof bad.user_id);
    expect(fd, &bad, sizeof bad, STATUS_BAD_REQUEST, "a user without end");
    bad = good;
    memset(bad.transfer.notes, 'n', sizeof bad.transfer.notes);
    expect(fd, &bad, sizeof bad, STATUS_BAD_REQUEST, "a note without end");
    bad = good;
    memset(&bad.transfer.has_plan, 2, 1);
    expect(fd, &bad, sizeof bad, STATUS_BAD_REQUEST, "neither yes nor no");
    bad = good;
    bad.transfer.line_count = COMMAND_LINES_MAX + 1;
    expect(fd, &bad, sizeof bad, STATUS_BAD_REQUEST, "a line too many");
    bad.transfer.line_count = UINT32_MAX;
    expect(fd, &bad, sizeof bad, STATUS_BAD_REQUEST, "four thousand million lines");
    bad.transfer.line_count = COMMAND_LINES_MAX;
    memset(bad.transfer.lines[COMMAND_LINES_MAX - 1].batch_id, 'b', ID_SIZE);
    expect(fd, &bad, sizeof bad, STATUS_BAD_REQUEST, "a batch without end");
    expect(fd, &good, sizeof good, STATUS_OK, "a good command over the same connection");
    CHECK(send(fd, "", 0, MSG_NOSIGNAL) == 0 && take_status(fd) == -1,
          "an empty message counts as a farewell");
    close(fd);
    passed++;
}

/* Good commands with some bytes changed at random: any answer, but always one, and the registry
 * stays sound. */
static void test_fuzzed_commands(void)
{
    static const enum asker programs[] = {PROGRAM_ACCOUNT, PROGRAM_ADMIN, PROGRAM_API,
                                          PROGRAM_TALLY};
    int counts[2] = {0, 0};
    for (int i = 0; i < 4; i++) {
        int fd = connect_to(programs[i]);
        for (int message = 0; message < FUZZ_MESSAGES / 4; message++) {
            struct command command = world_small_transfer(world);
            if (chance_below(&chance, 2) == 0) {
                command.kind = (uint32_t)(1 + chance_below(&chance, ACT__COUNT - 1));
            }
            if (programs[i] == PROGRAM_API) {
                TEXT_COPY(command.user_id, program_id);
            }
            unsigned char *bytes = (unsigned char *)&command;
            for (int64_t changes = chance_below(&chance, 6); changes > 0; changes--) {
                int64_t room = chance_below(&chance, 2) == 0 ? (int64_t)sizeof command : 3000;
                bytes[chance_below(&chance, room)] = (unsigned char)chance_next(&chance);
            }
            /* What freezes the registry would end the test of all else. */
            command.kind = command.kind == ACT_FREEZE ? ACT_TRANSFER : command.kind;
            CHECK(send(fd, &command, sizeof command, MSG_NOSIGNAL) == (ssize_t)sizeof command,
                  "not sent");
            int status = take_status(fd);
            CHECK(status >= 0 && status < STATUS__COUNT && status != STATUS_FAULT &&
                      status != STATUS_OUT_OF_ROOM,
                  "message %d of %s ends in %d; the daemon's log is %s", message,
                  program_word(programs[i]), status, world->log_path);
            counts[status == STATUS_OK]++;
        }
        close(fd);
    }
    CHECK(counts[1] > 0, "not one fuzzed command came through");
    world_verify(world);
    printf("%d fuzzed messages: %d acts, %d refusals\n", FUZZ_MESSAGES, counts[1], counts[0]);
    passed++;
}

static void test_wrong_program(void)
{
    struct command freeze = command_of(ACT_FREEZE, world->user_ids[0], "");
    freeze.setting.frozen = true;
    TEXT_COPY(freeze.setting.text, "no");
    struct command expire = command_of(ACT_EXPIRE, world->user_ids[0], "");
    struct command good = world_small_transfer(world);
    struct command nameless = world_small_transfer(world);
    nameless.user_id[0] = '\0';
    const struct {
        enum asker program;
        const struct command *command;
        const char *what;
    } rows[] = {
        {PROGRAM_ACCOUNT, &freeze, "freeze by account"},
        {PROGRAM_API, &freeze, "freeze by api"},
        {PROGRAM_ADMIN, &freeze, "freeze by no administrator"},
        {PROGRAM_ACCOUNT, &expire, "expire by account"},
        {PROGRAM_ADMIN, &good, "transfer by admin"},
        {PROGRAM_ACCOUNT, &nameless, "the operator by account"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int fd = connect_to(rows[i].program);
        CHECK(send(fd, rows[i].command, sizeof *rows[i].command, MSG_NOSIGNAL) > 0, "not sent");
        int status = take_status(fd);
        CHECK(status > STATUS_OK && status != STATUS_FAULT, "%s: %d", rows[i].what, status);
        close(fd);
    }
    /* Through api programs alone, and they through api alone. */
    int fd = connect_to(PROGRAM_API);
    expect(fd, &good, sizeof good, STATUS_NOT_ALLOWED, "a human being's transfer by api");
    TEXT_COPY(good.user_id, program_id);
    expect(fd, &good, sizeof good, STATUS_OK, "a transfer by api");
    close(fd);
    fd = connect_to(PROGRAM_ACCOUNT);
    good = world_small_transfer(world);
    TEXT_COPY(good.user_id, program_id);
    expect(fd, &good, sizeof good, STATUS_NOT_ALLOWED, "a program's transfer by account");
    close(fd);
    /* Only tally may say when: from account the time is not heard. */
    struct command dated = world_small_transfer(world);
    dated.at_us = CLOCK_DAY_US;
    struct ledger_client client;
    struct answer answer;
    ledger_client_init(&client, world->account_socket);
    CHECK(ledger_ask(&client, &dated, &answer) != STATUS_OK ||
              answer.at > clock_now_us() - CLOCK_DAY_US,
          "account dated an act");
    ledger_client_close(&client);
    passed++;
}

/* Good and bad in one go: the answers come in the order of the messages. Then the sender closes its
 * side. */
static void test_order_and_half_close(void)
{
    int fd = connect_to(PROGRAM_ACCOUNT);
    for (int i = 0; i < 12; i++) {
        struct command command = world_small_transfer(world);
        size_t size_bytes = i % 3 == 0 ? 5 : sizeof command;
        CHECK(send(fd, &command, size_bytes, MSG_NOSIGNAL) == (ssize_t)size_bytes,
              "message %d not sent", i);
    }
    shutdown(fd, SHUT_WR);
    for (int i = 0; i < 12; i++) {
        CHECK(take_status(fd) == (i % 3 == 0 ? STATUS_BAD_REQUEST : STATUS_OK),
              "answer %d is not that of message %d", i, i);
    }
    CHECK(take_status(fd) == -1, "the daemon keeps what has been closed");
    close(fd);
    passed++;
}

/* How long somebody else waits for an answer: the quickest of three, for it is this machine, too,
 * that keeps one of them waiting. */
static bool neighbour_is_quick(void)
{
    bool is_quick = false;
    for (int i = 0; i < 3 && !is_quick; i++) {
        int fd = connect_to(PROGRAM_API);
        struct command command = world_small_transfer(world);
        TEXT_COPY(command.user_id, program_id);
        int64_t began_us = clock_steady_us();
        expect(fd, &command, sizeof command, STATUS_OK, "a neighbour of a slow client");
        is_quick = clock_steady_us() - began_us < 2 * CLOCK_SECOND_US;
        close(fd);
    }
    return is_quick;
}

/* A client that sends and never reads is sent away; others are not kept waiting. */
static void test_slow_client(void)
{
    int slow = connect_to(PROGRAM_ACCOUNT);
    bool is_gone = false;
    for (int i = 0; i < 20000 && !is_gone; i++) {
        bool is_sent = send(slow, "x", 1, MSG_NOSIGNAL | MSG_DONTWAIT) == 1;
        is_gone = !is_sent && errno != EAGAIN;
        if (!is_sent && !is_gone) { /* the daemon has not come to the others yet */
            CHECK(connect_wait(slow, POLLOUT, clock_steady_us() + PATIENCE_US),
                  "the daemon does not read any more");
        }
        CHECK(i % 500 != 0 || neighbour_is_quick(), "a neighbour waited for a slow client");
    }
    CHECK(is_gone, "a client that does not read its answers was kept");
    close(slow);
    passed++;
}

static void test_too_many_clients(void)
{
    static int fds[LEDGER_CLIENTS_MAX + 50];
    for (int i = 0; i < LEDGER_CLIENTS_MAX + 50; i++) {
        fds[i] = connect_to(
            PROGRAM_ACCOUNT); /* one queue, so the last to come is the last to be let in */
    }
    struct command command = world_small_transfer(world);
    expect(fds[0], &command, sizeof command, STATUS_OK, "a client of a full house");
    int last = fds[LEDGER_CLIENTS_MAX + 49];
    command = world_small_transfer(world);
    CHECK(send(last, &command, sizeof command, MSG_NOSIGNAL) > 0 &&
              !connect_wait(last, POLLIN, clock_steady_us() + CLOCK_SECOND_US / 5),
          "one client more than there are places was served");
    for (int i = 0; i < 60; i++) {
        close(fds[i]);
    }
    CHECK(take_status(last) == STATUS_OK, "a client that had waited for a place is not served");
    for (int i = 60; i < LEDGER_CLIENTS_MAX + 50; i++) {
        close(fds[i]);
    }
    passed++;
}

/* As root: another user may ask through account's socket only when account runs as that user. */
static void test_strangers(void)
{
    if (geteuid() != 0) {
        puts("not root: strangers are not tried");
        return;
    }
    for (int allowed = 0; allowed < 2; allowed++) {
        world_stop_daemon(world);
        allowed ? setenv("TALLYSTICK_UID_ACCOUNT", "65534", 1) : unsetenv("TALLYSTICK_UID_ACCOUNT");
        world_start_daemon(world);
        world_await_daemon(world);
        CHECK(chmod(world->folder, 0755) == 0 && chmod(world->run_dir, 0755) == 0 &&
                  chmod(world->account_socket, 0666) == 0,
              "no chmod");
        struct command command = world_small_transfer(world);
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            if (setgroups(0, NULL) != 0 || setgid(NOBODY) != 0 || setuid(NOBODY) != 0) {
                _exit(9);
            }
            int fd = connect_to(PROGRAM_ACCOUNT);
            ssize_t sent_bytes = send(fd, &command, sizeof command, MSG_NOSIGNAL);
            _exit(sent_bytes > 0 && take_status(fd) == STATUS_OK ? 1 : 0);
        }
        int end = 0;
        waitpid(child, &end, 0);
        CHECK(WIFEXITED(end) && WEXITSTATUS(end) == allowed, "a stranger was %s",
              allowed ? "sent away though allowed" : "served");
    }
    unsetenv("TALLYSTICK_UID_ACCOUNT");
    passed++;
}

static int run_second_daemon(const char *data_dir)
{
    struct world second = *world;
    (void)snprintf(second.data_dir, sizeof second.data_dir, "%.200s", data_dir);
    second.daemon = 0;
    world_start_daemon(&second);
    int end = 0;
    waitpid(second.daemon, &end, 0);
    return WIFEXITED(end) ? WEXITSTATUS(end) : -1;
}

static void test_second_daemon(void)
{
    CHECK(run_second_daemon(world->data_dir) == 1, "two daemons on one registry");
    char other[WORLD_PATH_SIZE];
    char command[3 * WORLD_PATH_SIZE];
    (void)snprintf(other, sizeof other, "%.200s/other", world->folder);
    (void)snprintf(command, sizeof command, "mkdir %.200s && cp %.200s %.200s/registry.db", other,
                   world->registry_path, other);
    CHECK(world_stop_daemon(world) == 0 && system(command) == 0,
          "no copy"); /* copied while nobody has it open */
    world_start_daemon(world);
    world_await_daemon(world);
    CHECK(run_second_daemon(other) == 1, "two daemons on the same sockets");
    int fd = connect_to(PROGRAM_ACCOUNT);
    struct command good = world_small_transfer(world);
    expect(fd, &good, sizeof good, STATUS_OK, "the first daemon");
    close(fd);
    passed++;
}

int main(int argc, char **argv)
{
    chance = chance_from(world_seed(argc, argv), 0);
    world = world_open("command", "test");
    world_start_daemon(world);
    world_await_daemon(world);
    make_program();
    test_no_commands();
    test_wrong_program();
    test_order_and_half_close();
    test_slow_client();
    test_too_many_clients();
    test_strangers();
    test_second_daemon();
    test_fuzzed_commands();
    CHECK(world_stop_daemon(world) == 0, "the daemon did not end in good order; its log is %s",
          world->log_path);
    world_verify(world);
    printf("%d passed, 0 failed\n", passed);
    return 0;
}
