/*
 * pages/public.h: the public registry: everything under / and /registry, for everybody. Each page
 * is what a GET with the same address gives anybody else, so it may be kept by caches; a page's
 * ETag is the digest of its text.
 */
#ifndef PAGES_PUBLIC_H
#define PAGES_PUBLIC_H

#include "gate/gate.h"
#include "pages/public_view.h"
#include "store/public_batches.h"
#include "store/public_issuances.h"
#include "store/public_orgs.h"
#include "store/public_projects.h"
#include "store/public_retirements.h"
#include "store/public_transfers.h"

extern const struct form public_transfers_form, public_projects_form, public_project_form,
    public_issuances_form, public_issuance_form, public_retirements_form, public_orgs_form,
    public_search_form, public_deliveries_form, public_batch_form;

enum status public_landing_get(struct visit *visit, struct response *response);
enum status public_overview_get(struct visit *visit, struct response *response);
enum status public_transfers_get(struct visit *visit, struct response *response);
enum status public_atom_get(struct visit *visit, struct response *response);
enum status public_transfer_get(struct visit *visit, struct response *response);
enum status public_batch_get(struct visit *visit, struct response *response);
enum status public_projects_get(struct visit *visit, struct response *response);
enum status public_project_get(struct visit *visit, struct response *response);
enum status public_issuances_get(struct visit *visit, struct response *response);
enum status public_issuance_get(struct visit *visit, struct response *response);
enum status public_retirements_get(struct visit *visit, struct response *response);
enum status public_retirement_get(struct visit *visit, struct response *response);
enum status public_orgs_get(struct visit *visit, struct response *response);
enum status public_org_get(struct visit *visit, struct response *response);
enum status public_deliveries_get(struct visit *visit, struct response *response);
enum status public_delivery_get(struct visit *visit, struct response *response);
enum status public_api_get(struct visit *visit, struct response *response);
enum status public_search_get(struct visit *visit, struct response *response);
void public_error_page(struct visit *visit, enum status status, struct response *response);

/* ---- public.c: what the pages share ---- */

/* The tag of a public page (struct gate_setup): from the build, the registry's last act, the day
 * and the address, which is all that a public page is made of. */
const char *public_page_tag(struct visit *visit);

/* The page is made and everybody may keep it. */
enum status public_show(struct visit *visit, struct response *response);
/* The same, when the visit has field errors: 422, kept by nobody. */
enum status public_show_list(struct visit *visit, struct response *response);

/* Addresses; of no id: none, so that a link of what is not there is only its words. */
struct url public_transfer_url(struct arena *arena, const char *transfer_id);
struct url public_issuance_url(struct arena *arena, const char *issuance_id);
struct url public_retirement_url(struct arena *arena, const char *retirement_id);
struct url public_delivery_url(struct arena *arena, const char *delivery_id);
struct link_view public_org_link(struct arena *arena, const char *org_id, const char *name);
struct link_view public_project_link(struct arena *arena, const char *project_id, const char *name);

/* Rows of lists. A unit stands in every row when the rows differ in it, otherwise once in the
 * heading. */
struct public_transfer_table public_transfer_table(struct visit *visit,
                                                   struct public_transfers transfers);
struct public_retirement_table public_retirement_table(struct visit *visit,
                                                       struct public_retirements retirements);
struct public_issuance_table public_issuance_table(struct visit *visit,
                                                   struct public_issuances issuances);
/* "The note was redacted on 20 November 2026: it named a person." or "". */
const char *public_redacted(struct arena *arena, const struct public_transfer *transfer);
/* Where it went: an organisation, or the other system. */
struct link_view public_transfer_to(struct arena *arena, const struct public_transfer *transfer);
/* The name of an organisation for the chip of a filter: "" of no id, "unknown" of nobody's. */
const char *public_org_name(struct visit *visit, const char *org_id);
/* Units added up; must fit. */
int64_t public_add(int64_t sum, int64_t units);
/* "Biomass carbon removal and storage" for "biomass_carbon_removal_and_storage". */
const char *public_plain_words(struct arena *arena, const char *slug);
/* "1 January 2024 to 31 December 2033" for two dates YYYY-MM-DD, either of which may be "". */
const char *public_period(struct arena *arena, const char *start, const char *end);
/* A date of data: in words when it is one, as it is otherwise. */
const char *public_day(struct arena *arena, const char *day);
/* A quantity, or "–" for nothing. */
const char *public_figure(struct arena *arena, int64_t units, enum instrument instrument);

/* ---- public_blocks.c ---- */

/* The first blocks of an act as a table; csv: the address of them all. */
struct public_block_table public_block_table(struct visit *visit, enum public_blocks_of which,
                                             const char *id, struct url csv);
/* All blocks of an act as CSV. */
enum status public_blocks_csv(struct visit *visit, struct response *response,
                              enum public_blocks_of which, const char *id);
extern const struct form public_blocks_form; /* format=csv and nothing else */

#endif
