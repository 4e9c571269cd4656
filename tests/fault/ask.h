/*
 * tests/fault/ask.h: asking a web program with a disk and a memory that fail (tests/fault/shim.h),
 * as plain CGI, in a market that is put back to what it was (tests/fault/state.h): as a browser
 * asks, or as a program with its two secrets does. What is asked and what came of it stands in
 * `campaign`. Include after cmocka's headers.
 */
#ifndef FAULT_ASK_H
#define FAULT_ASK_H

#include "pages/api_cgi.h"

#include "fault/shim.h"
#include "fault/state.h"

#define PROBES_MAX 192
#define REPLY_BYTES (1024 * 1024)

/* One endpoint as it is asked. */
struct probe {
    const char *pattern, *target, *body; /* body NULL: GET */
    struct cgi_person person;
    const struct api_caller *caller; /* NULL: the campaign's, if it has one */
    const char *key;                 /* Idempotency-Key; NULL: none */
    /* The form is kept in several steps, each whole by itself: an error may come between them. */
    bool in_steps;
    /* The act is the registry's; what people.db forgets after it (its draft) may stay. */
    bool may_leave_draft;
};

/* What came back. */
struct heard {
    int code; /* 0: no head */
    int end;  /* as waitpid tells */
    char type[128], head[4096];
    bool has_retry_after;
    char location[4096]; /* masked */
    char body[REPLY_BYTES], masked[REPLY_BYTES];
};

static struct {
    const char *program;
    const struct api_caller *caller; /* who asks; NULL: the persons of the probes */
    struct chance chance;
    uint64_t seed;
    bool is_all;
    int64_t faults_wanted, step, every, endpoints;
    const char *only;
    const char *trace_path; /* NULL: none */
    struct probe probes[PROBES_MAX];
    size_t probe_count;
    struct contents after_masked;
    int64_t day;       /* on which the reference was asked: some pages say what day it is */
    bool is_untouched; /* nothing that counts was changed by the last request */
    int violations;
    int64_t asked, injected, same, refused, broken, undone, done, between, again, repeats, starts;
    struct shim_report counts;
} campaign;

static struct heard reference, heard;

/* ------------------------------------------------------------------ endpoints */

/* A copy that stays: what is made with words() is overwritten in its turn. */
static const char *kept(const char *text)
{
    static char bytes[PROBES_MAX * 1024];
    static size_t used;
    char *copy = bytes + used;
    if (text == NULL) {
        return NULL;
    }
    used += strlen(text) + 1;
    assert_true(used <= sizeof bytes);
    return strcpy(copy, text);
}

CGI_UNUSED static void probe_add(const char *pattern, const char *target, struct cgi_person person,
                                 const char *body)
{
    assert_true(campaign.probe_count < PROBES_MAX);
    campaign.probes[campaign.probe_count++] = (struct probe){
        .pattern = kept(pattern), .target = kept(target), .body = kept(body), .person = person};
}

/* What the endpoint that was added last is like. */
static struct probe *probe_last(void)
{
    return &campaign.probes[campaign.probe_count - 1];
}

CGI_UNUSED static void probe_in_steps(void)
{
    probe_last()->in_steps = true;
}

CGI_UNUSED static void probe_may_leave_draft(void)
{
    probe_last()->may_leave_draft = true;
}

CGI_UNUSED static void probe_by(const struct api_caller *caller, const char *key)
{
    probe_last()->caller = caller;
    probe_last()->key = kept(key);
}

static bool probe_known(const char *pattern, bool is_post)
{
    for (size_t i = 0; i < campaign.probe_count; i++) {
        const struct probe *probe = &campaign.probes[i];
        if (text_is(probe->pattern, pattern) && (probe->body != NULL) == is_post) {
            return true;
        }
    }
    return false;
}

/* What is read and was not named is asked with the market's own ids; what writes must be named. */
static void add_other_pages(const struct route *table, size_t count, struct cgi_person person)
{
    for (size_t i = 0; i < count; i++) {
        bool is_post = table[i].method == METHOD_POST;
        if (!probe_known(table[i].pattern, is_post)) {
            if (is_post) {
                fail_msg("POST %s is not among the endpoints", table[i].pattern);
            }
            probe_add(table[i].pattern, address_of(table[i].pattern, false), person, NULL);
        }
    }
}

/* ------------------------------------------------------------------ hearing */

/* A program that ended in the middle of its head has not answered. */
static bool has_head(const char *path)
{
    static char bytes[65536];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size_bytes = fd < 0 ? 0 : read(fd, bytes, sizeof bytes - 1);
    if (fd >= 0) {
        close(fd);
    }
    bytes[size_bytes > 0 ? size_bytes : 0] = '\0';
    return strstr(bytes, "\r\n\r\n") != NULL;
}

static void hear(const char *path, int end)
{
    heard.code = 0;
    heard.end = end;
    heard.has_retry_after = false;
    heard.type[0] = heard.head[0] = heard.location[0] = heard.body[0] = heard.masked[0] = '\0';
    if (!has_head(path)) {
        return;
    }
    struct cgi_reply reply = cgi_read(path);
    const char *type = strstr(reply.head, "Content-Type: ");
    heard.code = reply.code;
    heard.has_retry_after = strstr(reply.head, "Retry-After: ") != NULL;
    if (type != NULL) {
        type += strlen("Content-Type: ");
        (void)snprintf(heard.type, sizeof heard.type, "%.*s", (int)strcspn(type, "\r"), type);
    }
    assert_true(strlen(reply.head) < sizeof heard.head);
    strcpy(heard.head, reply.head);
    assert_true(strlen(reply.body) < sizeof heard.body);
    strcpy(heard.body, reply.body);
    contents_mask(reply.location, heard.location, sizeof heard.location);
    contents_mask(reply.body, heard.masked, sizeof heard.masked);
}

/* ------------------------------------------------------------------ asking */

/* The environment of one request. */
struct asking {
    char values[24][5000];
    char *at[25];
    size_t count;
};

static void set(struct asking *asking, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void set(struct asking *asking, const char *format, ...)
{
    va_list arguments;
    char *value = asking->values[asking->count];
    assert_true(asking->count + 1 < sizeof asking->at / sizeof asking->at[0]);
    va_start(arguments, format);
    int chars = vsnprintf(value, sizeof asking->values[0], format, arguments);
    va_end(arguments);
    assert_true(chars >= 0 && (size_t)chars < sizeof asking->values[0]);
    asking->at[asking->count++] = value;
    asking->at[asking->count] = NULL;
}

static const struct api_caller *caller_of(const struct probe *probe)
{
    return probe->caller == NULL ? campaign.caller : probe->caller;
}

/* A form with its token, or JSON as it stands; how many bytes. */
static int write_body(const char *path, const struct probe *probe)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    int bytes = 0;
    if (probe->body != NULL) {
        bytes = caller_of(probe) != NULL || probe->person.form_token[0] == '\0'
                    ? fprintf(file, "%s", probe->body)
                    : fprintf(file, "token=%s%s%s", probe->person.form_token,
                              probe->body[0] == '\0' ? "" : "&", probe->body);
    }
    assert_true(fclose(file) == 0 && bytes >= 0);
    return bytes;
}

static void set_program(struct asking *asking, const struct probe *probe)
{
    set(asking, "HTTP_X_CLIENT_SECRET=%s", caller_of(probe)->client);
    set(asking, "HTTP_AUTHORIZATION=Bearer %s", caller_of(probe)->token);
    if (probe->key != NULL) {
        set(asking, "HTTP_IDEMPOTENCY_KEY=%s", probe->key);
    }
    if (probe->body != NULL) {
        set(asking, "CONTENT_TYPE=application/json");
    }
}

static void set_browser(struct asking *asking, const struct probe *probe)
{
    if (probe->person.cookie[0] != '\0') {
        set(asking, "HTTP_COOKIE=__Host-session=%s", probe->person.cookie);
    }
    if (probe->body != NULL) {
        set(asking, "CONTENT_TYPE=application/x-www-form-urlencoded");
        set(asking, "HTTP_SEC_FETCH_SITE=same-origin");
        set(asking, "HTTP_ORIGIN=%s", cgi_site);
    }
}

static void set_request(struct asking *asking, const struct probe *probe, int body_bytes)
{
    const char *options = getenv("ASAN_OPTIONS");
    set(asking, "REQUEST_METHOD=%s", probe->body == NULL ? "GET" : "POST");
    set(asking, "REQUEST_URI=%s", probe->target);
    set(asking, "REMOTE_ADDR=127.0.0.1");
    set(asking, "TALLYSTICK_DATA=%s", town.folder);
    set(asking, "TALLYSTICK_RUN=%s", town.folder);
    set(asking, "TALLYSTICK_SITE_URL=%s", cgi_site);
    set(asking, "ASAN_OPTIONS=%s:log_path=%s/crash", options == NULL ? "" : options, base.folder);
    if (probe->body != NULL) {
        set(asking, "CONTENT_LENGTH=%d", body_bytes);
    }
    if (caller_of(probe) != NULL) {
        set_program(asking, probe);
    } else {
        set_browser(asking, probe);
    }
}

/* Of programs: a few answers of each kind that are whole; what is cut short ends with an error. */
static void note(const struct probe *probe)
{
    if (caller_of(probe) != NULL && heard.code != 0 && WIFEXITED(heard.end) &&
        WEXITSTATUS(heard.end) == 0) {
        answers_note(probe->body == NULL ? "GET" : "POST", probe->target, heard.code, heard.head,
                     heard.body, strlen(heard.body), 8);
    }
}

/* fault: what SHIM_FAULT says; NULL none. */
static void ask(const struct probe *probe, const char *fault, bool from_start)
{
    static struct asking asking;
    char path[PATH_MAX], name[64], in[96], out[96], report_path[96];
    static const struct shim_report nothing;
    (void)snprintf(name, sizeof name, "fault/%s", campaign.program);
    cgi_program(name, path);
    (void)snprintf(in, sizeof in, "%s/in", base.folder);
    (void)snprintf(out, sizeof out, "%s/out", base.folder);
    (void)snprintf(report_path, sizeof report_path, "%s/report", base.folder);
    FILE *report = fopen(report_path, "wb");
    assert_true(report != NULL && fwrite(&nothing, sizeof nothing, 1, report) == 1);
    (void)fclose(report);
    asking.count = 0;
    set_request(&asking, probe, write_body(in, probe));
    set(&asking, "SHIM_REPORT=%s", report_path);
    if (campaign.trace_path != NULL) {
        set(&asking, "SHIM_TRACE=%s", campaign.trace_path);
    }
    if (!from_start) {
        set(&asking, "SHIM_ARM=serving");
    }
    if (fault != NULL) {
        set(&asking, "SHIM_FAULT=%s", fault);
    }
    int end = 0;
    pid_t pid = cgi_start(path, asking.at, in, out);
    assert_true(waitpid(pid, &end, 0) == pid);
    hear(out, end);
    note(probe);
    report = fopen(report_path, "rb");
    assert_true(report != NULL && fread(&campaign.counts, sizeof campaign.counts, 1, report) == 1);
    (void)fclose(report);
    campaign.asked++;
    campaign.injected += campaign.counts.faults > 0 ? 1 : 0;
}

#endif
