/*
 * crash/history_found.h: the registry in which a history happens, and its copy to replay it in.
 * See crash/history.h.
 */
#ifndef CRASH_HISTORY_FOUND_H
#define CRASH_HISTORY_FOUND_H

#include <sqlite3.h>

#include "crash/history.h"

static void found_supplier(const struct tally *tally)
{
    int last = HISTORY_PARTIES - 1;
    id_make(&world->ids, "org", clock_now_us(), shared->org_ids[last]);
    world_open_org(world, tally, shared->org_ids[last], "Second supplier", true);
    struct command command = command_of(ACT_OPEN_PROJECT, "", "");
    id_make(&world->ids, "prj", clock_now_us(), shared->project_ids[1]);
    TEXT_COPY(command.project.project_id, shared->project_ids[1]);
    TEXT_COPY(command.project.org_id, shared->org_ids[last]);
    TEXT_COPY(command.project.name, "Second project");
    TEXT_COPY(command.project.short_code, "SECOND");
    TEXT_COPY(command.project.pathway, "biochar");
    TEXT_COPY(command.project.pathway_code, "BIOCHAR");
    TEXT_COPY(command.project.country, "GBR");
    TEXT_COPY(command.project.status, "validated");
    world_ask(tally, &command);
}

static void found_person(const struct tally *tally, int client)
{
    char *user_id = shared->user_ids[client];
    id_make(&world->ids, "usr", clock_now_us(), user_id);
    struct command command = command_of(ACT_SET_PERSON, "", "");
    (void)text_copy(command.person.user_id, ID_SIZE, user_id);
    world_ask(tally, &command);
    bool official = is_official(client);
    command.kind = official ? ACT_SET_REGISTRY_ROLES : ACT_SET_MEMBER;
    command.person.roles =
        (uint8_t)(official ? (unsigned)REGISTRY_ADMINISTRATOR : roles_of(client));
    if (!official) {
        TEXT_COPY(command.person.org_id, shared->org_ids[home_of(client)]);
    }
    world_ask(tally, &command);
}

/* Some accept everything, some ask, some trust one sender; some need two persons. */
static void found_policies(const struct tally *tally)
{
    for (int i = 0; i < HISTORY_PARTIES; i++) {
        struct command command = command_of(ACT_SET_POLICY, "", "");
        TEXT_COPY(command.policy.org_id, shared->org_ids[i]);
        command.policy.incoming = (uint8_t)(i % 3);
        enum two_person two_person = i % 4 == 3   ? TWO_PERSON_ALWAYS
                                     : i % 4 == 2 ? TWO_PERSON_ABOVE
                                                  : TWO_PERSON_NEVER;
        command.policy.two_person = (uint8_t)two_person;
        command.policy.two_person_above_units = 1000000;
        world_ask(tally, &command);
        command = command_of(ACT_TRUST, "", "");
        TEXT_COPY(command.trust.org_id, shared->org_ids[i]);
        TEXT_COPY(command.trust.sender_org_id, shared->org_ids[(i + 1) % HISTORY_PARTIES]);
        world_ask(tally, &command);
        command = command_of(ACT_OPEN_ACCOUNT, "", "");
        TEXT_COPY(command.account.org_id, shared->org_ids[i]);
        TEXT_COPY(command.account.name, "Second");
        command.account.kind = ACCOUNT_ACTIVE;
        world_ask(tally, &command);
    }
    struct command command = command_of(ACT_SET_SETTINGS, "", "");
    TEXT_COPY(command.setting.site_name, "Test");
    command.setting.expiry_days = 14;
    command.setting.registry_approval_units = 200000000;
    world_ask(tally, &command);
}

static sqlite3_stmt *history_sql(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    CHECK(sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK, "%s: %s", sql,
          sqlite3_errmsg(db));
    return statement;
}

static sqlite3 *history_open(const char *path)
{
    sqlite3 *db = NULL;
    CHECK(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK, "cannot read %s",
          path);
    return db;
}

static void history_text(sqlite3_stmt *statement, int column, char text[ID_SIZE])
{
    const char *found = (const char *)sqlite3_column_text(statement, column);
    memset(text, 0, ID_SIZE);
    CHECK(text_copy(text, ID_SIZE, found == NULL ? "" : found), "\"%s\" is no id", found);
}

static void learn_accounts(sqlite3 *db)
{
    static const char *const names[HISTORY_ACCOUNTS] = {"Main", "Second", "Retirement"};
    sqlite3_stmt *statement =
        history_sql(db, "SELECT account_id FROM account WHERE org_id = ?1 AND name = ?2");
    for (int i = 0; i < HISTORY_ORGS * HISTORY_ACCOUNTS; i++) {
        sqlite3_bind_text(statement, 1, shared->org_ids[i / HISTORY_ACCOUNTS], -1, SQLITE_STATIC);
        sqlite3_bind_text(statement, 2, names[i % HISTORY_ACCOUNTS], -1, SQLITE_STATIC);
        if (sqlite3_step(statement) == SQLITE_ROW) {
            history_text(statement, 0, shared->account_ids[i]);
        }
        sqlite3_reset(statement);
    }
    sqlite3_finalize(statement);
    statement = history_sql(db, "SELECT max(seq) FROM act");
    CHECK(sqlite3_step(statement) == SQLITE_ROW, "no acts");
    shared->start_seq = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
}

static const char *replay_path(void)
{
    static char path[WORLD_PATH_SIZE + 16];
    (void)snprintf(path, sizeof path, "%.200s/replay.db", world->folder);
    return path;
}

/* Ten organisations with sixty people, three administrators, one organisation of the past. */
static void history_found(void)
{
    world = world_open("history", "release");
    struct tally tally = world_tally(world);
    for (int i = 0; i < WORLD_ORGS; i++) {
        memcpy(shared->org_ids[i], world->org_ids[i], ID_SIZE);
    }
    memcpy(shared->org_ids[WORLD_ORGS], world->supplier_org_id, ID_SIZE);
    memcpy(shared->project_ids[0], world->project_id, ID_SIZE);
    shared->supplier_of[0] = WORLD_ORGS;
    shared->supplier_of[1] = HISTORY_PARTIES - 1;
    found_supplier(&tally);
    id_make(&world->ids, "org", clock_now_us(), shared->org_ids[HISTORY_PAST_ORG]);
    world_open_org(world, &tally, shared->org_ids[HISTORY_PAST_ORG], "Of the past", false);
    memset(shared->user_ids[HISTORY_OPERATOR], 0, ID_SIZE);
    for (int client = 1; client < CLIENTS; client++) {
        found_person(&tally, client);
    }
    found_policies(&tally);
    way_close(tally.way);

    sqlite3 *db = history_open(world->registry_path);
    learn_accounts(db);
    char copy[WORLD_PATH_SIZE + 64];
    (void)snprintf(copy, sizeof copy, "VACUUM INTO '%s'", replay_path());
    CHECK(sqlite3_exec(db, copy, NULL, NULL, NULL) == SQLITE_OK, "no copy: %s", sqlite3_errmsg(db));
    sqlite3_close(db);
    CHECK(sqlite3_open(replay_path(), &db) == SQLITE_OK &&
              sqlite3_exec(db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL) == SQLITE_OK,
          "the copy has no WAL");
    sqlite3_close(db);
    static const enum asker programs[] = {PROGRAM_ACCOUNT, PROGRAM_ADMIN, PROGRAM_TALLY};
    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(shared->socket_paths[i], WORLD_PATH_SIZE, "%.200s/ledger-%s.sock",
                       world->run_dir, program_word(programs[i]));
    }
}

#endif
