/*
 * api/event.h: one event of the ledger (store/events.h) as JSON, the same in the change feed and in
 * the body of a webhook:
 *
 *     {"type": "transfer.completed", "timestamp": "2026-11-20T14:03:22.123456Z", "seq": 4711,
 *      "data": {"id": "tfr_…", "organisation_id": "org_…", "other_organisation_id": "org_…",
 *               "is_public": true}}
 *
 * type, timestamp and data are those of Standard Webhooks. It says what happened to what, and whose
 * it is; what the thing is like is read under its id, by whoever may: so an event never tells more
 * than its receiver may know, and what it says stays true. seq is its place in the ledger's order.
 */
#ifndef API_EVENT_H
#define API_EVENT_H

#include "api/json.h"
#include "store/events.h"

void event_write(struct json *json, const char *name, const struct events_row *event);

/*
 * GET /events: the public events and those that the caller's organisation is told, in the ledger's
 * order, behind the place `after` (0: from the beginning), at most `limit`; scope=own leaves out
 * what does not concern it, kind takes only these:
 *
 *     {"nodes": [event, …], "next_after": 4711, "has_more": true}
 *
 * Whoever goes on with after=next_after misses nothing and sees nothing twice, for as long as the
 * registry lasts, however few the events of its kinds are. has_more: there is something behind it
 * already, though perhaps nothing for the caller.
 */
struct visit;
struct response;
enum status events_get(struct visit *visit, struct response *response);

#endif
