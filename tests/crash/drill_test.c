/*
 * crash/drill_test.c: the restore drill (safety.md section 4, row 12), which is also the test of
 * the WAL-reset race (section 1): the daemon under load from many clients, beside it readers whose
 * transactions last at random, `tally verify` again and again, writers of people.db, and `tally
 * backup` again and again; now and then the daemon or the backup itself is killed with -9.
 *
 * Every backup is restored into a new folder and verified there; every act and every write to
 * people.db that was acknowledged before that backup began is in it, by reading and by asking its
 * own daemon with the key, and nothing is in it twice or that nobody asked for; everybody in
 * people.db is known to its registry; nobody is signed in and no one-time link is open; a transfer
 * goes through there. A backup with one damaged bit is refused, and what a killed one left is gone
 * after the next. At the end the live registry is stopped, backed up once more, and the restored
 * copy is the live one row for row.
 * drill_test [--seconds N] [--seed N]
 */
#include "crash/drill_check.h"

#include <dirent.h>

#define BACKUPS_LEAST 8 /* at first one a second at least, however slow the machine is */

/* ------------------------------------------------------------------ the drill */

static bool is_there(const char *path)
{
    struct stat file;
    return lstat(path, &file) == 0;
}

static void remove_tree(const char *path)
{
    char command[WORLD_PATH_SIZE + 16];
    (void)snprintf(command, sizeof command, "rm -rf '%.250s'", path);
    CHECK(system(command) == 0, "%s cannot be removed", path);
}

static struct world restored_world(void)
{
    struct world on = *world;
    on.daemon = 0;
    (void)snprintf(on.data_dir, sizeof on.data_dir, "%.120s/restored", world->folder);
    (void)snprintf(on.run_dir, sizeof on.run_dir, "%.120s/restored-run", world->folder);
    (void)snprintf(on.registry_path, sizeof on.registry_path, "%.120s/restored/registry.db",
                   world->folder);
    (void)snprintf(on.account_socket, sizeof on.account_socket,
                   "%.120s/restored-run/ledger-account.sock", world->folder);
    return on;
}

/* One bit of it turned, a restore refuses it; turned back it is whole again. */
static void check_damaged(struct chance *chance, const char *backup, struct drilled *drilled)
{
    char path[WORLD_PATH_SIZE];
    char target[WORLD_PATH_SIZE];
    char said[WORLD_PATH_SIZE];
    (void)snprintf(path, sizeof path, "%.200s/%s", backup,
                   chance_below(chance, 3) == 0 ? "people.db" : "registry.db");
    (void)snprintf(target, sizeof target, "%.200s/damaged", world->folder);
    said_of("damaged", said);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    struct stat file;
    unsigned char byte = 0;
    CHECK(fd >= 0 && fstat(fd, &file) == 0, "%s cannot be opened", path);
    int64_t offset = chance_below(chance, file.st_size);
    CHECK(pread(fd, &byte, 1, offset) == 1, "%s cannot be read", path);
    unsigned char turned = (unsigned char)(byte ^ (1U << chance_below(chance, 8)));
    CHECK(pwrite(fd, &turned, 1, offset) == 1, "%s cannot be damaged", path);
    int code = end_of(start_tally(world, said, "restore", backup, target, NULL));
    CHECK(code == 1 && !is_there(target),
          "a backup with byte %" PRId64 " of %s damaged was restored: %s", offset, path,
          words_of(said));
    CHECK(pwrite(fd, &byte, 1, offset) == 1, "%s cannot be put right", path);
    close(fd);
    drilled->damaged++;
}

static void check_backup(struct chance *chance, const char *backup, const struct floor *floor,
                         struct drilled *drilled)
{
    struct world on = restored_world();
    CHECK(mkdir(on.run_dir, 0700) == 0, "no folder for the restored daemon");
    check_damaged(chance, backup, drilled);
    run_tally(world, "restore", backup, on.data_dir, NULL);
    run_tally(&on, "verify", NULL, NULL, NULL);
    check_acts(&on, floor, drilled);
    check_people(&on, floor);
    check_access(&on);
    check_life(&on, floor, drilled);
    run_tally(&on, "verify", NULL, NULL, NULL);
    if (chance_below(chance, 4) == 0) {
        /* while its daemon is stopped */
        char again[WORLD_PATH_SIZE];
        (void)snprintf(again, sizeof again, "%.200s/again", backups);
        run_tally(&on, "backup", backups, "--name", "again");
        remove_tree(again);
    }
    remove_tree(on.data_dir);
    remove_tree(on.run_dir);
    drilled->restored++;
}

static void drill_once(struct chance *chance, struct drilled *drilled)
{
    char name[32];
    char backup[WORLD_PATH_SIZE];
    char said[WORLD_PATH_SIZE];
    (void)snprintf(name, sizeof name, "b%d", drilled->backups);
    (void)snprintf(backup, sizeof backup, "%.200s/%s", backups, name);
    said_of("backup", said);
    struct floor floor = floor_now();
    int64_t dice = chance_below(chance, 10);
    int64_t began_us = clock_steady_us();
    pid_t tally = start_tally(world, said, "backup", backups, "--name", name);
    drilled->backups++;
    if (dice < 4) {
        poll(NULL, 0, (int)chance_below(chance, 80));
        world_kill_daemon(world);
        world_start_daemon(world);
        drilled->in_kill++;
    } else if (dice < 6) {
        poll(NULL, 0, (int)chance_below(chance, 100));
        kill(tally, SIGKILL);
    }
    int code = end_of(tally);
    bool has_warned = false;
    if (code == -1) {
        char part[WORLD_PATH_SIZE];
        (void)snprintf(part, sizeof part, "%.200s.part", backup);
        drilled->killed++;
        drilled->killed_left += is_there(part) ? 1 : 0;
        if (!is_there(backup)) {
            return;
        }
    } else {
        CHECK(code == 0, "tally backup ends with %d: %s", code, words_of(said));
        has_warned = strstr(words_of(said), "warning") != NULL;
        int64_t took_ms = (clock_steady_us() - began_us) / 1000;
        drilled->slowest_ms = took_ms > drilled->slowest_ms ? took_ms : drilled->slowest_ms;
    }
    check_backup(chance, backup, &floor, drilled);
    CHECK(!has_warned, "tally backup warns: %s", words_of(said));
    remove_tree(backup);
}

/* ------------------------------------------------------------------ the end */

static struct digest dump(const char *path, int64_t *rows)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *tables = NULL;
    struct digest_feed feed;
    digest_begin(&feed);
    CHECK(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
              sqlite3_prepare_v2(
                  db, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name", -1,
                  &tables, NULL) == SQLITE_OK,
          "%s cannot be read", path);
    while (sqlite3_step(tables) == SQLITE_ROW) {
        char select[128];
        sqlite3_stmt *statement = NULL;
        (void)snprintf(select, sizeof select, "SELECT * FROM %s", sqlite3_column_text(tables, 0));
        CHECK(sqlite3_prepare_v2(db, select, -1, &statement, NULL) == SQLITE_OK, "%s", select);
        for (; sqlite3_step(statement) == SQLITE_ROW; (*rows)++) {
            for (int i = 0; i < sqlite3_column_count(statement); i++) {
                digest_add_text(&feed, (const char *)sqlite3_column_text(statement, i));
            }
        }
        sqlite3_finalize(statement);
    }
    sqlite3_finalize(tables);
    sqlite3_close(db);
    return digest_end(&feed);
}

/* Everything stopped: the last backup is the live registry, row for row. */
static int64_t check_end(struct chance *chance, struct drilled *drilled)
{
    struct floor floor = floor_now();
    struct world on = restored_world();
    char backup[WORLD_PATH_SIZE];
    (void)snprintf(backup, sizeof backup, "%.200s/last", backups);
    world_verify(world);
    check_acts(world, &floor, drilled);
    run_tally(world, "backup", backups, "--name", "last");
    run_tally(world, "restore", backup, on.data_dir, NULL);
    int64_t rows = 0;
    int64_t restored_rows = 0;
    struct digest live = dump(world->registry_path, &rows);
    struct digest restored = dump(on.registry_path, &restored_rows);
    CHECK(rows == restored_rows && digest_equal(&live, &restored),
          "the restored registry is not the live one: %" PRId64 " rows, %" PRId64, restored_rows,
          rows);
    remove_tree(on.data_dir);
    check_backup(chance, backup, &floor, drilled);
    remove_tree(backup);
    DIR *folder = opendir(backups);
    CHECK(folder != NULL, "the folder of backups is gone");
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        CHECK(entry->d_name[0] == '.', "%s was left behind", entry->d_name);
    }
    (void)closedir(folder);
    return rows;
}

static void make_people(void)
{
    char folder[PATH_MAX + 16];
    (void)snprintf(people_path, sizeof people_path, "%.200s/people.db", world->data_dir);
    (void)snprintf(tally_socket, sizeof tally_socket, "%.200s/ledger-tally.sock", world->run_dir);
    (void)snprintf(backups, sizeof backups, "%.200s/backups", world->folder);
    const char *schema = getenv("TALLYSTICK_SCHEMA");
    CHECK(realpath(text_empty(schema) ? "schema" : schema, schema_dir) != NULL, "no schema");
    (void)snprintf(folder, sizeof folder, "%s/people", schema_dir);
    CHECK(mkdir(backups, 0700) == 0, "no folder for backups");
    CHECK(store_migrate(STORE_PEOPLE, people_path, folder) == STATUS_OK, "no people.db");
    struct store *people = open_people(STORE_WRITE, people_path);
    for (size_t i = 0; i < WORLD_ORGS; i++) {
        struct person person = {.is_active = true, .made_at = clock_now_us()};
        TEXT_COPY(person.user_id, world->user_ids[i]);
        (void)snprintf(person.name, sizeof person.name, "Person %zu", i);
        (void)snprintf(person.email, sizeof person.email, "person-%zu@example.org", i);
        CHECK(people_add(people, &person), "no person %zu", i);
    }
    store_close(people);
}

int main(int argc, char **argv)
{
    seed = world_seed(argc, argv);
    int64_t seconds = world_option(argc, argv, "--seconds", 8);
    /* Two acts a turn; RECORDS_MAX of them last as long as the test. */
    pause_ms = (int)(seconds * 1000 * 5 / 2 / RECORDS_MAX);
    pause_ms = pause_ms < PAUSE_MS_MIN ? PAUSE_MS_MIN : pause_ms;
    shared = crowd_memory(sizeof *shared);
    world = world_open("drill", "release");
    world_program("release", "tally", tally_path);
    make_people();
    world_start_daemon(world);
    world_await_daemon(world);
    struct chance chance = chance_from(seed, 300);
    struct drilled drilled = {0};
    int64_t until_us = clock_steady_us() + seconds * CLOCK_SECOND_US;
    int least = seconds < BACKUPS_LEAST ? (int)seconds : BACKUPS_LEAST;
    shared->end_us = INT64_MAX;
    crowd_start(&shared->crowd, PROCESSES, act, NULL);
    while (clock_steady_us() < until_us || drilled.backups < least) {
        drill_once(&chance, &drilled);
        crowd_watch(&shared->crowd);
    }
    shared->end_us = 0;
    crowd_end(&shared->crowd);
    CHECK(world_stop_daemon(world) == 0, "the daemon did not end in good order; its log is %s",
          world->log_path);
    int64_t rows = check_end(&chance, &drilled);

    int64_t acts = 0;
    int64_t reads = 0;
    int64_t writes = 0;
    for (int i = 0; i < WRITERS; i++) {
        acts += shared->done[i];
    }
    for (int i = 0; i < READERS; i++) {
        reads += shared->reads[i];
    }
    for (int i = 0; i < PEOPLE_WRITERS; i++) {
        writes += shared->people_writes[i];
    }
    CHECK(drilled.restored > 1 && acts > 0 && reads > 0 && writes > 0 && shared->verifies[0] > 0,
          "nothing was measured");
    printf("result: %" PRId64 " s: %" PRId64 " acts, %" PRId64 " writes to people.db (slowest "
           "%" PRId64 " ms), %d new persons, %" PRId64 " read transactions, %" PRId64
           " verifications\n",
           seconds, acts, writes, shared->people_slowest_us / 1000, shared->persons, reads,
           shared->verifies[0] + shared->verifies[1]);
    printf("result: %d backups (slowest %" PRId64 " ms), in %d of them the daemon was killed; %d "
           "killed themselves, %d left a part; %d damaged ones refused\n",
           drilled.backups, drilled.slowest_ms, drilled.in_kill, drilled.killed,
           drilled.killed_left, drilled.damaged);
    printf("result: %d restored: %" PRId64 " acknowledged acts found there once, %d asked again by "
           "key, 0 lost; the last is the live registry in all %" PRId64 " rows\n",
           drilled.restored, drilled.acts_checked, drilled.asked_again, rows);
    printf("1 passed, 0 failed\n");
    return 0;
}
