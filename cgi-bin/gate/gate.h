/*
 * gate/gate.h: who comes, for which organisation, with which rights, and the order of checks:
 * request → route (404, 405) → session → same origin and form token (POST) → rights (404 for what
 * one may not know, 403 otherwise) → form (400, field errors) → handler. GET cannot write. The gate
 * must not know pages or HTML.
 */
#ifndef GATE_GATE_H
#define GATE_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/id.h"
#include "base/limits.h"
#include "gate/caller.h"
#include "gate/form.h"
#include "http/http.h"
#include "ledger/client.h"
#include "store/store.h"

/* What a route needs. Several bits: all of them, except that of the role bits any one is enough. */
enum need {
    NEED_NOBODY = 0,      /* public */
    NEED_PERSON = 1 << 0, /* signed in; without: 303 to /sign-in?next=… (GET) or a page that says so
                             and keeps nothing (POST) */
    NEED_ORGANISATION = 1 << 1, /* acts for an organisation (any role in it) */
    NEED_INITIATOR = 1 << 2,
    NEED_APPROVER = 1 << 3,
    NEED_MANAGER = 1 << 4,
    NEED_ADMINISTRATOR = 1 << 5, /* registry role; others get 404 */
    NEED_AUDITOR = 1 << 6,       /* administrator or auditor; others get 404 */
    /* programs: what the token must not be limited against (enum scope) */
    NEED_SCOPE_TRANSFER = 1 << 7,
    NEED_SCOPE_RETIRE = 1 << 8,
    NEED_SCOPE_MANAGE = 1 << 9,
};

/* One organisation the person belongs to. */
struct visit_org {
    const char *org_id;
    const char *name;
    unsigned roles;
};

/* Everything known about a request when its handler runs. Handlers read it, and write only fields'
 * errors. */
struct visit {
    struct arena *arena;
    const struct request *request;
    int64_t now_us;
    const char *site_url;         /* "https://registry.example.org"; "" unknown */
    const char *const *arguments; /* what `:…` in the route matched */
    struct fields fields;

    struct store *registry;       /* read-only; NULL in signin */
    struct store *people;         /* NULL in public */
    struct ledger_client *ledger; /* NULL in public and signin */

    bool signed_in;
    const char *user_id; /* "" when nobody */
    const char *user_name;
    const char *user_email;
    unsigned registry_roles;      /* REGISTRY_… bits from registry.db, now */
    const struct visit_org *orgs; /* by name; only organisations where roles != 0 */
    size_t org_count;
    const char *org_id; /* the one acted for; "" when none */
    const char *org_name;
    unsigned org_roles; /* ROLE_… bits now */
    /* goes into every POST form as name "token"; with the organisation, so that a form is not taken
     * for another one */
    const char *form_token;
    const char *session_id;
    const char *notice; /* what the last act did ("slug id"), once; "" none */
    /* the sign-in page, coming back to this page or the one this form was on: for
     * STATUS_SIGN_IN_NEEDED */
    struct url sign_in;
    /* as it stands in people.db (store/people_session.h); NULL when nobody */
    const struct session *session;
    /* the tag of this page as it is now, made by the set-up's page_tag; NULL none */
    const char *page_tag;
    /* programs (GATE_TOKENS): who asks, with what; NULL in browsers */
    const struct caller *caller;
    int retry_after_s; /* STATUS_THROTTLED: after how long; 0 otherwise */
    /* what is wrong with what a program sent, with its places (api/fault.h); NULL in browsers */
    struct api_faults *faults;
    /* programs: the ledger's key of the act that was asked for, and its answer; NULL none */
    const char *act_key;
    const struct answer *act_answer;
};

/* How one proves who one is: by the session cookie of a browser, with a form token for POST, or by
 * the two secrets of a program (gate/caller.h). With GATE_TOKENS the route's form is not asked:
 * query and body are the handler's to read (api/page.h, api/body.h), and every route needs both
 * secrets unless it needs NEED_NOBODY, which needs none. */
struct gate;
struct gate_door {
    const struct query_table *const *people_tables; /* what it reads and writes, NULL-ended */
    /* Finds out who comes, fills the visit, and says whether the route's needs are met. */
    enum status (*admit)(struct gate *gate, struct visit *visit, unsigned needs);
};
/* Programs that open this door alone are linked with its cryptography (gate/token.c). */
extern const struct gate_door gate_tokens;
#define GATE_SESSIONS NULL
#define GATE_TOKENS (&gate_tokens)

/* One program's open things, made at start. */
struct gate {
    const char *program;
    const struct gate_door *door;
    struct arena arena;
    struct store *registry;
    struct store *people; /* the gate's own, and POST handlers'; writes when the set-up says so */
    struct store *people_read; /* GET handlers': cannot write, whatever they try */
    struct ledger_client ledger;
    bool people_write;
    bool uses_ledger;
    /* "https://registry.example.org": what Origin is compared with; "" unknown */
    const char *site_url;
    bool has_fault; /* a store failed: end after this reply, the supervisor starts afresh */
    const struct route *routes;
    size_t route_count;
    /* Makes the error page in the program's look: status's row, the visit as far as it got (never
     * NULL). */
    void (*error_page)(struct visit *visit, enum status status, struct response *response);
    const char *(*page_tag)(struct visit *visit); /* see struct gate_setup */
    void (*begin)(struct visit *visit);           /* the same */
};

struct gate_setup {
    const char *program;          /* "account" */
    const struct gate_door *door; /* GATE_SESSIONS or GATE_TOKENS */
    const struct route *routes;
    size_t route_count;
    const struct query_table *const *registry_tables; /* NULL: registry.db is not opened */
    const struct query_table *const
        *people_tables; /* NULL: people.db is not opened; gate's own tables are added */
    bool people_write;
    bool uses_ledger;
    void (*error_page)(struct visit *visit, enum status status, struct response *response);
    /* The same when the arena is full for good (http/http.h, struct program). NULL: plain text. */
    void (*last_words)(const struct request *request, enum status status,
                       struct response *response);
    /* For programs whose pages are the same for everybody: the strong tag (ETag) that stands for
     * the page of this address at this moment, from what it is made of, before it is made. Whoever
     * holds that page is told so, and no handler runs; nor does it for a page that was made with
     * this tag before (gate/kept.h). NULL, or a NULL tag: every page is made. */
    const char *(*page_tag)(struct visit *visit);
    /* Adds to a visit that has just begun what only the program's own room knows: where faults are
     * noted. NULL: nothing. */
    void (*begin)(struct visit *visit);
    /* Once, before the first request: what the program's own room keeps of the registry. NULL:
     * nothing. registry is NULL when it is not opened. */
    void (*opened)(struct store *registry);
};

/* Opens what the set-up names, from the environment: TALLYSTICK_DATA (folder of registry.db and
 * people.db) and TALLYSTICK_RUN (folder of the ledger's sockets), and runs the accept loop. This is
 * a web program's whole main. */
int gate_run(const struct gate_setup *setup);

/* Sets what the next page shows once ("transferred tfr_…"). */
void gate_notice(struct visit *visit, const char *notice);
/* Switches the organisation acted for; false when the person does not belong to it. */
bool gate_switch_org(struct visit *visit, const char *org_id);

/* Where to go after sign-in: a site-relative path of ours or "/account/credits". */
struct url gate_next(struct arena *arena, const char *next);

#endif
