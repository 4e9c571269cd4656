/* pages/admin_redact.c: see pages/admin_redact.h. */
#include "pages/admin_redact.h"

#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/admin.h"
#include "pages/desk.h"
#include "store/admin_transfers.h"
#include "store/public_words.h"

/* clang-format off */
static const char *const which_choices[] = {
    "note", "The public note, or the reason of a cancellation",
    "beneficiary", "The name of a retirement’s beneficiary",
    NULL,
};
/* clang-format on */
static const char *const which_words[] = {"note", "beneficiary", NULL};

static const struct field_row find_rows[] = {
    {.name = "id",
     .kind = VALUE_LINE,
     .needed = true,
     .chars_max = 400,
     .label = "Id or address",
     .needed_words = "Enter the id of what the words stand on, such as ret_1KNSQMD6Z1S0TB50."},
    {.name = "which", .kind = VALUE_WORD, .words = which_words},
};
const struct form admin_redact_find_form = {find_rows, sizeof(find_rows) / sizeof(find_rows[0])};

static const struct field_row rows[] = {
    {.name = "once", .kind = VALUE_LINE},
    {.name = "reason", .kind = VALUE_LINE, .chars_max = REASON_CHARS_MAX, .label = "The reason"},
};
const struct form admin_redact_form = {rows, sizeof(rows) / sizeof(rows[0])};

static const struct admin_field_name names[] = {
    {FIELD_REASON, "reason", NULL},
    {FIELD_NOTES, NULL,
     "There are no such words to redact: there were none, or they were redacted before."},
    {FIELD_NONE, NULL, NULL},
};

/* What stands at the address: the words of a kind, of one thing. */
struct subject {
    bool is_name;
    const char *word;  /* in the address */
    const char *thing; /* "Retirement" */
    const char *what;  /* "the public note" */
    struct public_words words;
};

/* False: there is no such thing, or it has no words of that kind. */
static bool find(struct visit *visit, const char *id, const char *word, struct subject *subject)
{
    static const char *const things[WORDS__COUNT] = {
        [WORDS_ISSUANCE_NOTE] = "Issuance",     [WORDS_DELIVERY_NOTE] = "Delivery",
        [WORDS_RETIREMENT_NOTE] = "Retirement", [WORDS_REFUND_NOTE] = "Refund",
        [WORDS_BENEFICIARY] = "Retirement",     [WORDS_CANCELLATION_REASON] = "Cancellation",
    };
    enum public_words_of of = public_words_note_of(id);
    *subject = (struct subject){.is_name = text_is(word, "beneficiary"), .word = word};
    if (subject->is_name) {
        of = of == WORDS_RETIREMENT_NOTE ? WORDS_BENEFICIARY : WORDS__COUNT;
    }
    if (of == WORDS__COUNT || (!subject->is_name && !text_is(word, "note")) ||
        !public_words_find(visit->registry, visit->arena, of, id, &subject->words)) {
        return false;
    }
    subject->thing = things[of];
    subject->what = subject->is_name                  ? "the beneficiary’s name"
                    : of == WORDS_CANCELLATION_REASON ? "the public reason"
                                                      : "the public note";
    return true;
}

static bool is_possible(const struct subject *subject)
{
    return subject->words.redacted.at == 0 && !text_empty(subject->words.words);
}

/* ---- which words ---- */

/* The id in what was typed: it may be the address of a page. "" there is none. */
static const char *id_in(struct arena *arena, const char *typed)
{
    for (const char *at = typed; strlen(at) >= ID_SIZE - 1; at++) {
        const char *id = arena_text_sized(arena, at, ID_SIZE - 1);
        if (id_is(id, NULL)) {
            return id;
        }
    }
    return "";
}

static enum status show_find(struct visit *visit, struct response *response)
{
    struct arena *arena = visit->arena;
    struct admin_form *form = admin_form_begin(
        visit, PLACE_SETTINGS, "Redact public words", url_path(arena, "/admin/redact"),
        url_path(arena, "/admin/settings"), "Look at the words");
    form->view.leave_words = "Leave";
    form->view.lead = "What everybody reads and breaks the rules can be taken away. Next you see "
                      "the words; nothing is changed yet.";
    (void)admin_form_line(form, "id", "Id or address",
                          "Of a transfer, issuance, delivery, retirement, refund or cancellation, "
                          "as its public page has it. The address of that page will do.",
                          "");
    (void)admin_form_select(form, "which", "Which words", "", "note", which_choices, "");
    chrome_trail(visit, &form->view.page, url_path(arena, "/admin/settings"), "Settings");
    return admin_form_show(form, response, STATUS_OK);
}

enum status admin_redact_find_get(struct visit *visit, struct response *response)
{
    return show_find(visit, response);
}

enum status admin_redact_find_post(struct visit *visit, struct response *response)
{
    struct arena *arena = visit->arena;
    const char *id = id_in(arena, field_text(&visit->fields, "id"));
    const char *which = field_text(&visit->fields, "which");
    struct subject subject;
    struct admin_transfer transfer;
    if (visit->fields.error_count > 0) {
        return show_find(visit, response);
    }
    if (id_is(id, "tfr") && admin_transfer_find(visit->registry, arena, id, &transfer)) {
        return desk_go(visit, response, admin_transfer_url(arena, id));
    }
    if (!find(visit, id, text_empty(which) ? "note" : which, &subject)) {
        field_fault(&visit->fields, "id",
                    "Nothing with such words has this id. Enter it as its public page has it, such "
                    "as ret_1KNSQMD6Z1S0TB50.");
        return show_find(visit, response);
    }
    if (!is_possible(&subject)) {
        const char *redacted =
            desk_redacted(arena, subject.is_name ? "The name" : "The note", subject.words.redacted);
        field_fault(&visit->fields, "id",
                    !text_empty(redacted) ? redacted
                    : subject.is_name     ? "The beneficiary is an organisation of this registry: "
                                            "its name is changed on its own page."
                                          : "It has no public note.");
        return show_find(visit, response);
    }
    return desk_go(visit, response,
                   url_path(arena, "/admin/redact/*/*", subject.words.subject_id, subject.word));
}

/* ---- the page before the act ---- */

static enum status show(struct visit *visit, struct response *response,
                        const struct subject *subject, struct admin_alarm alarm, enum status status)
{
    struct arena *arena = visit->arena;
    const struct public_words *words = &subject->words;
    struct url page = admin_thing_url(arena, words->subject_id);
    struct admin_form *form =
        admin_form_begin(visit, PLACE_SETTINGS, arena_printf(arena, "Redact %s?", subject->what),
                         url_path(arena, "/admin/redact/*/*", words->subject_id, subject->word),
                         page, arena_printf(arena, "Redact %s", subject->what));
    form->view.is_danger = true;
    admin_form_once(form);
    admin_form_fact(form, subject->thing, words->subject_id, page);
    admin_form_fact(form, "Of", words->org_name, admin_org_url(arena, words->org_id));
    admin_form_fact(form, "Quantity", quantity_words(arena, words->units, words->instrument),
                    (struct url){NULL});
    if (is_possible(subject)) {
        admin_form_say(form, arena_printf(arena,
                                          "The words “%s” are taken away for good, here, on the "
                                          "public pages and over the API.",
                                          words->words));
        admin_form_say(form, "What remains is that there were words, that the registry redacted "
                             "them, when, and your reason.");
        if (subject->is_name) {
            admin_form_say(form, "The audit log, which administrators and auditors read, keeps for "
                                 "whom it was.");
        }
        if (id_is(words->subject_id, "ret")) {
            admin_form_say(form, "The certificate gets another code: one that was printed before "
                                 "is no longer proved by its code.");
        }
    }
    (void)admin_form_area(form, "reason", "Reason",
                          "Everybody reads it, in place of the words. Do not repeat them.", "");
    if (alarm.title != NULL) {
        admin_form_alarm(form, alarm.title, alarm.words);
    }
    chrome_trail(visit, &form->view.page, url_path(arena, "/admin/settings"), "Settings");
    chrome_trail(visit, &form->view.page, url_path(arena, "/admin/redact"), "Redact public words");
    return admin_form_show(form, response, status);
}

enum status admin_redact_get(struct visit *visit, struct response *response)
{
    struct subject subject;
    if (!find(visit, visit->arguments[0], visit->arguments[1], &subject)) {
        return STATUS_NOT_FOUND;
    }
    if (!is_possible(&subject)) {
        /* The page says how it stands. */
        return desk_go(visit, response, admin_thing_url(visit->arena, subject.words.subject_id));
    }
    return show(visit, response, &subject, (struct admin_alarm){NULL, NULL}, STATUS_OK);
}

enum status admin_redact_post(struct visit *visit, struct response *response)
{
    struct admin_alarm alarm = {NULL, NULL};
    struct subject subject;
    if (!find(visit, visit->arguments[0], visit->arguments[1], &subject)) {
        return STATUS_NOT_FOUND;
    }
    const char *id = subject.words.subject_id;
    const char *reason = field_text(&visit->fields, "reason");
    if (text_empty(reason)) {
        field_fault(&visit->fields, "reason", "Enter the reason: everybody has to know why.");
    }
    if (visit->fields.error_count > 0) {
        return show(visit, response, &subject, alarm, STATUS_OK);
    }
    char key[KEY_SIZE];
    desk_key(visit, field_text(&visit->fields, "once"), subject.is_name ? "redact-name" : "redact",
             id, key);
    struct command *command = arena_one(visit->arena, struct command);
    *command =
        command_of(subject.is_name ? ACT_REDACT_BENEFICIARY : ACT_REDACT_NOTE, visit->user_id, key);
    must(TEXT_COPY(command->decide.subject_id, id));
    must(TEXT_COPY(command->decide.reason, reason));
    struct answer answer;
    enum status status =
        admin_ask(visit, command, subject.words.instrument, names, &answer, &alarm);
    if (admin_is_page(status)) {
        return status;
    }
    if (status != STATUS_OK) {
        return show(visit, response, &subject, alarm, status);
    }
    return admin_done(
        visit, response,
        arena_printf(visit->arena, "%s %s", subject.is_name ? "name-redacted" : "redacted", id),
        url_path(visit->arena, "/admin/redact"));
}
