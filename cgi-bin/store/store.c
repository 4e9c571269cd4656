/* store/store.c: see store/store.h. Opening a file, transactions, the sticky fault. */
#include "store/store.h"

#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/must.h"
#include "base/text.h"
#include "store/inside.h"
#include "store/wal_file.h"

#define STORES_MAX                                                                                 \
    4 /* open files of one process: registry and people, with room for a tool that compares two */
#define BUSY_MS_MAX 5000 /* people.db: several writers, each brief */

/* The room's own statements, prepared in every store before the caller's. */
enum { OWN_BEGIN, OWN_BEGIN_IMMEDIATE, OWN_COMMIT, OWN_ROLLBACK, OWN__COUNT };
static const char *const own_sql[] = {
    [OWN_BEGIN] = "BEGIN",
    [OWN_BEGIN_IMMEDIATE] = "BEGIN IMMEDIATE",
    [OWN_COMMIT] = "COMMIT",
    [OWN_ROLLBACK] = "ROLLBACK",
};
static const struct query_table own_queries = {"store", own_sql, OWN__COUNT};

static struct store stores[STORES_MAX];
static bool is_other; /* store_is_other */

static struct store *take_store(void);
static bool open_file(struct store *store, const char *path);
static bool set_up(struct store *store);
static void set_limits(sqlite3 *db);
static bool is_wal_file(sqlite3 *db);
static bool is_ours(struct store *store, const char *path);
static bool prepare_table(struct store *store, const struct query_table *table);
static bool has_table(const struct store *store, const struct query_table *table);
static bool run_own(struct store *store, int number);
static int note_wal(void *context, sqlite3 *db, const char *name, int pages);

struct store *store_open(enum store_file file, enum store_mode mode, const char *path,
                         const struct query_table *const *tables)
{
    must(path != NULL && tables != NULL);
    store_set_up_library();
    is_other = false;
    struct store *store = take_store();
    store->file = file;
    store->mode = mode;
    if (!open_file(store, path) || !set_up(store) || !is_ours(store, path) ||
        !prepare_table(store, &own_queries)) {
        store_close(store);
        return NULL;
    }
    for (size_t i = 0; tables[i] != NULL; i++) {
        if (!has_table(store, tables[i]) && !prepare_table(store, tables[i])) {
            store_close(store);
            return NULL;
        }
    }
    return store;
}

void store_close(struct store *store)
{
    if (store == NULL) {
        return;
    }
    for (size_t i = 0; i < store->statement_count; i++) {
        (void)sqlite3_finalize(store->statements[i]);
    }
    (void)sqlite3_close(store->db);
    *store = (struct store){0};
}

bool store_is_other(void)
{
    return is_other;
}

void store_widen(struct store *store)
{
    int64_t pages = sysconf(_SC_PHYS_PAGES);
    int64_t page_bytes = sysconf(_SC_PAGESIZE);
    /* An eighth of the memory: the daemon and the web programs go on beside it. */
    if (pages > 0 && page_bytes > 0 && pages / 8 >= (SCAN_CACHE_KIB * INT64_C(1024)) / page_bytes) {
        _Static_assert(SCAN_CACHE_KIB == 2097152, "the number below");
        (void)sqlite3_exec(store->db, "PRAGMA cache_size = -2097152", NULL, NULL, NULL);
    }
}

bool store_fault(const struct store *store)
{
    return store->fault;
}

bool store_is_busy(const struct store *store)
{
    return store->fault && store->is_busy;
}

void store_settle(struct store *store)
{
    for (size_t i = 0; i < store->used_count; i++) {
        sqlite3_stmt *statement = store->statements[store->used[i]];
        (void)sqlite3_reset(statement);
        /* A request that ran out of memory never came to query_end: what it bound lies in memory
         * that is gone, and the next use of the statement may leave a parameter out. */
        (void)sqlite3_clear_bindings(statement);
        store->is_used[store->used[i]] = false;
    }
    store->used_count = 0;
    store->fault = false;
    store->is_busy = false;
    if (sqlite3_get_autocommit(store->db) == 0) {
        (void)run_own(store, OWN_ROLLBACK);
        store->fault = false;
    }
}

void store_begin_read(struct store *store)
{
    if (!store->fault && sqlite3_get_autocommit(store->db) != 0) {
        (void)run_own(store, OWN_BEGIN);
    }
}

bool store_begin_write(struct store *store)
{
    must(store->mode == STORE_WRITE);
    return run_own(store, OWN_BEGIN_IMMEDIATE);
}

bool store_commit(struct store *store)
{
    if (store->fault || !run_own(store, OWN_COMMIT)) {
        store_rollback(store);
        return false;
    }
    must(sqlite3_get_autocommit(store->db) != 0);
    return true;
}

void store_rollback(struct store *store)
{
    /* After some errors SQLite has rolled back already. */
    if (sqlite3_get_autocommit(store->db) != 0) {
        return;
    }
    bool fault = store->fault;
    (void)run_own(store, OWN_ROLLBACK);
    store->fault = store->fault || fault;
}

int64_t store_changes(const struct store *store)
{
    return sqlite3_total_changes64(store->db);
}

int store_checkpoint(struct store *store, bool truncate)
{
    must(store->mode == STORE_WRITE && store->file == STORE_REGISTRY);
    must(sqlite3_get_autocommit(store->db) != 0);
    int frames = -1;
    int kept = -1;
    int mode = truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
    /* a reader is never waited for: there is a next time */
    (void)sqlite3_busy_timeout(store->db, 0);
    int code = sqlite3_wal_checkpoint_v2(store->db, NULL, mode, &frames, &kept);
    (void)sqlite3_busy_timeout(store->db, BUSY_MS_MAX);
    if (code != SQLITE_OK && code != SQLITE_BUSY) {
        store_note_fault(store, "checkpoint", code);
        return -1;
    }
    store->wal_pages = frames;
    return frames;
}

int store_wal_pages(const struct store *store)
{
    return store->wal_pages;
}

static int note_wal(void *context, sqlite3 *db, const char *name, int pages)
{
    (void)db;
    (void)name;
    ((struct store *)context)->wal_pages = pages;
    return SQLITE_OK;
}

void store_note_fault(struct store *store, const char *doing, int code)
{
    bool is_first = !store->fault;
    store->fault = true;
    store->is_busy = (code & 0xff) == SQLITE_BUSY && (is_first || store->is_busy);
    log_event("fault", "store", "doing", doing, "code", log_int(code), "message",
              sqlite3_errmsg(store->db), NULL);
}

void store_set_up_library(void)
{
    static bool is_done;
    if (!is_done) {
        is_done = true;
        /* A process that has used SQLite before us (a test) keeps its settings; that is slower, not
         * wrong. */
        (void)sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
        (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    }
}

/* A free place of the fixed table; more open files than that is a bug. */
static struct store *take_store(void)
{
    for (size_t i = 0; i < STORES_MAX; i++) {
        if (!stores[i].is_taken) {
            stores[i] = (struct store){.is_taken = true};
            return &stores[i];
        }
    }
    must(!"no more stores");
    return NULL;
}

/* What store/wal_file.h needs of the file. */
static bool overwrites_safely(sqlite3 *db)
{
    sqlite3_file *file = NULL;
    return sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK &&
           file != NULL && file->pMethods != NULL &&
           (file->pMethods->xDeviceCharacteristics(file) & SQLITE_IOCAP_POWERSAFE_OVERWRITE) != 0;
}

static bool open_file(struct store *store, const char *path)
{
    bool gathers = store->file == STORE_REGISTRY && store->mode == STORE_WRITE;
    int flags = store->mode == STORE_WRITE ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
    const char *vfs = gathers ? wal_file_vfs() : NULL;
    int code = gathers && vfs == NULL
                   ? SQLITE_ERROR
                   : sqlite3_open_v2(path, &store->db, flags | SQLITE_OPEN_NOMUTEX, vfs);
    if (code != SQLITE_OK) {
        log_event("error", "store-open", "path", path, "message",
                  "the database file cannot be opened; was it made with `tally init`?", "cause",
                  store->db == NULL ? sqlite3_errstr(code) : sqlite3_errmsg(store->db), NULL);
        return false;
    }
    if (gathers && !overwrites_safely(store->db)) {
        log_event("error", "store-open", "path", path, "message",
                  "SQLite does not trust this file system to leave a sector's other bytes alone",
                  NULL);
        return false;
    }
    (void)sqlite3_extended_result_codes(store->db, 1);
    return true;
}

static bool set_up(struct store *store)
{
    if (!store_set_safe(store->db, store->file)) {
        log_event("error", "store-open", "message", "the database refuses a safety setting",
                  "cause", sqlite3_errmsg(store->db), NULL);
        return false;
    }
    set_limits(store->db);
    (void)sqlite3_wal_hook(store->db, note_wal, store);
    if (store->mode != STORE_WRITE &&
        sqlite3_exec(store->db, "PRAGMA query_only = ON", NULL, NULL, NULL) != SQLITE_OK) {
        return false;
    }
    return true;
}

bool store_set_safe(sqlite3 *db, enum store_file file)
{
    (void)sqlite3_busy_timeout(db, BUSY_MS_MAX);
    int on = 0;
    bool good = sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, &on) == SQLITE_OK && on == 1;
    good =
        good && sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_FKEY, 1, &on) == SQLITE_OK && on == 1;
    good = good && sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, &on) == SQLITE_OK &&
           on == 0;
    good = good &&
           sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, &on) == SQLITE_OK &&
           on == 0;
    /* safety.md section 1: nobody but the daemon, by store_checkpoint, moves pages out of the WAL.
     */
    good = good && sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, &on) == SQLITE_OK &&
           on == 1;
    good = good && sqlite3_exec(db,
                                "PRAGMA synchronous = FULL;"
                                "PRAGMA cell_size_check = ON;"
                                "PRAGMA mmap_size = 0;"
                                "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536;"
                                "PRAGMA wal_autocheckpoint = 0",
                                NULL, NULL, NULL) == SQLITE_OK;
    int64_t number = 0;
    good = good && store_pragma(db, "PRAGMA foreign_keys", &number) && number == 1;
    good = good && store_pragma(db, "PRAGMA synchronous", &number) && number == 2;
    if (file == STORE_REGISTRY) {
        int keep = 1;
        good =
            good && sqlite3_file_control(db, "main", SQLITE_FCNTL_PERSIST_WAL, &keep) == SQLITE_OK;
    } else {
        /* Emptied, not removed, after each commit: with FULL that is synced, so a commit survives
         * power loss. */
        good = good &&
               sqlite3_exec(db, "PRAGMA journal_mode = TRUNCATE", NULL, NULL, NULL) == SQLITE_OK;
    }
    return good;
}

/* Nothing here needs more; what is not needed cannot be abused. */
static void set_limits(sqlite3 *db)
{
    static const int limits[][2] = {
        {SQLITE_LIMIT_LENGTH, 4 * 1024 * 1024},
        {SQLITE_LIMIT_SQL_LENGTH, 65536},
        {SQLITE_LIMIT_COLUMN, 200},
        {SQLITE_LIMIT_EXPR_DEPTH, 200},
        {SQLITE_LIMIT_COMPOUND_SELECT, 16},
        {SQLITE_LIMIT_VDBE_OP, 100000},
        {SQLITE_LIMIT_FUNCTION_ARG, 16},
        {SQLITE_LIMIT_ATTACHED, 0},
        {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 2048},
        {SQLITE_LIMIT_VARIABLE_NUMBER, 99},
        {SQLITE_LIMIT_TRIGGER_DEPTH, 8},
        {SQLITE_LIMIT_WORKER_THREADS, 0},
    };
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        (void)sqlite3_limit(db, limits[i][0], limits[i][1]);
    }
}

bool store_pragma(sqlite3 *db, const char *sql, int64_t *number)
{
    sqlite3_stmt *statement = NULL;
    bool good = sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK &&
                sqlite3_step(statement) == SQLITE_ROW;
    if (good) {
        *number = sqlite3_column_int64(statement, 0);
    }
    (void)sqlite3_finalize(statement);
    return good;
}

static bool is_wal_file(sqlite3 *db)
{
    sqlite3_stmt *statement = NULL;
    bool is_wal =
        sqlite3_prepare_v2(db, "PRAGMA journal_mode", -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW &&
        text_is((const char *)sqlite3_column_text(statement, 0), "wal");
    (void)sqlite3_finalize(statement);
    return is_wal;
}

/* Is it one of our files, of the version that this program was built for? */
static bool is_ours(struct store *store, const char *path)
{
    int64_t application = 0;
    int64_t version = 0;
    /* NOLINTNEXTLINE(bugprone-branch-clone): each file counts its own versions, equal or not. */
    int64_t wanted = store->file == STORE_REGISTRY ? STORE_REGISTRY_VERSION : STORE_PEOPLE_VERSION;
    if (!store_pragma(store->db, "PRAGMA application_id", &application) ||
        !store_pragma(store->db, "PRAGMA user_version", &version)) {
        log_event(
            "error", "store-open", "path", path, "message",
            store->file == STORE_REGISTRY
                ? "the registry cannot be read; if its -wal and -shm files are missing, start "
                  "the ledger daemon first"
                : "the database cannot be read",
            "cause", sqlite3_errmsg(store->db), NULL);
        return false;
    }
    is_other = true;
    if (application != store_application_id(store->file)) {
        log_event("error", "store-open", "path", path, "message",
                  store->file == STORE_REGISTRY ? "this file is not a Tallystick registry"
                                                : "this file is not a Tallystick people database",
                  "application-id", log_int(application), NULL);
        return false;
    }
    if (store->file == STORE_REGISTRY && is_wal_file(store->db) == (store->mode == STORE_COPY)) {
        log_event("error", "store-open", "path", path, "message",
                  store->mode == STORE_COPY
                      ? "the copy is in WAL mode: it is not of a backup"
                      : "the registry is not in WAL mode: some other tool has changed it, or it is "
                        "of a backup, which is only served after `tally restore`",
                  NULL);
        return false;
    }
    if (version != wanted) {
        log_event("error", "store-open", "path", path, "message",
                  version < wanted ? "the database is older than this program: run `tally migrate`"
                                   : "the database is newer than this program",
                  "version", log_int(version), "wanted", log_int(wanted), NULL);
        return false;
    }
    is_other = false;
    return true;
}

int64_t store_application_id(enum store_file file)
{
    /* "TLYr" and "TLYp". */
    return file == STORE_REGISTRY ? INT64_C(0x544C5972) : INT64_C(0x544C5970);
}

static bool prepare_table(struct store *store, const struct query_table *table)
{
    must(store->table_count < STORE_TABLES_MAX);
    must(store->statement_count + table->count <= STORE_STATEMENTS_MAX);
    store->tables[store->table_count] =
        (struct store_table){.table = table, .first_statement = store->statement_count};
    store->table_count++;
    for (size_t i = 0; i < table->count; i++) {
        must(table->sql[i] != NULL);
        const char *tail = NULL;
        sqlite3_stmt *statement = NULL;
        int code = sqlite3_prepare_v3(store->db, table->sql[i], -1, SQLITE_PREPARE_PERSISTENT,
                                      &statement, &tail);
        if (code != SQLITE_OK || statement == NULL || !text_empty(tail)) {
            log_event("error", "store-prepare", "table", table->name, "query", log_int((int)i),
                      "message",
                      code != SQLITE_OK ? sqlite3_errmsg(store->db)
                                        : "one statement is wanted, no more and no less",
                      "sql", table->sql[i], NULL);
            (void)sqlite3_finalize(statement);
            return false;
        }
        store->statements[store->statement_count++] = statement;
    }
    return true;
}

static bool has_table(const struct store *store, const struct query_table *table)
{
    for (size_t i = 0; i < store->table_count; i++) {
        if (store->tables[i].table == table) {
            return true;
        }
    }
    return false;
}

/* The own table is prepared first, so its numbers are places. */
static bool run_own(struct store *store, int number)
{
    must(number >= 0 && number < OWN__COUNT && store->statement_count >= OWN__COUNT);
    int code = sqlite3_step(store->statements[number]);
    (void)sqlite3_reset(store->statements[number]);
    if (code != SQLITE_DONE) {
        store_note_fault(store, own_sql[number], code);
        return false;
    }
    return true;
}
