/*
 * bench/profile.c: one process of a web program, asked for one page many times over FastCGI, so
 * that what a page costs can be counted: instructions are the same on a busy machine.
 * tests/bench/profile.md has the commands and what they gave.
 *
 *   profile --folder FOLDER --page NAME [--times 100] [--under "valgrind --tool=callgrind …"]
 *
 * NAME: landing, list, transfer, batch; Credits, inbox (of a party like most); Credits-large,
 * inbox-large; or "act": one client's transfers through the daemon, which changes the registry: a
 * copy is wanted. Transfers and batches are those that bench/fill.c named, by turns. Prints the
 * bytes of the last page and the processor time of one, all the kernel's work for the program in
 * it.
 */
#include "bench/site.h"

static const struct {
    const char *name, *program, *path;
    int party; /* -1: nobody is signed in */
} pages[] = {
    {"landing", "public", "/", -1},
    {"list", "public", "/registry/transfers", -1},
    {"transfer", "public", "/registry/transfers/*", -1},
    {"batch", "public", "/registry/credit-batches/*", -1},
    {"Credits", "account", "/account/credits", 20},
    {"inbox", "account", "/account/inbox", 20},
    {"Credits-large", "account", "/account/credits", 0},
    {"inbox-large", "account", "/account/inbox", 0},
};

static unsigned char record[65536 + 512];
static size_t record_bytes;

static void add_header(unsigned type, size_t content_bytes)
{
    const unsigned char header[] = {1,
                                    (unsigned char)type,
                                    0,
                                    1,
                                    (unsigned char)(content_bytes >> 8),
                                    (unsigned char)content_bytes,
                                    0,
                                    0};
    memcpy(record + record_bytes, header, sizeof header);
    record_bytes += sizeof header;
}

static size_t add_param(unsigned char *to, const char *name, const char *value)
{
    size_t name_bytes = strlen(name);
    size_t value_bytes = strlen(value);
    CHECK(name_bytes < 128 && value_bytes < 128, "%s is too long", name);
    to[0] = (unsigned char)name_bytes;
    to[1] = (unsigned char)value_bytes;
    unsigned char *end = mempcpy(mempcpy(to + 2, name, name_bytes), value, value_bytes);
    return (size_t)(end - to);
}

/* What nginx sends for a page. */
static void make_request(const char *path, const char *cookie)
{
    unsigned char params[2048];
    char cookies[128];
    size_t bytes = 0;
    (void)snprintf(cookies, sizeof cookies, "__Host-session=%s", cookie);
    const char *const pairs[][2] = {{"REQUEST_METHOD", "GET"},
                                    {"REQUEST_URI", path},
                                    {"CONTENT_TYPE", ""},
                                    {"CONTENT_LENGTH", ""},
                                    {"REMOTE_ADDR", "127.0.0.1"},
                                    {"REQUEST_ID", "0123456789abcdef0123456789abcdef"},
                                    {"HTTP_PROXY", ""},
                                    {"HTTP_HOST", ""},
                                    {"GATEWAY_INTERFACE", "CGI/1.1"},
                                    {"HTTP_COOKIE", cookies}};
    size_t count = sizeof pairs / sizeof pairs[0] - (cookie[0] == '\0' ? 1 : 0);
    for (size_t i = 0; i < count; i++) {
        bytes += add_param(params + bytes, pairs[i][0], pairs[i][1]);
    }
    static const unsigned char begin[8] = {0, 1}; /* a responder; the connection is not kept */
    record_bytes = 0;
    add_header(1, sizeof begin);
    memcpy(record + record_bytes, begin, sizeof begin);
    record_bytes += sizeof begin;
    add_header(4, bytes);
    memcpy(record + record_bytes, params, bytes);
    record_bytes += bytes;
    add_header(4, 0);
    add_header(5, 0);
}

/* Asks for what make_request made; returns the bytes of the answer. */
static size_t ask(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    static char answer[WEB_REPLY_BYTES_MAX];
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%.90s/profile.sock",
                   the_world.run_dir);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 &&
              write(fd, record, record_bytes) == (ssize_t)record_bytes,
          "the program does not take requests");
    size_t bytes = 0;
    ssize_t got = 0;
    while ((got = read(fd, answer + bytes, sizeof answer - 1 - bytes)) > 0) {
        bytes += (size_t)got;
    }
    close(fd);
    answer[bytes] = '\0';
    CHECK(got == 0 && bytes > 8 && strstr(answer + 8, "Status: 200") != NULL, "not a page: %.500s",
          bytes > 8 ? answer + 8 : "");
    return bytes;
}

/* Listens on fd 0, which a daemon leaves alone. */
static pid_t start(const char *program, const char *under)
{
    char path[PATH_MAX], command[2 * PATH_MAX];
    world_program("release", program, path);
    (void)snprintf(command, sizeof command, "exec %s %s", under, path);
    int fd = site_listen("profile");
    pid_t pid = fork();
    CHECK(pid >= 0, "no process for %s", program);
    if (pid == 0) {
        setenv("TALLYSTICK_DATA", the_world.data_dir, 1);
        setenv("TALLYSTICK_RUN", the_world.run_dir, 1);
        setenv("TALLYSTICK_SITE_URL", "http://127.0.0.1", 1);
        dup2(fd, STDIN_FILENO);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    close(fd);
    return pid;
}

/* How long a process has had a processor, in ns. */
static int64_t used_ns(pid_t pid)
{
    char path[64];
    int64_t ns = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/schedstat", pid);
    FILE *file = fopen(path, "r");
    CHECK(file != NULL && fscanf(file, "%" SCNd64, &ns) == 1, "no %s", path);
    (void)fclose(file);
    return ns;
}

/* As bench/transfer_bench.c's first client. */
static void make_transfer(struct ledger_client *client, int64_t number)
{
    char key[KEY_SIZE];
    struct answer answer;
    const struct stage_party *from = &stage.parties[0];
    int64_t buyer = STAGE_FIRST_BUYER + 2 * (number % STAGE_BUYERS);
    (void)snprintf(key, sizeof key, "p%d-%" PRId64, (int)getpid(), number);
    struct command command = command_of(ACT_TRANSFER, from->user_id, key);
    command.transfer.kind = TRANSFER_EXTERNAL;
    TEXT_COPY(command.transfer.from_org_id, from->org_id);
    TEXT_COPY(command.transfer.to_org_id, stage.parties[buyer].org_id);
    TEXT_COPY(command.transfer.supplier_org_id, stage.supplier_org_id);
    TEXT_COPY(command.transfer.notes, key);
    command.transfer.units = STAGE_UNITS;
    enum status status = ledger_ask(client, &command, &answer);
    CHECK(status == STATUS_OK, "a transfer was refused: %s", status_row(status)->slug);
}

static void measure_act(const char *under, int64_t times)
{
    struct ledger_client client;
    (void)unlink(the_world.log_path); /* this one says it here */
    pid_t pid = start("ledger", under);
    the_world.daemon = pid;
    stage_await_daemon(clock_steady_us() + 600 * CLOCK_SECOND_US);
    stage_await_inspector();
    ledger_client_init(&client, the_world.account_socket);
    make_transfer(&client, 0);
    int64_t before_ns = used_ns(pid);
    int64_t began_us = clock_steady_us();
    for (int64_t i = 1; i <= times; i++) {
        make_transfer(&client, i);
    }
    printf("act: %" PRId64 " us each, %" PRId64 " us of a processor\n",
           (clock_steady_us() - began_us) / times, (used_ns(pid) - before_ns) / times / 1000);
    ledger_client_close(&client);
    CHECK(kill(pid, SIGTERM) == 0 && waitpid(pid, NULL, 0) == pid, "the daemon does not end");
    the_world.daemon = 0;
}

static size_t ask_page(size_t page, int64_t number)
{
    char path[128];
    size_t length = strcspn(pages[page].path, "*");
    bool is_batch = text_is(pages[page].name, "batch");
    const char *id = is_batch ? stage.batch_ids[(size_t)number % stage.batch_count]
                              : stage.transfer_ids[(size_t)number % stage.transfer_count];
    (void)snprintf(path, sizeof path, "%.*s%s", (int)length, pages[page].path,
                   pages[page].path[length] == '*' ? id : "");
    make_request(path, pages[page].party < 0 ? "" : stage.parties[pages[page].party].cookie);
    return ask();
}

int main(int argc, char **argv)
{
    stage_open(argc, argv);
    const char *name = stage_option(argc, argv, "--page", "");
    int64_t times = world_option(argc, argv, "--times", 100);
    if (text_is(name, "act")) {
        measure_act(stage_option(argc, argv, "--under", ""), times);
        return 0;
    }
    size_t page = 0;
    while (page < sizeof pages / sizeof pages[0] && !text_is(pages[page].name, name)) {
        page++;
    }
    CHECK(page < sizeof pages / sizeof pages[0], "there is no page --page %s", name);
    pid_t pid = start(pages[page].program, stage_option(argc, argv, "--under", ""));
    size_t bytes = ask_page(page, 0); /* the first waits until the program has started */
    int64_t before_ns = used_ns(pid);
    for (int64_t i = 1; i <= times; i++) {
        bytes = ask_page(page, i);
    }
    printf("%s: %zu bytes, %" PRId64 " us of a processor\n", name, bytes,
           (used_ns(pid) - before_ns) / times / 1000);
    CHECK(kill(pid, SIGTERM) == 0 && waitpid(pid, NULL, 0) == pid, "%s does not end", name);
    return 0;
}
