/*
 * crash/world.h: a small registry of its own for one test: folders, organisations with people and
 * units, and a ledger daemon that can be killed and started again. Everything is under one
 * temporary folder and gone afterwards. A failed check ends the program with its place; world_close
 * is then called by atexit, so nothing is left running.
 */
#ifndef CRASH_WORLD_H
#define CRASH_WORLD_H

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/text.h"
#include "ledger/client.h"
#include "ledger/connect.h"
#include "ledger/door.h"
#include "ledger/ledger.h"
#include "ledger/way.h"
#include "store/care.h"

#define WORLD_ORGS 8
#define WORLD_UNITS INT64_C(1000000000) /* each organisation begins with these, in one batch */
#define WORLD_PATH_SIZE 256
#define WORLD_LOCKED_S_MAX 60

struct world {
    bool is_open;
    pid_t owner; /* only this process cleans up */
    char folder[WORLD_PATH_SIZE];
    char data_dir[WORLD_PATH_SIZE], run_dir[WORLD_PATH_SIZE], registry_path[WORLD_PATH_SIZE];
    char log_path[WORLD_PATH_SIZE];
    char daemon_path[PATH_MAX];
    char account_socket[WORLD_PATH_SIZE];
    pid_t daemon;           /* 0: not running */
    int64_t file_bytes_max; /* 0, or the daemon can make no file longer: a full disk */
    struct arena arena;
    struct id_source ids;
    char project_id[ID_SIZE];
    char supplier_org_id[ID_SIZE];
    char org_ids[WORLD_ORGS][ID_SIZE];
    char user_ids[WORLD_ORGS]
                 [ID_SIZE]; /* holds every role in the organisation of the same number */
};

static struct world the_world; /* for the clean-up at exit */

/* ------------------------------------------------------------------ chance */

/* xorshift64*: the same seed gives the same choices. */
struct chance {
    uint64_t state;
};

static inline uint64_t chance_next(struct chance *chance)
{
    chance->state ^= chance->state >> 12;
    chance->state ^= chance->state << 25;
    chance->state ^= chance->state >> 27;
    return chance->state * UINT64_C(2685821657736338717);
}

/* From 0 to below - 1. */
static inline int64_t chance_below(struct chance *chance, int64_t below)
{
    return (int64_t)((chance_next(chance) >> 11) % (uint64_t)below);
}

static inline struct chance chance_from(uint64_t seed, uint64_t stream)
{
    struct chance chance = {.state = seed * UINT64_C(0x9E3779B97F4A7C15) + stream * 2 + 1};
    for (int i = 0; i < 8; i++) {
        (void)chance_next(&chance);
    }
    return chance;
}

/* ------------------------------------------------------------------ checks */

#define CHECK(promise, ...)                                                                        \
    do {                                                                                           \
        if (!(promise)) {                                                                          \
            check_failed(__FILE__, __LINE__, __VA_ARGS__);                                         \
        }                                                                                          \
    } while (0)

__attribute__((format(printf, 3, 4))) _Noreturn static inline void
check_failed(const char *file, int line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    printf("violation at %s:%d: ", file, line);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n0 passed, 1 failed\n");
    fflush(stdout);
    exit(1);
}

/* The value of --NAME N among the arguments. */
static inline int64_t world_option(int argc, char **argv, const char *name, int64_t otherwise)
{
    for (int i = 1; i + 1 < argc; i++) {
        int64_t number = 0;
        if (text_is(argv[i], name) && text_parse_int(argv[i + 1], false, &number)) {
            return number;
        }
    }
    return otherwise;
}

static inline uint64_t world_seed(int argc, char **argv)
{
    int64_t seed = world_option(argc, argv, "--seed", 0);
    if (seed == 0) {
        seed = clock_now_us() % 1000000007;
    }
    printf("seed %" PRId64 " (again: %s --seed %" PRId64 ")\n", seed, argv[0], seed);
    fflush(stdout);
    return (uint64_t)seed;
}

/* ------------------------------------------------------------------ daemon */

/* A program of the tree: mode "test" or "release", found beside this test's own build. */
static inline void world_program(const char *mode, const char *name, char path[PATH_MAX])
{
    const char *given = getenv(text_is(mode, "release") ? "TEST_RELEASE" : "TEST_BUILD");
    char self[PATH_MAX] = "";
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    CHECK(length > 0, "this test does not find itself");
    const char *folder = dirname(self); /* build/MODE/tests/crash */
    int written = text_empty(given)
                      ? snprintf(path, PATH_MAX, "%.3000s/../../../%s/%s", folder, mode, name)
                      : snprintf(path, PATH_MAX, "%.3000s/%s", given, name);
    CHECK(written > 0 && access(path, X_OK) == 0, "there is no program %s", path);
}

static inline void world_exec_daemon(const struct world *world)
{
    int log = open(world->log_path, O_WRONLY | O_CREAT | O_APPEND, 0640);
    dup2(log, STDERR_FILENO);
    setenv("TALLYSTICK_DATA", world->data_dir, 1);
    setenv("TALLYSTICK_RUN", world->run_dir, 1);
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* never outlives the test */
    if (world->file_bytes_max > 0) {
        struct rlimit limit = {.rlim_cur = (rlim_t)world->file_bytes_max,
                               .rlim_max = (rlim_t)world->file_bytes_max};
        setrlimit(RLIMIT_FSIZE, &limit);
        signal(SIGXFSZ, SIG_IGN); /* then writing fails with EFBIG */
    }
    execl(world->daemon_path, "ledger", (char *)NULL);
    _exit(127);
}

/* A child for one of our programs. SIGTERM and SIGINT are kept from it until it asks for them, when
 * it first waits: else who is told to end before it has begun ends by the signal, in no order. */
static inline pid_t world_fork(const char *name)
{
    sigset_t ending, before;
    fflush(stdout);
    CHECK(sigemptyset(&ending) == 0 && sigaddset(&ending, SIGTERM) == 0 &&
              sigaddset(&ending, SIGINT) == 0 && sigprocmask(SIG_BLOCK, &ending, &before) == 0,
          "signals cannot be blocked");
    pid_t pid = fork();
    CHECK(pid >= 0, "no process for %s", name);
    CHECK(pid == 0 || sigprocmask(SIG_SETMASK, &before, NULL) == 0, "signals stay blocked");
    return pid;
}

/* Starts it; does not wait until it is ready. */
static inline void world_start_daemon(struct world *world)
{
    CHECK(world->daemon == 0, "the daemon runs already");
    world->daemon = world_fork("the daemon");
    if (world->daemon == 0) {
        world_exec_daemon(world);
    }
}

static inline void world_await_daemon(const struct world *world)
{
    int fd = connect_until(world->account_socket, clock_steady_us() + 20 * CLOCK_SECOND_US);
    CHECK(fd >= 0, "the daemon did not come up; its log is %s", world->log_path);
    close(fd);
}

static inline void world_kill_daemon(struct world *world)
{
    if (world->daemon > 0) {
        kill(world->daemon, SIGKILL);
        waitpid(world->daemon, NULL, 0);
        world->daemon = 0;
    }
}

/* Ends it in good order and says how it ended. */
static inline int world_stop_daemon(struct world *world)
{
    int end = 0;
    kill(world->daemon, SIGTERM);
    waitpid(world->daemon, &end, 0);
    world->daemon = 0;
    return WIFEXITED(end) ? WEXITSTATUS(end) : 128 + WTERMSIG(end);
}

/* ------------------------------------------------------------------ registry */

/* A file that others write to while the test looks into it: on a busy machine they may have it
 * locked for longer than the store waits. NULL: it cannot be opened at all. */
static inline struct store *world_open_store(enum store_file file, enum store_mode mode,
                                             const char *path,
                                             const struct query_table *const *tables)
{
    int64_t until_us = clock_steady_us() + WORLD_LOCKED_S_MAX * CLOCK_SECOND_US;
    struct store *store = store_open(file, mode, path, tables);
    while (store == NULL && clock_steady_us() < until_us) {
        poll(NULL, 0, 1000);
        store = store_open(file, mode, path, tables);
    }
    return store;
}

static inline void world_close(void)
{
    struct world *world = &the_world;
    if (!world->is_open || world->owner != getpid()) {
        return;
    }
    world->is_open = false;
    world_kill_daemon(world);
    if (getenv("TEST_KEEP") != NULL) {
        printf("kept: %s\n", world->folder);
        return;
    }
    char command[WORLD_PATH_SIZE + 16];
    (void)snprintf(command, sizeof command, "rm -rf '%.200s'", world->folder);
    if (system(command) != 0) {
        printf("could not remove %s\n", world->folder);
    }
}

static inline struct tally world_tally(struct world *world)
{
    return (struct tally){.arena = &world->arena,
                          .data_dir = world->data_dir,
                          .run_dir = world->run_dir,
                          .registry_path = world->registry_path,
                          .way = way_make()};
}

static inline void world_ask(const struct tally *tally, const struct command *command)
{
    struct answer answer;
    enum status status = tally_ask(tally, command, &answer);
    CHECK(status == STATUS_OK, "%s was refused: %s (field %d)",
          act_word((enum act_kind)command->kind), status_row(status)->slug, answer.field);
}

static inline void world_open_org(struct world *world, const struct tally *tally,
                                  const char *org_id, const char *name, bool is_supplier)
{
    struct command command = command_of(ACT_OPEN_ORGANISATION, "", "");
    TEXT_COPY(command.organisation.org_id, org_id);
    TEXT_COPY(command.organisation.name, name);
    TEXT_COPY(command.organisation.country, "GBR");
    command.organisation.is_supplier = is_supplier;
    command.organisation.is_demo = true;
    world_ask(tally, &command);
    (void)world;
}

/* One person with every role in an organisation. */
static inline void world_make_person(const struct tally *tally, const char *user_id,
                                     const char *org_id)
{
    struct command command = command_of(ACT_SET_PERSON, "", "");
    TEXT_COPY(command.person.user_id, user_id);
    world_ask(tally, &command);
    command = command_of(ACT_SET_MEMBER, "", "");
    TEXT_COPY(command.person.user_id, user_id);
    TEXT_COPY(command.person.org_id, org_id);
    command.person.roles = ROLE_ALL;
    world_ask(tally, &command);
}

static inline void world_issue(struct world *world, const struct tally *tally, const char *org_id,
                               int32_t vintage, int64_t units)
{
    static int number;
    char key[KEY_SIZE];
    (void)snprintf(key, sizeof key, "issue-%d", number++);
    struct command command = command_of(ACT_ISSUE, "", key);
    TEXT_COPY(command.issue.project_id, world->project_id);
    TEXT_COPY(command.issue.to_org_id, org_id);
    command.issue.vintage = vintage;
    command.issue.imported = true;
    command.issue.supplier_units = units;
    world_ask(tally, &command);
}

/* Eight organisations, each with one person and WORLD_UNITS of one project; written directly, as
 * `tally` does without a daemon. mode: which build of the daemon is used. */
static inline struct world *world_open(const char *name, const char *mode)
{
    struct world *world = &the_world;
    memset(world, 0, sizeof *world);
    const char *temporary = getenv("TMPDIR");
    (void)snprintf(world->folder, sizeof world->folder, "%.64s/tly-%.20s-XXXXXX",
                   text_empty(temporary) ? "/tmp" : temporary, name);
    CHECK(mkdtemp(world->folder) != NULL, "no temporary folder: %s", strerror(errno));
    world->is_open = true;
    world->owner = getpid();
    static bool is_registered;
    if (!is_registered) {
        is_registered = true;
        atexit(world_close);
    }
    (void)snprintf(world->data_dir, sizeof world->data_dir, "%.120s/data", world->folder);
    (void)snprintf(world->run_dir, sizeof world->run_dir, "%.120s/run", world->folder);
    (void)snprintf(world->registry_path, sizeof world->registry_path, "%.120s/data/registry.db",
                   world->folder);
    (void)snprintf(world->log_path, sizeof world->log_path, "%.120s/ledger.log", world->folder);
    (void)snprintf(world->account_socket, sizeof world->account_socket,
                   "%.120s/run/ledger-account.sock", world->folder);
    CHECK(mkdir(world->data_dir, 0700) == 0 && mkdir(world->run_dir, 0700) == 0, "no folders");
    world_program(mode, "ledger", world->daemon_path);
    if (world->arena.size_bytes == 0) {
        arena_map(&world->arena, LEDGER_ARENA_BYTES);
    }

    const char *schema = getenv("TALLYSTICK_SCHEMA");
    char registry_schema[PATH_MAX];
    (void)snprintf(registry_schema, sizeof registry_schema, "%.3000s/registry",
                   text_empty(schema) ? "schema" : schema);
    CHECK(store_migrate(STORE_REGISTRY, world->registry_path, registry_schema) == STATUS_OK,
          "no registry");
    static const struct query_table *const tables[] = {&care_queries, NULL};
    struct store *store = store_open(STORE_REGISTRY, STORE_WRITE, world->registry_path, tables);
    struct care_found found = {
        .site_name = "Test", .site_url = "http://localhost", .tag = "TST", .expiry_days = 14};
    CHECK(store != NULL && care_found(store, &found), "the registry was not founded");
    store_close(store);

    struct tally tally = world_tally(world);
    world->ids = (struct id_source){.tag = "TST"};
    id_make(&world->ids, "org", clock_now_us(), world->supplier_org_id);
    id_make(&world->ids, "prj", clock_now_us(), world->project_id);
    world_open_org(world, &tally, world->supplier_org_id, "Supplier", true);
    struct command command = command_of(ACT_OPEN_PROJECT, "", "");
    TEXT_COPY(command.project.project_id, world->project_id);
    TEXT_COPY(command.project.org_id, world->supplier_org_id);
    TEXT_COPY(command.project.name, "Test project");
    TEXT_COPY(command.project.short_code, "TEST");
    TEXT_COPY(command.project.pathway, "biochar");
    TEXT_COPY(command.project.pathway_code, "BIOCHAR");
    TEXT_COPY(command.project.country, "GBR");
    TEXT_COPY(command.project.status, "validated");
    world_ask(&tally, &command);
    for (size_t i = 0; i < WORLD_ORGS; i++) {
        char org_name[32];
        (void)snprintf(org_name, sizeof org_name, "Organisation %zu", i);
        id_make(&world->ids, "org", clock_now_us(), world->org_ids[i]);
        id_make(&world->ids, "usr", clock_now_us(), world->user_ids[i]);
        world_open_org(world, &tally, world->org_ids[i], org_name, false);
        world_make_person(&tally, world->user_ids[i], world->org_ids[i]);
        world_issue(world, &tally, world->org_ids[i], 2024, WORLD_UNITS);
    }
    way_close(tally.way);
    return world;
}

static inline void say_to_output(void *context, const char *sentence)
{
    (void)context;
    printf("  %s\n", sentence);
}

/* The whole registry must be sound; returns how many acts it holds. */
static inline int64_t world_verify(struct world *world)
{
    struct store *store =
        store_open(STORE_REGISTRY, STORE_READ, world->registry_path, ledger_verify_tables);
    CHECK(store != NULL, "the registry cannot be read");
    arena_reset(&world->arena, 0);
    struct verify_report report = {.say = say_to_output};
    store_begin_read(store);
    enum status status = ledger_verify(store, &world->arena, &report);
    store_close(store);
    arena_reset(&world->arena, 0);
    CHECK(report.violations == 0 && status == STATUS_OK, "%" PRId64 " violations, %s",
          report.violations, status_row(status)->slug);
    return report.acts;
}

/* A transfer of units of the supplier, oldest first, that the recipient is asked about. */
static inline struct command world_transfer(const struct world *world, size_t from, size_t to,
                                            int64_t units, const char *key)
{
    struct command command = command_of(ACT_TRANSFER, world->user_ids[from], key);
    command.transfer.kind = TRANSFER_EXTERNAL;
    TEXT_COPY(command.transfer.from_org_id, world->org_ids[from]);
    TEXT_COPY(command.transfer.to_org_id, world->org_ids[to]);
    TEXT_COPY(command.transfer.supplier_org_id, world->supplier_org_id);
    TEXT_COPY(command.transfer.notes, key);
    command.transfer.units = units;
    return command;
}

static inline struct command world_decide(const struct world *world, enum act_kind kind, size_t who,
                                          const char *transfer_id, const char *key)
{
    struct command command = command_of(kind, world->user_ids[who], key);
    TEXT_COPY(command.decide.transfer_id, transfer_id);
    if (kind == ACT_REJECT) {
        TEXT_COPY(command.decide.reason, "not ordered");
    }
    return command;
}

/* One unit from the first organisation to the second, with a key of its own. */
static inline struct command world_small_transfer(const struct world *world)
{
    static int number;
    char key[KEY_SIZE];
    (void)snprintf(key, sizeof key, "small-%d", number++);
    return world_transfer(world, 0, 1, 1, key);
}

#endif
