/*
 * pages/admin.h: what the administrators' pages share: asking the ledger and telling its refusal,
 * forms and the pages before an act, lists with filters. Auditors see every page and no button.
 */
#ifndef PAGES_ADMIN_H
#define PAGES_ADMIN_H

#include "gate/gate.h"
#include "gate/person_admin.h"
#include "ledger/command.h"
#include "pages/admin_form_view.h"
#include "pages/chrome.h"

/* May this person act, and not only read? */
bool admin_may(const struct visit *visit);

/* The error page. only_reads: an auditor has come to what only administrators do, and may know that
 * it is there. */
void admin_show_fault(struct visit *visit, enum status status, bool only_reads,
                      struct response *response);

struct url admin_org_url(struct arena *arena, const char *org_id);
struct url admin_person_url(struct arena *arena, const char *user_id);
struct url admin_transfer_url(struct arena *arena, const char *transfer_id);
struct url admin_order_url(struct arena *arena, const char *order_id);
/* The page of anything by its id; none for what has no page. */
struct url admin_thing_url(struct arena *arena, const char *id);
/* An organisation of any state by its id, name or domain as typed: false when nothing or several
 * fit; *words says what to do. */
bool admin_find_org(struct visit *visit, const char *typed, const char **org_id, const char **name,
                    const char **words);
/* What a list is to be filtered by: the id when what was typed fits one organisation alone (accents
 * and capitals make no difference), the typed words otherwise. */
const char *admin_org_or_words(struct visit *visit, const char *typed);
/* The name of an organisation; its id when it is unknown. */
const char *admin_org_name(struct visit *visit, const char *org_id);
/* What a project's or supplier's units are counted in: the instrument of the supplier's projects.
 */
const char *admin_person(struct visit *visit, const char *user_id);
/* "approver, manager"; "none". */
const char *admin_registry_roles_words(unsigned roles);

/* ---- forms ---- */

#define ADMIN_FIELDS_MAX 24
#define ADMIN_HIDDENS_MAX (COMMAND_LINES_MAX + 64)
#define ADMIN_FACTS_MAX 64 /* a page of ticked transfers, with room */
#define ADMIN_SENTENCES_MAX 8

/* A form being built; shown by admin_form_show. Errors of the visit's fields stand beside the
 * fields they name. */
struct admin_form {
    struct visit *visit;
    struct admin_form_view view;
    struct admin_field *fields;
    struct admin_hidden *hiddens;
    struct admin_fact *facts;
    struct admin_sentence *next;
};

struct admin_form *admin_form_begin(struct visit *visit, enum place place, const char *heading,
                                    struct url post, struct url leave, const char *button);
void admin_form_fact(struct admin_form *form, const char *label, const char *value, struct url url);
void admin_form_say(struct admin_form *form, const char *words);
void admin_form_hidden(struct admin_form *form, const char *name, const char *value);
/* The form's random word, made once and kept over every showing of it. */
void admin_form_once(struct admin_form *form);
/* A field; what was typed stays, `value` is what it begins with. The pointer is good for setting
 * its kind and more. */
struct admin_field *admin_form_line(struct admin_form *form, const char *name, const char *label,
                                    const char *hint, const char *value);
struct admin_field *admin_form_area(struct admin_form *form, const char *name, const char *label,
                                    const char *hint, const char *value);
struct admin_field *admin_form_date(struct admin_form *form, const char *name, const char *label,
                                    const char *hint, const char *value);
struct admin_field *admin_form_amount(struct admin_form *form, const char *name, const char *label,
                                      const char *hint, const char *value, const char *unit);
/* words: NULL-ended "value", "Words", "value", "Words" …; none_words "" leaves the choice of
 * nothing out. */
struct admin_field *admin_form_select(struct admin_form *form, const char *name, const char *label,
                                      const char *hint, const char *value, const char *const *words,
                                      const char *none_words);
/* Tick boxes: bits of `ticked` by their place in words. */
struct admin_field *admin_form_ticks(struct admin_form *form, const char *name, const char *label,
                                     const char *hint, unsigned ticked, const char *const *words);
void admin_form_alarm(struct admin_form *form, const char *title, const char *words);
/* Writes the page; 422 when something needs mending, the status's own code when it is not OK. */
enum status admin_form_show(struct admin_form *form, struct response *response, enum status status);

/* Bits of the values ticked under a name, by their place in words (as admin_form_ticks). */
unsigned admin_ticked(const struct visit *visit, const char *name, const char *const *words);
/* Reads an amount as typed; a fault stands beside its field. An empty one is 0 when it may be. */
bool admin_amount(struct visit *visit, const char *name, enum instrument instrument,
                  bool may_be_empty, int64_t *units);

/* ---- the ledger ---- */

/* Which form field a refusal belongs to. Ends with FIELD_NONE and the name for all others, NULL:
 * above the form. */
struct admin_field_name {
    enum command_field field;
    const char *name;
    const char *value_words; /* what to say to VALUE_REFUSED; NULL: the table's sentence */
};

/* What a refusal without a field says above the form. */
struct admin_alarm {
    const char *title;
    const char *words;
};

/* Asks and, when refused, puts the words beside their field or into the alarm. The status is the
 * ledger's. */
enum status admin_ask(struct visit *visit, const struct command *command,
                      enum instrument instrument, const struct admin_field_name *names,
                      struct answer *answer, struct admin_alarm *alarm);
/* The same for an answer that is there. */
void admin_refused(struct visit *visit, const struct answer *answer, enum instrument instrument,
                   const struct admin_field_name *names, struct admin_alarm *alarm);
/* True for a status that is a page of its own (fault, not found, not allowed) and not something to
 * mend in a form. */
bool admin_is_page(enum status status);

/* Says what was done and goes on. */
enum status admin_done(struct visit *visit, struct response *response, const char *notice,
                       struct url to);

/* For gate/person_admin.h: asks through the visit's ledger. */
struct person_admin admin_person_admin(struct visit *visit);

/* ---- lists ---- */

#define ADMIN_FILTERS_MAX 8

struct admin_filter {
    const char *name;
    const char *label;
    const char *value;          /* as asked; "" no filter */
    const char *words;          /* the value in words, for its chip; "" the value itself */
    const char *const *choices; /* "value", "Words" …; NULL: typed */
    bool is_date;
};

struct admin_list {
    struct visit *visit;
    const char *path; /* "/admin/transfers" */
    struct admin_filter filters[ADMIN_FILTERS_MAX];
    size_t filter_count;
    const char *sort; /* "" the usual */
    const char *usual_sort;
    bool is_by_time;    /* however it is sorted, along the time of what it lists */
    const char *before; /* cursors: the page behind this row … */
    const char *after;  /* … or the one that ends before it */
};

/* A list in its usual order ("" it has no other), at the place that the query's fields say. */
struct admin_list admin_list_begin(struct visit *visit, const char *path, const char *usual_sort);
/* Adds a filter read from the query's field of that name. */
void admin_list_filter(struct admin_list *list, const char *name, const char *label,
                       const char *const *choices);
struct sort_view admin_list_sort(const struct admin_list *list, const char *word);
/* Fills everything but the pager. */
struct admin_list_view admin_list_show(const struct admin_list *list);
/* The pager of a page that was read with one row more than it shows: first and last are the cursors
 * of the rows shown. Returns how many of `found` are shown. */
struct admin_page {
    bool goes_back;     /* read against the order: turn round */
    const char *cursor; /* "" from the start */
};
struct admin_page admin_list_page(const struct admin_list *list);
/* The pager of a page that was read with one row more than it shows: first and last are the cursors
 * of the rows shown, "" none. */
void admin_list_turn(const struct admin_list *list, bool has_more, const char *first,
                     const char *last, const char *count_words, struct admin_list_view *view);

#endif
