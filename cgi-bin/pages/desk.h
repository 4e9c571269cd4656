/*
 * pages/desk.h: what the account's pages share: words for states and times, addresses, keys for
 * acts, the way of a page that needs mending. No SQL, no rules.
 */
#ifndef PAGES_DESK_H
#define PAGES_DESK_H

#include "gate/gate.h"
#include "ledger/command.h"
#include "model/quantity.h"
#include "pages/chrome.h"
#include "pages/desk_view.h"
#include "store/redaction.h"

/* Rows of a list's form: which page of it, and whether it is asked for as CSV; then the days that
 * it may be narrowed to. */
#define DESK_FORMAT_FIELD                                                                          \
    {                                                                                              \
        .name = "format", .kind = VALUE_WORD, .words = desk_format_words                           \
    }
#define DESK_PAGE_FIELDS                                                                           \
    {.name = "before", .kind = VALUE_CURSOR}, {.name = "after", .kind = VALUE_CURSOR},             \
        DESK_FORMAT_FIELD
#define DESK_DAYS_FIELDS                                                                           \
    {.name = "from", .kind = VALUE_DATE, .label = "Since"},                                        \
    {                                                                                              \
        .name = "to", .kind = VALUE_DATE, .label = "Until"                                         \
    }
extern const char *const desk_format_words[];

struct when_view desk_when(struct arena *arena, int64_t at);
/* what "The note": "The note was redacted on 20 November 2026: it named a person."; "" it was not.
 */
const char *desk_redacted(struct arena *arena, const char *what, struct redaction redaction);
/* "Awaiting approval" for "awaiting_approval" …; a word it does not know stays as it is. */
struct state_view desk_state(const char *slug);
/* A transfer's kind: "To another organisation", "Between own accounts", "Out to another registry";
 * an account's: "Active", "Retirement", "Reserve". */
const char *desk_kind_words(const char *kind);
/* "Carbon removal credits" / "Renewable energy certificates": a heading. */
const char *desk_instrument(enum instrument instrument);
/* "credits" / "MWh": the unit in a table's heading. */
const char *desk_unit(enum instrument instrument);
/* A column heading that sorts: where it leads, and whether the list falls or rises by it now. */
struct sort_view desk_sort(struct url url, bool is_falling, bool is_rising);
/* The words of a pager's links: Newer and Older in a list by time, otherwise Previous and Next.
 * False: there is no link. */
bool desk_pager(struct pager_view *pager, bool is_by_time, bool is_descending);
/* "1 transfer", "1,204 transfers". */
const char *desk_count(struct arena *arena, int64_t count, const char *one, const char *many);
/* A count that filters have narrowed: "37 of 1,204 transfers". */
const char *desk_count_of(struct arena *arena, int64_t shown, int64_t all, const char *one,
                          const char *many);
/* The verb after a quantity in words: `one` for exactly one credit ("1.000 credit moves"),
 * otherwise `many`. */
const char *desk_verb(int64_t units, enum instrument instrument, const char *one, const char *many);
/* "700,500 kg CO₂e"; "" for what is not counted by weight. */
const char *desk_weight(struct arena *arena, int64_t units, enum instrument instrument);

/* Public pages of things. */
struct url desk_batch_url(struct arena *arena, const char *batch_id);
struct url desk_project_url(struct arena *arena, const char *project_id);
struct url desk_org_url(struct arena *arena, const char *org_id);
struct url desk_transfer_url(struct arena *arena, const char *transfer_id);
struct url desk_retirement_url(struct arena *arena, const char *retirement_id);
struct url desk_certificate_url(struct arena *arena, const char *retirement_id);
struct url desk_certificate_pdf_url(struct arena *arena, const char *retirement_id);

/* The name of one's own colleague; "Someone who has left" when people.db does not know the id, "The
 * registry" for "". */
const char *desk_person(struct visit *visit, const char *user_id);

/* May this person do this? role: a ROLE_… bit. */
bool desk_may(const struct visit *visit, unsigned role);

/* The key of one act on one transfer: the same for a double click or a reload of one form (once:
 * the form's own random word), different for another form, person or act. */
void desk_key(const struct visit *visit, const char *once, const char *act, const char *transfer_id,
              char key[KEY_SIZE]);
/* A new random word for a form. */
const char *desk_once(struct arena *arena);

/* Sets the code of a page that is shown again because something in its form needs mending, or the
 * ledger refused. */
void desk_mend(struct response *response, enum status status);

/* A redirect to an address, STATUS_OK. */
enum status desk_go(struct visit *visit, struct response *response, struct url to);

/* Sends CSV under a file name made of plain letters: "credits.csv". */
void desk_csv(struct response *response, struct arena *arena, const char *file_name);
/* The same in windows: see struct response. */
void desk_csv_stream(struct visit *visit, struct response *response, const char *file_name,
                     bool (*window)(struct response *response, void *state), void *state);

/* One line of it. */
void desk_csv_line(struct out *out, const char *const *cells, size_t count);

/* Are less than two days left until then? */
bool desk_is_soon(const struct visit *visit, int64_t at);

#endif
