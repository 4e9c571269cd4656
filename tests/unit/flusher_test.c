/*
 * unit/flusher_test.c: the process that has registry.db written (ledger/flusher.h) answers what it
 * is asked, is never waited for, and its end is no fault.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "ledger/flusher.h"

#define PATIENCE_US (30 * CLOCK_SECOND_US)

static char path[64], lock_path[64];
static int lock_fd;

static int make_file(void **state)
{
    (void)state;
    (void)snprintf(path, sizeof path, "%s", "/tmp/flusher_test.XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    (void)snprintf(lock_path, sizeof lock_path, "%.50s.lock", path);
    lock_fd = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_true(lock_fd >= 0);
    assert_int_equal(flock(lock_fd, LOCK_EX | LOCK_NB), 0);
    return 0;
}

static int remove_file(void **state)
{
    (void)state;
    close(lock_fd);
    (void)unlink(path);
    (void)unlink(lock_path);
    return 0;
}

static void is_done_soon(struct flusher *flusher)
{
    int64_t until_us = clock_steady_us() + PATIENCE_US;
    while (!flusher_is_done(flusher)) {
        assert_true(clock_steady_us() < until_us);
        (void)poll(NULL, 0, 1);
    }
}

static void has_ended(struct flusher *flusher)
{
    int64_t until_us = clock_steady_us() + PATIENCE_US;
    for (flusher_reap(flusher); flusher->pid != 0; flusher_reap(flusher)) {
        assert_true(clock_steady_us() < until_us);
        (void)poll(NULL, 0, 1);
    }
    assert_true(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
}

static bool is_closed(int fd)
{
    return fcntl(fd, F_GETFD) < 0 && errno == EBADF;
}

static void is_stopped(const struct flusher *flusher)
{
    assert_int_equal(kill(flusher->pid, SIGSTOP), 0);
    assert_int_equal(waitpid(flusher->pid, NULL, WUNTRACED), flusher->pid);
}

static void it_answers(void **state)
{
    (void)state;
    struct flusher flusher;
    flusher_begin(&flusher, path, lock_fd);
    assert_true(flusher.pid > 0);
    assert_true(flusher_is_done(&flusher)); /* nothing was asked */
    for (int i = 0; i < 5; i++) {
        flusher_ask(&flusher);
        is_done_soon(&flusher);
    }
    flusher_reap(&flusher); /* another child has ended: it goes on */
    assert_true(flusher.pid > 0);
    int fd = flusher.fd;
    flusher_stop(&flusher);
    assert_true(is_closed(fd));
    assert_int_equal(flusher.pid, 0);
    flusher_stop(&flusher); /* once more is no fault */
    assert_true(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
}

/* While it is at it nobody waits, and a second question is not sent: one answer comes. */
static void it_is_not_waited_for(void **state)
{
    (void)state;
    struct flusher flusher;
    flusher_begin(&flusher, path, lock_fd);
    is_stopped(&flusher);
    flusher_ask(&flusher);
    assert_false(flusher_is_done(&flusher));
    flusher_ask(&flusher);
    assert_false(flusher_is_done(&flusher));
    assert_int_equal(kill(flusher.pid, SIGCONT), 0);
    is_done_soon(&flusher);
    flusher_ask(&flusher);
    is_done_soon(&flusher);
    char more = 0;
    assert_true(recv(flusher.fd, &more, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN);
    flusher_stop(&flusher);
}

static void its_end_is_no_fault(void **state)
{
    (void)state;
    for (int asked = 0; asked < 2; asked++) {
        struct flusher flusher;
        flusher_begin(&flusher, path, lock_fd);
        if (asked == 1) {
            assert_int_equal(kill(flusher.pid, SIGSTOP), 0);
            flusher_ask(&flusher);
            assert_false(flusher_is_done(&flusher));
        }
        assert_int_equal(kill(flusher.pid, SIGKILL), 0);
        has_ended(&flusher);
        assert_true(flusher_is_done(&flusher));
        flusher_ask(&flusher);
        assert_true(flusher_is_done(&flusher));
        flusher_stop(&flusher);
    }
    /* Asked after its end, before anybody has noticed it. */
    struct flusher flusher;
    flusher_begin(&flusher, path, lock_fd);
    assert_int_equal(kill(flusher.pid, SIGKILL), 0);
    is_done_soon(&flusher);
    flusher_ask(&flusher);
    is_done_soon(&flusher);
    flusher_stop(&flusher);
}

/* What it was asked it has never read: the connection is then reset, not closed. */
static void its_end_with_a_question_unread(void **state)
{
    (void)state;
    struct flusher flusher;
    siginfo_t end;
    flusher_begin(&flusher, path, lock_fd);
    is_stopped(&flusher);
    flusher_ask(&flusher);
    assert_false(flusher_is_done(&flusher));
    assert_int_equal(kill(flusher.pid, SIGKILL), 0);
    assert_int_equal(waitid(P_PID, (id_t)flusher.pid, &end, WEXITED | WNOWAIT), 0);
    assert_true(flusher_is_done(&flusher));
    assert_int_equal(flusher.fd, -1);
    flusher_stop(&flusher);
}

/* Descriptor 0 is one like another, at both ends. */
static void zero_is_a_descriptor(void **state)
{
    (void)state;
    struct flusher flusher;
    int input = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    close(STDIN_FILENO);
    flusher_begin(&flusher, path, lock_fd);
    assert_int_equal(flusher.fd, 0);
    assert_true(flusher.pid > 0);
    is_stopped(&flusher);
    flusher_ask(&flusher);
    assert_false(flusher_is_done(&flusher));
    assert_int_equal(kill(flusher.pid, SIGCONT), 0);
    is_done_soon(&flusher);
    flusher_stop(&flusher);
    assert_true(is_closed(0));
    if (input >= 0) {
        assert_int_equal(dup2(input, STDIN_FILENO), STDIN_FILENO);
        close(input);
    }
}

/* What stops a whole group reaches it, too: it goes on until the daemon ends it. */
static void it_is_stopped_by_the_daemon_alone(void **state)
{
    (void)state;
    struct flusher flusher;
    flusher_begin(&flusher, path, lock_fd);
    assert_int_equal(kill(flusher.pid, SIGINT), 0);
    assert_int_equal(kill(flusher.pid, SIGQUIT), 0);
    assert_int_equal(kill(flusher.pid, SIGTERM), 0);
    flusher_ask(&flusher);
    is_done_soon(&flusher);
    assert_true(flusher.fd >= 0);
    flusher_reap(&flusher);
    assert_true(flusher.pid > 0);
    flusher_stop(&flusher);
    assert_true(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
}

static void without_a_file_there_is_none(void **state)
{
    (void)state;
    struct flusher flusher;
    flusher_begin(&flusher, "/nowhere/registry.db", lock_fd);
    assert_int_equal(flusher.pid, 0);
    assert_int_equal(flusher.fd, -1);
    flusher_ask(&flusher);
    assert_true(flusher_is_done(&flusher));
    flusher_stop(&flusher);
}

/* The daemon's lock ends with the daemon, and so does the process. */
static void it_keeps_no_lock(void **state)
{
    (void)state;
    struct flusher flusher;
    flusher_begin(&flusher, path, lock_fd);
    close(lock_fd);
    lock_fd = open(lock_path, O_RDWR | O_CLOEXEC);
    assert_true(lock_fd >= 0);
    assert_int_equal(flock(lock_fd, LOCK_EX | LOCK_NB), 0);
    close(flusher.fd); /* what the daemon's end closes */
    flusher.fd = -1;
    has_ended(&flusher);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_answers, make_file, remove_file),
        cmocka_unit_test_setup_teardown(it_is_not_waited_for, make_file, remove_file),
        cmocka_unit_test_setup_teardown(its_end_is_no_fault, make_file, remove_file),
        cmocka_unit_test_setup_teardown(its_end_with_a_question_unread, make_file, remove_file),
        cmocka_unit_test_setup_teardown(zero_is_a_descriptor, make_file, remove_file),
        cmocka_unit_test_setup_teardown(it_is_stopped_by_the_daemon_alone, make_file, remove_file),
        cmocka_unit_test_setup_teardown(without_a_file_there_is_none, make_file, remove_file),
        cmocka_unit_test_setup_teardown(it_keeps_no_lock, make_file, remove_file),
    };
    return cmocka_run_group_tests_name("the flusher", tests, NULL, NULL);
}
