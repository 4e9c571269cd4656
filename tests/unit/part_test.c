/*
 * unit/part_test.c: a folder that is made beside its name and gets it when it is whole (part.h),
 * and the look over the registry before the daemon begins (inspect.h), while the system refuses one
 * call after the other: what fails is said, nothing half-made is left under the name.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "ledger/daemon.h"
#include "ledger/inspect.h"
#include "ledger/lock.h"
#include "ledger/part.h"
#include "ledger/town.h"
#include "unit/refuse_call.h"

/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): the system names them so. */
BETWEEN(int, mkdir, (const char *path, mode_t mode), (path, mode))
BETWEEN(int, flock, (int fd, int operation), (fd, operation))
BETWEEN(int, fstat, (int fd, struct stat *found), (fd, found))
BETWEEN(int, lstat, (const char *path, struct stat *found), (path, found))
BETWEEN(int, rename, (const char *from, const char *to), (from, to))
BETWEEN(int, fsync, (int fd), (fd))
BETWEEN(ssize_t, read, (int fd, void *bytes, size_t size_bytes), (fd, bytes, size_bytes))
BETWEEN(ssize_t, write, (int fd, const void *bytes, size_t size_bytes), (fd, bytes, size_bytes))
BETWEEN(pid_t, fork, (void), ())
BETWEEN(int, sigprocmask, (int how, const sigset_t *set, sigset_t *old), (how, set, old))
BETWEEN(int, signalfd, (int fd, const sigset_t *mask, int flags), (fd, mask, flags))
BETWEEN(int, epoll_create1, (int flags), (flags))
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */

static char folder[64];
static char final_path[128];
static struct part part;

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/tallystick-part-XXXXXX");
    assert_non_null(mkdtemp(folder));
    (void)snprintf(final_path, sizeof final_path, "%s/whole", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    char command[128];
    refuse_call(NULL, 0, 0);
    part_drop(&part);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static bool is_there(const char *name)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return access(path, F_OK) == 0;
}

static bool begins(void)
{
    part_drop(&part);
    return part_begin(&part, final_path, 0700);
}

static void says(const char *words)
{
    if (strstr(part.words, words) == NULL) {
        fail_msg("says \"%s\", not \"%s\"", part.words, words);
    }
}

static void a_part_gets_its_name_when_it_is_whole(void **state)
{
    (void)state;
    (void)snprintf(final_path, sizeof final_path, "%s/whole///", folder);
    assert_true(begins());
    assert_true(part_write(&part, "people.db", "words", 5));
    assert_true(part_settle(&part, "people.db"));
    int64_t size_bytes = 0;
    struct digest digest;
    assert_true(part_digest(&part, "people.db", &size_bytes, &digest));
    struct digest wanted = digest_of("words", 5);
    assert_true(size_bytes == 5 && digest_equal(&digest, &wanted));
    assert_false(is_there("whole"));
    assert_true(part_finish(&part));
    assert_true(is_there("whole/people.db"));
    part_drop(&part); /* what is finished stays */
    assert_true(is_there("whole/people.db"));
    assert_false(begins());
    says("there is something already");
}

static void whatever_is_refused_is_said(void **state)
{
    (void)state;
    static const struct {
        const char *call;
        int error;
        const char *words;
    } at_begin[] = {{"mkdir", ENOSPC, "cannot be made"},
                    {"flock", ENOLCK, "cannot be locked"},
                    {"fstat", EIO, "cannot be locked"},
                    {"lstat", EIO, "cannot be locked"},
                    {"mkdir", EACCES, "cannot be made"}};
    for (size_t i = 0; i < sizeof at_begin / sizeof at_begin[0]; i++) {
        part_drop(&part);
        char leftover[256];
        (void)snprintf(leftover, sizeof leftover, "%s" PART_SUFFIX, final_path);
        (void)rmdir(leftover);
        refuse_call(at_begin[i].call, at_begin[i].error, 0);
        assert_false(part_begin(&part, final_path, 0700));
        assert_null(refusal.call);
        says(at_begin[i].words);
    }
    static const struct {
        const char *call;
        int error;
        int skip;
        const char *words;
    } at_end[] = {{"fsync", EIO, 0, "the disk does not keep"},
                  {"fsync", EIO, 1, "may not keep the name"},
                  {"rename", EEXIST, 0, "there is something already at"},
                  {"rename", ENOTEMPTY, 0, "there is something already at"},
                  {"rename", ENOTDIR, 0, "there is something already at"},
                  {"rename", EXDEV, 0, "cannot be given"}};
    for (size_t i = 0; i < sizeof at_end / sizeof at_end[0]; i++) {
        (void)rmdir(final_path);
        assert_true(begins());
        refuse_call(at_end[i].call, at_end[i].error, at_end[i].skip);
        assert_false(part_finish(&part));
        assert_null(refusal.call);
        says(at_end[i].words);
    }
}

static void files_that_cannot_be_written_or_read(void **state)
{
    (void)state;
    int64_t size_bytes = 0;
    struct digest digest;
    char from[256];
    (void)snprintf(from, sizeof from, "%s/from", folder);
    FILE *file = fopen(from, "wb");
    assert_non_null(file);
    assert_true(fputs("words", file) >= 0);
    fclose(file);
    assert_true(begins());
    assert_false(part_write(&part, "none/people.db", "words", 5));
    says("cannot be written");
    assert_false(part_copy(&part, "none/people.db", from, &size_bytes, &digest));
    says("cannot be written");
    refuse_call("write", EINTR, 0); /* a signal came: it goes on */
    assert_true(part_write(&part, "people.db", "words", 5));
    refuse_call("write", ENOSPC, 0);
    assert_false(part_write(&part, "registry.db", "words", 5));
    refuse_call("fsync", EIO, 0);
    assert_false(part_write(&part, "people.db-shm", "words", 5));
    refuse_call("write", ENOSPC, 0);
    assert_false(part_copy(&part, "people.db-wal", from, &size_bytes, &digest));
    says("there is no room for a copy");
    refuse_call("fsync", EIO, 0);
    assert_false(part_copy(&part, "registry.db-wal", from, &size_bytes, &digest));
    says("the disk does not keep");
    refuse_call("read", EIO, 0);
    assert_false(part_copy(&part, "registry.db-shm", from, &size_bytes, &digest));
    says("cannot be read");
    assert_false(part_copy(&part, "registry.db-journal", "/nowhere", &size_bytes, &digest));
    says("cannot be read");
    assert_true(part_copy(&part, "people.db-journal", from, &size_bytes, &digest));
    assert_int_equal(size_bytes, 5);
    assert_false(part_digest(&part, "absent", &size_bytes, &digest));
    assert_false(part_settle(&part, "absent"));
    refuse_call("fsync", EIO, 0);
    assert_false(part_settle(&part, "people.db"));
    part_drop(&part);
    assert_false(is_there("whole" PART_SUFFIX)); /* all that we made is gone */
}

static void what_is_in_the_way(void **state)
{
    (void)state;
    char path[256];
    /* Another at work on it. */
    assert_true(begins());
    struct part other;
    assert_false(part_begin(&other, final_path, 0700));
    assert_non_null(strstr(other.words, "another tally is at work"));
    /* What is not of a backup is left alone. */
    (void)snprintf(path, sizeof path, "%s" PART_SUFFIX "/diary", final_path);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    close(fd);
    close(part.fd);
    part.fd = -1;
    assert_false(begins());
    says("not of an interrupted backup");
    assert_true(is_there("whole" PART_SUFFIX "/diary"));
    assert_int_equal(unlink(path), 0);
    assert_true(begins()); /* a leftover of ours is taken away */
    part_drop(&part);
    /* A file, or a link, under either name. */
    (void)snprintf(path, sizeof path, "%s" PART_SUFFIX, final_path);
    fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    close(fd);
    assert_false(begins());
    says("not of an interrupted backup");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink("/tmp", path), 0);
    assert_false(begins());
    says("not of an interrupted backup");
    assert_int_equal(unlink(path), 0);
    fd = open(final_path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    close(fd);
    assert_false(begins());
    says("this is no folder");
    assert_int_equal(unlink(final_path), 0);
    assert_int_equal(symlink(final_path, final_path), 0);
    assert_false(begins());
    says("cannot be looked into");
    assert_int_equal(unlink(final_path), 0);
    char long_path[PATH_MAX + 2];
    memset(long_path, 'p', sizeof long_path - 1);
    long_path[sizeof long_path - 1] = '\0';
    assert_false(part_begin(&part, long_path, 0700));
    says("cannot be used");
    assert_false(part_begin(&part, "", 0700));
    says("cannot be used");
    /* Somebody who sweeps is in the way each time. */
    for (int error = 0; error < 2; error++) {
        refuse_call("flock", error == 0 ? ENOENT : EINTR, 0);
        assert_int_equal(begins(), error == 0);
        part_drop(&part);
        (void)rmdir(path);
    }
}

/* A file system that knows no locks is no place for a registry. */
static void a_lock_that_cannot_be_taken(void **state)
{
    (void)state;
    int lock_fd = 0;
    int64_t holder = 1;
    refuse_call("flock", ENOLCK, 0);
    assert_int_equal(lock_take(folder, &lock_fd, &holder), STATUS_FAULT);
    assert_true(lock_fd == -1 && holder == 0);
    assert_int_equal(lock_take(folder, &lock_fd, &holder), STATUS_OK);
    lock_release(lock_fd);
}

static int swept;

static void count_swept(const char *sentence)
{
    assert_true(strlen(sentence) > 20);
    swept++;
}

static void leftovers_are_swept(void **state)
{
    (void)state;
    char path[256];
    part_sweep("/nowhere", count_swept);
    assert_int_equal(swept, 0);
    static const char *const names[] = {"one" PART_SUFFIX, "two" PART_SUFFIX, PART_SUFFIX, "three"};
    for (size_t i = 0; i < 4; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    (void)snprintf(path, sizeof path, "%s/two" PART_SUFFIX "/diary", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_true(begins()); /* at work */
    part_sweep(folder, count_swept);
    assert_int_equal(swept, 2);
    assert_false(is_there(names[0]));
    for (size_t i = 1; i < 4; i++) {
        assert_true(is_there(names[i]));
    }
    assert_true(is_there("whole" PART_SUFFIX));
}

/* ---- the look before the beginning ---- */

static void put_file(const char *name, const char *words, off_t size_bytes)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, words, strlen(words), 0), (ssize_t)strlen(words));
    if (size_bytes > 0) {
        assert_int_equal(ftruncate(fd, size_bytes), 0);
    }
    close(fd);
}

/* Waits until the look beside has ended; is it sound? */
static bool awaits(pid_t *beside)
{
    bool is_sound = false;
    int64_t until_us = clock_steady_us() + 60 * CLOCK_SECOND_US;
    while (!inspect_ended(beside, &is_sound)) {
        assert_true(clock_steady_us() < until_us);
        (void)usleep(5000);
    }
    assert_int_equal(*beside, 0);
    return is_sound;
}

static void a_large_registry_is_looked_at_beside(void **state)
{
    (void)state;
    char registry[256];
    bool is_sound = true;
    pid_t beside = 0;
    (void)snprintf(registry, sizeof registry, "%s/registry.db", folder);
    assert_int_equal(store_migrate(STORE_REGISTRY, registry, "schema/registry"), STATUS_OK);
    int lock_fd = open(folder, O_RDONLY | O_CLOEXEC);
    put_file("registry.unsound", "doubts", 0);
    assert_true(inspect_begin(folder, registry, lock_fd, &beside));
    assert_int_equal(beside, 0);
    assert_false(is_there("registry.unsound"));
    assert_false(inspect_ended(&beside, &is_sound));
    inspect_stop(&beside); /* nothing to stop */
    /* Long, and without a doubt: beside. */
    put_file("registry.db", "", INSPECT_BYTES_MAX + 1);
    assert_true(inspect_begin(folder, registry, lock_fd, &beside));
    assert_true(beside > 0);
    assert_true(awaits(&beside));
    assert_true(inspect_begin(folder, registry, lock_fd, &beside));
    inspect_stop(&beside);
    assert_int_equal(beside, 0);
    refuse_call("fork", EAGAIN, 0);
    assert_false(inspect_begin(folder, registry, lock_fd, &beside));
    /* Damaged: found beside, noted, and then looked at before anything else. */
    put_file("registry.db", "This is no database any more.", 0);
    assert_true(inspect_begin(folder, registry, lock_fd, &beside));
    assert_false(awaits(&beside));
    assert_true(is_there("registry.unsound"));
    assert_false(inspect_begin(folder, registry, lock_fd, &beside));
    char long_path[PATH_MAX + 2];
    memset(long_path, 'p', sizeof long_path - 1);
    long_path[sizeof long_path - 1] = '\0';
    assert_false(inspect_begin(long_path, registry, lock_fd, &beside));
    /* Not noted: a link is not followed, a full disk hides nothing. */
    char mark[256];
    (void)snprintf(mark, sizeof mark, "%s/registry.unsound", folder);
    assert_int_equal(unlink(mark), 0);
    assert_int_equal(symlink("registry.db", mark), 0);
    assert_false(inspect_begin(folder, registry, lock_fd, &beside));
    assert_int_equal(unlink(mark), 0);
    put_file("registry.unsound", "", 0);
    refuse_call("fsync", EIO, 0);
    assert_false(inspect_begin(folder, registry, lock_fd, &beside));
    close(lock_fd);
}

/* ---- a daemon that cannot start ---- */

static int daemon_ends(const char *data_dir, const char *run_dir, const char *call)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        struct daemon_setup setup = {.data_dir = data_dir, .run_dir = run_dir};
        struct rlimit few = {.rlim_cur = 64, .rlim_max = 64};
        (void)setrlimit(RLIMIT_NOFILE, &few);
        (void)alarm(60);
        refuse_call(call, EMFILE, 0);
        exit(daemon_run(&setup));
    }
    int end = 0;
    assert_int_equal(waitpid(child, &end, 0), child);
    return WIFEXITED(end) ? WEXITSTATUS(end) : -1;
}

static void a_daemon_that_cannot_start(void **state)
{
    (void)state;
    town_found();
    store_close(town.ledger.store);
    char registry[256];
    char long_path[PATH_MAX + 2];
    memset(long_path, 'p', sizeof long_path - 1);
    long_path[sizeof long_path - 1] = '\0';
    assert_int_equal(daemon_ends(long_path, folder, NULL), 1);
    assert_int_equal(daemon_ends("/nowhere", folder, NULL), 1);
    static const char *const calls[] = {"sigprocmask", "signalfd", "epoll_create1"};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(daemon_ends(town.folder, folder, calls[i]), 1);
    }
    assert_int_equal(daemon_ends(town.folder, "/nowhere", NULL), 1);
    /* No settings: it was never founded. */
    (void)snprintf(registry, sizeof registry, "%s/registry.db", folder);
    assert_int_equal(store_migrate(STORE_REGISTRY, registry, "schema/registry"), STATUS_OK);
    assert_int_equal(daemon_ends(folder, folder, NULL), 1);
    put_file("registry.db", "This is no database any more.", 0);
    assert_int_equal(daemon_ends(folder, folder, NULL), 1);
    assert_true(is_there("registry.unsound"));
    town_open_ledger();
    town_leave();
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_part_gets_its_name_when_it_is_whole), TEST(whatever_is_refused_is_said),
        TEST(files_that_cannot_be_written_or_read),  TEST(what_is_in_the_way),
        TEST(a_lock_that_cannot_be_taken),           TEST(leftovers_are_swept),
        TEST(a_large_registry_is_looked_at_beside),  TEST(a_daemon_that_cannot_start),
    };
    part.fd = -1;
    return cmocka_run_group_tests_name("parts and the first look", tests, NULL, NULL);
}
