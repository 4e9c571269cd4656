/*
 * tests/fault/state.h: the market of the pages' tests (tests/pages/authorise.h) as each request of
 * a fault campaign finds it: both databases are kept, told apart by what they hold
 * (tests/fault/contents.h), and put back. The ledger is the release build's: it is not the one that
 * is tested here. Include after cmocka's headers.
 */
#ifndef FAULT_STATE_H
#define FAULT_STATE_H

#include "crash/world.h"
#include "gate/gate.h"
#include "gate/session.h"
#include "http/http.h"
#include "pages/authorise.h"

#include "fault/contents.h"

struct contents {
    struct digest registry, people;
};

static struct {
    char folder[64];
    struct contents exact, masked;
    bool registry_is_whole; /* the market's registry is still the one of the base */
} base;

static void shell(const char *command)
{
    if (system(command) != 0) {
        fail_msg("%s", command);
    }
}

static bool contents_equal(const struct contents *one, const struct contents *other)
{
    return digest_equal(&one->registry, &other->registry) &&
           digest_equal(&one->people, &other->people);
}

static struct contents contents_now(bool is_masked)
{
    struct contents contents;
    char people[128];
    (void)snprintf(people, sizeof people, "%s/people.db", town.folder);
    assert_true(contents_digest(town.path, is_masked, &contents.registry));
    assert_true(contents_digest(people, is_masked, &contents.people));
    return contents;
}

static void await_socket(const char *program)
{
    char socket[128];
    (void)snprintf(socket, sizeof socket, "%s/ledger-%s.sock", town.folder, program);
    int fd = connect_until(socket, clock_steady_us() + 20 * CLOCK_SECOND_US);
    assert_true(fd >= 0);
    close(fd);
}

static void start_ledger(void)
{
    char path[PATH_MAX];
    world_program("release", "ledger", path);
    (void)fflush(stdout);
    market.daemon = fork();
    assert_true(market.daemon >= 0);
    if (market.daemon == 0) {
        int log = open("/dev/null", O_WRONLY);
        dup2(log, STDERR_FILENO);
        setenv("TALLYSTICK_DATA", town.folder, 1);
        setenv("TALLYSTICK_RUN", town.folder, 1);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execl(path, "ledger", (char *)NULL);
        _exit(127);
    }
    await_socket("account");
    await_socket("admin");
    await_socket("api");
}

static void copy_file(const char *from, const char *to)
{
    static char bytes[1024 * 1024];
    ssize_t got_bytes;
    int in = open(from, O_RDONLY | O_CLOEXEC);
    if (in < 0) {
        assert_int_equal(errno, ENOENT);
        return;
    }
    int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert_true(out >= 0);
    while ((got_bytes = read(in, bytes, sizeof bytes)) > 0) {
        assert_true(write(out, bytes, (size_t)got_bytes) == got_bytes);
    }
    assert_true(got_bytes == 0 && close(in) == 0 && close(out) == 0);
}

/* One database with all that SQLite keeps beside it. */
static void copy_database(const char *name, const char *from, const char *to)
{
    static const char *const tails[] = {"", "-journal", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        char source[128], target[128];
        (void)snprintf(source, sizeof source, "%s/%s%s", from, name, tails[i]);
        (void)snprintf(target, sizeof target, "%s/%s%s", to, name, tails[i]);
        assert_true(unlink(target) == 0 || errno == ENOENT);
        copy_file(source, target);
    }
}

/* people.db each time, for every request may leave a mark there; the registry, which the daemon has
 * open, when it is another one. */
static void restore(void)
{
    copy_database("people.db", base.folder, town.folder);
    if (base.registry_is_whole) {
        return;
    }
    if (market.daemon > 0) {
        kill(market.daemon, SIGKILL);
        waitpid(market.daemon, NULL, 0);
    }
    copy_database("registry.db", base.folder, town.folder);
    start_ledger();
    base.registry_is_whole = true;
}

static int campaign_open(void **state)
{
    authorise_open(state);
    market_stop_daemon();
    market.daemon = 0;
    strcpy(base.folder, "/tmp/tallystick-base-XXXXXX");
    assert_non_null(mkdtemp(base.folder));
    town_open_ledger();
    return 0;
}

/* As account sends it: with the person who asks. */
CGI_UNUSED static const char *campaign_act(const struct command *command)
{
    struct answer answer;
    assert_int_equal(town_ask(PROGRAM_ACCOUNT, command, &answer), STATUS_OK);
    return town_keep(&answer);
}

/* A transfer of northwind's to fjord, or an export; by Maya where somebody has to be asked. */
CGI_UNUSED static const char *campaign_send(enum transfer_kind kind, int64_t units)
{
    bool is_export = kind == TRANSFER_EXPORT;
    struct command send = town_transfer(town_person('A'), market.northwind,
                                        is_export ? "" : market.fjord, market.charm, units);
    send.transfer.kind = (uint8_t)kind;
    if (is_export) {
        must(TEXT_COPY(send.transfer.to_system, "Puro Registry"));
        must(TEXT_COPY(send.transfer.to_system_party, "Aster"));
    }
    return campaign_act(&send);
}

/* An order of a buyer that holds nothing, which its supplier may deliver. */
CGI_UNUSED static const char *campaign_order(void)
{
    struct command order = command_of(ACT_ORDER, "", town_key());
    must(TEXT_COPY(order.order.supplier_org_id, market.charm));
    must(TEXT_COPY(order.order.buyer_org_id, market.empty));
    order.order.units = 950000;
    return town_do(&order);
}

/* The campaign's own programs add to the market while the ledger is open here, then while the
 * daemon has it. */
CGI_UNUSED static void campaign_start_daemon(void)
{
    store_close(town.ledger.store);
    town.ledger.store = NULL;
    market_start_daemon();
}

static void change_people(const char *folder, const char *sql)
{
    char path[128];
    sqlite3 *db = NULL;
    (void)snprintf(path, sizeof path, "%s/people.db", folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* What the market's own acts have still to tell would be told by the first page and by no other. */
static void tell_nothing(void)
{
    change_people(town.folder, "UPDATE session SET notice = ''");
}

/* A campaign takes longer than a session lives that nobody uses. As long ago as lets a request say
 * that it was there. */
CGI_UNUSED static void keep_sessions(void)
{
    char sql[96];
    (void)snprintf(sql, sizeof sql, "UPDATE session SET seen_at = %" PRId64,
                   clock_now_us() - 2 * SESSION_TOUCH_S * CLOCK_SECOND_US);
    change_people(base.folder, sql);
}

/* What was added to the market is now what each request begins with. */
static void campaign_begin(void)
{
    if (town.ledger.store != NULL) {
        store_close(town.ledger.store);
        town.ledger.store = NULL;
    }
    if (market.daemon > 0) {
        market_stop_daemon();
    }
    tell_nothing();
    copy_database("people.db", town.folder, base.folder);
    copy_database("registry.db", town.folder, base.folder);
    base.registry_is_whole = false;
    restore();
    base.exact = contents_now(false);
    base.masked = contents_now(true);
}

static int campaign_close(void **state)
{
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", base.folder);
    shell(command);
    return market_close(state);
}

#endif
