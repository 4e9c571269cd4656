/*
 * crash/fault_ledger_test.c: the n-th fault under the daemon (safety.md section 4, row 5). The
 * daemon, linked with a disk and a memory that fail (tests/fault/shim.h), is asked for one act of
 * every kind; one kind of operation fails, the n-th alone or every one from the n-th on. When it
 * ends, as it must after a fault of its file, it is started again, as the supervisor does: with the
 * same fault up to twice when that is for ever, then without. What was not acknowledged is asked
 * again by its key. Each time:
 *   - the daemon ends with 0 or 1, never by a signal;
 *   - an act is acknowledged as without the fault, or answered with a code of 500 and more, or not
 *     at all; nothing is refused for a reason that is not true;
 *   - every acknowledged act, asked again afterwards, gets its first answer;
 *   - in the end the registry holds what it holds without a fault, and ledger_verify and SQLite's
 *     integrity check find nothing.
 * fault_ledger_test [--faults N] [--all] [--step N: every N-th n] [--seed N]
 */
#include "crash/world.h"

#include <sys/socket.h>

#include "fault/contents.h"
#include "fault/shim.h"

#define ACTS_MAX 64
#define FAULTY_STARTS_MAX 3
#define ASKS_MAX 12
#define REASON "Because"

static struct world *world;
static struct chance chance;
static struct command script[ACTS_MAX];
static size_t script_count;
static char shimmed_path[PATH_MAX], ordinary_path[PATH_MAX], report_path[WORLD_PATH_SIZE];
static struct shim_report counts;
static int tally_fd = -1;
static struct digest expected;
static struct {
    int64_t runs, hit, ends, acknowledged, unanswered, faults, started_badly;
} sum;

/* ------------------------------------------------------------------ the script */

static struct command *add(enum act_kind kind)
{
    char key[KEY_SIZE];
    CHECK(script_count < ACTS_MAX, "too many acts");
    (void)snprintf(key, sizeof key, "fault-%zu", script_count);
    script[script_count] = command_of(kind, "", key);
    return &script[script_count++];
}

static void make_id(const char *prefix, char id[ID_SIZE])
{
    id_make(&world->ids, prefix, clock_now_us(), id);
}

static void add_decide(enum act_kind kind, const char *transfer_id)
{
    struct command *command = add(kind);
    TEXT_COPY(command->decide.transfer_id, transfer_id);
    TEXT_COPY(command->decide.reason, REASON);
}

static void add_transfer(enum transfer_kind kind, bool by_person, char id[ID_SIZE])
{
    struct command *command = add(ACT_TRANSFER);
    char key[KEY_SIZE];
    TEXT_COPY(key, command->key);
    *command = world_transfer(world, 0, 1, 100 + (int64_t)script_count, key);
    command->transfer.kind = (uint8_t)kind;
    make_id("tfr", id);
    memcpy(command->transfer.transfer_id, id, ID_SIZE);
    if (!by_person) {
        command->user_id[0] = '\0';
    }
    if (kind == TRANSFER_EXPORT) {
        command->transfer.to_org_id[0] = '\0';
        TEXT_COPY(command->transfer.to_system, "Elsewhere");
        TEXT_COPY(command->transfer.to_system_party, "Somebody");
    }
}

static void add_policy(enum two_person two_person)
{
    struct command *command = add(ACT_SET_POLICY);
    TEXT_COPY(command->policy.org_id, world->org_ids[0]);
    command->policy.two_person = (uint8_t)two_person;
}

static void add_house(void)
{
    char org[ID_SIZE], user[ID_SIZE];
    make_id("org", org);
    make_id("usr", user);
    static const enum act_kind kinds[] = {ACT_OPEN_ORGANISATION, ACT_EDIT_ORGANISATION,
                                          ACT_SET_ORGANISATION_STATE};
    for (size_t i = 0; i < 3; i++) {
        struct command *command = add(kinds[i]);
        TEXT_COPY(command->organisation.org_id, org);
        TEXT_COPY(command->organisation.name, i == 0 ? "First name" : "Second name");
        TEXT_COPY(command->organisation.country, "GBR");
        command->organisation.state = (uint8_t)ORG_SUSPENDED;
        TEXT_COPY(command->organisation.reason, REASON);
    }
    TEXT_COPY(add(ACT_SET_PERSON)->person.user_id, user);
    struct command *command = add(ACT_SET_MEMBER);
    TEXT_COPY(command->person.user_id, user);
    TEXT_COPY(command->person.org_id, world->org_ids[2]);
    command->person.roles = ROLE_ALL;
    command = add(ACT_SET_REGISTRY_ROLES);
    TEXT_COPY(command->person.user_id, user);
    command->person.roles = REGISTRY_AUDITOR;
    command = add(ACT_SET_SETTINGS);
    TEXT_COPY(command->setting.site_name, "Renamed");
    command->setting.expiry_days = 21;
    for (int i = 0; i < 2; i++) {
        command = add(ACT_FREEZE);
        command->setting.frozen = i == 0;
        TEXT_COPY(command->setting.text, REASON);
    }
}

/* The buffer pool gives back and loses units; a program is made; somebody is named. */
static void add_pool(const char *project)
{
    char pool[ID_SIZE], program[ID_SIZE];
    make_id("org", pool);
    make_id("usr", program);
    struct command *command = add(ACT_OPEN_ORGANISATION);
    TEXT_COPY(command->organisation.org_id, pool);
    TEXT_COPY(command->organisation.name, "The pool");
    command->organisation.kind = ORG_BUFFER;
    command = add(ACT_ISSUE);
    TEXT_COPY(command->issue.project_id, project);
    command->issue.vintage = 2025;
    command->issue.supplier_units = 1;
    command->issue.buffer_units = 300;
    static const enum act_kind kinds[] = {ACT_REFUND, ACT_CANCEL_UNITS};
    for (size_t i = 0; i < 2; i++) {
        command = add(kinds[i]);
        TEXT_COPY(command->pool.project_id, project);
        TEXT_COPY(command->pool.notes, REASON);
        command->pool.units = 100;
    }
    command = add(ACT_SET_PERSON);
    TEXT_COPY(command->person.user_id, program);
    TEXT_COPY(command->person.org_id, world->org_ids[0]);
    command->person.is_program = true;
    command = add(ACT_OPEN_BENEFICIARY);
    TEXT_COPY(command->beneficiary.org_id, world->org_ids[0]);
    TEXT_COPY(command->beneficiary.name, "A customer");
    TEXT_COPY(command->beneficiary.domain, "customer.example.org");
}

/* A project's document comes and goes. */
static void add_document(const char *project)
{
    char document[ID_SIZE];
    make_id("pjd", document);
    for (int i = 0; i < 2; i++) {
        struct command *command = add(i == 0 ? ACT_ADD_DOCUMENT : ACT_REMOVE_DOCUMENT);
        TEXT_COPY(command->document.document_id, document);
        TEXT_COPY(command->document.project_id, project);
        TEXT_COPY(command->document.name, "A report");
        TEXT_COPY(command->document.url, "https://reports.example.org/one.pdf");
    }
}

static void add_units(void)
{
    char project[ID_SIZE], order[ID_SIZE], account[ID_SIZE];
    make_id("prj", project);
    make_id("ord", order);
    make_id("acc", account);
    for (int i = 0; i < 2; i++) {
        struct command *command = add(i == 0 ? ACT_OPEN_PROJECT : ACT_EDIT_PROJECT);
        TEXT_COPY(command->project.project_id, project);
        TEXT_COPY(command->project.org_id, world->supplier_org_id);
        TEXT_COPY(command->project.name, i == 0 ? "A project" : "Another name");
        TEXT_COPY(command->project.short_code, "SECOND");
        TEXT_COPY(command->project.pathway, "biochar");
        TEXT_COPY(command->project.pathway_code, "BIOCHAR");
        TEXT_COPY(command->project.country, "GBR");
        TEXT_COPY(command->project.status, "validated");
    }
    add_document(project);
    struct command *command = add(ACT_ISSUE);
    TEXT_COPY(command->issue.project_id, project);
    command->issue.vintage = 2025;
    command->issue.supplier_units = 5000;
    command = add(ACT_ORDER);
    TEXT_COPY(command->order.order_id, order);
    TEXT_COPY(command->order.supplier_org_id, world->supplier_org_id);
    TEXT_COPY(command->order.buyer_org_id, world->org_ids[0]);
    command->order.units = 1000;
    command = add(ACT_DELIVER);
    TEXT_COPY(command->deliver.order_id, order);
    command->deliver.units = 400;
    command = add(ACT_OPEN_ACCOUNT);
    TEXT_COPY(command->account.account_id, account);
    TEXT_COPY(command->account.org_id, world->org_ids[0]);
    TEXT_COPY(command->account.name, "Second");
    command = add(ACT_CLOSE_ACCOUNT);
    TEXT_COPY(command->account.account_id, account);
    TEXT_COPY(command->account.org_id, world->org_ids[0]);
    command = add(ACT_TRUST);
    TEXT_COPY(command->trust.org_id, world->org_ids[0]);
    TEXT_COPY(command->trust.sender_org_id, world->org_ids[1]);
    char retirement[ID_SIZE];
    make_id("ret", retirement);
    command = add(ACT_RETIRE);
    TEXT_COPY(command->retire.retirement_id, retirement);
    TEXT_COPY(command->retire.notes, "A note");
    TEXT_COPY(command->retire.org_id, world->org_ids[0]);
    TEXT_COPY(command->retire.supplier_org_id, world->supplier_org_id);
    TEXT_COPY(command->retire.beneficiary, "Somebody");
    command->retire.purposes = 1;
    command->retire.units = 77;
    add_decide(ACT_REDACT_NOTE, retirement);
    add_decide(ACT_REDACT_BENEFICIARY, retirement);
    add_pool(project);
}

static void add_transfers(void)
{
    char id[ID_SIZE];
    add_policy(TWO_PERSON_ALWAYS);
    add_transfer(TRANSFER_EXTERNAL, true, id);
    add_decide(ACT_APPROVE, id);
    add_decide(ACT_ACCEPT, id);
    add_decide(ACT_REDACT_NOTE, id);
    add_transfer(TRANSFER_EXTERNAL, true, id);
    add_decide(ACT_REFUSE, id);
    add_policy(TWO_PERSON_NEVER);
    static const enum act_kind ends[] = {ACT_REJECT, ACT_WITHDRAW, ACT_CANCEL};
    for (size_t i = 0; i < 3; i++) {
        add_transfer(TRANSFER_EXTERNAL, i == 1, id);
        add_decide(ends[i], id);
    }
    static const enum act_kind export_ends[] = {ACT_COMPLETE_EXPORT, ACT_REJECT_EXPORT};
    for (size_t i = 0; i < 2; i++) {
        add_transfer(TRANSFER_EXPORT, false, id);
        add_decide(ACT_REGISTRY_APPROVE, id);
        add_decide(export_ends[i], id);
    }
    add_transfer(TRANSFER_EXPORT, false, id);
    add_decide(ACT_REGISTRY_REFUSE, id);
    (void)add(ACT_EXPIRE);
}

static void make_script(void)
{
    bool has[ACT__COUNT] = {false};
    add_house();
    add_units();
    add_transfers();
    for (size_t i = 0; i < script_count; i++) {
        has[script[i].kind] = true;
    }
    for (int kind = ACT_NONE + 1; kind < ACT__COUNT; kind++) {
        CHECK(has[kind], "no act is of the kind %s", act_word((enum act_kind)kind));
    }
}

/* ------------------------------------------------------------------ the daemon */

static void read_report(void)
{
    FILE *file = fopen(report_path, "rb");
    CHECK(file != NULL && fread(&counts, sizeof counts, 1, file) == 1, "no report");
    (void)fclose(file);
}

/* fault NULL: the ordinary daemon; "": the shimmed one without a fault. */
static void start(const char *fault, bool from_start)
{
    static const struct shim_report nothing;
    bool is_shimmed = fault != NULL;
    memcpy(world->daemon_path, is_shimmed ? shimmed_path : ordinary_path, PATH_MAX);
    if (is_shimmed) {
        FILE *file = fopen(report_path, "wb");
        CHECK(file != NULL && fwrite(&nothing, sizeof nothing, 1, file) == 1, "no report");
        (void)fclose(file);
        setenv("SHIM_REPORT", report_path, 1);
        if (fault[0] != '\0') {
            setenv("SHIM_FAULT", fault, 1);
        }
        if (!from_start) {
            setenv("SHIM_ARM", "serving", 1);
        }
    }
    world_start_daemon(world);
    unsetenv("SHIM_REPORT");
    unsetenv("SHIM_FAULT");
    unsetenv("SHIM_ARM");
}

/* Has it ended? Then with 0 or 1: a crash is a fault of its own. */
static bool has_ended(const char *fault, bool is_awaited)
{
    int end = 0;
    if (world->daemon == 0) {
        return true;
    }
    if (waitpid(world->daemon, &end, is_awaited ? 0 : WNOHANG) != world->daemon) {
        return false;
    }
    world->daemon = 0;
    CHECK(WIFEXITED(end) && WEXITSTATUS(end) <= 1, "%s: the daemon ended with %s %d; its log is %s",
          fault, WIFEXITED(end) ? "exit" : "signal",
          WIFEXITED(end) ? WEXITSTATUS(end) : WTERMSIG(end), world->log_path);
    sum.ends++;
    return true;
}

/* Waits until it listens or has ended. */
static bool reach(const char *fault)
{
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%.200s/ledger-tally.sock", world->run_dir);
    int64_t until_us = clock_steady_us() + 20 * CLOCK_SECOND_US;
    if (tally_fd >= 0) {
        close(tally_fd);
        tally_fd = -1;
    }
    while (tally_fd < 0 && !has_ended(fault, false)) {
        CHECK(clock_steady_us() < until_us, "%s: the daemon neither listens nor ends", fault);
        tally_fd = connect_until(path, clock_steady_us());
        poll(NULL, 0, tally_fd < 0 ? 5 : 0);
    }
    return tally_fd >= 0;
}

/* False: no answer, the connection is gone. */
static bool exchange(const struct command *command, struct answer *answer)
{
    return tally_fd >= 0 &&
           send(tally_fd, command, sizeof *command, MSG_NOSIGNAL) == (ssize_t)sizeof *command &&
           connect_wait(tally_fd, POLLIN, clock_steady_us() + 20 * CLOCK_SECOND_US) &&
           recv(tally_fd, answer, sizeof *answer, 0) == (ssize_t)sizeof *answer;
}

/* ------------------------------------------------------------------ one run */

struct run {
    const char *fault;
    bool for_ever, from_start;
    int faulty_starts;
};

/* As a supervisor; a fault that is for ever is still there a few times. */
static void start_again(struct run *run)
{
    char again[64];
    do {
        bool is_faulty = run->for_ever && run->faulty_starts < FAULTY_STARTS_MAX;
        run->faulty_starts++;
        (void)snprintf(again, sizeof again, "%.*s:1+", (int)strcspn(run->fault, ":"), run->fault);
        start(is_faulty ? again : NULL, true);
    } while (!reach(run->fault));
}

static void ask_until_done(struct run *run, const struct command *command, struct answer *first)
{
    for (int i = 0;; i++) {
        struct answer answer;
        CHECK(i < ASKS_MAX, "%s: %s is never done", run->fault,
              act_word((enum act_kind)command->kind));
        if (!exchange(command, &answer)) {
            (void)has_ended(run->fault, true);
            sum.unanswered++;
            start_again(run);
            continue;
        }
        enum status status = (enum status)answer.status;
        if (status == STATUS_OK) {
            *first = answer;
            sum.acknowledged++;
            return;
        }
        CHECK(status_row(status)->http_code >= 500, "%s: %s is refused: %s", run->fault,
              act_word((enum act_kind)command->kind), status_row(status)->slug);
        sum.faults++;
        if (run->for_ever && i > 2 && world->daemon > 0) {
            kill(world->daemon, SIGTERM); /* the arena: it goes on, and will go on to be full */
        }
    }
}

static void check_again(const struct run *run, const struct answer *firsts)
{
    for (size_t i = 0; i < script_count; i++) {
        struct answer again = {.status = STATUS_LEDGER_AWAY};
        if (firsts[i].seq == 0) {
            continue; /* nothing was out of time: nothing was kept */
        }
        CHECK(exchange(&script[i], &again) && again.status == STATUS_OK && again.repeated &&
                  again.seq == firsts[i].seq && text_is(again.id, firsts[i].id),
              "%s: acknowledged act %s asked again: %s", run->fault,
              act_word((enum act_kind)script[i].kind), status_row((enum status)again.status)->slug);
    }
}

static void copy_base(void)
{
    char command[PATH_MAX];
    (void)snprintf(command, sizeof command, "rm -rf '%.200s'; cp -r '%.200s/begun' '%.200s'",
                   world->data_dir, world->folder, world->data_dir);
    CHECK(system(command) == 0, "%s", command);
}

static void stop_any(const char *fault)
{
    if (world->daemon > 0) {
        kill(world->daemon, SIGTERM);
        (void)has_ended(fault, true);
    }
}

static void run_script(struct run *run)
{
    static struct answer firsts[ACTS_MAX];
    copy_base();
    start(run->fault, run->from_start);
    if (!reach(run->fault)) {
        sum.started_badly++;
        start_again(run);
    }
    for (size_t i = 0; i < script_count; i++) {
        ask_until_done(run, &script[i], &firsts[i]);
    }
    stop_any(run->fault);
    read_report();
    sum.runs++;
    sum.hit += counts.faults > 0 ? 1 : 0;
    start(NULL, false);
    CHECK(reach(run->fault), "%s: the daemon does not start without the fault", run->fault);
    check_again(run, firsts);
    stop_any(run->fault);
    struct digest found;
    CHECK(contents_digest(world->registry_path, true, &found), "%s: the registry cannot be read",
          run->fault);
    world_verify(world);
    if (run->fault[0] == '\0') {
        expected = found;
    }
    CHECK(digest_equal(&found, &expected), "%s: the registry holds something else than without",
          run->fault);
}

static void run_fault(int kind, int64_t n, bool for_ever, bool from_start)
{
    char fault[64];
    (void)snprintf(fault, sizeof fault, "%s:%" PRId64 "%s", shim_words[kind], n,
                   for_ever ? "+" : "");
    struct run run = {.fault = fault, .for_ever = for_ever, .from_start = from_start};
    run_script(&run);
}

static void run_some(const struct shim_report *all, int64_t faults, bool from_start)
{
    for (int64_t i = 0; i < faults; i++) {
        int kind = (int)(i % SHIM__KINDS);
        if (all->counts[kind] > 0) {
            run_fault(kind, 1 + chance_below(&chance, all->counts[kind]),
                      chance_below(&chance, 3) == 0, from_start);
        }
    }
}

static void run_all(const struct shim_report *all, int64_t step)
{
    for (int kind = 0; kind < SHIM__KINDS; kind++) {
        for (int64_t n = 1; n <= all->counts[kind]; n += step) {
            run_fault(kind, n, false, false);
            run_fault(kind, n, true, false);
        }
    }
}

static void open_world(void)
{
    char command[PATH_MAX];
    world = world_open("fault", "release");
    memcpy(ordinary_path, world->daemon_path, PATH_MAX);
    world_program("test", "fault/ledger", shimmed_path);
    (void)snprintf(report_path, sizeof report_path, "%.200s/report", world->folder);
    (void)snprintf(command, sizeof command, "mv '%.200s' '%.200s/begun'", world->data_dir,
                   world->folder);
    CHECK(system(command) == 0, "%s", command);
}

int main(int argc, char **argv)
{
    uint64_t seed = world_seed(argc, argv);
    int64_t faults = world_option(argc, argv, "--faults", 13);
    int64_t step = world_option(argc, argv, "--step", 1);
    bool is_all = false;
    for (int i = 1; i < argc; i++) {
        is_all = is_all || text_is(argv[i], "--all");
    }
    int64_t began_us = clock_steady_us();
    chance = chance_from(seed, 0);
    open_world();
    make_script();
    struct run without = {.fault = ""};
    run_script(&without);
    struct shim_report serving = counts;
    if (is_all) {
        run_all(&serving, step);
    } else {
        run_some(&serving, faults, false);
        without.from_start = true;
        run_script(&without);
        struct shim_report starting = counts;
        run_some(&starting, faults / 4, true);
    }
    CHECK(sum.hit > 0, "no fault happened");
    printf("result: faults: ledger: %zu acts of %d kinds; %" PRId64 " runs, %" PRId64
           " with a fault, %" PRId64 " ends of the daemon, %" PRId64 " starts refused; %" PRId64
           " acts acknowledged: each there once; %" PRId64 " answered with an error, %" PRId64
           " not answered: each done when asked again; 0 violations; %" PRId64 " s\n",
           script_count, ACT__COUNT - 1, sum.runs, sum.hit, sum.ends, sum.started_badly,
           sum.acknowledged, sum.faults, sum.unanswered,
           (clock_steady_us() - began_us) / CLOCK_SECOND_US);
    printf("1 passed, 0 failed\n");
    return 0;
}
