/*
 * unit/operate_test.c: what `tally backup`, `tally restore` and `tally status` say, what they leave
 * open, and where their limits are exactly: the disk that has just room enough, the longest name,
 * the manifest that is empty or too long. In this process, so that what they open can be counted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/un.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "ledger/backup.h"
#include "ledger/door.h"
#include "ledger/lock.h"
#include "ledger/manifest.h"
#include "ledger/operate.h"
#include "ledger/way.h"
#include "unit/hear.h"
#include "unit/refuse_call.h"
#include "unit/step_fault.h"

#define SPARE_BYTES 16777216 /* what a backup leaves on the disk for others */
#define NAME_BYTES_MAX 200   /* of a backup's own name */

/* ---- the disk, as it is or as it is wished ---- */

static int64_t disk_bytes = -1; /* free; -1: as it is */
static int settled;             /* files that were put out of memory, to be read from the disk */

/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): the system names them so. */
int statvfs(const char *path, struct statvfs *disk)
{
    static int (*real)(const char *, struct statvfs *);
    if (real == NULL) {
        *(void **)&real = dlsym(RTLD_NEXT, "statvfs");
    }
    if (refused("statvfs")) {
        return -1;
    }
    int code = real(path, disk);
    if (disk_bytes >= 0) {
        disk->f_frsize = 1;
        disk->f_bavail = (fsblkcnt_t)disk_bytes;
    }
    return code;
}

int posix_fadvise(int fd, off_t offset, off_t size_bytes, int advice)
{
    static int (*real)(int, off_t, off_t, int);
    if (real == NULL) {
        *(void **)&real = dlsym(RTLD_NEXT, "posix_fadvise");
    }
    settled += advice == POSIX_FADV_DONTNEED ? 1 : 0;
    return real(fd, offset, size_bytes, advice);
}
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */

/* ---- a registry, and what is said about it ---- */

static struct arena arena;
static struct tally tally;
static char room[64];
static char home[PATH_MAX];
static mode_t umask_before;
static bool is_shared; /* this test has a database open, too: SQLite closes later what it shares */
static const char *out;
static const char *error;

static const char *in_room(const char *name)
{
    return arena_printf(&arena, "%s/%s", room, name);
}

static int open_descriptors(void)
{
    int count = 0;
    for (int fd = 3; fd < 64; fd++) {
        count += fcntl(fd, F_GETFD) >= 0 ? 1 : 0;
    }
    return count;
}

/* Runs it with these words; what it said is in out and error. It leaves nothing open. */
static int runs(int (*act)(int, char **, const struct tally *), const char *one, const char *two,
                const char *three, const char *four)
{
    const char *given[] = {one, two, three, four, NULL};
    char *words[5] = {NULL};
    int count = 0;
    for (; given[count] != NULL; count++) {
        words[count] = arena_take(&arena, 1, strlen(given[count]) + 1);
        memcpy(words[count], given[count], strlen(given[count]) + 1);
    }
    int before = open_descriptors();
    hear(STDOUT_FILENO);
    hear(STDERR_FILENO);
    int code = act(count, words, &tally);
    out = heard(STDOUT_FILENO);
    error = heard(STDERR_FILENO);
    hear_no_more(STDERR_FILENO);
    hear_no_more(STDOUT_FILENO);
    way_close(tally.way);
    if (!is_shared) {
        assert_int_equal(open_descriptors(), before);
    }
    return code;
}

static void says(const char *text, const char *words)
{
    if (strstr(text, words) == NULL) {
        fail_msg("\"%s\" is not in: %s", words, text);
    }
}

static void says_not(const char *text, const char *words)
{
    if (strstr(text, words) != NULL) {
        fail_msg("\"%s\" is in: %s", words, text);
    }
}

/* Every "… NNN ms" is a time that a test can have taken: less than a quarter of an hour. */
static void times_are_sane(const char *text)
{
    int found = 0;
    for (const char *at = strstr(text, " ms"); at != NULL; at = strstr(at + 1, " ms")) {
        const char *from = at;
        while (from > text && (from[-1] == ',' || (from[-1] >= '0' && from[-1] <= '9'))) {
            from--;
        }
        if (from == at || at - from > 7 || from[-1] == '-') {
            fail_msg("that long: %s", from);
        }
        found++;
    }
    assert_true(found > 0);
}

static int backs_up(const char *name)
{
    return runs(operate_backup, "backup", in_room("b"), "--name", name);
}

static int restores(const char *name, const char *to)
{
    return runs(operate_restore, "restore", in_room(arena_printf(&arena, "b/%s", name)), to, NULL);
}

static int64_t bytes_of(const char *name)
{
    struct stat file;
    return stat(in_room(name), &file) == 0 ? file.st_size : 0;
}

static void put_file(const char *name, size_t size_bytes)
{
    int fd = open(in_room(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    for (size_t i = 0; i < size_bytes; i++) {
        assert_int_equal(write(fd, "x", 1), 1);
    }
    close(fd);
}

static int set_up(void **state)
{
    (void)state;
    if (arena.bytes == NULL) {
        arena_map(&arena, 64UL * 1024 * 1024);
    }
    arena_reset(&arena, 0);
    umask_before = umask(0027);
    assert_non_null(getcwd(home, sizeof home));
    strcpy(room, "/tmp/tallystick-operate-XXXXXX");
    assert_non_null(mkdtemp(room));
    const char *schema = getenv("TALLYSTICK_SCHEMA");
    tally = (struct tally){.arena = &arena,
                           .data_dir = in_room("data"),
                           .run_dir = in_room("data"),
                           .schema_dir = text_empty(schema) ? "schema" : schema,
                           .registry_path = in_room("data/registry.db"),
                           .people_path = in_room("data/people.db"),
                           .way = way_make()};
    assert_int_equal(mkdir(in_room("b"), 0700), 0);
    assert_int_equal(runs(operate_init, "init", "--name", "Town", NULL), 0);
    disk_bytes = -1;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    char command[128];
    hear_no_more(STDERR_FILENO);
    hear_no_more(STDOUT_FILENO);
    refuse_call(NULL, 0, 0);
    disk_bytes = -1;
    (void)umask(umask_before);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", room);
    return chdir(home) != 0 || system(command) != 0;
}

/* ---- what is said ---- */

static void a_backup_says_what_it_made(void **state)
{
    (void)state;
    settled = 0;
    assert_int_equal(backs_up("one"), 0);
    assert_int_equal(settled, 2);
    says(out, "Backed up to ");
    says(out, "/b/one\n");
    says(out, "  people.db    ");
    says(out, "  registry.db  ");
    assert_int_equal(hear_times(out, "bytes, copied in "), 2);
    says(out,
         arena_printf(&arena, "%s bytes", text_int_grouped(&arena, bytes_of("b/one/people.db"))));
    says(out, "  up to act    0\n");
    says(out, "0 batches, 0 transfers, 0 units: no violation");
    times_are_sane(out);
    says_not(error, "warning");
    /* Somebody whom the registry does not know. */
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(tally.people_path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db,
                                  "INSERT INTO person VALUES ('usr_1KNS0Q2D6SBX0A01', 'Ada',"
                                  " 'ada@example.org', 'active', 1)",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
    struct command command = command_of(ACT_SET_SETTINGS, "", "");
    struct answer answer;
    TEXT_COPY(command.setting.site_name, "Town");
    TEXT_COPY(command.setting.site_url, "http://localhost");
    command.setting.expiry_days = 14;
    assert_int_equal(tally_ask(&tally, &command, &answer), STATUS_OK);
    way_close(tally.way);
    assert_int_equal(backs_up("two"), 0);
    says(out, "  up to act    1, ");
    says(error, "warning: 1 persons of people.db are unknown to the registry");
}

static void a_restore_says_what_it_made(void **state)
{
    (void)state;
    assert_int_equal(backs_up("one"), 0);
    assert_int_equal(chdir(room), 0);
    const char *backup = in_room("b/one");
    const char *schema = getenv("TALLYSTICK_SCHEMA");
    tally.schema_dir = text_empty(schema) ? arena_printf(&arena, "%s/schema", home) : schema;
    settled = 0;
    assert_int_equal(runs(operate_restore, "restore", backup, "restored", NULL), 0);
    assert_int_equal(settled, 2);
    char whole[PATH_MAX];
    assert_non_null(realpath("restored", whole)); /* given as a relative name, said whole */
    says(out, arena_printf(&arena, "Restored to %s\n", whole));
    says(out, arena_printf(&arena, "TALLYSTICK_DATA=%s\n", whole));
    says(out, "  up to act    0\n");
    says(out, "0 sessions and 0 one-time links");
    says(out, "0 access tokens and 0 client secrets");
    times_are_sane(out);
    says_not(error, "warning");
}

static void progress_is_for_people(void **state)
{
    (void)state;
    assert_int_equal(backs_up("one"), 0);
    says_not(error, "Copying");
    tally.progress = true;
    assert_int_equal(backs_up("two"), 0);
    says(error, "Copying people.db …\nCopying registry.db …\nChecking the copies …\n");
    assert_int_equal(restores("two", in_room("restored")), 0);
    says(error, "Copying people.db …\nCopying registry.db …\nChecking what was restored …\n");
}

/* What cannot be read to its end is no backup, however sound the rest of it is; and none is made in
 * what is no folder. */
static void persons_that_cannot_be_read(void **state)
{
    (void)state;
    put_file("plain", 3);
    assert_int_equal(runs(operate_backup, "backup", in_room("plain"), NULL, NULL), 1);
    says(error, "there is no folder");
    step_failing = "SELECT user_id FROM person ORDER";
    int code = backs_up("one");
    step_failing = NULL;
    assert_int_equal(code, 1);
    says(error, "registry.db is not sound");
    assert_int_equal(bytes_of("b/one/registry.db"), 0);
    assert_int_equal(backs_up("one"), 0);
}

/* ---- where the limits are ---- */

static void a_disk_with_just_room_enough(void **state)
{
    (void)state;
    int64_t need_bytes = SPARE_BYTES + bytes_of("data/people.db") + bytes_of("data/people.db-wal") +
                         bytes_of("data/registry.db") + bytes_of("data/registry.db-wal");
    disk_bytes = need_bytes - 1;
    assert_int_equal(backs_up("one"), 1);
    says(error, arena_printf(&arena, "a backup needs %s bytes, %s are free",
                             text_int_grouped(&arena, need_bytes),
                             text_int_grouped(&arena, need_bytes - 1)));
    says(error, "no backup was made");
    assert_int_equal(bytes_of("b/one/registry.db"), 0);
    disk_bytes = need_bytes;
    assert_int_equal(backs_up("one"), 0);
    disk_bytes = -1;
    refuse_call("statvfs", EIO, 0);
    assert_int_equal(backs_up("two"), 1);
    says(error, "Input/output error");
    /* What is still in the WAL has to be copied, too. */
    int lock_fd = -1;
    int64_t holder = 0;
    assert_int_equal(lock_take(tally.data_dir, &lock_fd, &holder), STATUS_OK);
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(tally.registry_path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db,
                                  "PRAGMA wal_autocheckpoint = 0;"
                                  "UPDATE setting SET site_name = 'Other'",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    int64_t wal_bytes = bytes_of("data/registry.db-wal");
    assert_true(wal_bytes > 0);
    need_bytes =
        SPARE_BYTES + bytes_of("data/people.db") + bytes_of("data/registry.db") + wal_bytes;
    disk_bytes = need_bytes - 1;
    is_shared = true;
    assert_int_equal(backs_up("three"), 1);
    is_shared = false;
    says(error, text_int_grouped(&arena, need_bytes));
    sqlite3_close(db);
    lock_release(lock_fd);
}

static void the_longest_name(void **state)
{
    (void)state;
    char name[NAME_BYTES_MAX + 2];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_int_equal(backs_up(name), 2);
    says(error, "usage: tally backup");
    name[NAME_BYTES_MAX] = '\0';
    assert_int_equal(backs_up(name), 0);
    assert_int_equal(backs_up("-n"), 2);
    assert_int_equal(backs_up(""), 2);
}

static void manifests_that_are_none(void **state)
{
    (void)state;
    struct manifest manifest;
    static const char *const texts[] = {"", " ", "tallystick-backup", "tallystick-backup 1",
                                        "tallystick-backup 1 "};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_int_equal(manifest_read(texts[i], &manifest), MANIFEST_DAMAGED);
    }
    assert_int_equal(manifest_read("tallystick-backup 2", &manifest), MANIFEST_OF_ANOTHER_FORM);
    assert_int_equal(backs_up("one"), 0);
    char text[MANIFEST_SIZE + 64] = "";
    FILE *from = fopen(in_room("b/one/manifest"), "re");
    size_t size_bytes = fread(text, 1, MANIFEST_SIZE - 1, from);
    fclose(from);
    text[size_bytes] = '\0';
    assert_int_equal(manifest_read(text, &manifest), MANIFEST_GOOD);
    says(text, "\nacts 0\nlast-act none\n");
    /* The same words, one space more: before, behind, or one word too many. */
    assert_int_equal(manifest_read(arena_printf(&arena, " %s", text), &manifest), MANIFEST_DAMAGED);
    assert_int_equal(manifest_read(arena_printf(&arena, "\n\n%s", text), &manifest),
                     MANIFEST_DAMAGED);
    assert_int_equal(manifest_read(arena_printf(&arena, "%s ", text), &manifest), MANIFEST_DAMAGED);
    assert_int_equal(manifest_read(arena_printf(&arena, "%sx", text), &manifest), MANIFEST_DAMAGED);
    /* Without words; with more than a manifest has. */
    put_file("b/one/manifest", 0);
    assert_int_equal(restores("one", in_room("restored")), 1);
    says(error, "is damaged: take another backup");
    says_not(error, "cannot be read"); /* it can: there is nothing in it */
    put_file("b/one/manifest", (size_t)MANIFEST_SIZE * 2);
    assert_int_equal(restores("one", in_room("restored")), 1);
    says(error, "is damaged: take another backup");
    assert_int_equal(unlink(in_room("b/one/manifest")), 0);
    assert_int_equal(restores("one", in_room("restored")), 1);
    says(error, "A folder without a manifest is no whole backup");
    assert_int_equal(access(in_room("restored"), F_OK), -1);
}

/* Numbers in a manifest that are none. */
static void a_manifest_with_words_for_numbers(void **state)
{
    (void)state;
    struct manifest manifest;
    assert_int_equal(backs_up("one"), 0);
    char text[MANIFEST_SIZE] = "";
    FILE *from = fopen(in_room("b/one/manifest"), "re");
    text[fread(text, 1, sizeof text - 1, from)] = '\0';
    fclose(from);
    static const char *const places[] = {"made ",          "tag ",  "registry-schema ",
                                         "people-schema ", "acts ", "people.db ",
                                         "registry.db "};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        char changed[MANIFEST_SIZE];
        memcpy(changed, text, sizeof changed);
        char *at = strstr(changed, places[i]);
        assert_non_null(at);
        at[strlen(places[i])] = '?';
        assert_int_equal(manifest_read(changed, &manifest), MANIFEST_DAMAGED);
    }
    /* A digest that is longer than one. */
    char longer[2 * MANIFEST_SIZE];
    (void)snprintf(longer, sizeof longer, "%s", text);
    char *sha256 = strstr(strstr(longer, "\nregistry.db ") + 13, " ") + 1;
    memmove(sha256 + 8, sha256, strlen(sha256) + 1);
    memset(sha256, 'a', 8);
    assert_int_equal(manifest_read(longer, &manifest), MANIFEST_DAMAGED);
}

/* A program without standard input: the manifest is descriptor 0, and closed again before SQLite
 * comes and puts something of its own there. */
static void a_manifest_that_is_zero(void **state)
{
    (void)state;
    char path[64] = "";
    assert_int_equal(backs_up("one"), 0);
    assert_int_equal(close(STDIN_FILENO), 0);
    int code = restores("one", in_room("restored"));
    ssize_t bytes = readlink("/proc/self/fd/0", path, sizeof path - 1);
    if (bytes < 0) {
        assert_int_equal(open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
    }
    assert_int_equal(code, 0);
    assert_true(bytes < 0 || text_is(path, "/dev/null"));
}

/* ---- status ---- */

static void status_leaves_nothing_open(void **state)
{
    (void)state;
    assert_int_equal(runs(operate_status, "status", NULL, NULL, NULL), 3);
    says(out, "ledger daemon      stopped");
    says(out, "acts               0\n");
    says_not(out, "last act");
    says(out, "transfers          open");
    says(out, "registry           Town (http://localhost:8080)\n");
    tally.run_dir = arena_printf(&arena, "/%0200d", 0);
    assert_int_equal(runs(operate_status, "status", NULL, NULL, NULL), 3);
    says(out, "stopped");
}

/* Whoever listens is a daemon; the connection that told is closed again. */
static void status_with_a_daemon_leaves_nothing_open(void **state)
{
    (void)state;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    assert_true(door_path(tally.run_dir, PROGRAM_TALLY, address.sun_path));
    int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 4), 0);
    assert_int_equal(runs(operate_status, "status", NULL, NULL, NULL), 0);
    says(out, "ledger daemon      running");
    close(listener);
    assert_int_equal(runs(operate_status, "status", NULL, NULL, NULL), 3);
    says(out, "ledger daemon      stopped");
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_backup_says_what_it_made),
        TEST(a_restore_says_what_it_made),
        TEST(progress_is_for_people),
        TEST(persons_that_cannot_be_read),
        TEST(a_disk_with_just_room_enough),
        TEST(the_longest_name),
        TEST(manifests_that_are_none),
        TEST(a_manifest_with_words_for_numbers),
        TEST(a_manifest_that_is_zero),
        TEST(status_leaves_nothing_open),
        TEST(status_with_a_daemon_leaves_nothing_open),
    };
    return cmocka_run_group_tests_name("what tally says", tests, NULL, NULL);
}
