/*
 * tests/ledger/simulated_acts.h: the acts of tests/ledger/simulator.c, one function a family: each
 * makes a command by chance, asks the model what must come of it, asks the ledger, and compares.
 */
#ifndef TESTS_LEDGER_SIMULATED_ACTS_H
#define TESTS_LEDGER_SIMULATED_ACTS_H

#include "ledger/simulated_about.h"
#include "ledger/simulated_people.h"
#include "ledger/simulated_units.h"

/* A transfer by chance, as the model understands it. */
static struct m_submit pick_submit(void)
{
    int from = below(ORGS);
    struct m_submit submit = {.kind = below(100) < 75 ? TRANSFER_EXTERNAL
                                      : chance(60)    ? TRANSFER_INTERNAL
                                                      : TRANSFER_EXPORT,
                              .to = NONE,
                              .wish = {.org = from,
                                       .supplier = NONE,
                                       .project = NONE,
                                       .from_account = NONE,
                                       .to_account = NONE},
                              .note = pick_note(),
                              .private_note = chance(90) ? NOTE_NONE : pick_note(),
                              .no_system = chance(5),
                              .corrects = NONE};
    struct m_wish *wish = &submit.wish;
    if (chance(1)) {
        wish->org = STRANGER;
    }
    submit.person = pick_person(from, ROLE_INITIATOR);
    wish->instrument = chance(85) ? INSTRUMENT_CARBON_REMOVAL : INSTRUMENT_RENEWABLE_ENERGY;
    if (submit.kind == TRANSFER_EXTERNAL) {
        submit.to = pick_org();
    } else if (submit.kind == TRANSFER_INTERNAL) {
        wish->to_account = pick_account(from);
    }
    if (chance(70)) {
        wish->supplier = below(SUPPLIERS);
    }
    if (chance(10)) {
        wish->from_account = pick_account(from);
    }
    if (chance(3) && m.transfer_count > 0) {
        int recent = m.transfer_count < 50 ? m.transfer_count : 50;
        submit.corrects = chance(20) ? STRANGER : m.transfer_count - 1 - below(recent);
    }
    return submit;
}

/* The same as a command. */
static struct command submit_command(struct m_submit *submit)
{
    struct m_wish *wish = &submit->wish;
    struct command command = command_by(ACT_TRANSFER, submit->person);
    struct command_transfer *body = &command.transfer;
    body->kind = (uint8_t)submit->kind;
    body->instrument = (uint8_t)wish->instrument;
    if (submit->kind == TRANSFER_EXPORT && !submit->no_system) {
        TEXT_COPY(body->to_system, "M-RETS");
        TEXT_COPY(body->to_system_party, "Somebody there");
    }
    if (submit->corrects != NONE) {
        TEXT_COPY(body->corrects_id, submit->corrects == STRANGER
                                         ? "tfr_ZZZZZZZZZZZZZZZZ"
                                         : m.transfers[submit->corrects].id);
    }
    TEXT_COPY(body->from_org_id, org_id(wish->org));
    TEXT_COPY(body->to_org_id, submit->kind == TRANSFER_EXTERNAL ? org_id(submit->to) : "");
    TEXT_COPY(body->to_account_id, account_id(wish->to_account));
    TEXT_COPY(body->from_account_id, account_id(wish->from_account));
    TEXT_COPY(body->supplier_org_id, org_id(wish->supplier));
    set_note(body->notes, submit->note);
    set_note(body->private_note, submit->private_note);
    body->line_count = pick_lines(wish, body->lines);
    body->units = wish->units;
    return command;
}

static void act_transfer(void)
{
    struct m_submit submit = pick_submit();
    struct m_wish *wish = &submit.wish;
    struct command command = submit_command(&submit);
    struct command_transfer *body = &command.transfer;
    int64_t clock = m.now;
    struct answer answer;
    enum status planned =
        look_ahead(&command, submit.person, &body->has_plan, &body->plan, &submit.plan_wrong);
    if (planned == STATUS__COUNT) {
        date_back(&command, submit.person);
    }
    note_sizes(wish);
    enum status expected =
        may_ask(ACT_TRANSFER, submit.person) ? m_do_submit(&submit) : STATUS_NOT_ALLOWED;
    compare_ahead(&command, planned, expected, submit.plan_wrong);
    ask(&command, submit.person, &answer);
    m.now = clock;
    if (settle(&command, submit.person, expected, &answer)) {
        struct m_transfer *transfer = &m.transfers[m.transfer_count - 1];
        memcpy(transfer->id, answer.id, ID_SIZE);
        if (answer.transfer_state != transfer->state) {
            fail("state", &command, expected, &answer);
        }
        bury(wish, body->lines, false);
    } else if (expected == STATUS_NOT_ENOUGH && wish->line_count == 0 &&
               answer.available_units != m_available) {
        fail("available", &command, expected, &answer);
    }
}

static int pick_transfer(void)
{
    if (chance(2) || m.transfer_count == 0) {
        return STRANGER;
    }
    for (int i = 0; i < 60; i++) {
        int number = m.transfer_count - 1 - below(m.transfer_count < 150 ? m.transfer_count : 150);
        if (m_waits(&m.transfers[number])) {
            return number;
        }
    }
    return below(m.transfer_count);
}

static void act_decide(void)
{
    static const enum act_kind kinds[] = {
        ACT_APPROVE,          ACT_APPROVE,          ACT_REFUSE,          ACT_ACCEPT,
        ACT_ACCEPT,           ACT_ACCEPT,           ACT_REJECT,          ACT_WITHDRAW,
        ACT_REGISTRY_APPROVE, ACT_REGISTRY_APPROVE, ACT_REGISTRY_REFUSE, ACT_CANCEL,
        ACT_COMPLETE_EXPORT,  ACT_REJECT_EXPORT,    ACT_REDACT_NOTE};
    struct m_decide decide = {.transfer = pick_transfer(), .account = NONE};
    const struct m_transfer *transfer = decide.transfer < 0 ? NULL : &m.transfers[decide.transfer];
    enum act_kind kind = kinds[below((int64_t)(sizeof(kinds) / sizeof(kinds[0])))];
    if (transfer != NULL && m_waits(transfer) && chance(60)) {
        kind = transfer->state == TRANSFER_AWAITING_APPROVAL
                   ? (transfer->needs && !transfer->approved ? ACT_APPROVE : ACT_REGISTRY_APPROVE)
               : transfer->kind == TRANSFER_EXPORT ? ACT_COMPLETE_EXPORT
                                                   : ACT_ACCEPT;
    }
    decide.kind = (int)kind;
    bool recipients = kind == ACT_ACCEPT || kind == ACT_REJECT;
    bool senders = kind == ACT_APPROVE || kind == ACT_REFUSE || kind == ACT_WITHDRAW;
    decide.person = transfer == NULL ? below(PEOPLE)
                    : recipients     ? pick_person(transfer->to, ROLE_APPROVER)
                    : senders        ? pick_person(transfer->from, ROLE_APPROVER)
                                     : pick_official();
    decide.reason = pick_note();
    if (kind == ACT_ACCEPT && transfer != NULL && transfer->to >= 0 && chance(30)) {
        decide.account = pick_account(transfer->to);
    }
    struct command command = command_by(kind, decide.person);
    TEXT_COPY(command.decide.transfer_id, transfer == NULL ? "tfr_ZZZZZZZZZZZZZZZZ" : transfer->id);
    TEXT_COPY(command.decide.account_id, account_id(decide.account));
    set_note(command.decide.reason, decide.reason);
    int64_t clock = m.now;
    date_back(&command, decide.person);
    enum status expected = may_ask(kind, decide.person) ? m_do_decide(&decide) : STATUS_NOT_ALLOWED;
    struct answer answer;
    ask(&command, decide.person, &answer);
    settle(&command, decide.person, expected, &answer);
    if (expected == STATUS_TRANSFER_ENDED) {
        bool late = m_waits(transfer);
        int64_t ended_at = late ? transfer->expires_at : transfer->ended_at;
        if (answer.ended_at != ended_at ||
            answer.transfer_state != (late ? (int)TRANSFER_EXPIRED : transfer->state)) {
            fail("how it ended", &command, expected, &answer);
        }
    } else if (expected == STATUS_OK && kind != ACT_REDACT_NOTE &&
               answer.transfer_state != transfer->state) {
        fail("state", &command, expected, &answer);
    }
    m.now = clock;
}

static void act_expire(void)
{
    int64_t due = 0;
    for (int i = checked_transfers; i < m.transfer_count; i++) {
        struct m_transfer *transfer = &m.transfers[i];
        if (m_waits(transfer) && m.now >= transfer->expires_at) {
            transfer->state = TRANSFER_EXPIRED;
            transfer->ended_at = transfer->expires_at;
            transfer->latest_at = transfer->ended_at;
            transfer->ended_by = NONE;
            m_release(i, NONE, NONE);
            due++;
        }
    }
    struct command command = command_of(ACT_EXPIRE, "", "");
    struct answer answer;
    do {
        ask(&command, NONE, &answer);
        settle(&command, NONE, STATUS_OK, &answer);
        due -= answer.count;
    } while (answer.count > 0);
    if (due != 0) {
        fail("count", &command, STATUS_OK, &answer);
    }
}

/* A key a second time: the first answer again, or KEY_REUSED for another act. */
static void act_again(void)
{
    if (ring_count == 0) {
        return;
    }
    int place = below(ring_count < RING ? ring_count : RING);
    struct command command = ring[place].command;
    int person = ring[place].person;
    bool other = chance(25);
    if (other) {
        command.kind = command.kind == ACT_TRUST ? ACT_SET_POLICY : ACT_TRUST;
        if (person == NONE || !program_may(PROGRAM_ACCOUNT, (enum act_kind)command.kind)) {
            return;
        }
        struct command fresh =
            command_of((enum act_kind)command.kind, command.user_id, command.key);
        command = fresh;
    }
    struct answer answer;
    ask(&command, person, &answer);
    enum status expected = !may_ask((enum act_kind)command.kind, person) ? STATUS_NOT_ALLOWED
                           : other                                       ? STATUS_KEY_REUSED
                                                                         : STATUS_OK;
    if ((enum status)answer.status != expected) {
        fail("again", &command, expected, &answer);
    }
    if (expected == STATUS_OK) {
        repeats++;
        struct answer first = ring[place].answer;
        first.repeated = true;
        /* An answer is zeroed before it is filled: its padding is equal too.
         * NOLINTNEXTLINE(bugprone-suspicious-memory-comparison,cert-exp42-c,cert-flp37-c) */
        if (memcmp(&first, &answer, sizeof(first)) != 0) {
            fail("another answer", &command, expected, &answer);
        }
    }
}

/* A human being through api, a program through account: nothing is even looked at. */
static void act_wrong_door(void)
{
    int person = below(PEOPLE);
    struct command command = command_by(ACT_TRANSFER, person);
    TEXT_COPY(command.transfer.from_org_id, m.orgs[below(ORGS)].id);
    struct answer answer;
    arena_reset(&town.arena, 0);
    ledger_apply(&town.ledger, m.people[person].is_program ? PROGRAM_ACCOUNT : PROGRAM_API,
                 &command, town.now_us, &answer);
    acts_done++;
    by_status[answer.status]++;
    if (answer.status != STATUS_NOT_ALLOWED) {
        fail("wrong door", &command, STATUS_NOT_ALLOWED, &answer);
    }
    m.last_at = town.now_us > m.last_at ? town.now_us : m.last_at;
}

/* Time goes on; now and then to the very moment at which some transfer expires, or beside it. The
 * clock may also be set back. */
static void tick(void)
{
    town.now_us = town.now_us > m.last_at ? town.now_us : m.last_at;
    town.now_us += below(120) * INT64_C(1000000) + below(1000000);
    if (chance(4)) {
        int transfer = pick_transfer();
        if (transfer >= 0 && m_waits(&m.transfers[transfer])) {
            int64_t at = m.transfers[transfer].expires_at + below(3) - 1;
            town.now_us = at > town.now_us && at < town.now_us + DAY_US ? at : town.now_us;
        }
    }
    if (chance(2)) {
        town.now_us -= below(3600) * INT64_C(1000000);
    }
    m.now = town.now_us > m.last_at ? town.now_us : m.last_at;
}

static void act_any(void)
{
    tick();
    int dice = below(1000);
    /* NOLINTNEXTLINE(bugprone-branch-clone): when there are many pieces, retiring is likelier. */
    if (m.piece_count > 2500 && dice < 300) {
        act_retire();
    } else if (dice < 380) {
        act_transfer();
    } else if (dice < 384) {
        act_redact();
    } else if (dice < 400) {
        act_about();
    } else if (dice < 690) {
        act_decide();
    } else if (dice < 760) {
        act_retire();
    } else if (dice < 800) {
        act_issue();
    } else if (dice < 825) {
        act_order();
    } else if (dice < 870) {
        act_deliver();
    } else if (dice < 878) {
        act_pool();
    } else if (dice < 883) {
        act_name();
    } else if (dice < 885) {
        act_wrong_door();
    } else if (dice < 893) {
        act_expire();
    } else if (dice < 905) {
        act_person();
    } else if (dice < 920) {
        act_registry();
    } else if (dice < 950) {
        act_house();
    } else {
        act_again();
    }
}

#endif
