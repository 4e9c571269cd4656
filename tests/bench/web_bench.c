/*
 * bench/web_bench.c: the site of a filled registry through nginx, in one run on one machine:
 *   b  whole transfers a second as persons make them in browsers: Credits, every step with its page
 *      and its form, the confirmation, the transfer's page, then the recipient's inbox and accept
 *   c  pages a second (wrk, 16 connections), each beside the hello-world program, by turns
 *   d  latency of pages at half of their rate, from the moment they should have been asked for
 *   f  memory and start time of the programs
 *
 *   web_bench --folder FOLDER [--size N] [--figures FILE] [--seconds 3] [--rounds 3] [--parts bcdf]
 */
#include "bench/site.h"

#define ROUNDS_MAX 21
#define BROWSERS_MAX 16
#define PAGE_CONNECTIONS 16
#define TIMES_MAX 100000
#define ORDINARY 20 /* a party like most */
#define LARGE 0     /* one of the largest */
#define LUA "tests/bench/pages.lua"

struct shared {
    struct crowd crowd;
    int64_t begin_us, end_us, interval_us;
    int64_t done[CROWD_MAX], requests[CROWD_MAX];
    uint32_t times_us[CROWD_MAX][TIMES_MAX];
};

static struct shared *shared;
static int64_t seconds;
static size_t rounds;
static struct web_reply reply;

/* ------------------------------------------------------------------ b: whole transfers */

static void look(int number, const struct web_person *who, const char *target)
{
    web_receive(web_send(&the_web, who, target, NULL), &reply);
    CHECK(reply.code == 200 && reply.is_whole, "%s was answered with %d", target, reply.code);
    shared->requests[number]++;
}

/* Sends a form and goes where it leads. */
static void send_form(int number, const struct web_person *who, const char *target,
                      const char *form)
{
    char next[4096];
    web_receive(web_send(&the_web, who, target, form), &reply);
    CHECK(reply.code == 303, "%s with %s was answered with %d: %.1500s", target, form, reply.code,
          web_words(&reply));
    shared->requests[number]++;
    const char *path = strstr(reply.location, "/account");
    CHECK(path != NULL, "%s leads to %s", target, reply.location);
    (void)snprintf(next, sizeof next, "%s", path);
    look(number, who, next);
    (void)snprintf(reply.location, sizeof reply.location, "%s", next);
}

static void find_id(const char *text, const char *prefix, char id[ID_SIZE])
{
    const char *at = strstr(text, prefix);
    CHECK(at != NULL && snprintf(id, ID_SIZE, "%.20s", at) > 0 && id_is(id, NULL),
          "no %s in %.200s", prefix, text);
}

static void send_step(int number, const struct web_person *who, const char *draft_id,
                      const char *step, const char *form)
{
    char target[128];
    (void)snprintf(target, sizeof target, "/account/transfers/drafts/%s/%s", draft_id, step);
    send_form(number, who, target, form);
}

static void make_transfer(int number, const struct web_person *sender,
                          const struct web_person *recipient)
{
    char draft_id[ID_SIZE], transfer_id[ID_SIZE], form[512], plan[DIGEST_HEX_SIZE];
    char once[TOKEN_SIZE], account_id[ID_SIZE];
    look(number, sender, "/account/credits");
    look(number, sender, "/account/transfers/new");
    send_form(number, sender, "/account/transfers/new", "kind=external");
    find_id(reply.location, "drf_", draft_id);
    (void)snprintf(form, sizeof form, "recipient=%s", recipient->org_id);
    send_step(number, sender, draft_id, "recipient", form);
    (void)snprintf(form, sizeof form, "balance=%s.carbon_removal", stage.supplier_org_id);
    send_step(number, sender, draft_id, "balance", form);
    send_step(number, sender, draft_id, "amount", "by=oldest&go=next&amount=1.000");
    web_value(&reply, "plan", plan, sizeof plan);
    (void)snprintf(form, sizeof form, "plan=%s&notes=Bench&private_note=&corrects=", plan);
    send_step(number, sender, draft_id, "review", form);
    find_id(reply.location, "tfr_", transfer_id);
    look(number, recipient, "/account/inbox");
    web_value(&reply, "once", once, sizeof once);
    web_value(&reply, "account", account_id, sizeof account_id);
    (void)snprintf(form, sizeof form,
                   "tab=incoming&once=%s&account=%s&act=accept&reason=&transfer=%s", once,
                   account_id, transfer_id);
    send_form(number, recipient, "/account/inbox", form);
    CHECK(strstr(reply.location, "seq=") != NULL, "%s was not accepted: %s", transfer_id,
          reply.location);
}

/* Each browser is of a sender of its own, and of a recipient who is asked. */
static void run_browser(int number, void *context)
{
    (void)context;
    struct web_person sender = site_person((size_t)number);
    struct web_person recipient = site_person((size_t)(STAGE_SELLERS + 2 * number));
    crowd_meet(&shared->crowd);
    while (clock_steady_us() < shared->end_us) {
        make_transfer(number, &sender, &recipient);
        shared->done[number]++;
    }
}

static int64_t sum(const int64_t *values, int count)
{
    int64_t all = 0;
    for (int i = 0; i < count; i++) {
        all += values[i];
    }
    return all;
}

static void measure_browsers(int browsers)
{
    int64_t rates[ROUNDS_MAX];
    int64_t requests = 0;
    int64_t done = 0;
    for (size_t round = 0; round < rounds; round++) {
        memset(shared->done, 0, sizeof shared->done);
        memset(shared->requests, 0, sizeof shared->requests);
        int64_t began_us = clock_steady_us();
        shared->end_us = began_us + seconds * CLOCK_SECOND_US;
        crowd_start(&shared->crowd, browsers, run_browser, NULL);
        crowd_end(&shared->crowd);
        done += sum(shared->done, browsers);
        requests += sum(shared->requests, browsers);
        /* tenths: one browser makes few */
        rates[round] =
            sum(shared->done, browsers) * 10 * CLOCK_SECOND_US / (clock_steady_us() - began_us);
    }
    char name[64];
    (void)snprintf(name, sizeof name, "whole transfers, %d browsers", browsers);
    stage_figure("b", name, (double)stage_median(rates, rounds) / 10, "transfers/s");
    (void)snprintf(name, sizeof name, "requests of one, %d browsers", browsers);
    stage_figure("b", name, (double)requests / (double)done, "requests");
}

/* ------------------------------------------------------------------ c: pages */

struct page {
    const char *name;
    const char *paths; /* separated by spaces */
    int party;         /* -1: nobody is signed in */
    double aim;        /* as a part of hello-world; 0: none */
    int64_t rates[ROUNDS_MAX];
};

static char transfer_paths[STAGE_SAMPLES_MAX * 64], batch_paths[STAGE_SAMPLES_MAX * 64];

static struct page pages[] = {
    {.name = "hello", .paths = "/hello", .party = -1},
    {.name = "landing", .paths = "/", .party = -1, .aim = 0.3},
    {.name = "transfer list", .paths = "/registry/transfers", .party = -1, .aim = 0.3},
    {.name = "transfer", .paths = transfer_paths, .party = -1, .aim = 0.3},
    {.name = "batch", .paths = batch_paths, .party = -1, .aim = 0.3},
    {.name = "Credits", .paths = "/account/credits", .party = ORDINARY, .aim = 0.2},
    {.name = "inbox", .paths = "/account/inbox", .party = ORDINARY, .aim = 0.2},
    {.name = "Credits of a large one", .paths = "/account/credits", .party = LARGE},
    {.name = "inbox of a large one", .paths = "/account/inbox", .party = LARGE},
};
#define PAGES (sizeof pages / sizeof pages[0])

static void write_paths(void)
{
    size_t used = 0;
    for (size_t i = 0; i < stage.transfer_count; i++) {
        used += (size_t)snprintf(transfer_paths + used, sizeof transfer_paths - used,
                                 " /registry/transfers/%s", stage.transfer_ids[i]);
    }
    used = 0;
    for (size_t i = 0; i < stage.batch_count; i++) {
        used += (size_t)snprintf(batch_paths + used, sizeof batch_paths - used,
                                 " /registry/credit-batches/%s", stage.batch_ids[i]);
    }
}

/* Until nothing of what was asked for before waits any longer: slow pages leave a queue. */
static void drain(const struct page *page)
{
    struct web_person who =
        page->party < 0 ? (struct web_person){.user_id = ""} : site_person((size_t)page->party);
    const char *target = text_is(page->paths, "/hello") ? "/hello"
                         : page->party < 0              ? "/registry/projects"
                                                        : "/account/team";
    int64_t until_us = clock_steady_us() + 600 * CLOCK_SECOND_US;
    do {
        CHECK(clock_steady_us() < until_us, "%s never ends", page->name);
        web_receive(web_send(&the_web, &who, target, NULL), &reply);
    } while (reply.code != 200);
}

/* Of a page that does not come in the time of a round, timed once: what all processes could do. */
static int64_t time_one(const struct page *page)
{
    char path[128];
    struct web_person who =
        page->party < 0 ? (struct web_person){.user_id = ""} : site_person((size_t)page->party);
    int64_t began_us = clock_steady_us();
    (void)snprintf(path, sizeof path, "%.*s", (int)strcspn(page->paths, " "), page->paths);
    look(0, &who, path);
    int64_t rate = INT64_C(10) * SITE_PROCESSES * CLOCK_SECOND_US / (clock_steady_us() - began_us);
    return rate > 0 ? rate : 1;
}

/* Requests a second, in tenths. */
static int64_t run_wrk(const struct page *page)
{
    static char command[sizeof transfer_paths + 1024];
    char line[512], cookie[128] = "";
    double rate = 0;
    if (page->party >= 0) {
        (void)snprintf(cookie, sizeof cookie, "-H 'Cookie: __Host-session=%s' ",
                       stage.parties[page->party].cookie);
    }
    (void)snprintf(command, sizeof command, "wrk -t 1 -c %d -d %" PRId64 "s %s-s " LUA " %s -- %s",
                   PAGE_CONNECTIONS, seconds, cookie, the_web.site_url, page->paths);
    FILE *wrk = popen(command, "r");
    CHECK(wrk != NULL, "wrk does not start");
    while (fgets(line, sizeof line, wrk) != NULL) {
        (void)sscanf(line, "Requests/sec: %lf", &rate);
        CHECK(strstr(line, "Non-2xx") == NULL && strstr(line, "Socket errors") == NULL, "%s: %s",
              page->name, line);
    }
    CHECK(pclose(wrk) == 0, "wrk failed: %s", command);
    drain(page);
    return rate > 0 ? (int64_t)(rate * 10) : time_one(page);
}

static void measure_pages(void)
{
    for (size_t round = 0; round < rounds; round++) {
        for (size_t i = 0; i < PAGES; i++) {
            pages[i].rates[round] = run_wrk(&pages[i]);
        }
    }
    double hello = (double)stage_median(pages[0].rates, rounds) / 10;
    for (size_t i = 0; i < PAGES; i++) {
        char name[64];
        double rate = (double)stage_median(pages[i].rates, rounds) / 10;
        stage_figure("c", pages[i].name, rate, "requests/s");
        if (i > 0) {
            (void)snprintf(name, sizeof name, "ratio %s", pages[i].name);
            stage_figure("c", name, rate / hello, "of hello-world");
        }
    }
}

/* ------------------------------------------------------------------ d: latency of pages */

static const char *path_of(const struct page *page, int64_t i, char path[128])
{
    size_t length = strlen(page->paths);
    const char *at = page->paths;
    if (length > 100) { /* many of about the same length */
        at = strchr(page->paths + (size_t)(i * 7919) % (length - 100), ' ') + 1;
    }
    (void)snprintf(path, 128, "%.*s", (int)strcspn(at, " "), at);
    return path;
}

static void run_reader(int number, void *context)
{
    const struct page *page = context;
    struct web_person who =
        page->party < 0 ? (struct web_person){.user_id = ""} : site_person((size_t)page->party);
    crowd_meet(&shared->crowd);
    for (int64_t i = 0; i < TIMES_MAX; i++) {
        char path[128];
        int64_t due_us = shared->begin_us + shared->interval_us * i +
                         shared->interval_us * number / PAGE_CONNECTIONS;
        if (due_us >= shared->end_us) {
            break;
        }
        sleep_until(due_us);
        look(number, &who, path_of(page, i * PAGE_CONNECTIONS + number, path));
        shared->times_us[number][i] = (uint32_t)(clock_steady_us() - due_us);
    }
}

static void measure_page_latency(struct page *page)
{
    int64_t *all = calloc(PAGE_CONNECTIONS * (size_t)TIMES_MAX, sizeof *all);
    size_t count = 0;
    CHECK(all != NULL, "no memory");
    if (page->rates[0] == 0) {
        page->rates[0] = run_wrk(page);
    }
    memset(shared->requests, 0, sizeof shared->requests);
    int64_t half = (int64_t)stage_median(page->rates, page->rates[1] == 0 ? 1 : rounds) / 20;
    shared->interval_us = PAGE_CONNECTIONS * CLOCK_SECOND_US / (half > 0 ? half : 1);
    shared->begin_us = clock_steady_us() + 100000;
    shared->end_us = shared->begin_us + seconds * (int64_t)rounds * CLOCK_SECOND_US;
    crowd_start(&shared->crowd, PAGE_CONNECTIONS, run_reader, page);
    crowd_end(&shared->crowd);
    for (int i = 0; i < PAGE_CONNECTIONS; i++) {
        for (int64_t k = 0; k < shared->requests[i] && k < TIMES_MAX; k++) {
            all[count++] = shared->times_us[i][k];
        }
    }
    char name[64];
    (void)snprintf(name, sizeof name, "page %s", page->name);
    stage_latency("d", name, all, count);
    free(all);
}

/* ------------------------------------------------------------------ f: memory, starting */

/* A line "NAME: N kB" of a file of /proc; 0 when it is not there. */
static int64_t read_kb(pid_t pid, const char *file_name, const char *name)
{
    char path[64], line[256];
    int64_t kb = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/%s", pid, file_name);
    FILE *file = fopen(path, "r");
    CHECK(file != NULL, "no %s", path);
    while (fgets(line, sizeof line, file) != NULL) {
        if (text_starts(line, name)) {
            kb = strtoll(line + strlen(name), NULL, 10);
        }
    }
    (void)fclose(file);
    return kb;
}

static void measure_memory(const char *name, pid_t pid)
{
    char words[64];
    (void)snprintf(words, sizeof words, "most memory of %s", name);
    stage_figure("f", words, (double)read_kb(pid, "status", "VmHWM:") / 1024, "MiB");
    (void)snprintf(words, sizeof words, "share of memory of %s", name);
    stage_figure("f", words, (double)read_kb(pid, "smaps_rollup", "Pss:") / 1024, "MiB");
}

static pid_t nginx_worker(void)
{
    char path[64];
    int worker = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/task/%d/children", the_web.nginx, the_web.nginx);
    FILE *file = fopen(path, "r");
    CHECK(file != NULL && fscanf(file, "%d", &worker) == 1, "nginx has no worker");
    (void)fclose(file);
    return worker;
}

/* As a plain CGI program: from its start to the end of one page. */
static void measure_start(const char *name, const char *target, const struct web_person *who)
{
    char path[PATH_MAX], cookie[128], words[64];
    int64_t took_us[ROUNDS_MAX];
    world_program("release", name, path);
    (void)snprintf(cookie, sizeof cookie, "__Host-session=%s", who->cookie);
    for (size_t i = 0; i < ROUNDS_MAX; i++) {
        int64_t began_us = clock_steady_us();
        pid_t pid = fork();
        CHECK(pid >= 0, "no process for %s", name);
        if (pid == 0) {
            int nothing = open("/dev/null", O_RDWR);
            web_become(&the_web, the_web.account_log, SIGKILL);
            dup2(nothing, STDIN_FILENO);
            setenv("REQUEST_METHOD", "GET", 1);
            setenv("REQUEST_URI", target, 1);
            setenv("GATEWAY_INTERFACE", "CGI/1.1", 1);
            setenv("REMOTE_ADDR", "127.0.0.1", 1);
            setenv("HTTP_COOKIE", cookie, 1);
            execl(path, name, (char *)NULL);
            _exit(127);
        }
        int end = 0;
        CHECK(waitpid(pid, &end, 0) == pid && WIFEXITED(end) && WEXITSTATUS(end) == 0,
              "%s ended badly", name);
        took_us[i] = clock_steady_us() - began_us;
    }
    (void)snprintf(words, sizeof words, "start and first page of %s", name);
    stage_figure("f", words, (double)stage_median(took_us, ROUNDS_MAX) / 1000, "ms");
}

/* Every program has shown its pages before its memory is looked at. */
static void ask_everywhere(const struct web_person *who)
{
    for (int k = 0; k < 10 * SITE_PROCESSES; k++) {
        web_receive(web_send(&the_web, who, "/sign-in", NULL), &reply);
        web_receive(web_send(&the_web, who, "/admin", NULL), &reply);
    }
    for (size_t i = 0; i < PAGES; i++) {
        struct web_person reader = pages[i].party < 0 ? (struct web_person){.user_id = ""}
                                                      : site_person((size_t)pages[i].party);
        for (int k = 0; k < 2 * SITE_PROCESSES; k++) {
            char path[128];
            look(0, &reader, path_of(&pages[i], k, path));
        }
    }
}

static void measure_programs(void)
{
    struct web_person who = site_person(ORDINARY);
    ask_everywhere(&who);
    for (size_t i = 0; i < SITE_PROGRAMS; i++) {
        measure_memory(site_programs[i].name, site_programs[i].pids[0]);
    }
    measure_memory("ledger", the_world.daemon);
    measure_memory("nginx (worker)", nginx_worker());
    measure_start("public", "/", &who);
    measure_start("signin", "/sign-in", &who);
    measure_start("account", "/account/inbox", &who);
    measure_start("admin", "/admin", &who);
    stage_end_daemon();
    stage_figure("f", "start of ledger", (double)stage_start_daemon() / 1000, "ms");
    int64_t began_us = clock_steady_us();
    stage_await_inspector();
    stage_figure("f", "look over every page, beside the running ledger",
                 (double)(clock_steady_us() - began_us) / CLOCK_SECOND_US, "s");
}

int main(int argc, char **argv)
{
    stage_open(argc, argv);
    shared = crowd_memory(sizeof *shared);
    seconds = world_option(argc, argv, "--seconds", 3);
    rounds = (size_t)world_option(argc, argv, "--rounds", 3);
    CHECK(seconds > 0 && rounds > 0 && rounds <= ROUNDS_MAX, "--rounds is 1 to %d", ROUNDS_MAX);
    const char *parts = stage_option(argc, argv, "--parts", "bcdf");
    (void)stage_renew();
    write_paths();
    site_open();
    if (strchr(parts, 'c') != NULL) {
        measure_pages();
    }
    if (strchr(parts, 'd') != NULL) {
        measure_page_latency(&pages[1]); /* landing */
        measure_page_latency(&pages[3]); /* a transfer */
        measure_page_latency(&pages[5]); /* Credits */
    }
    if (strchr(parts, 'b') != NULL) {
        measure_browsers(1);
        measure_browsers(BROWSERS_MAX);
    }
    if (strchr(parts, 'f') != NULL) {
        measure_programs();
    }
    stage_end_daemon();
    (void)stage_renew();
    return 0;
}
