/*
 * api/party.h: organisations and suppliers as JSON, by themselves and inside other things.
 */
#ifndef API_PARTY_H
#define API_PARTY_H

#include "api/json.h"
#include "gate/gate.h"
#include "store/api_parties.h"
#include "store/redaction.h"

/* The contract's Organisation: {"id", "name", "domain"}. */
void party_write(struct json *json, const char *name, const struct api_party *party);
/* The contract's Supplier. What it says of itself at length is its long description. */
void supplier_write(struct json *json, const char *name, const struct api_party *party);

/* The contract's Location: null unless the point on the map is known, for it is no location without
 * one. A place that only names the country again is no description. */
void location_write(struct json *json, const char *name, const char *place, const char *country,
                    const struct location *location);

/* That public words were taken away: when and why, or null and null. */
void redaction_write(struct json *json, const char *at_name, const char *reason_name,
                     struct redaction redaction);

enum status organisation_mine_get(struct visit *visit, struct response *response);
enum status organisation_get(struct visit *visit, struct response *response);
enum status supplier_mine_get(struct visit *visit, struct response *response);
enum status supplier_get(struct visit *visit, struct response *response);
enum status suppliers_get(struct visit *visit, struct response *response);
enum status transferees_get(struct visit *visit, struct response *response);

#endif
