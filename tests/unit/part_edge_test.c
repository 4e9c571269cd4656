/*
 * unit/part_edge_test.c: where a folder in the making (part.h), the data folder's lock (lock.h) and
 * the look over the registry (inspect.h) stand on an edge: descriptor 0, names that are too long by
 * one byte, a disk that takes a few bytes at a time, a neighbour that is in the way each time. Each
 * test leaves as many descriptors open as it found.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "base/text.h"
#include "ledger/inspect.h"
#include "ledger/lock.h"
#include "ledger/manifest.h"
#include "ledger/part.h"
#include "store/store.h"
#include "unit/hear.h"
#include "unit/refuse_call.h"

/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): the system names them so. */
BETWEEN(int, rmdir, (const char *path), (path))
BETWEEN(int, ftruncate, (int fd, off_t size_bytes), (fd, size_bytes))
BETWEEN(int, fsync, (int fd), (fd))
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */

static int neighbours; /* so many times somebody has made the folder a moment before */
static int folders_tried;

int mkdir(const char *path, mode_t mode)
{
    static int (*real)(const char *, mode_t);
    if (real == NULL) {
        *(void **)&real = dlsym(RTLD_NEXT, "mkdir");
    }
    folders_tried++;
    if (neighbours > 0) {
        neighbours--;
        errno = EEXIST;
        return -1;
    }
    return real(path, mode);
}

static const char *swapped; /* before this folder is locked somebody puts another in its place */

int flock(int fd, int operation)
{
    static int (*real)(int, int);
    if (real == NULL) {
        *(void **)&real = dlsym(RTLD_NEXT, "flock");
    }
    if (swapped != NULL) {
        assert_int_equal(rmdir(swapped), 0);
        assert_int_equal(mkdir(swapped, 0700), 0);
        swapped = NULL;
    }
    return refused("flock") ? -1 : real(fd, operation);
}

static size_t piece_bytes; /* the disk takes so many at a time; 0: all */
static bool takes_nothing;

/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): the system names them so. */
ssize_t write(int fd, const void *bytes, size_t size_bytes)
{
    static ssize_t (*real)(int, const void *, size_t);
    if (real == NULL) {
        *(void **)&real = dlsym(RTLD_NEXT, "write");
    }
    if (takes_nothing) {
        errno = EINTR; /* what is said of a call that did not fail means nothing */
        return 0;
    }
    bool is_too_much = piece_bytes > 0 && size_bytes > piece_bytes;
    return real(fd, bytes, is_too_much ? piece_bytes : size_bytes);
}
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */

/* ---- a folder of our own ---- */

static char folder[64];
static char final_path[128];
static struct part part;
static int open_before;

static int open_descriptors(void)
{
    int count = 0;
    for (int fd = 0; fd < 64; fd++) {
        count += fcntl(fd, F_GETFD) >= 0 ? 1 : 0;
    }
    return count;
}

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/tallystick-part-XXXXXX");
    assert_non_null(mkdtemp(folder));
    (void)snprintf(final_path, sizeof final_path, "%s/whole", folder);
    open_before = open_descriptors();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    char command[128];
    hear_no_more(STDERR_FILENO);
    refuse_call(NULL, 0, 0);
    neighbours = 0;
    piece_bytes = 0;
    takes_nothing = false;
    part_drop(&part);
    int open_now = open_descriptors();
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command) != 0 || open_now != open_before;
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

static void put_file(const char *path, const char *words)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, words, strlen(words)), (ssize_t)strlen(words));
    close(fd);
}

static bool reads(const char *path, const char *wanted)
{
    char found[64] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size_bytes = fd < 0 ? -1 : read(fd, found, sizeof found - 1);
    if (fd >= 0) {
        close(fd);
    }
    return size_bytes >= 0 && text_is(found, wanted);
}

static bool is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

/* "<folder>/./././…" of exactly so many bytes: the same folder under a long name. */
static void long_name(char path[PATH_MAX + 1], size_t bytes)
{
    size_t used = (size_t)snprintf(path, PATH_MAX, "%s", folder);
    assert_true(bytes > used + 1 && bytes <= PATH_MAX);
    while (used < bytes) {
        bool is_odd = (bytes - used) % 2 == 1;
        path[used++] = '/';
        if (!is_odd) {
            path[used++] = '.';
        }
    }
    path[bytes] = '\0';
}

/* ---- descriptor 0 ---- */

static void zero_is_free(void)
{
    (void)close(STDIN_FILENO);
}

static bool zero_is_closed(void)
{
    return fcntl(STDIN_FILENO, F_GETFD) < 0;
}

static void zero_back(void)
{
    assert_int_equal(open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
}

/* Made by a program without standard input: 0 holds the lock, and is every file in turn. */
static void zero_holds_the_lock(void **state)
{
    (void)state;
    zero_is_free();
    assert_true(begins());
    assert_int_equal(part.fd, 0);
    part_drop(&part);
    assert_true(zero_is_closed());
    assert_int_equal(part.fd, -1);
    assert_true(begins());
    assert_true(part_write(&part, "people.db", "words", 5));
    assert_true(part_finish(&part));
    assert_true(zero_is_closed());
    assert_int_equal(part.fd, -1);
    zero_back();
}

static void zero_is_a_file_like_another(void **state)
{
    (void)state;
    int64_t size_bytes = 0;
    struct digest digest;
    char from[160];
    (void)snprintf(from, sizeof from, "%s/from", folder);
    put_file(from, "words");
    assert_true(begins());
    assert_true(part.fd > 0);
    zero_is_free();
    assert_true(part_write(&part, "people.db", "words", 5));
    assert_true(zero_is_closed());
    assert_true(part_copy(&part, "registry.db", from, &size_bytes, &digest));
    assert_int_equal(size_bytes, 5);
    assert_true(zero_is_closed());
    char copy[PATH_MAX];
    part_file(&part, "registry.db", copy);
    assert_true(reads(copy, "words"));
    assert_true(part_settle(&part, "registry.db"));
    assert_true(zero_is_closed());
    size_bytes = 0;
    assert_true(part_digest(&part, "people.db", &size_bytes, &digest));
    assert_int_equal(size_bytes, 5);
    assert_true(zero_is_closed());
    assert_true(part_finish(&part)); /* the folder above is opened, too */
    assert_true(zero_is_closed());
    /* A leftover is opened to see whether somebody holds it. */
    char held[160];
    (void)snprintf(held, sizeof held, "%s/third" PART_SUFFIX, folder);
    assert_int_equal(mkdir(held, 0700), 0);
    (void)snprintf(final_path, sizeof final_path, "%s/third", folder);
    assert_true(begins());
    part_drop(&part);
    assert_true(zero_is_closed());
    zero_back();
}

/* There is no folder above the name that it shall have. */
static void the_folder_above_is_gone(void **state)
{
    (void)state;
    zero_is_free();
    assert_true(begins());
    assert_int_equal(part.fd, 0);
    (void)snprintf(part.final_path, sizeof part.final_path, "%s/absent/whole", folder);
    assert_false(part_finish(&part));
    says("cannot be given");
    part_drop(&part);
    assert_true(zero_is_closed());
    zero_back();
}

/* ---- names ---- */

static void a_name_that_is_too_long_by_one(void **state)
{
    (void)state;
    char path[PATH_MAX + 1];
    size_t suffix_bytes = strlen(PART_SUFFIX);
    long_name(path, PATH_MAX - suffix_bytes - strlen("/w"));
    (void)snprintf(path + strlen(path), 3, "/w");
    part_drop(&part);
    assert_false(part_begin(&part, path, 0700));
    says("cannot be used");
    long_name(path, PATH_MAX - suffix_bytes - strlen("/w") - 1);
    (void)snprintf(path + strlen(path), 3, "/w");
    assert_true(part_begin(&part, path, 0700)); /* one byte fewer is a name */
    char file[PATH_MAX];
    part_file(&part, "x", file);
    assert_string_equal(file, ""); /* and has no room for what would be in it */
    part_file(&part, "", file);
    assert_string_equal(file, ""); /* by one byte */
    assert_false(part_write(&part, "x", "words", 5));
    part_drop(&part);
    (void)snprintf(path, sizeof path, "%s/w" PART_SUFFIX, folder);
    (void)rmdir(path);
    assert_false(part_begin(&part, "/", 0700));
    says("there is something already");
    /* The name itself is short enough, but not with what is behind it while it is made. */
    (void)snprintf(path, sizeof path, "%s/%0*d", folder, NAME_MAX, 0);
    assert_false(part_begin(&part, path, 0700));
    says("what an interrupted run left cannot be removed: ");
    says("File name too long");
}

static int swept;
static char last_swept[2 * PATH_MAX];

static void note_swept(const char *sentence)
{
    swept++;
    (void)snprintf(last_swept, sizeof last_swept, "%s", sentence);
}

static void sweeps(const char *in_folder, int count, const char *words)
{
    swept = 0;
    last_swept[0] = '\0';
    part_sweep(in_folder, note_swept);
    assert_int_equal(swept, count);
    if (strstr(last_swept, words) == NULL) {
        fail_msg("says \"%s\", not \"%s\"", last_swept, words);
    }
}

static void what_is_swept_is_said(void **state)
{
    (void)state;
    char path[PATH_MAX + 1];
    char leftover[160];
    (void)snprintf(leftover, sizeof leftover, "%s/w" PART_SUFFIX, folder);
    assert_int_equal(mkdir(leftover, 0700), 0);
    /* Its whole name is too long by one byte: it cannot be spoken of, so it is passed over. */
    long_name(path, PATH_MAX - strlen("/w" PART_SUFFIX));
    sweeps(path, 0, "");
    assert_true(is_there(leftover));
    long_name(path, PATH_MAX - strlen("/w" PART_SUFFIX) - 1);
    sweeps(path, 1, "removed what an interrupted run had left");
    assert_false(is_there(leftover));
    /* What cannot be removed. */
    assert_int_equal(mkdir(leftover, 0700), 0);
    refuse_call("rmdir", EACCES, 0);
    sweeps(folder, 1, "cannot be removed");
    assert_true(is_there(leftover));
    (void)snprintf(path, sizeof path, "%s/diary", leftover);
    put_file(path, "words");
    sweeps(folder, 1, "left alone");
    assert_true(is_there(path));
    assert_int_equal(unlink(path), 0);
    /* Everything that we make goes, each of it. */
    static const char *const ours[] = {"people.db",       "people.db-journal",   "people.db-wal",
                                       "people.db-shm",   "registry.db",         "registry.db-wal",
                                       "registry.db-shm", "registry.db-journal", MANIFEST_NAME};
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", leftover, ours[i]);
        put_file(path, "words");
    }
    sweeps(folder, 1, "removed what");
    assert_false(is_there(leftover));
    sweeps(folder, 0, "");
}

/* ---- who is in the way ---- */

static void what_cannot_be_removed_is_in_the_way(void **state)
{
    (void)state;
    char leftover[160];
    (void)snprintf(leftover, sizeof leftover, "%s" PART_SUFFIX, final_path);
    assert_int_equal(mkdir(leftover, 0700), 0);
    refuse_call("rmdir", EACCES, 0);
    assert_false(begins());
    says("what an interrupted run left cannot be removed: ");
    says("Permission denied");
    /* Somebody else has removed it a moment before: that is as well. */
    refuse_call("rmdir", ENOENT, 0);
    assert_true(begins());
    part_drop(&part);
    /* What is somebody's at this moment is no fault of the disk: there is no errno to tell. */
    assert_int_equal(mkdir(leftover, 0700), 0);
    int held = open(leftover, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(flock(held, LOCK_EX | LOCK_NB), 0);
    assert_false(begins());
    says("another tally is at work on ");
    assert_string_equal(strrchr(part.words, '/'), "/whole" PART_SUFFIX);
    close(held);
    assert_int_equal(rmdir(leftover), 0);
}

static void a_neighbour_in_the_way_each_time(void **state)
{
    (void)state;
    neighbours = 9;
    folders_tried = 0;
    assert_true(begins());
    assert_int_equal(folders_tried, 10);
    part_drop(&part);
    neighbours = 1000;
    folders_tried = 0;
    assert_false(begins());
    says("another tally is at work on");
    assert_int_equal(folders_tried, 10); /* then it gives up */
    neighbours = 0;
}

static void a_folder_that_is_another_by_now(void **state)
{
    (void)state;
    char path[160];
    (void)snprintf(path, sizeof path, "%s" PART_SUFFIX, final_path);
    swapped = path;
    assert_true(begins());
    assert_null(swapped);
    struct stat held;
    struct stat there;
    assert_int_equal(fstat(part.fd, &held), 0);
    assert_int_equal(stat(path, &there), 0);
    assert_true(held.st_ino == there.st_ino);
}

/* What cannot be locked is not kept open: tear_down counts. */
static void a_folder_that_cannot_be_locked(void **state)
{
    (void)state;
    refuse_call("flock", ENOLCK, 0);
    assert_false(begins());
    says("this folder cannot be locked: ");
    says("No locks available");
    zero_is_free();
    refuse_call("flock", ENOLCK, 1); /* after that of the leftover */
    assert_false(begins());
    says("this folder cannot be locked: ");
    assert_true(zero_is_closed());
    zero_back();
}

/* ---- a disk that takes a few bytes at a time ---- */

static void a_few_bytes_at_a_time(void **state)
{
    (void)state;
    char path[PATH_MAX];
    assert_true(begins());
    piece_bytes = 4;
    assert_true(part_write(&part, "people.db", "To be, or not to be", 19));
    part_file(&part, "people.db", path);
    assert_true(reads(path, "To be, or not to be"));
    int64_t size_bytes = 0;
    struct digest digest;
    char from[PATH_MAX];
    memcpy(from, path, sizeof from);
    assert_true(part_copy(&part, "registry.db", from, &size_bytes, &digest));
    part_file(&part, "registry.db", path);
    assert_true(reads(path, "To be, or not to be"));
    takes_nothing = true;
    assert_false(part_write(&part, "people.db-wal", "words", 5));
    says("cannot be written");
    takes_nothing = false;
}

/* ---- the lock and the look ---- */

static void a_lock_under_a_long_name(void **state)
{
    (void)state;
    char path[PATH_MAX + 1];
    int lock_fd = 7;
    int64_t holder = 7;
    long_name(path, PATH_MAX - strlen("/registry.lock"));
    assert_int_equal(lock_take(path, &lock_fd, &holder), STATUS_FAULT);
    assert_int_equal(lock_fd, -1);
    assert_int_equal(holder, 0);
    long_name(path, PATH_MAX - strlen("/registry.lock") - 1);
    assert_int_equal(lock_take(path, &lock_fd, &holder), STATUS_OK);
    int second_fd = 7;
    assert_int_equal(lock_take(folder, &second_fd, &holder), STATUS_BUSY);
    assert_int_equal(second_fd, -1);
    assert_int_equal(holder, getpid());
    lock_release(lock_fd);
    /* The number in it is for messages only: the lock holds without. */
    refuse_call("ftruncate", EIO, 0);
    assert_int_equal(lock_take(folder, &lock_fd, &holder), STATUS_OK);
    lock_release(lock_fd);
    char lock_path[160];
    (void)snprintf(lock_path, sizeof lock_path, "%s/registry.lock", folder);
    assert_int_equal(truncate(lock_path, 0), 0);
    int held = open(lock_path, O_RDONLY | O_CLOEXEC);
    assert_int_equal(flock(held, LOCK_EX | LOCK_NB), 0);
    assert_int_equal(lock_take(folder, &lock_fd, &holder), STATUS_BUSY);
    assert_int_equal(holder, 0);
    close(held);
}

static void a_look_at_the_edge_of_what_is_small(void **state)
{
    (void)state;
    char registry[160];
    char mark[160];
    pid_t beside = 7;
    (void)snprintf(registry, sizeof registry, "%s/registry.db", folder);
    (void)snprintf(mark, sizeof mark, "%s/registry.unsound", folder);
    assert_int_equal(store_migrate(STORE_REGISTRY, registry, "schema/registry"), STATUS_OK);
    open_before = open_descriptors(); /* SQLite keeps the standard ones taken */
    assert_int_equal(truncate(registry, INSPECT_BYTES_MAX), 0);
    int lock_fd = open(folder, O_RDONLY | O_CLOEXEC);
    assert_true(inspect_begin(folder, registry, lock_fd, &beside));
    assert_int_equal(beside, 0);
    /* What was doubted is looked at before anybody comes in, however large it is. */
    assert_int_equal(truncate(registry, INSPECT_BYTES_MAX + 4096), 0);
    put_file(mark, "doubts");
    assert_true(inspect_begin(folder, registry, lock_fd, &beside));
    assert_int_equal(beside, 0);
    assert_false(is_there(mark));
    /* There is no registry: that is found at once, too. */
    assert_int_equal(unlink(registry), 0);
    assert_false(inspect_begin(folder, registry, lock_fd, &beside));
    assert_int_equal(beside, 0);
    close(lock_fd);
    char path[PATH_MAX + 1];
    beside = 7;
    long_name(path, PATH_MAX - strlen("/registry.unsound"));
    assert_int_equal(store_migrate(STORE_REGISTRY, registry, "schema/registry"), STATUS_OK);
    assert_false(inspect_begin(path, registry, -1, &beside));
    assert_int_equal(beside, 0);
    long_name(path, PATH_MAX - strlen("/registry.unsound") - 1);
    assert_true(inspect_begin(path, registry, -1, &beside));
}

/* After an upgrade without `tally migrate` nothing is damaged, and nothing says so. */
static void no_mark_of_another_version(void **state)
{
    (void)state;
    char registry[160];
    char mark[160];
    pid_t beside = 7;
    (void)snprintf(registry, sizeof registry, "%s/registry.db", folder);
    (void)snprintf(mark, sizeof mark, "%s/registry.unsound", folder);
    assert_int_equal(store_migrate(STORE_REGISTRY, registry, "schema/registry"), STATUS_OK);
    open_before = open_descriptors();
    int fd = open(registry, O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, "\0\0\0\1", 4, 60), 4); /* user_version */
    close(fd);
    hear(STDERR_FILENO);
    assert_false(inspect_begin(folder, registry, -1, &beside));
    assert_int_equal(hear_times(heard(STDERR_FILENO), "run `tally migrate`"), 1);
    hear_no_more(STDERR_FILENO);
    assert_false(is_there(mark));
}

/* The mark says what was found. */
static void the_mark_of_what_was_found(void **state)
{
    (void)state;
    char registry[160];
    char mark[160];
    char words[16];
    pid_t beside = 7;
    (void)snprintf(registry, sizeof registry, "%s/registry.db", folder);
    (void)snprintf(mark, sizeof mark, "%s/registry.unsound", folder);
    put_file(registry, "This is no database any more.");
    assert_false(inspect_begin(folder, registry, -1, &beside));
    open_before = open_descriptors();
    int fd = open(mark, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0 && read(fd, words, sizeof words) > 4);
    close(fd);
    assert_int_equal(unlink(mark), 0);
    hear(STDERR_FILENO);
    assert_false(inspect_begin(folder, registry, -1, &beside));
    assert_int_equal(hear_times(heard(STDERR_FILENO), "event=unsound-not-noted"), 0);
    refuse_call("fsync", EIO, 0); /* it may not be kept: that is said, and it is closed as well */
    assert_false(inspect_begin(folder, registry, -1, &beside));
    assert_int_equal(hear_times(heard(STDERR_FILENO), "event=unsound-not-noted"), 1);
    hear_no_more(STDERR_FILENO);
    assert_true(is_there(mark));
    assert_int_equal(open_descriptors(), open_before);
    assert_int_equal(unlink(mark), 0);
    assert_int_equal(symlink("registry.db", mark), 0); /* not to be followed, so not written */
    assert_false(inspect_begin(folder, registry, -1, &beside));
    assert_true(reads(registry, "This is no database any more."));
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(zero_holds_the_lock),
        TEST(zero_is_a_file_like_another),
        TEST(the_folder_above_is_gone),
        TEST(a_name_that_is_too_long_by_one),
        TEST(what_is_swept_is_said),
        TEST(what_cannot_be_removed_is_in_the_way),
        TEST(a_neighbour_in_the_way_each_time),
        TEST(a_folder_that_is_another_by_now),
        TEST(a_folder_that_cannot_be_locked),
        TEST(a_few_bytes_at_a_time),
        TEST(a_lock_under_a_long_name),
        TEST(a_look_at_the_edge_of_what_is_small),
        TEST(no_mark_of_another_version),
        TEST(the_mark_of_what_was_found),
    };
    part.fd = -1;
    return cmocka_run_group_tests_name("edges of parts, lock and look", tests, NULL, NULL);
}
