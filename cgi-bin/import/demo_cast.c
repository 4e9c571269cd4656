/*
 * import/demo_cast.c: who takes part in the demonstration. All of them are plainly named as such;
 * e-mail addresses and domains end in .example, which belongs to nobody.
 */
#include "import/demo.h"

const struct demo_org_row demo_orgs[DEMO_ORG__COUNT] = {
    [DEMO_REGISTRY] = {.name = "Tallystick registry (demonstration)",
                       .domain = "registry.example",
                       .country = "GBR",
                       .kind = 2,
                       .description = "Runs this demonstration registry."},
    [DEMO_BUFFER] = {.name = "Buffer pool (demonstration)",
                     .kind = 1,
                     .description =
                         "Holds the part of each issuance that is set aside against reversals."},
    [DEMO_FERNHILL] = {.name = "Fernhill Biochar (demonstration)",
                       .domain = "fernhill.example",
                       .country = "GBR",
                       .is_supplier = true,
                       .description = "Turns orchard prunings and hedge cuttings from forty farms "
                                      "into biochar, and ploughs it into "
                                      "their fields. An invented organisation for demonstration."},
    [DEMO_LONGSHORE] = {.name = "Longshore Wind (demonstration)",
                        .domain = "longshore.example",
                        .country = "DNK",
                        .is_supplier = true,
                        .description = "Runs a small wind park owned by the people who live beside "
                                       "it. An invented organisation for "
                                       "demonstration."},
    [DEMO_NORTHWIND] = {.name = "Northwind Carbon (demonstration)",
                        .domain = "northwind.example",
                        .country = "NLD",
                        .two_person_above_units = 100000,
                        .description = "Buys removals for its clients' travel programmes. "
                                       "Transfers above 100 credits need two "
                                       "persons. An invented organisation for demonstration."},
    [DEMO_HARBOUR] = {.name = "Harbour Foods (demonstration)",
                      .domain = "harbour-foods.example",
                      .country = "IRL",
                      .incoming = INCOMING_TRUSTED,
                      .trusts = DEMO_NORTHWIND,
                      .description = "Freezes and ships fish. Accepts transfers from Northwind "
                                     "Carbon at once and looks at all others. "
                                     "An invented organisation for demonstration."},
    [DEMO_MERIDIAN] = {.name = "Meridian Trading (demonstration)",
                       .domain = "meridian.example",
                       .country = "CHE",
                       .description = "Trades removals and energy certificates. An invented "
                                      "organisation for demonstration."},
};

#define ALL ROLE_ALL

const struct demo_person_row demo_persons[DEMO_PERSON__COUNT] = {
    [DEMO_ADA] = {.name = "Ada Fern",
                  .email = "ada@fernhill.example",
                  .who = "Fernhill Biochar, supplier: all roles",
                  .roles = {{DEMO_FERNHILL, ALL}}},
    [DEMO_NORA] = {.name = "Nora Westerveld",
                   .email = "nora@northwind.example",
                   .who = "Northwind Carbon, buyer: starts transfers, manages",
                   .roles = {{DEMO_NORTHWIND, ROLE_VIEWER | ROLE_INITIATOR | ROLE_MANAGER}}},
    [DEMO_PIET] = {.name = "Piet Noord",
                   .email = "piet@northwind.example",
                   .who = "Northwind Carbon, buyer: approves and accepts",
                   .roles = {{DEMO_NORTHWIND, ROLE_VIEWER | ROLE_APPROVER}}},
    [DEMO_HANA] = {.name = "Hana Quay",
                   .email = "hana@harbour-foods.example",
                   .who = "Harbour Foods, buyer: all roles",
                   .roles = {{DEMO_HARBOUR, ALL}}},
    [DEMO_MILO] = {.name = "Milo Sato",
                   .email = "milo@meridian.example",
                   .who = "Meridian Trading, trader: all roles",
                   .roles = {{DEMO_MERIDIAN, ALL}}},
    [DEMO_TOVE] = {.name = "Tove Lind",
                   .email = "tove@lind-advisers.example",
                   .who =
                       "belongs to two: Harbour Foods (starts), Meridian Trading (reads, approves)",
                   .roles = {{DEMO_HARBOUR, ROLE_VIEWER | ROLE_INITIATOR},
                             {DEMO_MERIDIAN, ROLE_VIEWER | ROLE_APPROVER}}},
    [DEMO_ROSA] = {.name = "Rosa Keeper",
                   .email = "rosa@registry.example",
                   .who = "registry administrator",
                   .registry_roles = REGISTRY_ADMINISTRATOR},
    [DEMO_OTTO] = {.name = "Otto Reed",
                   .email = "otto@auditors.example",
                   .who = "registry auditor: reads everything, changes nothing",
                   .registry_roles = REGISTRY_AUDITOR},
};

const struct demo_project_row demo_projects[DEMO_PROJECT__COUNT] = {
    [DEMO_BIOCHAR] = {.supplier = DEMO_FERNHILL,
                      .name = "Fernhill Orchard Biochar (demonstration)",
                      .short_code = "FERN",
                      .pathway = "biomass_carbon_removal_and_storage",
                      .pathway_code = "BIOCHAR",
                      .protocol = "biochar",
                      .country = "GBR",
                      .place = "Herefordshire, England",
                      .description = "Orchard prunings are charred in two kilns and ploughed into "
                                     "the soil of the farms they came "
                                     "from. An invented project for demonstration."},
    [DEMO_ROCK] =
        {.supplier = DEMO_FERNHILL,
         .name = "Fernhill Basalt Trial (demonstration)",
         .short_code = "FERB",
         .pathway = "enhanced_weathering",
         .pathway_code = "EW",
         .protocol = "enhanced-weathering-agriculture",
         .country = "GBR",
         .place = "Shropshire, England",
         .description =
             "Crushed basalt on 300 hectares of pasture. An invented project for demonstration."},
    [DEMO_WIND] = {.supplier = DEMO_LONGSHORE,
                   .name = "Longshore Wind Park (demonstration)",
                   .short_code = "LONG",
                   .pathway = "wind",
                   .pathway_code = "WIND",
                   .country = "DNK",
                   .place = "Lolland, Denmark",
                   .instrument = INSTRUMENT_RENEWABLE_ENERGY,
                   .description = "Six turbines behind the dyke. One certificate is one "
                                  "megawatt-hour. An invented project for "
                                  "demonstration."},
};
