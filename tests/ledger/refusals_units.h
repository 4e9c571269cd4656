/*
 * tests/ledger/refusals_units.h: refusals of what is done at once, of the buffer pool and of who is
 * named. See tests/ledger/refusals_test.c.
 */
#ifndef TESTS_LEDGER_REFUSALS_UNITS_H
#define TESTS_LEDGER_REFUSALS_UNITS_H

#include "ledger/refusals.h"

/* What is done at once asks for what a transfer would have waited for. */
static void test_at_once(void **state)
{
    (void)state;
    town_member(world.orgs[NORD], town_person('Q'), ROLE_INITIATOR);
    town_policy(world.orgs[NORD], INCOMING_ASK, TWO_PERSON_ABOVE, 5);
    struct command order = command_of(ACT_ORDER, town_person('Q'), town_key());
    must(TEXT_COPY(order.order.supplier_org_id, world.orgs[NORD]));
    must(TEXT_COPY(order.order.buyer_org_id, world.orgs[BETA]));
    order.order.units = 50;
    char order_id[ID_SIZE];
    done(PROGRAM_ACCOUNT, &order, order_id);
    struct command command = command_of(ACT_DELIVER, town_person('Q'), town_key());
    must(TEXT_COPY(command.deliver.order_id, order_id));
    command.deliver.units = 6;
    char batch_id[ID_SIZE];
    given(NORD, world.biochar, 2019, 10, batch_id);
    REFUSED("two persons for a delivery", command, STATUS_SECOND_PERSON_NEEDED, FIELD_NONE, -1, 0);
    command.deliver.units = 5;
    REFUSED("the supplier's word alone", command, STATUS_BUYER_NOT_AGREED, FIELD_ORDER, -1, 0);
    command = command_of(ACT_RETIRE, town_person('Q'), town_key());
    must(TEXT_COPY(command.retire.org_id, world.orgs[NORD]));
    must(TEXT_COPY(command.retire.supplier_org_id, world.orgs[NORD]));
    must(TEXT_COPY(command.retire.beneficiary, "Nord"));
    command.retire.purposes = 1;
    command.retire.units = 6;
    REFUSED("two persons for a retirement", command, STATUS_SECOND_PERSON_NEEDED, FIELD_NONE, -1,
            0);
}

/* The buffer pool, and who is named. */
static void test_pool(void **state)
{
    (void)state;
    struct command command = command_of(ACT_REFUND, town_person('N'), town_key());
    must(TEXT_COPY(command.pool.project_id, world.biochar));
    command.pool.units = 10;
    REFUSED_BY("no pool", PROGRAM_ADMIN, command, STATUS_SENDER_UNKNOWN, FIELD_NONE, -1, 0);
    char pool[ID_SIZE];
    must(TEXT_COPY(pool, town_org("Pool", false, ORG_BUFFER)));
    REFUSED_BY("an empty pool", PROGRAM_ADMIN, command, STATUS_NOT_ENOUGH, FIELD_AMOUNT, -1, 0);
    (void)town_issue(world.biochar, 2023, 1, 7);
    REFUSED_BY("more than the pool", PROGRAM_ADMIN, command, STATUS_NOT_ENOUGH, FIELD_AMOUNT, -1,
               7);
    must(TEXT_COPY(command.pool.project_id, "prj_00000000000000ZZ"));
    REFUSED_BY("no such project", PROGRAM_ADMIN, command, STATUS_PROJECT_UNKNOWN, FIELD_PROJECT, -1,
               0);
    must(TEXT_COPY(command.pool.project_id, ""));
    REFUSED_BY("of no project", PROGRAM_ADMIN, command, STATUS_LINES_EMPTY, FIELD_PROJECT, -1, 0);
    command.pool.line_count = 1;
    command.pool.lines[0].units = 1;
    must(TEXT_COPY(command.pool.lines[0].batch_id, world.first));
    REFUSED_BY("not in the pool", PROGRAM_ADMIN, command, STATUS_BATCH_UNKNOWN, FIELD_LINES, 0, 0);
    command = command_of(ACT_CANCEL_UNITS, town_person('N'), town_key());
    must(TEXT_COPY(command.pool.project_id, world.biochar));
    command.pool.units = 7;
    REFUSED_BY("without a reason", PROGRAM_ADMIN, command, STATUS_REASON_NEEDED, FIELD_NOTES, -1,
               0);
    must(TEXT_COPY(command.pool.org_id, world.orgs[NORD]));
    REFUSED_BY("no buffer", PROGRAM_ADMIN, command, STATUS_SENDER_UNKNOWN, FIELD_NONE, -1, 0);
    command = command_of(ACT_OPEN_BENEFICIARY, town_person('A'), town_key());
    must(TEXT_COPY(command.beneficiary.org_id, world.orgs[ALPHA]));
    must(TEXT_COPY(command.beneficiary.name, "A customer"));
    REFUSED("no domain", command, STATUS_VALUE_REFUSED, FIELD_DOMAIN, -1, 0);
    must(TEXT_COPY(command.beneficiary.domain, "customer.example.org"));
    must(TEXT_COPY(command.beneficiary.name, ""));
    REFUSED("no name", command, STATUS_VALUE_REFUSED, FIELD_NAME, -1, 0);
    must(TEXT_COPY(command.beneficiary.org_id, world.orgs[BETA]));
    REFUSED("for others", command, STATUS_NOT_FOUND, FIELD_NONE, -1, 0);
    command = alpha_retires(10);
    must(TEXT_COPY(command.retire.order_id, world.order));
    REFUSED("an order of others", command, STATUS_ORDER_UNKNOWN, FIELD_ORDER, -1, 0);
    command = alpha_retires(10);
    command.retire.vintage = 99;
    REFUSED("no vintage", command, STATUS_VINTAGE, FIELD_VINTAGE, -1, 0);
    command = alpha_retires(10);
    must(TEXT_COPY(command.retire.beneficiary_org_id, NOBODYS_ORG));
    REFUSED("for nobody", command, STATUS_RECIPIENT_UNKNOWN, FIELD_BENEFICIARY, -1, 0);
}

#endif
