/*
 * tools/mustache.c: the template compiler's command line.
 *
 *   mustache -o OUTDIR -I cgi-bin [-I more] TEMPLATES_DIR
 *
 * For every folder of TEMPLATES_DIR but part/ it makes in OUTDIR (which exists):
 *   <program>_templates.c .h   void template_<program>_<page>(struct out *, const struct VIEW *)
 *   <program>_json.c .h        void view_json_<program>_<page>(...), linked by tests only
 * and for all of them templates.h, and templates.d, which tells make on what OUTDIR/stamp
 * depends. Status 0, 1 for a mistake in a template or header, 2 for a mistake on the command line.
 */
#include "tools/mustache.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    FOLDERS_MAX = 8, /* -I */
};

struct options {
    const char *out_folder;
    const char *templates_folder;
    const char *folders[FOLDERS_MAX + 1];
};

/* Names in a folder, sorted so that the output never depends on the file system. */
struct names {
    const char **at;
    size_t count;
};

static int names_compare(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

static struct names folder_read(const char *path)
{
    DIR *folder = opendir(path);
    if (folder == NULL) {
        fail(path, 1, "this folder cannot be read");
    }
    struct growing list = {0};
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        const char *name = pool_copy(entry->d_name, strlen(entry->d_name));
        if (name[0] != '.') {
            growing_add(&list, (const char *)&name, sizeof name);
        }
    }
    closedir(folder);
    size_t count = list.size_bytes / sizeof(char *);
    const char **at = pool_take((count + 1) * sizeof *at);
    if (count > 0) {
        memcpy(at, list.bytes, list.size_bytes);
        qsort(at, count, sizeof *at, names_compare);
    }
    return (struct names){.at = at, .count = count};
}

static bool is_template_name(const char *name)
{
    size_t name_bytes = strlen(name);
    size_t ending_bytes = strlen(".mustache");
    return name_bytes > ending_bytes && strcmp(name + name_bytes - ending_bytes, ".mustache") == 0;
}

static bool is_program_folder(const char *templates_folder, const char *name)
{
    struct stat status;
    const char *path = pool_printf("%s/%s", templates_folder, name);
    if (strcmp(name, "part") == 0 || stat(path, &status) != 0 || !S_ISDIR(status.st_mode)) {
        return false;
    }
    for (const char *letter = name; *letter != '\0'; letter++) {
        if (!isalnum((unsigned char)*letter) && *letter != '_') {
            fail(path, 1, "names of template folders are made of letters, digits and _");
        }
    }
    return true;
}

/* Compiles one folder and plans its four files. */
static void program_compile(const struct options *options, const char *program)
{
    struct view_set set = {.folders = options->folders};
    struct page *pages = NULL;
    struct page **end = &pages;
    struct names names = folder_read(pool_printf("%s/%s", options->templates_folder, program));
    for (size_t i = 0; i < names.count; i++) {
        if (!is_template_name(names.at[i])) {
            continue;
        }
        struct page *page = template_parse_page(options->templates_folder, program, names.at[i]);
        view_parse_header(&set, page->view_header, page->path, 1);
        resolve_page(page, &set);
        html_check_page(page);
        fail_names_page(NULL);
        *end = page;
        end = &page->next;
    }
    const char *stem = pool_printf("%s/%s", options->out_folder, program);
    const char *c_path = pool_printf("%s_templates.c", stem);
    struct growing files[4] = {{0}};
    emit_program(&files[0], c_path, program, pages);
    emit_program_header(&files[1], program, pages);
    emit_json(&files[2], program, pages, &set);
    emit_json_header(&files[3], program, pages);
    file_plan(c_path, &files[0]);
    file_plan(pool_printf("%s_templates.h", stem), &files[1]);
    file_plan(pool_printf("%s_json.c", stem), &files[2]);
    file_plan(pool_printf("%s_json.h", stem), &files[3]);
}

static bool options_read(struct options *options, int argc, char **argv)
{
    size_t folder_count = 0;
    int i = 1;
    for (; i + 1 < argc && argv[i][0] == '-'; i += 2) {
        if (strcmp(argv[i], "-o") == 0) {
            options->out_folder = argv[i + 1];
        } else if (strcmp(argv[i], "-I") == 0 && folder_count < FOLDERS_MAX) {
            options->folders[folder_count++] = argv[i + 1];
        } else {
            return false;
        }
    }
    options->templates_folder = i + 1 == argc ? argv[i] : NULL;
    return options->templates_folder != NULL && options->templates_folder[0] != '-' &&
           options->out_folder != NULL;
}

int main(int argc, char **argv)
{
    struct options options = {0};
    if (!options_read(&options, argc, argv)) {
        fputs("usage: mustache -o OUTDIR -I DIR... TEMPLATES_DIR\n", stderr);
        return 2;
    }
    struct growing all = {0};
    growing_printf(&all, "/* Made by cgi-bin/tools/mustache. Do not edit. */\n"
                         "#ifndef TEMPLATES_H\n#define TEMPLATES_H\n\n");
    struct names programs = folder_read(options.templates_folder);
    for (size_t i = 0; i < programs.count; i++) {
        if (is_program_folder(options.templates_folder, programs.at[i])) {
            program_compile(&options, programs.at[i]);
            growing_printf(&all, "#include \"%s_templates.h\"\n", programs.at[i]);
        }
    }
    growing_printf(&all, "\n#endif\n");
    file_plan(pool_printf("%s/templates.h", options.out_folder), &all);
    struct growing rule = {0};
    file_list_read(&rule, pool_printf("%s/stamp", options.out_folder));
    file_plan(pool_printf("%s/templates.d", options.out_folder), &rule);
    file_write_all();
    return 0;
}
