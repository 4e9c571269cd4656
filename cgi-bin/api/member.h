/*
 * api/member.h: taking one string of a body as its member wants it. Apart from api/body.c because
 * that includes libjansson, whose names are not for the rest of the room.
 */
#ifndef API_MEMBER_H
#define API_MEMBER_H

#include <stdbool.h>

#include "api/body.h"

struct member_refusal {
    const char *type;
    const char *msg;
};

/* MEMBER_TEXT, MEMBER_ID, MEMBER_WORD, MEMBER_TIME. text must outlive the value. False: why. */
bool member_take(struct arena *arena, const struct member *member, const char *text,
                 struct value *value, struct member_refusal *refusal);
/* One word of a MEMBER_WORDS. */
bool member_take_word(struct arena *arena, const struct member *member, const char *text,
                      struct value *value, struct member_refusal *refusal);
/* A string as a fault's input. */
const char *member_quote(struct arena *arena, const char *text);

#endif
