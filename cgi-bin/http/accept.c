/*
 * http/accept.c: the only file with fcgiapp.h. FastCGI on fd 0, or one plain CGI request when fd 0
 * is not a listening socket.
 *
 * SIGTERM, SIGINT and SIGQUIT are blocked except while waiting in epoll_pwait() or ppoll(), so they
 * end the program between two requests, always and at once: a signal that arrives between a check
 * and a blocking accept() cannot be missed. SIGQUIT is what multiwatch 1.0.0 sends when it is told
 * to send TERM. For the same reason the listening socket does not block: when
 * a sibling process took the connection first, we go back to waiting.
 */
#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/log.h"
#include "base/must.h"
#include "http/exchange.h"

#define LISTEN_FD 0
#define KEPT_GRACE_MS 20
#define HELD_BYTES_MAX 8192    /* headers and a small page */
#define RECORD_BYTES_MAX 65528 /* FastCGI 1.0, 3.3: at most 65535, and nothing to pad */
#define RECORD_HEADER_BYTES 8
#define RECORD_VERSION 1
#define RECORD_STDOUT 6

extern char **environ;

static const int ending_signals[] = {SIGTERM, SIGINT, SIGQUIT};
#define ENDING_SIGNALS (sizeof ending_signals / sizeof ending_signals[0])
static volatile sig_atomic_t is_ending;

/* The way out of one FastCGI reply. libfcgi's own stream sends 8 KiB at a time, and nginx wakes up
 * for each; here headers and page leave together, in records as large as they may be. */
struct outlet {
    FCGX_Request *fastcgi;
    size_t held_bytes;
    char held[HELD_BYTES_MAX]; /* not sent yet: more may follow */
};

static int run_fastcgi(struct exchange *exchange);
static int queue_open(void);
static bool wait_for_request(FCGX_Request *fastcgi, int queue, const sigset_t *waiting_mask);
static int wait_for_new(int queue, const sigset_t *waiting_mask);
static bool is_told_to_end(void);
static void give_up_kept(FCGX_Request *fastcgi);
static bool answer_fastcgi(struct exchange *exchange, FCGX_Request *fastcgi);
static bool send_record(struct outlet *outlet, const char *bytes, size_t size_bytes);
static bool send_all(int fd, struct iovec *parts, int count);
static int run_cgi(struct exchange *exchange);
static void signals_prepare(sigset_t *waiting_mask);
static void on_end(int signal_number);
static size_t read_fastcgi(void *state, char *to, size_t capacity_bytes);
static bool write_fastcgi(void *state, const char *bytes, size_t size_bytes);
static size_t read_stdin(void *state, char *to, size_t capacity_bytes);
static bool write_stdout(void *state, const char *bytes, size_t size_bytes);

int http_run(const struct program *program)
{
    static struct exchange exchange;
    log_open(program->name);
    exchange_open(&exchange, program);
    /* FCGX_Accept_r has no fall-back of its own: on a standard input that is no socket it fails. */
    return FCGX_IsCGI() ? run_cgi(&exchange) : run_fastcgi(&exchange);
}

static int run_fastcgi(struct exchange *exchange)
{
    FCGX_Request fastcgi;
    sigset_t waiting_mask;
    must(FCGX_Init() == 0);
    must(FCGX_InitRequest(&fastcgi, LISTEN_FD, FCGI_FAIL_ACCEPT_ON_INTR) == 0);
    int flags = fcntl(LISTEN_FD, F_GETFL);
    must(flags >= 0 && fcntl(LISTEN_FD, F_SETFL, flags | O_NONBLOCK) == 0);
    signals_prepare(&waiting_mask);
    int queue = queue_open();
    log_event("info", "start", "pid", log_int(getpid()), NULL);
    int exit_code = EXIT_SUCCESS;
    while (wait_for_request(&fastcgi, queue, &waiting_mask)) {
        int result = FCGX_Accept_r(&fastcgi);
        if (result == 0) {
            if (!answer_fastcgi(exchange, &fastcgi)) {
                FCGX_Free(&fastcgi,
                          1); /* closed without an end record: nginx sees that it broke off */
            }
        } else if (result != -EAGAIN && result != -EINTR && result != -ECONNABORTED) {
            log_event("error", "accept", "result", log_int(result), NULL);
            exit_code = EXIT_FAILURE;
            break;
        }
    }
    FCGX_Free(&fastcgi, 1);
    (void)close(queue);
    log_event("info", "end", "pid", log_int(getpid()), NULL);
    return exit_code;
}

/* The listening socket as one of several idle processes waits for it: a new connection wakes one of
 * them, not all. If that one ends before it accepts, the process in its place finds the connection.
 */
static int queue_open(void)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLEXCLUSIVE};
    int queue = epoll_create1(EPOLL_CLOEXEC);
    must(queue >= 0 && epoll_ctl(queue, EPOLL_CTL_ADD, LISTEN_FD, &event) == 0);
    return queue;
}

/* Waits for a new connection, or for the next request on the one that nginx keeps. False when it is
 * time to end. */
static bool wait_for_request(FCGX_Request *fastcgi, int queue, const sigset_t *waiting_mask)
{
    for (;;) {
        bool is_kept = fastcgi->ipcFd >= 0;
        struct pollfd fds[] = {
            {.fd = LISTEN_FD, .events = POLLIN},
            {.fd = fastcgi->ipcFd, .events = POLLIN},
        };
        int count = is_kept ? ppoll(fds, 2, NULL, waiting_mask) : wait_for_new(queue, waiting_mask);
        if (is_ending || is_told_to_end()) {
            return false;
        }
        if (count < 0) {
            must(errno == EINTR);
            continue;
        }
        if (is_kept && fds[1].revents == 0) {
            give_up_kept(fastcgi);
        }
        return true;
    }
}

static int wait_for_new(int queue, const sigset_t *waiting_mask)
{
    struct epoll_event event;
    return epoll_pwait(queue, &event, 1, -1, waiting_mask);
}

/* When somebody waits already, waiting returns at once and lets no signal through: under load it
 * would wait until nobody comes any more. */
static bool is_told_to_end(void)
{
    sigset_t pending;
    must(sigpending(&pending) == 0);
    bool is_told = false;
    for (size_t i = 0; i < ENDING_SIGNALS; i++) {
        is_told = is_told || sigismember(&pending, ending_signals[i]) == 1;
    }
    return is_told;
}

/* Somebody new waits while the kept connection is idle. One process serves one connection, so idle
 * kept connections of one nginx worker could shut everybody else out. It gets a moment for a
 * request that is on its way, then it is closed. */
static void give_up_kept(FCGX_Request *fastcgi)
{
    struct pollfd kept = {.fd = fastcgi->ipcFd, .events = POLLIN};
    if (poll(&kept, 1, KEPT_GRACE_MS) == 0) {
        FCGX_Free(fastcgi, 1);
    }
}

static bool answer_fastcgi(struct exchange *exchange, FCGX_Request *fastcgi)
{
    static struct outlet outlet;
    outlet.fastcgi = fastcgi;
    outlet.held_bytes = 0;
    struct door door = {
        .params = (const char *const *)fastcgi->envp,
        .read = read_fastcgi,
        .write = write_fastcgi,
        .state = &outlet,
    };
    bool is_sent = exchange_run(exchange, &door) && send_record(&outlet, NULL, 0);
    explicit_bzero(outlet.held, sizeof outlet.held);
    if (is_sent) {
        FCGX_Finish_r(fastcgi);
    }
    return is_sent;
}

/* One record of what is held and of these bytes; none when both are empty, for an empty record ends
 * the stream, which is libfcgi's to do. */
static bool send_record(struct outlet *outlet, const char *bytes, size_t size_bytes)
{
    size_t content_bytes = outlet->held_bytes + size_bytes;
    if (content_bytes == 0) {
        return true;
    }
    must(content_bytes <= RECORD_BYTES_MAX);
    unsigned id = (unsigned)outlet->fastcgi->requestId;
    unsigned char header[RECORD_HEADER_BYTES] = {
        RECORD_VERSION,
        RECORD_STDOUT,
        (unsigned char)(id >> 8),
        (unsigned char)id,
        (unsigned char)(content_bytes >> 8),
        (unsigned char)content_bytes,
    };
    struct iovec parts[] = {
        {header, sizeof header},
        {outlet->held, outlet->held_bytes},
        {(void *)bytes, size_bytes},
    };
    outlet->held_bytes = 0;
    return send_all(outlet->fastcgi->ipcFd, parts, sizeof parts / sizeof parts[0]);
}

/* Until everything is sent; false when nobody takes it any more. */
static bool send_all(int fd, struct iovec *parts, int count)
{
    while (count > 0) {
        ssize_t sent_bytes = writev(fd, parts, count);
        if (sent_bytes < 0) {
            if (errno == EINTR) {
                continue;
            }
            return false;
        }
        size_t done_bytes = (size_t)sent_bytes;
        while (count > 0 && done_bytes >= parts->iov_len) {
            done_bytes -= parts->iov_len;
            parts++;
            count--;
        }
        if (count > 0) {
            parts->iov_base = (char *)parts->iov_base + done_bytes;
            parts->iov_len -= done_bytes;
        }
    }
    return true;
}

static int run_cgi(struct exchange *exchange)
{
    struct door door = {
        .params = (const char *const *)environ,
        .read = read_stdin,
        .write = write_stdout,
    };
    must(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
    return exchange_run(exchange, &door) ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void signals_prepare(sigset_t *waiting_mask)
{
    sigset_t ending;
    struct sigaction end = {.sa_handler = on_end}; /* no SA_RESTART: waiting has to return */
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    must(sigemptyset(&ending) == 0);
    for (size_t i = 0; i < ENDING_SIGNALS; i++) {
        must(sigaddset(&ending, ending_signals[i]) == 0);
    }
    must(sigprocmask(SIG_BLOCK, &ending, waiting_mask) == 0);
    for (size_t i = 0; i < ENDING_SIGNALS; i++) {
        /* Whoever started us may have had them blocked. */
        must(sigdelset(waiting_mask, ending_signals[i]) == 0);
        must(sigaction(ending_signals[i], &end, NULL) == 0);
    }
    must(sigaction(SIGPIPE, &ignore, NULL) == 0);
}

static void on_end(int signal_number)
{
    (void)signal_number;
    is_ending = 1;
}

static size_t read_fastcgi(void *state, char *to, size_t capacity_bytes)
{
    struct outlet *outlet = state;
    int count = FCGX_GetStr(to, (int)capacity_bytes, outlet->fastcgi->in);
    return count < 0 ? 0 : (size_t)count;
}

static bool write_fastcgi(void *state, const char *bytes, size_t size_bytes)
{
    struct outlet *outlet = state;
    if (size_bytes <= sizeof outlet->held - outlet->held_bytes) {
        memcpy(outlet->held + outlet->held_bytes, bytes, size_bytes);
        outlet->held_bytes += size_bytes;
        return true;
    }
    while (size_bytes > 0) {
        size_t room_bytes = RECORD_BYTES_MAX - outlet->held_bytes;
        size_t part_bytes = size_bytes < room_bytes ? size_bytes : room_bytes;
        if (!send_record(outlet, bytes, part_bytes)) {
            return false;
        }
        bytes += part_bytes;
        size_bytes -= part_bytes;
    }
    return true;
}

static size_t read_stdin(void *state, char *to, size_t capacity_bytes)
{
    (void)state;
    size_t total_bytes = 0;
    while (total_bytes < capacity_bytes) {
        ssize_t got_bytes = read(STDIN_FILENO, to + total_bytes, capacity_bytes - total_bytes);
        if (got_bytes < 0 && errno == EINTR) {
            continue;
        }
        if (got_bytes <= 0) {
            break;
        }
        total_bytes += (size_t)got_bytes;
    }
    return total_bytes;
}

static bool write_stdout(void *state, const char *bytes, size_t size_bytes)
{
    (void)state;
    while (size_bytes > 0) {
        ssize_t sent_bytes = write(STDOUT_FILENO, bytes, size_bytes);
        if (sent_bytes < 0 && errno == EINTR) {
            continue;
        }
        if (sent_bytes <= 0) {
            return false;
        }
        bytes += sent_bytes;
        size_bytes -= (size_t)sent_bytes;
    }
    return true;
}
