/* pages/retire_done.c: the receipt of a retirement. */
#include "pages/retire.h"

#include "account_templates.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/desk.h"
#include "pages/retirement_words.h"

static const char *const from_words[] = {"draft", NULL};
static const struct field_row query_rows[] = {
    {.name = "from", .kind = VALUE_WORD, .words = from_words},
};
const struct form retire_done_query = {query_rows, 1};

enum status retire_done_get(struct visit *visit, struct response *response)
{
    struct arena *arena = visit->arena;
    struct public_retirement row;
    if (!public_retirement_find(visit->registry, arena, visit->arguments[0], &row) ||
        !text_is(row.org_id, visit->org_id)) {
        return STATUS_NOT_FOUND;
    }
    const char *title = arena_printf(
        arena, "%s %s retired for %s", quantity_words(arena, row.units, row.instrument),
        desk_verb(row.units, row.instrument, "is", "are"), row.beneficiary);
    struct url public = desk_retirement_url(arena, row.retirement_id);
    struct retire_done_view view = {
        .page = chrome_of(visit, PLACE_MY_RETIREMENTS, title),
        .title = title,
        .retirement_id = row.retirement_id,
        .from_draft = text_empty(field_text(&visit->fields, "from"))
                          ? ""
                          : "This draft was sent already and became this retirement. Nothing was "
                            "done again.",
        .certificate = retirement_certificate(arena, &row),
        .by = desk_person(
            visit, my_retirement_by(visit->registry, arena, visit->org_id, row.retirement_id)),
        .certificate_url = desk_certificate_url(arena, row.retirement_id),
        .pdf_url = desk_certificate_pdf_url(arena, row.retirement_id),
        .public_url = public,
        .csv_url = url_with(arena, public, "format", "csv"),
    };
    chrome_trail(visit, &view.page, url_path(arena, "/account/retirements"), "Retirements");
    template_account_retire_done(&response->body, &view);
    return STATUS_OK;
}
