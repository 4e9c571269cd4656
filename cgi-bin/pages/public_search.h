/*
 * pages/public_search.h: what was typed into the search box, read as what it may be. Pure.
 */
#ifndef PAGES_PUBLIC_SEARCH_H
#define PAGES_PUBLIC_SEARCH_H

#include <stdbool.h>

#include "base/arena.h"
#include "model/serial.h"

/* An id as people copy or type it: in any case, with O for 0 and I or L for 1 (Crockford). NULL
 * when it is none. */
const char *search_id(struct arena *arena, const char *typed);
/* A serial number in any case, also with blanks around its hyphens: of a block or of one unit. */
bool search_serial(struct arena *arena, const char *typed, struct serial *serial);
/* A project's short code in capitals; NULL when it cannot be one. */
const char *search_code(struct arena *arena, const char *typed);

#endif
