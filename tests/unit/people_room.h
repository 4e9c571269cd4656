/*
 * people_room.h: a folder with an empty registry.db and people.db, a few rows in them, and requests
 * made by hand: for tests of the gate and of the people store. Include after cmocka's headers.
 */
#ifndef TESTS_UNIT_PEOPLE_ROOM_H
#define TESTS_UNIT_PEOPLE_ROOM_H

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/digest.h"
#include "http/http.h"
#include "store/store.h"

#define ADA "usr_1KNS0Q2D6SBX0A01"
#define BOB "usr_1KNS0Q2D6SBX0A02"
#define NORTH "org_1KNS0Q2D6SBX0A01"
#define FJORD "org_1KNS0Q2D6SBX0A02"
#define HALDEN "org_1KNS0Q2D6SBX0A03"

static char room_folder[64];
static char room_registry[96];
static char room_people[96];

/* Runs SQL on a file with a connection of its own. */
static inline void room_sql(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    char *message = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 2000);
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK) {
        fail_msg("%s: %s", sql, message);
    }
    sqlite3_close(db);
}

/* The first column of the first row as a number; -1: no row. */
static inline int64_t room_number(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    int64_t number = -1;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    if (sqlite3_step(statement) == SQLITE_ROW) {
        number = sqlite3_column_int64(statement, 0);
    }
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return number;
}

static inline void room_open(void)
{
    strcpy(room_folder, "/tmp/tallystick-gate-XXXXXX");
    assert_non_null(mkdtemp(room_folder));
    (void)snprintf(room_registry, sizeof room_registry, "%s/registry.db", room_folder);
    (void)snprintf(room_people, sizeof room_people, "%s/people.db", room_folder);
    assert_int_equal(store_migrate(STORE_REGISTRY, room_registry, "schema/registry"), STATUS_OK);
    assert_int_equal(store_migrate(STORE_PEOPLE, room_people, "schema/people"), STATUS_OK);
    room_sql(room_people,
             "INSERT INTO person VALUES ('" ADA "', 'Ada Example', 'Ada@example.org', 'active', 1),"
             " ('" BOB "', 'Bob Example', 'bob@example.org', 'active', 2)");
    room_sql(room_registry, "INSERT INTO organisation (org_id, name, kind, state, opened_at) VALUES"
                            " ('" NORTH "', 'Northwind', 'participant', 'active', 1),"
                            " ('" FJORD "', 'fjord foods', 'participant', 'active', 1),"
                            " ('" HALDEN "', 'Halden', 'participant', 'active', 1);"
                            "INSERT INTO person (user_id, state, registry_roles, since_at) VALUES"
                            " ('" ADA "', 'active', 0, 1), ('" BOB "', 'active', 0, 1);"
                            "INSERT INTO membership VALUES ('" NORTH "', '" ADA "', 3, 1), ('" FJORD
                            "', '" ADA "', 8, 1),"
                            " ('" HALDEN "', '" ADA "', 0, 1)");
}

static inline void room_close(void)
{
    static const char *const names[] = {"registry.db", "registry.db-wal", "registry.db-shm",
                                        "people.db", "people.db-journal"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s/%s", room_folder, names[i]);
        (void)unlink(path);
    }
    (void)rmdir(room_folder);
}

/* A request with nothing in it. */
static inline struct request room_request(enum method method, const char *path)
{
    return (struct request){.method = method,
                            .path = path,
                            .query_text = "",
                            .content_type = "",
                            .body = "",
                            .cookie = "",
                            .origin = "",
                            .fetch_site = method == METHOD_POST ? "same-origin" : "",
                            .remote_address = "192.0.2.1",
                            .user_agent = "test",
                            .request_id = "r",
                            .if_none_match = "",
                            .authorization = "",
                            .client_secret = "",
                            .idempotency_key = "",
                            .accept = ""};
}

static inline struct response room_response(struct arena *arena)
{
    struct response response = {.http_code = 200, .content_type = "text/html; charset=utf-8"};
    out_init(&response.body, arena, 4096);
    return response;
}

#endif
