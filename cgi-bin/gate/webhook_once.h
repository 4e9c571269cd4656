/*
 * gate/webhook_once.h: for gate/webhook_admin.c alone: an act on webhooks under the key of a
 * program is done once, and its answer kept. Everything happens in the transaction of people.db
 * that the act has open. Why, and what is promised, is said in gate/webhook_admin.h.
 */
#ifndef GATE_WEBHOOK_ONCE_H
#define GATE_WEBHOOK_ONCE_H

#include "gate/webhook_admin.h"

struct webhook_once {
    struct digest asked;
    bool is_told; /* a repeat, which has the first answer: nothing is left to do */
    /* a repeat of what was done before answers were kept: what it made; NULL: no such */
    const char *made_id;
};

/* An act that was asked for: its word, the endpoint it is about (of a new one the organisation),
 * and the wish, NULL none. Nothing is looked up yet. */
struct webhook_once webhook_once_of(const char *act, const char *webhook_id,
                                    const struct webhook_wish *wish);
/* Looks the key up. KEY_REUSED: it is another act's. FAULT: the answer cannot be read. */
enum status webhook_once_find(const struct webhook_admin *admin, struct webhook_once *once);
/* Tells what was done, and keeps that with the key when there is one. made_id: what it made, or
 * what it was about. */
void webhook_once_keep(const struct webhook_admin *admin, const struct webhook_once *once,
                       const char *made_id, const struct webhook_done *done);
/* Tells only. */
void webhook_once_tell(const struct webhook_admin *admin, const struct webhook_done *done);

#endif
