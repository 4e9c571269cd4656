/*
 * pages/admin_parties.h: organisations and people for administrators.
 */
#ifndef PAGES_ADMIN_PARTIES_H
#define PAGES_ADMIN_PARTIES_H

#include "gate/gate.h"
#include "pages/admin.h"

extern const struct form admin_orgs_form;
extern const struct form admin_org_form; /* open, edit */
extern const struct form admin_org_state_form;
extern const struct form admin_people_form;
extern const struct form admin_person_new_get_form;
extern const struct form admin_person_new_form;
extern const struct form admin_person_act_form;
extern const struct form admin_member_form;
extern const struct form admin_join_form;

enum status admin_orgs_get(struct visit *visit, struct response *response);
enum status admin_org_get(struct visit *visit, struct response *response);
enum status admin_org_new_get(struct visit *visit, struct response *response);
enum status admin_org_new_post(struct visit *visit, struct response *response);
enum status admin_org_edit_get(struct visit *visit, struct response *response);
enum status admin_org_edit_post(struct visit *visit, struct response *response);
/* suspend, reactivate, close */
enum status admin_org_state_get(struct visit *visit, struct response *response);
enum status admin_org_state_post(struct visit *visit, struct response *response);

enum status admin_people_get(struct visit *visit, struct response *response);
enum status admin_person_get(struct visit *visit, struct response *response);
/* The page of an access token at a person's address; NOT_FOUND when nobody has this id. */
enum status admin_program_show(struct visit *visit, struct response *response);
enum status admin_person_new_get(struct visit *visit, struct response *response);
enum status admin_person_new_post(struct visit *visit, struct response *response);
/* link, roles, deactivate, reactivate */
enum status admin_person_act_get(struct visit *visit, struct response *response);
enum status admin_person_act_post(struct visit *visit, struct response *response);
/* A person's roles in one organisation. */
enum status admin_member_get(struct visit *visit, struct response *response);
enum status admin_member_post(struct visit *visit, struct response *response);
enum status admin_join_get(struct visit *visit, struct response *response);
enum status admin_join_post(struct visit *visit, struct response *response);

/* Tick boxes of roles: "value", "Words" …, each at the place of its bit. */
extern const char *const admin_role_choices[];

#endif
