/*
 * pages/admin_house.h: the registry's settings, freezing, the audit log.
 */
#ifndef PAGES_ADMIN_HOUSE_H
#define PAGES_ADMIN_HOUSE_H

#include "gate/gate.h"
#include "pages/admin.h"

extern const struct form admin_settings_form;
extern const struct form admin_freeze_form;
extern const struct form admin_audit_form;

enum status admin_settings_get(struct visit *visit, struct response *response);
enum status admin_settings_edit_get(struct visit *visit, struct response *response);
enum status admin_settings_edit_post(struct visit *visit, struct response *response);
enum status admin_freeze_get(struct visit *visit, struct response *response);
enum status admin_freeze_post(struct visit *visit, struct response *response);
enum status admin_thaw_get(struct visit *visit, struct response *response);
enum status admin_thaw_post(struct visit *visit, struct response *response);
enum status admin_audit_get(struct visit *visit, struct response *response);

#endif
