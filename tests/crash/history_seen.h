/*
 * crash/history_seen.h: what a read must have seen, by the model as it stands. See
 * crash/history_model.h.
 */
#ifndef CRASH_HISTORY_SEEN_H
#define CRASH_HISTORY_SEEN_H

#include "crash/history_learn.h"

static int64_t reads_checked;

static const char *user_word(int person)
{
    return person == NONE ? "" : m.people[person].id;
}

static int piece_of(const struct block *block)
{
    for (int i = 0; i < m.piece_count; i++) {
        const struct m_piece *piece = &m.pieces[i];
        if (piece->first == block->first && piece->last == block->last &&
            piece->vintage == block->vintage && piece->project == block->project) {
            return i;
        }
    }
    return NONE;
}

static void see_batch(const struct operation *operation, struct seen *seen)
{
    const struct block *block = &blocks[map_find(&blocks_by_id, operation->id)];
    seen->numbers[0] = FIRST_VINTAGE + block->vintage;
    seen->numbers[1] = block->first;
    seen->numbers[2] = block->last;
    memcpy(seen->words[0], m.projects[block->project].id, ID_SIZE);
    int number = piece_of(block);
    if (number != NONE) {
        const struct m_piece *piece = &m.pieces[number];
        memcpy(seen->words[1], m.orgs[piece->org].id, ID_SIZE);
        memcpy(seen->words[2], m.accounts[piece->account].id, ID_SIZE);
        TEXT_COPY(seen->words[3], piece->reserved == NONE ? "" : m.transfers[piece->reserved].id);
        TEXT_COPY(seen->words[4], "active");
        return;
    }
    /* The model forgets what has ended: that it has, is what is compared. */
    for (int i = 1; i < 3; i++) {
        memcpy(seen->words[i], operation->seen.words[i], ID_SIZE);
    }
    bool ended = !text_is(operation->seen.words[4], "active");
    TEXT_COPY(seen->words[4], ended ? operation->seen.words[4] : "ended");
}

static void see_transfer(const struct operation *operation, struct seen *seen)
{
    int64_t number = map_find(&transfers_by_id, operation->id);
    if (number == NONE) {
        TEXT_COPY(seen->words[0], "not there");
        return;
    }
    const struct m_transfer *transfer = &m.transfers[number];
    seen->numbers[0] = transfer->units;
    seen->numbers[1] = transfer->submitted_at;
    seen->numbers[2] = transfer->expires_at;
    seen->numbers[3] = transfer->ended_at;
    TEXT_COPY(seen->words[0], transfer_state_word((enum transfer_state)transfer->state));
    TEXT_COPY(seen->words[1], user_word(transfer->submitted_by));
    TEXT_COPY(seen->words[2], user_word(transfer->approved_by));
    TEXT_COPY(seen->words[3], user_word(transfer->registry_approved_by));
    TEXT_COPY(seen->words[4], user_word(transfer->ended_by));
}

static void see_about(const struct operation *operation, struct seen *seen)
{
    if (operation->kind == READ_ABOUT) {
        CHECK(text_copy(seen->words[0], ID_SIZE, m.orgs[operation->org].said.summary), "too long");
        return;
    }
    seen->numbers[1] = m_documents_of(operation->project);
    TEXT_COPY(seen->words[0], "not there");
    for (int i = 0; i < m.document_count; i++) {
        const struct m_document *document = &m.documents[i];
        if (document->project == operation->project && text_is(document->id, operation->id)) {
            seen->numbers[0] = strtoll(strrchr(document->url, '/') + 1, NULL, 10);
            TEXT_COPY(seen->words[0], document_kind_word((enum document_kind)document->kind));
        }
    }
}

static void see_units(const struct operation *operation, struct seen *seen)
{
    bool of_org = operation->kind == READ_BALANCE;
    for (int i = 0; i < m.piece_count; i++) {
        const struct m_piece *piece = &m.pieces[i];
        if (of_org && piece->org == operation->org) {
            seen->numbers[0]++;
            seen->numbers[1] += m_size(piece);
            seen->numbers[2] += piece->reserved == NONE ? 0 : m_size(piece);
        } else if (!of_org && piece->project == operation->project &&
                   piece->vintage == operation->vintage) {
            seen->numbers[0] += m_size(piece);
        }
    }
    if (!of_org) {
        const struct m_project *project = &m.projects[operation->project];
        seen->numbers[1] = project->retired[operation->vintage];
        seen->numbers[2] = project->exported[operation->vintage];
        seen->numbers[3] = project->next[operation->vintage];
    }
}

static void check_read(int client, const struct operation *operation)
{
    static const char *const what[] = {"balance", "batch",       "transfer",
                                       "sums",    "words about", "document"};
    struct seen seen = {.seq = operation->seen.seq};
    if (operation->kind == READ_BATCH) {
        see_batch(operation, &seen);
    } else if (operation->kind == READ_TRANSFER) {
        see_transfer(operation, &seen);
    } else if (operation->kind == READ_ABOUT || operation->kind == READ_DOCUMENT) {
        see_about(operation, &seen);
    } else {
        see_units(operation, &seen);
    }
    for (int i = 0; i < 5; i++) {
        CHECK(text_is(seen.words[i], operation->seen.words[i]),
              "client %d read the %s %s at act %" PRId64 ": \"%s\", the replay says \"%s\"", client,
              what[operation->kind], operation->id, seen.seq, operation->seen.words[i],
              seen.words[i]);
        CHECK(i == 4 || seen.numbers[i] == operation->seen.numbers[i],
              "client %d read the %s %s at act %" PRId64 ": %" PRId64 ", the replay says %" PRId64,
              client, what[operation->kind], operation->id, seen.seq, operation->seen.numbers[i],
              seen.numbers[i]);
    }
    reads_checked++;
}

struct read_at {
    int client;
    const struct operation *operation;
};

static int by_seen(const void *one, const void *other)
{
    const struct seen *a = &((const struct read_at *)one)->operation->seen;
    const struct seen *b = &((const struct read_at *)other)->operation->seen;
    return a->seq < b->seq ? -1 : a->seq > b->seq;
}

static struct read_at *gather_reads(size_t *count)
{
    struct read_at *reads =
        calloc((size_t)(CLIENTS * shared->room_each) + 1, sizeof(struct read_at));
    CHECK(reads != NULL, "no memory");
    *count = 0;
    for (int client = 0; client < CLIENTS; client++) {
        for (int i = 0; i < shared->count[client]; i++) {
            const struct operation *operation = operation_at(client, i);
            if (operation->what == OPERATION_READ) {
                reads[(*count)++] = (struct read_at){client, operation};
            }
        }
    }
    qsort(reads, *count, sizeof reads[0], by_seen);
    return reads;
}

#endif
