/*
 * import/demo_story.c: what happened in the demonstration registry, in order of time. Transfers end
 * in every state there is, and the newest ones still wait for somebody.
 */
#include "import/demo.h"

#define CREDITS(credits) ((credits)*INT64_C(1000))
#define FOR_TARGETS 1
#define FOR_CLAIMS 2
#define FOR_OTHER 16

/* Shorthand for the acts of transfers. */
#define SENDS(name_, hours, person, org, to_org, amount, state, note)                              \
    .name = (name_), .hours_ago = (hours), .who = (person), .kind = ACT_TRANSFER, .from = (org),   \
    .to = (to_org), .units = (amount), .words = (note), .transfer_kind = TRANSFER_EXTERNAL,        \
    .then = (state)
#define MOVES(name_, hours, person, org, to_account, amount, note)                                 \
    .name = (name_), .hours_ago = (hours), .who = (person), .kind = ACT_TRANSFER, .from = (org),   \
    .on = (to_account), .units = (amount), .words = (note), .transfer_kind = TRANSFER_INTERNAL,    \
    .then = TRANSFER_COMPLETED
#define DECIDES(name_, hours, person, act, transfer, state, reason)                                \
    .name = (name_), .hours_ago = (hours), .who = (person), .kind = (act), .on = (transfer),       \
    .words = (reason), .then = (state)
#define ISSUES(name_, hours, which, years, supplier_units, pool_units, note)                       \
    .name = (name_), .hours_ago = (hours), .who = DEMO_ROSA, .kind = ACT_ISSUE,                    \
    .project = (which), .vintage_ago = (years), .units = (supplier_units),                         \
    .buffer_units = (pool_units), .words = (note)
#define ORDERS(name_, hours, person, supplier, buyer, amount, note)                                \
    .name = (name_), .hours_ago = (hours), .who = (person), .kind = ACT_ORDER, .from = (supplier), \
    .project = (supplier) == DEMO_LONGSHORE ? DEMO_WIND : DEMO_BIOCHAR, .to = (buyer),             \
    .units = (amount), .words = (note)
#define DELIVERS(name_, hours, person, which, order, amount, note)                                 \
    .name = (name_), .hours_ago = (hours), .who = (person), .kind = ACT_DELIVER,                   \
    .project = (which), .on = (order), .units = (amount), .words = (note)
#define RETIRES(name_, hours, person, owner, which, amount, why, whom, note)                       \
    .name = (name_), .hours_ago = (hours), .who = (person), .kind = ACT_RETIRE, .from = (owner),   \
    .project = (which), .units = (amount), .purposes = (why), .beneficiary = (whom),               \
    .words = (note)
#define NAMES(name_, hours, person, org, whom, domain)                                             \
    .name = (name_), .hours_ago = (hours), .who = (person), .kind = ACT_OPEN_BENEFICIARY,          \
    .from = (org), .beneficiary = (whom), .words = (domain)
#define EXPORTS(name_, hours, person, org, amount, note)                                           \
    .name = (name_), .hours_ago = (hours), .who = (person), .kind = ACT_TRANSFER, .from = (org),   \
    .project = DEMO_WIND, .units = (amount), .words = (note), .transfer_kind = TRANSFER_EXPORT,    \
    .then = TRANSFER_AWAITING_APPROVAL

#define TAKES_OUT(name_, hours, act, which, amount, note)                                          \
    .name = (name_), .hours_ago = (hours), .who = DEMO_ROSA, .kind = (act), .project = (which),    \
    .units = (amount), .words = (note)

const struct demo_step demo_steps[] = {
    /* How the units came to be, and to the buyers. */
    {ISSUES("issue-biochar-1", 9500, DEMO_BIOCHAR, 2, CREDITS(1200), CREDITS(24),
            "First kiln season, verified in full.")},
    {ORDERS("order-northwind", 9000, DEMO_NORA, DEMO_FERNHILL, DEMO_NORTHWIND, CREDITS(2000),
            "Offtake agreement FB-07: 2,000 credits over three years.")},
    {DELIVERS("deliver-northwind-1", 8900, DEMO_ADA, DEMO_BIOCHAR, "order-northwind", CREDITS(700),
              "First delivery under FB-07.")},
    {ORDERS("order-harbour", 8000, DEMO_HANA, DEMO_FERNHILL, DEMO_HARBOUR, CREDITS(800),
            "Removals for the refrigerated fleet.")},
    {DELIVERS("deliver-harbour-1", 7900, DEMO_ADA, DEMO_BIOCHAR, "order-harbour", CREDITS(300),
              "First delivery.")},
    {ISSUES("issue-biochar-2", 7000, DEMO_BIOCHAR, 1, 2500500, 51030,
            "Second season; both kilns.")},
    {ISSUES("issue-wind-1", 6900, DEMO_WIND, 1, 5000, 0, "Generation of the year, metered.")},
    {ORDERS("order-meridian", 6800, DEMO_MILO, DEMO_FERNHILL, DEMO_MERIDIAN, CREDITS(1200),
            "Spot purchase, two tranches.")},
    {DELIVERS("deliver-meridian-1", 6700, DEMO_ADA, DEMO_BIOCHAR, "order-meridian", CREDITS(1000),
              "First tranche.")},
    {ORDERS("order-wind-meridian", 6600, DEMO_ROSA, DEMO_LONGSHORE, DEMO_MERIDIAN, 3000,
            "Certificates of the older turbines.")},
    {DELIVERS("deliver-wind-meridian", 6500, DEMO_ROSA, DEMO_WIND, "order-wind-meridian", 2600,
              "All that was generated so far.")},
    {ORDERS("order-wind-harbour", 6400, DEMO_ROSA, DEMO_LONGSHORE, DEMO_HARBOUR, 1500,
            "Electricity of the cold store.")},
    {DELIVERS("deliver-wind-harbour", 6300, DEMO_ROSA, DEMO_WIND, "order-wind-harbour", 1500,
              "In one delivery.")},
    {DELIVERS("deliver-northwind-2", 5000, DEMO_ADA, DEMO_BIOCHAR, "order-northwind", CREDITS(800),
              "Second delivery under FB-07.")},
    {DELIVERS("deliver-harbour-2", 4900, DEMO_ADA, DEMO_BIOCHAR, "order-harbour", CREDITS(500),
              "Second delivery.")},
    {ISSUES("issue-rock-1", 3300, DEMO_ROCK, 1, 640120, 13064, "First year of the trial.")},
    {.name = "account-programmes",
     .hours_ago = 3000,
     .who = DEMO_NORA,
     .kind = ACT_OPEN_ACCOUNT,
     .from = DEMO_NORTHWIND,
     .words = "Client programmes"},
    {MOVES("internal-programmes", 2900, DEMO_NORA, DEMO_NORTHWIND, "account-programmes",
           CREDITS(320), "Set aside for clients' travel programmes.")},
    {ISSUES("issue-biochar-3", 2600, DEMO_BIOCHAR, 0, 1840250, 37556,
            "Third season, to the end of the first quarter.")},
    {ISSUES("issue-wind-2", 2500, DEMO_WIND, 0, 3200, 0, "First half of the year, metered.")},

    /* Two persons, then the recipient: completed. */
    {SENDS("sale-118", 2000, DEMO_NORA, DEMO_NORTHWIND, DEMO_MERIDIAN, CREDITS(250),
           TRANSFER_AWAITING_APPROVAL, "Sale of our oldest removals under contract NW-118."),
     .private_note = "Invoice 2207 goes out on acceptance."},
    {DECIDES("sale-118-approved", 1998, DEMO_PIET, ACT_APPROVE, "sale-118", TRANSFER_PENDING,
             "Price checked against NW-118.")},
    {DECIDES("sale-118-accepted", 1970, DEMO_MILO, ACT_ACCEPT, "sale-118", TRANSFER_COMPLETED, "")},
    {RETIRES("retire-northwind", 1900, DEMO_NORA, DEMO_NORTHWIND, DEMO_BIOCHAR, 90250,
             FOR_TARGETS | FOR_CLAIMS, NULL,
             "Business travel of Northwind's own staff, last year.")},

    /* At once, because the recipient trusts the sender; once too often, and mended by a transfer
       back. */
    {SENDS("fleet-1", 1700, DEMO_NORA, DEMO_NORTHWIND, DEMO_HARBOUR, 75500, TRANSFER_COMPLETED,
           "Monthly removals for the refrigerated fleet.")},
    {SENDS("fleet-2", 1690, DEMO_NORA, DEMO_NORTHWIND, DEMO_HARBOUR, 75500, TRANSFER_COMPLETED,
           "Monthly removals for the refrigerated fleet.")},
    {SENDS("fleet-2-back", 1650, DEMO_HANA, DEMO_HARBOUR, DEMO_NORTHWIND, 75500, TRANSFER_PENDING,
           "Returns what was sent twice by mistake."),
     .on = "fleet-2"},
    {DECIDES("fleet-2-back-accepted", 1640, DEMO_PIET, ACT_ACCEPT, "fleet-2-back",
             TRANSFER_COMPLETED, "")},

    /* The ways in which a transfer ends without moving anything. */
    {SENDS("rejected", 1500, DEMO_MILO, DEMO_MERIDIAN, DEMO_NORTHWIND, CREDITS(180),
           TRANSFER_PENDING, "Contract MT-22, first part.")},
    {DECIDES("rejected-why", 1480, DEMO_PIET, ACT_REJECT, "rejected", TRANSFER_REJECTED,
             "Our contract MT-22 names the newest vintage; please send that.")},
    {SENDS("redacted", 1400, DEMO_MILO, DEMO_MERIDIAN, DEMO_HARBOUR, CREDITS(60), TRANSFER_PENDING,
           "For last month. Questions to J. Example, telephone 01632 960123.")},
    {DECIDES("redacted-accepted", 1390, DEMO_HANA, ACT_ACCEPT, "redacted", TRANSFER_COMPLETED, "")},
    {DECIDES("redacted-note", 1380, DEMO_ROSA, ACT_REDACT_NOTE, "redacted", TRANSFER_COMPLETED,
             "Named a private person and a telephone number.")},
    {SENDS("withdrawn", 1300, DEMO_TOVE, DEMO_HARBOUR, DEMO_MERIDIAN, CREDITS(40), TRANSFER_PENDING,
           "Surplus of the last quarter.")},
    {DECIDES("withdrawn-why", 1298, DEMO_HANA, ACT_WITHDRAW, "withdrawn", TRANSFER_WITHDRAWN,
             "Too early: the audit comes first.")},
    {SENDS("expired", 1200, DEMO_MILO, DEMO_MERIDIAN, DEMO_NORTHWIND, CREDITS(90), TRANSFER_PENDING,
           "Contract MT-22, second part.")},
    {SENDS("cancelled", 1000, DEMO_HANA, DEMO_HARBOUR, DEMO_FERNHILL, CREDITS(25), TRANSFER_PENDING,
           "Balance of the first delivery.")},
    {DECIDES("cancelled-why", 990, DEMO_ROSA, ACT_CANCEL, "cancelled", TRANSFER_CANCELLED,
             "Both parties asked for it: the recipient was chosen by mistake.")},
    {.name = "time-up", .hours_ago = 860, .kind = ACT_EXPIRE},

    /* Out of the buffer pool: back to the supplier, and cancelled after a reversal. */
    {TAKES_OUT("refund-biochar", 850, ACT_REFUND, DEMO_BIOCHAR, CREDITS(12),
               "Monitoring of the first season has ended: half of what was set aside goes back.")},
    {TAKES_OUT("cancel-rock", 820, ACT_CANCEL_UNITS, DEMO_ROCK, 2500,
               "Reversal: twelve hectares were quarried for a road, basalt and all.")},

    /* Out of the registry. */
    {EXPORTS("export-done", 700, DEMO_MILO, DEMO_MERIDIAN, 600,
             "Exported for a customer of Meridian.")},
    {DECIDES("export-done-approved", 690, DEMO_ROSA, ACT_REGISTRY_APPROVE, "export-done",
             TRANSFER_PENDING, "Form complete.")},
    {DECIDES("export-done-received", 640, DEMO_ROSA, ACT_COMPLETE_EXPORT, "export-done",
             TRANSFER_COMPLETED, "")},
    {EXPORTS("export-sent-back", 600, DEMO_MILO, DEMO_MERIDIAN, 150, "")},
    {DECIDES("export-sent-back-approved", 590, DEMO_ROSA, ACT_REGISTRY_APPROVE, "export-sent-back",
             TRANSFER_PENDING, "")},
    {DECIDES("export-sent-back-why", 560, DEMO_ROSA, ACT_REJECT_EXPORT, "export-sent-back",
             TRANSFER_REJECTED, "The receiving system does not know that party.")},
    {SENDS("second-person-no", 500, DEMO_NORA, DEMO_NORTHWIND, DEMO_MERIDIAN, CREDITS(400),
           TRANSFER_AWAITING_APPROVAL, "Block sale.")},
    {DECIDES("second-person-no-why", 490, DEMO_PIET, ACT_REFUSE, "second-person-no",
             TRANSFER_REJECTED, "Not before the board has agreed to the price.")},
    {SENDS("fleet-autumn", 400, DEMO_NORA, DEMO_NORTHWIND, DEMO_HARBOUR, CREDITS(250),
           TRANSFER_AWAITING_APPROVAL,
           "Removals for the refrigerated fleet, the coming half-year.")},
    {DECIDES("fleet-autumn-approved", 398, DEMO_PIET, ACT_APPROVE, "fleet-autumn",
             TRANSFER_COMPLETED, "Agreed on Monday.")},
    {RETIRES("retire-harbour", 350, DEMO_HANA, DEMO_HARBOUR, DEMO_BIOCHAR, 96750, FOR_TARGETS, NULL,
             "Fuel of the fleet, last quarter.")},
    {NAMES("bakery", 340, DEMO_MILO, DEMO_MERIDIAN, "Quayside Bakery (demonstration)",
           "quayside-bakery.example")},
    {RETIRES("retire-bakery", 330, DEMO_MILO, DEMO_MERIDIAN, DEMO_BIOCHAR, 12345, FOR_OTHER,
             "Quayside Bakery (demonstration)",
             "A hundred years of bread: retired for the bakery's jubilee."),
     .on = "bakery"},
    {RETIRES("retire-wind", 300, DEMO_HANA, DEMO_HARBOUR, DEMO_WIND, 1200, FOR_TARGETS, NULL,
             "Electricity of the cold store, last year.")},
    {EXPORTS("export-refused", 260, DEMO_MILO, DEMO_MERIDIAN, 75, "")},
    {DECIDES("export-refused-why", 250, DEMO_ROSA, ACT_REGISTRY_REFUSE, "export-refused",
             TRANSFER_REJECTED, "The export form is not signed.")},
    {.name = "account-cold-store",
     .hours_ago = 210,
     .who = DEMO_HANA,
     .kind = ACT_OPEN_ACCOUNT,
     .from = DEMO_HARBOUR,
     .words = "Cold store"},
    {MOVES("internal-cold-store", 200, DEMO_TOVE, DEMO_HARBOUR, "account-cold-store", CREDITS(110),
           "Kept for the cold store.")},

    /* Orders with nothing delivered yet: one of the buyer's own, one that only the supplier has
       recorded. */
    {ORDERS("order-rock-meridian", 150, DEMO_MILO, DEMO_FERNHILL, DEMO_MERIDIAN, CREDITS(300),
            "Basalt trial, first lots.")},
    {ORDERS("order-harbour-told", 100, DEMO_ADA, DEMO_FERNHILL, DEMO_HARBOUR, CREDITS(250),
            "Told on the telephone; the paper follows.")},

    /* What waits now, and for whom. */
    {SENDS("waits-second-person", 72, DEMO_NORA, DEMO_NORTHWIND, DEMO_MERIDIAN, CREDITS(180),
           TRANSFER_AWAITING_APPROVAL, "Contract NW-121, second part.")},
    {SENDS("waits-northwind", 60, DEMO_MILO, DEMO_MERIDIAN, DEMO_NORTHWIND, CREDITS(60),
           TRANSFER_PENDING, "Contract MT-22, newest vintage as agreed."),
     .private_note = "As discussed on Tuesday; the rest follows next month."},
    {EXPORTS("waits-registry", 48, DEMO_MILO, DEMO_MERIDIAN, 400,
             "Exported for a customer of Meridian.")},
    {EXPORTS("waits-other-system", 40, DEMO_HANA, DEMO_HARBOUR, 250,
             "For our bottling plant abroad.")},
    {DECIDES("waits-other-system-approved", 36, DEMO_ROSA, ACT_REGISTRY_APPROVE,
             "waits-other-system", TRANSFER_PENDING, "Form complete.")},
    {SENDS("waits-harbour", 30, DEMO_MILO, DEMO_MERIDIAN, DEMO_HARBOUR, 45500, TRANSFER_PENDING,
           "Top-up as agreed.")},
    {SENDS("waits-meridian", 20, DEMO_NORA, DEMO_NORTHWIND, DEMO_MERIDIAN, 84210, TRANSFER_PENDING,
           "Contract NW-121, first part.")},
    {SENDS("waits-harbour-wind", 8, DEMO_MILO, DEMO_MERIDIAN, DEMO_HARBOUR, 300, TRANSFER_PENDING,
           "Certificates for the bottling plant."),
     .project = DEMO_WIND},
    {SENDS("waits-meridian-rock", 3, DEMO_ADA, DEMO_FERNHILL, DEMO_MERIDIAN, CREDITS(150),
           TRANSFER_PENDING, "Basalt trial, first lot."),
     .project = DEMO_ROCK},
};
const size_t demo_step_count = sizeof demo_steps / sizeof demo_steps[0];
