/*
 * crash/power_test.c: the power goes away (safety.md section 4, row 4). The daemon, linked with a
 * disk that writes down what it is told (tests/fault/shim.h), does 200 acts in groups of one to
 * six, with every kind of checkpoint between them; this process asks over the sockets and
 * keeps what it was told. From the trace the disk is then made as it may be when the power goes
 * before, after or somewhere between the writes before each sync: what was synced is there, the
 * rest is kept, dropped or torn by chance (tests/fault/disk.h). Since the trace has what the daemon
 * wrote and when it had answered, in one order, each of these disks is one that a real loss could
 * have left. On each the ordinary daemon is started:
 *   - the registry is exactly what it was after the last group answered, or after the one that was
 *     on its way: row for row, so no act is lost, doubled or half there; ledger_verify and
 *     SQLite's integrity check find nothing;
 *   - every acknowledged act, asked again by its key, gets its first answer;
 *   - a new act goes through, and the daemon ends in good order.
 * power_test [--acts N] [--seeds N] [--every N] [--seed N]
 * By default one of five losses; --every 1: all of them.
 */
#include "crash/world.h"

#include <sys/socket.h>

#include "fault/contents.h"
#include "fault/disk.h"

#define ACTS_MAX 2000
#define GROUP_MAX 6
#define CHECKPOINT_GROUPS "7" /* one after each seventh group */
#define UNITS_MAX 1000

struct act {
    struct command command;
    struct answer answer;
    size_t group;
    int from, to;    /* transfer: whose */
    bool is_decided; /* transfer, order: used up */
};

/* When the power goes, seen from a sync. */
enum moment { BEFORE, AFTER, BETWEEN, MOMENTS };

static struct world *world;
static struct chance chance;
static struct act acts[ACTS_MAX];
static size_t act_count, acts_wanted, group_count;
static struct digest states[ACTS_MAX + 1]; /* after each group */
static int sockets[GROUP_MAX][2];          /* as account, as tally */
static struct disk_count losses;
static struct {
    int64_t images, asked_again, in_doubt, in_doubt_done, syncs, records;
} sum;

/* ------------------------------------------------------------------ the acts */

/* An act that was acknowledged and is not used up, of which an index below limit came earlier. */
static struct act *choose_earlier(enum act_kind kind, size_t limit)
{
    for (int attempt = 0; attempt < 30 && limit > 0; attempt++) {
        struct act *act = &acts[chance_below(&chance, (int64_t)limit)];
        if ((enum act_kind)act->command.kind == kind && !act->is_decided) {
            act->is_decided = true;
            return act;
        }
    }
    return NULL;
}

static void make_transfer(struct act *act, const char *key)
{
    act->from = (int)chance_below(&chance, WORLD_ORGS);
    act->to = (act->from + 1 + (int)chance_below(&chance, WORLD_ORGS - 1)) % WORLD_ORGS;
    act->command = world_transfer(world, (size_t)act->from, (size_t)act->to,
                                  1 + chance_below(&chance, UNITS_MAX), key);
}

static void make_house_act(struct act *act, enum act_kind kind, const char *key, size_t earlier)
{
    act->command = command_of(kind, "", key);
    struct command *command = &act->command;
    struct act *order = kind == ACT_DELIVER ? choose_earlier(ACT_ORDER, earlier) : NULL;
    if (kind == ACT_DELIVER && order == NULL) {
        make_transfer(act, key);
    } else if (kind == ACT_DELIVER) {
        TEXT_COPY(command->deliver.order_id, order->answer.id);
        command->deliver.units = 1 + chance_below(&chance, 9);
    } else if (kind == ACT_ORDER) {
        TEXT_COPY(command->order.supplier_org_id, world->supplier_org_id);
        TEXT_COPY(command->order.buyer_org_id, world->org_ids[chance_below(&chance, WORLD_ORGS)]);
        command->order.units = 10;
    } else if (kind == ACT_ISSUE) {
        TEXT_COPY(command->issue.project_id, world->project_id);
        command->issue.vintage = 2020 + (int32_t)chance_below(&chance, 5);
        command->issue.supplier_units = 1000 + chance_below(&chance, 100000);
    } else {
        size_t org = (size_t)chance_below(&chance, WORLD_ORGS);
        act->command = command_of(ACT_RETIRE, world->user_ids[org], key);
        TEXT_COPY(command->retire.org_id, world->org_ids[org]);
        TEXT_COPY(command->retire.supplier_org_id, world->supplier_org_id);
        TEXT_COPY(command->retire.beneficiary, "Somebody");
        command->retire.purposes = 1;
        command->retire.units = 1 + chance_below(&chance, UNITS_MAX);
    }
}

/* Acts of one group do not follow from each other: what they need was answered earlier. */
static void make_act(struct act *act, size_t number, size_t earlier)
{
    char key[KEY_SIZE];
    (void)snprintf(key, sizeof key, "power-%zu", number);
    int64_t dice = number < 4 ? 99 : chance_below(&chance, 100);
    enum act_kind kind = dice < 20 ? ACT_ACCEPT : dice < 28 ? ACT_REJECT : ACT_WITHDRAW;
    struct act *transfer = dice < 36 ? choose_earlier(ACT_TRANSFER, earlier) : NULL;
    if (transfer != NULL) {
        int who = kind == ACT_WITHDRAW ? transfer->from : transfer->to;
        act->command = world_decide(world, kind, (size_t)who, transfer->answer.id, key);
    } else if (dice < 78) {
        make_transfer(act, key);
    } else {
        make_house_act(act,
                       dice < 84   ? ACT_RETIRE
                       : dice < 90 ? ACT_ORDER
                       : dice < 95 ? ACT_DELIVER
                                   : ACT_ISSUE,
                       key, earlier);
    }
}

/* ------------------------------------------------------------------ recording */

static void connect_all(void)
{
    char tally[PATH_MAX];
    (void)snprintf(tally, sizeof tally, "%.200s/ledger-tally.sock", world->run_dir);
    for (int i = 0; i < GROUP_MAX; i++) {
        int64_t until_us = clock_steady_us() + 20 * CLOCK_SECOND_US;
        sockets[i][0] = connect_until(world->account_socket, until_us);
        sockets[i][1] = connect_until(tally, until_us);
        CHECK(sockets[i][0] >= 0 && sockets[i][1] >= 0, "the daemon did not come up; its log is %s",
              world->log_path);
    }
}

static void close_all(void)
{
    for (int i = 0; i < GROUP_MAX; i++) {
        close(sockets[i][0]);
        close(sockets[i][1]);
    }
}

static int socket_of(const struct command *command, size_t place)
{
    return sockets[place][command->user_id[0] == '\0' ? 1 : 0];
}

static void send_command(const struct command *command, size_t place)
{
    CHECK(send(socket_of(command, place), command, sizeof *command, MSG_NOSIGNAL) ==
              (ssize_t)sizeof *command,
          "a command was not sent: %s", strerror(errno));
}

static struct answer take_answer(const struct command *command, size_t place)
{
    struct answer answer;
    int fd = socket_of(command, place);
    CHECK(connect_wait(fd, POLLIN, clock_steady_us() + 20 * CLOCK_SECOND_US) &&
              recv(fd, &answer, sizeof answer, 0) == (ssize_t)sizeof answer,
          "no answer to %s; the daemon's log is %s", command->key, world->log_path);
    return answer;
}

/* The daemon is held while the group's commands are put before its door, so it takes all at once.
 */
static void hold_daemon(void)
{
    int state = 0;
    CHECK(kill(world->daemon, SIGSTOP) == 0 &&
              waitpid(world->daemon, &state, WUNTRACED) == world->daemon && WIFSTOPPED(state),
          "the daemon is not there");
}

static void do_group(void)
{
    size_t first = act_count;
    size_t wanted = 1 + (size_t)chance_below(&chance, GROUP_MAX);
    size_t count = wanted < acts_wanted - first ? wanted : acts_wanted - first;
    hold_daemon();
    for (size_t i = 0; i < count; i++) {
        struct act *act = &acts[first + i];
        make_act(act, first + i, first);
        act->group = group_count;
        send_command(&act->command, i);
    }
    kill(world->daemon, SIGCONT);
    for (size_t i = 0; i < count; i++) {
        struct act *act = &acts[first + i];
        act->answer = take_answer(&act->command, i);
        CHECK(act->answer.status == STATUS_OK, "%s was refused: %s",
              act_word((enum act_kind)act->command.kind),
              status_row((enum status)act->answer.status)->slug);
    }
    act_count += count;
    group_count++;
    CHECK(contents_digest(world->registry_path, false, &states[group_count]),
          "the registry cannot be read beside the daemon");
}

static void use_folder(const char *name)
{
    (void)snprintf(world->data_dir, sizeof world->data_dir, "%.120s/%s", world->folder, name);
    (void)snprintf(world->registry_path, sizeof world->registry_path, "%.120s/%s/registry.db",
                   world->folder, name);
}

static void run_shell(const char *command)
{
    CHECK(system(command) == 0, "%s", command);
}

static struct trace record_acts(void)
{
    char ordinary[PATH_MAX], path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%.200s/trace", world->folder);
    memcpy(ordinary, world->daemon_path, sizeof ordinary);
    world_program("test", "fault/ledger", world->daemon_path);
    char copy[PATH_MAX];
    (void)snprintf(copy, sizeof copy, "cp -r '%.200s' '%.200s/begun'", world->data_dir,
                   world->folder);
    run_shell(copy);
    CHECK(contents_digest(world->registry_path, false, &states[0]), "no registry to begin with");
    setenv("SHIM_TRACE", path, 1);
    setenv("SHIM_CHECKPOINT", CHECKPOINT_GROUPS, 1);
    world_start_daemon(world);
    unsetenv("SHIM_TRACE");
    unsetenv("SHIM_CHECKPOINT");
    connect_all();
    while (act_count < acts_wanted) {
        do_group();
    }
    close_all();
    CHECK(world_stop_daemon(world) == 0, "the daemon did not end in good order");
    memcpy(world->daemon_path, ordinary, sizeof ordinary);
    struct trace trace = trace_read(path);
    size_t answered = 0;
    for (size_t i = 0; i < trace.count; i++) {
        struct shim_record record = trace_record(&trace, i);
        answered += record.op == SHIM_OP_ANSWERED ? 1 : 0;
        sum.syncs += record.op == SHIM_OP_SYNC ? 1 : 0;
    }
    CHECK(answered == group_count, "%zu groups were sent, the daemon made %zu", group_count,
          answered);
    sum.records = (int64_t)trace.count;
    return trace;
}

/* ------------------------------------------------------------------ after the loss */

static void ask_acknowledged(size_t groups, const char *where)
{
    for (size_t i = 0; i < act_count && acts[i].group < groups; i++) {
        const struct act *act = &acts[i];
        send_command(&act->command, 0);
        struct answer again = take_answer(&act->command, 0);
        CHECK(again.status == STATUS_OK && again.repeated && again.seq == act->answer.seq &&
                  text_is(again.id, act->answer.id) && again.at == act->answer.at,
              "%s: acknowledged act %s (%s) asked again: %s", where, act->command.key,
              act_word((enum act_kind)act->command.kind),
              status_row((enum status)again.status)->slug);
        sum.asked_again++;
    }
}

static void check_registry(size_t answered, const char *where)
{
    struct digest found;
    world_start_daemon(world);
    connect_all();
    CHECK(contents_digest(world->registry_path, false, &found), "%s: cannot be read", where);
    size_t groups = answered;
    bool is_known = digest_equal(&found, &states[answered]);
    if (!is_known && answered < group_count) {
        groups = answered + 1;
        is_known = digest_equal(&found, &states[groups]);
    }
    for (size_t i = 0; !is_known && i < answered; i++) {
        CHECK(!digest_equal(&found, &states[i]),
              "%s: %zu groups were acknowledged, the registry is as after %zu", where, answered, i);
    }
    CHECK(is_known, "%s: the registry is as it never was", where);
    sum.in_doubt += answered < group_count ? 1 : 0;
    sum.in_doubt_done += groups > answered ? 1 : 0;
    world_verify(world);
    ask_acknowledged(groups, where);
    struct command command = world_small_transfer(world);
    send_command(&command, 0);
    struct answer answer = take_answer(&command, 0);
    CHECK(answer.status == STATUS_OK && !answer.repeated, "%s: a new act: %s", where,
          status_row((enum status)answer.status)->slug);
    close_all();
    CHECK(world_stop_daemon(world) == 0, "%s: the daemon did not end in good order", where);
    sum.images++;
}

/* The WAL's index was never on the disk; what is found there may be anything. */
static void leave_index(const char *folder)
{
    char path[PATH_MAX];
    unsigned char garbage[32768];
    (void)snprintf(path, sizeof path, "%.3000s/registry.db-shm", folder);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    for (size_t i = 0; i < sizeof garbage; i++) {
        garbage[i] = (unsigned char)chance_next(&chance);
    }
    CHECK(fd >= 0 && write(fd, garbage, sizeof garbage) == (ssize_t)sizeof garbage, "no index");
    close(fd);
}

static void lose(const struct disk *disk, size_t answered, const char *moment)
{
    char where[128];
    (void)snprintf(where, sizeof where, "power loss %s sync %" PRId64 " (record %zu)", moment,
                   sum.syncs, disk->next);
    char empty[PATH_MAX];
    (void)snprintf(empty, sizeof empty, "rm -rf '%.200s'; mkdir '%.200s'", world->data_dir,
                   world->data_dir);
    run_shell(empty);
    disk_lose(disk, world->data_dir, disk_mood(&chance), &chance, &losses);
    if (chance_below(&chance, 2) == 0) {
        leave_index(world->data_dir);
    }
    check_registry(answered, where);
}

/* Walks the trace; at each sync the power goes before it, after it, and between the writes that
 * led to it. */
static void lose_everywhere(const struct trace *trace, int64_t every)
{
    static const char *const names[] = {"registry.db", "registry.db-wal", NULL};
    char folder[PATH_MAX];
    (void)snprintf(folder, sizeof folder, "%.200s/begun", world->folder);
    struct disk disk = disk_begin(trace, folder, names);
    size_t answered = 0;
    size_t since = 0;   /* records since the last sync */
    size_t between = 1; /* how many of them this time */
    int64_t points = chance_below(&chance, every);
    sum.syncs = 0;
    while (disk.next < trace->count) {
        struct shim_record next = trace_record(trace, disk.next);
        if (since == between && next.op != SHIM_OP_SYNC && points++ % every == 0) {
            lose(&disk, answered, "in the writes before");
        }
        bool is_sync = next.op == SHIM_OP_SYNC;
        if (is_sync && points++ % every == 0) {
            lose(&disk, answered, "before");
        }
        (void)disk_step(&disk);
        answered += next.op == SHIM_OP_ANSWERED ? 1 : 0;
        if (is_sync && points++ % every == 0) {
            lose(&disk, answered, "after");
        }
        since = is_sync ? 0 : since + 1;
        between = is_sync ? 1 + (size_t)chance_below(&chance, 12) : between;
        sum.syncs += is_sync ? 1 : 0;
    }
    CHECK(answered == group_count, "the trace was not walked to its end");
    disk_end(&disk);
}

int main(int argc, char **argv)
{
    uint64_t seed = world_seed(argc, argv);
    int64_t seeds = world_option(argc, argv, "--seeds", 1);
    int64_t every = world_option(argc, argv, "--every", 5);
    acts_wanted = (size_t)world_option(argc, argv, "--acts", 200);
    CHECK(acts_wanted <= ACTS_MAX && seeds > 0 && every > 0, "not so many");
    int64_t began_us = clock_steady_us();
    chance = chance_from(seed, 0);
    world = world_open("power", "release");
    struct trace trace = record_acts();
    use_folder("lost");
    for (int64_t i = 0; i < seeds; i++) {
        chance = chance_from(seed, 1 + (uint64_t)i);
        lose_everywhere(&trace, every);
    }
    trace_free(&trace);
    printf("result: power: %zu acts in %zu groups, %" PRId64 " records, %" PRId64 " syncs; %" PRId64
           " losses with %" PRId64 " seeds in %" PRId64 " s\n",
           act_count, group_count, sum.records, sum.syncs, sum.images, seeds,
           (clock_steady_us() - began_us) / CLOCK_SECOND_US);
    printf("result: power: writes since the last sync: %" PRId64 " kept, %" PRId64
           " dropped, %" PRId64 " torn, %" PRId64 " new files lost; %" PRId64
           " acknowledged acts asked again, %" PRId64 " of %" PRId64
           " groups on their way were there; 0 violations\n",
           losses.kept, losses.dropped, losses.torn, losses.files_lost, sum.asked_again,
           sum.in_doubt_done, sum.in_doubt);
    printf("1 passed, 0 failed\n");
    return 0;
}
