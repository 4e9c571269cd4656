/*
 * ledger/client.h: asking the daemon. Used by account, admin, api and tally.
 */
#ifndef LEDGER_CLIENT_H
#define LEDGER_CLIENT_H

#include "ledger/command.h"

struct ledger_client {
    /* this program's socket, e.g. "<run>/ledger-account.sock"; must outlive the client */
    const char *path;
    int fd;       /* -1: not connected */
    int64_t sent; /* commands that the daemon may have got; whoever wants to know sets 0 before */
};

void ledger_client_init(struct ledger_client *client, const char *path);

/* Sends the command and waits (at most 15 s) for its answer. When the connection closes before the
 * answer, connects again and asks once more if the command has a key (the ledger answers a repeat
 * as the first time), for up to 5 s of the daemon's restarting. Returns answer->status;
 * STATUS_LEDGER_AWAY: it was never sent, nothing happened; STATUS_ANSWER_LOST: nobody knows. */
enum status ledger_ask(struct ledger_client *client, const struct command *command,
                       struct answer *answer);

void ledger_client_close(struct ledger_client *client);

#endif
