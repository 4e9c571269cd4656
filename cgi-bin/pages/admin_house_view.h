/*
 * pages/admin_house_view.h: the registry's settings and its audit log
 * (templates/admin/settings.mustache, audit.mustache).
 */
#ifndef PAGES_ADMIN_HOUSE_VIEW_H
#define PAGES_ADMIN_HOUSE_VIEW_H

#include "pages/admin_form_view.h"

struct admin_settings_view {
    struct chrome page;
    bool may_act;
    bool is_frozen;
    const char *frozen_words;
    struct admin_facts facts;
};

struct admin_act_row {
    int64_t seq;
    struct when_view when;
    const char *dated; /* the time the command carried, when it is another; "" */
    const char *who;
    struct url who_url; /* none: nobody in particular */
    const char *for_whom;
    struct url for_url;
    const char *program;
    const char *did;
    const char *subject; /* "" none */
    struct url subject_url;
    const char *detail;
    bool is_done;
    const char *outcome; /* why it was refused */
};
struct admin_act_rows {
    const struct admin_act_row *at;
    size_t count;
};

/* A person or organisation that the typed words may mean. */
struct admin_meant {
    const char *words;
    const char *more;
    struct url url;
};
struct admin_meants {
    const struct admin_meant *at;
    size_t count;
};

struct admin_audit_view {
    struct chrome page;
    bool has_faults;
    struct fault_views faults;
    struct admin_list_view list;
    const char *meant_words; /* "Several people fit “an”:"; "" */
    bool has_meants;
    struct admin_meants meants;
    bool has_rows;
    struct admin_act_rows rows;
};

#endif
