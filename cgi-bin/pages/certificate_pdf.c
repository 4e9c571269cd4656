/* pages/certificate_pdf.c: how a certificate is laid out on paper. See pages/certificate.h. All
 * measures are tenths of a point. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "pages/certificate.h"
#include "pages/certificate_sheet.h"

#define LEFT 720
#define RIGHT 5230
#define WIDTH (RIGHT - LEFT)
#define PROOF_TOP 6780 /* of the first page: how to verify it */
#define FOOT 8140      /* base line of the last line of each page */
#define BODY_TOP 1020  /* of every page but the first */
#define BODY_END 7860  /* of every page but the first */
#define ROW_HEIGHT 300 /* a block: serial and quantity, project below */
#define QR_SIZE 960

static const struct sheet_style plain = {SHEET_ROMAN, 130, SHEET_BLACK};
static const struct sheet_style soft = {SHEET_ITALIC, 130, SHEET_SOFT};
static const struct sheet_style large = {SHEET_ROMAN, 400, SHEET_BLACK};
static const struct sheet_style heading = {SHEET_ROMAN, 170, SHEET_BLACK};
static const struct sheet_style label = {SHEET_ROMAN, 110, SHEET_SOFT};
static const struct sheet_style fact = {SHEET_ROMAN, 115, SHEET_BLACK};
static const struct sheet_style quote = {SHEET_ITALIC, 115, SHEET_BLACK};
static const struct sheet_style small = {SHEET_ROMAN, 95, SHEET_SOFT};
static const struct sheet_style serial = {SHEET_MONO, 84, SHEET_BLACK};
static const struct sheet_style number = {SHEET_MONO, 100, SHEET_BLACK};
static const struct sheet_style address = {SHEET_MONO, 100, SHEET_ACCENT};
static const struct sheet_style alarm = {SHEET_ITALIC, 115, SHEET_ALARM};

/* Where the pen is. */
struct pen {
    struct sheet sheet;
    const struct certificate_paper *paper;
    int y;
    int page;
    int pages;
};

static void put(struct pen *pen, int x, int y, struct sheet_style style, const char *text)
{
    sheet_text(&pen->sheet, x, y, style, text, strlen(text));
}

static void put_right(struct pen *pen, int y, struct sheet_style style, const char *text)
{
    put(pen, RIGHT - sheet_width(&pen->sheet, style, text, strlen(text)), y, style, text);
}

/* One line; what does not fit is cut and says so. */
static void put_cut(struct pen *pen, int x, int y, struct sheet_style style, const char *text,
                    int width)
{
    size_t skip_bytes = 0;
    size_t fits = sheet_fit(&pen->sheet, style, text, width, &skip_bytes);
    if (text[fits] == '\0') {
        put(pen, x, y, style, text);
        return;
    }
    int room = width - sheet_width(&pen->sheet, style, "…", strlen("…"));
    fits = sheet_fit(&pen->sheet, style, text, room, &skip_bytes);
    sheet_text(&pen->sheet, x, y, style, text, fits);
    put(pen, x + sheet_width(&pen->sheet, style, text, fits), y, style, "…");
}

static int count_lines(struct pen *pen, struct sheet_style style, const char *text, int width)
{
    int count = 0;
    for (const char *at = text; *at != '\0'; count++) {
        size_t skip_bytes = 0;
        (void)sheet_fit(&pen->sheet, style, at, width, &skip_bytes);
        at += skip_bytes;
    }
    return count;
}

/* A paragraph from the pen's line on; the pen goes below it. */
static void put_lines(struct pen *pen, int x, struct sheet_style style, const char *text, int width,
                      int leading)
{
    sheet_tag(&pen->sheet, "P");
    for (const char *at = text; *at != '\0';) {
        size_t skip_bytes = 0;
        size_t fits = sheet_fit(&pen->sheet, style, at, width, &skip_bytes);
        sheet_text(&pen->sheet, x, pen->y, style, at, fits);
        pen->y += leading;
        at += skip_bytes;
    }
    sheet_tag_end(&pen->sheet, "P");
}

/* The mark of the site's header: a tally stick, split. */
static void put_mark(struct pen *pen, int x, int y)
{
    static const int halves[2][13][2] = {
        {{110, 0},
         {50, 0},
         {50, 30},
         {75, 45},
         {50, 60},
         {50, 80},
         {75, 95},
         {50, 110},
         {50, 120},
         {85, 150},
         {50, 180},
         {50, 240},
         {110, 240}},
        {{130, 0},
         {190, 0},
         {190, 30},
         {165, 45},
         {190, 60},
         {190, 80},
         {165, 95},
         {190, 110},
         {190, 120},
         {155, 150},
         {190, 180},
         {190, 200},
         {130, 200}},
    };
    for (int half = 0; half < 2; half++) {
        int corners[26];
        for (size_t i = 0; i < 13; i++) {
            corners[2 * i] = x - 50 + halves[half][i][0];
            corners[2 * i + 1] = y + halves[half][i][1];
        }
        sheet_shape(&pen->sheet, corners, 13, SHEET_ACCENT);
    }
}

/* The notched bar below the site's header. */
static void put_bar(struct pen *pen, int y)
{
    enum { NOTCHES = 12, STEP = WIDTH / NOTCHES };
    int corners[2 * (4 + 3 * NOTCHES)] = {LEFT, y, RIGHT, y, RIGHT, y + 60};
    size_t count = 3;
    for (int i = NOTCHES; i > 0; i--) {
        int middle = LEFT + STEP * i - STEP / 2;
        const int notch[6] = {middle + 38, y + 60, middle, y + 24, middle - 38, y + 60};
        memcpy(corners + 2 * count, notch, sizeof(notch));
        count += 3;
    }
    corners[2 * count] = LEFT;
    corners[2 * count + 1] = y + 60;
    sheet_shape(&pen->sheet, corners, count + 1, SHEET_ACCENT);
}

static void put_head(struct pen *pen)
{
    const struct sheet_style name = {SHEET_ROMAN, 170, SHEET_BLACK};
    const struct sheet_style title = {SHEET_ITALIC, 140, SHEET_SOFT};
    put_mark(pen, LEFT, 430);
    sheet_tag(&pen->sheet, "P");
    put_cut(pen, LEFT + 210, 610, name, pen->paper->site_name, 2500);
    sheet_tag_end(&pen->sheet, "P");
    sheet_tag(&pen->sheet, "H1");
    put_right(pen, 610, title, "Certificate of retirement");
    sheet_tag_end(&pen->sheet, "H1");
    put_bar(pen, 730);
    pen->y = BODY_TOP;
}

static void put_foot(struct pen *pen)
{
    char page[64];
    (void)snprintf(page, sizeof(page), "Page %d of %d", pen->page, pen->pages);
    put(pen, LEFT, FOOT, small, pen->paper->retirement_id);
    put_right(pen, FOOT, small, page);
    if (pen->sheet.is_lossy) {
        put(pen, LEFT, FOOT - 140, small,
            "▯ stands for a letter that the typefaces of this document lack. The certificate’s "
            "page shows every letter.");
    }
}

static void next_page(struct pen *pen)
{
    put_foot(pen);
    sheet_next_page(&pen->sheet);
    pen->page++;
    put_head(pen);
}

/* A name as large as it can be in a few lines. */
static void put_name(struct pen *pen, const char *name)
{
    static const int sizes[] = {260, 200, 150};
    struct sheet_style style = {SHEET_ROMAN, sizes[0], SHEET_ACCENT};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        style.size = sizes[i];
        if (count_lines(pen, style, name, WIDTH) <= 3) {
            break;
        }
    }
    pen->y += style.size;
    put_lines(pen, LEFT, style, name, WIDTH, style.size * 6 / 5);
}

/* Who retired what, for whom and when. */
static void put_statement(struct pen *pen)
{
    const struct certificate_view *view = pen->paper->view;
    char line[4 * NOTE_SIZE];
    pen->y += 120;
    if (pen->paper->is_demo || pen->paper->is_sandbox) {
        (void)snprintf(line, sizeof(line),
                       "%s: this paper shows what a certificate looks like. It certifies nothing.",
                       pen->paper->is_demo ? "A demonstration registry" : "A sandbox");
        put_lines(pen, LEFT, alarm, line, WIDTH, 160);
        pen->y += 60;
    }
    pen->y += 60;
    put_lines(pen, LEFT, soft, "This certifies that", WIDTH, 0);
    pen->y += 430;
    put_lines(pen, LEFT, large, view->quantity, WIDTH, 230);
    (void)snprintf(line, sizeof(line), "%s %s retired for good %s", view->of, view->was,
                   view->is_own ? "by" : "on behalf of");
    put_lines(pen, LEFT, plain, line, WIDTH, 180);
    pen->y -= 60;
    put_name(pen, view->is_own ? view->owner.words : view->beneficiary.words);
    (void)snprintf(line, sizeof(line), "%s%s on %s.", view->is_own ? "for itself" : "by ",
                   view->is_own ? "" : view->owner.words, view->retired.words);
    put_lines(pen, LEFT, plain, line, WIDTH, 180);
    put_lines(pen, LEFT, plain, "They can never be moved, sold or retired again.", WIDTH, 180);
}

/* What stands there instead of redacted words: small, so that two long reasons have room. */
static void put_redacted(struct pen *pen, const char *about, const char *sentence)
{
    enum { COLUMN = LEFT + 960 };
    if (!text_empty(sentence)) {
        pen->y += 60;
        put(pen, LEFT, pen->y, label, about);
        put_lines(pen, COLUMN, small, sentence, RIGHT - COLUMN, 130);
        pen->y += 30;
    }
}

static void put_facts(struct pen *pen)
{
    const struct certificate_view *view = pen->paper->view;
    enum { COLUMN = LEFT + 960 };
    pen->y += 60;
    sheet_box(&pen->sheet, LEFT, pen->y - 60, WIDTH, 5, SHEET_LINE);
    pen->y += 130;
    put(pen, LEFT, pen->y, label, view->purposes.count == 1 ? "Purpose" : "Purposes");
    for (size_t i = 0; i < view->purposes.count; i++) {
        put_lines(pen, COLUMN, fact, view->purposes.at[i].words, RIGHT - COLUMN, 160);
    }
    if (!text_empty(view->notes)) {
        char line[NOTE_SIZE + 8];
        (void)snprintf(line, sizeof(line), "“%s”", view->notes);
        pen->y += 60;
        put(pen, LEFT, pen->y, label, "Public note");
        put_lines(pen, COLUMN, quote, line, RIGHT - COLUMN, 160);
    }
    put_redacted(pen, "Public note", view->redacted);
    put_redacted(pen, "Beneficiary", view->name_redacted);
    pen->y += 20;
    sheet_box(&pen->sheet, LEFT, pen->y - 80, WIDTH, 5, SHEET_LINE);
}

static void put_proof(struct pen *pen)
{
    const struct certificate_paper *paper = pen->paper;
    const struct certificate_qr *qr = paper->qr;
    enum { COLUMN = LEFT + QR_SIZE + 240 };
    sheet_box(&pen->sheet, LEFT, PROOF_TOP, WIDTH, 10, SHEET_ACCENT);
    for (int i = 0; qr != NULL && i < qr->side * qr->side; i++) {
        /* From the edges, so that no rounding leaves a line of light between two squares. */
        int left = i % qr->side * QR_SIZE / qr->side;
        int right = (i % qr->side + 1) * QR_SIZE / qr->side;
        int top = i / qr->side * QR_SIZE / qr->side;
        int bottom = (i / qr->side + 1) * QR_SIZE / qr->side;
        if (qr->dark[i]) {
            sheet_box(&pen->sheet, LEFT + left, PROOF_TOP + 130 + top, right - left, bottom - top,
                      SHEET_BLACK);
        }
    }
    int x = qr == NULL ? LEFT : COLUMN;
    pen->y = PROOF_TOP + 220;
    sheet_tag(&pen->sheet, "H2");
    put(pen, x, pen->y, heading, "Is this paper genuine?");
    sheet_tag_end(&pen->sheet, "H2");
    pen->y += 180;
    put_lines(
        pen, x, small,
        "Scan the code, or open the address and type number and code. The registry shows what "
        "it certified: every line must be as on this paper.",
        RIGHT - x, 130);
    pen->y += 40;
    put(pen, x, pen->y, small, "Number");
    put(pen, x + 420, pen->y, number, paper->retirement_id);
    pen->y += 150;
    put(pen, x, pen->y, small, "Code");
    put(pen, x + 420, pen->y, number, paper->code);
    pen->y += 150;
    put(pen, x, pen->y, small, "Address");
    sheet_link(&pen->sheet, paper->verify_words);
    /* Without what the lines above say. */
    size_t typed_bytes = strcspn(paper->verify_words, "?");
    sheet_text(&pen->sheet, x + 420, pen->y, address, paper->verify_words, typed_bytes);
    sheet_link_end(&pen->sheet);
}

static void put_row(struct pen *pen, const struct certificate_block *block)
{
    struct sheet *sheet = &pen->sheet;
    int quantity_width = sheet_width(sheet, fact, block->quantity, strlen(block->quantity)) + 200;
    sheet_tag(sheet, "TR");
    sheet_tag(sheet, "TD");
    put_cut(pen, LEFT, pen->y, serial, block->serial, WIDTH - quantity_width);
    put_cut(pen, LEFT, pen->y + 125, small, block->about, WIDTH - quantity_width);
    sheet_tag_end(sheet, "TD");
    sheet_tag(sheet, "TD");
    put_right(pen, pen->y, fact, block->quantity);
    sheet_tag_end(sheet, "TD");
    sheet_tag_end(sheet, "TR");
    sheet_box(sheet, LEFT, pen->y + 175, WIDTH, 4, SHEET_LINE);
    pen->y += ROW_HEIGHT;
}

static void put_blocks_heading(struct pen *pen)
{
    pen->y += 240;
    sheet_tag(&pen->sheet, "H2");
    put(pen, LEFT, pen->y, heading, "Serial numbers");
    sheet_tag_end(&pen->sheet, "H2");
    put_right(pen, pen->y, small, pen->paper->block_words);
    pen->y += 240;
}

/* How many of the rows end above a line, from the pen on. */
static size_t rows_above(const struct pen *pen, int end)
{
    return pen->y + ROW_HEIGHT > end ? 0 : (size_t)((end - pen->y) / ROW_HEIGHT);
}

static void put_blocks(struct pen *pen)
{
    const struct certificate_paper *paper = pen->paper;
    enum { HEADING = 480 };
    struct pen first = *pen;
    struct pen other = {.y = BODY_TOP + HEADING};
    first.y += HEADING;
    size_t on_first = rows_above(&first, PROOF_TOP - 60);
    size_t on_other = rows_above(&other, BODY_END);
    on_first = on_first < paper->block_count ? on_first : paper->block_count;
    pen->pages = 1 + (int)((paper->block_count - on_first + on_other - 1) / on_other);
    size_t at = 0;
    for (size_t room = on_first; at < paper->block_count; room = on_other) {
        if (room == 0 || at > 0) {
            next_page(pen);
            room = on_other;
        }
        put_blocks_heading(pen);
        sheet_tag(&pen->sheet, "Table");
        for (; room > 0 && at < paper->block_count; room--) {
            put_row(pen, &paper->blocks[at++]);
        }
        sheet_tag_end(&pen->sheet, "Table");
    }
    put_foot(pen);
}

enum status certificate_draw(const struct certificate_paper *paper, struct out *out)
{
    char title[128];
    char made_at[32]; /* to the second: cairo takes no finer time */
    (void)snprintf(made_at, sizeof(made_at), "%.19sZ", paper->retired_iso);
    (void)snprintf(title, sizeof(title), "Certificate of retirement %s", paper->retirement_id);
    const struct sheet_title about = {
        .title = title, .author = paper->site_name, .made_iso = made_at};
    struct pen pen = {.paper = paper, .page = 1};
    enum status status = sheet_begin(&pen.sheet, out, &about);
    if (status != STATUS_OK) {
        return status;
    }
    put_head(&pen);
    put_statement(&pen);
    put_facts(&pen);
    int below_facts = pen.y;
    put_proof(&pen);
    pen.y = below_facts;
    put_blocks(&pen);
    return sheet_end(&pen.sheet);
}
