/* model/endpoint.c: see model/endpoint.h. */
#include "model/endpoint.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyz"
#define CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define HEX DIGITS "abcdefABCDEF"
#define PORT_SECURE 443
#define PORT_FREE_MIN 1024
#define PORT_MAX 65535

static const char words_form[] = "Enter the whole address of the endpoint, such as "
                                 "https://hooks.example.org/tallystick.";
static const char words_long[] = "Enter an address of at most 512 characters.";
static const char words_scheme[] = "Enter an address that begins with https://. What is sent is "
                                   "for the receiver's eyes alone.";
static const char words_user[] = "Leave user name and password out of the address. The receiver "
                                 "knows us by the signature of each message.";
static const char words_host[] = "Name the host by its name on the internet, such as "
                                 "hooks.example.org, not by a number or a short name.";
static const char words_port[] = "Leave the port out, or use 443 or one from 1024 to 65535.";
static const char words_path[] = "Write the address in plain letters and signs: no spaces, no # "
                                 "part, and everything else as % and two hex digits.";

static const char *read_host(const char *authority, bool is_test, struct endpoint *endpoint,
                             const char **rest);
static bool is_loopback_name(const char *host);
static bool is_host_name(const char *host);
static const char *read_port(const char *text, struct endpoint *endpoint);
static bool is_path(const char *text);

const char *endpoint_read(const char *url, bool is_test, struct endpoint *endpoint)
{
    *endpoint = (struct endpoint){.is_secure = true, .port = PORT_SECURE};
    if (text_empty(url)) {
        return words_form;
    }
    if (strnlen(url, WEBHOOK_URL_SIZE) > WEBHOOK_URL_CHARS_MAX) {
        return words_long;
    }
    const char *at = url;
    if (text_starts(url, "https://")) {
        at += strlen("https://");
    } else if (text_starts(url, "http://")) {
        at += strlen("http://");
        endpoint->is_secure = false;
    } else {
        return strstr(url, "://") != NULL ? words_scheme : words_form;
    }
    size_t length = strcspn(at, "/?#\\");
    char authority[WEBHOOK_URL_SIZE] = "";
    memcpy(authority, at, length);
    at += length;
    const char *port = NULL;
    const char *words = read_host(authority, is_test, endpoint, &port);
    if (words != NULL) {
        return words;
    }
    if (!endpoint->is_secure && !endpoint->is_loopback) {
        return words_scheme;
    }
    words = read_port(port, endpoint);
    if (words != NULL) {
        return words;
    }
    return is_path(at) ? NULL : words_path;
}

bool endpoint_is_test(void)
{
    return text_is(getenv("TALLYSTICK_WEBHOOK_TEST"), "1");
}

/* The host of an authority; *rest is what stands behind it: "" or ":port". */
static const char *read_host(const char *authority, bool is_test, struct endpoint *endpoint,
                             const char **rest)
{
    if (authority[0] == '\0') {
        return words_form;
    }
    if (strchr(authority, '@') != NULL) {
        return words_user;
    }
    static const char sixth[] = "[::1]";
    bool is_sixth = text_starts(authority, sixth);
    size_t length = is_sixth ? strlen(sixth) : strcspn(authority, ":");
    if (length == 0 || length > HOST_CHARS_MAX) {
        return words_host;
    }
    *rest = authority + length;
    for (size_t i = 0; i < length; i++) {
        const char *capital = strchr(CAPITALS, authority[i]);
        endpoint->host[i] = capital != NULL ? LETTERS[capital - CAPITALS] : authority[i];
    }
    endpoint->host[length] = '\0';
    if (is_test && is_loopback_name(endpoint->host)) {
        endpoint->is_loopback = true;
        if (is_sixth) {
            (void)TEXT_COPY(endpoint->host, "::1");
        }
        if (!endpoint->is_secure) {
            endpoint->port = 80;
        }
        return NULL;
    }
    return is_host_name(endpoint->host) ? NULL : words_host;
}

static bool is_loopback_name(const char *host)
{
    return text_is(host, "127.0.0.1") || text_is(host, "[::1]") || text_is(host, "localhost");
}

/* RFC 1123, at least two labels. The last one begins with a letter: so neither 127.0.0.1 nor
 * 0x7f.1 nor 2130706433 is a name, which some resolvers take for an address. */
static bool is_host_name(const char *host)
{
    size_t labels = 0;
    const char *at = host;
    for (;;) {
        size_t length = strspn(at, DIGITS LETTERS "-");
        if (length == 0 || length > 63 || at[0] == '-' || at[length - 1] == '-') {
            return false;
        }
        labels++;
        if (at[length] == '\0') {
            return labels >= 2 && strchr(LETTERS, at[0]) != NULL;
        }
        if (at[length] != '.') {
            return false;
        }
        at += length + 1;
    }
}

static const char *read_port(const char *text, struct endpoint *endpoint)
{
    if (text[0] != '\0') {
        int64_t port = 0;
        if (text[0] != ':' || strlen(text) > 6 || !text_parse_int(text + 1, false, &port)) {
            return words_port;
        }
        endpoint->port = port <= PORT_MAX ? (int)port : 0;
    }
    bool is_secure_port = endpoint->is_secure && endpoint->port == PORT_SECURE;
    return is_secure_port || endpoint->port >= PORT_FREE_MIN ? NULL : words_port;
}

/* What stands behind the authority: "", or path and query of RFC 3986. */
static bool is_path(const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '%') {
            if (strchr(HEX, at[1]) == NULL || at[1] == '\0' || strchr(HEX, at[2]) == NULL ||
                at[2] == '\0') {
                return false;
            }
        } else if (strchr(DIGITS LETTERS CAPITALS "-._~!$&'()*+,;=:@/?", *at) == NULL) {
            return false;
        }
    }
    return true;
}
