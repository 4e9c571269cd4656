/*
 * crash/api.h: the api program in a world (crash/web.h): a few processes on one Unix socket behind
 * nginx, and a program of each organisation, and one of the supplier, with two secrets and every
 * right.
 */
#ifndef CRASH_API_H
#define CRASH_API_H

#include "crash/web.h"

#include "gate/credential.h"
#include "pages/api_answers.h"
#include "store/query.h"

#define API_PROCESSES 4
#define API_SUPPLIER WORLD_ORGS /* the number of the supplier's program */
#define API_PROGRAMS (WORLD_ORGS + 1)

/* A program of one of the world's organisations. */
struct api_program {
    char client[128], token[1024];
};

struct api {
    struct web *web;
    int socket;
    pid_t pids[API_PROCESSES]; /* 0: not running */
    char path[PATH_MAX], log_path[WORLD_PATH_SIZE];
    char supplier_id[ID_SIZE];
    struct api_program programs[API_PROGRAMS];
};

static struct api the_api; /* for the clean-up at exit */

static inline enum status api_ask_tally(void *context, const struct command *command,
                                        struct answer *answer)
{
    return tally_ask(context, command, answer);
}

/* Written directly, before the daemon runs. */
static inline void api_make_programs(struct api *api, struct world *world)
{
    struct tally tally = world_tally(world);
    struct store *people =
        store_open(STORE_PEOPLE, STORE_WRITE, api->web->people_path, credential_tables);
    CHECK(people != NULL, "people.db cannot be opened");
    struct person_admin admin = {.arena = &world->arena,
                                 .people = people,
                                 .ask = api_ask_tally,
                                 .context = &tally,
                                 .user_id = "",
                                 .tag = "TST",
                                 .now_us = clock_now_us()};
    for (size_t i = 0; i < API_PROGRAMS; i++) {
        struct credential_made made;
        struct token_wish wish = {
            .org_id = i == API_SUPPLIER ? world->supplier_org_id : world->org_ids[i],
            .name = "Program",
            .roles = ROLE_ALL,
            .scopes = SCOPE_READ | SCOPE_TRANSFER | SCOPE_RETIRE | SCOPE_MANAGE,
            .ranges = "",
            .days = 2};
        CHECK(credential_make_client(&admin, wish.org_id, NULL, wish.name, &made) == STATUS_OK &&
                  TEXT_COPY(api->programs[i].client, made.secret) &&
                  credential_make_token(&admin, api->web->site_url, &wish, &made) == STATUS_OK &&
                  TEXT_COPY(api->programs[i].token, made.secret),
              "no program of organisation %zu", i);
    }
    store_close(people);
    way_close(tally.way);
    arena_reset(&world->arena, 0);
}

/* Those that read and those that act are the same processes here. */
static inline void api_listen(struct api *api)
{
    char acts[PATH_MAX];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int length = snprintf(address.sun_path, sizeof address.sun_path, "%s/api.sock",
                          api->web->world->run_dir);
    CHECK(length > 0 && (size_t)length < sizeof address.sun_path,
          "the temporary folder's path is too long for a socket");
    api->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(api->socket >= 0 &&
              bind(api->socket, (const struct sockaddr *)&address, sizeof address) == 0 &&
              listen(api->socket, WEB_BACKLOG) == 0,
          "no socket for api: %s", strerror(errno));
    (void)snprintf(acts, sizeof acts, "%.200s/api-acts.sock", api->web->world->run_dir);
    CHECK(symlink("api.sock", acts) == 0, "no second name for api: %s", strerror(errno));
}

static inline void api_start(struct api *api, int number)
{
    CHECK(api->pids[number] == 0, "api %d runs already", number);
    pid_t pid = world_fork("api");
    if (pid == 0) {
        web_become(api->web, api->log_path, SIGKILL);
        dup2(api->socket, STDIN_FILENO);
        execl(api->path, "api", (char *)NULL);
        _exit(127);
    }
    api->pids[number] = pid;
}

static inline void api_kill(struct api *api, int number)
{
    if (api->pids[number] > 0) {
        kill(api->pids[number], SIGKILL);
        waitpid(api->pids[number], NULL, 0);
        api->pids[number] = 0;
    }
}

static inline void api_close(void)
{
    struct api *api = &the_api;
    for (int i = 0; api->web != NULL && api->web->owner == getpid() && i < API_PROCESSES; i++) {
        api_kill(api, i);
    }
}

/* After web_open; the daemon is not running yet. Starts nothing. */
static inline struct api *api_open(struct web *web, struct world *world)
{
    static const char *const sql[] = {"SELECT supplier_id FROM organisation WHERE org_id = ?1"};
    static const struct query_table supplier_queries = {"api_supplier", sql, 1};
    static const struct query_table *const tables[] = {&supplier_queries, NULL};
    struct api *api = &the_api;
    *api = (struct api){.web = web};
    atexit(api_close); /* runs before web_close */
    (void)snprintf(api->log_path, WORLD_PATH_SIZE, "%.200s/api.log", world->folder);
    world_program("release", "api", api->path);
    api_make_programs(api, world);
    struct store *store = store_open(STORE_REGISTRY, STORE_READ, world->registry_path, tables);
    CHECK(store != NULL, "the registry cannot be read");
    struct query q = query(store, &supplier_queries, 0);
    query_bind_text(&q, 1, world->supplier_org_id);
    CHECK(query_row(&q), "there is no supplier");
    query_text_into(&q, 0, api->supplier_id, ID_SIZE);
    query_end(&q);
    store_close(store);
    api_listen(api);
    return api;
}

/* Everything ends in good order, and the registry is verified. Gives the acts in its log. */
static inline int64_t api_stop_all(struct api *api, struct world *world)
{
    web_kill_nginx(api->web);
    for (int i = 0; i < API_PROCESSES; i++) {
        kill(api->pids[i], SIGTERM);
        CHECK(web_await_end(api->pids[i], "api") == 0, "api ended badly; its log is %s",
              api->log_path);
        api->pids[i] = 0;
    }
    CHECK(world_stop_daemon(world) == 0, "the daemon did not end in good order");
    return world_verify(world);
}

/* Sends a request over a connection of its own; -1: it was not sent (whole). body NULL: GET. key
 * NULL: none. */
static inline int api_send(const struct api *api, size_t org, const char *target, const char *body,
                           const char *key)
{
    static char request[16384], head[2048];
    const struct api_program *program = &api->programs[org];
    head[0] = '\0';
    if (body != NULL) {
        (void)snprintf(head, sizeof head,
                       "Content-Type: application/json\r\nContent-Length: %zu\r\n", strlen(body));
    }
    int length =
        snprintf(request, sizeof request,
                 "%s /registry/v0%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n"
                 "X-Client-Secret: %s\r\nAuthorization: Bearer %s\r\n%s%s%s%s\r\n%s",
                 body == NULL ? "GET" : "POST", target, api->web->port, program->client,
                 program->token, key == NULL ? "" : "Idempotency-Key: ", key == NULL ? "" : key,
                 key == NULL ? "" : "\r\n", head, body == NULL ? "" : body);
    CHECK(length > 0 && (size_t)length < sizeof request, "the request is too long");
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)api->web->port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(fd >= 0, "no socket: %s", strerror(errno));
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 &&
        send(fd, request, (size_t)length, MSG_NOSIGNAL) == (ssize_t)length) {
        return fd;
    }
    close(fd);
    return -1;
}

static inline void api_ask(const struct api *api, size_t org, const char *target, const char *body,
                           const char *key, struct web_reply *reply)
{
    web_receive(api_send(api, org, target, body, key), reply);
    if (reply->is_whole) {
        char address[256];
        (void)snprintf(address, sizeof address, "/registry/v0%s", target);
        answers_note(body == NULL ? "GET" : "POST", address, reply->code, reply->bytes, reply->body,
                     reply->size_bytes - (size_t)(reply->body - reply->bytes), 4);
    }
}

/* Waits until it answers. */
static inline void api_await(const struct api *api)
{
    static struct web_reply reply;
    int64_t until_us = clock_steady_us() + 20 * CLOCK_SECOND_US;
    do {
        api_ask(api, 0, "/organisation", NULL, NULL, &reply);
        CHECK(reply.code == 200 || clock_steady_us() < until_us,
              "the API does not come up: %d %.500s; its log is %s", reply.code, reply.body,
              api->log_path);
        poll(NULL, 0, 10);
    } while (reply.code != 200);
}

/* The daemon, the processes and nginx; waits until they answer. */
static inline void api_start_all(struct api *api, struct world *world)
{
    world_start_daemon(world);
    world_await_daemon(world);
    for (int i = 0; i < API_PROCESSES; i++) {
        api_start(api, i);
    }
    web_start_nginx(api->web);
    api_await(api);
}

/* Asks until something is told: a whole answer that is no fault of ours. Tries: how often again,
 * in memory that the crowd shares. */
#define API_TRIES_S_MAX 60 /* far above the time that a killed process is away */
static inline void api_ask_until_told(const struct api *api, size_t org, const char *target,
                                      const char *body, const char *key, struct web_reply *reply,
                                      int *tries)
{
    int64_t until_us = clock_steady_us() + API_TRIES_S_MAX * CLOCK_SECOND_US;
    do {
        api_ask(api, org, target, body, key, reply);
        if (reply->is_whole && reply->code < 500) {
            return;
        }
        CHECK(reply->code == 0 || reply->code == 503 || reply->code == 500, "answered %d: %.500s",
              reply->code, reply->body);
        __atomic_add_fetch(tries, 1, __ATOMIC_SEQ_CST);
        poll(NULL, 0, 20);
    } while (clock_steady_us() < until_us);
    CHECK(false, "nothing was told for long: %d %.500s", reply->code, reply->body);
}

/* The text of the first member of this name; "" when it is not there. */
static inline void api_text(const struct web_reply *reply, const char *member, char *text,
                            size_t text_size)
{
    char mark[64];
    (void)snprintf(mark, sizeof mark, "\"%s\":\"", member);
    const char *at = strstr(reply->body, mark);
    text[0] = '\0';
    if (at != NULL) {
        at += strlen(mark);
        (void)snprintf(text, text_size, "%.*s", (int)strcspn(at, "\""), at);
    }
}

#endif
