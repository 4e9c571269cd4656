/*
 * pages/public_api_view.h: the page about the API (templates/public/api.mustache), and the table
 * that tools/openapi.c makes of api/openapi.yaml at build time.
 */
#ifndef PAGES_PUBLIC_API_VIEW_H
#define PAGES_PUBLIC_API_VIEW_H

#include "pages/public_view.h"

/* A parameter, or a member of the body; a list of them ends with a name of NULL. */
struct api_field {
    const char *name;
    const char *where; /* "path", "query", "header", "body" */
    const char *type;  /* "string", "list of object", … */
    const char *words;
    bool is_needed;
};

/* One operation, as the table has it. */
struct api_operation {
    const char *method; /* "GET", "POST" */
    const char *id;     /* "create_transfer" */
    const char *tag;    /* the group it stands in */
    const char *path;   /* "/transfers/{id}" */
    const char *summary;
    const char *words; /* "" none */
    const char *needs; /* what the token must have beyond reading; "" nothing */
    const char *curl;  /* an example with shell variables, which the tests run */
    const struct api_field *fields;
};

struct api_field_row {
    const char *name;
    const char *where;
    const char *type;
    const char *words;
    bool is_needed;
};
struct api_field_rows {
    const struct api_field_row *at;
    size_t count;
};

struct api_operation_row {
    const char *method;
    const char *id;
    const char *path;
    const char *summary;
    const char *words;
    const char *needs;
    const char *curl;
    bool has_fields;
    struct api_field_rows fields;
};
struct api_operation_rows {
    const struct api_operation_row *at;
    size_t count;
};

struct api_group {
    const char *name; /* "Transfers" */
    const char *id;   /* "group-transfers" */
    struct api_operation_rows operations;
};
struct api_groups {
    const struct api_group *at;
    size_t count;
};

/* One kind of refusal: a row of the status table. */
struct api_kind {
    const char *slug; /* the "type" of the answer, and the row's id */
    int64_t http_code;
    const char *sentence;
};
struct api_kinds {
    const struct api_kind *at;
    size_t count;
};

struct public_api_view {
    struct chrome page;
    const char *base;    /* "https://registry.example.org/registry/v0" */
    const char *site;    /* "https://registry.example.org" */
    struct url document; /* openapi.json */
    struct api_groups groups;
    struct api_kinds kinds;
};

#endif
