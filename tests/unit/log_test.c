/* log_test.c: lines that nobody can forge. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"

static char line[8192];
static int saved_stderr;
static int ends[2];

static void listen_begin(void)
{
    saved_stderr = dup(STDERR_FILENO);
    assert_int_equal(pipe(ends), 0);
    assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
}

/* What was written to standard error, in `line`. */
static void listen_end(void)
{
    assert_true(dup2(saved_stderr, STDERR_FILENO) >= 0);
    close(saved_stderr);
    close(ends[1]);
    ssize_t size_bytes = read(ends[0], line, sizeof(line) - 1);
    assert_true(size_bytes > 0);
    line[size_bytes] = '\0';
    close(ends[0]);
}

static const char *value_logged(const char *value)
{
    listen_begin();
    log_event("info", "test", "value", value, NULL);
    listen_end();
    const char *found = strstr(line, " value=");
    assert_non_null(found);
    return found + strlen(" value=");
}

static void a_line_has_its_parts(void **state)
{
    (void)state;
    log_open("ledger");
    listen_begin();
    log_event("info", "commit", "acts", log_int(32), "who", "usr_1", NULL);
    listen_end();
    assert_memory_equal(line, "ts=20", 5);
    assert_int_equal(strcspn(line, " "), strlen("ts=2026-11-20T14:03:22.123456Z"));
    assert_string_equal(strchr(line, ' '),
                        " program=ledger level=info event=commit acts=32 who=usr_1\n");
}

static void values_are_quoted_when_needed(void **state)
{
    (void)state;
    assert_string_equal(value_logged(NULL), "\"\"\n");
    assert_string_equal(value_logged(""), "\"\"\n");
    assert_string_equal(value_logged("/a/b.c:1_@+-"), "/a/b.c:1_@+-\n");
    assert_string_equal(value_logged("two words"), "\"two words\"\n");
    assert_string_equal(value_logged("a=b"), "\"a=b\"\n");
    assert_string_equal(value_logged("say \"x\\y\""), "\"say \\\"x\\\\y\\\"\"\n");
    assert_string_equal(value_logged("x\nts=1 level=forged"), "\"x\\x0ats=1 level=forged\"\n");
    assert_string_equal(value_logged("\x1b[2J"), "\"\\x1b[2J\"\n");
    assert_string_equal(value_logged("Z\xc3\xbcrich"), "\"Z\\xc3\\xbcrich\"\n");
}

static void no_byte_breaks_the_line(void **state)
{
    (void)state;
    for (int byte = 1; byte < 256; byte++) {
        const char text[] = {'a', (char)byte, 'b', '\0'};
        const char *logged = value_logged(text);
        assert_ptr_equal(strchr(logged, '\n'), logged + strlen(logged) - 1);
        for (; *logged != '\n'; logged++) {
            assert_in_range((unsigned char)*logged, 0x20, 0x7e);
        }
    }
}

static void what_does_not_fit_is_left_out_whole(void **state)
{
    (void)state;
    static char huge[9000];
    for (size_t size = 3900; size < 4200; size++) {
        memset(huge, 'x', size);
        huge[size] = '\0';
        listen_begin();
        log_event("info", "test", "first", "1", "huge", huge, "last", "2", NULL);
        listen_end();
        size_t length = strlen(line);
        assert_true(length <= 4096);
        assert_int_equal(line[length - 1], '\n');
        assert_non_null(strstr(line, " first=1"));
        bool is_cut = strstr(line, " huge=") == NULL;
        assert_int_equal(strstr(line, " cut=yes\n") != NULL,
                         is_cut || strstr(line, " last=2") == NULL);
    }
    memset(huge, '\n', sizeof(huge) - 1);
    listen_begin();
    log_event("info", "test", "huge", huge, "last", "2", NULL);
    listen_end();
    assert_non_null(strstr(line, " event=test last=2 cut=yes\n"));
}

static void numbers_live_for_sixteen_calls(void **state)
{
    (void)state;
    const char *first = log_int(INT64_MIN);
    for (int i = 0; i < 15; i++) {
        assert_int_equal(atoll(log_int(i)), i);
    }
    assert_string_equal(first, "-9223372036854775808");
    assert_string_equal(log_int(INT64_MAX), "9223372036854775807");
    assert_string_not_equal(first, "-9223372036854775808");
}

/* A pipe keeps the writes apart only in what they hold; so each write is counted by a seqpacket
 * socket. */
static void gathered_lines_leave_whole(void **state)
{
    (void)state;
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
    int standard_error = dup(STDERR_FILENO);
    assert_true(dup2(pair[1], STDERR_FILENO) >= 0);
    log_gather(true);
    for (int i = 0; i < 100; i++) {
        log_event("info", "test", "number", log_int(i), NULL);
    }
    log_gather(false);
    log_gather(false); /* nothing is left: nothing is written */
    log_event("info", "test", "number", "100", NULL);
    assert_true(dup2(standard_error, STDERR_FILENO) >= 0);
    close(standard_error);
    close(pair[1]);
    int writes = 0;
    int lines = 0;
    for (;;) {
        ssize_t size_bytes = read(pair[0], line, sizeof(line) - 1);
        assert_true(size_bytes >= 0 && size_bytes <= 4096);
        if (size_bytes == 0) {
            break;
        }
        writes++;
        line[size_bytes] = '\0';
        assert_int_equal(line[size_bytes - 1], '\n');
        for (const char *at = strstr(line, " number="); at != NULL;
             at = strstr(at + 1, " number=")) {
            assert_int_equal(strtol(at + strlen(" number="), NULL, 10), lines);
            lines++;
        }
    }
    close(pair[0]);
    assert_int_equal(lines, 101);
    assert_true(writes > 1 && writes < 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_has_its_parts),
        cmocka_unit_test(values_are_quoted_when_needed),
        cmocka_unit_test(no_byte_breaks_the_line),
        cmocka_unit_test(what_does_not_fit_is_left_out_whole),
        cmocka_unit_test(numbers_live_for_sixteen_calls),
        cmocka_unit_test(gathered_lines_leave_whole),
    };
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
