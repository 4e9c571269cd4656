/* pages/certificate.c: see pages/certificate.h: what is on a certificate, and its record. */
#include "pages/certificate.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/retirement_words.h"

/* Where the record goes: into a digest, and to whoever wants to read it. */
struct recorder {
    struct digest_feed feed;
    struct out *out;
};

static void put(struct recorder *recorder, const char *text)
{
    digest_add_bytes(&recorder->feed, text, strlen(text));
    if (recorder->out != NULL) {
        out_text(recorder->out, text);
    }
}

/* A line ends where the fact ends: a note cannot add lines of its own. */
static void put_fact(struct recorder *recorder, const char *name, const char *value)
{
    put(recorder, name);
    put(recorder, ": ");
    for (const char *at = value; *at != '\0';) {
        size_t plain_bytes = strcspn(at, "\\\n\r");
        char piece[256];
        if (plain_bytes == 0) {
            put(recorder, *at == '\\' ? "\\\\" : *at == '\n' ? "\\n" : "\\r");
            at++;
            continue;
        }
        size_t piece_bytes = plain_bytes < sizeof(piece) ? plain_bytes : sizeof(piece) - 1;
        memcpy(piece, at, piece_bytes);
        piece[piece_bytes] = '\0';
        put(recorder, piece);
        at += piece_bytes;
    }
    put(recorder, "\n");
}

static void put_number(struct recorder *recorder, const char *name, int64_t number)
{
    char digits[24];
    (void)snprintf(digits, sizeof(digits), "%lld", (long long)number);
    put_fact(recorder, name, digits);
}

/* Nothing where nothing was redacted: such records are as they have always been. */
static void put_redaction(struct recorder *recorder, const char *name, int64_t at)
{
    char words[CLOCK_ISO_SIZE];
    if (at != 0) {
        clock_iso_write(at, words);
        put_fact(recorder, name, words);
    }
}

/* Serials as project, vintage and range: the words between them may be corrected, these cannot. */
static void put_blocks(struct recorder *recorder, struct visit *visit, const char *retirement_id)
{
    char behind[24] = "";
    size_t mark_bytes = visit->arena->used_bytes;
    struct public_blocks blocks = {.count = CSV_WINDOW_ROWS};
    while (blocks.count == CSV_WINDOW_ROWS) {
        blocks = public_blocks(visit->registry, visit->arena, PUBLIC_BLOCKS_OF_RETIREMENT,
                               retirement_id, behind, CSV_WINDOW_ROWS);
        for (size_t i = 0; i < blocks.count; i++) {
            const struct public_block *block = &blocks.at[i];
            char line[128];
            (void)snprintf(line, sizeof(line), "%s %d %lld-%lld", block->project_id,
                           block->serial.vintage, (long long)block->serial.first,
                           (long long)block->serial.last);
            put_fact(recorder, "block", line);
        }
        if (blocks.count > 0) {
            bool is_copied = TEXT_COPY(behind, blocks.at[blocks.count - 1].line);
            must(is_copied);
        }
        arena_reset(visit->arena, mark_bytes); /* as many blocks as there are, in room for a few */
    }
}

struct digest certificate_record(struct visit *visit, const struct public_retirement *row,
                                 struct out *out)
{
    struct recorder recorder = {.out = out};
    char retired_at[CLOCK_ISO_SIZE];
    clock_iso_write(row->retired_at, retired_at);
    digest_begin(&recorder.feed);
    put(&recorder, "Certificate of retirement, version 1\n");
    put_fact(&recorder, "number", row->retirement_id);
    put_fact(&recorder, "retired-at", retired_at);
    put_fact(&recorder, "retired-by", row->org_id);
    put_fact(&recorder, "beneficiary", row->beneficiary);
    put_fact(&recorder, "purposes", retirement_purpose_slugs(visit->arena, row->purposes));
    put_fact(&recorder, "instrument", instrument_word(row->instrument));
    put_number(&recorder, "units", row->units);
    put_fact(&recorder, "note", row->notes);
    put_redaction(&recorder, "note-redacted-at", row->note_redacted.at);
    put_redaction(&recorder, "beneficiary-redacted-at", row->beneficiary_redacted.at);
    put_number(&recorder, "blocks", row->block_count);
    put_blocks(&recorder, visit, row->retirement_id);
    return digest_end(&recorder.feed);
}

void certificate_code(const struct digest *digest, char code[CERTIFICATE_CODE_SIZE])
{
    char hex[DIGEST_HEX_SIZE];
    size_t used = 0;
    digest_hex(digest, hex);
    for (size_t i = 0; i < CERTIFICATE_CODE_DIGITS; i++) {
        if (i > 0 && i % 4 == 0) {
            code[used++] = ' ';
        }
        code[used++] = hex[i];
    }
    must(used == CERTIFICATE_CODE_SIZE - 1);
    code[used] = '\0';
}

/* The digits that somebody meant, without what stands between them; 0 when it can be no code. */
static size_t read_code(const char *typed, char digits[DIGEST_HEX_SIZE])
{
    size_t count = 0;
    for (const char *at = typed; *at != '\0'; at++) {
        char digit = *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at;
        if (digit == ' ' || digit == '-') {
            continue;
        }
        digit = digit == 'o' ? '0' : digit == 'l' || digit == 'i' ? '1' : digit;
        bool is_digit = (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f');
        if (!is_digit || count == DIGEST_HEX_SIZE - 1) {
            return 0;
        }
        digits[count++] = digit;
    }
    digits[count] = '\0';
    return count == CERTIFICATE_CODE_DIGITS || count == DIGEST_HEX_SIZE - 1 ? count : 0;
}

bool certificate_code_is_one(const char *typed)
{
    char digits[DIGEST_HEX_SIZE];
    return read_code(typed, digits) > 0;
}

bool certificate_code_is(const char *typed, const struct digest *digest)
{
    char digits[DIGEST_HEX_SIZE];
    char hex[DIGEST_HEX_SIZE];
    size_t count = read_code(typed, digits);
    digest_hex(digest, hex);
    return count > 0 && memcmp(digits, hex, count) == 0;
}

struct url certificate_record_url(struct arena *arena, const char *retirement_id)
{
    return url_path(arena, "/registry/retirements/*/certificate.txt", retirement_id);
}

/* The code without its spaces: the address is a third shorter, and so is the drawing of it. */
struct url certificate_verify_url(struct arena *arena, const char *retirement_id, const char *code)
{
    char digits[DIGEST_HEX_SIZE] = "";
    size_t count = read_code(code, digits);
    must(count > 0);
    struct url url = url_path(arena, "/registry/verify");
    url = url_with(arena, url, "number", retirement_id);
    return url_with(arena, url, "code", digits);
}
