/*
 * unit/away_test.c: what ledger_ask and tally make of a daemon (of this test's own build) that
 * stops, crashes, never answers, or whose disk is full; and tally writing directly.
 */
#include "crash/world.h"

#include <sys/socket.h>

static struct world *world;
static int passed;

static void test_gone(void)
{
    struct ledger_client client;
    ledger_client_init(&client, world->account_socket);
    struct command command = world_small_transfer(world);
    struct answer answer;
    struct answer again;
    CHECK(ledger_ask(&client, &command, &answer) == STATUS_OK && !answer.repeated,
          "a first asking");
    world_kill_daemon(world); /* its sockets stay behind */
    world_start_daemon(world);
    CHECK(ledger_ask(&client, &command, &again) == STATUS_OK && again.repeated &&
              again.seq == answer.seq,
          "asked again after a crash");
    int64_t sent = client.sent;
    CHECK(sent >= 2, "two commands were sent: %" PRId64, sent);
    CHECK(world_stop_daemon(world) == 0 && access(world->account_socket, F_OK) != 0,
          "a good end leaves sockets");
    int64_t began_us = clock_steady_us();
    ledger_client_close(&client);
    /* Not as long as for one that only starts again; how long exactly: unit/asking_test.c. */
    CHECK(ledger_ask(&client, &command, &again) == STATUS_LEDGER_AWAY &&
              clock_steady_us() - began_us < INT64_C(1000) * LEDGER_RESTART_MS_MAX,
          "no daemon: %s", status_row((enum status)again.status)->slug);
    CHECK(client.sent == sent, "to nobody nothing is sent");
    ledger_client_close(&client);
    passed++;
}

/* Takes one command over each connection and closes without an answer. */
static void play_dying_daemon(int listener, int deaths)
{
    for (int i = 0; i < deaths; i++) {
        static struct command command;
        int fd = accept(listener, NULL, NULL);
        (void)recv(fd, &command, sizeof command, 0);
        close(fd);
    }
    _exit(0);
}

static void test_lost_answers(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%.90s/dying.sock", world->run_dir);
    int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    CHECK(bind(listener, (struct sockaddr *)&address, sizeof address) == 0 &&
              listen(listener, 5) == 0,
          "no socket");
    for (int keyed = 0; keyed < 2; keyed++) {
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            play_dying_daemon(listener, keyed ? 3 : 1);
        }
        if (keyed) {
            close(listener); /* when the child has died its third death nobody listens any more */
        }
        struct ledger_client client;
        ledger_client_init(&client, address.sun_path);
        struct command command = world_small_transfer(world);
        command.key[0] = keyed ? 'k' : '\0';
        struct answer answer;
        int64_t began_us = clock_steady_us();
        CHECK(ledger_ask(&client, &command, &answer) == STATUS_ANSWER_LOST, "keyed %d: %s", keyed,
              status_row((enum status)answer.status)->slug);
        int64_t took_us = clock_steady_us() - began_us;
        CHECK(client.sent >= (keyed ? 3 : 1), "keyed %d: sent %" PRId64, keyed, client.sent);
        CHECK(took_us < INT64_C(1000) * (keyed ? LEDGER_ASK_MS_MAX : LEDGER_RESTART_MS_MAX),
              "keyed %d: lost after %" PRId64 " us", keyed, took_us);
        waitpid(child, NULL, 0);
    }
    passed++;
}

/* The disk is full: nobody is told that it happened, the daemon ends with an error, and a new one
 * goes on. */
static void test_full_disk(void)
{
    struct stat file;
    CHECK(stat(world->registry_path, &file) == 0, "no registry");
    world->file_bytes_max = (int64_t)file.st_size + 200000;
    world_start_daemon(world);
    world->file_bytes_max = 0;
    struct ledger_client client;
    ledger_client_init(&client, world->account_socket);
    world_await_daemon(world);
    struct command command;
    struct answer answer;
    enum status status = STATUS_OK;
    int done = 0;
    for (; done < 100000 && status == STATUS_OK; done++) {
        command = world_small_transfer(world);
        status = ledger_ask(&client, &command, &answer);
    }
    CHECK(status == STATUS_FAULT || status == STATUS_ANSWER_LOST, "a full disk answers %s",
          status_row(status)->slug);
    int end = 0;
    waitpid(world->daemon, &end, 0);
    world->daemon = 0;
    CHECK(WIFEXITED(end) && WEXITSTATUS(end) == 1,
          "on a full disk the daemon did not end with an error");
    world_start_daemon(world);
    CHECK(ledger_ask(&client, &command, &answer) == STATUS_OK, "with room again: %s",
          status_row((enum status)answer.status)->slug);
    struct answer again;
    CHECK(ledger_ask(&client, &command, &again) == STATUS_OK && again.repeated &&
              again.seq == answer.seq,
          "asked again");
    ledger_client_close(&client);
    CHECK(world_stop_daemon(world) == 0, "no good end");
    world_verify(world);
    printf("full disk after %d acts: %s, then recovered\n", done - 1, status_row(status)->slug);
    passed++;
}

/* ------------------------------------------------------------------ tally's ways */

struct counted {
    int answers, done, refused, lost;
    char expected[KEY_SIZE];
};

static void count_answer(void *context, const struct command *command, const struct answer *answer)
{
    struct counted *counted = context;
    char key[KEY_SIZE];
    (void)snprintf(key, sizeof key, "way-%d", counted->answers);
    CHECK(text_is(command->key, key), "answer %d is that of %s", counted->answers, command->key);
    counted->answers++;
    counted->done += answer->status == STATUS_OK ? 1 : 0;
    CHECK(answer->status == STATUS_OK, "%s: %s", command->key,
          status_row((enum status)answer->status)->slug);
}

static void test_ways(void)
{
    struct tally tally = world_tally(world);
    struct counted counted = {0};
    enum status settled = STATUS_OK;
    CHECK(tally_is_direct(&tally, &settled) && settled == STATUS_OK, "stopped, but not direct");
    CHECK(tally_begin(&tally) == STATUS_OK, "no transaction");
    struct answer answer;
    struct command undone = world_small_transfer(world);
    CHECK(tally_ask(&tally, &undone, &answer) == STATUS_OK, "inside a transaction");
    tally_rollback(&tally);
    CHECK(tally_ask(&tally, &undone, &answer) == STATUS_OK && !answer.repeated,
          "what was rolled back stayed");
    char key[KEY_SIZE];
    /* 0 directly, 1 through the daemon, 2 through a daemon that is killed meanwhile. */
    for (int round = 0; round < 3; round++) {
        if (round == 1) {
            way_close(tally.way);
            world_start_daemon(world);
            world_await_daemon(world);
            CHECK(!tally_is_direct(&tally, &settled) && settled == STATUS_OK &&
                      tally_begin(&tally) == STATUS_BUSY,
                  "not through the daemon");
        }
        for (int i = 0; i < 500; i++) {
            (void)snprintf(key, sizeof key, "way-%d", round * 500 + i);
            struct command command = world_transfer(world, 0, 1, 1, key);
            CHECK(tally_send(&tally, &command, count_answer, &counted) == STATUS_OK, "not sent");
            if (round == 2 && i % 100 == 99) {
                world_kill_daemon(world);
                world_start_daemon(world);
            }
        }
        CHECK(tally_settle(&tally) == STATUS_OK && counted.answers == (round + 1) * 500,
              "%d answers", counted.answers);
    }
    way_close(tally.way);
    passed++;
}

int main(void)
{
    world = world_open("away", "test");
    world_start_daemon(world);
    world_await_daemon(world);
    test_gone();
    test_lost_answers();
    test_full_disk();
    test_ways();
    CHECK(world_stop_daemon(world) == 0, "the daemon did not end in good order; its log is %s",
          world->log_path);
    world_verify(world);
    printf("%d passed, 0 failed\n", passed);
    return 0;
}
