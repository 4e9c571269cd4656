/*
 * api/api.h: what the handlers of the REST API share. The contract is Isometric's Registry API
 * (openapi: paths, parameters, field names, types, nullability, enums); what is ours besides are
 * extra members, optional parameters and further operations.
 *
 * Rooms: a handler reads query or body (page.h, body.h), asks one question (store/api_*.h) or gives
 * one command (ledger), and writes the answer (json.h). No SQL, no rules.
 */
#ifndef API_API_H
#define API_API_H

#include "api/json.h"
#include "gate/gate.h"

/* Every visit begins with no faults (gate_setup.begin). */
void api_begin(struct visit *visit);

/* Begins the answer: 200, application/json, the sandbox header where it belongs. The whole body is
 * written through what it returns. */
struct json api_answer(struct visit *visit, struct response *response);

/* The page of a thing on this site ("/registry/transfers/" "*", id), with the site's name in front;
 * site-relative when the installation does not tell its name (TALLYSTICK_SITE_URL). */
const char *api_page_url(struct visit *visit, const char *pattern, const char *id);

/* Every refusal and fault as JSON; application/problem+json (RFC 9457) when the client asks for it:
 *
 *     {"type": "/registry/api#not-found", "title": "Not found", "status": 404, "detail": "…",
 *      "request_id": "…"}
 *
 * FORM_FAULTS (422) is the contract's {"detail": [{"loc", "msg", "type", "input"}]}; as
 * problem+json it has these rows as "errors". With WWW-Authenticate (401), Retry-After (429, 503).
 */
void api_error_page(struct visit *visit, enum status status, struct response *response);
/* The first of these when there is no room for the page (http/http.h, struct program). */
void api_last_words(const struct request *request, enum status status, struct response *response);

/* Is this installation a sandbox (its ids carry SBX)? */
bool api_is_sandbox(struct visit *visit);
/* The same as far as it was read already, for answers that have no visit. */
bool api_in_sandbox(void);
/* Reads it, once; a registry that cannot be read now is asked again by api_is_sandbox. */
void api_opened(struct store *registry);

#endif
