/*
 * unit/fault_page_test.c: what an error page says about whether anything happened.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ledger/client.h"
#include "pages/fault.h"

static unsigned char room[4096];
static struct arena arena = {.bytes = room, .size_bytes = sizeof(room)};

static const char *happened(enum method method, enum status status, struct ledger_client *ledger)
{
    static struct request request;
    static struct visit visit;
    static struct response response;
    request = (struct request){.method = method, .path = "/account/team", .request_id = ""};
    visit = (struct visit){.arena = &arena, .request = &request, .ledger = ledger};
    return fault_page_of(&visit, status, PLACE_ACCOUNT, &response).happened;
}

static void nothing_happened_only_when_nobody_was_asked(void **state)
{
    struct ledger_client ledger = {.fd = -1};
    (void)state;
    assert_string_equal(happened(METHOD_GET, STATUS_FAULT, &ledger), "");
    assert_string_equal(happened(METHOD_POST, STATUS_FAULT, NULL), "Nothing was changed.");
    assert_string_equal(happened(METHOD_POST, STATUS_FAULT, &ledger), "Nothing was changed.");
    ledger.sent = 1;
    assert_string_equal(happened(METHOD_POST, STATUS_FAULT, &ledger),
                        "It may have happened or not: look before you send it again.");
    assert_string_equal(happened(METHOD_POST, STATUS_NOT_ALLOWED, &ledger), "Nothing was changed.");
    assert_non_null(
        strstr(happened(METHOD_POST, STATUS_ANSWER_LOST, &ledger), "may have happened"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_happened_only_when_nobody_was_asked),
    };
    return cmocka_run_group_tests_name("fault_page", tests, NULL, NULL);
}
