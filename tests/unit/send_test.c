/* tests/unit/send_test.c: libcurl as the courier uses it, against listeners on this machine: where
 * it connects to and where never, what it makes of answers, redirects, silence and certificates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "courier/resolve.h"
#include "courier/send.h"

#define PATIENCE_MS 60000 /* what is answered at all is answered before, on a slow machine, too */
#define SILENCE_MS 600    /* so long silence is listened to */

static unsigned char memory[65536];
static struct arena arena;
static struct sender sender;

/* A listener in a process of its own that answers each connection with a text, after a while. */
struct listener {
    int fd, port;
    pid_t pid;
    int heard; /* readable: the first bytes of each request, a line each */
};

static void serve(int fd, int heard, const char *text, int wait_ms, bool breaks)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) {
        char bytes[8192] = "";
        int peer = accept(fd, NULL, NULL);
        ssize_t got = peer < 0 ? -1 : read(peer, bytes, sizeof bytes - 1);
        if (got > 0) {
            (void)!write(heard, bytes, (size_t)got);
            (void)poll(NULL, 0, wait_ms);
            (void)!write(peer, text, strlen(text));
        }
        struct linger linger = {.l_onoff = 1, .l_linger = 0};
        if (breaks) {
            setsockopt(peer, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
        }
        close(peer);
    }
}

static struct listener listener_start(const char *text, int wait_ms, bool breaks)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    struct listener listener = {.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    int ends[2] = {-1, -1};
    assert_true(listener.fd >= 0 && pipe(ends) == 0);
    assert_int_equal(bind(listener.fd, (struct sockaddr *)(void *)&address, size), 0);
    assert_int_equal(listen(listener.fd, 16), 0);
    assert_int_equal(getsockname(listener.fd, (struct sockaddr *)(void *)&address, &size), 0);
    listener.port = ntohs(address.sin_port);
    listener.heard = ends[0];
    listener.pid = fork();
    assert_true(listener.pid >= 0);
    if (listener.pid == 0) {
        serve(listener.fd, ends[1], text, wait_ms, breaks);
    }
    close(ends[1]);
    return listener;
}

/* A port where nobody listens, and nobody else can: it is taken. */
static struct listener port_of_nobody(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    struct listener listener = {.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    assert_int_equal(bind(listener.fd, (struct sockaddr *)(void *)&address, size), 0);
    assert_int_equal(getsockname(listener.fd, (struct sockaddr *)(void *)&address, &size), 0);
    listener.port = ntohs(address.sin_port);
    return listener;
}

/* What it has heard so far, as text. */
static const char *heard(const struct listener *listener)
{
    static char text[16384];
    struct pollfd fd = {.fd = listener->heard, .events = POLLIN};
    size_t used = 0;
    while (poll(&fd, 1, 50) == 1 && used < sizeof text - 1) {
        ssize_t got = read(listener->heard, text + used, sizeof text - 1 - used);
        if (got <= 0) {
            break;
        }
        used += (size_t)got;
    }
    text[used] = '\0';
    return text;
}

static void listener_stop(struct listener *listener)
{
    kill(listener->pid, SIGKILL);
    waitpid(listener->pid, NULL, 0);
    close(listener->fd);
    close(listener->heard);
}

static union address address_of(const char *text)
{
    union address address = {.fourth = {.sin_family = AF_INET}};
    assert_int_equal(inet_pton(AF_INET, text, &address.fourth.sin_addr), 1);
    return address;
}

/* Sends to an address of our own choice, whatever the URL says, and waits so long for an answer. */
static struct sent send_for(const char *url, const char *ip, struct endpoint endpoint, int ms_max)
{
    struct addresses addresses = {.at = {address_of(ip)}, .count = 1};
    struct parcel parcel = {.url = url,
                            .endpoint = &endpoint,
                            .addresses = &addresses,
                            .message_id = "msg_1KNSQMD6Z1S0TB50",
                            .timestamp_s = 1614265330,
                            .signature = "v1,abc",
                            .agent = "Tallystick-Courier (+http://localhost)",
                            .body = "{\"a\":1}",
                            .ms_max = ms_max};
    struct sent sent = {.outcome = ""};
    size_t slot = 99;
    int64_t until_us = clock_steady_us() + INT64_C(2) * PATIENCE_MS * 1000;
    assert_true(send_begin(&sender, 3, &parcel));
    while (!send_ended(&sender, &arena, &slot, &sent)) {
        assert_true(clock_steady_us() < until_us);
        send_wait(&sender, NULL, 0, 100);
    }
    assert_int_equal(slot, 3);
    assert_null(sender.slots[3]);
    return sent;
}

static struct sent send_to(const char *url, const char *ip, struct endpoint endpoint)
{
    return send_for(url, ip, endpoint, PATIENCE_MS);
}

/* Sends to a listener of this machine, as a test endpoint. */
static struct sent send_here(const struct listener *listener, int ms_max)
{
    struct endpoint endpoint;
    char url[64];
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%d/hook", listener->port);
    assert_null(endpoint_read(url, true, &endpoint));
    return send_for(url, "127.0.0.1", endpoint, ms_max);
}

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, memory, sizeof memory);
    assert_true(send_open(&sender));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    send_close(&sender);
    return 0;
}

static void one_good_answer(void **state)
{
    (void)state;
    struct listener listener = listener_start("HTTP/1.1 204 OK\r\n\r\n", 0, false);
    struct sent sent = send_here(&listener, PATIENCE_MS);
    assert_int_equal(sent.http_code, 204);
    assert_string_equal(sent.outcome, "Answered 204");
    const char *request = heard(&listener);
    assert_true(text_starts(request, "POST /hook HTTP/1.1\r\n"));
    assert_non_null(strstr(request, "\r\nContent-Type: application/json\r\n"));
    assert_non_null(strstr(request, "\r\nwebhook-id: msg_1KNSQMD6Z1S0TB50\r\n"));
    assert_non_null(strstr(request, "\r\nwebhook-timestamp: 1614265330\r\n"));
    assert_non_null(strstr(request, "\r\nwebhook-signature: v1,abc\r\n"));
    assert_non_null(strstr(request, "\r\nUser-Agent: Tallystick-Courier (+http://localhost)\r\n"));
    assert_non_null(strstr(request, "\r\n\r\n{\"a\":1}"));
    assert_null(strstr(request, "Expect"));
    listener_stop(&listener);
}

static void answers_that_are_none(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int wait_ms;
        bool breaks;
        int code;
        const char *outcome;
    } cases[] = {
        {"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", 0, false, 500, "Answered 500"},
        {"HTTP/1.1 302 There\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", 0,
         false, 302, "Answered 302; redirects are not followed"},
        {"HTTP/1.1 429 Later\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n", 0, false, 429,
         "Answered 429"},
        {"HTTP/1.1 200 OK\r\n\r\n", PATIENCE_MS, false, 0, "No answer in time"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", 0, false, 0,
         "The connection broke off in the answer"},
        {"", 0, false, 0, "The connection broke off without an answer"},
        {"", 0, true, 0, "The connection broke off"},
        {"SSH-2.0-OpenSSH_9.2\r\n", 0, false, 0, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct listener listener = listener_start(cases[i].text, cases[i].wait_ms, cases[i].breaks);
        struct sent sent = send_here(&listener, cases[i].wait_ms > 0 ? SILENCE_MS : PATIENCE_MS);
        assert_int_equal(sent.http_code, cases[i].code);
        if (cases[i].outcome != NULL) {
            assert_string_equal(sent.outcome, cases[i].outcome);
        } else {
            assert_true(text_starts(sent.outcome, "Not answered as HTTP wants it"));
        }
        assert_int_equal(sent.retry_after_s, cases[i].code == 429 ? 7 : 0);
        listener_stop(&listener);
    }
    struct listener nobody = port_of_nobody();
    assert_string_equal(send_here(&nobody, PATIENCE_MS).outcome, "Could not connect");
    close(nobody.fd);
}

static void of_a_long_answer_only_the_code_counts(void **state)
{
    (void)state;
    static char text[2 * WEBHOOK_ANSWER_BYTES_MAX];
    int used = snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n");
    memset(text + used, 'x', sizeof text - 1 - (size_t)used);
    struct listener listener = listener_start(text, 0, false);
    struct sent sent = send_here(&listener, PATIENCE_MS);
    assert_int_equal(sent.http_code, 200);
    assert_string_equal(sent.outcome, "Answered 200");
    listener_stop(&listener);
}

/* A name leads where we looked it up and nowhere else, and the request names the host. */
static void pinned_to_the_address_it_was_given(void **state)
{
    (void)state;
    struct listener listener = listener_start("HTTP/1.1 200 OK\r\n\r\n", 0, false);
    char url[96];
    struct endpoint endpoint = {.is_loopback = true, .port = listener.port};
    (void)TEXT_COPY(endpoint.host, "no-such-name.example.invalid");
    (void)snprintf(url, sizeof url, "http://no-such-name.example.invalid:%d/", listener.port);
    assert_int_equal(send_to(url, "127.0.0.1", endpoint).http_code, 200);
    assert_non_null(strstr(heard(&listener), "Host: no-such-name.example.invalid"));
    /* Whatever another reader of the address would make of it, the gate at the socket holds. */
    (void)snprintf(url, sizeof url, "http://127.0.0.2:%d/", listener.port);
    struct sent sent = send_to(url, "127.0.0.1", endpoint);
    assert_int_equal(sent.http_code, 0);
    assert_string_equal(sent.outcome, "Its address is not on the public internet");
    assert_string_equal(heard(&listener), "");
    listener_stop(&listener);
}

/* Not a test: a name that leads inside is refused when the socket is made, however it got there. */
static void no_socket_for_an_address_inside(void **state)
{
    (void)state;
    struct listener listener = listener_start("HTTP/1.1 200 OK\r\n\r\n", 0, false);
    static const char *const inside[] = {"127.0.0.1", "10.0.0.1", "169.254.169.254", "0.0.0.0"};
    char url[96];
    struct endpoint endpoint = {.is_secure = false, .port = listener.port};
    (void)TEXT_COPY(endpoint.host, "hooks.example.org");
    (void)snprintf(url, sizeof url, "http://hooks.example.org:%d/", listener.port);
    for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++) {
        struct sent sent = send_to(url, inside[i], endpoint);
        assert_int_equal(sent.http_code, 0);
        assert_string_equal(sent.outcome, "Its address is not on the public internet");
    }
    assert_string_equal(heard(&listener), "");
    listener_stop(&listener);
}

static void no_proxy_of_the_environment(void **state)
{
    (void)state;
    struct listener listener = listener_start("HTTP/1.1 200 OK\r\n\r\n", 0, false);
    struct listener proxy = listener_start("HTTP/1.1 200 OK\r\n\r\n", 0, false);
    static const char *const names[] = {"http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY",
                                        "ALL_PROXY"};
    char value[64];
    (void)snprintf(value, sizeof value, "http://127.0.0.1:%d", proxy.port);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        setenv(names[i], value, 1);
    }
    assert_int_equal(send_here(&listener, PATIENCE_MS).http_code, 200);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        unsetenv(names[i]);
    }
    assert_true(text_starts(heard(&listener), "POST /hook"));
    assert_string_equal(heard(&proxy), "");
    listener_stop(&listener);
    listener_stop(&proxy);
}

/* An openssl server with the certificate in a folder, at a port that the system chooses: it says
 * "ACCEPT 127.0.0.1:PORT" when it listens. */
static pid_t start_tls(const char *folder, int *port)
{
    int ends[2] = {-1, -1};
    char line[256] = "";
    *port = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (dup2(ends[1], STDOUT_FILENO) >= 0 && chdir(folder) == 0) {
            execlp("openssl", "openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", "c.pem",
                   "-key", "k.pem", "-www", (char *)NULL);
        }
        _exit(127);
    }
    close(ends[1]);
    FILE *says = fdopen(ends[0], "r");
    assert_non_null(says);
    while (*port == 0 && fgets(line, sizeof line, says) != NULL) {
        (void)sscanf(line, "ACCEPT 127.0.0.1:%d", port);
    }
    assert_true(*port > 0);
    (void)fclose(says); /* it says no more while its clients only shake hands */
    return pid;
}

/* https with a certificate that nobody vouches for, and with something that is no TLS. */
static void certificates_are_verified(void **state)
{
    (void)state;
    char folder[] = "/tmp/tallystick-send-XXXXXX";
    char command[512], url[64];
    int port = 0;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(command, sizeof command,
                   "cd %s && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1"
                   " -nodes -keyout k.pem -out c.pem -days 2 -subj /CN=localhost"
                   " -addext subjectAltName=DNS:localhost,IP:127.0.0.1 2>/dev/null",
                   folder);
    assert_int_equal(system(command), 0);
    pid_t pid = start_tls(folder, &port);
    struct endpoint endpoint;
    (void)snprintf(url, sizeof url, "https://127.0.0.1:%d/", port);
    assert_null(endpoint_read(url, true, &endpoint));
    struct sent sent = send_to(url, "127.0.0.1", endpoint);
    assert_int_equal(sent.http_code, 0);
    assert_string_equal(sent.outcome, "Its certificate is not to be trusted");
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    (void)snprintf(command, sizeof command, "rm -rf %s", folder);
    assert_int_equal(system(command), 0);

    struct listener plain = listener_start("HTTP/1.1 200 OK\r\n\r\n", 0, false);
    (void)snprintf(url, sizeof url, "https://127.0.0.1:%d/", plain.port);
    assert_null(endpoint_read(url, true, &endpoint));
    assert_string_equal(send_to(url, "127.0.0.1", endpoint).outcome,
                        "No secure connection could be agreed on");
    listener_stop(&plain);
}

static void names_are_resolved_beside(void **state)
{
    (void)state;
    struct resolve resolve = {.fd = -1};
    struct addresses found;
    int64_t until_us = clock_steady_us() + INT64_C(1000) * PATIENCE_MS;
    assert_true(resolve_begin(&resolve, "localhost", 8081));
    while (!resolve_read(&resolve, &found)) {
        assert_true(clock_steady_us() < until_us);
        (void)poll(NULL, 0, 5);
    }
    assert_true(found.count >= 1);
    for (size_t i = 0; i < found.count; i++) {
        assert_true(address_is_loopback(&found.at[i].any));
    }
    assert_int_equal(resolve.pid, 0);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* nobody is left behind */
    assert_true(resolve_begin(&resolve, "localhost", 8081));
    resolve_stop(&resolve);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);

    struct addresses known;
    assert_false(resolve_known("localhost", 8081, &known));
    resolve_keep("localhost", 8081, &found);
    assert_true(resolve_known("localhost", 8081, &known));
    assert_int_equal(known.count, found.count);
    assert_false(resolve_known("localhost", 8082, &known));
    resolve_forget("localhost", 8081);
    assert_false(resolve_known("localhost", 8081, &known));
    for (int i = 0; i < 200; i++) { /* more than there is room for: the oldest go */
        char host[32];
        (void)snprintf(host, sizeof host, "h%d.example", i);
        resolve_keep(host, 443, &found);
    }
    assert_true(resolve_known("h199.example", 443, &known));
    assert_false(resolve_known("h0.example", 443, &known));
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_good_answer),
        cmocka_unit_test(answers_that_are_none),
        cmocka_unit_test(of_a_long_answer_only_the_code_counts),
        cmocka_unit_test(pinned_to_the_address_it_was_given),
        cmocka_unit_test(no_socket_for_an_address_inside),
        cmocka_unit_test(no_proxy_of_the_environment),
        cmocka_unit_test(certificates_are_verified),
        cmocka_unit_test(names_are_resolved_beside),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
