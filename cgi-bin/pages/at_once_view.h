/*
 * pages/at_once_view.h: the two pages of an act that moves units at once: how much
 * (templates/part/at-once.mustache) and the check before the button
 * (templates/part/at-once-check.mustache).
 */
#ifndef PAGES_AT_ONCE_VIEW_H
#define PAGES_AT_ONCE_VIEW_H

#include "pages/chrome_view.h"
#include "pages/plan_view.h"

/* Why it cannot be done now, and what helps. */
struct at_once_alarm {
    const char *title; /* NULL: nothing to say */
    const char *words;
    struct url way_out; /* none */
    const char *way_out_words;
};

/* One batch to take from. */
struct at_once_line {
    const char *name; /* of the input: "qty.ctb_…" */
    const char *serial;
    struct url url;
    const char *project;
    const char *account;
    const char *available;
    const char *typed;
    const char *error; /* NULL: fine */
    const char *label;
};
struct at_once_lines {
    const struct at_once_line *at;
    size_t count;
};

struct at_once_view {
    struct chrome page;
    bool has_faults;
    struct fault_views faults;
    struct at_once_alarm alarm;
    struct url post;
    struct url leave;
    const char *leave_words;
    const char *question; /* "How many credits to deliver to Northwind Carbon?" */
    const char *batch_question;
    const char *hint; /* what there is to take from, and how much of it can be taken */
    const char *noun; /* "credits" */
    const char *unit;
    int64_t scale; /* decimals */
    bool is_whole; /* certificates */
    bool by_oldest;
    bool by_batch;
    struct url oldest_url;
    struct url batch_url;
    const char *amount;
    const char *amount_error;
    const char *notes; /* typed at the check before one came back; "" */
    const char *once;  /* the act's key comes of it */
    bool has_projects; /* more than one to choose from */
    struct choice_views projects;
    const char *all_words; /* "All that is open: 500.000"; "" nothing can be taken */
    bool has_lines;
    struct at_once_lines lines;
    const char *verb_label; /* of the column that is typed into: "Deliver" */
    const char *sum;
    int64_t most_units;     /* more than that in all cannot be */
    const char *more_words; /* which batches are not shown; "" all are */
};

struct at_once_fact {
    const char *label;
    const char *value;
    struct url url; /* none: plain words */
    bool is_id;
    bool can_change; /* the quantity: back to the question */
};
struct at_once_facts {
    const struct at_once_fact *at;
    size_t count;
};

struct at_once_check_view {
    struct chrome page;
    bool has_faults;
    struct fault_views faults;
    struct at_once_alarm alarm;
    struct url post;
    struct url leave;
    const char *leave_words;
    const char *once; /* and the answers, as the form brings them back */
    const char *by;
    const char *amount;
    const char *project;
    const char *lines;
    struct url change_url;
    const char *heading;
    struct at_once_facts facts;
    struct plan_view plan;
    const char *note_label; /* "Public note" */
    const char *note_hint;
    bool is_note_needed;
    const char *notes;
    const char *notes_error;
    bool has_warnings;
    struct sentence_views warnings;
    struct sentence_views next; /* what will happen */
    const char *button;
    bool is_danger;
};

#endif
