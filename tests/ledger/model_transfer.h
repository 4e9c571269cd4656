/*
 * tests/ledger/model_transfer.h: the model's transfers: submitting one, and what others do to it.
 * See tests/ledger/model.h.
 */
#ifndef TESTS_LEDGER_MODEL_TRANSFER_H
#define TESTS_LEDGER_MODEL_TRANSFER_H

#include "ledger/model.h"

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

/* What must come of it; on STATUS_OK the units are picked. */
static enum status m_judge_submit(const struct m_submit *submit)
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
    return status;
}

/* The same; on STATUS_OK the model has done it, and the new transfer is the last. */
static enum status m_do_submit(const struct m_submit *submit)
{
    enum status status = m_judge_submit(submit);
    if (status != STATUS_OK) {
        return status;
    }
    int from = submit->wish.org;
    must(m.transfer_count < TRANSFERS_MAX);
    const struct m_org *org = &m.orgs[from];
    int number = m.transfer_count++;
    struct m_transfer *transfer = &m.transfers[number];
    int64_t units = m_picked();
    int to = submit->kind == TRANSFER_EXTERNAL   ? submit->to
             : submit->kind == TRANSFER_INTERNAL ? from
                                                 : NONE;
    *transfer = (struct m_transfer){
        .kind = submit->kind,
        .state = TRANSFER_PENDING,
        .from = from,
        .to = to,
        .instrument = submit->wish.instrument,
        .units = units,
        .submitted_at = m.now,
        .latest_at = m.now,
        .expires_at = m.now + m.expiry_days * DAY_US,
        .has_note = submit->note == NOTE_FINE,
        .submitted_by = submit->person,
        .approved_by = NONE,
        .registry_approved_by = NONE,
        .ended_by = NONE,
    };
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
    bool has_reached = (!transfer->needs || transfer->approved) &&
                       (!transfer->needs_registry || transfer->registry_approved);
    unsigned recipients = has_reached ? m_roles(decide->person, transfer->to) : 0;
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

static int m_decide_account(const struct m_decide *decide)
{
    int to = m.transfers[decide->transfer].to;
    return to == NONE ? NONE : decide->account == NONE ? m.orgs[to].main : decide->account;
}

static enum status m_judge_decide(const struct m_decide *decide)
{
    enum status status = m_decide_right(decide);
    if (status != STATUS_OK) {
        return status;
    }
    const struct m_transfer *transfer = &m.transfers[decide->transfer];
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
    int account = m_decide_account(decide);
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
    int root = m_root(decide->person);
    if (approves && decide->person != NONE &&
        (root == m_root(transfer->submitted_by) ||
         (kind == ACT_APPROVE && transfer->registry_approved &&
          m_root(transfer->registry_approved_by) == root) ||
         (kind == ACT_REGISTRY_APPROVE && transfer->approved &&
          m_root(transfer->approved_by) == root))) {
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
    return kind == ACT_REDACT_NOTE && is_dead_note ? STATUS_VALUE_REFUSED : STATUS_OK;
}

static void m_approve(const struct m_decide *decide, struct m_transfer *transfer)
{
    transfer->latest_at = m.now;
    if (decide->kind == ACT_APPROVE) {
        transfer->approved = true;
        transfer->approved_by = decide->person;
    } else {
        transfer->registry_approved = true;
        transfer->registry_approved_by = decide->person;
    }
    if ((transfer->needs && !transfer->approved) ||
        (transfer->needs_registry && !transfer->registry_approved)) {
        return;
    }
    if (transfer->kind == TRANSFER_EXTERNAL && m_accepts(transfer->to, transfer->from)) {
        m_finish(transfer, TRANSFER_COMPLETED, decide->person);
        m_release(decide->transfer, transfer->to, m.orgs[transfer->to].main);
    } else {
        transfer->state = TRANSFER_PENDING;
        transfer->expires_at = m.now + m.expiry_days * DAY_US;
    }
}

/* What must come of it; on STATUS_OK the model has done it. */
static enum status m_do_decide(const struct m_decide *decide)
{
    enum status status = m_judge_decide(decide);
    if (status != STATUS_OK) {
        return status;
    }
    struct m_transfer *transfer = &m.transfers[decide->transfer];
    int kind = decide->kind;
    if (kind == ACT_REDACT_NOTE) {
        transfer->redacted = true;
        transfer->has_note = false;
        return STATUS_OK;
    }
    if (kind == ACT_APPROVE || kind == ACT_REGISTRY_APPROVE) {
        m_approve(decide, transfer);
        return STATUS_OK;
    }
    if (kind == ACT_ACCEPT) {
        m_finish(transfer, TRANSFER_COMPLETED, decide->person);
        m_release(decide->transfer, transfer->to, m_decide_account(decide));
    } else if (kind == ACT_COMPLETE_EXPORT) {
        m_finish(transfer, TRANSFER_COMPLETED, decide->person);
        m_end_reserved(decide->transfer, BATCH_EXPORTED);
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
