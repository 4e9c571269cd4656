/* tests/unit/ledger_decide_once_test.c: decisions about what is done at once: two persons and the
 * buyer's consent, the filters and beneficiaries of a retirement, the buffer pool; and about
 * programs and who is the same person. Pure functions over facts, every bound at its edge. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/decides.h"

#define AT INT64_C(1000)

static struct plan plan;

/* Ten units of the supplier org_1 that lie with that organisation in an account of that kind. */
static struct ledger_batch batch(const char *org_id, enum account_kind kind)
{
    struct ledger_batch row = {.found = true,
                               .account_kind = kind,
                               .state = BATCH_ACTIVE,
                               .vintage = 2024,
                               .first = 1,
                               .last = 10,
                               .issued_at = 400,
                               .received_at = 500,
                               .made_at = 450};
    TEXT_COPY(row.batch_id, "ctb_a");
    TEXT_COPY(row.project_id, "prj_1");
    TEXT_COPY(row.supplier_org_id, "org_1");
    TEXT_COPY(row.org_id, org_id);
    TEXT_COPY(row.account_id, "acc_main");
    return row;
}

static struct plan_wish wish_of(const char *org_id, const struct ledger_batch *from, int64_t units)
{
    return (struct plan_wish){.org_id = org_id,
                              .supplier_org_id = "org_1",
                              .project_id = "",
                              .from_account_id = "",
                              .to_account_id = "",
                              .units = units,
                              .batches = from,
                              .batch_count = 1,
                              .free_units = 10};
}

/* ---- a delivery ---- */

static struct deliver_facts deliver_facts(const struct ledger_batch *from)
{
    struct deliver_facts facts = {.supplier = decides_org("org_1"),
                                  .buyer = decides_org("org_2"),
                                  .to = decides_account("org_2"),
                                  .wish = wish_of("org_1", from, 10)};
    facts.order = (struct ledger_order){.found = true, .units = 10, .ordered_at = 1};
    TEXT_COPY(facts.order.buyer_org_id, "org_2");
    TEXT_COPY(facts.order.order_id, "ord_1");
    return facts;
}

static void the_buyer_agrees_to_a_delivery(void **state)
{
    (void)state;
    struct ledger_batch from = batch("org_1", ACCOUNT_ACTIVE);
    struct deliver_facts facts = deliver_facts(&from);
    struct command_deliver body = {.units = 10};
#define DELIVER decide_deliver(&arena, &facts, &body, AT, &plan, &answer)
    DECIDES(DELIVER, STATUS_BUYER_NOT_AGREED, FIELD_ORDER);
    facts.is_registry = true;
    ALLOWS(DELIVER);
    facts.is_registry = false;
    facts.order.buyer_agreed = true;
    ALLOWS(DELIVER);
    facts.order.buyer_agreed = false;
    facts.buyer.incoming = INCOMING_ALL;
    ALLOWS(DELIVER);
    facts.buyer.incoming = INCOMING_TRUSTED;
    DECIDES(DELIVER, STATUS_BUYER_NOT_AGREED, FIELD_ORDER);
    facts.buyer_trusts = true;
    ALLOWS(DELIVER);
    facts.buyer.incoming = INCOMING_ASK;
    DECIDES(DELIVER, STATUS_BUYER_NOT_AGREED, FIELD_ORDER);
#undef DELIVER
}

static void a_delivery_is_one_persons(void **state)
{
    (void)state;
    struct ledger_batch from = batch("org_1", ACCOUNT_ACTIVE);
    struct deliver_facts facts = deliver_facts(&from);
    struct command_deliver body = {.units = 10};
#define DELIVER decide_deliver(&arena, &facts, &body, AT, &plan, &answer)
    facts.order.buyer_agreed = true;
    facts.supplier.two_person = TWO_PERSON_ALWAYS;
    DECIDES(DELIVER, STATUS_SECOND_PERSON_NEEDED, FIELD_NONE);
    facts.is_registry = true;
    ALLOWS(DELIVER);
    facts.is_registry = false;
    facts.supplier.two_person = TWO_PERSON_ABOVE;
    facts.supplier.two_person_above_units = 10;
    ALLOWS(DELIVER);
    facts.supplier.two_person_above_units = 9;
    DECIDES(DELIVER, STATUS_SECOND_PERSON_NEEDED, FIELD_NONE);
    facts.order.buyer_agreed = false; /* both: the giver's own rule comes first */
    DECIDES(DELIVER, STATUS_SECOND_PERSON_NEEDED, FIELD_NONE);
    facts.buyer.two_person = TWO_PERSON_ALWAYS; /* to receive takes one */
    facts.order.buyer_agreed = true;
    facts.supplier.two_person = TWO_PERSON_NEVER;
    ALLOWS(DELIVER);
#undef DELIVER
}

static void a_delivery_is_the_one_reviewed(void **state)
{
    (void)state;
    struct ledger_batch from = batch("org_1", ACCOUNT_ACTIVE);
    struct deliver_facts facts = deliver_facts(&from);
    struct command_deliver body = {.units = 10};
#define DELIVER decide_deliver(&arena, &facts, &body, AT, &plan, &answer)
    facts.order.buyer_agreed = true;
    ALLOWS(DELIVER);
    body.has_plan = true;
    DECIDES(DELIVER, STATUS_PLAN_CHANGED, FIELD_NONE);
    body.plan = plan.digest;
    ALLOWS(DELIVER);
    TEXT_COPY(facts.order.order_id, "ord_2");
    DECIDES(DELIVER, STATUS_PLAN_CHANGED, FIELD_NONE);
    TEXT_COPY(facts.order.order_id, "ord_1");
    TEXT_COPY(facts.to.account_id, "acc_other");
    DECIDES(DELIVER, STATUS_PLAN_CHANGED, FIELD_NONE);
    TEXT_COPY(facts.to.account_id, "acc_main");
    facts.wish.units = 9;
    DECIDES(DELIVER, STATUS_PLAN_CHANGED, FIELD_NONE);
#undef DELIVER
}

/* ---- a retirement ---- */

static struct retire_facts retire_facts(const struct ledger_batch *from)
{
    return (struct retire_facts){.owner = decides_org("org_1"), .wish = wish_of("org_1", from, 10)};
}

static void a_retirement_is_narrowed(void **state)
{
    (void)state;
    struct ledger_batch from = batch("org_1", ACCOUNT_ACTIVE);
    struct retire_facts facts = retire_facts(&from);
    struct command_retire body = {.beneficiary = "Somebody", .purposes = 1, .units = 10};
    struct command_line line = {.batch_id = "ctb_a", .units = 10};
#define RETIRE decide_retire(&arena, &facts, &body, AT, &plan, &answer)
    body.vintage = 1899;
    DECIDES(RETIRE, STATUS_VINTAGE, FIELD_VINTAGE);
    body.vintage = 1900;
    ALLOWS(RETIRE);
    body.vintage = 2100;
    ALLOWS(RETIRE);
    body.vintage = 2101;
    DECIDES(RETIRE, STATUS_VINTAGE, FIELD_VINTAGE);
    TEXT_COPY(body.order_id, "ord_1");
    DECIDES(RETIRE, STATUS_ORDER_UNKNOWN, FIELD_ORDER);
    body.vintage = 0;
    facts.order_is_known = true;
    ALLOWS(RETIRE);
    /* what is named needs no choice */
    facts.wish.lines = &line;
    facts.wish.line_count = 1;
    body.line_count = 1;
    DECIDES(RETIRE, STATUS_VALUE_REFUSED, FIELD_ORDER);
    body.vintage = 2024;
    DECIDES(RETIRE, STATUS_VALUE_REFUSED, FIELD_VINTAGE);
    body.vintage = 0;
    TEXT_COPY(body.order_id, "");
    ALLOWS(RETIRE);
    facts.wish.supplier_org_id = "org_3";
    DECIDES(RETIRE, STATUS_WRONG_SUPPLIER, FIELD_LINES);
#undef RETIRE
}

static void a_retirement_is_one_persons(void **state)
{
    (void)state;
    struct ledger_batch from = batch("org_1", ACCOUNT_ACTIVE);
    struct retire_facts facts = retire_facts(&from);
    struct command_retire body = {.beneficiary = "Somebody", .purposes = 1, .units = 10};
#define RETIRE decide_retire(&arena, &facts, &body, AT, &plan, &answer)
    facts.owner.two_person = TWO_PERSON_ALWAYS;
    DECIDES(RETIRE, STATUS_SECOND_PERSON_NEEDED, FIELD_NONE);
    facts.is_operator = true;
    ALLOWS(RETIRE);
    body.has_plan = true;
    DECIDES(RETIRE, STATUS_PLAN_CHANGED, FIELD_NONE);
    body.plan = plan.digest;
    ALLOWS(RETIRE);
    TEXT_COPY(body.beneficiary, "Somebody else");
    DECIDES(RETIRE, STATUS_PLAN_CHANGED, FIELD_NONE);
#undef RETIRE
}

static void a_beneficiary_is_its_namers(void **state)
{
    (void)state;
    struct ledger_batch from = batch("org_1", ACCOUNT_ACTIVE);
    struct retire_facts facts = retire_facts(&from);
    struct command_retire body = {
        .org_id = "org_1", .beneficiary_org_id = "org_9", .purposes = 1, .units = 10};
#define RETIRE decide_retire(&arena, &facts, &body, AT, &plan, &answer)
    DECIDES(RETIRE, STATUS_RECIPIENT_UNKNOWN, FIELD_BENEFICIARY);
    facts.named = (struct ledger_beneficiary){.found = true, .name = "A customer"};
    TEXT_COPY(facts.named.org_id, "org_2");
    DECIDES(RETIRE, STATUS_RECIPIENT_UNKNOWN, FIELD_BENEFICIARY);
    TEXT_COPY(facts.named.org_id, "org_1");
    ALLOWS(RETIRE);
    assert_string_equal(retire_beneficiary(&facts, &body), "A customer");
    TEXT_COPY(body.beneficiary, "As typed");
    ALLOWS(RETIRE);
    assert_string_equal(retire_beneficiary(&facts, &body), "As typed");
    TEXT_COPY(body.beneficiary, "");
    facts.named.found = false;
    facts.beneficiary = decides_org("org_9");
    ALLOWS(RETIRE);
    assert_string_equal(retire_beneficiary(&facts, &body), "An organisation");
    facts.beneficiary.found = false;
    assert_string_equal(retire_beneficiary(&facts, &body), "");
#undef RETIRE
}

static void who_is_named_has_a_name(void **state)
{
    (void)state;
    struct beneficiary_facts facts = {0};
    struct command_beneficiary body = {.name = "A customer", .domain = "customer.example.org"};
#define NAME decide_beneficiary(&facts, &body, &answer)
    DECIDES(NAME, STATUS_SENDER_UNKNOWN, FIELD_NONE);
    facts.org = decides_org("org_1");
    ALLOWS(NAME);
    body.is_individual = true;
    DECIDES(NAME, STATUS_VALUE_REFUSED, FIELD_DOMAIN);
    TEXT_COPY(body.domain, "");
    ALLOWS(NAME);
    body.is_individual = false;
    DECIDES(NAME, STATUS_VALUE_REFUSED, FIELD_DOMAIN);
    TEXT_COPY(body.domain, "no domain");
    DECIDES(NAME, STATUS_VALUE_REFUSED, FIELD_DOMAIN);
    TEXT_COPY(body.domain, "customer.example.org");
    memset(body.name, 'n', NOTE_CHARS_MAX + 1);
    DECIDES(NAME, STATUS_VALUE_REFUSED, FIELD_NAME);
    body.name[NOTE_CHARS_MAX] = '\0';
    ALLOWS(NAME);
    body.name[0] = '\0';
    DECIDES(NAME, STATUS_VALUE_REFUSED, FIELD_NAME);
    TEXT_COPY(body.name, " A customer");
    DECIDES(NAME, STATUS_VALUE_REFUSED, FIELD_NAME);
    facts.org.state = ORG_SUSPENDED;
    DECIDES(NAME, STATUS_SENDER_SUSPENDED, FIELD_NONE);
#undef NAME
}

/* ---- the buffer pool ---- */

static struct pool_facts pool_facts(const struct ledger_batch *from)
{
    struct pool_facts facts = {.buffer = decides_org("org_5"),
                               .supplier = decides_org("org_1"),
                               .to = decides_account("org_1"),
                               .project_is_known = true,
                               .wish = wish_of("org_5", from, 10)};
    facts.buffer.kind = ORG_BUFFER;
    facts.wish.reserve_only = true;
    return facts;
}

static void a_pool_is_a_buffers(void **state)
{
    (void)state;
    struct ledger_batch from = batch("org_5", ACCOUNT_RESERVE);
    struct pool_facts facts = pool_facts(&from);
    struct command_pool body = {.project_id = "prj_1", .units = 10};
#define REFUND decide_pool(&arena, &facts, ACT_REFUND, &body, AT, &plan, &answer)
    ALLOWS(REFUND);
    facts.buffer.kind = ORG_PARTICIPANT;
    DECIDES(REFUND, STATUS_SENDER_UNKNOWN, FIELD_NONE);
    facts.buffer.state = ORG_SUSPENDED;
    DECIDES(REFUND, STATUS_SENDER_SUSPENDED, FIELD_NONE);
    facts.buffer.found = false;
    DECIDES(REFUND, STATUS_SENDER_UNKNOWN, FIELD_NONE);
    facts.project_is_known = false;
    DECIDES(REFUND, STATUS_PROJECT_UNKNOWN, FIELD_PROJECT);
    facts.setting.frozen = true;
    DECIDES(REFUND, STATUS_FROZEN, FIELD_NONE);
    facts = pool_facts(&from);
    TEXT_COPY(body.project_id, "");
    facts.project_is_known = false;
    DECIDES(REFUND, STATUS_LINES_EMPTY, FIELD_PROJECT);
    TEXT_COPY(body.notes, "\a");
    DECIDES(REFUND, STATUS_NOTE_CONTROL, FIELD_NOTES);
#undef REFUND
}

static void a_refund_goes_to_an_open_supplier(void **state)
{
    (void)state;
    struct ledger_batch from = batch("org_5", ACCOUNT_RESERVE);
    struct pool_facts facts = pool_facts(&from);
    struct command_pool body = {.project_id = "prj_1", .units = 10};
    int64_t at = 500;
#define REFUND decide_pool(&arena, &facts, ACT_REFUND, &body, at, &plan, &answer)
    ALLOWS(REFUND);
    at = 499;
    DECIDES(REFUND, STATUS_TIME_BACKWARDS, FIELD_DATE);
    at = AT;
    facts.supplier.state = ORG_SUSPENDED;
    DECIDES(REFUND, STATUS_RECIPIENT_SUSPENDED, FIELD_SUPPLIER);
    facts.supplier.state = ORG_CLOSED;
    DECIDES(REFUND, STATUS_RECIPIENT_CLOSED, FIELD_SUPPLIER);
    facts.supplier.state = ORG_ACTIVE;
    facts.to.is_open = false;
    DECIDES(REFUND, STATUS_ACCOUNT_CLOSED, FIELD_ACCOUNT);
    facts.to.found = false;
    DECIDES(REFUND, STATUS_ACCOUNT_UNKNOWN, FIELD_ACCOUNT);
    facts.to = decides_account("org_1");
    facts.buffer.two_person = TWO_PERSON_ALWAYS;
    DECIDES(REFUND, STATUS_SECOND_PERSON_NEEDED, FIELD_NONE);
    facts.is_registry = true;
    ALLOWS(REFUND);
    TEXT_COPY(facts.buffer.org_id, "org_1");
    DECIDES(REFUND, STATUS_SAME_ACCOUNT, FIELD_SUPPLIER);
    TEXT_COPY(facts.buffer.org_id, "org_5");
    body.has_plan = true;
    DECIDES(REFUND, STATUS_PLAN_CHANGED, FIELD_NONE);
    body.plan = plan.digest;
    ALLOWS(REFUND);
    TEXT_COPY(body.origin, "\a");
    DECIDES(REFUND, STATUS_VALUE_REFUSED, FIELD_NONE);
    facts.wish.units = 11;
    DECIDES(REFUND, STATUS_NOT_ENOUGH, FIELD_AMOUNT);
#undef REFUND
}

static void a_cancellation_says_why(void **state)
{
    (void)state;
    struct ledger_batch from = batch("org_5", ACCOUNT_RESERVE);
    struct pool_facts facts = pool_facts(&from);
    struct command_pool body = {.project_id = "prj_1", .units = 10};
#define CANCEL decide_pool(&arena, &facts, ACT_CANCEL_UNITS, &body, AT, &plan, &answer)
    DECIDES(CANCEL, STATUS_REASON_NEEDED, FIELD_NOTES);
    TEXT_COPY(body.notes, " ");
    DECIDES(CANCEL, STATUS_REASON_NEEDED, FIELD_NOTES);
    TEXT_COPY(body.notes, "A fire");
    ALLOWS(CANCEL);
    /* Nobody receives anything: neither a freeze nor the supplier's state nor a second person. */
    facts.setting.frozen = true;
    facts.supplier.state = ORG_CLOSED;
    facts.to.found = false;
    facts.buffer.two_person = TWO_PERSON_ALWAYS;
    ALLOWS(CANCEL);
    /* A plan is of its act. */
    body.has_plan = true;
    body.plan = plan.digest;
    ALLOWS(CANCEL);
    facts = pool_facts(&from);
    DECIDES(decide_pool(&arena, &facts, ACT_REFUND, &body, AT, &plan, &answer), STATUS_PLAN_CHANGED,
            FIELD_NONE);
#undef CANCEL
}

static void the_pool_is_what_lies_in_reserve(void **state)
{
    (void)state;
    struct ledger_batch from = batch("org_5", ACCOUNT_RESERVE);
    struct pool_facts facts = pool_facts(&from);
    struct command_pool body = {.line_count = 1};
    struct command_line line = {.batch_id = "ctb_a", .units = 10};
#define REFUND decide_pool(&arena, &facts, ACT_REFUND, &body, AT, &plan, &answer)
    facts.project_is_known = false;
    facts.wish.lines = &line;
    facts.wish.line_count = 1;
    ALLOWS(REFUND);
    from.account_kind = ACCOUNT_ACTIVE;
    DECIDES(REFUND, STATUS_BATCH_UNKNOWN, FIELD_LINES);
    from.account_kind = ACCOUNT_RESERVE;
    TEXT_COPY(from.org_id, "org_1");
    DECIDES(REFUND, STATUS_BATCH_UNKNOWN, FIELD_LINES);
    TEXT_COPY(from.org_id, "org_5");
    facts.wish.supplier_org_id = "org_7";
    DECIDES(REFUND, STATUS_WRONG_SUPPLIER, FIELD_LINES);
    /* Whose units those are that nobody has, nobody can say. */
    facts.supplier = (struct ledger_org){.found = false};
    from.found = false;
    DECIDES(REFUND, STATUS_BATCH_UNKNOWN, FIELD_LINES);
#undef REFUND
}

/* ---- programs ---- */

static void a_program_is_made_for_one(void **state)
{
    (void)state;
    struct person_facts facts = {0};
    struct command_person body = {.user_id = "usr_0000000000000001", .is_program = true};
#define PERSON decide_person(&facts, &body, &answer)
    DECIDES(PERSON, STATUS_NOT_FOUND, FIELD_NONE);
    facts.org = decides_org("org_1");
    ALLOWS(PERSON);
    facts.org.state = ORG_SUSPENDED;
    ALLOWS(PERSON);
    facts.org.state = ORG_CLOSED;
    DECIDES(PERSON, STATUS_SENDER_CLOSED, FIELD_NONE);
    /* once known, it is what it is */
    facts.person.found = true;
    DECIDES(PERSON, STATUS_VALUE_REFUSED, FIELD_PERSON);
    facts.person.is_program = true;
    ALLOWS(PERSON);
    body.is_program = false;
    ALLOWS(PERSON);
    body.deactivated = true;
    ALLOWS(PERSON);
#undef PERSON
}

static void a_program_is_no_manager_that_counts(void **state)
{
    (void)state;
    struct person_facts facts = {.org = decides_org("org_1"), .is_last = true};
    struct command_person body = {.org_id = "org_1", .roles = ROLE_MANAGER};
    facts.person = (struct ledger_person){.found = true, .active = true, .is_program = true};
#define MEMBER decide_member(&facts, &body, &answer)
    DECIDES(MEMBER, STATUS_PERSON_UNKNOWN, FIELD_PERSON);
    TEXT_COPY(facts.person.program_org_id, "org_2");
    DECIDES(MEMBER, STATUS_PERSON_UNKNOWN, FIELD_PERSON);
    TEXT_COPY(facts.person.program_org_id, "org_1");
    ALLOWS(MEMBER);
    facts.old_roles = ROLE_MANAGER;
    body.roles = 0;
    ALLOWS(MEMBER);
    facts.person.is_program = false;
    DECIDES(MEMBER, STATUS_LAST_MANAGER, FIELD_ROLES);
#undef MEMBER
    facts.person.is_program = true;
    body.roles = REGISTRY_AUDITOR;
    DECIDES(decide_registry_roles(&facts, &body, &answer), STATUS_VALUE_REFUSED, FIELD_ROLES);
    body.roles = 0;
    ALLOWS(decide_registry_roles(&facts, &body, &answer));
}

static void a_program_goes_through_its_own_door(void **state)
{
    (void)state;
    struct ledger_person person = {.found = true, .active = true};
    for (int program = PROGRAM_NONE; program < PROGRAM__COUNT; program++) {
        person.is_program = false;
        assert_int_equal(may_act_through(&person, (enum asker)program), program != PROGRAM_API);
        person.is_program = true;
        assert_int_equal(may_act_through(&person, (enum asker)program), program == PROGRAM_API);
    }
}

static void the_registry_acts_through_its_own_doors(void **state)
{
    (void)state;
    struct work work = {.program = PROGRAM_ADMIN};
    assert_false(acts_for_registry(&work));
    work.person.registry_roles = REGISTRY_AUDITOR;
    assert_false(acts_for_registry(&work));
    work.person.registry_roles = REGISTRY_ADMINISTRATOR;
    assert_true(acts_for_registry(&work));
    work.program = PROGRAM_TALLY;
    assert_true(acts_for_registry(&work));
    work.program = PROGRAM_ACCOUNT;
    assert_false(acts_for_registry(&work));
    work.program = PROGRAM_API;
    assert_false(acts_for_registry(&work));
    work.is_operator = true;
    assert_true(acts_for_registry(&work));
}

/* ---- who is the same person ---- */

static void a_program_is_its_maker(void **state)
{
    (void)state;
    struct answer_facts facts = {.sender = decides_org("org_1"), .recipient = decides_org("org_2")};
    struct command_decide body = {.reason = "Because"};
    struct answer_outcome outcome;
    facts.transfer = (struct ledger_transfer){.found = true,
                                              .kind = TRANSFER_EXTERNAL,
                                              .state = TRANSFER_AWAITING_APPROVAL,
                                              .needs_approval = true,
                                              .needs_registry_approval = true,
                                              .submitted_at = 1,
                                              .expires_at = AT + 1};
    TEXT_COPY(facts.asker_root, "usr_a");
#define DECIDE(kind) decide_answer(&facts, kind, &body, "usr_x", AT, &outcome, &answer)
    ALLOWS(DECIDE(ACT_APPROVE));
    TEXT_COPY(facts.submitter_root, "usr_a");
    DECIDES(DECIDE(ACT_APPROVE), STATUS_SAME_PERSON, FIELD_NONE);
    DECIDES(DECIDE(ACT_REGISTRY_APPROVE), STATUS_SAME_PERSON, FIELD_NONE);
    ALLOWS(DECIDE(ACT_REFUSE)); /* to stop it takes one */
    TEXT_COPY(facts.submitter_root, "usr_b");
    facts.transfer.is_registry_approved = true;
    TEXT_COPY(facts.registry_approver_root, "usr_a");
    DECIDES(DECIDE(ACT_APPROVE), STATUS_SAME_PERSON, FIELD_NONE);
    facts.transfer.is_registry_approved = false;
    facts.transfer.is_approved = true;
    TEXT_COPY(facts.approver_root, "usr_a");
    DECIDES(DECIDE(ACT_REGISTRY_APPROVE), STATUS_SAME_PERSON, FIELD_NONE);
    TEXT_COPY(facts.approver_root, "usr_c");
    ALLOWS(DECIDE(ACT_REGISTRY_APPROVE));
    /* the operator is nobody */
    TEXT_COPY(facts.asker_root, "");
    TEXT_COPY(facts.submitter_root, "");
    ALLOWS(DECIDE(ACT_REGISTRY_APPROVE));
#undef DECIDE
}

/* Who has given an approval cannot refuse any more; who has not can, and only while it waits for
 * that. */
static void an_approval_is_refused_while_it_is_due(void **state)
{
    (void)state;
    struct answer_facts facts = {.sender = decides_org("org_1"), .recipient = decides_org("org_2")};
    struct command_decide body = {.reason = "Because"};
    struct answer_outcome outcome;
    facts.transfer = (struct ledger_transfer){.found = true,
                                              .kind = TRANSFER_EXTERNAL,
                                              .state = TRANSFER_AWAITING_APPROVAL,
                                              .needs_approval = true,
                                              .submitted_at = 1,
                                              .expires_at = AT + 1};
#define DECIDE(kind) decide_answer(&facts, kind, &body, "usr_x", AT, &outcome, &answer)
    ALLOWS(DECIDE(ACT_REFUSE));
    TEXT_COPY(body.reason, " ");
    DECIDES(DECIDE(ACT_REFUSE), STATUS_REASON_NEEDED, FIELD_REASON);
    TEXT_COPY(body.reason, "Because");
    DECIDES(DECIDE(ACT_REGISTRY_REFUSE), STATUS_TRANSFER_NOT_PENDING, FIELD_NONE);
    facts.transfer.needs_registry_approval = true;
    ALLOWS(DECIDE(ACT_REGISTRY_REFUSE));
    facts.transfer.is_registry_approved = true;
    DECIDES(DECIDE(ACT_REGISTRY_REFUSE), STATUS_TRANSFER_NOT_PENDING, FIELD_NONE);
    facts.transfer.is_registry_approved = false;
    facts.transfer.is_approved = true;
    ALLOWS(DECIDE(ACT_REGISTRY_REFUSE));
    DECIDES(DECIDE(ACT_REFUSE), STATUS_TRANSFER_NOT_PENDING, FIELD_NONE);
    facts.transfer.state = TRANSFER_PENDING;
    facts.transfer.is_approved = false;
    DECIDES(DECIDE(ACT_REFUSE), STATUS_TRANSFER_NOT_PENDING, FIELD_NONE);
    DECIDES(DECIDE(ACT_REGISTRY_REFUSE), STATUS_TRANSFER_NOT_PENDING, FIELD_NONE);
#undef DECIDE
}

/* An auditor's roles in organisations do not count, unless he administers the registry as well. */
static void who_checks_does_not_act(void **state)
{
    (void)state;
    struct work work = {.program = PROGRAM_ACCOUNT};
    assert_int_equal(right_in_org(&work, 0, ROLE_INITIATOR, true), STATUS_NOT_FOUND);
    assert_int_equal(right_in_org(&work, ROLE_VIEWER, ROLE_INITIATOR, true), STATUS_NOT_ALLOWED);
    assert_int_equal(right_in_org(&work, ROLE_INITIATOR, ROLE_INITIATOR, false), STATUS_OK);
    work.person.registry_roles = REGISTRY_AUDITOR;
    assert_int_equal(right_in_org(&work, ROLE_ALL, ROLE_INITIATOR, true), STATUS_NOT_ALLOWED);
    assert_int_equal(right_in_org(&work, 0, ROLE_INITIATOR, true), STATUS_NOT_ALLOWED);
    work.person.registry_roles = REGISTRY_AUDITOR | REGISTRY_ADMINISTRATOR;
    assert_int_equal(right_in_org(&work, ROLE_ALL, ROLE_INITIATOR, false), STATUS_OK);
    assert_int_equal(right_in_org(&work, 0, ROLE_INITIATOR, true), STATUS_OK);
    assert_int_equal(right_in_org(&work, 0, ROLE_INITIATOR, false), STATUS_NOT_ALLOWED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_buyer_agrees_to_a_delivery),
        cmocka_unit_test(a_delivery_is_one_persons),
        cmocka_unit_test(a_delivery_is_the_one_reviewed),
        cmocka_unit_test(a_retirement_is_narrowed),
        cmocka_unit_test(a_retirement_is_one_persons),
        cmocka_unit_test(a_beneficiary_is_its_namers),
        cmocka_unit_test(who_is_named_has_a_name),
        cmocka_unit_test(a_pool_is_a_buffers),
        cmocka_unit_test(a_refund_goes_to_an_open_supplier),
        cmocka_unit_test(a_cancellation_says_why),
        cmocka_unit_test(the_pool_is_what_lies_in_reserve),
        cmocka_unit_test(a_program_is_made_for_one),
        cmocka_unit_test(a_program_is_no_manager_that_counts),
        cmocka_unit_test(a_program_goes_through_its_own_door),
        cmocka_unit_test(the_registry_acts_through_its_own_doors),
        cmocka_unit_test(a_program_is_its_maker),
        cmocka_unit_test(an_approval_is_refused_while_it_is_due),
        cmocka_unit_test(who_checks_does_not_act),
    };
    return cmocka_run_group_tests_name("decisions about what is done at once", tests, decides_open,
                                       NULL);
}
