/* ledger/restore.c: `tally restore`; see ledger/backup.h. */
#include "ledger/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "ledger/part.h"
#include "store/backup.h"
#include "store/store.h"

struct restore_run {
    const struct tally *tally;
    bool allows_violations;
    const char *backup;
    struct part part;
    struct manifest manifest;
    struct backup_look look;
    struct backup_ended ended;
    char paths[MANIFEST__FILES][PATH_MAX];
};

static bool read_manifest(struct restore_run *run);
static bool versions_fit(const struct restore_run *run);
static bool make(struct restore_run *run);
static bool copy_both(struct restore_run *run);
static bool bring_to_life(struct restore_run *run);
static bool refused(const struct restore_run *run);
static void print_done(const struct restore_run *run, int64_t took_us);

int operate_restore(int argc, char **argv, const struct tally *tally)
{
    int64_t began_us = clock_steady_us();
    struct restore_run run = {.tally = tally, .part = {.fd = -1}};
    run.allows_violations = argc > 1 && text_is(argv[1], BACKUP_WITH_VIOLATIONS);
    if (run.allows_violations) {
        argv++;
        argc--;
    }
    if (argc != 3 || argv[1][0] == '\0' || argv[1][0] == '-' || argv[2][0] == '\0' ||
        argv[2][0] == '-') {
        fputs("usage: tally restore [" BACKUP_WITH_VIOLATIONS "] BACKUP NEW-FOLDER\n"
              "  BACKUP      a folder that `tally backup` made\n"
              "  NEW-FOLDER  is made: never the folder of the live data\n",
              stderr);
        return 2;
    }
    run.backup = argv[1];
    (void)umask(0027); /* as `tally init` */
    bool restored = read_manifest(&run) && versions_fit(&run) &&
                    (part_begin(&run.part, argv[2], 0750) || refused(&run)) && make(&run);
    part_drop(&run.part);
    if (!restored) {
        fputs("tally: nothing was restored\n", stderr);
        return 1;
    }
    print_done(&run, clock_steady_us() - began_us);
    return 0;
}

static bool read_manifest(struct restore_run *run)
{
    char text[MANIFEST_SIZE] = "";
    const char *path = arena_printf(run->tally->arena, "%s/" MANIFEST_NAME, run->backup);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got_bytes = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    const char *why = strerror(errno);
    if (fd >= 0) {
        (void)close(fd);
    }
    if (got_bytes < 0) {
        fprintf(stderr,
                "tally: %s cannot be read: %s. A folder without a manifest is no whole backup\n",
                path, why);
        return false;
    }
    switch (manifest_read(text, &run->manifest)) {
    case MANIFEST_GOOD:
        return true;
    case MANIFEST_OF_ANOTHER_FORM:
        fprintf(stderr, "tally: %s was written by another version of Tallystick\n", path);
        return false;
    case MANIFEST_DAMAGED:
    default:
        fprintf(stderr, "tally: %s is damaged: take another backup\n", path);
        return false;
    }
}

/* Older ones are brought forward, newer ones cannot be understood. */
static bool versions_fit(const struct restore_run *run)
{
    const struct manifest *manifest = &run->manifest;
    if (manifest->registry_version <= STORE_REGISTRY_VERSION &&
        manifest->people_version <= STORE_PEOPLE_VERSION) {
        return true;
    }
    fprintf(stderr,
            "tally: this backup is of a newer version (registry schema %" PRId64
            ", people schema %" PRId64 ") than this program (%d, %d): install that first\n",
            manifest->registry_version, manifest->people_version, STORE_REGISTRY_VERSION,
            STORE_PEOPLE_VERSION);
    return false;
}

static bool make(struct restore_run *run)
{
    if (!copy_both(run) || !bring_to_life(run)) {
        return false;
    }
    if (run->tally->progress) {
        fputs("Checking what was restored …\n", stderr);
    }
    if (!backup_look_through(run->tally, STORE_READ, run->paths[MANIFEST_PEOPLE],
                             run->paths[MANIFEST_REGISTRY], run->allows_violations, &run->look)) {
        return false;
    }
    if (run->look.acts != run->manifest.acts || !text_is(run->look.tag, run->manifest.tag)) {
        fprintf(stderr,
                "tally: registry.db holds %" PRId64 " acts, the manifest says %" PRId64 "\n",
                run->look.acts, run->manifest.acts);
        return false;
    }
    for (int i = 0; i < MANIFEST__FILES; i++) {
        if (!part_settle(&run->part, manifest_file_name((enum manifest_place)i))) {
            return refused(run);
        }
    }
    return part_finish(&run->part) || refused(run);
}

static bool copy_both(struct restore_run *run)
{
    for (int i = 0; i < MANIFEST__FILES; i++) {
        const char *name = manifest_file_name((enum manifest_place)i);
        const char *from = arena_printf(run->tally->arena, "%s/%s", run->backup, name);
        int64_t size_bytes = 0;
        struct digest digest;
        if (run->tally->progress) {
            fprintf(stderr, "Copying %s …\n", name);
        }
        if (!part_copy(&run->part, name, from, &size_bytes, &digest)) {
            return refused(run);
        }
        if (!manifest_file_is(&run->manifest.files[i], size_bytes, &digest)) {
            fprintf(stderr,
                    "tally: %s is damaged: its bytes are not those that were backed up. Take "
                    "another backup\n",
                    from);
            return false;
        }
        part_file(&run->part, name, run->paths[i]);
    }
    return true;
}

/* What `tally init` and `tally migrate` do: modes of the files, schema of today; and what was ended
 * after the backup stays ended. */
static bool bring_to_life(struct restore_run *run)
{
    const struct tally *tally = run->tally;
    const char *registry_schema = arena_printf(tally->arena, "%s/registry", tally->schema_dir);
    const char *people_schema = arena_printf(tally->arena, "%s/people", tally->schema_dir);
    if (store_migrate(STORE_REGISTRY, run->paths[MANIFEST_REGISTRY], registry_schema) !=
            STATUS_OK ||
        store_migrate(STORE_PEOPLE, run->paths[MANIFEST_PEOPLE], people_schema) != STATUS_OK) {
        fputs("tally: the copies cannot be made ready for this program; the lines above say why\n",
              stderr);
        return false;
    }
    if (!backup_end_access(run->paths[MANIFEST_PEOPLE], clock_now_us(), &run->ended)) {
        fputs("tally: the sessions and tokens of people.db could not be ended; is there room on "
              "the disk?\n",
              stderr);
        return false;
    }
    return true;
}

static bool refused(const struct restore_run *run)
{
    fprintf(stderr, "tally: %s\n", run->part.words);
    return false;
}

static void print_done(const struct restore_run *run, int64_t took_us)
{
    struct arena *arena = run->tally->arena;
    const char *made = clock_words(arena, run->manifest.made_at);
    char whole[PATH_MAX];
    const char *folder =
        realpath(run->part.final_path, whole) == NULL ? run->part.final_path : whole;
    printf("Restored to %s\n", folder);
    printf("  backup of    %s\n", made);
    printf("  up to act    %s%s%s\n", text_int_grouped(arena, run->look.acts),
           run->look.acts == 0 ? "" : ", ", clock_words(arena, run->look.act_at));
    printf("  checked      %s batches, %s transfers, %s units: %s\n",
           text_int_grouped(arena, run->look.batches), text_int_grouped(arena, run->look.transfers),
           text_int_grouped(arena, run->look.units), backup_violation_words(arena, &run->look));
    printf("  ended        %s sessions and %s one-time links: everybody signs in anew\n",
           text_int_grouped(arena, run->ended.sessions), text_int_grouped(arena, run->ended.links));
    printf("               %s access tokens and %s client secrets: managers make new ones\n",
           text_int_grouped(arena, run->ended.tokens), text_int_grouped(arena, run->ended.clients));
    printf("  took         %s ms\n\n", text_int_grouped(arena, took_us / 1000));
    printf("What was done after that time is not in it: acts, new people, changed passwords and\n"
           "roles, deactivations. A password that was changed since is the old one again, and a\n"
           "person who was deactivated since is active again: `tally user` puts both right.\n\n"
           "Next: stop the services, set\n  TALLYSTICK_DATA=%s\n"
           "(in /etc/tallystick/environment; the folder must belong to the services' user), begin\n"
           "with the ledger daemon, and look at `tally status` before you let people in.\n",
           folder);
    if (run->look.strangers > 0) {
        fprintf(stderr,
                "tally: warning: %" PRId64 " persons of people.db are unknown to the registry\n",
                run->look.strangers);
    }
}
