/*
 * unit/tally_run.h: the `tally` program of this test's own build, run as an operator runs it: words
 * in, exit code and what it printed out. Include once.
 */
#ifndef UNIT_TALLY_RUN_H
#define UNIT_TALLY_RUN_H

#include <sqlite3.h>

#include "crash/world.h"

#define TALLY_OUT_BYTES 65536

static struct world *world;
static char tally_path[PATH_MAX];
static char tally_data[PATH_MAX]; /* TALLYSTICK_DATA of the next run */
static char tally_folder[PATH_MAX];
static char tally_out[TALLY_OUT_BYTES]; /* standard output and error of the last run */
static const char *tally_settings = ""; /* more of the environment, as the shell writes it */

/* Runs `tally WORDS`, WORDS as a shell reads them. */
__attribute__((format(printf, 1, 2))) static int tally_run(const char *format, ...)
{
    char words[4096];
    char command[16384];
    va_list arguments;
    va_start(arguments, format);
    CHECK(vsnprintf(words, sizeof words, format, arguments) < (int)sizeof words, "too many words");
    va_end(arguments);
    CHECK(snprintf(command, sizeof command,
                   "TALLYSTICK_DATA='%s' TALLYSTICK_RUN='%s' %s '%s' %s >'%s/out' 2>&1 </dev/null",
                   tally_data, world->run_dir, tally_settings, tally_path, words,
                   world->folder) < (int)sizeof command,
          "too long a command");
    int end = system(command);
    CHECK(WIFEXITED(end), "tally %s ended with %d", words, end);
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%.4000s/out", world->folder);
    FILE *file = fopen(path, "rb");
    CHECK(file != NULL, "tally said nothing");
    size_t size_bytes = fread(tally_out, 1, sizeof tally_out - 1, file);
    tally_out[size_bytes] = '\0';
    fclose(file);
    return WEXITSTATUS(end);
}

/* The run must end with this code and say these words. */
#define TALLY(code, said, ...)                                                                     \
    do {                                                                                           \
        int ended = tally_run(__VA_ARGS__);                                                        \
        CHECK(ended == (code), "ended with %d, not %d: %s", ended, (code), tally_out);             \
        CHECK(strstr(tally_out, said) != NULL, "does not say \"%s\" but: %s", (said), tally_out);  \
    } while (0)

/* The next runs are about a folder of their own, not made yet. */
static inline void tally_in(const char *name)
{
    (void)snprintf(tally_folder, sizeof tally_folder, "%.2000s/%s", world->folder, name);
    memcpy(tally_data, tally_folder, sizeof tally_data);
}

static inline void tally_in_world(void)
{
    (void)snprintf(tally_data, sizeof tally_data, "%.4000s", world->data_dir);
}

/* SQL in a database of the folder that the runs are about; what the schema's triggers forbid too.
 */
static int64_t tally_sql(const char *file, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static int64_t tally_sql(const char *file, const char *format, ...)
{
    char sql[4096];
    char path[2 * PATH_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(sql, sizeof sql, format, arguments);
    va_end(arguments);
    (void)snprintf(path, sizeof path, "%s/%s", tally_data, file);
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    int64_t number = 0;
    CHECK(sqlite3_open(path, &db) == SQLITE_OK, "cannot open %s", path);
    CHECK(sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK, "%s: %s", sql,
          sqlite3_errmsg(db));
    int code = sqlite3_step(statement);
    CHECK(code == SQLITE_ROW || code == SQLITE_DONE, "%s: %s", sql, sqlite3_errmsg(db));
    if (code == SQLITE_ROW) {
        number = sqlite3_column_int64(statement, 0);
    }
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return number;
}

static inline void tally_write(const char *name, const char *words)
{
    char path[2 * PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/%s", tally_data, name);
    FILE *file = fopen(path, "wb");
    CHECK(file != NULL && fputs(words, file) >= 0, "cannot write %s", path);
    fclose(file);
}

static inline bool tally_has(const char *name)
{
    char path[2 * PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/%s", tally_data, name);
    return access(path, F_OK) == 0;
}

#endif
