/*
 * pages/certificate_view.h: the certificate of a retirement (templates/part/certificate.mustache,
 * templates/public/certificate.mustache) and the page that verifies one
 * (templates/public/certificate-verify.mustache).
 */
#ifndef PAGES_CERTIFICATE_VIEW_H
#define PAGES_CERTIFICATE_VIEW_H

#include "pages/public_view.h"

struct purpose_view {
    const char *words;
};
struct purpose_views {
    const struct purpose_view *at;
    size_t count;
};

/* What a certificate says, as it is or as it will be. */
struct certificate_view {
    const char *quantity; /* "12.000 credits" */
    const char *of;       /* "of carbon removal (12,000 kg CO₂e)" */
    const char *was;      /* "was" for exactly one credit, otherwise "were" */
    struct link_view beneficiary;
    struct link_view owner;
    bool is_own;              /* the owner is the beneficiary */
    struct when_view retired; /* none: not yet */
    struct purpose_views purposes;
    const char *notes;         /* "" */
    const char *redacted;      /* in place of the note; "" */
    const char *name_redacted; /* why the beneficiary has no name; "" */
};

struct certificate_page_view {
    struct chrome page;
    struct certificate_view certificate;
    const char *retirement_id;
    const char *code;         /* "7f3a 09bc 41de 88a0 c55e" */
    const char *qr_path;      /* of the dark squares, one unit each; "" no drawing */
    const char *qr_box;       /* "0 0 45 45" */
    struct url verify_url;    /* on this site */
    const char *verify_words; /* the same with the site's own address, as it stands on paper */
    struct url pdf_url;
    struct url record_url;
    struct url retirement_url;
    struct public_block_table blocks;
};

struct certificate_verify_view {
    struct chrome page;
    bool has_faults;
    struct fault_views faults;
    const char *number;
    const char *number_error;
    const char *code;
    const char *code_error;
    bool is_missing; /* there is no such certificate */
    bool is_proved;  /* number and code belong together */
    bool is_denied;  /* they do not */
    bool is_altered; /* they do not, and words of it were redacted since it was issued */
    bool is_found;   /* the number alone was given */
    const char *retirement_id;
    struct certificate_view certificate;
    const char *block_words; /* "2 blocks" */
    struct url certificate_url;
    struct url record_url;
};

#endif
