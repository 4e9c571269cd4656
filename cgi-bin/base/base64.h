/*
 * base/base64.h: base64url (RFC 4648 section 5) without padding, in its one canonical form: every
 * byte string has exactly one text, and no other text is read.
 */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* Characters that size_bytes bytes take. */
#define BASE64_CHARS(size_bytes) (((size_bytes)*4 + 2) / 3)

/* The text of bytes, NUL-terminated, in the arena. */
const char *base64_write(struct arena *arena, const void *bytes, size_t size_bytes);
/* The same bytes in the plain alphabet (section 4) with padding, as others want to read them: what
 * a webhook is signed with. */
const char *base64_write_padded(struct arena *arena, const void *bytes, size_t size_bytes);
/* Reads text_chars characters into `to` (room for at least text_chars * 3 / 4 bytes). False for
 * padding, white space, another character, a length that no byte string has, or bits behind the
 * last byte that are not zero. */
bool base64_read(const char *text, size_t text_chars, void *to, size_t *size_bytes);

#endif
