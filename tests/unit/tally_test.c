/*
 * unit/tally_test.c: the operator's commands as an operator gives them: init, migrate, verify,
 * status, expire, freeze, thaw, and what each says when it cannot.
 */
#include "unit/tally_run.h"

#include <grp.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "ledger/backup.h"
#include "ledger/door.h"
#include "ledger/lock.h"
#include "ledger/operate.h"

#define NOBODY 65534

static int passed;

static void make_folder(void)
{
    CHECK(mkdir(tally_data, 0750) == 0, "no folder %s", tally_data);
}

static const char *times(char letter, size_t count)
{
    static char text[1024];
    memset(text, letter, count);
    text[count] = '\0';
    return text;
}

static void test_init_options(void)
{
    tally_in("options");
    TALLY(2, "usage: tally init", "init extra");
    TALLY(2, "usage: tally init", "init --colour red");
    TALLY(2, "usage: tally init", "init --tag");
    static const char *const tags[] = {"", "SB", "SBXX", "SIX", "sbx", "S-X"};
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        TALLY(2, "--tag is three", "init --tag '%s'", tags[i]);
    }
    TALLY(2, "--name has 1 to 120", "init --name ''");
    TALLY(2, "--name has 1 to 120", "init --name %s", times('n', 121));
    TALLY(2, "--name has 1 to 120", "init --name \"$(printf 'a\\nb')\"");
    TALLY(2, "--name has 1 to 120", "init --name \"$(printf '\\377')\"");
    TALLY(2, "--url begins with", "init --name %s --url ftp://x", times('n', 120));
    static const char *const urls[] = {"", "registry.example", "https://a/", "https://a b",
                                       "https://a?b"};
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        TALLY(2, "--url begins with", "init --url '%s'", urls[i]);
    }
    TALLY(2, "--url begins with", "init --url https://%s", times('a', 248));
    CHECK(!tally_has(""), "an init that was refused made a folder");
    TALLY(0, "Town has been founded", "init --name Town --url https://%s --tag TWN --demo",
          times('a', 247));
    CHECK(tally_sql("registry.db", "SELECT is_demo FROM setting WHERE tag = 'TWN' AND "
                                   "length(site_url) = 255") == 1,
          "the settings are not what was said");
    TALLY(1, "there is a registry in", "init");
    passed++;
}

static void test_init_places(void)
{
    tally_in("plain");
    TALLY(0, "Tallystick has been founded", "init");
    CHECK(tally_sql("registry.db", "SELECT is_demo = 0 AND expiry_days = 14 FROM setting WHERE "
                                   "tag = 'SBX' AND site_url = 'http://localhost:8080'") == 1,
          "not the usual settings");
    struct stat file;
    char path[2 * PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/people.db", tally_data);
    CHECK(stat(path, &file) == 0 && (file.st_mode & 0007) == 0, "anyone may read people.db");
    (void)snprintf(tally_data, sizeof tally_data, "%.2000s/none/below", world->folder);
    TALLY(1, "cannot be made", "init");
    (void)snprintf(tally_data, sizeof tally_data, "%.2000s/out", world->folder); /* a file */
    TALLY(1, "cannot be used", "init");
    tally_in("people-alone");
    make_folder();
    tally_write("people.db", "");
    TALLY(1, "belongs to another registry", "init");
    tally_in("garbage");
    make_folder();
    tally_write("registry.db", "this is no database, though it has some length to it\n");
    TALLY(1, "is there but cannot be opened", "init");
    tally_in("no-schema");
    tally_settings = "TALLYSTICK_SCHEMA=/nowhere";
    TALLY(1, "could not be brought to the schema", "init");
    TALLY(1, "there is no registry in", "migrate");
    tally_settings = "";
    /* An init that was interrupted between the schema and the settings is gone on with. */
    tally_in("interrupted");
    make_folder();
    char registry[2 * PATH_MAX];
    (void)snprintf(registry, sizeof registry, "%s/registry.db", tally_data);
    CHECK(store_migrate(STORE_REGISTRY, registry, "schema/registry") == STATUS_OK, "no schema");
    TALLY(1, "cannot be opened", "expire"); /* no settings yet */
    TALLY(1, "but no people.db", "migrate");
    CHECK(!tally_has("people.db"), "a people.db was made where there was none");
    TALLY(0, "has been founded", "init");
    TALLY(0, "Every unit is accounted for", "verify");
    passed++;
}

/* Where `make install` puts things, from any folder, with nothing told. */
static void test_installed(void)
{
    char command[8 * PATH_MAX];
    char built_path[PATH_MAX];
    const char *schema = getenv("TALLYSTICK_SCHEMA");
    memcpy(built_path, tally_path, sizeof built_path);
    (void)snprintf(
        command, sizeof command,
        "to='%.2000s/usr' && mkdir -p $to/lib/tallystick $to/share/tallystick $to/bin && "
        "cp '%s' $to/lib/tallystick/ && ln -s ../lib/tallystick/tally $to/bin/ && "
        "cp -R '%.2000s' $to/share/tallystick/schema",
        world->folder, built_path, text_empty(schema) ? "schema" : schema);
    CHECK(system(command) == 0, "not installed");
    (void)snprintf(tally_path, sizeof tally_path, "%.2000s/usr/bin/tally", world->folder);
    tally_in("installed");
    tally_settings = "TALLYSTICK_SCHEMA= env -C /";
    TALLY(0, "has been founded", "init");
    tally_settings = "";
    memcpy(tally_path, built_path, sizeof tally_path);
    passed++;
}

static void test_lock(void)
{
    tally_in("plain");
    int lock_fd = -1;
    int64_t holder = 0;
    CHECK(lock_take(tally_data, &lock_fd, &holder) == STATUS_OK && lock_fd >= 0 && holder == 0,
          "not locked");
    int other_fd = -1;
    CHECK(lock_take(tally_data, &other_fd, &holder) == STATUS_BUSY && other_fd == -1 &&
              holder == getpid(),
          "locked twice, or by %" PRId64, holder);
    char says[64];
    (void)snprintf(says, sizeof says, "process %ld is writing", (long)getpid());
    TALLY(1, says, "init");
    TALLY(1, says, "migrate");
    /* Who holds it is for messages only: nonsense there harms nothing. */
    CHECK(ftruncate(lock_fd, 0) == 0, "no lock file");
    CHECK(lock_take(tally_data, &other_fd, &holder) == STATUS_BUSY && holder == 0, "an empty file");
    CHECK(pwrite(lock_fd, "12x\n", 4, 0) == 4, "no lock file");
    CHECK(lock_take(tally_data, &other_fd, &holder) == STATUS_BUSY && holder == 0, "no number");
    CHECK(pwrite(lock_fd, "123\n", 4, 0) == 4, "no lock file");
    CHECK(lock_take(tally_data, &other_fd, &holder) == STATUS_BUSY && holder == 123, "another pid");
    /* Somebody has the lock, but no daemon answers: its socket's name is too long for any. */
    char run_dir[WORLD_PATH_SIZE];
    memcpy(run_dir, world->run_dir, sizeof run_dir);
    (void)snprintf(world->run_dir, sizeof world->run_dir, "/%.200s", times('r', 200));
    TALLY(1, "too long for a socket", "expire");
    TALLY(1, "too long for a socket", "user list");
    TALLY(3, "ledger daemon      stopped", "status");
    memcpy(world->run_dir, run_dir, sizeof run_dir);
    lock_release(lock_fd);
    lock_release(-1); /* nothing */
    TALLY(0, "newest schema", "migrate");
    char deep[PATH_MAX + 1];
    memset(deep, 'd', PATH_MAX);
    deep[PATH_MAX - 14] = '\0'; /* with /registry.lock: one more than a path can have */
    CHECK(lock_take(deep, &lock_fd, &holder) == STATUS_FAULT && lock_fd == -1, "too long a path");
    CHECK(lock_take("/nowhere", &lock_fd, &holder) == STATUS_FAULT && lock_fd == -1, "nowhere");
    passed++;
}

static void test_usage(void)
{
    tally_in("plain");
    TALLY(2, "usage: tally verify", "verify extra");
    TALLY(2, "usage: tally status", "status extra");
    TALLY(2, "usage: tally expire", "expire extra");
    TALLY(2, "usage: tally migrate", "migrate extra");
    TALLY(2, "usage: tally freeze --reason", "freeze");
    TALLY(2, "usage: tally freeze --reason", "freeze --reason");
    TALLY(2, "usage: tally freeze --reason", "freeze --because x");
    TALLY(2, "usage: tally freeze --reason", "freeze --reason x y");
    TALLY(2, "usage: tally thaw", "thaw now");
    TALLY(2, "usage: tally COMMAND", "%s", "");
    TALLY(2, "there is no command", "melt");
    TALLY(0, "usage: tally COMMAND", "help");
    static const char *const backups[] = {"",
                                          "''",
                                          "-x",
                                          "a b",
                                          "a --name",
                                          "a --name x --name y",
                                          "a --name ''",
                                          "a --name .x",
                                          "a --name -x",
                                          "a --name x/y"};
    for (size_t i = 0; i < sizeof backups / sizeof backups[0]; i++) {
        TALLY(2, "usage: tally backup", "backup %s", backups[i]);
    }
    TALLY(2, "usage: tally backup", "backup a --name %s", times('n', 300));
    CHECK(strstr(tally_out, BACKUP_WITH_VIOLATIONS) != NULL, "not all of it: %s", tally_out);
    static const char *const restores[] = {"", "a", "'' a", "a ''", "-x a", "a -x", "a b c"};
    for (size_t i = 0; i < sizeof restores / sizeof restores[0]; i++) {
        TALLY(2, "usage: tally restore", "restore %s", restores[i]);
    }
    tally_in("nowhere");
    TALLY(1, "cannot be read", "verify");
    TALLY(1, "`tally init` makes a registry", "status");
    TALLY(1, "cannot be used", "expire");
    tally_settings = "TALLYSTICK_DATA=";
    TALLY(2, "set TALLYSTICK_DATA", "status");
    tally_settings = "";
    passed++;
}

static void test_freeze(void)
{
    tally_in("plain");
    TALLY(3, "transfers          open", "status");
    CHECK(strstr(tally_out, "last act") == NULL, "an act nobody did: %s", tally_out);
    TALLY(1, "reason", "freeze --reason ''");
    TALLY(2, "at most 256 characters", "freeze --reason %s%s", times('x', 1023), "12345");
    TALLY(1, "character", "freeze --reason %s", times('x', 1000));
    TALLY(0, "Transfers are frozen", "freeze --reason 'An audit'");
    TALLY(3, "FROZEN since", "status");
    CHECK(strstr(tally_out, ": An audit\n") != NULL && strstr(tally_out, "last act") != NULL,
          "the status does not say why: %s", tally_out);
    TALLY(0, "possible again", "thaw --reason 'The audit is over'");
    TALLY(0, "possible again", "thaw");
    TALLY(3, "transfers          open", "status");
    passed++;
}

static void test_status(void)
{
    tally_in("options"); /* the demonstration registry from above */
    TALLY(3, ", demonstration\n", "status");
    char path[2 * PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/people.db", tally_data);
    CHECK(unlink(path) == 0, "no people.db");
    TALLY(3, "people 0\n", "status");
    TALLY(1, "", "user list"); /* nor does it make one */
    CHECK(!tally_has("people.db"), "people.db came back");
    /* A registry that cannot be read on the way. */
    int64_t page = tally_sql("registry.db", "SELECT rootpage FROM sqlite_schema WHERE name = "
                                            "'setting'");
    int64_t page_bytes = tally_sql("registry.db", "PRAGMA page_size");
    (void)snprintf(path, sizeof path, "%s/registry.db", tally_data);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    const char *noise = times('\xff', 512);
    CHECK(fd >= 0 && pwrite(fd, noise, 512, (page - 1) * page_bytes) == 512, "no damage");
    close(fd);
    TALLY(1, "the log says why", "status");
    TALLY(1, "VIOLATION", "verify");
    passed++;
}

static void test_verify(void)
{
    tally_in("plain");
    TALLY(0, "Looked at 0 batches, 0 transfers,", "verify");
    CHECK(strstr(tally_out, "Reading the whole registry") == NULL, "progress, but no terminal");
    tally_sql("registry.db", "DROP TRIGGER act_no_delete");
    TALLY(1, "\n1 violation found", "verify");
    tally_sql("registry.db", "DROP TRIGGER act_no_update");
    TALLY(1, "\n2 violations found", "verify");
    /* At a terminal it says that it is at work. */
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        struct arena arena = {0};
        char path[2 * PATH_MAX];
        (void)snprintf(path, sizeof path, "%s/out", world->folder);
        int fd = open(path, O_WRONLY | O_TRUNC);
        dup2(fd, STDOUT_FILENO);
        dup2(fd, STDERR_FILENO);
        arena_map(&arena, 1 << 20);
        struct tally tally = {.arena = &arena, .progress = true};
        (void)snprintf(path, sizeof path, "%s/registry.db", tally_data);
        tally.registry_path = path;
        char *words[] = {(char[]){"verify"}, NULL};
        exit(operate_verify(1, words, &tally));
    }
    int end = 0;
    waitpid(child, &end, 0);
    CHECK(WIFEXITED(end) && WEXITSTATUS(end) == 1, "verify at a terminal: %d", end);
    char command[2 * PATH_MAX];
    (void)snprintf(command, sizeof command, "grep -q 'Reading the whole registry' '%s/out'",
                   world->folder);
    CHECK(system(command) == 0, "nothing at the terminal");
    passed++;
}

/* One transfer of last year, one of now, in the registry of the eight organisations. */
static void test_expire(void)
{
    tally_in_world();
    TALLY(0, "0 transfers were out of time and have ended.", "expire");
    struct tally tally = world_tally(world);
    struct command command = world_transfer(world, 0, 1, 1, "now");
    world_ask(&tally, &command);
    way_close(tally.way);
    TALLY(0, "0 transfers were out of time and have ended.", "expire");
    for (int due = 1; due <= 2; due++) {
        for (int i = 0; i < due; i++) {
            char key[KEY_SIZE];
            (void)snprintf(key, sizeof key, "old-%d-%d", due, i);
            command = world_transfer(world, 2, 3, 1, key);
            command.user_id[0] = '\0';
            world_ask(&tally, &command);
        }
        way_close(tally.way);
        /* Time goes by in the file. */
        tally_sql("registry.db",
                  "UPDATE transfer SET expires_at = submitted_at + 1 WHERE state = 'pending' AND "
                  "from_org_id = '%s'",
                  world->org_ids[2]);
        if (due == 1) {
            TALLY(0, "1 transfer was out of time and has ended.", "expire");
        } else {
            TALLY(0, "2 transfers were out of time and have ended.", "expire");
        }
    }
    world_start_daemon(world);
    world_await_daemon(world);
    TALLY(0, "ledger daemon      running", "status");
    TALLY(0, "0 transfers were out of time and have ended.", "expire");
    CHECK(world_stop_daemon(world) == 0, "no good end");
    TALLY(3, "ledger daemon      stopped", "status");
    passed++;
}

/* The daemon cuts off another user's tally: the operator is told what to do about it. */
static void test_stranger(void)
{
    if (geteuid() != 0) {
        puts("not root: another user is not tried");
        return;
    }
    char lock_path[PATH_MAX], socket_path[PATH_MAX], said_path[PATH_MAX];
    (void)snprintf(lock_path, sizeof lock_path, "%.200s/registry.lock", world->data_dir);
    (void)snprintf(socket_path, sizeof socket_path, "%.200s/ledger-tally.sock", world->run_dir);
    (void)snprintf(said_path, sizeof said_path, "%.200s/said", world->folder);
    world_start_daemon(world);
    int fd = connect_until(socket_path, clock_steady_us() + 20 * CLOCK_SECOND_US);
    CHECK(fd >= 0 && close(fd) == 0, "the daemon did not come up; its log is %s", world->log_path);
    CHECK(chmod(world->folder, 0755) == 0 && chmod(world->data_dir, 0755) == 0 &&
              chmod(world->run_dir, 0755) == 0 && chmod(lock_path, 0666) == 0 &&
              chmod(socket_path, 0666) == 0,
          "no chmod");
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        FILE *said = freopen(said_path, "w", stderr);
        if (said == NULL || setgroups(0, NULL) != 0 || setegid(NOBODY) != 0 ||
            seteuid(NOBODY) != 0) {
            _exit(9);
        }
        struct tally tally = world_tally(world);
        struct command command = command_of(ACT_EXPIRE, "", "");
        struct answer answer;
        enum status status = tally_ask(&tally, &command, &answer);
        fflush(stderr);
        if (seteuid(0) != 0 || setegid(0) != 0) { /* what is counted is written by root */
            _exit(9);
        }
        _exit(status == STATUS_ANSWER_LOST || status == STATUS_LEDGER_AWAY ? 0 : 1);
    }
    int end = 0;
    CHECK(waitpid(child, &end, 0) == child && WIFEXITED(end) && WEXITSTATUS(end) == 0,
          "another user's tally was served");
    char said[1024] = "";
    FILE *file = fopen(said_path, "r");
    CHECK(file != NULL && fread(said, 1, sizeof said - 1, file) > 0, "it said nothing");
    fclose(file);
    CHECK(strstr(said, "runs as another user (uid 0)") != NULL,
          "it does not say as whom to run: %s", said);
    CHECK(world_stop_daemon(world) == 0, "no good end");
    passed++;
}

/* Whose connection breaks although it is the daemon's own user's is told nothing of that. */
static void test_no_stranger(void)
{
    tally_in_world();
    int lock_fd = -1;
    int64_t holder = 0;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    CHECK(lock_take(tally_data, &lock_fd, &holder) == STATUS_OK, "not locked");
    CHECK(door_path(world->run_dir, PROGRAM_TALLY, address.sun_path), "too long a path");
    (void)unlink(address.sun_path);
    int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    CHECK(bind(listener, (struct sockaddr *)&address, sizeof address) == 0 &&
              listen(listener, 5) == 0,
          "no socket");
    pid_t child = world_fork("who hears and closes");
    if (child == 0) {
        struct command command;
        int fd = accept(listener, NULL, NULL);
        _exit(recv(fd, &command, sizeof command, 0) > 0 ? 0 : 1);
    }
    TALLY(1, "may or may not have happened", "expire");
    CHECK(strstr(tally_out, "another user") == NULL, "is told to be a stranger: %s", tally_out);
    int end = 0;
    CHECK(waitpid(child, &end, 0) == child && WIFEXITED(end) && WEXITSTATUS(end) == 0,
          "nothing was heard");
    close(listener);
    (void)unlink(address.sun_path);
    lock_release(lock_fd);
    passed++;
}

int main(void)
{
    world = world_open("tally", "test");
    world_program("test", "tally", tally_path);
    test_init_options();
    test_init_places();
    test_installed();
    test_lock();
    test_usage();
    test_freeze();
    test_expire();
    test_status();
    test_verify();
    test_stranger();
    test_no_stranger();
    printf("%d passed, 0 failed\n", passed);
    return 0;
}
