/* ledger/check.c: what words, dates and ids of a command must be like. See ledger/work.h. */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "ledger/work.h"
#include "model/endpoint.h"

#define DATE_CHARS 10
#define DOMAIN_CHARS "abcdefghijklmnopqrstuvwxyz0123456789-."

enum status check_note(const char *text, enum command_field field, struct answer *answer)
{
    if (!text_utf8_is(text)) {
        return refuse(answer, STATUS_NOTE_CONTROL, field);
    }
    if (text_characters(text) > NOTE_CHARS_MAX) {
        return refuse(answer, STATUS_NOTE_TOO_LONG, field);
    }
    if (text_has_control(text, NULL)) {
        return refuse(answer, STATUS_NOTE_CONTROL, field);
    }
    return STATUS_OK;
}

bool check_words(const char *text, size_t min_characters, size_t max_characters)
{
    if (!text_utf8_is(text) || text_has_control(text, NULL)) {
        return false;
    }
    size_t characters = text_characters(text);
    if (characters < min_characters || characters > max_characters) {
        return false;
    }
    return text_is_trim(text);
}

bool check_prose(const char *text)
{
    return text_utf8_is(text) && !text_has_control(text, "\n\r\t");
}

bool check_domain(const char *text)
{
    size_t size_bytes = strlen(text);
    if (size_bytes == 0) {
        return true;
    }
    return strspn(text, DOMAIN_CHARS) == size_bytes && strchr(text, '.') != NULL &&
           strstr(text, "..") == NULL && text[0] != '.' && text[0] != '-' &&
           text[size_bytes - 1] != '.' && text[size_bytes - 1] != '-';
}

bool check_country(const char *text)
{
    return strlen(text) == 3 && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
}

bool check_date(const char *text)
{
    int64_t at = 0;
    return *text == '\0' || (strlen(text) == DATE_CHARS && clock_parse_date(text, &at));
}

bool check_web(const char *text)
{
    if (*text == '\0') {
        return true;
    }
    return (text_starts(text, "https://") || text_starts(text, "http://")) && text_utf8_is(text) &&
           !text_has_control(text, NULL) && strpbrk(text, " \"<>\\^`{|}") == NULL;
}

bool check_document_url(const char *text)
{
    struct endpoint endpoint;
    return strlen(text) <= DOCUMENT_URL_CHARS_MAX && strchr(text, '\'') == NULL &&
           endpoint_read(text, false, &endpoint) == NULL;
}

bool check_given_id(const struct work *work, const char *id, const char *prefix)
{
    return *id == '\0' || (work->program == PROGRAM_TALLY && id_is(id, prefix));
}
