/*
 * tools/mustache.h: the parts of the template compiler.
 *
 * `mustache` runs while Tallystick is built and never after. It turns
 * templates/<program>/<page>.mustache into C functions over the view structs of cgi-bin/pages/, in
 * five steps, one file each:
 *
 *   view_parse      header text        -> struct view_set        which members a template may name
 *   template_parse  template text      -> a tree of struct node  standard Mustache, partials put in
 * place resolve         tree + view_set    -> node->value            every name becomes a C
 * expression html_check      tree               -> nothing, or an error   no tag stands where
 * escaping is not enough emit, emit_json tree               -> C text
 *
 * All of them stop the program at the first mistake with `file:line: error: sentence`. Memory comes
 * from one pool that lives until the program ends, so nothing here is ever freed.
 */
#ifndef TOOLS_MUSTACHE_H
#define TOOLS_MUSTACHE_H

#include <stdbool.h>
#include <stddef.h>

/* ---- pool.c: memory, growing text, files, mistakes ---- */

/* Text that grows. Zeroed is empty. `bytes` is NUL-terminated as soon as something was added. */
struct growing {
    char *bytes;
    size_t size_bytes;
    size_t capacity_bytes;
};

/* Zeroed memory that lives until the program ends. Never NULL. */
void *pool_take(size_t size_bytes);
/* The first size_bytes of text as a NUL-terminated copy; printf into the pool. */
char *pool_copy(const char *text, size_t size_bytes);
char *pool_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

void growing_add(struct growing *growing, const char *bytes, size_t size_bytes);
void growing_printf(struct growing *growing, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Reads a whole file and remembers its path as something the outcome depends on. False when it
 * cannot be opened; a file with a NUL byte in it is a mistake. */
bool file_read(const char *path, struct growing *text);
/* Plans the writing of a file. Nothing is written before file_write_all(), so that a mistake in the
 * last template leaves no half-made output; a file whose content stays the same keeps its time
 * stamp. */
void file_plan(const char *path, const struct growing *text);
void file_write_all(void);
/* A make rule `target: every file read`, and an empty rule per file so that a deleted one is no
 * error. */
void file_list_read(struct growing *rule, const char *target);

/* Names the page being compiled, for mistakes found in a partial or header on its behalf. NULL:
 * none. */
void fail_names_page(const char *page_path);
/* Prints `file:line: error: sentence` and ends the program with status 1. */
_Noreturn void fail(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- view_parse.c: the plain C that view headers are written in ---- */

enum value_kind {
    VALUE_TEXT,   /* const char * */
    VALUE_INT,    /* int, int64_t */
    VALUE_BOOL,   /* bool: for sections only */
    VALUE_URL,    /* struct url */
    VALUE_MARKUP, /* struct markup */
    VALUE_STRUCT, /* a struct, or a pointer to one that may be NULL */
    VALUE_LIST,   /* a struct of exactly `const ROW *at; size_t count;` */
    VALUE_OTHER,  /* anything else: may exist, may not be named */
};

struct view_member {
    const char *name;
    const char *type; /* the C type as written, one space between words, for messages and `at` */
    enum value_kind kind;
    bool is_pointer;         /* VALUE_STRUCT and VALUE_LIST: const struct NAME * */
    const char *struct_name; /* VALUE_STRUCT and VALUE_LIST */
    struct view_member *next;
};

struct view_struct {
    const char *name;
    const char *file;
    int line;
    struct view_member *members;
    struct view_struct *next;
    bool is_written; /* emit_json: a writer for it is on its way */
};

/* The structs one program's templates can see, and the headers they came from. */
struct view_set {
    struct view_struct *structs;
    struct view_header *headers;
    const char *const *folders; /* -I, NULL at the end */
};

/* Parses the header at path (found under the -I folders) and every header it includes with quotes,
 * each once. Arrays in the header named by a page itself are refused. from_file and from_line say
 * who asked. */
void view_parse_header(struct view_set *set, const char *path, const char *from_file,
                       int from_line);

/* NULL when there is none. */
const struct view_struct *view_find_struct(const struct view_set *set, const char *name);
const struct view_member *view_find_member(const struct view_struct *type, const char *name);

/* True for a struct of exactly `const ROW *at; size_t count;`. */
bool view_is_list(const struct view_struct *type);
/* What a list holds: its kind, the C type of a row (`const struct row *` for structs, else the
 * value itself, `const char *`), and the name of the struct if it is one. */
struct view_row {
    enum value_kind kind;
    const char *type;
    const char *struct_name;
};
struct view_row view_list_row(const struct view_struct *list);

/* ---- template_parse.c: Mustache text to a tree ---- */

enum node_kind {
    NODE_TEXT,     /* literal bytes, standalone lines already taken out */
    NODE_VARIABLE, /* {{name}} */
    NODE_SECTION,  /* {{#name}}children{{/name}} */
    NODE_INVERTED, /* {{^name}}children{{/name}} */
    NODE_PARTIAL,  /* {{> name}}, its own tree as children */
};

/* What a name came to. Filled by resolve.c. */
struct value {
    enum value_kind kind;
    const struct view_struct *type; /* VALUE_STRUCT, VALUE_LIST */
    const char *expression;         /* C that yields it, once guard holds */
    const char *guard; /* C that must be true before expression may be read; NULL: none */
    bool is_pointer;   /* expression is a pointer that may be NULL */
    bool *is_row_used; /* set it when C that reads expression is made; NULL: no need */
};

struct node {
    enum node_kind kind;
    const char *file;
    int line;
    const char *text; /* NODE_TEXT: the bytes; else the name */
    size_t text_bytes;
    struct node *children;
    struct node *next;
    struct value value;
    const char *row; /* section over a list: the C name of its loop variable */
    const char *index;
    bool is_row_used; /* the loop variable is read by something */
};

struct page {
    const char *path;        /* templates/public/project-list.mustache, as found */
    const char *function;    /* public_project_list */
    const char *view_struct; /* from the first line */
    const char *view_header;
    struct node *nodes;
    bool is_view_used; /* some C reads the view */
    struct page *next;
};

/* Reads and parses one page of templates_folder/program, with its partials. */
struct page *template_parse_page(const char *templates_folder, const char *program,
                                 const char *file_name);

/* ---- resolve.c, html_check.c ---- */

/* Finds every name of the page in the view's structs and fills node->value, row and index. */
void resolve_page(struct page *page, const struct view_set *set);

/* True for a value that Mustache holds true whatever happens: a struct that is not behind a
 * pointer. */
bool resolve_is_always_true(const struct value *value);

/* Follows the page's HTML through sections and partials; refuses tags that could break out of it.
 */
void html_check_page(const struct page *page);

/* ---- emit.c, emit_json.c ---- */

/* The functions template_<function> of all pages, into an empty file at c_path; and their header.
 */
void emit_program(struct growing *c, const char *c_path, const char *program,
                  const struct page *pages);
void emit_program_header(struct growing *h, const char *program, const struct page *pages);
/* The functions view_json_<function> of all pages, and their header. */
void emit_json(struct growing *c, const char *program, const struct page *pages,
               const struct view_set *set);
void emit_json_header(struct growing *h, const char *program, const struct page *pages);

#endif
