/*
 * unit/step_fault.h: this program stands between the store and SQLite: a step of a statement fails
 * when it is told to. Include once, from a test's .c file; works because the store calls SQLite in
 * a shared library.
 */
#ifndef UNIT_STEP_FAULT_H
#define UNIT_STEP_FAULT_H

#include <dlfcn.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

static int64_t steps_left;       /* until the one that fails; 0: none will */
static const char *step_failing; /* NULL, or steps of statements that begin so fail, all of them */
static bool has_failed;

/* The next steps are counted; the number'th fails. */
static inline void step_fails(int64_t number)
{
    has_failed = false;
    steps_left = number;
}

static bool step_is_ours(const char *sql)
{
    /* Settings are made by sqlite3_exec, which asks the statement itself what became of it; and the
     * end of reading loses nothing. */
    return sql != NULL && strncmp(sql, "PRAGMA", 6) != 0 && strcmp(sql, "ROLLBACK") != 0;
}

int sqlite3_step(sqlite3_stmt *statement)
{
    static int (*real)(sqlite3_stmt *);
    static int depth; /* SQLite steps through statements of its own within a step */
    if (real == NULL) {
        *(void **)&real = dlsym(RTLD_NEXT, "sqlite3_step");
    }
    const char *sql = sqlite3_sql(statement);
    if (depth == 0 && step_is_ours(sql)) {
        bool is_told =
            step_failing != NULL && strncmp(sql, step_failing, strlen(step_failing)) == 0;
        if (is_told || (steps_left > 0 && --steps_left == 0)) {
            has_failed = true;
            return SQLITE_IOERR;
        }
    }
    depth++;
    int code = real(statement);
    depth--;
    return code;
}

/* The lines about faults are expected; they would only disturb the report. */
static inline void step_quiet(bool is_quiet)
{
    static int error_fd = -1;
    if (is_quiet) {
        int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
        error_fd = dup(STDERR_FILENO);
        dup2(nowhere, STDERR_FILENO);
        close(nowhere);
    } else {
        dup2(error_fd, STDERR_FILENO);
        close(error_fd);
    }
}

#endif
