/*
 * crash/damage_test.c: a registry.db with a damaged page. A small one is refused before anybody is
 * let in; a large one is served while it is looked over, and the daemon stops when the damage is
 * found, however early that is, and refuses every later start, until the file is sound again.
 * Killing the daemon kills the look, and the next start looks anew.
 */
#include "crash/world.h"

#include <sqlite3.h>
#include <sys/ptrace.h>

#define LARGE_ROWS 40
#define LARGE_ROW_BYTES 2000000
#define PAGE_BYTES 4096
#define END_S_MAX 60

static struct world *world;
static int passed;

/* The root page of an index that nothing reads at start. */
static int64_t victim_at(void)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    CHECK(sqlite3_open(world->registry_path, &db) == SQLITE_OK &&
              sqlite3_prepare_v2(db,
                                 "SELECT rootpage FROM sqlite_schema WHERE name = "
                                 "'retirement_by_units'",
                                 -1, &statement, NULL) == SQLITE_OK &&
              sqlite3_step(statement) == SQLITE_ROW,
          "no such index");
    int64_t at = (sqlite3_column_int64(statement, 0) - 1) * PAGE_BYTES;
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return at;
}

/* Everything into the file itself, so that the damage is not hidden behind the WAL. */
static void empty_wal(void)
{
    sqlite3 *db = NULL;
    CHECK(sqlite3_open(world->registry_path, &db) == SQLITE_OK &&
              sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL) == SQLITE_OK,
          "the WAL was not emptied");
    sqlite3_close(db);
}

static void make_large(void)
{
    sqlite3 *db = NULL;
    CHECK(sqlite3_open(world->registry_path, &db) == SQLITE_OK, "no registry");
    char sql[256];
    (void)snprintf(sql, sizeof sql,
                   "WITH n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < %d) INSERT "
                   "INTO act (recorded_at, at, program, user_id, command, outcome, detail) SELECT "
                   "0, 0, 'tally', '', 'freeze', 'ok', hex(zeroblob(%d)) FROM n",
                   LARGE_ROWS, LARGE_ROW_BYTES / 2);
    CHECK(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, "%s", sqlite3_errmsg(db));
    sqlite3_close(db);
    empty_wal();
}

static void write_page(int64_t at, const unsigned char *bytes)
{
    int fd = open(world->registry_path, O_WRONLY);
    CHECK(fd >= 0 && pwrite(fd, bytes, PAGE_BYTES, at) == PAGE_BYTES, "not damaged");
    close(fd);
}

static void read_page(int64_t at, unsigned char *bytes)
{
    int fd = open(world->registry_path, O_RDONLY);
    CHECK(fd >= 0 && pread(fd, bytes, PAGE_BYTES, at) == PAGE_BYTES, "not read");
    close(fd);
}

/* How the daemon ends by itself. */
static int await_end(void)
{
    int end = 0;
    int64_t until_us = clock_steady_us() + END_S_MAX * CLOCK_SECOND_US;
    while (waitpid(world->daemon, &end, WNOHANG) == 0) {
        CHECK(clock_steady_us() < until_us, "the daemon serves a damaged file");
        poll(NULL, 0, 20);
    }
    world->daemon = 0;
    return WIFEXITED(end) ? WEXITSTATUS(end) : 128 + WTERMSIG(end);
}

/* How often a daemon was ready so far, as their log has it: one that soon ends may be gone again
 * before anybody can connect. */
static int times_ready(void)
{
    char line[1024];
    int times = 0;
    FILE *log = fopen(world->log_path, "r");
    while (log != NULL && fgets(line, sizeof line, log) != NULL) {
        times += strstr(line, " event=ready ") != NULL ? 1 : 0;
    }
    if (log != NULL) {
        (void)fclose(log);
    }
    return times;
}

static void mark_path(char path[WORLD_PATH_SIZE + 32])
{
    (void)snprintf(path, WORLD_PATH_SIZE + 32, "%s/registry.unsound", world->data_dir);
}

static bool is_marked(void)
{
    char path[WORLD_PATH_SIZE + 32];
    mark_path(path);
    return access(path, F_OK) == 0;
}

/* As if it was never found; the daemon is held where it has just begun the look until that has
 * ended, as it may be on a busy machine. */
static void start_behind_its_look(void)
{
    char path[WORLD_PATH_SIZE + 32];
    int state = 0;
    unsigned long look = 0;
    mark_path(path);
    CHECK(unlink(path) == 0, "there is no note");
    pid_t pid = world->daemon = world_fork("the daemon");
    if (pid == 0) {
        (void)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        world_exec_daemon(world);
    }
    CHECK(waitpid(pid, &state, 0) == pid && WIFSTOPPED(state) &&
              ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACEFORK) == 0 &&
              ptrace(PTRACE_CONT, pid, NULL, NULL) == 0 && waitpid(pid, &state, 0) == pid &&
              state >> 8 == (SIGTRAP | PTRACE_EVENT_FORK << 8) &&
              ptrace(PTRACE_GETEVENTMSG, pid, NULL, &look) == 0,
          "the daemon cannot be held where it begins the look");
    CHECK(waitpid((pid_t)look, &state, 0) == (pid_t)look && WIFSTOPPED(state) &&
              ptrace(PTRACE_CONT, (pid_t)look, NULL, NULL) == 0 &&
              waitpid((pid_t)look, &state, 0) == (pid_t)look && WIFEXITED(state),
          "the look does not end");
    CHECK(ptrace(PTRACE_DETACH, pid, NULL, NULL) == 0, "the daemon does not go on");
}

static void refuses_to_start(const char *what)
{
    world_start_daemon(world);
    CHECK(await_end() == 1, "%s was served", what);
    CHECK(access(world->account_socket, F_OK) != 0, "%s: somebody was let in", what);
    CHECK(is_marked(), "%s was not noted", what);
    passed++;
}

static void serves(const char *what)
{
    world_start_daemon(world);
    world_await_daemon(world);
    struct ledger_client client;
    ledger_client_init(&client, world->account_socket);
    struct command command = world_small_transfer(world);
    struct answer answer;
    CHECK(ledger_ask(&client, &command, &answer) == STATUS_OK, "%s is not served", what);
    ledger_client_close(&client);
    passed++;
}

int main(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    static const unsigned char nothing[PAGE_BYTES];
    unsigned char kept[PAGE_BYTES];

    world = world_open("damage", "release");
    empty_wal();
    int64_t at = victim_at();
    read_page(at, kept);
    write_page(at, nothing);
    refuses_to_start("a small damaged file");
    write_page(at, kept);
    serves("a small file that was mended");
    CHECK(!is_marked(), "the note stays though the file is sound");
    CHECK(world_stop_daemon(world) == 0, "the daemon did not end in good order");

    make_large();
    serves("a large file");
    world_kill_daemon(world);
    serves("a large file after a kill");
    CHECK(world_stop_daemon(world) == 0, "the daemon did not end in good order");

    empty_wal();
    read_page(at, kept); /* not the old one: the file has been written to */
    write_page(at, nothing);
    int before = times_ready();
    world_start_daemon(world);
    CHECK(await_end() == 1, "the daemon did not say that it stopped for a fault");
    CHECK(times_ready() == before + 1, "a large file was not served while it was looked over");
    CHECK(is_marked(), "what was found was not noted");
    passed++;
    start_behind_its_look();
    CHECK(await_end() == 1, "the daemon did not hear of a look that ended early");
    CHECK(is_marked(), "what was found was not noted");
    passed++;
    refuses_to_start("a large file known to be damaged");
    write_page(at, kept);
    serves("a large file that was mended");
    CHECK(!is_marked(), "the note stays though the file is sound");
    CHECK(world_stop_daemon(world) == 0, "the daemon did not end in good order");
    world_close();
    printf("%d passed, 0 failed\n", passed);
    return 0;
}
