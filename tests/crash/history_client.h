/*
 * crash/history_client.h: one of the 64 clients of the history check: asks and reads, and writes
 * down when it called, when it was answered, and the whole answer. See crash/history.h.
 */
#ifndef CRASH_HISTORY_CLIENT_H
#define CRASH_HISTORY_CLIENT_H

#include <sys/socket.h>

#include "crash/history_read.h"

#include "crash/history_choose.h"

#define ANSWER_US_MAX (60 * CLOCK_SECOND_US)

static const char *socket_of(int client)
{
    enum asker program = program_of(client);
    return shared->socket_paths[program == PROGRAM_ACCOUNT ? 0 : program == PROGRAM_ADMIN ? 1 : 2];
}

static void client_connect(struct client *client, int which)
{
    client->fds[which] =
        connect_until(socket_of(client->number), clock_steady_us() + 30 * CLOCK_SECOND_US);
    CHECK(client->fds[which] >= 0, "client %d cannot reach the daemon for 30 s", client->number);
}

static bool send_operation(const struct client *client, int fd, const struct operation *operation)
{
    struct command command = command_of_operation(client->number, operation);
    ssize_t sent_bytes = send(fd, &command, sizeof command, MSG_NOSIGNAL);
    CHECK(sent_bytes == (ssize_t)sizeof command || errno != EAGAIN, "the daemon takes no command");
    return sent_bytes == (ssize_t)sizeof command;
}

/* False: the connection broke first. */
static bool take_answer(int fd, struct answer *answer)
{
    for (;;) {
        CHECK(connect_wait(fd, POLLIN, clock_steady_us() + ANSWER_US_MAX), "no answer in 60 s");
        ssize_t received_bytes = recv(fd, answer, sizeof *answer, MSG_TRUNC);
        if (received_bytes == (ssize_t)sizeof *answer) {
            return true;
        }
        CHECK(received_bytes <= 0, "an answer of %zd bytes", received_bytes);
        if (received_bytes == 0 || (errno != EAGAIN && errno != EINTR)) {
            return false;
        }
    }
}

/* What the broken connection carried is decided once its daemon is dead: a new one answers, so
 * nothing of it is newer than the newest act that is there now. */
static void reconnect(struct client *client, struct operation *first, int count)
{
    for (int i = 0; i < 2; i++) {
        if (client->fds[i] >= 0) {
            close(client->fds[i]);
            client->fds[i] = -1;
        }
    }
    for (int i = 0; i < count; i++) {
        client_connect(client, i);
    }
    int64_t newest = see_newest(client->store);
    for (int i = 0; i < count; i++) {
        if (first[i].answered_us == 0) {
            CHECK(first[i].breaks < UINT8_MAX, "the connection breaks again and again");
            first[i].breaks++;
            first[i].break_seq = newest;
        }
    }
    atomic_fetch_add(&shared->breaks, 1);
}

/* Asks one operation, or two at once over two connections; asks again after a break, or gives up
 * (may_give_up) and never knows. */
static void ask(struct client *client, struct operation *first, int count, bool may_give_up)
{
    for (int i = 0; i < count; i++) {
        if (client->fds[i] < 0) {
            client_connect(client, i);
        }
        first[i].called_us = clock_steady_us();
    }
    for (;;) {
        bool broken = false;
        for (int i = 0; i < count && !broken; i++) {
            broken =
                first[i].answered_us == 0 && !send_operation(client, client->fds[i], &first[i]);
        }
        for (int i = 0; i < count; i++) {
            struct answer answer;
            if (first[i].answered_us == 0 && !broken) {
                if (take_answer(client->fds[i], &answer)) {
                    first[i].answered_us = clock_steady_us();
                    first[i].answer = answer;
                } else {
                    broken = true;
                }
            }
        }
        if (!broken) {
            return;
        }
        reconnect(client, first, count);
        if (may_give_up && likely(client, 40)) {
            atomic_fetch_add(&shared->given_up, 1);
            return;
        }
    }
}

/* ------------------------------------------------------------------ what it learns */

static void learn_answer(struct client *client, const struct operation *operation)
{
    const struct answer *answer = &operation->answer;
    if (operation->answered_us == 0) {
        return;
    }
    CHECK(status_row((enum status)answer->status)->blame != BLAME_OPERATOR &&
              answer->status != STATUS_BAD_REQUEST,
          "client %d asked %s and was answered %s", client->number,
          act_word((enum act_kind)operation->kind), status_row((enum status)answer->status)->slug);
    if (operation->kind == ACT_TRANSFER && answer->status == STATUS_OK) {
        int64_t place = atomic_fetch_add(&shared->recent_count, 1) % RECENT;
        memcpy(shared->recent[place], answer->id, ID_SIZE);
    }
    if (operation->kind == ACT_FREEZE && answer->status != STATUS_OK) {
        client->has_frozen = !client->has_frozen;
    }
}

static void learn_read(struct client *client, const struct operation *operation, int question)
{
    const struct seen *seen = &operation->seen;
    if (operation->kind == READ_BALANCE) {
        client->balance_units[operation->org] = seen->numbers[1] - seen->numbers[2];
        if (operation->org == client->home || client->home == NONE) {
            client->balance_batches = seen->numbers[0];
        }
    } else if (operation->kind == READ_BATCH && text_is(seen->words[4], "active")) {
        int place = client->known_count < KNOWN ? client->known_count++ : (int)below(client, KNOWN);
        TEXT_COPY(client->known[place].batch_id, operation->id);
        client->known[place].units = seen->numbers[2] - seen->numbers[1] + 1;
    } else if (operation->kind == READ_TRANSFER && question != H_TRANSFER) {
        memcpy(client->waiting, operation->id, ID_SIZE);
        client->waiting_is_mine = question == H_FROM_ORG;
        client->waiting_is_unapproved = text_is(seen->words[0], "awaiting_approval");
    } else if (operation->kind == READ_DOCUMENT) {
        memcpy(client->document, operation->id, ID_SIZE);
        client->document_project = operation->project;
    }
}

/* ------------------------------------------------------------------ its life */

static struct operation *next_operation(const struct client *client)
{
    return operation_at(client->number, shared->count[client->number]);
}

static void keep(const struct client *client, int count)
{
    shared->count[client->number] += count;
    atomic_fetch_add(&shared->done, count);
}

static void do_read(struct client *client)
{
    int question = 0;
    int64_t offset = 0;
    struct operation *operation = next_operation(client);
    *operation = choose_read(client, &question, &offset);
    operation->called_us = clock_steady_us();
    bool found = see(client->store, question, operation, offset);
    operation->answered_us = clock_steady_us();
    if (found) {
        learn_read(client, operation, question);
        keep(client, 1);
    }
}

/* An earlier key again, with the same command, or with another. */
static bool choose_again(struct client *client, struct operation *operation)
{
    int count = shared->count[client->number];
    for (int attempt = 0; attempt < 20 && count > 0; attempt++) {
        const struct operation *earlier =
            operation_at(client->number, count - 1 - below(client, count < 200 ? count : 200));
        if (earlier->what == OPERATION_ASK && earlier->key != NONE && !earlier->is_stranger) {
            struct operation other = likely(client, 70) ? *earlier : choose_act(client);
            other.key = earlier->key;
            other.breaks = 0;
            other.called_us = other.answered_us = other.break_seq = 0;
            memset(&other.seen, 0, sizeof other.seen);
            *operation = other;
            return operation->kind != ACT_FREEZE && operation->kind != ACT_EXPIRE;
        }
    }
    return false;
}

static void do_act(struct client *client)
{
    struct operation *operation = next_operation(client);
    int number = shared->count[client->number];
    int count = 1;
    if (!likely(client, 6) || !choose_again(client, operation)) {
        *operation = choose_act(client);
        bool needs_key = operation->kind == ACT_TRANSFER || operation->kind == ACT_RETIRE ||
                         operation->kind == ACT_ISSUE || operation->kind == ACT_ADD_DOCUMENT;
        operation->key =
            operation->kind == ACT_EXPIRE || (likely(client, 10) && !needs_key) ? NONE : number;
        operation->is_stranger = likely(client, 1) && client->number != HISTORY_OPERATOR &&
                                 operation->kind != ACT_FREEZE;
        if (operation->key != NONE && likely(client, 3) && operation->kind != ACT_FREEZE) {
            operation[1] = *operation; /* a double click */
            count = 2;
        }
    }
    ask(client, operation, count, operation->kind != ACT_FREEZE);
    for (int i = 0; i < count; i++) {
        learn_answer(client, &operation[i]);
    }
    keep(client, count);
}

/* At the end: what it gave up is asked again, twice. */
static void settle_given_up(struct client *client)
{
    int count = shared->count[client->number];
    for (int i = 0; i < count; i++) {
        const struct operation *given_up = operation_at(client->number, i);
        for (int times = 0; given_up->what == OPERATION_ASK && given_up->answered_us == 0 &&
                            given_up->key != NONE && times < 2;
             times++) {
            CHECK(shared->count[client->number] < shared->room_each, "too much was given up");
            struct operation *operation = next_operation(client);
            *operation = *given_up;
            operation->breaks = 0;
            operation->called_us = operation->break_seq = 0;
            ask(client, operation, 1, false);
            learn_answer(client, operation);
            shared->count[client->number]++;
        }
    }
}

static void run_client(int number, void *context)
{
    (void)context;
    int log = open(world->log_path, O_WRONLY | O_CREAT | O_APPEND, 0640);
    dup2(log, STDERR_FILENO);
    struct client client = {.number = number,
                            .home = home_of(number),
                            .chance = chance_from(seed, (uint64_t)number),
                            .fds = {-1, -1},
                            .store = history_reader()};
    crowd_meet(&shared->crowd);
    while (shared->count[number] < shared->operations_each) {
        if (likely(&client, 45)) {
            do_read(&client);
        } else {
            do_act(&client);
        }
    }
    settle_given_up(&client);
    store_close(client.store);
    for (int i = 0; i < 2; i++) {
        if (client.fds[i] >= 0) {
            close(client.fds[i]);
        }
    }
}

#endif
