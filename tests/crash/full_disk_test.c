/*
 * crash/full_disk_test.c: the disk is full (safety.md section 4, row 12). The data folder is a file
 * system of its own of a few megabytes (tmpfs in a mount namespace of this test); where that is not
 * allowed, the daemon alone may make no file longer than a limit. Transfers go in until nothing
 * fits any more, then:
 *   - the daemon answers with an error, ends and is started again, as often as somebody asks;
 *   - pages are still read through nginx; a form is answered with a whole error page;
 *   - after space has been made every acknowledged transfer is there once, what was not
 *     acknowledged goes in by its key, forms are kept again, and the registry verifies.
 * full_disk_test [--kib N: size of the file system] [--limit: without a file system] [--seed N]
 */
#include "crash/web.h"

#include <sched.h>
#include <sqlite3.h>
#include <sys/mount.h>

#define TRANSFERS_MAX 4000
#define REFUSALS 3          /* so many in a row: it is full */
#define BALLAST_KIB 1536    /* what is removed to make space */
#define LIMIT_BYTES 1400000 /* without a file system: about twice the database at its start */

struct sent {
    bool is_acknowledged;
    struct answer answer;
};

static struct world *world;
static struct web *web;
static struct web_person who, sleeper; /* sleeper: not seen for a while, so reading would write */
static struct ledger_client client;
static struct sent sent[TRANSFERS_MAX];
static int sent_count, refused, ends, bad_starts, pages, error_pages, account_ends;
static bool is_mounted;
static struct web_reply reply;

/* ------------------------------------------------------------------ the small disk */

static void shell(const char *command)
{
    CHECK(system(command) == 0, "%s", command);
}

static void unmount(void)
{
    if (is_mounted && world->owner == getpid()) {
        (void)umount2(world->data_dir, MNT_DETACH);
    }
}

/* False: not allowed here. What is mounted is seen by this test and its children alone. */
static bool mount_small(int64_t kib)
{
    char options[64], keep[PATH_MAX], fill[PATH_MAX];
    (void)snprintf(options, sizeof options, "size=%" PRId64 "k,mode=0700", kib);
    (void)snprintf(keep, sizeof keep, "cp -r '%.200s' '%.200s/begun'", world->data_dir,
                   world->folder);
    (void)snprintf(fill, sizeof fill, "cp '%.200s'/begun/*.db* '%.200s'", world->folder,
                   world->data_dir);
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) {
        return false;
    }
    shell(keep);
    if (mount("tmpfs", world->data_dir, "tmpfs", 0, options) != 0) {
        return false;
    }
    is_mounted = true;
    atexit(unmount); /* before world_close removes the folder */
    shell(fill);
    return true;
}

static void ballast_path(char path[WORLD_PATH_SIZE])
{
    (void)snprintf(path, WORLD_PATH_SIZE, "%.200s/ballast", world->data_dir);
}

static void put_ballast(void)
{
    char path[WORLD_PATH_SIZE];
    ballast_path(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    CHECK(fd >= 0 && posix_fallocate(fd, 0, (off_t)BALLAST_KIB * 1024) == 0,
          "no room for the ballast");
    close(fd);
}

static void make_space(void)
{
    char path[WORLD_PATH_SIZE];
    ballast_path(path);
    if (is_mounted) {
        CHECK(unlink(path) == 0, "the ballast is gone");
    }
    world->file_bytes_max = 0;
}

/* ------------------------------------------------------------------ the supervisor */

static bool daemon_listens(void)
{
    int fd = connect_until(world->account_socket, clock_steady_us());
    if (fd >= 0) {
        close(fd);
    }
    return fd >= 0;
}

/* Has the daemon ended? Then with 0 or 1. */
static bool daemon_ended(void)
{
    int end = 0;
    if (world->daemon == 0 || waitpid(world->daemon, &end, WNOHANG) != world->daemon) {
        return world->daemon == 0;
    }
    world->daemon = 0;
    ends++;
    CHECK(WIFEXITED(end) && WEXITSTATUS(end) <= 1, "the daemon ended badly (%d); its log is %s",
          end, world->log_path);
    return true;
}

/* After an error it ends; then it is started again. False: it does not start on this disk. */
static bool supervise(bool has_erred)
{
    int64_t until_us = clock_steady_us() + 20 * CLOCK_SECOND_US;
    while (has_erred && !daemon_ended()) {
        CHECK(clock_steady_us() < until_us, "the daemon goes on after an error of its file");
        poll(NULL, 0, 5);
    }
    if (daemon_ended()) {
        world_start_daemon(world);
    }
    while (!daemon_ended()) {
        if (daemon_listens()) {
            return true;
        }
        CHECK(clock_steady_us() < until_us, "the daemon neither listens nor ends");
        poll(NULL, 0, 5);
    }
    bad_starts++;
    return false;
}

static void supervise_accounts(void)
{
    for (int i = 0; i < WEB_ACCOUNTS; i++) {
        int end = 0;
        if (web->accounts[i] > 0 && waitpid(web->accounts[i], &end, WNOHANG) == web->accounts[i]) {
            CHECK(WIFEXITED(end) && WEXITSTATUS(end) == 0,
                  "account ended badly (%d); its log is %s", end, web->account_log);
            web->accounts[i] = 0;
            account_ends++;
        }
        if (web->accounts[i] == 0) {
            web_start_account(web, i);
        }
    }
}

/* ------------------------------------------------------------------ asking */

static struct command transfer_of(int number)
{
    char key[KEY_SIZE];
    (void)snprintf(key, sizeof key, "full-%d", number);
    return world_transfer(world, 0, 1, 1, key);
}

/* Until nothing more fits. */
static void fill(void)
{
    int in_a_row = 0;
    while (in_a_row < REFUSALS) {
        CHECK(sent_count < TRANSFERS_MAX, "the disk is never full");
        struct sent *one = &sent[sent_count];
        struct command command = transfer_of(sent_count++);
        enum status status = ledger_ask(&client, &command, &one->answer);
        one->is_acknowledged = status == STATUS_OK;
        in_a_row = one->is_acknowledged ? 0 : in_a_row + 1;
        if (!one->is_acknowledged) {
            CHECK(status_row(status)->http_code >= 500, "a full disk answers %s",
                  status_row(status)->slug);
            refused++;
            ledger_client_close(&client);
            if (!supervise(true)) {
                return; /* not even its start fits: that is as full as it gets */
            }
        }
    }
}

static void ask_page(const struct web_person *person, const char *target, const char *fields)
{
    supervise_accounts();
    web_receive(web_send(web, person, target, fields), &reply);
    CHECK(reply.is_whole, "%s: no whole reply (%d)", target, reply.code);
}

static void expect_page(const struct web_person *person, const char *target)
{
    ask_page(person, target, NULL);
    CHECK(reply.code == 200, "%s on a full disk: %d\n%.600s", target, reply.code,
          web_words(&reply));
    pages++;
}

static void expect_error_page(const char *target, const char *fields)
{
    ask_page(&who, target, fields);
    CHECK(reply.code >= 500 && strstr(reply.body, "</html>") != NULL,
          "%s on a full disk: %d\n%.600s", target, reply.code, web_words(&reply));
    error_pages++;
}

static void use_pages_while_full(void)
{
    static const char *const targets[] = {"/account/inbox", "/account/credits",
                                          "/account/transfers"};
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
            expect_page(&who, targets[i]);
            expect_page(&sleeper, targets[i]);
        }
        expect_error_page("/account/transfers/new", "kind=external");
    }
}

/* ------------------------------------------------------------------ afterwards */

static void check_all(int *done_now)
{
    for (int i = 0; i < sent_count; i++) {
        struct command command = transfer_of(i);
        struct answer again;
        enum status status = ledger_ask(&client, &command, &again);
        CHECK(status == STATUS_OK, "transfer %d asked again: %s", i, status_row(status)->slug);
        CHECK(!sent[i].is_acknowledged || (again.repeated && again.seq == sent[i].answer.seq &&
                                           text_is(again.id, sent[i].answer.id)),
              "acknowledged transfer %d is lost", i);
        *done_now += again.repeated ? 0 : 1;
    }
}

/* A form is kept again; an account process that met the full disk may answer one last time. */
static void use_pages_again(void)
{
    for (int i = 0; i < 2 * WEB_ACCOUNTS; i++) {
        ask_page(&who, "/account/transfers/new", "kind=external");
        CHECK(reply.code == 303, "a form after space was made: %d", reply.code);
    }
    expect_page(&who, reply.location);
}

static void open_pages(struct chance *chance)
{
    web = web_open(world, chance);
    struct store *people = web_open_people(web, NULL);
    web_sign_in(people, world, 1, 1, &who);
    web_sign_in(people, world, 2, 2, &sleeper);
    store_close(people);
    sqlite3 *db = NULL;
    CHECK(sqlite3_open(web->people_path, &db) == SQLITE_OK &&
              sqlite3_exec(db,
                           "UPDATE session SET seen_at = seen_at - 600000000 WHERE session_id LIKE "
                           "'%2'",
                           NULL, NULL, NULL) == SQLITE_OK &&
              sqlite3_changes(db) == 1,
          "nobody sleeps");
    sqlite3_close(db);
}

int main(int argc, char **argv)
{
    uint64_t seed = world_seed(argc, argv);
    int64_t kib = world_option(argc, argv, "--kib", 6144);
    bool with_limit = false;
    for (int i = 1; i < argc; i++) {
        with_limit = with_limit || text_is(argv[i], "--limit");
    }
    int64_t began_us = clock_steady_us();
    struct chance chance = chance_from(seed, 0);
    world = world_open("full", "release");
    open_pages(&chance);
    if (with_limit || !mount_small(kib)) {
        world->file_bytes_max = LIMIT_BYTES;
    } else {
        put_ballast();
    }
    CHECK(supervise(false), "the daemon did not come up; its log is %s", world->log_path);
    supervise_accounts();
    web_start_nginx(web);
    web_await(web, &who);
    ledger_client_init(&client, world->account_socket);
    fill();
    if (is_mounted) {
        use_pages_while_full();
    }
    make_space();
    if (world->daemon > 0 && !is_mounted) {
        (void)world_stop_daemon(world); /* the limit is the process's own */
    }
    CHECK(supervise(false), "the daemon does not start after space was made; its log is %s",
          world->log_path);
    int done_now = 0;
    check_all(&done_now);
    use_pages_again();
    ledger_client_close(&client);
    web_close(); /* one of them may have begun a moment ago: not in good order */
    CHECK(world_stop_daemon(world) == 0, "the daemon did not end in good order");
    world_verify(world);
    printf("result: full disk: %s: %d transfers acknowledged: each there once; %d refused, %d of "
           "all done when asked again; %d ends of the daemon, %d starts refused; %d pages read, %d "
           "error pages, %d ends of account; 0 violations; %" PRId64 " s\n",
           is_mounted ? "a file system of its own (tmpfs)"
                      : "a limit of the file size (RLIMIT_FSIZE)",
           sent_count - refused, refused, done_now, ends, bad_starts, pages, error_pages,
           account_ends, (clock_steady_us() - began_us) / CLOCK_SECOND_US);
    printf("1 passed, 0 failed\n");
    return 0;
}
