/*
 * pages/admin_issue_view.h: issuing (templates/admin/projects.mustache).
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

#endif
