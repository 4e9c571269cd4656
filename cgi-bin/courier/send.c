/* courier/send.c: see courier/send.h. */
#include "courier/send.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/log.h"
#include "base/must.h"
#include "courier/address.h"

/* "+host:65535:" and the addresses with brackets and commas */
#define PIN_SIZE (HOST_CHARS_MAX + 16 + RESOLVE_ADDRESSES_MAX * (ADDRESS_TEXT_SIZE + 3))
#define HEADER_SIZE 512
#define OTHERS_MAX (COURIER_TRANSFERS_MAX + 1)
#define OK_FIRST 200
#define REDIRECT_FIRST 300
#define REDIRECT_LAST 399

/* One transfer under way. */
struct sending {
    CURL *curl;
    struct curl_slist *headers, *pins;
    struct addresses addresses;
    bool is_test;    /* loopback is meant */
    bool is_refused; /* a socket for another address was wanted */
    size_t answer_bytes;
    size_t slot;
};
static struct sending sendings[COURIER_TRANSFERS_MAX];

static bool set_up(struct sending *sending, const struct parcel *parcel);
static bool set_headers(struct sending *sending, const struct parcel *parcel);
static bool set_pins(struct sending *sending, const struct parcel *parcel);
static bool add_header(struct sending *sending, const char *name, const char *value);
static void end(struct sender *sender, struct sending *sending);
static curl_socket_t open_socket(void *context, curlsocktype purpose,
                                 struct curl_sockaddr *address);
static size_t take(char *bytes, size_t size, size_t count, void *context);
static const char *words_of(struct arena *arena, const struct sending *sending, CURLcode code,
                            long http_code);

bool send_open(struct sender *sender)
{
    *sender = (struct sender){.multi = NULL};
    CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (code == CURLE_OK) {
        sender->multi = curl_multi_init();
    }
    if (sender->multi == NULL) {
        log_event("fault", "curl-refused", "why", curl_easy_strerror(code), NULL);
        return false;
    }
    (void)curl_multi_setopt(sender->multi, CURLMOPT_MAXCONNECTS, (long)COURIER_TRANSFERS_MAX);
    return true;
}

void send_close(struct sender *sender)
{
    for (size_t i = 0; i < COURIER_TRANSFERS_MAX; i++) {
        if (sender->slots[i] != NULL) {
            end(sender, sender->slots[i]);
        }
    }
    (void)curl_multi_cleanup(sender->multi);
    curl_global_cleanup();
    sender->multi = NULL;
}

bool send_begin(struct sender *sender, size_t slot, const struct parcel *parcel)
{
    must(slot < COURIER_TRANSFERS_MAX && sender->slots[slot] == NULL);
    must(parcel->addresses->count >= 1);
    struct sending *sending = &sendings[slot];
    *sending = (struct sending){
        .slot = slot, .addresses = *parcel->addresses, .is_test = parcel->endpoint->is_loopback};
    sender->slots[slot] = sending;
    sending->curl = curl_easy_init();
    if (sending->curl == NULL || !set_up(sending, parcel) ||
        curl_multi_add_handle(sender->multi, sending->curl) != CURLM_OK) {
        log_event("warning", "not-sent", "message", parcel->message_id, NULL);
        end(sender, sending);
        return false;
    }
    return true;
}

void send_wait(struct sender *sender, struct pollfd *others, size_t count, int wait_ms)
{
    struct curl_waitfd fds[OTHERS_MAX];
    int running = 0;
    must(count <= OTHERS_MAX);
    for (size_t i = 0; i < count; i++) {
        fds[i] = (struct curl_waitfd){.fd = others[i].fd, .events = CURL_WAIT_POLLIN};
    }
    (void)curl_multi_poll(sender->multi, fds, (unsigned)count, wait_ms, NULL);
    for (size_t i = 0; i < count; i++) {
        others[i].revents = fds[i].revents;
    }
    CURLMcode code = curl_multi_perform(sender->multi, &running);
    if (code != CURLM_OK) {
        log_event("warning", "curl", "why", curl_multi_strerror(code), NULL);
    }
}

bool send_ended(struct sender *sender, struct arena *arena, size_t *slot, struct sent *sent)
{
    int left = 0;
    const struct CURLMsg *message = NULL;
    do {
        message = curl_multi_info_read(sender->multi, &left);
    } while (message != NULL && message->msg != CURLMSG_DONE);
    if (message == NULL) {
        return false;
    }
    struct sending *sending = NULL;
    long http_code = 0;
    curl_off_t retry_after_s = 0;
    (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &sending);
    (void)curl_easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE, &http_code);
    (void)curl_easy_getinfo(message->easy_handle, CURLINFO_RETRY_AFTER, &retry_after_s);
    must(sending != NULL && sending->curl == message->easy_handle);
    CURLcode code = message->data.result;
    /* An answer that is too long is an answer all the same: it was we who stopped to listen. */
    bool is_whole = code == CURLE_OK || code == CURLE_WRITE_ERROR;
    *slot = sending->slot;
    *sent = (struct sent){.http_code = is_whole ? (int)http_code : 0,
                          .outcome = words_of(arena, sending, code, http_code),
                          .retry_after_s = is_whole && retry_after_s > 0 ? retry_after_s : 0};
    end(sender, sending);
    return true;
}

static bool set_up(struct sending *sending, const struct parcel *parcel)
{
    CURL *curl = sending->curl;
    if (!set_headers(sending, parcel) || !set_pins(sending, parcel)) {
        return false;
    }
    const char *protocols = parcel->endpoint->is_secure ? "https" : "http";
#define SET(option, value) (curl_easy_setopt(curl, (option), (value)) == CURLE_OK)
    bool good = SET(CURLOPT_PRIVATE, sending) && SET(CURLOPT_URL, parcel->url) &&
                SET(CURLOPT_PROTOCOLS_STR, protocols) &&
                SET(CURLOPT_REDIR_PROTOCOLS_STR, protocols) && SET(CURLOPT_FOLLOWLOCATION, 0L) &&
                SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L) && SET(CURLOPT_PROXY, "") &&
                SET(CURLOPT_NOPROXY, "*") && SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    /* https is verified with what the machine trusts */
    good = good && SET(CURLOPT_SSL_VERIFYPEER, 1L) && SET(CURLOPT_SSL_VERIFYHOST, 2L) &&
           SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    good = good && SET(CURLOPT_RESOLVE, sending->pins) &&
           SET(CURLOPT_OPENSOCKETFUNCTION, open_socket) && SET(CURLOPT_OPENSOCKETDATA, sending);
    good = good && SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) &&
           SET(CURLOPT_NOSIGNAL, 1L) && SET(CURLOPT_TIMEOUT_MS, (long)parcel->ms_max) &&
           SET(CURLOPT_CONNECTTIMEOUT_MS, (long)parcel->ms_max);
    good = good && SET(CURLOPT_POST, 1L) &&
           SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(parcel->body)) &&
           SET(CURLOPT_COPYPOSTFIELDS, parcel->body) && SET(CURLOPT_HTTPHEADER, sending->headers) &&
           SET(CURLOPT_USERAGENT, parcel->agent);
    good = good && SET(CURLOPT_WRITEFUNCTION, take) && SET(CURLOPT_WRITEDATA, sending) &&
           SET(CURLOPT_HEADERFUNCTION, take) && SET(CURLOPT_HEADERDATA, sending);
#undef SET
    return good;
}

static bool set_headers(struct sending *sending, const struct parcel *parcel)
{
    char timestamp[24];
    (void)snprintf(timestamp, sizeof timestamp, "%lld", (long long)parcel->timestamp_s);
    return add_header(sending, "Content-Type", "application/json") &&
           add_header(sending, "webhook-id", parcel->message_id) &&
           add_header(sending, "webhook-timestamp", timestamp) &&
           add_header(sending, "webhook-signature", parcel->signature) &&
           add_header(sending, "Accept", "*/*") &&
           /* curl would ask large bodies to be waited for */
           add_header(sending, "Expect", "");
}

static bool add_header(struct sending *sending, const char *name, const char *value)
{
    char line[HEADER_SIZE];
    /* "Name:" alone takes the header away */
    int length = snprintf(line, sizeof line, "%s:%s%s", name, value[0] == '\0' ? "" : " ", value);
    must(length > 0 && (size_t)length < sizeof line);
    struct curl_slist *longer = curl_slist_append(sending->headers, line);
    if (longer == NULL) {
        return false;
    }
    sending->headers = longer;
    return true;
}

/* What curl takes the name for: it asks nobody else. The + lets it forget after a minute. */
static bool set_pins(struct sending *sending, const struct parcel *parcel)
{
    char pin[PIN_SIZE];
    const struct endpoint *endpoint = parcel->endpoint;
    if (strchr(endpoint->host, ':') != NULL) {
        return true; /* an IPv6 address in a test: it is no name, and its colons would end one */
    }
    size_t used = (size_t)snprintf(pin, sizeof pin, "+%s:%d:", endpoint->host, endpoint->port);
    for (size_t i = 0; i < sending->addresses.count; i++) {
        const struct sockaddr *address = &sending->addresses.at[i].any;
        char text[ADDRESS_TEXT_SIZE];
        address_text(address, text);
        bool is_sixth = address->sa_family == AF_INET6;
        int length = snprintf(pin + used, sizeof pin - used, "%s%s%s%s", i == 0 ? "" : ",",
                              is_sixth ? "[" : "", text, is_sixth ? "]" : "");
        must(length > 0 && (size_t)length < sizeof pin - used);
        used += (size_t)length;
    }
    sending->pins = curl_slist_append(NULL, pin);
    return sending->pins != NULL;
}

static void end(struct sender *sender, struct sending *sending)
{
    if (sending->curl != NULL) {
        (void)curl_multi_remove_handle(sender->multi, sending->curl);
        curl_easy_cleanup(sending->curl);
    }
    curl_slist_free_all(sending->headers);
    curl_slist_free_all(sending->pins);
    sender->slots[sending->slot] = NULL;
    *sending = (struct sending){.curl = NULL};
}

/* The last gate: whatever led curl here, a socket is made only for an address that was checked, and
 * it is checked again. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct sending *sending = context;
    bool is_given = false;
    for (size_t i = 0; i < sending->addresses.count; i++) {
        is_given = is_given || address_equal(&address->addr, &sending->addresses.at[i].any);
    }
    bool is_allowed = address_refusal(&address->addr) == NULL ||
                      (sending->is_test && address_is_loopback(&address->addr));
    if (purpose != CURLSOCKTYPE_IPCXN || !is_given || !is_allowed) {
        sending->is_refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* Headers and body of the answer: counted and dropped. Another number than was given stops curl. */
static size_t take(char *bytes, size_t size, size_t count, void *context)
{
    struct sending *sending = context;
    (void)bytes;
    sending->answer_bytes += size * count;
    return sending->answer_bytes > WEBHOOK_ANSWER_BYTES_MAX ? 0 : size * count;
}

static const char *words_of(struct arena *arena, const struct sending *sending, CURLcode code,
                            long http_code)
{
    if (sending->is_refused) {
        return "Its address is not on the public internet";
    }
    if ((code == CURLE_OK || code == CURLE_WRITE_ERROR) && http_code >= OK_FIRST) {
        bool is_redirect = http_code >= REDIRECT_FIRST && http_code <= REDIRECT_LAST;
        return arena_printf(arena, "Answered %ld%s", http_code,
                            is_redirect ? "; redirects are not followed" : "");
    }
    /* curl has a hundred codes; these are the ones that an endpoint can cause and its people mend
     */
    static const struct {
        CURLcode code;
        const char *words;
    } rows[] = {
        {CURLE_OPERATION_TIMEDOUT, "No answer in time"},
        {CURLE_COULDNT_CONNECT, "Could not connect"},
        {CURLE_COULDNT_RESOLVE_HOST, "The host name is not known"},
        {CURLE_PEER_FAILED_VERIFICATION, "Its certificate is not to be trusted"},
        {CURLE_SSL_CONNECT_ERROR, "No secure connection could be agreed on"},
        {CURLE_GOT_NOTHING, "The connection broke off without an answer"},
        {CURLE_RECV_ERROR, "The connection broke off"},
        {CURLE_SEND_ERROR, "The connection broke off"},
        {CURLE_PARTIAL_FILE, "The connection broke off in the answer"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].code == code) {
            return rows[i].words;
        }
    }
    return arena_printf(arena, "Not answered as HTTP wants it (%s)", curl_easy_strerror(code));
}
