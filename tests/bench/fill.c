/*
 * bench/fill.c: makes a registry of a given size, quickly, for the measurements: an invented
 * history (bench/history.h) is written straight into the tables without their indexes and triggers,
 * which are made again from their own words. The last part of it comes when the indexes are there:
 * one that is made at once is full to the last byte, so that nearly every act would split pages of
 * it, and no registry that has grown is like that. `tally verify` finds nothing wrong with it. The
 * organisations, people and projects come through the ledger itself.
 *
 *   fill --folder FOLDER --size N [--seed S]   FOLDER/data/registry.db, people.db; FOLDER/world.tsv
 *   fill --folder FOLDER --sign-in             new sessions for everybody, and world.tsv again
 *
 * programs.tsv: program NUMBER CLIENT_SECRET TOKEN, of the sellers. world.tsv, one thing a line:
 * party NUMBER ORG ACCOUNT USER COOKIE FORM_TOKEN ask|all; project NUMBER PROJECT; transfer ID,
 * batch ID (some, all over the time, public); supplier ORG of what the sellers (parties 0 to 63)
 * hold in one large batch each.
 */
#include "bench/fill_acts.h"
#include "bench/fill_totals.h"

#include "gate/credential.h"
#include "store/people_person.h"
#include "store/people_session.h"

#define SAMPLES 200 /* transfers and batches named in world.tsv */

static struct history history;
static struct cast cast;
static char folder[WORLD_PATH_SIZE], registry_path[PATH_MAX], people_path[PATH_MAX];

static void schema_folder(const char *name, char path[PATH_MAX])
{
    const char *schema = getenv("TALLYSTICK_SCHEMA");
    (void)snprintf(path, PATH_MAX, "%.3000s/%s", text_empty(schema) ? "schema" : schema, name);
}

static int64_t say_took(const char *what, int64_t began_us)
{
    int64_t now_us = clock_steady_us();
    printf("  %-28s %6" PRId64 ".%01" PRId64 " s\n", what, (now_us - began_us) / 1000000,
           (now_us - began_us) / 100000 % 10);
    fflush(stdout);
    return now_us;
}

static void make_people(void);

/* ------------------------------------------------------------------ who there is */

struct founding {
    struct ledger ledger;
    struct arena arena;
    int64_t at_us;
};

static void apply(struct founding *founding, const struct command *command, char id[ID_SIZE])
{
    struct answer answer;
    arena_reset(&founding->arena, 0);
    founding->at_us += 1000;
    enum status status =
        ledger_apply(&founding->ledger, PROGRAM_TALLY, command, founding->at_us, &answer);
    CHECK(status == STATUS_OK, "%s was refused: %s (field %d)",
          act_word((enum act_kind)command->kind), status_row(status)->slug, answer.field);
    if (id != NULL) {
        memcpy(id, answer.id, ID_SIZE);
    }
}

static void make_person(struct founding *founding, const char *org_id, char user_id[ID_SIZE])
{
    id_make(&founding->ledger.ids, "usr", founding->at_us, user_id);
    struct command command = command_of(ACT_SET_PERSON, "", "");
    TEXT_COPY(command.person.user_id, user_id);
    apply(founding, &command, NULL);
    command = command_of(ACT_SET_MEMBER, "", "");
    TEXT_COPY(command.person.user_id, user_id);
    if (org_id == NULL) {
        command = command_of(ACT_SET_REGISTRY_ROLES, "", "");
        TEXT_COPY(command.person.user_id, user_id);
        command.person.roles = REGISTRY_ADMINISTRATOR;
    } else {
        TEXT_COPY(command.person.org_id, org_id);
        command.person.roles = ROLE_ALL;
    }
    apply(founding, &command, NULL);
}

static void make_party(struct founding *founding, uint16_t number)
{
    struct command command = command_of(ACT_OPEN_ORGANISATION, "", "");
    (void)snprintf(command.organisation.name, NAME_SIZE, "Organisation %u", number);
    (void)snprintf(command.organisation.domain, DOMAIN_SIZE, "o%u.example", number);
    TEXT_COPY(command.organisation.country, "GBR");
    command.organisation.is_supplier = number >= PARTICIPANTS;
    command.organisation.is_demo = true;
    apply(founding, &command, cast.org_ids[number]);
    make_person(founding, cast.org_ids[number], cast.user_ids[number]);
    if (!history.asks[number]) {
        command = command_of(ACT_SET_POLICY, "", "");
        TEXT_COPY(command.policy.org_id, cast.org_ids[number]);
        command.policy.incoming = INCOMING_ALL;
        apply(founding, &command, NULL);
    }
}

static void make_project(struct founding *founding, uint16_t number)
{
    bool is_energy = project_is_energy(number);
    struct command command = command_of(ACT_OPEN_PROJECT, "", "");
    TEXT_COPY(command.project.org_id, cast.org_ids[project_party(number)]);
    (void)snprintf(command.project.name, sizeof command.project.name, "Project %u", number);
    (void)snprintf(command.project.short_code, sizeof command.project.short_code, "P%03u", number);
    command.project.instrument =
        is_energy ? INSTRUMENT_RENEWABLE_ENERGY : INSTRUMENT_CARBON_REMOVAL;
    TEXT_COPY(command.project.pathway, is_energy ? "wind" : "biochar");
    TEXT_COPY(command.project.pathway_code, is_energy ? "WIND" : "BIOCHAR");
    TEXT_COPY(command.project.country, "GBR");
    TEXT_COPY(command.project.status, "validated");
    apply(founding, &command, cast.project_ids[number]);
}

/* The large tables come later, so this is the last time the ledger itself is asked. */
static enum status apply_of_program(void *context, const struct command *command,
                                    struct answer *answer)
{
    struct founding *founding = context;
    founding->at_us += 1000;
    return ledger_apply(&founding->ledger, PROGRAM_TALLY, command, founding->at_us, answer);
}

/* A program of each seller, and its two secrets in a file of their own. */
static void make_programs(struct founding *founding)
{
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/programs.tsv", folder);
    FILE *file = fopen(path, "w");
    struct store *people = store_open(STORE_PEOPLE, STORE_WRITE, people_path, credential_tables);
    CHECK(file != NULL && people != NULL, "no place for programs");
    struct person_admin admin = {.arena = &founding->arena,
                                 .people = people,
                                 .ask = apply_of_program,
                                 .context = founding,
                                 .user_id = "",
                                 .tag = TAG,
                                 .now_us = clock_now_us()};
    for (size_t i = 0; i < SELLERS; i++) {
        struct credential_made client, token;
        struct token_wish wish = {.org_id = cast.org_ids[i],
                                  .name = "Program",
                                  .roles = ROLE_ALL,
                                  .scopes = SCOPE_READ | SCOPE_TRANSFER,
                                  .ranges = "",
                                  .days = ACCESS_TOKEN_DAYS_MAX};
        arena_reset(&founding->arena, 0);
        CHECK(credential_make_client(&admin, wish.org_id, NULL, wish.name, &client) == STATUS_OK &&
                  credential_make_token(&admin, "http://127.0.0.1", &wish, &token) == STATUS_OK,
              "no program of party %zu", i);
        fprintf(file, "program\t%zu\t%s\t%s\n", i, client.secret, token.secret);
    }
    store_close(people);
    CHECK(fclose(file) == 0, "%s cannot be written", path);
}

static void found(void)
{
    char schema[PATH_MAX];
    schema_folder("registry", schema);
    CHECK(store_migrate(STORE_REGISTRY, registry_path, schema) == STATUS_OK, "no registry");
    static const struct query_table *const tables[] = {&care_queries, NULL};
    struct store *store = store_open(STORE_REGISTRY, STORE_WRITE, registry_path, tables);
    struct care_found begin = {
        .site_name = "Bench", .site_url = "http://127.0.0.1", .tag = TAG, .expiry_days = 14};
    CHECK(store != NULL && care_found(store, &begin), "the registry was not founded");
    store_close(store);
    struct founding founding = {.at_us = history.began_us - CLOCK_DAY_US};
    arena_map(&founding.arena, LEDGER_ARENA_BYTES);
    CHECK(ledger_open(&founding.ledger, &founding.arena, registry_path), "no ledger");
    CHECK(store_begin_write(founding.ledger.store), "no transaction");
    make_person(&founding, NULL, cast.administrator_id);
    for (int i = 0; i < PARTIES; i++) {
        make_party(&founding, (uint16_t)i);
    }
    for (int i = 0; i < PROJECTS; i++) {
        make_project(&founding, (uint16_t)i);
    }
    make_people();
    make_programs(&founding);
    CHECK(store_commit(founding.ledger.store), "the commit failed");
    store_close(founding.ledger.store);
}

/* ------------------------------------------------------------------ the large tables */

#define KEPT_MAX 200
#define LATE_PART                                                                                  \
    6 /* the last sixth of the events: some ten entries for every leaf of an index                 \
       */

/* Indexes and triggers in their own words, taken away while the tables are filled. */
struct kept {
    char *names[KEPT_MAX], *words[KEPT_MAX];
    size_t count;
};

static void take_away(const struct rows *rows, struct kept *kept)
{
    sqlite3_stmt *statement = NULL;
    CHECK(sqlite3_prepare_v2(rows->db,
                             "SELECT 'DROP ' || type || ' ' || name, sql FROM sqlite_schema"
                             " WHERE type IN ('index', 'trigger') AND sql IS NOT NULL",
                             -1, &statement, NULL) == SQLITE_OK,
          "%s", sqlite3_errmsg(rows->db));
    while (sqlite3_step(statement) == SQLITE_ROW) {
        CHECK(kept->count < KEPT_MAX, "more than %d indexes and triggers", KEPT_MAX);
        kept->names[kept->count] = strdup((const char *)sqlite3_column_text(statement, 0));
        kept->words[kept->count++] = strdup((const char *)sqlite3_column_text(statement, 1));
    }
    (void)sqlite3_finalize(statement);
    for (size_t i = 0; i < kept->count; i++) {
        rows_sql(rows, kept->names[i]);
    }
}

static void put_back(const struct rows *rows, struct kept *kept, const char *type)
{
    for (size_t i = 0; i < kept->count; i++) {
        if (text_starts(kept->names[i] + strlen("DROP "), type)) {
            rows_sql(rows, kept->words[i]);
        }
    }
}

static void forget(struct kept *kept)
{
    for (size_t i = 0; i < kept->count; i++) {
        free(kept->names[i]);
        free(kept->words[i]);
    }
}

static int64_t number_of(const struct rows *rows, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    CHECK(sqlite3_prepare_v2(rows->db, sql, -1, &statement, NULL) == SQLITE_OK &&
              sqlite3_step(statement) == SQLITE_ROW,
          "%s: %s", sql, sqlite3_errmsg(rows->db));
    int64_t number = sqlite3_column_int64(statement, 0);
    (void)sqlite3_finalize(statement);
    return number;
}

static void read_accounts(const struct rows *rows)
{
    sqlite3_stmt *statement = NULL;
    CHECK(sqlite3_prepare_v2(rows->db,
                             "SELECT account_id FROM account WHERE org_id = ?1 AND is_main = 1", -1,
                             &statement, NULL) == SQLITE_OK,
          "%s", sqlite3_errmsg(rows->db));
    for (size_t i = 0; i < PARTIES; i++) {
        (void)sqlite3_bind_text(statement, 1, cast.org_ids[i], -1, SQLITE_STATIC);
        CHECK(sqlite3_step(statement) == SQLITE_ROW, "organisation %zu has no account", i);
        TEXT_COPY(cast.account_ids[i], (const char *)sqlite3_column_text(statement, 0));
        (void)sqlite3_reset(statement);
    }
    (void)sqlite3_finalize(statement);
}

/* What the events did, but for the batches. */
static void fill_events(struct rows *rows)
{
    int64_t at_us = clock_steady_us();
    rows_issuances(rows);
    at_us = say_took("issuances", at_us);
    rows_transfers(rows);
    rows_transfer_lines(rows);
    at_us = say_took("transfers", at_us);
    rows_retirements(rows, false);
    rows_retirements(rows, true);
    rows_acts(rows, &history);
    at_us = say_took("acts", at_us);
    rows_first_answers(rows);
    (void)say_took("first answers", at_us);
}

static void fill_tables(struct rows *rows, struct kept *kept)
{
    int64_t at_us = clock_steady_us();
    rows->past = history.event_count - history.event_count / LATE_PART;
    rows_conservation(rows);
    rows_batches(rows);
    (void)say_took("batches", at_us);
    fill_events(rows);
    at_us = clock_steady_us();
    put_back(rows, kept, "index");
    (void)say_took("indexes", at_us);
    rows->from = rows->past;
    rows->past = history.event_count;
    fill_events(rows);
    at_us = clock_steady_us();
    rows_late_holders(rows);
    (void)say_took("late transfers of batches", at_us);
}

static void fill_registry(void)
{
    struct rows rows = {.history = &history, .cast = &cast};
    struct kept kept = {.count = 0};
    CHECK(sqlite3_open(registry_path, &rows.db) == SQLITE_OK, "%s", sqlite3_errmsg(rows.db));
    rows_sql(&rows, "PRAGMA journal_mode = DELETE; PRAGMA journal_mode = OFF;"
                    "PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;"
                    "PRAGMA cache_size = -400000; PRAGMA threads = 1; PRAGMA foreign_keys = OFF;"
                    "PRAGMA ignore_check_constraints = ON");
    read_accounts(&rows);
    rows.next_seq = (uint32_t)number_of(&rows, "SELECT max(seq) + 1 FROM act");
    take_away(&rows, &kept);
    fill_tables(&rows, &kept);
    int64_t at_us = clock_steady_us();
    char schema[PATH_MAX];
    schema_folder("registry", schema);
    rows_totals(&rows, schema);
    at_us = say_took("totals", at_us);
    put_back(&rows, &kept, "trigger");
    forget(&kept);
    rows_sql(&rows, "PRAGMA synchronous = FULL; PRAGMA locking_mode = NORMAL;"
                    "PRAGMA journal_mode = WAL");
    CHECK(sqlite3_close(rows.db) == SQLITE_OK, "the registry does not close");
    int fd = open(registry_path, O_RDWR);
    CHECK(fd >= 0 && fsync(fd) == 0, "the registry cannot be synced");
    close(fd);
    (void)say_took("to the disk", at_us);
}

/* ------------------------------------------------------------------ people and their sessions */

static struct store *open_people(void)
{
    static const struct query_table *const tables[] = {
        &people_person_queries,
        &people_session_queries,
        NULL,
    };
    struct store *store = store_open(STORE_PEOPLE, STORE_WRITE, people_path, tables);
    CHECK(store != NULL, "people.db cannot be opened");
    return store;
}

static void make_people(void)
{
    char schema[PATH_MAX];
    schema_folder("people", schema);
    CHECK(store_migrate(STORE_PEOPLE, people_path, schema) == STATUS_OK, "no people.db");
    struct store *people = open_people();
    CHECK(store_begin_write(people), "no transaction");
    for (size_t i = 0; i < PARTIES; i++) {
        struct person person = {.is_active = true, .made_at = clock_now_us()};
        TEXT_COPY(person.user_id, cast.user_ids[i]);
        (void)snprintf(person.name, sizeof person.name, "Person %zu", i);
        (void)snprintf(person.email, sizeof person.email, "person-%zu@example.org", i);
        CHECK(people_add(people, &person), "no person %zu", i);
    }
    CHECK(store_commit(people), "the commit failed");
    store_close(people);
}

static void sign_in(struct store *people, size_t party, struct id_source *ids, char *cookie,
                    char *form_token)
{
    struct session session = {.made_at = clock_now_us(), .seen_at = clock_now_us()};
    session.ends_at = session.made_at + SESSION_ABSOLUTE_S_MAX * CLOCK_SECOND_US;
    token_make(cookie);
    token_make(form_token);
    session.token_hash = digest_of(cookie, strlen(cookie));
    id_make(ids, "ses", session.made_at, session.session_id);
    TEXT_COPY(session.user_id, cast.user_ids[party]);
    TEXT_COPY(session.org_id, cast.org_ids[party]);
    TEXT_COPY(session.form_token, form_token);
    (void)session_end_others(people, cast.user_ids[party], "");
    CHECK(session_add(people, &session), "no session for party %zu", party);
}

/* Some ids of a table, all over it. */
static void write_samples(FILE *file, const struct rows *rows, const char *what, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    CHECK(sqlite3_prepare_v2(rows->db, sql, -1, &statement, NULL) == SQLITE_OK, "%s: %s", sql,
          sqlite3_errmsg(rows->db));
    (void)sqlite3_bind_int(statement, 1, SAMPLES);
    int found = 0;
    while (sqlite3_step(statement) == SQLITE_ROW) {
        fprintf(file, "%s\t%s\n", what, (const char *)sqlite3_column_text(statement, 0));
        found++;
    }
    (void)sqlite3_finalize(statement);
    CHECK(found > 0, "no %s to name", what);
}

#define EVERY_SO_OFTEN(table)                                                                      \
    "WITH RECURSIVE n (i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1)"          \
    " SELECT (SELECT " table "_id FROM " table                                                     \
    " WHERE rowid >= 1 + (SELECT max(rowid) FROM " table ") * i / ?1 AND state IN "

static void write_world(void)
{
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/world.tsv", folder);
    FILE *file = fopen(path, "w");
    CHECK(file != NULL, "%s cannot be written", path);
    struct store *people = open_people();
    struct id_source ids = {.tag = TAG};
    CHECK(store_begin_write(people), "no transaction");
    for (size_t i = 0; i < PARTIES; i++) {
        char cookie[TOKEN_SIZE], form_token[TOKEN_SIZE];
        sign_in(people, i, &ids, cookie, form_token);
        fprintf(file, "party\t%zu\t%s\t%s\t%s\t%s\t%s\t%s\n", i, cast.org_ids[i],
                cast.account_ids[i], cast.user_ids[i], cookie, form_token,
                history.asks[i] ? "ask" : "all");
    }
    CHECK(store_commit(people), "the commit failed");
    store_close(people);
    for (size_t i = 0; i < PROJECTS; i++) {
        fprintf(file, "project\t%zu\t%s\n", i, cast.project_ids[i]);
    }
    fprintf(file, "supplier\t%s\n", cast.org_ids[HOUSE]);
    struct rows rows = {.db = NULL};
    CHECK(sqlite3_open_v2(registry_path, &rows.db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK, "%s",
          sqlite3_errmsg(rows.db));
    write_samples(file, &rows, "transfer",
                  EVERY_SO_OFTEN("transfer") "('completed') LIMIT 1) FROM n");
    write_samples(file, &rows, "batch",
                  EVERY_SO_OFTEN("batch") "('active', 'split') LIMIT 1) FROM n");
    (void)sqlite3_close(rows.db);
    CHECK(fclose(file) == 0, "%s cannot be written", path);
}

/* The cast again, out of a registry that was made before. */
static void read_cast(void)
{
    struct rows rows = {.db = NULL};
    CHECK(sqlite3_open_v2(registry_path, &rows.db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK, "%s",
          sqlite3_errmsg(rows.db));
    sqlite3_stmt *statement = NULL;
    CHECK(sqlite3_prepare_v2(rows.db,
                             "SELECT o.org_id, m.user_id, o.incoming_policy FROM organisation o"
                             " JOIN membership m ON m.org_id = o.org_id"
                             " JOIN person p ON p.user_id = m.user_id AND p.is_program = 0"
                             " ORDER BY o.rowid",
                             -1, &statement, NULL) == SQLITE_OK,
          "%s", sqlite3_errmsg(rows.db));
    for (size_t i = 0; i < PARTIES; i++) {
        CHECK(sqlite3_step(statement) == SQLITE_ROW, "fewer organisations than were made");
        TEXT_COPY(cast.org_ids[i], (const char *)sqlite3_column_text(statement, 0));
        TEXT_COPY(cast.user_ids[i], (const char *)sqlite3_column_text(statement, 1));
        history.asks[i] = text_is((const char *)sqlite3_column_text(statement, 2), "ask");
    }
    (void)sqlite3_finalize(statement);
    CHECK(sqlite3_prepare_v2(rows.db, "SELECT project_id FROM project ORDER BY rowid", -1,
                             &statement, NULL) == SQLITE_OK,
          "%s", sqlite3_errmsg(rows.db));
    for (size_t i = 0; i < PROJECTS && sqlite3_step(statement) == SQLITE_ROW; i++) {
        TEXT_COPY(cast.project_ids[i], (const char *)sqlite3_column_text(statement, 0));
    }
    (void)sqlite3_finalize(statement);
    read_accounts(&rows);
    (void)sqlite3_close(rows.db);
}

static void make_folders(void)
{
    char path[PATH_MAX];
    CHECK(mkdir(folder, 0700) == 0 || errno == EEXIST, "no folder %s", folder);
    (void)snprintf(path, sizeof path, "%s/run", folder);
    CHECK(mkdir(path, 0700) == 0 || errno == EEXIST, "no folder %s", path);
    (void)snprintf(path, sizeof path, "%s/data", folder);
    CHECK(mkdir(path, 0700) == 0, "%s is there already", path);
}

static void fill(int64_t size, uint64_t seed)
{
    int64_t began_us = clock_steady_us();
    make_folders();
    history_make(&history, (uint32_t)size, seed);
    (void)say_took("history", began_us);
    found();
    fill_registry();
    struct stat about;
    CHECK(stat(registry_path, &about) == 0, "no %s", registry_path);
    int64_t took_ms = (clock_steady_us() - began_us) / 1000;
    printf("result: %" PRId64 " transfers, %u batches, %u issuances, %u retirements in %" PRId64
           ".%03" PRId64 " s; registry.db %" PRId64 " bytes, %" PRId64 " a transfer\n",
           size, history.lot_count, history.issues, history.retirements, took_ms / 1000,
           took_ms % 1000, (int64_t)about.st_size, (int64_t)about.st_size / size);
}

int main(int argc, char **argv)
{
    CHECK(sqlite3_initialize() == SQLITE_OK, "no SQLite"); /* before store/: with threads */
    bool only_signs_in = false;
    for (int i = 1; i < argc; i++) {
        only_signs_in = only_signs_in || text_is(argv[i], "--sign-in");
        if (text_is(argv[i], "--folder") && i + 1 < argc) {
            (void)snprintf(folder, sizeof folder, "%.200s", argv[i + 1]);
        }
    }
    CHECK(folder[0] != '\0', "usage: fill --folder FOLDER (--size N [--seed S] | --sign-in)");
    (void)snprintf(registry_path, sizeof registry_path, "%s/data/registry.db", folder);
    (void)snprintf(people_path, sizeof people_path, "%s/data/people.db", folder);
    int64_t size = world_option(argc, argv, "--size", 10000);
    CHECK(size >= 5000 && size <= 100000000, "--size is 5000 to 100000000");
    if (only_signs_in) {
        read_cast();
    } else {
        fill(size, (uint64_t)world_option(argc, argv, "--seed", 1));
    }
    write_world();
    return 0;
}
