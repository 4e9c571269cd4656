/* gate/rights.c: see gate/rights.h. */
#include "gate/rights.h"

#include "base/must.h"
#include "base/text.h"

static unsigned roles_named(unsigned needs);

enum status rights_judge(unsigned needs, const struct visit *visit)
{
    const unsigned needs_all = ((unsigned)NEED_SCOPE_MANAGE << 1) - 1;
    must((needs & ~needs_all) == 0);
    if (needs == NEED_NOBODY) {
        return STATUS_OK;
    }
    if (!visit->signed_in) {
        return STATUS_SIGN_IN_NEEDED;
    }
    if ((needs & NEED_ADMINISTRATOR) != 0 &&
        (visit->registry_roles & REGISTRY_ADMINISTRATOR) == 0) {
        return STATUS_NOT_FOUND;
    }
    if ((needs & NEED_AUDITOR) != 0 &&
        (visit->registry_roles & (REGISTRY_ADMINISTRATOR | REGISTRY_AUDITOR)) == 0) {
        return STATUS_NOT_FOUND;
    }
    unsigned roles = roles_named(needs);
    bool needs_organisation = (needs & NEED_ORGANISATION) != 0 || roles != 0;
    if (needs_organisation && text_empty(visit->org_id)) {
        return STATUS_NOT_ALLOWED;
    }
    if (roles != 0 && (visit->org_roles & roles) == 0) {
        return STATUS_NOT_ALLOWED;
    }
    return STATUS_OK;
}

/* The ROLE_… bits of which any one is enough; 0: none is asked for. */
static unsigned roles_named(unsigned needs)
{
    unsigned roles = 0;
    roles |= (needs & NEED_INITIATOR) != 0 ? (unsigned)ROLE_INITIATOR : 0;
    roles |= (needs & NEED_APPROVER) != 0 ? (unsigned)ROLE_APPROVER : 0;
    roles |= (needs & NEED_MANAGER) != 0 ? (unsigned)ROLE_MANAGER : 0;
    return roles;
}
