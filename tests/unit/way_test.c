/*
 * unit/way_test.c: tally's ways to the ledger and a program's asking while something is wrong: a
 * store at fault, a transaction that is left, a daemon that answers nonsense or closes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "ledger/client.h"
#include "ledger/door.h"
#include "ledger/flow.h"
#include "ledger/lock.h"
#include "ledger/town.h"
#include "ledger/way.h"
#include "ledger/wire.h"
#include "unit/step_fault.h"

static struct tally tally;
static struct answer answer;
static char alder[ID_SIZE], birch[ID_SIZE];

static int set_up(void **state)
{
    (void)state;
    town_found();
    memcpy(alder, town_org("Alder", true, ORG_PARTICIPANT), ID_SIZE);
    memcpy(birch, town_org("Birch", false, ORG_PARTICIPANT), ID_SIZE);
    tally = (struct tally){.arena = &town.arena,
                           .data_dir = town.folder,
                           .run_dir = town.folder,
                           .registry_path = town.path,
                           .way = way_make()};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    step_failing = NULL;
    way_close(tally.way);
    town_leave();
    return 0;
}

static struct command trusts(bool remove, const char *key)
{
    struct command command = command_of(ACT_TRUST, "", key);
    TEXT_COPY(command.trust.org_id, alder);
    TEXT_COPY(command.trust.sender_org_id, birch);
    command.trust.remove = remove;
    return command;
}

static enum status ask(bool remove)
{
    struct command command = trusts(remove, "");
    return tally_ask(&tally, &command, &answer);
}

static int64_t trusted(void)
{
    return town_number("SELECT count(*) FROM trusted_sender");
}

/* Everything asked from now on is told why. */
static void is_lost(enum status why)
{
    enum status settled = STATUS_OK;
    struct command command = trusts(false, "");
    assert_false(tally_is_direct(&tally, &settled));
    assert_int_equal(settled, why);
    assert_false(tally_is_direct(&tally, NULL));
    assert_int_equal(ask(false), why);
    assert_int_equal(answer.status, why);
    assert_int_equal(tally_send(&tally, &command, NULL, NULL), why);
    assert_int_equal(tally_settle(&tally), why);
    assert_int_equal(tally_begin(&tally), why);
    assert_int_equal(tally_commit(&tally), why);
    tally_rollback(&tally);
}

static void a_store_at_fault_ends_the_way(void **state)
{
    (void)state;
    static const struct {
        const char *failing;
        enum status why;
    } ways[] = {{"INSERT INTO act", STATUS_FAULT},
                {"BEGIN IMMEDIATE", STATUS_FAULT},
                {"COMMIT", STATUS_ANSWER_LOST}};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        step_failing = ways[i].failing;
        assert_int_equal(ask(false), ways[i].why);
        step_failing = NULL;
        is_lost(ways[i].why);
        assert_int_equal(trusted(), 0);
        way_close(tally.way);
        /* All or nothing. */
        step_failing = ways[i].failing;
        enum status status = tally_begin(&tally);
        if (status == STATUS_OK) {
            status = ask(false);
        }
        if (status == STATUS_OK) {
            status = tally_commit(&tally);
        }
        step_failing = NULL;
        assert_int_equal(status, ways[i].why);
        is_lost(ways[i].why);
        assert_int_equal(trusted(), 0);
        way_close(tally.way);
    }
    assert_int_equal(ask(false), STATUS_OK);
    assert_int_equal(trusted(), 1);
}

static void a_whole_is_kept_undone_or_left(void **state)
{
    (void)state;
    tally_rollback(&tally); /* nothing was begun */
    assert_int_equal(tally_begin(&tally), STATUS_OK);
    assert_int_equal(ask(false), STATUS_OK);
    assert_int_equal(tally_settle(&tally), STATUS_OK); /* settling does not commit a whole */
    assert_int_equal(trusted(), 0);
    tally_rollback(&tally);
    assert_int_equal(trusted(), 0);
    assert_int_equal(tally_begin(&tally), STATUS_OK);
    assert_int_equal(ask(false), STATUS_OK);
    assert_int_equal(tally_commit(&tally), STATUS_OK);
    assert_int_equal(trusted(), 1);
    assert_int_equal(tally_begin(&tally), STATUS_OK);
    assert_int_equal(ask(true), STATUS_OK);
    way_close(tally.way); /* in the middle */
    assert_int_equal(trusted(), 1);
    assert_int_equal(tally_begin(&tally), STATUS_OK); /* and may begin anew */
    assert_int_equal(ask(true), STATUS_OK);
    assert_int_equal(tally_commit(&tally), STATUS_OK);
    assert_int_equal(trusted(), 0);
    struct command command = trusts(false, "");
    assert_int_equal(tally_send(&tally, &command, NULL, NULL), STATUS_OK);
    way_close(tally.way); /* nobody waited for the answer: not committed */
    assert_int_equal(trusted(), 0);
}

static void nonsense_is_refused_and_the_way_goes_on(void **state)
{
    (void)state;
    struct command command = trusts(false, "");
    command.kind = ACT__COUNT;
    assert_int_equal(tally_ask(&tally, &command, &answer), STATUS_BAD_REQUEST);
    assert_int_equal(answer.version, COMMAND_VERSION);
    assert_int_equal(ask(false), STATUS_OK);
    way_close(tally.way);
    tally.data_dir = "/nowhere";
    is_lost(STATUS_FAULT);
}

static void count(void *context, const struct command *command, const struct answer *given)
{
    (void)command;
    assert_int_equal(given->status, STATUS_OK);
    (*(int *)context)++;
}

static int64_t wal_bytes(void)
{
    char wal[sizeof town.path + 8];
    struct stat file;
    (void)snprintf(wal, sizeof wal, "%s-wal", town.path);
    return stat(wal, &file) == 0 ? file.st_size : -1;
}

/* The WAL is moved into the file from time to time, not each time and not only at the end: it grows
 * until the 64th commit, and then begins again. */
static void many_groups(void **state)
{
    (void)state;
    int answers = 0;
    int64_t grown_bytes[3];
    for (int i = 0; i < 130; i++) {
        if (i % 30 == 0 && i < 90) {
            grown_bytes[i / 30] = wal_bytes();
        }
        struct command command = trusts(i % 2 == 1, "");
        assert_int_equal(tally_send(&tally, &command, count, &answers), STATUS_OK);
        assert_int_equal(answers, i);
        assert_int_equal(tally_settle(&tally), STATUS_OK);
        assert_int_equal(answers, i + 1);
    }
    assert_int_equal(trusted(), 0);
    assert_true(grown_bytes[1] - grown_bytes[0] >= (int64_t)30 * 4096);
    assert_true(grown_bytes[2] - grown_bytes[1] >= (int64_t)30 * 4096);
    assert_true(wal_bytes() - grown_bytes[2] < (int64_t)30 * 4096);
}

/* What is sent before anybody asks for the answers is one group: kept and answered together. */
static void a_group_is_answered_together(void **state)
{
    (void)state;
    int answers = 0;
    for (int i = 0; i < 3; i++) {
        struct command command = trusts(i == 1, "");
        assert_int_equal(tally_send(&tally, &command, count, &answers), STATUS_OK);
    }
    assert_int_equal(answers, 0);
    assert_int_equal(trusted(), 0);
    tally_rollback(&tally); /* no whole was begun: there is nothing of it to undo */
    assert_int_equal(tally_settle(&tally), STATUS_OK);
    assert_int_equal(answers, 3);
    assert_int_equal(trusted(), 1);
}

/* Who wrote directly leaves no WAL to whoever opens the registry next; who was lost leaves it as it
 * is. */
static void the_wal_is_empty_afterwards(void **state)
{
    (void)state;
    assert_int_equal(ask(false), STATUS_OK);
    assert_true(wal_bytes() > 0);
    way_close(tally.way);
    assert_int_equal(wal_bytes(), 0);
    assert_int_equal(ask(true), STATUS_OK);
    step_failing = "BEGIN IMMEDIATE";
    assert_int_equal(ask(false), STATUS_FAULT);
    step_failing = NULL;
    way_close(tally.way);
    assert_true(wal_bytes() > 0);
    assert_int_equal(trusted(), 0);
}

/* ---- a daemon that is none ---- */

enum trick {
    TRICK_CLOSE,
    TRICK_SHORT,
    TRICK_LONG,
    TRICK_VERSION,
    TRICK_STATUS_BELOW,
    TRICK_STATUS_ABOVE,
    TRICK_NONE,
    TRICK_CLOSE_SECOND
};

/* Each connection is played one trick after one message (CLOSE_SECOND: after two); the last answers
 * as it should. */
static void play(int listener, const enum trick *tricks)
{
    static struct command command;
    static unsigned char bytes[2 * sizeof(struct answer)];
    for (;; tricks++) {
        int fd = accept(listener, NULL, NULL);
        if (*tricks == TRICK_CLOSE_SECOND) {
            (void)recv(fd, &command, sizeof command, 0);
        }
        while (recv(fd, &command, sizeof command, 0) > 0 && *tricks != TRICK_CLOSE &&
               *tricks != TRICK_CLOSE_SECOND) {
            struct answer said = wire_answer(STATUS_OK);
            said.seq = 42;
            said.version += *tricks == TRICK_VERSION ? 1 : 0;
            said.status = *tricks == TRICK_STATUS_BELOW   ? -1
                          : *tricks == TRICK_STATUS_ABOVE ? STATUS__COUNT
                                                          : STATUS_OK;
            memcpy(bytes, &said, sizeof said);
            size_t size_bytes = *tricks == TRICK_SHORT  ? sizeof said - 1
                                : *tricks == TRICK_LONG ? sizeof said + 1
                                                        : sizeof said;
            (void)send(fd, bytes, size_bytes, MSG_NOSIGNAL);
            if (*tricks != TRICK_NONE) {
                break;
            }
        }
        close(fd);
    }
}

static pid_t start(const enum trick *tricks, char path[sizeof((struct sockaddr_un *)0)->sun_path])
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    assert_true(door_path(town.folder, PROGRAM_TALLY, path));
    memcpy(address.sun_path, path, sizeof address.sun_path);
    unlink(path);
    int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 5), 0);
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        play(listener, tricks);
    }
    close(listener);
    return child;
}

static void stop(pid_t child)
{
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

/* A daemon that is only just starting is waited for, as long as was said. */
static void one_that_comes_late_is_waited_for(void **state)
{
    (void)state;
    static struct flow flow;
    char path[sizeof((struct sockaddr_un *)0)->sun_path];
    static const enum trick none[] = {TRICK_NONE};
    assert_true(door_path(town.folder, PROGRAM_TALLY, path));
    fflush(stdout);
    pid_t late = fork();
    if (late == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)poll(NULL, 0, 200);
        pid_t player = start(none, path);
        (void)waitpid(player, NULL, 0);
        _exit(0);
    }
    flow_init(&flow);
    assert_true(flow_connect(&flow, path, 60000));
    flow_close(&flow);
    stop(late);
}

static const enum trick all_tricks[] = {TRICK_CLOSE,   TRICK_SHORT,        TRICK_LONG,
                                        TRICK_VERSION, TRICK_STATUS_BELOW, TRICK_STATUS_ABOVE,
                                        TRICK_NONE};

static void a_program_takes_no_nonsense_for_an_answer(void **state)
{
    (void)state;
    char path[sizeof((struct sockaddr_un *)0)->sun_path];
    pid_t child = start(all_tricks, path);
    struct ledger_client client;
    ledger_client_init(&client, path);
    struct command command = trusts(false, "a-key");
    assert_int_equal(ledger_ask(&client, &command, &answer), STATUS_OK);
    assert_int_equal(answer.seq, 42);
    ledger_client_close(&client);
    stop(child);
    /* Without a key it cannot be asked again. */
    for (enum trick trick = TRICK_CLOSE; trick < TRICK_NONE; trick++) {
        child = start((enum trick[]){trick, TRICK_NONE}, path);
        command.key[0] = '\0';
        assert_int_equal(ledger_ask(&client, &command, &answer), STATUS_ANSWER_LOST);
        assert_int_equal(answer.seq, 0);
        assert_int_equal(ledger_ask(&client, &command, &answer), STATUS_OK);
        ledger_client_close(&client);
        stop(child);
    }
    char long_path[200];
    memset(long_path, 'p', sizeof long_path);
    long_path[199] = '\0';
    ledger_client_init(&client, long_path);
    assert_int_equal(ledger_ask(&client, &command, &answer), STATUS_LEDGER_AWAY);
}

static void note(void *context, const struct command *command, const struct answer *given)
{
    char *notes = context;
    (void)snprintf(notes + strlen(notes), 16, "%.3s=%d ", command->key, given->status);
}

static void tally_takes_no_nonsense_for_an_answer(void **state)
{
    (void)state;
    static const enum trick tricks[] = {TRICK_CLOSE, TRICK_SHORT, TRICK_VERSION, TRICK_LONG,
                                        TRICK_NONE};
    char path[sizeof((struct sockaddr_un *)0)->sun_path];
    char notes[200] = "";
    int lock_fd = -1;
    int64_t holder = 0;
    assert_int_equal(lock_take(town.folder, &lock_fd, &holder), STATUS_OK);
    pid_t child = start(tricks, path);
    enum status settled = STATUS_FAULT;
    assert_false(tally_is_direct(&tally, &settled));
    assert_int_equal(settled, STATUS_OK);
    assert_int_equal(tally_begin(&tally), STATUS_BUSY);
    tally_rollback(&tally); /* nothing was begun */
    static const char *const keys[] = {"a", "b", "", "c"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        struct command command = trusts(false, keys[i]);
        assert_int_equal(tally_send(&tally, &command, note, notes), STATUS_OK);
    }
    assert_int_equal(tally_settle(&tally), STATUS_OK);
    /* Keyed ones are asked again and in order; of one without a key it may be known or not. */
    char lost[32];
    (void)snprintf(lost, sizeof lost, "a=0 b=0 =%d c=0 ", STATUS_ANSWER_LOST);
    assert_true(strcmp(notes, lost) == 0 || strcmp(notes, "a=0 b=0 =0 c=0 ") == 0);
    way_close(tally.way);
    stop(child);
    /* One that was on its way when the connection broke is lost, and only that one. */
    child = start((enum trick[]){TRICK_CLOSE, TRICK_NONE}, path);
    assert_int_equal(ask(false), STATUS_ANSWER_LOST);
    assert_int_equal(ask(false), STATUS_OK);
    assert_int_equal(answer.seq, 42);
    way_close(tally.way);
    stop(child);
    /* Of several that were on their way each one is: none is sent again without a key. */
    child = start((enum trick[]){TRICK_CLOSE_SECOND, TRICK_NONE}, path);
    notes[0] = '\0';
    for (size_t i = 0; i < 2; i++) {
        struct command command = trusts(false, "");
        assert_int_equal(tally_send(&tally, &command, note, notes), STATUS_OK);
    }
    assert_int_equal(tally_settle(&tally), STATUS_OK);
    (void)snprintf(lost, sizeof lost, "=%d =%d ", STATUS_ANSWER_LOST, STATUS_ANSWER_LOST);
    assert_string_equal(notes, lost);
    way_close(tally.way);
    stop(child);
    lock_release(lock_fd);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_store_at_fault_ends_the_way),
        TEST(a_whole_is_kept_undone_or_left),
        TEST(nonsense_is_refused_and_the_way_goes_on),
        TEST(many_groups),
        TEST(a_group_is_answered_together),
        TEST(the_wal_is_empty_afterwards),
        TEST(one_that_comes_late_is_waited_for),
        TEST(a_program_takes_no_nonsense_for_an_answer),
        TEST(tally_takes_no_nonsense_for_an_answer),
    };
    return cmocka_run_group_tests_name("ways to the ledger", tests, NULL, NULL);
}
