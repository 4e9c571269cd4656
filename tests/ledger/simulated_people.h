/*
 * tests/ledger/simulated_people.h: the acts of tests/ledger/simulator.c about people,
 * organisations, accounts and settings. See tests/ledger/simulated_acts.h.
 */
#ifndef TESTS_LEDGER_SIMULATED_PEOPLE_H
#define TESTS_LEDGER_SIMULATED_PEOPLE_H

#include "ledger/simulated.h"

static bool is_last(int person, int org)
{
    for (int i = 0; i < PEOPLE; i++) {
        bool has = org == NONE
                       ? (m.people[i].registry & 1U) != 0
                       : (m.people[i].roles[org] & ROLE_MANAGER) != 0 && !m.people[i].is_program;
        if (i != person && has && m.people[i].active) {
            return false;
        }
    }
    return true;
}

static void act_person(void)
{
    int who = below(PEOPLE);
    struct m_person *person = &m.people[who];
    int dice = below(3);
    struct answer answer;
    if (dice == 0) {
        int org = pick_org();
        int asker = chance(50) ? pick_official() : pick_person(org, ROLE_MANAGER);
        unsigned roles = chance(5) ? 16 : chance(40) ? 15 : (unsigned)below(16);
        struct command command = command_by(ACT_SET_MEMBER, asker);
        TEXT_COPY(command.person.org_id, org_id(org));
        TEXT_COPY(command.person.user_id, person->id);
        command.person.roles = (uint8_t)roles;
        enum status expected = may_ask(ACT_SET_MEMBER, asker)
                                   ? m_right(asker, m_roles(asker, org), ROLE_MANAGER, true)
                                   : STATUS_NOT_ALLOWED;
        if (expected == STATUS_OK && org < 0) {
            expected = STATUS_NOT_FOUND;
        } else if (expected == STATUS_OK) {
            bool above = asker == NONE || m_is_admin(asker);
            bool elsewhere = person->is_program && person->program_org != org;
            expected = m.orgs[org].state == ORG_CLOSED ? STATUS_SENDER_CLOSED
                       : elsewhere                     ? STATUS_PERSON_UNKNOWN
                       : !person->active && roles != 0 ? STATUS_PERSON_UNKNOWN
                       : (person->roles[org] & ROLE_MANAGER) != 0 && (roles & ROLE_MANAGER) == 0 &&
                               is_last(who, org) && !above && !person->is_program
                           ? STATUS_LAST_MANAGER
                       : roles > 15 ? STATUS_VALUE_REFUSED
                                    : STATUS_OK;
        }
        ask(&command, asker, &answer);
        if (settle(&command, asker, expected, &answer)) {
            person->roles[org] = roles;
        }
        return;
    }
    int asker = person->is_program && chance(60) ? pick_person(person->program_org, ROLE_MANAGER)
                                                 : pick_official();
    if (dice == 1) {
        bool off = chance(30);
        bool turns = chance(10);
        struct command command = command_by(ACT_SET_PERSON, asker);
        TEXT_COPY(command.person.user_id, person->id);
        command.person.deactivated = off;
        command.person.is_program = turns;
        enum status expected =
            may_ask(ACT_SET_PERSON, asker) ? m_right_registry(asker) : STATUS_NOT_ALLOWED;
        if (expected != STATUS_OK && may_ask(ACT_SET_PERSON, asker) && person->is_program) {
            int org = person->program_org;
            expected = m_right(asker, m_roles(asker, org), ROLE_MANAGER, false);
        }
        if (expected == STATUS_OK && off && person->active && (person->registry & 1U) != 0 &&
            is_last(who, NONE)) {
            expected = STATUS_LAST_MANAGER;
        }
        if (expected == STATUS_OK && turns && !person->is_program) {
            expected = STATUS_VALUE_REFUSED;
        }
        ask(&command, asker, &answer);
        if (settle(&command, asker, expected, &answer)) {
            person->active = !off;
        }
        return;
    }
    unsigned roles = chance(60) ? 0 : (unsigned)below(5);
    struct command command = command_by(ACT_SET_REGISTRY_ROLES, asker);
    TEXT_COPY(command.person.user_id, person->id);
    command.person.roles = (uint8_t)roles;
    enum status expected =
        may_ask(ACT_SET_REGISTRY_ROLES, asker) ? m_right_registry(asker) : STATUS_NOT_ALLOWED;
    if (expected == STATUS_OK) {
        bool steps_down = person->active && (person->registry & 1U) != 0 && (roles & 1U) == 0;
        bool is_wrong = roles > 3 || (person->is_program && roles != 0);
        expected = !person->active && roles != 0      ? STATUS_PERSON_UNKNOWN
                   : steps_down && is_last(who, NONE) ? STATUS_LAST_MANAGER
                   : is_wrong                         ? STATUS_VALUE_REFUSED
                                                      : STATUS_OK;
    }
    ask(&command, asker, &answer);
    if (settle(&command, asker, expected, &answer)) {
        person->registry = roles;
    }
}

static void act_registry(void)
{
    int asker = pick_official();
    int dice = below(3);
    enum act_kind kind = dice == 0   ? ACT_FREEZE
                         : dice == 1 ? ACT_SET_SETTINGS
                                     : ACT_SET_ORGANISATION_STATE;
    enum status expected = may_ask(kind, asker) ? m_right_registry(asker) : STATUS_NOT_ALLOWED;
    struct answer answer;
    if (dice == 0) {
        struct command command = command_by(ACT_FREEZE, asker);
        command.setting.frozen = chance(15);
        enum m_note note = pick_note();
        set_note(command.setting.text, note);
        expected = expected == STATUS_OK ? m_note(note) : expected;
        expected = expected == STATUS_OK && command.setting.frozen && note == NOTE_NONE
                       ? STATUS_REASON_NEEDED
                       : expected;
        ask(&command, asker, &answer);
        if (settle(&command, asker, expected, &answer)) {
            m.frozen = command.setting.frozen;
        }
    } else if (dice == 1) {
        struct command command = command_by(ACT_SET_SETTINGS, asker);
        TEXT_COPY(command.setting.site_name, "Town");
        command.setting.expiry_days = chance(5) ? 0 : 1 + below(3);
        command.setting.registry_approval_units = chance(5) ? -1 : chance(40) ? 0 : below(200000);
        if (expected == STATUS_OK) {
            expected = command.setting.registry_approval_units < 0 ? STATUS_QUANTITY_NEGATIVE
                       : command.setting.expiry_days < 1           ? STATUS_VALUE_REFUSED
                                                                   : STATUS_OK;
        }
        ask(&command, asker, &answer);
        if (settle(&command, asker, expected, &answer)) {
            m.expiry_days = command.setting.expiry_days;
            m.registry_units = command.setting.registry_approval_units;
        }
    } else {
        int org = pick_org();
        struct command command = command_by(ACT_SET_ORGANISATION_STATE, asker);
        TEXT_COPY(command.organisation.org_id, org_id(org));
        enum org_state state = chance(70) ? ORG_ACTIVE : chance(70) ? ORG_SUSPENDED : ORG_CLOSED;
        command.organisation.state = (uint8_t)state;
        bool reason = chance(90);
        TEXT_COPY(command.organisation.reason, reason ? "Because" : "");
        if (expected == STATUS_OK && org < 0) {
            expected = STATUS_NOT_FOUND;
        } else if (expected == STATUS_OK && command.organisation.state != ORG_ACTIVE && !reason) {
            expected = STATUS_REASON_NEEDED;
        } else if (expected == STATUS_OK && command.organisation.state == ORG_CLOSED) {
            for (int i = 0; i < m.piece_count; i++) {
                expected = m.pieces[i].org == org ? STATUS_VALUE_REFUSED : expected;
            }
            for (int i = checked_transfers; i < m.transfer_count; i++) {
                bool party = m.transfers[i].from == org || m.transfers[i].to == org;
                expected = party && m_waits(&m.transfers[i]) ? STATUS_VALUE_REFUSED : expected;
            }
        }
        ask(&command, asker, &answer);
        if (settle(&command, asker, expected, &answer)) {
            m.orgs[org].state = command.organisation.state;
        }
    }
}

static void act_policy(int org, int person, enum status expected)
{
    struct answer answer;
    bool closed = m.orgs[org].state == ORG_CLOSED;
    struct command command = command_by(ACT_SET_POLICY, person);
    TEXT_COPY(command.policy.org_id, m.orgs[org].id);
    command.policy.incoming = (uint8_t)below(chance(5) ? 4 : 3);
    command.policy.two_person = (uint8_t)below(3);
    command.policy.two_person_above_units = chance(5) ? -1 : below(50000);
    if (expected == STATUS_OK) {
        expected = closed                                      ? STATUS_SENDER_CLOSED
                   : command.policy.two_person_above_units < 0 ? STATUS_QUANTITY_NEGATIVE
                   : command.policy.incoming > INCOMING_ALL    ? STATUS_VALUE_REFUSED
                                                               : STATUS_OK;
    }
    ask(&command, person, &answer);
    if (settle(&command, person, expected, &answer)) {
        m.orgs[org].incoming = command.policy.incoming;
        m.orgs[org].two_person = command.policy.two_person;
        m.orgs[org].above = command.policy.two_person_above_units;
    }
}

static void act_trust(int org, int person, enum status expected)
{
    struct answer answer;
    int sender = pick_org();
    struct command command = command_by(ACT_TRUST, person);
    TEXT_COPY(command.trust.org_id, m.orgs[org].id);
    TEXT_COPY(command.trust.sender_org_id, org_id(sender));
    command.trust.remove = chance(30);
    if (expected == STATUS_OK) {
        expected = sender < 0      ? STATUS_SENDER_UNKNOWN
                   : sender == org ? STATUS_SAME_ACCOUNT
                                   : STATUS_OK;
    }
    ask(&command, person, &answer);
    if (settle(&command, person, expected, &answer)) {
        m.orgs[org].trusts[sender] = !command.trust.remove;
    }
}

static void act_open_account(int org, int person, enum status expected)
{
    struct answer answer;
    bool closed = m.orgs[org].state == ORG_CLOSED;
    struct command command = command_by(ACT_OPEN_ACCOUNT, person);
    TEXT_COPY(command.account.org_id, m.orgs[org].id);
    bool taken = chance(10);
    (void)snprintf(command.account.name, sizeof(command.account.name),
                   taken ? "main" : "Account %lld", (long long)town.keys);
    command.account.kind = (uint8_t)(chance(80)   ? ACCOUNT_ACTIVE
                                     : chance(50) ? ACCOUNT_RETIREMENT
                                                  : ACCOUNT_RESERVE);
    if (expected == STATUS_OK) {
        expected = closed  ? STATUS_SENDER_CLOSED
                   : taken ? STATUS_EXISTS
                   : command.account.kind == ACCOUNT_RESERVE && org != BUFFER_ORG
                       ? STATUS_VALUE_REFUSED
                       : STATUS_OK;
    }
    ask(&command, person, &answer);
    if (settle(&command, person, expected, &answer)) {
        must(m.account_count < ACCOUNTS_MAX);
        struct m_account *account = &m.accounts[m.account_count++];
        *account = (struct m_account){.org = org, .kind = command.account.kind, .open = true};
        memcpy(account->id, answer.id, ID_SIZE);
    }
}

static void act_close_account(int org, int person)
{
    struct answer answer;
    int account = pick_account(org);
    struct command command = command_by(ACT_CLOSE_ACCOUNT, person);
    TEXT_COPY(command.account.account_id, account_id(account));
    int owner = account < 0 ? NONE : m.accounts[account].org;
    enum status expected = may_ask(ACT_CLOSE_ACCOUNT, person)
                               ? m_right(person, m_roles(person, owner), ROLE_MANAGER, false)
                               : STATUS_NOT_ALLOWED;
    if (expected == STATUS_OK) {
        bool full = false;
        for (int i = 0; i < m.piece_count && account >= 0; i++) {
            full = full || m.pieces[i].account == account;
        }
        expected = account < 0                             ? STATUS_NOT_FOUND
                   : !m.accounts[account].open             ? STATUS_ACCOUNT_CLOSED
                   : m.orgs[owner].main == account || full ? STATUS_VALUE_REFUSED
                                                           : STATUS_OK;
        /* The buffer keeps its first reserve account open, or nothing could be issued to it. */
        if (expected == STATUS_OK && m.accounts[account].kind == ACCOUNT_RESERVE) {
            return;
        }
    }
    ask(&command, person, &answer);
    if (settle(&command, person, expected, &answer)) {
        m.accounts[account].open = false;
    }
}

static void act_house(void)
{
    int org = below(ORGS);
    int person = pick_person(org, ROLE_MANAGER);
    /* What a manager may, a program may not: it comes through another door. */
    enum status expected = may_ask(ACT_SET_POLICY, person)
                               ? m_right(person, m_roles(person, org), ROLE_MANAGER, false)
                               : STATUS_NOT_ALLOWED;
    switch (below(4)) {
    case 0:
        act_policy(org, person, expected);
        break;
    case 1:
        act_trust(org, person, expected);
        break;
    case 2:
        act_open_account(org, person, expected);
        break;
    default:
        act_close_account(org, person);
        break;
    }
}

#endif
