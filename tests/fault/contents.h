/*
 * tests/fault/contents.h: all that a database holds, as one digest: two files with the same digest
 * hold the same rows. Masked, what differs between two runs of the same acts is left out: ids,
 * times, tokens, secrets, digests; and what an act stands without (contents_forgotten).
 */
#ifndef FAULT_CONTENTS_H
#define FAULT_CONTENTS_H

#include <ctype.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/digest.h"

#define CONTENTS_TIME_US INT64_C(1000000000000) /* numbers above are times; the tests move less */
#define CONTENTS_TEXT_SIZE 8192

/* What may be lost without anything being wrong: a word that is shown once, and that a program was
 * here. */
static const struct {
    const char *table, *column;
} contents_forgotten[] = {
    {"session", "notice"},
    {"client_secret", "used_at"},
    {"client_secret", "used_address"},
    {"access_token", "used_at"},
    {"access_token", "used_address"},
    {"access_token", "used_client"},
};

static inline bool contents_is_forgotten(const char *table, const char *column)
{
    for (size_t i = 0; i < sizeof contents_forgotten / sizeof contents_forgotten[0]; i++) {
        if (strcmp(contents_forgotten[i].table, table) == 0 &&
            strcmp(contents_forgotten[i].column, column) == 0) {
            return true;
        }
    }
    return false;
}

/* How long the date is with which a moment begins: "2026-11-29T", "29 November 2026, "; 0: none. */
static inline size_t contents_date(const char *text)
{
    char start[40];
    int bytes = 0;
    if (isdigit(text[0])) {
        (void)snprintf(start, sizeof start, "%.39s", text);
        (void)sscanf(start, "%*4[0-9]-%*2[0-9]-%*2[0-9]T%n", &bytes);
    }
    if (isdigit(text[0]) && bytes == 0) {
        (void)sscanf(start, "%*2[0-9] %*[A-Za-z] %*4[0-9],%*1[ ]%n", &bytes);
    }
    return (size_t)bytes;
}

/* Runs of thirteen capitals and digits are the middle of an id, but 32 digits of a hexadecimal
 * number, which may begin so, are the number of a request; 43 characters and more without a space
 * are a token or a hash; two digits, a colon and two digits are a time of day, with its date before
 * it or without. */
static inline void contents_mask(const char *text, char *masked, size_t masked_bytes)
{
    size_t to = 0;
    while (*text != '\0' && to < masked_bytes - 1) {
        size_t id = strspn(text, "0123456789ABCDEFGHJKMNPQRSTVWXYZ");
        size_t token = strspn(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                    "_-+/$=");
        size_t hex = strspn(text, "0123456789abcdef");
        size_t date = contents_date(text);
        const char *at = text + date;
        bool is_clock = isdigit(at[0]) && isdigit(at[1]) && at[2] == ':';
        size_t clock = is_clock ? date + strspn(at, "0123456789:.") : 0;
        size_t skipped = token >= 43 ? token : hex >= 32 ? hex : id >= 13 ? id : clock;
        masked[to++] = skipped > 0 ? '#' : *text;
        text += skipped > 0 ? strnlen(text, skipped) : 1;
    }
    masked[to] = '\0';
}

static inline void contents_add(struct digest_feed *feed, sqlite3_stmt *statement, int column,
                                bool is_masked)
{
    static char masked[CONTENTS_TEXT_SIZE];
    int type = sqlite3_column_type(statement, column);
    if (type == SQLITE_NULL || (type == SQLITE_BLOB && is_masked)) {
        digest_add_text(feed, type == SQLITE_NULL ? "\x01" : "\x02");
    } else if (type == SQLITE_INTEGER) {
        int64_t number = sqlite3_column_int64(statement, column);
        digest_add_int(feed, is_masked && number > CONTENTS_TIME_US ? -1 : number);
    } else if (type == SQLITE_BLOB) {
        char hex[3] = "";
        const unsigned char *bytes = sqlite3_column_blob(statement, column);
        for (int i = 0; i < sqlite3_column_bytes(statement, column); i++) {
            (void)snprintf(hex, sizeof hex, "%02x", bytes[i]);
            digest_add_text(feed, hex);
        }
    } else {
        const char *text = (const char *)sqlite3_column_text(statement, column);
        if (is_masked) {
            contents_mask(text, masked, sizeof masked);
        }
        digest_add_text(feed, is_masked ? masked : text);
    }
}

/* A row's digest is added to those of the others, so that their order, which follows from keys made
 * by chance, does not matter. */
static inline void contents_add_row(const char *table, sqlite3_stmt *rows, bool is_masked,
                                    uint64_t sum[4])
{
    struct digest_feed feed;
    uint64_t words[4];
    digest_begin(&feed);
    for (int i = 0; i < sqlite3_column_count(rows); i++) {
        if (!is_masked || !contents_is_forgotten(table, sqlite3_column_name(rows, i))) {
            contents_add(&feed, rows, i, is_masked);
        }
    }
    struct digest digest = digest_end(&feed);
    memcpy(words, &digest, sizeof words);
    for (int i = 0; i < 4; i++) {
        sum[i] += words[i];
    }
}

/* False: the file cannot be read to its end. */
static inline bool contents_digest(const char *path, bool is_masked, struct digest *digest)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *tables = NULL;
    struct digest_feed feed;
    bool good = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
                sqlite3_busy_timeout(db, 5000) == SQLITE_OK &&
                sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL) == SQLITE_OK &&
                sqlite3_exec(db, "PRAGMA query_only = ON; BEGIN", NULL, NULL, NULL) == SQLITE_OK &&
                sqlite3_prepare_v2(db,
                                   "SELECT name FROM sqlite_schema WHERE type = 'table' AND name "
                                   "NOT LIKE 'sqlite_%' ORDER BY name",
                                   -1, &tables, NULL) == SQLITE_OK;
    digest_begin(&feed);
    int code = SQLITE_DONE;
    while (good && (code = sqlite3_step(tables)) == SQLITE_ROW) {
        char sql[128];
        uint64_t sum[4] = {0};
        sqlite3_stmt *rows = NULL;
        const char *table = (const char *)sqlite3_column_text(tables, 0);
        (void)snprintf(sql, sizeof sql, "SELECT * FROM %s", table);
        digest_add_text(&feed, sql);
        good = sqlite3_prepare_v2(db, sql, -1, &rows, NULL) == SQLITE_OK;
        int row = SQLITE_DONE;
        while (good && (row = sqlite3_step(rows)) == SQLITE_ROW) {
            contents_add_row(table, rows, is_masked, sum);
        }
        for (int i = 0; i < 4; i++) {
            digest_add_int(&feed, (int64_t)sum[i]);
        }
        good = good && row == SQLITE_DONE;
        (void)sqlite3_finalize(rows);
    }
    good = good && code == SQLITE_DONE;
    (void)sqlite3_finalize(tables);
    (void)sqlite3_close(db);
    *digest = digest_end(&feed);
    return good;
}

#endif
