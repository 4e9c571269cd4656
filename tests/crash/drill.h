/*
 * crash/drill.h: what the restore drill goes on beside: writers of registry.db and people.db, whose
 * acknowledged acts stand in shared memory, readers, `tally verify`; and running `tally`.
 */
#ifndef CRASH_DRILL_H
#define CRASH_DRILL_H
#include "crash/crowd.h"

#include <sqlite3.h>
#include <stdatomic.h>

#include "store/people_link.h"
#include "store/people_person.h"
#include "store/people_session.h"
#include "store/people_throttle.h"
#include "store/query.h"

#define WRITERS 6
#define PEOPLE_WRITERS 3 /* the last one makes new persons */
#define READERS 3
#define VERIFIERS 2
#define PROCESSES (WRITERS + PEOPLE_WRITERS + READERS + VERIFIERS)
#define RECORDS_MAX 12000
#define PERSONS_MAX 20000
#define PAUSE_MS_MIN 4
#define ASKED_AGAIN 10 /* of each writer, of its last acts before the backup */
#define WORDS_SIZE 8192

struct record {
    _Atomic bool is_answered; /* false: begun */
    enum act_kind kind;
    int other; /* transfer: the recipient */
    int64_t units;
    char transfer_id[ID_SIZE]; /* decisions */
    struct answer answer;
};

struct shared {
    struct crowd crowd;
    _Atomic int64_t end_us;
    _Atomic int begun[WRITERS], done[WRITERS];
    struct record records[WRITERS][RECORDS_MAX];
    _Atomic int64_t people_writes[PEOPLE_WRITERS]; /* acknowledged */
    _Atomic int64_t people_slowest_us;
    _Atomic int persons;
    char person_ids[PERSONS_MAX][ID_SIZE];
    int64_t reads[READERS], verifies[VERIFIERS];
};

/* What had been acknowledged at one moment. */
struct floor {
    int done[WRITERS];
    int64_t people_writes[PEOPLE_WRITERS];
    int persons;
};

struct drilled {
    int backups, in_kill, killed, killed_left, damaged, restored, asked_again;
    int64_t acts_checked, slowest_ms;
};

static struct world *world;
static struct shared *shared;
static uint64_t seed;
static int pause_ms;
static char people_path[WORLD_PATH_SIZE], tally_socket[WORLD_PATH_SIZE], tally_path[PATH_MAX];
static char schema_dir[PATH_MAX], backups[WORLD_PATH_SIZE];

/* ------------------------------------------------------------------ the writers */

static inline struct command command_of_record(int writer, int number)
{
    const struct record *record = &shared->records[writer][number];
    char key[KEY_SIZE];
    (void)snprintf(key, sizeof key, "w%d-%d", writer, number);
    if (record->kind == ACT_TRANSFER) {
        return world_transfer(world, (size_t)writer, (size_t)record->other, record->units, key);
    }
    size_t who = record->kind == ACT_ACCEPT ? (size_t)record->other : (size_t)writer;
    return world_decide(world, record->kind, who, record->transfer_id, key);
}

static inline bool ask_record(struct ledger_client *client, int writer, int number)
{
    struct record *record = &shared->records[writer][number];
    atomic_store(&shared->begun[writer], number + 1);
    struct command command = command_of_record(writer, number);
    enum status status = ledger_ask(client, &command, &record->answer);
    CHECK(status == STATUS_OK || status == STATUS_ANSWER_LOST || status == STATUS_LEDGER_AWAY ||
              status == STATUS_BUSY,
          "w%d-%d beside backups: %s", writer, number, status_row(status)->slug);
    atomic_store(&record->is_answered, status == STATUS_OK);
    atomic_store(&shared->done[writer], number + 1);
    return status == STATUS_OK;
}

/* Transfers that are accepted, withdrawn or left waiting. */
static inline void write_acts(int writer)
{
    struct ledger_client client;
    ledger_client_init(&client, world->account_socket);
    struct chance chance = chance_from(seed, (uint64_t)writer);
    int number = 0;
    do {
        struct record *record = &shared->records[writer][number];
        record->kind = ACT_TRANSFER;
        record->other = (writer + 1 + (int)chance_below(&chance, WORLD_ORGS - 1)) % WORLD_ORGS;
        record->units = 1 + chance_below(&chance, 5000);
        int64_t dice = chance_below(&chance, 10);
        if (ask_record(&client, writer, number++) && dice < 9) {
            struct record *next = &shared->records[writer][number];
            next->kind = dice < 5 ? ACT_ACCEPT : ACT_WITHDRAW;
            next->other = record->other;
            TEXT_COPY(next->transfer_id, record->answer.id);
            (void)ask_record(&client, writer, number++);
        }
        poll(NULL, 0, pause_ms);
    } while (clock_steady_us() < shared->end_us && number + 2 < RECORDS_MAX);
    ledger_client_close(&client);
}

/* ------------------------------------------------------------------ people.db */

static inline struct store *open_people(enum store_mode mode, const char *path)
{
    static const struct query_table *const tables[] = {
        &people_person_queries, &people_session_queries, &people_link_queries,
        &people_throttle_queries, NULL};
    struct store *people = world_open_store(STORE_PEOPLE, mode, path, tables);
    CHECK(people != NULL, "people.db cannot be opened");
    return people;
}

static inline void note_slowest(int64_t began_us)
{
    int64_t took_us = clock_steady_us() - began_us;
    int64_t slowest_us = atomic_load(&shared->people_slowest_us);
    while (took_us > slowest_us &&
           !atomic_compare_exchange_weak(&shared->people_slowest_us, &slowest_us, took_us)) {
    }
}

static inline void throttle_subject(int number, char subject[THROTTLE_SUBJECT_SIZE])
{
    (void)snprintf(subject, THROTTLE_SUBJECT_SIZE, "w:%d", number);
}

/* One transaction: somebody signs in, gets a link, and the number of writes is kept. */
static inline void write_access(struct store *people, struct chance *chance, int number,
                                int64_t write)
{
    struct session session = {.made_at = clock_now_us(), .seen_at = clock_now_us()};
    char token[TOKEN_SIZE];
    token_make(token);
    session.token_hash = digest_of(token, strlen(token));
    session.ends_at = session.made_at + SESSION_ABSOLUTE_S_MAX * CLOCK_SECOND_US;
    (void)snprintf(session.session_id, sizeof session.session_id, "ses_%02d%014" PRId64, number,
                   write);
    size_t who = (size_t)chance_below(chance, WORLD_ORGS);
    TEXT_COPY(session.user_id, world->user_ids[who]);
    TEXT_COPY(session.org_id, world->org_ids[who]);
    TEXT_COPY(session.form_token, token);
    struct link link = {.made_at = session.made_at, .expires_at = session.ends_at};
    TEXT_COPY(link.user_id, session.user_id);
    char subject[THROTTLE_SUBJECT_SIZE];
    throttle_subject(number, subject);
    const struct throttle_row row = {.failures = write, .last_at = session.made_at};
    bool kept = store_begin_write(people) && session_add(people, &session) &&
                link_add(people, &session.token_hash, &link);
    throttle_write(people, subject, &row);
    CHECK(store_commit(people) && kept, "a write to people.db beside backups failed");
}

/* In the order of gate/person_admin.h: known to the registry before people.db keeps the name. Not
 * in one transaction of people.db as there: while the daemon is being killed the others would wait
 * for its restart, and it would not be seen who else lets them wait. */
static inline void make_person(struct store *people, struct ledger_client *client,
                               struct id_source *ids)
{
    struct person made = {.is_active = true, .made_at = clock_now_us()};
    id_make(ids, "usr", made.made_at, made.user_id);
    TEXT_COPY(made.name, "New Person");
    (void)snprintf(made.email, sizeof made.email, "%s@example.org", made.user_id);
    struct command command = command_of(ACT_SET_PERSON, "", "");
    struct answer answer;
    TEXT_COPY(command.person.user_id, made.user_id);
    if (ledger_ask(client, &command, &answer) != STATUS_OK) {
        return; /* the daemon died: nobody was told that there is such a person */
    }
    int64_t began_us = clock_steady_us();
    bool kept = store_begin_write(people) && people_add(people, &made);
    CHECK(store_commit(people) && kept, "a person beside backups was not kept");
    note_slowest(began_us);
    int number = atomic_load(&shared->persons);
    if (number < PERSONS_MAX) {
        TEXT_COPY(shared->person_ids[number], made.user_id);
        atomic_store(&shared->persons, number + 1);
    }
}

static inline void write_people(int number)
{
    struct id_source ids = {.tag = "TST", .random_tail = true};
    struct store *people = open_people(STORE_WRITE, people_path);
    struct ledger_client client;
    ledger_client_init(&client, tally_socket);
    struct chance chance = chance_from(seed, 100 + (uint64_t)number);
    for (int64_t write = 1; write == 1 || clock_steady_us() < shared->end_us; write++) {
        int64_t began_us = clock_steady_us();
        if (number == PEOPLE_WRITERS - 1) {
            make_person(people, &client, &ids);
        } else {
            write_access(people, &chance, number, write);
            atomic_store(&shared->people_writes[number], write);
            note_slowest(began_us);
        }
        store_settle(people);
        poll(NULL, 0, 20 + (int)chance_below(&chance, 40)); /* little traffic, or they starve */
    }
    ledger_client_close(&client);
    store_close(people);
}

/* ------------------------------------------------------------------ the readers */

enum { Q_SUM, Q_TRANSFERS, Q_KEYS, Q_PERSON };
static const char *const sql[] = {
    [Q_SUM] =
        "SELECT (SELECT sum(issued + imported) FROM conservation),"
        " (SELECT sum(last - first + 1) FROM batch WHERE state <> 'split'),"
        " (SELECT coalesce(sum(last - first + 1), 0) FROM batch WHERE reserved_by IS NOT NULL),"
        " (SELECT coalesce(sum(units), 0) FROM transfer WHERE ended_at IS NULL),"
        " (SELECT count(*) FROM act), (SELECT max(seq) FROM act)",
    [Q_TRANSFERS] = "SELECT notes, transfer_id FROM transfer",
    [Q_KEYS] = "SELECT key, seq FROM idempotency WHERE scope <> 'tally'",
    [Q_PERSON] = "SELECT 1 FROM person WHERE user_id = ?1",
};
static const struct query_table drill_queries = {"drill", sql, 4};
static const struct query_table *const drill_tables[] = {&drill_queries, NULL};

static inline int64_t read_sums(struct store *store)
{
    struct query q = query(store, &drill_queries, Q_SUM);
    CHECK(query_row(&q), "a reader finds no sums");
    CHECK(query_int(&q, 0) == WORLD_ORGS * WORLD_UNITS && query_int(&q, 0) == query_int(&q, 1) &&
              query_int(&q, 2) == query_int(&q, 3) && query_int(&q, 4) == query_int(&q, 5),
          "a moment in which units or acts are not accounted for");
    int64_t seq = query_int(&q, 5);
    query_end(&q);
    return seq;
}

/* Transactions that last at random. Every other half second nobody reads: a reader keeps the WAL
 * from being reset, and it is the resets that are dangerous. */
static inline void read_moments(int number)
{
    struct store *store =
        store_open(STORE_REGISTRY, STORE_READ, world->registry_path, drill_tables);
    CHECK(store != NULL, "a reader cannot open the registry");
    struct chance chance = chance_from(seed, 200 + (uint64_t)number);
    do {
        int64_t half_us = clock_steady_us() % CLOCK_SECOND_US - CLOCK_SECOND_US / 2;
        if (half_us > 0) {
            poll(NULL, 0, (int)((CLOCK_SECOND_US / 2 - half_us) / 1000) + 1);
        }
        store_begin_read(store);
        int64_t seq = read_sums(store);
        poll(NULL, 0, (int)chance_below(&chance, 300));
        CHECK(read_sums(store) == seq, "a read transaction saw two moments");
        CHECK(!store_fault(store), "a reader met a fault");
        store_settle(store);
        shared->reads[number]++;
        poll(NULL, 0, (int)chance_below(&chance, 20));
    } while (clock_steady_us() < shared->end_us);
    store_close(store);
}

/* ------------------------------------------------------------------ running tally */

static inline pid_t start_tally(const struct world *on, const char *said_path, const char *one,
                                const char *two, const char *three, const char *four)
{
    fflush(stdout);
    pid_t pid = fork();
    CHECK(pid >= 0, "no process for tally");
    if (pid == 0) {
        int said = open(said_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        dup2(said, STDOUT_FILENO);
        dup2(said, STDERR_FILENO);
        setenv("TALLYSTICK_DATA", on->data_dir, 1);
        setenv("TALLYSTICK_RUN", on->run_dir, 1);
        setenv("TALLYSTICK_SCHEMA", schema_dir, 1);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execl(tally_path, "tally", one, two, three, four, (char *)NULL);
        _exit(127);
    }
    return pid;
}

/* Its exit code; -1: killed. */
static inline int end_of(pid_t pid)
{
    int end = 0;
    CHECK(waitpid(pid, &end, 0) == pid, "tally is not there to wait for");
    return WIFEXITED(end) ? WEXITSTATUS(end) : -1;
}

static inline const char *words_of(const char *said_path)
{
    static char words[WORDS_SIZE];
    FILE *from = fopen(said_path, "re");
    size_t size_bytes = from == NULL ? 0 : fread(words, 1, sizeof words - 1, from);
    words[size_bytes] = '\0';
    if (from != NULL) {
        (void)fclose(from);
    }
    return words;
}

static inline void said_of(const char *who, char path[WORLD_PATH_SIZE])
{
    (void)snprintf(path, WORLD_PATH_SIZE, "%.200s/said-%s", world->folder, who);
}

static inline void run_tally(const struct world *on, const char *one, const char *two,
                             const char *three, const char *four)
{
    char said[WORLD_PATH_SIZE];
    said_of("tally", said);
    int code = end_of(start_tally(on, said, one, two, three, four));
    CHECK(code == 0, "tally %s ends with %d: %s", one, code, words_of(said));
}

/* Everybody does what they do once at least, however late the machine lets them begin. */
static inline void act(int number, void *context)
{
    (void)context;
    int log = open(world->log_path, O_WRONLY | O_CREAT | O_APPEND, 0640);
    dup2(log, STDERR_FILENO);
    crowd_meet(&shared->crowd);
    if (number < WRITERS) {
        write_acts(number);
    } else if (number < WRITERS + PEOPLE_WRITERS) {
        write_people(number - WRITERS);
    } else if (number < WRITERS + PEOPLE_WRITERS + READERS) {
        read_moments(number - WRITERS - PEOPLE_WRITERS);
    } else {
        char said[WORLD_PATH_SIZE];
        int verifier = number - WRITERS - PEOPLE_WRITERS - READERS;
        said_of(verifier == 0 ? "verify" : "verify-2", said);
        do {
            int code = end_of(start_tally(world, said, "verify", NULL, NULL, NULL));
            CHECK(code == 0, "tally verify beside backups ends with %d: %s", code, words_of(said));
            shared->verifies[verifier]++;
        } while (clock_steady_us() < shared->end_us);
    }
}

#endif
