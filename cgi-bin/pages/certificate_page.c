/* pages/certificate_page.c: the certificate as a page, as a PDF and as its record; verifying one
 * from paper. See pages/certificate.h. */
#include "pages/certificate.h"

#include "base/text.h"
#include "base/url.h"
#include "pages/chrome.h"
#include "pages/desk.h"
#include "pages/public.h"
#include "pages/retirement_words.h"
#include "public_templates.h"
#include "store/site.h"

static const struct field_row rows[] = {
    {.name = "number", .kind = VALUE_LINE, .chars_max = 40, .label = "The certificate’s number"},
    {.name = "code", .kind = VALUE_LINE, .chars_max = 100, .label = "The verification code"},
};
const struct form certificate_verify_form = {rows, sizeof(rows) / sizeof(rows[0])};

/* The code of a retirement's certificate, computed now. */
static const char *code_of(struct visit *visit, const struct public_retirement *row)
{
    struct digest digest = certificate_record(visit, row, NULL);
    char *code = arena_array(visit->arena, char, CERTIFICATE_CODE_SIZE);
    certificate_code(&digest, code);
    return code;
}

/* The verification's address in full, as it stands on paper and in the drawing. */
static const char *verify_words(struct visit *visit, const struct site *site,
                                const char *retirement_id, const char *code)
{
    struct url url = certificate_verify_url(visit->arena, retirement_id, code);
    return url_absolute(visit->arena, site->url, url).text;
}

/* A camera needs the whole address: without the site's own there is nothing to draw. */
static bool draw_qr(const struct site *site, const char *words, struct certificate_qr *qr)
{
    return !text_empty(site->url) && certificate_qr_make(words, qr);
}

enum status certificate_get(struct visit *visit, struct response *response)
{
    struct arena *arena = visit->arena;
    struct public_retirement row;
    if (!public_retirement_find(visit->registry, arena, visit->arguments[0], &row)) {
        return STATUS_NOT_FOUND;
    }
    const char *id = row.retirement_id;
    struct site site = site_read(visit->registry, arena);
    struct url csv = url_with(arena, public_retirement_url(arena, id), "format", "csv");
    struct certificate_page_view view = {
        .page = chrome_of(visit, PLACE_RETIREMENTS, arena_printf(arena, "Certificate %s", id)),
        .certificate = retirement_certificate(arena, &row),
        .retirement_id = id,
        .code = code_of(visit, &row),
        .qr_path = "",
        .pdf_url = desk_certificate_pdf_url(arena, id),
        .record_url = certificate_record_url(arena, id),
        .retirement_url = public_retirement_url(arena, id),
        .blocks = public_block_table(visit, PUBLIC_BLOCKS_OF_RETIREMENT, id, csv),
    };
    view.verify_url = certificate_verify_url(arena, id, view.code);
    view.verify_words = verify_words(visit, &site, id, view.code);
    struct certificate_qr *qr = arena_one(arena, struct certificate_qr);
    if (draw_qr(&site, view.verify_words, qr)) {
        view.qr_path = certificate_qr_path(arena, qr);
        view.qr_box = arena_printf(arena, "0 0 %d %d", qr->side + 8, qr->side + 8);
    }
    chrome_trail(visit, &view.page, url_path(arena, "/registry/retirements"), "Retirements");
    chrome_trail(visit, &view.page, view.retirement_url, id);
    template_public_certificate(&response->body, &view);
    return public_show(visit, response);
}

/* The first blocks in words; what is left is said. */
static void fill_blocks(struct visit *visit, const struct public_retirement *row,
                        struct certificate_paper *paper)
{
    struct arena *arena = visit->arena;
    struct public_blocks found = public_blocks(visit->registry, arena, PUBLIC_BLOCKS_OF_RETIREMENT,
                                               row->retirement_id, "", BLOCKS_SHOWN_MAX);
    struct certificate_block *blocks =
        arena_array(arena, struct certificate_block, found.count + 1);
    for (size_t i = 0; i < found.count; i++) {
        const struct public_block *one = &found.at[i];
        blocks[i] = (struct certificate_block){
            .serial = serial_text(arena, &one->serial),
            .about = arena_printf(arena, "Vintage %d, %s, %s", one->serial.vintage,
                                  one->supplier_name, one->project_name),
            .quantity = quantity_words(arena, one->units, one->instrument),
        };
    }
    const char *all = desk_count(arena, row->block_count, "block", "blocks");
    paper->blocks = blocks;
    paper->block_count = found.count;
    paper->block_words = row->block_count == (int64_t)found.count
                             ? all
                             : arena_printf(arena, "The first %d of %s; all are in the record",
                                            BLOCKS_SHOWN_MAX, all);
}

enum status certificate_pdf_get(struct visit *visit, struct response *response)
{
    struct arena *arena = visit->arena;
    struct public_retirement row;
    if (!public_retirement_find(visit->registry, arena, visit->arguments[0], &row)) {
        return STATUS_NOT_FOUND;
    }
    struct site site = site_read(visit->registry, arena);
    struct certificate_view view = retirement_certificate(arena, &row);
    struct certificate_qr *qr = arena_one(arena, struct certificate_qr);
    struct certificate_paper paper = {
        .site_name = site.name,
        .is_demo = site.is_demo,
        .is_sandbox = site.is_sandbox,
        .retirement_id = row.retirement_id,
        .retired_iso = view.retired.iso,
        .view = &view,
        .code = code_of(visit, &row),
    };
    paper.verify_words = verify_words(visit, &site, row.retirement_id, paper.code);
    paper.qr = draw_qr(&site, paper.verify_words, qr) ? qr : NULL;
    fill_blocks(visit, &row, &paper);
    enum status status = certificate_draw(&paper, &response->body);
    if (status != STATUS_OK) {
        return status;
    }
    /* Other acts of the ledger do not change it: its tag is its own, not that of the moment. */
    struct digest digest = digest_of(response->body.bytes, response->body.size_bytes);
    char hex[DIGEST_HEX_SIZE];
    digest_hex(&digest, hex);
    response->is_public = true;
    response->etag = arena_printf(arena, "\"%.32s\"", hex);
    response->content_type = "application/pdf";
    response->disposition =
        arena_printf(arena, "inline; filename=\"certificate-%s.pdf\"", row.retirement_id);
    return STATUS_OK;
}

enum status certificate_record_get(struct visit *visit, struct response *response)
{
    struct public_retirement row;
    if (!public_retirement_find(visit->registry, visit->arena, visit->arguments[0], &row)) {
        return STATUS_NOT_FOUND;
    }
    struct digest digest = certificate_record(visit, &row, &response->body);
    char hex[DIGEST_HEX_SIZE];
    digest_hex(&digest, hex);
    response->is_public = true;
    response->etag = arena_printf(visit->arena, "\"%.32s\"", hex);
    response->content_type = "text/plain; charset=utf-8";
    return STATUS_OK;
}

/* ---- verifying ---- */

/* Looks the number up and compares the code. */
static void verify(struct visit *visit, struct certificate_verify_view *view)
{
    struct public_retirement row;
    if (!public_retirement_find(visit->registry, visit->arena, view->number, &row)) {
        view->is_missing = true;
        return;
    }
    struct digest digest = certificate_record(visit, &row, NULL);
    bool has_code = !text_empty(view->code);
    view->is_proved = has_code && certificate_code_is(view->code, &digest);
    bool is_redacted = row.note_redacted.at != 0 || row.beneficiary_redacted.at != 0;
    view->is_altered = has_code && !view->is_proved && is_redacted;
    view->is_denied = has_code && !view->is_proved && !is_redacted;
    view->is_found = !has_code;
    view->retirement_id = row.retirement_id;
    view->certificate = retirement_certificate(visit->arena, &row);
    view->block_words = desk_count(visit->arena, row.block_count, "block", "blocks");
    view->certificate_url = desk_certificate_url(visit->arena, row.retirement_id);
    view->record_url = certificate_record_url(visit->arena, row.retirement_id);
}

/* Numbers are typed from paper: in small letters, or without what stands before them. */
static const char *number_of(struct visit *visit)
{
    const char *typed = field_text(&visit->fields, "number");
    char *number = arena_array(visit->arena, char, ID_SIZE);
    size_t used = 0;
    const char *at = text_starts(text_lower(visit->arena, typed), "ret_") ? typed + 4 : typed;
    for (; *at != '\0'; at++) {
        char letter = *at >= 'a' && *at <= 'z' ? (char)(*at - 'a' + 'A') : *at;
        if (letter == ' ' || letter == '-') {
            continue;
        }
        if (used == ID_SIZE - 5) {
            return typed;
        }
        /* As Crockford's base32 has it. */
        number[used++] = letter == 'O' ? '0' : letter == 'I' || letter == 'L' ? '1' : letter;
    }
    const char *whole = arena_printf(visit->arena, "ret_%s", number);
    return id_is(whole, "ret") ? whole : typed;
}

enum status certificate_verify_get(struct visit *visit, struct response *response)
{
    const char *number = number_of(visit);
    const char *code = field_text(&visit->fields, "code");
    bool is_empty = text_empty(number) && text_empty(code);
    if (!is_empty && !id_is(number, "ret")) {
        field_fault(&visit->fields, "number",
                    text_empty(number)
                        ? "Enter the number that stands on the certificate."
                        : "Enter the number as on the certificate, such as ret_1KNSQMD6Z1S0TB50.");
    }
    if (!text_empty(code) && !certificate_code_is_one(code)) {
        field_fault(&visit->fields, "code",
                    "Enter the 20 digits of the code, each 0 to 9 or a to f, such as 7f3a 09bc "
                    "41de 88a0 c55e.");
    }
    struct certificate_verify_view view = {
        .page = chrome_of(visit, PLACE_RETIREMENTS,
                          chrome_fault_title(visit, "Is a certificate genuine?")),
        .faults = chrome_faults(visit),
        .has_faults = visit->fields.error_count > 0,
        .number = number,
        .number_error = chrome_fault(visit, "number"),
        .code = code,
        .code_error = chrome_fault(visit, "code"),
    };
    chrome_trail(visit, &view.page, url_path(visit->arena, "/registry/retirements"), "Retirements");
    if (!is_empty && !view.has_faults) {
        verify(visit, &view);
    }
    template_public_certificate_verify(&response->body, &view);
    return public_show_list(visit, response);
}
