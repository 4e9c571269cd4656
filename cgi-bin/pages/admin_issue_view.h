/*
 * pages/admin_issue_view.h: issuing, projects and their documents
 * (templates/admin/projects.mustache, documents.mustache).
 */
#ifndef PAGES_ADMIN_ISSUE_VIEW_H
#define PAGES_ADMIN_ISSUE_VIEW_H

#include "pages/admin_form_view.h"

struct admin_project_row {
    const char *name;
    struct url url; /* its public page */
    const char *short_code;
    const char *supplier;
    struct url supplier_url;
    const char *country;
    const char *issued;
    const char *unit;
    struct url issue_url;
    struct url edit_url;
    struct url documents_url;
};
struct admin_project_rows {
    const struct admin_project_row *at;
    size_t count;
};
struct admin_projects_view {
    struct chrome page;
    bool may_act;
    struct admin_list_view list;
    bool has_rows;
    struct admin_project_rows rows;
};

/* Documents of a project (templates/admin/documents.mustache). */
struct admin_document_row {
    const char *name;
    struct url url;
    const char *kind;
    const char *dated; /* "" unknown */
    struct when_view added;
    struct url remove_url;
};
struct admin_document_rows {
    const struct admin_document_row *at;
    size_t count;
};
struct admin_documents_view {
    struct chrome page;
    bool may_act;
    const char *name; /* the project's */
    struct url project_url;
    struct url new_url;
    bool has_rows;
    struct admin_document_rows rows;
};

#endif
