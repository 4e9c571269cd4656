/* tests/unit/backup_test.c: `tally backup` and `tally restore`: what they make, what they refuse,
 * and what is left when they are killed at any point. Each runs in a child of its own, for it sets
 * its umask and may be killed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "import/import.h"
#include "ledger/backup.h"
#include "ledger/operate.h"
#include "ledger/part.h"
#include "ledger/way.h"
#include "store/backup.h"

#define TOKEN_HASH(letter) "CAST('" letter "2345678901234567890123456789012' AS BLOB)"

static struct arena arena;
static char room[64];          /* holds data/, b/ (backups), and what a test makes */
static char said[8192];        /* by the last run, on both streams */
static int64_t file_bytes_max; /* 0, or no file can be longer in the next run */

static const char *in_room(const char *name)
{
    return arena_printf(&arena, "%s/%s", room, name);
}

/* ------------------------------------------------------------------ running */

static int run_in_child(int (*act)(int, char **, const struct tally *), const char *one,
                        const char *two, const char *three, const char *four)
{
    const char *given[] = {one, two, three, four, NULL};
    static char copies[4][512];
    char *words[5] = {NULL};
    int count = 0;
    while (given[count] != NULL) {
        assert_true(TEXT_COPY(copies[count], given[count]));
        words[count] = copies[count];
        count++;
    }
    const char *schema = getenv("TALLYSTICK_SCHEMA");
    struct tally tally = {.arena = &arena,
                          .data_dir = in_room("data"),
                          .run_dir = in_room("data"),
                          .schema_dir = text_empty(schema) ? "schema" : schema,
                          .registry_path = in_room("data/registry.db"),
                          .people_path = in_room("data/people.db"),
                          .way = way_make()};
    if (file_bytes_max > 0) {
        struct rlimit limit = {.rlim_cur = (rlim_t)file_bytes_max,
                               .rlim_max = (rlim_t)file_bytes_max};
        setrlimit(RLIMIT_FSIZE, &limit);
        signal(SIGXFSZ, SIG_IGN);
    }
    int code = act(count, words, &tally);
    way_close(tally.way);
    fflush(stdout);
    return code;
}

static pid_t start(int (*act)(int, char **, const struct tally *), const char *one, const char *two,
                   const char *three, const char *four, bool is_traced)
{
    const char *said_path = in_room("said");
    fflush(stdout);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int to = open(said_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        dup2(to, STDOUT_FILENO);
        dup2(to, STDERR_FILENO);
        if (is_traced) {
            ptrace(PTRACE_TRACEME, 0, NULL, NULL);
            raise(SIGSTOP);
        }
        int code = run_in_child(act, one, two, three, four);
        if (is_traced) {
            _exit(code); /* the leak checker does not work under ptrace */
        }
        exit(code); /* with the counters of `make coverage` */
    }
    return child;
}

/* The exit code; `said` holds what was said. */
static int run(int (*act)(int, char **, const struct tally *), const char *one, const char *two,
               const char *three, const char *four)
{
    int end = 0;
    pid_t child = start(act, one, two, three, four, false);
    assert_int_equal(waitpid(child, &end, 0), child);
    FILE *from = fopen(in_room("said"), "re");
    assert_non_null(from);
    said[fread(said, 1, sizeof said - 1, from)] = '\0';
    fclose(from);
    if (!WIFEXITED(end)) {
        fail_msg("%s ended by signal %d: %s", one, WTERMSIG(end), said);
    }
    return WEXITSTATUS(end);
}

static int backup(const char *name)
{
    return run(operate_backup, "backup", in_room("b"), "--name", name);
}

static int restore(const char *name, const char *to)
{
    return run(operate_restore, "restore", in_room(arena_printf(&arena, "b/%s", name)), in_room(to),
               NULL);
}

static void good(int code)
{
    if (code != 0) {
        fail_msg("exit code %d: %s", code, said);
    }
}

static void refused_with(int code, const char *words)
{
    if (code != 1 || strstr(said, words) == NULL) {
        fail_msg("exit code %d, \"%s\" is not in: %s", code, words, said);
    }
}

/* ------------------------------------------------------------------ looking */

static void shell(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void shell(const char *format, ...)
{
    char command[1024];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(command, sizeof command, format, arguments);
    va_end(arguments);
    if (system(command) != 0) {
        fail_msg("%s", command);
    }
}

static bool is_there(const char *name)
{
    struct stat file;
    return lstat(in_room(name), &file) == 0;
}

static unsigned mode_of(const char *name)
{
    struct stat file;
    assert_int_equal(lstat(in_room(name), &file), 0);
    return file.st_mode & 07777;
}

static int entries(const char *name)
{
    DIR *folder = opendir(in_room(name));
    assert_non_null(folder);
    int count = 0;
    while (readdir(folder) != NULL) {
        count++;
    }
    closedir(folder);
    return count - 2;
}

static void run_sql(const char *file, const char *sql)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(in_room(file), &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 2000);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) {
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    }
    sqlite3_close(db);
}

static int64_t number(const char *file, const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_open_v2(in_room(file), &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK ||
        sqlite3_step(statement) != SQLITE_ROW) {
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    }
    int64_t value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return value;
}

/* Of every row of every table. */
static struct digest dump(const char *file)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *tables = NULL;
    struct digest_feed feed;
    int rows = 0;
    digest_begin(&feed);
    assert_int_equal(sqlite3_open_v2(in_room(file), &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(db, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name",
                           -1, &tables, NULL),
        SQLITE_OK);
    while (sqlite3_step(tables) == SQLITE_ROW) {
        char sql[128];
        sqlite3_stmt *statement = NULL;
        (void)snprintf(sql, sizeof sql, "SELECT * FROM %s", sqlite3_column_text(tables, 0));
        assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
        for (; sqlite3_step(statement) == SQLITE_ROW; rows++) {
            for (int i = 0; i < sqlite3_column_count(statement); i++) {
                digest_add_text(&feed, (const char *)sqlite3_column_text(statement, i));
            }
        }
        sqlite3_finalize(statement);
    }
    assert_true(rows > 10);
    sqlite3_finalize(tables);
    sqlite3_close(db);
    return digest_end(&feed);
}

static void same(const char *one, const char *other)
{
    struct digest first = dump(one);
    struct digest second = dump(other);
    if (!digest_equal(&first, &second)) {
        fail_msg("%s and %s differ", one, other);
    }
}

/* Turns one bit of one byte. */
static void damage(const char *name, int64_t offset)
{
    int fd = open(in_room(name), O_RDWR | O_CLOEXEC);
    unsigned char byte = 0;
    assert_true(fd >= 0);
    assert_int_equal(pread(fd, &byte, 1, offset), 1);
    byte ^= 0x10;
    assert_int_equal(pwrite(fd, &byte, 1, offset), 1);
    close(fd);
}

static int64_t size_of(const char *name)
{
    struct stat file;
    assert_int_equal(stat(in_room(name), &file), 0);
    return file.st_size;
}

static struct manifest manifest_of(const char *name)
{
    char text[MANIFEST_SIZE] = "";
    struct manifest manifest;
    FILE *from = fopen(in_room(arena_printf(&arena, "b/%s/manifest", name)), "re");
    assert_non_null(from);
    text[fread(text, 1, sizeof text - 1, from)] = '\0';
    fclose(from);
    assert_int_equal(manifest_read(text, &manifest), MANIFEST_GOOD);
    return manifest;
}

/* An honest manifest of whatever lies in the folder now. */
static void write_manifest(const char *name, struct manifest manifest)
{
    struct part part = {.fd = -1};
    char text[MANIFEST_SIZE];
    (void)snprintf(part.path, sizeof part.path, "%s/b/%s", room, name);
    for (int i = 0; i < MANIFEST__FILES; i++) {
        struct digest digest;
        assert_true(part_digest(&part, manifest_file_name((enum manifest_place)i),
                                &manifest.files[i].size_bytes, &digest));
        digest_hex(&digest, manifest.files[i].sha256);
    }
    size_t size_bytes = manifest_write(&manifest, text);
    assert_int_equal(unlink(in_room(arena_printf(&arena, "b/%s/manifest", name))), 0);
    assert_true(part_write(&part, MANIFEST_NAME, text, size_bytes));
}

/* Nothing was restored and nothing was left. */
static void nothing_at(const char *to)
{
    assert_false(is_there(to));
    assert_false(is_there(arena_printf(&arena, "%s" PART_SUFFIX, to)));
}

/* ------------------------------------------------------------------ set up */

static int set_up(void **state)
{
    (void)state;
    if (arena.size_bytes == 0) {
        arena_map(&arena, 268435456);
    }
    arena_reset(&arena, 0);
    file_bytes_max = 0;
    strcpy(room, "/tmp/tallystick-backup-XXXXXX");
    assert_non_null(mkdtemp(room));
    assert_int_equal(mkdir(in_room("b"), 0755), 0);
    good(run(operate_init, "init", "--tag", "TST", NULL));
    good(run(demo_main, "demo", NULL, NULL, NULL));
    run_sql(
        "data/people.db",
        "INSERT INTO session (token_hash, session_id, user_id, form_token, made_at, seen_at, "
        "ends_at) SELECT " TOKEN_HASH(
            "a") ", 'ses_1', user_id, 'f', 1, 2, 3 FROM person "
                 "LIMIT 1;"
                 "UPDATE password_link SET used_at = 7 WHERE token_hash = (SELECT min(token_hash) "
                 "FROM "
                 "password_link);"
                 "INSERT INTO password (user_id, hash, set_at) SELECT user_id, 'h', 1 FROM person "
                 "WHERE true ON CONFLICT DO NOTHING;"
                 "INSERT INTO sign_in_throttle VALUES ('e:1', 3, 1, 2);"
                 "INSERT INTO draft (draft_id, user_id, org_id, kind, made_at, changed_at) SELECT "
                 "'drf_1KNS0Q2D6SBX0A01', user_id, '', 'external', 1, 1 FROM person LIMIT 1");
    /* Of each two, one that is good and one that was revoked before the backup. */
    run_sql(
        "data/people.db",
        "INSERT INTO signing_key VALUES ('key_1KNS0Q2D6SBX0A01', 'HS256', 'e30', 'i', "
        "zeroblob(32), x'', 1, NULL);"
        "INSERT INTO client_secret (client_id, org_id, name, secret_hash, made_by, made_at) "
        "VALUES ('cls_1KNS0Q2D6SBX0A01', 'o', 'ERP', " TOKEN_HASH(
            "b") ", '', 1),"
                 " ('cls_1KNS0Q2D6SBX0A02', 'o', 'Old ERP', " TOKEN_HASH(
                     "c") ", '', 1);"
                          "INSERT INTO access_token (token_id, user_id, org_id, name, token_hash, "
                          "key_id, scopes, "
                          "made_by, made_at, expires_at) VALUES ('tok_1KNS0Q2D6SBX0A01', "
                          "'usr_1KNS0Q2D6SBX0A01', 'o', 'Job', " TOKEN_HASH(
                              "d") ", 'key_1KNS0Q2D6SBX0A01', 1, "
                                   "'', 1, 9000000000000000), ('tok_1KNS0Q2D6SBX0A02', "
                                   "'usr_1KNS0Q2D6SBX0A02', 'o', "
                                   "'Old job', " TOKEN_HASH(
                                       "e") ", 'key_1KNS0Q2D6SBX0A01', 1, '', 1, 9000000000000000);"
                                            "UPDATE client_secret SET revoked_at = 7, revoked_by = "
                                            "'usr_1' WHERE name = 'Old ERP';"
                                            "UPDATE access_token SET revoked_at = 7, revoked_by = "
                                            "'usr_1' WHERE name = 'Old job'");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    shell("rm -rf '%s'", room);
    return 0;
}

/* ------------------------------------------------------------------ manifest */

static void a_manifest_is_read_as_written_and_no_other_way(void **state)
{
    (void)state;
    struct manifest manifest = {.made_at = INT64_C(1764101700123456),
                                .tag = "TST",
                                .registry_version = 1,
                                .people_version = 2,
                                .acts = 34,
                                .act_at = INT64_C(1764101700000001)};
    for (int i = 0; i < MANIFEST__FILES; i++) {
        struct digest digest = digest_of("x", 1);
        manifest.files[i].size_bytes = 4096 + i;
        digest_hex(&digest, manifest.files[i].sha256);
    }
    char text[MANIFEST_SIZE];
    struct manifest back;
    size_t size_bytes = manifest_write(&manifest, text);
    assert_int_equal(strlen(text), size_bytes);
    assert_int_equal(manifest_read(text, &back), MANIFEST_GOOD);
    assert_memory_equal(&back, &manifest, sizeof manifest);
    for (size_t i = 0; i < size_bytes; i++) {
        for (int bit = 0; bit < 8; bit++) {
            text[i] = (char)(text[i] ^ (1 << bit));
            assert_int_not_equal(manifest_read(text, &back), MANIFEST_GOOD);
            text[i] = (char)(text[i] ^ (1 << bit));
        }
        char cut = text[i];
        text[i] = '\0';
        assert_int_not_equal(manifest_read(text, &back), MANIFEST_GOOD);
        text[i] = cut;
    }
    text[size_bytes] = '\n';
    text[size_bytes + 1] = '\0';
    assert_int_equal(manifest_read(text, &back), MANIFEST_DAMAGED);
    assert_int_equal(manifest_read("tallystick-backup 2\nwhatever 3\n", &back),
                     MANIFEST_OF_ANOTHER_FORM);
    manifest.acts = 0;
    manifest.act_at = 0;
    manifest_write(&manifest, text);
    assert_int_equal(manifest_read(text, &back), MANIFEST_GOOD);
    assert_int_equal(back.acts, 0);
}

/* ------------------------------------------------------------------ what they make */

static void a_backup_is_the_live_files_and_closed_to_others(void **state)
{
    (void)state;
    good(backup("one"));
    assert_non_null(strstr(said, "up to act"));
    assert_int_equal(mode_of("b/one"), 0700);
    assert_int_equal(mode_of("b/one/registry.db"), 0600);
    assert_int_equal(mode_of("b/one/people.db"), 0600);
    assert_int_equal(mode_of("b/one/manifest"), 0600);
    assert_int_equal(entries("b/one"), 3);
    assert_int_equal(entries("b"), 1);
    same("data/registry.db", "b/one/registry.db");
    same("data/people.db", "b/one/people.db");
    struct manifest manifest = manifest_of("one");
    assert_string_equal(manifest.tag, "TST");
    assert_int_equal(manifest.acts, number("data/registry.db", "SELECT max(seq) FROM act"));
    assert_int_equal(manifest.act_at,
                     number("data/registry.db", "SELECT max(recorded_at) FROM act"));
    assert_int_equal(manifest.files[MANIFEST_REGISTRY].size_bytes, size_of("b/one/registry.db"));
    /* The digests are those that sha256sum prints. */
    shell("cd %s/b/one && awk '/\\.db / { print $3 \"  \" $1 }' manifest | sha256sum -c --quiet",
          room);
    /* Nobody serves it by mistake. */
    static const struct query_table *const no_tables[] = {NULL};
    assert_null(store_open(STORE_REGISTRY, STORE_WRITE, in_room("b/one/registry.db"), no_tables));
    assert_null(store_open(STORE_REGISTRY, STORE_COPY, in_room("data/registry.db"), no_tables));
    assert_int_equal(entries("b/one"), 3);
}

static void a_name_is_made_of_tag_and_time(void **state)
{
    (void)state;
    good(run(operate_backup, "backup", in_room("b"), NULL, NULL));
    DIR *folder = opendir(in_room("b"));
    assert_non_null(folder);
    int found = 0;
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (entry->d_name[0] != '.') {
            assert_int_equal(strlen(entry->d_name), strlen("TST-20261125T201500Z"));
            assert_true(text_starts(entry->d_name, "TST-2"));
            found++;
        }
    }
    closedir(folder);
    assert_int_equal(found, 1);
}

static void a_restored_folder_is_as_init_makes_it_and_ends_all_access(void **state)
{
    (void)state;
    int64_t links = number("data/people.db", "SELECT count(*) FROM password_link");
    assert_true(links > 1);
    good(backup("one"));
    good(restore("one", "new"));
    assert_non_null(strstr(said, "TALLYSTICK_DATA="));
    assert_non_null(strstr(said, "1 sessions"));
    assert_int_equal(mode_of("new"), 0750);
    assert_int_equal(mode_of("new/registry.db"), 0640);
    assert_int_equal(mode_of("new/people.db"), 0640);
    same("data/registry.db", "new/registry.db");
    assert_int_equal(number("new/people.db", "SELECT count(*) FROM session"), 0);
    assert_int_equal(number("new/people.db", "SELECT count(*) FROM password_link"), links);
    assert_int_equal(
        number("new/people.db", "SELECT count(*) FROM password_link WHERE used_at IS NULL"), 0);
    assert_int_equal(
        number("new/people.db", "SELECT count(*) FROM password_link WHERE used_at = 7"), 1);
    assert_non_null(strstr(said, "1 access tokens and 1 client secrets"));
    assert_int_equal(
        number("new/people.db", "SELECT count(*) FROM access_token WHERE revoked_at IS NULL"), 0);
    assert_int_equal(
        number("new/people.db", "SELECT count(*) FROM client_secret WHERE revoked_at IS NULL"), 0);
    assert_int_equal(number("new/people.db", "SELECT (SELECT count(*) FROM access_token WHERE "
                                             "revoked_at = 7 AND revoked_by = 'usr_1') + (SELECT "
                                             "count(*) FROM client_secret WHERE revoked_at = 7)"),
                     2);
    assert_int_equal(
        number("data/people.db", "SELECT count(*) FROM access_token WHERE revoked_at IS NULL"), 1);
    assert_int_equal(number("new/people.db", "SELECT count(*) FROM sign_in_throttle"), 1);
    assert_int_equal(number("new/people.db", "SELECT count(*) FROM draft"),
                     number("data/people.db", "SELECT count(*) FROM draft"));
    assert_int_equal(number("new/people.db", "SELECT count(*) FROM password"),
                     number("data/people.db", "SELECT count(*) FROM password"));
    /* It can be written to as a registry, and backed up again. */
    static const struct query_table *const no_tables[] = {NULL};
    struct store *store =
        store_open(STORE_REGISTRY, STORE_WRITE, in_room("new/registry.db"), no_tables);
    assert_non_null(store);
    store_close(store);
    shell("rm -rf %s/data && mv %s/new %s/data", room, room, room);
    good(backup("two"));
    same("b/one/registry.db", "b/two/registry.db");
    assert_int_equal(mkdir(in_room("empty"), 0755), 0);
    good(restore("two", "empty"));
}

/* A program that died while it wrote to people.db: what it wrote is undone before the copy. */
static void an_interrupted_write_to_people_is_not_in_it(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        sqlite3 *db = NULL;
        sqlite3_open(in_room("data/people.db"), &db);
        sqlite3_exec(db,
                     "PRAGMA journal_mode = TRUNCATE; PRAGMA cache_size = 1; BEGIN IMMEDIATE;"
                     "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                     "2000) INSERT INTO sign_in_throttle SELECT 'x:' || i, 1, 1, 1 FROM n;"
                     "UPDATE person SET name = 'Nobody'",
                     NULL, NULL, NULL);
        kill(getpid(), SIGKILL);
    }
    int end = 0;
    waitpid(child, &end, 0);
    assert_true(size_of("data/people.db-journal") > 0);
    good(backup("one"));
    assert_int_equal(number("b/one/people.db", "SELECT count(*) FROM sign_in_throttle"), 1);
    assert_int_equal(number("b/one/people.db", "SELECT count(*) FROM person WHERE name = 'Nobody'"),
                     0);
}

/* A person unknown to the registry is not a reason to have no backup, but to say so. */
static void a_stranger_is_mentioned(void **state)
{
    (void)state;
    run_sql("data/people.db", "INSERT INTO person VALUES ('usr_1KNS0Q2D6SBX0Z01', 'Z', "
                              "'z@example.org', 'active', 1)");
    good(backup("one"));
    assert_non_null(strstr(said, "warning: 1 persons"));
}

/* ------------------------------------------------------------------ people.db under writers */

struct writing {
    int64_t writes, slowest_us;
    bool stop, failed;
};

static void write_people(struct writing *writing)
{
    sqlite3 *db = NULL;
    sqlite3_open(in_room("data/people.db"), &db);
    sqlite3_busy_timeout(db, 5000);
    while (!__atomic_load_n(&writing->stop, __ATOMIC_SEQ_CST)) {
        int64_t began_us = clock_steady_us();
        /* Two places of the file in one act. */
        if (sqlite3_exec(db,
                         "BEGIN IMMEDIATE;"
                         "UPDATE sign_in_throttle SET failures = failures + 1 WHERE subject = "
                         "'e:1';"
                         "UPDATE sign_in_throttle SET failures = failures + 1 WHERE subject = "
                         "'z:1'; COMMIT",
                         NULL, NULL, NULL) != SQLITE_OK) {
            writing->failed = true;
            break;
        }
        int64_t took_us = clock_steady_us() - began_us;
        writing->slowest_us = took_us > writing->slowest_us ? took_us : writing->slowest_us;
        __atomic_add_fetch(&writing->writes, 1, __ATOMIC_SEQ_CST);
        poll(NULL, 0, 3);
    }
    sqlite3_close(db);
    _exit(0);
}

/* Waits until there are so many at least; returns how many there are. */
static int64_t await_writes(struct writing *writing, int64_t count)
{
    int64_t until_us = clock_steady_us() + 60 * CLOCK_SECOND_US;
    int64_t writes;
    while ((writes = __atomic_load_n(&writing->writes, __ATOMIC_SEQ_CST)) < count) {
        assert_true(clock_steady_us() < until_us);
        poll(NULL, 0, 1);
    }
    return writes;
}

static void writers_of_people_go_on_and_every_copy_is_one_moment(void **state)
{
    (void)state;
    run_sql("data/people.db",
            "UPDATE sign_in_throttle SET failures = 0;"
            "INSERT INTO sign_in_throttle VALUES ('z:1', 0, 1, 1);"
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)"
            " INSERT INTO sign_in_throttle SELECT 'f:' || i || hex(zeroblob(100)), 1, 1, 1 FROM n");
    assert_true(size_of("data/people.db") > 10000000);
    struct writing *writing =
        mmap(NULL, sizeof *writing, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(writing != MAP_FAILED);
    pid_t child = fork();
    if (child == 0) {
        write_people(writing);
    }
    char words[BACKUP_WORDS_SIZE] = "";
    int64_t writes = 0;
    int64_t longest_us = 0;
    for (int i = 0; i < 5; i++) {
        const char *copy = arena_printf(&arena, "copy-%d.db", i);
        writes = await_writes(writing, writes + 2);
        int64_t began_us = clock_steady_us();
        if (!backup_copy(STORE_PEOPLE, in_room("data/people.db"), in_room(copy), words)) {
            fail_msg("%s", words);
        }
        int64_t took_us = clock_steady_us() - began_us;
        longest_us = took_us > longest_us ? took_us : longest_us;
        int64_t one = number(copy, "SELECT failures FROM sign_in_throttle WHERE subject = 'e:1'");
        assert_int_equal(
            one, number(copy, "SELECT failures FROM sign_in_throttle WHERE subject = 'z:1'"));
        assert_true(one >= writes);
        assert_int_equal(number(copy, "SELECT count(*) FROM pragma_integrity_check "
                                      "WHERE integrity_check = 'ok'"),
                         1);
    }
    __atomic_store_n(&writing->stop, true, __ATOMIC_SEQ_CST);
    int end = 0;
    waitpid(child, &end, 0);
    assert_false(writing->failed);
    /* The busy time-out of the web programs is 5 s. Nobody waits for more than one copy, which is
     * as long as this machine makes it. */
    assert_true(writing->slowest_us < 2000000 + longest_us);
    munmap(writing, sizeof *writing);
}

/* ------------------------------------------------------------------ what they refuse */

static void words_that_are_not_understood(void **state)
{
    (void)state;
    static const char *const names[] = {"",    ".x",     "-x",   "a/b",     "../x",
                                        "a b", "a.part", "a\nb", "\xc3\xa4"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_int_equal(backup(names[i]), 2);
    }
    assert_int_equal(run(operate_backup, "backup", NULL, NULL, NULL), 2);
    assert_int_equal(run(operate_backup, "backup", in_room("b"), "--name", NULL), 2);
    assert_int_equal(run(operate_backup, "backup", in_room("b"), in_room("b"), NULL), 2);
    assert_int_equal(run(operate_restore, "restore", NULL, NULL, NULL), 2);
    assert_int_equal(run(operate_restore, "restore", in_room("b"), NULL, NULL), 2);
    assert_int_equal(run(operate_restore, "restore", in_room("b"), "--force", NULL), 2);
    assert_int_equal(entries("b"), 0);
}

static void a_target_that_is_there_is_left_as_it_is(void **state)
{
    (void)state;
    good(backup("one"));
    shell("cp -a %s/b/one %s/before", room, room);
    refused_with(backup("one"), "something already");
    shell("diff -r %s/b/one %s/before", room, room);
    refused_with(restore("one", "data"), "something already");
    refused_with(restore("one", "b"), "something already");
    assert_int_equal(entries("b"), 1);
    shell("echo words >%s/file", room);
    refused_with(restore("one", "file"), "no folder");
    refused_with(run(operate_backup, "backup", in_room("file"), NULL, NULL), "no folder");
    refused_with(run(operate_backup, "backup", in_room("absent"), NULL, NULL), "no folder");
    refused_with(restore("one", "absent/new"), "cannot be made");
}

/* Changed where it lies it would be no backup any more: its digests are of what was backed up. */
static void a_backup_is_not_migrated_in_its_place(void **state)
{
    (void)state;
    good(backup("one"));
    shell("cp -a %s/b/one %s/before && mv %s/data %s/live && mv %s/b/one %s/data", room, room, room,
          room, room, room);
    refused_with(run(operate_migrate, "migrate", NULL, NULL, NULL), "is a backup");
    shell("diff -r %s/data %s/before", room, room);
}

static void no_registry_no_backup(void **state)
{
    (void)state;
    shell("mv %s/data %s/elsewhere", room, room);
    refused_with(backup("one"), "cannot be read");
    good(run(operate_init, "init", NULL, NULL, NULL));
    assert_int_equal(unlink(in_room("data/people.db")), 0);
    refused_with(backup("one"), "people.db was not copied");
    assert_int_equal(entries("b"), 0);
}

/* What does not verify is not kept under a name that says it is a backup. */
static void a_registry_that_is_not_sound_gives_no_backup(void **state)
{
    (void)state;
    run_sql("data/registry.db", "DROP TRIGGER act_no_update");
    refused_with(backup("one"), "not sound");
    assert_non_null(strstr(said, "act_no_update"));
    assert_non_null(strstr(said, "--with-violations makes it even so"));
    assert_int_equal(entries("b"), 0);
    /* Asked for, it is copied as it is, and restored only when that is asked for, too. */
    good(run(operate_backup, "backup", "--with-violations", in_room("b"), NULL));
    assert_non_null(strstr(said, "act_no_update"));
    assert_non_null(strstr(said, ": 1 VIOLATION\n"));
    assert_int_equal(entries("b"), 1);
    shell("mv %s/b/* %s/b/marred", room, room);
    refused_with(restore("marred", "new"), "not sound");
    nothing_at("new");
    good(run(operate_restore, "restore", "--with-violations", in_room("b/marred"), in_room("new")));
    assert_non_null(strstr(said, ": 1 VIOLATION\n"));
    run_sql("data/registry.db", "DROP TRIGGER act_no_delete");
    good(run(operate_backup, "backup", "--with-violations", in_room("b"), NULL));
    assert_non_null(strstr(said, ": 2 VIOLATIONS\n"));
    shell("rm -r %s/b/* %s/new", room, room);
    run_sql("data/registry.db", "CREATE TRIGGER act_no_update BEFORE UPDATE ON act BEGIN SELECT "
                                "RAISE(ABORT, 'acts are never changed'); END;"
                                "CREATE TRIGGER act_no_delete BEFORE DELETE ON act BEGIN SELECT "
                                "RAISE(ABORT, 'acts are never deleted'); END");
    good(backup("one"));
    run_sql("data/people.db", "PRAGMA foreign_keys = OFF; INSERT INTO password (user_id, hash, "
                              "set_at) VALUES ('usr_1KNS0Q2D6SBX0Z01', 'h', 1)");
    refused_with(backup("two"), "people.db is not sound");
    assert_int_equal(entries("b"), 1);
}

static void what_interrupted_runs_left_is_removed_and_nothing_else(void **state)
{
    (void)state;
    shell("mkdir %s/b/old.part && touch %s/b/old.part/registry.db %s/b/old.part/people.db", room,
          room, room);
    shell("mkdir %s/b/theirs.part && touch %s/b/theirs.part/letter", room, room);
    shell("touch %s/b/file.part && mkdir %s/b/held.part && touch %s/b/held.part/people.db", room,
          room, room);
    int held = open(in_room("b/held.part"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(flock(held, LOCK_EX), 0);
    good(backup("one"));
    assert_non_null(strstr(said, "removed what an interrupted run had left"));
    assert_false(is_there("b/old.part"));
    assert_true(is_there("b/theirs.part/letter") && is_there("b/file.part"));
    assert_true(is_there("b/held.part/people.db"));
    refused_with(backup("held"), "another tally is at work");
    refused_with(backup("theirs"), "not of an interrupted backup");
    close(held);
    good(backup("held"));
    assert_false(is_there("b/held.part"));
    shell("mkdir %s/new.part && touch %s/new.part/registry.db-wal", room, room);
    good(restore("one", "new"));
    assert_false(is_there("new.part"));
}

static void one_damaged_bit_is_found(void **state)
{
    (void)state;
    good(backup("one"));
    static const char *const names[] = {"registry.db", "people.db", "manifest"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *path = arena_printf(&arena, "b/one/%s", names[i]);
        int64_t size_bytes = size_of(path);
        for (int64_t place = 0; place < 4; place++) {
            int64_t offset = place == 3 ? size_bytes - 1 : 19 + place * (size_bytes / 3);
            damage(path, offset);
            refused_with(restore("one", "new"), i == 2 ? "manifest" : "is damaged");
            nothing_at("new");
            damage(path, offset);
        }
    }
    good(restore("one", "new"));
}

static void what_is_missing_or_cut_is_found(void **state)
{
    (void)state;
    static const char *const names[] = {"registry.db", "people.db", "manifest"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *name = arena_printf(&arena, "n%zu", i);
        good(backup(name));
        const char *path = in_room(arena_printf(&arena, "b/%s/%s", name, names[i]));
        assert_int_equal(truncate(path, i == 2 ? 100 : 8192), 0);
        refused_with(restore(name, "new"), "damaged");
        nothing_at("new");
        assert_int_equal(unlink(path), 0);
        refused_with(restore(name, "new"), "cannot be read");
        nothing_at("new");
    }
    refused_with(restore("absent", "new"), "manifest");
}

/* With honest digests: what is in the files is looked at too. */
static void files_of_another_version_or_kind_are_refused(void **state)
{
    (void)state;
    good(backup("one"));
    struct manifest manifest = manifest_of("one");
    manifest.registry_version = STORE_REGISTRY_VERSION + 1;
    write_manifest("one", manifest);
    refused_with(restore("one", "new"), "newer version");
    manifest = manifest_of("one");
    manifest.registry_version = STORE_REGISTRY_VERSION;
    manifest.people_version = 999;
    write_manifest("one", manifest);
    refused_with(restore("one", "new"), "newer version");

    manifest.people_version = STORE_PEOPLE_VERSION;
    run_sql("b/one/registry.db", "PRAGMA user_version = 999");
    write_manifest("one", manifest);
    refused_with(restore("one", "new"), "cannot be made ready");
    run_sql("b/one/registry.db",
            arena_printf(&arena, "PRAGMA user_version = %d; PRAGMA application_id = 7",
                         STORE_REGISTRY_VERSION));
    write_manifest("one", manifest);
    refused_with(restore("one", "new"), "cannot be made ready");

    good(backup("two"));
    manifest = manifest_of("two");
    shell("cd %s/b/two && mv people.db p && mv registry.db people.db && mv p registry.db", room);
    write_manifest("two", manifest);
    refused_with(restore("two", "new"), "cannot be made ready");

    good(backup("three"));
    manifest = manifest_of("three");
    manifest.acts++;
    write_manifest("three", manifest);
    refused_with(restore("three", "new"), "the manifest says");
    manifest.acts--;
    run_sql("b/three/registry.db", "UPDATE setting SET tag = 'XYZ'");
    write_manifest("three", manifest);
    refused_with(restore("three", "new"), "the manifest says");
    run_sql("b/three/registry.db", "UPDATE setting SET tag = 'TST'; DROP TRIGGER batch_dead");
    write_manifest("three", manifest);
    refused_with(restore("three", "new"), "not sound");
    nothing_at("new");
}

/* A backup of a registry that was founded with the first schema. */
static void an_older_backup_is_brought_forward(void **state)
{
    (void)state;
    const char *schema = getenv("TALLYSTICK_SCHEMA");
    schema = text_empty(schema) ? "schema" : schema;
    shell("mkdir %s/first %s/b/old && cp %s/registry/001_*.sql %s/first", room, room, schema, room);
    assert_int_equal(store_migrate(STORE_REGISTRY, in_room("b/old/registry.db"), in_room("first")),
                     STATUS_OK);
    run_sql("b/old/registry.db",
            "INSERT INTO setting (one, site_name, site_url, tag, is_demo, expiry_days, "
            "registry_approval_units) VALUES (1, 'Old', '', 'TST', 1, 14, 0);"
            "PRAGMA journal_mode = DELETE");
    good(backup("one"));
    shell("cp %s/b/one/people.db %s/b/one/manifest %s/b/old", room, room, room);
    run_sql("b/old/people.db", "DELETE FROM sign_in_throttle");
    struct manifest manifest = manifest_of("one");
    manifest.registry_version = 1;
    manifest.acts = 0;
    manifest.act_at = 0;
    write_manifest("old", manifest);
    good(restore("old", "new"));
    assert_int_equal(number("new/registry.db", "PRAGMA user_version"), STORE_REGISTRY_VERSION);
    assert_int_equal(number("b/old/registry.db", "PRAGMA user_version"), 1);
    assert_non_null(strstr(said, "unknown to the registry"));
}

static void a_full_disk_leaves_nothing(void **state)
{
    (void)state;
    good(backup("one"));
    int64_t people_bytes = size_of("b/one/people.db");
    int64_t registry_bytes = size_of("b/one/registry.db");
    const int64_t limits[] = {
        1, 4096, people_bytes - 1, people_bytes, registry_bytes / 2, registry_bytes - 1};
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        file_bytes_max = limits[i];
        assert_int_equal(backup("two"), 1);
        assert_int_equal(entries("b"), 1);
        assert_int_equal(restore("one", "new"), 1);
        nothing_at("new");
        file_bytes_max = 0;
    }
    good(backup("two"));
    good(restore("two", "new"));
    /* A disk that has less than is needed is refused before anything is written. */
    refused_with(run(operate_backup, "backup", "/proc", NULL, NULL), "is full");
}

/* ------------------------------------------------------------------ kill -9 */

/* Runs it until its nth call of the kernel and kills it there, or, when nth is negative, at the
 * -nth call after the folder `final` has got its name; how many calls it made. */
static int run_to_call(int (*act)(int, char **, const struct tally *), const char *one,
                       const char *two, const char *three, const char *four, const char *final,
                       int nth)
{
    int end = 0;
    int calls = 0;
    int calls_after = 0;
    bool is_entry = true;
    pid_t child = start(act, one, two, three, four, true);
    assert_int_equal(waitpid(child, &end, 0), child);
    assert_true(WIFSTOPPED(end) && WSTOPSIG(end) == SIGSTOP);
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): this call takes a number there */
    void *options = (void *)(uintptr_t)(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
    assert_int_equal(ptrace(PTRACE_SETOPTIONS, child, NULL, options), 0);
    for (;;) {
        assert_int_equal(ptrace(PTRACE_SYSCALL, child, NULL, NULL), 0);
        assert_int_equal(waitpid(child, &end, 0), child);
        if (!WIFSTOPPED(end)) {
            return calls;
        }
        if (WSTOPSIG(end) != (SIGTRAP | 0x80)) {
            continue;
        }
        if (is_entry) {
            calls++;
            calls_after += nth < 0 && is_there(final) ? 1 : 0;
            if (calls == nth || (nth < 0 && calls_after == -nth)) {
                kill(child, SIGKILL);
                waitpid(child, &end, 0);
                return calls;
            }
        }
        is_entry = !is_entry;
    }
}

#define KILLS_SPREAD 24 /* over the whole run */
#define KILLS_LATE 16   /* at every third of the calls at its end */
#define KILLS_AFTER 6   /* when the name is given and may not yet be on the disk */
#define KILLS (KILLS_SPREAD + KILLS_LATE + KILLS_AFTER)

static int kill_point(int calls, int number)
{
    return number < KILLS_SPREAD                ? 1 + (int)((int64_t)calls * number / KILLS_SPREAD)
           : number < KILLS_SPREAD + KILLS_LATE ? calls - 3 * (number - KILLS_SPREAD)
                                                : KILLS_SPREAD + KILLS_LATE - number - 1;
}

static void a_backup_killed_anywhere_is_whole_or_not_there(void **state)
{
    (void)state;
    int calls = run_to_call(operate_backup, "backup", in_room("b"), "--name", "whole", "b/whole",
                            INT32_MAX);
    assert_true(is_there("b/whole"));
    int left = 0;
    int whole = 0;
    size_t mark_bytes = arena.used_bytes;
    for (int i = 0; i < KILLS; i++) {
        (void)run_to_call(operate_backup, "backup", in_room("b"), "--name", "one", "b/one",
                          kill_point(calls, i));
        left += is_there("b/one.part") ? 1 : 0;
        if (is_there("b/one")) {
            assert_false(is_there("b/one.part"));
            good(restore("one", "new"));
            shell("rm -r %s/new %s/b/one", room, room);
            whole++;
        }
        if (i % 8 == 7 || i == KILLS - 1) {
            good(backup("one"));
            assert_int_equal(entries("b"), 2);
            shell("rm -r %s/b/one", room);
        }
        arena_reset(&arena, mark_bytes);
    }
    assert_true(left > KILLS_SPREAD / 2);
    assert_true(whole >= KILLS_AFTER);
    same("b/whole/registry.db", "data/registry.db");
}

static void a_restore_killed_anywhere_is_whole_or_not_there(void **state)
{
    (void)state;
    good(backup("one"));
    int calls = run_to_call(operate_restore, "restore", in_room("b/one"), in_room("whole"), NULL,
                            "whole", INT32_MAX);
    assert_true(is_there("whole"));
    int left = 0;
    int whole = 0;
    size_t mark_bytes = arena.used_bytes;
    for (int i = 0; i < KILLS; i++) {
        (void)run_to_call(operate_restore, "restore", in_room("b/one"), in_room("new"), NULL, "new",
                          kill_point(calls, i));
        left += is_there("new.part") ? 1 : 0;
        whole += is_there("new") ? 1 : 0;
        if (!is_there("new")) {
            good(restore("one", "new"));
        }
        assert_false(is_there("new.part"));
        assert_int_equal(number("new/people.db", "SELECT count(*) FROM session"), 0);
        assert_int_equal(number("new/registry.db", "SELECT max(seq) FROM act"),
                         number("data/registry.db", "SELECT max(seq) FROM act"));
        shell("rm -r %s/new", room);
        arena_reset(&arena, mark_bytes);
    }
    assert_true(left > KILLS_SPREAD / 2);
    assert_true(whole >= KILLS_AFTER);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_manifest_is_read_as_written_and_no_other_way),
        TEST(a_backup_is_the_live_files_and_closed_to_others),
        TEST(a_name_is_made_of_tag_and_time),
        TEST(a_restored_folder_is_as_init_makes_it_and_ends_all_access),
        TEST(an_interrupted_write_to_people_is_not_in_it),
        TEST(a_stranger_is_mentioned),
        TEST(writers_of_people_go_on_and_every_copy_is_one_moment),
        TEST(words_that_are_not_understood),
        TEST(a_target_that_is_there_is_left_as_it_is),
        TEST(a_backup_is_not_migrated_in_its_place),
        TEST(no_registry_no_backup),
        TEST(a_registry_that_is_not_sound_gives_no_backup),
        TEST(what_interrupted_runs_left_is_removed_and_nothing_else),
        TEST(one_damaged_bit_is_found),
        TEST(what_is_missing_or_cut_is_found),
        TEST(files_of_another_version_or_kind_are_refused),
        TEST(an_older_backup_is_brought_forward),
        TEST(a_full_disk_leaves_nothing),
        TEST(a_backup_killed_anywhere_is_whole_or_not_there),
        TEST(a_restore_killed_anywhere_is_whole_or_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
