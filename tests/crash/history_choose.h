/*
 * crash/history_choose.h: what a client of the history check asks next. It chooses from what it has
 * read and what others were told, which may be old by then: that is where the conflicts come from.
 * See crash/history.h.
 */
#ifndef CRASH_HISTORY_CHOOSE_H
#define CRASH_HISTORY_CHOOSE_H

#include "crash/history.h"

#define KNOWN 16         /* batches that a client remembers */
#define BATCHES_MANY 100 /* then an organisation retires: a history must not grow ever slower */
#define PAST_DAYS 14     /* as long as a transfer waits: what is dated so runs out at once */

struct client {
    int number, home;
    struct chance chance;
    int fds[2];
    struct store *store;
    int64_t balance_units[HISTORY_PARTIES], balance_batches; /* as read last */
    struct command_line known[KNOWN];
    int known_count;
    char waiting[ID_SIZE]; /* a transfer that waited when it was read */
    bool waiting_is_mine;  /* sent, not received */
    bool waiting_is_unapproved;
    bool has_frozen;
    char document[ID_SIZE]; /* one that was there when it was read, and its project */
    int document_project;
    int64_t past_us; /* the operator: time of the last act dated back */
};

static int64_t below(struct client *client, int64_t limit)
{
    return chance_below(&client->chance, limit);
}

static bool likely(struct client *client, int percent)
{
    return below(client, 100) < percent;
}

static struct operation operation_of(enum operation_what what, int kind)
{
    struct operation operation;
    memset(&operation, 0, sizeof operation);
    operation.what = (uint8_t)what;
    operation.kind = (uint8_t)kind;
    operation.org = operation.to = operation.supplier = operation.project = NONE;
    operation.from_account = operation.to_account = NONE;
    operation.key = NONE;
    return operation;
}

static int pick_note(struct client *client)
{
    int64_t dice = below(client, 100);
    return dice < 1 ? NOTE_LONG : dice < 2 ? NOTE_ODD : dice < 40 ? NOTE_FINE : NOTE_NONE;
}

static int account_of(int org, int which)
{
    return org * HISTORY_ACCOUNTS + which;
}

static int pick_account(struct client *client, int org)
{
    int64_t dice = below(client, 100);
    return dice < 2   ? STRANGER
           : dice < 4 ? account_of((int)below(client, HISTORY_PARTIES), 0)
                      : account_of(org, dice < 7 ? 2 : (int)below(client, 2));
}

/* Mostly a good part of what it believes to have; sometimes all, a little too much, nothing. */
static int64_t pick_units(struct client *client, int64_t all)
{
    int64_t dice = below(client, 100);
    if (dice < 2) {
        return -below(client, 2);
    }
    if (dice < 6) {
        return all + 1 + below(client, 1000);
    }
    if (dice < 10 && all > 0) {
        return all;
    }
    return 1 + below(client, (dice < 70 ? all / 20 : all / 2) + 1);
}

/* Batches that it remembers; seldom the same one twice. */
static void pick_lines(struct client *client, struct operation *operation)
{
    int64_t from = below(client, client->known_count);
    int64_t count = 1 + below(client, HISTORY_LINES);
    count = count > client->known_count && likely(client, 95) ? client->known_count : count;
    operation->line_count = (uint8_t)count;
    for (int i = 0; i < operation->line_count; i++) {
        struct command_line *line = &operation->lines[i];
        *line = client->known[(from + (likely(client, 98) ? i : 0)) % client->known_count];
        if (likely(client, 2)) {
            TEXT_COPY(line->batch_id, "ctb_ZZZZZZZZZZZZZZZZ");
        }
        if (likely(client, 60)) {
            line->units = 1 + below(client, line->units);
        } else if (likely(client, 5)) {
            line->units += likely(client, 50) ? 1 : -line->units;
        }
    }
}

static struct operation choose_transfer(struct client *client)
{
    struct operation operation = operation_of(OPERATION_ASK, ACT_TRANSFER);
    int64_t dice = below(client, 100);
    operation.transfer_kind = dice < 78   ? TRANSFER_EXTERNAL
                              : dice < 92 ? TRANSFER_INTERNAL
                                          : TRANSFER_EXPORT;
    operation.org = (int8_t)(likely(client, 97) ? client->home : below(client, HISTORY_PARTIES));
    operation.note = (uint8_t)pick_note(client);
    if (operation.transfer_kind == TRANSFER_EXTERNAL) {
        int64_t to =
            client->home + 1 + below(client, HISTORY_PARTIES - (likely(client, 95) ? 1 : 0));
        operation.to = (int8_t)(likely(client, 1) ? STRANGER : to % HISTORY_PARTIES);
    } else if (operation.transfer_kind == TRANSFER_INTERNAL) {
        operation.to_account = (int8_t)pick_account(client, client->home);
    }
    if (likely(client, 60)) {
        operation.supplier = (int8_t)shared->supplier_of[likely(client, 75) ? 0 : 1];
    }
    if (likely(client, 10)) {
        operation.from_account = (int8_t)pick_account(client, client->home);
    }
    if (client->known_count > 0 && likely(client, 30)) {
        pick_lines(client, &operation);
    } else {
        operation.units = pick_units(client, client->balance_units[client->home]);
    }
    return operation;
}

static bool known_transfer(struct client *client, char id[ID_SIZE])
{
    int64_t count = atomic_load(&shared->recent_count);
    if (likely(client, 1) || count == 0) {
        return text_copy(id, ID_SIZE, "tfr_ZZZZZZZZZZZZZZZZ");
    }
    int64_t from = count < RECENT ? count : RECENT;
    memcpy(id, shared->recent[below(client, from)], ID_SIZE);
    return id_is(id, "tfr"); /* another process may be writing there just now */
}

static struct operation choose_decision(struct client *client)
{
    static const enum act_kind of_parties[] = {ACT_ACCEPT, ACT_ACCEPT,   ACT_APPROVE, ACT_REJECT,
                                               ACT_REFUSE, ACT_WITHDRAW, ACT_ACCEPT};
    static const enum act_kind of_officials[] = {
        ACT_REGISTRY_APPROVE, ACT_REGISTRY_APPROVE, ACT_COMPLETE_EXPORT, ACT_COMPLETE_EXPORT,
        ACT_REGISTRY_REFUSE,  ACT_CANCEL,           ACT_REJECT_EXPORT,   ACT_REDACT_NOTE};
    bool official = is_official(client->number);
    enum act_kind kind = official ? of_officials[below(client, 8)] : of_parties[below(client, 7)];
    struct operation operation = operation_of(OPERATION_ASK, (int)kind);
    operation.note = (uint8_t)pick_note(client);
    if (client->waiting[0] != '\0' && likely(client, 92)) {
        memcpy(operation.id, client->waiting, ID_SIZE);
        client->waiting[0] = '\0';
        if (official && likely(client, 80)) {
            operation.kind =
                client->waiting_is_unapproved ? ACT_REGISTRY_APPROVE : ACT_COMPLETE_EXPORT;
        } else if (!official && likely(client, 95)) {
            bool may_withdraw = (roles_of(client->number) & ROLE_INITIATOR) != 0;
            operation.kind =
                client->waiting_is_mine
                    ? (may_withdraw && !client->waiting_is_unapproved ? ACT_WITHDRAW : ACT_APPROVE)
                    : (likely(client, 80) ? ACT_ACCEPT : ACT_REJECT);
        }
    } else if (!known_transfer(client, operation.id)) {
        TEXT_COPY(operation.id, "tfr_ZZZZZZZZZZZZZZZZ");
    }
    if (operation.kind == ACT_ACCEPT && likely(client, 30)) {
        operation.to_account = (int8_t)pick_account(client, client->home);
    }
    return operation;
}

static struct operation choose_retire(struct client *client)
{
    struct operation operation = operation_of(OPERATION_ASK, ACT_RETIRE);
    operation.org = (int8_t)client->home;
    operation.note = (uint8_t)pick_note(client);
    if (client->known_count > 0 && likely(client, 40)) {
        pick_lines(client, &operation);
        return operation;
    }
    operation.supplier =
        (int8_t)(likely(client, 3) ? NONE : shared->supplier_of[likely(client, 70) ? 0 : 1]);
    int64_t all = client->balance_units[client->home];
    bool has_many = client->balance_batches > BATCHES_MANY;
    operation.units = has_many ? 1 + below(client, all / 3 + 1) : pick_units(client, all / 10);
    return operation;
}

static struct operation choose_policy(struct client *client)
{
    struct operation operation = operation_of(OPERATION_ASK, ACT_SET_POLICY);
    operation.org = (int8_t)client->home;
    operation.choice =
        (int8_t)(below(client, 3) + 4 * (likely(client, 70) ? 0 : 1 + below(client, 2)));
    operation.units = likely(client, 5) ? -1 : below(client, 2000000);
    return operation;
}

/* As an importer does: what is dated fourteen days back, and so runs out while others decide it. */
static struct operation choose_operator(struct client *client)
{
    int64_t now_us = clock_now_us();
    int64_t dice = below(client, 100);
    if (dice < 15) {
        return operation_of(OPERATION_ASK, ACT_EXPIRE);
    }
    if (dice < 40) {
        struct operation operation = operation_of(OPERATION_ASK, ACT_ISSUE);
        bool past = likely(client, 60);
        operation.project = (int8_t)below(client, HISTORY_PROJECTS);
        operation.vintage = (int8_t)below(client, VINTAGES);
        operation.to = (int8_t)(past ? HISTORY_PAST_ORG : below(client, HISTORY_PARTIES));
        operation.units = likely(client, 3) ? 0 : 1 + below(client, past ? 5000 : 300000000);
        operation.at_us = past ? now_us - 2 * PAST_DAYS * CLOCK_DAY_US : 0;
        return operation;
    }
    if (dice < 90) {
        struct operation operation = operation_of(OPERATION_ASK, ACT_TRANSFER);
        int64_t at_us = now_us - PAST_DAYS * CLOCK_DAY_US + below(client, 2 * CLOCK_SECOND_US) -
                        CLOCK_SECOND_US / 4;
        client->past_us = at_us > client->past_us ? at_us : client->past_us;
        operation.at_us = likely(client, 5) ? at_us - CLOCK_DAY_US : client->past_us;
        operation.transfer_kind = TRANSFER_EXTERNAL;
        operation.org = HISTORY_PAST_ORG;
        operation.to = (int8_t)below(client, HISTORY_PARTIES);
        operation.units = 1 + below(client, 2000);
        return operation;
    }
    struct operation operation = choose_decision(client);
    operation.kind = likely(client, 50) ? ACT_CANCEL : ACT_REGISTRY_APPROVE;
    operation.to_account = NONE;
    return operation;
}

/* What several officials say of the same few: addresses that are taken, documents that are gone. */
static struct operation choose_about(struct client *client)
{
    int64_t dice = below(client, 100);
    bool knows_one = client->document[0] != '\0';
    enum act_kind kind = dice < 35                      ? ACT_EDIT_ORGANISATION
                         : dice < (knows_one ? 60 : 95) ? ACT_ADD_DOCUMENT
                                                        : ACT_REMOVE_DOCUMENT;
    struct operation operation = operation_of(OPERATION_ASK, (int)kind);
    int64_t words = below(client, 100);
    operation.note = (uint8_t)(words < 3   ? NOTE_LONG
                               : words < 6 ? NOTE_ODD
                               : words < 9 ? NOTE_NONE
                                           : NOTE_FINE);
    if (kind == ACT_EDIT_ORGANISATION) {
        operation.org = (int8_t)below(client, HISTORY_PARTIES);
        operation.units = below(client, 1000000000);
        return operation;
    }
    operation.project = (int8_t)below(client, HISTORY_PROJECTS);
    if (kind == ACT_ADD_DOCUMENT) {
        operation.units = below(client, 40);
        operation.choice = (int8_t)below(client, likely(client, 95) ? 6 : 8);
    } else if (client->document[0] != '\0') {
        memcpy(operation.id, client->document, ID_SIZE);
        operation.project =
            (int8_t)(likely(client, 95) ? client->document_project : 1 - client->document_project);
        client->document[0] = '\0';
    } else {
        TEXT_COPY(operation.id, "pjd_ZZZZZZZZZZZZZZZZ");
    }
    return operation;
}

/* An administrator freezes for a moment now and then. */
static struct operation choose_official(struct client *client)
{
    if (client->has_frozen || likely(client, 1)) {
        struct operation operation = operation_of(OPERATION_ASK, ACT_FREEZE);
        client->has_frozen = !client->has_frozen;
        operation.choice = client->has_frozen;
        operation.note = NOTE_FINE;
        return operation;
    }
    if (likely(client, 5)) {
        struct operation operation = operation_of(OPERATION_ASK, ACT_ISSUE);
        operation.project = (int8_t)below(client, HISTORY_PROJECTS);
        operation.vintage = (int8_t)below(client, VINTAGES);
        operation.units = likely(client, 5) ? -1 : 1 + below(client, 300000000);
        return operation;
    }
    return likely(client, 20) ? choose_about(client) : choose_decision(client);
}

static struct operation choose_act(struct client *client)
{
    if (client->number == HISTORY_OPERATOR) {
        return choose_operator(client);
    }
    if (is_official(client->number)) {
        return choose_official(client);
    }
    int64_t dice = below(client, 100);
    unsigned roles = roles_of(client->number);
    if ((client->waiting[0] != '\0' && dice < 70) || dice < 2 ||
        (dice < 90 && roles == ROLE_APPROVER)) {
        return choose_decision(client);
    }
    bool has_many = client->balance_batches > BATCHES_MANY;
    return has_many && dice > 50 ? choose_retire(client)
           : dice < 90           ? choose_transfer(client)
           : dice < 98           ? choose_retire(client)
                                 : choose_policy(client);
}

/* What to read, and by which question (enum in history_read.h). */
static struct operation choose_read(struct client *client, int *question, int64_t *offset)
{
    bool looks_at_documents = is_official(client->number) && likely(client, 15);
    int64_t dice = looks_at_documents ? 99 : below(client, 100);
    int home = client->home == NONE ? (int)below(client, HISTORY_PARTIES) : client->home;
    int kind = dice < 20   ? READ_BALANCE
               : dice < 50 ? READ_BATCH
               : dice < 90 ? READ_TRANSFER
               : dice < 94 ? READ_SUMS
               : dice < 97 ? READ_ABOUT
                           : READ_DOCUMENT;
    struct operation operation = operation_of(OPERATION_READ, kind);
    *offset = 0;
    if (operation.kind == READ_BALANCE) {
        operation.org = (int8_t)(likely(client, 60) ? home : (int)below(client, HISTORY_PARTIES));
        *question = H_BALANCE;
    } else if (operation.kind == READ_BATCH) {
        bool again = client->known_count > 0 && likely(client, 30);
        *question = again ? H_BATCH : H_BATCH_OF;
        if (again) {
            TEXT_COPY(operation.id, client->known[below(client, client->known_count)].batch_id);
        } else {
            operation.org = (int8_t)home;
            *offset = below(client, client->balance_batches + 1);
        }
    } else if (operation.kind == READ_SUMS) {
        operation.project = (int8_t)below(client, HISTORY_PROJECTS);
        operation.vintage = (int8_t)below(client, VINTAGES);
        *question = H_SUMS;
    } else if (operation.kind == READ_ABOUT) {
        operation.org = (int8_t)below(client, HISTORY_PARTIES);
        *question = H_ABOUT;
    } else if (operation.kind == READ_DOCUMENT) {
        operation.project = (int8_t)below(client, HISTORY_PROJECTS);
        *question = H_DOCUMENT;
        *offset = below(client, 20);
    } else if (is_official(client->number)) {
        *question = H_WAITING;
        *offset = below(client, 24);
    } else if (likely(client, 25) && known_transfer(client, operation.id)) {
        *question = H_TRANSFER;
    } else {
        *question = likely(client, 65) ? H_TO_ORG : H_FROM_ORG;
        operation.org = (int8_t)home;
        *offset = below(client, 8);
    }
    return operation;
}

#endif
