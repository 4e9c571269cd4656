/*
 * gate/person_admin.h: making persons known and giving them roles: what `tally user`, the team page
 * and the administrators' pages share. A person's name and e-mail address go into people.db here;
 * that the person exists and what the person may do is asked of the ledger, which decides. No
 * transaction spans both: the ledger is asked while people.db's transaction is open, so that a
 * refusal leaves nothing behind; if people.db then fails, the registry knows an id that nobody has,
 * which harms nothing.
 */
#ifndef GATE_PERSON_ADMIN_H
#define GATE_PERSON_ADMIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/url.h"
#include "gate/gate.h"
#include "ledger/command.h"
#include "ledger/tally.h"
#include "store/people_person.h"
#include "store/store.h"

/* NULL-ended: what `people` must be opened with (STORE_WRITE). */
extern const struct query_table *const person_admin_tables[];

struct person_admin {
    struct arena *arena;
    struct store *people;
    /* Sends a command to the ledger; returns answer->status. */
    enum status (*ask)(void *context, const struct command *command, struct answer *answer);
    void *context;
    const char *user_id;   /* who asks; "" the operator */
    char tag[ID_TAG_SIZE]; /* the installation's tag for new ids (rights_tag) */
    int64_t now_us;
};

/* On behalf of a visitor (POST, in a program that uses the ledger and opens both files). */
struct person_admin person_admin_of(struct visit *visit);

/* Which of the two is not one that can be kept: "name", "email", or NULL when both are fine. A name
 * has 1 to NAME_CHARS_MAX characters; an e-mail address is local@domain without spaces. What to say
 * about it: *words. */
const char *person_admin_fault(const char *name, const char *email, const char **words);

/* Is it an e-mail address: one '@' with something on both sides, no spaces, controls or signs that
 * mean something in a mail's header? */
bool person_admin_email_is(const char *email);

/* Makes an active person known. EXISTS: the e-mail address is taken, *made is whose. VALUE_REFUSED:
 * person_admin_fault. */
enum status person_admin_make(const struct person_admin *admin, const char *name, const char *email,
                              struct person *made);
/* ROLE_… bits in an organisation; 0 leaves it. */
enum status person_admin_set_roles(const struct person_admin *admin, const char *org_id,
                                   const char *user_id, unsigned roles, struct answer *answer);
/* REGISTRY_… bits. With any, links still open end. */
enum status person_admin_set_registry_roles(const struct person_admin *admin, const char *user_id,
                                            unsigned roles, struct answer *answer);
/* Deactivates (sessions and links end at once) or reactivates. Never deleted: who did what stays
 * readable. */
enum status person_admin_set_active(const struct person_admin *admin, const char *user_id,
                                    bool is_active, struct answer *answer);

/* Makes a one-time link by which the person sets a password, and ends the ones before. *link is
 * site-relative; *expires_at until when. PERSON_UNKNOWN: nobody active has this id. The token is in
 * the link and nowhere else: show it once. */
enum status person_admin_link(const struct person_admin *admin, const char *user_id,
                              struct url *link, int64_t *expires_at);

/* "initiator,approver" -> ROLE_… bits ("none" -> 0). False: a word that is no role. */
bool person_admin_roles_from_words(const char *words, unsigned *roles);
/* "viewer, initiator", "none". */
const char *person_admin_roles_words(struct arena *arena, unsigned roles);

/* `tally user …`. 0 done, 1 refused or failed, 2 the words were not understood. */
int user_main(int argc, char **argv, const struct tally *tally);

#endif
