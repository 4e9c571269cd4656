/* store/migrate.c: store_migrate of store/store.h: makes a database file from numbered SQL files,
 * or brings an older one forward. */
#include <dirent.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/must.h"
#include "base/text.h"
#include "store/inside.h"
#include "store/store.h"

#define MIGRATIONS_MAX 200
#define FILE_NAME_SIZE 128
#define SCRIPT_BYTES_MAX 262144 /* the first registry file is 27 kB */
#define NUMBER_CHARS 3          /* 001_registry.sql */

struct migrations {
    size_t count;                                   /* files 001 … count, without a gap */
    char names[MIGRATIONS_MAX + 1][FILE_NAME_SIZE]; /* by number */
};

static bool find_files(const char *schema_dir, struct migrations *migrations);
static int file_number(const char *name);
static bool read_script(const char *schema_dir, const char *name, char *script);
static bool open_for_change(const char *path, enum store_file file, sqlite3 **db);
static bool find_version(sqlite3 *db, const char *path, enum store_file file, int64_t *version);
static bool run_script(sqlite3 *db, enum store_file file, const char *script, int64_t version);
static enum status bring_forward(sqlite3 *db, enum store_file file, const char *path,
                                 const char *schema_dir, const struct migrations *migrations);
static bool say_failed(sqlite3 *db, const char *message);

enum status store_migrate(enum store_file file, const char *path, const char *schema_dir)
{
    static struct migrations
        migrations; /* too large for the stack; used once per process and file */
    migrations = (struct migrations){0};
    if (!find_files(schema_dir, &migrations)) {
        return STATUS_FAULT;
    }
    sqlite3 *db = NULL;
    enum status status = STATUS_FAULT;
    if (open_for_change(path, file, &db)) {
        status = bring_forward(db, file, path, schema_dir, &migrations);
    }
    if (status == STATUS_OK && file == STORE_REGISTRY) {
        /* Only the ledger's own process comes here, so this checkpoint races with nobody. */
        (void)sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    }
    (void)sqlite3_close(db);
    return status;
}

static enum status bring_forward(sqlite3 *db, enum store_file file, const char *path,
                                 const char *schema_dir, const struct migrations *migrations)
{
    static char script[SCRIPT_BYTES_MAX];
    int64_t version = 0;
    if (!find_version(db, path, file, &version)) {
        return STATUS_FAULT;
    }
    if (version > (int64_t)migrations->count) {
        log_event("error", "migrate", "path", path, "message",
                  "the database is newer than the newest schema file", "version", log_int(version),
                  NULL);
        return STATUS_FAULT;
    }
    /* Not before: this writes into the file, and so far it may have been anybody's. */
    if (file == STORE_REGISTRY &&
        sqlite3_exec(db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL) != SQLITE_OK) {
        (void)say_failed(db, "the registry cannot be put into WAL mode");
        return STATUS_FAULT;
    }
    for (int64_t number = version + 1; number <= (int64_t)migrations->count; number++) {
        const char *name = migrations->names[number];
        if (!read_script(schema_dir, name, script) || !run_script(db, file, script, number)) {
            log_event("error", "migrate", "path", path, "file", name, "message",
                      "this schema file could not be applied; the database is as it was before it",
                      NULL);
            return STATUS_FAULT;
        }
        log_event("info", "migrate", "path", path, "file", name, NULL);
    }
    return STATUS_OK;
}

/* Every file of the folder that is named NNN_….sql, from 001 without a gap or a double. */
static bool find_files(const char *schema_dir, struct migrations *migrations)
{
    DIR *folder = opendir(schema_dir);
    if (folder == NULL) {
        log_event("error", "migrate", "folder", schema_dir, "message", strerror(errno), NULL);
        return false;
    }
    size_t found = 0;
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        int number = file_number(entry->d_name);
        if (number < 0) {
            continue;
        }
        if (number == 0 || number > MIGRATIONS_MAX || migrations->names[number][0] != '\0' ||
            !TEXT_COPY(migrations->names[number], entry->d_name)) {
            log_event("error", "migrate", "file", entry->d_name, "message",
                      "its number is used twice or out of range", NULL);
            (void)closedir(folder);
            return false;
        }
        found++;
        migrations->count = (size_t)number > migrations->count ? (size_t)number : migrations->count;
    }
    (void)closedir(folder);
    if (found == 0 || found != migrations->count) {
        log_event("error", "migrate", "folder", schema_dir, "message",
                  "the schema files are not numbered from 001 without a gap", NULL);
        return false;
    }
    return true;
}

/* 17 for "017_words.sql"; -1 when the name is of another form. */
static int file_number(const char *name)
{
    size_t size_bytes = strlen(name);
    if (size_bytes < NUMBER_CHARS + 1 + 4 || name[NUMBER_CHARS] != '_' ||
        strcmp(name + size_bytes - 4, ".sql") != 0) {
        return -1;
    }
    int number = 0;
    for (int i = 0; i < NUMBER_CHARS; i++) {
        if (name[i] < '0' || name[i] > '9') {
            return -1;
        }
        number = number * 10 + (name[i] - '0');
    }
    return number;
}

static bool read_script(const char *schema_dir, const char *name, char *script)
{
    char path[1024];
    int size = snprintf(path, sizeof(path), "%s/%s", schema_dir, name);
    if (size < 0 || (size_t)size >= sizeof(path)) {
        return false;
    }
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        log_event("error", "migrate", "file", path, "message", strerror(errno), NULL);
        return false;
    }
    size_t got_bytes = fread(script, 1, SCRIPT_BYTES_MAX, file);
    bool good = ferror(file) == 0 && got_bytes < SCRIPT_BYTES_MAX;
    (void)fclose(file);
    script[good ? got_bytes : 0] = '\0';
    return good && strlen(script) == got_bytes;
}

static bool open_for_change(const char *path, enum store_file file, sqlite3 **db)
{
    store_set_up_library();
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path, db, flags, NULL) != SQLITE_OK) {
        return say_failed(*db, "the database file cannot be opened");
    }
    (void)sqlite3_extended_result_codes(*db, 1);
    if (!store_set_safe(*db, file)) {
        return say_failed(*db, "the database refuses a safety setting");
    }
    return true;
}

/* 0 for an empty file; false for a file that is not ours. */
static bool find_version(sqlite3 *db, const char *path, enum store_file file, int64_t *version)
{
    int64_t application = 0;
    int64_t things = 0;
    if (!store_pragma(db, "PRAGMA application_id", &application) ||
        !store_pragma(db, "PRAGMA user_version", version) ||
        !store_pragma(db, "SELECT count(*) FROM sqlite_schema", &things)) {
        return say_failed(db, "the database cannot be read");
    }
    bool is_empty = application == 0 && *version == 0 && things == 0;
    if (!is_empty && application != store_application_id(file)) {
        log_event("error", "migrate", "path", path, "message",
                  "this file holds something else and is left alone", NULL);
        return false;
    }
    return true;
}

/* One file, its version and the mark in one transaction. */
static bool run_script(sqlite3 *db, enum store_file file, const char *script, int64_t version)
{
    char marks[128];
    int size =
        snprintf(marks, sizeof(marks), "PRAGMA application_id = %lld; PRAGMA user_version = %lld",
                 (long long)store_application_id(file), (long long)version);
    must(size > 0 && (size_t)size < sizeof(marks));
    bool good = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK &&
                sqlite3_exec(db, script, NULL, NULL, NULL) == SQLITE_OK &&
                sqlite3_exec(db, marks, NULL, NULL, NULL) == SQLITE_OK &&
                sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
    if (!good) {
        (void)say_failed(db, "the script failed");
        (void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    }
    return good;
}

static bool say_failed(sqlite3 *db, const char *message)
{
    log_event("error", "migrate", "message", message, "cause",
              db == NULL ? "out of memory" : sqlite3_errmsg(db), NULL);
    return false;
}
