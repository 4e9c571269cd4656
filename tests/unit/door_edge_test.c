/*
 * unit/door_edge_test.c: the daemon's door where it stands on an edge: the longest path of a
 * socket, a farewell behind a signal, and what is said of a client that does not read its answers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "ledger/connect.h"
#include "ledger/door.h"
#include "ledger/wire.h"
#include "unit/hear.h"
#include "unit/refuse_call.h"

/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): the system names them so. */
BETWEEN(ssize_t, send, (int fd, const void *bytes, size_t size_bytes, int flags),
        (fd, bytes, size_bytes, flags))
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */

static struct door door;
static uid_t uids[PROGRAM__COUNT];
static char folder[64];

static int set_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < PROGRAM__COUNT; i++) {
        uids[i] = geteuid();
    }
    strcpy(folder, "/tmp/tallystick-door-XXXXXX");
    assert_non_null(mkdtemp(folder));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    char command[128];
    hear_no_more(STDERR_FILENO);
    refuse_call(NULL, 0, 0);
    door_close(&door);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static int client_of(enum asker program)
{
    char path[sizeof((struct sockaddr_un *)0)->sun_path];
    bool is_extra = false;
    assert_true(door_path(folder, program, path));
    int fd = connect_until(path, 0);
    assert_true(fd >= 0);
    (void)door_wait(&door, 0, &is_extra);
    return fd;
}

/* "<folder>/./././…" of so many bytes. */
static const char *long_folder(size_t bytes)
{
    static char name[256];
    size_t used = strlen(folder);
    memcpy(name, folder, used);
    while (used < bytes) {
        bool is_odd = (bytes - used) % 2 == 1;
        name[used++] = '/';
        if (!is_odd) {
            name[used++] = '.';
        }
    }
    name[bytes] = '\0';
    return name;
}

/* A path of 106 characters has room for its end and for the one that it is made with; the longest
 * is account's. */
static void the_longest_path(void **state)
{
    (void)state;
    size_t room_bytes = sizeof((struct sockaddr_un *)0)->sun_path;
    size_t longest = room_bytes - 2 - strlen("/ledger-account.sock");
    assert_int_equal(door_open(&door, long_folder(longest), uids, -1), STATUS_OK);
    assert_int_equal(strlen(door.sockets[0].path), room_bytes - 2);
    int fd = client_of(PROGRAM_ACCOUNT);
    assert_int_equal(door.client_count, 1);
    close(fd);
    door_close(&door);
    hear(STDERR_FILENO);
    assert_int_equal(door_open(&door, long_folder(longest + 1), uids, -1), STATUS_FAULT);
    assert_int_equal(hear_times(heard(STDERR_FILENO), "socket-path-too-long path="), 1);
}

static void a_farewell_behind_a_signal(void **state)
{
    (void)state;
    struct command message;
    size_t size_bytes = 0;
    size_t client = 0;
    bool is_extra = false;
    assert_int_equal(door_open(&door, folder, uids, -1), STATUS_OK);
    int fd = client_of(PROGRAM_ACCOUNT);
    close(fd);
    (void)door_wait(&door, 0, &is_extra);
    assert_true(door.clients[0].is_ready);
    errno = EINTR; /* of some call before */
    assert_false(door_take(&door, &message, &size_bytes, &client));
    assert_false(door.clients[0].is_ready);
    assert_true(door.clients[0].is_over);
    door_sweep(&door);
    assert_int_equal(door.client_count, 0);
}

static void who_does_not_read_is_named(void **state)
{
    (void)state;
    static const struct {
        int error;
        bool is_slow;
    } rows[] = {{EAGAIN, true}, {ENOBUFS, true}, {EPIPE, false}, {ECONNRESET, false}};
    struct answer answer = wire_answer(STATUS_OK);
    assert_int_equal(door_open(&door, folder, uids, -1), STATUS_OK);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int fd = client_of(PROGRAM_ADMIN);
        hear(STDERR_FILENO);
        refuse_call("send", rows[i].error, 0);
        door_answer(&door, 0, &answer);
        char words[64];
        (void)snprintf(words, sizeof words, "event=slow-client asker=admin pid=%d", getpid());
        assert_int_equal(hear_times(heard(STDERR_FILENO), words), rows[i].is_slow ? 1 : 0);
        hear_no_more(STDERR_FILENO);
        assert_int_equal(door.client_count, 0);
        close(fd);
    }
}

/* Everybody is told that the door is closed, wherever they stand. */
static void closing_closes_all(void **state)
{
    (void)state;
    char byte = 0;
    int fds[3];
    assert_int_equal(door_open(&door, folder, uids, -1), STATUS_OK);
    for (size_t i = 0; i < 3; i++) {
        fds[i] = client_of(PROGRAM_ADMIN);
    }
    assert_int_equal(door.client_count, 3);
    door_close(&door);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(recv(fds[i], &byte, 1, MSG_DONTWAIT), 0);
        close(fds[i]);
    }
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_longest_path),
        TEST(a_farewell_behind_a_signal),
        TEST(who_does_not_read_is_named),
        TEST(closing_closes_all),
    };
    return cmocka_run_group_tests_name("edges of the door", tests, NULL, NULL);
}
