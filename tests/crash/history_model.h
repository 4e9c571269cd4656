/*
 * crash/history_model.h: a history replayed in the ledger's order through the model of
 * tests/ledger/model.h: every act must have come to what the model says, and every read must have
 * seen what the model holds after the act it saw as the newest. See crash/history.h.
 */
#ifndef CRASH_HISTORY_MODEL_H
#define CRASH_HISTORY_MODEL_H

#include "crash/history_seen.h"

static int person_of(int client)
{
    return client == HISTORY_OPERATOR ? NONE : client;
}

/* ------------------------------------------------------------------ wishes */

static struct m_wish wish_of(const struct operation *operation)
{
    struct m_wish wish = {.org = operation->org,
                          .supplier = operation->supplier,
                          .project = NONE,
                          .from_account = operation->from_account,
                          .to_account = operation->to_account,
                          .instrument = INSTRUMENT_CARBON_REMOVAL,
                          .reserve_too = operation->kind == ACT_RETIRE,
                          .units = operation->units,
                          .line_count = operation->line_count};
    for (int i = 0; i < wish.line_count; i++) {
        const struct command_line *line = &operation->lines[i];
        struct m_line *into = &wish.lines[i];
        *into =
            (struct m_line){.piece = NONE, .dead_org = NONE, .same_as = NONE, .units = line->units};
        int64_t number = map_find(&blocks_by_id, line->batch_id);
        if (number != NONE) {
            into->piece = piece_of(&blocks[number]);
            into->dead_org = into->piece == NONE ? blocks[number].last_org : NONE;
        }
        for (int earlier = 0; earlier < i && into->same_as == NONE; earlier++) {
            if (text_is(operation->lines[earlier].batch_id, line->batch_id)) {
                into->same_as = earlier;
            }
        }
    }
    return wish;
}

/* ------------------------------------------------------------------ acts */

static enum status model_transfer(int person, const struct operation *operation,
                                  const struct row *row)
{
    struct m_submit submit = {.person = person,
                              .kind = operation->transfer_kind,
                              .to = operation->to,
                              .wish = wish_of(operation),
                              .note = (enum m_note)operation->note,
                              .private_note = NOTE_NONE,
                              .corrects = NONE};
    enum status status = m_do_submit(&submit);
    if (status == STATUS_OK) {
        int number = m.transfer_count - 1;
        memcpy(m.transfers[number].id, row->subject_id, ID_SIZE);
        map_add(&transfers_by_id, row->subject_id, number);
    }
    return status;
}

static enum status model_retire(int person, const struct operation *operation)
{
    struct m_wish wish = wish_of(operation);
    int org = operation->org;
    enum status status = m_right(person, m_roles(person, org), ROLE_INITIATOR, false);
    status = status == STATUS_OK && m.frozen ? STATUS_FROZEN : status;
    status = status == STATUS_OK ? m_sender(org) : status;
    status = status == STATUS_OK ? m_note((enum m_note)operation->note) : status;
    if (status == STATUS_OK && wish.line_count == 0 && wish.supplier == NONE) {
        status = STATUS_LINES_EMPTY;
    }
    status = status == STATUS_OK ? m_pick(&wish) : status;
    if (status == STATUS_OK && person != NONE && m_needs_second(org, m_picked())) {
        status = STATUS_SECOND_PERSON_NEEDED;
    }
    if (status == STATUS_OK) {
        m_cut();
        for (int i = 0; i < pick_count; i++) {
            m.pieces[picks[i].piece].reserved = STRANGER;
        }
        m_end_reserved(STRANGER, BATCH_RETIRED);
    }
    return status;
}

static enum status model_issue(int person, const struct operation *operation)
{
    enum status status = m_right_registry(person);
    if (status == STATUS_OK) {
        status = operation->units == 0  ? STATUS_QUANTITY_ZERO
                 : operation->units < 0 ? STATUS_QUANTITY_NEGATIVE
                                        : STATUS_OK;
    }
    if (status == STATUS_OK) {
        struct m_project *project = &m.projects[operation->project];
        int org = operation->to == NONE ? project->org : operation->to;
        int64_t first = project->next[operation->vintage];
        project->next[operation->vintage] += operation->units;
        must(m.piece_count < PIECES_MAX);
        m.pieces[m.piece_count++] = (struct m_piece){
            .project = operation->project,
            .vintage = operation->vintage,
            .org = org,
            .account = m.orgs[org].main,
            .first = first,
            .last = first + operation->units - 1,
            .issued_at = m.now,
            .since_at = m.now,
            .reserved = NONE,
        };
    }
    return status;
}

static enum status model_policy(int person, const struct operation *operation)
{
    struct m_org *org = &m.orgs[operation->org];
    enum status status = m_right(person, m_roles(person, operation->org), ROLE_MANAGER, false);
    if (status == STATUS_OK && operation->units < 0) {
        status = STATUS_QUANTITY_NEGATIVE;
    }
    if (status == STATUS_OK) {
        org->incoming = operation->choice % 4;
        org->two_person = operation->choice / 4;
        org->above = operation->units;
    }
    return status;
}

static enum status model_freeze(int person, const struct operation *operation)
{
    enum status status = m_right_registry(person);
    if (status == STATUS_OK) {
        m.frozen = operation->choice != 0;
    }
    return status;
}

static enum status model_add_document(const struct row *row)
{
    struct m_document document = document_of(row->owner);
    enum status status = m_judge_document(document.project, document.name, document.url,
                                          document.kind, document.dated);
    if (status == STATUS_OK) {
        CHECK(added_used < added_count && added[added_used].project == document.project &&
                  added[added_used].number == row->owner->units,
              "act %" PRId64 ": another document was added", seq_of(row));
        memcpy(document.id, added[added_used++].id, ID_SIZE);
        m_add_document(&document);
    }
    return status;
}

static enum status model_about(int person, const struct row *row)
{
    const struct operation *operation = row->owner;
    enum status status = m_right_registry(person);
    if (status != STATUS_OK) {
        return status;
    }
    if (operation->kind == ACT_ADD_DOCUMENT) {
        return model_add_document(row);
    }
    if (operation->kind == ACT_EDIT_ORGANISATION) {
        struct m_said said = said_of(operation);
        status = m_judge_org(operation->org, &said);
        if (status == STATUS_OK) {
            m.orgs[operation->org].said = said;
        }
        return status;
    }
    int number = NONE;
    for (int i = 0; i < m.document_count; i++) {
        number = text_is(m.documents[i].id, operation->id) ? i : number;
    }
    status = m_judge_removal(operation->project, number);
    if (status == STATUS_OK) {
        m_remove_document(number);
    }
    return status;
}

static enum status model_decide(int person, const struct operation *operation)
{
    int64_t number = map_find(&transfers_by_id, operation->id);
    struct m_decide decide = {.person = person,
                              .kind = operation->kind,
                              .transfer = number == NONE ? STRANGER : (int)number,
                              .account = operation->to_account,
                              .reason = (enum m_note)operation->note};
    return m_do_decide(&decide);
}

static bool key_was_used(const struct row *row)
{
    return row->status == STATUS_KEY_REUSED;
}

/* What the model says comes of the act; it is done in the model. */
static enum status model_act(const struct row *row)
{
    const struct operation *operation = row->owner;
    int person = person_of(row->client);
    switch (operation->kind) {
    case ACT_TRANSFER:
        return model_transfer(person, operation, row);
    case ACT_RETIRE:
        return model_retire(person, operation);
    case ACT_ISSUE:
        return model_issue(person, operation);
    case ACT_SET_POLICY:
        return model_policy(person, operation);
    case ACT_FREEZE:
        return model_freeze(person, operation);
    case ACT_EDIT_ORGANISATION:
    case ACT_ADD_DOCUMENT:
    case ACT_REMOVE_DOCUMENT:
        return model_about(person, row);
    default:
        return model_decide(person, operation);
    }
}

static void model_expire(const struct row *row)
{
    int64_t number = map_find(&transfers_by_id, row->subject_id);
    CHECK(number != NONE, "act %" PRId64 " ends a transfer that is not there", seq_of(row));
    struct m_transfer *transfer = &m.transfers[number];
    CHECK(m_waits(transfer) && m.now >= transfer->expires_at,
          "act %" PRId64 " ends transfer %s before its time, or twice", seq_of(row), transfer->id);
    transfer->state = TRANSFER_EXPIRED;
    transfer->ended_at = transfer->latest_at = transfer->expires_at;
    transfer->ended_by = NONE;
    m_release((int)number, NONE, NONE);
}

/* What else the answer said. */
static void check_answer(const struct row *row, enum status status)
{
    const struct operation *operation = row->told;
    const struct answer *answer = &operation->answer;
    int64_t number =
        map_find(&transfers_by_id, operation->kind == ACT_TRANSFER ? answer->id : operation->id);
    if (status == STATUS_NOT_ENOUGH && operation->line_count == 0) {
        CHECK(answer->available_units == m_available,
              "act %" PRId64 ": %" PRId64 " units available, the replay says %" PRId64, seq_of(row),
              answer->available_units, m_available);
    }
    if (number == NONE || operation->kind == ACT_REDACT_NOTE ||
        (status != STATUS_OK && status != STATUS_TRANSFER_ENDED)) {
        return;
    }
    const struct m_transfer *transfer = &m.transfers[number];
    bool late = status == STATUS_TRANSFER_ENDED && m_waits(transfer);
    CHECK(answer->transfer_state == (late ? (int)TRANSFER_EXPIRED : transfer->state),
          "act %" PRId64 ": the answer says %s, the replay %s", seq_of(row),
          transfer_state_word((enum transfer_state)answer->transfer_state),
          transfer_state_word((enum transfer_state)transfer->state));
    if (status == STATUS_TRANSFER_ENDED) {
        CHECK(answer->ended_at == (late ? transfer->expires_at : transfer->ended_at) &&
                  text_is(answer->ended_by, late ? "" : user_word(transfer->ended_by)),
              "act %" PRId64 " is told another end of transfer %s", seq_of(row), transfer->id);
    } else if (m_waits(transfer)) {
        CHECK(answer->expires_at == transfer->expires_at,
              "act %" PRId64 ": transfer %s waits until another time", seq_of(row), transfer->id);
    }
}

/* ------------------------------------------------------------------ all of it */

static void replay_row(const struct row *row)
{
    m.now = row->at;
    if (row->is_expire) {
        model_expire(row);
        return;
    }
    if (key_was_used(row)) {
        return; /* the ledger's replay (history_replay.h) says whether it was */
    }
    enum status status = model_act(row);
    CHECK((int)status == row->status, "act %" PRId64 ", %s by client %d: %s, the replay says %s",
          seq_of(row), row->word, row->client, status_row((enum status)row->status)->slug,
          status_row(status)->slug);
    if (row->told != NULL) {
        check_answer(row, status);
    }
}

/* From the state that learn_registry has brought the model to. */
static void replay_model(sqlite3 *db)
{
    learn_blocks(db);
    learn_documents(db);
    size_t count = 0;
    size_t next = 0;
    struct read_at *reads = gather_reads(&count);
    for (int64_t i = -1; i < order.count; i++) {
        if (i >= 0) {
            replay_row(&order.rows[i]);
        }
        while (next < count && reads[next].operation->seen.seq <= shared->start_seq + 1 + i) {
            CHECK(reads[next].operation->seen.seq == shared->start_seq + 1 + i,
                  "a read saw a time before the history");
            check_read(reads[next].client, reads[next].operation);
            next++;
        }
    }
    CHECK(next == count, "a read saw act %" PRId64 ", which is not there",
          reads[next].operation->seen.seq);
    compare_pieces(db);
    compare_transfers(db);
    compare_about(db);
    free(reads);
    free(added);
    added = NULL;
    free(blocks);
    map_free(&blocks_by_id);
    map_free(&transfers_by_id);
}

#endif
