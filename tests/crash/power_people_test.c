/*
 * crash/power_people_test.c: the power goes away under people.db (safety.md section 4, row 4),
 * which several programs write with a rollback journal. `signin` and `account`, linked with a disk
 * that writes down what it is told (tests/fault/shim.h), answer a script of requests one after
 * another as plain CGI: passwords, sessions, drafts of transfers and their steps. From the trace
 * the disk is made as it may be when the power goes before, after or somewhere between the writes
 * before each sync (tests/fault/disk.h), and opened as the programs do. Each time:
 *   - people.db holds, row for row, what it held after the last answer, after the next one, or
 *     after one of the commits between the two: nothing acknowledged is lost, nothing is half
 * there;
 *   - SQLite's integrity check finds nothing, and it is written to again;
 *   - now and then the ordinary `account` is asked, and answers.
 * power_people_test [--drafts N] [--seeds N] [--every N] [--seed N]
 * By default one of three losses; --every 1: all of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#pragma GCC diagnostic ignored "-Wunused-function" /* of what the pages' tests share */

#include "store/drafts.h"
#include "store/people_link.h"
#include "store/people_password.h"

#include "fault/disk.h"
#include "fault/pages.h"

#define REQUESTS_MAX 400
#define LINK "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq"
#define GOOD "four+quiet+otters"
#define LATER "five+loud+herons"
#define ASK_EVERY 25 /* one of so many disks meets the ordinary program */

static struct digest states[REQUESTS_MAX + 1]; /* after each answer */
static size_t request_count;
static char trace_path[128], begun[128], people_path[128];
static struct disk_count losses;
static struct {
    int64_t images, syncs, asked, between, next;
} sum;
static int64_t wanted_drafts, wanted_seeds, wanted_every;
static struct chance lot;

/* ------------------------------------------------------------------ the script */

static void mark_answered(void)
{
    struct shim_record record = {.op = SHIM_OP_ANSWERED, .size_bytes = 1};
    int fd = open(trace_path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0 && write(fd, &record, sizeof record) == (ssize_t)sizeof record);
    close(fd);
    request_count++;
    assert_true(request_count <= REQUESTS_MAX);
    assert_true(contents_digest(people_path, false, &states[request_count]));
}

/* One request; a form leads on with 303. Its location, unmasked. */
static const char *request(const char *program, struct cgi_person person, const char *target,
                           const char *body)
{
    char out[96];
    struct probe probe = {.target = target, .body = body, .person = person};
    campaign.program = program;
    ask(&probe, NULL, false);
    mark_answered();
    (void)snprintf(out, sizeof out, "%s/out", base.folder);
    struct cgi_reply reply = cgi_read(out);
    if (reply.code != (body == NULL ? 200 : 303)) {
        fail_msg("%s answered %d", target, reply.code);
    }
    return words("%s", reply.location);
}

static void do_draft(int64_t number)
{
    struct cgi_person maya = market.maya;
    const char *draft =
        id_in(request("account", maya, "/account/transfers/new", "kind=external"), "drf_");
    const char *at = words("/account/transfers/drafts/%s", draft);
    (void)request("account", maya, words("%s/recipient", at), words("recipient=%s", market.fjord));
    (void)request("account", maya, words("%s/balance", at),
                  words("balance=%s.carbon_removal", market.charm));
    (void)request("account", maya, words("%s/amount", at), "by=oldest&go=next&amount=20");
    (void)request("account", maya, words("%s/review", at), NULL);
    if (number % 3 == 2) {
        (void)request("account", maya, words("%s/discard", at), "");
        (void)request("account", maya, "/account/credits", NULL); /* the notice is shown and gone */
    }
}

static void do_script(void)
{
    struct cgi_person maya = market.maya;
    (void)request("signin", market_nobody, "/password/set",
                  "link=" LINK "&password=" GOOD "&again=" GOOD);
    for (int64_t i = 0; i < wanted_drafts; i++) {
        do_draft(i);
    }
    (void)request("account", maya, "/account/switch",
                  words("org=%s&back=/account/credits", market.northwind));
    (void)request("signin", market_nobody, "/sign-in", "email=B@example.org&password=" GOOD);
    (void)request("signin", maya, "/password/change",
                  "present=" GOOD "&password=" LATER "&again=" LATER);
    (void)request("signin", market.eve, "/sign-in/sessions/everywhere", "");
    (void)request("signin", market.finn, "/sign-out", "");
}

static void add_people(void)
{
    static const struct query_table *const tables[] = {
        &people_person_queries, &people_password_queries, &people_link_queries, NULL};
    extern int libscrypt_hash(char *, const char *, uint32_t, uint8_t, uint8_t);
    char hash[PASSWORD_HASH_SIZE];
    struct store *people = store_open(STORE_PEOPLE, STORE_WRITE, people_path, tables);
    assert_non_null(people);
    assert_true(libscrypt_hash(hash, "four quiet otters", 32768, 8, 3) > 0);
    assert_true(password_write(people, town_person('A'), hash, clock_now_us()));
    struct digest token = digest_of(LINK, strlen(LINK));
    struct link link = {.made_at = clock_now_us(), .expires_at = clock_now_us() + CLOCK_DAY_US};
    must(TEXT_COPY(link.user_id, town_person('B')));
    assert_true(link_add(people, &token, &link));
    store_close(people);
}

/* ------------------------------------------------------------------ after the loss */

static void empty_people(void)
{
    shell(words("rm -f '%s'/people.db*", town.folder));
}

static size_t answered_before(const struct trace *trace, size_t number)
{
    size_t answered = 0;
    for (size_t i = 0; i < number; i++) {
        answered += trace_record(trace, i).op == SHIM_OP_ANSWERED ? 1 : 0;
    }
    return answered;
}

/* Is this what one of the commits between two answers left? As it is when nothing is lost. */
static bool is_between(const struct trace *trace, size_t answered, const struct digest *found)
{
    static const char *const names[] = {"people.db", "people.db-journal", NULL};
    struct disk disk = disk_begin(trace, begun, names);
    struct disk_count nothing = {0};
    size_t past = 0;
    bool is_one = false;
    while (disk.next < trace->count && past <= answered && !is_one) {
        struct shim_record record = disk_step(&disk);
        past += record.op == SHIM_OP_ANSWERED ? 1 : 0;
        if (past == answered && record.op == SHIM_OP_SYNC) {
            struct digest digest;
            empty_people();
            disk_lose(&disk, town.folder, MOOD_KEEP_ALL, &lot, &nothing);
            is_one = contents_digest(people_path, false, &digest) && digest_equal(&digest, found);
        }
    }
    disk_end(&disk);
    return is_one;
}

static void violated(const char *where, const char *what)
{
    printf("violation: %s: %s\n", where, what);
    (void)fflush(stdout);
    fail_msg("%s: %s", where, what);
}

/* As a program opens it, writes to it, and checks it. */
static void use_people(const char *where)
{
    static const struct query_table *const tables[] = {&people_session_queries, NULL};
    struct store *people = store_open(STORE_PEOPLE, STORE_WRITE, people_path, tables);
    struct digest token = digest_of(market.vera.cookie, strlen(market.vera.cookie));
    if (people == NULL) {
        violated(where, "people.db is not opened");
    }
    session_set_notice(people, &token, "person-saved");
    bool is_good = !store_fault(people);
    store_close(people);
    sqlite3 *db = NULL;
    sqlite3_stmt *check = NULL;
    is_good = is_good && sqlite3_open(people_path, &db) == SQLITE_OK &&
              sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &check, NULL) == SQLITE_OK &&
              sqlite3_step(check) == SQLITE_ROW &&
              strcmp((const char *)sqlite3_column_text(check, 0), "ok") == 0;
    sqlite3_finalize(check);
    sqlite3_close(db);
    if (!is_good) {
        violated(where, "people.db is not sound or not written to");
    }
}

static void lose(const struct disk *disk, const char *moment)
{
    static const struct query_table *const tables[] = {&people_session_queries, NULL};
    char where[128];
    struct digest found;
    size_t answered = answered_before(disk->trace, disk->next);
    (void)snprintf(where, sizeof where, "power loss %s sync %" PRId64 " (record %zu)", moment,
                   sum.syncs, disk->next);
    empty_people();
    disk_lose(disk, town.folder, disk_mood(&lot), &lot, &losses);
    /* The ordinary way in mends what was left half done. */
    struct store *people = store_open(STORE_PEOPLE, STORE_WRITE, people_path, tables);
    if (people == NULL) {
        violated(where, "people.db is not opened");
    }
    store_close(people);
    if (!contents_digest(people_path, false, &found)) {
        violated(where, "people.db is not read");
    }
    bool is_next = answered < request_count && digest_equal(&found, &states[answered + 1]);
    use_people(where);
    if (sum.images++ % ASK_EVERY == 0) {
        struct cgi_reply reply =
            market_post("/account/transfers/new", market.vera, "kind=external");
        cgi_is(&reply, 403); /* she may not, and is known */
        sum.asked++;
    }
    if (!is_next && !digest_equal(&found, &states[answered])) {
        if (!is_between(disk->trace, answered, &found)) {
            violated(where, "people.db holds what it never held after the last answer");
        }
        sum.between++;
    }
    sum.next += is_next ? 1 : 0;
}

static void lose_everywhere(const struct trace *trace)
{
    static const char *const names[] = {"people.db", "people.db-journal", NULL};
    struct disk disk = disk_begin(trace, begun, names);
    int64_t points = chance_below(&lot, wanted_every);
    size_t since = 0;
    sum.syncs = 0;
    while (disk.next < trace->count) {
        bool is_sync = trace_record(trace, disk.next).op == SHIM_OP_SYNC;
        if ((is_sync || since == 2) && points++ % wanted_every == 0) {
            lose(&disk, is_sync ? "before" : "in the writes before");
        }
        bool is_answer = disk_step(&disk).op == SHIM_OP_ANSWERED;
        if ((is_sync || is_answer) && points++ % wanted_every == 0) {
            lose(&disk, is_answer ? "and an answer after" : "after");
        }
        since = is_sync ? 0 : since + 1;
        sum.syncs += is_sync ? 1 : 0;
    }
    disk_end(&disk);
}

static void people_survive(void **state)
{
    (void)state;
    (void)snprintf(people_path, sizeof people_path, "%s/people.db", town.folder);
    (void)snprintf(trace_path, sizeof trace_path, "%s/trace", base.folder);
    (void)snprintf(begun, sizeof begun, "%s/begun", base.folder);
    add_people();
    shell(words("rm -f '%s-journal'", people_path)); /* empty; that it is made is in the trace */
    campaign_begin();
    shell(words("mkdir '%s'; cp '%s'/people.db* '%s'", begun, town.folder, begun));
    assert_true(contents_digest(people_path, false, &states[0]));
    campaign.trace_path = trace_path;
    do_script();
    struct trace trace = trace_read(trace_path);
    for (int64_t i = 0; i < wanted_seeds; i++) {
        lot = chance_from(campaign.seed, 1 + (uint64_t)i);
        lose_everywhere(&trace);
    }
    printf("result: power: people.db: %zu requests, %zu records, %" PRId64 " syncs; %" PRId64
           " losses with %" PRId64 " seeds; writes since the last sync: %" PRId64 " kept, %" PRId64
           " dropped, %" PRId64 " torn, %" PRId64 " new files lost; %" PRId64
           " times the request on its way was there, %" PRId64
           " times up to one of its commits; %" PRId64 " asked the program; 0 violations\n",
           request_count, trace.count, sum.syncs, sum.images, wanted_seeds, losses.kept,
           losses.dropped, losses.torn, losses.files_lost, sum.next, sum.between, sum.asked);
    trace_free(&trace);
    base.registry_is_whole = false;
    restore();
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(people_survive)};
    campaign_options(argc, argv, "account");
    wanted_drafts = world_option(argc, argv, "--drafts", 3);
    wanted_seeds = world_option(argc, argv, "--seeds", 1);
    wanted_every = world_option(argc, argv, "--every", 3);
    return cmocka_run_group_tests(tests, campaign_open, campaign_close);
}
