/* api/member.c: see api/member.h. */
#include "api/member.h"

#include "api/json.h"
#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"

static bool refuse(struct member_refusal *refusal, const char *type, const char *msg);
static bool take_text(struct arena *arena, const struct member *member, const char *text,
                      struct value *value, struct member_refusal *refusal);

bool member_take(struct arena *arena, const struct member *member, const char *text,
                 struct value *value, struct member_refusal *refusal)
{
    switch ((int)member->kind) {
    case MEMBER_TEXT:
        return take_text(arena, member, text, value, refusal);
    case MEMBER_WORD:
        return member_take_word(arena, member, text, value, refusal);
    case MEMBER_ID:
        if (!id_is(text, NULL)) {
            return refuse(refusal, "id_malformed",
                          "Send an id of this registry, of 20 characters.");
        }
        *value = (struct value){.is_given = true, .text = text};
        return true;
    case MEMBER_TIME: {
        int64_t at = 0;
        if (!clock_parse_floor(text, &at)) {
            return refuse(refusal, "datetime_parsing",
                          "Send a time as in 2026-01-31T12:00:00Z, of the years 1900 to 2200.");
        }
        *value = (struct value){.is_given = true, .text = text, .number = at};
        return true;
    }
    default:
        must_fail(__FILE__, __LINE__, "the member takes a string");
    }
}

bool member_take_word(struct arena *arena, const struct member *member, const char *text,
                      struct value *value, struct member_refusal *refusal)
{
    const char *all = "";
    for (int i = 0; member->words[i] != NULL; i++) {
        if (text_is(member->words[i], text)) {
            *value = (struct value){.is_given = true, .text = member->words[i], .number = i};
            return true;
        }
        all = arena_printf(arena, "%s%s'%s'", all, i == 0 ? "" : ", ", member->words[i]);
    }
    return refuse(refusal, "enum", arena_printf(arena, "Send one of %s.", all));
}

const char *member_quote(struct arena *arena, const char *text)
{
    return json_quote(arena, text, FAULT_INPUT_CHARS_MAX);
}

static bool take_text(struct arena *arena, const struct member *member, const char *text,
                      struct value *value, struct member_refusal *refusal)
{
    size_t chars = text_characters(text);
    if (chars > member->chars_max) {
        return refuse(
            refusal, "string_too_long",
            arena_printf(arena, "Shorten this to at most %zu characters.", member->chars_max));
    }
    if ((int64_t)chars < member->least) {
        return refuse(refusal, "string_too_short", "Send some text here.");
    }
    if (text_has_control(text, member->allows_lines ? "\n" : "")) {
        return refuse(refusal, "string_control", "Leave out control characters.");
    }
    *value = (struct value){.is_given = true, .text = text};
    return true;
}

static bool refuse(struct member_refusal *refusal, const char *type, const char *msg)
{
    *refusal = (struct member_refusal){.type = type, .msg = msg};
    return false;
}
