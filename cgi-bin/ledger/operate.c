/* ledger/operate.c: see ledger/operate.h: verify, status, expire, freeze and thaw. */
#include "ledger/operate.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "ledger/connect.h"
#include "ledger/door.h"
#include "ledger/ledger.h"
#include "store/care.h"
#include "store/site.h"

#define EXIT_DOWN 3 /* `tally status`: all is readable, the daemon is stopped */

static int ask_and_tell(const struct tally *tally, const struct command *command, const char *done);
static void say_violation(void *context, const char *sentence);
static bool daemon_answers(const struct tally *tally);
static void print_sum(const struct tally *tally, const struct care_sum *sum,
                      const struct site *site);
static int64_t people_version(const struct tally *tally);

int operate_verify(int argc, char **argv, const struct tally *tally)
{
    (void)argv;
    if (argc != 1) {
        fputs("usage: tally verify\n", stderr);
        return 2;
    }
    struct store *store =
        store_open(STORE_REGISTRY, STORE_READ, tally->registry_path, ledger_verify_tables);
    if (store == NULL) {
        fprintf(stderr, "tally: %s cannot be read\n", tally->registry_path);
        return 1;
    }
    if (tally->progress) {
        fputs("Reading the whole registry …\n", stderr);
    }
    struct verify_report report = {.say = say_violation};
    store_begin_read(store);
    enum status status = ledger_verify(store, tally->arena, &report);
    store_close(store);
    printf("Looked at %" PRId64 " batches, %" PRId64 " transfers, %" PRId64 " acts, %" PRId64
           " units.\n",
           report.batches, report.transfers, report.acts, report.units);
    if (report.violations > 0) {
        printf("%" PRId64
               " %s found. Do not repair by hand: keep the folder as it is and see README.md.\n",
               report.violations, report.violations == 1 ? "violation" : "violations");
        return 1;
    }
    if (status != STATUS_OK) {
        printf("The registry could not be read to its end: %s\n", status_row(status)->sentence);
        return 1;
    }
    puts("Every unit is accounted for: no violation.");
    return 0;
}

int operate_status(int argc, char **argv, const struct tally *tally)
{
    (void)argv;
    if (argc != 1) {
        fputs("usage: tally status\n", stderr);
        return 2;
    }
    static const struct query_table *const tables[] = {&care_queries, &site_queries, NULL};
    struct store *store = store_open(STORE_REGISTRY, STORE_READ, tally->registry_path, tables);
    if (store == NULL) {
        fprintf(stderr, "tally: %s cannot be read; `tally init` makes a registry\n",
                tally->registry_path);
        return 1;
    }
    store_begin_read(store);
    struct care_sum sum = care_sum_read(store, tally->arena);
    struct site site = site_read(store, tally->arena);
    bool is_faulty = store_fault(store);
    store_close(store);
    if (is_faulty) {
        fprintf(stderr, "tally: %s cannot be read; the log says why\n", tally->registry_path);
        return 1;
    }
    bool is_up = daemon_answers(tally);
    printf("ledger daemon      %s\n", is_up ? "running" : "stopped");
    print_sum(tally, &sum, &site);
    return is_up ? 0 : EXIT_DOWN;
}

int operate_expire(int argc, char **argv, const struct tally *tally)
{
    (void)argv;
    if (argc != 1) {
        fputs("usage: tally expire\n", stderr);
        return 2;
    }
    struct command command = command_of(ACT_EXPIRE, "", "");
    struct answer answer;
    enum status status = tally_ask(tally, &command, &answer);
    if (status != STATUS_OK) {
        fprintf(stderr, "tally: %s\n", status_row(status)->sentence);
        return 1;
    }
    printf("%" PRId64 " %s out of time and %s ended.\n", answer.count,
           answer.count == 1 ? "transfer was" : "transfers were",
           answer.count == 1 ? "has" : "have");
    return 0;
}

int operate_freeze(int argc, char **argv, const struct tally *tally)
{
    bool frozen = text_is(argv[0], "freeze");
    bool has_reason = argc == 3 && text_is(argv[1], "--reason");
    if (!has_reason && (frozen || argc != 1)) {
        fputs(frozen ? "usage: tally freeze --reason TEXT\n"
                     : "usage: tally thaw [--reason TEXT]\n",
              stderr);
        return 2;
    }
    struct command command = command_of(ACT_FREEZE, "", "");
    command.setting.frozen = frozen;
    if (has_reason && !TEXT_COPY(command.setting.text, argv[2])) {
        fprintf(stderr, "tally: a reason has at most %d characters\n", REASON_CHARS_MAX);
        return 2;
    }
    return ask_and_tell(tally, &command,
                        frozen ? "Transfers are frozen; every page says so."
                               : "Transfers are possible again.");
}

static int ask_and_tell(const struct tally *tally, const struct command *command, const char *done)
{
    struct answer answer;
    enum status status = tally_ask(tally, command, &answer);
    if (status != STATUS_OK) {
        fprintf(stderr, "tally: %s\n", status_row(status)->sentence);
        return 1;
    }
    puts(done);
    return 0;
}

static void say_violation(void *context, const char *sentence)
{
    (void)context;
    printf("VIOLATION: %s\n", sentence);
}

/* A connection alone tells: sockets without a listener refuse. */
static bool daemon_answers(const struct tally *tally)
{
    char path[sizeof((struct sockaddr_un *)0)->sun_path];
    int fd = door_path(tally->run_dir, PROGRAM_TALLY, path) ? connect_until(path, 0) : -1;
    if (fd >= 0) {
        close(fd);
    }
    return fd >= 0;
}

static void print_sum(const struct tally *tally, const struct care_sum *sum,
                      const struct site *site)
{
    printf("registry           %s (%s)%s\n", site->name, site->url,
           site->is_demo ? ", demonstration" : "");
    printf("data               %s, %s bytes\n", tally->data_dir,
           text_int_grouped(tally->arena, sum->size_bytes));
    printf("schema             registry %" PRId64 ", people %" PRId64 "\n", sum->schema_version,
           people_version(tally));
    if (site->frozen) {
        printf("transfers          FROZEN since %s: %s\n",
               clock_words(tally->arena, site->frozen_at), site->frozen_reason);
    } else {
        puts("transfers          open");
    }
    printf("organisations      %s\n", text_int_grouped(tally->arena, sum->organisations));
    printf("people             %s\n", text_int_grouped(tally->arena, sum->people));
    printf("projects           %s\n", text_int_grouped(tally->arena, sum->projects));
    printf("active batches     %s\n", text_int_grouped(tally->arena, sum->batches_active));
    printf("transfers          %s, of which %s waiting\n",
           text_int_grouped(tally->arena, sum->transfers),
           text_int_grouped(tally->arena, sum->waiting));
    printf("retirements        %s\n", text_int_grouped(tally->arena, sum->retirements));
    printf("acts               %s\n", text_int_grouped(tally->arena, sum->acts));
    if (sum->acts > 0) {
        printf("last act           %s, %s: %s\n", clock_words(tally->arena, sum->act_at),
               sum->act_command, sum->act_outcome);
    }
}

static int64_t people_version(const struct tally *tally)
{
    static const struct query_table *const tables[] = {&care_people_queries, NULL};
    struct store *store = store_open(STORE_PEOPLE, STORE_READ, tally->people_path, tables);
    if (store == NULL) {
        return 0;
    }
    int64_t version = care_people_version(store);
    store_close(store);
    return version;
}
