/*
 * plant/account-leaks.c: a planted bug (plant/ledger-commit-lost.c says how): account keeps a
 * descriptor of each request.
 *
 * wraps: FCGX_Finish_r
 */
#include <fcgiapp.h>
#include <unistd.h>

void __real_FCGX_Finish_r(FCGX_Request *request);
void __wrap_FCGX_Finish_r(FCGX_Request *request);

void __wrap_FCGX_Finish_r(FCGX_Request *request)
{
    (void)!dup(STDERR_FILENO);
    __real_FCGX_Finish_r(request);
}
