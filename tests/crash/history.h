/*
 * crash/history.h: what the history check (tests/crash/history_test.c) is about: the registry of
 * one history, one operation of a client as it stands in memory that all processes share, and the
 * command that goes with it. An operation is kept in small numbers, so that a million fit, and the
 * same numbers are read twice: as a command for the ledger and as a wish for the model of
 * tests/ledger/model.h.
 */
#ifndef CRASH_HISTORY_H
#define CRASH_HISTORY_H

#include "crash/crowd.h"

#include <stdatomic.h>

/* The model's measures: ten organisations with people, one that the operator dates acts for. */
#define MODEL_ORGS 12
#define MODEL_PEOPLE 80
#define MODEL_TRANSFERS 300000
#include "ledger/model_about.h"
#include "ledger/model_transfer.h"

#define CLIENTS 64
#define HISTORY_OPERATOR 0  /* the client that asks as `tally` does, and dates acts back */
#define HISTORY_OFFICIALS 8 /* clients before this one, but the first, are administrators */
#define HISTORY_PARTIES 10  /* organisations with people: eight and the two suppliers */
#define HISTORY_PAST_ORG 10 /* what it has and sends is dated fourteen days back */
#define HISTORY_ORGS 11
#define HISTORY_PROJECTS 2
#define HISTORY_ACCOUNTS 3 /* of each organisation: Main, Second, Retirement */
#define HISTORY_LINES 3    /* batches named by hand */
#define HISTORY_SETTLE 600 /* room, for each client, to ask at the end what it had given up */
#define STARTS_MAX 16384   /* of the daemon in one history */
#define RECENT 256         /* transfers that everybody knows of */

enum operation_what { OPERATION_NONE, OPERATION_ASK, OPERATION_READ };
enum read_what { READ_BALANCE, READ_BATCH, READ_TRANSFER, READ_SUMS, READ_ABOUT, READ_DOCUMENT };

/* What a read saw, all at one moment: numbers and words as its kind says (history_read.h). */
struct seen {
    int64_t seq; /* the newest act of that moment */
    int64_t numbers[4];
    char words[5][ID_SIZE];
};

struct operation {
    uint8_t what;
    uint8_t kind;          /* enum act_kind, or enum read_what */
    uint8_t transfer_kind; /* TRANSFER */
    uint8_t note;          /* enum m_note: public note, reason */
    uint8_t line_count;
    uint8_t breaks;   /* how many times the connection broke before an answer came */
    bool is_stranger; /* asked in the name of a person whom nobody knows */
    int8_t org;       /* who sends, retires, sets; READ: whose balance */
    int8_t to;        /* recipient; NONE, STRANGER */
    int8_t supplier, project, vintage;
    int8_t from_account,
        to_account; /* of 0 … HISTORY_ORGS * HISTORY_ACCOUNTS - 1; NONE, STRANGER */
    int8_t choice;  /* SET_POLICY: incoming + 4 * two_person; FREEZE: frozen; ADD_DOCUMENT: kind */
    int32_t key;    /* the operation of this client whose key it has; NONE: it has no key */
    int64_t units;  /* EDIT_ORGANISATION, ADD_DOCUMENT: the number in its words, in its address */
    int64_t at_us;  /* the operator's dated acts */
    int64_t called_us, answered_us; /* steady clock; answered 0: never */
    int64_t break_seq;              /* nothing asked before its last break is newer than this act */
    int64_t lost_seq; /* found afterwards: its first act that nobody was answered with; 0: none */
    char id[ID_SIZE]; /* the transfer that is decided, the document that goes; READ: of what */
    struct command_line lines[HISTORY_LINES];
    union {
        struct answer answer;
        struct seen seen;
    };
};

struct shared {
    struct crowd crowd;
    _Atomic int64_t done; /* operations, by all */
    _Atomic int64_t recent_count;
    char recent[RECENT][ID_SIZE];
    int64_t operations_each, room_each;
    int64_t start_seq; /* the newest act before the history */
    int64_t start_us;
    _Atomic int64_t breaks, given_up;
    int count[CLIENTS];
    int64_t starts[STARTS_MAX]; /* the newest act when the daemon was started again */
    int start_count;
    char socket_paths[3][WORLD_PATH_SIZE]; /* account, admin, tally */
    char org_ids[HISTORY_ORGS][ID_SIZE];
    char user_ids[CLIENTS][ID_SIZE];
    char account_ids[HISTORY_ORGS * HISTORY_ACCOUNTS][ID_SIZE];
    char project_ids[HISTORY_PROJECTS][ID_SIZE];
    int supplier_of[HISTORY_PROJECTS];
};

static struct world *world;
static struct shared *shared;
static struct operation
    *operations; /* shared too: operations_each + HISTORY_SETTLE of each client */
static uint64_t seed;

static inline struct operation *operation_at(int client, int64_t number)
{
    return &operations[client * shared->room_each + number];
}

static inline bool is_official(int client)
{
    return client != HISTORY_OPERATOR && client < HISTORY_OFFICIALS;
}

static inline enum asker program_of(int client)
{
    return client == HISTORY_OPERATOR ? PROGRAM_TALLY
           : is_official(client)      ? PROGRAM_ADMIN
                                      : PROGRAM_ACCOUNT;
}

static inline int home_of(int client)
{
    return client < HISTORY_OFFICIALS ? NONE : (client - HISTORY_OFFICIALS) % HISTORY_PARTIES;
}

/* Two of the six people of an organisation may only start, or only answer. */
static inline unsigned roles_of(int client)
{
    int place = (client - HISTORY_OFFICIALS) / HISTORY_PARTIES;
    return place == 4 ? ROLE_INITIATOR : place == 5 ? ROLE_APPROVER : ROLE_ALL;
}

static inline const char *org_word(int org)
{
    return org == NONE ? "" : org == STRANGER ? "org_ZZZZZZZZZZZZZZZZ" : shared->org_ids[org];
}

static inline const char *account_word(int account)
{
    return account == NONE       ? ""
           : account == STRANGER ? "acc_ZZZZZZZZZZZZZZZZ"
                                 : shared->account_ids[account];
}

static inline void note_write(char text[NOTE_SIZE], int note)
{
    if (note == NOTE_FINE) {
        CHECK(text_copy(text, NOTE_SIZE, "as agreed"), "no room");
    } else if (note == NOTE_LONG) {
        memset(text, 'x', NOTE_CHARS_MAX + 1);
        text[NOTE_CHARS_MAX + 1] = '\0';
    } else if (note == NOTE_ODD) {
        CHECK(text_copy(text, NOTE_SIZE, "one\ntwo"), "no room");
    }
}

/* ------------------------------------------------------------------ its command */

static inline void command_transfer_of(const struct operation *operation,
                                       struct command_transfer *body)
{
    body->kind = operation->transfer_kind;
    body->instrument = INSTRUMENT_CARBON_REMOVAL;
    TEXT_COPY(body->from_org_id, org_word(operation->org));
    TEXT_COPY(body->to_org_id, org_word(operation->to));
    TEXT_COPY(body->to_account_id, account_word(operation->to_account));
    TEXT_COPY(body->from_account_id, account_word(operation->from_account));
    TEXT_COPY(body->supplier_org_id, org_word(operation->supplier));
    if (body->kind == TRANSFER_EXPORT) {
        TEXT_COPY(body->to_system, "Another registry");
        TEXT_COPY(body->to_system_party, "Somebody there");
    }
    note_write(body->notes, operation->note);
    body->units = operation->units;
    body->line_count = operation->line_count;
    memcpy(body->lines, operation->lines, operation->line_count * sizeof body->lines[0]);
}

static inline void command_retire_of(const struct operation *operation, struct command_retire *body)
{
    TEXT_COPY(body->org_id, org_word(operation->org));
    TEXT_COPY(body->supplier_org_id, org_word(operation->supplier));
    TEXT_COPY(body->beneficiary, "The beneficiary");
    note_write(body->notes, operation->note);
    body->purposes = 1;
    body->units = operation->units;
    body->line_count = operation->line_count;
    memcpy(body->lines, operation->lines, operation->line_count * sizeof body->lines[0]);
}

static inline void command_house_of(const struct operation *operation, struct command *command)
{
    if (operation->kind == ACT_ISSUE) {
        TEXT_COPY(command->issue.project_id, shared->project_ids[operation->project]);
        TEXT_COPY(command->issue.to_org_id, org_word(operation->to));
        command->issue.vintage = FIRST_VINTAGE + operation->vintage;
        command->issue.imported = operation->to != NONE;
        command->issue.supplier_units = operation->units;
    } else if (operation->kind == ACT_SET_POLICY) {
        TEXT_COPY(command->policy.org_id, org_word(operation->org));
        command->policy.incoming = (uint8_t)(operation->choice % 4);
        command->policy.two_person = (uint8_t)(operation->choice / 4);
        command->policy.two_person_above_units = operation->units;
    } else if (operation->kind == ACT_FREEZE) {
        command->setting.frozen = operation->choice != 0;
        note_write(command->setting.text, operation->note);
    }
}

/* An organisation and its only line about itself. */
static inline struct m_said said_of(const struct operation *operation)
{
    struct m_said said = {.instrument = 0};
    (void)snprintf(said.name, sizeof said.name, "Party %d", operation->org);
    if (operation->note == NOTE_FINE) {
        (void)snprintf(said.summary, sizeof said.summary, "about %" PRId64, operation->units);
    } else {
        note_write(said.summary, operation->note);
    }
    return said;
}

/* A document as it is asked for; its id is the ledger's. */
static inline struct m_document document_of(const struct operation *operation)
{
    struct m_document document = {.project = operation->project, .kind = operation->choice};
    note_write(document.name, operation->note);
    (void)snprintf(document.url, sizeof document.url, "https://docs.example.org/%" PRId64,
                   operation->units);
    return document;
}

static inline void command_about_of(const struct operation *operation, struct command *command)
{
    if (operation->kind == ACT_EDIT_ORGANISATION) {
        struct m_said said = said_of(operation);
        TEXT_COPY(command->organisation.org_id, org_word(operation->org));
        TEXT_COPY(command->organisation.name, said.name);
        TEXT_COPY(command->organisation.short_description, said.summary);
        return;
    }
    struct m_document document = document_of(operation);
    TEXT_COPY(command->document.project_id, shared->project_ids[operation->project]);
    if (operation->kind == ACT_REMOVE_DOCUMENT) {
        TEXT_COPY(command->document.document_id, operation->id);
        return;
    }
    TEXT_COPY(command->document.name, document.name);
    TEXT_COPY(command->document.url, document.url);
    command->document.kind = (uint8_t)document.kind;
}

/* The same numbers give the same command, byte for byte. */
static inline struct command command_of_operation(int client, const struct operation *operation)
{
    char key[KEY_SIZE] = "";
    if (operation->key != NONE) {
        (void)snprintf(key, sizeof key, "h%d-%d", client, operation->key);
    }
    const char *user_id =
        operation->is_stranger ? "usr_ZZZZZZZZZZZZZZZZ" : shared->user_ids[client];
    struct command command = command_of((enum act_kind)operation->kind, user_id, key);
    command.at_us = operation->at_us;
    switch (operation->kind) {
    case ACT_TRANSFER:
        command_transfer_of(operation, &command.transfer);
        break;
    case ACT_RETIRE:
        command_retire_of(operation, &command.retire);
        break;
    case ACT_ISSUE:
    case ACT_SET_POLICY:
    case ACT_FREEZE:
    case ACT_EXPIRE:
        command_house_of(operation, &command);
        break;
    case ACT_EDIT_ORGANISATION:
    case ACT_ADD_DOCUMENT:
    case ACT_REMOVE_DOCUMENT:
        command_about_of(operation, &command);
        break;
    default:
        TEXT_COPY(command.decide.transfer_id, operation->id);
        TEXT_COPY(command.decide.account_id, account_word(operation->to_account));
        note_write(command.decide.reason, operation->note);
        break;
    }
    return command;
}

static inline bool is_same_command(int client, const struct operation *one,
                                   const struct operation *other)
{
    struct command a = command_of_operation(client, one);
    struct command b = command_of_operation(client, other);
    struct digest first = command_fingerprint(&a);
    struct digest second = command_fingerprint(&b);
    return digest_equal(&first, &second);
}

#endif
