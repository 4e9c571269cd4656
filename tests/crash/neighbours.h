/*
 * crash/neighbours.h: who uses public, signin and admin while a campaign goes on: readers of the
 * public pages, somebody who signs in and out, and an administrator who issues units. What each was
 * told stands in memory shared with the test, and is compared with the files at the end.
 */
#ifndef CRASH_NEIGHBOURS_H
#define CRASH_NEIGHBOURS_H

#include "crash/web.h"

#include <stdatomic.h>
#include <sys/mman.h>

#include "gate/password.h"
#include "gate/throttle.h"
#include "store/query.h"

enum { NEIGHBOUR_READER, NEIGHBOUR_OTHER_READER, NEIGHBOUR_SIGNER, NEIGHBOUR_ISSUER, NEIGHBOURS };
#define NEIGHBOUR_ORG 6 /* who signs in and out */
#define NEIGHBOUR_ADMIN 7
#define NEIGHBOUR_PASSWORD "seven geese on a gravel road"
#define NEIGHBOUR_RECORDS_MAX 20000
#define NEIGHBOUR_VINTAGE 2025 /* nobody else issues units of it */
#define NEIGHBOUR_SESSION 9000 /* above the numbers that other sessions have */

struct sign_record {
    struct digest token_hash;
    bool out_asked, out_told;
};

struct issue_record {
    char once[TOKEN_SIZE], next[24];
    int64_t units;
    bool is_asked, is_told;
    int found;
};

struct neighbour {
    struct web_person who;
    _Atomic int requests;
    _Atomic int failed; /* no whole answer, or one that says that it cannot now */
    _Atomic int away;   /* those of them that say that it can later */
    _Atomic int sign_count, issue_count;
    struct sign_record signs[NEIGHBOUR_RECORDS_MAX];
    struct issue_record issues[NEIGHBOUR_RECORDS_MAX];
};

struct neighbourhood {
    _Atomic int stop;
    struct neighbour of[NEIGHBOURS];
};

static struct neighbourhood *neighbourhood;
static pid_t neighbour_pids[NEIGHBOURS];
static struct web_reply neighbour_reply;

/* ------------------------------------------------------------------ asking */

/* The answer's code when it is a whole success or a page about the form; 0: it failed. */
static inline int neighbour_ask(struct neighbour *neighbour, const char *target, const char *body)
{
    web_receive(web_send(&the_web, &neighbour->who, target, body), &neighbour_reply);
    atomic_fetch_add(&neighbour->requests, 1);
    int code = neighbour_reply.code;
    bool is_whole = neighbour_reply.is_whole || code == 303;
    switch (code) {
    case 200:
    case 303:
    case 409:
    case 429:
        if (is_whole) {
            return code;
        }
        break;
    case 0:
    case 500:
    case 502:
    case 503:
    case 504:
        break;
    default:
        CHECK(false, "%s was answered with %d: %.1500s", target, code, web_words(&neighbour_reply));
    }
    atomic_fetch_add(&neighbour->away, code == 503 ? 1 : 0);
    atomic_fetch_add(&neighbour->failed, 1);
    return 0;
}

static inline void neighbour_read(struct neighbour *neighbour, struct chance *chance)
{
    static const char *const pages[] = {"/",
                                        "/registry",
                                        "/registry/transfers",
                                        "/registry/projects",
                                        "/registry/issuances",
                                        "/registry/organisations",
                                        "/registry/transfers.atom",
                                        "/sign-in",
                                        "/static/tallystick.css"};
    const char *page = pages[chance_below(chance, sizeof pages / sizeof pages[0])];
    int code = neighbour_ask(neighbour, page, NULL);
    CHECK(code == 0 || code == 200, "%s was answered with %d", page, code);
}

/* An attempt counts as wrong until it was right: programs that are killed in the middle of it leave
 * counts, and whoever was let down so often would have to wait longer than the campaign. */
static inline void neighbour_forgive(void)
{
    char email[64];
    struct store *people = web_open_people(&the_web, &people_throttle_queries);
    (void)snprintf(email, sizeof email, "person-%d@example.org", NEIGHBOUR_ORG);
    struct throttle throttle = throttle_of(email, "127.0.0.1", NULL);
    if (store_begin_write(people)) {
        throttle_good(people, &throttle, clock_now_us());
        (void)store_commit(people);
    }
    store_close(people);
}

/* Signs in with the password; the new session is told by its cookie. Then mostly out again. */
static inline void neighbour_sign(struct neighbour *neighbour, struct chance *chance)
{
    int count = atomic_load(&neighbour->sign_count);
    char body[256];
    neighbour->who.cookie[0] = neighbour->who.form_token[0] = '\0';
    (void)snprintf(body, sizeof body, "email=person-%d%%40example.org&password=%s", NEIGHBOUR_ORG,
                   "seven+geese+on+a+gravel+road");
    int code = neighbour_ask(neighbour, "/sign-in", body);
    if (code != 303) {
        CHECK(code != 200 && code != 409, "the right password is refused: %.1500s",
              web_words(&neighbour_reply));
        if (code == 429) {
            neighbour_forgive();
        }
        poll(NULL, 0, 20);
        return;
    }
    const char *cookie = strstr(neighbour_reply.bytes, "__Host-session=");
    CHECK(cookie != NULL, "signed in without a cookie: %.800s", neighbour_reply.bytes);
    cookie += strlen("__Host-session=");
    (void)snprintf(neighbour->who.cookie, TOKEN_SIZE, "%.*s", (int)strcspn(cookie, ";\r"), cookie);
    struct sign_record *record = &neighbour->signs[count];
    record->token_hash = digest_of(neighbour->who.cookie, strlen(neighbour->who.cookie));
    atomic_store(&neighbour->sign_count, count + 1);
    if (chance_below(chance, 8) == 0 ||
        neighbour_ask(neighbour, "/sign-in/sessions", NULL) != 200) {
        return; /* stays signed in */
    }
    web_value(&neighbour_reply, "token", neighbour->who.form_token, TOKEN_SIZE);
    CHECK(neighbour->who.form_token[0] != '\0', "the list of sessions has no form token");
    record->out_asked = true;
    record->out_told = neighbour_ask(neighbour, "/sign-out", "") == 303;
}

/* Confirms an issuance; true: it was told. */
static inline bool neighbour_confirm(struct neighbour *neighbour, struct issue_record *record,
                                     const char *step)
{
    char target[128], body[256];
    (void)snprintf(target, sizeof target, "/admin/issue/projects/%s/units", the_world.project_id);
    (void)snprintf(body, sizeof body,
                   "once=%s&step=%s&next=%s&vintage=%d&supplier_amount=%d.%03d&buffer_amount="
                   "&reporting_start=&reporting_end=&notes=%s",
                   record->once, step, record->next, NEIGHBOUR_VINTAGE, (int)record->units / 1000,
                   (int)record->units % 1000, record->once);
    return neighbour_ask(neighbour, target, body) == 303;
}

static inline void neighbour_issue(struct neighbour *neighbour, struct chance *chance)
{
    int count = atomic_load(&neighbour->issue_count);
    struct issue_record *record = &neighbour->issues[count];
    char target[128];
    (void)snprintf(target, sizeof target, "/admin/issue/projects/%s/units", the_world.project_id);
    if (neighbour_ask(neighbour, target, NULL) != 200) {
        poll(NULL, 0, 20);
        return;
    }
    web_value(&neighbour_reply, "once", record->once, sizeof record->once);
    record->units = 1 + chance_below(chance, 5000);
    TEXT_COPY(record->next, "1");
    CHECK(record->once[0] != '\0', "the form has no name of its own");
    if (neighbour_confirm(neighbour, record, "") || neighbour_reply.code != 200) {
        return;
    }
    web_value(&neighbour_reply, "next", record->next, sizeof record->next);
    CHECK(record->next[0] != '\0', "the check names no serial: %.1500s",
          web_words(&neighbour_reply));
    record->is_asked = true;
    atomic_store(&neighbour->issue_count, count + 1);
    for (int i = 0; i < 4 && !record->is_told && atomic_load(&neighbourhood->stop) == 0; i++) {
        record->is_told = neighbour_confirm(neighbour, record, "confirm");
        if (!record->is_told && chance_below(chance, 2) == 0) {
            return; /* gives up and never knows */
        }
        poll(NULL, 0, record->is_told ? 0 : 20);
    }
}

/* ------------------------------------------------------------------ their life */

static inline void neighbour_live(int number, struct chance chance)
{
    struct neighbour *neighbour = &neighbourhood->of[number];
    while (atomic_load(&neighbourhood->stop) == 0 &&
           atomic_load(&neighbour->sign_count) < NEIGHBOUR_RECORDS_MAX &&
           atomic_load(&neighbour->issue_count) < NEIGHBOUR_RECORDS_MAX) {
        if (number == NEIGHBOUR_SIGNER) {
            neighbour_sign(neighbour, &chance);
        } else if (number == NEIGHBOUR_ISSUER) {
            neighbour_issue(neighbour, &chance);
            continue; /* so fast that a pause would be most of the time that is hit */
        } else {
            neighbour_read(neighbour, &chance);
        }
        poll(NULL, 0, (int)chance_below(&chance, 10));
    }
    fflush(stdout);
    _exit(0);
}

static inline void neighbours_kill(void)
{
    for (int i = 0; i < NEIGHBOURS && the_world.owner == getpid(); i++) {
        if (neighbour_pids[i] > 0) {
            kill(neighbour_pids[i], SIGKILL);
            waitpid(neighbour_pids[i], NULL, 0);
            neighbour_pids[i] = 0;
        }
    }
}

/* Their rights and secrets. Call it before the daemon starts. */
static inline void neighbours_open(struct world *world)
{
    struct tally tally = world_tally(world);
    struct command command = command_of(ACT_SET_REGISTRY_ROLES, "", "");
    TEXT_COPY(command.person.user_id, world->user_ids[NEIGHBOUR_ADMIN]);
    command.person.roles = 1;
    world_ask(&tally, &command);
    way_close(tally.way);
    neighbourhood = mmap(NULL, sizeof *neighbourhood, PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CHECK(neighbourhood != MAP_FAILED, "no shared memory");
    char hash[PASSWORD_HASH_SIZE];
    struct store *people = web_open_people(&the_web, &people_password_queries);
    CHECK(password_hash(NEIGHBOUR_PASSWORD, hash) &&
              password_write(people, world->user_ids[NEIGHBOUR_ORG], hash, clock_now_us()),
          "no password");
    web_sign_in(people, world, NEIGHBOUR_ADMIN, NEIGHBOUR_SESSION,
                &neighbourhood->of[NEIGHBOUR_ISSUER].who);
    store_close(people);
}

static inline void neighbours_start(uint64_t seed, int64_t life)
{
    static bool is_registered;
    if (!is_registered) {
        is_registered = true;
        atexit(neighbours_kill);
    }
    for (int i = 0; i < NEIGHBOURS; i++) {
        struct chance chance = chance_from(seed, 500000 + 100 * (uint64_t)life + (uint64_t)i);
        pid_t test = getpid();
        fflush(stdout);
        neighbour_pids[i] = fork();
        CHECK(neighbour_pids[i] >= 0, "no process for a neighbour");
        if (neighbour_pids[i] == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            signal(SIGTERM, SIG_DFL);
            signal(SIGINT, SIG_DFL);
            if (getppid() != test) {
                _exit(127);
            }
            neighbour_live(i, chance);
        }
    }
}

/* How many still run; one that ended badly has said why. */
static inline int neighbours_left(void)
{
    int left = 0;
    for (int i = 0; i < NEIGHBOURS; i++) {
        int end = 0;
        if (neighbour_pids[i] > 0 &&
            waitpid(neighbour_pids[i], &end, WNOHANG) == neighbour_pids[i]) {
            neighbour_pids[i] = 0;
            CHECK(WIFEXITED(end) && WEXITSTATUS(end) == 0, "neighbour %d ended badly: see above",
                  i);
        }
        left += neighbour_pids[i] > 0 ? 1 : 0;
    }
    return left;
}

/* ------------------------------------------------------------------ checking */

struct neighbour_sums {
    int requests, failed, signed_in, signed_out, issued, in_doubt, in_doubt_done;
};

static const char *const neighbour_sql[] = {
    "SELECT notes, supplier_units FROM issuance WHERE vintage = ?1"};
static const struct query_table neighbour_queries = {"neighbours", neighbour_sql, 1};
static const struct query_table *const neighbour_tables[] = {&neighbour_queries, NULL};

/* Every session that was told is there, or was told to be over and is gone. */
static inline void neighbours_check_sessions(struct neighbour_sums *sums)
{
    const struct neighbour *signer = &neighbourhood->of[NEIGHBOUR_SIGNER];
    struct store *people = web_open_people(&the_web, NULL);
    for (int i = 0; i < atomic_load(&signer->sign_count); i++) {
        const struct sign_record *record = &signer->signs[i];
        static struct session session;
        bool is_there = session_find(people, &record->token_hash, &session);
        CHECK(is_there || record->out_asked, "session %d was acknowledged and is lost", i);
        CHECK(!is_there || !record->out_told, "session %d was ended and is there", i);
        sums->signed_in++;
        sums->signed_out += record->out_told ? 1 : 0;
    }
    CHECK(!store_fault(people), "people.db was not read to its end");
    store_close(people);
}

/* Every issuance that was told is there once; any other at most once. */
static inline void neighbours_check_issued(struct neighbour_sums *sums)
{
    struct neighbour *issuer = &neighbourhood->of[NEIGHBOUR_ISSUER];
    int count = atomic_load(&issuer->issue_count);
    struct store *store =
        store_open(STORE_REGISTRY, STORE_READ, the_world.registry_path, neighbour_tables);
    CHECK(store != NULL, "the registry cannot be read");
    struct query q = query(store, &neighbour_queries, 0);
    query_bind_int(&q, 1, NEIGHBOUR_VINTAGE);
    while (query_row(&q)) {
        arena_reset(&the_world.arena, 0);
        const char *notes = query_text(&q, &the_world.arena, 0);
        int i = 0;
        while (i < count && !text_is(issuer->issues[i].once, notes)) {
            i++;
        }
        CHECK(i < count && query_int(&q, 1) == issuer->issues[i].units,
              "nobody issued %" PRId64 " units with the note %s", query_int(&q, 1), notes);
        issuer->issues[i].found++;
    }
    query_end(&q);
    CHECK(!store_fault(store), "the registry was not read to its end");
    store_close(store);
    for (int i = 0; i < count; i++) {
        const struct issue_record *record = &issuer->issues[i];
        CHECK(record->found <= 1, "one form issued %d times", record->found);
        CHECK(!record->is_told || record->found == 1, "issuance %d was acknowledged and is lost",
              i);
        sums->issued += record->is_told ? 1 : 0;
        sums->in_doubt += record->is_told ? 0 : 1;
        sums->in_doubt_done += record->is_told ? 0 : record->found;
    }
}

/* What is in doubt is settled by the same form: told at last, or the next serial has moved on. */
static inline void neighbours_settle(void)
{
    struct neighbour *issuer = &neighbourhood->of[NEIGHBOUR_ISSUER];
    for (int i = 0; i < atomic_load(&issuer->issue_count); i++) {
        struct issue_record *record = &issuer->issues[i];
        if (record->is_told && i % 8 != 0) {
            continue;
        }
        bool is_told = neighbour_confirm(issuer, record, "confirm");
        CHECK(is_told || (!record->is_told && neighbour_reply.code == 409),
              "issuance %d cannot be settled: %d %.1500s", i, neighbour_reply.code,
              web_words(&neighbour_reply));
        record->is_told = is_told;
    }
}

static inline void neighbours_count(struct neighbour_sums *sums)
{
    for (int i = 0; i < NEIGHBOURS; i++) {
        sums->requests += atomic_load(&neighbourhood->of[i].requests);
        sums->failed += atomic_load(&neighbourhood->of[i].failed);
    }
}

/* Call it when all programs are up and the neighbours have ended. */
static inline void neighbours_check(struct neighbour_sums *sums)
{
    neighbours_count(sums);
    neighbours_check_sessions(sums);
    neighbours_settle();
    neighbours_check_issued(sums);
    CHECK(munmap(neighbourhood, sizeof *neighbourhood) == 0, "the memory is not given back");
}

#endif
