/*
 * tests/fault/pages.h: the n-th fault under every endpoint of one web program (safety.md section 4,
 * row 5). The program, linked with a disk and a memory that fail (tests/fault/shim.h), is asked as
 * plain CGI: once without a fault, which says how often each kind of operation happens and what the
 * answer and the two databases are like; then with one kind of operation failing, the n-th alone or
 * every one from the n-th on. Each time:
 *   - the program does not crash;
 *   - the answer is either the same as without the fault, and then the databases hold the same
 *     too; or a whole error page with a code of 500 and more, for programs the JSON that they are
 *     promised; or it visibly broke off;
 *   - after an error the databases hold what they held before, or what they hold after the act;
 *   - the next request, without a fault, is answered as ever, and the registry verifies;
 *   - an act of a program is asked for again under its key, without a fault: it has been done once
 *     then, and is told in the words in which it was told before, if it was.
 * By default some seeded faults for one of five endpoints; --every 1: for all endpoints; --all:
 * all endpoints and every n of every kind, both forms. --faults N (for each endpoint), --step N
 * (with --all: every N-th n), --only TEXT (of the address), --seed N.
 * Include after the program's source and cmocka's headers.
 */
#ifndef FAULT_PAGES_H
#define FAULT_PAGES_H

#include "fault/judge.h"

#define START_EVERY 4 /* one of so many programs' starts is disturbed, too */

static int64_t day_now(void)
{
    return clock_now_us() / CLOCK_DAY_US;
}

static void ask_reference(const struct probe *probe);

static void disturb(const struct probe *probe, const char *fault, bool from_start)
{
    restore();
    ask(probe, fault, from_start);
    if (day_now() != campaign.day) { /* midnight: what is the same is another page by now */
        ask_reference(probe);
        restore();
        ask(probe, fault, from_start);
    }
    const char *why = judge_answer(probe, from_start);
    if (why != NULL) {
        violation(probe, fault, "%s (end %d)", why, heard.end);
        print_difference();
    }
    campaign.is_untouched = true;
    if (probe->body != NULL) {
        judge_contents(probe, fault);
    }
    if (probe->key != NULL) {
        judge_repeat(probe, fault);
    }
}

/* ------------------------------------------------------------------ one endpoint */

static void ask_reference(const struct probe *probe)
{
    restore();
    campaign.day = day_now();
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
        base.registry_is_whole = digest_equal(&exact.registry, &base.exact.registry);
    }
}

/* In what the last fault left, when it left everything as it was. */
static void ask_again(const struct probe *probe)
{
    if (!campaign.is_untouched) {
        return;
    }
    ask(probe, NULL, false);
    campaign.again++;
    if (day_now() == campaign.day && !is_same_answer()) {
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
    base.registry_is_whole = probe->body == NULL;
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
        keep_sessions();
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
           " acts done once more under their key, %" PRId64
           " asked again without a fault; %d violations; %" PRId64 " s\n",
           campaign.program, campaign.endpoints, campaign.probe_count, campaign.asked,
           campaign.injected, campaign.starts, campaign.same, campaign.refused, campaign.broken,
           campaign.undone, campaign.done, campaign.between, campaign.repeats, campaign.again,
           campaign.violations, (clock_steady_us() - began_us) / CLOCK_SECOND_US);
}

#endif
