/*
 * tests/ledger/model.h: the rules of domain.md a second time, over plain arrays, for
 * tests/ledger/simulator.c to compare the ledger with. It shares no code with cgi-bin/ledger:
 * people, organisations, accounts and transfers are numbers, units are intervals ("pieces"). NONE
 * means: no such thing was named; STRANGER: an id that nobody has; the operator is person NONE.
 */
#ifndef TESTS_LEDGER_MODEL_H
#define TESTS_LEDGER_MODEL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "ledger/command.h"

enum { NONE = -1, STRANGER = -2 };
enum {
    ORGS = 7,
    BUFFER_ORG = 6,
    SUPPLIERS = 3,
    PEOPLE = 14,
    PROJECTS = 4,
    VINTAGES = 2,
    FIRST_VINTAGE = 2023
};
enum {
    ACCOUNTS_MAX = 4000,
    PIECES_MAX = 60000,
    TRANSFERS_MAX = 300000,
    ORDERS_MAX = 50000,
    LINES_MAX = 6
};
#define DAY_US (INT64_C(86400) * 1000000)

struct m_org {
    char id[ID_SIZE];
    int state, incoming, two_person;
    int64_t above;
    bool trusts[ORGS];
    int main;
};
struct m_person {
    char id[ID_SIZE];
    bool active;
    unsigned registry;
    unsigned roles[ORGS];
};
struct m_account {
    char id[ID_SIZE];
    int org, kind;
    bool open;
};
struct m_project {
    char id[ID_SIZE];
    int org, instrument;
    int64_t next[VINTAGES], retired[VINTAGES], exported[VINTAGES];
};
struct m_piece {
    int project, vintage, org, account;
    int64_t first, last, issued_at, since_at;
    int reserved; /* transfer or NONE */
};
struct m_transfer {
    char id[ID_SIZE];
    int kind, state, from, to, instrument;
    /* latest_at: the last thing that happened to it */
    int64_t units, submitted_at, latest_at, expires_at, ended_at;
    bool needs, needs_registry, has_note, redacted;
    bool approved, registry_approved;
    int submitted_by, approved_by, registry_approved_by, ended_by;
};
struct m_order {
    char id[ID_SIZE];
    int supplier, buyer;
    int64_t units, delivered;
};

struct model {
    int64_t now;     /* the act's time */
    int64_t last_at; /* when the last act was recorded */
    bool frozen;
    int64_t expiry_days, registry_units;
    struct m_org orgs[ORGS];
    struct m_person people[PEOPLE];
    struct m_project projects[PROJECTS];
    int account_count, piece_count, transfer_count, order_count;
    struct m_account accounts[ACCOUNTS_MAX];
    struct m_piece pieces[PIECES_MAX];
    struct m_transfer transfers[TRANSFERS_MAX];
    struct m_order orders[ORDERS_MAX];
};

static struct model m;

/* ---- who ---- */

static bool m_is_admin(int person)
{
    return person != NONE && (m.people[person].registry & 1U) != 0;
}

static unsigned m_roles(int person, int org)
{
    return person < 0 || org < 0 ? 0 : m.people[person].roles[org];
}

/* Domain.md 3.9 and 4: what one may not know does not exist. */
static enum status m_right(int person, unsigned roles, unsigned needed, bool admin_may)
{
    if (person == NONE) {
        return STATUS_OK;
    }
    unsigned registry = m.people[person].registry;
    if (roles == 0 && registry == 0) {
        return STATUS_NOT_FOUND;
    }
    if (registry == 2) {
        return STATUS_NOT_ALLOWED;
    }
    if (admin_may && (registry & 1U) != 0) {
        return STATUS_OK;
    }
    return (roles & needed) != 0 ? STATUS_OK : STATUS_NOT_ALLOWED;
}

static enum status m_right_registry(int person)
{
    return person == NONE || m_is_admin(person) ? STATUS_OK : STATUS_NOT_ALLOWED;
}

static enum status m_sender(int org)
{
    if (org < 0) {
        return STATUS_SENDER_UNKNOWN;
    }
    return m.orgs[org].state == ORG_SUSPENDED ? STATUS_SENDER_SUSPENDED
           : m.orgs[org].state == ORG_CLOSED  ? STATUS_SENDER_CLOSED
                                              : STATUS_OK;
}

static enum status m_recipient(int org)
{
    if (org < 0) {
        return STATUS_RECIPIENT_UNKNOWN;
    }
    return m.orgs[org].state == ORG_SUSPENDED ? STATUS_RECIPIENT_SUSPENDED
           : m.orgs[org].state == ORG_CLOSED  ? STATUS_RECIPIENT_CLOSED
                                              : STATUS_OK;
}

static enum status m_account(int account, int org)
{
    if (account < 0 || m.accounts[account].org != org) {
        return STATUS_ACCOUNT_UNKNOWN;
    }
    return !m.accounts[account].open                    ? STATUS_ACCOUNT_CLOSED
           : m.accounts[account].kind != ACCOUNT_ACTIVE ? STATUS_ACCOUNT_NOT_ACTIVE_KIND
                                                        : STATUS_OK;
}

/* ---- which units ---- */

enum m_note { NOTE_NONE, NOTE_FINE, NOTE_LONG, NOTE_ODD };

struct m_line {
    int piece;    /* NONE: dead or unknown */
    int dead_org; /* a dead batch's last holder; NONE: it never was */
    int same_as;  /* an earlier line with the same batch; NONE */
    int64_t units;
    int64_t size_units; /* of the batch, before the act */
};

struct m_wish {
    int org, supplier, project; /* NONE any */
    int from_account, to_account;
    int instrument; /* NONE: of the oldest, or of the first line */
    bool reserve_too;
    int64_t units;
    int line_count;
    struct m_line lines[LINES_MAX];
};

/* What was chosen: whole pieces or their lowest parts. */
struct m_pick {
    int piece;
    int64_t units;
};
static struct m_pick picks[PIECES_MAX];
static int pick_count;
static int64_t m_available;

static int64_t m_size(const struct m_piece *piece)
{
    return piece->last - piece->first + 1;
}

static int m_oldest(const void *one, const void *other)
{
    const struct m_piece *a = &m.pieces[((const struct m_pick *)one)->piece];
    const struct m_piece *b = &m.pieces[((const struct m_pick *)other)->piece];
    if (a->issued_at != b->issued_at) {
        return a->issued_at < b->issued_at ? -1 : 1;
    }
    int by_project = strcmp(m.projects[a->project].id, m.projects[b->project].id);
    if (by_project != 0) {
        return by_project;
    }
    if (a->vintage != b->vintage) {
        return a->vintage < b->vintage ? -1 : 1;
    }
    return a->first < b->first ? -1 : 1;
}

static bool m_fits(const struct m_wish *wish, const struct m_piece *piece, int instrument)
{
    const struct m_account *account = &m.accounts[piece->account];
    return piece->org == wish->org && piece->reserved == NONE && account->kind == ACCOUNT_ACTIVE &&
           account->open &&
           (wish->supplier == NONE || m.projects[piece->project].org == wish->supplier) &&
           (wish->project == NONE || piece->project == wish->project) &&
           (wish->from_account == NONE || piece->account == wish->from_account) &&
           (wish->to_account == NONE || piece->account != wish->to_account) &&
           (instrument == NONE || m.projects[piece->project].instrument == instrument);
}

static enum status m_pick_oldest(const struct m_wish *wish)
{
    if (wish->units == 0) {
        return STATUS_LINES_EMPTY;
    }
    if (wish->units < 0) {
        return STATUS_QUANTITY_NEGATIVE;
    }
    if (wish->units > QUANTITY_UNITS_MAX) {
        return STATUS_QUANTITY_TOO_LARGE;
    }
    int instrument = wish->instrument;
    pick_count = 0;
    for (int i = 0; i < m.piece_count; i++) {
        if (m_fits(wish, &m.pieces[i], instrument)) {
            picks[pick_count++].piece = i;
        }
    }
    qsort(picks, (size_t)pick_count, sizeof(picks[0]), m_oldest);
    if (instrument == NONE && pick_count > 0) {
        int kept = 0;
        instrument = m.projects[m.pieces[picks[0].piece].project].instrument;
        for (int i = 0; i < pick_count; i++) {
            if (m.projects[m.pieces[picks[i].piece].project].instrument == instrument) {
                picks[kept++] = picks[i];
            }
        }
        pick_count = kept;
    }
    int64_t left = wish->units;
    int used = 0;
    while (used < pick_count && left > 0) {
        int64_t size = m_size(&m.pieces[picks[used].piece]);
        picks[used].units = size < left ? size : left;
        left -= picks[used].units;
        used++;
    }
    m_available = wish->units - left;
    pick_count = used;
    return left > 0 ? STATUS_NOT_ENOUGH : STATUS_OK;
}

static void m_worse(enum status *worst, enum status status)
{
    if (*worst == STATUS_OK || status < *worst) {
        *worst = status;
    }
}

static enum status m_judge_line(const struct m_wish *wish, int number)
{
    const struct m_line *line = &wish->lines[number];
    enum status worst = STATUS_OK;
    if (line->same_as != NONE) {
        m_worse(&worst, STATUS_BATCH_TWICE);
    }
    if (line->units == 0) {
        m_worse(&worst, STATUS_QUANTITY_ZERO);
    }
    if (line->units < 0) {
        m_worse(&worst, STATUS_QUANTITY_NEGATIVE);
    }
    if (line->units > QUANTITY_UNITS_MAX) {
        m_worse(&worst, STATUS_QUANTITY_TOO_LARGE);
    }
    if (line->piece == NONE) {
        m_worse(&worst,
                line->dead_org == wish->org ? STATUS_BATCH_NOT_ACTIVE : STATUS_BATCH_UNKNOWN);
        return worst;
    }
    const struct m_piece *piece = &m.pieces[line->piece];
    if (piece->org != wish->org) {
        m_worse(&worst, STATUS_BATCH_UNKNOWN);
        return worst;
    }
    int kind = m.accounts[piece->account].kind;
    if (kind != ACCOUNT_ACTIVE && !(kind == ACCOUNT_RESERVE && wish->reserve_too)) {
        m_worse(&worst, STATUS_ACCOUNT_NOT_ACTIVE_KIND);
    }
    if (wish->to_account != NONE && piece->account == wish->to_account) {
        m_worse(&worst, STATUS_SAME_ACCOUNT);
    }
    if (piece->reserved != NONE) {
        m_worse(&worst, STATUS_BATCH_RESERVED);
    }
    if ((wish->supplier != NONE && m.projects[piece->project].org != wish->supplier) ||
        (wish->project != NONE && piece->project != wish->project)) {
        m_worse(&worst, STATUS_WRONG_SUPPLIER);
    }
    if (line->units > m_size(piece)) {
        m_worse(&worst, STATUS_NOT_ENOUGH);
    }
    int instrument = wish->instrument;
    if (instrument == NONE) {
        instrument = wish->lines[0].piece == NONE
                         ? (int)INSTRUMENT_CARBON_REMOVAL
                         : m.projects[m.pieces[wish->lines[0].piece].project].instrument;
    }
    if (m.projects[piece->project].instrument != instrument) {
        m_worse(&worst, STATUS_VALUE_REFUSED);
    }
    return worst;
}

static enum status m_pick(const struct m_wish *wish)
{
    if (wish->line_count == 0) {
        return m_pick_oldest(wish);
    }
    enum status worst = STATUS_OK;
    pick_count = 0;
    for (int i = 0; i < wish->line_count; i++) {
        enum status status = m_judge_line(wish, i);
        if (status != STATUS_OK) {
            m_worse(&worst, status);
        }
        picks[pick_count].piece = wish->lines[i].piece;
        picks[pick_count++].units = wish->lines[i].units;
    }
    return worst;
}

static int64_t m_picked(void)
{
    int64_t units = 0;
    for (int i = 0; i < pick_count; i++) {
        units += picks[i].units;
    }
    return units;
}

static int64_t m_picked_since(void)
{
    int64_t at = 0;
    for (int i = 0; i < pick_count; i++) {
        int64_t since = m.pieces[picks[i].piece].since_at;
        at = since > at ? since : at;
    }
    return at;
}

/* Cuts every picked piece: the lowest serials are the picked piece from then on, the rest is a new
 * piece that stays. */
static void m_cut(void)
{
    for (int i = 0; i < pick_count; i++) {
        struct m_piece *piece = &m.pieces[picks[i].piece];
        if (picks[i].units < m_size(piece)) {
            must(m.piece_count < PIECES_MAX);
            struct m_piece *rest = &m.pieces[m.piece_count++];
            piece->since_at = m.now;
            *rest = *piece;
            rest->first = piece->first + picks[i].units;
            piece->last = rest->first - 1;
        }
    }
}

/* Ended pieces are forgotten; their sums are kept. */
static void m_end_reserved(int mark, bool retired)
{
    int kept = 0;
    for (int i = 0; i < m.piece_count; i++) {
        struct m_piece *piece = &m.pieces[i];
        if (piece->reserved == mark) {
            struct m_project *project = &m.projects[piece->project];
            *(retired ? &project->retired[piece->vintage] : &project->exported[piece->vintage]) +=
                m_size(piece);
            continue;
        }
        m.pieces[kept++] = *piece;
    }
    m.piece_count = kept;
}

static void m_release(int transfer, int org, int account)
{
    for (int i = 0; i < m.piece_count; i++) {
        if (m.pieces[i].reserved == transfer) {
            m.pieces[i].reserved = NONE;
            if (org != NONE) {
                m.pieces[i].org = org;
                m.pieces[i].account = account;
                m.pieces[i].since_at = m.pieces[i].since_at > m.now ? m.pieces[i].since_at : m.now;
            }
        }
    }
}

static enum status m_note(enum m_note note)
{
    return note == NOTE_LONG  ? STATUS_NOTE_TOO_LONG
           : note == NOTE_ODD ? STATUS_NOTE_CONTROL
                              : STATUS_OK;
}

/* ---- a transfer ---- */

struct m_submit {
    int person, kind, to; /* the sender is wish.org */
    struct m_wish wish;
    enum m_note note, private_note;
    bool no_system;
    int corrects;
    bool plan_wrong;
};

static bool m_accepts(int to, int from)
{
    return m.orgs[to].incoming == INCOMING_ALL ||
           (m.orgs[to].incoming == INCOMING_TRUSTED && m.orgs[to].trusts[from]);
}

static enum status m_submit_accounts(const struct m_submit *submit)
{
    enum status status = STATUS_OK;
    int org = submit->wish.org;
    if (submit->wish.from_account != NONE &&
        m_account(submit->wish.from_account, org) != STATUS_OK) {
        m_worse(&status, m_account(submit->wish.from_account, org));
    }
    if (submit->kind == TRANSFER_INTERNAL && m_account(submit->wish.to_account, org) != STATUS_OK) {
        m_worse(&status, m_account(submit->wish.to_account, org));
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (submit->kind == TRANSFER_EXTERNAL && submit->to == org) {
        return STATUS_SAME_ACCOUNT;
    }
    if (submit->kind == TRANSFER_INTERNAL && submit->wish.from_account == submit->wish.to_account) {
        return STATUS_SAME_ACCOUNT;
    }
    return STATUS_OK;
}

static bool m_corrects(const struct m_submit *submit)
{
    if (submit->corrects < 0) {
        return submit->corrects == NONE;
    }
    const struct m_transfer *old = &m.transfers[submit->corrects];
    int from = submit->wish.org;
    int to = submit->kind == TRANSFER_EXTERNAL   ? submit->to
             : submit->kind == TRANSFER_INTERNAL ? from
                                                 : NONE;
    return old->state == TRANSFER_COMPLETED &&
           ((old->from == from && old->to == to) || (old->from == to && old->to == from));
}

/* What must come of it; on STATUS_OK the model has done it, and the new transfer is the last. */
static enum status m_do_submit(const struct m_submit *submit)
{
    int from = submit->wish.org;
    enum status status =
        m_right(submit->person, m_roles(submit->person, from), ROLE_INITIATOR, false);
    if (status == STATUS_OK && m.frozen) {
        status = STATUS_FROZEN;
    }
    if (status == STATUS_OK) {
        status = m_sender(from);
    }
    if (status == STATUS_OK && submit->kind == TRANSFER_EXTERNAL) {
        status = m_recipient(submit->to);
    }
    if (status == STATUS_OK) {
        status = m_submit_accounts(submit);
    }
    if (status == STATUS_OK) {
        status = m_note(submit->note);
    }
    if (status == STATUS_OK) {
        status = m_note(submit->private_note);
    }
    if (status == STATUS_OK) {
        status = m_pick(&submit->wish);
    }
    if (status == STATUS_OK && submit->plan_wrong) {
        status = STATUS_PLAN_CHANGED;
    }
    if (status == STATUS_OK && !m_corrects(submit)) {
        status = STATUS_CORRECTS_UNKNOWN;
    }
    if (status == STATUS_OK && submit->kind == TRANSFER_EXPORT && submit->no_system) {
        status = STATUS_VALUE_REFUSED;
    }
    if (status == STATUS_OK && m_picked_since() > m.now) {
        status = STATUS_TIME_BACKWARDS;
    }
    if (status != STATUS_OK) {
        return status;
    }
    must(m.transfer_count < TRANSFERS_MAX);
    const struct m_org *org = &m.orgs[from];
    int number = m.transfer_count++;
    struct m_transfer *transfer = &m.transfers[number];
    int64_t units = m_picked();
    *transfer = (struct m_transfer){.kind = submit->kind,
                                    .state = TRANSFER_PENDING,
                                    .from = from,
                                    .to = submit->kind == TRANSFER_EXTERNAL   ? submit->to
                                          : submit->kind == TRANSFER_INTERNAL ? from
                                                                              : NONE,
                                    .instrument = submit->wish.instrument,
                                    .units = units,
                                    .submitted_at = m.now,
                                    .latest_at = m.now,
                                    .expires_at = m.now + m.expiry_days * DAY_US,
                                    .has_note = submit->note == NOTE_FINE,
                                    .submitted_by = submit->person,
                                    .approved_by = NONE,
                                    .registry_approved_by = NONE,
                                    .ended_by = NONE};
    transfer->needs = submit->kind != TRANSFER_INTERNAL &&
                      (org->two_person == TWO_PERSON_ALWAYS ||
                       (org->two_person == TWO_PERSON_ABOVE && units > org->above));
    transfer->needs_registry =
        submit->kind == TRANSFER_EXPORT ||
        (submit->kind == TRANSFER_EXTERNAL && m.registry_units > 0 && units > m.registry_units);
    m_cut();
    for (int i = 0; i < pick_count; i++) {
        m.pieces[picks[i].piece].reserved = number;
    }
    if (transfer->needs || transfer->needs_registry) {
        transfer->state = TRANSFER_AWAITING_APPROVAL;
    } else if (submit->kind == TRANSFER_INTERNAL ||
               (submit->kind == TRANSFER_EXTERNAL && m_accepts(submit->to, from))) {
        transfer->state = TRANSFER_COMPLETED;
        transfer->ended_at = m.now;
        transfer->ended_by = submit->person;
        m_release(number, transfer->to,
                  submit->kind == TRANSFER_INTERNAL ? submit->wish.to_account
                                                    : m.orgs[submit->to].main);
    }
    return STATUS_OK;
}

/* ---- what others do to it ---- */

struct m_decide {
    int person, kind, transfer, account; /* account NONE: Main */
    enum m_note reason;                  /* NOTE_NONE: none given */
};

static bool m_waits(const struct m_transfer *transfer)
{
    return transfer->state == TRANSFER_AWAITING_APPROVAL || transfer->state == TRANSFER_PENDING;
}

static enum status m_decide_right(const struct m_decide *decide)
{
    if (decide->transfer < 0) {
        return STATUS_NOT_FOUND;
    }
    const struct m_transfer *transfer = &m.transfers[decide->transfer];
    unsigned senders = m_roles(decide->person, transfer->from);
    unsigned recipients = m_roles(decide->person, transfer->to);
    unsigned all = senders | recipients;
    if (decide->person != NONE && all == 0 && m.people[decide->person].registry == 0) {
        return STATUS_NOT_FOUND;
    }
    switch (decide->kind) {
    case ACT_APPROVE:
    case ACT_REFUSE:
        return decide->person == NONE ||
                       (senders & ROLE_APPROVER && m.people[decide->person].registry != 2)
                   ? STATUS_OK
                   : STATUS_NOT_ALLOWED;
    case ACT_ACCEPT:
    case ACT_REJECT:
        return decide->person == NONE ||
                       (recipients & ROLE_APPROVER && m.people[decide->person].registry != 2)
                   ? STATUS_OK
                   : STATUS_NOT_ALLOWED;
    case ACT_WITHDRAW:
        return decide->person == NONE ||
                       (senders & ROLE_INITIATOR && m.people[decide->person].registry != 2)
                   ? STATUS_OK
                   : STATUS_NOT_ALLOWED;
    default:
        return m_right_registry(decide->person);
    }
}

static bool m_is_due(const struct m_transfer *transfer, int kind)
{
    bool awaits = transfer->state == TRANSFER_AWAITING_APPROVAL;
    bool pending = transfer->state == TRANSFER_PENDING;
    switch (kind) {
    case ACT_APPROVE:
        return transfer->needs;
    case ACT_REGISTRY_APPROVE:
        return transfer->needs_registry;
    case ACT_REFUSE:
        return awaits && transfer->needs && !transfer->approved;
    case ACT_REGISTRY_REFUSE:
        return awaits && transfer->needs_registry && !transfer->registry_approved;
    case ACT_ACCEPT:
    case ACT_REJECT:
        return pending && transfer->kind == TRANSFER_EXTERNAL;
    case ACT_COMPLETE_EXPORT:
    case ACT_REJECT_EXPORT:
        return pending && transfer->kind == TRANSFER_EXPORT;
    default:
        return true;
    }
}

static void m_finish(struct m_transfer *transfer, int state, int person)
{
    transfer->state = state;
    transfer->ended_at = m.now;
    transfer->latest_at = m.now;
    transfer->ended_by = person;
}

static enum status m_do_decide(const struct m_decide *decide)
{
    enum status status = m_decide_right(decide);
    if (status != STATUS_OK) {
        return status;
    }
    struct m_transfer *transfer = &m.transfers[decide->transfer];
    int kind = decide->kind;
    bool forward = kind == ACT_APPROVE || kind == ACT_REGISTRY_APPROVE || kind == ACT_ACCEPT ||
                   kind == ACT_COMPLETE_EXPORT;
    if (forward && m.frozen) {
        return STATUS_FROZEN;
    }
    if (forward && m_sender(transfer->from) != STATUS_OK) {
        return m_sender(transfer->from);
    }
    if (forward && transfer->kind != TRANSFER_EXPORT && m_recipient(transfer->to) != STATUS_OK) {
        return m_recipient(transfer->to);
    }
    int account = transfer->to == NONE      ? NONE
                  : decide->account == NONE ? m.orgs[transfer->to].main
                                            : decide->account;
    if (kind == ACT_ACCEPT &&
        (transfer->to == NONE || m_account(account, transfer->to) != STATUS_OK)) {
        return transfer->to == NONE ? STATUS_ACCOUNT_UNKNOWN : m_account(account, transfer->to);
    }
    if (m_note(decide->reason) != STATUS_OK) {
        return m_note(decide->reason);
    }
    if (kind != ACT_REDACT_NOTE) {
        if (!m_waits(transfer) || m.now >= transfer->expires_at) {
            return STATUS_TRANSFER_ENDED;
        }
        if (!m_is_due(transfer, kind)) {
            return STATUS_TRANSFER_NOT_PENDING;
        }
    }
    bool approves = kind == ACT_APPROVE || kind == ACT_REGISTRY_APPROVE;
    if (approves && decide->person != NONE &&
        (decide->person == transfer->submitted_by ||
         (kind == ACT_APPROVE && transfer->registry_approved &&
          transfer->registry_approved_by == decide->person) ||
         (kind == ACT_REGISTRY_APPROVE && transfer->approved &&
          transfer->approved_by == decide->person))) {
        return STATUS_SAME_PERSON;
    }
    if ((kind == ACT_APPROVE && transfer->approved) ||
        (kind == ACT_REGISTRY_APPROVE && transfer->registry_approved)) {
        return STATUS_ALREADY_APPROVED;
    }
    bool wants_reason =
        !approves && kind != ACT_ACCEPT && kind != ACT_WITHDRAW && kind != ACT_COMPLETE_EXPORT;
    if (wants_reason && decide->reason == NOTE_NONE) {
        return STATUS_REASON_NEEDED;
    }
    bool is_dead_note = !transfer->has_note || transfer->redacted;
    if (!(kind == ACT_REDACT_NOTE && is_dead_note) && m.now < transfer->latest_at) {
        return STATUS_TIME_BACKWARDS;
    }
    if (kind == ACT_REDACT_NOTE) {
        if (!transfer->has_note || transfer->redacted) {
            return STATUS_VALUE_REFUSED;
        }
        transfer->redacted = true;
        transfer->has_note = false;
        return STATUS_OK;
    }
    if (approves) {
        transfer->latest_at = m.now;
        if (kind == ACT_APPROVE) {
            transfer->approved = true;
            transfer->approved_by = decide->person;
        } else {
            transfer->registry_approved = true;
            transfer->registry_approved_by = decide->person;
        }
        if ((transfer->needs && !transfer->approved) ||
            (transfer->needs_registry && !transfer->registry_approved)) {
            return STATUS_OK;
        }
        if (transfer->kind == TRANSFER_EXTERNAL && m_accepts(transfer->to, transfer->from)) {
            m_finish(transfer, TRANSFER_COMPLETED, decide->person);
            m_release(decide->transfer, transfer->to, m.orgs[transfer->to].main);
        } else {
            transfer->state = TRANSFER_PENDING;
            transfer->expires_at = m.now + m.expiry_days * DAY_US;
        }
        return STATUS_OK;
    }
    if (kind == ACT_ACCEPT) {
        m_finish(transfer, TRANSFER_COMPLETED, decide->person);
        m_release(decide->transfer, transfer->to, account);
    } else if (kind == ACT_COMPLETE_EXPORT) {
        m_finish(transfer, TRANSFER_COMPLETED, decide->person);
        m_end_reserved(decide->transfer, false);
    } else {
        m_finish(transfer,
                 kind == ACT_WITHDRAW ? TRANSFER_WITHDRAWN
                 : kind == ACT_CANCEL ? TRANSFER_CANCELLED
                                      : TRANSFER_REJECTED,
                 decide->person);
        m_release(decide->transfer, NONE, NONE);
    }
    return STATUS_OK;
}

#endif
