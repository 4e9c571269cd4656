/* pages/certificate_sheet.c: see pages/certificate_sheet.h. Cairo measures in its own (floating)
 * numbers; none of them is a quantity. */
#include "pages/certificate_sheet.h"

#include <cairo-ft.h>
#include <cairo-pdf.h>
#include <ft2build.h>
#include <stdio.h>
#include <string.h>
#include FT_FREETYPE_H

#include "base/log.h"
#include "base/must.h"
#include "base/text.h"

#define FONTS "/usr/share/fonts/truetype/"

/* The four faces, and one for letters that they lack. */
enum { FACE_OTHER = SHEET_FACE__COUNT, FACE__COUNT };
static const char *const face_files[FACE__COUNT] = {
    [SHEET_ROMAN] = FONTS "gentiumplus/GentiumPlus-Regular.ttf",
    [SHEET_BOLD] = FONTS "gentiumplus/GentiumPlus-Bold.ttf",
    [SHEET_ITALIC] = FONTS "gentiumplus/GentiumPlus-Italic.ttf",
    [SHEET_MONO] = FONTS "dejavu/DejaVuSansMono.ttf",
    [FACE_OTHER] = FONTS "dejavu/DejaVuSans.ttf",
};
static FT_Library library;
static FT_Face faces[FACE__COUNT];
static cairo_font_face_t *cairo_faces[FACE__COUNT];

static const double inks[SHEET_INK__COUNT][3] = {
    [SHEET_BLACK] = {0.106, 0.129, 0.118},  [SHEET_SOFT] = {0.325, 0.349, 0.310},
    [SHEET_ACCENT] = {0.059, 0.263, 0.212}, [SHEET_LINE] = {0.847, 0.820, 0.757},
    [SHEET_ALARM] = {0.541, 0.102, 0.110},
};

#define EMPTY_BOX "\xe2\x96\xaf" /* U+25AF */

/* Scripts whose letters join, move or run from right to left: glyph after glyph would be wrong. */
static const struct {
    FT_ULong first, last;
} joined[] = {{0x0590, 0x08FF}, {0x0900, 0x109F}, {0x1780, 0x18AF},
              {0xFB1D, 0xFDFF}, {0xFE70, 0xFEFE}, {0x10800, 0x10FFF}};

static bool open_face(int number)
{
    static bool has_library;
    if (!has_library) {
        has_library = FT_Init_FreeType(&library) == 0;
    }
    if (faces[number] == NULL && has_library &&
        FT_New_Face(library, face_files[number], 0, &faces[number]) != 0) {
        faces[number] = NULL;
    }
    if (faces[number] == NULL) {
        log_event("error", "typeface-missing", "file", face_files[number], NULL);
        return false;
    }
    if (cairo_faces[number] == NULL) {
        cairo_faces[number] =
            cairo_ft_font_face_create_for_ft_face(faces[number], FT_LOAD_NO_HINTING);
    }
    return cairo_font_face_status(cairo_faces[number]) == CAIRO_STATUS_SUCCESS;
}

static cairo_status_t take_bytes(void *state, const unsigned char *bytes, unsigned size_bytes)
{
    struct sheet *sheet = state;
    struct out *out = sheet->out;
    if (size_bytes > out->capacity_bytes - out->size_bytes) {
        sheet->is_full = true; /* out_bytes would leave through cairo */
        return CAIRO_STATUS_WRITE_ERROR;
    }
    out_bytes(out, (const char *)bytes, size_bytes);
    return CAIRO_STATUS_SUCCESS;
}

static void begin_page(struct sheet *sheet)
{
    cairo_identity_matrix(sheet->cairo);
    cairo_scale(sheet->cairo, 0.1, 0.1);
}

enum status sheet_begin(struct sheet *sheet, struct out *out, const struct sheet_title *title)
{
    for (int i = 0; i < FACE__COUNT; i++) {
        if (!open_face(i)) {
            return STATUS_FAULT;
        }
    }
    *sheet = (struct sheet){.out = out};
    sheet->surface = cairo_pdf_surface_create_for_stream(
        take_bytes, sheet, (double)SHEET_WIDTH / 10, (double)SHEET_HEIGHT / 10);
    cairo_pdf_surface_set_metadata(sheet->surface, CAIRO_PDF_METADATA_TITLE, title->title);
    cairo_pdf_surface_set_metadata(sheet->surface, CAIRO_PDF_METADATA_AUTHOR, title->author);
    cairo_pdf_surface_set_metadata(sheet->surface, CAIRO_PDF_METADATA_CREATOR, "Tallystick");
    /* Otherwise the time of drawing: no two would be alike. */
    cairo_pdf_surface_set_metadata(sheet->surface, CAIRO_PDF_METADATA_CREATE_DATE, title->made_iso);
    cairo_pdf_surface_set_metadata(sheet->surface, CAIRO_PDF_METADATA_MOD_DATE, title->made_iso);
    sheet->cairo = cairo_create(sheet->surface);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_set_font_options(sheet->cairo, options);
    cairo_font_options_destroy(options);
    begin_page(sheet);
    return STATUS_OK;
}

enum status sheet_end(struct sheet *sheet)
{
    cairo_show_page(sheet->cairo);
    cairo_status_t drawn = cairo_status(sheet->cairo);
    cairo_destroy(sheet->cairo);
    cairo_surface_finish(sheet->surface);
    cairo_status_t written = cairo_surface_status(sheet->surface);
    cairo_surface_destroy(sheet->surface);
    sheet->cairo = NULL;
    sheet->surface = NULL;
    if (sheet->is_full) {
        return STATUS_OUT_OF_ROOM;
    }
    cairo_status_t worst = drawn != CAIRO_STATUS_SUCCESS ? drawn : written;
    if (worst != CAIRO_STATUS_SUCCESS) {
        log_event("error", "pdf-failed", "why", cairo_status_to_string(worst), NULL);
        return STATUS_FAULT;
    }
    return STATUS_OK;
}

void sheet_next_page(struct sheet *sheet)
{
    cairo_show_page(sheet->cairo);
    begin_page(sheet);
}

/* The code point at the beginning of well-formed UTF-8, and how many bytes it takes. */
static FT_ULong letter_at(const char *text, size_t *letter_bytes)
{
    const unsigned char *at = (const unsigned char *)text;
    *letter_bytes = at[0] < 0x80 ? 1 : at[0] < 0xE0 ? 2 : at[0] < 0xF0 ? 3 : 4;
    FT_ULong letter = *letter_bytes == 1 ? at[0] : at[0] & (0xFFU >> (*letter_bytes + 1));
    for (size_t i = 1; i < *letter_bytes; i++) {
        letter = letter << 6 | (at[i] & 0x3FU);
    }
    return letter;
}

/* The face that can show a letter; FACE__COUNT none. */
static int face_of(enum sheet_face wanted, FT_ULong letter)
{
    for (size_t i = 0; i < sizeof(joined) / sizeof(joined[0]); i++) {
        if (letter >= joined[i].first && letter <= joined[i].last) {
            return FACE__COUNT;
        }
    }
    if (FT_Get_Char_Index(faces[wanted], letter) != 0) {
        return (int)wanted;
    }
    return FT_Get_Char_Index(faces[FACE_OTHER], letter) != 0 ? FACE_OTHER : FACE__COUNT;
}

/* A piece of text of one face: cairo wants it NUL-terminated. */
struct run {
    int face;
    size_t bytes;
    char text[512];
};

/* Takes the next piece off the text. */
static struct run next_run(struct sheet *sheet, enum sheet_face wanted, const char **text,
                           size_t *text_bytes)
{
    struct run run = {.face = FACE__COUNT};
    while (*text_bytes > 0) {
        size_t letter_bytes = 0;
        FT_ULong letter = letter_at(*text, &letter_bytes);
        if (letter_bytes > *text_bytes) {
            *text_bytes = 0; /* not well-formed: nobody lets such a text in */
            break;
        }
        int face = face_of(wanted, letter);
        bool is_lost = face == FACE__COUNT;
        sheet->is_lossy = sheet->is_lossy || is_lost;
        face = is_lost ? FACE_OTHER : face;
        bool is_full = run.bytes + 4 >= sizeof(run.text);
        if (is_full || (run.bytes > 0 && face != run.face)) {
            break;
        }
        run.face = face;
        memcpy(run.text + run.bytes, is_lost ? EMPTY_BOX : *text, is_lost ? 3 : letter_bytes);
        run.bytes += is_lost ? 3 : letter_bytes;
        *text += letter_bytes;
        *text_bytes -= letter_bytes;
    }
    return run;
}

static void use_face(struct sheet *sheet, int face, int size)
{
    cairo_set_font_face(sheet->cairo, cairo_faces[face]);
    cairo_set_font_size(sheet->cairo, size);
}

static void use_ink(struct sheet *sheet, enum sheet_ink ink)
{
    cairo_set_source_rgb(sheet->cairo, inks[ink][0], inks[ink][1], inks[ink][2]);
}

void sheet_text(struct sheet *sheet, int x, int y, struct sheet_style style, const char *text,
                size_t text_bytes)
{
    use_ink(sheet, style.ink);
    cairo_move_to(sheet->cairo, x, y);
    while (text_bytes > 0) {
        struct run run = next_run(sheet, style.face, &text, &text_bytes);
        if (run.bytes > 0) {
            use_face(sheet, run.face, style.size);
            cairo_show_text(sheet->cairo, run.text); /* moves on to where the next one begins */
        }
    }
}

int sheet_width(struct sheet *sheet, struct sheet_style style, const char *text, size_t text_bytes)
{
    double width = 0;
    while (text_bytes > 0) {
        struct run run = next_run(sheet, style.face, &text, &text_bytes);
        cairo_text_extents_t extents = {.x_advance = 0};
        if (run.bytes > 0) {
            use_face(sheet, run.face, style.size);
            cairo_text_extents(sheet->cairo, run.text, &extents);
        }
        width += extents.x_advance;
    }
    return (int)width;
}

size_t sheet_fit(struct sheet *sheet, struct sheet_style style, const char *text, int width,
                 size_t *skip_bytes)
{
    size_t fits = 0;
    size_t word_end = 0; /* of the last word that fits whole */
    while (text[fits] != '\0') {
        size_t letter_bytes = 0;
        (void)letter_at(text + fits, &letter_bytes);
        if (text[fits] == ' ') {
            word_end = fits;
        }
        if (fits > 0 && sheet_width(sheet, style, text, fits + letter_bytes) > width) {
            size_t end = word_end > 0 ? word_end : fits;
            *skip_bytes = end;
            while (text[*skip_bytes] == ' ') {
                (*skip_bytes)++;
            }
            return end;
        }
        fits += letter_bytes;
    }
    *skip_bytes = fits;
    return fits;
}

void sheet_box(struct sheet *sheet, int x, int y, int width, int height, enum sheet_ink ink)
{
    use_ink(sheet, ink);
    cairo_new_path(sheet->cairo);
    cairo_rectangle(sheet->cairo, x, y, width, height);
    cairo_fill(sheet->cairo);
}

void sheet_shape(struct sheet *sheet, const int *corners, size_t corner_count, enum sheet_ink ink)
{
    must(corner_count >= 3);
    use_ink(sheet, ink);
    cairo_new_path(sheet->cairo); /* a text leaves the pen where it ended */
    for (size_t i = 0; i < corner_count; i++) {
        cairo_line_to(sheet->cairo, corners[2 * i], corners[2 * i + 1]);
    }
    cairo_close_path(sheet->cairo);
    cairo_fill(sheet->cairo);
}

void sheet_tag(struct sheet *sheet, const char *tag)
{
    cairo_tag_begin(sheet->cairo, tag, NULL);
}

void sheet_tag_end(struct sheet *sheet, const char *tag)
{
    cairo_tag_end(sheet->cairo, tag);
}

void sheet_link(struct sheet *sheet, const char *address)
{
    /* An address of ours is percent-encoded; the site's own name is the operator's. */
    char attributes[2200];
    bool is_plain = strpbrk(address, "'\\") == NULL;
    int wrote = snprintf(attributes, sizeof(attributes), "uri='%s'", is_plain ? address : "");
    bool fits = is_plain && wrote > 0 && (size_t)wrote < sizeof(attributes);
    cairo_tag_begin(sheet->cairo, CAIRO_TAG_LINK, fits ? attributes : "uri='/'");
}

void sheet_link_end(struct sheet *sheet)
{
    cairo_tag_end(sheet->cairo, CAIRO_TAG_LINK);
}
