/*
 * base/text.h: small work on NUL-terminated text. All text inside is UTF-8.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* Equality; NULL equals only NULL. */
bool text_is(const char *one, const char *other);
bool text_empty(const char *text); /* NULL or "" */
bool text_starts(const char *text, const char *prefix);

/* Copies into a fixed array and says whether it fitted; when it did not, the array holds "". */
bool text_copy(char *to, size_t to_bytes, const char *from);
#define TEXT_COPY(array, from) text_copy((array), sizeof(array), (from))

/* Well-formed UTF-8 (no overlong forms, no surrogates)? */
bool text_utf8_is(const char *text);
/* Number of code points of well-formed UTF-8. */
size_t text_characters(const char *text);
/* Any control character: U+0000-001F (except those listed in allowed), U+007F-009F, U+2028/2029, or
 * bidirectional override? */
bool text_has_control(const char *text, const char *allowed);

/* Without white space (Unicode's) at both ends. */
const char *text_trim(struct arena *arena, const char *text);
/* Is it so already? */
bool text_is_trim(const char *text);
/* NULL, "" or white space alone? */
bool text_blank(const char *text);
/* ASCII lower case. */
const char *text_lower(struct arena *arena, const char *text);

/* Strict decimal digits only -> number; false on anything else or overflow. A leading '-' only when
 * signed_ok. */
bool text_parse_int(const char *text, bool signed_ok, int64_t *number);

/* Numbers for people: 1234567 -> "1,234,567". */
const char *text_int_grouped(struct arena *arena, int64_t number);

#endif
