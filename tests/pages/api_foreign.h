/*
 * tests/pages/api_foreign.h: what programs send that act on the things of another organisation, and
 * what they are answered when the body says whose units it is about
 * (tests/pages/api_permissions_test.c). Include once.
 */
#ifndef TESTS_PAGES_API_FOREIGN_H
#define TESTS_PAGES_API_FOREIGN_H

#include "base/text.h"
#include "http/http.h"
#include "pages/api_cgi.h"

/* Acts whose bodies name whose units they are about: what Charm may send, quotes as ' and ids as
 * {after}. Sent by a program of another organisation, each is refused for whom it names. */
#define SENDS "{'from_organisation_id':'{organisations}','supplier_id':'{suppliers}','notes':null,"
#define TO_FJORD "'to_organisation_id':'{recipient}',"
#define TO_SYSTEM "'to_system':'M-RETS','to_system_party':'Somebody',"
#define RETIRES                                                                                    \
    "{'owner_organisation_id':'{organisations}','supplier_id':'{suppliers}','notes':null,"         \
    "'beneficiary_organisation_id':'{recipient}','retirement_purposes':['other'],"
#define OLDEST "'credit_quantity_kg':1}"
#define BATCHES                                                                                    \
    "'credit_batch_quantities':[{'credit_batch_id':'{credit_batches}','credit_quantity_kg':1}]}"
#define NO_SENDER "its body names a sender that is not the caller"
#define NO_OWNER "its body names an owner that is not the caller"
static const struct foreign {
    const char *pattern, *body;
    int code;
    const char *has; /* in the answer */
    const char *why;
} foreigns[] = {
    {"/deliveries", "{'order_id':'{orders}','notes':null," BATCHES, 422, "order-unknown",
     "its body names an order that is not the caller's to deliver"},
    {"/retirements", RETIRES BATCHES, 403, "not-allowed", NO_OWNER},
    {"/retirements/from_oldest_credits", RETIRES OLDEST, 403, "not-allowed", NO_OWNER},
    {"/transfers", SENDS TO_FJORD BATCHES, 403, "not-allowed", NO_SENDER},
    {"/transfers/from_oldest_credits", SENDS TO_FJORD OLDEST, 403, "not-allowed", NO_SENDER},
    {"/transfers/preview", SENDS TO_FJORD OLDEST, 403, "not-allowed", NO_SENDER},
    {"/exports", SENDS TO_SYSTEM BATCHES, 403, "not-allowed", NO_SENDER},
    {"/exports/preview", SENDS TO_SYSTEM OLDEST, 403, "not-allowed", NO_SENDER},
};
#define FOREIGNS (sizeof foreigns / sizeof foreigns[0])

/* NULL: no act whose body says whose units it is about. */
static const struct foreign *foreign_of(const struct route *route)
{
    for (size_t i = 0; i < FOREIGNS && route->method == METHOD_POST; i++) {
        if (text_is(foreigns[i].pattern, route->pattern + strlen(API))) {
            return &foreigns[i];
        }
    }
    return NULL;
}

/* The body of a stranger's act on a thing: one that is all right, so that the thing is looked for.
 */
static const char *act_of(const char *pattern)
{
    static const struct {
        const char *end, *body;
    } acts[] = {{"/reject", "{\"reason\":\"x\"}"},
                {"/refuse", "{\"reason\":\"x\"}"},
                {"/replay", "{\"since\":\"2026-01-01T00:00:00Z\"}"}};
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        if (text_is(strrchr(pattern, '/'), acts[i].end)) {
            return acts[i].body;
        }
    }
    return "{}";
}

#endif
