/*
 * pages/at_once.h: acts that move units at once and are asked for on two pages: how much (oldest
 * first, or from named batches), then the check that names the very blocks and asks for a note. A
 * delivery, a refund and a cancellation are such acts; each says what is special about it in its
 * struct at_once.
 *
 * Both stand at one address: the answers of the question are in the query of the check, so that
 * Back and reload work; only more batches than an address can hold are sent as a form. The check
 * carries the digest of the plan that it shows: when the ledger has moved meanwhile nothing happens
 * and the new plan is shown. Its random word, from the question on, is the key of the act: however
 * often its button is pressed, it is done once, and its address leads to what was done.
 */
#ifndef PAGES_AT_ONCE_H
#define PAGES_AT_ONCE_H

#include "gate/gate.h"
#include "ledger/command.h"
#include "ledger/ledger.h"
#include "pages/at_once_view.h"
#include "pages/chrome.h"
#include "pages/plan.h"
#include "store/holdings.h"

/* Fields of both pages, in addresses and forms; for the rows of the route table. */
extern const struct form at_once_form;

#define AT_ONCE_FACTS_MAX 8
/* COMMAND_LINES_MAX batches: an id, two marks, 19 digits each */
#define AT_ONCE_LINES_CHARS_MAX 10752

/* A project that can be taken from. */
struct at_once_project {
    const char *project_id;
    const char *name;
    int64_t available_units;
};

/* What was asked for. */
struct at_once_wish {
    bool by_batch;
    const char *project_id; /* oldest first: of this one; "" of any */
    int64_t units;
    uint32_t line_count;
    struct command_line lines[COMMAND_LINES_MAX];
};

struct at_once {
    struct visit *visit;
    enum asker program;
    enum place place;
    const char *word;     /* of the act, for its key: "deliver" */
    const char *thing_id; /* what it is done to, for its key: the order */
    enum instrument instrument;
    struct url post;
    struct url leave;
    const char *leave_words;
    void (*trail)(const struct at_once *act, struct chrome *page);

    /* ---- the question ---- */
    const char *question;
    const char *batch_question;
    const char *hint;
    const char *needed_words; /* "Enter how many credits to deliver." */
    const char *verb_label;   /* "Deliver" */
    const char *all_label;    /* "All that is open" */
    int64_t limit_units;      /* more than that in all cannot be, whatever there is */
    const struct at_once_project *projects;
    size_t project_count;
    struct holding_batches batches; /* to name; at most COMMAND_LINES_MAX */
    bool batches_are_cut;

    /* ---- the check ---- */
    const char *check_heading;
    const struct at_once_fact *facts;
    size_t fact_count;
    const struct plan_verb *verb;
    const char *note_label;
    const char *note_hint;
    bool is_note_needed;
    const char *alarm_title; /* "This delivery cannot be made now" */
    bool is_danger;
    const void *of; /* the act's own: struct order and the like */

    /* Makes the command without key, plan and note. */
    void (*fill)(const struct at_once *act, const struct at_once_wish *wish,
                 struct command *command);
    /* Where the ledger's command has its note, and its plan. */
    void (*add)(struct command *command, const char *notes, const struct digest *plan);
    const char *(*button)(const struct at_once *act, const char *quantity);
    void (*say)(const struct at_once *act, const struct plan *plan, const char *quantity,
                struct plan_sentences *next, struct plan_sentences *warnings);
    /* A refusal of the whole act in better words than the table's; words NULL: none. */
    struct at_once_alarm (*refused)(const struct at_once *act, const struct answer *answer);
    /* It is done: goes on. */
    enum status (*done)(const struct at_once *act, struct response *response, const char *id);
    void (*show_question)(struct out *out, const struct at_once_view *view);
    void (*show_check)(struct out *out, const struct at_once_check_view *view);
};

enum status at_once_get(const struct at_once *act, struct response *response);
enum status at_once_post(const struct at_once *act, struct response *response);

/* Is the check asked for, and not the question? */
bool at_once_is_check(const struct visit *visit);

/* What can be taken in all, of one project or ("") of any. */
int64_t at_once_available(const struct at_once *act, const char *project_id);

/* Would the act be refused, whatever the amount? Asks for the least there is. Status OK: no. */
enum status at_once_hindrance(const struct at_once *act, struct answer *answer);

/* at_once_wish.c: reads the answers; faults stand beside their fields. must_have: nothing asked for
 * is a fault too. */
void at_once_read(const struct at_once *act, struct at_once_wish *wish, bool must_have);
/* The batches that are named, as the check carries them: "ctb_….1500,ctb_….20"; "" none. */
const char *at_once_lines(struct arena *arena, const struct at_once_wish *wish);
/* The page with these answers; step "" is the question. None when an address cannot hold them. */
struct url at_once_url(const struct at_once *act, const struct at_once_wish *wish, const char *step,
                       const char *once);
/* at_once_show.c: the two pages. */
enum status at_once_show_question(const struct at_once *act, struct response *response,
                                  const struct at_once_wish *wish, struct at_once_alarm alarm,
                                  enum status status);
enum status at_once_show_check(const struct at_once *act, struct response *response,
                               const struct at_once_wish *wish, const struct plan *plan,
                               struct at_once_alarm alarm, enum status status);

#endif
