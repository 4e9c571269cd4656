/*
 * tools/view_types.c: what a C type means to a template, and looking things up in a view_set.
 */
#include "tools/view_types.h"

#include <string.h>

static bool text_begins(const char *text, const char *beginning)
{
    return strncmp(text, beginning, strlen(beginning)) == 0;
}

static bool text_ends(const char *text, const char *ending)
{
    size_t text_bytes = strlen(text);
    size_t ending_bytes = strlen(ending);
    return text_bytes >= ending_bytes && strcmp(text + text_bytes - ending_bytes, ending) == 0;
}

/* The type without a const that only binds the member itself, which means nothing to a reader. */
static const char *type_without_outer_const(const char *type)
{
    if (text_ends(type, "* const")) {
        return pool_copy(type, strlen(type) - strlen(" const"));
    }
    bool is_pointer = strchr(type, '*') != NULL;
    if (!is_pointer && text_begins(type, "const ")) {
        return type + strlen("const ");
    }
    if (!is_pointer && text_ends(type, " const")) {
        return pool_copy(type, strlen(type) - strlen(" const"));
    }
    return type;
}

/* NAME when type is `struct NAME`, else NULL. */
static const char *type_struct_name(const char *type)
{
    const char *name = type + strlen("struct ");
    return text_begins(type, "struct ") && strpbrk(name, " *") == NULL ? name : NULL;
}

void view_type_member(struct view_member *member, const char *type)
{
    static const struct {
        const char *type;
        enum value_kind kind;
    } simple[] = {
        {"const char *", VALUE_TEXT}, {"char const *", VALUE_TEXT},
        {"int", VALUE_INT},           {"int64_t", VALUE_INT},
        {"bool", VALUE_BOOL},         {"_Bool", VALUE_BOOL},
        {"struct url", VALUE_URL},    {"struct markup", VALUE_MARKUP},
    };
    type = type_without_outer_const(type);
    member->type = type;
    member->kind = VALUE_OTHER;
    for (size_t i = 0; i < sizeof simple / sizeof simple[0]; i++) {
        if (strcmp(type, simple[i].type) == 0) {
            member->kind = simple[i].kind;
            return;
        }
    }
    bool is_pointer = text_ends(type, " *");
    const char *pointed = type;
    if (is_pointer) {
        pointed = pool_copy(type, strlen(type) - strlen(" *"));
        const char *without_const = type_without_outer_const(pointed);
        if (without_const == pointed) {
            return; /* a pointer to something a template's reader could change */
        }
        pointed = without_const;
    }
    const char *name = type_struct_name(pointed);
    bool is_leaf = name != NULL && (strcmp(name, "url") == 0 || strcmp(name, "markup") == 0);
    if (name != NULL && !is_leaf) {
        member->kind = VALUE_STRUCT;
        member->is_pointer = is_pointer;
        member->struct_name = name;
    }
}

const struct view_struct *view_find_struct(const struct view_set *set, const char *name)
{
    const struct view_struct *type = set->structs;
    while (type != NULL && strcmp(type->name, name) != 0) {
        type = type->next;
    }
    return type;
}

const struct view_member *view_find_member(const struct view_struct *type, const char *name)
{
    const struct view_member *member = type->members;
    while (member != NULL && strcmp(member->name, name) != 0) {
        member = member->next;
    }
    return member;
}

struct view_row view_list_row(const struct view_struct *list)
{
    const char *at = list->members->type;
    struct view_member row = {0};
    view_type_member(&row, pool_copy(at, strlen(at) - strlen(" *")));
    const char *type = row.type;
    if (row.kind == VALUE_STRUCT && !row.is_pointer) {
        type = pool_printf("const struct %s *", row.struct_name);
    }
    if (row.kind == VALUE_BOOL || row.is_pointer) {
        row.kind = VALUE_OTHER;
    }
    return (struct view_row){.kind = row.kind, .type = type, .struct_name = row.struct_name};
}

bool view_is_list(const struct view_struct *type)
{
    const struct view_member *at = type->members;
    const struct view_member *count = at == NULL ? NULL : at->next;
    return count != NULL && count->next == NULL && strcmp(at->name, "at") == 0 &&
           strcmp(count->name, "count") == 0 && strcmp(count->type, "size_t") == 0 &&
           text_ends(at->type, " *") && view_list_row(type).kind != VALUE_OTHER;
}
