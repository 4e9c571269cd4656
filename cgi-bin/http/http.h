/*
 * http/http.h: the door. It turns what nginx sends into an immutable `struct request`, finds the
 * row of the program's route table, and sends a `struct response`. It knows nothing of people,
 * credits or databases: it must not include anything but base and model/status.h, and http/accept.c
 * is the only file that includes fcgiapp.h.
 */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/out.h"
#include "model/status.h"

/* ---------------------------------------------------------------- request */

enum method { METHOD_GET, METHOD_HEAD, METHOD_POST, METHOD_OTHER };

struct pair {
    const char *name;
    const char *value;
};

struct pairs {
    const struct pair *at;
    size_t count;
};

struct request {
    enum method method;
    /* Decoded: "/registry/transfers"; no "//", no ".", no NUL, no control characters; UTF-8. */
    const char *path;
    /* Decoded in order; a name may stand twice only where the handler's form lets it. */
    struct pairs query;
    struct pairs form;        /* application/x-www-form-urlencoded body, the same; empty for GET */
    bool form_is_broken;      /* it came and cannot be read: form is empty */
    const char *query_text;   /* as it came, for links that keep the filters */
    const char *content_type; /* "" when none */
    const char *body;         /* bytes as they came, NUL-terminated */
    size_t body_bytes;
    const char *cookie;         /* the whole Cookie header, "" when none */
    const char *origin;         /* Origin header, "" when none */
    const char *fetch_site;     /* Sec-Fetch-Site, "" when none */
    const char *remote_address; /* REMOTE_ADDR from nginx */
    const char *user_agent;
    const char *request_id;      /* made at the door: shown on error pages and in each log line */
    bool https;                  /* nginx says the outside spoke TLS */
    const char *if_none_match;   /* "" when none */
    const char *accept;          /* Accept, "" when none */
    const char *authorization;   /* the API's headers; "" when none */
    const char *client_secret;   /* X-Client-Secret */
    const char *idempotency_key; /* Idempotency-Key, not yet checked for its form */
};

/* First value of a name in a list, NULL when absent. */
const char *pairs_find(const struct pairs *pairs, const char *name);
/* How often a name stands there. */
size_t pairs_count(const struct pairs *pairs, const char *name);
/* A cookie's value; NULL when absent; refused earlier (400) when a `__Host-` name stands twice. */
const char *request_cookie(const struct request *request, struct arena *arena, const char *name);

/* Does If-None-Match name this very tag? "*" names none: it is about whatever page there is. */
bool request_names_tag(const struct request *request, const char *etag);

/* Decodes application/x-www-form-urlencoded text strictly: bad % escapes, NUL, invalid UTF-8 or
 * more than REQUEST_FIELDS_MAX pairs give STATUS_BAD_REQUEST. CRLF inside values becomes LF. */
enum status form_decode(struct arena *arena, const char *text, size_t size_bytes,
                        struct pairs *pairs);

/* --------------------------------------------------------------- response */

struct response {
    int http_code;            /* 200 at first */
    const char *content_type; /* "text/html; charset=utf-8" at first */
    struct out body;          /* the whole page */
    const char *location;     /* for 303 */
    const char *allow;        /* for 405 */
    const char *cookies[4];   /* whole Set-Cookie values, NULL-ended */
    const char *disposition;  /* Content-Disposition for downloads, NULL for none */
    /* NULL for none; else strong: another tag whenever a byte of the page is another one */
    const char *etag;
    int retry_after_s;     /* 0: none */
    const char *challenge; /* WWW-Authenticate, NULL for none */
    bool is_sandbox;       /* Tallystick-Sandbox: nothing here is real */
    /* true: anybody may keep it, and asks each time whether it still holds (Cache-Control: public,
     * no-cache); false: no-store */
    bool is_public;
    /* CSV downloads only: called again and again after the headers are sent; writes the next window
     * into body and returns false when there is no more. The single exception to "whole page
     * first". What it takes from the arena is gone at the next call: what has to last (the place in
     * the list) lives in stream_state. */
    bool (*stream)(struct response *response, void *state);
    void *stream_state;
};

void response_redirect(struct response *response, struct arena *arena, struct url to); /* 303 */
void response_cookie(struct response *response, const char *set_cookie);

/* ----------------------------------------------------------------- routes */

struct visit; /* gate/gate.h; the door only hands it through */
struct form;  /* gate/form.h */

/* One row per route: everything about who may come and with what is declared here and checked
 * before the handler runs. The handler fills the response; a status other than OK makes the
 * program's error page for it (what was written is dropped). */
struct route {
    enum method method; /* GET also serves HEAD */
    /* "/registry/transfers/:id"; `:id` matches one segment that is a well-formed public id, `:word`
     * any one segment. */
    const char *pattern;
    unsigned need;           /* bits of enum need (gate/gate.h); the door only carries them */
    const struct form *form; /* fields of the query (GET) or body (POST); NULL: none allowed */
    enum status (*handle)(struct visit *visit, struct response *response);
};

/* What the router found. */
struct matched {
    const struct route *route;
    const char *arguments[4]; /* the segments that `:…` matched, in order */
};

/* Finds the row for method and path. STATUS_NOT_FOUND; STATUS_METHOD_NOT_ALLOWED with *allow set
 * ("GET, HEAD, POST"). */
enum status route_find(struct arena *arena, const struct route *routes, size_t route_count,
                       enum method method, const char *path, struct matched *matched,
                       const char **allow);

/* ------------------------------------------------------------ the program */

/* What a program gives the accept loop. */
struct program {
    const char *name;    /* "account": log lines */
    struct arena *arena; /* made at start; what is in it then stays */
    void *context;       /* handed to answer: the program's open things */
    /* Answers one request into a response that is empty (200, text/html, body with
     * RESPONSE_BYTES_MAX capacity). Never fails: errors become pages. */
    void (*answer)(void *context, const struct request *request, struct response *response);
    /* Makes the page for a request that could not even be read, or for a full arena. Same rules.
     * When there was no room to read it, nothing but its request_id is known: every text of it is
     * "". A code of 200 left in the response becomes that of the status. */
    void (*refuse)(void *context, const struct request *request, enum status status,
                   struct response *response);
    /* What is said when there is no room even for refuse's page: into a response of text/plain with
     * the status's code, taking nothing from the arena. NULL: the status's sentence. */
    void (*last_words)(const struct request *request, enum status status,
                       struct response *response);
    /* After each reply, and before refuse when an answer broke off: reset statements; twice does no
     * harm. NULL: nothing. */
    void (*finish)(void *context);
    /* After each window of a download: could all of it be read? If not, the window is not sent and
     * the reply breaks off, so that half a list is never taken for the whole. NULL: always. */
    bool (*is_readable)(void *context);
};

/* Runs the FastCGI accept loop on fd 0 until SIGTERM, or, when fd 0 is not a listening socket,
 * answers one plain CGI request from the environment and standard input (that is how page tests run
 * it). Returns main's exit code. SIGTERM, SIGINT and SIGQUIT end the loop after the request under
 * way. Security headers of safety.md section 2 go with every response. */
int http_run(const struct program *program);

#endif
