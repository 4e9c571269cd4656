/*
 * api/party.h: organisations and suppliers as JSON, by themselves and inside other things.
 */
#ifndef API_PARTY_H
#define API_PARTY_H

#include "api/json.h"
#include "gate/gate.h"
#include "store/api_parties.h"

/* The contract's Organisation: {"id", "name", "domain"}. */
void party_write(struct json *json, const char *name, const struct api_party *party);
/* The contract's Supplier. What it says of itself is one text of any length, so that is its long
 * description and there is no short one. Where it sits is not kept: no location. */
void supplier_write(struct json *json, const char *name, const struct api_party *party);

enum status organisation_mine_get(struct visit *visit, struct response *response);
enum status organisation_get(struct visit *visit, struct response *response);
enum status supplier_mine_get(struct visit *visit, struct response *response);
enum status supplier_get(struct visit *visit, struct response *response);
enum status suppliers_get(struct visit *visit, struct response *response);
enum status transferees_get(struct visit *visit, struct response *response);

#endif
