/*
 * model/endpoint.h: where a webhook may be sent, as far as its address (URL) says. What the host's
 * name leads to is checked when a connection is made (courier/address.h).
 *
 * Taken is `https://host[:port][/path][?query]`: a host name of at least two labels, port 443 or
 * one from 1024 on (the lower ones belong to other protocols, which nobody shall reach from here),
 * characters of RFC 3986 only. Refused: another scheme, user names and passwords, numbers in place
 * of a name, fragments, spaces, anything not ASCII. What every parser reads alike cannot be read
 * otherwise by the one that makes the connection.
 *
 * For demonstrations and tests on one machine the operator sets TALLYSTICK_WEBHOOK_TEST=1: then
 * http and https to 127.0.0.1, [::1] and localhost are taken as well, ports from 1024 on.
 */
#ifndef MODEL_ENDPOINT_H
#define MODEL_ENDPOINT_H

#include <stdbool.h>

#include "base/limits.h"

struct endpoint {
    bool is_secure;                /* https */
    bool is_loopback;              /* this machine, in a test */
    char host[HOST_CHARS_MAX + 1]; /* in lower case; an IPv6 address without its brackets */
    int port;
};

/* NULL: the address can be used, and *endpoint says where it leads. Otherwise how to mend it, in
 * words for people; *endpoint is then undefined. */
const char *endpoint_read(const char *url, bool is_test, struct endpoint *endpoint);

/* Has the operator set TALLYSTICK_WEBHOOK_TEST=1? */
bool endpoint_is_test(void);

#endif
