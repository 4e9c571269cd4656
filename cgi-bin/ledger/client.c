/* ledger/client.c: see ledger/client.h. */
#include "ledger/client.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "ledger/connect.h"
#include "ledger/wire.h"

/* How one asking over one connection went. BROKEN: it was sent, and the connection closed before
 * the answer. */
enum outcome { ASKED, NOT_SENT, BROKEN, TOO_LATE };

static bool connected(struct ledger_client *client, int64_t until_us);
static enum outcome exchange(struct ledger_client *client, const struct command *command,
                             struct answer *answer, int64_t until_us);
static int64_t earlier(int64_t one_us, int64_t other_us);

void ledger_client_init(struct ledger_client *client, const char *path)
{
    client->path = path;
    client->fd = -1;
    client->sent = 0;
}

void ledger_client_close(struct ledger_client *client)
{
    if (client->fd >= 0) {
        close(client->fd);
        client->fd = -1;
    }
}

enum status ledger_ask(struct ledger_client *client, const struct command *command,
                       struct answer *answer)
{
    int64_t end_us = clock_steady_us() + (int64_t)LEDGER_ASK_MS_MAX * 1000;
    int64_t connect_end_us = clock_steady_us() + (int64_t)LEDGER_ABSENT_MS_MAX * 1000;
    bool was_sent = false;
    bool was_broken = false;
    while (connected(client, connect_end_us)) {
        enum outcome outcome = exchange(client, command, answer, end_us);
        client->sent += outcome != NOT_SENT ? 1 : 0;
        if (outcome == ASKED) {
            return (enum status)answer->status;
        }
        /* Whatever else may still come over this connection must not be taken for the answer to
         * another command. */
        ledger_client_close(client);
        was_sent = was_sent || outcome != NOT_SENT;
        if (outcome == TOO_LATE || (was_sent && command->key[0] == '\0')) {
            break;
        }
        if (was_broken) {
            connect_pause(); /* not the first time: something at the other end keeps closing */
        } else {
            connect_end_us =
                earlier(clock_steady_us() + (int64_t)LEDGER_RESTART_MS_MAX * 1000, end_us);
            was_broken = true;
        }
        if (clock_steady_us() >= connect_end_us) {
            break;
        }
    }
    *answer = wire_answer(was_sent ? STATUS_ANSWER_LOST : STATUS_LEDGER_AWAY);
    log_event("warning", was_sent ? "ledger-answer-lost" : "ledger-away", "path", client->path,
              "act", act_word((enum act_kind)command->kind), NULL);
    return (enum status)answer->status;
}

static bool connected(struct ledger_client *client, int64_t until_us)
{
    if (client->fd < 0) {
        client->fd = connect_until(client->path, until_us);
    }
    return client->fd >= 0;
}

static enum outcome exchange(struct ledger_client *client, const struct command *command,
                             struct answer *answer, int64_t until_us)
{
    size_t size_bytes = wire_command_bytes(command);
    for (;;) {
        ssize_t sent_bytes = send(client->fd, command, size_bytes, MSG_NOSIGNAL);
        if (sent_bytes == (ssize_t)size_bytes) {
            break;
        }
        if (sent_bytes < 0 && errno != EAGAIN && errno != EINTR) {
            return NOT_SENT; /* a message goes whole or not at all */
        }
        if (!connect_wait(client->fd, POLLOUT, until_us)) {
            return NOT_SENT;
        }
    }
    for (;;) {
        ssize_t received_bytes = recv(client->fd, answer, sizeof *answer, MSG_TRUNC);
        if (received_bytes == (ssize_t)sizeof *answer && answer->version == COMMAND_VERSION &&
            answer->status >= 0 && answer->status < STATUS__COUNT) {
            return ASKED;
        }
        if (received_bytes >= 0 || (errno != EAGAIN && errno != EINTR)) {
            return BROKEN;
        }
        if (!connect_wait(client->fd, POLLIN, until_us)) {
            return TOO_LATE;
        }
    }
}

static int64_t earlier(int64_t one_us, int64_t other_us)
{
    return one_us < other_us ? one_us : other_us;
}
