/*
 * unit/import_room.h: a new registry in a temporary folder, and the subcommands of tally run in it
 * with what they print caught. Include it once, from a test's .c file.
 */
#ifndef UNIT_IMPORT_ROOM_H
#define UNIT_IMPORT_ROOM_H

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/must.h"
#include "import/import.h"
#include "import/print.h"
#include "ledger/operate.h"
#include "ledger/way.h"

#define ROOM_WORDS_MAX 16
#define ROOM_UNUSED __attribute__((unused))

static struct arena room_arena;
static char room_folder[64];
static char room_out[1 << 17]; /* what the last subcommand printed */
static char room_err[1 << 17];

static const char *room_path(const char *name)
{
    static char paths[8][160];
    static unsigned next;
    char *path = paths[next++ % 8];

    print_into(path, sizeof paths[0], "%s/%s", room_folder, name);
    return path;
}

/* Writes a file into the room; returns its path. */
ROOM_UNUSED static const char *room_write(const char *name, const char *text)
{
    const char *path = room_path(name);
    FILE *file = fopen(path, "wb");

    must(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
    return path;
}

static void room_catch(const char *name, char *text, size_t size)
{
    FILE *file = fopen(room_path(name), "rb");

    must(file != NULL);
    size_t n = fread(text, 1, size - 1, file);
    text[n] = '\0';
    fclose(file);
}

static int room_redirect(const char *name, int to)
{
    int kept = dup(to);
    int fd = open(room_path(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

    must(kept >= 0 && fd >= 0 && dup2(fd, to) == to);
    close(fd);
    return kept;
}

/* Runs a subcommand as `tally WORDS`; words end with NULL. Returns its exit code. */
ROOM_UNUSED static int room_run(int (*run)(int, char **, const struct tally *),
                                const char *const *words)
{
    char copies[ROOM_WORDS_MAX][200];
    char *argv[ROOM_WORDS_MAX + 1];
    int argc = 0;
    struct tally tally = {.arena = &room_arena,
                          .data_dir = room_folder,
                          .run_dir = room_folder,
                          .schema_dir = "schema"};

    if (room_arena.bytes == NULL) {
        arena_map(&room_arena, (size_t)256 * 1024 * 1024);
    }
    arena_reset(&room_arena, 0);
    tally.registry_path = arena_text(&room_arena, room_path("registry.db"));
    tally.people_path = arena_text(&room_arena, room_path("people.db"));
    for (; words[argc] != NULL; argc++) {
        must(argc < ROOM_WORDS_MAX);
        PRINT_INTO(copies[argc], "%s", words[argc]);
        argv[argc] = copies[argc];
    }
    argv[argc] = NULL;
    fflush(NULL);
    int out = room_redirect("out", STDOUT_FILENO);
    int err = room_redirect("err", STDERR_FILENO);
    tally.way = way_make();
    int code = run(argc, argv, &tally);
    way_close(tally.way);
    fflush(NULL);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    close(out);
    close(err);
    room_catch("out", room_out, sizeof room_out);
    room_catch("err", room_err, sizeof room_err);
    return code;
}

#define ROOM_RUN(run, ...) room_run(run, (const char *const[]){__VA_ARGS__, NULL})

/* One number from the registry. */
ROOM_UNUSED static int64_t room_number(const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;

    must(sqlite3_open_v2(room_path("registry.db"), &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK);
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK) {
        fprintf(stderr, "%s\n%s\n", sql, sqlite3_errmsg(db));
        abort();
    }
    int64_t number =
        sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : -1;
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return number;
}

/* A new registry. For cmocka's set-up and tear-down. */
ROOM_UNUSED static int room_enter(void **state)
{
    (void)state;
    PRINT_INTO(room_folder, "/tmp/tallystick-room-XXXXXX");
    must(mkdtemp(room_folder) != NULL);
    must(ROOM_RUN(operate_init, "init", "--demo", "--tag", "TST") == 0);
    return 0;
}

ROOM_UNUSED static int room_leave(void **state)
{
    char command[128];

    (void)state;
    PRINT_INTO(command, "rm -rf '%s'", room_folder);
    must(system(command) == 0);
    return 0;
}

#endif
