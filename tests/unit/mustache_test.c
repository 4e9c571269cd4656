/*
 * mustache_test.c: the template compiler, as make runs it.
 *
 * Refusals: each is provoked by a template written for it, and its file, line and sentence are
 * checked. Behaviour: tests/unit/templates/ is compiled, built with the C compiler under the
 * project's warnings and sanitizers, run, compared with four golden pages and, page by page and
 * view by view, with mustache.js. Runs from the project's root, after build/tools/mustache is made
 * (another compiler can be named in MUSTACHE) and the packages of tests/web are installed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "mustache_refusals.h"

#define SCRATCH "build/mustache_test"
#define TEMPLATES "tests/unit/templates"

enum {
    TEXT_BYTES = 1 << 16,
};

static const char *compiler(void)
{
    const char *name = getenv("MUSTACHE");
    return name == NULL ? "build/tools/mustache" : name;
}

/* printf into an array, all of which must fit. */
#define PRINT(text, ...)                                                                           \
    assert_in_range(snprintf((text), sizeof(text), __VA_ARGS__), 0, sizeof(text) - 1)

/* Runs a shell command. Returns its exit status; output (both streams) is cut at TEXT_BYTES. */
static int command_run(char *output, const char *command)
{
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    size_t read_bytes = fread(output, 1, TEXT_BYTES - 1, pipe);
    output[read_bytes] = '\0';
    int status = pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

/* Runs a shell command given as printf arguments; *status becomes its exit status. */
#define RUN_FOR_STATUS(status, output, ...)                                                        \
    do {                                                                                           \
        char run_command[4096];                                                                    \
        PRINT(run_command, "exec 2>&1; " __VA_ARGS__);                                             \
        *(status) = command_run((output), run_command);                                            \
    } while (0)

/* Runs a shell command that must succeed. */
#define RUN(...)                                                                                   \
    do {                                                                                           \
        static char run_output[TEXT_BYTES];                                                        \
        int run_status = 0;                                                                        \
        RUN_FOR_STATUS(&run_status, run_output, __VA_ARGS__);                                      \
        if (run_status != 0) {                                                                     \
            fail_msg("%s", run_output);                                                            \
        }                                                                                          \
    } while (0)

static void file_write(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

static void file_read(const char *path, char *text)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fail_msg("%s is missing", path);
        return;
    }
    text[fread(text, 1, TEXT_BYTES - 1, file)] = '\0';
    fclose(file);
}

static int scratch_make(void **state)
{
    (void)state;
    RUN("rm -rf " SCRATCH " && mkdir -p " SCRATCH "/bad/page " SCRATCH "/bad/part " SCRATCH
        "/bad_out " SCRATCH "/out " SCRATCH "/pages");
    for (size_t i = 0; i < sizeof refusal_partials / sizeof refusal_partials[0]; i++) {
        char path[256];
        PRINT(path, SCRATCH "/bad/%s", refusal_partials[i].path);
        file_write(path, refusal_partials[i].text);
    }
    return 0;
}

static void refusal_check(const struct refusal *refusal)
{
    static char output[TEXT_BYTES];
    char expected[1024];
    char template_text[4096];
    bool is_headed = refusal->header != NULL;
    file_write(SCRATCH "/bad/bad_view.h", is_headed ? refusal->header : "");
    PRINT(template_text, "%s%s",
          refusal->is_whole ? ""
          : is_headed       ? "{{! view: struct bad in bad_view.h }}\n"
                            : "{{! view: struct sample in sample_view.h }}\n",
          refusal->text);
    file_write(SCRATCH "/bad/page/x.mustache", template_text);
    int status = 0;
    RUN_FOR_STATUS(&status, output,
                   "%s -o " SCRATCH "/bad_out -I cgi-bin -I " TEMPLATES " -I " SCRATCH
                   "/bad " SCRATCH "/bad",
                   compiler());
    const char *file = refusal->file == NULL ? "page/x.mustache" : refusal->file;
    PRINT(expected, SCRATCH "/bad/%s:%d: error: %s%s\n", file, refusal->line, refusal->sentence,
          refusal->file == NULL ? "" : " (compiling " SCRATCH "/bad/page/x.mustache)");
    if (status != 1 || strcmp(output, expected) != 0) {
        fail_msg("status %d for\n%s\nexpected: %sgot:      %s", status, template_text, expected,
                 output);
    }
}

static void test_refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        refusal_check(&refusals[i]);
    }
    /* A mistake leaves nothing behind. */
    assert_int_equal(rmdir(SCRATCH "/bad_out"), 0);
}

static void test_allowed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++) {
        char text[4096];
        PRINT(text, "{{! view: struct sample in sample_view.h }}\n%s", allowed[i]);
        file_write(SCRATCH "/bad/page/x.mustache", text);
        RUN("mkdir -p " SCRATCH "/bad_out && %s -o " SCRATCH "/bad_out -I cgi-bin -I " TEMPLATES
            " -I " SCRATCH "/bad " SCRATCH "/bad",
            compiler());
    }
}

static void test_command_line(void **state)
{
    (void)state;
    static char output[TEXT_BYTES];
    int status = 0;
    static const char usage[] = "usage: mustache -o OUTDIR -I DIR... TEMPLATES_DIR\n";
    static const char *const wrong[] = {"", "-o x", "templates", "-o x -z y templates", "-o x a b"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        RUN_FOR_STATUS(&status, output, "%s %s", compiler(), wrong[i]);
        assert_int_equal(status, 2);
        assert_string_equal(output, usage);
    }
    RUN_FOR_STATUS(&status, output, "%s -o x no/such", compiler());
    assert_int_equal(status, 1);
    assert_string_equal(output, "no/such:1: error: this folder cannot be read\n");
}

static void test_compile(void **state)
{
    (void)state;
    RUN("%s -o " SCRATCH "/out -I cgi-bin -I " TEMPLATES " " TEMPLATES, compiler());
    RUN("${CC:-cc} -std=c17 -D_GNU_SOURCE -O1 -g -Wall -Wextra -Werror -Wconversion -Wshadow "
        "-Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 -Wswitch-enum "
        "-fsanitize=address,undefined -fno-sanitize-recover=all -Icgi-bin -I" TEMPLATES
        " -I" SCRATCH "/out " TEMPLATES "/render.c " SCRATCH
        "/out/spec_*.c cgi-bin/base/out.c cgi-bin/base/arena.c "
        "cgi-bin/base/must.c cgi-bin/base/log.c cgi-bin/base/clock.c -o " SCRATCH "/render");
    RUN(SCRATCH "/render " SCRATCH "/pages");
}

/* A C compiler's complaint must name the template's line, not the generated file's. */
static void test_line_directives(void **state)
{
    (void)state;
    static char text[TEXT_BYTES];
    static char output[TEXT_BYTES];
    file_read(SCRATCH "/out/spec_templates.c", text);
    char *wrong = strstr(text, "out_value(out, view->home)");
    assert_non_null(wrong);
    memcpy(wrong, "out_value(out, view->hime)", strlen("out_value(out, view->hime)"));
    file_write(SCRATCH "/wrong.c", text);
    int status = 0;
    RUN_FOR_STATUS(&status, output,
                   "${CC:-cc} -std=c17 -fsyntax-only -Icgi-bin -I" TEMPLATES " -I" SCRATCH
                   "/out " SCRATCH "/wrong.c");
    assert_int_not_equal(status, 0);
    assert_non_null(strstr(output, TEMPLATES "/spec/html.mustache:7:"));
}

static void test_unchanged_files_stay(void **state)
{
    (void)state;
    struct stat before;
    struct stat after;
    RUN("touch -d 2001-01-01 " SCRATCH "/out/spec_templates.c " SCRATCH "/out/spec_json.h && "
        "echo >>" SCRATCH "/out/spec_json.h");
    assert_int_equal(stat(SCRATCH "/out/spec_templates.c", &before), 0);
    RUN("%s -o " SCRATCH "/out -I cgi-bin -I " TEMPLATES " " TEMPLATES, compiler());
    assert_int_equal(stat(SCRATCH "/out/spec_templates.c", &after), 0);
    assert_int_equal(before.st_mtime, after.st_mtime);
    assert_int_equal(stat(SCRATCH "/out/spec_json.h", &after), 0);
    assert_int_not_equal(before.st_mtime, after.st_mtime);
}

static void test_golden(void **state)
{
    (void)state;
    static const char *const names[] = {"partials", "standalone", "dotted", "interpolation"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        static char expected[TEXT_BYTES];
        static char actual[TEXT_BYTES];
        char path[256];
        PRINT(path, TEMPLATES "/spec/%s.full.html", names[i]);
        file_read(path, expected);
        PRINT(path, SCRATCH "/pages/%s.full.html", names[i]);
        file_read(path, actual);
        assert_string_equal(actual, expected);
    }
}

static void test_reference(void **state)
{
    (void)state;
    RUN("node tests/web/mustache_reference.cjs " TEMPLATES " spec " SCRATCH "/pages");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refusals),        cmocka_unit_test(test_allowed),
        cmocka_unit_test(test_command_line),    cmocka_unit_test(test_compile),
        cmocka_unit_test(test_line_directives), cmocka_unit_test(test_unchanged_files_stay),
        cmocka_unit_test(test_golden),          cmocka_unit_test(test_reference),
    };
    return cmocka_run_group_tests(tests, scratch_make, NULL);
}
