/* pages/desk.c: see pages/desk.h. */
#include "pages/desk.h"

#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "store/people_person.h"
#include "store/window.h"

#define SOON_US (2 * CLOCK_DAY_US)

/* State and kind words of the database, in words for people. */
static const struct {
    const char *slug;
    const char *words;
} WORDS[] = {
    {"draft", "Draft"},
    {"awaiting_approval", "Awaiting approval"},
    {"pending", "Pending"},
    {"completed", "Completed"},
    {"rejected", "Rejected"},
    {"withdrawn", "Withdrawn"},
    {"expired", "Expired"},
    {"cancelled", "Cancelled"},
    {"active", "Active"},
    {"reserved", "Reserved"},
    {"split", "Split"},
    {"retired", "Retired"},
    {"exported", "Exported"},
    {"internal", "Between own accounts"},
    {"external", "To another organisation"},
    {"export", "Out to another registry"},
    {"retirement", "Retirement"},
    {"reserve", "Reserve"},
};

static const char *words_of(const char *slug)
{
    for (size_t i = 0; i < sizeof(WORDS) / sizeof(WORDS[0]); i++) {
        if (text_is(WORDS[i].slug, slug)) {
            return WORDS[i].words;
        }
    }
    return slug;
}

const char *const desk_format_words[] = {"csv", NULL};

struct when_view desk_when(struct arena *arena, int64_t at)
{
    if (at == 0) {
        return (struct when_view){"", "", "", ""};
    }
    const char *words = clock_words(arena, at);
    const char *comma = strchr(words, ',');
    must(comma != NULL && text_starts(comma, ", "));
    return (struct when_view){clock_iso(arena, at), words,
                              arena_text_sized(arena, words, (size_t)(comma - words)), comma + 2};
}

const char *desk_redacted(struct arena *arena, const char *what, struct redaction redaction)
{
    return redaction.at == 0
               ? ""
               : arena_printf(arena, "%s was redacted on %s: %s", what,
                              clock_date_words(arena, redaction.at), redaction.reason);
}

struct state_view desk_state(const char *slug)
{
    return (struct state_view){slug, words_of(slug)};
}

const char *desk_kind_words(const char *kind)
{
    return words_of(kind);
}

const char *desk_instrument(enum instrument instrument)
{
    bool is_removal = instrument == INSTRUMENT_CARBON_REMOVAL;
    return is_removal ? "Carbon removal credits" : "Renewable energy certificates";
}

const char *desk_unit(enum instrument instrument)
{
    return instrument == INSTRUMENT_CARBON_REMOVAL ? "credits" : "MWh";
}

struct sort_view desk_sort(struct url url, bool is_falling, bool is_rising)
{
    const char *direction = is_falling ? "descending" : is_rising ? "ascending" : "";
    return (struct sort_view){url, direction};
}

/* A count that stopped says so. */
static const char *count_words(struct arena *arena, int64_t count)
{
    return count == COUNT_MORE ? arena_printf(arena, "%s+", text_int_grouped(arena, LIST_COUNT_MAX))
                               : text_int_grouped(arena, count);
}

bool desk_pager(struct pager_view *pager, bool is_by_time, bool is_descending)
{
    pager->back_words = !is_by_time ? "Previous" : is_descending ? "Newer" : "Older";
    pager->on_words = !is_by_time ? "Next" : is_descending ? "Older" : "Newer";
    return pager->newer.text != NULL || pager->older.text != NULL;
}

const char *desk_count(struct arena *arena, int64_t count, const char *one, const char *many)
{
    return arena_printf(arena, "%s %s", count_words(arena, count), count == 1 ? one : many);
}

const char *desk_count_of(struct arena *arena, int64_t shown, int64_t all, const char *one,
                          const char *many)
{
    if (shown == all) {
        return desk_count(arena, all, one, many);
    }
    return arena_printf(arena, "%s of %s", count_words(arena, shown),
                        desk_count(arena, all, one, many));
}

const char *desk_verb(int64_t units, enum instrument instrument, const char *one, const char *many)
{
    return units == instrument_units_per_credit(instrument) ? one : many;
}

const char *desk_weight(struct arena *arena, int64_t units, enum instrument instrument)
{
    if (instrument != INSTRUMENT_CARBON_REMOVAL) {
        return "";
    }
    return arena_printf(arena, "%s kg CO₂e", text_int_grouped(arena, units));
}

struct url desk_batch_url(struct arena *arena, const char *batch_id)
{
    return url_path(arena, "/registry/credit-batches/*", batch_id);
}

struct url desk_project_url(struct arena *arena, const char *project_id)
{
    return url_path(arena, "/registry/projects/*", project_id);
}

struct url desk_org_url(struct arena *arena, const char *org_id)
{
    return url_path(arena, "/registry/organisations/*", org_id);
}

struct url desk_transfer_url(struct arena *arena, const char *transfer_id)
{
    return url_path(arena, "/account/transfers/*", transfer_id);
}

struct url desk_retirement_url(struct arena *arena, const char *retirement_id)
{
    return url_path(arena, "/registry/retirements/*", retirement_id);
}

struct url desk_certificate_url(struct arena *arena, const char *retirement_id)
{
    return url_path(arena, "/registry/retirements/*/certificate", retirement_id);
}

struct url desk_certificate_pdf_url(struct arena *arena, const char *retirement_id)
{
    return url_path(arena, "/registry/retirements/*/certificate.pdf", retirement_id);
}

const char *desk_person(struct visit *visit, const char *user_id)
{
    if (text_empty(user_id)) {
        return "The registry";
    }
    const char *name = people_name(visit->people, visit->arena, user_id);
    return text_empty(name) ? "Someone who has left" : name;
}

bool desk_may(const struct visit *visit, unsigned role)
{
    return (visit->org_roles & role) != 0;
}

void desk_key(const struct visit *visit, const char *once, const char *act, const char *transfer_id,
              char key[KEY_SIZE])
{
    struct digest_feed feed;
    digest_begin(&feed);
    digest_add_text(&feed, visit->session_id);
    digest_add_text(&feed, once);
    digest_add_text(&feed, act);
    digest_add_text(&feed, transfer_id);
    struct digest digest = digest_end(&feed);
    _Static_assert(KEY_SIZE == DIGEST_HEX_SIZE, "a key holds a digest in hex");
    digest_hex(&digest, key);
}

const char *desk_once(struct arena *arena)
{
    char token[TOKEN_SIZE];
    token_make(token);
    return arena_text(arena, token);
}

void desk_mend(struct response *response, enum status status)
{
    must(status != STATUS_OK);
    response->http_code = status_row(status)->http_code;
}

enum status desk_go(struct visit *visit, struct response *response, struct url to)
{
    response_redirect(response, visit->arena, to);
    return STATUS_OK;
}

void desk_csv(struct response *response, struct arena *arena, const char *file_name)
{
    response->content_type = "text/csv; charset=utf-8";
    response->disposition = arena_printf(arena, "attachment; filename=\"%s\"", file_name);
}

void desk_csv_stream(struct visit *visit, struct response *response, const char *file_name,
                     bool (*window)(struct response *response, void *state), void *state)
{
    desk_csv(response, visit->arena, file_name);
    response->stream = window;
    response->stream_state = state;
}

void desk_csv_line(struct out *out, const char *const *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            out_csv_next(out);
        }
        out_csv_cell(out, cells[i]);
    }
    out_csv_end(out);
}

bool desk_is_soon(const struct visit *visit, int64_t at)
{
    return at != 0 && at - visit->now_us < SOON_US;
}
