/*
 * unit/asking_test.c: how long a program waits for the ledger (connect.h, client.h, flow.h). Time
 * stands still in this process but for what is waited by poll(), and whoever is at the other end
 * acts while somebody waits: so each moment is met exactly, and fifteen seconds take none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "ledger/client.h"
#include "ledger/connect.h"
#include "ledger/flow.h"
#include "ledger/wire.h"
#include "unit/refuse_call.h"

#define MS INT64_C(1000)
#define POLLS_MAX 4000 /* more is a loop without end */
#define STEPS 4        /* of the other end, in one wait */

/* ---- time, and who is waited for ---- */

static int64_t now_us;
static void (*meanwhile)(void); /* what the other end does while it is waited for */
static bool is_deaf;            /* nothing is ever ready */
static int polls;
static int pauses;
static short last_events;
static int last_timeout_ms;

/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): the system names them so. */
int clock_gettime(clockid_t clock, struct timespec *at)
{
    static int (*real)(clockid_t, struct timespec *);
    if (real == NULL) {
        *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
    }
    if (clock != CLOCK_MONOTONIC) {
        return real(clock, at);
    }
    at->tv_sec = now_us / CLOCK_SECOND_US;
    at->tv_nsec = now_us % CLOCK_SECOND_US * 1000;
    return 0;
}
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */

/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): the system names them so. */
int poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
    static int (*real)(struct pollfd *, nfds_t, int);
    if (real == NULL) {
        *(void **)&real = dlsym(RTLD_NEXT, "poll");
    }
    if (++polls > POLLS_MAX) {
        abort();
    }
    pauses += count == 0 ? 1 : 0;
    if (count > 0) {
        last_events = fds[0].events;
        last_timeout_ms = timeout_ms;
    }
    int ready = is_deaf || count == 0 ? 0 : real(fds, count, 0);
    int steps = count == 0 ? 1 : STEPS;
    while (ready == 0 && meanwhile != NULL && steps-- > 0) {
        meanwhile();
        ready = is_deaf || count == 0 ? 0 : real(fds, count, 0);
    }
    if (ready == 0) {
        now_us += timeout_ms * MS;
    }
    return ready;
}
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */

/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): the system names them so. */
BETWEEN(ssize_t, recv, (int fd, void *bytes, size_t size_bytes, int flags),
        (fd, bytes, size_bytes, flags))
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */

static int refuse_sends; /* so many sends find no room */
static int refuse_sends_skip;
static void (*before_refusal)(void);

/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): the system names them so. */
ssize_t send(int fd, const void *bytes, size_t size_bytes, int flags)
{
    static ssize_t (*real)(int, const void *, size_t, int);
    if (real == NULL) {
        *(void **)&real = dlsym(RTLD_NEXT, "send");
    }
    if (refusal.call != NULL && refused("send")) {
        return -1;
    }
    if (refuse_sends > 0 && refuse_sends_skip-- <= 0) {
        refuse_sends--;
        if (before_refusal != NULL) {
            before_refusal();
        }
        errno = EAGAIN;
        return -1;
    }
    return real(fd, bytes, size_bytes, flags);
}
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */

/* ---- the other end ---- */

static char folder[64];
static struct sockaddr_un address;
static int listener;
static int served;      /* the connection that is served; -1: none */
static int accepted;    /* how many have come */
static int closings;    /* so many connections are closed after the first message */
static int answers;     /* how many were given */
static int64_t next_us; /* no answer before this moment */
static int64_t each_us; /* between two answers */

static void listens(void)
{
    listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 50), 0);
}

static void listens_no_more(void)
{
    if (served >= 0) {
        close(served);
        served = -1;
    }
    if (listener >= 0) {
        close(listener);
        listener = -1;
        unlink(address.sun_path);
    }
}

/* One step: lets somebody in, or hears a message and answers it. */
static void serves(void)
{
    static struct command command;
    if (served < 0) {
        served = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        accepted += served >= 0 ? 1 : 0;
    }
    if (served < 0 || now_us < next_us) {
        return;
    }
    const char *refused_call = refusal.call; /* this is the other end's */
    refusal.call = NULL;
    ssize_t size_bytes = recv(served, &command, sizeof command, 0);
    if (size_bytes == 0 || (size_bytes > 0 && closings > 0)) {
        closings -= size_bytes > 0 ? 1 : 0;
        close(served);
        served = -1;
    } else if (size_bytes > 0) {
        struct answer said = wire_answer(STATUS_OK);
        said.seq = ++answers;
        int kept = refuse_sends;
        refuse_sends = 0;
        (void)send(served, &said, sizeof said, MSG_NOSIGNAL);
        refuse_sends = kept;
        next_us = now_us + each_us;
    }
    refusal.call = refused_call;
}

static int set_up(void **state)
{
    (void)state;
    now_us = 1000 * CLOCK_SECOND_US;
    polls = 0;
    pauses = 0;
    meanwhile = NULL;
    is_deaf = false;
    listener = -1;
    served = -1;
    accepted = 0;
    closings = 0;
    answers = 0;
    next_us = 0;
    each_us = 0;
    refuse_sends = 0;
    refuse_sends_skip = 0;
    before_refusal = NULL;
    strcpy(folder, "/tmp/tallystick-asking-XXXXXX");
    assert_non_null(mkdtemp(folder));
    address = (struct sockaddr_un){.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s/socket", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    char words[128];
    refuse_call(NULL, 0, 0);
    listens_no_more();
    (void)snprintf(words, sizeof words, "rm -rf '%s'", folder);
    return system(words);
}

static int64_t since_us(int64_t began_us)
{
    return now_us - began_us;
}

/* ---- reaching ---- */

static void appears(void)
{
    if (pauses == 2 && listener < 0) {
        listens();
    }
    if (listener >= 0) {
        serves();
    }
}

static void it_is_tried_until_the_time_is_up(void **state)
{
    (void)state;
    int64_t began_us = now_us;
    assert_int_equal(connect_until(address.sun_path, now_us), -1);
    assert_int_equal(pauses, 0);
    assert_int_equal(connect_until(address.sun_path, now_us + MS * 2 * CONNECT_AGAIN_MS), -1);
    assert_int_equal(pauses, 2);
    assert_int_equal(since_us(began_us), MS * 2 * CONNECT_AGAIN_MS);
    assert_int_equal(connect_until(address.sun_path, now_us + 1), -1);
    assert_int_equal(pauses, 3);
    pauses = 0;
    meanwhile = appears;
    int fd = connect_until(address.sun_path, now_us + CLOCK_SECOND_US);
    assert_true(fd >= 0);
    assert_int_equal(pauses, 2);
    close(fd);
}

static void it_is_waited_to_the_moment(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    assert_false(connect_wait(ends[0], POLLIN, now_us));
    assert_int_equal(polls, 0);
    assert_false(connect_wait(ends[0], POLLIN, now_us - 1));
    assert_int_equal(polls, 0);
    static const struct {
        int64_t left_us;
        int timeout_ms;
    } rows[] = {{1, 1}, {999, 1}, {1000, 1}, {1001, 2}, {1500, 2}, {15000000, 15000}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_false(connect_wait(ends[0], POLLIN, now_us + rows[i].left_us));
        assert_int_equal(last_timeout_ms, rows[i].timeout_ms);
        assert_int_equal(polls, i + 1);
    }
    assert_true(connect_wait(ends[0], POLLOUT, now_us + 1));
    close(ends[1]);
    assert_true(connect_wait(ends[0], POLLIN, now_us + 1)); /* a farewell is something to look at */
    close(ends[0]);
}

/* "<folder>/././…/s" of so many bytes. */
static void long_name(char name[sizeof address.sun_path + 1], size_t bytes)
{
    size_t used = strlen(folder);
    memcpy(name, folder, used);
    while (used < bytes - 2) {
        bool is_odd = (bytes - used) % 2 == 1;
        name[used++] = '/';
        if (!is_odd) {
            name[used++] = '.';
        }
    }
    name[used] = '/';
    name[used + 1] = 's';
    name[used + 2] = '\0';
    assert_int_equal(strlen(name), bytes);
    memset(address.sun_path, 0, sizeof address.sun_path);
    memcpy(address.sun_path, name, bytes);
}

/* The system takes a name that fills its room to the last byte; ours must have an end. */
static void a_name_without_room_for_its_end(void **state)
{
    (void)state;
    char name[sizeof address.sun_path + 1];
    long_name(name, sizeof address.sun_path);
    listens();
    assert_int_equal(connect_until(name, now_us), -1);
    close(listener);
    long_name(name, sizeof address.sun_path - 1);
    assert_int_equal(unlink(name), 0); /* the same file */
    listens();
    int fd = connect_until(name, now_us);
    assert_true(fd >= 0);
    close(fd);
}

/* ---- a program asks ---- */

static struct ledger_client client;
static struct command command;
static struct answer answer;

static enum status asks(const char *key)
{
    command = command_of(ACT_TRUST, "", key);
    memset(&answer, 0, sizeof answer);
    ledger_client_init(&client, address.sun_path);
    enum status status = ledger_ask(&client, &command, &answer);
    assert_int_equal(answer.status, status);
    ledger_client_close(&client);
    return status;
}

static void who_is_absent_is_waited_for_a_moment(void **state)
{
    (void)state;
    int64_t began_us = now_us;
    assert_int_equal(asks("key"), STATUS_LEDGER_AWAY);
    assert_int_equal(since_us(began_us), LEDGER_ABSENT_MS_MAX * MS);
    meanwhile = appears;
    pauses = 0;
    began_us = now_us;
    assert_int_equal(asks("key"), STATUS_OK);
    assert_int_equal(answer.seq, 1);
    assert_int_equal(since_us(began_us), MS * 2 * CONNECT_AGAIN_MS);
}

/* A program without standard input: its connection is descriptor 0, and is kept. */
static void a_connection_that_is_zero(void **state)
{
    (void)state;
    listens();
    meanwhile = serves;
    command = command_of(ACT_TRUST, "", "key");
    ledger_client_init(&client, address.sun_path);
    assert_int_equal(close(STDIN_FILENO), 0);
    enum status first = ledger_ask(&client, &command, &answer);
    int fd = client.fd;
    enum status second = ledger_ask(&client, &command, &answer);
    ledger_client_close(&client);
    assert_int_equal(open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
    assert_int_equal(first, STATUS_OK);
    assert_int_equal(second, STATUS_OK);
    assert_int_equal(fd, STDIN_FILENO);
    assert_int_equal(answer.seq, 2);
    assert_int_equal(accepted, 1);
}

static void an_answer_is_waited_for(void **state)
{
    (void)state;
    listens();
    meanwhile = serves;
    assert_int_equal(asks(""), STATUS_OK);
    assert_int_equal(last_events, POLLIN);
    /* Somebody who hears and never answers: once, for the time is up. */
    next_us = INT64_MAX;
    served = -1;
    accepted = 0;
    int64_t began_us = now_us;
    assert_int_equal(asks("key"), STATUS_ANSWER_LOST);
    assert_int_equal(since_us(began_us), LEDGER_ASK_MS_MAX * MS);
    assert_int_equal(accepted, 1);
    assert_int_equal(answer.version, COMMAND_VERSION);
}

static void signals_and_full_sockets_are_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *call;
        int error;
    } rows[] = {{"send", EINTR}, {"send", EAGAIN}, {"recv", EINTR}, {"recv", EAGAIN}};
    listens();
    meanwhile = serves;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        accepted = 0;
        refuse_call(rows[i].call, rows[i].error, 0);
        assert_int_equal(asks(""), STATUS_OK);
        assert_null(refusal.call);
        serves(); /* hears the farewell */
        assert_int_equal(accepted, 1);
    }
    /* No room for the message, ever: it was not sent, so nothing has happened. */
    is_deaf = true;
    refuse_sends = POLLS_MAX;
    int64_t began_us = now_us;
    assert_int_equal(asks("key"), STATUS_LEDGER_AWAY);
    assert_int_equal(since_us(began_us), LEDGER_ASK_MS_MAX * MS);
    assert_int_equal(last_events, POLLOUT);
}

static void other_refusals_break_the_connection(void **state)
{
    (void)state;
    listens();
    meanwhile = serves;
    refuse_call("send", EPIPE, 0); /* it was not sent: it can be asked again even without a key */
    assert_int_equal(asks(""), STATUS_OK);
    refuse_call("recv", ECONNRESET, 0);
    assert_int_equal(asks(""), STATUS_ANSWER_LOST);
    refuse_call("recv", ECONNRESET, 0);
    listens_no_more();
    listens();
    assert_int_equal(asks("key"), STATUS_OK);
}

/* Each connection is closed behind the message: at once again the first time, then with a breath,
 * for as long as a daemon needs to start. */
static void who_keeps_closing(void **state)
{
    (void)state;
    listens();
    meanwhile = serves;
    closings = POLLS_MAX;
    int64_t began_us = now_us;
    assert_int_equal(asks("key"), STATUS_ANSWER_LOST);
    assert_int_equal(since_us(began_us), LEDGER_RESTART_MS_MAX * MS);
    assert_int_equal(pauses, LEDGER_RESTART_MS_MAX / CONNECT_AGAIN_MS);
    assert_int_equal(POLLS_MAX - closings, 1 + LEDGER_RESTART_MS_MAX / CONNECT_AGAIN_MS);
    closings = 2;
    pauses = 0;
    assert_int_equal(asks("key"), STATUS_OK);
    assert_int_equal(pauses, 1);
}

static void closes_late(void)
{
    if (listener >= 0) {
        served = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        now_us += (LEDGER_ASK_MS_MAX - 1000) * MS;
        listens_no_more();
    }
}

/* Nobody is kept waiting longer by it. */
static void a_break_shortly_before_the_end(void **state)
{
    (void)state;
    listens();
    meanwhile = closes_late;
    int64_t began_us = now_us;
    assert_int_equal(asks("key"), STATUS_ANSWER_LOST);
    assert_int_equal(since_us(began_us), LEDGER_ASK_MS_MAX * MS);
}

/* ---- many at once ---- */

static struct flow flow;
static char notes[256];

static void note(void *context, const struct command *asked, const struct answer *given)
{
    (void)context;
    size_t used = strlen(notes);
    (void)snprintf(notes + used, sizeof notes - used, "%s=%s ", asked->key,
                   given->status == STATUS_OK            ? "ok"
                   : given->status == STATUS_ANSWER_LOST ? "lost"
                                                         : "else");
}

static void adds(const char *key)
{
    command = command_of(ACT_TRUST, "", key);
    (void)flow_add(&flow, &command, note, NULL);
}

static void reaches(void)
{
    notes[0] = '\0';
    flow_init(&flow);
    assert_true(flow_connect(&flow, address.sun_path, 0));
}

static void nobody_answers_in_time(void **state)
{
    (void)state;
    listens();
    meanwhile = serves;
    next_us = INT64_MAX;
    reaches();
    adds("a");
    int64_t began_us = now_us;
    assert_int_equal(flow_pump(&flow, 0), STATUS_ANSWER_LOST);
    assert_int_equal(since_us(began_us), LEDGER_ASK_MS_MAX * MS);
    assert_int_equal(last_events, POLLIN);
    flow_close(&flow);
}

/* Time goes by in this wait, then there is an answer. */
static void serves_slowly(void)
{
    serves();
    if (served >= 0 && now_us < next_us) {
        now_us = next_us;
        serves();
    }
}

static void progress_is_progress(void **state)
{
    (void)state;
    listens();
    reaches();
    meanwhile = serves_slowly;
    each_us = 10 * CLOCK_SECOND_US;
    next_us = now_us + each_us;
    adds("a");
    adds("b");
    adds("c");
    int64_t began_us = now_us;
    assert_int_equal(flow_pump(&flow, 0), STATUS_OK);
    assert_string_equal(notes, "a=ok b=ok c=ok ");
    assert_int_equal(since_us(began_us), 3 * each_us);
    assert_int_equal(last_events, POLLIN);
    /* As many as are wished stay unanswered, but everything is sent. */
    each_us = 0;
    notes[0] = '\0';
    adds("d");
    adds("e");
    assert_int_equal(flow_pump(&flow, 1), STATUS_OK);
    assert_string_equal(notes, "d=ok ");
    assert_int_equal(flow.sent, 1);
    assert_int_equal(flow.count, 1);
    assert_int_equal(flow_pump(&flow, 0), STATUS_OK);
    assert_string_equal(notes, "d=ok e=ok ");
    assert_int_equal(flow.sent, 0);
    flow_close(&flow);
}

static void no_room_to_send(void **state)
{
    (void)state;
    listens();
    reaches();
    meanwhile = serves;
    adds("a");
    adds("b");
    refuse_sends = 1;
    refuse_sends_skip = 1; /* a goes, b has to wait: for room, and for a's answer meanwhile */
    assert_int_equal(flow_pump(&flow, 0), STATUS_OK);
    assert_string_equal(notes, "a=ok b=ok ");
    refuse_sends = POLLS_MAX;
    refuse_sends_skip = 0;
    is_deaf = true;
    adds("c");
    int64_t began_us = now_us;
    assert_int_equal(flow_pump(&flow, 0), STATUS_ANSWER_LOST);
    assert_int_equal(since_us(began_us), LEDGER_ASK_MS_MAX * MS);
    assert_int_equal(last_events, POLLIN | POLLOUT);
    flow_close(&flow);
}

static void signals_do_not_break_the_flow(void **state)
{
    (void)state;
    static const struct {
        const char *call;
        int error;
        const char *notes;
    } rows[] = {{"send", EINTR, "=ok "},
                {"send", EAGAIN, "=ok "},
                {"recv", EINTR, "=ok "},
                {"send", EPIPE, "=ok "}, /* not sent: sent again */
                {"recv", ECONNRESET, "=lost "}};
    listens();
    meanwhile = serves;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        listens_no_more();
        listens();
        accepted = 0;
        reaches();
        adds("");
        refuse_call(rows[i].call, rows[i].error, 0);
        assert_int_equal(flow_pump(&flow, 0), STATUS_OK);
        assert_null(refusal.call);
        assert_string_equal(notes, rows[i].notes);
        flow_close(&flow);
    }
}

static void breaks(void)
{
    serves(); /* lets in, hears the first message, and closes */
    serves();
}

/* One is sent when the connection breaks, the next is not: only what was sent can be lost. */
static void what_was_not_sent_is_not_lost(void **state)
{
    (void)state;
    listens();
    reaches();
    meanwhile = serves;
    closings = 1;
    before_refusal = breaks;
    refuse_sends = 1;
    refuse_sends_skip = 1;
    adds("");
    adds("");
    adds("c");
    int64_t began_us = now_us;
    assert_int_equal(flow_pump(&flow, 0), STATUS_OK);
    assert_string_equal(notes, "=lost =ok c=ok ");
    assert_int_equal(since_us(began_us), CONNECT_AGAIN_MS * MS);
    flow_close(&flow);
}

static void nobody_listens_any_more(void **state)
{
    (void)state;
    listens();
    reaches();
    listens_no_more();
    adds("a");
    int64_t began_us = now_us;
    refuse_call("send", EPIPE, 0);
    assert_int_equal(flow_pump(&flow, 0), STATUS_LEDGER_AWAY); /* nothing ever went out */
    assert_true(since_us(began_us) >= LEDGER_RESTART_MS_MAX * MS);
    assert_true(since_us(began_us) < (LEDGER_RESTART_MS_MAX + 100) * MS);
    assert_int_equal(flow.fd, -1);
    listens();
    reaches();
    adds("a");
    before_refusal = listens_no_more;
    refuse_sends = 1;
    refuse_sends_skip = 1;
    adds("b");
    assert_int_equal(flow_pump(&flow, 0), STATUS_ANSWER_LOST);
    flow_close(&flow);
}

static int64_t closes_until_us;

/* Closes behind each message for a while, then answers one, and again. */
static void closes_between_answers(void)
{
    int before = answers;
    closings = now_us < closes_until_us ? 1 : 0;
    serves();
    if (answers > before) {
        closes_until_us = now_us + LEDGER_RESTART_MS_MAX * MS * 2 / 3;
    }
}

/* Whoever lets in and closes every time, as the daemon does with a stranger, is not asked for ever.
 * An answer in between is progress. */
static void who_keeps_closing_the_flow(void **state)
{
    (void)state;
    listens();
    reaches();
    meanwhile = serves;
    closings = POLLS_MAX;
    adds("a");
    adds("b");
    int64_t began_us = now_us;
    assert_int_equal(flow_pump(&flow, 0), STATUS_ANSWER_LOST);
    assert_int_equal(since_us(began_us), LEDGER_RESTART_MS_MAX * MS);
    assert_string_equal(notes, "");
    assert_int_equal(flow.fd, -1);
    listens_no_more();
    listens();
    reaches();
    meanwhile = closes_between_answers;
    closes_until_us = now_us + LEDGER_RESTART_MS_MAX * MS * 2 / 3;
    adds("c");
    adds("d");
    began_us = now_us;
    assert_int_equal(flow_pump(&flow, 0), STATUS_OK);
    assert_string_equal(notes, "c=ok d=ok ");
    assert_true(since_us(began_us) > LEDGER_RESTART_MS_MAX * MS);
    flow_close(&flow);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(it_is_tried_until_the_time_is_up),
        TEST(it_is_waited_to_the_moment),
        TEST(a_name_without_room_for_its_end),
        TEST(who_is_absent_is_waited_for_a_moment),
        TEST(a_connection_that_is_zero),
        TEST(an_answer_is_waited_for),
        TEST(signals_and_full_sockets_are_nothing),
        TEST(other_refusals_break_the_connection),
        TEST(who_keeps_closing),
        TEST(a_break_shortly_before_the_end),
        TEST(nobody_answers_in_time),
        TEST(progress_is_progress),
        TEST(no_room_to_send),
        TEST(signals_do_not_break_the_flow),
        TEST(what_was_not_sent_is_not_lost),
        TEST(nobody_listens_any_more),
        TEST(who_keeps_closing_the_flow),
    };
    return cmocka_run_group_tests_name("asking and waiting", tests, NULL, NULL);
}
