/*
 * ledger/door.h: the daemon's door: one listening socket per asking program, the connections that
 * came through them, and whole messages in and out. It knows who is asking and nothing of what is
 * asked. Nothing in it ever waits but door_wait.
 */
#ifndef LEDGER_DOOR_H
#define LEDGER_DOOR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <sys/un.h>

#include "base/limits.h"
#include "ledger/command.h"
#include "model/status.h"

#define DOOR_SOCKETS 4

/* Where a program finds its socket: "<run>/ledger-account.sock". False when that is too long for a
 * socket's address. */
bool door_path(const char *run_dir, enum asker program,
               char path[sizeof((struct sockaddr_un *)0)->sun_path]);

struct door_socket {
    enum asker program; /* who asks through it */
    uid_t uid;          /* the user that program runs as, besides the daemon's own */
    int fd;
    char path[sizeof((struct sockaddr_un *)0)->sun_path];
};

struct door_client {
    int fd; /* -1: the place is free */
    enum asker program;
    pid_t pid;
    bool is_ready; /* may have a message, or has closed */
    bool is_over;  /* has closed; kept until its answers are out */
};

struct door {
    struct door_socket sockets[DOOR_SOCKETS];
    struct door_client clients[LEDGER_CLIENTS_MAX];
    size_t client_count;
    size_t turn;  /* whose turn it is to be heard first: nobody waits behind a busy neighbour */
    bool is_full; /* listening is suspended until a client leaves */
    int epoll_fd;
};

/* Makes the sockets of account, admin, api and tally in run_dir. Call it only while holding the
 * data folder's lock: what an earlier daemon left is replaced. uids: by enum asker. extra_fd: -1,
 * or a descriptor that also ends door_wait (signals). Refuses (and says why in the log) when
 * another living daemon listens there. */
enum status door_open(struct door *door, const char *run_dir, const uid_t uids[PROGRAM__COUNT],
                      int extra_fd);
/* Closes everything and removes the sockets. */
void door_close(struct door *door);

/* Waits at most timeout_ms (-1: for ever) for something to happen, lets new clients in, marks those
 * with messages ready. True when any client is ready. *extra: extra_fd is readable. */
bool door_wait(struct door *door, int timeout_ms, bool *extra);

/* Takes the next message, turn by turn over the ready clients. False: there is none. *size_bytes is
 * the true size of the message, also when it is larger than a command and was cut. */
bool door_take(struct door *door, struct command *message, size_t *size_bytes, size_t *client);

/* Sends the answer. A client that does not read its answers is sent away. */
void door_answer(struct door *door, size_t client, const struct answer *answer);

/* Lets go of the clients that have closed. Call it when all answers are out. */
void door_sweep(struct door *door);

#endif
