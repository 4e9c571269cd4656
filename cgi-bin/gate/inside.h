/*
 * gate/inside.h: the steps of gate_run, for gate_run itself and for tests that bring their own
 * request.
 */
#ifndef GATE_INSIDE_H
#define GATE_INSIDE_H

#include "gate/gate.h"

/* Opens what the set-up names, from the environment. False: why has been logged. */
bool gate_open(struct gate *gate, const struct gate_setup *setup);
/* What http_run calls per request; context is the struct gate. */
void gate_answer(void *context, const struct request *request, struct response *response);
void gate_refuse(void *context, const struct request *request, enum status status,
                 struct response *response);
void gate_finish(void *context);
bool gate_is_readable(void *context);
void gate_close(struct gate *gate);

#endif
