/* ledger/found.c: see ledger/operate.h: init and migrate, the two that make and change database
 * files. */
#include "ledger/operate.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "ledger/lock.h"
#include "ledger/manifest.h"
#include "store/care.h"

#define EXPIRY_DAYS 14 /* domain.md section 3.4 */

static const char init_usage[] =
    "usage: tally init [--name TEXT] [--url URL] [--tag XXX] [--demo]\n"
    "  --name  what the registry is called on its pages     (Tallystick)\n"
    "  --url   where it is found, without a slash at the end (http://localhost:8080)\n"
    "  --tag   three letters or digits inside every id, not I, L, O or U (SBX: sandbox)\n"
    "  --demo  pages say that this is a demonstration registry\n";

static const struct query_table *const care_tables[] = {&care_queries, NULL};

static bool read_options(int argc, char **argv, struct care_found *found);
static bool options_fit(const struct care_found *found);
static bool is_live(const struct tally *tally);
static bool take_lock(const struct tally *tally, int *lock_fd);
static bool migrate_both(const struct tally *tally);
static bool say_orders(const struct tally *tally);
static int make_registry(const struct tally *tally, const struct care_found *found);
static bool is_free(const struct tally *tally);

int operate_init(int argc, char **argv, const struct tally *tally)
{
    struct care_found found = {.site_name = "Tallystick",
                               .site_url = "http://localhost:8080",
                               .tag = "SBX",
                               .expiry_days = EXPIRY_DAYS};
    if (!read_options(argc, argv, &found)) {
        fputs(init_usage, stderr);
        return 2;
    }
    if (!options_fit(&found)) {
        return 2;
    }
    (void)umask(0027); /* people.db is for this user and its group alone */
    if (mkdir(tally->data_dir, 0750) != 0 && errno != EEXIST) {
        fprintf(stderr, "tally: the folder %s cannot be made: %s\n", tally->data_dir,
                strerror(errno));
        return 1;
    }
    int lock_fd = -1;
    if (!take_lock(tally, &lock_fd)) {
        return 1;
    }
    int result = make_registry(tally, &found);
    lock_release(lock_fd);
    return result;
}

int operate_migrate(int argc, char **argv, const struct tally *tally)
{
    (void)argv;
    if (argc != 1) {
        fputs("usage: tally migrate\n", stderr);
        return 2;
    }
    int lock_fd = -1;
    if (!is_live(tally) || !take_lock(tally, &lock_fd)) {
        return 1;
    }
    bool migrated = migrate_both(tally) && say_orders(tally);
    lock_release(lock_fd);
    if (migrated) {
        puts("Both databases are of the newest schema.");
    }
    return migrated ? 0 : 1;
}

/* Is it the folder of a registry that is served? A backup that was changed could never be restored,
 * and a people.db made anew would hide that everybody's password is gone. */
static bool is_live(const struct tally *tally)
{
    const char *manifest = arena_printf(tally->arena, "%s/" MANIFEST_NAME, tally->data_dir);
    if (access(tally->registry_path, F_OK) != 0) {
        fprintf(stderr, "tally: there is no registry in %s; `tally init` makes one\n",
                tally->data_dir);
        return false;
    }
    if (access(manifest, F_OK) == 0) {
        fprintf(stderr,
                "tally: %s is a backup and stays as it was made; `tally restore` brings it to the "
                "newest schema in a new folder\n",
                tally->data_dir);
        return false;
    }
    if (access(tally->people_path, F_OK) != 0) {
        fprintf(stderr,
                "tally: there is a registry in %s but no people.db. Put it back, or restore the "
                "last backup;\n"
                "if an interrupted `tally init` left this, remove registry.db and begin again\n",
                tally->data_dir);
        return false;
    }
    return true;
}

static void say_order(const struct care_order *order)
{
    if (text_is(order->by, "unclear")) {
        printf("Look at order %s: credits and certificates were delivered for it. It counts %s, "
               "as its first delivery did.\n",
               order->order_id, order->instrument);
    } else if (text_is(order->by, "other_deliveries")) {
        printf("Look at order %s: what was delivered for it is of another kind than what its "
               "quantity was entered and shown in. It counts %s, as was delivered.\n",
               order->order_id, order->instrument);
    } else {
        printf("Look at order %s: whether credits or certificates were ordered was not recorded, "
               "and nothing was delivered. It counts %s, as it was entered and shown.\n",
               order->order_id, order->instrument);
    }
}

/* What the schema files could not know for sure is for a person to look at. */
static bool say_orders(const struct tally *tally)
{
    struct store *store = store_open(STORE_REGISTRY, STORE_READ, tally->registry_path, care_tables);
    if (store == NULL) {
        return false;
    }
    care_orders_guessed(store, tally->arena, say_order);
    bool is_read = !store_fault(store);
    store_close(store);
    return is_read;
}

static bool read_options(int argc, char **argv, struct care_found *found)
{
    static const struct option options[] = {{"name", required_argument, NULL, 'n'},
                                            {"url", required_argument, NULL, 'u'},
                                            {"tag", required_argument, NULL, 't'},
                                            {"demo", no_argument, NULL, 'd'},
                                            {NULL, 0, NULL, 0}};
    opterr = 0;
    optind = 1;
    for (;;) {
        switch (getopt_long(argc, argv, "", options, NULL)) {
        case -1:
            return optind == argc;
        case 'n':
            found->site_name = optarg;
            break;
        case 'u':
            found->site_url = optarg;
            break;
        case 't':
            if (!TEXT_COPY(found->tag, optarg)) {
                found->tag[0] = '\0'; /* refused below, in words */
            }
            break;
        case 'd':
            found->is_demo = true;
            break;
        default:
            return false;
        }
    }
}

static bool options_fit(const struct care_found *found)
{
    const char *name = found->site_name;
    const char *url = found->site_url;
    size_t url_bytes = strlen(url);
    if (!id_tag_is(found->tag)) {
        fputs("tally: --tag is three of the digits and the capital letters without I, L, O and U, "
              "e.g. SBX\n",
              stderr);
        return false;
    }
    if (!text_utf8_is(name) || text_empty(name) || text_has_control(name, "") ||
        text_characters(name) > NAME_CHARS_MAX) {
        fprintf(stderr, "tally: --name has 1 to %d characters on one line\n", NAME_CHARS_MAX);
        return false;
    }
    bool is_web = text_starts(url, "https://") || text_starts(url, "http://");
    if (!is_web || url_bytes > 255 || url[url_bytes - 1] == '/' ||
        strspn(url, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/[]%") !=
            url_bytes) {
        fputs("tally: --url begins with https:// or http:// and has no slash at its end, e.g. "
              "https://registry.example.org\n",
              stderr);
        return false;
    }
    return true;
}

static bool take_lock(const struct tally *tally, int *lock_fd)
{
    int64_t holder_pid = 0;
    enum status status = lock_take(tally->data_dir, lock_fd, &holder_pid);
    if (status == STATUS_BUSY) {
        fprintf(
            stderr,
            "tally: process %lld is writing to the registry in %s; stop the ledger daemon first\n",
            (long long)holder_pid, tally->data_dir);
    } else if (status != STATUS_OK) {
        fprintf(stderr,
                "tally: the folder %s cannot be used: is TALLYSTICK_DATA right, and may you write "
                "there?\n",
                tally->data_dir);
    }
    return status == STATUS_OK;
}

static bool migrate_both(const struct tally *tally)
{
    const char *registry_schema = arena_printf(tally->arena, "%s/registry", tally->schema_dir);
    const char *people_schema = arena_printf(tally->arena, "%s/people", tally->schema_dir);
    if (store_migrate(STORE_REGISTRY, tally->registry_path, registry_schema) != STATUS_OK ||
        store_migrate(STORE_PEOPLE, tally->people_path, people_schema) != STATUS_OK) {
        fprintf(stderr,
                "tally: the databases in %s could not be brought to the schema in %s; the lines "
                "above say why\n",
                tally->data_dir, tally->schema_dir);
        return false;
    }
    return true;
}

static int make_registry(const struct tally *tally, const struct care_found *found)
{
    if (!is_free(tally) || !migrate_both(tally)) {
        return 1;
    }
    struct store *store =
        store_open(STORE_REGISTRY, STORE_WRITE, tally->registry_path, care_tables);
    if (store == NULL) {
        return 1;
    }
    bool founded = care_found(store, found);
    if (founded) {
        (void)store_checkpoint(store, true);
    }
    store_close(store);
    if (!founded) {
        fprintf(stderr, "tally: the registry in %s could not be founded; the lines above say why\n",
                tally->data_dir);
        return 1;
    }
    printf("%s has been founded in %s.\nNext: start the ledger daemon, then make the first "
           "administrator with `tally user`.\n",
           found->site_name, tally->data_dir);
    return 0;
}

/* May a registry be founded here? What an init left that was interrupted before its last step is
 * gone on with. */
static bool is_free(const struct tally *tally)
{
    if (access(tally->registry_path, F_OK) != 0) {
        if (access(tally->people_path, F_OK) != 0) {
            return true;
        }
        fprintf(stderr,
                "tally: %s is there but no registry.db: this folder belongs to another registry\n",
                tally->people_path);
        return false;
    }
    struct store *store =
        store_open(STORE_REGISTRY, STORE_WRITE, tally->registry_path, care_tables);
    bool founded = store == NULL || care_found_exists(store);
    if (store == NULL) {
        fprintf(stderr,
                "tally: %s is there but cannot be opened. If it is of an older version, use `tally "
                "migrate`;\n"
                "if it is what an interrupted `tally init` left, remove it and begin again\n",
                tally->registry_path);
    } else if (founded) {
        fprintf(stderr, "tally: there is a registry in %s already; nothing was changed\n",
                tally->data_dir);
    }
    store_close(store);
    return !founded;
}
