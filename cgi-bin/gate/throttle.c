/* gate/throttle.c: see gate/throttle.h. */
#include "gate/throttle.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"

#define FIRST_WAIT_S 15
#define FREE_ACCOUNT 4
#define FREE_ADDRESS 19
#define FREE_PROGRAM 499
#define PROGRAMS_MAX 512 /* subjects kept; two that fall on one place push each other out */
#define ADDRESS_TEXT_SIZE 64

static void hash_subject(char subject[THROTTLE_SUBJECT_SIZE], char kind, const char *first,
                         const char *second);
static void address_text(const char *address, char text[ADDRESS_TEXT_SIZE]);
static int64_t free_at_of(const struct throttle_row *row, int64_t now_us);
static void count(struct store *store, enum throttle_kind kind, const char *subject,
                  const struct throttle_row *before, int64_t now_us);
static void take_back(struct store *store, const struct throttle *throttle);
static void sweep(struct store *store, const struct throttle *throttle, int64_t now_us);
static int64_t later(int64_t one, int64_t other);

int64_t throttle_wait_s(enum throttle_kind kind, int64_t failures)
{
    static const int64_t free_of[] = {[THROTTLE_ACCOUNT] = FREE_ACCOUNT,
                                      [THROTTLE_DEVICE] = FREE_ACCOUNT,
                                      [THROTTLE_ADDRESS] = FREE_ADDRESS,
                                      [THROTTLE_PROGRAM] = FREE_PROGRAM};
    int64_t over = failures - free_of[kind];
    if (over <= 0) {
        return 0;
    }
    int64_t wait_s = FIRST_WAIT_S;
    for (int64_t i = 1; i < over && wait_s < THROTTLE_S_MAX; i++) {
        wait_s *= 2;
    }
    return wait_s < THROTTLE_S_MAX ? wait_s : THROTTLE_S_MAX;
}

struct throttle throttle_of(const char *email, const char *address, const char *device_token)
{
    struct throttle throttle = {.known_device = false};
    char where[ADDRESS_TEXT_SIZE];
    address_text(address, where);
    hash_subject(throttle.account, 'e', email, NULL);
    hash_subject(throttle.address, 'a', where, NULL);
    if (!text_empty(device_token)) {
        hash_subject(throttle.device, 'd', device_token, email);
    }
    return throttle;
}

bool throttle_try(struct store *store, struct throttle *throttle, int64_t now_us, int64_t *free_at)
{
    struct throttle_row account;
    struct throttle_row device = {.failures = 0};
    *free_at = 0;
    if (!store_begin_write(store)) {
        return true;
    }
    throttle->known_device =
        throttle->device[0] != '\0' && throttle_read(store, throttle->device, &device);
    throttle_read(store, throttle->account, &account);
    throttle_read(store, throttle->address, &throttle->address_before);
    if (throttle->known_device) {
        *free_at = free_at_of(&device, now_us);
    } else {
        *free_at =
            later(free_at_of(&account, now_us), free_at_of(&throttle->address_before, now_us));
    }
    if (*free_at > now_us) {
        store_rollback(store);
        return false;
    }
    if (throttle->known_device) {
        count(store, THROTTLE_DEVICE, throttle->device, &device, now_us);
    } else {
        count(store, THROTTLE_ACCOUNT, throttle->account, &account, now_us);
        count(store, THROTTLE_ADDRESS, throttle->address, &throttle->address_before, now_us);
    }
    sweep(store, throttle, now_us);
    (void)store_commit(store);
    return true;
}

void throttle_good(struct store *store, const struct throttle *throttle, int64_t now_us)
{
    if (!throttle->known_device) {
        throttle_forget(store, throttle->account);
        take_back(store, throttle);
    }
    if (throttle->device[0] != '\0') {
        throttle_write(store, throttle->device, &(struct throttle_row){.last_at = now_us});
    }
}

bool throttle_program(const char *address, const char *client_id, int64_t now_us, int64_t *free_at)
{
    static struct {
        char subject[THROTTLE_SUBJECT_SIZE];
        struct throttle_row row;
    } programs[PROGRAMS_MAX];
    char where[ADDRESS_TEXT_SIZE];
    char subject[THROTTLE_SUBJECT_SIZE];
    address_text(address, where);
    hash_subject(subject, 'p', where, client_id);
    size_t place = 0;
    for (size_t i = 2; i < 10; i++) { /* behind "p:": hex digits of a digest */
        place = place * 31 + (unsigned char)subject[i];
    }
    struct throttle_row *row = &programs[place % PROGRAMS_MAX].row;
    int64_t idle_us = now_us - row->last_at;
    if (!text_is(programs[place % PROGRAMS_MAX].subject, subject) ||
        idle_us >= THROTTLE_S_MAX * CLOCK_SECOND_US) {
        must(TEXT_COPY(programs[place % PROGRAMS_MAX].subject, subject));
        *row = (struct throttle_row){.failures = 0};
    }
    *free_at = free_at_of(row, now_us);
    if (*free_at > now_us) {
        return false;
    }
    row->failures++;
    row->last_at = now_us;
    row->free_at = now_us + throttle_wait_s(THROTTLE_PROGRAM, row->failures) * CLOCK_SECOND_US;
    return true;
}

/* Fed with their lengths, so that no two pairs of texts give the same subject. */
static void hash_subject(char subject[THROTTLE_SUBJECT_SIZE], char kind, const char *first,
                         const char *second)
{
    struct digest digest;
    char hex[DIGEST_HEX_SIZE];
    if (second == NULL) {
        digest = digest_of(first, strlen(first));
    } else {
        struct digest_feed feed;
        digest_begin(&feed);
        digest_add_text(&feed, first);
        digest_add_text(&feed, second);
        digest = digest_end(&feed);
    }
    digest_hex(&digest, hex);
    (void)snprintf(subject, THROTTLE_SUBJECT_SIZE, "%c:%s", kind, hex);
}

/* An IPv6 address counts by its network: a household or a server has 2^64 of them. */
static void address_text(const char *address, char text[ADDRESS_TEXT_SIZE])
{
    struct in6_addr six;
    struct in_addr four;
    if (!text_empty(address) && inet_pton(AF_INET6, address, &six) == 1) {
        if (IN6_IS_ADDR_V4MAPPED(&six)) {
            memcpy(&four, &six.s6_addr[12], sizeof four);
            must(inet_ntop(AF_INET, &four, text, ADDRESS_TEXT_SIZE) != NULL);
            return;
        }
        memset(&six.s6_addr[8], 0, 8);
        must(inet_ntop(AF_INET6, &six, text, ADDRESS_TEXT_SIZE) != NULL);
        return;
    }
    if (!text_empty(address) && inet_pton(AF_INET, address, &four) == 1) {
        must(inet_ntop(AF_INET, &four, text, ADDRESS_TEXT_SIZE) != NULL);
        return;
    }
    must(text_copy(text, ADDRESS_TEXT_SIZE, "unknown"));
}

/* When the subject may try again; 0: now. A time further off than any wait was written by a clock
 * that has gone back since: it counts for nothing. So does a slate a day old. */
static int64_t free_at_of(const struct throttle_row *row, int64_t now_us)
{
    bool is_stale = now_us - row->last_at >= THROTTLE_FORGET_S * CLOCK_SECOND_US;
    bool is_beyond = row->free_at - now_us > THROTTLE_S_MAX * CLOCK_SECOND_US;
    return is_stale || is_beyond || row->free_at <= now_us ? 0 : row->free_at;
}

static void count(struct store *store, enum throttle_kind kind, const char *subject,
                  const struct throttle_row *before, int64_t now_us)
{
    bool is_stale = now_us - before->last_at >= THROTTLE_FORGET_S * CLOCK_SECOND_US;
    struct throttle_row row = {.failures = is_stale ? 1 : before->failures + 1, .last_at = now_us};
    row.free_at = now_us + throttle_wait_s(kind, row.failures) * CLOCK_SECOND_US;
    throttle_write(store, subject, &row);
}

/* The one attempt at the address: others may have been made there while the password was looked at,
 * and they stay counted. */
static void take_back(struct store *store, const struct throttle *throttle)
{
    const struct throttle_row *before = &throttle->address_before;
    struct throttle_row row;
    if (!throttle_read(store, throttle->address, &row) || row.failures <= 1) {
        throttle_forget(store, throttle->address);
        return;
    }
    row.failures--;
    throttle_write(store, throttle->address, row.failures == before->failures ? before : &row);
}

/* At three places of the table that are as good as drawn by lot. */
static void sweep(struct store *store, const struct throttle *throttle, int64_t now_us)
{
    int64_t others_before = now_us - THROTTLE_FORGET_S * CLOCK_SECOND_US;
    int64_t devices_before = now_us - DEVICE_S_MAX * CLOCK_SECOND_US;
    char among_devices[THROTTLE_SUBJECT_SIZE];
    must(TEXT_COPY(among_devices, throttle->account));
    among_devices[0] = 'd';
    throttle_sweep(store, throttle->account, others_before, devices_before);
    throttle_sweep(store, throttle->address, others_before, devices_before);
    throttle_sweep(store, among_devices, others_before, devices_before);
}

static int64_t later(int64_t one, int64_t other)
{
    return one > other ? one : other;
}
