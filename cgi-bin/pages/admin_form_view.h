/*
 * pages/admin_form_view.h: the administrators' forms and the pages before an act
 * (templates/admin/form.mustache): facts, what will happen, the fields, one button. And what their
 * lists share (templates/part/admin-filters.mustache).
 */
#ifndef PAGES_ADMIN_FORM_VIEW_H
#define PAGES_ADMIN_FORM_VIEW_H

#include "pages/chrome_view.h"
#include "pages/desk_view.h"

/* One field; its kind is the one of the five that is true. */
struct admin_field {
    const char *name; /* the element's id too */
    const char *label;
    const char *hint; /* "" none */
    const char *unit; /* "" none */
    const char *value;
    const char *error; /* NULL: fine */
    bool is_optional;
    bool is_line;
    bool is_amount;
    bool is_date;
    bool is_area;
    bool is_select;
    bool is_ticks;
    const char *none_words; /* select: the choice of nothing; "" there is none */
    struct choice_views choices;
};
struct admin_fields {
    const struct admin_field *at;
    size_t count;
};

struct admin_hidden {
    const char *name;
    const char *value;
};
struct admin_hiddens {
    const struct admin_hidden *at;
    size_t count;
};

struct admin_fact {
    const char *label;
    const char *value;
    struct url url; /* none: plain words */
    bool is_id;
    bool is_serial;
};
struct admin_facts {
    const struct admin_fact *at;
    size_t count;
};

struct admin_sentence {
    const char *words;
};
struct admin_sentences {
    const struct admin_sentence *at;
    size_t count;
};

struct admin_form_view {
    struct chrome page;
    bool has_faults;
    struct fault_views faults;
    const char *alarm_title; /* NULL: none */
    const char *alarm;
    const char *heading;
    const char *lead; /* "" none */
    bool has_facts;
    struct admin_facts facts;
    bool has_id_labels; /* what stands before each fact is an id */
    bool has_blocks;
    struct block_views blocks;
    const char *unit;     /* of the blocks' quantities */
    const char *together; /* their sum */
    bool has_next;
    struct admin_sentences next; /* what will happen */
    struct url post;
    struct admin_hiddens hiddens;
    struct admin_fields fields;
    const char *button;
    bool is_danger;
    struct url leave;
    const char *leave_words;
};

/* Something made that is shown this once: a one-time link (templates/admin/link.mustache). */
struct admin_link_view {
    struct chrome page;
    const char *heading;
    const char *name;
    const char *email;
    const char *link;
    struct when_view expires;
    struct url person_url;
    const char *warning; /* what did not work besides; "" */
};

/* What lists share. */
struct admin_list_view {
    struct url path;
    struct admin_fields filters;
    const char *sort; /* "" the usual */
    bool has_chips;
    struct chip_views chips;
    struct url all_url;
    bool has_pager;
    struct pager_view pager;
};

#endif
