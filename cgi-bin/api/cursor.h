/*
 * api/cursor.h: a place in a list as opaque text (api/page.h says what it promises): base64url of
 * 12 bytes of a digest, the key (8 bytes, big-endian), the id (20) and the sort text. The digest is
 * over all of it and over what the list is; it guards against mistakes. It is no secret: a cursor
 * shows nothing that its list does not.
 */
#ifndef API_CURSOR_H
#define API_CURSOR_H

#include <stdbool.h>

#include "api/page.h"

/* What a list is: its name, what it belongs to, its filters as they were read. */
struct digest cursor_scope(const struct query_form *form, const char *subject,
                           const struct query_value *values);

const char *cursor_write(struct arena *arena, const struct digest *scope,
                         const struct page_end *end);
/* False: malformed, of another list or other filters, or made up. */
bool cursor_read(struct arena *arena, const struct digest *scope, const char *text,
                 struct page_end *end);

#endif
