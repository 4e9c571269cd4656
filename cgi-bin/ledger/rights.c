/* ledger/rights.c: who may do what. See ledger/work.h. */
#include "ledger/work.h"

static bool is_administrator(const struct ledger_person *person);
static bool is_only_auditor(const struct ledger_person *person);

enum status right_in_org(const struct work *work, unsigned roles, unsigned needed,
                         bool administrator_may)
{
    if (work->is_operator) {
        return STATUS_OK;
    }
    if (roles == 0 && work->person.registry_roles == 0) {
        return STATUS_NOT_FOUND;
    }
    if (is_only_auditor(&work->person)) {
        return STATUS_NOT_ALLOWED;
    }
    if ((roles & needed) != 0 || (administrator_may && is_administrator(&work->person))) {
        return STATUS_OK;
    }
    return STATUS_NOT_ALLOWED;
}

enum status right_in_registry(const struct work *work)
{
    if (work->is_operator || is_administrator(&work->person)) {
        return STATUS_OK;
    }
    return STATUS_NOT_ALLOWED;
}

bool acts_for_registry(const struct work *work)
{
    return work->is_operator || (is_administrator(&work->person) &&
                                 work->program != PROGRAM_ACCOUNT && work->program != PROGRAM_API);
}

bool may_act_through(const struct ledger_person *person, enum asker program)
{
    return person->is_program == (program == PROGRAM_API);
}

enum status right_for_org(const struct work *work, const char *org_id, unsigned needed,
                          bool administrator_may)
{
    unsigned roles =
        work->is_operator ? 0 : ledger_roles_read(work->store, org_id, work->command->user_id);
    return right_in_org(work, roles, needed, administrator_may);
}

static bool is_administrator(const struct ledger_person *person)
{
    return (person->registry_roles & REGISTRY_ADMINISTRATOR) != 0;
}

/* Who checks does not act: an auditor's roles in organisations do not count. */
static bool is_only_auditor(const struct ledger_person *person)
{
    return (person->registry_roles & REGISTRY_AUDITOR) != 0 && !is_administrator(person);
}
