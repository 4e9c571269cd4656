/*
 * crash/web.h: the web side of a world: several `account` processes on one Unix socket, nginx in
 * front of them on a port of its own, and a minimal HTTP/1.1 client. Everything can be killed and
 * started again; nothing outlives the test. All waiting is bounded.
 */
#ifndef CRASH_WEB_H
#define CRASH_WEB_H

#include "crash/world.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/digest.h"
#include "store/people_person.h"
#include "store/people_session.h"

#define WEB_ACCOUNTS 4
#define WEB_CONF_BYTES_MAX 65536
#define WEB_REPLY_BYTES_MAX (1024 * 1024)
#define WEB_BACKLOG 256
/* above fastcgi_read_timeout 30 s: nginx tells us first */
#define WEB_ASK_MS_MAX 40000
#define WEB_END_S_MAX 40

/* Somebody who is signed in. */
struct web_person {
    char user_id[ID_SIZE], org_id[ID_SIZE];
    char cookie[TOKEN_SIZE], form_token[TOKEN_SIZE];
};

struct web {
    pid_t owner; /* only this process cleans up */
    const struct world *world;
    char people_path[WORLD_PATH_SIZE], conf_path[WORLD_PATH_SIZE];
    char account_log[WORLD_PATH_SIZE], nginx_log[WORLD_PATH_SIZE];
    char account_path[PATH_MAX];
    const char *nginx_path;
    char site_url[64];
    int port;
    int account_socket;           /* where all account processes listen */
    pid_t accounts[WEB_ACCOUNTS]; /* 0: not running */
    pid_t nginx;                  /* its master, leader of a process group */
};

static struct web the_web; /* for the clean-up at exit */

/* ------------------------------------------------------------------ people */

static inline struct store *web_open_people(const struct web *web, const struct query_table *own)
{
    const struct query_table *tables[] = {&people_person_queries, &people_session_queries, own,
                                          NULL};
    struct store *store = world_open_store(STORE_PEOPLE, STORE_WRITE, web->people_path, tables);
    CHECK(store != NULL, "people.db cannot be opened");
    return store;
}

/* Another session of the person who acts for an organisation of the world. */
static inline void web_sign_in(struct store *people, const struct world *world, size_t org,
                               int number, struct web_person *who)
{
    struct session session = {.made_at = clock_now_us(), .seen_at = clock_now_us()};
    session.ends_at = session.made_at + SESSION_ABSOLUTE_S_MAX * CLOCK_SECOND_US;
    token_make(who->cookie);
    token_make(who->form_token);
    TEXT_COPY(who->user_id, world->user_ids[org]);
    TEXT_COPY(who->org_id, world->org_ids[org]);
    session.token_hash = digest_of(who->cookie, strlen(who->cookie));
    (void)snprintf(session.session_id, sizeof session.session_id, "ses_%016d", number);
    TEXT_COPY(session.user_id, who->user_id);
    TEXT_COPY(session.org_id, who->org_id);
    TEXT_COPY(session.form_token, who->form_token);
    CHECK(session_add(people, &session), "no session for client %d", number);
}

static inline void web_make_people(const struct web *web)
{
    const char *schema = getenv("TALLYSTICK_SCHEMA");
    char folder[PATH_MAX];
    (void)snprintf(folder, sizeof folder, "%.3000s/people", text_empty(schema) ? "schema" : schema);
    CHECK(store_migrate(STORE_PEOPLE, web->people_path, folder) == STATUS_OK, "no people.db");
    struct store *people = web_open_people(web, NULL);
    for (size_t i = 0; i < WORLD_ORGS; i++) {
        struct person person = {.is_active = true, .made_at = clock_now_us()};
        TEXT_COPY(person.user_id, web->world->user_ids[i]);
        (void)snprintf(person.name, sizeof person.name, "Person %zu", i);
        (void)snprintf(person.email, sizeof person.email, "person-%zu@example.org", i);
        CHECK(people_add(people, &person), "no person %zu", i);
    }
    store_close(people);
}

/* ------------------------------------------------------------------ nginx's configuration */

/* A free port below those that the system gives to outgoing connections: while nginx is away, no
 * client can take it by accident. */
static inline int web_free_port(struct chance *chance)
{
    for (int i = 0; i < 200; i++) {
        int port = 18000 + (int)chance_below(chance, 12000);
        struct sockaddr_in address = {.sin_family = AF_INET,
                                      .sin_port = htons((uint16_t)port),
                                      .sin_addr = {htonl(INADDR_LOOPBACK)}};
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        bool is_free = fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof address) == 0;
        close(fd);
        if (is_free) {
            return port;
        }
    }
    CHECK(false, "no free port");
    return 0;
}

struct web_word {
    const char *name, *value;
};

/* Copies the template with each @NAME@ replaced. */
static inline void web_fill_words(const char *template, const struct web_word *words, FILE *file)
{
    while (*template != '\0') {
        const struct web_word *word = words;
        while (word->name != NULL && !text_starts(template, word->name)) {
            word++;
        }
        if (word->name != NULL) {
            fputs(word->value, file);
            template += strlen(word->name);
        } else {
            fputc(*template ++, file);
        }
    }
}

static inline void web_write_conf(const struct web *web)
{
    static char template[WEB_CONF_BYTES_MAX];
    char folder[PATH_MAX], listen_on[32];
    FILE *file = fopen("cgi-bin/nginx.conf.in", "rb");
    CHECK(file != NULL && realpath("static", folder) != NULL, "not started in the tree's folder");
    size_t size_bytes = fread(template, 1, sizeof template - 1, file);
    fclose(file);
    template[size_bytes] = '\0';
    (void)snprintf(listen_on, sizeof listen_on, "127.0.0.1:%d", web->port);
    const struct web_word words[] = {
        {"@HEAD@", geteuid() == 0 ? "user root; daemon off;" : "daemon off;"},
        {"@RUN@", web->world->run_dir},
        {"@STATIC@", folder},
        {"@LISTEN@", listen_on},
        {"@SERVER_NAMES@", "127.0.0.1"},
        {"@ACCESS_LOG@", "off"},
        {"@RATE_SIGN_IN@", "100000r/s"},
        {"@RATE_FORMS@", "100000r/s"},
        {"@RATE_PAGES@", "100000r/s"},
        {"@RATE_API@", "100000r/s"},
        {"@BURST@", "10000"},
        {"@BURST_SIGN_IN@", "10000"},
        {NULL, NULL},
    };
    file = fopen(web->conf_path, "wb");
    CHECK(file != NULL, "nginx's configuration cannot be written");
    web_fill_words(template, words, file);
    CHECK(fclose(file) == 0, "nginx's configuration cannot be written");
}

/* ------------------------------------------------------------------ processes */

static inline void web_listen(struct web *web)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int length =
        snprintf(address.sun_path, sizeof address.sun_path, "%s/account.sock", web->world->run_dir);
    CHECK(length > 0 && (size_t)length < sizeof address.sun_path,
          "the temporary folder's path is too long for a socket");
    web->account_socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(web->account_socket >= 0 &&
              bind(web->account_socket, (const struct sockaddr *)&address, sizeof address) == 0 &&
              listen(web->account_socket, WEB_BACKLOG) == 0,
          "no socket for account: %s", strerror(errno));
}

/* In a new process. death: what it gets when the test dies. */
static inline void web_become(const struct web *web, const char *log_path, int death)
{
    int log = open(log_path, O_WRONLY | O_CREAT | O_APPEND, 0640);
    dup2(log, STDERR_FILENO);
    dup2(log, STDOUT_FILENO);
    prctl(PR_SET_PDEATHSIG, death);
    signal(SIGTERM, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    setenv("TALLYSTICK_DATA", web->world->data_dir, 1);
    setenv("TALLYSTICK_RUN", web->world->run_dir, 1);
    setenv("TALLYSTICK_SITE_URL", web->site_url, 1);
    if (getppid() != web->owner) {
        _exit(127); /* the test died before prctl */
    }
}

/* As spawn-fcgi does: the listening socket is its standard input. */
static inline void web_start_account(struct web *web, int number)
{
    CHECK(web->accounts[number] == 0, "account %d runs already", number);
    pid_t pid = world_fork("account");
    if (pid == 0) {
        web_become(web, web->account_log, SIGKILL);
        dup2(web->account_socket, STDIN_FILENO);
        execl(web->account_path, "account", (char *)NULL);
        _exit(127);
    }
    web->accounts[number] = pid;
}

/* All of them, one after another: each is asked by serve while the others are held, so that none is
 * halfway through its start afterwards. What they hold at rest can be counted then. */
static inline void web_start_accounts(struct web *web, void (*serve)(void))
{
    for (int i = 0; i < WEB_ACCOUNTS; i++) {
        web_start_account(web, i);
        serve();
        CHECK(kill(web->accounts[i], SIGSTOP) == 0, "account ended by itself");
    }
    for (int i = 0; i < WEB_ACCOUNTS; i++) {
        CHECK(kill(web->accounts[i], SIGCONT) == 0, "account ended by itself");
    }
}

static inline void web_start_nginx(struct web *web)
{
    CHECK(web->nginx == 0, "nginx runs already");
    fflush(stdout);
    pid_t pid = fork();
    CHECK(pid >= 0, "no process for nginx");
    if (pid == 0) {
        setpgid(0, 0);
        web_become(web, web->nginx_log, SIGTERM); /* then it takes its worker with it */
        execl(web->nginx_path, "nginx", "-q", "-e", "stderr", "-p", web->world->run_dir, "-c",
              web->conf_path, (char *)NULL);
        _exit(127);
    }
    setpgid(pid, pid);
    web->nginx = pid;
}

static inline void web_kill_account(struct web *web, int number)
{
    if (web->accounts[number] > 0) {
        kill(web->accounts[number], SIGKILL);
        waitpid(web->accounts[number], NULL, 0);
        web->accounts[number] = 0;
    }
}

/* Master and worker; the worker is ours to wait for then (web_open: subreaper). */
static inline void web_kill_nginx(struct web *web)
{
    if (web->nginx > 0) {
        kill(-web->nginx, SIGKILL);
        while (waitpid(-web->nginx, NULL, 0) > 0) {
        }
        web->nginx = 0;
    }
}

/* Only the worker: its master starts another one. False: there is none at this moment. */
static inline bool web_kill_nginx_worker(const struct web *web)
{
    char path[64];
    int worker = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/task/%d/children", web->nginx, web->nginx);
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return false;
    }
    bool is_there = fscanf(file, "%d", &worker) == 1 && worker > 1;
    fclose(file);
    return is_there && kill(worker, SIGKILL) == 0;
}

/* Waits for a process that was told to end. */
static inline int web_await_end(pid_t pid, const char *name)
{
    int end = 0;
    int64_t until_us = clock_steady_us() + WEB_END_S_MAX * CLOCK_SECOND_US;
    while (waitpid(pid, &end, WNOHANG) != pid) {
        CHECK(clock_steady_us() < until_us, "%s does not end", name);
        poll(NULL, 0, 5);
    }
    return WIFEXITED(end) ? WEXITSTATUS(end) : 128 + WTERMSIG(end);
}

/* Everything ends in good order. */
static inline void web_stop(struct web *web)
{
    kill(web->nginx, SIGQUIT);
    CHECK(web_await_end(web->nginx, "nginx") == 0, "nginx ended badly");
    web->nginx = 0;
    for (int i = 0; i < WEB_ACCOUNTS; i++) {
        kill(web->accounts[i], SIGTERM);
        CHECK(web_await_end(web->accounts[i], "account") == 0, "account ended badly");
        web->accounts[i] = 0;
    }
}

static inline void web_close(void)
{
    struct web *web = &the_web;
    if (web->owner != getpid()) {
        return;
    }
    web_kill_nginx(web);
    for (int i = 0; i < WEB_ACCOUNTS; i++) {
        web_kill_account(web, i);
    }
    close(web->account_socket);
    web->owner = 0;
}

/* people.db and nginx's configuration; starts nothing. Call it after world_open. */
static inline struct web *web_open(const struct world *world, struct chance *chance)
{
    struct web *web = &the_web;
    static bool is_registered;
    *web = (struct web){.owner = getpid(), .world = world};
    if (!is_registered) {
        is_registered = true;
        atexit(web_close); /* runs before world_close */
    }
    CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0, "orphans cannot be waited for");
    (void)snprintf(web->people_path, WORLD_PATH_SIZE, "%.200s/people.db", world->data_dir);
    (void)snprintf(web->conf_path, WORLD_PATH_SIZE, "%.200s/nginx.conf", world->run_dir);
    (void)snprintf(web->account_log, WORLD_PATH_SIZE, "%.200s/account.log", world->folder);
    (void)snprintf(web->nginx_log, WORLD_PATH_SIZE, "%.200s/nginx.log", world->folder);
    web->nginx_path = access("/usr/sbin/nginx", X_OK) == 0 ? "/usr/sbin/nginx" : "/usr/bin/nginx";
    CHECK(access(web->nginx_path, X_OK) == 0, "there is no nginx");
    world_program("release", "account", web->account_path);
    web->port = web_free_port(chance);
    (void)snprintf(web->site_url, sizeof web->site_url, "http://127.0.0.1:%d", web->port);
    web_make_people(web);
    web_write_conf(web);
    web_listen(web);
    return web;
}

/* ------------------------------------------------------------------ HTTP */

struct web_reply {
    int code; /* 0: no whole head came */
    bool was_sent;
    bool is_whole;       /* all of the body came */
    char location[4096]; /* "" none */
    const char *body;
    char bytes[WEB_REPLY_BYTES_MAX];
    size_t size_bytes;
};

static inline bool web_ready(int fd, short events, int64_t until_us)
{
    struct pollfd one = {.fd = fd, .events = events};
    int64_t left_ms = (until_us - clock_steady_us()) / 1000;
    return left_ms > 0 && poll(&one, 1, (int)left_ms) == 1;
}

/* Sends a request over a connection of its own; -1: it was not sent (whole). fields NULL: GET;
 * otherwise a POST of the form, with the token. */
static inline int web_send(const struct web *web, const struct web_person *who, const char *target,
                           const char *fields)
{
    static char request[16384], form[4096], head[1024];
    form[0] = head[0] = '\0';
    if (fields != NULL) {
        int size_bytes = snprintf(form, sizeof form, "token=%s%s%s", who->form_token,
                                  fields[0] == '\0' ? "" : "&", fields);
        (void)snprintf(head, sizeof head,
                       "Sec-Fetch-Site: same-origin\r\nOrigin: %s\r\n"
                       "Content-Type: application/x-www-form-urlencoded\r\n"
                       "Content-Length: %d\r\n",
                       web->site_url, size_bytes);
    }
    int length =
        snprintf(request, sizeof request,
                 "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n"
                 "Cookie: __Host-session=%s\r\n%s\r\n%s",
                 fields == NULL ? "GET" : "POST", target, web->port, who->cookie, head, form);
    CHECK(length > 0 && (size_t)length < sizeof request, "the request is too long");
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)web->port),
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

/* Takes the head apart once it is whole; how many bytes the body has to have, -1 not known yet. */
static inline ssize_t web_read_head(struct web_reply *reply)
{
    char *end = strstr(reply->bytes, "\r\n\r\n");
    if (end == NULL) {
        return -1;
    }
    reply->body = end + 4;
    *end = '\0';
    const char *location = strcasestr(reply->bytes, "\r\nLocation: ");
    const char *length = strcasestr(reply->bytes, "\r\nContent-Length: ");
    if (location != NULL) {
        location += strlen("\r\nLocation: ");
        (void)snprintf(reply->location, sizeof reply->location, "%.*s",
                       (int)strcspn(location, "\r"), location);
    }
    int code = 0;
    CHECK(sscanf(reply->bytes, "HTTP/1.1 %d", &code) == 1 && length != NULL,
          "no HTTP reply with a length: %.300s", reply->bytes);
    reply->code = code;
    return (ssize_t)strtol(length + strlen("\r\nContent-Length: "), NULL, 10);
}

/* Reads the reply and closes the connection. */
static inline void web_receive(int fd, struct web_reply *reply)
{
    int64_t until_us = clock_steady_us() + WEB_ASK_MS_MAX * INT64_C(1000);
    ssize_t body_bytes = -1;
    reply->code = 0;
    reply->was_sent = fd >= 0;
    reply->is_whole = false;
    reply->location[0] = '\0';
    reply->size_bytes = 0;
    reply->body = "";
    while (fd >= 0 && !reply->is_whole && web_ready(fd, POLLIN, until_us)) {
        size_t room_bytes = sizeof reply->bytes - 1 - reply->size_bytes;
        CHECK(room_bytes > 0, "a reply of more than %zu bytes", sizeof reply->bytes);
        ssize_t got_bytes = recv(fd, reply->bytes + reply->size_bytes, room_bytes, 0);
        if (got_bytes <= 0) {
            break;
        }
        reply->size_bytes += (size_t)got_bytes;
        reply->bytes[reply->size_bytes] = '\0';
        if (reply->code == 0) {
            body_bytes = web_read_head(reply);
        }
        reply->is_whole = reply->code != 0 &&
                          reply->bytes + reply->size_bytes - reply->body >= (ptrdiff_t)body_bytes;
    }
    if (fd >= 0) {
        close(fd);
    }
}

/* Waits until somebody's page comes. */
static inline void web_await(const struct web *web, const struct web_person *who)
{
    static struct web_reply reply;
    int64_t until_us = clock_steady_us() + 20 * CLOCK_SECOND_US;
    do {
        web_receive(web_send(web, who, "/account/inbox", NULL), &reply);
        CHECK(reply.code == 200 || clock_steady_us() < until_us,
              "the pages do not come up; the logs are %s and %s", web->nginx_log, web->account_log);
        poll(NULL, 0, 10);
    } while (reply.code != 200);
}

/* What a page says, without its head. */
static inline const char *web_words(const struct web_reply *reply)
{
    const char *main_part = strstr(reply->body, "<main");
    return main_part == NULL ? reply->body : main_part;
}

/* The value of a hidden field; "" when it is not there. */
static inline void web_value(const struct web_reply *reply, const char *name, char *value,
                             size_t value_size)
{
    char mark[64];
    (void)snprintf(mark, sizeof mark, "name=\"%s\" value=\"", name);
    const char *at = strstr(reply->body, mark);
    value[0] = '\0';
    if (at != NULL) {
        at += strlen(mark);
        (void)snprintf(value, value_size, "%.*s", (int)strcspn(at, "\""), at);
    }
}

#endif
