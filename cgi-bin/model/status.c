/*
 * model/status.c: see model/status.h. THE table: every status, its HTTP code, slug, sentence and
 * blame.
 *
 * A sentence says how to mend it and is true wherever the status is given: in a page, beside a
 * field, in JSON.
 */
#include "model/status.h"

#include "base/limits.h"
#include "base/must.h"

/* The decimal text of a limit, so that a sentence never names a number that is not the limit. */
#define DIGITS(number) DIGITS_OF(number)
#define DIGITS_OF(number) #number

/* ROW(NOT_ENOUGH, 422, "not-enough", ...): most rows are the asker's to mend. */
#define ROW(name, code, slug_text, words)                                                          \
    [STATUS_##name] = {                                                                            \
        .http_code = (code), .slug = (slug_text), .sentence = (words), .blame = BLAME_PERSON}
#define ROW_OURS(name, code, slug_text, words)                                                     \
    [STATUS_##name] = {                                                                            \
        .http_code = (code), .slug = (slug_text), .sentence = (words), .blame = BLAME_OPERATOR}

static const struct status_row rows[] = {
    [STATUS_OK] = {.http_code = 200, .slug = "ok", .sentence = "Done.", .blame = BLAME_NONE},

    /* the door */
    ROW(BAD_REQUEST, 400, "bad-request",
        "This address or form could not be read. Go back, open the page again and repeat the step "
        "from there."),
    ROW(SIGN_IN_NEEDED, 303, "sign-in-needed", "Sign in to see this page."),
    ROW(CROSS_SITE, 403, "cross-site",
        "This form was open for too long or was not sent from this site. Nothing was changed. "
        "Open the page again and send the form from there."),
    ROW(NOT_FOUND, 404, "not-found",
        "There is nothing at this address. Check it for a missing character, or look for the id or "
        "name in the search."),
    ROW(METHOD_NOT_ALLOWED, 405, "method-not-allowed",
        "This address does not answer to this kind of request. Open the page and use the buttons "
        "on it."),
    ROW(TOO_LARGE, 413, "too-large",
        "This is more than can be sent at once. Divide it into several smaller acts."),
    ROW(FORM_FAULTS, 422, "form-faults",
        "Nothing was changed yet. Mend the marked fields and send the form again."),
    ROW(THROTTLED, 429, "throttled",
        "There were many attempts in a short time. Wait a minute, then try again."),
    ROW(NOT_ALLOWED, 403, "not-allowed",
        "Your role does not include this. Ask a manager of your organisation for the role that "
        "does."),
    ROW(KEY_NEEDED, 401, "key-needed",
        "Send the client secret as X-Client-Secret and the access token as Authorization: Bearer. "
        "One of them is missing, has ended or was revoked."),
    ROW(MEDIA_TYPE, 415, "media-type",
        "Send the body as JSON, with Content-Type: application/json."),

    /* refusals of the ledger */
    ROW(KEY_REUSED, 409, "key-reused",
        "This idempotency key belongs to a different act that was already asked for. Use a new key "
        "for a new act."),
    ROW(FROZEN, 409, "frozen",
        "Transfers are frozen on this registry. Nothing was changed. Try again when the registry "
        "announces that they are open."),
    ROW(SENDER_UNKNOWN, 422, "sender-unknown",
        "No organisation with this id can send from here. Choose one of the organisations that you "
        "belong to."),
    ROW(SENDER_SUSPENDED, 422, "sender-suspended",
        "This organisation is suspended and can send nothing for now. Ask the registry to lift the "
        "suspension."),
    ROW(SENDER_CLOSED, 422, "sender-closed",
        "This organisation is closed and can no longer send. Choose another organisation."),
    ROW(RECIPIENT_UNKNOWN, 422, "recipient-unknown",
        "No organisation with this id is on the registry. Find the recipient by its name."),
    ROW(RECIPIENT_SUSPENDED, 422, "recipient-suspended",
        "The recipient is suspended and can receive nothing for now. Choose another recipient, or "
        "wait until it is open again."),
    ROW(RECIPIENT_CLOSED, 422, "recipient-closed",
        "The recipient's organisation is closed. Choose another recipient."),
    ROW(ACCOUNT_UNKNOWN, 422, "account-unknown",
        "This account does not belong to that organisation. Choose one of its accounts."),
    ROW(ACCOUNT_CLOSED, 422, "account-closed",
        "This account is closed. Choose an account that is open."),
    ROW(ACCOUNT_NOT_ACTIVE_KIND, 422, "account-not-active-kind",
        "A retirement or reserve account cannot be used here. Choose an active account."),
    ROW(SAME_ACCOUNT, 422, "same-account",
        "The units are in this account already. Choose a different account to move them to."),
    ROW(NOTE_TOO_LONG, 422, "note-too-long",
        "Shorten the note to at most " DIGITS(NOTE_CHARS_MAX) " characters."),
    ROW(NOTE_CONTROL, 422, "note-control",
        "The note holds a line break or characters that cannot be shown. Write it again as plain "
        "text in one line."),
    ROW(LINES_EMPTY, 422, "lines-empty", "Enter a quantity for at least one batch."),
    ROW(LINES_TOO_MANY, 422, "lines-too-many",
        "These are too many batches to move at once. Name at most " DIGITS(
            COMMAND_LINES_MAX) ", or enter a smaller quantity, and do the rest in a further step."),
    ROW(BATCH_TWICE, 422, "batch-twice",
        "The same batch is named twice. Name it once, with the whole quantity."),
    ROW(QUANTITY_ZERO, 422, "quantity-zero", "Enter a quantity greater than zero."),
    ROW(QUANTITY_NEGATIVE, 422, "quantity-negative", "Enter the quantity without a minus sign."),
    ROW(QUANTITY_FRACTION, 422, "quantity-fraction",
        "Enter credits with at most 3 decimals, and certificates as whole numbers."),
    ROW(QUANTITY_TOO_LARGE, 422, "quantity-too-large",
        "This is more than the registry can count. Enter a smaller quantity."),
    ROW(BATCH_UNKNOWN, 422, "batch-unknown",
        "This batch is not among the sender's batches. Open the list again and choose one of "
        "those."),
    ROW(BATCH_NOT_ACTIVE, 422, "batch-not-active",
        "This batch has been split, retired, exported or cancelled. Open the list again and choose "
        "an active batch."),
    ROW(BATCH_RESERVED, 422, "batch-reserved",
        "This batch is reserved by a pending transfer. Choose another one, or withdraw that "
        "transfer first."),
    ROW(SUPPLIER_UNKNOWN, 422, "supplier-unknown",
        "No supplier with this id is on the registry. Choose one from the list of suppliers."),
    ROW(WRONG_SUPPLIER, 422, "wrong-supplier",
        "All units come from one supplier here, and from one project where it is named. Choose "
        "batches of those only."),
    ROW(WRONG_INSTRUMENT, 422, "wrong-instrument",
        "These units are of another kind than what is counted here. Choose credits where credits "
        "are asked for, and certificates where certificates are."),
    ROW(NOT_ENOUGH, 422, "not-enough",
        "This is more than is available. Enter at most the available quantity."),
    ROW(SECOND_PERSON_NEEDED, 409, "second-person-needed",
        "Your organisation asks for two persons for this much, and this is done at once by one. "
        "Stay within what one person may do, or ask a manager to change that policy."),
    ROW(BUYER_NOT_AGREED, 409, "buyer-not-agreed",
        "The buyer has not agreed to this delivery. Ask the buyer to record the order or to accept "
        "what comes from you at once, or send the units as a transfer."),
    ROW(PLAN_CHANGED, 409, "plan-changed",
        "The holdings changed since you reviewed this. Nothing was moved. Review it again with the "
        "new figures."),
    ROW(TRANSFER_ENDED, 409, "transfer-ended",
        "This transfer has ended already and stays as it is. Its page tells how, when and by "
        "whom."),
    ROW(TRANSFER_NOT_PENDING, 409, "transfer-not-pending",
        "This transfer waits for something else now. Its page tells for what."),
    ROW(SAME_PERSON, 409, "same-person",
        "A second person has to do this, not one who started or approved it already. Ask a "
        "colleague who may approve."),
    ROW(ALREADY_APPROVED, 409, "already-approved",
        "This approval has been given already. There is nothing more to do here."),
    ROW(REASON_NEEDED, 422, "reason-needed", "Enter a reason, so that the other side knows why."),
    ROW(CORRECTS_UNKNOWN, 422, "corrects-unknown",
        "Name a completed transfer between the same two organisations as the one that this "
        "corrects."),
    ROW(EXISTS, 409, "exists", "This is in use already. Choose a different one."),
    ROW(PROJECT_UNKNOWN, 422, "project-unknown",
        "No project with this id is on the registry. Choose one from the list of projects."),
    ROW(ORDER_UNKNOWN, 422, "order-unknown",
        "No order with this id is known between these parties. Choose one from the list of "
        "orders."),
    ROW(ORDER_EXCEEDED, 422, "order-exceeded",
        "This is more than is still open on the order. Deliver at most what is open."),
    ROW(VINTAGE, 422, "vintage", "Enter the vintage as a year from 1900 to 2100."),
    ROW(PURPOSE_NEEDED, 422, "purpose-needed",
        "Choose at least one purpose of the retirement, and at most " DIGITS(PURPOSES_MAX) "."),
    ROW(BENEFICIARY_NEEDED, 422, "beneficiary-needed",
        "Name the beneficiary on whose behalf this is retired."),
    ROW(PERSON_UNKNOWN, 422, "person-unknown",
        "No person with this id belongs to the organisation. Choose one from its team."),
    ROW(LAST_MANAGER, 409, "last-manager",
        "Somebody has to be able to manage this. Make another person a manager first."),
    ROW(VALUE_REFUSED, 422, "value-refused",
        "This entry is not one that can be used here. Enter it in the form shown beside the "
        "field."),
    ROW(TIME_BACKWARDS, 422, "time-backwards",
        "This is dated before what it builds on. Enter a later date."),

    /* sign-in */
    ROW(SIGN_IN_REFUSED, 422, "sign-in-refused",
        "This e-mail address and password do not belong together. Type both again, or ask for a "
        "one-time link."),
    ROW(PASSWORD_SHORT, 422, "password-short",
        "Choose a password of at least " DIGITS(
            PASSWORD_CHARS_MIN) " characters. A few words in a row are fine."),
    ROW(PASSWORD_LONG, 422, "password-long",
        "Choose a password of at most " DIGITS(PASSWORD_CHARS_MAX) " characters."),
    ROW(PASSWORD_COMMON, 422, "password-common",
        "This password is on the lists that burglars try first. Choose a different one."),
    ROW(PASSWORD_DIFFERS, 422, "password-differs",
        "The two passwords differ. Type the same one twice."),
    ROW(PASSWORD_WRONG, 422, "password-wrong", "This is not your present password. Type it again."),
    ROW(LINK_SPENT, 422, "link-spent", "This link has been used or is too old. Ask for a new one."),

    /* faults */
    ROW_OURS(LEDGER_AWAY, 503, "ledger-away",
             "Nothing can be moved at the moment, and nothing was changed. Reading goes on. Try "
             "again in a few minutes."),
    ROW_OURS(ANSWER_LOST, 503, "answer-lost",
             "The answer got lost on its way, so this may or may not have happened. "
             "Send the same form again: it will not happen twice."),
    ROW_OURS(
        OUT_OF_ROOM, 503, "out-of-room",
        "This page became too large to make. Narrow the list with a filter, or try again later."),
    ROW_OURS(BUSY, 503, "busy",
             "The registry is busy, and nothing was changed. Try again in a minute."),
    ROW_OURS(FAULT, 500, "fault",
             "Something went wrong on our side. It has been recorded. Try again later, "
             "and if it stays, tell the registry the number shown here."),
};

_Static_assert(sizeof(rows) / sizeof(rows[0]) == STATUS__COUNT, "every status has its row");

const struct status_row *status_row(enum status status)
{
    must(status >= STATUS_OK && status < STATUS__COUNT);
    must(rows[status].slug != (void *)0);
    return &rows[status];
}

struct status_row status_row_for_programs(enum status status)
{
    struct status_row row = *status_row(status);
    switch ((int)status) {
    case STATUS_BAD_REQUEST:
        row.sentence =
            "This request could not be read: look for broken escapes, repeated headers, an empty "
            "Idempotency-Key, or a body that is shorter or longer than it says.";
        break;
    case STATUS_NOT_FOUND:
        row.sentence = "There is nothing at this address, or it is not yours to see.";
        break;
    case STATUS_METHOD_NOT_ALLOWED:
        row.sentence =
            "This address does not answer to this method. The Allow header names those it does.";
        break;
    case STATUS_TOO_LARGE:
        row.sentence = "The body is too large. Divide it into several smaller acts.";
        break;
    case STATUS_FORM_FAULTS:
        row.sentence = "Nothing was changed. Mend what is listed and send it again.";
        break;
    case STATUS_NOT_ALLOWED:
        row.sentence =
            "This access token may not do this: it lacks the role or scope, acts for another "
            "organisation, or is limited to other addresses.";
        break;
    case STATUS_ANSWER_LOST:
        row.sentence =
            "The answer got lost on its way, so this may or may not have happened. Send the "
            "same request again, with this key as Idempotency-Key: it will not happen twice.";
        break;
    case STATUS_OUT_OF_ROOM:
        row.sentence =
            "This answer became too large to make. Ask for less at once, or try again later.";
        break;
    case STATUS_FAULT:
        row.sentence =
            "Something went wrong on our side. It has been recorded under this request_id.";
        break;
    case STATUS_KEY_REUSED:
        row.http_code = 422; /* told at the place of its header */
        break;
    default:
        break;
    }
    return row;
}
