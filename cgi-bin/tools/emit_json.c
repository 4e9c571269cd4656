/*
 * tools/emit_json.c: C that writes a view struct as JSON, for tests only.
 *
 * A test renders a page twice from one view: with the compiled template, and with the reference
 * Mustache implementation over this JSON. Two members do not look in JSON as they do in C. Markup
 * becomes
 * {"html": "..."} (NULL and "" become null), because the reference must know what not to escape.
 * Integers that a JSON number cannot hold exactly become strings, which show the same digits.
 */
#include "tools/mustache.h"

#include <string.h>

/* Begins every generated file. Not every page has every kind of value, hence `unused`. */
static const char json_runtime[] =
    "#define UNUSED __attribute__((unused))\n"
    "\n"
    "UNUSED static void write_text(struct out *out, const char *text)\n"
    "{\n"
    "    static const char hex[] = \"0123456789abcdef\";\n"
    "    if (text == NULL) {\n"
    "        out_text(out, \"null\");\n"
    "        return;\n"
    "    }\n"
    "    out_text(out, \"\\\"\");\n"
    "    for (; *text != '\\0'; text++) {\n"
    "        unsigned char byte = (unsigned char)*text;\n"
    "        if (byte < 0x20 || byte == '\"' || byte == '\\\\') {\n"
    "            out_text(out, \"\\\\u00\");\n"
    "            out_bytes(out, &hex[byte >> 4], 1);\n"
    "            out_bytes(out, &hex[byte & 15], 1);\n"
    "        } else {\n"
    "            out_bytes(out, text, 1);\n"
    "        }\n"
    "    }\n"
    "    out_text(out, \"\\\"\");\n"
    "}\n"
    "\n"
    "UNUSED static void write_int(struct out *out, int64_t number)\n"
    "{\n"
    "    bool is_exact = number >= -9007199254740991 && number <= 9007199254740991;\n"
    "    out_text(out, is_exact ? \"\" : \"\\\"\");\n"
    "    out_int(out, number);\n"
    "    out_text(out, is_exact ? \"\" : \"\\\"\");\n"
    "}\n"
    "\n"
    "UNUSED static void write_bool(struct out *out, bool flag)\n"
    "{\n"
    "    out_text(out, flag ? \"true\" : \"false\");\n"
    "}\n"
    "\n"
    "UNUSED static void write_url(struct out *out, struct url url)\n"
    "{\n"
    "    write_text(out, url.text);\n"
    "}\n"
    "\n"
    "UNUSED static void write_markup(struct out *out, struct markup markup)\n"
    "{\n"
    "    if (markup.html == NULL || markup.html[0] == '\\0') {\n"
    "        out_text(out, \"null\");\n"
    "        return;\n"
    "    }\n"
    "    out_text(out, \"{\\\"html\\\":\");\n"
    "    write_text(out, markup.html);\n"
    "    out_text(out, \"}\");\n"
    "}\n";

/* The writer above for a simple kind; NULL for structs, lists and what has no JSON. */
static const char *kind_writer(enum value_kind kind)
{
    switch (kind) {
    case VALUE_TEXT:
        return "write_text";
    case VALUE_INT:
        return "write_int";
    case VALUE_BOOL:
        return "write_bool";
    case VALUE_URL:
        return "write_url";
    case VALUE_MARKUP:
        return "write_markup";
    case VALUE_STRUCT:
    case VALUE_LIST:
    case VALUE_OTHER:
        break;
    }
    return NULL;
}

static void emit_list(struct growing *c, const struct view_struct *list)
{
    const struct view_row row = view_list_row(list);
    const char *writer = kind_writer(row.kind);
    growing_printf(c, "    out_text(out, \"[\");\n"
                      "    for (size_t i = 0; i < view->count; i++) {\n"
                      "        out_text(out, i == 0 ? \"\" : \",\");\n");
    if (writer != NULL) {
        growing_printf(c, "        %s(out, view->at[i]);\n", writer);
    } else {
        growing_printf(c, "        write_struct_%s(out, &view->at[i]);\n", row.struct_name);
    }
    growing_printf(c, "    }\n    out_text(out, \"]\");\n");
}

static void emit_member(struct growing *c, const struct view_member *member, bool is_first)
{
    const char *writer = kind_writer(member->kind);
    growing_printf(c, "    out_text(out, \"%s\\\"%s\\\":\");\n", is_first ? "" : ",", member->name);
    if (writer != NULL) {
        growing_printf(c, "    %s(out, view->%s);\n", writer, member->name);
    } else if (member->is_pointer) {
        growing_printf(c,
                       "    if (view->%s == NULL) {\n"
                       "        out_text(out, \"null\");\n"
                       "    } else {\n"
                       "        write_struct_%s(out, view->%s);\n"
                       "    }\n",
                       member->name, member->struct_name, member->name);
    } else {
        growing_printf(c, "    write_struct_%s(out, &view->%s);\n", member->struct_name,
                       member->name);
    }
}

/* Gathers the prototypes and bodies of the writers for a struct and all it reaches, each once. */
static void emit_struct(struct growing *prototypes, struct growing *bodies,
                        const struct view_set *set, const char *name)
{
    struct view_struct *type = set->structs;
    while (type != NULL && strcmp(type->name, name) != 0) {
        type = type->next;
    }
    if (type == NULL || type->is_written) {
        return;
    }
    type->is_written = true;
    growing_printf(prototypes,
                   "static void write_struct_%s(struct out *out, const struct %s *view);\n", name,
                   name);
    struct growing body = {0};
    growing_printf(&body,
                   "\nstatic void write_struct_%s(struct out *out, const struct %s *view)\n{\n",
                   name, name);
    if (view_is_list(type)) {
        const struct view_row row = view_list_row(type);
        emit_list(&body, type);
        if (row.kind == VALUE_STRUCT) {
            emit_struct(prototypes, bodies, set, row.struct_name);
        }
    } else {
        bool is_first = true;
        growing_printf(&body, "    (void)view;\n    out_text(out, \"{\");\n");
        for (const struct view_member *member = type->members; member != NULL;
             member = member->next) {
            bool is_struct = member->kind == VALUE_STRUCT;
            bool is_known = !is_struct || view_find_struct(set, member->struct_name) != NULL;
            if (member->kind == VALUE_OTHER || !is_known) {
                continue;
            }
            emit_member(&body, member, is_first);
            is_first = false;
            if (is_struct) {
                emit_struct(prototypes, bodies, set, member->struct_name);
            }
        }
        growing_printf(&body, "    out_text(out, \"}\");\n");
    }
    growing_printf(&body, "}\n");
    growing_add(bodies, body.bytes, body.size_bytes);
}

void emit_json(struct growing *c, const char *program, const struct page *pages,
               const struct view_set *set)
{
    struct growing prototypes = {0};
    struct growing bodies = {0};
    growing_add(&prototypes, "", 0);
    growing_add(&bodies, "", 0);
    for (const struct page *page = pages; page != NULL; page = page->next) {
        emit_struct(&prototypes, &bodies, set, page->view_struct);
    }
    growing_printf(c,
                   "/* Made by cgi-bin/tools/mustache for the tests of '%s'. Do not edit. */\n"
                   "#include \"%s_json.h\"\n\n%s\n%s%s",
                   program, program, json_runtime, prototypes.bytes, bodies.bytes);
    for (const struct page *page = pages; page != NULL; page = page->next) {
        growing_printf(c,
                       "\nvoid view_json_%s(struct out *out, const struct %s *view)\n"
                       "{\n"
                       "    write_struct_%s(out, view);\n"
                       "}\n",
                       page->function, page->view_struct, page->view_struct);
    }
}
