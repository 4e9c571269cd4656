/*
 * tests/fault/shim_web.c: where the web programs begin to serve (ld --wrap: http_run). See
 * tests/fault/shim.h.
 */
#include "fault/shim.h"
#include "http/http.h"

int __real_http_run(const struct program *program);
int __wrap_http_run(const struct program *program);

int __wrap_http_run(const struct program *program)
{
    shim_arm();
    return __real_http_run(program);
}
