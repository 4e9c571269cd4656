/* base/must.c: see base/must.h. */
#include "base/must.h"

#include <stdlib.h>

#include "base/log.h"

_Noreturn void must_fail(const char *file, int line, const char *promise)
{
    log_event("fault", "bug", "file", file, "line", log_int(line), "promise", promise, NULL);
    abort();
}
