/*
 * pages/fault.c: what is said when a request cannot be answered. Each page says whether anything
 * happened and where to go.
 */
#include "pages/fault.h"

#include <string.h>

#include "base/clock.h"
#include "base/must.h"
#include "base/url.h"

static const char *fault_heading(enum status status);
static const char *fault_happened(const struct visit *visit, enum status status);
static void fault_way_on(struct visit *visit, enum status status, enum place place,
                         struct fault_page *view);

struct fault_page fault_page_of(struct visit *visit, enum status status, enum place place,
                                struct response *response)
{
    const struct status_row *row = status_row(status);
    struct fault_page view = {.heading = fault_heading(status)};
    must(status != STATUS_OK);

    view.page = chrome_of(visit, place, view.heading);
    view.words = row->sentence;
    view.happened = fault_happened(visit, status);
    view.code = row->http_code;
    view.at = clock_words(visit->arena, visit->now_us);
    view.request_id = visit->request->request_id;
    view.is_missing = status == STATUS_NOT_FOUND;
    fault_way_on(visit, status, place, &view);
    response->http_code = row->http_code;
    return view;
}

static const char *fault_heading(enum status status)
{
    switch ((int)status) {
    case STATUS_BAD_REQUEST:
        return "The registry does not understand this";
    case STATUS_SIGN_IN_NEEDED:
        return "Your session has ended";
    case STATUS_CROSS_SITE:
        return "This form is out of date";
    case STATUS_NOT_FOUND:
        return "Page not found";
    case STATUS_METHOD_NOT_ALLOWED:
        return "This address is not used in that way";
    case STATUS_TOO_LARGE:
        return "That is more than the registry takes at once";
    case STATUS_THROTTLED:
        return "Too many tries";
    case STATUS_NOT_ALLOWED:
        return "This needs another role";
    case STATUS_LEDGER_AWAY:
        return "The ledger is not answering";
    case STATUS_ANSWER_LOST:
        return "The ledger’s answer did not arrive";
    case STATUS_OUT_OF_ROOM:
    case STATUS_BUSY:
        return "The registry is busy";
    case STATUS_FAULT:
        return "Something went wrong here";
    default:
        return status_row(status)->blame == BLAME_PERSON ? "This could not be done"
                                                         : "Something went wrong here";
    }
}

/* A GET changes nothing and says nothing about it; some sentences say it themselves. */
static const char *fault_happened(const struct visit *visit, enum status status)
{
    bool wrote = visit->request->method == METHOD_POST &&
                 strstr(status_row(status)->sentence, "Nothing was ") == NULL;

    if (status == STATUS_ANSWER_LOST) {
        return "It may have happened or not. Look at your transfers before you send it again; "
               "sending the same form again never does it twice.";
    }
    if (wrote && status == STATUS_FAULT && visit->ledger != NULL && visit->ledger->sent > 0) {
        return "It may have happened or not: look before you send it again.";
    }
    return wrote ? "Nothing was changed." : "";
}

static void fault_way_on(struct visit *visit, enum status status, enum place place,
                         struct fault_page *view)
{
    struct arena *arena = visit->arena;
    bool account = place >= PLACE_CREDITS && place <= PLACE_ACCOUNT;

    if (status == STATUS_SIGN_IN_NEEDED && visit->sign_in.text != NULL) {
        view->again = visit->sign_in;
        view->again_words = "Sign in again and go on where you were";
    } else if (account && status == STATUS_ANSWER_LOST) {
        view->again = url_path(arena, "/account/transfers");
        view->again_words = "Your transfers";
    } else if (account && visit->signed_in) {
        view->again = url_path(arena, "/account/credits");
        view->again_words = "Your credits";
    } else if (place >= PLACE_PENDING && visit->signed_in) {
        view->again = url_path(arena, "/admin/pending");
        view->again_words = "Administration";
    }
}
