/*
 * tests/ledger/town.h: a small registry in a temporary folder, with a few organisations and people,
 * for tests of the ledger. Include it once, from a test's .c file.
 */
#ifndef TESTS_LEDGER_TOWN_H
#define TESTS_LEDGER_TOWN_H

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "ledger/ledger.h"
#include "store/care.h"
#include "store/store.h"

#define TOWN_START_US (INT64_C(1750000000) * CLOCK_SECOND_US)
#define TOWN_ARENA_BYTES ((size_t)64 * 1024 * 1024)
#define TOWN_UNUSED __attribute__((unused))

struct town {
    char folder[64];
    char path[96];
    struct arena arena;
    struct ledger ledger;
    int64_t now_us;
    int64_t keys; /* for fresh keys */
    bool in_transaction;
};

static struct town town;

/* Deterministic ids of people: usr_…A, …B. */
TOWN_UNUSED static const char *town_person(char letter)
{
    static char ids[4][ID_SIZE];
    static unsigned next;
    char *id = ids[next++ % 4];
    snprintf(id, ID_SIZE, "usr_%015d%c", 0, letter);
    return id;
}

TOWN_UNUSED static void town_sql(const char *sql)
{
    sqlite3 *db = NULL;
    must(sqlite3_open(town.path, &db) == SQLITE_OK);
    char *message = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK) {
        fprintf(stderr, "%s\n%s\n", sql, message);
        abort();
    }
    sqlite3_close(db);
}

/* One number from the database as it is inside the ledger's transaction: committed data only. */
TOWN_UNUSED static int64_t town_number(const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    must(sqlite3_open(town.path, &db) == SQLITE_OK);
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK) {
        fprintf(stderr, "%s\n%s\n", sql, sqlite3_errmsg(db));
        abort();
    }
    must(sqlite3_step(statement) == SQLITE_ROW);
    int64_t number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return number;
}

TOWN_UNUSED static void town_open_ledger(void)
{
    must(ledger_open(&town.ledger, &town.arena, town.path));
    town.in_transaction = false;
}

/* A new registry with its settings and nothing else. */
TOWN_UNUSED static void town_found(void)
{
    static const struct query_table *const tables[] = {&care_queries, NULL};
    if (town.arena.bytes == NULL) {
        arena_map(&town.arena, TOWN_ARENA_BYTES);
    }
    strcpy(town.folder, "/tmp/tallystick-town-XXXXXX");
    must(mkdtemp(town.folder) != NULL);
    snprintf(town.path, sizeof(town.path), "%s/registry.db", town.folder);
    must(store_migrate(STORE_REGISTRY, town.path, "schema/registry") == STATUS_OK);
    struct store *store = store_open(STORE_REGISTRY, STORE_WRITE, town.path, tables);
    must(store != NULL);
    struct care_found found = {
        .site_name = "Town", .site_url = "", .tag = "TST", .is_demo = true, .expiry_days = 14};
    must(care_found(store, &found));
    store_close(store);
    town.now_us = TOWN_START_US;
    town.keys = 0;
    town_open_ledger();
}

TOWN_UNUSED static void town_leave(void)
{
    if (town.in_transaction) {
        store_rollback(town.ledger.store);
    }
    store_close(town.ledger.store);
    char command[128];
    snprintf(command, sizeof(command), "rm -rf '%s'", town.folder);
    must(system(command) == 0);
}

TOWN_UNUSED static const char *town_key(void)
{
    static char key[KEY_SIZE];
    snprintf(key, sizeof(key), "key-%lld", (long long)++town.keys);
    return key;
}

/* The program that a person sends such an act through; "": the operator's. */
TOWN_UNUSED static enum asker town_program(enum act_kind kind, const char *user_id)
{
    if (user_id[0] == '\0') {
        return PROGRAM_TALLY;
    }
    return program_may(PROGRAM_ACCOUNT, kind) ? PROGRAM_ACCOUNT : PROGRAM_ADMIN;
}

/* One command, committed by itself. */
TOWN_UNUSED static enum status town_ask(enum asker program, const struct command *command,
                                        struct answer *answer)
{
    arena_reset(&town.arena, 0);
    must(store_begin_write(town.ledger.store));
    enum status status = ledger_apply(&town.ledger, program, command, town.now_us, answer);
    if (status == STATUS_FAULT) {
        store_rollback(town.ledger.store);
    } else {
        must(store_commit(town.ledger.store));
    }
    store_settle(town.ledger.store);
    return status;
}

/* ---- commands of the operator that must succeed; each returns the id made, in a ring of static
 * buffers ---- */

TOWN_UNUSED static const char *town_keep(const struct answer *answer)
{
    static char ids[64][ID_SIZE];
    static unsigned next;
    char *id = ids[next++ % 64];
    memcpy(id, answer->id, ID_SIZE);
    return id;
}

TOWN_UNUSED static const char *town_do(const struct command *command)
{
    struct answer answer;
    enum status status = town_ask(PROGRAM_TALLY, command, &answer);
    if (status != STATUS_OK) {
        fprintf(stderr, "town: %s: %s, field %d, line %d\n", act_word((enum act_kind)command->kind),
                status_row(status)->slug, answer.field, answer.line);
        abort();
    }
    return town_keep(&answer);
}

TOWN_UNUSED static const char *town_org(const char *name, bool is_supplier, enum org_kind kind)
{
    struct command command = command_of(ACT_OPEN_ORGANISATION, "", "");
    TEXT_COPY(command.organisation.name, name);
    command.organisation.is_supplier = is_supplier;
    command.organisation.kind = (uint8_t)kind;
    return town_do(&command);
}

/* What a supplier's only kind of project counts; for orders. */
TOWN_UNUSED static uint8_t town_instrument(const char *supplier_org_id)
{
    char sql[160];
    (void)snprintf(sql, sizeof sql,
                   "SELECT max(instrument = 'renewable_energy') FROM project WHERE org_id = '%s'",
                   supplier_org_id);
    return (uint8_t)(town_number(sql) > 0 ? INSTRUMENT_RENEWABLE_ENERGY
                                          : INSTRUMENT_CARBON_REMOVAL);
}

TOWN_UNUSED static void town_member(const char *org_id, const char *user_id, unsigned roles)
{
    struct command command = command_of(ACT_SET_PERSON, "", "");
    TEXT_COPY(command.person.user_id, user_id);
    town_do(&command);
    command = command_of(ACT_SET_MEMBER, "", "");
    TEXT_COPY(command.person.user_id, user_id);
    TEXT_COPY(command.person.org_id, org_id);
    command.person.roles = (uint8_t)roles;
    town_do(&command);
}

TOWN_UNUSED static void town_official(const char *user_id, unsigned registry_roles)
{
    struct command command = command_of(ACT_SET_PERSON, "", "");
    TEXT_COPY(command.person.user_id, user_id);
    town_do(&command);
    command = command_of(ACT_SET_REGISTRY_ROLES, "", "");
    TEXT_COPY(command.person.user_id, user_id);
    command.person.roles = (uint8_t)registry_roles;
    town_do(&command);
}

TOWN_UNUSED static struct command town_project_command(const char *org_id, const char *code,
                                                       enum instrument instrument)
{
    struct command command = command_of(ACT_OPEN_PROJECT, "", "");
    TEXT_COPY(command.project.org_id, org_id);
    snprintf(command.project.name, sizeof(command.project.name), "Project %s", code);
    TEXT_COPY(command.project.short_code, code);
    TEXT_COPY(command.project.pathway,
              instrument == INSTRUMENT_CARBON_REMOVAL ? "biochar" : "wind");
    TEXT_COPY(command.project.pathway_code,
              instrument == INSTRUMENT_CARBON_REMOVAL ? "BIOCHAR" : "WIND");
    TEXT_COPY(command.project.country, "SWE");
    TEXT_COPY(command.project.status, "validated");
    command.project.instrument = (uint8_t)instrument;
    return command;
}

TOWN_UNUSED static const char *town_project(const char *org_id, const char *code,
                                            enum instrument instrument)
{
    struct command command = town_project_command(org_id, code, instrument);
    return town_do(&command);
}

TOWN_UNUSED static const char *town_issue(const char *project_id, int32_t vintage, int64_t units,
                                          int64_t buffer_units)
{
    struct command command = command_of(ACT_ISSUE, "", town_key());
    TEXT_COPY(command.issue.project_id, project_id);
    command.issue.vintage = vintage;
    command.issue.supplier_units = units;
    command.issue.buffer_units = buffer_units;
    return town_do(&command);
}

TOWN_UNUSED static void town_policy(const char *org_id, enum incoming_policy incoming,
                                    enum two_person two_person, int64_t above)
{
    struct command command = command_of(ACT_SET_POLICY, "", "");
    TEXT_COPY(command.policy.org_id, org_id);
    command.policy.incoming = (uint8_t)incoming;
    command.policy.two_person = (uint8_t)two_person;
    command.policy.two_person_above_units = above;
    town_do(&command);
}

/* An external transfer, oldest first. */
TOWN_UNUSED static struct command town_transfer(const char *user_id, const char *from_org_id,
                                                const char *to_org_id, const char *supplier_org_id,
                                                int64_t units)
{
    struct command command = command_of(ACT_TRANSFER, user_id, town_key());
    command.transfer.kind = TRANSFER_EXTERNAL;
    command.transfer.instrument = INSTRUMENT_CARBON_REMOVAL;
    TEXT_COPY(command.transfer.from_org_id, from_org_id);
    TEXT_COPY(command.transfer.to_org_id, to_org_id);
    TEXT_COPY(command.transfer.supplier_org_id, supplier_org_id);
    command.transfer.units = units;
    return command;
}

TOWN_UNUSED static struct command town_decide(enum act_kind kind, const char *user_id,
                                              const char *transfer_id, const char *reason)
{
    struct command command = command_of(kind, user_id, "");
    TEXT_COPY(command.decide.transfer_id, transfer_id);
    TEXT_COPY(command.decide.reason, reason);
    return command;
}

#endif
