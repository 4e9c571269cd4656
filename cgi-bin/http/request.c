/*
 * http/request.c: see http/exchange.h. From untrusted text to an immutable struct request.
 *
 * The path is taken from REQUEST_URI as the browser sent it, so that decoding is done once and
 * here. nginx chose the program by its own normalised form of the same path; what the two could
 * read differently ("//", "..", "%2F") is refused.
 */
#include <string.h>
#include <strings.h>

#include "base/digest.h"
#include "base/id.h"
#include "base/limits.h"
#include "base/text.h"
#include "http/exchange.h"

#define FORM_TYPE "application/x-www-form-urlencoded"
#define BEARER "Bearer "
#define REQUEST_ID_CHARS (REQUEST_ID_SIZE - 1)
#define USER_AGENT_BYTES_MAX 256

/* The parameters that are read, and no others: anything else a client sends never gets further than
 * this table. */
enum param {
    PARAM_METHOD,
    PARAM_URI,
    PARAM_TYPE,
    PARAM_LENGTH,
    PARAM_ADDRESS,
    PARAM_HTTPS,
    PARAM_REQUEST_ID,
    PARAM_COOKIE,
    PARAM_ORIGIN,
    PARAM_FETCH_SITE,
    PARAM_USER_AGENT,
    PARAM_IF_NONE_MATCH,
    PARAM_ACCEPT,
    PARAM_AUTHORIZATION,
    PARAM_CLIENT_SECRET,
    PARAM_IDEMPOTENCY_KEY,
    PARAM__COUNT
};

static const char *const param_names[PARAM__COUNT] = {
    [PARAM_METHOD] = "REQUEST_METHOD",
    [PARAM_URI] = "REQUEST_URI",
    [PARAM_TYPE] = "CONTENT_TYPE",
    [PARAM_LENGTH] = "CONTENT_LENGTH",
    [PARAM_ADDRESS] = "REMOTE_ADDR",
    [PARAM_HTTPS] = "HTTPS",
    [PARAM_REQUEST_ID] = "REQUEST_ID",
    [PARAM_COOKIE] = "HTTP_COOKIE",
    [PARAM_ORIGIN] = "HTTP_ORIGIN",
    [PARAM_FETCH_SITE] = "HTTP_SEC_FETCH_SITE",
    [PARAM_USER_AGENT] = "HTTP_USER_AGENT",
    [PARAM_IF_NONE_MATCH] = "HTTP_IF_NONE_MATCH",
    [PARAM_ACCEPT] = "HTTP_ACCEPT",
    [PARAM_AUTHORIZATION] = "HTTP_AUTHORIZATION",
    [PARAM_CLIENT_SECRET] = "HTTP_X_CLIENT_SECRET",
    [PARAM_IDEMPOTENCY_KEY] = "HTTP_IDEMPOTENCY_KEY",
};

/* What the outside sent, before it is believed. */
struct raw {
    const char *value[PARAM__COUNT]; /* "" when absent */
    bool is_clean;                   /* nothing repeated, no control characters, no empty key */
};

static void raw_gather(struct arena *arena, const struct door *door, struct raw *raw);
static void raw_take(struct arena *arena, const char *param, struct raw *raw);
static bool is_clean(enum param param, const char *value);
static bool is_joined(enum param param, const char *value);
static void fill_in(struct arena *arena, const struct raw *raw, struct request *request);
static bool request_id_is(const char *text);
static void request_id_make(char id[REQUEST_ID_SIZE]);
static const char *visible_ascii(struct arena *arena, const char *text);
static enum status read_address(struct arena *arena, const char *uri, struct request *request);
static bool path_is_plain(const char *path);
static enum status read_body(struct arena *arena, const struct door *door, const char *length,
                             struct request *request);
static enum status parse_length(const char *text, size_t *size_bytes);
static bool type_is_form(const char *content_type);
static bool cookies_are_single(const char *cookie);
static const char *cookie_next(const char *cookie, struct arena *arena, struct pair *pair);

enum status request_read(struct arena *arena, const struct door *door, struct request *request)
{
    struct raw raw;
    raw_gather(arena, door, &raw);
    fill_in(arena, &raw, request);
    if (!raw.is_clean || *raw.value[PARAM_METHOD] == '\0' ||
        strlen(request->cookie) > REQUEST_COOKIE_BYTES_MAX ||
        !cookies_are_single(request->cookie)) {
        return STATUS_BAD_REQUEST;
    }
    enum status status = read_address(arena, raw.value[PARAM_URI], request);
    if (status != STATUS_OK) {
        return status;
    }
    return read_body(arena, door, raw.value[PARAM_LENGTH], request);
}

const char *request_cookie(const struct request *request, struct arena *arena, const char *name)
{
    struct pair pair;
    const char *rest = request->cookie;
    while ((rest = cookie_next(rest, arena, &pair)) != NULL) {
        if (text_is(pair.name, name)) {
            return pair.value;
        }
    }
    return NULL;
}

static void raw_gather(struct arena *arena, const struct door *door, struct raw *raw)
{
    *raw = (struct raw){.is_clean = true};
    for (const char *const *param = door->params; param != NULL && *param != NULL; param++) {
        raw_take(arena, *param, raw);
    }
    for (int i = 0; i < PARAM__COUNT; i++) {
        if (raw->value[i] == NULL) {
            raw->value[i] = "";
        }
    }
}

static void raw_take(struct arena *arena, const char *param, struct raw *raw)
{
    for (int i = 0; i < PARAM__COUNT; i++) {
        size_t name_bytes = strlen(param_names[i]);
        if (strncmp(param, param_names[i], name_bytes) != 0 || param[name_bytes] != '=') {
            continue;
        }
        const char *value = param + name_bytes + 1;
        /* Two of a kind: nginx, a cache and we could each believe another one. Accept is a list
         * that may come in pieces, and only the look of a refusal depends on it: the first one
         * counts.
         */
        bool is_repeated = raw->value[i] != NULL && i != PARAM_ACCEPT;
        if (is_repeated || is_joined((enum param)i, value) || !is_clean((enum param)i, value)) {
            raw->is_clean = false;
        }
        if (raw->value[i] == NULL) {
            raw->value[i] = arena_text(arena, value);
        }
        return;
    }
}

/* Printable ASCII; browsers may send other bytes in cookies and in their own names. */
static bool is_clean(enum param param, const char *value)
{
    if (param == PARAM_USER_AGENT || param == PARAM_ACCEPT) {
        return true; /* cleaned in fill_in: only ever shown; only ever looked through */
    }
    if (param == PARAM_IDEMPOTENCY_KEY && *value == '\0') {
        return false; /* who sends one means to be protected by it */
    }
    for (; *value != '\0'; value++) {
        unsigned char byte = (unsigned char)*value;
        bool is_high = byte >= 0x80;
        if ((byte < ' ' && byte != '\t') || byte == 0x7f || (is_high && param != PARAM_COOKIE)) {
            return false;
        }
    }
    return true;
}

/* From its version 1.23 on nginx hands on the lines of a repeated header as one, with ", " between
 * them. No secret, bearer token or key has a comma and a space in it; what other schemes of
 * Authorization say (Digest) may have, and is nobody's here. */
static bool is_joined(enum param param, const char *value)
{
    bool is_single =
        param == PARAM_CLIENT_SECRET || param == PARAM_IDEMPOTENCY_KEY ||
        (param == PARAM_AUTHORIZATION && strncasecmp(value, BEARER, strlen(BEARER)) == 0);
    return is_single && (strstr(value, ", ") != NULL || strstr(value, ",\t") != NULL);
}

/* Every member, so that an error page can be made from the request whatever comes next. */
static void fill_in(struct arena *arena, const struct raw *raw, struct request *request)
{
    const char *method = raw->value[PARAM_METHOD];
    const char *id = raw->value[PARAM_REQUEST_ID];
    char made[REQUEST_ID_SIZE];
    if (!request_id_is(id)) {
        request_id_make(made);
        id = arena_text(arena, made);
    }
    *request = (struct request){
        .method = text_is(method, "GET")    ? METHOD_GET
                  : text_is(method, "HEAD") ? METHOD_HEAD
                  : text_is(method, "POST") ? METHOD_POST
                                            : METHOD_OTHER,
        .path = "",
        .query_text = "",
        .body = "",
        .content_type = raw->value[PARAM_TYPE],
        .cookie = raw->value[PARAM_COOKIE],
        .origin = raw->value[PARAM_ORIGIN],
        .fetch_site = raw->value[PARAM_FETCH_SITE],
        .remote_address = raw->value[PARAM_ADDRESS],
        .user_agent = visible_ascii(arena, raw->value[PARAM_USER_AGENT]),
        .request_id = id,
        .https = text_is(raw->value[PARAM_HTTPS], "on"),
        .if_none_match = raw->value[PARAM_IF_NONE_MATCH],
        .authorization = raw->value[PARAM_AUTHORIZATION],
        .client_secret = raw->value[PARAM_CLIENT_SECRET],
        .accept = raw->value[PARAM_ACCEPT],
        .idempotency_key = raw->value[PARAM_IDEMPOTENCY_KEY],
    };
}

static bool request_id_is(const char *text)
{
    return strlen(text) == REQUEST_ID_CHARS && strspn(text, "0123456789abcdef") == REQUEST_ID_CHARS;
}

static void request_id_make(char id[REQUEST_ID_SIZE])
{
    struct digest random;
    char hex[DIGEST_HEX_SIZE];
    random_bytes(random.bytes, sizeof(random.bytes));
    digest_hex(&random, hex);
    memcpy(id, hex, REQUEST_ID_CHARS);
    id[REQUEST_ID_CHARS] = '\0';
}

void request_number(const struct door *door, char id[REQUEST_ID_SIZE])
{
    const char *name = param_names[PARAM_REQUEST_ID];
    size_t name_bytes = strlen(name);
    for (const char *const *param = door->params; param != NULL && *param != NULL; param++) {
        const char *value = *param + strnlen(*param, name_bytes + 1);
        if (strncmp(*param, name, name_bytes) == 0 && value[-1] == '=' && request_id_is(value)) {
            memcpy(id, value, REQUEST_ID_SIZE);
            return;
        }
    }
    request_id_make(id);
}

static const char *visible_ascii(struct arena *arena, const char *text)
{
    size_t size_bytes = strnlen(text, USER_AGENT_BYTES_MAX);
    char *copy = arena_take(arena, size_bytes + 1, 1);
    for (size_t i = 0; i < size_bytes; i++) {
        copy[i] = (char)(text[i] >= ' ' && text[i] <= '~' ? text[i] : '?');
    }
    return copy;
}

static enum status read_address(struct arena *arena, const char *uri, struct request *request)
{
    size_t path_bytes = strcspn(uri, "?");
    const char *query = uri + path_bytes + (uri[path_bytes] == '?' ? 1 : 0);
    size_t query_bytes = strlen(query);
    if (path_bytes > REQUEST_PATH_BYTES_MAX || query_bytes > REQUEST_QUERY_BYTES_MAX ||
        strchr(uri, '#') != NULL) {
        return STATUS_BAD_REQUEST;
    }
    size_t decoded_bytes = 0;
    char *path = arena_take(arena, path_bytes + 1, 1);
    if (!percent_decode(uri, path_bytes, false, path, &decoded_bytes)) {
        return STATUS_BAD_REQUEST;
    }
    path[decoded_bytes] = '\0';
    /* An escaped slash would make two segments of one. */
    bool hides_slash =
        memmem(uri, path_bytes, "%2f", 3) != NULL || memmem(uri, path_bytes, "%2F", 3) != NULL;
    if (hides_slash || !path_is_plain(path)) {
        return STATUS_BAD_REQUEST;
    }
    request->path = path;
    request->query_text = query;
    return form_decode(arena, query, query_bytes, &request->query);
}

static bool path_is_plain(const char *path)
{
    if (path[0] != '/' || text_has_control(path, "")) {
        return false;
    }
    for (const char *segment = strchr(path, '/'); segment != NULL; segment = strchr(segment, '/')) {
        segment++;
        size_t size_bytes = strcspn(segment, "/");
        bool is_last = segment[size_bytes] == '\0';
        bool is_dots = (size_bytes == 1 && segment[0] == '.') ||
                       (size_bytes == 2 && segment[0] == '.' && segment[1] == '.');
        if (is_dots || (size_bytes == 0 && !is_last)) {
            return false;
        }
    }
    return true;
}

/* Only POST has a body that means something here; a GET that brings one is refused, because front
 * and back could disagree about where it ends. */
static enum status read_body(struct arena *arena, const struct door *door, const char *length,
                             struct request *request)
{
    size_t size_bytes = 0;
    enum status status = parse_length(length, &size_bytes);
    if (status != STATUS_OK) {
        return status;
    }
    if (request->method != METHOD_POST) {
        return size_bytes == 0 || request->method == METHOD_OTHER ? STATUS_OK : STATUS_BAD_REQUEST;
    }
    /* One byte more is asked for than promised, to see that it does not come. */
    char *body = arena_take(arena, size_bytes + 1, 1);
    if (door->read(door->state, body, size_bytes + 1) != size_bytes) {
        return STATUS_BAD_REQUEST;
    }
    body[size_bytes] = '\0';
    request->body = body;
    request->body_bytes = size_bytes;
    if (!type_is_form(request->content_type)) {
        return STATUS_OK;
    }
    /* Whoever takes no forms refuses it by its type, whatever is in it. */
    request->form_is_broken = form_decode(arena, body, size_bytes, &request->form) != STATUS_OK;
    return STATUS_OK;
}

static enum status parse_length(const char *text, size_t *size_bytes)
{
    int64_t length = 0;
    if (*text == '\0') {
        return STATUS_OK;
    }
    if (text[strspn(text, "0123456789")] != '\0') {
        return STATUS_BAD_REQUEST;
    }
    if (!text_parse_int(text, false, &length) || length > REQUEST_BODY_BYTES_MAX) {
        return STATUS_TOO_LARGE;
    }
    *size_bytes = (size_t)length;
    return STATUS_OK;
}

/* What follows a semicolon (charset) changes nothing: everything is read as UTF-8. */
static bool type_is_form(const char *content_type)
{
    size_t size_bytes = strlen(FORM_TYPE);
    if (strncasecmp(content_type, FORM_TYPE, size_bytes) != 0) {
        return false;
    }
    const char *rest = content_type + size_bytes;
    rest += strspn(rest, " \t");
    return *rest == '\0' || *rest == ';';
}

/* A `__Host-` cookie can be set by this host only, so a second one of the same name comes from
 * somebody who tries. */
static bool cookies_are_single(const char *cookie)
{
    static const char prefix[] = "__Host-";
    for (const char *one = cookie; *one != '\0';) {
        one += strspn(one, "; \t");
        size_t name_bytes = strcspn(one, "=;");
        const char *next = one + strcspn(one, ";");
        bool is_host = strncasecmp(one, prefix, sizeof(prefix) - 1) == 0;
        for (const char *other = next; is_host && *other != '\0';) {
            other += strspn(other, "; \t");
            if (strcspn(other, "=;") == name_bytes && strncmp(one, other, name_bytes) == 0) {
                return false;
            }
            other += strcspn(other, ";");
        }
        one = next;
    }
    return true;
}

/* Reads the next "name=value" and returns what follows it; NULL at the end. */
static const char *cookie_next(const char *cookie, struct arena *arena, struct pair *pair)
{
    cookie += strspn(cookie, "; \t");
    if (*cookie == '\0') {
        return NULL;
    }
    size_t size_bytes = strcspn(cookie, ";");
    size_t name_bytes = strcspn(cookie, "=;");
    size_t value_at = name_bytes < size_bytes ? name_bytes + 1 : size_bytes;
    size_t value_bytes = size_bytes - value_at;
    while (value_bytes > 0 && strchr(" \t", cookie[value_at + value_bytes - 1]) != NULL) {
        value_bytes--;
    }
    pair->name = arena_text_sized(arena, cookie, name_bytes);
    pair->value = arena_text_sized(arena, cookie + value_at, value_bytes);
    return cookie + size_bytes;
}
