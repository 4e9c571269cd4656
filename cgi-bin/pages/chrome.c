/*
 * pages/chrome.c: what every page has around its content.
 */
#include "pages/chrome.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "base/url.h"
#include "model/term.h"
#include "static_names.h"
#include "store/my_transfers.h"
#include "store/orders.h"
#include "store/site.h"

static void chrome_place(struct chrome *chrome, enum place place);
static void chrome_person(struct visit *visit, struct chrome *chrome);
static void chrome_notice(struct visit *visit, struct chrome *chrome);

/* More words follow it: whoever typed it may have left its full stop away. */
static const char *as_sentence(struct arena *arena, const char *words)
{
    size_t bytes = strlen(words);
    bool is_ended = bytes == 0 || strchr(".!?", words[bytes - 1]) != NULL;
    return is_ended ? words : arena_printf(arena, "%s.", words);
}

struct chrome chrome_of(struct visit *visit, enum place place, const char *title)
{
    struct chrome chrome = {.title = title,
                            .site_name = "Tallystick",
                            .css = url_path(visit->arena, STATIC_TALLYSTICK_CSS),
                            .icon = url_path(visit->arena, STATIC_FAVICON_SVG),
                            .script = url_path(visit->arena, STATIC_TALLYSTICK_JS)};
    must(title != NULL);

    chrome_place(&chrome, place);
    if (visit->registry != NULL) {
        struct site site = site_read(visit->registry, visit->arena);
        chrome.site_name = site.name;
        chrome.is_demo = site.is_demo;
        chrome.is_sandbox = site.is_sandbox && !site.is_demo;
        chrome.frozen = site.frozen;
        chrome.frozen_reason = as_sentence(visit->arena, site.frozen_reason);
        chrome.frozen_since = clock_words(visit->arena, site.frozen_at);
        if (chrome.area_admin) {
            chrome.pending_count = site_waiting_for_registry(visit->registry);
        }
    } else if (getenv("TALLYSTICK_SITE_NAME") != NULL) {
        chrome.site_name = arena_text(visit->arena, getenv("TALLYSTICK_SITE_NAME"));
    }
    chrome_person(visit, &chrome);
    chrome_notice(visit, &chrome);
    return chrome;
}

void chrome_trail(struct visit *visit, struct chrome *chrome, struct url href, const char *words)
{
    struct trail_view *steps =
        arena_array(visit->arena, struct trail_view, chrome->trail.count + 1);

    for (size_t i = 0; i < chrome->trail.count; i++) {
        steps[i] = chrome->trail.at[i];
    }
    steps[chrome->trail.count] = (struct trail_view){href, words, chrome->trail.count == 0};
    chrome->trail = (struct trail_views){steps, chrome->trail.count + 1};
    chrome->has_trail = true;
}

struct fault_views chrome_faults(struct visit *visit)
{
    size_t count = visit->fields.error_count;
    struct fault_view *faults = arena_array(visit->arena, struct fault_view, count + 1);

    for (size_t i = 0; i < count; i++) {
        faults[i].field = visit->fields.errors[i].name;
        faults[i].words = visit->fields.errors[i].words;
    }
    return (struct fault_views){faults, count};
}

const char *chrome_fault_title(struct visit *visit, const char *title)
{
    return visit->fields.error_count == 0 ? title : arena_printf(visit->arena, "Error: %s", title);
}

const char *chrome_fault(const struct visit *visit, const char *field)
{
    for (size_t i = 0; i < visit->fields.error_count; i++) {
        if (text_is(visit->fields.errors[i].name, field)) {
            return visit->fields.errors[i].words;
        }
    }
    return NULL;
}

static void chrome_place(struct chrome *chrome, enum place place)
{
    chrome->area_public = place <= PLACE_SIGN_IN;
    chrome->area_account = place >= PLACE_CREDITS && place <= PLACE_ACCOUNT;
    chrome->area_admin = place >= PLACE_PENDING;
    chrome->at_registry = place == PLACE_REGISTRY;
    chrome->at_transfers = place == PLACE_TRANSFERS;
    chrome->at_projects = place == PLACE_PROJECTS;
    chrome->at_issuances = place == PLACE_ISSUANCES;
    chrome->at_retirements = place == PLACE_RETIREMENTS;
    chrome->at_organisations = place == PLACE_ORGANISATIONS;
    chrome->at_credits = place == PLACE_CREDITS;
    chrome->at_my_transfers = place == PLACE_MY_TRANSFERS;
    chrome->at_my_retirements = place == PLACE_MY_RETIREMENTS;
    chrome->at_inbox = place == PLACE_INBOX;
    chrome->at_orders = place == PLACE_ORDERS;
    chrome->at_team = place == PLACE_TEAM;
    chrome->at_pending = place == PLACE_PENDING;
    chrome->at_orgs = place == PLACE_ORGS;
    chrome->at_people = place == PLACE_PEOPLE;
    chrome->at_issue = place == PLACE_ISSUE;
    chrome->at_settings = place == PLACE_SETTINGS;
    chrome->at_audit = place == PLACE_AUDIT;
}

/* Who is signed in, for whom, and what waits for them. */
static void chrome_person(struct visit *visit, struct chrome *chrome)
{
    chrome->signed_in = visit->signed_in;
    /* Without the registry at hand nobody knows for whom they act, nor whether there are orders:
     * the ways are shown. */
    chrome->has_places = !visit->signed_in || visit->registry == NULL || !text_empty(visit->org_id);
    if (!visit->signed_in) {
        return;
    }
    chrome->user_name = visit->user_name;
    chrome->org_name = visit->org_name;
    chrome->form_token = visit->form_token;
    chrome->is_administrator = visit->registry_roles != 0;
    chrome->here =
        text_empty(visit->request->query_text)
            ? visit->request->path
            : arena_printf(visit->arena, "%s?%s", visit->request->path, visit->request->query_text);
    struct chrome_org *orgs = arena_array(visit->arena, struct chrome_org, visit->org_count + 1);
    for (size_t i = 0; i < visit->org_count; i++) {
        orgs[i].org_id = visit->orgs[i].org_id;
        orgs[i].name = visit->orgs[i].name;
        orgs[i].is_current = text_is(visit->orgs[i].org_id, visit->org_id);
    }
    chrome->orgs = (struct chrome_orgs){orgs, visit->org_count};
    chrome->many_orgs = visit->org_count > 1;
    chrome->has_orders = visit->registry == NULL;
    if (chrome->area_account && !text_empty(visit->org_id)) {
        struct my_waiting_counts waiting =
            my_waiting_counts(visit->registry, visit->org_id, visit->user_id);
        bool decides = (visit->org_roles & ROLE_APPROVER) != 0;
        chrome->incoming_waiting = waiting.incoming;
        chrome->approvals_waiting = waiting.approvals;
        chrome->outgoing_waiting = waiting.outgoing;
        chrome->inbox_count = decides ? waiting.incoming + waiting.approvals_of_others : 0;
        struct order_party party = orders_party(visit->registry, visit->org_id);
        chrome->has_orders = party.is_supplier || party.has_ordered || chrome->at_orders;
    }
}

/* The words of a notice slug: what the last act did. A notice is "slug" or "slug id". */
static const struct {
    const char *slug;
    const char *words;
} NOTICES[] = {
    {"transferred", "The transfer is recorded."},
    {"accepted", "The transfer is accepted: its credits are in your account now."},
    {"rejected", "The transfer is rejected: its credits stay with the sender."},
    {"withdrawn", "The transfer is withdrawn: its credits are available again."},
    {"approved", "Your approval is recorded."},
    {"refused", "The transfer is refused: its credits are available again."},
    {"cancelled", "The transfer is cancelled: its credits are available to the sender again."},
    {"completed", "The transfer is completed."},
    {"export-completed", "The export is confirmed: its credits have left this registry."},
    {"export-rejected", "The export is rejected: its credits are available to the sender again."},
    {"redacted", "The public note is redacted: its words are gone, the fact and the reason stay."},
    {"name-redacted", "The name is redacted: its words are gone, the fact and the reason stay."},
    {"discarded", "The unfinished transfer is discarded. Nothing was reserved."},
    {"retirement-discarded", "The unfinished retirement is discarded. Nothing was retired."},
    {"beneficiary-known", "This beneficiary was known to the registry already: it is chosen under "
                          "the name it has here."},
    {"already-submitted",
     "This transfer was submitted before; here is what became of it. Nothing was done again."},
    {"switched", "You act for another organisation now."},
    {"signed-in", "You are signed in."},
    {"password-changed", "Your password is changed. Your other sessions are signed out."},
    {"sessions-ended", "The sessions are signed out."},
    {"policy-saved", "The policies are saved."},
    {"trusted", "The organisation is trusted now: its transfers follow your incoming policy."},
    {"untrusted", "The organisation is not trusted any more."},
    {"account-opened", "The account is open."},
    {"account-closed", "The account is closed."},
    {"member-added", "The person is in the team."},
    {"member-saved", "The roles are saved."},
    {"token-revoked", "The access token is revoked: no request is let in with it any more."},
    {"client-revoked", "The client secret is revoked: no request is let in with it any more."},
    {"program-made-before",
     "This was made before, when the form was first sent. It was shown then, and cannot be shown "
     "again: if nobody kept it, revoke it and make another."},
    {"member-removed", "The person has left the team."},
    {"organisation-opened", "The organisation is open, with its Main account."},
    {"organisation-saved", "The organisation is saved."},
    {"suspended", "The organisation is suspended: it can neither send nor receive."},
    {"reactivated", "The organisation is active again."},
    {"closed", "The organisation is closed."},
    {"person-added", "The person is known to the registry."},
    {"person-deactivated", "The person is deactivated and signed out everywhere."},
    {"person-reactivated", "The person is active again."},
    {"roles-saved", "The registry roles are saved."},
    {"project-opened", "The project is open."},
    {"project-saved", "The project is saved."},
    {"document-added", "The document is listed."},
    {"document-removed", "The document is no longer listed."},
    {"issued", "The units are issued."},
    {"ordered", "The order is recorded."},
    {"refunded", "The units went back to their supplier."},
    {"units-cancelled", "The units are cancelled for good."},
    {"delivered", "The units are delivered."},
    {"frozen", "Transfers are frozen. Every page says so."},
    {"thawed", "Transfers are possible again."},
    {"settings-saved", "The registry’s settings are saved."},
    {"none-ticked", "Nothing was ticked, so nothing was done. Tick the transfers first."},
    {"member-left", "The person has left the organisation."},
    {"link-made", "A new one-time link is made."},
    {"webhook-changed", "The endpoint is saved."},
    {"webhook-paused", "The endpoint is paused."},
    {"webhook-resumed", "The endpoint is active: what waited for it is sent now."},
    {"webhook-removed", "The endpoint is removed."},
    {"webhook-replay", "What was asked for is sent again."},
};

/* Where the thing that a notice is about can be read, unless it is this page. */
static void notice_link(struct visit *visit, struct chrome *chrome, const char *id)
{
    static const struct {
        const char *prefix;
        const char *pattern;
        const char *words;
    } pages[] = {
        {"tfr", "/account/transfers/*", "See the transfer"},
        {"bpr", "/registry/refunds/*", "See the refund"},
        {"cnl", "/registry/cancellations/*", "See the cancellation"},
    };
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        bool is_accounts = text_starts(pages[i].pattern, "/account/");
        if (!id_is(id, pages[i].prefix) || (is_accounts && chrome->area_admin)) {
            continue;
        }
        struct url url = url_path(visit->arena, pages[i].pattern, id);
        if (!text_starts(visit->request->path, url.text)) {
            chrome->notice_url = url;
            chrome->notice_link = pages[i].words;
        }
    }
}

static void chrome_notice(struct visit *visit, struct chrome *chrome)
{
    const char *notice = visit->notice;

    if (text_empty(notice)) {
        return;
    }
    size_t slug_bytes = 0;
    while (notice[slug_bytes] != '\0' && notice[slug_bytes] != ' ') {
        slug_bytes++;
    }
    const char *slug = arena_text_sized(visit->arena, notice, slug_bytes);
    const char *id = notice[slug_bytes] == ' ' ? notice + slug_bytes + 1 : "";
    for (size_t i = 0; i < sizeof NOTICES / sizeof NOTICES[0]; i++) {
        if (text_is(NOTICES[i].slug, slug)) {
            chrome->notice = NOTICES[i].words;
        }
    }
    if (chrome->notice != NULL) {
        notice_link(visit, chrome, id);
    }
}
