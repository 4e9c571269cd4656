/*
 * tally: the operator's command line. It asks the ledger daemon while that runs and writes
 * directly, under the same lock, while it is stopped: see ledger/tally.h.
 *
 * Environment: TALLYSTICK_DATA (folder of registry.db and people.db), TALLYSTICK_RUN (folder of the
 * daemon's sockets), TALLYSTICK_SCHEMA (folder of registry/ and people/; otherwise looked for
 * beside the program).
 */
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "gate/credential.h"
#include "gate/person_admin.h"
#include "import/import.h"
#include "ledger/backup.h"
#include "ledger/operate.h"
#include "ledger/way.h"

/* 256 MiB: the largest file to import and all it becomes; only what is used is real. */
#define TALLY_ARENA_BYTES 268435456

struct subcommand {
    const char *name;
    const char *words; /* what follows the name */
    const char *line;  /* what it does */
    int (*run)(int argc, char **argv, const struct tally *tally);
};

static const struct subcommand subcommands[] = {
    {"init", "[--name TEXT] [--url URL] [--tag XXX] [--demo]",
     "makes a new registry in TALLYSTICK_DATA", operate_init},
    {"migrate", "", "brings the databases to the newest schema", operate_migrate},
    {"verify", "", "checks every unit and every act; may run beside the daemon", operate_verify},
    {"backup", "FOLDER [--name NAME] [--with-violations]",
     "copies both databases into a new folder in FOLDER, while everything runs", operate_backup},
    {"restore", "[--with-violations] BACKUP NEW-FOLDER",
     "proves that a backup is whole and makes a data folder of it", operate_restore},
    {"status", "", "is the daemon running (exit code 3: no), what is in the registry",
     operate_status},
    {"expire", "", "ends the transfers whose time is up", operate_expire},
    {"freeze", "--reason TEXT", "stops all transfers until `tally thaw`", operate_freeze},
    {"thaw", "[--reason TEXT]", "lets transfers go on", operate_freeze},
    {"user", "…", "people: make one, give a role, make a one-time link (`tally user` says how)",
     user_main},
    {"api-credentials", "--organisation ORG …",
     "makes a client secret and an access token for the API, prints them as JSON", credential_main},
    {"api-revoke", "cls_… | tok_…", "ends a client secret or an access token at once",
     credential_revoke_main},
    {"api-key", "list | new [--algorithm HS256|EdDSA] | end KEY",
     "the keys that sign access tokens", credential_key_main},
    {"import", "isometric DIR | eutl FILE [--dry-run] …",
     "reads files from elsewhere (`tally import` says how)", import_main},
    {"demo", "[--links FILE]", "fills the registry with plainly named demonstration data",
     demo_main},
};
#define SUBCOMMANDS (sizeof subcommands / sizeof subcommands[0])

static const struct subcommand *find_subcommand(const char *name);
static void print_help(FILE *to);
static bool set_up(struct tally *tally, struct arena *arena, bool needs_data);
static const char *find_schema(struct arena *arena);

int main(int argc, char **argv)
{
    log_open("tally");
    if (argc < 2) {
        print_help(stderr);
        return 2;
    }
    if (text_is(argv[1], "help") || text_is(argv[1], "--help") || text_is(argv[1], "-h")) {
        print_help(stdout);
        return 0;
    }
    const struct subcommand *subcommand = find_subcommand(argv[1]);
    if (subcommand == NULL) {
        fprintf(stderr, "tally: there is no command \"%s\"; `tally help` lists them\n", argv[1]);
        return 2;
    }
    struct arena arena;
    struct tally tally = {.way = way_make()};
    arena_map(&arena, TALLY_ARENA_BYTES);
    /* A restore is told its folders: the live ones may be gone. */
    if (!set_up(&tally, &arena, subcommand->run != operate_restore)) {
        return 2;
    }
    int result = subcommand->run(argc - 1, argv + 1, &tally);
    way_close(tally.way);
    if (fflush(stdout) != 0) {
        fputs("tally: the report could not be written\n", stderr);
        return result == 0 ? 1 : result;
    }
    return result;
}

static const struct subcommand *find_subcommand(const char *name)
{
    for (size_t i = 0; i < SUBCOMMANDS; i++) {
        if (text_is(subcommands[i].name, name)) {
            return &subcommands[i];
        }
    }
    return NULL;
}

static void print_help(FILE *to)
{
    fputs("usage: tally COMMAND …   with TALLYSTICK_DATA (and, beside a running daemon, "
          "TALLYSTICK_RUN) set\n\n",
          to);
    for (size_t i = 0; i < SUBCOMMANDS; i++) {
        fprintf(to, "  %-15s %s\n", subcommands[i].name, subcommands[i].line);
        if (!text_empty(subcommands[i].words)) {
            fprintf(to, "                  tally %s %s\n", subcommands[i].name,
                    subcommands[i].words);
        }
    }
    fputs("  help            this list\n", to);
}

static bool set_up(struct tally *tally, struct arena *arena, bool needs_data)
{
    tally->arena = arena;
    tally->data_dir = getenv("TALLYSTICK_DATA");
    tally->run_dir = getenv("TALLYSTICK_RUN");
    tally->progress = isatty(STDERR_FILENO) == 1;
    if (text_empty(tally->data_dir) && needs_data) {
        fputs("tally: set TALLYSTICK_DATA to the folder of the registry's data, e.g. "
              "TALLYSTICK_DATA=/var/lib/tallystick\n",
              stderr);
        return false;
    }
    if (text_empty(tally->data_dir)) {
        tally->data_dir = "";
    }
    if (text_empty(tally->run_dir)) {
        tally->run_dir = tally->data_dir;
    }
    tally->schema_dir = find_schema(arena);
    tally->registry_path = arena_printf(arena, "%s/registry.db", tally->data_dir);
    tally->people_path = arena_printf(arena, "%s/people.db", tally->data_dir);
    return true;
}

/* From the environment, or where the program was built or installed: build/tally, cgi-bin/tally,
 * bin/tally, lib/tallystick/tally (which `make install` links to from bin). */
static const char *find_schema(struct arena *arena)
{
    static const char *const places[] = {"/../schema", "/schema", "/../share/tallystick/schema",
                                         "/../../schema", "/../../share/tallystick/schema"};
    const char *given = getenv("TALLYSTICK_SCHEMA");
    if (!text_empty(given)) {
        return given;
    }
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length <= 0) {
        return "schema";
    }
    self[length] = '\0';
    const char *folder = dirname(self);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        const char *path = arena_printf(arena, "%s%s", folder, places[i]);
        if (access(arena_printf(arena, "%s/registry/001_registry.sql", path), R_OK) == 0) {
            return path;
        }
    }
    return "schema";
}
