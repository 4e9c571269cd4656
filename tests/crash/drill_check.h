/*
 * crash/drill_check.h: what is in a restored folder against what had been acknowledged before its
 * backup began.
 */
#ifndef CRASH_DRILL_CHECK_H
#define CRASH_DRILL_CHECK_H

#include "crash/drill.h"

static inline struct floor floor_now(void)
{
    struct floor floor;
    for (int i = 0; i < WRITERS; i++) {
        floor.done[i] = atomic_load(&shared->done[i]);
    }
    for (int i = 0; i < PEOPLE_WRITERS; i++) {
        floor.people_writes[i] = atomic_load(&shared->people_writes[i]);
    }
    floor.persons = atomic_load(&shared->persons);
    return floor;
}

struct found {
    unsigned char transfers, keys;
};
static struct found found[WRITERS][RECORDS_MAX];

static inline void place_of_key(const char *key, int *writer, int *number)
{
    CHECK(sscanf(key, "w%d-%d", writer, number) == 2 && *writer >= 0 && *writer < WRITERS &&
              *number >= 0 && *number < atomic_load(&shared->begun[*writer]),
          "nobody asked for \"%s\"", key);
}

static inline void read_registry(const struct world *on)
{
    struct store *store = store_open(STORE_REGISTRY, STORE_READ, on->registry_path, drill_tables);
    CHECK(store != NULL, "the restored registry cannot be read");
    memset(found, 0, sizeof found);
    store_begin_read(store);
    (void)read_sums(store);
    static const int queries[] = {Q_TRANSFERS, Q_KEYS};
    for (size_t i = 0; i < 2; i++) {
        struct query q = query(store, &drill_queries, queries[i]);
        while (query_row(&q)) {
            int writer = 0;
            int number = 0;
            char id[ID_SIZE] = "";
            arena_reset(&world->arena, 0);
            place_of_key(query_text(&q, &world->arena, 0), &writer, &number);
            const struct record *record = &shared->records[writer][number];
            bool is_answered = atomic_load(&record->is_answered);
            if (queries[i] == Q_KEYS) {
                found[writer][number].keys++;
                CHECK(!is_answered || record->answer.seq == query_int(&q, 1),
                      "w%d-%d was told act %" PRId64 ", there is %" PRId64, writer, number,
                      record->answer.seq, query_int(&q, 1));
            } else {
                found[writer][number].transfers++;
                query_text_into(&q, 1, id, sizeof id);
                CHECK(!is_answered || text_is(record->answer.id, id), "w%d-%d was told %s: %s",
                      writer, number, record->answer.id, id);
            }
        }
        query_end(&q);
    }
    CHECK(!store_fault(store), "the restored registry was not read to its end");
    store_close(store);
}

static inline void check_acts(const struct world *on, const struct floor *floor,
                              struct drilled *drilled)
{
    read_registry(on);
    for (int writer = 0; writer < WRITERS; writer++) {
        int begun = atomic_load(&shared->begun[writer]);
        for (int number = 0; number < begun; number++) {
            const struct record *record = &shared->records[writer][number];
            const struct found *here = &found[writer][number];
            int transfers = record->kind == ACT_TRANSFER ? here->keys : 0;
            CHECK(here->keys <= 1 && here->transfers == transfers,
                  "w%d-%d is there %d times by key, %d times as a transfer", writer, number,
                  here->keys, here->transfers);
            if (number < floor->done[writer] && atomic_load(&record->is_answered)) {
                CHECK(here->keys == 1,
                      "w%d-%d (act %" PRId64
                      ") was acknowledged before the backup began and is not in it",
                      writer, number, record->answer.seq);
                drilled->acts_checked++;
            }
        }
    }
}

static inline void check_people(const struct world *on, const struct floor *floor)
{
    char path[WORLD_PATH_SIZE];
    (void)snprintf(path, sizeof path, "%.200s/people.db", on->data_dir);
    struct store *people = open_people(STORE_READ, path);
    struct store *registry =
        store_open(STORE_REGISTRY, STORE_READ, on->registry_path, drill_tables);
    CHECK(registry != NULL, "the restored registry cannot be read");
    for (int i = 0; i < PEOPLE_WRITERS - 1; i++) {
        char subject[THROTTLE_SUBJECT_SIZE];
        struct throttle_row row;
        throttle_subject(i, subject);
        (void)throttle_read(people, subject, &row);
        CHECK(row.failures >= floor->people_writes[i],
              "write %" PRId64 " to people.db was acknowledged before the backup, it ends at "
              "%" PRId64,
              floor->people_writes[i], row.failures);
    }
    for (int i = 0; i < floor->persons; i++) {
        struct person person;
        CHECK(people_by_id(people, shared->person_ids[i], &person),
              "person %s was made before the backup and is not in it", shared->person_ids[i]);
    }
    static struct person persons[64];
    const char *after = "";
    size_t count = 0;
    do {
        count = people_list(people, after, persons, 64);
        for (size_t i = 0; i < count; i++) {
            struct query q = query(registry, &drill_queries, Q_PERSON);
            query_bind_text(&q, 1, persons[i].user_id);
            CHECK(query_row(&q), "%s is in people.db, and the restored registry does not know it",
                  persons[i].user_id);
            query_end(&q);
            after = persons[i].email;
        }
        char last[EMAIL_SIZE];
        TEXT_COPY(last, after);
        after = last[0] == '\0' ? "" : arena_text(&world->arena, last);
    } while (count == 64);
    store_close(registry);
    store_close(people);
}

static inline int64_t number_in(const char *path, const char *question)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    CHECK(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
              sqlite3_prepare_v2(db, question, -1, &statement, NULL) == SQLITE_OK &&
              sqlite3_step(statement) == SQLITE_ROW,
          "%s cannot be asked: %s", path, sqlite3_errmsg(db));
    int64_t number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return number;
}

static inline void check_access(const struct world *on)
{
    char path[WORLD_PATH_SIZE];
    (void)snprintf(path, sizeof path, "%.200s/people.db", on->data_dir);
    int64_t sessions = number_in(path, "SELECT count(*) FROM session");
    int64_t links = number_in(path, "SELECT count(*) FROM password_link WHERE used_at IS NULL");
    int64_t secrets = number_in(path, "SELECT (SELECT count(*) FROM access_token WHERE revoked_at "
                                      "IS NULL) + (SELECT count(*) FROM client_secret WHERE "
                                      "revoked_at IS NULL)");
    CHECK(secrets == 0, "after a restore %" PRId64 " secrets of programs are good", secrets);
    CHECK(sessions == 0 && links == 0,
          "after a restore %" PRId64 " sessions and %" PRId64 " one-time links are open", sessions,
          links);
}

/* The restored registry with a daemon of its own: it knows every key, and acts go on. */
static inline void check_life(struct world *on, const struct floor *floor, struct drilled *drilled)
{
    world_start_daemon(on);
    world_await_daemon(on);
    struct ledger_client client;
    ledger_client_init(&client, on->account_socket);
    struct answer answer;
    for (int writer = 0; writer < WRITERS; writer++) {
        int first = floor->done[writer] > ASKED_AGAIN ? floor->done[writer] - ASKED_AGAIN : 0;
        for (int number = first; number < floor->done[writer]; number++) {
            const struct record *record = &shared->records[writer][number];
            if (!atomic_load(&record->is_answered)) {
                continue;
            }
            struct command command = command_of_record(writer, number);
            enum status status = ledger_ask(&client, &command, &answer);
            CHECK(status == STATUS_OK && answer.repeated && answer.seq == record->answer.seq &&
                      text_is(answer.id, record->answer.id),
                  "w%d-%d asked again after a restore: %s", writer, number,
                  status_row(status)->slug);
            drilled->asked_again++;
        }
    }
    struct command command = world_small_transfer(world);
    enum status status = ledger_ask(&client, &command, &answer);
    CHECK(status == STATUS_OK, "a transfer after a restore: %s", status_row(status)->slug);
    char key[KEY_SIZE];
    (void)snprintf(key, sizeof key, "accept-%d", drilled->restored);
    command = world_decide(world, ACT_ACCEPT, 1, answer.id, key);
    status = ledger_ask(&client, &command, &answer);
    CHECK(status == STATUS_OK, "an answer after a restore: %s", status_row(status)->slug);
    ledger_client_close(&client);
    CHECK(world_stop_daemon(on) == 0, "the restored daemon did not end in good order");
}

#endif
