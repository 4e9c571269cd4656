/*
 * bench/api_bench.c: the REST API of a filled registry through nginx, in one run on one machine:
 *   h  durable transfers a second (POST /transfers/from_oldest_credits, each with a key of its own,
 *      accepted at once) with 1, 16 and 64 programs that each wait for their answer, by turns with
 *      the plain loop (bench/plain.h) and with another database; and reads a second (wrk, 16
 *      connections): lists of transfers and of an organisation's batches
 *
 *   api_bench --folder FOLDER [--size N] [--figures FILE] [--seconds 3] [--rounds 3]
 *             [--beside COMMAND]: see bench/transfer_bench.c
 */
#include "bench/site.h"
#include "bench/turns.h"

#define READ_CONNECTIONS 16
#define PROGRAMS STAGE_SELLERS
#define ORDINARY 20 /* a party like most */
#define LARGE 0     /* one of the largest */
#define LUA "tests/bench/pages.lua"
#define REPLY_BYTES_MAX 65536

struct shared {
    struct crowd crowd;
    int64_t end_us;
    int64_t acts[CROWD_MAX];
};

/* A program of a seller. */
struct program_secrets {
    char client[128], token[1024];
};

static struct shared *shared;
static struct program_secrets programs[PROGRAMS];
static char supplier_id[ID_SIZE];

static void read_programs(void)
{
    char path[PATH_MAX], line[2048];
    (void)snprintf(path, sizeof path, "%s/programs.tsv", stage.folder);
    FILE *file = fopen(path, "r");
    CHECK(file != NULL, "there is no %s; bench/fill makes it", path);
    size_t count = 0;
    while (count < PROGRAMS && fgets(line, sizeof line, file) != NULL) {
        size_t number = 0;
        struct program_secrets one;
        CHECK(sscanf(line, "program %zu %127s %1023s", &number, one.client, one.token) == 3 &&
                  number == count,
              "not a program: %s", line);
        programs[count++] = one;
    }
    (void)fclose(file);
    CHECK(count == PROGRAMS, "%s is not whole", path);
}

static void read_supplier(void)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    CHECK(sqlite3_open_v2(the_world.registry_path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
              sqlite3_prepare_v2(db, "SELECT supplier_id FROM organisation WHERE org_id = ?1", -1,
                                 &statement, NULL) == SQLITE_OK,
          "the registry cannot be read");
    (void)sqlite3_bind_text(statement, 1, stage.supplier_org_id, -1, SQLITE_STATIC);
    CHECK(sqlite3_step(statement) == SQLITE_ROW, "there is no supplier");
    TEXT_COPY(supplier_id, (const char *)sqlite3_column_text(statement, 0));
    (void)sqlite3_finalize(statement);
    (void)sqlite3_close(db);
}

/* ------------------------------------------------------------------ a connection that stays */

static int connect_nginx(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)the_web.port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0,
          "nginx is not there: %s", strerror(errno));
    return fd;
}

/* The code of one whole reply, 0 when the connection was closed before it; *stays: more can be
 * asked over it. */
static int receive(int fd, char bytes[REPLY_BYTES_MAX], bool *stays)
{
    size_t size_bytes = 0;
    const char *body = NULL;
    ptrdiff_t body_bytes = 0;
    while (body == NULL || bytes + size_bytes - body < body_bytes) {
        ssize_t got = recv(fd, bytes + size_bytes, REPLY_BYTES_MAX - 1 - size_bytes, 0);
        if (got <= 0) {
            return 0;
        }
        size_bytes += (size_t)got;
        bytes[size_bytes] = '\0';
        char *end = body == NULL ? strstr(bytes, "\r\n\r\n") : NULL;
        if (end != NULL) {
            const char *length = strcasestr(bytes, "\r\nContent-Length: ");
            CHECK(length != NULL, "no length: %.300s", bytes);
            body_bytes = strtol(length + strlen("\r\nContent-Length: "), NULL, 10);
            body = end + 4;
            *stays = strcasestr(bytes, "\r\nConnection: close") == NULL;
        }
    }
    return atoi(bytes + strlen("HTTP/1.1 "));
}

static size_t make_request(char request[4096], int number, int64_t i)
{
    char body[512], key[KEY_SIZE];
    const struct stage_party *from = &stage.parties[number];
    make_key(key, number, i);
    int body_bytes =
        snprintf(body, sizeof body,
                 "{\"from_organisation_id\":\"%s\",\"to_organisation_id\":\"%s\","
                 "\"supplier_id\":\"%s\",\"credit_quantity_kg\":%d,\"notes\":\"%s\"}",
                 from->org_id, buyer_of(number, i)->org_id, supplier_id, STAGE_UNITS, key);
    int length = snprintf(request, 4096,
                          "POST /registry/v0/transfers/from_oldest_credits HTTP/1.1\r\n"
                          "Host: 127.0.0.1:%d\r\nX-Client-Secret: %s\r\n"
                          "Authorization: Bearer %s\r\nIdempotency-Key: %s\r\n"
                          "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
                          the_web.port, programs[number].client, programs[number].token, key,
                          body_bytes, body);
    CHECK(length > 0 && length < 4096, "the request is too long");
    return (size_t)length;
}

static void run_program(int number, void *context)
{
    static char reply[REPLY_BYTES_MAX], request[4096];
    (void)context;
    crowd_meet(&shared->crowd);
    int fd = connect_nginx();
    for (int64_t i = 0; clock_steady_us() < shared->end_us; i++) {
        bool stays = false;
        size_t size_bytes = make_request(request, number, i);
        CHECK(send(fd, request, size_bytes, MSG_NOSIGNAL) == (ssize_t)size_bytes, "not sent: %s",
              strerror(errno));
        int code = receive(fd, reply, &stays);
        CHECK(code == 200 && strstr(reply, "\"status\":\"completed\"") != NULL,
              "a transfer was answered %d: %.1500s", code, reply);
        shared->acts[number]++;
        if (!stays) {
            close(fd);
            fd = connect_nginx();
        }
    }
    close(fd);
}

/* ------------------------------------------------------------------ by turns */

static const char *const api_pools[] = {"api", "api-acts"};
#define API_POOLS (sizeof api_pools / sizeof api_pools[0])

static void stop_api(void)
{
    for (size_t i = 0; i < API_POOLS; i++) {
        site_stop_program(site_program(api_pools[i]));
    }
}

/* A registry that is made anew is another file: who has it open ends before. */
static void renew(void)
{
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%.200s/data/pristine.db", stage.folder);
    bool is_small = access(path, R_OK) == 0;
    if (is_small) {
        stop_api();
        (void)stage_renew();
    }
    if (the_world.daemon == 0) {
        (void)stage_start_daemon();
        stage_end_inspector();
    }
    for (size_t i = 0; i < API_POOLS; i++) {
        struct site_program *pool = site_program(api_pools[i]);
        if (pool->pids[0] == 0) {
            site_start_program(pool);
        }
    }
}

static int64_t turn_api(int clients)
{
    renew();
    run_number++;
    memset(shared->acts, 0, sizeof shared->acts);
    int64_t began_us = clock_steady_us();
    shared->end_us = began_us + seconds * CLOCK_SECOND_US;
    crowd_start(&shared->crowd, clients, run_program, NULL);
    crowd_end(&shared->crowd);
    int64_t took_us = clock_steady_us() - began_us;
    int64_t acts = 0;
    for (int i = 0; i < clients; i++) {
        acts += shared->acts[i];
    }
    return acts * CLOCK_SECOND_US / took_us;
}

static int64_t turn_loop(void)
{
    stop_api(); /* the registry may be made anew for the loop, too */
    int64_t rate = turn_plain();
    return rate;
}

static void measure_transfers(void)
{
    static const int crowds[] = {1, 16, 64};
    static int64_t api_rates[3][ROUNDS_MAX], plain_rates[3][ROUNDS_MAX];
    static int64_t other_rates[3][ROUNDS_MAX];
    for (size_t round = 0; round < rounds; round++) {
        for (size_t i = 0; i < 3; i++) {
            api_rates[i][round] = turn_api(crowds[i]);
            plain_rates[i][round] = turn_loop();
            other_rates[i][round] = beside == NULL ? 0 : turn_beside(crowds[i]);
            printf("round %zu: %d programs %" PRId64 "/s, plain loop %" PRId64 "/s, beside %" PRId64
                   "/s\n",
                   round + 1, crowds[i], api_rates[i][round], plain_rates[i][round],
                   other_rates[i][round]);
            fflush(stdout);
        }
    }
    for (size_t i = 0; i < 3; i++) {
        char name[64];
        double ours = (double)stage_median(api_rates[i], rounds);
        (void)snprintf(name, sizeof name, "api %d programs", crowds[i]);
        stage_figure("h", name, ours, "transfers/s");
        (void)snprintf(name, sizeof name, "ratio loop %d programs", crowds[i]);
        stage_figure("h", name, ours / (double)stage_median(plain_rates[i], rounds),
                     "of the plain loop");
        if (beside != NULL) {
            (void)snprintf(name, sizeof name, "ratio PostgreSQL %d programs", crowds[i]);
            stage_figure("h", name, ours / (double)stage_median(other_rates[i], rounds),
                         "times PostgreSQL");
        }
    }
}

/* ------------------------------------------------------------------ reads */

struct list {
    const char *name;
    char path[128];
    int party;
};

static struct list lists[] = {
    {.name = "GET /transfers", .path = "/registry/v0/transfers", .party = ORDINARY},
    {.name = "GET /transfers, 50", .path = "/registry/v0/transfers?first=50", .party = ORDINARY},
    {.name = "GET /transfers from one", .party = ORDINARY},
    {.name = "GET /transfers from a large one", .party = ORDINARY},
    {.name = "GET /organisations/{id}/credit_batches", .party = ORDINARY},
    {.name = "the same of a large one", .party = LARGE},
};
#define LISTS (sizeof lists / sizeof lists[0])

static void write_paths(void)
{
    (void)snprintf(lists[2].path, sizeof lists[2].path,
                   "/registry/v0/transfers?from_organisation_id=%s",
                   stage.parties[ORDINARY].org_id);
    (void)snprintf(lists[3].path, sizeof lists[3].path,
                   "/registry/v0/transfers?from_organisation_id=%s", stage.parties[LARGE].org_id);
    for (size_t i = 4; i < LISTS; i++) {
        (void)snprintf(lists[i].path, sizeof lists[i].path,
                       "/registry/v0/organisations/%s/credit_batches",
                       stage.parties[lists[i].party].org_id);
    }
}

static int64_t run_wrk(const struct list *list)
{
    char command[4096], line[512];
    double rate = 0;
    (void)snprintf(command, sizeof command,
                   "wrk -t 1 -c %d -d %" PRId64 "s -H 'X-Client-Secret: %s'"
                   " -H 'Authorization: Bearer %s' -s " LUA " %s -- '%s'",
                   READ_CONNECTIONS, seconds, programs[list->party].client,
                   programs[list->party].token, the_web.site_url, list->path);
    FILE *wrk = popen(command, "r");
    CHECK(wrk != NULL, "wrk does not start");
    while (fgets(line, sizeof line, wrk) != NULL) {
        (void)sscanf(line, "Requests/sec: %lf", &rate);
        CHECK(strstr(line, "Non-2xx") == NULL && strstr(line, "Socket errors") == NULL, "%s: %s",
              list->name, line);
    }
    CHECK(pclose(wrk) == 0 && rate > 0, "wrk failed: %s", list->name);
    return (int64_t)rate;
}

static void measure_reads(void)
{
    static int64_t rates[LISTS][ROUNDS_MAX];
    renew();
    for (size_t round = 0; round < rounds; round++) {
        for (size_t i = 0; i < LISTS; i++) {
            rates[i][round] = run_wrk(&lists[i]);
        }
    }
    for (size_t i = 0; i < LISTS; i++) {
        stage_figure("h", lists[i].name, (double)stage_median(rates[i], rounds), "requests/s");
    }
}

int main(int argc, char **argv)
{
    stage_open(argc, argv);
    shared = crowd_memory(sizeof *shared);
    seconds = world_option(argc, argv, "--seconds", 3);
    rounds = (size_t)world_option(argc, argv, "--rounds", 3);
    CHECK(seconds > 0 && rounds > 0 && rounds <= ROUNDS_MAX, "--rounds is 1 to %d", ROUNDS_MAX);
    beside = stage_option(argc, argv, "--beside", NULL);
    read_programs();
    (void)stage_renew();
    read_supplier();
    write_paths();
    site_open();
    measure_reads();
    measure_transfers();
    stop_api();
    stage_end_daemon();
    (void)stage_renew();
    return 0;
}
