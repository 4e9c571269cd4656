/*
 * tests/pages/cgi.h: asking one of the programs for one page, run as plain CGI: an environment and
 * a body go in, status, headers and body come back. Include after cmocka's headers.
 */
#ifndef TESTS_PAGES_CGI_H
#define TESTS_PAGES_CGI_H

#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CGI_BYTES_MAX (8 * 1024 * 1024)
#define CGI_UNUSED __attribute__((unused))

struct cgi_reply {
    int code;         /* 200 … */
    const char *head; /* header lines */
    const char *body;
    char location[4096]; /* "" none */
};

struct cgi_person {
    const char *cookie;     /* "" nobody */
    const char *form_token; /* "" nobody */
};

static char cgi_site[] = "http://127.0.0.1:8080";
/* Of the next requests: another method than GET, an If-None-Match header; "" none. */
CGI_UNUSED static const char *cgi_method = "", *cgi_if_none_match = "";

/* A program built beside this test: build/MODE/tests/pages/x -> build/MODE/name. */
CGI_UNUSED static void cgi_program(const char *name, char path[PATH_MAX])
{
    char self[PATH_MAX] = "";
    const char *given = getenv("TEST_BUILD");
    if (given != NULL && given[0] != '\0') {
        snprintf(path, PATH_MAX, "%s/%s", given, name);
        return;
    }
    assert_true(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
    snprintf(path, PATH_MAX, "%.3900s/../../%s", dirname(self), name);
}

/* Starts a program with standard input and output through files; waits for it unless it is to stay.
 */
CGI_UNUSED static pid_t cgi_start(const char *path, char *const *environment, const char *in,
                                  const char *out)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        int in_fd = open(in, O_RDONLY);
        int out_fd = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        char *const arguments[] = {(char *)(void *)path, NULL};
        if (in_fd < 0 || out_fd < 0 || dup2(in_fd, 0) < 0 || dup2(out_fd, 1) < 0) {
            _exit(126);
        }
        execve(path, arguments, environment);
        _exit(127);
    }
    return pid;
}

static char cgi_bytes[CGI_BYTES_MAX];

/* Takes the reply apart. */
CGI_UNUSED static struct cgi_reply cgi_read(const char *path)
{
    struct cgi_reply reply = {.code = 0};
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t size_bytes = fread(cgi_bytes, 1, sizeof(cgi_bytes) - 1, file);
    fclose(file);
    cgi_bytes[size_bytes] = '\0';
    char *end = strstr(cgi_bytes, "\r\n\r\n");
    if (end == NULL) {
        fprintf(stderr, "no header block in the reply: %.200s\n", cgi_bytes);
        abort();
    }
    *end = '\0';
    reply.head = cgi_bytes;
    reply.body = end + 4;
    const char *status = strstr(cgi_bytes, "Status: ");
    reply.code = status == NULL ? 200 : atoi(status + 8);
    const char *location = strstr(cgi_bytes, "Location: ");
    if (location != NULL) {
        snprintf(reply.location, sizeof(reply.location), "%.*s", (int)strcspn(location + 10, "\r"),
                 location + 10);
    }
    return reply;
}

/* One request. body NULL: GET; otherwise a POST of that form, to which the person's token is added.
 */
CGI_UNUSED static struct cgi_reply cgi_ask(const char *program, const char *folder,
                                           const char *target, struct cgi_person person,
                                           const char *body)
{
    char path[PATH_MAX], in[PATH_MAX], out[PATH_MAX];
    static char form[300000], values[16][5000];
    cgi_program(program, path);
    snprintf(in, sizeof(in), "%s/cgi-in", folder);
    snprintf(out, sizeof(out), "%s/cgi-out", folder);
    form[0] = '\0';
    if (body != NULL) {
        snprintf(form, sizeof(form), "token=%s%s%s", person.form_token, body[0] == '\0' ? "" : "&",
                 body);
    }
    FILE *file = fopen(in, "wb");
    assert_non_null(file);
    assert_true(fwrite(form, 1, strlen(form), file) == strlen(form));
    fclose(file);
    char *environment[18] = {0};
    size_t count = 0;
#define CGI_SET(...)                                                                               \
    (snprintf(values[count], sizeof(values[count]), __VA_ARGS__),                                  \
     environment[count] = values[count], count++)
    CGI_SET("REQUEST_METHOD=%s", body != NULL ? "POST" : cgi_method[0] != 0 ? cgi_method : "GET");
    if (cgi_if_none_match[0] != '\0') {
        CGI_SET("HTTP_IF_NONE_MATCH=%s", cgi_if_none_match);
    }
    CGI_SET("REQUEST_URI=%s", target);
    CGI_SET("REMOTE_ADDR=127.0.0.1");
    CGI_SET("TALLYSTICK_DATA=%s", folder);
    CGI_SET("TALLYSTICK_RUN=%s", folder);
    CGI_SET("TALLYSTICK_SITE_URL=%s", cgi_site);
    CGI_SET("ASAN_OPTIONS=%s", getenv("ASAN_OPTIONS") == NULL ? "" : getenv("ASAN_OPTIONS"));
    if (person.cookie[0] != '\0') {
        CGI_SET("HTTP_COOKIE=__Host-session=%s", person.cookie);
    }
    if (body != NULL) {
        CGI_SET("CONTENT_TYPE=application/x-www-form-urlencoded");
        CGI_SET("CONTENT_LENGTH=%zu", strlen(form));
        CGI_SET("HTTP_SEC_FETCH_SITE=same-origin");
        CGI_SET("HTTP_ORIGIN=%s", cgi_site);
    }
#undef CGI_SET
    pid_t pid = cgi_start(path, environment, in, out);
    int status = 0;
    assert_true(waitpid(pid, &status, 0) == pid);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fail_msg("%s %s ended with %d", program, target, status);
    }
    return cgi_read(out);
}

/* The value of a hidden field or the next attribute behind a mark in a page; "" when it is not
 * there. */
CGI_UNUSED static const char *cgi_value(const struct cgi_reply *reply, const char *name)
{
    static char values[4][256];
    static unsigned next;
    char *value = values[next++ % 4];
    char mark[128];
    snprintf(mark, sizeof(mark), "name=\"%s\" value=\"", name);
    const char *at = strstr(reply->body, mark);
    value[0] = '\0';
    if (at != NULL) {
        at += strlen(mark);
        snprintf(value, 256, "%.*s", (int)strcspn(at, "\""), at);
    }
    return value;
}

CGI_UNUSED static void cgi_has(const struct cgi_reply *reply, const char *text)
{
    if (strstr(reply->body, text) == NULL) {
        fprintf(stderr, "%s\n", reply->body);
        fail_msg("the page does not say: %s", text);
    }
}

CGI_UNUSED static void cgi_has_not(const struct cgi_reply *reply, const char *text)
{
    if (strstr(reply->body, text) != NULL) {
        fprintf(stderr, "%s\n", reply->body);
        fail_msg("the page says: %s", text);
    }
}

CGI_UNUSED static void cgi_is(const struct cgi_reply *reply, int code)
{
    if (reply->code != code) {
        fprintf(stderr, "%s\n\n%.3000s\n", reply->head, reply->body);
        fail_msg("answered %d, not %d", reply->code, code);
    }
}

#endif
