/*
 * tools/resolve.c: every name in a page becomes a C expression over the page's view struct.
 *
 * Mustache looks a name up in the innermost section's value and then outwards. Types are known
 * here, so the search happens now and what is left for run time is only whether a pointer is NULL
 * or a list empty.
 */
#include "tools/mustache.h"

#include <string.h>

/* What a section pushed. */
struct frame {
    struct value value;
    const char *members; /* VALUE_STRUCT: what stands before a member's name, `view->page.` */
    const struct frame *outer;
};

struct resolver {
    const struct view_set *set;
    int row_count; /* loop variables so far, for distinct names */
};

static const char *guard_join(const char *guard, const char *condition)
{
    return guard == NULL ? condition : pool_printf("%s && %s", guard, condition);
}

/* The struct of that name, which the node's value is of or lists. */
static const struct view_struct *struct_find(const struct resolver *resolver,
                                             const struct node *node, const char *name)
{
    const struct view_struct *type = view_find_struct(resolver->set, name);
    if (type == NULL) {
        fail(node->file, node->line, "'%s' needs struct %s, which no header of this view declares",
             node->text, name);
    }
    return type;
}

/* The value of a member; `members` stands before its name and may be read when `guard` holds. */
static struct value value_of_member(const struct resolver *resolver, const struct node *node,
                                    const struct view_member *member, const char *members,
                                    const char *guard)
{
    struct value value = {.kind = member->kind, .guard = guard, .is_pointer = member->is_pointer};
    value.expression = pool_printf("%s%s", members, member->name);
    if (member->kind == VALUE_OTHER) {
        fail(node->file, node->line, "'%s' has the type '%s', which a template cannot show",
             node->text, member->type);
    }
    if (member->kind == VALUE_STRUCT) {
        value.type = struct_find(resolver, node, member->struct_name);
        value.kind = view_is_list(value.type) ? VALUE_LIST : VALUE_STRUCT;
    }
    return value;
}

/* Follows `rest` (".b.c" of "a.b.c") into a value. Strictly: a later part is never looked for
 * outwards. */
static struct value value_follow(const struct resolver *resolver, const struct node *node,
                                 struct value value, const char *rest)
{
    while (*rest == '.') {
        size_t name_bytes = strcspn(rest + 1, ".");
        const char *name = pool_copy(rest + 1, name_bytes);
        rest += 1 + name_bytes;
        if (value.kind != VALUE_STRUCT) {
            fail(node->file, node->line, "'%s': what stands before '.%s' is not a struct",
                 node->text, name);
        }
        const struct view_member *member = view_find_member(value.type, name);
        if (member == NULL) {
            fail(node->file, node->line, "'%s': struct %s has no member '%s'", node->text,
                 value.type->name, name);
        }
        const char *guard = value.guard;
        if (value.is_pointer) {
            guard = guard_join(guard, pool_printf("%s != NULL", value.expression));
        }
        const char *members = pool_printf("%s%s", value.expression, value.is_pointer ? "->" : ".");
        value = value_of_member(resolver, node, member, members, guard);
    }
    return value;
}

bool resolve_is_always_true(const struct value *value)
{
    return value->kind == VALUE_STRUCT && !value->is_pointer && value->guard == NULL;
}

/* C that reads the value is going to be made: if it reads a loop variable, that one is needed. */
static void value_use(const struct value *value)
{
    if (value->is_row_used != NULL) {
        *value->is_row_used = true;
    }
}

static struct value value_find(const struct resolver *resolver, const struct node *node,
                               const struct frame *frame)
{
    if (strcmp(node->text, ".") == 0) {
        if (frame->value.kind == VALUE_STRUCT) {
            fail(node->file, node->line, "{{.}} is a struct %s here; name one of its members",
                 frame->value.type->name);
        }
        return frame->value;
    }
    size_t name_bytes = strcspn(node->text, ".");
    const char *name = pool_copy(node->text, name_bytes);
    struct growing places = {0};
    for (; frame != NULL; frame = frame->outer) {
        if (frame->value.kind != VALUE_STRUCT) {
            continue;
        }
        const struct view_member *member = view_find_member(frame->value.type, name);
        if (member != NULL) {
            struct value value = value_of_member(resolver, node, member, frame->members, NULL);
            value = value_follow(resolver, node, value, node->text + name_bytes);
            value.is_row_used = frame->value.is_row_used;
            return value;
        }
        growing_printf(&places, "%sstruct %s", places.size_bytes == 0 ? "" : " or ",
                       frame->value.type->name);
    }
    fail(node->file, node->line, "the name '%s' is unknown in %s", name, places.bytes);
}

static void resolve_nodes(struct resolver *resolver, struct node *nodes, const struct frame *frame);

/* A section over a list: its children see one row, through a loop variable. */
static void resolve_list(struct resolver *resolver, struct node *node, const struct frame *outer)
{
    const struct view_row row = view_list_row(node->value.type);
    const char *last_dot = strrchr(node->text, '.');
    int number = ++resolver->row_count;
    node->row = pool_printf("%s_%d", last_dot == NULL ? node->text : last_dot + 1, number);
    node->index = pool_printf("i_%d", number);
    struct frame frame = {
        .value = {.kind = row.kind, .expression = node->row, .is_row_used = &node->is_row_used},
        .outer = outer,
    };
    if (row.kind == VALUE_STRUCT) {
        frame.members = pool_printf("%s->", node->row);
        frame.value.type = struct_find(resolver, node, row.struct_name);
        if (view_is_list(frame.value.type)) {
            fail(node->file, node->line,
                 "'%s' is a list of lists; give its rows a struct of their own", node->text);
        }
    }
    resolve_nodes(resolver, node->children, &frame);
}

static void resolve_section(struct resolver *resolver, struct node *node, const struct frame *outer)
{
    if (node->value.kind == VALUE_LIST) {
        resolve_list(resolver, node, outer);
        return;
    }
    if (node->value.kind == VALUE_BOOL) {
        resolve_nodes(resolver, node->children, outer);
        return;
    }
    /* The section's own condition has proved the guard and the pointer by the time children run. */
    struct frame frame = {.value = node->value, .outer = outer};
    frame.value.guard = NULL;
    frame.value.is_pointer = false;
    frame.members =
        pool_printf("%s%s", node->value.expression, node->value.is_pointer ? "->" : ".");
    resolve_nodes(resolver, node->children, &frame);
}

static void resolve_variable(struct resolver *resolver, struct node *node,
                             const struct frame *frame)
{
    node->value = value_find(resolver, node, frame);
    value_use(&node->value);
    switch (node->value.kind) {
    case VALUE_BOOL:
        fail(node->file, node->line, "'%s' is a bool, which only a section can use", node->text);
    case VALUE_STRUCT:
        fail(node->file, node->line, "'%s' is a struct; name one of its members", node->text);
    case VALUE_LIST:
        fail(node->file, node->line, "'%s' is a list, which only a section can use", node->text);
    case VALUE_TEXT:
    case VALUE_INT:
    case VALUE_URL:
    case VALUE_MARKUP:
    case VALUE_OTHER:
        break;
    }
}

static void resolve_nodes(struct resolver *resolver, struct node *nodes, const struct frame *frame)
{
    for (struct node *node = nodes; node != NULL; node = node->next) {
        switch (node->kind) {
        case NODE_TEXT:
            break;
        case NODE_VARIABLE:
            resolve_variable(resolver, node, frame);
            break;
        case NODE_SECTION:
            node->value = value_find(resolver, node, frame);
            if (!resolve_is_always_true(&node->value)) {
                value_use(&node->value);
            }
            resolve_section(resolver, node, frame);
            break;
        case NODE_INVERTED:
            node->value = value_find(resolver, node, frame);
            if (!resolve_is_always_true(&node->value)) {
                value_use(&node->value);
            }
            resolve_nodes(resolver, node->children, frame);
            break;
        case NODE_PARTIAL:
            resolve_nodes(resolver, node->children, frame);
            break;
        }
    }
}

void resolve_page(struct page *page, const struct view_set *set)
{
    const struct view_struct *type = view_find_struct(set, page->view_struct);
    if (type == NULL) {
        fail(page->path, 1, "%s does not declare struct %s", page->view_header, page->view_struct);
    }
    struct resolver resolver = {.set = set};
    struct frame frame = {.value = {.kind = VALUE_STRUCT,
                                    .type = type,
                                    .expression = "view",
                                    .is_row_used = &page->is_view_used},
                          .members = "view->"};
    resolve_nodes(&resolver, page->nodes, &frame);
}
