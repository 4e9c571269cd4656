/*
 * tests/unit/api_room.h: a visit of a program with nothing behind it: an arena, a request, a list
 * of faults. Include after cmocka's headers.
 */
#ifndef TESTS_API_ROOM_H
#define TESTS_API_ROOM_H

#include <stdio.h>
#include <string.h>

#include "api/fault.h"
#include "api/json.h"
#include "base/text.h"
#include "gate/gate.h"
#include "unit/people_room.h"

#define ROOM_UNUSED __attribute__((unused))

static struct arena room_arena;
static struct request room_asked;
static struct api_faults room_faults;
static struct visit room_visit;
static struct pair room_pairs[64];

/* Begins anew: an empty request of a method. */
ROOM_UNUSED static struct visit *room_begin(enum method method)
{
    static const char *const no_arguments[4];
    if (room_arena.bytes == NULL) {
        arena_map(&room_arena, ARENA_BYTES);
    }
    arena_reset(&room_arena, 0);
    room_asked = room_request(method, "/registry/v0/things");
    room_faults = (struct api_faults){0};
    room_visit = (struct visit){.arena = &room_arena,
                                .request = &room_asked,
                                .arguments = no_arguments,
                                .site_url = "https://registry.example",
                                .user_id = "",
                                .org_id = "",
                                .faults = &room_faults};
    return &room_visit;
}

/* A POST of a body of so many bytes. */
ROOM_UNUSED static struct visit *room_post(const char *type, const char *body, size_t size_bytes)
{
    struct visit *visit = room_begin(METHOD_POST);
    room_asked.content_type = type;
    room_asked.body = arena_text_sized(&room_arena, body, size_bytes);
    room_asked.body_bytes = size_bytes;
    return visit;
}

/* A GET with a query of names and values, ended by NULL. */
ROOM_UNUSED static struct visit *room_get(const char *const *query)
{
    struct visit *visit = room_begin(METHOD_GET);
    size_t count = 0;
    for (; query[2 * count] != NULL; count++) {
        assert_true(count < sizeof room_pairs / sizeof room_pairs[0]);
        room_pairs[count] = (struct pair){query[2 * count], query[2 * count + 1]};
    }
    room_asked.query = (struct pairs){room_pairs, count};
    return visit;
}

/* "body.lines.3.id" */
ROOM_UNUSED static const char *room_place(const struct loc *loc)
{
    const char *text = "";
    for (size_t i = 0; i < loc->count; i++) {
        const struct loc_step *step = &loc->steps[i];
        text = step->name != NULL
                   ? arena_printf(&room_arena, "%s%s%s", text, i == 0 ? "" : ".", step->name)
                   : arena_printf(&room_arena, "%s.%lld", text, (long long)step->index);
    }
    return text;
}

/* Is there exactly one fault, at this place and of this type? */
ROOM_UNUSED static void room_only_fault(const char *place, const char *type)
{
    if (room_faults.count != 1 || !text_is(room_place(&room_faults.at[0].loc), place) ||
        !text_is(room_faults.at[0].type, type)) {
        for (size_t i = 0; i < room_faults.count; i++) {
            print_error("%s: %s: %s\n", room_place(&room_faults.at[i].loc), room_faults.at[i].type,
                        room_faults.at[i].msg);
        }
        fail_msg("not the one fault %s: %s", place, type);
    }
    assert_true(strlen(room_faults.at[0].msg) > 5);
}

/* What was written so far, and from now on nothing. */
ROOM_UNUSED static const char *room_written(struct out *out)
{
    const char *text = arena_text_sized(&room_arena, out->bytes, out->size_bytes);
    out->size_bytes = 0;
    return text;
}

#endif
