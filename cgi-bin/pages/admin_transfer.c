/* pages/admin_transfer.c: all transfers as a list, and one with its whole story. See
 * pages/admin_transfers.h. */
#include "pages/admin_transfers.h"

#include "admin_templates.h"
#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/desk.h"
#include "pages/transfer_words.h"

static const char *const state_words[] = {"awaiting_approval", "pending", "completed", "rejected",
                                          "withdrawn",         "expired", "cancelled", NULL};
static const char *const kind_words[] = {"external", "export", "internal", NULL};
static const char *const sort_words[] = {"submitted", "-submitted", NULL};
static const char usual_sort[] = "-submitted";

static const struct field_row rows[] = {
    {.name = "state", .kind = VALUE_WORD, .words = state_words},
    {.name = "kind", .kind = VALUE_WORD, .words = kind_words},
    {.name = "organisation", .kind = VALUE_LINE, .label = "Organisation"},
    {.name = "sort", .kind = VALUE_WORD, .words = sort_words},
    DESK_PAGE_FIELDS,
};
const struct form admin_transfers_form = {rows, sizeof(rows) / sizeof(rows[0])};

struct admin_transfer_filter admin_transfers_filter(struct visit *visit)
{
    return (struct admin_transfer_filter){
        .state = field_text(&visit->fields, "state"),
        .kind = field_text(&visit->fields, "kind"),
        .org = admin_org_or_words(visit, field_text(&visit->fields, "organisation")),
    };
}

static bool descends(const struct visit *visit)
{
    return !text_is(field_text(&visit->fields, "sort"), "submitted");
}

struct csv {
    struct visit *visit;
    char last_id[ID_SIZE];
};

static bool csv_window(struct response *response, void *state)
{
    struct csv *csv = state;
    struct arena *arena = csv->visit->arena;
    struct admin_transfer_filter filter = admin_transfers_filter(csv->visit);
    if (csv->last_id[0] == '\0') {
        admin_transfers_csv_head(&response->body);
    }
    struct admin_transfers found = admin_transfers_list(
        csv->visit->registry, arena, &filter, descends(csv->visit), csv->last_id, CSV_WINDOW_ROWS);
    for (size_t i = 0; i < found.count; i++) {
        admin_transfers_csv_row(&response->body, arena, &found.at[i]);
    }
    if (found.count > 0) {
        bool is_copied = TEXT_COPY(csv->last_id, found.at[found.count - 1].it.transfer_id);
        must(is_copied);
    }
    return found.count == CSV_WINDOW_ROWS;
}

static void show_rows(struct visit *visit, const struct admin_list *list,
                      struct admin_transfers_view *view)
{
    struct arena *arena = visit->arena;
    struct admin_transfer_filter filter = admin_transfers_filter(visit);
    struct admin_page page = admin_list_page(list);
    struct admin_transfers found =
        admin_transfers_list(visit->registry, arena, &filter, descends(visit) != page.goes_back,
                             page.cursor, PAGE_ROWS + 1);
    size_t count = found.count > PAGE_ROWS ? PAGE_ROWS : found.count;
    struct admin_transfer_row *views = arena_array(arena, struct admin_transfer_row, count + 1);
    for (size_t i = 0; i < count; i++) {
        views[i] = admin_transfer_row_of(visit, &found.at[page.goes_back ? count - 1 - i : i]);
    }
    view->rows = (struct admin_transfer_rows){views, count};
    view->has_rows = count > 0;
    struct admin_transfer_filter none = {.state = ""};
    int64_t shown = admin_transfers_count(visit->registry, arena, &filter);
    int64_t all = admin_transfers_count(visit->registry, arena, &none);
    admin_list_turn(list, found.count > PAGE_ROWS, count > 0 ? views[0].transfer_id : "",
                    count > 0 ? views[count - 1].transfer_id : "",
                    desk_count_of(arena, shown, all, "transfer", "transfers"), &view->list);
}

enum status admin_transfers_get(struct visit *visit, struct response *response)
{
    if (text_is(field_text(&visit->fields, "format"), "csv")) {
        struct csv *csv = arena_one(visit->arena, struct csv);
        csv->visit = visit;
        desk_csv_stream(visit, response, "transfers.csv", csv_window, csv);
        return STATUS_OK;
    }
    struct admin_list list = admin_list_begin(visit, "/admin/transfers", usual_sort);
    const char *sort = field_text(&visit->fields, "sort");
    list.sort = text_is(sort, usual_sort) ? "" : sort;
    list.is_by_time = true;
    admin_list_filter(&list, "state", "State", admin_state_choices);
    admin_list_filter(&list, "kind", "Kind", admin_kind_choices);
    admin_list_filter(&list, "organisation", "Organisation", NULL);
    struct admin_transfers_view view = {
        .page = chrome_of(visit, PLACE_PENDING, "All transfers"),
        .list = admin_list_show(&list),
        .by_time = admin_list_sort(&list, "-submitted"),
    };
    show_rows(visit, &list, &view);
    chrome_trail(visit, &view.page, url_path(visit->arena, "/admin/pending"), "Pending");
    template_admin_transfers(&response->body, &view);
    return STATUS_OK;
}

/* ---- one ---- */

/* The comment or reason that came with an act. */
static const char *quote_of(const struct admin_transfer *row, const char *command)
{
    if (text_is(command, act_word(ACT_TRANSFER)) || text_is(command, act_word(ACT_ACCEPT)) ||
        text_is(command, act_word(ACT_COMPLETE_EXPORT))) {
        return "";
    }
    if (text_is(command, act_word(ACT_APPROVE))) {
        return row->it.approval_comment;
    }
    if (text_is(command, act_word(ACT_REGISTRY_APPROVE))) {
        return row->it.registry_comment;
    }
    if (text_is(command, act_word(ACT_REDACT_NOTE))) {
        return row->it.note_redacted_reason;
    }
    return row->it.end_reason;
}

static const char *who_of(struct visit *visit, const struct my_act *act)
{
    if (text_empty(act->user_id)) {
        return text_is(act->command, act_word(ACT_EXPIRE)) ? "The clock" : "The operator";
    }
    return text_empty(act->org_id)
               ? admin_person(visit, act->user_id)
               : arena_printf(visit->arena, "%s (%s)", admin_person(visit, act->user_id),
                              admin_org_name(visit, act->org_id));
}

static struct story_views story_of(struct visit *visit, const struct admin_transfer *row)
{
    struct arena *arena = visit->arena;
    struct my_acts acts = my_transfer_acts(visit->registry, arena, row->it.transfer_id);
    struct story_view *story = arena_array(arena, struct story_view, acts.count + 1);
    size_t count = 0;
    if (acts.count == 0) {
        story[count++] = (struct story_view){
            .who = "The operator",
            .what = "Brought the transfer in with earlier books",
            .when = desk_when(arena, row->it.submitted_at),
            .quote = "",
        };
    }
    for (size_t i = 0; i < acts.count; i++) {
        story[count++] = (struct story_view){
            .who = who_of(visit, &acts.at[i]),
            .what = admin_act_words(acts.at[i].command),
            .when = desk_when(arena, acts.at[i].at),
            .quote = quote_of(row, acts.at[i].command),
        };
    }
    return (struct story_views){story, count};
}

static struct act_links acts_of(struct visit *visit, const struct admin_transfer *row)
{
    const struct admin_decision *decisions[ADMIN_DECISIONS_MAX];
    struct act_link *links = arena_array(visit->arena, struct act_link, ADMIN_DECISIONS_MAX);
    size_t count = admin_may(visit) ? admin_decisions(row, decisions) : 0;
    for (size_t i = 0; i < count; i++) {
        static const char *const words[][2] = {
            {"approve", "Approve this transfer"},    {"refuse", "Refuse this transfer"},
            {"complete", "Confirm that it arrived"}, {"reject", "Record that it was rejected"},
            {"cancel", "Cancel this transfer"},      {"redact", "Redact the public note"},
        };
        links[i].url =
            url_path(visit->arena, "/admin/transfers/*/*", row->it.transfer_id, decisions[i]->word);
        links[i].is_primary = decisions[i]->is_primary;
        for (size_t w = 0; w < sizeof(words) / sizeof(words[0]); w++) {
            links[i].words =
                text_is(words[w][0], decisions[i]->word) ? words[w][1] : links[i].words;
        }
    }
    return (struct act_links){links, count};
}

struct facts {
    struct admin_fact *at;
    size_t count;
};

static void add_fact(struct facts *facts, const char *label, const char *value, struct url url)
{
    if (text_empty(value)) {
        return;
    }
    must(facts->count < ADMIN_FACTS_MAX);
    facts->at[facts->count++] = (struct admin_fact){
        .label = label, .value = value, .url = url, .is_id = id_is(value, NULL)};
}

/* Whose approvals it needs. */
static const char *needed_words(const struct my_transfer *it)
{
    if (it->needs_approval && it->needs_registry_approval) {
        return "A second person of the sender, and the registry";
    }
    if (it->needs_approval) {
        return "A second person of the sender";
    }
    return it->needs_registry_approval ? "The registry" : "None";
}

static struct admin_facts facts_of(struct visit *visit, const struct admin_transfer *row)
{
    const struct url none = {NULL};
    struct arena *arena = visit->arena;
    const struct my_transfer *it = &row->it;
    struct facts facts = {arena_array(arena, struct admin_fact, ADMIN_FACTS_MAX), 0};
    const char *weight = desk_weight(arena, it->units, it->instrument);
    const char *quantity = quantity_words(arena, it->units, it->instrument);
    add_fact(&facts, "Transfer", it->transfer_id, none);
    add_fact(&facts, "Kind", desk_kind_words(it->kind), none);
    add_fact(&facts, "From", it->from_name, admin_org_url(arena, it->from_org_id));
    add_fact(&facts, "To", admin_transfer_to(visit, row),
             text_is(it->kind, "external") ? admin_org_url(arena, it->to_org_id) : none);
    add_fact(&facts, "Into account", text_is(it->kind, "external") ? it->to_account_name : "",
             none);
    add_fact(&facts, "Quantity",
             text_empty(weight) ? quantity : arena_printf(arena, "%s (%s)", quantity, weight),
             none);
    add_fact(&facts, "Supplier", text_empty(it->supplier_org_id) ? "Several" : it->supplier_name,
             text_empty(it->supplier_org_id) ? none : admin_org_url(arena, it->supplier_org_id));
    if (!text_empty(it->submitted_by)) {
        add_fact(&facts, "Sent by", admin_person(visit, it->submitted_by),
                 admin_person_url(arena, it->submitted_by));
    }
    add_fact(&facts, "Approvals needed", needed_words(it), none);
    if (!text_empty(it->corrects_id)) {
        add_fact(&facts, "Corrects", it->corrects_id, admin_transfer_url(arena, it->corrects_id));
    }
    return (struct admin_facts){facts.at, facts.count};
}

enum status admin_transfer_get(struct visit *visit, struct response *response)
{
    struct arena *arena = visit->arena;
    struct admin_transfer row;
    if (!admin_transfer_find(visit->registry, arena, visit->arguments[0], &row)) {
        return STATUS_NOT_FOUND;
    }
    const struct my_transfer *it = &row.it;
    struct my_blocks blocks =
        my_transfer_blocks(visit->registry, arena, it->from_org_id, it->transfer_id);
    const char *title = admin_transfer_title(visit, &row);
    struct admin_transfer_view view = {
        .page =
            chrome_of(visit, PLACE_PENDING, arena_printf(arena, "Transfer %s", it->transfer_id)),
        .title = title,
        .state = desk_state(it->state),
        .next = admin_transfer_next(visit, &row),
        .acts = acts_of(visit, &row),
        .facts = facts_of(visit, &row),
        .notes = it->notes,
        .has_notes = !text_empty(it->notes),
        .redacted = it->note_redacted_at == 0
                        ? ""
                        : arena_printf(arena, "Redacted on %s: %s",
                                       desk_when(arena, it->note_redacted_at).words,
                                       it->note_redacted_reason),
        .private_note = it->private_note,
        .has_private_note = !text_empty(it->private_note),
        .unit = desk_unit(it->instrument),
        .blocks = transfer_blocks(visit, blocks),
        .block_words = desk_count(arena, (int64_t)blocks.count, "block", "blocks"),
        .story = story_of(visit, &row),
        .waits_for = admin_transfer_why(visit, &row),
        .waits_until = desk_when(arena, transfer_is_open(it) ? it->expires_at : 0),
        .audit_url = url_with(arena, url_path(arena, "/admin/audit"), "subject", it->transfer_id),
        .is_public = text_is(it->state, "completed"),
        .public_url = url_path(arena, "/registry/transfers/*", it->transfer_id),
    };
    view.has_acts = view.acts.count > 0;
    chrome_trail(visit, &view.page, url_path(arena, "/admin/pending"), "Pending");
    chrome_trail(visit, &view.page, url_path(arena, "/admin/transfers"), "All transfers");
    template_admin_transfer(&response->body, &view);
    return STATUS_OK;
}
