/*
 * crash/hooks.h: the other side of webhooks: a process that listens on a port of this machine for
 * each endpoint and answers as it is told to: well, badly, late or never. What it heard stands in
 * memory shared with the test. Signatures are checked with OpenSSL, not with our own code.
 */
#ifndef CRASH_HOOKS_H
#define CRASH_HOOKS_H

#include "crash/crowd.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdatomic.h>
#include <sys/socket.h>

#include "store/people_webhook.h"

#define HOOK_HITS_MAX 50000
#define HOOK_PEERS_MAX 256
#define HOOK_REQUEST_MAX 16384
#define HOOK_BAD_MAX 4 /* so often one message is answered badly: the fifth wait is a long one */

enum hook_manner {
    HOOK_GOOD,   /* 204 at once */
    HOOK_FLAKY,  /* by chance 204, 500, a closed or broken connection, no answer; in the end 204 */
    HOOK_SILENT, /* never answers */
    HOOK_REDIRECT, /* 302 to the trap */
    HOOK_ENDLESS,  /* 200 and a body without end */
    HOOK_TRAP,     /* nobody may come here */
};

struct hook {
    enum hook_manner manner;
    int port;
    int listener;
    uint8_t secret[WEBHOOK_SECRET_BYTES];
};

/* One request that was heard whole. */
struct hit {
    int hook;
    char message_id[ID_SIZE];
    int64_t seq;
    int64_t at_us; /* steady clock */
    int code;      /* what was answered; 0: nothing */
    bool is_signed;
};

struct hooks {
    struct hook at[8];
    int count;
    _Atomic int stop;
    _Atomic int connections[8];
    _Atomic int hit_count;
    struct hit hits[HOOK_HITS_MAX];
};

/* One connection. */
struct hook_peer {
    int fd; /* -1: free */
    int hook;
    size_t used;
    bool is_endless;
    char bytes[HOOK_REQUEST_MAX];
};

static inline void hook_add(struct hooks *hooks, enum hook_manner manner)
{
    struct hook *hook = &hooks->at[hooks->count++];
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    hook->manner = manner;
    hook->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    CHECK(hook->listener >= 0 &&
              bind(hook->listener, (struct sockaddr *)(void *)&address, size) == 0 &&
              listen(hook->listener, 64) == 0 &&
              getsockname(hook->listener, (struct sockaddr *)(void *)&address, &size) == 0,
          "no port for an endpoint");
    hook->port = ntohs(address.sin_port);
    random_bytes(hook->secret, sizeof hook->secret);
}

/* The value of a header, in a ring; "" none. */
static inline const char *hook_header(const char *head, const char *name)
{
    static char values[4][512];
    static unsigned next;
    char *value = values[next++ % 4];
    char mark[64];
    (void)snprintf(mark, sizeof mark, "\r\n%s: ", name);
    const char *at = strcasestr(head, mark);
    value[0] = '\0';
    if (at != NULL) {
        at += strlen(mark);
        (void)snprintf(value, sizeof values[0], "%.*s", (int)strcspn(at, "\r"), at);
    }
    return value;
}

static inline bool hook_is_signed(const struct hook *hook, const char *head, const char *body)
{
    static char content[HOOK_REQUEST_MAX + 256];
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    char text[128] = "v1,";
    int length = snprintf(content, sizeof content, "%s.%s.%s", hook_header(head, "webhook-id"),
                          hook_header(head, "webhook-timestamp"), body);
    (void)HMAC(EVP_sha256(), hook->secret, sizeof hook->secret, (const unsigned char *)content,
               (size_t)length, digest, &size);
    (void)EVP_EncodeBlock((unsigned char *)text + 3, digest, (int)size);
    return text_is(hook_header(head, "webhook-signature"), text) &&
           text_is(hook_header(head, "content-type"), "application/json");
}

static inline void hook_close(struct hook_peer *peer, bool breaks)
{
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    if (breaks) {
        setsockopt(peer->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    }
    close(peer->fd);
    peer->fd = -1;
}

static inline void hook_say(struct hook_peer *peer, const char *text)
{
    if (send(peer->fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
        hook_close(peer, false);
    }
}

/* How often the same message was answered badly by now. */
static inline int hook_bad_count(const struct hooks *hooks, int number, int64_t seq)
{
    int count = 0;
    for (int i = 0; i < atomic_load(&hooks->hit_count); i++) {
        const struct hit *hit = &hooks->hits[i];
        count += hit->hook == number && hit->seq == seq && hit->code != 204 ? 1 : 0;
    }
    return count;
}

/* Answers one request in the hook's manner; the code that was answered. */
static inline int hook_answer(struct hooks *hooks, struct hook_peer *peer, int64_t seq,
                              struct chance *chance)
{
    const struct hook *hook = &hooks->at[peer->hook];
    char text[256];
    int64_t dice = chance_below(chance, 100);
    switch (hook->manner) {
    case HOOK_FLAKY:
        if (dice < 75 || hook_bad_count(hooks, peer->hook, seq) >= HOOK_BAD_MAX) {
            break;
        }
        if (dice < 85) {
            hook_say(peer, "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n");
            return 500;
        }
        if (dice < 97) {
            hook_close(peer, dice < 91);
        }
        return 0;
    case HOOK_SILENT:
        return 0;
    case HOOK_REDIRECT:
        (void)snprintf(text, sizeof text,
                       "HTTP/1.1 302 There\r\nLocation: http://127.0.0.1:%d/trap\r\n"
                       "Content-Length: 0\r\n\r\n",
                       hooks->at[hooks->count - 1].port);
        hook_say(peer, text);
        return 302;
    case HOOK_ENDLESS:
        hook_say(peer, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n");
        peer->is_endless = true;
        return 200;
    case HOOK_GOOD:
    case HOOK_TRAP:
        break;
    }
    hook_say(peer, "HTTP/1.1 204 Thanks\r\n\r\n");
    return 204;
}

/* A whole request stands in the peer's buffer: noted, then answered. */
static inline void hook_hear(struct hooks *hooks, struct hook_peer *peer, const char *body,
                             struct chance *chance)
{
    int number = atomic_load(&hooks->hit_count);
    CHECK(number < HOOK_HITS_MAX, "more requests than this test can note");
    struct hit *hit = &hooks->hits[number];
    const char *seq = strstr(body, "\"seq\":");
    *hit = (struct hit){.hook = peer->hook,
                        .at_us = clock_steady_us(),
                        .seq = seq == NULL ? 0 : strtoll(seq + 6, NULL, 10),
                        .is_signed = hook_is_signed(&hooks->at[peer->hook], peer->bytes, body)};
    (void)TEXT_COPY(hit->message_id, hook_header(peer->bytes, "webhook-id"));
    hit->code = hook_answer(hooks, peer, hit->seq, chance);
    atomic_store(&hooks->hit_count, number + 1);
}

static inline void hook_read(struct hooks *hooks, struct hook_peer *peer, struct chance *chance)
{
    ssize_t got = read(peer->fd, peer->bytes + peer->used, HOOK_REQUEST_MAX - 1 - peer->used);
    if (got <= 0) {
        if (got == 0 || errno != EAGAIN) {
            hook_close(peer, false);
        }
        return;
    }
    peer->used += (size_t)got;
    peer->bytes[peer->used] = '\0';
    char *end = strstr(peer->bytes, "\r\n\r\n");
    if (end == NULL) {
        return;
    }
    size_t length = (size_t)strtoll(hook_header(peer->bytes, "content-length"), NULL, 10);
    if ((size_t)(end + 4 - peer->bytes) + length <= peer->used) {
        peer->used = 0; /* the courier sends nothing ahead of an answer */
        hook_hear(hooks, peer, end + 4, chance);
    }
}

static inline void hook_accept(struct hooks *hooks, int number, struct hook_peer *peers)
{
    int fd = accept4(hooks->at[number].listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) {
        return;
    }
    atomic_fetch_add(&hooks->connections[number], 1);
    for (int i = 0; i < HOOK_PEERS_MAX; i++) {
        if (peers[i].fd < 0) {
            peers[i] = (struct hook_peer){.fd = fd, .hook = number};
            return;
        }
    }
    close(fd);
}

static inline void hooks_serve(struct hooks *hooks, uint64_t seed)
{
    static struct hook_peer peers[HOOK_PEERS_MAX];
    struct chance chance = chance_from(seed, 77);
    for (int i = 0; i < HOOK_PEERS_MAX; i++) {
        peers[i].fd = -1;
    }
    while (atomic_load(&hooks->stop) == 0) {
        struct pollfd fds[8 + HOOK_PEERS_MAX];
        for (int i = 0; i < hooks->count; i++) {
            fds[i] = (struct pollfd){.fd = hooks->at[i].listener, .events = POLLIN};
        }
        for (int i = 0; i < HOOK_PEERS_MAX; i++) {
            short wants = peers[i].is_endless ? POLLIN | POLLOUT : POLLIN;
            fds[hooks->count + i] = (struct pollfd){.fd = peers[i].fd, .events = wants};
        }
        (void)poll(fds, (nfds_t)(hooks->count + HOOK_PEERS_MAX), 100);
        for (int i = 0; i < HOOK_PEERS_MAX; i++) {
            short seen = peers[i].fd < 0 ? 0 : fds[hooks->count + i].revents;
            if (peers[i].fd >= 0 && peers[i].is_endless && (seen & POLLOUT) != 0) {
                hook_say(&peers[i], "and so on and so on and so on and so on and so on ");
            } else if (peers[i].fd >= 0 && seen != 0) {
                hook_read(hooks, &peers[i], &chance);
            }
        }
        for (int i = 0; i < hooks->count; i++) {
            if (fds[i].revents != 0) {
                hook_accept(hooks, i, peers);
            }
        }
    }
}

static inline pid_t hooks_start(struct hooks *hooks, uint64_t seed)
{
    fflush(stdout);
    pid_t pid = fork();
    CHECK(pid >= 0, "no process for the endpoints");
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        hooks_serve(hooks, seed);
        _exit(0);
    }
    return pid;
}

#endif
