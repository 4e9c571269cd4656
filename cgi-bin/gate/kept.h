/*
 * gate/kept.h: the last pages made, for programs whose pages are the same for everybody
 * (gate_setup.page_tag). A page is found by its tag alone, and the tag stands for all that the page
 * is made of, read in this request: so what is found is, byte for byte, what the handler would make
 * now. Nothing here grows old: another act, day or address is another tag.
 */
#ifndef GATE_KEPT_H
#define GATE_KEPT_H

#include <stdbool.h>

#include "http/http.h"

/* Fills an empty response with the page of this tag; false when it is not kept. */
bool kept_find(const char *tag, struct response *response);
/* Keeps a whole page: a 200 with this tag, no cookie, no download. Others are left alone. */
void kept_add(const char *tag, const struct response *response);

#endif
