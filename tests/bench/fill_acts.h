/*
 * bench/fill_acts.h: the audit log of a history, and the first answers that the ledger keeps.
 */
#ifndef BENCH_FILL_ACTS_H
#define BENCH_FILL_ACTS_H

#include "bench/fill_rows.h"

#define ACTS_MAX 3       /* of one event */
#define OPERATOR PARTIES /* asks by `tally` */
#define ADMINISTRATOR (PARTIES + 1)
#define SCOPES (2 * (PARTIES + 2))

/* One act of an event. */
struct part {
    enum act_kind kind;
    uint16_t who;    /* a party's person, OPERATOR, ADMINISTRATOR */
    uint8_t quarter; /* when, in quarters of the time to the next event */
};

static inline size_t parts_of(const struct event *event, struct part parts[ACTS_MAX])
{
    if (event->kind == EVENT_ISSUE) {
        parts[0] = (struct part){ACT_ISSUE, OPERATOR, 0};
        return 1;
    }
    if (event->kind == EVENT_RETIRE) {
        parts[0] = (struct part){ACT_RETIRE, event->from, 0};
        return 1;
    }
    parts[0] = (struct part){ACT_TRANSFER, event->from, 0};
    switch ((enum event_end)event->end) {
    case END_ACCEPTED:
        parts[1] = (struct part){ACT_ACCEPT, event->to, 2};
        return 2;
    case END_REJECTED:
        parts[1] = (struct part){ACT_REJECT, event->to, 2};
        return 2;
    case END_EXPORTED:
        parts[1] = (struct part){ACT_REGISTRY_APPROVE, ADMINISTRATOR, 1};
        parts[2] = (struct part){ACT_COMPLETE_EXPORT, ADMINISTRATOR, 3};
        return 3;
    case END_AT_ONCE:
    case END_PENDING:
        break;
    }
    return 1;
}

static inline const char *person_of(const struct rows *rows, uint16_t who)
{
    return who == OPERATOR        ? ""
           : who == ADMINISTRATOR ? rows->cast->administrator_id
                                  : rows->cast->user_ids[who];
}

static inline void write_detail(const struct rows *rows, const struct event *event,
                                char detail[256])
{
    static const char *const verbs[] = {"of", "from", "of"};
    int64_t units = lot_units(&rows->history->lots[event->lot]);
    int length = snprintf(detail, 256, "%" PRId64 ".%03d credits %s Organisation %u", units / 1000,
                          (int)(units % 1000), verbs[event->kind], event->from);
    if (event->kind == EVENT_TRANSFER) {
        (void)snprintf(detail + length, 256 - (size_t)length, " to Organisation %u", event->to);
    }
}

/* What the act told, and whom besides its own organisation. */
static inline void bind_told(struct rows *rows, const struct event *event, enum act_kind kind,
                             uint16_t org)
{
    bool waits =
        kind == ACT_REGISTRY_APPROVE || (kind == ACT_TRANSFER && event->end != END_AT_ONCE);
    bool is_export = event->end == END_EXPORTED;
    enum event_kind told = kind == ACT_ISSUE                   ? EVENT_ISSUANCE_MADE
                           : kind == ACT_RETIRE                ? EVENT_RETIREMENT_MADE
                           : kind == ACT_REJECT                ? EVENT_TRANSFER_REJECTED
                           : kind == ACT_TRANSFER && is_export ? EVENT_TRANSFER_AWAITING_APPROVAL
                           : waits                             ? EVENT_TRANSFER_PENDING
                                                               : EVENT_TRANSFER_COMPLETED;
    bool has_other = event->kind == EVENT_TRANSFER && !is_export && event->from != event->to;
    const char *other = rows->cast->org_ids[org == event->from ? event->to : event->from];
    bind_text(rows, 9, event_kind_word(told));
    bind_text(rows, 10, has_other ? other : "");
    bind_int(rows, 11, !waits && kind != ACT_REJECT);
}

/* Gives each act its number, too. */
static inline void rows_acts(struct rows *rows, struct history *history)
{
    rows_begin(rows, "INSERT INTO act (seq, recorded_at, at, program, user_id, org_id, command,"
                     " subject_id, outcome, detail, event, other_org_id, is_public)"
                     " VALUES (?1, ?2, ?2, ?3, ?4, ?5, ?6, ?7, 'ok', ?8, ?9, ?10, ?11)");
    for (uint32_t i = rows->from; i < rows->past; i++) {
        struct event *event = &history->events[i];
        struct part parts[ACTS_MAX];
        size_t count = parts_of(event, parts);
        char id[ID_SIZE], detail[256];
        write_detail(rows, event, detail);
        event->first_seq = rows->next_seq;
        for (size_t k = 0; k < count; k++) {
            uint16_t who = parts[k].who;
            enum asker program = who == OPERATOR        ? PROGRAM_TALLY
                                 : who == ADMINISTRATOR ? PROGRAM_ADMIN
                                                        : PROGRAM_ACCOUNT;
            bind_int(rows, 1, rows->next_seq++);
            bind_int(rows, 2, event_answered_us(history, i, parts[k].quarter));
            bind_text(rows, 3, program_word(program));
            bind_text(rows, 4, person_of(rows, who));
            bind_text(rows, 5, rows->cast->org_ids[who < PARTIES ? who : event->from]);
            bind_text(rows, 6, act_word(parts[k].kind));
            bind_text(rows, 7, subject_id(rows, i, id));
            bind_text(rows, 8, detail);
            bind_told(rows, event, parts[k].kind, who < PARTIES ? who : event->from);
            rows_write(rows);
        }
    }
    rows_end(rows);
}

/* ------------------------------------------------------------------ first answers */

/* In the order of the table's key: `tally` before the people, digits before "drf_…". */
static inline uint32_t scope_number(const struct part *part)
{
    bool is_draft = part->kind == ACT_TRANSFER || part->kind == ACT_RETIRE;
    return part->who == OPERATOR ? 0 : 2 + 2 * (uint32_t)part->who + is_draft;
}

static inline void write_answer(const struct rows *rows, uint32_t i, size_t k,
                                const struct part *part, struct answer *answer)
{
    const struct event *event = &rows->history->events[i];
    char id[ID_SIZE];
    memset(answer, 0, sizeof *answer);
    answer->version = COMMAND_VERSION;
    answer->line = -1;
    TEXT_COPY(answer->id, subject_id(rows, i, id));
    if (event->kind == EVENT_TRANSFER) {
        bool waits = part->kind == ACT_TRANSFER && event->end != END_AT_ONCE;
        answer->transfer_state = waits                      ? TRANSFER_PENDING
                                 : part->kind == ACT_REJECT ? TRANSFER_REJECTED
                                                            : TRANSFER_COMPLETED;
        answer->expires_at = waits ? event_us(rows->history, i) + 14 * CLOCK_DAY_US : 0;
    }
    answer->count = 1;
    answer->seq = event->first_seq + (int64_t)k;
    answer->at = event_answered_us(rows->history, i, part->quarter);
}

static inline void write_key(const struct rows *rows, uint32_t i, const struct part *part,
                             struct chance *chance, char key[KEY_SIZE])
{
    if (part->kind == ACT_TRANSFER || part->kind == ACT_RETIRE) {
        (void)event_id(rows, "drf", i, 0, key);
    } else {
        (void)snprintf(key, KEY_SIZE, "%016" PRIx32 "%016" PRIx64 "%016" PRIx64 "%016" PRIx64, i,
                       chance_next(chance), chance_next(chance), chance_next(chance));
    }
}

static inline void write_first_answer(struct rows *rows, uint32_t i, size_t k,
                                      struct chance *chance)
{
    struct part parts[ACTS_MAX];
    (void)parts_of(&rows->history->events[i], parts);
    struct answer answer;
    char key[KEY_SIZE];
    uint64_t fingerprint[4];
    for (int n = 0; n < 4; n++) {
        fingerprint[n] = chance_next(chance); /* nobody asks again */
    }
    write_answer(rows, i, k, &parts[k], &answer);
    write_key(rows, i, &parts[k], chance, key);
    bind_text(rows, 1, parts[k].who == OPERATOR ? "tally" : person_of(rows, parts[k].who));
    bind_text(rows, 2, key);
    (void)sqlite3_bind_blob(rows->statement, 3, fingerprint, sizeof fingerprint, SQLITE_STATIC);
    bind_int(rows, 4, answer.seq);
    (void)sqlite3_bind_blob(rows->statement, 5, &answer, sizeof answer, SQLITE_STATIC);
    rows_write(rows);
}

/* An event and the number of its act, by scope: sorted by counting. */
static inline void rows_first_answers(struct rows *rows)
{
    static uint32_t begins[SCOPES + 3];
    const struct history *history = rows->history;
    struct part parts[ACTS_MAX];
    memset(begins, 0, sizeof begins);
    uint32_t total = 0;
    for (uint32_t i = rows->from; i < rows->past; i++) {
        size_t count = parts_of(&history->events[i], parts);
        for (size_t k = 0; k < count; k++, total++) {
            begins[scope_number(&parts[k]) + 1]++;
        }
    }
    for (size_t i = 1; i < SCOPES + 3; i++) {
        begins[i] += begins[i - 1];
    }
    uint32_t *events = zeroed(total, sizeof *events);
    uint8_t *numbers = zeroed(total, sizeof *numbers);
    for (uint32_t i = rows->from; i < rows->past; i++) {
        size_t count = parts_of(&history->events[i], parts);
        for (size_t k = 0; k < count; k++) {
            uint32_t at = begins[scope_number(&parts[k])]++;
            events[at] = i;
            numbers[at] = (uint8_t)k;
        }
    }
    struct chance chance = chance_from(total, 7);
    rows_begin(rows, "INSERT INTO idempotency (scope, key, fingerprint, seq, answer)"
                     " VALUES (?1, ?2, ?3, ?4, ?5)");
    for (uint32_t i = 0; i < total; i++) {
        write_first_answer(rows, events[i], numbers[i], &chance);
    }
    rows_end(rows);
    free(events);
    free(numbers);
}

#endif
