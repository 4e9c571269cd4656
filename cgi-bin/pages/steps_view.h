/*
 * pages/steps_view.h: the transfer steps (templates/account/step-*.mustache and done.mustache).
 */
#ifndef PAGES_STEPS_VIEW_H
#define PAGES_STEPS_VIEW_H

#include "pages/chrome_view.h"
#include "pages/desk_view.h"
#include "pages/picker_view.h"
#include "pages/plan_view.h"

/* What every step has. `post` is where its form goes. */
struct step_view {
    struct url post;
    bool back;         /* came from the review and returns there */
    bool is_draft;     /* what was answered is kept; false: nothing has been yet */
    int64_t number;    /* this step … */
    int64_t of;        /* … of how many */
    const char *words; /* "Step 3 of 4: transfer to Fjord Foods" */
};

struct step_start_view {
    struct chrome page;
    bool has_faults;
    struct fault_views faults;
    const char *balance; /* chosen on the Credits page; "" */
    const char *kind_error;
    struct choice_views kinds;
    bool has_nothing; /* nothing can be transferred now */
};

struct step_recipient_view {
    struct chrome page;
    bool has_faults;
    struct fault_views faults;
    struct step_view step;
    bool is_external;
    bool is_internal;
    bool is_export;
    struct picker_view picker; /* external */
    /* internal */
    struct choice_views accounts;
    const char *account_error;
    /* export */
    const char *system;
    const char *system_error;
    const char *party;
    const char *party_error;
};

struct step_balance_view {
    struct chrome page;
    bool has_faults;
    struct fault_views faults;
    struct step_view step;
    const char *one_supplier; /* why one has to be chosen */
    const char *nothing_title;
    bool has_balances;
    bool is_there;     /* what is free to go lies where it would go already … */
    struct url before; /* … which was chosen here */
    struct choice_views balances;
    const char *balance_error;
};

/* One batch of a delivery, with the quantity typed for it. */
struct step_line {
    const char *name; /* of the input: "qty.ctb_…" */
    const char *serial;
    const char *project;
    const char *account;
    const char *available;
    const char *typed;
    const char *error;
    const char *label; /* of the input, for those who hear the page */
};
struct step_lines {
    const struct step_line *at;
    size_t count;
};
/* Batches that arrived together. */
struct step_arrival {
    const char *how; /* "Delivered", "Transferred to you", "Issued" */
    struct when_view when;
    const char *id; /* what it came with */
    bool is_ticked; /* all of it */
    int64_t units;
    const char *available;
    struct step_lines lines;
};
struct step_arrivals {
    const struct step_arrival *at;
    size_t count;
};

struct step_amount_view {
    struct chrome page;
    bool has_faults;
    struct fault_views faults;
    struct step_view step;
    const char *supplier;
    const char *noun; /* "credits" */
    const char *unit;
    int64_t scale; /* decimals */
    bool is_whole; /* certificates */
    const char *available;
    int64_t available_units;
    const char *column; /* above what is typed for a batch: "Transfer" */
    bool by_oldest;
    bool by_delivery;
    bool has_vintages; /* one may be chosen */
    struct choice_views vintages;
    const char *vintage_error;
    struct url oldest_url;
    struct url delivery_url;
    const char *amount;
    const char *amount_error;
    struct step_arrivals arrivals;
    const char *sum;
    const char *more_words; /* "The 12 newest batches are not shown …"; "" */
};

struct step_review_view {
    struct chrome page;
    bool has_faults;
    struct fault_views faults;
    struct step_view step;
    bool has_alarm; /* the plan changed, or the ledger did not answer */
    const char *alarm_title;
    const char *alarm;
    const char *from;
    const char *kind;
    const char *to_label; /* "To", "To account", "To registry" */
    const char *to;       /* "Fjord Foods", "your account Client holdings" */
    const char *to_fact;  /* the same behind to_label */
    const char *to_more;  /* export: who receives it there; "" */
    const char *supplier;
    const char *quantity; /* "700.500 credits" */
    const char *weight;
    const char *how;             /* "Oldest first" / "Chosen from deliveries" */
    const char *recipient_error; /* what to mend at another step */
    const char *balance_error;
    const char *amount_error;
    struct url recipient_url;
    struct url balance_url;
    struct url amount_url;
    bool has_plan;
    struct plan_view plan;
    bool has_note; /* internal transfers have no public page, so no public note */
    const char *notes;
    const char *notes_error;
    const char *note_readers; /* of the private note: "the two parties" */
    const char *private_note;
    const char *private_note_error;
    const char *corrects_what; /* "a completed transfer between the two of you" */
    const char *corrects_id;
    const char *corrects_error;
    struct sentence_views warnings;
    bool has_warnings;
    struct sentence_views next; /* what will happen */
    const char *button;         /* "Transfer 700.500 credits to Fjord Foods" */
};

struct done_view {
    struct chrome page;
    const char *title;
    const char *transfer_id;
    struct state_view state;
    const char *next_heading; /* "What happens next" */
    const char *next;         /* the rest of the sentence that begins with the state */
    struct url transfer_url;
    struct url csv_url;
    bool is_public; /* it has its public page by now */
    struct url public_url;
};

#endif
