/*
 * gate/caller.h: a program at the door: which client sent the request (X-Client-Secret) and for
 * which organisation it acts (Authorization: Bearer, a JWT). Both are told by their SHA-256 only
 * (store/people_credential.h); revoked, expired, repeated or malformed ones are STATUS_KEY_NEEDED
 * (401), an address outside the token's ranges and a scope that is missing are STATUS_NOT_ALLOWED.
 *
 * An access token is a member of its organisation in the ledger: its own `usr_…` with its own
 * roles, decided upon from current facts like those of any person.
 */
#ifndef GATE_CALLER_H
#define GATE_CALLER_H

#include <stdint.h>

/* What a token is limited to; reading is always in. */
enum scope {
    SCOPE_READ = 1 << 0,
    SCOPE_TRANSFER = 1 << 1, /* transfers, deliveries and what is done about them */
    SCOPE_RETIRE = 1 << 2,   /* retirements and beneficiaries */
    SCOPE_MANAGE = 1 << 3,   /* webhooks */
};

struct caller {
    const char *client_id;   /* cls_…: the client secret's */
    const char *client_name; /* "Northwind ERP" */
    const char *token_id;    /* tok_…; "" when only the client is known */
    const char *token_name;
    const char *user_id; /* the token's person in the ledger */
    const char *org_id;
    unsigned scopes;
    int64_t expires_at;
};

#endif
