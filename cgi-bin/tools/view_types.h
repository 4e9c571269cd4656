/*
 * tools/view_types.h: what a C type written in a view header means to a template.
 * Between view_parse.c and view_types.c only; everyone else reads struct view_member.
 */
#ifndef TOOLS_VIEW_TYPES_H
#define TOOLS_VIEW_TYPES_H

#include "tools/mustache.h"

/* Fills type, kind, is_pointer and struct_name from a type written with one space between its
 * tokens, `const char * const`. Lists look like structs here; view_is_list() tells them apart once
 * all headers are read. */
void view_type_member(struct view_member *member, const char *type);

#endif
