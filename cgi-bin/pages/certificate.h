/*
 * pages/certificate.h: the certificate of a retirement: a page to print, a PDF, a record as plain
 * text, and a page where anybody sees whether a paper in their hands is genuine.
 *
 * The record is what can never change about a retirement, one fact a line. Its SHA-256, of which
 * the first 20 hexadecimal digits are the verification code on every certificate, is therefore the
 * same for ever; whoever has the record can compute it with sha256sum. Names of organisations,
 * projects and the registry are not in it: they may change, and a certificate shows those of today.
 * One thing changes it: when the note or the beneficiary's name is redacted, the words are gone and
 * a line more says when. A paper of before is then neither proved nor denied.
 */
#ifndef PAGES_CERTIFICATE_H
#define PAGES_CERTIFICATE_H

#include "base/digest.h"
#include "gate/gate.h"
#include "pages/certificate_view.h"
#include "store/public_batches.h"
#include "store/public_retirements.h"

extern const struct form certificate_verify_form;

enum status certificate_get(struct visit *visit, struct response *response);
enum status certificate_pdf_get(struct visit *visit, struct response *response);
enum status certificate_record_get(struct visit *visit, struct response *response);
enum status certificate_verify_get(struct visit *visit, struct response *response);

/* ---- certificate.c: what is on it ---- */

#define CERTIFICATE_CODE_DIGITS 20 /* 80 bits: typed in a minute, and no second record has them */
#define CERTIFICATE_CODE_SIZE 25   /* five groups of four, spaces between, NUL */

/* Writes the record of a retirement to out (NULL: nowhere) and gives its digest. */
struct digest certificate_record(struct visit *visit, const struct public_retirement *row,
                                 struct out *out);
/* "7f3a 09bc 41de 88a0 c55e". */
void certificate_code(const struct digest *digest, char code[CERTIFICATE_CODE_SIZE]);
/* Is what somebody typed from paper the code of this digest? Spaces, hyphens and capitals make no
 * difference, nor does o for 0 or l for 1; the whole digest is as good as its beginning. */
bool certificate_code_is(const char *typed, const struct digest *digest);
/* Can it be a code at all? */
bool certificate_code_is_one(const char *typed);

struct url certificate_record_url(struct arena *arena, const char *retirement_id);
/* Where a certificate is verified, with its number and code. */
struct url certificate_verify_url(struct arena *arena, const char *retirement_id, const char *code);

/* ---- certificate_qr.c: a QR code (libqrencode). Nothing of the arena is taken meanwhile. ---- */

#define QR_SIDE_MAX 177 /* version 40, the largest there is */

struct certificate_qr {
    int side; /* squares along a side, without the empty border of four that it needs */
    bool dark[QR_SIDE_MAX * QR_SIDE_MAX]; /* row by row */
};
/* False when the text is too long for any. */
bool certificate_qr_make(const char *text, struct certificate_qr *qr);
/* The dark squares as an SVG path, one unit each, the empty border included. */
const char *certificate_qr_path(struct arena *arena, const struct certificate_qr *qr);

/* ---- certificate_pdf.c: the certificate on paper ---- */

struct certificate_block {
    const char *serial;
    const char *about; /* "Fernhill Biochar, vintage 2024" */
    const char *quantity;
};

/* Everything that is printed, ready to be printed. */
struct certificate_paper {
    const char *site_name;
    bool is_demo;
    bool is_sandbox; /* nothing in the registry is real */
    const char *retirement_id;
    const char *retired_iso;
    const struct certificate_view *view;
    const struct certificate_block *blocks;
    size_t block_count;
    const char *block_words; /* "2 blocks", "The first 500 of 4,096 blocks are shown …" */
    const char *code;
    const char *verify_words;
    const struct certificate_qr *qr; /* NULL none */
};
/* Draws it into out: the same bytes for the same paper. STATUS_OUT_OF_ROOM when out is too small,
 * STATUS_FAULT (logged) when a typeface is missing or the library fails. The library allocates by
 * itself, as much as the pages need (blocks are bounded), and gives it back; nothing of the arena
 * is taken meanwhile, so no request can end in the middle of it. */
enum status certificate_draw(const struct certificate_paper *paper, struct out *out);

#endif
