/*
 * http/exchange.h: inside the http room only: one request in, one reply out, without knowing
 * whether FastCGI, plain CGI or a test stands at the door. Everybody else includes http/http.h.
 */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>

#include "http/http.h"

/* What stands outside. */
struct door {
    const char *const
        *params; /* "NAME=value", NULL-ended, repeats included; may change after the call */
    /* Reads up to capacity_bytes of the body; fewer only when there is no more. */
    size_t (*read)(void *state, char *to, size_t capacity_bytes);
    /* Sends; false when nobody takes it any more. */
    bool (*write)(void *state, const char *bytes, size_t size_bytes);
    void *state;
};

/* Copies the request into the arena, strictly: STATUS_OK, STATUS_BAD_REQUEST or STATUS_TOO_LARGE.
 * On refusal the request is still whole enough for an error page: no pointer is NULL, request_id is
 * set. */
enum status request_read(struct arena *arena, const struct door *door, struct request *request);

/* The number that the request came with, or a new one, without an arena: for a request that there
 * is no room to read. */
#define REQUEST_ID_SIZE 33
void request_number(const struct door *door, char id[REQUEST_ID_SIZE]);

/* Decodes %XX (and '+' to a space) of size_bytes of text to `to`, which has room for as many. False
 * for a broken escape, a NUL, a space or a control character that came unescaped. Non-ASCII bytes
 * pass. */
bool percent_decode(const char *text, size_t size_bytes, bool plus_is_space, char *to,
                    size_t *decoded_bytes);

/* An empty 200 text/html response that writes into body. */
void response_begin(struct response *response, const struct out *body);
/* Does the asker hold this very page already (If-None-Match)? */
bool response_is_known(const struct response *response, const struct request *request);
/* Writes the CGI header block, from "Status:" to the empty line. */
void response_head(struct out *head, const struct response *response,
                   const struct request *request);

/* One program's buffers for one reply after another. */
struct exchange {
    const struct program *program;
    struct out page; /* of RESPONSE_BYTES_MAX */
    struct out head;
    size_t mark_bytes; /* where the arena is emptied to after each reply */

    const struct door *door; /* from here on: of the reply under way */
    enum exchange_stage {
        STAGE_READ,   /* nothing is known yet */
        STAGE_ANSWER, /* the program makes its page */
        STAGE_REFUSE, /* the program makes a page that says why not */
        STAGE_BARE,   /* not even that was possible: one sentence */
        STAGE_SEND,   /* bytes have left: only breaking off is possible */
        STAGE_BROKEN,
    } stage;
    enum status status; /* what STAGE_REFUSE is about */
    struct request request;
    char request_id[REQUEST_ID_SIZE]; /* of a request that could not be read */
    struct response response;
    size_t read_bytes; /* where the arena stood when the request was read */
    size_t sent_bytes; /* of the body */
};

/* Takes the buffers from the program's arena; what is in the arena then stays. */
void exchange_open(struct exchange *exchange, const struct program *program);
/* Reads, answers, sends, logs, empties the arena. False when the reply broke off in the middle and
 * the connection has to be cut, so that nobody takes half a list for a whole one. */
bool exchange_run(struct exchange *exchange, const struct door *door);

#endif
