/*
 * api/project.h: projects and issuances as JSON.
 *
 * The contract's Project, with more: instrument and pathway_name. What we do not keep or call
 * otherwise is answered so:
 *
 *   pathway       the contract's word where it has one. It has none for what takes no carbon
 *                 dioxide out of the air (renewable energy, allowances): such a project is called
 *                 "superpollutants", the contract's only word outside of removals; pathway_name
 *                 says what it is: the fuel, or our own word
 *   process_key   the short word of the pathway inside serial numbers
 *
 * The contract's Issuance, with more: instrument, vintage, kind and notes. Where no reporting
 * period is recorded it is the vintage's year, up to the day of issue.
 */
#ifndef API_PROJECT_H
#define API_PROJECT_H

#include "api/json.h"
#include "gate/gate.h"
#include "store/api_projects.h"

void project_write(struct json *json, const char *name, struct visit *visit,
                   const struct api_project *project);
void issuance_write(struct json *json, const char *name, struct visit *visit,
                    const struct api_issuance *issuance);

enum status project_get(struct visit *visit, struct response *response);
enum status projects_get(struct visit *visit, struct response *response);
enum status project_documents_get(struct visit *visit, struct response *response);
enum status supplier_projects_get(struct visit *visit, struct response *response);

enum status issuance_get(struct visit *visit, struct response *response);
enum status issuances_get(struct visit *visit, struct response *response);
enum status issuance_batches_get(struct visit *visit, struct response *response);
enum status supplier_issuances_get(struct visit *visit, struct response *response);

#endif
