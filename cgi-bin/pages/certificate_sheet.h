/*
 * pages/certificate_sheet.h: drawing on sheets of A4 that become a PDF, with cairo and FreeType
 * (certificate_sheet.c is the only file that includes their headers). Places and sizes are whole
 * tenths of a point from the upper left corner; a text's y is its base line.
 *
 * The typefaces are opened once and kept as long as the process lives; everything else belongs to
 * one document and is given back at its end. Equal calls give equal bytes.
 */
#ifndef PAGES_CERTIFICATE_SHEET_H
#define PAGES_CERTIFICATE_SHEET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/out.h"
#include "model/status.h"

#define SHEET_WIDTH 5950
#define SHEET_HEIGHT 8420

enum sheet_face { SHEET_ROMAN, SHEET_BOLD, SHEET_ITALIC, SHEET_MONO, SHEET_FACE__COUNT };
enum sheet_ink { SHEET_BLACK, SHEET_SOFT, SHEET_ACCENT, SHEET_LINE, SHEET_ALARM, SHEET_INK__COUNT };

struct sheet_style {
    enum sheet_face face;
    int size;
    enum sheet_ink ink;
};

struct sheet {
    struct _cairo *cairo;
    struct _cairo_surface *surface;
    struct out *out;
    bool is_full;  /* out has no room left */
    bool is_lossy; /* a letter was drawn that no typeface here has */
};

/* What a document says about itself. */
struct sheet_title {
    const char *title;
    const char *author;
    const char *made_iso; /* "2026-11-20T14:03:22Z" */
};

/* Begins the first page. STATUS_FAULT (logged) when the typefaces are not there; then there is
 * nothing to end. */
enum status sheet_begin(struct sheet *sheet, struct out *out, const struct sheet_title *title);
/* Writes the document: STATUS_OUT_OF_ROOM when out was too small, STATUS_FAULT on any other
 * trouble. Always call it. */
enum status sheet_end(struct sheet *sheet);
void sheet_next_page(struct sheet *sheet);

/* The first bytes of a UTF-8 text. A letter that none of the typefaces can show by itself (other
 * scripts, or those whose letters change with their neighbours) is shown as an empty box. */
void sheet_text(struct sheet *sheet, int x, int y, struct sheet_style style, const char *text,
                size_t text_bytes);
int sheet_width(struct sheet *sheet, struct sheet_style style, const char *text, size_t text_bytes);
/* How many bytes of the text fit into the width, cut between words where it can be, at least one
 * letter. *skip_bytes: where the next line begins. */
size_t sheet_fit(struct sheet *sheet, struct sheet_style style, const char *text, int width,
                 size_t *skip_bytes);

/* Filled shapes. */
void sheet_box(struct sheet *sheet, int x, int y, int width, int height, enum sheet_ink ink);
/* Corners as x, y, x, y … */
void sheet_shape(struct sheet *sheet, const int *corners, size_t corner_count, enum sheet_ink ink);

/* What follows until the tag is closed is a heading ("H1"), a paragraph ("P"), a table … for those
 * who hear the document. Nested, never across pages. */
void sheet_tag(struct sheet *sheet, const char *tag);
void sheet_tag_end(struct sheet *sheet, const char *tag);
/* What follows leads to an address of ours. */
void sheet_link(struct sheet *sheet, const char *address);
void sheet_link_end(struct sheet *sheet);

#endif
