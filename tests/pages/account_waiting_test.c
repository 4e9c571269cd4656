/*
 * account_waiting_test: transfers that wait: approvals by a second person, exports, moves between
 * own accounts, the inbox acting on many at once, and lists longer than a page.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger/client.h"
#include "pages/market_steps.h"

/* An act of the operator, or of another program, through the daemon. */
static enum status ask(enum asker program, const struct command *command, struct answer *answer)
{
    char path[PATH_MAX];
    struct ledger_client client;
    (void)snprintf(path, sizeof(path), "%s/ledger-%s.sock", town.folder, program_word(program));
    ledger_client_init(&client, path);
    enum status status = ledger_ask(&client, command, answer);
    ledger_client_close(&client);
    return status;
}

static void ask_ok(enum asker program, const struct command *command, struct answer *answer)
{
    enum status status = ask(program, command, answer);
    if (status != STATUS_OK) {
        fail_msg("%s: %s, field %d", act_word((enum act_kind)command->kind),
                 status_row(status)->slug, answer->field);
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
    ask_ok(PROGRAM_TALLY, &command, &answer);
}

static void test_second_person(void **state)
{
    (void)state;
    set_policy(market.northwind, INCOMING_ASK, TWO_PERSON_ALWAYS);
    const char *draft = prepare(market.maya, market.fjord, market.charm, "2");
    struct cgi_reply reply = look(market.maya, draft, "review");
    cgi_has(&reply, "A second person of Northwind Carbon has to approve it");
    const char *id = confirm(market.maya, draft, "&private_note=Between+us");
    reply = market_get(words("/account/transfers/%s/done", id), market.maya);
    cgi_has(&reply, "2.000 credits to Ørsted &amp; Fjord Foods wait for approval");
    cgi_has(&reply, "until a second person of Northwind Carbon approves it");
    reply = market_get(words("/account/transfers/%s/withdraw", id), market.maya);
    cgi_has(&reply, "Your own organisation and the registry read it.");
    cgi_has_not(&reply, "The recipient reads it.");

    /* The recipient does not know of it yet. */
    reply = market_get(words("/account/transfers/%s", id), market.finn);
    cgi_is(&reply, 404);
    reply = market_get("/account/inbox", market.finn);
    cgi_has_not(&reply, id);
    reply = market_get("/account/transfers", market.finn);
    cgi_has_not(&reply, id);

    /* Not the one who sent it: shown, explained, and no button works. */
    reply = market_get("/account/inbox?tab=approvals", market.maya);
    cgi_has(&reply, "You sent it: another approver has to approve it");
    cgi_has_not(&reply, "Approve the ticked transfers");
    cgi_has_not(&reply, "Inbox <span"); /* nothing waits for her */
    reply = market_get(words("/account/transfers/%s", id), market.maya);
    cgi_has(&reply, "another approver of your organisation has to approve it");
    reply = market_post(words("/account/transfers/%s/approve", id), market.maya, "once=1");
    cgi_is(&reply, 409);
    cgi_has(&reply, "A second person has to do this");

    reply = market_get("/account/inbox?tab=approvals", market.jon);
    cgi_has(&reply, "Inbox <span class=\"count\">1");
    cgi_has(&reply, "Maya Okafor");
    reply = market_get(words("/account/transfers/%s/approve", id), market.jon);
    cgi_is(&reply, 200);
    reply = market_post(words("/account/transfers/%s/approve", id), market.jon,
                        "once=2&reason=Matches+the+order");
    cgi_is(&reply, 303);
    reply = market_get(words("/account/transfers/%s", id), market.jon);
    cgi_has(&reply, "<b>Jon Aasen</b> approved it for Northwind Carbon");
    cgi_has(&reply, "“Matches the order”");
    cgi_has(&reply, "until Ørsted &amp; Fjord Foods accepts");
    reply = market_get(words("/account/transfers/%s/withdraw", id), market.maya);
    cgi_has(&reply, "The recipient reads it.");
    reply = market_get(words("/account/transfers/%s", id), market.finn);
    cgi_is(&reply, 200);
    cgi_has_not(&reply, "Matches the order"); /* said among colleagues */
    cgi_has(&reply, "Between us");

    /* Refused inside: the other side never hears of it. */
    id = confirm(market.maya, prepare(market.maya, market.fjord, market.charm, "3"), "");
    reply = market_post(words("/account/transfers/%s/refuse", id), market.jon, "once=3&reason=");
    cgi_is(&reply, 422);
    reply = market_post(words("/account/transfers/%s/refuse", id), market.jon,
                        "once=3&reason=Too+early");
    cgi_is(&reply, 303);
    reply = market_get(words("/account/transfers/%s", id), market.maya);
    cgi_has(&reply, "<b>Jon Aasen</b> refused it for Northwind Carbon");
    reply = market_get(words("/account/transfers/%s", id), market.finn);
    cgi_is(&reply, 404);
    reply = market_get("/account/transfers", market.finn);
    cgi_has_not(&reply, id);
    set_policy(market.northwind, INCOMING_ASK, TWO_PERSON_NEVER);
}

/* What a program of hers sent is hers, too. */
static void test_sent_by_her_program(void **state)
{
    (void)state;
    static const char program[] = "usr_PR0GRAM000000000";
    struct answer answer;
    struct command command = command_of(ACT_SET_PERSON, town_person('A'), "");
    TEXT_COPY(command.person.user_id, program);
    TEXT_COPY(command.person.org_id, market.northwind);
    command.person.is_program = true;
    ask_ok(PROGRAM_ACCOUNT, &command, &answer);
    command.kind = ACT_SET_MEMBER;
    command.person.roles = ROLE_INITIATOR;
    ask_ok(PROGRAM_ACCOUNT, &command, &answer);
    set_policy(market.northwind, INCOMING_ASK, TWO_PERSON_ALWAYS);
    command = town_transfer(program, market.northwind, market.fjord, market.charm, 1000);
    TEXT_COPY(command.key, "her-program");
    ask_ok(PROGRAM_API, &command, &answer);
    struct cgi_reply reply = market_get("/account/inbox?tab=approvals", market.maya);
    cgi_has(&reply, "You sent it: another approver has to approve it");
    cgi_has_not(&reply, "Inbox <span");
    reply = market_get(words("/account/transfers/%s", answer.id), market.maya);
    cgi_has(&reply, "another approver of your organisation has to approve it");
    reply = market_get("/account/inbox?tab=approvals", market.jon);
    cgi_has(&reply, "Inbox <span class=\"count\">1");
    reply = market_post(words("/account/transfers/%s/refuse", answer.id), market.jon,
                        "once=9&reason=Too+early");
    cgi_is(&reply, 303);
    set_policy(market.northwind, INCOMING_ASK, TWO_PERSON_NEVER);
}

static void test_accepted_at_once(void **state)
{
    (void)state;
    set_policy(market.empty, INCOMING_ALL, TWO_PERSON_NEVER);
    const char *draft = prepare(market.maya, market.empty, market.charm, "1.5");
    struct cgi_reply reply = look(market.maya, draft, "review");
    cgi_has(&reply, "move to Empty Hands at once");
    const char *id = confirm(market.maya, draft, "");
    reply = market_get(words("/account/transfers/%s/done", id), market.maya);
    cgi_has(&reply, "1.500 credits are with Empty Hands now");
    cgi_has(&reply, words("href=\"/registry/transfers/%s\"", id));

    /* A mistake is mended by a new transfer that names the old one. */
    draft = prepare(market.eve, market.northwind, market.charm, "1.5");
    const char *back = confirm(market.eve, draft, words("&corrects=%s", id));
    reply = market_get(words("/account/transfers/%s", back), market.maya);
    cgi_has(&reply,
            words("<dt>Corrects</dt><dd><a class=\"id\" href=\"/account/transfers/%s\"", id));
    draft = prepare(market.maya, market.fjord, market.charm, "1");
    reply = look(market.maya, draft, "review");
    reply = step(market.maya, draft, "review",
                 words("plan=%s&corrects=%s", cgi_value(&reply, "plan"), id));
    cgi_is(&reply, 422);
    cgi_has(&reply, "Name a completed transfer between the same two organisations");
    cgi_has(&reply, words("value=\"%s\"", id));
}

static void test_export(void **state)
{
    (void)state;
    const char *draft = begin(market.maya, "export");
    struct cgi_reply reply = look(market.maya, draft, "recipient");
    cgi_has(&reply, "Which registry do the credits go to?");
    reply = step(market.maya, draft, "recipient", "system=Puro+Registry&party=");
    cgi_is(&reply, 422);
    cgi_has(&reply, "value=\"Puro Registry\"");
    cgi_has(&reply, "Enter who receives the credits there");
    reply = step(market.maya, draft, "recipient", "system=Puro+Registry&party=Aster+%26+Sons");
    cgi_is(&reply, 303);
    fill(market.maya, draft, market.charm, "1");
    reply = look(market.maya, draft, "review");
    cgi_has(&reply, "Export 1.000 credit to Puro Registry");
    cgi_has(&reply, "received there by Aster &amp; Sons");
    cgi_has(&reply, "A registry administrator has to approve it");
    const char *id = confirm(market.maya, draft, "");
    reply = market_get(words("/account/transfers/%s", id), market.maya);
    cgi_has(&reply, "until a registry administrator approves it");
    reply = market_get("/account/inbox?tab=outgoing", market.maya);
    cgi_has(&reply, id);
    cgi_has(&reply, "Withdraw the ticked transfers");
    reply = market_post("/account/inbox", market.maya,
                        words("tab=outgoing&act=withdraw&once=x&reason=&transfer=%s", id));
    cgi_is(&reply, 303);
    reply = market_get(reply.location, market.maya);
    cgi_has(&reply, "1 transfer withdrawn");
}

static void test_internal(void **state)
{
    (void)state;
    struct command command = command_of(ACT_OPEN_ACCOUNT, "", "");
    struct answer answer;
    TEXT_COPY(command.account.org_id, market.northwind);
    TEXT_COPY(command.account.name, "Client holdings");
    ask_ok(PROGRAM_TALLY, &command, &answer);
    const char *draft = begin(market.maya, "internal");
    struct cgi_reply reply = look(market.maya, draft, "recipient");
    cgi_has(&reply, "Client holdings");
    reply = step(market.maya, draft, "recipient", "account=acc_1KNS0Q2D6SBX0A03");
    cgi_is(&reply, 422);
    reply = step(market.maya, draft, "recipient", words("account=%s", answer.id));
    cgi_is(&reply, 303);
    fill(market.maya, draft, market.lithos, "4.5");
    reply = look(market.maya, draft, "review");
    cgi_has(&reply, "4.500 credits move to your account Client holdings at once");
    cgi_has_not(&reply, "name=\"notes\"");
    cgi_has(&reply, "<dt>To account</dt><dd>Client holdings</dd>");
    cgi_has(&reply, "Only your own organisation and the registry");
    const char *id = confirm(market.maya, draft, "");
    reply = market_get(words("/account/transfers/%s/done", id), market.maya);
    cgi_has(&reply, "What came of it");
    reply = market_get(words("/account/transfers/%s", id), market.maya);
    cgi_has(&reply, "data-state=\"completed\"");
    cgi_has(&reply, "<dt>To account</dt><dd>Client holdings</dd>");
    reply = market_get(words("/account/credits?account=%s", answer.id), market.maya);
    cgi_has(&reply, "4.500");
    cgi_has(&reply, "Remove filter: </span>Account: Client holdings");
    /* What is there already cannot be moved there again. */
    draft = begin(market.maya, "internal");
    reply = step(market.maya, draft, "recipient", words("account=%s", answer.id));
    reply = look(market.maya, draft, "balance");
    cgi_has(&reply, "7.500 <span class=\"unit\">credits available");
}

static void test_many_at_once(void **state)
{
    (void)state;
    const char *ids[3];
    for (int i = 0; i < 3; i++) {
        ids[i] =
            confirm(market.maya,
                    prepare(market.maya, market.fjord, market.charm, words("0.%d", i + 1)), "");
    }
    struct cgi_reply reply = market_get("/account/inbox", market.finn);
    const char *once = words("%s", cgi_value(&reply, "once"));
    reply = market_post("/account/inbox", market.finn,
                        words("tab=incoming&act=reject&once=%s&reason=&transfer=%s", once, ids[0]));
    cgi_is(&reply, 422);
    cgi_has(&reply, "Enter why you reject them");
    cgi_has(&reply, words("value=\"%s\" data-units=\"100\" aria-label=\"0.100 credits from "
                          "Northwind Carbon\" checked",
                          ids[0]));
    reply = market_post("/account/inbox", market.vera,
                        words("tab=incoming&act=accept&once=%s&transfer=%s", once, ids[0]));
    cgi_is(&reply, 403);
    reply = market_post(words("/account/transfers/%s/withdraw", ids[2]), market.maya, "once=w");
    cgi_is(&reply, 303);
    reply = market_post(
        "/account/inbox", market.finn,
        words("tab=incoming&act=reject&once=%s&reason=Not+ours&transfer=%s&transfer=%s&transfer=%s",
              once, ids[0], ids[1], ids[2]));
    cgi_is(&reply, 303);
    const char *done = words("%s", reply.location);
    for (int i = 0; i < 2; i++) { /* a reload tells the same */
        reply = market_get(done, market.finn);
        cgi_is(&reply, 200);
        cgi_has(&reply, "2 of 3 transfers rejected");
        cgi_has(&reply, "The credits stayed with");
        cgi_has(&reply, "This transfer has ended already and stays as it is");
    }
    reply = market_get("/account/inbox/done?act=accept&seq=1", market.finn);
    cgi_is(&reply, 404); /* somebody else's act */
}

/* A form that needs mending comes back as the page it was sent from, its rows still ticked. */
static void mistake_on_second_page(const char *last_of_first)
{
    struct cgi_reply reply =
        market_get(words("/account/inbox?tab=incoming&after=%s", last_of_first), market.finn);
    const char *id = words("%s", cgi_value(&reply, "transfer\" id=\"transfer"));
    const char *after = words("%s", cgi_value(&reply, "after"));
    reply = market_post(
        "/account/inbox", market.finn,
        words("tab=incoming&after=%s&act=reject&once=m&reason=&transfer=%s", after, id));
    cgi_is(&reply, 422);
    cgi_has(&reply, "Enter why you reject them");
    cgi_has(&reply, words("value=\"%s\" data-units", id));
    cgi_has(&reply, " checked>");
}

static void test_pages_of_a_list(void **state)
{
    (void)state;
    struct answer answer;
    for (int i = 0; i < PAGE_ROWS + 10; i++) {
        struct command command =
            town_transfer("", market.charm, market.fjord, market.charm, 100 + i);
        ask_ok(PROGRAM_TALLY, &command, &answer);
    }
    struct cgi_reply reply = market_get("/account/transfers?state=pending", market.finn);
    cgi_is(&reply, 200);
    cgi_has(&reply, "rel=\"next\"");
    cgi_has_not(&reply, "rel=\"prev\"");
    const char *older = strstr(reply.body, "rel=\"next\" href=\"");
    assert_non_null(older);
    char address[512];
    (void)snprintf(address, sizeof(address), "/account/transfers?state=pending&before=%s",
                   id_in(older, "tfr_"));
    reply = market_get(address, market.finn);
    cgi_has(&reply, "rel=\"prev\"");
    cgi_has_not(&reply, "rel=\"next\"");
    cgi_has(&reply, "0.100"); /* the oldest of them */
    const char *newer = strstr(reply.body, "rel=\"prev\" href=\"");
    (void)snprintf(address, sizeof(address), "/account/transfers?state=pending&after=%s",
                   id_in(newer, "tfr_"));
    reply = market_get(address, market.finn);
    cgi_has_not(&reply, "rel=\"prev\"");
    cgi_has(&reply, words("0.%d", 100 + PAGE_ROWS + 9)); /* the newest */
    reply = market_get("/account/inbox", market.finn);
    cgi_has(&reply, "More that wait");
    mistake_on_second_page(id_in(strstr(reply.body, "rel=\"next\" href=\""), "tfr_"));
    reply = market_get("/account/transfers?state=pending&format=csv", market.finn);
    size_t lines = 0;
    for (const char *at = reply.body; (at = strstr(at, "\r\n")) != NULL; at += 2) {
        lines++;
    }
    assert_true(lines > PAGE_ROWS + 10);
}

/* Newer and Older walk through every batch once, in every order. */
static void test_pages_of_batches(void **state)
{
    (void)state;
    set_policy(market.fjord, INCOMING_ALL, TWO_PERSON_NEVER);
    struct answer answer;
    for (int i = 0; i < PAGE_ROWS + 10; i++) {
        struct command command =
            town_transfer("", market.lithos, market.fjord, market.lithos, 1000 + i % 7);
        ask_ok(PROGRAM_TALLY, &command, &answer);
    }
    static const char *const sorts[] = {"received", "-received", "issued", "-issued",
                                        "size",     "-size",     "serial", "-serial"};
    for (size_t i = 0; i < sizeof(sorts) / sizeof(sorts[0]); i++) {
        struct cgi_reply reply = market_get(
            words("/account/credits?supplier=%s&sort=%s", market.lithos, sorts[i]), market.finn);
        cgi_is(&reply, 200);
        cgi_has(&reply, "60 batches");
        cgi_has_not(&reply, "rel=\"prev\"");
        bool by_time = i < 4;
        cgi_has(&reply, !by_time ? ">Next</a>" : sorts[i][0] == '-' ? ">Older</a>" : ">Newer</a>");
        const char *last_of_first =
            words("%s", id_in(strstr(reply.body, "rel=\"next\" href=\""), "ctb_"));
        const char *first = words("%s", id_in(strstr(reply.body, "<a class=\"serial\""), "ctb_"));
        reply = market_get(words("/account/credits?supplier=%s&sort=%s&before=%s", market.lithos,
                                 sorts[i], last_of_first),
                           market.finn);
        cgi_is(&reply, 200);
        cgi_has_not(&reply, "rel=\"next\"");
        size_t rows = 0;
        for (const char *at = reply.body; (at = strstr(at, "<a class=\"serial\"")) != NULL; at++) {
            rows++;
        }
        assert_int_equal(rows, 10);
        const char *newer = words("%s", id_in(strstr(reply.body, "rel=\"prev\" href=\""), "ctb_"));
        reply = market_get(
            words("/account/credits?supplier=%s&sort=%s&after=%s", market.lithos, sorts[i], newer),
            market.finn);
        cgi_has(&reply, words("<a class=\"serial\" href=\"/registry/credit-batches/%s\"", first));
        cgi_has_not(&reply, "rel=\"prev\"");
    }
    struct cgi_reply reply = market_get("/account/credits?state=split", market.finn);
    cgi_is(&reply, 200);
    set_policy(market.fjord, INCOMING_ASK, TWO_PERSON_NEVER);
}

static void test_frozen(void **state)
{
    (void)state;
    const char *draft = prepare(market.maya, market.fjord, market.charm, "0.5");
    struct command command = command_of(ACT_FREEZE, "", "");
    struct answer answer;
    command.setting.frozen = true;
    TEXT_COPY(command.setting.text, "A delivery is being checked.");
    ask_ok(PROGRAM_TALLY, &command, &answer);
    struct cgi_reply reply = look(market.maya, draft, "review");
    cgi_is(&reply, 200);
    cgi_has(&reply, "Transfers are frozen on this registry");
    cgi_has_not(&reply, "name=\"plan\"");
    command.setting.frozen = false;
    ask_ok(PROGRAM_TALLY, &command, &answer);
}

static void set_state(const char *org_id, enum org_state org_state)
{
    struct command command = command_of(ACT_SET_ORGANISATION_STATE, "", "");
    struct answer answer;
    TEXT_COPY(command.organisation.org_id, org_id);
    TEXT_COPY(command.organisation.reason, "A check");
    command.organisation.state = (uint8_t)org_state;
    ask_ok(PROGRAM_TALLY, &command, &answer);
}

/* Who is asked to accept is told which of the two is suspended, and what that means for them. */
static void test_suspended(void **state)
{
    (void)state;
    char id[ID_SIZE];
    (void)snprintf(
        id, sizeof(id), "%s",
        confirm(market.maya, prepare(market.maya, market.fjord, market.charm, "0.7"), ""));
    set_state(market.northwind, ORG_SUSPENDED);
    const char *words_sender = "Northwind Carbon is suspended and can send nothing for now. Accept "
                               "when the registry has lifted the suspension, or reject.";
    struct cgi_reply reply =
        market_post(words("/account/transfers/%s/accept", id), market.finn, "once=a");
    cgi_is(&reply, 422);
    cgi_has(&reply, words_sender);
    reply = market_post("/account/inbox", market.finn,
                        words("tab=incoming&act=accept&once=b&transfer=%s", id));
    cgi_is(&reply, 303);
    reply = market_get(words("%s", reply.location), market.finn);
    cgi_has(&reply, words_sender);
    set_state(market.northwind, ORG_ACTIVE);
    set_state(market.fjord, ORG_SUSPENDED);
    reply = market_post(words("/account/transfers/%s/accept", id), market.finn, "once=c");
    cgi_is(&reply, 422);
    cgi_has(&reply, "Fjord Foods is suspended and can receive nothing for now. Ask the registry");
    /* What gives back goes on. */
    reply = market_post(words("/account/transfers/%s/reject", id), market.finn,
                        "once=d&reason=Not+now");
    cgi_is(&reply, 303);
    set_state(market.fjord, ORG_ACTIVE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_second_person),    cmocka_unit_test(test_sent_by_her_program),
        cmocka_unit_test(test_accepted_at_once), cmocka_unit_test(test_export),
        cmocka_unit_test(test_internal),         cmocka_unit_test(test_many_at_once),
        cmocka_unit_test(test_pages_of_a_list),  cmocka_unit_test(test_pages_of_batches),
        cmocka_unit_test(test_frozen),           cmocka_unit_test(test_suspended),
    };
    return cmocka_run_group_tests(tests, market_open, market_close);
}
