/*
 * pages/picker_view.h: choosing an organisation by typing part of its name
 * (templates/part/picker-find.mustache, a form of its own, and picker.mustache, inside the page's).
 */
#ifndef PAGES_PICKER_VIEW_H
#define PAGES_PICKER_VIEW_H

#include "pages/desk_view.h"

struct picker_view {
    const char *name;      /* of the radio buttons */
    struct url find;       /* where the search form goes */
    const char *kept_name; /* a parameter that both forms keep … */
    const char *kept_value;
    bool has_kept;
    const char *typed;
    const char *recent_heading;
    bool has_recent;
    struct choice_views recent;
    bool has_found;
    struct choice_views found;
    bool found_none;
    const char *count_words;
    const char *more_words; /* "1,204 more: type more letters"; "" */
    const char *none_words; /* what to do when nothing was found */
    const char *error;
};

#endif
