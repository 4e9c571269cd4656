/*
 * pages/picker.h: choosing an organisation by typing part of its name.
 */
#ifndef PAGES_PICKER_H
#define PAGES_PICKER_H

#include "gate/gate.h"
#include "pages/picker_view.h"
#include "store/recipients.h"

struct picker {
    const char *name;       /* of the radio buttons, and of the field whose errors are shown */
    struct url find;        /* the page itself */
    const char *kept_name;  /* a parameter of the page that stays … */
    const char *kept_value; /* … "" none */
    const char *typed;
    const char *chosen; /* its id; "" none yet */
    bool only_suppliers;
    struct recipients recent; /* stand first as long as nothing is typed */
    const char *recent_heading;
};

/* Recent ones first, then what the typed words find; the chosen one is in either, or before what
 * was found. */
struct picker_view picker_show(struct visit *visit, const struct picker *picker);
/* The faults of a page with a picker: what was typed, "q" in the address, is the field "find". */
struct fault_views picker_faults(struct visit *visit);

/* The organisation that was chosen: false, with a fault beside the field, when there is none, it is
 * one's own, or it can neither send nor receive now. empty_words and own_words say what to do. */
bool picker_take(struct visit *visit, const char *name, const char *empty_words,
                 const char *own_words, struct recipient *chosen);

#endif
