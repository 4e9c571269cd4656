/* pages/admin_audit.c: the audit log. See pages/admin_house.h. */
#include "pages/admin_house.h"

#include "admin_templates.h"
#include "base/clock.h"
#include "base/text.h"
#include "base/url.h"
#include "pages/admin_house_view.h"
#include "pages/admin_transfers.h"
#include "pages/desk.h"
#include "store/admin_acts.h"
#include "store/admin_orgs.h"
#include "store/admin_people.h"

#define MEANT_MAX 8 /* people or organisations offered when several fit */

static const char *const outcome_words[] = {"ok", "refused", NULL};
static const char *const outcome_choices[] = {"ok", "Done", "refused", "Refused", NULL};

static const struct field_row rows[] = {
    {.name = "who", .kind = VALUE_LINE, .label = "Who"},
    {.name = "organisation", .kind = VALUE_LINE, .label = "For organisation"},
    {.name = "act", .kind = VALUE_LINE, .chars_max = 32, .label = "Act"},
    {.name = "outcome", .kind = VALUE_WORD, .words = outcome_words},
    {.name = "subject", .kind = VALUE_LINE, .label = "About id"},
    DESK_DAYS_FIELDS,
    DESK_PAGE_FIELDS,
};
const struct form admin_audit_form = {rows, sizeof(rows) / sizeof(rows[0])};

/* What the address asks for, resolved to ids; what could mean several is offered. */
struct asked {
    struct admin_act_filter filter;
    bool fits_nothing; /* a name that nobody has */
    const char *meant_words;
    struct admin_meant meants[MEANT_MAX];
    size_t meant_count;
};

static struct url address_with(struct visit *visit, const char *name, const char *value)
{
    static const char *const kept[] = {"who",     "organisation", "act", "outcome",
                                       "subject", "from",         "to"};
    struct url url = url_path(visit->arena, "/admin/audit");
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
        url = url_with(visit->arena, url, kept[i],
                       text_is(kept[i], name) ? value : field_text(&visit->fields, kept[i]));
    }
    return url;
}

static void ask_person(struct visit *visit, struct asked *asked)
{
    struct arena *arena = visit->arena;
    const char *typed = field_text(&visit->fields, "who");
    if (text_empty(typed) || id_is(typed, "usr")) {
        asked->filter.user_id = typed;
        return;
    }
    struct admin_people_filter filter = {.typed = typed};
    struct person *persons = arena_array(arena, struct person, MEANT_MAX);
    size_t count = admin_people_list(visit->people, arena, &filter, false, "", persons, MEANT_MAX);
    asked->fits_nothing = count != 1;
    if (count == 1) {
        asked->filter.user_id = persons[0].user_id;
        return;
    }
    asked->meant_words = count == 0
                             ? arena_printf(arena, "Nobody is called “%s”.", typed)
                             : arena_printf(arena, "Several people fit “%s”. Choose one:", typed);
    for (size_t i = 0; i < count; i++) {
        asked->meants[asked->meant_count++] = (struct admin_meant){
            persons[i].name, persons[i].email, address_with(visit, "who", persons[i].user_id)};
    }
}

static void ask_org(struct visit *visit, struct asked *asked)
{
    struct arena *arena = visit->arena;
    const char *typed = field_text(&visit->fields, "organisation");
    if (text_empty(typed) || id_is(typed, "org") || asked->fits_nothing) {
        asked->filter.org_id = typed;
        return;
    }
    struct admin_org_filter filter = {.typed = typed};
    struct admin_orgs found =
        admin_orgs_list(visit->registry, arena, &filter, false, "", MEANT_MAX);
    asked->fits_nothing = found.count != 1;
    if (found.count == 1) {
        asked->filter.org_id = found.at[0].org_id;
        return;
    }
    asked->meant_words =
        found.count == 0
            ? arena_printf(arena, "No organisation is called “%s”.", typed)
            : arena_printf(arena, "Several organisations fit “%s”. Choose one:", typed);
    for (size_t i = 0; i < found.count; i++) {
        asked->meants[asked->meant_count++] =
            (struct admin_meant){found.at[i].name, found.at[i].org_id,
                                 address_with(visit, "organisation", found.at[i].org_id)};
    }
}

static void ask(struct visit *visit, struct asked *asked)
{
    const struct fields *fields = &visit->fields;
    int64_t at = 0;
    *asked = (struct asked){.meant_words = ""};
    asked->filter.command = field_text(fields, "act");
    asked->filter.outcome = field_text(fields, "outcome");
    asked->filter.subject_id = field_text(fields, "subject");
    ask_person(visit, asked);
    ask_org(visit, asked);
    if (clock_parse_date(field_text(fields, "from"), &at)) {
        asked->filter.from_seq = admin_acts_seq_at(visit->registry, at);
    }
    if (clock_parse_date(field_text(fields, "to"), &at)) {
        /* the whole day */
        asked->filter.to_seq = admin_acts_seq_at(visit->registry, at + CLOCK_DAY_US) - 1;
        asked->fits_nothing = asked->fits_nothing || asked->filter.to_seq == 0;
    }
}

static const char *who_of(struct visit *visit, const struct admin_act *act)
{
    if (!text_empty(act->user_id)) {
        return admin_person(visit, act->user_id);
    }
    return text_is(act->program, program_word(PROGRAM_LEDGER)) ? "The clock" : "The operator";
}

/* ---- CSV ---- */

struct csv {
    struct visit *visit;
    struct asked asked;
    int64_t last;
    bool is_begun;
};

static bool csv_window(struct response *response, void *state)
{
    static const char *const head[] = {"seq",     "recorded_at", "at",      "program",
                                       "user_id", "who",         "org_id",  "for",
                                       "command", "subject_id",  "outcome", "detail"};
    enum { COLUMNS = sizeof(head) / sizeof(head[0]) };
    struct csv *csv = state;
    struct arena *arena = csv->visit->arena;
    if (!csv->is_begun) {
        desk_csv_line(&response->body, head, COLUMNS);
        csv->is_begun = true;
    }
    if (csv->asked.fits_nothing) {
        return false;
    }
    struct admin_acts found = admin_acts_list(csv->visit->registry, arena, &csv->asked.filter, true,
                                              csv->last, CSV_WINDOW_ROWS);
    for (size_t i = 0; i < found.count; i++) {
        const struct admin_act *act = &found.at[i];
        const char *cells[COLUMNS] = {arena_printf(arena, "%lld", (long long)act->seq),
                                      clock_iso(arena, act->recorded_at),
                                      clock_iso(arena, act->at),
                                      act->program,
                                      act->user_id,
                                      who_of(csv->visit, act),
                                      act->org_id,
                                      act->org_name,
                                      act->command,
                                      act->subject_id,
                                      act->outcome,
                                      act->detail};
        desk_csv_line(&response->body, cells, COLUMNS);
        csv->last = act->seq;
    }
    return found.count == CSV_WINDOW_ROWS;
}

/* ---- the page ---- */

static struct admin_act_row row_of(struct visit *visit, const struct admin_act *act)
{
    struct arena *arena = visit->arena;
    const char *refusal = admin_outcome_words(act->outcome);
    return (struct admin_act_row){
        .seq = act->seq,
        .when = desk_when(arena, act->recorded_at),
        .dated = act->at == act->recorded_at
                     ? ""
                     : arena_printf(arena, "dated %s", clock_words(arena, act->at)),
        .who = who_of(visit, act),
        .who_url =
            text_empty(act->user_id) ? (struct url){NULL} : admin_person_url(arena, act->user_id),
        .for_whom = text_empty(act->org_name) ? "The registry" : act->org_name,
        .for_url =
            text_empty(act->org_name) ? (struct url){NULL} : admin_org_url(arena, act->org_id),
        .program = act->program,
        .did = admin_act_words(act->command),
        .subject = act->subject_id,
        .subject_url = admin_thing_url(arena, act->subject_id),
        .detail = act->detail,
        .is_done = text_empty(refusal),
        .outcome = refusal,
    };
}

static const char *cursor_of(struct visit *visit, int64_t seq)
{
    return arena_printf(visit->arena, "%lld", (long long)seq);
}

static void show_rows(struct visit *visit, const struct admin_list *list, const struct asked *asked,
                      int64_t cursor, struct admin_audit_view *view)
{
    struct arena *arena = visit->arena;
    bool goes_back = !text_empty(list->after);
    struct admin_acts found = {.count = 0};
    int64_t shown = 0;
    if (!asked->fits_nothing) {
        found = admin_acts_list(visit->registry, arena, &asked->filter, !goes_back, cursor,
                                PAGE_ROWS + 1);
        shown = admin_acts_count(visit->registry, &asked->filter);
    }
    size_t count = found.count > PAGE_ROWS ? PAGE_ROWS : found.count;
    struct admin_act_row *views = arena_array(arena, struct admin_act_row, count + 1);
    for (size_t i = 0; i < count; i++) {
        views[i] = row_of(visit, &found.at[goes_back ? count - 1 - i : i]);
    }
    view->rows = (struct admin_act_rows){views, count};
    view->has_rows = count > 0;
    admin_list_turn(list, found.count > PAGE_ROWS, count > 0 ? cursor_of(visit, views[0].seq) : "",
                    count > 0 ? cursor_of(visit, views[count - 1].seq) : "",
                    desk_count_of(arena, shown, admin_acts_last(visit->registry), "line", "lines"),
                    &view->list);
}

enum status admin_audit_get(struct visit *visit, struct response *response)
{
    struct asked *asked = arena_one(visit->arena, struct asked);
    ask(visit, asked);
    struct admin_list list = admin_list_begin(visit, "/admin/audit", "-time");
    list.is_by_time = true;
    int64_t cursor = 0;
    const char *cursor_text = admin_list_page(&list).cursor;
    if (!text_empty(cursor_text) && !text_parse_int(cursor_text, false, &cursor)) {
        return STATUS_BAD_REQUEST;
    }
    if (text_is(field_text(&visit->fields, "format"), "csv")) {
        struct csv *csv = arena_one(visit->arena, struct csv);
        csv->visit = visit;
        csv->asked = *asked;
        desk_csv_stream(visit, response, "audit.csv", csv_window, csv);
        return STATUS_OK;
    }
    admin_list_filter(&list, "who", "Who", NULL);
    admin_list_filter(&list, "organisation", "For organisation", NULL);
    admin_list_filter(&list, "act", "Act", admin_command_choices);
    admin_list_filter(&list, "outcome", "What came of it", outcome_choices);
    admin_list_filter(&list, "subject", "About id", NULL);
    admin_list_filter(&list, "from", "Since", NULL);
    admin_list_filter(&list, "to", "Until", NULL);
    list.filters[5].is_date = list.filters[6].is_date = true;
    if (id_is(list.filters[0].value, "usr")) {
        list.filters[0].words = admin_person(visit, list.filters[0].value);
    }
    if (id_is(list.filters[1].value, "org")) {
        list.filters[1].words = admin_org_name(visit, list.filters[1].value);
    }
    struct admin_audit_view view = {
        .page = chrome_of(visit, PLACE_AUDIT, chrome_fault_title(visit, "Audit log")),
        .faults = chrome_faults(visit),
        .list = admin_list_show(&list),
        .meant_words = asked->meant_words,
        .meants = {asked->meants, asked->meant_count},
        .has_meants = asked->meant_count > 0,
    };
    view.has_faults = view.faults.count > 0;
    if (view.has_faults) {
        desk_mend(response, STATUS_FORM_FAULTS);
    }
    show_rows(visit, &list, asked, cursor, &view);
    template_admin_audit(&response->body, &view);
    return STATUS_OK;
}
