/*
 * pages/team_webhooks_view.h: what the templates of webhooks show: an organisation's endpoints, one
 * of them with its log, one message.
 */
#ifndef PAGES_TEAM_WEBHOOKS_VIEW_H
#define PAGES_TEAM_WEBHOOKS_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/out.h"
#include "pages/chrome_view.h"
#include "pages/desk_view.h"

/* One endpoint in the list. */
struct webhook_row_view {
    const char *url_words; /* its address, in text: it is not for clicking */
    const char *description;
    struct url page;
    struct state_view state;
    const char *kinds_words;   /* "Every kind", "3 kinds" */
    struct when_view last;     /* the last try */
    const char *last_words;    /* "Answered 200"; "" none yet */
    const char *waiting_words; /* "12 messages wait"; "" none */
};
struct webhook_row_views {
    const struct webhook_row_view *at;
    size_t count;
};

/* templates/account/team-webhooks.mustache */
struct webhooks_view {
    struct chrome page;
    const char *org_name;
    const char *count_words; /* "3 endpoints" */
    struct webhook_row_views rows;
    bool has_rows;
    bool may_add; /* there is room for one more */
    const char *most_words;
    bool is_late; /* the registry's courier does not send */
};

struct webhook_kind_view {
    const char *value; /* "transfer.completed" */
    const char *id;    /* the element's */
    const char *words;
    bool is_on;
};
struct webhook_kind_views {
    const struct webhook_kind_view *at;
    size_t count;
};
struct webhook_group_view {
    const char *words; /* "Transfers" */
    struct webhook_kind_views kinds;
};
struct webhook_group_views {
    const struct webhook_group_view *at;
    size_t count;
};

/* templates/account/team-webhook-edit.mustache: a new endpoint, or another state of one */
struct webhook_edit_view {
    struct chrome page;
    bool has_faults;
    struct fault_views faults;
    const char *heading;
    const char *org_name;
    struct url post;
    struct url back;
    const char *button;
    bool is_new;
    bool is_test; /* endpoints on this machine are taken */
    const char *url, *url_fault;
    const char *description, *description_fault;
    bool takes_own, takes_all;
    bool which_all, which_some;
    const char *kind_fault;
    struct webhook_group_views groups;
};

/* templates/account/team-webhook-secret.mustache: shown once, right after it was made */
struct webhook_secret_view {
    struct chrome page;
    const char *url_words;
    const char *secret;
    bool is_new;                /* the endpoint was made just now */
    struct when_view old_until; /* the one before signs along until then */
    struct url back;
    struct url post_test;
};

struct webhook_message_row {
    struct when_view made;
    const char *kind;
    struct url url;
    const char *message_id;
    struct state_view state;
    const char *tries_words; /* "2 tries"; "" none yet */
    const char *last_words;  /* "Answered 500"; "" none yet */
    struct when_view next;   /* while it waits for another try */
};
struct webhook_message_rows {
    const struct webhook_message_row *at;
    size_t count;
};

/* templates/account/team-webhook.mustache */
struct webhook_view {
    struct chrome page;
    const char *heading; /* its description, else its address */
    const char *url_words;
    struct state_view state;
    struct when_view since;
    const char *since_by; /* who paused or resumed it; "" the courier, or nobody yet */
    bool is_active, is_paused, is_failing;
    bool is_late;
    const char *scope_words;
    const char *kinds_words; /* "Every kind", or the kinds */
    struct when_view made;
    const char *made_by;
    struct when_view last;
    const char *last_words;
    struct when_view resting; /* nothing is sent before */
    const char *waiting_words;
    struct when_view old_until; /* the former secret signs along */
    struct url change, rotate, remove, replay;
    struct url post_test, post_pause, post_resume;
    struct url tab_all, tab_waiting, tab_delivered, tab_given_up;
    bool at_all, at_waiting, at_delivered, at_given_up;
    struct webhook_message_rows rows;
    bool has_rows, has_pager;
    struct pager_view pager;
};

struct webhook_try_row {
    int64_t number;
    struct when_view at;
    const char *took; /* "120 ms" */
    const char *words;
};
struct webhook_try_rows {
    const struct webhook_try_row *at;
    size_t count;
};

/* templates/account/team-webhook-message.mustache */
struct webhook_message_view {
    struct chrome page;
    const char *kind;
    bool is_test;
    bool is_fresh_wait; /* was asked for just now: the answer is a moment away */
    const char *message_id;
    const char *url_words;
    const char *seq_words; /* number of the event; "" a test */
    struct state_view state;
    struct when_view made, next, ended;
    const char *body;
    struct webhook_try_rows tries;
    bool has_tries;
    const char *more_words; /* "The last 100 of 120 tries are shown."; "" all are */
    struct url endpoint, here, post_replay, post_test;
    bool is_stopped; /* nothing is sent until the endpoint is resumed */
};

/* templates/account/team-webhook-replay.mustache */
struct webhook_replay_view {
    struct chrome page;
    bool has_faults;
    struct fault_views faults;
    const char *url_words;
    const char *since, *since_fault; /* "2026-11-20" */
    struct url here, post, back;
    bool has_count;          /* a day was given */
    const char *since_words; /* "20 November 2026" */
    bool has_failed;         /* there are any */
    const char *count_words; /* "12 messages" */
};

#endif
