/*
 * pages/chrome.h: filling what every page has around it, and the pages for errors.
 */
#ifndef PAGES_CHROME_H
#define PAGES_CHROME_H

#include "gate/gate.h"
#include "pages/chrome_view.h"

/* Where a page belongs in the navigation. */
enum place {
    PLACE_NONE,
    /* public area */
    PLACE_REGISTRY,
    PLACE_TRANSFERS,
    PLACE_PROJECTS,
    PLACE_ISSUANCES,
    PLACE_RETIREMENTS,
    PLACE_ORGANISATIONS,
    /* public area, nothing current */
    PLACE_SIGN_IN,
    /* account area */
    PLACE_CREDITS,
    PLACE_MY_TRANSFERS,
    PLACE_MY_RETIREMENTS,
    PLACE_INBOX,
    PLACE_ORDERS,
    PLACE_TEAM,
    PLACE_ACCOUNT,
    /* admin area */
    PLACE_PENDING,
    PLACE_ORGS,
    PLACE_PEOPLE,
    PLACE_ISSUE,
    PLACE_SETTINGS,
    PLACE_AUDIT,
    PLACE_ADMIN,
};

/* Everything around the page, from the visit and the registry's settings. Reads the store: call
 * once per page. In signin, which does not open registry.db, the site's name comes from the
 * environment (TALLYSTICK_SITE_NAME) and no banner is known. */
struct chrome chrome_of(struct visit *visit, enum place place, const char *title);

/* Adds a step of the way up above the heading: chrome_trail(visit, &view->page, url_path(…),
 * "Transfers"). */
void chrome_trail(struct visit *visit, struct chrome *chrome, struct url href, const char *words);

/* The visit's field errors as the summary's list (title "Error: …" is set by the caller with
 * chrome_fault_title). */
struct fault_views chrome_faults(struct visit *visit);
const char *chrome_fault_title(struct visit *visit, const char *title);
/* The words beside one field; NULL when it is fine. */
const char *chrome_fault(const struct visit *visit, const char *field);

/* The ledger's refusal as a sentence for people, with its figures (available units, how it ended,
 * when, by whom), and the form field it belongs to ("" = none). person_name turns a user id into a
 * name for the asker ("" = unknown to them; then "someone"). */
const char *refusal_words(struct visit *visit, const struct answer *answer,
                          enum instrument instrument, const char *ended_by_name);

/* What is wrong with a typed amount that quantity_parse refused, and how to mend it. */
const char *refusal_amount(struct visit *visit, enum status status, enum instrument instrument);

/* Query tables that chrome_of needs on the registry store; NULL-ended lists are merged by each
 * program's main. */
extern const struct query_table site_queries;

#endif
