/* http/response.c: see http/exchange.h. The header block of every reply, with the security headers
 * of safety.md section 2. */
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "http/exchange.h"

#define COOKIES_MAX (sizeof(((struct response *)0)->cookies) / sizeof(const char *))

/* The same for every reply, pages and data alike: nothing is loaded, framed or sent but from and to
 * this site. */
static const char fixed_headers[] =
    "Content-Security-Policy: default-src 'none'; style-src 'self'; img-src 'self'; "
    "script-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "X-Frame-Options: DENY\r\n"
    "Referrer-Policy: strict-origin\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "Permissions-Policy: accelerometer=(), camera=(), display-capture=(), geolocation=(), "
    "gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()\r\n";

static void header(struct out *head, const char *name, const char *value);
static void header_int(struct out *head, const char *name, int64_t number);
static const char *reason_of(int http_code);
static bool is_header_value(const char *value);

void response_begin(struct response *response, const struct out *body)
{
    *response = (struct response){
        .http_code = 200,
        .content_type = "text/html; charset=utf-8",
        .body = *body,
    };
}

void response_redirect(struct response *response, struct arena *arena, struct url to)
{
    must(to.text != NULL);
    response->http_code = 303;
    response->location = arena_text(arena, to.text);
}

void response_cookie(struct response *response, const char *set_cookie)
{
    for (size_t i = 0; i < COOKIES_MAX; i++) {
        if (response->cookies[i] == NULL) {
            response->cookies[i] = set_cookie;
            return;
        }
    }
    must_fail(__FILE__, __LINE__, "a response sets at most four cookies");
}

bool response_is_known(const struct response *response, const struct request *request)
{
    if (response->etag == NULL || response->http_code != 200 ||
        (request->method != METHOD_GET && request->method != METHOD_HEAD)) {
        return false;
    }
    return text_is(request->if_none_match, "*") || request_names_tag(request, response->etag);
}

bool request_names_tag(const struct request *request, const char *etag)
{
    /* The comparison is weak (RFC 9110, 13.1.2): W/ in front of a tag makes no difference; nginx
     * puts it there when it compresses. */
    const char *own = etag + (text_starts(etag, "W/") ? 2 : 0);
    for (const char *tag = request->if_none_match; *tag != '\0';) {
        tag += strspn(tag, ", \t");
        tag += text_starts(tag, "W/") ? 2 : 0;
        size_t tag_bytes = strcspn(tag, ", \t");
        if (tag_bytes > 0 && tag_bytes == strlen(own) && strncmp(tag, own, tag_bytes) == 0) {
            return true;
        }
        tag += tag_bytes;
    }
    return false;
}

void response_head(struct out *head, const struct response *response, const struct request *request)
{
    must(response->http_code >= 200 && response->http_code <= 599);
    must(response->content_type != NULL);
    must(response->http_code != 303 || response->location != NULL);
    out_text(head, "Status: ");
    out_int(head, response->http_code);
    out_text(head, " ");
    out_text(head, reason_of(response->http_code));
    out_text(head, "\r\n");
    if (response->http_code != 304) {
        header(head, "Content-Type", response->content_type);
        if (response->stream == NULL) {
            header_int(head, "Content-Length", (int64_t)response->body.size_bytes);
        }
    }
    header(head, "Location", response->location);
    header(head, "Allow", response->allow);
    for (size_t i = 0; i < COOKIES_MAX; i++) {
        header(head, "Set-Cookie", response->cookies[i]);
    }
    header(head, "Content-Disposition", response->disposition);
    header(head, "ETag", response->etag);
    if (response->retry_after_s > 0) {
        header_int(head, "Retry-After", response->retry_after_s);
    }
    header(head, "WWW-Authenticate", response->challenge);
    header(head, "Tallystick-Sandbox", response->is_sandbox ? "true" : NULL);
    /* A cookie in a shared cache would sign strangers in. */
    must(!response->is_public || response->cookies[0] == NULL);
    header(head, "Cache-Control", response->is_public ? "public, no-cache" : "no-store");
    if (request->https) {
        header(head, "Strict-Transport-Security", "max-age=31536000");
    }
    header(head, "X-Request-Id", request->request_id);
    out_text(head, fixed_headers);
    out_text(head, "\r\n");
}

static void header(struct out *head, const char *name, const char *value)
{
    if (value == NULL) {
        return;
    }
    must(is_header_value(value));
    out_text(head, name);
    out_text(head, ": ");
    out_text(head, value);
    out_text(head, "\r\n");
}

static void header_int(struct out *head, const char *name, int64_t number)
{
    out_text(head, name);
    out_text(head, ": ");
    out_int(head, number);
    out_text(head, "\r\n");
}

static const char *reason_of(int http_code)
{
    static const struct {
        int http_code;
        const char *reason;
    } reasons[] = {
        {200, "OK"},
        {303, "See Other"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {409, "Conflict"},
        {413, "Content Too Large"},
        {415, "Unsupported Media Type"},
        {422, "Unprocessable Content"},
        {429, "Too Many Requests"},
        {500, "Internal Server Error"},
        {503, "Service Unavailable"},
    };
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        if (reasons[i].http_code == http_code) {
            return reasons[i].reason;
        }
    }
    return "Other";
}

/* No control characters at all: CR or LF would begin another header. */
static bool is_header_value(const char *value)
{
    for (; *value != '\0'; value++) {
        if ((unsigned char)*value < ' ' || *value == 0x7f) {
            return false;
        }
    }
    return true;
}
