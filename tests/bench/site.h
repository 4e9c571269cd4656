/*
 * bench/site.h: the whole site on a stage: the daemon, a few processes of each measured web
 * program, the hello-world program, and one nginx in front of all with the product's own
 * configuration, rates wide open.
 */
#ifndef BENCH_SITE_H
#define BENCH_SITE_H

#include "bench/stage.h"
#include "crash/web.h"

#define SITE_PROCESSES 2 /* of the programs that serve pages */
#define SITE_PROCESSES_MAX 64

struct site_program {
    const char *name; /* of its socket */
    const char *path; /* in the folder of the build */
    int processes;
    int socket;
    pid_t pids[SITE_PROCESSES_MAX];
};

/* As tools/serve.sh. */
static struct site_program site_programs[] = {
    {.name = "public", .path = "public", .processes = SITE_PROCESSES},
    {.name = "account", .path = "account", .processes = SITE_PROCESSES},
    {.name = "signin", .path = "signin", .processes = SITE_PROCESSES},
    {.name = "admin", .path = "admin", .processes = SITE_PROCESSES},
    {.name = "api", .path = "api", .processes = 4},
    {.name = "api-acts", .path = "api", .processes = 24},
    {.name = "hello", .path = "tests/bench/hello", .processes = SITE_PROCESSES},
};
#define SITE_PROGRAMS (sizeof site_programs / sizeof site_programs[0])

static inline int site_listen(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int length =
        snprintf(address.sun_path, sizeof address.sun_path, "%s/%s.sock", the_world.run_dir, name);
    CHECK(length > 0 && (size_t)length < sizeof address.sun_path,
          "the folder's path is too long for a socket");
    (void)unlink(address.sun_path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof address) == 0 &&
              listen(fd, 4096) == 0,
          "no socket for %s: %s", name, strerror(errno));
    return fd;
}

/* Its processes; it listens already. */
static inline void site_start_program(struct site_program *program)
{
    char path[PATH_MAX];
    world_program("release", program->path, path);
    for (int k = 0; k < program->processes; k++) {
        program->pids[k] = fork();
        CHECK(program->pids[k] >= 0, "no process for %s", program->name);
        if (program->pids[k] == 0) {
            web_become(&the_web, the_web.account_log, SIGKILL);
            dup2(program->socket, STDIN_FILENO);
            execl(path, program->name, (char *)NULL);
            _exit(127);
        }
    }
}

static inline void site_stop_program(struct site_program *program)
{
    for (int k = 0; k < program->processes; k++) {
        if (program->pids[k] > 0) {
            kill(program->pids[k], SIGTERM);
            /* Told to before it had begun, it ends by the signal. */
            int end = web_await_end(program->pids[k], program->name);
            CHECK(end == 0 || end == 128 + SIGTERM, "%s ended badly: %d", program->name, end);
            program->pids[k] = 0;
        }
    }
}

static inline void site_start_programs(void)
{
    for (size_t i = 0; i < SITE_PROGRAMS; i++) {
        site_programs[i].socket = site_listen(site_programs[i].name);
        site_start_program(&site_programs[i]);
    }
}

static inline struct site_program *site_program(const char *name)
{
    for (size_t i = 0; i < SITE_PROGRAMS; i++) {
        if (text_is(site_programs[i].name, name)) {
            return &site_programs[i];
        }
    }
    CHECK(false, "there is no program %s", name);
    return NULL;
}

/* The product's configuration, and one place more for the program it is compared with. */
static inline void site_write_conf(void)
{
    struct web *web = &the_web;
    static char template[WEB_CONF_BYTES_MAX];
    char folder[PATH_MAX], listen_on[32], upstream[WORLD_PATH_SIZE + 128];
    FILE *file = fopen("cgi-bin/nginx.conf.in", "rb");
    CHECK(file != NULL && realpath("static", folder) != NULL, "not started in the tree's folder");
    size_t size_bytes = fread(template, 1, sizeof template - 1, file);
    (void)fclose(file);
    template[size_bytes] = '\0';
    (void)snprintf(listen_on, sizeof listen_on, "127.0.0.1:%d", web->port);
    (void)snprintf(upstream, sizeof upstream,
                   "upstream hello { server unix:%s/hello.sock; }\n    upstream signin {",
                   the_world.run_dir);
    const struct web_word words[] = {
        {"@HEAD@", geteuid() == 0 ? "user root; daemon off;" : "daemon off;"},
        {"@RUN@", the_world.run_dir},
        {"@STATIC@", folder},
        {"@LISTEN@", listen_on},
        {"@SERVER_NAMES@", "127.0.0.1"},
        {"@ACCESS_LOG@", "off"},
        {"@RATE_SIGN_IN@", "1000000r/s"},
        {"@RATE_FORMS@", "1000000r/s"},
        {"@RATE_PAGES@", "1000000r/s"},
        {"@RATE_API@", "1000000r/s"},
        {"@BURST@", "100000"},
        {"@BURST_SIGN_IN@", "100000"},
        {"upstream signin {", upstream},
        {"location = /sign-in {",
         "location /hello { limit_req zone=pages burst=100000 nodelay; fastcgi_pass hello; }\n"
         "        location = /sign-in {"},
        {NULL, NULL},
    };
    file = fopen(web->conf_path, "wb");
    CHECK(file != NULL, "nginx's configuration cannot be written");
    web_fill_words(template, words, file);
    CHECK(fclose(file) == 0, "nginx's configuration cannot be written");
}

static inline void site_close(void)
{
    struct web *web = &the_web;
    if (web->owner != getpid()) {
        return;
    }
    web_kill_nginx(web);
    for (size_t i = 0; i < SITE_PROGRAMS; i++) {
        for (int k = 0; k < SITE_PROCESSES_MAX; k++) {
            if (site_programs[i].pids[k] > 0) {
                kill(site_programs[i].pids[k], SIGKILL);
                waitpid(site_programs[i].pids[k], NULL, 0);
            }
        }
    }
    web->owner = 0;
    world_kill_daemon(&the_world);
}

static inline struct web_person site_person(size_t party)
{
    struct web_person who = {.user_id = ""};
    TEXT_COPY(who.user_id, stage.parties[party].user_id);
    TEXT_COPY(who.org_id, stage.parties[party].org_id);
    TEXT_COPY(who.cookie, stage.parties[party].cookie);
    TEXT_COPY(who.form_token, stage.parties[party].form_token);
    return who;
}

/* After stage_open. The daemon is started, too. */
static inline void site_open(void)
{
    struct web *web = &the_web;
    struct chance chance = chance_from((uint64_t)clock_now_us(), 3);
    *web = (struct web){.owner = getpid(), .world = &the_world};
    atexit(site_close);
    CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0, "orphans cannot be waited for");
    (void)snprintf(web->conf_path, WORLD_PATH_SIZE, "%.200s/nginx.conf", the_world.run_dir);
    (void)snprintf(web->account_log, WORLD_PATH_SIZE, "%.200s/web.log", the_world.folder);
    (void)snprintf(web->nginx_log, WORLD_PATH_SIZE, "%.200s/nginx.log", the_world.folder);
    (void)unlink(web->account_log);
    web->nginx_path = access("/usr/sbin/nginx", X_OK) == 0 ? "/usr/sbin/nginx" : "/usr/bin/nginx";
    CHECK(access(web->nginx_path, X_OK) == 0, "there is no nginx");
    web->port = web_free_port(&chance);
    (void)snprintf(web->site_url, sizeof web->site_url, "http://127.0.0.1:%d", web->port);
    (void)stage_start_daemon();
    stage_end_inspector();
    site_write_conf();
    site_start_programs();
    web_start_nginx(web);
    struct web_person who = site_person(0);
    web_await(web, &who);
}

#endif
