/* store/backup.c: see store/backup.h. */
#include "store/backup.h"

#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "store/care.h"
#include "store/inside.h"
#include "store/query.h"
#include "store/rights.h"

#define STEP_PAGES 256 /* 1 MiB: some milliseconds during which nobody commits to people.db */
#define RESTARTS_MAX 5 /* then in one go: a busy people.db would never be copied in steps */
#define BUSY_ROUNDS 12 /* times the store's 5 s: nobody writes to people.db for a minute */
#define SOURCE_PATH_MAX 4096

enum {
    P_CHECK,
    P_FOREIGN_KEYS,
    P_PERSONS,
    P_END_SESSIONS,
    P_END_LINKS,
    P_END_TOKENS,
    P_END_CLIENTS,
    P__COUNT
};
static const char *const people_sql[P__COUNT] = {
    [P_CHECK] = "PRAGMA integrity_check(1)",
    [P_FOREIGN_KEYS] = "PRAGMA foreign_key_check",
    [P_PERSONS] = "SELECT user_id FROM person ORDER BY user_id",
    [P_END_SESSIONS] = "DELETE FROM session",
    [P_END_LINKS] = "UPDATE password_link SET used_at = ?1 WHERE used_at IS NULL",
    [P_END_TOKENS] = ("UPDATE access_token SET revoked_at = ?1, revoked_by = ''"
                      " WHERE revoked_at IS NULL AND expires_at > ?1"),
    [P_END_CLIENTS] =
        "UPDATE client_secret SET revoked_at = ?1, revoked_by = '' WHERE revoked_at IS NULL",
};
static const struct query_table people_queries = {"backup_people", people_sql, P__COUNT};
const struct query_table *const backup_people_tables[] = {
    &people_queries,
    &care_people_queries,
    NULL,
};

static int64_t end_by(struct store *people, int number, int64_t now_us);
static struct store *open_source(enum store_file file, const char *path);
static bool roll_back_if_hot(const char *people_path);
static bool copy_pages(struct store *from, const char *to_path, char words[BACKUP_WORDS_SIZE]);
static int copy_in_steps(sqlite3_backup *backup);
static bool leave_wal_mode(const char *path, char words[BACKUP_WORDS_SIZE]);
static bool say(char words[BACKUP_WORDS_SIZE], const char *what, int code, sqlite3 *db);

bool backup_copy(enum store_file file, const char *from_path, const char *to_path,
                 char words[BACKUP_WORDS_SIZE])
{
    struct store *from = open_source(file, from_path);
    if (from == NULL) {
        (void)snprintf(words, BACKUP_WORDS_SIZE, "the live file cannot be read");
        return false;
    }
    bool copied = copy_pages(from, to_path, words);
    store_close(from);
    return copied && (file == STORE_PEOPLE || leave_wal_mode(to_path, words));
}

bool backup_people_is_sound(struct store *people, char words[BACKUP_WORDS_SIZE])
{
    struct query q = query(people, &people_queries, P_CHECK);
    (void)text_copy(words, BACKUP_WORDS_SIZE, "it cannot be read");
    if (query_row(&q)) {
        query_text_into(&q, 0, words, BACKUP_WORDS_SIZE);
    }
    query_end(&q);
    bool is_sound = text_is(words, "ok");
    q = query(people, &people_queries, P_FOREIGN_KEYS);
    if (is_sound && query_row(&q)) {
        (void)text_copy(words, BACKUP_WORDS_SIZE, "a row refers to a person that is not there");
        is_sound = false;
    }
    query_end(&q);
    return is_sound && !store_fault(people);
}

int64_t backup_people_version(struct store *people)
{
    return care_people_version(people);
}

int64_t backup_strangers(struct store *people, struct store *registry, struct arena *arena)
{
    int64_t strangers = 0;
    size_t mark_bytes = arena->used_bytes;
    struct query q = query(people, &people_queries, P_PERSONS);
    while (query_row(&q)) {
        strangers += rights_of(registry, query_text(&q, arena, 0)).is_known ? 0 : 1;
        arena_reset(arena, mark_bytes);
    }
    query_end(&q);
    return store_fault(people) || store_fault(registry) ? -1 : strangers;
}

bool backup_end_access(const char *people_path, int64_t now_us, struct backup_ended *ended)
{
    *ended = (struct backup_ended){0};
    struct store *people = store_open(STORE_PEOPLE, STORE_WRITE, people_path, backup_people_tables);
    if (people == NULL || !store_begin_write(people)) {
        store_close(people);
        return false;
    }
    struct query q = query(people, &people_queries, P_END_SESSIONS);
    ended->sessions = query_run(&q) ? query_changes(&q) : 0;
    ended->links = end_by(people, P_END_LINKS, now_us);
    ended->tokens = end_by(people, P_END_TOKENS, now_us);
    ended->clients = end_by(people, P_END_CLIENTS, now_us);
    bool committed = store_commit(people);
    store_close(people);
    return committed;
}

static int64_t end_by(struct store *people, int number, int64_t now_us)
{
    struct query q = query(people, &people_queries, number);
    query_bind_int(&q, 1, now_us);
    return query_run(&q) ? query_changes(&q) : 0;
}

static struct store *open_source(enum store_file file, const char *path)
{
    static const struct query_table *const no_tables[] = {NULL};
    if (file == STORE_PEOPLE && !roll_back_if_hot(path)) {
        return NULL;
    }
    return store_open(file, STORE_READ, path, no_tables);
}

/* A program that died while it wrote leaves its journal behind, and who opens read-only may not
 * roll it back. A look with the right to write does so, if nobody is at work on it. */
static bool roll_back_if_hot(const char *people_path)
{
    char journal[SOURCE_PATH_MAX];
    struct stat file;
    int length = snprintf(journal, sizeof journal, "%s-journal", people_path);
    if (length < 0 || (size_t)length >= sizeof journal) {
        return false;
    }
    if (stat(journal, &file) != 0 || file.st_size == 0) {
        return true;
    }
    static const struct query_table *const no_tables[] = {NULL};
    struct store *people = store_open(STORE_PEOPLE, STORE_WRITE, people_path, no_tables);
    store_close(people);
    return people != NULL;
}

/* Without a journal and without syncs: a copy that was interrupted is thrown away, and nobody who
 * waits for people.db shall wait for the backup's disk. */
static bool copy_pages(struct store *from, const char *to_path, char words[BACKUP_WORDS_SIZE])
{
    sqlite3 *to = NULL;
    int code = sqlite3_open_v2(
        to_path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK) {
        (void)sqlite3_extended_result_codes(to, 1);
        code = sqlite3_exec(to, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", NULL, NULL,
                            NULL);
    }
    if (code != SQLITE_OK) {
        (void)say(words, "the copy cannot be made", code, to);
        (void)sqlite3_close(to);
        return false;
    }
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from->db, "main");
    code = sqlite3_errcode(to);
    if (backup != NULL) {
        code = from->file == STORE_PEOPLE ? copy_in_steps(backup) : sqlite3_backup_step(backup, -1);
        int finish = sqlite3_backup_finish(backup);
        code = code == SQLITE_DONE ? finish : code;
    }
    bool copied = backup != NULL && code == SQLITE_OK;
    if (!copied) {
        (void)say(words, "the copy could not be written to its end", code, NULL);
    }
    /* Closing writes nothing: without a journal every page is in the file. */
    (void)sqlite3_close(to);
    return copied;
}

static int copy_in_steps(sqlite3_backup *backup)
{
    int restarts = 0;
    int busy = 0;
    int left = INT_MAX;
    for (;;) {
        int code = sqlite3_backup_step(backup, restarts < RESTARTS_MAX ? STEP_PAGES : -1);
        if (code == SQLITE_DONE) {
            return code;
        }
        if (code == SQLITE_BUSY || code == SQLITE_LOCKED) {
            busy++;
            if (busy == BUSY_ROUNDS) {
                return code;
            }
            continue;
        }
        if (code != SQLITE_OK) {
            return code;
        }
        /* A step leaves fewer pages than the one before, or the copy has begun again. */
        int now = sqlite3_backup_remaining(backup);
        restarts += now >= left ? 1 : 0;
        left = now;
    }
}

static bool leave_wal_mode(const char *path, char words[BACKUP_WORDS_SIZE])
{
    sqlite3 *db = NULL;
    int code = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_exec(db,
                            "PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = OFF;"
                            "PRAGMA journal_mode = DELETE",
                            NULL, NULL, NULL);
    }
    bool left = code == SQLITE_OK || say(words, "the copy cannot be finished", code, db);
    (void)sqlite3_close(db);
    return left;
}

static bool say(char words[BACKUP_WORDS_SIZE], const char *what, int code, sqlite3 *db)
{
    int kind = code & 0xff;
    const char *cause = db == NULL ? sqlite3_errstr(code) : sqlite3_errmsg(db);
    bool may_be_full = kind == SQLITE_FULL || kind == SQLITE_IOERR;
    (void)snprintf(words, BACKUP_WORDS_SIZE, "%s: %s%s", what, cause,
                   may_be_full ? " (is there room on the disk?)" : "");
    return false;
}
