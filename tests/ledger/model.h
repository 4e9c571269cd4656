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
/* How many of them: a test that needs other numbers names them before it includes this file. */
#ifndef MODEL_ORGS
#define MODEL_ORGS 7
#define MODEL_PEOPLE 18
#define MODEL_TRANSFERS 300000
#endif
enum {
    ORGS = MODEL_ORGS,
    BUFFER_ORG = 6,
    SUPPLIERS = 3,
    PEOPLE = MODEL_PEOPLE,
    PROJECTS = 4,
    VINTAGES = 2,
    FIRST_VINTAGE = 2023
};
enum {
    ACCOUNTS_MAX = 20000,
    PIECES_MAX = 60000,
    TRANSFERS_MAX = MODEL_TRANSFERS,
    ORDERS_MAX = 50000,
    NAMED_MAX = 400,
    LINES_MAX = 6,
    M_DOCUMENTS_MAX = 100 * PROJECTS
};
#define DAY_US (INT64_C(86400) * 1000000)

/* What is said of an organisation or a project (tests/ledger/model_about.h). */
struct m_said {
    char name[NAME_SIZE], place[NAME_SIZE];
    char country[8];
    struct location point;
    char domain[64], summary[SHORT_DESCRIPTION_SIZE]; /* of an organisation */
    char code[20], status[24];                        /* of a project */
    int instrument;                                   /* that it says to have */
    bool ccp;
};
struct m_document {
    char id[ID_SIZE];
    int project, kind;
    char name[NOTE_SIZE], url[64], dated[11];
};

struct m_org {
    char id[ID_SIZE];
    int state, incoming, two_person;
    int64_t above;
    bool trusts[ORGS];
    int main;
    struct m_said said;
};
struct m_person {
    char id[ID_SIZE];
    bool active;
    bool is_program;
    int maker, program_org; /* of a program; maker NONE: the operator */
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
    int64_t next[VINTAGES], retired[VINTAGES], exported[VINTAGES], cancelled[VINTAGES];
    struct m_said said;
};
struct m_piece {
    int project, vintage, org, account;
    int64_t first, last, issued_at, since_at;
    int reserved;  /* transfer or NONE */
    int came_with; /* the order that it was delivered for, from 1; 0 none */
};
/* Somebody who is only named, by an organisation. */
struct m_named {
    char id[ID_SIZE];
    int org;
    int domain; /* NONE: a human being */
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
    int supplier, buyer, instrument;
    int64_t units, delivered;
    bool agreed; /* the buyer's word, or the registry's */
};

struct model {
    int64_t now;     /* the act's time */
    int64_t last_at; /* when the last act was recorded */
    bool frozen;
    int64_t expiry_days, registry_units;
    struct m_org orgs[ORGS];
    struct m_person people[PEOPLE];
    struct m_project projects[PROJECTS];
    struct m_named named[NAMED_MAX];
    int named_count;
    struct m_document documents[M_DOCUMENTS_MAX]; /* that are there */
    int document_count, removed_count;
    char removed_document[ID_SIZE]; /* the last one that was taken away, and whose it was */
    int removed_project;
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

/* Who stands behind a person where two are needed. */
static int m_root(int person)
{
    bool has_maker = person >= 0 && m.people[person].is_program && m.people[person].maker != NONE;
    return has_maker ? m.people[person].maker : person;
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

/* Acts that are done at once by one person, where the organisation asks for two. */
static bool m_needs_second(int org, int64_t units)
{
    const struct m_org *giver = &m.orgs[org];
    return giver->two_person == TWO_PERSON_ALWAYS ||
           (giver->two_person == TWO_PERSON_ABOVE && units > giver->above);
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
    int piece;       /* NONE: dead or unknown */
    int dead_org;    /* a dead batch's last holder; NONE: it never was */
    int project;     /* of the batch, dead or alive; NONE: it never was */
    bool in_reserve; /* it lies, or lay, in a reserve account */
    int same_as;     /* an earlier line with the same batch; NONE */
    int64_t units;
    int64_t size_units; /* of the batch, before the act */
};

struct m_wish {
    int org, supplier, project; /* NONE any */
    int from_account, to_account;
    int instrument;    /* NONE: of the oldest, or of the first line */
    bool reserve_too;  /* by lines: what lies in a reserve account, too */
    bool reserve_only; /* nothing else */
    int year;          /* oldest first: 0 any vintage */
    int came_with;     /* oldest first: 0 any; an order, from 1 */
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
    int kind = wish->reserve_only ? ACCOUNT_RESERVE : ACCOUNT_ACTIVE;
    return piece->org == wish->org && piece->reserved == NONE && account->kind == kind &&
           account->open && (wish->year == 0 || wish->year == FIRST_VINTAGE + piece->vintage) &&
           (wish->came_with == 0 || wish->came_with == piece->came_with) &&
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
        bool is_theirs = line->dead_org == wish->org && (!wish->reserve_only || line->in_reserve);
        m_worse(&worst, is_theirs ? STATUS_BATCH_NOT_ACTIVE : STATUS_BATCH_UNKNOWN);
        return worst;
    }
    const struct m_piece *piece = &m.pieces[line->piece];
    int kind = m.accounts[piece->account].kind;
    if (piece->org != wish->org || (wish->reserve_only && kind != ACCOUNT_RESERVE)) {
        m_worse(&worst, STATUS_BATCH_UNKNOWN);
        return worst;
    }
    bool is_reserve_right = wish->reserve_too || wish->reserve_only;
    if (kind != ACCOUNT_ACTIVE && !(kind == ACCOUNT_RESERVE && is_reserve_right)) {
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
        m_worse(&worst, STATUS_WRONG_INSTRUMENT);
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
static void m_end_reserved(int mark, enum batch_state state)
{
    int kept = 0;
    for (int i = 0; i < m.piece_count; i++) {
        struct m_piece *piece = &m.pieces[i];
        if (piece->reserved == mark) {
            struct m_project *project = &m.projects[piece->project];
            int64_t *sums = state == BATCH_RETIRED    ? project->retired
                            : state == BATCH_EXPORTED ? project->exported
                                                      : project->cancelled;
            sums[piece->vintage] += m_size(piece);
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

#endif
