/*
 * endpoint_fuzz.c: addresses of webhooks (model/endpoint.c) for any text. Promised: what is taken
 * is read by libcurl, which makes the connection, exactly as we read it: the same scheme, host and
 * port, nobody's name and password, no fragment; the host is a name of at least two labels, never
 * an address in any spelling that the C library knows; what is taken in a test besides leads to
 * this machine. And each address is judged by all the ranges (courier/address.c) without a byte too
 * many.
 */
#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "courier/address.h"
#include "fuzz/fuzz.h"
#include "model/endpoint.h"

/* One part of an address as libcurl reads it; "" when there is none. */
static const char *part_of(CURLU *url, CURLUPart part)
{
    char *text = NULL;
    if (curl_url_get(url, part, &text, part == CURLUPART_PORT ? CURLU_DEFAULT_PORT : 0) !=
        CURLUE_OK) {
        return "";
    }
    const char *copy = arena_text(&fuzz_arena, text);
    curl_free(text);
    return copy;
}

static void agrees_with_curl(const char *text, const struct endpoint *endpoint)
{
    CURLU *url = curl_url();
    holds(url != NULL);
    holds(curl_url_set(url, CURLUPART_URL, text, CURLU_DISALLOW_USER) == CURLUE_OK);
    holds(text_is(part_of(url, CURLUPART_SCHEME), endpoint->is_secure ? "https" : "http"));
    const char *host = text_lower(&fuzz_arena, part_of(url, CURLUPART_HOST));
    bool is_sixth = text_is(endpoint->host, "::1");
    holds(text_is(host, is_sixth ? "[::1]" : endpoint->host));
    holds(strtol(part_of(url, CURLUPART_PORT), NULL, 10) == endpoint->port);
    holds(text_empty(part_of(url, CURLUPART_USER)) && text_empty(part_of(url, CURLUPART_PASSWORD)));
    holds(text_empty(part_of(url, CURLUPART_FRAGMENT)));
    curl_url_cleanup(url);
}

static void judged(struct fuzz_input *input)
{
    union address address = {.fourth = {.sin_family = AF_INET}};
    uint8_t bytes[16];
    char text[ADDRESS_TEXT_SIZE], again[ADDRESS_TEXT_SIZE];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)fuzz_byte(input);
    }
    bool is_sixth = fuzz_byte(input) % 2 == 1;
    if (is_sixth) {
        address.sixth.sin6_family = AF_INET6;
        memcpy(&address.sixth.sin6_addr, bytes, 16);
    } else {
        memcpy(&address.fourth.sin_addr, bytes, 4);
    }
    address_text(&address.any, text);
    holds(inet_ntop(is_sixth ? AF_INET6 : AF_INET, bytes, again, sizeof again) != NULL);
    holds(text_is(text, again) && address_equal(&address.any, &address.any));
    bool is_public = address_refusal(&address.any) == NULL;
    holds(!is_public || !address_is_loopback(&address.any));
    /* Spelt out once more, for the largest of them. */
    holds(!is_public || is_sixth ||
          (bytes[0] != 0 && bytes[0] != 10 && bytes[0] != 127 && bytes[0] < 224 &&
           (bytes[0] != 192 || bytes[1] != 168) && (bytes[0] != 169 || bytes[1] != 254) &&
           (bytes[0] != 172 || (bytes[1] & 0xf0) != 16) &&
           (bytes[0] != 100 || (bytes[1] & 0xc0) != 64)));
    holds(!is_public || !is_sixth || (bytes[0] & 0xe0) == 0x20);
}

static void one(struct fuzz_input *input)
{
    struct endpoint endpoint, tested;
    struct in_addr number;
    const char *text = fuzz_text(input);
    const char *words = endpoint_read(text, false, &endpoint);
    const char *words_test = endpoint_read(text, true, &tested);
    if (words == NULL) {
        holds(words_test == NULL && endpoint.is_secure && !endpoint.is_loopback);
        holds(strlen(text) <= WEBHOOK_URL_CHARS_MAX && strchr(endpoint.host, '.') != NULL);
        holds(endpoint.port == 443 || endpoint.port >= 1024);
        holds(inet_aton(endpoint.host, &number) == 0); /* 127.1, 0x7f.1, 2130706433 */
        holds(strpbrk(text, " \t\r\n\"'<>`\\#{}|^[]") == NULL || strchr(text, '\'') != NULL);
        agrees_with_curl(text, &endpoint);
    } else {
        holds(words[0] != '\0' && words[strlen(words) - 1] == '.');
    }
    if (words != NULL && words_test == NULL) {
        holds(tested.is_loopback && tested.port >= 1024 - (tested.is_secure ? 1024 - 443 : 0));
        holds(text_is(tested.host, "127.0.0.1") || text_is(tested.host, "::1") ||
              text_is(tested.host, "localhost"));
        agrees_with_curl(text, &tested);
    }
    judged(input);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    fuzz_run(data, size_bytes, one);
    return 0;
}
