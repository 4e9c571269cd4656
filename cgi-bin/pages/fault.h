/*
 * pages/fault.h: error pages, one look for every program. Each program's own template
 * (templates/PROGRAM/fault.mustache) shows it.
 */
#ifndef PAGES_FAULT_H
#define PAGES_FAULT_H

#include "pages/chrome.h"
#include "pages/fault_view.h"

/* The page for a status in an area (PLACE_REGISTRY, PLACE_ACCOUNT, PLACE_ADMIN, PLACE_SIGN_IN), and
 * the response's code. The program then calls its template with it. */
struct fault_page fault_page_of(struct visit *visit, enum status status, enum place place,
                                struct response *response);

#endif
