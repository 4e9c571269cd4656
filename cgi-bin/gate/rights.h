/*
 * gate/rights.h: what a route needs against what a visit has. A pure function, so that every cell
 * of the matrix can be tested.
 */
#ifndef GATE_RIGHTS_H
#define GATE_RIGHTS_H

#include "gate/gate.h"

/* `needs` are bits of enum need. SIGN_IN_NEEDED: nobody is signed in and the route needs somebody.
 * NOT_FOUND: a registry role is missing, and without it one may not know that the page exists.
 * NOT_ALLOWED: a role in an organisation is missing. */
enum status rights_judge(unsigned needs, const struct visit *visit);

#endif
