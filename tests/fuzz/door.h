/*
 * tests/fuzz/door.h: a door (http/exchange.h) made of an input: parameters, a body, and what was
 * sent. Include it once, from a target's .c file.
 */
#ifndef TESTS_FUZZ_DOOR_H
#define TESTS_FUZZ_DOOR_H

#include <string.h>

#include "base/text.h"
#include "fuzz/fuzz.h"
#include "http/exchange.h"

#define DOOR_SENT_MAX 65536
#define DOOR_UNUSED __attribute__((unused))

static const char *door_body;
static size_t door_body_bytes;
static char door_sent[DOOR_SENT_MAX + 1];
static size_t door_sent_bytes;

/* As FCGX_GetStr: as much as there is, up to the capacity. */
DOOR_UNUSED static size_t door_read(void *state, char *to, size_t capacity_bytes)
{
    (void)state;
    size_t size_bytes = door_body_bytes < capacity_bytes ? door_body_bytes : capacity_bytes;
    if (size_bytes > 0) {
        memcpy(to, door_body, size_bytes);
    }
    door_body += size_bytes;
    door_body_bytes -= size_bytes;
    return size_bytes;
}

DOOR_UNUSED static bool door_write(void *state, const char *bytes, size_t size_bytes)
{
    (void)state;
    if (size_bytes > DOOR_SENT_MAX - door_sent_bytes) {
        return false;
    }
    memcpy(door_sent + door_sent_bytes, bytes, size_bytes);
    door_sent_bytes += size_bytes;
    door_sent[door_sent_bytes] = '\0';
    return true;
}

/* The header block: lines "Name: value" ended by CRLF, then an empty line; no other CR or LF, and
 * no header but ours, each once (cookies: as often as they were set). Returns where the body
 * begins.
 */
DOOR_UNUSED static const char *door_head_holds(const char *head, size_t cookies)
{
    static const char *const names[] = {"Status",
                                        "Content-Type",
                                        "Content-Length",
                                        "Location",
                                        "Allow",
                                        "Set-Cookie",
                                        "Content-Disposition",
                                        "ETag",
                                        "Retry-After",
                                        "Cache-Control",
                                        "Strict-Transport-Security",
                                        "X-Request-Id",
                                        "Content-Security-Policy",
                                        "X-Content-Type-Options",
                                        "X-Frame-Options",
                                        "Referrer-Policy",
                                        "Cross-Origin-Opener-Policy",
                                        "Cross-Origin-Resource-Policy",
                                        "Permissions-Policy"};
    size_t seen[sizeof names / sizeof names[0] + 1] = {0}; /* and one for a header of nobody */
    while (strncmp(head, "\r\n", 2) != 0) {
        size_t line_bytes = strcspn(head, "\r\n");
        size_t name_bytes = strcspn(head, ":");
        size_t which = 0;
        holds(strncmp(head + line_bytes, "\r\n", 2) == 0 && name_bytes < line_bytes);
        while (
            which < sizeof names / sizeof names[0] &&
            !(strlen(names[which]) == name_bytes && strncmp(names[which], head, name_bytes) == 0)) {
            which++;
        }
        holds(which < sizeof names / sizeof names[0] && head[name_bytes + 1] == ' ');
        seen[which]++;
        head += line_bytes + 2;
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        holds(text_is(names[i], "Set-Cookie") ? seen[i] == cookies : seen[i] <= 1);
    }
    holds(seen[0] == 1 && seen[12] == 1 && seen[13] == 1 && seen[9] == 1);
    return head + 2;
}

#endif
