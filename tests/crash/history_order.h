/*
 * crash/history_order.h: the ledger's own order (act.seq) of a history, whose operation each act
 * was, and whether the order respects real time. See crash/history.h.
 *
 * Every act has one owner: the operation that was answered with its number; or, for an act whose
 * answer was lost, the one operation of that person that was on the way when the connection broke;
 * or, when transfers ran out of time, nobody.
 */
#ifndef CRASH_HISTORY_ORDER_H
#define CRASH_HISTORY_ORDER_H

#include "crash/history_found.h"

struct row {
    int64_t recorded_at, at;
    struct operation *owner; /* who asked for it; NULL: transfers ran out of time */
    struct operation *told;  /* one that was answered with it; NULL: nobody was */
    int client;              /* of both */
    int status;              /* enum status */
    bool is_expire, is_clock;
    char user_id[ID_SIZE], subject_id[ID_SIZE];
    char word[32];
};

struct order {
    struct row *rows; /* of act start_seq + 1 … */
    int64_t count;
    int64_t lost, expired, repeated, refused, transfers, done;
};

static struct order order;

static struct row *row_of(int64_t seq)
{
    int64_t place = seq - shared->start_seq - 1;
    CHECK(place >= 0 && place < order.count, "act %" PRId64 " was acknowledged and is not there",
          seq);
    return &order.rows[place];
}

static int64_t seq_of(const struct row *row)
{
    return row - order.rows + shared->start_seq + 1;
}

static int status_of_slug(const char *slug)
{
    for (int i = 0; i < STATUS__COUNT; i++) {
        if (text_is(status_row((enum status)i)->slug, slug)) {
            return i;
        }
    }
    CHECK(false, "an act came to \"%s\"", slug);
    return 0;
}

/* Without gaps, and the clock of the record never goes back. */
static void read_order(sqlite3 *db)
{
    sqlite3_stmt *statement = history_sql(
        db, "SELECT seq, recorded_at, at, program, user_id, command, subject_id, outcome"
            " FROM act WHERE seq > ?1 ORDER BY seq");
    sqlite3_stmt *count = history_sql(db, "SELECT max(seq) FROM act");
    CHECK(sqlite3_step(count) == SQLITE_ROW, "no acts");
    order = (struct order){.count = sqlite3_column_int64(count, 0) - shared->start_seq};
    sqlite3_finalize(count);
    order.rows = calloc((size_t)order.count + 1, sizeof order.rows[0]);
    CHECK(order.rows != NULL, "no memory");
    sqlite3_bind_int64(statement, 1, shared->start_seq);
    int64_t last_at = 0;
    for (int64_t i = 0; i < order.count; i++) {
        struct row *row = &order.rows[i];
        CHECK(sqlite3_step(statement) == SQLITE_ROW &&
                  sqlite3_column_int64(statement, 0) == shared->start_seq + 1 + i,
              "act %" PRId64 " is missing", shared->start_seq + 1 + i);
        row->recorded_at = sqlite3_column_int64(statement, 1);
        row->at = sqlite3_column_int64(statement, 2);
        const char *program = (const char *)sqlite3_column_text(statement, 3);
        row->is_clock = text_is(program, "ledger");
        history_text(statement, 4, row->user_id);
        (void)snprintf(row->word, sizeof row->word, "%.31s", sqlite3_column_text(statement, 5));
        row->is_expire = text_is(row->word, "expire");
        history_text(statement, 6, row->subject_id);
        row->status = status_of_slug((const char *)sqlite3_column_text(statement, 7));
        CHECK(row->recorded_at >= last_at,
              "act %" PRId64 " is recorded %" PRId64 " us before the act before it", seq_of(row),
              last_at - row->recorded_at);
        CHECK(row->at == row->recorded_at ||
                  (row->at < row->recorded_at && text_is(program, "tally")),
              "act %" PRId64 " carries another time than the ledger's", seq_of(row));
        last_at = row->recorded_at;
    }
    sqlite3_finalize(statement);
}

/* ------------------------------------------------------------------ whose act */

/* Whoever was answered first asked for it. Who is told that it is a repeat may have asked for it
 * before a break, or somebody else with the same key did: place_lost finds out. */
static void own(struct row *row, int client, struct operation *operation)
{
    const struct operation *told = row->told;
    CHECK(told == NULL || (told->key != NONE && row->client == client &&
                           told->key == operation->key && is_same_command(client, told, operation)),
          "act %" PRId64 " was told to two: client %d as %s and client %d as %s", seq_of(row),
          row->client, row->word, client, act_word((enum act_kind)operation->kind));
    CHECK(row->owner == NULL || operation->answer.repeated, "act %" PRId64 " was told twice as new",
          seq_of(row));
    row->told = operation;
    row->client = client;
    if (!operation->answer.repeated) {
        row->owner = operation;
    }
}

/* One answer against the act it names, and against what the same key was told before. */
static void place_answer(int client, struct operation *operation, struct operation **by_key)
{
    const struct answer *answer = &operation->answer;
    order.repeated += answer->repeated;
    if (answer->seq == 0) {
        CHECK(operation->is_stranger || (operation->kind == ACT_EXPIRE && answer->count == 0),
              "client %d: %s was answered %s and is not in the order", client,
              act_word((enum act_kind)operation->kind),
              status_row((enum status)answer->status)->slug);
        return;
    }
    struct row *row = row_of(answer->seq);
    CHECK(text_is(row->word, act_word((enum act_kind)operation->kind)) &&
              row->status == answer->status && text_is(row->user_id, shared->user_ids[client]) &&
              (answer->status != STATUS_OK || operation->kind == ACT_EXPIRE ||
               (text_is(row->subject_id, answer->id) && row->at == answer->at)),
          "client %d was told act %" PRId64 " is its %s (%s); the order has a %s (%s)", client,
          answer->seq, act_word((enum act_kind)operation->kind),
          status_row((enum status)answer->status)->slug, row->word,
          status_row((enum status)row->status)->slug);
    if (operation->kind == ACT_EXPIRE) {
        return;
    }
    own(row, client, operation);
    if (answer->status != STATUS_OK || operation->key == NONE) {
        CHECK(!answer->repeated, "act %" PRId64 " is called a repeat", answer->seq);
        return;
    }
    struct operation *first = by_key[operation->key];
    if (first == NULL) {
        by_key[operation->key] = operation;
        return;
    }
    struct answer one = first->answer;
    struct answer other = *answer;
    CHECK(one.repeated || other.repeated, "client %d: key %d came through twice", client,
          operation->key);
    one.repeated = other.repeated = false;
    /* Both were zeroed before they were filled, and came as bytes: their padding is equal too.
     * NOLINTNEXTLINE(bugprone-suspicious-memory-comparison,cert-exp42-c,cert-flp37-c) */
    CHECK(memcmp(&one, &other, sizeof one) == 0 && is_same_command(client, first, operation),
          "client %d: key %d was answered differently the second time (acts %" PRId64
          " and %" PRId64 ")",
          client, operation->key, one.seq, other.seq);
}

static void place_answers(void)
{
    struct operation **by_key = calloc((size_t)shared->room_each, sizeof(struct operation *));
    CHECK(by_key != NULL, "no memory");
    for (int client = 0; client < CLIENTS; client++) {
        memset(by_key, 0, (size_t)shared->room_each * sizeof(struct operation *));
        for (int i = 0; i < shared->count[client]; i++) {
            struct operation *operation = operation_at(client, i);
            if (operation->what == OPERATION_ASK && operation->answered_us != 0) {
                place_answer(client, operation, by_key);
            }
        }
    }
    free(by_key);
}

static int client_of_user(const char *user_id)
{
    for (int client = 0; client < CLIENTS; client++) {
        if (text_is(shared->user_ids[client], user_id)) {
            return client;
        }
    }
    CHECK(false, "nobody is %s", user_id);
    return 0;
}

/* The act of a broken connection: of the first operation whose break came after it. */
static void place_lost(struct row *row, int from[CLIENTS])
{
    int client = client_of_user(row->user_id);
    int64_t seq = seq_of(row);
    int i = from[client];
    while (i < shared->count[client]) {
        const struct operation *operation = operation_at(client, i);
        if (operation->what == OPERATION_ASK && operation->breaks > 0 &&
            operation->break_seq >= seq) {
            break;
        }
        i++;
    }
    from[client] = i;
    CHECK(i < shared->count[client], "nobody asked for act %" PRId64 ", %s by client %d", seq,
          row->word, client);
    struct operation *operation = operation_at(client, i);
    CHECK(text_is(row->word, act_word((enum act_kind)operation->kind)) && !operation->is_stranger,
          "act %" PRId64 " is a %s; client %d asked then to %s", seq, row->word, client,
          act_word((enum act_kind)operation->kind));
    CHECK(row->told == NULL || (row->told->key == operation->key && row->client == client),
          "act %" PRId64 " is told to client %d, who did not ask for it then", seq, row->client);
    row->owner = operation;
    row->client = client;
    operation->lost_seq = operation->lost_seq == 0 ? seq : operation->lost_seq;
    order.lost++;
}

static void place_rows(void)
{
    int from[CLIENTS] = {0};
    for (int64_t i = 0; i < order.count; i++) {
        struct row *row = &order.rows[i];
        if (row->is_expire) {
            CHECK(row->status == STATUS_OK, "an expiry that was refused");
            order.expired++;
        } else if (row->owner == NULL) {
            place_lost(row, from);
        }
        order.refused += row->status != STATUS_OK;
        order.transfers += row->status == STATUS_OK && text_is(row->word, "transfer");
        order.done += row->status == STATUS_OK && !row->is_expire;
    }
}

/* ------------------------------------------------------------------ real time */

/* What an operation says of the order: acts count 2 * seq, a read of the state after an act one
 * more. */
struct moment {
    const struct operation *operation;
    int client;
    int64_t low, high; /* its own first act, the newest it was told of; -1: none */
};

static int by_call(const void *one, const void *other)
{
    const struct moment *a = one;
    const struct moment *b = other;
    return a->operation->called_us < b->operation->called_us   ? -1
           : a->operation->called_us > b->operation->called_us ? 1
                                                               : 0;
}

static int by_answer(const void *one, const void *other)
{
    const struct moment *a = one;
    const struct moment *b = other;
    return a->operation->answered_us < b->operation->answered_us   ? -1
           : a->operation->answered_us > b->operation->answered_us ? 1
                                                                   : 0;
}

static size_t gather_moments(struct moment *moments)
{
    size_t count = 0;
    for (int client = 0; client < CLIENTS; client++) {
        for (int i = 0; i < shared->count[client]; i++) {
            struct operation *operation = operation_at(client, i);
            struct moment *moment = &moments[count++];
            *moment =
                (struct moment){.operation = operation, .client = client, .low = -1, .high = -1};
            if (operation->what == OPERATION_READ) {
                moment->low = moment->high = 2 * operation->seen.seq + 1;
            } else if (operation->answered_us != 0 && operation->answer.seq != 0) {
                moment->high = 2 * operation->answer.seq;
                bool own_act = row_of(operation->answer.seq)->owner == operation;
                moment->low = own_act ? moment->high
                              : operation->kind == ACT_EXPIRE
                                  ? moment->high - 2 * (operation->answer.count - 1)
                                  : -1;
            }
            if (operation->what == OPERATION_ASK && operation->lost_seq != 0) {
                moment->low = 2 * operation->lost_seq;
            }
        }
    }
    return count;
}

/* Whatever was answered before something was called comes before it; a read sees at least what
 * anybody had been told, and nothing that was asked for only after it. */
static void check_real_time(void)
{
    size_t room = (size_t)(CLIENTS * shared->room_each);
    struct moment *called = calloc(room, sizeof called[0]);
    struct moment *answered = calloc(room, sizeof answered[0]);
    CHECK(called != NULL && answered != NULL, "no memory");
    size_t count = gather_moments(called);
    memcpy(answered, called, count * sizeof called[0]);
    qsort(called, count, sizeof called[0], by_call);
    qsort(answered, count, sizeof answered[0], by_answer);
    int64_t newest = 0;
    int told = 0;
    size_t next = 0;
    for (size_t i = 0; i < count; i++) {
        const struct operation *operation = called[i].operation;
        while (next < count && answered[next].operation->answered_us < operation->called_us) {
            if (answered[next].operation->answered_us != 0 && answered[next].high > newest) {
                newest = answered[next].high;
                told = answered[next].client;
            }
            next++;
        }
        CHECK(called[i].low < 0 || called[i].low >= newest,
              "client %d %s at %" PRId64 " us: act %" PRId64
              ", but client %d had been told of act %" PRId64 " before",
              called[i].client, operation->what == OPERATION_READ ? "reads" : "asks",
              operation->called_us - shared->start_us, called[i].low / 2, told, newest / 2);
        CHECK(called[i].low < 0 || operation->what == OPERATION_READ || called[i].low > newest,
              "act %" PRId64 " is told to two", called[i].low / 2);
    }
    free(called);
    free(answered);
}

static void check_order(sqlite3 *db)
{
    read_order(db);
    place_answers();
    place_rows();
    check_real_time();
}

#endif
