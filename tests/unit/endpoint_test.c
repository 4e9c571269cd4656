/* tests/unit/endpoint_test.c: which addresses of endpoints are taken, and what is said about the
 * others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/endpoint.h"

static void takes(const char *url, const char *host, int port)
{
    struct endpoint endpoint;
    const char *words = endpoint_read(url, false, &endpoint);
    if (words != NULL) {
        fail_msg("%s: %s", url, words);
    }
    assert_string_equal(endpoint.host, host);
    assert_int_equal(endpoint.port, port);
    assert_true(endpoint.is_secure && !endpoint.is_loopback);
    assert_null(endpoint_read(url, true, &endpoint)); /* a test takes more, never less */
}

/* Refused, and what is said holds these words. */
static void refuses(const char *url, const char *said)
{
    struct endpoint endpoint;
    const char *words = endpoint_read(url, false, &endpoint);
    if (words == NULL) {
        fail_msg("%s was taken", url);
    }
    if (words != NULL && strstr(words, said) == NULL) {
        fail_msg("%s: %s", url, words);
    }
}

static void names_on_the_internet(void **state)
{
    (void)state;
    takes("https://hooks.example.org", "hooks.example.org", 443);
    takes("https://hooks.example.org/", "hooks.example.org", 443);
    takes("https://Hooks.EXAMPLE.org/tallystick?to=a%20b&c=(d)", "hooks.example.org", 443);
    takes("https://hooks.example.org:443/x", "hooks.example.org", 443);
    takes("https://hooks.example.org:8443/x", "hooks.example.org", 8443);
    takes("https://hooks.example.org:1024", "hooks.example.org", 1024);
    takes("https://hooks.example.org:65535?x", "hooks.example.org", 65535);
    takes("https://xn--bcher-kva.example/", "xn--bcher-kva.example", 443);
    takes("https://1.2.3.example", "1.2.3.example", 443);
    takes("https://a.b/x@y", "a.b", 443); /* behind the first slash it is no user */
}

static void schemes_and_users(void **state)
{
    (void)state;
    refuses("", "whole address");
    refuses("hooks.example.org/x", "whole address");
    refuses("https:/hooks.example.org", "whole address");
    refuses("https://", "whole address");
    refuses("https:///x", "whole address");
    refuses("http://hooks.example.org", "begins with https://");
    refuses("HTTPS://hooks.example.org", "begins with https://");
    refuses("ftp://hooks.example.org", "begins with https://");
    refuses("file:///etc/passwd", "begins with https://");
    refuses("gopher://hooks.example.org", "begins with https://");
    refuses("https://ada@hooks.example.org", "user name");
    refuses("https://ada:secret@hooks.example.org/", "user name");
    refuses("https://@hooks.example.org/", "user name");
    refuses("https://hooks.example.org@127.0.0.1/", "user name");
}

static void numbers_are_no_names(void **state)
{
    (void)state;
    static const char *const urls[] = {
        "https://127.0.0.1/",
        "https://203.0.113.5",
        "https://127.1",
        "https://2130706433",
        "https://0x7f.0x0.0x0.0x1",
        "https://0177.0.0.1",
        "https://hooks.example.0x1",
        "https://localhost",
        "https://registry",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[2001:db8::1]:8443/",
        "https://hooks..example.org",
        "https://.example.org",
        "https://example.org.",
        "https://-a.example.org",
        "https://a-.example.org",
        "https://a_b.example.org",
        "https://b\xc3\xbchm.example",
        "https://exa mple.org",
        "https://example.org\x01",
        "https://exam%70le.org",
    };
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        refuses(urls[i], "by its name");
    }
    char url[WEBHOOK_URL_SIZE + 40];
    (void)snprintf(url, sizeof url, "https://%.64s.example.org",
                   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    refuses(url, "by its name");
    (void)snprintf(url, sizeof url, "https://%.63s.example.org",
                   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    struct endpoint endpoint;
    assert_null(endpoint_read(url, false, &endpoint));
}

static void ports_and_paths(void **state)
{
    (void)state;
    static const char *const ports[] = {":",        ":0",     ":22",    ":80",   ":1023",
                                        ":65536",   ":99999", ":-1",    ":+443", ":4 43",
                                        ":443:443", ":abc",   ":0x1bb", ":443]", ":000443"};
    static const char *const paths[] = {"/a b",      "/a#b", "#b",     "/a\\b",    "\\b",
                                        "/%",        "/%a",  "/%zz",   "/%a\x01",  "/a\tb",
                                        "/\xc3\xbc", "/<b>", "/\"x\"", "/a\nb: c", "?a=[b]",
                                        "/{id}",     "/a|b", "/a^b",   "/`"};
    char url[128];
    for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++) {
        (void)snprintf(url, sizeof url, "https://hooks.example.org%s", ports[i]);
        refuses(url, "port");
    }
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        (void)snprintf(url, sizeof url, "https://hooks.example.org%s", paths[i]);
        refuses(url, "plain letters");
    }
}

static void lengths(void **state)
{
    (void)state;
    char url[WEBHOOK_URL_CHARS_MAX + 2] = "https://a.example/";
    size_t used = strlen(url);
    memset(url + used, 'x', WEBHOOK_URL_CHARS_MAX - used);
    struct endpoint endpoint;
    assert_int_equal(strlen(url), WEBHOOK_URL_CHARS_MAX);
    assert_null(endpoint_read(url, false, &endpoint));
    url[WEBHOOK_URL_CHARS_MAX] = 'x';
    refuses(url, "512");
    char host[WEBHOOK_URL_SIZE] = "https://";
    for (used = 8; used < 8 + 252; used += 2) {
        memcpy(host + used, "a.", 3);
    }
    memcpy(host + used, "bb", 3); /* 254 */
    refuses(host, "by its name");
    host[used + 1] = '\0'; /* 253 */
    assert_null(endpoint_read(host, false, &endpoint));
}

static void this_machine_only_in_a_test(void **state)
{
    (void)state;
    static const char *const urls[] = {"http://127.0.0.1:8081/x", "http://localhost:8081",
                                       "http://[::1]:8081/", "https://127.0.0.1:8443/",
                                       "https://localhost:8443/"};
    struct endpoint endpoint;
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        assert_non_null(endpoint_read(urls[i], false, &endpoint));
        assert_null(endpoint_read(urls[i], true, &endpoint));
        assert_true(endpoint.is_loopback);
    }
    assert_null(endpoint_read("http://[::1]:8081/", true, &endpoint));
    assert_string_equal(endpoint.host, "::1");
    assert_int_equal(endpoint.port, 8081);
    assert_false(endpoint.is_secure);
    static const char *const others[] = {"http://hooks.example.org:8081/",
                                         "http://127.0.0.2:8081/",
                                         "http://10.0.0.1:8081/",
                                         "http://127.0.0.1:22/",
                                         "http://[::2]:8081/",
                                         "http://[::1]x:8081/",
                                         "http://127.0.0.1/",
                                         "http://127.0.0.1.example:8081/"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (endpoint_read(others[i], true, &endpoint) == NULL) {
            fail_msg("%s was taken", others[i]);
        }
    }
    setenv("TALLYSTICK_WEBHOOK_TEST", "1", 1);
    assert_true(endpoint_is_test());
    setenv("TALLYSTICK_WEBHOOK_TEST", "0", 1);
    assert_false(endpoint_is_test());
    unsetenv("TALLYSTICK_WEBHOOK_TEST");
    assert_false(endpoint_is_test());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_on_the_internet),
        cmocka_unit_test(schemes_and_users),
        cmocka_unit_test(numbers_are_no_names),
        cmocka_unit_test(ports_and_paths),
        cmocka_unit_test(lengths),
        cmocka_unit_test(this_machine_only_in_a_test),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
