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

#endif
