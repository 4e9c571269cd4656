/*
 * model/status.h: everything that can come of a request or an act, in one enum and one table.
 *
 * Every function that can fail returns an `enum status`; results go out by pointer. The table gives
 * the HTTP code, the slug (API problem type and audit log), the sentence for people and who is to
 * blame. A page may say the sentence better, with figures (how much is available, how a transfer
 * ended), but never something else. Order within the ledger group is the order of precedence: the
 * first that applies is the answer.
 */
#ifndef MODEL_STATUS_H
#define MODEL_STATUS_H

enum status_blame {
    BLAME_NONE,     /* it went well */
    BLAME_PERSON,   /* the one who asked can mend it */
    BLAME_OPERATOR, /* the installation is at fault; nothing the asker can do but wait */
};

enum status {
    STATUS_OK = 0,

    /* -- the door (http, gate) -- */
    STATUS_BAD_REQUEST,        /* 400 malformed: path, query, form, cookie, repeated name */
    STATUS_SIGN_IN_NEEDED,     /* 303 to the sign-in page; API 401 */
    STATUS_CROSS_SITE,         /* 403 form came from elsewhere, or its token is wrong or old */
    STATUS_NOT_FOUND,          /* 404 no such thing, or not yours to know */
    STATUS_METHOD_NOT_ALLOWED, /* 405 with Allow */
    STATUS_TOO_LARGE,          /* 413 */
    STATUS_FORM_FAULTS,        /* 422 one or more fields need mending */
    STATUS_THROTTLED,          /* 429 */
    STATUS_NOT_ALLOWED,        /* 403 signed in, knows that it exists, may not do this */
    STATUS_KEY_NEEDED,       /* 401 a program without both secrets, or with one that is not good */
    STATUS_MEDIA_TYPE,       /* 415 a body that is not JSON */
    STATUS_SUPPLIER_UNKNOWN, /* 422 a body names a supplier by an id that nobody has */

    /* -- refusals of the ledger (domain.md 3.10), in order of precedence -- */
    STATUS_KEY_REUSED, /* the idempotency key was used for a different act */
    STATUS_FROZEN,     /* transfers are frozen on this registry */
    STATUS_SENDER_UNKNOWN,
    STATUS_SENDER_SUSPENDED,
    STATUS_SENDER_CLOSED,
    STATUS_RECIPIENT_UNKNOWN,
    STATUS_RECIPIENT_SUSPENDED,
    STATUS_RECIPIENT_CLOSED,
    STATUS_ACCOUNT_UNKNOWN, /* not an account of that organisation */
    STATUS_ACCOUNT_CLOSED,
    STATUS_ACCOUNT_NOT_ACTIVE_KIND, /* retirement or reserve where an active one is needed */
    STATUS_SAME_ACCOUNT,            /* sender = recipient */
    STATUS_NOTE_TOO_LONG,
    STATUS_NOTE_CONTROL, /* control characters or not UTF-8 */
    STATUS_LINES_EMPTY,  /* no batch, no amount */
    STATUS_LINES_TOO_MANY,
    STATUS_BATCH_TWICE,
    STATUS_QUANTITY_ZERO,
    STATUS_QUANTITY_NEGATIVE,
    STATUS_QUANTITY_FRACTION,  /* finer than the instrument's unit */
    STATUS_QUANTITY_TOO_LARGE, /* over what an int64 or a serial can hold */
    STATUS_BATCH_UNKNOWN,      /* not there or not the sender's: one answer for both */
    STATUS_BATCH_NOT_ACTIVE,
    STATUS_BATCH_RESERVED,
    STATUS_WRONG_SUPPLIER,
    STATUS_WRONG_INSTRUMENT, /* units of another kind than the act, or the order, counts */
    STATUS_NOT_ENOUGH,       /* more than available */
    /* the organisation asks for two persons, and this act is done at once by one */
    STATUS_SECOND_PERSON_NEEDED,
    /* the supplier alone recorded the order, and the buyer does not accept at once */
    STATUS_BUYER_NOT_AGREED,
    STATUS_PLAN_CHANGED,         /* the ledger moved since the review; nothing happened */
    STATUS_TRANSFER_ENDED,       /* it has ended: how, when, by whom goes with the answer */
    STATUS_TRANSFER_NOT_PENDING, /* it is waiting for something else first (approval) */
    STATUS_SAME_PERSON,          /* the second person may not be the first */
    STATUS_ALREADY_APPROVED,     /* that approval has been given */
    STATUS_REASON_NEEDED,
    /* the transfer it claims to mend is not a completed one of the same parties */
    STATUS_CORRECTS_UNKNOWN,
    STATUS_EXISTS, /* an id, name, domain, e-mail or short code that must be unique is taken */
    STATUS_PROJECT_UNKNOWN,
    STATUS_ORDER_UNKNOWN,
    STATUS_ORDER_EXCEEDED, /* a delivery over what was ordered */
    STATUS_VINTAGE,        /* not a year from 1900 to 2100 */
    STATUS_PURPOSE_NEEDED,
    STATUS_BENEFICIARY_NEEDED,
    STATUS_PERSON_UNKNOWN,
    /* would leave an organisation (or the registry) with nobody who can manage it */
    STATUS_LAST_MANAGER,
    /* a name, code, country, setting or date outside what is accepted; field says which */
    STATUS_VALUE_REFUSED,
    STATUS_TIME_BACKWARDS, /* an act dated before what it builds on */

    /* -- sign-in -- */
    STATUS_SIGN_IN_REFUSED, /* e-mail or password wrong: same words for both */
    STATUS_PASSWORD_SHORT,
    STATUS_PASSWORD_LONG,
    STATUS_PASSWORD_COMMON,
    STATUS_PASSWORD_DIFFERS, /* the two typings differ */
    STATUS_PASSWORD_WRONG,   /* the present password, when changing it */
    STATUS_LINK_SPENT,       /* one-time link unknown, used or too old */

    /* -- faults -- */
    STATUS_LEDGER_AWAY, /* 503 the daemon cannot be reached: reading goes on, nothing happened */
    STATUS_ANSWER_LOST, /* 503 asked, but no answer came: it may have happened; ask again with the
                           same key */
    STATUS_OUT_OF_ROOM, /* 503 arena or reply full */
    STATUS_BUSY,        /* 503 */
    STATUS_FAULT,       /* 500 anything else; truth only in the log */

    STATUS__COUNT
};

struct status_row {
    int http_code;
    const char *slug;     /* "not-enough" */
    const char *sentence; /* how to mend it, in people's words */
    enum status_blame blame;
};

/* The row of a status. Never NULL. */
const struct status_row *status_row(enum status status);

/* What a program is told over the API: the same, but in other words where the table speaks of pages
 * and buttons, and with the API's own code where that is another. */
struct status_row status_row_for_programs(enum status status);

#endif
