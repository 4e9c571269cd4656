/* ledger/backup.c: `tally backup`; see ledger/backup.h. */
#include "ledger/backup.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>

#include "base/clock.h"
#include "base/text.h"
#include "ledger/ledger.h"
#include "ledger/part.h"
#include "store/backup.h"
#include "store/care.h"
#include "store/rights.h"

#define NAME_MAX_BYTES 200
#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."
#define SPARE_BYTES 16777216 /* left on the disk for others: it may be the live files' own */

struct backup_run {
    const struct tally *tally;
    const char *folder;
    const char *name; /* NULL until one is made */
    bool allows_violations;
    struct part part;
    struct manifest manifest;
    struct backup_look look;
    int64_t copy_us[MANIFEST__FILES];
};

static const char *live_path(const struct tally *tally, int place);
static bool read_words(int argc, char **argv, struct backup_run *run);
static bool name_is(const char *name);
static bool find_folder(const struct backup_run *run);
static bool name_it(struct backup_run *run);
static bool has_room(const struct backup_run *run);
static int64_t file_bytes(const struct tally *tally, const char *path, const char *suffix);
static bool make(struct backup_run *run);
static bool copy_both(struct backup_run *run);
static bool write_manifest(struct backup_run *run);
static bool refused(const struct backup_run *run);
static void print_done(const struct backup_run *run, int64_t took_us);
static void say_swept(const char *sentence);
static void say_violation(void *context, const char *sentence);

int operate_backup(int argc, char **argv, const struct tally *tally)
{
    int64_t began_us = clock_steady_us();
    struct backup_run run = {.tally = tally, .part = {.fd = -1}};
    if (!read_words(argc, argv, &run)) {
        fputs("usage: tally backup FOLDER [--name NAME] [" BACKUP_WITH_VIOLATIONS "]\n"
              "  --name             of the new folder in FOLDER: letters, digits, - _ . (tag and "
              "time)\n"
              "  " BACKUP_WITH_VIOLATIONS "  copies a registry that does not verify, too\n",
              stderr);
        return 2;
    }
    (void)umask(0077); /* all that people have told us is in it */
    if (!find_folder(&run)) {
        return 1;
    }
    part_sweep(run.folder, say_swept);
    bool made = name_it(&run) && has_room(&run) && make(&run);
    part_drop(&run.part);
    if (!made) {
        fputs("tally: no backup was made\n", stderr);
        return 1;
    }
    print_done(&run, clock_steady_us() - began_us);
    return 0;
}

bool backup_look_through(const struct tally *tally, enum store_mode mode, const char *people_path,
                         const char *registry_path, bool allows_violations,
                         struct backup_look *look)
{
    static const struct query_table *const registry_tables[] = {
        &rights_queries,
        &care_queries,
        NULL,
    };
    *look = (struct backup_look){.strangers = -1};
    struct store *people = store_open(STORE_PEOPLE, mode, people_path, backup_people_tables);
    char words[BACKUP_WORDS_SIZE] = "it cannot be opened";
    if (people == NULL || !backup_people_is_sound(people, words)) {
        fprintf(stderr, "tally: people.db is not sound: %s\n", words);
        store_close(people);
        return false;
    }
    look->people_version = backup_people_version(people);
    struct store *verified = store_open(STORE_REGISTRY, mode, registry_path, ledger_verify_tables);
    struct verify_report report = {.say = say_violation};
    bool good = verified != NULL && ledger_verify(verified, tally->arena, &report) == STATUS_OK &&
                (allows_violations || report.violations == 0);
    store_close(verified);
    struct store *registry =
        good ? store_open(STORE_REGISTRY, mode, registry_path, registry_tables) : NULL;
    if (registry != NULL) {
        struct care_sum sum = care_sum_read(registry, tally->arena);
        look->violations = report.violations;
        look->batches = report.batches;
        look->transfers = report.transfers;
        look->units = report.units;
        look->acts = sum.acts;
        look->act_at = sum.act_at;
        look->registry_version = sum.schema_version;
        rights_tag(registry, look->tag);
        look->strangers = backup_strangers(people, registry, tally->arena);
        good = look->strangers >= 0;
    }
    good = good && registry != NULL;
    store_close(registry);
    store_close(people);
    if (!good) {
        fputs("tally: registry.db is not sound; if `tally verify` says the same of the live one, "
              "keep its folder as it is\n",
              stderr);
        if (report.violations > 0 && !allows_violations) {
            fputs("tally: " BACKUP_WITH_VIOLATIONS " makes it even so\n", stderr);
        }
    }
    return good;
}

const char *backup_violation_words(struct arena *arena, const struct backup_look *look)
{
    if (look->violations == 0) {
        return "no violation";
    }
    return arena_printf(arena, "%s %s", text_int_grouped(arena, look->violations),
                        look->violations == 1 ? "VIOLATION" : "VIOLATIONS");
}

static const char *live_path(const struct tally *tally, int place)
{
    return place == MANIFEST_PEOPLE ? tally->people_path : tally->registry_path;
}

static bool read_words(int argc, char **argv, struct backup_run *run)
{
    for (int i = 1; i < argc; i++) {
        if (text_is(argv[i], "--name") && i + 1 < argc && run->name == NULL) {
            run->name = argv[++i];
        } else if (text_is(argv[i], BACKUP_WITH_VIOLATIONS)) {
            run->allows_violations = true;
        } else if (run->folder == NULL && argv[i][0] != '-' && argv[i][0] != '\0') {
            run->folder = argv[i];
        } else {
            return false;
        }
    }
    return run->folder != NULL && (run->name == NULL || name_is(run->name));
}

static bool name_is(const char *name)
{
    size_t bytes = strlen(name);
    size_t suffix_bytes = strlen(PART_SUFFIX);
    return bytes > 0 && bytes <= NAME_MAX_BYTES && name[0] != '.' && name[0] != '-' &&
           strspn(name, NAME_LETTERS) == bytes &&
           (bytes < suffix_bytes || !text_is(name + bytes - suffix_bytes, PART_SUFFIX));
}

static bool find_folder(const struct backup_run *run)
{
    struct stat folder;
    if (stat(run->folder, &folder) == 0 && S_ISDIR(folder.st_mode)) {
        return true;
    }
    fprintf(stderr,
            "tally: there is no folder %s; make it, or is the disk for backups not mounted?\n",
            run->folder);
    return false;
}

/* TAG-20261125T201500Z: backups of several registries stay apart in one folder, and a list of names
 * is in order of time. */
static bool name_it(struct backup_run *run)
{
    static const struct query_table *const tables[] = {&rights_queries, NULL};
    struct store *registry =
        store_open(STORE_REGISTRY, STORE_READ, run->tally->registry_path, tables);
    if (registry == NULL) {
        fprintf(stderr, "tally: %s cannot be read\n", run->tally->registry_path);
        return false;
    }
    rights_tag(registry, run->manifest.tag);
    store_close(registry);
    if (!id_tag_is(run->manifest.tag)) {
        fputs("tally: the registry has no settings yet; make it with `tally init`\n", stderr);
        return false;
    }
    run->manifest.made_at = clock_now_us();
    if (run->name == NULL) {
        time_t now = (time_t)(run->manifest.made_at / CLOCK_SECOND_US);
        struct tm parts;
        char stamp[32] = "";
        (void)strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", gmtime_r(&now, &parts));
        run->name = arena_printf(run->tally->arena, "%s-%s", run->manifest.tag, stamp);
    }
    return true;
}

/* Before anything is written: the disk may be that of the live files, which must not fill up. */
static bool has_room(const struct backup_run *run)
{
    struct statvfs disk;
    int64_t need_bytes = SPARE_BYTES;
    for (int i = 0; i < MANIFEST__FILES; i++) {
        need_bytes += file_bytes(run->tally, live_path(run->tally, i), "") +
                      file_bytes(run->tally, live_path(run->tally, i), "-wal");
    }
    if (statvfs(run->folder, &disk) != 0) {
        fprintf(stderr, "tally: %s: %s\n", run->folder, strerror(errno));
        return false;
    }
    int64_t free_bytes = (int64_t)(disk.f_bavail * disk.f_frsize);
    if (free_bytes >= need_bytes) {
        return true;
    }
    fprintf(stderr, "tally: the disk of %s is full: a backup needs %s bytes, %s are free\n",
            run->folder, text_int_grouped(run->tally->arena, need_bytes),
            text_int_grouped(run->tally->arena, free_bytes));
    return false;
}

static int64_t file_bytes(const struct tally *tally, const char *path, const char *suffix)
{
    struct stat file;
    return stat(arena_printf(tally->arena, "%s%s", path, suffix), &file) == 0 ? file.st_size : 0;
}

static bool make(struct backup_run *run)
{
    const char *final_path = arena_printf(run->tally->arena, "%s/%s", run->folder, run->name);
    if (!part_begin(&run->part, final_path, 0700)) {
        return refused(run);
    }
    if (!copy_both(run)) {
        return false;
    }
    char paths[MANIFEST__FILES][PATH_MAX];
    for (int i = 0; i < MANIFEST__FILES; i++) {
        const char *name = manifest_file_name((enum manifest_place)i);
        part_file(&run->part, name, paths[i]);
        if (!part_settle(&run->part, name)) {
            return refused(run);
        }
    }
    if (run->tally->progress) {
        fputs("Checking the copies …\n", stderr);
    }
    if (!backup_look_through(run->tally, STORE_COPY, paths[MANIFEST_PEOPLE],
                             paths[MANIFEST_REGISTRY], run->allows_violations, &run->look)) {
        return false;
    }
    return (write_manifest(run) && part_finish(&run->part)) || refused(run);
}

/* people.db first: ledger/backup.h says why. */
static bool copy_both(struct backup_run *run)
{
    static const enum store_file files[MANIFEST__FILES] = {STORE_PEOPLE, STORE_REGISTRY};
    for (int i = 0; i < MANIFEST__FILES; i++) {
        char to_path[PATH_MAX];
        char words[BACKUP_WORDS_SIZE];
        const char *name = manifest_file_name((enum manifest_place)i);
        part_file(&run->part, name, to_path);
        if (run->tally->progress) {
            fprintf(stderr, "Copying %s …\n", name);
        }
        int64_t began_us = clock_steady_us();
        if (!backup_copy(files[i], live_path(run->tally, i), to_path, words)) {
            fprintf(stderr, "tally: %s was not copied: %s\n", name, words);
            return false;
        }
        run->copy_us[i] = clock_steady_us() - began_us;
    }
    return true;
}

static bool write_manifest(struct backup_run *run)
{
    struct manifest *manifest = &run->manifest;
    manifest->registry_version = run->look.registry_version;
    manifest->people_version = run->look.people_version;
    manifest->acts = run->look.acts;
    manifest->act_at = run->look.act_at;
    for (int i = 0; i < MANIFEST__FILES; i++) {
        struct digest digest;
        if (!part_digest(&run->part, manifest_file_name((enum manifest_place)i),
                         &manifest->files[i].size_bytes, &digest)) {
            return false;
        }
        digest_hex(&digest, manifest->files[i].sha256);
    }
    char text[MANIFEST_SIZE];
    size_t size_bytes = manifest_write(manifest, text);
    return part_write(&run->part, MANIFEST_NAME, text, size_bytes);
}

static bool refused(const struct backup_run *run)
{
    fprintf(stderr, "tally: %s\n", run->part.words);
    return false;
}

static void print_done(const struct backup_run *run, int64_t took_us)
{
    struct arena *arena = run->tally->arena;
    printf("Backed up to %s\n", run->part.final_path);
    for (int i = 0; i < MANIFEST__FILES; i++) {
        printf("  %-12s %s bytes, copied in %s ms\n", manifest_file_name((enum manifest_place)i),
               text_int_grouped(arena, run->manifest.files[i].size_bytes),
               text_int_grouped(arena, run->copy_us[i] / 1000));
    }
    printf("  up to act    %s%s%s\n", text_int_grouped(arena, run->look.acts),
           run->look.acts == 0 ? "" : ", ", clock_words(arena, run->look.act_at));
    printf("  checked      %s batches, %s transfers, %s units: %s\n",
           text_int_grouped(arena, run->look.batches), text_int_grouped(arena, run->look.transfers),
           text_int_grouped(arena, run->look.units), backup_violation_words(arena, &run->look));
    printf("  took         %s ms\n", text_int_grouped(arena, took_us / 1000));
    if (run->look.strangers > 0) {
        fprintf(stderr,
                "tally: warning: %" PRId64 " persons of people.db are unknown to the registry\n",
                run->look.strangers);
    }
}

static void say_swept(const char *sentence)
{
    fprintf(stderr, "tally: %s\n", sentence);
}

static void say_violation(void *context, const char *sentence)
{
    (void)context;
    printf("VIOLATION: %s\n", sentence);
}
