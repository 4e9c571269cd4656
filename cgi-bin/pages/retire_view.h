/*
 * pages/retire_view.h: the steps of retiring and the list of one's own retirements
 * (templates/account/retire-*.mustache).
 */
#ifndef PAGES_RETIRE_VIEW_H
#define PAGES_RETIRE_VIEW_H

#include "pages/certificate_view.h"
#include "pages/picker_view.h"
#include "pages/plan_view.h"
#include "pages/steps_view.h"

/* What stands above a page whose act could not be done, or whose answer did not come. */
struct retire_alarm {
    const char *title; /* NULL: nothing to say */
    const char *words;
};

struct retire_beneficiary_view {
    struct chrome page;
    bool has_faults;
    struct fault_views faults;
    struct step_view step;
    struct retire_alarm alarm;
    bool is_choice;
    struct choice_views known; /* oneself, and those retired for before */
    struct choice_views ways;  /* to somebody else */
    const char *choice_error;
    bool is_picked; /* from a list: the registry's organisations, or those named before */
    const char *by; /* "registry", "named", "organisation", "individual" */
    const char *question;
    const char *lead;
    struct picker_view picker;
    bool is_organisation;
    bool is_individual;
    const char *name;
    const char *name_error;
    const char *domain;
    const char *domain_error;
    const char *email;
    const char *email_error;
    const char *button;
    struct url choice_url; /* back to the choice */
};

struct retire_purposes_view {
    struct chrome page;
    bool has_faults;
    struct fault_views faults;
    struct step_view step;
    struct choice_views purposes;
    const char *purpose_error;
    const char *notes;
    const char *notes_error;
};

struct retire_review_view {
    struct chrome page;
    bool has_faults;
    struct fault_views faults;
    struct step_view step;
    struct retire_alarm alarm;
    const char *supplier;
    const char *quantity;
    const char *weight;
    const char *how; /* "oldest first", "oldest first of vintage 2024", "chosen from deliveries" */
    const char *balance_error;
    const char *amount_error;
    const char *beneficiary_error;
    const char *purpose_error;
    const char *notes_error;
    struct url balance_url;
    struct url amount_url;
    struct url beneficiary_url;
    struct url purposes_url;
    struct certificate_view certificate; /* as it will read */
    bool has_plan;
    struct plan_view plan;
    struct sentence_views warnings;
    struct sentence_views next; /* what will happen */
    const char *button;         /* "Retire 12.000 credits for Northwind Carbon" */
};

struct retire_done_view {
    struct chrome page;
    const char *title;
    const char *retirement_id;
    const char *from_draft; /* the address of a step that is over led here; "" */
    struct certificate_view certificate;
    const char *by; /* the person */
    struct url certificate_url;
    struct url pdf_url;
    struct url public_url;
    struct url csv_url;
};

/* One of one's own retirements. */
struct retire_row {
    const char *retirement_id;
    struct url url;
    struct when_view retired;
    struct link_view beneficiary;
    struct link_view project;
    bool has_more_projects;
    const char *notes;
    const char *redacted; /* in place of the note; "" */
    const char *quantity;
    const char *unit;
    const char *by; /* the person */
    struct url certificate_url;
};
struct retire_rows {
    const struct retire_row *at;
    size_t count;
};

struct retire_list_view {
    struct chrome page;
    struct public_list_view list;
    bool may_retire;
    const char *q;
    const char *from;
    const char *to;
    struct sort_view by_time;
    struct retire_rows rows;
};

#endif
