/*
 * unit/admin_room.h: somebody who administers people and programs in the folder of people_room.h,
 * and a ledger that makes the members that it is asked for. Include after cmocka's headers.
 */
#ifndef TESTS_UNIT_ADMIN_ROOM_H
#define TESTS_UNIT_ADMIN_ROOM_H

#include "base/clock.h"
#include "gate/credential.h"
#include "gate/person_admin.h"
#include "unit/people_room.h"

#define ISSUER "https://registry.example.org"

/* Ada, now, with people.db open for writing; close it with store_close. */
static inline struct person_admin
room_admin(struct arena *arena,
           enum status (*ask)(void *context, const struct command *command, struct answer *answer),
           const struct query_table *const tables[])
{
    struct person_admin admin = {.arena = arena,
                                 .people =
                                     store_open(STORE_PEOPLE, STORE_WRITE, room_people, tables),
                                 .ask = ask,
                                 .user_id = ADA,
                                 .tag = "SBX",
                                 .now_us = clock_now_us()};
    assert_non_null(admin.people);
    return admin;
}

/* What the ledger does when a program is made a member, or its roles are changed. */
static inline void room_make_member(const struct command *command)
{
    char sql[512];
    if (command->kind == ACT_SET_PERSON) {
        assert_true(command->person.is_program);
        (void)snprintf(sql, sizeof sql,
                       "INSERT INTO person (user_id, state, since_at, is_program, program_org_id)"
                       " VALUES ('%s', 'active', 1, 1, '%s')",
                       command->person.user_id, command->person.org_id);
    } else {
        assert_int_equal(command->kind, ACT_SET_MEMBER);
        (void)snprintf(sql, sizeof sql,
                       "INSERT INTO membership VALUES ('%s', '%s', %d, 1)"
                       " ON CONFLICT DO UPDATE SET roles = excluded.roles",
                       command->person.org_id, command->person.user_id, command->person.roles);
    }
    room_sql(room_registry, sql);
}

/* A token for reading, for thirty days. */
static inline struct token_wish room_wish(void)
{
    return (struct token_wish){.org_id = NORTH,
                               .name = "Nightly job",
                               .roles = ROLE_VIEWER,
                               .scopes = SCOPE_READ,
                               .ranges = "",
                               .days = 30};
}

#endif
