/*
 * api/body_scan.h: a look over the text of a body before it is parsed, and the place of a byte in
 * it afterwards. It checks nothing but what is too much: libjansson says what is wrong, and says it
 * with a position; which member stands there is told here.
 */
#ifndef API_BODY_SCAN_H
#define API_BODY_SCAN_H

#include <stddef.h>

#include "api/fault.h"

enum scan_bound {
    SCAN_WITHIN,
    SCAN_DEEP, /* more than BODY_DEPTH_MAX levels */
    SCAN_MANY, /* more than BODY_VALUES_MAX values */
};

/* Walks over the first until_bytes of text. *loc becomes the place of the member or element that
 * begins or goes on there (or, past a bound, where it was passed): ["body", "lines", 3, "id"]. */
enum scan_bound body_scan(struct arena *arena, const char *text, size_t until_bytes,
                          struct loc *loc);

/* A member's name for a place: cut to FAULT_INPUT_CHARS_MAX characters; "?" when it is not UTF-8.
 */
const char *body_name(struct arena *arena, const char *name, size_t size_bytes);

#endif
