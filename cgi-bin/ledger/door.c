/* ledger/door.c: see ledger/door.h. */
#include "ledger/door.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/must.h"

/* What an epoll event is about: a client's index, or one of these. */
#define TOKEN_SOCKET 0x10000
#define TOKEN_EXTRA 0x20000

#define EVENTS_MAX 128
#define BACKLOG 128 /* clients that wait while listening is suspended */
/* Room for the answers of a client that sends many commands at once. */
#define ANSWERS_BYTES (1024 * 1024)

static const enum asker door_programs[DOOR_SOCKETS] = {
    PROGRAM_ACCOUNT,
    PROGRAM_ADMIN,
    PROGRAM_API,
    PROGRAM_TALLY,
};

static bool listen_on(struct door *door, struct door_socket *door_socket);
static bool somebody_listens(const struct sockaddr_un *address);
static bool watch(const struct door *door, int operation, int fd, uint32_t events, uint32_t token);
static void suspend(struct door *door, bool suspended);
static void let_in(struct door *door, const struct door_socket *door_socket);
static bool may_enter(const struct door_socket *door_socket, int fd, pid_t *pid);
static void let_go(struct door *door, size_t number);

bool door_path(const char *run_dir, enum asker program,
               char path[sizeof((struct sockaddr_un *)0)->sun_path])
{
    size_t room_bytes = sizeof((struct sockaddr_un *)0)->sun_path;
    int length = snprintf(path, room_bytes, "%s/ledger-%s.sock", run_dir, program_word(program));
    return length > 0 && (size_t)length < room_bytes;
}

enum status door_open(struct door *door, const char *run_dir, const uid_t uids[PROGRAM__COUNT],
                      int extra_fd)
{
    memset(door, 0, sizeof *door);
    for (size_t i = 0; i < LEDGER_CLIENTS_MAX; i++) {
        door->clients[i].fd = -1;
    }
    for (size_t i = 0; i < DOOR_SOCKETS; i++) {
        door->sockets[i] = (struct door_socket){
            .program = door_programs[i], .uid = uids[door_programs[i]], .fd = -1};
    }
    door->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (door->epoll_fd < 0 ||
        (extra_fd >= 0 && !watch(door, EPOLL_CTL_ADD, extra_fd, EPOLLIN, TOKEN_EXTRA))) {
        log_event("fault", "epoll-refused", "why", strerror(errno), NULL);
        return STATUS_FAULT;
    }
    for (size_t i = 0; i < DOOR_SOCKETS; i++) {
        struct door_socket *door_socket = &door->sockets[i];
        if (!door_path(run_dir, door_socket->program, door_socket->path)) {
            log_event("fault", "socket-path-too-long", "run", run_dir, NULL);
            return STATUS_FAULT;
        }
        if (!listen_on(door, door_socket) ||
            !watch(door, EPOLL_CTL_ADD, door_socket->fd, EPOLLIN, TOKEN_SOCKET + (uint32_t)i)) {
            return STATUS_FAULT;
        }
    }
    return STATUS_OK;
}

void door_close(struct door *door)
{
    for (size_t i = 0; i < DOOR_SOCKETS; i++) {
        if (door->sockets[i].fd >= 0) {
            unlink(door->sockets[i].path);
            close(door->sockets[i].fd);
            door->sockets[i].fd = -1;
        }
    }
    for (size_t i = 0; i < LEDGER_CLIENTS_MAX; i++) {
        if (door->clients[i].fd >= 0) {
            close(door->clients[i].fd);
            door->clients[i].fd = -1;
        }
    }
    if (door->epoll_fd >= 0) {
        close(door->epoll_fd);
        door->epoll_fd = -1;
    }
}

bool door_wait(struct door *door, int timeout_ms, bool *extra)
{
    struct epoll_event events[EVENTS_MAX];
    *extra = false;
    int count = epoll_wait(door->epoll_fd, events, EVENTS_MAX, timeout_ms);
    bool any_ready = false;
    for (int i = 0; i < count; i++) {
        uint32_t token = events[i].data.u32;
        if (token == TOKEN_EXTRA) {
            *extra = true;
        } else if (token >= TOKEN_SOCKET) {
            let_in(door, &door->sockets[token - TOKEN_SOCKET]);
        } else if (token < LEDGER_CLIENTS_MAX && door->clients[token].fd >= 0 &&
                   !door->clients[token].is_over) {
            door->clients[token].is_ready = true;
            any_ready = true;
        }
    }
    return any_ready;
}

bool door_take(struct door *door, struct command *message, size_t *size_bytes, size_t *client)
{
    for (size_t step = 0; step < LEDGER_CLIENTS_MAX; step++) {
        size_t number = (door->turn + step) % LEDGER_CLIENTS_MAX;
        struct door_client *asking = &door->clients[number];
        if (!asking->is_ready) {
            continue;
        }
        ssize_t received_bytes =
            recv(asking->fd, message, sizeof *message, MSG_DONTWAIT | MSG_TRUNC);
        if (received_bytes > 0) {
            *size_bytes = (size_t)received_bytes;
            *client = number;
            asking->is_ready = false; /* has it sent more, epoll says so again */
            door->turn = (number + 1) % LEDGER_CLIENTS_MAX;
            return true;
        }
        asking->is_ready = received_bytes < 0 && errno == EINTR;
        asking->is_over = received_bytes == 0 || (errno != EAGAIN && errno != EINTR);
    }
    return false;
}

void door_answer(struct door *door, size_t client, const struct answer *answer)
{
    must(client < LEDGER_CLIENTS_MAX);
    struct door_client *asking = &door->clients[client];
    if (asking->fd < 0) {
        return;
    }
    ssize_t sent_bytes = send(asking->fd, answer, sizeof *answer, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent_bytes == (ssize_t)sizeof *answer) {
        return;
    }
    int why = errno;
    if (why == EAGAIN || why == ENOBUFS) {
        log_event("warning", "slow-client", "asker", program_word(asking->program), "pid",
                  log_int(asking->pid), NULL);
    }
    let_go(door, client); /* at once: its later answers must not come without this one */
}

void door_sweep(struct door *door)
{
    for (size_t i = 0; i < LEDGER_CLIENTS_MAX; i++) {
        if (door->clients[i].fd >= 0 && door->clients[i].is_over) {
            let_go(door, i);
        }
    }
    if (door->is_full && door->client_count < LEDGER_CLIENTS_MAX) {
        suspend(door, false);
    }
}

/* Listens under another name first and then renames, so that the socket's own name always leads to
 * somebody who listens. */
static bool listen_on(struct door *door, struct door_socket *door_socket)
{
    (void)door;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, door_socket->path, sizeof address.sun_path);
    if (somebody_listens(&address)) {
        log_event("fault", "socket-in-use", "path", door_socket->path, "hint",
                  "another ledger daemon, of another data folder, uses this TALLYSTICK_RUN", NULL);
        return false;
    }
    size_t length = strlen(address.sun_path);
    if (length + 2 > sizeof address.sun_path) {
        log_event("fault", "socket-path-too-long", "path", door_socket->path, NULL);
        return false;
    }
    address.sun_path[length] = '+';
    unlink(address.sun_path);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    mode_t before = umask(0117); /* 0660 */
    bool listening = fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0;
    umask(before);
    listening =
        listening && listen(fd, BACKLOG) == 0 && rename(address.sun_path, door_socket->path) == 0;
    if (!listening) {
        log_event("fault", "socket-not-made", "path", door_socket->path, "why", strerror(errno),
                  NULL);
        if (fd >= 0) {
            unlink(address.sun_path);
            close(fd);
        }
        return false;
    }
    door_socket->fd = fd;
    return true;
}

static bool somebody_listens(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return false;
    }
    bool listens =
        connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 || errno == EAGAIN;
    close(fd);
    return listens;
}

static bool watch(const struct door *door, int operation, int fd, uint32_t events, uint32_t token)
{
    struct epoll_event event = {.events = events, .data.u32 = token};
    return epoll_ctl(door->epoll_fd, operation, fd, &event) == 0;
}

/* While every place is taken nobody is let in: who comes waits in the backlog. */
static void suspend(struct door *door, bool suspended)
{
    door->is_full = suspended;
    for (size_t i = 0; i < DOOR_SOCKETS; i++) {
        watch(door, EPOLL_CTL_MOD, door->sockets[i].fd, suspended ? 0 : EPOLLIN,
              TOKEN_SOCKET + (uint32_t)i);
    }
    log_event(suspended ? "warning" : "info", suspended ? "clients-full" : "clients-room",
              "clients", log_int((int64_t)door->client_count), NULL);
}

static void let_in(struct door *door, const struct door_socket *door_socket)
{
    while (door->client_count < LEDGER_CLIENTS_MAX) {
        int fd = accept4(door_socket->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
                log_event("warning", "client-not-let-in", "why", strerror(errno), NULL);
                suspend(door, true); /* until somebody leaves: not to turn in circles */
            }
            return;
        }
        size_t number = 0;
        while (door->clients[number].fd >= 0) {
            number++;
        }
        pid_t pid = 0;
        if (!may_enter(door_socket, fd, &pid) ||
            !watch(door, EPOLL_CTL_ADD, fd, EPOLLIN, (uint32_t)number)) {
            close(fd);
            continue;
        }
        int room_bytes = ANSWERS_BYTES;
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room_bytes, sizeof room_bytes);
        door->clients[number] =
            (struct door_client){.fd = fd, .program = door_socket->program, .pid = pid};
        door->client_count++;
    }
    if (!door->is_full) {
        suspend(door, true);
    }
}

/* The socket says which program asks; the kernel says who really is at the other end. */
static bool may_enter(const struct door_socket *door_socket, int fd, pid_t *pid)
{
    struct ucred peer = {.pid = 0};
    socklen_t peer_bytes = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &peer_bytes) != 0) {
        log_event("warning", "client-unknown", "why", strerror(errno), NULL);
        return false;
    }
    *pid = peer.pid;
    if (peer.uid == geteuid() || peer.uid == door_socket->uid) {
        return true;
    }
    log_event("warning", "client-refused", "asker", program_word(door_socket->program), "uid",
              log_int(peer.uid), "pid", log_int(peer.pid), NULL);
    return false;
}

static void let_go(struct door *door, size_t number)
{
    struct door_client *client = &door->clients[number];
    must(client->fd >= 0);
    must(door->client_count > 0);
    close(client->fd); /* this also takes it out of epoll: nobody else holds a copy */
    *client = (struct door_client){.fd = -1};
    door->client_count--;
}
