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

#include "fault/ask.h"

#define START_EVERY 4 /* one of so many programs' starts is disturbed, too */

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
    int64_t first = chance_below(&campaign.chance, campaign.every);
    first %= (int64_t)campaign.probe_count; /* never a sample of none */
    for (size_t i = 0; i < campaign.probe_count; i++) {
        const struct probe *probe = &campaign.probes[i];
        if (campaign.only != NULL && strstr(probe->target, campaign.only) == NULL) {
            continue;
        }
        if ((int64_t)i % campaign.every != first) {
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
