/*
 * pages/admin_issues.h: projects, issuing, orders, delivering, the buffer pool.
 */
#ifndef PAGES_ADMIN_ISSUES_H
#define PAGES_ADMIN_ISSUES_H

#include "gate/gate.h"
#include "pages/admin.h"
#include "pages/orders.h"
#include "store/admin_issue.h"

/* Where orders lead for administrators. */
extern const struct order_way admin_order_way;

extern const struct form admin_projects_form;
extern const struct form admin_project_new_form;
extern const struct form admin_project_form;
extern const struct form admin_issuing_form;
extern const struct form admin_orders_form;
extern const struct form admin_order_form;

enum status admin_projects_get(struct visit *visit, struct response *response);
enum status admin_project_new_get(struct visit *visit, struct response *response);
enum status admin_project_new_post(struct visit *visit, struct response *response);
enum status admin_project_edit_get(struct visit *visit, struct response *response);
enum status admin_project_edit_post(struct visit *visit, struct response *response);
enum status admin_issuing_get(struct visit *visit, struct response *response);
enum status admin_issuing_post(struct visit *visit, struct response *response);

enum status admin_orders_get(struct visit *visit, struct response *response);
enum status admin_order_get(struct visit *visit, struct response *response);
enum status admin_order_new_get(struct visit *visit, struct response *response);
enum status admin_order_new_post(struct visit *visit, struct response *response);
enum status admin_pool_get(struct visit *visit, struct response *response);
enum status admin_refund_get(struct visit *visit, struct response *response);
enum status admin_refund_post(struct visit *visit, struct response *response);
enum status admin_cancel_units_get(struct visit *visit, struct response *response);
enum status admin_cancel_units_post(struct visit *visit, struct response *response);
enum status admin_deliver_get(struct visit *visit, struct response *response);
enum status admin_deliver_post(struct visit *visit, struct response *response);

#endif
