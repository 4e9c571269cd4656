/*
 * tests/fault/ask.h: asking a web program with a disk and a memory that fail (tests/fault/shim.h),
 * as plain CGI, in the market of the pages' tests (tests/pages/market.h), which is put back to what
 * it was whenever a request has changed it. What is asked and what came of it stands in `campaign`.
 * Include after cmocka's headers.
 */
#ifndef FAULT_ASK_H
#define FAULT_ASK_H

#include "crash/world.h"
#include "gate/gate.h"
#include "http/http.h"
#include "pages/authorise.h"

#include "fault/contents.h"
#include "fault/shim.h"

#define PROBES_MAX 192
#define REPLY_BYTES (1024 * 1024)

/* One endpoint as it is asked. */
struct probe {
    const char *pattern, *target, *body; /* body NULL: GET */
    struct cgi_person person;
    /* The form is kept in several steps, each whole by itself: an error may come between them. */
    bool in_steps;
    /* The act is the registry's; what people.db forgets after it (its draft) may stay. */
    bool may_leave_draft;
};

/* What came back, masked. */
struct heard {
    int code; /* 0: no head */
    int end;  /* as waitpid tells */
    char location[4096];
    char body[REPLY_BYTES];
};

struct contents {
    struct digest registry, people;
};

static struct {
    const char *program;
    struct chance chance;
    uint64_t seed;
    bool is_all, is_open;
    int64_t faults_wanted, step, every, endpoints;
    const char *only;
    char base[64], report_path[96];
    const char *trace_path; /* NULL: none */
    struct probe probes[PROBES_MAX];
    size_t probe_count;
    struct contents base_exact, base_masked, after_masked;
    bool state_is_base;
    int violations;
    int64_t asked, injected, same, refused, broken, undone, done, between, again, starts;
    struct shim_report counts;
} campaign;

static struct heard reference, heard;

/* ------------------------------------------------------------------ endpoints */

CGI_UNUSED static void probe_add(const char *pattern, const char *target, struct cgi_person person,
                                 const char *body)
{
    assert_true(campaign.probe_count < PROBES_MAX);
    campaign.probes[campaign.probe_count++] =
        (struct probe){.pattern = pattern, .target = target, .body = body, .person = person};
}

/* What the endpoint that was added last is like. */
CGI_UNUSED static void probe_in_steps(void)
{
    campaign.probes[campaign.probe_count - 1].in_steps = true;
}

CGI_UNUSED static void probe_may_leave_draft(void)
{
    campaign.probes[campaign.probe_count - 1].may_leave_draft = true;
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

/* Forms whose faults are not asked yet: those of endpoints, whose answers hold secrets made at
 * random, and a supplier's delivery, which nobody of this market may do. */
static bool form_is_left(const char *pattern)
{
    static const char *const left[] = {"/account/team/webhooks/", "/account/orders/:id/deliver"};
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++) {
        if (strncmp(pattern, left[i], strlen(left[i])) == 0) {
            return true;
        }
    }
    return false;
}

/* The pages that were not named are asked with the market's own ids; a form must be named. */
static void add_other_pages(const struct route *table, size_t count, struct cgi_person person)
{
    for (size_t i = 0; i < count; i++) {
        bool is_post = table[i].method == METHOD_POST;
        if (!probe_known(table[i].pattern, is_post)) {
            if (is_post && form_is_left(table[i].pattern)) {
                continue;
            }
            if (is_post) {
                fail_msg("POST %s is not among the endpoints", table[i].pattern);
            }
            probe_add(table[i].pattern, words("%s", address_of(table[i].pattern, false)), person,
                      NULL);
        }
    }
}

/* ------------------------------------------------------------------ state */

static void shell(const char *command)
{
    if (system(command) != 0) {
        fail_msg("%s", command);
    }
}

static struct contents contents_now(bool is_masked)
{
    struct contents contents;
    char people[128];
    (void)snprintf(people, sizeof people, "%s/people.db", town.folder);
    assert_true(contents_digest(town.path, is_masked, &contents.registry));
    assert_true(contents_digest(people, is_masked, &contents.people));
    return contents;
}

/* The daemon of the release build: it is not the one that is tested here. */
static void start_ledger(void)
{
    char path[PATH_MAX], socket[128];
    world_program("release", "ledger", path);
    (void)snprintf(socket, sizeof socket, "%s/ledger-account.sock", town.folder);
    (void)fflush(stdout);
    market.daemon = fork();
    assert_true(market.daemon >= 0);
    if (market.daemon == 0) {
        int log = open("/dev/null", O_WRONLY);
        dup2(log, STDERR_FILENO);
        setenv("TALLYSTICK_DATA", town.folder, 1);
        setenv("TALLYSTICK_RUN", town.folder, 1);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execl(path, "ledger", (char *)NULL);
        _exit(127);
    }
    int fd = connect_until(socket, clock_steady_us() + 20 * CLOCK_SECOND_US);
    assert_true(fd >= 0);
    close(fd);
}

static void restore(void)
{
    if (campaign.state_is_base) {
        return;
    }
    char command[512];
    if (market.daemon > 0) {
        kill(market.daemon, SIGKILL);
        waitpid(market.daemon, NULL, 0);
    }
    (void)snprintf(command, sizeof command, "rm -f '%s'/*.db*; cp '%s'/*.db* '%s'", town.folder,
                   campaign.base, town.folder);
    shell(command);
    start_ledger();
    campaign.state_is_base = true;
}

static int campaign_open(void **state)
{
    authorise_open(state);
    market_stop_daemon();
    market.daemon = 0;
    strcpy(campaign.base, "/tmp/tallystick-base-XXXXXX");
    assert_non_null(mkdtemp(campaign.base));
    (void)snprintf(campaign.report_path, sizeof campaign.report_path, "%s/report", campaign.base);
    town_open_ledger();
    return 0;
}

/* What was added to the market is now what each request begins with. */
static void campaign_begin(void)
{
    char command[512];
    if (town.ledger.store != NULL) {
        store_close(town.ledger.store);
        town.ledger.store = NULL;
    }
    if (market.daemon > 0) {
        market_stop_daemon();
    }
    (void)snprintf(command, sizeof command, "cp '%s'/*.db* '%s'", town.folder, campaign.base);
    shell(command);
    campaign.state_is_base = false;
    restore();
    campaign.base_exact = contents_now(false);
    campaign.base_masked = contents_now(true);
}

static int campaign_close(void **state)
{
    char command[512];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", campaign.base);
    shell(command);
    return market_close(state);
}

/* ------------------------------------------------------------------ asking */

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
    struct cgi_reply reply = {.code = 0, .head = "", .body = ""};
    heard.code = 0;
    heard.end = end;
    heard.location[0] = heard.body[0] = '\0';
    if (!has_head(path)) {
        return;
    }
    reply = cgi_read(path);
    heard.code = reply.code;
    contents_mask(reply.location, heard.location, sizeof heard.location);
    contents_mask(reply.body, heard.body, sizeof heard.body);
}

static void write_form(const char *path, const struct probe *probe, char *length, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    int bytes = 0;
    if (probe->body != NULL) {
        bytes = probe->person.form_token[0] == '\0'
                    ? fprintf(file, "%s", probe->body)
                    : fprintf(file, "token=%s%s%s", probe->person.form_token,
                              probe->body[0] == '\0' ? "" : "&", probe->body);
    }
    assert_true(fclose(file) == 0 && bytes >= 0);
    (void)snprintf(length, size, "CONTENT_LENGTH=%d", bytes);
}

/* fault: what SHIM_FAULT says; NULL none. */
static void ask(const struct probe *probe, const char *fault, bool from_start)
{
    static char values[16][5000];
    char path[PATH_MAX], name[64], in[96], out[96], length[64];
    static const struct shim_report nothing;
    (void)snprintf(name, sizeof name, "fault/%s", campaign.program);
    cgi_program(name, path);
    (void)snprintf(in, sizeof in, "%s/in", campaign.base);
    (void)snprintf(out, sizeof out, "%s/out", campaign.base);
    FILE *report = fopen(campaign.report_path, "wb");
    assert_true(report != NULL && fwrite(&nothing, sizeof nothing, 1, report) == 1);
    (void)fclose(report);
    write_form(in, probe, length, sizeof length);
    char *environment[20] = {0};
    size_t count = 0;
#define ASK_SET(...)                                                                               \
    ((void)snprintf(values[count], sizeof values[count], __VA_ARGS__),                             \
     environment[count] = values[count], count++)
    ASK_SET("REQUEST_METHOD=%s", probe->body == NULL ? "GET" : "POST");
    ASK_SET("REQUEST_URI=%s", probe->target);
    ASK_SET("REMOTE_ADDR=127.0.0.1");
    ASK_SET("TALLYSTICK_DATA=%s", town.folder);
    ASK_SET("TALLYSTICK_RUN=%s", town.folder);
    ASK_SET("TALLYSTICK_SITE_URL=%s", cgi_site);
    ASK_SET("ASAN_OPTIONS=%s:log_path=%s/crash",
            getenv("ASAN_OPTIONS") == NULL ? "" : getenv("ASAN_OPTIONS"), campaign.base);
    ASK_SET("SHIM_REPORT=%s", campaign.report_path);
    if (campaign.trace_path != NULL) {
        ASK_SET("SHIM_TRACE=%s", campaign.trace_path);
    }
    if (!from_start) {
        ASK_SET("SHIM_ARM=serving");
    }
    if (fault != NULL) {
        ASK_SET("SHIM_FAULT=%s", fault);
    }
    if (probe->person.cookie[0] != '\0') {
        ASK_SET("HTTP_COOKIE=__Host-session=%s", probe->person.cookie);
    }
    if (probe->body != NULL) {
        ASK_SET("CONTENT_TYPE=application/x-www-form-urlencoded");
        ASK_SET("%s", length);
        ASK_SET("HTTP_SEC_FETCH_SITE=same-origin");
        ASK_SET("HTTP_ORIGIN=%s", cgi_site);
    }
#undef ASK_SET
    int end = 0;
    pid_t pid = cgi_start(path, environment, in, out);
    assert_true(waitpid(pid, &end, 0) == pid);
    hear(out, end);
    report = fopen(campaign.report_path, "rb");
    assert_true(report != NULL && fread(&campaign.counts, sizeof campaign.counts, 1, report) == 1);
    (void)fclose(report);
    campaign.asked++;
    campaign.injected += campaign.counts.faults > 0 ? 1 : 0;
}

#endif
