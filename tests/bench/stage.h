/*
 * bench/stage.h: a registry that bench/fill.c made, on which programs are started and measured.
 * A small one has a copy beside it (data/pristine.db), from which every round begins anew, so that
 * measuring does not make it a larger one; the others grow by what is measured.
 */
#ifndef BENCH_STAGE_H
#define BENCH_STAGE_H

#include <math.h>
#include <time.h>

#include "crash/crowd.h"
#include "ledger/flusher.h"

#define STAGE_PARTIES_MAX 400
#define STAGE_SAMPLES_MAX 200
#define STAGE_SELLERS 64     /* parties 0 to 63 */
#define STAGE_FIRST_BUYER 65 /* odd numbers: they accept everything at once */
#define STAGE_BUYERS 100
#define STAGE_UNITS 1000 /* of one measured transfer */

struct stage_party {
    char org_id[ID_SIZE], account_id[ID_SIZE], user_id[ID_SIZE];
    char cookie[TOKEN_SIZE], form_token[TOKEN_SIZE];
    bool asks;
};

struct stage {
    char folder[WORLD_PATH_SIZE], figures_path[PATH_MAX];
    int64_t size;
    struct stage_party parties[STAGE_PARTIES_MAX];
    char transfer_ids[STAGE_SAMPLES_MAX][ID_SIZE], batch_ids[STAGE_SAMPLES_MAX][ID_SIZE];
    size_t transfer_count, batch_count;
    char supplier_org_id[ID_SIZE];
};

static struct stage stage;

/* The text after --NAME among the arguments. */
static inline const char *stage_option(int argc, char **argv, const char *name,
                                       const char *otherwise)
{
    for (int i = 1; i + 1 < argc; i++) {
        if (text_is(argv[i], name)) {
            return argv[i + 1];
        }
    }
    return otherwise;
}

/* A line for the report; also on standard output. */
static inline void stage_figure(const char *part, const char *name, double value, const char *unit)
{
    printf("result: size %" PRId64 " part %s: %s %.6g %s\n", stage.size, part, name, value, unit);
    fflush(stdout);
    if (stage.figures_path[0] != '\0') {
        FILE *file = fopen(stage.figures_path, "a");
        CHECK(file != NULL, "%s cannot be written", stage.figures_path);
        fprintf(file, "%" PRId64 "\t%s\t%s\t%.6g\t%s\n", stage.size, part, name, value, unit);
        CHECK(fclose(file) == 0, "%s cannot be written", stage.figures_path);
    }
}

static inline void stage_read_party(const char *line)
{
    unsigned number = 0;
    struct stage_party party = {.asks = false};
    char policy[8] = "";
    CHECK(sscanf(line, "party %u %20s %20s %20s %43s %43s %7s", &number, party.org_id,
                 party.account_id, party.user_id, party.cookie, party.form_token, policy) == 7 &&
              number < STAGE_PARTIES_MAX,
          "not a party: %s", line);
    party.asks = text_is(policy, "ask");
    stage.parties[number] = party;
}

static inline void stage_read_sample(const char *line, char ids[STAGE_SAMPLES_MAX][ID_SIZE],
                                     size_t *count)
{
    CHECK(*count < STAGE_SAMPLES_MAX, "too many samples");
    CHECK(sscanf(line, "%*s %20s", ids[*count]) == 1 && id_is(ids[*count], NULL), "no id: %s",
          line);
    (*count)++;
}

static inline void stage_read_world(void)
{
    char path[PATH_MAX], line[512];
    (void)snprintf(path, sizeof path, "%s/world.tsv", stage.folder);
    FILE *file = fopen(path, "r");
    CHECK(file != NULL, "there is no %s; bench/fill makes it", path);
    while (fgets(line, sizeof line, file) != NULL) {
        if (text_starts(line, "party\t")) {
            stage_read_party(line);
        } else if (text_starts(line, "transfer\t")) {
            stage_read_sample(line, stage.transfer_ids, &stage.transfer_count);
        } else if (text_starts(line, "batch\t")) {
            stage_read_sample(line, stage.batch_ids, &stage.batch_count);
        } else if (text_starts(line, "supplier\t")) {
            (void)sscanf(line, "supplier %20s", stage.supplier_org_id);
        }
    }
    (void)fclose(file);
    CHECK(id_is(stage.supplier_org_id, "org") && stage.transfer_count > 0 && stage.batch_count > 0,
          "%s is not whole", path);
}

/* Options: --folder FOLDER, --size N (a label), --figures FILE. */
static inline void stage_open(int argc, char **argv)
{
    const char *folder = stage_option(argc, argv, "--folder", NULL);
    CHECK(folder != NULL, "usage: %s --folder FOLDER [--size N] [--figures FILE]", argv[0]);
    struct world *world = &the_world;
    (void)snprintf(stage.folder, sizeof stage.folder, "%.180s", folder);
    (void)snprintf(stage.figures_path, sizeof stage.figures_path, "%.3000s",
                   stage_option(argc, argv, "--figures", ""));
    stage.size = world_option(argc, argv, "--size", 0);
    world->owner = getpid();
    (void)snprintf(world->folder, WORLD_PATH_SIZE, "%.180s", folder);
    (void)snprintf(world->data_dir, WORLD_PATH_SIZE, "%.180s/data", folder);
    (void)snprintf(world->run_dir, WORLD_PATH_SIZE, "%.180s/run", folder);
    (void)snprintf(world->registry_path, WORLD_PATH_SIZE, "%.180s/data/registry.db", folder);
    (void)snprintf(world->log_path, WORLD_PATH_SIZE, "%.180s/ledger.log", folder);
    (void)snprintf(world->account_socket, WORLD_PATH_SIZE, "%.180s/run/ledger-account.sock",
                   folder);
    world_program("release", "ledger", world->daemon_path);
    arena_map(&world->arena, LEDGER_ARENA_BYTES);
    world->ids = (struct id_source){.tag = "TST", .random_tail = true};
    stage_read_world();
}

static inline void stage_end_daemon(void)
{
    if (the_world.daemon > 0) {
        CHECK(world_stop_daemon(&the_world) == 0, "the daemon did not end in good order: see %s",
              the_world.log_path);
    }
}

/* The first thing that the daemon said was wrong: why it ended. */
static inline void stage_read_reason(char reason[1024])
{
    char line[1024];
    bool is_found = false;
    FILE *log = fopen(the_world.log_path, "r");
    (void)snprintf(reason, 1024, "no reason stands in %.900s", the_world.log_path);
    while (log != NULL && !is_found && fgets(line, sizeof line, log) != NULL) {
        const char *at = strstr(line, " level=error");
        at = at == NULL ? strstr(line, " level=fault") : at;
        is_found = at != NULL;
        if (is_found) {
            (void)snprintf(reason, 1024, "%.*s", (int)strcspn(at + 1, "\n"), at + 1);
        }
    }
    if (log != NULL) {
        (void)fclose(log);
    }
}

/* Waits until the daemon, a child of this process, lets somebody in. One that ends before it does,
 * as on a registry of another version, will never: then this program says why, and ends. */
static inline void stage_await_daemon(int64_t until_us)
{
    int fd = -1;
    while (fd < 0) {
        int64_t look_us = clock_steady_us() + CLOCK_SECOND_US / 5;
        fd = connect_until(the_world.account_socket, look_us < until_us ? look_us : until_us);
        if (fd < 0 && waitpid(the_world.daemon, NULL, WNOHANG) == the_world.daemon) {
            char reason[1024];
            the_world.daemon = 0;
            stage_read_reason(reason);
            CHECK(false, "the daemon ended before it let anybody in: %s", reason);
        }
        CHECK(fd >= 0 || clock_steady_us() < until_us, "the daemon did not come up; its log is %s",
              the_world.log_path);
    }
    close(fd);
}

/* Its own checks at start take longer the larger the registry is. Returns how long. */
static inline int64_t stage_start_daemon(void)
{
    int64_t began_us = clock_steady_us();
    (void)unlink(the_world.log_path);
    world_start_daemon(&the_world);
    stage_await_daemon(began_us + 1800 * CLOCK_SECOND_US);
    return clock_steady_us() - began_us;
}

static inline bool stage_is_flusher(pid_t pid)
{
    char path[64];
    char name[32] = "";
    (void)snprintf(path, sizeof path, "/proc/%d/comm", pid);
    FILE *file = fopen(path, "r");
    bool is_flusher =
        file != NULL && fscanf(file, "%31s", name) == 1 && text_is(name, FLUSHER_NAME);
    if (file != NULL) {
        (void)fclose(file);
    }
    return is_flusher;
}

/* What looks over a large file beside the daemon (ledger/inspect.h); 0: it has ended. */
static inline pid_t stage_inspector(void)
{
    char path[64];
    pid_t child = 0;
    pid_t inspector = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/task/%d/children", the_world.daemon,
                   the_world.daemon);
    FILE *file = fopen(path, "r");
    CHECK(file != NULL, "the daemon is gone; its log is %s", the_world.log_path);
    while (fscanf(file, "%d", &child) == 1) {
        inspector = stage_is_flusher(child) ? inspector : child;
    }
    (void)fclose(file);
    return inspector;
}

static inline void stage_await_inspector(void)
{
    int64_t until_us = clock_steady_us() + 7200 * CLOCK_SECOND_US;
    while (stage_inspector() != 0) {
        CHECK(clock_steady_us() < until_us, "the look over every page does not end");
        poll(NULL, 0, 100);
    }
}

/* Nothing is measured while it reads; how long it takes is a figure of its own. */
static inline void stage_end_inspector(void)
{
    pid_t inspector = stage_inspector();
    CHECK(inspector == 0 || kill(inspector, SIGKILL) == 0, "%d does not end", inspector);
    stage_await_inspector();
}

/* A small registry as it was filled; the daemon is ended for it. False: a large one, left as it
 * is. */
static inline bool stage_renew(void)
{
    char command[1024];
    (void)snprintf(command, sizeof command, "%.200s/data/pristine.db", stage.folder);
    if (access(command, R_OK) != 0) {
        return false;
    }
    stage_end_daemon();
    (void)snprintf(command, sizeof command,
                   "cd '%.200s/data' && rm -f registry.db-wal registry.db-shm &&"
                   " cp pristine.db registry.db && sync registry.db",
                   stage.folder);
    CHECK(system(command) == 0, "the registry could not be renewed");
    return true;
}

/* Waits until the daemon has emptied its WAL: then it is idle. */
static inline void stage_await_quiet(void)
{
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s-wal", the_world.registry_path);
    int64_t until_us = clock_steady_us() + 60 * CLOCK_SECOND_US;
    struct stat about;
    while (stat(path, &about) == 0 && about.st_size > 0) {
        CHECK(clock_steady_us() < until_us, "the daemon does not empty its WAL");
        poll(NULL, 0, 50);
    }
}

/* ------------------------------------------------------------------ samples of time */

static inline int compare_times(const void *one, const void *other)
{
    int64_t a = *(const int64_t *)one;
    int64_t b = *(const int64_t *)other;
    return (a > b) - (a < b);
}

static inline int64_t stage_median(int64_t *values, size_t count)
{
    CHECK(count > 0, "nothing was measured");
    qsort(values, count, sizeof *values, compare_times);
    return count % 2 == 1 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

/* p50, p99, p99.9 and the slowest of sorted times, as figures. */
static inline void stage_latency(const char *part, const char *what, int64_t *times_us,
                                 size_t count)
{
    char name[128];
    CHECK(count > 0, "nothing was measured");
    qsort(times_us, count, sizeof *times_us, compare_times);
    static const struct {
        const char *name;
        int64_t per_mille;
    } points[] = {{"p50", 500}, {"p99", 990}, {"p99.9", 999}, {"slowest", 1000}};
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
        size_t at = count * (size_t)points[i].per_mille / 1000;
        (void)snprintf(name, sizeof name, "%s %s", what, points[i].name);
        stage_figure(part, name, (double)times_us[at < count ? at : count - 1], "us");
    }
    (void)snprintf(name, sizeof name, "%s samples", what);
    stage_figure(part, name, (double)count, "");
}

static inline void sleep_until(int64_t at_us)
{
    struct timespec at = {.tv_sec = at_us / CLOCK_SECOND_US,
                          .tv_nsec = at_us % CLOCK_SECOND_US * 1000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR) {
    }
}

#endif
