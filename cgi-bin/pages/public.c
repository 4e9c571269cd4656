/* pages/public.c: see pages/public.h: what the public pages share. */
#include "pages/public.h"

#include <string.h>

#include "base/build.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/desk.h"
#include "pages/fault.h"
#include "public_templates.h"
#include "store/site.h"

const char *public_page_tag(struct visit *visit)
{
    if (text_empty(build_id())) {
        return NULL;
    }
    struct site_moment moment = site_moment(visit->registry, visit->arena);
    struct digest_feed feed;
    digest_begin(&feed);
    digest_add_text(&feed, build_id());
    digest_add_int(&feed, moment.seq);
    digest_add_int(&feed, moment.recorded_at);
    digest_add_text(&feed, moment.subject_id);
    digest_add_int(&feed, visit->now_us / CLOCK_DAY_US); /* plots end with this year */
    digest_add_text(&feed, visit->request->path);
    digest_add_text(&feed, visit->request->query_text);
    struct digest digest = digest_end(&feed);
    char hex[DIGEST_HEX_SIZE];
    digest_hex(&digest, hex);
    return arena_printf(visit->arena, "\"%.32s\"", hex);
}

enum status public_show(struct visit *visit, struct response *response)
{
    response->is_public = true;
    response->etag = visit->page_tag;
    return STATUS_OK;
}

enum status public_show_list(struct visit *visit, struct response *response)
{
    if (visit->fields.error_count > 0) {
        desk_mend(response, STATUS_FORM_FAULTS);
        return STATUS_OK;
    }
    return public_show(visit, response);
}

void public_error_page(struct visit *visit, enum status status, struct response *response)
{
    struct fault_page view = fault_page_of(visit, status, PLACE_REGISTRY, response);
    template_public_fault(&response->body, &view);
}

struct url public_transfer_url(struct arena *arena, const char *transfer_id)
{
    return url_path(arena, "/registry/transfers/*", transfer_id);
}

struct url public_issuance_url(struct arena *arena, const char *issuance_id)
{
    return url_path(arena, "/registry/issuances/*", issuance_id);
}

struct url public_retirement_url(struct arena *arena, const char *retirement_id)
{
    return url_path(arena, "/registry/retirements/*", retirement_id);
}

struct url public_delivery_url(struct arena *arena, const char *delivery_id)
{
    return url_path(arena, "/registry/deliveries/*", delivery_id);
}

struct link_view public_org_link(struct arena *arena, const char *org_id, const char *name)
{
    return (struct link_view){name, desk_org_url(arena, org_id)};
}

struct link_view public_project_link(struct arena *arena, const char *project_id, const char *name)
{
    return (struct link_view){name, desk_project_url(arena, project_id)};
}

const char *public_org_name(struct visit *visit, const char *org_id)
{
    struct public_org org;
    if (text_empty(org_id)) {
        return "";
    }
    return public_org_find(visit->registry, visit->arena, org_id, &org) ? org.name : "unknown";
}

int64_t public_add(int64_t sum, int64_t units)
{
    int64_t together = 0;
    bool fits = quantity_add(sum, units, &together);
    must(fits);
    return together;
}

const char *public_figure(struct arena *arena, int64_t units, enum instrument instrument)
{
    return units == 0 ? "–" : quantity_show(arena, units, instrument);
}

const char *public_plain_words(struct arena *arena, const char *slug)
{
    const char *copy = arena_text(arena, slug);
    size_t size_bytes = strlen(copy);
    char *words = arena_take(arena, size_bytes + 1, 1);
    for (size_t i = 0; i < size_bytes; i++) {
        bool is_first = i == 0 && copy[i] >= 'a' && copy[i] <= 'z';
        words[i] = is_first ? (char)(copy[i] - 'a' + 'A') : copy[i] == '_' ? ' ' : copy[i];
    }
    return words;
}

const char *public_day(struct arena *arena, const char *day)
{
    int64_t at = 0;
    /* The time 0 is none and has no words: its day is told as it is. */
    return clock_parse_date(day, &at) && at != 0 ? clock_date_words(arena, at) : day;
}

const char *public_period(struct arena *arena, const char *start, const char *end)
{
    if (text_empty(start) && text_empty(end)) {
        return "";
    }
    if (text_empty(start) || text_empty(end)) {
        return arena_printf(arena, "%s %s", text_empty(start) ? "until" : "from",
                            public_day(arena, text_empty(start) ? end : start));
    }
    return arena_printf(arena, "%s to %s", public_day(arena, start), public_day(arena, end));
}

const char *public_redacted(struct arena *arena, const struct public_transfer *transfer)
{
    return desk_redacted(
        arena, "The note",
        (struct redaction){transfer->note_redacted_at, transfer->note_redacted_reason});
}

struct link_view public_transfer_to(struct arena *arena, const struct public_transfer *transfer)
{
    if (text_is(transfer->kind, "export")) {
        return (struct link_view){arena_printf(arena, "Out to %s", transfer->to_system), {NULL}};
    }
    if (text_is(transfer->kind, "internal")) {
        return (struct link_view){"Inside the organisation", {NULL}};
    }
    return public_org_link(arena, transfer->to_org_id, transfer->to_name);
}

struct public_transfer_table public_transfer_table(struct visit *visit,
                                                   struct public_transfers transfers)
{
    struct arena *arena = visit->arena;
    struct public_transfer_row *rows =
        arena_array(arena, struct public_transfer_row, transfers.count + 1);
    bool is_one = true;
    for (size_t i = 1; i < transfers.count; i++) {
        is_one = is_one && transfers.at[i].instrument == transfers.at[0].instrument;
    }
    for (size_t i = 0; i < transfers.count; i++) {
        const struct public_transfer *one = &transfers.at[i];
        rows[i] = (struct public_transfer_row){
            .transfer_id = one->transfer_id,
            .url = public_transfer_url(arena, one->transfer_id),
            .completed = desk_when(arena, one->ended_at),
            .from = public_org_link(arena, one->from_org_id, one->from_name),
            .to = public_transfer_to(arena, one),
            .to_more = one->to_system_party,
            .project = public_project_link(arena, one->project_id, one->project_name),
            .has_more_projects = one->has_more_projects,
            .notes = one->notes,
            .redacted = public_redacted(arena, one),
            .quantity = quantity_show(arena, one->units, one->instrument),
            .unit_here = is_one ? "" : desk_unit(one->instrument),
        };
    }
    return (struct public_transfer_table){
        is_one && transfers.count > 0 ? desk_unit(transfers.at[0].instrument) : "",
        {rows, transfers.count}};
}

struct public_retirement_table public_retirement_table(struct visit *visit,
                                                       struct public_retirements retirements)
{
    struct arena *arena = visit->arena;
    struct public_retirement_row *rows =
        arena_array(arena, struct public_retirement_row, retirements.count + 1);
    bool is_one = true;
    for (size_t i = 1; i < retirements.count; i++) {
        is_one = is_one && retirements.at[i].instrument == retirements.at[0].instrument;
    }
    for (size_t i = 0; i < retirements.count; i++) {
        const struct public_retirement *one = &retirements.at[i];
        rows[i] = (struct public_retirement_row){
            .retirement_id = one->retirement_id,
            .url = public_retirement_url(arena, one->retirement_id),
            .retired = desk_when(arena, one->retired_at),
            .beneficiary = public_org_link(arena, one->beneficiary_org_id, one->beneficiary),
            .owner = public_org_link(arena, one->org_id, one->org_name),
            .project = public_project_link(arena, one->project_id, one->project_name),
            .has_more_projects = one->has_more_projects,
            .notes = one->notes,
            .redacted = desk_redacted(arena, "The note", one->note_redacted),
            .quantity = quantity_show(arena, one->units, one->instrument),
            .unit_here = is_one ? "" : desk_unit(one->instrument),
        };
    }
    return (struct public_retirement_table){
        is_one && retirements.count > 0 ? desk_unit(retirements.at[0].instrument) : "",
        {rows, retirements.count}};
}

struct public_issuance_table public_issuance_table(struct visit *visit,
                                                   struct public_issuances issuances)
{
    struct arena *arena = visit->arena;
    struct public_issuance_row *rows =
        arena_array(arena, struct public_issuance_row, issuances.count + 1);
    bool is_one = true;
    for (size_t i = 1; i < issuances.count; i++) {
        is_one = is_one && issuances.at[i].instrument == issuances.at[0].instrument;
    }
    for (size_t i = 0; i < issuances.count; i++) {
        const struct public_issuance *one = &issuances.at[i];
        rows[i] = (struct public_issuance_row){
            .issuance_id = one->issuance_id,
            .url = public_issuance_url(arena, one->issuance_id),
            .issued = desk_when(arena, one->issued_at),
            .kind = text_is(one->kind, "imported") ? "Imported" : "",
            .project = public_project_link(arena, one->project_id, one->project_name),
            .supplier = public_org_link(arena, one->org_id, one->org_name),
            .vintage = arena_printf(arena, "%lld", (long long)one->vintage),
            .quantity = quantity_show(arena, one->units, one->instrument),
            .buffer = public_figure(arena, one->buffer_units, one->instrument),
            .unit_here = is_one ? "" : desk_unit(one->instrument),
        };
    }
    return (struct public_issuance_table){
        is_one && issuances.count > 0 ? desk_unit(issuances.at[0].instrument) : "",
        {rows, issuances.count}};
}
