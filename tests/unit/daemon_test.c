/*
 * unit/daemon_test.c: the ledger daemon's loop (daemon.h), running in a child of this process: how
 * many descriptors it takes, which signals it hears, when its timer comes, and when it moves pages
 * out of the WAL: at once when nobody asks, from time to time when many do.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "base/limits.h"
#include "ledger/connect.h"
#include "ledger/daemon.h"
#include "ledger/door.h"
#include "ledger/lock.h"
#include "ledger/mark.h"
#include "ledger/town.h"
#include "ledger/wire.h"
#include "unit/refuse_call.h"

#define DESCRIPTORS ((rlim_t)LEDGER_CLIENTS_MAX + 64) /* what a full house needs */
#define PATIENCE_US (120 * CLOCK_SECOND_US)
#define HELD_MS 5
#define BALLAST_BYTES 70000000 /* more than INSPECT_BYTES_MAX and than WAL_PAGES_MAX pages */

/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): the system names them so. */
BETWEEN(int, setrlimit, (__rlimit_resource_t what, const struct rlimit *limit), (what, limit))
BETWEEN(int, sigprocmask, (int how, const sigset_t *set, sigset_t *old), (how, set, old))
BETWEEN(int, signalfd, (int fd, const sigset_t *mask, int flags), (fd, mask, flags))
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */

/* What the daemon waited for last, seen from here. */
static struct waited {
    int long_ms;      /* the last wait that was one */
    int idle_waits;   /* how many were for a second */
    bool is_held;     /* no wait ends because its time is up */
    bool disk_is_bad; /* registry.db is not synced */
} * waited;

static bool is_held(int timeout_ms)
{
    return timeout_ms > 0 && __atomic_load_n(&waited->is_held, __ATOMIC_SEQ_CST);
}

/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): the system names them so. */
int epoll_wait(int fd, struct epoll_event *events, int count, int timeout_ms)
{
    static int (*real)(int, struct epoll_event *, int, int);
    if (real == NULL) {
        *(void **)&real = dlsym(RTLD_NEXT, "epoll_wait");
    }
    if (timeout_ms != 0) {
        waited->long_ms = timeout_ms;
        waited->idle_waits += timeout_ms == 1000 ? 1 : 0;
    }
    int ready;
    bool was_held;
    do {
        was_held = is_held(timeout_ms);
        ready = real(fd, events, count, was_held ? HELD_MS : timeout_ms);
    } while (ready == 0 && (was_held || is_held(timeout_ms)));
    return ready;
}
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */

static bool is_registry(int fd)
{
    struct stat file, registry;
    return fstat(fd, &file) == 0 && stat(town.path, &registry) == 0 &&
           file.st_dev == registry.st_dev && file.st_ino == registry.st_ino;
}

/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): the system names it so. */
int fdatasync(int fd)
{
    static int (*real)(int);
    if (real == NULL) {
        *(void **)&real = dlsym(RTLD_NEXT, "fdatasync");
    }
    if (waited != NULL && __atomic_load_n(&waited->disk_is_bad, __ATOMIC_SEQ_CST) &&
        is_registry(fd)) {
        errno = EIO;
        return -1;
    }
    return real(fd);
}

/* Between the two, nothing that the daemon does when nobody has asked it for a while happens,
 * however long this process is kept from its next step. */
static void hold_idleness(void)
{
    __atomic_store_n(&waited->is_held, true, __ATOMIC_SEQ_CST);
}

static void let_it_idle(void)
{
    __atomic_store_n(&waited->is_held, false, __ATOMIC_SEQ_CST);
}

/* ---- a daemon and what it says ---- */

static pid_t daemon_pid;
static char log_path[96];
static char log_text[1 << 20];
static char alder[ID_SIZE], birch[ID_SIZE];

static int set_up(void **state)
{
    (void)state;
    if (waited == NULL) {
        waited =
            mmap(NULL, sizeof *waited, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        assert_true(waited != MAP_FAILED);
    }
    town_found();
    memcpy(alder, town_org("Alder", true, ORG_PARTICIPANT), ID_SIZE);
    memcpy(birch, town_org("Birch", false, ORG_PARTICIPANT), ID_SIZE);
    (void)snprintf(log_path, sizeof log_path, "%s/log", town.folder);
    waited->long_ms = -1;
    let_it_idle();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    refuse_call(NULL, 0, 0);
    if (daemon_pid > 0) {
        kill(daemon_pid, SIGKILL);
        waitpid(daemon_pid, NULL, 0);
        daemon_pid = 0;
    }
    town_open_ledger();
    town_leave();
    return 0;
}

static const char *said(void)
{
    int fd = open(log_path, O_RDONLY | O_CLOEXEC);
    ssize_t size_bytes = fd < 0 ? 0 : read(fd, log_text, sizeof log_text - 1);
    log_text[size_bytes > 0 ? size_bytes : 0] = '\0';
    if (fd >= 0) {
        close(fd);
    }
    return log_text;
}

static int times(const char *text, const char *words)
{
    int count = 0;
    for (const char *at = strstr(text, words); at != NULL; at = strstr(at + 1, words)) {
        count++;
    }
    return count;
}

/* Waits until it has said it so often. */
static void says(const char *words, int count)
{
    int64_t until_us = clock_steady_us() + PATIENCE_US;
    while (times(said(), words) < count) {
        if (clock_steady_us() > until_us) {
            fail_msg("does not say \"%s\" %d times but:\n%s", words, count, log_text);
        }
        (void)poll(NULL, 0, 5);
    }
}

static void begin(rlim_t soft, rlim_t hard)
{
    if (town.ledger.store != NULL) {
        store_close(town.ledger.store);
        town.ledger.store = NULL;
    }
    (void)unlink(log_path);
    fflush(stdout);
    daemon_pid = fork();
    if (daemon_pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        struct daemon_setup setup = {.data_dir = town.folder, .run_dir = town.folder};
        struct rlimit limit = {.rlim_cur = soft, .rlim_max = hard};
        const char *refused_call = refusal.call;
        refusal.call = NULL;
        if (hard > 0 && setrlimit(RLIMIT_NOFILE, &limit) != 0) {
            _exit(9);
        }
        refusal.call = refused_call;
        int log_fd = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        dup2(log_fd, STDERR_FILENO);
        close(log_fd);
        exit(daemon_run(&setup));
    }
    assert_true(daemon_pid > 0);
}

static int ends(void)
{
    int end = 0;
    int64_t until_us = clock_steady_us() + PATIENCE_US;
    while (waitpid(daemon_pid, &end, WNOHANG) != daemon_pid) {
        if (clock_steady_us() > until_us) {
            fail_msg("does not end, and says:\n%s", said());
        }
        (void)poll(NULL, 0, 5);
    }
    daemon_pid = 0;
    (void)said();
    return WIFEXITED(end) ? WEXITSTATUS(end) : -1;
}

static void begin_ready(void)
{
    begin(0, 0);
    says("event=ready", 1);
}

static void end_good(void)
{
    assert_int_equal(kill(daemon_pid, SIGTERM), 0);
    assert_int_equal(ends(), 0);
}

static int reach(void)
{
    char path[sizeof((struct sockaddr_un *)0)->sun_path];
    assert_true(door_path(town.folder, PROGRAM_TALLY, path));
    int fd = connect_until(path, clock_steady_us() + PATIENCE_US);
    assert_true(fd >= 0);
    return fd;
}

static void sends(int fd, int number)
{
    struct command command = command_of(ACT_TRUST, "", "");
    TEXT_COPY(command.trust.org_id, alder);
    TEXT_COPY(command.trust.sender_org_id, birch);
    command.trust.remove = number % 2 == 1;
    size_t size_bytes = wire_command_bytes(&command);
    assert_int_equal(send(fd, &command, size_bytes, MSG_NOSIGNAL), size_bytes);
}

static void hears(int fd)
{
    struct answer answer;
    assert_true(connect_wait(fd, POLLIN, clock_steady_us() + PATIENCE_US));
    assert_int_equal(recv(fd, &answer, sizeof answer, 0), sizeof answer);
    assert_int_equal(answer.status, STATUS_OK);
}

static int64_t wal_bytes(void)
{
    char path[128];
    struct stat file;
    (void)snprintf(path, sizeof path, "%s-wal", town.path);
    return stat(path, &file) == 0 ? file.st_size : 0;
}

static void wal_is_emptied(void)
{
    int64_t until_us = clock_steady_us() + PATIENCE_US;
    while (wal_bytes() > 0) {
        if (clock_steady_us() > until_us) {
            fail_msg("the WAL is not emptied:\n%s", said());
        }
        (void)poll(NULL, 0, 10);
    }
}

/* Emptied, and said so: so many times since the beginning. */
static void wal_is_emptied_and_said(int count)
{
    wal_is_emptied();
    says("event=checkpoint step=empty", count);
}

/* Rows that say nothing, into the WAL and not out of it. */
static sqlite3 *write_ballast(void)
{
    sqlite3 *db = NULL;
    char sql[256];
    assert_int_equal(sqlite3_open(town.path, &db), SQLITE_OK);
    (void)snprintf(sql, sizeof sql,
                   "PRAGMA wal_autocheckpoint = 0; CREATE TABLE ballast (b);"
                   "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
                   " INSERT INTO ballast SELECT zeroblob(3500) FROM n",
                   BALLAST_BYTES / 3500);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    return db;
}

/* ---- descriptors and signals ---- */

static void room_for_a_full_house(void **state)
{
    (void)state;
    static const struct {
        rlim_t soft, hard, wanted;
        bool is_few;
    } rows[] = {{64, 2 * DESCRIPTORS, DESCRIPTORS, false},
                {64, DESCRIPTORS, DESCRIPTORS, false},
                {64, DESCRIPTORS - 1, DESCRIPTORS - 1, true},
                {64, 64, 64, true},
                {DESCRIPTORS, DESCRIPTORS, DESCRIPTORS, false},
                {DESCRIPTORS + 1, DESCRIPTORS + 1, DESCRIPTORS + 1, false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rlimit now;
        begin(rows[i].soft, rows[i].hard);
        says("event=ready", 1);
        assert_int_equal(prlimit(daemon_pid, RLIMIT_NOFILE, NULL, &now), 0);
        assert_int_equal(now.rlim_cur, rows[i].wanted);
        assert_int_equal(times(said(), "few-descriptors"), rows[i].is_few ? 1 : 0);
        end_good();
    }
    refuse_call("setrlimit", EPERM, 0);
    begin(64, 2 * DESCRIPTORS);
    says("few-descriptors", 1);
    says("event=ready", 1);
    end_good();
}

static void signals_come_through_any_descriptor(void **state)
{
    (void)state;
    begin_ready();
    assert_int_equal(times(said(), "signals-refused"), 0);
    assert_int_equal(times(said(), "lock-held"), 0);
    kill(daemon_pid, SIGPIPE); /* a client that has gone: of no account */
    kill(daemon_pid, SIGCHLD); /* a child that is none of ours */
    int fd = reach();
    sends(fd, 0);
    hears(fd);
    assert_int_equal(kill(daemon_pid, SIGINT), 0);
    assert_int_equal(ends(), 0);
    close(fd);
    begin_ready();
    assert_int_equal(kill(daemon_pid, SIGQUIT), 0);
    assert_int_equal(ends(), 0);
    frees_zero = "signalfd";
    begin(0, 0);
    frees_zero = NULL;
    says("event=ready", 1);
    end_good();
    assert_int_equal(times(said(), "signals-refused"), 0);
    refuse_call("signalfd", EMFILE, 0);
    begin(0, 0);
    assert_int_equal(ends(), 1);
    assert_int_equal(times(said(), "signals-refused"), 1);
    refuse_call("sigprocmask", EINVAL, 0);
    begin(0, 0);
    assert_int_equal(ends(), 1);
    assert_int_equal(times(said(), "signals-refused"), 1);
}

static void who_holds_the_registry_is_named(void **state)
{
    (void)state;
    int lock_fd = -1;
    int64_t holder = 0;
    char words[160];
    assert_int_equal(lock_take(town.folder, &lock_fd, &holder), STATUS_OK);
    begin(0, 0);
    assert_int_equal(ends(), 1);
    (void)snprintf(words, sizeof words, "event=lock-held data=%s pid=%d", town.folder, getpid());
    assert_int_equal(times(log_text, words), 1);
    lock_release(lock_fd);
}

/* ---- the timer ---- */

/* By a file beside the sockets, for nginx. What an earlier registry left there goes. */
static void a_sandbox_is_marked(void **state)
{
    (void)state;
    char mark[sizeof town.folder + sizeof MARK_SANDBOX];
    (void)snprintf(mark, sizeof mark, "%s/" MARK_SANDBOX, town.folder);
    assert_true(mark_sandbox(town.folder, false)); /* nothing there: nothing to do */
    assert_true(mark_sandbox(town.folder, true));
    assert_true(mark_sandbox(town.folder, true));
    assert_int_equal(access(mark, F_OK), 0);
    begin_ready(); /* the town's tag is another one */
    assert_int_equal(access(mark, F_OK), -1);
    end_good();
    assert_false(mark_sandbox("/nowhere/at/all", true));
    /* Its path is the longest that there is, and one longer: then nothing of another name is made.
     */
    char far[PATH_MAX], cut[sizeof mark];
    size_t longest_bytes = sizeof far - sizeof "/" MARK_SANDBOX;
    memset(far, '/', sizeof far);
    memcpy(far, town.folder, strlen(town.folder));
    far[longest_bytes] = '\0';
    assert_true(mark_sandbox(far, true));
    assert_int_equal(access(mark, F_OK), 0);
    assert_true(mark_sandbox(far, false));
    far[longest_bytes] = '/';
    far[longest_bytes + 1] = '\0';
    assert_false(mark_sandbox(far, true));
    assert_int_equal(errno, ENAMETOOLONG);
    (void)snprintf(cut, sizeof cut, "%.*s", (int)strlen(mark) - 1, mark);
    assert_int_equal(access(mark, F_OK), -1);
    assert_int_equal(access(cut, F_OK), -1);
    int input = dup(STDIN_FILENO); /* its descriptor may be any, and is given back */
    close(STDIN_FILENO);
    assert_true(mark_sandbox(town.folder, true));
    assert_int_equal(dup(input), STDIN_FILENO);
    close(input);
    assert_true(mark_sandbox(town.folder, false));
    assert_int_equal(mkdir(mark, 0700), 0); /* something else of that name stays */
    assert_false(mark_sandbox(town.folder, false));
    assert_false(mark_sandbox(town.folder, true));
    assert_int_equal(rmdir(mark), 0);
    town_sql("UPDATE setting SET tag = '" SANDBOX_TAG "'");
    begin_ready();
    assert_int_equal(access(mark, F_OK), 0);
    end_good();
}

static void what_is_out_of_time_is_ended_without_being_asked(void **state)
{
    (void)state;
    const char *project = town_project(alder, "P1", INSTRUMENT_CARBON_REMOVAL);
    town_issue(project, 2024, 100, 0);
    struct command command = town_transfer("", alder, birch, alder, 100);
    (void)town_do(&command); /* long ago */
    begin_ready();
    int64_t until_us = clock_steady_us() + PATIENCE_US;
    while (town_number("SELECT count(*) FROM transfer WHERE state = 'expired'") != 1) {
        assert_true(clock_steady_us() < until_us);
        (void)poll(NULL, 0, 10);
    }
    wal_is_emptied();
    /* Now it waits for the next time, a minute after the first, and does nothing meanwhile. */
    while (waited->long_ms <= (LEDGER_EXPIRE_S - 30) * 1000) {
        assert_true(clock_steady_us() < until_us);
        (void)poll(NULL, 0, 10);
    }
    assert_true(waited->long_ms <= LEDGER_EXPIRE_S * 1000);
    clockid_t clock = 0;
    struct timespec busy;
    assert_int_equal(clock_getcpuclockid(daemon_pid, &clock), 0);
    assert_int_equal(clock_gettime(clock, &busy), 0);
    int64_t before_us = busy.tv_sec * CLOCK_SECOND_US + busy.tv_nsec / 1000;
    (void)poll(NULL, 0, 300);
    assert_int_equal(clock_gettime(clock, &busy), 0);
    assert_true(busy.tv_sec * CLOCK_SECOND_US + busy.tv_nsec / 1000 - before_us < 100000);
    assert_int_equal(times(said(), "kind=expire"), 1);
    end_good();
}

/* ---- the WAL ---- */

static void idle_the_wal_is_emptied_once(void **state)
{
    (void)state;
    begin_ready();
    wal_is_emptied_and_said(1);
    int before = waited->idle_waits;
    int fd = reach();
    hold_idleness();
    sends(fd, 0);
    hears(fd);
    assert_true(wal_bytes() > 0);
    let_it_idle();
    wal_is_emptied_and_said(2);
    assert_true(waited->idle_waits > before); /* a second was waited for it */
    struct answer answer;
    int commits = times(said(), "event=commit");
    assert_int_equal(send(fd, "?", 1, MSG_NOSIGNAL), 1); /* what is no command is no act */
    assert_true(connect_wait(fd, POLLIN, clock_steady_us() + PATIENCE_US));
    assert_int_equal(recv(fd, &answer, sizeof answer, 0), sizeof answer);
    assert_int_equal(answer.status, STATUS_BAD_REQUEST);
    (void)poll(NULL, 0, 1500);
    assert_int_equal(times(said(), "event=commit"), commits);
    assert_int_equal(times(said(), "event=checkpoint"), 2); /* there is nothing more to move */
    /* Somebody reads what is in it: the next turn tries again. */
    sqlite3 *reader = NULL;
    assert_int_equal(sqlite3_open(town.path, &reader), SQLITE_OK);
    hold_idleness();
    sends(fd, 1);
    hears(fd);
    assert_int_equal(sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM act", NULL, NULL, NULL),
                     SQLITE_OK);
    sends(fd, 2);
    hears(fd);
    let_it_idle();
    says("event=checkpoint", 4);
    assert_true(wal_bytes() > 0);
    assert_int_equal(sqlite3_exec(reader, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(reader);
    wal_is_emptied();
    sends(fd, 3);
    hears(fd);
    end_good();
    assert_int_equal(wal_bytes(), 0); /* a good end leaves none */
    close(fd);
}

/* One after the other, with a breath between: the WAL grows to WAL_PAGES_EASY and is moved. */
static void between_two_acts_pages_are_moved(void **state)
{
    (void)state;
    begin_ready();
    wal_is_emptied_and_said(1);
    hold_idleness(); /* a breath of ours may be a long one */
    int before = times(said(), "event=checkpoint");
    int fd = reach();
    int acts = 0;
    while (times(said(), "event=checkpoint") == before) {
        for (int i = 0; i < 20; i++, acts++) {
            sends(fd, acts);
            hears(fd);
            (void)poll(NULL, 0, 1);
        }
        assert_true(acts < 2000);
    }
    const char *line = strstr(log_text, "step=move");
    assert_non_null(line);
    int pages = 0;
    assert_int_equal(sscanf(line, "step=move pages_before=%d", &pages), 1);
    assert_true(pages >= WAL_PAGES_EASY && pages < WAL_PAGES_EASY + 200);
    /* The disk has them soon; then the rest follows, and the WAL begins anew. */
    while (strstr(said(), "step=finish") == NULL) {
        sends(fd, acts);
        hears(fd);
        assert_true(++acts < 3000);
    }
    int at_end = 0;
    assert_int_equal(
        sscanf(strstr(log_text, "step=finish"), "step=finish pages_before=%d", &at_end), 1);
    assert_true(at_end > pages);
    int64_t wal_before_bytes = wal_bytes();
    sends(fd, acts++);
    hears(fd);
    assert_int_equal(wal_bytes(), wal_before_bytes); /* written over from its beginning */
    /* With a reader in the way it stays long; that is no reason to move pages after each act. */
    sqlite3 *reader = NULL;
    assert_int_equal(sqlite3_open(town.path, &reader), SQLITE_OK);
    assert_int_equal(sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM act", NULL, NULL, NULL),
                     SQLITE_OK);
    int first = acts;
    before = times(said(), "event=checkpoint");
    while (times(said(), "event=checkpoint") < before + 3) {
        for (int i = 0; i < 10; i++, acts++) {
            sends(fd, acts);
            hears(fd);
            (void)poll(NULL, 0, 1);
        }
        assert_true(acts - first < 2000);
    }
    assert_true(acts - first >= 2 * 50);
    sqlite3_close(reader);
    close(fd);
    end_good();
}

#define CROWD 6
#define EACH 100

/* All at once: it is stopped meanwhile, so that afterwards somebody waits all the time. */
static void a_crowd_asks(int fds[CROWD])
{
    kill(daemon_pid, SIGSTOP);
    for (int i = 0; i < CROWD * EACH; i++) {
        sends(fds[i % CROWD], i);
    }
    kill(daemon_pid, SIGCONT);
    for (int i = 0; i < CROWD * EACH; i++) {
        hears(fds[i % CROWD]);
    }
}

static void a_crowd_is_not_kept_waiting(void **state)
{
    (void)state;
    int fds[CROWD];
    begin_ready();
    wal_is_emptied_and_said(1);
    for (int i = 0; i < CROWD; i++) {
        fds[i] = reach();
    }
    size_t mark_bytes = strlen(said());
    a_crowd_asks(fds);
    says("kind=trust", CROWD * EACH);
    const char *checkpoint = strstr(log_text + mark_bytes, "event=checkpoint");
    if (checkpoint != NULL) {
        log_text[checkpoint - log_text] = '\0'; /* all had their answers before */
        assert_int_equal(times(log_text, "kind=trust"), CROWD * EACH);
    }
    /* A WAL that is too long is moved even so, but not after each group. */
    wal_is_emptied_and_said(2);
    sqlite3_close(write_ballast());
    int before = times(said(), "event=checkpoint");
    mark_bytes = strlen(log_text);
    a_crowd_asks(fds);
    says("event=checkpoint", before + 1);
    checkpoint = strstr(log_text + mark_bytes, "event=checkpoint step=");
    assert_non_null(checkpoint);
    log_text[checkpoint - log_text] = '\0';
    int acts = times(log_text + mark_bytes, "kind=trust");
    assert_true(acts >= 200 && acts < CROWD * EACH);
    for (int i = 0; i < CROWD; i++) {
        close(fds[i]);
    }
    end_good();
}

static bool index_has_header(void)
{
    static const unsigned char nothing[96];
    unsigned char header[sizeof nothing];
    char path[128];
    (void)snprintf(path, sizeof path, "%s-shm", town.path);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(read(fd, header, sizeof header), sizeof header);
    close(fd);
    return memcmp(header, nothing, sizeof header) != 0;
}

/* What was moved may be nowhere: the daemon ends, and the index that says where it is, which a
 * reader keeps, is believed by nobody (store/wal_index.h). */
static void after_a_disk_fault_the_wal_is_read_anew(void **state)
{
    (void)state;
    sqlite3 *reader = NULL;
    const char *count = "SELECT count(*) FROM act";
    begin_ready();
    wal_is_emptied_and_said(1);
    assert_int_equal(sqlite3_open(town.path, &reader), SQLITE_OK);
    assert_int_equal(sqlite3_exec(reader, count, NULL, NULL, NULL), SQLITE_OK);
    int64_t acts = town_number(count);
    hold_idleness();
    int fd = reach();
    sends(fd, 0);
    hears(fd);
    assert_true(index_has_header());
    __atomic_store_n(&waited->disk_is_bad, true, __ATOMIC_SEQ_CST);
    let_it_idle();
    assert_int_equal(ends(), 1);
    __atomic_store_n(&waited->disk_is_bad, false, __ATOMIC_SEQ_CST);
    close(fd);
    assert_false(index_has_header());
    begin_ready();
    wal_is_emptied_and_said(1);
    assert_int_equal(town_number(count), acts + 1);
    end_good();
    assert_true(index_has_header()); /* it is true, and stays */
    sqlite3_close(reader);
}

/* ---- the look beside ---- */

static void a_large_file_is_looked_at_beside_the_work(void **state)
{
    (void)state;
    sqlite3 *db = write_ballast();
    assert_int_equal(sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
    begin_ready();
    says("goes on beside", 1);
    says("result=ok", 1);
    int fd = reach();
    sends(fd, 0);
    hears(fd);
    close(fd);
    end_good();
    /* A page that no act touches. */
    char mark[96];
    unsigned char garbage[4096];
    memset(garbage, 0x5a, sizeof garbage);
    (void)snprintf(mark, sizeof mark, "%s/registry.unsound", town.folder);
    fd = open(town.path, O_WRONLY | O_CLOEXEC);
    assert_int_equal(pwrite(fd, garbage, sizeof garbage, (off_t)BALLAST_BYTES / 2 / 4096 * 4096),
                     4096);
    close(fd);
    begin_ready();
    assert_int_equal(ends(), 1);
    assert_int_equal(access(mark, F_OK), 0);
    /* Nobody is let in before it is sound again. */
    begin(0, 0);
    assert_int_equal(ends(), 1);
    assert_int_equal(times(log_text, "event=ready"), 0);
}

/* ---- the log ---- */

/* Each "took_us=N" is a time that a test can have taken. */
static void times_are_sane(const char *text)
{
    int found = 0;
    for (const char *at = strstr(text, "took_us="); at != NULL; at = strstr(at + 1, "took_us=")) {
        long long took_us = -1;
        assert_int_equal(sscanf(at, "took_us=%lld", &took_us), 1);
        assert_true(took_us >= 0 && took_us < 2 * PATIENCE_US);
        found++;
    }
    assert_true(found > 0);
}

static void what_was_done_is_in_the_log(void **state)
{
    (void)state;
    begin_ready();
    int fd = reach();
    sends(fd, 0);
    hears(fd);
    says("level=info event=commit acts=1 took_us=", 2); /* the timer's, and this */
    assert_int_equal(times(log_text, "event=act kind=trust status=ok"), 1);
    struct answer answer;
    assert_int_equal(send(fd, "nonsense", 8, MSG_NOSIGNAL), 8);
    assert_true(connect_wait(fd, POLLIN, clock_steady_us() + PATIENCE_US));
    assert_int_equal(recv(fd, &answer, sizeof answer, 0), sizeof answer);
    assert_int_equal(answer.status, STATUS_BAD_REQUEST);
    says("event=act kind=malformed status=bad-request", 1);
    close(fd);
    wal_is_emptied();
    end_good();
    assert_int_equal(times(log_text, "kind=expire"), 0); /* nothing was out of time */
    assert_int_equal(times(log_text, "kind=trust"), 1);
    assert_int_equal(times(log_text, "level=fault"), 0);
    times_are_sane(log_text);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(room_for_a_full_house),
        TEST(signals_come_through_any_descriptor),
        TEST(who_holds_the_registry_is_named),
        TEST(a_sandbox_is_marked),
        TEST(what_is_out_of_time_is_ended_without_being_asked),
        TEST(idle_the_wal_is_emptied_once),
        TEST(between_two_acts_pages_are_moved),
        TEST(a_crowd_is_not_kept_waiting),
        TEST(after_a_disk_fault_the_wal_is_read_anew),
        TEST(a_large_file_is_looked_at_beside_the_work),
        TEST(what_was_done_is_in_the_log),
    };
    return cmocka_run_group_tests_name("the daemon's loop", tests, NULL, NULL);
}
