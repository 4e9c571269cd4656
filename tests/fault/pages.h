/*
 * tests/fault/pages.h: the n-th fault under every endpoint of one web program (safety.md section 4,
 * row 5). The program, linked with a disk and a memory that fail (tests/fault/shim.h), is asked as
 * plain CGI: once without a fault, which says how often each kind of operation happens and what the
 * answer and the two databases are like; then with one kind of operation failing, the n-th alone or
 * every one from the n-th on. Each time:
 *   - the program does not crash;
 *   - the answer is either the same as without the fault, and then the databases hold the same
 *     too; or a whole error page with a code of 500 and more; or it visibly broke off;
 *   - after an error the databases hold what they held before, or what they hold after the act;
 *   - the next request, without a fault, is answered as ever, and the registry verifies.
 * By default some seeded faults for one of five endpoints; --every 1: for all endpoints; --all:
 * all endpoints and every n of every kind, both forms. --faults N (for each endpoint), --step N
 * (with --all: every N-th n), --only TEXT (of the address), --seed N.
 * Include after the program's source and cmocka's headers.
 */
#ifndef FAULT_PAGES_H
#define FAULT_PAGES_H

#include "crash/world.h"
#include "pages/authorise.h"

#include "fault/contents.h"
#include "fault/shim.h"

#define PROBES_MAX 128
#define REPLY_BYTES (1024 * 1024)
#define START_EVERY 4 /* one of so many programs' starts is disturbed, too */

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

/* The pages that were not named are asked with the market's own ids; a form must be named. */
static void add_other_pages(const struct route *table, size_t count, struct cgi_person person)
{
    for (size_t i = 0; i < count; i++) {
        bool is_post = table[i].method == METHOD_POST;
        if (!probe_known(table[i].pattern, is_post)) {
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

static void hear(const char *path, int end)
{
    struct cgi_reply reply = {.code = 0, .head = "", .body = ""};
    struct stat about;
    heard.code = 0;
    heard.end = end;
    heard.location[0] = heard.body[0] = '\0';
    if (stat(path, &about) != 0 || about.st_size == 0) {
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
    if (text_empty(getenv("TEST_FAULT"))) {
        cgi_program(name, path);
    } else { /* the folder of a program with a planted bug */
        (void)snprintf(path, sizeof path, "%.3000s/%s", getenv("TEST_FAULT"), campaign.program);
    }
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

/* ------------------------------------------------------------------ judging */

__attribute__((format(printf, 3, 4))) static void
violation(const struct probe *probe, const char *fault, const char *format, ...)
{
    va_list arguments;
    printf("violation: %s %s %s, %s: ", campaign.program, probe->body == NULL ? "GET" : "POST",
           probe->target, fault == NULL ? "no fault" : fault);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    (void)fflush(stdout);
    campaign.violations++;
}

static bool contents_equal(const struct contents *one, const struct contents *other)
{
    return digest_equal(&one->registry, &other->registry) &&
           digest_equal(&one->people, &other->people);
}

static bool is_same_answer(void)
{
    return heard.code == reference.code && text_is(heard.location, reference.location) &&
           text_is(heard.body, reference.body);
}

static bool ended_well(void)
{
    return (WIFEXITED(heard.end) && WEXITSTATUS(heard.end) == 0) ||
           (WIFSIGNALED(heard.end) && WTERMSIG(heard.end) == SIGTERM);
}

/* Everything but one of these ends, with an answer that fits it, is a violation. */
static const char *judge_answer(bool from_start)
{
    bool exits_1 = WIFEXITED(heard.end) && WEXITSTATUS(heard.end) == 1;
    if (!ended_well() && !exits_1) {
        return "the program crashed";
    }
    if (heard.code == 0) {
        campaign.broken += exits_1 ? 1 : 0;
        return exits_1 ? NULL : "there was no answer";
    }
    if (heard.code >= 500) {
        bool is_whole = strstr(heard.body, "</html>") != NULL || strlen(heard.body) > 20;
        campaign.refused++;
        return is_whole ? NULL : "an error page that is not whole";
    }
    if (exits_1 && !from_start) {
        campaign.broken++;
        bool is_begun = strncmp(heard.body, reference.body, strlen(heard.body)) == 0;
        return is_begun ? NULL : "broke off, and what came is not what comes without the fault";
    }
    if (!is_same_answer()) {
        return "another answer than without the fault, and no error";
    }
    campaign.same++;
    return NULL;
}

static const char *as_when(const struct digest *digest, const struct digest *before,
                           const struct digest *after)
{
    return digest_equal(digest, after)    ? "after"
           : digest_equal(digest, before) ? "before"
                                          : "between";
}

static void say_nothing(void *context, const char *sentence)
{
    (void)context;
    printf("  %s\n", sentence);
}

/* Whatever was kept, the registry is sound. */
static void verify_registry(const struct probe *probe, const char *fault)
{
    struct store *store = store_open(STORE_REGISTRY, STORE_READ, town.path, ledger_verify_tables);
    assert_non_null(store);
    arena_reset(&town.arena, 0);
    struct verify_report report = {.say = say_nothing};
    store_begin_read(store);
    enum status status = ledger_verify(store, &town.arena, &report);
    store_close(store);
    if (status != STATUS_OK || report.violations != 0) {
        violation(probe, fault, "the registry is not sound any more");
    }
}

static void judge_contents(const struct probe *probe, const char *fault)
{
    struct contents exact = contents_now(false);
    struct contents now = contents_now(true);
    const struct contents *before = &campaign.base_masked;
    const struct contents *after = &campaign.after_masked;
    bool is_success = heard.code > 0 && heard.code < 400;
    bool is_after = contents_equal(&now, after);
    campaign.state_is_base = contents_equal(&exact, &campaign.base_exact);
    if (!campaign.state_is_base) {
        verify_registry(probe, fault);
    }
    bool is_kept =
        is_after || (probe->may_leave_draft && digest_equal(&now.registry, &after->registry));
    bool is_right =
        is_success ? is_kept : is_kept || probe->in_steps || contents_equal(&now, before);
    if (!is_right) {
        violation(probe, fault, "answered %d, and the registry is as %s, people.db as %s",
                  heard.code, as_when(&now.registry, &before->registry, &after->registry),
                  as_when(&now.people, &before->people, &after->people));
    } else if (!is_success) {
        bool is_undone = contents_equal(&now, before);
        campaign.undone += is_undone ? 1 : 0;
        campaign.done += is_after ? 1 : 0;
        campaign.between += is_undone || is_after ? 0 : 1;
    }
}

static void print_difference(void)
{
    size_t at = 0;
    while (heard.body[at] != '\0' && heard.body[at] == reference.body[at]) {
        at++;
    }
    at = at > 60 ? at - 60 : 0;
    printf("  answered %d instead of %d; \"%.160s\" instead of \"%.160s\"\n", heard.code,
           reference.code, heard.body + at, reference.body + at);
}

static void disturb(const struct probe *probe, const char *fault, bool from_start)
{
    restore();
    ask(probe, fault, from_start);
    const char *why = judge_answer(from_start);
    if (why != NULL) {
        violation(probe, fault, "%s (end %d)", why, heard.end);
        print_difference();
    }
    if (probe->body != NULL) {
        judge_contents(probe, fault);
    }
}

/* ------------------------------------------------------------------ one endpoint */

static void ask_reference(const struct probe *probe)
{
    restore();
    ask(probe, NULL, false);
    reference = heard;
    if (!ended_well() || heard.code == 0 || heard.code >= 400) {
        violation(probe, NULL, "answered %d", heard.code);
        printf("  %.1500s\n",
               strstr(heard.body, "<main") == NULL ? heard.body : strstr(heard.body, "<main"));
    }
    if (probe->body != NULL) {
        struct contents exact = contents_now(false);
        campaign.after_masked = contents_now(true);
        campaign.state_is_base = contents_equal(&exact, &campaign.base_exact);
    }
}

static void ask_again(const struct probe *probe)
{
    if (!campaign.state_is_base) {
        return;
    }
    ask(probe, NULL, false);
    campaign.again++;
    if (!is_same_answer()) {
        violation(probe, NULL, "the next request is answered otherwise");
        print_difference();
    }
    if (probe->body != NULL) {
        judge_contents(probe, NULL);
    }
}

static void disturb_all(const struct probe *probe, const struct shim_report *counts)
{
    for (int kind = 0; kind < SHIM__KINDS; kind++) {
        for (int64_t n = 1; n <= counts->counts[kind]; n += campaign.step) {
            for (int form = 0; form < 2; form++) {
                char fault[64];
                (void)snprintf(fault, sizeof fault, "%s:%" PRId64 "%s", shim_words[kind], n,
                               form == 0 ? "" : "+");
                disturb(probe, fault, false);
            }
        }
    }
}

static void disturb_some(const struct probe *probe, const struct shim_report *counts)
{
    for (int64_t i = 0; i < campaign.faults_wanted; i++) {
        int kind = (int)chance_below(&campaign.chance, SHIM__KINDS);
        while (counts->counts[kind] == 0) {
            kind = (kind + 1) % SHIM__KINDS;
        }
        char fault[64];
        (void)snprintf(fault, sizeof fault, "%s:%" PRId64 "%s", shim_words[kind],
                       1 + chance_below(&campaign.chance, counts->counts[kind]),
                       chance_below(&campaign.chance, 2) == 0 ? "" : "+");
        disturb(probe, fault, false);
    }
}

/* A program that cannot start says so with its exit; one that started answers as it should. */
static void disturb_start(const struct probe *probe)
{
    restore();
    ask(probe, NULL, true);
    struct shim_report counts = campaign.counts;
    campaign.state_is_base = probe->body == NULL;
    int kind = (int)chance_below(&campaign.chance, SHIM__KINDS);
    while (counts.counts[kind] == 0) {
        kind = (kind + 1) % SHIM__KINDS;
    }
    char fault[64];
    (void)snprintf(fault, sizeof fault, "%s:%" PRId64 "%s", shim_words[kind],
                   1 + chance_below(&campaign.chance, counts.counts[kind]),
                   chance_below(&campaign.chance, 2) == 0 ? "" : "+");
    disturb(probe, fault, true);
    campaign.starts++;
}

static void disturb_program(const struct route *table, size_t count, struct cgi_person person)
{
    add_other_pages(table, count, person);
    campaign_begin();
    for (size_t i = 0; i < campaign.probe_count; i++) {
        const struct probe *probe = &campaign.probes[i];
        if (campaign.only != NULL && strstr(probe->target, campaign.only) == NULL) {
            continue;
        }
        if (chance_below(&campaign.chance, campaign.every) != 0) {
            continue;
        }
        campaign.endpoints++;
        ask_reference(probe);
        struct shim_report counts = campaign.counts;
        if (campaign.is_all) {
            disturb_all(probe, &counts);
        } else {
            disturb_some(probe, &counts);
        }
        if (chance_below(&campaign.chance, START_EVERY) == 0) {
            disturb_start(probe);
        }
        ask_again(probe);
    }
    restore();
    assert_int_equal(campaign.violations, 0);
    assert_true(campaign.injected > 0);
}

static void campaign_options(int argc, char **argv, const char *program)
{
    campaign.program = program;
    campaign.seed = world_seed(argc, argv);
    campaign.chance = chance_from(campaign.seed, 0);
    campaign.faults_wanted = world_option(argc, argv, "--faults", 2);
    campaign.every = world_option(argc, argv, "--every", 5);
    campaign.step = world_option(argc, argv, "--step", 1);
    for (int i = 1; i < argc; i++) {
        campaign.is_all = campaign.is_all || text_is(argv[i], "--all");
        campaign.every = campaign.is_all || campaign.only != NULL ? 1 : campaign.every;
        campaign.only = text_is(argv[i], "--only") && i + 1 < argc ? argv[i + 1] : campaign.only;
    }
}

static void campaign_report(int64_t began_us)
{
    printf("result: faults: %s: %" PRId64 " of %zu endpoints, %" PRId64 " requests, %" PRId64
           " with a fault (%" PRId64 " while starting): %" PRId64 " answered as ever, %" PRId64
           " with an error page, %" PRId64 " broke off; of forms with an error %" PRId64
           " left nothing, %" PRId64 " had been kept whole, %" PRId64 " up to a step; %" PRId64
           " asked again without a fault; %d violations; %" PRId64 " s\n",
           campaign.program, campaign.endpoints, campaign.probe_count, campaign.asked,
           campaign.injected, campaign.starts, campaign.same, campaign.refused, campaign.broken,
           campaign.undone, campaign.done, campaign.between, campaign.again, campaign.violations,
           (clock_steady_us() - began_us) / CLOCK_SECOND_US);
}

#endif
