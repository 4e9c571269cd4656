/*
 * pages/chrome_view.h: what every page has around its content, for templates/part/top.mustache and
 * bottom.mustache. Every view struct has `struct chrome page;` and every page template begins with
 * {{> part/top}} and ends with {{> part/bottom}}.
 */
#ifndef PAGES_CHROME_VIEW_H
#define PAGES_CHROME_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/out.h"

struct chrome_org {
    const char *org_id;
    const char *name;
    bool is_current;
};
struct chrome_orgs {
    const struct chrome_org *at;
    size_t count;
};

/* The way up: links above the heading, the page itself last without a link. */
struct trail_view {
    struct url href;
    const char *words;
    bool is_up; /* the first one: gets the arrow */
};
struct trail_views {
    const struct trail_view *at;
    size_t count;
};

struct chrome {
    /* the page's own, without the site's name; "Error: …" when fields need mending */
    const char *title;
    const char *site_name;
    bool is_demo;    /* "Demonstration registry" line */
    bool is_sandbox; /* "Sandbox" line, where the other one is not */
    bool frozen;     /* the banner everywhere */
    const char *frozen_reason;
    const char *frozen_since; /* "20 November 2026, 14:03 UTC" */
    bool area_public;         /* which navigation is shown */
    bool area_account;
    bool area_admin;
    /* public */
    bool at_registry, at_transfers, at_projects, at_issuances, at_retirements, at_organisations;
    /* account */
    bool at_credits, at_my_transfers, at_my_retirements, at_inbox, at_orders, at_team;
    bool has_places; /* for an organisation: not for who acts for none */
    bool has_orders; /* a supplier, or has ordered: the way to them is shown */
    /* admin */
    bool at_pending, at_orgs, at_people, at_issue, at_settings, at_audit;
    bool signed_in;
    const char *user_name;
    const char *org_name; /* "" when none */
    bool many_orgs;       /* the switcher is shown */
    struct chrome_orgs orgs;
    /* every POST form: <input type="hidden" name="token" value="{{page.form_token}}"> */
    const char *form_token;
    const char *here;         /* path and query of this page: the switcher comes back to it */
    int64_t incoming_waiting; /* the three parts of the organisation's inbox */
    int64_t approvals_waiting;
    int64_t outgoing_waiting;
    int64_t inbox_count;     /* what waits for this person to decide; shown when not 0 */
    int64_t pending_count;   /* admin area: transfers that wait for the registry */
    bool is_administrator;   /* links to /admin */
    const char *notice;      /* what the last act did, in words; "" none. Shown once at the top */
    struct url notice_url;   /* and where it can be read; none: no link */
    const char *notice_link; /* that link's words */
    bool has_trail;
    struct trail_views trail; /* set by chrome_trail; empty on first-level pages */
    /* the static files of this build, under names that tell their content */
    struct url css, icon, script;
    struct url atom; /* <link rel="alternate">; none on most pages */
};

/* One entry of the error summary: words and the id of the field they are about. */
struct fault_view {
    const char *field;
    const char *words;
};
struct fault_views {
    const struct fault_view *at;
    size_t count;
};

/* The links to the neighbouring pages, the count line and the downloads of every list. */
struct pager_view {
    struct url newer;       /* none: at the start */
    struct url older;       /* none: at the end */
    const char *back_words; /* "Newer" … */
    const char *on_words;   /* … and "Older", when the list is in order of time */
    struct url csv;
    struct url atom;
    const char *count_words; /* "1,204 transfers" or "37 of 1,204 transfers match" */
};

/* A filter in force, with the link that takes it away. */
struct chip_view {
    const char *label; /* "Supplier" */
    const char *value; /* "Vaulted Deep" */
    struct url without;
};
struct chip_views {
    const struct chip_view *at;
    size_t count;
};

#endif
