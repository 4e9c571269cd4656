/* ledger/flow.c: see ledger/flow.h. */
#include "ledger/flow.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/must.h"
#include "ledger/connect.h"
#include "ledger/wire.h"

enum step { STEP_DONE, STEP_NONE, STEP_BROKEN };

static enum step send_next(struct flow *flow);
static enum step take_next(struct flow *flow);
static bool reconnect(struct flow *flow, int64_t until_us);
static struct flow_entry *entry_at(struct flow *flow, size_t position);

void flow_init(struct flow *flow)
{
    flow->first = 0;
    flow->count = 0;
    flow->sent = 0;
    flow->is_answering = false;
    flow->was_sent = false;
    flow->fd = -1;
}

void flow_close(struct flow *flow)
{
    if (flow->fd >= 0) {
        close(flow->fd);
        flow->fd = -1;
    }
}

struct flow_entry *flow_add(struct flow *flow, const struct command *command,
                            void (*answered)(void *context, const struct command *command,
                                             const struct answer *answer),
                            void *context)
{
    must(flow->count < FLOW_MAX);
    struct flow_entry *entry = entry_at(flow, flow->count);
    flow->count++;
    entry->command = *command;
    entry->answered = answered;
    entry->context = context;
    entry->is_lost = false;
    return entry;
}

void flow_answer_first(struct flow *flow)
{
    must(flow->count > 0);
    must(!flow->is_answering);
    struct flow_entry *entry = entry_at(flow, 0);
    flow->is_answering = true;
    if (entry->answered != NULL) {
        entry->answered(entry->context, &entry->command, &entry->answer);
    }
    flow->is_answering = false;
    flow->first = (flow->first + 1) % FLOW_MAX;
    flow->count--;
}

bool flow_connect(struct flow *flow, const char *path, int wait_ms)
{
    flow->path = path;
    flow->fd = connect_until(path, clock_steady_us() + (int64_t)wait_ms * 1000);
    return flow->fd >= 0;
}

enum status flow_pump(struct flow *flow, size_t leave)
{
    int64_t until_us = clock_steady_us() + (int64_t)LEDGER_ASK_MS_MAX * 1000;
    int64_t renew_until_us = 0; /* 0: the connection has not been broken since the last answer */
    while (flow->count > leave || flow->sent < flow->count) {
        enum step sending = send_next(flow);
        enum step taking = sending == STEP_BROKEN ? STEP_BROKEN : take_next(flow);
        if (taking == STEP_BROKEN) {
            if (renew_until_us == 0) {
                renew_until_us = clock_steady_us() + (int64_t)LEDGER_RESTART_MS_MAX * 1000;
            }
            if (!reconnect(flow, renew_until_us)) {
                return flow->was_sent ? STATUS_ANSWER_LOST : STATUS_LEDGER_AWAY;
            }
        } else if (sending == STEP_DONE || taking == STEP_DONE) {
            until_us = clock_steady_us() + (int64_t)LEDGER_ASK_MS_MAX * 1000;
            renew_until_us = taking == STEP_DONE ? 0 : renew_until_us;
        } else if (!connect_wait(flow->fd, flow->sent < flow->count ? POLLIN | POLLOUT : POLLIN,
                                 until_us)) {
            return STATUS_ANSWER_LOST;
        }
    }
    return STATUS_OK;
}

/* Sends one command if there is one to send and room for it. */
static enum step send_next(struct flow *flow)
{
    if (flow->sent == flow->count) {
        return STEP_NONE;
    }
    struct flow_entry *entry = entry_at(flow, flow->sent);
    if (entry->is_lost) {
        flow->sent++;
        return STEP_DONE;
    }
    ssize_t sent_bytes = send(flow->fd, &entry->command, sizeof entry->command, MSG_NOSIGNAL);
    if (sent_bytes == (ssize_t)sizeof entry->command) {
        flow->sent++;
        flow->was_sent = true;
        return STEP_DONE;
    }
    return sent_bytes < 0 && (errno == EAGAIN || errno == EINTR) ? STEP_NONE : STEP_BROKEN;
}

/* Takes one answer if there is one: it belongs to the oldest command, for the daemon answers in
 * order. */
static enum step take_next(struct flow *flow)
{
    if (flow->sent == 0) {
        return STEP_NONE;
    }
    struct flow_entry *entry = entry_at(flow, 0);
    if (entry->is_lost) {
        entry->answer = wire_answer(STATUS_ANSWER_LOST);
    } else {
        ssize_t received_bytes = recv(flow->fd, &entry->answer, sizeof entry->answer, MSG_TRUNC);
        if (received_bytes < 0 && (errno == EAGAIN || errno == EINTR)) {
            return STEP_NONE;
        }
        if (received_bytes != (ssize_t)sizeof entry->answer ||
            entry->answer.version != COMMAND_VERSION) {
            return STEP_BROKEN;
        }
    }
    flow->sent--;
    flow_answer_first(flow);
    return STEP_DONE;
}

/* After a break: what went out with a key goes out again, in order; what had none is lost. False:
 * nobody is there, or whoever is there has closed again and again until then. */
static bool reconnect(struct flow *flow, int64_t until_us)
{
    flow_close(flow);
    connect_pause();
    for (size_t i = 0; i < flow->sent; i++) {
        struct flow_entry *entry = entry_at(flow, i);
        entry->is_lost = entry->command.key[0] == '\0';
    }
    flow->sent = 0;
    if (clock_steady_us() >= until_us) {
        return false;
    }
    flow->fd = connect_until(flow->path, until_us);
    return flow->fd >= 0;
}

static struct flow_entry *entry_at(struct flow *flow, size_t position)
{
    return &flow->entries[(flow->first + position) % FLOW_MAX];
}
