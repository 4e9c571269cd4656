/*
 * api_transfers_test: transfers and exports by programs: made, previewed, decided, listed; and
 * keys: a repeat gets the first answer, byte for byte, whatever became of the transfer since.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pages/api_cgi.h"

/* north and fjord may do everything, in scope transfer; reader may only look; stranger is of a
 * third organisation. */
static struct api_caller north, fjord, reader, stranger;
static char charm_id[ID_SIZE]; /* the supplier's own id */
static char body[4096];

static const char *words(const char *format, ...) __attribute__((format(printf, 1, 2)));
static const char *words(const char *format, ...)
{
    static char texts[32][2048];
    static unsigned next;
    char *text = texts[next++ % 32];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, 2048, format, arguments);
    va_end(arguments);
    return text;
}

static void ask_ok(const struct command *command, struct answer *answer)
{
    enum status status = api_ask_ledger(NULL, command, answer);
    if (status != STATUS_OK) {
        fail_msg("%s: %s", act_word((enum act_kind)command->kind), status_row(status)->slug);
    }
}

static void set_policy(const char *org_id, enum incoming_policy incoming,
                       enum two_person two_person)
{
    struct command command = command_of(ACT_SET_POLICY, "", "");
    struct answer answer;
    TEXT_COPY(command.policy.org_id, org_id);
    command.policy.incoming = (uint8_t)incoming;
    command.policy.two_person = (uint8_t)two_person;
    ask_ok(&command, &answer);
}

/* The body of an oldest-first transfer of northwind's Charm credits. */
static const char *oldest(const char *to, int kg, const char *more)
{
    (void)snprintf(body, sizeof body,
                   "{\"from_organisation_id\":\"%s\",\"to_organisation_id\":\"%s\","
                   "\"supplier_id\":\"%s\",\"credit_quantity_kg\":%d,\"notes\":\"Sent\"%s}",
                   market.northwind, to, charm_id, kg, more);
    return body;
}

/* A transfer of northwind's to fjord, waiting for it; its id. */
static const char *sent(int kg)
{
    static char ids[4][ID_SIZE];
    static unsigned next;
    struct cgi_reply reply =
        api_post(API "/transfers/from_oldest_credits", &north, oldest(market.fjord, kg, ""), NULL);
    cgi_is(&reply, 200);
    char *id = ids[next++ % 4];
    (void)snprintf(id, ID_SIZE, "%s", api_text(&reply, "id"));
    return id;
}

/* A free batch of northwind's, of at least two units, from this supplier. */
static const char *batch_of(const char *supplier_org_id)
{
    static char ids[4][ID_SIZE];
    static unsigned next;
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    char *id = ids[next++ % 4];
    must(sqlite3_open(town.path, &db) == SQLITE_OK);
    must(sqlite3_prepare_v2(db,
                            "SELECT batch_id FROM batch WHERE org_id = ?1 AND supplier_org_id = ?2"
                            " AND state = 'active' AND reserved_by IS NULL ORDER BY last - first"
                            " DESC LIMIT 1",
                            -1, &statement, NULL) == SQLITE_OK);
    (void)sqlite3_bind_text(statement, 1, market.northwind, -1, SQLITE_STATIC);
    (void)sqlite3_bind_text(statement, 2, supplier_org_id, -1, SQLITE_STATIC);
    must(sqlite3_step(statement) == SQLITE_ROW);
    (void)snprintf(id, ID_SIZE, "%s", (const char *)sqlite3_column_text(statement, 0));
    (void)sqlite3_finalize(statement);
    (void)sqlite3_close(db);
    return id;
}

static void test_contract(void **state)
{
    (void)state;
    const char *batch = batch_of(market.charm);
    (void)snprintf(body, sizeof body,
                   "{\"credit_batch_quantities\":[{\"credit_batch_id\":\"%s\","
                   "\"credit_quantity_kg\":1500}],\"from_organisation_id\":\"%s\","
                   "\"to_organisation_id\":\"%s\",\"supplier_id\":\"%s\","
                   "\"notes\":\"Transferred with care.\"}",
                   batch, market.northwind, market.fjord, charm_id);
    struct cgi_reply reply = api_post(API "/transfers", &north, body, NULL);
    cgi_is(&reply, 200);
    cgi_has(&reply, "\"credit_batch_size_total\":{\"credits\":1.5,\"credit_kgs\":1500}");
    cgi_has(&reply, "\"notes\":\"Transferred with care.\",\"status\":\"pending\"");
    cgi_has(&reply, "\"kind\":\"external\",\"instrument\":\"carbon_removal\"");
    cgi_has(&reply, words("\"supplier_id\":\"%s\"", charm_id));
    cgi_has(&reply, "\"completed_at\":null,\"ended_at\":null,\"end_reason\":null");
    cgi_has(&reply, words("\"needs\":[{\"act\":\"accept\",\"organisation_id\":\"%s\",\"until\":",
                          market.fjord));
    char id[ID_SIZE], transferred_at[64];
    (void)snprintf(id, sizeof id, "%s", api_text(&reply, "id"));
    (void)snprintf(transferred_at, sizeof transferred_at, "%s", api_text(&reply, "transferred_at"));
    assert_int_equal(strlen(transferred_at), strlen("2026-11-20T14:03:22.123456Z"));

    /* What is answered is what is there. */
    static char made[8192];
    (void)snprintf(made, sizeof made, "%s", reply.body);
    reply = api_get(words(API "/transfers/%s", id), &north);
    assert_string_equal(reply.body, made);

    /* While it waits, its two parties know of it, and nobody else. */
    reply = api_get(words(API "/transfers/%s", id), &fjord);
    cgi_is(&reply, 200);
    reply = api_get(words(API "/transfers/%s/credit_batches", id), &north);
    cgi_is(&reply, 200);
    cgi_has(&reply, words("\"pending_transfer_id\":\"%s\"", id));
    cgi_has(&reply, "\"status\":\"active\"");
    reply = api_get(words(API "/transfers/%s", id), &stranger);
    cgi_is(&reply, 404);
    reply = api_get(words(API "/transfers/%s/credit_batches", id), &stranger);
    cgi_is(&reply, 404);
    reply = api_get(API "/transfers", &north);
    cgi_has_not(&reply, id);
    reply = api_get(API "/transfers?status=pending", &fjord);
    cgi_has(&reply, id);
    reply = api_get(API "/transfers?status=pending,completed", &stranger);
    cgi_has_not(&reply, id);

    reply = api_post(words(API "/transfers/%s/accept", id), &fjord, "", NULL);
    cgi_is(&reply, 200);
    cgi_has(&reply, "\"status\":\"completed\"");
    cgi_has(&reply, "\"expires_at\":null,\"completed_at\":\"20");
    cgi_has(&reply, words("\"transferred_at\":\"%s\"", transferred_at));
    cgi_has(&reply, "\"needs\":[]");
    cgi_has(&reply, "\"to_account_id\":\"acc_");
    reply = api_get(words(API "/transfers/%s", id), &stranger);
    cgi_is(&reply, 200);
    cgi_has(&reply, "\"to_account_id\":null");
    reply = api_get(API "/transfers", &stranger);
    cgi_has(&reply, id);
    cgi_has(&reply, "\"total_count\":1,");

    /* It has ended: nothing more can be done about it. */
    reply = api_post(words(API "/transfers/%s/accept", id), &fjord, "{}", NULL);
    cgi_is(&reply, 409);
    cgi_has(&reply, "#transfer-ended");
    reply = api_post(words(API "/transfers/%s/withdraw", id), &north, "", NULL);
    cgi_is(&reply, 409);
}

/* The same key and body: the first answer, byte for byte. */
static void expect_same(const struct cgi_reply *reply, const char *first)
{
    cgi_is(reply, 200);
    if (strcmp(reply->body, first) != 0) {
        fail_msg("the repeat differs:\n%s%s", first, reply->body);
    }
}

static void test_keys(void **state)
{
    static char made[8192], accepted[8192], sent_body[4096];
    (void)state;
    (void)snprintf(sent_body, sizeof sent_body, "%s",
                   oldest(market.fjord, 700, ",\"private_note\":\"Between us\""));
    struct cgi_reply reply =
        api_post(API "/transfers/from_oldest_credits", &north, sent_body, "first-of-all");
    cgi_is(&reply, 200);
    cgi_has(&reply, "\"status\":\"pending\"");
    (void)snprintf(made, sizeof made, "%s", reply.body);
    char id[ID_SIZE];
    (void)snprintf(id, sizeof id, "%s", api_text(&reply, "id"));
    reply = api_post(API "/transfers/from_oldest_credits", &north, sent_body, "first-of-all");
    expect_same(&reply, made);

    reply = api_post(words(API "/transfers/%s/accept", id), &fjord, "", "taken");
    cgi_is(&reply, 200);
    (void)snprintf(accepted, sizeof accepted, "%s", reply.body);
    reply = api_post(words(API "/transfers/%s/accept", id), &fjord, "", "taken");
    expect_same(&reply, accepted);
    reply = api_post(words(API "/transfers/%s/accept", id), &fjord, "{}", "taken");
    expect_same(&reply, accepted);
    reply = api_post(API "/transfers/from_oldest_credits", &north, sent_body, "first-of-all");
    expect_same(&reply, made); /* it was pending then */

    /* The note's words are taken away: who wrote them reads them in its own repeat, nobody else. */
    struct command redact = command_of(ACT_REDACT_NOTE, "", "");
    struct answer answer;
    TEXT_COPY(redact.decide.transfer_id, id);
    TEXT_COPY(redact.decide.reason, "a name");
    ask_ok(&redact, &answer);
    reply = api_post(API "/transfers/from_oldest_credits", &north, sent_body, "first-of-all");
    expect_same(&reply, made);
    reply = api_get(words(API "/transfers/%s", id), &north);
    cgi_has(&reply, "\"notes\":null");
    cgi_has(&reply, "\"note_redacted_reason\":\"a name\"");

    /* Another body, or another act, under the key; the key of another program is its own. */
    reply = api_post(API "/transfers/from_oldest_credits", &north, oldest(market.fjord, 701, ""),
                     "first-of-all");
    cgi_is(&reply, 422);
    cgi_has(&reply, "\"loc\":[\"header\",\"Idempotency-Key\"]");
    cgi_has(&reply, "\"type\":\"key-reused\"");
    reply = api_post(words(API "/transfers/%s/withdraw", id), &north, "", "first-of-all");
    cgi_is(&reply, 422);
    reply = api_post(words(API "/transfers/%s/accept", id), &fjord, "", "first-of-all");
    cgi_is(&reply, 409);

    static const struct {
        const char *key;
        int code;
    } malformed[] = {
        {"two words", 422},
        {"0123456789012345678901234567890123456789012345678901234567890123456789", 422},
        {"k\xC3\xA9y", 400}, /* these are no headers at all */
        {"tab\x01here", 400},
    };
    for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++) {
        reply = api_post(API "/transfers/from_oldest_credits", &north, oldest(market.fjord, 5, ""),
                         malformed[i].key);
        cgi_is(&reply, malformed[i].code);
        if (malformed[i].code == 422) {
            cgi_has(&reply, "\"loc\":[\"header\",\"Idempotency-Key\"]");
        }
    }
    /* 64 characters are a key; its repeat is one act. */
    static const char longest[] =
        "0123456789012345678901234567890123456789012345678901234567890123";
    reply = api_post(API "/transfers/from_oldest_credits", &north, oldest(market.fjord, 5, ""),
                     longest);
    cgi_is(&reply, 200);
    (void)snprintf(made, sizeof made, "%s", reply.body);
    reply = api_post(API "/transfers/from_oldest_credits", &north, oldest(market.fjord, 5, ""),
                     longest);
    expect_same(&reply, made);
    (void)snprintf(id, sizeof id, "%s", api_text(&reply, "id"));
    reply =
        api_post(words(API "/transfers/%s/withdraw", id), &north, "{\"reason\":\"Oh\"}", "back");
    cgi_is(&reply, 200);
    cgi_has(&reply, "\"status\":\"withdrawn\"");
    cgi_has(&reply, "\"end_reason\":\"Oh\"");
    (void)snprintf(accepted, sizeof accepted, "%s", reply.body);
    reply =
        api_post(words(API "/transfers/%s/withdraw", id), &north, "{\"reason\":\"Oh\"}", "back");
    expect_same(&reply, accepted);
    reply = api_post(API "/transfers/from_oldest_credits", &north, oldest(market.fjord, 5, ""),
                     longest);
    expect_same(&reply, made);
}

static void test_preview(void **state)
{
    (void)state;
    struct cgi_reply reply =
        api_post(API "/transfers/preview", &north, oldest(market.fjord, 1200, ""), NULL);
    cgi_is(&reply, 200);
    char hash[DIGEST_HEX_SIZE], batch[ID_SIZE], more[256];
    (void)snprintf(hash, sizeof hash, "%s", api_text(&reply, "plan_hash"));
    (void)snprintf(batch, sizeof batch, "%s", api_text(&reply, "credit_batch_id"));
    assert_int_equal(strlen(hash), 64);
    assert_true(id_is(batch, "ctb"));
    cgi_has(&reply, "\"status\":\"pending\",\"expires_at\":\"20");
    cgi_has(&reply,
            words("\"needs\":[{\"act\":\"accept\",\"organisation_id\":\"%s\"", market.fjord));
    cgi_has(&reply, "\"credit_batch_size_total\":{\"credits\":1.2,\"credit_kgs\":1200}");
    cgi_has(&reply, "\"serial_number\":\"TLY-1-BIOCHAR-SWE-CHRM-2023-");
    cgi_has(&reply, "\"remainder\":{\"serial_number\":\"TLY-1-BIOCHAR-SWE-CHRM-2023-");

    /* Nothing was written, and the same plan is carried out. */
    (void)snprintf(more, sizeof more, ",\"plan_hash\":\"%s\"", hash);
    reply = api_post(API "/transfers/preview", &north, oldest(market.fjord, 1200, more), NULL);
    cgi_is(&reply, 200);
    assert_string_equal(api_text(&reply, "plan_hash"), hash);
    char serial[128];
    (void)snprintf(serial, sizeof serial, "%s", api_text(&reply, "serial_number"));
    reply = api_post(API "/transfers/from_oldest_credits", &north, oldest(market.fjord, 1200, more),
                     NULL);
    cgi_is(&reply, 200);
    char id[ID_SIZE];
    (void)snprintf(id, sizeof id, "%s", api_text(&reply, "id"));
    reply = api_get(words(API "/transfers/%s/credit_batches", id), &north);
    cgi_has(&reply, words("\"serial_number\":\"%s\"", serial));

    /* The ledger has moved on. */
    reply = api_post(API "/transfers/from_oldest_credits", &north, oldest(market.fjord, 1200, more),
                     NULL);
    cgi_is(&reply, 409);
    cgi_has(&reply, "#plan-changed");
    reply = api_post(API "/transfers/preview", &north,
                     oldest(market.fjord, 1200, ",\"plan_hash\":\"zz\""), NULL);
    cgi_is(&reply, 422);
    cgi_has(&reply, "\"loc\":[\"body\",\"plan_hash\"]");

    /* Who approves, who accepts, in that order. */
    set_policy(market.northwind, INCOMING_ASK, TWO_PERSON_ALWAYS);
    reply = api_post(API "/transfers/preview", &north, oldest(market.fjord, 10, ""), NULL);
    cgi_has(&reply, "\"status\":\"awaiting_approval\"");
    cgi_has(&reply,
            words("\"needs\":[{\"act\":\"approve\",\"organisation_id\":\"%s\"", market.northwind));
    cgi_has(&reply, words("{\"act\":\"accept\",\"organisation_id\":\"%s\"", market.fjord));
    set_policy(market.northwind, INCOMING_ASK, TWO_PERSON_NEVER);
    set_policy(market.empty, INCOMING_ALL, TWO_PERSON_NEVER);
    reply = api_post(API "/transfers/preview", &north, oldest(market.empty, 10, ""), NULL);
    cgi_has(&reply, "\"status\":\"completed\",\"expires_at\":null,\"needs\":[]");
    set_policy(market.empty, INCOMING_ASK, TWO_PERSON_NEVER);

    /* Batches too; either of them, not both and not neither. */
    const char *named = batch_of(market.lithos);
    reply = api_get(words(API "/credit_batches/%s", named), &north);
    char lithos[ID_SIZE];
    (void)snprintf(lithos, sizeof lithos, "%s", api_text(&reply, "supplier_id"));
    (void)snprintf(body, sizeof body,
                   "{\"credit_batch_quantities\":[{\"credit_batch_id\":\"%s\","
                   "\"credit_quantity_kg\":12000}],\"from_organisation_id\":\"%s\","
                   "\"to_organisation_id\":\"%s\",\"supplier_id\":\"%s\",\"notes\":null}",
                   named, market.northwind, market.fjord, lithos);
    reply = api_post(API "/transfers/preview", &north, body, NULL);
    cgi_is(&reply, 200);
    cgi_has(&reply, "\"remainder\":null");
    reply = api_post(API "/transfers/preview", &north,
                     oldest(market.fjord, 10,
                            ",\"credit_batch_quantities\":[{"
                            "\"credit_batch_id\":\"ctb_1FAN3S3WV1S0B842\","
                            "\"credit_quantity_kg\":1}]"),
                     NULL);
    cgi_is(&reply, 422);
    cgi_has(&reply, "\"loc\":[\"body\"]");
    reply = api_post(API "/transfers/preview", &reader, oldest(market.fjord, 10, ""), NULL);
    cgi_is(&reply, 403);
}

/* A preview does nothing that could be done twice: whatever stands in the header is not looked at,
 * and is as good for the act as before. */
static void test_preview_takes_no_notice_of_a_key(void **state)
{
    static const char *const keys[] = {
        "p-1",
        "a key with spaces",
        "longer-than-any-key-may-be-longer-than-any-key-may-be-longer-than",
        "p-0",
        "p-1",
        NULL};
    (void)state;
    struct cgi_reply reply =
        api_post(API "/transfers/from_oldest_credits", &north, oldest(market.fjord, 3, ""), "p-0");
    cgi_is(&reply, 200);
    int64_t kept = town_number("SELECT count(*) FROM idempotency");
    for (size_t i = 0; keys[i] != NULL; i++) {
        reply = api_post(API "/transfers/preview", &north, oldest(market.fjord, 4, ""), keys[i]);
        cgi_is(&reply, 200);
        cgi_has(&reply, "\"plan_hash\":\"");
    }
    assert_int_equal(town_number("SELECT count(*) FROM idempotency"), kept);
    reply =
        api_post(API "/transfers/from_oldest_credits", &north, oldest(market.fjord, 4, ""), "p-1");
    cgi_is(&reply, 200);
    reply = api_post(API "/transfers/preview?key=p-1", &north, oldest(market.fjord, 4, ""), NULL);
    cgi_is(&reply, 422);
}

static void test_decisions(void **state)
{
    (void)state;
    /* Rejected: with a reason only. */
    const char *id = sent(11);
    struct cgi_reply reply = api_post(words(API "/transfers/%s/reject", id), &fjord, "", NULL);
    cgi_is(&reply, 422);
    cgi_has(&reply, "\"loc\":[\"body\",\"reason\"]");
    reply = api_post(words(API "/transfers/%s/reject", id), &north, "{\"reason\":\"Mine\"}", NULL);
    cgi_is(&reply, 403);
    reply = api_post(words(API "/transfers/%s/reject", id), &stranger, "{\"reason\":\"No\"}", NULL);
    cgi_is(&reply, 404);
    reply = api_post(words(API "/transfers/%s/reject", id), &fjord, "{\"reason\":\"Not ordered\"}",
                     NULL);
    cgi_is(&reply, 200);
    cgi_has(&reply, "\"status\":\"rejected\"");
    cgi_has(&reply, "\"completed_at\":null,\"ended_at\":\"20");
    cgi_has(&reply, "\"end_reason\":\"Not ordered\"");
    reply = api_get(words(API "/transfers/%s", id), &stranger);
    cgi_is(&reply, 404);

    /* Into an account of one's own, or none of others. */
    id = sent(12);
    reply = api_post(words(API "/transfers/%s/accept", id), &fjord,
                     "{\"account_id\":\"acc_1FAN3S3WV1S0B842\"}", NULL);
    cgi_is(&reply, 422);
    cgi_has(&reply, "\"loc\":[\"body\",\"account_id\"]");
    cgi_has(&reply, "\"type\":\"account-unknown\"");
    reply = api_post(words(API "/transfers/%s/accept", id), &fjord, "{\"reason\":\"x\"}", NULL);
    cgi_is(&reply, 422);
    cgi_has(&reply, "\"loc\":[\"body\",\"reason\"]");
    reply = api_post(words(API "/transfers/%s/accept", id), &fjord, "{\"account_id\":null}", NULL);
    cgi_is(&reply, 200);

    /* Two persons: a recipient knows nothing until the second has agreed. */
    set_policy(market.northwind, INCOMING_ASK, TWO_PERSON_ALWAYS);
    struct api_caller second = api_caller_of(market.northwind, ROLE_APPROVER, SCOPE_TRANSFER);
    reply =
        api_post(API "/transfers/from_oldest_credits", &north, oldest(market.fjord, 13, ""), "two");
    cgi_is(&reply, 200);
    cgi_has(&reply, "\"status\":\"awaiting_approval\"");
    cgi_has(&reply,
            words("\"needs\":[{\"act\":\"approve\",\"organisation_id\":\"%s\"", market.northwind));
    static char made[8192], approved[8192], sent_body[4096];
    (void)snprintf(made, sizeof made, "%s", reply.body);
    (void)snprintf(sent_body, sizeof sent_body, "%s", body);
    char waiting[ID_SIZE];
    (void)snprintf(waiting, sizeof waiting, "%s", api_text(&reply, "id"));
    reply = api_get(words(API "/transfers/%s", waiting), &fjord);
    cgi_is(&reply, 404);
    reply = api_post(words(API "/transfers/%s/accept", waiting), &fjord, "", NULL);
    cgi_is(&reply, 404);
    reply = api_get(API "/transfers?status=awaiting_approval", &fjord);
    cgi_has(&reply, "\"total_count\":0,");
    reply = api_get(API "/transfers?status=awaiting_approval", &north);
    cgi_has(&reply, "\"total_count\":1,");
    reply = api_post(words(API "/transfers/%s/approve", waiting), &north, "", NULL);
    cgi_is(&reply, 409);
    cgi_has(&reply, "#same-person");
    reply = api_post(words(API "/transfers/%s/approve", waiting), &second,
                     "{\"reason\":\"As ordered\"}", "yes");
    cgi_is(&reply, 200);
    cgi_has(&reply, "\"status\":\"pending\"");
    cgi_has_not(&reply, "As ordered");
    (void)snprintf(approved, sizeof approved, "%s", reply.body);
    reply = api_post(words(API "/transfers/%s/approve", waiting), &second, "", NULL);
    cgi_is(&reply, 409);
    cgi_has(&reply, "#already-approved");
    reply = api_post(words(API "/transfers/%s/accept", waiting), &fjord, "", NULL);
    cgi_is(&reply, 200);
    reply = api_post(words(API "/transfers/%s/approve", waiting), &second,
                     "{\"reason\":\"As ordered\"}", "yes");
    expect_same(&reply, approved);
    reply = api_post(API "/transfers/from_oldest_credits", &north, sent_body, "two");
    expect_same(&reply, made);

    /* Refused among colleagues. */
    id = sent(14);
    reply =
        api_post(words(API "/transfers/%s/refuse", id), &second, "{\"reason\":\"Too much\"}", NULL);
    cgi_is(&reply, 200);
    cgi_has(&reply, "\"status\":\"rejected\"");
    reply = api_get(words(API "/transfers/%s", id), &fjord);
    cgi_is(&reply, 404);
    reply = api_get(API "/transfers?status=rejected", &fjord);
    cgi_has_not(&reply, id);
    cgi_has(&reply, "\"total_count\":1,");
    reply = api_get(API "/transfers?status=rejected", &north);
    cgi_has(&reply, "\"total_count\":2,");
    set_policy(market.northwind, INCOMING_ASK, TWO_PERSON_NEVER);
}

static void test_internal(void **state)
{
    (void)state;
    struct command open = command_of(ACT_OPEN_ACCOUNT, "", "");
    struct answer answer;
    TEXT_COPY(open.account.org_id, market.northwind);
    TEXT_COPY(open.account.name, "Reserve for 2027");
    open.account.kind = ACCOUNT_ACTIVE;
    ask_ok(&open, &answer);
    struct cgi_reply reply =
        api_post(API "/transfers/from_oldest_credits", &north,
                 oldest(market.northwind, 50, words(",\"to_account_id\":\"%s\"", answer.id)), NULL);
    cgi_is(&reply, 200);
    cgi_has(&reply, "\"kind\":\"internal\"");
    cgi_has(&reply, "\"status\":\"completed\"");
    cgi_has(&reply, words("\"to_account_id\":\"%s\"", answer.id));
    char id[ID_SIZE];
    (void)snprintf(id, sizeof id, "%s", api_text(&reply, "id"));
    static char made[8192];
    (void)snprintf(made, sizeof made, "%s", reply.body);
    reply = api_get(words(API "/transfers/%s", id), &north);
    assert_string_equal(reply.body, made);
    reply = api_get(API "/transfers?first=50", &north);
    cgi_has_not(&reply, id);
    reply = api_get(API "/transfers?kind=internal", &north);
    cgi_has(&reply, id);
    /* To oneself without an account it is no move; others choose theirs. */
    reply = api_post(API "/transfers/from_oldest_credits", &north, oldest(market.northwind, 50, ""),
                     NULL);
    cgi_is(&reply, 422);
    cgi_has(&reply, "\"loc\":[\"body\",\"to_organisation_id\"]");
    reply = api_post(API "/transfers/from_oldest_credits", &north,
                     oldest(market.fjord, 50, words(",\"to_account_id\":\"%s\"", answer.id)), NULL);
    cgi_is(&reply, 422);
    cgi_has(&reply, "\"loc\":[\"body\",\"to_account_id\"]");
}

static void test_exports(void **state)
{
    (void)state;
    (void)snprintf(body, sizeof body,
                   "{\"from_organisation_id\":\"%s\",\"to_system\":\"Puro Registry\","
                   "\"to_system_party\":\"Aster & Sons\",\"supplier_id\":\"%s\","
                   "\"credit_quantity_kg\":2500,\"notes\":null}",
                   market.northwind, charm_id);
    struct cgi_reply reply = api_post(API "/exports/preview", &north, body, "not looked at");
    cgi_is(&reply, 200);
    cgi_has(&reply, "\"to_system\":\"Puro Registry\"");
    cgi_has(&reply, "\"needs\":[{\"act\":\"registry_approve\",\"organisation_id\":null");
    cgi_has(&reply, "{\"act\":\"confirm\",\"organisation_id\":null");
    reply = api_post(API "/exports", &north, body, "out");
    cgi_is(&reply, 200);
    cgi_has(&reply, "\"exported_at\":\"20");
    cgi_has(&reply, "\"to_system_party\":\"Aster & Sons\"");
    cgi_has(&reply, "\"status\":\"awaiting_approval\"");
    cgi_has_not(&reply, "to_organisation");
    char id[ID_SIZE];
    static char made[8192];
    (void)snprintf(id, sizeof id, "%s", api_text(&reply, "id"));
    (void)snprintf(made, sizeof made, "%s", reply.body);

    reply = api_get(words(API "/exports/%s", id), &north);
    assert_string_equal(reply.body, made);

    /* It is no transfer, and waits in sight of its sender alone. */
    reply = api_get(words(API "/transfers/%s", id), &north);
    cgi_is(&reply, 404);
    reply = api_post(words(API "/transfers/%s/withdraw", id), &north, "", NULL);
    cgi_is(&reply, 404);
    reply = api_get(words(API "/exports/%s", id), &north);
    cgi_is(&reply, 200);
    reply = api_get(words(API "/exports/%s/credit_batches", id), &north);
    cgi_is(&reply, 200);
    reply = api_get(words(API "/exports/%s", id), &fjord);
    cgi_is(&reply, 404);
    reply = api_get(API "/exports?status=awaiting_approval", &north);
    cgi_has(&reply, id);
    reply = api_get(API "/exports", &north);
    cgi_has_not(&reply, id);

    struct command command = command_of(ACT_REGISTRY_APPROVE, "", "");
    struct answer answer;
    TEXT_COPY(command.decide.transfer_id, id);
    ask_ok(&command, &answer);
    command = command_of(ACT_COMPLETE_EXPORT, "", "");
    TEXT_COPY(command.decide.transfer_id, id);
    ask_ok(&command, &answer);
    reply = api_get(API "/exports", &fjord);
    cgi_has(&reply, id);
    cgi_has(&reply, "\"total_count\":1,");
    reply = api_get(API "/transfers?first=50", &north);
    cgi_has_not(&reply, id);
    reply = api_post(API "/exports", &north, body, "out");
    expect_same(&reply, made);

    reply = api_post(API "/exports", &north, body, NULL);
    cgi_is(&reply, 200);
    (void)snprintf(id, sizeof id, "%s", api_text(&reply, "id"));
    reply = api_post(words(API "/exports/%s/withdraw", id), &north, "", NULL);
    cgi_is(&reply, 200);
    cgi_has(&reply, "\"status\":\"withdrawn\"");
    reply = api_post(words(API "/exports/%s/approve", id), &north, "", NULL);
    cgi_is(&reply, 409);
    (void)snprintf(body, sizeof body,
                   "{\"from_organisation_id\":\"%s\",\"to_system\":\" Puro\","
                   "\"to_system_party\":\"\",\"supplier_id\":\"%s\",\"credit_quantity_kg\":1,"
                   "\"notes\":null}",
                   market.northwind, charm_id);
    reply = api_post(API "/exports", &north, body, NULL);
    cgi_is(&reply, 422);
    cgi_has(&reply, "\"loc\":[\"body\",\"to_system_party\"]");
}

/* A certificate counts as 1000. */
static void test_certificates(void **state)
{
    (void)state;
    const char *batch = batch_of(market.fjordwind);
    struct cgi_reply reply = api_get(words(API "/credit_batches/%s", batch), &north);
    char wind[ID_SIZE];
    (void)snprintf(wind, sizeof wind, "%s", api_text(&reply, "supplier_id"));
    cgi_has(&reply, "\"size\":{\"credits\":120,\"credit_kgs\":120000}");
    (void)snprintf(body, sizeof body,
                   "{\"from_organisation_id\":\"%s\",\"to_organisation_id\":\"%s\","
                   "\"supplier_id\":\"%s\",\"credit_quantity_kg\":3000,\"notes\":null}",
                   market.northwind, market.fjord, wind);
    reply = api_post(API "/transfers/from_oldest_credits", &north, body, NULL);
    cgi_is(&reply, 200);
    cgi_has(&reply, "{\"credits\":3,\"credit_kgs\":3000}");
    cgi_has(&reply, "\"instrument\":\"renewable_energy\"");
    (void)snprintf(body, sizeof body,
                   "{\"from_organisation_id\":\"%s\",\"to_organisation_id\":\"%s\","
                   "\"supplier_id\":\"%s\",\"credit_quantity_kg\":3500,\"notes\":null}",
                   market.northwind, market.fjord, wind);
    reply = api_post(API "/transfers/from_oldest_credits", &north, body, NULL);
    cgi_is(&reply, 422);
    cgi_has(&reply, "\"loc\":[\"body\",\"credit_quantity_kg\"]");
    cgi_has(&reply, "\"type\":\"quantity-fraction\"");
    (void)snprintf(body, sizeof body,
                   "{\"from_organisation_id\":\"%s\",\"to_organisation_id\":\"%s\","
                   "\"supplier_id\":\"%s\",\"notes\":null,\"credit_batch_quantities\":["
                   "{\"credit_batch_id\":\"%s\",\"credit_quantity_kg\":999}]}",
                   market.northwind, market.fjord, wind, batch_of(market.fjordwind));
    reply = api_post(API "/transfers", &north, body, NULL);
    cgi_is(&reply, 422);
    cgi_has(&reply, "\"loc\":[\"body\",\"credit_batch_quantities\",0,\"credit_quantity_kg\"]");
    /* Nothing of that supplier is carbon. */
    (void)snprintf(body, sizeof body,
                   "{\"from_organisation_id\":\"%s\",\"to_organisation_id\":\"%s\","
                   "\"supplier_id\":\"%s\",\"credit_quantity_kg\":1,\"notes\":null,"
                   "\"instrument\":\"carbon_removal\"}",
                   market.northwind, market.fjord, wind);
    reply = api_post(API "/transfers/from_oldest_credits", &north, body, NULL);
    cgi_is(&reply, 422);
    cgi_has(&reply, "\"type\":\"not-enough\"");
}

/* Twelve completed transfers in each of two directions, read in pages both ways. */
static void test_lists(void **state)
{
    (void)state;
    char ids[12][ID_SIZE];
    set_policy(market.empty, INCOMING_ALL, TWO_PERSON_NEVER);
    for (int i = 0; i < 12; i++) {
        struct cgi_reply reply = api_post(API "/transfers/from_oldest_credits", &north,
                                          oldest(market.empty, 10 + i, ""), NULL);
        cgi_is(&reply, 200);
        cgi_has(&reply, "\"status\":\"completed\"");
        (void)snprintf(ids[i], ID_SIZE, "%s", api_text(&reply, "id"));
        static char made[8192];
        (void)snprintf(made, sizeof made, "%s", reply.body);
        reply = api_get(words(API "/transfers/%s", ids[i]), &north);
        assert_string_equal(reply.body, made);
    }
    const char *filter =
        words("from_organisation_id=%s&to_organisation_id=%s", market.northwind, market.empty);
    struct cgi_reply reply = api_get(words(API "/transfers?%s", filter), &reader);
    cgi_is(&reply, 200);
    cgi_has(&reply, "\"total_count\":12,");
    cgi_has(&reply, "\"has_next_page\":true");
    cgi_has(&reply, "\"has_previous_page\":false");
    assert_string_equal(api_text(&reply, "id"), ids[11]);
    cgi_has(&reply, ids[2]);
    cgi_has_not(&reply, ids[1]);
    char cursor[1024];
    (void)snprintf(cursor, sizeof cursor, "%s", api_text(&reply, "end_cursor"));
    reply = api_get(words(API "/transfers?%s&after=%s", filter, cursor), &reader);
    assert_string_equal(api_text(&reply, "id"), ids[1]);
    cgi_has(&reply, "\"has_next_page\":false");
    cgi_has(&reply, "\"has_previous_page\":true");
    (void)snprintf(cursor, sizeof cursor, "%s", api_text(&reply, "start_cursor"));
    reply = api_get(words(API "/transfers?%s&last=3&before=%s", filter, cursor), &reader);
    assert_string_equal(api_text(&reply, "id"), ids[4]);
    cgi_has(&reply, ids[2]);
    cgi_has_not(&reply, ids[1]);
    /* Of another list, or with other filters, it is no cursor. */
    reply = api_get(words(API "/transfers?after=%s", cursor), &reader);
    cgi_is(&reply, 422);
    cgi_has(&reply, "\"loc\":[\"query\",\"after\"]");
    reply = api_get(words(API "/exports?after=%s", cursor), &reader);
    cgi_is(&reply, 422);

    reply = api_get(words(API "/transfers?to_organisation_id=%s", market.empty), &reader);
    cgi_has(&reply, "\"total_count\":12,");
    reply = api_get(words(API "/transfers?from_organisation_id=%s", market.empty), &reader);
    cgi_has(&reply, "\"total_count\":0,");
    cgi_has(&reply, "\"start_cursor\":null");

    /* Times: from the sixth on, before the ninth. */
    char since[64], until[64];
    reply = api_get(words(API "/transfers/%s", ids[5]), &reader);
    (void)snprintf(since, sizeof since, "%s", api_text(&reply, "transferred_at"));
    reply = api_get(words(API "/transfers/%s", ids[8]), &reader);
    (void)snprintf(until, sizeof until, "%s", api_text(&reply, "transferred_at"));
    reply = api_get(words(API "/transfers?since=%s&until=%s", since, until), &reader);
    cgi_has(&reply, "\"total_count\":3,");
    assert_string_equal(api_text(&reply, "id"), ids[7]);
    cgi_has(&reply, ids[5]);
    reply = api_get(words(API "/transfers?since=%s&until=%s&last=2", since, until), &reader);
    assert_string_equal(api_text(&reply, "id"), ids[6]);
    cgi_has(&reply, "\"has_previous_page\":true");
    reply = api_get(words(API "/transfers?%s&since=%s", filter, since), &reader);
    cgi_has(&reply, "\"total_count\":7,");
    reply = api_get(API "/transfers?since=yesterday", &reader);
    cgi_is(&reply, 422);
    reply = api_get(API "/transfers?status=begun", &reader);
    cgi_is(&reply, 422);
    reply = api_get(API "/transfers?status=pending&status=completed&kind=external", &north);
    cgi_is(&reply, 200);
    reply = api_get(API "/transfers?page=2", &reader);
    cgi_is(&reply, 422);
    cgi_has(&reply, "\"loc\":[\"query\",\"page\"]");

    /* Everything in one list: what is there in each state, counted once. */
    int64_t all = 0;
    static const char *const states[] = {"awaiting_approval", "pending", "completed", "rejected",
                                         "withdrawn",         "expired", "cancelled"};
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        reply = api_get(words(API "/transfers?status=%s", states[i]), &north);
        const char *total = strstr(reply.body, "\"total_count\":");
        assert_non_null(total);
        all += strtoll(total + strlen("\"total_count\":"), NULL, 10);
    }
    reply = api_get(API "/transfers?status=awaiting_approval,pending,completed,rejected,withdrawn,"
                        "expired,cancelled&first=50",
                    &north);
    cgi_has(&reply, words("\"total_count\":%lld,", (long long)all));
    int64_t nodes = 0;
    for (const char *at = reply.body; (at = strstr(at, "\"id\":\"tfr_")) != NULL; at++) {
        nodes++;
    }
    assert_int_equal(nodes, all);
    set_policy(market.empty, INCOMING_ASK, TWO_PERSON_NEVER);
}

static int set_up(void **state)
{
    assert_int_equal(market_open(state), 0);
    north = api_caller_of(market.northwind, ROLE_ALL, SCOPE_TRANSFER);
    fjord = api_caller_of(market.fjord, ROLE_ALL, SCOPE_TRANSFER);
    reader = api_caller_of(market.northwind, ROLE_VIEWER, 0);
    stranger = api_caller_of(market.empty, ROLE_ALL, SCOPE_TRANSFER);
    struct cgi_reply reply =
        api_get(words(API "/credit_batches/%s", batch_of(market.charm)), &north);
    cgi_is(&reply, 200);
    (void)snprintf(charm_id, sizeof charm_id, "%s", api_text(&reply, "supplier_id"));
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contract),  cmocka_unit_test(test_keys),
        cmocka_unit_test(test_preview),   cmocka_unit_test(test_preview_takes_no_notice_of_a_key),
        cmocka_unit_test(test_decisions), cmocka_unit_test(test_internal),
        cmocka_unit_test(test_exports),   cmocka_unit_test(test_certificates),
        cmocka_unit_test(test_lists),
    };
    return cmocka_run_group_tests(tests, set_up, market_close);
}
