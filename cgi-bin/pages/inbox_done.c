/* pages/inbox_done.c: what came of acting on several transfers at once. The acts are read from the
 * audit log, the person's own only: the address can be reloaded and sent to nobody else. */
#include "account_templates.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/desk.h"
#include "pages/inbox.h"
#include "pages/transfer_words.h"
#include "store/my_transfers.h"

static const char *const act_words[] = {"accept", "reject", "approve", "refuse", "withdraw", NULL};
static const char *const done_words[] = {"accepted", "rejected", "approved", "refused",
                                         "withdrawn"};

static const struct field_row rows[] = {
    {.name = "act", .kind = VALUE_WORD, .needed = true, .words = act_words},
    {.name = "seq", .kind = VALUE_INT, .repeats = true},
    {.name = "unsure", .kind = VALUE_ID, .repeats = true},
    {.name = "undone", .kind = VALUE_ID, .repeats = true},
};
const struct form inbox_done_query = {rows, sizeof(rows) / sizeof(rows[0])};

static const char *done_word(const char *act)
{
    for (size_t i = 0; act_words[i] != NULL; i++) {
        if (text_is(act_words[i], act)) {
            return done_words[i];
        }
    }
    return "done";
}

/* The sentence of a refusal that the audit log keeps as its slug. */
static const char *sentence_of(struct visit *visit, const struct my_transfer *row, const char *slug)
{
    for (int i = 0; i < STATUS__COUNT; i++) {
        if (text_is(status_row((enum status)i)->slug, slug)) {
            const char *words = transfer_refused(visit, row, (enum status)i);
            return words != NULL ? words : status_row((enum status)i)->sentence;
        }
    }
    return slug;
}

/* One row; false when the transfer is none of this person's. slug: what came of it. */
static bool result_of(struct visit *visit, const char *transfer_id, const char *slug,
                      const char *word, struct inbox_result *result)
{
    bool is_done = text_is(slug, "ok");
    struct my_transfer row;
    if (!my_transfer_find(visit->registry, visit->arena, visit->org_id, transfer_id, &row)) {
        return false;
    }
    *result = (struct inbox_result){
        .transfer_id = row.transfer_id,
        .url = desk_transfer_url(visit->arena, row.transfer_id),
        .what = transfer_title(visit, &row),
        .is_done = is_done,
        .outcome = is_done ? arena_printf(visit->arena, "This transfer is %s.", word)
                           : sentence_of(visit, &row, slug),
        .state = desk_state(row.state),
        .next = transfer_next(visit, &row),
    };
    return true;
}

static size_t add_named(struct visit *visit, const char *field, enum status status,
                        struct inbox_result *results, size_t count, size_t most)
{
    size_t next = 0;
    for (const struct pair *pair = field_each(&visit->fields, field, &next);
         pair != NULL && count < most; pair = field_each(&visit->fields, field, &next)) {
        if (result_of(visit, pair->value, status_row(status)->slug, "", &results[count])) {
            count++;
        }
    }
    return count;
}

enum status inbox_done_get(struct visit *visit, struct response *response)
{
    struct arena *arena = visit->arena;
    const char *act = field_text(&visit->fields, "act");
    const char *word = done_word(act);
    struct inbox_result *results = arena_array(arena, struct inbox_result, PAGE_ROWS);
    size_t count = 0;
    int64_t done = 0;
    size_t next = 0;
    for (const struct pair *pair = field_each(&visit->fields, "seq", &next);
         pair != NULL && count < PAGE_ROWS; pair = field_each(&visit->fields, "seq", &next)) {
        int64_t seq = 0;
        struct my_act found;
        if (!text_parse_int(pair->value, false, &seq) ||
            !my_act_find(visit->registry, arena, visit->user_id, seq, &found)) {
            continue;
        }
        if (result_of(visit, found.subject_id, found.outcome, word, &results[count])) {
            done += results[count].is_done ? 1 : 0;
            count++;
        }
    }
    size_t known = count;
    count = add_named(visit, "undone", STATUS_LEDGER_AWAY, results, count, PAGE_ROWS);
    count = add_named(visit, "unsure", STATUS_ANSWER_LOST, results, count, PAGE_ROWS);
    if (count == 0) {
        return STATUS_NOT_FOUND;
    }
    bool all_done = done == (int64_t)count;
    const char *heading =
        all_done
            ? arena_printf(arena, "%s %s", desk_count(arena, done, "transfer", "transfers"), word)
            : arena_printf(arena, "%s of %s %s", text_int_grouped(arena, done),
                           desk_count(arena, (int64_t)count, "transfer", "transfers"), word);
    struct inbox_done_view view = {
        .page = chrome_of(visit, PLACE_INBOX, heading),
        .heading = heading,
        .all_done = all_done,
        .rows = {results, count},
        .has_unsure = count > known,
    };
    chrome_trail(visit, &view.page, url_path(arena, "/account/inbox"), "Inbox");
    template_account_inbox_done(&response->body, &view);
    return STATUS_OK;
}
